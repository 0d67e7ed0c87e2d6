"""A drop whose papers are all at rest → results and reasons in the clerk's folders (● answered)."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pipeline.between import Bench
from pipeline.config import Office
from pipeline.document_object import DOCUMENT_FILE, document_object, rendition
from pipeline.errors.base import Problem
from pipeline.errors.intake import HeldByNeighbours
from pipeline.inbox.answer_text import done_line, paper_remarks, reason_text, summary_text
from pipeline.inbox.edited_texts import edited_text
from pipeline.inbox.folders import SHEET_SUFFIXES
from pipeline.inbox.results import make_folder, place_files, place_text
from pipeline.plain import to_plain
from pipeline.record import Record
from pipeline.stores.objects import Objects
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView
from pipeline.vietnamese import safe_file_name

log = logging.getLogger(__name__)

PRINT_ALL = "IN TẤT CẢ.pdf"
_SECONDS_A_ROW = 0.05
_MADE = (DocumentState.NUMBERED, DocumentState.WAITING)


def answer(receipt: ReceiptView, dropped: Sequence[Path], bench: Bench) -> bool:
    """Put results and reasons where the clerk finds them, then write that down.

    Idempotent: fixed names, nothing of hers is overwritten. False when another worker has answered.

    Args:
        dropped: The files as dropped, from the spool; empty when only new versions are to be given out.
    """
    documents = bench.registers.documents_of(receipt.id)
    placed: list[Path] = []
    bad = [d for d in documents if d.state is DocumentState.RETURNED]
    if len(bad) < len(documents):
        placed += _give_results(receipt, dropped, documents, bench)
    if (bad or receipt.problems) and receipt.answered_at is None:
        placed += _give_back(receipt, dropped, documents, bad, bench)
    names = [str(path.relative_to(bench.office.inbox_dir)) for path in placed]
    # What goes back has been given no result: mended, the same paper is owed its first.
    versions = {document.id: document.version for document in documents if document.state in _MADE}
    written = bench.registers.answered(receipt.id, bench.worker, names, versions=versions)
    if written:
        log.info("answered receipt=%s files=%d", receipt.id, len(names))
    return written


def result_folder(receipt: ReceiptView, office: Office) -> Path:
    """The folder of one drop in ``_ket_qua``: its time, its name, and the end of its id."""
    stamp = receipt.received_at.strftime("%Y-%m-%d %Hh%M")
    name = safe_file_name(f"{stamp} {Path(receipt.source_name).stem}", 90)
    kind_dir = office.inbox_dir / Path(receipt.folder).parts[0]
    return kind_dir / office.folders.results / f"{name} ~{receipt.id[-4:]}"


def _give_results(
    receipt: ReceiptView,
    dropped: Sequence[Path],
    documents: Sequence[DocumentView],
    bench: Bench,
) -> list[Path]:
    good = [d for d in documents if d.state in _MADE and d.answered_version < d.version]
    twins = [d for d in documents if d.state is DocumentState.DUPLICATE]
    folder = result_folder(receipt, bench.office)
    make_folder(folder, bench.office.inbox_dir)
    singles = [path for document in good for path in _renditions(document, bench.objects)]
    with ThreadPoolExecutor(1) as copying:
        # Files are copied here while the cell makes the whole of them.
        placing = copying.submit(place_files, [(path, path.name) for path in singles], folder)
        wholes = _print_all(receipt, singles, bench)
        if receipt.suffix in SHEET_SUFFIXES and dropped:
            wholes.append(_write_workbook("results", receipt, dropped[0], documents, bench))
        placed = placing.result()
    placed += place_files([(path, path.name) for path in wholes], folder)
    remarks = paper_remarks(receipt, [_made_notes(document, bench) for document in good])
    if twins or receipt.is_list or remarks:
        text = summary_text(receipt, documents, _originals(twins, bench), remarks)
        placed.append(place_text(text, folder, "KẾT QUẢ.txt"))
    return placed


def _print_all(receipt: ReceiptView, singles: Sequence[Path], bench: Bench) -> list[Path]:
    """One PDF of all sheets in list order, when the list is answered for the first time."""
    sheets = [path for path in singles if path.suffix == ".pdf"]
    if not receipt.is_list or receipt.answered_at is not None or len(sheets) < 2:
        return []
    joined = bench.folder / PRINT_ALL
    bench.cell.call(
        "join",
        {"paths": [str(path) for path in sheets], "out": str(joined)},
        seconds=30 + _SECONDS_A_ROW * len(sheets),
    )
    return [joined]


def _made_notes(document: DocumentView, bench: Bench) -> Record:
    """How a paper from outside was stamped or copied, an edited text made; nothing for our own sheets."""
    if bench.kind.source == "record" and edited_text(document.record) is None:
        return {}
    about = bench.objects.read(
        document_object(document.id), DOCUMENT_FILE, version=document.archived_version
    )
    notes: Record = json.loads(about).get("made", {})
    return notes


def _renditions(document: DocumentView, objects: Objects) -> list[Path]:
    names = tuple(file.name for file in document.files)
    found = [rendition(names, suffix) for suffix in (".pdf", ".docx")]
    return [
        objects.open(document_object(document.id), name, version=document.archived_version)
        for name in found
        if name is not None
    ]


def _give_back(
    receipt: ReceiptView,
    dropped: Sequence[Path],
    documents: Sequence[DocumentView],
    bad: Sequence[DocumentView],
    bench: Bench,
) -> list[Path]:
    folder = bench.office.inbox_dir / Path(receipt.folder).parts[0] / bench.office.folders.returned
    make_folder(folder, bench.office.inbox_dir)
    if receipt.suffix in SHEET_SUFFIXES and documents:
        back = [_write_workbook("returned", receipt, dropped[0], documents, bench)]
    else:
        back = list(dropped)
    placed = place_files([(path, path.name) for path in back], folder)
    text = reason_text(receipt, _problems(receipt, bad), documents, bench.kind)
    placed.append(
        place_text(text, folder, f"{safe_file_name(Path(receipt.source_name).stem, 90)}.LY-DO.txt")
    )
    return placed


def _problems(
    receipt: ReceiptView, bad: Sequence[DocumentView]
) -> list[tuple[str, Sequence[Problem]]]:
    """Place in the list → problems there; the file's own first."""
    found: list[tuple[str, Sequence[Problem]]] = []
    if receipt.problems:
        found.append(("", receipt.problems))
    return found + [(document.place.label, document.problems) for document in bad]


def _originals(twins: Sequence[DocumentView], bench: Bench) -> dict[str, DocumentView]:
    found: dict[str, DocumentView] = {}
    for twin in twins:
        first = bench.registers.get(twin.duplicate_of) if twin.duplicate_of else None
        if first is not None:
            found[twin.id] = first
    return found


def _write_workbook(
    mode: str,
    receipt: ReceiptView,
    source: Path,
    documents: Sequence[DocumentView],
    bench: Bench,
) -> Path:
    rows = [_row(document, bench) for document in documents]
    out = bench.folder / mode
    out.mkdir(exist_ok=True)
    answered: dict[str, Any] = bench.cell.call(
        "tables.write_answer",
        {
            "mode": mode,
            "source": str(source),
            "suffix": receipt.suffix,
            "out_dir": str(out),
            "name": receipt.source_name,
            "rows": rows,
            **bench.kind.sheet_spec(),
        },
        seconds=60 + _SECONDS_A_ROW * len(rows),
    )
    return Path(answered["path"])


def _is_held(document: DocumentView) -> bool:
    """Good in itself, waiting for its neighbours."""
    return any(problem.code == HeldByNeighbours.code for problem in document.problems)


def _row(document: DocumentView, bench: Bench) -> dict[str, Any]:
    shown = document
    if document.duplicate_of is not None:
        shown = bench.registers.get(document.duplicate_of) or document
    number = shown.number
    return {
        "place": to_plain(document.place),
        "record": document.record,
        "status": "held" if _is_held(document) else str(document.state),
        "shown": number.shown if number else "",
        "date": number.issued_on.strftime("%d/%m/%Y") if number else "",
        # What is wrong is told from the problems.
        "text": "" if document.problems else done_line(document, shown),
        "problems": [to_plain(problem) for problem in document.problems],
    }
