"""What goes into the index and what comes out: our own values, none of the engine's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
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
    #: 0 to 1; below :data:`~pipeline.stores.search.ranking.DOUBTFUL` the text is taken as damaged.
    reliability: float = 1.0

    @property
    def filed_year(self) -> int | None:
        """The year it is filtered by."""
        return self.year or (self.issued_on.year if self.issued_on else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked. Every text is a valid question; the empty one asks for the newest papers."""

    text: str = ""
    kind: str = ""
    issuer: str = ""
    year: int | None = None
    since: date | None = None
    until: date | None = None
    register: str = ""
    limit: int = 20
    offset: int = 0


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

    @property
    def snippet(self) -> str:
        """The parts as HTML: escaped, with ``<b>`` around what was asked for."""
        return "".join(
            f"<b>{escape(text)}</b>" if is_match else escape(text) for text, is_match in self.parts
        )

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
