import pikepdf
import pytest
from odd_pdfs import content_of, encrypt, sign_in_looks, write_mark, write_pdf
from PIL import ImageChops

from pipeline.engines import raster
from pipeline.engines.papers_copy import make
from pipeline.errors.papers import PaperLocked, PaperUnreadable

LINES = tuple(f"Line {n} of a paper" for n in range(10))
FULL = content_of([f"Line {n}" for n in range(36)], y=780)


@pytest.fixture
def block(tmp_path):
    return write_mark(tmp_path / "block.pdf", width_mm=165, height_mm=70)


def made(source, block, tmp_path):
    out = tmp_path / "copy.pdf"
    return make({"source": str(source), "block_pdf": str(block), "out": str(out)}), out


def black_rows(path, page_index):
    """Heights in mm at which a line of ink runs over more than 160 mm."""
    picture = raster.gray(path, page_index, dpi=127)
    return [
        row / 5
        for row in range(picture.height)
        if picture.crop((0, row, picture.width, row + 1)).point(lambda v: v < 150).histogram()[1]
        > 160 * 5
    ]


@pytest.mark.parametrize("rotate", [0, 180])
def test_the_block_follows_the_last_line_under_a_rule(tmp_path, block, rotate):
    lines = content_of(LINES, y=800 if rotate == 0 else 250)
    path = write_pdf(tmp_path / "a.pdf", (content_of(["First"]), lines), Rotate=rotate)
    answer, out = made(path, block, tmp_path)
    assert (answer["placed"], answer["page"], answer["pages"]) == ("trang-cuoi", 2, 2)
    rule = black_rows(out, 1)[0]
    assert rule == pytest.approx(answer["y_mm"] - 2, abs=0.6)


def test_a_full_page_is_followed_by_a_page_for_the_block(tmp_path, block):
    path = write_pdf(tmp_path / "a.pdf", (content_of(["First"]), FULL))
    answer, out = made(path, block, tmp_path)
    assert (answer["placed"], answer["page"], answer["pages"]) == ("trang-rieng", 3, 3)
    assert raster.page_texts(out)[2].strip() == "DEN So 21"
    assert black_rows(out, 2)[0] == pytest.approx(answer["y_mm"] - 2, abs=0.6)


def test_a_foot_line_is_not_written_over(tmp_path, block):
    foot = content_of(LINES, y=780) + content_of(["page 1"], y=30)
    path = write_pdf(tmp_path / "a.pdf", (foot,))
    answer, _out = made(path, block, tmp_path)
    assert answer["placed"] == "trang-cuoi"
    assert answer["y_mm"] + 70 < 297 - 30 / 72 * 25.4 - 5


def test_pages_of_the_source_are_placed_unchanged(tmp_path, block):
    path = write_pdf(tmp_path / "a.pdf", (content_of(LINES), FULL))
    _answer, out = made(path, block, tmp_path)
    for page_index in range(2):
        pictures = [raster.gray(each, page_index, dpi=60) for each in (path, out)]
        assert ImageChops.difference(*pictures).getbbox() is None
    with pikepdf.open(path) as source, pikepdf.open(out) as copy:
        own = source.pages[0].Contents.read_bytes()
        assert own in copy.pages[0].Contents.read_bytes() or own == copy.pages[0].Contents


def test_a_block_of_several_pages_follows_on_its_own(tmp_path):
    block = write_pdf(tmp_path / "block.pdf", (content_of(["One"]), content_of(["Two"])))
    path = write_pdf(tmp_path / "a.pdf")
    answer, out = made(path, block, tmp_path)
    assert answer["pages"] == 3
    assert [text.strip() for text in raster.page_texts(out)[1:]] == ["One", "Two"]


def test_a_copy_of_a_signed_paper_claims_no_signature(tmp_path, block):
    path = sign_in_looks(write_pdf(tmp_path / "a.pdf"), tmp_path / "b.pdf")
    before = path.read_bytes()
    _answer, out = made(path, block, tmp_path)
    assert b"/ByteRange" not in out.read_bytes()
    assert path.read_bytes() == before


def test_what_cannot_be_opened_is_refused_by_name(tmp_path, block):
    path = write_pdf(tmp_path / "a.pdf")
    with pytest.raises(PaperLocked):
        made(encrypt(path, tmp_path / "b.pdf", user="u"), block, tmp_path)
    (tmp_path / "c.pdf").write_bytes(b"nothing")
    with pytest.raises(PaperUnreadable):
        made(tmp_path / "c.pdf", block, tmp_path)
