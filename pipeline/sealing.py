"""Deeds of the registers → sealed lines of the journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.app import App, may_write
from pipeline.stores.journal import SealedLine

_SEAL_CHUNK = 2000


def seal_all(app: App) -> int:
    """Seal every deed that is not in the journal's files yet; how many."""
    total = 0
    while rows := app.registers.journal_unsealed(_SEAL_CHUNK):
        for run in _runs(app.journal.seal(rows).places):
            app.registers.journal_sealed([int(place.row) for place in run], run[0].day, run[0].line)
        total += len(rows)
    return total


def seal_if_current(app: App) -> int:
    """As :func:`seal_all`, but nothing where that is not ours to do: registers behind the journal, an office that moved."""
    return seal_all(app) if may_write(app) else 0


def _runs(places: Sequence[SealedLine]) -> Iterator[list[SealedLine]]:
    """Pieces of consecutive lines of one day."""
    run: list[SealedLine] = []
    for place in places:
        if run and (place.day, place.line) != (run[-1].day, run[-1].line + 1):
            yield run
            run = []
        run.append(place)
    if run:
        yield run
