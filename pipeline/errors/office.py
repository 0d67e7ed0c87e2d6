"""K250–K269: what can be wrong in the office file, and what it does not name."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import KindInvalid, Problem


class OfficeInvalid(KindInvalid):
    """The office file has wrong lines; all of them are in :attr:`problems`."""

    code = "K250"
    clerk_template = "Tệp {file} có {count} chỗ cần sửa:\n{lines}"

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        lines = "\n".join(f"- {problem.sentence()}" for problem in problems)
        super().__init__(
            f"office file invalid file={file!r} problems={len(problems)}",
            file=file,
            count=len(problems),
            lines=lines,
        )
        self.problems = problems


class OfficeMissing(KindInvalid):
    """There is no office in this folder."""

    code = "K259"
    clerk_template = (
        "Thư mục «{folder}» chưa phải là một cơ quan: không có tệp vanthu.toml. "
        "Hãy chạy «vanthu init {folder}» hoặc chỉ đúng thư mục bằng --office."
    )


class _OfficeProblem(KindInvalid):
    """One wrong line; told together with the others."""

    #: Never raised alone.
    is_part: ClassVar[bool] = True


class OfficeKeyUnknown(_OfficeProblem):
    """A key we do not know."""

    code = "K251"
    clerk_template = "Không có mục «{key}» ở đây. {nearest}"


class OfficeKeyMissing(_OfficeProblem):
    """A key that must stand there."""

    code = "K252"
    clerk_template = "Thiếu mục «{key}» ({meaning}). Hãy thêm vào."


class OfficeValueWrong(_OfficeProblem):
    """A value of the wrong type or outside its list."""

    code = "K253"
    clerk_template = "Mục «{key}» cần là {expected}."


class OfficeDatesReversed(_OfficeProblem):
    """Ends before it starts."""

    code = "K254"
    clerk_template = "«den_ngay» ở trước «tu_ngay». Hãy xem lại hai ngày."


class OfficeSpansOverlap(_OfficeProblem):
    """Two of one name hold on the same day."""

    code = "K255"
    clerk_template = (
        "{what} «{name}» có thời gian trùng với mục ở dòng {other_line}. "
        "Hãy sửa «tu_ngay», «den_ngay» để mỗi ngày chỉ có một."
    )


class OfficeDuplicate(_OfficeProblem):
    """Said twice."""

    code = "K256"
    clerk_template = "{what} «{name}» đã có ở dòng {other_line}. Hãy bỏ một trong hai."


class OfficeReferenceUnknown(_OfficeProblem):
    """Names something the file does not have."""

    code = "K257"
    clerk_template = (
        "Mục «{key}» nói đến «{name}» nhưng tệp này không có {what} nào như thế. {nearest}"
    )


class OfficeUnreadable(_OfficeProblem):
    """Not TOML."""

    code = "K258"
    clerk_template = "Không đọc được tệp: {why}. Hãy xem lại dấu nháy, dấu ngoặc ở dòng này."


class BodyUnknown(KindInvalid):
    """No such body on that day."""

    code = "K260"
    clerk_template = (
        "Không có cơ quan «{symbol}» vào ngày {day}. Các cơ quan lúc ấy: {known}. "
        "Hãy ghi một trong các ký hiệu này, hoặc bổ sung cơ quan trong vanthu.toml."
    )


class SignerUnknown(KindInvalid):
    """No such signer on that day."""

    code = "K261"
    clerk_template = (
        "{body} không có người ký «{code_or_default}» vào ngày {day}. Người ký lúc ấy: {known}. "
        "Hãy ghi một trong các mã này, hoặc bổ sung người ký trong vanthu.toml."
    )


class TermUnknown(KindInvalid):
    """The office file names no term for that day."""

    code = "K262"
    clerk_template = "Chưa có nhiệm kỳ nào của «{body}» cho ngày {day}. Hãy báo người quản trị thêm [[nhiem_ky]] trong vanthu.toml."


class BookUnknown(KindInvalid):
    """No such incoming book on that day."""

    code = "K263"
    clerk_template = (
        "Không có sổ văn bản đến «{code_asked}» vào ngày {day}. Các sổ lúc ấy: {known}. "
        "Hãy ghi một trong các mã sổ này, hoặc bổ sung sổ trong vanthu.toml."
    )
