"""A database older than its archive → brought on by what objects and journal tell, and locked until somebody has looked.

For whoever copied a database back from a backup beside a newer archive: the office stops (A432), and this makes it whole.
Numbers, voids, versions and removals that the database had forgotten are put in; nothing is doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.app import Access, App, open_office
from pipeline.clock import Clock
from pipeline.flow import make_findable
from pipeline.journal_told import Told, check_journal, read_journal
from pipeline.purge import redo_purges
from pipeline.rebuild import Rebuilt, missing_lines, pieces, spooled_lines
from pipeline.sealing import seal_if_current
from pipeline.stores.registers.views import Restored

WHY_LOCKED = "sổ vừa được gộp lại sau sự cố, số cuối cùng phải đối chiếu với sổ giấy."


def merge_office(
    root: Path,
    clock: Clock,
    person: str,
    progress: Callable[[int, str], None] = lambda _done, _place: None,
) -> Rebuilt:
    """Merge the archive and the journal into the present database; the index is made again.

    Raises:
        OfficeBusy (T370): the office runs.
        JournalUnsound (A430): the journal does not chain.
    """
    with open_office(root, clock, access=Access.ALONE) as app:
        check_journal(app.journal)
        seal_if_current(app)
        told = read_journal(app)
        result = Rebuilt()
        app.registers.merge(_without_open_drops(pieces(app, told, result, progress), told, app))
        redo_purges(app)
        app.registers.lock_series([one.key for one in app.registers.series()], WHY_LOCKED, person)
        app.registers.journal_append("merged", person, None, {"documents": result.documents})
        result.entries = len(told.entries)
        result.series = len(app.registers.series())
        result.missing += [*missing_lines(told), *spooled_lines(app, told)]
        app.search.reset()
        app.registers.reindex()
        make_findable(app, role_timeout_s=60.0, progress=progress)
        app.registers.checkpoint()
        return result


def _without_open_drops(found: Iterator[Restored], told: Told, app: App) -> Iterator[Restored]:
    """A drop that the database still works on is left to it; the journal does not say that it is done."""
    for piece in found:
        kept = [
            receipt
            for receipt in piece.receipts
            if receipt.id in told.answered or app.registers.receipt(receipt.id) is None
        ]
        yield replace(piece, receipts=tuple(kept))
