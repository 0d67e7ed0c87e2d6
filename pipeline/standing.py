"""Where a paper stands among the others: what people call it, what later papers did to it, in words."""

from __future__ import annotations

from pipeline.legal import DONE_BY, WARNING, marked_name, sent_back, standing_phrase
from pipeline.record import Book, DocumentId, LegalState, Relation
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentState, DocumentView

#: In the place of a sender that nobody knows.
UNKNOWN_SENDER = "chưa rõ nơi gửi"


def shown_of(paper: DocumentView) -> str:
    """What people call the paper: the sender's reference of one received, else ours, else its id."""
    theirs = paper.facts.their_reference if paper.facts else ""
    number = paper.number
    if number is not None and number.series.book is Book.DEN and theirs:
        return theirs
    return (number.shown if number else "") or str(paper.id)


def later_papers(
    document_id: DocumentId, registers: Registers
) -> list[tuple[Relation, DocumentView]]:
    """Each relation onto a paper with the later paper that has it, in order of arrival; void ones too."""
    return [
        (relation, later)
        for later in registers.related_to(document_id)
        for relation in later.relations
        if relation.document_id == document_id
    ]


def is_in_force(later: DocumentView) -> bool:
    """Whether what the paper says of others has come about: it has a number that is not void."""
    return later.state is DocumentState.NUMBERED and later.legal_state is not LegalState.HUY_SO


def standing_words(paper: DocumentView, registers: Registers) -> str:
    """What the paper is in law, with its cause: «bị thay thế bởi 09-GGT/VPTU», «đã ký»."""
    later = later_papers(paper.id, registers)
    done = [(one.kind, shown_of(other)) for one, other in later if is_in_force(other)]
    return standing_phrase(paper.legal_state, done, reasons_of(paper, registers))


def reasons_of(paper: DocumentView, registers: Registers) -> tuple[str, ...]:
    """Why each version of a withdrawn paper was made; none of another, whose state says all."""
    if paper.legal_state is not LegalState.THU_HOI:
        return ()
    return tuple(version.reason for version in registers.versions_of(paper.id))


def marked_file(name: str, paper: DocumentView, registers: Registers) -> str:
    """*name* of a file of the paper that people are given: it says what whoever holds it must know."""
    return marked_name(name, paper.legal_state, reasons_of(paper, registers))


def ended_words(paper: DocumentView, registers: Registers) -> str:
    """What became of a paper that is in force no more or was corrected, and why; empty for others."""
    if paper.legal_state not in WARNING:
        return ""
    reasons = tuple(version.reason for version in registers.versions_of(paper.id))
    why = sent_back(reasons)[1] or reasons[-1]
    words = standing_words(paper, registers)
    return f"{words}; lý do: {why.rstrip('.')}" if why and why not in words else words


def day_rows(paper: DocumentView) -> list[tuple[str, str]]:
    """The days that the books call so: of a paper that came, its own and that of its arrival."""
    facts, number = paper.facts, paper.number
    book = number.series.book if number else None
    given = f"{number.issued_on:%d/%m/%Y}" if number else ""
    their = f"{facts.their_date:%d/%m/%Y}" if facts and facts.their_date else ""
    if book is Book.DEN or their:
        return [("Ngày văn bản", their), ("Ngày đến", given)]
    return [("Ngày sao" if book is Book.SAO else "Ngày văn bản", given)]


def issuer_shown(paper: DocumentView) -> str:
    """Who issued the paper: of one received, its sender, where that is known."""
    facts = paper.facts
    if facts is None or facts.their_issuer:
        return facts.their_issuer if facts else ""
    number = paper.number
    is_received = number is not None and number.series.book is Book.DEN
    return UNKNOWN_SENDER if is_received else facts.issuer


def done_by_words(relation: Relation, later: DocumentView) -> str:
    """What *later* did to the paper that its relation names: «bị thay thế bởi 09-GGT/VPTU»."""
    words = f"{DONE_BY[relation.kind]} {shown_of(later)}"
    if later.legal_state is LegalState.HUY_SO:
        return f"{words} (số này đã hủy)"
    return words if later.state is DocumentState.NUMBERED else f"{words} (chưa có số)"


def upper_first(text: str) -> str:
    """*text* as the beginning of a line; references inside keep their letters."""
    return text[:1].upper() + text[1:]
