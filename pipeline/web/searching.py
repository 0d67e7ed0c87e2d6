"""Tra cứu: one box, filters with counts, highlights, kept searches, lists to take along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from pipeline.hits_told import UNCONFIRMED, days_in_words, subject_of
from pipeline.query_words import in_words, total_words
from pipeline.record import Book, LegalState
from pipeline.retrieve import complete_words, drafts_among, find_with_papers
from pipeline.rights import Deed
from pipeline.standing import shown_of
from pipeline.stores.registers.views import DocumentView
from pipeline.stores.search.query_text import read_query
from pipeline.stores.search.query_url import from_url, to_url
from pipeline.stores.search.understood import OTHERS_HEADING
from pipeline.stores.search.values import Count, Hit, Query, Results, Sort
from pipeline.vietnamese import parse_date, parse_reference
from pipeline.web.access import Route, rights_of
from pipeline.web.office import body_named, office
from pipeline.web.searching_kept import kept_for, list_address

_PAGE = 20
_FURTHEST = 1000
_SHOWN = 12
_SORTS = ((Sort.RELEVANCE, "khớp nhất"), (Sort.NEWEST, "mới nhất"), (Sort.NUMBER, "theo số"))
#: Colour of patience: neither good nor bad.
_UNSIGNED = frozenset((LegalState.DU_THAO, LegalState.CHO_KY))
_BOOKS = (("di", "Văn bản đi"), ("den", "Văn bản đến"), ("sao", "Bản sao"), ("noi-bo", "Nội bộ"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One hit as the page shows it."""

    hit: Hit
    #: What people call the paper; empty where it has no number.
    shown: str
    #: Its number among what came, where it came: ``số đến 2``.
    arrival: str
    #: The paper's day; of one that came also that of its arrival.
    days: str
    subject: str
    #: What it is in law and what it does to others: words, and which colour.
    badges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter that holds, and the address without it."""

    words: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One value to narrow down by, and the address with it."""

    shown: str
    count: int
    address: str


def search(request: HttpRequest) -> HttpResponse:
    """The page."""
    query, fault = _asked(request)
    app = office()
    results, papers = find_with_papers(replace(query, rights=rights_of(request)), app)
    absent = results.understood.absent
    if absent is None and _names_one(query, results):
        return redirect("paper", document_id=results.hits[0].document_id)
    page: dict[str, Any] = {
        "query": query,
        "typed": request.GET.get("q", ""),
        "fault": fault,
        "results": results,
        "drafts": drafts_among(results, papers),
        "hits": [*_found(results, papers)],
        "total": total_words(results),
        "is_everything": not (query.text or in_words(query)),
        "understood": [*results.understood.sentences()],
        "filters": [*_filters(query)],
        "facets": [*_facets(query, results)],
        "sorts": [
            (words, to_url(_first(query, sort=sort)), sort is query.sort) for sort, words in _SORTS
        ],
        "books": [
            (words, to_url(_first(query, register=book)), book == query.register)
            for book, words in _BOOKS
        ],
        "kinds": [(name, kind.title) for name, kind in app.kinds.items()],
        "address": to_url(query),
        "others_heading": OTHERS_HEADING if absent else "",
        "citing": to_url(Query(cites=absent.written)) if absent and absent.citing else "",
        "again": to_url(replace(query, text=results.suggestion or "")),
        "first": query.offset + 1,
        "last": query.offset + len(results.hits),
        "is_grouped": _is_grouped_whole(query, results),
        "kept": kept_for(request),
        "list_address": list_address(query),
        "notice": request.session.pop("notice", ""),
        **_neighbours(query, results),
    }
    template = "tra-cuu-ket-qua.html" if request.headers.get("HX-Request") else "tra-cuu.html"
    return render(request, template, page)


def complete(request: HttpRequest) -> HttpResponse:
    """How the words in the box may go on."""
    text = request.GET.get("q", "")[:200]
    words = complete_words(text, office(), rights_of(request)) if text.strip() else ()
    if request.headers.get("HX-Request"):
        return render(request, "goi-y.html", {"words": words})
    return JsonResponse({"words": words})


def _asked(request: HttpRequest) -> tuple[Query, str]:
    """What is asked by the address, and what in it could not be understood."""
    given = request.GET.copy()
    faults = []
    for name in ("tu", "den"):
        # A person types 09/01/2026, an address holds 2026-01-09.
        typed = given.get(name, "").strip()
        day = parse_date(typed) if typed else None
        if typed and day is None:
            faults.append(f"«{typed}» không phải là ngày; hãy ghi như 09/01/2026.")
        given[name] = day.isoformat() if day else ""
    for name in [name for name in given if not given.get(name)]:
        del given[name]
    query = from_url(given.urlencode())
    base = replace(query, text="", limit=_PAGE, is_grouped=query.is_grouped or "rieng" not in given)
    query = read_query(query.text, replace(base, with_counts=True))
    return replace(query, offset=min(query.offset, _FURTHEST)), " ".join(faults)


def _found(results: Results, papers: Mapping[str, DocumentView]) -> Iterator[Found]:
    """Each hit with what the paper is about; what was asked for stands in the hit's own words."""
    for hit in results.hits:
        paper = papers.get(hit.document_id)
        number = paper.number if paper else None
        is_arrival = number is not None and number.series.book is Book.DEN
        yield Found(
            hit=hit,
            shown=shown_of(paper) if paper and number else hit.reference,
            days=days_in_words(hit, paper),
            arrival=f"số đến {number.ordinal}" if number and is_arrival else "",
            subject=subject_of(hit, paper),
            badges=tuple(_badges(hit)),
        )


def _badges(hit: Hit) -> Iterator[tuple[str, str]]:
    """What stands beside the hit; the copies stand below it, with their links."""
    copies = {f"bản sao {copy.words}" for copy in hit.copies}
    for at, remark in enumerate(one for one in hit.remarks if one not in copies):
        if remark == hit.standing:
            yield remark, "canh"
        elif remark == UNCONFIRMED:
            yield remark, "cho"
        elif at:
            yield remark, "xam"
        else:
            yield remark, "cho" if hit.legal_state in _UNSIGNED else "tot"


def _names_one(query: Query, results: Results) -> bool:
    """Whether a number was typed and is that of one paper alone: then the paper itself is the answer."""
    named = [hit for hit in results.hits if hit.is_named]
    is_bare = query == replace(
        Query(text=query.text, limit=query.limit), is_grouped=query.is_grouped, with_counts=True
    )
    meant = parse_reference(query.text)
    return is_bare and meant is not None and bool(meant.symbol) and len(named) == 1


def _is_grouped_whole(query: Query, results: Results) -> bool:
    """Whether all that was found is on this page, like papers behind one line of theirs."""
    hidden = sum(hit.similar for hit in results.hits)
    is_whole = not query.offset and results.total <= len(results.hits) + hidden
    return bool(hidden) and is_whole


def _first(query: Query, **changes: Any) -> Query:
    return replace(query, offset=0, **changes)


def _filters(query: Query) -> Iterator[Filter]:
    usual = Query()
    for name in (
        "kind",
        "register",
        "issuer",
        "signer",
        "residence",
        "year",
        "since",
        "until",
        "cites",
        "phrases",
        "without",
    ):
        value = getattr(query, name)
        if value != getattr(usual, name):
            words = in_words(replace(usual, **{name: _spoken(name, value)}))
            yield Filter(words=words, without=to_url(_first(query, **{name: getattr(usual, name)})))


def _spoken(name: str, value: Any) -> Any:
    """A kind and a body by the names that people know them by."""
    folder = office().folders.get(value) if name == "kind" else None
    if folder is not None:
        return folder.title
    return body_named(value) if name == "issuer" else value


def _facets(query: Query, results: Results) -> Iterator[tuple[str, list[Facet]]]:
    for title, name, counts in (
        ("Loại", "kind", results.counts.kinds),
        ("Năm", "year", results.counts.years),
        ("Cơ quan ban hành", "issuer", results.counts.issuers),
    ):
        if not getattr(query, name) and counts:
            yield title, [_facet(query, name, one) for one in counts[:_SHOWN]]


def _facet(query: Query, name: str, one: Count) -> Facet:
    value = int(one.value) if name == "year" else one.value
    shown = body_named(one.shown) if name == "issuer" else one.shown
    return Facet(shown=shown, count=one.count, address=to_url(_first(query, **{name: value})))


def _neighbours(query: Query, results: Results) -> dict[str, str]:
    found: dict[str, str] = {}
    if query.offset:
        found["before"] = to_url(replace(query, offset=max(0, query.offset - _PAGE)))
    if _more(query, results.hits, results.total):
        found["after"] = to_url(replace(query, offset=query.offset + _PAGE))
    return found


def _more(query: Query, hits: tuple[Hit, ...], total: int) -> bool:
    is_full = len(hits) == query.limit
    return is_full and query.offset + _PAGE <= _FURTHEST and total > query.offset + len(hits)


ROUTES = (
    Route(address="tra-cuu/", view=search, name="search", deed=Deed.SEE),
    Route(address="tra-cuu/goi-y/", view=complete, name="complete", deed=Deed.SEE),
)
