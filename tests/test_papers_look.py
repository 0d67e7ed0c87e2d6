import base64
import io
import shutil
import zipfile

import pytest
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont
from odd_pdfs import content_of, encrypt, scan_picture, write_pdf, write_scan
from PIL import Image, ImageDraw, ImageFont
from stamped_scans import BLACK, BLUE, RED, SERIF_BOLD

from pipeline.engines.papers_look import look

HEAD = [
    ("TỈNH ỦY HÀ SƠN", 30, 20, 14, False),
    ("VĂN PHÒNG", 38, 27, 14, False),
    ("Số 15-BC/VPTU", 33, 39, 14, False),
    ("ĐẢNG CỘNG SẢN VIỆT NAM", 115, 20, 15, False),
    ("BÁO CÁO", 90, 65, 15, False),
    ("về bảo vệ bí mật nhà nước năm 2026", 65, 73, 14, False),
    ("Văn phòng giữ quan hệ mật thiết với các cơ quan.", 30, 95, 14, False),
]
needs_tesseract = pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is missing")


def write_word(path, paragraphs):
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", f"<w:document><w:body>{body}</w:body></w:document>")
    return path


def test_a_whole_pdf_is_whole_and_a_cut_one_is_not(tmp_path):
    path = write_pdf(tmp_path / "a.pdf")
    cut = tmp_path / "b.pdf"
    cut.write_bytes(path.read_bytes()[:-40])
    assert look({"path": str(path)})["whole"]
    assert look({"path": str(path)})["pages"] == 1
    assert not look({"path": str(cut)})["whole"]


def test_a_cut_zip_is_not_whole(tmp_path):
    path = write_word(tmp_path / "a.docx", ["x"])
    cut = tmp_path / "b.docx"
    cut.write_bytes(path.read_bytes()[:-30])
    assert look({"path": str(path)})["whole"]
    assert not look({"path": str(cut)})["whole"]


def test_a_mark_in_the_text_layer_is_found_without_reading_pictures(tmp_path):
    weasyprint = pytest.importorskip("weasyprint")
    page = "<p>Số 12-BC/TU</p><div style='border:1pt solid;width:3cm'>{}</div><h1>BÁO CÁO</h1>" + (
        "<p>quan hệ mật thiết với các cơ quan theo Luật Bảo vệ bí mật nhà nước</p>" * 5
    )
    for mark in ("MẬT", "TỐI MẬT", "<span style='letter-spacing:6pt'>TUYỆT MẬT</span>"):
        path = tmp_path / "a.pdf"
        weasyprint.HTML(string=page.format(mark)).write_pdf(path)
        found = look({"path": str(path), "ocr": False})
        assert found["secrecy"] in {"MẬT", "TỐI MẬT", "TUYỆT MẬT"}, mark
        assert not found["read_by_machine"]
    weasyprint.HTML(string=page.format("KHẨN")).write_pdf(path)
    assert look({"path": str(path)})["secrecy"] == look({"path": str(path)})["doubt"] == ""


def test_a_paper_about_state_secrets_passes(tmp_path):
    weasyprint = pytest.importorskip("weasyprint")
    path = tmp_path / "a.pdf"
    page = (
        "<h1 style='width:7cm;font-size:20pt'>QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC</h1>"
        "<p>Điều 1. Dấu MẬT, TỐI MẬT và TUYỆT MẬT do người ký văn bản quyết định.</p>"
    )
    weasyprint.HTML(string=page).write_pdf(path)
    found = look({"path": str(path)})
    assert (found["secrecy"], found["doubt"]) == ("", "")


@needs_tesseract
@pytest.mark.parametrize(
    ("mark", "keys"),
    [
        ("MẬT", {}),
        ("TỐI MẬT", {"tilt": 1.5}),
        ("TUYỆT MẬT", {"dpi": 150}),
    ],
)
def test_a_mark_on_a_scan_is_found(tmp_path, mark, keys):
    path = write_scan(tmp_path / "a.pdf", [*HEAD, (mark, 33, 50, 14, True)], **keys)
    assert look({"path": str(path)})["secrecy"] == mark


@needs_tesseract
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_mark_on_a_scan_laid_wrongly_is_found(tmp_path, turn):
    lines = [*HEAD, ("TỐI MẬT", 33, 50, 14, True)]
    lines += [
        (f"Dòng thứ {n} của báo cáo gửi Ban Thường vụ", 30, 110 + 9 * n, 14, False)
        for n in range(15)
    ]
    path = tmp_path / "a.pdf"
    scan_picture(lines).rotate(turn, expand=True).save(path, "PDF", resolution=200)
    assert look({"path": str(path)})["secrecy"] == "TỐI MẬT"


@needs_tesseract
def test_a_scan_without_a_mark_passes(tmp_path):
    path = write_scan(tmp_path / "a.pdf", [*HEAD, ("KHẨN", 33, 50, 14, True)])
    found = look({"path": str(path)})
    assert found["read_by_machine"]
    assert (found["secrecy"], found["doubt"]) == ("", "")


@needs_tesseract
def test_a_mark_on_a_photograph_is_found(tmp_path):
    path = tmp_path / "a.jpg"
    scan_picture([*HEAD, ("MẬT", 33, 50, 14, True)]).save(path, quality=80)
    found = look({"path": str(path)})
    assert found["secrecy"] == "MẬT"
    assert found["pages"] == 1
    path.write_bytes(path.read_bytes()[:5000])
    assert not look({"path": str(path)})["whole"]


def test_a_mark_in_a_word_file_is_found(tmp_path):
    path = write_word(tmp_path / "a.docx", ["TỈNH ỦY HÀ SƠN", "MẬT", "BÁO CÁO"])
    assert look({"path": str(path)})["secrecy"] == "MẬT"
    path = write_word(tmp_path / "a.docx", ["BÁO CÁO", "về công tác bảo vệ bí mật nhà nước"])
    assert look({"path": str(path)})["secrecy"] == ""


def test_locked_and_broken_files_do_not_stop_the_look(tmp_path):
    plain = write_pdf(tmp_path / "a.pdf", (content_of(["Hello"]),))
    locked = encrypt(plain, tmp_path / "b.pdf", user="u")
    noise = tmp_path / "c.pdf"
    noise.write_bytes(b"\x00\x01" * 500)
    empty = tmp_path / "d.pdf"
    empty.write_bytes(b"")
    assert look({"path": str(locked)})["whole"]
    assert not look({"path": str(noise)})["whole"]
    assert not look({"path": str(empty)})["whole"]


@needs_tesseract
def test_a_page_that_could_not_be_turned_in_time_counts_as_not_read(tmp_path):
    from pipeline.engines import ocr
    from pipeline.errors.cell import OcrUnavailable

    with pytest.raises(OcrUnavailable):
        ocr.turn_of(Image.new("L", (3000, 4000), 255), seconds=0.001)


@needs_tesseract
def test_reading_that_has_patience_ends_by_the_work_it_did():
    from pipeline.engines import ocr
    from pipeline.errors.cell import OcrUnavailable

    endless = Image.effect_noise((2500, 3500), 120)
    with pytest.raises(OcrUnavailable, match="died with"):
        ocr.read_picture(endless, dpi=300, seconds=1.0, patience=300)


def outlines_of(words):
    """The letters as lines, as a program draws a stamp that it lays on a page."""
    glyphs = TTFont(SERIF_BOLD).getGlyphSet()
    names = TTFont(SERIF_BOLD).getBestCmap()
    at, drawn = 0, ""
    for letter in words:
        pen = SVGPathPen(glyphs)
        glyphs[names[ord(letter)]].draw(pen)
        drawn += f"<path transform='translate({at} 0)' d='{pen.getCommands()}'/>"
        at += glyphs[names[ord(letter)]].width
    turned = "translate(300 2500) rotate(-7) scale(1 -1)"
    return (
        f"<svg viewBox='0 0 {at + 600} 3000' style='height:12mm;position:absolute;top:3cm;left:3cm'>"
        f"<g transform='{turned}'>{drawn}</g></svg>"
    )


@needs_tesseract
@pytest.mark.parametrize(("words", "is_held"), [("MẬT", True), ("KHẨN", False)])
def test_a_stamp_that_was_drawn_on_a_page_of_text_is_seen(tmp_path, words, is_held):
    weasyprint = pytest.importorskip("weasyprint")
    lines = "<p>Thực hiện chương trình công tác năm 2026, các cấp ủy rà soát hồ sơ.</p>" * 9
    path = tmp_path / "a.pdf"
    weasyprint.HTML(string=outlines_of(words) + lines).write_pdf(path)
    found = look({"path": str(path)})
    assert not found["read_by_machine"]
    assert bool(found["doubt"]) is is_held


def framed(words, ink, tilt):
    """A stamp as a picture one sees through, as somebody lays it on a page."""
    font = ImageFont.truetype(SERIF_BOLD, 160)
    left, top, right, bottom = font.getbbox(words)
    cover = Image.new("L", (right - left + 60, bottom - top + 60))
    draw = ImageDraw.Draw(cover)
    draw.text((30 - left, 30 - top), words, font=font, fill=255)
    draw.rectangle((4, 4, cover.width - 5, cover.height - 5), outline=255, width=8)
    cover = cover.rotate(tilt, expand=True, resample=Image.Resampling.BICUBIC)
    stamp = Image.new("RGBA", cover.size, ink)
    stamp.putalpha(cover)
    return stamp


def emblem():
    picture = Image.new("RGB", (300, 300), "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((5, 5, 295, 295), fill=RED)
    draw.text((60, 110), "HÀ SƠN", font=ImageFont.truetype(SERIF_BOLD, 50), fill="yellow")
    return picture


def two_dimensional_code():
    segno = pytest.importorskip("segno")
    kept = io.BytesIO()
    segno.make("15-BC/VPTU|2026-10-12|Ban Nội chính").save(kept, kind="png", scale=8)
    return Image.open(kept).convert("RGB")


def photograph():
    picture = Image.effect_noise((400, 300), 90).resize((100, 75)).resize((400, 300))
    return Image.merge("RGB", (picture, picture.rotate(180), picture))


def write_text_page(path, pictures):
    """A page of text with *pictures* over it: each with its left, top and width in millimetres."""
    weasyprint = pytest.importorskip("weasyprint")
    page = (
        "<style>@page{size:A4;margin:2cm} .over{position:absolute;left:-2cm;top:-2cm}"
        " img{position:absolute}</style><p>Hà Sơn, ngày 12 tháng 10 năm 2026</p><h3>BÁO CÁO</h3>"
        + "<p>Thực hiện chương trình công tác năm 2026, các cấp ủy rà soát toàn bộ hồ sơ đảng viên "
        "và báo cáo kết quả bảo vệ bí mật nhà nước trước ngày 30 tháng 11.</p>" * 9
    )
    for picture, left, top, width in pictures:
        kept = io.BytesIO()
        picture.save(kept, "PNG")
        data = base64.b64encode(kept.getvalue()).decode()
        at = f"left:{left}mm;top:{top}mm;width:{width}mm"
        page += f"<div class=over><img style='{at}' src='data:image/png;base64,{data}'></div>"
    weasyprint.HTML(string=page).write_pdf(path)
    return path


@needs_tesseract
@pytest.mark.parametrize(
    ("ink", "tilt", "left", "top", "width"),
    [
        (BLACK, -17, 60, 62, 36),
        (BLACK, 5, 20, 18, 40),
        ((120, 120, 120), 12, 70, 70, 52),
        (RED, -8, 25, 30, 31),
    ],
)
def test_a_picture_of_a_stamp_over_a_page_of_text_is_seen(tmp_path, ink, tilt, left, top, width):
    stamp = framed("MẬT", ink, tilt)
    found = look({"path": str(write_text_page(tmp_path / "a.pdf", [(stamp, left, top, width)]))})
    assert found["secrecy"] or found["doubt"]
    assert not found["unlooked"]


@needs_tesseract
def test_emblems_codes_photographs_and_other_stamps_over_text_are_no_marks(tmp_path):
    pictures = [
        (emblem(), 20, 15, 22),
        (two_dimensional_code(), 165, 15, 22),
        (photograph(), 60, 90, 60),
        (framed("HỎA TỐC", BLUE, 6), 30, 60, 45),
    ]
    found = look({"path": str(write_text_page(tmp_path / "a.pdf", pictures))})
    assert (found["secrecy"], found["doubt"], found["unlooked"]) == ("", "", False)
