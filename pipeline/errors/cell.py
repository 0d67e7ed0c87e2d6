"""What can go wrong with a cell: T340–T349, T377. The file or the machine, not the clerk; tried again."""

from __future__ import annotations

from pipeline.errors.base import TemporaryFailure


class CellFailure(TemporaryFailure):
    """A call into a cell gave no answer. ``attempts`` decides how often it is tried again."""

    code = "T340"
    clerk_template = "Tệp chưa xử lý được, chương trình sẽ tự thử lại. Không cần làm gì thêm."


class CellTimeout(CellFailure):
    """The operation ran beyond its seconds; the child and all it had started were killed."""

    code = "T341"
    clerk_template = (
        "Tệp xử lý quá lâu nên đã dừng giữa chừng; chương trình sẽ tự thử lại. "
        "Nếu tệp bị trả lại, hãy quét hoặc xuất lại rồi thả lại."
    )


class CellKilled(CellFailure):
    """The child died or ran out of memory in the middle of the operation."""

    code = "T342"
    clerk_template = (
        "Tệp cần nhiều bộ nhớ hơn mức cho phép nên đã dừng giữa chừng; chương trình sẽ tự thử lại. "
        "Nếu tệp bị trả lại, hãy quét hoặc xuất lại rồi thả lại."
    )


class CellBroken(CellFailure):
    """The operation raised what we did not foresee, or the child answered with nonsense."""

    code = "T343"


class CellUnavailable(CellFailure):
    """No child could be started: no memory, no processes, no folder to work in."""

    code = "T344"
    clerk_template = (
        "Máy đang thiếu tài nguyên (bộ nhớ hoặc chỗ ghi tạm) nên chưa xử lý được tệp; "
        "chương trình sẽ tự thử lại. Nếu kéo dài, hãy báo người quản trị."
    )


class OcrUnavailable(TemporaryFailure):
    """Tesseract or its Vietnamese words are not installed, or it ran beyond its time."""

    code = "T345"
    clerk_template = (
        "Chưa nhận dạng được chữ trên bản quét, chương trình sẽ tự thử lại. "
        "Nếu kéo dài, hãy báo người quản trị."
    )


class PagesTooSlow(TemporaryFailure):
    """Some pages were not read within their seconds; the machine may have been busy."""

    code = "T377"
    clerk_template = (
        "Máy đang bận nên chưa đọc kịp chữ ở trang {pages} của «{file}»; chương trình sẽ tự đọc lại sau. "
        "Không cần làm gì thêm."
    )
