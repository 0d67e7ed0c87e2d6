"""Damage of every sort has a name and stops the office; a lost database is made again, cell by cell."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from datetime import date
from pathlib import Path

import pytest
from helpers import ROOT
from office_kit import (
    VAN_BAN_DEN,
    command,
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

from pipeline.books import FORMS, Choice, book_lines
from pipeline.clock import today
from pipeline.config import load_office
from pipeline.errors.rebuild import RegistersBehind
from pipeline.number_gaps import GapChoice, gap_rows
from pipeline.number_names import Period, name_series
from pipeline.record import EntryStatus, NumberSource
from pipeline.stores.registers.views import Holding


@pytest.fixture(scope="module")
def full_office(tmp_path_factory, cell):
    """Outgoing and incoming papers, one amended, one void, one returned, one given twice."""
    root = tmp_path_factory.mktemp("full")
    office = small_office(root)
    drop_sheet(office, "ds.xlsx", [person(70), person(71), person(72)])
    drop_json(office, "mot.json", person(73))
    drop_json(office, "sai.json", person(74, ho_ten=""))
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(root, "Cong van 21"))
    drop_json(office, "cv.json", letter(21), VAN_BAN_DEN)
    drop(office, VAN_BAN_DEN, "scan.pdf", paper_bytes(root, "Cong van 22"))
    process_here(office, cell)
    drop_json(office, "scan.json", letter(22), VAN_BAN_DEN)
    drop_json(office, "lai.json", person(73))
    process_here(office, cell)
    with opened(office, cell) as app:
        (paper,) = app.registers.find("02-GGT/VPTU")
        app.registers.void(paper.id, "in nhầm nơi cư trú", "Đinh Thị Ngân")
        numbers_without_papers(app)
    drop_json(office, "tay.json", person(78, so_da_cap=8))
    process_here(office, cell)
    (root / ".paper.pdf").unlink()
    return root


def numbers_without_papers(app):
    """In GGT 05–06 passed over, 07 by telephone, 08 reserved and to be filled; in CV one of every other fate."""
    for words, status, source, more in [
        ("07-GGT", EntryStatus.HELD, NumberSource.DIEN_THOAI, {"holder": "đồng chí Sơn"}),
        ("GGT", EntryStatus.RESERVED, NumberSource.DANH_SO, {"holder": "đồng chí Hiền"}),
        ("CV", EntryStatus.RESERVED, NumberSource.DANH_SO, {"count": 3}),
        ("05-CV", EntryStatus.USED, NumberSource.MAT, {}),
        ("KH", EntryStatus.HELD, NumberSource.TAY, {}),
        ("TB", EntryStatus.HELD, NumberSource.TAY, {}),
    ]:
        named = name_series(words, Period(day=today(app.clock)), app)
        holding = Holding(
            status=status,
            source=source,
            person="Đinh Thị Ngân",
            reason="chờ văn bản",
            ordinal=named.ordinal,
            reference_format=named.reference_format,
            expires_on=date(2099, 1, 1) if status is EntryStatus.RESERVED else None,
            **more,
        )
        app.registers.hold(named.key, holding)
    series = {one.key.symbol: one.key for one in app.registers.series()}
    why = {"person": "Đinh Thị Ngân", "reason": "có bản giấy"}
    app.registers.confirm_number(series["CV"], 1, issued_on=date(2026, 1, 5), **why)
    app.registers.void_entry(series["CV"], 2, "không dùng", "Đinh Thị Ngân")
    app.registers.lock_series([series["KH"], series["TB"]], "khôi phục.", "Đinh Thị Ngân")
    app.registers.confirm_series(series["KH"], 3, "Đinh Thị Ngân", "sổ giấy")


@pytest.fixture
def office(full_office, tmp_path):
    shutil.copytree(full_office, tmp_path / "van-phong", symlinks=True)
    return load_office(tmp_path / "van-phong")


def cells(app):
    """Every cell of every book."""
    return {
        name: [line.cells for line in book_lines(Choice(name=name), app.registers)]
        for name in FORMS
    }


def rows(app):
    """Every entry and every series, field by field."""
    pieces = list(app.registers.dump())
    entries = [entry for piece in pieces for entry in piece.entries]
    return (
        sorted(entries, key=lambda one: (str(one.series), one.ordinal)),
        [one for piece in pieces for one in piece.series],
    )


def findings(office):
    """What verify tells, but for the series that is locked on purpose."""
    return [one for one in run(office, "verify", "--json").lines if one["code"] != "A461"]


def test_a_sound_office_has_no_finding_but_its_locked_series(office):
    ran = run(office, "verify", "--json")

    assert (ran.status, [one["code"] for one in ran.lines]) == (0, ["A461"])


def test_every_cell_of_every_register_is_the_same_after_a_rebuild(office, cell):
    with opened(office, cell) as app:
        before = cells(app)
        standing = rows(app)
        report = list(gap_rows(GapChoice(), app.registers, today(app.clock)))
        found = [hit.id for hit in app.registers.find("22-CV/BTCTU")]
    assert sum(len(rows) for rows in before.values()) >= 6
    assert any("Hủy số: in nhầm nơi cư trú" in cell for row in before["di"] for cell in row)
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    shutil.rmtree(office.index_dir)

    ran = run(office, "rebuild")

    assert ran.status == 0, ran.stderr
    with opened(office, cell) as app:
        assert cells(app) == before
        assert rows(app) == standing
        assert list(gap_rows(GapChoice(), app.registers, today(app.clock))) == report
        assert [hit.id for hit in app.registers.find("22-CV/BTCTU")] == found
    assert findings(office) == []


def test_after_a_rebuild_numbers_go_on_where_they_stood(office, cell):
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    run(office, "rebuild")
    drop_json(office, "moi.json", person(75))
    drop_json(office, "cu.json", person(73))

    outcomes = {one.source: (one.status, one.reference) for one in process_here(office, cell)}

    assert outcomes == {
        "gioi-thieu/moi.json": ("indexed", "09-GGT/VPTU"),
        "gioi-thieu/cu.json": ("duplicate", "04-GGT/VPTU"),
    }


def test_a_lost_database_stops_the_office_instead_of_counting_from_one(office, cell):
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    drop_json(office, "moi.json", person(76))

    with pytest.raises(RegistersBehind):
        process_here(office, cell)

    ran = run(office, "process", "--json")
    assert ran.status == 4
    assert "rebuild" in ran.stderr


def a_content_file(office) -> Path:
    return next(office.objects_dir.rglob("content/received/mot.json"))


def byte_flipped(office):
    path = a_content_file(office)
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[5] ^= 1
    path.write_bytes(data)


def object_deleted(office):
    content = a_content_file(office)
    folder = next(up for up in content.parents if (up / "0=ocfl_object_1.1").exists())
    shutil.rmtree(folder)


def journal_changed(office):
    path = next(office.journal_dir.glob("*.jsonl"))
    path.chmod(0o644)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[2] = lines[2].replace("gioi-thieu", "gioi-thiep").replace("GGT", "GGX")
    lines[3] = lines[3].replace("numbered", "numbereb").replace("received", "receives")
    path.write_text("".join(lines), encoding="utf-8")


def journal_cut(office):
    path = next(office.journal_dir.glob("*.jsonl"))
    path.chmod(0o644)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-2]), encoding="utf-8")


def sql(*statements):
    def change(office):
        with sqlite3.connect(office.registers_dir / "vanthu.sqlite3") as database:
            for statement in statements:
                assert database.execute(statement).rowcount > 0
        database.close()

    return change


_THIRD = "SELECT document_id FROM entries WHERE ordinal = 3 AND reference LIKE '%GGT%'"
row_deleted = sql(
    f"DELETE FROM versions WHERE document_id IN ({_THIRD})",
    f"UPDATE journal SET document_id = NULL WHERE document_id IN ({_THIRD})",
    "DELETE FROM entries WHERE ordinal = 3 AND reference LIKE '%GGT%'",
)
gap_made = sql("DELETE FROM entries WHERE ordinal = 1 AND reference LIKE '%GGT%'")
counter_set_back = sql("UPDATE series SET last = last - 1 WHERE id LIKE '%GGT%'")
deed_rewritten = sql("UPDATE journal SET deed = 'returned' WHERE deed = 'numbered'")


@pytest.mark.parametrize(
    ("damage", "codes"),
    [
        (byte_flipped, {"A402"}),
        (object_deleted, {"A440"}),
        (journal_changed, {"A410"}),
        (journal_cut, {"A444"}),
        (row_deleted, {"A445"}),
        (gap_made, {"A445"}),
        (counter_set_back, {"A445"}),
        (deed_rewritten, {"A444"}),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_damage_is_named_and_verify_says_four(office, damage, codes):
    damage(office)

    ran = run(office, "verify", "--json")

    assert ran.status == 4, ran.stdout + ran.stderr
    assert codes & {line["code"] for line in ran.lines}, ran.lines
    assert all(line["text"] for line in ran.lines)


def test_a_lost_index_is_no_damage_and_comes_back_by_itself(office, cell):
    shutil.rmtree(office.index_dir)

    ran = run(office, "verify", "--json")

    assert (ran.status, [line["code"] for line in ran.lines]) == (0, ["A461", "A447"])
    process_here(office, cell)
    assert findings(office) == []


def test_all_of_it_was_sound_before(full_office, cell):
    with opened(load_office(full_office), cell) as app:
        on_purpose = ("entry ", "verify A461")
        left = unsound(app)
        wrong = [one for one in left if not one.startswith(on_purpose)]

        assert wrong == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("number", [2, 5])
def test_a_rebuild_that_was_killed_is_begun_again_and_nothing_is_counted_twice(
    office, cell, number
):
    with opened(office, cell) as app:
        before = cells(app)
    rule = "rename,renameat,renameat2"
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", f"-etrace={rule}"]
    strace.append(f"-einject={rule}:signal=KILL:when={number}")
    killed = subprocess.run(
        [*strace, *command(office, "rebuild")], cwd=ROOT, check=False, capture_output=True
    )
    assert killed.returncode != 0
    drop_json(office, "moi.json", person(77))
    early = run(office, "process", "--json")
    assert early.status in (0, 4)

    assert run(office, "rebuild").status == 0
    process_here(office, cell)

    with opened(office, cell) as app:
        after = cells(app)
        assert [row for row in after["di"] if row in before["di"]] == before["di"]
        assert len(after["di"]) == len(before["di"]) + 1
        assert {name: after[name] for name in after if name != "di"} == {
            name: before[name] for name in before if name != "di"
        }
    assert findings(office) == []
