"""What was given back and came again mended lies in a folder of its own; what the clerk touched stays where it is."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace

import openpyxl
import pytest
from helpers import MONDAY, make_clock
from office_kit import (
    GIOI_THIEU,
    VAN_BAN_DEN,
    drop,
    drop_json,
    drop_sheet,
    letter,
    opened,
    paper_bytes,
    person,
    process_here,
    run,
    small_office,
    unsound,
)

from pipeline.inbox.given_back import DONE_FOLDER, given_back, put_away_mended

CLOCK = make_clock(MONDAY)


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path)


def back(office, *below):
    """Names of the files in the folder of returned files, or below it."""
    folder = office.inbox_dir / GIOI_THIEU / office.folders.returned / "/".join(below)
    return (
        sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.exists() else []
    )


def refused(office, cell):
    drop_json(office, "a.json", person(1) | {"ngay_sinh": "hôm qua"})
    (outcome,) = process_here(office, cell, CLOCK)
    assert outcome.status == "returned"


def mended(office, cell, number=1):
    drop_json(office, "a.json", person(number))
    (outcome,) = process_here(office, cell, CLOCK)
    assert outcome.status in ("indexed", "duplicate")
    return outcome


def test_a_mended_file_sends_file_and_reason_to_the_done_ones(office, cell):
    refused(office, cell)
    assert back(office) == ["a.LY-DO.txt", "a.json"]

    mended(office, cell)

    assert back(office) == []
    assert back(office, DONE_FOLDER) == ["a.LY-DO.txt", "a.json"]
    with opened(office, cell, CLOCK) as app:
        assert unsound(app) == []


def test_what_she_changed_there_stays(office, cell):
    refused(office, cell)
    hers = office.inbox_dir / GIOI_THIEU / office.folders.returned / "a.json"
    hers.write_bytes(b"{}")

    mended(office, cell)

    assert back(office) == ["a.json"]
    assert hers.read_bytes() == b"{}"
    assert back(office, DONE_FOLDER) == ["a.LY-DO.txt"]


def test_of_a_pair_mended_in_its_place_and_copied_both_are_done(office, cell, tmp_path):
    paper = paper_bytes(tmp_path, "Cong van")
    drop(office, VAN_BAN_DEN, "cv.pdf", paper)
    drop_json(office, "cv.json", letter(15, ngay_van_ban="hôm qua"), VAN_BAN_DEN)
    (outcome,) = process_here(office, cell, CLOCK)
    assert outcome.status == "returned"
    folder = office.inbox_dir / VAN_BAN_DEN / office.folders.returned
    hers = folder / "cv.json"
    hers.write_text(json.dumps(letter(15), ensure_ascii=False, indent=1), encoding="utf-8")
    for name in ("cv.pdf", "cv.json"):
        drop(office, VAN_BAN_DEN, name, (folder / name).read_bytes())

    (outcome,) = process_here(office, cell, CLOCK)

    assert outcome.status == "indexed", outcome.message
    assert [path.name for path in folder.iterdir()] == [DONE_FOLDER]
    done = sorted(path.name for path in (folder / DONE_FOLDER).iterdir())
    assert done == ["cv.LY-DO.txt", "cv.json", "cv.pdf"]


def test_a_paper_with_annexes_mended_in_its_folder_leaves_no_half_of_it(office, cell, tmp_path):
    top = office.inbox_dir / VAN_BAN_DEN
    folder = top / office.folders.returned / "Ke hoach"
    (top / "Ke hoach").mkdir(parents=True)
    bad = letter(16, ngay_van_ban="hôm qua")
    (top / "Ke hoach" / "Ke hoach.pdf").write_bytes(paper_bytes(tmp_path, "Ke hoach"))
    (top / "Ke hoach" / "phu luc.pdf").write_bytes(paper_bytes(tmp_path, "Phu luc"))
    drop_json(office, "Ke hoach/Ke hoach.json", bad, VAN_BAN_DEN)
    process_here(office, cell, CLOCK)
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".txt") == [
        *("Ke hoach.json", "Ke hoach.pdf", "phu luc.pdf"),
    ]
    (folder / "Ke hoach.json").write_text(json.dumps(letter(16)), encoding="utf-8")
    shutil.copytree(folder, top / "Ke hoach", ignore=shutil.ignore_patterns("*.txt"))

    (outcome,) = process_here(office, cell, CLOCK)

    assert outcome.status == "indexed", outcome.message
    assert not folder.exists()


def test_another_name_or_another_refusal_moves_nothing(office, cell):
    refused(office, cell)
    drop_json(office, "b.json", person(2))
    process_here(office, cell, CLOCK)
    drop_json(office, "a.json", person(1) | {"ngay_sinh": "hôm kia"})
    process_here(office, cell, CLOCK)

    assert "a.json" in back(office)
    assert back(office, DONE_FOLDER) == []


def test_a_list_is_done_when_its_last_row_is(office, cell):
    rows = [person(1), person(2) | {"ngay_sinh": "hôm qua"}, person(3) | {"ngay_sinh": "hôm kia"}]
    drop_sheet(office, "ds.xlsx", rows)
    process_here(office, cell, CLOCK)
    drop_sheet(office, "ds.xlsx", [person(1), person(2), rows[2]])
    process_here(office, cell, CLOCK)
    assert "ds.xlsx" in back(office)

    drop_sheet(office, "ds.xlsx", [person(1), person(2), person(3)])
    process_here(office, cell, CLOCK)

    assert back(office) == []
    assert {"ds.xlsx", "ds (2).xlsx", "ds.LY-DO.txt"} <= set(back(office, DONE_FOLDER))


def test_done_again_after_a_death_nothing_is_lost_or_doubled(office, cell):
    refused(office, cell)
    refused_again = person(1) | {"ngay_sinh": "hôm nay"}
    drop_json(office, "a.json", refused_again)
    process_here(office, cell, CLOCK)
    before = len(back(office))
    outcome = mended(office, cell)

    with opened(office, cell, CLOCK) as app:
        receipt = app.registers.receipt(app.registers.get(outcome.document_id).receipt_id)
        put_away_mended(receipt, office, app.registers)  # as a run after a death does

    assert back(office) == []
    assert len(back(office, DONE_FOLDER)) == before


def test_a_removed_paper_is_not_left_among_the_done_ones(office, cell):
    row = person(1, noi_cu_tru_xa="xã Zuýp")
    drop_sheet(office, "ds.xlsx", [row | {"ngay_sinh": "hôm qua"}])
    process_here(office, cell, CLOCK)
    folder = office.inbox_dir / GIOI_THIEU / office.folders.returned
    drop(office, GIOI_THIEU, "ds.xlsx", with_day(folder / "ds.xlsx", row["ngay_sinh"]))
    (outcome,) = process_here(office, cell, CLOCK)
    assert (outcome.status, back(office)) == ("indexed", [])

    two = ("--reason", "sót dấu mật", "--person", "Lan", "--approved-by", "Minh")
    ran = run(office, "purge", outcome.document_id, *two)

    assert ran.status == 0, ran.stderr
    assert back(office, DONE_FOLDER) == []


def with_day(path, day):
    """A returned workbook with its one bad day put right."""
    book, out = openpyxl.load_workbook(path), io.BytesIO()
    (bad,) = [cell for row in book.active.iter_rows() for cell in row if cell.value == "hôm qua"]
    bad.value = day
    book.save(out)
    return out.getvalue()


def test_a_folder_that_is_called_otherwise_by_now_stops_nobody(office, cell):
    refused(office, cell)
    renamed = replace(office, folders=replace(office.folders, returned="_can_sua"))
    with opened(office, cell, CLOCK) as app:
        (receipt,) = [one for piece in app.registers.dump() for one in piece.receipts]
        assert len(list(given_back(receipt, renamed))) == 0
        put_away_mended(receipt, renamed, app.registers)
