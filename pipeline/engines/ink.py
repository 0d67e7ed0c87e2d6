"""Where on a page is nothing printed? A grid of inked cells in → a free place for a mark out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, product
from operator import add

from pipeline.kinds.mark import MarkRules, Zone

#: Clear space kept around a mark.
_CLEAR_MM = 1.5
#: Nothing is ever placed nearer to the paper's edge: printers cannot print there.
LEAST_EDGE_MM = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """What is printed on a page as seen: cells from the top-left, row by row, 1 = ink."""

    columns: int
    rows: int
    width_mm: float
    height_mm: float
    cells: bytes

    def row_has_ink(self, row: int, *, left_mm: float = 0.0) -> bool:
        """Whether anything is printed on that row of cells, right of *left_mm*."""
        first = int(left_mm / self.width_mm * self.columns)
        return any(self.cells[row * self.columns + first : (row + 1) * self.columns])

    def row_at(self, y_mm: float) -> int:
        """The row of cells at that height."""
        return min(self.rows - 1, max(0, int(y_mm / self.height_mm * self.rows)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a mark goes: top-left corner on the visible page, y downwards."""

    zone: str
    x_mm: float
    y_mm: float
    scale: float


def find_spot(
    ink: Ink,
    *,
    width_mm: float,
    height_mm: float,
    rules: MarkRules,
) -> Spot | None:
    """The first free place in the order of scales, then zones; None where there is no room.

    As far from the edge of the page as the *rules* want; nearer, down to what printers can print, only where
    nothing else is free at any scale.

    Args:
        width_mm, height_mm: Of the mark as it is drawn; the rules' own are those before it is.
    """
    sums = _sums(ink)
    for least_mm in dict.fromkeys((max(rules.edge_mm, LEAST_EDGE_MM), LEAST_EDGE_MM)):
        for scale, zone in product(rules.scales, rules.zones):
            size_mm = (width_mm * scale, height_mm * scale)
            corner = _search(ink, sums, zone, size_mm, edge_mm=least_mm)
            if corner is not None:
                return Spot(zone=zone.name, x_mm=corner[0], y_mm=corner[1], scale=scale)
    return None


def find_corner(ink: Ink, *, width_mm: float, height_mm: float) -> tuple[float, float] | None:
    """Where words of that size may stand at the top right, as near to the corner as is free; None without room."""
    best_left = max(0.5, 1.0 - (width_mm + LEAST_EDGE_MM) / ink.width_mm)
    zone = Zone(name="", left=0.4, top=0.0, right=1.0, bottom=0.3, best_left=best_left)
    return _search(ink, _sums(ink), zone, (width_mm, height_mm), edge_mm=LEAST_EDGE_MM)


def free_band(ink: Ink, *, least_mm: float, foot_mm: float = 12.0) -> float | None:
    """Where a band of *least_mm* over the whole width may begin after the last text, or None.

    A line that stands alone in the bottom 20 mm (a page number, a foot) ends the band.
    """
    first_foot_row = ink.row_at(ink.height_mm - 20.0)
    inked = [row for row in range(ink.rows) if ink.row_has_ink(row)]
    body = [row for row in inked if row < first_foot_row]
    feet = [row for row in inked if row >= first_foot_row]
    cell_mm = ink.height_mm / ink.rows
    begin_mm = (body[-1] + 1) * cell_mm + 4.0 if body else 20.0
    if body and feet and feet[0] - body[-1] <= 4.0 / cell_mm:
        return None
    end_mm = feet[0] * cell_mm - 2.0 if feet else ink.height_mm - foot_mm
    return begin_mm if end_mm - begin_mm >= least_mm else None


def _sums(ink: Ink) -> list[list[int]]:
    """Summed areas: ``sums[r][c]`` is the ink above row *r* and left of column *c*."""
    sums = [[0] * (ink.columns + 1)]
    for row in range(ink.rows):
        line = ink.cells[row * ink.columns : (row + 1) * ink.columns]
        sums.append(list(map(add, sums[-1], accumulate(line, initial=0))))
    return sums


def _search(
    ink: Ink,
    sums: list[list[int]],
    zone: Zone,
    size_mm: tuple[float, float],
    *,
    edge_mm: float,
) -> tuple[float, float] | None:
    cell_w, cell_h = ink.width_mm / ink.columns, ink.height_mm / ink.rows
    clear_columns = -int(-(size_mm[0] + 2 * _CLEAR_MM) // cell_w)
    clear_rows = -int(-(size_mm[1] + 2 * _CLEAR_MM) // cell_h)
    left = int(max(zone.left * ink.width_mm, edge_mm - _CLEAR_MM) / cell_w + 0.999)
    top = int(max(zone.top * ink.height_mm, edge_mm - _CLEAR_MM) / cell_h + 0.999)
    right = int(min(zone.right * ink.width_mm, ink.width_mm - edge_mm + _CLEAR_MM) / cell_w)
    bottom = int(min(zone.bottom * ink.height_mm, ink.height_mm - edge_mm + _CLEAR_MM) / cell_h)
    columns = range(left, right - clear_columns + 1)
    best = zone.best_left * ink.columns
    ordered = sorted(columns, key=lambda column: abs(column - best))
    for row in range(top, bottom - clear_rows + 1):
        for column in _free(sums, row, ordered, (clear_rows, clear_columns)):
            return column * cell_w + _CLEAR_MM, row * cell_h + _CLEAR_MM
    return None


def _free(
    sums: list[list[int]], row: int, columns: Sequence[int], size: tuple[int, int]
) -> Iterator[int]:
    above, below = sums[row], sums[row + size[0]]
    for column in columns:
        end = column + size[1]
        if below[end] - below[column] - above[end] + above[column] == 0:
            yield column
