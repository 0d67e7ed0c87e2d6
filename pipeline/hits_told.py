"""Hits of a search → the same with what the registers know of each paper: its force, what it does, its copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.copy_holders import GIVEN, RECALLED, holders_in_words
from pipeline.inbox.arrival_reading import is_asked_about, waits_for_clerk
from pipeline.kinds.model import Kind
from pipeline.legal import (
    DOES,
    OUT_OF_FORCE,
    STATE_WORDS,
    WARNING,
    frees_identity,
    joined_words,
    standing_phrase,
)
from pipeline.record import Book, LegalState, Relation, RelationKind
from pipeline.second_arrivals import standing_for
from pipeline.standing import done_by_words, is_in_force, reasons_of, shown_of, upper_first
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.stores.search.understood import Understood
from pipeline.stores.search.values import EVERYTHING, Counts, Hit, Results, Rights, Tie
from pipeline.vietnamese import nfc
from pipeline.visible import may_see

_IN_FORCE = "còn hiệu lực"
#: Of a paper that came: what is said of it was read by the program, or not at all.
UNCONFIRMED = "thông tin chờ văn thư xác nhận"
_STANDING = frozenset((LegalState.DA_KY, LegalState.DA_PHAT_HANH, LegalState.DA_DINH_CHINH))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the registers know of the papers of one page."""

    papers: Mapping[str, DocumentView]
    #: Id of a paper → each relation onto it, with the later paper that has it.
    later: Mapping[str, Sequence[tuple[Relation, DocumentView]]]
    #: Ids of the later papers that whoever asked may see.
    seen: frozenset[str] = frozenset()
    #: Id of a withdrawn paper → why its versions were made.
    reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Id of a copy → who holds it, in words.
    holders: dict[str, str] = field(default_factory=dict)
    #: Id of a second arrival → the paper it was joined to.
    firsts: Mapping[str, DocumentView] = field(default_factory=dict)
    #: Id of a paper whose facts wait for the clerk → how its file was called, as a passage shows it.
    unconfirmed: Mapping[str, str] = field(default_factory=dict)


def with_titles(counts: Counts, kinds: Mapping[str, Kind]) -> Counts:
    """The counts with the kinds' names for people."""
    named = tuple(
        replace(one, shown=kinds[one.value].title) if one.value in kinds else one
        for one in counts.kinds
    )
    return replace(counts, kinds=named)


def tell_absent(understood: Understood, registers: Registers, rights: Rights) -> Understood:
    """*understood*, which calls no paper absent that the registers hold and the index has not yet."""
    absent = understood.absent
    if absent is None or not absent.is_reference:
        return understood
    papers = registers.find(absent.written)
    is_there = any(
        paper.state is not DocumentState.PURGED and may_see(paper, rights) for paper in papers
    )
    return replace(understood, absent=None) if is_there else understood


def tell_hits(
    hits: Sequence[Hit], registers: Registers, rights: Rights = EVERYTHING
) -> tuple[tuple[Hit, ...], Mapping[str, DocumentView]]:
    """The hits of a page, each with what is known of it, what was replaced behind what replaced it; and their papers by id.

    What a paper is in law is told with the number that made it so; else other papers are named only to who may see them.
    """
    known = _known(hits, registers, rights)
    named = frozenset(hit.document_id for hit in hits if hit.is_named)
    told = [_told(hit, known, named) for hit in hits]
    return tuple(_lapsed_behind(_entered_first(told, known), known)), known.papers


def _known(hits: Sequence[Hit], registers: Registers, rights: Rights) -> _Known:
    ids = [hit.document_id for hit in hits]
    papers = {str(paper.id): paper for paper in registers.get_many(ids)}
    later: dict[str, list[tuple[Relation, DocumentView]]] = {}
    copies: dict[str, DocumentView] = {}
    for other in registers.related_to_any(papers):
        for relation in other.relations:
            if relation.document_id in papers:
                later.setdefault(str(relation.document_id), []).append((relation, other))
                if relation.kind is RelationKind.SAO:
                    copies[str(other.id)] = other
    stands = standing_for(papers.values(), registers)
    firsts = {str(one): first for one, first in stands.items() if first.id != one}
    others = [other for pairs in later.values() for _, other in pairs]
    seen = frozenset(
        str(other.id) for other in (*others, *firsts.values()) if may_see(other, rights)
    )
    reasons = {name: reasons_of(paper, registers) for name, paper in papers.items()}
    known = _Known(
        papers=papers,
        later=later,
        seen=seen,
        reasons=reasons,
        firsts=firsts,
        unconfirmed=_unconfirmed(papers.values(), registers),
    )
    deeds = registers.deeds_on([copy.id for copy in copies.values()], (GIVEN, RECALLED))
    for copy in copies.values():
        known.holders[str(copy.id)] = holders_in_words(copy, deeds.get(copy.id, ()))
    return known


def _unconfirmed(papers: Iterable[DocumentView], registers: Registers) -> dict[str, str]:
    waiting = [paper for paper in papers if waits_for_clerk(paper)]
    receipts = registers.receipts([paper.receipt_id for paper in waiting])
    names = {str(paper.id): receipts[paper.receipt_id].source_name for paper in waiting}
    return {one: " ".join(nfc(name).split()) for one, name in names.items()}


def _told(hit: Hit, known: _Known, named: frozenset[str]) -> Hit:
    paper = known.papers.get(hit.document_id)
    if paper is None:  # the index is ahead of the registers, or behind a removal
        return hit
    later = known.later.get(hit.document_id, ())
    done = [(one.kind, shown_of(other)) for one, other in later if is_in_force(other)]
    standing = standing_phrase(paper.legal_state, done, known.reasons.get(hit.document_id, ()))
    visible = [(one, other) for one, other in later if str(other.id) in known.seen]
    copies = [other for one, other in visible if one.kind is RelationKind.SAO]
    ties = [
        Tie(document_id=other.id, reference=shown_of(other), words=done_by_words(one, other))
        for one, other in visible
        if one.kind is not RelationKind.SAO
    ]
    issued = tuple(_copy(copy, known) for copy in copies)
    said = _remarks(paper, standing, issued)
    is_open = str(paper.id) in known.unconfirmed and paper.legal_state not in WARNING
    first = known.firsts.get(hit.document_id)
    if first is not None and str(first.id) in known.seen:
        ties.append(Tie(document_id=first.id, reference=shown_of(first), words=_joined(first)))
    return replace(
        hit,
        # Both bear the sender's number: it is the first one's.
        is_named=hit.is_named and (first is None or str(first.id) not in named),
        legal_state=paper.legal_state,
        # The name of a file is shown as it is: no machine read it.
        is_doubtful=hit.is_doubtful and hit.plain_snippet != known.unconfirmed.get(str(paper.id)),
        standing=standing if paper.legal_state in WARNING else "",
        remarks=(
            # What nobody confirmed yet is of no state in law.
            *(one for one in said if not (is_open and one in (standing, _IN_FORCE))),
            *([UNCONFIRMED] if is_open else []),
        ),
        later=tuple(ties),
        copies=issued,
    )


def _remarks(paper: DocumentView, standing: str, copies: Sequence[Tie]) -> list[str]:
    is_standing = paper.legal_state in _STANDING and paper.state is DocumentState.NUMBERED
    said = [_IN_FORCE] if is_standing else []
    if not is_standing or paper.legal_state in WARNING:
        said.append(standing)
    said += [f"{DOES[one.kind]} {one.reference}" for one in paper.relations]
    said += [f"bản sao {copy.words}" for copy in copies]
    return said


def _joined(first: DocumentView) -> str:
    return joined_words(first.number.shown if first.number else shown_of(first))


def _copy(copy: DocumentView, known: _Known) -> Tie:
    held = known.holders.get(str(copy.id), "")
    words = f"{shown_of(copy)} {held}".rstrip()
    if copy.legal_state in OUT_OF_FORCE:
        words += f" ({STATE_WORDS[copy.legal_state]})"
    return Tie(document_id=copy.id, reference=shown_of(copy), words=words)


def _entered_first(hits: Sequence[Hit], known: _Known) -> list[Hit]:
    """Of the papers that bear the number asked for, one that nobody entered yet stands behind those in the books."""
    named = [at for at, hit in enumerate(hits) if hit.is_named]
    order = list(hits)
    ranked = sorted((hits[at] for at in named), key=lambda hit: _is_not_entered(hit, known))
    for at, hit in zip(named, ranked, strict=True):
        order[at] = hit
    return order


def _is_not_entered(hit: Hit, known: _Known) -> bool:
    paper = known.papers.get(hit.document_id)
    return paper is not None and paper.number is None and hit.document_id in known.unconfirmed


def _lapsed_behind(hits: list[Hit], known: _Known) -> list[Hit]:
    """What was replaced or joined stands behind what replaced it, or took it in, unless its very number was asked for."""
    order = list(hits)
    for hit in reversed(hits):
        if hit.legal_state not in OUT_OF_FORCE or hit.is_named:
            continue
        later = known.later.get(hit.document_id, ())
        heirs = {other.id for relation, other in later if frees_identity(relation.kind)}
        if (first := known.firsts.get(hit.document_id)) is not None:
            heirs.add(first.id)
        last = max((at for at, one in enumerate(order) if one.document_id in heirs), default=-1)
        at = order.index(hit)
        if last > at:
            order.insert(last, order.pop(at))
    return order


def days_in_words(hit: Hit, paper: DocumentView | None) -> str:
    """The day of a hit; of a paper that came, its own and that of its arrival are told apart."""
    number = paper.number if paper else None
    if paper is None or number is None or number.series.book is not Book.DEN:
        return f"{hit.date:%d/%m/%Y}" if hit.date else ""
    their = paper.facts.their_date if paper.facts else None
    own = f"văn bản ngày {their:%d/%m/%Y}, " if their else ""
    return f"{own}đến ngày {number.issued_on:%d/%m/%Y}"


def about_in_words(hit: Hit, paper: DocumentView | None) -> str:
    """What the paper is about; of one that came, first its sender's number and who that is."""
    if paper is None or paper.facts is None:
        return ""
    has_come = paper.number is None or paper.number.series.book is Book.DEN
    sender = (paper.facts.their_reference, paper.facts.their_issuer) if has_come else ()
    return ": ".join(filter(None, (", ".join(filter(None, sender)), subject_of(hit, paper))))


def subject_of(hit: Hit, paper: DocumentView | None) -> str:
    """Its subject as the beginning of a line; empty where the title says it already."""
    subject = paper.facts.subject if paper and paper.facts else ""
    return "" if subject == hit.title else upper_first(subject)


def drafts_among(results: Results, papers: Mapping[str, DocumentView]) -> frozenset[str]:
    """Ids of the hits that are drafts and have no number yet."""
    nameless = [hit.document_id for hit in results.hits if not hit.reference]
    return frozenset(one for one in nameless if one in papers and is_draft(papers[one]))


def is_draft(document: DocumentView) -> bool:
    """Whether a paper waits for its signature and has no number yet."""
    return document.state is DocumentState.WAITING and not is_asked_about(document.record)
