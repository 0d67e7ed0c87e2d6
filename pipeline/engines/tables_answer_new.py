"""A new workbook with the clerk's rows, or only those to be mended, in constant memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.engines.tables_answer_items import AnswerItem, Layout, layout_of
from pipeline.engines.tables_grid import Grid
from pipeline.engines.tables_headings import Header
from pipeline.engines.tables_sheets import Sheets
from pipeline.engines.tables_spec import Property
from pipeline.engines.tables_values import from_cell
from pipeline.engines.tables_xlsx import (
    COMMENT_AUTHOR,
    FONT,
    GREY,
    HEAD,
    RED,
    cell_text,
    new_workbook,
    sheet_name,
)

_PLAIN = Property(name="", title="")
_WIDTHS = (22, 14, 60)


def write_new(out: Path, sheets: Sheets, items: list[AnswerItem], *, bad_only: bool) -> int:
    """Write the workbook; the number of rows in it."""
    workbook = new_workbook(out, constant_memory=True)
    formats = _formats(workbook)
    names: set[str] = set()
    rows = 0
    for grid, header in sheets.found:
        mine = [item for item in items if item.sheet in {grid.name, ""}]
        width = len(grid.rows[0]) if grid.rows else 0
        layout = layout_of(header, width, mine)
        sheet = workbook.add_worksheet(_free_name(sheet_name(grid.name), names))
        sheet.set_column(0, max(width - 1, 0), 18)
        for step, size in enumerate(_WIDTHS):
            sheet.set_column(layout.result_column + step, layout.result_column + step, size)
        _Writer(sheet=sheet, header=header, layout=layout, formats=formats).write(
            grid, bad_only=bad_only
        )
        rows += sum(item.is_bad for item in mine) if bad_only else len(mine)
    workbook.close()
    return rows


def _free_name(name: str, names: set[str]) -> str:
    free, number = name, 1
    while free.lower() in names:
        number += 1
        free = f"{name[:27]} {number}"
    names.add(free.lower())
    return free


def _formats(workbook: Any) -> dict[str, Any]:
    base = {
        "font_name": FONT,
        "font_size": 12,
        "num_format": "@",
        "valign": "top",
        "text_wrap": True,
    }
    fills = {"": None, "head": HEAD, GREY: GREY, RED: RED}
    fills |= {colour: colour for colour in ("#E2EFDA", "#FFF2CC")}
    made = {}
    for name, colour in fills.items():
        extra = {"bg_color": colour} if colour else {}
        bold = {"bold": True, "align": "center", "border": 1} if name == "head" else {}
        made[name] = workbook.add_format({**base, **extra, **bold})
    return made


class _Writer:
    """Writes one sheet, row after row."""

    def __init__(
        self, *, sheet: Any, header: Header, layout: Layout, formats: dict[str, Any]
    ) -> None:
        self._sheet = sheet
        self._header = header
        self._layout = layout
        self._formats = formats
        self._row = 0

    def write(self, grid: Grid, *, bad_only: bool) -> None:
        """Titles, header, rows."""
        for cells in [] if bad_only else grid.rows[: self._header.row]:
            self._put_row({index: _text(cell) for index, cell in enumerate(cells)})
        self._write_header(grid)
        self._sheet.freeze_panes(self._row, 0)
        for index in range(self._header.first_row, len(grid.rows)):
            item = self._layout.items.get(index)
            if not bad_only or (item is not None and item.is_bad):
                self._write_row(grid.rows[index], item)

    def _write_header(self, grid: Grid) -> None:
        """One row, also where hers took two: merges are not copied, so each column says it all."""
        header = self._header
        cells: dict[int, str] = {}
        for step in range(header.height):
            for index, cell in enumerate(grid.rows[header.row + step]):
                cells[index] = _text(cell) or cells.get(index, "")
        if header.height > 1:
            cells |= dict(header.unknown)
            cells |= {column.index: column.heading for column in header.columns}
        self._put_row({**cells, **self._layout.added_headings()}, "head")

    def _write_row(self, cells: list[Any], item: AnswerItem | None) -> None:
        texts = {index: _text(cell) for index, cell in enumerate(cells)}
        fills: dict[int, str] = {}
        layout = self._layout
        comments: dict[int, str] = {}
        if item is not None:
            comments = item.comments(self._header)
            fills = dict.fromkeys(comments, RED)
            if item.line_code:
                texts[layout.code_column] = item.line_code
                fills.setdefault(layout.code_column, GREY)
            for step, text in enumerate(item.cells):
                texts[layout.result_column + step] = text
                fills[layout.result_column + step] = item.colour
        row = self._row
        self._put_row(texts, fills=fills)
        for column, text in comments.items():
            options = {"author": COMMENT_AUTHOR, "x_scale": 2.5, "y_scale": 1.6}
            self._sheet.write_comment(row, column, cell_text(text), options)

    def _put_row(
        self, texts: dict[int, str], format_name: str = "", fills: dict[int, str] | None = None
    ) -> None:
        for index in sorted(texts):
            name = (fills or {}).get(index, format_name)
            if texts[index]:
                self._sheet.write_string(
                    self._row, index, cell_text(texts[index]), self._formats[name]
                )
            elif name:
                self._sheet.write_blank(self._row, index, None, self._formats[name])
        self._row += 1


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else str(from_cell(_PLAIN, cell))
