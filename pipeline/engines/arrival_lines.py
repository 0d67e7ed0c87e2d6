"""The words of a page, from its text layer or read by machine → pieces of lines with column, place and trust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.engines.ocr import Reading
from pipeline.engines.paper_lines import LEFT, RIGHT, WHOLE
from pipeline.engines.segments import Segment, join_words
from pipeline.vietnamese import fold, nfc

#: Two words further apart than this many text heights belong to different pieces.
_GAP_HEIGHTS = 1.5
_MIDDLE_MM = 22.0
#: What the right half of a head begins with, however near the left half stands.
_RIGHT_BEGINS = ("cong hoa xa", "dang cong san", "doc lap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One line of one column."""

    text: str
    box: Segment
    page: int
    column: int = WHOLE
    #: Of its words, 0…1; 1 where no machine guessed them.
    trust: float = 1.0


def pieces_of_layer(words: Sequence[Segment], page: int, width_mm: float) -> list[Piece]:
    """The text layer of a page."""
    return [
        Piece(
            text=" ".join(nfc(box.text).split()),
            box=box,
            page=page,
            column=_column(box, width_mm),
        )
        for box in join_words(words)
    ]


def pieces_of_reading(reading: Reading, page: int, width_mm: float) -> list[Piece]:
    """What tesseract read, in the order of its lines, each parted where a gap shows another column."""
    rows: dict[int, list[tuple[Segment, float]]] = {}
    for word, trust, line in zip(reading.words, reading.trust, reading.lines, strict=True):
        # Rules, specks and frames are read as letters of their own.
        if any(char.isalnum() for char in word.text) or word.text in {"-", "–", "/", "*"}:
            rows.setdefault(line, []).append((word, trust))
    found: list[Piece] = []
    for row in rows.values():
        found += [_piece(part, page, width_mm) for part in _parts(row)]
    return sorted(found, key=lambda piece: (piece.box.top_mm, piece.box.left_mm))


def _parts(row: Sequence[tuple[Segment, float]]) -> list[list[tuple[Segment, float]]]:
    heights = sorted(word.height_mm for word, _ in row)
    usual_mm = heights[len(heights) // 2]
    parts: list[list[tuple[Segment, float]]] = []
    for at, (word, trust) in enumerate(row):
        gap_mm = word.left_mm - row[at - 1][0].right_mm if at else 0.0
        begins = fold(" ".join(one.text for one, _ in row[at : at + 3])).startswith(_RIGHT_BEGINS)
        if not parts or gap_mm > _GAP_HEIGHTS * usual_mm or begins:
            parts.append([])
        parts[-1].append((word, trust))
    return parts


def _piece(part: Sequence[tuple[Segment, float]], page: int, width_mm: float) -> Piece:
    text = " ".join(nfc(word.text) for word, _ in part)
    box = Segment(
        text=text,
        left_mm=min(word.left_mm for word, _ in part),
        top_mm=min(word.top_mm for word, _ in part),
        right_mm=max(word.right_mm for word, _ in part),
        bottom_mm=max(word.bottom_mm for word, _ in part),
    )
    trust = min(trust for _, trust in part)
    return Piece(text=text, box=box, page=page, column=_column(box, width_mm), trust=trust)


def _column(box: Segment, width_mm: float) -> int:
    middle = (box.left_mm + box.right_mm) / 2 - width_mm / 2
    # The text stands a little right of the page's middle: its left margin is the wider one.
    if abs(middle - 7.5) < _MIDDLE_MM:
        return WHOLE
    return LEFT if middle < 0 else RIGHT
