"""The papers of a drop → what is wrong with each, all at once; or their facts, ready for a number.

Everything that content can make fail is found here. After the number only the machine may fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipeline.between import Bench, Checked
from pipeline.clock import today
from pipeline.engines.profile import profile_for
from pipeline.errors.base import KindInvalid, Problem, RecordRejected
from pipeline.errors.intake import HeldByNeighbours, SourceNotReady, SourcePaperUnknown
from pipeline.inbox.paper_check import look_into, settle
from pipeline.inbox.twins import find_twins
from pipeline.kinds.checking import check_record, where_in_words
from pipeline.record import Facts, Place, Relation
from pipeline.right_to_copy import source_of_copy
from pipeline.sheet_context import number_to_try, render_args, vb_of
from pipeline.stores.registers.views import DocumentView, ReceiptView

#: How long a copy waits for a paper that nobody has received yet.
_ON_ITS_WAY = timedelta(seconds=12)


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
    for item, document in zip(checked, documents, strict=True):
        if item.facts is not None and not item.problems:
            _check_bodies(item, receipt, bench)
        if item.facts is not None and not item.problems:
            _check_sheet(item, document.place, bench)
    find_twins(checked, documents, receipt, bench)
    if receipt.hold_all and any(item.problems for item in checked):
        for item in checked:
            if not item.problems and item.duplicate_of is None:
                item.problems.append(HeldByNeighbours("list is held").problem())
    return checked


def _check_record(document: DocumentView, receipt: ReceiptView, bench: Bench) -> Checked:
    kind = bench.kind
    context = {
        "van_phong": bench.office.default_body,
        "hom_nay": today(bench.clock).isoformat(),
        "ten_tep": Path(receipt.source_name).stem,
    }
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
        item.facts = _with_issuer(kind.facts(record, context), bench)
        item.symbol = kind.symbol(record, context)
        item.identity = kind.identity(record, context)
        item.face = kind.face(record, context)
        item.issue_again = bool(record.get("cap_them"))
        item.incoming_book = str(record.get("so_van_ban_den") or "")
    return item


def _with_issuer(facts: Facts, bench: Bench) -> Facts:
    """An incoming paper has its own issuer; here the body counts that receives and stamps it."""
    return facts if facts.issuer else replace(facts, issuer=bench.office.default_body)


def _check_bodies(item: Checked, receipt: ReceiptView, bench: Bench) -> None:
    """Body, signer and source must be the office's own on that day."""
    assert item.facts is not None
    day = item.facts.issued_on or today(bench.clock)
    try:
        body = bench.office.body(item.facts.issuer, day)
        signer = bench.office.signer(body, item.facts.signer or None, day)
        if not bench.kind.is_incoming:
            # The name is frozen with the number: signers change, papers do not.
            item.facts = replace(item.facts, signer=signer.full_name)
        bench.office.term(day, body.symbol)
        if bench.kind.is_incoming:
            bench.office.incoming_book(item.incoming_book or None, day)
        if bench.kind.source == "copy":
            item.relations = (_source(item, receipt, bench),)
    except (RecordRejected, KindInvalid) as error:
        # What the office file does not name is the clerk's to choose otherwise.
        item.problems.append(error.problem())


def _source(item: Checked, receipt: ReceiptView, bench: Bench) -> Relation:
    """The paper to be copied; one that was dropped at the same time may still be on its way."""
    try:
        return source_of_copy(item.record, bench.registers)
    except SourcePaperUnknown as error:
        if bench.clock.now() - receipt.received_at < _ON_ITS_WAY:
            raise SourceNotReady("source not received yet") from error
        raise


def _check_sheet(item: Checked, place: Place, bench: Bench) -> None:
    """Fonts and room, with a number as long as the real one can be."""
    assert item.facts is not None
    day = item.facts.issued_on or today(bench.clock)
    item.layout_profile = profile_for(bench.kind.shared_dir, day)
    output = next(iter(bench.kind.drawn), "pdf")
    args = render_args(bench.kind, bench.office, item.layout_profile, bench.folder, (output,))
    vb = vb_of(
        kind=bench.kind,
        facts=item.facts,
        number=number_to_try(bench.kind, item.symbol, item.facts, day),
        office=bench.office,
        day=day,
        mau=item.face,
    )
    tried = bench.cell.call(
        "trial",
        {**args, "record": bench.kind.complete(item.record), "vb": vb, "stem": "thu"},
        seconds=bench.office.limits.render_seconds,
    )
    for problem in map(_problem, tried["problems"]):
        where = where_in_words(bench.kind, place, problem.path)
        item.problems.append(replace(problem, where=where))


def _problem(value: dict[str, Any]) -> Problem:
    return Problem(**{**value, "path": tuple(value.get("path", ()))})
