"""The machine in trouble: no room, no permission, no inbox, a clock set back. The file waits; nothing is half done."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import MONDAY, make_clock
from office_kit import (
    GIOI_THIEU,
    VAN_BAN_DEN,
    drop,
    drop_json,
    inbox,
    lying,
    numbers,
    opened,
    paper_bytes,
    person,
    process_here,
    returned,
    small_office,
    unsound,
)

from pipeline.errors.intake import InboxMissing
from pipeline.watch import Door
from pipeline.worker import work_once

_NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounts and other users need root")


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path)


def test_below_the_room_asked_for_nothing_is_taken_in(tmp_path, cell):
    office = small_office(tmp_path, free_disk_bytes=10**14)
    drop_json(office, "a.json", person(50))
    with opened(office, cell) as app:
        look = Door(app, cell, at_once=True).look()

        assert [error.code for _, error in look.failures] == ["T361"]
        assert list(office.spool_dir.iterdir()) == []
    assert lying(office) == ["gioi-thieu/a.json"]


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own for the archive."""
    place = tmp_path / "archive"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("cannot mount here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@needs_root
def test_a_full_disk_pauses_everything_and_room_goes_on_with_it(small_disk, tmp_path, cell):
    office = small_office(tmp_path, free_disk_bytes=0)
    drop_json(office, "mot.json", person(51))
    assert [one.status for one in process_here(office, cell)] == ["indexed"]
    ballast = small_disk / "day-dia"
    with ballast.open("wb") as stream:
        stream.write(bytes(shutil.disk_usage(small_disk).free - 200_000))
    paper = paper_bytes(tmp_path, "Cong van") + b"%" + bytes(1_000_000) + b"\n%%EOF\n"
    drop(office, VAN_BAN_DEN, "to.pdf", paper)
    with opened(office, cell) as app:
        look = Door(app, cell, at_once=True).look()
        assert [error.code for _, error in look.failures] == ["T361"]
        assert list(office.spool_dir.iterdir()) == []
        assert lying(office) == ["van-ban-den/to.pdf"]
    ballast.unlink()

    outcomes = process_here(office, cell)

    assert [one.status for one in outcomes] == ["indexed"]
    with opened(office, cell) as app:
        assert unsound(app) == []


@needs_root
def test_a_disk_that_fills_up_between_number_and_archive_keeps_the_number(
    small_disk, tmp_path, cell
):
    office = small_office(tmp_path, free_disk_bytes=0)
    drop_json(office, "mot.json", person(52))
    with opened(office, cell) as app:
        assert len(Door(app, cell, at_once=True).look().received) == 1
        assert work_once(app, cell)  # decided
        assert numbers(app) == {"di:VPTU:GGT:2025-2030": [1]}
        ballast = small_disk / "day-dia"
        with ballast.open("wb") as stream:
            stream.write(bytes(shutil.disk_usage(small_disk).free - 60_000))
        work_once(app, cell)
        (document,) = app.registers.find("01-GGT/VPTU")
        assert document.archived_version == 0
        ballast.unlink()

    outcomes = process_here(office, cell)

    assert [(one.status, one.reference) for one in outcomes] == [("indexed", "01-GGT/VPTU")]
    with opened(office, cell) as app:
        assert unsound(app) == []


@pytest.fixture
def open_place():
    """A folder that other users may walk through."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@needs_root
def test_a_file_that_may_not_be_read_waits_and_its_neighbours_go_on(open_place, cell):
    office = small_office(open_place)
    drop_json(office, "mot.json", person(60))
    process_here(office, cell)
    closed = drop_json(office, "dong.json", person(53))
    drop_json(office, "mo.json", person(54))
    with opened(office, cell) as app:
        for path in (office.root, *office.root.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)
        os.chown(closed, 0, 0)
        closed.chmod(0o600)
        os.seteuid(_NOBODY)
        try:
            look = Door(app, cell, at_once=True).look()
        finally:
            os.seteuid(0)

        assert [(drop.path, error.code) for drop, error in look.failures] == [(closed, "T363")]
        assert len(look.received) == 1
    assert lying(office) == ["gioi-thieu/dong.json"]


@needs_root
def test_a_spool_that_cannot_be_written_takes_nothing_in(tmp_path, cell):
    office = small_office(tmp_path)
    drop_json(office, "mot.json", person(55))
    process_here(office, cell)
    drop_json(office, "hai.json", person(56))
    mount = ["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", str(office.spool_dir)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("cannot mount here")
    try:
        with opened(office, cell) as app:
            look = Door(app, cell, at_once=True).look()
            assert [error.code for _, error in look.failures] == ["T364"]
    finally:
        subprocess.run(["umount", "-l", str(office.spool_dir)], check=True)

    assert lying(office) == ["gioi-thieu/hai.json"]
    assert [one.status for one in process_here(office, cell)] == ["indexed"]


def test_a_share_that_dropped_is_waited_for(office, cell):
    drop_json(office, "a.json", person(57))
    with opened(office, cell) as app:
        door = Door(app, cell, at_once=True)
        office.inbox_dir.rename(office.root / "mat-ket-noi")
        with pytest.raises(InboxMissing):
            door.look()
        (office.root / "mat-ket-noi").rename(office.inbox_dir)

        assert len(door.look().received) == 1


def test_a_clock_set_back_gives_no_number_and_the_file_waits(office, cell):
    now = make_clock(MONDAY)
    drop_json(office, "a.json", person(58))
    assert [one.status for one in process_here(office, cell, now)] == ["indexed"]
    drop_json(office, "b.json", person(59))
    now.moment = MONDAY - timedelta(days=3)
    with opened(office, cell, now) as app:
        assert len(Door(app, cell, at_once=True).look().received) == 1
        work_once(app, cell)
        assert numbers(app) == {"di:VPTU:GGT:2025-2030": [1]}
        assert app.registers.counts()["receipts_undecided"] == 1
    now.moment = MONDAY + timedelta(hours=1)

    (outcome,) = process_here(office, cell, now)

    assert (outcome.status, outcome.reference) == ("indexed", "02-GGT/VPTU")
    assert returned(office) == []
    assert inbox(office, GIOI_THIEU).is_dir()
