"""A made-up kind and helpers that write tables the way offices do."""

import datetime as dt
from pathlib import Path

import openpyxl

from pipeline.engines import tables

SPEC = {
    "kind": "gioi-thieu",
    "kind_title": "Giấy giới thiệu đảng viên về nơi cư trú",
    "limits": {"max_rows": 20_000, "max_record_bytes": 1 << 20, "max_cell_chars": 12_000},
    "properties": [
        {
            "name": "ho_ten",
            "title": "Họ và tên",
            "type": "string",
            "required": True,
            "synonyms": ["họ tên", "tên đảng viên"],
            "example": "Nguyễn Thị Mẫu",
        },
        {
            "name": "gioi_tinh",
            "title": "Giới tính",
            "type": "string",
            "enum_titles": {"nam": "Nam", "nu": "Nữ"},
            "synonyms": ["nam nữ", "phái"],
            "example": "nu",
        },
        {
            "name": "ngay_sinh",
            "title": "Ngày sinh",
            "type": "string",
            "format": "ngay-hoac-nam",
            "required": True,
            "synonyms": ["năm sinh", "ngày tháng năm sinh"],
            "example": "09/01/1980",
        },
        {
            "name": "so_the",
            "title": "Số thẻ đảng viên",
            "type": "string",
            "synonyms": ["số thẻ"],
            "example": "012345678",
        },
        {
            "name": "mien",
            "title": "Được miễn sinh hoạt",
            "type": "boolean",
            "synonyms": ["diện miễn"],
            "example": False,
        },
        {"name": "so_con", "title": "Số con", "type": "integer"},
        {
            "name": "noi_cu_tru",
            "title": "Nơi cư trú",
            "type": "string",
            "required": True,
            "synonyms": ["chỗ ở hiện nay"],
            "example": "Xã Đồng Lâm, tỉnh Hà Sơn",
        },
        {"name": "ghi_chu", "title": "Ghi chú", "type": "string", "common": True},
    ],
}


def read_file(path, suffix=None, **more):
    return tables.read({"path": str(path), "suffix": suffix or Path(path).suffix, **SPEC, **more})


def read_text(tmp_path, text, suffix):
    path = tmp_path / f"x{suffix}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_file(path)


def write_xlsx(path, rows, *, merges=(), title="Danh sách", more_sheets=()):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    _fill(sheet, rows)
    for merge in merges:
        sheet.merge_cells(merge)
    for name, other in more_sheets:
        _fill(book.create_sheet(name), other)
    book.save(path)
    return path


def _fill(sheet, rows):
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is None:
                continue
            cell = sheet.cell(at, column, value)
            if isinstance(value, dt.date):
                cell.number_format = "DD/MM/YYYY"
            if isinstance(value, str) and not value.startswith("=SUM"):
                cell.data_type = "s"


def records(result):
    return [item["record"] for item in result["records"]]


def codes(result):
    return [problem["code"] for problem in result["problems"]]


def row_codes(result):
    return [[problem["code"] for problem in item["problems"]] for item in result["records"]]
