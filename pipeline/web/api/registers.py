"""The office's books, line by line, what was taken last first."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router

from pipeline.books import FORMS, BookForm
from pipeline.rights import Deed
from pipeline.web.access import rights_of
from pipeline.web.api.door import Day, Told, day_of, operation
from pipeline.web.books import line_seen
from pipeline.web.office import office

router = Router(tags=["registers"])


class Register(Told):
    """A book and the columns of its paper form."""

    name: str
    title: str
    columns: list[str]


class Registers(Told):
    """The books there are."""

    registers: list[Register]


class Line(Told):
    """A line of a book; its cells stand in the order of the columns."""

    #: Null for a number without a paper, and for a paper that may not be seen.
    document_id: str | None
    cells: list[str]


class Lines(Register):
    """A piece of a book."""

    lines: list[Line]
    #: To be given as ``truoc``; null at the end.
    next: int | None


class Chosen(Told):
    """Which lines; all may be left out."""

    nam: int | None = Field(None, ge=1, le=9999)
    nhiem_ky: str = Field("", max_length=40, alias="nhiem-ky")
    co_quan: str = Field("", max_length=40, alias="co-quan")
    ky_hieu: str = Field("", max_length=40, alias="ky-hieu")
    #: Of the papers' days.
    tu: Day | None = None
    den: Day | None = None
    truoc: int | None = Field(None, ge=0, le=10**14)
    moi_trang: int = Field(100, ge=1, le=200, alias="moi-trang")


@router.get("/registers", **operation("registers", Deed.SEE_BOOKS, "Các sổ", Registers))
def registers(request: HttpRequest) -> Registers:
    """Which books there are."""
    del request
    return Registers(registers=[Register(**_head(name, form)) for name, form in FORMS.items()])


@router.get(
    "/registers/{name}", **operation("register", Deed.SEE_BOOKS, "Các dòng của một sổ", Lines)
)
def register(request: HttpRequest, name: str, chosen: Query[Chosen]) -> Lines:
    """A piece of one book."""
    form = FORMS.get(name)
    if form is None:
        raise Http404
    rows, following = office().registers.newest_entries(
        {**_filters(chosen), "book": form.book, "unissued": form.unissued},
        before=chosen.truoc,
        limit=chosen.moi_trang,
    )
    rights = rights_of(request)
    told = [line_seen(row, [one.value(row) for one in form.columns], rights) for row in rows]
    return Lines(
        **_head(name, form),
        lines=[Line(document_id=paper or None, cells=cells) for paper, cells in told],
        next=following,
    )


def _head(name: str, form: BookForm) -> dict[str, Any]:
    return {"name": name, "title": form.title, "columns": [one.title for one in form.columns]}


def _filters(chosen: Chosen) -> dict[str, Any]:
    given = {
        "year": chosen.nam,
        "term": chosen.nhiem_ky,
        "issuer": chosen.co_quan,
        "symbol": chosen.ky_hieu,
        "since": day_of(chosen.tu, "tu"),
        "until": day_of(chosen.den, "den"),
    }
    return {key: value for key, value in given.items() if value not in (None, "")}
