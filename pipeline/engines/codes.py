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
    """Operation ``paper.codes``: ``{path, max_pages?, most_words?}`` → ``{pages: [[text]]}``, the QR codes on each page.

    A page whose text layer has more than *most_words* words is not looked at. Never fails for the paper's sake: a page that cannot be drawn bears none.
    """
    pages: list[list[str]] = []
    try:
        with as_pdf(Path(args["path"])) as path:
            count = min(raster.page_count(path), int(args.get("max_pages", _MAX_PAGES)))
            most = args.get("most_words")
            skipped = frozenset() if most is None else _wordy(path, count, int(most))
            pages = [[] if at in skipped else _on_page(path, at) for at in range(count)]
    except VanthuError:
        return {"pages": pages}
    return {"pages": pages}


def _wordy(path: Path, count: int, most_words: int) -> frozenset[int]:
    texts = raster.page_texts(path, max_pages=count)
    return frozenset(at for at, text in enumerate(texts) if len(text.split()) > most_words)


def _on_page(path: Path, index: int) -> list[str]:
    try:
        return codes_on(raster.gray(path, index, dpi=_DPI))
    except VanthuError:
        return []


def codes_on(picture: Image.Image) -> list[str]:
    """The text of every QR code on a picture."""
    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(picture, formats=wanted)
    return [str(one.text)[:_LONGEST] for one in found if one.valid]
