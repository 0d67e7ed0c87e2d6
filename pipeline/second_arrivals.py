"""A paper that came twice → the paper that stands for it: the one under whose number the clerk put it.

Both bear the sender's number; wherever one is to be told from the other, it is said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.record import ARRIVAL_PROPERTY, DocumentId
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentView


def joined_to(paper: DocumentView) -> DocumentId | None:
    """The paper that it turned out to be, as the clerk said; None of one that stands for itself."""
    told = paper.record.get(ARRIVAL_PROPERTY) or {}
    first = told.get("joined")
    return None if first is None else DocumentId(first)


def standing_for(
    papers: Iterable[DocumentView], registers: Registers
) -> dict[DocumentId, DocumentView]:
    """Id of each of *papers* → the paper that stands for it; what was joined on is followed to the end."""
    asked = list(papers)
    known = {paper.id: paper for paper in asked}
    tried = set(known)
    fresh = asked
    while wanted := {one for paper in fresh if (one := joined_to(paper))} - tried:
        fresh = registers.get_many(sorted(wanted))
        known |= {paper.id: paper for paper in fresh}
        tried |= wanted
    return {paper.id: _last(paper, known) for paper in asked}


def first_ones(papers: Iterable[DocumentView], registers: Registers) -> list[DocumentView]:
    """The papers that stand for *papers*, in their order, none twice."""
    found = standing_for(papers, registers).values()
    return list({paper.id: paper for paper in found}.values())


def without_joined(papers: Sequence[DocumentView], registers: Registers) -> list[DocumentView]:
    """*papers* but those for which another of them stands."""
    stands = standing_for(papers, registers)
    return [
        paper
        for paper in papers
        if (first := stands[paper.id].id) == paper.id or first not in stands
    ]


def _last(paper: DocumentView, known: dict[DocumentId, DocumentView]) -> DocumentView:
    passed = {paper.id}
    while (first := joined_to(paper)) in known and first not in passed:
        assert first is not None
        passed.add(first)
        paper = known[first]
    return paper
