"""Papers in their order → the best of each group of papers that are all but the same, with the others behind it.

Sheets of one form (a thousand phiếu nhận xét) are told by their key, whatever the names in them; other papers by
their text, as far as somebody reads.
"""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.legal import OUT_OF_FORCE
from pipeline.stores.search.facets import column
from pipeline.stores.search.lookup import Shelves

#: Of one form so many are ranked: the best of them is shown.
_RANKED_OF_ONE_FORM = 40
#: So many papers are compared by their text for one page.
_COMPARED = 300
_SAMPLES = 12
_SAMPLE_CHARS = 40
#: So many samples may be missing, and texts may differ so much in length, among papers that are alike.
_MAY_MISS = 2
_LENGTH_SHARE = 0.8
#: Shorter texts say too little to be called alike.
_LEAST_CHARS = 200
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


def thinned(worth: Mapping[int, float], most: int, shelves: Shelves) -> list[int]:
    """The papers of most worth, but few of one form, so that a form of thousands leaves room for others."""
    forms = _forms(shelves)
    single: list[int] = []
    by_form: dict[int, list[int]] = {}
    for number in worth:
        code = forms[number]
        (by_form.setdefault(code, []) if code else single).append(number)
    chosen = heapq.nlargest(most, single, key=worth.__getitem__)
    for numbers in by_form.values():
        chosen += heapq.nlargest(_RANKED_OF_ONE_FORM, numbers, key=worth.__getitem__)
    return heapq.nlargest(most, chosen, key=worth.__getitem__)


class Grouper:
    """Groups papers in the order in which they are to be shown."""

    def __init__(
        self, shelves: Shelves, everybody: Iterable[int], *, alone: Callable[[int], bool]
    ) -> None:
        """*everybody* is all that was found; *alone* tells whether a paper was asked for itself."""
        self._shelves = shelves
        self._alone = alone
        self._kinds = column("kind:", shelves).codes
        self._forms = _forms(shelves)
        self._texts: dict[int, tuple[str, bool]] = {}
        self._sizes = Counter(map(self._forms.__getitem__, everybody))

    def groups(self, order: Iterable[tuple[int, float]], wanted: int) -> list[Group]:
        """The first *wanted* groups."""
        groups: list[Group] = []
        of_form: dict[int, Group] = {}
        compared = 0
        for number, score in order:
            is_alone = self._alone(number)
            form = self._forms[number]
            key = 0 if is_alone or self._sizes[form] <= _ALL_SHOWN else form
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
        text, is_in_force = self._text(number)
        if len(text) < _LEAST_CHARS:
            return None
        for group in groups:
            other = group.best
            if self._forms[other] or self._kinds[other] != self._kinds[number]:
                continue
            # A paper and what replaced it are alike and must both be seen.
            if self._text(other)[1] == is_in_force and _is_alike(text, self._text(other)[0]):
                return group
        return None

    def _text(self, number: int) -> tuple[str, bool]:
        if number not in self._texts:
            leaf, inner = self._shelves.leaf_of(number)
            _, _, body, is_in_force = leaf.ranked(inner)
            self._texts[number] = body, is_in_force
        return self._texts[number]


def _forms(shelves: Shelves) -> array[int]:
    """Of each paper its form and whether it has lost its force, as one number; 0 without a form."""
    known: array[int] | None = shelves.memo.get("forms")
    if known is None:
        forms, states = column("form:", shelves).codes, column("state:", shelves)
        lapsed = {state.value for state in OUT_OF_FORCE}
        is_lapsed = [name in lapsed for name in states.names]
        known = array(
            "I",
            (
                2 * form + is_lapsed[state] if form else 0
                for form, state in zip(forms, states.codes, strict=True)
            ),
        )
        shelves.memo["forms"] = known
    return known


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
