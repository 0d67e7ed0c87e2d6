"""`vanthu kinds check`: each sort of fault in a kind's folder is found, at its place, with what to do."""

from __future__ import annotations

import shutil

import pytest
from helpers import make_clock
from kind_kit import NAME, own_kind, with_kinds_of
from kind_kit import findings_of as check
from office_kit import opened, small_office

from pipeline.engines.cell import Cell
from pipeline.kind_check import check_kinds, write_expected

_PICTURE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    root = tmp_path_factory.mktemp("kinds")
    with (
        Cell(work_root=root, memory_bytes=2 << 30) as cell,
        opened(small_office(root / "office"), cell, make_clock()) as app,
    ):
        yield app


@pytest.fixture
def kind(tmp_path):
    return own_kind(tmp_path)


# --- what is whole ---


def test_the_shipped_kinds_are_clean(app):
    assert [finding.sentence() for finding in check_kinds(app, [])] == []


def test_the_seventh_kind_is_clean(app, kind):
    assert [finding.sentence() for finding in check(app, kind)] == []


# --- one fault each: what is done to the folder, the code, the place, words of the sentence ---


BREAKERS = {
    "name_in_page": lambda kind: kind.change("page.html", "{{ chi_bo }}", "{{ chi_boo }}"),
    "field_in_page": lambda kind: kind.change(
        "page.html", "vb.co_quan.ten_day_du", "vb.co_quan.te"
    ),
    "name_in_word": lambda kind: kind.change_word("{{ chi_bo }}", "{{ chi_boo }}"),
    "name_in_word_header": lambda kind: kind.change_word(
        "<w:t>2</w:t>", "<w:t>{{ trang_so }}</w:t>", member="word/header1.xml"
    ),
    "name_in_css": lambda kind: kind.put("page.css", "\np { color: {{ mau_chu }}; }\n"),
    "name_in_shared_page": lambda kind: kind.change(
        "../_shared/ky_ten.html", "vb.ky.ho_ten", "vb.ky.hoten"
    ),
    "name_in_shared_word": lambda kind: kind.change_word(
        "vb.ky.ho_ten", "vb.ky.hoten", file="../_shared/ky.docx"
    ),
    "field_not_shown": lambda kind: kind.change(
        "schema.json",
        '"properties": {',
        '"properties": {"que_quan": {"title": "Quê", "type": "string"},',
    ),
    "branch": lambda kind: kind.change(
        "examples/day-du.json", '  "han_tra_loi": "2026-11-30",\n', ""
    ),
    "branch_of_word": lambda kind: kind.change_word(
        "{% if gioi_tinh %}", "{% if gioi_tinh == nam %}"
    ),
    "loop": lambda kind: kind.change(
        "page.html",
        "{% if han_tra_loi %}",
        "{% for x in [] %}{{ x }}{% endfor %}{% if han_tra_loi %}",
    ),
    "inline_condition": lambda kind: kind.change(
        "page.html", "{{ nam }}", '{{ nam if nam > 2000 else "trước" }}'
    ),
    "level": lambda kind: kind.without("examples/nu.json"),
    "rule": lambda kind: kind.without("examples/sai/nam-chua-toi.json"),
    "wrong_example_is_right": lambda kind: kind.change(
        "examples/sai/nam-chua-toi.json", "2099", "2026"
    ),
    "wrong_example_breaks_another": lambda kind: kind.change(
        "examples/sai/nam-chua-toi.json", "2099", "9999"
    ),
    "good_example_is_refused": lambda kind: kind.change(
        "examples/it-truong.json", '"nam": 2026', '"nam": 2099'
    ),
    "good_example_without_glyph": lambda kind: kind.example("la.json", chi_bo="Chi bộ 漢"),
    "bold_by_hand": lambda kind: kind.change_word('<w:rStyle w:val="VtDam"/>', "<w:b/>"),
    "aligned_by_hand": lambda kind: kind.change_word(
        '<w:pStyle w:val="VtTenLoai"/>', '<w:pStyle w:val="VtTenLoai"/><w:jc w:val="right"/>'
    ),
    "style_attribute": lambda kind: kind.change(
        "page.html", '<p class="vt-trich-yeu">', '<p class="vt-trich-yeu" style="color: red">'
    ),
    "bold_tag": lambda kind: kind.change(
        "page.html", "Chi ủy nơi cư trú", "<b>Chi ủy nơi cư trú</b>"
    ),
    "style_of_word": lambda kind: kind.change_word('w:val="VtTenLoai"', 'w:val="Heading1"'),
    "paragraph_without_style": lambda kind: kind.change_word(
        '<w:pPr><w:pStyle w:val="VtTenLoai"/></w:pPr>', ""
    ),
    "class": lambda kind: kind.change("page.html", "vt-trich-yeu", "vt-trich-yeo"),
    "picture_from_outside": lambda kind: kind.change(
        "page.html", "{% endblock %}\n", '{% endblock %}\n<img src="https://vi-du.vn/x.png">\n'
    ),
    "picture_of_the_disk": lambda kind: kind.change(
        "page.html", '<h1 class="vt-ten-loai">', '<img src="/etc/hostname"><h1 class="vt-ten-loai">'
    ),
    "picture_above": lambda kind: kind.change(
        "page.html", '<h1 class="vt-ten-loai">', '<img src="../../x.png"><h1 class="vt-ten-loai">'
    ),
    "script": lambda kind: kind.change(
        "page.html", '<h1 class="vt-ten-loai">', '<script>1</script><h1 class="vt-ten-loai">'
    ),
    "import_in_css": lambda kind: kind.put("page.css", '@import "//vi-du.vn/a.css";'),
    "url_in_css": lambda kind: kind.put("page.css", "p { background: url(file:///etc/x.png) }"),
    "relation_of_word": lambda kind: kind.change_word(
        "</Relationships>",
        f'<Relationship Id="rId99" Type="{_PICTURE}" Target="https://vi-du.vn/x" TargetMode="External"/>'
        "</Relationships>",
        member="word/_rels/document.xml.rels",
    ),
    "field_of_word": lambda kind: kind.change_word(
        " PAGE ", ' INCLUDETEXT "C:\\x.docx" ', member="word/header1.xml"
    ),
    "words_differ": lambda kind: kind.change_word("theo mẫu gửi kèm", "theo mẫu kèm"),
    "words_hidden": lambda kind: kind.put("page.css", ".vt-gach-noi { display: none }"),
    "expected": lambda kind: kind.change("expected.txt", "Chi ủy nơi cư trú", "Chi uỷ nơi ở"),
    "example_unreadable": lambda kind: kind.put("examples/hong.json", "{"),
    "no_example": lambda kind: shutil.rmtree(kind.folder / "examples"),
    "no_page": lambda kind: kind.without("page.html"),
    "tag_left_open": lambda kind: kind.change("page.html", "{% endif %}", ""),
    "page_not_utf8": lambda kind: (kind.folder / "page.html").write_bytes(b"<p>\xff\xfe</p>"),
    "kind_broken": lambda kind: kind.change("kind.toml", 'book = "di"', 'book = "to"'),
    "forbidden": lambda kind: kind.change("page.html", "{{ nam }}", "{{ nam.__class__ }}"),
}

FOUND = {
    "name_in_page": ("K280", f"{NAME}/page.html dòng 10", "«chi_boo»", "Có phải là «chi_bo»?"),
    "field_in_page": ("K280", f"{NAME}/page.html dòng 10", "«vb.co_quan.te»", "«ten»"),
    "name_in_word": ("K280", f"{NAME}/body.docx", "«chi_boo»", "ở đoạn «", "đề nghị đảng ủy"),
    "name_in_word_header": ("K280", f"{NAME}/body.docx, đầu trang", "«trang_so»"),
    "name_in_css": ("K280", f"{NAME}/page.css dòng 2", "{{ mau_chu }}"),
    "name_in_shared_page": ("K280", "_shared/ky_ten.html dòng 5", "«vb.ky.hoten»", "«ho_ten»"),
    "name_in_shared_word": ("K280", "_shared/ky.docx", "«vb.ky.hoten»", "ở đoạn «"),
    "field_not_shown": ("K281", f"{NAME}/schema.json", "«que_quan»"),
    "branch": ("K282", f"{NAME}/page.html dòng 11", "«khi han_tra_loi»"),
    "branch_of_word": ("K282", f"{NAME}/body.docx", "«khi gioi_tinh == nam»", "ở đoạn «"),
    "loop": ("K282", f"{NAME}/page.html dòng 11", "«mỗi dòng của []»"),
    "inline_condition": ("K282", f"{NAME}/page.html dòng 10", "«khi không nam > 2000»"),
    "level": ("K283", f"{NAME}/examples", "«Nữ»", "«gioi_tinh»"),
    "rule": ("K284", f"{NAME}/kind.toml", "«nam-da-toi»"),
    "wrong_example_is_right": (
        "K285",
        f"{NAME}/examples/sai/nam-chua-toi.json",
        "«nam-da-toi»",
        "không điều nào",
    ),
    "wrong_example_breaks_another": (
        "K285",
        f"{NAME}/examples/sai/nam-chua-toi.json",
        "phạm «nam-da-toi»",
        "phạm «R1",
    ),
    "good_example_is_refused": ("K286", f"{NAME}/examples/it-truong.json", "Năm xin ý kiến"),
    "good_example_without_glyph": ("K286", f"{NAME}/examples/la.json", "không in được"),
    "bold_by_hand": ("K287", f"{NAME}/body.docx", "chữ đậm", "đề nghị đảng ủy"),
    "aligned_by_hand": ("K287", f"{NAME}/body.docx", "căn lề", "PHIẾU XIN Ý KIẾN"),
    "style_attribute": ("K287", f"{NAME}/page.html dòng 6", "style="),
    "bold_tag": ("K287", f"{NAME}/page.html dòng 6", "<b>"),
    "style_of_word": ("K288", f"{NAME}/body.docx", "«Heading1»", "PHIẾU XIN Ý KIẾN"),
    "paragraph_without_style": ("K288", f"{NAME}/body.docx", "«Normal»", "PHIẾU XIN Ý KIẾN"),
    "class": ("K288", f"{NAME}/page.html dòng 6", "«vt-trich-yeo»", "«vt-trich-yeu»"),
    "picture_from_outside": ("K289", f"{NAME}/page.html dòng 3", "https://vi-du.vn"),
    "picture_of_the_disk": ("K289", f"{NAME}/page.html dòng 5", "/etc/hostname"),
    "picture_above": ("K289", f"{NAME}/page.html dòng 5", "../../x.png"),
    "script": ("K289", f"{NAME}/page.html dòng 5", "<script>"),
    "import_in_css": ("K289", f"{NAME}/page.css dòng 1", "//vi-du.vn/a.css"),
    "url_in_css": ("K289", f"{NAME}/page.css dòng 1", "file:///etc/x.png"),
    "relation_of_word": ("K289", f"{NAME}/body.docx", "https://vi-du.vn/x"),
    "field_of_word": ("K289", f"{NAME}/body.docx, đầu trang", "INCLUDETEXT"),
    "words_differ": ("K290", f"{NAME}/examples/day-du.json", "mẫu kèm"),
    "words_hidden": ("K291", f"{NAME}/examples/day-du.json", "-----"),
    "expected": ("K292", f"{NAME}/expected.txt dòng", "«Chi uỷ nơi ở»"),
    "example_unreadable": ("K293", f"{NAME}/examples/hong.json", "Không đọc được"),
    "no_example": ("K293", f"{NAME}/examples", "Không có bản ghi mẫu nào"),
    "no_page": ("K295", NAME, "page.html"),
    "tag_left_open": ("K220", NAME, "page.html"),
    "page_not_utf8": ("K226", NAME, "UTF-8"),
    "kind_broken": ("K206", NAME, "book"),
    "forbidden": ("K222", NAME, "page.html"),
}
#: What else comes of a fault, and is told too.
CONSEQUENCES = {
    "branch": {"K292"},
    "branch_of_word": {"K290"},
    "wrong_example_is_right": {"K284"},
    "wrong_example_breaks_another": {"K284"},
    "good_example_is_refused": {"K282"},
    "no_example": {"K284"},
}


@pytest.mark.parametrize("name", BREAKERS)
def test_a_fault_is_found_at_its_place_with_its_remedy(app, kind, name):
    BREAKERS[name](kind)
    code, where, *words = FOUND[name]

    found = check(app, kind)

    told = [one for one in found if one.code == code and one.where.startswith(where)]
    assert told, [one.sentence() for one in found]
    assert any(all(word in one.text for word in words) for one in told), told[0].text
    assert {one.code for one in found} == {code} | CONSEQUENCES.get(name, set())


# --- shared parts, names, expected.txt ---


def test_a_fault_in_a_shared_part_is_told_once_for_all_kinds(app, kind):
    shutil.copytree(kind.folder, kind.folder.with_name("phieu-khac"))
    kind.change("../_shared/ky_ten.html", "vt-chuc-vu", "vt-chuc-vuu")

    found = check(app, kind, NAME, "phieu-khac")

    assert [one.where for one in found if one.code == "K288"] == ["_shared/ky_ten.html dòng 4"]


def test_a_branch_of_a_shared_part_counts_where_any_kind_goes_through_it(app, kind):
    shutil.copytree(kind.folder, kind.folder.with_name("phieu-khac"))
    kind.change("examples/day-du.json", ',\n  "do_khan": "KHẨN"', "")

    assert [one.sentence() for one in check(app, kind) if one.where.startswith("_shared")] == []


def test_a_name_that_no_kind_has_is_answered(app, kind):
    assert [(one.code, NAME in one.text) for one in check(app, kind, "phieu-la")] == [
        ("K294", True)
    ]


def test_several_faults_are_told_together(app, kind):
    for name in ("name_in_page", "level", "rule", "aligned_by_hand", "url_in_css"):
        BREAKERS[name](kind)

    assert {one.code for one in check(app, kind)} >= {"K280", "K283", "K284", "K287", "K289"}


def test_expected_words_are_written_on_demand(app, kind):
    kind.without("expected.txt")
    assert {one.code for one in check(app, kind)} == {"K292"}

    written = list(write_expected(with_kinds_of(app, kind), [NAME]))

    assert written == [kind.folder / "expected.txt"]
    assert check(app, kind) == []
