"""A file in the inbox → whether nobody is writing it any more.

Fast: somebody told us it was closed and its format is whole. Slow: it has been quiet for some seconds.
The caller looks at wholeness (in the cell); this module knows only the file system.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.clock import monotonic_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Tells one state of a file from another without reading it."""

    device: int
    inode: int
    size_bytes: int
    changed_ns: int
    #: When name, owner or content last changed, by the file system's clock; a rename is no other state.
    status_changed_s: float = field(compare=False)

    @classmethod
    def of(cls, facts: os.stat_result) -> Signature:
        """The signature of what ``stat`` saw."""
        return cls(
            device=facts.st_dev,
            inode=facts.st_ino,
            size_bytes=facts.st_size,
            changed_ns=facts.st_mtime_ns,
            status_changed_s=facts.st_ctime,
        )


@dataclass(slots=True)
class QuietWatch:
    """Remembers since when each file has looked the same, by a clock that never jumps."""

    _seen: dict[Path, tuple[Signature, int]] = field(default_factory=dict)

    def quiet_ms(self, path: Path, signature: Signature) -> int:
        """For how long *path* has had this *signature*, as far as we have watched."""
        now = monotonic_ms()
        known = self._seen.get(path)
        if known is None or known[0] != signature:
            self._seen[path] = (signature, now)
            return 0
        return now - known[1]

    def keep_only(self, paths: set[Path]) -> None:
        """Forget files that are gone."""
        for path in self._seen.keys() - paths:
            del self._seen[path]


def is_being_written(descriptor: int) -> bool:
    """Whether any process here holds the file open for writing.

    A read lease is granted only when nobody does. It is given back at once; a writer that comes in between
    makes the kernel send SIGIO, whose default would end us: it is held off and thrown away.
    Source: fcntl(2), F_SETLEASE. Says False where leases are not to be had (network file systems, a
    file of another user): quiet time must decide there.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGIO})
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        signal.sigtimedwait({signal.SIGIO}, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGIO})
    return False
