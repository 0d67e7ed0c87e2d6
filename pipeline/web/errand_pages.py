"""The page of what takes long: how far each piece of work of one's own is, and the file that came of it."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from pipeline.rights import Deed
from pipeline.web.access import Route, actor_of
from pipeline.web.errands import errands_of, result_of, sweep
from pipeline.web.office import office


def errands(request: HttpRequest) -> HttpResponse:
    """The page; asked again every few seconds while something goes on."""
    app = office()
    sweep(app)
    mine = errands_of(actor_of(request).name, app)
    page = {"errands": mine, "is_running": any(one.is_running for one in mine)}
    return render(request, "viec-dai.html", page)


def errand_file(request: HttpRequest, errand_id: str) -> HttpResponseBase:
    """What came of an own errand."""
    found = result_of(errand_id, actor_of(request).name, office())
    if found is None:
        raise Http404
    path, name = found
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


ROUTES = (
    Route(address="viec-dai/", view=errands, name="errands", deed=Deed.SEE),
    Route(
        address="viec-dai/<str:errand_id>/tep/",
        view=errand_file,
        name="errand-file",
        deed=Deed.SEE,
    ),
)
