"""«Đã xem, không mật»: the clerk's word on a file that waits in the shared folder because it may be secret."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from pipeline.app import App
from pipeline.declared_open import Held, declare_open, waiting_for_word
from pipeline.errors.base import VanthuError
from pipeline.errors.intake import NothingWaitsThere
from pipeline.inbox.secret_notes import error_of
from pipeline.rights import Deed
from pipeline.web.access import Route, actor_of
from pipeline.web.office import office


def declare(request: HttpRequest) -> HttpResponse:
    """What is asked, and the yes."""
    app, told = office(), ""
    place = (request.POST if request.method == "POST" else request.GET).get("tep", "")
    try:
        waiting = waiting_for_word(place, app)
    except NothingWaitsThere as error:
        return _back(request, error.web_text)
    if request.method == "POST":
        if "da_xem" in request.POST:
            return _declared(request, waiting, app)
        told = "Hãy mở xem trang đầu của tệp rồi đánh dấu vào ô xác nhận."
    page = {
        "name": waiting.drop.path.name,
        "place": place,
        "folder": app.folders[waiting.drop.kind].title,
        "reason": error_of(waiting.drop.kind, waiting.why).web_text,
        "told": told,
    }
    return render(request, "khong-mat.html", page, status=422 if told else 200)


def _declared(request: HttpRequest, waiting: Held, app: App) -> HttpResponse:
    try:
        declare_open(waiting.drop, actor_of(request).name, app)
    except VanthuError as error:
        return _back(request, error.web_text)
    name = waiting.drop.path.name
    return _back(request, f"Đã ghi: «{name}» đã được xem, không mật. Tệp được nhận trong giây lát.")


def _back(request: HttpRequest, notice: str) -> HttpResponse:
    request.session["notice"] = notice
    return redirect("drops")


ROUTES = (
    Route(
        address="khong-mat/",
        view=declare,
        name="declare-open",
        deed=Deed.CONFIRM,
        methods=("GET", "POST"),
    ),
)
