"""What waits for the clerk among 100,000 incoming papers: ``vanthu incoming list``, a page of it, and one paper by its number.

.venv/bin/python bench/incoming_list.py [papers] [waiting]

The rows are written as the flow writes them, many at once; files and archive are left out, which the list never opens.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from office_kit import VAN_BAN_DEN, letter, run, small_office

from pipeline.app import App, open_office
from pipeline.clock import SystemClock
from pipeline.inbox.arrival_reading import ArrivalRead, with_arrival
from pipeline.incoming import count_waiting, find_incoming, waiting_papers
from pipeline.record import new_id

_CHUNK = 2_000
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
    """Rows of *papers* drops, their papers and numbers; every so many-th of them waits."""
    from pipeline.stores.registers import models

    db, now = app.registers.db, app.clock.now()
    year = str(now.year)
    series = models.Series(
        id=f"den:DEN::{year}",
        book="den",
        issuer="DEN",
        symbol="",
        period=year,
        start=1,
        last=papers,
    )
    series.save(using=db.alias, force_insert=True)
    every = papers // waiting
    for first in range(1, papers + 1, _CHUNK):
        receipts, documents, entries = [], [], []
        for number in range(first, min(first + _CHUNK, papers + 1)):
            at, key, drop = (
                now - timedelta(minutes=papers - number),
                new_id(app.clock),
                new_id(app.clock),
            )
            waits = number % every == 0
            record = with_arrival(
                letter(number), ArrivalRead(asks=("so_ky_hieu",) if waits else ())
            )
            receipts.append(
                models.Receipt(
                    id=drop, kind=VAN_BAN_DEN, source_name=f"cv-{number}.pdf", folder=VAN_BAN_DEN, sha512="",
                    size_bytes=1, suffix=".pdf", owner="lan", received_at=at, is_list=False, hold_all=False,
                    state="answered",
                )
            )  # fmt: skip
            documents.append(
                models.Document(
                    id=key, receipt_id=drop, row_index=0, kind=VAN_BAN_DEN, place={}, record=record, state="numbered",
                    legal_state="da-phat-hanh", ban_goc="giay", facts={"subject": record["trich_yeu"]}, received_at=at,
                )
            )  # fmt: skip
            entries.append(
                models.Entry(
                    series_id=series.id, ordinal=number, status="issued", document_id=key, issued_on=at.date(),
                    reference=f"{number:02d}-ĐẾN/{year}", reference_key=f"{number}-DEN-{year}", taken_at=at,
                    person="lan", source="flow",
                )
            )  # fmt: skip
        with db.transaction():
            for model, rows in (
                (models.Receipt, receipts),
                (models.Document, documents),
                (models.Entry, entries),
            ):
                db.rows(model).bulk_create(rows)


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
