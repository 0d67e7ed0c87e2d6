"""Where on a page is nothing printed? A grid of inked cells in → a free place for a mark out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, product
from operator import add

from pipeline.kinds.mark import Area, MarkRules, Zone

#: Clear space kept around a mark.
_CLEAR_MM = 1.5
#: Nothing is ever placed nearer to the paper's edge: printers cannot print there.
LEAST_EDGE_MM = 5.0
#: All that stands so low is a foot; a page number of a sheet that lay askew may stand higher, alone and small.
_FOOT_MM, _HIGHEST_FOOT_MM = 20.0, 38.0
_FOOT_HEIGHT_MM, _FOOT_WIDTH_MM, _FOOT_GAP_MM = 10.0, 45.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """What is printed on a page as seen: cells from the top-left, row by row, 1 = ink."""

    columns: int
    rows: int
    width_mm: float
    height_mm: float
    cells: bytes

    @property
    def cell_mm(self) -> float:
        """How high and wide a cell is."""
        return self.height_mm / self.rows

    def row(self, row: int) -> bytes:
        """The cells of a row."""
        return self.cells[row * self.columns : (row + 1) * self.columns]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a mark goes: top-left corner on the visible page, y downwards."""

    zone: str
    x_mm: float
    y_mm: float
    scale: float


def find_spot(ink: Ink, *, width_mm: float, height_mm: float, rules: MarkRules) -> Spot | None:
    """The first free place in the order of rounds, then scales, then zones; None where there is no room.

    Places of the first round are tried at every size before one of the second: a small mark at the head
    of a paper is where people look for it, a large one at its foot is not. As far from the edge of the page as
    the *rules* want; nearer, down to what printers can print, only where nothing else of the round is free at any scale.

    Args:
        width_mm, height_mm: Of the mark as it is drawn; the rules' own are those before it is.
    """
    sums = _sums(ink)
    edges = tuple(dict.fromkeys((max(rules.edge_mm, LEAST_EDGE_MM), LEAST_EDGE_MM)))
    for zones in rules.rounds():
        for least_mm, scale, zone in product(edges, rules.scales, zones):
            size_mm = (width_mm * scale, height_mm * scale)
            corner = _search(ink, sums, zone, size_mm, edge_mm=least_mm)
            if corner is not None:
                return Spot(zone=zone.name, x_mm=corner[0], y_mm=corner[1], scale=scale)
    return None


def keep_free(ink: Ink, area: Area) -> Ink:
    """The map with that part of the page taken, so that no mark is put there."""
    cells = bytearray(ink.cells)
    first, last = int(area.left * ink.columns), round(area.right * ink.columns)
    for row in range(int(area.top * ink.rows), round(area.bottom * ink.rows)):
        cells[row * ink.columns + first : row * ink.columns + last] = b"\1" * (last - first)
    return replace(ink, cells=bytes(cells))


def find_corner(ink: Ink, *, width_mm: float, height_mm: float) -> tuple[float, float] | None:
    """Where words of that size may stand at the top right, as near to the corner as is free; None without room."""
    best_left = max(0.5, 1.0 - (width_mm + LEAST_EDGE_MM) / ink.width_mm)
    zone = Zone(name="", left=0.4, top=0.0, right=1.0, bottom=0.3, best_left=best_left)
    return _search(ink, _sums(ink), zone, (width_mm, height_mm), edge_mm=LEAST_EDGE_MM)


def free_band(ink: Ink, *, least_mm: float, foot_mm: float = 12.0) -> float | None:
    """Where a band of *least_mm* over the whole width may begin after the last text, or None.

    A line that stands alone near the bottom (a page number, a foot) ends the band.

    Args:
        ink: Without what the scanner added (:mod:`pipeline.engines.ink_noise`).
    """
    body, foot = _body_and_foot(ink)
    begin_mm = (body[-1] + 1) * ink.cell_mm + 4.0 if body else 20.0
    end_mm = foot[0] * ink.cell_mm - 2.0 if foot else ink.height_mm - foot_mm
    return begin_mm if end_mm - begin_mm >= least_mm else None


def last_line_mm(ink: Ink) -> float | None:
    """Where the last text of the page ends, its foot aside; None on an empty page. The map without noise, as above."""
    body, _foot_rows = _body_and_foot(ink)
    return (body[-1] + 1) * ink.cell_mm if body else None


def _body_and_foot(ink: Ink) -> tuple[list[int], list[int]]:
    """The rows with ink."""
    inked = [row for row in range(ink.rows) if any(ink.row(row))]
    foot = _foot(ink, inked)
    return [row for row in inked if not foot or row < foot[0]], foot


def _foot(ink: Ink, inked: Sequence[int]) -> list[int]:
    """The rows of a foot: all that stands alone in the bottom 20 mm, and a few words a little higher."""
    foot: list[int] = []
    for lines in reversed(_groups(inked, most=round(_FOOT_GAP_MM / ink.cell_mm))):
        from_foot_mm = ink.height_mm - lines[0] * ink.cell_mm
        is_foot = from_foot_mm <= _FOOT_MM or (
            from_foot_mm <= _HIGHEST_FOOT_MM and _is_small(ink, lines)
        )
        if not is_foot:
            break
        foot = lines + foot
    return foot


def _groups(rows: Sequence[int], *, most: int) -> list[list[int]]:
    """Rows that are not farther than so many from the one before."""
    groups: list[list[int]] = []
    for row in rows:
        if groups and row - groups[-1][-1] <= most:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _is_small(ink: Ink, rows: Sequence[int]) -> bool:
    columns = [at for row in rows for at, cell in enumerate(ink.row(row)) if cell]
    height, width = rows[-1] - rows[0] + 1, max(columns) - min(columns) + 1
    return height * ink.cell_mm <= _FOOT_HEIGHT_MM and width * ink.cell_mm <= _FOOT_WIDTH_MM


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
