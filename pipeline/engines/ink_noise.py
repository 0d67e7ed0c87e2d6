"""What a scanner adds to a page: shadows along its edges, punch holes, dust. An ink map in → the map without them.

What people put on a page stays: print, seals, signatures, writing by hand. Where both look alike (a lone figure
where page numbers stand, a row of dots) it is taken for theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.engines.blobs import pieces
from pipeline.engines.ink import Ink

#: A shadow begins so near to the edge of the page, and reaches no farther into it than the margin of text does.
_AT_EDGE_MM = 4.0
_LEFT_MM, _RIGHT_MM, _TOP_MM, _FOOT_MM = 24.0, 14.0, 12.0, 12.0
#: A punch hole, with its rim and a shadow; nothing else is near it.
_HOLE_MM, _ALONE_MM = 10.0, 8.0
#: A grain of dust is not larger, on paper that lies a little crooked on the cells of the map.
_SPECK_MM = 4.0
#: Ink so near to a speck makes it a part of that: a dash, an accent, a dot in a row of dots.
_BESIDE_MM, _ABOVE_MM = 6.0, 2.0
#: So many cells of specks together are faint writing.
_WRITING_CELLS = 7
#: Where the number of a page stands: at head or foot, in the middle or at the right.
_NUMBER_HEAD_MM, _NUMBER_FOOT_MM, _NUMBER_ASIDE_MM = 25.0, 38.0, 12.0
_NUMBER_RIGHT_MM = (12.0, 45.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Cells that hang together, and the box around them."""

    cells: tuple[int, ...]
    left: int
    top: int
    right: int
    bottom: int


def without_noise(ink: Ink) -> Ink:
    """The map as it would be of a clean scan."""
    return _without_holes(without_specks(_without_shadows(ink)))


def without_specks(ink: Ink) -> Ink:
    """The map without dust."""
    most = max(1, round(_SPECK_MM / ink.cell_mm))
    small = [one for one in _parts(ink) if _span(one) <= most and not _is_page_number(one, ink)]
    kept, dust = bytearray(ink.cells), bytearray(len(ink.cells))
    for one in small:
        for cell in one.cells:
            kept[cell], dust[cell] = 0, 1
    beside, above = round(_BESIDE_MM / ink.cell_mm), round(_ABOVE_MM / ink.cell_mm)
    while True:
        left = [
            one
            for one in small
            if not _around(kept, one, ink, beside, above)
            and _around(dust, one, ink, beside, above) < _WRITING_CELLS
        ]
        if len(left) == len(small):
            return replace(ink, cells=bytes(kept))
        for one in set(small).difference(left):
            for cell in one.cells:
                kept[cell] = 1
        small = left


def _without_shadows(ink: Ink) -> Ink:
    """What hangs together with ink at the very edge, as far as the margin goes."""
    cells = bytearray(ink.cells)
    edge = max(1, round(_AT_EDGE_MM / ink.cell_mm))
    columns, rows = ink.columns, ink.rows
    sides: Sequence[tuple[float, Callable[[int, int], int]]] = (
        (_LEFT_MM, lambda column, _row: column),
        (_RIGHT_MM, lambda column, _row: columns - 1 - column),
        (_TOP_MM, lambda _column, row: row),
        (_FOOT_MM, lambda _column, row: rows - 1 - row),
    )
    inked = [divmod(at, columns) for at, cell in enumerate(ink.cells) if cell]
    for most_mm, depth in sides:
        most = round(most_mm / ink.cell_mm)
        margin = {(row, column) for row, column in inked if depth(column, row) < most}
        open_ = [(row, column) for row, column in margin if depth(column, row) < edge]
        margin.difference_update(open_)
        while open_:
            row, column = open_.pop()
            cells[row * columns + column] = 0
            near = {
                (row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)
            } & margin
            margin -= near
            open_.extend(near)
    return replace(ink, cells=bytes(cells))


def _without_holes(ink: Ink) -> Ink:
    cells = bytearray(ink.cells)
    alone, most = round(_ALONE_MM / ink.cell_mm), round(_HOLE_MM / ink.cell_mm)
    left, right = round(_LEFT_MM / ink.cell_mm), ink.columns - round(_RIGHT_MM / ink.cell_mm)
    for one in _parts(ink):
        is_in_margin = one.right < left or one.left >= right
        if not is_in_margin or _span(one) > most:
            continue
        if _around(ink.cells, one, ink, alone, alone) == len(one.cells):
            for cell in one.cells:
                cells[cell] = 0
    return replace(ink, cells=bytes(cells))


def _is_page_number(part: _Part, ink: Ink) -> bool:
    """Whether it may be the number of the page: at least as tall as a figure, where such numbers stand."""
    if part.bottom == part.top:
        return False
    top_mm, left_mm = part.top * ink.cell_mm, part.left * ink.cell_mm
    if _NUMBER_HEAD_MM < top_mm < ink.height_mm - _NUMBER_FOOT_MM:
        return False
    from_right_mm = ink.width_mm - left_mm
    is_in_middle = abs(left_mm - ink.width_mm / 2) < _NUMBER_ASIDE_MM
    return is_in_middle or _NUMBER_RIGHT_MM[0] < from_right_mm < _NUMBER_RIGHT_MM[1]


def _span(part: _Part) -> int:
    return max(part.right - part.left, part.bottom - part.top) + 1


def _around(cells: bytes | bytearray, part: _Part, ink: Ink, across: int, down: int) -> int:
    """How many cells of *cells* are set in the box of *part* and around it."""
    first, last = max(0, part.left - across), min(ink.columns, part.right + across + 1)
    rows = range(max(0, part.top - down), min(ink.rows, part.bottom + down + 1))
    return sum(sum(cells[row * ink.columns + first : row * ink.columns + last]) for row in rows)


def _parts(ink: Ink) -> Iterator[_Part]:
    """The inked cells, taken together where they touch, by a corner too."""
    grid = np.frombuffer(bytes(ink.cells), dtype=np.uint8).reshape(ink.rows, ink.columns)
    for own in pieces(grid > 0):
        top, left = own.min(axis=0)
        bottom, right = own.max(axis=0)
        yield _Part(
            cells=tuple((own[:, 0] * ink.columns + own[:, 1]).tolist()),
            left=int(left),
            right=int(right),
            top=int(top),
            bottom=int(bottom),
        )
