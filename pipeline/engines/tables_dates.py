"""A column of days → the cells in which day and month seem to have changed places.

Two ways it happens. Somebody types month first: a second part above 12 gives it away, and where all
clear cells of a column are so, the unclear ones are asked about too. Or an Excel of American settings
takes «05/03/1980» for the third of May while «25/12/1980» stays text: then every real date of the
column has a day of at most 12, and every text a first part above 12.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_WRITTEN = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """A suspicious cell: its position in the column, and the day that was probably meant."""

    position: int
    likely: str


def find_swapped(cells: Sequence[Any]) -> list[Swapped]:
    """The suspicious ones among the cells of one column of days, empty cells included."""
    written = {
        position: tuple(map(int, match.groups()))
        for position, cell in enumerate(cells)
        if isinstance(cell, str) and (match := _WRITTEN.fullmatch(cell.strip()))
    }
    real = {position: cell for position, cell in enumerate(cells) if isinstance(cell, dt.date)}
    day_first = {position for position, parts in written.items() if parts[0] > 12}
    month_first = {
        position for position, parts in written.items() if parts[0] <= 12 and 12 < parts[1] <= 31
    }
    suspicious = set(month_first)
    if month_first and not day_first:
        suspicious |= {
            position
            for position in written
            if position not in day_first and _differs(written[position])
        }
    found = [
        Swapped(position=position, likely=_likely(written[position]))
        for position in sorted(suspicious)
    ]
    if day_first and day_first == set(written) and all(cell.day <= 12 for cell in real.values()):
        found += [
            Swapped(position=position, likely=_likely((cell.day, cell.month, cell.year)))
            for position, cell in real.items()
            if cell.day != cell.month
        ]
    return found


def _differs(parts: tuple[int, ...]) -> bool:
    return parts[0] != parts[1]


def _likely(parts: tuple[int, ...]) -> str:
    first, second, year = parts
    return f"{second:02d}/{first:02d}/{year}"
