"""Rows of one person, whatever he was called when they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pipeline.person_names import account_in

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    _Row = TypeVar("_Row", bound=Model)


def of_person(rows: QuerySet[_Row], column: str, person: str) -> QuerySet[_Row]:
    """Those whose *column* names *person*; all of them where that is empty."""
    if not person:
        return rows
    account = account_in(person)
    wanted = {f"{column}__endswith": f" ({account})"} if account else {column: person}
    return rows.filter(**wanted)
