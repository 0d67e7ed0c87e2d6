"""A certified copy: all pages of a paper (or those asked for) as they are, and the block of the copy after its last word.

The block stands under a solid rule as long as the lines of text (domain.md 3.1), on the last page
where there is room, else on a page of its own, whose head says which paper it goes on. An electronic copy bears
a few words at the top right of page 1 instead (domain.md 3.2).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.engines import ink, join, pdf, raster
from pipeline.engines.ink_noise import without_noise
from pipeline.engines.papers_image import as_pdf
from pipeline.engines.papers_mend import ways
from pipeline.engines.papers_stamp import CHECK_DPI, is_as_wanted
from pipeline.engines.pdf import Placing
from pipeline.engines.raster_pictures import pictures_of
from pipeline.engines.time_box import TookTooLong, time_box
from pipeline.errors.base import VanthuError
from pipeline.errors.papers import PaperUnreadable

ON_LAST_PAGE = "trang-cuoi"
ON_OWN_PAGE = "trang-rieng"
IN_CORNER = "goc-tren-phai"
_SECONDS = 15.0
_SECONDS_A_COPY = 0.1
_LEFT_MM = 30.0
_RIGHT_MM = 15.0
#: The rule and the air around it, above the block.
_RULE_MM = 5.0
_OWN_PAGE_TOP_MM = 25.0
#: As far from the top as page numbers stand.
_HEAD_TOP_MM = 10.0
_FOOT_MM = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """What was drawn for a copy."""

    #: The block, or the words of an electronic copy.
    block: Path
    #: The heads of the pages of its own that the block takes, in their order; may be none.
    heads: tuple[Path, ...] = ()
    #: As many blocks follow each other in the drawing, one for each copy with a serial number.
    copies: int = 1
    is_corner: bool = False


def look(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``copy.look``: ``{path}`` → ``{pages, is_scan, signed, raster}``.

    *raster* is the fineness of the coarsest large picture in dpi and its page, or null.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131).
    """
    path = Path(args["path"])
    with as_pdf(path) as paper:
        seen = pictures_of(paper)
    coarsest = list(seen.coarsest) if seen.coarsest else None
    return {
        "pages": seen.pages,
        "is_scan": seen.is_scan,
        "signed": pdf.is_signed(path),
        "raster": coarsest,
    }


def make(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``copy.make``: ``{source, block_pdf | corner_pdf, out, heads?, pages?, copies?}`` writes the copy.

    *heads* are drawings for the heads of the block's own pages; they are only used there. *pages* (from 1) are
    all that is copied. *copies* times the paper follows itself, each time with its own part of the block's drawing.

    Returns:
        ``{placed, page, y_mm, source_pages, pages, copies, removed}``: *placed* is ``trang-cuoi``, ``trang-rieng``
        or ``goc-tren-phai``, *page* the number of the (first) page that bears the block, *pages* those of one copy.
    Raises:
        PaperUnreadable (R130), PaperLocked (R131), MarkInvalid (R135).
    """
    drawn = _Drawn(
        block=Path(args["corner_pdf"] if "corner_pdf" in args else args["block_pdf"]),
        heads=tuple(Path(path) for path in args.get("heads", ())),
        copies=int(args.get("copies", 1)),
        is_corner="corner_pdf" in args,
    )
    out = Path(args["out"])
    with as_pdf(Path(args["source"])) as source, tempfile.TemporaryDirectory() as folder:
        part = source
        if args.get("pages"):
            part = Path(folder, "part.pdf")
            join.take_pages(source, part, list(args["pages"]))
        return _make_of_any(part, drawn, out)


def _make_of_any(source: Path, drawn: _Drawn, out: Path) -> dict[str, Any]:
    first: PaperUnreadable | None = None
    with tempfile.TemporaryDirectory() as folder:
        for path in ways(source, Path(folder)):
            try:
                return _make(path, drawn, out)
            except PaperUnreadable as error:
                first = first or error
    assert first is not None
    raise first


def _make(source: Path, drawn: _Drawn, out: Path) -> dict[str, Any]:
    try:
        with time_box(_SECONDS + _SECONDS_A_COPY * drawn.copies), pdf.kept_open():
            return _place(source, drawn, out)
    except TookTooLong as error:
        raise PaperUnreadable(f"pypdf: no end path={source.name!r}") from error


def _place(source: Path, drawn: _Drawn, out: Path) -> dict[str, Any]:
    pages = pdf.count_pages(source)
    block_pages = raster.page_count(drawn.block) // drawn.copies
    on_page = None
    if drawn.is_corner:
        on_page = _in_corner(source, drawn.block)
    elif block_pages == 1:
        on_page = _on_last_page(source, drawn.block, pages)
    if on_page is not None:
        removed = _write(source, out, drawn, (on_page,), pages)
        if _is_seen(source, out, on_page):
            placed = IN_CORNER if drawn.is_corner else ON_LAST_PAGE
            return _told(placed, on_page, removed, drawn, source_pages=pages, pages=pages)
    own = tuple(_own_pages(drawn, pages, block_pages))
    removed = _write(source, out, drawn, own, pages + block_pages)
    begin = next(one for one in own if one.drawing == drawn.block)
    return _told(ON_OWN_PAGE, begin, removed, drawn, source_pages=pages, pages=pages + block_pages)


def _told(
    placed: str, at: Placing, removed: Sequence[str], drawn: _Drawn, **counts: int
) -> dict[str, Any]:
    return {
        **counts,
        "placed": placed,
        "page": at.page_index + 1,
        "y_mm": round(at.y_mm, 2),
        "copies": drawn.copies,
        "removed": list(removed),
    }


def _write(
    source: Path, out: Path, drawn: _Drawn, placings: tuple[Placing, ...], pages: int
) -> tuple[str, ...]:
    """Write the copy, or all copies one after the other; *pages*: of one."""
    if drawn.copies == 1:
        return pdf.add_pages(source, out, placings=placings)
    parts = raster.page_count(drawn.block) // drawn.copies
    every = tuple(
        replace(
            one,
            page_index=one.page_index + at * pages,
            drawing_page=one.drawing_page + (at * parts if one.drawing == drawn.block else 0),
        )
        for at in range(drawn.copies)
        for one in placings
    )
    blank = pages - pdf.count_pages(source)
    with tempfile.TemporaryDirectory() as folder:
        many = Path(folder, "many.pdf")
        join.repeat(source, many, times=drawn.copies, blank=blank, size_mm=pdf.A4_MM)
        return pdf.place(many, out, placings=every)


def _is_seen(source: Path, out: Path, placing: Placing) -> bool:
    """Whether the page looks as before but for the block: a paper's own drawing may reach beyond its page."""
    width_mm, height_mm = pdf.drawing_size_mm(placing.drawing, placing.drawing_page)
    above_mm = _RULE_MM if placing.rule_mm else 0.0
    dpi = CHECK_DPI * pdf.page_frame(source, placing.page_index).user_unit
    spot = ink.Spot(zone="", x_mm=placing.x_mm, y_mm=placing.y_mm - above_mm, scale=placing.scale)
    before, after = (raster.gray(each, placing.page_index, dpi=dpi) for each in (source, out))
    return is_as_wanted(before, after, spot, (width_mm, height_mm + above_mm))


def _in_corner(source: Path, corner: Path) -> Placing | None:
    """At the top right of page 1, as near to the corner as is free."""
    page = _ink_of(source, 0)
    if page is None:
        return None
    width_mm, height_mm = pdf.drawing_size_mm(corner)
    at = ink.find_corner(page, width_mm=width_mm, height_mm=height_mm)
    return Placing(drawing=corner, page_index=0, x_mm=at[0], y_mm=at[1]) if at else None


def _ink_of(source: Path, page_index: int) -> ink.Ink | None:
    """The ink map of a page that both engines see alike; None where they do not."""
    frame = pdf.page_frame(source, page_index)
    try:
        page = raster.ink_map(source, page_index, user_unit=frame.user_unit)
    except VanthuError:
        return None
    sides = zip(frame.size_mm, (page.width_mm, page.height_mm), strict=True)
    return None if any(abs(ours - seen) > 1.0 for ours, seen in sides) else page


def _own_pages(drawn: _Drawn, pages: int, block_pages: int) -> Iterator[Placing]:
    """The block's pages, each on a sheet of its own behind the paper, under a rule where it begins."""
    if drawn.is_corner:
        x_mm = pdf.A4_MM[0] - _RIGHT_MM - pdf.drawing_size_mm(drawn.block)[0]
        yield Placing(drawing=drawn.block, page_index=pages, x_mm=x_mm, y_mm=_HEAD_TOP_MM)
        return
    for at in range(block_pages):
        head = drawn.heads[at] if at < len(drawn.heads) else None
        y_mm = _OWN_PAGE_TOP_MM
        if head is not None:
            y_mm = max(y_mm, _HEAD_TOP_MM + pdf.drawing_size_mm(head)[1] + _RULE_MM)
        block = _under_rule(drawn.block, pages + at, pdf.A4_MM, y_mm, drawing_page=at)
        if head is not None:
            yield Placing(drawing=head, page_index=pages + at, x_mm=0.0, y_mm=_HEAD_TOP_MM)
        yield block if at == 0 else replace(block, rule_mm=0.0)


def _on_last_page(source: Path, block: Path, pages: int) -> Placing | None:
    page = _ink_of(source, pages - 1)
    if page is None:
        return None
    width_mm, height_mm = pdf.drawing_size_mm(block)
    if width_mm > page.width_mm + 1.0:
        return None
    begin_mm = ink.free_band(without_noise(page), least_mm=height_mm + _RULE_MM)
    if begin_mm is None:
        return None
    size_mm = page.width_mm, page.height_mm
    return _under_rule(block, pages - 1, size_mm, begin_mm + _RULE_MM)


def _under_rule(
    block: Path,
    page_index: int,
    page_mm: tuple[float, float],
    y_mm: float,
    *,
    drawing_page: int = 0,
) -> Placing:
    width_mm, height_mm = pdf.drawing_size_mm(block, drawing_page)
    page_width_mm = page_mm[0]
    room_mm = page_mm[1] - _FOOT_MM - y_mm
    scale = min(1.0, page_width_mm / width_mm, room_mm / height_mm)
    text_mm = page_width_mm - _LEFT_MM - _RIGHT_MM
    # a block as wide as the lines stands under them; one drawn with its margins fills the page
    x_mm = _LEFT_MM if width_mm <= text_mm + 1 else max(0.0, (page_width_mm - width_mm) / 2)
    return Placing(
        drawing=block,
        drawing_page=drawing_page,
        page_index=page_index,
        x_mm=x_mm,
        y_mm=y_mm,
        scale=scale,
        rule_from_mm=_LEFT_MM,
        rule_mm=max(20.0, text_mm),
    )
