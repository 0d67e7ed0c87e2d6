"""Figures that other ink crosses are never taken for certain, however alike the machine reads them at every scale."""

from __future__ import annotations

import pytest
from odd_pdfs import FONT
from PIL import Image, ImageDraw, ImageFont

from pipeline.engines.arrival_digits import figures_stand_alone
from pipeline.engines.ocr import Reading
from pipeline.engines.segments import Segment

DPI = 300
MM = DPI / 25.4
TEXT = "Số: 2373/SYT-NVY"
#: Where the line is printed, and its letters' size, in pixels.
LEFT, TOP, SIZE = 40, 30, round(13 * DPI / 72)


def line(text=TEXT, strokes=(), *, turn=0.0):
    """A line of a paper, strokes of a pen over it, and the line above."""
    picture = Image.new("L", (900, 130), 245)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, SIZE)
    draw.text((LEFT, TOP - round(SIZE * 1.1)), "Đảng ủy phường gy", font=font, fill=30)
    draw.text((LEFT, TOP), text, font=font, fill=30)
    for stroke in strokes:
        draw.line(stroke, fill=60, width=5)
    return picture.rotate(turn, fillcolor=245, resample=Image.Resampling.BICUBIC)


def read(text=TEXT):
    """What a machine reads of it: the words and their places."""
    font, words, at = ImageFont.truetype(FONT, SIZE), [], 0
    for word in text.split():
        at = text.index(word, at)
        left = LEFT + font.getlength(text[:at])
        sides = (left, TOP + SIZE * 0.2, left + font.getlength(word), TOP + SIZE)
        left_mm, top_mm, right_mm, bottom_mm = (side / MM for side in sides)
        words.append(
            Segment(
                text=word, left_mm=left_mm, top_mm=top_mm, right_mm=right_mm, bottom_mm=bottom_mm
            )
        )
    return Reading(words=tuple(words), text=text, confidence=0.95)


def place(character, text=TEXT):
    """Middle of a letter, in pixels."""
    font, at = ImageFont.truetype(FONT, SIZE), text.index(character)
    return round(LEFT + font.getlength(text[:at]) + font.getlength(character) / 2), TOP + SIZE // 2


@pytest.mark.parametrize("turn", [0.0, 1.5, -1.5])
@pytest.mark.parametrize(
    "text", [TEXT, "Số 127-KH/BTCTU", "Hà Sơn, ngày 05 tháng 3 năm 2026", "Số:45/UBND-VX"]
)
def test_a_line_that_was_printed_stands_alone(text, turn):
    assert figures_stand_alone(line(text, turn=turn), read(text), dpi=DPI)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param([(-24, -20), (-4, 10), (6, 30)], id="a tick that begins beside the figure"),
        pytest.param([(-8, -30), (10, 34)], id="a stroke from above to below"),
        pytest.param([(-60, 0), (0, -3), (70, 2)], id="a line through the number"),
        pytest.param([(-20, 40), (0, 16), (20, 40)], id="the rim of a seal"),
    ],
)
@pytest.mark.parametrize("figure", ["2", "7"])
def test_figures_that_other_ink_crosses_do_not(shape, figure):
    x, y = place(figure)
    stroke = [(x + right, y + down) for right, down in shape]
    assert not figures_stand_alone(line(strokes=[stroke]), read(), dpi=DPI)


def test_ink_on_another_word_takes_nothing_from_the_figures():
    x, y = place("S")
    stroke = [(x - 10, y - 30), (x + 6, y + 40)]
    assert figures_stand_alone(line(strokes=[stroke]), read(), dpi=DPI)


def test_a_stroke_far_beyond_a_letter_of_the_symbol_is_seen():
    x, y = place("Y")
    stroke = [(x - 4, y - 44), (x, y), (x + 10, y + 44)]
    assert not figures_stand_alone(line(strokes=[stroke]), read(), dpi=DPI)
