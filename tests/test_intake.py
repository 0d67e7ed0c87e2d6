"""What lies in the inbox → taken in once, answered, or left alone; never lost."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from office_kit import (
    GIOI_THIEU,
    VAN_BAN_DEN,
    drop,
    drop_json,
    inbox,
    letter,
    lying,
    numbers,
    opened,
    paper_bytes,
    person,
    process_here,
    reason,
    results,
    returned,
    small_office,
    unsound,
)

from pipeline.inbox.folders import NOTICE_NAME
from pipeline.inbox.recovery import recover
from pipeline.vietnamese import nfc
from pipeline.watch import Door


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path)


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


def test_what_programs_leave_about_is_left_alone(office, cell):
    litter = ("~$ds.xlsx", "Thumbs.db", ".DS_Store", "ds.xlsx.part", "ds.tmp", "desktop.ini")
    for name in litter:
        drop(office, GIOI_THIEU, name, b"x")

    assert process_here(office, cell) == []
    assert {path.name for path in inbox(office).iterdir()} >= set(litter)


def test_links_are_never_followed(office, cell, tmp_path):
    secret = tmp_path / "ngoai.json"
    secret.write_text("{}", encoding="utf-8")
    elsewhere = tmp_path / "noi-khac"
    elsewhere.mkdir()
    (elsewhere / "mot.json").write_text("{}", encoding="utf-8")
    (inbox(office) / "link.json").symlink_to(secret)
    (inbox(office) / "thu-muc").symlink_to(elsewhere)

    assert process_here(office, cell) == []
    assert (inbox(office) / "link.json").is_symlink()
    assert secret.exists()


def test_a_file_where_no_kind_lives_is_answered_beside_it(office, cell):
    drop(office, "ho-so-cu", "biên bản.docx", b"x")
    office.inbox_dir.joinpath("lac.pdf").write_bytes(b"%PDF-")

    outcomes = process_here(office, cell)

    assert [outcome.code for outcome in outcomes] == ["R180", "R180"]
    assert returned(office, "ho-so-cu") == ["biên bản.LY-DO.txt", "biên bản.docx"]
    assert returned(office, ".") == ["lac.LY-DO.txt", "lac.pdf"]
    assert "gioi-thieu" in reason(office, "ho-so-cu")


def test_a_folder_taken_away_is_made_again(office, cell):
    process_here(office, cell)
    for path in sorted(inbox(office).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    inbox(office).rmdir()

    process_here(office, cell)

    assert (office.inbox_dir / GIOI_THIEU / "ĐỌC TÔI.txt").exists()


def test_a_record_beside_its_paper_tells_its_facts(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(tmp_path, "Cong van"))
    drop_json(office, "cv.json", letter(41), VAN_BAN_DEN)

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.reference) == ("indexed", "01-ĐẾN/2026")
    with opened(office, cell) as app:
        (paper,) = app.registers.find("41-CV/BTCTU")
        received = [file.name for file in paper.files if file.name.startswith("received/")]
        assert received == ["received/cv.json", "received/cv.pdf"]
        assert unsound(app) == []


def test_a_record_that_comes_late_amends_its_paper_under_the_same_number(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "scan 7.pdf", paper_bytes(tmp_path, "Cong van so 7"))
    (first,) = process_here(office, cell)
    drop_json(office, "scan 7.json", letter(7), VAN_BAN_DEN)

    (late,) = process_here(office, cell)

    assert (late.status, late.reference, late.document_id) == (
        "duplicate",
        first.reference,
        first.document_id,
    )
    assert "bổ sung" in late.message
    with opened(office, cell) as app:
        (paper,) = app.registers.find("7-CV/BTCTU")
        assert paper.id == first.document_id
        assert (paper.version, paper.archived_version, paper.indexed_version) == (2, 2, 2)
        assert paper.facts is not None
        assert paper.facts.subject == "về rà soát hồ sơ đảng viên đợt 7"
        assert paper.facts.so_trang == 1
        assert numbers(app) == {"den:DEN::2026": [1]}
        deeds = [line.deed for line in app.registers.journal_of(paper.id)]
        assert deeds.count("amended") == 1
        assert unsound(app) == []
    assert lying(office) == []


def test_the_same_late_record_twice_makes_no_third_version(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "scan.pdf", paper_bytes(tmp_path, "Cong van so 8"))
    process_here(office, cell)
    for _ in range(2):
        drop_json(office, "scan.json", letter(8), VAN_BAN_DEN)
        process_here(office, cell)

    with opened(office, cell) as app:
        (paper,) = app.registers.find("8-CV/BTCTU")
        assert paper.version == 2


def test_a_late_record_with_a_mistake_goes_back_and_changes_nothing(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "scan.pdf", paper_bytes(tmp_path, "Cong van so 9"))
    process_here(office, cell)
    drop_json(office, "scan.json", letter(9, ngay_van_ban="32/13/2026"), VAN_BAN_DEN)

    (late,) = process_here(office, cell)

    assert late.status == "returned"
    assert "scan.json" in returned(office, VAN_BAN_DEN)
    with opened(office, cell) as app:
        assert app.registers.find("9-CV/BTCTU") == []


def test_a_record_without_any_paper_goes_back(office, cell):
    drop_json(office, "khong-co.json", letter(10), VAN_BAN_DEN)

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.code) == ("returned", "R185")
    assert returned(office, VAN_BAN_DEN) == ["khong-co.LY-DO.txt", "khong-co.json"]


def test_the_same_paper_again_is_answered_with_its_number(office, cell, tmp_path):
    paper = paper_bytes(tmp_path, "Thong bao so 3")
    drop(office, VAN_BAN_DEN, "mot.pdf", paper)
    (first,) = process_here(office, cell)
    drop(office, VAN_BAN_DEN, "hai.pdf", paper)

    (again,) = process_here(office, cell)

    assert (again.status, again.reference) == ("duplicate", first.reference)
    with opened(office, cell) as app:
        assert numbers(app) == {"den:DEN::2026": [1]}
        assert unsound(app) == []


def test_the_same_record_again_is_answered_with_its_number(office, cell):
    drop_json(office, "a.json", person(1))
    (first,) = process_here(office, cell)
    drop_json(office, "b.json", dict(reversed(person(1).items())))

    (again,) = process_here(office, cell)

    assert (again.status, again.reference) == ("duplicate", first.reference)
    assert "Đã có 01-GGT/VPTU" in again.message


def test_a_changed_record_of_the_same_deed_is_refused_with_the_number(office, cell):
    drop_json(office, "a.json", person(1))
    process_here(office, cell)
    drop_json(office, "a.json", person(1, chi_bo="Chi bộ Phòng Tổng hợp"))

    (again,) = process_here(office, cell)

    assert (again.status, again.code) == ("returned", "R187")
    assert "01-GGT/VPTU" in reason(office)
    assert "Chi bộ" in reason(office)


def test_issued_again_on_purpose_takes_another_number(office, cell):
    drop_json(office, "a.json", person(1))
    process_here(office, cell)
    drop_json(office, "a.json", person(1, cap_them=True))

    (again,) = process_here(office, cell)

    assert (again.status, again.reference) == ("indexed", "02-GGT/VPTU")


def test_names_typed_on_a_mac_come_out_composed(office, cell):
    name = unicodedata.normalize("NFD", "Đề nghị của đồng chí Thuỳ Dương.json")
    record = person(4, ho_ten=unicodedata.normalize("NFD", "Lương Thị Hiền"))
    drop_json(office, name, record)

    (outcome,) = process_here(office, cell)

    assert outcome.status == "indexed"
    assert all(file == nfc(file) for file in results(office))
    assert "Lương Thị Hiền" in results(office)[0]
    assert lying(office) == []


def test_the_longest_names_a_disk_holds_are_taken(office, cell):
    name = "ệ" * 81 + "abc.json"
    assert 250 <= len(os.fsencode(name)) <= 255
    drop_json(office, name, person(5))
    drop_json(office, name.replace("abc", "xyz"), person(6, ho_ten=""))

    outcomes = process_here(office, cell)

    assert sorted(statuses(outcomes)) == ["indexed", "returned"]
    assert lying(office) == []
    with opened(office, cell) as app:
        assert unsound(app) == []


@pytest.mark.parametrize(
    "name",
    [
        "-rf.json",
        "$(reboot).json",
        "a;b|c.json",
        'cong "van".json',
        "xuong\ndong.json",
        "CON.json",
        "tram%s%n.json",
        "\u202egnp.json",
        "..json.json",
        "{0}.json",
    ],
)
def test_a_hostile_name_is_only_a_name(office, cell, name):
    if name.startswith("."):
        name = f"x{name}"
    drop_json(office, name, person(7))
    drop_json(office, f"sai {name}", {"ho_ten": "{x} %s"})

    outcomes = process_here(office, cell)

    assert sorted(statuses(outcomes)) == ["indexed", "returned"]
    assert lying(office) == []
    for path in [*results(office), *returned(office)]:
        assert "/" not in path


def test_a_name_that_is_no_unicode_is_taken_all_the_same(office, cell):
    source = drop_json(office, "a.json", person(8))
    source.rename(source.with_name(os.fsdecode(b"la\xff\xfe.json")))

    (outcome,) = process_here(office, cell)

    assert outcome.status == "indexed"
    assert lying(office) == []


def test_an_empty_and_an_unknown_file_go_back_with_their_reasons(office, cell):
    drop(office, GIOI_THIEU, "rong.json", b"")
    drop(office, GIOI_THIEU, "anh.png", b"\x89PNG")

    codes = {outcome.source: outcome.code for outcome in process_here(office, cell)}

    assert codes == {"gioi-thieu/rong.json": "R183", "gioi-thieu/anh.png": "R181"}
    assert lying(office) == []


def test_a_file_over_the_limit_goes_back_uncopied(tmp_path, cell):
    office = small_office(tmp_path, max_file_bytes=1000)
    drop(office, GIOI_THIEU, "to.json", b" " * 2000)

    (outcome,) = process_here(office, cell)

    assert outcome.code == "R182"
    assert returned(office) == ["to.LY-DO.txt", "to.json"]


MARK = b'{"do_mat": "M\xe1\xba\xacT", "ho_ten": "Nguy\xe1\xbb\x85n Ho\xc3\xa0ng T\xe1\xbb\x91i", "ma": "XQJZ-7731"}'


def test_a_record_marked_secret_stays_where_it_lies_and_nothing_of_it_is_kept(office, cell, caplog):
    path = drop(office, GIOI_THIEU, "ke-hoach-QWZX.json", MARK)

    with caplog.at_level("DEBUG"):
        (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.code) == ("returned", "R184")
    assert path.read_bytes() == MARK
    assert (inbox(office) / NOTICE_NAME).exists()
    for word in ("QWZX", "XQJZ-7731"):
        assert word not in caplog.text
        assert word not in repr(outcome)
        assert holders_of(office.root, word.encode()) == ([path] if word == "XQJZ-7731" else [])
    assert [p for p in office.root.rglob("*") if "QWZX" in p.name] == [path]


def holders_of(root: Path, content: bytes) -> list[Path]:
    """Every file under *root* that holds these bytes."""
    return [path for path in root.rglob("*") if path.is_file() and content in path.read_bytes()]


def test_what_a_dead_intake_left_in_the_taken_folder_comes_back(office, cell):
    drop_json(office, "a.json", person(9))
    with opened(office, cell) as app:
        Door(app, cell, at_once=True)
        taken = inbox(office) / ".nhan"
        taken.mkdir(exist_ok=True)
        name = "01m82x5w8c32e056phn32dtt5g~a.json"
        (inbox(office) / "a.json").rename(taken / name)

        recover(office, app.kinds, app.registers)

        assert lying(office) == ["gioi-thieu/a.json"]


def test_a_way_back_cut_in_two_does_not_double_the_file(office, cell):
    source = drop_json(office, "a.json", person(9))
    with opened(office, cell) as app:
        taken = inbox(office) / ".nhan"
        taken.mkdir(exist_ok=True)
        os.link(source, taken / "01m82x5w8c32e056phn32dtt5g~a.json")

        recover(office, app.kinds, app.registers)

    assert lying(office) == ["gioi-thieu/a.json"]


def test_half_written_notes_of_a_dead_writer_are_swept_when_they_are_old(office, cell):
    old, young = (inbox(office) / f".{digit * 12}.tmp" for digit in "ab")
    for path in (old, young):
        path.write_bytes(b"x")
    os.utime(old, (1, 1))

    process_here(office, cell)

    assert (old.exists(), young.exists()) == (False, True)
