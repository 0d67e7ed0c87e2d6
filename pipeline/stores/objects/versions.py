"""What goes into the archive and what comes back: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.record import StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """One version to be stored, whole: what is not named here is not part of it."""

    object_id: str
    #: 1 for a new object, else one more than the newest.
    version: int
    #: Logical name → the bytes, or a file to copy.
    files: Mapping[str, Path | bytes]
    #: Names taken over from the version before without reading them again.
    keep: tuple[str, ...] = ()
    #: Names whose content may differ when the version turns out to be stored already.
    volatile: frozenset[str] = frozenset()
    #: Why there is this version, in Vietnamese, for whoever reads the inventory.
    message: str
    person: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A version that is stored for good."""

    object_id: str
    version: int
    inventory_sha512: str
    files: tuple[StoredFile, ...]
    #: It was there already, by an earlier attempt or another runner.
    was_there: bool
