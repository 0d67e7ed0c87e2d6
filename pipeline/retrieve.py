"""A question → papers; a paper → its verified bytes, and everything the office knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.app import App
from pipeline.between import notes_of
from pipeline.citations import citation_rows, cited_by, citing
from pipeline.clock import OFFICE_ZONE, today
from pipeline.copy_code import spelled
from pipeline.document_object import OCR_FILE, RECEIVED_DIR, document_object, rendition
from pipeline.durable import give_out
from pipeline.hits_told import drafts_among, is_draft, tell_absent, tell_hits, with_titles
from pipeline.inbox.arrival_reading import (
    arrival_read,
    seen_words,
    slip_words,
    title_of,
)
from pipeline.inbox.signed_scans import said_of_signed
from pipeline.journal_words import person_in_words
from pipeline.legal import DOES, DRAFT_WORDS, OUT_OF_FORCE
from pipeline.number_gaps import gap_of
from pipeline.number_words import series_words
from pipeline.paper_words import how_readable
from pipeline.plain import to_plain
from pipeline.record import Book, Relation
from pipeline.sheet_context import short_id
from pipeline.signed_back import NOTES, SIGNED_OCR, signed_back, signed_file
from pipeline.signed_paper import signature_lines
from pipeline.standing import (
    UNKNOWN_SENDER,
    day_rows,
    done_by_words,
    issuer_shown,
    later_papers,
    marked_file,
    shown_of,
    standing_words,
    upper_first,
)
from pipeline.stores.registers.removal import remark
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    EntryView,
    ReceiptView,
    Tombstone,
)
from pipeline.stores.search.values import EVERYTHING, Query, Results, Rights

__all__ = [
    "FIRST",
    "WHAT",
    "Query",
    "complete_words",
    "describe",
    "describe_number",
    "drafts_among",
    "export_files",
    "find_papers",
    "is_draft",
    "no_longer_in_force",
]

WHAT = ("signed", "pdf", "docx", "original", "ocr", "all")
#: The signed one where it came back, else the PDF.
FIRST = ""


def find_papers(query: Query, app: App) -> Results:
    """Search the index; each hit says whether it is in force, what replaced it, and who has our copies of it.

    Raises:
        IndexUnusable (T331): it is missing or damaged, and will be made again.
    """
    return find_with_papers(query, app)[0]


def find_with_papers(query: Query, app: App) -> tuple[Results, Mapping[str, DocumentView]]:
    """As :func:`find_papers`, with the papers of the hits as the registers know them, by id."""
    results = app.search.search(query)
    hits, papers = tell_hits(results.hits, app.registers, query.rights)
    told = replace(
        results,
        hits=hits,
        counts=with_titles(results.counts, app.kinds),
        understood=tell_absent(results.understood, app.registers, query.rights),
    )
    return told, papers


def complete_words(text: str, app: App, rights: Rights = EVERYTHING) -> tuple[str, ...]:
    """How a question that begins with *text* may go on, in words of papers that may be seen; at most ten ways."""
    return app.search.complete(text, rights)


def export_files(document: DocumentView, what: str, folder: Path, app: App) -> list[Path]:
    """Copy files of a paper's newest archived version out of the archive; their names warn where its state must.

    Args:
        what: One of :data:`WHAT`, or :data:`FIRST`.
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
        if "/" in name:  # what people open; the program's own notes keep their names
            target = target.with_name(marked_file(target.name, document, app.registers))
        target.parent.mkdir(parents=True, exist_ok=True)
        give_out(source, target)
        placed.append(target)
    return placed


def describe(document: DocumentView, app: App, rights: Rights = EVERYTHING) -> dict[str, Any]:
    """Everything known of a paper: facts, versions with their files, entry, state, relations, journal."""
    facts, number = document.facts, document.number
    object_id = document_object(document.id)
    receipt = app.registers.receipt(document.receipt_id)
    later = later_papers(document.id, app.registers)
    cited, citing_it = cited_by(document, app, rights), citing(document, app, rights)
    removals = app.registers.tombstones() if document.state is DocumentState.PURGED else ()
    removal = next((one for one in removals if one.object_id == object_id), None)
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
        "drop": _drop(receipt) if receipt else None,
        "owner": receipt.owner if receipt else None,
        "received_at": to_plain(document.received_at),
        "legal_state_words": standing_words(document, app.registers),
        **_relations(document, later),
        "cites": to_plain(list(cited)),
        "cited_by": to_plain(citing_it),
        "problems": to_plain(list(document.problems)),
        "duplicate_of": document.duplicate_of,
        "versions": _versions(document, app),
        "journal": [to_plain(line) for line in app.registers.journal_of(document.id)],
        "removal": to_plain(removal) if removal else None,
        "summary": [
            *_summary(document, receipt, app),
            *_read_words(document, app),
            *_state_rows(document, removal, app),
            *(
                ("Quan hệ", upper_first(f"{DOES[r.kind]} {r.reference}"))
                for r in document.relations
            ),
            *(("Quan hệ", upper_first(done_by_words(r, other))) for r, other in later),
            *citation_rows(cited, citing_it),
            *(("Bản ký", line) for line in _signed_words(document, app)),
            *_words_rows(document, app),
            *_copy_rows(document, app),
        ],
    }


def _versions(document: DocumentView, app: App) -> list[dict[str, Any]]:
    """Its versions, oldest first, each with the files that are archived of it."""
    object_id = document_object(document.id)
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
    return versions


def _words_rows(document: DocumentView, app: App) -> list[tuple[str, str]]:
    """Its digital signatures, and by which words it is found; what was purged has none, and its object is a tombstone."""
    if document.state is DocumentState.PURGED:
        return []
    signed = signature_lines(notes_of(document, app.objects))
    words = how_readable(document, app.registers, app.objects)
    return [*(("Chữ ký số", line) for line in signed), ("Chữ để tìm", words)]


def describe_number(entry: EntryView, app: App) -> dict[str, Any]:
    """Everything known of a number that has no paper here: what it is, since when, who, why, for whom, until when."""
    gap = gap_of(entry, app.registers, today(app.clock))
    journal = app.registers.journal_of_entry(entry.series, entry.ordinal)
    return {
        "document_id": None,
        **to_plain(entry),
        "state_words": gap.state,
        "journal": [to_plain(line) for line in journal],
        "versions": [],
        "summary": [
            ("Số, ký hiệu", gap.shown),
            ("Dãy số", series_words(entry.series)),
            ("Tình trạng", gap.state),
            ("Văn bản", "Không có trong máy"),
            ("Ngày văn bản", f"{gap.day:%d/%m/%Y}" if gap.day else ""),
            ("Cho ai", gap.holder),
            ("Hạn dùng", f"{gap.expires_on:%d/%m/%Y}" if gap.expires_on else ""),
            ("Người ghi", person_in_words(gap.person)),
            ("Ghi lúc", f"{gap.at.astimezone(OFFICE_ZONE):%H:%M ngày %d/%m/%Y}" if gap.at else ""),
            ("Lý do", "" if entry.reason.casefold() == gap.state.casefold() else entry.reason),
            ("Ghi chú", entry.remark),
        ],
    }


def _state_rows(
    document: DocumentView, removal: Tombstone | None, app: App
) -> list[tuple[str, str]]:
    """What the paper is: its state in law, or that its content is gone."""
    standing = upper_first(standing_words(document, app.registers))
    if removal is None:
        return [("Trạng thái", standing)]
    kept = " Số vẫn còn trong sổ, không cấp lại." if document.number else ""
    return [("Trạng thái", f"{remark(removal)}.{kept}"), ("Trước khi gỡ bỏ", standing)]


_CONFORMITY = {"dat": "đạt", "khong-dat": "không đạt", "chua-kiem": "chưa kiểm"}


def _copy_rows(document: DocumentView, app: App) -> list[tuple[str, str]]:
    """Of a certified copy: its code, and whether it is good for decades."""
    is_copy = document.number is not None and document.number.series.book is Book.SAO
    if not is_copy or document.state is DocumentState.PURGED:
        return []
    judged = notes_of(document, app.objects).get("copy", {}).get("conformity", {})
    verdict = _CONFORMITY.get(judged.get("verdict", ""), "chưa kiểm")
    why = f" ({judged['why']})" if judged.get("why") else ""
    code = document.facts.verification if document.facts else ""
    return [
        ("Mã xác thực", spelled(code)),
        ("Lưu lâu dài", f"{judged.get('flavour') or 'PDF/A'}: {verdict}{why}"),
    ]


def _relations(
    document: DocumentView, later: list[tuple[Relation, DocumentView]]
) -> dict[str, Any]:
    """What the paper does to earlier ones, and what later ones do to it."""
    return {
        "relations": [
            {**to_plain(relation), "words": f"{DOES[relation.kind]} {relation.reference}"}
            for relation in document.relations
        ],
        "related_from": [
            {
                "kind": relation.kind,
                "document_id": other.id,
                "reference": shown_of(other),
                "legal_state": other.legal_state,
                "words": done_by_words(relation, other),
            }
            for relation, other in later
        ],
    }


def no_longer_in_force(document: DocumentView, app: App) -> str:
    """What whoever is given the files must know of the paper's state in law; empty where it stands."""
    if document.legal_state not in OUT_OF_FORCE:
        return ""
    word = standing_words(document, app.registers)
    number = document.number
    shown = number.shown if number else document.id
    versions = app.registers.versions_of(document.id)
    # The newest version was made by the deed that changed the state.
    reason = versions[-1].reason if len(versions) > 1 else ""
    when = f" ngày {versions[-1].at.astimezone(OFFICE_ZONE):%d/%m/%Y}" if len(versions) > 1 else ""
    why = f", lý do: {reason.rstrip('.')}" if reason and reason not in word else ""
    return f"CHÚ Ý: {shown} {word}{when}{why}. Tệp lấy ra là bản đã làm trước đó, chỉ để xem, không dùng để phát hành."


def _chosen(document: DocumentView, what: str) -> list[str]:
    names = tuple(file.name for file in document.files)
    if what == "all":
        return list(names)
    if what == "original":
        return [name for name in names if name.startswith(f"{RECEIVED_DIR}/")]
    signed = signed_file(document.files)
    if what == "signed" or (what == FIRST and signed):
        return [signed] if signed else []
    if what == "ocr":
        return [name for name in names if name in {OCR_FILE, SIGNED_OCR}]
    found = rendition(names, f".{what or 'pdf'}")
    return [found] if found else []


def _signed_words(document: DocumentView, app: App) -> list[str]:
    """That the signed one came back, and in what it is not like the rendition."""
    told = signed_back(document.record)
    if told is None:
        return []
    pages = f"{told.pages} trang, " if told.pages else ""
    first = f"{pages}khớp theo {told.matched_by}" if told.matched_by else f"{pages}đã nhận"
    is_due = bool(notes_of(document, app.objects).get(NOTES, {}).get("unread"))
    waits = ["chữ trên bản ký chờ máy đọc để tìm; chữ của bản in đã tìm được"] if is_due else []
    return [first, *said_of_signed(document), *waits]


def _reference_in_words(document: DocumentView) -> str:
    if document.number is not None:
        return document.number.reference
    return f"{DRAFT_WORDS} ({short_id(document.id)})" if is_draft(document) else ""


def _issuer(document: DocumentView, app: App) -> str:
    """Who issued the paper; of one that came and has no number yet its kind says that it came."""
    kind, facts = app.kinds.get(document.kind), document.facts
    is_waiting = document.number is None and kind is not None and kind.book is Book.DEN
    if is_waiting and facts is not None and not facts.their_issuer:
        return UNKNOWN_SENDER
    return issuer_shown(document)


def _summary(
    document: DocumentView, receipt: ReceiptView | None, app: App
) -> list[tuple[str, str]]:
    facts, number = document.facts, document.number
    is_purged = document.state is DocumentState.PURGED
    return [
        ("Mã văn bản", str(document.id)),
        ("Số, ký hiệu", _reference_in_words(document)),
        ("Mã tra cứu", number.lookup_code if number else ""),
        *day_rows(document),
        ("Tên loại", facts.type_name if facts else ""),
        ("Trích yếu", facts.subject if facts and not is_purged else ""),
        ("Độ khẩn", facts.urgency if facts else ""),
        ("Cơ quan", _issuer(document, app)),
        ("Số của nơi gửi", facts.their_reference if facts else ""),
        ("Từ tệp", _from_file(document, receipt) if receipt and not is_purged else ""),
    ]


def _read_words(document: DocumentView, app: App) -> list[tuple[str, str]]:
    """What was read of an incoming paper, how sure that is and where it stands; and what waits for the clerk."""
    read, kind = arrival_read(document.record), app.kinds.get(document.kind)
    if read is None or kind is None:
        return []
    seen = [
        ("Đọc trên văn bản", f"{title_of(name, kind)} {seen_words(one)}")
        for name, one in read.proposals.items()
    ]
    asks = ", ".join(title_of(name, kind) for name in read.asks)
    slips = slip_words(read)
    return [*seen, ("Tờ mã", slips), ("Chờ văn thư xác nhận", asks if read.is_waiting else "")]


def _from_file(document: DocumentView, receipt: ReceiptView) -> str:
    """The drop a paper came from: file, folder, row, when, who."""
    row = f", {document.place.label}" if receipt.is_list and document.place.label else ""
    when = receipt.received_at.astimezone(OFFICE_ZONE).strftime("%H:%M ngày %d/%m/%Y")
    return (
        f"{receipt.source_name}{row}, thư mục {receipt.folder}, nhận lúc {when}, "
        f"người thả: {person_in_words(receipt.owner)}"
    )


def _drop(receipt: ReceiptView) -> dict[str, Any]:
    return {
        "receipt_id": receipt.id,
        "name": receipt.source_name,
        "folder": receipt.folder,
        "received_at": to_plain(receipt.received_at),
        "owner": receipt.owner,
        "size_bytes": receipt.size_bytes,
        "sha512": receipt.sha512,
    }
