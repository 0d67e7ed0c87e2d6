"""The DOCX side: named styles only, the profile inside, a file that Word opens, errors with a place."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from rendering_kit import SHARED, TEMPLATES, WORD_KINDS, arguments, example_record, own_kind

from pipeline.engines import rendering
from pipeline.errors.rendering import (
    SharedPartMissing,
    StyleUnknown,
    TemplateBroken,
    TemplateFailed,
    TemplateForbidden,
    TemplateNameUnknown,
    WordFileBroken,
)

_TEMPLATE_FILES = [
    *sorted(SHARED.glob("*.docx")),
    *(TEMPLATES / kind / "body.docx" for kind in WORD_KINDS),
]


@pytest.mark.parametrize(
    "path", _TEMPLATE_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_templates_use_named_styles_and_no_direct_formatting(path):
    body = docx.Document(path).element.body

    for properties in body.iter(qn("w:pPr")):
        assert {child.tag for child in properties} <= {qn("w:pStyle")}
    for properties in body.iter(qn("w:rPr")):
        assert {child.tag for child in properties} <= {qn("w:rStyle")}


def rendered(tmp_path, kind="gioi-thieu", name="day-du"):
    rendering.render(arguments(kind, example_record(kind, name), tmp_path, outputs=["docx"]))
    return docx.Document(tmp_path / "to.docx")


def test_the_profile_is_written_into_the_file(tmp_path):
    document = rendered(tmp_path)

    section = document.sections[0]
    assert abs(section.left_margin - Mm(30)) < Mm(0.1)
    assert abs(section.right_margin - Mm(15)) < Mm(0.1)
    assert abs(section.header_distance - Mm(10)) < Mm(0.1)
    assert section.different_first_page_header_footer
    body = document.styles["VT Thân"]
    assert body.font.size == Pt(14)
    assert body.font.name == "Times New Roman"
    assert body.paragraph_format.line_spacing == Pt(20)
    assert body.paragraph_format.space_before == Pt(6)
    assert abs(body.paragraph_format.first_line_indent - Mm(10)) < Mm(0.1)
    assert document.styles["VT Chức vụ"].font.bold is None
    assert document.styles["VT Quyền hạn"].font.bold


def test_pages_after_the_first_bear_their_number_in_the_middle_of_the_head(tmp_path):
    header = rendered(tmp_path).sections[0].header

    assert "PAGE" in header._element.xml
    assert header.paragraphs[0].style.name == "VT Số trang"


def test_the_dates_inside_are_those_of_the_paper(tmp_path):
    document = rendered(tmp_path)

    assert document.core_properties.created.date().isoformat() == "2026-01-09"
    assert document.core_properties.title == "Giấy giới thiệu 07-GGT/VPTU Trần Thị Thuỳ Dương"
    with zipfile.ZipFile(tmp_path / "to.docx") as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_code_at_the_foot_is_drawn_anew_for_each_sheet(tmp_path):
    record = example_record("phieu-nhan-xet", "muc-1")
    pictures = []
    for code in ("PNX-26-00001-A", "PNX-26-00002-B"):
        args = arguments("phieu-nhan-xet", record, tmp_path, outputs=["docx"])
        args["vb"]["ma_tra_cuu"] = code
        rendering.render(args)
        with zipfile.ZipFile(tmp_path / "to.docx") as package:
            (name,) = [n for n in package.namelist() if n.startswith("word/media/")]
            pictures.append(package.read(name))

    assert pictures[0] != pictures[1]
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


def changed(args, change):
    """Let *change* work on the python-docx document of the kind's body."""
    path = Path(args["kind_dir"]) / "body.docx"
    document = docx.Document(path)
    change(document)
    document.save(path)
    return args | {"outputs": ["docx"]}


def test_an_unknown_name_is_told_with_its_paragraph_and_the_nearest_field(tmp_path):
    args = changed(own_kind(tmp_path), lambda d: d.add_paragraph("Tên: {{ ho_tn }}"))

    with pytest.raises(TemplateNameUnknown) as found:
        rendering.render(args)

    assert found.value.values["name"] == "ho_tn"
    assert found.value.values["nearest"] == "ho_ten"
    assert "Tên:" in found.value.values["paragraph"]
    assert "gioi-thieu/body.docx" in found.value.clerk_text


def test_a_broken_tag_is_told_with_its_paragraph(tmp_path):
    args = changed(own_kind(tmp_path), lambda d: d.add_paragraph("Chỗ này {% if ho_ten }}"))

    with pytest.raises(TemplateBroken, match="K220"):
        rendering.render(args)


@pytest.mark.parametrize(
    "tag",
    [
        "{{ ho_ten.__class__.__mro__ }}",
        "{{ vb.update({}) }}",
        "{{ ''.__class__ }}",
        "{{ cycler.__init__.__globals__ }}",
    ],
)
def test_a_template_cannot_reach_out_of_its_box(tmp_path, tag):
    args = changed(own_kind(tmp_path), lambda d: d.add_paragraph(tag))

    with pytest.raises((TemplateForbidden, TemplateNameUnknown)):
        rendering.render(args)


def test_a_tag_that_cannot_be_worked_out_is_told(tmp_path):
    args = changed(own_kind(tmp_path), lambda d: d.add_paragraph("{{ ho_ten + 1 }}"))

    with pytest.raises(TemplateFailed, match="K226"):
        rendering.render(args)


def test_a_missing_shared_part_is_named(tmp_path):
    args = changed(own_kind(tmp_path), lambda d: d.add_paragraph("[[ _shared/khong_co ]]"))

    with pytest.raises(SharedPartMissing) as found:
        rendering.render(args)

    assert found.value.values["part"] == "_shared/khong_co"


def test_a_style_the_profile_does_not_have_is_named(tmp_path):
    def use_unknown_style(document):
        document.styles.add_style("VT Lạ", 1)
        document.add_paragraph("x", style="VT Lạ")

    args = changed(own_kind(tmp_path), use_unknown_style)

    with pytest.raises(StyleUnknown) as found:
        rendering.render(args)

    assert found.value.values["style"] == "VtLa"


def test_a_body_that_is_no_docx_is_named(tmp_path):
    args = own_kind(tmp_path) | {"outputs": ["docx"]}
    (Path(args["kind_dir"]) / "body.docx").write_bytes(b"not a zip")

    with pytest.raises(WordFileBroken, match="K225"):
        rendering.render(args)


def test_what_an_editor_saved_with_other_style_ids_still_takes_the_profile(tmp_path):
    args = own_kind(tmp_path)
    path = Path(args["kind_dir"]) / "body.docx"
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info, old.read(info).replace(b'"VtTruong"', b'"Style17"'))
    path.write_bytes(out.getvalue())

    rendering.render(args | {"outputs": ["docx"]})

    document = docx.Document(Path(args["out_dir"]) / "to.docx")
    assert document.styles["VT Trường"].style_id == "VtTruong"
    assert any(p.style.name == "VT Trường" for p in document.paragraphs)
    assert document.styles["VT Trường"].paragraph_format.line_spacing == Pt(19)
