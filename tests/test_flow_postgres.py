"""The same flow with the registers in PostgreSQL: one URL in the office file, nothing else changes."""

from __future__ import annotations

import json

import pytest
from helpers import example, make_office
from odd_pdfs import content_of, write_pdf
from office_kit import run
from postgres import fresh_database, running_postgres

from pipeline.config import load_office
from pipeline.durable import sha512_file

_SMALL = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}


@pytest.fixture(scope="module")
def url():
    with running_postgres() as address:
        yield address


def test_a_day_with_postgresql_is_numbered_archived_found_and_clean(tmp_path, url):
    office = make_office(tmp_path, database_url=url)
    _drop(office, "gioi-thieu", "mot.json", example("gioi-thieu", "day-du"))
    _drop(office, "van-ban", "hai.json", example("van-ban", "thong-bao-ngan"))
    folder = office.inbox_dir / "van-ban-den"
    folder.mkdir(parents=True)
    paper = folder / "ba.pdf"
    write_pdf(paper, [content_of(["Van phong Tinh uy Ha Son"])])
    digest = sha512_file(paper)

    done = run(office, "process", "--json")
    again = run(office, "process", "--json")

    assert [line["status"] for line in done.lines] == ["indexed"] * 3, done.stderr
    assert (again.lines, again.status) == ([], 0)
    assert not (office.registers_dir / "vanthu.sqlite3").exists()
    shown = json.loads(
        run(
            office,
            "show",
            next(one["document_id"] for one in done.lines if one["kind"] == "van-ban-den"),
            "--json",
        ).stdout
    )
    assert digest in {f["sha512"] for f in shown["versions"][0]["files"]}
    assert run(office, "verify").status == 0


def test_a_backup_of_a_server_is_restored_into_an_empty_database(tmp_path, url):
    office = make_office(
        _folder(tmp_path / "cu"), database_url=fresh_database(url, "cu"), gioi_han=_SMALL
    )
    _drop(office, "gioi-thieu", "mot.json", example("gioi-thieu", "day-du"))
    run(office, "process")
    made = run(office, "backup", str(tmp_path / "usb"), "--person", "Lan")
    target = fresh_database(url, "moi")

    nowhere = run(office, "restore", str(tmp_path / "usb"), str(tmp_path / "moi"))
    ran = run(
        office, "restore", str(tmp_path / "usb"), str(tmp_path / "moi"), "--database-url", target
    )

    assert made.status == 0, made.stderr
    assert (nowhere.status, "K275" in nowhere.stderr) == (64, True)
    assert ran.status == 0, ran.stderr
    assert "number confirm di:VPTU:GGT:2025-2030 --last 1" in ran.stderr
    moved = load_office(tmp_path / "moi")
    assert moved.database_url == target
    assert {line["code"] for line in run(moved, "verify", "--json").lines} <= {"A447", "A461"}
    _drop(moved, "bien-ban", "hai.json", example("bien-ban", "hop-213-day-du"))
    assert run(moved, "process").status == 75


def _folder(path):
    path.mkdir()
    return path


def _drop(office, kind, name, record):
    folder = office.inbox_dir / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
