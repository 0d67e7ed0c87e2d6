"""The papers of a drop → what is wrong with each, all at once; or their facts, ready for a number.

Everything that content can make fail is found here. After the number only the machine may fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipeline.between import Bench, Checked
from pipeline.certified_copy import asked_of, make_copy
from pipeline.clock import today
from pipeline.copy_code import new_code
from pipeline.copy_source import check_source, check_standing
from pipeline.engines.profile import profile_for
from pipeline.errors.base import KindInvalid, Problem, RecordRejected
from pipeline.errors.cell import CellFailure, CellUnavailable
from pipeline.errors.incoming import SenderAsOurs
from pipeline.errors.intake import HeldByNeighbours, SourceNotReady, SourcePaperUnknown
from pipeline.errors.office import BodyUnknown
from pipeline.errors.rendering import LayoutTooHeavy
from pipeline.inbox.given_numbers import read_given_numbers
from pipeline.inbox.late_records import is_late_record
from pipeline.inbox.look import declassified
from pipeline.inbox.named_papers import check_effects, name_papers
from pipeline.inbox.paper_check import look_into, settle
from pipeline.inbox.twins import find_twins
from pipeline.kinds.checking import check_record, where_in_words
from pipeline.kinds.common import OWN_BODY
from pipeline.record import Facts, Place, Record
from pipeline.right_to_copy import relation_to, source_of_copy, told_of_source
from pipeline.sheet_context import (
    number_to_try,
    render_args,
    seconds_of,
    vb_of,
    weight_of,
)
from pipeline.stores.registers.views import DocumentView, ReceiptView

#: How long a copy waits for a paper that nobody has received yet.
_ON_ITS_WAY = timedelta(seconds=12)
#: From this weight on a record is laid out before its number; below, its time is enough twice over.
_HEAVY = 0.5
#: Of the time that the sheet will have: what passes here passes again.
_TRIAL_SHARE = 0.75


def check(
    receipt: ReceiptView,
    documents: Sequence[DocumentView],
    problems: Sequence[Problem],
    bench: Bench,
) -> list[Checked]:
    """Check every paper of a drop.

    Args:
        problems: Of the file as a whole, known since it was looked at; with any no paper can be good.
    Raises:
        TemporaryFailure: the cell had to be stopped.
    """
    papers = look_into(receipt, documents, bench) if bench.kind.source == "paper" else None
    told = papers.documents if papers else documents
    checked = [_check_record(document, receipt, bench) for document in told]
    for item in checked:
        item.problems[:0] = problems
    if papers is not None:
        settle(checked, papers, receipt, bench)
    if not bench.kind.is_finished:
        # A finished paper's number also stands on the paper: it is settled with it.
        read_given_numbers(checked, receipt, bench, is_late=is_late_record(receipt, bench.kind))
    for item, document in zip(checked, documents, strict=True):
        name_papers(item, document.place, bench)
        if item.facts is not None and not item.problems:
            _check_in_office(item, document.place, receipt, bench)
    find_twins(checked, documents, receipt, bench)
    check_effects(checked, [document.place for document in documents], bench)
    if receipt.hold_all and any(item.problems for item in checked):
        for item in checked:
            if not item.problems and item.duplicate_of is None:
                item.problems.append(HeldByNeighbours("list is held").problem())
    return checked


def _check_record(document: DocumentView, receipt: ReceiptView, bench: Bench) -> Checked:
    context = _context(receipt, bench)
    kind = bench.kind
    record, problems = check_record(kind, document.record, place=document.place, context=context)
    read = receipt.extra.get("row_problems", {}).get(str(document.place.index), ())
    if read and not document.record:
        # Where nothing could be read, nothing more can be said.
        problems = []
    item = Checked(
        document_id=document.id,
        record=record,
        problems=[*(_problem(value) for value in read), *problems],
    )
    if not item.problems:
        _take_facts(item, context, bench)
    return item


def _context(receipt: ReceiptView, bench: Bench) -> dict[str, str]:
    return {
        "van_phong": bench.office.default_body,
        "hom_nay": today(bench.clock).isoformat(),
        "ten_tep": Path(receipt.source_name).stem,
    }


def _take_facts(item: Checked, context: dict[str, str], bench: Bench) -> None:
    kind, record = bench.kind, item.record
    item.facts = _with_decision(_with_issuer(kind.facts(record, context), bench), record)
    item.symbol = kind.symbol(record, context)
    item.identity = kind.identity(record, context)
    item.face = kind.face(record, context)
    item.issue_again = bool(record.get("cap_them"))
    item.incoming_book = str(record.get("so_van_ban_den") or "")


def _with_issuer(facts: Facts, bench: Bench) -> Facts:
    """An incoming paper has its own issuer; here the body counts that receives and stamps it."""
    return facts if facts.issuer else replace(facts, issuer=bench.office.default_body)


def _with_decision(facts: Facts, record: Record) -> Facts:
    """The book says by which decision a paper that bears a mark of secrecy is open now."""
    decision = declassified(record)
    if not decision:
        return facts
    day = date.fromisoformat(decision["on"])
    by = f", {decision['by']}" if "by" in decision else ""
    said = f"Đã giải mật theo {decision['decision']} ngày {day:%d/%m/%Y}{by}"
    return replace(facts, note="; ".join(part for part in (facts.note, said) if part))


def _check_in_office(item: Checked, place: Place, receipt: ReceiptView, bench: Bench) -> None:
    """A record that is good in itself, beside what the office has: papers, bodies, room on its sheets."""
    source = _find_source(item, receipt, bench) if bench.kind.source == "copy" else None
    if not item.problems:
        _check_bodies(item, bench)
    if not item.problems:
        sheet = _check_sheet(item, place, receipt, bench)
        if source is not None and not item.problems:
            _try_copy(item, source, sheet, bench)


def _check_bodies(item: Checked, bench: Bench) -> None:
    """Body and signer must be the office's own on that day."""
    assert item.facts is not None
    day = item.facts.issued_on or today(bench.clock)
    try:
        body = bench.office.body(item.facts.issuer, day)
        asked = None if bench.kind.signs_by_record else item.facts.signer or None
        signer = bench.office.signer(body, asked, day)
        if not (bench.kind.is_incoming or bench.kind.signs_by_record):
            # The name is frozen with the number: signers change, papers do not.
            item.facts = replace(item.facts, signer=signer.full_name)
        bench.office.term(day, body.symbol)
        if bench.kind.is_incoming:
            bench.office.incoming_book(item.incoming_book or None, day)
    except (RecordRejected, KindInvalid) as error:
        # What the office file does not name is the clerk's to choose otherwise.
        item.problems.append((_sender_as_ours(item, error, bench) or error).problem())


def _sender_as_ours(
    item: Checked, error: RecordRejected | KindInvalid, bench: Bench
) -> SenderAsOurs | None:
    """Said of an incoming paper that names its sender where our own body belongs."""
    given = item.record.get(OWN_BODY)
    sender = bench.kind.property_named(bench.kind.property_read_from("issuer"))
    if not (isinstance(error, BodyUnknown) and bench.kind.is_incoming and given and sender):
        return None
    return SenderAsOurs(
        error.detail,
        name=OWN_BODY,
        given=given,
        known=error.values["known"],
        right=sender.name,
        title=sender.title,
    )


def _find_source(item: Checked, receipt: ReceiptView, bench: Bench) -> DocumentView | None:
    """The paper to be copied; the record then says of it what the registers say.

    Raises:
        SourceNotReady (T-family): one that was dropped at the same time may still be on its way.
    """
    asked = asked_of(item.record, bench)
    try:
        paper = source_of_copy(asked, bench.registers.find(asked.wanted), bench.registers)
        if paper.archived_version == 0:
            raise SourceNotReady("source not archived yet")
        check_standing(paper, asked, bench)
        source = check_source(paper, asked, bench)
    except RecordRejected as error:
        is_new = bench.clock.now() - receipt.received_at < _ON_ITS_WAY
        if isinstance(error, SourcePaperUnknown) and is_new:
            raise SourceNotReady("source not received yet") from error
        item.problems.append(error.problem())
        return None
    names = [one.name for one in bench.kind.properties]
    bodies = {body.symbol: body.full_name for body in bench.office.bodies}
    item.record = _with_usual(told_of_source(item.record, paper, bodies, names), bench)
    item.relations += (relation_to(paper),)
    item.told = {"copy": {"of": paper.id, "ground": source.ground.value, **asked.told()}}
    _take_facts(item, _context(receipt, bench), bench)
    if bench.office.copies.has_code and item.facts is not None:
        item.facts = replace(item.facts, verification=new_code())
    return paper


def _with_usual(record: Record, bench: Bench) -> Record:
    """A copy goes to whom, and is signed by whom, the office file says, where its record is silent."""
    usual = bench.office.copies
    issuer = record.get("co_quan") or bench.office.default_body
    signers = {
        one.code for body in bench.office.bodies if body.symbol == issuer for one in body.signers
    }
    told: Record = {}
    if usual.recipients and not record.get("noi_nhan"):
        told["noi_nhan"] = list(usual.recipients)
    if usual.signer in signers and not record.get("nguoi_ky"):
        told["nguoi_ky"] = usual.signer
    return record | told


def _check_sheet(item: Checked, place: Place, receipt: ReceiptView, bench: Bench) -> dict[str, Any]:
    """Fonts and room, with a number as long as the real one can be; the sheet that was tried.

    What is heavy is also laid out, in less time than it will have: what the machine cannot do is told
    before the number.
    """
    assert item.facts is not None
    day = item.facts.issued_on or today(bench.clock)
    item.layout_profile = profile_for(bench.kind.shared_dir, day)
    vb = vb_of(
        kind=bench.kind,
        facts=item.facts,
        number=number_to_try(bench.kind, item.symbol, item.facts, day),
        office=bench.office,
        day=day,
        mau=item.face,
        record=item.record,
        made_at=bench.clock.now(),
    )
    sheet = {"record": bench.kind.complete(item.record), "vb": vb, "stem": "thu"}
    is_heavy = bench.kind.source == "record" and weight_of(item.record) > _HEAVY
    try:
        tried = _on_trial("trial", item, sheet, bench)
        for problem in map(_problem, tried["problems"]):
            where = where_in_words(bench.kind, place, problem.path)
            item.problems.append(replace(problem, where=where))
        if is_heavy and not item.problems:
            _on_trial("render", item, sheet, bench)
    except CellFailure as error:
        # Once may have been the machine: the drop is tried again, and the second time it is the record.
        if not is_heavy or isinstance(error, CellUnavailable) or receipt.effort.kills == 0:
            raise
        item.problems.append(_too_heavy(item, str(error)))
        bench.cell.warm("trial")  # its neighbours' time is not spent on a fresh cell
    return sheet


def _on_trial(operation: str, item: Checked, sheet: dict[str, Any], bench: Bench) -> dict[str, Any]:
    outputs = bench.kind.drawn[:1] or bench.kind.outputs
    args = render_args(bench.kind, bench.office, item.layout_profile, bench.folder, outputs)
    share = _TRIAL_SHARE if weight_of(item.record) > _HEAVY else 1.0
    seconds = seconds_of(item.record, bench.office) * share
    answer: dict[str, Any] = bench.cell.call(operation, {**args, **sheet}, seconds=seconds)
    return answer


def _too_heavy(item: Checked, detail: str) -> Problem:
    text = str(item.record)
    lines = text.count("\\n") + 1
    return LayoutTooHeavy(detail, letters=len(text), lines=lines).problem()


def _try_copy(item: Checked, source: DocumentView, sheet: dict[str, Any], bench: Bench) -> None:
    """Make the copy as it will be made: what stands in its way is known, and how many pages it has."""
    assert item.facts is not None
    out = bench.folder / "thu-sao.pdf"
    try:
        made = make_copy(source, sheet, item.layout_profile, bench, out)
    except RecordRejected as error:
        item.problems.append(error.problem())
        return
    item.facts = replace(item.facts, so_trang=int(made["pages"]))


def _problem(value: dict[str, Any]) -> Problem:
    return Problem(**{**value, "path": tuple(value.get("path", ()))})
