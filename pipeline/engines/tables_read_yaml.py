"""YAML text → values, every scalar as it is written: ``012``, ``no`` and dates stay text.

Read from the parser's events, not through a loader: no type guessing, no aliases, no tags, so nothing
in the file can run or grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from pipeline.errors.tables import AliasRefused, KeyTwice, NotARecord, TextBroken, TooDeep
from pipeline.vietnamese import nfc

MAX_DEPTH = 40
_PLAIN_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TEXT_TAGS = frozenset((None, "!", "tag:yaml.org,2002:str"))


def parse_yaml(text: str) -> list[Any]:
    """The documents of a YAML text; scalars are strings, or None where nothing is written.

    Raises:
        TextBroken (R156), KeyTwice (R157), TooDeep (R159), AliasRefused (R160), NotARecord (R161).
    """
    try:
        return list(_documents(_Events(text)))
    except yaml.YAMLError as error:
        raise _broken(error) from error
    except RecursionError as error:
        raise TooDeep("parser recursion", limit=MAX_DEPTH, line=0) from error


class _Events:
    """The parser's events, looked at one at a time."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.CSafeLoader))

    def next(self) -> Any:
        event = next(self._events)
        if isinstance(event, yaml.AliasEvent):
            raise _refused(event, f"*{event.anchor}")
        anchor = getattr(event, "anchor", None)
        if anchor:
            raise _refused(event, f"&{anchor}")
        tag = getattr(event, "tag", None)
        if tag not in _TEXT_TAGS:
            raise _refused(event, str(tag).replace("tag:yaml.org,2002:", "!!"))
        return event


def _refused(event: Any, mark: str) -> AliasRefused:
    return AliasRefused(f"refused {mark[:60]!r}", mark=mark[:60], line=event.start_mark.line + 1)


def _documents(events: _Events) -> Iterator[Any]:
    while not isinstance(event := events.next(), yaml.StreamEndEvent):
        if isinstance(event, yaml.DocumentStartEvent):
            yield _value(events.next(), events, depth=0)


def _value(event: Any, events: _Events, *, depth: int) -> Any:
    if isinstance(event, yaml.ScalarEvent):
        # implicit[0]: written plain, without quotes or tag
        is_plain_null = event.implicit[0] and event.value in _PLAIN_NULLS
        return None if is_plain_null else nfc(event.value)
    if depth >= MAX_DEPTH:
        line = event.start_mark.line + 1
        raise TooDeep(f"deeper than {MAX_DEPTH}", limit=MAX_DEPTH, line=line)
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(events, depth=depth + 1)
    return _mapping(events, depth=depth + 1)


def _sequence(events: _Events, *, depth: int) -> list[Any]:
    items = []
    while not isinstance(event := events.next(), yaml.SequenceEndEvent):
        items.append(_value(event, events, depth=depth))
    return items


def _mapping(events: _Events, *, depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    while not isinstance(event := events.next(), yaml.MappingEndEvent):
        line = event.start_mark.line + 1
        if not isinstance(event, yaml.ScalarEvent):
            raise NotARecord("a key that is no word", place=f"Tên mục ở dòng {line}")
        key = nfc(event.value)
        if key in result:
            raise KeyTwice(f"key {key[:60]!r} twice", key=key[:60], line=line)
        result[key] = _value(events.next(), events, depth=depth)
    return result


def _broken(error: yaml.YAMLError) -> TextBroken:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    detail = str(getattr(error, "problem", None) or error)
    return TextBroken(detail[:200], language="YAML", line=line, column=column, why=_why(detail))


def _why(detail: str) -> str:
    known = (
        (
            "cannot start any token",
            "có dấu tab hoặc ký tự không được đứng đầu giá trị; hãy đặt giá trị trong dấu ngoặc kép",
        ),
        (
            "mapping values are not allowed",
            "có dấu hai chấm thừa; hãy đặt giá trị trong dấu ngoặc kép",
        ),
        ("could not find expected ':'", "thiếu dấu hai chấm sau tên mục"),
        ("did not find expected key", "thụt dòng không đều, hoặc thiếu dấu ngoặc kép"),
        ("unexpected end", "thiếu dấu ngoặc kép đóng"),
        ("control characters", "có ký tự điều khiển"),
    )
    return next(
        (ours for theirs, ours in known if theirs in detail), "thụt dòng hoặc dấu câu không đúng"
    )
