"""A stamp of secrecy set askew by hand on a scan is seen; red seals, signatures and the Fatherland Front are not taken for one."""

from __future__ import annotations

import shutil

import pytest
from odd_pdfs import FONT
from PIL import Image, ImageDraw, ImageFont

from pipeline.engines.mark_stamps import mark_on_stamps
from pipeline.engines.papers_look import look
from pipeline.engines.secrecy import mark_on_stamp

pytestmark = pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is missing")

MM = 200 / 25.4
RED, BLUE, BLACK = (204, 51, 51), (40, 60, 170), (35, 35, 35)
PAPER, PRINT = (250, 249, 246), (30, 30, 30)
FREE, OVER_TEXT = (32, 50), (60, 90)
#: Long enough on a machine that has other things to do.
SECONDS = 60.0


def written(draw, text, x_mm, y_mm, size_pt, fill=PRINT):
    font = ImageFont.truetype(FONT, round(size_pt * 200 / 72))
    draw.text((x_mm * MM, y_mm * MM), text, font=font, fill=fill)


def letter_from(sender):
    page = Image.new("RGB", (1654, 2339), PAPER)
    draw = ImageDraw.Draw(page)
    written(draw, sender, 26, 20, 12)
    written(draw, "Số 71-BC/BNCTU", 32, 36, 13)
    written(draw, "ĐẢNG CỘNG SẢN VIỆT NAM", 115, 20, 13)
    written(draw, "BÁO CÁO", 95, 68, 14)
    for line in range(20):
        text = "Rà soát toàn bộ hồ sơ đảng viên đang sinh hoạt tại chi bộ, đối chiếu"
        written(draw, text, 30, 86 + line * 7.2, 14)
    return page


def stamped(page, mark, angle, ink, *, at=FREE, framed=True):
    font = ImageFont.truetype(FONT, round(16 * 200 / 72))
    _, top, right, bottom = font.getbbox(mark)
    width, height = right + round(12 * MM), bottom - top + round(4 * MM)
    layer = Image.new("RGBA", (width + 20, height + 20), (*ink, 0))
    draw = ImageDraw.Draw(layer)
    draw.text((10 + 6 * MM, 10 + 2 * MM - top), mark, font=font, fill=(*ink, 235))
    if framed:
        draw.rectangle((10, 10, 10 + width, 10 + height), outline=(*ink, 235), width=5)
    layer = layer.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    page.paste(layer, (round(at[0] * MM), round(at[1] * MM)), layer)
    return page


def seen_on(page):
    head = page.crop((0, 0, page.width, page.height // 2))
    return mark_on_stamps(head, seconds=SECONDS)


@pytest.mark.parametrize("angle", [-15, -9, -5, 5, 15])
@pytest.mark.parametrize("ink", [RED, BLUE, BLACK], ids=["red", "blue", "black"])
def test_a_framed_stamp_askew_in_free_space_is_seen(ink, angle):
    assert seen_on(stamped(letter_from("BAN NỘI CHÍNH"), "MẬT", angle, ink)).finding


@pytest.mark.parametrize("angle", [-12, -5, 8, 15])
@pytest.mark.parametrize("mark", ["MẬT", "TỐI MẬT", "TUYỆT MẬT"])
def test_a_coloured_stamp_over_lines_of_text_is_seen(mark, angle):
    page = stamped(letter_from("BAN NỘI CHÍNH"), mark, angle, RED, at=OVER_TEXT)
    assert seen_on(page).finding


def test_a_scan_with_a_stamp_askew_is_not_taken_for_open(tmp_path):
    path = tmp_path / "a.pdf"
    stamped(letter_from("BAN NỘI CHÍNH"), "MẬT", -8, RED).save(path, "PDF", resolution=200)
    seen = look({"path": str(path)})
    assert seen["secrecy"] or seen["doubt"]


def test_seals_signatures_and_the_fatherland_front_are_no_marks():
    page = letter_from("ỦY BAN MẶT TRẬN TỔ QUỐC")
    draw = ImageDraw.Draw(page)
    draw.ellipse((900, 500, 1170, 770), outline=RED, width=9)
    written(draw, "MẶT TRẬN TỔ QUỐC", 118, 80, 8, RED)
    draw.line((400, 500, 480, 420, 520, 520, 620, 430, 700, 500), fill=RED, width=6)
    stamped(page, "MẶT TRẬN TỔ QUỐC", 7, RED, at=(25, 110))
    seen = seen_on(page)
    assert seen.is_finished
    assert not seen.finding


def test_no_time_is_told_and_not_taken_for_no_mark():
    page = stamped(letter_from("BAN NỘI CHÍNH"), "MẬT", 8, RED)
    assert not mark_on_stamps(page, seconds=0.0).is_finished


def test_what_was_read_nearly_right_on_a_stamp_is_a_doubt():
    assert mark_on_stamp("|MẬT|").secrecy == "MẬT"
    assert mark_on_stamp("MẠT").doubt
    assert mark_on_stamp("TUYẾT MẬ").doubt
    assert not mark_on_stamp("MẶT TRẬN TỔ QUỐC")
    assert not mark_on_stamp("ĐẾN")
