"""R270, R280–R290, R360–R361: what can stand in the way of a word about an incoming paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from pipeline.errors.base import RecordRejected


class OnlySheetsOfOurs(RecordRejected):
    """The scan shows the slip that should lie on a paper, and no paper."""

    code = "R270"
    clerk_template = (
        "Tệp «{file}» chỉ có tờ mã của chương trình (phiếu nhận bản quét, tờ ngăn cách), không có trang nào của văn bản. "
        "Hãy đặt tờ mã lên trên văn bản, quét chung rồi thả lại."
    )


class IncomingUnknown(RecordRejected):
    """Nothing, or nothing that came in, is called so."""

    code = "R280"
    clerk_template = "Không có văn bản đến nào là «{what}». Hãy tìm lại ở danh sách văn bản đến."
    terminal_hint = "Xem: «vanthu incoming list» hoặc «vanthu search»."
    web_template = "Không còn văn bản đến nào là «{what}»; hãy tải lại trang."


class IncomingAmbiguous(RecordRejected):
    """Several incoming papers are called so."""

    code = "R281"
    clerk_template = "Có {count} văn bản đến là «{what}»: {candidates}. Hãy gọi lại với mã văn bản."


class ConfirmedWrong(RecordRejected):
    """What was said of it breaks the rules of its kind."""

    code = "R282"
    clerk_template = "Chưa ghi gì, vì thông tin chưa dùng được: {problems}"


class NothingConfirmed(RecordRejected):
    """Nothing at all was said of the paper."""

    code = "R283"
    clerk_template = "{first} Hãy ghi thông tin, hoặc nhận những gì chương trình đọc được."
    terminal_hint = "Ghi: ví dụ --so-ky-hieu; nhận: --accept."
    web_template = "Chưa có gì mới để ghi. Hãy sửa hoặc ghi thêm thông tin, hoặc đánh dấu «Những mục để trống thì văn bản không có»{more}."


class NothingReadToAccept(RecordRejected):
    """What was read is taken, but the book asks for more, of which nothing could be read."""

    code = "R360"
    clerk_template = (
        "Chưa ghi gì: sổ phải có {titles}, mà chương trình không đọc được trên văn bản này. Hãy xem văn bản rồi tự ghi. "
        "Đơn, thư của công dân: «Cơ quan ban hành» là người gửi; số, ký hiệu không có thì để trống."
    )
    web_template = (
        "Chưa ghi gì: sổ phải có {titles}, mà chương trình không đọc được trên văn bản này. Hãy xem văn bản rồi ghi vào ô "
        "ấy. Đơn, thư của công dân: «Cơ quan ban hành» là người gửi; số, ký hiệu không có thì để trống."
    )
    #: What a kind reads → the option that says it, with an example.
    options: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "issuer": '--co-quan "Ông Nguyễn Văn A, thôn Đồng Vải"',
            "subject": '--trich-yeu "đề nghị xem xét việc làm đường liên thôn"',
            "number": "--so-ky-hieu 127-KH/BTCTU",
            "date": "--ngay 12/11/2026",
            "type": '--loai "Đơn"',
            "signer": '--nguoi-ky "Nguyễn Văn A"',
        }
    )
    terminal_hint = "Ví dụ: --accept {example}"

    def __init__(self, detail: str, *, lacks: Iterable[str], titles: str) -> None:
        """Take what is missing, as ``[read]`` of the kind calls it (``issuer``)."""
        said = (self.options[what] for what in lacks if what in self.options)
        super().__init__(detail, titles=titles, example=" ".join(said))


class ConfirmedAlready(RecordRejected):
    """What was said stands in the book; nothing changes."""

    code = "R361"
    clerk_template = "Không có gì thay đổi: thông tin vừa ghi đã có trong sổ. {rest}"
    web_template = "Không có gì thay đổi: thông tin vừa ghi đã có trong sổ. {rest}{tick}"
    terminal_hint = "{option}"

    def __init__(self, detail: str, *, asks: str) -> None:
        """Take the titles of what still waits, in words; empty where nothing does."""
        rest = f"Còn chờ xác nhận: {asks}." if asks else "Không còn gì phải ghi."
        tick = " Văn bản không có mục ấy thì đánh dấu «Những mục để trống thì văn bản không có»."
        option = "Văn bản không có mục ấy: thêm --accept."
        super().__init__(
            detail, rest=rest, tick=tick if asks else "", option=option if asks else ""
        )


class MaybeTheSame(RecordRejected):
    """With what is said now it looks like a paper that is here already."""

    code = "R284"
    clerk_template = (
        "Văn bản này giống văn bản đến {shown}. Hãy nói đây là một văn bản với {shown}, hay là hai văn bản khác "
        "nhau."
    )
    terminal_hint = "Một văn bản: --same-as «{shown}»; khác nhau: --not-same."
    web_template = "Văn bản này giống văn bản đến {shown}. Hãy xem hai văn bản rồi bấm «Là một văn bản» hoặc «Là văn bản khác»."


class StampedByHand(RecordRejected):
    """It bears an ink stamp ĐẾN: the number in it is not given anew."""

    code = "R286"
    clerk_template = (
        "Trên văn bản đã có dấu ĐẾN đóng tay{seen}. Hãy ghi số trong dấu làm số đến, hoặc nói không phải là một "
        "nếu dấu ấy không phải của cơ quan ta và cần số tiếp theo."
    )
    terminal_hint = "Số trong dấu: --so-den; không phải của ta: --not-same."
    web_template = (
        "Trên văn bản đã có dấu ĐẾN đóng tay{seen}. Hãy ghi số ấy vào ô «Số trong dấu ĐẾN đóng tay», hoặc bấm "
        "«Là văn bản khác» nếu dấu ấy không phải của cơ quan ta và cần số tiếp theo."
    )


class RowIncomplete(RecordRejected):
    """A row entered by command lacks what the book asks for."""

    code = "R287"
    clerk_template = "Chưa vào sổ: {problems}"


class ScanNotTaken(RecordRejected):
    """A file named on the command line cannot be a paper's scan."""

    code = "R288"
    clerk_template = "Không nhận tệp «{file}»: {why}. Tệp vẫn nằm nguyên chỗ cũ."


class StackParted(RecordRejected):
    """A scanned stack was parted into its papers, each dropped as a file of its own; the stack goes back."""

    code = "R289"
    clerk_template = (
        "Đây là bản quét cả tập, không phải một văn bản: chương trình đã tách thành {count} tệp và thả vào «{folder}»: {names}. "
        "Mỗi tệp được vào sổ riêng, có kết quả riêng. {back}"
    )


class SameAsItself(RecordRejected):
    """A paper cannot be joined with itself, or with one that was joined before."""

    code = "R285"
    clerk_template = "Văn bản «{what}» không gộp được: {why}. Hãy nêu văn bản đến còn lại."
    terminal_hint = "Nêu: --same-as."
    web_template = "Không gộp được vào «{what}»: {why}."


class SenderAsOurs(RecordRejected):
    """The record of an incoming paper names, as the body of this office that received it, one that is not ours."""

    code = "R290"
    clerk_template = (
        "Mục «{name}» của văn bản đến là cơ quan mình, nơi nhận và đóng dấu ĐẾN, nhưng «{given}» không phải cơ quan của mình "
        "vào ngày ấy ({known}). Nếu đó là nơi gửi, hãy ghi vào mục «{right}» ({title}) và bỏ mục «{name}»."
    )
