"""A DOCX → PDF/A by LibreOffice, where it is installed: in a process and a profile of its own, killed at its limit.

Called through its kit interface: ``soffice`` itself needs a socket for talking to a second ``soffice``, and the cell
has none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MISSING = "missing"
FAILED = "failed"
#: Libraries that hold the kit, by the way LibreOffice was built.
LIBRARIES = ("libsofficeapp.so", "libmergedlo.so")

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{items}
</oor:items>
"""
#: No macros, no links, nothing from outside; PDF/A-2b with tags.
_SETTINGS = (
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Common/Filter/PDF/Export", "SelectPdfVersion", "2"),
    ("org.openoffice.Office.Common/Filter/PDF/Export", "UseTaggedPDF", "true"),
)


def program_dir() -> Path | None:
    """Where LibreOffice's libraries lie; None where it is not installed."""
    found = shutil.which("soffice")
    folder = Path(found).resolve().parent if found else None
    if folder is None or not any((folder / name).is_file() for name in LIBRARIES):
        return None
    return folder


def to_pdf(source: Path, out: Path, *, seconds: float) -> str:
    """Make *out*; empty when it is there, else :data:`MISSING` or :data:`FAILED`."""
    program = program_dir()
    if program is None:
        return MISSING
    with tempfile.TemporaryDirectory(prefix="lo-") as folder:
        profile = Path(folder)
        _write_profile(profile)
        command = [sys.executable, "-P", "-m", "pipeline.engines.libreoffice_child"]
        command += [str(program), profile.as_uri(), source.as_uri(), out.as_uri()]
        if shutil.which("setpriv"):
            # it must not outlive the cell when the cell is killed with its parent
            command = ["setpriv", "--pdeathsig", "KILL", *command]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                timeout=seconds,
                check=False,
                env=os.environ | {"SAL_USE_VCLPLUGIN": "svp", "HOME": folder},
            )
        except (OSError, subprocess.SubprocessError):
            return FAILED
    return "" if done.returncode == 0 and out.is_file() else FAILED


def _write_profile(folder: Path) -> None:
    items = "\n".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    (folder / "user").mkdir()
    text = _PROFILE.format(items=items)
    (folder / "user" / "registrymodifications.xcu").write_text(text, encoding="utf-8")
