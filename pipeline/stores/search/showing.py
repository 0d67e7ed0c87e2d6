"""Papers found → what is shown of them: the passage that matters, with what was asked for marked in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from pipeline.stores.search.analysis import Folder
from pipeline.stores.search.grouping import Group
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.naming import BARE_NUMBER
from pipeline.stores.search.passage import narrow, needles_of
from pipeline.stores.search.phrases import Conditions
from pipeline.stores.search.ranking import DOUBTFUL, Weights
from pipeline.stores.search.snippet import Parts, cut_snippet
from pipeline.stores.search.stored import stored_paper
from pipeline.stores.search.values import Hit

#: A phrase decides which passage is shown.
_PHRASE_SHOWN = 8.0

NOTHING = Weights(words={}, pairs={})


class Shower:
    """Shows papers to whoever asked for terms of these weights."""

    def __init__(
        self, weights: Weights, conditions: Conditions, shelves: Shelves, folder: Folder
    ) -> None:
        self._shelves = shelves
        self._folder = folder
        self._asked = {**weights.words, **weights.pairs, **_phrases(weights, conditions)}
        self._needles = needles_of(self._asked)
        self._damaged = dict(self._asked)
        for way in weights.damaged:
            self._damaged.update(way)
        #: Sheets of a form have one title.
        self._titles: dict[tuple[str, bool], Parts] = {}

    def hit(self, group: Group, bonus: Mapping[int, float]) -> Hit:
        """The paper that stands for *group*; *bonus* is what those asked for by name or number got for it."""
        leaf, inner = self._shelves.leaf_of(group.best)
        stored = stored_paper(group.best, self._shelves)
        is_doubtful = stored.reliability < DOUBTFUL
        asked = self._damaged if is_doubtful else self._asked
        needles = needles_of(asked) if is_doubtful else self._needles
        folded = leaf.ranked(inner)[2]
        passage = narrow(stored.text, stored.strides, folded, needles) or stored.head
        return Hit(
            document_id=stored.document_id,
            reference=stored.reference,
            kind=stored.kind,
            title=stored.title,
            title_parts=self._title(stored.title, is_doubtful=is_doubtful),
            date=date.fromordinal(stored.day) if stored.day else None,
            parts=cut_snippet(passage, asked, self._folder),
            score=round(group.score, 4),
            is_doubtful=is_doubtful,
            is_named=bonus.get(group.best, 0.0) >= BARE_NUMBER,
            legal_state=stored.legal_state,
            similar=group.similar,
            similar_ids=tuple(self._shelves.stamp(number)[0] for number in group.some),
        )

    def _title(self, title: str, *, is_doubtful: bool) -> Parts:
        key = title, is_doubtful
        if key not in self._titles:
            asked = self._damaged if is_doubtful else self._asked
            self._titles[key] = cut_snippet(title, asked, self._folder)
        return self._titles[key]


def _phrases(weights: Weights, conditions: Conditions) -> dict[str, float]:
    """The pairs of the phrases that must stand there: a passage is chosen for them before all."""
    heaviest = max((*weights.pairs.values(), *weights.words.values()), default=1.0)
    return {
        term: _PHRASE_SHOWN * heaviest
        for phrase in conditions.wanted
        for term in map(" ".join, pairwise(phrase.folded))
    }
