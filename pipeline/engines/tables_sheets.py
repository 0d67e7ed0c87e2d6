"""A workbook or CSV file → the part of ``tables.read``'s result that tables fill."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.engines.secrecy import mark_in_text
from pipeline.engines.tables_grid import Book, Grid, read_csv, read_workbook
from pipeline.engines.tables_headings import Header, find_header
from pipeline.engines.tables_limits import check_records
from pipeline.engines.tables_rows import SheetRead, commonest_lot, read_rows
from pipeline.engines.tables_skip import WORDS
from pipeline.engines.tables_spec import HeadingBook, Limits, Spec
from pipeline.engines.tables_values import yes_or_no
from pipeline.engines.tables_zip import column_letters
from pipeline.errors.tables import HeadingsNotFound, NoRecords, TooManyRows
from pipeline.vietnamese import canonical, fold

READ_ME_SHEET = "ĐỌC TÔI"
LOT_LABEL, HOLD_LABEL = "Mã lô", "Giữ cả danh sách"
#: As earlier workbooks call it, and as it is called in JSON.
_HOLD_LABELS = (HOLD_LABEL, "Cả lô", "ca_lo")
_MAX_LISTED = 200
_SWITCH_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """A table file with its headers found."""

    book: Book
    #: Sheets with a header, in the file's order.
    found: tuple[tuple[Grid, Header], ...]


class SecretTable(Exception):
    """Over a table stands a mark of secrecy."""


def mark_over_sheets(path: Path, suffix: str, limits: Limits) -> str:
    """The mark of secrecy in the first rows of any sheet, for a workbook that is a paper and no list; else empty.

    Raises:
        TableRejected: it cannot be opened.
    """
    try:
        _stop_at_mark(read_workbook(path, suffix, limits).grids, ())
    except SecretTable as mark:
        return str(mark)
    return ""


def open_sheets(path: Path, suffix: str, spec: Spec) -> Sheets:
    """Read the cells and find the headers.

    Raises:
        SecretTable: a mark of secrecy stands over a table.
        TableRejected: R150–R154, R166–R168.
    """
    headings = HeadingBook(spec)
    needed = min(2, len(spec.properties))
    if suffix == ".csv":
        return _best_csv(read_csv(path, spec.limits), headings, needed, spec)
    book = read_workbook(path, suffix, spec.limits)
    found = _with_headers(book.grids, headings, needed)
    _stop_at_mark(book.grids, found)
    if not found:
        raise _no_headings(book.grids, needed, spec)
    return Sheets(book=book, found=found)


def _best_csv(grids: list[Grid], headings: HeadingBook, needed: int, spec: Spec) -> Sheets:
    found = [pair for grid in grids for pair in _with_headers([grid], headings, needed)]
    _stop_at_mark(grids, found)
    if not found:
        raise _no_headings(grids, needed, spec)
    best = max(found, key=lambda pair: pair[1].score)
    return Sheets(book=Book(family="csv", grids=(best[0],)), found=(best,))


def _stop_at_mark(grids: Sequence[Grid], found: Sequence[tuple[Grid, Header]]) -> None:
    """Look at what stands above the tables; in the rows a column «Độ mật» says it."""
    above = {id(grid): header.row for grid, header in found}
    for grid in grids:
        rows = grid.rows[: above.get(id(grid), _SWITCH_ROWS)][:_SWITCH_ROWS]
        lines = ["\t".join(cell for cell in row if isinstance(cell, str)) for row in rows]
        mark = mark_in_text("\n".join(lines)).secrecy
        if mark:
            raise SecretTable(mark)


def _with_headers(
    grids: Sequence[Grid], headings: HeadingBook, needed: int
) -> tuple[tuple[Grid, Header], ...]:
    pairs = []
    for grid in grids:
        if fold(grid.name) == fold(READ_ME_SHEET):
            continue
        header = find_header(grid, headings, needed=needed)
        if header is not None:
            pairs.append((grid, header))
    return tuple(pairs)


def _no_headings(grids: Sequence[Grid], needed: int, spec: Spec) -> HeadingsNotFound | NoRecords:
    if not any(grid.rows for grid in grids):
        return NoRecords("empty table")
    titles = ", ".join(f"«{item.title}»" for item in spec.on_sheet()[:12])
    return HeadingsNotFound(
        "no header row", kind_title=spec.kind_title, needed=needed, titles=titles
    )


def read_sheets(path: Path, suffix: str, spec: Spec) -> dict[str, Any]:
    """All records of a table file.

    Raises:
        SecretTable: a mark of secrecy stands over a table.
        TableRejected: R150–R155, R166–R168.
    """
    sheets = open_sheets(path, suffix, spec)
    reads = [read_rows(grid, header, spec) for grid, header in sheets.found]
    items = [item for one in reads for item in one.items]
    if not items:
        raise NoRecords("no rows under the header")
    if len(items) > spec.limits.max_rows:
        raise TooManyRows(f"{len(items)} rows", limit=spec.limits.max_rows)
    # four bytes is the most a character takes
    if max(one.longest_record for one in reads) * 4 > spec.limits.max_record_bytes:
        check_records(items, spec)
    if len(reads) > 1:
        _name_sheets(items)
    return {
        "records": items,
        "lot": commonest_lot(items) or _lot(sheets.book),
        "ca_lo": any(_holds(grid, _switch_rows(grid, sheets)) for grid in sheets.book.grids),
        "hidden_sheets": sheets.book.hidden_sheets,
        "legacy_cells": sum(one.legacy_cells for one in reads),
        **_left_out(reads),
        "notes": _notes(sheets, reads),
    }


def _name_sheets(items: list[dict[str, Any]]) -> None:
    for item in items:
        place = item["place"]
        place["label"] = f"trang tính «{place['sheet']}», {place['label']}"
        for problem in item["problems"]:
            problem["where"] = f"trang tính «{place['sheet']}», {problem['where']}"


def _left_out(reads: list[SheetRead]) -> dict[str, Any]:
    skipped = [
        {"sheet": one.sheet, "row": row, "why": WORDS[reason]}
        for one in reads
        for row, reason in one.skipped
    ]
    unknown = [
        {"sheet": one.sheet, "column": column_letters(column), "heading": heading}
        for one in reads
        for column, heading in one.header.unknown
    ]
    return {
        # Rows of totals are named in the notes, each with its place.
        "skipped_rows": sum(one["why"] != WORDS["total"] for one in skipped),
        "skipped": skipped[:_MAX_LISTED],
        "unknown_headings": unknown[:_MAX_LISTED],
    }


def _notes(sheets: Sheets, reads: list[SheetRead]) -> list[str]:
    """What the clerk is told although nothing is wrong."""
    notes = []
    if sheets.book.hidden_sheets:
        notes.append(f"Có {sheets.book.hidden_sheets} trang tính ẩn, không đọc.")
    read_names = {grid.name for grid, _ in sheets.found}
    notes += [
        f"Trang tính «{grid.name}» không có hàng tiêu đề, không đọc."
        for grid in sheets.book.grids
        if grid.rows and grid.name not in read_names and fold(grid.name) != fold(READ_ME_SHEET)
    ]
    decoded = sum(one.legacy_cells for one in reads)
    if decoded:
        notes.append(
            f"{decoded} ô gõ bằng phông cũ (TCVN3/VNI) đã được đổi sang Unicode; hãy xem lại kết quả."
        )
    for one in reads:
        rows = [str(row) for row, reason in one.skipped if reason == "total"]
        if rows:
            notes.append(f"Dòng cộng không tính là bản ghi: {', '.join(rows[:20])}.")
    return notes


def _switch_rows(grid: Grid, sheets: Sheets) -> int:
    """Rows in which a switch may stand: all of the read-me sheet, above the header elsewhere."""
    header = next((header for other, header in sheets.found if other is grid), None)
    if header is not None:
        return header.row
    return _SWITCH_ROWS if fold(grid.name) == fold(READ_ME_SHEET) else 0


def _holds(grid: Grid, rows: int) -> bool:
    return any(yes_or_no(_beside(grid, label, rows)) is True for label in _HOLD_LABELS)


def _lot(book: Book) -> str:
    for grid in book.grids:
        if fold(grid.name) == fold(READ_ME_SHEET):
            text = _beside(grid, LOT_LABEL, _SWITCH_ROWS).upper()
            if text:
                return text
    return book.lot


def _beside(grid: Grid, label: str, rows: int) -> str:
    """The text in the cell to the right of a label, empty without."""
    for row in grid.rows[:rows]:
        cells = [str(cell).strip() for cell in row if cell != ""]
        for name, value in itertools.pairwise(cells):
            if canonical(name).strip(" :") == canonical(label):
                return value
    return ""
