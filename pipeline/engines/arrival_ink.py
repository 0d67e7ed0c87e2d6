"""The head of a scan in its colours → its coloured ink and its print, each alone: a stamp over text is read apart from it.

A stamp that touches text is lost to who reads both at once: its lines run into those of the paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from pipeline.engines.mark_stamps import Mask, standing_together

#: Fineness of the pictures that come in.
DPI = 200
_MM = 25.4 / DPI
#: The difference of the strongest and the weakest colour of a dot of coloured ink; the fringes of black print stay below.
_COLOURED = 45
#: Less is a speck, an underlining, a line of a form.
_LEAST_DOTS = 1500
#: Side of a cell in pixels, and how many of its dots are ink.
_CELL, _LEAST_OF_CELL = 4, 3
#: A frame that may be of a stamp ĐẾN: its width and height; marks of urgency are flatter.
_WIDE_MM, _HIGH_MM = (25.0, 85.0), (14.0, 60.0)
#: How deep its sides lie in the box around it (a scan stands askew), and how much of each is there.
_DEEP, _WHOLE = 0.12, 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Inked:
    """A head parted by colour: dark on white, of one size."""

    ink: Image.Image
    rest: Image.Image
    #: Left, top, right, bottom of a frame as stamps have it; None where there is none.
    frame_mm: tuple[float, float, float, float] | None


def part_inks(head: Image.Image) -> Inked | None:
    """Its coloured ink apart from the rest; None where there is too little of it for a stamp."""
    picture = np.asarray(head.convert("RGB"), dtype=np.int16)
    strength = picture.max(axis=2) - picture.min(axis=2)
    coloured = strength > _COLOURED
    if int(coloured.sum()) < _LEAST_DOTS:
        return None
    shade = np.asarray(head.convert("L"))
    return Inked(
        # Soft at its edges, as tesseract likes letters.
        ink=Image.fromarray((255 - np.minimum(255, strength * 3 // 2)).astype(np.uint8)),
        rest=Image.fromarray(np.where(coloured, 255, shade).astype(np.uint8)),
        frame_mm=_frame(coloured),
    )


def _frame(ink: Mask) -> tuple[float, float, float, float] | None:
    rows, columns = ink.shape[0] // _CELL, ink.shape[1] // _CELL
    cells = ink[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    for at in standing_together(cells.sum(axis=(1, 3)) >= _LEAST_OF_CELL):
        first, last = at.min(axis=0), at.max(axis=0) + 1
        own = np.zeros(last - first, dtype=bool)
        own[at[:, 0] - first[0], at[:, 1] - first[1]] = True
        box = tuple(float(side) * _CELL * _MM for side in (*first[::-1], *last[::-1]))
        width, height = box[2] - box[0], box[3] - box[1]
        fits = _WIDE_MM[0] <= width <= _WIDE_MM[1] and _HIGH_MM[0] <= height <= _HIGH_MM[1]
        if fits and _has_sides(own):
            return box[0], box[1], box[2], box[3]
    return None


def _has_sides(own: Mask) -> bool:
    """Whether ink runs along all four sides: of a round seal half of each is missing."""
    down, across = (max(1, round(size * _DEEP)) for size in own.shape)
    sides = (
        own[:down].any(axis=0),
        own[-down:].any(axis=0),
        own[:, :across].any(axis=1),
        own[:, -across:].any(axis=1),
    )
    return all(float(side.mean()) >= _WHOLE for side in sides)
