"""Eight ``process`` at one inbox of 400 records (a workbook of 200 and 200 files): one number each, or it says why not.

.venv/bin/python bench/crowd.py [processes] [rows] [files]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from office_kit import (
    Cell,
    drop_json,
    drop_sheet,
    finish,
    lying,
    numbers,
    opened,
    person,
    small_office,
    start,
    unsound,
)


def main(processes: int = 8, rows: int = 200, files: int = 200) -> int:
    with tempfile.TemporaryDirectory() as folder:
        office = small_office(Path(folder))
        drop_sheet(office, "danh sách.xlsx", [person(number) for number in range(rows)])
        for number in range(rows, rows + files):
            drop_json(office, f"{number}.json", person(number))
        started = time.monotonic()
        crowd = [start(office, "process", "--json", "--workers", "1") for _ in range(processes)]
        ran = [finish(process) for process in crowd]
        seconds = time.monotonic() - started
        papers = {line["document_id"]: line["reference"] for one in ran for line in one.lines}
        told = Counter(line["status"] for one in ran for line in one.lines)
        with (
            Cell(work_root=Path(folder, "cell"), memory_bytes=1 << 31) as cell,
            opened(office, cell) as app,
        ):
            (ordinals,) = numbers(app).values()
            wrong = unsound(app)
        wrong += lying(office)
        wrong += [one.stderr for one in ran if one.status]
        if ordinals != list(range(1, rows + files + 1)) or len(set(papers.values())) != len(
            ordinals
        ):
            wrong.append(f"{len(ordinals)} ordinals, {len(set(papers.values()))} references")
    print(f"{processes} processes, {rows + files} records, {seconds:.1f} s, told {dict(told)}")
    print("\n".join(wrong) or "one number each, consecutive, verify clean")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
