"""Many rows at once: fetch papers with all that belongs to them, update by the thousand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.errors.registers import UnknownDocument
from pipeline.record import DocumentId, Relation, RelationKind
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.views import DocumentView

if TYPE_CHECKING:
    from django.db.models import Field, Model, QuerySet

_Item = TypeVar("_Item")
_Row = TypeVar("_Row", bound="Model")
#: Below the 999 variables of a statement that Django allows SQLite.
CHUNK = 500


def chunks(items: Iterable[_Item], size: int = CHUNK) -> Iterator[list[_Item]]:
    """*items* in lists of at most *size*."""
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece


def views(db: Database, documents: Iterable[models.Document]) -> list[DocumentView]:
    """Papers as values, in the order given; two queries a chunk whatever their number."""
    found: list[DocumentView] = []
    for piece in chunks(documents):
        ids = [row.id for row in piece]
        entries = {
            row.document_id: row for row in db.rows(models.Entry).filter(document_id__in=ids)
        }
        relations = relations_of(db, ids)
        found += [
            wire.document_view(row, entries.get(row.id), relations.get(row.id, ())) for row in piece
        ]
    return found


def relations_of(db: Database, ids: Sequence[str]) -> dict[str, list[models.Relation]]:
    """Document id → its relations in order, for those that have any."""
    found: dict[str, list[models.Relation]] = {}
    query = db.rows(models.Relation).filter(document_id__in=ids).order_by("position")
    for row in query:
        found.setdefault(row.document_id, []).append(row)
    return found


def relations_onto(db: Database, ids: Sequence[str]) -> dict[str, list[Relation]]:
    """Document id → what later papers with a number that stands do to it: kind, their reference and id."""
    found: dict[str, list[Relation]] = {}
    query = db.rows(models.Relation).filter(target_id__in=ids, document__entry__status="issued")
    for row in query.select_related("document__entry").order_by("document_id", "position"):
        later = row.document
        found.setdefault(str(row.target_id), []).append(
            Relation(
                kind=RelationKind(row.kind),
                reference=wire.shown_of(later.entry, wire.facts_from_json(later.facts)),
                document_id=DocumentId(row.document_id),
            )
        )
    return found


def by_ids(db: Database, ids: Iterable[str]) -> list[models.Document]:
    """The papers of *ids* that there are, in the order of *ids*."""
    wanted = list(ids)
    found: dict[str, models.Document] = {}
    for piece in chunks(wanted):
        found |= db.rows(models.Document).in_bulk(piece)
    return [found[one] for one in wanted if one in found]


def locked(db: Database, query: QuerySet[_Row]) -> QuerySet[_Row]:
    """*query* with its rows locked where the database has row locks; SQLite locks as a whole."""
    return query if db.spec.is_sqlite else query.select_for_update(of=("self",))


def locked_document(db: Database, document_id: str) -> models.Document:
    """One paper for changing. Its receipt is locked first: the order that keeps writers apart.

    Raises:
        UnknownDocument (R170).
    """
    receipts = db.rows(models.Receipt).filter(documents=document_id)
    locked(db, receipts).first()
    row = locked(db, db.rows(models.Document).filter(id=document_id)).first()
    if row is None:
        raise UnknownDocument(f"no such document document={document_id}", what=document_id)
    return row


def update_rows(db: Database, rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write these columns of many rows; ``bulk_update`` builds a CASE of all and takes seconds."""
    if not rows:
        return
    meta = rows[0]._meta  # noqa: SLF001 Django's documented model introspection
    connection = db.connection
    fields: list[Field[Any, Any]] = [meta.get_field(name) for name in (*names, meta.pk.name)]  # type: ignore[misc]  # columns of ours, no reverse relation
    columns = [connection.ops.quote_name(str(field.column)) for field in fields]
    assignments = ", ".join(f"{column} = %s" for column in columns[:-1])
    statement = f"UPDATE {meta.db_table} SET {assignments} WHERE {columns[-1]} = %s"  # noqa: S608 names of ours
    with db.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                [
                    field.get_db_prep_save(field.pre_save(row, add=False), connection)
                    for field in fields
                ]
                for row in rows
            ],
        )


def insert_rows(db: Database, rows: Sequence[Model]) -> None:
    """Insert many rows of one model."""
    if rows:
        db.rows(type(rows[0])).bulk_create(rows, batch_size=None)
