"""Routings in their table: each change is one transaction with the journal row of its deed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pipeline.clock import Clock
from pipeline.record import DocumentId, JournalLine, Record
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.lookup_code import storable
from pipeline.stores.registers.routes import RouteView, note_route
from pipeline.stores.registers.rows import chunks, locked_document
from pipeline.stores.registers.views import DocumentState
from pipeline.vietnamese import fold


def note(
    db: Database, clock: Clock, deed: tuple[DocumentId, str], person: str, told: Record
) -> RouteView:
    """Write a deed down, and the row as the journal would tell it."""
    document_id, name = deed
    now = clock.now()
    with db.transaction():
        locked_document(db, document_id)
        standing = of(db, [document_id])
        line = JournalLine(
            at=now, person=person, deed=name, document_id=document_id, receipt_id=None, data=told
        )
        note_route(line, standing)
        view = standing[document_id]
        _save(db, view)
        scribe = Scribe(db, now, person)
        scribe.note(name, told, document_id=document_id)
        scribe.write()
    return view


def of(db: Database, document_ids: Iterable[str]) -> dict[str, RouteView]:
    """Paper → its row."""
    found: dict[str, RouteView] = {}
    for piece in chunks(document_ids):
        for row in db.rows(models.Routing).filter(document_id__in=piece):
            found[row.document_id] = _view(row)
    return found


def open_for(db: Database, name: str, limit: int) -> list[RouteView]:
    """Rows that are not done and name *name*, whatever stands before or behind it."""
    key = fold(name)
    if not key:
        return []
    rows = db.rows(models.Routing).filter(done_at__isnull=True, to_key__contains=f" {key} ")
    ordered = sorted(
        map(_view, rows.order_by("-routed_at")[:limit]),
        key=lambda one: (one.due_on is None, one.due_on or one.routed_at.date(), one.routed_at),
    )
    return list(ordered)


def overdue(db: Database, day: date, limit: int) -> list[RouteView]:
    """Rows that are not done and whose day has passed."""
    rows = db.rows(models.Routing).filter(done_at__isnull=True, due_on__lt=day)
    return [_view(row) for row in rows.order_by("due_on", "routed_at")[:limit]]


def newest(db: Database, limit: int) -> list[RouteView]:
    """The rows that were changed last."""
    return [_view(row) for row in db.rows(models.Routing).order_by("-routed_at")[:limit]]


def dumped(db: Database) -> list[RouteView]:
    """Every row, by paper."""
    return [_view(row) for row in db.rows(models.Routing).order_by("document_id")]


def put_back(db: Database, views: Iterable[RouteView]) -> None:
    """Rows that the table does not have, or has older; none of a paper that is not here or says nothing any more."""
    for view in views:
        papers = db.rows(models.Document).filter(id=view.document_id)
        if not papers.exclude(state=DocumentState.PURGED.value).exists():
            continue
        standing = of(db, [view.document_id]).get(view.document_id)
        if standing is None or _when(standing) < _when(view):
            _save(db, view)


def forget(db: Database, document_id: DocumentId) -> None:
    """Of a paper whose content was removed."""
    db.rows(models.Routing).filter(document_id=document_id).delete()


def _when(view: RouteView) -> datetime:
    return max(view.routed_at, view.done_at or view.routed_at)


def _save(db: Database, view: RouteView) -> None:
    to = [storable(one) for one in view.to]
    db.rows(models.Routing).filter(document_id=view.document_id).delete()
    models.Routing(
        document_id=view.document_id,
        to=to,
        to_key="".join(f"| {fold(one)} " for one in to) + "|" if to else "",
        due_on=view.due_on,
        person=storable(view.person),
        routed_at=view.routed_at,
        done_at=view.done_at,
    ).save(using=db.alias, force_insert=True)


def _view(row: models.Routing) -> RouteView:
    return RouteView(
        document_id=DocumentId(row.document_id),
        to=tuple(row.to),
        due_on=row.due_on,
        person=row.person,
        routed_at=wire.local(row.routed_at),
        done_at=wire.local(row.done_at) if row.done_at else None,
    )
