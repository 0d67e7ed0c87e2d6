"""Acts 5 and 6: what was ruled about the papers of a receipt becomes fact, numbers and all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import IntegrityError

from pipeline.clock import Clock
from pipeline.errors.base import Problem
from pipeline.errors.registers import (
    CounterBehind,
    DraftOnItsWay,
    NotWaiting,
    NumberOutOfReach,
    NumberTaken,
    RulesBroken,
    UnknownDocument,
)
from pipeline.legal import NUMBERED_WHY, STATE_WORDS, may_be_numbered
from pipeline.record import DocumentId, EntryStatus, LegalState, ReceiptId, SeriesKey
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.books import gaps
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe, check_clock
from pipeline.stores.registers.lookup_code import bounded_key, storable
from pipeline.stores.registers.numbering import BY_FLOW, BY_HAND, Taking, take, take_given
from pipeline.stores.registers.rows import (
    chunks,
    insert_rows,
    locked,
    locked_document,
    update_rows,
    views,
)
from pipeline.stores.registers.told import document_told
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
    entries: dict[str, models.Entry] = field(default_factory=dict)


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
    )
    scribe = Scribe(db, now)
    _settle(work, scribe)
    if receipt.state == ReceiptState.RECEIVED:
        _close(db, receipt, rows, problems, scribe)
    scribe.write()
    return views(db, rows)


def _settle(work: _Work, scribe: Scribe) -> None:
    """Carry the rulings out and note each."""
    if any(ruling.verdict is Verdict.NUMBER for ruling in work.rulings):
        check_clock(work.db, work.now)
    work.rulings = _without_doubles(work)
    work.rulings = _number(work)
    for ruling in work.rulings:
        _apply(work, ruling)
    done = [work.documents[ruling.document_id] for ruling in work.rulings]
    update_rows(work.db, done, _DECIDED)
    _insert_belongings(work)
    for ruling in work.rulings:
        _note(work, ruling, scribe)


def _without_doubles(work: _Work) -> list[Ruling]:
    """The rulings, where a second living paper of one identity is ruled a duplicate."""
    asked: dict[str, set[str]] = {}
    for ruling in work.rulings:
        if _is_accepted(ruling) and ruling.identity:
            kind = work.documents[ruling.document_id].kind
            asked.setdefault(kind, set()).add(_identity(ruling))
    known = {
        (kind, identity): holder
        for kind, identities in asked.items()
        for identity, holder in holders(work.db, kind, identities).items()
    }
    ruled = []
    for ruling in work.rulings:
        key = (work.documents[ruling.document_id].kind, _identity(ruling))
        if not _is_accepted(ruling) or not ruling.identity:
            ruled.append(ruling)
        elif key not in known:
            known[key] = ruling.document_id
            ruled.append(replace(ruling, issue_again=False))
        elif ruling.issue_again:
            ruled.append(ruling)
        else:
            holder = DocumentId(known[key])
            ruled.append(replace(ruling, verdict=Verdict.DUPLICATE, duplicate_of=holder))
    return ruled


def holders(db: Database, kind: str, identities: Iterable[str]) -> dict[str, str]:
    """Identity → id of the living paper that stands for it."""
    found: dict[str, str] = {}
    for piece in chunks(identities):
        query = db.rows(models.Document).filter(kind=kind, identity_key__in=piece)
        found |= {str(key): one for key, one in query.values_list("identity_key", "id")}
    return found


def _identity(ruling: Ruling) -> str:
    return bounded_key(storable(ruling.identity))


def _is_accepted(ruling: Ruling) -> bool:
    return ruling.verdict in {Verdict.NUMBER, Verdict.NO_NUMBER}


def _number(work: _Work) -> list[Ruling]:
    """Take the ordinals; a number given by hand that cannot be is ruled a return."""
    groups: dict[str, list[Ruling]] = {}
    for ruling in work.rulings:
        if ruling.verdict is Verdict.NUMBER:
            assert ruling.series is not None
            groups.setdefault(str(ruling.series), []).append(ruling)
    refused: dict[str, Problem] = {}
    for key in sorted(groups):  # always in one order, so that two batches cannot lock crosswise
        refused |= _number_series(work, SeriesKey.parse(key), groups[key])
    return [
        replace(ruling, verdict=Verdict.RETURN, problems=(refused[ruling.document_id],))
        if ruling.document_id in refused
        else ruling
        for ruling in work.rulings
    ]


def _number_series(work: _Work, key: SeriesKey, rulings: list[Ruling]) -> dict[str, Problem]:
    refused: dict[str, Problem] = {}
    start = rulings[0].start
    for ruling in rulings:
        if ruling.ordinal is None:
            continue
        try:
            entry = take_given(work.db, key, _taking(work, ruling), start=start, now=work.now)
        except (NumberTaken, NumberOutOfReach) as error:
            refused[ruling.document_id] = error.problem()
        else:
            work.entries[ruling.document_id] = entry
    takings = [_taking(work, ruling) for ruling in rulings if ruling.ordinal is None]
    for entry in take(work.db, key, takings, start=start, now=work.now):
        assert entry.document_id is not None
        work.entries[entry.document_id] = entry
    return refused


def _taking(work: _Work, ruling: Ruling) -> Taking:
    return Taking(
        document_id=ruling.document_id,
        status=EntryStatus.ISSUED,
        issued_on=ruling.issued_on or wire.local(work.now).date(),
        reference_format=ruling.reference_format,
        lookup_prefix=ruling.lookup_prefix,
        ordinal=ruling.ordinal,
        remark=storable(ruling.remark),
        person=work.person,
        source=BY_FLOW if ruling.ordinal is None else BY_HAND,
    )


def _apply(work: _Work, ruling: Ruling) -> None:
    """Set the columns of one paper as ruled."""
    row = work.documents[ruling.document_id]
    is_accepted = _is_accepted(ruling)
    row.state = _STATES[ruling.verdict].value
    row.record = row.record if ruling.record is None else ruling.record
    row.legal_state = ruling.legal_state.value
    row.ban_goc = ruling.ban_goc.value
    row.identity = _identity(ruling)
    if is_accepted and ruling.identity and not ruling.issue_again:
        row.identity_key = row.identity
    row.term = ruling.term
    row.template_digest = ruling.template_digest
    row.layout_profile = ruling.layout_profile
    row.problems = wire.problems_to_json(ruling.problems)
    row.duplicate_of_id = ruling.duplicate_of
    row.decided_at = work.now
    row.due_at = (
        (work.now - (_AHEAD if len(work.documents) == 1 else timedelta())) if is_accepted else None
    )
    row.worker = ""
    row.attempts = 0
    set_facts(row, wire.facts_to_json(ruling.facts))


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
        if _is_accepted(ruling):
            row = work.documents[ruling.document_id]
            versions.append(first_version(row, work.person, work.now))
            relations += wire.relation_rows(ruling.document_id, ruling.relations)
    insert_rows(work.db, versions)
    insert_rows(work.db, relations)


def _note(work: _Work, ruling: Ruling, scribe: Scribe) -> None:
    row = work.documents[ruling.document_id]
    scribe.note(
        _DEEDS[ruling.verdict],
        document_told(row, work.entries.get(row.id)),
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
        scribe.note("returned", {"problems": receipt.problems}, receipt_id=receipt.id)
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
    """Number a paper that waited for its signature: a new version with its number.

    Raises:
        NotWaiting (R174), NumberTaken (R171), NumberOutOfReach (R172), ClockBehind (T311).
        DraftOnItsWay (T316): its newest draft is not archived yet.
    """
    with db.transaction():
        now = clock.now()
        check_clock(db, now)
        row = locked_document(db, ruling.document_id)
        _check_waiting(db, row)
        assert ruling.series is not None
        work = _Work(db=db, now=now, person=person, documents={row.id: row}, rulings=[ruling])
        taking = _taking(work, ruling)
        entry = (
            take(db, ruling.series, [taking], start=ruling.start, now=now)[0]
            if ruling.ordinal is None
            else take_given(db, ruling.series, taking, start=ruling.start, now=now)
        )
        start_version(db, row, reason=NUMBERED_WHY, person=person, now=now)
        lease = row.due_at, row.worker
        _apply(work, replace(ruling, identity=row.identity, issue_again=row.identity_key is None))
        row.due_at, row.worker = lease
        update_rows(db, [row], _DECIDED)
        scribe = Scribe(db, now, person)
        told = document_told(row, entry) | {"signer": ruling.facts.signer if ruling.facts else ""}
        scribe.note("numbered", told, document_id=row.id, receipt_id=row.receipt_id)
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
