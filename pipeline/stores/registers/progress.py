"""How far dropped files are: the newest of them, and how many of each one's papers are done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from pipeline.plain import from_plain
from pipeline.record import ReceiptId
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.owners import of_person
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    ReceiptState,
    ReceiptView,
)


class Part(Enum):
    """Which of the papers of a drop."""

    ALL = 1
    RETURNED = 2
    #: Have a number.
    NUMBERED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Of the papers of one drop."""

    total: int = 0
    #: Have a number, or wait for their signature.
    taken: int = 0
    #: Lie in the archive as they are now.
    archived: int = 0
    returned: int = 0
    duplicates: int = 0


class Drops:
    """What the registers know of drops as a whole."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def newest(
        self, *, owner: str = "", before: str = "", limit: int, only_open: bool = False
    ) -> list[ReceiptView]:
        """Drops, the newest first.

        Args:
            owner: Only this person's.
            before: From the one after this id on.
            only_open: Those that are not answered yet.
        """
        from pipeline.stores.registers import wire
        from pipeline.stores.registers.models import Receipt

        rows = self._db.rows(Receipt)
        rows = of_person(rows, "owner", owner)
        rows = rows.filter(id__lt=before) if before else rows
        rows = rows.exclude(state=ReceiptState.ANSWERED.value) if only_open else rows
        return [wire.receipt_view(row) for row in rows.order_by("-id")[:limit]]

    def progress(self, receipt_ids: Iterable[ReceiptId]) -> Mapping[str, Progress]:
        """Receipt → how far its papers are."""
        from django.db.models import Count, F, Q

        from pipeline.stores.registers.models import Document

        living = Q(state__in=(DocumentState.NUMBERED.value, DocumentState.WAITING.value))
        rows = (
            self._db.rows(Document)
            .filter(receipt_id__in=list(receipt_ids))
            .order_by()
            .values("receipt_id")
            .annotate(
                # Counted by what the index knows: no paper is read.
                total=Count("receipt_id"),
                taken=Count("receipt_id", filter=living),
                archived=Count("receipt_id", filter=living & Q(archived_version=F("version"))),
                returned=Count("receipt_id", filter=Q(state=DocumentState.RETURNED.value)),
                duplicates=Count("receipt_id", filter=Q(state=DocumentState.DUPLICATE.value)),
            )
        )
        return {str(row["receipt_id"]): from_plain(Progress, _numbers(row)) for row in rows}

    def papers_of(self, receipt_ids: Iterable[str]) -> dict[str, list[DocumentView]]:
        """Receipt → its papers in row order, of all of them in three questions. For drops of few papers."""
        from pipeline.stores.registers.models import Document
        from pipeline.stores.registers.rows import views

        query = self._db.rows(Document).filter(receipt_id__in=list(receipt_ids))
        found: dict[str, list[DocumentView]] = {}
        for paper in views(self._db, query.order_by("receipt_id", "row_index", "id")):
            found.setdefault(paper.receipt_id, []).append(paper)
        return found

    def some_papers(
        self, receipt_id: str, *, part: Part = Part.ALL, offset: int = 0, limit: int
    ) -> list[DocumentView]:
        """A page of the papers of a drop, in row order."""
        from pipeline.stores.registers.models import Document
        from pipeline.stores.registers.rows import views

        query = self._db.rows(Document).filter(receipt_id=receipt_id)
        if part is Part.RETURNED:
            query = query.filter(state=DocumentState.RETURNED.value)
        elif part is Part.NUMBERED:
            query = query.filter(entry__isnull=False)
        return views(self._db, query.order_by("row_index", "id")[offset : offset + limit])


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {item.name: row[item.name] for item in fields(Progress)}
