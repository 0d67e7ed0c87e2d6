"""A part of a book → a table on the screen, or a file: CSV, XLSX, or PDF on A4 landscape."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.app import App
from pipeline.books import FORMS, Choice, book_rows, export_args, write_cells, write_rows
from pipeline.clock import today
from pipeline.durable import make_dirs
from pipeline.number_gaps import GAP_COLUMNS, GapChoice, gap_cells, gap_rows, gaps_args

__all__ = ["FORMS", "Choice", "print_book", "print_gaps", "print_gaps_table", "print_table"]

_SECONDS_A_ROW = 0.1


def print_book(choice: Choice, form: str, path: Path, app: App) -> int:
    """Write the book to *path*; how many lines it has.

    Args:
        form: ``csv``, ``xlsx`` or ``pdf``.
    """
    args = export_args(choice, app.office, app.journal.head())
    return _export(
        args, lambda rows_path: write_rows(choice, app.registers, rows_path), form, path, app
    )


def print_gaps(choice: GapChoice, form: str, path: Path, app: App) -> int:
    """Write the report of numbers without a paper to *path*, as :func:`print_book` does a book."""
    args = gaps_args(choice, app.office, app.journal.head())
    rows = (gap_cells(row) for row in gap_rows(choice, app.registers, today(app.clock)))
    return _export(args, lambda rows_path: write_cells(rows, rows_path), form, path, app)


def _export(
    args: dict[str, object], write: Callable[[Path], int], form: str, path: Path, app: App
) -> int:
    make_dirs(path.parent)
    with TemporaryDirectory(dir=app.work_dir) as folder, app.new_cell() as cell:
        rows_path = Path(folder) / "rows.jsonl"
        count = write(rows_path)
        operation = "book.pdf" if form == "pdf" else "tables.export"
        cell.call(
            operation,
            {**args, "format": form, "rows": str(rows_path), "out": str(path)},
            seconds=60 + _SECONDS_A_ROW * count,
        )
    return count


def print_table(choice: Choice, app: App, put: Callable[[str], None]) -> None:
    """Write the book as lines of text, cells apart by ``|``."""
    form = FORMS[choice.name]
    put(" | ".join(column.title for column in form.columns))
    for row in book_rows(choice, app.registers):
        put(" | ".join(" ".join(cell.split()) for cell in row))


def print_gaps_table(choice: GapChoice, app: App, put: Callable[[str], None]) -> int:
    """Write the report of numbers without a paper as lines of text; how many there are."""
    put(" | ".join(column.title for column in GAP_COLUMNS))
    count = 0
    for row in gap_rows(choice, app.registers, today(app.clock)):
        put(" | ".join(" ".join(cell.split()) for cell in gap_cells(row)))
        count += 1
    return count
