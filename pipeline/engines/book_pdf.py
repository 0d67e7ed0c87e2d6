"""A book's rows → one PDF in bounded memory: runs of some hundred rows, each laid out once, then joined.

A run does not end where its rows end but with its last full page: the rows of the page begun go to the
next run, so that no page is left half empty. Of «Trang x/y» each run draws its own x; the y, which only
the last run tells, is one small picture that is laid over all pages when they are joined.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.engines.html_book import (
    BookLayout,
    Closing,
    Cover,
    Run,
    cover_html,
    run_html,
    total_html,
)
from pipeline.engines.html_pdf_book import BookPrinter, rows_of_pages, write_pages
from pipeline.engines.join import join_files
from pipeline.engines.tables_export import footer_lines, read_rows, rows_path

#: Few enough for little memory, so many that the rows laid out again at its end do not count.
ROWS_A_RUN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The pages of one run, written."""

    path: Path
    rows: int
    pages: int


def render_book(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``book.pdf``: write a book as PDF.

    Args:
        args: As for ``tables.export``: ``rows`` (path), ``columns``, ``title_lines``, ``footer``, ``out``; besides
            ``cover`` (:class:`Cover`), ``closing`` (:class:`Closing`) and ``blank``, each optional.
    Returns:
        ``out``, ``pages`` and ``rows``.
    """
    layout = BookLayout(
        columns=tuple(args["columns"]),
        title_lines=tuple(args.get("title_lines") or ()),
        footer_lines=tuple(footer_lines(args)),
        closing=_closing(args.get("closing")),
        is_blank=bool(args.get("blank")),
    )
    printer = BookPrinter()
    with TemporaryDirectory() as name:
        folder = Path(name)
        parts = list(_draw(read_rows(rows_path(args)), layout, printer, folder))
        total = sum(part.pages for part in parts)
        over = folder / "total.pdf"
        write_pages(printer.lay_out(total_html(total)), 1, over)
        covers = _draw_cover(args.get("cover"), printer, folder)
        paths = [*covers, *(part.path for part in parts)]
        join_files(paths, Path(args["out"]), over=over, bare=len(covers))
    return {"out": str(args["out"]), "pages": total, "rows": sum(part.rows for part in parts)}


def _closing(value: dict[str, Any] | None) -> Closing | None:
    if value is None:
        return None
    return Closing(
        lines=tuple(value["lines"]),
        totals=tuple(tuple(row) for row in value["totals"]),
        signatures=tuple(value["signatures"]),
    )


def _draw_cover(value: dict[str, Any] | None, printer: BookPrinter, folder: Path) -> list[Path]:
    """The page before the book, which has no number."""
    if value is None:
        return []
    out = folder / "cover.pdf"
    cover = Cover(**{**value, "lines": tuple(value["lines"])})
    write_pages(printer.lay_out(cover_html(cover)), 1, out)
    return [out]


def _draw(
    rows: Iterator[list[str]], layout: BookLayout, printer: BookPrinter, folder: Path
) -> Iterator[_Part]:
    """Write run after run; what stands on the page begun at the end of one opens the next."""
    waiting: list[list[str]] = []
    first = pages_before = 0
    while True:
        waiting += itertools.islice(rows, ROWS_A_RUN - len(waiting))
        following = next(rows, None)
        run = Run(first_row=first, is_last=following is None, pages_before=pages_before)
        with _collected_after():
            part = _draw_run(waiting, run, layout, printer, folder)
        yield part
        if following is None:
            return
        waiting = [*waiting[part.rows :], following]
        first += part.rows
        pages_before += part.pages


def _draw_run(
    rows: list[list[str]], run: Run, layout: BookLayout, printer: BookPrinter, folder: Path
) -> _Part:
    document = printer.lay_out(run_html(layout, rows, run))
    on_pages = rows_of_pages(document)
    pages = len(on_pages) if run.is_last else _full_pages(on_pages)
    taken = min(on_pages[pages]) - run.first_row if pages < len(on_pages) else len(rows)
    part = _Part(path=folder / f"run-{run.first_row:08d}.pdf", rows=taken, pages=pages)
    write_pages(document, pages, part.path)
    return part


@contextlib.contextmanager
def _collected_after() -> Iterator[None]:
    """Boxes live until their run is written: looking for garbage among them costs a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


def _full_pages(on_pages: Sequence[frozenset[int]]) -> int:
    """How many pages of a run are kept: to the last page that begins with a new row, without that page.

    A row taller than a page goes over several; all pages where no cut is possible.
    """
    for at in range(len(on_pages) - 1, 0, -1):
        if on_pages[at] and min(on_pages[at]) not in on_pages[at - 1]:
            return at
    return len(on_pages)
