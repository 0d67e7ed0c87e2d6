"""Some papers → how often each of them has a term, read from the lists of the index and not from their texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import cast

import numpy as np

from pipeline.stores.search.analysis import IN_HEAD, MOST_COUNTED
from pipeline.stores.search.codec import Notes, Numbers
from pipeline.stores.search.lookup import Leaf, Shelves


class Roll:
    """Papers in rising order; what is told of them is told in that order."""

    def __init__(self, numbers: Iterable[int], shelves: Shelves) -> None:
        self.numbers = sorted(numbers)
        self._parts = list(_by_leaf(np.array(self.numbers, np.uint32), shelves))
        #: The packed measure of each paper, and the ordinal of its date.
        self.measures = _column([(leaf.measures(), inner) for leaf, inner in self._parts])
        self.days = _column([(leaf.days(), inner) for leaf, inner in self._parts])
        self._known: dict[str, Notes | None] = {}

    def notes(self, term: str) -> Notes | None:
        """The note of a word or pair in each paper, 0 where it is not; None where it is in none of them."""
        if term not in self._known:
            self._known[term] = self._read(term)
        return self._known[term]

    def _read(self, term: str) -> Notes | None:
        found = [(leaf.notes(term, inner), inner) for leaf, inner in self._parts]
        if all(notes is None for notes, _ in found):
            return None
        return np.concatenate([
            np.zeros(len(inner), np.uint8) if notes is None else notes for notes, inner in found
        ])  # fmt: skip

    def times(self, phrase: str) -> Notes | None:
        """How often each paper has the words of *phrase* side by side, at most: all its pairs are there so often."""
        terms = _terms_of(phrase)
        found = [notes for term in terms if (notes := self.notes(term)) is not None]
        if len(found) < len(terms):
            return None
        return cast("Notes", np.minimum.reduce([notes & MOST_COUNTED for notes in found]))

    def has_in_head(self, phrase: str) -> Sequence[bool]:
        """Whether each paper has the words of *phrase* side by side in a short field."""
        found = [self.notes(term) for term in _terms_of(phrase)]
        if any(notes is None for notes in found):
            return [False] * len(self.numbers)
        in_head = np.bitwise_and.reduce([notes for notes in found if notes is not None]) & IN_HEAD
        return cast("list[bool]", (in_head > 0).tolist())


def _terms_of(phrase: str) -> list[str]:
    words = phrase.split()
    return list(map(" ".join, pairwise(words))) or words


def _by_leaf(numbers: Numbers, shelves: Shelves) -> Iterator[tuple[Leaf, Numbers]]:
    """The segments that hold some of the rising *numbers*, each with their numbers there."""
    start = 0
    for leaf, base in zip(shelves.leaves, shelves.bases, strict=True):
        stop = int(numbers.searchsorted(base + leaf.size))
        if stop > start:
            yield leaf, numbers[start:stop] - base
        start = stop


def _column(parts: Sequence[tuple[Sequence[int], Numbers]]) -> Sequence[int]:
    return [value for column, inner in parts for value in np.asarray(column)[inner].tolist()]
