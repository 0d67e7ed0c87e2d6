"""Papers in their order → the best of each group of papers that are all but the same, with the others behind it.

Sheets of one form (a thousand phiếu nhận xét) are told by their key, whatever the names in them; other papers by
their text, as far as somebody reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.stores.search.facets import Profile, Tally, profiles
from pipeline.stores.search.lookup import Measure, Shelves
from pipeline.stores.search.worth import Worth

#: Of one form so many are ranked: the best of them is shown.
_RANKED_OF_ONE_FORM = 40
#: So many papers are compared by their text for one page.
_COMPARED = 100
_SAMPLES = 12
_SAMPLE_CHARS = 40
#: So many samples may be missing, and texts may differ so much in length, among papers that are alike.
_MAY_MISS = 2
_LENGTH_SHARE = 0.8
#: Shorter texts say too little to be called alike.
_LEAST_CHARS = 200
#: Of the sketches of two papers that are alike so much is common, if not much more; only then texts are compared.
_LEAST_COMMON = 6
_NAMED_IDS = 50
#: So few sheets of one form are all shown.
_ALL_SHOWN = 3


@dataclass(slots=True)
class Group:
    """Papers that are all but the same."""

    best: int
    score: float
    others: list[int] = field(default_factory=list)
    #: How many besides the best, where their numbers are not all in *others*.
    more: int = 0

    @property
    def similar(self) -> int:
        """How many besides the best."""
        return max(self.more, len(self.others))

    @property
    def some(self) -> list[int]:
        """Some of them."""
        return self.others[:_NAMED_IDS]


def thinned(worth: Worth, most: int, tally: Tally, shelves: Shelves) -> list[int]:
    """The papers of most worth, but few of one form, so that a form of thousands leaves room for others."""
    of = profiles(shelves)
    form_of = [one.form for one in of.kinds]
    sizes = _form_sizes(tally, form_of)
    crowds = {form for form, size in sizes.items() if size > _RANKED_OF_ONE_FORM}
    if not crowds:
        best: list[int] = worth.best(most).tolist()
        return best
    order = worth.best()
    codes = np.asarray(of.codes)[order]
    is_left = np.ones(len(order), bool)
    for crowd in crowds:
        in_crowd = np.array([form == crowd for form in form_of])[codes]
        is_left[in_crowd.nonzero()[0][_RANKED_OF_ONE_FORM:]] = False
    chosen: list[int] = order[is_left][:most].tolist()
    return chosen


def _form_sizes(tally: Tally, form_of: Sequence[str]) -> Counter[str]:
    sizes: Counter[str] = Counter()
    for code, count in tally.items():
        if form_of[code]:
            sizes[form_of[code]] += count
    return sizes


class Grouper:
    """Groups papers in the order in which they are to be shown."""

    def __init__(self, shelves: Shelves, tally: Tally, *, alone: Callable[[int], bool]) -> None:
        """*tally* is of all that was found; *alone* tells whether a paper was asked for itself."""
        self._shelves = shelves
        self._alone = alone
        self._profiles = profiles(shelves)
        self._sizes = _form_sizes(tally, [one.form for one in self._profiles.kinds])
        self._sketches: dict[int, frozenset[int]] = {}

    def groups(self, order: Iterable[tuple[int, float]], wanted: int) -> list[Group]:
        """The first *wanted* groups."""
        groups: list[Group] = []
        of_form: dict[str, Group] = {}
        compared = 0
        for number, score in order:
            is_alone = self._alone(number)
            form = self._profile(number).form
            key = "" if is_alone or self._sizes[form] <= _ALL_SHOWN else form
            group = None
            if key:
                group = of_form.get(key)
            elif not form and not is_alone and compared < _COMPARED:
                compared += 1
                group = self._alike(number, groups)
            if group is not None:
                group.others.append(number)
            elif len(groups) < wanted:
                groups.append(Group(number, score))
                if key:
                    of_form[key] = groups[-1]
                    groups[-1].more = self._sizes[key] - 1
            elif compared >= _COMPARED or key:
                break
        return groups

    def _alike(self, number: int, groups: Sequence[Group]) -> Group | None:
        measure = self._measure(number)
        if measure.chars < _LEAST_CHARS:
            return None
        kind = self._profile(number).kind
        for group in groups:
            other = self._profile(group.best)
            if other.form or other.kind != kind:
                continue
            # A paper and what replaced it are alike and must both be seen.
            if self._measure(group.best).is_in_force != measure.is_in_force:
                continue
            common = self._sketch(number) & self._sketch(group.best)
            if len(common) >= _LEAST_COMMON and _is_alike(
                self._text(number), self._text(group.best)
            ):
                return group
        return None

    def _profile(self, number: int) -> Profile:
        return self._profiles.kinds[self._profiles.codes[number]]

    def _measure(self, number: int) -> Measure:
        leaf, inner = self._shelves.leaf_of(number)
        return leaf.measure(inner)

    def _sketch(self, number: int) -> frozenset[int]:
        if number not in self._sketches:
            leaf, inner = self._shelves.leaf_of(number)
            self._sketches[number] = leaf.sketch(inner)
        return self._sketches[number]

    def _text(self, number: int) -> str:
        leaf, inner = self._shelves.leaf_of(number)
        return leaf.ranked(inner)[2]


def _is_alike(text: str, other: str) -> bool:
    shorter, longer = sorted((len(text), len(other)))
    if shorter < _LENGTH_SHARE * longer:
        return False
    missing = 0
    step = (len(text) - _SAMPLE_CHARS) / (_SAMPLES - 1)
    for at in range(_SAMPLES):
        start = int(at * step)
        missing += text[start : start + _SAMPLE_CHARS] not in other
        if missing > _MAY_MISS:
            return False
    return True
