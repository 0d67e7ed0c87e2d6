"""A limit of seconds on Python code that may loop: what is inside gets TookTooLong thrown at it."""

from __future__ import annotations

import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: So many times as long as work takes on an idle machine may pass where it is busy with others.
PATIENCE = 5.0


class TookTooLong(BaseException):
    """Time is up. Not an Exception, so that no library's ``except Exception`` swallows it."""


@contextmanager
def time_box(seconds: float) -> Iterator[None]:
    """Raise :class:`TookTooLong` inside the block after *seconds*, and again until it is left.

    C code is not interrupted; that is what the cell's own limit is for. Works in the main thread,
    which is where a cell works; elsewhere there is no limit.
    """
    with _alarm(signal.ITIMER_REAL, signal.SIGALRM, seconds):
        yield


@contextmanager
def work_box(seconds: float) -> Iterator[None]:
    """The same after so many *seconds* of this process's own work, or ``PATIENCE`` times as many of the clock."""
    with time_box(seconds * PATIENCE), _alarm(signal.ITIMER_PROF, signal.SIGPROF, seconds):
        yield


def worked_s() -> float:
    """Seconds that this process and the programs it started and saw end have worked: others' work does not count."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


@contextmanager
def _alarm(timer: int, told_by: signal.Signals, seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(told_by, _ring)
    signal.setitimer(timer, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(told_by, before)


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise TookTooLong
