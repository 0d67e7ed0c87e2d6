"""Văn bản đến: opinions, to whom, until when; the phiếu giải quyết; a leader's page for his telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from pipeline.app import App
from pipeline.clock import today
from pipeline.errors.base import VanthuError
from pipeline.rights import Deed
from pipeline.roles import Role
from pipeline.routing import (
    VOICE_WORDS,
    Opinion,
    Voice,
    Word,
    bare_name,
    draw_sheet,
    due_of,
    finish_route,
    opinions_of,
    route,
    suggested_names,
    unknown_persons,
    voice_choices,
    waits_for,
    went_nowhere,
)
from pipeline.stores.registers.routes import RouteView
from pipeline.stores.registers.views import DocumentView
from pipeline.web.access import Route, actor_of, rights_of, seen_among
from pipeline.web.arrivals import HALF_WORD, arrival_seen, called, show_arrival
from pipeline.web.drawing import drawn
from pipeline.web.half_typed import Kept, forget, keep_typed, kept
from pipeline.web.office import office

_PAGE = 30
_MOST_MINE = 50
_CHIPS = 8
_URGENT = ("HỎA TỐC", "THƯỢNG KHẨN", "KHẨN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One paper that waits for an opinion."""

    paper: DocumentView
    due_on: date | None
    is_overdue: bool
    #: Who sent it here; empty of one that went nowhere yet.
    sent_by: str
    opinions: tuple[Opinion, ...]
    #: What was typed, where it could not be written down.
    typed: dict[str, Any]
    fault: str = ""
    #: It was typed earlier and not sent.
    half: Kept | None = None


def send_on(request: HttpRequest, document_id: str) -> HttpResponse:
    """Write down an opinion, and where the paper goes."""
    paper, app = arrival_seen(request, document_id), office()
    is_card = request.POST.get("tu") == "xin-y-kien"
    actor, voice = actor_of(request), request.POST.get("phan", "")
    word = Word(
        person=actor.name,
        role=actor.role,
        opinion=request.POST.get("y-kien", ""),
        to=(*request.POST.getlist("noi"), request.POST.get("chuyen-den", "")),
        due=request.POST.get("han", ""),
        voice=Voice(voice) if voice in VOICE_WORDS else None,
        of=request.POST.get("cua", ""),
    )
    try:
        now = route(paper, word, app)
    except VanthuError as error:
        if is_card:
            return _cards_page(request, fault_of=paper, fault=error.web_text)
        return show_arrival(request, paper, fault=error.web_text, fault_of="chuyen")
    forget(request, HALF_WORD, paper.id)
    told = [f"Đã ghi ý kiến về {called(paper)}.", *unknown_persons(now, app)]
    request.session["notice"] = "\n".join(told)
    return redirect("opinions") if is_card else redirect("arrival", document_id=paper.id)


def keep_word(request: HttpRequest, document_id: str) -> HttpResponse:
    """Keep what somebody types of where it goes."""
    paper = arrival_seen(request, document_id)
    page_at = reverse("arrival", kwargs={"document_id": paper.id})
    if request.POST.get("tu") == "xin-y-kien":
        page_at = reverse("opinions")
    return keep_typed(request, HALF_WORD, paper.id, page_at=page_at)


def done(request: HttpRequest, document_id: str) -> HttpResponse:
    """The paper is dealt with."""
    paper = arrival_seen(request, document_id)
    try:
        finish_route(paper, actor_of(request).name, request.POST.get("ket-qua", ""), office())
    except VanthuError as error:
        return show_arrival(request, paper, fault=error.web_text, fault_of="xong")
    request.session["notice"] = f"Đã ghi: {called(paper)} giải quyết xong."
    return redirect("arrival", document_id=paper.id)


def sheet(request: HttpRequest, document_id: str) -> HttpResponse:
    """Phiếu giải quyết văn bản đến."""
    paper = arrival_seen(request, document_id)
    return drawn(
        lambda out, app: draw_sheet(paper, out, app),
        f"phieu-giai-quyet-{paper.id[-4:]}.pdf",
        shown=True,
    )


def opinions(request: HttpRequest) -> HttpResponse:
    """What waits for an opinion: sent to who asks, or to nobody yet."""
    return _cards_page(request)


def _cards_page(
    request: HttpRequest, *, fault_of: DocumentView | None = None, fault: str = ""
) -> HttpResponse:
    app, rights, actor = office(), rights_of(request), actor_of(request)
    before = request.GET.get("truoc", "")
    is_place = before.isascii() and before.isdecimal() and len(before) < 15
    mine = [] if is_place else waits_for(bare_name(actor.name), app, limit=_MOST_MINE)
    others, following = went_nowhere(app, before=int(before) if is_place else None, limit=_PAGE)
    others.sort(key=_haste)
    found: list[tuple[DocumentView, RouteView | None]] = [*mine, *((one, None) for one in others)]
    if fault_of is not None and all(one.id != fault_of.id for one, _ in found):
        found.insert(0, (fault_of, None))
    seen = {one.id for one in seen_among([paper for paper, _ in found], rights, app)}
    cards = []
    for paper, known in found:
        if paper.id in seen:
            is_it = fault_of is not None and paper.id == fault_of.id
            cards.append(_card(request, paper, known, fault if is_it else "", app))
    names = [one for one in suggested_names(app) if one != bare_name(actor.name)]
    page = {
        "cards": cards,
        "voices": voice_choices(actor.role),
        "is_clerk": actor.role is not Role.LANH_DAO,
        "chips": names[:_CHIPS],
        "names": names,
        "after": following or "",
        "is_first": not is_place,
        "notice": request.session.pop("notice", ""),
    }
    return render(request, "xin-y-kien.html", page, status=422 if fault else 200)


def _haste(paper: DocumentView) -> int:
    """The urgent ones first; the others stay as they came."""
    urgency = paper.facts.urgency if paper.facts else ""
    return _URGENT.index(urgency) if urgency in _URGENT else len(_URGENT)


def _card(
    request: HttpRequest, paper: DocumentView, known: RouteView | None, fault: str, app: App
) -> Card:
    due = due_of(paper, known)
    typed: dict[str, Any] = {"han": f"{due:%d/%m/%Y}" if due else "", "phan": ""}
    half = None if fault else kept(request, HALF_WORD, paper.id)
    if fault or half:
        data = half.typed if half else request.POST
        names = ("y-kien", "chuyen-den", "han", "phan", "cua")
        typed = {name.replace("-", "_"): data.get(name, "") for name in names}
        typed["noi"] = data.getlist("noi")
    return Card(
        paper=paper,
        due_on=due,
        is_overdue=due is not None and due < today(app.clock),
        sent_by=bare_name(known.person) if known else "",
        opinions=tuple(opinions_of(paper, app)) if known else (),
        typed=typed,
        fault=fault,
        half=half,
    )


ROUTES = (
    Route(
        address="van-ban-den/<str:document_id>/chuyen/",
        view=send_on,
        name="arrival-route",
        deed=Deed.ROUTE,
        methods=("POST",),
    ),
    Route(
        address="van-ban-den/<str:document_id>/go-do-y-kien/",
        view=keep_word,
        name="arrival-keep-word",
        deed=Deed.ROUTE,
        methods=("POST",),
    ),
    Route(
        address="van-ban-den/<str:document_id>/xong/",
        view=done,
        name="arrival-done",
        deed=Deed.ROUTE,
        methods=("POST",),
    ),
    Route(
        address="van-ban-den/<str:document_id>/phieu-giai-quyet.pdf",
        view=sheet,
        name="arrival-sheet",
        deed=Deed.SEE_BOOKS,
    ),
    Route(address="xin-y-kien/", view=opinions, name="opinions", deed=Deed.ROUTE),
)
