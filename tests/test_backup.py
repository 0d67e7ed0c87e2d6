"""A backup of an office at work is a whole office; restored, it gives no number twice."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from byte_search import holders
from helpers import ROOT
from office_kit import (
    VAN_BAN_DEN,
    command,
    drop,
    drop_json,
    drop_sheet,
    finish,
    letter,
    numbers,
    opened,
    paper_bytes,
    person,
    process_here,
    run,
    small_office,
    start,
)

from pipeline.backup import MANIFEST_FILE, backup_office, check_backup, read_manifest
from pipeline.book_printing import close_books
from pipeline.books import Choice
from pipeline.clock import SystemClock
from pipeline.config import load_office
from pipeline.errors.backup import BackupDamaged, BackupInside, FolderNotEmpty, OfficeMoved
from pipeline.errors.rebuild import RegistersBehind
from pipeline.errors.registers import TablesNewer
from pipeline.merge import merge_office
from pipeline.rebuild import rebuild_office
from pipeline.record import EntryStatus, NumberSource, SeriesKey
from pipeline.restore import restore_merged, restore_office
from pipeline.sealing import seal_all
from pipeline.stores.registers.api import open_registers
from pipeline.stores.registers.views import Holding

CLOCK = SystemClock()
GGT = "di:VPTU:GGT:2025-2030"


@pytest.fixture(scope="module")
def morning(tmp_path_factory, cell):
    """Three introductions, one void, and a letter."""
    root = tmp_path_factory.mktemp("morning")
    office = small_office(root)
    drop_sheet(office, "ds.xlsx", [person(70), person(71), person(72)])
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(root, "Cong van 21"))
    drop_json(office, "cv.json", letter(21), VAN_BAN_DEN)
    process_here(office, cell)
    with opened(office, cell) as app:
        (paper,) = app.registers.find("02-GGT/VPTU")
        app.registers.void(paper.id, "in nhầm nơi cư trú", "Đinh Thị Ngân")
    process_here(office, cell)
    (root / ".paper.pdf").unlink()
    return root


@pytest.fixture
def office(morning, tmp_path):
    shutil.copytree(morning, tmp_path / "van-phong", symlinks=True)
    return load_office(tmp_path / "van-phong")


def entries(office, cell):
    with opened(office, cell) as app:
        return [row.entry for row in app.registers.entries()]


def books(office, cell):
    with opened(office, cell) as app:
        return [(row.entry, row.facts, row.legal_state) for row in app.registers.entries()]


def give_more(office, cell, *people):
    for one in people:
        drop_json(office, f"{one}.json", person(one))
    return [outcome.reference for outcome in process_here(office, cell)]


# --- backing up ---


def codes(office):
    """What verify names; a series that waits for the paper book is no surprise here."""
    return {line["code"] for line in run(office, "verify", "--json").lines}


def test_a_backup_has_every_file_with_its_digest_and_is_checked_without_us(office, tmp_path):
    made = backup_office(office, tmp_path / "usb", CLOCK)

    manifest = read_manifest(made.folder)
    assert made.faults == ()
    assert {"vanthu.toml", "archive/registers/vanthu.sqlite3", "archive/registers/django.key"} <= (
        manifest.keys()
    )
    for path in (*office.objects_dir.rglob("content/**/*"), *office.journal_dir.glob("*.jsonl")):
        if path.is_file():
            name = str(path.relative_to(office.root))
            assert manifest[name] == hashlib.sha512(path.read_bytes()).hexdigest()
    checked = subprocess.run(
        ["sha512sum", "--quiet", "-c", MANIFEST_FILE],
        cwd=made.folder,
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_what_is_there_already_is_shared_and_not_copied(office, cell, tmp_path):
    first = backup_office(office, tmp_path / "usb", CLOCK)
    give_more(office, cell, 80)

    second = backup_office(office, tmp_path / "usb", CLOCK)

    assert second.folder != first.folder
    name = next(name for name in read_manifest(first.folder) if "/content/renditions/" in name)
    assert (first.folder / name).samefile(second.folder / name)
    assert 0 < second.copied < 30 < second.files
    assert list(check_backup(first.folder)) == list(check_backup(second.folder)) == []


def test_a_file_that_only_looks_the_same_is_copied(office, tmp_path):
    first = backup_office(office, tmp_path / "usb", CLOCK)
    path = office.root / "vanthu.toml"
    stat = path.stat()
    data = path.read_bytes()
    path.write_bytes(data.replace("Hà Sơn".encode(), "Hà Tơn".encode()))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    second = backup_office(office, tmp_path / "usb", CLOCK)

    assert (second.folder / "vanthu.toml").read_bytes() != (
        first.folder / "vanthu.toml"
    ).read_bytes()


def test_an_office_does_not_back_itself_up_into_itself(office):
    with pytest.raises(BackupInside):
        backup_office(office, office.root / "archive" / "sao-luu", CLOCK)


def test_a_new_folder_is_made_but_no_place_for_a_disk_that_is_not_plugged_in(office, tmp_path):
    usb, disk = tmp_path / "usb", Path("/mnt/vanthu-khong-co-o-nay")

    below = run(office, "backup", str(usb / "vanthu" / "a"), "--create")
    unplugged = run(office, "backup", str(disk))
    fresh = run(office, "backup", str(usb))
    shutil.rmtree(usb)
    gone = run(office, "backup", str(usb))

    assert (below.status, unplugged.status, fresh.status, gone.status) == (64, 64, 0, 64)
    assert f"Không có thư mục «{usb}»" in below.stderr
    assert "--create" not in below.stderr
    for refused, place in ((unplugged, disk), (gone, usb)):
        assert f"Không có thư mục «{place}»" in refused.stderr
        assert "hãy cắm ổ" in refused.stderr
        assert "--create" in refused.stderr
        assert not place.exists()
    assert run(office, "backup", str(usb), "--create").status == 0


def test_where_backups_were_an_empty_folder_is_a_disk_not_plugged_in(office, tmp_path):
    usb = tmp_path / "usb"
    usb.mkdir()
    first = run(office, "backup", str(usb))
    usb.rename(tmp_path / "rut-ra")
    usb.mkdir()

    refused = run(office, "backup", str(usb))

    assert first.status == 0, first.stderr
    assert "dùng chung với bản trước" not in first.stderr
    assert "cùng ổ đĩa với văn phòng" in first.stderr
    assert refused.status == 64
    assert "có lẽ ổ chưa cắm" in refused.stderr
    assert list(usb.iterdir()) == []
    assert run(office, "backup", str(usb), "--create").status == 0
    assert "dùng chung với bản trước" in run(office, "backup", str(usb)).stderr


def test_damage_in_a_backup_is_named_and_nothing_is_restored_from_it(office, tmp_path):
    made = backup_office(office, tmp_path / "usb", CLOCK)
    victim = next(path for path in made.folder.rglob("content/renditions/*.pdf"))
    victim.chmod(0o644)
    data = bytearray(victim.read_bytes())
    data[100] ^= 1
    victim.write_bytes(data)

    ran = run(office, "backup", str(tmp_path / "usb"), "--verify")

    assert ran.status == 4
    assert victim.name in ran.stdout
    with pytest.raises(BackupDamaged):
        restore_office(tmp_path / "usb", tmp_path / "moi", CLOCK, "Lan")
    assert not (tmp_path / "moi").exists()


def test_a_damaged_archive_is_told_and_taken_whole_from_the_backup_before(office, tmp_path):
    backup_office(office, tmp_path / "usb", CLOCK)
    victim = next(path for path in office.objects_dir.rglob("content/renditions/*.pdf"))
    name = str(victim.relative_to(office.root))
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")

    ran = run(office, "backup", str(tmp_path / "usb"))
    fresh = run(office, "backup", str(tmp_path / "khac"))

    assert ran.status == 0, "the good bytes are those of the backup before"
    assert fresh.status == 4
    assert name in fresh.stdout


def test_a_backup_made_while_papers_are_numbered_is_a_sound_office(office, cell, tmp_path):
    drop_sheet(office, "nhieu.xlsx", [person(number) for number in range(100, 130)])
    working = start(office, "process")
    (tmp_path / "usb").mkdir()
    backups = [run(office, "backup", str(tmp_path / "usb")) for _ in range(2)]
    assert finish(working).status == 0

    assert [one.status for one in backups] == [0, 0], backups[0].stderr
    for made in sorted((tmp_path / "usb").glob("2*")):
        root = restore_office(made, tmp_path / made.name, CLOCK, "Lan").root
        found = run(load_office(root), "verify", "--json").lines
        assert {line["code"] for line in found} <= {"A446", "A447", "A461"}, found


# --- restoring ---


def test_a_restored_office_has_equal_files_and_every_series_is_locked(office, cell, tmp_path):
    backup_office(office, tmp_path / "usb", CLOCK)

    done = restore_office(tmp_path / "usb", tmp_path / "moi", CLOCK, "Lan")

    moved = load_office(done.root)
    for path in office.objects_dir.rglob("*"):
        if path.is_file() and "journal" not in str(path):
            twin = moved.root / path.relative_to(office.root)
            assert twin.read_bytes() == path.read_bytes()
    assert books(moved, cell) == books(office, cell)
    with opened(moved, cell) as app:
        assert all("bản sao lưu" in one.locked for one in app.registers.series())
        assert app.registers.deeds("restored")[0].person == "Lan"


def test_a_restore_at_noon_gives_no_number_of_the_morning_again(office, cell, tmp_path):
    backup_office(office, tmp_path / "usb", CLOCK)
    assert give_more(office, cell, 80, 81) == ["04-GGT/VPTU", "05-GGT/VPTU"]
    root = restore_office(tmp_path / "usb", tmp_path / "moi", CLOCK, "Lan").root
    moved = load_office(root)

    drop_json(moved, "82.json", person(82))
    waiting = run(moved, "process", "--json")
    for path in moved.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    rebuild_office(root, CLOCK)
    drop_json(moved, "82.json", person(82))
    with opened(moved, cell) as app:
        assert numbers(app)[GGT] == [1, 2, 3]
        (series,) = [one for one in app.registers.series() if str(one.key) == GGT]
        assert series.locked, "a database made again frees nothing"
        after = app.registers.confirm_series(series.key, 5, "Lan", "đối chiếu sổ giấy")
    process_here(moved, cell)

    assert waiting.status == 75
    assert (after.last, after.locked) == (5, "")
    given = {one.ordinal: one for one in entries(moved, cell) if str(one.series) == GGT}
    assert sorted(given) == [1, 2, 3, 4, 5, 6]
    assert {given[4].status, given[5].status} == {EntryStatus.HELD}
    assert given[4].reason == "Cấp trước sự cố, chờ nhập bù."
    assert given[4].reference == "04-GGT/VPTU"
    assert given[6].document_id is not None
    assert codes(moved) <= {"A461"}


def test_a_series_that_began_after_the_backup_waits_too(tmp_path, cell):
    office = small_office(tmp_path / "van-phong")
    process_here(office, cell)
    backup_office(office, tmp_path / "usb", CLOCK)
    moved = load_office(restore_office(tmp_path / "usb", tmp_path / "moi", CLOCK, "Lan").root)
    drop_json(moved, "mot.json", person(1))

    assert run(moved, "process", "--json").status == 75

    with opened(moved, cell) as app:
        assert numbers(app) == {}
        app.registers.confirm_series(SeriesKey.parse(GGT), 2, "Lan", "sổ giấy có đến số 2")
    process_here(moved, cell)
    with opened(moved, cell) as app:
        assert numbers(app)[GGT] == [1, 2, 3]


def test_what_restore_prints_opens_every_series_again_and_all_is_found(office, cell, tmp_path):
    with opened(office, cell) as app:
        for key in ("sao:VPTU:BS:2025-2030", "noi-bo::PNX:2026", "den:DON-THU::2026"):
            holding = Holding(
                status=EntryStatus.HELD, source=NumberSource.TAY, reason="thử", person="Lan"
            )
            app.registers.hold(SeriesKey.parse(key), holding)
    backup_office(office, tmp_path / "usb", CLOCK)

    ran = run(office, "restore", str(tmp_path / "usb"), str(tmp_path / "moi"))

    moved = load_office(tmp_path / "moi")
    assert "01-ĐẾN/2026" in run(moved, "search", "rà soát hồ sơ đảng viên đợt 21").stdout
    told = [shlex.split(line) for line in ran.stderr.splitlines() if line.startswith("  vanthu")]
    assert len(told) == 5, ran.stderr
    for line in ("Giấy giới thiệu đảng viên về nơi cư trú, Văn phòng Tỉnh ủy", "Bản sao, Văn phòng Tỉnh ủy",
                 "Phiếu nhận xét đảng viên nơi cư trú, năm 2026 (PNX): số cuối 01",
                 "Sổ đăng ký đơn, thư, năm 2026 (DON-THU): số cuối 01"):  # fmt: skip
        assert f"\n{line}" in ran.stderr
    assert ":VPTU:" not in ran.stderr
    for words in told:
        assert words[:3] == ["vanthu", "--office", str(moved.root)]
        done = run(moved, *words[3:], "--person", "Lan")
        assert done.status == 0, done.stderr
    assert codes(moved) == set()
    assert give_more(moved, cell, 80) == ["04-GGT/VPTU"]


def test_a_series_that_began_after_the_backup_begins_where_the_office_file_says(tmp_path, cell):
    office = small_office(tmp_path / "van-phong")
    more = '\n[[bat_dau]]\nco_quan = "VPTU"\nky_hieu = "GGT"\nky = "2025-2030"\ntu_so = 50\n'
    path = office.root / "vanthu.toml"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    process_here(office, cell)
    backup_office(office, tmp_path / "usb", CLOCK)
    moved, other = (
        load_office(restore_office(tmp_path / "usb", tmp_path / name, CLOCK, "Lan").root)
        for name in ("moi", "khac")
    )
    why = ("--reason", "đối chiếu sổ giấy", "--person", "Lan")

    below = run(moved, "number", "confirm", "GGT", "--last", "30", *why)
    none = run(moved, "number", "confirm", "GGT", "--last", "0", *why)
    some = run(other, "number", "confirm", "GGT", "--last", "51", *why)

    assert below.status == 2, "the office file says that the series begins at 50"
    assert "chưa có số nào; số tiếp theo là 50" in none.stdout
    assert "2 số «cấp trước sự cố" in some.stderr
    assert give_more(moved, cell, 1) == ["50-GGT/VPTU"]
    assert give_more(other, cell, 1) == ["52-GGT/VPTU"]


def test_nothing_is_restored_over_what_is_there(office, tmp_path):
    backup_office(office, tmp_path / "usb", CLOCK)

    with pytest.raises(FolderNotEmpty):
        restore_office(tmp_path / "usb", office.root, CLOCK, "Lan")


def copy_database_back(made, office):
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    shutil.copy(made.folder / "archive/registers/vanthu.sqlite3", office.registers_dir)


def test_a_database_copied_back_beside_a_newer_archive_stops_and_merges(office, cell, tmp_path):
    made = backup_office(office, tmp_path / "usb", CLOCK)
    give_more(office, cell, 80, 81)
    with opened(office, cell) as app:
        (paper,) = app.registers.find("01-GGT/VPTU")
        app.registers.void(paper.id, "ghi nhầm", "Lan")
    process_here(office, cell)
    before = books(office, cell)
    copy_database_back(made, office)

    drop_json(office, "82.json", person(82))
    with pytest.raises(RegistersBehind):
        process_here(office, cell)
    why = ("--reason", "thử", "--person", "Lan")
    two = (*why, "--approved-by", "Minh")
    for deed in (
        ("number", "secret", "GGT", "--person", "Lan"),
        ("number", "reserve", "GGT", "--for", "Minh", "--until", "31/12/2099", *why),
        ("void", "03-GGT/VPTU", *why),
        ("state", "03-GGT/VPTU", "thu-hoi", *why),
        ("purge", "03-GGT/VPTU", *two),
        ("copy-revoke", "01-BS/VPTU", *why),
        ("copy-give", "01-BS/VPTU", "--to", "Chi bộ 3", "--person", "Lan"),
        ("print", "03-GGT/VPTU", "--person", "Lan"),
        ("print-done", "abc123", "--all-good", "--person", "Lan"),
        ("number", "accept-clock", *why),
    ):
        refused = run(office, *deed)
        assert (refused.status, "A432" in refused.stderr) == (4, True), (deed, refused)
    # What only looks goes on, and writes nothing: a deed here would take the place of one that the journal has.
    with opened(office, cell) as app:
        deeds = sum(len(piece.journal) for piece in app.registers.dump())
    assert run(office, "prints").status == 0
    assert (
        run(office, "register", "di", "-o", str(tmp_path / "so.xlsx"), "--format", "xlsx").status
        == 0
    )
    assert run(office, "backup", str(tmp_path / "khac"), "--person", "Lan").status == 0
    with opened(office, cell) as app:
        assert sum(len(piece.journal) for piece in app.registers.dump()) == deeds
    merge_office(office.root, CLOCK, "Lan")

    assert books(office, cell) == before
    assert codes(office) <= {"A461"}
    with opened(office, cell) as app:
        for one in app.registers.series():
            app.registers.confirm_series(one.key, one.last, "Lan", "đối chiếu")
    process_here(office, cell)
    with opened(office, cell) as app:
        assert numbers(app)[GGT] == [1, 2, 3, 4, 5, 6]
        assert app.registers.gaps() == []
    merge_office(office.root, CLOCK, "Lan")
    with opened(office, cell) as app:
        assert numbers(app)[GGT] == [1, 2, 3, 4, 5, 6]


def test_a_backup_is_merged_into_a_newer_office(office, cell, tmp_path):
    backup_office(office, tmp_path / "usb", CLOCK)
    give_more(office, cell, 80)
    before = books(office, cell)
    with sqlite3.connect(office.registers_dir / "vanthu.sqlite3") as broken:
        broken.execute("DELETE FROM relations")
    lost = next(path for path in office.objects_dir.rglob("content/received/ds.xlsx"))
    shutil.rmtree(next(up for up in lost.parents if (up / "0=ocfl_object_1.1").exists()))

    done = restore_merged(tmp_path / "usb", office.root, CLOCK, "Lan")

    assert done.merged is not None
    assert books(office, cell) == before
    assert codes(office) <= {"A461"}
    assert len(list(office.registers_dir.glob("vanthu.sqlite3.truoc-*"))) >= 1


def enter_by_hand(office, cell):
    with opened(office, cell) as app:
        holding = Holding(
            status=EntryStatus.HELD, source=NumberSource.TAY, reason="cấp tay", person="Lan"
        )
        app.registers.hold(SeriesKey.parse(GGT), holding)


def test_a_number_that_no_sealed_day_tells_of_yet_outlives_a_rebuild_and_a_merge(
    office, cell, tmp_path
):
    backup_office(office, tmp_path / "usb", CLOCK)
    enter_by_hand(office, cell)
    rebuild_office(office.root, CLOCK)
    with opened(office, cell) as app:
        assert numbers(app)[GGT] == [1, 2, 3, 4]
    enter_by_hand(office, cell)

    done = restore_merged(tmp_path / "usb", office.root, CLOCK, "Lan")

    with opened(office, cell) as app:
        assert numbers(app)[GGT] == [1, 2, 3, 4, 5]
    assert any("truoc-" in line for line in done.merged.missing)


@pytest.mark.parametrize("place", [0, 4096 * 3])
def test_a_damaged_database_is_named_and_made_again(office, cell, place):
    before = books(office, cell)
    path = office.registers_dir / "vanthu.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    data = bytearray(path.read_bytes())
    data[place : place + 4096 * 30] = b"hong" * 1024 * 30
    path.write_bytes(data)

    shown = run(office, "show", "01-GGT/VPTU")
    ran = run(office, "rebuild")

    assert (shown.status, "A464" in shown.stderr) == (4, True), shown.stderr
    assert ran.status == 0, ran.stderr
    assert books(office, cell) == before


def test_a_book_that_was_closed_after_the_backup_is_closed_after_the_merge(office, cell, tmp_path):
    made = backup_office(office, tmp_path / "usb", CLOCK)
    with opened(office, cell) as app:
        close_books(Choice(name="di", year=2026), "Lan", app, tmp_path)
        seal_all(app)
        before = app.registers.closed_books()
    copy_database_back(made, office)

    merge_office(office.root, CLOCK, "Lan")
    merge_office(office.root, CLOCK, "Lan")

    with opened(office, cell) as app:
        assert app.registers.closed_books() == before != []


def test_a_backup_of_another_sort_of_database_is_refused_before_anything_is_touched(
    office, tmp_path
):
    backup_office(office, tmp_path / "usb", CLOCK)
    path = office.root / "vanthu.toml"
    text = path.read_text(encoding="utf-8")
    there = 'database_url = "postgresql://u@nowhere/x"'
    path.write_text(text.replace('database_url = ""', there), encoding="utf-8")
    before = sorted(office.root.rglob("*"))

    ran = run(office, "restore", str(tmp_path / "usb"), str(office.root), "--merge")

    assert (ran.status, "A463" in ran.stderr) == (64, True), ran.stderr
    assert sorted(office.root.rglob("*")) == before


def test_what_was_removed_after_the_backup_does_not_come_back_with_its_database(
    office, cell, tmp_path
):
    made = backup_office(office, tmp_path / "usb", CLOCK)
    name = person(71)["ho_ten"]
    two = ("--person", "Lan", "--approved-by", "Minh", "--reason", "phải gỡ")
    ran = run(office, "purge", "02-GGT/VPTU", *two)
    assert str(made.folder) in ran.stdout or "Bản sao lưu" not in ran.stdout
    copy_database_back(made, office)
    assert holders([office.root], name)

    merge_office(office.root, CLOCK, "Lan")

    assert holders([office.root], name) == []
    assert codes(office) <= {"A461"}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize(
    ("words", "sort", "number"),
    [
        ("backup {usb}2", "rename,renameat2,link,linkat,syncfs", 1),
        ("backup {usb}2", "rename,renameat2,link,linkat,syncfs", 3),
        ("restore {usb} {moi}", "rename,renameat2,fdatasync,syncfs", 1),
        ("restore {usb} {moi}", "rename,renameat2,fdatasync,syncfs", 4),
    ],
)
def test_what_was_killed_is_run_again(office, cell, tmp_path, words, sort, number):
    backup_office(office, tmp_path / "usb", CLOCK)
    places = {"usb": tmp_path / "usb", "moi": tmp_path / "moi"}
    arguments = words.format(**places).split()
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", f"-etrace={sort}"]
    killed = subprocess.run(
        [*strace, f"-einject={sort}:signal=KILL:when={number}", *command(office, *arguments)],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    assert killed.returncode != 0

    again = run(office, *arguments)

    assert again.status == 0, again.stderr
    if "backup" in words:
        (made,) = (tmp_path / "usb2").glob("2*")
        assert list(check_backup(made)) == []
        assert [
            path.name for path in (tmp_path / "usb2").iterdir() if "dang-ghi" in path.name
        ] == []
    else:
        assert books(load_office(tmp_path / "moi"), cell) == books(office, cell)
        assert [path.name for path in tmp_path.iterdir() if "dang-khoi-phuc" in path.name] == []


# --- moving ---


def test_a_moved_office_is_closed_for_everything_but_reading(office, cell, tmp_path):
    ran = run(
        office, "backup", str(tmp_path / "usb"), "--move",
        "--moved-to", "máy chủ mới", "--reason", "thay máy", "--person", "Lan",
    )  # fmt: skip
    assert ran.status == 0, ran.stderr
    drop_json(office, "80.json", person(80))

    refused = run(office, "process", "--json")
    void = run(office, "void", "01-GGT/VPTU", "--reason", "x")

    assert (refused.status, void.status) == (4, 4)
    assert "máy chủ mới" in refused.stderr
    assert run(office, "show", "01-GGT/VPTU").status == 0
    with opened(office, cell) as app, pytest.raises(OfficeMoved):
        app.registers.journal_append("x", "Lan", None, {})
    moved = load_office(restore_office(tmp_path / "usb", tmp_path / "moi", CLOCK, "Lan").root)
    with opened(moved, cell) as app:
        app.registers.journal_append("x", "Lan", None, {})


def test_a_closed_office_is_opened_again_by_a_person_with_a_reason(office, cell):
    run(office, "seal-office", "--moved-to", "nơi khác", "--reason", "thử", "--person", "Lan")
    nobody = run(office, "seal-office", "--undo", "--reason", "không chuyển nữa")

    ran = run(office, "seal-office", "--undo", "--reason", "không chuyển nữa", "--person", "Lan")

    assert nobody.status == 64
    assert ran.status == 0
    assert give_more(office, cell, 80) == ["04-GGT/VPTU"]
    with opened(office, cell) as app:
        assert app.registers.deeds("office-unsealed")[0].data == {"reason": "không chuyển nữa"}


# --- upgrading ---


def make_older(office):
    """The tables as the first migration made them."""
    from django.core.management import call_command

    with open_registers(office.registers_dir, CLOCK) as registers:
        call_command("migrate", "registers", "0001", database=registers.db.alias, verbosity=0)


def test_older_tables_are_changed_by_upgrade_alone_which_backs_up_before(office, cell, tmp_path):
    before = books(office, cell)
    make_older(office)

    refused = run(office, "show", "01-GGT/VPTU")
    ran = run(office, "upgrade")
    again = run(office, "upgrade")

    assert refused.status == 75
    assert "vanthu upgrade" in refused.stderr
    assert ran.status == 0, ran.stderr
    assert again.status == 0
    (made,) = (tmp_path / "van-phong-sao-luu").glob("2*")
    assert list(check_backup(made)) == []
    assert books(office, cell) == before


def test_a_backup_of_older_tables_is_brought_up_before_it_is_merged(office, cell, tmp_path):
    before = books(office, cell)
    make_older(office)
    backup_office(office, tmp_path / "usb", CLOCK)
    assert run(office, "upgrade").status == 0
    give_more(office, cell, 80)
    after = books(office, cell)

    done = restore_merged(tmp_path / "usb", office.root, CLOCK, "Lan")

    assert done.merged is not None
    assert before != after == books(office, cell)
    assert not (office.registers_dir / ".gop").exists()


def test_a_backup_of_newer_tables_is_refused_before_anything_is_touched(office, tmp_path):
    with sqlite3.connect(office.registers_dir / "vanthu.sqlite3") as database:
        add = (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('registers', '9999_x', '')"
        )
        database.execute(add)
    database.close()
    backup_office(office, tmp_path / "usb", CLOCK)
    with sqlite3.connect(office.registers_dir / "vanthu.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE name = '9999_x'")
    database.close()
    before = dump(office)

    with pytest.raises(TablesNewer):
        restore_merged(tmp_path / "usb", office.root, CLOCK, "Lan")

    assert dump(office) == before
    assert not list(office.registers_dir.glob("vanthu.sqlite3.truoc-*"))


def test_an_upgrade_that_fails_puts_the_old_tables_back(office, tmp_path):
    make_older(office)
    with sqlite3.connect(office.registers_dir / "vanthu.sqlite3") as database:
        database.execute("DELETE FROM entries WHERE ordinal = 1 AND reference LIKE '%GGT%'")
    database.close()
    before = dump(office)

    ran = run(office, "upgrade")

    assert ran.status == 75
    assert "sổ cũ đã được đặt lại" in ran.stderr
    assert dump(office) == before
    assert not list(office.registers_dir.glob("*nang-cap*"))


def dump(office):
    with sqlite3.connect(office.registers_dir / "vanthu.sqlite3") as database:
        lines = list(database.iterdump())
    database.close()
    return json.dumps(lines)


def test_the_catalogue_of_backups_is_in_the_journal(office, cell, tmp_path):
    ran = run(office, "backup", str(tmp_path / "usb"), "--person", "Lan")

    with opened(office, cell) as app:
        (line,) = app.registers.deeds("backup")
    assert line.person == "Lan"
    assert Path(line.data["place"]) == Path(ran.stdout.splitlines()[0])
    assert len(line.data["head"]) == 64
