"""Numbered records → their sheets, DOCX for editing and PDF/A-2u for keeping, made in the cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from pipeline.between import Bench, Made
from pipeline.document_object import RENDITIONS_DIR, received_name
from pipeline.inbox.spool import dropped_files
from pipeline.sheet_context import file_stem, render_args, seconds_of, sheet_item
from pipeline.stores.registers.views import DocumentView, ReceiptView


def render(documents: Sequence[DocumentView], bench: Bench) -> list[Made]:
    """Make the sheets of papers of one kind.

    The number is looked for in the text of each PDF before anything is archived.

    Raises:
        TemporaryFailure: the cell had to be stopped, the number was not printed.
        KindInvalid: the template is at fault.
    """
    receipts = {
        receipt_id: bench.registers.receipt(receipt_id)
        for receipt_id in {document.receipt_id for document in documents}
    }
    made: list[Made] = []
    for profile, group in groupby(documents, key=lambda document: document.layout_profile):
        same = list(group)
        args = render_args(bench.kind, bench.office, profile, bench.folder, bench.kind.outputs)
        items = [sheet_item(document, bench.kind, bench.office) for document in same]
        sheets = bench.cell.call(
            "render_many",
            {**args, "items": items},
            seconds=sum(seconds_of(document.record, bench.office) for document in same),
        )
        for document, sheet in zip(same, sheets, strict=True):
            receipt = receipts[document.receipt_id]
            assert receipt is not None
            made.append(_made(document, receipt, sheet, bench))
    return made


def _made(
    document: DocumentView, receipt: ReceiptView, sheet: dict[str, Any], bench: Bench
) -> Made:
    stem = file_stem(document, bench.kind)
    files: dict[str, Path] = {
        f"{RENDITIONS_DIR}/{stem}{Path(name).suffix}": bench.folder / name
        for name in sheet["files"].values()
    }
    dropped = tuple(dropped_files(bench.office, receipt.id))
    if not receipt.is_list:
        files |= {received_name(path): path for path in dropped}
    return Made(
        document=document, receipt=receipt, dropped=dropped, files=files, text=sheet["text"]
    )
