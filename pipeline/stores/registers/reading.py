"""What the registers answer: papers, drops, versions, books. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pipeline.clock import Clock, today
from pipeline.record import DocumentId, JournalLine, ReceiptId, SeriesKey
from pipeline.stores.registers.book_views import Gap
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.to_read import TextReadingView
from pipeline.stores.registers.views import (
    BookRow,
    ClosedBookView,
    DocumentView,
    EntryView,
    ReceiptView,
    SeriesView,
    VersionView,
)


class Reading:
    """The half of the registers that only looks.

    Modules that know the tables are imported where they are used: Django must be set up before.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock

    def get(self, document_id: DocumentId) -> DocumentView | None:
        """One paper."""
        from pipeline.stores.registers import finding

        return finding.get(self.db, document_id)

    def get_many(self, document_ids: Iterable[str]) -> list[DocumentView]:
        """The papers of these ids that there are, in the order of the ids."""
        from pipeline.stores.registers import finding

        return finding.get_many(self.db, document_ids)

    def receipt(self, receipt_id: ReceiptId) -> ReceiptView | None:
        """One dropped file."""
        from pipeline.stores.registers import finding

        return finding.receipt(self.db, receipt_id)

    def documents_of(self, receipt_id: ReceiptId) -> list[DocumentView]:
        """In row order."""
        from pipeline.stores.registers import finding

        return finding.documents_of(self.db, receipt_id)

    def versions_of(self, document_id: DocumentId) -> list[VersionView]:
        """Why the paper has its versions, oldest first."""
        from pipeline.stores.registers import finding

        return finding.versions_of(self.db, document_id)

    def find(self, text: str) -> list[DocumentView]:
        """By document id, reference in any written form, sender's reference, or lookup code."""
        from pipeline.stores.registers import finding

        return finding.find(self.db, text)

    def by_sender_number(self, ordinal: int) -> list[DocumentView]:
        """Living papers that came with that number, whatever the symbol behind it, the newest first; at most 200."""
        from pipeline.stores.registers import finding

        return finding.by_sender_number(self.db, ordinal)

    def waiting(self) -> list[DocumentView]:
        """Drafts that wait for their signature and their number, oldest first."""
        from pipeline.stores.registers import finding

        return finding.waiting(self.db)

    def newest_waiting(
        self,
        limit: int,
        *,
        kinds: Collection[str] | None = None,
        but: Collection[str] = (),
        owner: str | None = None,
    ) -> list[DocumentView]:
        """Of the papers that wait for their number those received last, the last one first.

        Args:
            kinds: Only of these.
            but: Of none of these.
            owner: Drafts only of this person, of whatever kind; None: of everybody.
        """
        from pipeline.stores.registers import finding

        return finding.newest_waiting(self.db, limit, kinds=kinds, but=but, owner=owner)

    def asking(
        self, kinds: Iterable[str], *, offset: int = 0, limit: int | None = None
    ) -> list[DocumentView]:
        """Papers of these kinds that wait for the clerk's word, a page of them: the most urgent first, then the oldest."""
        from pipeline.stores.registers import finding

        return finding.asking(self.db, kinds, offset, limit)

    def count_asking(self, kinds: Iterable[str]) -> int:
        """How many they are."""
        from pipeline.stores.registers import finding

        return finding.count_asking(self.db, kinds)

    def receipts(self, receipt_ids: Iterable[ReceiptId]) -> dict[ReceiptId, ReceiptView]:
        """Dropped files by id."""
        from pipeline.stores.registers import finding

        return finding.receipts(self.db, receipt_ids)

    def text_reading(self, document_id: DocumentId) -> TextReadingView | None:
        """What a machine read, or is to read, of a paper; None where its words are there anyhow."""
        from pipeline.stores.registers import text_readings

        return text_readings.of_document(self.db, document_id)

    def awaiting_signature(self) -> Iterator[DocumentView]:
        """Papers that have their number and are not known to be signed, in order of arrival."""
        from pipeline.stores.registers import finding

        return finding.awaiting_signature(self.db)

    def related_to(self, document_id: DocumentId) -> list[DocumentView]:
        """Later papers that name this one in a relation."""
        from pipeline.stores.registers import finding

        return finding.related_to(self.db, document_id)

    def related_to_any(self, document_ids: Iterable[str]) -> list[DocumentView]:
        """Later papers that name one of these in a relation, each once, in order of arrival."""
        from pipeline.stores.registers import finding

        return finding.related_to_any(self.db, document_ids)

    def same_bytes(self, kind: str, sha512: str) -> ReceiptView | None:
        """The living drop of these very bytes."""
        from pipeline.stores.registers import finding

        return finding.same_bytes(self.db, kind, sha512)

    def same_identity(self, kind: str, identities: Iterable[str]) -> dict[str, DocumentView]:
        """Identity → the living paper that has it."""
        from pipeline.stores.registers import finding

        return finding.same_identity(self.db, kind, identities)

    def same_record(self, kind: str, sha512s: Iterable[str]) -> dict[str, DocumentView]:
        """Record digest → the oldest living paper made of it."""
        from pipeline.stores.registers import finding

        return finding.same_record(self.db, kind, sha512s)

    def by_line_codes(self, kind: str, codes: Iterable[str]) -> dict[str, DocumentView]:
        """Line code → the newest paper that carries it."""
        from pipeline.stores.registers import finding

        return finding.by_line_codes(self.db, kind, codes)

    def same_paper(
        self, their_reference: str, their_issuer: str, their_date: date | None
    ) -> list[DocumentView]:
        """Living papers with this sender's reference and body, and no other date."""
        from pipeline.stores.registers import finding

        return finding.same_paper(self.db, their_reference, their_issuer, their_date)

    def journal_of_entry(self, key: SeriesKey, ordinal: int) -> list[JournalLine]:
        """Deeds on one ordinal that has no paper, oldest first."""
        from pipeline.stores.registers import journal_rows

        return journal_rows.of_entry(self.db, str(key), ordinal)

    def entries(
        self,
        *,
        book: str | None = None,
        year: int | None = None,
        term: str | None = None,
        issuer: str | None = None,
        symbol: str | None = None,
        series: SeriesKey | None = None,
        unissued: bool = False,
        chunk: int = 500,
    ) -> Iterator[BookRow]:
        """Lines of the books by series and ordinal, a chunk of rows in memory at a time.

        Args:
            unissued: Only ordinals that are no paper's: held, reserved, used elsewhere, void.
        """
        from pipeline.stores.registers import books

        filters = {
            "book": book,
            "year": year,
            "term": term,
            "issuer": issuer,
            "symbol": symbol,
            "series": series,
            "unissued": unissued,
        }
        return books.entries(self.db, filters, chunk)

    def newest_entries(
        self, filters: Mapping[str, Any], *, before: int | None = None, limit: int = 100
    ) -> tuple[list[BookRow], int | None]:
        """Lines of the books, the one taken last first; where the following begin, None at the end.

        Args:
            filters: ``book``, ``year``, ``term``, ``issuer``, ``symbol``, ``unissued`` as in :meth:`entries`; ``issued``: only
                those that have a paper; ``since`` and ``until`` of the papers' days.
        """
        from pipeline.stores.registers import books

        return books.newest(self.db, filters, before, limit)

    def entry(self, key: SeriesKey, ordinal: int) -> EntryView | None:
        """One line of a book."""
        from pipeline.stores.registers import books

        return books.entry(self.db, key, ordinal)

    def numbers_at(self, ordinal: int, keys: Iterable[SeriesKey]) -> list[EntryView]:
        """The lines of that ordinal in those series."""
        from pipeline.stores.registers import books

        return books.at_ordinal(self.db, ordinal, keys)

    def numbers_without_paper(self, text: str) -> list[EntryView]:
        """Lines that have no paper here, by reference in any written form, lookup code, or ``series:ordinal``."""
        from pipeline.stores.registers import books

        return books.without_paper(self.db, text)

    def remarks_of(self, receipt_id: ReceiptId) -> dict[DocumentId, str]:
        """What the books say beside the numbers of a drop's papers, where they say anything."""
        from pipeline.stores.registers import books

        return books.remarks_of(self.db, receipt_id)

    def deeds(self, deed: str) -> list[JournalLine]:
        """Every deed of that name, oldest first."""
        from pipeline.stores.registers import journal_rows

        return journal_rows.of_deed(self.db, deed)

    def series(self) -> list[SeriesView]:
        """Every series with its start and its last ordinal."""
        from pipeline.stores.registers import books

        return books.series(self.db)

    def gaps(self) -> list[Gap]:
        """Ordinals that nothing explains; empty is the only good answer."""
        from pipeline.stores.registers import books

        return books.gaps(self.db)

    def closed_books(self) -> list[ClosedBookView]:
        """Every closed book, oldest closing first."""
        from pipeline.stores.registers import closing

        return closing.closed_books(self.db)

    def refuse_closed(self, key: SeriesKey, day: date) -> None:
        """See that the book of *day* still takes numbers of the series.

        Raises:
            BookClosed (R200): it is the book of an earlier year, and closed.
        """
        from pipeline.stores.registers import closing

        closing.refuse_closed(self.db, key, day, today(self.clock))

    def by_source(self, kind: str, stem: str) -> list[DocumentView]:
        """Living papers whose dropped file is called *stem* (without its ending), newest first."""
        from pipeline.stores.registers import finding

        return finding.by_source(self.db, kind, stem)

    def same_source(self, receipt: ReceiptView) -> list[ReceiptView]:
        """Answered drops of the same name and folder which came before this one, newest first."""
        from pipeline.stores.registers import finding

        return finding.same_source(self.db, receipt)

    def by_id_end(self, kind: str, end: str) -> list[DocumentView]:
        """Living papers of a kind (empty: of any) whose id ends so, as file names call drafts."""
        from pipeline.stores.registers import finding

        return finding.by_id_end(self.db, kind, end)

    def later_drops(self, document_id: DocumentId) -> list[ReceiptView]:
        """Drops that turned out to be this paper again, newest first."""
        from pipeline.stores.registers import finding

        return finding.later_drops(self.db, document_id)

    def copy_with_code(self, code: str) -> DocumentView | None:
        """The certified copy that bears this code, written without dashes."""
        from pipeline.stores.registers import finding

        return finding.copy_with_code(self.db, code)

    def copies_with_file(self, sha512: str) -> list[DocumentView]:
        """Certified copies whose newest version holds a file of these bytes."""
        from pipeline.stores.registers import finding

        return finding.copies_with_file(self.db, sha512)

    def copies_changed(self) -> list[DocumentView]:
        """Certified copies that have more than one version."""
        from pipeline.stores.registers import finding

        return finding.copies_changed(self.db)

    def unfinished_receipts(self) -> list[ReceiptId]:
        """Drops that are not answered, or whose papers the index does not know; oldest first."""
        from pipeline.stores.registers import finding

        return finding.unfinished_receipts(self.db)

    def holders(self) -> dict[str, list[str]]:
        """Worker → the ids of what it holds, ended leases included."""
        from pipeline.stores.registers import finding

        return finding.lease_holders(self.db)

    def counts(self) -> Mapping[str, int]:
        """How many papers and receipts wait where, for ``run`` and ``doctor``."""
        from pipeline.stores.registers import finding

        return finding.counts(self.db)
