"""A folder → whether it lies on a network file system, where no events arrive and no leases are given."""

from __future__ import annotations

from pathlib import Path

_NETWORK_TYPES = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "fuse.sshfs",
        "fuse.glusterfs",
        "ceph",
        "afs",
        "lustre",
    }
)


def file_system_type(path: Path) -> str:
    """The type of the file system that holds *path*, as the kernel names it; empty when unknown."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    real = path.resolve()
    best, best_type = -1, ""
    for line in lines:
        _, mount, kind, *_ = line.split(" ")
        point = Path(mount.replace("\\040", " "))
        if real.is_relative_to(point) and len(point.parts) >= best:
            best, best_type = len(point.parts), kind
    return best_type


def is_network_share(path: Path) -> bool:
    """Whether *path* lies on a share of another machine."""
    return file_system_type(path) in _NETWORK_TYPES
