"""Papers → how many have which kind, year and issuer, and to which form and number each belongs.

What a paper has is worked out of the keys once for each segment, and kept with it: a commit brings one more segment.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from pipeline.legal import OUT_OF_FORCE
from pipeline.stores.search.codec import Numbers
from pipeline.stores.search.lookup import Leaf, Shelves
from pipeline.stores.search.values import Count, Counts
from pipeline.vietnamese import fold

#: Nobody reads on; the rest can be asked for.
_MOST_VALUES = 50
_COUNTED = ("kind:", "year:", "issuer-as:", "form:", "state:")
_LAPSED = frozenset(state.value for state in OUT_OF_FORCE)
#: Profile → how many of the papers found have it.
Tally = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Profile:
    """What papers are counted and grouped by; many have the same."""

    kind: str
    year: str
    issuer: str
    #: The same for all ways to write its name.
    issuer_folded: str
    #: The form of a sheet and whether it has lost its force; empty for papers that are no sheets.
    form: str


@dataclass(frozen=True, slots=True)
class Column:
    """What each paper has: a position in *names*."""

    codes: array[int]
    names: Sequence[str]


def column(prefix: str, shelves: Shelves) -> Column:
    """Of each paper its value among the keys that begin with *prefix*; the value at 0 is nothing."""
    known: dict[str, Column] = shelves.memo.setdefault("columns", {})
    if prefix not in known:
        names: dict[str, int] = shelves.names.setdefault(prefix, {"": 0})
        codes = array("I")
        for leaf in shelves.leaves:
            codes.extend(_codes(prefix, leaf, names))
        known[prefix] = Column(codes, list(names))
    return known[prefix]


def _codes(prefix: str, leaf: Leaf, names: dict[str, int]) -> array[int]:
    known: dict[str, array[int]] = leaf.memo.setdefault("codes", {})
    if prefix not in known:
        codes = array("I", bytes(4 * leaf.size))
        for name, numbers in leaf.keys_with(prefix):
            code = names.setdefault(name, len(names))
            for number in numbers:
                codes[number] = code
        known[prefix] = codes
    return known[prefix]


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profile of each paper: a position in *kinds*."""

    codes: array[int]
    kinds: Sequence[Profile]


def profiles(shelves: Shelves) -> Profiles:
    """The profiles of all papers."""
    known: Profiles | None = shelves.memo.get("profiles")
    if known is None:
        columns = [column(prefix, shelves) for prefix in _COUNTED]
        seen: dict[tuple[int, ...], int] = shelves.names.setdefault("profiles", {})
        codes = array("I")
        base = 0
        for leaf in shelves.leaves:
            own: array[int] | None = leaf.memo.get("profiles")
            if own is None:
                parts = [one.codes[base : base + leaf.size] for one in columns]
                own = array(
                    "I", (seen.setdefault(one, len(seen)) for one in zip(*parts, strict=True))
                )
                leaf.memo["profiles"] = own
            codes.extend(own)
            base += leaf.size
        known = Profiles(codes, [_profile(one, columns) for one in seen])
        shelves.memo["profiles"] = known
    return known


def _profile(codes: Sequence[int], columns: Sequence[Column]) -> Profile:
    kind, year, issuer, form, state = (
        one.names[code] for one, code in zip(columns, codes, strict=True)
    )
    lapsed = "-" if state in _LAPSED else ""
    return Profile(kind, year, issuer, fold(issuer), f"{form}{lapsed}" if form else "")


def tally_of(numbers: Sequence[int] | Numbers, shelves: Shelves) -> Tally:
    """How many of the papers have which profile."""
    codes = np.asarray(profiles(shelves).codes)
    counts = np.bincount(codes[np.asarray(numbers, np.uint32)])
    return {code: count for code, count in enumerate(counts.tolist()) if count}


def counts_of(tally: Tally, shelves: Shelves) -> Counts:
    """The papers of a tally by kind, year and issuer."""
    kinds: Counter[str] = Counter()
    years: Counter[str] = Counter()
    issuers: dict[str, Counter[str]] = {}
    of = profiles(shelves).kinds
    for code, count in tally.items():
        one = of[code]
        kinds[one.kind] += count
        years[one.year] += count
        issuers.setdefault(one.issuer_folded, Counter())[one.issuer] += count
    newest_first = sorted(_most(_counts(years)), key=lambda one: -int(one.value))
    return Counts(
        kinds=_most(_counts(kinds)),
        years=tuple(newest_first),
        issuers=_most(_one_issuer(ways) for name, ways in issuers.items() if name),
    )


def _counts(counted: Mapping[str, int]) -> Iterable[Count]:
    return (Count(value=name, shown=name, count=count) for name, count in counted.items() if name)


def _one_issuer(ways: Counter[str]) -> Count:
    """One body, however its name was written; shown as most papers have it."""
    ((shown, _),) = ways.most_common(1)
    return Count(value=shown, shown=shown, count=ways.total())


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
