"""A long text and the words asked for → the part of it from which a snippet is worth cutting."""

from __future__ import annotations

import heapq
import re
import sys
from array import array
from collections.abc import Mapping, Sequence

#: Texts shorter than this are cut from as they are.
_LONG_CHARS = 500
#: So many of the strongest words and pairs are looked for, each at so many places.
_NEEDLES = 12
_PLACES = 40
#: About the length of a snippet, in folded characters.
_SPAN_CHARS = 170
#: Words before the first match, and after it; at least.
_BEFORE, _AFTER = 8, 40
_LONE_WORD = 0.1

#: Where every sixteenth word begins is kept with a text.
_STRIDE = 16
_WORD = re.compile(r"[^\W_]++")

#: What is looked for in the folded text, and its worth.
Needles = Sequence[tuple[str, float]]


def needles_of(weights: Mapping[str, float]) -> Needles:
    """The strongest of the words and pairs (``a b``) asked for, each with what it is worth."""
    worth_of = {
        term: worth if " " in term else worth * _LONE_WORD for term, worth in weights.items()
    }
    strongest = heapq.nlargest(_NEEDLES, worth_of, key=worth_of.__getitem__)
    return [(f" {term} ", worth_of[term]) for term in strongest]


def strides_of(text: str) -> bytes:
    """Where in *text* every sixteenth word begins, to be kept with it."""
    starts = array("I", [match.start() for match in _WORD.finditer(text)][::_STRIDE])
    if sys.byteorder == "big":
        starts.byteswap()
    return starts.tobytes()


def narrow(text: str, strides: bytes, folded: str, needles: Needles) -> str:
    """The stretch of *text* around the place with most weight.

    Args:
        strides: What :func:`strides_of` says of *text*.
        folded: The words of *text*, folded, a space before and after each.
    """
    if len(folded) < _LONG_CHARS or not strides:
        return text
    first = folded.count(" ", 0, _best_place(folded, needles))
    starts = array("I", strides)
    if sys.byteorder == "big":
        starts.byteswap()
    at = min(max(0, first - _BEFORE) // _STRIDE, len(starts) - 1)
    end = (first + _AFTER) // _STRIDE + 1
    return text[starts[at] : starts[end] if end < len(starts) else None]


def _best_place(folded: str, needles: Needles) -> int:
    """Where the stretch with most weight begins; 0 without any match."""
    found: list[tuple[int, float]] = []
    for needle, worth in needles:
        at = folded.find(needle)
        for _ in range(_PLACES):
            if at < 0:
                break
            found.append((at, worth))
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
