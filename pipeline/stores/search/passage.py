"""A long text and the words asked for → the part of it from which a snippet is worth cutting."""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping

from pipeline.vietnamese import nfc

#: Texts shorter than this are cut from as they are.
_LONG_CHARS = 500
#: So many of the strongest words and pairs are looked for, each at so many places.
_NEEDLES = 16
_PLACES = 40
#: About the length of a snippet, in folded characters.
_SPAN_CHARS = 170
#: Words before the first match, and after it.
_BEFORE, _AFTER = 10, 60
_LONE_WORD = 0.1

#: Sixty-four words and one, with what stands behind each; classes that exclude each other, so nothing is tried twice.
_STRIDE = 64
_WORDS = re.compile(rf"(?:[^\W_]++[\W_]++){{{_STRIDE}}}")
_WORD = re.compile(r"[^\W_]++[\W_]*+")


def narrow(text: str, folded: str, weights: Mapping[str, float]) -> str:
    """The stretch of *text* around the place with most weight.

    Args:
        folded: The words of *text*, folded, a space before and after each.
        weights: What each folded word and pair (``a b``) asked for is worth.
    """
    if len(folded) < _LONG_CHARS:
        return text
    text = nfc(text)
    first = folded.count(" ", 0, _best_place(folded, weights))
    match = _WORD.search(text)
    start = _after_words(text, match.start() if match else 0, max(0, first - _BEFORE))
    return text[start : _after_words(text, start, _BEFORE + _AFTER)] or text


def _best_place(folded: str, weights: Mapping[str, float]) -> int:
    """Where the stretch with most weight begins; 0 without any match."""
    found: list[tuple[int, float]] = []
    worth_of = {
        term: worth if " " in term else worth * _LONE_WORD for term, worth in weights.items()
    }
    for term in heapq.nlargest(_NEEDLES, worth_of, key=worth_of.__getitem__):
        needle = f" {term} "
        at = folded.find(needle)
        for _ in range(_PLACES):
            if at < 0:
                break
            found.append((at, worth_of[term]))
            at = folded.find(needle, at + 1)
    found.sort()
    best, best_at, running, last = 0.0, 0, 0.0, 0
    for at, worth in found:
        running += worth
        while found[last][0] < at - _SPAN_CHARS:
            running -= found[last][1]
            last += 1
        if running > best + 1e-9:
            best, best_at = running, found[last][0]
    return best_at


def _after_words(text: str, start: int, count: int) -> int:
    """Where in *text* the word begins that follows *count* words from *start*, a word's beginning."""
    while count > 0:
        match = _WORDS.match(text, start) if count >= _STRIDE else None
        count -= _STRIDE if match else 1
        match = match or _WORD.match(text, start)
        if match is None:
            break
        start = match.end()
    return start
