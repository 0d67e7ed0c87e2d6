"""A line of the sealed journal: deed ↔ bytes, and what may be wrong with them. Pure functions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.clock import OFFICE_ZONE
from pipeline.record import JournalLine

#: ``prev`` of the first line ever, and the head of an empty journal.
NO_HEAD = "0" * 64
RowId = int | str


def words_of(row: RowId, line: JournalLine) -> dict[str, Any]:
    """A line without what the chain adds to it."""
    return {
        "at": line.at.astimezone(OFFICE_ZONE).isoformat(timespec="microseconds"),
        "data": line.data,
        "deed": line.deed,
        "document": line.document_id,
        "person": line.person,
        "receipt": line.receipt_id,
        "row": row,
    }


def line_of(value: Mapping[str, Any]) -> JournalLine:
    """The deed that a sealed line tells of."""
    return JournalLine(
        at=datetime.fromisoformat(value["at"]),
        person=value["person"],
        deed=value["deed"],
        document_id=value["document"],
        receipt_id=value["receipt"],
        data=value["data"],
    )


def mark_of(value: Mapping[str, Any]) -> str:
    """The digest of a sealed line's words, whatever its place in the chain."""
    words = {key: value[key] for key in value if key not in {"n", "prev"}}
    return hashlib.sha256(canonical(words)).hexdigest()


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one way a value is written: sorted keys, no spaces, UTF-8."""
    try:
        return _dump(value, is_ascii=False).encode()
    except UnicodeEncodeError:
        # A file name that was not UTF-8 has become half a surrogate pair: escape, rather than never seal.
        return _dump(value, is_ascii=True).encode()


def _dump(value: Mapping[str, Any], *, is_ascii: bool) -> str:
    return json.dumps(
        value, ensure_ascii=is_ascii, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def hash_of(raw: bytes) -> str:
    """What the next line carries as ``prev``."""
    return hashlib.sha256(raw).hexdigest()


def whole_lines(data: bytes) -> list[bytes]:
    """The lines of a file that are ended; a torn one is not among them."""
    return data.split(b"\n")[:-1]


def load(raw: bytes) -> dict[str, Any] | None:
    """The object a line holds, None when it holds none."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def fault_of(raw: bytes, number: int, head: str) -> str:
    """What is wrong with a line that should be the *number*-th and follow *head*; empty when nothing is."""
    value = load(raw)
    if value is None:
        return "no JSON object"
    if value.get("prev") != head:
        return "does not chain to the line before"
    if value.get("n") != number:
        return f"is numbered {value.get('n')!r}"
    if "row" not in value or canonical(value) != raw:
        return "not in canonical form"
    return ""


def sound_bytes(data: bytes) -> int:
    """How much of a file a crash cannot have torn.

    An append that was never synced may leave a piece of its last line, or zeros from some byte to the end
    where pages were not written. Whole lines behind a hole mean damage, which is not ours to cut.
    """
    hole = data.find(b"\0")
    if hole >= 0 and any(load(raw) is not None for raw in whole_lines(data[hole:])):
        hole = -1
    return data.rfind(b"\n", 0, hole if hole >= 0 else len(data)) + 1
