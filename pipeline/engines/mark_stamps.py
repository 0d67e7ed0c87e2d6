"""A stamp set by hand on a scan → the mark of secrecy it bears, or a doubt.

Tesseract reads a page along its own lines, and loses three letters that stand askew or across others. So the word is looked for in
the ink itself, at every angle; and patches of ink that stand apart, whatever their letters look like, are turned by their own angle
and read, all of them on one sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from pipeline.engines import ocr, secrecy
from pipeline.engines.blobs import Points, pieces
from pipeline.engines.mark_likeness import Likeness, is_of_the_front, likenesses
from pipeline.engines.secrecy import Finding
from pipeline.engines.segments import Segment
from pipeline.engines.time_box import PATIENCE, worked_s
from pipeline.errors.cell import OcrUnavailable

Mask = npt.NDArray[np.bool_]

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
#: So few patches do not tell how the page lies.
_FEW = 3
#: What stands nearer to the lines of the page was read with the page.
_ASKEW = 1.5
#: The difference of the strongest and the weakest colour of a dot of coloured ink.
_COLOURED = 45
_INK_STEP = 60
#: The same of faint ink, against the paper it lies on; how dark the palest ink is; so few dots are dust.
_FAINT, _PALE, _FEW_DOTS = 16, 28, 200
#: How well faint colour and pale ink must fit; and of a pale word so little is strong ink: that of lines it lies across.
_FITS_TINTED, _FITS_PALE, _STRONG_SHARE = 0.66, 0.58, 0.55
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
_LIKE = "Ở đầu trang có dấu đóng hay chữ trông như «MẬT»."
#: Words that stand beside «MẬT», or what looks like it, where it is none.
_PHRASE = re.compile(
    r"\b(?:BÍ|CƠ|BẢO|THÂN)\s+M[ẬẠẶẤẮ]T\b|\bM[ẬẠẶẤẮ]T\s+(?:TRẬN|NHÀ|MÃ|THƯ|THIẾT|BẰNG|HÀNG|ĐẤT)\b"
)


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


def mark_on_stamps(head: Image.Image, *, words: Sequence[Segment] = (), seconds: float) -> Seen:
    """The mark on the stamps in the head of a page, upright and at ``DPI``.

    Args:
        words: What was read of the page; a word that looks like a mark may be part of a phrase.
    """
    until = worked_s() + seconds
    found = likeness_of_mark(head, words=words, seconds=seconds)
    if found is None or found.secrecy:
        return Seen(finding=found or Finding(), is_finished=found is not None)
    letters = _letters(np.asarray(head.convert("RGB")))
    if not letters:
        return Seen(finding=found)
    left = until - worked_s()
    if left <= 0:
        return Seen(finding=found, is_finished=False)
    try:
        text = ocr.read_picture(
            _sheet(letters), dpi=300, seconds=left, mode=ocr.ONE_BLOCK, patience=PATIENCE
        ).text
    except OcrUnavailable:
        return Seen(finding=found, is_finished=False)
    read = secrecy.mark_on_stamp(text)
    return Seen(finding=read if read.secrecy else found or read)


def likeness_of_mark(
    head: Image.Image, *, words: Sequence[Segment] = (), seconds: float
) -> Finding | None:
    """A doubt where the ink looks like «MẬT»; None where there was no time to see."""
    until = worked_s() + seconds
    if seconds <= 0:
        return None
    picture = head.convert("RGB")
    strong = (*_coloured(np.asarray(picture)), _dark(np.asarray(picture)))
    printed = np.logical_or.reduce(strong)
    red, blue, pale = _tints(picture)
    looks: list[tuple[Mask, Callable[[Likeness], bool]]] = [
        *((ink, lambda _one: True) for ink in strong),
        *((ink, lambda one: one.fits >= _FITS_TINTED) for ink in (red, blue)),
        (pale, lambda one: _is_pale(one, pale, printed)),
    ]
    for ink, is_seen in looks:
        for one in likenesses(ink, dpi=DPI) if ink.sum() > _FEW_DOTS else ():
            if is_seen(one) and _is_mark(one, ink, words):
                return Finding(doubt=_LIKE)
            if worked_s() > until:
                return None
    return Finding()


def _tints(head: Image.Image) -> tuple[Mask, Mask, Mask]:
    """All that is red, all that is blue, and all that is no bare paper: a faint stamp is whole there."""
    # from dot to dot a scanner's colours waver more than a faint stamp differs from its paper
    even = np.asarray(head.filter(ImageFilter.BoxBlur(1)), dtype=np.int16)
    paper = np.median(even[::4, ::4].reshape(-1, 3), axis=0).astype(np.int16)
    taken = np.maximum(paper - even, 0)
    coloured = taken.max(axis=2) - taken.min(axis=2) > _FAINT
    least = taken.argmin(axis=2)
    return coloured & (least == 0), coloured & (least == 2), taken.max(axis=2) > _PALE


def _is_pale(one: Likeness, pale: Mask, strong: Mask) -> bool:
    """Whether it is no print: the pale edges of print make other words of it, and it was looked at for itself."""
    down, across = (
        slice(max(0, round((at - side / 2) / _MM)), round((at + side / 2) / _MM))
        for at, side in ((one.y_mm, one.height_mm), (one.x_mm, one.width_mm))
    )
    share = strong[down, across].sum() / max(1, pale[down, across].sum())
    return one.fits >= _FITS_PALE and bool(share < _STRONG_SHARE)


def _is_mark(one: Likeness, ink: Mask, words: Sequence[Segment]) -> bool:
    return one.is_good and not is_in_phrase(one, words) and not is_of_the_front(ink, one, dpi=DPI)


def is_in_phrase(found: Likeness, words: Sequence[Segment]) -> bool:
    """Whether the words read beside it say that it is no mark: «BÍ MẬT NHÀ NƯỚC», «MẶT TRẬN»."""
    line = [word for word in words if word.top_mm < found.y_mm < word.bottom_mm]
    line.sort(key=lambda word: word.left_mm)
    for at, word in enumerate(line):
        if word.left_mm < found.x_mm < word.right_mm:
            beside = " ".join(one.text for one in line[max(0, at - 1) : at + 2])
            return bool(_PHRASE.search(beside))
    return False


def _dark(picture: npt.NDArray[np.uint8]) -> Mask:
    shade = np.minimum(np.minimum(picture[..., 0], picture[..., 1]), picture[..., 2])
    dark: Mask = shade < max(60, int(np.median(shade)) - _INK_STEP)
    return dark


def _coloured(picture: npt.NDArray[np.uint8]) -> tuple[Mask, Mask]:
    """What is red and what is blue."""
    red, green, blue = picture[..., 0], picture[..., 1], picture[..., 2]
    strongest = np.maximum(np.maximum(red, green), blue)
    strong = strongest - np.minimum(np.minimum(red, green), blue) > _COLOURED
    return strong & (red > blue) & (red > green), strong & (blue > red)


def _candidates(picture: npt.NDArray[np.uint8]) -> Iterator[_Patch]:
    """The patches that may be stamps: those in coloured ink, then the dark ones that stand askew."""
    for ink in _coloured(picture):
        patches = sorted(_patches(ink), key=lambda one: len(one.points), reverse=True)
        yield from patches[:_MOST_PATCHES]
    patches = _patches(_dark(picture))
    level = _level(patches)
    askew = [one for one in patches if abs(one.angle - level) > _ASKEW and not _is_short(one)]
    short = [one for one in patches if _is_short(one)]
    for some, most in ((askew, _MOST_PATCHES), (short, _MOST_SHORT)):
        yield from sorted(some, key=lambda one: len(one.points), reverse=True)[:most]


def _is_short(patch: _Patch) -> bool:
    """Three letters without a frame do not tell how they lie."""
    return (patch.right - patch.left) * _MM <= _SHORT_MM


def _level(patches: list[_Patch]) -> float:
    """How the page itself lies: the angle most of its patches have, if there are more than stamps."""
    return float(np.median([one.angle for one in patches])) if len(patches) > _FEW else 0.0


def _patches(ink: Mask) -> list[_Patch]:
    rows, columns = ink.shape[0] // _CELL, ink.shape[1] // _CELL
    cells = ink[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    # one dot of the sixteen is grain
    inked = cells.sum(axis=(1, 3)) >= 3
    found = []
    for own in standing_together(inked):
        first, last = own.min(axis=0), own.max(axis=0) + 1
        (top, left), (bottom, right) = (first * _CELL).tolist(), (last * _CELL).tolist()
        width_mm, height_mm = (right - left) * _MM, (bottom - top) * _MM
        fits = _LEAST_MM[0] <= width_mm <= _MOST_MM[0] and _LEAST_MM[1] <= height_mm <= _MOST_MM[1]
        if not fits or height_mm > width_mm * 1.2:
            continue
        its = np.zeros(last - first, dtype=bool)
        its[own[:, 0] - first[0], own[:, 1] - first[1]] = True
        own_dots = np.kron(its, np.ones((_CELL, _CELL), dtype=bool))
        dots = np.argwhere(ink[top:bottom, left:right] & own_dots)
        angle = _angle(dots)
        found.append(
            _Patch(points=dots, angle=angle, left=left, top=top, right=right, bottom=bottom)
        )
    return found


def standing_together(inked: Mask) -> Iterator[Points]:
    """The inked cells, row and column, of each group that stands together as the letters of a stamp do."""
    for wide in pieces(_widened(inked)):
        own = wide[inked[wide[:, 0], wide[:, 1]]]
        if len(own):
            yield own


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


def _letters(picture: npt.NDArray[np.uint8]) -> list[Image.Image]:
    """The letters of each patch that may be a stamp, upright, at every angle it may lie."""
    found = []
    for patch in _candidates(picture):
        drawn = np.full((patch.bottom - patch.top, patch.right - patch.left), 255, dtype=np.uint8)
        drawn[patch.points[:, 0], patch.points[:, 1]] = 0
        lying = Image.fromarray(drawn)
        for angle in (patch.angle, *(_TRIED if _is_short(patch) else ())):
            upright = lying.rotate(
                angle, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC
            )
            letters = _without_frame(np.asarray(upright) < 128)
            if letters is not None:
                found.append(_fit(letters))
    return found


def _sheet(lines: list[Image.Image]) -> Image.Image:
    """All of them below one another, to be read at once."""
    page = Image.new("L", (max(one.width for one in lines), sum(one.height for one in lines)), 255)
    top = 0
    for one in lines:
        page.paste(one, (0, top))
        top += one.height
    return page


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
