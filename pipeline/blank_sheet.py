"""A kind → a blank workbook for the clerk to fill in."""

from __future__ import annotations

from pathlib import Path

from pipeline.app import App
from pipeline.durable import make_dirs
from pipeline.kinds.model import Kind
from pipeline.record import new_id

_LOT_LETTERS = 10


def write_blank_sheet(kind: Kind, out: Path, rows: int, app: App) -> None:
    """Write a blank workbook with a lot of its own to *out*."""
    make_dirs(out.parent)
    with app.new_cell() as cell:
        cell.call(
            "tables.write_sheet",
            {
                "out": str(out),
                "lot": new_id(app.clock)[-_LOT_LETTERS:].upper(),
                "rows": rows,
                **kind.sheet_spec(),
            },
            seconds=60,
        )
