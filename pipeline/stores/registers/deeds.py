"""Deeds on what stands: amend, void, return; each a version or an entry, and a journal row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.clock import Clock
from pipeline.errors.base import Problem
from pipeline.errors.registers import NothingToVoid, NotWaiting, UnknownDocument
from pipeline.legal import STATE_WORDS
from pipeline.record import (
    DocumentId,
    EntryStatus,
    Facts,
    LegalState,
    Record,
    Relation,
    SeriesKey,
)
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.effects import take_effect, undo
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.lookup_code import identity_key, storable
from pipeline.stores.registers.rows import (
    insert_rows,
    locked,
    locked_document,
    relations_of,
    views,
)
from pipeline.stores.registers.states import (
    change_state,
    check_change,
    find_heir,
    has_number,
    holders,
)
from pipeline.stores.registers.told import document_told
from pipeline.stores.registers.versions import LIVING, free_bytes, set_facts, start_version
from pipeline.stores.registers.views import (
    SYSTEM,
    DocumentState,
    DocumentView,
    EntryView,
)

_NOT_WORKABLE = "Văn bản không xử lý được."


def amend(
    db: Database,
    clock: Clock,
    document_id: DocumentId,
    content: tuple[Record, Facts],
    why: tuple[str, str, bool],
    *,
    relations: Sequence[Relation] = (),
    identity: str = "",
) -> int:
    """Another record under the same number, or only *while_waiting* for one; the number of the new version.

    Relations it newly names are added.
    """
    record, facts = content
    person, reason, while_waiting = why
    now = clock.now()
    with db.transaction():
        row = locked_document(db, document_id)
        if row.state not in LIVING:
            raise UnknownDocument(f"not a living paper document={row.id}", what=row.id)
        if while_waiting and row.state != DocumentState.WAITING:
            why_not = STATE_WORDS[LegalState(row.legal_state)]
            raise NotWaiting(f"numbered by now document={row.id}", what=row.id, why=why_not)
        start_version(db, row, reason=reason, person=person, now=now)
        row.record = record
        set_facts(row, wire.facts_to_json(facts))
        before = _take_identity(db, row, identity_key(identity) if identity else row.identity)
        row.save(using=db.alias, force_update=True)
        scribe = Scribe(db, now, person)
        if before != row.identity:
            find_heir(db, row.kind, before, scribe)
        scribe.note(
            "amended",
            {"version": row.version, "reason": reason},
            document_id=row.id,
            receipt_id=row.receipt_id,
        )
        _relate(db, row, relations, scribe)
        scribe.write()
        return row.version


def _take_identity(db: Database, row: models.Document, identity: str) -> str:
    """Let the paper stand for what it is about now, where no other living one does; what it was about before."""
    before = row.identity
    if identity != before:
        row.identity = identity
        row.identity_key = None if holders(db, row.kind, [identity]) else identity
    return before


def _relate(
    db: Database, row: models.Document, relations: Sequence[Relation], scribe: Scribe
) -> None:
    """Add to a paper's relations those it does not have yet, with what they do to the earlier papers."""
    known = [wire.relation(one) for one in relations_of(db, [row.id]).get(row.id, ())]
    had = {(one.kind, one.document_id) for one in known}
    fresh = [one for one in relations if (one.kind, one.document_id) not in had]
    insert_rows(db, wire.relation_rows(row.id, [*known, *fresh])[len(known) :])
    if has_number(row):
        entry = db.rows(models.Entry).get(document_id=row.id)
        shown = wire.shown_of(entry, wire.facts_from_json(row.facts))
        for earlier in take_effect(db, row, shown, fresh, scribe):
            find_heir(db, earlier.kind, earlier.identity, scribe)


def set_state(
    db: Database,
    clock: Clock,
    document_id: DocumentId,
    state: LegalState,
    why: tuple[str, str, date | None],
) -> DocumentView:
    """Another legal state under the same number, as the table allows; a new version.

    «Hủy số» is more than a state: the number becomes void with it.
    """
    person, reason, on = why
    if state is LegalState.HUY_SO:
        return void(db, clock, document_id, reason, person)
    now = clock.now()
    with db.transaction():
        row = locked_document(db, document_id)
        scribe = Scribe(db, now, person)
        change_state(db, row, state, (reason, on), scribe)
        scribe.write()
        return views(db, [row])[0]


def void(
    db: Database, clock: Clock, document_id: DocumentId, reason: str, person: str
) -> DocumentView:
    """Void the number of a paper: entry, legal state, identity and a new version."""
    now = clock.now()
    with db.transaction():
        row = locked_document(db, document_id)
        entry = db.rows(models.Entry).filter(document_id=row.id).first()
        if entry is None or entry.status == EntryStatus.VOID:
            raise NothingToVoid(f"nothing to void document={row.id}", what=row.id)
        check_change(db, row, LegalState.HUY_SO)
        scribe = Scribe(db, now, person)
        if row.state == DocumentState.PURGED:
            # There is nothing to make a new version of: its ordinal alone is void.
            _void_entry(db, entry, reason, scribe, None)
            scribe.write()
            return views(db, [row])[0]
        start_version(db, row, reason=reason, person=person, now=now)
        row.legal_state = LegalState.HUY_SO.value
        row.identity_key = None
        row.save(using=db.alias, force_update=True)
        _void_entry(db, entry, reason, scribe, row)
        _leave(db, row, reason, scribe)
        scribe.write()
        return views(db, [row])[0]


def _leave(db: Database, row: models.Document, reason: str, scribe: Scribe) -> None:
    """What follows when a paper lives no more: its deeds are undone, and another one may stand for its deed."""
    undo(db, row, reason, scribe)
    find_heir(db, row.kind, row.identity, scribe)
    free_bytes(db, row)


def _void_entry(
    db: Database,
    entry: models.Entry,
    reason: str,
    scribe: Scribe,
    document: models.Document | None,
) -> None:
    entry.status = EntryStatus.VOID.value
    entry.reason = storable(reason)
    entry.save(using=db.alias, update_fields=["status", "reason"])
    told = {"series": entry.series_id, "ordinal": entry.ordinal, "reason": reason}
    if document is None:
        scribe.note("voided", told)
        return
    scribe.note(
        "voided",
        told | {"version": document.version, "holds_identity": False},
        document_id=document.id,
        receipt_id=document.receipt_id,
    )


def void_entry(
    db: Database, clock: Clock, place: tuple[SeriesKey, int], why: tuple[str, str]
) -> EntryView:
    """Void an ordinal, with or without a paper."""
    key, ordinal = place
    reason, person = why
    query = db.rows(models.Entry).filter(series_id=str(key), ordinal=ordinal)
    standing = query.first()
    if standing is None:
        raise UnknownDocument(f"no such entry series={key} ordinal={ordinal}", what=ordinal)
    if standing.document_id is not None:
        void(db, clock, DocumentId(standing.document_id), reason, person)
        return wire.entry_view(query.get())
    with db.transaction():
        entry = locked(db, query).get()
        if entry.status == EntryStatus.VOID:
            raise NothingToVoid(f"void already series={key} ordinal={ordinal}", what=ordinal)
        scribe = Scribe(db, clock.now(), person)
        _void_entry(db, entry, reason, scribe, None)
        scribe.write()
        return wire.entry_view(entry)


def return_document(
    db: Database, clock: Clock, document_id: DocumentId, worker: str, problems: Sequence[Problem]
) -> bool:
    """Give a paper back that cannot be worked on; a number it had is void and says so."""
    now = clock.now()
    with db.transaction():
        row = locked_document(db, document_id)
        if row.worker != worker or row.archived_version:
            return False
        scribe = Scribe(db, now, SYSTEM)
        row.state = DocumentState.RETURNED.value
        row.problems = wire.problems_to_json(problems)
        row.due_at = None
        row.worker = ""
        row.identity_key = None
        entry = db.rows(models.Entry).filter(document_id=row.id).first()
        # The problem's own words may name the file: they stay with the paper.
        codes = ", ".join(problem.code for problem in problems)
        reason = f"Văn bản không xử lý được ({codes})." if codes else _NOT_WORKABLE
        if entry is not None:
            row.legal_state = LegalState.HUY_SO.value
            _void_entry(db, entry, reason, scribe, row)
        row.save(using=db.alias, force_update=True)
        _leave(db, row, reason, scribe)
        scribe.note(
            "returned",
            document_told(row),
            document_id=row.id,
            receipt_id=row.receipt_id,
        )
        scribe.write()
        return True
