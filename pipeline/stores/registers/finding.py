"""Looking things up; nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import F, Q

from pipeline.legal import may_be_numbered
from pipeline.person_names import owner_key
from pipeline.record import Book, DocumentId, LegalState, ReceiptId
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.lookup_code import (
    bounded_key,
    fold_key,
    reference_key,
    stem_key,
    storable,
)
from pipeline.stores.registers.rows import by_ids, chunks, views
from pipeline.stores.registers.states import holders
from pipeline.stores.registers.versions import LIVING
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    ReceiptState,
    ReceiptView,
    VersionView,
)

_ID_LENGTH = 26
_FOUND_AT_MOST = 200
#: What failed so often will hardly be done before somebody mends the cause.
_OFTEN = 4
_OWING = (ReceiptState.RECEIVED.value, ReceiptState.DECIDED.value)


def get(db: Database, document_id: str) -> DocumentView | None:
    """One paper."""
    found = views(db, by_ids(db, [document_id]))
    return found[0] if found else None


def get_many(db: Database, document_ids: Iterable[str]) -> list[DocumentView]:
    """The papers of these ids that there are, in the order of the ids."""
    return views(db, by_ids(db, document_ids))


def receipt(db: Database, receipt_id: ReceiptId) -> ReceiptView | None:
    """One dropped file."""
    row = db.rows(models.Receipt).filter(id=receipt_id).first()
    return None if row is None else wire.receipt_view(row)


def documents_of(db: Database, receipt_id: ReceiptId) -> list[DocumentView]:
    """Papers of a dropped file in row order."""
    query = db.rows(models.Document).filter(receipt_id=receipt_id).order_by("row_index", "id")
    return views(db, query.iterator(chunk_size=500))


def versions_of(db: Database, document_id: DocumentId) -> list[VersionView]:
    """Versions of a paper, oldest first."""
    query = db.rows(models.Version).filter(document_id=document_id).order_by("number")
    return [wire.version_view(row) for row in query]


def find(db: Database, text: str) -> list[DocumentView]:
    """Papers that people may mean by *text*: id, lookup code, our reference or the sender's."""
    wanted = storable(text).strip()
    if not wanted:
        return []
    if len(wanted) == _ID_LENGTH and (found := get(db, wanted.lower())):
        return [found]
    key = reference_key(wanted)
    documents, entries = db.rows(models.Document), db.rows(models.Entry)
    # Three questions, each with its own index; as one they would read every paper.
    ids = set(entries.filter(lookup_code=wanted.upper()).values_list("document_id", flat=True))
    if key:
        ours = entries.filter(reference_key=key).values_list("document_id", flat=True)
        # What was given back, or is only the same paper again, is not what anybody means.
        living = documents.filter(their_reference_key=key, state__in=LIVING)
        theirs = living.values_list("id", flat=True)
        ids |= {*ours[:_FOUND_AT_MOST], *theirs[:_FOUND_AT_MOST]}
    return views(db, by_ids(db, sorted(str(one) for one in ids if one is not None)))


def by_sender_number(db: Database, ordinal: int) -> list[DocumentView]:
    """Living papers whose sender numbered them so, whatever the symbol behind it; the newest first."""
    # Up to letters beyond any symbol: every database puts a dash before digits and these before letters, or none of them.
    theirs = db.rows(models.Document).filter(
        their_reference_key__range=(f"{ordinal}-", f"{ordinal}-ZZZZ"),
        their_reference_key__startswith=f"{ordinal}-",
    )
    # The index of the reference alone decides: with the state in the question another one might seem better.
    rows = theirs.order_by().values_list("id", "state")
    ids = sorted((key for key, state in rows if state in LIVING), reverse=True)
    return views(db, by_ids(db, ids[:_FOUND_AT_MOST]))


def waiting(db: Database) -> list[DocumentView]:
    """Papers without a number that may still be given one."""
    states = [state.value for state in LegalState if may_be_numbered(state)]
    query = db.rows(models.Document).filter(
        state=DocumentState.WAITING.value, legal_state__in=states
    )
    return views(db, query.order_by("id"))


def newest_waiting(
    db: Database,
    limit: int,
    *,
    kinds: Collection[str] | None,
    but: Collection[str],
    owner: str | None,
) -> list[DocumentView]:
    """Of those the ones received last, the last one first; see ``Registers.newest_waiting``."""
    states = [state.value for state in LegalState if may_be_numbered(state)]
    query = db.rows(models.Document).filter(
        state=DocumentState.WAITING.value, legal_state__in=states
    )
    query = query.exclude(kind__in=list(but)) if but else query
    among = Q() if kinds is None else Q(kind__in=list(kinds))
    if owner is not None:
        query = query.filter(
            among & ~Q(legal_state=LegalState.DU_THAO) | Q(receipt__owner_key=owner_key(owner))
        )
    else:
        query = query.filter(among)
    # Ids first: whole papers are large to sort.
    ids = query.order_by("-id").values_list("id", flat=True)[:limit]
    return views(db, by_ids(db, ids))


def asking(
    db: Database, kinds: Iterable[str], offset: int, limit: int | None
) -> list[DocumentView]:
    """Living papers of these kinds that wait for the clerk's word: the most urgent first, then the oldest."""
    query = _asking(db, kinds).order_by("waiting_rank", "received_at", "id")
    end = None if limit is None else offset + limit
    return views(db, query[offset:end])


def count_asking(db: Database, kinds: Iterable[str]) -> int:
    """How many they are."""
    return int(_asking(db, kinds).count())


def _asking(db: Database, kinds: Iterable[str]) -> Any:
    query = db.rows(models.Document).filter(kind__in=list(kinds), waiting_rank__isnull=False)
    living = query.filter(state__in=LIVING)
    return living.exclude(legal_state__in=[LegalState.HUY_SO, LegalState.THU_HOI])


def receipts(db: Database, receipt_ids: Iterable[ReceiptId]) -> dict[ReceiptId, ReceiptView]:
    """Dropped files by id."""
    found = {}
    for piece in chunks(set(receipt_ids)):
        for row in db.rows(models.Receipt).filter(id__in=piece):
            found[ReceiptId(row.id)] = wire.receipt_view(row)
    return found


def awaiting_signature(db: Database) -> Iterator[DocumentView]:
    """Papers that have their number and are not known to be signed."""
    query = db.rows(models.Document).filter(
        state=DocumentState.NUMBERED.value, legal_state=LegalState.CHO_KY.value
    )
    for piece in chunks(list(query.order_by("id").values_list("id", flat=True))):
        yield from views(db, by_ids(db, piece))


def related_to(db: Database, document_id: DocumentId) -> list[DocumentView]:
    """Later papers that name this one."""
    query = db.rows(models.Document).filter(relations__target_id=document_id)
    return views(db, query.order_by("id").distinct())


def related_to_any(db: Database, document_ids: Iterable[str]) -> list[DocumentView]:
    """Later papers that name one of these."""
    found: dict[str, models.Document] = {}
    for piece in chunks(document_ids):
        query = db.rows(models.Document).filter(relations__target_id__in=piece)
        found |= {row.id: row for row in query}
    return views(db, (found[one] for one in sorted(found)))


def same_bytes(db: Database, kind: str, sha512: str) -> ReceiptView | None:
    """The living drop of these bytes."""
    row = db.rows(models.Receipt).filter(kind=kind, bytes_key=sha512).first()
    return None if row is None else wire.receipt_view(row)


def same_identity(db: Database, kind: str, identities: Iterable[str]) -> dict[str, DocumentView]:
    """Identity → the living paper that stands for it."""
    asked = {bounded_key(storable(identity)): identity for identity in identities if identity}
    held = holders(db, kind, asked)
    found = {view.id: view for view in views(db, by_ids(db, held.values()))}
    return {asked[key]: found[DocumentId(one)] for key, one in held.items()}


def same_record(db: Database, kind: str, sha512s: Iterable[str]) -> dict[str, DocumentView]:
    """Record digest → the oldest living paper made of it."""
    rows: dict[str, models.Document] = {}
    for piece in chunks({digest for digest in sha512s if digest}):
        query = db.rows(models.Document).filter(
            kind=kind, record_sha512__in=piece, state__in=LIVING
        )
        for row in query.exclude(legal_state=LegalState.HUY_SO).order_by("-received_at", "-id"):
            rows[row.record_sha512] = row
    return {view.record_sha512: view for view in views(db, rows.values())}


def by_line_codes(db: Database, kind: str, codes: Iterable[str]) -> dict[str, DocumentView]:
    """Line code → the paper that carries it: one with a number before any other, then the newest."""
    asked = {bounded_key(storable(code)): code for code in codes if code}
    rows: dict[str, models.Document] = {}
    for piece in chunks(asked):
        query = db.rows(models.Document).filter(kind=kind, line_code__in=piece)
        ordered = sorted(query, key=lambda row: (row.state in LIVING, row.id))
        rows |= {row.line_code: row for row in ordered}
    found = {view.id: view for view in views(db, rows.values())}
    return {asked[code]: found[DocumentId(row.id)] for code, row in rows.items()}


def same_paper(
    db: Database, their_reference: str, their_issuer: str, their_date: date | None
) -> list[DocumentView]:
    """Living incoming papers of this reference and body; a date unknown on one side says nothing."""
    key = reference_key(storable(their_reference))
    if not key:
        return []
    query = db.rows(models.Document).filter(
        their_reference_key=key,
        their_issuer_key=fold_key(storable(their_issuer)),
        state__in=LIVING,
    )
    if their_date is not None:
        query = query.filter(Q(their_date=their_date) | Q(their_date__isnull=True))
    return views(db, query.exclude(legal_state=LegalState.HUY_SO).order_by("id"))


def to_index(db: Database, limit: int) -> list[DocumentView]:
    """Papers whose archived version the index does not know."""
    query = db.rows(models.Document).filter(indexed_version__lt=F("archived_version"))
    return views(db, query.order_by("id")[:limit])


def findable(db: Database, after: str, limit: int) -> list[DocumentView]:
    """Papers that belong in the index, known to it or not, in order of their ids."""
    query = _findable(db).filter(id__gt=after)
    return views(db, query.order_by("id")[:limit])


def count_findable(db: Database) -> int:
    """How many they are."""
    return int(_findable(db).count())


def indexed_versions(db: Database) -> Iterator[tuple[DocumentId, int]]:
    """Id and version the index is said to have, of each of them."""
    query = _findable(db).order_by("id").values_list("id", "indexed_version")
    for key, version in query.iterator(chunk_size=2000):
        yield DocumentId(key), int(version)


def _findable(db: Database) -> Any:
    kept = db.rows(models.Document).exclude(state=DocumentState.PURGED.value)
    return kept.filter(archived_version__gt=0)


def removable_receipts(db: Database, limit: int) -> list[ReceiptId]:
    """Answered receipts whose spool still lies there."""
    query = db.rows(models.Receipt).filter(state=ReceiptState.ANSWERED.value, swept_at__isnull=True)
    return [ReceiptId(one) for one in query.order_by("id").values_list("id", flat=True)[:limit]]


def counts(db: Database) -> dict[str, int]:
    """How many wait where."""
    receipts, documents = db.rows(models.Receipt), db.rows(models.Document)
    return {
        "receipts_undecided": receipts.filter(state=ReceiptState.RECEIVED.value).count(),
        "receipts_failing": receipts.filter(
            state=ReceiptState.RECEIVED.value, attempts__gte=_OFTEN
        ).count(),
        "documents_unarchived": documents.filter(due_at__isnull=False).count(),
        "documents_unindexed": documents.filter(indexed_version__lt=F("archived_version")).count(),
        "documents_failing": documents.filter(due_at__isnull=False, attempts__gte=_OFTEN).count(),
        "readings_due": db.rows(models.TextReading).filter(due_at__isnull=False).count(),
        "deeds_unsealed": db.rows(models.JournalEntry).filter(sealed_day__isnull=True).count(),
    }


def by_source(db: Database, kind: str, stem: str) -> list[DocumentView]:
    """Living papers whose dropped file is called *stem*, newest first."""
    query = db.rows(models.Document).filter(
        kind=kind, state__in=LIVING, receipt__source_stem=stem_key(f"{stem}.x")
    )
    return views(db, query.order_by("-received_at", "-id")[:_FOUND_AT_MOST])


def same_source(db: Database, receipt: ReceiptView) -> list[ReceiptView]:
    """Answered drops of that name in that folder which came before it, newest first."""
    query = db.rows(models.Receipt).filter(
        kind=receipt.kind,
        folder=receipt.folder,
        source_stem=stem_key(receipt.source_name),
        state=ReceiptState.ANSWERED.value,
        received_at__lte=receipt.received_at,
    )
    rows = query.exclude(id=receipt.id).order_by("-received_at", "-id")[:_FOUND_AT_MOST]
    return [wire.receipt_view(row) for row in rows]


def by_id_end(db: Database, kind: str, end: str) -> list[DocumentView]:
    """Living papers whose id ends so; of any kind where none is named."""
    query = db.rows(models.Document).filter(state__in=LIVING, id__endswith=end)
    query = query.filter(kind=kind) if kind else query
    return views(db, query.order_by("id")[:_FOUND_AT_MOST])


def copy_with_code(db: Database, code: str) -> DocumentView | None:
    """The certified copy of a code."""
    found = views(db, db.rows(models.Document).filter(verification_key=code)) if code else []
    return found[0] if found else None


def copies_with_file(db: Database, sha512: str) -> list[DocumentView]:
    """Certified copies that hold a file of these bytes."""
    query = db.rows(models.Document).filter(
        entry__series__book=Book.SAO.value, files__contains=sha512
    )
    return views(db, query.order_by("id"))


def copies_changed(db: Database) -> list[DocumentView]:
    """Certified copies with more than one version."""
    query = db.rows(models.Document).filter(entry__series__book=Book.SAO.value, version__gt=1)
    return views(db, query.order_by("id"))


def later_drops(db: Database, document_id: DocumentId) -> list[ReceiptView]:
    """Drops that turned out to be this paper again, newest first."""
    ids = (
        db.rows(models.Document)
        .filter(duplicate_of_id=document_id, state=DocumentState.DUPLICATE.value)
        .values_list("receipt_id", flat=True)
    )
    query = db.rows(models.Receipt).filter(id__in=list(ids)).order_by("-received_at", "-id")
    return [wire.receipt_view(row) for row in query[:_FOUND_AT_MOST]]


def unfinished_receipts(db: Database) -> list[ReceiptId]:
    """Dropped files that are not answered, or whose papers the index does not know; oldest first."""
    receipts, documents = db.rows(models.Receipt), db.rows(models.Document)
    unindexed = documents.filter(indexed_version__lt=F("archived_version"))
    ids = {
        *receipts.filter(state__in=_OWING).values_list("id", flat=True),
        *documents.filter(due_at__isnull=False).values_list("receipt_id", flat=True),
        *unindexed.values_list("receipt_id", flat=True),
    }
    return [ReceiptId(one) for one in sorted(ids)]


def lease_holders(db: Database) -> dict[str, list[str]]:
    """Worker → ids of what it holds."""
    held: dict[str, list[str]] = {}
    is_held = Q(due_at__isnull=False) & ~Q(worker="")
    receipts = db.rows(models.Receipt).filter(is_held).values_list("worker", "id")
    documents = db.rows(models.Document).filter(is_held).values_list("worker", "id")
    readings = db.rows(models.TextReading).filter(is_held).values_list("worker", "id")
    for worker, item_id in [*receipts, *documents, *readings]:
        held.setdefault(worker, []).append(item_id)
    return held
