"""Pages without words → read by a machine, one paper after another, beside the flow: the process behind ``vanthu read``.

A paper is registered and found by its record at once; by its text when its turn has come here.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress

from pipeline.app import App, refuse_if_behind
from pipeline.engines.cell import Cell
from pipeline.errors.base import ArchiveCorrupted, TemporaryFailure, VanthuError, on_screen
from pipeline.errors.cell import CellFailure
from pipeline.flow import read_by_machine
from pipeline.stores.registers.to_read import TextReadingView
from pipeline.worker import release_the_dead

log = logging.getLogger(__name__)

_LEASE_S = 300.0
_IDLE_S = 0.5
#: The flow goes first: reading takes what it leaves.
_NICENESS = 15
#: While another version of the paper is on its way; twice as long each time.
_SOON_S = 2.0
_MOST_DOUBLINGS = 10
_RETRY_S = (5.0, 60.0, 600.0, 3600.0)
#: A paper that killed its cell this often is not tried again.
_MOST_KILLS = 2


def read(app: App, should_stop: Callable[[], bool]) -> None:
    """Read until told to stop, waiting a moment whenever nothing is due."""
    refuse_if_behind(app)
    release_the_dead(app)
    with suppress(OSError):
        os.nice(_NICENESS)
    with app.new_cell() as cell:
        while not should_stop():
            if not read_once(app, cell):
                time.sleep(_IDLE_S)


def read_until_idle(
    app: App, should_stop: Callable[[], bool], progress: Callable[[int, str], None]
) -> int:
    """Read what is due now; how many papers."""
    done = 0
    with app.new_cell() as cell:
        while not should_stop() and read_once(app, cell):
            done += 1
            progress(done, "")
    return done


def read_once(app: App, cell: Cell) -> bool:
    """Read one paper; false when none is due.

    Raises:
        ArchiveCorrupted: all writing must stop.
    """
    reading = app.registers.claim_reading(app.worker, _LEASE_S)
    if reading is None:
        return False
    try:
        if not read_by_machine(reading, app, cell):
            delay = _SOON_S * 2 ** min(reading.attempts, _MOST_DOUBLINGS)
            app.registers.failed(reading.document_id, app.worker, "not at rest", delay)
    except ArchiveCorrupted:
        app.registers.release([reading.document_id], app.worker)
        raise
    except CellFailure as error:
        if reading.kills + 1 >= _MOST_KILLS:
            _give_up(reading, app, error)
        else:
            app.registers.killed(reading.document_id, app.worker, str(error), _RETRY_S[0])
    except (TemporaryFailure, OSError) as error:
        _put_off(reading, app, error)
    except VanthuError as error:
        _give_up(reading, app, error)
    return True


def _put_off(reading: TextReadingView, app: App, error: Exception) -> None:
    delay = _RETRY_S[min(reading.attempts, len(_RETRY_S) - 1)]
    app.registers.failed(reading.document_id, app.worker, str(error), delay)
    told = on_screen(error, _file_of(reading, app))
    log.warning(
        "not read document=%s again in %gs: %s", reading.document_id, delay, error, extra=told
    )


def _give_up(reading: TextReadingView, app: App, error: VanthuError) -> None:
    app.registers.give_up_reading(reading.document_id, app.worker, error.clerk_text)
    told = on_screen(error, _file_of(reading, app))
    log.warning("cannot be read document=%s: %s", reading.document_id, error, extra=told)


def _file_of(reading: TextReadingView, app: App) -> str:
    document = app.registers.get(reading.document_id)
    receipt = app.registers.receipt(document.receipt_id) if document else None
    return receipt.source_name if receipt else ""
