"""Sheets from records: same words in both media, same bytes each time, the number really printed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pikepdf
import pytest
import verapdf
from rendering_kit import (
    EXAMPLES,
    KINDS,
    SHARED,
    TEMPLATES,
    WORD_KINDS,
    arguments,
    example_record,
    own_kind,
)

from pipeline.engines import raster, rendering
from pipeline.engines.profile import profile_for
from pipeline.errors.rendering import NumberNotPrinted

_PT_PER_MM = 72 / 25.4


def _expected_example(kind: str) -> str:
    names = [name for at, name in EXAMPLES if at == kind]
    return next((name for name in names if "day-du" in name), names[-1])


@pytest.mark.parametrize(("kind", "name"), [one for one in EXAMPLES if one[0] in WORD_KINDS])
def test_word_and_pdf_say_the_same_words_block_by_block(kind, name, tmp_path):
    said = rendering.words(arguments(kind, example_record(kind, name), tmp_path))

    assert said["docx"] == said["pdf"]
    assert len(said["pdf"]) > 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_are_those_of_expected_txt(kind, tmp_path):
    record = example_record(kind, _expected_example(kind))

    said = rendering.words(arguments(kind, record, tmp_path))

    expected = (TEMPLATES / kind / "expected.txt").read_text(encoding="utf-8")
    assert "\n".join(said["pdf"]) + "\n" == expected


@pytest.mark.parametrize(("kind", "name"), EXAMPLES)
def test_the_text_of_the_pdf_holds_every_word(kind, name, tmp_path):
    args = arguments(kind, example_record(kind, name), tmp_path, outputs=["pdf"])

    made = rendering.render(args)

    found = "".join(made["text"].split())
    for block in rendering.words(args)["pdf"]:
        first, *_ = block.split()
        assert first in found


@pytest.mark.parametrize("kind", KINDS)
def test_equal_input_gives_equal_bytes(kind, tmp_path):
    record = example_record(kind, _expected_example(kind))
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        folder.mkdir()
        rendering.compiled.cache_clear()
        rendering.render(arguments(kind, record, folder))

    for name in ("to.pdf", "to.docx") if kind in WORD_KINDS else ("to.pdf",):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_many_records_are_drawn_by_one_call(tmp_path):
    record = example_record("gioi-thieu", "day-du")
    args = arguments("gioi-thieu", record, tmp_path)
    vb = args["vb"]
    items = [
        {"record": args["record"], "stem": f"to-{so}", "vb": vb | {"so_ky_hieu": f"{so}-GGT/VPTU"}}
        for so in ("08", "09")
    ]

    made = rendering.render_many(args | {"items": items})

    assert [m["files"]["pdf"] for m in made] == ["to-08.pdf", "to-09.pdf"]
    assert "Số 09-GGT/VPTU" in made[1]["text"]
    assert (tmp_path / "to-09.docx").is_file()


def test_a_sheet_without_its_number_is_not_given_out(tmp_path):
    args = own_kind(tmp_path)
    page = Path(args["kind_dir"]) / "page.html"
    page.write_text(
        page.read_text(encoding="utf-8").replace("_shared/tieu_de.html", "_shared/ngay.html"),
        encoding="utf-8",
    )

    with pytest.raises(NumberNotPrinted, match="T300"):
        rendering.render(args)


def test_a_numberless_draft_leaves_room_for_number_and_date(tmp_path):
    record = example_record("van-ban", "thong-bao-ngan")
    args = arguments("van-ban", record, tmp_path)
    args["vb"] |= {"so": "", "so_ky_hieu": "", "ngay": None}

    said = rendering.words(args)

    assert said["docx"] == said["pdf"]
    assert "Số -TB/VPTU" in said["pdf"]
    assert "Hà Sơn, ngày tháng năm 2026" in said["pdf"]


def test_the_pdf_is_tagged_titled_vietnamese_with_its_fonts_inside(tmp_path):
    rendering.render(arguments("gioi-thieu", example_record("gioi-thieu", "day-du"), tmp_path))

    with pikepdf.open(tmp_path / "to.pdf") as pdf:
        assert str(pdf.Root.Lang) == "vi"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.docinfo["/Title"]) == "Giấy giới thiệu 07-GGT/VPTU Trần Thị Thuỳ Dương"
        fonts = pdf.pages[0].Resources.Font
        descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts.values()]
        assert all("Liberation-Serif" in str(d.FontName) for d in descriptors)
        assert all("/FontFile2" in d for d in descriptors)


def test_verapdf_calls_every_kind_valid(tmp_path):
    for kind in KINDS:
        outputs = ["pdf"]
        outputs += [
            page
            for page in ("mark", "block", "head", "corner")
            if (TEMPLATES / kind / f"{page}.html").is_file()
        ]
        record = example_record(kind, _expected_example(kind))
        rendering.render(arguments(kind, record, tmp_path, outputs=outputs, stem=kind))
    files = sorted(tmp_path.glob("*.pdf"))

    verdicts = verapdf.judge(files)

    assert len(files) == len(KINDS) + len(("mark",)) + 3 * len(("block", "head", "corner"))
    assert [(v.path.name, v.why) for v in verdicts if not v.is_valid] == []


def test_a_long_regulation_is_numbered_from_page_two_and_leaves_no_heading_behind(tmp_path):
    record = example_record("van-ban", "quy-dinh-day-du")
    sentence = "Cơ quan, đơn vị đăng ký, quản lý và sử dụng tài sản dùng chung đúng mục đích. " * 3
    chapters = [
        f"## Chương {roman}. Chương {roman}\n\n"
        + "".join(
            f"#### Điều {at}. Việc thứ {at}\n\n1. {sentence}\n2. Không được:\n   a) cho mượn;\n   b) sửa.\n\n"
            for at in range(n * 7, n * 7 + 7)
        )
        for n, roman in enumerate(("I", "II", "III", "IV"))
    ]
    record["noi_dung"] = "\n".join(chapters)

    made = rendering.render(arguments("van-ban", record, tmp_path))

    texts = raster.page_texts(tmp_path / "to.pdf")
    assert made["pages"] == len(texts) >= 6
    pages = [text.strip().split("\n") for text in texts]
    assert pages[0][-1] != "1", "the first page bears no number"
    for number, lines in enumerate(pages[1:], start=2):
        assert lines[-1].strip() == str(number)
    for at, lines in enumerate(pages[:-1]):
        last = lines[-1 if at == 0 else -2]
        assert not last.startswith(("Điều", "Chương", "CHƯƠNG"))
    assert "Hoàng Thị Minh Nguyệt" in texts[-1]
    assert pages[-1][0].startswith(("Điều", "1.", "2.", "a)", "b)")), (
        "signatures do not stand alone"
    )


def test_the_stamp_is_a_page_of_just_its_size(tmp_path):
    record = example_record("van-ban-den", "day-du")

    made = rendering.render(arguments("van-ban-den", record, tmp_path, outputs=["mark"]))

    width, height = raster.page_size_pt(tmp_path / made["files"]["mark"])
    assert (width / _PT_PER_MM, height / _PT_PER_MM) == pytest.approx((50, 35), abs=0.1)
    assert "ĐẾN" in made["text"]
    assert made["pages"] == 1


def test_the_copy_block_is_a_page_as_wide_as_paper_and_as_high_as_itself(tmp_path):
    record = example_record("sao-luc", "day-du")

    made = rendering.render(arguments("sao-luc", record, tmp_path, outputs=["block"]))

    width, height = raster.page_size_pt(tmp_path / made["files"]["block"])
    assert width / _PT_PER_MM == pytest.approx(210, abs=0.1)
    assert 50 < height / _PT_PER_MM < 120
    assert made["pages"] == 1
    assert "SAO LỤC" in made["text"]


def test_the_office_spelling_rules_the_words_of_the_template_only(tmp_path):
    record = example_record("gioi-thieu", "day-du") | {"chi_bo": "Chi bộ Đảng ủy Suối Ngàn"}

    said = rendering.words(arguments("gioi-thieu", record, tmp_path, spelling="uỷ"))

    assert "ĐẢNG UỶ NƠI CƯ TRÚ" in said["pdf"]
    assert "Đang sinh hoạt đảng tại: Chi bộ Đảng ủy Suối Ngàn" in said["pdf"]
    assert said["docx"] == said["pdf"]


def test_an_older_paper_is_laid_out_by_the_profile_of_its_day(tmp_path):
    record = example_record("gioi-thieu", "day-du")
    new = rendering.render(arguments("gioi-thieu", record, tmp_path, stem="moi"))
    old = rendering.render(
        arguments("gioi-thieu", record, tmp_path, stem="cu", profile="hd36-2018")
    )

    assert new["text"].split() == old["text"].split()
    assert (tmp_path / "moi.pdf").read_bytes() != (tmp_path / "cu.pdf").read_bytes()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2015, 1, 1), "hd36-2018"),
        (date(2026, 5, 26), "hd36-2018"),
        (date(2026, 5, 27), "hd05-2026"),
        (date(2030, 1, 1), "hd05-2026"),
    ],
)
def test_the_day_of_issue_chooses_the_profile(day, name):
    assert profile_for(SHARED, day) == name
