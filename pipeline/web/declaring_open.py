"""«Đã xem, không mật»: the clerk's word on a file that waits in the shared folder because it may be secret."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from pipeline.declared_open import declare_open, waiting_drop, why_it_waits
from pipeline.errors.base import VanthuError
from pipeline.errors.intake import NothingWaitsThere
from pipeline.inbox.secret_notes import error_of
from pipeline.rights import Deed
from pipeline.web.access import Route, actor_of
from pipeline.web.office import office


def declare(request: HttpRequest) -> HttpResponse:
    """What is asked, and the yes."""
    app, actor = office(), actor_of(request)
    place = (request.POST if request.method == "POST" else request.GET).get("tep", "")
    told = ""
    try:
        drop = waiting_drop(place, app)
        if request.method == "POST":
            if "da_xem" in request.POST:
                declare_open(drop, actor.name, app)
                request.session["notice"] = (
                    f"Đã ghi: «{drop.path.name}» đã được xem, không mật. Tệp được nhận trong giây lát."
                )
                return redirect("drops")
            told = "Hãy mở xem trang đầu của tệp rồi đánh dấu vào ô xác nhận."
    except NothingWaitsThere as error:
        request.session["notice"] = error.web_text
        return redirect("drops")
    except VanthuError as error:
        told = error.web_text
    why = why_it_waits(drop, app)
    page = {
        "name": drop.path.name,
        "place": place,
        "folder": app.folders[drop.kind].title,
        "reason": error_of(drop.kind, why).web_text if why else "",
        "told": told,
    }
    return render(request, "khong-mat.html", page, status=422 if told else 200)


ROUTES = (
    Route(
        address="khong-mat/",
        view=declare,
        name="declare-open",
        deed=Deed.CONFIRM,
        methods=("GET", "POST"),
    ),
)
