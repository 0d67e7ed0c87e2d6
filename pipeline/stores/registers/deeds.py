"""Deeds on what stands: amend, void, hold, return; each a version or an entry, and a journal row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.clock import Clock
from pipeline.errors.base import Problem
from pipeline.errors.registers import NothingToVoid, NotWaiting, StateNotAllowed, UnknownDocument
from pipeline.legal import STATE_WORDS, may_become, next_states
from pipeline.record import DocumentId, EntryStatus, Facts, LegalState, Record, SeriesKey
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe, check_clock
from pipeline.stores.registers.lookup_code import storable
from pipeline.stores.registers.numbering import BY_HAND, Taking, take
from pipeline.stores.registers.rows import locked, locked_document, views
from pipeline.stores.registers.told import document_told, entry_told
from pipeline.stores.registers.versions import LIVING, drop_identity, set_facts, start_version
from pipeline.stores.registers.views import (
    SYSTEM,
    DocumentState,
    DocumentView,
    EntryView,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Ordinals set aside, and why."""

    status: EntryStatus
    person: str
    reason: str
    count: int
    start: int
    expires_on: date | None


def amend(
    db: Database,
    clock: Clock,
    document_id: DocumentId,
    content: tuple[Record, Facts],
    why: tuple[str, str, bool],
) -> int:
    """Another record under the same number, or only *while_waiting* for one; the number of the new version."""
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
        row.save(using=db.alias, force_update=True)
        scribe = Scribe(db, now, person)
        scribe.note(
            "amended",
            {"version": row.version, "reason": reason},
            document_id=row.id,
            receipt_id=row.receipt_id,
        )
        scribe.write()
        return row.version


def set_state(
    db: Database,
    clock: Clock,
    document_id: DocumentId,
    state: LegalState,
    why: tuple[str, str, date | None],
) -> DocumentView:
    """Another legal state under the same number, as the table allows; a new version."""
    person, reason, on = why
    now = clock.now()
    with db.transaction():
        row = locked_document(db, document_id)
        scribe = Scribe(db, now, person)
        change_state(db, row, state, (reason, on), scribe)
        scribe.write()
        return views(db, [row])[0]


def change_state(
    db: Database,
    row: models.Document,
    state: LegalState,
    why: tuple[str, date | None],
    scribe: Scribe,
) -> None:
    """Change a locked paper's state inside a transaction and note the deed.

    Raises:
        StateNotAllowed (R176): the table of states knows no such change.
    """
    reason, on = why
    standing = LegalState(row.legal_state)
    if row.state not in LIVING or not may_become(standing, state):
        allowed = ", ".join(f"«{STATE_WORDS[one]}»" for one in next_states(standing))
        raise StateNotAllowed(
            f"state not allowed document={row.id} {standing} -> {state}",
            what=row.id,
            now=STATE_WORDS[standing],
            then=STATE_WORDS[state],
            allowed=allowed or "không trạng thái nào",
        )
    start_version(db, row, reason=reason, person=scribe.person, now=scribe.at)
    row.legal_state = state.value
    row.save(using=db.alias, force_update=True)
    told: Record = {
        "from": standing.value,
        "to": state.value,
        "reason": reason,
        "version": row.version,
    }
    if on is not None:
        told["on"] = on.isoformat()
    scribe.note("state", told, document_id=row.id, receipt_id=row.receipt_id)


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
        scribe = Scribe(db, now, person)
        start_version(db, row, reason=reason, person=person, now=now)
        row.legal_state = LegalState.HUY_SO.value
        drop_identity(db, row)
        row.save(using=db.alias, force_update=True)
        _void_entry(db, entry, reason, scribe, row)
        scribe.write()
        return views(db, [row])[0]


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
        told | {"version": document.version},
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


def hold(db: Database, clock: Clock, key: SeriesKey, holding: Holding) -> list[EntryView]:
    """The next ordinals as rows without a paper."""
    now = clock.now()
    taking = Taking(
        document_id=None,
        status=holding.status,
        issued_on=wire.local(now).date(),
        reason=storable(holding.reason),
        expires_on=holding.expires_on,
        person=holding.person,
        source=BY_HAND,
    )
    with db.transaction():
        check_clock(db, now)
        entries = take(db, key, [taking] * holding.count, start=holding.start, now=now)
        scribe = Scribe(db, now, holding.person)
        for entry in entries:
            scribe.note("held", entry_told(entry))
        scribe.write()
        return [wire.entry_view(entry) for entry in entries]


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
        drop_identity(db, row)
        entry = db.rows(models.Entry).filter(document_id=row.id).first()
        if entry is not None:
            row.legal_state = LegalState.HUY_SO.value
            reason = problems[0].text if problems else "Văn bản không xử lý được."
            _void_entry(db, entry, reason, scribe, row)
        row.save(using=db.alias, force_update=True)
        scribe.note(
            "returned",
            document_told(row),
            document_id=row.id,
            receipt_id=row.receipt_id,
        )
        scribe.write()
        return True
