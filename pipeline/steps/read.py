"""A paper with pages that nobody can search → its next version, with the words that a machine read of them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.between import Bench, Made, notes_of
from pipeline.document_object import DOCUMENT_FILE, OCR_FILE, TEXT_FILE, document_object
from pipeline.durable import sha512_file
from pipeline.errors.cell import PagesTooSlow
from pipeline.inbox.arrival_reading import arrival_read, leave_out
from pipeline.inbox.received import paper_among, received
from pipeline.paper_words import Words, words_read
from pipeline.record import Record
from pipeline.signed_back import NOTES, SIGNED_OCR, SIGNED_TEXT, signed_back, signed_file
from pipeline.stores.registers.to_read import TextReadingView
from pipeline.stores.registers.views import DocumentView, ReceiptView

#: For the cell to answer, beyond what reading may take.
_SPARE_S = 20.0
#: However busy the machine is, a page gets no more than so many times its seconds.
_MOST_CROWDED = 8.0
#: How often a paper is read again for the sake of pages that took too long; then they stay without words.
_MOST_SLOW = 3
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRead:
    """What was read, before the paper has a version for it."""

    #: The pages set upright, with their words.
    rendition: Path
    words: Words
    #: It is of the signed one, not of the paper as it was dropped.
    is_of_signed: bool = False
    #: For the journal: how many pages, how good, how many were left.
    told: Record


def seconds_for(reading: TextReadingView, bench: Bench) -> float:
    """How long reading these pages may take: longer while the machine is busy with other work."""
    return min(len(reading.to_read.pages), bench.office.limits.read_pages) * page_seconds(bench)


def page_seconds(bench: Bench) -> float:
    """How long one page may take: a busy machine gives each process its share of a core, and a page needs the same CPU."""
    return bench.office.limits.read_page_seconds * crowding()


def crowding() -> float:
    """How many processes share a core, 1 … :data:`_MOST_CROWDED`."""
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    # Reading is the first to give way (``nice``): what else runs counts double.
    return min(_MOST_CROWDED, max(1.0, 2 * waiting))


def read(document: DocumentView, reading: TextReadingView, bench: Bench) -> TextRead | None:
    """Read the pages; None where the paper is not what was to be read any more.

    Raises:
        PaperUnreadable (R130): nobody can.
        PagesTooSlow (T377): some pages were not done in time, and may be when less is going on.
        TemporaryFailure: no OCR on this machine, or the cell had to be stopped.
        OSError: the file has just gone to the archive; it is found there the next time.
    """
    receipt = bench.registers.receipt(document.receipt_id)
    assert receipt is not None
    files = received(document, receipt, bench)
    signed = _signed(document, reading, bench)
    where = signed or paper_among(files, bench.kind)
    if where is None:
        return None
    # What lies in the spool goes to the archive while it is read: that is nothing the paper did.
    paper = bench.folder / f"source{where.suffix}"
    shutil.copyfile(where, paper)
    if sha512_file(paper) != reading.to_read.source_sha512:
        return None
    pages = reading.to_read.pages[: bench.office.limits.read_pages]
    out = bench.folder / "read.pdf"
    seconds = seconds_for(reading, bench)
    left_out: Record = {} if signed else leave_out(arrival_read(document.record))
    seen: dict[str, Any] = bench.cell.call(
        "ocr.rendition",
        {
            "path": str(paper),
            "out": str(out),
            "pages": list(pages),
            "seconds": seconds,
            "page_seconds": page_seconds(bench),
            **left_out,
        },
        seconds=seconds + _SPARE_S,
    )
    if seen["slow"] and reading.attempts < _MOST_SLOW:
        raise PagesTooSlow(
            f"pages {seen['slow']} took too long document={document.id}",
            file=receipt.source_name,
            pages=", ".join(map(str, seen["slow"][:_MOST_TOLD])),
        )
    words = words_read(paper, {} if signed else files, seen["pages"], bench, left_out=left_out)
    told = {
        "pages": len(pages),
        "left": len(reading.to_read.pages) - len(pages) + len(seen["slow"]),
        "quality": words.told["quality"],
        "from": words.told["from"],
    }
    return TextRead(rendition=out, words=words, told=told, is_of_signed=signed is not None)


def with_words(document: DocumentView, found: TextRead, bench: Bench) -> Made:
    """The version of *document* that brings the words; all else it keeps."""
    receipt = bench.registers.receipt(document.receipt_id)
    assert receipt is not None
    if found.is_of_signed:
        return _with_signed_words(document, receipt, found, bench)
    gone = {DOCUMENT_FILE, TEXT_FILE, OCR_FILE}
    return Made(
        document=document,
        receipt=receipt,
        files={OCR_FILE: found.rendition},
        dropped=(),
        keep=tuple(file.name for file in document.files if file.name not in gone),
        text=found.words.text,
        notes=notes_of(document, bench.objects) | found.words.notes,
        volatile=frozenset({OCR_FILE}),
        was_read=found.told,
    )


def _signed(document: DocumentView, reading: TextReadingView, bench: Bench) -> Path | None:
    """The signed one, where its pages are to be read."""
    told = signed_back(document.record)
    name = signed_file(document.files)
    if told is None or name is None or told.sha512 != reading.to_read.source_sha512:
        return None
    return bench.objects.open(document_object(document.id), name, version=document.archived_version)


def _with_signed_words(
    document: DocumentView, receipt: ReceiptView, found: TextRead, bench: Bench
) -> Made:
    """What stands on the signed one is found beside what was printed: a number by hand, a stamp."""
    before = bench.objects.read(
        document_object(document.id), TEXT_FILE, version=document.archived_version
    ).decode()
    words = bench.folder / "words.txt"
    words.write_text(found.words.text, encoding="utf-8")
    notes = notes_of(document, bench.objects)
    read = {"unread": [], "quality": found.words.told["quality"]}
    gone = {DOCUMENT_FILE, TEXT_FILE, SIGNED_OCR, SIGNED_TEXT}
    return Made(
        document=document,
        receipt=receipt,
        files={SIGNED_OCR: found.rendition, SIGNED_TEXT: words},
        dropped=(),
        keep=tuple(file.name for file in document.files if file.name not in gone),
        text=f"{before}\n{found.words.text}",
        notes=notes | {NOTES: notes[NOTES] | read},
        volatile=frozenset({SIGNED_OCR, SIGNED_TEXT}),
        was_read=found.told,
    )
