"""Whether a person may see a paper that the registers tell of; the index has the same rule by its keys."""

from __future__ import annotations

from pipeline.person_names import is_same_person
from pipeline.record import LegalState
from pipeline.stores.registers.views import DocumentView
from pipeline.stores.search.values import Rights
from pipeline.vietnamese import fold


def may_see(paper: DocumentView, rights: Rights, *, owner: str = "") -> bool:
    """Whether a person of these *rights* may see *paper*, which *owner* dropped (empty: not asked)."""
    if rights.is_everything or (rights.owner and is_same_person(owner, rights.owner)):
        return True
    book = paper.number.series.book.value if paper.number else ""
    marks = paper.facts.circulation if paper.facts else ()
    return (
        _is_among(book, rights.registers)
        and _is_among(paper.kind, rights.kinds)
        and rights.hidden_marks.isdisjoint(marks)
        and not (rights.hides_drafts and paper.legal_state is LegalState.DU_THAO)
    )


def _is_among(value: str, wanted: frozenset[str] | None) -> bool:
    return wanted is None or (bool(value) and fold(value) in {fold(one) for one in wanted})
