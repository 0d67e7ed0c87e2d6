"""Members of a DOCX → its zip, byte for byte the same each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """The package of *members*, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in members.items():
            add_member(package, name, data)
    return out.getvalue()


def add_member(package: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Write one member, without anything that differs from run to run."""
    info = zipfile.ZipInfo(name, _FIXED_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    info.create_system = 3
    package.writestr(info, data, compresslevel=4)
