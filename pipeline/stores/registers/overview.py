"""What the office's day looks like from above: counts by grouped queries, never a paper at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from pipeline.errors.base import Problem
from pipeline.errors.incoming import StackParted
from pipeline.record import Book, EntryStatus, JournalLine, LegalState, SeriesKey, first_id
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.owners import of_person
from pipeline.stores.registers.views import SYSTEM, DocumentState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pipeline.stores.registers.models import Document, JournalEntry

#: So many of a queue are named.
_FIRSTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many papers with a number, of one month, book and kind."""

    #: 1 to 12.
    month: int
    book: Book
    kind: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Numbers of one book and kind that were given today."""

    book: Book
    kind: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """A dropped file of which something was returned."""

    receipt_id: str
    name: str
    kind: str
    owner: str
    at: datetime
    #: Returned papers; 0 where the file as a whole was.
    papers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Papers that wait for one and the same thing."""

    #: Kind → how many.
    counts: Mapping[str, int]
    #: Id and kind of those that wait longest, not all where there are many.
    firsts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedRow:
    """A deed of the journal, and its place for paging."""

    id: int
    line: JournalLine


class Overview:
    """Questions about many papers at once."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_year(self, year: int) -> list[Tally]:
        """Papers of that year by month, book and kind; the papers' own days count."""
        from django.db.models import CharField, Count
        from django.db.models.functions import Cast, Substr

        from pipeline.stores.registers.models import Entry

        rows = (
            self._db.rows(Entry)
            .filter(
                status=EntryStatus.ISSUED.value,
                issued_on__gte=date(year, 1, 1),
                issued_on__lte=date(year, 12, 31),
            )
            .annotate(month=Substr(Cast("issued_on", CharField()), 6, 2))
            .order_by()
            .values_list("month", "series_id", "document__kind")
            .annotate(count=Count("id"))
        )
        return [
            Tally(month=int(month), book=_book(series), kind=kind or "", count=count)
            for month, series, kind, count in rows
        ]

    def given_since(self, since: datetime) -> list[Given]:
        """Numbers given since then, by book and kind."""
        from django.db.models import Count

        from pipeline.stores.registers.models import Entry, JournalEntry

        journal = self._db.rows(JournalEntry)
        first = journal.filter(at__gte=since).order_by("at").values_list("id", flat=True).first()
        if first is None:
            return []
        numbered = journal.filter(deed="numbered", id__gte=first)
        rows = (
            self._db.rows(Entry)
            .filter(document_id__in=numbered.values("document_id"))
            .order_by()
            .values_list("series_id", "document__kind")
            .annotate(count=Count("id"))
        )
        found: dict[tuple[Book, str], int] = {}
        for series, kind, count in rows:
            key = (_book(series), kind or "")
            found[key] = found.get(key, 0) + count
        return [
            Given(book=book, kind=kind, count=count)
            for (book, kind), count in sorted(found.items())
        ]

    def dropped_since(self, since: datetime, owner: str = "") -> int:
        """Files taken in since then; of *owner* alone where one is named."""
        from pipeline.stores.registers.models import Receipt

        rows = self._db.rows(Receipt).filter(id__gte=first_id(since))
        return of_person(rows, "owner", owner).count()

    def came_back(
        self,
        since: datetime,
        owner: str = "",
        limit: int = 20,
        *,
        is_settled: Callable[[Sequence[Problem]], bool] = lambda _: False,
    ) -> list[CameBack]:
        """Dropped files of which something was returned since then, newest first.

        Args:
            is_settled: Whether nothing is to be mended although the paper went back: a stack that was parted.
        """
        from django.db.models import Count, Q

        from pipeline.stores.registers import wire
        from pipeline.stores.registers.models import Document, Receipt

        floor = first_id(since)
        returned = (
            self._db.rows(Document)
            .filter(state=DocumentState.RETURNED.value, id__gte=floor, receipt_id__gte=floor)
            .order_by()
        )
        parted = returned.filter(problems__contains=StackParted.code).values_list("id", "problems")
        settled = [one for one, told in parted if is_settled(wire.problems_from_json(told))]
        counted = (
            returned.exclude(id__in=settled)
            .values("receipt_id")
            .annotate(count=Count("id"))
            .values_list("receipt_id", "count")
        )
        papers: dict[str, int] = dict(counted.order_by("-receipt_id")[: limit * 5])
        rows = self._db.rows(Receipt).filter(id__gte=floor)
        rows = rows.filter(Q(id__in=list(papers)) | ~Q(problems=[]))
        rows = of_person(rows, "owner", owner)
        return [
            CameBack(
                receipt_id=row.id,
                name=row.source_name,
                kind=row.kind,
                owner=row.owner,
                at=row.received_at,
                papers=papers.get(row.id, 0),
            )
            for row in rows.order_by("-id")[:limit]
        ]

    def drafts(self) -> Queue:
        """Papers without a number that wait for their signature or for a word about them."""
        from pipeline.stores.registers.models import Document

        gone = (LegalState.THU_HOI.value, LegalState.HUY_SO.value)
        rows = self._db.rows(Document).filter(state=DocumentState.WAITING.value)
        return _queue(rows.exclude(legal_state__in=gone))

    def unsigned(self, before: datetime) -> Queue:
        """Papers whose number was given before then and that nobody said are signed."""
        from django.db.models.functions import Coalesce

        from pipeline.stores.registers.models import Document

        rows = self._db.rows(Document).filter(
            state=DocumentState.NUMBERED.value,
            legal_state=LegalState.CHO_KY.value,
            entry__series__book__in=(Book.DI.value, Book.SAO.value),
        )
        given = rows.annotate(given=Coalesce("decided_at", "received_at"))
        return _queue(given.filter(given__lt=before))

    def asking(self, kinds: Iterable[str]) -> Queue:
        """Living papers of these kinds about which the clerk has something to say."""
        from pipeline.stores.registers.models import Document
        from pipeline.stores.registers.versions import LIVING

        gone = (LegalState.THU_HOI.value, LegalState.HUY_SO.value)
        rows = self._db.rows(Document).filter(
            kind__in=list(kinds), waiting_rank__isnull=False, state__in=LIVING
        )
        return _queue(rows.exclude(legal_state__in=gone))

    def last_deed(self, deed: str) -> JournalLine | None:
        """The newest deed of that name."""
        from pipeline.stores.registers import wire
        from pipeline.stores.registers.models import JournalEntry

        row = self._db.rows(JournalEntry).filter(deed=deed).order_by("-id").first()
        return None if row is None else wire.journal_line(row)

    def deeds_of_people(
        self,
        *,
        person: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int,
    ) -> list[DeedRow]:
        """Deeds that a person did, newest first.

        Args:
            person: Only the deeds of whose name this is a part.
            since, until: From the first moment to before the second.
            before: From the row after this one on.
        """
        from pipeline.stores.registers import wire
        from pipeline.stores.registers.models import JournalEntry

        rows = self._db.rows(JournalEntry)
        rows = rows.filter(at__gte=since) if since else rows
        rows = rows.filter(at__lt=until) if until else rows
        rows = rows.filter(id__lt=before) if before is not None else rows
        if person and since:
            found = self._of_these_days(rows, person, limit)
        elif person:
            # The last ones of each name, from its own piece of the index: as one question it would read the whole journal.
            names = self._people_like(person)
            last = (rows.filter(person=name).order_by("-id")[:limit] for name in names)
            found = sorted(chain.from_iterable(last), key=lambda row: -row.id)[:limit]
        else:
            found = list(rows.exclude(person=SYSTEM).order_by("-id")[:limit])
        return [DeedRow(id=row.id, line=wire.journal_line(row)) for row in found]

    def _of_these_days(
        self, rows: QuerySet[JournalEntry], person: str, limit: int
    ) -> list[JournalEntry]:
        """Some days have few deeds: who did them is looked at, the last first, until there are enough."""
        wanted = person.casefold()
        of_days = rows.exclude(person=SYSTEM).order_by("-at", "-id").values_list("id", "person")
        named = (one for one, name in of_days.iterator(chunk_size=500) if wanted in name.casefold())
        found = rows.in_bulk(list(islice(named, limit)))
        return [found[one] for one in sorted(found, reverse=True)]

    def _people_like(self, part: str) -> list[str]:
        """Names of the journal that have this in them; each is found by one step through the index."""
        from pipeline.stores.registers.models import JournalEntry

        names = self._db.rows(JournalEntry).order_by("person").values_list("person", flat=True)
        wanted, found = part.casefold(), []
        name = names.first()
        while name is not None:
            if name != SYSTEM and wanted in name.casefold():
                found.append(name)
            name = names.filter(person__gt=name).first()
        return found

    def has_more_lines(self, filters: Mapping[str, Any], than: int) -> bool:
        """Whether a part of a book has more lines; *filters* as in ``Registers.newest_entries``."""
        from pipeline.stores.registers import books

        return books.count(self._db, filters, most=than + 1) > than


def _queue(rows: QuerySet[Document]) -> Queue:
    from django.db.models import Count

    counts = rows.order_by().values_list("kind").annotate(count=Count("id"))
    counted = {str(kind): int(count) for kind, count in counts}
    firsts = rows.order_by("id").values_list("id", "kind")[:_FIRSTS] if counted else ()
    return Queue(counts=counted, firsts=tuple((str(one), str(kind)) for one, kind in firsts))


def _book(series: str) -> Book:
    return SeriesKey.parse(series).book
