"""Some papers → how often each of them has a term, read from the lists of the index and not from their texts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline.stores.search.analysis import IN_HEAD, MOST_COUNTED
from pipeline.stores.search.lookup import Leaf, Shelves


class Roll:
    """Papers in rising order; what is told of them is told in that order."""

    def __init__(self, numbers: Iterable[int], shelves: Shelves) -> None:
        self.numbers = sorted(numbers)
        self._parts = list(_by_leaf(self.numbers, shelves))
        #: The packed measure of each paper, and the ordinal of its date.
        self.measures = _column([(leaf.measures(), inner) for leaf, inner in self._parts])
        self.days = _column([(leaf.days(), inner) for leaf, inner in self._parts])
        self._known: dict[str, Sequence[int] | None] = {}

    def notes(self, term: str) -> Sequence[int] | None:
        """The note of a word or pair in each paper, 0 where it is not; None where it is in none of them."""
        if term not in self._known:
            self._known[term] = self._read(term)
        return self._known[term]

    def _read(self, term: str) -> Sequence[int] | None:
        found = [(leaf.notes(term, inner), inner) for leaf, inner in self._parts]
        if len(found) == 1:
            return found[0][0]
        if all(notes is None for notes, _ in found):
            return None
        return [
            note
            for notes, inner in found
            for note in (notes if notes is not None else bytes(len(inner)))
        ]

    def times(self, phrase: str) -> Sequence[int] | None:
        """How often each paper has the words of *phrase* side by side, at most: all its pairs are there so often."""
        words = phrase.split()
        terms = list(map(" ".join, pairwise(words))) or words
        found = [notes for term in terms if (notes := self.notes(term)) is not None]
        if len(found) < len(terms):
            return None
        return [min(note & MOST_COUNTED for note in notes) for notes in zip(*found, strict=True)]

    def has_in_head(self, phrase: str) -> Sequence[bool]:
        """Whether each paper has the words of *phrase* side by side in a short field."""
        words = phrase.split()
        terms = list(map(" ".join, pairwise(words))) or words
        found = [self.notes(term) or bytes(len(self.numbers)) for term in terms]
        return [all(note & IN_HEAD for note in notes) for notes in zip(*found, strict=True)]


def _by_leaf(numbers: Sequence[int], shelves: Shelves) -> Iterator[tuple[Leaf, Sequence[int]]]:
    """The segments that hold some of the rising *numbers*, each with their numbers there."""
    start = 0
    for leaf, base in zip(shelves.leaves, shelves.bases, strict=True):
        stop = bisect_left(numbers, base + leaf.size, start)
        if stop > start:
            yield leaf, [number - base for number in numbers[start:stop]]
        start = stop


def _column(parts: Sequence[tuple[Sequence[int], Sequence[int]]]) -> Sequence[int]:
    return [column[number] for column, inner in parts for number in inner]
