"""What people do to papers and numbers that stand: each method is one transaction with the journal row of its deed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.record import DocumentId, EntryStatus, Facts, LegalState, Record, SeriesKey
from pipeline.stores.registers.reading import Reading
from pipeline.stores.registers.views import DocumentView, EntryView, Ruling


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
        while_waiting: bool = False,
    ) -> int:
        """A new version with another record, under the same number; the version's number.

        Args:
            while_waiting: Only while it has no number.
        Raises:
            NotWaiting (R174): it has one by now.
        """
        from pipeline.stores.registers import deeds

        why = (person, reason, while_waiting)
        return deeds.amend(self.db, self.clock, document_id, (record, facts), why)

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

        Args:
            on: The day it was signed, issued or withdrawn, where that is not today.
        Raises:
            UnknownDocument (R170), StateNotAllowed (R176).
        """
        from pipeline.stores.registers import deeds

        return deeds.set_state(self.db, self.clock, document_id, state, (person, reason, on))

    def void(self, document_id: DocumentId, reason: str, person: str) -> DocumentView:
        """Hủy số: the ordinal stays and says why; object and index learn it by a new version."""
        from pipeline.stores.registers import deeds

        return deeds.void(self.db, self.clock, document_id, reason, person)

    def void_entry(self, key: SeriesKey, ordinal: int, reason: str, person: str) -> EntryView:
        """Void an ordinal; that of a paper voids the paper's number."""
        from pipeline.stores.registers import deeds

        return deeds.void_entry(self.db, self.clock, (key, ordinal), (reason, person))

    def hold(
        self,
        key: SeriesKey,
        *,
        status: EntryStatus,
        person: str,
        reason: str,
        count: int = 1,
        start: int = 1,
        expires_on: date | None = None,
    ) -> list[EntryView]:
        """Take the next ordinals for papers that are not (or never) here."""
        from pipeline.stores.registers import deeds

        holding = deeds.Holding(
            status=status,
            person=person,
            reason=reason,
            count=count,
            start=start,
            expires_on=expires_on,
        )
        return deeds.hold(self.db, self.clock, key, holding)

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
