"""Act 3: a dropped file and its papers become rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError

from pipeline.clock import Clock
from pipeline.errors.registers import DocumentInUse, UnknownDocument
from pipeline.person_names import owner_key
from pipeline.record import BanGoc, LegalState, ReceiptId
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.lookup_code import bounded_key, stem_key, storable
from pipeline.stores.registers.rows import chunks, insert_rows, locked, update_rows
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    NewDocument,
    NewReceipt,
    ReceiptState,
    ReceiptView,
)

#: Anything longer is part of a name, which the journal must not hold.
_ENDING = re.compile(r"\.[a-z0-9]{1,5}")
#: Urgent drops are decided before all others.
_AHEAD = timedelta(days=1)
_URGENCY = "do_khan"
#: Deed, and what the receipt knows of it.
_DECLASSIFIED = "declassified"
_TRIED_AGAIN = (
    "receipt",
    "row_index",
    "place",
    "line_code",
    "record",
    "record_sha512",
    "state",
    "problems",
    "received_at",
    "decided_at",
    "attempts",
    "kills",
)


def receive(
    db: Database, clock: Clock, receipt: NewReceipt, documents: Sequence[NewDocument]
) -> ReceiptView:
    """Write the receipt, its papers and the deed; a known receipt id changes nothing."""
    try:
        return _receive(db, clock, receipt, documents)
    except IntegrityError:
        # The same bytes, or this very receipt, were received by another process at this moment.
        return _receive(db, clock, receipt, documents)


def _receive(
    db: Database, clock: Clock, receipt: NewReceipt, documents: Sequence[NewDocument]
) -> ReceiptView:
    with db.transaction():
        standing = db.rows(models.Receipt).filter(id=receipt.id).first()
        if standing is not None:
            return wire.receipt_view(standing)
        holder = db.rows(models.Receipt).filter(kind=receipt.kind, bytes_key=receipt.sha512).first()
        row = _receipt_row(receipt, holder)
        row.due_at = clock.now() - (_AHEAD if _is_urgent(documents) else timedelta())
        row.save(using=db.alias, force_insert=True)
        _add(db, row, documents)
        scribe = Scribe(db, clock.now(), row.owner)
        scribe.note("received", _told(row, len(documents)), receipt_id=row.id)
        if decision := receipt.extra.get(_DECLASSIFIED):
            scribe.note(_DECLASSIFIED, decision, receipt_id=row.id)
        scribe.write()
        return wire.receipt_view(row)


def _is_urgent(documents: Sequence[NewDocument]) -> bool:
    """Whether a record says so; of a paper without one it is known when it was read."""
    return len(documents) == 1 and bool(documents[0].record.get(_URGENCY))


def unpack(
    db: Database, clock: Clock, receipt_id: ReceiptId, documents: Sequence[NewDocument]
) -> list[DocumentView]:
    """Add the papers of a receipt that has none yet."""
    with db.transaction():
        row = locked(db, db.rows(models.Receipt).filter(id=receipt_id)).first()
        if row is None:
            raise UnknownDocument(f"no such receipt receipt={receipt_id}", what=receipt_id)
        if not row.documents.using(db.alias).exists():
            _add(db, row, documents)
            scribe = Scribe(db, clock.now())
            scribe.note("unpacked", {"documents": len(documents)}, receipt_id=row.id)
            scribe.write()
        query = db.rows(models.Document).filter(receipt_id=receipt_id)
        ordered = query.order_by("row_index", "id")
        return [wire.document_view(document, None, ()) for document in ordered]


def _told(row: models.Receipt, documents: int) -> dict[str, object]:
    told: dict[str, object] = {
        "kind": row.kind,
        "sha512": row.sha512,
        "size_bytes": row.size_bytes,
        "suffix": row.suffix if _ENDING.fullmatch(row.suffix) else "",
        "received_at": row.received_at.isoformat(),
        "documents": documents,
    }
    if row.same_bytes_as_id:
        told["same_bytes_as"] = row.same_bytes_as_id
    return told


def _receipt_row(receipt: NewReceipt, holder: models.Receipt | None) -> models.Receipt:
    return models.Receipt(
        id=receipt.id,
        kind=receipt.kind,
        source_name=storable(receipt.source_name),
        source_stem=stem_key(receipt.source_name),
        folder=storable(receipt.folder),
        sha512=receipt.sha512,
        bytes_key=receipt.sha512 if holder is None else None,
        same_bytes_as=holder,
        size_bytes=receipt.size_bytes,
        suffix=storable(receipt.suffix)[:40],
        owner=storable(receipt.owner)[:150],
        owner_key=owner_key(storable(receipt.owner)[:150]),
        received_at=receipt.received_at,
        is_list=receipt.is_list,
        hold_all=receipt.hold_all,
        lot=bounded_key(storable(receipt.lot)),
        extra=receipt.extra,
        state=ReceiptState.RECEIVED.value,
        problems=[],
        answer_files=[],
    )


def _add(db: Database, receipt: models.Receipt, documents: Sequence[NewDocument]) -> None:
    known: dict[str, models.Document] = {}
    for piece in chunks(documents):
        known |= db.rows(models.Document).in_bulk([one.id for one in piece])
    for standing in known.values():
        # One that had a number keeps it, void as it is: what is tried again must be a new paper.
        had_number = standing.legal_state == LegalState.HUY_SO
        if standing.state != DocumentState.RETURNED or had_number:
            raise DocumentInUse(
                f"document is not a returned one document={standing.id}", what=standing.id
            )
    rows = [_document_row(receipt, one) for one in documents]
    insert_rows(db, [row for row in rows if row.id not in known])
    update_rows(db, [row for row in rows if row.id in known], _TRIED_AGAIN)


def _document_row(receipt: models.Receipt, document: NewDocument) -> models.Document:
    return models.Document(
        id=document.id,
        receipt_id=receipt.id,
        row_index=document.place.index,
        kind=receipt.kind,
        place=wire.place_to_json(document.place),
        line_code=bounded_key(storable(document.place.line_code)),
        record=document.record,
        record_sha512=document.record_sha512,
        state=DocumentState.RECEIVED.value,
        legal_state=LegalState.DU_THAO.value,
        ban_goc=BanGoc.GIAY.value,
        received_at=receipt.received_at,
        problems=[],
        files=[],
    )
