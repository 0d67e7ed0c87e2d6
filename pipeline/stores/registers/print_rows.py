"""Printings in the tables: each change is one transaction with the journal row of its deed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pipeline.clock import Clock
from pipeline.person_names import owner_key
from pipeline.record import DocumentId, Record
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.lookup_code import storable
from pipeline.stores.registers.owners import of_person
from pipeline.stores.registers.print_views import PaperOfPrint, PrintState, PrintVersion, PrintView
from pipeline.stores.registers.rows import chunks, insert_rows

_ID_LENGTH = 26
_OPEN = (PrintState.ORDERED.value, PrintState.GIVEN.value)


def order(db: Database, view: PrintView) -> None:
    """Write a printing down before anybody prints."""
    with db.transaction():
        _insert(db, view)
        scribe = Scribe(db, view.made_at, view.person)
        scribe.note("print-ordered", _told(view))
        scribe.write()


def put_back(db: Database, views: Iterable[PrintView]) -> None:
    """Printings that the tables do not have, as they were, and what the journal knows of the end of those they have.

    One of papers that are nowhere any more is left out.
    """
    for view in views:
        standing = db.rows(models.PrintJob).filter(id=view.id)
        if standing.exists():
            if view.finished_at is not None:
                standing.update(
                    state=view.state.value,
                    finished_at=view.finished_at,
                    detail=view.detail,
                    bad_sheets=list(view.bad_sheets),
                )
            continue
        ids = {paper.document_id for paper in view.papers}
        if all(db.rows(models.Document).filter(id=one).exists() for one in ids):
            _insert(db, view)


def dumped(db: Database) -> list[PrintView]:
    """Every printing, the oldest first: one that is done again stands before what is printed again of it."""
    return _views(db, db.rows(models.PrintJob).order_by("id"))


def _insert(db: Database, view: PrintView) -> None:
    insert_rows(db, [_row(view)])
    papers = [
        models.PrintedPaper(
            job_id=view.id,
            position=position,
            document_id=paper.document_id,
            version=paper.version,
            pages=paper.pages,
            which=paper.which.value,
        )
        for position, paper in enumerate(view.papers)
    ]
    insert_rows(db, papers)


def _row(view: PrintView) -> models.PrintJob:
    return models.PrintJob(
        id=view.id,
        server=view.server,
        printer=view.printer,
        copies=view.copies,
        is_duplex=view.is_duplex,
        has_separators=view.has_separators,
        paper_size=view.paper_size,
        person=view.person,
        person_key=owner_key(view.person),
        made_at=view.made_at,
        worker=view.worker,
        state=view.state.value,
        printer_job=view.printer_job,
        finished_at=view.finished_at,
        detail=view.detail,
        again_of_id=view.again_of,
        only_sheets=list(view.only_sheets),
        sheets=view.sheets,
        bad_sheets=list(view.bad_sheets),
        is_lookup=view.is_lookup,
    )


def _told(view: PrintView) -> Record:
    return {
        "job": view.id,
        "server": view.server,
        "printer": view.printer,
        "copies": view.copies,
        "duplex": view.is_duplex,
        "separators": view.has_separators,
        "paper_size": view.paper_size,
        "sheets": view.sheets,
        "again_of": view.again_of,
        "only_sheets": list(view.only_sheets),
        "papers": [
            [one.document_id, one.version, one.pages, one.which.value] for one in view.papers
        ],
        "lookup": view.is_lookup,
    }


def given(db: Database, job_id: str, printer_job: str) -> bool:
    """The printer has it under that number; false when that was known, or it is over."""
    rows = db.rows(models.PrintJob).filter(id=job_id, state=PrintState.ORDERED.value)
    return bool(rows.update(state=PrintState.GIVEN.value, printer_job=printer_job))


def ended(db: Database, clock: Clock, view: PrintView, state: PrintState, detail: str = "") -> bool:
    """The printer is done with it, or never had it; false when somebody else wrote that down before."""
    now = clock.now()
    with db.transaction():
        rows = db.rows(models.PrintJob).filter(id=view.id, state__in=_OPEN)
        change = {"state": state.value, "finished_at": now, "detail": storable(detail)}
        if not rows.update(**change):
            return False
        scribe = Scribe(db, now, view.person)
        if state is PrintState.PRINTED:
            _note_papers(view, scribe)
        else:
            told: Record = {"job": view.id, "printer": view.printer, "state": state.value}
            scribe.note("print-failed", told | {"reason": storable(detail)})
        scribe.write()
        return True


def said(
    db: Database,
    clock: Clock,
    view: PrintView,
    outcome: tuple[PrintState, Sequence[int]],
    person: str,
) -> bool:
    """People say how it came out: printed (with the sheets that are spoilt), or not at all; false when it is not as *view*."""
    state, bad = outcome
    now = clock.now()
    with db.transaction():
        rows = db.rows(models.PrintJob).filter(id=view.id, state=view.state.value)
        if not rows.update(
            state=state.value, finished_at=view.finished_at or now, bad_sheets=list(bad)
        ):
            return False
        scribe = Scribe(db, now, person)
        if view.state is not PrintState.PRINTED and state is PrintState.PRINTED:
            _note_papers(view, scribe)
        told: Record = {"job": view.id, "state": state.value, "bad_sheets": list(bad)}
        scribe.note("print-said", told)
        scribe.write()
        return True


def _note_papers(view: PrintView, scribe: Scribe) -> None:
    """A deed on each paper that came out."""
    wanted = set(view.only_sheets)
    touched = {
        one.position
        for one in view.leaves()
        if not one.is_separator and (not wanted or wanted & set(range(one.first, one.last + 1)))
    }
    again: Record = {"again_of": view.again_of} if view.again_of else {}
    if wanted:
        again["only_sheets"] = list(view.only_sheets)
    for position in sorted(touched):
        paper = view.papers[position]
        told: Record = {
            "job": view.id,
            "printer": view.printer,
            "copies": view.copies,
            "version": paper.version,
            "which": paper.which.value,
            "lookup": view.is_lookup,
        }
        scribe.note("printed", told | again, document_id=paper.document_id)


def open_ones(db: Database) -> list[PrintView]:
    """Those whose printer is still to be asked, oldest first."""
    rows = db.rows(models.PrintJob).filter(state__in=_OPEN)
    return _views(db, rows.order_by("made_at", "id"))


def newest(
    db: Database, limit: int, document_id: DocumentId | None, person: str
) -> list[PrintView]:
    """The newest first; of one paper, of one person where they are named."""
    rows = of_person(db.rows(models.PrintJob), "person", person)
    if document_id is not None:
        of_paper = db.rows(models.PrintedPaper).filter(document_id=document_id)
        rows = rows.filter(id__in=of_paper.values("job_id"))
    # Ids tell when they were made.
    return _views(db, rows.order_by("-id")[:limit])


def named(db: Database, text: str) -> list[PrintView]:
    """Those whose code ends like *text*."""
    wanted = storable(text).strip().lower().removeprefix("~")
    if not wanted:
        return []
    rows = db.rows(models.PrintJob)
    rows = rows.filter(id=wanted) if len(wanted) == _ID_LENGTH else rows.filter(id__endswith=wanted)
    return _views(db, rows.order_by("id")[:2])


def _views(db: Database, rows: Iterable[models.PrintJob]) -> list[PrintView]:
    jobs = list(rows)
    papers: dict[str, list[PaperOfPrint]] = {}
    of_jobs = db.rows(models.PrintedPaper).order_by("job_id", "position")
    pieces = chunks(job.id for job in jobs)
    for row in (row for ids in pieces for row in of_jobs.filter(job_id__in=ids)):
        paper = PaperOfPrint(
            document_id=DocumentId(row.document_id),
            version=row.version,
            pages=row.pages,
            which=PrintVersion(row.which),
        )
        papers.setdefault(row.job_id, []).append(paper)
    return [_view(job, tuple(papers.get(job.id, ()))) for job in jobs]


def _view(row: models.PrintJob, papers: tuple[PaperOfPrint, ...]) -> PrintView:
    return PrintView(
        id=row.id,
        server=row.server,
        printer=row.printer,
        copies=row.copies,
        is_duplex=row.is_duplex,
        has_separators=row.has_separators,
        paper_size=row.paper_size,
        person=row.person,
        made_at=wire.local(row.made_at),
        worker=row.worker,
        state=PrintState(row.state),
        papers=papers,
        sheets=row.sheets,
        printer_job=row.printer_job,
        finished_at=_local_or_none(row.finished_at),
        detail=row.detail,
        again_of=row.again_of_id,
        only_sheets=tuple(row.only_sheets),
        bad_sheets=tuple(row.bad_sheets),
        is_lookup=row.is_lookup,
    )


def _local_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else wire.local(moment)
