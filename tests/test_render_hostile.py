"""What people type and what strangers try: it is printed as typed, or refused by name, never obeyed."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from rendering_kit import TEMPLATES, arguments, example_record, own_kind

from pipeline.engines import raster, rendering
from pipeline.engines.html_pdf import FolderFetcher


@pytest.mark.parametrize(
    "typed",
    [
        "An & Bình <xã> \"Nà\" 'Khoang'",
        "{{ 7 * 7 }}",
        "{% for x in range(9) %}x{% endfor %}",
        "[[ _shared/ky ]]",
        "{{ ''.__class__ }}",
        "</w:t></w:r><w:r><w:t>chen",
        "</p><script>x</script>",
        "]]> <!-- &amp; &#x41;",
    ],
)
def test_what_is_typed_is_what_is_printed(tmp_path, typed):
    record = example_record("gioi-thieu", "it-truong") | {"chi_bo": typed}

    args = arguments("gioi-thieu", record, tmp_path)
    made = rendering.render(args)

    line = f"Đang sinh hoạt đảng tại: {typed}"
    said = rendering.words(args)
    assert line in said["docx"]
    assert line in said["pdf"]
    assert "".join(typed.split()) in "".join(made["text"].split())
    assert any(line in p.text for p in docx.Document(tmp_path / "to.docx").paragraphs)


def test_markdown_of_a_record_is_escaped_too(tmp_path):
    typed = "Giá < 5 & **{{ 7*7 }}** <b>x</b>"
    record = example_record("van-ban", "thong-bao-ngan") | {"noi_dung": typed}

    said = rendering.words(arguments("van-ban", record, tmp_path))

    assert "Giá < 5 & {{ 7*7 }} <b>x</b>" in said["pdf"]
    assert said["docx"] == said["pdf"]


def test_a_name_of_ten_thousand_letters_breaks_its_lines_and_stays_on_paper(tmp_path):
    record = example_record("gioi-thieu", "it-truong") | {"ho_ten": "Ẵ" * 10_000}

    made = rendering.render(arguments("gioi-thieu", record, tmp_path))

    words = raster.page_words(tmp_path / "to.pdf")
    assert max(word.right_mm for word in words) < 210 - 14
    assert "".join(made["text"].split()).count("Ẵ") == 10_000


def test_long_names_and_addresses_keep_the_comment_sheet_on_one_page(tmp_path):
    record = example_record("phieu-nhan-xet", "muc-1") | {
        "ho_ten": ("Nguyễn Phước Vĩnh Thụy " * 4)[:80],
        "bi_thu_chi_bo": ("Nguyễn Phước Vĩnh Thụy " * 4)[:80],
        "noi_cu_tru_dia_chi": ("khu tập thể nhà máy nước đường " * 4)[:120],
        "noi_cu_tru_thon": ("tổ dân phố văn hóa kiểu mẫu " * 4)[:100],
        "nhan_xet_khac": ("Đồng chí gần gũi nhân dân. " * 30)[:600],
    }

    made = rendering.render(arguments("phieu-nhan-xet", record, tmp_path))

    assert made["pages"] == 1


@pytest.mark.parametrize(
    "name", [p.stem for p in sorted((TEMPLATES / "phieu-nhan-xet" / "examples").glob("*.json"))]
)
def test_every_face_of_the_comment_sheet_is_one_page(tmp_path, name):
    record = example_record("phieu-nhan-xet", name)

    made = rendering.render(arguments("phieu-nhan-xet", record, tmp_path, outputs=["pdf"]))

    assert made["pages"] == 1
    assert "PNX-26-00123-K" in made["text"]


def test_the_trial_says_which_field_makes_a_form_too_long(tmp_path):
    record = example_record("phieu-nhan-xet", "muc-1") | {"nhan_xet_khac": "Rất tốt. " * 300}

    tried = rendering.trial(arguments("phieu-nhan-xet", record, tmp_path))

    (problem,) = tried["problems"]
    assert problem["code"] == "R121"
    assert problem["path"] == ("nhan_xet_khac",)
    assert "Nhận xét khác" in problem["text"]


def test_the_trial_finds_nothing_in_a_good_record_and_writes_nothing(tmp_path):
    record = example_record("phieu-nhan-xet", "muc-1")

    assert rendering.trial(arguments("phieu-nhan-xet", record, tmp_path)) == {"problems": []}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("character", ["漢", "😀", "\u200b", "\x07", "ກ"])
def test_characters_without_a_shape_are_named_before_the_number(tmp_path, character):
    record = example_record("bien-ban", "hop-213-day-du")
    record["danh_sach_vang_co_phep"][0]["ho_ten"] = f"Đỗ{character} Huy"

    found = rendering.check_glyphs(arguments("bien-ban", record, tmp_path))

    (problem,) = found["problems"]
    assert problem["code"] == "R120"
    assert problem["path"] == ("danh_sach_vang_co_phep", 0, "ho_ten")
    assert f"U+{ord(character):04X}" in problem["text"]
    assert [c["character"] for c in found["characters"]] == [character]


def test_all_of_vietnamese_has_a_shape(tmp_path):
    letters = "aăâeêioôơuưy"
    marked = "".join(chr(c) for c in range(0x1EA0, 0x1EFA)) + "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ"
    text = letters + marked + marked.lower() + "0123456789 .,;:!?()[]«»“”‘’–—…%/&<>°²½\t\n"

    found = rendering.check_glyphs(arguments("gioi-thieu", {"ho_ten": text}, tmp_path))

    assert found == {"problems": [], "characters": []}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x.png",
        "https://example.com/",
        "file:///etc/passwd",
        "file://host/share/x",
        "ftp://x/y",
        "data:text/plain,x",
    ],
)
def test_nothing_outside_the_folders_is_fetched(url):
    with pytest.raises(ValueError, match="outside"):
        FolderFetcher(TEMPLATES / "gioi-thieu").fetch(url)


def test_dots_and_links_do_not_lead_out_of_the_folder(tmp_path):
    folder = tmp_path / "mau"
    folder.mkdir()
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    (folder / "link").symlink_to(tmp_path / "secret")
    fetcher = FolderFetcher(folder)

    for name in ("../secret", "%2e%2e/secret", "link"):
        with pytest.raises(ValueError, match="outside"):
            fetcher.fetch(f"{folder.as_uri()}/{name}")


def test_an_included_page_cannot_come_from_elsewhere(tmp_path):
    args = own_kind(tmp_path) | {"outputs": ["pdf"]}
    (tmp_path / "ngoai.html").write_text("x", encoding="utf-8")
    page = Path(args["kind_dir"]) / "page.html"
    page.write_text('{% include "../../ngoai.html" %}', encoding="utf-8")

    with pytest.raises(Exception, match="K22"):
        rendering.render(args)
