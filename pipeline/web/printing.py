"""In ấn: papers chosen here and there → one printing, on a printer or on this machine; what came out, spoilt sheets again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from pipeline.app import App
from pipeline.engines.printer import Printer
from pipeline.engines.printer import printers as list_printers
from pipeline.errors.base import VanthuError
from pipeline.errors.printing import TooManySheets
from pipeline.paper_names import is_bare, meant
from pipeline.person_names import is_same_person
from pipeline.printing.following import follow_all, follow_up, report_outcome, server_at
from pipeline.printing.giving import Order, Ordered, pdf_again, print_again, print_papers
from pipeline.printing.telling import (
    STATE_WORDS,
    in_brackets,
    name_of,
    reasons_in_words,
    sheet_lines,
    sheets_named,
    short_code,
    told_apart,
)
from pipeline.record import DocumentId
from pipeline.rights import Actor, Deed
from pipeline.stores.registers.print_views import PrintState, PrintView
from pipeline.stores.registers.views import DocumentView
from pipeline.web.access import Route, actor_of, rights_of, seen_among
from pipeline.web.office import office, served
from pipeline.web.printing_long import (
    MOST_PAPERS,
    MOST_SHEETS,
    again_by_errand,
    is_long,
    print_by_errand,
    was_long,
)

_MOST_COPIES = 500
_MOST_CHOSEN = 300
_SHOWN = 30
#: A page does not wait longer for a print server that says nothing.
_PATIENCE_S = 2.0
_LONGEST = 4000
_CHOSEN = "in_an"
_HERE = "tai-may-nay"
_TELLABLE = frozenset((PrintState.HERE, PrintState.PRINTED, PrintState.FORGOTTEN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printing of the list."""

    view: PrintView
    code: str
    papers: str
    where: str
    state: str


def prints(request: HttpRequest) -> HttpResponse:
    """What is chosen, on which printer, and what was printed."""
    return _page(request)


def choose(request: HttpRequest) -> HttpResponse:
    """Add papers to what is to be printed, ticked or by their numbers; or put one back."""
    chosen = [*request.session.get(_CHOSEN, ())]
    typed, told = _typed(request)
    ids = [*request.POST.getlist("vb"), *typed]
    if request.POST.get("bo"):
        chosen = [one for one in chosen if one not in ids]
    else:
        chosen += [one for one in dict.fromkeys(ids) if len(one) < 40 and one not in chosen]
    request.session[_CHOSEN] = chosen[:_MOST_CHOSEN]
    if (left := len(chosen) - _MOST_CHOSEN) > 0:
        told.append(
            f"Chọn được nhiều nhất {_MOST_CHOSEN} văn bản; {left} văn bản sau chưa thêm, hãy in rồi thêm."
        )
    if told:
        request.session["notice"] = "\n".join(told)
    return redirect("prints")


def _typed(request: HttpRequest) -> tuple[list[str], list[str]]:
    """Ids of the papers of the numbers that were typed; and what to say of numbers that name none, or several."""
    app, rights = office(), rights_of(request)
    ids: list[str] = []
    unknown, unclear = [], []
    for typed in filter(None, map(str.strip, request.POST.get("so", "")[:_LONGEST].splitlines())):
        found = seen_among(meant(typed, app).papers, rights, app)
        exact = set() if is_bare(typed) else {paper.id for paper in app.registers.find(typed)}
        if len(found) > 1 and not exact:
            unclear.append(f"«{typed[:100]}» có thể là {told_apart(found)}.")
        else:
            ids += [paper.id for paper in found]
            unknown += [] if found else [f"«{typed[:100]}»"]
    told = [f"Không có văn bản nào mang số {'; '.join(unknown[:10])}."] if unknown else []
    told += [*unclear[:10], "Hãy gõ đủ số, ký hiệu; dự thảo thì gõ mã ~…"] if unclear else []
    return ids, told


def print_chosen(request: HttpRequest) -> HttpResponse:
    """Print what is chosen."""
    chosen = _seen_among(request, request.POST.getlist("vb"))
    try:
        if not chosen:
            return _page(request, told="Hãy chọn ít nhất một văn bản để in.")
        answer = _printed(request, chosen)
    except VanthuError as error:
        return _page(request, told=error.web_text)
    done = {paper.id for paper in chosen}
    request.session[_CHOSEN] = [one for one in request.session.get(_CHOSEN, ()) if one not in done]
    return answer


def _printed(request: HttpRequest, chosen: Sequence[DocumentView]) -> HttpResponse:
    with tempfile.TemporaryDirectory(dir=office().work_dir) as folder:
        order = _order_of(request, Path(folder))
        if is_long(len(chosen), order):
            return print_by_errand(request, chosen, order)
        try:
            return _to(request, print_papers(chosen, order, _impatient()))
        except TooManySheets:
            return print_by_errand(request, chosen, order)


def one_print(request: HttpRequest, job: str) -> HttpResponse:
    """One printing: how far it is, which sheet is what; spoilt ones told, and printed again."""
    return _print_page(request, _followed(_own(request, job)))


def file_of(request: HttpRequest, job: str) -> HttpResponseBase:
    """The PDF of a printing that people print themselves, made anew: nothing of it is kept."""
    view = _own(request, job)
    may = _may_open(actor_of(request), view) and _are_seen(request, view)
    if not view.is_here or not may or was_long(view):
        raise Http404
    with tempfile.TemporaryDirectory(dir=office().work_dir) as folder:
        path = Path(folder) / f"in-{short_code(view)}.pdf"
        with served().cell_alone() as cell:
            pdf_again(view, path, office(), cell)
        handle = path.open("rb")
    response = FileResponse(handle, filename=path.name, content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def outcome(request: HttpRequest, job: str) -> HttpResponse:
    """People say how it came out."""
    view = _followed(_own(request, job))
    result = request.POST.get("ket-qua", "")
    bad: tuple[int, ...] = ()
    try:
        if result == "hong":
            bad = sheets_named(request.POST.get("to", "")[:_LONGEST], view)
        elif result not in {"du", "khong"}:
            return _print_page(request, view, told="Hãy chọn: đã in đủ, có tờ hỏng, hay không in.")
        state = PrintState.CANCELLED if result == "khong" else PrintState.PRINTED
        report_outcome(view, state, bad, actor_of(request).name, _impatient())
    except VanthuError as error:
        return _print_page(request, view, told=error.web_text)
    return redirect("print", job=view.id)


def again(request: HttpRequest, job: str) -> HttpResponse:
    """Print it again, or some of its sheets."""
    view = _followed(_own(request, job))
    if not _are_seen(request, view):
        raise Http404
    typed = request.POST.get("to", "").strip()[:_LONGEST]
    try:
        sheets = sheets_named(typed, view) if typed else view.only_sheets
        return _again(request, view, sheets)
    except VanthuError as error:
        return _print_page(request, view, told=error.web_text)


def _again(request: HttpRequest, view: PrintView, sheets: Sequence[int]) -> HttpResponse:
    with tempfile.TemporaryDirectory(dir=office().work_dir) as folder:
        order = _order_of(request, Path(folder))
        if was_long(view):
            return again_by_errand(request, view, sheets, order)
        return _to(request, print_again(view, sheets, order, _impatient()))


def _to(request: HttpRequest, ordered: Ordered) -> HttpResponse:
    if ordered.warnings:
        request.session["notice"] = "Chú ý: " + "; ".join(ordered.warnings)
    return redirect("print", job=ordered.view.id)


def _order_of(request: HttpRequest, folder: Path) -> Order:
    actor, data = actor_of(request), request.POST
    printer = data.get("may-in", _HERE)[:200]
    return Order(
        person=actor.name,
        copies=_copies(data),
        printer="" if printer == _HERE else printer,
        duplex=bool(data.get("hai-mat")),
        separators=bool(data.get("to-ngan")),
        also_withdrawn=bool(data.get("ca-het-hieu-luc")),
        is_lookup=not actor.may(Deed.PRINT_CLEAN),
        most_sheets=MOST_SHEETS,
        out=folder / "in.pdf" if printer == _HERE else None,
    )


def _copies(data: QueryDict) -> int:
    typed = data.get("so-ban", "1").strip()
    count = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else 1
    return min(max(count, 1), _MOST_COPIES)


def _impatient() -> App:
    """The office with a page's patience for print servers."""
    app = office()
    profile = app.office.printing
    quick = replace(profile, timeout_s=min(profile.timeout_s, _PATIENCE_S))
    return replace(app, office=replace(app.office, printing=quick))


def _followed(view: PrintView) -> PrintView:
    with suppress(VanthuError):
        return follow_up(view, _impatient())
    return view


def _seen_among(request: HttpRequest, ids: Sequence[str]) -> list[DocumentView]:
    """The papers of those ids that who asks may see, in their order."""
    app, rights = office(), rights_of(request)
    wanted = [*dict.fromkeys(one for one in ids if len(one) < 40)][:_MOST_CHOSEN]
    papers = {str(paper.id): paper for paper in app.registers.get_many(wanted)}
    return seen_among([papers[one] for one in wanted if one in papers], rights, app)


def _own(request: HttpRequest, job: str) -> PrintView:
    """The printing of that code: everybody's own, and all of them for who prints without the mark."""
    actor = actor_of(request)
    for view in office().registers.prints_named(job):
        if view.id == job and (
            is_same_person(view.person, actor.name) or actor.may(Deed.PRINT_CLEAN)
        ):
            return view
    raise Http404


def _are_seen(request: HttpRequest, view: PrintView) -> bool:
    ids = {str(paper.document_id) for paper in view.papers}
    return len(_seen_among(request, [*ids])) == len(ids)


def _page(request: HttpRequest, told: str = "") -> HttpResponse:
    actor, app = actor_of(request), _impatient()
    ids = [*request.session.get(_CHOSEN, ())]
    ids += [one for one in request.GET.getlist("vb") + request.POST.getlist("vb") if one not in ids]
    chosen = _seen_among(request, ids)
    trouble = ""
    with_all = actor.may(Deed.PRINT_CLEAN)
    try:
        follow_all(app)
    except VanthuError as error:
        trouble = error.web_text
    views = app.registers.prints(_SHOWN, person="" if with_all else actor.name)
    page: dict[str, Any] = {
        "chosen": [(paper, name_of(paper)) for paper in chosen],
        "is_long": len(chosen) > MOST_PAPERS,
        "lines": [*_lines(request, views, app)],
        "with_all": with_all,
        "told": told,
        "copies": _copies(request.POST),
        "notice": request.session.pop("notice", "") if not told else "",
        **_choices(app, trouble),
    }
    return render(request, "in-an.html", page, status=422 if told else 200)


def _choices(app: App, trouble: str = "") -> dict[str, Any]:
    """The printers that there are; a server that is off is no reason not to print on this machine."""
    usual = app.office.printing
    found: list[Printer] = []
    try:
        found = list_printers(server_at(usual.server, app)) if not trouble else []
    except VanthuError as error:
        trouble = error.web_text
    return {
        "printers": [(one, _printer_words(one)) for one in found],
        "usual": usual.printer or next((one.name for one in found if one.is_default), ""),
        "trouble": trouble,
        "duplex": usual.duplex,
        "separators": usual.separators,
    }


def _printer_words(one: Printer) -> str:
    state = "đang dừng" if one.is_stopped else "sẵn sàng"
    state = state if one.is_accepting else f"{state}, không nhận việc in"
    waiting = f", {one.waiting} việc chờ" if one.waiting else ""
    sides = ", in hai mặt được" if one.has_duplex else ""
    title = " – ".join(filter(None, (one.title, one.place)))
    why = in_brackets(reasons_in_words(one.reasons, one.message))
    return f"{title or one.name}: {state}{why}{waiting}{sides}"


def _lines(request: HttpRequest, views: Sequence[PrintView], app: App) -> Iterator[Line]:
    ids = [*dict.fromkeys(str(paper.document_id) for view in views for paper in view.papers[:3])]
    rights = rights_of(request)
    names = {
        paper.id: name_of(paper) for paper in seen_among(app.registers.get_many(ids), rights, app)
    }
    for view in views:
        shown = [
            names.get(DocumentId(paper.document_id), "văn bản không hiển thị với bạn")
            for paper in view.papers[:3]
        ]
        more = f" và {len(view.papers) - 3} văn bản nữa" if len(view.papers) > 3 else ""
        yield Line(
            view=view,
            code=short_code(view),
            papers=", ".join(shown) + more,
            where=f"máy in {view.printer}" if view.printer else "tại máy này",
            state=_state(view),
        )


def _state(view: PrintView) -> str:
    bad = f"; tờ hỏng: {', '.join(map(str, view.bad_sheets))}" if view.bad_sheets else ""
    return f"{STATE_WORDS[view.state]}{in_brackets(view.detail)}{bad}"


def _print_page(request: HttpRequest, view: PrintView, told: str = "") -> HttpResponse:
    app, actor = _impatient(), actor_of(request)
    is_open = _are_seen(request, view)
    is_own_file = view.is_here and is_open and _may_open(actor, view)
    page: dict[str, Any] = {
        "view": view,
        "code": short_code(view),
        "line": next(_lines(request, [view], app)),
        "sheets": sheet_lines(view, app) if is_open else (),
        "is_open": is_open,
        "has_file": is_own_file and not was_long(view),
        "was_long": is_own_file and was_long(view),
        "is_tellable": view.state in _TELLABLE,
        "is_on_its_way": view.state.is_open,
        "bad": ", ".join(map(str, view.bad_sheets)),
        "told": told,
        "notice": request.session.pop("notice", "") if not told else "",
        **_choices(app),
    }
    return render(request, "in-an-mot.html", page, status=422 if told else 200)


def _may_open(actor: Actor, view: PrintView) -> bool:
    return view.is_lookup or actor.may(Deed.PRINT_CLEAN)


ROUTES = (
    Route(address="in-an/", view=prints, name="prints", deed=Deed.PRINT),
    Route(
        address="in-an/chon/",
        view=choose,
        name="print-choose",
        deed=Deed.PRINT,
        methods=("POST",),
    ),
    Route(
        address="in-an/in/",
        view=print_chosen,
        name="print-order",
        deed=Deed.PRINT,
        methods=("POST",),
    ),
    Route(address="in-an/<str:job>/", view=one_print, name="print", deed=Deed.PRINT),
    Route(address="in-an/<str:job>/in.pdf", view=file_of, name="print-file", deed=Deed.PRINT),
    Route(
        address="in-an/<str:job>/ket-qua/",
        view=outcome,
        name="print-said",
        deed=Deed.PRINT,
        methods=("POST",),
    ),
    Route(
        address="in-an/<str:job>/in-lai/",
        view=again,
        name="print-again",
        deed=Deed.PRINT,
        methods=("POST",),
    ),
)
