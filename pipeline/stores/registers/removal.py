"""Removal of content as values: what it reaches, how far it is, and what a paper is afterwards. Nothing here knows the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.record import DocumentId, Facts, Place, ReceiptId
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    Effort,
    ReceiptView,
    Tombstone,
)

#: What stands in the book where the subject stood.
GONE = "Đã gỡ bỏ nội dung"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What holds a paper's content: itself, its duplicates and late records, its certified copies, and their drops."""

    documents: tuple[DocumentId, ...]
    receipts: tuple[ReceiptId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A removal that was begun: ids only, nothing of what is removed."""

    #: Of its journal row.
    id: int
    at: datetime
    persons: tuple[str, str]
    reason: str
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """A paper as it is after its removal, and the digests of its object's versions."""

    document: DocumentView
    inventories: tuple[str, ...]
    tombstone: Tombstone


def emptied_document(document: DocumentView, references: Mapping[DocumentId, str]) -> DocumentView:
    """The paper as its row and its tombstone have it: number, dates and state, nothing that it says.

    Args:
        references: Of the papers it has relations to, as we write them: the clerk's own words go.
    """
    is_kept = document.archived_version > 0
    version = document.archived_version + 1 if is_kept else document.version
    return replace(
        document,
        place=Place(index=document.place.index, row=document.place.row),
        record={},
        record_sha512="",
        state=DocumentState.PURGED,
        facts=Facts(subject=GONE) if is_kept else None,
        identity="",
        holds_identity=False,
        version=version,
        archived_version=version if is_kept else 0,
        answered_version=version if is_kept else 0,
        indexed_version=version if is_kept else 0,
        inventory_sha512="",
        files=(),
        problems=(),
        relations=tuple(
            replace(relation, reference=references[relation.document_id])
            for relation in document.relations
            if relation.document_id is not None and relation.document_id in references
        ),
        effort=Effort(),
    )


def emptied_receipt(receipt: ReceiptView, *, is_whole: bool) -> ReceiptView:
    """A drop without what was read in it; *is_whole*: none of its papers is left, so its name goes too."""
    bare = replace(receipt, extra={}, problems=(), answer_files=(), effort=Effort())
    if not is_whole:
        return bare
    return replace(
        bare,
        source_name="",
        folder=receipt.kind,
        sha512="",
        size_bytes=0,
        lot="",
        holds_bytes=False,
    )


def remark(tombstone: Tombstone) -> str:
    """What the book says beside the number."""
    first, second = tombstone.persons
    return (
        f"{GONE} ngày {tombstone.at:%d/%m/%Y}: {tombstone.reason} "
        f"(người gỡ: {first}; người duyệt: {second})"
    )
