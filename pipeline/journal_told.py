"""The sealed days of the journal → what they tell of drops, numbers, versions and books, for a rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from pipeline.app import App
from pipeline.errors.rebuild import JournalUnsound
from pipeline.keeping_told import note_lock, removal_of, with_removal
from pipeline.plain import from_plain
from pipeline.record import EntryStatus, JournalLine, SeriesKey
from pipeline.stores.journal import Journal
from pipeline.stores.journal_lines import line_of
from pipeline.stores.registers.print_told import note_print
from pipeline.stores.registers.print_views import PrintView
from pipeline.stores.registers.routes import RouteView, note_route
from pipeline.stores.registers.views import (
    ClosedBookView,
    EntryView,
    JournalRow,
    ReceiptState,
    ReceiptView,
    Tombstone,
)

_VERSION_DEEDS = frozenset(
    {"amended", "voided", "numbered", "accepted", "state", "signed", "purged", "read"}
)


@dataclass(slots=True, kw_only=True)
class Told:
    """What the journal tells."""

    rows: list[JournalRow] = field(default_factory=list)
    receipts: dict[str, ReceiptView] = field(default_factory=dict)
    entries: dict[tuple[str, int], EntryView] = field(default_factory=dict)
    answered: dict[str, datetime] = field(default_factory=dict)
    #: Document and version → who made it, why, when.
    versions: dict[tuple[str, int], JournalLine] = field(default_factory=dict)
    unarchived: set[str] = field(default_factory=set)
    closed: list[ClosedBookView] = field(default_factory=list)
    #: Document → whether it stands for its deed; every deed that changes it says so.
    stands: dict[str, bool] = field(default_factory=dict)
    #: Series → why it takes no number until somebody confirms its last one.
    locked: dict[str, str] = field(default_factory=dict)
    #: Object → its removal.
    tombstones: dict[str, Tombstone] = field(default_factory=dict)
    prints: dict[str, PrintView] = field(default_factory=dict)
    routes: dict[str, RouteView] = field(default_factory=dict)
    #: Document → the place of its ordinal.
    places: dict[str, tuple[str, int]] = field(default_factory=dict)


def check_journal(journal: Journal) -> None:
    """See that the chain holds: what a broken one tells may not be believed."""
    for finding in journal.verify():
        raise JournalUnsound(f"journal: {finding.detail}", where=finding.where)


def read_journal(app: App) -> Told:
    """All that the sealed days tell."""
    told = Told()
    for day, value in _sealed_lines(app):
        line = line_of(value)
        told.rows.append(
            JournalRow(
                id=int(value["row"]),
                line=line,
                sealed_day=day,
                sealed_line=value["n"],
            )
        )
        _take_note(line, told)
    return told


def _sealed_lines(app: App) -> Iterator[tuple[date, dict[str, Any]]]:
    for day in app.journal.days():
        for value in app.journal.lines(day):
            yield day, value


def _take_note(line: JournalLine, told: Told) -> None:
    _note_drop(line, told)
    _note_number(line, told)
    _note_series(line, told)
    _note_removal(line, told)
    note_print(line, told.prints)
    note_route(line, told.routes)


def _note_drop(line: JournalLine, told: Told) -> None:
    data = line.data
    if line.deed == "received" and line.receipt_id:
        told.receipts[line.receipt_id] = _receipt(line)
    if line.deed == "answered" and line.receipt_id:
        told.answered[line.receipt_id] = line.at
    if line.deed in _VERSION_DEEDS and line.document_id and "version" in data:
        told.versions[line.document_id, int(data["version"])] = line
    if line.document_id and "holds_identity" in data:
        told.stands[line.document_id] = bool(data["holds_identity"])
    if line.deed in {"numbered", "accepted"} and line.document_id:
        told.unarchived.add(line.document_id)


def _note_number(line: JournalLine, told: Told) -> None:
    data = line.data
    if line.deed in {"numbered", "held"} and "ordinal" in data:
        entry = _entry(line)
        told.entries[str(entry.series), entry.ordinal] = entry
        if line.document_id:
            told.places[line.document_id] = (str(entry.series), entry.ordinal)
    if line.deed == "voided":
        key = (data["series"], int(data["ordinal"]))
        known = told.entries[key]
        told.entries[key] = replace(known, status=EntryStatus.VOID, reason=data["reason"])
    if line.deed == "confirmed":
        key = (data["series"], int(data["ordinal"]))
        told.entries[key] = replace(
            told.entries[key],
            status=EntryStatus.USED,
            remark=data["remark"],
            issued_on=date.fromisoformat(data["issued_on"]),
        )


def _note_series(line: JournalLine, told: Told) -> None:
    data = line.data
    note_lock(line, told.locked)
    if line.deed == "book-closed":
        told.closed.append(from_plain(ClosedBookView, {**data, "person": line.person}))


def _note_removal(line: JournalLine, told: Told) -> None:
    if stone := removal_of(line):
        told.tombstones[stone.object_id] = stone
        if place := told.places.get(line.document_id or ""):
            told.entries[place] = with_removal(told.entries[place], stone)


def _receipt(line: JournalLine) -> ReceiptView:
    """A drop as the journal tells it; a paper's own object tells more."""
    data = line.data
    names = ("kind", "sha512", "size_bytes", "suffix", "received_at")
    plain = {name: data[name] for name in names}
    return from_plain(
        ReceiptView,
        {
            **plain,
            "id": line.receipt_id,
            # A file's name may tell what it holds: only the objects know it.
            "source_name": "",
            "folder": data["kind"],
            "owner": line.person,
            "is_list": bool(data.get("is_list")),
            "hold_all": False,
            "lot": data.get("lot", ""),
            "extra": {},
            "state": ReceiptState.ANSWERED.value,
            "problems": [],
            "same_bytes_as": data.get("same_bytes_as"),
            "holds_bytes": False,
            "answer_files": [],
            "answered_at": None,
            "swept_at": None,
            "effort": {},
        },
    )


def _entry(line: JournalLine) -> EntryView:
    data = line.data
    expires = data.get("expires_on")
    return EntryView(
        series=SeriesKey.parse(data["series"]),
        ordinal=int(data["ordinal"]),
        status=EntryStatus(data["status"]),
        reference=data["reference"],
        lookup_code=data["lookup_code"],
        issued_on=date.fromisoformat(data["issued_on"]),
        document_id=line.document_id,
        taken_at=line.at,
        person=line.person,
        source=data["source"],
        reason=data.get("reason", ""),
        expires_on=date.fromisoformat(expires) if expires else None,
        holder=data.get("holder", ""),
        remark=data.get("remark", ""),
    )
