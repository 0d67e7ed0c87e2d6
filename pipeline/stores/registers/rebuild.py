"""Everything out, and everything back as it was: the registers after a fire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.management.color import no_style

from pipeline.clock import Clock
from pipeline.person_names import owner_key
from pipeline.record import DocumentId, EntryStatus, Record
from pipeline.stores.registers import closing, models, print_rows, route_rows, text_readings, wire
from pipeline.stores.registers.closing import closed_books
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.lookup_code import reference_key, stem_key
from pipeline.stores.registers.rows import insert_rows, views
from pipeline.stores.registers.versions import LIVING, set_facts
from pipeline.stores.registers.views import (
    DocumentView,
    EntryView,
    JournalRow,
    ReceiptState,
    ReceiptView,
    Restored,
    SeriesView,
    Tombstone,
    VersionView,
)

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

_Row = TypeVar("_Row", bound="Model")


def dump(db: Database, chunk: int) -> Iterator[Restored]:
    """All rows as values, *chunk* at a time."""
    yield Restored(series=tuple(map(wire.series_view, db.rows(models.Series).order_by("id"))))
    for receipts in _paged(db.rows(models.Receipt), chunk):
        yield Restored(receipts=tuple(map(wire.receipt_view, receipts)))
    for documents in _paged(db.rows(models.Document), chunk):
        yield Restored(documents=tuple(views(db, documents)))
    for versions in _paged(db.rows(models.Version), chunk):
        yield Restored(versions=tuple(map(wire.version_view, versions)))
    for entries in _paged(db.rows(models.Entry), chunk):
        yield Restored(entries=tuple(map(wire.entry_view, entries)))
    for deeds in _paged(db.rows(models.JournalEntry), chunk):
        yield Restored(journal=tuple(map(wire.journal_row, deeds)))
    yield Restored(to_read=tuple(text_readings.wanted(db)))
    yield Restored(prints=tuple(print_rows.dumped(db)), routes=tuple(route_rows.dumped(db)))
    yield Restored(tombstones=tuple(tombstones(db)), closed=tuple(closed_books(db)))


def _paged(query: QuerySet[_Row], size: int) -> Iterator[list[_Row]]:
    after: Any = None
    while True:
        page = query.order_by("pk") if after is None else query.order_by("pk").filter(pk__gt=after)
        rows = list(page[:size])
        if not rows:
            return
        yield rows
        after = rows[-1].pk


def restore(db: Database, clock: Clock, pieces: Iterable[Restored]) -> None:
    """Put all pieces back in one transaction; they may name each other in any order."""
    now = clock.now()
    with db.transaction():
        for piece in pieces:
            raise_counters(db, piece)
            insert_rows(db, [receipt_row(one, now) for one in piece.receipts])
            insert_rows(db, [document_row(one, now) for one in piece.documents])
            for document in piece.documents:
                insert_rows(db, wire.relation_rows(document.id, document.relations))
            insert_rows(db, [version_row(one) for one in piece.versions])
            insert_rows(db, [entry_row(one) for one in piece.entries])
            insert_rows(db, [deed_row(one) for one in piece.journal])
            insert_rows(db, [removal_row(one) for one in piece.tombstones])
            closing.restore(db, piece.closed)
            text_readings.want(db, dict(piece.to_read), now)
            print_rows.put_back(db, piece.prints)
            route_rows.put_back(db, piece.routes)
        reset_sequences(db)


def raise_counters(db: Database, piece: Restored) -> None:
    """Every series reaches from the lowest start to the highest ordinal seen."""
    seen = {str(one.key): one for one in piece.series}
    for entry in piece.entries:
        known = seen.get(str(entry.series))
        seen[str(entry.series)] = SeriesView(
            key=entry.series,
            start=entry.ordinal if known is None else min(known.start, entry.ordinal),
            last=entry.ordinal if known is None else max(known.last, entry.ordinal),
            locked="" if known is None else known.locked,
        )
    standing = db.rows(models.Series).in_bulk(list(seen))
    for key, one in seen.items():
        row = standing.get(key) or _series(one)
        row.start = min(row.start, one.start)
        row.last = max(row.last, one.last)
        row.locked = row.locked or one.locked
        row.save(using=db.alias)


def _series(one: SeriesView) -> models.Series:
    return models.Series(
        id=str(one.key),
        book=one.key.book.value,
        issuer=one.key.issuer,
        symbol=one.key.symbol,
        period=one.key.period,
        start=one.start,
        last=one.last,
        locked=one.locked,
    )


def receipt_row(one: ReceiptView, now: datetime) -> models.Receipt:
    """The row that a view was made of; due *now* where an answer is owed."""
    return models.Receipt(
        id=one.id,
        kind=one.kind,
        source_name=one.source_name,
        source_stem=stem_key(one.source_name),
        folder=one.folder,
        sha512=one.sha512,
        bytes_key=one.sha512 if one.holds_bytes else None,
        same_bytes_as_id=one.same_bytes_as,
        size_bytes=one.size_bytes,
        suffix=one.suffix,
        owner=one.owner,
        owner_key=owner_key(one.owner),
        received_at=one.received_at,
        is_list=one.is_list,
        hold_all=one.hold_all,
        lot=one.lot,
        extra=one.extra,
        state=one.state.value,
        problems=wire.problems_to_json(one.problems),
        answer_files=list(one.answer_files),
        answered_at=one.answered_at,
        swept_at=one.swept_at,
        due_at=None if one.state is ReceiptState.ANSWERED else now,
    )


def document_row(one: DocumentView, now: datetime) -> models.Document:
    """The row that a view was made of; due *now* where a version is owed to the archive."""
    is_due = one.state.value in LIVING and one.archived_version < one.version
    row = models.Document(
        id=one.id,
        receipt_id=one.receipt_id,
        row_index=one.place.index,
        kind=one.kind,
        place=wire.place_to_json(one.place),
        line_code=one.place.line_code,
        record=one.record,
        record_sha512=one.record_sha512,
        state=one.state.value,
        legal_state=one.legal_state.value,
        ban_goc=one.ban_goc.value,
        identity=one.identity,
        identity_key=one.identity if one.holds_identity else None,
        version=one.version,
        archived_version=one.archived_version,
        answered_version=one.answered_version,
        indexed_version=one.indexed_version,
        inventory_sha512=one.inventory_sha512,
        files=wire.files_to_json(one.files),
        term=one.term,
        template_digest=one.template_digest,
        layout_profile=one.layout_profile,
        problems=wire.problems_to_json(one.problems),
        duplicate_of_id=one.duplicate_of,
        received_at=one.received_at,
        decided_at=one.decided_at,
        due_at=now if is_due else None,
    )
    set_facts(row, wire.facts_to_json(one.facts))
    return row


def version_row(one: VersionView) -> models.Version:
    """The row that a view was made of."""
    return models.Version(
        document_id=one.document_id,
        number=one.number,
        reason=one.reason,
        person=one.person,
        at=one.at,
        inventory_sha512=one.inventory_sha512,
        record=one.record,
        facts=wire.facts_to_json(one.facts),
        legal_state=None if one.legal_state is None else one.legal_state.value,
    )


def entry_row(one: EntryView) -> models.Entry:
    """The row that a view was made of."""
    return models.Entry(
        series_id=str(one.series),
        ordinal=one.ordinal,
        status=EntryStatus(one.status).value,
        document_id=one.document_id,
        reference=one.reference,
        reference_key=reference_key(one.reference),
        lookup_code=one.lookup_code or None,
        issued_on=one.issued_on,
        taken_at=one.taken_at,
        person=one.person,
        source=one.source,
        reason=one.reason,
        expires_on=one.expires_on,
        holder=one.holder,
        remark=one.remark,
    )


def deed_row(one: JournalRow) -> models.JournalEntry:
    """The row that a view was made of."""
    return models.JournalEntry(
        id=one.id,
        at=one.line.at,
        person=one.line.person,
        deed=one.line.deed,
        document_id=one.line.document_id,
        receipt_id=one.line.receipt_id,
        data=one.line.data,
        sealed_day=one.sealed_day,
        sealed_line=one.sealed_line,
    )


def removal_row(one: Tombstone) -> models.Removal:
    """The row of a tombstone."""
    return models.Removal(
        object_id=one.object_id,
        at=one.at,
        first_person=one.persons[0],
        second_person=one.persons[1],
        reason=one.reason,
    )


def reset_sequences(db: Database) -> None:
    """Rows inserted with their ids leave PostgreSQL's sequences behind."""
    kept: Sequence[type[Model]] = (
        models.JournalEntry,
        models.Version,
        models.Entry,
        models.ClosedBook,
    )
    statements = db.connection.ops.sequence_reset_sql(no_style(), list(kept))
    with db.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def bury(db: Database, clock: Clock, tombstone: Tombstone, *, version: int = 0) -> None:
    """Remember a removal, with its deed in the journal; *version*: that of the paper which it makes."""
    with db.transaction():
        removal_row(tombstone).save(using=db.alias, force_insert=True)
        scribe = Scribe(db, clock.now(), tombstone.persons[0])
        told: Record = {
            "object_id": tombstone.object_id,
            "second_person": tombstone.persons[1],
            "reason": tombstone.reason,
            "at": tombstone.at.isoformat(),
        }
        if version:
            told["version"] = version
        scribe.note("purged", told, document_id=_document_of(tombstone.object_id))
        scribe.write()


def _document_of(object_id: str) -> DocumentId | None:
    prefix = "urn:vanthu:doc:"
    return DocumentId(object_id.removeprefix(prefix)) if object_id.startswith(prefix) else None


def tombstones(db: Database) -> list[Tombstone]:
    """All removals."""
    return [
        Tombstone(
            object_id=row.object_id,
            at=wire.local(row.at),
            persons=(row.first_person, row.second_person),
            reason=row.reason,
        )
        for row in db.rows(models.Removal).order_by("object_id")
    ]
