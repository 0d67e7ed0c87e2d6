"""What people do to papers and numbers that stand: each method is one transaction with the journal row of its deed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pipeline.record import (
    BanGoc,
    DocumentId,
    Facts,
    LegalState,
    ReceiptId,
    Record,
    Relation,
    SeriesKey,
)
from pipeline.signed_back import SignedBack
from pipeline.stores.registers.reading import Reading
from pipeline.stores.registers.views import (
    ClosedBookView,
    DocumentView,
    EntryView,
    Holding,
    Ruling,
    SeriesView,
)


class Altering(Reading):
    """The half of the registers that people use; the other half is the flow's."""

    def issue(self, ruling: Ruling, person: str) -> DocumentView:
        """Number a paper that waited for its signature; a new version."""
        return self.issue_many([ruling], person)[0]

    def issue_many(self, rulings: Sequence[Ruling], person: str) -> list[DocumentView]:
        """Number papers that waited for their signature, in the order given: all of them or none."""
        from pipeline.stores.registers import deciding

        return deciding.issue_many(self.db, self.clock, rulings, person)

    def amend(
        self,
        document_id: DocumentId,
        *,
        record: Record,
        facts: Facts,
        person: str,
        reason: str,
        relations: Sequence[Relation] = (),
        while_waiting: bool = False,
        identity: str = "",
    ) -> int:
        """A new version with another record, under the same number; the version's number.

        Args:
            relations: Those that the paper does not have yet are added, and take effect.
            while_waiting: Only while it has no number.
            identity: What the paper is about from now on; empty leaves it as it is.
        Raises:
            NotWaiting (R174): it has one by now.
        """
        from pipeline.stores.registers import deeds

        return deeds.amend(
            self.db,
            self.clock,
            document_id,
            (record, facts),
            (person, reason, while_waiting),
            relations=relations,
            identity=identity,
        )

    def set_state(
        self,
        document_id: DocumentId,
        state: LegalState,
        *,
        person: str,
        reason: str,
        on: date | None = None,
    ) -> DocumentView:
        """Change what a paper is in law, as :data:`pipeline.legal.CHANGES` allows; a new version.

        «Hủy số» voids the number, as :meth:`void` does.

        Args:
            on: The day it was signed, issued or withdrawn, where that is not today.
        Raises:
            UnknownDocument (R170), StateNotAllowed (R176).
        """
        from pipeline.stores.registers import deeds

        return deeds.set_state(self.db, self.clock, document_id, state, (person, reason, on))

    def take_signed(
        self,
        document_id: DocumentId,
        signed: SignedBack,
        *,
        receipt_id: ReceiptId,
        person: str,
        ban_goc: BanGoc,
    ) -> DocumentView:
        """A paper came back signed: a new version that points to the file, «đã ký» where the table of states allows it.

        Args:
            receipt_id: The drop that brought it.
            person: Who dropped it.
            ban_goc: Where the signed original lives by that.
        Raises:
            UnknownDocument (R170), StateNotAllowed (R176).
        """
        from pipeline.stores.registers import signing

        drop = receipt_id, person, ban_goc
        return signing.take_signed(self.db, self.clock, document_id, signed, drop)

    def void(self, document_id: DocumentId, reason: str, person: str) -> DocumentView:
        """Hủy số: the ordinal stays and says why; object and index learn it by a new version."""
        from pipeline.stores.registers import deeds

        return deeds.void(self.db, self.clock, document_id, reason, person)

    def void_entry(self, key: SeriesKey, ordinal: int, reason: str, person: str) -> EntryView:
        """Void an ordinal; that of a paper voids the paper's number."""
        from pipeline.stores.registers import deeds

        return deeds.void_entry(self.db, self.clock, (key, ordinal), (reason, person))

    def hold(self, key: SeriesKey, holding: Holding) -> list[EntryView]:
        """Take ordinals for papers that are not (or never) here: the next ones, or the one named.

        Raises:
            NumberTaken (R171), NumberOutOfReach (R172), NumbersPassedOver (R363), NumberOfSecret (R148),
            SeriesLocked (T315), ClockBehind (T311);
            BackdatingUnexplained (R196) and the findings R197–R199 where the date may not be so.
        """
        from pipeline.stores.registers import setting_aside

        return setting_aside.hold(self.db, self.clock, key, holding)

    def confirm_number(
        self,
        key: SeriesKey,
        ordinal: int,
        *,
        person: str,
        reason: str,
        issued_on: date | None = None,
    ) -> EntryView:
        """A held or reserved number was used for a paper that is on paper only.

        Args:
            issued_on: The paper's date, where the row does not have it.
        Raises:
            NumberNotWaiting (R179).
        """
        from pipeline.stores.registers import setting_aside

        place, why = (key, ordinal), (person, reason)
        return setting_aside.confirm(self.db, self.clock, place, why, issued_on=issued_on)

    def lock_series(self, keys: Iterable[SeriesKey], why: str, person: str) -> None:
        """Take no number of these series until :meth:`confirm_series`."""
        from pipeline.stores.registers import locking

        locking.lock_series(self.db, self.clock, keys, why, person)

    def confirm_series(
        self,
        key: SeriesKey,
        last: int,
        person: str,
        reason: str,
        *,
        written_as: tuple[str, str] | None = None,
        start: int = 1,
    ) -> SeriesView:
        """Unlock a series whose last number on paper is *last*; what the book lacks becomes held rows.

        Args:
            written_as: Pattern of the references and prefix of the lookup codes of those rows; None takes what the
                key tells.
            start: First ordinal of a series that these registers do not know yet.
        Raises:
            UnknownDocument (R170), NumberOutOfReach (R172), ClockBehind (T311).
        """
        from pipeline.stores.registers import locking

        place, why = (key, last), (person, reason)
        return locking.confirm_series(
            self.db, self.clock, place, why, written_as=written_as, start=start
        )

    def close_book(self, closed: ClosedBookView) -> ClosedBookView:
        """Close a book of one year. Raises BookClosedAlready (R201)."""
        from pipeline.stores.registers import closing

        return closing.close(self.db, self.clock, closed)

    def journal_append(
        self, deed: str, person: str, document_id: DocumentId | None, data: Record
    ) -> None:
        """Write down a deed that changes no other row."""
        from pipeline.stores.registers import journal_rows

        journal_rows.append(self.db, self.clock, (deed, person, document_id, data))

    def accept_clock(self, person: str, reason: str) -> None:
        """Go on numbering although the newest deeds lie in the future: their clock was wrong."""
        from pipeline.stores.registers import journal_rows

        journal_rows.accept_clock(self.db, self.clock, person, reason)
