"""An office → the processes that have it open, and since when they run. Source: proc_locks(5), proc_pid_stat(5)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.config import OFFICE_FILE, Office

_LOCKS = Path("/proc/locks")


def holders(office: Office) -> frozenset[int] | None:
    """Ids of those that hold the office's lock, as every command does while it runs; None where the system does not tell."""
    try:
        inode = (office.registers_dir / "office.lock").stat().st_ino
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
