"""A signed paper that came back → what its first and last page say: number, date, names, words. Read no further than that.

A page without a readable text layer is read by a machine, which guesses: what it took for a number is said, not believed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.engines import ocr, raster, text_layer
from pipeline.engines.paper_lines import Line, pdf_lines
from pipeline.engines.paper_shapes import NumberPlace, find_date, find_number
from pipeline.engines.papers_image import as_pdf
from pipeline.engines.segments import join_words
from pipeline.errors.base import RecordRejected
from pipeline.errors.cell import OcrUnavailable
from pipeline.vietnamese import readable_share, syllables

#: Fewer words on a page are a scanner's or a stamp's, not the paper's.
_FEW_WORDS = 12
#: Lines of the first page among which number and date stand.
_HEAD_LINES = 30
#: What a machine makes of «Số» before a number.
_SO = re.compile(
    r"(?:^|(?<=\s))[S5][oóòỏõọôốồổỗộơớờởỡợ0OÓÒÔỐỒỔỖỘ]{1,2}(?=\s*[:.]?\s*[\d.…_]*\s*[-–—])"
)


def read(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.back``: ``{path, seconds}`` → what a signed paper that came back says.

    Returns:
        ``{pages, unread, number, last_numbers, date, first, last, is_read, problems}``: *unread* the pages that have no readable text
        layer, counted from 1; *number* ``{ordinal, symbol, issuer}``, the ordinal null
        where its place is blank or written by hand, or null without one; *last_numbers* all whole ones of the last page,
        where the block of a certified copy stands; *date* ISO or empty; *first* and *last* the text
        of these pages; *is_read* whether there are words to compare; *problems* what makes it unfit.
    """
    until = time.monotonic() + float(args["seconds"])
    told: dict[str, Any] = {"pages": 0, "number": None, "date": "", "first": "", "last": ""}
    told |= {"is_read": False, "unread": [], "last_numbers": [], "problems": []}
    try:
        with as_pdf(Path(args["path"])) as paper:
            count = raster.page_count(paper)
            told["unread"] = text_layer.text({"path": str(paper)})["unread"]
            first = _lines(paper, 0, until)
            last = first if count == 1 else _lines(paper, count - 1, until)
    except RecordRejected as error:
        return told | {"problems": [asdict(error.problem())]}
    number = _number(first[:_HEAD_LINES])
    dated = [day for line in first[:_HEAD_LINES] if (day := find_date(line)) and day.whole]
    words = "\n".join(first)
    return told | {
        "pages": count,
        "number": _told(number) if number else None,
        "last_numbers": [
            _told(place)
            for line in last
            if (place := find_number(line)) and place.ordinal is not None
        ],
        "date": dated[0].whole.isoformat() if dated and dated[0].whole else "",
        "first": words,
        "last": "\n".join(last),
        "is_read": len(syllables(words)) >= _FEW_WORDS,
    }


def _lines(paper: Path, page_index: int, until: float) -> list[str]:
    """The lines of a page as its layer has them, else as a machine reads them; none where nobody can."""
    layer = [line.text for line in _layer(paper, page_index)]
    words = " ".join(layer)
    if len(syllables(words)) >= _FEW_WORDS and readable_share(words) >= text_layer.READABLE:
        return layer
    left_s = until - time.monotonic()
    if left_s <= 0:
        return layer
    try:
        reading = ocr.read_page(paper, page_index, seconds=left_s)
    except OcrUnavailable:
        return layer
    if reading is None:
        return layer
    # What the machine put on one line may be two columns: the pieces tell those apart.
    pieces = [segment.text for segment in join_words(reading.words)]
    lines = [line for line in reading.text.splitlines() if line.strip()]
    head = pieces[: _HEAD_LINES // 2]
    return [
        _SO.sub("Số", line)
        for line in (*lines[: _HEAD_LINES // 2], *head, *lines[_HEAD_LINES // 2 :])
    ]


def _layer(paper: Path, page_index: int) -> Sequence[Line]:
    try:
        return pdf_lines(paper, pages=[page_index])
    except RecordRejected:
        return []


def _number(lines: Sequence[str]) -> NumberPlace | None:
    """The printed number; two different ones are none."""
    found = [place for line in lines if (place := find_number(line))]
    keys = {(place.ordinal, place.symbol, place.issuer) for place in found}
    whole = {key for key in keys if key[0] is not None}
    if len(whole or keys) != 1:
        return None
    return next(place for place in found if not whole or place.ordinal is not None)


def _told(place: NumberPlace) -> dict[str, Any]:
    return {"ordinal": place.ordinal, "symbol": place.symbol, "issuer": place.issuer}
