"""The registers of one office: what is asked of them, in the order of a paper's way through the house.

Every method is one transaction and writes the journal rows of its deed in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.clock import Clock
from pipeline.errors.base import Problem
from pipeline.record import (
    DocumentId,
    JournalLine,
    ReceiptId,
    Record,
)
from pipeline.stores.registers.database import Checkpoint, open_database
from pipeline.stores.registers.kept_searches import KeptSearches
from pipeline.stores.registers.to_read import TextReadingView
from pipeline.stores.registers.views import (
    Archived,
    DocumentView,
    NewDocument,
    NewReceipt,
    ReceiptState,
    ReceiptView,
    Restored,
    Ruling,
    Versions,
)


def open_registers(
    registers_dir: Path, clock: Clock, *, database_url: str = "", may_migrate: bool = True
) -> Registers:
    """The registers in *registers_dir*, or in the PostgreSQL of *database_url*.

    Args:
        clock: Where leases and the dates of deeds come from.
        registers_dir: Made when missing (0700); holds ``vanthu.sqlite3`` (0600) without a URL.
        database_url: ``postgresql://user:password@host:port/name``, or with ``?host=/socket/dir``.
        may_migrate: Bring tables up to this program; otherwise older tables are refused.
    Raises:
        NetworkFileSystem (T314), TablesOutOfDate (T312), DatabaseUnreachable (T310).
    """
    return Registers(
        open_database(registers_dir, database_url=database_url, may_migrate=may_migrate),
        clock,
    )


class Registers(KeptSearches):
    """Receipts, papers, numbers, books and the journal's rows."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back; the object is of no use afterwards."""
        self.db.close()

    # --- taking in ---

    def receive(self, receipt: NewReceipt, documents: Sequence[NewDocument]) -> ReceiptView:
        """Act 3. The same receipt id again changes nothing. A returned paper's id tries it again.

        ``same_bytes_as`` of the answer names the earlier drop with these bytes.
        """
        from pipeline.stores.registers import receiving

        return receiving.receive(self.db, self.clock, receipt, documents)

    def unpack(self, receipt_id: ReceiptId, documents: Sequence[NewDocument]) -> list[DocumentView]:
        """Give a receipt that has none yet its papers; for files that only a worker can open."""
        from pipeline.stores.registers import receiving

        return receiving.unpack(self.db, self.clock, receipt_id, documents)

    def claim_receipt(self, worker: str, lease_s: float) -> ReceiptView | None:
        """The oldest undecided receipt that nobody holds, held by *worker* now."""
        from pipeline.stores.registers import claiming

        return claiming.claim_receipt(
            self.db, self.clock, worker, lease_s, state=ReceiptState.RECEIVED
        )

    def decide(
        self,
        receipt_id: ReceiptId,
        rulings: Sequence[Ruling],
        *,
        problems: Sequence[Problem] = (),
    ) -> list[DocumentView]:
        """Acts 5 and 6 in one transaction; papers already decided stay as they are.

        Args:
            receipt_id: Whose papers they are.
            rulings: In row order; together they cover every paper of the receipt.
            problems: Of the file as a whole, for a receipt without papers.
        Raises:
            ClockBehind (T311): the machine's clock stands before the newest deed.
        """
        from pipeline.stores.registers import deciding

        return deciding.decide(self.db, self.clock, receipt_id, rulings, problems)

    # --- work ---

    def claim_documents(self, worker: str, limit: int, lease_s: float) -> list[DocumentView]:
        """Decided papers whose next version is not archived, in order, held by *worker* now.

        ``version`` is the one to archive next (``archived_version + 1``), with its own record.
        """
        from pipeline.stores.registers import claiming

        return claiming.claim_documents(self.db, self.clock, worker, limit, lease_s)

    def archived(self, done: Archived, worker: str) -> bool:
        """False when the lease is someone else's now."""
        return done.document_id in self.archived_many([done], worker)

    def archived_many(self, done: Sequence[Archived], worker: str) -> set[DocumentId]:
        """Those that were still *worker*'s and are written down; the others are someone else's."""
        from pipeline.stores.registers import claiming

        return claiming.archived(self.db, self.clock, done, worker)

    def claim_answer(self, worker: str, lease_s: float) -> ReceiptView | None:
        """The oldest receipt that owes an answer and whose papers are all at rest."""
        from pipeline.stores.registers import claiming

        return claiming.claim_receipt(
            self.db, self.clock, worker, lease_s, state=ReceiptState.DECIDED
        )

    def answered(
        self,
        receipt_id: ReceiptId,
        worker: str,
        files: Sequence[str],
        *,
        versions: Versions | None = None,
        extra: Record | None = None,
    ) -> bool:
        """False when the lease is someone else's, or a new version came in between.

        Args:
            extra: What further to remember of the drop.
        """
        from pipeline.stores.registers import claiming

        answer = files, versions, extra or {}
        return claiming.answered(self.db, self.clock, receipt_id, worker, answer)

    def claim_telling(self, receipt_ids: Iterable[ReceiptId]) -> set[ReceiptId]:
        """Of these drops, those whose present answer nobody has told yet; it is the caller's to tell now."""
        from pipeline.stores.registers import claiming

        return claiming.claim_telling(self.db, receipt_ids)

    def failed(
        self, item_id: DocumentId | ReceiptId, worker: str, detail: str, retry_after_s: float
    ) -> int:
        """Let go of an item until later; how many attempts failed by now (0: not *worker*'s)."""
        from pipeline.stores.registers import claiming

        failure = "attempts", detail, self._in(retry_after_s)
        return claiming.let_go(self.db, item_id, worker, failure)

    def killed(
        self, item_id: DocumentId | ReceiptId, worker: str, detail: str, retry_after_s: float
    ) -> int:
        """Let go of an item that killed its cell; how often it did (0: not *worker*'s)."""
        from pipeline.stores.registers import claiming

        failure = "kills", detail, self._in(retry_after_s)
        return claiming.let_go(self.db, item_id, worker, failure)

    def renew(
        self, item_ids: Iterable[DocumentId | ReceiptId], worker: str, lease_s: float
    ) -> set[str]:
        """Hold on; the ids that are still *worker*'s."""
        from pipeline.stores.registers import claiming

        return claiming.extend(self.db, item_ids, worker, self._in(lease_s), keep=True)

    def release(self, item_ids: Iterable[DocumentId | ReceiptId], worker: str) -> None:
        """Let go without blame: the worker is told to stop."""
        from pipeline.stores.registers import claiming

        claiming.extend(self.db, item_ids, worker, self._in(0), keep=False)

    def return_document(
        self, document_id: DocumentId, worker: str, problems: Sequence[Problem]
    ) -> bool:
        """Give a paper that cannot be archived back to its clerk; its ordinal, if any, is void."""
        from pipeline.stores.registers import deeds

        return deeds.return_document(self.db, self.clock, document_id, worker, problems)

    def claim_reading(self, worker: str, lease_s: float) -> TextReadingView | None:
        """Pages of one paper that a machine is to read, held by *worker* now."""
        from pipeline.stores.registers import claiming

        return claiming.claim_reading(self.db, self.clock, worker, lease_s)

    def start_read_version(
        self, document_id: DocumentId, worker: str, lease_s: float, told: Record
    ) -> DocumentView | None:
        """A new version for what was read, held by *worker*; None while another version is on its way."""
        from pipeline.stores.registers import text_readings

        return text_readings.start(self.db, self.clock, document_id, (worker, lease_s), told)

    def give_up_reading(self, document_id: DocumentId, worker: str, why: str) -> bool:
        """Nothing can be read of these pages; false when the lease is someone else's."""
        from pipeline.stores.registers import text_readings

        return text_readings.give_up(self.db, self.clock, document_id, worker, why)

    def to_index(self, limit: int) -> list[DocumentView]:
        """Papers whose archived version the index does not know yet."""
        from pipeline.stores.registers import finding

        return finding.to_index(self.db, limit)

    def indexed(self, done: Iterable[tuple[DocumentId, int]]) -> None:
        """These versions are in the index."""
        from pipeline.stores.registers import claiming

        claiming.indexed(self.db, self.clock, done)

    def reindex(self) -> int:
        """Forget that anything was indexed; how many papers are due now."""
        from pipeline.stores.registers import claiming

        return claiming.reindex(self.db)

    def findable(self, after: str, limit: int) -> list[DocumentView]:
        """Papers that belong in the index, in order of their ids, from the one after *after* on."""
        from pipeline.stores.registers import finding

        return finding.findable(self.db, after, limit)

    def count_findable(self) -> int:
        """How many papers belong in the index."""
        from pipeline.stores.registers import finding

        return finding.count_findable(self.db)

    def reconcile_indexed(self, in_index: Mapping[str, int]) -> frozenset[str]:
        """Make what is written of the index true; *in_index* has the version of each paper in it.

        Returns:
            Ids in the index that do not belong there.
        """
        from pipeline.stores.registers import claiming, finding

        strangers = set(in_index)
        wrong: dict[DocumentId, int] = {}
        for document_id, version in finding.indexed_versions(self.db):
            strangers.discard(document_id)
            if in_index.get(document_id, 0) != version:
                wrong[document_id] = in_index.get(document_id, 0)
        claiming.not_indexed(self.db, [key for key, version in wrong.items() if not version])
        claiming.indexed(
            self.db, self.clock, ((key, version) for key, version in wrong.items() if version)
        )
        return frozenset(strangers)

    def removable_receipts(self, limit: int = 1000) -> list[ReceiptId]:
        """Answered receipts whose spool may be swept."""
        from pipeline.stores.registers import finding

        return finding.removable_receipts(self.db, limit)

    def swept(self, receipt_ids: Iterable[ReceiptId]) -> None:
        """Their spool is gone."""
        from pipeline.stores.registers import claiming

        claiming.swept(self.db, self.clock, receipt_ids)

    # --- journal ---

    def journal_unsealed(self, limit: int) -> list[tuple[int, JournalLine]]:
        """Oldest deeds that are not sealed, in order."""
        from pipeline.stores.registers import journal_rows

        return journal_rows.unsealed(self.db, limit)

    def journal_sealed(self, row_ids: Sequence[int], day: date, first_line: int) -> None:
        """These rows are lines *first_line* and following of *day*."""
        from pipeline.stores.registers import journal_rows

        journal_rows.sealed(self.db, row_ids, day, first_line)

    def journal_knows(self, row_id: int, line: JournalLine) -> bool:
        """Whether a sealed line is a row here; if not, these registers are behind."""
        from pipeline.stores.registers import journal_rows

        return journal_rows.is_known(self.db, row_id, line)

    def journal_of(self, document_id: DocumentId) -> list[JournalLine]:
        """Deeds on one paper, oldest first."""
        from pipeline.stores.registers import journal_rows

        return journal_rows.of_document(self.db, document_id)

    def deeds_on(
        self, document_ids: Iterable[DocumentId], deeds: Iterable[str]
    ) -> dict[DocumentId, list[JournalLine]]:
        """Deeds of those names on each of these papers, oldest first."""
        from pipeline.stores.registers import journal_rows

        return journal_rows.of_documents(self.db, document_ids, deeds)

    def deeds(self, deed: str) -> list[JournalLine]:
        """Every deed of that name, oldest first."""
        from pipeline.stores.registers import journal_rows

        return journal_rows.of_deed(self.db, deed)

    # --- keeping ---

    def dump(self, chunk: int = 500) -> Iterator[Restored]:
        """Everything that ``restore`` takes, in pieces."""
        from pipeline.stores.registers import rebuild

        return rebuild.dump(self.db, chunk)

    def restore(self, pieces: Iterable[Restored]) -> None:
        """Put rows back with their very ids, all in one transaction, into empty tables.

        Pieces may name each other in any order; counters follow the highest ordinal seen.
        """
        from pipeline.stores.registers import rebuild

        rebuild.restore(self.db, self.clock, pieces)

    def merge(self, pieces: Iterable[Restored]) -> None:
        """Bring older tables on to what the pieces tell, in one transaction; nothing is doubled."""
        from pipeline.stores.registers import merging

        merging.merge(self.db, self.clock, pieces)

    def checkpoint(self) -> Checkpoint:
        """Move the write-ahead log into the database file; only the keeper calls this."""
        return self.db.checkpoint()

    def _in(self, seconds: float) -> datetime:
        return self.clock.now() + timedelta(seconds=seconds)
