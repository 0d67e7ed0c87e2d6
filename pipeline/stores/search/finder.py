"""A question → the papers that answer it: rare terms find candidates, their own words rank them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.stores.search.analysis import Folder, Placer, Question, filter_keys, understand
from pipeline.stores.search.harvest import Bounds, gather
from pipeline.stores.search.lookup import DOUBTFUL_KEY, Shelves
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
from pipeline.stores.search.passage import narrow
from pipeline.stores.search.ranking import (
    DOUBTFUL,
    FEWEST_RANKED,
    RANKING_COST,
    Candidate,
    Ranker,
    Weights,
    idf,
)
from pipeline.stores.search.snippet import cut_snippet
from pipeline.stores.search.synonyms import Synonyms
from pipeline.stores.search.values import Hit, Query

_RAREST_PAIRS = 12
_RAREST_WORDS = 8
_RAREST_DAMAGED = 8
#: How far lists are read for one question; and when the paper asked for is known by its number.
_AT_MOST = Bounds(papers=10_000, scanned=300_000)
_WHEN_SURE = Bounds(papers=3_000, scanned=30_000)
_CANDIDATES = 200
_CANDIDATES_WHEN_SURE = 40
#: Marks are compared in this much of one text.
_EXACT_CHARS = 20_000
_DAY_WEIGHT = 1e-7
#: What is left of the worth of a paper that has lost its force.
_LAPSED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search came to, before it is timed."""

    total: int
    is_exact: bool
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Harvest:
    """Candidates with what their terms are worth, and whether all lists were read to the end."""

    worth: dict[int, float]
    is_whole: bool
    weights: Weights
    #: Papers that have a number which stands among the words of the question.
    loose: Mapping[int, float] = field(default_factory=dict)


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

    def find(self, query: Query, *, within: frozenset[int] | None = None) -> Found:
        """The papers for *query*, best first; none but those *within* where that is given."""
        question = understand(query.text, self._folder, self._placer, self._synonyms)
        allowed = self._allowed(query)
        if within is not None:
            allowed = within if allowed is None else allowed & within
        if not question.folded:
            return self._newest(query, allowed)
        bonus = named_papers(question, self._shelves, allowed)
        effort = _effort(bonus)
        harvest = self._harvest(question, allowed, effort)
        for number, value in (*bonus.items(), *harvest.loose.items()):
            harvest.worth[number] = harvest.worth.get(number, 0.0) + value
        want = query.offset + query.limit
        order = self._rank(question, harvest, bonus, max(effort.candidates, want))
        page = order[query.offset : want]
        hits = tuple(
            replace(
                self._hit(number, score, harvest.weights),
                is_named=bonus.get(number, 0.0) >= BARE_NUMBER,
            )
            for number, score in page
        )
        return Found(total=len(harvest.worth), is_exact=harvest.is_whole, hits=hits)

    def _allowed(self, query: Query) -> frozenset[int] | None:
        """The papers that pass the filters of *query*; None where it has none."""
        keys = filter_keys(
            kind=query.kind, issuer=query.issuer, register=query.register, year=query.year
        )
        sets = [frozenset(self._shelves.numbers("keys", key)) for key in keys]
        if query.since or query.until:
            first = query.since.toordinal() if query.since else 1
            last = query.until.toordinal() if query.until else date.max.toordinal()
            sets.append(frozenset(self._shelves.dated(first, last)))
        return frozenset.intersection(*sets) if sets else None

    def _newest(self, query: Query, allowed: frozenset[int] | None) -> Found:
        total, newest = self._shelves.newest(allowed, query.offset + query.limit)
        nothing = Weights(words={}, pairs={})
        hits = tuple(self._hit(number, 0.0, nothing) for number in newest[query.offset :])
        return Found(total=total, is_exact=True, hits=hits)

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
        return _Harvest(worth=worth, is_whole=is_whole, weights=weights, loose=loose)

    def _rank(
        self, question: Question, harvest: _Harvest, bonus: dict[int, float], most: int
    ) -> list[tuple[int, float]]:
        worth = harvest.worth
        best = heapq.nlargest(most, worth, key=worth.__getitem__)
        ranker = Ranker(question, harvest.weights, self._placer)
        candidates = self._candidates(best[:_CANDIDATES], ranker)
        scores = ranker.scores(candidates, lambda at: self._text(best[at]))
        scored = []
        rest_of_it = Rest.of(question)
        for number, candidate, score in zip(best, candidates, scores, strict=False):
            sure = bonus.get(number, 0.0) + type_worth(question.references, candidate.head)
            if number in harvest.loose:
                sure += loose_worth(rest_of_it, candidate.head + candidate.body)
            # Asked for by words, it goes behind what replaced it; asked for by its number, it is meant.
            is_lapsed = not candidate.is_in_force and bonus.get(number, 0.0) < BARE_NUMBER
            whole = (score + sure) * (_LAPSED if is_lapsed else 1.0)
            scored.append((number, whole + self._shelves.day(number) * _DAY_WEIGHT))
        scored.sort(key=lambda item: (-item[1], -item[0]))
        floor = scored[-1][1] if scored else 0.0
        rest = [(number, min(worth[number], floor)) for number in best[len(candidates) :]]
        return scored + rest

    def _candidates(self, numbers: Sequence[int], ranker: Ranker) -> list[Candidate]:
        """What ranking reads, of as many papers as the allowance of text reaches."""
        candidates: list[Candidate] = []
        left = ranker.allowed_chars
        for number in numbers:
            if left <= 0 and len(candidates) >= FEWEST_RANKED:
                break
            leaf, inner = self._shelves.leaf_of(number)
            reliability, head, body, is_in_force = leaf.ranked(inner)
            left -= len(head) + len(body) + RANKING_COST
            candidates.append(
                Candidate(head=head, body=body, reliability=reliability, is_in_force=is_in_force)
            )
        return candidates

    def _text(self, number: int) -> str:
        stored = self._stored(number)
        return f"{stored.head}\n{stored.text[:_EXACT_CHARS]}"

    def _stored(self, number: int) -> Stored:
        leaf, inner = self._shelves.leaf_of(number)
        return Stored(*leaf.shelf(inner))

    def _hit(self, number: int, score: float, weights: Weights) -> Hit:
        leaf, inner = self._shelves.leaf_of(number)
        stored = self._stored(number)
        shown = {**weights.words, **weights.pairs}
        if stored.reliability < DOUBTFUL:
            for way in weights.damaged:
                shown.update(way)
        return Hit(
            document_id=stored.document_id,
            reference=stored.reference,
            kind=stored.kind,
            title=stored.title,
            date=date.fromordinal(stored.day) if stored.day else None,
            parts=cut_snippet(
                narrow(stored.text, leaf.ranked(inner)[2], shown) or stored.head,
                shown,
                self._folder,
            ),
            score=round(score, 4),
            is_doubtful=stored.reliability < DOUBTFUL,
            legal_state=stored.legal_state,
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """What the index keeps of a paper to rank and show it; positional, as it is stored."""

    document_id: str
    reference: str
    kind: str
    title: str
    day: int
    reliability: float
    head: str
    text: str
    legal_state: str
