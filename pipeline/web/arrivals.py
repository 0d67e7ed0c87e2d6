"""Văn bản đến: what waits for the clerk, the newest arrivals, and one of them with what was read and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from pipeline.app import App
from pipeline.clock import today
from pipeline.errors.base import VanthuError
from pipeline.errors.incoming import MaybeTheSame
from pipeline.errors.registers import NumbersPassedOver
from pipeline.inbox.arrival_reading import (
    ArrivalRead,
    Proposed,
    arrival_read,
    place_words,
    shown_words,
    title_of,
    without_arrival,
)
from pipeline.incoming import (
    Waiting,
    Word,
    confirm,
    count_waiting,
    find_first,
    find_incoming,
    waiting_papers,
)
from pipeline.kinds.model import Kind, Property
from pipeline.record import LegalState
from pipeline.rights import Deed
from pipeline.routing import (
    due_of,
    may_be_routed,
    opinions_of,
    result_of,
    suggested_names,
    voice_choices,
)
from pipeline.second_arrivals import first_ones
from pipeline.standing import standing_words
from pipeline.stores.registers.routes import Routes, RouteView
from pipeline.stores.registers.views import BookRow, DocumentView
from pipeline.stores.search.values import Rights
from pipeline.vietnamese import parse_date
from pipeline.web.access import Route, actor_of, paper_seen, rights_of, seen_among
from pipeline.web.half_typed import forget, keep_typed, kept
from pipeline.web.office import office

_PAGE = 50
_MOST_WAITING = 50
_MOST_OVERDUE = 30
_LONGEST = 1000
_MOST_DIGITS = 9
#: What is half typed is kept under these names.
HALF_CONFIRMED, HALF_WORD = "xac-nhan", "y-kien"
_GONE = (LegalState.HUY_SO, LegalState.THU_HOI)
_EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One line of the list."""

    paper: DocumentView
    shown: str
    route: RouteView | None
    to: tuple[str, ...]
    due_on: date | None
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that the clerk may say, as the form asks for it."""

    #: As ``[read]`` of the kind calls it.
    what: str
    title: str
    value: str
    #: What was read, how sure and where; empty where nothing was.
    seen: str = ""
    #: It waits for her.
    is_asked: bool = False
    #: Value, words and whether it is chosen, where there is a choice.
    options: tuple[tuple[str, str, bool], ...] = ()
    is_many: bool = False
    is_long: bool = False
    is_wide: bool = False


def arrivals(request: HttpRequest) -> HttpResponse:
    """The page."""
    app, rights = office(), rights_of(request)
    before = request.GET.get("truoc", "")
    is_place = before.isascii() and before.isdecimal() and len(before) < 15
    rows, following = app.registers.newest_entries(
        {"book": "den"}, before=int(before) if is_place else None, limit=_PAGE
    )
    waiting: list[Waiting] = []
    count = 0
    if not is_place and actor_of(request).may(Deed.CONFIRM):
        waiting = waiting_papers(app, limit=_MOST_WAITING, among=rights.kinds)
        seen = {one.id for one in seen_among([one.paper for one in waiting], rights, app)}
        waiting = [one for one in waiting if one.paper.id in seen]
        count = count_waiting(app, among=rights.kinds)
    page = {
        "waiting": [(one, _asks(one, app)) for one in waiting],
        "count": count,
        "many": count > _MOST_WAITING,
        "lines": [*_lines(rows, rights, app)],
        "overdue": [] if is_place else [*_overdue(request, app)],
        "is_first": not is_place,
        "after": following or "",
        "notice": request.session.pop("notice", ""),
    }
    return render(request, "van-ban-den.html", page)


def called(paper: DocumentView) -> str:
    """An arrival by its ĐẾN number."""
    return paper.number.shown if paper.number else "văn bản chưa có số"


def _asks(one: Waiting, app: App) -> str:
    """What of it waits, in a few words."""
    kind = app.kinds[one.paper.kind]
    parts = [title_of(name, kind) for name in one.read.asks]
    if one.read.asks_number:
        parts.append("số trong dấu ĐẾN đóng tay")
    if one.same_as:
        parts.append(f"có phải là {', '.join(map(called, one.same_as))} không")
    return ", ".join(parts)


def _lines(rows: list[BookRow], rights: Rights, app: App) -> Iterator[Arrival]:
    ids = [row.entry.document_id for row in rows if row.entry.document_id]
    papers = {one.id: one for one in seen_among(app.registers.get_many(ids), rights, app)}
    for row in rows:
        paper = papers.get(row.entry.document_id) if row.entry.document_id else None
        if paper is not None:
            yield _arrival(paper, row.route, app)


def _arrival(paper: DocumentView, route: RouteView | None, app: App) -> Arrival:
    due = due_of(paper, route)
    is_done = route is not None and route.done_at is not None
    told = paper.facts.recipients if paper.facts else ()
    return Arrival(
        paper=paper,
        shown=called(paper),
        route=route,
        to=route.to if route and route.to else told,
        due_on=due,
        is_overdue=due is not None and due < today(app.clock) and not is_done,
    )


def _overdue(request: HttpRequest, app: App) -> Iterator[Arrival]:
    """What was sent on and is late, wherever it stands in the book."""
    routes = Routes(app.registers.db, app.clock).overdue(today(app.clock), _MOST_OVERDUE)
    found = app.registers.get_many([one.document_id for one in routes])
    papers = {one.id: one for one in seen_among(found, rights_of(request), app)}
    for route in routes:
        paper = papers.get(route.document_id)
        if paper and may_be_routed(paper, app):
            yield _arrival(paper, route, app)


def arrival_seen(request: HttpRequest, document_id: str) -> DocumentView:
    """The incoming paper, where who asks may see it. Raises Http404."""
    paper = paper_seen(request, document_id)
    kind = office().kinds.get(paper.kind)
    if kind is None or not kind.is_incoming:
        raise Http404
    return paper


def arrival(request: HttpRequest, document_id: str) -> HttpResponse:
    """One arrival."""
    return show_arrival(request, arrival_seen(request, document_id))


def show_arrival(
    request: HttpRequest,
    paper: DocumentView,
    *,
    fault: str = "",
    fault_of: str = "",
    error: VanthuError | None = None,
) -> HttpResponse:
    """The page of one arrival; with a *fault* beside the form *fault_of*, what was typed kept, and what *error* asks."""
    app, rights = office(), rights_of(request)
    kind = app.kinds[paper.kind]
    read = arrival_read(paper.record) or ArrivalRead()
    half = kept(request, HALF_CONFIRMED, _place(paper)) if request.method != "POST" else None
    half_word = kept(request, HALF_WORD, paper.id) if request.method != "POST" else None
    typed = half.typed if half else request.POST if fault_of == "xac-nhan" else None
    route = Routes(app.registers.db, app.clock).of([paper.id]).get(paper.id)
    rivals = first_ones(app.registers.get_many(read.same_as), app.registers)
    others = {one.id: one for one in rivals}
    [first] = first_ones([paper], app.registers)
    if like := _like(error, app):
        others[like.id] = like
    line = _arrival(paper, route, app)
    receipt = app.registers.receipt(paper.receipt_id)
    page: dict[str, Any] = {
        "paper": paper,
        "line": line,
        "read": read,
        "standing": standing_words(paper, app.registers) if paper.legal_state in _GONE else "",
        "is_gone": paper.legal_state in _GONE,
        "is_read_by_eye": read.by == "ocr",
        "source": receipt.source_name if receipt else "",
        "fields": [*_fields(paper, kind, read, typed)],
        "others": [(one, called(one)) for one in seen_among(others.values(), rights, app)],
        "joined": first if first.id != paper.id else None,
        "typed": request.POST if fault_of else {},
        "confirming": typed or {},
        "half": half,
        "half_word": half_word,
        "fault": fault,
        "fault_of": fault_of,
        "skipping": error.values if isinstance(error, NumbersPassedOver) else None,
        "voices": voice_choices(actor_of(request).role),
        "may_route": may_be_routed(paper, app),
        "is_on_its_way": paper.archived_version < paper.version,
        "notice": request.session.pop("notice", ""),
        **routing_page(half_word.typed if half_word else request.POST, paper, line, app),
    }
    return render(request, "van-ban-den-mot.html", page, status=422 if fault else 200)


def _place(paper: DocumentView) -> str:
    """What was typed about one version says nothing of the next."""
    return f"{paper.id}/{paper.version}"


def keep_confirmed(request: HttpRequest, document_id: str) -> HttpResponse:
    """Keep what the clerk types of it."""
    paper = arrival_seen(request, document_id)
    page_at = reverse("arrival", kwargs={"document_id": paper.id})
    return keep_typed(request, HALF_CONFIRMED, _place(paper), page_at=page_at)


def routing_page(typed: QueryDict, paper: DocumentView, line: Arrival, app: App) -> dict[str, Any]:
    """What the part about «Chuyển» shows."""
    is_typed = "chuyen-den" in typed
    # The telephone's page has boxes for the usual names.
    to = "; ".join(filter(None, (*typed.getlist("noi"), typed.get("chuyen-den", ""))))
    return {
        "word": typed if is_typed else {},
        "opinions": opinions_of(paper, app),
        "result": result_of(paper, app),
        "voice": typed.get("phan", ""),
        "names": suggested_names(app),
        "to_typed": to if is_typed else "; ".join(line.to),
        "due_typed": typed.get("han", "")
        if is_typed
        else (f"{line.due_on:%d/%m/%Y}" if line.due_on else ""),
    }


def _fields(
    paper: DocumentView, kind: Kind, read: ArrivalRead, typed: QueryDict | None
) -> Iterator[Field]:
    """What may be said, in the order of the kind: as typed, else as known, else as it was read."""
    record = without_arrival(paper.record)
    for name, what in kind.read.items():
        item = kind.property_named(name)
        if item is None:
            continue
        proposal = read.proposals.get(name)
        known = record.get(name)
        is_many = item.type == "array"
        chosen = typed.getlist(what) if typed is not None else _chosen(known, proposal, item)
        choices = item.entry or item
        options = zip(choices.values, choices.value_titles, strict=True)
        yield Field(
            what=what,
            title=item.title,
            value="; ".join(chosen),
            seen=_seen(proposal, chosen) if proposal else "",
            is_asked=name in read.asks,
            options=tuple((str(one), str(words), str(one) in chosen) for one, words in options),
            is_many=is_many,
            is_long=what == "subject",
            is_wide=is_many or what in ("issuer", "subject"),
        )


def _seen(proposal: Proposed, chosen: list[str]) -> str:
    """How it was read; the words themselves only where the form says something else."""
    words = shown_words(proposal)
    read = "như trên" if words == "; ".join(chosen) else f"«{words}»"
    return f"Đọc được {read}, {place_words(proposal)}"


def _chosen(known: Any, proposal: Proposed | None, item: Property) -> list[str]:
    """What the form begins with, as people write it."""
    value = known if known not in _EMPTY else (proposal.value if proposal else None)
    if value in _EMPTY:
        return []
    if item.type == "array":
        return [str(one) for one in value or ()]
    day = parse_date(value) if item.format == "ngay" and isinstance(value, str) else None
    return [f"{day:%d/%m/%Y}" if day else str(value)]


def confirm_arrival(request: HttpRequest, document_id: str) -> HttpResponse:
    """What the clerk says of it."""
    paper, app = arrival_seen(request, document_id), office()
    deed = request.POST.get("viec", "ghi")
    ordinal = request.POST.get("so-den", "").strip()
    if ordinal and not (ordinal.isascii() and ordinal.isdecimal() and len(ordinal) <= _MOST_DIGITS):
        fault = f"«{ordinal[:20]}» không phải là số đến; hãy ghi số trong dấu, ví dụ 21."
        return show_arrival(request, paper, fault=fault, fault_of="xac-nhan")
    word = Word(
        person=actor_of(request).name,
        said={} if deed.startswith("mot:") else _said(request.POST, paper, app),
        accept="het" in request.POST,
        same_as=deed.removeprefix("mot:") if deed.startswith("mot:") else "",
        is_another=deed == "khac",
        ordinal=int(ordinal) if ordinal and int(ordinal) else None,
        # Said of this number alone: one that is typed over it is asked about anew.
        may_skip=request.POST.get("nhay-so", "") == ordinal.lstrip("0"),
    )
    if word.same_as:
        arrival_seen(request, find_first(word.same_as, app).id)
    try:
        now = confirm(paper.id, word, app)
    except VanthuError as error:
        return show_arrival(request, paper, fault=error.web_text, fault_of="xac-nhan", error=error)
    forget(request, HALF_CONFIRMED, _place(paper))
    done = f"Đã gộp vào {called(now)}." if word.same_as else f"Đã ghi thông tin của {called(now)}."
    request.session["notice"] = done
    return redirect("arrival", document_id=now.id)


def _said(typed: QueryDict, paper: DocumentView, app: App) -> dict[str, Any]:
    """What stands in the form otherwise than in the record; with «không còn gì khác» all of it."""
    kind = app.kinds[paper.kind]
    record = without_arrival(paper.record)
    is_all = "het" in typed
    said: dict[str, Any] = {}
    for name, what in kind.read.items():
        item = kind.property_named(name)
        # A list of boxes says by an empty value that it was shown: what was not shown is not taken away.
        if item is None or what not in typed:
            continue
        many = item.type == "array"
        values = [one.strip()[:_LONGEST] for one in typed.getlist(what) if one.strip()]
        if is_all or values != _chosen(record.get(name), None, item):
            said[what] = values if many else "".join(values[:1])
    return said


def _like(error: VanthuError | None, app: App) -> DocumentView | None:
    """The paper that it was found to be like."""
    if not isinstance(error, MaybeTheSame):
        return None
    try:
        return find_incoming(str(error.values["shown"]), app)
    except VanthuError:
        return None


ROUTES = (
    Route(address="van-ban-den/", view=arrivals, name="arrivals", deed=Deed.SEE_BOOKS),
    Route(
        address="van-ban-den/<str:document_id>/",
        view=arrival,
        name="arrival",
        deed=Deed.SEE_BOOKS,
    ),
    Route(
        address="van-ban-den/<str:document_id>/xac-nhan/",
        view=confirm_arrival,
        name="arrival-confirm",
        deed=Deed.CONFIRM,
        methods=("POST",),
    ),
    Route(
        address="van-ban-den/<str:document_id>/go-do/",
        view=keep_confirmed,
        name="arrival-keep",
        deed=Deed.CONFIRM,
        methods=("POST",),
    ),
)
