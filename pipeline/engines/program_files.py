"""A file of any name → whether it is a program: such a one is never to be opened, whatever it is called."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

#: Windows, Linux, macOS, and a script that names its interpreter.
_STARTS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_RUN_BY_WINDOWS = frozenset(
    (
        ".exe",
        ".com",
        ".scr",
        ".bat",
        ".cmd",
        ".msi",
        ".dll",
        ".js",
        ".jse",
        ".vbs",
        ".ps1",
        ".hta",
        ".lnk",
    )
)
_MOST_MEMBERS = 10_000


def is_program(path: Path) -> bool:
    """By its first bytes, or by the names inside a ZIP; nothing of it is run or unpacked."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_STARTS):
        return True
    return start.startswith(b"PK\x03\x04") and _packs_program(path)


def _packs_program(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()[:_MOST_MEMBERS]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return any(PurePosixPath(name).suffix.casefold() in _RUN_BY_WINDOWS for name in names)
