"""Papers in the order asked for → one PDF to be printed: copies, separators, blank backs, or some of its sheets alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf

from pipeline.engines.html_pdf_book import BookPrinter, write_pages
from pipeline.engines.html_separator import Separator, separators_html
from pipeline.engines.join import open_pdf
from pipeline.engines.join_mark import above_strip, flatten, mark_drawn
from pipeline.errors.papers import PaperEmpty, PaperUnreadable

_NO_BOX = (0, 0, 595, 842)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stack:
    """How the pages lie."""

    copies: int
    duplex: bool
    #: 1-based sheets that are wanted; none: all.
    only_sheets: frozenset[int]


#: A side of a sheet: the file it comes from and its page; None is blank.
_Side = tuple[pikepdf.Pdf, int] | None


def count_pages(args: dict[str, Any]) -> list[int]:
    """Operation ``print.count``: ``{paths}`` → the pages of each."""
    counts = []
    for path in map(Path, args["paths"]):
        with open_pdf(path) as pdf:
            counts.append(_count(pdf, path))
    return counts


def assemble(args: dict[str, Any]) -> dict[str, int]:
    """Operation ``print.assemble``: write the PDF of a printing.

    Annotations become what they look like on paper; pages that come again are kept once.

    Args:
        args: ``paths``, ``copies``, ``duplex``, ``only_sheets``, ``paper_size``, ``out``; ``separators``: copy by copy,
            paper by paper, what :class:`Separator` has; empty for none. ``mark``: words below each page; may be empty.
    Returns:
        ``pages`` and ``size_bytes``.
    Raises:
        PaperUnreadable (R130), PaperLocked (R131), PaperEmpty (R133).
    """
    stack = _Stack(
        copies=int(args["copies"]),
        duplex=bool(args["duplex"]),
        only_sheets=frozenset(args.get("only_sheets") or ()),
    )
    out = Path(args["out"])
    separators = [
        Separator(**{**one, "lines": tuple(one["lines"])}) for one in args.get("separators") or ()
    ]
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory()))
        papers = [_flat(Path(path), opened) for path in args["paths"]]
        between = _drawn(separators, str(args["paper_size"]), folder, opened)
        sides = _wanted(list(_sides(papers, between, stack)), stack)
        words = str(args.get("mark") or "")
        mark = opened.enter_context(mark_drawn(words)) if words else None
        pages = _write(sides, out, mark)
    return {"pages": pages, "size_bytes": out.stat().st_size}


def _count(pdf: pikepdf.Pdf, path: Path) -> int:
    if not (pages := len(pdf.pages)):
        raise PaperEmpty(f"no pages path={path.name!r}")
    return pages


def _flat(path: Path, opened: ExitStack) -> pikepdf.Pdf:
    """The paper with the looks of its annotations in its pages: signatures, remarks, filled fields."""
    pdf = opened.enter_context(open_pdf(path))
    _count(pdf, path)
    flatten(pdf, path)
    return pdf


def _drawn(
    separators: Sequence[Separator], paper_size: str, folder: Path, opened: ExitStack
) -> pikepdf.Pdf | None:
    if not separators:
        return None
    path = folder / "separators.pdf"
    document = BookPrinter().lay_out(separators_html(separators, paper_size))
    write_pages(document, len(document.pages), path)
    drawn: pikepdf.Pdf = opened.enter_context(open_pdf(path))
    if len(drawn.pages) != len(separators):
        message = f"{len(drawn.pages)} pages for {len(separators)} separators"
        raise PaperUnreadable(message)
    return drawn


def _sides(
    papers: Sequence[pikepdf.Pdf], between: pikepdf.Pdf | None, stack: _Stack
) -> Iterator[_Side]:
    """Every side in order; in duplex each paper and separator begins on a front."""
    for copy in range(stack.copies):
        for position, paper in enumerate(papers):
            if between is not None:
                yield between, copy * len(papers) + position
                if stack.duplex:
                    yield None
            pages = len(paper.pages)
            yield from ((paper, index) for index in range(pages))
            if stack.duplex and pages % 2:
                yield None


def _wanted(sides: list[_Side], stack: _Stack) -> list[_Side]:
    """The sides of the sheets asked for; a blank back of the last sheet needs no page."""
    a_sheet = 2 if stack.duplex else 1
    if stack.only_sheets:
        sheets = zip_longest(*[iter(sides)] * a_sheet)
        sides = [
            side
            for number, sheet in enumerate(sheets, start=1)
            if number in stack.only_sheets
            for side in sheet
        ]
    while sides and sides[-1] is None:
        sides.pop()
    return sides


def _write(sides: Sequence[_Side], out: Path, mark: pikepdf.Page | None) -> int:
    with pikepdf.new() as joined:
        before: Any = None
        known: dict[tuple[int, int], int] = {}
        for side in sides:
            if side is None:
                joined.add_blank_page(page_size=_size(before))
                continue
            pdf, index = side
            key = (id(pdf), index)
            # A page of this very file shares its content with its twin.
            page = joined.pages[known[key]] if key in known else pdf.pages[index]
            joined.pages.append(page)
            if mark is not None and key not in known:
                joined.pages[-1] = above_strip(joined, joined.pages[-1], mark)
            known.setdefault(key, len(joined.pages) - 1)
            before = joined.pages[-1]
        joined.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        return len(joined.pages)


def _size(page: Any) -> tuple[float, float]:
    """As large as the page whose back it is, as that one is seen."""
    left, bottom, right, top = (float(one) for one in (page.mediabox if page else _NO_BOX))
    unit = float(page.obj.get("/UserUnit", 1)) if page else 1.0
    width, height = abs(right - left) * unit, abs(top - bottom) * unit
    is_turned = page is not None and int(page.obj.get("/Rotate", 0)) % 180
    return (height, width) if is_turned else (width, height)
