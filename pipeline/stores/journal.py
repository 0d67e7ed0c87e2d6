"""The sealed journal: deeds → one file a day of lines, each carrying the hash of the line before it.

``YYYY-MM-DD.jsonl``: UTF-8, one JSON object a line, keys sorted, no spaces, ended by a line feed. ``prev`` is
the sha256 of the exact bytes of the line before, without its line feed; the first line of a day chains to the
last line of the day before, the first of all to 64 zeros. ``n`` counts a day's lines from 1. ``row`` is the
register's row id: the same row is never sealed twice.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.clock import Clock, today
from pipeline.durable import Disk, make_dirs
from pipeline.errors.archive import JournalBroken, JournalConflict, told_as_temporary
from pipeline.errors.base import shown_as
from pipeline.errors.findings import Finding, finding
from pipeline.record import JournalLine
from pipeline.stores.journal_lines import (
    NO_HEAD,
    RowId,
    canonical,
    fault_of,
    hash_of,
    load,
    mark_of,
    sound_bytes,
    whole_lines,
    words_of,
)
from pipeline.stores.locks import file_lock

_log = logging.getLogger(__name__)

#: Rows looked back at for those sealed already: far more than one sealing holds.
_TAIL_ROWS = 20_000
_LOCK_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLine:
    """Where a row stands in the journal."""

    row: RowId
    day: date
    #: 1-based line of the day's file.
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealResult:
    """What one sealing did."""

    #: The file written to.
    day: date
    #: Line of the first row appended now; the next free line when none was.
    first_line: int
    #: How many were appended now.
    count: int
    #: sha256 of the journal's last line.
    head: str
    #: Every row that was asked for, in order, those sealed earlier included: all of them are durable.
    places: tuple[SealedLine, ...]


@dataclass(slots=True)
class _Tail:
    """What the sealer knows of the newest lines."""

    day: date | None = None
    line: int = 0
    head: str = NO_HEAD
    size_bytes: int = 0
    #: Row → place and digest of its words.
    rows: dict[RowId, tuple[SealedLine, str]] = field(default_factory=dict)


class Journal:
    """The folder of sealed days."""

    def __init__(self, directory: Path, clock: Clock, *, disk: Disk | None = None) -> None:
        self._directory = directory
        self._clock = clock
        self._disk = disk or Disk()
        self._tail: _Tail | None = None

    def seal(self, rows: Sequence[tuple[RowId, JournalLine]]) -> SealResult:
        """Append *rows*, in their order, for good; rows that are there already are only looked up.

        Raises:
            JournalBroken (A410): the newest lines do not chain.
            JournalConflict (A411): a row was sealed with other words.
            ArchiveBusy (T323): another seals. TemporaryFailure (T320–T324): the disk refused; nothing is half-done.
        """
        with told_as_temporary(str(self._directory)):
            make_dirs(self._directory, 0o750)
            with file_lock(self._directory / ".lock", seconds=_LOCK_SECONDS):
                return self._seal(rows, self._fresh_tail())

    def head(self) -> str:
        """sha256 of the last whole line; 64 zeros while there is none."""
        for day in reversed(self._days()):
            lines = whole_lines(self._read(day))
            if lines:
                return hash_of(lines[-1])
        return NO_HEAD

    def days(self) -> list[date]:
        """The days that have a file, oldest first."""
        return self._days()

    def lines(self, day: date | None = None) -> Iterator[dict[str, Any]]:
        """All sealed lines of one day or of all, oldest first; a torn last line is not one.

        Raises:
            JournalBroken (A410): a line is no JSON object. The chain is not compared: see :meth:`verify`.
        """
        for each in self._days() if day is None else [day]:
            for number, raw in enumerate(whole_lines(self._read(each)), start=1):
                value = load(raw)
                if value is None:
                    raise _broken(each, number, "no JSON object")
                yield value

    def last(self) -> dict[str, Any] | None:
        """The newest sealed line, None before the first; the others of its day are not looked at.

        Raises:
            JournalBroken (A410): it is no JSON object.
        """
        for day in reversed(self._days()):
            lines = whole_lines(self._read(day))
            if lines:
                value = load(lines[-1])
                if value is None:
                    raise _broken(day, len(lines), "no JSON object")
                return value
        return None

    def verify(self) -> Iterator[Finding]:
        """Everything wrong with the chain, from the first line to the last."""
        head = NO_HEAD
        days = self._days()
        for path in self._strangers():
            yield finding("A417", path.name, "unexpected entry in the journal")
        for day in days:
            data = self._read(day)
            lines = whole_lines(data)
            for number, raw in enumerate(lines, start=1):
                if why := fault_of(raw, number, head):
                    yield finding("A410", f"{_name(day)} dòng {number}", why)
                head = hash_of(raw)
            if not data.endswith(b"\n") and data:
                code = "A412" if day == days[-1] else "A410"
                yield finding(code, f"{_name(day)} dòng {len(lines) + 1}", "torn line")

    def closed_days(self) -> list[date]:
        """Days before today whose file is whole: nothing is appended to them again while the clock goes on."""
        now = today(self._clock)
        return [day for day in self._days() if day < now and self._is_whole(day)]

    def path_of(self, day: date) -> Path:
        """The file of a day."""
        return self._directory / _name(day)

    def _is_whole(self, day: date) -> bool:
        with told_as_temporary(_name(day)), self.path_of(day).open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(size - 1, 0))
            return stream.read(1) == b"\n"

    def _seal(self, rows: Sequence[tuple[RowId, JournalLine]], tail: _Tail) -> SealResult:
        # A clock set back must not reopen a day: we go on in the newest one.
        day = max(today(self._clock), tail.day or date.min)
        first = tail.line + 1 if day == tail.day else 1
        number, head = first - 1, tail.head
        places: list[SealedLine] = []
        added: dict[RowId, tuple[SealedLine, str]] = {}
        text: list[bytes] = []
        for row, line in rows:
            words = words_of(row, line)
            mark = hashlib.sha256(canonical(words)).hexdigest()
            known = tail.rows.get(row) or added.get(row)
            if known is None:
                number += 1
                raw = canonical({**words, "n": number, "prev": head})
                head = hash_of(raw)
                text.append(raw + b"\n")
                known = (SealedLine(row=row, day=day, line=number), mark)
                added[row] = known
            elif known[1] != mark:
                raise _conflict(known[0])
            places.append(known[0])
        if text:
            self._append(day, b"".join(text), tail)
            tail.rows.update(added)
            _forget_oldest(tail)
            tail.day, tail.line, tail.head = day, number, head
            _log.info("sealed day=%s lines=%d-%d", day, first, number)
        return SealResult(
            day=day, first_line=first, count=len(text), head=head, places=tuple(places)
        )

    def _append(self, day: date, data: bytes, tail: _Tail) -> None:
        """Write to the day's file and sync; after a refusal the file is as it was."""
        path = str(self.path_of(day))
        before = tail.size_bytes if day == tail.day else 0
        self._tail = None
        try:
            self._disk.append(path, data, 0o640)
            self._disk.sync_file(path)
        except OSError:
            if self.path_of(day).exists():
                self._disk.truncate(path, before)
            raise
        if day != tail.day or not before:
            self._disk.sync_dir(str(self._directory))
        tail.size_bytes = before + len(data)
        self._tail = tail

    def _fresh_tail(self) -> _Tail:
        """The newest lines as they are now, cleaned of what a power cut tore, and durable."""
        tail = self._tail
        newest = max(self._days(), default=None)
        if (
            tail is not None
            and tail.day == newest
            and (newest is None or self.path_of(newest).stat().st_size == tail.size_bytes)
        ):
            return tail
        self._tail = None
        if newest is not None:
            self._cut_torn(newest)
            self._disk.sync_file(str(self.path_of(newest)))
            self._disk.sync_dir(str(self._directory))
        self._tail = self._load_tail()
        return self._tail

    def _load_tail(self) -> _Tail:
        """Read back days until enough rows are known; check their chain."""
        chosen: list[tuple[date, list[bytes]]] = []
        rows = 0
        for day in reversed(self._days()):
            lines = whole_lines(self._read(day))
            chosen.insert(0, (day, lines))
            rows += len(lines)
            if rows >= _TAIL_ROWS:
                break
        tail = _Tail()
        head = _prev_of(chosen)
        for day, lines in chosen:
            for number, raw in enumerate(lines, start=1):
                if why := fault_of(raw, number, head):
                    raise _broken(day, number, why)
                head = hash_of(raw)
                value = json.loads(raw)
                place = SealedLine(row=value["row"], day=day, line=number)
                tail.rows[place.row] = (place, mark_of(value))
            tail.day, tail.line = day, len(lines)
            tail.size_bytes = self.path_of(day).stat().st_size
        tail.head = head
        return tail

    def _cut_torn(self, day: date) -> None:
        """Cut off what a crash left of lines that were never acknowledged."""
        data = self._read(day)
        keep = sound_bytes(data)
        if keep < len(data):
            self._disk.truncate(str(self.path_of(day)), keep)
            torn = data[keep:]
            _log.warning(
                "cut torn end day=%s bytes=%d sha256=%s",
                day,
                len(torn),
                hashlib.sha256(torn).hexdigest(),
                extra=shown_as(
                    "Bỏ một dòng nhật ký viết dở khi máy tắt đột ngột; không việc nào đã xong bị mất."
                ),
            )

    def _days(self) -> list[date]:
        with told_as_temporary(str(self._directory)):
            if not self._directory.is_dir():
                return []
            days = (_day_of(path) for path in self._directory.iterdir())
            return sorted(day for day in days if day is not None)

    def _strangers(self) -> list[Path]:
        if not self._directory.is_dir():
            return []
        return sorted(
            path
            for path in self._directory.iterdir()
            if _day_of(path) is None and path.name != ".lock"
        )

    def _read(self, day: date) -> bytes:
        with told_as_temporary(_name(day)):
            return self.path_of(day).read_bytes()


def _forget_oldest(tail: _Tail) -> None:
    """Bound the memory of a sealer that lives for long; a dict keeps the order of its making."""
    if len(tail.rows) > 3 * _TAIL_ROWS:
        tail.rows = dict(list(tail.rows.items())[-_TAIL_ROWS:])


def _name(day: date) -> str:
    return f"{day.isoformat()}.jsonl"


def _day_of(path: Path) -> date | None:
    try:
        day = date.fromisoformat(path.stem)
    except ValueError:
        return None
    return day if path.name == _name(day) else None


def _prev_of(chosen: Iterable[tuple[date, list[bytes]]]) -> str:
    """What the first of these lines says came before it; the chain further back is for ``verify``."""
    first = next((lines[0] for _, lines in chosen if lines), None)
    value = load(first) if first is not None else None
    return str(value.get("prev", NO_HEAD)) if value else NO_HEAD


def _broken(day: date, number: int, why: str) -> JournalBroken:
    where = f"{_name(day)} dòng {number}"
    return JournalBroken(f"{_name(day)} line {number}: {why}", where=where)


def _conflict(place: SealedLine) -> JournalConflict:
    where = f"{_name(place.day)} dòng {place.line}"
    return JournalConflict(
        f"row {place.row} sealed otherwise at {where}", row=place.row, where=where
    )
