"""What printing asks of the registers: a printing is written down before it is given to anybody."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.record import DocumentId
from pipeline.stores.registers.altering import Altering
from pipeline.stores.registers.print_views import PrintState, PrintView


class PrintOrders(Altering):
    """The part of the registers that knows printings."""

    def order_print(self, view: PrintView) -> None:
        """Write a printing down; only then may it be given to a printer or a person."""
        from pipeline.stores.registers import print_rows

        print_rows.order(self.db, view)

    def print_given(self, job_id: str, printer_job: str) -> bool:
        """The printer has it under that number; false when that was known, or it is over."""
        from pipeline.stores.registers import print_rows

        return print_rows.given(self.db, job_id, printer_job)

    def print_ended(self, view: PrintView, state: PrintState, detail: str = "") -> bool:
        """The printer is done with it, or never had it; false when somebody else wrote that down before."""
        from pipeline.stores.registers import print_rows

        return print_rows.ended(self.db, self.clock, view, state, detail)

    def print_said(
        self, view: PrintView, state: PrintState, bad_sheets: Sequence[int], person: str
    ) -> bool:
        """People say how it came out; false when it is not as *view* any more."""
        from pipeline.stores.registers import print_rows

        return print_rows.said(self.db, self.clock, view, (state, bad_sheets), person)

    def open_prints(self) -> list[PrintView]:
        """Printings whose printer is still to be asked, oldest first."""
        from pipeline.stores.registers import print_rows

        return print_rows.open_ones(self.db)

    def prints(
        self, limit: int, document_id: DocumentId | None = None, *, person: str = ""
    ) -> list[PrintView]:
        """The newest printings; of one paper, of one person where they are named."""
        from pipeline.stores.registers import print_rows

        return print_rows.newest(self.db, limit, document_id, person)

    def prints_named(self, text: str) -> list[PrintView]:
        """Printings whose code ends like *text*, at most two: more than one is not clear."""
        from pipeline.stores.registers import print_rows

        return print_rows.named(self.db, text)
