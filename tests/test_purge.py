"""What two people remove is nowhere any more; its number, its row and the chain stay."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import ocfl
import pytest
from byte_search import holders
from helpers import ROOT
from office_kit import (
    GIOI_THIEU,
    VAN_BAN_DEN,
    command,
    drop,
    drop_json,
    drop_sheet,
    inbox,
    letter,
    opened,
    paper_bytes,
    person,
    process_here,
    run,
    small_office,
)

from pipeline.clock import OFFICE_ZONE, SystemClock
from pipeline.config import load_office
from pipeline.engines.cell import Cell
from pipeline.record import EntryStatus

#: Words that stand in the papers to be removed and nowhere else.
NAME, PLACE, FILE = "Vừ Quỳnh Zuýp", "xã Đồng Xoắnq", "dsqwxz"
TWO = ("--person", "Lan", "--approved-by", "Minh", "--reason", "dấu mật bị bỏ sót")


@pytest.fixture(scope="module")
def temp(tmp_path_factory):
    """Where everything that worked on these papers kept its temporary files."""
    return tmp_path_factory.mktemp("temp")


@pytest.fixture(scope="module")
def cell(temp):
    with Cell(work_root=temp, memory_bytes=2_500_000_000) as warm:
        yield warm


@pytest.fixture(scope="module")
def full_office(tmp_path_factory, cell, temp):
    """A list with the person among others, given twice, returned once, copied by the clerk; letters beside."""
    root = tmp_path_factory.mktemp("full")
    office = small_office(root)
    secret = person(71, ho_ten=NAME, noi_cu_tru_xa=PLACE)
    drop_sheet(office, f"{FILE}.xlsx", [person(70), secret, person(72)])
    drop_json(office, "mot.json", person(73))
    subprocess.run(
        command(office, "process"),
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temp)},
        check=True,
        capture_output=True,
    )
    drop_json(office, f"lai-{FILE}.json", secret)
    drop(office, VAN_BAN_DEN, f"{FILE}.pdf", paper_bytes(root, "Cong van Zzqfoo"))
    process_here(office, cell)
    drop_json(office, f"{FILE}.json", letter(22, trich_yeu="về việc Gfhwq"), VAN_BAN_DEN)
    process_here(office, cell)
    (root / ".paper.pdf").unlink()
    made = next(
        (office.inbox_dir / GIOI_THIEU / "_ket_qua").rglob(f"*{NAME.rsplit(maxsplit=1)[-1]}*.pdf"),
        None,
    )
    assert made is not None
    moved = inbox(office, GIOI_THIEU) / "_tra_lai" / "ban cua toi.pdf"
    shutil.copyfile(made, moved)
    return root


@pytest.fixture
def office(full_office, tmp_path):
    shutil.copytree(full_office, tmp_path / "van-phong", symlinks=True)
    return load_office(tmp_path / "van-phong")


def test_the_search_finds_what_is_there(office):
    found = holders([office.root], NAME, "Zuýp")

    suffixes = {Path(name).suffix for name in found}
    assert {".xlsx", ".pdf", ".docx", ".json", ".sqlite3", ".txt"} <= suffixes
    assert not any("journal" in name for name in found)


def test_purged_content_is_nowhere_and_its_number_stays(office, cell, temp):
    ran = run(office, "purge", "02-GGT/VPTU", *TWO)

    assert ran.status == 0, ran.stderr
    assert holders([office.root, temp], NAME, "Zuýp", "Xoắnq") == []
    with opened(office, cell) as app:
        (paper,) = app.registers.find("02-GGT/VPTU")
        assert (paper.state, paper.record, paper.number.ordinal) == ("purged", {}, 2)
        (row,) = [
            row for row in app.registers.entries(book="di") if row.entry.document_id == paper.id
        ]
        assert row.facts.subject == "Đã gỡ bỏ nội dung"
        assert "dấu mật bị bỏ sót (người gỡ: Lan; người duyệt: Minh)" in row.entry.remark
    assert run(office, "verify", "--json").lines == []
    shown = run(office, "show", "02-GGT/VPTU").stdout
    assert "người duyệt: Minh" in shown
    printed = run(office, "register", "di").stdout
    assert "Đã gỡ bỏ nội dung" in printed


def test_a_closed_book_forgets_what_was_purged_and_keeps_its_other_lines(office, cell, temp):
    year = str(SystemClock().now().year)
    closed = run(office, "register", "di", "--close", year, "--yes", "--person", "Lan")
    before = run(office, "register", "di", "--year", year).stdout.splitlines()
    for symbol in ("GGT", "CV"):
        out = office.root.parent / f"{symbol}.csv"
        run(office, "register", "di", "--symbol", symbol, "--format", "csv", "-o", str(out))
    process_here(office, cell)
    purged = run(office, "purge", "02-GGT/VPTU", *TWO)
    process_here(office, cell)

    after = run(office, "register", "di", "--year", year).stdout.splitlines()

    assert (closed.status, purged.status) == (0, 0), purged.stderr
    assert [line for line in after if "02-GGT" not in line] == [
        line for line in before if "02-GGT" not in line
    ]
    (gone,) = [line for line in after if "02-GGT" in line]
    assert (
        gone.count("Đã gỡ bỏ nội dung") == 2
    )  # for the subject, and with day and persons as remark
    assert "Sửa sau khi khóa" not in gone
    assert f"Sổ đã khóa, năm {year}: Sổ đăng ký văn bản đi VPTU" in purged.stdout
    assert f"phải xóa riêng: {office.root.parent / 'GGT.csv'}\n" in purged.stdout
    assert "CV.csv" not in purged.stdout
    assert holders([office.root, temp], NAME, "Zuýp", "Xoắnq") == []
    assert run(office, "verify").status == 0


def test_neighbours_of_a_purged_row_keep_their_papers_and_results(office):
    def names():
        folder = office.inbox_dir / GIOI_THIEU / "_ket_qua"
        return {path.name for path in folder.rglob("*.pdf") if "GGT" in path.name}

    before = names()

    run(office, "purge", "02-GGT/VPTU", *TWO)

    assert before - names() == {name for name in before if "Zuyp" in name or "Zuýp" in name}
    assert run(office, "export", "01-GGT/VPTU", "-o", str(office.root)).status == 0


def test_an_incoming_paper_goes_with_its_file_and_its_late_record(office):
    words = "Zzqfoo", "Gfhwq"
    assert holders([office.root], *words)

    ran = run(office, "purge", "22-CV/BTCTU", *TWO)

    assert ran.status == 0, ran.stderr
    assert holders([office.root], *words) == []
    assert run(office, "verify", "--json").lines == []


def test_a_certified_copy_goes_with_its_source(office, cell):
    drop_json(office, "sao.json", {"sao_tu": "22-CV/BTCTU", "doi_chieu_boi": "Lan Anh"}, "sao-luc")
    (copied,) = process_here(office, cell)
    assert copied.status == "indexed", copied
    run(office, "process")

    ran = run(office, "purge", "01-ĐẾN/2026", *TWO)

    assert copied.reference in ran.stdout, ran.stderr
    assert holders([office.root], "Zzqfoo", "Gfhwq") == []
    with opened(office, cell) as app:
        (copy,) = app.registers.find(copied.reference)
        assert [one.reference for one in copy.relations] == ["01-ĐẾN/2026"]
    assert run(office, "verify", "--json").lines == []


def test_a_returned_paper_is_removed_by_its_id(office, cell):
    drop_json(office, "sai.json", person(75, ho_ten=None, noi_cu_tru_xa="xã Hẻoqx"))
    process_here(office, cell)
    with opened(office, cell) as app:
        (bad,) = [
            one for piece in app.registers.dump() for one in piece.documents
            if one.state == "returned"
        ]  # fmt: skip
    assert holders([office.root], "Hẻoqx")

    ran = run(office, "purge", bad.id, *TWO)

    assert ran.status == 0, ran.stderr
    assert holders([office.root], "Hẻoqx") == []


def test_the_same_cells_stand_in_the_books_after_a_rebuild(office, cell):
    run(office, "purge", "02-GGT/VPTU", *TWO)
    with opened(office, cell) as app:
        before = [(row.entry, row.facts, row.version) for row in app.registers.entries()]
        stones = app.registers.tombstones()
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()

    assert run(office, "rebuild").status == 0

    with opened(office, cell) as app:
        assert [(row.entry, row.facts, row.version) for row in app.registers.entries()] == before
        assert app.registers.tombstones() == stones
    assert run(office, "verify", "--json").lines == []


def test_a_removal_needs_two_people_and_a_reason(office):
    alone = run(
        office, "purge", "02-GGT/VPTU", "--person", "Lan", "--approved-by", "lan ", "--reason", "x"
    )
    account = ("--person", "nguoi-dung:lan", "--approved-by", "Lan", "--reason", "x")
    again = run(office, "purge", "02-GGT/VPTU", *account)
    silent = run(office, "purge", "02-GGT/VPTU", "--person", "Lan", "--reason", "x")

    assert (alone.status, again.status) == (2, 2)
    assert "R220" in alone.stderr
    assert "R220" in again.stderr
    assert silent.status == 64
    assert "người duyệt" in silent.stderr
    assert holders([office.root], NAME)


def test_show_of_a_purged_paper_says_what_became_of_it(office):
    assert run(office, "purge", "02-GGT/VPTU", *TWO).status == 0

    told = run(office, "show", "02-GGT/VPTU").stdout

    day = datetime.now(OFFICE_ZONE).strftime("%d/%m/%Y")
    assert (
        f"Đã gỡ bỏ nội dung ngày {day}: dấu mật bị bỏ sót (người gỡ: Lan; người duyệt: Minh). "
        "Số vẫn còn trong sổ, không cấp lại.\n" in told
    )
    assert "Trạng thái:           Đã gỡ bỏ" in told
    assert "đứng tên" not in told
    assert "Từ tệp" not in told
    assert "đã gỡ bỏ nội dung" in run(office, "state", "02-GGT/VPTU", "da-ky", *TWO[-2:]).stderr


def test_the_number_of_what_was_removed_can_still_be_void(office, cell):
    assert run(office, "purge", "02-GGT/VPTU", *TWO).status == 0

    voided = run(office, "void", "02-GGT/VPTU", *TWO[-2:], "--person", "Lan")

    assert voided.status == 0, voided.stderr
    with opened(office, cell) as app:
        entries = [entry for piece in app.registers.dump() for entry in piece.entries]
    void = [str(entry.ordinal) for entry in entries if entry.status is EntryStatus.VOID]
    assert void == ["2"]


def test_the_second_paper_of_a_deed_stands_for_it_when_the_first_is_removed(office, cell):
    drop_json(office, "them.json", person(73, cap_them=True))
    [second] = process_here(office, cell)
    assert run(office, "purge", "04-GGT/VPTU", *TWO).status == 0
    drop_json(office, "ba.json", person(73))

    [third] = process_here(office, cell)

    assert (third.status, third.reference) == ("duplicate", second.reference)


def test_what_is_removed_is_not_removed_again(office):
    run(office, "purge", "02-GGT/VPTU", *TWO)

    again = run(office, "purge", "02-GGT/VPTU", *TWO)

    assert again.status == 2
    assert "R221" in again.stderr


def test_the_tombstones_are_sound_objects_for_other_software(office):
    run(office, "purge", "02-GGT/VPTU", *TWO)

    root = ocfl.StorageRoot(root=str(office.objects_dir))
    root.open_root_fs()
    root.check_root_structure()
    count, good, messages = root.validate_hierarchy(log_warnings=True)
    assert (messages, good) == ([], count)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("number", [2, 9, 24])
def test_a_removal_that_was_killed_is_finished_by_the_next(office, number):
    rule = "unlink,unlinkat,rename,renameat2,fdatasync"
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", f"-etrace={rule}"]
    strace.append(f"-einject={rule}:signal=KILL:when={number}")
    subprocess.run(
        [*strace, *command(office, "purge", "02-GGT/VPTU", *TWO)],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )

    if run(office, "purge").status == 2:
        run(office, "purge", "02-GGT/VPTU", *TWO)

    assert holders([office.root], NAME, "Zuýp", "Xoắnq") == []
    assert run(office, "verify", "--json").lines == []
