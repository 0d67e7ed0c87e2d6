"""Numbered papers from outside → stamped ĐẾN; copies asked for → the paper with its certification block.

The file that came is never rewritten: what is stamped or copied is a rendition beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.between import Bench, Made
from pipeline.document_object import RECEIVED_DIR, RENDITIONS_DIR, document_object, received_name
from pipeline.errors.intake import SourcePaperUnknown
from pipeline.inbox.folders import PAPER_SUFFIXES
from pipeline.inbox.spool import received_files
from pipeline.record import RelationKind
from pipeline.sheet_context import file_stem, render_args, sheet_item
from pipeline.stores.registers.views import DocumentView, ReceiptView

#: Pages of a scan that are read by machine while the paper waits; the rest is for later.
_OCR_PAGES = 3


def stamp(documents: Sequence[DocumentView], bench: Bench) -> list[Made]:
    """Make the renditions of papers of one kind whose source is a paper.

    Raises:
        TemporaryFailure: the cell had to be stopped.
    """
    make = _stamped if bench.kind.source == "paper" else _copied
    return [make(document, bench) for document in documents]


def _stamped(document: DocumentView, bench: Bench) -> Made:
    receipt = _receipt(document, bench)
    received = received_files(document, receipt, bench)
    original = next(path for path in received if path.suffix.lower() in PAPER_SUFFIXES)
    mark = _draw(document, "mark", bench)
    out = bench.folder / f"{document.id}.pdf"
    seconds = bench.office.limits.paper_seconds
    stamped: dict[str, Any] = bench.cell.call(
        "paper.stamp", {"path": str(original), "mark": str(mark), "out": str(out)}, seconds=seconds
    )
    files = {f"{RENDITIONS_DIR}/{file_stem(document, bench.kind)}.pdf": out}
    files |= {received_name(path): path for path in received}
    return Made(
        document=document,
        receipt=receipt,
        files=files,
        dropped=tuple(received),
        text=_text_of(original, bench),
        notes={"stamp": stamped},
    )


def _copied(document: DocumentView, bench: Bench) -> Made:
    receipt = _receipt(document, bench)
    source = _source_file(document, bench)
    block = _draw(document, "block", bench)
    out = bench.folder / f"{document.id}.pdf"
    copied: dict[str, Any] = bench.cell.call(
        "copy.make",
        {"source": str(source), "block_pdf": str(block), "out": str(out)},
        seconds=bench.office.limits.paper_seconds,
    )
    files = {f"{RENDITIONS_DIR}/{file_stem(document, bench.kind)}.pdf": out}
    received = received_files(document, receipt, bench)
    if not receipt.is_list:
        files |= {received_name(path): path for path in received}
    return Made(
        document=document,
        receipt=receipt,
        files=files,
        dropped=tuple(received),
        text=_text_of(out, bench),
        notes={"copy": copied},
    )


def _receipt(document: DocumentView, bench: Bench) -> ReceiptView:
    receipt = bench.registers.receipt(document.receipt_id)
    assert receipt is not None
    return receipt


def _draw(document: DocumentView, what: str, bench: Bench) -> Path:
    args = render_args(bench.kind, bench.office, document.layout_profile, bench.folder, (what,))
    drawn: dict[str, Any] = bench.cell.call(
        "render",
        {**args, **sheet_item(document, bench.kind, bench.office)},
        seconds=bench.office.limits.render_seconds,
    )
    return bench.folder / str(drawn["files"][what])


def _source_file(document: DocumentView, bench: Bench) -> Path:
    """The paper as it was received: the clean version, never one with our stamp."""
    ids = [r.document_id for r in document.relations if r.kind is RelationKind.SAO]
    source = bench.registers.get(ids[0]) if ids and ids[0] else None
    if source is None:
        raise SourcePaperUnknown(
            "source paper is gone", reference=str(document.record.get("sao_tu"))
        )
    name = next(
        file.name
        for file in source.files
        if file.name.startswith(f"{RECEIVED_DIR}/")
        and Path(file.name).suffix.lower() in PAPER_SUFFIXES
    )
    return bench.objects.open(document_object(source.id), name, version=source.archived_version)


def _text_of(path: Path, bench: Bench) -> str:
    """The text layer; of a scan, what can be read of its first pages."""
    seconds = bench.office.limits.paper_seconds
    text = str(bench.cell.call("paper.text", {"path": str(path)}, seconds=seconds)["text"])
    if text.strip():
        return text
    seen = bench.cell.call(
        "ocr",
        {"path": str(path), "max_pages": _OCR_PAGES, "seconds": seconds * 0.8},
        seconds=seconds,
    )
    return "\n".join(seen["pages"])
