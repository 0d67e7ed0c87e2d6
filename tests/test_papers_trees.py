"""Papers whose page tree, trailer or drawing is not in order: no page, no word and no mark of secrecy gets lost on the way."""

import re

import pikepdf
import pytest
import weasyprint
from helpers import mark_table
from odd_pdfs import content_of, write_mark, write_pdf
from PIL import ImageChops

from pipeline.engines import raster
from pipeline.engines.papers_copy import make
from pipeline.engines.papers_look import look
from pipeline.engines.papers_stamp import stamp

LINES = tuple(f"Line {n} of a paper" for n in range(10))
PAGES = tuple(content_of([f"Page {n}", *LINES], x=250) for n in (1, 2, 3))


@pytest.fixture
def mark(tmp_path):
    return write_mark(tmp_path / "mark.pdf")


@pytest.fixture
def block(tmp_path):
    return write_mark(tmp_path / "block.pdf", width_mm=165, height_mm=70)


def stamped(path, mark, tmp_path):
    out = tmp_path / "out.pdf"
    answer = stamp({"path": str(path), "mark": str(mark), "out": str(out), "rules": mark_table()})
    return answer, out


def copied(path, block, tmp_path):
    out = tmp_path / "copy.pdf"
    return make({"source": str(path), "block_pdf": str(block), "out": str(out)}), out


def changed(path, tmp_path, change):
    """*path* as *change* leaves it."""
    out = tmp_path / "changed.pdf"
    with pikepdf.open(path) as document:
        change(document)
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out


def with_tree(path, tmp_path, old, new):
    """*path* with other bytes in its page tree; the lengths stay, so that the table still holds."""
    data = path.read_bytes()
    assert data.count(old) == 1
    assert len(old) == len(new)
    out = tmp_path / "tree.pdf"
    out.write_bytes(data.replace(old, new))
    return out


def secret(path):
    """A page that bears a mark of secrecy in its text."""
    lines = "<p>quan hệ mật thiết với các cơ quan theo Luật Bảo vệ bí mật nhà nước</p>" * 5
    page = f"<p>Số 12-BC/TU</p><div style='border:1pt solid;width:3cm'>TỐI MẬT</div>{lines}"
    weasyprint.HTML(string=page).write_pdf(path)
    return path


def without_trailer(path, tmp_path):
    """*path* as a transfer left it that lost its end; PDFium finds no way in, qpdf does."""
    whole = changed(path, tmp_path, lambda _document: None)
    out = tmp_path / "lost.pdf"
    data = whole.read_bytes()
    out.write_bytes(data[: data.rindex(b"xref\n0")] + b"startxref\n0\n%%EOF\n")
    return out


def test_a_block_on_a_page_that_stands_twice_in_the_paper_is_drawn_once(tmp_path, block, mark):
    def twice(document):
        kids = document.Root.Pages.Kids
        document.Root.Pages.Kids = pikepdf.Array([kids[0], kids[1], kids[1]])
        document.Root.Pages.Count = 3

    path = changed(write_pdf(tmp_path / "a.pdf", PAGES[:2]), tmp_path, twice)
    answer, out = copied(path, block, tmp_path)
    assert (answer["page"], answer["pages"]) == (3, 3)
    texts = raster.page_texts(out)
    assert ["DEN So 21" in text for text in texts] == [False, False, True]
    pictures = [raster.gray(each, 1, dpi=60) for each in (path, out)]
    assert ImageChops.difference(*pictures).getbbox() is None

    answer, out = stamped(out, mark, tmp_path)
    assert answer["pages"] == 3


def test_every_page_is_shown_though_the_tree_counts_fewer(tmp_path, block, mark):
    path = write_pdf(tmp_path / "a.pdf", PAGES)
    path = with_tree(path, tmp_path, b"/Count 3", b"/Count 1")
    answer, out = stamped(path, mark, tmp_path)
    assert answer["placed"] != "to-lot"
    assert [text.split()[:2] for text in raster.page_texts(out)[1:]] == [
        ["Page", "2"],
        ["Page", "3"],
    ]
    _answer, out = copied(path, block, tmp_path)
    assert [text.split()[:2] for text in raster.page_texts(out)[:3]] == [
        ["Page", str(number)] for number in (1, 2, 3)
    ]


def test_a_mark_of_secrecy_is_seen_on_a_page_beside_what_is_no_page(tmp_path):
    whole = changed(secret(tmp_path / "a.pdf"), tmp_path, lambda _document: None)
    kids = re.search(rb"/Kids \[ (\d+ 0 R) \]", whole.read_bytes())
    path = with_tree(whole, tmp_path, b"/Count 1", b"/Count 2")
    path.write_bytes(path.read_bytes().replace(kids[0], b"/Kids [null %s]" % kids[1]))
    assert look({"path": str(path)})["secrecy"] == "TỐI MẬT"


def test_a_mark_of_secrecy_is_seen_though_the_papers_trailer_is_lost(tmp_path):
    assert look({"path": str(without_trailer(secret(tmp_path / "a.pdf"), tmp_path))})[
        "secrecy"
    ] == ("TỐI MẬT")


def test_a_paper_whose_trailer_is_lost_is_stamped_and_copied(tmp_path, block, mark):
    path = without_trailer(write_pdf(tmp_path / "a.pdf", PAGES), tmp_path)
    answer, out = stamped(path, mark, tmp_path)
    assert (answer["what"], answer["pages"]) == ("full", 3)
    assert answer["placed"] != "to-lot"
    assert "Page 3" in raster.page_texts(out)[2]
    answer, out = copied(path, block, tmp_path)
    assert (answer["placed"], answer["pages"]) == ("trang-cuoi", 3)


def test_a_path_that_was_begun_and_never_drawn_is_not_drawn_with_the_rule(tmp_path, block):
    begun = content_of(LINES) + b" 20 20 m 500 20 l 500 60 l"
    path = write_pdf(tmp_path / "a.pdf", (begun,))
    answer, out = copied(path, block, tmp_path)
    assert answer["placed"] == "trang-cuoi"
    before, after = (raster.gray(each, 0, dpi=72) for each in (path, out))
    changes = ImageChops.difference(before, after).getbbox()
    assert changes[3] <= (answer["y_mm"] + 70) / 25.4 * 72 + 2


def test_a_drawing_of_another_office_of_ours_keeps_its_place(tmp_path, block, mark):
    path = write_pdf(tmp_path / "a.pdf", (content_of(LINES, y=800),))
    theirs, copy = copied(path, block, tmp_path)
    assert theirs["placed"] == "trang-cuoi"
    answer, out = stamped(copy, mark, tmp_path)
    assert answer["placed"] != "to-lot"
    before, after = (raster.gray(each, 0, dpi=72) for each in (copy, out))
    left, top = (round(answer[side] / 25.4 * 72) for side in ("x_mm", "y_mm"))
    after.paste(255, (left - 2, top - 2, left + 145, top + 102))
    before.paste(255, (left - 2, top - 2, left + 145, top + 102))
    assert ImageChops.difference(before, after).getbbox() is None
