"""Archived papers → the search index, a batch at a time (● indexed)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from pipeline.document_object import TEXT_FILE, document_object, rendition
from pipeline.errors.base import shown_as
from pipeline.errors.search import IndexBusy, IndexMakingStopped
from pipeline.inbox.arrival_reading import waits_for_clerk
from pipeline.inbox.folders import RECORD_SUFFIXES
from pipeline.record import Book, Facts
from pipeline.stores.objects import Objects
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentView, ReceiptView
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper
from pipeline.vietnamese import clean_text, decode_legacy, plausibility

log = logging.getLogger(__name__)

_BATCH = 400
#: A name that somebody or a scanner gave a file is no text of the paper: whatever text says as much goes before it.
_NAME_ALONE = 0.0


def index(
    registers: Registers,
    objects: Objects,
    search: SearchIndex,
    *,
    role_timeout_s: float,
    progress: Callable[[int, str], None] | None = None,
) -> int | None:
    """Bring the index up to the archive; how many papers were added, None while another one does it.

    Idempotent: an upsert by document id. A missing, damaged or outdated index is made anew first.
    """
    try:
        if reason := search.health():
            told = shown_as(f"Đang lập lại mục lục tìm kiếm: {reason}.")
            log.log(_loudness(search), "index is made anew: %s", reason, extra=told)
            made = make_anew(
                registers, objects, search, role_timeout_s=role_timeout_s, progress=progress
            )
        else:
            made = 0
        with search.writer(timeout_s=role_timeout_s) as writer:
            while due := registers.to_index(_BATCH):
                writer.upsert_many(_papers(due, registers, objects))
                registers.indexed((document.id, document.archived_version) for document in due)
                made += len(due)
                if progress is not None:
                    progress(made, str(due[-1].id))
            return made
    except IndexBusy:
        return None


def make_anew(
    registers: Registers,
    objects: Objects,
    search: SearchIndex,
    *,
    role_timeout_s: float,
    progress: Callable[[int, str], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    batch_papers: int = _BATCH,
) -> int:
    """Make the index again beside the old one, which answers meanwhile, and put it in its place; how many papers it has.

    Goes on where an earlier one was stopped or killed: papers it has already in their version are not read again.

    Raises:
        IndexBusy (T330): another process is making it.
        IndexMakingStopped (T333): *should_stop* said so; what is done is kept for the next time.
    """
    fresh = search.beside()
    if fresh.health():
        fresh.reset(timeout_s=role_timeout_s)
    with fresh.writer(timeout_s=role_timeout_s) as writer:
        in_index = fresh.versions()
        done, last = 0, ""
        while batch := registers.findable(last, batch_papers):
            if should_stop():
                raise IndexMakingStopped(f"stopped after {done} papers, last {last}")
            due = [one for one in batch if in_index.get(one.id, 0) < one.archived_version]
            if due:
                writer.upsert_many(_papers(due, registers, objects))
            done, last = done + len(batch), str(batch[-1].id)
            if progress is not None:
                progress(done, last)
        search.adopt(fresh, timeout_s=role_timeout_s)
    reconcile(registers, search, role_timeout_s=role_timeout_s)
    return done


def reconcile(registers: Registers, search: SearchIndex, *, role_timeout_s: float) -> None:
    """Make index and registers agree: what the index lacks is due again, what the registers lack leaves the index.

    Raises:
        IndexBusy (T330): another process is writing it.
    """
    with search.writer(timeout_s=role_timeout_s) as writer:
        strangers = registers.reconcile_indexed(search.versions())
        if strangers:
            told = shown_as(f"Bỏ khỏi mục lục {len(strangers)} văn bản không có trong sổ.")
            some = sorted(strangers)[:20]
            log.warning("index has papers that do not belong there: %s", some, extra=told)
            writer.purge(strangers)


def _loudness(search: SearchIndex) -> int:
    """An office that begins has no index yet, which is nothing to warn of."""
    return logging.WARNING if search.directory.exists() else logging.INFO


def _readable(text: str) -> str:
    """The text as it is indexed: legacy encodings decoded first (their letters look like control marks), then cleaned."""
    return clean_text(decode_legacy(text) or text)[0]


def _is_made_here(document: DocumentView) -> bool:
    return rendition(tuple(file.name for file in document.files), ".docx") is not None


def _papers(documents: list[DocumentView], registers: Registers, objects: Objects) -> list[Paper]:
    receipts = registers.receipts({paper.receipt_id for paper in documents})
    return [_paper(document, objects, receipts.get(document.receipt_id)) for document in documents]


def _file_name(document: DocumentView, receipt: ReceiptView | None) -> str:
    """By which a paper is found whose facts wait for the clerk; no other: then its facts tell what it is."""
    if receipt is None or receipt.suffix in RECORD_SUFFIXES or not waits_for_clerk(document):
        return ""
    return _readable(receipt.source_name)


def _words_of(document: DocumentView, text: str, name: str) -> tuple[str, float]:
    """The words by which it is found beside its facts, and how far they may be trusted."""
    # What was made here from a record is as sound as its record.
    trust = 1.0 if _is_made_here(document) else plausibility(text)
    if not name:
        return text, trust
    subject = document.facts.subject if document.facts else ""
    has_subject = subject in document.record.values()
    if not has_subject and text.strip() in ("", subject):
        return name, _NAME_ALONE
    return f"{text}\n{name}", trust


def _paper(document: DocumentView, objects: Objects, receipt: ReceiptView | None) -> Paper:
    facts = document.facts or Facts(subject="")
    number = document.number
    version = document.archived_version
    text = _readable(
        objects.read(document_object(document.id), TEXT_FILE, version=version).decode()
    )
    name = _file_name(document, receipt)
    text, trust = _words_of(document, text, name)
    is_incoming = number is not None and number.series.book is Book.DEN
    issued_on = facts.their_date if is_incoming else None
    issued_on = issued_on or (number.issued_on if number else facts.issued_on)
    # Of what came from elsewhere an unknown sender is nobody, least of all ourselves.
    has_come = is_incoming or (number is None and waits_for_clerk(document))
    return Paper(
        document_id=document.id,
        version=version,
        kind=document.kind,
        register=number.series.book if number else "",
        title=facts.type_name,
        subject=facts.subject,
        reference=number.reference if number else "",
        lookup_code=number.lookup_code if number else "",
        their_reference=facts.their_reference,
        issuer=facts.their_issuer if has_come else facts.issuer,
        signer=facts.signer,
        person=facts.person,
        residence=facts.residence,
        issued_on=issued_on,
        # A draft is looked for in the year it was dropped.
        year=(number.issued_on if number else document.received_at).year,
        legal_state=document.legal_state,
        text=text,
        name=name,
        owner=receipt.owner if receipt else "",
        circulation=facts.circulation,
        reliability=trust,
    )
