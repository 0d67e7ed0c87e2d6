"""Terms, rarest first → the papers that hold them with what that is worth; bounded, however common the terms are.

Rare terms are read to the end. A term too common for that says little of any one paper: such terms only tell apart
what the rare ones found. Where nothing is rare, as in a question made of what every sheet of a form says, the papers
that hold the common ones together are taken, newest first.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.stores.search.lookup import Shelves

#: So many common terms must stand together, or tell apart.
_COMMON_TERMS = 6
#: With fewer papers found by rare terms, common ones add theirs.
_FEW = 200
#: Looking one paper up in a list costs as much as reading so many of the list.
_LOOKUP_COST = 24

#: Papers that hold it, the term, what it is worth.
Term = tuple[int, str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much may be done for one question."""

    #: Papers gathered.
    papers: int
    #: Entries of lists gone over without gathering.
    scanned: int


def gather(
    shelves: Shelves, terms: Sequence[Term], allowed: frozenset[int] | None, bounds: Bounds
) -> tuple[dict[int, float], bool]:
    """Papers with what their *terms*, rarest first, are worth; and whether these are all papers that hold any."""
    worth: dict[int, float] = {}
    get = worth.get
    left, scan = bounds.papers, bounds.scanned
    for at, (count, term, value) in enumerate(terms):
        if count > (left if allowed is None else scan):
            return worth, _take_common(
                shelves, terms[at:], allowed, worth, Bounds(papers=left, scanned=scan)
            )
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
    bounds: Bounds,
) -> bool:
    """Add what common *terms* say to *worth*; whether they were read to the end, which they are not."""
    together = terms[:_COMMON_TERMS]
    if len(worth) < _FEW:
        for number in _newest_together(shelves, together, allowed, bounds):
            worth.setdefault(number, 0.0)
    scan = bounds.scanned
    for count, term, value in together:
        if scan <= 0:
            break
        scan -= min(count, len(worth) * _LOOKUP_COST)
        for base, numbers in shelves.lists("words", term):
            for number in _held(worth, base, numbers):
                worth[number] += value
    return False


def _newest_together(
    shelves: Shelves, terms: Sequence[Term], allowed: frozenset[int] | None, bounds: Bounds
) -> Iterator[int]:
    """The newest papers that hold as many of *terms* together as any do, taken from the rarest on."""
    left, scan = max(_FEW, bounds.papers), bounds.scanned
    rarest, *others = [dict(shelves.lists("words", term)) for _, term, _ in terms]
    for base, numbers in rarest.items():
        chosen: Sequence[int] = numbers
        scan -= len(numbers)
        for other in others:
            held = other.get(base, ())
            if scan <= 0 or not held:
                continue
            scan -= min(len(held), len(chosen) * _LOOKUP_COST)
            chosen = _both(chosen, held) or chosen
        found = _newest_allowed(base, chosen, allowed, left)
        yield from found
        left -= len(found)
        if left <= 0:
            return


def _newest_allowed(
    base: int, numbers: Sequence[int], allowed: frozenset[int] | None, most: int
) -> list[int]:
    if allowed is None:
        return [base + number for number in reversed(numbers[-most:])]
    found: list[int] = []
    for number in reversed(numbers):
        if base + number in allowed:
            found.append(base + number)
            if len(found) >= most:
                break
    return found


def _inside(base: int, numbers: Sequence[int], allowed: frozenset[int] | None) -> Collection[int]:
    if allowed is None:
        return numbers if not base else [base + number for number in numbers]
    if len(allowed) * _LOOKUP_COST < len(numbers):
        return list(_held(allowed, base, numbers))
    return allowed.intersection(numbers if not base else map(base.__add__, numbers))


def _held(wanted: Collection[int], base: int, numbers: Sequence[int]) -> Iterable[int]:
    """Those of *wanted* that stand in *numbers*, a rising list of papers counted from *base*."""
    if len(wanted) * _LOOKUP_COST >= len(numbers):
        there = set(numbers) if not base else {base + number for number in numbers}
        return [number for number in wanted if number in there]
    return [number for number in wanted if _stands(number - base, numbers)]


def _stands(number: int, numbers: Sequence[int]) -> bool:
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number


def _both(one: Sequence[int], other: Sequence[int]) -> Sequence[int]:
    """What stands in both rising lists, rising."""
    if len(one) * _LOOKUP_COST < len(other):
        return [number for number in one if _stands(number, other)]
    return array("I", sorted(set(one).intersection(other)))
