"""Terms, rarest first → the papers that hold them with what that is worth; bounded, however common the terms are.

Rare terms are read to the end. A term too common for that says little of any one paper: such terms only tell apart
what the rare ones found. Where nothing is rare, as in a question made of what every sheet of a form says, the papers
that hold the common ones together are taken, newest first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf

from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.roll import Roll

#: So many common terms must stand together, or tell apart.
_COMMON_TERMS = 4
#: With fewer papers found by rare terms, common ones add theirs.
_FEW = 200
#: So many of those found are told apart by common terms: more are not ranked anyway.
_TOLD_APART = 400
#: How much further back common terms are looked for beside the rarest of them.
_WIDER = 2
#: Looking one paper up in a list costs as much as reading so many of the list.
_LOOKUP_COST = 24

#: Papers that hold it, the term, what it is worth.
Term = tuple[int, str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much may be done for one question."""

    #: Papers gathered.
    papers: int
    #: Entries of lists gone over without gathering, where only some papers are allowed.
    scanned: int
    #: Whether the paper asked for is known already, so that common terms may be left out.
    is_sure: bool = False


def gather(
    shelves: Shelves, terms: Sequence[Term], allowed: frozenset[int] | None, bounds: Bounds
) -> tuple[dict[int, float], bool]:
    """Papers with what their *terms*, rarest first, are worth; and whether these are all papers that hold any."""
    worth: dict[int, float] = {}
    get = worth.get
    left, scan = bounds.papers, bounds.scanned
    for at, (count, term, value) in enumerate(terms):
        if count > (left if allowed is None else scan):
            if not (worth and bounds.is_sure):
                _take_common(
                    shelves, terms[at : at + _COMMON_TERMS], allowed, worth, max(left, _FEW)
                )
            return worth, False
        for base, numbers in shelves.lists("words", term):
            scan -= len(numbers)
            inside = _inside(base, numbers, allowed)
            left -= len(inside)
            for number in inside:
                worth[number] = get(number, 0.0) + value
        if left <= 0:
            return worth, at + 1 == len(terms)
    return worth, True


def _take_common(
    shelves: Shelves,
    terms: Sequence[Term],
    allowed: frozenset[int] | None,
    worth: dict[int, float],
    most: int,
) -> None:
    """Tell the papers of *worth* apart by common *terms*; where they are few, add the newest that hold those together."""
    if worth:
        roll = Roll(best_of(worth, _TOLD_APART), shelves)
        for _, term, value in terms:
            for number, note in zip(roll.numbers, roll.notes(term) or (), strict=False):
                if note:
                    worth[number] += value
    if len(worth) < _FEW:
        for newest, value in _newest_together(shelves, terms, allowed, most):
            fresh = dict.fromkeys(newest, value)
            for number in worth.keys() & fresh.keys():
                del fresh[number]
            worth.update(fresh)


def _newest_together(
    shelves: Shelves, terms: Sequence[Term], allowed: frozenset[int] | None, most: int
) -> Iterator[tuple[Collection[int], float]]:
    """The newest *most* papers that hold the rarest term, of each segment those that hold the others too, if any do."""
    (_, rarest, value_of_rarest), *others = terms
    for base, numbers in _newest_lists(shelves, rarest, allowed, most):
        chosen = _newest_allowed(base, numbers, allowed, most)
        if not chosen:
            continue
        most -= len(chosen)
        together, value = set(chosen), value_of_rarest
        leaf, _ = shelves.leaf_of(base)
        for _, term, worth in others:
            # As far back as the rarest was taken, more or less: a term twice as common stands twice as close.
            both = together.intersection(leaf.newest("words", term, _WIDER * len(chosen)))
            if both:
                together, value = both, value + worth
        newest = sorted(together, reverse=True)
        yield (newest if not base else [base + number for number in newest]), value
        # Those that hold the rarest alone count as found, behind.
        yield [base + number for number in chosen if number not in together], value_of_rarest
        if most <= 0:
            return


def _newest_lists(
    shelves: Shelves, term: str, allowed: frozenset[int] | None, most: int
) -> Iterator[tuple[int, Sequence[int]]]:
    if allowed is None:
        return shelves.newest_lists("words", term, most)
    return shelves.lists("words", term)


def best_of(worth: Mapping[int, float], most: int) -> list[int]:
    """The *most* papers of most worth, best first; equals as they come."""
    if len(worth) <= most:
        return sorted(worth, key=worth.__getitem__, reverse=True)
    floor = _floor(worth.values(), most)
    best = [number for number, value in worth.items() if value > floor]
    best.sort(key=worth.__getitem__, reverse=True)
    equals = (number for number, value in worth.items() if value == floor)
    return [*best, *islice(equals, most - len(best))]


def _floor(values: Collection[float], most: int) -> float:
    """The worth of the paper at place *most*. Thousands of papers have few worths between them."""
    counts = Counter(values)
    for value in sorted(counts, reverse=True):
        most -= counts[value]
        if most <= 0:
            return value
    return -inf


def _newest_allowed(
    base: int, numbers: Sequence[int], allowed: frozenset[int] | None, most: int
) -> Sequence[int]:
    """The last *most* of *numbers* that are allowed, last first."""
    if allowed is None:
        return numbers[-most:][::-1]
    return list(islice((one for one in reversed(numbers) if base + one in allowed), most))


def _inside(base: int, numbers: Sequence[int], allowed: frozenset[int] | None) -> Collection[int]:
    if allowed is None:
        return numbers if not base else [base + number for number in numbers]
    if len(allowed) * _LOOKUP_COST < len(numbers):
        return [one for one in allowed if _stands(one - base, numbers)]
    absolute: Iterable[int] = numbers if not base else map(base.__add__, numbers)
    return allowed.intersection(absolute)


def _stands(number: int, numbers: Sequence[int]) -> bool:
    """Whether *number* is in the rising list."""
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number
