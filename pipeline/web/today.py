"""Hôm nay: the page one comes to; and the answer to whoever asks whether the server lives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.rights import Deed
from pipeline.web.access import Route
from pipeline.web.office import office


def today(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "hom-nay.html", {"counts": office().registers.counts()})


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether page and database answer."""
    del request
    office().registers.counts()
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


ROUTES = (
    Route(address="", view=today, name="today", deed=Deed.SEE),
    Route(address="healthz", view=healthz, name="healthz", deed=None),
)
