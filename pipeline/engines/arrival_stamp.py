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
_NUMBER = re.compile(r"^\W*(?:s[o0]\W*|s\w\s*:\W*)(?P<number>\d{1,6})?")
_DAY = re.compile(r"ngay\W*(?P<day>\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4})?")
#: The stamp's lines stand below the word ĐẾN, so near and so far to the sides of it.
_BELOW_MM, _ASIDE_MM = 26.0, 32.0
_BY_LAYER, _BY_OCR, _UNREAD = 0.95, 0.5, 0.2
#: What other frames in colour hold: marks of a copy, of a signature by machine, of what went out.
_IS_OTHER = re.compile(
    r"\b(?:ky boi|nguoi ky|thoi gian ky|chu ky so|sao y|sao luc|trich sao|ban sao|van ban di|cong van di)\b"
)
#: What a machine makes of the parts of a stamp over text.
_PARTS = {
    "den": re.compile(r"^\W*d\w?n\W*$"),
    "so": re.compile(r"^\W*s\w?\s*[:.]"),
    "ngay": re.compile(r"^\W*n?g?ay\s*[:.\d]"),
    "chuyen": re.compile(r"^\W*chuy\w*\W*$"),
}
#: The line with the name of the body above the word ĐẾN.
_NAME_MM = 11.0


def find_stamp(
    pieces: Sequence[Piece], *, is_guessed: bool, is_ink: bool = False
) -> dict[str, Any] | None:
    """``{page, box_mm, number, day, confidence, words}`` of the stamp; *number* and *day* null where they are not read.

    The word alone is no stamp: its «Số» and «Ngày» must stand below it. Where a machine guessed the letters one line of it
    is enough, and in coloured ink the word itself: the paper then waits, which is less than a second number.
    """
    for word in pieces:
        text = word.text.strip("*. []|")
        if fold(text) not in _WORDS or text != text.upper():
            continue
        lines = [one for one in pieces if one is not word and _is_below(word, one)]
        numbers = [one for one in lines if _NUMBER.match(fold(one.text))]
        days = [one for one in lines if _DAY.search(fold(one.text))]
        enough = is_ink or lines if is_guessed else numbers and days
        if enough:
            # Figures in it are written by hand: what a machine makes of them is for the clerk to see.
            trust = _BY_OCR if is_guessed else _BY_LAYER
            return _stamp(_box([word, *lines]), [word, *lines], trust)
    return None


def _stamp(box_mm: Sequence[float], lines: Sequence[Piece], trust: float) -> dict[str, Any]:
    """A stamp with what can be read in its lines."""
    folded = [fold(one.text) for one in lines]
    numbers = [match["number"] for text in folded if (match := _NUMBER.match(text))]
    days = [match["day"] for text in folded if (match := _DAY.search(text))]
    written = next(filter(None, numbers), None)
    day = next(filter(None, days), None)
    read = parse_date("".join(day.split())) if day else None
    return {
        "page": lines[0].page + 1 if lines else 1,
        "box_mm": list(box_mm),
        "number": int(written) if written else None,
        "day": read.isoformat() if read else None,
        "confidence": trust,
        "words": " / ".join(one.text for one in lines),
    }


def inked_lines(ink: Sequence[Piece]) -> dict[str, Any] | None:
    """Lines of a stamp without a frame in coloured ink, its word misread: two that are of different parts of one."""
    for first in ink:
        near = [one for one in ink if _is_beside(first, one)]
        kinds = {name for one in near for name, way in _PARTS.items() if way.match(fold(one.text))}
        if len(kinds) > 1 and first in near:
            return _stamp(_box(near), near, _UNREAD)
    return None


def _is_beside(first: Piece, other: Piece) -> bool:
    down_mm = other.box.top_mm - first.box.top_mm
    aside_mm = other.box.left_mm - first.box.left_mm
    is_part = any(way.match(fold(other.text)) for way in _PARTS.values())
    return 0 <= down_mm < _BELOW_MM and abs(aside_mm) < _ASIDE_MM and is_part


def unread_stamp(
    frame_mm: tuple[float, float, float, float], ink: Sequence[Piece]
) -> dict[str, Any] | None:
    """A frame in coloured ink as a stamp that nobody could read; None where what stands in it is something else."""
    left, top, right, bottom = frame_mm
    inside = [
        one
        for one in ink
        if left <= (one.box.left_mm + one.box.right_mm) / 2 <= right
        and top <= (one.box.top_mm + one.box.bottom_mm) / 2 <= bottom
    ]
    if _IS_OTHER.search(fold(" ".join(one.text for one in inside))):
        return None
    return _stamp([round(side, 1) for side in frame_mm], inside, _UNREAD)


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
