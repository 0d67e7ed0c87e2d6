"""Facts of an incoming paper → papers here that may be the same one; about them the clerk is asked, nobody guesses.

The same number asks where sender or day agree, and where one side does not know them and nothing known speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.inbox.arrival_reading import arrival_read, believed_facts
from pipeline.kinds.model import Kind
from pipeline.record import DocumentId, Facts, LegalState, Record
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.lookup_code import reference_key
from pipeline.stores.registers.views import DocumentView
from pipeline.vietnamese import fold

_GONE = (LegalState.HUY_SO, LegalState.THU_HOI)
#: Number, type and body (127-KH-BTCTU, 1906-SGDDT-CTRTT). «12-CV» alone is what hundreds of bodies write every year.
_TELLS_MUCH = re.compile(r"\d+[A-E]?(?:-[^-]+){2,}")
#: So many papers of one number, of which nothing more is known: it tells nothing (15-CV/ĐU of all the communes).
_MOST_LIKE = 5


def papers_like(facts: Facts, registers: Registers, *, but: DocumentId) -> list[DocumentView]:
    """Living incoming papers that may be the one of these facts.

    The same number, and the same body or day; or a whole number, where neither can be compared because one side does not
    know it, unless many papers are alike in that.
    """
    matching = papers_matching(facts, registers, but=but)
    if not _TELLS_MUCH.match(reference_key(facts.their_reference)):
        return matching
    known = {one.id for one in matching}
    unclear = [
        one
        for one in registers.find(facts.their_reference)
        if one.id not in {*known, but} and stands(one) and _says_nothing_against(one.facts, facts)
    ]
    return [*matching, *(unclear if len(unclear) <= _MOST_LIKE else ())]


def papers_matching(facts: Facts, registers: Registers, *, but: DocumentId) -> list[DocumentView]:
    """Those of them that bear the same number, and the same body or day.

    A day that is another on both sides makes them two papers: numbers come back in each term.
    """
    if not facts.their_reference:
        return []
    found = [
        *registers.same_paper(facts.their_reference, facts.their_issuer, facts.their_date),
        *(
            one
            for one in registers.find(facts.their_reference)
            if _same_day(one, facts) or is_same_sender(one.facts, facts)
        ),
    ]
    living = {one.id: one for one in found if stands(one) and one.id != but}
    return list(living.values())


def papers_like_read(
    facts: Facts, record: Record, kind: Kind, registers: Registers, *, but: DocumentId
) -> list[DocumentView]:
    """The same of a paper of which something is doubtful: it may be what was read there, or anything else."""
    seen = believed_facts(facts, record, kind)
    ways = [seen, replace(seen, their_issuer=facts.their_issuer)]
    found = (one for way in ways for one in papers_like(way, registers, but=but))
    return list({one.id: one for one in found}.values())


def not_told_apart(paper: DocumentView, found: list[DocumentView]) -> Iterator[DocumentView]:
    """Those of which nobody said, or is asked already, whether *paper* is the same; such as have a number first."""
    read = arrival_read(paper.record)
    for one in sorted(found, key=lambda other: other.number is None):
        other = arrival_read(one.record)
        said = other is not None and paper.id in (*other.told_apart, *other.same_as)
        if not said and (read is None or one.id not in read.told_apart):
            yield one


def stands(one: DocumentView) -> bool:
    """Whether it is an incoming paper with a number of its sender, that nobody gave back or joined to another."""
    is_incoming = one.facts is not None and bool(one.facts.their_reference)
    return is_incoming and one.legal_state not in _GONE


def is_same_sender(one: Facts | None, other: Facts) -> bool:
    """Whether two papers of one number may be of one body: one name is part of the other, and no day speaks against it.

    People write «Ban Nội chính Tỉnh ủy», the paper adds the province.
    """
    if one is None or (one.their_date and other.their_date and one.their_date != other.their_date):
        return False
    names = sorted((fold(one.their_issuer), fold(other.their_issuer)), key=len)
    return bool(names[0]) and f" {names[0]} " in f" {names[1]} "


def _says_nothing_against(one: Facts | None, other: Facts) -> bool:
    """Whether neither senders nor days can be compared."""
    if one is None:
        return False
    is_sender_open = not (one.their_issuer and other.their_issuer)
    return is_sender_open and not (one.their_date and other.their_date)


def _same_day(one: DocumentView, facts: Facts) -> bool:
    is_known = one.facts is not None and one.facts.their_date is not None
    return is_known and one.facts is not None and one.facts.their_date == facts.their_date
