"""A paper and two people → its content is nowhere in the office any more; row, number and chain stay.

The order, each step idempotent: the deed that begins it (ids only) → copies in the clerks' folders → spool, work and
staging → index → lists and papers in the archive, each exchanged for its tombstone → rows → free pages of the database →
the deed that ends it. After a crash the next run goes on from the first of these deeds. See docs/decisions/0008.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.app import App
from pipeline.closed_books import BOOK_WRITTEN, redact
from pipeline.document_object import (
    TOMBSTONE_FORMAT,
    document_object,
    receipt_object,
    rendition,
)
from pipeline.durable import fsync_dir, sha512_file
from pipeline.errors.purging import AlreadyRemoved, SamePerson, StillAtWork
from pipeline.inbox.given_back import given_back
from pipeline.inbox.received import reach_of_arrivals
from pipeline.inbox.spool import sweep
from pipeline.plain import plain_json, to_plain
from pipeline.record import DocumentId, Record
from pipeline.steps.answer import result_folder
from pipeline.stores.registers.removal import (
    Begun,
    Emptied,
    emptied_document,
    emptied_receipt,
    remark,
)
from pipeline.stores.registers.views import (
    ClosedBookView,
    DocumentState,
    DocumentView,
    ReceiptView,
    Tombstone,
)

log = logging.getLogger(__name__)

_NUMBERED = re.compile(r" \(\d+\)$")
_SET_ASIDE = (
    "vanthu.sqlite3.truoc-*",
    "vanthu.sqlite3.hong-*",
    "vanthu.pgdump.truoc-*",
    ".vanthu.pgdump.truoc-*",  # one that was never finished
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What was removed, and what only people can remove."""

    #: Papers as they stand now, the one asked for among them.
    papers: tuple[DocumentView, ...]
    #: Names of lists whose object is gone with it.
    lists: tuple[str, ...]
    #: Files removed from the clerks' folders, relative to the inbox.
    files: tuple[str, ...]
    #: Places of backups that still hold it.
    backups: tuple[str, ...]
    #: Closed books that had a line of it: the line and the bound PDF are gone.
    books: tuple[ClosedBookView, ...]
    #: Files with a book, written since it came, that may still print it.
    exports: tuple[str, ...]
    #: What the administrator of the database's server still has to run.
    due_on_server: tuple[str, ...]


def purge_paper(
    app: App, document: DocumentView, persons: tuple[str, str], reason: str
) -> list[Purged]:
    """Remove what a paper says, with its duplicates, late records, certified copies and list.

    The office must be open alone. Removals that a crash left half done are finished first.

    Raises:
        SamePerson (R220), AlreadyRemoved (R221).
        StillAtWork (T371): a paper of the same drop is not finished.
    """
    first, second = (" ".join(person.split()) for person in persons)
    if _bare(first) == _bare(second):
        raise SamePerson(f"one person {first!r}", person=first)
    before = finish_begun(app)
    shown = document.number.shown if document.number else document.id
    if document.state is DocumentState.PURGED:
        raise AlreadyRemoved(f"purged document={document.id}", what=shown)
    what = reach_of_arrivals(document.id, app.registers)
    if not app.registers.is_at_rest(what):
        raise StillAtWork(f"not at rest document={document.id}", what=shown)
    begun = app.registers.begin_purge(what, (first, second), reason)
    return [*before, _carry_out(begun, app)]


def _bare(person: str) -> str:
    """A name as it is compared: an account at the machine is the same with and without its prefix."""
    return person.casefold().removeprefix("nguoi-dung:").strip()


def finish_begun(app: App) -> list[Purged]:
    """Go on with every removal that was begun and not finished."""
    return [_carry_out(begun, app) for begun in app.registers.unfinished_purges()]


def redo_purges(app: App) -> None:
    """Carry out again what a database that was copied back does not know to be removed; idempotent."""
    known = app.registers.begun_purges()
    for begun in known:
        papers = app.registers.papers(begun.reach.documents)
        if any(paper.state is not DocumentState.PURGED for paper in papers):
            _carry_out(begun, app)
    if known:
        _scrub(app)


def _carry_out(begun: Begun, app: App) -> Purged:
    papers = app.registers.papers(begun.reach.documents)
    receipts = app.registers.drops(begun.reach.receipts)
    files = _clear_folders(papers, receipts, app)
    for receipt in receipts:
        sweep(app.office, receipt.id)
    _clear_workplaces(app)
    _clear_index([paper.id for paper in papers], app)
    lists = [one for one in map(_list_of, receipts) if app.objects.exists(one)]
    for object_id in lists:
        app.objects.bury(
            object_id,
            plain_json(_told(object_id, begun, app)),
            person=begun.persons[0],
            at=begun.at,
        )
    books = _clear_closed_books(papers, begun, app)
    emptied = [_bury(paper, begun, app) for paper in papers]
    app.registers.empty(
        emptied,
        _emptied_receipts(receipts, papers, app),
        [_stone(object_id, begun) for object_id in lists],
    )
    due_on_server = _scrub(app)
    backups = _backups(papers, app)
    told = {"lists": lists, "backups": backups, "files": len(files)}
    app.registers.finish_purge(begun, told)
    log.info("purged documents=%d lists=%d", len(papers), len(lists))
    return Purged(
        papers=tuple(app.registers.papers(begun.reach.documents)),
        lists=tuple(lists),
        files=tuple(files),
        backups=tuple(backups),
        books=tuple(books),
        exports=tuple(_exports(papers, app)),
        due_on_server=due_on_server,
    )


# --- the clerks' folders ---


def _clear_folders(
    papers: Sequence[DocumentView], receipts: Sequence[ReceiptView], app: App
) -> list[str]:
    """Remove results, returned files and every copy with the same bytes; what was removed."""
    doomed: dict[Path, None] = {}
    gone = {paper.id for paper in papers}
    for receipt in receipts:
        doomed |= dict.fromkeys(_given_out(receipt, gone, app))
        doomed |= dict.fromkeys(_given_back(receipt, gone, app))
    doomed |= dict.fromkeys(_same_bytes(papers, receipts, app))
    for path in doomed:
        path.unlink(missing_ok=True)
    for folder in sorted({path.parent for path in doomed}, key=lambda one: -len(one.parts)):
        if folder.is_dir():
            fsync_dir(folder)
    for receipt in receipts:
        folder = result_folder(receipt, app.office)
        if receipt.source_name and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            fsync_dir(folder.parent)
    return [str(path.relative_to(app.office.inbox_dir)) for path in doomed]


def _given_out(receipt: ReceiptView, gone: set[DocumentId], app: App) -> Iterator[Path]:
    """Files in the drop's result folder, but for the sheets of neighbours that stay."""
    folder = result_folder(receipt, app.office)
    if not receipt.source_name or not folder.is_dir():
        return
    staying = [one for one in app.registers.documents_of(receipt.id) if one.id not in gone]
    kept = {Path(name).stem for one in staying for name in _rendition_names(one)}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and _NUMBERED.sub("", path.stem) not in kept:
            yield path


def _rendition_names(document: DocumentView) -> Iterator[str]:
    names = tuple(file.name for file in document.files)
    for suffix in (".pdf", ".docx"):
        name = rendition(names, suffix)
        if name is not None:
            yield name


def _given_back(receipt: ReceiptView, gone: set[DocumentId], app: App) -> Iterator[Path]:
    """Returned files of a drop in which one of these papers went back."""
    documents = app.registers.documents_of(receipt.id)
    went_back = {DocumentState.RETURNED, DocumentState.PURGED}
    stayed = [one for one in documents if one.id not in gone]
    has_ours = any(one.id in gone and one.state in went_back for one in documents)
    was_mended = not any(one.id in gone for one in documents)
    if stayed and not has_ours and not was_mended:
        return
    yield from given_back(receipt, app.office)


def _same_bytes(
    papers: Sequence[DocumentView], receipts: Sequence[ReceiptView], app: App
) -> Iterator[Path]:
    """Files anywhere in the inbox that are the very bytes of what was dropped or made."""
    sizes: dict[int, set[str]] = {}
    for object_id in (*map(document_object, (one.id for one in papers)), *map(_list_of, receipts)):
        for version in range(1, app.objects.exists(object_id) + 1):
            for file in app.objects.files(object_id, version):
                sizes.setdefault(file.size_bytes, set()).add(file.sha512)
    for receipt in receipts:
        if receipt.sha512:
            sizes.setdefault(receipt.size_bytes, set()).add(receipt.sha512)
    for path in sorted(app.office.inbox_dir.rglob("*")):
        if path.is_file() and not path.is_symlink():
            wanted = sizes.get(path.stat().st_size)
            if wanted and sha512_file(path) in wanted:
                yield path


# --- what lies about in the archive ---


def _clear_workplaces(app: App) -> None:
    """Staging and work: nobody else is in the office, so all but our own is left over."""
    app.objects.sweep_staging()
    for path in app.work_dir.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _clear_index(ids: Sequence[DocumentId], app: App) -> None:
    """Out of the index; one that cannot be written is removed whole, it is made again by itself."""
    for kept in (".hong-*", ".moi"):
        for path in app.office.index_dir.parent.glob(f"{app.office.index_dir.name}{kept}"):
            shutil.rmtree(path)
    if app.search.health():
        shutil.rmtree(app.office.index_dir, ignore_errors=True)
        return
    with app.search.writer() as writer:
        writer.purge(ids)


def _scrub(app: App) -> tuple[str, ...]:
    """Free pages of the database, and older databases that were set aside."""
    for pattern in _SET_ASIDE:
        for path in app.office.registers_dir.glob(pattern):
            path.unlink()
    fsync_dir(app.office.registers_dir)
    return app.registers.scrub()


# --- objects and rows ---


def _list_of(receipt: ReceiptView) -> str:
    return receipt_object(receipt.id)


def _clear_closed_books(
    papers: Sequence[DocumentView], begun: Begun, app: App
) -> list[ClosedBookView]:
    """What a closed book tells of these papers, but for number and day."""
    numbers = [paper.number for paper in papers if paper.number is not None]
    keys = {f"{number.series}#{number.ordinal}" for number in numbers}
    if not keys:
        return []
    words = remark(_stone("", begun))
    by = begun.persons[0], begun.at
    return redact(keys, words, lambda one: plain_json(_told(one, begun, app)), by, app)


def _bury(paper: DocumentView, begun: Begun, app: App) -> Emptied:
    object_id = document_object(paper.id)
    stone = _stone(object_id, begun)
    if paper.state is DocumentState.PURGED:
        return Emptied(document=paper, inventories=(), tombstone=stone)
    emptied = emptied_document(paper, _references(paper, app))
    if not app.objects.exists(object_id):
        return Emptied(document=emptied, inventories=(), tombstone=stone)
    receipt = _emptied_receipts(
        app.registers.drops([paper.receipt_id]), app.registers.papers(begun.reach.documents), app
    )[0]
    told = _told(object_id, begun, app) | {
        "document": to_plain(emptied),
        "receipt": to_plain(receipt),
    }
    app.objects.bury(object_id, plain_json(told), person=begun.persons[0], at=begun.at)
    stored = [
        app.objects.stored(object_id, number)
        for number in range(1, app.objects.exists(object_id) + 1)
    ]
    digests = tuple(one.inventory_sha512 for one in stored if one is not None)
    files = tuple(app.objects.files(object_id))
    kept = replace(emptied, inventory_sha512=digests[-1], files=files)
    return Emptied(document=kept, inventories=digests, tombstone=stone)


def _stone(object_id: str, begun: Begun) -> Tombstone:
    return Tombstone(object_id=object_id, at=begun.at, persons=begun.persons, reason=begun.reason)


def _told(object_id: str, begun: Begun, app: App) -> dict[str, object]:
    """The tombstone: who, when, why; no name, size or digest of what was there."""
    head = app.objects.exists(object_id)
    files = sum(len(app.objects.files(object_id, number)) for number in range(1, head + 1))
    return {
        "format": TOMBSTONE_FORMAT,
        "object": object_id,
        "at": begun.at.isoformat(),
        "persons": list(begun.persons),
        "reason": begun.reason,
        "versions": list(range(1, head + 1)),
        "files": files,
        "is_whole": True,
        "with": [
            *(document_object(one) for one in begun.reach.documents),
            *(receipt_object(one) for one in begun.reach.receipts),
        ],
    }


def _references(paper: DocumentView, app: App) -> dict[DocumentId, str]:
    ids = [one.document_id for one in paper.relations if one.document_id is not None]
    return {one.id: one.number.shown if one.number else one.id for one in app.registers.papers(ids)}


def _emptied_receipts(
    receipts: Iterable[ReceiptView], papers: Sequence[DocumentView], app: App
) -> list[ReceiptView]:
    gone = {paper.id for paper in papers}
    return [
        emptied_receipt(
            receipt,
            is_whole=all(one.id in gone for one in app.registers.documents_of(receipt.id)),
        )
        for receipt in receipts
    ]


def _backups(papers: Sequence[DocumentView], app: App) -> list[str]:
    """Backups made since the oldest of these papers came."""
    since = min((paper.received_at for paper in papers), default=app.clock.now())
    places = [str(line.data["place"]) for line in app.registers.deeds("backup") if line.at >= since]
    return list(dict.fromkeys(places))


def _exports(papers: Sequence[DocumentView], app: App) -> list[str]:
    """Files with a book that one of these papers stands in, written since it came."""
    found: dict[str, None] = {}
    for line in app.registers.deeds(BOOK_WRITTEN):
        for paper in papers:
            if line.at >= paper.received_at and _prints(line.data, paper):
                found[str(line.data["path"])] = None
    return list(found)


def _prints(book: Record, paper: DocumentView) -> bool:
    """Whether the part of a book that was written had the paper's line."""
    number = paper.number
    if number is None:
        return False
    key = number.series
    has = {
        "book": key.book.value,
        "issuer": key.issuer,
        "symbol": key.symbol,
        "term": key.period,
        "year": number.issued_on.year,
    }
    return all(book.get(name) in {None, value} for name, value in has.items())
