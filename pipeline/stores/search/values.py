"""What goes into the index and what comes out: our own values, none of the engine's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from html import escape

from pipeline.stores.search.understood import Understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper as the index should know it. All but the id may be empty."""

    document_id: str
    version: int = 1
    kind: str = ""
    #: ``di``, ``den``, ``sao``, ``noi-bo``.
    register: str = ""
    title: str = ""
    subject: str = ""
    reference: str = ""
    lookup_code: str = ""
    their_reference: str = ""
    issuer: str = ""
    signer: str = ""
    person: str = ""
    residence: str = ""
    issued_on: date | None = None
    #: Year of the book where it differs from the year of *issued_on*, else None.
    year: int | None = None
    legal_state: str = ""
    text: str = ""
    #: The end of *text* that is only the name of its file: it is found by that, but names no other paper there.
    name: str = ""
    #: 0 to 1; below :data:`~pipeline.stores.search.ranking.DOUBTFUL` the text is taken as damaged.
    reliability: float = 1.0
    #: Who dropped it: may see it whatever else is hidden from him.
    owner: str = ""
    #: Marks of circulation, ``luu-hanh-noi-bo``: what :class:`Rights` may hide it by.
    circulation: tuple[str, ...] = ()

    @property
    def filed_year(self) -> int | None:
        """The year it is filtered by."""
        return self.year or (self.issued_on.year if self.issued_on else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Which papers a person may see; as it stands, all. What is hidden is neither found nor counted nor suggested."""

    #: Books (``di``, ``den`` …) and kinds that may be seen; None: every one.
    registers: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    #: Papers with one of these marks of circulation are hidden.
    hidden_marks: frozenset[str] = frozenset()
    hides_drafts: bool = False
    #: His own drops he sees in any case.
    owner: str = ""

    @property
    def is_everything(self) -> bool:
        """Whether nothing at all is hidden."""
        named = self.registers is not None or self.kinds is not None
        return not (named or self.hidden_marks or self.hides_drafts)


EVERYTHING = Rights()


class Sort(StrEnum):
    """The order of what is found; the values stand in addresses."""

    RELEVANCE = "lien-quan"
    NEWEST = "moi-nhat"
    #: Year of the book, then the number in it.
    NUMBER = "so"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked. Every text is a valid question; the empty one asks for the newest papers."""

    text: str = ""
    #: Words that must, and words that must not, stand side by side in this order; marks count where there are any.
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kind: str = ""
    issuer: str = ""
    #: All or part of a name, of a place.
    signer: str = ""
    residence: str = ""
    year: int | None = None
    since: date | None = None
    until: date | None = None
    register: str = ""
    #: Reference of a paper that the papers wanted name in their text.
    cites: str = ""
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    offset: int = 0
    #: Of papers that are all but the same only the best is shown.
    is_grouped: bool = False
    #: Count what was found by kind, year and issuer.
    with_counts: bool = False
    rights: Rights = EVERYTHING

    @property
    def words(self) -> str:
        """All that is looked for: the text and the phrases."""
        return " ".join(part for part in (self.text, *self.phrases) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of the papers found have a value."""

    #: What to ask for.
    value: str
    #: As people write it.
    shown: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The papers found by kind, year (newest first) and issuer; exact where the total is."""

    kinds: tuple[Count, ...] = ()
    years: tuple[Count, ...] = ()
    issuers: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Another paper that stands beside the one found."""

    document_id: str
    reference: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One paper found."""

    document_id: str
    #: Reference, else lookup code, else the sender's reference.
    reference: str
    kind: str
    title: str
    date: date | None
    #: Stretches of the paper's own text and whether each was asked for.
    parts: tuple[tuple[str, bool], ...]
    score: float
    #: The text is damaged or doubtful; to be shown beside the hit.
    is_doubtful: bool = False
    #: Its own number or code was asked for.
    is_named: bool = False
    #: What the paper was in law when it was indexed.
    legal_state: str = ""
    #: What must be shown beside it, «bị thay thế bởi 09-GGT/VPTU»; empty for what is plainly in force.
    standing: str = ""
    #: The title in parts, as :attr:`parts`.
    title_parts: tuple[tuple[str, bool], ...] = ()
    #: The same always, and what it does to other papers: «còn hiệu lực», «thay thế 07-GGT/VPTU».
    remarks: tuple[str, ...] = ()
    #: What later papers did to it, and our certified copies of it with whom they went to.
    later: tuple[Tie, ...] = ()
    copies: tuple[Tie, ...] = ()
    #: How many more papers are all but the same, and some of them; where papers are grouped.
    similar: int = 0
    similar_ids: tuple[str, ...] = ()

    @property
    def snippet(self) -> str:
        """The parts as HTML: escaped, with ``<b>`` around what was asked for."""
        return as_html(self.parts)

    @property
    def title_html(self) -> str:
        """The title likewise."""
        return as_html(self.title_parts)

    @property
    def plain_snippet(self) -> str:
        """The parts as plain text."""
        return "".join(text for text, _ in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The papers found, best first."""

    #: Papers that share at least one of the asked words looked up; a lower bound unless exact.
    total: int
    total_is_exact: bool
    took_ms: float
    #: «ý bạn là …», None when there is nothing better to ask.
    suggestion: str | None
    hits: tuple[Hit, ...]
    #: How the question was taken.
    understood: Understood = field(default_factory=Understood)
    #: Empty unless they were asked for.
    counts: Counts = field(default_factory=Counts)


def as_html(parts: tuple[tuple[str, bool], ...]) -> str:
    """Stretches of text as HTML: escaped, with ``<b>`` around those that were asked for."""
    return "".join(
        f"<b>{escape(text)}</b>" if is_match else escape(text) for text, is_match in parts
    )
