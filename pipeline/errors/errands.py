"""R345–R349, T387–T388: long pieces of work that a person starts from the page, and deeds on a book's line."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import RecordRejected, TemporaryFailure


class ErrandRunning(RecordRejected):
    """R345: the person has one long piece of work going on; one at a time."""

    code: ClassVar[str] = "R345"
    clerk_template: ClassVar[str] = (
        "Việc dài «{what}» của bạn chưa xong. Hãy đợi xong rồi bắt đầu việc khác; xem ở trang «Việc dài»."
    )


class ReasonMissing(RecordRejected):
    """R346: a deed on a number that needs a reason came without one."""

    code: ClassVar[str] = "R346"
    clerk_template: ClassVar[str] = (
        "Chưa ghi lý do hủy số. Hãy ghi lý do: lý do vào sổ cùng số và không xóa được."
    )


class FoundNothingToList(RecordRejected):
    """R347: a list was asked of a search that finds nothing."""

    code: ClassVar[str] = "R347"
    clerk_template: ClassVar[str] = (
        "Không có văn bản nào để ghi thành danh sách. Hãy tìm lại rồi mới tải danh sách."
    )


class TooManyErrands(TemporaryFailure):
    """T387: as many long pieces of work go on as this machine takes beside its own."""

    code: ClassVar[str] = "T387"
    clerk_template: ClassVar[str] = (
        "Máy đang làm {count} việc dài của người khác. Hãy thử lại sau vài phút."
    )
