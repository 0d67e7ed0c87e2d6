"""A question → the one that was probably meant, in words of the archive: «ý bạn là …»."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.stores.search.near import near_among, near_syllables
from pipeline.stores.search.witness import Form, Witness
from pipeline.stores.search.words import Folder, Placer
from pipeline.vietnamese import nfc, read_word

_WORD = re.compile(r"[^\W_]+")
#: In a longer question one odd word matters little, and its own words find the paper.
_MOST_WORDS = 16
_MOST_MENDED = 3
_HITS_READ = 5
_PAPERS_READ = 3
_NEAR_AT_MOST = 60
#: A letter wrong must be made up for by so much more frequent a pair (logarithm).
_LETTER = 4.0


@dataclass(frozen=True, slots=True)
class _Mend:
    at: int
    words: tuple[str, ...]
    score: float


class Suggester:
    """Mends questions by what the papers hold."""

    def __init__(self, witness: Witness, folder: Folder, placer: Placer) -> None:
        self._witness = witness
        self._folder = folder
        self._placer = placer

    def suggest(self, text: str, hits: Sequence[int]) -> str | None:
        """The better question, with marks; None when there is nothing better to ask.

        *hits*: the papers found for *text*, best first.
        """
        matches = list(_WORD.finditer(nfc(text)))
        if not 1 <= len(matches) <= _MOST_WORDS:
            return None
        typed = [match.group() for match in matches]
        folded = [self._folder[word.lower()] for word in typed]
        slots = self._mended(folded, hits)
        flat = [word for slot in slots for word in slot]
        said = [
            word if len(slot) == 1 and slot[0] == folded[at] else ""
            for at, (slot, word) in enumerate(zip(slots, typed, strict=True))
            for _ in slot
        ]
        marked = self.marked(flat, said, self._evidence(folded, slots, hits))
        if marked is None:
            return None
        return _put_together(nfc(text), matches, slots, marked)

    def _mended(self, folded: Sequence[str], hits: Sequence[int]) -> list[tuple[str, ...]]:
        slots: list[tuple[str, ...]] = [(word,) for word in folded]
        is_weak = not any(
            self._witness.has_all(number, set(folded)) for number in hits[:_HITS_READ]
        )
        if not is_weak:
            return slots
        for _ in range(_MOST_MENDED):
            words = [" ".join(slot) for slot in slots]
            open_places = [
                at
                for at, slot in enumerate(slots)
                if slot == (folded[at],) and self._is_odd(words, at)
            ]
            mends = [mend for at in open_places for mend in self._mends(words, at)]
            if not mends:
                break
            best = max(mends, key=lambda mend: mend.score)
            slots[best.at] = best.words
        return slots

    def _is_odd(self, words: Sequence[str], at: int) -> bool:
        """Whether no paper has the word, or none has it beside either of its neighbours."""
        word = words[at]
        if word.isdecimal():
            return False
        if not self._witness.count(word):
            return True
        beside = list(_pairs_at(words, at))
        return bool(beside) and not any(map(self._witness.count, beside))

    def _mends(self, words: Sequence[str], at: int) -> Iterator[_Mend]:
        word = words[at]
        is_known = self._witness.count(word) > 0
        before = words[at - 1].split()[-1] if at else ""
        after = words[at + 1].split()[0] if at + 1 < len(words) else ""
        candidates = self._candidates(word, before)
        for near, far in candidates:
            if is_known and far > 1:
                continue
            score = self._fit(before, near.split(), after)
            if score is None:
                continue
            if not before and not after and far > 1:
                continue
            same_start = 0.5 if near[0] == word[0] else 0.0
            yield _Mend(at, tuple(near.split()), score + same_start - _LETTER * far)

    def _candidates(self, word: str, before: str) -> list[tuple[str, int]]:
        found: dict[str, int] = {}
        if (spelt := read_word(word)) is not None:
            found[self._folder[spelt]] = 0
        if before:
            prefix = f"{before} "
            followers = (
                pair.removeprefix(prefix) for pair in self._witness.beginning("words", prefix)
            )
            found.update(near_among(word, followers))
        by_distance = sorted(near_syllables(word).items(), key=lambda item: item[1])
        for near, far in by_distance[:_NEAR_AT_MOST]:
            found.setdefault(self._folder[near], far)
        for cut in range(2, len(word) - 1):
            pair = f"{word[:cut]} {word[cut:]}"
            if self._witness.count(pair):
                found.setdefault(pair, 1)
        found.pop(word, None)
        return list(found.items())

    def _fit(self, before: str, words: Sequence[str], after: str) -> float | None:
        """How well *words* go between their neighbours; None where no paper has them so."""
        pairs = [f"{before} {words[0]}"] if before else []
        if after:
            pairs.append(f"{words[-1]} {after}")
        if not pairs:
            count = self._witness.count(" ".join(words))
            return math.log1p(count) if count else None
        counts = [self._witness.count(pair) for pair in pairs]
        if not any(counts):
            return None
        return sum(map(math.log1p, counts)) / len(counts)

    def _evidence(
        self, folded: Sequence[str], slots: Sequence[tuple[str, ...]], hits: Sequence[int]
    ) -> list[int]:
        """Papers to look the marks up in: those found, or those that hold the mended pairs."""
        numbers: dict[int, None] = {}
        for at, slot in enumerate(slots):
            if slot != (folded[at],):
                words = [word for one in slots for word in one]
                start = sum(len(one) for one in slots[:at])
                inside = [" ".join(slot)] if len(slot) > 1 else []
                for pair in (*inside, *_pairs_at(words, start), *slot[:1]):
                    found = self._witness.papers("words", pair, _PAPERS_READ)
                    numbers.update(dict.fromkeys(found))
                    if found:
                        break
        numbers.update(dict.fromkeys(hits[:_HITS_READ]))
        return list(numbers)[: 2 * _HITS_READ]

    def marked(
        self, flat: Sequence[str], said: Sequence[str], numbers: Sequence[int]
    ) -> list[str] | None:
        """The words with the marks papers give them; *said* is what was typed for each, empty where that was mended."""
        pairs = list(map(" ".join, pairwise(flat)))
        wanted = set(pairs) if pairs else set(flat)
        forms = self._witness.forms(numbers, wanted)
        typed = [self._placer[word.lower()] if word else "" for word in said]
        votes: list[Counter[Form]] = [Counter() for _ in flat]
        confirmed = [False] * len(flat)
        terms = pairs or list(flat)
        for at, term in enumerate(terms):
            counts = forms.get(term, Counter())
            width = len(term.split())
            as_typed = " ".join(typed[at : at + width])
            if any(form.canonical == as_typed for form in counts):
                confirmed[at : at + width] = [True] * width
            for form, count in counts.items():
                parts = zip(form.canonical.split(), form.shown.split(), strict=True)
                for inner, (canonical, shown) in enumerate(parts):
                    votes[at + inner][Form(canonical, shown)] += count
        # A name throughout keeps its capitals; a word of one among others does not.
        are_names = all(one and _best(one).shown.istitle() for one in votes)
        chosen = [
            _chosen(
                one,
                said[at] or flat[at],
                is_kept=confirmed[at] and bool(said[at]),
                is_name=are_names,
            )
            for at, one in enumerate(votes)
        ]
        same = all(self._placer[word.lower()] == typed[at] for at, word in enumerate(chosen))
        return None if same else chosen


def _best(votes: Counter[Form]) -> Form:
    return votes.most_common(1)[0][0]


def _chosen(votes: Counter[Form], said: str, *, is_kept: bool, is_name: bool) -> str:
    if not votes:
        return said
    shown = said if is_kept else _best(votes).shown
    if said.isupper() and len(said) > 1:
        return shown.upper()
    return shown.capitalize() if is_name or said[:1].isupper() else shown.lower()


def _pairs_at(words: Sequence[str], at: int) -> Iterator[str]:
    if at:
        yield f"{words[at - 1].split()[-1]} {words[at].split()[0]}"
    if at + 1 < len(words):
        yield f"{words[at].split()[-1]} {words[at + 1].split()[0]}"


def _put_together(
    text: str,
    matches: Sequence[re.Match[str]],
    slots: Sequence[tuple[str, ...]],
    marked: Sequence[str],
) -> str:
    parts = []
    done = at = 0
    for match, slot in zip(matches, slots, strict=True):
        parts += [text[done : match.start()], " ".join(marked[at : at + len(slot)])]
        done = match.end()
        at += len(slot)
    return " ".join("".join([*parts, text[done:]]).split())
