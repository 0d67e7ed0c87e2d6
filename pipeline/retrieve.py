"""A question → papers; a paper → its verified bytes, and everything the office knows of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pipeline.app import App
from pipeline.document_object import RECEIVED_DIR, document_object, rendition
from pipeline.durable import temp_beside
from pipeline.legal import DRAFT_WORDS, STATE_WORDS
from pipeline.plain import to_plain
from pipeline.record import DocumentId
from pipeline.sheet_context import short_id
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.stores.search.values import Query, Results

__all__ = [
    "WHAT",
    "Query",
    "describe",
    "drafts_among",
    "export_files",
    "find_papers",
    "is_draft",
]

WHAT = ("pdf", "docx", "original", "all")


def find_papers(query: Query, app: App) -> Results:
    """Search the index.

    Raises:
        IndexUnusable (T331): it is missing or damaged, and will be made again.
    """
    return app.search.search(query)


def drafts_among(results: Results, app: App) -> frozenset[str]:
    """Ids of the hits that are drafts and have no number yet."""
    nameless = [hit.document_id for hit in results.hits if not hit.reference]
    papers = (app.registers.get(DocumentId(one)) for one in nameless)
    return frozenset(paper.id for paper in papers if paper is not None and is_draft(paper))


def is_draft(document: DocumentView) -> bool:
    """Whether a paper waits for its signature and has no number yet."""
    return document.state is DocumentState.WAITING


def export_files(document: DocumentView, what: str, folder: Path, app: App) -> list[Path]:
    """Copy files of a paper's newest archived version out of the archive.

    Args:
        what: One of :data:`WHAT`.
    Raises:
        ArchiveCorrupted: the bytes are not those that were archived.
    """
    if document.archived_version == 0:
        return []
    object_id = document_object(document.id)
    folder.mkdir(parents=True, exist_ok=True)
    placed = []
    for name in _chosen(document, what):
        source = app.objects.open(object_id, name, version=document.archived_version)
        target = folder / (name if what == "all" else Path(name).name)
        target.parent.mkdir(parents=True, exist_ok=True)
        temp = temp_beside(target)
        shutil.copyfile(source, temp)
        temp.rename(target)
        placed.append(target)
    return placed


def describe(document: DocumentView, app: App) -> dict[str, Any]:
    """Everything known of a paper: facts, versions with their files, entry, state, relations, journal."""
    facts, number = document.facts, document.number
    object_id = document_object(document.id)
    receipt = app.registers.receipt(document.receipt_id)
    versions = []
    for version in app.registers.versions_of(document.id):
        is_stored = version.number <= document.archived_version
        files = app.objects.files(object_id, version.number) if is_stored else ()
        versions.append(
            {
                "number": version.number,
                "reason": version.reason,
                "person": version.person,
                "at": to_plain(version.at),
                "inventory_sha512": version.inventory_sha512,
                "files": to_plain(list(files)),
            }
        )
    return {
        "document_id": document.id,
        "kind": document.kind,
        "reference": (number.reference or None) if number else None,
        "lookup_code": (number.lookup_code or None) if number else None,
        "state": document.state,
        "legal_state": document.legal_state,
        "ban_goc": document.ban_goc,
        "facts": to_plain(facts),
        "register_entry": to_plain(number),
        "term": document.term,
        "record": document.record,
        "source": f"{receipt.folder}/{receipt.source_name}" if receipt else None,
        "owner": receipt.owner if receipt else None,
        "received_at": to_plain(document.received_at),
        "relations": to_plain(list(document.relations)),
        "related_from": [
            {"document_id": other.id, "relations": to_plain(list(other.relations))}
            for other in app.registers.related_to(document.id)
        ],
        "problems": to_plain(list(document.problems)),
        "duplicate_of": document.duplicate_of,
        "versions": versions,
        "journal": [to_plain(line) for line in app.registers.journal_of(document.id)],
        "summary": _summary(document),
    }


def _chosen(document: DocumentView, what: str) -> list[str]:
    names = tuple(file.name for file in document.files)
    if what == "all":
        return list(names)
    if what == "original":
        return [name for name in names if name.startswith(f"{RECEIVED_DIR}/")]
    found = rendition(names, f".{what}")
    return [found] if found else []


def _reference_in_words(document: DocumentView) -> str:
    if document.number is not None:
        return document.number.reference
    return f"{DRAFT_WORDS} ({short_id(document.id)})" if is_draft(document) else ""


def _summary(document: DocumentView) -> list[tuple[str, str]]:
    facts, number = document.facts, document.number
    return [
        ("Mã văn bản", str(document.id)),
        ("Số, ký hiệu", _reference_in_words(document)),
        ("Mã tra cứu", number.lookup_code if number else ""),
        ("Ngày", number.issued_on.strftime("%d/%m/%Y") if number else ""),
        ("Tên loại", facts.type_name if facts else ""),
        ("Trích yếu", facts.subject if facts else ""),
        ("Cơ quan", (facts.their_issuer or facts.issuer) if facts else ""),
        ("Số của nơi gửi", facts.their_reference if facts else ""),
        ("Trạng thái", STATE_WORDS[document.legal_state].capitalize()),
    ]
