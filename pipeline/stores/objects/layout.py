"""Names of the archive: which folder an object has, which names may enter, and the files of the root.

OCFL 1.1 storage root with extension 0003: ``<aa>/<bb>/<percent-encoded id>``, where aa and bb are the first
four hex digits of the id's sha256. Of the registered layouts it is the one that spreads objects evenly and
still lets a person read the id off the folder. Two tuples of two (65,536 folders) and not three of three,
because the latter would cost every object three folders of its own.
Source: ocfl.io/1.1/spec, ocfl.github.io/extensions/0003-hash-and-id-n-tuple-storage-layout.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from pipeline.durable import make_dirs, write_file
from pipeline.errors.archive import ArchiveRootInvalid, NameRefused, told_as_temporary

ROOT_DECLARATION = "0=ocfl_1.1"
OBJECT_DECLARATION = "0=ocfl_object_1.1"
INVENTORY = "inventory.json"
SIDECAR = "inventory.json.sha512"
CONTENT = "content"
DIR_MODE = 0o750
#: Nobody writes a stored file again, not even its owner by mistake.
FILE_MODE = 0o440

_EXTENSION = "0003-hash-and-id-n-tuple-storage-layout"
_CONFIG = {
    "extensionName": _EXTENSION,
    "digestAlgorithm": "sha256",
    "tupleSize": 2,
    "numberOfTuples": 2,
}
_README = """\
KHO LƯU TRỮ VĂN BẢN (OCFL 1.1)

Mỗi văn bản là một thư mục <aa>/<bb>/urn%3avanthu%3adoc%3a…; tệp inventory.json trong đó kê các phiên bản
và tệp của nó cùng mã băm sha512. Nội dung nằm ở v1/content, v2/content … Đọc được bằng bất kỳ phần mềm
nào, không cần chương trình vanthu. Không sửa, không đổi tên, không xóa gì trong thư mục này.

This is an OCFL 1.1 storage root (https://ocfl.io/1.1/spec/), layout extension 0003: folder names are the
first two pairs of hex digits of sha256(id), then the percent-encoded id. In inventory.json, "versions"
maps each version's file names to sha512 digests and "manifest" maps digests to the stored files.
`sha512sum` checks every file. The content of each object is described in docs/archive-format.md of vanthu.
"""
_UNSAFE_BYTE = re.compile(rb"[^A-Za-z0-9_-]")
_WINDOWS_DEVICE = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")
_FORBIDDEN_IN_NAMES = frozenset('<>:"\\|?*')
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
#: What file systems take.
_LONGEST_SEGMENT_BYTES = 255
_LONGEST_NAME_BYTES = 600


def object_path(object_id: str) -> str:
    """The object's folder, relative to the root: ``aa/bb/percent-encoded-id``."""
    raw = object_id.encode()
    digest = hashlib.sha256(raw).hexdigest()
    name = _UNSAFE_BYTE.sub(lambda match: b"%%%02x" % match[0][0], raw).decode("ascii")
    if len(name) > 100:
        name = f"{name[:100]}-{digest}"
    return f"{digest[:2]}/{digest[2:4]}/{name}"


def check_object_id(object_id: str) -> None:
    """Refuse ids that a person could not tell apart by eye, or not type.

    Raises:
        NameRefused (A406).
    """
    if not object_id or len(object_id) > 200 or not re.fullmatch(r"[!-~]+", object_id):
        raise NameRefused(f"object id {object_id!r} is not 1–200 visible ASCII", name=object_id)


def check_logical_names(names: Iterable[str]) -> None:
    """Refuse names that would leave the folder, or be lost on some system, or hide one another.

    Raises:
        NameRefused (A406): the first bad name.
    """
    folded: dict[str, str] = {}
    folders: set[str] = set()
    for name in names:
        if why := _fault_of(name):
            raise NameRefused(f"logical name {name!r}: {why}", name=name)
        key = name.casefold()
        if key in folded:
            raise NameRefused(f"logical names {folded[key]!r} and {name!r} collide", name=name)
        folded[key] = name
        folders.update(key[:at] for at, letter in enumerate(key) if letter == "/")
    if both := folders & folded.keys():
        name = folded[min(both)]
        raise NameRefused(f"logical name {name!r} is also a folder", name=name)
    if not folded:
        raise NameRefused("a version without files", name="")


def _fault_of(name: str) -> str:
    if name.isascii() and name.replace("/", "").replace("-", "").replace(".", "x").isalnum():
        pass  # the common case needs no look at every letter
    elif unicodedata.normalize("NFC", name) != name:
        return "not NFC"
    elif any(_turns_text(letter) for letter in name):
        return "control characters"
    elif _FORBIDDEN_IN_NAMES & set(name):
        return "characters that Windows refuses"
    if len(name.encode()) > _LONGEST_NAME_BYTES:
        return "too long"
    return next((why for part in name.split("/") if (why := _fault_of_segment(part))), "")


def _turns_text(letter: str) -> bool:
    """Whether a letter is a control, half a surrogate pair, or makes a name read otherwise than it is."""
    return (
        unicodedata.category(letter) in _CONTROLS
        or unicodedata.bidirectional(letter) in _DIRECTIONS
    )


def _fault_of_segment(segment: str) -> str:
    if segment in {"", ".", ".."}:
        return "empty, . or .. in the path"
    if segment[-1] in " ." or segment[0] == " ":
        return "space or full stop at an end"
    if len(segment.encode()) > _LONGEST_SEGMENT_BYTES:
        return "a part is too long"
    if _WINDOWS_DEVICE.match(segment):
        return "a device name of Windows"
    return ""


def open_root(root: Path) -> None:
    """Make sure that *root* is an archive of ours; an empty or missing folder becomes one.

    Raises:
        ArchiveRootInvalid (A405): it holds something else.
    """
    with told_as_temporary(str(root)):
        if not (root / ROOT_DECLARATION).is_file():
            _create_root(root)
    if why := root_fault(root):
        raise ArchiveRootInvalid(f"{root}: {why}", where=str(root))


def root_fault(root: Path) -> str:
    """What is wrong with the root's own files; empty when nothing is."""
    with told_as_temporary(str(root)):
        others = [name for name in os.listdir(root) if name.startswith("0=")]  # noqa: PTH208 — names
        if others != [ROOT_DECLARATION]:
            return f"declarations {others}"
        if (root / ROOT_DECLARATION).read_bytes() != b"ocfl_1.1\n":
            return "wrong text in the declaration"
        try:
            layout = json.loads((root / "ocfl_layout.json").read_bytes())
            config = json.loads(_config_path(root).read_bytes())
        except (FileNotFoundError, ValueError) as error:
            return f"layout unreadable: {error}"
    if not isinstance(layout, dict) or layout.get("extension") != _EXTENSION:
        return "another layout in ocfl_layout.json"
    return "" if config == _CONFIG else "another configuration of the layout"


def _config_path(root: Path) -> Path:
    return root / "extensions" / _EXTENSION / "config.json"


def _create_root(root: Path) -> None:
    """Write the root's files, the declaration last: two processes that do it at once do the same."""
    make_dirs(root, DIR_MODE)
    ours = {"extensions", "ocfl_layout.json", "README.txt", ROOT_DECLARATION}
    foreign = [
        path.name for path in root.iterdir() if path.name not in ours and path.suffix != ".tmp"
    ]
    if foreign:
        raise ArchiveRootInvalid(f"{root} holds {sorted(foreign)[:5]}", where=str(root))
    make_dirs(_config_path(root).parent, DIR_MODE)
    layout = {
        "extension": _EXTENSION,
        "description": "sha256 of the object id in two pairs of hex digits, then the percent-encoded id",
    }
    write_file(_config_path(root), _pretty(_CONFIG), mode=FILE_MODE)
    write_file(root / "ocfl_layout.json", _pretty(layout), mode=FILE_MODE)
    write_file(root / "README.txt", _README.encode(), mode=FILE_MODE)
    write_file(root / ROOT_DECLARATION, b"ocfl_1.1\n", mode=FILE_MODE)


def _pretty(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
