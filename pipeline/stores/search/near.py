"""A word that nobody wrote → the words near it: one or two letters wrong, left out, too many or changed about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from pipeline.vietnamese import bare_syllables

_MOST_LETTERS = 12
_SHORT_WORD = 3
#: Beginnings that sound alike in one part of the country or another and differ in two letters: chú, trú; dấy, giấy, rấy.
_SOUND_ALIKE = (("ch", "tr"), ("d", "gi", "r"))
_BEGINNING = re.compile("gi(?=[aeouy])|ch|tr|[dr](?=[aeiouy])")


def distance(one: str, other: str, most: int = 2) -> int:
    """How many letters differ, neighbours changed about counting once; *most* + 1 for anything more."""
    if abs(len(one) - len(other)) > most or max(len(one), len(other)) > 4 * _MOST_LETTERS:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return min(last[-1], most + 1)


def near_syllables(word: str, most: int = 2) -> dict[str, int]:
    """Folded syllables within *most* letters, two at most, of a folded *word*, with the distance."""
    if not 1 <= len(word) <= _MOST_LETTERS:
        return {}
    most = _allowed(word, most)
    known = _by_shortened(most)
    candidates = {syllable for short in _shortened(word, most) for syllable in known.get(short, ())}
    measured = ((syllable, distance(word, syllable, most)) for syllable in candidates)
    return {syllable: far for syllable, far in measured if 0 < far <= most}


def near_among(word: str, others: Iterable[str], most: int = 2) -> Iterator[tuple[str, int]]:
    """Those of *others* within *most* letters of *word*."""
    most = _allowed(word, most)
    for other in others:
        far = distance(word, other, most)
        if 0 < far <= most:
            yield other, far


def sounding_alike(word: str) -> Iterator[str]:
    """Folded *word* with another beginning of the same sound."""
    if begins := _BEGINNING.match(word):
        for sounds in _SOUND_ALIKE:
            if begins.group() in sounds:
                yield from (
                    other + word[begins.end() :] for other in sounds if other != begins.group()
                )


def _allowed(word: str, most: int) -> int:
    # Of a short word two wrong letters leave nothing.
    return min(most, 1) if len(word) <= _SHORT_WORD else most


def _shortened(word: str, most: int) -> set[str]:
    """*word*, and what is left of it without as many as *most* of its letters."""
    once = {word[:at] + word[at + 1 :] for at in range(len(word))}
    if most < 2:
        return {word, *once}
    return {word, *once, *(one[:at] + one[at + 1 :] for one in once for at in range(len(one)))}


@cache
def _by_shortened(most: int) -> dict[str, list[str]]:
    known: dict[str, list[str]] = defaultdict(list)
    for syllable in bare_syllables():
        for short in _shortened(syllable, most):
            known[short].append(syllable)
    return known
