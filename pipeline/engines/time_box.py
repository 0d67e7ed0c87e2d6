"""A limit of seconds on Python code that may loop: what is inside gets TookTooLong thrown at it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TookTooLong(BaseException):
    """Time is up. Not an Exception, so that no library's ``except Exception`` swallows it."""


@contextmanager
def time_box(seconds: float) -> Iterator[None]:
    """Raise :class:`TookTooLong` inside the block after *seconds*, and again until it is left.

    C code is not interrupted; that is what the cell's own limit is for. Works in the main thread,
    which is where a cell works; elsewhere there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise TookTooLong
