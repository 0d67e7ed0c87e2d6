"""The registers' open work → done, one piece after another: the process behind ``vanthu work``.

Thin on purpose: it claims, calls the flow, and lets go. What it cannot finish goes back with a due time; what killed
its cell twice goes back to its clerk.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from pipeline.app import App, is_worker_gone, refuse_if_behind
from pipeline.engines.cell import Cell
from pipeline.errors.base import (
    ON_SCREEN,
    ArchiveCorrupted,
    Problem,
    TemporaryFailure,
    VanthuError,
    on_screen,
)
from pipeline.errors.cell import CellFailure
from pipeline.errors.intake import KilledItsWorker
from pipeline.errors.registers import RulesBroken
from pipeline.flow import decide, make_findable, process, respond
from pipeline.inbox.told_on_screen import finished_line
from pipeline.record import DocumentId, ReceiptId
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    ReceiptState,
    ReceiptView,
    Ruling,
    Verdict,
)

log = logging.getLogger(__name__)

Tell = Callable[[str], None]

#: Papers made in one go: one call into the cell, one sync of the file system, one transaction.
CHUNK = 16
#: Long enough for the longest list; a worker that died on this machine is noticed without waiting for it.
LEASE_S = 900.0
#: A drop or paper that killed its cell this often is given back to its clerk.
MOST_KILLS = 2
_IDLE_S = 0.15
#: Whoever waits before a page goes first: a list is as long as it is, a page is felt. Cells are as nice as we are.
NICENESS = 10
#: How long a helper waits for a list that is being checked.
_PATIENCE_S = 30.0
_RETRY_S = (1.0, 5.0, 30.0, 120.0, 600.0)
_WARM = ("render_many", "trial", "paper.stamp", "join")


def tell_nobody(_line: str) -> None:
    """Tell nobody."""


def work(app: App, should_stop: Callable[[], bool], tell: Tell = tell_nobody) -> None:
    """Work until told to stop, waiting a moment whenever nothing is due.

    Args:
        tell: Told one line of each drop that is finished.
    """
    refuse_if_behind(app)
    release_the_dead(app)
    with suppress(OSError):
        os.nice(NICENESS)
    with app.new_cell() as cell:
        cell.warm(*_WARM)
        while not should_stop():
            if not work_once(app, cell, tell):
                time.sleep(_IDLE_S)


def work_until_idle(app: App, should_stop: Callable[[], bool]) -> None:
    """Work until nothing is due, then help with the index, while the list is answered elsewhere."""
    with app.new_cell() as cell:
        cell.warm(*_WARM)
        patient_until = time.monotonic() + _PATIENCE_S
        while not should_stop():
            if work_once(app, cell):
                patient_until = time.monotonic() + _PATIENCE_S
                continue
            # A list that another worker is checking will soon be work for all.
            is_coming = app.registers.counts()["receipts_undecided"] > 0
            if not is_coming or time.monotonic() > patient_until:
                break
            time.sleep(_IDLE_S)
    make_findable(app, role_timeout_s=0.0)


def work_once(app: App, cell: Cell, tell: Tell = tell_nobody) -> bool:
    """Do one piece of work; false when none is due.

    Answers first, so that what is finished is given out; then new drops; then sheets.

    Raises:
        ArchiveCorrupted: all writing must stop.
    """
    if (finished := app.registers.claim_answer(app.worker, LEASE_S)) is not None:
        is_told = finished.answered_at is not None
        if _attempt(finished, app, respond, cell) and tell is not tell_nobody and not is_told:
            tell(_finished_line(finished, app))
        return True
    if (dropped := app.registers.claim_receipt(app.worker, LEASE_S)) is not None:
        _attempt(dropped, app, decide, cell)
        return True
    documents = app.registers.claim_documents(app.worker, CHUNK, LEASE_S)
    if documents:
        _make(documents, app, cell)
    return bool(documents)


def release_the_dead(app: App) -> None:
    """Let go of what workers of this machine held when they died."""
    for worker, item_ids in app.registers.holders().items():
        if is_worker_gone(worker):
            app.registers.release([DocumentId(one) for one in item_ids], worker)
            told = {
                ON_SCREEN: f"Nhận lại {len(item_ids)} việc của một tiến trình đã tắt giữa chừng."
            }
            log.warning(
                "released %d items of a worker that is gone: %s", len(item_ids), worker, extra=told
            )


def _attempt(
    receipt: ReceiptView,
    app: App,
    deed: Callable[[ReceiptView, App, Cell], object],
    cell: Cell,
) -> bool:
    """Whether the deed was done."""
    try:
        return bool(deed(receipt, app, cell))
    except RulesBroken as error:
        # The database took nothing of it and stands as it was: this drop waits for whoever mends us, its neighbours do not.
        _let_go(receipt.id, (receipt.effort.attempts, receipt.source_name), app, error)
    except ArchiveCorrupted:
        app.registers.release([receipt.id], app.worker)
        raise
    except CellFailure as error:
        log.warning(
            "killed its cell receipt=%s before=%d %s",
            receipt.id,
            receipt.effort.kills,
            error,
            extra=on_screen(error, receipt.source_name),
        )
        if receipt.effort.kills + 1 >= MOST_KILLS and receipt.state is ReceiptState.RECEIVED:
            _give_drop_back(receipt, app)
        else:
            app.registers.killed(receipt.id, app.worker, str(error), _RETRY_S[0])
    except (VanthuError, OSError) as error:
        _let_go(receipt.id, (receipt.effort.attempts, receipt.source_name), app, error)
    return False


def _finished_line(receipt: ReceiptView, app: App) -> str:
    documents = app.registers.documents_of(receipt.id)
    ids = dict.fromkeys(one.duplicate_of for one in documents if one.duplicate_of is not None)
    return finished_line(receipt, documents, app.registers.get_many(list(ids)[:1]))


def _make(documents: Sequence[DocumentView], app: App, cell: Cell) -> None:
    try:
        process(documents, app, cell)
    except ArchiveCorrupted:
        app.registers.release([document.id for document in documents], app.worker)
        raise
    except (VanthuError, OSError) as error:
        if len(documents) > 1:
            # One of them spoils it for the others: each alone, so that only the one is blamed.
            log.info("one by one after: %s", error)
            for document in documents:
                _make([document], app, cell)
        elif isinstance(error, CellFailure):
            _blame(documents[0], app, error)
        else:
            effort = documents[0].effort.attempts, _source_of(documents[0], app)
            _let_go(documents[0].id, effort, app, error)


def _blame(document: DocumentView, app: App, error: CellFailure) -> None:
    log.warning(
        "killed its cell document=%s before=%d %s",
        document.id,
        document.effort.kills,
        error,
        extra=on_screen(error, _source_of(document, app)),
    )
    if document.effort.kills + 1 >= MOST_KILLS:
        app.registers.return_document(document.id, app.worker, [_killed_problem(document, app)])
    else:
        app.registers.killed(document.id, app.worker, str(error), _RETRY_S[0])


def _killed_problem(document: DocumentView, app: App) -> Problem:
    receipt = app.registers.receipt(document.receipt_id)
    name = receipt.source_name if receipt else document.id
    suffix = receipt.suffix if receipt else ""
    return KilledItsWorker.at("killed its cell twice", file=name, suffix=suffix).problem()


def _give_drop_back(receipt: ReceiptView, app: App) -> None:
    problem = KilledItsWorker.at(
        "killed its cell twice", file=receipt.source_name, suffix=receipt.suffix
    ).problem()
    documents = app.registers.documents_of(receipt.id)
    rulings = [
        Ruling(document_id=document.id, verdict=Verdict.RETURN, problems=(problem,))
        for document in documents
        if document.state is DocumentState.RECEIVED
    ]
    app.registers.decide(receipt.id, rulings, problems=() if rulings else (problem,))


def _let_go(
    item_id: DocumentId | ReceiptId, effort: tuple[int, str], app: App, error: VanthuError | OSError
) -> None:
    attempts, source = effort
    fixed = error.retry_s if isinstance(error, TemporaryFailure) else 0.0
    delay = fixed or _RETRY_S[min(attempts, len(_RETRY_S) - 1)]
    app.registers.failed(item_id, app.worker, str(error), delay)
    level = logging.ERROR if attempts >= len(_RETRY_S) - 1 else logging.WARNING
    if fixed:
        level = logging.INFO  # expected: it only waits for its neighbour
    log.log(
        level,
        "failed item=%s attempt=%d again in %gs: %s",
        item_id,
        attempts + 1,
        delay,
        error,
        extra=on_screen(error, source),
    )


def _source_of(document: DocumentView, app: App) -> str:
    receipt = app.registers.receipt(document.receipt_id)
    return receipt.source_name if receipt else ""
