"""What goes wrong with the archive: A400–A419 need the operator, T320–T329 pass by themselves."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors.base import ArchiveCorrupted, TemporaryFailure, VanthuError


class ObjectDamaged(ArchiveCorrupted):
    """An object's inventory, sidecar or declaration cannot be believed."""

    code = "A401"
    clerk_template = "Hồ sơ lưu trữ {where} bị hỏng phần kê khai. Hãy ngừng ghi và báo người quản trị chạy «vanthu verify»."


class ContentDamaged(ArchiveCorrupted):
    """A stored file is missing or is not what was stored."""

    code = "A402"
    clerk_template = "Tệp {name} trong hồ sơ lưu trữ {where} bị mất hoặc bị sửa. Hãy báo người quản trị lấy lại từ bản sao lưu."


class VersionConflict(ArchiveCorrupted):
    """A version is there already, with other content."""

    code = "A403"
    clerk_template = "Hồ sơ lưu trữ {where} đã có phiên bản {version} với nội dung khác ({names}). Hãy báo người quản trị đối chiếu."


class VersionGap(ArchiveCorrupted):
    """A version was asked for that does not follow the last one stored."""

    code = "A404"
    clerk_template = "Hồ sơ lưu trữ {where} mới có {head} phiên bản nên chưa ghi được phiên bản {version}. Hãy báo người quản trị chạy «vanthu verify»."


class ArchiveRootInvalid(ArchiveCorrupted):
    """The folder is not an archive of ours."""

    code = "A405"
    clerk_template = "Thư mục {where} không phải kho lưu trữ đúng khuôn. Hãy báo người quản trị kiểm tra đường dẫn trong vanthu.toml."


class NameRefused(VanthuError):
    """A name must not enter the archive: unsafe on some system. Stops that object only."""

    code = "A406"
    clerk_template = "Tên tệp «{name}» không đưa vào kho lưu trữ được. Hãy đổi tên tệp rồi thả lại."


class ObjectUnknown(ArchiveCorrupted):
    """The registers know an object, version or file which the archive has not."""

    code = "A407"
    clerk_template = "Kho lưu trữ không có {where}. Hãy báo người quản trị chạy «vanthu verify» và lấy lại từ bản sao lưu."


class JournalBroken(ArchiveCorrupted):
    """The chain of sealed lines does not hold."""

    code = "A410"
    clerk_template = "Nhật ký đã khóa bị đứt ở {where}. Hãy ngừng ghi và báo người quản trị lấy lại tệp này từ bản sao lưu."


class JournalConflict(ArchiveCorrupted):
    """A register row was sealed before with other words: registers and journal come from different days."""

    code = "A411"
    clerk_template = "Dòng nhật ký số {row} trong sổ khác với dòng đã khóa ở {where}. Cơ sở dữ liệu có thể đã được lấy lại từ bản cũ: hãy báo người quản trị chạy «vanthu rebuild»."


class ArchiveFull(TemporaryFailure):
    """No space, no inodes or no quota left."""

    code = "T320"
    clerk_template = "Ổ đĩa chứa {where} đã đầy. Việc tạm dừng, không mất gì; hãy báo người quản trị dọn chỗ, chương trình sẽ tự làm tiếp."


class ArchiveReadOnly(TemporaryFailure):
    """The file system refuses all writing."""

    code = "T321"
    clerk_template = "Ổ đĩa chứa {where} đang ở chế độ chỉ đọc. Việc tạm dừng, không mất gì; hãy báo người quản trị."


class ArchiveForbidden(TemporaryFailure):
    """This account may not write there."""

    code = "T322"
    clerk_template = "Chương trình không có quyền ghi hoặc đọc {where}. Việc tạm dừng, không mất gì; hãy báo người quản trị cấp quyền."


class ArchiveBusy(TemporaryFailure):
    """Another process holds the lock for longer than writing takes."""

    code = "T323"
    clerk_template = "{where} đang được một tiến trình khác ghi. Chương trình sẽ tự làm lại."


class ArchiveUnreachable(TemporaryFailure):
    """The file system does not answer as it should: a share that dropped, a failing disk."""

    code = "T324"
    clerk_template = "Không đọc hoặc ghi được {where}: ổ đĩa hoặc thư mục mạng không trả lời. Chương trình sẽ tự làm lại; nếu lặp lại, hãy báo người quản trị."


class SourceUnreadable(TemporaryFailure):
    """A file to be stored went away or cannot be read; the next attempt makes it again."""

    code = "T325"
    clerk_template = (
        "Không đọc được tệp {where} để đưa vào kho lưu trữ. Chương trình sẽ tự làm lại."
    )


_BY_NUMBER: tuple[tuple[frozenset[int], type[TemporaryFailure]], ...] = (
    (frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMLINK}), ArchiveFull),
    (frozenset({errno.EROFS}), ArchiveReadOnly),
    (frozenset({errno.EACCES, errno.EPERM}), ArchiveForbidden),
    (frozenset({errno.EBUSY, errno.EAGAIN, errno.ETXTBSY}), ArchiveBusy),
)


def failure_of(error: OSError, where: str) -> TemporaryFailure:
    """The temporary failure that says in the clerk's words what *error* says in numbers."""
    for numbers, failure in _BY_NUMBER:
        if error.errno in numbers:
            return failure(f"{error} at {where}", where=where)
    return ArchiveUnreachable(f"{error} at {where}", where=where)


@contextmanager
def told_as_temporary(where: str) -> Iterator[None]:
    """Turn whatever the file system refuses inside into a :class:`TemporaryFailure` about *where*."""
    try:
        yield
    except OSError as error:
        raise failure_of(error, where) from error
