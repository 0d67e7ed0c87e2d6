"""Rows of the incoming book that are entered from facts alone: the envelope lies on the desk, the scan comes later or never."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.app import App, refuse_if_behind
from pipeline.clock import today
from pipeline.durable import give_out
from pipeline.errors.incoming import MaybeTheSame, RowIncomplete
from pipeline.inbox.late_records import NUMBER_FIRST
from pipeline.inbox.look import record_digest
from pipeline.inbox.same_papers import papers_like
from pipeline.inbox.spool import filling, publish
from pipeline.incoming import draw_to_file
from pipeline.kinds.checking import check_record, context_of
from pipeline.kinds.model import Kind
from pipeline.own_sheets import SLIP_PREFIX
from pipeline.plain import plain_json
from pipeline.record import DocumentId, Place, ReceiptId, Record, new_id
from pipeline.sheet_context import render_args, sheet_item
from pipeline.stores.registers.views import DocumentView, NewDocument, NewReceipt

_NOTE = "ghi_chu"
_AGAIN = "cap_them"
_BOOK = "so_van_ban_den"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of a paper that has no file."""

    #: What, as ``[read]`` of the kind calls it → value as typed.
    said: Record
    person: str
    #: Code of the incoming book; empty takes the office's.
    book: str = ""
    #: To whom an envelope is addressed that nobody may open; empty: it was opened.
    sealed: str = ""
    #: It is no paper that is here already.
    is_another: bool = False


def enter(entry: Entry, app: App) -> ReceiptId:
    """Put the row on its way; the flow gives it the next ĐẾN number.

    Raises:
        RowIncomplete (R287): what the book asks for is missing or cannot be.
        MaybeTheSame (R284): it looks like a paper that is here.
        RegistersBehind (A432).
    """
    refuse_if_behind(app)
    kind = next(one for one in app.kinds.values() if one.is_incoming)
    record = _record(entry, kind, app)
    receipt_id, document_id = ReceiptId(new_id(app.clock)), DocumentId(new_id(app.clock))
    name = f"vao-so-{document_id}.json"
    content = plain_json(record)
    with filling(app.office, receipt_id) as temp:
        (temp / name).write_bytes(content)
        publish(app.office, temp, receipt_id)
        app.registers.receive(
            NewReceipt(
                id=receipt_id,
                kind=kind.name,
                source_name=name,
                folder=kind.name,
                # Two rows of the same words are two rows.
                sha512=record_digest({"row": document_id}),
                size_bytes=len(content),
                suffix=".json",
                owner=entry.person,
                received_at=app.clock.now(),
                extra={NUMBER_FIRST: True},
            ),
            [
                NewDocument(
                    id=document_id,
                    place=Place(),
                    record=record,
                    record_sha512=record_digest(record),
                )
            ],
        )
    return receipt_id


def _record(entry: Entry, kind: Kind, app: App) -> Record:
    fills = {what: name for name, what in kind.read.items()}
    raw: Record = {fills[what]: value for what, value in entry.said.items()}
    if entry.book:
        raw[_BOOK] = entry.book
    if entry.is_another:
        raw[_AGAIN] = True
    if entry.sealed:
        raw[_NOTE] = f"Bì gửi đích danh, không bóc: {entry.sealed}"
        raw.setdefault(fills["subject"], f"Bì gửi đích danh {entry.sealed}")
    context = context_of(van_phong=app.office.default_body, hom_nay=today(app.clock), ten_tep="")
    record, problems = check_record(kind, raw, place=Place(), context=context)
    words = [problem.words() for problem in problems]
    words += [
        f"thiếu «{item.title}»."
        for name in kind.needed
        if record.get(name) in (None, "", []) and (item := kind.property_named(name))
    ]
    if words:
        raise RowIncomplete(f"{len(words)} problems", problems=" ".join(words))
    like = papers_like(kind.facts(record, context), app.registers, but=DocumentId(""))
    if like and not entry.is_another:
        number = like[0].number
        shown = number.shown if number else str(like[0].id)
        raise MaybeTheSame("like another", shown=shown)
    return record


def draw_slip(paper: DocumentView, out: Path, app: App) -> None:
    """A sheet with a code: laid on the paper, it tells the scan whose file it is."""
    facts, number = paper.facts, paper.number
    lines = [
        f"Số đến: {number.shown if number else ''}",
        f"Ngày đến: {number.issued_on:%d/%m/%Y}" if number else "",
        facts.their_reference if facts else "",
        facts.their_issuer if facts else "",
        facts.subject if facts else "",
        "Đặt tờ này trước văn bản rồi quét chung; tờ này không tính là trang của văn bản.",
    ]
    args: Record = {"title": "PHIẾU NHẬN BẢN QUÉT", "code": f"{SLIP_PREFIX}{paper.id}"}
    draw_to_file("slip.draw", args | {"lines": [line for line in lines if line]}, out, app)


def draw_stamp(paper: DocumentView, out: Path, at_mm: tuple[float, float], app: App) -> None:
    """A blank A4 page with the stamp ĐẾN alone at *at_mm* from its top left corner, to be printed onto the paper itself."""
    kind = app.kinds[paper.kind]
    with app.new_folder() as folder, app.new_cell() as cell:
        args = render_args(kind, app.office, paper.layout_profile, Path(folder), ("mark",))
        item = sheet_item(paper, kind, app.office)
        seconds = app.office.limits.render_seconds
        drawn: dict[str, Any] = cell.call("render", {**args, **item}, seconds=seconds)
        mark = Path(folder) / str(drawn["files"]["mark"])
        made = Path(folder) / "dau-den.pdf"
        place = {"mark": str(mark), "out": str(made), "at_mm": list(at_mm)}
        cell.call("paper.stamp_alone", place, seconds=seconds)
        give_out(made, out)
