"""Series that wait for the paper book: locked after a restore, free again once their last number is confirmed."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.clock import Clock
from pipeline.errors.registers import NumberOutOfReach, UnknownDocument
from pipeline.record import Book, EntryStatus, NumberSource, SeriesKey
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe, check_clock
from pipeline.stores.registers.lookup_code import storable
from pipeline.stores.registers.marks import why_unsure
from pipeline.stores.registers.numbering import CONFIRMED, Taking, take
from pipeline.stores.registers.rows import locked
from pipeline.stores.registers.told import entry_told
from pipeline.stores.registers.views import SeriesView

#: What stands in the book for a number that was given on paper only.
TO_BE_ENTERED = "Cấp trước sự cố, chờ nhập bù."
#: More than any office gives between two backups; a slip of the pen must not fill the book.
_MOST_MISSING = 5000


def lock_series(
    db: Database, clock: Clock, keys: Iterable[SeriesKey], why: str, person: str
) -> None:
    """Take no number of these series until their last one is confirmed."""
    with db.transaction():
        scribe = Scribe(db, clock.now(), person)
        for key in sorted({str(one) for one in keys}):
            row = locked(db, db.rows(models.Series).filter(id=key)).first()
            if row is None or row.locked == why:
                continue
            row.locked = storable(why)
            row.save(using=db.alias, update_fields=["locked"])
            scribe.note("series-locked", {"series": key, "why": row.locked})
        scribe.write()


def _begun(db: Database, key: SeriesKey, start: int) -> models.Series:
    """A series that began on paper after the backup which these registers were restored from."""
    if not why_unsure(db.spec.sqlite_path.parent, key):
        raise UnknownDocument(f"no such series series={key}", what=key.name)
    row = models.Series(
        id=str(key),
        book=key.book.value,
        issuer=key.issuer,
        symbol=key.symbol,
        period=key.period,
        start=start,
        last=start - 1,
    )
    row.save(using=db.alias, force_insert=True)
    return row


def _usual(key: SeriesKey) -> tuple[str, str]:
    if key.book is Book.NOI_BO:
        return "", key.symbol
    return (f"{{so}}-{key.symbol}/{key.issuer}" if key.symbol else "", "")


def confirm_series(
    db: Database,
    clock: Clock,
    place: tuple[SeriesKey, int],
    why: tuple[str, str],
    *,
    written_as: tuple[str, str] | None = None,
    start: int = 1,
) -> SeriesView:
    """Unlock a series whose last number on paper is the one named; numbers the book lacks become held ones.

    Args:
        written_as: Pattern of the references and prefix of the lookup codes; None takes what the key tells.
        start: First ordinal of a series that these registers do not know yet.
    Raises:
        UnknownDocument (R170): no such series.
        NumberOutOfReach (R172): the book goes further than the paper, or the paper absurdly further.
    """
    key, last = place
    person, reason = why
    now = clock.now()
    with db.transaction():
        check_clock(db, now)
        row = locked(db, db.rows(models.Series).filter(id=str(key))).first()
        row = row or _begun(db, key, start)
        if last == 0 and row.last < row.start:
            last = row.last  # nothing on paper either, wherever the series begins
        if not row.last <= last <= row.last + _MOST_MISSING:
            raise NumberOutOfReach(
                f"confirmed out of reach series={key} ordinal={last} last={row.last}",
                ordinal=last,
                series=key.symbol or key.issuer,
                start=row.start,
                last=row.last,
                reach=_MOST_MISSING,
            )
        row.locked = ""
        row.save(using=db.alias, update_fields=["locked"])
        # Before any number is taken: an empty series may begin once somebody has looked.
        scribe = Scribe(db, now, person)
        scribe.note(CONFIRMED, {"series": str(key), "last": last, "reason": reason})
        scribe.write()
        reference_format, lookup_prefix = written_as or _usual(key)
        taking = Taking(
            document_id=None,
            status=EntryStatus.HELD,
            issued_on=wire.local(now).date(),
            reference_format=reference_format,
            lookup_prefix=lookup_prefix,
            reason=TO_BE_ENTERED,
            person=person,
            source=NumberSource.BO_QUA.value,
        )
        entries = take(db, key, [taking] * (last - row.last), start=row.start, now=now)
        for entry in entries:
            scribe.note("held", entry_told(entry))
        scribe.write()
        row.refresh_from_db(using=db.alias)
        return wire.series_view(row)
