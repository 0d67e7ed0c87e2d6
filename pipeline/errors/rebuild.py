"""A430–A431: what stands in the way of making the registers again."""

from __future__ import annotations

from pipeline.errors.base import ArchiveCorrupted


class JournalUnsound(ArchiveCorrupted):
    """The chain is broken: what it tells may not be believed."""

    code = "A430"
    clerk_template = (
        "Nhật ký hỏng ở {where}, không thể dựa vào đó để dựng lại sổ. "
        "Hãy lấy lại thư mục archive/journal từ bản sao lưu rồi chạy lại."
    )


class DatabaseNotEmpty(ArchiveCorrupted):
    """Rebuilding would double what is there."""

    code = "A431"
    clerk_template = (
        "Cơ sở dữ liệu PostgreSQL của cơ quan đang có văn bản. Hãy tạo một cơ sở dữ liệu trống, "
        "ghi địa chỉ mới vào database_url rồi chạy lại."
    )
