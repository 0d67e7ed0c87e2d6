import datetime as dt
import io
import zipfile

import odf.opendocument
import odf.table
import odf.text
import openpyxl
import pytest
import xlwt
from tables_material import codes, read_file, read_text, records, row_codes, write_xlsx

from pipeline.engines.tables_codes import line_code, parse_code

HEAD = ["TT", "Họ và tên", "Ngày sinh", "Nơi cư trú"]
AN = {"ho_ten": "Trần Văn An", "ngay_sinh": "15/03/1971", "noi_cu_tru": "Xã Đồng Lâm"}


def test_a_plain_list_gives_records_with_their_places(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEAD, [1, "Trần Văn An", "15/03/1971", "Xã Đồng Lâm"]])
    result = read_file(path)

    assert records(result) == [AN]
    place = result["records"][0]["place"]
    assert (place["label"], place["row"], place["sheet"]) == ("dòng 2", 2, "Danh sách")
    assert place["headings"] == {
        "ho_ten": "Họ và tên",
        "ngay_sinh": "Ngày sinh",
        "noi_cu_tru": "Nơi cư trú",
    }
    assert result["problems"] == []


def test_the_header_is_found_under_titles_and_merged_cells(tmp_path):
    rows = [
        ["ĐẢNG BỘ TỈNH HÀ SƠN", None, None, "ĐẢNG CỘNG SẢN VIỆT NAM"],
        ["DANH SÁCH ĐẢNG VIÊN GIỚI THIỆU VỀ NƠI CƯ TRÚ"],
        [None, None, None, "Hà Sơn, ngày 05 tháng 10 năm 2026"],
        ["STT", "HỌ TÊN *", "Năm sinh", "Chỗ ở hiện nay (thôn, xã)", "Điện thoại"],
        ["(1)", "(2)", "(3)", "(4)", "(5)"],
        [1, "Trần Văn An", 1971, "Xã Đồng Lâm", "x"],
    ]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows, merges=["A1:C1", "A2:D2"]))

    assert records(result) == [
        {"ho_ten": "Trần Văn An", "ngay_sinh": "1971", "noi_cu_tru": "Xã Đồng Lâm"}
    ]
    assert result["records"][0]["place"]["row"] == 6
    assert result["unknown_headings"] == [
        {"sheet": "Danh sách", "column": "E", "heading": "Điện thoại"}
    ]
    assert result["skipped"] == [{"sheet": "Danh sách", "row": 5, "why": "dòng đánh số cột"}]


def test_a_header_of_two_rows_is_read_together(tmp_path):
    rows = [
        ["TT", "Họ và tên", "Năm sinh", None, "Nơi cư trú"],
        [None, None, "Nam", "Nữ", None],
        [1, "Trần Văn An", "1971", None, "Xã Đồng Lâm"],
        [2, "Lê Thị Bình", None, "1980", "Xã Hà Tân"],
    ]
    merges = ["A1:A2", "B1:B2", "C1:D1", "E1:E2"]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows, merges=merges))

    assert [record["ngay_sinh"] for record in records(result)] == ["1971", "1980"]
    assert result["records"][0]["place"]["headings"]["ngay_sinh"] == "Năm sinh / Nam"


def test_a_heading_merged_over_two_columns_joins_their_words(tmp_path):
    rows = [
        ["TT", "Họ và tên", None, "Nơi cư trú"],
        [1, "Trần Văn", "An", "Xã Đồng Lâm"],
        [2, "Lê Thị", "Bình", "X"],
    ]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows, merges=["B1:C1"]))

    assert [record["ho_ten"] for record in records(result)] == ["Trần Văn An", "Lê Thị Bình"]


def test_a_column_without_a_heading_is_told_of(tmp_path):
    rows = [["TT", "Họ và tên", "Nơi cư trú"], [1, "An", "X", "gì đó"]]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows))

    assert result["unknown_headings"] == [{"sheet": "Danh sách", "column": "D", "heading": ""}]


def test_totals_groups_repeated_headers_and_signatures_are_left_out_and_counted(tmp_path):
    rows = [
        HEAD,
        ["I", "Chi bộ Văn phòng"],
        [1, "Trần Văn An", "15/03/1971", "Xã Đồng Lâm"],
        [],
        HEAD,
        [2, "Tống Văn Lưu", "16/03/1971", "Xã Hà Tân"],
        [3, "Lưu Thị Cộng", "17/03/1971", "Xã Hà Tân"],
        ["Tổng cộng: 3 đồng chí"],
        [None, "Danh sách này có 03 đồng chí."],
        [None, None, None, "Hà Sơn, ngày 05 tháng 10 năm 2026"],
        [None, "NGƯỜI LẬP BIỂU", None, "CHÁNH VĂN PHÒNG"],
        [None, "Phạm Thị Dung", None, "Đỗ Văn Em"],
    ]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows))

    assert [record["ho_ten"] for record in records(result)] == [
        "Trần Văn An",
        "Tống Văn Lưu",
        "Lưu Thị Cộng",
    ]
    assert [(one["row"], one["why"].split()[1]) for one in result["skipped"]] == [
        (2, "tên"), (5, "tiêu"), (8, "cộng"), (9, "cuối"), (10, "cuối"), (11, "cuối"), (12, "cuối"),
    ]  # fmt: skip
    assert result["skipped_rows"] == 6


def test_a_sum_without_a_word_or_number_in_front_is_a_total(tmp_path):
    rows = [
        ["TT", "Họ và tên", "Ngày sinh", "Số con"],
        [1, "Trần Văn An", "1971", 2],
        [None, None, None, 2],
    ]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows))

    assert len(result["records"]) == 1
    assert result["skipped"][0]["why"] == "dòng cộng"


def test_every_sheet_with_a_header_is_read_and_hidden_ones_are_counted(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(
        path,
        [HEAD, [1, "A", "1971", "X"]],
        more_sheets=[("Hai", [HEAD, [1, "B", "1972", "Y"]]), ("Ẩn", [HEAD])],
    )
    book = openpyxl.load_workbook(path)
    book["Ẩn"].sheet_state = "hidden"
    book.save(path)
    result = read_file(path)

    assert [record["ho_ten"] for record in records(result)] == ["A", "B"]
    assert result["records"][1]["place"]["label"] == "trang tính «Hai», dòng 2"
    assert result["hidden_sheets"] == 1


def test_dates_numbers_and_times_come_out_as_people_write_them(tmp_path):
    rows = [
        ["Họ và tên", "Ngày sinh", "Số thẻ", "Số con", "Diện miễn", "Giới tính", "Ghi chú"],
        ["A", dt.date(1971, 3, 25), 912345678, 2, True, "NỮ", 1.5],
        [7, "25/12/1980", "012345678", "3", "x", "nam", "=1+1"],
    ]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows))

    assert records(result) == [
        {
            "ho_ten": "A", "ngay_sinh": "25/03/1971", "so_the": "912345678", "so_con": 2, "mien": True,
            "gioi_tinh": "nu", "ghi_chu": "1,5",
        },
        {
            "ho_ten": "7", "ngay_sinh": "25/12/1980", "so_the": "012345678", "so_con": 3, "mien": True,
            "gioi_tinh": "nam", "ghi_chu": "=1+1",
        },
    ]  # fmt: skip
    assert row_codes(result) == [[], []]


def test_a_month_first_date_is_asked_about(tmp_path):
    rows = [
        HEAD,
        [1, "A", "25/12/1980", "X"],
        [2, "B", "12/25/1980", "Y"],
        [3, "C", "05/03/1980", "Z"],
    ]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows))

    assert row_codes(result) == [[], ["R163"], []]
    problem = result["records"][1]["problems"][0]
    assert "25/12/1980" in problem["text"]
    assert problem["where"] == "dòng 3, cột «Ngày sinh»"
    assert problem["was_read"] == "12/25/1980"
    assert list(problem["path"]) == ["ngay_sinh"]


def test_dates_an_american_excel_turned_round_are_asked_about(tmp_path):
    rows = [
        HEAD,
        [1, "A", "25/12/1980", "X"],
        [2, "B", dt.date(1980, 5, 3), "Y"],
        [3, "C", dt.date(1980, 4, 4), "Z"],
    ]
    turned = read_file(write_xlsx(tmp_path / "a.xlsx", rows))
    rows[3] = [3, "C", dt.date(1980, 4, 20), "Z"]
    fine = read_file(write_xlsx(tmp_path / "b.xlsx", rows))

    assert row_codes(turned) == [[], ["R163"], []]
    assert "05/03/1980" in turned["records"][1]["problems"][0]["text"]
    assert row_codes(fine) == [[], [], []]


def test_lost_zeros_are_asked_about_and_shown_zeros_are_kept(tmp_path):
    rows = [["Họ và tên", "Số thẻ"], ["A", "012345678"], ["B", 12345678], ["C", 12345679]]
    path = write_xlsx(tmp_path / "a.xlsx", rows)
    book = openpyxl.load_workbook(path)
    book.active["B4"].number_format = "000000000"
    book.save(path)
    result = read_file(path)

    assert row_codes(result) == [[], ["R164"], []]
    assert records(result)[2]["so_the"] == "012345679"


def test_error_cells_and_formulas_without_a_value_are_problems_with_their_address(tmp_path):
    rows = [HEAD, [1, "A", "1971", "X"], [2, "B", "#REF!", "Y"], [3, "C", "1973", "Z"]]
    path = write_xlsx(tmp_path / "a.xlsx", rows)
    book = openpyxl.load_workbook(path)
    book.active["D2"] = "#N/A"
    book.active["D2"].data_type = "e"
    book.active["D4"] = '="Xã "&"Hà Tân"'
    book.save(path)
    result = read_file(path)

    assert row_codes(result) == [["R162"], ["R162"], ["R162"]]
    assert "D2" in result["records"][0]["problems"][0]["text"]
    assert "#REF!" in result["records"][1]["problems"][0]["text"]
    assert "công thức" in result["records"][2]["problems"][0]["text"]
    assert records(result)[1] == {"ho_ten": "B", "noi_cu_tru": "Y"}


def test_cached_values_of_formulas_are_read(tmp_path):
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Họ và tên", "Nơi cư trú"])
    sheet.write_string(1, 0, "A")
    sheet.write_formula(1, 1, '="Xã "&"Hà Tân"', None, "Xã Hà Tân")
    book.close()

    assert records(read_file(path)) == [{"ho_ten": "A", "noi_cu_tru": "Xã Hà Tân"}]


def test_two_columns_of_one_meaning_must_agree(tmp_path):
    rows = [
        ["Họ và tên", "Nơi cư trú", "Chỗ ở hiện nay"],
        ["A", "X", "X"],
        ["B", None, "Y"],
        ["C", "X", "Y"],
    ]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows))

    assert row_codes(result) == [[], [], ["R169"]]
    assert [record["noi_cu_tru"] for record in records(result)] == ["X", "Y", "X"]


def test_cells_in_an_old_font_are_read(tmp_path):
    rows = [
        ["TT", "Hä vµ tªn", "Ngµy sinh", "N¬i c\u00ad tró"],
        [1, "NguyÔn V¨n Hång", "15/03/1971", "X· §ång T©m"],
        [2, "TrÇn ThÞ H\u00ad¬ng", "16/03/1971", "Ph\u00adêng T©n Hµ"],
    ]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows))

    assert records(result)[0] == {
        "ho_ten": "Nguyễn Văn Hồng",
        "ngay_sinh": "15/03/1971",
        "noi_cu_tru": "Xã Đồng Tâm",
    }
    assert records(result)[1]["ho_ten"] == "Trần Thị Hương"
    assert result["legacy_cells"] == 4
    assert any("TCVN3" in note for note in result["notes"])


def test_old_xls_and_ods_are_read_like_xlsx(tmp_path):
    old = xlwt.Workbook()
    sheet = old.add_sheet("Một")
    style = xlwt.XFStyle()
    style.num_format_str = "DD/MM/YYYY"
    for column, text in enumerate(HEAD):
        sheet.write(0, column, text)
    sheet.write(1, 1, "Trần Văn An")
    sheet.write(1, 2, dt.date(1971, 3, 15), style)
    sheet.write(1, 3, "Xã Đồng Lâm")
    old.save(str(tmp_path / "a.xls"))
    write_ods(tmp_path / "a.ods", [HEAD, ["1", "Trần Văn An", "15/03/1971", "Xã Đồng Lâm"]])

    assert records(read_file(tmp_path / "a.xls")) == [AN]
    assert records(read_file(tmp_path / "a.ods")) == [AN]


def write_ods(path, rows):
    document = odf.opendocument.OpenDocumentSpreadsheet()
    table = odf.table.Table(name="Một")
    for row in rows:
        line = odf.table.TableRow()
        for text in row:
            cell = odf.table.TableCell(valuetype="string")
            cell.addElement(odf.text.P(text=text))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_coding_and_with_every_delimiter(tmp_path, encoding, delimiter):
    rows = [
        ["TT", "Họ và tên", "Ngày sinh", "Nơi cư trú"],
        ["1", "Trần Văn An", "15/03/1971", "Xã Đồng Lâm"],
    ]
    text = "\r\n".join(delimiter.join(row) for row in rows)

    assert records(read_text(tmp_path, text.encode(encoding), ".csv")) == [AN]


def test_csv_in_cp1258_and_in_tcvn3_is_read(tmp_path):
    # cp1258 writes the tone after its letter
    windows = "Ho\u0323 va\u0300 tên,Ngày sinh\r\nTrâ\u0300n Văn An,1971\r\n".encode("cp1258")
    abc = "Hä vµ tªn,Ngµy sinh,N¬i c\u00ad tró\r\nNguyÔn V¨n Hång,1971,X· §ång T©m\r\n".encode(
        "latin-1"
    )

    assert records(read_text(tmp_path, windows, ".csv")) == [
        {"ho_ten": "Trần Văn An", "ngay_sinh": "1971"}
    ]
    assert records(read_text(tmp_path, abc, ".csv"))[0]["ho_ten"] == "Nguyễn Văn Hồng"


def test_quoted_csv_cells_keep_delimiters_and_line_ends(tmp_path):
    text = 'Họ và tên;Nơi cư trú\n"An; Bình";"Thôn 1\nXã ""Mới"""\n'

    assert records(read_text(tmp_path, text, ".csv")) == [
        {"ho_ten": "An; Bình", "noi_cu_tru": 'Thôn 1\nXã "Mới"'}
    ]


def test_an_unclosed_quote_is_named_not_swallowed(tmp_path):
    text = 'Họ và tên,Nơi cư trú\n"An,X\n' + "Bình,Y\n" * 5000

    result = read_text(tmp_path, text, ".csv")
    assert codes(result) == ["R166"]
    assert "ngoặc kép" in result["problems"][0]["text"]


def test_no_header_names_the_columns_wanted(tmp_path):
    result = read_file(write_xlsx(tmp_path / "a.xlsx", [["Tên hàng", "Giá"], ["Bút", 5]]))

    assert codes(result) == ["R154"]
    assert "«Họ và tên»" in result["problems"][0]["text"]


def test_limits_on_rows_and_cells_are_kept(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEAD, *[[n, f"A{n}", "1971", "X"] for n in range(30)]])
    limits = {"max_rows": 10, "max_record_bytes": 1 << 20, "max_cell_chars": 100}
    long = write_xlsx(tmp_path / "b.xlsx", [HEAD, [1, "A" * 200, "1971", "X"]])

    assert codes(read_file(path, limits=limits)) == ["R153"]
    assert codes(read_file(long, limits=limits)) == ["R166"]
    assert "B2" in read_file(long, limits=limits)["problems"][0]["text"]


def test_one_cell_far_away_does_not_take_the_memory(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEAD, [1, "A", "1971", "X"]])
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"] = "y"
    book.save(path)

    assert codes(read_file(path)) == ["R152"]


def test_formatted_empty_rows_to_the_end_do_no_harm(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEAD, [1, "A", "1971", "X"]])
    book = openpyxl.load_workbook(path)
    book.active["AB1048576"].fill = openpyxl.styles.PatternFill("solid", fgColor="FF0000")
    book.save(path)

    assert len(read_file(path)["records"]) == 1


def rezip(path, changes):
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(
                part.filename, changes.get(part.filename, lambda data: data)(source.read(part))
            )
    return out.getvalue()


def test_bombs_passwords_and_disguises_are_refused_by_name(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEAD, [1, "A", "1971", "X"]])
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    sheet = "xl/worksheets/sheet1.xml"
    laughs = rezip(path, {sheet: lambda data: entity + data})
    bomb = rezip(path, {"docProps/app.xml": lambda data: data + b" " * (60 << 20)})
    ole = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 1000
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 1000
    )
    whole = path.read_bytes()
    cases = {
        "R150": [laughs, whole[: len(whole) // 2], rezip(path, {sheet: lambda data: data[: len(data) // 2]}),
                 b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x07" * 3000],
        "R151": [b"<html><table><tr><td>x", b"%PDF-1.7", b"Ho ten,Ngay sinh\n"],
        "R152": [bomb],
        "R168": [ole],
    }  # fmt: skip
    for code, contents in cases.items():
        for content in contents:
            assert codes(read_text(tmp_path, content, ".xlsx")) == [code]
    assert read_text(tmp_path, whole[: len(whole) // 2], ".xlsx")["whole"] is False


def test_a_bomb_of_repeated_cells_in_ods_is_refused(tmp_path):
    write_ods(tmp_path / "a.ods", [HEAD])
    line = b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000" office:value-type="string"><text:p>b</text:p></table:table-cell></table:table-row></table:table>'
    changed = rezip(
        tmp_path / "a.ods", {"content.xml": lambda data: data.replace(b"</table:table>", line)}
    )

    assert codes(read_text(tmp_path, changed, ".ods"))[0] in {"R150", "R152", "R153"}


def test_line_codes_are_read_checked_and_never_shared(tmp_path):
    first, second = line_code("K7Q2M9XA", 1), line_code("K7Q2M9XA", 2)
    rows = [
        [*HEAD, "Mã dòng"],
        [1, "A", "1971", "X", first],
        [2, "B", "1972", "Y", second],
        [3, "C", "1973", "Z", first],
        [4, "D", "1974", "Z", "K7Q2M9XA-004-!"],
        [5, "E", "1975", "Z", None],
    ]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", rows), new_lot="N3W0")

    assert [item["place"]["line_code"] for item in result["records"][:2]] == [first, second]
    assert result["lot"] == "K7Q2M9XA"
    assert row_codes(result) == [[], [], ["R165"], ["R165"], []]
    assert "dòng 2" in result["records"][2]["problems"][0]["text"]
    assert parse_code(result["records"][4]["place"]["line_code"]).lot == "N3W0"
    assert result["records"][4]["code_given"] is False


def test_a_slip_in_a_line_code_is_seen():
    code = line_code("K7Q2M9XA", 12)

    assert parse_code(code).line == 12
    for slipped in (
        "K7Q2M9XA-013-",
        "K7Q2M9XA-021-",
        "K7Q2M9XA-112-",
        "K7Q2M9AX-012-",
        "7KQ2M9XA-012-",
    ):
        assert parse_code(slipped + code[-2:]) is None


@pytest.mark.parametrize("label", ["Giữ cả danh sách:", "Cả lô:", "ca_lo"])
def test_the_whole_list_is_held_when_a_cell_above_the_header_says_so(tmp_path, label):
    rows = [[label, "Có"], HEAD, [1, "A", "1971", "X"]]

    assert read_file(write_xlsx(tmp_path / "a.xlsx", rows))["ca_lo"] is True


def test_a_mark_of_secrecy_over_the_table_stops_everything_but_the_word_does_not(tmp_path):
    marked = read_file(write_xlsx(tmp_path / "a.xlsx", [["MẬT"], HEAD, [1, "A", "1971", "X"]]))
    headless = read_file(write_xlsx(tmp_path / "b.xlsx", [["TỐI MẬT"], ["Bút", 5]]))
    title = "DANH SÁCH CÁN BỘ HỌC LỚP BẢO VỆ BÍ MẬT NHÀ NƯỚC"
    about = read_file(
        write_xlsx(tmp_path / "c.xlsx", [[title], HEAD, [1, "Lê Văn Mật", "1971", "X"]])
    )

    assert (marked["secrecy"], marked["records"], marked["problems"]) == ("MẬT", [], [])
    assert headless["secrecy"] == "TỐI MẬT"
    assert about["secrecy"] == ""
    assert len(about["records"]) == 1
