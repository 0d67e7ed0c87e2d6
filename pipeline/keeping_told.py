"""What the journal tells of removals and locked series, for whoever makes the registers again. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from pipeline.record import JournalLine, SeriesKey
from pipeline.stores.registers.removal import remark
from pipeline.stores.registers.views import EntryView, SeriesView, Tombstone


def removal_of(line: JournalLine) -> Tombstone | None:
    """The removal a line tells of, None for other deeds."""
    if line.deed != "purged":
        return None
    return Tombstone(
        object_id=line.data["object_id"],
        at=datetime.fromisoformat(line.data["at"]),
        persons=(line.person, line.data["second_person"]),
        reason=line.data["reason"],
    )


def with_removal(entry: EntryView, stone: Tombstone) -> EntryView:
    """The number of a paper whose content was removed, as the book has it."""
    return replace(entry, remark="; ".join(part for part in (entry.remark, remark(stone)) if part))


def note_lock(line: JournalLine, locked: dict[str, str]) -> None:
    """Keep account of which series wait for the paper book, and why."""
    if line.deed == "series-locked":
        locked[line.data["series"]] = line.data["why"]
    elif line.deed == "series-confirmed":
        locked.pop(line.data["series"], None)


def locked_series(
    locked: Mapping[str, str], places: Iterable[tuple[str, int]]
) -> Iterator[SeriesView]:
    """Series that wait for the paper book: a database made again does not free them."""
    taken: dict[str, list[int]] = {}
    for series, ordinal in places:
        taken.setdefault(series, []).append(ordinal)
    for key, why in locked.items():
        ordinals = taken.get(key, [])
        yield SeriesView(
            key=SeriesKey.parse(key),
            start=min(ordinals, default=1),
            last=max(ordinals, default=0),
            locked=why,
        )
