"""Operations over incoming papers: the full trial, and pictures of pages. Path in → facts out."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.engines import join, pdf, raster
from pipeline.engines.papers_image import as_pdf
from pipeline.engines.papers_stamp import Refused, rehearse
from pipeline.engines.program_files import is_program
from pipeline.engines.time_box import TookTooLong, time_box
from pipeline.errors.base import RecordRejected, VanthuError
from pipeline.errors.papers import (
    PaperEmpty,
    PaperIsProgram,
    PaperLocked,
    PaperTooLong,
    PaperUnreadable,
)
from pipeline.kinds.mark import MarkRules, mark_rules

#: Seconds for what pypdf may loop in; PDFium and qpdf have never hung (pitfalls.md).
_PYPDF_SECONDS = 7.0
_MAX_PAGES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """What the three engines agreed on, and what each said that failed."""

    pages: int
    inspection: pdf.Inspection | None
    drawn: bool
    said: tuple[str, ...]


def trial(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.trial``: ``{path, rules, max_pages?, leave_out?}`` → everything its content can make fail.

    Returns:
        ``{pages, encrypted, signed, active, can_stamp, placed, why, problems}``. *problems* (code, where, text) is
        empty where the paper may be registered; *why* says in English why it gets a cover slip.
    """
    path = Path(args["path"])
    answer: dict[str, Any] = {
        "pages": 0,
        "encrypted": False,
        "signed": False,
        "active": [],
        "can_stamp": False,
        "placed": "",
        "why": "",
        "problems": [],
    }
    try:
        with as_pdf(path, args.get("leave_out", ())) as paper:
            answer |= _try(paper, int(args.get("max_pages", _MAX_PAGES)))
            answer |= _rehearsal(paper, mark_rules(args["rules"]))
    except RecordRejected as error:
        answer |= {"problems": [_told(error)], "why": error.detail}
    return answer


def plain(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.plain``: ``{path, out?}`` → ``{active, is_written}``; *active* names what acts by itself or is carried in it.

    With *out*, and where there is any of it, a copy without is written; not where pypdf cannot make one.
    """
    path, failures = Path(args["path"]), list[VanthuError]()
    inspection = _inspect(path, failures)
    active = list(inspection.active) if inspection else []
    if not active or "out" not in args:
        return {"active": active, "is_written": False}
    try:
        with time_box(_PYPDF_SECONDS):
            pdf.place(path, Path(args["out"]), placings=())
    except (VanthuError, TookTooLong):
        return {"active": active, "is_written": False}
    return {"active": active, "is_written": True}


def page_picture(args: dict[str, Any]) -> dict[str, int]:
    """Operation ``paper.raster``: ``{path, page, out, dpi?, leave_out?}`` writes a PNG → its size in pixels.

    *page* counts from 1.
    """
    out, dpi = Path(args["out"]), float(args.get("dpi", 110))
    with as_pdf(Path(args["path"]), args.get("leave_out", ())) as paper:
        width, height = raster.write_png(paper, int(args["page"]) - 1, out, dpi=dpi)
    return {"width": width, "height": height}


def _try(path: Path, max_pages: int) -> dict[str, Any]:
    opened = _open_by_all(path)
    if opened.pages > max_pages:
        message = f"{opened.pages} pages path={path.name!r}"
        raise PaperTooLong(message, pages=opened.pages, max_pages=max_pages)
    return {
        "pages": opened.pages,
        "why": "; ".join(opened.said),
        "encrypted": pdf.is_encrypted(path),
        "signed": pdf.is_signed(path),
        "active": list(opened.inspection.active) if opened.inspection else [],
    }


def _open_by_all(path: Path) -> _Opened:
    """Try pypdf, PDFium and qpdf. One that opens it is enough."""
    if path.stat().st_size == 0:
        raise PaperUnreadable(f"empty file path={path.name!r}")
    if is_program(path):
        raise PaperIsProgram(f"a program path={path.name!r}")
    failures: list[VanthuError] = []
    inspection = _inspect(path, failures)
    pages = [inspection.pages] if inspection else []
    drawn = False
    try:
        pages.append(raster.page_count(path))
        raster.ink_map(path)
        drawn = True
    except VanthuError as error:
        failures.append(error)
    if not (inspection and drawn):
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder, "whole.pdf")
            try:
                pages.append(join.repair(path, whole))
            except VanthuError as error:
                failures.append(error)
            else:
                # what pypdf could not open (AES, a broken table) it may look through once mended
                inspection = inspection or _inspect(whole, failures)
    if not any(pages):
        raise _worst(failures, path)
    said = tuple(error.detail for error in failures)
    # where engines count differently, the larger number is nearer the paper
    return _Opened(pages=max(pages), inspection=inspection, drawn=drawn, said=said)


def _inspect(path: Path, failures: list[VanthuError]) -> pdf.Inspection | None:
    try:
        with time_box(_PYPDF_SECONDS):
            return pdf.inspect(path)
    except VanthuError as error:
        failures.append(error)
    except TookTooLong:
        failures.append(PaperUnreadable(f"pypdf: no end path={path.name!r}"))
    return None


def _worst(failures: list[VanthuError], path: Path) -> VanthuError:
    """Of three refusals the one that tells the clerk most."""
    said = "; ".join(error.detail for error in failures)
    for kind in (PaperLocked, PaperEmpty):
        if any(isinstance(error, kind) for error in failures):
            return kind(said)
    return PaperUnreadable(said or f"no pages path={path.name!r}")


def _rehearsal(path: Path, rules: MarkRules) -> dict[str, Any]:
    """Stamp a copy with an empty mark of the real size, so that no surprise is left for later."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            spot = rehearse(path, Path(folder), rules)
        except Refused as error:
            return {"can_stamp": False, "placed": "to-lot", "why": str(error)}
    return {"can_stamp": True, "placed": spot.zone, "why": ""}


def _told(error: RecordRejected) -> dict[str, Any]:
    return asdict(error.problem())
