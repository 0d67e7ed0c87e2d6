"""K200–K219: what can be wrong in a kind's folder."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import KindInvalid, Problem


class KindBroken(KindInvalid):
    """A kind's folder has mistakes; all of them are in :attr:`problems`. The other kinds run."""

    code = "K200"
    clerk_template = "Loại văn bản «{kind}» tạm dừng vì mẫu có {count} chỗ cần sửa:\n{lines}"

    def __init__(self, kind: str, problems: tuple[Problem, ...]) -> None:
        lines = "\n".join(f"- {problem.sentence()}" for problem in problems)
        super().__init__(
            f"kind invalid kind={kind!r} problems={len(problems)}",
            kind=kind,
            count=len(problems),
            lines=lines,
        )
        self.kind = kind
        self.problems = problems


class KindExpressionFailed(KindInvalid):
    """An expression of the kind has no value for a record that passed all checks."""

    code = "K201"
    clerk_template = (
        "Mẫu «{kind}» có biểu thức {place} không tính được cho bản ghi này: {why}. "
        "Hãy báo người soạn mẫu; tệp vẫn được giữ."
    )


class _KindProblem(KindInvalid):
    """One mistake; told together with the others."""

    #: Never raised alone.
    is_part: ClassVar[bool] = True


class KindFileMissing(_KindProblem):
    """A file every kind must have."""

    code = "K202"
    clerk_template = "Thiếu tệp «{file}». Hãy thêm tệp này vào thư mục của loại văn bản."


class KindFileUnreadable(_KindProblem):
    """Not TOML, or not JSON."""

    code = "K203"
    clerk_template = (
        "Không đọc được tệp: {why}. Hãy xem lại dấu nháy, dấu ngoặc, dấu phẩy ở chỗ này."
    )


class KindKeyUnknown(_KindProblem):
    """A key we do not know."""

    code = "K204"
    clerk_template = "Không có mục «{key}» ở đây. {nearest}"


class KindKeyMissing(_KindProblem):
    """A key that must stand there."""

    code = "K205"
    clerk_template = "Thiếu mục «{key}» ({meaning}). Hãy thêm vào."


class KindValueWrong(_KindProblem):
    """A value of the wrong type or outside its list."""

    code = "K206"
    clerk_template = "Mục «{key}» cần là {expected}."


class KindExpressionBroken(_KindProblem):
    """CEL does not understand it."""

    code = "K207"
    clerk_template = (
        "Biểu thức của «{key}» viết chưa đúng, ở ký tự thứ {column}: {why}. Hãy xem lại biểu thức."
    )


class KindNameUnknown(_KindProblem):
    """An expression names what no property feeds."""

    code = "K208"
    clerk_template = (
        "Biểu thức của «{key}» nhắc đến «{name}» nhưng không có trường nào tên như thế. {nearest}"
    )


class KindFunctionUnknown(_KindProblem):
    """An expression calls what is not there."""

    code = "K209"
    clerk_template = "Biểu thức của «{key}» gọi hàm «{name}» nhưng không có hàm ấy. {nearest}"


class KindSchemaInvalid(_KindProblem):
    """The schema breaks JSON Schema itself, or our additions to it."""

    code = "K210"
    clerk_template = "Lược đồ sai: {why}. Hãy sửa theo JSON Schema 2020-12."


class KindTitleMissing(_KindProblem):
    """A property without a Vietnamese title cannot be spoken of."""

    code = "K211"
    clerk_template = "Trường «{name}» chưa có «title» bằng tiếng Việt. Hãy thêm tên gọi để báo lỗi và làm bảng mẫu."


class KindNameReserved(_KindProblem):
    """The property takes a name that expressions and templates use for something else."""

    code = "K212"
    clerk_template = "Không đặt được tên trường «{name}»: {why}. Hãy đổi sang tên khác, chữ thường không dấu nối bằng «_»."


class KindFieldUnknown(_KindProblem):
    """A rule or a heading speaks of a property that is not there."""

    code = "K213"
    clerk_template = "«{key}» nói đến trường «{name}» nhưng lược đồ không có trường ấy. {nearest}"


class KindDuplicate(_KindProblem):
    """Said twice."""

    code = "K214"
    clerk_template = "«{name}» đã dùng cho {other}. Mỗi {what} chỉ dùng một lần."
