"""Who asks, and whether he may: every page is a row of the table of routes, with the deed it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.urls import URLPattern, path

from pipeline.app import App
from pipeline.person_names import actor_name
from pipeline.record import DocumentId
from pipeline.rights import Actor, Deed, seen_by
from pipeline.roles import Role
from pipeline.stores.registers.models import Person
from pipeline.stores.registers.views import DocumentView
from pipeline.stores.search.values import Rights
from pipeline.visible import may_see
from pipeline.web.faults import forbidden
from pipeline.web.office import office

_More = ParamSpec("_More")
View = Callable[Concatenate[HttpRequest, _More], HttpResponseBase]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address and who may ask for it."""

    address: str
    view: Callable[..., HttpResponseBase]
    name: str
    #: None: whoever reaches this machine, logged in or not.
    deed: Deed | None
    methods: tuple[str, ...] = ("GET",)

    def pattern(self) -> URLPattern:
        """As Django wants it."""
        return path(self.address, _guarded(self), name=self.name)


def _guarded(route: Route) -> Callable[..., HttpResponseBase]:
    allowed = (*route.methods, "HEAD") if "GET" in route.methods else route.methods

    @wraps(route.view)
    def guarded(request: HttpRequest, **values: Any) -> HttpResponseBase:
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        if route.deed is not None:
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request"):
                    # Part of a page asks: it stays as it is, and says that one must come in again.
                    return HttpResponse(status=401)
                return redirect_to_login(
                    request.get_full_path() if request.method == "GET" else "/"
                )
            if not actor_of(request).may(route.deed):
                return forbidden(request)
        return route.view(request, **values)

    return guarded


def patterns(routes: Sequence[Route]) -> list[URLPattern]:
    """The routes as Django wants them."""
    return [route.pattern() for route in routes]


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    person = cast("Person", request.user)
    return Actor(name=actor_name(person.ho_ten, person.account), role=Role(person.role))


def account_of(request: HttpRequest) -> str:
    """The account of who asks: it stays when a name changes."""
    return str(cast("Person", request.user).account)


def rights_of(request: HttpRequest) -> Rights:
    """Which papers who asks may see."""
    app = office()
    return seen_by(actor_of(request), app.office, app.kinds)


def paper_seen(request: HttpRequest, document_id: str) -> DocumentView:
    """The paper, where who asks may see it; one that is hidden does not exist for him.

    Raises:
        Http404
    """
    app = office()
    paper = app.registers.get(DocumentId(document_id))
    if paper is None or not is_seen(paper, rights_of(request), app):
        raise Http404
    return paper


def is_seen(paper: DocumentView, rights: Rights, app: App) -> bool:
    """Whether a person of these rights may see the paper."""
    return bool(seen_among([paper], rights, app))


def seen_among(papers: Iterable[DocumentView], rights: Rights, app: App) -> list[DocumentView]:
    """Those of *papers* that a person of these rights may see; their owners are asked for all at once."""
    every = list(papers)
    if rights.is_everything:
        return every
    receipts = app.registers.receipts({paper.receipt_id for paper in every})
    owners = {receipt.id: receipt.owner for receipt in receipts.values()}
    return [
        paper for paper in every if may_see(paper, rights, owner=owners.get(paper.receipt_id, ""))
    ]
