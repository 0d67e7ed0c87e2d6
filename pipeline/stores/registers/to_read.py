"""Pages that a machine is to read, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.record import DocumentId, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRead:
    """Pages of a paper that have no readable text: a machine is to read them, beside the flow."""

    #: Of the file that is read.
    source_sha512: str
    #: Counted from 1.
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReadingView:
    """A reading by machine: due, or done."""

    document_id: DocumentId
    to_read: ToRead
    #: What came of it; empty while it is due.
    outcome: Record
    #: Failures so far, and how often it killed its cell.
    attempts: int
    kills: int
