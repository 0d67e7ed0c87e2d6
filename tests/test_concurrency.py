"""Many ``process`` at one inbox: every record one number, none missing, none twice.

120 records here, 400 in ``bench/crowd.py``: eight processes share the two cores of a small machine.
"""

from __future__ import annotations

import subprocess

from office_kit import (
    drop_json,
    drop_sheet,
    finish,
    lying,
    numbers,
    opened,
    person,
    run,
    small_office,
    start,
    unsound,
    wait_until,
)

from pipeline.engines.cell import Cell
from pipeline.flow import decide
from pipeline.process_once import _Run
from pipeline.watch import Door

PROCESSES = 8
ROWS = 60
FILES = 60


def test_eight_processes_at_one_inbox_number_every_record_once(tmp_path):
    office = small_office(tmp_path)
    drop_sheet(office, "danh sách.xlsx", [person(number) for number in range(ROWS)])
    for number in range(ROWS, ROWS + FILES):
        drop_json(office, f"{number}.json", person(number))

    crowd = [start(office, "process", "--json", "--workers", "1") for _ in range(PROCESSES)]
    ran = [finish(process) for process in crowd]

    assert {one.status for one in ran} == {0}, [one.stderr for one in ran]
    assert run(office, "process", "--json").lines == []
    given = {
        line["document_id"]: line["reference"]
        for one in ran
        for line in one.lines
        if line["status"] == "indexed"
    }
    assert len(set(given.values())) == ROWS + FILES
    assert lying(office) == []
    with (
        Cell(work_root=tmp_path / "cell", memory_bytes=1 << 31) as cell,
        opened(office, cell) as app,
    ):
        assert numbers(app) == {"di:VPTU:GGT:2025-2030": list(range(1, ROWS + FILES + 1))}
        assert unsound(app) == []
        of_one_list = [
            paper.number.ordinal for paper in app.registers.documents_of(list_of(app).id)
        ]
        assert of_one_list == list(range(of_one_list[0], of_one_list[0] + ROWS))


def test_what_two_processes_find_unfinished_is_told_once_by_one_of_them(tmp_path):
    office = small_office(tmp_path)
    files = [f"{number}.json" for number in range(12)]
    for number, name in enumerate(files):
        drop_json(office, name, person(number))
    drop_json(office, "sai.json", {"ho_ten": "Lê Văn An"})
    with (
        Cell(work_root=tmp_path / "cell", memory_bytes=1 << 31) as cell,
        opened(office, cell) as app,
    ):
        door = Door(app, app.new_cell(), at_once=True)
        assert wait_until(lambda: door.look() and not lying(office))

    both = [start(office, "process", "--json", "--workers", "1") for _ in range(2)]
    ran = [finish(process) for process in both]

    told = sorted(line["source"] for one in ran for line in one.lines)
    assert told == sorted(f"gioi-thieu/{name}" for name in [*files, "sai.json"])
    assert sum(one.status == 2 for one in ran) == 1


def list_of(app):
    """The receipt of the one workbook."""
    receipts = [receipt for piece in app.registers.dump() for receipt in piece.receipts]
    (found,) = [receipt for receipt in receipts if receipt.is_list]
    return found


def test_a_helper_that_went_while_a_long_list_was_checked_is_called_again(tmp_path):
    office = small_office(tmp_path)
    drop_sheet(office, "danh sách.xlsx", [person(number) for number in range(ROWS)])
    gone = subprocess.Popen(["true"])
    gone.wait()
    with (
        Cell(work_root=tmp_path / "cell", memory_bytes=1 << 31) as cell,
        opened(office, cell) as app,
    ):
        Door(app, cell, at_once=True).look()
        decide(app.registers.claim_receipt(app.worker, 60), app, cell)
        running = _Run(app=app, cell=cell, workers=2, helpers=[gone])
        running._call_help()
        (helper,) = running.helpers
        running._call_help()
        assert running.helpers == [helper]
        assert helper.wait(timeout=120) == 0
        assert app.registers.counts()["documents_unarchived"] == 0
