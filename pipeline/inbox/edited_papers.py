"""A finished paper changed and dropped back before its number → the next version of that very draft.

Its name says whose it is: the four letters behind ``~``, as we gave the draft out; or the name it first came under, where
the paper still is about the same deed. A file that says neither is another paper, or the clerk is asked.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.between import Bench, Checked
from pipeline.clock import today
from pipeline.document_object import receipt_object
from pipeline.errors.editing import EditAfterSignature, EditStale
from pipeline.inbox.edited_texts import check_open, drafts_named, version_named
from pipeline.inbox.late_records import CHANGED_FILE, is_row_only
from pipeline.inbox.own_text import edited_text, without_pointer
from pipeline.inbox.reading import PaperRead, read_paper, with_paper
from pipeline.inbox.received import Received, annexes_among, paper_among, received
from pipeline.inbox.twins import refuse
from pipeline.kinds.checking import check_record
from pipeline.person_names import is_same_person
from pipeline.record import Record
from pipeline.stores.registers.lookup_code import identity_key
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView


def draft_edited(
    receipt: ReceiptView, document: DocumentView, seen: PaperRead, bench: Bench
) -> DocumentView | None:
    """The draft whose text this file is; None for a paper of its own."""
    if document.record.get("cap_them"):
        return None
    stem = Path(receipt.source_name).stem
    found = drafts_named(stem, bench)
    if len(found) != 1:
        alike = bench.registers.by_source(bench.kind.name, stem)
        found = [one for one in alike if _is_same_deed(one, document, seen, bench)][:1]
    return found[0] if found and not is_row_only(found[0]) else None


def retold(told: Record, seen: PaperRead, draft: DocumentView, bench: Bench) -> Record:
    """What is known of the draft, where the new text says otherwise than the old one as the new text says."""
    before = _text_before(draft, bench)
    known = {
        name: value
        for name, value in without_pointer(draft.record).items()
        if name not in bench.kind.read or before.values.get(name) != value
    }
    return with_paper({**known, **told}, seen)


def with_annexes_before(files: Received, draft: DocumentView, bench: Bench) -> Received:
    """The files of the new drop; where it brings no annexes, with those the draft has."""
    if annexes_among(files):
        return files
    return {**files, **annexes_among(_received_before(draft, bench))}


def settle_edit(item: Checked, draft: DocumentView, receipt: ReceiptView, bench: Bench) -> None:
    """Let *item* be the next version of *draft*, or say why it may not be (R119, R129, R187)."""
    assert item.facts is not None
    if _has_bytes(draft, receipt, bench):
        item.duplicate_of = draft.id
        return
    try:
        check_open(draft, receipt)
        _check_newest(draft, receipt, bench)
    except (EditAfterSignature, EditStale) as error:
        item.problems.append(error.problem())
        return
    if identity_key(item.identity) != draft.identity:
        found = bench.registers.same_identity(bench.kind.name, [item.identity])
        if item.identity in found:
            refuse(item, found[item.identity], ["nội dung tệp"], bench)
            return
    item.amends = item.duplicate_of = draft.id
    item.is_new_text = True
    item.facts = replace(item.facts, issued_on=None)


def _is_same_deed(
    draft: DocumentView, document: DocumentView, seen: PaperRead, bench: Bench
) -> bool:
    if draft.state is not DocumentState.WAITING or is_row_only(draft):
        return False
    day = today(bench.clock).isoformat()
    context = {"van_phong": bench.office.default_body, "hom_nay": day, "ten_tep": ""}
    told = retold(document.record, seen, draft, bench)
    record, problems = check_record(bench.kind, told, place=document.place, context=context)
    return not problems and identity_key(bench.kind.identity(record, context)) == draft.identity


def _text_before(draft: DocumentView, bench: Bench) -> PaperRead:
    paper = paper_among(_received_before(draft, bench), bench.kind)
    assert paper is not None
    return read_paper(paper, bench)


def _received_before(draft: DocumentView, bench: Bench) -> Received:
    receipt = bench.registers.receipt(draft.receipt_id)
    assert receipt is not None
    return received(draft, receipt, bench)


def _has_bytes(draft: DocumentView, receipt: ReceiptView, bench: Bench) -> bool:
    """Whether the draft's text is these bytes already, by another drop than this one."""
    text = edited_text(draft.record)
    if text is not None:
        return text.sha512 == receipt.sha512 and text.object_id != receipt_object(receipt.id)
    drops = [
        one
        for one in bench.registers.later_drops(draft.id)
        if one.suffix in bench.kind.papers and bench.objects.exists(receipt_object(one.id))
    ]
    first = bench.registers.receipt(draft.receipt_id)
    assert first is not None
    return (drops[0] if drops else first).sha512 == receipt.sha512


def _check_newest(draft: DocumentView, receipt: ReceiptView, bench: Bench) -> None:
    """See that nobody else's change came after the version that the file's name says it was made from.

    Raises:
        EditStale (R119).
    """
    base = version_named(Path(receipt.source_name).stem)
    changes = [
        one for one in bench.registers.versions_of(draft.id) if one.reason.startswith(CHANGED_FILE)
    ]
    if not base or not changes or is_same_person(changes[-1].person, receipt.owner):
        return
    last = changes[-1]
    if base < last.number:
        raise EditStale(
            f"base={base} last={last.number} document={draft.id}",
            file=receipt.source_name,
            base=base,
            now=last.number,
            person=last.person,
        )
