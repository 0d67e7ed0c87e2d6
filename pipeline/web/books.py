"""Sổ: the office's books with the columns of their paper form, filtered; files of them; numbers without a paper."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from pipeline.app import App, refuse_if_behind
from pipeline.book_printing import print_book
from pipeline.books import FORMS, BookForm, Choice
from pipeline.clock import today
from pipeline.closed_books import write_down
from pipeline.errors.base import VanthuError
from pipeline.errors.errands import ReasonMissing
from pipeline.number_gaps import GAP_COLUMNS, GapChoice, gap_cells, gap_rows
from pipeline.number_words import state_words
from pipeline.record import EntryStatus
from pipeline.rights import Actor, Deed
from pipeline.stores.registers.overview import Overview
from pipeline.stores.registers.views import BookRow, EntryView
from pipeline.stores.search.values import Rights
from pipeline.vietnamese import parse_date
from pipeline.web.access import Route, actor_of, paper_seen, rights_of
from pipeline.web.drawing import lending
from pipeline.web.errands import OUT, Order, start
from pipeline.web.office import office

_PAGE = 100
_FILES = ("pdf", "xlsx", "csv")
#: So many lines are made while the page is asked for; more by an errand.
_LONG = {"pdf": 100, "xlsx": 1000, "csv": 2000}
#: Parts of a book that the command knows by the same names.
_OPTIONS = ("year", "term", "issuer", "symbol")
_LONGEST_REASON = 1000
#: Columns that want more room, or must not be broken, on the screen.
_SETTING = {
    "Tên loại và trích yếu nội dung": "rong-o",
    "Trích yếu nội dung": "rong-o",
    "Trích yếu (nếu có)": "rong-o",
    "Nơi nhận": "vua-o",
    "Người ký": "nua-o",
    "Văn bản được sao": "nua-o",
    "Ghi chú": "nua-o",
    "Lý do": "vua-o",
    "Họ và tên": "nua-o",
    "Nơi cư trú": "nua-o",
    "Tác giả": "nua-o",
    "Đơn vị hoặc người nhận": "nua-o",
    "Số, ký hiệu": "lien",
    "Ngày tháng": "lien",
    "Ngày đến": "lien",
    "Ngày tháng văn bản": "lien",
    "Ngày chuyển": "lien",
}
_LONGEST_CODE = 40
_HIDDEN = "(không hiển thị với vai trò của bạn)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a book on the page."""

    #: Id of the paper where it may be opened.
    paper: str
    #: Title of the column, what stands there, and how it is set.
    cells: tuple[tuple[str, str, str], ...]
    #: What people call the number.
    shown: str
    #: How the form that makes it void knows the number; empty where it is void.
    address: str


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
        "lines": [_line(row, form, rights) for row in rows],
        "faults": " ".join(faults),
        "after": _address(request, truoc=str(following)) if following else "",
        "files": [(one, _address(request), _is_long(name, one, given, app)) for one in _FILES],
        "notice": request.session.pop("notice", ""),
        **_choices(name, app),
        "asked": {
            key.replace("-", "_"): request.GET.get(key, "")
            for key in ("nam", "nhiem-ky", "co-quan", "ky-hieu", "tu", "den")
        },
        "is_filtered": bool(given or faults),
        "forms": FORMS,
    }
    return render(request, "so.html", page)


def book_file(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """The book as a file, in the order of the paper book."""
    if name not in FORMS or form not in _FILES or rights_of(request).kinds is not None:
        raise Http404
    app = office()
    given, _ = _given(request)
    if _is_long(name, form, given, app):
        request.session["notice"] = "Sổ này dài: hãy bấm «làm tệp» để máy làm riêng rồi tải về."
        return redirect(f"{reverse('book', kwargs={'name': name})}?{_address(request)}")
    choice = _choice(name, given)
    with tempfile.TemporaryDirectory(dir=app.work_dir) as folder:
        path = Path(folder) / f"so-{name}.{form}"
        write_down(choice, path, actor_of(request).name, app)
        # A PDF takes some seconds: it has a cell of its own, and nobody waits for it.
        with nullcontext(app) if form == "pdf" else lending() as own:
            print_book(choice, form, path, own)
        handle = path.open("rb")
    return FileResponse(handle, as_attachment=True, filename=path.name)


def long_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """The book as a file that takes longer than a page may: begun, and told of at «Việc dài»."""
    form = request.POST.get("form", "")
    if name not in FORMS or form not in _FILES or rights_of(request).kinds is not None:
        raise Http404
    actor, (given, _) = actor_of(request), _given(request)
    words = [f"--{key}={value}" for key, value in given.items() if key in _OPTIONS]
    order = Order(
        words=f"{FORMS[name].title.capitalize()} ({form.upper()})",
        arguments=("register", name, "--format", form, "-o", OUT, f"--person={actor.name}", *words),
        file=f"so-{name}.{form}",
    )
    start(order, actor.name, office())
    return redirect("errands")


def void(request: HttpRequest) -> HttpResponse:
    """Hủy số: the number of a line stays in the book and says why; nobody gets it again."""
    app = office()
    series, _, ordinal = (request.POST.get("dong") or request.GET.get("dong") or "").rpartition(":")
    entry = _entry(series, ordinal, app)
    if entry is None:
        raise Http404
    paper = paper_seen(request, entry.document_id) if entry.document_id else None
    reason = " ".join(request.POST.get("ly_do", "").split())
    told = ""
    if request.method == "POST":
        try:
            _void(entry, reason, actor_of(request), app)
        except VanthuError as error:
            told = error.clerk_text
        else:
            request.session["notice"] = f"Đã hủy số {_shown(entry)}."
            return redirect("book", name=entry.series.book.value)
    page = {
        "entry": entry,
        "line": f"{series}:{ordinal}",
        "shown": _shown(entry),
        "subject": paper.facts.subject if paper and paper.facts else entry.reason,
        "paper": paper,
        "state": state_words(entry),
        "is_void": entry.status is EntryStatus.VOID,
        "reason": reason,
        "told": told,
    }
    return render(request, "huy-so.html", page, status=422 if told else 200)


def _void(entry: EntryView, reason: str, actor: Actor, app: App) -> None:
    refuse_if_behind(app)
    if not reason:
        raise ReasonMissing(f"no reason series={entry.series} ordinal={entry.ordinal}")
    app.registers.void_entry(entry.series, entry.ordinal, reason[:_LONGEST_REASON], actor.name)


def _entry(series: str, ordinal: str, app: App) -> EntryView | None:
    if not (ordinal.isascii() and ordinal.isdecimal() and len(ordinal) < 10):
        return None
    known = {str(one.key): one.key for one in app.registers.series()}
    return app.registers.entry(known[series], int(ordinal)) if series in known else None


def _shown(entry: EntryView) -> str:
    return entry.reference or entry.lookup_code or str(entry.ordinal)


def _choice(name: str, given: dict[str, Any]) -> Choice:
    return Choice(name=name, **{key: given.get(key) for key in _OPTIONS})


def _is_long(name: str, form: str, given: dict[str, Any], app: App) -> bool:
    """Whether making the file takes longer than a page may."""
    whole = {key: value for key, value in given.items() if key in _OPTIONS}
    filters = {**whole, "book": FORMS[name].book, "unissued": FORMS[name].unissued}
    return Overview(app.registers.db).has_more_lines(filters, _LONG[form])


def gaps(request: HttpRequest) -> HttpResponse:
    """Numbers that no paper explains, a hundred at a time."""
    app = office()
    typed = request.GET.get("trang", "1").strip()
    at = max(int(typed), 1) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1
    rows = gap_rows(GapChoice(), app.registers, today(app.clock))
    shown = [gap_cells(row) for row in islice(rows, (at - 1) * _PAGE, at * _PAGE + 1)]
    titles = [column.title for column in GAP_COLUMNS]
    page = {
        "forms": FORMS,
        "columns": GAP_COLUMNS,
        "rows": [[*zip(titles, cells, strict=True)] for cells in shown[:_PAGE]],
        "at": at,
        "before": at - 1,
        "after": at + 1 if len(shown) > _PAGE else 0,
    }
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


def _line(row: BookRow, form: BookForm, rights: Rights) -> Line:
    paper, cells = line_seen(row, [column.value(row) for column in form.columns], rights)
    named = next((at for at, one in enumerate(form.columns) if one.title.startswith("Số")), 0)
    return Line(
        paper=paper,
        cells=tuple(
            (column.title, text, "ten" if at == named else _SETTING.get(column.title, ""))
            for at, (column, text) in enumerate(zip(form.columns, cells, strict=True))
        ),
        shown=_shown(row.entry),
        address=""
        if row.entry.status is EntryStatus.VOID
        else f"{row.entry.series}:{row.entry.ordinal}",
    )


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
    Route(address="so/huy-so/", view=void, name="void", deed=Deed.ISSUE, methods=("GET", "POST")),
    Route(address="so/so-khong-co-van-ban/", view=gaps, name="gaps", deed=Deed.SEE_BOOKS),
    Route(address="so/<str:name>/", view=book, name="book", deed=Deed.SEE_BOOKS),
    Route(
        address="so/<str:name>/tep.<str:form>",
        view=book_file,
        name="book-file",
        deed=Deed.SEE_BOOKS,
    ),
    Route(
        address="so/<str:name>/lam-tep/",
        view=long_file,
        name="book-errand",
        deed=Deed.SEE_BOOKS,
        methods=("POST",),
    ),
)
