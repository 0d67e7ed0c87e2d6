"""R260–R279, T367: what stands in the way of a certified copy, and what is asked of one that was issued."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors.base import Problem, RecordRejected, TemporaryFailure
from pipeline.errors.intake import AlreadyNumbered


class CopyFormWrong(RecordRejected):
    """Another form of copy is right for this paper."""

    code = "R260"
    clerk_template = "Không {form} được «{reference}»: {why} Hình thức đúng: {right}. Hãy dùng hình thức ấy (thư mục inbox/{folder})."
    terminal_hint = "Ghi: --form {folder}."
    web_template = "Không {form} được «{reference}»: {why} Hình thức đúng: {right}. Hãy chọn hình thức ấy rồi làm lại."


class SourceUnproven(RecordRejected):
    """Nothing tells that the file we hold says what the signed paper says."""

    code = "R261"
    clerk_template = (
        "Chưa sao được «{reference}»: {why} Chỉ sao từ bản quét văn bản đã ký đóng dấu, hoặc bản điện tử có chữ "
        "ký số hợp lệ. Hãy đưa bản quét ấy vào kho; hoặc đối chiếu với bản chính giấy rồi ghi họ tên người đối "
        "chiếu vào mục «Đã đối chiếu với bản chính giấy»."
    )
    terminal_hint = (
        'Đã đối chiếu với bản chính giấy thì ghi thêm: --attested-by "họ tên người đối chiếu".'
    )
    web_template = (
        "Chưa sao ngay được «{reference}»: {why} Chỉ sao từ bản quét văn bản đã ký đóng dấu, hoặc bản điện tử có chữ ký số hợp lệ. "
        "Hãy gửi bản quét ấy; hoặc đối chiếu với bản chính giấy rồi ghi họ tên người đối chiếu vào ô «Đã đối chiếu với bản chính giấy» dưới đây."
    )


class CopyNeedsDecision(RecordRejected):
    """What the paper has become, or a mark of circulation on it, must be decided about by a person."""

    code = "R262"
    clerk_template = (
        "Dừng sao «{reference}»: {facts}. Nếu vẫn phải sao, người có thẩm quyền quyết định: hãy ghi «Người quyết "
        "định vẫn sao» và «Lý do vẫn sao»."
    )
    terminal_hint = 'Vẫn sao: --despite "lý do" --person "họ tên người quyết định".'
    web_template = "Cần người quyết định trước khi sao «{reference}»: {facts}. Nếu vẫn phải sao, hãy ghi lý do vào ô dưới đây; tên bạn được ghi là người quyết định."


class PagesWrong(RecordRejected):
    """The pages asked for are not there."""

    code = "R263"
    clerk_template = "Trang cần trích «{asked}» không có: văn bản có {pages} trang. Hãy ghi lại «Trang trích», ví dụ 1, 3-5."


class RasterTooCoarse(RecordRejected):
    """An electronic copy of a scan below 200 dpi."""

    code = "R264"
    clerk_template = (
        "Bản quét của «{reference}» chỉ có {dpi} dpi (trang {page}); bản sao điện tử cần ít nhất 200 dpi. "
        "Hãy quét lại văn bản ở 200–300 dpi, hoặc làm bản sao giấy."
    )


class CodeMistyped(RecordRejected):
    """A verification code that cannot be one of ours: a typing mistake."""

    code = "R265"
    clerk_template = (
        "Mã «{code}» bị gõ sai: {why}. Hãy xem lại từng nhóm bốn chữ trên bản sao rồi gõ lại."
    )


class NoSuchCopy(RecordRejected):
    """The paper named is no certified copy of this office."""

    code = "R266"
    clerk_template = "«{reference}» không phải bản sao do cơ quan làm. Hãy ghi số của bản sao (…-BS/…) hoặc mã văn bản của nó."


class NoSuchSerial(RecordRejected):
    """A copy of that serial number was not made."""

    code = "R267"
    clerk_template = "«{reference}» không có bản số {serial}: {known}. Hãy xem lại các bản đã giao."
    terminal_hint = "Xem: «vanthu copies {reference}»."
    web_template = (
        "«{reference}» không có bản số {serial}: {known}. Hãy xem các bản đã giao ở bảng dưới đây."
    )


class CopyRevokedAlready(RecordRejected):
    """It was revoked before."""

    code = "R268"
    clerk_template = "«{reference}» {what} đã thu hồi từ trước. Không cần thu hồi lần nữa."
    terminal_hint = "Xem: «vanthu copies {reference}»."
    web_template = "«{reference}» {what} đã thu hồi từ trước, không làm gì thêm."


#: What «Cấp thêm số» of a record is on the command line.
_AGAIN = "Cấp thêm một bản sao nữa: thêm --again vào lệnh này."


class CopyReturned(RecordRejected):
    """The record made by the command went back to whoever asked for the copy."""

    code = "R269"
    clerk_template = "Chưa làm được bản sao. {problems}"
    terminal_hint = "{ways}"

    def __init__(self, detail: str, *, problems: Sequence[Problem]) -> None:
        """Take the reasons; each that a person can answer for names the option that does it."""
        known = {one.code: one.terminal_hint for one in (SourceUnproven, CopyNeedsDecision)}
        known[AlreadyNumbered.code] = _AGAIN
        super().__init__(
            detail,
            problems=" ".join(problem.words() for problem in problems),
            ways=" ".join(known[one.code] for one in problems if one.code in known),
        )


class CopyOnItsWay(TemporaryFailure):
    """The record of a copy was taken by another process, which has not written it down yet."""

    code = "T367"
    clerk_template = (
        "Yêu cầu sao «{file}» đã được nhận và đang làm. Chờ một lúc rồi gọi lại đúng lệnh này để xem kết quả: "
        "cùng một bản sao không bị làm hai lần."
    )
