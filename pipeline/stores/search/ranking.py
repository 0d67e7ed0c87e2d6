"""A few hundred candidates with their words → their order: pairs and syllables, exact before folded."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from pipeline.stores.search.analysis import Placer, Question, words_of

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
#: Every term of the question is counted in every text: characters of text times terms for one question, and
#: what a text costs besides, in characters.
_COUNTED_CHARS = 12_000_000
RANKING_COST = 500
#: However long they are; beyond memory's limit nobody reads, not even few.
FEWEST_RANKED = 40


#: Three words in their order, as names are: worth this much of their lesser pair.
_ORDER_SHARE = 0.5
#: Whoever asks so shortly names a thing; in a longer question words stand together by chance.
_ORDER_WORDS = 8


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What ranking looks at of one paper: folded words with a space at either end."""

    head: str
    body: str
    reliability: float
    is_in_force: bool = True


def idf(papers: int, holders: int) -> float:
    """BM25's weight of a term that *holders* of *papers* have."""
    return math.log(1 + (papers - holders + 0.5) / (holders + 0.5))


class Ranker:
    """Scores candidates against one question."""

    def __init__(self, question: Question, weights: Weights, placer: Placer) -> None:
        self._pairs = _needles(weights.pairs)
        self._counted = sum(worth for _, worth in self._pairs)
        self._words = [
            (needle, _SYLLABLE_SHARE * worth) for needle, worth in _needles(weights.words)
        ]
        self._damaged = [
            (_needles(way), sum(list(way.values())[:_COUNTED])) for way in weights.damaged if way
        ]
        self._whole = weights.whole
        self._others = weights.others
        self._in_order = _in_order(question, weights)
        self._placer = placer
        self._exact = [
            (f" {a} {b} ", worth)
            for a, b, folded in zip(
                question.words, question.words[1:], question.bigrams, strict=False
            )
            if (worth := weights.pairs.get(folded))
        ] or [
            (f" {a} ", worth)
            for a, b in zip(question.words, question.folded, strict=True)
            if (worth := weights.words.get(b))
        ]
        self._has_marks = question.has_marks

    @property
    def allowed_chars(self) -> int:
        """How much text may be ranked for this question, best candidates first."""
        return _COUNTED_CHARS // max(1, len(self._pairs) + len(self._words))

    def scores(self, candidates: Sequence[Candidate], texts: Callable[[int], str]) -> list[float]:
        """One score for each candidate, comparable within this call only.

        *texts* gives the text as written of the candidate at a position; asked for the best few only.
        """
        lengths = [len(candidate.head) + len(candidate.body) for candidate in candidates]
        average = max(1.0, sum(lengths) / max(1, len(lengths)))
        judged = [
            self._judge(candidate, _K1 * (1 - _B + _B * length / average))
            for candidate, length in zip(candidates, lengths, strict=True)
        ]
        scores = [score for score, _ in judged]
        if self._has_marks:
            for at in self._worth_comparing(scores):
                scores[at] += self._exactness(texts(at)) * (
                    1 if candidates[at].reliability >= DOUBTFUL else _DOUBT
                )
        return _doubtful_behind(candidates, scores, [share for _, share in judged])

    def _worth_comparing(self, scores: Sequence[float]) -> list[int]:
        """The best, and those that equal marks could lift over the best."""
        best = heapq.nlargest(_EXACT_IN_REACH, range(len(scores)), key=scores.__getitem__)
        reach = _EXACT_SHARE * sum(worth for _, worth in self._exact) + _EXACT_AT_LEAST
        return [
            at
            for place, at in enumerate(best)
            if place < _EXACT_LOOKED_AT or scores[at] + reach >= scores[best[0]]
        ]

    def _judge(self, candidate: Candidate, norm: float) -> tuple[float, float]:
        """Its score, and how much of the question it holds, 0 to 1."""
        whole = candidate.head + candidate.body
        count_in = whole.count
        score = held = 0.0
        for needle, worth in self._pairs:
            if count := count_in(needle):
                score += worth * count * (_K1 + 1) / (count + norm)
                held += worth
                if needle in candidate.head:
                    score += _HEAD_SHARE * worth
        for needle, worth in self._words:
            if count := count_in(needle):
                score += worth * count * (_K1 + 1) / (count + norm)
        score += self._beyond_terms(whole, norm)
        share = held / self._counted if self._counted else 0.0
        if candidate.reliability < DOUBTFUL:
            agreement = self._agreement(whole)
            return max(_DOUBT * score, _DAMAGED_SHARE * self._whole * agreement**2), max(
                share, agreement
            )
        return score, share

    def _beyond_terms(self, whole: str, norm: float) -> float:
        """What three words in order are worth, and other names of what was typed where that itself is missing."""
        score = sum(worth for needle, worth in self._in_order if needle in whole)
        for one in self._others:
            if one.typed not in whole and (count := whole.count(one.other)):
                score += one.worth * count * (_K1 + 1) / (count + norm)
        return score

    def _agreement(self, whole: str) -> float:
        """How much of what a damaged text could show of the question it does show, 0 to 1."""
        shares = [
            sum(worth for needle, worth in way if needle in whole) / total
            for way, total in self._damaged
        ]
        # Stubs of one or two letters agree by chance; a scattered quarter of them means nothing.
        return max(0.0, max(shares, default=0.0) - 0.25) / 0.75

    def _exactness(self, text: str) -> float:
        placer = self._placer
        canonical = f" {' '.join(map(placer.__getitem__, words_of(text)))} "
        found = [worth for needle, worth in self._exact if needle in canonical]
        return _EXACT_SHARE * sum(found) + _EXACT_AT_LEAST * len(found) / max(1, len(self._exact))


def _doubtful_behind(
    candidates: Sequence[Candidate], scores: Sequence[float], shares: Sequence[float]
) -> list[float]:
    """*scores* with every damaged text below all sound ones that hold as much of the question: its clean copies do."""
    sound = [
        (share, score)
        for candidate, score, share in zip(candidates, scores, shares, strict=True)
        if candidate.reliability >= DOUBTFUL
    ]
    return [
        score
        if candidate.reliability >= DOUBTFUL
        else min(
            [
                score,
                *(_BELOW * other for held, other in sound if held >= min(share, _AS_GOOD_AS_ALL)),
            ]
        )
        for candidate, score, share in zip(candidates, scores, shares, strict=True)
    ]


def _needles(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    return [(f" {term} ", worth) for term, worth in list(weights.items())[:_COUNTED]]


def _in_order(question: Question, weights: Weights) -> list[tuple[str, float]]:
    if len(question.folded) > _ORDER_WORDS:
        return []
    triples = zip(question.folded, question.folded[1:], question.folded[2:], strict=False)
    return [
        (f" {a} {b} {c} ", _ORDER_SHARE * min(first, second))
        for (a, b, c), (one, two) in zip(triples, pairwise(question.bigrams), strict=True)
        if (first := weights.pairs.get(one)) and (second := weights.pairs.get(two))
    ]
