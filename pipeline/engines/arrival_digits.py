"""A line's picture and what was read on it → whether its figures stand there alone, each as high as its neighbours.

A tick, a stroke of a pen or the rim of a seal across a figure makes it another one to whoever reads it, at every scale alike.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.engines.blobs import pieces
from pipeline.engines.ocr import Reading
from pipeline.engines.segments import Segment

Mask = npt.NDArray[np.bool_]

#: The figures that a word begins with: of «127-KH/BTCTU», of «05», of «2026».
_FIGURES = re.compile(r"\d+")
#: What may stand before them in the same word.
_BEFORE = re.compile(r"^S\w:?$|^\W*$")
#: Shares of the height of figures: smaller ink is dust, so far they may differ, so wide is the widest of them, so far apart.
_DUST, _DIFFER, _WIDE, _APART = 0.3, 0.2, 0.85, 0.6
#: No letter of a symbol is higher.
_HIGH = 1.35
#: How far around a word its ink is looked at, in its own heights.
_AROUND = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """Ink that stands in one column of a word."""

    left: int
    right: int
    top: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top


def figures_stand_alone(line: Image.Image, reading: Reading, *, dpi: float) -> bool:
    """Whether no ink but their own touches or crosses the figures read on *line*."""
    ink = _ink(line)
    return all(_stand_alone(ink, word, dpi / 25.4) for word in reading.words)


def _stand_alone(ink: Mask, word: Segment, scale: float) -> bool:
    figures = _FIGURES.search(word.text)
    if figures is None or not _BEFORE.match(word.text[: figures.start()]):
        return True
    letters = list(_letters(ink, word, scale))
    # no dot or colon reaches the middle of the line
    first = sum(map(str.isalnum, word.text[: figures.start()]))
    last = first + len(figures[0])
    own, near = letters[first:last], letters[first : max(last, first + 4)]
    if len(own) < len(figures[0]):
        return False
    high = float(np.median([one.height for one in letters]))
    top, bottom = (float(np.median([side(one) for one in near])) for side in (_top, _bottom))
    return (
        all(one.right - one.left <= _WIDE * high for one in own)
        and all(abs(one.height - high) <= _DIFFER * high for one in own)
        and all(abs(one.top - top) <= _DIFFER * high for one in own)
        and all(abs(one.bottom - bottom) <= _DIFFER * high for one in own)
        and all(two.left - one.right <= _APART * high for one, two in itertools.pairwise(own))
        and all(one.height <= _HIGH * high for one in letters[last:])
    )


def _top(one: _Letter) -> int:
    return one.top


def _bottom(one: _Letter) -> int:
    return one.bottom


def _letters(ink: Mask, word: Segment, scale: float) -> Iterator[_Letter]:
    """The letters of a word from the left, those that reach its middle; hyphens left out."""
    around = word.height_mm * _AROUND
    top, bottom = (
        max(0, round((word.top_mm - around) * scale)),
        round((word.bottom_mm + around) * scale),
    )
    left = max(0, round((word.left_mm - around / 2) * scale))
    right = round((word.right_mm + around / 2) * scale)
    middle = (word.top_mm + word.bottom_mm) / 2 * scale - top
    begin, end = (side * scale - left for side in (word.left_mm, word.right_mm))
    boxes = []
    for points in pieces(ink[top:bottom, left:right]):
        (up, at), (down, to) = points.min(axis=0).tolist(), (points.max(axis=0) + 1).tolist()
        # the lines above and below, and the next words, reach into the corners
        if up <= middle <= down and begin <= (at + to) / 2 <= end:
            boxes.append(_Letter(left=at, right=to, top=up, bottom=down))
    least = _DUST * max((one.height for one in boxes), default=0)
    joined: list[_Letter] = []
    for one in sorted((box for box in boxes if box.height > least), key=lambda box: box.left):
        if joined and _shares_column(joined[-1], one):
            joined[-1] = _joined(joined[-1], one)
        else:
            joined.append(one)
    yield from joined


def _shares_column(one: _Letter, two: _Letter) -> bool:
    shared = min(one.right, two.right) - two.left
    return shared > min(one.right - one.left, two.right - two.left) / 2


def _joined(one: _Letter, two: _Letter) -> _Letter:
    return _Letter(
        left=one.left,
        right=max(one.right, two.right),
        top=min(one.top, two.top),
        bottom=max(one.bottom, two.bottom),
    )


def _ink(line: Image.Image) -> Mask:
    """What is darker than halfway between the paper and the darkest print."""
    shades = np.asarray(line.convert("L"))
    dark, paper = np.percentile(shades, (1, 60))
    ink: Mask = shades < (dark + paper) / 2
    return ink
