"""One cell or scalar, and the property it belongs to → the JSON value of the record."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from pipeline.engines.tables_spec import Property
from pipeline.vietnamese import canonical, fold

YES_WORDS = frozenset(
    ("có", "co", "x", "true", "yes", "đúng", "dung", "1", "v", "✓", "✔", "☑", "☒")
)
NO_WORDS = frozenset(("không", "khong", "false", "no", "sai", "0", "k", "☐"))
_INTEGER = re.compile(r"[+-]?\d{1,15}")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ITEMS = re.compile(r"[\n;]")


def from_text(item: Property, text: str) -> Any:
    """The value of text in a cell: codes for titles, numbers and yes/no where the kind wants them.

    What does not convert stays text, for the check to name.
    """
    if item.enum_titles:
        return enum_code(item.enum_titles, text)
    return typed(item.type, text)


def typed(kind: str, text: str) -> Any:
    """*text* as a JSON value of that JSON Schema type, or unchanged."""
    if kind == "boolean":
        return yes_or_no(text)
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text):
        value = float(text.replace(",", "."))
        return int(value) if value.is_integer() else value
    if kind == "array":
        return [part for piece in _ITEMS.split(text) if (part := piece.strip(" -•\t"))]
    return text


def yes_or_no(text: str) -> Any:
    """True, False, or the text where it is neither."""
    word = canonical(text)
    if word in YES_WORDS:
        return True
    return False if word in NO_WORDS else text


def enum_code(titles: dict[str, str], text: str) -> str:
    """The code whose title (or which itself) reads like *text*; the text where none does."""
    for form in (canonical, fold):
        wanted = form(text)
        for code, title in titles.items():
            if wanted in {form(title), form(code)}:
                return code
    return text


def from_cell(item: Property, value: Any) -> Any:
    """The value of a cell that is not text: a number, a day, a time, TRUE."""
    if isinstance(value, bool):
        return value if item.type == "boolean" else ("Có" if value else "Không")
    if isinstance(value, (int, float)):
        return _from_number(item, value)
    if isinstance(value, dt.date):
        return _from_day(item, value)
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    if isinstance(value, dt.timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return str(value)


def _from_day(item: Property, value: dt.date) -> str:
    day = f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    has_time = isinstance(value, dt.datetime) and (value.hour, value.minute, value.second) != (
        0,
        0,
        0,
    )
    return f"{day} {value:%H:%M}" if has_time and not item.is_date else day


def _from_number(item: Property, value: float) -> Any:
    is_whole = isinstance(value, int) or value.is_integer()
    if item.type in {"integer", "number"}:
        return int(value) if is_whole else value
    text = str(int(value)) if is_whole else f"{value:.15g}".replace(".", ",")
    return from_text(item, text) if item.enum_titles or item.type == "boolean" else text


def as_text(item: Property, value: Any) -> str:
    """A record's value as a clerk would type it into a cell; :func:`from_text` reads it back.

    Empty for a table inside a cell: that is written in JSON or YAML, not in a sheet.
    """
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, list):
        return "" if any(map(is_nested, value)) else "; ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    return _shown(item, str(value))


def _shown(item: Property, text: str) -> str:
    if item.is_date and (match := _ISO.fullmatch(text)):
        return "{2}/{1}/{0}".format(*match.groups())
    return item.enum_titles.get(text, text)


def is_nested(value: Any) -> bool:
    """Whether a value has parts of its own."""
    return isinstance(value, (dict, list))


def coerce(value: Any, schema: dict[str, Any]) -> Any:
    """YAML's text scalars as the types a JSON Schema asks for, all the way down."""
    if isinstance(value, str):
        kinds = schema.get("type") or "string"
        wanted = [kinds] if isinstance(kinds, str) else list(kinds)
        if "string" in wanted:
            return value
        return next(
            (made for kind in wanted if kind != "array" and (made := typed(kind, value)) != value),
            value,
        )
    if isinstance(value, list):
        return [coerce(item, _sub(schema.get("items"))) for item in value]
    if isinstance(value, dict):
        inner = _sub(schema.get("properties"))
        return {name: coerce(item, _sub(inner.get(name))) for name, item in value.items()}
    return value


def _sub(schema: Any) -> dict[str, Any]:
    return schema if isinstance(schema, dict) else {}
