"""Papers → a printer, or one PDF that people print themselves; what was ordered is written down first.

    checked → PDF made → ● ordered → given to the printer in one request, under the id of its row → ● given → ● printed

After a crash the printer is asked for a job of that name (:mod:`pipeline.printing.following`): nothing is ever given
twice by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.app import App
from pipeline.durable import give_out
from pipeline.engines import printer as cups
from pipeline.engines.cell import Cell
from pipeline.errors.printing import (
    PrinterNotChosen,
    PrinterOneSided,
    PrinterRefused,
    PrinterStopped,
    PrintNotOver,
    PrintServerUnreachable,
    TooManySheets,
)
from pipeline.printing.choosing import check_printable, paper_of, pdf_of
from pipeline.printing.following import follow_up, job_name, server_at
from pipeline.printing.making import counted, make_pdf
from pipeline.printing.telling import STATE_WORDS, in_brackets, reasons_in_words, short_code
from pipeline.record import new_id
from pipeline.standing import shown_of
from pipeline.stores.registers.print_views import (
    VERSION_WORDS,
    PaperOfPrint,
    PrintState,
    PrintVersion,
    PrintView,
)
from pipeline.stores.registers.views import DocumentView

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How somebody wants it; None: as the office usually prints."""

    person: str
    copies: int = 1
    printer: str = ""
    duplex: bool | None = None
    separators: bool | None = None
    #: None: the signed one where it came back, else the program's own.
    version: PrintVersion | None = None
    #: Every page says that it is only for looking: whoever may not print otherwise.
    is_lookup: bool = False
    #: Papers out of force too.
    also_withdrawn: bool = False
    #: More sheets are refused; 0: as many as there are.
    most_sheets: int = 0
    #: Where the file goes that people print themselves; None: to a printer.
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A printing that is on its way, and what must be said of its papers."""

    view: PrintView
    warnings: tuple[str, ...] = ()


def print_papers(documents: Sequence[DocumentView], order: Order, app: App) -> Ordered:
    """Print papers in their order as one job.

    Raises:
        PrintOutOfForce (R251), PaperNotPrintable (R256), NothingToPrint (R250), PrintVersionMissing (R275), PaperNotArchived (T329).
        PrinterNotChosen (R257), PrinterUnknown (R252), PrinterStopped (T327), PrinterRefused (T328),
        PrintServerUnreachable (T326).
    """
    warnings = check_printable(documents, app, also_withdrawn=order.also_withdrawn)
    papers = tuple(paper_of(document, app, wanted=order.version) for document in documents)
    warnings += tuple(
        f"{shown_of(document)}: in {VERSION_WORDS[paper.which]}"
        for document, paper in zip(documents, papers, strict=True)
        if order.version is not None or paper.which is not PrintVersion.BAN_DUNG
    )
    return Ordered(view=_carry_out(_drafted(papers, order, app), order, app), warnings=warnings)


def print_again(earlier: PrintView, sheets: Sequence[int], order: Order, app: App) -> Ordered:
    """Print an earlier printing again, or some of its sheets: the very same versions, in the very same places.

    Raises:
        PrintNotOver (R255): it is still on its way.
        As :func:`print_papers`.
    """
    if earlier.state.is_open:
        words = STATE_WORDS[earlier.state]
        raise PrintNotOver(f"again job={earlier.id}", job=short_code(earlier), state=words)
    documents = [app.registers.get(paper.document_id) for paper in earlier.papers]
    standing = [replace(one, version=one.archived_version) for one in documents if one is not None]
    warnings = check_printable(standing, app, also_withdrawn=order.also_withdrawn)
    drafted = _drafted(earlier.papers, order, app)
    view = replace(
        drafted,
        copies=earlier.copies,
        is_duplex=earlier.is_duplex,
        has_separators=earlier.has_separators,
        paper_size=earlier.paper_size,
        again_of=earlier.id,
        only_sheets=tuple(sheets),
    )
    return Ordered(view=_carry_out(view, order, app), warnings=warnings)


def pdf_again(view: PrintView, out: Path, app: App, cell: Cell) -> None:
    """Write the PDF of a printing anew: the very same versions, for whoever prints it by hand.

    Raises:
        PaperNotPrintable (R256), NothingToPrint (R250).
    """
    make_pdf(view, [pdf_of(paper, app) for paper in view.papers], out, app, cell)


def _drafted(papers: tuple[PaperOfPrint, ...], order: Order, app: App) -> PrintView:
    usual = app.office.printing
    is_here = order.out is not None
    return PrintView(
        id=new_id(app.clock),
        server="" if is_here else usual.server,
        printer="" if is_here else order.printer or usual.printer,
        copies=order.copies,
        is_duplex=usual.duplex if order.duplex is None else order.duplex,
        has_separators=usual.separators if order.separators is None else order.separators,
        paper_size=usual.paper_size,
        person=order.person,
        made_at=app.clock.now(),
        worker=app.worker,
        state=PrintState.HERE if is_here else PrintState.ORDERED,
        papers=papers,
        sheets=0,
        is_lookup=order.is_lookup,
    )


def _carry_out(view: PrintView, order: Order, app: App) -> PrintView:
    """Make the PDF, write the printing down, hand it over: in this order."""
    if order.out is None:
        view = _checked(view, app, is_duplex_wanted=bool(order.duplex or view.again_of))
    paths = [pdf_of(paper, app) for paper in view.papers]
    with app.new_folder() as folder:
        pdf = Path(folder) / "in.pdf"
        with app.new_cell() as cell:
            view = counted(view, paths, cell)
            if 0 < order.most_sheets < view.sheets_to_print:
                raise TooManySheets("sheets", count=view.sheets_to_print, most=order.most_sheets)
            make_pdf(view, paths, pdf, app, cell)
        app.registers.order_print(view)
        log.info("print ordered job=%s sheets=%d printer=%r", view.id, view.sheets, view.printer)
        if order.out is None:
            return _given(view, pdf, app)
        give_out(pdf, order.out)
    return view


def _checked(view: PrintView, app: App, *, is_duplex_wanted: bool) -> PrintView:
    """The printing with its printer, which is there and at work.

    Args:
        is_duplex_wanted: Somebody asked for both sides, or the sheets are counted so; else one side will do.
    """
    server = server_of(view, app)
    name = view.printer or cups.default_printer(server)
    if not name:
        raise PrinterNotChosen("no printer named and no default")
    found = cups.printer(server, name)
    if found.is_stopped or not found.is_accepting:
        raise PrinterStopped(
            f"printer={name!r} stopped={found.is_stopped} accepting={found.is_accepting}",
            name=name,
            state="dừng" if found.is_stopped else "không nhận việc in",
            why=in_brackets(reasons_in_words(found.reasons, found.message)),
        )
    if view.is_duplex and not found.has_duplex:
        if is_duplex_wanted:
            raise PrinterOneSided(f"one side only printer={name!r}", name=name)
        view = replace(view, is_duplex=False)
    return replace(view, printer=name)


def _given(view: PrintView, pdf: Path, app: App) -> PrintView:
    ticket = cups.Ticket(name=job_name(view), duplex=view.is_duplex, paper=view.paper_size)
    try:
        number = cups.give(server_of(view, app), view.printer, pdf, ticket)
    except PrinterRefused as error:
        app.registers.print_ended(view, PrintState.FAILED, str(error.values.get("why", "")))
        raise
    except PrintServerUnreachable:
        # Perhaps it has the job and only its answer was lost.
        after = follow_up(view, app, is_ours=True)
        if after.state is PrintState.NOT_SENT:
            raise
        return after
    # Without a number it is found by its name.
    printer_job = str(number or "")
    app.registers.print_given(view.id, printer_job)
    log.info("print given job=%s printer_job=%d", view.id, number)
    return replace(view, state=PrintState.GIVEN, printer_job=printer_job)


def server_of(view: PrintView, app: App) -> cups.PrintServer:
    """The server that the printing goes to."""
    return server_at(view.server, app)
