"""Two arrivals of one paper → one number: files, facts and Ghi chú of both are brought together, and none is lost.

What counts from then on is the file that proves more: the scan before a PDF that nobody signed, a valid signature before
the scan. The other lies beside it.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.app import App
from pipeline.between import notes_of
from pipeline.clock import today
from pipeline.document_object import RECEIVED_DIR, document_object
from pipeline.errors.base import RecordRejected
from pipeline.errors.incoming import SameAsItself
from pipeline.inbox.arrival_reading import (
    ArrivalRead,
    arrival_read,
    leave_out,
    title_of,
    with_arrival,
    without_arrival,
)
from pipeline.inbox.late_records import ONLY_ON_PAPER, is_row_only
from pipeline.kinds.checking import check_record, context_of
from pipeline.legal import STATE_WORDS, joined_reason
from pipeline.record import DocumentId, Facts, LegalState, Record
from pipeline.signed_paper import is_validly_signed
from pipeline.stores.registers.views import DocumentView
from pipeline.suffixes import has_pages

_GONE = (LegalState.HUY_SO, LegalState.THU_HOI)
_EMPTY: tuple[object, ...] = (None, "", [])


class _Worth(IntEnum):
    """What the files of an arrival prove."""

    NOTHING = 0
    #: Word files, workbooks.
    NO_PAGES = 1
    PAGES = 2
    SCAN = 3
    SIGNED = 4


def join(paper: DocumentView, into: DocumentView, person: str, app: App, *, called: str) -> None:
    """Put the later arrival under the number of the earlier.

    Three deeds, in an order in which each may be the last before a crash: the later one waits in the list until all is
    said, and saying it again does what is left.

    Args:
        called: How the person called the earlier one.
    Raises:
        SameAsItself (R285).
    """
    read = arrival_read(into.record) or ArrivalRead()
    if paper.id == into.id:
        raise SameAsItself("the same document", what=called, why="đó chính là nó")
    if into.number is None or read.joined is not None:
        raise SameAsItself("no number", what=called, why="nó chưa có số đến")
    if into.legal_state in _GONE:
        why = f"nó {STATE_WORDS[into.legal_state]}"
        raise SameAsItself("gone", what=called, why=why)
    reason = joined_reason(into.number.shown)
    _take_in(paper, into, person, app)
    if paper.legal_state not in _GONE:
        state = LegalState.THU_HOI if paper.number is None else LegalState.HUY_SO
        paper = app.registers.set_state(paper.id, state, person=person, reason=reason)
    own = arrival_read(paper.record) or ArrivalRead()
    if own.joined != into.id:
        told = replace(own, asks=(), same_as=(), asks_number=False, joined=into.id)
        facts = paper.facts or Facts(subject="")
        said = f"{reason[:1].upper()}{reason[1:]}"
        app.registers.amend(
            paper.id,
            record=with_arrival(paper.record, told),
            facts=replace(facts, note="; ".join(filter(None, (facts.note, said)))),
            person=person,
            reason=reason,
        )


def _take_in(paper: DocumentView, into: DocumentView, person: str, app: App) -> None:
    """The next version of the paper that keeps its number: it says that it came twice, and has what both brought."""
    known = into.facts or Facts(subject="")
    number = f"số đến {paper.number.shown}, " if paper.number else ""
    also = f"Nhận thêm một bản ngày {paper.received_at:%d/%m/%Y} ({number}mã {paper.id})"
    if also in known.note:
        return
    takes_over = _worth(paper, app) > _worth(into, app)
    record, gained = _filled(paper, into, app)
    kind = app.kinds[into.kind]
    facts = known
    if gained:
        facts = replace(
            kind.facts(record, context_for(into, app)),
            issuer=known.issuer,
            issued_on=known.issued_on,
            so_trang=known.so_trang,
        )
    if takes_over and paper.facts is not None:
        facts = replace(facts, so_trang=paper.facts.so_trang)
    told = known.note.removeprefix(ONLY_ON_PAPER).strip("; ") if is_row_only(into) else known.note
    more = (
        [f"bổ sung {', '.join(f'«{title_of(name, kind)}»' for name in gained)}"] if gained else []
    )
    more += ["lấy tệp của bản ấy"] if takes_over else []
    app.registers.amend(
        into.id,
        record=with_arrival(record, _read(paper, into, record, takes_over=takes_over)),
        facts=replace(facts, note="; ".join(filter(None, (told, also)))),
        person=person,
        reason="; ".join([f"nhận thêm một bản của cùng văn bản (mã {paper.id})", *more]),
    )


def _filled(paper: DocumentView, into: DocumentView, app: App) -> tuple[Record, list[str]]:
    """The record of the earlier arrival, and what of it came from the later: what that is sure of and the other lacks."""
    kind = app.kinds[into.kind]
    record, offered = without_arrival(into.record), without_arrival(paper.record)
    gained = []
    for name in kind.read:
        if offered.get(name) in _EMPTY or record.get(name) not in _EMPTY:
            continue
        more, problems = check_record(
            kind,
            {**record, name: offered[name]},
            place=into.place,
            context=context_for(into, app),
        )
        if not problems:
            record = more
            gained.append(name)
    return record, gained


def _read(
    paper: DocumentView, into: DocumentView, record: Record, *, takes_over: bool
) -> ArrivalRead:
    """What is known of the reading of both, and whose file counts."""
    read, later = (arrival_read(one.record) or ArrivalRead() for one in (into, paper))
    asks = tuple(name for name in read.asks if record.get(name) in _EMPTY)
    read = replace(read, asks=asks, by=read.by or later.by)
    read = replace(read, proposals={**later.proposals, **read.proposals})
    if not takes_over:
        return replace(read, also=(*read.also, paper.id))
    before: tuple[DocumentId, ...] = () if read.files_of is None else (read.files_of,)
    return replace(
        read,
        files_of=paper.id,
        also=(*read.also, *before),
        slip_pages=later.slip_pages,
        stamp=later.stamp,
        file_sha512="",
    )


def _worth(paper: DocumentView, app: App) -> _Worth:
    names = (PurePosixPath(file.name) for file in paper.files)
    paged = sorted(str(n) for n in names if str(n.parent) == RECEIVED_DIR and has_pages(n))
    if not paged:
        return _Worth.NOTHING if is_row_only(paper) else _Worth.NO_PAGES
    path = app.objects.open(document_object(paper.id), paged[0], version=paper.archived_version)
    try:
        with app.new_cell() as cell:
            look: dict[str, Any] = cell.call(
                "copy.look",
                {"path": str(path), **leave_out(arrival_read(paper.record))},
                seconds=app.office.limits.paper_seconds,
            )
    except RecordRejected:
        return _Worth.PAGES
    if look["signed"] and is_validly_signed(notes_of(paper, app.objects)):
        return _Worth.SIGNED
    return _Worth.SCAN if look["is_scan"] else _Worth.PAGES


def context_for(paper: DocumentView, app: App) -> dict[str, str]:
    """What the rules and facts of a paper's kind may ask about it."""
    receipt = app.registers.receipt(paper.receipt_id)
    day = paper.number.issued_on if paper.number else today(app.clock)
    return context_of(
        van_phong=app.office.default_body,
        hom_nay=day,
        ten_tep=Path(receipt.source_name).stem if receipt else "",
    )
