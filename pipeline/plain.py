"""Frozen dataclasses ↔ JSON values, by their annotations: how values are written into the archive and read again."""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """The JSON value of a dataclass, a list of them, or anything inside one."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    return value


def plain_json(value: object) -> bytes:
    """JSON as it lies in the archive: keys sorted, on one line, UTF-8, ends with a line feed."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n").encode()


def from_plain(kind: type[T], value: Any) -> T:
    """The value of type *kind* that :func:`to_plain` wrote; unknown keys are ignored, absent ones default.

    Raises:
        TypeError, ValueError, KeyError: it is not such a value.
    """
    result: T = _read(kind, value)
    return result


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = next(arg for arg in get_args(kind) if arg is not type(None))
        return None if value is None else _read(inner, value)
    if origin is tuple:
        item_kind = get_args(kind)[0]
        return tuple(_read(item_kind, item) for item in value)
    if not isinstance(kind, type):
        return value
    return _read_class(kind, value)


def _read_class(kind: type, value: Any) -> Any:
    if is_dataclass(kind):
        hints = _hints(kind)
        known = {item.name for item in fields(kind)} & value.keys()
        return kind(**{name: _read(hints[name], value[name]) for name in known})
    if issubclass(kind, date):
        return kind.fromisoformat(value)
    return kind(value) if issubclass(kind, Enum) else value
