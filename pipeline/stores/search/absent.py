"""A question for one paper, or for one person → what to say where no paper is of that number or holds that name."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.stores.search.analysis import Question, reference_keys
from pipeline.stores.search.coded import is_held
from pipeline.stores.search.filters import Allowed, visible_papers
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.naming import also_called, is_word_of_papers
from pipeline.stores.search.pages import having_all
from pipeline.stores.search.paper_keys import cited_keys
from pipeline.stores.search.understood import Absent
from pipeline.stores.search.values import Rights
from pipeline.stores.search.words import Folder, folded_phrase
from pipeline.vietnamese import Reference, is_copy_symbol, names_in

#: So many papers that have all words of a name side by side in pairs are looked through for the name itself.
_READ_AT_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Looks for what alone was asked for, among the papers that whoever asks may see, whatever else narrows the question."""

    shelves: Shelves
    folder: Folder
    rights: Rights

    def of(self, text: str, question: Question) -> Absent | None:
        """What no paper is, or holds; None where some does, or where no one thing was asked for."""
        if question.code is not None and question.code.is_arrival:
            if question.code.book or is_held(question.code, self.shelves, self._visible):
                return None
            return self._says(Absent(written=str(question.code)))
        if question.is_reference and is_word_of_papers(question, self.shelves, self._visible):
            return None
        if question.is_reference and len(question.references) == 1:
            return self._of_reference(question.references[0], question)
        if question.references:
            return None
        name = next(itertools.filterfalse(self._is_held, names_in(text)), None)
        return self._says(Absent(written=name, is_name=True)) if name else None

    def names_somebody_held(self, text: str) -> bool:
        """Whether *text* has a name that some paper holds."""
        return any(map(self._is_held, names_in(text)))

    def _of_reference(self, reference: Reference, question: Question) -> Absent | None:
        is_of_copy = question.is_of_copy and not is_copy_symbol(reference.symbol)
        if not reference.symbol or is_of_copy or self._any(*_own_keys(reference)):
            return None
        citing = self._holders(*cited_keys(reference))
        return self._says(Absent(written=str(reference), citing=len(citing), is_reference=True))

    def _says(self, absent: Absent) -> Absent:
        return replace(absent, is_of_all=self.rights.is_everything)

    @property
    def _visible(self) -> Allowed:
        return visible_papers(self.rights, self.shelves)

    def _any(self, *keys: str) -> bool:
        return bool(self._holders(*keys))

    def _holders(self, *keys: str) -> frozenset[int]:
        found = frozenset(number for key in keys for number in self.shelves.numbers("keys", key))
        return found if self._visible is None else found & self._visible

    def _is_held(self, name: str) -> bool:
        """Whether some paper has the name; so too where there are too many to look through."""
        folded = folded_phrase(name, self.folder)
        if self._any(f"name:{folded}"):
            return True
        terms = list(map(" ".join, pairwise(folded.split())))
        terms.sort(key=lambda term: self.shelves.frequency("words", term))
        found = having_all(terms, self._visible, self.shelves) or ()
        return len(found) > _READ_AT_MOST or any(
            self._stands_in(number, folded) for number in found
        )

    def _stands_in(self, number: int, folded: str) -> bool:
        leaf, inner = self.shelves.leaf_of(number)
        _, head, body, _ = leaf.ranked(inner)
        return f" {folded} " in head or f" {folded} " in body


def _own_keys(reference: Reference) -> list[str]:
    """The keys of a paper that *reference* may mean: all of it, or as much as was known of the paper."""
    keys = []
    for one in also_called(reference):
        whole, _, with_symbol = reference_keys(one)
        if not one.is_whole:
            keys.append(with_symbol)
            continue
        bare = replace(one, issuer="", year=None)
        keys += [whole, f"ref:{bare.key}"]
        if one.issuer:
            keys.append(f"ref:{replace(one, year=None).key}")
    return keys
