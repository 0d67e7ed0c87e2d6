"""A grid of cells → what hangs together in it, by a corner too."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.bool_]
Points = npt.NDArray[np.int64]


def pieces(cells: Cells) -> Iterator[Points]:
    """The set cells, row and column, of each piece; from the top down."""
    numbers = _numbered(cells)
    at = np.argwhere(numbers)
    if not len(at):
        return
    labels = numbers[at[:, 0], at[:, 1]]
    order = np.argsort(labels, kind="stable")
    ends = np.flatnonzero(np.diff(labels[order])) + 1
    yield from np.split(at[order], ends)


def _numbered(cells: Cells) -> npt.NDArray[np.int64]:
    """Each cell with the number of its piece; 0 is empty."""
    numbers = np.zeros(cells.shape, dtype=np.int64)
    same = [0]

    def root(one: int) -> int:
        while same[one] != one:
            same[one] = same[same[one]]
            one = same[one]
        return one

    for row in range(cells.shape[0]):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], cells[row].astype(np.int8), [0]))))
        for start, stop in edges.reshape(-1, 2):
            above = numbers[row - 1, max(0, start - 1) : stop + 1] if row else numbers[0, :0]
            roots = {root(int(one)) for one in np.unique(above) if one}
            if roots:
                number = min(roots)
                for one in roots:
                    same[one] = number
            else:
                number = len(same)
                same.append(number)
            numbers[row, start:stop] = number
    return np.array([root(one) for one in range(len(same))])[numbers]
