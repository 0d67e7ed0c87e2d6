"""What goes on from a search: kept under a name, taken along as a list, chosen for the printer."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from pipeline.app import may_write
from pipeline.books import Column, columns_args
from pipeline.errors.base import VanthuError
from pipeline.errors.errands import FoundNothingToList
from pipeline.query_words import in_words
from pipeline.retrieve import find_with_papers
from pipeline.rights import Deed
from pipeline.saved_searches import SavedSearch, forget, keep, kept_of
from pipeline.standing import shown_of, upper_first
from pipeline.stores.registers.views import DocumentView
from pipeline.stores.search.query_url import from_url, to_url
from pipeline.stores.search.values import Hit, Query, Results
from pipeline.web.access import Route, actor_of, rights_of
from pipeline.web.office import office, served

#: Rows of a list; more is the work of a book.
MOST_ROWS = 1000
_SECONDS = 60.0
_FORMS = ("csv", "xlsx")
_LONGEST = 8000


#: What was found, and the paper as the registers know it.
_Pair = tuple[Hit, DocumentView | None]


def _facts(pair: _Pair, name: str) -> str:
    paper = pair[1]
    return str(getattr(paper.facts, name, "") or "") if paper and paper.facts else ""


_COLUMNS: tuple[Column[_Pair], ...] = (
    Column(
        title="Số, ký hiệu",
        width=18,
        value=lambda pair: (
            shown_of(pair[1]) if pair[1] and pair[1].number else pair[0].reference or "chưa có số"
        ),
    ),
    Column(
        title="Ngày",
        width=11,
        value=lambda pair: f"{pair[0].date:%d/%m/%Y}" if pair[0].date else "",
        align="center",
    ),
    Column(title="Loại", width=16, value=lambda pair: _facts(pair, "type_name")),
    Column(
        title="Trích yếu", width=40, value=lambda pair: _facts(pair, "subject") or pair[0].title
    ),
    Column(
        title="Cơ quan ban hành",
        width=24,
        value=lambda pair: _facts(pair, "their_issuer") or _facts(pair, "issuer"),
    ),
    Column(title="Người ký", width=20, value=lambda pair: _facts(pair, "signer")),
    Column(title="Họ và tên", width=20, value=lambda pair: _facts(pair, "person")),
    Column(title="Nơi ở", width=24, value=lambda pair: _facts(pair, "residence")),
    Column(
        title="Hiệu lực",
        width=20,
        value=lambda pair: "; ".join(upper_first(one) for one in pair[0].remarks),
    ),
)


def take_list(request: HttpRequest, form: str) -> HttpResponseBase:
    """What was found, as a table: the first thousand rows, only what may be seen."""
    if form not in _FORMS:
        raise Http404
    app, actor = office(), actor_of(request)
    asked = from_url(request.GET.urlencode()[:_LONGEST])
    query = replace(asked, rights=rights_of(request), limit=MOST_ROWS, offset=0, is_grouped=False)
    results, papers = find_with_papers(query, app)
    if not results.hits:
        raise FoundNothingToList("nothing found")
    words = in_words(asked) or "mọi văn bản"
    if may_write(app):
        # Before: a list that goes out must not be one that nobody knows of.
        told = {"form": form, "rows": len(results.hits)}
        app.registers.journal_append("list-taken", actor.name, None, told)
    with tempfile.TemporaryDirectory(dir=app.work_dir) as folder:
        path = Path(folder) / f"danh-sach.{form}"
        rows = Path(folder) / "rows.jsonl"
        with rows.open("w", encoding="utf-8") as out:
            for pair in _pairs(results, papers):
                line = [column.value(pair) for column in _COLUMNS]
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
        served().draw("tables.export", _args(form, words, rows, path, results), seconds=_SECONDS)
        handle = path.open("rb")
    return FileResponse(handle, as_attachment=True, filename=path.name)


def _args(form: str, words: str, rows: Path, out: Path, results: Results) -> dict[str, object]:
    app = office()
    left = results.total > len(results.hits)
    cut = f" (chỉ {MOST_ROWS} dòng đầu; còn nữa)" if left else ""
    return {
        "columns": columns_args(_COLUMNS),
        "title_lines": [app.office.name.upper(), f"DANH SÁCH VĂN BẢN TÌM ĐƯỢC: {words}"[:200]],
        "footer": f"{len(results.hits)} văn bản{cut}, lập lúc {app.clock.now():%H:%M ngày %d/%m/%Y}.",
        "format": form,
        "rows": str(rows),
        "out": str(out),
    }


def _pairs(results: Results, papers: Mapping[str, DocumentView]) -> Iterator[_Pair]:
    for hit in results.hits:
        yield hit, papers.get(hit.document_id)


def keep_search(request: HttpRequest) -> HttpResponseBase:
    """Keep the search that is on the page under a name."""
    address = request.POST.get("cau", "")[:_LONGEST]
    query = from_url(address)
    try:
        kept = keep(request.POST.get("ten", ""), query, actor_of(request).name, office())
    except VanthuError as error:
        request.session["notice"] = error.clerk_text
    else:
        request.session["notice"] = f"Đã lưu tìm kiếm «{kept.name}»."
    return redirect(f"{reverse('search')}?{to_url(query)}")


def forget_search(request: HttpRequest) -> HttpResponseBase:
    """Keep one of the own searches no longer."""
    try:
        gone = forget(request.POST.get("ten", ""), actor_of(request).name, office())
    except VanthuError as error:
        request.session["notice"] = error.clerk_text
    else:
        request.session["notice"] = f"Đã bỏ tìm kiếm «{gone.name}»."
    return redirect("search")


def kept_for(request: HttpRequest) -> list[SavedSearch]:
    """The own kept searches, for the page of the search."""
    return kept_of(actor_of(request).name, office())


def list_address(query: Query) -> str:
    """The question as it stands in the address of a list."""
    return to_url(replace(query, offset=0))


ROUTES = (
    Route(address="tra-cuu/danh-sach.<str:form>", view=take_list, name="found-list", deed=Deed.SEE),
    Route(
        address="tra-cuu/luu/",
        view=keep_search,
        name="keep-search",
        deed=Deed.SEE,
        methods=("POST",),
    ),
    Route(
        address="tra-cuu/bo/",
        view=forget_search,
        name="forget-search",
        deed=Deed.SEE,
        methods=("POST",),
    ),
)
