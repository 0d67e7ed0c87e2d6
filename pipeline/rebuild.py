"""Objects and journal → registers and index again, after the database was lost or damaged.

The objects tell what each paper is, the journal tells what was done: numbers, voids, who and when. What neither knows
(people, sessions, drops that were never archived) is named, so that the operator can fetch it from a backup.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.app import Access, App, open_office
from pipeline.clock import Clock
from pipeline.document_object import DOCUMENT_FILE, document_of
from pipeline.durable import rename
from pipeline.errors.rebuild import DatabaseNotEmpty, JournalUnsound
from pipeline.flow import make_findable
from pipeline.legal import NUMBERED_WHY
from pipeline.plain import from_plain
from pipeline.record import EntryStatus, JournalLine, LegalState, SeriesKey
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    EntryView,
    JournalRow,
    ReceiptState,
    ReceiptView,
    Restored,
    VersionView,
)

log = logging.getLogger(__name__)

_CHUNK = 200
_DATABASE = "vanthu.sqlite3"
_VERSION_DEEDS = frozenset({"amended", "voided", "numbered", "accepted", "state"})


@dataclass(slots=True, kw_only=True)
class Rebuilt:
    """What was made again, and what could not be."""

    documents: int = 0
    entries: int = 0
    series: int = 0
    #: Vietnamese sentences.
    missing: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Told:
    """What the journal tells."""

    rows: list[JournalRow] = field(default_factory=list)
    receipts: dict[str, ReceiptView] = field(default_factory=dict)
    entries: dict[tuple[str, int], EntryView] = field(default_factory=dict)
    answered: dict[str, datetime] = field(default_factory=dict)
    #: Document and version → who made it, why, when.
    versions: dict[tuple[str, int], JournalLine] = field(default_factory=dict)
    unarchived: set[str] = field(default_factory=set)


def rebuild_office(
    root: Path, clock: Clock, progress: Callable[[int, str], None] = lambda _done, _place: None
) -> Rebuilt:
    """Set the database aside and make registers and index again.

    Raises:
        OfficeBusy (T370): the office runs.
        JournalUnsound (A430): the journal does not chain; restore it from a backup first.
        DatabaseNotEmpty (A431): the PostgreSQL of the office already holds papers.
    """
    with open_office(root, clock, access=Access.ALONE) as app:
        _check_journal(app)
        aside = _set_aside(app)
    with open_office(root, clock, access=Access.ALONE) as app:
        told = _read_journal(app)
        result = Rebuilt()
        app.registers.restore(_pieces(app, told, result, progress))
        result.entries = len(told.entries)
        result.series = len(app.registers.series())
        result.missing += _missing(told)
        if aside is not None:
            result.missing.append(f"Cơ sở dữ liệu cũ được giữ lại ở {aside}.")
        app.search.reset()
        make_findable(app, role_timeout_s=60.0, progress=progress)
        app.registers.checkpoint()
        return result


def _check_journal(app: App) -> None:
    for finding in app.journal.verify():
        raise JournalUnsound(f"journal: {finding.detail}", where=finding.where)


def _set_aside(app: App) -> Path | None:
    if app.office.database_url:
        if app.registers.counts().get("documents", 0):
            raise DatabaseNotEmpty("documents in the database")
        return None
    database = app.office.registers_dir / _DATABASE
    stamp = app.clock.now().strftime("%Y%m%d-%H%M%S")
    app.registers.close()
    aside = database.with_name(f"{_DATABASE}.truoc-{stamp}")
    for suffix in ("-wal", "-shm", ""):
        path = database.with_name(_DATABASE + suffix)
        if path.exists():
            rename(path, aside.with_name(aside.name + suffix))
    return aside


def _read_journal(app: App) -> _Told:
    told = _Told()
    for day, value in _sealed_lines(app):
        line = JournalLine(
            at=datetime.fromisoformat(value["at"]),
            person=value["person"],
            deed=value["deed"],
            document_id=value["document"],
            receipt_id=value["receipt"],
            data=value["data"],
        )
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


def _take_note(line: JournalLine, told: _Told) -> None:
    data = line.data
    if line.deed == "received" and line.receipt_id:
        told.receipts[line.receipt_id] = _receipt(line)
    if line.deed == "answered" and line.receipt_id:
        told.answered[line.receipt_id] = line.at
    if line.deed in _VERSION_DEEDS and line.document_id and "version" in data:
        told.versions[line.document_id, int(data["version"])] = line
    if line.deed in {"numbered", "held"} and "ordinal" in data:
        entry = _entry(line)
        told.entries[str(entry.series), entry.ordinal] = entry
    if line.deed == "voided":
        key = (data["series"], int(data["ordinal"]))
        known = told.entries[key]
        told.entries[key] = replace(known, status=EntryStatus.VOID, reason=data["reason"])
    if line.deed in {"numbered", "accepted"} and line.document_id:
        told.unarchived.add(line.document_id)


def _receipt(line: JournalLine) -> ReceiptView:
    """A drop as the journal tells it; a paper's own object tells more."""
    data = line.data
    names = ("kind", "source_name", "folder", "sha512", "size_bytes", "suffix", "received_at")
    plain = {name: data[name] for name in names}
    return from_plain(
        ReceiptView,
        {
            **plain,
            "id": line.receipt_id,
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


def _pieces(
    app: App, told: _Told, result: Rebuilt, progress: Callable[[int, str], None]
) -> Iterator[Restored]:
    """Everything to be put back, a chunk of papers in memory at a time."""
    documents: list[DocumentView] = []
    versions: list[VersionView] = []
    receipts = dict(told.receipts)
    first_bytes: dict[tuple[str, str], str] = {}
    owing: set[str] = set()
    for object_id in app.objects.iter_ids():
        document_id = document_of(object_id)
        if document_id is None:
            continue
        document, receipt = _paper(app, object_id, told)
        receipts[receipt.id] = replace(
            receipt, holds_bytes=_is_first(receipt, document, first_bytes)
        )
        documents.append(document)
        if document.archived_version < document.version:
            owing.add(receipt.id)
        versions += _versions(app, object_id, document, told)
        told.unarchived.discard(document_id)
        result.documents += 1
        progress(result.documents, object_id)
        if len(documents) >= _CHUNK:
            yield Restored(documents=tuple(documents), versions=tuple(versions))
            documents, versions = [], []
    yield Restored(documents=tuple(documents), versions=tuple(versions))
    yield Restored(
        receipts=tuple(
            replace(
                receipt,
                state=ReceiptState.DECIDED if receipt.id in owing else ReceiptState.ANSWERED,
                answered_at=told.answered.get(receipt.id, receipt.received_at),
            )
            for receipt in receipts.values()
        )
    )
    yield Restored(
        entries=tuple(
            replace(entry, document_id=None) if entry.document_id in told.unarchived else entry
            for entry in told.entries.values()
        )
    )
    yield Restored(journal=tuple(told.rows))


def _is_first(
    receipt: ReceiptView, document: DocumentView, first_bytes: dict[tuple[str, str], str]
) -> bool:
    """Whether later equal drops are compared with this one: the first that has a living paper."""
    if document.legal_state is LegalState.HUY_SO:
        return False
    return first_bytes.setdefault((receipt.kind, receipt.sha512), receipt.id) == receipt.id


def _paper(app: App, object_id: str, told: _Told) -> tuple[DocumentView, ReceiptView]:
    head = app.objects.exists(object_id)
    about = _about(app, object_id, head)
    stored = app.objects.stored(object_id, head)
    assert stored is not None
    document = from_plain(DocumentView, about["document"])
    receipt = from_plain(ReceiptView, about["receipt"])
    is_answered = receipt.id in told.answered
    return (
        replace(
            _numbered_since(document, told),
            archived_version=head,
            answered_version=head if is_answered else 0,
            indexed_version=0,
            inventory_sha512=stored.inventory_sha512,
            files=stored.files,
        ),
        receipt,
    )


def _numbered_since(document: DocumentView, told: _Told) -> DocumentView:
    """The draft with the number that the journal tells of and the archive has no version with yet."""
    line = told.versions.get((document.id, document.version + 1))
    if document.state is not DocumentState.WAITING or line is None or line.deed != "numbered":
        return document
    data = line.data
    facts = document.facts
    day = date.fromisoformat(data["issued_on"])
    return replace(
        document,
        version=document.version + 1,
        state=DocumentState.NUMBERED,
        legal_state=LegalState(data["legal_state"]),
        facts=replace(facts, issued_on=day, signer=data["signer"]) if facts else None,
        term=data["term"],
        template_digest=data["template_digest"],
        layout_profile=data["layout_profile"],
        decided_at=line.at,
    )


def _versions(
    app: App, object_id: str, document: DocumentView, told: _Told
) -> Iterator[VersionView]:
    for number in range(1, document.version + 1):
        stored = app.objects.stored(object_id, number)
        line = told.versions.get((document.id, number))
        is_newest = number == document.version
        old = (
            None
            if is_newest
            else from_plain(DocumentView, _about(app, object_id, number)["document"])
        )
        yield VersionView(
            document_id=document.id,
            number=number,
            reason=_why(line, number) if line else "",
            person=line.person if line else "",
            at=line.at if line else document.received_at,
            inventory_sha512=stored.inventory_sha512 if stored else "",
            record=old.record if old else None,
            facts=old.facts if old else None,
            legal_state=old.legal_state if old else None,
        )


def _why(line: JournalLine, version: int) -> str:
    """Why there is that version; the reason told of a number is its entry's, not the paper's."""
    if line.deed == "numbered":
        return NUMBERED_WHY if version > 1 else ""
    return str(line.data.get("reason", ""))


def _about(app: App, object_id: str, version: int) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(app.objects.read(object_id, DOCUMENT_FILE, version=version))
    return value


def _missing(told: _Told) -> list[str]:
    """What only a backup of the database brings back."""
    lines = ["Tài khoản người dùng và phiên đăng nhập: chỉ có trong bản sao lưu cơ sở dữ liệu."]
    for entry in told.entries.values():
        if entry.document_id in told.unarchived:
            name = entry.reference or entry.lookup_code
            lines.append(
                f"{name}: đã cấp số nhưng chưa kịp lưu vào kho; nội dung chỉ có trong bản sao lưu hoặc "
                "trong thư mục spool."
            )
    return lines
