"""Papers → how many have which kind, year and issuer, and to which form and number each belongs."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.values import Count, Counts
from pipeline.vietnamese import fold

#: Nobody reads on; the rest can be asked for.
_MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class Column:
    """What each paper has of one family of keys: a position in *names*; 0 is nothing."""

    codes: array[int]
    names: Sequence[str]


def column(prefix: str, shelves: Shelves) -> Column:
    """The values of the keys that begin with *prefix*, paper by paper, worked out once for each state of the index."""
    known: dict[str, Column] = shelves.memo.setdefault("columns", {})
    if prefix not in known:
        known[prefix] = _column(prefix, shelves)
    return known[prefix]


def _column(prefix: str, shelves: Shelves) -> Column:
    codes = array("I")
    names: dict[str, int] = {"": 0}
    for leaf in shelves.leaves:
        # Of one segment it never changes; a commit adds a segment and leaves the others.
        known: dict[str, list[tuple[str, Sequence[int]]]] = leaf.memo.setdefault("lists", {})
        if prefix not in known:
            known[prefix] = list(leaf.keys_with(prefix))
        own = array("I", bytes(4 * leaf.size))
        for name, numbers in known[prefix]:
            code = names.setdefault(name, len(names))
            for number in numbers:
                own[number] = code
        codes.extend(own)
    return Column(codes, list(names))


def counts_of(numbers: Collection[int], shelves: Shelves) -> Counts:
    """How many of the papers have which kind, year and issuer."""
    kinds = _tally("kind:", numbers, shelves)
    years = _tally("year:", numbers, shelves)
    issuers: dict[str, list[tuple[str, int]]] = {}
    for name, count in _tally("issuer-as:", numbers, shelves).items():
        issuers.setdefault(fold(name), []).append((name, count))
    return Counts(
        kinds=_most(Count(value=name, shown=name, count=count) for name, count in kinds.items()),
        years=tuple(
            sorted(
                _most(Count(value=name, shown=name, count=count) for name, count in years.items()),
                key=lambda one: -int(one.value),
            )
        ),
        issuers=_most(_one_issuer(ways) for ways in issuers.values()),
    )


def _one_issuer(ways: Sequence[tuple[str, int]]) -> Count:
    """One body, however its name was written; shown as most papers have it."""
    shown = max(ways, key=lambda way: way[1])[0]
    return Count(value=shown, shown=shown, count=sum(count for _, count in ways))


def _tally(prefix: str, numbers: Iterable[int], shelves: Shelves) -> Mapping[str, int]:
    values = column(prefix, shelves)
    counted = Counter(map(values.codes.__getitem__, numbers))
    return {values.names[code]: count for code, count in counted.items() if code}


def _most(counts: Iterable[Count]) -> tuple[Count, ...]:
    ordered = sorted(counts, key=lambda one: (-one.count, one.value))
    return tuple(islice(ordered, _MOST_VALUES))


def number_order(shelves: Shelves) -> Sequence[tuple[int, int]]:
    """Year of the book and number in it, of each paper; those without come last."""
    known: list[tuple[int, int]] | None = shelves.memo.get("number-order")
    if known is None:
        years, ordinals = column("year:", shelves), column("ordinal:", shelves)
        year_of = [int(name or 9999) for name in years.names]
        ordinal_of = [int(name or 10**9) for name in ordinals.names]
        known = [
            (year_of[year] if ordinal else 10**9, ordinal_of[ordinal])
            for year, ordinal in zip(years.codes, ordinals.codes, strict=True)
        ]
        shelves.memo["number-order"] = known
    return known
