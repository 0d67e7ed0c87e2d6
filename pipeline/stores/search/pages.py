"""Papers found, with what they are worth → the page that is shown: in the order asked for, grouped or one by one."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from pipeline.stores.search.facets import Tally, number_order
from pipeline.stores.search.filters import Allowed
from pipeline.stores.search.grouping import Group, Grouper
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.phrases import Conditions, Looker
from pipeline.stores.search.values import Query, Sort
from pipeline.stores.search.worth import Worth

#: Papers in the order in which they are shown, each with its score.
Order = Iterable[tuple[int, float]]


def in_order(sort: Sort, found: Order, shelves: Shelves) -> Order:
    """The papers *found*, newest number first, put newest day first or by their numbers."""
    if sort is Sort.NUMBER:
        numbers = number_order(shelves)
        return sorted(found, key=lambda pair: numbers[pair[0]])
    days = _days(shelves)
    return sorted(found, key=lambda pair: days[pair[0]], reverse=True)


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
        return [Group(number, score) for number, score in islice(order, query.offset, want)]
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


def passing(worth: Worth, looks: Conditions, shelves: Shelves) -> tuple[Worth, bool]:
    """Those that meet conditions which only their text can tell; and whether all were looked at, the best first."""
    kept, are_all = Looker(looks, shelves).keep(worth.best().tolist())
    return worth.only(kept), are_all
