"""What the doctor sees on machines described to it, and that it looks at this one without falling over."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.app import Access, office_lock
from pipeline.clock import FixedClock
from pipeline.config import Limits, Office
from pipeline.doctor import Machine, examine, this_machine
from pipeline.engines.profile import font_faces
from pipeline.filesystems import file_system_type, waits_for_its_disk

NOON = FixedClock(datetime(2026, 11, 22, 5, tzinfo=UTC))
MOUNTS = (
    "/dev/vda / ext4 rw,relatime 0 0",
    "may-chu:/van-phong /mnt/chia\\040se nfs4 rw 0 0",
    "dong-hong",
)


@pytest.fixture
def well(tmp_path) -> Machine:
    """A machine that lacks nothing."""
    fonts = tmp_path / "fonts" / "truetype"
    fonts.mkdir(parents=True)
    shutil.copy(font_faces("Liberation Serif")[0], fonts / "LiberationSerif-Regular.ttf")
    return Machine(
        has_library=lambda _name: True,
        has_command=lambda _name: True,
        ocr_languages=lambda: frozenset({"eng", "vie"}),
        free_bytes=lambda _path: 10**12,
        font_dirs=(tmp_path / "fonts",),
        sqlite_version=(3, 51, 3),
        mounts=MOUNTS,
        watches=65536,
        program_dir=tmp_path / "program",
    )


@pytest.fixture
def office(tmp_path) -> Office:
    """A real office, away from the program."""
    return Office(
        root=tmp_path / "office",
        name="Văn phòng Tỉnh ủy Hà Sơn",
        spelling="ủy",
        default_body="VPTU",
        default_incoming_book="den",
        bodies=(),
        terms=(),
        books=(),
    )


def wrong(machine: Machine, office: Office | None = None, clock: FixedClock = NOON) -> list[str]:
    return [check.name for check in examine(office, clock=clock, machine=machine) if not check.ok]


def test_a_machine_that_lacks_nothing_is_told_so(well, office):
    checks = examine(office, clock=NOON, machine=well)

    assert [check.name for check in checks if not check.ok] == []
    assert len(checks) >= 14


def test_every_lack_says_what_it_costs_and_what_to_do(well, office):
    bare = replace(
        well,
        has_library=lambda _name: False,
        has_command=lambda _name: False,
        free_bytes=lambda _path: 0,
        font_dirs=(),
        sqlite_version=(3, 40, 1),
        watches=10,
    )
    lacks = [check for check in examine(office, clock=NOON, machine=bare) if not check.ok]

    assert len(lacks) == 11
    assert all(check.cost and check.remedy for check in lacks)
    assert {check.name.split()[0] for check in lacks if check.needed} == {"Thư", "Phông", "Đĩa"}


def test_the_slow_subsetter_is_a_lack_but_no_hindrance(well):
    machine = replace(well, has_library=lambda name: "subset" not in name)
    (lack,) = [check for check in examine(None, clock=NOON, machine=machine) if not check.ok]

    assert "libharfbuzz-subset0" in lack.remedy
    assert "năm lần" in lack.cost
    assert not lack.needed


def test_tesseract_without_vietnamese_is_told_apart_from_none(well):
    machine = replace(well, ocr_languages=lambda: frozenset({"eng"}))

    assert wrong(machine) == ["Tiếng Việt cho Tesseract"]


def test_an_office_inside_the_program_folder_is_one_of_trial(well, office):
    inside = replace(office, root=well.program_dir / "van-phong")

    assert wrong(well, inside) == ["Nơi đặt văn phòng"]


def test_registers_on_a_network_drive_are_refused_unless_postgresql_keeps_them(well, office):
    away = replace(office, root=Path("/mnt/chia se/van-phong"))
    checks = examine(away, clock=NOON, machine=well)
    (lack,) = [check for check in checks if "nfs4" in check.name]
    on_server = replace(away, database_url="postgresql://may-chu/vanthu")
    (milder,) = [c for c in examine(on_server, clock=NOON, machine=well) if "nfs4" in c.name]

    assert not lack.ok
    assert lack.needed
    assert not milder.needed


def test_a_full_disk_is_measured_against_the_office_limit(well, office):
    machine = replace(well, free_bytes=lambda _path: 2_000_000_000)
    greedy = replace(office, limits=Limits(free_disk_bytes=3_000_000_000))

    assert wrong(machine, office) == []
    assert wrong(machine, greedy) == ["Đĩa còn trống 1.9 GiB"]


def test_a_clock_behind_the_journal_is_seen(well, office):
    office.journal_dir.mkdir(parents=True)
    (office.journal_dir / "2026-11-25.jsonl").touch()
    (office.journal_dir / "khong-phai-ngay.jsonl").touch()

    assert wrong(well, office) == ["Đồng hồ của máy (22/11/2026)"]


def test_a_clock_that_was_never_set_is_seen_without_an_office(well):
    assert wrong(well, clock=FixedClock(datetime(1970, 1, 1, tzinfo=UTC))) == [
        "Đồng hồ của máy (01/01/1970)",
    ]


def test_the_file_system_is_that_of_the_nearest_mount():
    assert file_system_type(Path("/srv/vanthu"), MOUNTS) == "ext4"
    assert file_system_type(Path("/mnt/chia se/a/b"), MOUNTS) == "nfs4"
    assert file_system_type(Path("/mnt/chia"), MOUNTS) == "ext4"
    assert file_system_type(Path("/srv"), ()) == ""


def test_an_empty_mount_point_of_the_table_waits_for_its_disk(tmp_path):
    table = ("# trống", f"UUID=1 {tmp_path} ext4 nofail 0 2", "UUID=2 none swap sw 0 0")

    assert waits_for_its_disk(tmp_path / "vanthu", table)
    assert not waits_for_its_disk(tmp_path.parent, table)
    assert not waits_for_its_disk(tmp_path, ("/dev/sda1 / ext4 defaults 0 1",))


def test_where_disks_are_plugged_in_a_folder_of_the_servers_own_disk_is_none(tmp_path):
    assert waits_for_its_disk(tmp_path / "usb" / "vanthu", (), (tmp_path,))
    assert not waits_for_its_disk(tmp_path.parent, (), (tmp_path,))
    # another file system than its parent's: something is plugged in
    assert not waits_for_its_disk(Path("/proc/self"), (), (Path("/proc"),))


def test_this_machine_can_be_looked_at(office):
    checks = examine(office, clock=NOON, machine=this_machine())

    assert all(check.ok or (check.cost and check.remedy) for check in checks)


def test_what_is_there_but_too_old_is_not_called_missing(well):
    old = replace(well, sqlite_version=(3, 40, 1), has_command=lambda _name: False)
    verdicts = {check.name: check.verdict for check in examine(None, clock=NOON, machine=old)}

    assert verdicts["SQLite 3.40.1"] == "CẦN CHÚ Ý"
    assert verdicts["Công cụ PDF qpdf"] == "THIẾU"
    assert verdicts["Thư viện dàn trang Pango"] == "được"


def test_the_doctor_sees_that_the_office_file_is_newer_than_who_works_by_it(well, office):
    office.registers_dir.mkdir(parents=True)
    file = office.root / "vanthu.toml"
    file.touch()
    name = "Các tiến trình chạy theo tệp vanthu.toml hiện nay"
    with office_lock(office, Access.SHARED):
        os.utime(file, (0, 0))
        assert name not in wrong(well, office)

        later = time.time() + 60
        os.utime(file, (later, later))
        (found,) = [one for one in examine(office, clock=NOON, machine=well) if one.name == name]

    assert not found.ok
    assert str(os.getpid()) in found.cost
    assert "chạy lại" in found.remedy
    assert name not in wrong(well, office), "nobody has the office open"
