"""A book's rows, a JSON list a line, → CSV or XLSX in bounded memory, with nothing that becomes a formula.

CSV: UTF-8 with a byte order mark, so that Excel sees Vietnamese; fields parted by ``;``, because a
Vietnamese Windows writes decimals with a comma and Excel there parts lists by ``;``; lines end in CRLF.
A field that begins with ``= + - @``, tab or return gets an apostrophe before it (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.engines.tables_xlsx import FONT, HEAD, cell_text, new_workbook, sheet_name

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CSV_DELIMITER = ";"


def export(args: dict[str, Any]) -> dict[str, Any]:
    """Write a book as a table.

    Args:
        args: ``format`` (``csv`` or ``xlsx``), ``rows`` (path of JSON lines, each a list of cells in the order of
            the columns), ``columns`` (each ``title``, ``width`` in mm, ``align`` left, center or right),
            ``title_lines``, ``footer`` or ``footer_lines``, ``out``. ``rows_path`` is another name for ``rows``.
    Returns:
        ``out`` and the number of ``rows``.
    """
    write = {"csv": _write_csv, "xlsx": _write_xlsx}[args["format"]]
    rows = write(Path(args["out"]), args)
    return {"out": str(args["out"]), "rows": rows}


def rows_path(args: dict[str, Any]) -> Path:
    """Where the rows lie."""
    return Path(args.get("rows") or args["rows_path"])


def footer_lines(args: dict[str, Any]) -> list[str]:
    """What stands under the table."""
    footer = args.get("footer") or ""
    return list(args.get("footer_lines") or ([footer] if footer else []))


def read_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a JSON-lines file, every cell as text."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield ["" if cell is None else str(cell) for cell in json.loads(line)]


def safe_field(text: str) -> str:
    """*text* so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _write_csv(out: Path, args: dict[str, Any]) -> int:
    count = 0
    with out.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=CSV_DELIMITER, lineterminator="\r\n")
        writer.writerow([safe_field(column["title"]) for column in args["columns"]])
        for row in read_rows(rows_path(args)):
            writer.writerow([safe_field(cell) for cell in row])
            count += 1
    return count


def _write_xlsx(out: Path, args: dict[str, Any]) -> int:
    workbook = new_workbook(out, constant_memory=True)
    title_lines: Sequence[str] = args.get("title_lines") or ()
    columns = args["columns"]
    sheet = workbook.add_worksheet(sheet_name(title_lines[-1] if title_lines else "", "Sổ"))
    formats = _formats(workbook, columns)
    at = _write_titles(sheet, title_lines, workbook, len(columns))
    sheet.repeat_rows(at)
    sheet.freeze_panes(at + 1, 0)
    for index, column in enumerate(columns):
        # a character of the default font is about 2 mm wide
        sheet.set_column(index, index, max(6, float(column.get("width") or 30) / 2))
        sheet.write_string(at, index, cell_text(column["title"]), formats[-1])
    count = 0
    for count, row in enumerate(read_rows(rows_path(args)), start=1):
        for index, cell in enumerate(row[: len(columns)]):
            sheet.write_string(at + count, index, cell_text(cell), formats[index])
    for step, line in enumerate(footer_lines(args), start=2):
        sheet.write_string(at + count + step, 0, cell_text(line))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P/&N")
    workbook.close()
    return count


def _formats(workbook: Any, columns: Sequence[dict[str, Any]]) -> list[Any]:
    """One format for each column, and last the one of the header."""
    base = {
        "font_name": FONT,
        "font_size": 11,
        "border": 1,
        "text_wrap": True,
        "valign": "top",
        "num_format": "@",
    }
    made = [
        workbook.add_format({**base, "align": column.get("align") or "left"}) for column in columns
    ]
    head = {**base, "bold": True, "align": "center", "valign": "vcenter", "bg_color": HEAD}
    return [*made, workbook.add_format(head)]


def _write_titles(sheet: Any, lines: Sequence[str], workbook: Any, columns: int) -> int:
    bold = workbook.add_format({"font_name": FONT, "font_size": 13, "bold": True})
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, cell_text(line), bold)
    return len(lines) + 1 if lines and columns else 0
