"""Registers with a real archive and journal beside them, made again from these two and compared."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace

from registers_kit import copy_of, opened

from pipeline.between import Made
from pipeline.journal_told import check_journal, read_journal
from pipeline.purge import _bury
from pipeline.rebuild import Rebuilt, pieces
from pipeline.sealing import seal_all
from pipeline.steps.archive import archive
from pipeline.steps.carry import carry
from pipeline.stores.journal import Journal
from pipeline.stores.objects import Objects
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.removal import Begun, Emptied
from pipeline.stores.registers.views import DocumentState, DocumentView, Effort

_KEPT = (DocumentState.NUMBERED, DocumentState.WAITING, DocumentState.PURGED)


class Keeping:
    """Archive and journal of registers in *home*; closed with *stack*."""

    def __init__(self, home: Path, registers: Registers, tables: Path, stack: ExitStack) -> None:
        clock = registers.clock
        self.home, self.tables, self.stack = home, tables, stack
        self.count = 0
        self.app = SimpleNamespace(
            registers=registers,
            objects=stack.enter_context(Objects(home / "objects", home / "staging", clock)),
            journal=Journal(home / "journal", clock),
            clock=clock,
        )

    def archive(self, worker: str = "may-1") -> None:
        """Everything that is due, each version with the words of its paper as its only rendition."""
        registers, objects = self.app.registers, self.app.objects
        while batch := registers.claim_documents(worker, 50, 60):
            made, rest = carry(batch, registers, objects)
            archive(made + [self._made(one) for one in rest], objects, registers, worker)

    def _made(self, document: DocumentView) -> Made:
        receipt = self.app.registers.receipt(document.receipt_id)
        assert receipt is not None
        return Made(document=document, receipt=receipt, files={}, dropped=(), text=str(document.id))

    def bury(self, begun: Begun) -> list[Emptied]:
        papers = self.app.registers.papers(begun.reach.documents)
        return [_bury(paper, begun, self.app) for paper in papers]

    def rebuilt_alike(self) -> None:
        """Seal all, make the registers again beside, and see that both tell the same."""
        seal_all(self.app)
        check_journal(self.app.journal)
        self.count += 1
        with ExitStack() as stack:
            copy = copy_of(self.tables, self.home / f"dung-lai-{self.count}")
            again = stack.enter_context(opened(copy, clock=self.app.clock))
            told = read_journal(self.app)
            again.restore(pieces(self.app, told, Rebuilt(), lambda _done, _place: None))
            for name, ours in told_by(self.app.registers).items():
                pairs = zip_longest(told_by(again)[name], ours)
                different = [(theirs, mine) for theirs, mine in pairs if theirs != mine]
                assert different == [], f"{name}: {different}"


def told_by(registers: Registers) -> dict[str, list[object]]:
    """All that archive and journal must be able to tell, in an order of its own."""
    whole = list(registers.dump())
    papers = [one for piece in whole for one in piece.documents if one.archived_version]
    kept = {one.id for one in papers if one.state in _KEPT}
    return {
        "entries": sorted(
            (one for piece in whole for one in piece.entries),
            key=lambda one: (str(one.series), one.ordinal),
        ),
        "series": sorted(
            ((str(one.key), one.start, one.last, one.locked) for one in registers.series()),
        ),
        "documents": sorted((_plain(one) for one in papers), key=lambda one: one.id),
        "versions": sorted(
            (one for piece in whole for one in piece.versions if one.document_id in kept),
            key=lambda one: (one.document_id, one.number),
        ),
        "journal": [one for piece in whole for one in piece.journal],
        "tombstones": sorted(
            (one for piece in whole for one in piece.tombstones), key=lambda one: one.object_id
        ),
        "closed": [one for piece in whole for one in piece.closed],
    }


def _plain(document: DocumentView) -> DocumentView:
    """A paper without what only tells how far our work on it is."""
    return replace(document, answered_version=0, indexed_version=0, effort=Effort())
