import itertools
import re

import pikepdf
import pytest
from arrival_papers import Sent, scan, write_paper
from helpers import mark_table
from odd_pdfs import (
    content_of,
    encrypt,
    make_active,
    scan_picture,
    sign_in_looks,
    write_mark,
    write_pdf,
    write_scan,
)
from PIL import ImageChops

from pipeline.engines import join, raster
from pipeline.engines.papers_stamp import stamp
from pipeline.errors.papers import PaperUnreadable

LINES = tuple(f"Line {n} of a paper that has some text" for n in range(20))


@pytest.fixture
def mark(tmp_path):
    return write_mark(tmp_path / "mark.pdf")


def stamped(path, mark, tmp_path, **rules):
    out = tmp_path / "out.pdf"
    asked = {"path": str(path), "mark": str(mark), "out": str(out)}
    told = {key: value for key, value in (mark_table() | rules).items() if value is not None}
    return stamp(asked | {"rules": told}), out


def shade(picture, box):
    part = picture.crop(tuple(round(side) for side in box))
    return sum(value * count for value, count in enumerate(part.histogram())) / (
        part.width * part.height
    )


def assert_upright_and_alone(source, out, answer, *, user_unit=1.0, size_mm=(50.0, 35.0)):
    """The thick edge of the mark is up, it lies inside the page, and nothing else has changed."""
    before, after = (raster.gray(path, dpi=72 * user_unit) for path in (source, out))
    pixel = 72 / 25.4
    left, top = answer["x_mm"] * pixel, answer["y_mm"] * pixel
    width, height = (side * answer["scale"] * pixel for side in size_mm)
    assert left >= 0
    assert top >= 0
    assert left + width <= after.width + 1
    assert top + height <= after.height + 1
    band = (left + 3, top + 3, left + width - 3, top + height * 0.3 - 3)
    assert shade(after, band) < 20
    assert shade(after, (left + 4, top + height * 0.4, left + width - 4, top + height * 0.5)) > 200
    changed = ImageChops.difference(before, after).point([255 * (n > 60) for n in range(256)])
    box = changed.getbbox()
    assert box[0] >= left - 2
    assert box[1] >= top - 2
    assert box[2] <= left + width + 3
    assert box[3] <= top + height + 3


@pytest.mark.parametrize(
    ("rotate", "crop", "unit"),
    list(itertools.product((0, 90, 180, 270, -90, 450), (None, (40, 60, 560, 800)), (1.0, 2.0))),
)
def test_the_mark_stands_upright_inside_the_visible_page(tmp_path, mark, rotate, crop, unit):
    keys = {"Rotate": rotate}
    if crop:
        keys["CropBox"] = pikepdf.Array([*crop])
    if unit != 1.0:
        keys["UserUnit"] = unit
    path = write_pdf(tmp_path / "a.pdf", (content_of(LINES, x=250),), **keys)
    answer, out = stamped(path, mark, tmp_path)
    assert answer["what"] == "full"
    assert answer["placed"] != "to-lot"
    assert_upright_and_alone(path, out, answer, user_unit=unit)


def test_boxes_that_do_not_begin_at_zero_are_minded(tmp_path):
    mark = write_mark(tmp_path / "mark.pdf", left=-100, bottom=37)
    path = write_pdf(
        tmp_path / "a.pdf",
        (content_of(LINES, x=0, y=300),),
        box=(-300, -500, 295, 342),
        CropBox=pikepdf.Array([-280, -450, 900, 342]),
        Rotate=90,
    )
    answer, out = stamped(path, mark, tmp_path)
    assert answer["placed"] != "to-lot"
    assert_upright_and_alone(path, out, answer)


@pytest.mark.parametrize(
    "content",
    [
        b"q 0.1 0 0 0.1 50 50 cm q 3 0 0 3 9 9 cm " + content_of(LINES),
        content_of(LINES) + b" Q Q Q",
        b"0 0 10 10 re W n " + content_of(LINES),
        content_of(LINES) + b" BT /F1 10 Tf 20 20 Td (open",
        b"1 1 1 rg 0 0 595 842 re f 0 g " + content_of(LINES),
    ],
)
def test_untidy_contents_do_not_disturb_the_mark(tmp_path, mark, content):
    path = write_pdf(tmp_path / "a.pdf", (content,))
    answer, out = stamped(path, mark, tmp_path)
    if answer["placed"] != "to-lot":
        assert_upright_and_alone(path, out, answer)


def test_the_mark_is_placed_under_the_number_where_there_is_room(tmp_path, mark):
    path = write_pdf(tmp_path / "a.pdf", (content_of(LINES, x=250),))
    answer, _out = stamped(path, mark, tmp_path)
    assert answer["placed"] == "dưới số, ký hiệu"
    assert answer["scale"] == 1.0


def test_the_mark_goes_where_room_is_left(tmp_path, mark):
    full_left = b"0 0 400 842 re f"
    answer, _out = stamped(write_pdf(tmp_path / "a.pdf", (full_left,)), mark, tmp_path)
    assert answer["placed"] == "trên-phải"
    all_but_foot = b"0 130 595 712 re f"
    answer, _out = stamped(write_pdf(tmp_path / "b.pdf", (all_but_foot,)), mark, tmp_path)
    assert answer["placed"] in {"lề trái", "cuối trang"}


def test_the_mark_shrinks_before_it_gets_a_slip(tmp_path, mark):
    small_hole = b"0 0 595 842 re f 1 g 100 500 110 80 re f"
    path = write_pdf(tmp_path / "a.pdf", (small_hole,))
    answer, out = stamped(path, mark, tmp_path)
    assert 0.6 <= answer["scale"] < 1.0
    assert_upright_and_alone(path, out, answer)


@pytest.mark.parametrize("rotate", [0, 90])
def test_the_mark_keeps_its_distance_from_the_edge_though_nearer_is_free_too(
    tmp_path, mark, rotate
):
    only_the_left_margin = b"200 0 395 842 re f"
    path = write_pdf(
        tmp_path / "a.pdf",
        (only_the_left_margin,),
        CropBox=pikepdf.Array([15, 20, 580, 820]),
        Rotate=rotate,
    )
    answer, out = stamped(path, mark, tmp_path)
    width_mm, height_mm = (side / 72 * 25.4 for side in raster.page_size_pt(out))
    assert answer["near_edge_mm"] == 0
    assert 9.9 <= answer["x_mm"] <= width_mm - 50 * answer["scale"] - 9.9
    assert 9.9 <= answer["y_mm"] <= height_mm - 35 * answer["scale"] - 9.9
    assert_upright_and_alone(path, out, answer)


def test_the_office_says_where_it_stands_and_how_small_it_may_be(tmp_path, mark):
    path = write_pdf(tmp_path / "a.pdf", (content_of(LINES[:3]),))
    foot = {"ten": "góc dưới phải", "trai": 0.6, "tren": 0.8, "mep_trai": 0.7}
    answer, out = stamped(path, mark, tmp_path, cho=[foot], co=[0.5, 0.4], cho_ky=None)
    assert (answer["placed"], answer["scale"]) == ("góc dưới phải", 0.5)
    assert answer["x_mm"] >= 0.6 * 210
    assert answer["y_mm"] >= 0.8 * 297
    assert_upright_and_alone(path, out, answer)


def test_only_where_nothing_else_is_free_the_mark_goes_nearer_and_says_so(tmp_path, mark):
    a_hole_at_the_edge = b"0 0 595 842 re f 1 g 10 480 105 110 re f"
    path = write_pdf(tmp_path / "a.pdf", (a_hole_at_the_edge,))
    answer, out = stamped(path, mark, tmp_path)
    assert answer["placed"] != "to-lot"
    assert 5 <= answer["near_edge_mm"] < 10
    assert answer["near_edge_mm"] == pytest.approx(answer["x_mm"], abs=0.06)
    assert_upright_and_alone(path, out, answer)


def test_what_a_browser_shows_is_stamped_though_its_trailer_is_nowhere(tmp_path, mark):
    path = write_pdf(tmp_path / "a.pdf", (content_of(LINES),))
    # To PDFium byte 255 is white space; qpdf and pypdf find no way in.
    parts = re.split(rb"(stream\n.*?\nendstream)", path.read_bytes(), flags=re.DOTALL)
    parts[::2] = [re.sub(rb"[ \n]", b"\xff", part) for part in parts[::2]]
    path.write_bytes(b"".join(parts))
    with pytest.raises(PaperUnreadable):
        join.repair(path, tmp_path / "whole.pdf")
    answer, out = stamped(path, mark, tmp_path)
    assert (answer["what"], answer["placed"]) == ("full", "trên-phải")
    assert "Line 19" in raster.page_texts(out)[0]


def test_a_page_without_room_gets_a_cover_slip_before_it(tmp_path, mark):
    path = write_pdf(tmp_path / "a.pdf", (b"0 0 595 842 re f", content_of(["Second"])), Rotate=90)
    answer, out = stamped(path, mark, tmp_path)
    assert (answer["placed"], answer["what"], answer["pages"]) == ("to-lot", "full", 3)
    assert raster.page_texts(out)[0].strip() == "DEN So 21"
    assert raster.page_texts(out)[2].strip() == "Second"
    assert [round(side) for side in raster.page_size_pt(out)] == [595, 842]


def test_what_cannot_be_copied_gets_the_slip_alone(tmp_path, mark):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"no pdf at all")
    answer, out = stamped(path, mark, tmp_path)
    assert (answer["placed"], answer["what"], answer["pages"]) == ("to-lot", "slip", 1)
    assert "DEN So 21" in raster.text(out)


def test_text_stays_and_other_pages_are_not_marked(tmp_path, mark):
    path = write_pdf(tmp_path / "a.pdf", (content_of(LINES), content_of(["Second"])))
    answer, out = stamped(path, mark, tmp_path)
    before, after = raster.page_texts(path), raster.page_texts(out)
    assert set(before[0].split()) <= set(after[0].split())
    assert after[1] == before[1]
    assert "DEN So 21" in after[0]
    assert answer["pages"] == 2


def test_the_mark_is_one_shared_object(tmp_path, mark):
    path = write_pdf(tmp_path / "a.pdf", (content_of(["x"]),) * 60)
    _answer, out = stamped(path, mark, tmp_path)
    assert out.stat().st_size < path.stat().st_size + 8000


def test_equal_input_gives_equal_bytes(tmp_path, mark):
    path = write_pdf(tmp_path / "a.pdf", (content_of(LINES),))
    _answer, out = stamped(path, mark, tmp_path)
    first = out.read_bytes()
    stamped(path, mark, tmp_path)
    assert out.read_bytes() == first


def test_the_version_of_the_paper_is_carried_over(tmp_path, mark):
    path = write_pdf(tmp_path / "a.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.save(path, force_version="1.7")
    _answer, out = stamped(path, mark, tmp_path)
    assert out.read_bytes().startswith(b"%PDF-1.7")


def test_a_page_to_open_at_is_nothing_that_was_left_out(tmp_path, mark):
    path = write_pdf(tmp_path / "a.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        place = pikepdf.Array([document.pages[0].obj, pikepdf.Name.XYZ, None, None, 0])
        document.Root["/OpenAction"] = place
        document.save(path)
    answer, _out = stamped(path, mark, tmp_path)
    assert answer["removed"] == []


def test_renditions_hold_nothing_that_acts_by_itself(tmp_path, mark):
    path = make_active(write_pdf(tmp_path / "a.pdf"), tmp_path / "b.pdf")
    before = path.read_bytes()
    answer, out = stamped(path, mark, tmp_path)
    assert {"OpenAction", "JavaScript", "EmbeddedFiles", "AA", "Launch"} <= set(answer["removed"])
    with pikepdf.open(out) as document:
        assert "/OpenAction" not in document.Root
        assert not dict(document.attachments)
        assert "/AA" not in document.pages[0].obj
        assert "/A" not in document.pages[0].obj["/Annots"][0]
    assert path.read_bytes() == before


def test_a_signed_paper_is_copied_without_claiming_its_signature(tmp_path, mark):
    path = sign_in_looks(write_pdf(tmp_path / "a.pdf", (content_of(LINES),)), tmp_path / "b.pdf")
    before = path.read_bytes()
    answer, out = stamped(path, mark, tmp_path)
    assert answer["signature_dropped"]
    assert path.read_bytes() == before
    with pikepdf.open(out) as document:
        assert len(document.Root["/AcroForm"]["/Fields"]) == 0
        assert document.pages[0].obj["/Annots"][0]["/Subtype"] == "/Stamp"
    assert b"/ByteRange" not in out.read_bytes()
    assert_upright_and_alone(path, out, answer)


def test_a_paper_open_to_all_though_encrypted_is_stamped(tmp_path, mark):
    path = encrypt(write_pdf(tmp_path / "a.pdf", (content_of(LINES),)), tmp_path / "b.pdf")
    answer, out = stamped(path, mark, tmp_path)
    assert answer["what"] == "full"
    assert_upright_and_alone(path, out, answer)


def test_a_scan_is_stamped_on_free_paper(tmp_path, mark):
    lines = [("TINH UY HA SON", 30, 20, 14, False)]
    lines += [("Noi dung van ban quet, dong chu dai", 70, 50 + 8 * n, 14, False) for n in range(20)]
    path = write_scan(tmp_path / "a.pdf", lines)
    answer, out = stamped(path, mark, tmp_path)
    assert answer["what"] == "full"
    assert answer["placed"] == "dưới số, ký hiệu"
    assert_upright_and_alone(path, out, answer)


@pytest.mark.parametrize(
    ("suffix", "keys"), [("jpg", {"dpi": (150, 150)}), ("png", {}), ("tif", {})]
)
def test_a_scan_that_is_a_picture_is_stamped_too(tmp_path, mark, suffix, keys):
    path = tmp_path / f"a.{suffix}"
    scan_picture([("TINH UY HA SON", 30, 20, 14, False)], dpi=150).save(path, **keys)
    answer, out = stamped(path, mark, tmp_path)
    assert (answer["what"], answer["pages"]) == ("full", 1)
    assert answer["placed"] != "to-lot"
    width, height = raster.page_size_pt(out)
    assert (width, height) == (pytest.approx(595, abs=3), pytest.approx(842, abs=3))


def test_a_crowded_head_gets_a_smaller_mark_before_the_foot_gets_a_full_one(tmp_path, mark):
    hole_at_head = b"0 300 595 542 re f 1 g 300 700 110 80 re f"
    path = write_pdf(tmp_path / "a.pdf", (hole_at_head, content_of(LINES)))
    answer, out = stamped(path, mark, tmp_path)
    assert answer["y_mm"] < 50
    assert answer["scale"] < 1.0
    assert_upright_and_alone(path, out, answer)


def test_no_mark_stands_where_a_paper_of_one_page_is_signed(tmp_path, mark):
    crowded = b"0 440 595 402 re f 0 0 248 440 re f"
    one = write_pdf(tmp_path / "a.pdf", (crowded,))
    assert stamped(one, mark, tmp_path)[0]["placed"] == "to-lot"
    # Where the office keeps nothing free, and on a page that others follow, it may.
    assert stamped(one, mark, tmp_path, cho_ky=None)[0]["placed"] == "cuối trang"
    two = write_pdf(tmp_path / "b.pdf", (crowded, content_of(LINES)))
    assert stamped(two, mark, tmp_path)[0]["placed"] == "cuối trang"


def test_a_paper_is_signed_beside_its_recipients_however_high_they_stand(tmp_path, mark):
    """A short letter, and one whose annexes follow on further pages."""
    sent = Sent(text="")
    path = write_paper(tmp_path / "a.pdf", sent)
    line = raster.line_top_mm(path, 0, "Nơi nhận")
    assert 60 < line < 148
    anywhere = {"ten": "phải", "trai": 0.5, "tren": 0.4, "mep_trai": 0.6}
    crooked = scan(path, tmp_path / "c.pdf", turn=1.0, noise=3, is_dirty=True)
    for source in (path, crooked, join_twice(path, tmp_path / "b.pdf")):
        answer, _out = stamped(source, mark, tmp_path, cho=[anywhere])
        assert answer["placed"] == "to-lot"
    assert stamped(path, mark, tmp_path, cho=[anywhere], cho_ky=None)[0]["placed"] == "phải"


def join_twice(path, out):
    with pikepdf.open(path) as paper:
        paper.pages.append(paper.pages[0])
        paper.save(out)
    return out


def test_dust_at_the_head_of_a_scan_does_not_send_the_mark_away(tmp_path, mark):
    specks = b"".join(b"%d %d 3 3 re f " % (x, y) for x in range(30, 590, 60) for y in (810, 720))
    text = content_of(LINES, x=120, y=650)
    path = write_pdf(tmp_path / "a.pdf", (specks + text,))
    answer, _out = stamped(path, mark, tmp_path)
    assert (answer["scale"], answer["y_mm"] < 60) == (1.0, True)
