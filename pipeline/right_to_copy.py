"""A record that asks for a certified copy → what it asks, and the paper that this form of copy may be made of (domain 3.1).

Sao y: a whole paper of our own. Sao lục: a whole paper of another body that we received. Trích sao: pages of either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.errors.copies import CopyFormWrong
from pipeline.errors.intake import CopyNotAllowed, SourcePaperAmbiguous, SourcePaperUnknown
from pipeline.legal import RECALLED_WORDS, sent_back
from pipeline.record import Book, CopyForm, Facts, LegalState, Record, Relation, RelationKind
from pipeline.second_arrivals import without_joined
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.vietnamese import fold

FORM_WORDS: Mapping[CopyForm, str] = MappingProxyType(
    {
        CopyForm.SAO_Y: "sao y",
        CopyForm.SAO_LUC: "sao lục",
        CopyForm.TRICH_SAO: "trích sao",
    }
)
_OWN = frozenset((Book.DI, Book.NOI_BO))
_OF_OTHERS = frozenset((Book.DEN,))
#: Whose papers each form is made of, by the book they stand in.
_BOOKS: Mapping[CopyForm, frozenset[Book]] = MappingProxyType(
    {
        CopyForm.SAO_Y: _OWN,
        CopyForm.SAO_LUC: _OF_OTHERS,
        CopyForm.TRICH_SAO: _OWN | _OF_OTHERS,
    }
)
_WHY_WRONG = MappingProxyType(
    {
        CopyForm.SAO_Y: "văn bản do cơ quan khác gửi đến, không phải của cơ quan mình ban hành.",
        CopyForm.SAO_LUC: "văn bản do cơ quan mình ban hành, không phải nhận từ cơ quan khác.",
    }
)
_GONE = MappingProxyType(
    {
        LegalState.THU_HOI: "văn bản đã bị thu hồi.",
        LegalState.HUY_SO: "số của văn bản đã hủy.",
    }
)
_A_COPY = "đây là bản sao, không phải bản chính; hãy sao từ chính văn bản ấy."
_A_DRAFT = "văn bản còn là dự thảo, chưa có số."


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequest:
    """What the record of a copy asks for."""

    form: CopyForm
    #: As the clerk wrote it: a reference in any form, or an id.
    wanted: str
    #: Of the original, as printed: ``1, 3-5``; empty takes the whole.
    pages: str = ""
    is_electronic: bool = False
    #: How many copies bear a serial number; 1: none does.
    serials: int = 1
    #: Who compared the file with the signed paper.
    attested_by: str = ""
    #: Who decided to copy in spite of what the paper is or bears, and why.
    decided_by: str = ""
    decided_why: str = ""

    def told(self) -> Record:
        """For the journal: who answers for this copy."""
        words = {
            "attested_by": self.attested_by,
            "decided_by": self.decided_by,
            "decided_why": self.decided_why,
        }
        return {name: value for name, value in words.items() if value}


def request_of(record: Record, form: CopyForm) -> CopyRequest:
    """What *record* asks for; the fields are those of ``_shared/ban_sao.json``."""
    return CopyRequest(
        form=form,
        wanted=str(record.get("sao_tu") or ""),
        pages=str(record.get("trang_trich") or ""),
        is_electronic=record.get("dien_tu") is True,
        serials=int(record.get("danh_so_ban") or 1),
        attested_by=str(record.get("doi_chieu_boi") or ""),
        decided_by=str(record.get("van_sao_boi") or ""),
        decided_why=str(record.get("van_sao_ly_do") or ""),
    )


def page_numbers(text: str) -> list[int]:
    """``1, 3-5`` → 1, 3, 4, 5, in that order; empty where it says nothing. Pages may be written twice, and count once."""
    found: dict[int, None] = {}
    for part in text.split(","):
        first, _, last = (one.strip() for one in part.partition("-"))
        if first:
            found |= dict.fromkeys(range(int(first), int(last or first) + 1))
    return list(found)


def source_of_copy(
    asked: CopyRequest, found: Sequence[DocumentView], registers: Registers
) -> DocumentView:
    """The paper to be copied, of those that answer to what was *wanted*.

    Raises:
        SourcePaperUnknown (R191), SourcePaperAmbiguous (R192), CopyNotAllowed (R193), CopyFormWrong (R260).
    """
    found = without_joined(found, registers)
    numbered = [paper for paper in found if paper.state is DocumentState.NUMBERED]
    right = [paper for paper in numbered if _book_of(paper) in _BOOKS[asked.form]]
    if not right:
        raise _refusal(asked, found, numbered)
    if len(right) > 1:
        raise SourcePaperAmbiguous(
            "several papers",
            reference=asked.wanted,
            count=len(right),
            candidates="; ".join(_shown(paper) for paper in right[:5]),
        )
    if right[0].legal_state in _GONE:
        raise CopyNotAllowed("gone", reference=asked.wanted, why=_why_gone(right[0], registers))
    return right[0]


def _why_gone(paper: DocumentView, registers: Registers) -> str:
    """Of a paper received that went back: whether we or its sender wanted it so."""
    went, _ = sent_back([version.reason for version in registers.versions_of(paper.id)])
    if paper.legal_state is not LegalState.THU_HOI or not went:
        return _GONE[paper.legal_state]
    return "văn bản đã bị nơi gửi thu hồi." if went == RECALLED_WORDS else f"văn bản {went}."


def _refusal(
    asked: CopyRequest, found: Sequence[DocumentView], numbered: list[DocumentView]
) -> CopyFormWrong | CopyNotAllowed | SourcePaperUnknown:
    """Why none of the papers found can be copied in the form asked for."""
    if not found:
        return SourcePaperUnknown("no such paper", reference=asked.wanted)
    originals = [paper for paper in numbered if _book_of(paper) is not Book.SAO]
    if not originals:
        why = _A_COPY if numbered else _A_DRAFT
        return CopyNotAllowed("no original", reference=asked.wanted, why=why)
    right = next(
        form
        for form in (CopyForm.SAO_Y, CopyForm.SAO_LUC)
        if _book_of(originals[0]) in _BOOKS[form]
    )
    return CopyFormWrong(
        f"form={asked.form} right={right}",
        form=FORM_WORDS[asked.form],
        reference=asked.wanted,
        why=_WHY_WRONG[asked.form],
        right=FORM_WORDS[right],
        folder=right.value,
    )


def relation_to(paper: DocumentView) -> Relation:
    """How a copy stands to the paper it was made from."""
    return Relation(kind=RelationKind.SAO, reference=_reference(paper), document_id=paper.id)


def told_of_source(
    record: Record, paper: DocumentView, own_bodies: Mapping[str, str], names: Collection[str]
) -> Record:
    """*record* with what the registers know of the paper, for those properties that the kind has.

    The registers' word goes before the clerk's; where they know nothing, hers stays.

    Args:
        own_bodies: Symbol → full name of the bodies of this office.
    """
    facts = paper.facts or Facts(subject="")
    is_own = _book_of(paper) in _OWN
    day = facts.issued_on if is_own else facts.their_date
    known = {
        "sao_tu": _reference(paper),
        "loai_goc": known_type(paper),
        "co_quan_goc": own_bodies.get(facts.issuer, "") if is_own else facts.their_issuer,
        "ngay_goc": day.isoformat() if day else "",
        "trich_yeu_goc": facts.subject,
    }
    return record | {name: value for name, value in known.items() if value and name in names}


def known_type(paper: DocumentView) -> str:
    """The paper's own type; empty for one received that is called only by the kind it was entered as, «văn bản đến»."""
    name = paper.facts.type_name if paper.facts else ""
    is_known = is_own_paper(paper) or fold(name) != paper.kind.replace("-", " ")
    return name if is_known else ""


def is_own_paper(paper: DocumentView) -> bool:
    """Whether this office issued it."""
    return _book_of(paper) in _OWN


def _book_of(paper: DocumentView) -> Book | None:
    return paper.number.series.book if paper.number else None


def _reference(paper: DocumentView) -> str:
    theirs = paper.facts.their_reference if paper.facts and not is_own_paper(paper) else ""
    return theirs or (paper.number.shown if paper.number else "")


def _shown(paper: DocumentView) -> str:
    facts = paper.facts
    issuer = (facts.their_issuer or facts.issuer) if facts else ""
    return f"{_reference(paper)} của {issuer or 'cơ quan chưa rõ'} (mã {paper.id})"
