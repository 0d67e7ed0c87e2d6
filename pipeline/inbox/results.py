"""Results and reasons → the clerk's folders, under fixed names, never over what she has there.

Written again after a crash the same name gets the same bytes; a file that differs (she edited it, or it is
open in Excel and was saved meanwhile) is left alone and ours goes beside it under the next free name. Only what is
ours beyond doubt gives way to what is newer: a file that lies in the archive, a note that vouches for itself.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.durable import (
    fsync_dir,
    move_new,
    sha512_file,
    sync_filesystem,
    temp_beside,
    write_file,
)
from pipeline.errors.base import shown_as
from pipeline.inbox.folders import lend_to_owner

log = logging.getLogger(__name__)

_TEXT_MODE = 0o664
_SIGNED = (
    "Tệp này do chương trình ghi, và ghi lại khi có tin mới; muốn ghi chú gì hãy ghi vào tệp khác."
)
#: What a share answers about a file that somebody has open.
_HELD = frozenset((errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY))

Replace = Callable[[Path, Path], None]


def place_files(
    sources: Sequence[tuple[Path, str]],
    folder: Path,
    *,
    ours: frozenset[str] = frozenset(),
    replace: Replace = os.replace,
) -> list[Path]:
    """Copy files into *folder*, each under its name (or the next free one); where they went, durable.

    All contents are synced by one call before the first gets its name.

    Args:
        ours: Digests of files that lie in the archive: one of these may be replaced, whole, by what is new.
    """
    placed: list[Path] = []
    temps: list[tuple[int, Path]] = []
    try:
        for at, (source, name) in enumerate(sources):
            target, is_there = _free_name(folder, name, source, frozenset(placed), ours)
            placed.append(target)
            if is_there:
                continue
            temp = temp_beside(target)
            temps.append((at, temp))
            shutil.copyfile(source, temp)
            temp.chmod(_TEXT_MODE)
            lend_to_owner(temp, folder)
        if temps:
            sync_filesystem(folder)
        for at, temp in temps:
            if not _replaced(temp, placed[at], replace):
                name = sources[at][1]
                target, _ = _free_name(folder, name, temp, frozenset(placed), frozenset())
                placed[at] = target
                temp.rename(target)
    except BaseException:
        for _, temp in temps:
            temp.unlink(missing_ok=True)
        raise
    if temps:
        fsync_dir(folder)
    return placed


def clear_stale(
    folder: Path, keep: Sequence[Path], ours: frozenset[str], names: Sequence[str] | None = None
) -> None:
    """Take files of earlier versions out of *folder*: only what lies in the archive, byte for byte.

    What cannot be taken away now (open over a share) stays where it is.

    Args:
        names: Of those that are no longer so; None for every PDF.
    """
    kept = frozenset(keep)
    gone = False
    for path in sorted(folder.glob("*.pdf")) if names is None else [folder / one for one in names]:
        if path in kept or not path.is_file() or sha512_file(path) not in ours:
            continue
        try:
            path.unlink()
            gone = True
        except OSError as error:
            told = shown_as(
                "Chưa bỏ được một tệp kết quả cũ (đang có người mở); tệp cũ vẫn nằm đó."
            )
            log.warning("left an earlier file where it lies: %s", error.strerror, extra=told)
    if gone:
        fsync_dir(folder)


def place_note(text: str, folder: Path, name: str, *, replace: Replace = os.replace) -> Path:
    """Write the one note of a drop: over the earlier one, which is ours as long as nobody has written into it.

    One that she wrote into, or that cannot be replaced now (open over a share), is left; ours goes beside it.
    """
    text = text.rstrip("\n") + "\n"
    data = _for_notepad(f"{text}\n{_SIGNED} [{_seal(text)}]\n")
    count, target = 1, folder / name
    while target.exists() and target.read_bytes() != data:
        if is_our_note(target) and _rewritten(target, data, replace):
            break
        count += 1
        target = folder / _numbered(name, count)
    if not target.exists():
        write_file(target, data, mode=_TEXT_MODE)
    lend_to_owner(target, folder)
    _clear_notes(target, folder, name)
    return target


def _clear_notes(newest: Path, folder: Path, name: str) -> None:
    """Older notes of ours under numbered names, left from when the plain one could not be replaced."""
    for path in sorted(folder.glob(f"{Path(name).stem} (*){Path(name).suffix}")):
        if path != newest and is_our_note(path):
            try:
                path.unlink()
            except OSError as error:
                told = shown_as(
                    "Chưa bỏ được một tờ KẾT QUẢ cũ (đang có người mở); tờ cũ vẫn nằm đó."
                )
                log.warning("left an earlier note where it lies: %s", error.strerror, extra=told)


def is_our_note(path: Path) -> bool:
    """Whether a note is as we wrote it: what its last line says of the text above it is so."""
    text = path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
    above, _, last = text.rstrip("\n").rpartition("\n")
    return last == f"{_SIGNED} [{_seal(above)}]"


def _seal(text: str) -> str:
    return hashlib.sha256(text.rstrip("\n").encode("utf-8", "replace")).hexdigest()[:12]


def _rewritten(target: Path, data: bytes, replace: Replace) -> bool:
    temp = temp_beside(target)
    write_file(temp, data, mode=_TEXT_MODE)
    try:
        is_done = _replaced(temp, target, replace)
    finally:
        temp.unlink(missing_ok=True)
    if is_done:
        fsync_dir(target.parent)
    return is_done


def _replaced(temp: Path, target: Path, replace: Replace) -> bool:
    """Give *temp* its name, over what lies there; false where somebody has that open and the share forbids it."""
    if not target.exists():
        temp.rename(target)
        return True
    try:
        replace(temp, target)
    except OSError as error:
        if error.errno not in _HELD:
            raise
        return False
    return True


def place_text(text: str, folder: Path, name: str) -> Path:
    """Write a note for Notepad (UTF-8 with BOM, CRLF) into *folder*, synced."""
    data = _for_notepad(text)
    target = folder / name
    count = 1
    while target.exists() and target.read_bytes() != data:
        count += 1
        target = folder / _numbered(name, count)
    if not target.exists():
        write_file(target, data, mode=_TEXT_MODE)
        lend_to_owner(target, folder)
    return target


def replace_text(text: str, folder: Path, name: str) -> None:
    """Write a note over the one of that name; one that is open over a share stays as it is."""
    target, data = folder / name, _for_notepad(text)
    if target.exists() and target.read_bytes() == data:
        return
    with suppress(PermissionError):
        write_file(target, data, mode=_TEXT_MODE)
        lend_to_owner(target, folder)


def _for_notepad(text: str) -> bytes:
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig", "replace")


def make_folder(folder: Path, owner_model: Path) -> None:
    """Make a folder of results, belonging to whom the inbox belongs to."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        lend_to_owner(path, owner_model)
        fsync_dir(path.parent)


def move_aside(source: Path, folder: Path, name: str) -> Path:
    """Rename a file of hers into *folder* under the next free name: for what is turned away uncopied."""
    return move_under_free_name(source, folder / name)


def move_under_free_name(source: Path, wanted: Path) -> Path:
    """Move a file to *wanted* or the next free name, never over another; durable."""
    count = 1
    target = wanted
    while True:
        try:
            move_new(source, target)
        except FileExistsError:
            count += 1
            target = wanted.with_name(_numbered(wanted.name, count))
        else:
            return target


def _free_name(
    folder: Path, name: str, source: Path, taken: frozenset[Path], ours: frozenset[str]
) -> tuple[Path, bool]:
    """The name for *source*, and whether it is there already with the same content."""
    size_bytes, sha512 = source.stat().st_size, ""
    target = folder / name
    count = 1
    while target.exists() or target in taken:
        if target not in taken and target.is_file() and target.stat().st_size == size_bytes:
            sha512 = sha512 or sha512_file(source)
            if sha512_file(target) == sha512:
                return target, True
        if ours and target not in taken and target.is_file() and sha512_file(target) in ours:
            return target, False
        count += 1
        target = folder / _numbered(name, count)
    return target, False


def _numbered(name: str, count: int) -> str:
    path = Path(name)
    return f"{path.stem} ({count}){path.suffix}"
