"""What can be wrong with a paper from outside: R130–R149. The file goes back to the clerk."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected


class PaperUnreadable(RecordRejected):
    """No engine can open it: not a PDF, cut short, or damaged beyond reading."""

    code = "R130"
    clerk_template = (
        "Tệp không mở được: không phải văn bản PDF hoặc đã hỏng. "
        "Hãy mở thử trên máy của đồng chí, quét hoặc xuất lại rồi thả lại tệp mới."
    )


class PaperLocked(RecordRejected):
    """It opens only with a password or with somebody's certificate."""

    code = "R131"
    clerk_template = (
        "Tệp bị khóa bằng mật khẩu hoặc chứng thư. "
        "Hãy đề nghị nơi gửi cung cấp bản không khóa, hoặc mở khóa rồi thả lại."
    )


class PaperTooLong(RecordRejected):
    """More pages than the office's limit."""

    code = "R132"
    clerk_template = (
        "Tệp có {pages} trang, quá giới hạn {max_pages} trang. "
        "Hãy tách thành nhiều tệp hoặc đề nghị người quản trị nâng giới hạn."
    )


class PaperEmpty(RecordRejected):
    """A PDF without a single page."""

    code = "R133"
    clerk_template = "Tệp không có trang nào. Hãy quét hoặc xuất lại rồi thả lại tệp mới."


class PaperNotShown(RecordRejected):
    """It opens but its first page can be drawn by no engine, so nobody could ever read or print it."""

    code = "R134"
    clerk_template = (
        "Tệp mở được nhưng trang 1 không hiển thị được. Hãy quét hoặc xuất lại rồi thả lại tệp mới."
    )


class MarkInvalid(RecordRejected):
    """The drawn mark or copy block that was to be placed is not a PDF of one page."""

    code = "R135"
    clerk_template = (
        "Mẫu dấu hoặc khối sao không dùng được. Hãy báo người quản trị xem lại biểu mẫu."
    )
