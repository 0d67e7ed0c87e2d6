"""A certified copy: all pages of a paper as they are, and the block SAO LỤC after its last word.

The block stands under a solid rule as long as the lines of text (domain.md 3.1), on the last page
where there is room, else on a page of its own.
"""

from __future__ import annotations

import tempfile
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


def make(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``copy.make``: ``{source, block_pdf, out}`` writes the copy.

    Returns:
        ``{placed, page, y_mm, pages, removed}``: *placed* is ``trang-cuoi`` or ``trang-rieng``, *page*
        the number of the page that bears the block.
    Raises:
        PaperUnreadable (R130), PaperLocked (R131), MarkInvalid (R135).
    """
    block, out = Path(args["block_pdf"]), Path(args["out"])
    with as_pdf(Path(args["source"])) as source:
        return _make_of_any(source, block, out)


def _make_of_any(source: Path, block: Path, out: Path) -> dict[str, Any]:
    try:
        return _make(source, block, out)
    except VanthuError as error:
        if not isinstance(error, PaperUnreadable):
            raise
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole.pdf")
        join.repair(source, whole)
        return _make(whole, block, out)


def _make(source: Path, block: Path, out: Path) -> dict[str, Any]:
    try:
        with time_box(_SECONDS):
            return _place(source, block, out)
    except TookTooLong as error:
        raise PaperUnreadable(f"pypdf: no end path={source.name!r}") from error


def _place(source: Path, block: Path, out: Path) -> dict[str, Any]:
    pages = pdf.inspect(source).pages
    block_pages = raster.page_count(block)
    if block_pages > 1:
        removed = pdf.append_pages(source, block, out)
        return _told(ON_OWN_PAGE, pages + 1, 0.0, pages + block_pages, removed=removed)
    placing = _on_last_page(source, block, pages)
    if placing is not None:
        removed = pdf.place(source, out, placings=(placing,))
        return _told(ON_LAST_PAGE, pages, placing.y_mm, pages, removed=removed)
    placing = _under_rule(block, pages, pdf.A4_MM[0], _OWN_PAGE_TOP_MM)
    removed = pdf.add_page(source, out, placing=placing, at_end=True)
    return _told(ON_OWN_PAGE, pages + 1, placing.y_mm, pages + 1, removed=removed)


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


def _under_rule(block: Path, page_index: int, page_width_mm: float, y_mm: float) -> Placing:
    width_mm, height_mm = pdf.drawing_size_mm(block)
    scale = min(1.0, page_width_mm / width_mm, (pdf.A4_MM[1] - y_mm) / height_mm)
    text_mm = page_width_mm - _LEFT_MM - _RIGHT_MM
    # a block as wide as the lines stands under them; one drawn with its margins fills the page
    x_mm = _LEFT_MM if width_mm <= text_mm + 1 else max(0.0, (page_width_mm - width_mm) / 2)
    return Placing(
        drawing=block,
        page_index=page_index,
        x_mm=x_mm,
        y_mm=y_mm,
        scale=scale,
        rule_from_mm=_LEFT_MM,
        rule_mm=max(20.0, text_mm),
    )


def _told(
    placed: str, page: int, y_mm: float, pages: int, *, removed: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "placed": placed,
        "page": page,
        "y_mm": round(y_mm, 2),
        "pages": pages,
        "removed": list(removed),
    }
