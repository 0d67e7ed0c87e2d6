"""A table file → grids of cells with their true places: sheets by calamine, CSV by the csv module."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.engines.tables_spec import Limits
from pipeline.engines.tables_text import decode_table
from pipeline.engines.tables_zip import Package, SheetFlags, inspect
from pipeline.errors.tables import (
    PasswordProtected,
    TableBroken,
    TableTooLarge,
    TooLong,
    TooManyRows,
)

DELIMITERS = ",;\t|"
#: Rows beyond the limit of records that titles, totals and pre-filled empty lines may take.
_ROOM_FOR_OTHER_ROWS = 5_000
#: Of our own blank workbook: what may be chosen in its cells.
LISTS_SHEET = "_danh_muc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One sheet. ``rows[r][c]`` is the cell of 0-based row and column; rows are equally long."""

    name: str
    rows: list[list[Any]]
    #: First and last row and column of merged cells, 0-based.
    merges: tuple[tuple[int, int, int, int], ...] = ()
    flags: SheetFlags = field(default_factory=SheetFlags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All visible sheets of a file."""

    family: str
    grids: tuple[Grid, ...]
    hidden_sheets: int = 0
    #: From the document's properties.
    lot: str = ""
    unpacked_bytes: int = 0


def read_workbook(path: Path, suffix: str, limits: Limits) -> Book:
    """The visible sheets of an .xlsx, .xls or .ods file.

    Raises:
        TableBroken (R150), WrongContent (R151), TableTooLarge (R152), TooManyRows (R153), PasswordProtected (R168).
    """
    package = inspect(path, suffix, limits)
    with _calamine_trouble():
        return _open(path, package, limits)


def _open(path: Path, package: Package, limits: Limits) -> Book:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    grids = []
    hidden = 0
    for meta in workbook.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != SheetVisibleEnum.Visible:
            # The choices of our own blank workbook are nobody's sheet.
            hidden += not (package.lot and meta.name == LISTS_SHEET)
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        _check_height(sheet.total_height, sheet.total_width, limits)
        flags = package.flags.get(meta.name) or SheetFlags()
        grids.append(
            Grid(
                name=meta.name,
                rows=sheet.to_python(skip_empty_area=False),
                merges=tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ()),
                flags=flags,
            )
        )
    return Book(
        family=package.family,
        grids=tuple(grids),
        hidden_sheets=hidden,
        lot=package.lot,
        unpacked_bytes=package.unpacked_bytes,
    )


def _check_height(rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.max_rows + _ROOM_FOR_OTHER_ROWS:
        raise TooManyRows(f"{rows} rows", limit=limits.max_rows)
    if rows * columns > limits.max_cells:
        raise TableTooLarge(
            f"{rows}x{columns} cells",
            what=f"{rows} dòng × {columns} cột",
            limit=f"{limits.max_cells} ô",
        )


@contextlib.contextmanager
def _calamine_trouble() -> Iterator[None]:
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError as error:
        raise PasswordProtected("workbook has a password") from error
    except (CalamineError, ValueError, OverflowError, OSError, EOFError) as error:
        raise TableBroken(f"calamine: {error}") from error
    except BaseException as error:
        # a panic of the Rust side is a BaseException of no importable class
        if type(error).__name__ != "PanicException":
            raise
        raise TableBroken(f"calamine panicked: {error}") from error


def read_csv(path: Path, limits: Limits) -> list[Grid]:
    """The one grid of a CSV file, once for each delimiter that could have been meant, the likeliest first.

    Raises:
        EncodingUnknown (R167), TooManyRows (R153), TooLong (R166): an unclosed quote swallows the rest.
    """
    text = decode_table(path.read_bytes()).lstrip("\ufeff")
    hint = ""
    if text[:4].lower() == "sep=" and len(text) > 4:
        # Excel's own hint on the first line
        hint = text[4]
    return [_csv_grid(text, delimiter, limits) for delimiter in hint or _likely_delimiters(text)]


def _likely_delimiters(text: str) -> str:
    sample = text[:20_000]
    found = [char for char in DELIMITERS if char in sample]
    return "".join(sorted(found, key=sample.count, reverse=True)[:2]) or ","


def _csv_grid(text: str, delimiter: str, limits: Limits) -> Grid:
    # the cap only keeps a runaway quote from being parsed as one cell
    csv.field_size_limit(max(limits.max_cell_chars * 2, 4096))
    rows: list[list[Any]] = []
    width = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            width = max(width, len(row))
            _check_height(len(rows), width, limits)
    except csv.Error as error:
        place = f"Ô ở dòng {len(rows) + 1} (có thể thiếu dấu ngoặc kép đóng)"
        raise TooLong(f"csv: {error}", what=place, limit=limits.max_cell_chars) from error
    for row in rows:
        row.extend([""] * (width - len(row)))
    return Grid(name="", rows=rows)
