"""A ZIP of a paper with its annexes: looked over in memory before anything is copied, and unpacked for our work.

Nothing of it is written while it is looked at: a member that bears a mark of secrecy must leave no trace.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any
from zlib import error as zlib_error

from pipeline.engines import papers_look, tables
from pipeline.engines.bundle_parts import Parts, sort_parts, suffix_of
from pipeline.errors.base import RecordRejected
from pipeline.errors.papers import (
    BundleBroken,
    BundleLocked,
    BundleMemberUnknown,
    BundleTooLarge,
)
from pipeline.vietnamese import nfc, safe_file_name

_MAX_MEMBERS = 200
_MAX_RATIO, _RATIO_FREE_BYTES = 250, 20 << 20
_CHUNK_BYTES = 1 << 20
_UTF8_FLAG = 0x800
_LITTER = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini", "~$")
_ANNEX_DIR = "phu-luc"


def look(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``bundle.look``: ``{path, name, papers, max_bytes, spec, is_open?}`` → what the first look shows.

    Returns:
        ``{whole, secrecy, doubt, unread, unlooked, problems, records}``: *records* as ``tables.read`` gives them, of the record inside.
    """
    path = Path(args["path"])
    answer: dict[str, Any] = {"whole": zipfile.is_zipfile(path), "secrecy": "", "doubt": ""}
    answer |= {"unread": False, "unlooked": False, "problems": [], "records": []}
    if not answer["whole"]:
        return answer | {"problems": [_told(BundleBroken("no zip"))]}
    try:
        with _opened(path, int(args["max_bytes"])) as (package, names):
            _look_at_members(package, names, answer)
            parts = _parts(names, args)
            if parts.record is not None and not answer["secrecy"]:
                _read_record(package, names[parts.record], parts.record, args, answer)
    except RecordRejected as error:
        return answer | {"problems": [*answer["problems"], _told(error)]}
    return answer


def unpack(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``bundle.unpack``: ``{path, name, papers, max_bytes, out_dir}`` → ``{paper, annexes, problems}``.

    *paper* and *annexes* are paths under *out_dir*; the annexes lie in its folder ``phu-luc``.
    """
    out_dir = Path(args["out_dir"])
    try:
        with _opened(Path(args["path"]), int(args["max_bytes"])) as (package, names):
            parts = _parts(names, args)
            paper = out_dir / safe_file_name(parts.paper)
            _extract(package, names[parts.paper], paper)
            annexes: list[Path] = []
            for name in parts.annexes:
                target = free_name(out_dir / _ANNEX_DIR, PurePosixPath(name).name, annexes)
                target.parent.mkdir(exist_ok=True)
                _extract(package, names[name], target)
                annexes.append(target)
    except RecordRejected as error:
        return {"paper": "", "annexes": [], "problems": [_told(error)]}
    return {"paper": str(paper), "annexes": [str(one) for one in annexes], "problems": []}


def free_name(folder: Path, name: str, taken: Sequence[Path]) -> Path:
    """A safe name in *folder* that no other of *taken* has."""
    safe = safe_file_name(name)
    target, count = folder / safe, 1
    used = {str(one).casefold() for one in taken}
    while str(target).casefold() in used:
        count += 1
        target = folder / f"{Path(safe).stem} ({count}){Path(safe).suffix}"
    return target


@contextmanager
def _opened(
    path: Path, max_bytes: int
) -> Iterator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]]:
    """The package and its files by their names, a folder around all of them left out.

    Raises:
        BundleBroken (R138), BundleLocked (R139), BundleTooLarge (R230), BundleMemberUnknown (R232).
    """
    try:
        with zipfile.ZipFile(path) as package:
            yield package, _names(package, max_bytes)
    except RecordRejected:
        raise
    except (zipfile.BadZipFile, zlib_error, EOFError, OSError, ValueError) as error:
        raise BundleBroken(f"zip: {error}") from error
    except (NotImplementedError, RuntimeError) as error:
        # Unknown compression, or a password.
        raise BundleLocked(f"zip: {error}") from error


def _names(package: zipfile.ZipFile, max_bytes: int) -> dict[str, zipfile.ZipInfo]:
    infos = [info for info in package.infolist() if not info.is_dir()]
    if any(info.flag_bits & 1 for info in infos):
        raise BundleLocked("encrypted members")
    if len(infos) > _MAX_MEMBERS:
        raise BundleTooLarge(
            f"{len(infos)} members", what=f"{len(infos)} tệp", limit=f"{_MAX_MEMBERS} tệp"
        )
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos) or 1
    if unpacked > max_bytes or (unpacked > _RATIO_FREE_BYTES and unpacked / packed > _MAX_RATIO):
        raise BundleTooLarge(
            f"{unpacked} bytes of {packed}",
            what=f"{unpacked >> 20} MB khi mở ra",
            limit=f"{max_bytes >> 20} MB, nén không quá {_MAX_RATIO} lần",
        )
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = _name(info)
        if name and name.casefold() in {one.casefold() for one in found}:
            raise BundleBroken(f"two members of one name {name!r}")
        if name:
            found[name] = info
    tops = {name.partition("/")[0] for name in found}
    if len(tops) == 1 and all("/" in name for name in found):
        return {name.partition("/")[2]: info for name, info in found.items()}
    return found


def _name(info: zipfile.ZipInfo) -> str:
    """The member's path, checked; empty for what programs leave about."""
    raw = info.filename
    if not info.flag_bits & _UTF8_FLAG:
        # Old programs write the code page of their machine; Windows in UTF-8 does not say so.
        try:
            raw = raw.encode("cp437").decode("utf-8")
        except UnicodeError:
            raw = info.filename
    name = nfc(raw.replace("\\", "/"))
    is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
    path = PurePosixPath(name)
    leaves = path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name
    if leaves or is_link or any(ord(c) < 32 for c in name):
        raise BundleBroken(f"member leaves its folder {name!r}")
    folded = name.casefold()
    if folded.startswith(_LITTER) or path.name.casefold().startswith(_LITTER):
        return ""
    if suffix_of(name) in {".zip", ".rar", ".7z", ".gz", ".tar"}:
        raise BundleMemberUnknown(
            "nested archive", name=path.name, accepted="PDF, Word, Excel, ảnh; không nén lồng nhau"
        )
    return name


def _parts(names: dict[str, zipfile.ZipInfo], args: dict[str, Any]) -> Parts:
    return sort_parts(list(names), Path(args["name"]).stem, args["papers"])


def _look_at_members(
    package: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], answer: dict[str, Any]
) -> None:
    for name, info in names.items():
        with _in_memory(package, info) as path:
            suffix = suffix_of(name)
            seen = papers_look.look({"path": path, "suffix": suffix})
        for what in ("secrecy", "doubt", "unread", "unlooked"):
            answer[what] = answer[what] or seen[what]
        if answer["secrecy"]:
            return


def _read_record(
    package: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    name: str,
    args: dict[str, Any],
    answer: dict[str, Any],
) -> None:
    with _in_memory(package, info) as path:
        read = tables.read({**args["spec"], "path": path, "suffix": suffix_of(name)})
    answer["records"] = read["records"]
    answer["problems"] = [*answer["problems"], *read["problems"]]
    answer["secrecy"] = answer["secrecy"] or read["secrecy"]


@contextmanager
def _in_memory(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[str]:
    """A member as a file that never touches a disk."""
    descriptor = os.memfd_create("thanh-phan", os.MFD_CLOEXEC)
    try:
        with package.open(info) as source, os.fdopen(os.dup(descriptor), "wb") as target:
            shutil.copyfileobj(source, target, _CHUNK_BYTES)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _extract(package: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    with package.open(info) as source, target.open("xb") as out:
        shutil.copyfileobj(source, out, _CHUNK_BYTES)


def _told(error: RecordRejected) -> dict[str, Any]:
    return asdict(error.problem())
