"""Dates as people write them → ``date``, and back in the office's two spellings."""

from __future__ import annotations

import re
from datetime import date

from pipeline.vietnamese.letters import fold

_DAY_FIRST = re.compile(r"(\d{1,2}) ?([/.-]) ?(\d{1,2}) ?\2 ?(\d{4})")
#: Spreadsheets add a midnight to a day.
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?:[t ]00:00(?::00(?:\.0+)?)?)?")
_SPELT = re.compile(r"(\d{1,2}) thang (\d{1,2})(?:,)? nam (\d{4})")


def parse_date(text: str) -> date | None:
    """The day written in *text*, None where it is not one whole day and nothing else.

    Reads 9/1/2020, 09-01-2020, 9.1.2020, 2020-01-09, «ngày 09 tháng 01 năm 2020», with or without marks and
    wide spaces. The day comes before the month, always.
    """
    plain = fold(text).rstrip(".,; ").removeprefix("ngay").strip()
    if match := _DAY_FIRST.fullmatch(plain):
        day, _, month, year = match.groups()
    elif match := _YEAR_FIRST.fullmatch(plain):
        year, _, month, day = match.groups()
    elif match := _SPELT.fullmatch(plain):
        day, month, year = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _month(day: date) -> str:
    # Only 1 and 2 could be taken for the start of 10, 11, 12; the rest stands alone (domain 2.5).
    return f"{day.month:02d}" if day.month <= 2 else str(day.month)


def spell_date(day: date) -> str:
    """``ngày 09 tháng 01 năm 2020``, ``ngày 04 tháng 8 năm 2011``."""
    return f"ngày {day.day:02d} tháng {_month(day)} năm {day.year}"


def short_date(day: date) -> str:
    """``09/01/2020``, ``19/5/2018``."""
    return f"{day.day:02d}/{_month(day)}/{day.year}"
