"""A real file system without hard links and without renames that refuse to replace: exFAT through FUSE."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_NEEDED = ("mkfs.exfat", "mount.exfat-fuse", "losetup", "umount")


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A small exFAT volume at *folder*/exfat; the test is skipped where none may be mounted."""
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    image, place = folder / "exfat.img", folder / "exfat"
    place.mkdir()
    with image.open("wb") as stream:
        stream.truncate(32 << 20)
    _run("mkfs.exfat", image)
    device = _run("losetup", "--find", "--show", image)
    try:
        _run("mount.exfat-fuse", device, place)
        try:
            yield place
        finally:
            _run("umount", place)
    finally:
        _run("losetup", "--detach", device)


def _run(*command: str | Path) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        pytest.skip(f"cannot mount here: {command[0]}: {ran.stderr.strip()}")
    return ran.stdout.strip()
