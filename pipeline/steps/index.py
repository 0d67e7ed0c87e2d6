"""Archived papers → the search index, a batch at a time (● indexed)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from pipeline.document_object import TEXT_FILE, document_object, rendition
from pipeline.errors.search import IndexBusy
from pipeline.record import Book, Facts, ReceiptId
from pipeline.stores.objects import Objects
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentView
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper
from pipeline.vietnamese import clean_text, decode_legacy, plausibility

log = logging.getLogger(__name__)

_BATCH = 400


def index(
    registers: Registers,
    objects: Objects,
    search: SearchIndex,
    *,
    role_timeout_s: float,
    progress: Callable[[int, str], None] | None = None,
) -> int | None:
    """Bring the index up to the archive; how many papers were added, None while another one does it.

    Idempotent: an upsert by document id. A missing, damaged or outdated index is begun anew first.
    """
    try:
        if reason := search.health():
            aside = search.reset(timeout_s=role_timeout_s)
            level = logging.INFO if aside is None else logging.WARNING
            log.log(level, "index begun anew: %s", reason)
            registers.reindex()
        with search.writer(timeout_s=role_timeout_s) as writer:
            total = 0
            while due := registers.to_index(_BATCH):
                owners = _owners(due, registers)
                writer.upsert_many([_paper(document, objects, owners) for document in due])
                registers.indexed((document.id, document.archived_version) for document in due)
                total += len(due)
                if progress is not None:
                    progress(total, str(due[-1].id))
            return total
    except IndexBusy:
        return None


def _readable(text: str) -> str:
    """The text as it is indexed: legacy encodings decoded first (their letters look like control marks), then cleaned."""
    return clean_text(decode_legacy(text) or text)[0]


def _is_made_here(document: DocumentView) -> bool:
    return rendition(tuple(file.name for file in document.files), ".docx") is not None


def _owners(documents: list[DocumentView], registers: Registers) -> dict[ReceiptId, str]:
    """Who dropped what the papers came from."""
    receipts = (registers.receipt(one) for one in {paper.receipt_id for paper in documents})
    return {receipt.id: receipt.owner for receipt in receipts if receipt is not None}


def _paper(document: DocumentView, objects: Objects, owners: dict[ReceiptId, str]) -> Paper:
    facts = document.facts or Facts(subject="")
    number = document.number
    version = document.archived_version
    text = _readable(
        objects.read(document_object(document.id), TEXT_FILE, version=version).decode()
    )
    is_incoming = number is not None and number.series.book is Book.DEN
    issued_on = facts.their_date if is_incoming else None
    issued_on = issued_on or (number.issued_on if number else facts.issued_on)
    return Paper(
        document_id=document.id,
        version=version,
        kind=document.kind,
        register=number.series.book if number else "",
        title=facts.type_name,
        subject=facts.subject,
        reference=number.reference if number else "",
        lookup_code=number.lookup_code if number else "",
        their_reference=facts.their_reference,
        issuer=(facts.their_issuer if is_incoming else "") or facts.issuer,
        signer=facts.signer,
        person=facts.person,
        residence=facts.residence,
        issued_on=issued_on,
        # A draft is looked for in the year it was dropped.
        year=(number.issued_on if number else document.received_at).year,
        legal_state=document.legal_state,
        text=text,
        owner=owners.get(document.receipt_id, ""),
        circulation=facts.circulation,
        # What was made here from a record is as sound as its record.
        reliability=1.0 if _is_made_here(document) else plausibility(text),
    )
