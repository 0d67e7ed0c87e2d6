"""The earlier papers that a record names (``thay_the: 07-GGT/VPTU``) → relations, or what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.between import Bench, Checked
from pipeline.errors.base import RecordRejected
from pipeline.errors.relations import (
    EffectNotAllowed,
    NamedTwice,
    RelatedPaperAmbiguous,
    RelatedPaperUnknown,
)
from pipeline.kinds.checking import where_in_words
from pipeline.legal import (
    DOES,
    EFFECTS,
    NAMED_RELATIONS,
    STATE_WORDS,
    WARNING,
    may_become,
    property_of,
)
from pipeline.record import Book, DocumentId, LegalState, Place, Relation, RelationKind
from pipeline.standing import shown_of, standing_words
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.vietnamese import parse_date

_BETWEEN = re.compile(r"[;\n]")
#: ``07-GGT/VPTU ngày 02/03/2026``.
_DATED = re.compile(r"(.*?)[,\s]+ngày\s+(.+)", re.IGNORECASE)
_MOST_CANDIDATES = 5
#: What only the body that issued a paper may do to it; amending and repealing may come from above.
_ISSUERS_OWN = frozenset(
    (
        RelationKind.DINH_CHINH,
        RelationKind.THAY_THE,
        RelationKind.THU_HOI,
        RelationKind.CAP_LAI,
    )
)


def name_papers(item: Checked, place: Place, bench: Bench) -> None:
    """Add the relations that the record names, or a problem for each paper that cannot be meant."""
    for kind in NAMED_RELATIONS:
        name = property_of(kind)
        for written in _written(item.record.get(name)):
            try:
                relation = _relation(kind, written, item, bench)
            except RecordRejected as error:
                where = where_in_words(bench.kind, place, (name,))
                item.problems.append(error.problem(where=where))
            else:
                item.relations += (relation,)


def _written(value: object) -> Iterator[str]:
    for part in _BETWEEN.split(value) if isinstance(value, str) else ():
        if written := part.strip(" ,."):
            yield written


def _relation(kind: RelationKind, written: str, item: Checked, bench: Bench) -> Relation:
    paper = _the_paper(kind, written, item, bench)
    reference = shown_of(paper)
    why = _unfit(kind, paper, bench)
    if why:
        raise EffectNotAllowed(f"{kind} {paper.id}: {why}", **_words(kind, reference, why))
    if any(one.document_id == paper.id for one in item.relations):
        raise NamedTwice(
            f"named twice document={paper.id}",
            reference=reference,
            where_else="trong cùng một bản ghi",
        )
    return Relation(kind=kind, reference=reference, document_id=paper.id)


def _the_paper(kind: RelationKind, written: str, item: Checked, bench: Bench) -> DocumentView:
    title = _title(kind, bench)
    reference, day = _parted(written)
    found = [one for one in bench.registers.find(reference) if one.id != item.amends]
    numbered = [one for one in found if one.state is DocumentState.NUMBERED]
    if day is not None:
        numbered = [one for one in numbered if day in _days(one)]
    living = [one for one in numbered if one.legal_state is not LegalState.HUY_SO]
    meant = living or numbered
    if len(meant) > 1:
        raise RelatedPaperAmbiguous(
            f"{len(meant)} papers of one reference",
            title=title,
            reference=written,
            count=len(meant),
            candidates="; ".join(
                f"{_dated_words(one)} (mã {one.id})" for one in meant[:_MOST_CANDIDATES]
            ),
            example=_dated_words(meant[0]),
        )
    if meant:
        return meant[0]
    if any(one.state is DocumentState.WAITING for one in found):
        why = "văn bản ấy chưa có số, hãy sửa chính dự thảo ấy."
        raise EffectNotAllowed("a draft is named", **_words(kind, written, why))
    raise RelatedPaperUnknown("no such paper", title=title, reference=written)


def _parted(written: str) -> tuple[str, date | None]:
    match = _DATED.fullmatch(written)
    day = parse_date(match[2]) if match else None
    return (match[1], day) if match and day else (written, None)


def _days(paper: DocumentView) -> set[date | None]:
    theirs = paper.facts.their_date if paper.facts else None
    return {theirs, paper.number.issued_on if paper.number else None} - {None}


def _unfit(kind: RelationKind, paper: DocumentView, bench: Bench) -> str:
    """Why the paper is not one to which that can be done, whatever its state; empty when it is."""
    if kind is RelationKind.CAP_LAI and paper.kind != bench.kind.name:
        return "chỉ cấp lại được văn bản cùng loại."
    is_ours = bench.kind.source != "paper"
    if is_ours and _is_incoming(paper) and kind in _ISSUERS_OWN:
        return "đây là văn bản nhận từ cơ quan khác, chỉ cơ quan ấy làm được việc này."
    return ""


def check_effects(checked: Sequence[Checked], places: Sequence[Place], bench: Bench) -> None:
    """See that the state of each paper named allows what is to be done to it, by one row of a list only."""
    named: dict[DocumentId | None, str] = {}
    for item, place in zip(checked, places, strict=True):
        if item.problems or (item.duplicate_of is not None and item.amends is None):
            continue
        for relation in item.relations:
            error = _effect_error(relation, named, bench)
            if error is not None:
                where = where_in_words(bench.kind, place, (property_of(relation.kind),))
                item.problems.append(error.problem(where=where))
        if not item.problems:
            label = place.label or "bản ghi khác"
            named |= {one.document_id: label for one in item.relations if _acts(one)}


def _effect_error(
    relation: Relation, named: dict[DocumentId | None, str], bench: Bench
) -> RecordRejected | None:
    if not _acts(relation):
        return None
    assert relation.document_id is not None
    paper = bench.registers.get(relation.document_id)
    assert paper is not None
    if paper.id in named:
        return NamedTwice(
            f"named by two rows document={paper.id}",
            reference=relation.reference,
            where_else=f"đã có ở {named[paper.id]}",
        )
    if may_become(paper.legal_state, EFFECTS[relation.kind], has_number=True):
        return None
    why = f"văn bản ấy {_state_words(paper, bench.registers)}."
    return EffectNotAllowed(
        f"{relation.kind} on {paper.id} which is {paper.legal_state}",
        **_words(relation.kind, relation.reference, why),
    )


def _state_words(paper: DocumentView, registers: Registers) -> str:
    if paper.legal_state in WARNING:
        return standing_words(paper, registers)
    return f"đang ở trạng thái «{STATE_WORDS[paper.legal_state]}»"


def _acts(relation: Relation) -> bool:
    return relation.kind in EFFECTS and relation.document_id is not None


def _words(kind: RelationKind, reference: str, why: str) -> dict[str, object]:
    return {"does": DOES[kind], "reference": reference, "why": why}


def _title(kind: RelationKind, bench: Bench) -> str:
    found = bench.kind.property_named(property_of(kind))
    return found.title if found else DOES[kind]


def _is_incoming(paper: DocumentView) -> bool:
    return paper.number is not None and paper.number.series.book is Book.DEN


def _dated_words(paper: DocumentView) -> str:
    day = paper.number.issued_on if paper.number else None
    if _is_incoming(paper) and paper.facts:
        day = paper.facts.their_date or day
    return f"{shown_of(paper)} ngày {day:%d/%m/%Y}" if day else shown_of(paper)
