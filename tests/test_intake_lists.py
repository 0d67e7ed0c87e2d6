"""Lists that are wrong in places, growing, or open elsewhere: good rows go on, the others wait or come back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from office_kit import (
    GIOI_THIEU,
    VAN_BAN_DEN,
    drop,
    drop_json,
    drop_sheet,
    inbox,
    letter,
    lying,
    numbers,
    opened,
    paper_bytes,
    person,
    process_here,
    results,
    returned,
    small_office,
    unsound,
    wait_until,
)

from pipeline.engines.raster import page_texts
from pipeline.errors.cell import CellTimeout
from pipeline.flow import decide, process, respond
from pipeline.watch import Door


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path)


def people_with_a_mistake():
    rows = [person(number) for number in range(20, 26)]
    rows[2]["ngay_vao_dang"] = "31/02/2012"
    rows[4]["ho_ten"] = ""
    return rows


def test_bad_rows_come_back_and_good_ones_take_consecutive_numbers(office, cell):
    drop_sheet(office, "danh sách.xlsx", people_with_a_mistake())

    outcomes = process_here(office, cell)

    assert [(one.record, one.status, one.reference) for one in outcomes] == [
        (2, "indexed", "01-GGT/VPTU"),
        (3, "indexed", "02-GGT/VPTU"),
        (4, "returned", None),
        (5, "indexed", "03-GGT/VPTU"),
        (6, "returned", None),
        (7, "indexed", "04-GGT/VPTU"),
    ]
    assert returned(office) == ["danh sách.LY-DO.txt", "danh sách.xlsx"]
    with opened(office, cell) as app:
        assert unsound(app) == []


def test_a_mended_list_dropped_again_keeps_its_numbers_and_tries_the_rest(office, cell):
    drop_sheet(office, "danh sách.xlsx", people_with_a_mistake())
    first = {one.record: one.reference for one in process_here(office, cell)}
    mended = mend(office, {"ngay_vao_dang": "19/05/2012", "ho_ten": "Chu Văn Lĩnh"})

    outcomes = process_here(office, cell)

    assert mended
    again = {one.record: (one.status, one.reference) for one in outcomes}
    done = {row: reference for row, reference in first.items() if reference}
    assert {row: again[row] for row in done} == {
        row: ("duplicate", reference) for row, reference in done.items()
    }
    assert [again[row] for row in (4, 6)] == [
        ("indexed", "05-GGT/VPTU"),
        ("indexed", "06-GGT/VPTU"),
    ]
    with opened(office, cell) as app:
        assert numbers(app) == {"di:VPTU:GGT:2025-2030": [1, 2, 3, 4, 5, 6]}
        assert unsound(app) == []


def mend(office, values) -> Path:
    """The returned workbook with the faulty cells filled, dropped again."""
    back = inbox(office) / office.folders.returned / "danh sách.xlsx"
    book = openpyxl.load_workbook(back)
    sheet = book.active
    rows = list(sheet.iter_rows())
    heads = next(row for row in rows if "Họ và tên" in [cell.value for cell in row])
    at = {cell.value: cell.column for cell in heads}
    for row in rows[rows.index(heads) + 1 :]:
        if row[at["Ngày vào Đảng"] - 1].value == "31/02/2012":
            row[at["Ngày vào Đảng"] - 1].value = values["ngay_vao_dang"]
        if row[at["Giới tính"] - 1].value and not row[at["Họ và tên"] - 1].value:
            row[at["Họ và tên"] - 1].value = values["ho_ten"]
    target = inbox(office) / "danh sách (đã sửa).xlsx"
    book.save(target)
    return target


def test_a_list_that_asks_for_all_or_nothing_is_held_whole(office, cell):
    rows = people_with_a_mistake()
    drop_json(office, "ca-lo.json", {"ca_lo": True, "danh_sach": rows})

    outcomes = process_here(office, cell)

    assert {one.status for one in outcomes} == {"returned"}
    assert [one.code for one in outcomes].count("R188") == 4
    with opened(office, cell) as app:
        assert numbers(app) == {}
    rows[2]["ngay_vao_dang"], rows[4]["ho_ten"] = "19/05/2012", "Chu Văn Lĩnh"
    drop_json(office, "ca-lo.json", {"ca_lo": True, "danh_sach": rows})
    assert {one.status for one in process_here(office, cell)} == {"indexed"}


def test_the_same_person_twice_in_one_list_takes_one_number(office, cell):
    rows = [person(30), person(31), person(30), person(31, chi_bo="Chi bộ Phòng Tài chính")]
    drop_json(office, "hai-lan.json", rows)

    outcomes = process_here(office, cell)

    assert [(one.status, one.code) for one in outcomes] == [
        ("indexed", None),
        ("indexed", None),
        ("duplicate", None),
        ("returned", "R194"),
    ]


def test_a_csv_must_lie_still_before_it_is_taken(tmp_path, cell):
    office = small_office(tmp_path, quiet_s=0.6)
    columns = ["ho_ten", "gioi_tinh", "ngay_sinh", "ngay_vao_dang", "chi_bo"]
    columns += ["noi_cu_tru_xa", "noi_cu_tru_tinh"]
    row = person(40)
    text = ",".join(columns) + "\n" + ",".join(f'"{row[name]}"' for name in columns) + "\n"
    with opened(office, cell) as app:
        drop(office, GIOI_THIEU, "ds.csv", text.encode())
        door = Door(app, cell, at_once=True)

        assert door.look().waiting
        assert wait_until(lambda: door.look().received, seconds=20)


def test_a_file_somebody_is_writing_is_not_taken(office, cell):
    path = drop_json(office, "dang-ghi.json", person(41))
    with opened(office, cell) as app:
        door = Door(app, cell, at_once=True)
        with path.open("ab"):
            assert door.look().waiting == [path]

        assert len(door.look().received) == 1


def test_half_a_workbook_waits_until_its_writer_has_gone(office, cell, tmp_path):
    whole = drop_sheet(office, "ds.xlsx", [person(42)]).read_bytes()
    path = inbox(office) / "ds.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    hold = "import sys; f = open(sys.argv[1], 'ab'); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        writer.stdout.readline()
        with opened(office, cell) as app:
            assert Door(app, cell, at_once=True).look().waiting == [path]
            path.write_bytes(whole)
            writer.communicate()
            assert len(Door(app, cell, at_once=True).look().received) == 1


def test_what_she_has_changed_in_her_folders_is_never_overwritten(office, cell):
    bad = person(43, ho_ten="")
    drop_json(office, "a.json", bad)
    process_here(office, cell)
    hers = inbox(office) / office.folders.returned / "a.json"
    hers.write_text("đang sửa dở", encoding="utf-8")
    drop_json(office, "a.json", bad)

    process_here(office, cell)

    assert hers.read_text(encoding="utf-8") == "đang sửa dở"
    assert "a (2).json" in returned(office)


def test_a_filled_workbook_comes_back_beside_the_sheets(office, cell):
    drop_sheet(office, "ds.xlsx", [person(44), person(45)])

    process_here(office, cell)

    names = results(office)
    assert {"ds.xlsx", "IN TẤT CẢ.pdf", "KẾT QUẢ.txt"} <= set(names)
    assert len([name for name in names if name.endswith(".docx")]) == 2
    assert lying(office) == []


def test_a_long_list_is_printed_from_files_of_so_many_sheets_in_list_order(tmp_path, cell):
    office = small_office(tmp_path, sheets_a_print_file=2)
    people = [person(number) for number in range(50, 55)]
    drop_sheet(office, "ds.xlsx", people)

    process_here(office, cell)

    files = sorted((inbox(office) / office.folders.results).rglob("IN TẤT CẢ*"))
    assert [path.name for path in files] == [
        "IN TẤT CẢ 0001-0002.pdf",
        "IN TẤT CẢ 0003-0004.pdf",
        "IN TẤT CẢ 0005-0005.pdf",
    ]
    pages = [text for path in files for text in page_texts(path)]
    assert len(pages) == 5
    assert all(one["ho_ten"] in page for one, page in zip(people, pages, strict=True))


def test_an_answer_begun_by_a_worker_that_died_is_finished_under_the_same_names(tmp_path, cell):
    office = small_office(tmp_path, sheets_a_print_file=2)
    drop_sheet(office, "ds.xlsx", [person(number) for number in range(55, 58)])
    with opened(office, cell) as app:
        Door(app, cell, at_once=True).look()
        decide(app.registers.claim_receipt(app.worker, 60), app, cell)
        process(app.registers.claim_documents(app.worker, 9, 60), app, cell)
        receipt = app.registers.claim_answer(app.worker, 60)
        assert not respond(receipt, replace(app, worker="của máy khác"), cell)
        placed = results(office)

        assert respond(receipt, app, cell)

    assert results(office) == placed
    assert {"IN TẤT CẢ 0001-0002.pdf", "IN TẤT CẢ 0003-0003.pdf"} <= set(placed)


def test_a_paper_waits_for_the_record_beside_it_and_no_longer(tmp_path, cell):
    office = small_office(tmp_path, sidecar_wait_s=2.0)
    first = paper_bytes(tmp_path, "Cong van")
    with opened(office, cell) as app:
        door = Door(app, cell)
        path = drop(office, VAN_BAN_DEN, "cv.pdf", first)
        assert door.look(frozenset({path})).waiting == [path]
        drop_json(office, "cv.json", letter(44), VAN_BAN_DEN)
        assert len(door.look(frozenset({path})).received) == 1
        drop(office, VAN_BAN_DEN, "le.pdf", paper_bytes(tmp_path, "Thong bao"))

        assert wait_until(lambda: door.look().received, seconds=20)


def test_what_kills_its_cell_twice_at_the_door_goes_back_and_a_new_file_begins_anew(tmp_path, cell):
    office = small_office(tmp_path, table_seconds=1, paper_seconds=1)
    with opened(office, SleepyCell()) as app:
        door = Door(app, app.new_cell(), at_once=True)
        path = drop_json(office, "treo.json", person(46))
        assert door.look().waiting == [path]
        drop_json(office, "treo.json", person(47, ghi_chu="tệp khác"))
        assert door.look().waiting == [path]

        turned = wait_until(lambda: door.look().turned_away, seconds=20)

    assert [error.code for _, error in turned] == ["R190"]
    assert returned(office) == ["treo.LY-DO.txt", "treo.json"]


def test_what_there_was_no_time_to_look_at_is_looked_at_again_a_few_times(tmp_path, cell):
    office = small_office(tmp_path)
    path = drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(tmp_path, "Cong van"))
    with opened(office, cell) as app:
        seldom = Door(app, BusyCell(cell, times=1), at_once=True, look_again_s=(300.0,))
        assert [len(seldom.look().secret), len(seldom.look().secret)] == [1, 0]
        busy = BusyCell(cell, times=9)
        often = Door(app, busy, at_once=True, look_again_s=(0.0, 0.0))
        assert [len(often.look().secret) for _ in range(5)] == [1, 1, 1, 0, 0]
        freed = Door(app, BusyCell(cell, times=1), at_once=True, look_again_s=(0.0,))
        assert len(freed.look().secret) == 1

        assert len(freed.look().received) == 1

    assert not path.exists()


class BusyCell:
    """Has no time for the first looks at a paper."""

    def __init__(self, cell, *, times):
        self.cell, self.left = cell, times

    def call(self, operation, *args, **named):
        answer = self.cell.call(operation, *args, **named)
        if operation != "paper.look" or not self.left:
            return answer
        self.left -= 1
        return answer | {"doubt": "no time", "unlooked": True}


class SleepyCell:
    """Whatever is asked of it takes too long."""

    def call(self, *_, **__):
        raise CellTimeout("the operation ran beyond its time")
