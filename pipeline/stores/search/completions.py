"""The beginning of a question → how it may go on, in the archive's own words with their marks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.stores.search.marks import with_marks
from pipeline.stores.search.said import SAID, cut
from pipeline.stores.search.witness import Witness
from pipeline.stores.search.words import Folder, Placer, folded_phrase, words_of
from pipeline.vietnamese import (
    bare_syllables,
    canonical,
    fold,
    parse_reference,
    symbol_of_type,
    symbol_printed,
    type_words,
)

MOST_COMPLETIONS = 10
_LONGEST_CHARS = 120
#: A number, with what may stand before it and what of the symbol was typed.
_NUMBER = re.compile(
    rf"(?:(?P<type>{'|'.join(type_words())}|[a-z]{{1,4}}) )?(?:so )?0*(?P<digits>[1-9]\d{{0,5}})(?P<rest>[\s/-][a-z0-9/\s-]*|[a-z][a-z/-]*)?"
)
_REFERENCES_AT_MOST = 4
_TRIED = 30
_PAIRS_TRIED = 8
#: The words that begin with one or two letters are too many to look through: the most frequent are taken.
_SHORT_START = 2
_SYLLABLES_TRIED = 3
_SHORT_RANGE_BYTES = 1 << 14


class Completer:
    """Completes questions by what the papers hold."""

    def __init__(self, witness: Witness, folder: Folder, placer: Placer) -> None:
        self._witness = witness
        self._folder = folder
        self._placer = placer

    def complete(self, text: str, most: int = MOST_COMPLETIONS) -> tuple[str, ...]:
        """At most *most* ways to go on: references, then titles and names, then words that go together."""
        start = text[:_LONGEST_CHARS].lstrip()
        if not words_of(start):
            return ()
        found: dict[str, str] = {}
        own = canonical(start)
        for source in (self._references, self._said, self._pairs):
            wanted = most - sum(_goes_on(key, own) for key in found)
            for completed in itertools.islice(source(start), wanted):
                key = canonical(completed)
                if key != own and not any(longer.startswith(f"{key} ") for longer in found):
                    found.setdefault(key, completed)
        # What goes on with the very marks typed comes before what has the same letters.
        order = sorted(found, key=lambda key: not _goes_on(key, own))
        return tuple(found[key] for key in order[:most])

    def _references(self, start: str) -> Iterator[str]:
        match = _NUMBER.fullmatch(fold(start))
        if match is None:
            return
        digits = match["digits"]
        rest = re.sub(r"[\s/-]+", "", match["rest"] or "")
        symbol = _symbol_meant(match["type"] or "")
        keys = self._witness.beginning("keys", f"ref:{digits}")
        fitting = [
            key
            for key in keys
            if re.sub(r"[/-]+", "", key[len("ref:") :].removeprefix(digits)).startswith(rest)
            and key.partition("-")[2].startswith(symbol)
        ]
        fitting.sort(
            key=lambda key: (key[len("ref:") + len(digits)] in "0123456789", -keys[key], key)
        )
        shown = 0
        for key in fitting[:_TRIED]:
            if shown >= _REFERENCES_AT_MOST:
                return
            for number in self._witness.papers("keys", key, 1):
                if written := self._written(number, key[len("ref:") :]):
                    shown += 1
                    yield written

    def _written(self, number: int, key: str) -> str:
        """The reference of that key as the paper writes it."""
        for field in self._witness.head(number):
            reference = parse_reference(field)
            if reference is not None and reference.key == key:
                return field
        return ""

    def _said(self, start: str) -> Iterator[str]:
        folded = folded_phrase(start, self._folder)
        prefix = f"{SAID}{folded}{' ' if start[-1].isspace() else ''}"
        counts = self._witness.beginning("keys", prefix)
        frequent = sorted(counts, key=lambda key: (-counts[key], len(key), key))
        for key in frequent[:_TRIED]:
            for number in self._witness.papers("keys", key, 1):
                if shown := self._phrase(number, key[len(SAID) :]):
                    yield shown

    def _phrase(self, number: int, folded: str) -> str:
        """The phrase of that folded form as the paper writes it; of a name all of it."""
        fields = self._witness.head(number)
        joined = (f"{one} {other}" for one, other in pairwise(fields))
        for field in (*fields, *joined, *(part for one in fields for part in one.split(","))):
            words = field.split()
            for start in range(len(words)):
                phrase = " ".join(words[start:])
                if cut(folded_phrase(phrase, self._folder)) == folded:
                    is_name = all(word[:1].isupper() for word in words)
                    return " ".join(words) if is_name else phrase
        return ""

    def _pairs(self, start: str) -> Iterator[str]:
        words = [self._folder[word] for word in words_of(start)]
        if start[-1].isspace():
            words.append("")
        before, begun = words[:-1], words[-1]
        pairs = self._following(before[-1], begun) if before else self._starting(begun)
        words_only = [pair for pair in pairs if not any(map(str.isdecimal, pair))]
        others = [" ".join(pair) for pair in pairwise(before)][:1]
        beside = self._witness.papers("words", others[0], 1) if others else []
        for pair in sorted(words_only, key=lambda pair: (-pairs[pair], pair))[:_PAIRS_TRIED]:
            numbers = self._witness.papers("words", pair, 1)
            if numbers:
                typed = start.split()[: max(0, len(before) - 1)] if before else []
                flat = [*before[:-1], *pair.split()]
                yield " ".join(self._marked(flat, typed, [*numbers, *beside]))

    def _marked(
        self, flat: Sequence[str], typed: Sequence[str], numbers: Sequence[int]
    ) -> Sequence[str]:
        kept = [*typed, *[""] * len(flat)][: len(flat)]
        return with_marks(flat, kept, numbers, (self._witness, self._placer)).words

    def _following(self, before: str, begun: str) -> dict[str, int]:
        return dict(self._witness.beginning("words", f"{before} {begun}"))

    def _starting(self, begun: str) -> dict[str, int]:
        if len(begun) > _SHORT_START:
            counts = self._witness.beginning("words", begun)
            return {term: count for term, count in counts.items() if " " in term}
        starts = {
            syllable: count
            for syllable in bare_syllables()
            if syllable.startswith(begun) and (count := self._witness.rough_count(syllable))
        }
        frequent = sorted(starts, key=lambda one: (-starts[one], one))[:_SYLLABLES_TRIED]
        return {
            pair: count
            for syllable in frequent
            for pair, count in self._witness.beginning(
                "words", f"{syllable} ", _SHORT_RANGE_BYTES
            ).items()
        }


def _goes_on(completed: str, own: str) -> bool:
    """Whether it has what was typed, marks and all, at the beginning of a word; both canonical."""
    return f" {own}" in f" {completed}"


def _symbol_meant(typed: str) -> str:
    """The folded symbol of a type by its word or the symbol itself; empty for anything else."""
    symbol = symbol_of_type(typed) if typed in type_words() else symbol_printed(typed)
    return fold(symbol)
