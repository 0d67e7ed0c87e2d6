"""What waits for the clerk among 100,000 incoming papers: ``vanthu incoming list``, a page of it, and one paper by its number.

.venv/bin/python bench/incoming_list.py [papers] [waiting]

The rows are copied inside SQLite from one of each sort; files and archive are left out, which the list never opens.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from office_kit import VAN_BAN_DEN, letter, run, small_office

from pipeline.app import App, open_office
from pipeline.clock import SystemClock
from pipeline.inbox.arrival_reading import ArrivalRead, with_arrival
from pipeline.incoming import count_waiting, find_incoming, waiting_papers
from pipeline.stores.registers.fields import dump_json

_TIMES = 15


def main(papers: int = 100_000, waiting: int = 5_000) -> int:
    with tempfile.TemporaryDirectory() as folder:
        office = small_office(Path(folder))
        with open_office(office.root, SystemClock()) as app:
            started = time.monotonic()
            fill(app, papers, waiting)
            print(
                f"{papers:,} papers, {waiting:,} of them waiting; rows in {time.monotonic() - started:.0f} s"
            )
            assert count_waiting(app) == waiting
            last = waiting // 50
            tell("page 1 of 50", lambda: waiting_papers(app, limit=50))
            tell(f"page {last}", lambda: waiting_papers(app, offset=50 * (last - 1), limit=50))
            tell("how many", lambda: count_waiting(app))
            tell("one by its number", lambda: find_incoming(str(papers // 2), app))
        started = time.monotonic()
        ran = run(office, "incoming", "list")
        print(
            f"vanthu incoming list: {time.monotonic() - started:.2f} s, start of the program included"
        )
        return ran.status


def tell(what: str, work: Callable[[], object]) -> None:
    spent = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1000)
    print(f"{what}: median {statistics.median(spent):.1f} ms, worst {max(spent):.1f} ms")


def fill(app: App, papers: int, waiting: int) -> None:
    """Rows of *papers* drops, their papers and numbers, copied by the database from one; every so many-th waits."""
    from pipeline.stores.registers import models

    db, now = app.registers.db, app.clock.now()
    year, every = now.year, papers // waiting
    series = models.Series(
        id=f"den:DEN::{year}",
        book="den",
        issuer="DEN",
        symbol="",
        period=str(year),
        start=1,
        last=papers,
    )
    receipt = models.Receipt(
        id=_id(0), kind=VAN_BAN_DEN, source_name="cv.pdf", folder=VAN_BAN_DEN, sha512="", size_bytes=1, suffix=".pdf",
        owner="lan", received_at=now, is_list=False, hold_all=False, state="answered",
    )  # fmt: skip
    read = {
        asks: dump_json(with_arrival(letter(1), ArrivalRead(asks=asks)))
        for asks in ((), ("so_ky_hieu",))
    }
    paper = models.Document(
        id=_id(0), receipt=receipt, row_index=0, kind=VAN_BAN_DEN, place={}, record={}, state="numbered",
        legal_state="da-phat-hanh", ban_goc="giay", facts={"subject": letter(1)["trich_yeu"]}, received_at=now,
    )  # fmt: skip
    entry = models.Entry(
        series=series,
        ordinal=papers + 1,
        status="void",
        issued_on=now.date(),
        taken_at=now,
        person="lan",
        source="flow",
    )
    for row in (series, receipt, paper, entry):
        row.save(using=db.alias, force_insert=True)
    at = f"strftime('%Y-%m-%d %H:%M:%S', '{now:%Y-%m-%d %H:%M:%S}', '-' || ({papers} - i) || ' minutes')"
    waits = f"i % {every} = 0"
    _copy(
        db,
        receipt,
        papers,
        {"id": "printf('%026d', i)", "source_name": "'cv-' || i || '.pdf'", "received_at": at},
    )
    told = {
        "id": "printf('%026d', i)",
        "receipt_id": "printf('%026d', i)",
        "record": f"CASE WHEN {waits} THEN '{read[('so_ky_hieu',)]}' ELSE '{read[()]}' END",
        "waiting_rank": f"CASE WHEN {waits} THEN 3 END",
        "received_at": at,
    }
    _copy(db, paper, papers, told)
    number = {
        "id": "i + 1000",
        "ordinal": "i",
        "status": "'issued'",
        "document_id": "printf('%026d', i)",
        "reference": f"printf('%02d-ĐẾN/{year}', i)",
        "reference_key": f"i || '-DEN-{year}'",
    }
    _copy(db, entry, papers, number)


def _id(number: int) -> str:
    return f"{number:026d}"


def _copy(db: Any, row: Any, count: int, told: dict[str, str]) -> None:
    table = row._meta.db_table
    columns = [field.column for field in row._meta.fields]
    values = ", ".join(told.get(name, f"t.{name}") for name in columns)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    with db.transaction(), db.cursor() as cursor:
        copied = f"INSERT INTO {table} ({', '.join(columns)}) {numbers} SELECT {values} FROM n, {table} t"
        cursor.execute(f"{copied} WHERE t.id = '{row.pk}'".replace("%", "%%"), [])


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
