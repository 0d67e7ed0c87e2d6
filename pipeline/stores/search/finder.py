"""A question → the papers that answer it: rare terms find candidates, their own words rank them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.stores.search.analysis import Folder, Placer, Question, understand
from pipeline.stores.search.facets import Tally, counts_of, tally_of
from pipeline.stores.search.filters import Allowed, allowed_papers
from pipeline.stores.search.grouping import thinned
from pipeline.stores.search.harvest import Bounds, gather
from pipeline.stores.search.lookup import DOUBTFUL_KEY, Shelves, is_in_force
from pipeline.stores.search.naming import (
    BARE_NUMBER,
    OWN_CODE,
    Rest,
    loose_papers,
    loose_worth,
    named_papers,
    type_worth,
)
from pipeline.stores.search.other_names import SYNONYM_SHARE, other_names
from pipeline.stores.search.pages import Order, having_all, in_order, page_of, passing
from pipeline.stores.search.phrases import Conditions, Looker, conditions_of
from pipeline.stores.search.ranking import Ranker, Weights, idf
from pipeline.stores.search.roll import Roll
from pipeline.stores.search.showing import NOTHING, Shower
from pipeline.stores.search.synonyms import Synonyms
from pipeline.stores.search.values import Counts, Hit, Query, Sort
from pipeline.stores.search.worth import Worth

_RAREST_PAIRS = 12
_RAREST_WORDS = 8
_RAREST_DAMAGED = 8
#: How far lists are read for one question; and when the paper asked for is known by its number.
_AT_MOST = Bounds(papers=10_000, scanned=300_000)
_WHEN_SURE = Bounds(papers=3_000, scanned=30_000, is_sure=True)
_CANDIDATES = 200
_CANDIDATES_WHEN_SURE = 40
_DAY_WEIGHT = 1e-7
#: What is left of the worth of a paper that has lost its force.
_LAPSED = 0.5
#: Papers with the pairs of a phrase that are gathered in any case.
_WITH_PHRASE_AT_MOST = 10_000
#: Beyond those ranked so many are put in order, for pages and groups.
_ORDERED_BESIDES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search came to, before it is timed."""

    total: int
    is_exact: bool
    hits: tuple[Hit, ...]
    #: The papers of *hits*, by their numbers in the index.
    numbers: tuple[int, ...] = ()
    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Harvest:
    """Candidates with what their terms are worth, and whether all lists were read to the end."""

    worth: Worth
    is_whole: bool
    weights: Weights
    #: How many of them are to be ranked.
    ranked: int
    #: Papers that have a number which stands among the words of the question.
    loose: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts of papers by their numbers, for ranking."""

    shelves: Shelves

    def head(self, number: int) -> str:
        """Folded words of the short fields with a space at either end."""
        leaf, inner = self.shelves.leaf_of(number)
        return leaf.ranked(inner)[1]

    def folded(self, number: int) -> str:
        """Folded words with a space at either end."""
        leaf, inner = self.shelves.leaf_of(number)
        _, head, body, _ = leaf.ranked(inner)
        return head + body

    def marked(self, number: int) -> str:
        """Words with their marks, likewise."""
        leaf, inner = self.shelves.leaf_of(number)
        return leaf.marked(inner)


@dataclass(frozen=True, slots=True)
class _Effort:
    """How much may be read and ranked."""

    bounds: Bounds
    candidates: int


def _effort(bonus: Mapping[int, float]) -> _Effort:
    if any(value >= OWN_CODE for value in bonus.values()):
        return _Effort(_WHEN_SURE, _CANDIDATES_WHEN_SURE)
    return _Effort(_AT_MOST, _CANDIDATES)


class Finder:
    """Answers questions over one state of the index."""

    def __init__(
        self, shelves: Shelves, folder: Folder, placer: Placer, synonyms: Synonyms | None = None
    ) -> None:
        self._shelves = shelves
        self._synonyms = synonyms
        self._folder = folder
        self._placer = placer
        self._understood: dict[str, Question] = {}

    def understood(self, text: str) -> Question:
        """What *text* asks for; worked out once, whoever asks."""
        if text not in self._understood:
            self._understood[text] = understand(text, self._folder, self._placer, self._synonyms)
        return self._understood[text]

    def find(self, query: Query, *, within: frozenset[int] | None = None) -> Found:
        """The papers for *query*, best first; none but those *within* where that is given."""
        question = self.understood(query.words)
        conditions = conditions_of(query, self._shelves, self._folder, self._placer)
        allowed = conditions.sieve(allowed_papers(query, self._shelves), self._shelves.everyone)
        if within is not None:
            allowed = within if allowed is None else allowed & within
        if not question.folded:
            return self._listed(query, conditions, allowed)
        bonus = named_papers(question, self._shelves, allowed)
        effort = _effort(bonus)
        harvest = self._harvest(question, allowed, effort)
        if conditions.wanted:
            # Whatever else is rare in the question: these have what must be there.
            for number in itertools.islice(allowed or (), _WITH_PHRASE_AT_MOST):
                harvest.worth.add(number, 0.0)
        if query.sort is not Sort.RELEVANCE:
            harvest = self._agreeing(question, allowed, harvest)
        if looks := conditions.to_look_at:
            worth, are_all = passing(harvest.worth, looks, self._shelves)
            harvest = replace(harvest, worth=worth, is_whole=harvest.is_whole and are_all)
        worth = harvest.worth
        for number, value in (*bonus.items(), *harvest.loose.items()):
            # A condition that only the text can tell has taken out those that fail it.
            if number in worth or not conditions:
                worth.add(number, value)
        tally = (
            tally_of(worth.numbers(), self._shelves)
            if query.is_grouped or query.with_counts
            else {}
        )
        if query.sort is Sort.RELEVANCE:
            order: Order = self._rank(question, harvest, bonus, query, tally)
        else:
            order = in_order(query.sort, worth.pairs(), self._shelves)
        page = page_of(query, order, bonus, tally, self._shelves)
        shower = Shower(harvest.weights, conditions, self._shelves, self._folder)
        hits = tuple(shower.hit(group, bonus) for group in page)
        counts = counts_of(tally, self._shelves) if query.with_counts else Counts()
        return Found(
            total=len(worth),
            is_exact=harvest.is_whole,
            hits=hits,
            numbers=tuple(group.best for group in page),
            counts=counts,
        )

    def _agreeing(self, question: Question, allowed: Allowed, harvest: _Harvest) -> _Harvest:
        """The papers that have all of the question, to be put in another order than by worth.

        All of its pairs that anybody has, else all of its words; where no paper has, what was gathered anyway.
        """
        for counted in (self._weigh(question.bigrams), self._weigh(question.folded)):
            terms = [term for _, term in counted[:_RAREST_PAIRS]]
            if terms and (found := having_all(terms, allowed, self._shelves)):
                return replace(harvest, worth=harvest.worth.only(found), is_whole=True)
        return harvest

    def _listed(self, query: Query, conditions: Conditions, allowed: Allowed) -> Found:
        """Nothing is looked for by words: all that pass the filters."""
        looks = conditions.to_look_at
        shower = Shower(NOTHING, conditions, self._shelves, self._folder)
        newest = self._shelves.newest(allowed)
        is_whole = True
        if looks:
            kept, is_whole = Looker(looks, self._shelves).keep(newest.tolist())
            newest = np.array(kept, np.uint32)
        order: Order = zip(newest.tolist(), itertools.repeat(0.0))
        if query.sort is Sort.NUMBER:
            order = in_order(query.sort, order, self._shelves)
        has_tally = query.is_grouped or query.with_counts
        tally = tally_of(newest, self._shelves) if has_tally else {}
        page = page_of(query, order, {}, tally, self._shelves)
        return Found(
            total=len(newest),
            is_exact=is_whole,
            hits=tuple(shower.hit(one, {}) for one in page),
            counts=counts_of(tally, self._shelves) if query.with_counts else Counts(),
        )

    def _weigh(self, terms: Iterable[str]) -> list[tuple[int, str]]:
        """Terms that some paper has, with the number of papers, rarest first."""
        counted = ((self._shelves.frequency("words", term), term) for term in dict.fromkeys(terms))
        return sorted(item for item in counted if item[0])

    def _weigh_damaged(self, way: Sequence[str], papers: int) -> list[tuple[int, str]]:
        # Rarest first, those nobody has last: they count against an agreement, but are not worth looking up.
        counted = [(self._shelves.frequency("words", term), term) for term in way]
        return sorted(counted, key=lambda item: item[0] or papers + 1)

    @staticmethod
    def _worth_of_all(
        bigrams: Sequence[str], found: Sequence[tuple[int, str]], papers: int
    ) -> float:
        counts = {term: count for count, term in found}
        return sum(idf(papers, counts.get(term, 0)) for term in set(bigrams))

    def _harvest(
        self, question: Question, allowed: frozenset[int] | None, effort: _Effort
    ) -> _Harvest:
        papers = max(1, self._shelves.count)
        pairs = self._weigh(question.bigrams)
        words = self._weigh(question.folded)
        ways = (
            [self._weigh_damaged(way, papers) for way in question.damaged_ways]
            if question.has_marks and self._shelves.frequency("keys", DOUBTFUL_KEY)
            else []
        )
        others = tuple(other_names(question, self._shelves, papers))
        weights = Weights(
            others=others,
            words={term: idf(papers, count) for count, term in words},
            pairs={term: idf(papers, count) for count, term in pairs},
            damaged=[{term: idf(papers, count) for count, term in way} for way in ways],
            whole=self._worth_of_all(question.bigrams, pairs, papers),
        )
        plain = set(question.folded)
        damaged = sorted(
            {
                (count, term)
                for way in ways
                for count, term in way
                if count and not plain.issuperset(term.split())
            }
        )
        looked_up = [
            *((count, term, 1.0) for count, term in pairs[:_RAREST_PAIRS]),
            *((count, term, 0.7) for count, term in words[:_RAREST_WORDS]),
            *((count, term, 0.25) for count, term in damaged[:_RAREST_DAMAGED]),
            *{(other.count, other.term, SYNONYM_SHARE) for other in others},
        ]
        looked_up.sort()
        terms = [(count, term, share * idf(papers, count)) for count, term, share in looked_up]
        worth, is_whole = gather(self._shelves, terms, allowed, effort.bounds)
        loose = loose_papers(question, self._shelves, allowed)
        return _Harvest(
            worth=worth,
            is_whole=is_whole,
            weights=weights,
            ranked=effort.candidates,
            loose=loose,
        )

    def _rank(
        self,
        question: Question,
        harvest: _Harvest,
        bonus: Mapping[int, float],
        query: Query,
        tally: Tally,
    ) -> list[tuple[int, float]]:
        worth = harvest.worth
        shown = query.offset + query.limit
        most = max(harvest.ranked, shown)
        if query.is_grouped:
            best = thinned(worth, most + _ORDERED_BESIDES, tally, self._shelves)
        else:
            best = worth.best(most).tolist()
        ranked = min(most, _CANDIDATES)
        roll = Roll(best[:ranked], self._shelves)
        ranker = Ranker(question, harvest.weights)
        texts = _Texts(self._shelves)
        scores = ranker.scores(roll, texts, shown)
        rest_of_it = Rest.of(question)
        types = type_worth(question.references, roll)
        scored = []
        for at, (number, score) in enumerate(zip(roll.numbers, scores, strict=True)):
            sure = bonus.get(number, 0.0) + types[at]
            if number in harvest.loose:
                sure += loose_worth(rest_of_it, texts.folded(number))
            # Asked for by words, it goes behind what replaced it; asked for by its number, it is meant.
            is_behind = not is_in_force(roll.measures[at]) and bonus.get(number, 0.0) < BARE_NUMBER
            whole = (score + sure) * (_LAPSED if is_behind else 1.0)
            scored.append((number, whole + roll.days[at] * _DAY_WEIGHT))
        scored.sort(key=lambda item: (-item[1], -item[0]))
        floor = scored[-1][1] if scored else 0.0
        rest = [(number, min(worth.of(number), floor)) for number in best[ranked:]]
        return scored + rest
