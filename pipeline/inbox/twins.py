"""Papers of a drop → those that were done before: answered with the number they have, never numbered twice.

The order of the questions: the row's own code, the same bytes (papers), the same deed (identity), the same record.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.between import Bench, Checked
from pipeline.errors.intake import AlreadyNumbered, TwinInList
from pipeline.inbox.edited_texts import IN_RECORD
from pipeline.inbox.late_records import is_late_record
from pipeline.record import Record
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView

#: Properties that say something about the row and nothing about the paper.
_ABOUT_THE_ROW = frozenset({"ma_dong", "ma_lo", "cap_them", "so_da_cap", IN_RECORD})
_DONE = frozenset({DocumentState.NUMBERED, DocumentState.WAITING})


def find_twins(
    checked: Sequence[Checked],
    documents: Sequence[DocumentView],
    receipt: ReceiptView,
    bench: Bench,
) -> None:
    """Set ``duplicate_of``, or add a problem where the same deed comes with other content."""
    if is_late_record(receipt, bench.kind):
        return
    registers, kind = bench.registers, bench.kind
    fresh = [
        (item, document)
        for item, document in zip(checked, documents, strict=True)
        if not item.problems and not item.issue_again and document.state is DocumentState.RECEIVED
    ]
    codes = registers.by_line_codes(
        kind.name, [d.place.line_code for _, d in fresh if d.place.line_code]
    )
    identities = registers.same_identity(kind.name, [i.identity for i, _ in fresh if i.identity])
    same_records = registers.same_record(
        kind.name, [d.record_sha512 for _, d in fresh if kind.source != "paper"]
    )
    for item, document in fresh:
        twin = _living(codes.get(document.place.line_code), document)
        twin = twin or _same_paper(item, document, receipt, bench)
        twin = twin or _living(identities.get(item.identity), document)
        twin = twin or _living(same_records.get(document.record_sha512), document)
        if twin is not None:
            _settle(item, twin, bench)
    _find_twins_inside([item for item, _ in fresh], documents, bench)


def _living(found: DocumentView | None, document: DocumentView) -> DocumentView | None:
    if found is None or found.id == document.id or found.state not in _DONE:
        return None
    return found


def _same_paper(
    item: Checked, document: DocumentView, receipt: ReceiptView, bench: Bench
) -> DocumentView | None:
    """An incoming paper is known by its bytes, or by the sender's number, body and date (domain 4)."""
    if bench.kind.source != "paper":
        return None
    if receipt.same_bytes_as is not None:
        for found in bench.registers.documents_of(receipt.same_bytes_as):
            if found.state is DocumentState.DUPLICATE and found.duplicate_of is not None:
                return _living(bench.registers.get(found.duplicate_of), document)
            if _living(found, document):
                return found
    facts = item.facts
    if facts is None or not (facts.their_reference and facts.their_issuer):
        return None
    same = bench.registers.same_paper(facts.their_reference, facts.their_issuer, facts.their_date)
    return next((found for found in same if _living(found, document)), None)


def _settle(item: Checked, twin: DocumentView, bench: Bench) -> None:
    """Unchanged: answered with the number. Changed: refused with the number and what differs."""
    different = [] if bench.kind.source == "paper" else _differences(item.record, twin.record)
    if not different:
        item.duplicate_of = twin.id
        return
    titles = [_title(name, bench) for name in different]
    error = AlreadyNumbered(
        f"done and changed document={twin.id}",
        shown=twin.number.shown if twin.number else "văn bản này",
        when=twin.received_at.strftime("%d/%m/%Y"),
        differences=", ".join(f"«{title}»" for title in titles),
    )
    item.problems.append(error.problem())


def _find_twins_inside(
    items: Sequence[Checked], documents: Sequence[DocumentView], bench: Bench
) -> None:
    """The same deed twice in one list: the first stands; an equal second is its duplicate, another is asked about."""
    labels = {document.id: document.place.label for document in documents}
    first: dict[str, Checked] = {}
    for item in items:
        if not item.identity or item.problems or item.duplicate_of is not None:
            continue
        earlier = first.setdefault(item.identity, item)
        if earlier is item:
            continue
        different = _differences(item.record, earlier.record)
        if different:
            error = TwinInList(
                "the same deed twice in one list",
                other=labels.get(earlier.document_id) or "bản ghi khác",
                differences=", ".join(f"«{_title(name, bench)}»" for name in different),
            )
            item.problems.append(error.problem())
        else:
            item.duplicate_of = earlier.document_id


def _differences(one: Record, other: Record) -> list[str]:
    names = [name for name in {**other, **one} if name not in _ABOUT_THE_ROW]
    return [name for name in names if one.get(name) != other.get(name)]


def _title(name: str, bench: Bench) -> str:
    found = bench.kind.property_named(name)
    return found.title if found else name
