"""Papers found, with what they are worth → the page that is shown: in the order asked for, grouped or one by one."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from pipeline.stores.search.facets import Tally, number_order
from pipeline.stores.search.filters import Allowed
from pipeline.stores.search.grouping import Group, Grouper
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.phrases import Conditions, Looker
from pipeline.stores.search.values import Query, Sort

Order = Sequence[tuple[int, float]]


def in_order(sort: Sort, worth: Mapping[int, float], shelves: Shelves) -> Order:
    """The papers with their worth, newest first or by their numbers."""
    if sort is Sort.NUMBER:
        numbers = number_order(shelves)
        return [(number, worth[number]) for number in sorted(worth, key=numbers.__getitem__)]
    latest_first = sorted(worth, reverse=True)
    latest_first.sort(key=_days(shelves).__getitem__, reverse=True)
    return [(number, worth[number]) for number in latest_first]


def _days(shelves: Shelves) -> array[int]:
    """Ordinal of each paper's date."""
    known: array[int] | None = shelves.memo.get("days")
    if known is None:
        known = array("i")
        for leaf in shelves.leaves:
            known.extend(leaf.days())
        shelves.memo["days"] = known
    return known


def page_of(
    query: Query,
    order: Order,
    named: Mapping[int, float],
    tally: Tally,
    shelves: Shelves,
) -> Sequence[Group]:
    """The groups of the page that *query* asks for; papers that were *named* in it stand alone."""
    want = query.offset + query.limit
    if not query.is_grouped:
        return [Group(number, score) for number, score in order[query.offset : want]]
    grouper = Grouper(shelves, tally, alone=lambda number: number in named)
    return grouper.groups(order, want)[query.offset :]


def having_all(terms: Sequence[str], allowed: Allowed, shelves: Shelves) -> Allowed:
    """The papers that have every one of *terms*; as they were where there is none."""
    found = allowed
    for term in terms:
        numbers = shelves.numbers("words", term)
        found = frozenset(numbers) if found is None else found.intersection(numbers)
        if not found:
            break
    return found


def passing(
    worth: Mapping[int, float], looks: Conditions, shelves: Shelves
) -> tuple[dict[int, float], bool]:
    """Those that meet conditions which only their text can tell, best first; and whether all were looked at."""
    best_first = sorted(worth, key=worth.__getitem__, reverse=True)
    kept, are_all = Looker(looks, shelves).keep(best_first)
    return {number: worth[number] for number in kept}, are_all
