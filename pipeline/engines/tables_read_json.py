"""JSON text → values, strictly: no key twice, no NaN, bounded depth; places named by line."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from pipeline.errors.tables import KeyTwice, NotANumber, TextBroken, TextCutOff, TooDeep
from pipeline.vietnamese import nfc

MAX_DEPTH = 40
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_CONSTANTS = re.compile(r'"(?:[^"\\]|\\.)*+"|NaN|-?Infinity|-?\d[\d.eE+-]*', re.DOTALL)
_WHY = (
    ("Expecting property name", "thiếu tên mục trong dấu ngoặc kép, hoặc thừa dấu phẩy"),
    ("Expecting ',' delimiter", "thiếu dấu phẩy"),
    ("Expecting ':' delimiter", "thiếu dấu hai chấm"),
    ("Expecting value", "thiếu giá trị, hoặc giá trị không đặt trong dấu ngoặc kép"),
    ("Unterminated string", "thiếu dấu ngoặc kép đóng"),
    ("Invalid control character", "có ký tự xuống dòng hoặc ký tự điều khiển giữa chuỗi"),
    ("Extra data", "còn nội dung thừa sau khi đã kết thúc"),
    ("Illegal trailing comma", "thừa dấu phẩy"),
    ("Invalid", "có dấu gạch chéo ngược viết sai"),
)


class _Twice(Exception):
    pass


class _NoNumber(Exception):
    pass


def parse_json(text: str) -> Any:
    """The value of a JSON text, names and strings in NFC.

    Raises:
        TextBroken (R156), KeyTwice (R157), NotANumber (R158), TooDeep (R159).
    """
    _check_depth(text)
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        raise _broken(error, text) from error
    except _Twice as error:
        raise _key_twice(text) from error
    except _NoNumber as error:
        value = str(error)
        line = _line_of_constant(text, value)
        raise NotANumber(f"no number {value[:40]!r}", value=value[:40], line=line) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = {nfc(key): nfc_deep(value) for key, value in pairs}
    if len(result) != len(pairs):
        raise _Twice
    return result


def nfc_deep(value: Any) -> Any:
    """Strings in NFC; lists of strings too. Objects inside were done when they were made."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, list):
        return [nfc_deep(item) for item in value]
    return value


def _constant(name: str) -> Any:
    raise _NoNumber(name)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _NoNumber(text)
    return value


def _int(text: str) -> int:
    # beyond 18 digits no database keeps it; beyond 4,300 Python refuses too
    if len(text) > 18:
        raise _NoNumber(text)
    return int(text)


def _check_depth(text: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        char = match.group()
        if char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                line = _line(text, match.start())
                raise TooDeep(f"deeper than {MAX_DEPTH}", limit=MAX_DEPTH, line=line)
        elif char in "]}":
            depth -= 1


def _broken(error: json.JSONDecodeError, text: str) -> TextBroken:
    why = next((ours for theirs, ours in _WHY if error.msg.startswith(theirs)), "viết sai quy cách")
    is_at_end = not text[error.pos :].strip() or error.msg.startswith("Unterminated")
    family = TextCutOff if is_at_end else TextBroken
    return family(error.msg, language="JSON", line=error.lineno, column=error.colno, why=why)


def _key_twice(text: str) -> KeyTwice:
    """Walk the text once more to find which name and on which line."""
    decoder = json.JSONDecoder()
    stack: list[set[str]] = []
    for match in _BRACKETS.finditer(text):
        mark = match.group()
        if mark in "[{":
            stack.append(set())
        elif mark in "]}":
            stack = stack[:-1]
        elif stack and text[match.end() :].lstrip(" \t\r\n")[:1] == ":":
            key = nfc(decoder.decode(mark))
            if key in stack[-1]:
                line = _line(text, match.start())
                return KeyTwice(f"key {key[:60]!r} twice", key=key[:60], line=line)
            stack[-1].add(key)
    return KeyTwice("a key twice", key="", line=0)


def _line_of_constant(text: str, value: str) -> int:
    for match in _CONSTANTS.finditer(text):
        if match.group() == value:
            return _line(text, match.start())
    return 0


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
