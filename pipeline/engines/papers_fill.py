"""A PDF with blanks → a copy with its number and date drawn into them, where the blanks are truly free.

The paper itself is never written to, and one that is signed electronically is left as it is.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from PIL import ImageChops, ImageDraw

from pipeline.engines import pdf, raster
from pipeline.engines.html_pdf_words import draw_words
from pipeline.engines.paper_lines import Row, pdf_rows
from pipeline.engines.paper_shapes import find_date, find_number
from pipeline.engines.papers_image import as_pdf
from pipeline.engines.profile import load_profile
from pipeline.engines.segments import Segment
from pipeline.engines.time_box import TookTooLong, time_box
from pipeline.engines.word_fill import DAY, NUMBER
from pipeline.errors.base import VanthuError
from pipeline.vietnamese import pad_ordinal, spell_date

#: Height of a letter's box as PDFium gives it, in font sizes (Times: 0.891 above the line, 0.216 below).
_BOX_HEIGHT = 1.107
#: A figure is half its size wide, and so much air stands around them; figures may be this much smaller to fit.
_FIGURE_WIDTH, _AIR, _LEAST_SCALE = 0.5, 0.2, 0.75
_HEAD_SHARE = 0.5
_SECONDS = 8.0
_CHECK_DPI = 60
_STEP = 48
_CHANGED_OUTSIDE = 0.002
_INK = 100
_LITTLE_INK = 0.004
_NOT_WRITTEN = "Không ghi được vào tệp PDF này: hãy ghi số, ngày bằng tay."
_BLANKS = frozenset(".…_·")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """Some figures and the box they go into."""

    what: str
    text: str
    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    size_pt: float
    italic: bool


def fill(
    path: Path, out: Path, *, ordinal: int, symbol: str, issued_on: date, font: tuple[Path, str]
) -> dict[str, Any]:
    """Draw the ordinal and the day into the first blank place of each on page 1.

    Args:
        symbol: «CV/VPTU»: only a place with this symbol is filled.
        font: Shared folder and name of the layout profile, whose font is used.
    Returns:
        ``{filled, left, removed}``: what was written, Vietnamese sentences about what was not, what the copy left out.
    """
    told: dict[str, Any] = {"filled": [], "left": [], "removed": []}
    with as_pdf(path) as source:
        if pdf.is_signed(source):
            told["left"].append("Tệp có chữ ký số nên không ghi thêm gì vào tệp.")
            shutil.copyfile(path, out)
            return told
        writings = _writings(source, (ordinal, symbol, issued_on), told)
        wanted_some = bool(writings)
        try:
            with time_box(_SECONDS), tempfile.TemporaryDirectory() as folder:
                told["removed"] = _draw(source, out, writings, (Path(folder), font))
        except (VanthuError, TookTooLong):
            shutil.copyfile(path, out)
            told["left"].append(_NOT_WRITTEN)
            return told
        told["filled"] += [what for what in (NUMBER, DAY) if _drew(writings, what)]
        if wanted_some and not writings:
            told["left"].append(_NOT_WRITTEN)
    return told


def _writings(source: Path, wanted: tuple[int, str, date], told: dict[str, Any]) -> list[_Writing]:
    ordinal, symbol, issued_on = wanted
    rows = _head_rows(source)
    writings: list[_Writing] = []
    number_row = next((row for row in rows if find_number(row.text)), None)
    if number_row is None:
        told["left"].append("Không tìm thấy chỗ ghi số trên trang 1: hãy ghi số bằng tay.")
    else:
        writings += _number(source, number_row, (ordinal, symbol), told)
    date_row = next((row for row in rows if find_date(row.text)), None)
    if date_row is None:
        told["left"].append("Không tìm thấy chỗ ghi ngày trên trang 1: hãy ghi ngày bằng tay.")
    else:
        writings += _date(source, date_row, issued_on, told)
    return writings


def _head_rows(source: Path) -> list[Row]:
    try:
        head_mm = raster.page_size_pt(source, 0)[1] * raster.MM_PER_PT * _HEAD_SHARE
        return [row for row in pdf_rows(source, 0) if row.top_mm < head_mm]
    except VanthuError:
        return []


def _number(
    source: Path, row: Row, wanted: tuple[int, str], told: dict[str, Any]
) -> list[_Writing]:
    place = find_number(row.text)
    assert place is not None
    ordinal, symbol = wanted
    if place.ordinal is not None:
        if place.ordinal == ordinal:
            told["filled"].append(NUMBER)
        else:
            told["left"].append(f"Chỗ ghi số đã in sẵn số {place.ordinal}: không ghi đè.")
        return []
    if f"{place.symbol}/{place.issuer}" != symbol:
        told["left"].append(
            f"Chỗ ghi số in ký hiệu «{place.symbol}/{place.issuer}», sổ ghi «{symbol}»: chưa ghi số vào tệp."
        )
        return []
    text = pad_ordinal(ordinal)
    spot = _spot(source, row, (place.start, place.end), (NUMBER, text), italic=False)
    if spot is None:
        told["left"].append("Chỗ trống để ghi số trên trang 1 không đủ rộng: hãy ghi số bằng tay.")
    return [spot] if spot else []


def _date(source: Path, row: Row, issued_on: date, told: dict[str, Any]) -> list[_Writing]:
    place = find_date(row.text)
    assert place is not None
    if place.whole is not None:
        if place.whole == issued_on:
            told["filled"].append(DAY)
        else:
            told["left"].append(f"Ngày in sẵn khác ngày vào sổ ({issued_on:%d/%m/%Y}).")
        return []
    agrees = place.month.value in {None, issued_on.month} and place.year.value in {
        None,
        issued_on.year,
    }
    words = spell_date(issued_on).split()
    slots = ((place.day, words[1]), (place.month, words[3]), (place.year, words[5]))
    blank = [(slot, text) for slot, text in slots if slot.value is None]
    spots = [
        _spot(source, row, (slot.start, slot.end), (DAY, text), italic=True) for slot, text in blank
    ]
    found = [spot for spot in spots if spot is not None]
    if not place.is_blank or not agrees or len(found) < len(blank):
        told["left"].append("Chỗ trống để ghi ngày trên trang 1 không ghi được: hãy ghi bằng tay.")
        return []
    return found


def _spot(
    source: Path, row: Row, slot: tuple[int, int], words: tuple[str, str], *, italic: bool
) -> _Writing | None:
    """The middle of a blank that has room for the figures and nothing in it but dots."""
    start, end = slot
    before = next((box for box in reversed(row.boxes[:start]) if box), None)
    after = next((box for box in row.boxes[end:] if box), None)
    if before is None:
        return None
    inside = [box for box in row.boxes[start:end] if box is not None]
    what, text = words
    size_mm = before.height_mm / _BOX_HEIGHT
    width = len(text) * _FIGURE_WIDTH
    right_mm = after.left_mm if after else before.right_mm + (width + _AIR) * size_mm
    room_mm = right_mm - before.right_mm
    scale = min(1.0, (room_mm / size_mm - _AIR) / width)
    if scale < _LEAST_SCALE or not _is_free(source, (before, right_mm), inside):
        return None
    need_mm = (width * scale + _AIR / 2) * size_mm
    return _Writing(
        what=what,
        text=text,
        # The number stands against its dash, a day in the middle of its blank.
        left_mm=right_mm - need_mm if what == NUMBER else before.right_mm + (room_mm - need_mm) / 2,
        top_mm=before.top_mm,
        width_mm=need_mm,
        height_mm=before.height_mm,
        size_pt=size_mm * scale * pdf.PT_PER_MM,
        italic=italic,
    )


def _is_free(source: Path, gap: tuple[Segment, float], inside: list[Segment]) -> bool:
    """Nothing is written in the gap: the text layer may not know of ink."""
    if inside:
        return all(box.text in _BLANKS for box in inside)
    before, right_mm = gap
    pixel = _INK / 25.4
    picture = raster.gray(source, dpi=_INK)
    box = (
        int((before.right_mm + 0.4) * pixel),
        int(before.top_mm * pixel),
        int((right_mm - 0.4) * pixel),
        int(before.bottom_mm * pixel),
    )
    if box[2] <= box[0] or box[3] <= box[1]:
        return False
    part = picture.crop(box)
    dark = sum(part.histogram()[:128])
    return dark <= _LITTLE_INK * part.width * part.height


def _draw(
    source: Path,
    out: Path,
    writings: list[_Writing],
    tools: tuple[Path, tuple[Path, str]],
) -> list[str]:
    folder, (shared_dir, profile_name) = tools
    font = load_profile(shared_dir, profile_name).pdf_font
    placings = []
    for index, one in enumerate(writings):
        drawing = folder / f"{index}.pdf"
        draw_words(
            one.text,
            drawing,
            size_pt=one.size_pt,
            box_mm=(one.width_mm, one.height_mm),
            font=font,
            italic=one.italic,
        )
        placings.append(
            pdf.Placing(drawing=drawing, page_index=0, x_mm=one.left_mm, y_mm=one.top_mm)
        )
    removed = pdf.place(source, out, placings=tuple(placings))
    if not _is_as_wanted(source, out, writings):
        # Better an empty place than a spoilt page.
        writings.clear()
        removed = pdf.place(source, out, placings=())
    return list(removed)


def _is_as_wanted(source: Path, out: Path, writings: list[_Writing]) -> bool:
    """Nothing but the blanks has changed."""
    before, after = (raster.gray(path, dpi=_CHECK_DPI) for path in (source, out))
    if before.size != after.size:
        return False
    changed = ImageChops.difference(before, after).point(
        [255 if step > _STEP else 0 for step in range(256)]
    )
    pixel = _CHECK_DPI / 25.4
    for one in writings:
        box = (
            (one.left_mm - 0.5) * pixel,
            (one.top_mm - 0.5) * pixel,
            (one.left_mm + one.width_mm + 0.5) * pixel,
            (one.top_mm + one.height_mm + 0.5) * pixel,
        )
        ImageDraw.Draw(changed).rectangle(box, fill=0)
    share = changed.histogram()[255] / max(1, changed.width * changed.height)
    return share <= _CHANGED_OUTSIDE


def _drew(writings: list[_Writing], what: str) -> bool:
    return any(one.what == what for one in writings)
