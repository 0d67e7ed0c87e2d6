"""What check found → numbers in the registers, all of a drop in one transaction (● numbered)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

from pipeline.between import Bench, Checked
from pipeline.clock import today
from pipeline.config import Office
from pipeline.errors.base import Problem
from pipeline.kinds.model import Kind
from pipeline.record import Book, Facts, LegalState, ReceiptId, SeriesKey
from pipeline.stores.registers.views import DocumentView, Ruling, Verdict

log = logging.getLogger(__name__)


def number(
    receipt_id: ReceiptId, checked: Sequence[Checked], problems: Sequence[Problem], bench: Bench
) -> list[DocumentView]:
    """Give every good paper of the drop its number, in row order; send the others back.

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
            facts=item.facts,
            duplicate_of=item.duplicate_of,
        )
    assert item.facts is not None
    issued_on = _issued_on(kind, item.facts, day)
    series, pattern, prefix = _series(kind, item, issued_on, office)
    return Ruling(
        document_id=item.document_id,
        verdict=Verdict.NUMBER,
        record=item.record,
        facts=item.facts,
        identity=item.identity,
        issue_again=item.issue_again,
        series=series,
        reference_format=pattern,
        lookup_prefix=prefix,
        start=office.start_of(series),
        ordinal=item.ordinal,
        issued_on=issued_on,
        term=office.term(issued_on, item.facts.issuer).code,
        template_digest=kind.digest,
        layout_profile=item.layout_profile,
        legal_state=_legal_state(kind),
        relations=item.relations,
    )


def _issued_on(kind: Kind, facts: Facts, day: date) -> date:
    """An incoming paper is entered on the day it arrives, whatever its own date."""
    if kind.is_incoming or facts.issued_on is None:
        return day
    return facts.issued_on


def _series(
    kind: Kind, item: Checked, issued_on: date, office: Office
) -> tuple[SeriesKey, str, str]:
    """The series, the pattern of its references, and the prefix of its lookup codes (domain 2.5)."""
    facts = item.facts
    assert facts is not None
    year = str(issued_on.year)
    if kind.book is Book.DEN:
        book = office.incoming_book(item.incoming_book or None, issued_on)
        key = SeriesKey(book=Book.DEN, issuer=book.code, symbol="", period=year)
        middle = "" if book.code == office.default_incoming_book else f"{book.code}/"
        return key, f"{{so}}-ĐẾN/{middle}{year}", ""
    if kind.book is Book.NOI_BO:
        prefix = kind.number.prefix
        key = SeriesKey(book=Book.NOI_BO, issuer="", symbol=prefix, period=year)
        return key, "", prefix
    term = office.term(issued_on, facts.issuer).code
    key = SeriesKey(book=kind.book, issuer=facts.issuer, symbol=item.symbol, period=term)
    return key, f"{{so}}-{item.symbol}/{facts.issuer}", ""


def _legal_state(kind: Kind) -> LegalState:
    """A paper from outside was signed before it came; ours waits for its signature."""
    return LegalState.DA_PHAT_HANH if kind.is_incoming else LegalState.CHO_KY
