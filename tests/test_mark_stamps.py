"""A stamp of secrecy set by hand on a scan is seen, in any ink; red seals, signatures and the Fatherland Front are not taken for one."""

from __future__ import annotations

import shutil

import pytest
from stamped_scans import (
    BLACK,
    BLUE,
    CONDENSED_BOLD,
    FREE,
    GREY,
    HALF_OVER,
    OVER_TEXT,
    PALE,
    RED,
    SANS_BOLD,
    SERIF,
    SERIF_BOLD,
    SLAB_BOLD,
    Scanner,
    Stamp,
    page_of,
    scanned,
    set_arrival,
    set_seal,
    set_stamp,
)

from pipeline.engines.mark_stamps import likeness_of_mark, mark_on_stamps
from pipeline.engines.papers_look import look
from pipeline.engines.secrecy import mark_on_stamp
from pipeline.engines.segments import Segment

pytestmark = pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is missing")

#: Long enough on a machine that has other things to do.
SECONDS = 60.0
IN_FREE_SPACE = [
    Stamp(tilt=-15, ink=RED),
    Stamp(tilt=5, ink=BLUE, font=SERIF, size_pt=16),
    Stamp(tilt=15, ink=BLACK, font=CONDENSED_BOLD, size_pt=16),
    Stamp(words="TUYỆT MẬT", tilt=4, ink=PALE, frames=0),
]
#: As a tired pad gives them, or a hasty hand; and whether the scanner sees colours.
FAINT = [
    (Stamp(tilt=6, ink=(242, 200, 200), size_pt=18), False),
    (Stamp(words="TỐI MẬT", tilt=2, ink=(240, 180, 180), size_pt=18), True),
    (Stamp(tilt=25, ink=RED, size_pt=18), False),
    (Stamp(words="TỐI MẬT", tilt=-24, ink=RED, size_pt=16), True),
]
OVER_LINES = [
    Stamp(tilt=0, ink=BLACK, at=OVER_TEXT),
    Stamp(words="TỐI MẬT", tilt=-12, ink=GREY, at=OVER_TEXT, font=SANS_BOLD),
    Stamp(words="TUYỆT MẬT", tilt=9, ink=GREY, at=OVER_TEXT, font=SLAB_BOLD, size_pt=16),
    Stamp(tilt=20, ink=BLACK, at=HALF_OVER, frames=0),
    Stamp(words="TỐI MẬT", tilt=-20, ink=RED, at=OVER_TEXT, size_pt=18),
    Stamp(tilt=-14, ink=GREY, at=OVER_TEXT, size_pt=50),
]


def head_of(page, **keys):
    picture = scanned(page, Scanner(**keys))
    return picture.crop((0, 0, picture.width, picture.height // 2))


def letter_with(stamp):
    page = page_of("BAN NỘI CHÍNH")
    set_stamp(page, stamp)
    return page


@pytest.mark.parametrize("stamp", IN_FREE_SPACE, ids=repr)
def test_a_stamp_in_free_space_is_seen(stamp):
    head = head_of(letter_with(stamp), is_grey=False)
    assert mark_on_stamps(head, seconds=SECONDS).finding


@pytest.mark.parametrize(("stamp", "is_grey"), FAINT, ids=repr)
def test_a_faint_or_steep_stamp_in_free_space_is_seen(stamp, is_grey):
    assert likeness_of_mark(head_of(letter_with(stamp), is_grey=is_grey), seconds=SECONDS)


@pytest.mark.parametrize("stamp", OVER_LINES, ids=repr)
def test_a_stamp_over_lines_of_text_is_seen_on_a_grey_scan(stamp):
    assert likeness_of_mark(head_of(letter_with(stamp)), seconds=SECONDS)


def test_a_grey_scan_with_a_stamp_across_its_lines_waits_for_the_clerk(tmp_path):
    path = tmp_path / "a.pdf"
    scanned(letter_with(OVER_LINES[1]), Scanner()).save(path, "PDF", resolution=200)
    seen = look({"path": str(path)})
    assert seen["secrecy"] or seen["doubt"]
    assert not seen["unlooked"]


def open_letter():
    page = page_of(
        "ỦY BAN MẶT TRẬN TỔ QUỐC", marks="HỎA TỐC", title="QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC"
    )
    set_seal(page, 120, 90)
    set_arrival(page, 8, at=(70, 30))
    stamp = Stamp(words="MẶT TRẬN TỔ QUỐC", tilt=7, ink=RED, at=(25, 110), font=SERIF_BOLD)
    set_stamp(page, stamp)
    set_stamp(page, Stamp(words="THƯỢNG KHẨN", tilt=-9, ink=BLACK, at=(60, 100)))
    return page


def test_seals_urgency_headings_and_the_fatherland_front_are_no_marks(tmp_path):
    path = tmp_path / "a.pdf"
    scanned(open_letter(), Scanner()).save(path, "PDF", resolution=200)
    seen = look({"path": str(path)})
    assert seen["read_by_machine"]
    assert (seen["secrecy"], seen["doubt"], seen["unlooked"]) == ("", "", False)


def test_a_stamp_laid_on_the_words_of_a_phrase_is_still_a_stamp():
    head = head_of(letter_with(Stamp(at=(60, 67), size_pt=18, tilt=3)))
    here = Segment(text="mật", left_mm=62, top_mm=65, right_mm=80, bottom_mm=85)
    before = Segment(text="bí", left_mm=55, top_mm=65, right_mm=61, bottom_mm=85)
    assert likeness_of_mark(head, words=(before, here), seconds=SECONDS)


def test_no_time_is_told_and_not_taken_for_no_mark():
    page = head_of(letter_with(Stamp(at=FREE, tilt=8)))
    assert not mark_on_stamps(page, seconds=0.0).is_finished


def test_what_was_read_nearly_right_on_a_stamp_is_a_doubt():
    assert mark_on_stamp("|MẬT|").secrecy == "MẬT"
    assert mark_on_stamp("MẠT").doubt
    assert mark_on_stamp("TUYẾT MẬ").doubt
    assert not mark_on_stamp("MẶT TRẬN TỔ QUỐC")
    assert not mark_on_stamp("ĐẾN")
