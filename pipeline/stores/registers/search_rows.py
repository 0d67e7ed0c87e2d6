"""Kept searches in their table."""

from __future__ import annotations

from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.kept_searches import KeptSearchView
from pipeline.stores.registers.lookup_code import storable
from pipeline.stores.registers.marks import refuse_if_moved
from pipeline.stores.registers.scrubbing import overwrite
from pipeline.vietnamese import fold

_LONGEST_KEY = 200


def name_key(name: str) -> str:
    """What two names have in common that are one: neither marks nor case tell them apart."""
    return storable(fold(name))[:_LONGEST_KEY]


def keep(db: Database, view: KeptSearchView, most: int) -> KeptSearchView | None:
    """Write one down, over what the person keeps under its name; None where that were one more than *most*.

    Raises:
        OfficeMoved (A433): this office was sealed.
    """
    refuse_if_moved(db.spec.sqlite_path.parent)
    row = models.KeptSearch(
        person=storable(view.person),
        name=storable(view.name),
        name_key=name_key(view.name),
        query=view.query,
        kept_at=view.kept_at,
    )
    overwrite(db)
    with db.transaction():
        others = db.rows(models.KeptSearch).filter(person=row.person).exclude(name_key=row.name_key)
        if others.count() >= most:
            return None
        db.rows(models.KeptSearch).bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["person", "name_key"],
            update_fields=["name", "query", "kept_at"],
        )
    return _view(row)


def forget(db: Database, person: str, name: str) -> bool:
    """Delete one; SQLite writes over its bytes."""
    overwrite(db)
    with db.transaction():
        rows = db.rows(models.KeptSearch).filter(person=storable(person), name_key=name_key(name))
        deleted, _ = rows.delete()
    return deleted > 0


def kept(db: Database, person: str | None) -> list[KeptSearchView]:
    """By person and name."""
    rows = db.rows(models.KeptSearch)
    wanted = rows if person is None else rows.filter(person=storable(person))
    return [_view(row) for row in wanted.order_by("person", "name_key")]


def _view(row: models.KeptSearch) -> KeptSearchView:
    return KeptSearchView(
        person=row.person, name=row.name, query=row.query, kept_at=wire.local(row.kept_at)
    )
