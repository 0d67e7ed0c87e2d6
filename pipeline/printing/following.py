"""A printing that was ordered → what the printer says of it, written down once; it is asked, never given the job again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from pipeline.app import App, is_worker_gone
from pipeline.clock import monotonic_ms
from pipeline.engines import printer as cups
from pipeline.errors.base import VanthuError
from pipeline.errors.printing import PrinterRefused, PrintNotOver, PrintServerUnreachable
from pipeline.printing.telling import STATE_WORDS, in_brackets, reasons_in_words, short_code
from pipeline.stores.registers.print_views import PrintState, PrintView

log = logging.getLogger(__name__)

#: Giving takes less; a process of another machine that was giving for longer is dead.
_LONGEST_GIVING = timedelta(minutes=15)
#: A crash is noticed within minutes: only then is it certain that a job the server does not know was never given.
_SURE_NOT_SENT = timedelta(hours=1)
_PAUSE_S = 0.3
_SETTLING_S = 0.7
#: How long a printer is waited for altogether: so much, and so much for each sheet.
_LEAST_MS = 60_000
_MS_A_SHEET = 6_000
_ENDS = {
    cups.JobStatus.DONE: PrintState.PRINTED,
    cups.JobStatus.CANCELLED: PrintState.CANCELLED,
    cups.JobStatus.ABORTED: PrintState.FAILED,
}
#: What people can say something about.
_TELLABLE = frozenset((PrintState.HERE, PrintState.PRINTED, PrintState.FORGOTTEN))


def job_name(view: PrintView) -> str:
    """What the printer calls it: by this name it is found after a crash. It tells nothing of the papers."""
    return f"vanthu-{view.id}"


def follow_up(view: PrintView, app: App, *, is_ours: bool = False) -> PrintView:
    """Ask the printer about one that is not over, and write down what is new.

    Args:
        is_ours: This process gave it, and is not giving it any more.
    Raises:
        PrintServerUnreachable (T326), PrinterRefused (T328).
    """
    if not view.state.is_open or (not is_ours and _is_being_given(view, app)):
        return view
    job = _asked(view, app)
    if job is None and view.state is PrintState.ORDERED:
        # What a process that died had sent may still be on its way into the server.
        time.sleep(_SETTLING_S)
        job = _asked(view, app)
    if job is None:
        # Of one that was ordered long ago (before a restore, on a machine that is gone) nobody knows what came out.
        is_fresh = app.clock.now() - view.made_at < _SURE_NOT_SENT
        is_unsent = view.state is PrintState.ORDERED and is_fresh
        return _ended(view, PrintState.NOT_SENT if is_unsent else PrintState.FORGOTTEN, "", app)
    if view.state is PrintState.ORDERED:
        app.registers.print_given(view.id, str(job.id))
        view = replace(view, state=PrintState.GIVEN, printer_job=str(job.id))
    if job.status.is_over:
        state = _ENDS[job.status]
        detail = "" if state is PrintState.PRINTED else reasons_in_words(job.reasons, job.message)
        return _ended(view, state, detail, app)
    return view


def follow_all(app: App) -> int:
    """Ask about every printing that is not over; how many are over now. A server that does not answer is asked once.

    Raises:
        PrintServerUnreachable (T326), PrinterRefused (T328): of some; the others were asked all the same.
    """
    over = 0
    failed: dict[str, VanthuError] = {}
    for view in app.registers.open_prints():
        if view.server in failed:
            continue
        try:
            over += not follow_up(view, app).state.is_open
        except (PrintServerUnreachable, PrinterRefused) as error:
            failed[view.server] = error
    if failed:
        raise next(iter(failed.values()))
    return over


def wait_for(
    view: PrintView,
    app: App,
    tell: Callable[[str], None],
    *,
    stopped_s: float = 10.0,
) -> PrintView:
    """Wait until the printer is done with it, or stands still for too long; how far it is then.

    Args:
        tell: Hears what the printer is doing, again and again.
        stopped_s: How long a printer may stand still.
    Raises:
        PrintServerUnreachable (T326), PrinterRefused (T328).
    """
    began = stopped_at = monotonic_ms()
    limit_ms = _LEAST_MS + _MS_A_SHEET * view.sheets_to_print
    while True:
        # A server that misses one question has the job still: it is asked again until it stood still for too long.
        with suppress(PrintServerUnreachable):
            view = follow_up(view, app, is_ours=True)
        now = monotonic_ms()
        if not view.state.is_open or now - began > limit_ms:
            return view
        doing, is_stopped = _doing(view, app)
        tell(doing)
        stopped_at = stopped_at if is_stopped else now
        if now - stopped_at > stopped_s * 1000:
            return view
        time.sleep(_PAUSE_S)


def report_outcome(
    view: PrintView, state: PrintState, bad_sheets: Sequence[int], person: str, app: App
) -> PrintView:
    """Write down what people say of a printing that is over: all there, some sheets spoilt, or nothing printed.

    Raises:
        PrintNotOver (R255): the printer is not done with it, or it never came about.
    """
    view = _asked_once_more(view, app)
    # What people said of their own printing they may take back.
    is_own = view.state is PrintState.CANCELLED and not view.printer
    is_tellable = is_own or view.state in _TELLABLE
    if not is_tellable or not app.registers.print_said(view, state, bad_sheets, person):
        (now,) = app.registers.prints_named(view.id)
        words = STATE_WORDS[now.state]
        raise PrintNotOver(f"job={view.id} {now.state}", job=short_code(view), state=words)
    return replace(view, state=state, bad_sheets=tuple(bad_sheets))


def _asked_once_more(view: PrintView, app: App) -> PrintView:
    """A printing as its printer tells; where that cannot be asked any more, people's word is all there is."""
    try:
        return follow_up(view, app)
    except (PrintServerUnreachable, PrinterRefused):
        return _ended(view, PrintState.FORGOTTEN, "", app)


def _is_being_given(view: PrintView, app: App) -> bool:
    """Whether some process may be handing it over at this moment."""
    if view.state is not PrintState.ORDERED or is_worker_gone(view.worker):
        return False
    return app.clock.now() - view.made_at < _LONGEST_GIVING


def server_at(shown: str, app: App) -> cups.PrintServer:
    """The print server that an office file or a row shows so, asked with the office's patience and trust."""
    profile = app.office.printing
    ca_file = app.office.root / profile.ca_file if profile.ca_file else None
    return cups.PrintServer.at(shown, timeout_s=profile.timeout_s, ca_file=ca_file)


def _server(view: PrintView, app: App) -> cups.PrintServer:
    return server_at(view.server, app)


def _asked(view: PrintView, app: App) -> cups.Job | None:
    """The printer's job; its number may be another's by now, its name is ours alone."""
    server = _server(view, app)
    if view.printer_job:
        job = cups.job(server, view.printer, int(view.printer_job))
        if job is not None and job.name == job_name(view):
            return job
    return cups.find_job(server, view.printer, job_name(view))


def _ended(view: PrintView, state: PrintState, detail: str, app: App) -> PrintView:
    if app.registers.print_ended(view, state, detail):
        log.info("print ended job=%s state=%s", view.id, state)
    (after,) = app.registers.prints_named(view.id)
    return after


def _doing(view: PrintView, app: App) -> tuple[str, bool]:
    """What is going on in words, and whether the printer stands still."""
    try:
        found = cups.printer(_server(view, app), view.printer)
        job = _asked(view, app)
    except PrintServerUnreachable:
        return "máy chủ in không trả lời", True
    if found.is_stopped:
        return (
            f"máy in đang dừng{in_brackets(reasons_in_words(found.reasons, found.message))}",
            True,
        )
    if job is not None and job.status in {cups.JobStatus.HELD, cups.JobStatus.STOPPED}:
        return (
            f"lần in đang bị giữ lại{in_brackets(reasons_in_words(job.reasons, job.message))}",
            True,
        )
    trouble = in_brackets(reasons_in_words(found.reasons, found.message))
    if job is not None and job.sheets_done:
        return f"đã ra {job.sheets_done} trang{trouble}", False
    waits = job is not None and job.status is cups.JobStatus.WAITING
    return f"{'đang chờ máy in' if waits else 'đang in'}{trouble}", False
