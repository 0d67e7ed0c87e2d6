"""Soạn: a form for each kind made from its schema; kept and checked as one types, seen as a draft, sent like a drop."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from pipeline.clock import today
from pipeline.errors.base import VanthuError
from pipeline.inbox.own_text import edited_text
from pipeline.kinds.model import Kind
from pipeline.legal import NAMED_RELATIONS, property_of
from pipeline.preview import make_preview
from pipeline.record import RelationKind, new_id
from pipeline.rights import Deed
from pipeline.standing import shown_of
from pipeline.stores.registers.views import DocumentView
from pipeline.web.access import Route, account_of, actor_of, paper_seen
from pipeline.web.compose_draft import (
    Draft,
    Findings,
    content_of,
    file_name,
    find,
    forms,
    keep,
    kind_named,
    look_over,
    look_over_in_office,
    title_of,
    told_early,
    with_file,
)
from pipeline.web.compose_fields import Form, all_fields, offered, sections
from pipeline.web.compose_typed import (
    Typed,
    field_name,
    path_of,
    posted,
    typed_of,
    with_row,
    without_row,
)
from pipeline.web.office import office
from pipeline.web.sending import send_bytes

#: What one paper says of itself alone, and another made after it does not repeat.
_NOT_REPEATED = frozenset(
    ("ngay", "so_da_cap", "nhay_so", "cap_them", "lui_ngay_boi", "lui_ngay_ly_do")
) | frozenset(map(property_of, NAMED_RELATIONS))
_NOTHING_WRONG = Findings(errors={})
_TOO_LATE = "Chưa gửi được: hãy sửa những chỗ nêu dưới đây rồi gửi lại."


def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """A form of its own address, so that a reload or a closed browser loses nothing."""
    found = kind_named(kind, actor_of(request))
    asked = {name: request.GET[name] for name in ("tu", "quan-he") if request.GET.get(name)}
    address = _address(found, new_id(office().clock))
    return redirect(f"{address}?{urlencode(asked)}" if asked else address)


def compose(request: HttpRequest, kind: str, draft_id: str) -> HttpResponse:
    """The form; each of its buttons keeps what is typed and does one thing more."""
    draft = _draft(request, kind, draft_id)
    if request.method != "POST":
        return _shown(request, draft)
    draft = replace(draft, typed=_posted(request, draft.kind))
    if _is_as_sent(draft):
        return redirect("drops")
    action, _, name = request.POST.get("viec", "kiem").partition(":")
    if action in {"them", "bo"}:
        change = with_row if action == "them" else without_row
        change(draft.typed, path_of(name), offered(draft.kind))
    try:
        draft = keep(draft)
    except VanthuError as error:
        return _page(request, draft, look_over(draft)[1], told=error.web_text)
    if action == "gui":
        return _tried_to_send(request, draft)
    address = _address(draft.kind, draft.id)
    if action in {"them", "bo"}:
        return redirect(f"{address}#{_anchor(name, action)}")
    is_looked_at = action == "xem" and draft.is_kept
    return redirect(f"{address}xem/" if is_looked_at else f"{address}?kiem=1#tom-tat")


def check(request: HttpRequest, kind: str, draft_id: str) -> HttpResponse:
    """Asked while somebody types: keeps the form and tells what is wrong, nothing else."""
    draft = _draft(request, kind, draft_id)
    draft = replace(draft, typed=_posted(request, draft.kind))
    told, saved_at = "", None
    try:
        draft = keep(draft)
        saved_at = office().clock.now() if draft.is_kept else None
    except VanthuError as error:
        told = error.web_text
    found = look_over(draft)[1]
    if not request.POST.get("kiem"):
        found = told_early(found, draft.typed)
    form = _form(draft, found)
    page = {
        "told": told,
        "saved_at": saved_at,
        "found": found,
        "fields": [one for section in sections(form) for one in all_fields(section.fields)],
        "is_checked": True,
    }
    return render(request, "soan-kiem.html", page)


def look(request: HttpRequest, kind: str, draft_id: str) -> HttpResponse:
    """Xem trước: the sheet as it will be, with DỰ THẢO on it, before any number is taken."""
    draft = _draft(request, kind, draft_id)
    if not draft.is_kept or draft.sent_sha512:
        raise Http404
    record, found = look_over(draft)
    told = ""
    already = None
    if not found.count:
        try:
            seen, found = look_over_in_office(draft, record)
            already = seen.already
        except VanthuError as error:
            told = error.web_text
    if found.count or told:
        return _page(request, draft, found, told=told or "Chưa xem trước được: còn chỗ cần sửa.")
    page = {
        "draft": draft,
        "title": title_of(draft),
        "already": already,
        "already_shown": shown_of(already) if already else "",
    }
    return render(request, "soan-xem.html", page)


def look_pdf(request: HttpRequest, kind: str, draft_id: str) -> HttpResponse:
    """The sheet itself."""
    draft = _draft(request, kind, draft_id)
    if not draft.is_kept or draft.sent_sha512:
        raise Http404
    record, found = look_over(draft)
    if found.count:
        raise Http404
    app = office()
    with tempfile.TemporaryDirectory(dir=app.work_dir) as folder:
        out = FilePath(folder) / "du-thao.pdf"
        made = with_file(
            draft,
            record,
            lambda path, cell: make_preview(path, draft.kind, out, app, cell=cell),
        )
        if made.problems:
            raise Http404
        content = out.read_bytes()
    headers = {"Content-Disposition": 'inline; filename="du-thao.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def send_seen(request: HttpRequest, kind: str, draft_id: str) -> HttpResponse:
    """Send the form that was just looked at, as it is kept."""
    draft = _draft(request, kind, draft_id)
    if draft.sent_sha512:
        return redirect("drops")
    if not draft.is_kept:
        raise Http404
    return _tried_to_send(request, draft)


def drop_form(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Delete a form that nobody wants any more, asked back once. Another's does not exist."""
    account = account_of(request)
    kept = forms().get(draft_id)
    if kept is None or kept.account != account:
        raise Http404
    if not request.POST.get("chac"):
        return render(request, "soan-xoa.html", {"form": kept})
    forms().forget(draft_id, account)
    request.session["notice"] = "Đã xóa biểu mẫu đang soạn."
    return redirect("outgoing")


def _draft(request: HttpRequest, kind: str, draft_id: str) -> Draft:
    return find(draft_id, kind_named(kind, actor_of(request)), account_of(request))


def _shown(request: HttpRequest, draft: Draft) -> HttpResponse:
    if draft.sent_sha512:
        request.session["notice"] = "Biểu mẫu ấy đã gửi rồi."
        return redirect("drops")
    told = ""
    if not draft.is_kept:
        typed, told = _prefilled(request, draft.kind)
        draft = replace(draft, typed=typed)
    is_checked = bool(request.GET.get("kiem"))
    found = look_over(draft)[1] if is_checked else _NOTHING_WRONG
    return _page(request, draft, found, notice=told, status=200, is_checked=is_checked)


def _prefilled(request: HttpRequest, kind: Kind) -> tuple[Typed, str]:
    """What a new form begins with: nothing, or an earlier paper of this kind that it does something to."""
    if not request.GET.get("tu"):
        return typed_of({}, offered(kind)), ""
    paper = paper_seen(request, request.GET["tu"])
    if paper.kind != kind.name:
        raise Http404
    relation = request.GET.get("quan-he", "")
    if not relation:
        return typed_of(paper.record, offered(kind)), "Đã điền theo bản ghi đã gửi."
    if relation not in NAMED_RELATIONS or paper.number is None:
        raise Http404
    record = {name: value for name, value in paper.record.items() if name not in _NOT_REPEATED}
    record[property_of(RelationKind(relation))] = _reference(paper)
    told = (
        f"Đã điền theo «{shown_of(paper)}». Hãy sửa chỗ cần sửa; văn bản mới sẽ có số riêng, "
        "văn bản cũ vẫn nằm trong sổ."
    )
    edited = " Lời văn của văn bản cũ đã sửa trong Word: phần sửa ấy không có ở đây."
    return typed_of(record, offered(kind)), told + (edited if edited_text(paper.record) else "")


def _reference(paper: DocumentView) -> str:
    """So that it means this paper alone: numbers begin again with each term."""
    assert paper.number is not None
    return f"{paper.number.shown} ngày {paper.number.issued_on:%d/%m/%Y}"


def _tried_to_send(request: HttpRequest, draft: Draft) -> HttpResponse:
    try:
        return _sent(request, draft)
    except VanthuError as error:
        return _page(request, draft, look_over(draft)[1], told=error.web_text)


def _sent(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Into the inbox with it, once, and only then forget the form."""
    record, found = look_over(draft)
    if not found.count:
        _, found = look_over_in_office(draft, record)
    if found.count:
        return _page(request, draft, found, told=_TOO_LATE)
    if not forms().begin_sending(draft.id, draft.account):
        # A second click, while the first is at work.
        return redirect("drops")
    content, digest = content_of(record), ""
    try:
        name = file_name(draft)
        path = send_bytes(content, name, draft.kind.name, actor_of(request), office())
        digest = hashlib.sha512(content).hexdigest()
    finally:
        forms().ended_sending(draft.id, digest)
    request.session["notice"] = f"Đã gửi «{path.name}»."
    return redirect("drops")


def _is_as_sent(draft: Draft) -> bool:
    """Whether just this was sent already: by a double click."""
    if not draft.sent_sha512:
        return False
    record, _ = look_over(draft)
    return hashlib.sha512(content_of(record)).hexdigest() == draft.sent_sha512


def _posted(request: HttpRequest, kind: Kind) -> Typed:
    fields = {name: str(value) for name, value in request.POST.items()}
    return posted(fields, offered(kind))


def _form(draft: Draft, found: Findings) -> Form:
    app = office()
    return Form(
        kind=draft.kind,
        office=app.office,
        day=today(app.clock),
        typed=draft.typed,
        errors=found.errors,
    )


def _page(
    request: HttpRequest,
    draft: Draft,
    found: Findings,
    *,
    told: str = "",
    notice: str = "",
    status: int = 422,
    is_checked: bool = True,
) -> HttpResponse:
    drawn = sections(_form(draft, found))
    page: dict[str, Any] = {
        "draft": draft,
        "kind": draft.kind,
        "sections": drawn,
        "fields": [one for section in drawn for one in all_fields(section.fields)],
        "found": found,
        "told": told,
        "notice": notice,
        "is_checked": is_checked,
    }
    return render(request, "soan.html", page, status=status)


def _address(kind: Kind, draft_id: str) -> str:
    return reverse("compose", kwargs={"kind": kind.name, "draft_id": draft_id})


def _anchor(name: str, action: str) -> str:
    """Where the page goes on after a row came or went: at its list."""
    path = path_of(name)
    return field_name(path if action == "them" else path[:-1]).replace(".", "-")


_ONE = "van-ban-di/soan/<str:kind>/<str:draft_id>/"
ROUTES = (
    Route(
        address="van-ban-di/soan/<str:kind>/", view=begin, name="compose-begin", deed=Deed.SUBMIT
    ),
    Route(address=_ONE, view=compose, name="compose", deed=Deed.SUBMIT, methods=("GET", "POST")),
    Route(
        address=f"{_ONE}kiem/",
        view=check,
        name="compose-check",
        deed=Deed.SUBMIT,
        methods=("POST",),
    ),
    Route(address=f"{_ONE}xem/", view=look, name="compose-look", deed=Deed.SUBMIT),
    Route(address=f"{_ONE}du-thao.pdf", view=look_pdf, name="compose-pdf", deed=Deed.SUBMIT),
    Route(
        address=f"{_ONE}gui/",
        view=send_seen,
        name="compose-send",
        deed=Deed.SUBMIT,
        methods=("POST",),
    ),
    Route(
        address="van-ban-di/bo/<str:draft_id>/",
        view=drop_form,
        name="compose-drop",
        deed=Deed.SUBMIT,
        methods=("POST",),
    ),
)
