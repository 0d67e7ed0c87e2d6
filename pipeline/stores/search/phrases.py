"""Words that must, or must not, stand side by side → a cheap sieve by their pairs, then a look at the text itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.stores.search.analysis import MARKED_WORDS, Folder, Placer, words_of
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.stored import stored_paper
from pipeline.stores.search.values import Query
from pipeline.vietnamese import nfc, strip_marks

#: More than these are not meant; and nobody means the fortieth word between quotation marks.
_MOST_PHRASES = 16
_LONGEST_PHRASE = 40
#: So much text is read to see whether the words do stand so; papers beyond are not told.
_READ_CHARS = 6_000_000
_READ_PAPERS = 1_500
#: What reading a paper costs besides its text, in characters.
_OVERHEAD_CHARS = 1_500
#: Of a paper no longer than this all words are kept with their marks: the shortest is a letter and a space.
_KEPT_CHARS = 2 * MARKED_WORDS


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

    def stands_in(self, text: str) -> bool:
        """Whether it stands in *text*: words with single spaces, with marks where it has any, else folded."""
        return f" {' '.join(self.marked or self.folded)} " in text


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

    def __init__(self, conditions: Conditions, shelves: Shelves) -> None:
        self._conditions = conditions
        self._shelves = shelves
        self._placer = Placer()

    def keep(self, numbers: Iterable[int]) -> tuple[list[int], bool]:
        """Those of *numbers* that meet the conditions, in their order; and whether all were looked at."""
        kept: list[int] = []
        left, papers_left = _READ_CHARS, _READ_PAPERS
        are_all = True
        for number in numbers:
            suspects = [one for one in self._conditions.unwanted if number in one.papers]
            if not suspects and not self._conditions.wanted:
                kept.append(number)
            elif left > 0 and papers_left > 0:
                is_kept, cost = self._judge(number, suspects)
                left, papers_left = left - cost, papers_left - 1
                if is_kept:
                    kept.append(number)
            else:
                # It has all the pairs of what must not be there, or nobody knows: not told.
                are_all = False
                if self._conditions.wanted:
                    break
        return kept, are_all

    def _judge(self, number: int, suspects: Sequence[Phrase]) -> tuple[bool, int]:
        cost = _OVERHEAD_CHARS
        for phrases, is_wanted in ((self._conditions.wanted, True), (suspects, False)):
            for phrase in phrases:
                text = self._marked(number) if phrase.marked else self._folded(number)
                cost += len(text)
                if phrase.stands_in(text) is not is_wanted:
                    return False, cost
        return True, cost

    def _folded(self, number: int) -> str:
        leaf, inner = self._shelves.leaf_of(number)
        _, head, body, _ = leaf.ranked(inner)
        return f"{head}|{body}"

    def _marked(self, number: int) -> str:
        leaf, inner = self._shelves.leaf_of(number)
        if leaf.measure(inner).chars <= _KEPT_CHARS:
            return leaf.marked(inner)
        kept = stored_paper(number, self._shelves)
        fields = (*kept.head.split(" · "), kept.text)
        placer = self._placer
        return f" {' . '.join(' '.join(map(placer.__getitem__, words_of(one))) for one in fields)} "
