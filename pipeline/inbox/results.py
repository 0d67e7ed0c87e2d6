"""Results and reasons → the clerk's folders, under fixed names, never over what she has there.

Written again after a crash the same name gets the same bytes; a file that differs (she edited it, or it is
open in Excel and was saved meanwhile) is left alone and ours goes beside it under the next free name.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from pipeline.durable import (
    fsync_dir,
    move_new,
    sha512_file,
    sync_filesystem,
    temp_beside,
    write_file,
)
from pipeline.inbox.folders import lend_to_owner

_TEXT_MODE = 0o664


def place_files(sources: Sequence[tuple[Path, str]], folder: Path) -> list[Path]:
    """Copy files into *folder*, each under its name (or the next free one); where they went, durable.

    All contents are synced by one call before the first gets its name.
    """
    placed: list[Path] = []
    temps: list[tuple[Path, Path]] = []
    try:
        for source, name in sources:
            target, is_there = _free_name(folder, name, source, frozenset(placed))
            placed.append(target)
            if is_there:
                continue
            temp = temp_beside(target)
            temps.append((temp, target))
            shutil.copyfile(source, temp)
            temp.chmod(_TEXT_MODE)
            lend_to_owner(temp, folder)
        if temps:
            sync_filesystem(folder)
        for temp, target in temps:
            temp.rename(target)
    except BaseException:
        for temp, _ in temps:
            temp.unlink(missing_ok=True)
        raise
    if temps:
        fsync_dir(folder)
    return placed


def place_text(text: str, folder: Path, name: str) -> Path:
    """Write a note for Notepad (UTF-8 with BOM, CRLF) into *folder*, synced."""
    data = text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig", "replace")
    target = folder / name
    count = 1
    while target.exists() and target.read_bytes() != data:
        count += 1
        target = folder / _numbered(name, count)
    if not target.exists():
        write_file(target, data, mode=_TEXT_MODE)
        lend_to_owner(target, folder)
    return target


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


def _free_name(folder: Path, name: str, source: Path, taken: frozenset[Path]) -> tuple[Path, bool]:
    """The name for *source*, and whether it is there already with the same content."""
    size_bytes, sha512 = source.stat().st_size, ""
    target = folder / name
    count = 1
    while target.exists() or target in taken:
        if target not in taken and target.is_file() and target.stat().st_size == size_bytes:
            sha512 = sha512 or sha512_file(source)
            if sha512_file(target) == sha512:
                return target, True
        count += 1
        target = folder / _numbered(name, count)
    return target, False


def _numbered(name: str, count: int) -> str:
    path = Path(name)
    return f"{path.stem} ({count}){path.suffix}"
