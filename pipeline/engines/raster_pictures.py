"""What pictures a PDF's pages are made of: is it the scan of a paper, and how fine was it scanned? By PDFium."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from pypdfium2 import raw

from pipeline.engines.raster import opened

#: A picture that covers so much of a page is the page.
_WHOLE = 0.75
#: Smaller ones are seals, emblems, drawings.
_LARGE = 0.3
_INVISIBLE = 3
_MOST_OBJECTS = 5_000
_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Of a whole file."""

    pages: int
    #: Every page that shows anything is one picture, with no text printed over it.
    is_scan: bool
    #: Of the coarsest large picture, and its page (from 1); None without pictures.
    coarsest: tuple[float, int] | None


@dataclass(slots=True, kw_only=True)
class _Page:
    covered: float = 0.0
    #: Letters drawn after the last large picture: a scanner's text layer lies beneath it or is not drawn at all.
    has_text: bool = False
    is_empty: bool = True
    dpi: float | None = None


def pictures_of(path: Path) -> Pictures:
    """Look at all pages of a PDF.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131).
    """
    with opened(path) as document:
        pages = [_page(document, index) for index in range(len(document))]
    shown = [page for page in pages if not page.is_empty]
    fine = [(page.dpi, at) for at, page in enumerate(pages, start=1) if page.dpi is not None]
    return Pictures(
        pages=len(pages),
        is_scan=bool(shown) and all(p.covered >= _WHOLE and not p.has_text for p in shown),
        coarsest=min(fine, default=None),
    )


def _page(document: Any, index: int) -> _Page:
    seen = _Page()
    with suppress(pypdfium2.PdfiumError):
        page = document[index]
        left, bottom, right, top = page.get_cropbox()
        area = max(1.0, (right - left) * (top - bottom))
        for thing in _objects(page):
            seen.is_empty = False
            if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
                _take_picture(thing, area, seen)
            elif thing.type == raw.FPDF_PAGEOBJ_TEXT:
                mode = raw.FPDFTextObj_GetTextRenderMode(thing.raw)
                seen.has_text = seen.has_text or mode != _INVISIBLE
    return seen


def _objects(page: Any) -> Iterator[Any]:
    for _, thing in zip(range(_MOST_OBJECTS), page.get_objects(max_depth=3), strict=False):
        if thing.type != raw.FPDF_PAGEOBJ_FORM:
            yield thing


def _take_picture(thing: Any, area: float, seen: _Page) -> None:
    left, bottom, right, top = thing.get_bounds()
    across, up = abs(right - left), abs(top - bottom)
    share = across * up / area
    if share < _LARGE:
        return
    width, height = ctypes.c_uint(), ctypes.c_uint()
    if raw.FPDFImageObj_GetImagePixelSize(thing.raw, width, height):
        # a page turned by the scanner has its sides exchanged: the longer belongs to the longer
        dots = max(width.value, height.value)
        dpi = dots / max(across, up) * _POINTS_PER_INCH
        seen.dpi = dpi if seen.dpi is None else min(seen.dpi, dpi)
    if share >= _WHOLE:
        seen.has_text = False
    seen.covered = max(seen.covered, share)
