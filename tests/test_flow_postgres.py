"""The same flow with the registers in PostgreSQL: one URL in the office file, nothing else changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psycopg
import pytest
from byte_search import holders, plain_holders
from helpers import example, make_office
from odd_pdfs import content_of, write_pdf
from office_kit import run
from postgres import fresh_database, running_postgres
from signing_kit import scan

from pipeline.app import open_office
from pipeline.clock import SystemClock
from pipeline.config import load_office
from pipeline.durable import sha512_file
from pipeline.engines import raster
from pipeline.stores.registers.snapshot import exchange_server

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


def test_copies_signed_papers_and_printings_are_kept_by_the_server_too(tmp_path, url):
    office = make_office(
        _folder(tmp_path / "sao"),
        database_url=fresh_database(url, "sao"),
        gioi_han=_SMALL,
        ban_sao={"noi_nhan": ["Các chi bộ"], "nguoi_ky": "pcvp", "ma_xac_thuc": True},
    )
    _drop(office, "gioi-thieu", "mot.json", example("gioi-thieu", "day-du"))
    run(office, "process")
    export = run(office, "export", "01-GGT/VPTU", "-o", str(tmp_path))
    shutil.copyfile(next(tmp_path.glob("*.pdf")), office.inbox_dir / "ban-ky" / "01-GGT-VPTU.pdf")
    unsigned = run(office, "process", "--json")
    back = scan(next(tmp_path.glob("*.pdf")), tmp_path)
    (office.inbox_dir / "ban-ky" / "01-GGT-VPTU.pdf").write_bytes(back)
    signed = run(office, "process", "--json")
    copied = run(office, "copy", "01-GGT/VPTU", "--form", "sao-y", "--json", "--person", "Lan")
    (copy,) = copied.lines
    code = next(one for one in raster.text(Path(copy["file"])).split() if one.count("-") == 4)
    known = run(office, "check", code)
    printed = run(office, "print", copy["reference"], "--here", "-o", str(tmp_path / "in.pdf"))
    revoked = run(office, "copy-revoke", copy["reference"], "--reason", "sai", "--person", "Lan")
    run(office, "process")
    rebuilt = run(office, "rebuild", "--merge", "--person", "Lan")

    assert export.status == 0, export.stderr
    assert "R305" in unsigned.stdout
    assert "phiên bản mới của chính văn bản ấy" in signed.lines[0]["message"]
    assert copied.status == 0, copied.stderr
    assert copy["reference"] in known.stdout
    assert revoked.status == 0, revoked.stderr
    assert "thu hồi" in run(office, "check", code).stdout
    assert printed.status == 0, printed.stderr
    assert rebuilt.status == 0, rebuilt.stderr
    assert "thu hồi" in run(office, "check", code).stdout
    assert {line["code"] for line in run(office, "verify", "--json").lines} <= {"A461"}


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
    assert "number confirm GGT/VPTU --term 2025-2030 --last 1" in ran.stderr
    moved = load_office(tmp_path / "moi")
    assert moved.database_url == target
    assert {line["code"] for line in run(moved, "verify", "--json").lines} <= {"A447", "A461"}
    _drop(moved, "bien-ban", "hai.json", example("bien-ban", "hop-213-day-du"))
    assert run(moved, "process").status == 75


def test_an_older_server_database_is_merged_with_what_the_archive_knows(tmp_path, url):
    office = make_office(
        _folder(tmp_path / "gop"), database_url=fresh_database(url, "gop"), gioi_han=_SMALL
    )
    _drop(office, "gioi-thieu", "mot.json", example("gioi-thieu", "day-du"))
    run(office, "process")
    made = run(office, "backup", str(tmp_path / "usb"), "--person", "Lan")
    _drop(office, "bien-ban", "hai.json", example("bien-ban", "hop-213-day-du"))
    run(office, "process")
    enter = ("number", "enter", "GGT", "--source", "tay", "--date", "23/11/2026", "--reason", "gấp")
    assert run(office, *enter, "--person", "Lan").status == 0
    before = _numbers(office)

    merged = run(office, "restore", str(tmp_path / "usb"), str(office.root), "--merge")
    after = _numbers(office)
    (aside,) = office.registers_dir.glob("vanthu.pgdump.truoc-*")
    dump = Path(made.stdout.splitlines()[0]) / "archive" / "registers" / "vanthu.pgdump"
    exchange_server(dump, office.database_url, aside.with_name("khac"))
    behind = run(office, "process")
    again = run(office, "rebuild", "--merge", "--person", "Lan")

    assert merged.status == 0, merged.stderr
    assert str(aside) in merged.stderr
    assert (aside.stat().st_mode & 0o777, len(before)) == (0o600, 3)
    assert after == before
    assert (behind.status, "A432" in behind.stderr) == (4, True)
    assert again.status == 0, again.stderr
    assert _numbers(office) == before
    assert {line["code"] for line in run(office, "verify", "--json").lines} <= {"A461", "A455"}


def test_what_two_people_remove_is_nowhere_in_the_servers_files(tmp_path, url):
    name = "Vừ Quỳnh Zuýp"
    office = make_office(
        _folder(tmp_path / "go"), database_url=fresh_database(url, "go"), gioi_han=_SMALL
    )
    record = example("gioi-thieu", "day-du") | {"ho_ten": name}
    _drop(office, "gioi-thieu", "mot.json", record)
    _drop(office, "bien-ban", "hai.json", example("bien-ban", "hop-213-day-du"))
    run(office, "process")
    with psycopg.connect(office.database_url, autocommit=True) as server:
        server.execute("ANALYZE")
        server.execute("CHECKPOINT")
        data = Path(server.execute("SHOW data_directory").fetchone()[0])
    before = plain_holders(data, name)

    two = ("--person", "Lan", "--approved-by", "Minh", "--reason", "dấu mật bị bỏ sót")
    ran = run(office, "purge", "01-GGT/VPTU", *two)

    assert ran.status == 0, ran.stderr
    assert {path.partition("/")[0] for path in before} == {"base", "pg_wal"}
    assert (plain_holders(data, name), holders([office.root], name)) == ([], [])
    assert "VACUUM" not in ran.stdout
    assert [number[1] for number in _numbers(office)] == [1, 1]
    assert {line["code"] for line in run(office, "verify", "--json").lines} <= {"A455"}


def test_what_the_server_does_not_let_us_clean_is_told_as_its_own_statements(tmp_path, url):
    own = fresh_database(url, "it_quyen")
    with psycopg.connect(own, autocommit=True) as server:
        server.execute("CREATE ROLE nguoi_thuong LOGIN")
        server.execute("GRANT ALL ON SCHEMA public TO nguoi_thuong")
    office = make_office(
        _folder(tmp_path / "it"),
        database_url=own.replace("vanthu@", "nguoi_thuong@"),
        gioi_han=_SMALL,
    )
    _drop(office, "gioi-thieu", "mot.json", example("gioi-thieu", "day-du"))
    run(office, "process")

    two = ("--person", "Lan", "--approved-by", "Minh", "--reason", "dấu mật bị bỏ sót")
    ran = run(office, "purge", "01-GGT/VPTU", *two)

    assert ran.status == 0, ran.stderr
    assert "VACUUM (FULL, ANALYZE)" not in ran.stdout, "the tables are the office's own"
    assert "VACUUM FULL pg_catalog.pg_statistic;" in ran.stdout
    assert "pg_switch_wal" in ran.stdout


def _numbers(office):
    with open_office(office.root, SystemClock()) as app:
        return sorted(
            (str(row.entry.series), row.entry.ordinal, row.entry.reference, row.entry.document_id)
            for row in app.registers.entries()
        )


def _folder(path):
    path.mkdir()
    return path


def _drop(office, kind, name, record):
    folder = office.inbox_dir / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
