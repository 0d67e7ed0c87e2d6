"""Every ordinal that is no paper's number here, from the start of a series to its last: what became of it, who, when, why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from pipeline.books import Column, columns_args
from pipeline.config import Office
from pipeline.journal_words import person_in_words
from pipeline.number_words import (
    WORDS_OF_SECRECY,
    has_date_of_paper,
    is_secret,
    series_words,
    state_words,
)
from pipeline.record import EntryStatus, JournalLine, SeriesKey
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.book_views import Gap
from pipeline.stores.registers.views import EntryView

_TITLE = "BÁO CÁO CÁC SỐ KHÔNG CÓ VĂN BẢN"


@dataclass(frozen=True, slots=True, kw_only=True)
class GapChoice:
    """Which series; None: all."""

    book: str | None = None
    issuer: str | None = None
    symbol: str | None = None
    term: str | None = None
    year: int | None = None

    def holds(self, key: SeriesKey) -> bool:
        """Whether the series is one of these; the year of a missing number nobody knows, so it counts as any."""
        wanted = (self.book, self.issuer, self.symbol, self.term)
        has = (key.book.value, key.issuer, key.symbol, key.period)
        is_other_year = (
            self.year is not None and key.period.isdecimal() and key.period != str(self.year)
        )
        return not is_other_year and all(
            one is None or one == other for one, other in zip(wanted, has, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """One ordinal that no paper explains."""

    series: SeriesKey
    ordinal: int
    #: As printed, or the ordinal where nothing was printed.
    shown: str
    #: What became of it, in words.
    state: str
    #: Of the paper; None where nobody told.
    day: date | None = None
    #: For whom.
    holder: str = ""
    expires_on: date | None = None
    #: Who did it, and when.
    person: str = ""
    at: datetime | None = None
    why: str = ""


def is_expired(entry: EntryView, day: date) -> bool:
    """A reservation that ran out before *day* and was neither used nor voided."""
    is_open = entry.status is EntryStatus.RESERVED and entry.expires_on is not None
    return is_open and entry.expires_on is not None and entry.expires_on < day


def gap_rows(choice: GapChoice, registers: Registers, day: date) -> Iterator[GapRow]:
    """By series and ordinal; *day* decides which reservations ran out."""
    voids = _last_deeds(registers, "voided")
    confirmed = _last_deeds(registers, "confirmed")
    missing = [gap for gap in registers.gaps() if choice.holds(gap.series)]
    entries = registers.entries(
        book=choice.book,
        issuer=choice.issuer,
        symbol=choice.symbol,
        term=choice.term,
        year=choice.year,
        unissued=True,
    )
    told = (_row(one.entry, day, voids, confirmed) for one in entries)
    return _in_order(told, missing)


def gap_of(entry: EntryView, registers: Registers, day: date) -> GapRow:
    """The same of one ordinal that has no paper."""
    deeds = [
        line
        for line in registers.journal_of_entry(entry.series, entry.ordinal)
        if line.deed in {"voided", "confirmed"}
    ]
    last = {(str(entry.series), entry.ordinal): line for line in deeds}
    return _row(entry, day, last, last)


def _in_order(told: Iterator[GapRow], missing: list[Gap]) -> Iterator[GapRow]:
    """Rows as they come from the database, the few missing ones put between them."""
    lost = iter(sorted((_missing(gap) for gap in missing), key=_place))
    following = next(lost, None)
    for row in told:
        while following is not None and _place(following) < _place(row):
            yield following
            following = next(lost, None)
        yield row
    yield from chain([following] if following else [], lost)


def _place(row: GapRow) -> tuple[str, int]:
    return str(row.series), row.ordinal


def _last_deeds(registers: Registers, deed: str) -> dict[tuple[str, int], JournalLine]:
    return {
        (str(line.data["series"]), int(line.data["ordinal"])): line
        for line in registers.deeds(deed)
    }


def _row(
    entry: EntryView,
    day: date,
    voids: dict[tuple[str, int], JournalLine],
    confirmed: dict[tuple[str, int], JournalLine],
) -> GapRow:
    key = (str(entry.series), entry.ordinal)
    deed = {EntryStatus.VOID: voids, EntryStatus.USED: confirmed}.get(entry.status, {}).get(key)
    return GapRow(
        series=entry.series,
        ordinal=entry.ordinal,
        shown=entry.reference or entry.lookup_code or str(entry.ordinal),
        state=_state(entry, day),
        day=entry.issued_on if has_date_of_paper(entry) else None,
        holder=entry.holder,
        expires_on=entry.expires_on,
        person=deed.person if deed else entry.person,
        at=deed.at if deed else entry.taken_at,
        why="; ".join(part for part in (entry.reason, entry.remark) if part),
    )


def _state(entry: EntryView, day: date) -> str:
    if entry.status is EntryStatus.VOID and is_secret(entry):
        return f"{state_words(entry)} ({WORDS_OF_SECRECY.lower()})"
    late = ", ĐÃ QUÁ HẠN" if is_expired(entry, day) else ""
    return f"{state_words(entry)}{late}"


def _missing(gap: Gap) -> GapRow:
    words = {"missing": "THIẾU DÒNG", "beyond": "NGOÀI SỔ"}
    return GapRow(
        series=gap.series,
        ordinal=gap.ordinal,
        shown=str(gap.ordinal),
        state=words.get(gap.why, gap.why),
        why="Hư hại: không có dòng nào giải thích số này."
        if gap.why == "missing"
        else "Hư hại: số vượt bộ đếm.",
    )


def _date(day: date | datetime | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


GAP_COLUMNS: tuple[Column[GapRow], ...] = (
    Column(title="Dãy số", width=14, value=lambda row: series_words(row.series)),
    Column(title="Số, ký hiệu", width=11, value=lambda row: row.shown),
    Column(title="Tình trạng", width=12, value=lambda row: row.state),
    Column(title="Ngày văn bản", width=8, value=lambda row: _date(row.day), align="center"),
    Column(title="Cho ai", width=11, value=lambda row: row.holder),
    Column(title="Hạn dùng", width=8, value=lambda row: _date(row.expires_on), align="center"),
    Column(title="Người ghi", width=11, value=lambda row: person_in_words(row.person)),
    Column(
        title="Ghi lúc", width=8, value=lambda row: f"{row.at:%H:%M %d/%m/%Y}" if row.at else ""
    ),
    Column(title="Lý do", width=24, value=lambda row: row.why),
)


def gap_cells(row: GapRow) -> list[str]:
    """One line of the report, as long as it has columns."""
    return [column.value(row) for column in GAP_COLUMNS]


def gaps_args(choice: GapChoice, office: Office, journal_head: str) -> dict[str, object]:
    """What the export operations need besides rows and place."""
    return {
        "columns": columns_args(GAP_COLUMNS),
        "title_lines": [office.name.upper(), _TITLE, _scope(choice)],
        "footer": f"Dấu niêm của nhật ký khi in: {journal_head}",
    }


def _scope(choice: GapChoice) -> str:
    """The choice in words, for the title."""
    named = (
        ("Sổ", choice.book),
        ("Năm", choice.year),
        ("Nhiệm kỳ", choice.term),
        ("Cơ quan ban hành", choice.issuer),
        ("Ký hiệu", choice.symbol),
    )
    return " – ".join(f"{title} {value}" for title, value in named if value)
