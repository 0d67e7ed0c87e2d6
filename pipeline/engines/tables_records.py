"""A JSON or YAML file → its records: one, a list, several documents, or a list with a switch beside it."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.engines.tables_codes import parse_code
from pipeline.engines.tables_limits import check_records
from pipeline.engines.tables_read_json import parse_json
from pipeline.engines.tables_read_yaml import parse_yaml
from pipeline.engines.tables_spec import Spec
from pipeline.engines.tables_text import decode_unicode
from pipeline.engines.tables_values import coerce, enum_code, yes_or_no
from pipeline.errors.tables import (
    NoRecords,
    NotARecord,
    TableTooLarge,
    TooManyRows,
)

#: A list may be wrapped: {"ca_lo": true, "danh_sach": [ … ]}.
_LIST_KEY, _HOLD_KEY, _CODE_KEY, _LOT_KEY = "danh_sach", "ca_lo", "ma_dong", "ma_lo"
#: Text files are read whole; a record file of this size is no record file.
_MAX_TEXT_BYTES = 64 << 20
_HALVES = re.compile("[\ud800-\udfff]")


def read_records(path: Path, suffix: str, spec: Spec) -> dict[str, Any]:
    """The part of the result of ``tables.read`` that text files fill.

    Raises:
        TableRejected: R152, R153, R155–R161, R167.
    """
    size = path.stat().st_size
    if size > min(_MAX_TEXT_BYTES, spec.limits.max_file_bytes):
        limit = f"{_MAX_TEXT_BYTES >> 20} MB"
        raise TableTooLarge(f"{size} bytes of text", what=f"{size >> 20} MB", limit=limit)
    text = decode_unicode(path.read_bytes())
    if not text.strip():
        raise NoRecords("empty text")
    is_json = suffix == ".json"
    values, hold_all, lot = _unwrap(parse_json(text) if is_json else parse_yaml(text), spec)
    if len(values) > spec.limits.max_rows:
        raise TooManyRows(f"{len(values)} records", limit=spec.limits.max_rows)
    items = [
        _item(value, index, values, spec, is_json=is_json) for index, value in enumerate(values)
    ]
    check_records(items, spec)
    hold_all = any([hold_all, *(item.pop("hold") for item in items)])
    lot = lot or next((item["place"]["lot"] for item in items if item["place"]["lot"]), "")
    return {"records": items, "ca_lo": hold_all, "lot": lot}


def _unwrap(value: Any, spec: Spec) -> tuple[list[Any], bool, str]:
    """The records, whether they are held together, and their lot."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], (list, dict)):
        # YAML: one document
        value = value[0]
    is_wrapped = isinstance(value, dict) and isinstance(value.get(_LIST_KEY), list)
    if (
        is_wrapped
        and spec.property(_LIST_KEY) is None
        and set(value) <= {_LIST_KEY, _HOLD_KEY, _LOT_KEY}
    ):
        hold = yes_or_no(str(value.get(_HOLD_KEY, "")).lower()) is True
        return _flat(value[_LIST_KEY]), hold, str(value.get(_LOT_KEY) or "")
    values = _flat(value) if isinstance(value, list) else [value]
    return values, False, ""


def _flat(values: list[Any]) -> list[Any]:
    if not values or all(value is None for value in values):
        raise NoRecords("empty list")
    if any(isinstance(value, list) for value in values):
        # several YAML documents, each a list
        values = [
            item for value in values for item in (value if isinstance(value, list) else [value])
        ]
        if not values:
            raise NoRecords("empty lists")
    return values


def _item(
    value: Any, index: int, values: list[Any], spec: Spec, *, is_json: bool
) -> dict[str, Any]:
    label = f"bản ghi thứ {index + 1}" if len(values) > 1 else ""
    problems = []
    if not isinstance(value, dict):
        place = label[:1].upper() + label[1:] if label else "Nội dung tệp"
        error = NotARecord(f"a {type(value).__name__}", place=place)
        if not label:
            raise error
        # its neighbours go on
        problems.append(asdict(error.problem()))
        value = {}
    elif not value and not label:
        raise NoRecords("empty record")
    value = _without_halves(value)
    record = value if is_json else _typed(value, spec)
    hold = yes_or_no(str(record.pop(_HOLD_KEY, "")).lower()) is True
    code_text = str(record.pop(_CODE_KEY, None) or "").strip().upper()
    lot = str(record.pop(_LOT_KEY, None) or "")
    code = parse_code(code_text)
    place_fields = {
        "index": index,
        "label": label,
        "row": None,
        "sheet": "",
        "headings": {item.name: item.title for item in spec.properties if item.name in record},
        "line_code": code_text if code else "",
        "lot": code.lot if code else lot,
    }
    return {
        "record": record,
        "place": place_fields,
        "problems": problems,
        "code_given": code is not None,
        "hold": hold,
    }


def _without_halves(value: Any) -> Any:
    r"""JSON can spell half a character (``\ud800``), which no file or database can hold.

    U+FFFD takes its place, which no font of ours prints: it is refused by name, in its own column.
    """
    if isinstance(value, str):
        return value if value.isascii() else _HALVES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_halves(item) for item in value]
    if isinstance(value, dict):
        return {_without_halves(name): _without_halves(item) for name, item in value.items()}
    return value


def _typed(value: dict[str, Any], spec: Spec) -> dict[str, Any]:
    """YAML's text as the types the kind asks for."""
    schema = dict(spec.schema)
    schema["properties"] = {
        **{item.name: {"type": item.type} for item in spec.properties},
        **(schema.get("properties") or {}),
    }
    record: dict[str, Any] = coerce(value, schema)
    for item in spec.properties:
        text = record.get(item.name)
        if item.enum_titles and isinstance(text, str):
            record[item.name] = enum_code(item.enum_titles, text)
    return record
