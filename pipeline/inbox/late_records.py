"""A record that came after its paper → the paper's facts amended, under the number it has.

``x.json`` in a paper's folder, without ``x.pdf`` beside it, belongs to the newest living paper that was dropped as
``x.pdf``. The record itself is kept as an object of its own, as it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.between import Bench, Checked, frozen_receipt
from pipeline.document_object import RECEIPT_FILE, receipt_object, received_name
from pipeline.errors.intake import PaperMissing, RecordsInPaperFolder
from pipeline.inbox.folders import RECORD_SUFFIXES
from pipeline.inbox.spool import dropped_files
from pipeline.kinds.model import Kind
from pipeline.plain import plain_json
from pipeline.record import Facts, LegalState
from pipeline.stores.registers.views import DocumentView, ReceiptView


def is_late_record(receipt: ReceiptView, kind: Kind) -> bool:
    """Whether a drop is a record for a paper that came before it."""
    return kind.source == "paper" and receipt.suffix in RECORD_SUFFIXES


def find_paper(checked: Sequence[Checked], receipt: ReceiptView, bench: Bench) -> None:
    """Say which paper each record amends, or what is wrong with it (R185, R186)."""
    if len(checked) > 1:
        error = RecordsInPaperFolder("not one record", file=receipt.source_name, count=len(checked))
        for item in checked:
            item.problems.append(error.problem())
        return
    paper = _paper_of(receipt, bench)
    for item in checked:
        if paper is None:
            missing = PaperMissing("no paper of this name", file=receipt.source_name)
            item.problems.append(missing.problem())
        else:
            item.amends = paper.id
            item.duplicate_of = paper.id


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
        facts = _facts(item.facts, paper)
        if (paper.record, paper.facts) != (item.record, facts):
            bench.registers.amend(
                paper.id,
                record=item.record,
                facts=facts,
                person=receipt.owner,
                reason=f"bổ sung thông tin từ tệp {receipt.source_name}",
            )


def _paper_of(receipt: ReceiptView, bench: Bench) -> DocumentView | None:
    found = bench.registers.by_source(bench.kind.name, Path(receipt.source_name).stem)
    living = (paper for paper in found if paper.legal_state is not LegalState.HUY_SO)
    return next(living, None)


def _facts(told: Facts, paper: DocumentView) -> Facts:
    """What the record tells; what only the paper itself could tell stays."""
    if told.so_trang is not None or paper.facts is None:
        return told
    return replace(told, so_trang=paper.facts.so_trang)


def keep_drop(receipt: ReceiptView, bench: Bench) -> None:
    """Archive a drop that belongs to a paper which came before it, as an object of its own; idempotent."""
    files: dict[str, Path | bytes] = {RECEIPT_FILE: plain_json(frozen_receipt(receipt))}
    files |= {received_name(path): path for path in dropped_files(bench.office, receipt.id)}
    bench.objects.put(
        receipt_object(receipt.id),
        files,
        version=1,
        message="received",
        person=receipt.owner,
        created_at=receipt.received_at,
        volatile=frozenset({RECEIPT_FILE}),
    )
