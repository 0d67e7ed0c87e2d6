"""A Word file edited and dropped back → the next version of the very draft it was made from, while that is unsigned.

The file says whose it is: the program wrote paper and version into it; where that was lost, the four letters behind
``~`` in its name do. It is kept as an object of its own, as it came; the paper's record points to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.between import Bench, Checked
from pipeline.errors.base import Problem
from pipeline.errors.editing import EditAfterSignature, EditOfUnknown, EditStale
from pipeline.inbox.answer_text import EDITED
from pipeline.inbox.late_records import keep_drop
from pipeline.inbox.own_text import edited_text, pointer_to
from pipeline.kinds.model import NO_NUMBER_YET
from pipeline.legal import STATE_WORDS
from pipeline.person_names import is_same_person
from pipeline.record import DocumentId, LegalState
from pipeline.sheet_context import short_id
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView

#: A text may be changed while nobody has signed it.
_OPEN = (LegalState.DU_THAO, LegalState.CHO_KY)
_NAME_END = re.compile(r"~(?P<end>[0-9a-z]{4})(?: bản (?P<version>\d+))?(?: ?\(\d+\))?$")


def is_edited_text(receipt: ReceiptView) -> bool:
    """Whether a drop is a Word file that was given out as a draft."""
    return EDITED in receipt.extra


def check_edit(
    receipt: ReceiptView,
    documents: Sequence[DocumentView],
    problems: Sequence[Problem],
    bench: Bench,
) -> list[Checked]:
    """Find the draft that was edited, or say why it may not be."""
    items = [Checked(document_id=one.id, record=one.record) for one in documents]
    for item in items:
        item.problems += problems
        if item.problems:
            continue
        try:
            paper, base = _paper_of(receipt, bench)
            check_open(paper, receipt)
            _check_newest(paper, base, receipt, bench)
        except (EditOfUnknown, EditAfterSignature, EditStale) as error:
            item.problems.append(error.problem())
        else:
            item.facts = paper.facts
            item.amends = item.duplicate_of = paper.id
    return items


def take_edit(receipt: ReceiptView, checked: Sequence[Checked], bench: Bench) -> None:
    """Keep the file and let its paper follow it: a new version. Idempotent: the same bytes change nothing.

    Raises:
        NotWaiting (R174): it was numbered a moment ago; looking again tells the clerk so.
    """
    for item in checked:
        if item.amends is None or item.problems:
            continue
        paper = bench.registers.get(item.amends)
        assert paper is not None
        known = edited_text(paper.record)
        if known is not None and known.sha512 == receipt.sha512:
            continue
        keep_drop(receipt, bench)
        assert paper.facts is not None
        bench.registers.amend(
            paper.id,
            record=paper.record | pointer_to(receipt, bench),
            facts=paper.facts,
            person=receipt.owner,
            reason=f"sửa lời văn trong bản Word {receipt.source_name}",
            while_waiting=True,
        )


def _paper_of(receipt: ReceiptView, bench: Bench) -> tuple[DocumentView, int]:
    """The paper, and the version the file was made from (0: unknown)."""
    document_id, _, version = str(receipt.extra[EDITED]).partition("/")
    paper = bench.registers.get(DocumentId(document_id)) if document_id else None
    if paper is not None and paper.kind == bench.kind.name:
        return paper, int(version) if version.isdecimal() else 0
    named = drafts_named(Path(receipt.source_name).stem, bench)
    if len(named) == 1:
        return named[0], 0
    raise EditOfUnknown("no such draft", file=receipt.source_name, folder=bench.kind.name)


def drafts_named(stem: str, bench: Bench) -> list[DocumentView]:
    """Papers of the kind that a file's name calls by the four letters behind ``~``.

    Of those that have a number by now only where the name still says that there is none: others may end so by chance.
    """
    named = _NAME_END.search(stem)
    if named is None:
        return []
    found = bench.registers.by_id_end(bench.kind.name, named["end"])
    return [one for one in found if one.state is DocumentState.WAITING or NO_NUMBER_YET in stem]


def version_named(stem: str) -> int:
    """The version that a file's name says it is of; 0 where it calls no draft."""
    named = _NAME_END.search(stem)
    return int(named["version"] or 1) if named else 0


def check_open(paper: DocumentView, receipt: ReceiptView) -> None:
    """See that the text may still change.

    Raises:
        EditAfterSignature (R129).
    """
    if paper.state is DocumentState.WAITING and paper.legal_state in _OPEN:
        return
    raise EditAfterSignature(
        f"not open document={paper.id}",
        file=receipt.source_name,
        shown=paper.number.shown if paper.number else short_id(paper.id),
        why=STATE_WORDS[paper.legal_state],
    )


def _check_newest(paper: DocumentView, base: int, receipt: ReceiptView, bench: Bench) -> None:
    """See that nobody else's edit came after the version this one was made from; her own may be edited further."""
    known = edited_text(paper.record)
    if not base or known is None or known.sha512 == receipt.sha512:
        return
    versions = bench.registers.versions_of(paper.id)
    earlier = [one for one in versions if one.record is not None]
    since = max(
        (one.number for one in earlier if edited_text(one.record or {}) != known), default=0
    )
    last = next(one for one in versions if one.number == since + 1)
    if base < last.number and not is_same_person(last.person, receipt.owner):
        raise EditStale(
            f"base={base} last={last.number} document={paper.id}",
            file=receipt.source_name,
            base=base,
            now=last.number,
            person=last.person,
        )
