"""Who works on what: leases by time, back-off, and the versions that are done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from pipeline.clock import Clock
from pipeline.record import DocumentId, ReceiptId, Record
from pipeline.stores.registers import models, text_readings, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.lookup_code import storable
from pipeline.stores.registers.rows import chunks, locked, update_rows, views
from pipeline.stores.registers.to_read import TextReadingView
from pipeline.stores.registers.views import (
    Archived,
    DocumentState,
    DocumentView,
    ReceiptState,
    ReceiptView,
    Versions,
)

_FAILURE_LENGTH = 2000
#: In the extra facts of a receipt: the moment of the answer that was told on a command line.
_TOLD = "told_of"
_Claimed = type[models.Document] | type[models.Receipt] | type[models.TextReading]
#: A receipt none of whose papers is on its way to the archive.
_AT_REST = """AND NOT EXISTS (
    SELECT 1 FROM documents WHERE receipt_id = receipts.id AND documents.due_at IS NOT NULL
)"""
_CLAIMED: tuple[_Claimed, ...] = (models.Document, models.Receipt, models.TextReading)


def claim_receipt(
    db: Database, clock: Clock, worker: str, lease_s: float, *, state: ReceiptState
) -> ReceiptView | None:
    """The receipt of *state* that waits longest, or None; of decided ones only those at rest."""
    terms = _Terms(worker=worker, now=clock.now(), lease_s=lease_s, limit=1)
    at_rest = _AT_REST if state is ReceiptState.DECIDED else ""
    condition = f"state = '{state.value}' AND due_at <= %s {at_rest}"
    ids = _claim(db, "receipts", condition, "due_at, id", terms)
    row = db.rows(models.Receipt).filter(id__in=ids).first() if ids else None
    return None if row is None else wire.receipt_view(row)


def claim_documents(
    db: Database, clock: Clock, worker: str, limit: int, lease_s: float
) -> list[DocumentView]:
    """Papers due for the archive, in order of their receipts' rows; each at its next version."""
    terms = _Terms(worker=worker, now=clock.now(), lease_s=lease_s, limit=limit)
    ids = _claim(db, "documents", "due_at <= %s", "due_at, receipt_id, row_index", terms)
    if not ids:
        return []
    rows = db.rows(models.Document).filter(id__in=ids).order_by("receipt_id", "row_index")
    return [_next_version(db, view) for view in views(db, rows)]


def claim_reading(
    db: Database, clock: Clock, worker: str, lease_s: float
) -> TextReadingView | None:
    """The reading that waits longest, or None."""
    terms = _Terms(worker=worker, now=clock.now(), lease_s=lease_s, limit=1)
    ids = _claim(db, "readings", "due_at <= %s", "due_at, id", terms)
    row = db.rows(models.TextReading).filter(id__in=ids).first() if ids else None
    return None if row is None else text_readings.view(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    worker: str
    now: datetime
    lease_s: float
    limit: int


def _claim(db: Database, table: str, condition: str, order: str, terms: _Terms) -> list[str]:
    """Ids of the first due rows, *worker*'s now; one statement, so each row has one winner.

    A statement of our own: Django has no words for UPDATE … RETURNING, and this is asked all day.
    """
    adapt = db.connection.ops.adapt_datetimefield_value
    now, until = adapt(terms.now), adapt(terms.now + timedelta(seconds=terms.lease_s))
    skip = "" if db.spec.is_sqlite else "FOR UPDATE SKIP LOCKED"
    due = f"SELECT id FROM {table} WHERE {condition} ORDER BY {order} LIMIT %s"  # noqa: S608 words of ours
    claim = f"""
        WITH due AS MATERIALIZED ({due} {skip})
        UPDATE {table} SET worker = %s, due_at = %s,
            lapses = lapses + CASE WHEN worker = '' THEN 0 ELSE 1 END
        WHERE id IN (SELECT id FROM due) RETURNING id
    """  # noqa: S608 words of ours
    with db.telling(), db.cursor() as cursor:
        cursor.execute(due, [now, 1])
        if cursor.fetchone() is None:  # an idle worker takes no lock
            return []
        cursor.execute(claim, [now, terms.limit, terms.worker, until])
        return [row[0] for row in cursor.fetchall()]


def _next_version(db: Database, view: DocumentView) -> DocumentView:
    """*view* as of the version that is to be archived next: the archive skips none."""
    number = view.archived_version + 1
    if number >= view.version:
        return view
    row = db.rows(models.Version).get(document_id=view.id, number=number)
    past = wire.version_view(row)
    return replace(
        view,
        version=number,
        record=past.record or {},
        facts=past.facts,
        legal_state=past.legal_state or view.legal_state,
    )


def archived(db: Database, clock: Clock, done: Sequence[Archived], worker: str) -> set[DocumentId]:
    """Write down the versions whose lease is still *worker*'s."""
    accepted: set[DocumentId] = set()
    now = clock.now()
    with db.transaction():
        scribe = Scribe(db, now)
        for piece in chunks(done):
            accepted |= _archived(db, piece, worker, scribe)
        scribe.write()
    return accepted


def _archived(
    db: Database, done: Sequence[Archived], worker: str, scribe: Scribe
) -> set[DocumentId]:
    wanted = {one.document_id: one for one in done}
    query = db.rows(models.Document).filter(id__in=list(wanted), worker=worker)
    rows = [
        row
        for row in locked(db, query.order_by("id"))
        if row.archived_version < wanted[DocumentId(row.id)].version <= row.version
    ]
    for row in rows:
        one = wanted[DocumentId(row.id)]
        row.archived_version = one.version
        row.inventory_sha512 = one.inventory_sha512
        row.files = wire.files_to_json(one.files)
        row.due_at = None if one.version == row.version else scribe.at
        row.worker = ""
        row.attempts = 0
        scribe.note(
            "archived",
            {"version": one.version, "inventory_sha512": one.inventory_sha512},
            document_id=row.id,
            receipt_id=row.receipt_id,
        )
    update_rows(
        db,
        rows,
        ("archived_version", "inventory_sha512", "files", "due_at", "worker", "attempts"),
    )
    _stamp_versions(db, rows)
    ours = {DocumentId(row.id) for row in rows}
    text_readings.settle(db, [wanted[one] for one in ours], scribe.at)
    return ours


def _stamp_versions(db: Database, rows: Sequence[models.Document]) -> None:
    digests = {row.id: (row.archived_version, row.inventory_sha512) for row in rows}
    found = []
    for version in db.rows(models.Version).filter(document_id__in=list(digests)):
        number, digest = digests[version.document_id]
        if version.number == number:
            version.inventory_sha512 = digest
            found.append(version)
    update_rows(db, found, ("inventory_sha512",))


def answered(
    db: Database,
    clock: Clock,
    receipt_id: ReceiptId,
    worker: str,
    answer: tuple[Sequence[str], Versions | None, Record],
) -> bool:
    """Write the answer down, unless the lease was taken away."""
    files, versions, extra = answer
    now = clock.now()
    with db.transaction():
        query = db.rows(models.Receipt).filter(id=receipt_id, worker=worker)
        row = locked(db, query.filter(state=ReceiptState.DECIDED.value)).first()
        if row is None:
            return False
        row.state = ReceiptState.ANSWERED.value
        row.due_at = None
        row.worker = ""
        row.attempts = 0
        row.answer_files = list(files)
        row.extra = row.extra | extra
        row.answered_at = now
        row.save(using=db.alias, force_update=True)
        documents = db.rows(models.Document).filter(receipt_id=receipt_id)
        if versions is None:
            documents.update(answered_version=F("archived_version"))
        else:
            given = [models.Document(id=key, answered_version=at) for key, at in versions.items()]
            update_rows(db, given, ("answered_version",))
        scribe = Scribe(db, now)
        scribe.note("answered", {"files": len(files)}, receipt_id=receipt_id)
        scribe.write()
    return True


def claim_telling(db: Database, receipt_ids: Iterable[ReceiptId]) -> set[ReceiptId]:
    """Mark the present answers of these drops as told; the ids of those that were not."""
    claimed: set[ReceiptId] = set()
    with db.transaction():
        for piece in chunks(receipt_ids):
            query = db.rows(models.Receipt).filter(id__in=piece, answered_at__isnull=False)
            fresh = []
            for row in locked(db, query.order_by("id")):
                answer = str(row.answered_at)
                if row.extra.get(_TOLD) != answer:
                    row.extra = row.extra | {_TOLD: answer}
                    fresh.append(row)
            update_rows(db, fresh, ("extra",))
            claimed |= {ReceiptId(row.id) for row in fresh}
    return claimed


def let_go(
    db: Database,
    item_id: DocumentId | ReceiptId,
    worker: str,
    failure: tuple[str, str, datetime],
) -> int:
    """End a lease with a failure counted in the column named; the count, 0 when not *worker*'s."""
    column, detail, due_at = failure
    most = 0
    with db.transaction():
        for model in _CLAIMED:
            row = locked(db, db.rows(model).filter(id=item_id, worker=worker)).first()
            if row is None or row.due_at is None:
                continue
            count = int(getattr(row, column)) + 1
            setattr(row, column, count)
            row.worker = ""
            row.due_at = due_at
            row.last_failure = storable(detail)[:_FAILURE_LENGTH]
            row.save(using=db.alias, update_fields=[column, "worker", "due_at", "last_failure"])
            most = max(most, count)
    return most


def extend(
    db: Database, item_ids: Iterable[str], worker: str, due_at: datetime, *, keep: bool
) -> set[str]:
    """Move the end of *worker*'s leases; without *keep* they are nobody's from then on."""
    held: set[str] = set()
    values: dict[str, Any] = {"due_at": due_at}
    if not keep:
        values["worker"] = ""
    with db.transaction():
        for piece in chunks(item_ids):
            for model in _CLAIMED:
                rows = db.rows(model).filter(id__in=piece, worker=worker, due_at__isnull=False)
                ids = list(locked(db, rows.order_by("id")).values_list("id", flat=True))
                held |= set(ids)
                db.rows(model).filter(id__in=ids).update(**values)
    return held


def indexed(db: Database, clock: Clock, done: Iterable[tuple[DocumentId, int]]) -> None:
    """These versions are in the index; one row in the journal for the batch."""
    given = [models.Document(id=key, indexed_version=version) for key, version in done]
    if not given:
        return
    with db.transaction():
        update_rows(db, given, ("indexed_version",))
        scribe = Scribe(db, clock.now())
        scribe.note("indexed", {"documents": len(given)})
        scribe.write()


def reindex(db: Database) -> int:
    """Forget that anything was indexed."""
    with db.transaction():
        kept = db.rows(models.Document).exclude(state=DocumentState.PURGED.value)
        return kept.filter(indexed_version__gt=0).update(indexed_version=0)


def not_indexed(db: Database, document_ids: Iterable[DocumentId]) -> None:
    """The index does not have these, whatever was written before."""
    with db.transaction():
        for piece in chunks(document_ids):
            db.rows(models.Document).filter(id__in=piece).update(indexed_version=0)


def swept(db: Database, clock: Clock, receipt_ids: Iterable[ReceiptId]) -> None:
    """The spool of these is gone."""
    with db.transaction():
        for piece in chunks(receipt_ids):
            db.rows(models.Receipt).filter(id__in=piece).update(swept_at=clock.now())
