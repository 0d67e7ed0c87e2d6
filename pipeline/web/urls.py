"""Every address of the page."""

from __future__ import annotations

from pipeline.web import (
    arrivals,
    arrivals_entry,
    arrivals_routing,
    books,
    checking,
    drops,
    entering,
    papers,
    searching,
    today,
)
from pipeline.web.access import Route, patterns

ROUTES: tuple[Route, ...] = (
    *today.ROUTES,
    *entering.ROUTES,
    *searching.ROUTES,
    *papers.ROUTES,
    *drops.ROUTES,
    *arrivals_entry.ROUTES,  # before an arrival of any name
    *arrivals.ROUTES,
    *arrivals_routing.ROUTES,
    *books.ROUTES,
    *checking.ROUTES,
)

urlpatterns = patterns(ROUTES)

handler400 = "pipeline.web.faults.bad_request"
handler403 = "pipeline.web.faults.bad_request"
handler404 = "pipeline.web.faults.not_found"
handler500 = "pipeline.web.faults.broken"
