"""The signed and sealed paper that came back: how a record points to it, and where it lies in its paper's object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pipeline.document_object import SIGNED_DIR
from pipeline.plain import from_plain
from pipeline.record import LegalState, Record, StoredFile

#: The folder of the inbox into which signed papers are dropped; no kind may be called so.
FOLDER = "ban-ky"
#: Of the object of a paper: the signed one with the words that a machine read, and those words.
SIGNED_OCR = "ocr/ban-ky.pdf"
SIGNED_TEXT = "ocr/ban-ky.txt"
#: In the record of a paper that came back signed: where it lies. No property may be called so.
IN_RECORD = "_ban_ky"
#: In the archive's notes on how a version was made.
NOTES = "signed"
#: While it is one of these nobody has signed it: a scan that was taken for its signed one no longer counts.
UNSIGNED = frozenset((LegalState.DU_THAO, LegalState.CHO_KY))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBack:
    """The file that is a paper's signed one, and what came of comparing it."""

    #: The object it came in.
    object_id: str
    sha512: str
    #: By what it was matched, in Vietnamese.
    matched_by: str = ""
    pages: int | None = None
    #: What a machine read on it: ``number``, ``date``; empty where nothing.
    read: Record = field(default_factory=dict)
    #: Vietnamese sentences: in what it is not like the rendition, and what could not be compared.
    differences: tuple[str, ...] = ()
    #: Pages, counted from 1, that have no readable text: a machine reads them beside the flow.
    unread: tuple[int, ...] = ()
    #: Of a PDF with digital signatures: how they were judged.
    signatures: Record = field(default_factory=dict)


def signed_back(record: Record) -> SignedBack | None:
    """The signed one that a paper's record points to."""
    told: Any = record.get(IN_RECORD)
    return None if told is None else from_plain(SignedBack, told)


def without_signed(record: Record) -> Record:
    """The record as it was before anything came back."""
    return {name: value for name, value in record.items() if name != IN_RECORD}


def keeping_signed(record: Record, before: Record) -> Record:
    """Another *record* of the same paper, pointing to the signed one still."""
    return without_signed(record) | {
        name: value for name, value in before.items() if name == IN_RECORD
    }


def signed_file(files: Iterable[StoredFile]) -> str | None:
    """Where the signed one lies among the files of a version (``document.files``); None where none came back."""
    found = [file.name for file in files if PurePosixPath(file.name).parts[0] == SIGNED_DIR]
    return found[0] if found else None


def is_signed_name(name: str) -> bool:
    """Whether a logical path is that of the signed one, or of what a machine read of it."""
    return PurePosixPath(name).parts[0] == SIGNED_DIR or name in {SIGNED_OCR, SIGNED_TEXT}
