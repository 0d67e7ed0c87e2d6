"""The office's time: aware datetimes in Asia/Ho_Chi_Minh, from an object that tests replace."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """Now, aware, in the office's zone."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Now, aware, in the office's zone."""
        return datetime.now(UTC).astimezone(OFFICE_ZONE)


class FixedClock:
    """A clock that stands still until told otherwise: for tests and for byte-equal renditions."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(OFFICE_ZONE)

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.moment


def today(clock: Clock) -> date:
    """The calendar day in the office."""
    return clock.now().date()


def monotonic_ms() -> int:
    """Milliseconds of a clock that never goes back; only differences mean anything."""
    return time.monotonic_ns() // 1_000_000
