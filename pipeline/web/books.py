"""Sổ: the office's books with the columns of their paper form, filtered; files of them; numbers without a paper."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from pipeline.app import App
from pipeline.book_printing import print_book
from pipeline.books import FORMS, Choice
from pipeline.clock import today
from pipeline.closed_books import write_down
from pipeline.number_gaps import GAP_COLUMNS, GapChoice, gap_cells, gap_rows
from pipeline.rights import Deed
from pipeline.stores.registers.views import BookRow
from pipeline.stores.search.values import Rights
from pipeline.vietnamese import parse_date
from pipeline.web.access import Route, actor_of, rights_of
from pipeline.web.office import office

_PAGE = 100
_FILES = ("pdf", "xlsx", "csv")
_MOST_GAPS = 500
_LONGEST_CODE = 40
_HIDDEN = "(không hiển thị với vai trò của bạn)"


def books(request: HttpRequest) -> HttpResponse:
    """Which books there are."""
    app = office()
    years = sorted(
        {series.key.period for series in app.registers.series() if series.key.period.isdecimal()},
        reverse=True,
    )
    return render(
        request, "cac-so.html", {"forms": FORMS, "years": years, "this_year": today(app.clock).year}
    )


def book(request: HttpRequest, name: str) -> HttpResponse:
    """One book, what was taken last first."""
    if name not in FORMS:
        raise Http404
    app, form = office(), FORMS[name]
    given, faults = _given(request)
    filters = {**given, "book": form.book, "unissued": form.unissued}
    before = request.GET.get("truoc", "")
    at = int(before) if before.isascii() and before.isdecimal() and len(before) < 15 else None
    rows, following = app.registers.newest_entries(filters, before=at, limit=_PAGE)
    rights = rights_of(request)
    page: dict[str, Any] = {
        "name": name,
        "form": form,
        "lines": [
            line_seen(row, [column.value(row) for column in form.columns], rights) for row in rows
        ],
        "faults": " ".join(faults),
        "after": _address(request, truoc=str(following)) if following else "",
        "files": [(one, _address(request)) for one in _FILES],
        **_choices(name, app),
        "asked": {
            key: request.GET.get(key, "")
            for key in ("nam", "nhiem-ky", "co-quan", "ky-hieu", "tu", "den")
        },
        "forms": FORMS,
    }
    return render(request, "so.html", page)


def book_file(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """The book as a file, in the order of the paper book."""
    if name not in FORMS or form not in _FILES or rights_of(request).kinds is not None:
        raise Http404
    app = office()
    given, _ = _given(request)
    choice = Choice(
        name=name,
        year=given.get("year"),
        term=given.get("term"),
        issuer=given.get("issuer"),
        symbol=given.get("symbol"),
    )
    with tempfile.TemporaryDirectory(dir=app.work_dir) as folder:
        path = Path(folder) / f"so-{name}.{form}"
        write_down(choice, path, actor_of(request).name, app)
        print_book(choice, form, path, app)
        handle = path.open("rb")
    return FileResponse(handle, as_attachment=True, filename=path.name)


def gaps(request: HttpRequest) -> HttpResponse:
    """Numbers that no paper explains."""
    app = office()
    rows = []
    for row in gap_rows(GapChoice(), app.registers, today(app.clock)):
        rows.append(gap_cells(row))
        if len(rows) > _MOST_GAPS:
            break
    page = {"columns": GAP_COLUMNS, "rows": rows[:_MOST_GAPS], "many": len(rows) > _MOST_GAPS}
    return render(request, "so-trong.html", page)


def _given(request: HttpRequest) -> tuple[dict[str, Any], list[str]]:
    """The filters of the address, and what of it makes none."""
    given: dict[str, Any] = {}
    faults = []
    year = request.GET.get("nam", "").strip()
    if year:
        if year.isascii() and year.isdecimal() and 1 <= int(year[:6]) <= 9999:
            given["year"] = int(year)
        else:
            faults.append(f"«{year[:20]}» không phải là năm.")
    for key, name in (("nhiem-ky", "term"), ("co-quan", "issuer"), ("ky-hieu", "symbol")):
        if value := request.GET.get(key, "").strip()[:_LONGEST_CODE]:
            given[name] = value
    for key, name in (("tu", "since"), ("den", "until")):
        if typed := request.GET.get(key, "").strip():
            given[name] = parse_date(typed)
            if given[name] is None:
                faults.append(f"«{typed[:20]}» không phải là ngày; hãy ghi như 09/01/2026.")
    return given, faults


def line_seen(row: BookRow, cells: list[str], rights: Rights) -> tuple[str, list[str]]:
    """The paper's id where it may be opened, and the cells."""
    is_hidden = rights.kinds is not None and bool(row.kind) and row.kind not in rights.kinds
    if is_hidden:
        return "", [
            row.entry.reference or str(row.entry.ordinal),
            _HIDDEN,
            *[""] * (len(cells) - 2),
        ]
    return row.entry.document_id or "", cells


def _choices(name: str, app: App) -> dict[str, Any]:
    """What may be chosen, of the series that there are."""
    wanted = FORMS[name].book
    keys = [one.key for one in app.registers.series() if wanted is None or one.key.book is wanted]
    return {
        "issuers": _sorted(key.issuer for key in keys),
        "symbols": _sorted(key.symbol for key in keys),
        "terms": _sorted(key.period for key in keys if not key.period.isdecimal()),
    }


def _sorted(values: Iterator[str]) -> list[str]:
    return sorted({value for value in values if value})


def _address(request: HttpRequest, **more: str) -> str:
    kept = {key: value for key, value in request.GET.items() if value and key != "truoc"}
    return urlencode({**kept, **more})


ROUTES = (
    Route(address="so/", view=books, name="books", deed=Deed.SEE_BOOKS),
    Route(address="so/so-khong-co-van-ban/", view=gaps, name="gaps", deed=Deed.SEE_BOOKS),
    Route(address="so/<str:name>/", view=book, name="book", deed=Deed.SEE_BOOKS),
    Route(
        address="so/<str:name>/tep.<str:form>",
        view=book_file,
        name="book-file",
        deed=Deed.SEE_BOOKS,
    ),
)
