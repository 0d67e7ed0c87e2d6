"""JSON kept as text: the same order, the same characters and the same speed on every database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models

from pipeline.record import ARRIVAL_PROPERTY, URGENCY_RANK, WAITS_FOR_CLERK, Record


class JsonText(models.TextField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A JSON value in a text column.

    PostgreSQL's jsonb forgets the order of keys and refuses U+0000, which strangers' files do hold.
    """

    if TYPE_CHECKING:
        # What the type checker's Django plug-in reads: any JSON value goes in and comes out.
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str | None:
        """The text to store."""
        return None if value is None else dump_json(value)

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> Any:
        """The value that was stored."""
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        """Values are JSON values already."""
        return value


class WaitingRank(models.PositiveSmallIntegerField):  # type: ignore[type-arg]  # as above
    """When the turn of a paper comes that the clerk has to say something of; null where she need not.

    It follows record and facts of its row by itself, whoever writes them.
    """

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def pre_save(self, model_instance: Any, add: Any) -> int | None:  # noqa: ARG002 — Django's name
        """What is written down with the row."""
        rank = waiting_rank(model_instance.record or {}, model_instance.facts or {})
        setattr(model_instance, self.attname, rank)
        return rank


def waiting_rank(record: Record, facts: Record) -> int | None:
    """The most urgent first, by the rank of their urgency; None for a paper that asks nothing of the clerk."""
    read = record.get(ARRIVAL_PROPERTY)
    if not (isinstance(read, dict) and read.get(WAITS_FOR_CLERK)):
        return None
    return URGENCY_RANK.get(str(facts.get("urgency") or ""), len(URGENCY_RANK))


def dump_json(value: Any) -> str:
    """Compact JSON in readable letters; halves of surrogate pairs stay escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text
