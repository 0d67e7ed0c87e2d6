"""A drop whose papers are all at rest → results and reasons in the clerk's folders (● answered)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pipeline.between import Bench
from pipeline.config import Office
from pipeline.document_object import DOCUMENT_FILE, RECEIVED_DIR, document_object, rendition
from pipeline.errors.base import Problem
from pipeline.errors.intake import HeldByNeighbours
from pipeline.inbox.answer_text import (
    Outcomes,
    done_line,
    next_steps,
    number_remarks,
    paper_remarks,
    reason_text,
    signed_remarks,
    summary_text,
)
from pipeline.inbox.folders import SHEET_SUFFIXES
from pipeline.inbox.given_back import GIVEN_BACK, digests_of, put_away_mended
from pipeline.inbox.late_records import has_amended
from pipeline.inbox.own_text import edited_text
from pipeline.inbox.results import (
    clear_stale,
    make_folder,
    place_files,
    place_note,
    place_text,
)
from pipeline.inbox.signed_scans import said_of_signed
from pipeline.inbox.spool import ANNEX_DIR, dropped_annexes
from pipeline.inbox.stack_notes import is_parted, place_stack_note, tell_stack
from pipeline.plain import plain_json, to_plain
from pipeline.record import Record
from pipeline.signed_back import FOLDER, signed_back
from pipeline.standing import ended_words, marked_file
from pipeline.stores.objects import Objects
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView
from pipeline.vietnamese import safe_file_name

log = logging.getLogger(__name__)

PRINT_ALL = "IN TẤT CẢ"
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
    extra: Record = {}
    if (bad or receipt.problems) and receipt.answered_at is None:
        returned = _give_back(receipt, dropped, documents, bad, bench)
        placed += returned
        extra = {GIVEN_BACK: digests_of(returned, bench.office)}
    elif not (bad or receipt.problems):
        files = [*dropped, *dropped_annexes(bench.office, receipt.id)]
        put_away_mended(receipt, bench.office, bench.registers, files)
    tell_stack(receipt, bench)
    names = [str(path.relative_to(bench.office.inbox_dir)) for path in placed]
    # What goes back has been given no result: mended, the same paper is owed its first.
    versions = {document.id: document.version for document in documents if document.state in _MADE}
    written = bench.registers.answered(
        receipt.id, bench.worker, names, versions=versions, extra=extra
    )
    if any(document.state is DocumentState.DUPLICATE for document in documents):
        # What is the same as an earlier paper is found by its answer.
        tell_stack(receipt, bench)
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
    made = [d for d in documents if d.state in _MADE]
    twins = [d for d in documents if d.state is DocumentState.DUPLICATE]
    ours = _kept_digests(good, bench.objects)
    folder = result_folder(receipt, bench.office)
    make_folder(folder, bench.office.inbox_dir)
    named = [
        (path, marked_file(name, document, bench.registers))
        for document in good
        for path, name in _renditions(document, bench.objects)
    ]
    singles = [path for path, _ in named]
    with ThreadPoolExecutor(1) as copying:
        # Files are copied here while the cell makes the whole of them.
        placing = copying.submit(place_files, named, folder, ours=ours)
        wholes: list[Path] = []
        for joined in _print_all(receipt, singles, bench):
            # One by one: the first can be printed while the next is made.
            wholes += place_files([(joined, joined.name)], folder)
            joined.unlink()
        if receipt.is_list and receipt.suffix in SHEET_SUFFIXES and dropped:
            workbook = _write_workbook("results", receipt, dropped[0], documents, bench)
            wholes += place_files([(workbook, workbook.name)], folder)
        placed = placing.result() + wholes
    if bench.kind.is_incoming:
        clear_stale(folder, placed, ours)
    clear_stale(folder, placed, ours, _unmarked(named))
    remarks = paper_remarks(receipt, [_made_notes(document, bench) for document in made])
    remarks += number_remarks(made, bench.registers.remarks_of(receipt.id))
    originals = _originals(twins, bench)
    remarks += _signed_remarks(receipt, originals)
    is_draft = any(document.state is DocumentState.WAITING for document in made)
    # A note that lies there gives way to what is so now.
    if twins or receipt.is_list or remarks or is_draft or any(folder.glob("KẾT QUẢ*.txt")):
        is_amended = has_amended(receipt, bench.objects)
        ended = {one.id: ended_words(one, bench.registers) for one in [*made, *originals.values()]}
        told = Outcomes(originals=originals, ended=ended, is_amended=is_amended)
        text = summary_text(receipt, documents, told, remarks)
        text += next_steps(receipt, documents, is_finished=bench.kind.is_finished)
        placed.append(place_note(text, folder, "KẾT QUẢ.txt"))
    return placed


def _unmarked(named: Sequence[tuple[Path, str]]) -> list[str]:
    """The names that files had before they said «ĐÃ THU HỒI»: what lies there under these would be printed by mistake."""
    return [path.name for path, name in named if name != path.name]


def _signed_remarks(receipt: ReceiptView, papers: Mapping[str, DocumentView]) -> list[str]:
    """What came of comparing the signed paper of this drop with what was printed."""
    if receipt.kind != FOLDER:
        return []
    return [
        line
        for paper in papers.values()
        if (told := signed_back(paper.record)) is not None
        for line in signed_remarks(said_of_signed(paper), told)
    ]


def _print_all(receipt: ReceiptView, singles: Sequence[Path], bench: Bench) -> Iterator[Path]:
    """The PDFs of all sheets in list order, one after another, when the list is answered for the first time."""
    sheets = [path for path in singles if path.suffix == ".pdf"]
    if not receipt.is_list or receipt.answered_at is not None or len(sheets) < 2:
        return
    for name, part in files_to_print(sheets, bench.office.limits.sheets_a_print_file):
        joined = bench.folder / name
        bench.cell.call(
            "join",
            {"paths": [str(path) for path in part], "out": str(joined)},
            seconds=30 + _SECONDS_A_ROW * len(part),
        )
        yield joined


def files_to_print(sheets: Sequence[Path], most: int) -> list[tuple[str, Sequence[Path]]]:
    """Name and sheets of each file to print: one, or for a long list as many as hold *most* sheets each."""
    if len(sheets) <= most:
        return [(f"{PRINT_ALL}.pdf", sheets)]
    digits = max(4, len(str(len(sheets))))
    parts = [(first, sheets[first : first + most]) for first in range(0, len(sheets), most)]
    return [
        (f"{PRINT_ALL} {first + 1:0{digits}}-{first + len(part):0{digits}}.pdf", part)
        for first, part in parts
    ]


def _kept_digests(documents: Sequence[DocumentView], objects: Objects) -> frozenset[str]:
    """Digests of all that the archive keeps of papers that have more than one version."""
    grown = (document_object(document.id) for document in documents if document.version > 1)
    return frozenset(digest for one in grown for digest in objects.inventory(one).manifest)


def _made_notes(document: DocumentView, bench: Bench) -> Record:
    """How a paper from outside was stamped or copied, an edited text made; nothing for our own sheets."""
    if bench.kind.source == "record" and edited_text(document.record) is None:
        return {}
    about = bench.objects.read(
        document_object(document.id), DOCUMENT_FILE, version=document.archived_version
    )
    notes: Record = json.loads(about).get("made", {})
    return notes


def _renditions(document: DocumentView, objects: Objects) -> list[tuple[Path, str]]:
    """The files to give out, each with its name: one content may lie in the archive under another's."""
    names = tuple(file.name for file in document.files)
    found = [rendition(names, suffix) for suffix in (".pdf", ".docx")]
    inside = f"{RECEIVED_DIR}/{ANNEX_DIR}/"
    annexes = [name for name in names if name.startswith(inside)]
    object_id, version = document_object(document.id), document.archived_version
    return [
        (objects.open(object_id, name, version=version), Path(name).name)
        for name in (*found, *annexes)
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
    if receipt.is_list and receipt.suffix in SHEET_SUFFIXES and documents:
        back = [_write_workbook("returned", receipt, dropped[0], documents, bench)]
    else:
        annexes = dropped_annexes(bench.office, receipt.id)
        if annexes:
            # What came in one folder goes back in one folder.
            folder /= safe_file_name(Path(receipt.folder).name, 90)
            make_folder(folder, bench.office.inbox_dir)
        back = [*dropped, *annexes]
    placed = place_files([(path, path.name) for path in back], folder)
    problems = [one for _, found in _problems(receipt, bad) for one in found]
    if is_parted(problems):
        return [*placed, place_stack_note(receipt, problems, folder, bench)]
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
    out = bench.folder / mode
    out.mkdir(exist_ok=True)
    rows_path = bench.folder / f"{mode}.jsonl"
    with rows_path.open("wb") as lines:
        lines.writelines(plain_json(_row(document, bench)) for document in documents)
    answered: dict[str, Any] = bench.cell.call(
        "tables.write_answer",
        {
            "mode": mode,
            "source": str(source),
            "suffix": receipt.suffix,
            "out_dir": str(out),
            "name": receipt.source_name,
            "rows_path": str(rows_path),
            **bench.kind.sheet_spec(),
        },
        seconds=60 + _SECONDS_A_ROW * len(documents),
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
        "status": "held" if _is_held(document) else str(document.state),
        "shown": number.shown if number else "",
        "date": number.issued_on.strftime("%d/%m/%Y") if number else "",
        # What is wrong is told from the problems.
        "text": "" if document.problems else done_line(document, shown),
        "problems": [to_plain(problem) for problem in document.problems],
    }
