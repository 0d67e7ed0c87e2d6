"""The journal's rows: written with each deed, read in order by the sealer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from pipeline.clock import Clock
from pipeline.errors.registers import ClockBehind
from pipeline.record import DocumentId, JournalLine, Record
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.marks import refuse_if_moved
from pipeline.stores.registers.rows import chunks, insert_rows, update_rows
from pipeline.stores.registers.views import SYSTEM

#: Clocks of several machines may differ by this much.
_CLOCK_TOLERANCE = timedelta(seconds=120)
_CLOCK_ACCEPTED = "clock-accepted"
#: Deeds on ordinals without a paper; those with one are found by their paper.
_ENTRY_DEEDS = ("held", "voided", "confirmed")


class Scribe:
    """Collects the deeds of one transaction and writes them as its last act."""

    def __init__(self, db: Database, at: datetime, person: str = SYSTEM) -> None:
        self.db = db
        self.at = at
        self.person = person
        self._rows: list[models.JournalEntry] = []

    def note(
        self,
        deed: str,
        data: Record,
        *,
        document_id: str | None = None,
        receipt_id: str | None = None,
    ) -> None:
        """One deed."""
        self._rows.append(
            models.JournalEntry(
                at=self.at,
                person=self.person,
                deed=deed,
                document_id=document_id,
                receipt_id=receipt_id,
                data=data,
            )
        )

    def write(self) -> None:
        """Put the deeds into the transaction.

        Raises:
            OfficeMoved (A433): this office was sealed; nothing is done here any more.
        """
        if self._rows:
            refuse_if_moved(self.db.spec.sqlite_path.parent)
        insert_rows(self.db, self._rows)
        self._rows = []


def append(db: Database, clock: Clock, line: tuple[str, str, DocumentId | None, Record]) -> None:
    """Write down a deed that changes no other row."""
    deed, person, document_id, data = line
    with db.transaction():
        scribe = Scribe(db, clock.now(), person)
        scribe.note(deed, data, document_id=document_id)
        scribe.write()


def check_clock(db: Database, now: datetime) -> None:
    """Refuse to number when *now* stands before the newest deed: the book's dates would run back."""
    rows = db.rows(models.JournalEntry)
    accepted = rows.filter(deed=_CLOCK_ACCEPTED).order_by("-id").values_list("id", flat=True)
    newest = (
        rows.filter(id__gte=accepted.first() or 0, at__gt=now + _CLOCK_TOLERANCE)
        .order_by("-at")
        .values_list("at", flat=True)
        .first()
    )
    if newest is not None:
        shown = "%H:%M %d/%m/%Y"
        raise ClockBehind(
            f"clock is behind the journal now={now.isoformat()} newest={newest.isoformat()}",
            now=wire.local(now).strftime(shown),
            newest=wire.local(newest).strftime(shown),
        )


def accept_clock(db: Database, clock: Clock, person: str, reason: str) -> None:
    """Deeds so far no longer count for ``check_clock``."""
    append(db, clock, (_CLOCK_ACCEPTED, person, None, {"reason": reason}))


def unsealed(db: Database, limit: int) -> list[tuple[int, JournalLine]]:
    """Oldest unsealed deeds in order of their ids; none can appear between them later."""
    query = db.rows(models.JournalEntry).filter(sealed_day__isnull=True).order_by("id")[:limit]
    if db.spec.is_sqlite:
        return [(row.id, wire.journal_line(row)) for row in query]
    if not query.exists():
        return []
    with db.transaction():
        with db.cursor() as cursor:
            # A sequence gives ids before the commit: wait for every writer that has one.
            cursor.execute("LOCK TABLE journal IN SHARE MODE")
        return [(row.id, wire.journal_line(row)) for row in query]


def sealed(db: Database, row_ids: Sequence[int], day: date, first_line: int) -> None:
    """These rows are lines *first_line* and following of *day*."""
    rows = [
        models.JournalEntry(id=row_id, sealed_day=day, sealed_line=first_line + place)
        for place, row_id in enumerate(row_ids)
    ]
    with db.transaction():
        update_rows(db, rows, ("sealed_day", "sealed_line"))


def is_known(db: Database, row_id: int, line: JournalLine) -> bool:
    """Whether a sealed line is a row here: the very deed, not another that has its id in an older database."""
    row = db.rows(models.JournalEntry).filter(id=row_id).first()
    return row is not None and is_same(row, line)


def is_same(row: models.JournalEntry, line: JournalLine) -> bool:
    """Whether a row tells of the deed that *line* tells of."""
    known = wire.journal_line(row)
    return (known.deed, known.document_id, known.receipt_id, known.at) == (
        line.deed,
        line.document_id,
        line.receipt_id,
        line.at,
    )


def of_document(db: Database, document_id: DocumentId) -> list[JournalLine]:
    """Deeds on one paper."""
    query = db.rows(models.JournalEntry).filter(document_id=document_id).order_by("id")
    return [wire.journal_line(row) for row in query]


def of_documents(
    db: Database, document_ids: Iterable[DocumentId], deeds: Iterable[str]
) -> dict[DocumentId, list[JournalLine]]:
    """Deeds of those names on each of these papers."""
    found: dict[DocumentId, list[JournalLine]] = {}
    names = tuple(deeds)
    for piece in chunks(document_ids):
        query = db.rows(models.JournalEntry).filter(document_id__in=piece, deed__in=names)
        for line in map(wire.journal_line, query.order_by("id")):
            if line.document_id is not None:
                found.setdefault(line.document_id, []).append(line)
    return found


def of_entry(db: Database, series_id: str, ordinal: int) -> list[JournalLine]:
    """Deeds on one ordinal that has no paper."""
    query = db.rows(models.JournalEntry).filter(
        deed__in=_ENTRY_DEEDS, document_id__isnull=True, data__contains=series_id
    )
    lines = (wire.journal_line(row) for row in query.order_by("id"))
    return [
        line
        for line in lines
        if line.data.get("series") == series_id and line.data.get("ordinal") == ordinal
    ]


def of_deed(db: Database, deed: str) -> list[JournalLine]:
    """Every deed of that name, oldest first."""
    rows = db.rows(models.JournalEntry).filter(deed=deed).order_by("id")
    return [wire.journal_line(row) for row in rows]
