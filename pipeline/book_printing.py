"""A part of a book → a table on the screen, or a file: CSV, XLSX, or PDF on A4 landscape."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.app import App
from pipeline.books import FORMS, Choice, book_rows, export_args, write_rows
from pipeline.durable import make_dirs

__all__ = ["FORMS", "Choice", "print_book", "print_table"]

_SECONDS_A_ROW = 0.1


def print_book(choice: Choice, form: str, path: Path, app: App) -> int:
    """Write the book to *path*; how many lines it has.

    Args:
        form: ``csv``, ``xlsx`` or ``pdf``.
    """
    make_dirs(path.parent)
    with TemporaryDirectory(dir=app.work_dir) as folder, app.new_cell() as cell:
        rows_path = Path(folder) / "rows.jsonl"
        count = write_rows(choice, app.registers, rows_path)
        operation = "book.pdf" if form == "pdf" else "tables.export"
        cell.call(
            operation,
            {
                **export_args(choice, app.office, app.journal.head()),
                "format": form,
                "rows": str(rows_path),
                "out": str(path),
            },
            seconds=60 + _SECONDS_A_ROW * count,
        )
    return count


def print_table(choice: Choice, app: App, put: Callable[[str], None]) -> None:
    """Write the book as lines of text, cells apart by ``|``."""
    form = FORMS[choice.name]
    put(" | ".join(column.title for column in form.columns))
    for row in book_rows(choice, app.registers):
        put(" | ".join(" ".join(cell.split()) for cell in row))
