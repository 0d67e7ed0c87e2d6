"""Archive, journal, registers and index → everything in which they are damaged or disagree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.app import App
from pipeline.clock import today
from pipeline.config import Office
from pipeline.document_object import DOCUMENT_FILE, document_object, document_of, receipt_of
from pipeline.durable import write_file
from pipeline.errors.base import ArchiveCorrupted
from pipeline.errors.findings import Finding, Severity, finding
from pipeline.number_gaps import is_expired
from pipeline.number_words import series_words
from pipeline.plain import from_plain, to_plain
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.unsigned import Unsigned

Progress = Callable[[int, str], None]

#: Work in hand is no finding until it is this old.
_PATIENCE = timedelta(minutes=30)
#: Beside the registers: when everything was last checked.
_LAST = "da-kiem-tra.json"
_MADE = frozenset({DocumentState.NUMBERED, DocumentState.WAITING})


def verify_office(app: App, *, deep: bool, progress: Progress | None = None) -> Iterator[Finding]:
    """Check everything that is kept.

    Args:
        deep: Read every byte of the archive and compare digests.
        progress: Told after each object of the archive.
    """
    yield from app.objects.verify(deep=deep, progress=progress)
    yield from app.journal.verify()
    yield from _registers_and_objects(app)
    yield from _registers_and_journal(app)
    yield from _gaps(app)
    yield from _waiting_numbers(app)
    yield from _index(app)


def is_damage(found: Finding) -> bool:
    """Whether something kept is lost or changed."""
    return found.severity is Severity.DAMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What the last whole check came to."""

    at: datetime
    is_deep: bool
    findings: int
    damage: int


def note_verified(office: Office, verified: Verified) -> None:
    """Remember a check that went to its end. No deed: nothing was done, and a damaged journal is not written to."""
    write_file(
        office.registers_dir / _LAST,
        json.dumps(to_plain(verified), ensure_ascii=False).encode(),
        mode=0o600,
    )


def last_verify(office: Office) -> Verified | None:
    """The last check that went to its end, None where there was none (or nobody can read of it)."""
    try:
        return from_plain(Verified, json.loads((office.registers_dir / _LAST).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _registers_and_objects(app: App) -> Iterator[Finding]:
    known: set[str] = set()
    unsigned = Unsigned(app.office, today(app.clock))
    buried = {tombstone.object_id for tombstone in app.registers.tombstones()}
    for document in _documents(app):
        known.add(document.id)
        unsigned.look_at(document)
        if document.state in _MADE and document_object(document.id) not in buried:
            yield from _paper(document, app)
        if document.state is DocumentState.PURGED and document.archived_version:
            yield from _removed(document, app)
    yield from unsigned.findings()
    for begun in app.registers.unfinished_purges():
        yield finding("A450", f"{begun.at:%d/%m/%Y}", f"removal begun={begun.id} not finished")
    for object_id in app.objects.iter_ids():
        document_id = document_of(object_id)
        if document_id is not None and document_id not in known:
            yield finding("A442", object_id, f"object without row {object_id}")
        receipt_id = receipt_of(object_id)
        if receipt_id is not None and app.registers.receipt(receipt_id) is None:
            yield finding("A442", object_id, f"object without row {object_id}")


def _removed(document: DocumentView, app: App) -> Iterator[Finding]:
    """A paper whose content was removed: its tombstone stands, and nothing else."""
    object_id = document_object(document.id)
    if app.objects.exists(object_id) and not app.objects.is_buried(object_id):
        shown = document.number.shown if document.number else document.id
        yield finding("A449", shown, f"content is back document={document.id}")
        return
    yield from _paper(document, app)


def _paper(document: DocumentView, app: App) -> Iterator[Finding]:
    object_id = document_object(document.id)
    shown = document.number.shown if document.number else document.id
    if document.archived_version < document.version:
        age = app.clock.now() - (document.decided_at or document.received_at)
        if age > _PATIENCE:
            detail = f"not archived for {age} document={document.id}"
            yield finding("A446", shown, detail)
    if document.archived_version == 0:
        return
    stored = app.objects.stored(object_id, document.archived_version)
    if stored is None:
        yield finding("A440", shown, f"row without object document={document.id}")
    elif stored.inventory_sha512 != document.inventory_sha512:
        yield finding("A441", shown, f"another inventory document={document.id}")
    elif document.archived_version == document.version:
        yield from _state(document, shown, app)


def _state(document: DocumentView, shown: str, app: App) -> Iterator[Finding]:
    """The newest version tells the same state as the registers; a damaged object is told elsewhere."""
    with suppress(ArchiveCorrupted):
        about = json.loads(
            app.objects.read(
                document_object(document.id), DOCUMENT_FILE, version=document.archived_version
            )
        )
        told = about["document"]["legal_state"]
        if told != document.legal_state:
            detail = f"state {document.legal_state} here, {told} there document={document.id}"
            yield finding("A456", shown, detail)


def _registers_and_journal(app: App) -> Iterator[Finding]:
    """Each sealed deed stands in the file with the same words, and none stands there that the rows lack."""
    sealed = {}
    for piece in app.registers.dump():
        for row in piece.journal:
            sealed[row.id] = (row.line.deed, row.line.document_id, row.sealed_line)
    for value in app.journal.lines():
        row_id = int(value["row"])
        mine = sealed.pop(row_id, None)
        if mine is None:
            yield finding("A443", f"dòng {row_id}", f"journal row {row_id} not in registers")
        elif mine[:2] != (value["deed"], value["document"]):
            yield finding("A444", f"dòng {row_id}", f"journal row {row_id} differs")
    for row_id, (deed, _, line) in sealed.items():
        if line is not None:
            yield finding("A444", f"dòng {row_id}", f"sealed {deed} not in the journal")


def _gaps(app: App) -> Iterator[Finding]:
    for gap in app.registers.gaps():
        yield finding(
            "A445", f"{series_words(gap.series)} số {gap.ordinal}", f"gap {gap.why} {gap.series}"
        )


def _waiting_numbers(app: App) -> Iterator[Finding]:
    """Reservations that ran out, and series that nobody may number in."""
    day = today(app.clock)
    for row in app.registers.entries(unissued=True):
        entry = row.entry
        if is_expired(entry, day):
            shown = (
                entry.reference
                or entry.lookup_code
                or f"{series_words(entry.series)} số {entry.ordinal}"
            )
            yield finding("A460", shown, f"reservation ran out {entry.expires_on} {entry.series}")
    for series in app.registers.series():
        if series.locked:
            yield finding("A461", series_words(series.key), f"series is locked {series.key}")


def _index(app: App) -> Iterator[Finding]:
    if reason := app.search.health(deep=True):
        yield finding("A447", "index", f"index: {reason}")
        return
    in_index = app.search.versions()
    for document in _documents(app):
        indexed = in_index.pop(document.id, 0)
        if document.state in _MADE and indexed != document.indexed_version:
            shown = document.number.shown if document.number else document.id
            yield finding("A448", shown, f"index has version {indexed}")
    for document_id in in_index:
        yield finding("A448", document_id, "index has a paper the registers lack")


def _documents(app: App) -> Iterator[DocumentView]:
    for piece in app.registers.dump():
        yield from piece.documents
