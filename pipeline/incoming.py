"""What the clerk says of papers that came: what is written on them, and whether two of them are one.

A word of hers is a new version under the same number; a paper that waited for it gets its number then.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.app import App, refuse_if_behind
from pipeline.clock import today
from pipeline.durable import give_out
from pipeline.engines.profile import profile_for
from pipeline.errors.base import RecordRejected
from pipeline.errors.incoming import (
    ConfirmedAlready,
    ConfirmedWrong,
    IncomingAmbiguous,
    IncomingUnknown,
    MaybeTheSame,
    NothingConfirmed,
    NothingReadToAccept,
    StampedByHand,
)
from pipeline.inbox.arrival_reading import (
    ArrivalRead,
    arrival_read,
    title_of,
    with_arrival,
    without_arrival,
)
from pipeline.inbox.same_papers import (
    not_told_apart,
    papers_like,
    papers_like_read,
    papers_matching,
    stands,
)
from pipeline.incoming_joining import context_for, join
from pipeline.issuing import remark_of
from pipeline.kinds.checking import check_record
from pipeline.kinds.model import Kind
from pipeline.paper_names import is_bare, meant
from pipeline.record import Facts, LegalState, Record
from pipeline.second_arrivals import first_ones, standing_for
from pipeline.series_of_paper import series_of
from pipeline.sheet_context import short_id
from pipeline.stores.registers.views import DocumentView, Ruling, Verdict

log = logging.getLogger(__name__)

_ENOUGH = 4
_SHOWN = 5
_EMPTY: tuple[object, ...] = (None, "", [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A paper about which the clerk has to say something."""

    paper: DocumentView
    read: ArrivalRead
    #: Of the file as it was dropped.
    source: str
    #: Those it may be the same as.
    same_as: tuple[DocumentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the clerk says."""

    person: str
    #: What, as ``[read]`` of the kind calls it (``number``, ``date``) → value as typed.
    said: Record
    #: Take what was read, however doubtful.
    accept: bool = False
    #: The paper it is the same as; empty: not said.
    same_as: str = ""
    is_another: bool = False
    #: The ĐẾN number that stands on it in ink; None: not said.
    ordinal: int | None = None
    #: The numbers that it leaves empty may stay so.
    may_skip: bool = False


def waiting_papers(
    app: App, *, offset: int = 0, limit: int | None = None, among: Collection[str] | None = None
) -> list[Waiting]:
    """What waits for the clerk, a page of it: the urgent ones first, then the oldest; of the kinds *among*, where they are told."""
    registers = app.registers
    papers = registers.asking(_names(app, among), offset=offset, limit=limit)
    reads = {paper.id: arrival_read(paper.record) or ArrivalRead() for paper in papers}
    receipts = registers.receipts([paper.receipt_id for paper in papers])
    others = registers.get_many({one for read in reads.values() for one in read.same_as})
    known = standing_for(others, registers)
    return [
        Waiting(
            paper=paper,
            read=reads[paper.id],
            source=receipts[paper.receipt_id].source_name,
            same_as=_each_once(known[one] for one in reads[paper.id].same_as if one in known),
        )
        for paper in papers
    ]


def _each_once(papers: Iterable[DocumentView]) -> tuple[DocumentView, ...]:
    return tuple({paper.id: paper for paper in papers}.values())


def count_waiting(app: App, *, among: Collection[str] | None = None) -> int:
    """How many papers wait for the clerk."""
    return app.registers.count_asking(_names(app, among))


def find_incoming(ref: str, app: App) -> DocumentView:
    """The one incoming paper meant: by id, the end of its id, its ĐẾN number (21, số đến 21, 21-ĐẾN/2026) or its sender's.

    Raises:
        IncomingUnknown (R280), IncomingAmbiguous (R281).
    """
    kinds = {kind.name for kind in _kinds(app)}
    found = [one for one in meant(ref, app, of_incoming=True).papers if one.kind in kinds]
    end = ref.strip().removeprefix("~").lower()
    if not found and len(end) >= _ENOUGH and not is_bare(ref):
        found = [one for name in kinds for one in app.registers.by_id_end(name, end)]
    if not found:
        raise IncomingUnknown(f"no incoming paper {ref!r}", what=ref)
    if len(found) > 1:
        raise IncomingAmbiguous(
            f"{len(found)} incoming papers {ref!r}",
            count=len(found),
            what=ref,
            candidates="; ".join(map(named, found[:_SHOWN])),
        )
    return found[0]


def find_first(ref: str, app: App) -> DocumentView:
    """The same, or where that one was joined to another the one that carries the number: with it a paper is joined.

    Raises:
        IncomingUnknown (R280), IncomingAmbiguous (R281).
    """
    [first] = first_ones([find_incoming(ref, app)], app.registers)
    return first


def named(paper: DocumentView) -> str:
    """How a paper is told from others."""
    shown = paper.number.shown if paper.number else short_id(paper.id)
    return f"{shown} {paper.facts.subject if paper.facts else ''} (mã {paper.id})"


def confirm(ref: str, word: Word, app: App) -> DocumentView:
    """Enter what the clerk says of a paper; the paper as it then is.

    Raises:
        IncomingUnknown (R280), IncomingAmbiguous (R281), ConfirmedWrong (R282), NothingConfirmed (R283),
        MaybeTheSame (R284), SameAsItself (R285), NothingReadToAccept (R360), ConfirmedAlready (R361),
        NumbersPassedOver (R363), RegistersBehind (A432), DraftOnItsWay (T316).
    """
    refuse_if_behind(app)
    paper = find_incoming(ref, app)
    if word.same_as:
        into = find_first(word.same_as, app)
        join(paper, into, word.person, app, called=word.same_as)
        return _now(into, app)
    record, facts, read = _said(paper, word, app)
    like = _rivals(paper, (record, facts, read), word, app)
    if like and not word.is_another:
        raise _maybe(like[0], paper)
    ordinal = _ordinal(paper, read, word) if paper.number is None else None
    if paper.number is not None and word.ordinal is not None:
        why = f"văn bản đã có số đến {paper.number.shown}, không đổi số được."
        raise ConfirmedWrong(f"numbered document={paper.id}", problems=why)
    is_others = word.is_another and read.asks_number
    # The ink on it is another office's: ours goes on.
    read = replace(read, stamp=None) if is_others and ordinal is None else read
    told_apart = (*read.told_apart, *(one.id for one in like))
    read = replace(read, same_as=(), asks_number=False, told_apart=told_apart)
    record = with_arrival(record, read)
    if paper.number is None:
        return _number(paper, (record, facts, read), replace(word, ordinal=ordinal), app)
    app.registers.amend(
        paper.id, record=record, facts=facts, person=word.person, reason=_reason(paper, record, app)
    )
    return _now(paper, app)


def _rivals(
    paper: DocumentView, said: tuple[Record, Facts, ArrivalRead], word: Word, app: App
) -> list[DocumentView]:
    """Papers that it may be the same as by what is known with this word, and of which nobody was asked before it had its number."""
    record, facts, read = said
    if paper.number is None:
        asked_about = first_ones(app.registers.get_many(read.same_as), app.registers)
        pending = {one.id: one for one in asked_about if stands(one)}
        doubtful = record if word.accept else with_arrival(record, read)
        found = papers_like_read(
            facts, doubtful, app.kinds[paper.kind], app.registers, but=paper.id
        )
        return list((pending | {one.id: one for one in not_told_apart(paper, found)}).values())
    before = paper.facts or Facts(subject="")
    if _tells_which(before) == _tells_which(facts):
        return []
    asked = {one.id for one in papers_matching(before, app.registers, but=paper.id)}
    found = [one for one in papers_like(facts, app.registers, but=paper.id) if one.id not in asked]
    return list(not_told_apart(paper, found))


def _tells_which(facts: Facts) -> tuple[object, ...]:
    return facts.their_reference, facts.their_issuer, facts.their_date


def _ordinal(paper: DocumentView, read: ArrivalRead, word: Word) -> int | None:
    """The number it is entered under: the one in its ink stamp, or None for the next."""
    seen = (read.stamp or {}).get("number")
    ordinal = word.ordinal if word.ordinal is not None else (seen if word.accept else None)
    if read.asks_number and ordinal is None and not word.is_another:
        shown = f", đọc là số {seen}" if seen else ""
        raise StampedByHand(f"ink stamp document={paper.id}", seen=shown)
    return ordinal


def _said(paper: DocumentView, word: Word, app: App) -> tuple[Record, Facts, ArrivalRead]:
    """Record, facts and what then still waits."""
    kind = app.kinds[paper.kind]
    read = arrival_read(paper.record) or ArrivalRead()
    before = without_arrival(paper.record)
    offered = {name: one.value for name, one in read.proposals.items()} if word.accept else {}
    taken = {name: value for name, value in offered.items() if before.get(name) in _EMPTY}
    fills = {what: name for name, what in kind.read.items()}
    raw = {**before, **taken, **{fills[what]: value for what, value in word.said.items()}}
    context = context_for(paper, app)
    record, problems = check_record(kind, raw, place=paper.place, context=context)
    if problems:
        words = " ".join(problem.words() for problem in problems)
        raise ConfirmedWrong(f"{len(problems)} problems document={paper.id}", problems=words)
    missing = [name for name in kind.needed if record.get(name) in _EMPTY]
    is_settled = word.accept and not missing
    asks = tuple(name for name in read.asks if record.get(name) in _EMPTY and not is_settled)
    # One without a number waits for another word than that on its facts; taking what was read may be that word.
    is_about_number = (
        word.is_another
        or word.ordinal
        or (word.accept and paper.number is None and read.is_waiting)
    )
    if record == before and asks == read.asks and not is_about_number:
        raise _nothing_new(paper, word, missing, (kind, asks))
    told = kind.facts(record, context)
    facts = told
    if paper.facts is not None:
        facts = replace(
            told,
            issuer=paper.facts.issuer,
            issued_on=paper.facts.issued_on,
            note=paper.facts.note,
            so_trang=paper.facts.so_trang if told.so_trang is None else told.so_trang,
        )
    return record, facts, replace(read, asks=asks)


def _nothing_new(
    paper: DocumentView, word: Word, missing: Sequence[str], waits: tuple[Kind, Sequence[str]]
) -> RecordRejected:
    """Why that word changes nothing: it says nothing, or what is known, or takes what nobody could read."""
    kind, asks = waits
    titles = _titles(missing, kind)
    if word.accept and missing:
        lacks = [kind.read[name] for name in missing if name in kind.read]
        return NothingReadToAccept(f"unread document={paper.id}", lacks=lacks, titles=titles)
    if word.accept or word.said:
        return ConfirmedAlready(f"known document={paper.id}", asks=_titles(asks, kind))
    more = f"; còn thiếu {titles}" if titles else ""
    first = f"Văn bản này còn thiếu {titles}." if titles else "Chưa nói gì về văn bản này."
    return NothingConfirmed(f"nothing said document={paper.id}", first=first, more=more)


def _titles(names: Iterable[str], kind: Kind) -> str:
    return ", ".join(f"«{title_of(name, kind)}»" for name in names)


def still_asked(paper: DocumentView, app: App) -> tuple[str, str]:
    """What of an incoming paper still waits for the clerk, in words, and what of that the book must have; empty for nothing."""
    read, kind = arrival_read(paper.record), app.kinds[paper.kind]
    asks = read.asks if read is not None and read.is_waiting else ()
    return _titles(asks, kind), _titles((name for name in asks if name in kind.needed), kind)


def _reason(paper: DocumentView, record: Record, app: App) -> str:
    """What was said something about; what was said stands in the record, from which it can be removed."""
    kind = app.kinds[paper.kind]
    before, after = without_arrival(paper.record), without_arrival(record)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    titles = ", ".join(title_of(name, kind) for name in names)
    return f"văn thư xác nhận thông tin{f': {titles}' if titles else ''}"


def _number(
    paper: DocumentView, said: tuple[Record, Facts, ArrivalRead], word: Word, app: App
) -> DocumentView:
    """The paper is another one: it is entered now, under the day it came on."""
    record, facts, read = said
    kind = app.kinds[paper.kind]
    day = _day_it_came(kind, paper, record, read, app) if word.ordinal else today(app.clock)
    book = str(record.get("so_van_ban_den") or "")
    entered = replace(facts, issued_on=day)
    series = series_of(kind, entered, day, app.office, symbol="", incoming_book=book)
    ruling = Ruling(
        document_id=paper.id,
        verdict=Verdict.NUMBER,
        record=record,
        facts=entered,
        series=series.key,
        reference_format=series.reference_format,
        start=app.office.start_of(series.key),
        ordinal=word.ordinal,
        may_pass_over=None if word.may_skip else app.office.limits.skipped_numbers,
        issued_on=day,
        remark=remark_of(day, today(app.clock)),
        backdated_by=word.person,
        backdated_why="theo dấu ĐẾN đóng tay trên văn bản",
        is_signed=True,
        term=app.office.term(day, facts.issuer).code,
        template_digest=kind.digest,
        layout_profile=profile_for(kind.shared_dir, day),
        legal_state=LegalState.DA_PHAT_HANH,
        ban_goc=paper.ban_goc,
        relations=paper.relations,
    )
    numbered = app.registers.issue(ruling, word.person)
    log.info("numbered document=%s", numbered.id)
    return numbered


def _day_it_came(
    kind: Kind, paper: DocumentView, record: Record, read: ArrivalRead, app: App
) -> date:
    """Of a paper stamped by hand: as its record says, else as its stamp says, else today."""
    now = today(app.clock)
    told = kind.facts(without_arrival(record), context_for(paper, app)).issued_on
    if told is not None and told != now:
        return told
    stamped = (read.stamp or {}).get("day")
    return min(date.fromisoformat(stamped), now) if stamped else now


def _maybe(like: DocumentView, paper: DocumentView) -> MaybeTheSame:
    shown = like.number.shown if like.number else str(like.id)
    return MaybeTheSame(f"like another document={paper.id}", shown=shown)


def draw_to_file(operation: str, args: Record, out: Path, app: App) -> None:
    """Have the cell draw a sheet about incoming papers, and put it where people asked for it."""
    with app.new_folder() as folder, app.new_cell() as cell:
        made = Path(folder) / "to.pdf"
        cell.call(operation, {**args, "out": str(made)}, seconds=app.office.limits.render_seconds)
        give_out(made, out)


def _names(app: App, among: Collection[str] | None) -> list[str]:
    return [kind.name for kind in _kinds(app) if among is None or kind.name in among]


def _kinds(app: App) -> Sequence[Kind]:
    return [kind for kind in app.kinds.values() if kind.is_incoming]


def _now(paper: DocumentView, app: App) -> DocumentView:
    found = app.registers.get(paper.id)
    assert found is not None
    return found
