"""Words of a question → the days, months and years named in it, and what is left without them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.vietnamese.letters import canonical, strip_marks

_YEAR = r"(?P<{0}>(?:19|20)\d\d)"
_ALONE = r"(?<![\w/.-])(?:{0})(?![\w/-]|\.\d)"
_PATTERNS = tuple(
    re.compile(_ALONE.format(pattern))
    for pattern in (
        rf"(?:ngay )?(?P<day>\d{{1,2}}) ?(?P<between>[/.-]) ?(?P<month>\d{{1,2}}) ?(?P=between) ?{_YEAR.format('year')}",
        rf"(?:ngay )?{_YEAR.format('year')}-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})",
        rf"(?:ngay )?(?P<day>\d{{1,2}}) thang (?P<month>\d{{1,2}}),? nam {_YEAR.format('year')}",
        rf"thang (?P<month>\d{{1,2}})(?: ?[/.-] ?|,? nam | ){_YEAR.format('year')}",
        rf"quy (?P<quarter>i{{1,3}}|iv|[1-4])(?: ?[/.-] ?|,? nam ){_YEAR.format('year')}",
        rf"nam {_YEAR.format('year')}",
        rf"tu {_YEAR.format('year')} ?(?:den|toi|-) ?(?:het )?(?:nam )?(?P<last>(?:19|20)\d\d)",
    )
)
#: «nhiệm kỳ 2020 - 2025» is no year.
_BARE_YEAR = re.compile(rf"(?<![-/.] ){_ALONE.format(_YEAR.format('year'))}(?! [-/.] ?\d)")
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_FROM = re.compile(r"(?:^| )tu(?: ngay| thang| nam)? $")
_TO = re.compile(r" ?(?:den|toi|-)(?: het)?(?: ngay| thang| nam)? ?")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateHint:
    """A stretch of time somebody named."""

    since: date
    until: date
    #: As it was written, canonical.
    written: str
    #: Only a number that looks like a year.
    is_bare: bool = False

    @property
    def is_one_day(self) -> bool:
        """Whether it is a single day."""
        return self.since == self.until


def take_dates(text: str) -> tuple[tuple[DateHint, ...], str]:
    """The dates named in *text*, a range as one, and the canonical text without them.

    A bare ``2020`` is told as a hint, but stays in the text: it may be a number.
    """
    spelt = canonical(text)
    plain = strip_marks(spelt)
    if len(plain) != len(spelt):
        spelt = plain
    found = _joined(sorted(_dated(plain), key=lambda item: item[0]), plain)
    hints = []
    parts = []
    done = 0
    for start, stop, since, until in found:
        hints.append(DateHint(since=since, until=until, written=spelt[start:stop].strip()))
        parts.append(spelt[done:start])
        done = stop
    rest = " ".join("".join([*parts, spelt[done:]]).split())
    if not hints and (match := _BARE_YEAR.search(plain)):
        year = int(match["year"])
        hints.append(
            DateHint(
                since=date(year, 1, 1),
                until=date(year, 12, 31),
                written=match["year"],
                is_bare=True,
            )
        )
    return tuple(hints), re.sub(r"\(\s*\)", "", rest).strip(" ,;(")


_Span = tuple[int, int, date, date]


def _dated(plain: str) -> Iterator[_Span]:
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            start, stop = match.span()
            if any(start < other_stop and other_start < stop for other_start, other_stop in taken):
                continue
            if span := _days(match.groupdict()):
                taken.append((start, stop))
                yield start, stop, *span


def _days(parts: dict[str, str]) -> tuple[date, date] | None:
    year = int(parts["year"])
    try:
        if "quarter" in parts:
            quarter = _QUARTERS.get(parts["quarter"]) or int(parts["quarter"])
            return date(year, quarter * 3 - 2, 1), _last_of(year, quarter * 3)
        if "day" in parts:
            day = date(year, int(parts["month"]), int(parts["day"]))
            return day, day
        if "month" in parts:
            month = int(parts["month"])
            return date(year, month, 1), _last_of(year, month)
    except ValueError:
        return None
    last = int(parts.get("last") or year)
    return (date(year, 1, 1), date(last, 12, 31)) if last >= year else None


def _last_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _joined(spans: list[_Span], plain: str) -> list[_Span]:
    """Two dates with «từ … đến …» around them as one stretch."""
    if len(spans) == 1 and (ranged := _years_between(spans[0], plain)):
        return [ranged]
    joined: list[_Span] = []
    for span in spans:
        before = joined[-1] if joined else None
        if before and _TO.fullmatch(plain[before[1] : span[0]]) and before[2] <= span[3]:
            lead = _FROM.search(plain[: before[0]])
            start = before[0] - len(lead.group()) if lead else before[0]
            joined[-1] = (start, span[1], before[2], span[3])
        else:
            joined.append(span)
    return joined


_TO_YEAR = re.compile(r" ?(?:den|toi|-) ?(?:het )?(?:nam )?(?P<year>(?:19|20)\d\d)(?![\w/.-])")


def _years_between(span: _Span, plain: str) -> _Span | None:
    """«từ năm 2019 đến 2021»: the second year without its word."""
    start, stop, since, _ = span
    match = _TO_YEAR.match(plain, stop)
    if match is None or int(match["year"]) < since.year:
        return None
    lead = _FROM.search(plain[:start])
    until = date(int(match["year"]), 12, 31)
    return start - len(lead.group()) if lead else start, match.end(), since, until
