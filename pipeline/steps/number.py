"""What check found → numbers in the registers, all of a drop in one transaction (● numbered).

A kind whose number follows the signature is taken in without one; ``pipeline.issuing`` gives it later.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pipeline.between import Bench, Checked
from pipeline.clock import today
from pipeline.config import Office
from pipeline.errors.base import Problem
from pipeline.kinds.model import Kind
from pipeline.record import LegalState, ReceiptId
from pipeline.series_of_paper import series_of, waits_for_signature
from pipeline.stores.registers.views import DocumentView, Ruling, Verdict

log = logging.getLogger(__name__)


def number(
    receipt_id: ReceiptId, checked: Sequence[Checked], problems: Sequence[Problem], bench: Bench
) -> list[DocumentView]:
    """Give every good paper of the drop its number, in row order, or take it in as a draft; send the others back.

    Idempotent: a paper that has a number keeps it.

    Raises:
        ClockBehind (T311): no number while the clock stands before the newest deed.
    """
    day = today(bench.clock)
    rulings = [_ruling(item, bench.kind, bench.office, day) for item in checked]
    decided = bench.registers.decide(receipt_id, rulings, problems=problems)
    for document in decided:
        if document.number is not None:
            log.info("numbered document=%s number=%s", document.id, document.number.shown)
    return decided


def _ruling(item: Checked, kind: Kind, office: Office, day: date) -> Ruling:
    if item.problems:
        return Ruling(
            document_id=item.document_id,
            verdict=Verdict.RETURN,
            facts=item.facts,
            problems=tuple(item.problems),
        )
    if item.duplicate_of is not None:
        return Ruling(
            document_id=item.document_id,
            verdict=Verdict.DUPLICATE,
            # A scan of a signed copy shows its code; the code is the copy's alone.
            facts=replace(item.facts, verification="") if item.facts else None,
            duplicate_of=item.duplicate_of,
        )
    accepted = _accepted(item, kind)
    # A paper that has its number already waits for nothing.
    if item.waits and item.ordinal is None:
        # It was signed before it came; whether it has a number, or is another paper, is for the clerk to say.
        return replace(accepted, legal_state=LegalState.DA_KY)
    if waits_for_signature(kind, office) and item.ordinal is None:
        return accepted
    assert item.facts is not None
    issued_on = _issued_on(kind, item, day)
    series = series_of(
        kind,
        item.facts,
        issued_on,
        office,
        symbol=item.symbol,
        incoming_book=item.incoming_book,
    )
    return replace(
        accepted,
        verdict=Verdict.NUMBER,
        facts=item.facts,
        series=series.key,
        reference_format=series.reference_format,
        lookup_prefix=series.lookup_prefix,
        start=office.start_of(series.key),
        ordinal=item.ordinal,
        may_pass_over=_may_pass_over(item, office),
        backdated_by=str(item.record.get("lui_ngay_boi") or ""),
        backdated_why=str(item.record.get("lui_ngay_ly_do") or ""),
        strict_dates=office.thu_tu_ngay == "chan",
        is_signed=kind.is_finished,
        issued_on=issued_on,
        term=office.term(issued_on, item.facts.issuer).code,
        legal_state=_legal_state(kind),
    )


def _may_pass_over(item: Checked, office: Office) -> int | None:
    """How far a number that somebody typed may run ahead; one that stands on the paper is what it is."""
    if item.is_printed or item.record.get("nhay_so"):
        return None
    return office.limits.skipped_given_numbers


def _accepted(item: Checked, kind: Kind) -> Ruling:
    """A good paper without its number: a draft to print and sign, whose date comes with the number."""
    assert item.facts is not None
    return Ruling(
        document_id=item.document_id,
        verdict=Verdict.NO_NUMBER,
        record=item.record,
        facts=replace(item.facts, issued_on=None),
        identity=item.identity,
        issue_again=item.issue_again,
        template_digest=kind.digest,
        layout_profile=item.layout_profile,
        legal_state=LegalState.DU_THAO,
        relations=item.relations,
        told=item.told,
    )


def _issued_on(kind: Kind, item: Checked, day: date) -> date:
    """An incoming paper is entered on the day it arrives, whatever its own date; numbered by hand it has arrived before."""
    assert item.facts is not None
    is_entered_now = kind.is_incoming and item.ordinal is None
    if is_entered_now or item.facts.issued_on is None:
        return day
    return item.facts.issued_on


def _legal_state(kind: Kind) -> LegalState:
    """A paper from outside was signed before it came; ours waits for its signature."""
    return LegalState.DA_PHAT_HANH if kind.is_incoming else LegalState.CHO_KY
