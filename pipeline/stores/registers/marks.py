"""Marks beside the database that outweigh it: this office has moved; this one was restored and is not yet compared.

Files, because a database copied back from a backup must not take them away.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.durable import fsync_dir, write_file
from pipeline.errors.backup import OfficeMoved
from pipeline.record import Book, SeriesKey

_MOVED = "da-chuyen.json"
_RESTORED = "da-khoi-phuc.json"


def refuse_if_moved(registers_dir: Path) -> None:
    """See that no deed is done in an office that was sealed.

    Raises:
        OfficeMoved (A433).
    """
    mark = read_moved(registers_dir)
    if mark is not None:
        raise OfficeMoved(
            f"office moved to {mark['place']}", place=mark["place"], at=mark["at"][:10]
        )


def read_moved(registers_dir: Path) -> dict[str, Any] | None:
    """Where the office has moved, None while it lives here."""
    return _read(registers_dir / _MOVED)


def mark_moved(registers_dir: Path, told: dict[str, Any]) -> None:
    """Seal the office: from now on every deed is refused."""
    _write(registers_dir / _MOVED, told)


def unmark_moved(registers_dir: Path) -> None:
    """Open the office again."""
    (registers_dir / _MOVED).unlink(missing_ok=True)
    fsync_dir(registers_dir)


def mark_restored(registers_dir: Path, told: dict[str, Any]) -> None:
    """A series that these registers do not know may have been begun on paper meanwhile."""
    _write(registers_dir / _RESTORED, told)


def why_unsure(registers_dir: Path, key: SeriesKey) -> str:
    """Why a new series may not simply begin; empty where it may.

    Only what could have run before the restore: next year's books begin as ever.
    """
    mark = _read(registers_dir / _RESTORED)
    if mark is None:
        return ""
    is_yearly = key.book in {Book.DEN, Book.NOI_BO} and key.period.isdecimal()
    began_later = is_yearly and int(key.period) > int(mark["at"][:4])
    return "" if began_later else str(mark["why"])


def _read(path: Path) -> dict[str, Any] | None:
    try:
        value: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return value


def _write(path: Path, told: dict[str, Any]) -> None:
    data = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    write_file(path, data.encode(), mode=0o600)
