"""Văn bản đi: what got its number lately, what waits for a signature, what one is composing, and where to begin."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from pipeline.app import App
from pipeline.blank_sheet import write_blank_sheet
from pipeline.legal import STATE_WORDS
from pipeline.record import Book
from pipeline.rights import Deed
from pipeline.stores.registers.views import BookRow, DocumentView
from pipeline.vietnamese import safe_file_name
from pipeline.web.access import Route, account_of, actor_of, rights_of, seen_among
from pipeline.web.compose_draft import composable, forms, kind_named
from pipeline.web.drawing import lending
from pipeline.web.office import office

_ISSUED = 20
_WAITING = 50
#: Of a blank workbook; its clerk copies lines for more.
_ROWS = 200


def outgoing(request: HttpRequest) -> HttpResponse:
    """The page."""
    app, actor = office(), actor_of(request)
    waiting = [*_waiting(request, app)]
    page: dict[str, Any] = {
        "kinds": composable(app, actor),
        "finished": [kind for kind in app.kinds.values() if kind.is_finished],
        "composing": [*_composing(account_of(request), app)],
        "waiting": waiting[:_WAITING],
        "many": len(waiting) > _WAITING,
        "most": _WAITING,
        "issued": [*_issued(request, app)],
        "notice": request.session.pop("notice", ""),
    }
    return render(request, "van-ban-di.html", page)


def blank_sheet(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty workbook of the kind, with a lot of its own."""
    found = kind_named(kind, actor_of(request))
    with lending() as app, tempfile.TemporaryDirectory(dir=app.work_dir) as folder:
        path = Path(folder) / safe_file_name(f"{found.title}.xlsx")
        write_blank_sheet(found, path, _ROWS, app)
        handle = path.open("rb")
    return FileResponse(handle, as_attachment=True, filename=path.name)


def _composing(account: str, app: App) -> Iterator[dict[str, Any]]:
    for form in forms().of(account):
        kind = app.kinds.get(form.kind)
        if kind is not None:
            yield {"form": form, "kind": kind}


def _waiting(request: HttpRequest, app: App) -> Iterator[tuple[DocumentView, str]]:
    """Papers without a number, what was received last first, as far as this person sees them."""
    rights = rights_of(request)
    papers = app.registers.newest_waiting(
        _WAITING + 1,
        kinds=rights.kinds,
        but={kind.name for kind in app.kinds.values() if kind.is_incoming},
        owner=rights.owner if rights.hides_drafts else None,
    )
    for paper in seen_among(papers, rights, app):
        yield paper, _title(paper.kind, app)


def _issued(request: HttpRequest, app: App) -> Iterator[tuple[BookRow, str, str]]:
    """The last numbers of the book, as far as this person sees their papers."""
    rights = rights_of(request)
    rows, _ = app.registers.newest_entries({"book": Book.DI, "issued": True}, limit=_ISSUED)
    ids = [row.entry.document_id for row in rows if row.entry.document_id]
    seen = {paper.id for paper in seen_among(app.registers.get_many(ids), rights, app)}
    for row in rows:
        if row.entry.document_id in seen:
            state = STATE_WORDS[row.legal_state] if row.legal_state else ""
            yield row, _title(row.kind, app), state


def _title(kind: str, app: App) -> str:
    return app.kinds[kind].title if kind in app.kinds else kind


ROUTES = (
    Route(address="van-ban-di/", view=outgoing, name="outgoing", deed=Deed.SUBMIT),
    Route(
        address="van-ban-di/bang-trong/<str:kind>/",
        view=blank_sheet,
        name="blank-sheet",
        deed=Deed.SUBMIT,
    ),
)
