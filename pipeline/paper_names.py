"""How people name a paper (``8``, ``số đến 8``, ``8-ĐẾN``, ``128-CV/TU``, ``~k3f9``, a code, words) → the papers it may be.

A number, alone or with a part of its symbol, may be ours or its sender's.

One way for every command. What was not said is the period of the day; several that answer are all told, none is chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.app import App
from pipeline.clock import OFFICE_ZONE, today
from pipeline.config import holding
from pipeline.record import Book, SeriesKey
from pipeline.second_arrivals import without_joined
from pipeline.stores.registers.lookup_code import fold_key
from pipeline.stores.registers.views import DocumentView, EntryView
from pipeline.vietnamese import clean_text, fold

#: Letters of an id that are enough to ask by: as many as the file name shows.
_ENOUGH = 4
_LONGEST_NUMBER = 6
_PARTS = re.compile(r"\d+|[A-Z]+")
#: Words before a number that say nothing of its series.
_SAYS_NOTHING = frozenset(("SO", "VAN", "BAN", "VB"))
_INCOMING = "DEN"
#: What file names show before the end of an id.
_ID_END = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What somebody may mean."""

    papers: tuple[DocumentView, ...] = ()
    #: Numbers that have no paper here: set aside, secret, given elsewhere, void.
    numbers: tuple[EntryView, ...] = ()

    @property
    def count(self) -> int:
        """How many answer."""
        return len(self.papers) + len(self.numbers)


def is_bare(ref: str) -> bool:
    """Whether it is a number alone, without its series."""
    asked = _asked(ref)
    return asked is not None and not asked[1]


def meant(ref: str, app: App, *, of_incoming: bool = False) -> Meant:
    """The papers and numbers that *ref* may name.

    Args:
        of_incoming: The command is about incoming papers: a number alone is an incoming number.
    """
    found = without_joined(app.registers.find(ref), app.registers)
    if not is_bare(ref):
        numbers = [] if found else app.registers.numbers_without_paper(ref)
        if found or numbers:
            return Meant(papers=tuple(found), numbers=tuple(numbers))
    rows = _rows(ref, app, of_incoming=of_incoming)
    ids = [row.document_id for row in rows if row.document_id is not None]
    # It may be a sender's number too; where an incoming number or a series of ours is named, that comes second.
    others = [] if rows and (of_incoming or not is_bare(ref)) else [*found, *_sent(ref, app)]
    papers = {one.id: one for one in [*app.registers.get_many(ids), *others]}
    numbers = [row for row in rows if row.document_id is None]
    if papers or numbers:
        return Meant(papers=tuple(papers.values()), numbers=tuple(numbers))
    return Meant(papers=tuple(drafts_like(ref, app) or _ended_so(ref, app)))


def _ended_so(ref: str, app: App) -> list[DocumentView]:
    """Papers without a number that wait for none any more, by the end of their id."""
    end = ref.strip().removeprefix(_ID_END).lower()
    is_end = ref.strip().startswith(_ID_END) and len(end) >= _ENOUGH
    return app.registers.by_id_end("", end) if is_end else []


def drafts_like(ref: str, app: App) -> list[DocumentView]:
    """Drafts whose id ends in *ref*, else those whose subject holds its words."""
    end, words = ref.strip().removeprefix(_ID_END).lower(), fold(ref)
    if len(end) < _ENOUGH:
        return []
    waiting = app.registers.waiting()
    by_id = [paper for paper in waiting if paper.id.endswith(end)]
    return by_id or [
        paper for paper in waiting if paper.facts and words and words in fold(paper.facts.subject)
    ]


def _asked(ref: str) -> tuple[int, frozenset[str]] | None:
    """The ordinal and the words that tell its series; None where no number is named."""
    if ref.strip().startswith(_ID_END):
        return None
    parts = _PARTS.findall(fold_key(clean_text(ref)[0]))
    at = next((at for at, part in enumerate(parts) if part.isdecimal()), None)
    if at is None or len(parts[at].lstrip("0")) not in range(1, _LONGEST_NUMBER + 1):
        return None
    return int(parts[at]), frozenset([*parts[:at], *parts[at + 1 :]]) - _SAYS_NOTHING


def _rows(ref: str, app: App, *, of_incoming: bool) -> list[EntryView]:
    asked = _asked(ref)
    if asked is None:
        return []
    ordinal, words = asked
    keys = [one.key for one in app.registers.series() if _is_named(one.key, words, app)]
    if of_incoming:
        keys = [key for key in keys if key.book is Book.DEN]
    return app.registers.numbers_at(ordinal, keys)


def _sent(ref: str, app: App) -> list[DocumentView]:
    """Papers that came with that number and those words of its symbol: this year's, else those of the years before."""
    asked = _asked(ref)
    if asked is None:
        return []
    ordinal, words = asked
    papers = [
        paper
        for paper in app.registers.by_sender_number(ordinal)
        if paper.facts and words <= _words(paper.facts.their_reference)
    ]
    year = today(app.clock).year
    now = [paper for paper in papers if paper.received_at.astimezone(OFFICE_ZONE).year == year]
    return without_joined(now or papers, app.registers)


def _is_named(key: SeriesKey, words: frozenset[str], app: App) -> bool:
    """Whether all *words* are of this series, and the period is the day's unless one of them tells it."""
    period = _words(key.period)
    book = _INCOMING if key.book is Book.DEN else ""
    own = _words(f"{book} {key.symbol} {key.issuer}")
    return words <= own | period and (bool(words & period) or _is_now(key, app))


def _words(text: str) -> frozenset[str]:
    return frozenset(_PARTS.findall(fold_key(text)))


def _is_now(key: SeriesKey, app: App) -> bool:
    day = today(app.clock)
    if key.book in {Book.DEN, Book.NOI_BO}:
        return key.period == str(day.year)
    return key.period in {term.code for term in holding(app.office.terms, day)}
