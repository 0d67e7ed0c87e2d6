"""Workbooks through the whole office: ours filled, mended and dropped again; other people's lists as they are."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from office_kit import (
    COLUMNS,
    GIOI_THIEU,
    drop,
    drop_json,
    drop_sheet,
    inbox,
    numbers,
    opened,
    person,
    process_here,
    reason,
    small_office,
    unsound,
)

from pipeline.kinds import load_kinds, shipped_templates_dir

HEADINGS = ("Họ và tên", "Giới tính", "Ngày sinh", "Ngày vào Đảng", "Chi bộ", "Xã", "Tỉnh")
SERIES = "di:VPTU:GGT:2025-2030"


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "office")


def row_of(record):
    """A record as the seven cells of a plain list."""
    names = [COLUMNS[heading] for heading in HEADINGS]
    day = {"ngay_sinh", "ngay_vao_dang"}
    return [slashed(record[name]) if name in day else record[name] for name in names]


def slashed(iso):
    return "/".join(reversed(iso.split("-")))


def back(office, name):
    return inbox(office) / office.folders.returned / name


def given(office, name):
    """The clerk's workbook among the results, of the drop that came last."""
    found = (inbox(office) / office.folders.results).rglob(name)
    return max(found, key=lambda path: path.stat().st_mtime_ns)


def told(outcomes):
    return {one.record: (one.status, one.reference) for one in outcomes}


def by_heading(sheet, row=1):
    """Heading → column."""
    return {cell.value: cell.column for cell in sheet[row] if cell.value}


def save_as(book, path):
    with path.open("wb") as stream:
        book.save(stream)
    return path


# --- ours ---


@pytest.fixture(scope="module")
def two_hundred(tmp_path_factory, cell):
    """Our sheet of 200 rows with 5 bad, dropped, returned, mended and dropped again."""
    root = tmp_path_factory.mktemp("two-hundred")
    office = small_office(root / "office")
    blank = root / "mau.xlsx"
    spec = load_kinds(shipped_templates_dir(), None)[GIOI_THIEU].sheet_spec()
    cell.call(
        "tables.write_sheet", {"out": str(blank), "lot": "K7P2QD", "rows": 220, **spec}, seconds=60
    )
    book = openpyxl.load_workbook(blank)
    fill(book.worksheets[0])
    drop(office, GIOI_THIEU, "danh sách.xlsx", bytes_of(book))
    first = process_here(office, cell)
    came_back = back(office, "danh sách.xlsx")
    returned = openpyxl.load_workbook(came_back)
    notes = reason(office)
    results = openpyxl.load_workbook(given(office, "danh sách.xlsx"))
    mended = openpyxl.load_workbook(came_back)
    mend(mended.worksheets[0])
    came_back.unlink()
    drop(office, GIOI_THIEU, "danh sách.xlsx", bytes_of(mended))
    second = process_here(office, cell)
    return office, first, returned, notes, results, second


BAD = {20: "ngay_sinh", 60: "ho_ten", 61: "ngay_vao_dang", 150: "chi_bo", 199: "ho_ten"}
WRONG = {20: "31/02/1980", 60: None, 61: "hôm nọ", 150: None, 199: "Lò Văn 😀"}
TITLES = {
    "ho_ten": "Họ và tên *",
    "gioi_tinh": "Giới tính *",
    "ngay_sinh": "Ngày sinh *",
    "ngay_vao_dang": "Ngày vào Đảng *",
    "chi_bo": "Chi bộ đang sinh hoạt *",
    "noi_cu_tru_xa": "Xã, phường nơi cư trú *",
    "noi_cu_tru_tinh": "Tỉnh, thành phố nơi cư trú *",
}


def bytes_of(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def fill(sheet):
    columns = by_heading(sheet)
    for number in range(200):
        record = person(number)
        for name, title in TITLES.items():
            sheet.cell(number + 3, columns[title], value_of(record, name))
    for number, name in BAD.items():
        sheet.cell(number + 3, columns[TITLES[name]], WRONG[number]).value = WRONG[number]


def value_of(record, name):
    return slashed(record[name]) if name.startswith("ngay_") else record[name]


def mend(sheet):
    columns = by_heading(sheet)
    for number, name in BAD.items():
        right = value_of(person(number), name)
        sheet.cell(number + 3, columns[TITLES[name]]).value = right


def test_good_rows_of_our_sheet_take_consecutive_numbers_in_row_order(two_hundred):
    _, first, *_ = two_hundred

    done = [one for one in first if one.status == "indexed"]
    assert [one.reference for one in done] == [f"{n:02d}-GGT/VPTU" for n in range(1, 196)]
    assert [one.record for one in done] == sorted(one.record for one in done)
    assert {one.record for one in first if one.status == "returned"} == {n + 3 for n in BAD}


def test_bad_cells_come_back_coloured_with_a_comment_each(two_hundred):
    _, _, returned, notes, *_ = two_hundred
    sheet = returned.worksheets[0]
    columns = by_heading(sheet)

    marked = {c.coordinate for row in sheet.iter_rows() for c in row if c.comment is not None}
    wanted = {sheet.cell(n + 3, columns[TITLES[name]]).coordinate for n, name in BAD.items()}
    assert marked == wanted
    for coordinate in wanted:
        assert sheet[coordinate].fill.fgColor.rgb.endswith("FFC7CE"), sheet[
            coordinate
        ].fill.fgColor.rgb
    for number, name in BAD.items():
        title = TITLES[name].removesuffix(" *")
        assert f"Dòng {number + 3}, cột «{title}" in notes
    assert "195 dòng khác trong tệp đã xong" in notes


def test_what_is_wrong_with_a_row_is_said_once(two_hundred):
    _, _, returned, notes, *_ = two_hundred
    sheet = returned.worksheets[0]
    column = by_heading(sheet)["Kết quả"]

    said = sheet.cell(23, column).value
    assert said.count("R105") == 1
    assert notes.count("(đọc được: «31/02/1980»)") == 1


def test_the_results_workbook_has_the_numbers_filled_in(two_hundred):
    _, first, _, _, results, _ = two_hundred
    sheet = results.worksheets[0]
    column = by_heading(sheet)["Số, ký hiệu"]

    for one in first:
        assert sheet.cell(one.record, column).value == one.reference
    assert sheet.data_validations.dataValidation


def test_a_mended_sheet_gives_no_second_number_and_finishes_the_rest(two_hundred, cell):
    office, first, *_, second = two_hundred

    before = {
        row: ("duplicate", ref) for row, (status, ref) in told(first).items() if status == "indexed"
    }
    after = told(second)
    assert {row: after[row] for row in before} == before
    assert [after[n + 3] for n in BAD] == [("indexed", f"{n}-GGT/VPTU") for n in range(196, 201)]
    again = openpyxl.load_workbook(given(office, "danh sách.xlsx")).worksheets[0]
    column = by_heading(again)["Số, ký hiệu"]
    assert [again.cell(one.record, column).value for one in second] == [
        one.reference for one in second
    ]
    assert not any(c.comment for row in again.iter_rows() for c in row)
    with opened(office, cell) as app:
        assert numbers(app) == {SERIES: list(range(1, 201))}
        assert unsound(app) == []


def test_each_mended_row_comes_back_as_paper_in_its_own_result_folder(two_hundred):
    office, _, *_, second = two_hundred

    for one in [one for one in second if one.status == "indexed"]:
        given_files = sorted(name.rpartition(".")[2] for name in one.files)
        assert given_files == ["docx", "pdf"], one
        assert all((office.inbox_dir / name).is_file() for name in one.files)


def test_the_note_of_a_mended_sheet_tells_what_is_new_first(two_hundred):
    office, *_ = two_hundred
    notes = (office.inbox_dir / GIOI_THIEU / office.folders.results).glob("*/KẾT QUẢ.txt")
    newest = max(notes, key=lambda path: path.stat().st_mtime_ns)
    lines = newest.read_text(encoding="utf-8-sig").splitlines()

    new, old = lines.index("MỚI XONG (5):"), lines.index("ĐÃ CÓ SỐ TỪ TRƯỚC (195):")
    assert new < old
    assert [
        line.endswith(f"{n}-GGT/VPTU.")
        for n, line in zip(range(196, 201), lines[new + 1 :], strict=False)
    ] == [True] * 5
    assert len([line for line in lines[old:] if "không cấp thêm" in line]) == 195
    assert "Mới xong: 5" in lines[:old]


def test_the_same_mended_sheet_tried_again_keeps_its_documents(two_hundred, cell):
    office, first, *_, second = two_hundred

    ids = {one.record: one.document_id for one in first}
    assert {one.record: one.document_id for one in second} == ids
    assert office.root.exists()


# --- other people's ---


def foreign_list(path):
    """As a ward sends it: a title over merged cells, headings of two rows, a total, the signer's name."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Danh sách"
    sheet["A1"] = "ĐẢNG ỦY XÃ ĐỒNG LÂM"
    sheet["A2"] = "DANH SÁCH ĐẢNG VIÊN GIỚI THIỆU VỀ NƠI CƯ TRÚ NĂM 2026"
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A2:H2")
    heads = (
        "STT",
        "Họ và tên",
        "Giới tính",
        "Ngày, tháng, năm",
        None,
        "Chi bộ",
        "Nơi cư trú",
        None,
    )
    under = (None, None, None, "Ngày sinh", "Ngày vào Đảng", None, "Xã", "Tỉnh")
    for at, (upper, lower) in enumerate(zip(heads, under, strict=True), start=1):
        sheet.cell(4, at, upper)
        sheet.cell(5, at, lower)
    for merge in ("A4:A5", "B4:B5", "C4:C5", "D4:E4", "F4:F5", "G4:H4"):
        sheet.merge_cells(merge)
    for number in range(3):
        record = person(300 + number)
        cells = [number + 1, *row_of(record)]
        for at, value in enumerate(cells, start=1):
            sheet.cell(6 + number, at, value)
    sheet.cell(6, 4, date(1980, 2, 15)).number_format = "DD/MM/YYYY"
    legacy = row_of(person(303))
    legacy[0] = "NguyÔn V¨n B×nh"
    for at, value in enumerate([4, *legacy], start=1):
        sheet.cell(9, at, value)
    sheet.cell(10, 2, "Tổng cộng: 4 đồng chí")
    sheet.cell(12, 7, "NGƯỜI LẬP DANH SÁCH")
    return save_as(book, path)


def test_a_foreign_list_is_read_under_its_titles_and_without_its_total(office, cell, tmp_path):
    drop(office, GIOI_THIEU, "xã Đồng Lâm.xlsx", foreign_list(tmp_path / "x.xlsx").read_bytes())

    outcomes = process_here(office, cell)

    assert told(outcomes) == {6 + at: ("indexed", f"0{at + 1}-GGT/VPTU") for at in range(4)}, [
        one.message for one in outcomes
    ]
    with opened(office, cell) as app:
        papers = [app.registers.get(one.document_id) for one in outcomes]
        assert papers[0].record["ngay_sinh"] == "1980-02-15"
        assert papers[3].record["ho_ten"] == "Nguyễn Văn Bình"
    folder = given(office, "KẾT QUẢ.txt")
    assert "đã bỏ qua" in folder.read_text(encoding="utf-8-sig")
    sheet = openpyxl.load_workbook(given(office, "xã Đồng Lâm.xlsx")).active
    assert sheet["A2"].value.startswith("DANH SÁCH ĐẢNG VIÊN")
    assert "A2:H2" in {str(merge) for merge in sheet.merged_cells.ranges}


def test_days_that_look_swapped_are_asked_about(office, cell, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    for number in range(6):
        book.active.append(row_of(person(310 + number)))
    # Excel in American has read 05/11 as the eleventh of May; the others it left as text.
    swapped = book.active.cell(4, 4, date(2011, 5, 11))
    swapped.number_format = "mm-dd-yy"
    drop(office, GIOI_THIEU, "ngày.xlsx", save_as(book, tmp_path / "n.xlsx").read_bytes())

    outcomes = process_here(office, cell)

    status = told(outcomes)
    assert status[4][0] == "returned", status
    assert "11/05/2011" in reason(office) or "05/11/2011" in reason(office)


def as_csv(records, delimiter=";"):
    lines = [HEADINGS, *map(row_of, records)]
    return "\r\n".join(delimiter.join(line) for line in lines)


def by_soffice_or_not(path, suffix):
    """*path* in another format, by LibreOffice; skipped where it is absent."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no soffice")
    subprocess.run(
        [program, "--headless", "--convert-to", suffix, "--outdir", str(path.parent), str(path)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return path.with_suffix(f".{suffix}").read_bytes()


def test_lists_in_old_codings_and_other_marks_are_read(office, cell):
    drops = {
        "utf8.csv": as_csv([person(320), person(321)], ",").encode(),
        "excel.csv": as_csv([person(322), person(323)]).encode("utf-8-sig"),
        "rộng.csv": as_csv([person(324), person(325)], "\t").encode("utf-16"),
        "cũ.csv": as_cp1258(as_csv([person(326), person(327)])),
    }
    for name, content in drops.items():
        drop(office, GIOI_THIEU, name, content)

    outcomes = process_here(office, cell)

    assert {one.status for one in outcomes} == {"indexed"}, [one.message for one in outcomes]
    with opened(office, cell) as app:
        names = {app.registers.get(one.document_id).record["ho_ten"] for one in outcomes}
        assert names == {person(number)["ho_ten"] for number in range(320, 328)}
        assert unsound(app) == []


def as_cp1258(text):
    """As Windows-1258 writes it: the tone behind its vowel."""
    from unicodedata import normalize

    def split(letter):
        for tone in "\u0300\u0301\u0303\u0309\u0323":
            decomposed = normalize("NFD", letter)
            if tone in decomposed:
                return normalize("NFC", decomposed.replace(tone, "")) + tone
        return letter

    return "".join(map(split, text)).encode("cp1258")


# --- again ---


def test_the_same_list_twice_gives_no_second_number(office, cell):
    people = [person(number) for number in range(330, 334)]
    drop_sheet(office, "một.xlsx", people)
    first = told(process_here(office, cell))
    drop_sheet(office, "hai.xlsx", people)

    again = told(process_here(office, cell))

    assert again == {row: ("duplicate", reference) for row, (_, reference) in first.items()}
    sheet = openpyxl.load_workbook(given(office, "hai.xlsx")).active
    column = by_heading(sheet)["Số, ký hiệu"]
    assert [sheet.cell(row, column).value for row in first] == [ref for _, ref in first.values()]


def test_a_done_row_that_was_changed_is_refused_with_its_number(office, cell):
    drop_sheet(office, "ds.xlsx", [person(340), person(341)])
    process_here(office, cell)
    book = openpyxl.load_workbook(given(office, "ds.xlsx"))
    sheet = book.active
    sheet.cell(3, by_heading(sheet)["Chi bộ"]).value = "Chi bộ Phòng Tổng hợp"
    drop(office, GIOI_THIEU, "ds.xlsx", bytes_of(book))

    outcomes = process_here(office, cell)

    assert [(one.record, one.status, one.code) for one in outcomes] == [
        (2, "duplicate", None),
        (3, "returned", "R187"),
    ]
    assert "02-GGT/VPTU" in reason(office)
    assert "Chi bộ" in reason(office)
    with opened(office, cell) as app:
        assert numbers(app) == {SERIES: [1, 2]}


def test_two_rows_of_one_member_are_one_number_or_a_question(office, cell):
    other = person(351, chi_bo="Chi bộ Phòng Tổng hợp")
    drop_sheet(office, "ds.xlsx", [person(350), person(351), person(350), other])

    outcomes = process_here(office, cell)

    assert [(one.record, one.status, one.reference, one.code) for one in outcomes] == [
        (2, "indexed", "01-GGT/VPTU", None),
        (3, "indexed", "02-GGT/VPTU", None),
        (4, "duplicate", "01-GGT/VPTU", None),
        (5, "returned", None, "R194"),
    ]
    assert "dòng 3" in reason(office)


def test_a_list_that_asks_for_it_is_held_until_every_row_is_clean(office, cell):
    rows = [person(number) for number in range(360, 364)]
    bad = [*rows[:2], rows[2] | {"ho_ten": ""}, rows[3]]
    drop_json(office, "ds.json", {"ca_lo": True, "danh_sach": bad})

    held = process_here(office, cell)

    assert [one.status for one in held] == ["returned"] * 4
    assert [one.code for one in held] == ["R188", "R188", "R102", "R188"]
    with opened(office, cell) as app:
        assert numbers(app) == {}
    drop_json(office, "ds.json", {"ca_lo": True, "danh_sach": rows})
    clean = process_here(office, cell)
    assert [one.reference for one in clean] == [f"0{n}-GGT/VPTU" for n in range(1, 5)]


# --- large ---


def test_of_a_very_long_list_only_the_bad_rows_come_back(tmp_path, cell):
    """At the level of the operation: drawing 2,500 sheets would take minutes."""
    kind = load_kinds(shipped_templates_dir(), None)[GIOI_THIEU]
    source = tmp_path / "dài.xlsx"
    book = xlsxwriter.Workbook(source, {"constant_memory": True})
    sheet = book.add_worksheet("Danh sách")
    sheet.write_row(0, 0, HEADINGS)
    for number in range(2500):
        sheet.write_row(number + 1, 0, row_of(person(number)))
    book.close()
    args = {"path": str(source), "suffix": ".xlsx", "new_lot": "ABCDEF", **kind.sheet_spec()}
    read = cell.call("tables.read", args, seconds=60)
    assert len(read["records"]) == 2500
    rows = [
        answered(item, bad=index in {5, 1200, 2499}) for index, item in enumerate(read["records"])
    ]
    answer_args = {
        "source": str(source),
        "suffix": ".xlsx",
        "out_dir": str(tmp_path),
        **kind.sheet_spec(),
    }

    back_to_her = cell.call(
        "tables.write_answer",
        {**answer_args, "mode": "returned", "name": "trả.xlsx", "rows": rows},
        seconds=60,
    )
    full = cell.call(
        "tables.write_answer",
        {**answer_args, "mode": "results", "name": "xong.xlsx", "rows": rows},
        seconds=60,
    )

    assert (back_to_her["how"], back_to_her["rows"]) == ("bad-only", 3)
    assert (full["how"], full["rows"]) == ("new", 2500)
    again = cell.call(
        "tables.read", {**args, "path": back_to_her["path"], "new_lot": ""}, seconds=60
    )
    codes = {item["place"]["line_code"] for item in again["records"]}
    assert codes == {read["records"][index]["place"]["line_code"] for index in (5, 1200, 2499)}
    names = [item["record"]["ho_ten"] for item in again["records"]]
    assert names == [person(index)["ho_ten"] for index in (5, 1200, 2499)]


def answered(item, *, bad):
    problem = {
        "code": "R102",
        "text": "Còn thiếu.",
        "where": "",
        "was_read": "",
        "path": ["ho_ten"],
    }
    return {
        "place": item["place"],
        "record": item["record"],
        "status": "returned" if bad else "numbered",
        "shown": "" if bad else "01-GGT/VPTU",
        "date": "",
        "text": "",
        "problems": [problem] if bad else [],
    }
