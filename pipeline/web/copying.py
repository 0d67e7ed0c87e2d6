"""Bản sao: which certified copies there are; asking for one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from pipeline.app import App
from pipeline.books import FORMS, standing_of
from pipeline.clock import today
from pipeline.config import holding
from pipeline.copies import (
    Asked,
    check_copy,
    record_of,
    source_args,
)
from pipeline.errors.base import VanthuError
from pipeline.errors.copies import CopyNeedsDecision, SourceUnproven
from pipeline.errors.intake import CopyNotAllowed, SourcePaperUnknown
from pipeline.legal import OUT_OF_FORCE
from pipeline.paper_names import meant
from pipeline.record import Book, CopyForm, DocumentId
from pipeline.right_to_copy import FORM_WORDS, CopyRequest, is_own_paper, source_of_copy
from pipeline.rights import Deed
from pipeline.standing import shown_of, upper_first
from pipeline.stores.registers.views import DocumentView
from pipeline.web.access import Route, actor_of, paper_seen, rights_of, seen_among
from pipeline.web.drawing import picture_of_page
from pipeline.web.half_typed import forget, keep_typed, kept
from pipeline.web.office import office, served
from pipeline.web.sending import send

_PAGE = 30
_THUMBNAIL_DPI = 36
_MOST_THUMBNAILS = 60
_SECONDS = 20.0
_PAGES = re.compile(r"\d{1,4}(\s*-\s*\d{1,4})?(\s*,\s*\d{1,4}(\s*-\s*\d{1,4})?)*")
_MOST_SERIALS = 500
_LONGEST = 300
_LONGEST_LIST = 20_000
_TOLD_OF = {
    CopyForm.SAO_Y: "văn bản cơ quan mình ban hành",
    CopyForm.SAO_LUC: "văn bản nhận từ nơi khác",
    CopyForm.TRICH_SAO: "một phần của văn bản",
}
#: What is half typed is kept under this name.
_HALF = "sao"


@dataclass(slots=True, kw_only=True)
class _Typed:
    """What stands in the form, as it was typed."""

    form: CopyForm
    recipients: str = ""
    signer: str = ""
    pages: str = ""
    ticked: list[int] = field(default_factory=list)
    serials: str = ""
    is_electronic: bool = False
    again: bool = False
    reason: str = ""
    note: str = ""
    attested_by: str = ""
    despite: str = ""


def copies(request: HttpRequest) -> HttpResponse:
    """The copies, the last one first."""
    app, rights = office(), rights_of(request)
    before = request.GET.get("truoc", "")
    at = int(before) if before.isascii() and before.isdecimal() and len(before) < 15 else None
    filters = {"book": Book.SAO}
    rows, following = app.registers.newest_entries(filters, before=at, limit=_PAGE)
    found = app.registers.get_many([row.entry.document_id or "" for row in rows])
    papers = {one.id: one for one in seen_among(found, rights, app)}
    columns = {column.title: column.value for column in FORMS["sao"].columns}
    lines = []
    for row in rows:
        paper = papers.get(DocumentId(row.entry.document_id or ""))
        if paper is None and row.entry.document_id:
            continue
        line = {
            "shown": row.entry.reference,
            "day": row.entry.issued_on,
            "form": columns["Loại bản sao"](row),
            "of": columns["Văn bản được sao"](row),
            "paper": paper,
            "recipients": paper.facts.recipients if paper and paper.facts else (),
            "state": upper_first(standing_of(row)) if paper else "",
            "is_ended": bool(paper and paper.legal_state in OUT_OF_FORCE),
        }
        lines.append(line)
    return render(request, "ban-sao.html", {"lines": lines, "after": following})


def ask(request: HttpRequest) -> HttpResponse:
    """The form of a new copy, and what comes of it."""
    wanted = (request.POST or request.GET).get("van-ban", "").strip()[:_LONGEST]
    if not wanted:
        return render(request, "ban-sao-moi.html", {"wanted": ""})
    try:
        found = _found(request, wanted)
    except VanthuError as error:
        page = {"wanted": wanted, "told": error.web_text}
        return render(request, "ban-sao-moi.html", page, status=422)
    usual = CopyForm.SAO_Y if is_own_paper(found[0]) else CopyForm.SAO_LUC
    half = kept(request, _HALF, wanted) if request.method != "POST" else None
    data = half.typed if half else request.POST
    typed = _read(data, usual) if data else _Typed(form=usual)
    told = ""
    if request.method == "POST":
        try:
            return _made(request, wanted, found, typed)
        except VanthuError as error:
            told = error.web_text
        except _FormWrongError as error:
            told = str(error)
    page = _form(request, wanted, found, typed) | {"told": told, "half": half}
    return render(request, "ban-sao-moi.html", page, status=422 if told else 200)


def keep_asked(request: HttpRequest) -> HttpResponse:
    """Keep what somebody types, so that a closed browser loses nothing."""
    wanted = request.POST.get("van-ban", "").strip()[:_LONGEST]
    page_at = f"{reverse('copy-new')}?{urlencode({'van-ban': wanted})}"
    return keep_typed(request, _HALF, wanted, page_at=page_at)


class _FormWrongError(Exception):
    """A field of the form says nothing that can be used; the sentence for the clerk."""


def _found(request: HttpRequest, wanted: str) -> list[DocumentView]:
    """The papers of that number or id that who asks may see. Raises SourcePaperUnknown (R191)."""
    app, rights = office(), rights_of(request)
    found = seen_among(meant(wanted, app).papers, rights, app)
    if not found:
        raise SourcePaperUnknown("no such paper", reference=wanted)
    return found


def _made(
    request: HttpRequest, wanted: str, found: list[DocumentView], typed: _Typed
) -> HttpResponse:
    """Drop the record of the copy, in the name of who asks."""
    app, actor = office(), actor_of(request)
    paper = source_of_copy(CopyRequest(form=typed.form, wanted=wanted), found, office().registers)
    if not paper.archived_version:
        raise CopyNotAllowed("not archived", reference=wanted, why="văn bản chưa vào kho.")
    asked = _asked(typed, paper, actor.name)
    with served().cell_alone() as cell:
        check_copy(asked, paper, app, cell)
    written = record_of(asked, paper, app)
    file = SimpleUploadedFile(written.name, written.data, content_type="application/json")
    send(file, written.kind.name, actor, app)
    forget(request, _HALF, wanted)
    request.session["notice"] = f"Đã nhận yêu cầu {FORM_WORDS[typed.form]} {shown_of(paper)}."
    return redirect("drops")


def _asked(typed: _Typed, paper: DocumentView, person: str) -> Asked:
    pages = ", ".join(map(str, typed.ticked)) or typed.pages
    if typed.form is CopyForm.TRICH_SAO and not pages:
        message = "Trích sao thì phải nêu trang cần trích: đánh dấu trang hoặc gõ như 1, 3-5."
        raise _FormWrongError(message)
    if pages and not _PAGES.fullmatch(pages):
        message = f"Không hiểu các trang «{pages}»: hãy gõ như 1, 3-5."
        raise _FormWrongError(message)
    serials = typed.serials or "0"
    if not (serials.isascii() and serials.isdecimal() and int(serials[:6]) <= _MOST_SERIALS):
        message = f"Số bản được đánh số phải là số nguyên từ 2 đến {_MOST_SERIALS}, hoặc để trống."
        raise _FormWrongError(message)
    count = int(serials)
    issuer, _, signer = typed.signer.partition("/")
    purpose = f"Sao để: {typed.reason}" if typed.reason else ""
    return Asked(
        form=typed.form,
        paper=paper.id,
        person=person,
        recipients=tuple(filter(None, (one.strip() for one in typed.recipients.splitlines()))),
        signer=signer,
        issuer=issuer,
        pages=pages if typed.form is CopyForm.TRICH_SAO else "",
        note="; ".join(filter(None, (purpose, typed.note))),
        attested_by=typed.attested_by,
        despite=typed.despite,
        serials=count if count > 1 else 0,
        is_electronic=typed.is_electronic,
        again=typed.again,
    )


def _read(data: QueryDict, usual: CopyForm) -> _Typed:
    def text(name: str, longest: int = _LONGEST) -> str:
        return data.get(name, "").strip()[:longest]

    forms = {one.value: one for one in CopyForm}
    ticked = [int(one) for one in data.getlist("trang") if re.fullmatch(r"[1-9]\d{0,3}", one)]
    return _Typed(
        form=forms.get(data.get("hinh-thuc", ""), usual),
        recipients=text("noi-nhan", _LONGEST_LIST),
        signer=text("nguoi-ky"),
        pages=text("cac-trang"),
        ticked=sorted(set(ticked)),
        serials=text("danh-so"),
        is_electronic=bool(data.get("dien-tu")),
        again=bool(data.get("cap-them")),
        reason=text("ly-do"),
        note=text("ghi-chu"),
        attested_by=text("doi-chieu"),
        despite=text("van-sao"),
    )


def _form(
    request: HttpRequest, wanted: str, found: list[DocumentView], typed: _Typed
) -> dict[str, Any]:
    app = office()
    paper = found[0]
    stops, pages = _stops(paper, actor_of(request).name, app)
    return {
        "wanted": wanted,
        "papers": [(one, shown_of(one)) for one in found],
        "paper": paper,
        "shown": shown_of(paper) if paper.number else "Chưa có số",
        "typed": typed,
        "forms": [
            (one.value, upper_first(FORM_WORDS[one]), one is typed.form, _TOLD_OF[one])
            for one in CopyForm
        ],
        "signers": [*_signers(app)],
        "usual_recipients": app.office.copies.recipients,
        "thumbnails": range(1, min(pages, _MOST_THUMBNAILS) + 1),
        "pages": pages,
        **stops,
    }


def _stops(paper: DocumentView, person: str, app: App) -> tuple[dict[str, str], int]:
    """What will stop the copy unless somebody answers for it, each in its sentence; and the pages there are."""
    said: dict[str, str] = {}
    form = CopyForm.SAO_Y if is_own_paper(paper) else CopyForm.SAO_LUC
    if not paper.archived_version:
        return said, 0
    bare = Asked(form=form, paper=paper.id, person=person)
    decided = Asked(form=form, paper=paper.id, person=person, despite="-")
    pages = 0
    with served().cell_alone() as cell:
        for asked in (bare, decided):
            try:
                pages = check_copy(asked, paper, app, cell).pages
                break
            except CopyNeedsDecision as error:
                said["to_decide"] = error.web_text
            except SourceUnproven as error:
                said["unproven"] = error.web_text
                break
            except VanthuError as error:
                said["impossible"] = error.web_text
                break
        if not pages and "impossible" not in said:
            pages = int(cell.call("copy.look", source_args(paper, app), seconds=_SECONDS)["pages"])
    return said, pages


def _signers(app: App) -> Iterator[tuple[str, str]]:
    """Who signs for which body today; the value names both."""
    day = today(app.clock)
    for body in holding(app.office.bodies, day):
        for signer in holding(body.signers, day):
            words = f"{signer.full_name} – {signer.title} ({body.full_name})"
            yield f"{body.symbol}/{signer.code}", words


def thumbnail(request: HttpRequest, document_id: str, version: int, number: int) -> HttpResponse:
    """A small picture of a page that may be copied: of the file that copies are made of."""
    found = paper_seen(request, document_id)
    if not found.archived_version or version > found.archived_version:
        raise Http404
    if version < found.archived_version:
        newest = found.archived_version
        return redirect("copy-thumbnail", document_id=found.id, version=newest, number=number)
    return picture_of_page(source_args(found, office()), number, dpi=_THUMBNAIL_DPI)


ROUTES = (
    Route(address="ban-sao/", view=copies, name="copies", deed=Deed.COPY),
    Route(
        address="ban-sao/moi/",
        view=ask,
        name="copy-new",
        deed=Deed.COPY,
        methods=("GET", "POST"),
    ),
    Route(
        address="ban-sao/moi/go-do/",
        view=keep_asked,
        name="copy-keep",
        deed=Deed.COPY,
        methods=("POST",),
    ),
    Route(
        address="ban-sao/nguon/<str:document_id>/<int:version>/<int:number>.png",
        view=thumbnail,
        name="copy-thumbnail",
        deed=Deed.COPY,
    ),
)
