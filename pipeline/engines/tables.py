"""The operations on tables and record files, as the cell calls them: JSON arguments in, JSON values out.

``tables.read`` never raises for what lies in the file: it answers with problems in the clerk's words.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.engines import tables_answer, tables_export, tables_write
from pipeline.engines.tables_codes import line_code, parse_code
from pipeline.engines.tables_records import read_records
from pipeline.engines.tables_sheets import SecretTable, read_sheets
from pipeline.engines.tables_spec import spec_from
from pipeline.errors.tables import TableRejected

TEXT_SUFFIXES = frozenset((".json", ".yaml", ".yml"))


def read(args: dict[str, Any]) -> dict[str, Any]:
    """Read a dropped table or record file.

    Args:
        args: ``path``, ``suffix``, the kind's ``properties``, ``kind``, ``kind_title`` and ``limits``; optional
            ``schema`` (types inside YAML) and ``new_lot``: lines without a code get one of that lot.
    Returns:
        ``records`` (each ``record``, ``place``, ``problems``, ``code_given``), ``problems`` of the file,
        ``whole``, ``lot``, ``ca_lo``, ``skipped_rows``, ``skipped``, ``unknown_headings``, ``notes``,
        ``secrecy``, ``hidden_sheets``, ``legacy_cells``.
    """
    spec = spec_from(args)
    path, suffix = Path(args["path"]), str(args["suffix"]).lower()
    try:
        result = (
            read_records(path, suffix, spec)
            if suffix in TEXT_SUFFIXES
            else read_sheets(path, suffix, spec)
        )
    except SecretTable as mark:
        return {**_nothing(), "secrecy": str(mark)}
    except TableRejected as error:
        return {**_nothing(), "problems": [asdict(error.problem())], "whole": error.is_whole}
    _number_items(result["records"], str(args.get("new_lot") or ""))
    return {**_nothing(), **result}


def write_sheet(args: dict[str, Any]) -> dict[str, Any]:
    """Write a kind's blank workbook: ``out``, ``lot``, ``rows``, and the kind's spec."""
    return tables_write.write_sheet(args)


def write_answer(args: dict[str, Any]) -> dict[str, Any]:
    """Write the clerk's workbook back, with numbers or with what is wrong."""
    return tables_answer.write_answer(args)


def export(args: dict[str, Any]) -> dict[str, Any]:
    """Write a book as CSV or XLSX."""
    return tables_export.export(args)


def _nothing() -> dict[str, Any]:
    return {
        "records": [],
        "problems": [],
        "whole": True,
        "lot": "",
        "ca_lo": False,
        "skipped_rows": 0,
        "skipped": [],
        "unknown_headings": [],
        "notes": [],
        "secrecy": "",
        "hidden_sheets": 0,
        "legacy_cells": 0,
    }


def _number_items(items: list[dict[str, Any]], new_lot: str) -> None:
    taken = {item["place"]["line_code"] for item in items}
    for index, item in enumerate(items):
        place = item["place"]
        place["index"] = index
        if new_lot and not place["line_code"]:
            code = line_code(new_lot, index + 1)
            parsed = parse_code(code)
            if code not in taken and parsed is not None:
                place["line_code"], place["lot"] = code, parsed.lot
