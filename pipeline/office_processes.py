"""An office → the processes that have it open, since when they run, and the one that runs all of it.

Source: proc_locks(5), proc_pid_stat(5).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.config import OFFICE_FILE, Office
from pipeline.durable import make_dirs

_LOCKS = Path("/proc/locks")
_RUN_LOCK = "run.lock"


def holders(office: Office) -> frozenset[int] | None:
    """Ids of those that hold the office's lock, as every command does while it runs; None where the system does not tell."""
    return _holding(office.registers_dir / "office.lock")


def _holding(path: Path) -> frozenset[int] | None:
    try:
        inode = path.stat().st_ino
        lines = _LOCKS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return frozenset(
        int(words[4])
        for words in map(str.split, lines)
        if len(words) > 5
        and words[1] == "FLOCK"
        and words[4].isdecimal()
        and words[5].rpartition(":")[2] == str(inode)
    )


@contextmanager
def running_whole(office: Office, address: str) -> Iterator[str]:
    """Be the one who runs the whole office until the block ends, and leave word of its *address*.

    What comes out is empty, or the address at which another runs it already; the kernel lets go when we die.
    """
    make_dirs(office.registers_dir, 0o700)
    path = office.registers_dir / _RUN_LOCK
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield os.pread(descriptor, 500, 0).decode("utf-8", "replace").strip() or address
            return
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{address}\n".encode(), 0)
        yield ""
    finally:
        os.close(descriptor)


def running_at(office: Office) -> str:
    """The address at which the whole office runs now; empty where nobody runs it, or the system does not tell."""
    path = office.registers_dir / _RUN_LOCK
    # Looked up and not tried: a lock held for the trial would tell somebody who starts now that another runs it.
    return path.read_text("utf-8", "replace").strip() if _holding(path) else ""


def older_than_settings(office: Office) -> list[int]:
    """Those that began before the office file was last written: they work by what it said then."""
    try:
        written = (office.root / OFFICE_FILE).stat().st_mtime
    except OSError:
        return []
    return sorted(pid for pid, began in _begun(holders(office) or ()) if began < written)


def _begun(pids: frozenset[int] | tuple[()]) -> Iterator[tuple[int, float]]:
    """Each that lives, with the second in which it began."""
    try:
        lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
        booted = next(int(line.split()[1]) for line in lines if line.startswith("btime"))
    except (OSError, StopIteration, ValueError):
        return
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        ticks = int(stat.rpartition(")")[2].split()[19])
        # The second in which the machine started is told without its fraction.
        yield pid, booted + ticks / os.sysconf("SC_CLK_TCK") + 1
