"""Rows ↔ views: the only place that knows both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from pipeline.clock import OFFICE_ZONE
from pipeline.errors.base import Problem
from pipeline.record import (
    BanGoc,
    Book,
    DocumentId,
    EntryStatus,
    Facts,
    JournalLine,
    LegalState,
    Number,
    Place,
    ReceiptId,
    Record,
    Relation,
    RelationKind,
    SeriesKey,
    StoredFile,
)
from pipeline.stores.registers import models
from pipeline.stores.registers.lookup_code import storable
from pipeline.stores.registers.views import (
    BookRow,
    ClosedBookView,
    DocumentState,
    DocumentView,
    Effort,
    EntryView,
    JournalRow,
    ReceiptState,
    ReceiptView,
    SeriesView,
    VersionView,
)

_FACT_DATES = ("issued_on", "their_date")
_FACT_LISTS = frozenset(("recipients", "circulation"))
_FACT_DEFAULTS: dict[str, Any] = {
    name: field.default for name, field in Facts.__dataclass_fields__.items() if name != "subject"
}


def local(moment: datetime) -> datetime:
    """The office's time of what the database keeps in UTC."""
    return moment.astimezone(OFFICE_ZONE)


def _local_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else local(moment)


def facts_to_json(facts: Facts | None) -> Record | None:
    """Only what differs from the default: most facts of most papers are empty."""
    if facts is None:
        return None
    value: Record = {"subject": facts.subject}
    for name, default in _FACT_DEFAULTS.items():
        fact = getattr(facts, name)
        if fact != default:
            value[name] = fact.isoformat() if isinstance(fact, date) else fact
    return value


def facts_from_json(value: Record | None) -> Facts | None:
    """The facts that ``facts_to_json`` wrote."""
    if value is None:
        return None
    read = dict(value)
    for name in _FACT_DATES:
        if name in read:
            read[name] = date.fromisoformat(read[name])
    for name in _FACT_LISTS & read.keys():
        read[name] = tuple(read[name])
    return Facts(**read)


def place_to_json(place: Place) -> Record:
    """A place without its empty parts."""
    return {field.name: value for field in fields(place) if (value := getattr(place, field.name))}


def problems_to_json(problems: Sequence[Problem]) -> list[Record]:
    """Problems as JSON."""
    return [{**asdict(problem), "path": list(problem.path)} for problem in problems]


def problems_from_json(values: list[Record]) -> tuple[Problem, ...]:
    """The problems that ``problems_to_json`` wrote."""
    return tuple(Problem(**{**value, "path": tuple(value["path"])}) for value in values)


def files_to_json(files: Sequence[StoredFile]) -> list[list[Any]]:
    """Name, size, digest."""
    return [[file.name, file.size_bytes, file.sha512] for file in files]


def files_from_json(values: list[list[Any]]) -> tuple[StoredFile, ...]:
    """The files that ``files_to_json`` wrote."""
    return tuple(
        StoredFile(name=name, size_bytes=size_bytes, sha512=sha512)
        for name, size_bytes, sha512 in values
    )


def effort(row: models.Worked) -> Effort:
    """Queue, lease and failures of a row."""
    return Effort(
        worker=row.worker,
        due_at=_local_or_none(row.due_at),
        attempts=row.attempts,
        kills=row.kills,
        lapses=row.lapses,
        last_failure=row.last_failure,
    )


def receipt_view(row: models.Receipt) -> ReceiptView:
    """A receipt as a value."""
    return ReceiptView(
        id=ReceiptId(row.id),
        kind=row.kind,
        source_name=row.source_name,
        folder=row.folder,
        sha512=row.sha512,
        size_bytes=row.size_bytes,
        suffix=row.suffix,
        owner=row.owner,
        received_at=local(row.received_at),
        is_list=row.is_list,
        hold_all=row.hold_all,
        lot=row.lot,
        extra=row.extra,
        state=ReceiptState(row.state),
        problems=problems_from_json(row.problems),
        same_bytes_as=None if row.same_bytes_as_id is None else ReceiptId(row.same_bytes_as_id),
        holds_bytes=row.bytes_key is not None,
        answer_files=tuple(row.answer_files),
        answered_at=_local_or_none(row.answered_at),
        swept_at=_local_or_none(row.swept_at),
        effort=effort(row),
    )


def document_view(
    row: models.Document, entry: models.Entry | None, relations: Sequence[models.Relation]
) -> DocumentView:
    """A paper as a value; *entry* and *relations* are its own, already fetched."""
    return DocumentView(
        id=DocumentId(row.id),
        receipt_id=ReceiptId(row.receipt_id),
        kind=row.kind,
        place=Place(**row.place),
        record=row.record,
        record_sha512=row.record_sha512,
        state=DocumentState(row.state),
        legal_state=LegalState(row.legal_state),
        ban_goc=BanGoc(row.ban_goc),
        facts=facts_from_json(row.facts),
        number=None if entry is None else number_of(entry),
        identity=row.identity,
        holds_identity=row.identity_key is not None,
        version=row.version,
        archived_version=row.archived_version,
        answered_version=row.answered_version,
        indexed_version=row.indexed_version,
        inventory_sha512=row.inventory_sha512,
        files=files_from_json(row.files),
        term=row.term,
        template_digest=row.template_digest,
        layout_profile=row.layout_profile,
        problems=problems_from_json(row.problems),
        duplicate_of=None if row.duplicate_of_id is None else DocumentId(row.duplicate_of_id),
        relations=tuple(relation(item) for item in relations),
        received_at=local(row.received_at),
        decided_at=_local_or_none(row.decided_at),
        effort=effort(row),
    )


def number_of(entry: models.Entry) -> Number:
    """The number that an entry is."""
    return Number(
        series=SeriesKey.parse(entry.series_id),
        ordinal=entry.ordinal,
        issued_on=entry.issued_on,
        reference=entry.reference,
        lookup_code=entry.lookup_code or "",
    )


def shown_of(entry: models.Entry, facts: Facts | None) -> str:
    """What people call the paper of an entry: the sender's reference of one received, else ours."""
    theirs = facts.their_reference if facts and entry.series_id.startswith(f"{Book.DEN}:") else ""
    return theirs or entry.reference or entry.lookup_code or ""


def relation(row: models.Relation) -> Relation:
    """A relation as a value."""
    return Relation(
        kind=RelationKind(row.kind),
        reference=row.reference,
        document_id=None if row.target_id is None else DocumentId(row.target_id),
    )


def relation_rows(document_id: str, relations: Sequence[Relation]) -> list[models.Relation]:
    """Relations as rows, in their order."""
    return [
        models.Relation(
            document_id=document_id,
            position=position,
            kind=item.kind.value,
            reference=storable(item.reference)[:200],
            target_id=item.document_id,
        )
        for position, item in enumerate(relations)
    ]


def version_view(row: models.Version) -> VersionView:
    """A version as a value."""
    return VersionView(
        document_id=DocumentId(row.document_id),
        number=row.number,
        reason=row.reason,
        person=row.person,
        at=local(row.at),
        inventory_sha512=row.inventory_sha512,
        record=row.record,
        facts=facts_from_json(row.facts),
        legal_state=None if row.legal_state is None else LegalState(row.legal_state),
    )


def series_view(row: models.Series) -> SeriesView:
    """A series as a value."""
    key = SeriesKey(book=Book(row.book), issuer=row.issuer, symbol=row.symbol, period=row.period)
    return SeriesView(key=key, start=row.start, last=row.last, locked=row.locked)


def entry_view(row: models.Entry) -> EntryView:
    """An entry as a value."""
    return EntryView(
        series=SeriesKey.parse(row.series_id),
        ordinal=row.ordinal,
        status=EntryStatus(row.status),
        reference=row.reference,
        lookup_code=row.lookup_code or "",
        issued_on=row.issued_on,
        document_id=None if row.document_id is None else DocumentId(row.document_id),
        taken_at=local(row.taken_at),
        person=row.person,
        source=row.source,
        reason=row.reason,
        expires_on=row.expires_on,
        holder=row.holder,
        remark=row.remark,
    )


def book_row(
    entry: models.Entry,
    relations: Sequence[models.Relation],
    related_from: Sequence[Relation] = (),
    reasons: Sequence[str] = (),
) -> BookRow:
    """A line of a book; *entry* comes with its document."""
    document = entry.document
    if document is None:
        return BookRow(entry=entry_view(entry))
    return BookRow(
        entry=entry_view(entry),
        kind=document.kind,
        facts=facts_from_json(document.facts),
        legal_state=LegalState(document.legal_state),
        ban_goc=BanGoc(document.ban_goc),
        version=document.version,
        archived_version=document.archived_version,
        relations=tuple(relation(item) for item in relations),
        related_from=tuple(related_from),
        reasons=tuple(reasons),
    )


def closed_book(row: models.ClosedBook) -> ClosedBookView:
    """A closed book as a value."""
    return ClosedBookView(
        book=Book(row.book),
        issuer=row.issuer,
        period=row.period,
        closed_at=local(row.closed_at),
        person=row.person,
        entries=row.entries,
        rows_sha256=row.rows_sha256,
        journal_head=row.journal_head,
    )


def journal_line(row: models.JournalEntry) -> JournalLine:
    """A deed as a value."""
    return JournalLine(
        at=local(row.at),
        person=row.person,
        deed=row.deed,
        document_id=None if row.document_id is None else DocumentId(row.document_id),
        receipt_id=None if row.receipt_id is None else ReceiptId(row.receipt_id),
        data=row.data,
    )


def journal_row(row: models.JournalEntry) -> JournalRow:
    """A deed with its place in the journal."""
    return JournalRow(
        id=row.id,
        line=journal_line(row),
        sealed_day=row.sealed_day,
        sealed_line=row.sealed_line,
    )
