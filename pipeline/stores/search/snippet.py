"""A paper's text and the words asked for → the stretch worth showing, with the matches apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pipeline.stores.search.analysis import Folder
from pipeline.vietnamese import nfc

_WORD = re.compile(r"[^\W_]+")
_BLANKS = re.compile(r"\s+")
_WINDOW_WORDS = 36
#: Snippets are for reading, not for reading on: a long paper is looked through this far.
_SEARCHED_CHARS = 200_000

Parts = tuple[tuple[str, bool], ...]


def cut_snippet(text: str, weights: dict[str, float], folder: Folder) -> Parts:
    """The window of *text* with most weight, as stretches that do or do not match.

    *weights* says what each folded word and pair (``a b``) is worth. Without any match it is the beginning of the text.
    """
    text = nfc(text[:_SEARCHED_CHARS])
    matches = list(_WORD.finditer(text))
    if not matches:
        return ()
    folded = [folder[match.group().lower()] for match in matches]
    worth = _worth(folded, weights)
    start = _best_start(worth)
    stop = min(len(matches), start + _WINDOW_WORDS)
    shown = _marked(worth, start, stop)
    return _parts(text, matches[start:stop], shown, is_cut=(start > 0, stop < len(matches)))


def _worth(folded: Sequence[str], weights: dict[str, float]) -> list[float]:
    worth = [0.0] * len(folded)
    get = weights.get
    for position, word in enumerate(folded):
        single = get(word)
        if single:
            # A lone common word says little; it decides only where no pair stands.
            worth[position] += 0.1 * single
            if position + 1 < len(folded) and (double := get(f"{word} {folded[position + 1]}")):
                worth[position] += double
                worth[position + 1] += double
    return worth


def _best_start(worth: Sequence[float]) -> int:
    best = running = sum(worth[:_WINDOW_WORDS])
    best_start = 0
    for start in range(1, max(1, len(worth) - _WINDOW_WORDS + 1)):
        running += worth[start + _WINDOW_WORDS - 1] - worth[start - 1]
        if running > best + 1e-9:
            best, best_start = running, start
    if best <= 0:
        return 0
    # Some words before the first match, so that the eye has a start.
    first = next(at for at in range(best_start, len(worth)) if worth[at] > 0)
    return max(0, min(best_start, first - 6) if first - best_start < 6 else first - 6)


def _marked(worth: Sequence[float], start: int, stop: int) -> list[bool]:
    strongest = max(worth[start:stop], default=0.0)
    return [value > 0 and value >= strongest * 0.05 for value in worth[start:stop]]


def _parts(
    text: str, matches: Sequence[re.Match[str]], shown: Sequence[bool], *, is_cut: tuple[bool, bool]
) -> Parts:
    parts: list[tuple[str, bool]] = []
    before, after = is_cut
    add = _adder(parts)
    if before:
        add("… ", False)
    at = matches[0].start() if before else 0
    for index, match in enumerate(matches):
        joins = index > 0 and shown[index] and shown[index - 1]
        between = text[at : match.start()]
        add(between if between == " " else _BLANKS.sub(" ", between), joins)
        add(match.group(), shown[index])
        at = match.end()
    if after:
        add(" …", False)
    else:
        add(_BLANKS.sub(" ", text[at : at + 3]).rstrip(), False)
    return tuple(parts)


def _adder(parts: list[tuple[str, bool]]) -> Callable[[str, bool], None]:
    def add(piece: str, is_match: bool) -> None:
        if not piece:
            return
        if parts and parts[-1][1] == is_match:
            parts[-1] = (parts[-1][0] + piece, is_match)
        else:
            parts.append((piece, is_match))

    return add
