"""What the papers a person may see say: whether they hold a term, and how they write it, marks and all."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.stores.search.lookup import RANGE_BYTES, Shelves
from pipeline.stores.search.ranking import DOUBTFUL
from pipeline.stores.search.words import Folder, Placer
from pipeline.vietnamese import nfc

_WORD = re.compile(r"[^\W_]++")
_READ_CHARS = 12_000
#: Of a term in many papers so many are looked through for one that may be seen.
_SOUGHT_AT_MOST = 5_000
#: Positions in what is stored of a paper.
_RELIABILITY, _HEAD, _TEXT = 5, 6, 7


@dataclass(frozen=True, slots=True)
class Form:
    """How a word or pair stands in papers: canonical, and as people write it."""

    canonical: str
    shown: str


class Witness:
    """Asks the papers; those that may not be seen say nothing."""

    def __init__(
        self, shelves: Shelves, folder: Folder, placer: Placer, visible: frozenset[int] | None
    ) -> None:
        self._shelves = shelves
        self._folder = folder
        self._placer = placer
        self._visible = visible

    def count(self, term: str) -> int:
        """How many papers hold the word or pair, some of which may be hidden; 0 where all of them are."""
        count = self._shelves.frequency("words", term)
        if count and self._visible is not None and not self.papers("words", term, 1):
            return 0
        return count

    def papers(self, field: str, term: str, most: int) -> list[int]:
        """Some papers that hold the term and may be seen, of the newest segment first."""
        numbers: Iterable[int] = self._shelves.numbers(field, term)
        if self._visible is not None:
            sought = itertools.islice(numbers, _SOUGHT_AT_MOST)
            numbers = (number for number in sought if number in self._visible)
        return list(itertools.islice(numbers, most))

    def rough_count(self, word: str) -> int:
        """About how many papers hold the word, hidden ones among them: to choose what to look at first."""
        return self._shelves.rough_frequency("words", word)

    def beginning(
        self, field: str, prefix: str, most_bytes: int = RANGE_BYTES
    ) -> Mapping[str, int]:
        """Terms that begin so, and how many papers hold each; whether one may be seen is asked of :meth:`papers`."""
        return self._shelves.beginning(field, prefix, most_bytes)

    def has_all(self, number: int, terms: Collection[str]) -> bool:
        """Whether the paper has every one of the folded words or pairs."""
        leaf, inner = self._shelves.leaf_of(number)
        _, head, body, _ = leaf.ranked(inner)
        return all(f" {term} " in head or f" {term} " in body for term in terms)

    def written_in(self, number: int, terms: Collection[str]) -> set[str]:
        """Which words and pairs stand in the paper with these very marks; of a damaged text none is believed."""
        leaf, inner = self._shelves.leaf_of(number)
        if leaf.measure(inner).reliability < DOUBTFUL:
            return set()
        text = leaf.marked(inner)
        return {term for term in terms if f" {term} " in text}

    def writes_otherwise(self, number: int, marked: Mapping[str, str]) -> bool:
        """Whether the paper has all the folded words or pairs, but one of them never with the marks given for it."""
        leaf, inner = self._shelves.leaf_of(number)
        if leaf.measure(inner).reliability < DOUBTFUL or not self.has_all(number, marked.keys()):
            return False
        return not self.written_in(number, marked.values()).issuperset(marked.values())

    def head(self, number: int) -> tuple[str, ...]:
        """The short fields of a paper as they were written."""
        return tuple(str(self._stored(number)[_HEAD]).split(" · "))

    def forms(self, numbers: Iterable[int], wanted: Collection[str]) -> dict[str, Counter[Form]]:
        """For each of the folded words and pairs *wanted*: how the papers write it, and how often."""
        found: dict[str, Counter[Form]] = defaultdict(Counter)
        names: dict[Form, bool] = {}
        for number in numbers:
            stored = self._stored(number)
            if stored[_RELIABILITY] < DOUBTFUL:
                continue
            for text in (stored[_HEAD], stored[_TEXT][:_READ_CHARS]):
                for term, written in self._occurrences(text, wanted):
                    lowered = written.lower()
                    form = Form(" ".join(self._placer[word] for word in lowered.split()), lowered)
                    names[form] = names.get(form, True) and _is_name(written)
                    found[term][form] += 1
        return {
            term: Counter({_shown(form, is_name=names[form]): n for form, n in counts.items()})
            for term, counts in found.items()
        }

    def _occurrences(self, text: str, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
        folder = self._folder
        written = _WORD.findall(nfc(text))
        folded = [folder[word.lower()] for word in written]
        # Most words are not wanted: each is asked after once, pairs only where one of them begins.
        first_of_pair = {term.partition(" ")[0] for term in wanted if " " in term}
        for at, word in enumerate(folded):
            if word in wanted:
                yield word, written[at]
            if at + 1 == len(folded) or word not in first_of_pair:
                continue
            if (pair := f"{word} {folded[at + 1]}") in wanted:
                yield pair, f"{written[at]} {written[at + 1]}"

    def _stored(self, number: int) -> tuple[Any, ...]:
        leaf, inner = self._shelves.leaf_of(number)
        return leaf.shelf(inner)


def _is_name(written: str) -> bool:
    return all(word.istitle() for word in written.split())


def _shown(form: Form, *, is_name: bool) -> Form:
    if not is_name:
        return form
    return Form(form.canonical, " ".join(word.capitalize() for word in form.shown.split()))
