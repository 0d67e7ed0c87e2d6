"""Books that are closed: the row that says so, and numbers that come too late for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline.clock import Clock
from pipeline.errors.registers import BookClosed, BookClosedAlready
from pipeline.record import Book, Record, SeriesKey
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.rows import insert_rows
from pipeline.stores.registers.views import ClosedBookView


def close(db: Database, clock: Clock, closed: ClosedBookView) -> ClosedBookView:
    """Write down that a book is closed; once."""
    with db.transaction():
        if db.rows(models.ClosedBook).filter(**_key(closed)).exists():
            raise BookClosedAlready(
                f"closed already book={closed.book} issuer={closed.issuer} period={closed.period}",
                book=closed.issuer or closed.book.value,
                period=closed.period,
            )
        insert_rows(db, [row_of(closed)])
        scribe = Scribe(db, clock.now(), closed.person)
        scribe.note("book-closed", told(closed))
        scribe.write()
    return closed


def closed_books(db: Database) -> list[ClosedBookView]:
    """Every closed book, oldest closing first."""
    return [wire.closed_book(row) for row in db.rows(models.ClosedBook).order_by("closed_at", "id")]


def refuse_closed(db: Database, key: SeriesKey, day: date, today: date) -> None:
    """See that the book of that day still takes numbers.

    A book that was closed before its year was over goes on, and its later rows say so.

    Raises:
        BookClosed (R200): the book of an earlier year is closed.
    """
    if day.year >= today.year:
        return
    closed = db.rows(models.ClosedBook).filter(
        book=key.book.value, issuer=key.issuer, period=str(day.year)
    )
    if closed.exists():
        raise BookClosed(
            f"book is closed series={key} day={day.isoformat()}",
            book=key.issuer or key.book.value,
            year=day.year,
            day=day.strftime("%d/%m/%Y"),
        )


def told(closed: ClosedBookView) -> Record:
    """The closing in the journal's words."""
    return {
        "book": closed.book.value,
        "issuer": closed.issuer,
        "period": closed.period,
        "closed_at": closed.closed_at.isoformat(),
        "entries": closed.entries,
        "rows_sha256": closed.rows_sha256,
        "journal_head": closed.journal_head,
    }


def row_of(closed: ClosedBookView) -> models.ClosedBook:
    """The closing as a row."""
    return models.ClosedBook(
        **_key(closed),
        closed_at=closed.closed_at,
        person=closed.person,
        entries=closed.entries,
        rows_sha256=closed.rows_sha256,
        journal_head=closed.journal_head,
    )


def restore(db: Database, closed: Iterable[ClosedBookView]) -> None:
    """Put closings back."""
    insert_rows(db, [row_of(one) for one in closed])


def restore_missing(db: Database, closed: Iterable[ClosedBookView]) -> None:
    """Put closings back that are not there."""
    for one in closed:
        if not db.rows(models.ClosedBook).filter(**_key(one)).exists():
            restore(db, [one])


def _key(closed: ClosedBookView) -> dict[str, str]:
    return {
        "book": Book(closed.book).value,
        "issuer": closed.issuer,
        "symbol": "",
        "period": closed.period,
    }
