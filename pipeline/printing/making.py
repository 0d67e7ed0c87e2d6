"""A printing → its one PDF, made in a cell: papers in order, copy after copy, separators and blank backs between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.app import App
from pipeline.engines.cell import Cell
from pipeline.journal_words import person_in_words
from pipeline.printing.telling import lookup_words, name_of, short_code
from pipeline.standing import issuer_shown, shown_of
from pipeline.stores.registers.print_views import PrintView
from pipeline.stores.registers.views import DocumentView

_SECONDS = 60.0
_SECONDS_A_SHEET = 0.2


def counted(view: PrintView, paths: Sequence[Path], cell: Cell) -> PrintView:
    """The printing with the pages of its papers, and how many sheets that makes."""
    args = {"paths": [str(path) for path in paths]}
    pages = cell.call("print.count", args, seconds=_SECONDS + len(paths))
    papers = tuple(
        replace(paper, pages=count) for paper, count in zip(view.papers, pages, strict=True)
    )
    view = replace(view, papers=papers)
    return replace(view, sheets=max(leaves.last for leaves in view.leaves()))


def make_pdf(view: PrintView, paths: Sequence[Path], out: Path, app: App, cell: Cell) -> None:
    """Write the PDF of a printing, or of those of its sheets that are wanted; *paths* are its papers.

    Raises:
        RecordRejected: a paper cannot be opened.
    """
    args = {
        "paths": [str(path) for path in paths],
        "copies": view.copies,
        "duplex": view.is_duplex,
        "only_sheets": list(view.only_sheets),
        "paper_size": view.paper_size,
        "separators": _separators(view, app) if view.has_separators else [],
        "mark": _lookup_words(view) if view.is_lookup else "",
        "out": str(out),
    }
    cell.call("print.assemble", args, seconds=_SECONDS + _SECONDS_A_SHEET * view.sheets)


def _lookup_words(view: PrintView) -> str:
    return f"{lookup_words(view.person, view.made_at)} Mã lần in: {short_code(view)}."


def _separators(view: PrintView, app: App) -> list[dict[str, Any]]:
    documents = [app.registers.get(paper.document_id) for paper in view.papers]
    foot = (
        f"In lúc {view.made_at:%H:%M ngày %d/%m/%Y}, người in: {person_in_words(view.person)}. "
        f"Mã lần in: {view.id}"
    )
    found = []
    for leaves in view.leaves():
        document = documents[leaves.position]
        if not leaves.is_separator or document is None:
            continue
        copy = f"bản {leaves.copy}/{view.copies}" if view.copies > 1 else ""
        which = f"Văn bản thứ {leaves.position + 1} trong {len(view.papers)} văn bản"
        pages = f"{view.papers[leaves.position].pages} trang"
        lines = [*_facts(document), ", ".join(one for one in (which, copy, pages) if one)]
        found.append(
            {
                "name": name_of(document),
                "subject": document.facts.subject if document.facts else "",
                "lines": lines,
                "foot": foot,
            }
        )
    return found


def _facts(document: DocumentView) -> list[str]:
    """Type and issuer, our number of a paper received, the day."""
    facts, number = document.facts, document.number
    if facts is None:
        return []
    ours = number.shown if number is not None and number.shown != shown_of(document) else ""
    day = f"ngày {number.issued_on:%d/%m/%Y}" if number is not None else ""
    lines = [(facts.type_name, issuer_shown(document)), (f"Số của ta: {ours}" if ours else "", day)]
    return [", ".join(filter(None, parts)) for parts in lines if any(parts)]
