"""A grid and its header → records with their places, and what was left out; rows in = rows out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.engines.tables_codes import parse_code
from pipeline.engines.tables_dates import find_swapped
from pipeline.engines.tables_grid import Grid
from pipeline.engines.tables_headings import CODE_HEADING, Column, Header
from pipeline.engines.tables_skip import After, is_plainly_record, row_of, why_no_record
from pipeline.engines.tables_spec import Property, Spec
from pipeline.engines.tables_values import as_text, from_cell, from_text
from pipeline.engines.tables_zip import cell_name
from pipeline.errors.base import Problem
from pipeline.errors.tables import (
    CellError,
    ColumnsDisagree,
    DateLooksSwapped,
    LineCodeWrong,
    TableRejected,
    TooLong,
    TooManyRows,
    ZerosLost,
)
from pipeline.vietnamese import decode_legacy

_ERROR_TEXT = re.compile(r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!)|Err:\d{3}")
_LATIN = re.compile(r"[\u00a1-\u00ff\u03bc]")
_ONLY_UNICODE = re.compile(
    r"[\u1ea0-\u1eff\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0]"
)
_SHOWN = 60


@dataclass(slots=True, kw_only=True)
class SheetRead:
    """What one sheet gave. Filled while reading."""

    sheet: str
    header: Header
    #: Per record: ``record``, ``place``, ``problems``, and ``code_given``: the clerk's sheet had a code.
    items: list[dict[str, Any]] = field(default_factory=list)
    #: 1-based row and reason's name; blank rows are only counted.
    skipped: list[tuple[int, str]] = field(default_factory=list)
    blank_rows: int = 0
    legacy_cells: int = 0
    #: No record has more characters than this.
    longest_record: int = 0
    #: Columns in which some cell looks like an error's text.
    error_columns: set[int] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class _Entry:
    """A row on its way to becoming an item."""

    row: int
    record: dict[str, Any]
    code: str
    problems: list[Problem] = field(default_factory=list)


def read_rows(grid: Grid, header: Header, spec: Spec) -> SheetRead:
    """All records of a sheet.

    Raises:
        TooManyRows (R153), TooLong (R166).
    """
    result = SheetRead(sheet=grid.name, header=header)
    _mend_texts(grid, spec, result)
    entries = _take_rows(grid, header, spec, result)
    _judge_cells(grid, result, entries)
    headings = {column.property.name: column.heading for column in reversed(header.columns)}
    result.items = [_item(entry, grid.name, headings) for entry in entries]
    seen = len(grid.rows) - header.first_row
    if seen > 0 and seen != len(result.items) + len(result.skipped) + result.blank_rows:
        message = f"rows in {seen}, rows out {len(result.items)}"
        raise AssertionError(message)
    return result


def _mend_texts(grid: Grid, spec: Spec, result: SheetRead) -> None:
    """Bring the cells of known columns to NFC and out of old fonts, in place; note what they are like."""
    header = result.header
    rows = grid.rows[header.first_row :]
    for column in header.columns:
        texts = [row[column.index] for row in rows if isinstance(row[column.index], str)]
        if not texts:
            continue
        longest = max(map(len, texts))
        result.longest_record += longest
        if longest > spec.limits.max_cell_chars:
            _refuse_long(grid, header, column, spec.limits.max_cell_chars)
        joined = "".join(texts)
        if "#" in joined or "Err:" in joined:
            result.error_columns.add(column.index)
        if joined.isascii():
            continue
        if not unicodedata.is_normalized("NFC", joined):
            _replace(rows, column.index, lambda text: unicodedata.normalize("NFC", text))
        if _LATIN.search(joined):
            result.legacy_cells += _decode_column(rows, column.index)


def _refuse_long(grid: Grid, header: Header, column: Column, limit: int) -> None:
    for index in range(header.first_row, len(grid.rows)):
        cell = grid.rows[index][column.index]
        if isinstance(cell, str) and len(cell) > limit:
            where = f"Ô {cell_name(index, column.index)}, cột «{column.heading}»,"
            raise TooLong(f"{len(cell)} characters", what=where, limit=limit)


def _replace(rows: list[list[Any]], index: int, change: Callable[[str], str]) -> None:
    for row in rows:
        if isinstance(row[index], str):
            row[index] = change(row[index])


def _decode_column(rows: list[list[Any]], index: int) -> int:
    """Decide for the column as a whole where all its cells could be of an old font, else cell by cell."""
    texts = {row[index] for row in rows if isinstance(row[index], str) and not row[index].isascii()}
    could_be = sorted(
        text for text in texts if _LATIN.search(text) and not _ONLY_UNICODE.search(text)
    )
    if len(could_be) == len(texts):
        together = decode_legacy("\n".join(could_be))
        lines = together.split("\n") if together is not None else []
        changed = dict(zip(could_be, _regroup(could_be, lines), strict=True)) if lines else {}
    else:
        changed = {text: new for text in could_be if (new := decode_legacy(text)) is not None}
    if not changed:
        return 0
    count = sum(row[index] in changed for row in rows if isinstance(row[index], str))
    _replace(rows, index, lambda text: changed.get(text, text))
    return count


def _regroup(texts: list[str], lines: list[str]) -> list[str]:
    """Lines of the joined text back into the cells they came from."""
    cells = []
    at = 0
    for text in texts:
        height = text.count("\n") + 1
        cells.append("\n".join(lines[at : at + height]))
        at += height
    return cells


def _take_rows(grid: Grid, header: Header, spec: Spec, result: SheetRead) -> list[_Entry]:
    merged = _merged_widths(grid)
    sample = {item.name: as_text(item, item.example) for item in spec.on_sheet()}
    entries: list[_Entry] = []
    after = After()
    for index in range(header.first_row, len(grid.rows)):
        cells = grid.rows[index]
        code = _code_of(cells, header)
        reason = ""
        if not is_plainly_record(cells, header, index):
            row = row_of(cells, header, merged.get(index, 0), has_code=bool(code))
            is_first = index == header.first_row
            reason = why_no_record(row, header, is_first=is_first, after=after)
        after = After(footer=after.footer or reason in {"footer", "total"}, numbered=after.numbered)
        entry = None if reason else _entry(grid, index, header, code)
        if entry is not None and _is_sample(entry, sample, header):
            reason = "sample"
        if reason == "blank":
            result.blank_rows += 1
        elif reason or entry is None:
            result.skipped.append((index + 1, reason))
        else:
            entries.append(entry)
            after = After(footer=False, numbered=after.numbered or _order(cells, header) != "")
            _check_count(len(entries), spec)
    return entries


def _check_count(count: int, spec: Spec) -> None:
    if count > spec.limits.max_rows:
        raise TooManyRows(f"more than {spec.limits.max_rows} records", limit=spec.limits.max_rows)


def _merged_widths(grid: Grid) -> dict[int, int]:
    return {
        first_row: last - first + 1
        for first_row, first, last_row, last in grid.merges
        if first_row == last_row and last > first
    }


def _code_of(cells: list[Any], header: Header) -> str:
    if header.code_column is None:
        return ""
    cell = cells[header.code_column]
    return str(cell).strip().upper() if cell != "" else ""


def _order(cells: list[Any], header: Header) -> Any:
    return cells[header.order_column] if header.order_column is not None else ""


def _entry(grid: Grid, index: int, header: Header, code: str) -> _Entry:
    entry = _Entry(row=index, record={}, code=code)
    cells = grid.rows[index]
    record = entry.record
    for column in header.columns:
        cell = cells[column.index]
        if cell == "":
            continue
        item = column.property
        # most cells are plain text: no call for those
        value = (
            (cell.strip() or None) if type(cell) is str and item.is_plain else _value(cell, item)
        )
        if value is None:
            continue
        name = item.name
        if column.continues and isinstance(value, str) and isinstance(record.get(name), str):
            record[name] = f"{record[name]} {value}"
        elif record.setdefault(name, value) != value:
            entry.problems.append(_disagree(index, column, record[name], value))
    return entry


def _value(cell: Any, item: Property) -> Any:
    if type(cell) is str:
        text = cell.strip()
        if not text:
            return None
        return text if item.is_plain else from_text(item, text)
    return from_cell(item, cell)


def _disagree(index: int, column: Column, first: Any, second: Any) -> Problem:
    error = ColumnsDisagree(
        f"{column.property.name} twice",
        title=column.property.title,
        first=str(first)[:_SHOWN],
        second=str(second)[:_SHOWN],
    )
    return _problem(error, index, column, second)


def _is_sample(entry: _Entry, sample: dict[str, str], header: Header) -> bool:
    code = parse_code(entry.code)
    if code is None or code.line != 0:
        return False
    titles = {column.property.name: column.property for column in header.columns}
    texts = {name: as_text(titles[name], value) for name, value in entry.record.items()}
    return texts == {name: text for name, text in sample.items() if text}


def _judge_cells(grid: Grid, result: SheetRead, entries: list[_Entry]) -> None:
    """Find what only the sheet can show: error cells, swapped days, lost zeros, codes."""
    header = result.header
    by_row = {entry.row: entry for entry in entries}
    for column in header.columns:
        _judge_flags(grid, column, by_row)
        if column.index in result.error_columns:
            _judge_error_texts(grid, column, entries)
        if column.property.is_date:
            _judge_dates(grid, column, entries)
        elif column.property.is_plain:
            _judge_zeros(grid, column, entries)
    if header.code_column is not None:
        _judge_codes(header.code_column, entries)


def _judge_flags(grid: Grid, column: Column, by_row: dict[int, _Entry]) -> None:
    name = column.property.name
    for (row, index), text in grid.flags.errors.items():
        if index == column.index and row in by_row:
            by_row[row].problems.append(_cell_error(row, column, text))
    for row, index in grid.flags.without_value:
        if index == column.index and row in by_row and name not in by_row[row].record:
            error = CellError(
                "formula without value",
                cell=cell_name(row, index),
                what="có công thức nhưng chưa có kết quả (bảng chưa được lưu bằng Excel)",
            )
            by_row[row].problems.append(_problem(error, row, column, ""))


def _judge_error_texts(grid: Grid, column: Column, entries: list[_Entry]) -> None:
    """Formats that keep an error as its text."""
    name = column.property.name
    for entry in entries:
        value = entry.record.get(name)
        if isinstance(value, str) and _ERROR_TEXT.fullmatch(value):
            del entry.record[name]
            if (entry.row, column.index) not in grid.flags.errors:
                entry.problems.append(_cell_error(entry.row, column, value))


def _cell_error(row: int, column: Column, text: str) -> Problem:
    error = CellError(
        f"error cell {text!r}", cell=cell_name(row, column.index), what=f"báo lỗi {text}"
    )
    return _problem(error, row, column, text)


def _judge_dates(grid: Grid, column: Column, entries: list[_Entry]) -> None:
    cells = [grid.rows[entry.row][column.index] for entry in entries]
    for found in find_swapped(cells):
        entry = entries[found.position]
        error = DateLooksSwapped(
            "swapped date", cell=cell_name(entry.row, column.index), likely=found.likely
        )
        shown = entry.record.get(column.property.name, "")
        entry.problems.append(_problem(error, entry.row, column, shown))


def _judge_zeros(grid: Grid, column: Column, entries: list[_Entry]) -> None:
    """Numbers in a column of codes: shown with their zeros, or asked about."""
    name = column.property.name
    cells = [grid.rows[entry.row][column.index] for entry in entries]
    if set(map(type, cells)) <= {str}:
        return
    pairs = zip(entries, cells, strict=True)
    numbers = {entry.row for entry, cell in pairs if type(cell) in {int, float} and cell >= 0}
    texts = [cell.strip() for cell in cells if isinstance(cell, str)]
    usual = max(
        map(len, filter(_is_zero_code, [*texts, str(column.property.example or "")])), default=0
    )
    for entry in entries:
        if entry.row not in numbers or not str(entry.record.get(name, "")).isdigit():
            continue
        shown = grid.flags.padded.get((entry.row, column.index), 0)
        entry.record[name] = digits = entry.record[name].zfill(shown)
        if len(digits) < usual:
            error = ZerosLost("zeros lost", cell=cell_name(entry.row, column.index), digits=usual)
            entry.problems.append(_problem(error, entry.row, column, digits))


def _is_zero_code(text: str) -> bool:
    return text.startswith("0") and text.isdigit() and len(text) > 1


def _judge_codes(code_column: int, entries: list[_Entry]) -> None:
    seen: dict[str, int] = {}
    for entry in entries:
        if not entry.code:
            continue
        what = ""
        if parse_code(entry.code) is None:
            what = "không phải là mã do chương trình cấp"
        elif entry.code in seen:
            what = f"trùng với mã ở dòng {seen[entry.code]}"
        seen.setdefault(entry.code, entry.row + 1)
        if what:
            error = LineCodeWrong(
                f"line code {entry.code[:40]!r}", cell=cell_name(entry.row, code_column), what=what
            )
            where = f"dòng {entry.row + 1}, cột «{CODE_HEADING}»"
            entry.problems.append(error.problem(where, entry.code[:_SHOWN]))
            entry.code = ""


def _problem(error: TableRejected, row: int, column: Column, value: Any) -> Problem:
    found = error.problem(f"dòng {row + 1}, cột «{column.heading}»", str(value)[:_SHOWN])
    return Problem(
        code=found.code,
        where=found.where,
        text=found.text,
        was_read=found.was_read,
        path=(column.property.name,),
    )


def _item(entry: _Entry, sheet: str, headings: dict[str, str]) -> dict[str, Any]:
    code = parse_code(entry.code) if entry.code else None
    place = {
        "index": 0,
        "label": f"dòng {entry.row + 1}",
        "row": entry.row + 1,
        "sheet": sheet,
        "headings": headings,
        "line_code": entry.code,
        "lot": code.lot if code else "",
    }
    problems = [asdict(problem) for problem in entry.problems]
    return {
        "record": entry.record,
        "place": place,
        "problems": problems,
        "code_given": code is not None,
    }


def commonest_lot(items: list[dict[str, Any]]) -> str:
    """The lot most lines belong to, empty where none has a code."""
    lots = Counter(item["place"]["lot"] for item in items if item["place"]["lot"])
    return lots.most_common(1)[0][0] if lots else ""
