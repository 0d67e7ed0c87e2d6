"""Records in → a workbook such as offices keep: a title over the table, headings, a running number, a total."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.config import Office
from pipeline.engines.cell import Cell
from pipeline.kinds.model import Kind
from pipeline.record import Record

_WIDTH_MM = 42


def list_of_people(
    title_lines: Sequence[str],
    kind: Kind,
    rows: Sequence[Record],
    *,
    office: Office,
    cell: Cell,
    work: Path,
) -> bytes:
    """The XLSX file of *rows*, columns in the order in which the rows name them."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    rows_path, out = work / "rows.jsonl", work / "list.xlsx"
    lines = (
        json.dumps([str(number), *(str(row.get(name, "")) for name in names)], ensure_ascii=False)
        for number, row in enumerate(rows, start=1)
    )
    rows_path.write_text("\n".join(lines), encoding="utf-8")
    columns = [{"title": "TT", "width": 14, "align": "center"}]
    columns += [
        {"title": _title(kind, name), "width": _WIDTH_MM, "align": "left"} for name in names
    ]
    cell.call(
        "tables.export",
        {
            "format": "xlsx",
            "rows_path": str(rows_path),
            "columns": columns,
            "title_lines": list(title_lines),
            "footer_lines": [f"Tổng cộng: {len(rows)} đồng chí"],
            "out": str(out),
        },
        seconds=office.limits.table_seconds,
    )
    return out.read_bytes()


def _title(kind: Kind, name: str) -> str:
    known = kind.property_named(name)
    return known.title if known else name
