"""A paper's text and the words asked for → the stretch worth showing, with the matches apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate, groupby, pairwise
from operator import sub

from pipeline.stores.search.analysis import Folder
from pipeline.vietnamese import nfc

#: Splits a text into what stands between words (first, and last) and words, by turns.
_WORDS_APART = re.compile(r"([^\W_]++)")
_WINDOW_WORDS = 36
#: Snippets are for reading, not for reading on: a long paper is looked through this far.
_SEARCHED_CHARS = 200_000

Parts = tuple[tuple[str, bool], ...]


def cut_snippet(text: str, weights: Mapping[str, float], folder: Folder) -> Parts:
    """The window of *text* with most weight, as stretches that do or do not match.

    *weights* says what each folded word and pair (``a b``) is worth. Without any match it is the beginning of the text.
    """
    pieces = _WORDS_APART.split(" ".join(nfc(text[:_SEARCHED_CHARS]).split()))
    if len(pieces) == 1:
        return ()
    folded = [folder[word.lower()] for word in pieces[1::2]]
    worth = _worth(folded, weights)
    start = _best_start(worth)
    stop = min(len(folded), start + _WINDOW_WORDS)
    marked = _with_neighbours(_marked(worth, start, stop), folded[start:stop], weights)
    return _parts(pieces, start, marked)


def _worth(folded: Sequence[str], weights: Mapping[str, float]) -> list[float]:
    get = weights.get
    # A lone common word says little; it decides only where no pair stands.
    worth = [0.1 * get(word, 0.0) for word in folded]
    for at, (first, second) in enumerate(pairwise(folded)):
        if worth[at] and (double := get(f"{first} {second}")):
            worth[at] += double
            worth[at + 1] += double
    return worth


def _best_start(worth: Sequence[float]) -> int:
    sums = list(accumulate(worth, initial=0.0))
    windows = list(map(sub, sums[_WINDOW_WORDS:], sums)) or [sums[-1]]
    best = max(windows)
    if best <= 0:
        return 0
    # Sums of the same numbers in another order differ by a hair.
    best_start = next(at for at, value in enumerate(windows) if value > best - 1e-9)
    # Some words before the first match, so that the eye has a start.
    first = next(at for at in range(best_start, len(worth)) if worth[at] > 0)
    return max(0, min(best_start, first - 6) if first - best_start < 6 else first - 6)


def _marked(worth: Sequence[float], start: int, stop: int) -> list[bool]:
    strongest = max(worth[start:stop], default=0.0)
    return [value > 0 and value >= strongest * 0.05 for value in worth[start:stop]]


def _with_neighbours(
    marked: list[bool], folded: Sequence[str], weights: Mapping[str, float]
) -> list[bool]:
    """*marked* with the common words that stand with those as they were asked: «Bí thư chi bộ», not «thư chi» alone."""
    places = range(1, len(marked))
    for at in places:
        if marked[at - 1] and not marked[at]:
            marked[at] = f"{folded[at - 1]} {folded[at]}" in weights
    for at in reversed(places):
        if marked[at] and not marked[at - 1]:
            marked[at - 1] = f"{folded[at - 1]} {folded[at]}" in weights
    return marked


def _parts(pieces: Sequence[str], start: int, shown: Sequence[bool]) -> Parts:
    """The words from *start*, as many as *shown* tells of, with what stands around them."""
    stop = start + len(shown)
    parts: list[tuple[str, bool]] = []
    _add(parts, "… " if start else pieces[0], is_match=False)
    # Word n is piece 2n + 1. A stretch that matches ends with its last word, another where the next one begins.
    begin, at = 2 * start + 1, start
    for is_match, same in groupby(shown):
        at += len(list(same))
        end = 2 * at if is_match or at == stop else 2 * at + 1
        _add(parts, "".join(pieces[begin:end]), is_match=is_match)
        begin = end
    is_cut = 2 * stop < len(pieces) - 1
    _add(parts, " …" if is_cut else pieces[-1][:3].rstrip(), is_match=False)
    return tuple(parts)


def _add(parts: list[tuple[str, bool]], text: str, *, is_match: bool) -> None:
    if parts and parts[-1][1] == is_match:
        parts[-1] = (parts[-1][0] + text, is_match)
    elif text:
        parts.append((text, is_match))
