"""What objects and journal know beyond an older database → into it; nothing is doubled, nothing that stands is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipeline.clock import Clock
from pipeline.stores.registers import (
    closing,
    models,
    print_rows,
    rebuild,
    route_rows,
    text_readings,
    wire,
)
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import is_same
from pipeline.stores.registers.rows import chunks, insert_rows
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    EntryView,
    JournalRow,
    ReceiptState,
    ReceiptView,
    Restored,
    VersionView,
)


def merge(db: Database, clock: Clock, pieces: Iterable[Restored]) -> None:
    """Put in what is missing and bring on what is older, all in one transaction."""
    now = clock.now()
    with db.transaction():
        for piece in pieces:
            rebuild.raise_counters(db, piece)
            for receipt in piece.receipts:
                _merge_receipt(db, receipt, now)
            _merge_documents(db, piece.documents, piece.versions, now)
            for entry in piece.entries:
                _merge_entry(db, entry)
            for rows in chunks(piece.journal):
                _merge_journal(db, rows)
            for stone in piece.tombstones:
                if not db.rows(models.Removal).filter(object_id=stone.object_id).exists():
                    insert_rows(db, [rebuild.removal_row(stone)])
            text_readings.want(db, dict(piece.to_read), now)
            closing.restore_missing(db, piece.closed)
            print_rows.put_back(db, piece.prints)
            route_rows.put_back(db, piece.routes)
        rebuild.reset_sequences(db)


def _merge_receipt(db: Database, receipt: ReceiptView, now: datetime) -> None:
    standing = db.rows(models.Receipt).filter(id=receipt.id).first()
    row = rebuild.receipt_row(receipt, now)
    if row.bytes_key is not None:
        held = db.rows(models.Receipt).filter(kind=row.kind, bytes_key=row.bytes_key)
        if held.exclude(id=row.id).exists():
            row.bytes_key = None
    if standing is None:
        row.save(using=db.alias, force_insert=True)
        return
    is_removed = not receipt.sha512
    if standing.state == ReceiptState.ANSWERED and not is_removed:
        return
    if not is_removed:
        # The journal does not know the file's name; the older row does.
        for name in ("source_name", "source_stem", "folder", "sha512", "size_bytes", "suffix"):
            setattr(row, name, getattr(standing, name))
        row.is_list, row.hold_all, row.lot = standing.is_list, standing.hold_all, standing.lot
    row.save(using=db.alias, force_update=True)


def _merge_documents(
    db: Database, documents: Iterable[DocumentView], versions: Iterable[VersionView], now: datetime
) -> None:
    behind = set()
    for document in documents:
        standing = db.rows(models.Document).filter(id=document.id).first()
        if standing is not None and not _is_newer(document, standing):
            continue
        behind.add(document.id)
        _free_identity(db, document)
        row = rebuild.document_row(document, now)
        if standing is not None:
            db.rows(models.Relation).filter(document_id=row.id).delete()
            db.rows(models.Version).filter(document_id=row.id).delete()
        row.save(using=db.alias, force_insert=standing is None, force_update=standing is not None)
        insert_rows(db, wire.relation_rows(document.id, document.relations))
        if document.state is DocumentState.PURGED:
            drops = db.rows(models.Receipt).filter(id=document.receipt_id)
            drops.update(extra={}, problems=[], answer_files=[])
    insert_rows(db, [rebuild.version_row(one) for one in versions if one.document_id in behind])


def _is_newer(document: DocumentView, standing: models.Document) -> bool:
    """Whether archive and journal know more of a paper than its row does.

    A version that is not in the archive yet is told by the journal without its content, which its row has.
    """
    if document.version != standing.version:
        return document.version > int(standing.version)
    is_stored = document.archived_version == document.version
    return is_stored and standing.archived_version < document.version


def _free_identity(db: Database, document: DocumentView) -> None:
    """The newer state says who stands for an identity."""
    if document.holds_identity:
        alike = db.rows(models.Document).filter(kind=document.kind, identity_key=document.identity)
        alike.exclude(id=document.id).update(identity_key=None)


def _merge_entry(db: Database, entry: EntryView) -> None:
    query = db.rows(models.Entry).filter(series_id=str(entry.series), ordinal=entry.ordinal)
    standing = query.first()
    row = rebuild.entry_row(entry)
    if standing is None:
        row.save(using=db.alias, force_insert=True)
        return
    if standing.document_id is not None and row.document_id is None:
        return  # its paper is here, though not in the archive yet
    row.id = standing.id
    row.save(using=db.alias, force_update=True)


def _merge_journal(db: Database, rows: list[JournalRow]) -> None:
    """Each sealed line is a row with its id; a deed of ours under that id gets another."""
    standing = db.rows(models.JournalEntry).in_bulk([row.id for row in rows])
    missing = []
    for row in rows:
        known = standing.get(row.id)
        if known is not None and not is_same(known, row.line):
            _move_aside(db, known)
            known = None
        if known is None:
            missing.append(rebuild.deed_row(row))
        elif known.sealed_day is None:
            known.sealed_day, known.sealed_line = row.sealed_day, row.sealed_line
            known.save(using=db.alias, update_fields=["sealed_day", "sealed_line"])
    insert_rows(db, missing)


def _move_aside(db: Database, known: models.JournalEntry) -> None:
    """A deed that was never sealed here; the journal's own line has its id."""
    db.rows(models.JournalEntry).filter(id=known.id).delete()
    newest = db.rows(models.JournalEntry).order_by("-id").values_list("id", flat=True).first() or 0
    known.id = newest + _ROOM
    known.sealed_day = known.sealed_line = None
    known.save(using=db.alias, force_insert=True)


#: Above every id that the journal may still bring.
_ROOM = 1_000_000
