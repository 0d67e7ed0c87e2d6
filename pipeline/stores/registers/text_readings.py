"""Pages that a machine is to read: wanted when their paper is archived, claimed by a reader, done beside the flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline.clock import Clock
from pipeline.record import DocumentId, Record
from pipeline.stores.registers import models
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.rows import insert_rows, locked, locked_document, views
from pipeline.stores.registers.to_read import TextReadingView, ToRead
from pipeline.stores.registers.versions import LIVING, start_version
from pipeline.stores.registers.views import SYSTEM, Archived, DocumentView

#: Why a paper has the version that brings the words.
READ_WHY = "Đã đọc bản quét bằng máy."


def want(db: Database, wanted: Mapping[DocumentId, ToRead], now: datetime) -> None:
    """These pages are to be read; a reading of the same file that stands already is left alone."""
    standing = db.rows(models.TextReading).in_bulk(list(wanted))
    fresh = []
    for document_id, to_read in wanted.items():
        row = standing.get(document_id)
        if row is None:
            fresh.append(_row(document_id, to_read, now))
        elif row.source_sha512 != to_read.source_sha512:
            _row(document_id, to_read, now).save(using=db.alias, force_update=True)
    insert_rows(db, fresh)


def settle(db: Database, archived: Sequence[Archived], now: datetime) -> None:
    """What the version now archived wants is what is due: no more, where its file is another one that needs no machine.

    Called in the transaction that writes the versions down.
    """
    for one in archived:
        if one.was_read is not None:
            db.rows(models.TextReading).filter(id=one.document_id).update(
                outcome=one.was_read, due_at=None, worker="", attempts=0
            )
    idle = [one.document_id for one in archived if one.to_read is None]
    db.rows(models.TextReading).filter(id__in=idle, due_at__isnull=False).delete()
    want(db, {one.document_id: one.to_read for one in archived if one.to_read is not None}, now)


def _row(document_id: DocumentId, to_read: ToRead, now: datetime) -> models.TextReading:
    return models.TextReading(
        id=document_id,
        source_sha512=to_read.source_sha512,
        pages=list(to_read.pages),
        due_at=now,
    )


def of_document(db: Database, document_id: DocumentId) -> TextReadingView | None:
    """The reading of a paper, None where nothing had to be read."""
    row = db.rows(models.TextReading).filter(id=document_id).first()
    return None if row is None else view(row)


def start(
    db: Database, clock: Clock, document_id: DocumentId, lease: tuple[str, float], told: Record
) -> DocumentView | None:
    """The version that brings what was read, to be archived by the worker who leases it; None while another is on its way."""
    worker, lease_s = lease
    now = clock.now()
    with db.transaction():
        document = locked_document(db, document_id)
        if document.due_at is not None or document.archived_version != document.version:
            return None
        if document.state not in LIVING or not _is_held(db, document_id, worker):
            return None
        start_version(db, document, reason=READ_WHY, person=SYSTEM, now=now, is_news=False)
        document.due_at = now + timedelta(seconds=lease_s)
        document.worker = worker
        document.save(using=db.alias, force_update=True)
        scribe = Scribe(db, now)
        scribe.note(
            "read",
            told | {"version": document.version, "reason": READ_WHY},
            document_id=document_id,
        )
        scribe.write()
        return views(db, [document])[0]


def _is_held(db: Database, document_id: DocumentId, worker: str) -> bool:
    """Whether the pages are still to be read, by this worker: another file may have come meanwhile."""
    return db.rows(models.TextReading).filter(id=document_id, worker=worker).exists()


def give_up(db: Database, clock: Clock, document_id: DocumentId, worker: str, why: str) -> bool:
    """Nothing can be read of it; false when the lease is someone else's."""
    with db.transaction():
        rows = db.rows(models.TextReading).filter(id=document_id, worker=worker)
        row = locked(db, rows).first()
        if row is None:
            return False
        row.due_at = None
        row.worker = ""
        row.outcome = {"why": why}
        row.save(using=db.alias, force_update=True)
        scribe = Scribe(db, clock.now())
        scribe.note("unread", {"why": why}, document_id=document_id)
        scribe.write()
    return True


def wanted(db: Database) -> Iterator[tuple[DocumentId, ToRead]]:
    """What waits to be read."""
    for row in db.rows(models.TextReading).filter(due_at__isnull=False).order_by("id"):
        one = view(row)
        yield one.document_id, one.to_read


def view(row: models.TextReading) -> TextReadingView:
    """A row as a value."""
    return TextReadingView(
        document_id=DocumentId(row.id),
        to_read=ToRead(source_sha512=row.source_sha512, pages=tuple(row.pages)),
        outcome=row.outcome,
        attempts=row.attempts,
        kills=row.kills,
    )
