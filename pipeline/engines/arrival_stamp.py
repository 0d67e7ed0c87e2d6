"""An ink stamp ĐẾN that a paper bears already → its place, and the number and day written in it, as far as they are read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.engines.arrival_lines import Piece
from pipeline.engines.arrival_shapes import sender_number
from pipeline.vietnamese import fold, parse_date

_WORDS = frozenset(("den", "cong van den", "van ban den"))
#: What a line of the stamp begins with.
_LINE = re.compile(r"^\W*(?:s[o0]|ngay|chuyen|luu|gio)(?![^\W\d_])")
_NUMBER = re.compile(r"^\W*s[o0]\W*(?P<number>\d{1,6})?")
_DAY = re.compile(r"ngay\W*(?P<day>\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4})?")
#: The stamp's lines stand below the word ĐẾN, so near and so far to the sides of it.
_BELOW_MM, _ASIDE_MM = 26.0, 32.0
_BY_LAYER, _BY_OCR = 0.95, 0.5
#: The line with the name of the body above the word ĐẾN.
_NAME_MM = 11.0


def find_stamp(pieces: Sequence[Piece], *, is_guessed: bool) -> dict[str, Any] | None:
    """``{page, box_mm, number, day, confidence, words}`` of the stamp; *number* and *day* null where they are not read.

    The word alone is no stamp: its «Số» and «Ngày» must stand below it.
    """
    for word in pieces:
        text = word.text.strip("*. []|")
        if fold(text) not in _WORDS or text != text.upper():
            continue
        lines = [one for one in pieces if one is not word and _is_below(word, one)]
        numbers = [match for one in lines if (match := _NUMBER.match(fold(one.text)))]
        days = [match for one in lines if (match := _DAY.search(fold(one.text)))]
        if not (numbers and days):
            continue
        written = next((match["number"] for match in numbers if match["number"]), None)
        day = next((match["day"] for match in days if match["day"]), None)
        read = parse_date("".join(day.split())) if day else None
        return {
            "page": word.page + 1,
            "box_mm": _box([word, *lines]),
            "number": int(written) if written else None,
            "day": read.isoformat() if read else None,
            # Figures in it are written by hand: what a machine makes of them is for the clerk to see.
            "confidence": _BY_OCR if is_guessed else _BY_LAYER,
            "words": " / ".join(one.text for one in (word, *lines)),
        }
    return None


def without_stamp(pieces: Sequence[Piece], stamp: Mapping[str, Any] | None) -> tuple[Piece, ...]:
    """The pieces that are the paper's own: not the stamp's, nor the name of our body that stands above its word."""
    if stamp is None:
        return tuple(pieces)
    left, top, right, bottom = stamp["box_mm"]

    def is_inked(one: Piece) -> bool:
        beside: bool = one.box.left_mm < right and one.box.right_mm > left
        is_high = top - _NAME_MM <= one.box.top_mm and one.box.bottom_mm <= bottom + 1
        return beside and bool(is_high)

    return tuple(one for one in pieces if not is_inked(one))


def _is_below(word: Piece, other: Piece) -> bool:
    down_mm = other.box.top_mm - word.box.top_mm
    middle = (word.box.left_mm + word.box.right_mm) / 2
    aside_mm = max(other.box.left_mm - middle, middle - other.box.right_mm)
    is_short = other.box.right_mm - other.box.left_mm < 2.5 * _ASIDE_MM
    is_line = _LINE.match(fold(other.text)) and sender_number(other.text) is None
    return 0 < down_mm < _BELOW_MM and aside_mm < _ASIDE_MM and is_short and bool(is_line)


def _box(pieces: Sequence[Piece]) -> list[float]:
    return [
        round(min(one.box.left_mm for one in pieces), 1),
        round(min(one.box.top_mm for one in pieces), 1),
        round(max(one.box.right_mm for one in pieces), 1),
        round(max(one.box.bottom_mm for one in pieces), 1),
    ]
