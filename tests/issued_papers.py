"""Papers as chuyên viên finish them: a Word file and a PDF of the same words, their number and date left blank."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from html import escape

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from weasyprint import HTML


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands on the paper."""

    number: str = "Số      -CV/VPTU"
    date: str = "Hà Sơn, ngày      tháng      năm 2026"
    about: tuple[str, ...] = ("về việc rà soát hồ sơ đảng viên", "đợt 2 năm 2026")
    type_name: str = ""
    kinh_gui: str = "Kính gửi: Các đảng ủy trực thuộc Tỉnh ủy"
    text: tuple[str, ...] = (
        "Thực hiện chương trình công tác năm 2026, Văn phòng Tỉnh ủy đề nghị các đảng ủy trực thuộc rà soát hồ sơ đảng viên.",
        "Kết quả rà soát gửi về Văn phòng Tỉnh ủy trước ngày 20 tháng 12 năm 2026.",
    )
    recipients: tuple[str, ...] = ("Như trên", "Thường trực Tỉnh ủy (để báo cáo)")
    keep: str = "Lưu Văn phòng Tỉnh ủy"
    authority: str = "K/T CHÁNH VĂN PHÒNG"
    title: str = "PHÓ CHÁNH VĂN PHÒNG"
    signer: str = "Đinh Trọng Nghĩa"
    font: str = "Times New Roman"
    mark: str = ""
    extra: tuple[str, ...] = field(default=())


CONG_VAN = Typed()
KE_HOACH = replace(
    CONG_VAN,
    number="Số .....-KH/VPTU",
    type_name="KẾ HOẠCH",
    about=("kiểm tra công tác văn thư, lưu trữ", "năm 2026"),
    kinh_gui="",
    recipients=("Các phòng thuộc Văn phòng Tỉnh ủy",),
)


def docx_of(typed: Typed) -> bytes:
    """A Word file with a header table of two columns, as most are typed."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    style = document.styles["Normal"]
    style.font.name, style.font.size = typed.font, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), typed.font)
    if typed.mark:
        _add(document, typed.mark, bold=True)
    head = document.add_table(rows=1, cols=2)
    left, right = head.rows[0].cells
    _fill(left, [("TỈNH ỦY HÀ SƠN", {}), ("VĂN PHÒNG", {"bold": True}), ("*", {})])
    _add_runs(left, typed.number)
    if not typed.type_name:
        for line in typed.about:
            _add(left, line, italic=True, size=12)
    _fill(right, [("ĐẢNG CỘNG SẢN VIỆT NAM", {"bold": True, "size": 15})])
    _add(right, typed.date, italic=True)
    if typed.type_name:
        _add(document, typed.type_name, bold=True, size=16)
        for line in typed.about:
            _add(document, line, bold=True)
        _add(document, "-----")
    if typed.kinh_gui:
        _add(document, typed.kinh_gui)
    for line in (*typed.text, *typed.extra):
        _add(document, line)
    foot = document.add_table(rows=1, cols=2)
    left, right = foot.rows[0].cells
    _fill(left, [("Nơi nhận:", {"underline": True})])
    for name in typed.recipients:
        _add(left, f"- {name};", size=12)
    _add(left, f"- {typed.keep}.", size=12)
    _fill(right, [(typed.authority, {"bold": True}), (typed.title, {}), ("", {}), ("", {})])
    _add(right, typed.signer, bold=True)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _fill(cell, lines):
    for text, look in lines:
        _add(cell, text, **look)


def _add(place, text, *, bold=False, italic=False, underline=False, size=14):
    paragraph = place.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic, run.underline = bold, italic, underline
    run.font.size = Pt(size)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _add_runs(cell, text):
    """A number in three runs, as Word leaves it after some editing."""
    paragraph = cell.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    cut = text.find("-")
    for part in (text[:2], text[2:cut], text[cut:]) if cut > 2 else (text,):
        paragraph.add_run(part).font.size = Pt(14)


def pdf_of(typed: Typed) -> bytes:
    """The same words as a PDF with a text layer."""
    head = [
        _p("TỈNH ỦY HÀ SƠN"),
        _p("VĂN PHÒNG", "font-weight: bold"),
        _p("*"),
        _p(typed.number.replace(" ", "\u00a0")),
    ]
    if not typed.type_name:
        head += [_p(line, "font-size: 12pt; font-style: italic") for line in typed.about]
    title = [
        _p("ĐẢNG CỘNG SẢN VIỆT NAM", "font-size: 15pt; font-weight: bold"),
        _p(typed.date.replace("      ", "\u00a0" * 6), "font-style: italic; margin-top: 8pt"),
    ]
    body = [_p(typed.mark, "font-weight: bold")] if typed.mark else []
    if typed.type_name:
        body.append(_p(typed.type_name, "font-size: 16pt; font-weight: bold; margin-top: 16pt"))
        body += [_p(line, "font-weight: bold") for line in typed.about]
        body.append(_p("-----"))
    if typed.kinh_gui:
        body.append(_p(typed.kinh_gui, "margin-top: 12pt"))
    body += [
        _p(line, "text-align: justify; text-indent: 10mm; margin-top: 6pt")
        for line in (*typed.text, *typed.extra)
    ]
    left = [_p("Nơi nhận:", "text-decoration: underline; text-align: left")]
    names = [*(f"- {name};" for name in typed.recipients), f"- {typed.keep}."]
    left += [_p(name, "font-size: 12pt; text-align: left") for name in names]
    right = [_p(typed.authority, "font-weight: bold"), _p(typed.title)]
    right.append(_p(typed.signer, "font-weight: bold; margin-top: 60pt"))
    page = (
        "<style>@page { size: A4; margin: 20mm 15mm 20mm 30mm; } p { margin: 0; text-align: center; }"
        f" body {{ font: 14pt 'Liberation Serif'; }} table {{ width: 100%; }} td {{ width: 50%; vertical-align: top; }}"
        f"</style>{_table(head, title)}{''.join(body)}{_table(left, right)}"
    )
    data = HTML(string=page).write_pdf()
    assert data is not None
    return bytes(data)


def _p(text: str, style: str = "") -> str:
    return f'<p style="{style}">{escape(text)}</p>'


def _table(left: list[str], right: list[str]) -> str:
    return f"<table><tr><td>{''.join(left)}</td><td>{''.join(right)}</td></tr></table>"
