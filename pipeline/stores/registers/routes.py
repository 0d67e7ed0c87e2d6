"""Whom an incoming paper went to, until when, and whether it is done: deeds of the journal, and a row for the lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.clock import Clock
from pipeline.record import DocumentId, JournalLine, Record
from pipeline.stores.registers.database import Database

ROUTED = "routed"
DONE = "route-done"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteView:
    """How the last word on a paper left it."""

    document_id: DocumentId
    #: Units and persons, as they were written; none: somebody gave an opinion and sent it nowhere.
    to: tuple[str, ...] = ()
    due_on: date | None = None
    #: Who wrote it down last.
    person: str
    routed_at: datetime
    done_at: datetime | None = None

    def is_overdue(self, day: date) -> bool:
        """Whether its day has passed before it was done."""
        return self.done_at is None and self.due_on is not None and self.due_on < day


def note_route(line: JournalLine, routes: dict[str, RouteView]) -> None:
    """Take what a line of the journal tells into *routes*; lines come in the order of their deeds."""
    if line.document_id is None:
        return
    known = routes.get(line.document_id)
    if line.deed == ROUTED:
        due = line.data["due_on"]
        routes[line.document_id] = RouteView(
            document_id=line.document_id,
            to=tuple(line.data["to"]),
            due_on=date.fromisoformat(due) if due else None,
            person=line.person,
            routed_at=line.at,
        )
    elif line.deed == DONE and known is not None:
        routes[line.document_id] = replace(known, done_at=line.at)
    elif line.deed == DONE:
        routes[line.document_id] = RouteView(
            document_id=line.document_id, person=line.person, routed_at=line.at, done_at=line.at
        )


class Routes:
    """What is asked of them; each deed is one transaction with its journal row."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def route(self, document_id: DocumentId, person: str, told: Record) -> RouteView:
        """Write down an opinion and whom the paper goes to, in place of what stood.

        Args:
            told: ``to``, ``due_on`` (ISO or None) and what else the journal shall tell.
        """
        from pipeline.stores.registers import route_rows

        return route_rows.note(self._db, self._clock, (document_id, ROUTED), person, told)

    def done(self, document_id: DocumentId, person: str, told: Record) -> RouteView:
        """The paper asks for nothing more."""
        from pipeline.stores.registers import route_rows

        return route_rows.note(self._db, self._clock, (document_id, DONE), person, told)

    def of(self, document_ids: Iterable[str]) -> dict[str, RouteView]:
        """Paper → where it is, of those that were sent anywhere."""
        from pipeline.stores.registers import route_rows

        return route_rows.of(self._db, document_ids)

    def open_for(self, name: str, limit: int) -> list[RouteView]:
        """What went to whoever is called so and is not done: what is due first stands first."""
        from pipeline.stores.registers import route_rows

        return route_rows.open_for(self._db, name, limit)

    def overdue(self, day: date, limit: int) -> list[RouteView]:
        """What is not done though its day was before *day*; the longest overdue first."""
        from pipeline.stores.registers import route_rows

        return route_rows.overdue(self._db, day, limit)

    def newest(self, limit: int) -> list[RouteView]:
        """What was sent last."""
        from pipeline.stores.registers import route_rows

        return route_rows.newest(self._db, limit)
