"""The values that pass between steps, which never import each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.clock import Clock
from pipeline.config import Office
from pipeline.document_object import DOCUMENT_FILE, document_object
from pipeline.engines.cell import Cell
from pipeline.errors.base import Problem
from pipeline.kinds.model import Kind
from pipeline.plain import to_plain
from pipeline.record import DocumentId, Facts, Record, Relation
from pipeline.signed_back import NOTES as SIGNED
from pipeline.stores.objects import Objects
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.to_read import ToRead
from pipeline.stores.registers.views import DocumentView, Effort, ReceiptView


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a step works with: the stores, one kind, a cell, and a folder that may be thrown away."""

    office: Office
    registers: Registers
    objects: Objects
    clock: Clock
    cell: Cell
    kind: Kind
    folder: Path
    worker: str


@dataclass(slots=True, kw_only=True)
class Checked:
    """One paper after ``check``: it has problems, or an earlier twin, or all that a number needs."""

    document_id: DocumentId
    #: As normalised by its kind.
    record: Record
    problems: list[Problem] = field(default_factory=list)
    facts: Facts | None = None
    #: Of the series; empty in the internal book and for incoming papers.
    symbol: str = ""
    identity: str = ""
    #: Which face of the template.
    face: str = ""
    issue_again: bool = False
    #: The number that was given already; None takes the next.
    ordinal: int | None = None
    #: That one stands on the paper itself.
    is_printed: bool = False
    duplicate_of: DocumentId | None = None
    #: It gets no number before the clerk has spoken: it may be a paper that is here, or bears a number already.
    waits: bool = False
    #: The paper this record came late for.
    amends: DocumentId | None = None
    #: What it brings is the paper's text from now on.
    is_new_text: bool = False
    relations: tuple[Relation, ...] = ()
    layout_profile: str = ""
    #: Code of the incoming book asked for; empty takes the office's.
    incoming_book: str = ""
    #: For the journal, beside the number: who answers for a copy.
    told: Record = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Everything that one version of a paper consists of."""

    document: DocumentView
    receipt: ReceiptView
    #: Logical path → file; see docs/archive-format.md.
    files: Mapping[str, Path]
    #: The files as they were dropped, for a list as a whole.
    dropped: tuple[Path, ...]
    #: Names taken over from the version before, the words for the index among them.
    keep: tuple[str, ...] = ()
    #: For the index; empty where it is kept.
    text: str = ""
    #: How it was made, where that is not plain: the place of a stamp, what a rendition had to leave out.
    notes: Record = field(default_factory=dict)
    #: Files that come out differently each time they are made.
    volatile: frozenset[str] = frozenset()
    #: What a machine's reading came to, where this version brings its words.
    was_read: Record | None = None


def notes_of(document: DocumentView, objects: Objects) -> Record:
    """What the archive notes of how its newest version was made."""
    if document.archived_version == 0:
        return {}
    data = objects.read(
        document_object(document.id), DOCUMENT_FILE, version=document.archived_version
    )
    notes: Record = json.loads(data).get("made", {})
    return notes


def pages_to_read(notes: Record) -> ToRead | None:
    """Pages without readable words, as the notes of a version tell, of the signed one first; None where there are none."""
    wanted = (notes.get(SIGNED, {}), "sha512"), (notes.get("text", {}), "source_sha512")
    for told, digest in wanted:
        unread = tuple(int(page) for page in told.get("unread", ()))
        if unread:
            return ToRead(source_sha512=told[digest], pages=unread)
    return None


def frozen_receipt(receipt: ReceiptView) -> Record:
    """A drop as it is archived: without what only tells how far our work on it is, or what was wrong with its rows.

    What was read in one row must not lie in the objects of its neighbours, whence it could not be removed.
    """
    still = replace(
        receipt,
        extra={},
        problems=(),
        answer_files=(),
        answered_at=None,
        swept_at=None,
        effort=Effort(),
    )
    plain: Record = to_plain(still)
    return plain
