"""Bản sao: which certified copies there are, who holds them; asking for one, giving it out, revoking it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from pipeline.app import App
from pipeline.books import FORMS, standing_of
from pipeline.clock import today
from pipeline.config import holding
from pipeline.copies import (
    Asked,
    check_copy,
    find_copy,
    give,
    holders_of,
    is_copy,
    originals_of,
    record_of,
    revoke,
    source_args,
)
from pipeline.copy_holders import is_signed, serials_of
from pipeline.errors.base import VanthuError
from pipeline.errors.copies import CopyNeedsDecision, SourceUnproven
from pipeline.errors.intake import CopyNotAllowed, SourcePaperUnknown
from pipeline.legal import OUT_OF_FORCE
from pipeline.record import Book, CopyForm, DocumentId
from pipeline.right_to_copy import FORM_WORDS, CopyRequest, is_own_paper, source_of_copy
from pipeline.rights import Deed
from pipeline.standing import shown_of, standing_words, upper_first
from pipeline.stores.registers.views import DocumentView
from pipeline.web.access import Route, actor_of, paper_seen, rights_of, seen_among
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
#: A picture of a page that lies in the archive never changes: its address has the version.
_FOREVER = "private, max-age=31536000, immutable"


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
        page = {"wanted": wanted, "told": error.clerk_text}
        return render(request, "ban-sao-moi.html", page, status=422)
    usual = CopyForm.SAO_Y if is_own_paper(found[0]) else CopyForm.SAO_LUC
    typed = _read(request.POST, usual) if request.method == "POST" else _Typed(form=usual)
    told = ""
    if request.method == "POST":
        try:
            return _made(request, wanted, found, typed)
        except VanthuError as error:
            told = error.clerk_text
        except _FormWrongError as error:
            told = str(error)
    page = _form(request, wanted, found, typed) | {"told": told}
    return render(request, "ban-sao-moi.html", page, status=422 if told else 200)


class _FormWrongError(Exception):
    """A field of the form says nothing that can be used; the sentence for the clerk."""


def _found(request: HttpRequest, wanted: str) -> list[DocumentView]:
    """The papers of that number or id that who asks may see. Raises SourcePaperUnknown (R191)."""
    app, rights = office(), rights_of(request)
    found = seen_among(app.registers.find(wanted), rights, app)
    if not found:
        raise SourcePaperUnknown("no such paper", reference=wanted)
    return found


def _made(
    request: HttpRequest, wanted: str, found: list[DocumentView], typed: _Typed
) -> HttpResponse:
    """Drop the record of the copy, in the name of who asks."""
    app, actor = office(), actor_of(request)
    paper = source_of_copy(CopyRequest(form=typed.form, wanted=wanted), found)
    if not paper.archived_version:
        raise CopyNotAllowed("not archived", reference=wanted, why="văn bản chưa vào kho.")
    asked = _asked(typed, paper, actor.name)
    with served().cell_alone() as cell:
        check_copy(asked, paper, app, cell)
    written = record_of(asked, paper, app)
    file = SimpleUploadedFile(written.name, written.data, content_type="application/json")
    send(file, written.kind.name, actor, app)
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
        "forms": [(one.value, upper_first(FORM_WORDS[one]), one is typed.form) for one in CopyForm],
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
                said["to_decide"] = error.clerk_text
            except SourceUnproven as error:
                said["unproven"] = error.clerk_text
                break
            except VanthuError as error:
                said["impossible"] = error.clerk_text
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
    if not found.archived_version or version != found.archived_version:
        raise Http404
    with tempfile.TemporaryDirectory(dir=office().work_dir) as folder:
        out = Path(folder) / "trang.png"
        served().draw(
            "paper.raster",
            {
                **source_args(found, office()),
                "page": number,
                "out": str(out),
                "dpi": _THUMBNAIL_DPI,
            },
            seconds=_SECONDS,
        )
        picture = out.read_bytes()
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": _FOREVER})


def one_copy(request: HttpRequest, document_id: str) -> HttpResponse:
    """A copy: who holds which sheet."""
    return _copy_page(request, _copy_seen(request, document_id))


def give_out(request: HttpRequest, document_id: str) -> HttpResponse:
    """Write down who was given a copy."""
    copy = _copy_seen(request, document_id)
    holder = request.POST.get("nguoi-nhan", "").strip()[:_LONGEST]
    if not holder:
        return _copy_page(request, copy, told="Hãy ghi người, đơn vị nhận bản sao.")
    try:
        give(copy, _serial(request), holder, actor_of(request).name, office())
    except VanthuError as error:
        return _copy_page(request, copy, told=error.clerk_text)
    request.session["notice"] = f"Đã ghi: {holder} nhận bản sao."
    return redirect("copy", document_id=copy.id)


def take_back(request: HttpRequest, document_id: str) -> HttpResponse:
    """Revoke the whole copy, or one sheet of it."""
    copy = _copy_seen(request, document_id)
    reason = request.POST.get("ly-do", "").strip()[:_LONGEST]
    which = request.POST.get("ban", "")
    if not reason or (which != "tat-ca" and not _serial(request)):
        told = "Hãy chọn thu hồi bản nào và ghi lý do thu hồi."
        return _copy_page(request, copy, told=told)
    serial = 0 if which == "tat-ca" else _serial(request)
    try:
        revoke(copy, serial, reason, actor_of(request).name, office())
    except VanthuError as error:
        return _copy_page(request, copy, told=error.clerk_text)
    what = f"bản số {serial} của {shown_of(copy)}" if serial else shown_of(copy)
    request.session["notice"] = f"Đã thu hồi {what}."
    return redirect("copy", document_id=copy.id)


def _serial(request: HttpRequest) -> int:
    typed = request.POST.get("ban", "").strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else 0


def _copy_seen(request: HttpRequest, document_id: str) -> DocumentView:
    found = paper_seen(request, document_id)
    if not is_copy(found):
        raise Http404
    return find_copy(found.id, office())


def _copy_page(request: HttpRequest, copy: DocumentView, told: str = "") -> HttpResponse:
    app, rights = office(), rights_of(request)
    held = holders_of(copy, app)
    page = {
        "copy": copy,
        "shown": shown_of(copy),
        "state": upper_first(standing_words(copy, app.registers)),
        "is_ended": copy.legal_state in OUT_OF_FORCE,
        "is_signed": is_signed(copy),
        "held": held,
        "serials": range(1, serials_of(copy) + 1),
        "originals": [
            (one, shown_of(one)) for one in seen_among(originals_of(copy, app), rights, app)
        ],
        "told": told,
        "typed_holder": request.POST.get("nguoi-nhan", ""),
        "typed_reason": request.POST.get("ly-do", ""),
        "notice": request.session.pop("notice", "") if not told else "",
    }
    return render(request, "ban-sao-mot.html", page, status=422 if told else 200)


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
        address="ban-sao/nguon/<str:document_id>/<int:version>/<int:number>.png",
        view=thumbnail,
        name="copy-thumbnail",
        deed=Deed.COPY,
    ),
    Route(address="ban-sao/<str:document_id>/", view=one_copy, name="copy", deed=Deed.COPY),
    Route(
        address="ban-sao/<str:document_id>/giao/",
        view=give_out,
        name="copy-give",
        deed=Deed.COPY,
        methods=("POST",),
    ),
    Route(
        address="ban-sao/<str:document_id>/thu-hoi/",
        view=take_back,
        name="copy-revoke",
        deed=Deed.COPY,
        methods=("POST",),
    ),
)
