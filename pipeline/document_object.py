"""Names inside the archive: the object of a paper, of a dropped list, and the files in them.

The format is described in docs/archive-format.md; changing a name here changes it.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from pipeline.record import DocumentId, ReceiptId
from pipeline.vietnamese import safe_file_name

FORMAT = "vanthu-document-1"
DOCUMENT_FILE = "document.json"
RECEIPT_FILE = "receipt.json"
TEXT_FILE = "text.txt"
TOMBSTONE_FILE = "tombstone.json"
TOMBSTONE_FORMAT = "vanthu-tombstone-1"
RECEIVED_DIR = "received"
RENDITIONS_DIR = "renditions"
#: Inside what was received: the files of a paper's other arrivals, where it came twice.
OTHERS_DIR = f"{RECEIVED_DIR}/ban-khac"
#: The pages of a scan set upright, with the words that a machine read; never a source of copies.
OCR_FILE = "ocr/doc-bang-may.pdf"
#: Scans of our own paper as it was signed and sealed.
SIGNED_DIR = "signed"

_DOCUMENT = "urn:vanthu:doc:"
_RECEIPT = "urn:vanthu:receipt:"
_JOURNAL = "urn:vanthu:journal:"
_BOOK = "urn:vanthu:book:"


def document_object(document_id: DocumentId) -> str:
    """The OCFL id of a paper."""
    return f"{_DOCUMENT}{document_id}"


def receipt_object(receipt_id: ReceiptId) -> str:
    """The OCFL id of a dropped list."""
    return f"{_RECEIPT}{receipt_id}"


def journal_object(day: str) -> str:
    """The OCFL id of a closed day of the journal."""
    return f"{_JOURNAL}{day}"


def book_object(book: str, issuer: str, period: str) -> str:
    """The OCFL id of a closed book."""
    return f"{_BOOK}{book}:{quote(issuer, safe='')}:{period}"


def document_of(object_id: str) -> DocumentId | None:
    """The paper an object is of, None for other objects."""
    return (
        DocumentId(object_id.removeprefix(_DOCUMENT)) if object_id.startswith(_DOCUMENT) else None
    )


def receipt_of(object_id: str) -> ReceiptId | None:
    """The dropped list an object is of, None for other objects."""
    return ReceiptId(object_id.removeprefix(_RECEIPT)) if object_id.startswith(_RECEIPT) else None


def received_name(path: Path, folder: str = "") -> str:
    """Where a dropped file lies in its object: its own name, as far as any system can hold it.

    Args:
        folder: Of the annexes of a paper.
    """
    inside = f"{folder}/" if folder else ""
    return f"{RECEIVED_DIR}/{inside}{safe_file_name(path.name)}"


def rendition(files: tuple[str, ...], suffix: str) -> str | None:
    """The rendition with *suffix* (``.pdf``) among logical paths, None without."""
    found = [
        name for name in files if name.startswith(f"{RENDITIONS_DIR}/") and name.endswith(suffix)
    ]
    return found[0] if found else None
