"""A record that asks for a certified copy → the paper it may be made from, and what the copy says of it (domain 3.1).

Sao lục: a whole paper of another body that this office has received.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath

from pipeline.document_object import RECEIVED_DIR
from pipeline.errors.intake import CopyNotAllowed, SourcePaperAmbiguous, SourcePaperUnknown
from pipeline.record import Book, Facts, LegalState, Record, Relation, RelationKind
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentState, DocumentView

NO_PDF = "văn bản nhận bằng tệp Word hoặc bảng tính, chưa có bản PDF hay bản quét để sao."
_GONE = {
    LegalState.THU_HOI: "văn bản đã bị thu hồi.",
    LegalState.HUY_SO: "số của văn bản đã hủy.",
}


def source_of_copy(record: Record, registers: Registers) -> DocumentView:
    """The paper to be copied.

    Raises:
        SourcePaperUnknown (R191), SourcePaperAmbiguous (R192), CopyNotAllowed (R193).
    """
    wanted = str(record.get("sao_tu") or "")
    found = [paper for paper in registers.find(wanted) if paper.state is DocumentState.NUMBERED]
    received = [paper for paper in found if paper.number and paper.number.series.book is Book.DEN]
    if not received:
        if found:
            why = "đây không phải văn bản nhận từ cơ quan khác."
            raise CopyNotAllowed("not a received paper", reference=wanted, why=why)
        raise SourcePaperUnknown("no such paper", reference=wanted)
    if len(received) > 1:
        raise SourcePaperAmbiguous(
            "several papers",
            reference=wanted,
            count=len(received),
            candidates="; ".join(_shown(paper) for paper in received[:5]),
        )
    paper = received[0]
    if paper.legal_state in _GONE:
        raise CopyNotAllowed("gone", reference=wanted, why=_GONE[paper.legal_state])
    if paper.files and not any(is_copied_from(file.name) for file in paper.files):
        raise CopyNotAllowed("no pdf received", reference=wanted, why=NO_PDF)
    return paper


def relation_to(paper: DocumentView) -> Relation:
    """How a copy stands to the paper it was made from."""
    return Relation(kind=RelationKind.SAO, reference=_reference(paper), document_id=paper.id)


def told_of_source(record: Record, paper: DocumentView, names: Collection[str]) -> Record:
    """*record* with what the registers know of the paper, for those properties that the kind has.

    The registers' word goes before the clerk's; where they know nothing, hers stays.
    """
    facts = paper.facts or Facts(subject="")
    known = {
        "sao_tu": _reference(paper),
        "loai_goc": facts.type_name,
        "co_quan_goc": facts.their_issuer,
        "ngay_goc": facts.their_date.isoformat() if facts.their_date else "",
        "trich_yeu_goc": facts.subject,
    }
    return record | {name: value for name, value in known.items() if value and name in names}


def is_copied_from(name: str) -> bool:
    """Whether a file of a received paper is the paper itself, in a form that copies are made of."""
    path = PurePosixPath(name)
    return str(path.parent) == RECEIVED_DIR and path.suffix.lower() == ".pdf"


def _reference(paper: DocumentView) -> str:
    theirs = paper.facts.their_reference if paper.facts else ""
    return theirs or (paper.number.reference if paper.number else "")


def _shown(paper: DocumentView) -> str:
    facts = paper.facts
    issuer = facts.their_issuer if facts else ""
    return f"{_reference(paper)} của {issuer or 'cơ quan chưa rõ'} (mã {paper.id})"
