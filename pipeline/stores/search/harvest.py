"""Terms, rarest first → the papers that hold them with what that is worth; bounded, however common the terms are.

Rare terms are read to the end. A term too common for that says little of any one paper: such terms only tell apart
what the rare ones found. Where nothing is rare, as in a question made of what every sheet of a form says, the papers
that hold the common ones together are taken, newest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.stores.search.codec import Numbers
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.roll import Roll
from pipeline.stores.search.worth import Worth

#: So many common terms must stand together, or tell apart.
_COMMON_TERMS = 4
#: With fewer papers found by rare terms, common ones add theirs.
_FEW = 200
#: So many of those found are told apart by common terms: more are not ranked anyway.
_TOLD_APART = 400
#: How much further back common terms are looked for beside the rarest of them.
_WIDER = 2

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


class _Gathered:
    """What was found so far, among the papers that are allowed."""

    def __init__(self, shelves: Shelves, allowed: frozenset[int] | None) -> None:
        self.worth = Worth(shelves.size)
        self._allowed: npt.NDArray[np.bool_] | None = None
        if allowed is not None:
            self._allowed = np.zeros(shelves.size, bool)
            self._allowed[np.fromiter(allowed, np.uint32, len(allowed))] = True

    @property
    def takes_all(self) -> bool:
        """Whether every paper is allowed."""
        return self._allowed is None

    def inside(self, base: int, numbers: Sequence[int]) -> Numbers:
        """The allowed among the *numbers* of a segment, by their numbers through all."""
        through = np.asarray(numbers, np.uint32) + np.uint32(base)
        return through if self._allowed is None else through[self._allowed[through]]


def gather(
    shelves: Shelves, terms: Sequence[Term], allowed: frozenset[int] | None, bounds: Bounds
) -> tuple[Worth, bool]:
    """Papers with what their *terms*, rarest first, are worth; and whether these are all papers that hold any."""
    gathered = _Gathered(shelves, allowed)
    worth = gathered.worth
    left, scan = bounds.papers, bounds.scanned
    for at, (count, term, value) in enumerate(terms):
        if count > (left if allowed is None else scan):
            if not (bounds.is_sure and len(worth)):
                common = terms[at : at + _COMMON_TERMS]
                _take_common(shelves, common, gathered, max(left, _FEW))
            return worth, False
        for base, numbers in shelves.lists("words", term):
            scan -= len(numbers)
            inside = gathered.inside(base, numbers)
            left -= len(inside)
            worth.add(inside, value)
        if left <= 0:
            return worth, at + 1 == len(terms)
    return worth, True


def _take_common(shelves: Shelves, terms: Sequence[Term], gathered: _Gathered, most: int) -> None:
    """Tell the papers gathered apart by common *terms*; where they are few, add the newest that hold those together."""
    worth = gathered.worth
    if len(worth):
        roll = Roll(worth.best(_TOLD_APART).tolist(), shelves)
        numbers = np.asarray(roll.numbers, np.uint32)
        for _, term, value in terms:
            if (notes := roll.notes(term)) is not None:
                worth.raise_each(numbers[notes > 0], value)
    if len(worth) < _FEW:
        for newest, value in _newest_together(shelves, terms, gathered, most):
            worth.add_others(newest, value)


def _newest_together(
    shelves: Shelves, terms: Sequence[Term], gathered: _Gathered, most: int
) -> Iterator[tuple[Numbers, float]]:
    """The newest *most* papers that hold the rarest term, of each segment those that hold the others too, if any do."""
    (_, rarest, value_of_rarest), *others = terms
    for base, numbers in _newest_lists(shelves, rarest, gathered, most):
        chosen = gathered.inside(base, numbers)[-most:]
        if not len(chosen):
            continue
        most -= len(chosen)
        together, value = chosen, value_of_rarest
        leaf, _ = shelves.leaf_of(base)
        for _, term, worth in others:
            # As far back as the rarest was taken, more or less: a term twice as common stands twice as close.
            held = leaf.newest("words", term, _WIDER * len(chosen))
            both = _in_both(together, np.asarray(held, np.uint32) + np.uint32(base))
            if len(both):
                together, value = both, value + worth
        yield together, value
        # Those that hold the rarest alone count as found, behind.
        yield np.setdiff1d(chosen, together, assume_unique=True), value_of_rarest
        if most <= 0:
            return


def _in_both(some: Numbers, others: Numbers) -> Numbers:
    return np.intersect1d(some, others, assume_unique=True)


def _newest_lists(
    shelves: Shelves, term: str, gathered: _Gathered, most: int
) -> Iterator[tuple[int, Sequence[int]]]:
    if gathered.takes_all:
        return shelves.newest_lists("words", term, most)
    return shelves.lists("words", term)
