"""Numbered records → their sheets, DOCX for editing and PDF/A-2u for keeping, made in the cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from pipeline.between import Bench, Made
from pipeline.document_object import (
    RENDITIONS_DIR,
    TEXT_FILE,
    document_object,
    received_name,
)
from pipeline.inbox.own_text import EditedText, edited_text
from pipeline.inbox.spool import dropped_files, received_files
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
    fresh: list[DocumentView] = []
    for document in documents:
        edit = edited_text(document.record)
        receipt = receipts[document.receipt_id]
        if edit is None:
            fresh.append(document)
        else:
            assert receipt is not None
            made.append(_edited(document, edit, receipt, bench))
    for profile, group in groupby(fresh, key=lambda document: document.layout_profile):
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


def _edited(document: DocumentView, edit: EditedText, receipt: ReceiptView, bench: Bench) -> Made:
    """The files of a paper whose text is a Word file by now; what is stored already is adopted."""
    source = bench.objects.open(edit.object_id, edit.name, version=1)
    received = received_files(document, receipt, bench) if not receipt.is_list else []
    files: dict[str, Path] = {received_name(path): path for path in [*received, source]}
    object_id = document_object(document.id)
    if stored := bench.objects.stored(object_id, document.version):
        names = [file.name for file in stored.files if file.name.startswith(f"{RENDITIONS_DIR}/")]
        for name in names:
            files[name] = bench.objects.open(object_id, name, version=document.version)
        text = bench.objects.read(object_id, TEXT_FILE, version=document.version).decode()
        return Made(document=document, receipt=receipt, dropped=(), files=files, text=text)
    vb = sheet_item(document, bench.kind, bench.office)["vb"]
    seconds = bench.office.limits.paper_seconds * 2
    made: dict[str, Any] = bench.cell.call(
        "word.make",
        {
            "path": str(source),
            "out_dir": str(bench.folder),
            "stem": str(document.id),
            "mark": vb["dau_vet"],
            "reference": vb["so_ky_hieu"],
            "date": vb["ngay"]["dai"] if vb["ngay"] else "",
            "seconds": seconds * 0.8,
        },
        seconds=seconds,
    )
    stem = file_stem(document, bench.kind)
    renditions = {
        f"{RENDITIONS_DIR}/{stem}.{form}": bench.folder / name
        for form, name in made["files"].items()
    }
    return Made(
        document=document,
        receipt=receipt,
        dropped=(),
        files=files | renditions,
        text=made["text"],
        notes={"edited": edit.sha512, "no_pdf": made["no_pdf"]},
        volatile=frozenset(renditions),
    )


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
        received = received_files(document, receipt, bench)
        files |= {received_name(path): path for path in received}
    return Made(
        document=document, receipt=receipt, dropped=dropped, files=files, text=sheet["text"]
    )
