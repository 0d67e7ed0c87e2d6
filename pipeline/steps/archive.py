"""Renditions of numbered papers → objects of the archive, and rows that say so (● archived)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.between import Made, frozen_receipt, pages_to_read
from pipeline.document_object import (
    DOCUMENT_FILE,
    FORMAT,
    RECEIPT_FILE,
    TEXT_FILE,
    document_object,
    receipt_object,
    received_name,
)
from pipeline.plain import plain_json, to_plain
from pipeline.record import DocumentId
from pipeline.stores.objects import NewVersion, Objects
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import Archived, DocumentView, Effort

log = logging.getLogger(__name__)


def archive(
    made: Sequence[Made], objects: Objects, registers: Registers, worker: str
) -> set[DocumentId]:
    """Put each paper's version into the archive, then write that down.

    Idempotent: an object that is there already is adopted. The answer names the papers that were still ours.

    Raises:
        TemporaryFailure: no room, read-only archive; nothing half-done is left.
    """
    _archive_lists(made, objects)
    puts = objects.put_many([_version(item) for item in made])
    done = [
        Archived(
            document_id=item.document.id,
            version=item.document.version,
            inventory_sha512=put.inventory_sha512,
            files=put.files,
            to_read=pages_to_read(item.notes),
            was_read=item.was_read,
        )
        for item, put in zip(made, puts, strict=True)
    ]
    written = registers.archived_many(done, worker)
    for document_id in written:
        log.info("archived document=%s", document_id)
    return written


def _archive_lists(made: Sequence[Made], objects: Objects) -> None:
    """A dropped list is one object, as it came; the objects of its papers point to it."""
    lists = {item.receipt.id: item for item in made if item.receipt.is_list and item.dropped}
    news = [
        NewVersion(
            object_id=receipt_object(receipt_id),
            version=1,
            files={
                RECEIPT_FILE: plain_json(frozen_receipt(item.receipt)),
                **{received_name(path): path for path in item.dropped},
            },
            message="received",
            person=item.receipt.owner,
            created_at=item.receipt.received_at,
            volatile=frozenset({RECEIPT_FILE}),
        )
        for receipt_id, item in lists.items()
        if not objects.exists(receipt_object(receipt_id))
    ]
    if news:
        objects.put_many(news)


def _version(item: Made) -> NewVersion:
    document, receipt = item.document, item.receipt
    about = {
        "format": FORMAT,
        "document": _frozen_document(document),
        "receipt": frozen_receipt(receipt),
        "made": item.notes,
        "list_object": receipt_object(receipt.id) if receipt.is_list else None,
    }
    files: dict[str, Path | bytes] = {DOCUMENT_FILE: plain_json(about), **item.files}
    if TEXT_FILE not in item.keep:
        files[TEXT_FILE] = item.text.encode()
    return NewVersion(
        object_id=document_object(document.id),
        version=document.version,
        files=files,
        keep=item.keep,
        # Two runners on one paper write the same but for what others changed meanwhile, and for text read from a scan.
        volatile=frozenset({DOCUMENT_FILE, TEXT_FILE}) | item.volatile,
        message="archived" if document.version == 1 else "new version",
        person=receipt.owner,
        created_at=document.decided_at or document.received_at,
    )


def _frozen_document(document: DocumentView) -> dict[str, object]:
    """The paper without what only tells how far our work on it is."""
    still = replace(
        document,
        archived_version=document.version,
        answered_version=0,
        indexed_version=0,
        inventory_sha512="",
        files=(),
        effort=Effort(),
    )
    plain: dict[str, object] = to_plain(still)
    return plain
