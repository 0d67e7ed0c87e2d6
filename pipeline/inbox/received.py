"""The files of a paper as they were dropped: itself, the record beside it, its annexes; a ZIP opened for our work.

They come from the spool, from the drop that brought the file later, or from the version that is archived already.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.between import Bench
from pipeline.document_object import (
    OTHERS_DIR,
    RECEIVED_DIR,
    document_object,
    receipt_object,
    receipt_of,
    received_name,
)
from pipeline.durable import sha512_file
from pipeline.errors.base import Problem
from pipeline.inbox.arrival_reading import arrival_read
from pipeline.inbox.folders import RECORD_SUFFIXES
from pipeline.inbox.look import bundle_args
from pipeline.inbox.own_text import edited_text
from pipeline.inbox.spool import ANNEX_DIR, dropped_annexes, dropped_files
from pipeline.kinds.model import Kind
from pipeline.record import DocumentId, ReceiptId
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.removal import Reach
from pipeline.stores.registers.views import DocumentView, ReceiptView

#: Logical path in the object → the file.
Received = Mapping[str, Path]


def dropped(receipt: ReceiptView, bench: Bench) -> tuple[Received, list[Problem]]:
    """The files of a drop that lies in the spool, and what is wrong with a ZIP among them."""
    if receipt.is_list:
        return {}, []
    found = {received_name(path): path for path in dropped_files(bench.office, receipt.id)}
    found |= {
        received_name(path, ANNEX_DIR): path for path in dropped_annexes(bench.office, receipt.id)
    }
    return _opened(found, receipt.id, bench)


def received(document: DocumentView, receipt: ReceiptView, bench: Bench) -> Received:
    """The files of a paper: of the drop that brought them last, else of the version before.

    Of a paper that came twice those of the other arrivals lie beside the ones that count.
    """
    own, read = _own(document, receipt, bench), arrival_read(document.record)
    if read is None or not (read.files_of or read.also):
        return own
    others = {one: _of_another(one, bench) for one in read.also}
    main = own
    if read.files_of is not None:
        main = _of_another(read.files_of, bench)
        others = {document.id: own, **others}
    return {**_beside(others, main), **main}


def _beside(others: Mapping[DocumentId, Received], main: Received) -> dict[str, Path]:
    """The papers among the files of other arrivals, under names that cannot meet; not what counts already."""
    known = {sha512_file(path) for path in main.values()}
    found: dict[str, Path] = {}
    for document_id, files in others.items():
        for name, path in files.items():
            if name.startswith(f"{OTHERS_DIR}/"):
                found[name] = path
            elif path.suffix.lower() not in RECORD_SUFFIXES and sha512_file(path) not in known:
                found[f"{OTHERS_DIR}/{document_id[-4:]} {PurePosixPath(name).name}"] = path
    return found


def reach_of_arrivals(document_id: DocumentId, registers: Registers) -> Reach:
    """Everything that holds what a paper says: of a paper that came twice each arrival has the files of the others."""
    documents: set[DocumentId] = set()
    receipts: set[ReceiptId] = set()
    fresh = {document_id}
    while fresh:
        for one in fresh:
            what = registers.reach_of(one)
            documents |= set(what.documents)
            receipts |= set(what.receipts)
        reads = [arrival_read(paper.record) for paper in registers.papers(documents)]
        told = [(read.joined, read.files_of, *read.also) for read in reads if read is not None]
        fresh = {one for others in told for one in others if one is not None} - documents
    return Reach(documents=tuple(sorted(documents)), receipts=tuple(sorted(receipts)))


def _own(document: DocumentView, receipt: ReceiptView, bench: Bench) -> Received:
    later = _later_drop(document, bench)
    if later is not None:
        found = _opened(_dropped_as(receipt_object(later), bench), later, bench)[0]
        # A new text alone keeps the annexes that came with the old one.
        return (
            found if annexes_among(found) else {**annexes_among(_before(document, bench)), **found}
        )
    found, _ = dropped(receipt, bench)
    return found or _before(document, bench)


def _later_drop(document: DocumentView, bench: Bench) -> ReceiptId | None:
    """The drop after its own that brought the paper's file, as it is kept."""
    text = edited_text(document.record)
    if text is not None:
        return receipt_of(text.object_id)
    for later in bench.registers.later_drops(document.id):
        is_paper = later.kind == document.kind and later.suffix in bench.kind.papers
        if is_paper and bench.objects.exists(receipt_object(later.id)):
            return later.id
    return None


def _dropped_as(name: str, bench: Bench) -> dict[str, Path]:
    files = bench.objects.files(name, 1)
    return _received_only(
        {file.name: bench.objects.open(name, file.name, version=1) for file in files}
    )


def _before(document: DocumentView, bench: Bench) -> Received:
    """What the version that is archived holds of it."""
    if document.archived_version == 0:
        return {}
    name = document_object(document.id)
    return _received_only(
        {
            file.name: bench.objects.open(name, file.name, version=document.archived_version)
            for file in document.files
        }
    )


def _of_another(document_id: DocumentId, bench: Bench) -> Received:
    """The files that came as another paper, before anybody said that they are this one's."""
    name = document_object(document_id)
    version = bench.objects.exists(name)
    files = {
        file.name: bench.objects.open(name, file.name, version=version)
        for file in bench.objects.files(name, version)
    }
    return _received_only(files)


def paper_among(files: Received, kind: Kind) -> Path | None:
    """The paper itself, None where there is none yet."""
    found = [path for name, path in sorted(files.items()) if _is_paper(name, kind)]
    return found[0] if found else None


def annexes_among(files: Received) -> dict[str, Path]:
    """Logical path → file of what came with the paper."""
    inside = f"{RECEIVED_DIR}/{ANNEX_DIR}/"
    return {name: path for name, path in files.items() if name.startswith(inside)}


def _is_paper(name: str, kind: Kind) -> bool:
    path = PurePosixPath(name)
    is_direct = str(path.parent) == RECEIVED_DIR
    return is_direct and path.suffix.lower() in kind.papers and path.suffix.lower() != ".zip"


def _received_only(files: Mapping[str, Path]) -> dict[str, Path]:
    return {name: path for name, path in files.items() if name.startswith(f"{RECEIVED_DIR}/")}


def _opened(
    files: dict[str, Path], receipt_id: str, bench: Bench
) -> tuple[Received, list[Problem]]:
    """With what is in a ZIP beside the ZIP itself, which stays as it came."""
    package = next((path for path in files.values() if path.suffix.lower() == ".zip"), None)
    if package is None or ".zip" not in bench.kind.papers:
        return files, []
    name = PurePosixPath(next(key for key, path in files.items() if path is package)).name
    out_dir = bench.folder / f"nen-{receipt_id}"
    out_dir.mkdir(exist_ok=True)
    inside = out_dir / str(len(list(out_dir.iterdir())))
    inside.mkdir()
    unpacked: dict[str, Any] = bench.cell.call(
        "bundle.unpack",
        bundle_args(package, name, bench.kind, bench.office) | {"out_dir": str(inside)},
        seconds=bench.office.limits.paper_seconds,
    )
    if unpacked["problems"]:
        return files, [
            Problem(**{**value, "path": tuple(value.get("path", ()))})
            for value in unpacked["problems"]
        ]
    paper = Path(unpacked["paper"])
    found = {**files, received_name(paper): paper}
    found |= {received_name(path, ANNEX_DIR): path for path in map(Path, unpacked["annexes"])}
    return found, []
