"""What a paper says and is: its facts, its versions and why there are any, its identity."""

from __future__ import annotations

from datetime import datetime

from pipeline.record import LegalState, Record
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.lookup_code import fold_key, reference_key, storable
from pipeline.stores.registers.views import DocumentState, ReceiptState

#: Decided, and not given back. A void one has its own legal state.
LIVING = (DocumentState.NUMBERED.value, DocumentState.WAITING.value)


def first_version(document: models.Document, person: str, now: datetime) -> models.Version:
    """The row of version 1 of a paper that was just decided."""
    return models.Version(
        document_id=document.id, number=document.version, reason="", person=person, at=now
    )


def start_version(
    db: Database,
    document: models.Document,
    *,
    reason: str,
    person: str,
    now: datetime,
    is_news: bool = True,
) -> None:
    """Put the present content aside and count on; the caller then changes and saves *document*.

    A worker that is on the present version keeps its lease: it archives that one first.

    Args:
        is_news: Whether the clerk is owed an answer with the new version.
    """
    db.rows(models.Version).filter(document_id=document.id, number=document.version).update(
        record=document.record, facts=document.facts, legal_state=document.legal_state
    )
    if not is_news and document.answered_version == document.version:
        document.answered_version += 1
    document.version += 1
    models.Version(
        document_id=document.id,
        number=document.version,
        reason=storable(reason),
        person=person,
        at=now,
    ).save(using=db.alias, force_insert=True)
    is_held = document.worker != "" and document.due_at is not None and document.due_at > now
    if not is_held:
        document.due_at = now
        document.worker = ""
    if not is_news:
        return
    # Whoever is writing the answer now would write the old version: it must be written again.
    db.rows(models.Receipt).filter(
        id=document.receipt_id, state__in=[ReceiptState.DECIDED, ReceiptState.ANSWERED]
    ).update(state=ReceiptState.DECIDED.value, due_at=now, worker="", swept_at=None)


def free_bytes(db: Database, document: models.Document) -> None:
    """*document* lives no more: the bytes of a receipt without living papers are free again."""
    living = db.rows(models.Document).filter(receipt_id=document.receipt_id, state__in=LIVING)
    others = living.exclude(legal_state=LegalState.HUY_SO).exclude(id=document.id)
    if not others.exists():
        db.rows(models.Receipt).filter(id=document.receipt_id).update(bytes_key=None)


def set_facts(row: models.Document, facts: Record | None) -> None:
    """Facts, and the columns that are looked up by them."""
    row.facts = facts
    known = wire.facts_from_json(facts)
    row.their_reference_key = "" if known is None else reference_key(known.their_reference)
    row.their_issuer_key = "" if known is None else fold_key(storable(known.their_issuer))
    row.their_date = None if known is None else known.their_date
    row.verification_key = (known.verification if known else "") or None
