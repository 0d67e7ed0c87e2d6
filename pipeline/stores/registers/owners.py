"""Rows of one person, whatever he was called when they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pipeline.person_names import owner_key

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    _Row = TypeVar("_Row", bound=Model)


def of_person(rows: QuerySet[_Row], column: str, person: str) -> QuerySet[_Row]:
    """Those whose *column* names *person*, by the key kept beside it; all of them where that is empty."""
    return rows.filter(**{f"{column}_key": owner_key(person)}) if person else rows
