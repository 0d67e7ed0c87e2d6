"""Printings in words: states, sheets and what a printer says, for whoever stands beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from textwrap import shorten
from typing import Any

from pipeline.app import App
from pipeline.clock import OFFICE_ZONE
from pipeline.errors.printing import PrintJobUnknown, SheetsWrong
from pipeline.journal_words import person_in_words
from pipeline.legal import DRAFT_WORDS
from pipeline.plain import to_plain
from pipeline.record import DocumentId
from pipeline.sheet_context import short_id
from pipeline.standing import shown_of
from pipeline.stores.registers.print_views import VERSION_WORDS, PrintState, PrintView
from pipeline.stores.registers.views import DocumentState, DocumentView

_MOST_TOLD_APART, _SUBJECT_LENGTH = 5, 70

STATE_WORDS = {
    PrintState.ORDERED: "đang gửi tới máy in",
    PrintState.GIVEN: "máy in đã nhận, chưa xong",
    PrintState.HERE: "in tại máy này, chờ báo kết quả",
    PrintState.PRINTED: "đã in xong",
    PrintState.CANCELLED: "đã bị hủy",
    PrintState.FAILED: "không in được",
    PrintState.NOT_SENT: "chưa tới máy in, chưa in gì",
    PrintState.FORGOTTEN: "máy in không còn nhớ lần in này, hãy xem khay giấy",
}
#: Keywords of the protocol without their ending → words.
_REASONS = {
    "paused": "đang tạm dừng",
    "media-empty": "hết giấy",
    "media-needed": "hết giấy",
    "media-jam": "kẹt giấy",
    "media-low": "sắp hết giấy",
    "toner-empty": "hết mực",
    "toner-low": "sắp hết mực",
    "marker-supply-empty": "hết mực",
    "marker-supply-low": "sắp hết mực",
    "door-open": "nắp máy đang mở",
    "cover-open": "nắp máy đang mở",
    "offline": "máy in không nối",
    "connecting-to-device": "đang nối tới máy in",
    "timed-out": "máy in không trả lời",
    "job-canceled-by-user": "người dùng đã hủy",
    "job-canceled-by-operator": "người quản trị đã hủy",
    "job-canceled-at-device": "đã hủy ở máy in",
    "aborted-by-system": "máy chủ in bỏ dở",
    "document-format-error": "máy in không đọc được tệp",
    "job-hold-until-specified": "bị giữ lại",
}
_ENDINGS = ("-report", "-warning", "-error")
_RUN = re.compile(r"(\d{1,7})(?:\s*[-–]\s*(\d{1,7}))?")


def reasons_in_words(reasons: Sequence[str], message: str) -> str:
    """Why a printer or job is as it is; empty where nothing is said."""
    known = []
    for reason in reasons:
        bare = reason
        for ending in _ENDINGS:
            bare = bare.removesuffix(ending)
        known.append(_REASONS.get(bare, ""))
    said = [*dict.fromkeys(filter(None, known)), *([f"«{message}»"] if message else [])]
    return ", ".join(said)


def in_brackets(words: str) -> str:
    """*words* behind what they explain; nothing for none."""
    return f" ({words})" if words else ""


def one_print(text: str, app: App) -> PrintView:
    """The printing whose code ends like *text*. Raises PrintJobUnknown (R253)."""
    found = app.registers.prints_named(text)
    if len(found) != 1:
        raise PrintJobUnknown(f"{len(found)} prints like {text!r}", what=text)
    return found[0]


def sheets_named(text: str, view: PrintView) -> tuple[int, ...]:
    """The sheets that people mean by ``3,7`` or ``3-5``, in order. Raises SheetsWrong (R254)."""
    allowed = view.only_sheets or range(1, view.sheets + 1)
    sheets: set[int] = set()
    for part in filter(None, re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", text.strip()))):
        run = _RUN.fullmatch(part)
        first = int(run[1]) if run else 0
        last = int(run[2] or first) if run else 0
        if not run or not first <= last or first not in allowed or last not in allowed:
            raise _wrong(text, view)
        sheets |= {number for number in range(first, last + 1) if number in allowed}
    if not sheets:
        raise _wrong(text, view)
    return tuple(sorted(sheets))


def _wrong(text: str, view: PrintView) -> SheetsWrong:
    detail = f"sheets {text!r} of {view.sheets} job={view.id}"
    return SheetsWrong(detail, sheets=text, count=view.sheets, job=short_code(view))


def lookup_words(person: str, at: datetime) -> str:
    """What stands below every page of a print that is only for looking."""
    return (
        "BẢN TRA CỨU – không có giá trị như bản chính, không dùng để sao. "
        f"Người lấy: {person_in_words(person)}, lúc {at.astimezone(OFFICE_ZONE):%H:%M ngày %d/%m/%Y}."
    )


def short_code(view: PrintView) -> str:
    """The end of its code, enough to name it."""
    return view.id[-6:]


def line_of(view: PrintView) -> str:
    """One printing on one line: code, when, who, what, where, how far."""
    papers = f"{len(view.papers)} văn bản"
    copies = f", {view.copies} bản" if view.copies > 1 else ""
    where = f"máy in {view.printer}" if view.printer else "tại máy này"
    lookup = ", bản tra cứu" if view.is_lookup else ""
    again = f", in lại của {view.again_of[-6:]}" if view.again_of else ""
    bad = f", tờ hỏng: {', '.join(map(str, view.bad_sheets))}" if view.bad_sheets else ""
    return (
        f"{short_code(view)}  {view.made_at:%d/%m/%Y %H:%M}  {papers}{copies}, {view.sheets_to_print} tờ"
        f"{lookup}{again}, {where}: {STATE_WORDS[view.state]}{in_brackets(view.detail)}{bad}"
    )


def sheet_lines(view: PrintView, app: App) -> list[str]:
    """Which sheets are what."""
    names = [
        f"{_name(paper.document_id, app)} ({VERSION_WORDS[paper.which]})" for paper in view.papers
    ]
    wanted = set(view.only_sheets)
    lines = []
    for leaves in view.leaves():
        run = range(leaves.first, leaves.last + 1)
        if wanted and not wanted & set(run):
            continue
        sheets = f"{leaves.first}" if len(run) == 1 else f"{leaves.first}–{leaves.last}"
        copy = f" (bản {leaves.copy})" if view.copies > 1 else ""
        what = "tờ ngăn trước " if leaves.is_separator else ""
        lines.append(f"tờ {sheets}: {what}{names[leaves.position]}{copy}")
    return lines


def name_of(document: DocumentView) -> str:
    """What people call the paper; a draft by the end of its code."""
    if document.state is DocumentState.WAITING:
        return f"{DRAFT_WORDS.capitalize()} ({short_id(document.id)})"
    return shown_of(document)


def told_apart(documents: Sequence[DocumentView]) -> str:
    """Several papers of like names, each with what it is about: drafts have no other."""
    named = [_with_subject(one) for one in documents[:_MOST_TOLD_APART]]
    more = len(documents) - len(named)
    return "; ".join(named) + (f"; và {more} văn bản nữa" if more > 0 else "")


def _with_subject(document: DocumentView) -> str:
    subject = document.facts.subject if document.facts else ""
    short = shorten(subject, _SUBJECT_LENGTH, placeholder=" …")
    return f"{name_of(document)} «{short}»" if short else name_of(document)


def _name(document_id: DocumentId, app: App) -> str:
    document = app.registers.get(document_id)
    return name_of(document) if document is not None else document_id


def print_plain(view: PrintView, app: App) -> dict[str, Any]:
    """A printing as JSON."""
    plain: dict[str, Any] = to_plain(view)
    plain.pop("worker")
    runs: dict[int, list[list[int]]] = {}
    for leaves in view.leaves():
        if not leaves.is_separator:
            runs.setdefault(leaves.position, []).append([leaves.first, leaves.last])
    for position, paper in enumerate(plain["papers"]):
        paper["reference"] = _name(DocumentId(paper["document_id"]), app)
        paper["sheets"] = runs[position]
    return plain | {"state_words": STATE_WORDS[view.state]}
