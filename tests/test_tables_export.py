import csv
import json
import re
import subprocess

import openpyxl
import pytest

from pipeline.engines import book_pdf, tables

COLUMNS = [
    {"title": "Số, ký hiệu", "width": 26, "align": "center"},
    {"title": "Ngày tháng", "width": 22, "align": "center"},
    {"title": "Tên loại và trích yếu", "width": 90, "align": "left"},
    {"title": "Người ký", "width": 30, "align": "left"},
    {"title": "Ghi chú", "width": 20, "align": "left"},
]
TITLES = ["VĂN PHÒNG TỈNH ỦY HÀ SƠN", "SỔ ĐĂNG KÝ VĂN BẢN ĐI", "Năm 2026"]


def book(tmp_path, count, note=""):
    path = tmp_path / "rows.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for at in range(1, count + 1):
            subject = f"Giấy giới thiệu đảng viên về nơi cư trú: đồng chí Nguyễn Văn An {at}"
            cells = [f"{at:02d}-GGT/VPTU", "05/10/2026", subject, "Trần Văn Bình", note]
            lines.write(json.dumps(cells, ensure_ascii=False) + "\n")
    return path


def export(tmp_path, form, rows, operation=tables.export):
    out = tmp_path / f"so.{form}"
    args = {
        "format": form,
        "rows": str(rows),
        "columns": COLUMNS,
        "title_lines": TITLES,
        "footer": "Mã đầu: abc",
    }
    return out, operation({**args, "out": str(out)})


@pytest.mark.parametrize("note", ["=1+1", "+84912", "-1", "@SUM(A1)", "\t=1", "＝1+1"])
def test_no_value_becomes_a_formula(tmp_path, note):
    rows = book(tmp_path, 2, note)
    table, made = export(tmp_path, "csv", rows)
    sheet_path, _ = export(tmp_path, "xlsx", rows)
    data = table.read_bytes()
    lines = list(csv.reader(data.decode("utf-8-sig").splitlines(), delimiter=";"))
    cell = openpyxl.load_workbook(sheet_path).active["E6"]

    assert data.startswith(b"\xef\xbb\xbf")
    assert made["rows"] == 2
    assert lines[0][:2] == ["Số, ký hiệu", "Ngày tháng"]
    assert lines[1][4] == f"'{note}"
    assert (cell.data_type, cell.value) == ("s", note)


def test_the_workbook_of_a_book_prints_landscape_with_repeated_heads(tmp_path):
    path, made = export(tmp_path, "xlsx", book(tmp_path, 30))
    sheet = openpyxl.load_workbook(path).active

    assert made["rows"] == 30
    assert [sheet.cell(row, 1).value for row in (1, 2, 3, 5, 6)] == [
        *TITLES,
        "Số, ký hiệu",
        "01-GGT/VPTU",
    ]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$5:$5"
    assert sheet["A37"].value == "Mã đầu: abc"


def text_of(path):
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, check=True
    ).stdout.decode()


def test_a_book_of_several_runs_has_every_row_once_and_right_page_numbers(tmp_path):
    path, made = export(tmp_path, "pdf", book(tmp_path, 350), book_pdf.render_book)
    pages = text_of(path).rstrip("\f").split("\f")
    total = len(pages)

    assert (made["pages"], made["rows"]) == (total, 350)
    assert [re.search(r"Trang (\d+)/(\d+)", page).groups() for page in pages] == [
        (str(at), str(total)) for at in range(1, total + 1)
    ]
    assert re.findall(r"(\d+)-GGT/VPTU", "".join(pages)) == [f"{at:02d}" for at in range(1, 351)]
    assert all("trích yếu" in page for page in pages)
    assert "SỔ ĐĂNG KÝ VĂN BẢN ĐI" in pages[0]
    assert not any("SỔ ĐĂNG KÝ" in page for page in pages[1:])
    assert "Mã đầu: abc" in pages[-1]
    rows_a_page = [len(re.findall(r"-GGT/VPTU", page)) for page in pages]
    assert min(rows_a_page[1:-1]) >= max(rows_a_page) - 3, "no half-empty page between the runs"


def test_a_row_taller_than_a_page_at_the_end_of_a_run_loses_nothing(tmp_path):
    rows = book(tmp_path, book_pdf.ROWS_A_RUN + 5)
    lines = rows.read_text(encoding="utf-8").splitlines()
    tall = json.loads(lines[book_pdf.ROWS_A_RUN - 3])
    tall[4] = " ".join(f"ghi{at}" for at in range(150))
    lines[book_pdf.ROWS_A_RUN - 3] = json.dumps(tall)
    rows.write_text("\n".join(lines), encoding="utf-8")

    path, made = export(tmp_path, "pdf", rows, book_pdf.render_book)
    text = text_of(path)

    assert made["rows"] == len(lines)
    assert len(re.findall(r"\d+-GGT/VPTU", text)) == len(lines)
    assert re.findall(r"ghi(\d+)", text) == [str(at) for at in range(150)]


def test_an_empty_book_is_one_page_and_markup_is_only_text(tmp_path):
    path, made = export(tmp_path, "pdf", book(tmp_path, 0), book_pdf.render_book)
    assert (made["pages"], made["rows"]) == (1, 0)

    other, _ = export(
        tmp_path,
        "pdf",
        book(tmp_path, 1, "<img src='file:///etc/passwd'>&amp;"),
        book_pdf.render_book,
    )
    assert "<img" in text_of(other)
    assert "Trang 1/1" in text_of(path)
