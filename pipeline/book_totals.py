"""Lines of a book as they pass by → from which number to which, how many of each sort: what a closing must say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from pipeline.books import Line
from pipeline.record import Book, EntryStatus, SeriesKey

_HEAD = ("Dãy số", "Số đầu", "Số cuối", "Đã cấp", "Giữ, dành", "Hủy", "Cộng")

#: A cover has room for the numbers of so many series, and for the names of so many.
_SPANS_ON_COVER = 3
_NAMES_ON_COVER = 12


@dataclass(slots=True, kw_only=True)
class SeriesTotal:
    """One series' part of a book."""

    first: int
    last: int
    statuses: Counter[EntryStatus] = field(default_factory=Counter)


@dataclass(slots=True, kw_only=True)
class Totals:
    """All lines of a book counted."""

    lines: int = 0
    first_day: date | None = None
    last_day: date | None = None
    series: dict[SeriesKey, SeriesTotal] = field(default_factory=dict)

    def counting(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The very lines, each counted as it passes."""
        for line in lines:
            self._add(line)
            yield line

    def table(self) -> list[tuple[str, ...]]:
        """Head, a row a series, and the sum where there are several."""
        rows = [self._row(key, total) for key, total in self.series.items()]
        if len(rows) > 1:
            sums = [str(sum(int(row[at]) for row in rows)) for at in range(3, len(_HEAD))]
            rows.append(("Cộng", "", "", *sums))
        return [_HEAD, *rows]

    def span(self) -> str:
        """«Từ số 1 đến số 128» of a book with one series; of several the same for each, of many their names."""
        if len(self.series) == 1:
            (total,) = self.series.values()
            return f"Từ số {total.first:02d} đến số {total.last:02d}"
        if not self.series:
            return "Chưa có số nào"
        parts = []
        for key, total in self.series.items():
            span = f" từ {total.first:02d} đến {total.last:02d}"
            parts.append(key.name + (span if len(self.series) <= _SPANS_ON_COVER else ""))
        more = len(parts) - _NAMES_ON_COVER
        named = ", ".join([*parts[:_NAMES_ON_COVER], *([f"và {more} dãy nữa"] if more > 0 else [])])
        return f"Gồm {len(parts)} dãy số: {named}"

    def days(self) -> str:
        """«Từ ngày … đến ngày …», empty without lines."""
        if self.first_day is None or self.last_day is None:
            return ""
        return f"Từ ngày {self.first_day:%d/%m/%Y} đến ngày {self.last_day:%d/%m/%Y}"

    def _add(self, line: Line) -> None:
        entry = line.row.entry
        self.lines += 1
        day = entry.issued_on
        self.first_day = min(self.first_day or day, day)
        self.last_day = max(self.last_day or day, day)
        total = self.series.get(entry.series)
        if total is None:
            total = self.series[entry.series] = SeriesTotal(first=entry.ordinal, last=entry.ordinal)
        total.first = min(total.first, entry.ordinal)
        total.last = max(total.last, entry.ordinal)
        total.statuses[entry.status] += 1

    def _row(self, key: SeriesKey, total: SeriesTotal) -> tuple[str, ...]:
        of = total.statuses
        aside = of[EntryStatus.HELD] + of[EntryStatus.RESERVED]
        numbers = (of[EntryStatus.ISSUED], aside, of[EntryStatus.VOID], of.total())
        return (series_words(key), f"{total.first:02d}", f"{total.last:02d}", *map(str, numbers))


def series_words(key: SeriesKey) -> str:
    """A series as people call it: ``CV/VPTU``, ``sổ đến DEN``, ``PNX``."""
    if key.book is Book.DEN:
        return f"Sổ đến {key.issuer}, năm {key.period}"
    if key.book is Book.NOI_BO:
        return f"{key.symbol}, năm {key.period}"
    return f"{key.symbol}/{key.issuer}, nhiệm kỳ {key.period}"
