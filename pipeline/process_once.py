"""All that is in the inbox → finished, in one run: the engine behind ``vanthu process``.

Several may run at one inbox. What became of a drop is told once by exactly one of them: whoever first finds it finished
marks its answer as told, in one transaction, and tells. One that is killed between the two has told nothing of that drop to
a reader who sees it die; the papers are where they belong, and ``show`` knows them. What still waits is no outcome: each
run says at its end what it leaves behind.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from pipeline.app import App, refuse_if_behind
from pipeline.engines.cell import Cell
from pipeline.errors.base import RecordRejected, TemporaryFailure, VanthuError
from pipeline.inbox.answer_text import done_line, twin_line
from pipeline.inbox.folders import Drop
from pipeline.inbox.late_records import has_amended
from pipeline.inbox.recovery import recover
from pipeline.inbox.stack_notes import is_parted
from pipeline.keeper import keep_once
from pipeline.legal import marked_name
from pipeline.record import ReceiptId
from pipeline.sheet_context import short_id
from pipeline.signed_back import FOLDER
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    ReceiptState,
    ReceiptView,
)
from pipeline.watch import Door
from pipeline.worker import release_the_dead, work_once

_PAUSE_S = 0.1
#: Nothing moves and nobody else works: what is left waits for a later run.
_PATIENCE_S = 20.0
#: From so many papers on, starting further workers pays.
_WORTH_HELP = 60
#: About as many rows in a workbook.
_LONG_LIST_BYTES = 12_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one record of one dropped file; the JSON line of ``process --json``."""

    source: str
    #: 1-based row of the sheet, else position in the file; None for the file as a whole.
    record: int | None = None
    #: ``indexed``, ``returned``, ``duplicate``, ``waiting``, ``parted``.
    status: str
    kind: str | None = None
    reference: str | None = None
    document_id: str | None = None
    files: list[str] = field(default_factory=list)
    code: str | None = None
    message: str = ""
    ms: int | None = None


def process_inbox(app: App, *, workers: int) -> Iterator[Outcome]:
    """Take in everything, finish it, and tell of each paper as its drop is finished."""
    refuse_if_behind(app)
    recover(app.office, app.folders, app.registers)
    release_the_dead(app)
    with app.new_cell() as cell:
        yield from _Run(app=app, cell=cell, workers=workers).outcomes()


def finish(receipt_ids: Iterable[ReceiptId], app: App, *, seconds: float) -> bool:
    """Work until these drops are answered and found again; false when that takes longer than *seconds*."""
    open_ids = set(receipt_ids)
    deadline = time.monotonic() + seconds
    release_the_dead(app)
    with app.new_cell() as cell:
        while True:
            did = work_once(app, cell)
            did = keep_once(app, with_seldom=False) or did
            open_ids = {one for one in open_ids if not _is_at_rest(one, app)}
            if not open_ids or time.monotonic() > deadline:
                return not open_ids
            time.sleep(0 if did else _PAUSE_S)


def _is_at_rest(receipt_id: ReceiptId, app: App) -> bool:
    receipt = app.registers.receipt(receipt_id)
    if receipt is None:
        return True
    is_answered = receipt.state is ReceiptState.ANSWERED
    return is_answered and are_findable(app.registers.documents_of(receipt_id))


@dataclass(slots=True, kw_only=True)
class _Run:
    app: App
    cell: Cell
    workers: int
    open_receipts: list[ReceiptId] = field(default_factory=list)
    helpers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def outcomes(self) -> Iterator[Outcome]:
        door = Door(self.app, self.cell, at_once=True)
        self.open_receipts = self.app.registers.unfinished_receipts()
        moved_at = time.monotonic()
        try:
            while True:
                look = door.look()
                self.open_receipts += look.received
                yield from self._turned_away(look.turned_away)
                yield from self._secrets(look.secret)
                self._call_help(look.received)
                moved = self._work() or bool(look.received)
                before = len(self.open_receipts)
                yield from self._finished()
                if moved or len(self.open_receipts) < before:
                    moved_at = time.monotonic()
                is_stuck = time.monotonic() - moved_at > _PATIENCE_S
                still_growing = bool(look.waiting) and not is_stuck
                # What was worked on may have dropped something itself: the papers of a stack.
                is_done = not (self.open_receipts or moved)
                if not still_growing and (is_done or is_stuck):
                    yield from self._left(look.failures, look.waiting)
                    return
                time.sleep(0 if moved else _PAUSE_S)
        finally:
            for helper in self.helpers:
                helper.wait()
            keep_once(self.app)

    def _work(self) -> bool:
        did = False
        while work_once(self.app, self.cell):
            did = True
            self._call_help()
        return keep_once(self.app, with_seldom=False) or did

    def _call_help(self, received: Sequence[ReceiptId] = ()) -> None:
        """Further workers, once there is or will be enough for them; they go when nothing is left."""
        # One that has gone may have waited in vain: a long list is checked for minutes.
        self.helpers = [helper for helper in self.helpers if helper.poll() is None]
        if self.helpers or self.workers <= 1:
            return
        is_coming = any(self._is_long_list(receipt_id) for receipt_id in received)
        if not is_coming and self.app.registers.counts()["documents_unarchived"] < _WORTH_HELP:
            return
        command = [sys.executable, "-m", "pipeline.cli", "--office", str(self.app.office.root)]
        self.helpers = [
            subprocess.Popen([*command, "work", "--until-idle"], stdout=subprocess.DEVNULL)
            for _ in range(self.workers - 1)
        ]

    def _is_long_list(self, receipt_id: ReceiptId) -> bool:
        """By its size: so that helpers start while it is being checked."""
        receipt = self.app.registers.receipt(receipt_id)
        return receipt is not None and receipt.is_list and receipt.size_bytes >= _LONG_LIST_BYTES

    def _finished(self) -> Iterator[Outcome]:
        """Tell of the drops that are answered and whose papers are in the index."""
        still_open, finished = [], []
        for receipt_id in self.open_receipts:
            receipt = self.app.registers.receipt(receipt_id)
            assert receipt is not None
            documents = None
            if receipt.state is ReceiptState.ANSWERED:
                # Not before: there may be thousands, and this is asked again and again.
                documents = self.app.registers.documents_of(receipt_id)
            if documents is not None and are_findable(documents):
                finished.append((receipt, documents))
            else:
                still_open.append(receipt_id)
        self.open_receipts = still_open
        if not finished:
            return
        ours = self.app.registers.claim_telling([receipt.id for receipt, _ in finished])
        for receipt, documents in finished:
            if receipt.id in ours:
                yield from self._tell(receipt, documents)

    def _tell(self, receipt: ReceiptView, documents: list[DocumentView]) -> Iterator[Outcome]:
        by_stem = _by_stem(receipt)
        for problem in receipt.problems:
            yield Outcome(
                source=_source(receipt),
                status="returned",
                kind=receipt.kind,
                files=list(receipt.answer_files),
                code=problem.code,
                message=problem.sentence(),
                ms=self._ms_since(receipt),
            )
        for document in documents:
            if receipt.problems and document.state is DocumentState.RETURNED:
                continue
            yield self._paper(receipt, document, by_stem)

    def _ms_since(self, receipt: ReceiptView) -> int:
        return int((self.app.clock.now() - receipt.received_at).total_seconds() * 1000)

    def _paper(
        self, receipt: ReceiptView, document: DocumentView, by_stem: dict[str, list[str]]
    ) -> Outcome:
        shown = document
        if document.duplicate_of is not None:
            shown = self.app.registers.get(document.duplicate_of) or document
        status = "parted" if is_parted(document.problems) else _STATUS[document.state]
        number = shown.number
        words = _words(status, shown)
        is_signed = receipt.kind == FOLDER
        if status == "duplicate" and (is_signed or has_amended(receipt, self.app.objects)):
            words = twin_line(receipt, document, shown, is_amended=True)
        elif document.state is DocumentState.WAITING:
            words = done_line(document, shown)
        first = document.problems[0] if document.problems else None
        return Outcome(
            source=_source(receipt),
            record=(document.place.row or document.place.index + 1) if receipt.is_list else None,
            status=status,
            kind=receipt.kind,
            reference=(number.reference or None) if number else None,
            document_id=shown.id,
            files=_files_of(receipt, document, by_stem),
            code=first.code if first else None,
            message=" ".join(p.sentence() for p in document.problems) or words,
            ms=self._ms_since(receipt),
        )

    def _turned_away(self, turned: Sequence[tuple[Path, VanthuError]]) -> Iterator[Outcome]:
        for path, error in turned:
            yield Outcome(
                source=str(path.relative_to(self.app.office.inbox_dir)),
                status="returned",
                kind=_kind_at(path, self.app),
                code=error.code,
                message=error.clerk_text,
            )

    def _secrets(self, drops: list[tuple[Drop, RecordRejected]]) -> Iterator[Outcome]:
        """The folder is named, the file is not: its name may be secret too."""
        for drop, error in drops:
            yield Outcome(
                source=drop.kind,
                status="returned",
                kind=drop.kind,
                code=error.code,
                message=error.clerk_text,
            )

    def _left(
        self, failures: list[tuple[Drop, TemporaryFailure]], waiting: list[Path]
    ) -> Iterator[Outcome]:
        reasons = {drop.path: error for drop, error in failures}
        for path in waiting:
            error = reasons.get(path)
            yield Outcome(
                source=str(path.relative_to(self.app.office.inbox_dir)),
                status="waiting",
                kind=_kind_at(path, self.app),
                code=error.code if error else None,
                message=error.clerk_text if error else "Tệp chưa ghi xong, sẽ nhận ở lần sau.",
            )
        for receipt_id in self.open_receipts:
            receipt = self.app.registers.receipt(receipt_id)
            if receipt is not None:
                yield Outcome(
                    source=_source(receipt),
                    status="waiting",
                    kind=receipt.kind,
                    message=f"Đang xử lý, sẽ tự thử lại. {receipt.effort.last_failure}".strip(),
                )


_STATUS = {
    DocumentState.NUMBERED: "indexed",
    DocumentState.WAITING: "indexed",
    DocumentState.RETURNED: "returned",
    DocumentState.DUPLICATE: "duplicate",
    DocumentState.RECEIVED: "waiting",
}


def are_findable(documents: list[DocumentView]) -> bool:
    """Whether the index knows every paper that was made."""
    made = [d for d in documents if d.state in (DocumentState.NUMBERED, DocumentState.WAITING)]
    return all(document.indexed_version >= document.version for document in made)


def _words(status: str, shown: DocumentView) -> str:
    number = shown.number.shown if shown.number else ""
    if status == "duplicate":
        return f"Đã có {number or short_id(shown.id)}."
    return f"Xong – {number}." if number else "Xong."


def _source(receipt: ReceiptView) -> str:
    return f"{receipt.folder}/{receipt.source_name}"


def _by_stem(receipt: ReceiptView) -> dict[str, list[str]]:
    """Stem → the answer's files of that name; a list of thousands is gone through once."""
    found: dict[str, list[str]] = {}
    for name in receipt.answer_files:
        found.setdefault(PurePath(name).stem, []).append(name)
    return found


def _files_of(
    receipt: ReceiptView, document: DocumentView, by_stem: dict[str, list[str]]
) -> list[str]:
    if not receipt.is_list:
        return list(receipt.answer_files)
    names = {marked_name(file.name, document.legal_state) for file in document.files}
    stems = sorted({PurePath(name).stem for name in names})
    return [name for stem in stems for name in by_stem.get(stem, ())]


def _kind_at(path: Path, app: App) -> str | None:
    parts = path.relative_to(app.office.inbox_dir).parts
    return parts[0] if len(parts) > 1 and parts[0] in app.folders else None


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0))
