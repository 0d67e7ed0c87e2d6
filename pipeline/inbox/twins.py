"""Papers of a drop → those that were done before: answered with the number they have, never numbered twice.

The order of the questions: the row's own code, the same bytes (papers), the same deed (identity), the same record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.between import Bench, Checked
from pipeline.errors.intake import AlreadyNumbered, TwinInList
from pipeline.inbox.arrival_reading import IN_RECORD as READ_IN_RECORD
from pipeline.inbox.arrival_reading import (
    ArrivalRead,
    arrival_read,
    with_arrival,
)
from pipeline.inbox.late_records import is_late_record
from pipeline.inbox.own_text import IN_RECORD
from pipeline.inbox.same_papers import papers_like_read
from pipeline.legal import NAMED_RELATIONS, property_of
from pipeline.record import DocumentId, LegalState, RelationKind
from pipeline.second_arrivals import first_ones
from pipeline.sheet_context import short_id
from pipeline.signed_back import IN_RECORD as SIGNED
from pipeline.stores.registers.lookup_code import identity_key
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView

#: Properties that say something about the row and nothing about the paper.
_ABOUT_THE_ROW = frozenset(
    {
        *("ma_dong", "ma_lo", "cap_them", "so_da_cap", "nhay_so"),
        *("lui_ngay_boi", "lui_ngay_ly_do"),
        *("nguoi_sao", IN_RECORD, READ_IN_RECORD, SIGNED),
    }
)
_DONE = frozenset({DocumentState.NUMBERED, DocumentState.WAITING})


def find_twins(
    checked: Sequence[Checked],
    documents: Sequence[DocumentView],
    receipt: ReceiptView,
    bench: Bench,
) -> None:
    """Set ``duplicate_of``, or add a problem where the same deed comes with other content."""
    if is_late_record(receipt, bench.kind) and not bench.kind.is_finished:
        return
    registers, kind = bench.registers, bench.kind
    fresh = [
        (item, document)
        for item, document in zip(checked, documents, strict=True)
        if not item.problems
        and item.duplicate_of is None
        and not item.issue_again
        and document.state is DocumentState.RECEIVED
    ]
    codes = registers.by_line_codes(
        kind.name, [d.place.line_code for _, d in fresh if d.place.line_code]
    )
    identities = registers.same_identity(kind.name, [i.identity for i, _ in fresh if i.identity])
    # Beside a paper the record may be empty; it is known by its bytes.
    is_paper = kind.source == "paper" and receipt.suffix in kind.papers
    is_told = kind.source != "paper" or (kind.is_finished and not is_paper)
    same_records = registers.same_record(
        kind.name, [document.record_sha512 for _, document in fresh if is_told]
    )
    for item, document in fresh:
        refers = _refers_to_its_own_deed(item, bench)
        twin = _first_known(
            item,
            refers,
            _living(codes.get(document.place.line_code), document),
            _same_bytes(document, receipt, bench),
        )
        if twin is not None:
            _settle(item, twin, bench)
            continue
        if kind.is_incoming:
            _ask_about(item, document, bench)
            continue
        twin = _first_known(
            item,
            refers,
            _living(identities.get(item.identity), document),
            _living(same_records.get(document.record_sha512), document),
        )
        if twin is not None and kind.is_finished and is_paper:
            refuse(item, twin, ["nội dung tệp"], bench)
        elif twin is not None:
            _settle(item, twin, bench)
    _find_twins_inside([item for item, _ in fresh], documents, bench)


def _first_known(
    item: Checked, refers: bool, *candidates: DocumentView | None
) -> DocumentView | None:
    """The first that was done before; one that the record refers to as earlier is none of them."""
    return next((one for one in candidates if one and not (refers and _is_new(item, one))), None)


def _refers_to_its_own_deed(item: Checked, bench: Bench) -> bool:
    """Whether the record says what it does to an earlier paper of the same deed: then a new paper is meant."""
    named = [bench.registers.get(one.document_id) for one in item.relations if one.document_id]
    key = identity_key(item.identity)
    return any(
        one is not None and (one.kind, one.identity) == (bench.kind.name, key) for one in named
    )


def _is_new(item: Checked, paper: DocumentView) -> bool:
    """Whether the paper found has not said all of what the record says of earlier papers."""
    return bool(_said(item) - _said(paper))


def _said(item: Checked | DocumentView) -> set[tuple[RelationKind, DocumentId | None]]:
    return {(relation.kind, relation.document_id) for relation in item.relations}


def _living(found: DocumentView | None, document: DocumentView) -> DocumentView | None:
    """*found* where it is another paper that stands: a void number answers for nothing."""
    if found is None or found.id == document.id or found.state not in _DONE:
        return None
    return None if found.legal_state is LegalState.HUY_SO else found


def _same_bytes(document: DocumentView, receipt: ReceiptView, bench: Bench) -> DocumentView | None:
    """A paper is known by its bytes; one that was joined with another stands for that one."""
    if bench.kind.source != "paper" or receipt.suffix not in bench.kind.papers:
        return None
    if receipt.same_bytes_as is not None:
        for found in bench.registers.documents_of(receipt.same_bytes_as):
            again = found.duplicate_of if found.state is DocumentState.DUPLICATE else None
            known = bench.registers.get(again) if again else found
            first = next(iter(first_ones([known] if known else [], bench.registers)), None)
            if again or _living(first, document):
                return _living(first, document)
    return None


def _ask_about(item: Checked, document: DocumentView, bench: Bench) -> None:
    """An incoming paper that bears the number of another, and nothing against it, may be the same: the clerk is asked (domain 4)."""
    assert item.facts is not None
    found = papers_like_read(item.facts, item.record, bench.kind, bench.registers, but=document.id)
    if not found:
        return
    item.waits = True
    # Whichever it is: it does not take the other's place meanwhile.
    item.issue_again = True
    read = arrival_read(item.record) or ArrivalRead()
    item.record = with_arrival(item.record, replace(read, same_as=tuple(one.id for one in found)))


def _settle(item: Checked, twin: DocumentView, bench: Bench) -> None:
    """Unchanged: answered with the number. Changed: refused with the number and what differs."""
    different = [] if bench.kind.is_incoming else _differences(item, twin)
    if not different:
        item.duplicate_of = twin.id
        return
    refuse(item, twin, [_title(name, bench) for name in different], bench)


def refuse(item: Checked, twin: DocumentView, titles: Sequence[str], bench: Bench) -> None:
    """Give the paper back with the question what it is to the one that was here before (R187)."""
    shown = twin.number.shown if twin.number else "dự thảo"
    error = AlreadyNumbered(
        f"done and changed document={twin.id}",
        shown=shown,
        when=twin.received_at.strftime("%d/%m/%Y"),
        differences=", ".join(f"«{title}»" for title in titles),
        choices=_choices(twin, shown, bench),
    )
    item.problems.append(error.problem())


def _choices(twin: DocumentView, shown: str, bench: Bench) -> str:
    """The exact words to put into which field, whatever the clerk means by dropping it again."""
    again = (
        f"cần thêm một văn bản nữa cho cùng việc: ghi «có» vào mục «{_title('cap_them', bench)}»"
    )
    if twin.number is None and bench.kind.is_finished:
        return (
            f"nếu đây là bản sửa của chính dự thảo ấy: thêm «{short_id(twin.id)}» vào cuối tên tệp (trước đuôi) "
            f"rồi thả lại; nếu {again}"
        )
    if twin.number is None:
        return f"nếu {again}"
    replaces, reissues = (
        _title(property_of(kind), bench) for kind in (RelationKind.THAY_THE, RelationKind.CAP_LAI)
    )
    return (
        f"nếu bản mới thay cho bản cũ: ghi «{shown}» vào mục «{replaces}»; "
        f"nếu bản cũ mất, hỏng nên cấp lại: ghi «{shown}» vào mục «{reissues}»; nếu {again}"
    )


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
        different = _differences(item, earlier)
        if different:
            error = TwinInList(
                "the same deed twice in one list",
                other=labels.get(earlier.document_id) or "bản ghi khác",
                differences=", ".join(f"«{_title(name, bench)}»" for name in different),
            )
            item.problems.append(error.problem())
        else:
            item.duplicate_of = earlier.document_id


def _differences(item: Checked, done: DocumentView | Checked) -> list[str]:
    """Properties in which a record differs from that of the paper made before."""
    one, other = item.record, done.record
    # What it does to earlier papers was said once: a sheet dropped again may keep silent, or write it otherwise.
    same = {property_of(kind) for kind in NAMED_RELATIONS} - {
        property_of(kind) for kind, _ in _said(item) - _said(done)
    }
    names = [name for name in {**other, **one} if name not in _ABOUT_THE_ROW | same]
    return [name for name in names if one.get(name) != other.get(name)]


def _title(name: str, bench: Bench) -> str:
    found = bench.kind.property_named(name)
    return found.title if found else name
