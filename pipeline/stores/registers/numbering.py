"""Ordinals: taken in the transaction of their paper, one after the other, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.errors.registers import NumberOutOfReach, NumberTaken, SeriesLocked
from pipeline.record import EntryStatus, SeriesKey
from pipeline.stores.registers import models
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.lookup_code import lookup_code, reference, reference_key
from pipeline.stores.registers.marks import why_unsure
from pipeline.stores.registers.rows import insert_rows

#: How far ahead of its book a number given by hand may be.
REACH = 200
BY_FLOW = "flow"
BY_HAND = "tay"
#: The deed of who compared a series with the paper book.
CONFIRMED = "series-confirmed"
_SKIPPED = "Số được cấp tay vượt trước; chờ vào sổ."

#: The row lock of the series lasts until the commit, so a rollback leaves no gap.
_TAKE = """
    INSERT INTO series (id, book, issuer, symbol, period, start, last, locked)
    VALUES (%s, %s, %s, %s, %s, %s, %s, '')
    ON CONFLICT (id) DO UPDATE SET last = series.last + %s
    RETURNING start, last, locked
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What one ordinal is taken for."""

    document_id: str | None
    status: EntryStatus
    issued_on: date
    reference_format: str = ""
    lookup_prefix: str = ""
    #: The ordinal given by hand, None for the next.
    ordinal: int | None = None
    reason: str = ""
    expires_on: date | None = None
    holder: str = ""
    remark: str = ""
    person: str
    source: str = BY_FLOW


def advance(db: Database, key: SeriesKey, *, start: int, count: int) -> tuple[int, int]:
    """Move the counter on by *count* (0 only locks its row); its start and last ordinal.

    Raises:
        SeriesLocked (T315): the last number must first be compared with the paper book.
    """
    with db.cursor() as cursor:
        cursor.execute(
            _TAKE,
            [
                str(key),
                key.book.value,
                key.issuer,
                key.symbol,
                key.period,
                start,
                start - 1 + count,
                count,
            ],
        )
        first, last, locked = cursor.fetchone()
    if last - count < first:  # nothing was taken in it so far
        locked = locked or _unsure(db, key)
    if locked:
        raise SeriesLocked(
            f"series is locked series={key}", series=key.symbol or key.issuer, why=locked
        )
    return int(first), int(last)


def _unsure(db: Database, key: SeriesKey) -> str:
    """Why an empty series may not be begun; one that somebody confirmed as empty may."""
    is_confirmed = db.rows(models.JournalEntry).filter(deed=CONFIRMED, data__contains=str(key))
    if is_confirmed.exists():
        return ""
    return why_unsure(db.spec.sqlite_path.parent, key)


def take(
    db: Database, key: SeriesKey, takings: Sequence[Taking], *, start: int, now: datetime
) -> list[models.Entry]:
    """Give each taking the next ordinal, in order; rows inserted."""
    if not takings:
        return []
    _, last = advance(db, key, start=start, count=len(takings))
    first = last - len(takings) + 1
    entries = [_entry(key, first + place, taking, now) for place, taking in enumerate(takings)]
    insert_rows(db, entries)
    return entries


def take_given(
    db: Database, key: SeriesKey, taking: Taking, *, start: int, now: datetime
) -> models.Entry:
    """Enter an ordinal that was given by hand: a held one, or one ahead of the book.

    Raises:
        NumberTaken (R171), NumberOutOfReach (R172).
    """
    assert taking.ordinal is not None
    first, last = advance(db, key, start=start, count=0)
    if not first <= taking.ordinal <= last + REACH:
        raise NumberOutOfReach(
            f"ordinal out of reach series={key} ordinal={taking.ordinal} last={last}",
            ordinal=taking.ordinal,
            series=key.symbol or key.issuer,
            start=first,
            last=last,
        )
    if taking.ordinal > last:
        return _take_ahead(db, key, taking, last=last, now=now)
    return _take_held(db, key, taking, now)


def _take_ahead(
    db: Database, key: SeriesKey, taking: Taking, *, last: int, now: datetime
) -> models.Entry:
    assert taking.ordinal is not None
    advance(db, key, start=1, count=taking.ordinal - last)
    skipped = Taking(
        document_id=None,
        status=EntryStatus.HELD,
        issued_on=taking.issued_on,
        reference_format=taking.reference_format,
        reason=_SKIPPED,
        person=taking.person,
        source=BY_HAND,
    )
    between = [_entry(key, ordinal, skipped, now) for ordinal in range(last + 1, taking.ordinal)]
    entry = _entry(key, taking.ordinal, taking, now)
    insert_rows(db, [*between, entry])
    return entry


def _take_held(db: Database, key: SeriesKey, taking: Taking, now: datetime) -> models.Entry:
    assert taking.ordinal is not None
    standing = db.rows(models.Entry).filter(series_id=str(key), ordinal=taking.ordinal).first()
    is_free = standing is None or (
        standing.document_id is None and standing.status in {EntryStatus.HELD, EntryStatus.RESERVED}
    )
    if not is_free:
        raise NumberTaken(
            f"ordinal is taken series={key} ordinal={taking.ordinal}",
            ordinal=taking.ordinal,
            series=key.symbol or key.issuer,
        )
    entry = _entry(key, taking.ordinal, taking, now)
    if standing is not None:
        entry.id = standing.id
        entry.save(using=db.alias, force_update=True)
    else:
        entry.save(using=db.alias, force_insert=True)
    return entry


def _entry(key: SeriesKey, ordinal: int, taking: Taking, now: datetime) -> models.Entry:
    shown = reference(taking.reference_format, ordinal, taking.issued_on)
    code = None
    if taking.lookup_prefix:
        code = lookup_code(taking.lookup_prefix, _year(key, taking.issued_on), ordinal)
    return models.Entry(
        series_id=str(key),
        ordinal=ordinal,
        status=taking.status.value,
        document_id=taking.document_id,
        reference=shown,
        reference_key=reference_key(shown),
        lookup_code=code,
        issued_on=taking.issued_on,
        taken_at=now,
        person=taking.person,
        source=taking.source,
        reason=taking.reason,
        expires_on=taking.expires_on,
        holder=taking.holder,
        remark=taking.remark,
    )


def _year(key: SeriesKey, issued_on: date) -> int:
    """The series' own year: a code of last year's book must not meet one of this year's."""
    return int(key.period) if key.period.isdecimal() else issued_on.year
