"""Groups of phrases that mean the same → what else to look for beside what was typed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.stores.search.words import Folder, words_of
from pipeline.vietnamese import is_syllable

_DATA = "synonyms.toml"

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """A phrase of a question and what it could also have been called; folded, words joined by a space."""

    start: int
    typed: str
    others: tuple[str, ...]


class Synonyms:
    """Phrases by their first word; the shipped groups and the office's own."""

    def __init__(self, groups: Iterable[Sequence[str]], folder: Folder) -> None:
        self._by_first: dict[str, dict[Phrase, list[Phrase]]] = {}
        for group in groups:
            phrases = [tuple(folder[word] for word in words_of(said)) for said in group]
            for phrase in phrases:
                others = [p for p in phrases if p and p != phrase and not _is_plain_syllable(p)]
                if phrase and others:
                    known = self._by_first.setdefault(phrase[0], {})
                    known.setdefault(phrase, []).extend(others)

    def knows(self, word: str) -> bool:
        """Whether a folded word is an abbreviation of ours."""
        return (word,) in self._by_first.get(word, {})

    def in_question(self, folded: Sequence[str], capitals: Sequence[bool]) -> Iterator[Expansion]:
        """The phrases of a question that have other names, the longest at each place.

        *capitals* says which words stand out in capitals: TU is Tỉnh ủy, tu is not.
        """
        at = 0
        while at < len(folded):
            known = self._by_first.get(folded[at], {})
            fitting = [
                phrase
                for phrase in known
                if tuple(folded[at : at + len(phrase)]) == phrase
                and (capitals[at] or not _is_plain_syllable(phrase))
            ]
            if not fitting:
                at += 1
                continue
            phrase = max(fitting, key=len)
            others = dict.fromkeys(" ".join(other) for other in known[phrase])
            yield Expansion(start=at, typed=" ".join(phrase), others=tuple(others))
            at += len(phrase)


def _is_plain_syllable(phrase: Phrase) -> bool:
    return len(phrase) == 1 and is_syllable(phrase[0])


@cache
def shipped_groups() -> tuple[tuple[str, ...], ...]:
    """The groups that come with the program."""
    text = files("pipeline.stores.search").joinpath(_DATA).read_text(encoding="utf-8")
    data: Mapping[str, list[list[str]]] = tomllib.loads(text)
    return tuple(tuple(group) for group in data["nhom"])
