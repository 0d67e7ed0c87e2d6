"""A query → its answer with what was understood: raw keystrokes read, dates as filters, a better question offered.

Nothing is hidden in silence: a date that leaves nothing is dropped, and both are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.stores.search.absent import Absence
from pipeline.stores.search.analysis import Question
from pipeline.stores.search.completions import Completer
from pipeline.stores.search.filters import visible_papers
from pipeline.stores.search.finder import Finder, Found
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.suggest import Suggester
from pipeline.stores.search.synonyms import Synonyms
from pipeline.stores.search.understood import Understood
from pipeline.stores.search.values import Query, Rights
from pipeline.stores.search.witness import Witness
from pipeline.stores.search.words import Folder, Placer
from pipeline.vietnamese import DateHint, is_loan_word, read_word

#: Keystrokes stand apart: 213-qd/tw is a number, not tư.
_STANDING_APART = re.compile(r"(?<![^\s,;:.!?(\"“])[A-Za-z][A-Za-z0-9]*(?![^\s,;:.!?)\"”])")
#: In a longer question a date is part of what is told, and words are typed with the program on.
_MOST_WORDS = 12
_MOST_WORDS_BESIDE_DATE = 8
#: In so many papers the word that keystrokes spell is looked for with its marks.
_PAPERS_WITH_MARKS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found, how the question was taken, and what may have been meant."""

    found: Found
    understood: Understood
    suggestion: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One way to take a question."""

    text: str
    understood: Understood
    within: frozenset[int] | None = None


class Answerer:
    """Answers queries over one state of the index."""

    def __init__(
        self, shelves: Shelves, folder: Folder, placer: Placer, synonyms: Synonyms | None
    ) -> None:
        self._shelves = shelves
        self._folder = folder
        self._placer = placer
        self._synonyms = synonyms
        self._finder = Finder(shelves, folder, placer, synonyms)

    def answer(self, query: Query) -> Answer:
        """The answer to *query*."""
        witness = self._witness(query.rights)
        respelt = self._respelt(query.text, witness)
        text = respelt or query.text
        question = self._finder.understood(text)
        found = Found(total=0, is_exact=True, hits=())
        understood = Understood()
        for reading in self._readings(text, question):
            understood = reading.understood
            found = self._finder.find(replace(query, text=reading.text), within=reading.within)
            if found.total:
                break
        suggestion = self._suggestion(query, text, question, found, witness)
        absence = Absence(shelves=self._shelves, folder=self._folder, rights=query.rights)
        if not query.offset and 0 < len(question.folded) <= _MOST_WORDS:
            understood = replace(understood, absent=absence.of(text, question))
        if understood.absent and suggestion and not absence.names_somebody_held(suggestion):
            suggestion = None  # somebody else may be meant, no other word
        if respelt:
            understood = replace(understood, answered_for=respelt)
        return Answer(found=found, understood=understood, suggestion=suggestion or respelt or None)

    def complete(self, text: str, rights: Rights) -> tuple[str, ...]:
        """How *text* may go on, of what the papers a person may see hold."""
        return Completer(self._witness(rights), self._folder, self._placer).complete(text)

    def _witness(self, rights: Rights) -> Witness:
        visible = visible_papers(rights, self._shelves)
        return Witness(self._shelves, self._folder, self._placer, visible)

    def _respelt(self, text: str, witness: Witness) -> str:
        """*text* with raw keystrokes read as words; empty unless some word can be nothing else.

        Such a word is in no paper as it was typed, and what it spells is in some.
        """
        # A mark anywhere says that the typing program was on.
        if not text.isascii() or len(text.split()) > _MOST_WORDS:
            return ""
        typed = dict.fromkeys(_STANDING_APART.findall(text))
        spelt = {word: meant for word in typed if (meant := self._spelt(word, witness))}
        # A loan word is keystrokes only among others that can be nothing else.
        if all(map(is_loan_word, spelt)):
            return ""
        return _STANDING_APART.sub(lambda match: spelt.get(match.group(), match.group()), text)

    def _spelt(self, typed: str, witness: Witness) -> str:
        """What *typed* spells as keystrokes; empty where it is a word as it stands, or papers do not write what it spells."""
        meant = read_word(typed, is_unknown=True)
        if meant is None:
            return ""
        folded = self._folder[typed.lower()]
        if (self._synonyms is not None and self._synonyms.knows(folded)) or witness.count(folded):
            return ""
        placed = self._placer[meant.lower()]
        numbers = witness.papers("words", self._folder[placed], _PAPERS_WITH_MARKS)
        is_written = any(witness.written_in(number, {placed}) for number in numbers)
        return meant if is_written else ""

    def _readings(self, text: str, question: Question) -> Iterator[_Reading]:
        """The ways to take a question, best first; the last one drops the date."""
        hint = self._filtering(question)
        told = Understood(references=tuple(map(str, question.references)))
        if question.dates:
            first = question.dates[0]
            if not first.is_bare:
                told = replace(
                    told, since=first.since, until=first.until, date_written=first.written
                )
        if hint is None:
            yield _Reading(text=text, understood=told)
            return
        narrowed = replace(told, since=hint.since, until=hint.until, date_written=hint.written)
        within = self._within(hint)
        if within:
            words = question.undated if not hint.is_bare else _without(text, hint.written)
            as_date = replace(narrowed, references=(), is_date_filter=True)
            yield _Reading(text=words, within=within, understood=as_date)
        dropped = narrowed if not hint.is_bare else told
        yield _Reading(text=text, understood=replace(dropped, is_date_dropped=not hint.is_bare))

    def _filtering(self, question: Question) -> DateHint | None:
        """The date by which to narrow down; None where it is part of a number or of a story."""
        if len(question.dates) != 1:
            return None
        hint = question.dates[0]
        if question.code is not None:
            return None  # the year of the book, which may be another than that of the paper
        if len(question.undated.split()) > _MOST_WORDS_BESIDE_DATE:
            return None
        if not hint.is_bare:
            return None if question.references else hint
        # 2020 is a number before it is a year, where some paper has it.
        others = [ref for ref in question.references if ref.ordinal != hint.since.year]
        is_number = any(
            next(iter(self._shelves.numbers("keys", f"num:{ref.ordinal}{symbol}")), None)
            is not None
            for ref in question.references
            for symbol in ([f"-{ref.key.partition('-')[2]}"] if ref.symbol else [""])
        )
        return None if others or is_number else hint

    def _within(self, hint: DateHint) -> frozenset[int]:
        """Papers of those days; of a whole year also those whose title or subject names it."""
        days = hint.since.toordinal(), hint.until.toordinal()
        dated = frozenset(self._shelves.dated(*days))
        if not dated or hint.since.year != hint.until.year or (days[1] - days[0]) < 364:
            return dated
        return dated.union(self._shelves.numbers("keys", f"about:{hint.since.year}"))

    def _suggestion(
        self, query: Query, text: str, question: Question, found: Found, witness: Witness
    ) -> str | None:
        is_named = any(hit.is_named for hit in found.hits[:1])
        if query.offset or not question.folded or question.is_reference or is_named:
            return None
        suggester = Suggester(witness, self._folder, self._placer)
        return suggester.suggest(text, [*found.numbers])


def _without(text: str, year: str) -> str:
    return " ".join(re.sub(rf"(?<!\d){year}(?!\d)", " ", text).split())
