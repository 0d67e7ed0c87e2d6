"""Lines of a paper as seen: text, column and, where the file tells, how they look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.engines import raster
from pipeline.engines.segments import Segment
from pipeline.vietnamese import nfc

WHOLE, LEFT, RIGHT = 0, 1, 2
#: A gap this many text heights wide parts two columns.
_COLUMN_GAP = 1.5
#: Share of the page's width on whose one side a column lies.
_MIDDLE = 0.5
#: A line whose middle is this near to the page's is centred or runs from side to side.
_NEAR_MIDDLE_MM = 22.0
_OVERLAP = 0.5
#: So wide a gap, in text heights, is one space of the text.
_SPACE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the letters of a line look; what the file does not say is None."""

    size_pt: float | None = None
    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    font: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line or paragraph."""

    text: str
    column: int = WHOLE
    page: int = 0
    look: Look = Look()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """All that stands at one height of a PDF's page, with the box of each letter."""

    text: str
    #: As long as the text; None at spaces.
    boxes: tuple[Segment | None, ...]

    @property
    def top_mm(self) -> float:
        """The upper edge of its first letter."""
        return min(box.top_mm for box in self.boxes if box)


def pdf_lines(path: Path, *, pages: Sequence[int]) -> list[Line]:
    """The lines of those pages, parted into columns, top to bottom."""
    found: list[Line] = []
    for index in pages:
        width_mm = raster.page_size_pt(path, index)[0] * raster.MM_PER_PT
        for row in pdf_rows(path, index):
            found += [
                Line(text=text, column=_column(left, right, width_mm), page=index)
                for text, left, right in _pieces(row)
            ]
    return found


def pdf_rows(path: Path, page_index: int) -> list[Row]:
    """The rows of a page's text layer."""
    words = raster.page_letters(path, page_index)
    rows: list[list[list[Segment]]] = []
    for word in sorted(words, key=lambda letters: (letters[0].top_mm, letters[0].left_mm)):
        row = next((one for one in reversed(rows[-3:]) if _same_line(one[0][0], word[0])), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    return [_row(sorted(row, key=lambda word: word[0].left_mm)) for row in rows]


def _row(words: Sequence[list[Segment]]) -> Row:
    text = ""
    boxes: list[Segment | None] = []
    for word in words:
        if boxes and (last := boxes[-1]) is not None:
            gap = (word[0].left_mm - last.right_mm) / max(1.0, last.height_mm)
            spaces = max(1, min(60, round(gap / _SPACE)))
            text += " " * spaces
            boxes += [None] * spaces
        for letter in word:
            written = nfc(letter.text)
            text += written
            boxes += [letter] * len(written)
    # A text layer in pieces (NFD) keeps its marks as letters of their own: what cannot be joined is left so.
    return Row(text=text, boxes=tuple(boxes))


def _pieces(row: Row) -> Iterable[tuple[str, float, float]]:
    """Text and edges of each column's part of a row."""
    start: int | None = None
    last: Segment | None = None
    for index, box in enumerate(row.boxes):
        if box is None:
            continue
        if last is not None and start is not None:
            gap = box.left_mm - last.right_mm
            is_blank_of_ours = _goes_on(row.text[:index].rstrip())
            if gap > _COLUMN_GAP * last.height_mm and not is_blank_of_ours:
                yield _piece(row, start, index)
                start = index
        start = index if start is None else start
        last = box
    if start is not None:
        yield _piece(row, start, len(row.text))


def _goes_on(before: str) -> bool:
    """A blank to be filled in is no gap between columns."""
    word = before.rstrip(".…_ :").rsplit(" ", 1)[-1]
    return word in {"Số", "SỐ", "ngày", "tháng", "năm"}


def _piece(row: Row, start: int, end: int) -> tuple[str, float, float]:
    boxes = [box for box in row.boxes[start:end] if box is not None]
    return (
        nfc(row.text[start:end]).strip(),
        min(box.left_mm for box in boxes),
        max(box.right_mm for box in boxes),
    )


def _column(left_mm: float, right_mm: float, width_mm: float) -> int:
    middle = (left_mm + right_mm) / 2 - width_mm * _MIDDLE
    # The text stands a little right of the page's middle: its left margin is the wider one.
    if abs(middle - 7.5) < _NEAR_MIDDLE_MM:
        return WHOLE
    return LEFT if middle < 0 else RIGHT


def _same_line(first: Segment, second: Segment) -> bool:
    shared = min(first.bottom_mm, second.bottom_mm) - max(first.top_mm, second.top_mm)
    return shared >= _OVERLAP * min(first.height_mm, second.height_mm)
