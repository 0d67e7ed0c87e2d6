"""The clerk's own .xlsx with our columns filled in: what openpyxl keeps of it is kept."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path
from typing import Any

from pipeline.engines.tables_answer_items import AnswerItem, Layout, layout_of
from pipeline.engines.tables_headings import RESULT_HEADINGS, Header
from pipeline.engines.tables_sheets import Sheets
from pipeline.engines.tables_xlsx import (
    COMMENT_AUTHOR,
    GREY,
    HEAD,
    RED,
    cell_text,
    with_fixed_times,
)
from pipeline.errors.tables import TableBroken

_RESULT_WIDTHS = (22, 14, 60)


def write_copy(source: Path, out: Path, sheets: Sheets, items: list[AnswerItem]) -> int:
    """Write the copy; the number of rows marked.

    Raises:
        TableBroken (R150): openpyxl cannot read what calamine could.
    """
    workbook = _load(source)
    rows = 0
    for grid, header in sheets.found:
        sheet = workbook[grid.name]
        mine = [item for item in items if item.sheet in {grid.name, ""}]
        layout = layout_of(header, _width(sheet), mine)
        _clear_our_comments(sheet)
        _write_headings(sheet, layout)
        for item in mine:
            _write_item(sheet, item, layout, header)
        rows += len(mine)
    buffer = io.BytesIO()
    workbook.save(buffer)
    out.write_bytes(with_fixed_times(buffer.getvalue()))
    return rows


def _load(source: Path) -> Any:
    import openpyxl

    try:
        with warnings.catch_warnings():
            # what openpyxl drops (extensions of drop-down lists) it says in warnings
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(source.read_bytes()), rich_text=True)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        SyntaxError,
        zipfile.BadZipFile,
    ) as error:
        raise TableBroken(f"openpyxl: {error!r}") from error


def _width(sheet: Any) -> int:
    """Columns with anything in them, formulas without a value too: nothing of hers is written over."""
    cells = (cell.column for row in sheet.iter_rows() for cell in row if cell.value is not None)
    return max(cells, default=0)


def _clear_our_comments(sheet: Any) -> None:
    """An earlier answer's colours and comments go before the new ones come."""
    from openpyxl.styles import PatternFill

    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == COMMENT_AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _write_headings(sheet: Any, layout: Layout) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for column, title in layout.added_headings().items():
        cell = sheet.cell(layout.heading_row + 1, column + 1)
        _put_text(cell, title)
        cell.font = Font(name="Times New Roman", bold=True)
        cell.fill = _fill(HEAD)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        at = column - layout.result_column
        width = _RESULT_WIDTHS[at] if 0 <= at < len(RESULT_HEADINGS) else 20
        sheet.column_dimensions[get_column_letter(column + 1)].width = width


def _write_item(sheet: Any, item: AnswerItem, layout: Layout, header: Header) -> None:
    from openpyxl.styles import Alignment

    if item.line_code:
        cell = sheet.cell(item.row + 1, layout.code_column + 1)
        _put_text(cell, item.line_code)
        cell.fill = _fill(GREY)
    for step, text in enumerate(item.cells):
        cell = sheet.cell(item.row + 1, layout.result_column + step + 1)
        _put_text(cell, text)
        cell.fill = _fill(item.colour)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    for column, text in item.comments(header).items():
        _mark(sheet.cell(item.row + 1, column + 1), text)


def _mark(cell: Any, text: str) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment

    cell.fill = _fill(RED)
    if not isinstance(cell, MergedCell):
        cell.comment = Comment(cell_text(text), COMMENT_AUTHOR, height=140, width=320)


def _put_text(cell: Any, text: str) -> None:
    from openpyxl.cell.cell import MergedCell

    if isinstance(cell, MergedCell):
        return
    cell.value = cell_text(text) or None
    if text:
        # after the value, which would make a formula of «=…»
        cell.data_type = "s"
        cell.number_format = "@"


def _fill(colour: str) -> Any:
    from openpyxl.styles import PatternFill

    return PatternFill("solid", fgColor=colour.lstrip("#"))
