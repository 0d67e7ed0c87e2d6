"""R315–R319: what is asked of searches that a person keeps."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import RecordRejected


class NoSuchSearch(RecordRejected):
    """R315: the person keeps no search under that name."""

    code: ClassVar[str] = "R315"
    clerk_template: ClassVar[str] = (
        "Không có tìm kiếm đã lưu nào tên «{name}». Hãy xem tên đúng bằng «vanthu searches list»."
    )


class SearchNameWrong(RecordRejected):
    """R316: the name of a search, or the question itself, cannot be kept."""

    code: ClassVar[str] = "R316"
    clerk_template: ClassVar[str] = (
        "Không lưu được tìm kiếm «{name}»: tên phải có chữ, không quá 80 chữ cái; câu hỏi không quá dài. "
        "Hãy đặt tên khác hoặc rút ngắn câu hỏi."
    )
