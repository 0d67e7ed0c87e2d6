"""Removal of content and its tombstones: what ``vanthu purge`` asks of the registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.record import DocumentId, ReceiptId
from pipeline.stores.registers.print_orders import PrintOrders
from pipeline.stores.registers.removal import Begun, Emptied, Reach
from pipeline.stores.registers.views import DocumentView, ReceiptView, Tombstone


class Removing(PrintOrders):
    """The part of the registers that two people use."""

    def reach_of(self, document_id: DocumentId) -> Reach:
        """Everything that holds what a paper says."""
        from pipeline.stores.registers import purging

        return purging.reach(self.db, document_id)

    def is_at_rest(self, what: Reach) -> bool:
        """Whether nobody works on these papers and drops, nor has to."""
        from pipeline.stores.registers import purging

        return purging.is_at_rest(self.db, what)

    def papers(self, ids: Iterable[DocumentId]) -> list[DocumentView]:
        """Papers by id."""
        from pipeline.stores.registers import purging

        return purging.papers(self.db, ids)

    def drops(self, ids: Iterable[ReceiptId]) -> list[ReceiptView]:
        """Dropped files by id."""
        from pipeline.stores.registers import purging

        return purging.drops(self.db, ids)

    def begin_purge(self, what: Reach, persons: tuple[str, str], reason: str) -> Begun:
        """Write down that content is about to be removed; from now on it is removed in the end."""
        from pipeline.stores.registers import purging

        return purging.begin(self.db, self.clock, what, (persons, reason))

    def unfinished_purges(self) -> list[Begun]:
        """Removals that were begun and not finished."""
        from pipeline.stores.registers import purging

        return purging.unfinished(self.db)

    def begun_purges(self) -> list[Begun]:
        """Every removal that was ever begun."""
        from pipeline.stores.registers import purging

        return purging.begun(self.db)

    def empty(
        self,
        papers: Sequence[Emptied],
        receipts: Iterable[ReceiptView],
        lists: Iterable[Tombstone],
    ) -> None:
        """Empty rows of papers and drops, and remember the lists that went with them; idempotent."""
        from pipeline.stores.registers import purging

        purging.empty(self.db, self.clock, papers, receipts, lists)

    def scrub(self) -> tuple[str, ...]:
        """Leave no deleted byte in the database; the statements that a server's administrator still has to run."""
        from pipeline.stores.registers import scrubbing

        return scrubbing.scrub(self.db)

    def finish_purge(self, begun: Begun, told: Mapping[str, object]) -> None:
        """Write down that a removal is finished."""
        from pipeline.stores.registers import purging

        purging.finish(self.db, self.clock, begun, told)

    def bury(self, tombstone: Tombstone) -> None:
        """Remember that an object was removed on purpose."""
        from pipeline.stores.registers import rebuild

        rebuild.bury(self.db, self.clock, tombstone)

    def tombstones(self) -> list[Tombstone]:
        """Every removal there was."""
        from pipeline.stores.registers import rebuild

        return rebuild.tombstones(self.db)
