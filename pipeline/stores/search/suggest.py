"""A question → the one that was probably meant, in words of the archive: «ý bạn là …»."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.stores.search.marks import with_marks
from pipeline.stores.search.near import near_among, near_syllables, sounding_alike
from pipeline.stores.search.witness import Witness
from pipeline.stores.search.words import Folder, Placer
from pipeline.vietnamese import is_syllable, nfc, places_of_names, read_word

_WORD = re.compile(r"[^\W_]+")
#: In a longer question one odd word matters little, and its own words find the paper.
_MOST_WORDS = 12
#: So long a question is a story, whose words stand together by chance; a shorter one names a thing.
_MOST_WORDS_TO_MARK = 8
_MOST_WORDS_TO_DOUBT = 4
_MOST_MENDED = 3
_HITS_READ = 5
_PAPERS_READ = 3
_NEAR_AT_MOST = 60
#: Two syllables that were written as one have no more letters.
_LONGEST_PAIR = 16
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
        capitals = [word[:1].isupper() and not word.isupper() for word in typed]
        slots = self._mended(folded, capitals, hits)
        is_mended = any(slot != (folded[at],) for at, slot in enumerate(slots))
        if not is_mended and (len(folded) > _MOST_WORDS_TO_MARK or self._stands(typed, hits)):
            return None
        flat = [word for slot in slots for word in slot]
        said = [
            word if slot == (folded[at],) else ""
            for at, (slot, word) in enumerate(zip(slots, typed, strict=True))
            for _ in slot
        ]
        numbers = self._evidence(folded, slots, hits)
        marked = with_marks(flat, said, numbers, (self._witness, self._placer))
        # Half a question with marks is no better than one without.
        is_better = is_mended or marked.is_complete or any(not word.isascii() for word in said)
        if not marked.is_new or not is_better:
            return None
        is_bare = not is_mended and all(map(str.isascii, typed))
        if is_bare and (marked.is_only or not self._finds_others(flat, marked.words, hits)):
            return None
        return _put_together(nfc(text), matches, slots, marked.words)

    def _finds_others(
        self, folded: Sequence[str], marked: Sequence[str], hits: Sequence[int]
    ) -> bool:
        """Whether some of the papers found write the words with other marks: then marks would find better ones."""
        placed = [self._placer[word.lower()] for word in marked]
        terms = zip(map(" ".join, pairwise(folded)), map(" ".join, pairwise(placed)), strict=True)
        asked = dict(terms) if len(folded) > 1 else {folded[0]: placed[0]}
        return any(self._witness.writes_otherwise(number, asked) for number in hits[:_HITS_READ])

    def _stands(self, typed: Sequence[str], hits: Sequence[int]) -> bool:
        """Whether the papers found write all of it as it was typed, with its marks: then there is nothing to add."""
        placed = [self._placer[word.lower()] for word in typed]
        if all(word.isascii() for word in placed):
            return False
        terms = set(map(" ".join, pairwise(placed)) if len(placed) > 1 else placed)
        for number in hits[:_HITS_READ]:
            terms -= self._witness.written_in(number, terms)
            if not terms:
                return True
        return False

    def _mended(
        self, folded: Sequence[str], capitals: Sequence[bool], hits: Sequence[int]
    ) -> list[tuple[str, ...]]:
        slots: list[tuple[str, ...]] = [(word,) for word in folded]
        # What names a thing stands together in its paper; what tells of one is somewhere in it.
        is_short = 1 < len(folded) <= _MOST_WORDS_TO_DOUBT
        terms = set(map(" ".join, pairwise(folded))) if is_short else set(folded)
        if any(self._witness.has_all(number, terms) for number in hits[:_HITS_READ]):
            return slots
        # People may have any name: that no paper has it makes it no other.
        named = {at for at in places_of_names(folded) if is_syllable(folded[at])}
        for _ in range(_MOST_MENDED):
            words = [" ".join(slot) for slot in slots]
            open_places = [
                at
                for at, slot in enumerate(slots)
                if at not in named and slot == (folded[at],) and self._is_odd(words, at)
            ]
            mends = [
                mend for at in open_places for mend in self._mends(words, at, is_name=capitals[at])
            ]
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
        if len(words) > _MOST_WORDS_TO_DOUBT:
            return False
        beside = list(_pairs_at(words, at))
        return bool(beside) and not any(map(self._witness.count, beside))

    def _mends(self, words: Sequence[str], at: int, *, is_name: bool) -> Iterator[_Mend]:
        word = words[at]
        known = self._witness.count(word)
        # What is a word in itself, or a foreign name, has its like by chance.
        is_word = is_syllable(word)
        most = 1 if known or is_name or is_word else 2
        before = words[at - 1].split()[-1] if at else ""
        after = words[at + 1].split()[0] if at + 1 < len(words) else ""
        for near, far in self._candidates(word, before, most):
            score = self._fit(before, near.split(), after, on_both_sides=is_word)
            # A word that is commoner than what it is taken for is meant.
            if score is None or score <= math.log1p(known):
                continue
            if not before and not after and far > 1:
                continue
            same_start = 0.5 if near[0] == word[0] else 0.0
            yield _Mend(at, tuple(near.split()), score + same_start - _LETTER * far)

    def _candidates(self, word: str, before: str, most: int) -> list[tuple[str, int]]:
        found: dict[str, int] = {}
        if (spelt := read_word(word)) is not None:
            found[self._folder[spelt]] = 0
        if before:
            prefix = f"{before} "
            followers = (
                pair.removeprefix(prefix) for pair in self._witness.beginning("words", prefix)
            )
            found.update(near_among(word, followers, most))
        found.update((other, 1) for other in sounding_alike(word) if self._witness.count(other))
        by_distance = sorted(near_syllables(word, most).items(), key=lambda item: item[1])
        for near, far in by_distance[:_NEAR_AT_MOST]:
            found.setdefault(self._folder[near], far)
        longest = len(word) if len(word) <= _LONGEST_PAIR else 0
        for cut in range(2, longest - 1):
            pair = f"{word[:cut]} {word[cut:]}"
            if self._witness.count(pair):
                found.setdefault(pair, 1)
        found.pop(word, None)
        return list(found.items())

    def _fit(
        self, before: str, words: Sequence[str], after: str, *, on_both_sides: bool
    ) -> float | None:
        """How well *words* go between their neighbours; None where no paper has them so, or not with each of them."""
        pairs = [f"{before} {words[0]}"] if before else []
        if after:
            pairs.append(f"{words[-1]} {after}")
        if not pairs:
            count = self._witness.count(" ".join(words))
            return math.log1p(count) if count else None
        counts = [self._witness.count(pair) for pair in pairs]
        beside = [word for word in (before, after) if word]
        told = [count for count, word in zip(counts, beside, strict=True) if not word.isdecimal()]
        if not any(counts) or (on_both_sides and not all(told)):
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
