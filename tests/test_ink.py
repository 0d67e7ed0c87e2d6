"""Room on a page: what a scanner adds to it is nothing, what people put on it is."""

import dataclasses

import pytest
from arrival_papers import Sent, scan, write_paper
from odd_pdfs import write_mark
from PIL import Image, ImageDraw

from pipeline.engines import raster
from pipeline.engines.ink import free_band
from pipeline.engines.ink_noise import without_noise
from pipeline.engines.papers_copy import make

#: Its text and the signer's name end some 110 mm above the foot of the sheet; its number stands there alone.
NUMBERED = Sent(
    below='<p style="position: absolute; top: 247mm; left: 0; right: 0; text-align: center">2</p>'
)


@pytest.fixture
def paper(tmp_path):
    return write_paper(tmp_path / "a.pdf", NUMBERED)


@pytest.fixture
def block(tmp_path):
    return write_mark(tmp_path / "block.pdf", width_mm=165, height_mm=75)


def copied(source, block, tmp_path):
    out = tmp_path / "copy.pdf"
    return make({"source": str(source), "block_pdf": str(block), "out": str(out)}), out


@pytest.mark.parametrize("turn", [-1.0, 0.0, 1.0])
def test_the_block_stands_on_the_last_page_of_a_dirty_crooked_scan(tmp_path, paper, block, turn):
    source = scan(paper, tmp_path / "s.pdf", turn=turn, blur=0.8, noise=3, is_dirty=True)
    answer, _out = copied(source, block, tmp_path)
    assert answer["placed"] == "trang-cuoi"


def inked(source, draw_more, tmp_path):
    """A dirty crooked scan on which somebody put something more by hand."""
    page = raster.gray(source, dpi=200)
    draw_more(ImageDraw.Draw(page), 200 / 25.4)
    page.save(tmp_path / "more.pdf", "PDF", resolution=200)
    return tmp_path / "more.pdf"


def seal(draw, mm):
    box = [side * mm for side in (95, 170, 131, 206)]
    draw.ellipse(box, outline=120, width=round(0.8 * mm))


def signature(draw, mm):
    points = [(130, 200), (136, 190), (134, 206), (141, 195), (146, 203), (158, 198)]
    draw.line([(x * mm, y * mm) for x, y in points], fill=90, width=round(0.6 * mm))


def note_by_hand(draw, mm):
    for at in range(6):
        x = 60 + 6 * at
        draw.line([(x * mm, 205 * mm), ((x + 3) * mm, 201 * mm)], fill=80, width=round(0.5 * mm))


def faint_initials(draw, mm):
    for x, y in ((150, 200), (153, 204), (156, 199), (159, 205), (151, 206)):
        draw.line([(x * mm, y * mm), ((x + 2) * mm, (y - 3) * mm)], fill=110, width=4)


@pytest.mark.parametrize("draw_more", [seal, signature, note_by_hand, faint_initials])
def test_what_people_put_on_the_sheet_is_not_written_over(tmp_path, paper, block, draw_more):
    source = scan(paper, tmp_path / "s.pdf", turn=1.0, blur=0.8, noise=3, is_dirty=True)
    answer, _out = copied(inked(source, draw_more, tmp_path), block, tmp_path)
    assert answer["placed"] == "trang-rieng"


def test_the_number_of_the_page_stays_below_the_block(tmp_path, paper, block):
    source = scan(paper, tmp_path / "s.pdf", turn=1.0, blur=0.8, noise=3, is_dirty=True)
    answer, _out = copied(source, block, tmp_path)
    assert answer["y_mm"] + 75 < 265
    taller = write_mark(tmp_path / "taller.pdf", width_mm=165, height_mm=135)
    assert copied(source, taller, tmp_path)[0]["placed"] == "trang-rieng"


@pytest.mark.parametrize("draw_more", [seal, signature, note_by_hand, faint_initials])
def test_what_people_put_on_the_sheet_stays_on_its_map(tmp_path, paper, draw_more):
    source = inked(paper, draw_more, tmp_path)
    before, after = raster.ink_map(source), without_noise(raster.ink_map(source))
    assert sum(after.cells) == sum(before.cells)


def test_a_map_of_dust_and_shadows_alone_is_an_empty_one(tmp_path):
    empty = write_paper(tmp_path / "e.pdf", dataclasses.replace(NUMBERED, text=""))
    page = Image.new("L", raster.gray(empty, dpi=200).size, 255)
    page.save(tmp_path / "blank.pdf", "PDF", resolution=200)
    for turn in (-2.0, 0.0, 2.0):
        source = scan(tmp_path / "blank.pdf", tmp_path / "s.pdf", turn=turn, is_dirty=True)
        clean = without_noise(raster.ink_map(source))
        assert free_band(clean, least_mm=200) is not None
