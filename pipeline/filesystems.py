"""A folder → the kind of file system it lies on, and whether that is another machine's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_FSTAB = Path("/etc/fstab")
#: Where people mount what they plug in (FHS 3.0, 3.11 and 3.12).
DISK_FOLDERS = (Path("/mnt"), Path("/media"), Path("/run/media"))
#: No events arrive from these, and their locks may not be seen by another machine.
NETWORK_TYPES = frozenset(
    {
        "9p",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "virtiofs",
    },
)


def mounted() -> tuple[str, ...]:
    """The lines of ``/proc/self/mounts`` (device, point, type, options); none where there is no such file."""
    return _lines(Path("/proc/self/mounts"))


def _lines(path: Path) -> tuple[str, ...]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(text.splitlines())


def file_system_type(path: Path, mounts: Sequence[str] | None = None) -> str:
    """The type of the file system that holds *path* (``ext4``, ``nfs4``), empty when unknown."""
    real = path.resolve()
    best, best_type = -1, ""
    for line in mounted() if mounts is None else mounts:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " "))
        # Later lines are mounted over earlier ones.
        if real.is_relative_to(point) and len(point.parts) >= best:
            best, best_type = len(point.parts), fields[2]
    return best_type


def waits_for_its_disk(
    path: Path,
    table: Sequence[str] | None = None,
    disk_folders: Sequence[Path] = DISK_FOLDERS,
) -> bool:
    """Whether *path* lies where a disk should be, and none is mounted there now.

    Args:
        table: Lines of ``/etc/fstab``, by default its own.
        disk_folders: Where people mount what they plug in.
    """
    real = path.resolve()
    for line in _lines(_FSTAB) if table is None else table:
        fields = line.split()
        if len(fields) < 3 or not fields[1].startswith("/") or fields[0].startswith("#"):
            continue
        point = Path(fields[1].replace("\\040", " "))
        if real.is_relative_to(point) and not point.is_mount():
            return True
    for folder in disk_folders:
        if real.is_relative_to(folder):
            nearest = next(one for one in (real, *real.parents) if one.exists())
            return nearest.stat().st_dev == folder.parent.stat().st_dev
    return False


def is_network_share(path: Path, mounts: Sequence[str] | None = None) -> bool:
    """Whether *path* lies on a share of another machine."""
    return file_system_type(path, mounts) in NETWORK_TYPES
