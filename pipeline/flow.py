"""The whole way of a paper, on one screen.

    inbox → intake ● received → check → number ● numbered → carry | render | stamp → archive ● archived
          → answer ● answered → index ● indexed
    and beside it, for scans: read → archive ● archived again, with words → index ● indexed

Each moment (●) is one transaction and idempotent; between them is pure work in a folder that may be thrown away.
Recovery is: run it again, forwards only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from pipeline.app import App
from pipeline.between import Bench
from pipeline.engines.cell import Cell
from pipeline.errors.base import Problem
from pipeline.inbox.edited_texts import check_edit, is_edited_text, take_edit
from pipeline.inbox.folders import Drop
from pipeline.inbox.late_records import amend_papers
from pipeline.inbox.signed_scans import find_signed, keep_signed, with_signed
from pipeline.inbox.spool import dropped_files
from pipeline.plain import from_plain
from pipeline.record import DocumentId, ReceiptId
from pipeline.signed_back import FOLDER
from pipeline.steps.answer import answer
from pipeline.steps.archive import archive
from pipeline.steps.carry import carry
from pipeline.steps.check import check
from pipeline.steps.index import index, make_anew
from pipeline.steps.intake import Refusal, take_in
from pipeline.steps.number import number
from pipeline.steps.read import read, seconds_for, with_words
from pipeline.steps.render import render
from pipeline.steps.stamp import stamp
from pipeline.stores.registers.to_read import TextReadingView
from pipeline.stores.registers.views import DocumentView, ReceiptView

#: For what comes after reading.
_SPARE_S = 120.0


def receive(drop: Drop, app: App, cell: Cell, *, patient: bool) -> ReceiptId | Refusal:
    """Inbox → ● received."""
    with _bench(drop.kind, app, cell) as bench:
        return take_in(drop, bench, patient=patient)


def decide(receipt: ReceiptView, app: App, cell: Cell) -> list[DocumentView]:
    """● received → ● numbered: every paper of the drop leaves this with a number or a reason."""
    with _bench(receipt.kind, app, cell) as bench:
        problems = [from_plain(Problem, value) for value in receipt.extra.get("problems", ())]
        documents = app.registers.documents_of(receipt.id)
        if receipt.kind == FOLDER:
            checked = find_signed(receipt, documents, problems, bench)
            keep_signed(receipt, checked, bench)
        elif is_edited_text(receipt):
            checked = check_edit(receipt, documents, problems, bench)
            take_edit(receipt, checked, bench)
        else:
            checked = check(receipt, documents, problems, bench)
            amend_papers(receipt, checked, bench)
        return number(receipt.id, checked, problems, bench)


def process(documents: Sequence[DocumentView], app: App, cell: Cell) -> set[DocumentId]:
    """● numbered → ● archived; the ids that were still ours to archive."""
    made, fresh = carry(documents, app.registers, app.objects)
    with app.new_folder() as folder:
        for name, group in groupby(fresh, key=lambda document: document.kind):
            with _bench(name, app, cell, folder=Path(folder)) as bench:
                match bench.kind.source:
                    case "record":
                        made += render(list(group), bench)
                    case "paper" | "copy":
                        made += stamp(list(group), bench)
        made = [with_signed(one, app.objects) for one in made]
        return archive(made, app.objects, app.registers, app.worker)


def read_by_machine(reading: TextReadingView, app: App, cell: Cell) -> bool:
    """Pages without words → ● archived with them, beside the flow; false while the paper is not at rest."""
    document = app.registers.get(reading.document_id)
    if document is None or document.archived_version != document.version:
        return False
    with _bench(document.kind, app, cell) as bench:
        app.registers.renew([document.id], app.worker, seconds_for(reading, bench) + _SPARE_S)
        found = read(document, reading, bench)
        if found is None:
            return False
        following = app.registers.start_read_version(document.id, app.worker, _SPARE_S, found.told)
        if following is None:
            return False
        return bool(
            archive([with_words(following, found, bench)], app.objects, app.registers, app.worker)
        )


def respond(receipt: ReceiptView, app: App, cell: Cell) -> bool:
    """● archived → ● answered; false when another worker did it."""
    with _bench(receipt.kind, app, cell) as bench:
        return answer(receipt, dropped_files(app.office, receipt.id), bench)


def make_findable(
    app: App, *, role_timeout_s: float, progress: Callable[[int, str], None] | None = None
) -> int | None:
    """● archived → ● indexed, for all that is due; None while another process does it."""
    return index(
        app.registers,
        app.objects,
        app.search,
        role_timeout_s=role_timeout_s,
        progress=progress,
    )


def make_index_anew(
    app: App, *, progress: Callable[[int, str], None], should_stop: Callable[[], bool]
) -> int:
    """The whole index again, beside the one that answers meanwhile; how many papers it has."""
    return make_anew(
        app.registers,
        app.objects,
        app.search,
        role_timeout_s=60.0,
        progress=progress,
        should_stop=should_stop,
    )


@contextmanager
def _bench(kind: str, app: App, cell: Cell, folder: Path | None = None) -> Iterator[Bench]:
    with app.new_folder() as fresh:
        yield Bench(
            office=app.office,
            registers=app.registers,
            objects=app.objects,
            clock=app.clock,
            cell=cell,
            kind=app.folders[kind],
            folder=folder or Path(fresh),
            worker=app.worker,
        )
