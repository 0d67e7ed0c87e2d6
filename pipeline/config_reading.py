"""One table of the office file → typed values; what is wrong is noted with its line, never raised."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pipeline.config_model import Span
from pipeline.errors.base import KindInvalid, Problem
from pipeline.errors.office import (
    OfficeDatesReversed,
    OfficeKeyMissing,
    OfficeKeyUnknown,
    OfficeValueWrong,
)
from pipeline.toml_lines import KeyPath, TomlLines
from pipeline.vietnamese import clean_text, parse_date

_LONGEST_TEXT = 300


class Notes:
    """The problems found so far in one file."""

    def __init__(self, lines: TomlLines) -> None:
        self.lines = lines
        self._found: list[tuple[int, Problem]] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them, in the order of their lines."""
        return tuple(problem for _, problem in sorted(self._found, key=lambda pair: pair[0]))

    def add(
        self, error: type[KindInvalid], path: KeyPath, *, read: object = "", **values: object
    ) -> None:
        """Note that *error* stands at *path*."""
        line = self.lines.of(path)
        problem = error(f"line={line} path={path!r}", **values)
        text = problem.clerk_template.format_map(values).strip()
        shown = "" if read == "" else str(read)[:80]
        found = Problem(code=error.code, where=f"dòng {line}", text=text, was_read=shown)
        self._found.append((line, replace(found, path=path)))


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence that names the known word nearest to *word*, or all of them."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"Có phải là «{close[0]}»?"
    return f"Các mục được dùng: {', '.join(words)}." if words else ""


class Section:
    """One table: each key is asked for once; what nobody asked for is unknown."""

    def __init__(self, data: dict[str, Any], path: KeyPath, notes: Notes) -> None:
        self.path = path
        self.notes = notes
        self._data = data
        self._asked: set[str] = set()

    @property
    def is_there(self) -> bool:
        """Whether the file has anything in it."""
        return bool(self._data)

    def line(self) -> int:
        """Where the table begins."""
        return self.notes.lines.of(self.path)

    def at(self, key: str) -> KeyPath:
        """The path of one of its keys."""
        return (*self.path, key)

    def text(self, key: str, meaning: str, *, default: str | None = None) -> str:
        """A line of text; required where there is no *default*."""
        value = self._take(key, meaning, required=default is None)
        if value is None:
            return default or ""
        if (
            not isinstance(value, str)
            or len(value) > _LONGEST_TEXT
            or clean_text(value)[0] != value
        ):
            self.wrong(
                key,
                f"chữ trong dấu nháy, dài tối đa {_LONGEST_TEXT} ký tự, không có ký tự lạ",
                value,
            )
            return default or ""
        if default is None and not value.strip():
            self.wrong(key, f"chữ, không để trống ({meaning})", value)
        return value.strip()

    def choice(self, key: str, allowed: Sequence[str], *, default: str) -> str:
        """One of *allowed*."""
        value = self._take(key, "", required=False)
        if value is None:
            return default
        if value not in allowed:
            self.wrong(key, f"một trong các giá trị: {', '.join(allowed)}", value)
            return default
        return str(value)

    def flag(self, key: str) -> bool:
        """A yes or no, no when absent."""
        value = self._take(key, "", required=False)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, "true hoặc false", value)
        return value is True

    def number(self, key: str, *, default: float, least: float) -> float:
        """A number not under *least*; whole where the default is whole."""
        value = self._take(key, "", required=False)
        if value is None:
            return default
        kinds = (int,) if isinstance(default, int) else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value < 1e15:
            whole = "số nguyên" if isinstance(default, int) else "số"
            self.wrong(key, f"{whole} từ {least:g} trở lên", value)
            return default
        return type(default)(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of words, empty when absent."""
        value = self._take(key, "", required=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(
            isinstance(item, str) and item.strip() for item in value
        ):
            self.wrong(key, 'danh sách chữ, ví dụ ["TU", "VPTU"]', value)
            return ()
        return tuple(value)

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of two words or more, empty when absent."""
        value = self._take(key, "", required=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(map(_is_group, value)):
            self.wrong(key, 'danh sách nhóm, ví dụ [["VPTU", "Văn phòng Tỉnh ủy"]]', value)
            return ()
        return tuple(tuple(item) for item in value)

    def days(self, key: str) -> frozenset[date]:
        """A list of days, empty when absent; one that is no day is told."""
        value = self._take(key, "", required=False)
        if value is None:
            return frozenset()
        found = [_as_day(item) for item in value] if isinstance(value, list) else [None]
        if None in found:
            self.wrong(key, "danh sách ngày, ví dụ [2026-01-01, 2026-04-30]", value)
        return frozenset(day for day in found if day is not None)

    def span(self) -> Span:
        """``tu_ngay`` and ``den_ngay``."""
        start, end = self._day("tu_ngay"), self._day("den_ngay")
        if start and end and end < start:
            self.notes.add(OfficeDatesReversed, self.at("den_ngay"), read=f"{start} – {end}")
            return Span()
        return Span(start=start, end=end)

    def table(self, key: str) -> Section:
        """A table inside; empty when absent."""
        value = self._take(key, "", required=False)
        if value is not None and not isinstance(value, dict):
            self.wrong(key, f"một bảng [{key}]", value)
            value = None
        return Section(value or {}, self.at(key), self.notes)

    def tables(self, key: str, meaning: str = "", *, required: bool = False) -> Iterator[Section]:
        """An array of tables inside."""
        value = self._take(key, meaning, required=required)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.wrong(key, f"các bảng [[{key}]]", value)
            return
        if required and not value:
            self.notes.add(OfficeKeyMissing, self.at(key), key=key, meaning=meaning)
        for index, item in enumerate(value):
            yield Section(item, (*self.path, key, index), self.notes)

    def rest(self) -> dict[str, Any]:
        """All keys at once, for a table whose keys are names."""
        self._asked.update(self._data)
        return self._data

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                hint = nearest(key, self._asked)
                self.notes.add(OfficeKeyUnknown, self.at(key), key=key, nearest=hint)

    def wrong(self, key: str, expected: str, value: object) -> None:
        """Note a value of the wrong type or outside its list."""
        self.notes.add(OfficeValueWrong, self.at(key), read=value, key=key, expected=expected)

    def _take(self, key: str, meaning: str, *, required: bool) -> Any:
        self._asked.add(key)
        if required and key not in self._data:
            self.notes.add(OfficeKeyMissing, self.path, key=key, meaning=meaning)
        return self._data.get(key)

    def _day(self, key: str) -> date | None:
        value = self._take(key, "", required=False)
        if value is None or value == "":
            return None
        day = _as_day(value)
        if day is None:
            self.wrong(key, "một ngày, ví dụ 2025-07-01", value)
        return day


def _is_group(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 1
        and all(
            isinstance(item, str) and any(map(str.isalnum, item)) and len(item) <= _LONGEST_TEXT
            for item in value
        )
    )


def _as_day(value: object) -> date | None:
    if isinstance(value, str):
        return parse_date(value)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None
