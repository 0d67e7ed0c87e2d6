"""Words that must, or must not, stand side by side → a cheap sieve by their pairs, then a look at the text itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.stores.search.analysis import Folder, Placer, words_of
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.stored import stored
from pipeline.stores.search.values import Query
from pipeline.vietnamese import nfc, strip_marks

#: More than these are not meant; and nobody means the fortieth word between quotation marks.
_MOST_PHRASES = 16
_LONGEST_PHRASE = 40
#: So much text is read to see whether the words do stand so; papers beyond are not told.
_READ_CHARS = 3_000_000
_READ_PAPERS = 1_200
#: What reading a paper costs besides its text, in characters.
_OVERHEAD_CHARS = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One of them, understood."""

    folded: tuple[str, ...]
    #: With their marks, tone in the one place; empty where it was typed without any.
    marked: tuple[str, ...]
    #: Papers that may have it.
    papers: frozenset[int]

    @property
    def is_sure(self) -> bool:
        """Whether having the pairs is having the phrase."""
        return len(self.folded) <= 2 and not self.marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What the text of a paper must and must not have."""

    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()

    def sieve(
        self, allowed: frozenset[int] | None, everyone: Callable[[], Iterable[int]]
    ) -> frozenset[int] | None:
        """*allowed* without the papers that fail for certain; None stays None where nothing is asked."""
        for phrase in self.wanted:
            allowed = phrase.papers if allowed is None else allowed & phrase.papers
        for phrase in self.unwanted:
            if phrase.is_sure:
                allowed = (frozenset(everyone()) if allowed is None else allowed) - phrase.papers
        return allowed

    @property
    def to_look_at(self) -> Conditions:
        """Those that only the text can tell."""
        return Conditions(
            wanted=tuple(one for one in self.wanted if not one.is_sure),
            unwanted=tuple(one for one in self.unwanted if not one.is_sure),
        )

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)


def conditions_of(query: Query, shelves: Shelves, folder: Folder, placer: Placer) -> Conditions:
    """The phrases of *query*, each with the papers that have its words in pairs."""

    def understood(typed: Sequence[str]) -> tuple[Phrase, ...]:
        found = (_phrase(one, shelves, folder, placer) for one in typed[:_MOST_PHRASES])
        return tuple(one for one in found if one is not None)

    return Conditions(wanted=understood(query.phrases), unwanted=understood(query.without))


def _phrase(typed: str, shelves: Shelves, folder: Folder, placer: Placer) -> Phrase | None:
    typed = typed[: _LONGEST_PHRASE * 20]
    words = words_of(typed)[:_LONGEST_PHRASE]
    if not words:
        return None
    folded = tuple(folder[word] for word in words)
    terms = list(dict.fromkeys(map(" ".join, pairwise(folded)))) or list(folded)
    # Rarest first, so that the sets stay small.
    terms.sort(key=lambda term: shelves.frequency("words", term))
    papers = frozenset(shelves.numbers("words", terms[0]))
    for term in terms[1:]:
        if not papers:
            break
        papers = papers.intersection(shelves.numbers("words", term))
    has_marks = strip_marks(nfc(typed)) != nfc(typed)
    marked = tuple(placer[word] for word in words) if has_marks else ()
    return Phrase(folded=folded, marked=marked, papers=papers)


class Looker:
    """Looks at the text of papers, as long as the allowance of text lasts."""

    def __init__(self, conditions: Conditions, shelves: Shelves, placer: Placer) -> None:
        self._conditions = conditions
        self._shelves = shelves
        self._placer = placer

    def keep(self, numbers: Iterable[int]) -> tuple[list[int], bool]:
        """Those of *numbers* that meet the conditions, in their order; and whether all were looked at."""
        kept: list[int] = []
        left = _READ_CHARS
        for looked_at, number in enumerate(numbers):
            if left <= 0 or looked_at >= _READ_PAPERS:
                return kept, False
            is_kept, cost = self._judge(number)
            left -= cost
            if is_kept:
                kept.append(number)
        return kept, True

    def _judge(self, number: int) -> tuple[bool, int]:
        suspects = [one for one in self._conditions.unwanted if number in one.papers]
        if not self._conditions.wanted and not suspects:
            return True, 1
        leaf, inner = self._shelves.leaf_of(number)
        _, head, body, _ = leaf.ranked(inner)
        folded = f"{head}|{body}"
        cost = _OVERHEAD_CHARS + len(folded)
        standing = [
            one for one in (*self._conditions.wanted, *suspects) if _stands(one.folded, folded)
        ]
        if any(one.marked for one in standing):
            kept = stored(number, self._shelves)
            written = f" {' '.join(self._canonical(f'{kept.head} {kept.text}'))} "
            cost += 8 * len(written)
            standing = [one for one in standing if not one.marked or _stands(one.marked, written)]
        is_kept = all(one in standing for one in self._conditions.wanted)
        return is_kept and not any(one in standing for one in suspects), cost

    def _canonical(self, text: str) -> list[str]:
        placer = self._placer
        return [placer[word] for word in words_of(text)]


def _stands(words: Sequence[str], text: str) -> bool:
    return f" {' '.join(words)} " in text
