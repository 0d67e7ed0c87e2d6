"""A stamp set by hand on a scan → the mark of secrecy it bears: each patch of ink turned by its own angle and read alone.

Tesseract reads a page along its own lines, and loses three letters that stand askew or across others.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.engines import ocr, secrecy
from pipeline.engines.secrecy import Finding
from pipeline.errors.cell import OcrUnavailable

Mask = npt.NDArray[np.bool_]
Points = npt.NDArray[np.int64]

#: Patches are looked for on a picture of this fineness.
DPI = 200
#: Side of a cell in pixels: half a millimetre.
_CELL = 4
_MM = 25.4 / DPI
#: Smallest and largest patch that may be a stamp, width and height as it lies.
_LEAST_MM, _MOST_MM = (7.0, 4.0), (80.0, 36.0)
#: Between letters of one stamp lies less than twice this, in cells: across, and down.
_REACH = (3, 1)
_ANGLES = np.arange(-18.0, 18.5, 1.0)
#: What stands nearer to the lines of the page was read with the page.
_ASKEW = 1.5
#: The difference of the strongest and the weakest colour of a dot of coloured ink.
_COLOURED = 45
_INK_STEP = 60
#: Width of the shortest mark without a frame, and the angles it is tried at.
_SHORT_MM = 20.0
_TRIED = (6.0, -6.0, 12.0, -12.0)
_MOST_POINTS = 6000
#: How many patches of one ink are read, the likeliest first.
_MOST_PATCHES = 5
#: The same of those that are tried at several angles.
_MOST_SHORT = 3
#: A row or column with so much ink is the side of a frame.
_FRAME = 0.55
#: The same once a frame is off: letters close together fill more than half of a row.
_FRAME_LEFT = 0.85
_LETTERS_PX = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patch:
    """Ink that stands together; *points* are its dots, row and column on the picture."""

    points: Points
    angle: float
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the stamps of a page said, and whether there was time for all of them."""

    finding: Finding
    is_finished: bool = True


def mark_on_stamps(head: Image.Image, *, seconds: float) -> Seen:
    """The mark on the stamps in the head of a page, upright and at ``DPI``."""
    until = time.monotonic() + seconds
    found = Finding()
    for patch in _candidates(np.asarray(head.convert("RGB"), dtype=np.int16)):
        left = until - time.monotonic()
        if left <= 0:
            return Seen(finding=found, is_finished=False)
        try:
            here = _read(patch, seconds=left)
        except OcrUnavailable:
            return Seen(finding=found, is_finished=False)
        if here.secrecy:
            return Seen(finding=here)
        found = found or here
    return Seen(finding=found)


def _candidates(picture: npt.NDArray[np.int16]) -> Iterator[_Patch]:
    """The patches that may be stamps: those in coloured ink, then the dark ones that stand askew."""
    red, green, blue = picture[..., 0], picture[..., 1], picture[..., 2]
    strong = picture.max(axis=2) - picture.min(axis=2) > _COLOURED
    for ink in (strong & (red > blue) & (red > green), strong & (blue > red)):
        patches = sorted(_patches(ink), key=lambda one: len(one.points), reverse=True)
        yield from patches[:_MOST_PATCHES]
    shade = picture.min(axis=2)
    paper = int(np.median(shade))
    dark = shade < max(60, paper - _INK_STEP)
    patches = _patches(dark)
    level = _level(patches)
    askew = [one for one in patches if abs(one.angle - level) > _ASKEW and not _is_short(one)]
    short = [one for one in patches if _is_short(one)]
    for some, most in ((askew, _MOST_PATCHES), (short, _MOST_SHORT)):
        yield from sorted(some, key=lambda one: len(one.points), reverse=True)[:most]


def _is_short(patch: _Patch) -> bool:
    """Three letters without a frame do not tell how they lie."""
    return (patch.right - patch.left) * _MM <= _SHORT_MM


def _level(patches: list[_Patch]) -> float:
    """How the page itself lies: the angle most of its patches have."""
    return float(np.median([one.angle for one in patches])) if patches else 0.0


def _patches(ink: Mask) -> list[_Patch]:
    rows, columns = ink.shape[0] // _CELL, ink.shape[1] // _CELL
    cells = ink[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    # one dot of the sixteen is grain
    inked = cells.sum(axis=(1, 3)) >= 3
    found = []
    for box, own in standing_together(inked):
        top, left, bottom, right = (side * _CELL for side in box)
        width_mm, height_mm = (right - left) * _MM, (bottom - top) * _MM
        fits = _LEAST_MM[0] <= width_mm <= _MOST_MM[0] and _LEAST_MM[1] <= height_mm <= _MOST_MM[1]
        if not fits or height_mm > width_mm * 1.2:
            continue
        own_dots = np.kron(own, np.ones((_CELL, _CELL), dtype=bool))
        dots = np.argwhere(ink[top:bottom, left:right] & own_dots)
        angle = _angle(dots)
        found.append(
            _Patch(points=dots, angle=angle, left=left, top=top, right=right, bottom=bottom)
        )
    return found


def standing_together(inked: Mask) -> Iterator[tuple[tuple[int, int, int, int], Mask]]:
    """What stands together, cell by cell: the box (top, left, bottom, right) and its own cells in it."""
    numbers = _numbered(_widened(inked))
    numbers[~inked] = 0
    at = np.argwhere(numbers)
    if not len(at):
        return
    labels = numbers[at[:, 0], at[:, 1]]
    order = np.argsort(labels, kind="stable")
    ends = np.flatnonzero(np.diff(labels[order])) + 1
    for own in np.split(at[order], ends):
        top, left = own.min(axis=0)
        bottom, right = own.max(axis=0) + 1
        number = numbers[own[0, 0], own[0, 1]]
        box = (int(top), int(left), int(bottom), int(right))
        yield box, numbers[top:bottom, left:right] == number


def _widened(inked: Mask) -> Mask:
    across, down = _REACH
    wide = inked.copy()
    for step in range(1, across + 1):
        wide[:, step:] |= inked[:, :-step]
        wide[:, :-step] |= inked[:, step:]
    high = wide.copy()
    for step in range(1, down + 1):
        high[step:] |= wide[:-step]
        high[:-step] |= wide[step:]
    return high


def _numbered(cells: Mask) -> npt.NDArray[np.int64]:
    """Each cell with the number of what it hangs together with; 0 is empty."""
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
            above = np.unique(numbers[row - 1, start:stop]) if row else np.zeros(0, dtype=np.int64)
            roots = {root(int(one)) for one in above if one}
            if roots:
                number = min(roots)
                for one in roots:
                    same[one] = number
            else:
                number = len(same)
                same.append(number)
            numbers[row, start:stop] = number
    flat = np.array([root(one) for one in range(len(same))])
    return flat[numbers]


def _angle(dots: Points) -> float:
    """How a patch lies, in degrees: along its own lines and stems the ink gathers in few rows and columns."""
    if len(dots) > _MOST_POINTS:
        dots = dots[:: len(dots) // _MOST_POINTS + 1]
    down, across = dots[:, 0], dots[:, 1]
    best, at = -1.0, 0.0
    for degrees in _ANGLES:
        cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        score = _gathered(down * cosine - across * sine) + _gathered(across * cosine + down * sine)
        if score > best:
            best, at = score, float(degrees)
    return at


def _gathered(turned: npt.NDArray[np.float64]) -> float:
    counts = np.bincount(np.round((turned - turned.min()) / 2).astype(np.int64))
    return float((counts.astype(np.float64) ** 2).sum())


def _read(patch: _Patch, *, seconds: float) -> Finding:
    drawn = np.full((patch.bottom - patch.top, patch.right - patch.left), 255, dtype=np.uint8)
    drawn[patch.points[:, 0], patch.points[:, 1]] = 0
    picture = Image.fromarray(drawn)
    until = time.monotonic() + seconds
    found = Finding()
    for angle in (patch.angle, *(_TRIED if _is_short(patch) else ())):
        here = _read_at(picture, angle, seconds=max(0.1, until - time.monotonic()))
        if here.secrecy:
            return here
        found = found or here
    return found


def _read_at(picture: Image.Image, angle: float, *, seconds: float) -> Finding:
    upright = picture.rotate(angle, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    letters = _without_frame(np.asarray(upright) < 128)
    if letters is None:
        return Finding()
    reading = ocr.read_picture(_fit(letters), dpi=300, seconds=seconds, mode=ocr.ONE_LINE)
    return secrecy.mark_on_stamp(reading.text)


def _without_frame(dots: Mask) -> Mask | None:
    """The letters inside a frame, cut out close; None where nothing is left."""
    dots = _cut_close(dots)
    for least in (_FRAME, _FRAME_LEFT):
        if not dots.size:
            return None
        height = dots.shape[0]
        full = np.flatnonzero(dots.mean(axis=1) > least)
        upper, lower = full[full < height * 0.3], full[full > height * 0.7]
        if not (len(upper) and len(lower)):
            break
        dots = dots[upper[-1] + 2 : lower[0] - 1]
        if not dots.size:
            return None
        width = dots.shape[1]
        filled = np.flatnonzero(dots.mean(axis=0) > 0.8)
        first, last = filled[filled < width * 0.2], filled[filled > width * 0.8]
        dots = dots[:, first[-1] + 2 if len(first) else 0 : last[0] - 1 if len(last) else width]
        dots = _cut_close(dots)
    return dots if dots.size else None


def _cut_close(dots: Mask) -> Mask:
    rows, columns = np.flatnonzero(dots.sum(axis=1) > 1), np.flatnonzero(dots.sum(axis=0) > 1)
    if not len(rows) or not len(columns):
        return dots[:0]
    return dots[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _fit(letters: Mask) -> Image.Image:
    """The letters as tesseract likes them: of one height, white around."""
    picture = Image.fromarray(np.where(letters, 0, 255).astype(np.uint8))
    scale = _LETTERS_PX / picture.height
    size = (max(1, min(1200, round(picture.width * scale))), _LETTERS_PX)
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    page = Image.new("L", (size[0] + 60, size[1] + 60), 255)
    page.paste(picture, (30, 30))
    return page
