"""Copies of papers turned, cropped, mixed, signed, many: what came out is looked at, page by page."""

from __future__ import annotations

import time

import pikepdf
import pytest
from helpers import shared_path
from odd_pdfs import content_of, write_mark, write_pdf, write_scan
from PIL import Image, ImageChops, ImageDraw

from pipeline.engines import raster
from pipeline.engines.papers_copy import look, make
from pipeline.errors.base import VanthuError

LINES = tuple(f"Line {n} of a paper" for n in range(8))
FULL = content_of([f"Line {n}" for n in range(36)], y=780)
MM = 72 / 25.4


@pytest.fixture
def block(tmp_path):
    return write_mark(tmp_path / "block.pdf", width_mm=165, height_mm=70)


@pytest.fixture
def corner(tmp_path):
    return write_mark(tmp_path / "corner.pdf", width_mm=70, height_mm=13)


def made(source, tmp_path, **more):
    out = tmp_path / "copy.pdf"
    return make({"source": str(source), "out": str(out), **more}), out


def squeezed(text):
    return "".join(text.split())


def assert_only_the_block_differs(source, out, answer, *, height_mm=78.0):
    """Every page of the source is there and looks as before, but for the block; no word is lost."""
    for index in range(answer["source_pages"]):
        if min(raster.page_size_pt(source, index)) < 1:
            continue  # a page without extent: there is nothing to see before or after
        before, after = (raster.gray(each, index, dpi=50) for each in (source, out))
        assert before.size == after.size
        changed = ImageChops.difference(before, after).point(lambda v: 255 if v > 24 else 0)
        if answer["placed"] != "trang-rieng" and index == answer["page"] - 1:
            top = (answer["y_mm"] - 4) / 25.4 * 50 * before.width / _seen_width(out, index)
            low = (answer["y_mm"] + height_mm) / 25.4 * 50 * before.width / _seen_width(out, index)
            ImageDraw.Draw(changed).rectangle((0, top, before.width, low), fill=0)
        assert changed.getbbox() is None, f"page {index + 1}"
    texts = zip(raster.page_texts(source), raster.page_texts(out), strict=False)
    assert [squeezed(a) for a, b in texts if squeezed(a) not in squeezed(b)] == []


def _seen_width(out, index):
    """Of the page in units of 1/50 inch, UserUnit counted."""
    with pikepdf.open(out) as document:
        unit = float(document.pages[index].obj.get("/UserUnit", 1))
    return raster.page_size_pt(out, index)[0] / 72 * 50 * unit


def where_it_changed(source, out, index):
    """The box in mm in which a page differs from what it was."""
    before, after = (raster.gray(each, index, dpi=50.8) for each in (source, out))
    box = ImageChops.difference(before, after).point(lambda v: 255 if v > 24 else 0).getbbox()
    return [side / 2 for side in box]


def is_dark_at(path, index, x_mm, y_mm):
    return raster.gray(path, index, dpi=50.8).getpixel((round(x_mm * 2), round(y_mm * 2))) < 100


def turned(rotate):
    """Eight lines that stand at the top of the page as it is seen after the turn."""
    matrix = {
        0: "1 0 0 1 0 0",
        90: "0 1 -1 0 595 0",
        180: "-1 0 0 -1 595 842",
        270: "0 -1 1 0 0 842",
    }
    y = 800 if rotate % 180 == 0 else 555
    return f"q {matrix[rotate]} cm ".encode() + content_of(LINES, y=y) + b" Q"


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_on_a_turned_page_the_block_stands_upright_under_the_text(tmp_path, block, rotate):
    path = write_pdf(tmp_path / "a.pdf", (content_of(["First"]), turned(rotate)), Rotate=rotate)

    answer, out = made(path, tmp_path, block_pdf=str(block))

    assert answer["placed"] == "trang-cuoi"
    assert_only_the_block_differs(path, out, answer)
    left, top, right, bottom = where_it_changed(path, out, 1)
    assert right - left == pytest.approx(raster.page_size_pt(path)[0] / MM - 45, abs=3)
    assert top == pytest.approx(answer["y_mm"] - 2, abs=2)
    assert is_dark_at(out, 1, 100, answer["y_mm"] + 10), "its thick edge is above"
    assert not is_dark_at(out, 1, 100, bottom - 10)


@pytest.mark.parametrize(
    "keys",
    [
        {"box": (-50, 30, 545, 872), "CropBox": pikepdf.Array([-30, 60, 525, 850])},
        {"UserUnit": 2.0, "box": (0, 0, 297.5, 421)},
        {"box": (0, 0, 842, 595)},
    ],
    ids=["cropped", "unit", "landscape"],
)
def test_on_a_cropped_scaled_or_wide_page_nothing_else_moves(tmp_path, block, keys):
    size = 7 if "UserUnit" in keys else 14
    y = 380 if "UserUnit" in keys else 540
    path = write_pdf(tmp_path / "a.pdf", (content_of(LINES[:4], x=60, y=y, size=size),), **keys)

    answer, out = made(path, tmp_path, block_pdf=str(block))

    assert_only_the_block_differs(path, out, answer)


def test_pages_of_mixed_size_stay_as_they_are_and_the_notes_on_them_keep_their_looks(
    tmp_path, block
):
    path = write_pdf(tmp_path / "a.pdf", (content_of(["One"]), FULL))
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[0].obj["/MediaBox"] = pikepdf.Array([0, 0, 842, 1191])
        shape = document.make_stream(b"1 0 0 rg 0 0 100 40 re f")
        shape["/Type"], shape["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
        shape["/BBox"] = pikepdf.Array([0, 0, 100, 40])
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Stamp,
            F=4,
            Rect=pikepdf.Array([300, 300, 400, 340]),
            AP=pikepdf.Dictionary(N=shape),
        )
        document.pages[1].obj["/Annots"] = pikepdf.Array([document.make_indirect(note)])
        document.save(path)

    answer, out = made(path, tmp_path, block_pdf=str(block))

    assert (answer["placed"], answer["pages"]) == ("trang-rieng", 3)
    assert_only_the_block_differs(path, out, answer)
    assert [raster.page_size_pt(out, n) for n in (0, 1)] == [(842, 1191), (595, 842)]


def test_a_part_takes_no_picture_of_a_page_that_shares_its_dictionary(tmp_path, block):
    pictures = [Image.new("RGB", (300, 400), (at * 40, 20, 20)) for at in range(1, 4)]
    path = tmp_path / "scan.pdf"
    pictures[0].save(path, "PDF", resolution=50, save_all=True, append_images=pictures[1:])
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        every = pikepdf.Dictionary()
        for at, page in enumerate(document.pages):
            (name,) = page.Resources.XObject.keys()
            every[f"/Im{at}"] = page.Resources.XObject[name]
            size = f"{page.MediaBox[2]} 0 0 {page.MediaBox[3]}"
            page.Contents = document.make_stream(f"q {size} 0 0 cm /Im{at} Do Q".encode())
        shared = document.make_indirect(pikepdf.Dictionary(XObject=every))
        for page in document.pages:
            page.Resources = shared
        document.save(path)
    _, out = made(path, tmp_path, block_pdf=str(block), pages=[2])
    with pikepdf.open(out) as document:
        images = [
            thing
            for thing in document.objects
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"
        ]
    assert len(images) == 1


def test_a_part_holds_the_pages_asked_for_and_no_trace_of_the_others(tmp_path, block):
    contents = [content_of([f"Secret {n}"]) for n in range(1, 6)]
    path = write_pdf(tmp_path / "a.pdf", contents)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[1].obj["/Annots"] = pikepdf.Array(
            [
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot,
                    Subtype=pikepdf.Name.Link,
                    Rect=pikepdf.Array([0, 0, 9, 9]),
                    Dest=pikepdf.Array([document.pages[4].obj, pikepdf.Name.Fit]),
                )
            ]
        )
        with document.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Secret 5", 4))
        document.save(path)

    answer, out = made(path, tmp_path, block_pdf=str(block), pages=[2, 4])

    assert (answer["source_pages"], answer["placed"]) == (2, "trang-cuoi")
    texts = [squeezed(text) for text in raster.page_texts(out)]
    assert [("Secret2" in texts[0]), ("Secret4" in texts[1])] == [True, True]
    with pikepdf.open(out) as document:
        streams = [o.read_bytes() for o in document.objects if isinstance(o, pikepdf.Stream)]
        whole = b" ".join(streams) + b" ".join(str(o).encode() for o in document.objects)
    assert not any(f"Secret {n}".encode() in whole for n in (1, 3, 5))


def test_many_copies_share_their_pages(tmp_path):
    block = write_pdf(
        tmp_path / "block.pdf",
        [content_of([f"Copy {n}"], y=100) for n in range(1, 26)],
        box=(0, 0, 468, 198),
    )
    scan = write_scan(tmp_path / "a.pdf", [("Dòng đầu", 30, 30, 14, False)])

    answer, out = made(scan, tmp_path, block_pdf=str(block), copies=25)

    assert (answer["copies"], answer["pages"]) == (25, 1)
    assert [f"Copy{n}" for n in range(1, 26)] == [squeezed(t) for t in raster.page_texts(out)]
    assert out.stat().st_size < scan.stat().st_size + 100_000
    first, last = (raster.gray(out, n, dpi=40) for n in (0, 24))
    top = first.crop((0, 0, first.width, first.height // 4))
    assert ImageChops.difference(top, last.crop((0, 0, *top.size))).getbbox() is None


def test_a_copy_of_two_hundred_pages_grows_little_and_takes_less_than_a_second(tmp_path, block):
    path = write_pdf(tmp_path / "a.pdf", [content_of(LINES)] * 200)
    began = time.process_time()

    answer, out = made(path, tmp_path, block_pdf=str(block))

    took = time.process_time() - began
    assert answer["pages"] == 200
    assert out.stat().st_size < path.stat().st_size + 100_000
    reading = time.process_time()
    with pikepdf.open(path):
        pass
    from pypdf import PdfReader

    for page in PdfReader(path).pages:
        page.mediabox  # noqa: B018
    assert took - (time.process_time() - reading) < 1.5


@pytest.mark.parametrize("rotate", [0, 90])
def test_the_words_of_an_electronic_copy_stand_at_the_top_right_of_page_one(
    tmp_path, corner, rotate
):
    path = write_pdf(tmp_path / "a.pdf", (turned(rotate), content_of(["End"])), Rotate=rotate)

    answer, out = made(path, tmp_path, corner_pdf=str(corner))

    assert (answer["placed"], answer["page"]) == ("goc-tren-phai", 1)
    assert_only_the_block_differs(path, out, answer, height_mm=20)
    left, top, right, bottom = where_it_changed(path, out, 0)
    width_mm = raster.page_size_pt(path)[0] / MM
    assert top < 15
    assert right == pytest.approx(width_mm - 5, abs=4)
    assert is_dark_at(out, 0, (left + right) / 2, top + 2), "its thick edge is above"
    assert not is_dark_at(out, 0, left + 50, bottom - 3)


def test_where_the_corner_is_taken_the_words_stand_on_a_page_of_their_own(tmp_path, corner):
    black = b"0 g 0 0 595 842 re f"
    path = write_pdf(tmp_path / "a.pdf", (black,))

    answer, out = made(path, tmp_path, corner_pdf=str(corner))

    assert (answer["placed"], answer["pages"]) == ("trang-rieng", 2)
    assert "DEN" in raster.page_texts(out)[1]


def test_a_scan_is_told_from_an_electronic_paper_and_how_fine_it_is(tmp_path):
    scan = write_scan(tmp_path / "a.pdf", [("Dòng", 30, 30, 14, False)], dpi=150)
    printed = write_pdf(tmp_path / "b.pdf")
    jpeg = tmp_path / "c.jpg"
    Image.new("L", (1654, 2339), 200).save(jpeg, dpi=(200, 200))

    told = {path.name: look({"path": str(path)}) for path in (scan, printed, jpeg)}

    assert {name: one["is_scan"] for name, one in told.items()} == {
        "a.pdf": True,
        "b.pdf": False,
        "c.jpg": True,
    }
    assert told["a.pdf"]["raster"] == [pytest.approx(150, abs=2), 1]
    assert told["b.pdf"]["raster"] is None


def test_a_scan_with_words_printed_over_it_is_no_scan(tmp_path):
    scan = write_scan(tmp_path / "a.pdf", [("Dòng", 30, 30, 14, False)])
    for mode, is_scan in ((3, True), (0, False)):
        path = tmp_path / f"{mode}.pdf"
        with pikepdf.open(scan) as document:
            page = document.pages[0]
            page.Resources["/Font"] = pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name("/Times-Roman"),
                )
            )
            page.contents_add(f"BT {mode} Tr /F1 12 Tf 50 400 Td (So 12) Tj ET".encode())
            document.save(path)
        assert look({"path": str(path)})["is_scan"] is is_scan


def test_what_was_attached_is_not_in_the_copy_but_its_picture_is(tmp_path, block):
    path = write_pdf(tmp_path / "a.pdf", (content_of(LINES),))
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        look = document.make_stream(b"0 0 1 rg 0 0 20 20 re f")
        look["/Type"], look["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
        look["/BBox"] = pikepdf.Array([0, 0, 20, 20])
        held = pikepdf.AttachedFileSpec(document, b"run me, run me", filename="xau.exe")
        pin = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.FileAttachment,
            Rect=pikepdf.Array([300, 300, 320, 320]),
            F=4,
            FS=held.obj,
            AP=pikepdf.Dictionary(N=look),
        )
        document.pages[0].obj["/Annots"] = pikepdf.Array([document.make_indirect(pin)])
        document.save(path)
    answer, out = made(path, tmp_path, block_pdf=str(block))
    assert answer["removed"] == ["FileAttachment"]
    assert_only_the_block_differs(path, out, answer)
    with pikepdf.open(out) as document:
        assert not [
            thing
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream)
            and str(thing.get("/Type", "")) in {"/Filespec", "/EmbeddedFile"}
        ]


@pytest.mark.shared
def test_every_odd_paper_that_opens_is_copied_whole(tmp_path, block):
    copied = []
    for path in sorted(shared_path("dev-data", "pdfs").glob("*.pdf")):
        try:
            answer, out = made(path, tmp_path, block_pdf=str(block))
            raster.page_texts(path)
        except VanthuError:
            continue
        copied.append(path.name)
        if answer["source_pages"] == raster.page_count(path):
            assert_only_the_block_differs(path, out, answer)
    assert len(copied) > 25, copied
