"""A certified copy: all pages of a paper as they are, and the block SAO LỤC after its last word.

The block stands under a solid rule as long as the lines of text (domain.md 3.1), on the last page
where there is room, else on a page of its own, whose head says which paper it goes on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.engines import ink, join, pdf, raster
from pipeline.engines.papers_image import as_pdf
from pipeline.engines.pdf import Placing
from pipeline.engines.time_box import TookTooLong, time_box
from pipeline.errors.base import VanthuError
from pipeline.errors.papers import PaperUnreadable

ON_LAST_PAGE = "trang-cuoi"
ON_OWN_PAGE = "trang-rieng"
_SECONDS = 15.0
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

    block: Path
    #: The heads of the pages of its own that the block takes, in their order; may be none.
    heads: tuple[Path, ...]


def make(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``copy.make``: ``{source, block_pdf, out, heads?}`` writes the copy.

    *heads* are drawings for the heads of the block's own pages; they are only used there.

    Returns:
        ``{placed, page, y_mm, source_pages, pages, removed}``: *placed* is ``trang-cuoi`` or
        ``trang-rieng``, *page* the number of the (first) page that bears the block.
    Raises:
        PaperUnreadable (R130), PaperLocked (R131), MarkInvalid (R135).
    """
    heads = tuple(Path(path) for path in args.get("heads", ()))
    drawn, out = _Drawn(block=Path(args["block_pdf"]), heads=heads), Path(args["out"])
    with as_pdf(Path(args["source"])) as source:
        return _make_of_any(source, drawn, out)


def _make_of_any(source: Path, drawn: _Drawn, out: Path) -> dict[str, Any]:
    try:
        return _make(source, drawn, out)
    except VanthuError as error:
        if not isinstance(error, PaperUnreadable):
            raise
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole.pdf")
        join.repair(source, whole)
        return _make(whole, drawn, out)


def _make(source: Path, drawn: _Drawn, out: Path) -> dict[str, Any]:
    try:
        with time_box(_SECONDS):
            return _place(source, drawn, out)
    except TookTooLong as error:
        raise PaperUnreadable(f"pypdf: no end path={source.name!r}") from error


def _place(source: Path, drawn: _Drawn, out: Path) -> dict[str, Any]:
    pages = pdf.inspect(source).pages
    block_pages = raster.page_count(drawn.block)
    placing = _on_last_page(source, drawn.block, pages) if block_pages == 1 else None
    told: dict[str, Any] = {"source_pages": pages}
    if placing is not None:
        removed = pdf.place(source, out, placings=(placing,))
        told |= {"placed": ON_LAST_PAGE, "page": pages, "pages": pages}
    else:
        placings = tuple(_own_pages(drawn, pages, block_pages))
        placing = next(one for one in placings if one.drawing == drawn.block)
        removed = pdf.add_pages(source, out, placings=placings)
        told |= {"placed": ON_OWN_PAGE, "page": pages + 1, "pages": pages + block_pages}
    return told | {"y_mm": round(placing.y_mm, 2), "removed": list(removed)}


def _own_pages(drawn: _Drawn, pages: int, block_pages: int) -> Iterator[Placing]:
    """The block's pages, each on a sheet of its own behind the paper, under a rule where it begins."""
    for at in range(block_pages):
        head = drawn.heads[at] if at < len(drawn.heads) else None
        y_mm = _OWN_PAGE_TOP_MM
        if head is not None:
            y_mm = max(y_mm, _HEAD_TOP_MM + pdf.drawing_size_mm(head)[1] + _RULE_MM)
        block = _under_rule(drawn.block, pages + at, pdf.A4_MM[0], y_mm, drawing_page=at)
        if head is not None:
            yield Placing(drawing=head, page_index=pages + at, x_mm=0.0, y_mm=_HEAD_TOP_MM)
        yield block if at == 0 else replace(block, rule_mm=0.0)


def _on_last_page(source: Path, block: Path, pages: int) -> Placing | None:
    frame = pdf.page_frame(source, pages - 1)
    try:
        page = raster.ink_map(source, pages - 1, user_unit=frame.user_unit)
    except VanthuError:
        return None
    width_mm, height_mm = pdf.drawing_size_mm(block)
    sides = zip(frame.size_mm, (page.width_mm, page.height_mm), strict=True)
    if any(abs(ours - seen) > 1.0 for ours, seen in sides) or width_mm > page.width_mm + 1.0:
        return None
    begin_mm = ink.free_band(page, least_mm=height_mm + _RULE_MM)
    if begin_mm is None:
        return None
    return _under_rule(block, pages - 1, page.width_mm, begin_mm + _RULE_MM)


def _under_rule(
    block: Path, page_index: int, page_width_mm: float, y_mm: float, *, drawing_page: int = 0
) -> Placing:
    width_mm, height_mm = pdf.drawing_size_mm(block, drawing_page)
    room_mm = pdf.A4_MM[1] - _FOOT_MM - y_mm
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
