"""Folded words and some papers that have them → the words with their marks, as the papers write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.stores.search.witness import Form, Witness
from pipeline.stores.search.words import Placer


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Words with marks."""

    words: tuple[str, ...]
    #: Papers told how each of them is written.
    is_complete: bool
    #: It says something else than what was typed.
    is_new: bool
    #: No paper writes any of it otherwise.
    is_only: bool


def with_marks(
    folded: Sequence[str],
    said: Sequence[str],
    numbers: Sequence[int],
    asked: tuple[Witness, Placer],
) -> Marked:
    """The words as the papers *numbers* write them, pair by pair.

    Args:
        said: What was typed for each of *folded*; empty for a word that was not typed so. Where some of it has
            marks, it is changed only in a word that none of the papers writes as it was typed.
    """
    witness, placer = asked
    typed = [placer[word.lower()] if word else "" for word in said]
    has_marks = any(not word.isascii() for word in typed)
    pairs = list(map(" ".join, pairwise(folded)))
    lone = {word for word, one in zip(folded, typed, strict=True) if one} if has_marks else set()
    forms = witness.forms(numbers, {*(pairs or folded), *lone})
    votes, kept = _counted(pairs or list(folded), typed, forms)
    for at in range(len(folded)) if has_marks else ():
        seen = forms.get(folded[at], Counter())
        kept[at] = kept[at] or any(form.canonical == typed[at] for form in seen)
    # A name throughout keeps its capitals; a word of one among others does not.
    are_names = all(one and _best(one).istitle() for one in votes)
    words = tuple(
        _chosen(one, said[at] or folded[at], is_kept=kept[at], is_name=are_names)
        for at, one in enumerate(votes)
    )
    return Marked(
        words=words,
        is_complete=all(one or folded[at].isdecimal() or kept[at] for at, one in enumerate(votes)),
        is_new=any(placer[word.lower()] != typed[at] for at, word in enumerate(words)),
        is_only=all(len({form.canonical for form in seen}) == 1 for seen in forms.values()),
    )


def _counted(
    terms: Sequence[str], typed: Sequence[str], forms: Mapping[str, Counter[Form]]
) -> tuple[list[Counter[str]], list[bool]]:
    """For each word how papers write it beside its neighbours, and whether some write it as typed."""
    votes: list[Counter[str]] = [Counter() for _ in typed]
    kept = [False] * len(typed)
    for at, term in enumerate(terms):
        width = len(term.split())
        as_typed = " ".join(typed[at : at + width])
        counts = forms.get(term, Counter())
        if any(form.canonical == as_typed for form in counts):
            kept[at : at + width] = [True] * width
        for form, count in counts.items():
            for inner, shown in enumerate(form.shown.split()):
                votes[at + inner][shown] += count
    return votes, kept


def _best(votes: Counter[str]) -> str:
    return votes.most_common(1)[0][0]


def _chosen(votes: Counter[str], said: str, *, is_kept: bool, is_name: bool) -> str:
    if not votes:
        return said
    shown = said if is_kept else _best(votes)
    if said.isupper() and len(said) > 1:
        return shown.upper()
    return shown.capitalize() if is_name or said[:1].isupper() else shown.lower()
