"""What can go wrong with the index, which is derived: nothing here loses a paper; and with searches that people keep."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import RecordRejected, TemporaryFailure


class IndexBusy(TemporaryFailure):
    """T330: another process holds the writer's role and did not let go in time."""

    code: ClassVar[str] = "T330"
    clerk_template: ClassVar[str] = (
        "Mục lục tìm kiếm đang được một tiến trình khác ghi. Văn bản đã lưu an toàn và sẽ tự vào mục lục sau ít phút."
    )


class IndexUnusable(TemporaryFailure):
    """T331: the index is missing, damaged or of another make; it must be made again first."""

    code: ClassVar[str] = "T331"
    clerk_template: ClassVar[str] = (
        "Mục lục tìm kiếm chưa dùng được ({reason}). Kho lưu trữ không bị ảnh hưởng; "
        "chương trình sẽ tự dựng lại mục lục, xin tìm lại sau ít phút."
    )


class IndexNotWritten(TemporaryFailure):
    """T332: the machine could not store the index: disk full, folder read-only."""

    code: ClassVar[str] = "T332"
    clerk_template: ClassVar[str] = (
        "Không ghi được mục lục tìm kiếm. Hãy báo người quản trị xem ổ đĩa còn chỗ và thư mục index có ghi được không; "
        "văn bản đã lưu an toàn."
    )


class IndexMakingStopped(TemporaryFailure):
    """T333: making the index again was stopped on request; the old one answers, the next time goes on from there."""

    code: ClassVar[str] = "T333"
    clerk_template: ClassVar[str] = (
        "Đã dừng dựng lại mục lục theo yêu cầu; phần đã làm được giữ lại. Mục lục cũ vẫn dùng như trước. "
        "Chạy lại «vanthu reindex» để làm tiếp."
    )


class NoSuchSearch(RecordRejected):
    """R315: the person keeps no search under that name."""

    code: ClassVar[str] = "R315"
    clerk_template: ClassVar[str] = (
        "Không có tìm kiếm đã lưu nào tên «{name}». Hãy xem tên đúng trong danh sách tìm kiếm đã lưu."
    )
    terminal_hint: ClassVar[str] = "Xem: «vanthu searches list»."


class SearchNameWrong(RecordRejected):
    """R316: the name of a search, or the question itself, cannot be kept."""

    code: ClassVar[str] = "R316"
    clerk_template: ClassVar[str] = (
        "Không lưu được tìm kiếm «{name}»: tên phải có chữ, không quá 80 chữ cái; câu hỏi không quá dài. "
        "Hãy đặt tên khác hoặc rút ngắn câu hỏi."
    )


class TooManySearches(RecordRejected):
    """R317: the person keeps as many searches as one person may."""

    code: ClassVar[str] = "R317"
    clerk_template: ClassVar[str] = (
        "Không lưu được tìm kiếm «{name}»: đã lưu {most} tìm kiếm, không lưu thêm được. "
        "Hãy bỏ bớt những tìm kiếm không dùng nữa."
    )
