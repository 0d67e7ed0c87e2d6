"""Removal of what papers say: row, number and chain stay, emptied; begun and finished by deeds of their own.

Who asks for it finds out with :func:`reach` what holds a paper's content, writes that down with :func:`begin`, destroys
what lies outside the database, and then empties the rows with :func:`empty`. All of it may be done again after a crash,
until :func:`finish`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.clock import Clock
from pipeline.record import DocumentId, ReceiptId, Record, RelationKind
from pipeline.stores.registers import finding, models, rebuild, route_rows, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.removal import Begun, Emptied, Reach, remark
from pipeline.stores.registers.rows import by_ids, chunks, views
from pipeline.stores.registers.scrubbing import overwrite
from pipeline.stores.registers.states import find_heir
from pipeline.stores.registers.versions import free_bytes
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    ReceiptView,
    Tombstone,
)

BEGUN = "purge-begun"
DONE = "purge-done"


def reach(db: Database, document_id: DocumentId) -> Reach:
    """Follow a paper to everything that holds what it says."""
    rows = db.rows(models.Document)
    found: set[str] = set()
    fresh = {str(document_id)}
    while fresh:
        found |= fresh
        related: set[str] = set()
        for piece in chunks(sorted(fresh)):
            alike = rows.filter(duplicate_of_id__in=piece)
            copies = db.rows(models.Relation).filter(
                kind=RelationKind.SAO.value, target_id__in=piece
            )
            digests = rows.filter(id__in=piece).exclude(record_sha512="").exclude(record={})
            # A paper of the same record that stands in its own right is another paper.
            same = rows.filter(
                record_sha512__in=list(digests.values_list("record_sha512", flat=True)),
                state__in=(DocumentState.RETURNED.value, DocumentState.DUPLICATE.value),
            )
            related |= set(alike.values_list("id", flat=True))
            related |= set(copies.values_list("document_id", flat=True))
            related |= set(same.values_list("id", flat=True))
        fresh = related - found
    receipts: set[str | None] = set(rows.filter(id__in=found).values_list("receipt_id", flat=True))
    told = db.rows(models.JournalEntry).filter(document_id__in=found, receipt_id__isnull=False)
    receipts |= set(told.values_list("receipt_id", flat=True))
    return Reach(
        documents=tuple(DocumentId(one) for one in sorted(found)),
        receipts=tuple(ReceiptId(one) for one in sorted(filter(None, receipts))),
    )


def begin(db: Database, clock: Clock, what: Reach, why: tuple[tuple[str, str], str]) -> Begun:
    """Write down that content is about to be removed."""
    persons, reason = why
    data: Record = {
        "documents": list(what.documents),
        "receipts": list(what.receipts),
        "second_person": persons[1],
        "reason": reason,
    }
    with db.transaction():
        row = models.JournalEntry(at=clock.now(), person=persons[0], deed=BEGUN, data=data)
        row.save(using=db.alias, force_insert=True)
    return _begun(row)


def unfinished(db: Database) -> list[Begun]:
    """Removals that were begun and not finished, oldest first."""
    done = {row.data["begun"] for row in db.rows(models.JournalEntry).filter(deed=DONE)}
    return [one for one in begun(db) if one.id not in done]


def begun(db: Database) -> list[Begun]:
    """Every removal that was ever begun."""
    rows = db.rows(models.JournalEntry).filter(deed=BEGUN)
    return [_begun(row) for row in rows.order_by("id")]


def _begun(row: models.JournalEntry) -> Begun:
    return Begun(
        id=row.id,
        at=wire.local(row.at),
        persons=(row.person, row.data["second_person"]),
        reason=row.data["reason"],
        reach=Reach(
            documents=tuple(map(DocumentId, row.data["documents"])),
            receipts=tuple(map(ReceiptId, row.data["receipts"])),
        ),
    )


def empty(
    db: Database,
    clock: Clock,
    papers: Sequence[Emptied],
    receipts: Iterable[ReceiptView],
    lists: Iterable[Tombstone],
) -> None:
    """Empty rows of papers and drops in one transaction; those that are emptied already stay so."""
    overwrite(db)
    standing = {row.object_id for row in db.rows(models.Removal)}
    with db.transaction():
        for receipt in receipts:
            _empty_receipt(db, receipt)
        for paper in papers:
            _empty_paper(db, clock, paper, is_told=paper.tombstone.object_id in standing)
        for stone in lists:
            if stone.object_id not in standing:
                rebuild.bury(db, clock, stone)


def _empty_receipt(db: Database, receipt: ReceiptView) -> None:
    row = rebuild.receipt_row(receipt, receipt.received_at)
    row.save(using=db.alias, force_update=True)


def _empty_paper(db: Database, clock: Clock, paper: Emptied, *, is_told: bool) -> None:
    document, stone = paper.document, paper.tombstone
    rows = db.rows(models.Document).filter(id=document.id)
    if rows.filter(state=DocumentState.PURGED.value).exists():
        return
    scribe = Scribe(db, clock.now(), stone.persons[0])
    _hand_identity_on(db, document.id, scribe)
    scribe.write()
    rebuild.document_row(document, stone.at).save(using=db.alias, force_update=True)
    db.rows(models.TextReading).filter(id=document.id).delete()
    route_rows.forget(db, document.id)
    relations = db.rows(models.Relation).filter(document_id=document.id)
    relations.delete()
    db.rows(models.Relation).bulk_create(wire.relation_rows(document.id, document.relations))
    versions = db.rows(models.Version).filter(document_id=document.id)
    versions.update(record=None, facts=None, legal_state=None)
    for number, digest in enumerate(paper.inventories, start=1):
        versions.filter(number=number).update(inventory_sha512=digest)
    if paper.inventories:
        models.Version(
            document_id=document.id,
            number=document.version,
            reason=stone.reason,
            person=stone.persons[0],
            at=stone.at,
            inventory_sha512=paper.inventories[-1],
        ).save(using=db.alias, force_insert=True)
    entry = db.rows(models.Entry).filter(document_id=document.id).first()
    if entry is not None:
        parts = [entry.remark] if remark(stone) not in entry.remark else []
        entry.remark = "; ".join(part for part in (*parts, remark(stone)) if part)
        entry.save(using=db.alias, update_fields=["remark"])
    if not is_told:
        version = document.version if paper.inventories else 0
        rebuild.bury(db, clock, stone, version=version)


def _hand_identity_on(db: Database, document_id: DocumentId, scribe: Scribe) -> None:
    """Drop the identity of a paper that lives no more; another living one of its deed stands for it."""
    for row in by_ids(db, [document_id]):
        # Purged already here: it must not be found as its own heir.
        gone = {"identity_key": None, "state": DocumentState.PURGED.value}
        db.rows(models.Document).filter(id=row.id).update(**gone)
        find_heir(db, row.kind, row.identity, scribe)
        free_bytes(db, row)


def finish(db: Database, clock: Clock, begun: Begun, told: Mapping[str, object]) -> None:
    """Write down that nothing is left to be removed."""
    with db.transaction():
        scribe = Scribe(db, clock.now(), begun.persons[0])
        scribe.note(DONE, {"begun": begun.id, **told})
        scribe.write()


def papers(db: Database, ids: Iterable[DocumentId]) -> list[DocumentView]:
    """Papers by id, in that order."""
    return views(db, by_ids(db, ids))


def is_at_rest(db: Database, what: Reach) -> bool:
    """Whether nobody works on these papers and drops, nor has to."""
    return not (
        db.rows(models.Document).filter(id__in=what.documents, due_at__isnull=False).exists()
        or db.rows(models.Receipt).filter(id__in=what.receipts, due_at__isnull=False).exists()
    )


def drops(db: Database, ids: Iterable[ReceiptId]) -> list[ReceiptView]:
    """The drops of *ids* that there are."""
    found = (finding.receipt(db, one) for one in ids)
    return [one for one in found if one is not None]
