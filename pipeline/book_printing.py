"""A part of a book → a table on the screen, or a file: CSV, XLSX, or PDF on A4 landscape with cover and closing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.app import App
from pipeline.book_totals import Totals, series_words
from pipeline.books import FORMS, BookForm, Choice, Line, book_lines, columns_args
from pipeline.clock import today
from pipeline.closed_books import (
    bound_pdf,
    freeze,
    issuers_to_close,
    printed_lines,
    write_down,
    write_frozen,
)
from pipeline.config import Body, Office, holding
from pipeline.durable import make_dirs
from pipeline.engines.cell import Cell
from pipeline.record import Book
from pipeline.stores.registers.views import ClosedBookView

__all__ = ["FORMS", "Choice", "close_books", "print_blank", "print_book", "print_table"]

_SECONDS_A_ROW = 0.1
#: Lines of a page to be written on by hand; the last one also says where the numbers stand.
_LINES_A_PAGE = 15
_LINES_OF_THE_LAST = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One book to be drawn."""

    choice: Choice
    form: str
    out: Path
    #: Words under the totals; what a closing adds.
    closing_line: str = ""


def print_book(choice: Choice, form: str, path: Path, app: App) -> int:
    """Write the book to *path*; how many lines it has.

    Args:
        form: ``csv``, ``xlsx`` or ``pdf``.
    """
    job = _Job(choice=choice, form=form, out=path)
    with TemporaryDirectory(dir=app.work_dir) as folder, app.new_cell() as cell:
        return _draw(job, printed_lines(choice, app), Path(folder), cell, app)


def close_books(
    choice: Choice, person: str, app: App, out_dir: Path | None = None
) -> list[ClosedBookView]:
    """Close the books of one year, each body's (or each incoming book) by itself.

    Args:
        out_dir: Where the bound books are written too, as PDF.
    Raises:
        BookEmpty (R202), BookClosedAlready (R201).
    """
    closed = []
    with app.new_cell() as cell:
        for issuer in issuers_to_close(choice, app):
            one = replace(choice, issuer=issuer)
            with TemporaryDirectory(dir=app.work_dir) as folder:
                rows = Path(folder) / "so.jsonl"
                count, digest = write_frozen(book_lines(one, app.registers), rows)
                pdf = Path(folder) / "so.pdf"
                moment = f"Khóa sổ lúc {app.clock.now():%H:%M ngày %d/%m/%Y}, người khóa: {person}."
                job = _Job(choice=one, form="pdf", out=pdf, closing_line=moment)
                _draw(job, book_lines(one, app.registers), Path(folder), cell, app)
                if out_dir is not None:
                    make_dirs(out_dir)
                    write_down(one, out_dir / _file_name(one), person, app)
                    (out_dir / _file_name(one)).write_bytes(pdf.read_bytes())
                closed.append(freeze(one, (rows, count, digest), pdf, person, app))
    return closed


def bound_book(
    choice: Choice, closed: ClosedBookView, app: App, out_dir: Path | None = None
) -> Path:
    """Where the PDF of a book that was just closed lies: in *out_dir*, else in the archive."""
    if out_dir is not None:
        return out_dir / _file_name(replace(choice, issuer=closed.issuer))
    return bound_pdf(closed, app)


def _file_name(choice: Choice) -> str:
    name = "-".join(filter(None, ("so", choice.name, choice.issuer, str(choice.year))))
    return f"{name}.pdf"


def print_blank(choice: Choice, path: Path, app: App, *, pages: int) -> None:
    """Write empty lines to be filled by hand on a day without the machine; says where the numbers stand now."""
    form = FORMS[choice.name]
    with TemporaryDirectory(dir=app.work_dir) as folder, app.new_cell() as cell:
        rows = Path(folder) / "rows.jsonl"
        empty = json.dumps([""] * len(form.columns)) + "\n"
        rows.write_text(
            empty * (_LINES_A_PAGE * (pages - 1) + _LINES_OF_THE_LAST), encoding="utf-8"
        )
        now = f"{app.clock.now():%H:%M ngày %d/%m/%Y}"
        footer = [
            f"Tờ ghi tay khi máy không chạy, in lúc {now}. Số cuối máy đã cấp khi in: {_standing(form, app)}.",
            "Máy chạy lại: nhập từng dòng bằng «vanthu number enter», rồi lưu tờ này cùng sổ.",
        ]
        args = _columns(form) | {
            "title_lines": [_owner(choice, app.office), form.title],
            "footer_lines": footer,
            "blank": True,
        }
        cell.call("book.pdf", args | _files(rows, path, "pdf"), seconds=60 + pages)


def print_table(choice: Choice, app: App, put: Callable[[str], None]) -> None:
    """Write the book as lines of text, cells apart by ``|``."""
    form = FORMS[choice.name]
    put(" | ".join(column.title for column in form.columns))
    for line in printed_lines(choice, app):
        put(" | ".join(" ".join(cell.split()) for cell in line.cells))


def _draw(job: _Job, lines: Iterable[Line], folder: Path, cell: Cell, app: App) -> int:
    make_dirs(job.out.parent)
    rows = folder / "rows.jsonl"
    totals = Totals()
    _write(totals.counting(lines), rows)
    operation = "book.pdf" if job.form == "pdf" else "tables.export"
    cell.call(
        operation,
        _args(job, totals, app) | _files(rows, job.out, job.form),
        seconds=60 + _SECONDS_A_ROW * totals.lines,
    )
    return totals.lines


def _write(lines: Iterator[Line], path: Path) -> None:
    """A book's lines as JSON, one a line, for the cell."""
    with path.open("w", encoding="utf-8") as out:
        for line in lines:
            out.write(json.dumps(line.cells, ensure_ascii=False) + "\n")


def _files(rows: Path, out: Path, form: str) -> dict[str, str]:
    return {"rows": str(rows), "out": str(out), "format": form}


def _columns(form: BookForm) -> dict[str, Any]:
    return {"columns": columns_args(form.columns)}


def _args(job: _Job, totals: Totals, app: App) -> dict[str, Any]:
    """What the export operations need besides rows and place."""
    form = FORMS[job.choice.name]
    title = _title(job.choice, form, app.office)
    head = f"Dấu niêm của nhật ký khi in: {app.journal.head()}"
    body = _body(job.choice, totals, app)
    cover_lines = (*_period(job.choice), totals.span(), totals.days(), "Quyển số: ………")
    table = totals.table()
    return _columns(form) | {
        "title_lines": [_owner(job.choice, app.office), title, " – ".join(_period(job.choice))],
        "footer_lines": [head] if job.form == "pdf" else [*_counted(totals), head],
        "cover": {
            "parent": body.parent_name if body else "",
            "body": body.name if body else app.office.name.upper(),
            "title": title,
            "lines": [line for line in cover_lines if line],
        },
        "closing": {
            "lines": [f"Sổ này có {totals.lines} dòng. {job.closing_line}".strip()],
            "totals": table,
            "signatures": _signatures(body),
        },
    }


def _counted(totals: Totals) -> list[str]:
    """The totals in words, for a table that has no place for a second one."""
    head, *rows = totals.table()
    return [
        "; ".join(f"{title.lower()} {cell}" for title, cell in zip(head, row, strict=True) if cell)
        for row in rows
    ]


def _signatures(body: Body | None) -> list[str]:
    """The clerk, and whoever heads the body by himself; of several bodies the title is left to the hand."""
    heads = [signer.title for signer in body.signers if not signer.authority] if body else []
    return [
        "NGƯỜI GIỮ SỔ\n(Ký, ghi rõ họ tên)",
        f"{heads[0] if heads else '……………………………'}\n(Ký, đóng dấu)",
    ]


def _body(choice: Choice, totals: Totals, app: App) -> Body | None:
    """Whose book it is: the body named, the only one that has numbers in it, or the office's own for incoming papers."""
    symbol = app.office.default_body
    if FORMS[choice.name].book in {Book.DI, Book.SAO}:
        issuers = {choice.issuer} if choice.issuer else {key.issuer for key in totals.series}
        if len(issuers) != 1:
            return None
        symbol = str(issuers.pop())
    known = [body for body in holding(app.office.bodies, today(app.clock)) if body.symbol == symbol]
    return known[0] if known else None


def _owner(choice: Choice, office: Office) -> str:
    named = [body for body in office.bodies if body.symbol == choice.issuer]
    return (named[-1].full_name if named else office.name).upper()


def _title(choice: Choice, form: BookForm, office: Office) -> str:
    """An incoming book has the name that the office gave it."""
    if form.book is Book.DEN and choice.issuer:
        named = [book.title for book in office.books if book.code == choice.issuer]
        return named[-1].upper() if named else form.title
    return form.title


def _period(choice: Choice) -> list[str]:
    """The part of the book in words."""
    parts = []
    if choice.term:
        parts.append(f"Nhiệm kỳ {choice.term}")
    if choice.year:
        parts.append(f"Năm {choice.year}")
    if choice.symbol:
        parts.append(f"Ký hiệu: {choice.symbol}")
    return parts


def _standing(form: BookForm, app: App) -> str:
    """Where the series of a book stand, for whoever must go on by hand."""
    day = today(app.clock)
    living = {str(day.year), *(term.code for term in holding(app.office.terms, day))}
    series = [
        f"{one.last:02d} ({series_words(one.key)})"
        for one in app.registers.series()
        if form.book in {None, one.key.book} and one.key.period in living
    ]
    return "; ".join(series) or "chưa có số nào"
