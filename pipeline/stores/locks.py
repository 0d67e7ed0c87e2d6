"""Locks on files, which die with their holder: one writer at a time, on one machine or many."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors.archive import ArchiveBusy, told_as_temporary

#: Longer than any writing under a lock takes.
LOCK_SECONDS = 20.0
_POLL_SECONDS = 0.005


@contextmanager
def file_lock(path: Path, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold an exclusive lock on the file *path*, which is made when missing and never removed.

    Raises:
        ArchiveBusy (T323): another held it all that time; a stopped process must not stop us for ever.
    """
    with told_as_temporary(str(path)):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        deadline = time.monotonic() + seconds
        while not try_lock(descriptor):
            if time.monotonic() >= deadline:
                raise ArchiveBusy(f"{path} locked for {seconds} s", where=str(path))
            time.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Take the lock of an open file if it is free."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
