import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest
import xlwt
from openpyxl.comments import Comment
from tables_material import SPEC, codes, read_file, records, row_codes, write_xlsx

from pipeline.engines import tables
from pipeline.engines.tables_codes import line_code, parse_code

LOT = "K7Q2M9XA"
HEAD = ["TT", "Họ và tên", "Ngày sinh", "Nơi cư trú"]


def blank(path, rows=5, lot=LOT):
    tables.write_sheet({"out": str(path), "lot": lot, "rows": rows, **SPEC})
    return path


def test_the_blank_workbook_reads_as_empty_until_something_is_filled_in(tmp_path):
    path = blank(tmp_path / "a.xlsx")

    assert codes(read_file(path)) == ["R155"]

    fill(path, {3: ["Trần Văn An", "Nam", "15/03/1971", "001234567", "Có", "2", "Xã Đồng Lâm"]})
    result = read_file(path)
    assert records(result) == [
        {
            "ho_ten": "Trần Văn An", "gioi_tinh": "nam", "ngay_sinh": "15/03/1971", "so_the": "001234567",
            "mien": True, "so_con": 2, "noi_cu_tru": "Xã Đồng Lâm",
        }
    ]  # fmt: skip
    assert result["records"][0]["place"]["line_code"] == line_code(LOT, 1)
    assert result["lot"] == LOT
    assert result["skipped"] == [
        {"sheet": result["records"][0]["place"]["sheet"], "row": 2, "why": "dòng mẫu chưa sửa"}
    ]
    assert result["ca_lo"] is False
    assert result["hidden_sheets"] == 0, "the program's own list of choices is told as hidden"


def fill(path, rows):
    book = openpyxl.load_workbook(path)
    for row, values in rows.items():
        for column, value in enumerate(values, start=1):
            book.worksheets[0].cell(row, column, value)
    book.save(path)


def test_a_sample_row_written_over_is_a_record(tmp_path):
    path = blank(tmp_path / "a.xlsx")
    fill(path, {2: ["Lê Thị Hoa"]})

    assert [record["ho_ten"] for record in records(read_file(path))] == ["Lê Thị Hoa"]


def test_the_blank_workbook_is_the_same_bytes_for_the_same_lot(tmp_path):
    first = blank(tmp_path / "a.xlsx").read_bytes()

    assert blank(tmp_path / "b.xlsx").read_bytes() == first
    assert blank(tmp_path / "c.xlsx", lot="ANOTHER1").read_bytes() != first


def test_the_blank_workbook_has_text_cells_lists_and_a_page_to_print(tmp_path):
    book = openpyxl.load_workbook(blank(tmp_path / "a.xlsx"))
    sheet = book.worksheets[0]

    assert [cell.value for cell in sheet[1]] == [
        "Họ và tên *", "Giới tính", "Ngày sinh *", "Số thẻ đảng viên", "Được miễn sinh hoạt", "Số con",
        "Nơi cư trú *", "Mã dòng",
    ]  # fmt: skip
    assert sheet.column_dimensions["A"].width > 10
    assert sheet["A2"].font.italic
    assert sheet["H3"].number_format == "@"
    assert sheet.freeze_panes == "A2"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    lists = {
        str(rule.sqref): rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    assert lists == {"B2:B7": '"Nam,Nữ"', "E2:E7": '"Có,Không"'}
    assert book.worksheets[1].title == "ĐỌC TÔI"
    assert any(cell.value == LOT for row in book.worksheets[1] for cell in row)


def test_the_switch_on_the_read_me_sheet_holds_the_list(tmp_path):
    path = blank(tmp_path / "a.xlsx")
    fill(path, {3: ["A"]})
    book = openpyxl.load_workbook(path)
    sheet = book["ĐỌC TÔI"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "Giữ cả danh sách")
    sheet.cell(row, 2, "Có")
    book.save(path)

    assert read_file(path)["ca_lo"] is True


def answer(tmp_path, mode, source, rows):
    out = tmp_path / mode
    out.mkdir(exist_ok=True)
    args = {
        "mode": mode,
        "source": str(source),
        "suffix": source.suffix,
        "out_dir": str(out),
        "name": source.name,
    }
    return tables.write_answer({**args, "rows": rows, **SPEC})


def done(item, number):
    return {
        "place": item["place"], "status": "numbered", "shown": f"{number:02d}-GGT/VPTU", "date": "05/10/2026",
        "text": "", "problems": [],
    }  # fmt: skip


def bad(item, name="ngay_sinh", was_read="31/02/1971"):
    problem = {
        "code": "R104", "where": f"{item['place']['label']}, cột «Ngày sinh»", "text": "Ngày không có thật. Hãy ghi lại.",
        "was_read": was_read, "path": [name],
    }  # fmt: skip
    return {
        "place": item["place"],
        "status": "returned",
        "shown": "",
        "date": "",
        "text": "",
        "problems": [problem],
    }


def two_rows(tmp_path, name="Danh sách tháng 10.xlsx"):
    rows = [
        ["DANH SÁCH"],
        HEAD,
        [1, "Trần Văn An", "15/03/1971", "X"],
        [2, "Lê Thị Bình", "31/02/1971", "Y"],
        ["Tổng cộng: 2"],
    ]
    return write_xlsx(tmp_path / name, rows, merges=["A1:D1"])


def test_results_are_filled_into_her_own_workbook(tmp_path):
    source = two_rows(tmp_path)
    read = read_file(source, new_lot="N3W0LOT1")
    made = answer(
        tmp_path,
        "results",
        source,
        [done(item, at) for at, item in enumerate(read["records"], start=7)],
    )

    assert made["how"] == "copy"
    assert made["path"].endswith("Danh sách tháng 10.xlsx")
    sheet = openpyxl.load_workbook(made["path"]).active
    assert [sheet.cell(2, column).value for column in range(5, 9)] == [
        "Mã dòng",
        "Số, ký hiệu",
        "Ngày",
        "Kết quả",
    ]
    assert [sheet.cell(3, column).value for column in range(6, 9)] == [
        "07-GGT/VPTU",
        "05/10/2026",
        "Đã cấp số",
    ]
    assert "A1:D1" in [str(area) for area in sheet.merged_cells.ranges]
    again = read_file(made["path"])
    assert records(again) == records(read)
    assert [item["place"]["line_code"] for item in again["records"]] == [
        item["place"]["line_code"] for item in read["records"]
    ]
    assert again["unknown_headings"] == []


def test_a_returned_workbook_mended_and_dropped_again_keeps_its_line_codes(tmp_path):
    source = two_rows(tmp_path)
    read = read_file(source, new_lot="N3W0LOT1")
    first, second = read["records"]
    made = answer(tmp_path, "returned", source, [done(first, 7), bad(second)])
    book = openpyxl.load_workbook(made["path"])
    cell = book.active["C4"]

    assert cell.fill.fgColor.rgb.endswith("FFC7CE")
    assert "31/02/1971" in cell.comment.text
    assert "R104" in cell.comment.text
    assert "Ngày không có thật" in book.active["H4"].value
    cell.value = "28/02/1971"
    book.save(made["path"])
    again = read_file(made["path"])
    assert [item["place"]["line_code"] for item in again["records"]] == [
        item["place"]["line_code"] for item in read["records"]
    ]
    assert records(again)[0] == first["record"]
    assert records(again)[1] == {**second["record"], "ngay_sinh": "28/02/1971"}
    assert row_codes(again) == [[], []]

    final = answer(
        tmp_path, "results", Path(made["path"]), [done(item, 7) for item in again["records"]]
    )
    sheet = openpyxl.load_workbook(final["path"]).active
    assert sheet["C4"].comment is None
    assert sheet["C4"].fill.fgColor.rgb != "00FFC7CE"
    assert sheet.max_column == 8


def test_the_clerks_own_comments_formulas_and_formats_stay(tmp_path):
    source = two_rows(tmp_path)
    book = openpyxl.load_workbook(source)
    book.active["B3"].comment = Comment("của tôi", "Chị Hà")
    book.active["F3"] = "=LEN(B3)"
    book.active["B3"].font = openpyxl.styles.Font(bold=True)
    book.save(source)
    read = read_file(source)
    made = answer(tmp_path, "results", source, [done(item, 1) for item in read["records"]])
    sheet = openpyxl.load_workbook(made["path"]).active

    assert sheet["B3"].comment.text == "của tôi"
    assert sheet["F3"].value == "=LEN(B3)"
    assert sheet["B3"].font.bold


def test_answers_are_the_same_bytes_each_time(tmp_path):
    source = two_rows(tmp_path)
    items = read_file(source)["records"]
    first = answer(tmp_path, "returned", source, [done(items[0], 7), bad(items[1])])
    data = Path(first["path"]).read_bytes()
    again = answer(tmp_path, "returned", source, [done(items[0], 7), bad(items[1])])

    assert Path(again["path"]).read_bytes() == data


@pytest.mark.parametrize("suffix", [".csv", ".xls"])
def test_old_and_plain_files_are_answered_with_a_new_workbook(tmp_path, suffix):
    rows = [
        HEAD,
        ["1", "Trần Văn An", "15/03/1971", "=1+1"],
        ["2", "Lê Thị Bình", "31/02/1971", "@SUM(A1)"],
    ]
    source = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        source.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    else:
        book = xlwt.Workbook()
        sheet = book.add_sheet("Một")
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                sheet.write(at, column, text)
        book.save(str(source))
    read = read_file(source, new_lot="N3W0LOT1")
    made = answer(
        tmp_path, "returned", source, [done(read["records"][0], 7), bad(read["records"][1])]
    )

    assert made["how"] == "new"
    sheet = openpyxl.load_workbook(made["path"]).active
    assert (sheet["D2"].value, sheet["D2"].data_type) == ("=1+1", "s")
    assert "31/02/1971" in sheet["C3"].comment.text
    again = read_file(made["path"])
    assert records(again) == records(read)
    assert [parse_code(item["place"]["line_code"]).lot for item in again["records"]] == [
        "N3W0LOT1"
    ] * 2


def test_a_long_list_comes_back_as_its_bad_rows_only(tmp_path):
    rows = [HEAD, *[[n, f"Người {n}", "15/03/1971", "X"] for n in range(1, 2101)]]
    source = write_xlsx(tmp_path / "a.xlsx", rows)
    read = read_file(source, new_lot="N3W0LOT1")
    items = [
        bad(item) if at % 700 == 5 else done(item, at) for at, item in enumerate(read["records"])
    ]
    made = answer(tmp_path, "returned", source, items)
    full = answer(tmp_path, "results", source, items)

    assert (made["how"], made["rows"]) == ("bad-only", 3)
    again = read_file(made["path"])
    assert [record["ho_ten"] for record in records(again)] == ["Người 6", "Người 706", "Người 1406"]
    assert [item["place"]["line_code"] for item in again["records"]] == [
        read["records"][at]["place"]["line_code"] for at in (5, 705, 1405)
    ]
    assert full["how"] == "new"
    assert len(read_file(full["path"])["records"]) == 2100


def test_a_list_in_json_is_answered_with_a_table(tmp_path):
    source = tmp_path / "a.json"
    source.write_text(
        json.dumps([{"ho_ten": "An", "mien": True}, {"ho_ten": "Bình", "ngay_sinh": "31/02/1971"}])
    )
    read = read_file(source)
    made = answer(
        tmp_path, "results", source, [done(read["records"][0], 7), bad(read["records"][1])]
    )
    sheet = openpyxl.load_workbook(made["path"]).active

    assert [cell.value for cell in sheet[1]] == [
        "Họ và tên", "Ngày sinh", "Được miễn sinh hoạt", "Số, ký hiệu", "Ngày", "Kết quả",
    ]  # fmt: skip
    assert sheet["D2"].value == "07-GGT/VPTU"
    assert "31/02/1971" in sheet["B3"].comment.text


def test_a_two_row_header_survives_being_written_anew(tmp_path):
    rows = [
        ["TT", "Họ và tên", "Năm sinh", None, "Nơi cư trú"],
        [None, None, "Nam", "Nữ", None],
        *[[n, f"Người {n}", "1971", None, "Xã Đồng Lâm"] for n in range(1, 2101)],
    ]
    source = write_xlsx(tmp_path / "a.xlsx", rows, merges=["A1:A2", "B1:B2", "C1:D1", "E1:E2"])
    read = read_file(source, new_lot="N3W0LOT1")
    made = answer(tmp_path, "returned", source, [bad(item) for item in read["records"]])
    again = read_file(made["path"])

    assert made["how"] == "bad-only"
    assert records(again) == records(read)
    assert again["records"][9]["place"]["line_code"] == read["records"][9]["place"]["line_code"]


def test_real_dates_in_a_new_workbook_are_written_as_read(tmp_path):
    rows = [HEAD, *[[n, f"Người {n}", dt.date(1971, 3, 25), "X"] for n in range(1, 2101)]]
    source = write_xlsx(tmp_path / "a.xlsx", rows)
    read = read_file(source)
    made = answer(tmp_path, "results", source, [done(item, 1) for item in read["records"]])

    assert records(read_file(made["path"])) == records(read)
