"""A few hundred candidates → their order: pairs and syllables by their notes in the index, then the best by their texts."""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.stores.search.analysis import IN_HEAD, MOST_COUNTED, Question
from pipeline.stores.search.codec import Notes
from pipeline.stores.search.lookup import chars_of, reliability_of
from pipeline.stores.search.roll import Roll

#: A text this little Vietnamese is damaged: it may be found, but a sound one goes before it.
DOUBTFUL = 0.85
_K1, _B = 1.2, 0.75
_SYLLABLE_SHARE = 0.7
_HEAD_SHARE = 0.35
_EXACT_SHARE = 0.25
#: Full agreement on all that a damaged text can show is worth this much of the question, half of it a quarter.
_DAMAGED_SHARE = 1.1
_DOUBT = 0.5
#: A sound paper that holds so much of the question counts as a clean copy of any damaged one; that one stays below it.
_AS_GOOD_AS_ALL = 0.9
_BELOW = 0.99
#: Marks decide also where every paper has the words and rarity says nothing.
_EXACT_AT_LEAST = 0.5
#: Terms of the question that ranking counts, rarest first: a pasted page needs no more.
_COUNTED = 28
#: Marks are compared in so many of the best, and in so many more where marks could bring them to the top.
_EXACT_LOOKED_AT = 10
_EXACT_IN_REACH = 16
#: Texts of so many at most are looked at for words in their order.
_ORDER_LOOKED_AT = 40
#: Lengths are told apart so finely; what a count is worth at each is worked out once.
_NORM_STEPS = 48
_MOST_NORM = 24.0

#: Three words in their order, as names are: worth this much of their lesser pair.
_ORDER_SHARE = 0.5
#: Whoever asks so shortly names a thing; in a longer question words stand together by chance.
_ORDER_WORDS = 8
#: A longer question that stands in a title as it is: worth so much of all its pairs; scattered, or most of it, less.
_WHOLE_TITLE_SHARE, _TITLE_SHARE, _TITLE_POWER = 1.0, 0.5, 4
#: Titles are read of those that have so much of its rarest pairs there.
_TITLED_AT_LEAST = 0.5


class OtherName(Protocol):
    """A phrase that may stand for what was typed; see :mod:`pipeline.stores.search.other_names`."""

    @property
    def typed(self) -> str:
        """What was typed, with a space at either end."""

    @property
    def other(self) -> str:
        """What may stand for it."""

    @property
    def worth(self) -> float:
        """How rare it is, less than if it had been typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How rare each term of the question is (BM25's idf), rarest first."""

    words: Mapping[str, float]
    pairs: Mapping[str, float]
    #: One mapping for each way of losing letters; terms nobody has included.
    damaged: Sequence[Mapping[str, float]] = ()
    #: What all pairs of the question would be worth, those nobody has included.
    whole: float = 0.0
    #: What may stand in a paper for what was typed.
    others: Sequence[OtherName] = ()


class Texts(Protocol):
    """Gives the texts of papers by their numbers."""

    def head(self, number: int) -> str:
        """Folded words of the short fields with a space at either end."""

    def folded(self, number: int) -> str:
        """Folded words with a space at either end."""

    def marked(self, number: int) -> str:
        """Words with their marks, likewise."""


def idf(papers: int, holders: int) -> float:
    """BM25's weight of a term that *holders* of *papers* have."""
    return math.log(1 + (papers - holders + 0.5) / (holders + 0.5))


class Ranker:
    """Scores candidates against one question."""

    def __init__(self, question: Question, weights: Weights) -> None:
        self._pairs = _rarest(weights.pairs)
        self._words = _rarest(weights.words)
        self._damaged = [_rarest(way) for way in weights.damaged if way]
        self._whole = weights.whole
        self._others = weights.others
        self._in_order = _in_order(question, weights)
        self._of_title = _of_title(question, weights)
        self._asked = f" {' '.join(question.folded)} "
        self._exact = _exact(question, weights)
        self._has_marks = question.has_marks

    def scores(self, roll: Roll, texts: Texts, shown: int) -> list[float]:
        """One score for each paper of *roll*, comparable within this call only.

        Terms are counted in all of them; texts are looked at only of those that could come among the first *shown*.
        """
        average_chars = max(1.0, sum(map(chars_of, roll.measures)) / max(1, len(roll.measures)))
        steps = [_step(chars_of(one) / average_chars) for one in roll.measures]
        scores = self._by_terms(roll, steps)
        doubtful = [at for at, one in enumerate(roll.measures) if reliability_of(one) < DOUBTFUL]
        shares = self._doubted(roll, scores, doubtful) if doubtful else []
        doubt = dict.fromkeys(doubtful, _DOUBT)
        for at in self._worth_a_look(scores, shown):
            scores[at] += self._order_in(texts.folded(roll.numbers[at])) * doubt.get(at, 1.0)
        for at in self._titled(roll, scores):
            scores[at] += self._title_in(texts.head(roll.numbers[at])) * doubt.get(at, 1.0)
        if self._has_marks:
            for at in self._worth_comparing(scores):
                scores[at] += self._exactness(texts.marked(roll.numbers[at])) * doubt.get(at, 1.0)
        return _doubtful_behind(scores, shares, doubtful) if doubtful else scores

    def _by_terms(self, roll: Roll, steps: Sequence[int]) -> list[float]:
        """What all terms are worth by how often each paper of a length (step) has them."""
        scores = np.zeros(len(roll.numbers))
        if not steps:
            return []
        known, row = np.unique(steps, return_inverse=True)
        for_pairs = np.stack([_tables(step).pair for step in known.tolist()])
        for_words = np.stack([_tables(step).word for step in known.tolist()])
        counted = [
            *((roll.notes(term), worth, for_pairs) for term, worth in self._pairs),
            *(
                (roll.notes(term), _SYLLABLE_SHARE * worth, for_words)
                for term, worth in self._words
            ),
            *((self._other_name(roll, one), one.worth, for_words) for one in self._others),
        ]
        for notes, worth, tables in counted:
            if notes is not None:
                scores += worth * tables[row, notes]
        return scores.tolist()

    @staticmethod
    def _other_name(roll: Roll, other: OtherName) -> Notes | None:
        """How often each paper has the other name, where it has not what was typed."""
        times = roll.times(other.other)
        typed = roll.times(other.typed)
        if times is None or typed is None:
            return times
        return np.where(typed, np.uint8(0), times)

    def _doubted(self, roll: Roll, scores: list[float], doubtful: Sequence[int]) -> list[float]:
        """Lower the *scores* of damaged texts; how much of the question each paper holds, 0 to 1."""
        held = _sum_of(roll, self._pairs)
        whole = sum(worth for _, worth in self._pairs) or 1.0
        shares = [value / whole for value in held]
        agreements = [0.0] * len(scores)
        for way in self._damaged:
            total = sum(worth for _, worth in way)
            found = (value / total for value in _sum_of(roll, way))
            agreements = [max(pair) for pair in zip(agreements, found, strict=True)]
        for at in doubtful:
            # Stubs of one or two letters agree by chance; a scattered quarter of them means nothing.
            agreement = max(0.0, agreements[at] - 0.25) / 0.75
            scores[at] = max(_DOUBT * scores[at], _DAMAGED_SHARE * self._whole * agreement**2)
            shares[at] = max(shares[at], agreement)
        return shares

    def _worth_a_look(self, scores: Sequence[float], shown: int) -> list[int]:
        """Those that words in their order could bring among the first *shown*."""
        if not self._in_order:
            return []
        best = heapq.nlargest(_ORDER_LOOKED_AT, range(len(scores)), key=scores.__getitem__)
        least = scores[best[min(shown, len(best)) - 1]] if best else 0.0
        reach = sum(worth for _, worth in self._in_order)
        return [at for at in best if scores[at] + reach >= least]

    def _order_in(self, text: str) -> float:
        return sum(worth for needle, worth in self._in_order if needle in text)

    def _titled(self, roll: Roll, scores: Sequence[float]) -> list[int]:
        """The best of those whose title may be what was asked."""
        if not self._of_title:
            return []
        whole = sum(worth for _, worth in self._pairs)
        shares = _sum_of(roll, self._pairs, IN_HEAD)
        titled = [at for at, held in enumerate(shares) if held >= _TITLED_AT_LEAST * whole]
        return heapq.nlargest(_ORDER_LOOKED_AT, titled, key=lambda at: shares[at] + scores[at])

    def _title_in(self, head: str) -> float:
        """What a paper is worth more for its title, of which the common words tell as much as the rare ones."""
        if self._asked in head:
            return _WHOLE_TITLE_SHARE * self._whole
        held = sum(worth for needle, worth in self._of_title if needle in head)
        return _TITLE_SHARE * self._whole * (held / self._whole) ** _TITLE_POWER

    def _worth_comparing(self, scores: Sequence[float]) -> list[int]:
        """The best, and those that equal marks could lift over the best."""
        best = heapq.nlargest(_EXACT_IN_REACH, range(len(scores)), key=scores.__getitem__)
        reach = _EXACT_SHARE * sum(worth for _, worth in self._exact) + _EXACT_AT_LEAST
        return [
            at
            for place, at in enumerate(best)
            if place < _EXACT_LOOKED_AT or scores[at] + reach >= scores[best[0]]
        ]

    def _exactness(self, text: str) -> float:
        found = [worth for needle, worth in self._exact if needle in text]
        return _EXACT_SHARE * sum(found) + _EXACT_AT_LEAST * len(found) / max(1, len(self._exact))


@dataclass(frozen=True, slots=True)
class _Tables:
    """Note → what a term with it is worth in a paper of one length, in parts of its own worth."""

    pair: npt.NDArray[np.float64]
    word: npt.NDArray[np.float64]


def _step(relative_length: float) -> int:
    return round(min(_MOST_NORM, _K1 * (1 - _B + _B * relative_length)) * _NORM_STEPS)


@lru_cache(maxsize=2048)
def _tables(step: int) -> _Tables:
    norm = step / _NORM_STEPS
    counts = [note & MOST_COUNTED for note in range(2 * IN_HEAD)]
    word = [count * (_K1 + 1) / (count + norm) if count else 0.0 for count in counts]
    pair = [value + (_HEAD_SHARE if note & IN_HEAD else 0.0) for note, value in enumerate(word)]
    return _Tables(np.array(pair), np.array(word))


def _sum_of(roll: Roll, terms: Sequence[tuple[str, float]], where: int = 0xFF) -> list[float]:
    """The worth of those of *terms* that each paper has; with a bit of the note, has there."""
    held = np.zeros(len(roll.numbers))
    for term, worth in terms:
        if (notes := roll.notes(term)) is not None:
            held[notes & where > 0] += worth
    return held.tolist()


def _doubtful_behind(
    scores: list[float], shares: Sequence[float], doubtful: Sequence[int]
) -> list[float]:
    """*scores* with every damaged text below all sound ones that hold as much of the question: its clean copies do."""
    damaged = frozenset(doubtful)
    sound = sorted(
        (share, score)
        for at, (share, score) in enumerate(zip(shares, scores, strict=True))
        if at not in damaged
    )
    # The least score of those that hold as much or more.
    least = [*accumulate((score for _, score in reversed(sound)), min)][::-1]
    for at in doubtful:
        place = bisect_left(sound, (min(shares[at], _AS_GOOD_AS_ALL),))
        if place < len(least):
            scores[at] = min(scores[at], _BELOW * least[place])
    return scores


def _rarest(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    return list(weights.items())[:_COUNTED]


def _exact(question: Question, weights: Weights) -> list[tuple[str, float]]:
    """Pairs as they were typed, with their marks; words where no pair is known."""
    pairs = zip(question.words, question.words[1:], question.bigrams, strict=False)
    return [
        (f" {a} {b} ", worth) for a, b, folded in pairs if (worth := weights.pairs.get(folded))
    ] or [
        (f" {a} ", worth)
        for a, b in zip(question.words, question.folded, strict=True)
        if (worth := weights.words.get(b))
    ]


def _of_title(question: Question, weights: Weights) -> list[tuple[str, float]]:
    """All pairs of a question long enough to be a title."""
    if len(question.folded) <= _ORDER_WORDS:
        return []
    return [(f" {pair} ", worth) for pair, worth in weights.pairs.items()]


def _in_order(question: Question, weights: Weights) -> list[tuple[str, float]]:
    if len(question.folded) > _ORDER_WORDS:
        return []
    triples = zip(question.folded, question.folded[1:], question.folded[2:], strict=False)
    return [
        (f" {a} {b} {c} ", _ORDER_SHARE * min(first, second))
        for (a, b, c), (one, two) in zip(triples, pairwise(question.bigrams), strict=True)
        if (first := weights.pairs.get(one)) and (second := weights.pairs.get(two))
    ]
