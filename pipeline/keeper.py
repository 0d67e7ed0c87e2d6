"""What must be kept up beside the flow: index, journal, spool, write-ahead log. The process behind ``vanthu keep``.

Any number of keepers may run; each duty is done by whoever gets its lock first.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date

from pipeline.app import App, refuse_if_behind, sweep_work
from pipeline.clock import monotonic_ms
from pipeline.document_object import journal_object
from pipeline.errors.base import ArchiveCorrupted, VanthuError, shown_as
from pipeline.errors.search import IndexBusy
from pipeline.flow import make_findable
from pipeline.inbox.recovery import sweep_answered
from pipeline.printing.following import follow_all
from pipeline.sealing import seal_all
from pipeline.steps.index import reconcile
from pipeline.stores.registers.views import SYSTEM
from pipeline.worker import NICENESS, release_the_dead

log = logging.getLogger(__name__)

_IDLE_S = 0.25
#: Duties that may wait, each this often.
_SELDOM_S = 20.0
#: A print server may take this long to answer.
_PRINTER_S = 2.0


def keep(app: App, should_stop: Callable[[], bool]) -> None:
    """Keep the office up until told to stop."""
    refuse_if_behind(app)
    with suppress(OSError):
        os.nice(NICENESS)
    _done(_reconcile, app)
    seldom_at = 0
    while not should_stop():
        is_due = monotonic_ms() >= seldom_at
        did = keep_once(app, with_seldom=is_due)
        if is_due:
            seldom_at = monotonic_ms() + int(_SELDOM_S * 1000)
        if did:
            continue
        if not (is_due and _is_quiet(app) and _done(_compact, app)):
            time.sleep(_IDLE_S)


def keep_once(app: App, *, with_seldom: bool = True) -> bool:
    """Do every duty that is due; whether any had something to do.

    Raises:
        ArchiveCorrupted: all writing must stop.
    """
    duties: list[Callable[[App], bool]] = [_index, _seal, _sweep]
    if with_seldom:
        duties += [_release, _follow_prints, _close_days, _tidy, _checkpoint]
    did = False
    for duty in duties:
        did = _done(duty, app) or did
    return did


def _done(duty: Callable[[App], bool], app: App) -> bool:
    """Whether a duty had something to do; one that cannot be done now is put off."""
    try:
        return duty(app)
    except ArchiveCorrupted:
        raise
    except (VanthuError, OSError) as error:
        told = shown_as(f"Việc giữ sổ, mục lục tạm hoãn, chương trình sẽ tự làm lại. {_why(error)}")
        log.warning("duty %s put off: %s", duty.__name__.lstrip("_"), error, extra=told)
        return False


def _why(error: Exception) -> str:
    return error.terminal_text if isinstance(error, VanthuError) else ""


def _is_quiet(app: App) -> bool:
    """Nothing waits to be made but what fails each time: time for what takes seconds and helps nobody today."""
    counts = app.registers.counts()
    open_drops = counts["receipts_undecided"] - counts["receipts_failing"]
    return open_drops + counts["documents_unarchived"] == 0


def _index(app: App) -> bool:
    return bool(make_findable(app, role_timeout_s=0.0))


def _reconcile(app: App) -> bool:
    """What index and registers say of each other, once at the start: an index may have been put back from elsewhere."""
    if not app.search.health():
        with suppress(IndexBusy):
            reconcile(app.registers, app.search, role_timeout_s=0.0)
    return False


def _seal(app: App) -> bool:
    return seal_all(app) > 0


def _sweep(app: App) -> bool:
    return sweep_answered(app.office, app.registers) > 0


def _release(app: App) -> bool:
    release_the_dead(app)
    return False


def _follow_prints(app: App) -> bool:
    """What became of printings that nobody waits for; index and journal must not wait for a silent server."""
    profile = replace(app.office.printing, timeout_s=_PRINTER_S)
    return follow_all(replace(app, office=replace(app.office, printing=profile))) > 0


def _close_days(app: App) -> bool:
    """A day of the journal that is over becomes an object."""
    pending: list[date] = []
    for day in reversed(app.journal.closed_days()):
        if app.objects.exists(journal_object(day.isoformat())):
            break
        pending.append(day)
    for day in reversed(
        pending
    ):  # oldest first: what is missing after a crash is always the newest
        path = app.journal.path_of(day)
        app.objects.put(
            journal_object(day.isoformat()),
            {path.name: path},
            version=1,
            message="day closed",
            person=SYSTEM,
            created_at=app.clock.now(),
        )
    return bool(pending)


def _tidy(app: App) -> bool:
    """What processes that are gone left in staging and work."""
    app.objects.sweep_staging()
    sweep_work(app.work_dir)
    return False


def _compact(app: App) -> bool:
    """Segments of the index, a few at a time."""
    if app.search.health():
        return False
    with suppress(IndexBusy), app.search.writer(timeout_s=0.0) as writer:
        return writer.compact()
    return False


def _checkpoint(app: App) -> bool:
    app.registers.checkpoint()
    return False
