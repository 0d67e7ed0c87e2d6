"""The books: series, their lines in order, and ordinals that nothing explains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, Q

from pipeline.record import DocumentId, EntryStatus, LegalState, NumberSource, ReceiptId, SeriesKey
from pipeline.stores.registers import models, route_rows, wire
from pipeline.stores.registers.book_views import Gap
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.lookup_code import reference_key, storable
from pipeline.stores.registers.numbering import BY_FLOW, SKIPPED
from pipeline.stores.registers.rows import relations_of, relations_onto
from pipeline.stores.registers.views import BookRow, EntryView, SeriesView

if TYPE_CHECKING:
    from django.db.models import QuerySet

_FOUND_AT_MOST = 200
_GONE = LegalState.THU_HOI
_LONGEST_ORDINAL = 9
#: Filter of ``entries`` → column of the series' table.
_LOOKUPS = {
    "book": "book",
    "term": "period",
    "issuer": "issuer",
    "symbol": "symbol",
    "series": "id",
}


def entries(db: Database, filters: Mapping[str, Any], chunk: int) -> Iterator[BookRow]:
    """Lines by series and ordinal. Each chunk is its own query: no reader stands in a writer's way."""
    query = _filtered(db, filters).select_related("document").order_by("series_id", "ordinal")
    after: tuple[str, int] | None = None
    while True:
        page = query if after is None else query.filter(_behind(*after))
        rows = list(page[:chunk])
        yield from _book_rows(db, rows)
        if len(rows) < chunk:
            return
        after = rows[-1].series_id, rows[-1].ordinal


def _book_rows(db: Database, rows: Sequence[models.Entry]) -> list[BookRow]:
    ids = [row.document_id for row in rows if row.document_id is not None]
    relations, later, reasons = relations_of(db, ids), relations_onto(db, ids), _reasons(db, rows)
    routes = route_rows.of(db, ids)
    lines = []
    for row in rows:
        key = row.document_id or ""
        beside = relations.get(key, ()), later.get(key, ()), reasons.get(key, ())
        lines.append(replace(wire.book_row(row, *beside), route=routes.get(key)))
    return lines


def newest(
    db: Database, filters: Mapping[str, Any], before: int | None, limit: int
) -> tuple[list[BookRow], int | None]:
    """Lines as they were taken, the last one first, and where the following ones begin (None: nothing follows)."""
    query = _entries(db, filters)
    if filters.get("since"):
        query = query.filter(issued_on__gte=filters["since"])
    if filters.get("until"):
        query = query.filter(issued_on__lte=filters["until"])
    if before is not None:
        query = query.filter(id__lt=before)
    ids = _newest_ids(db, query, _of_series(filters), limit + 1)
    rows = db.rows(models.Entry).select_related("document").in_bulk(ids[:limit])
    shown = [rows[one] for one in ids[:limit]]
    return _book_rows(db, shown), ids[limit - 1] if len(ids) > limit else None


def _newest_ids(
    db: Database, query: QuerySet[models.Entry], wanted: Mapping[str, str], limit: int
) -> list[int]:
    """The last ones of each series, from its own piece of the index: asked for together, whole books would be sorted."""
    newest_first = query.order_by("-id").values_list("id", flat=True)
    if not wanted:
        return list(newest_first[:limit])
    series = db.rows(models.Series).filter(**wanted).values_list("id", flat=True)
    found = (newest_first.filter(series_id=one)[:limit] for one in series)
    return sorted(chain.from_iterable(found), reverse=True)[:limit]


def _reasons(db: Database, rows: Sequence[models.Entry]) -> dict[str, list[str]]:
    """Why the versions of the withdrawn papers among them were made."""
    ids = [row.document_id for row in rows if row.document and row.document.legal_state == _GONE]
    found: dict[str, list[str]] = {}
    query = db.rows(models.Version).filter(document_id__in=ids).order_by("document_id", "number")
    for version in query if ids else ():
        found.setdefault(version.document_id, []).append(version.reason)
    return found


def count(db: Database, filters: Mapping[str, Any], *, most: int) -> int:
    """How many lines they are; of more than *most*, so many."""
    return int(_filtered(db, filters)[:most].count())


def _behind(series_id: str, ordinal: int) -> Q:
    return Q(series_id__gt=series_id) | Q(series_id=series_id, ordinal__gt=ordinal)


def _filtered(db: Database, filters: Mapping[str, Any]) -> QuerySet[models.Entry]:
    wanted = {f"series__{name}": value for name, value in _of_series(filters).items()}
    return _entries(db, filters).filter(**wanted)


def _of_series(filters: Mapping[str, Any]) -> dict[str, str]:
    """What of the filters is the series'."""
    return {
        column: str(filters[name])
        for name, column in _LOOKUPS.items()
        if filters.get(name) is not None
    }


def _entries(db: Database, filters: Mapping[str, Any]) -> QuerySet[models.Entry]:
    """By what of the filters is the line's own."""
    query = db.rows(models.Entry)
    year = filters.get("year")
    if year is not None:
        query = query.filter(issued_on__gte=date(year, 1, 1), issued_on__lte=date(year, 12, 31))
    if filters.get("unissued"):
        query = query.exclude(status=EntryStatus.ISSUED)
    if filters.get("issued"):
        query = query.filter(status=EntryStatus.ISSUED)
    return query


def entry(db: Database, key: SeriesKey, ordinal: int) -> EntryView | None:
    """One line of a book."""
    row = db.rows(models.Entry).filter(series_id=str(key), ordinal=ordinal).first()
    return None if row is None else wire.entry_view(row)


def at_ordinal(db: Database, ordinal: int, keys: Iterable[SeriesKey]) -> list[EntryView]:
    """The lines of that ordinal in those series, by series."""
    wanted = [str(key) for key in keys]
    rows = db.rows(models.Entry).filter(series_id__in=wanted, ordinal=ordinal)
    return [wire.entry_view(row) for row in rows.order_by("series_id")]


def without_paper(db: Database, text: str) -> list[EntryView]:
    """Lines without a paper that people may mean by *text*: reference, lookup code, ``series:ordinal``."""
    wanted = storable(text).strip()
    rows = db.rows(models.Entry).filter(document__isnull=True).order_by("series_id", "ordinal")
    series, _, ordinal = wanted.rpartition(":")
    if series and ordinal.isascii() and ordinal.isdecimal() and len(ordinal) <= _LONGEST_ORDINAL:
        return [wire.entry_view(row) for row in rows.filter(series_id=series, ordinal=int(ordinal))]
    asked = Q(lookup_code=wanted.upper())
    if key := reference_key(wanted):
        asked |= Q(reference_key=key)
    return [wire.entry_view(row) for row in rows.filter(asked)[:_FOUND_AT_MOST]]


def remarks_of(db: Database, receipt_id: ReceiptId) -> dict[DocumentId, str]:
    """Paper of a drop → the book's remark beside its number."""
    rows = list(
        db.rows(models.Entry)
        .filter(document__receipt_id=receipt_id)
        .exclude(remark="", source=BY_FLOW)
    )
    left = left_by(db, rows)
    said = {one.document_id: "; ".join(filter(None, (one.remark, left[one.id]))) for one in rows}
    return {DocumentId(one): words for one, words in said.items() if one and words}


def left_by(db: Database, entries: Sequence[models.Entry]) -> dict[int, str]:
    """Row → which ordinals before it still wait for their papers because it ran ahead, in words; empty for none."""
    told = dict.fromkeys((one.id for one in entries), "")
    by_hand = {
        (one.series_id, SKIPPED.format(ordinal=one.ordinal)): one.id
        for one in entries
        if one.source != BY_FLOW
    }
    if not by_hand:
        return told
    waiting = db.rows(models.Entry).filter(
        series_id__in={series_id for series_id, _ in by_hand},
        source=NumberSource.BO_QUA.value,
        status=EntryStatus.HELD,
    )
    found: dict[int, list[int]] = {}
    for series_id, reason, ordinal in waiting.values_list("series_id", "reason", "ordinal"):
        if (row := by_hand.get((series_id, reason))) is not None:
            found.setdefault(row, []).append(ordinal)
    for row, ordinals in found.items():
        first, last = min(ordinals), max(ordinals)
        named = f"{first}–{last}" if len(ordinals) > 1 else f"{first}"
        told[row] = f"{len(ordinals)} số bỏ trống trước đó ({named}) được giữ chờ văn bản"
    return told


def series(db: Database) -> list[SeriesView]:
    """Every series, by name."""
    return [wire.series_view(row) for row in db.rows(models.Series).order_by("id")]


def gaps(db: Database) -> list[Gap]:
    """Ordinals without a row, and rows outside start … last. Cheap where all is well."""
    found: list[Gap] = []
    # No ordinal stands twice in a series: so many between two ends are all of them.
    told = {
        one["series_id"]: (one["first"], one["top"], one["rows"])
        for one in db.rows(models.Entry)
        .order_by()
        .values("series_id")
        .annotate(first=Min("ordinal"), top=Max("ordinal"), rows=Count("ordinal"))
    }
    for row in db.rows(models.Series).order_by("id"):
        rows = row.last - row.start + 1
        if told.get(row.id, (row.start, row.last, 0)) != (row.start, row.last, rows):
            found += _gaps_of(db, row)
    return found


def _gaps_of(db: Database, row: models.Series) -> list[Gap]:
    key = SeriesKey.parse(row.id)
    ordinals = set(db.rows(models.Entry).filter(series_id=row.id).values_list("ordinal", flat=True))
    expected = set(range(row.start, row.last + 1))
    missing = [Gap(series=key, ordinal=one, why="missing") for one in sorted(expected - ordinals)]
    beyond = [Gap(series=key, ordinal=one, why="beyond") for one in sorted(ordinals - expected)]
    return missing + beyond
