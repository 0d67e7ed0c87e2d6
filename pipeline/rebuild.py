"""Objects and journal → registers and index again, after the database was lost or damaged.

The objects tell what each paper is, the journal tells what was done: numbers, voids, who and when. What neither knows
(people, sessions, drops that were never archived) is named, so that the operator can fetch it from a backup.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.app import Access, App, office_lock, open_office
from pipeline.between import pages_to_read
from pipeline.clock import Clock
from pipeline.config import Office, load_office
from pipeline.document_object import (
    DOCUMENT_FILE,
    TOMBSTONE_FILE,
    document_object,
    document_of,
)
from pipeline.durable import rename
from pipeline.errors.rebuild import DatabaseDamaged, DatabaseNotEmpty
from pipeline.flow import make_findable
from pipeline.inbox.spool import spool_dir
from pipeline.journal_told import Told, check_journal, read_journal
from pipeline.keeping_told import locked_series
from pipeline.legal import NUMBERED_WHY
from pipeline.plain import from_plain, to_plain
from pipeline.record import BanGoc, EntryStatus, JournalLine, LegalState, ReceiptId
from pipeline.sealing import seal_if_current
from pipeline.signed_back import IN_RECORD, UNSIGNED, SignedBack, without_signed
from pipeline.stores.journal import Journal
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    EntryView,
    ReceiptState,
    ReceiptView,
    Restored,
    VersionView,
)

log = logging.getLogger(__name__)

_CHUNK = 200
_DATABASE = "vanthu.sqlite3"
_LOST = "Đã cấp số nhưng chưa kịp lưu vào kho trước sự cố; chờ nhập bù."
_STATE_DEEDS = frozenset({"voided", "state"})


@dataclass(slots=True, kw_only=True)
class Rebuilt:
    """What was made again, and what could not be."""

    documents: int = 0
    entries: int = 0
    series: int = 0
    #: Vietnamese sentences.
    missing: list[str] = field(default_factory=list)
    #: Papers of which an amendment never came into the archive, and which; a database that stands may know it.
    amendments: list[str] = field(default_factory=list)


def rebuild_office(
    root: Path, clock: Clock, progress: Callable[[int, str], None] = lambda _done, _place: None
) -> Rebuilt:
    """Set the database aside and make registers and index again.

    Raises:
        OfficeBusy (T370): the office runs.
        JournalUnsound (A430): the journal does not chain; restore it from a backup first.
        DatabaseNotEmpty (A431): the PostgreSQL of the office already holds papers.
    """
    try:
        with open_office(root, clock, access=Access.ALONE) as app:
            check_journal(app.journal)
            seal_if_current(app)
            aside = _set_aside(app)
    except DatabaseDamaged:
        office = load_office(root)
        with office_lock(office, Access.ALONE):
            check_journal(Journal(office.journal_dir, clock))
            aside = _move_aside(office, clock)
    with open_office(root, clock, access=Access.ALONE) as app:
        told = read_journal(app)
        result = Rebuilt()
        app.registers.restore(pieces(app, told, result, progress))
        result.entries = len(told.entries)
        result.series = len(app.registers.series())
        result.missing += [*missing_lines(told), *result.amendments, *spooled_lines(app, told)]
        if aside is not None:
            result.missing.append(f"Cơ sở dữ liệu cũ được giữ lại ở {aside}.")
        app.search.reset()
        make_findable(app, role_timeout_s=60.0, progress=progress)
        app.registers.checkpoint()
        return result


def _set_aside(app: App) -> Path | None:
    if app.office.database_url:
        if app.registers.counts().get("documents", 0):
            raise DatabaseNotEmpty("documents in the database")
        return None
    app.registers.close()
    return _move_aside(app.office, app.clock)


def _move_aside(office: Office, clock: Clock) -> Path:
    database = office.registers_dir / _DATABASE
    stamp = clock.now().strftime("%Y%m%d-%H%M%S")
    aside = database.with_name(f"{_DATABASE}.truoc-{stamp}")
    for suffix in ("-wal", "-shm", ""):
        path = database.with_name(_DATABASE + suffix)
        if path.exists():
            rename(path, aside.with_name(aside.name + suffix))
    return aside


def pieces(
    app: App, told: Told, result: Rebuilt, progress: Callable[[int, str], None]
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
        known = list(_versions(app, object_id, document, told))
        document = _caught_up(document, known, told)
        result.amendments += _lost_amendments(document, told)
        documents.append(document)
        if document.archived_version < document.version:
            owing.add(receipt.id)
        versions += known
        told.unarchived.discard(document_id)
        result.documents += 1
        progress(result.documents, object_id)
        if len(documents) >= _CHUNK:
            yield _chunk(app, documents, versions)
            documents, versions = [], []
    yield _chunk(app, documents, versions)
    yield Restored(
        receipts=tuple(
            replace(
                receipt,
                state=ReceiptState.DECIDED if receipt.id in owing else ReceiptState.ANSWERED,
                answered_at=told.answered.get(receipt.id, receipt.received_at),
                # What nobody has answered lies in the spool alone, perhaps: it is not swept.
                swept_at=None if receipt.id in told.answered else receipt.received_at,
            )
            for receipt in receipts.values()
        )
    )
    yield Restored(
        entries=tuple(
            _without_paper(entry) if entry.document_id in told.unarchived else entry
            for entry in told.entries.values()
        )
    )
    yield Restored(series=tuple(locked_series(told.locked, told.entries)))
    yield Restored(prints=tuple(told.prints.values()), routes=tuple(told.routes.values()))
    yield Restored(
        journal=tuple(told.rows),
        tombstones=tuple(told.tombstones.values()),
        closed=tuple(told.closed),
    )


def _chunk(app: App, documents: list[DocumentView], versions: list[VersionView]) -> Restored:
    """Papers with what a machine has yet to read of them."""
    to_read = []
    for document in documents:
        if document.state is DocumentState.PURGED or not document.archived_version:
            continue
        about = _about(app, document_object(document.id), document.archived_version)
        wanted = pages_to_read(about.get("made", {}))
        if wanted is not None:
            to_read.append((document.id, wanted))
    return Restored(documents=tuple(documents), versions=tuple(versions), to_read=tuple(to_read))


def _without_paper(entry: EntryView) -> EntryView:
    """A number whose paper was never archived: it stays taken, and waits for what it was taken for."""
    if entry.status is not EntryStatus.ISSUED:
        return replace(entry, document_id=None)
    return replace(entry, document_id=None, status=EntryStatus.HELD, reason=_LOST)


def _is_first(
    receipt: ReceiptView, document: DocumentView, first_bytes: dict[tuple[str, str], str]
) -> bool:
    """Whether later equal drops are compared with this one: the first that has a living paper."""
    is_void = document.legal_state is LegalState.HUY_SO
    if is_void or document.state is DocumentState.PURGED:
        return False
    return first_bytes.setdefault((receipt.kind, receipt.sha512), receipt.id) == receipt.id


def _paper(app: App, object_id: str, told: Told) -> tuple[DocumentView, ReceiptView]:
    head = app.objects.exists(object_id)
    about = _about(app, object_id, head)
    stored = app.objects.stored(object_id, head)
    assert stored is not None
    document = from_plain(DocumentView, about["document"])
    receipt = from_plain(ReceiptView, about["receipt"])
    is_answered = receipt.id in told.answered
    is_removed = document.state is DocumentState.PURGED
    return (
        replace(
            document,
            holds_identity=not is_removed and told.stands.get(document.id, document.holds_identity),
            archived_version=head,
            answered_version=head if is_answered or is_removed else 0,
            # There is nothing to find of what was removed.
            indexed_version=head if is_removed else 0,
            inventory_sha512=stored.inventory_sha512,
            files=stored.files,
        ),
        receipt,
    )


def _numbered(document: DocumentView, line: JournalLine) -> DocumentView:
    """The draft with the number that the journal tells of."""
    data = line.data
    facts = document.facts
    day = date.fromisoformat(data["issued_on"])
    return replace(
        document,
        state=DocumentState.NUMBERED,
        legal_state=LegalState(data["legal_state"]),
        facts=replace(facts, issued_on=day, signer=data["signer"]) if facts else None,
        term=data["term"],
        template_digest=data["template_digest"],
        layout_profile=data["layout_profile"],
        decided_at=line.at,
    )


def _signed(document: DocumentView, line: JournalLine) -> DocumentView:
    """The paper that came back signed, as the journal tells; what was compared then is not told."""
    data = line.data
    signed = SignedBack(object_id=data["object"], sha512=data["sha512"])
    return replace(
        document,
        legal_state=LegalState(data["to"]),
        ban_goc=BanGoc(data["ban_goc"]),
        record=document.record | {IN_RECORD: to_plain(signed)},
    )


def _versions(
    app: App, object_id: str, document: DocumentView, told: Told
) -> Iterator[VersionView]:
    for number in range(1, document.archived_version + 1):
        stored = app.objects.stored(object_id, number)
        assert stored is not None
        line = told.versions.get((document.id, number))
        has_nothing = document.state is DocumentState.PURGED
        old = (
            None
            if has_nothing or number == document.archived_version
            else from_plain(DocumentView, _about(app, object_id, number)["document"])
        )
        yield VersionView(
            document_id=document.id,
            number=number,
            reason=_why(line, number) if line else "",
            person=line.person if line else "",
            at=line.at if line else document.received_at,
            inventory_sha512=stored.inventory_sha512,
            record=old.record if old else None,
            facts=old.facts if old else None,
            legal_state=old.legal_state if old else None,
        )


def _caught_up(document: DocumentView, known: list[VersionView], told: Told) -> DocumentView:
    """The paper with its number and the changes of its state that the journal tells and the archive had no time for."""
    while line := told.versions.get((document.id, document.version + 1)):
        if line.deed == "numbered" and document.state is DocumentState.WAITING:
            following = _numbered(document, line)
        elif line.deed == "read":
            following = document
        elif line.deed == "signed":
            following = _signed(document, line)
        elif line.deed in _STATE_DEEDS:
            state = LegalState(line.data.get("to", LegalState.HUY_SO))
            record = without_signed(document.record) if state in UNSIGNED else document.record
            following = replace(document, legal_state=state, record=record)
        elif line.deed == "amended":
            # What it said is not in the archive; what was done to the paper afterwards still holds.
            following = document
        else:
            break
        known[-1] = replace(
            known[-1],
            record=document.record,
            facts=document.facts,
            legal_state=document.legal_state,
        )
        document = replace(following, version=document.version + 1)
        known.append(
            VersionView(
                document_id=document.id,
                number=document.version,
                reason=_why(line, document.version),
                person=line.person,
                at=line.at,
                inventory_sha512="",
            )
        )
    return document


def _lost_amendments(document: DocumentView, told: Told) -> Iterator[str]:
    name = document.number.shown if document.number else document.id
    for version in range(document.archived_version + 1, document.version + 1):
        line = told.versions[document.id, version]
        if line.deed == "amended":
            yield (
                f"{name}: nội dung sửa ngày {line.at:%d/%m/%Y} chưa kịp lưu vào kho, văn bản giữ nội dung trước đó; "
                "hãy thả lại bản sửa."
            )


def _why(line: JournalLine, version: int) -> str:
    """Why there is that version; the reason told of a number is its entry's, not the paper's."""
    if line.deed == "numbered":
        return NUMBERED_WHY if version > 1 else ""
    return str(line.data.get("reason", ""))


def _about(app: App, object_id: str, version: int) -> dict[str, Any]:
    name = TOMBSTONE_FILE if app.objects.is_buried(object_id) else DOCUMENT_FILE
    value: dict[str, Any] = json.loads(app.objects.read(object_id, name, version=version))
    return value


def spooled_lines(app: App, told: Told) -> list[str]:
    """Dropped files that were never answered: kept in the spool for whoever drops them again."""
    lines = []
    for receipt_id in told.receipts:
        folder = spool_dir(app.office, ReceiptId(receipt_id))
        if receipt_id not in told.answered and folder.is_dir():
            lines.append(
                f"Tệp đã nhận mà chưa trả lời còn ở {folder.relative_to(app.office.root)}: hãy xem và thả lại."
            )
    return lines


def missing_lines(told: Told) -> list[str]:
    """What only a backup of the database brings back."""
    lines = [
        "Tài khoản người dùng, phiên đăng nhập và tìm kiếm đã lưu: chỉ có trong bản sao lưu cơ sở dữ liệu."
    ]
    for entry in told.entries.values():
        if entry.document_id in told.unarchived:
            name = entry.reference or entry.lookup_code
            lines.append(
                f"{name}: đã cấp số nhưng chưa kịp lưu vào kho; nội dung chỉ có trong bản sao lưu hoặc "
                "trong thư mục spool."
            )
    return lines
