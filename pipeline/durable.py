"""Files that last: temp file, fsync, rename, fsync of the folder. The only place that syncs."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

_CHUNK_BYTES = 1 << 20
_TEMP_NAME = re.compile(r"\.[0-9a-f]{12}\.tmp")
#: From then on a temporary file is nobody's.
_TEMP_AGE_S = 600.0
_libc = ctypes.CDLL(None, use_errno=True)
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
#: What a file system says that has no such rename, or no hard links.
_NOT_SUPPORTED = frozenset(
    (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EMLINK, errno.EXDEV)
)


def fsync_dir(directory: Path) -> None:
    """Make the names in *directory* durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_file(path: Path) -> None:
    """Make the content of *path* durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_filesystem(directory: Path) -> None:
    """Sync all of the file system that holds *directory* (``syncfs``): one call for many files."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _libc.syncfs(descriptor) != 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error), str(directory))
    finally:
        os.close(descriptor)


def make_dirs(directory: Path, mode: int = 0o755) -> None:
    """Make *directory* and its parents, each name durable in the folder above it."""
    missing: list[Path] = []
    at = directory
    while not at.is_dir():
        missing.append(at)
        at = at.parent
    for path in reversed(missing):
        path.mkdir(mode=mode, exist_ok=True)
        fsync_dir(path.parent)


def temp_beside(path: Path) -> Path:
    """A fresh hidden name in the same folder as *path*."""
    return path.parent / f".{secrets.token_hex(6)}.tmp"


def sweep_temps(directory: Path, *, now_s: float) -> None:
    """Remove names of :func:`temp_beside` in *directory* whose writer died; none is in use for minutes."""
    for path in directory.glob(".*.tmp"):
        with suppress(FileNotFoundError):
            if _TEMP_NAME.fullmatch(path.name) and now_s - path.lstat().st_mtime > _TEMP_AGE_S:
                path.unlink()


def write_file(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put *data* at *path* whole or not at all, for good."""
    temp = temp_beside(path)
    descriptor = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temp.rename(path)
    except BaseException:
        temp.unlink(missing_ok=True)
        raise
    fsync_dir(path.parent)


def rename(source: Path, target: Path) -> None:
    """Move a name for good: the content is synced before, both folders after. Replaces a file."""
    if source.is_file():
        fsync_file(source)
    source.rename(target)
    fsync_dir(target.parent)
    if source.parent != target.parent:
        fsync_dir(source.parent)


def move_new(source: Path, target: Path) -> None:
    """Move a file to a name that nothing has yet, for good; on any file system, never over another file.

    Where a rename can be told not to replace, that is one act. Elsewhere a hard link and the removal
    of the old name; where there are no links either, a copy. A crash between the two acts leaves both
    names with the same content, and the next call finds that out and only removes the old one.

    Raises:
        FileExistsError: another file stands at *target*; nothing was changed.
    """
    with suppress(PermissionError):  # what may not be read may still be moved
        fsync_file(source)
    for way in (_rename_new, _link_new, _copy_new):
        try:
            way(source, target)
        except FileExistsError:
            if not _is_same(source, target):
                raise
            break  # begun before a crash
        except OSError as error:
            if error.errno not in _NOT_SUPPORTED or way is _copy_new:
                raise
        else:
            break
    fsync_dir(target.parent)
    source.unlink(missing_ok=True)
    if source.parent != target.parent:
        fsync_dir(source.parent)


def give_out(source: Path, target: Path) -> None:
    """Put a copy of a file where people asked for it, whole or not at all, over what lies there; for good."""
    temp = temp_beside(target)
    try:
        shutil.copyfile(source, temp)
        fsync_file(temp)
        temp.rename(target)
    except BaseException:
        temp.unlink(missing_ok=True)
        raise
    fsync_dir(target.parent)


def _rename_new(source: Path, target: Path) -> None:
    paths = os.fsencode(source), os.fsencode(target)
    if _libc.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_NOREPLACE) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), str(source), None, str(target))


def _link_new(source: Path, target: Path) -> None:
    os.link(source, target, follow_symlinks=False)


def _copy_new(source: Path, target: Path) -> None:
    """A synced copy under a hidden name, then renamed over an empty file of ours that holds the name."""
    temp = temp_beside(target)
    held = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        shutil.copyfile(source, temp, follow_symlinks=False)
        with suppress(OSError):  # such file systems often have no owners and modes to keep
            shutil.copystat(source, temp, follow_symlinks=False)
            facts = source.lstat()
            os.chown(temp, facts.st_uid, facts.st_gid, follow_symlinks=False)
        fsync_file(temp)
        if not _is_still_ours(held, target):  # somebody saved into it or over it meanwhile
            _refuse_to_replace(target)
        temp.rename(target)
    except BaseException:
        temp.unlink(missing_ok=True)
        if _is_still_ours(held, target):
            target.unlink()
        raise
    finally:
        os.close(held)


def _is_still_ours(held: int, target: Path) -> bool:
    """Whether the empty file that holds the name still does, and is still empty."""
    facts = os.fstat(held)
    return not facts.st_size and target.exists() and os.path.samestat(facts, target.lstat())


def _refuse_to_replace(target: Path) -> NoReturn:
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))


def _is_same(source: Path, target: Path) -> bool:
    """Whether both names are one file, or two regular files with the same content."""
    ours, theirs = source.lstat(), target.lstat()
    if os.path.samestat(ours, theirs):
        return True
    if not (stat.S_ISREG(ours.st_mode) and stat.S_ISREG(theirs.st_mode)):
        return False
    return ours.st_size == theirs.st_size and sha512_file(source) == sha512_file(target)


def copy_descriptor(source: int, target: Path, *, limit_bytes: int) -> tuple[int, str]:
    """Copy an open descriptor from its start to the new file *target*, synced.

    Returns:
        Size in bytes and sha512 in hex of what was copied.
    Raises:
        ValueError: there is more than *limit_bytes*; the target is removed.
    """
    digest = hashlib.sha512()
    size = 0
    with target.open("xb") as out:
        while chunk := os.pread(source, _CHUNK_BYTES, size):
            size += len(chunk)
            if size > limit_bytes:
                target.unlink()
                message = f"more than {limit_bytes} bytes"
                raise ValueError(message)
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return size, digest.hexdigest()


def sha512_file(path: Path) -> str:
    """The digest of a file, lower-case hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha512").hexdigest()


class Disk:
    """The acts of a writer on the file system, one method each.

    Writers whose order of acts matters (archive, journal) take one of these, so that a test can pass
    another which stops, or loses what was not synced, after any act. Nothing here syncs by itself
    unless its name says so.
    """

    def make_dir(self, directory: str, mode: int = 0o755) -> bool:
        """Make one folder; false where it is there already."""
        try:
            os.mkdir(directory, mode)  # noqa: PTH102 — strings: this is the archive's inner loop
        except FileExistsError:
            return False
        return True

    def write_new(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Write *data* to a file that must not exist yet."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            _write_all(descriptor, data)
        finally:
            os.close(descriptor)

    def copy_new(self, source: int, path: str, mode: int = 0o644) -> tuple[int, str]:
        """Copy an open descriptor from its start to a new file; size and sha512 of what was copied."""
        digest = hashlib.sha512()
        size = 0
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            while chunk := os.pread(source, _CHUNK_BYTES, size):
                digest.update(chunk)
                _write_all(descriptor, chunk)
                size += len(chunk)
        finally:
            os.close(descriptor)
        return size, digest.hexdigest()

    def append(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Write *data* after the end of a file, which is made when missing."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(path, flags, mode)
        try:
            _write_all(descriptor, data)
        finally:
            os.close(descriptor)

    def truncate(self, path: str, size_bytes: int) -> None:
        """Cut a file off after *size_bytes*."""
        os.truncate(path, size_bytes)

    def rename(self, source: str, target: str) -> None:
        """Move a name; replaces a file or an empty folder."""
        os.rename(source, target)  # noqa: PTH104 — strings, as above

    def unlink(self, path: str) -> None:
        """Remove a file's name."""
        os.unlink(path)  # noqa: PTH108 — strings, as above

    def remove_dir(self, directory: str) -> None:
        """Remove an empty folder."""
        os.rmdir(directory)  # noqa: PTH106 — strings, as above

    def sync_file(self, path: str) -> None:
        """Make the content of a file durable."""
        fsync_file(Path(path))

    def sync_dir(self, directory: str) -> None:
        """Make the names in a folder durable."""
        fsync_dir(Path(directory))

    def sync_filesystem(self, directory: str) -> None:
        """Make all of the file system that holds *directory* durable, in one call."""
        sync_filesystem(Path(directory))


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
