"""What the books tell beside their lines: plain values."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.record import SeriesKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """An ordinal between start and last of which no row tells."""

    series: SeriesKey
    ordinal: int
    #: ``missing``, or ``beyond`` where an entry stands outside start … last.
    why: str
