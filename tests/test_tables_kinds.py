from pathlib import Path

import openpyxl
import pytest
from tables_material import codes

from pipeline.engines import tables
from pipeline.engines.tables_spec import spec_from
from pipeline.engines.tables_values import as_text
from pipeline.kinds.loading import load_kinds

TEMPLATES = Path(__file__).parents[1] / "templates"
NAMES = ["bien-ban", "gioi-thieu", "phieu-nhan-xet", "sao-luc", "van-ban", "van-ban-den"]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_blank_sheet_of_a_kind_shows_as_sample_is_read_back(tmp_path, name):
    args = load_kinds(TEMPLATES, None)[name].sheet_spec()
    path = tmp_path / f"{name}.xlsx"
    tables.write_sheet({"out": str(path), "lot": "K7Q2M9XA", "rows": 3, **args})
    assert codes(tables.read({"path": str(path), "suffix": ".xlsx", **args})) == ["R155"]

    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = spec_from(args).on_sheet()
    for at in range(1, len(columns) + 1):
        sheet.cell(3, at, sheet.cell(2, at).value)
    book.save(path)
    result = tables.read({"path": str(path), "suffix": ".xlsx", **args})

    (item,) = result["records"]
    assert item["problems"] == []
    assert result["unknown_headings"] == []
    shown = {column.name: as_text(column, column.example) for column in columns}
    read = {column.name: as_text(column, item["record"].get(column.name)) for column in columns}
    assert read == shown
    for column in columns:
        if column.type in {"boolean", "integer"} and column.example is not None:
            assert item["record"][column.name] == column.example


@pytest.mark.parametrize("name", NAMES)
def test_the_blank_sheet_has_a_place_for_another_number_and_for_holding_the_list(tmp_path, name):
    args = load_kinds(TEMPLATES, None)[name].sheet_spec()
    path = tmp_path / f"{name}.xlsx"
    tables.write_sheet({"out": str(path), "lot": "K7Q2M9XA", "rows": 3, **args})
    book = openpyxl.load_workbook(path)

    assert "Cấp thêm số" in [cell.value for cell in book.worksheets[0][1]]
    assert {"Cấp thêm số", "Giữ cả danh sách"} <= {cell.value for cell in book["ĐỌC TÔI"]["A"]}
