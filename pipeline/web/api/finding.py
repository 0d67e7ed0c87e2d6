"""Search, by the same names as the address of the page."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Field, Query, Router

from pipeline.retrieve import find_papers
from pipeline.rights import Deed
from pipeline.stores.search.query_text import read_query
from pipeline.stores.search.values import Count, Hit, Results, Sort, Tie
from pipeline.stores.search.values import Query as Question
from pipeline.web.access import rights_of
from pipeline.web.api.door import Day, Told, day_of, operation
from pipeline.web.office import office

router = Router(tags=["search"])

_FURTHEST = 1000


class Asked(Told):
    """What is asked; all may be left out."""

    q: str = Field("", max_length=1000)
    loai: str = Field("", max_length=100)
    so: str = Field("", max_length=20)
    co_quan: str = Field("", max_length=200, alias="co-quan")
    nguoi_ky: str = Field("", max_length=200, alias="nguoi-ky")
    noi_o: str = Field("", max_length=200, alias="noi-o")
    dan: str = Field("", max_length=200)
    cum: list[str] = Field([], max_length=20)
    khong: list[str] = Field([], max_length=20)
    tu: Day | None = None
    den: Day | None = None
    nam: int | None = Field(None, ge=1, le=9999)
    xep: Sort = Sort.RELEVANCE
    gop: bool = False
    dem: bool = False
    moi_trang: int = Field(20, ge=1, le=100, alias="moi-trang")
    tu_thu: int = Field(0, ge=0, le=_FURTHEST, alias="tu-thu")


class Piece(Told):
    """A stretch of the paper's own text."""

    text: str
    #: Whether it was asked for.
    is_match: bool


class Beside(Told):
    """A paper that stands beside the one found."""

    document_id: str
    reference: str
    words: str


class Found(Told):
    """One paper."""

    document_id: str
    reference: str
    kind: str
    title: str
    date: date | None
    parts: list[Piece]
    #: What must be shown beside it; empty for what is plainly in force.
    standing: str
    legal_state: str
    remarks: list[str]
    later: list[Beside]
    copies: list[Beside]
    is_doubtful: bool
    is_named: bool
    #: How many more are all but the same, where they are grouped.
    similar: int


class Bar(Told):
    """How many of the papers found have a value."""

    value: str
    shown: str
    count: int


class Bars(Told):
    """By kind, year and issuer; empty where they were not asked for (``dem``)."""

    kinds: list[Bar]
    years: list[Bar]
    issuers: list[Bar]


class Answer(Told):
    """The papers found, best first."""

    total: int
    total_is_exact: bool
    took_ms: float
    #: What may have been meant.
    suggestion: str | None
    #: How the question was taken.
    understood: list[str]
    hits: list[Found]
    counts: Bars
    #: To be given as ``tu-thu``; null at the end.
    next: int | None


@router.get("/search", **operation("search", Deed.SEE, "Tìm văn bản", Answer))
def search(request: HttpRequest, asked: Query[Asked]) -> Answer:
    """Papers that whoever asks may see."""
    question = read_query(
        asked.q,
        Question(
            kind=asked.loai,
            register=asked.so,
            issuer=asked.co_quan,
            signer=asked.nguoi_ky,
            residence=asked.noi_o,
            cites=asked.dan,
            phrases=tuple(asked.cum),
            without=tuple(asked.khong),
            since=day_of(asked.tu, "tu"),
            until=day_of(asked.den, "den"),
            year=asked.nam,
            sort=asked.xep,
            is_grouped=asked.gop,
            with_counts=asked.dem,
            limit=asked.moi_trang,
            offset=asked.tu_thu,
            rights=rights_of(request),
        ),
    )
    results = find_papers(question, office())
    return Answer(
        total=results.total,
        total_is_exact=results.total_is_exact,
        took_ms=round(results.took_ms, 1),
        suggestion=results.suggestion,
        understood=list(results.understood.sentences()),
        hits=[_found(hit) for hit in results.hits],
        counts=Bars(
            kinds=_bars(results.counts.kinds),
            years=_bars(results.counts.years),
            issuers=_bars(results.counts.issuers),
        ),
        next=_next(results, asked),
    )


def _next(results: Results, asked: Asked) -> int | None:
    following = asked.tu_thu + len(results.hits)
    is_full = len(results.hits) == asked.moi_trang
    return following if is_full and results.total > following <= _FURTHEST else None


def _found(hit: Hit) -> Found:
    return Found(
        document_id=hit.document_id,
        reference=hit.reference,
        kind=hit.kind,
        title=hit.title,
        date=hit.date,
        parts=[Piece(text=text, is_match=is_match) for text, is_match in hit.parts],
        standing=hit.standing,
        legal_state=hit.legal_state,
        remarks=list(hit.remarks),
        later=_beside(hit.later),
        copies=_beside(hit.copies),
        is_doubtful=hit.is_doubtful,
        is_named=hit.is_named,
        similar=hit.similar,
    )


def _beside(ties: tuple[Tie, ...]) -> list[Beside]:
    return [
        Beside(document_id=one.document_id, reference=one.reference, words=one.words)
        for one in ties
    ]


def _bars(counts: tuple[Count, ...]) -> list[Bar]:
    return [Bar(value=one.value, shown=one.shown, count=one.count) for one in counts]
