"""A book of one year → frozen in the archive; printed again: its lines as they were, with what was changed since.

The frozen lines are an object of the archive (``urn:vanthu:book:…``): ``so.jsonl``, a line a row, and ``so.pdf`` as it was
printed and bound. The registers keep its digest and the journal the deed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from pipeline.app import App, may_write
from pipeline.books import FORMS, Choice, Line, book_lines
from pipeline.document_object import book_object
from pipeline.errors.registers import BookClosedAlready, BookEmpty
from pipeline.record import Book, DocumentId, Record
from pipeline.stores.objects import NewVersion
from pipeline.stores.registers.removal import GONE
from pipeline.stores.registers.views import BookRow, ClosedBookView

ROWS_FILE = "so.jsonl"
PDF_FILE = "so.pdf"
#: The deed of who takes a book out of the office as a file; whoever removes a paper must know where it went.
BOOK_WRITTEN = "book-written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """One closed book, ready to be looked up."""

    about: ClosedBookView
    path: Path
    #: Line key → where it begins in the file.
    places: dict[str, int]

    def cells(self, key: str) -> list[str] | None:
        """The line as it was when the book was closed, None of a later one."""
        at = self.places.get(key)
        if at is None:
            return None
        with self.path.open("rb") as lines:
            lines.seek(at)
            cells: list[str] = json.loads(lines.readline())["cells"]
            return cells


def write_frozen(lines: Iterator[Line], path: Path) -> tuple[int, str]:
    """Write the lines of a book to be closed; how many, and their SHA-256."""
    digest, lines_written = hashlib.sha256(), 0
    with path.open("wb") as out:
        for line in lines:
            value = {"line": line_key(line.row), "cells": line.cells}
            data = (json.dumps(value, ensure_ascii=False) + "\n").encode()
            digest.update(data)
            out.write(data)
            lines_written += 1
    return lines_written, digest.hexdigest()


def issuers_to_close(choice: Choice, app: App) -> list[str]:
    """The bodies (or incoming books) that have a book of that year to close.

    Raises:
        BookEmpty (R202): there is no line. BookClosedAlready (R201): all are closed.
    """
    book = FORMS[choice.name].book
    assert book is not None
    issuers = list(
        dict.fromkeys(line.row.entry.series.issuer for line in book_lines(choice, app.registers))
    )
    if not issuers:
        raise BookEmpty(f"no lines book={choice.name} year={choice.year}", year=choice.year)
    closed = {one.issuer for one in _closed(choice, app)}
    to_close = [issuer for issuer in issuers if issuer not in closed]
    if not to_close:
        raise BookClosedAlready(
            f"closed already book={choice.name} year={choice.year}",
            book=", ".join(filter(None, issuers)) or choice.name,
            period=choice.year,
        )
    return to_close


def freeze(
    choice: Choice, rows: tuple[Path, int, str], pdf: Path, person: str, app: App
) -> ClosedBookView:
    """Put a printed book into the archive, then write the closing down."""
    path, entries, digest = rows
    book, issuer = FORMS[choice.name].book, choice.issuer or ""
    assert book is not None
    now = app.clock.now()
    object_id = book_object(book.value, issuer, str(choice.year))
    new = NewVersion(
        object_id=object_id,
        # A crash between object and row leaves a book that nobody closed: the next closing stands above it.
        version=app.objects.exists(object_id) + 1,
        files={ROWS_FILE: path, PDF_FILE: pdf},
        message="book closed",
        person=person,
        created_at=now,
    )
    app.objects.put_many([new])
    closed = ClosedBookView(
        book=book,
        issuer=issuer,
        period=str(choice.year),
        closed_at=now,
        person=person,
        entries=entries,
        rows_sha256=digest,
        journal_head=app.journal.head(),
    )
    return app.registers.close_book(closed)


def write_down(choice: Choice, path: Path, person: str, app: App) -> None:
    """Remember that a part of a book was written to a file outside the archive."""
    told: Record = {
        "book": FORMS[choice.name].book,
        "issuer": choice.issuer,
        "symbol": choice.symbol,
        "term": choice.term,
        "year": choice.year,
        "path": str(path),
    }
    # An office that went elsewhere, or whose registers are behind, is still looked at, and writes nothing down.
    if may_write(app):
        app.registers.journal_append(deed=BOOK_WRITTEN, person=person, document_id=None, data=told)


def bound_pdf(closed: ClosedBookView, app: App) -> Path:
    """The printed book in the archive, as it was bound."""
    return app.objects.open(book_object(closed.book.value, closed.issuer, closed.period), PDF_FILE)


def printed_lines(choice: Choice, app: App) -> Iterator[Line]:
    """The lines to print: of a closed book as they were, with every later change in the last column."""
    frozen = {one.about.issuer: one for one in _frozen(choice, app)}
    for line in book_lines(choice, app.registers):
        known = frozen.get(line.row.entry.series.issuer)
        yield line if known is None else _as_closed(line, known, choice, app)


def _as_closed(line: Line, frozen: Frozen, choice: Choice, app: App) -> Line:
    cells = frozen.cells(line_key(line.row))
    day = f"{frozen.about.closed_at:%d/%m/%Y}"
    if cells is None:
        entry = line.row.entry
        late = f"Vào sổ sau khi khóa sổ ngày {day} ({entry.person}, {entry.taken_at:%d/%m/%Y})"
        return replace(line, cells=[*line.cells[:-1], _joined(line.cells[-1], late)])
    changed = [
        at
        for at, (old, new) in enumerate(zip(cells, line.cells, strict=True))
        # What was removed stands in Ghi chú, with day and persons; a closed line forgot it too.
        if new != old and not (new == GONE and not old)
    ]
    if not changed:
        return line
    who, when = _changed_by(line.row, frozen.about.closed_at, app)
    titles = [column.title for column in FORMS[choice.name].columns]
    told = "; ".join(f"{titles[at]}: {_old_and_new(cells[at], line.cells[at])}" for at in changed)
    note = f"Sửa sau khi khóa sổ ngày {day} – {told} ({who}, {when:%d/%m/%Y})"
    return replace(line, cells=[*cells[:-1], _joined(cells[-1], note)])


def _old_and_new(old: str, new: str) -> str:
    """Both values; only what came to a remark that stands beside it anyway."""
    if old and old in new:
        return f"thêm «{new.replace(old, '', 1).strip('; ')}»"
    return f"cũ «{old}», mới «{new}»"


def _joined(one: str, other: str) -> str:
    return "; ".join(part for part in (one, other) if part)


def _changed_by(row: BookRow, since: datetime, app: App) -> tuple[str, datetime]:
    """Who changed a line last, and when."""
    entry = row.entry
    deeds = (
        app.registers.journal_of(DocumentId(entry.document_id))
        if entry.document_id
        else app.registers.journal_of_entry(entry.series, entry.ordinal)
    )
    by_people = [line for line in deeds if line.at > since and line.deed in _CHANGES]
    if not by_people:
        return entry.person, entry.taken_at
    return by_people[-1].person, by_people[-1].at


#: Deeds after which a line of a book may read otherwise.
_CHANGES = frozenset(("amended", "state", "voided", "numbered", "held", "purged", "confirmed"))


def line_key(row: BookRow) -> str:
    """What names a line for ever: its series and ordinal."""
    return f"{row.entry.series}#{row.entry.ordinal}"


def _closed(choice: Choice, app: App) -> list[ClosedBookView]:
    book: Book | None = FORMS[choice.name].book
    return [
        one
        for one in app.registers.closed_books()
        if one.book is book
        and one.period == str(choice.year)
        and choice.issuer in {None, one.issuer}
    ]


def redact(
    keys: AbstractSet[str],
    words: str,
    tombstone: Callable[[str], bytes],
    by: tuple[str, datetime],
    app: App,
) -> list[ClosedBookView]:
    """Take what the lines *keys* say out of every closed book; the books that had any.

    The object is buried, its other lines go on in a new one; the printed PDF goes with what it said. Idempotent.

    Args:
        words: What stands in the place of the removed words.
        tombstone: Of an object, by its id.
        by: Who removes it, and when.
    """
    books = []
    for about in app.registers.closed_books():
        standing = _standing_object(about, app)
        path = app.objects.open(standing, ROWS_FILE) if standing else None
        if path is None or not keys & _places(path).keys():
            continue
        rows = "".join(_redacted(value, keys, words) for value in _values(path))
        new = NewVersion(
            object_id=_next_object(about, app),
            version=1,
            files={ROWS_FILE: rows.encode()},
            message="book without what was removed",
            person=by[0],
            created_at=by[1],
        )
        app.objects.put_many([new])
        app.objects.bury(str(standing), tombstone(str(standing)), person=by[0], at=by[1])
        books.append(about)
    return books


def _values(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as lines:
        for data in lines:
            yield json.loads(data)


def _redacted(value: dict[str, Any], keys: AbstractSet[str], words: str) -> str:
    if value["line"] in keys:
        # Number and day stay: they are the office's, not the paper's.
        value = value | {"cells": [*value["cells"][:2], *[""] * (len(value["cells"]) - 3), words]}
    return json.dumps(value, ensure_ascii=False) + "\n"


def _object_ids(about: ClosedBookView) -> Iterator[str]:
    """The object of a closed book, then those that followed it when a line had to be removed."""
    first = book_object(about.book.value, about.issuer, about.period)
    yield first
    for number in count(2):
        yield f"{first}:{number}"


def _standing_object(about: ClosedBookView, app: App) -> str | None:
    """The object that tells the book's lines now; None where a removal took all of it."""
    for object_id in _object_ids(about):
        if not app.objects.exists(object_id):
            return None
        if not app.objects.is_buried(object_id):
            return object_id
    return None


def _next_object(about: ClosedBookView, app: App) -> str:
    return next(one for one in _object_ids(about) if not app.objects.exists(one))


def _frozen(choice: Choice, app: App) -> Iterator[Frozen]:
    for about in _closed(choice, app):
        standing = _standing_object(about, app)
        if standing is not None:
            path = app.objects.open(standing, ROWS_FILE)
            yield Frozen(about=about, path=path, places=_places(path))


def _places(path: Path) -> dict[str, int]:
    places: dict[str, int] = {}
    at = 0
    with path.open("rb") as lines:
        for data in lines:
            value: dict[str, Any] = json.loads(data)
            places[value["line"]] = at
            at += len(data)
    return places
