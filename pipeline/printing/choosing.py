"""Papers that somebody wants printed → whether they may be, and the verified PDF of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pipeline.app import App
from pipeline.document_object import RECEIVED_DIR, SIGNED_DIR, document_object, rendition
from pipeline.errors.printing import (
    NothingToPrint,
    PaperNotArchived,
    PaperNotPrintable,
    PrintOutOfForce,
    PrintVersionMissing,
)
from pipeline.legal import DRAFT_WORDS, OUT_OF_FORCE, WARNING
from pipeline.record import DocumentId
from pipeline.signed_back import SIGNED_OCR
from pipeline.standing import shown_of, standing_words
from pipeline.stores.registers.print_views import VERSION_WORDS, PaperOfPrint, PrintVersion
from pipeline.stores.registers.views import DocumentState, DocumentView

BAN_KY, BAN_DUNG = PrintVersion.BAN_KY, PrintVersion.BAN_DUNG
_NEVER = {
    DocumentState.RETURNED: "đã trả lại để sửa, chưa vào sổ",
    DocumentState.DUPLICATE: "trùng với văn bản đã có",
    DocumentState.PURGED: "đã gỡ bỏ nội dung",
}


def check_printable(
    documents: Sequence[DocumentView], app: App, *, also_withdrawn: bool
) -> tuple[str, ...]:
    """What must be said of papers that may be printed: drafts, corrected ones.

    Raises:
        PaperNotPrintable (R256), PaperNotArchived (T329).
        PrintOutOfForce (R251): some are withdrawn, replaced or void, and it was not said that they are wanted too.
    """
    for document in documents:
        if document.state in _NEVER:
            why = _NEVER[document.state]
            raise PaperNotPrintable(f"document={document.id}", what=shown_of(document), why=why)
        if not document.archived_version or document.archived_version < document.version:
            raise PaperNotArchived(f"document={document.id}", what=shown_of(document))
    lapsed = [one for one in documents if one.legal_state in OUT_OF_FORCE]
    if lapsed and not also_withdrawn:
        detail = f"out of force documents={[one.id for one in lapsed]}"
        raise PrintOutOfForce(detail, papers="; ".join(_standing(one, app) for one in lapsed))
    said = [f"{_standing(one, app)}." for one in documents if one.legal_state in WARNING]
    drafts = [one for one in documents if one.state is DocumentState.WAITING]
    return (*said, *(f"{_called(one)}: {DRAFT_WORDS}, in để trình ký." for one in drafts))


def _standing(document: DocumentView, app: App) -> str:
    return f"{shown_of(document)} {standing_words(document, app.registers)}"


def _called(document: DocumentView) -> str:
    subject = document.facts.subject if document.facts else ""
    return f"«{subject}»" if subject else shown_of(document)


def paper_of(
    document: DocumentView, app: App, *, wanted: PrintVersion | None = None
) -> PaperOfPrint:
    """The paper as it stands now, its pages not counted yet; the signed one where it came back and nothing else is wanted.

    Raises:
        PrintVersionMissing (R275): it has no PDF of the version that is wanted.
    """
    version = document.archived_version
    paper = PaperOfPrint(document_id=document.id, version=version, pages=0)
    found = _files(paper, app)
    if wanted is None:
        return replace(paper, which=BAN_KY if BAN_KY in found else BAN_DUNG)
    if wanted not in found:
        known = ", ".join(VERSION_WORDS[one] for one in found) or "không có bản PDF nào"
        detail = f"no {wanted} document={document.id}"
        what = shown_of(document)
        raise PrintVersionMissing(detail, what=what, wanted=VERSION_WORDS[wanted], known=known)
    return replace(paper, which=wanted)


def _files(paper: PaperOfPrint, app: App) -> dict[PrintVersion, str]:
    """The PDF of each version that the paper has."""
    files = app.objects.files(document_object(paper.document_id), paper.version)
    names = tuple(file.name for file in files)
    signed = [name for name in names if PurePosixPath(name).parts[0] == SIGNED_DIR]
    came = sorted(name for name in names if str(PurePosixPath(name).parent) == RECEIVED_DIR)
    ours = rendition(names, ".pdf")
    # Of a signed one that is a picture, the PDF with the words that were read of it.
    found = {
        BAN_KY: _pdf([*signed, *(name for name in names if signed and name == SIGNED_OCR)]),
        BAN_DUNG: ours,
        PrintVersion.GOC: _pdf(came),
    }
    return {which: name for which, name in found.items() if name is not None}


def _pdf(names: Sequence[str]) -> str | None:
    return next((name for name in names if name.lower().endswith(".pdf")), None)


def pdf_of(paper: PaperOfPrint, app: App) -> Path:
    """The PDF of that version, read through once and compared with its digest; not to be written to.

    Raises:
        NothingToPrint (R250), PaperNotPrintable (R256); ArchiveCorrupted: the bytes are not those that were archived.
    """
    document = app.registers.get(DocumentId(paper.document_id))
    if document is None or document.state is DocumentState.PURGED:
        why = _NEVER[DocumentState.PURGED]
        what = shown_of(document) if document else paper.document_id
        raise PaperNotPrintable(f"document={paper.document_id}", what=what, why=why)
    object_id = document_object(document.id)
    name = _files(paper, app).get(paper.which)
    if name is None:
        kept = [
            Path(file.name).name
            for file in app.objects.files(object_id, paper.version)
            if "/" in file.name
        ]
        raise NothingToPrint(
            f"no pdf document={document.id}",
            what=shown_of(document),
            files=", ".join(kept) or "không có tệp nào",
            id=document.id,
        )
    return app.objects.open(object_id, name, version=paper.version)
