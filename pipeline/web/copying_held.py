"""Bản sao: who holds which sheet of one copy; giving it out, revoking it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from pipeline.copies import find_copy, give, holders_of, is_copy, originals_of, revoke
from pipeline.copy_holders import is_signed, serials_of, unsigned_words
from pipeline.errors.base import VanthuError
from pipeline.legal import OUT_OF_FORCE
from pipeline.rights import Deed
from pipeline.standing import shown_of, standing_words, upper_first
from pipeline.stores.registers.views import DocumentView
from pipeline.web.access import Route, actor_of, paper_seen, rights_of, seen_among
from pipeline.web.office import office

_LONGEST = 300


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
        return _copy_page(request, copy, told=error.web_text)
    told = unsigned_words(copy, shown_of(copy))
    request.session["notice"] = f"Đã ghi: {holder} nhận bản sao.{f' {told}.' if told else ''}"
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
        return _copy_page(request, copy, told=error.web_text)
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
