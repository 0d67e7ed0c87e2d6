"""The clerk's table and what became of each row → the workbook she gets back.

Up to 2,000 rows of an .xlsx it is her own workbook with our columns filled in; else a new one. A list
that is returned beyond 2,000 rows holds only the rows to be mended, with their codes, so that it can be
dropped again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.engines.tables_answer_copy import write_copy
from pipeline.engines.tables_answer_items import AnswerItem, items_from
from pipeline.engines.tables_answer_new import write_new
from pipeline.engines.tables_grid import Book, Grid
from pipeline.engines.tables_headings import Column, Header
from pipeline.engines.tables_records import read_records
from pipeline.engines.tables_sheets import Sheets, open_sheets
from pipeline.engines.tables_spec import Property, Spec, spec_from
from pipeline.engines.tables_values import as_text, is_nested

#: Beyond this openpyxl takes too long and too much memory (pitfalls).
MAX_COPIED_ROWS = 2_000
_MAX_COPIED_BYTES = 40 << 20
_TEXT_SUFFIXES = frozenset((".json", ".yaml", ".yml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How an answer is written."""

    is_copy: bool
    bad_only: bool


def write_answer(args: dict[str, Any]) -> dict[str, Any]:
    """Write the answer to a table.

    Args:
        args: ``mode`` (``results`` or ``returned``), ``source``, ``suffix``, ``out_dir``, ``name`` (of the clerk's
            file; the answer is always .xlsx), the kind's spec, and ``rows`` or ``rows_path`` (JSON lines). A row:
            ``place``, ``status`` (a ``DocumentState``; ``held`` for a good row that waits for its neighbours),
            ``shown``, ``date``, ``text``, ``problems``.
    Returns:
        ``path``, ``how`` (``copy``, ``new`` or ``bad-only``) and the number of ``rows`` written.
    Raises:
        TableRejected: the source cannot be read (it could when it was dropped).
    """
    spec = spec_from(args)
    source = Path(args["source"])
    suffix = str(args["suffix"]).lower()
    items = items_from(args)
    sheets = (
        _from_records(source, suffix, spec)
        if suffix in _TEXT_SUFFIXES
        else open_sheets(source, suffix, spec)
    )
    plan = _plan(sheets, items, returned=args["mode"] == "returned")
    out = Path(args["out_dir"]) / f"{Path(args['name']).stem}.xlsx"
    if plan.is_copy:
        rows = write_copy(source, out, sheets, items)
    else:
        rows = write_new(out, sheets, items, bad_only=plan.bad_only)
    how = "copy" if plan.is_copy else "bad-only" if plan.bad_only else "new"
    return {"path": str(out), "how": how, "rows": rows}


def _plan(sheets: Sheets, items: list[AnswerItem], *, returned: bool) -> _Plan:
    rows = max(len(grid.rows) - header.first_row for grid, header in sheets.found)
    # the sheet may go on with codes of lines not filled in
    is_small = len(items) <= MAX_COPIED_ROWS and rows <= 2 * MAX_COPIED_ROWS
    is_copy = (
        is_small
        and sheets.book.family == "xlsx"
        and sheets.book.unpacked_bytes <= _MAX_COPIED_BYTES
    )
    return _Plan(is_copy=is_copy, bad_only=returned and not is_small)


def _from_records(source: Path, suffix: str, spec: Spec) -> Sheets:
    """A list of records as if it had been a table: one column for each property that occurs."""
    records = [item["record"] for item in read_records(source, suffix, spec)["records"]]
    used = [item for item in spec.properties if any(item.name in record for record in records)]
    rows: list[list[Any]] = [[item.title for item in used]]
    rows += [[_cell(item, record.get(item.name)) for item in used] for record in records]
    columns = tuple(
        Column(index=at, property=item, heading=item.title) for at, item in enumerate(used)
    )
    grid = Grid(name=spec.kind_title, rows=rows)
    header = Header(row=0, height=1, columns=columns)
    return Sheets(book=Book(family="records", grids=(grid,)), found=((grid, header),))


def _cell(item: Property, value: Any) -> str:
    has_parts = isinstance(value, dict) or (isinstance(value, list) and any(map(is_nested, value)))
    return json.dumps(value, ensure_ascii=False) if has_parts else as_text(item, value)
