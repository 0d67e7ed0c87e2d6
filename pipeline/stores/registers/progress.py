"""How far dropped files are: the newest of them, and how many of each one's papers are done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from pipeline.plain import from_plain
from pipeline.record import ReceiptId
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.owners import of_person
from pipeline.stores.registers.views import DocumentState, ReceiptState, ReceiptView


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
                total=Count("id"),
                taken=Count("id", filter=living),
                archived=Count("id", filter=living & Q(archived_version=F("version"))),
                returned=Count("id", filter=Q(state=DocumentState.RETURNED.value)),
                duplicates=Count("id", filter=Q(state=DocumentState.DUPLICATE.value)),
            )
        )
        return {str(row["receipt_id"]): from_plain(Progress, _numbers(row)) for row in rows}


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {item.name: row[item.name] for item in fields(Progress)}
