"""Searches that people keep under a name: what is asked of the registers about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.stores.registers.removing import Removing


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSearchView:
    """One search of one person."""

    person: str
    name: str
    #: The question as it stands in an address.
    query: str
    kept_at: datetime


class KeptSearches(Removing):
    """The part of the registers that is each person's own; none of it is a deed or a record."""

    def keep_search(
        self, person: str, name: str, query: str, *, most: int
    ) -> KeptSearchView | None:
        """Keep *query* under *name*, in place of what stood there; None where that were one more than *most*."""
        from pipeline.stores.registers import search_rows

        view = KeptSearchView(person=person, name=name, query=query, kept_at=self.clock.now())
        return search_rows.keep(self.db, view, most)

    def forget_search(self, person: str, name: str) -> bool:
        """Keep it no longer; false where nothing stood under that name."""
        from pipeline.stores.registers import search_rows

        return search_rows.forget(self.db, person, name)

    def kept_searches(self, person: str | None = None) -> list[KeptSearchView]:
        """The searches of a person by name; without one, everybody's."""
        from pipeline.stores.registers import search_rows

        return search_rows.kept(self.db, person)
