"""The ink of a page → the places where it looks like «MẬT», at any angle a hand sets a stamp, in free space or across lines of text.

A picture of the word (``mark_letters``, drawn by ``bench/letters.py``) is laid over the page: coarsely everywhere, then finely
where it fitted best. What crosses the word takes nothing from it: its own strokes must be there, all along.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from PIL import Image

Cover = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

#: Fineness of the coarse and the fine look.
_COARSE_DPI, _FINE_DPI = 75, 150
#: Degrees: how far and in what steps a stamp is looked for, and how much finer it is looked at.
_ANGLES = tuple(range(-27, 28, 3))
_ANGLES_NEAR = (-2.0, -1.0, 1.0, 2.0)
#: Sizes of the letters in points, and how much finer they are tried.
_SIZES = (11.1, 12.5, 14.0, 15.7, 17.6, 19.7, 22.1, 24.8)
_SIZES_NEAR = (0.94, 1.0, 1.06)
#: Size in points at which the pictures were drawn, at 72 dots an inch.
_DRAWN = 96.0
#: Of that size: the white around a picture, and the space between two words.
_MARGIN, _SPACE = 0.125, 0.26
_FACES = ("serif", "sans", "slab", "thin")
#: From where on a place is worth a finer look, how many are had, and how far apart they lie.
_WORTH, _MOST, _APART_MM = 0.43, 8, 4.0
#: What is kept of the white around the print.
_AROUND_MM = 5.0
#: The fine picture is tried so far around.
_SHIFT_MM = 1.6
#: A likeness: how well the picture fits, how much of its strokes is inked, and of the worst fifth of the word.
_FITS, _INKED, _INKED_WORST = 0.51, 0.82, 0.7
#: Letters larger than any heading's are met by frames and broad print sooner; where one fits well, less of the worst fifth is
#: asked for. In the sizes of headings that would be «LUẬT», «ĐẤT», «NHẬT».
_LARGE_PT = 26.5
_FITS_LARGE, _FITS_LARGE_WELL, _INKED_LARGE = 0.56, 0.62, 0.6
_PARTS = 5
#: Darker dots of a picture are the middle of its strokes.
_STROKE = 0.8
#: So much spread has even paper without ink.
_BARE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Where the page looks like the word, and how much."""

    #: Middle of the word, millimetres from the top-left corner.
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    #: Degrees counter-clockwise by which the page is turned until the word is upright.
    angle: float
    fits: float
    inked: float
    inked_worst: float
    face: str
    size_pt: float

    @property
    def is_good(self) -> bool:
        """Whether the word may well stand there."""
        is_large_and_clear = self.size_pt > _LARGE_PT and self.fits >= _FITS_LARGE_WELL
        worst = _INKED_LARGE if is_large_and_clear else _INKED_WORST
        return self.fits >= _FITS and self.inked >= _INKED and self.inked_worst >= worst


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    score: float
    x_mm: float
    y_mm: float
    angle: float
    size_pt: float


def likenesses(ink: Mask, *, dpi: float) -> Iterator[Likeness]:
    """The places that look most like the word, the likeliest first; the caller asks ``is_good``.

    After the usual sizes come those twice as large: a large stamp on a page is a usual one on a page half as large.
    """
    for times in (1, 2):
        for one in _likenesses(ink, dpi=dpi * times):
            if times > 1 and one.fits < _FITS_LARGE:
                continue
            yield replace(
                one,
                x_mm=one.x_mm * times,
                y_mm=one.y_mm * times,
                width_mm=one.width_mm * times,
                height_mm=one.height_mm * times,
                size_pt=one.size_pt * times,
            )


def _likenesses(ink: Mask, *, dpi: float) -> Iterator[Likeness]:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return
    # where nothing is printed there is nothing to look for
    around = round(_AROUND_MM * dpi / 25.4)
    top, left = max(0, rows[0] - around), max(0, columns[0] - around)
    printed = ink[top : rows[-1] + around, left : columns[-1] + around]
    fine = Image.fromarray(_cover(printed, dpi, _FINE_DPI))
    for place in _places(_cover(printed, dpi, _COARSE_DPI)):
        found = _looked_at(fine, place, "mat")
        x_mm, y_mm = found.x_mm + left * 25.4 / dpi, found.y_mm + top * 25.4 / dpi
        yield replace(found, x_mm=x_mm, y_mm=y_mm)


def is_of_the_front(ink: Mask, found: Likeness, *, dpi: float) -> bool:
    """Whether the word goes on as «MẶT TRẬN», whose first word looks the same."""
    fine = Image.fromarray(_cover(ink, dpi, _FINE_DPI))
    wide = _template("tran", found.face, found.size_pt, _FINE_DPI).shape[1] * 25.4 / _FINE_DPI
    space_mm = found.size_pt * _SPACE * 25.4 / 72
    aside_mm = (found.width_mm + wide) / 2 - 2 * found.size_pt * _MARGIN * 25.4 / 72 + space_mm
    turn = math.radians(found.angle)
    place = _Place(
        score=0.0,
        x_mm=found.x_mm + aside_mm * math.cos(turn),
        y_mm=found.y_mm + aside_mm * math.sin(turn),
        angle=found.angle,
        size_pt=found.size_pt,
    )
    return _looked_at(fine, place, "tran").is_good


def _cover(ink: Mask, dpi: float, to: float) -> Cover:
    """How much of each dot of a coarser picture is inked, 0…1."""
    size = (max(1, round(ink.shape[1] * to / dpi)), max(1, round(ink.shape[0] * to / dpi)))
    picture = Image.fromarray(ink.astype(np.uint8) * 255).resize(size, Image.Resampling.BOX)
    return np.asarray(picture, dtype=np.float32) / np.float32(255)


@cache
def _drawn(word: str, face: str) -> Image.Image:
    with (files("pipeline.engines") / "mark_letters" / f"{word}-{face}.png").open("rb") as stream:
        return Image.open(stream).convert("F").point(lambda shade: shade / 255)


@cache
def _template(word: str, face: str, size_pt: float, dpi: float) -> Cover:
    drawn = _drawn(word, face)
    scale = size_pt * dpi / 72 / _DRAWN
    size = (max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale)))
    return np.asarray(drawn.resize(size, Image.Resampling.BOX), dtype=np.float32)


def _places(cover: Cover) -> list[_Place]:
    """Where the word may stand, by the coarse look; the likeliest first and none beside a likelier one."""
    page = Image.fromarray(cover)
    pages = [
        page.rotate(angle, expand=True, resample=Image.Resampling.BILINEAR) for angle in _ANGLES
    ]
    shape = (
        _easy(max(one.height for one in pages)),
        _easy(max(one.width for one in pages)),
    )
    words = [
        _Word.of(_template("mat", "serif", size_pt, _COARSE_DPI), shape, size_pt)
        for size_pt in _SIZES
    ]
    seen = [
        place
        for angle, turned in zip(_ANGLES, pages, strict=True)
        for place in _places_at(turned, page.size, angle, words, shape)
    ]
    best: list[_Place] = []
    for one in sorted(seen, key=lambda place: -place.score):
        if all(math.hypot(one.x_mm - two.x_mm, one.y_mm - two.y_mm) > _APART_MM for two in best):
            best.append(one)
            if len(best) == _MOST:
                break
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """The picture of the word in one size, as it is laid over a whole page at once."""

    size_pt: float
    high: int
    wide: int
    waves: npt.NDArray[np.complexfloating]
    strength: float

    @classmethod
    def of(cls, template: Cover, shape: tuple[int, int], size_pt: float) -> _Word:
        plain = template - template.mean()
        return cls(
            size_pt=size_pt,
            high=template.shape[0],
            wide=template.shape[1],
            waves=np.conj(np.fft.rfft2(plain, shape)),
            strength=float(np.sqrt((plain**2).sum())),
        )


def _places_at(
    turned: Image.Image,
    page: tuple[int, int],
    angle: float,
    words: list[_Word],
    shape: tuple[int, int],
) -> Iterator[_Place]:
    cover = np.asarray(turned, dtype=np.float32)
    waves = np.fft.rfft2(cover, shape)
    sums = _sums(cover)
    mm = 25.4 / _COARSE_DPI
    for word in words:
        high, wide = word.high, word.wide
        if high > cover.shape[0] or wide > cover.shape[1]:
            continue
        met = np.fft.irfft2(waves * word.waves, shape)
        met = met[: cover.shape[0] - high + 1, : cover.shape[1] - wide + 1]
        # most of a page cannot be the word whatever lies under it
        down, across = np.nonzero(met >= _WORTH * word.strength * _least_spread(high * wide))
        inside = (
            sums[down + high, across + wide]
            - sums[down, across + wide]
            - sums[down + high, across]
            + sums[down, across]
        )
        mean = inside.astype(np.float32) / np.float32(high * wide)
        score = met[down, across] / (word.strength * _spread(mean, high * wide))
        for best in _peaks(score, down, across):
            middle = (int(across[best]) + wide / 2, int(down[best]) + high / 2)
            x, y = _unturned(middle, turned.size, page, angle)
            yield _Place(
                score=float(score[best]),
                x_mm=x * mm,
                y_mm=y * mm,
                angle=angle,
                size_pt=word.size_pt,
            )


def _spread(mean: npt.NDArray[np.floating], size: int) -> npt.NDArray[np.floating]:
    """The spread of ink under the word; ink is there or not, so its share tells."""
    spread: npt.NDArray[np.floating] = np.sqrt(np.maximum(mean - mean * mean, _BARE) * size)
    return spread


def _sums(cover: Cover) -> npt.NDArray[np.float64]:
    """The ink above and left of each dot."""
    sums = np.zeros((cover.shape[0] + 1, cover.shape[1] + 1))
    np.cumsum(cover, axis=0, dtype=np.float64, out=sums[1:, 1:])
    return np.cumsum(sums, axis=1, out=sums)


def _least_spread(size: int) -> float:
    return math.sqrt(_BARE * size)


def _peaks(
    score: npt.NDArray[np.floating],
    down: npt.NDArray[np.integer],
    across: npt.NDArray[np.integer],
) -> list[int]:
    """Which few of the places are worth it, each the best around."""
    apart = round(_APART_MM * _COARSE_DPI / 25.4)
    found: list[int] = []
    left = np.flatnonzero(score >= _WORTH)
    while len(left) and len(found) < _MOST:
        best = int(left[np.argmax(score[left])])
        found.append(best)
        far = (abs(down[left] - down[best]) > apart) | (abs(across[left] - across[best]) > apart)
        left = left[far]
    return found


def _easy(side: int) -> int:
    """The next even length that is quickly transformed."""
    while True:
        rest = side
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1 and side % 2 == 0:
            return side
        side += 1


def _unturned(
    at: tuple[float, float], turned: tuple[int, int], page: tuple[int, int], angle: float
) -> tuple[float, float]:
    """A point of a turned page on the page itself."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = at[0] - turned[0] / 2, at[1] - turned[1] / 2
    return page[0] / 2 + cosine * x - sine * y, page[1] / 2 + sine * x + cosine * y


def upright(
    page: Image.Image, middle: tuple[float, float], angle: float, size: tuple[int, int]
) -> Image.Image:
    """What lies around *middle*, turned counter-clockwise by *angle*."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = (size[0] - 1) / 2, (size[1] - 1) / 2
    x0 = middle[0] - cosine * x + sine * y
    y0 = middle[1] - sine * x - cosine * y
    matrix = (cosine, -sine, x0, sine, cosine, y0)
    return page.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _looked_at(
    fine: Image.Image, place: _Place, word: str, *, faces: tuple[str, ...] = _FACES
) -> Likeness:
    """The best fit around a place: first the face and the size, then the angle."""
    sizes = [place.size_pt * more for more in _SIZES_NEAR]
    best = max(
        (_fitted(fine, place, word, face, size_pt) for face in faces for size_pt in sizes),
        key=lambda one: one.fits,
    )
    near = [replace(place, angle=place.angle + aside) for aside in _ANGLES_NEAR]
    turned = [_fitted(fine, one, word, best.face, best.size_pt) for one in near]
    return max([best, *turned], key=lambda one: one.fits)


def _fitted(fine: Image.Image, place: _Place, word: str, face: str, size_pt: float) -> Likeness:
    """How well one picture of the word fits around a place, where it fits best."""
    px = _FINE_DPI / 25.4
    template = _template(word, face, size_pt, _FINE_DPI)
    high, wide = template.shape
    shift = round(_SHIFT_MM * px)
    middle = (place.x_mm * px, place.y_mm * px)
    window = np.asarray(
        upright(fine, middle, place.angle, (wide + 2 * shift, high + 2 * shift)),
        dtype=np.float32,
    )
    fits, down, across = _best_fit(window, template)
    inked, worst = _inked(window[down : down + high, across : across + wide], template)
    turn = math.radians(place.angle)
    x, y = (across - shift) / px, (down - shift) / px
    return Likeness(
        x_mm=place.x_mm + math.cos(turn) * x - math.sin(turn) * y,
        y_mm=place.y_mm + math.sin(turn) * x + math.cos(turn) * y,
        width_mm=wide / px,
        height_mm=high / px,
        angle=place.angle,
        fits=fits,
        inked=inked,
        inked_worst=worst,
        face=face,
        size_pt=size_pt,
    )


def _best_fit(window: Cover, template: Cover) -> tuple[float, int, int]:
    """How well the template fits where it fits best, and its corner there."""
    high, wide = template.shape
    plain = template - template.mean()
    shape = (_easy(window.shape[0]), _easy(window.shape[1]))
    met = np.fft.irfft2(np.fft.rfft2(window, shape) * np.conj(np.fft.rfft2(plain, shape)), shape)
    met = met[: window.shape[0] - high + 1, : window.shape[1] - wide + 1]
    sums = _sums(window)
    inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    mean = inside.astype(np.float32) / np.float32(template.size)
    score = met / (np.sqrt((plain**2).sum()) * _spread(mean, template.size))
    down, across = np.unravel_index(int(np.argmax(score)), score.shape)
    return float(score[down, across]), int(down), int(across)


def _inked(under: Cover, template: Cover) -> tuple[float, float]:
    """How much of the strokes is inked: of all, and of the worst part along the word."""
    strokes = template > _STROKE
    order = np.argsort(np.nonzero(strokes)[1], kind="stable")
    parts = np.array_split(under[strokes][order], _PARTS)
    return float(under[strokes].mean()), min(float(part.mean()) for part in parts if part.size)
