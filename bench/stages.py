"""CPU milliseconds a sheet, by stage, of one workbook on one worker: ours and, beside it, the cell's.

python -m bench.stages --kind gioi-thieu --count 500
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.material import workbook
from pipeline.app import App, open_office
from pipeline.clock import SystemClock
from pipeline.engines.cell import Cell
from pipeline.flow import decide, make_findable, process, respond
from pipeline.new_office import make_office
from pipeline.sealing import seal_all
from pipeline.watch import Door
from pipeline.worker import CHUNK, LEASE_S

_TICKS = os.sysconf("SC_CLK_TCK")


class Stages:
    """Adds up CPU of this process and of the cell's child, stage by stage."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.spent: dict[str, list[float]] = {}

    def run(self, name: str, deed: Callable[[], object]) -> object:
        before, child = time.process_time(), self._child()
        result = deed()
        spent = self.spent.setdefault(name, [0.0, 0.0])
        spent[0] += time.process_time() - before
        spent[1] += max(0.0, self._child() - child)
        return result

    def _child(self) -> float:
        if self.cell.pid is None:
            return 0.0
        fields = Path(f"/proc/{self.cell.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def _make_all(app: App, cell: Cell) -> None:
    while documents := app.registers.claim_documents(app.worker, CHUNK, LEASE_S):
        process(documents, app, cell)


def measure(kind_name: str, count: int) -> dict:
    with TemporaryDirectory() as folder:
        root = Path(folder) / "office"
        make_office(root)
        with (
            open_office(root, SystemClock()) as app,
            Cell(
                work_root=app.work_dir,
                memory_bytes=app.office.limits.memory_bytes,
                recycle_after=10**6,
            ) as cell,
        ):
            inbox = app.office.inbox_dir / kind_name
            inbox.mkdir(exist_ok=True)
            workbook(app.kinds[kind_name], count, inbox / "danh sach.xlsx")
            cell.warm("render_many", "trial", "tables.read", "join")
            stages = Stages(cell)
            stages.run("intake", Door(app, cell, at_once=True).look)
            receipt = app.registers.claim_receipt(app.worker, LEASE_S)
            stages.run("check, number", lambda: decide(receipt, app, cell))
            stages.run("render, archive", lambda: _make_all(app, cell))
            done = app.registers.claim_answer(app.worker, LEASE_S)
            stages.run("answer", lambda: respond(done, app, cell))
            stages.run("index", lambda: make_findable(app, role_timeout_s=5.0))
            stages.run("seal", lambda: seal_all(app))
    return {
        name: {"ours": round(own * 1000 / count, 2), "cell": round(child * 1000 / count, 2)}
        for name, (own, child) in stages.spent.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", default="gioi-thieu", choices=["gioi-thieu", "phieu-nhan-xet"])
    parser.add_argument("--count", type=int, default=500)
    args = parser.parse_args()
    print(json.dumps(measure(args.kind, args.count), indent=1))


if __name__ == "__main__":
    main()
