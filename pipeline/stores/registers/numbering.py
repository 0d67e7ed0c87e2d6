"""Ordinals: taken in the transaction of their paper, one after the other, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.errors.base import RecordRejected
from pipeline.errors.numbering import NumberOfSecret
from pipeline.errors.registers import (
    NumberOutOfReach,
    NumbersPassedOver,
    NumberTaken,
    SeriesLocked,
)
from pipeline.record import EntryStatus, NumberSource, SeriesKey
from pipeline.stores.registers import models
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.dating import Dated, Dating, above, below, judge, told_before
from pipeline.stores.registers.lookup_code import lookup_code, reference, reference_key, storable
from pipeline.stores.registers.marks import why_unsure
from pipeline.stores.registers.rows import insert_rows

#: How far ahead of its book a number given by hand may be.
REACH = 200
BY_FLOW = NumberSource.FLOW.value
BY_HAND = NumberSource.TAY.value
#: The deed of who compared a series with the paper book.
CONFIRMED = "series-confirmed"
#: Of a row that was passed over: by which ordinal.
SKIPPED = "Số {ordinal} cấp ở ngoài vượt trước; chờ vào sổ."
#: Statuses of rows that wait for their paper.
WAITS = frozenset((EntryStatus.HELD, EntryStatus.RESERVED))
#: A paper known to be on paper only may come in after all.
_TAKES_PAPER = WAITS | {EntryStatus.USED}

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
    #: How many ordinals that one may leave empty before it; None: as many as lie in reach.
    may_pass_over: int | None = None
    reason: str = ""
    expires_on: date | None = None
    holder: str = ""
    remark: str = ""
    person: str
    source: str = BY_FLOW
    #: How its date is judged; None where it is none of a paper, or of a book without numbers.
    dating: Dating | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An ordinal that was given by hand, and those it passed over."""

    entry: models.Entry
    between: tuple[models.Entry, ...] = ()


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


def dated(
    db: Database, key: SeriesKey, takings: Sequence[Taking], *, start: int
) -> list[Taking | RecordRejected]:
    """What :func:`take` may take, with the remarks on their dates, and why it may not take the others."""
    if not any(taking.dating for taking in takings):
        return list(takings)
    _, last = advance(db, key, start=start, count=0)
    before = below(db, key, last + 1)
    found: list[Taking | RecordRejected] = []
    for taking in takings:
        try:
            judged = _judged(taking, before=before)
        except RecordRejected as error:
            found.append(error)
            continue
        found.append(judged)
        last += 1
        before = Dated(ordinal=last, day=taking.issued_on)
    return found


def _judged(
    taking: Taking,
    *,
    before: Dated | None,
    behind: Dated | None = None,
    told: Dated | None = None,
) -> Taking:
    if taking.dating is None:
        return taking
    said = judge(
        taking.issued_on,
        taking.dating,
        before=before,
        behind=behind,
        told=told,
        is_given=taking.ordinal is not None,
    )
    return replace(taking, remark=_joined(taking.remark, storable(said)))


def take_given(db: Database, key: SeriesKey, taking: Taking, *, start: int, now: datetime) -> Given:
    """Enter an ordinal that was given by hand: one that waits in the book, or one ahead of it.

    Raises:
        NumberTaken (R171), NumberOutOfReach (R172), NumberOfSecret (R148), NumbersPassedOver (R363),
        and what :func:`dating.judge` raises.
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
            reach=REACH,
        )
    _ask_about_skipping(taking, first=first, last=last)
    standing = _free(db, key, taking)
    judged = _judged(
        taking,
        before=below(db, key, taking.ordinal),
        behind=above(db, key, taking.ordinal),
        told=told_before(standing),
    )
    if taking.ordinal > last:
        return _take_ahead(db, key, judged, last=last, now=now)
    entry = _entry(key, taking.ordinal, _with_what_was_said(judged, standing), now)
    if standing is not None:
        entry.id = standing.id
        entry.save(using=db.alias, force_update=True)
    else:
        entry.save(using=db.alias, force_insert=True)
    return Given(entry=entry)


def _ask_about_skipping(taking: Taking, *, first: int, last: int) -> None:
    """Refuse an ordinal that leaves more of them empty than it may."""
    assert taking.ordinal is not None
    skipped = taking.ordinal - last - 1
    if taking.may_pass_over is None or skipped <= taking.may_pass_over:
        return
    empty = f"số {last + 1}" if skipped == 1 else f"{last + 1}–{taking.ordinal - 1}"
    standing = f"Sổ đang ở số {last}" if last >= first else "Sổ chưa có số nào"
    raise NumbersPassedOver(
        f"would pass over {skipped} ordinals ordinal={taking.ordinal} last={last}",
        ordinal=taking.ordinal,
        standing=standing,
        skipped=empty,
        count=f" ({skipped} số)" if skipped > 1 else "",
    )


def _take_ahead(db: Database, key: SeriesKey, taking: Taking, *, last: int, now: datetime) -> Given:
    assert taking.ordinal is not None
    advance(db, key, start=1, count=taking.ordinal - last)
    skipped = Taking(
        document_id=None,
        status=EntryStatus.HELD,
        issued_on=taking.issued_on,
        reference_format=taking.reference_format,
        lookup_prefix=taking.lookup_prefix,
        reason=SKIPPED.format(ordinal=taking.ordinal),
        person=taking.person,
        source=NumberSource.BO_QUA.value,
    )
    between = [_entry(key, ordinal, skipped, now) for ordinal in range(last + 1, taking.ordinal)]
    entry = _entry(key, taking.ordinal, taking, now)
    insert_rows(db, [*between, entry])
    return Given(entry=entry, between=tuple(between))


def _free(db: Database, key: SeriesKey, taking: Taking) -> models.Entry | None:
    """The row of the ordinal, which must wait for its paper, or have it outside."""
    ordinal = taking.ordinal
    assert ordinal is not None
    standing = db.rows(models.Entry).filter(series_id=str(key), ordinal=ordinal).first()
    if standing is None:
        return None
    named: dict[str, object] = {"ordinal": ordinal, "series": key.symbol or key.issuer}
    if standing.source == NumberSource.MAT:
        raise NumberOfSecret(f"ordinal of a secret paper series={key} ordinal={ordinal}", **named)
    waits = WAITS if taking.document_id is None else _TAKES_PAPER
    if standing.document_id is not None or standing.status not in waits:
        raise NumberTaken(f"ordinal is taken series={key} ordinal={ordinal}", **named)
    return standing


def _with_what_was_said(taking: Taking, standing: models.Entry | None) -> Taking:
    """A row that is filled keeps what it said before; a secret paper leaves nothing of it."""
    if standing is None or taking.source == NumberSource.MAT:
        return taking
    was_told = told_before(standing) is not None
    late = ""
    if standing.expires_on is not None and taking.issued_on > standing.expires_on:
        late = f"Dành đến {standing.expires_on:%d/%m/%Y}, dùng sau hạn"
    return replace(
        taking,
        holder=taking.holder or standing.holder,
        reason=taking.reason or ("" if standing.source == NumberSource.BO_QUA else standing.reason),
        expires_on=taking.expires_on or standing.expires_on,
        source=standing.source if was_told and taking.document_id else taking.source,
        remark=_joined(standing.remark, taking.remark, late),
    )


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


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
