"""Codes printed on sheets: those the pages of a file bear, read by zxing-cpp; the only module that knows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from pipeline.engines import raster
from pipeline.engines.papers_image import as_pdf
from pipeline.errors.base import VanthuError

_DPI = 150
_MAX_PAGES = 500
_LONGEST = 200


def read(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.codes``: ``{path, first?, max_pages?, most_words?}`` → ``{pages: [[text]]}``, the QR codes on each page.

    Pages from *first* (0) on. A page whose text layer has more than *most_words* words is not looked at. Never fails for the paper's sake: a page that cannot be drawn bears none.
    """
    pages: list[list[str]] = []
    try:
        with as_pdf(Path(args["path"])) as path:
            first = int(args.get("first", 0))
            end = min(raster.page_count(path), first + int(args.get("max_pages", _MAX_PAGES)))
            most = args.get("most_words")
            pages = [on_page(path, at, most) for at in range(first, end)]
    except VanthuError:
        return {"pages": pages}
    return {"pages": pages}


def on_page(path: Path, index: int, most_words: int | None) -> list[str]:
    """The codes on one page (from 0) that has no more words than that; none where it cannot be drawn."""
    try:
        if most_words is not None and len(raster.page_words(path, index)) > most_words:
            return []
        return codes_on(raster.gray(path, index, dpi=_DPI))
    except VanthuError:
        return []


def codes_on(picture: Image.Image) -> list[str]:
    """The text of every QR code on a picture."""
    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(picture, formats=wanted)
    return [str(one.text)[:_LONGEST] for one in found if one.valid]
