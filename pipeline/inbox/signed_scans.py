"""A signed and sealed paper dropped back → the next version of the very paper it is, «đã ký», with what it differs in.

The drop is kept as an object of its own, as it came; the paper's record points to it, and every version from then on holds
it as ``signed/…`` above the rendition, which stays what it was.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.between import Bench, Checked, Made, notes_of
from pipeline.document_object import (
    RECEIVED_DIR,
    SIGNED_DIR,
    TEXT_FILE,
    document_object,
    receipt_object,
    rendition,
)
from pipeline.errors.base import Problem, RecordRejected
from pipeline.errors.intake import SourceNotReady
from pipeline.errors.signed_back import SignedNotSigned, SignedUnlike
from pipeline.inbox.late_records import keep_drop
from pipeline.inbox.signed_match import Match, match, named, printed_claim
from pipeline.inbox.spool import dropped_files
from pipeline.plain import to_plain
from pipeline.record import BanGoc, Book, Record
from pipeline.sheet_context import short_id
from pipeline.signed_back import (
    IN_RECORD,
    NOTES,
    SIGNED_OCR,
    SIGNED_TEXT,
    SignedBack,
    is_signed_name,
    signed_back,
)
from pipeline.signed_paper import NOTES as SIGNATURES
from pipeline.signed_paper import broken_lines, judge_signatures
from pipeline.stores.objects import Objects
from pipeline.stores.registers.views import DocumentView, ReceiptView
from pipeline.suffixes import has_pages
from pipeline.vietnamese import fold, parse_reference

#: Of the cell's time, what reading may take.
_READING_SHARE = 0.8
#: So many pages are looked at for a code.
_CODED_PAGES = 20
#: So much of a name or a trích yếu must be found among what a machine read.
_NAME_ALIKE = 0.8
_SUBJECT_ALIKE = 0.6
_WORD_ALIKE = 0.8


def find_signed(
    receipt: ReceiptView,
    documents: Sequence[DocumentView],
    problems: Sequence[Problem],
    bench: Bench,
) -> list[Checked]:
    """Find the paper and compare, or say why it may not be taken.

    Raises:
        TemporaryFailure: the cell had to be stopped, or the paper is still on its way into the archive.
    """
    items = [Checked(document_id=one.id, record={}) for one in documents]
    for item, document in zip(items, documents, strict=True):
        item.problems += problems
        if item.problems:
            continue
        path = _scan(receipt, bench)
        seen = _read(path, bench)
        item.problems += [_problem(one) for one in seen["problems"]]
        if item.problems:
            continue
        try:
            _check_signed(path, receipt, bench)
            found = match(receipt.source_name, document.record, seen, bench)
            told = _told(found, seen, receipt, path, bench)
        except RecordRejected as error:
            item.problems.append(error.problem())
        else:
            item.facts = found.paper.facts
            item.amends = item.duplicate_of = found.paper.id
            item.record = {IN_RECORD: to_plain(told)}
    return items


def keep_signed(receipt: ReceiptView, checked: Sequence[Checked], bench: Bench) -> None:
    """Keep the file and let its paper follow it: a new version. Idempotent: the same bytes change nothing.

    Raises:
        StateNotAllowed (R176): it was withdrawn a moment ago; looking again tells the clerk so.
    """
    for item in checked:
        told = signed_back(item.record)
        if item.amends is None or item.problems or told is None:
            continue
        paper = bench.registers.get(item.amends)
        assert paper is not None
        known = signed_back(paper.record)
        if known is not None and known.sha512 == told.sha512:
            continue
        keep_drop(receipt, bench)
        bench.registers.take_signed(
            paper.id,
            told,
            receipt_id=receipt.id,
            person=receipt.owner,
            ban_goc=_ban_goc(told),
        )


def with_signed(made: Made, objects: Objects) -> Made:
    """The version with the signed one that its paper's record points to; without it where it points to none.

    What a machine read of that very file for an earlier version is kept.
    """
    made = _without_old_words(made, objects)
    told = signed_back(made.document.record)
    ours = {file.name for file in made.document.files if is_signed_name(file.name)}
    others = tuple(name for name in made.keep if name not in ours)
    notes = {name: value for name, value in made.notes.items() if name != NOTES}
    if told is None:
        return replace(made, keep=others, notes=notes) if ours or NOTES in made.notes else made
    name, source = _kept(told, objects)
    notes[NOTES] = {"name": name, **to_plain(told), "differences": said_of_signed(made.document)}
    if told.signatures:
        notes[SIGNATURES] = told.signatures
    made = replace(made, files={**made.files, name: source}, keep=others, notes=notes)
    before = notes_of(made.document, objects).get(NOTES, {})
    if SIGNED_TEXT not in ours or before.get("sha512") != told.sha512:
        return made
    notes[NOTES]["unread"] = before["unread"]
    text = made.text
    if TEXT_FILE not in others:
        words = objects.read(
            document_object(made.document.id), SIGNED_TEXT, version=made.document.archived_version
        )
        text = f"{text}\n{words.decode()}"
    return replace(made, keep=(*others, SIGNED_OCR, SIGNED_TEXT), text=text)


def _without_old_words(made: Made, objects: Objects) -> Made:
    """Words that were read of a signed one which no longer is this paper's are not found under it any more."""
    document = made.document
    told, names = signed_back(document.record), {file.name for file in document.files}
    before = notes_of(document, objects).get(NOTES, {}) if SIGNED_TEXT in names else {}
    is_stale = bool(before) and (told is None or told.sha512 != before.get("sha512"))
    if not is_stale or TEXT_FILE not in made.keep:
        return made
    object_id, version = document_object(document.id), document.archived_version
    words, old = (
        objects.read(object_id, name, version=version).decode() for name in (TEXT_FILE, SIGNED_TEXT)
    )
    keep = tuple(name for name in made.keep if name != TEXT_FILE)
    return replace(made, keep=keep, text=words.removesuffix(f"\n{old}"))


def _kept(told: SignedBack, objects: Objects) -> tuple[str, Path]:
    """Name in the paper's object, and the file where it is kept as it came."""
    for file in objects.files(told.object_id, 1):
        path = PurePosixPath(file.name)
        if str(path.parent) == RECEIVED_DIR and has_pages(path):
            source = objects.open(told.object_id, file.name, version=1)
            return f"{SIGNED_DIR}/{path.name}", source
    raise SourceNotReady(f"no signed paper in {told.object_id}")


def _ban_goc(told: SignedBack) -> BanGoc:
    """Electronic where somebody's signature over the whole file is intact; a scan is a picture of the paper."""
    signatures = told.signatures.get("signatures", ())
    found = [one for one in signatures if one["kind"] == "signature"]
    is_sound = bool(found) and not broken_lines({SIGNATURES: told.signatures})
    return BanGoc.DIEN_TU if is_sound else BanGoc.GIAY


# --- what is on it ---


def _scan(receipt: ReceiptView, bench: Bench) -> Path:
    files = dropped_files(bench.office, receipt.id)
    return next(path for path in files if has_pages(path))


def _check_signed(path: Path, receipt: ReceiptView, bench: Bench) -> None:
    """Our own print, or any text out of a machine, is signed by nobody, whatever its name says.

    Raises:
        SignedNotSigned (R305).
    """
    look: dict[str, Any] = bench.cell.call(
        "copy.look", {"path": str(path)}, seconds=bench.office.limits.paper_seconds
    )
    if not (look["is_scan"] or look["signed"]):
        raise SignedNotSigned("neither a scan nor signed", file=receipt.source_name)


def _read(path: Path, bench: Bench) -> dict[str, Any]:
    seconds = bench.office.limits.paper_seconds
    told: dict[str, Any] = bench.cell.call(
        "paper.back", {"path": str(path), "seconds": seconds * _READING_SHARE}, seconds=seconds
    )
    codes: dict[str, Any] = bench.cell.call(
        "paper.codes", {"path": str(path), "max_pages": _CODED_PAGES}, seconds=seconds
    )
    return told | {"codes": [code for page in codes["pages"] for code in page]}


def _told(
    found: Match, seen: dict[str, Any], receipt: ReceiptView, path: Path, bench: Bench
) -> SignedBack:
    paper = found.paper
    known = signed_back(paper.record)
    if known is not None and known.sha512 == receipt.sha512:
        return known
    if not found.is_sure:
        _check_alike(found, seen, receipt, bench)
    signatures: Record = judge_signatures(path, bench).get(SIGNATURES, {})
    claim = printed_claim(seen, bench.registers)
    return SignedBack(
        object_id=receipt_object(receipt.id),
        sha512=receipt.sha512,
        matched_by=found.by,
        pages=seen["pages"],
        read={
            "number": claim.shown if claim else "",
            "date": seen["date"],
            "is_read": seen["is_read"],
        },
        differences=tuple(_differences(paper, seen, bench)),
        unread=tuple(seen["unread"]),
        signatures=signatures,
    )


def _check_alike(found: Match, seen: dict[str, Any], receipt: ReceiptView, bench: Bench) -> None:
    """Where the page can be read and nothing on it is the paper's, the name alone is not believed.

    Raises:
        SignedUnlike (R304).
    """
    paper = found.paper
    facts = paper.facts
    if not seen["is_read"] or printed_claim(seen, bench.registers) is not None or facts is None:
        return
    text = f"{seen['first']}\n{seen['last']}"
    is_alike = _is_there(facts.subject, text) or _is_named(facts.signer, text)
    has_date = paper.number is not None and paper.number.issued_on.isoformat() == seen["date"]
    if not is_alike and not has_date:
        raise SignedUnlike(
            f"nothing alike document={paper.id}",
            file=receipt.source_name,
            by=found.by,
            shown=named(paper),
            example=short_id(paper.id),
        )


# --- compared with the rendition ---


def said_of_signed(paper: DocumentView) -> list[str]:
    """Sentences on all in which the signed one is not what was printed, or what is still to be done or looked at.

    Number and date are compared with what the book says now: a draft gets them after its signature.
    """
    told = signed_back(paper.record)
    if told is None:
        return []
    if not told.read:
        return list(told.differences)
    if not told.read["is_read"]:
        words = "Máy không đọc được chữ trên bản ký: hãy tự đối chiếu số, ngày, người ký."
        return [*told.differences, words]
    number, day = str(told.read["number"]), str(told.read["date"])
    return [*told.differences, *_number_words(paper, number), *_date_words(paper, day)]


def _differences(paper: DocumentView, seen: dict[str, Any], bench: Bench) -> list[str]:
    """What of the paper stands otherwise on the signed one, or is not seen there, but for number and date."""
    printed = _printed_pages(paper, bench)
    found = []
    if printed is not None and printed != seen["pages"]:
        found.append(f"Bản ký có {seen['pages']} trang, bản in có {printed} trang.")
    return [*found, *_text_words(paper, seen)] if seen["is_read"] else found


def _printed_pages(paper: DocumentView, bench: Bench) -> int | None:
    """Pages of the rendition; None where there is no PDF of it.

    Raises:
        SourceNotReady (T-family): the paper is still on its way.
    """
    if paper.archived_version < paper.version:
        raise SourceNotReady(f"not archived yet document={paper.id}")
    name = rendition(tuple(file.name for file in paper.files), ".pdf")
    if name is None:
        return None
    path = bench.objects.open(document_object(paper.id), name, version=paper.archived_version)
    told = bench.cell.call(
        "paper.count",
        {"path": str(path), "suffix": ".pdf"},
        seconds=bench.office.limits.paper_seconds,
    )
    return None if told["pages"] is None else int(told["pages"])


def _number_words(paper: DocumentView, read: str) -> list[str]:
    number = paper.number
    if number is None:
        on_paper = f", trên giấy đọc được «{read}»" if read else ""
        words = (
            f"Văn bản chưa có số trong sổ{on_paper}. Hãy cấp số trên trang web, «Văn bản đi», mục «Chờ ký, chờ cấp số» "
            f"(mã {short_id(paper.id)})."
        )
        by_hand = " Số đã cấp bằng tay thì thả bản ghi có so_da_cap, hoặc nhờ người quản trị vào sổ số ấy."
        return [words + (by_hand if read else "")]
    if not number.reference:
        return []
    if not read:
        return [f"Không đọc được số trên bản ký; trong sổ là {number.reference}."]
    if parse_reference(read) == parse_reference(number.reference):
        return []
    return [f"Số trên bản ký đọc là «{read}», trong sổ là {number.reference}."]


def _date_words(paper: DocumentView, read: str) -> list[str]:
    number = paper.number
    # On the first page of a copy stands the date of what was copied.
    if number is None or not number.reference or number.series.book is Book.SAO:
        return []
    shown = f"{number.issued_on:%d/%m/%Y}"
    if not read:
        return [f"Không đọc được ngày trên bản ký; trong sổ là {shown}."]
    if read == number.issued_on.isoformat():
        return []
    day = date.fromisoformat(read)
    return [f"Ngày trên bản ký đọc là {day:%d/%m/%Y}, trong sổ là {shown}."]


def _text_words(paper: DocumentView, seen: dict[str, Any]) -> list[str]:
    facts = paper.facts
    if facts is None:
        return []
    text = f"{seen['first']}\n{seen['last']}"
    found = []
    if facts.signer and not _is_named(facts.signer, text):
        found.append(
            f"Không thấy tên người ký «{facts.signer}» trên bản ký (có thể do dấu, chữ ký che)."
        )
    if facts.subject and not _is_there(facts.subject, text):
        found.append(f"Không thấy trích yếu «{facts.subject}» trên bản ký.")
    return found


def _is_there(wanted: str, text: str) -> bool:
    """Whether most words of a trích yếu stand in *text*, read by a machine that takes letters for others."""
    words = [word for word in fold(wanted).split() if len(word) > 1]
    there = set(fold(text).split())
    hits = sum(
        word in there or bool(difflib.get_close_matches(word, there, n=1, cutoff=_WORD_ALIKE))
        for word in words
    )
    return bool(words) and hits / len(words) >= _SUBJECT_ALIKE


def _is_named(person: str, text: str) -> bool:
    """Whether a name stands in *text*, its words one after another."""
    name, words = fold(person), fold(text).split()
    length = len(name.split())
    runs = (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
    return bool(name) and bool(difflib.get_close_matches(name, runs, n=1, cutoff=_NAME_ALIKE))


def _problem(value: dict[str, Any]) -> Problem:
    return Problem(**{**value, "path": tuple(value.get("path", ()))})
