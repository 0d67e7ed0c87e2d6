"""A430–A432, A464: what stands in the way of making the registers again."""

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


class RegistersBehind(ArchiveCorrupted):
    """The sealed journal knows deeds that the registers do not: numbers would be given a second time."""

    code = "A432"
    clerk_template = (
        "Sổ cũ hơn nhật ký đã niêm phong (dòng {row}): cơ sở dữ liệu bị mất hoặc được lấy lại từ bản sao lưu cũ. "
        "Mọi việc cấp số đã dừng để không cấp trùng. Hãy chạy «vanthu rebuild --merge» để gộp, "
        "hoặc «vanthu rebuild» nếu cơ sở dữ liệu không dùng được nữa."
    )


class DatabaseDamaged(ArchiveCorrupted):
    """The database file cannot be read as one; archive and journal still tell all that was sealed."""

    code = "A464"
    clerk_template = (
        "Tệp cơ sở dữ liệu {place} bị hỏng, không đọc được. Kho và nhật ký không mất gì. "
        "Hãy chạy «vanthu rebuild» để dựng lại sổ; tệp hỏng được giữ lại bên cạnh."
    )
