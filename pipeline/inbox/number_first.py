"""Papers entered before their file came → the row that a file which comes now belongs to.

It is found by the ĐẾN number in the file's name (``Den-0021.pdf``, ``den 21.pdf``), by the slip with a code that lies on
the paper, or by the sender's number and body; never where the row has its file already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.between import Bench
from pipeline.clock import today
from pipeline.inbox.late_records import is_row_only
from pipeline.inbox.same_papers import is_same_sender
from pipeline.kinds.checking import check_record, context_of
from pipeline.own_sheets import SEPARATOR, slips_among
from pipeline.record import Book, DocumentId, LegalState, Place, Record, SeriesKey
from pipeline.series_format import written_as
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView
from pipeline.vietnamese import fold

#: In the extra facts of a receipt: the paper that was scanned again.
RESCAN_OF = "rescan_of"
_NAMED = re.compile(
    r"^(?:van ban |cong van )?den\W{0,3}(?:so\W{0,2})?0*(?P<number>[1-9]\d{0,5})(?!\d)"
)


def row_of_file(
    receipt: ReceiptView, record: Record, codes: list[str], bench: Bench
) -> DocumentView | None:
    """The row that waits for this file; None where nothing says which one it is."""
    if again := receipt.extra.get(RESCAN_OF):
        return bench.registers.get(DocumentId(str(again)))
    found = [*_by_code(codes, bench), *_by_name(receipt, bench), *_by_reference(record, bench)]
    return next((one for one in found if _waits_for_file(one, bench)), None)


def arrival_number_in(stem: str) -> int | None:
    """The ĐẾN number that a file is named by."""
    match = _NAMED.match(fold(stem).replace("_", " "))
    return int(match["number"]) if match else None


def own_sheets(pages: Sequence[Sequence[str]], bench: Bench) -> tuple[int, ...]:
    """Pages, from 1, that are separator sheets, or slips of papers of this office; *pages* are the codes on each."""
    return tuple(
        at
        for at, codes in enumerate(pages, start=1)
        if SEPARATOR in codes or _by_code(codes, bench)
    )


def _waits_for_file(one: DocumentView, bench: Bench) -> bool:
    stands = one.state is DocumentState.NUMBERED and one.legal_state is not LegalState.HUY_SO
    return one.kind == bench.kind.name and stands and is_row_only(one)


def _by_code(codes: Sequence[str], bench: Bench) -> list[DocumentView]:
    papers = [bench.registers.get(DocumentId(one)) for one in slips_among(codes)]
    return [one for one in papers if one is not None]


def _by_name(receipt: ReceiptView, bench: Bench) -> list[DocumentView]:
    number = arrival_number_in(Path(receipt.source_name).stem)
    if number is None:
        return []
    year = today(bench.clock).year
    code = bench.office.default_incoming_book
    key = SeriesKey(book=Book.DEN, issuer=code, symbol="", period=str(year))
    pattern, _ = written_as(key, bench.office)
    return bench.registers.find(pattern.replace("{so}", str(number)))


def _by_reference(record: Record, bench: Bench) -> list[DocumentView]:
    """The same number of the same body; a day that is known on both sides must be the same."""
    context = context_of(
        van_phong=bench.office.default_body, hom_nay=today(bench.clock), ten_tep=""
    )
    sound, problems = check_record(bench.kind, record, place=Place(), context=context)
    if problems:
        return []
    facts = bench.kind.facts(sound, context)
    if not (facts.their_reference and facts.their_issuer):
        return []
    same = bench.registers.same_paper(facts.their_reference, facts.their_issuer, facts.their_date)
    alike = (
        one
        for one in bench.registers.find(facts.their_reference)
        if is_same_sender(one.facts, facts)
    )
    return [*same, *alike]
