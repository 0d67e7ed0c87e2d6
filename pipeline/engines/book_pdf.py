"""A book's rows → one PDF in bounded memory: runs of at most 300 rows, laid out one by one and joined.

A run does not end where its rows end but with its last full page: the rows of the page begun go to the
next run, so that no page is left half empty. «Trang x/y» needs the whole number of pages before the
first is drawn, so a book of several runs is laid out twice: counted, then drawn.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.engines.html_book import BookLayout, Run, run_html
from pipeline.engines.html_pdf_book import BookPrinter, first_row_of_last_page, write_pages
from pipeline.engines.join import join_files
from pipeline.engines.tables_export import footer_lines, read_rows, rows_path

ROWS_A_RUN = 300
#: A row with more text than this may be taller than a page and go over several.
_TALL_ROW_CHARS = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """A run that has been laid out: its place, its number of rows and pages."""

    run: Run
    rows: int
    pages: int


def render_book(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``book.pdf``: write a book as PDF.

    Args:
        args: As for ``tables.export``: ``rows`` (path), ``columns``, ``title_lines``, ``footer``, ``out``.
    Returns:
        ``out``, ``pages`` and ``rows``.
    """
    layout = BookLayout(
        columns=tuple(args["columns"]),
        title_lines=tuple(args.get("title_lines") or ()),
        footer_lines=tuple(footer_lines(args)),
    )
    source, out = rows_path(args), Path(args["out"])
    printer = BookPrinter()
    plan = _plan(source, layout, printer)
    total = plan[-1].run.pages_before + plan[-1].pages
    with TemporaryDirectory(dir=out.parent) as folder:
        parts = _draw(source, layout, printer, plan=plan, folder=Path(folder))
        join_files(parts, out)
    return {"out": str(out), "pages": total, "rows": sum(item.rows for item in plan)}


def _plan(source: Path, layout: BookLayout, printer: BookPrinter) -> list[_Planned]:
    """Lay the book out to learn where its runs end and how many pages it has."""
    rows = read_rows(source)
    plan: list[_Planned] = []
    waiting: list[list[str]] = []
    first = pages_before = 0
    while True:
        waiting += itertools.islice(rows, ROWS_A_RUN - len(waiting))
        following = next(rows, None)
        run = Run(first_row=first, is_last=following is None, pages_before=pages_before)
        taken, pages = _measure(layout, waiting, run, printer)
        plan.append(_Planned(run=run, rows=taken, pages=pages))
        if following is None:
            return plan
        waiting = [*waiting[taken:], following]
        first += taken
        pages_before += pages


def _measure(
    layout: BookLayout, rows: list[list[str]], run: Run, printer: BookPrinter
) -> tuple[int, int]:
    """How many of the rows, on how many pages, make up the run."""
    document = printer.lay_out(run_html(layout, rows, run))
    pages = len(document.pages)
    is_tall = any(sum(map(len, row)) > _TALL_ROW_CHARS for row in rows)
    begun = first_row_of_last_page(document)
    if run.is_last or pages == 1 or is_tall or begun is None or begun == run.first_row:
        return len(rows), pages
    return begun - run.first_row, pages - 1


def _draw(
    source: Path, layout: BookLayout, printer: BookPrinter, *, plan: list[_Planned], folder: Path
) -> list[Path]:
    rows: Iterator[list[str]] = read_rows(source)
    total = plan[-1].run.pages_before + plan[-1].pages
    parts = []
    for at, planned in enumerate(plan):
        mine = list(itertools.islice(rows, planned.rows))
        document = printer.lay_out(run_html(layout, mine, replace(planned.run, total=total)))
        part = folder / f"run-{at:06d}.pdf"
        write_pages(document, planned.pages, part)
        parts.append(part)
    return parts
