"""Every address of the page."""

from __future__ import annotations

from django.urls import path

from pipeline.web import (
    arrivals,
    arrivals_entry,
    arrivals_routing,
    books,
    checking,
    compose,
    copying,
    copying_held,
    declaring_open,
    drops,
    entering,
    errand_pages,
    managing,
    outgoing,
    outgoing_deeds,
    papers,
    printing,
    searching,
    searching_kept,
    today,
)
from pipeline.web.access import Route, patterns
from pipeline.web.api.table import API

ROUTES: tuple[Route, ...] = (
    *today.ROUTES,
    *entering.ROUTES,
    *searching_kept.ROUTES,
    *searching.ROUTES,
    *papers.ROUTES,
    *outgoing_deeds.ROUTES,
    *declaring_open.ROUTES,
    *drops.ROUTES,
    *outgoing.ROUTES,
    *compose.ROUTES,
    *arrivals_entry.ROUTES,  # before an arrival of any name
    *arrivals.ROUTES,
    *arrivals_routing.ROUTES,
    *books.ROUTES,
    *copying.ROUTES,
    *copying_held.ROUTES,
    *printing.ROUTES,
    *checking.ROUTES,
    *errand_pages.ROUTES,
    *managing.ROUTES,
)

urlpatterns = [*patterns(ROUTES), path("api/v1/", API.urls)]

handler400 = "pipeline.web.faults.bad_request"
handler403 = "pipeline.web.faults.bad_request"
handler404 = "pipeline.web.faults.not_found"
handler500 = "pipeline.web.faults.broken"
