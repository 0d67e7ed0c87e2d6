"""Văn bản đến: rows entered before their file comes, sheets to print for them, papers that go back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from pipeline.app import App
from pipeline.errors.base import VanthuError
from pipeline.errors.incoming import MaybeTheSame
from pipeline.incoming_back import SendingBack, send_back
from pipeline.incoming_rows import Entry, draw_slip, draw_stamp, enter
from pipeline.kinds.model import Kind
from pipeline.legal import RECALLED_WORDS, RETURNED_WORDS, sent_back
from pipeline.rights import Deed
from pipeline.standing import reasons_of
from pipeline.web.access import Route, actor_of
from pipeline.web.arrivals import arrival_seen, called, show_arrival
from pipeline.web.drawing import drawn
from pipeline.web.half_typed import forget, keep_typed, kept
from pipeline.web.office import office

_LONGEST = 1000
#: What is half typed is kept under this name.
_HALF = "vao-so"
#: Where the stamp stands when nobody says anything: millimetres from the left and the upper edge of an A4 page.
_AT_MM = (30.0, 60.0)
_PAGE_MM = (210.0, 297.0)


def enter_row(request: HttpRequest) -> HttpResponse:
    """Enter a row from facts alone; the flow gives it its number."""
    app = office()
    kind = next((one for one in app.kinds.values() if one.is_incoming), None)
    if kind is None:
        raise Http404
    fault, is_like = "", False
    half = kept(request, _HALF, "") if request.method != "POST" else None
    typed = half.typed if half else request.POST
    if request.method == "POST":
        entry = Entry(
            said=_said(request, kind),
            person=actor_of(request).name,
            book=request.POST.get("so", "").strip()[:_LONGEST],
            sealed=request.POST.get("gui-dich-danh", "").strip()[:_LONGEST],
            is_another="khac" in request.POST,
        )
        try:
            receipt_id = enter(entry, app)
            forget(request, _HALF, "")
            return redirect("drop", receipt_id=receipt_id)
        except MaybeTheSame as error:
            is_like = True
            fault = (
                f"Giống văn bản đến {error.values['shown']} đã có trong sổ. Nếu vẫn là văn bản khác, hãy đánh dấu ô cuối rồi "
                f"bấm lại ({error.code})"
            )
        except VanthuError as error:
            fault = error.web_text
    page = {
        "fields": _fields(typed, kind),
        "books": _books(app),
        "typed": typed,
        "half": half,
        "fault": fault,
        "is_like": is_like,
    }
    return render(request, "van-ban-den-vao-so.html", page, status=422 if fault else 200)


def _said(request: HttpRequest, kind: Kind) -> dict[str, Any]:
    """What was typed; a list of marks is a list."""
    said: dict[str, Any] = {}
    for name, what in kind.read.items():
        item = kind.property_named(name)
        values = [one.strip()[:_LONGEST] for one in request.POST.getlist(what) if one.strip()]
        if item is not None and values:
            said[what] = values if item.type == "array" else values[0]
    return said


def keep_row(request: HttpRequest) -> HttpResponse:
    """Keep what somebody types."""
    return keep_typed(request, _HALF, "", page_at=reverse("arrival-enter"))


def _fields(data: QueryDict, kind: Kind) -> list[dict[str, Any]]:
    found = []
    for name, what in kind.read.items():
        item = kind.property_named(name)
        if item is None:
            continue
        typed = data.getlist(what)
        choices = item.entry or item
        options = zip(choices.values, choices.value_titles, strict=True)
        found.append(
            {
                "what": what,
                "title": item.title,
                "value": "; ".join(typed),
                "hint": item.description,
                "is_needed": name in kind.needed,
                "is_many": item.type == "array",
                "is_long": what == "subject",
                "options": [(value, words, value in typed) for value, words in options],
            }
        )
    return found


def _books(app: App) -> list[str]:
    """Codes of the incoming books that have a line."""
    return sorted(
        {one.key.issuer for one in app.registers.series() if one.key.book.value == "den"} - {""}
    )


def slip(request: HttpRequest, document_id: str) -> HttpResponse:
    """The sheet with a code that is laid before the paper when it is scanned."""
    paper = arrival_seen(request, document_id)
    return drawn(
        lambda out, app: draw_slip(paper, out, app), f"phieu-quet-{paper.id[-4:]}.pdf", shown=True
    )


def stamp_alone(request: HttpRequest, document_id: str) -> HttpResponse:
    """A blank page with the stamp ĐẾN alone, to be printed onto the paper itself."""
    paper = arrival_seen(request, document_id)
    if paper.number is None:
        raise Http404
    at = _place(request, 0, "trai"), _place(request, 1, "tren")
    return drawn(
        lambda out, app: draw_stamp(paper, out, at, app), f"dau-den-{paper.id[-4:]}.pdf", shown=True
    )


def _place(request: HttpRequest, axis: int, name: str) -> float:
    typed = request.GET.get(name, "").strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 3):
        return _AT_MM[axis]
    return min(float(typed), _PAGE_MM[axis])


def go_back(request: HttpRequest, document_id: str) -> HttpResponse:
    """Send the paper back to its sender; the sheet that goes with it."""
    paper = arrival_seen(request, document_id)
    reason = " ".join(request.POST.get("ly-do", "").split())[:_LONGEST]
    # Of one that went back already the sheet alone is drawn once more.
    is_again = bool(sent_back(reasons_of(paper, office().registers))[0])
    if "sua" in request.POST:
        return show_arrival(request, paper, fault_of="tra-lai")
    if not (reason or is_again):
        return show_arrival(
            request, paper, fault="Hãy ghi lý do; lý do được ghi vào sổ.", fault_of="tra-lai"
        )
    asked = SendingBack(
        reason=reason,
        person=actor_of(request).name,
        is_recalled=request.POST.get("cach") == "thu-hoi",
    )
    done = RECALLED_WORDS if asked.is_recalled else RETURNED_WORDS
    if not is_again and "lam" not in request.POST:
        page = {"paper": paper, "shown": called(paper), "done": done, "asked": asked}
        return render(request, "van-ban-den-tra-lai.html", page)
    try:
        sheet = drawn(
            lambda out, app: send_back(paper.id, asked, out, app), f"phieu-tra-{paper.id[-4:]}.pdf"
        )
    except VanthuError as error:
        return show_arrival(request, paper, fault=error.web_text, fault_of="tra-lai")
    if is_again:
        return sheet
    request.session["notice"] = f"Đã ghi vào sổ: {called(paper)} {done}. Lấy phiếu ở «Tải phiếu»."
    return redirect("arrival", document_id=paper.id)


ROUTES = (
    Route(
        address="van-ban-den/vao-so/",
        view=enter_row,
        name="arrival-enter",
        deed=Deed.CONFIRM,
        methods=("GET", "POST"),
    ),
    Route(
        address="van-ban-den/vao-so/go-do/",
        view=keep_row,
        name="arrival-enter-keep",
        deed=Deed.CONFIRM,
        methods=("POST",),
    ),
    Route(
        address="van-ban-den/<str:document_id>/phieu-quet.pdf",
        view=slip,
        name="arrival-slip",
        deed=Deed.CONFIRM,
    ),
    Route(
        address="van-ban-den/<str:document_id>/dau-den.pdf",
        view=stamp_alone,
        name="arrival-stamp",
        deed=Deed.CONFIRM,
    ),
    Route(
        address="van-ban-den/<str:document_id>/tra-lai/",
        view=go_back,
        name="arrival-back",
        deed=Deed.CONFIRM,
        methods=("POST",),
    ),
)
