"""Numbers without a paper → a table on the screen, or a file: CSV, XLSX, or PDF on A4 landscape."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.app import App
from pipeline.clock import today
from pipeline.durable import make_dirs
from pipeline.number_gaps import GAP_COLUMNS, GapChoice, gap_cells, gap_rows, gaps_args

_SECONDS_A_ROW = 0.1


def print_gaps(choice: GapChoice, form: str, path: Path, app: App) -> int:
    """Write the report of numbers without a paper to *path*; how many there are.

    Args:
        form: ``csv``, ``xlsx`` or ``pdf``.
    """
    make_dirs(path.parent)
    count = 0
    with TemporaryDirectory(dir=app.work_dir) as folder, app.new_cell() as cell:
        rows_path = Path(folder) / "rows.jsonl"
        with rows_path.open("w", encoding="utf-8") as out:
            for row in gap_rows(choice, app.registers, today(app.clock)):
                out.write(json.dumps(gap_cells(row), ensure_ascii=False) + "\n")
                count += 1
        args = gaps_args(choice, app.office, app.journal.head())
        cell.call(
            "book.pdf" if form == "pdf" else "tables.export",
            {**args, "format": form, "rows": str(rows_path), "out": str(path)},
            seconds=60 + _SECONDS_A_ROW * count,
        )
    return count


def print_gaps_table(choice: GapChoice, app: App, put: Callable[[str], None]) -> int:
    """Write the report of numbers without a paper as lines of text; how many there are."""
    put(" | ".join(column.title for column in GAP_COLUMNS))
    count = 0
    for row in gap_rows(choice, app.registers, today(app.clock)):
        put(" | ".join(" ".join(cell.split()) for cell in gap_cells(row)))
        count += 1
    return count
