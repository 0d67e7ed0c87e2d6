"""One value as people write it → the value the schema means, or why it cannot be read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.errors.base import RecordRejected
from pipeline.errors.records import (
    DateUnreadable,
    HourUnreadable,
    NotANumber,
    NotInList,
    WrongShape,
    YesNoUnreadable,
)
from pipeline.kinds.model import Property
from pipeline.vietnamese import clean_text, fold, parse_date

#: Where a value stands in a record.
Path = tuple[str | int, ...]

#: Texts up to this long are one line; longer ones may have paragraphs.
_LONGEST_LINE = 500
_YES = frozenset(("co", "x", "v", "c", "true", "1", "yes", "y", "dung", "duoc", "✓", "✔"))
_NO = frozenset(("khong", "k", "ko", "false", "0", "no", "n", "chua", "sai"))
#: No count or measure of ours has so many digits.
_TOO_LARGE = 10**15
_SPACES = re.compile(r"\s+")
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_DECIMAL = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,9})?")
_YEAR = re.compile(r"(?:nam )?((?:19|20|21)\d\d)")
_HOUR = re.compile(r"(\d{1,2}) ?(?:gio|g|h|:) ?(\d{1,2})?(?: ?(?:phut|p|:00))?")
_LINES = re.compile(r"\s*[\n;]\s*")
_PARTS = re.compile(r"\s+[-–—|]\s+|\s*\|\s*|:\s+")
_BULLET = re.compile(r"^(?:[-–—•+*]|\d{1,3}[.)])\s+")
_EXAMPLE_DAY = "09/01/2020"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A value that cannot be read."""

    error: type[RecordRejected]
    #: Property name, then steps inside it.
    path: Path
    item: Property
    value: Any
    values: dict[str, object]


class _Unreadable(Exception):
    def __init__(self, error: type[RecordRejected], **values: object) -> None:
        super().__init__(error.code)
        self.error = error
        self.values = values


def read_value(value: Any, item: Property, bad: list[Bad], path: Path) -> Any:
    """*value* as the schema means it; None where nothing was written or it is noted in *bad*."""
    if isinstance(value, str):
        value = clean_text(value)[0].strip()
    if value is None or value == "":
        return None
    try:
        if item.type == "array":
            return _read_list(value, item, bad, path)
        if item.type == "object":
            return _read_table(value, item, bad, path)
        return _read_leaf(value, item)
    except _Unreadable as error:
        bad.append(Bad(error=error.error, path=path, item=item, value=value, values=error.values))
        return None


def shown(value: Any) -> str:
    """A value as told back to the clerk: short, on one line."""
    if isinstance(value, dict):
        return "một bảng"
    if isinstance(value, list):
        return f"một danh sách {len(value)} dòng"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int) and abs(value) >= _TOO_LARGE:
        return "một con số quá lớn"
    text = _SPACES.sub(" ", clean_text(str(value)[:200])[0])
    return text if len(text) <= 60 else f"{text[:59]}…"


def _read_leaf(value: Any, item: Property) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise _Unreadable(NotANumber)
    return _LEAVES[item.type](value, item)


def _read_text(value: Any, item: Property) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < _TOO_LARGE:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise _Unreadable(WrongShape, expected="chữ")
    if isinstance(value, int) and abs(value) >= _TOO_LARGE:
        # Python refuses to write out a number of thousands of digits.
        raise _Unreadable(NotANumber)
    text = str(value)
    if item.schema.get("maxLength", math.inf) <= _LONGEST_LINE:
        text = _SPACES.sub(" ", text)
    if item.values:
        return _read_choice(text, item)
    reader = _FORMATS.get(item.format)
    return reader(text, item) if reader else text


def _read_choice(text: str, item: Property) -> str:
    if text in item.values:
        return text
    folded = fold(text)
    for value, title in zip(item.values, item.value_titles, strict=True):
        if folded in {fold(value), fold(title)}:
            return value
    raise _Unreadable(NotInList, allowed=", ".join(item.value_titles))


def _read_day(text: str, item: Property) -> str:
    day = parse_date(text)
    if day is not None and 1900 <= day.year <= 2200:
        return day.isoformat()
    or_year = item.format == "ngay-hoac-nam"
    if or_year and (match := _YEAR.fullmatch(fold(text))):
        return match.group(1)
    also = " hoặc chỉ ghi năm" if or_year else ""
    raise _Unreadable(DateUnreadable, also=also, example=_EXAMPLE_DAY)


def _read_hour(text: str, _item: Property) -> str:
    match = _HOUR.fullmatch(fold(text))
    hour, minute = (int(match.group(1)), int(match.group(2) or 0)) if match else (24, 0)
    if hour > 23 or minute > 59:
        raise _Unreadable(HourUnreadable)
    return f"{hour:02d}:{minute:02d}"


def _read_whole(value: Any, _item: Property) -> int:
    number = _number(value, _WHOLE, "một số nguyên viết bằng chữ số")
    if isinstance(number, float) and not number.is_integer():
        raise _Unreadable(WrongShape, expected="một số nguyên viết bằng chữ số")
    return int(number)


def _read_decimal(value: Any, _item: Property) -> float:
    return _number(value, _DECIMAL, "một con số")


def _number(value: Any, pattern: re.Pattern[str], expected: str) -> float:
    if isinstance(value, str) and value.isascii() and pattern.fullmatch(value):
        return float(value.replace(",", ".")) if "." in value or "," in value else int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Unreadable(WrongShape, expected=expected)
    if abs(value) >= _TOO_LARGE:
        raise _Unreadable(NotANumber)
    return value


def _read_flag(value: Any, _item: Property) -> bool:
    if isinstance(value, bool):
        return value
    written = fold(value) if isinstance(value, str) else str(value) if value in (0, 1) else ""
    if written not in _YES | _NO:
        raise _Unreadable(YesNoUnreadable)
    return written in _YES


def _read_list(value: Any, item: Property, bad: list[Bad], path: Path) -> list[Any] | None:
    if isinstance(value, str):
        value = [_BULLET.sub("", line) for line in _LINES.split(value) if line]
    if not isinstance(value, list):
        raise _Unreadable(WrongShape, expected="danh sách, mỗi dòng một mục")
    entry = item.entry
    if entry is None:
        return value
    found = [read_value(one, entry, bad, (*path, index)) for index, one in enumerate(value)]
    return [one for one in found if one is not None] or None


def _read_table(value: Any, item: Property, bad: list[Bad], path: Path) -> dict[str, Any] | None:
    if isinstance(value, str) and item.inner:
        # A line of a list typed into one cell: «Lê Văn A - bận công tác».
        parts = _PARTS.split(value, maxsplit=len(item.inner) - 1)
        value = dict(zip((inner.name for inner in item.inner), parts, strict=False))
    if not isinstance(value, dict):
        raise _Unreadable(WrongShape, expected="một bảng gồm các mục có tên")
    known = {inner.name: inner for inner in item.inner}
    found = {}
    for name, one in value.items():
        # What the schema does not know stays as it is, for the schema to name.
        read = read_value(one, known[name], bad, (*path, name)) if name in known else one
        if read is not None:
            found[name] = read
    return found or None


_Leaf = Callable[[Any, Property], Any]
_LEAVES: dict[str, _Leaf] = {
    "string": _read_text,
    "integer": _read_whole,
    "number": _read_decimal,
    "boolean": _read_flag,
}
_FORMATS: dict[str, Callable[[str, Property], str]] = {
    "ngay": _read_day,
    "ngay-hoac-nam": _read_day,
    "gio": _read_hour,
}
