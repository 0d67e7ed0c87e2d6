"""A record that came after its paper → the paper's facts amended, under the number it has.

``x.json`` in a paper's folder, without ``x.pdf`` beside it, belongs to the newest living paper that was dropped as
``x.pdf``. The record itself is kept as an object of its own, as it came.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.between import Bench, Checked, frozen_receipt
from pipeline.document_object import RECEIPT_FILE, receipt_object, received_name
from pipeline.errors.intake import AlreadyNumbered, PaperMissing, RecordsInPaperFolder
from pipeline.errors.papers import NumberBeforeIssue
from pipeline.inbox.folders import RECORD_SUFFIXES
from pipeline.inbox.own_text import IN_RECORD, pointer_to
from pipeline.inbox.spool import ANNEX_DIR, dropped_annexes, dropped_files
from pipeline.kinds.model import Kind
from pipeline.plain import plain_json
from pipeline.record import Book, Facts, LegalState, Record
from pipeline.sheet_context import short_id
from pipeline.signed_back import keeping_signed
from pipeline.stores.objects import Objects
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView

#: Said in the book of a paper that has its number and of which we have no file.
ONLY_ON_PAPER = "Chỉ có bản giấy"
#: In the extra facts of a receipt: a row entered from facts alone.
NUMBER_FIRST = "number_first"
#: «SCAN0001», «IMG_0007», «doc 12», «20261126093000».
_SCANNERS_NAME = re.compile(r"(?:scan|img|image|doc|document)?[\W_]*\d{1,14}", re.IGNORECASE)
#: Why a draft has a new version: somebody changed its file.
CHANGED_FILE = "tệp văn bản đã sửa, thả lại trước khi ký"
_ANNEXES = re.compile(r"Kèm \d+ phụ lục: .*$", re.DOTALL)


def is_late_record(receipt: ReceiptView, kind: Kind) -> bool:
    """Whether a drop is a record alone, in the folder of a kind whose papers are files, and no row of its own."""
    is_alone = kind.source == "paper" and receipt.suffix in RECORD_SUFFIXES
    return is_alone and not is_number_first(receipt)


def is_number_first(receipt: ReceiptView) -> bool:
    """Whether a drop is facts alone, entered by command: a row of the book whose file may follow."""
    return bool(receipt.extra.get(NUMBER_FIRST))


def find_paper(checked: Sequence[Checked], receipt: ReceiptView, bench: Bench) -> None:
    """Say which paper each record amends, or what is wrong with it (R185, R186).

    A record of a paper that we issue, and of which we have no file, is that paper's row in the book.
    """
    if bench.kind.is_finished and (len(checked) > 1 or paper_of(receipt, bench) is None):
        return
    if len(checked) > 1:
        error = RecordsInPaperFolder("not one record", file=receipt.source_name, count=len(checked))
        for item in checked:
            item.problems.append(error.problem())
        return
    paper = paper_of(receipt, bench)
    for item in checked:
        if paper is None:
            missing = PaperMissing("no paper of this name", file=receipt.source_name)
            item.problems.append(missing.problem())
        else:
            amend(item, paper)


def is_row_only(paper: DocumentView) -> bool:
    """Whether a paper is only a row in the book so far."""
    return paper.facts is not None and paper.facts.note.startswith(ONLY_ON_PAPER)


def amend(item: Checked, paper: DocumentView) -> None:
    """Let *item* be a new version of *paper*; what its number stands for cannot change with it (R187)."""
    item.amends = paper.id
    item.duplicate_of = paper.id
    if paper.number is None:
        refuse_number(item, paper)
    if item.facts is None or paper.facts is None or paper.number is None:
        return
    if paper.number.series.book is Book.DEN:
        # The number stands for the day it came, not for what it says.
        return
    facts = (("issuer", "Cơ quan ban hành"), ("type_name", "Loại văn bản"))
    different = [
        title for name, title in facts if getattr(item.facts, name) != getattr(paper.facts, name)
    ]
    if different:
        error = AlreadyNumbered(
            f"another deed for the number document={paper.id}",
            shown=paper.number.shown,
            when=paper.received_at.strftime("%d/%m/%Y"),
            differences=", ".join(f"«{title}»" for title in different),
            choices="bỏ các chỗ khác ấy đi, hoặc thả thành văn bản mới với tên tệp khác",
        )
        item.problems.append(error.problem())


def refuse_number(item: Checked, draft: DocumentView) -> None:
    """A draft gets its number from us, after its signature (R238)."""
    given = str(item.record.get("so_da_cap") or "")
    if given:
        error = NumberBeforeIssue(
            f"number before issue document={draft.id}", given=given, shown=short_id(draft.id)
        )
        item.problems.append(error.problem())


def amend_papers(receipt: ReceiptView, checked: Sequence[Checked], bench: Bench) -> None:
    """Keep the record and amend its paper: a new version, which object, answer and index follow.

    Idempotent: a paper that says the same already is left alone.
    """
    for item in checked:
        if item.amends is None or item.problems:
            continue
        paper = bench.registers.get(item.amends)
        assert paper is not None
        assert item.facts is not None
        keep_drop(receipt, bench)
        facts = _facts(item.facts, paper, receipt)
        is_draft = paper.state is DocumentState.WAITING
        if is_draft:
            # Its date comes with its number.
            facts = replace(facts, issued_on=None)
        record = item.record | _pointer(item, paper, receipt, bench)
        record = keeping_signed(record, paper.record)
        if (paper.record, paper.facts) != (record, facts):
            bench.registers.amend(
                paper.id,
                record=record,
                facts=facts,
                person=receipt.owner,
                reason=CHANGED_FILE if item.is_new_text else _reason(receipt),
                relations=item.relations,
                while_waiting=is_draft,
                identity=item.identity if is_draft else "",
            )


def _pointer(item: Checked, paper: DocumentView, receipt: ReceiptView, bench: Bench) -> Record:
    """Where the paper's text lies: in this drop, or where it lay before."""
    if item.is_new_text:
        return pointer_to(receipt, bench)
    return {IN_RECORD: paper.record[IN_RECORD]} if IN_RECORD in paper.record else {}


def _reason(receipt: ReceiptView) -> str:
    """Without the file's name: it may tell what the file holds, and the journal keeps the reason for ever."""
    is_record = receipt.suffix in RECORD_SUFFIXES
    return "bổ sung thông tin từ bản ghi đến sau" if is_record else "bổ sung tệp văn bản đến sau"


def has_amended(receipt: ReceiptView, objects: Objects) -> bool:
    """Whether the drop became a version of a paper that was there before it."""
    return not receipt.is_list and objects.exists(receipt_object(receipt.id)) > 0


def paper_of(receipt: ReceiptView, bench: Bench) -> DocumentView | None:
    """The newest living paper that was dropped under the name of this record.

    A name that a scanner gives every day anew means the paper of that day and none before.
    """
    stem = Path(receipt.source_name).stem
    found = bench.registers.by_source(bench.kind.name, stem)
    if bench.kind.is_incoming and _SCANNERS_NAME.fullmatch(stem):
        day = receipt.received_at.date()
        found = [paper for paper in found if paper.received_at.date() == day]
    living = (paper for paper in found if paper.legal_state is not LegalState.HUY_SO)
    return next(living, None)


def annexes_said(names: Sequence[str], count: int) -> str:
    """How the book speaks of what came with a paper."""
    return f"Kèm {count} phụ lục: {'; '.join(names)}"


def _facts(told: Facts, paper: DocumentView, receipt: ReceiptView) -> Facts:
    """What the record tells; what only the paper itself could tell stays."""
    if paper.facts is None or receipt.suffix not in RECORD_SUFFIXES:
        return told
    note = told.note
    if paper.facts.note.startswith(ONLY_ON_PAPER):
        note = "; ".join(part for part in (ONLY_ON_PAPER, note) if part)
    if (said := _ANNEXES.search(paper.facts.note)) is not None:
        note = "; ".join(part for part in (note, said[0]) if part)
    so_trang = paper.facts.so_trang if told.so_trang is None else told.so_trang
    return replace(told, so_trang=so_trang, note=note)


def keep_drop(receipt: ReceiptView, bench: Bench) -> None:
    """Archive a drop that belongs to a paper which came before it, as an object of its own; idempotent."""
    files: dict[str, Path | bytes] = {RECEIPT_FILE: plain_json(frozen_receipt(receipt))}
    files |= {received_name(path): path for path in dropped_files(bench.office, receipt.id)}
    files |= {
        received_name(path, ANNEX_DIR): path for path in dropped_annexes(bench.office, receipt.id)
    }
    bench.objects.put(
        receipt_object(receipt.id),
        files,
        version=1,
        message="received",
        person=receipt.owner,
        created_at=receipt.received_at,
        volatile=frozenset({RECEIPT_FILE}),
    )
