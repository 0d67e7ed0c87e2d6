"""Text of a TOML file → the line on which a key stands, which tomllib does not tell."""

from __future__ import annotations

import re
import tomllib

#: Where a value stands: table names, keys, and 0-based positions in arrays of tables.
KeyPath = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_KEY_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_ERROR_LINE = re.compile(r"at line (\d+)")


class TomlLines:
    """The lines of one file's keys and tables."""

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {}
        self._counts: dict[KeyPath, int] = {}
        self._read(text.splitlines())

    def of(self, path: KeyPath) -> int:
        """The 1-based line of *path*; of the nearest thing around it where it has no line of its own."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _read(self, lines: list[str]) -> None:
        table: KeyPath = ()
        at = 0
        while at < len(lines):
            if match := _HEADER.match(lines[at]):
                table = self._open_table(match, at + 1)
                at += 1
            elif match := _KEY.match(lines[at]):
                self._name((*table, *_parts(match.group(1))), at + 1)
                at += _value_height(lines, at)
            else:
                at += 1

    def _open_table(self, match: re.Match[str], line: int) -> KeyPath:
        *above, last = _parts(match.group(2))
        path: KeyPath = ()
        for name in above:
            path = self._newest((*path, name))
        path = (*path, last)
        if match.group(1) == "[[":
            self._counts[path] = self._counts.get(path, -1) + 1
            self._name(path, line)
            path = self._newest(path)
        self._name(path, line)
        return path

    def _newest(self, path: KeyPath) -> KeyPath:
        return (*path, self._counts[path]) if path in self._counts else path

    def _name(self, path: KeyPath, line: int) -> None:
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], line)


def syntax_error_line(error: tomllib.TOMLDecodeError) -> int:
    """The line tomllib speaks of, 1 where it names none (the end of the file)."""
    match = _ERROR_LINE.search(str(error))
    return int(match.group(1)) if match else 1


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _KEY_PART.findall(dotted)]


def _value_height(lines: list[str], at: int) -> int:
    # Only the value alone is parsed: a key given twice in the file is no error here.
    for height in range(1, len(lines) - at + 1):
        try:
            tomllib.loads("\n".join(lines[at : at + height]))
        except tomllib.TOMLDecodeError:
            continue
        return height
    return 1
