"""Acts 5 and 6: what was ruled about the papers of a receipt becomes fact, numbers and all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.db import IntegrityError

from pipeline.clock import Clock
from pipeline.errors.base import Problem
from pipeline.errors.registers import (
    CounterBehind,
    DraftOnItsWay,
    NotWaiting,
    RulesBroken,
    UnknownDocument,
)
from pipeline.legal import NUMBERED_WHY, STATE_WORDS, may_be_numbered
from pipeline.record import LegalState, ReceiptId
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.books import gaps
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.doubles import is_accepted, without_doubles
from pipeline.stores.registers.effects import refused, take_effect
from pipeline.stores.registers.journal_rows import Scribe, check_clock
from pipeline.stores.registers.lookup_code import identity_key
from pipeline.stores.registers.number_rulings import Occasion, number_one, number_rulings
from pipeline.stores.registers.rows import (
    insert_rows,
    locked,
    locked_document,
    relations_of,
    update_rows,
    views,
)
from pipeline.stores.registers.states import find_heir, holders
from pipeline.stores.registers.told import document_told, entry_told, problems_told
from pipeline.stores.registers.versions import LIVING, first_version, set_facts, start_version
from pipeline.stores.registers.views import (
    SYSTEM,
    DocumentState,
    DocumentView,
    ReceiptState,
    Ruling,
    Verdict,
)

_DECIDED = (
    "waiting_rank",
    "record",
    "state",
    "legal_state",
    "ban_goc",
    "facts",
    "identity",
    "identity_key",
    "term",
    "template_digest",
    "layout_profile",
    "problems",
    "duplicate_of",
    "their_reference_key",
    "their_issuer_key",
    "their_date",
    "verification_key",
    "decided_at",
    "due_at",
    "worker",
    "attempts",
    "version",
)
#: A race with another batch is settled by trying again: the other's rows are visible then.
_TRIES = 3
#: A paper dropped alone is made before the rows of lists: nobody waits behind ten thousand sheets.
_AHEAD = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class _Work:
    """One transaction's worth: papers, what is ruled, and who rules."""

    db: Database
    now: datetime
    person: str
    documents: dict[str, models.Document]
    rulings: list[Ruling]
    #: The day it was dropped, or asked for: later papers date nothing back to it.
    asked_on: date
    #: Nothing is numbered unless all is (``ca_lo``).
    hold_all: bool = False
    entries: dict[str, models.Entry] = field(default_factory=dict)
    #: What the new papers do to earlier ones, in the name of who dropped them.
    effects: Scribe
    #: Ordinals passed over by numbers given by hand.
    skipped: list[models.Entry] = field(default_factory=list)


def decide(
    db: Database,
    clock: Clock,
    receipt_id: ReceiptId,
    rulings: Sequence[Ruling],
    problems: Sequence[Problem],
) -> list[DocumentView]:
    """Number, take in, return or refuse as ruled; papers decided before stay as they are."""
    for tries_left in reversed(range(_TRIES)):
        try:
            with db.transaction():
                return _decide(db, clock.now(), receipt_id, rulings, problems)
        except IntegrityError as error:
            if tries_left == 0:
                raise _explained(db, error) from error
    raise AssertionError


def _explained(db: Database, error: IntegrityError) -> CounterBehind | RulesBroken:
    """A clash that does not go away: a counter that lags behind its book, or a ruling that cannot be."""
    for gap in gaps(db):
        if gap.why == "beyond":
            return CounterBehind(
                f"entry beyond the counter series={gap.series} ordinal={gap.ordinal}",
                series=gap.series,
            )
    return RulesBroken(f"rows refused by the database: {error}")


def _decide(
    db: Database,
    now: datetime,
    receipt_id: ReceiptId,
    rulings: Sequence[Ruling],
    problems: Sequence[Problem],
) -> list[DocumentView]:
    receipt = locked(db, db.rows(models.Receipt).filter(id=receipt_id)).first()
    if receipt is None:
        raise UnknownDocument(f"no such receipt receipt={receipt_id}", what=receipt_id)
    rows = list(db.rows(models.Document).filter(receipt_id=receipt_id).order_by("row_index", "id"))
    undecided = {row.id: row for row in rows if row.state == DocumentState.RECEIVED}
    work = _Work(
        db=db,
        now=now,
        person=SYSTEM,
        documents=undecided,
        rulings=[ruling for ruling in rulings if ruling.document_id in undecided],
        effects=Scribe(db, now, receipt.owner),
        asked_on=wire.local(receipt.received_at).date(),
        hold_all=receipt.hold_all,
    )
    scribe = Scribe(db, now)
    _settle(work, scribe)
    if receipt.state == ReceiptState.RECEIVED:
        _close(db, receipt, rows, problems, scribe)
    scribe.write()
    work.effects.write()
    return views(db, rows)


def _settle(work: _Work, scribe: Scribe) -> None:
    """Carry the rulings out and note each."""
    if any(ruling.verdict is Verdict.NUMBER for ruling in work.rulings):
        check_clock(work.db, work.now)
    work.rulings = without_doubles(work.db, work.rulings, work.documents)
    work.rulings = _returned(work.rulings, refused(work.db, work.rulings, work.documents))
    work.rulings = _number(work)
    earlier = _take_effects(work)
    for ruling in work.rulings:
        _apply(work, ruling)
    done = [work.documents[ruling.document_id] for ruling in work.rulings]
    update_rows(work.db, done, _DECIDED)
    _insert_belongings(work)
    for entry in work.skipped:
        scribe.note("held", entry_told(entry))
    for ruling in work.rulings:
        _note(work, ruling, scribe)
    for row in earlier:
        find_heir(work.db, row.kind, row.identity, work.effects)


def _take_effects(work: _Work) -> list[models.Document]:
    """Change the earlier papers first: they give the identity free that the new ones take."""
    earlier: list[models.Document] = []
    for ruling in work.rulings:
        entry = work.entries.get(ruling.document_id)
        if ruling.relations and entry is not None:
            row = work.documents[ruling.document_id]
            earlier += take_effect(
                work.db,
                row,
                wire.shown_of(entry, ruling.facts),
                ruling.relations,
                work.effects,
            )
    return earlier


def _number(work: _Work) -> list[Ruling]:
    """Take the ordinals; a number given by hand or a date that cannot be is ruled a return."""
    wanted = [ruling for ruling in work.rulings if ruling.verdict is Verdict.NUMBER]
    numbered = number_rulings(work.db, wanted, _occasion(work), hold_all=work.hold_all)
    work.entries, work.skipped = numbered.entries, numbered.skipped
    return _returned(work.rulings, numbered.refused)


def _returned(rulings: Sequence[Ruling], refused: Mapping[str, Problem]) -> list[Ruling]:
    return [
        replace(ruling, verdict=Verdict.RETURN, problems=(refused[ruling.document_id],))
        if ruling.document_id in refused
        else ruling
        for ruling in rulings
    ]


def _occasion(work: _Work) -> Occasion:
    return Occasion(now=work.now, person=work.person, asked_on=work.asked_on)


def _apply(work: _Work, ruling: Ruling) -> None:
    """Set the columns of one paper as ruled."""
    row = work.documents[ruling.document_id]
    accepted = is_accepted(ruling)
    row.state = _STATES[ruling.verdict].value
    row.record = row.record if ruling.record is None else ruling.record
    row.legal_state = ruling.legal_state.value
    row.ban_goc = ruling.ban_goc.value
    row.identity = identity_key(ruling.identity)
    if accepted and ruling.identity and not ruling.issue_again:
        row.identity_key = row.identity
    row.term = ruling.term
    row.template_digest = ruling.template_digest
    row.layout_profile = ruling.layout_profile
    row.problems = wire.problems_to_json(ruling.problems)
    row.duplicate_of_id = ruling.duplicate_of
    row.decided_at = work.now
    row.due_at = _due_at(work, ruling) if accepted else None
    row.worker = ""
    row.attempts = 0
    set_facts(row, wire.facts_to_json(ruling.facts))


def _due_at(work: _Work, ruling: Ruling) -> datetime:
    """The urgent ones before all, then those dropped alone."""
    is_urgent = ruling.facts is not None and bool(ruling.facts.urgency)
    ahead = 2 * _AHEAD if is_urgent else timedelta()
    return work.now - ahead - (_AHEAD if len(work.documents) == 1 else timedelta())


_STATES = {
    Verdict.NUMBER: DocumentState.NUMBERED,
    Verdict.NO_NUMBER: DocumentState.WAITING,
    Verdict.RETURN: DocumentState.RETURNED,
    Verdict.DUPLICATE: DocumentState.DUPLICATE,
}


def _insert_belongings(work: _Work) -> None:
    versions: list[models.Version] = []
    relations: list[models.Relation] = []
    for ruling in work.rulings:
        if is_accepted(ruling):
            row = work.documents[ruling.document_id]
            versions.append(first_version(row, work.person, work.now))
            relations += wire.relation_rows(ruling.document_id, ruling.relations)
    insert_rows(work.db, versions)
    insert_rows(work.db, relations)


def _note(work: _Work, ruling: Ruling, scribe: Scribe) -> None:
    row = work.documents[ruling.document_id]
    scribe.note(
        _DEEDS[ruling.verdict],
        document_told(row, work.entries.get(row.id)) | ruling.told,
        document_id=row.id,
        receipt_id=row.receipt_id,
    )


_DEEDS = {
    Verdict.NUMBER: "numbered",
    Verdict.NO_NUMBER: "accepted",
    Verdict.RETURN: "returned",
    Verdict.DUPLICATE: "duplicate",
}


def _close(
    db: Database,
    receipt: models.Receipt,
    documents: list[models.Document],
    problems: Sequence[Problem],
    scribe: Scribe,
) -> None:
    """The receipt is decided when every paper is; then it owes an answer."""
    if any(row.state == DocumentState.RECEIVED for row in documents):
        return
    receipt.state = ReceiptState.DECIDED.value
    receipt.problems = wire.problems_to_json(problems)
    receipt.due_at = scribe.at
    receipt.worker = ""
    receipt.attempts = 0
    if not any(row.state in LIVING for row in documents):
        receipt.bytes_key = None
    if problems:
        told = {"problems": problems_told(receipt.problems)}
        scribe.note("returned", told, receipt_id=receipt.id)
    receipt.save(using=db.alias, force_update=True)


def issue_many(
    db: Database, clock: Clock, rulings: Sequence[Ruling], person: str
) -> list[DocumentView]:
    """Number papers in the order given, all of them or none; see :func:`issue`."""
    with db.transaction():
        for document_id in sorted(ruling.document_id for ruling in rulings):
            locked_document(
                db, document_id
            )  # in one order, so that two calls cannot lock crosswise
        return [issue(db, clock, ruling, person) for ruling in rulings]


def issue(db: Database, clock: Clock, ruling: Ruling, person: str) -> DocumentView:
    """Number a paper that waited for its signature: a new version with its number; now it does what it says.

    Raises:
        NotWaiting (R174), ClockBehind (T311), StateNotAllowed (R176), and what :mod:`numbering` raises.
        DraftOnItsWay (T316): its newest draft is not archived yet.
    """
    with db.transaction():
        now = clock.now()
        check_clock(db, now)
        row = locked_document(db, ruling.document_id)
        _check_waiting(db, row)
        assert ruling.series is not None
        scribe = Scribe(db, now, person)
        work = _Work(
            db=db,
            now=now,
            person=person,
            documents={row.id: row},
            rulings=[ruling],
            effects=scribe,
            asked_on=wire.local(now).date(),
        )
        given = number_one(db, ruling, _occasion(work))
        start_version(db, row, reason=NUMBERED_WHY, person=person, now=now)
        relations = [wire.relation(one) for one in relations_of(db, [row.id]).get(row.id, ())]
        earlier = take_effect(db, row, wire.shown_of(given.entry, ruling.facts), relations, scribe)
        lease = row.due_at, row.worker
        holder = holders(db, row.kind, [row.identity]).get(row.identity, row.id)
        _apply(work, replace(ruling, identity=row.identity, issue_again=holder != row.id))
        row.due_at, row.worker = lease
        update_rows(db, [row], _DECIDED)
        for passed in given.between:
            scribe.note("held", entry_told(passed))
        signer = ruling.facts.signer if ruling.facts else ""
        told = document_told(row, given.entry) | {"signer": signer}
        scribe.note("numbered", told, document_id=row.id, receipt_id=row.receipt_id)
        for one in earlier:
            find_heir(db, one.kind, one.identity, scribe)
        scribe.write()
        return views(db, [row])[0]


def _check_waiting(db: Database, row: models.Document) -> None:
    standing = LegalState(row.legal_state)
    if row.state != DocumentState.WAITING or not may_be_numbered(standing):
        shown = views(db, [row])[0].number
        why = f"đã có số {shown.shown}" if shown else STATE_WORDS[standing]
        raise NotWaiting(f"not waiting document={row.id} {standing}", what=row.id, why=why)
    if row.archived_version < row.version:
        raise DraftOnItsWay(f"draft not archived document={row.id}", what=row.id)
