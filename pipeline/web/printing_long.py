"""A printing of more papers or sheets than a page prepares: the command does it, away from the browser, in one's own name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from pipeline.errors.printing import TooManySheets
from pipeline.printing.giving import Order
from pipeline.stores.registers.print_views import PrintView
from pipeline.stores.registers.views import DocumentView
from pipeline.web import errands
from pipeline.web.access import actor_of
from pipeline.web.office import office

#: What a request prepares while the browser waits.
MOST_PAPERS = 50
MOST_SHEETS = 1000
#: Each is laid out anew.
MOST_SEPARATORS = 100
#: More is surely a slip of the hand.
_MOST_BY_ERRAND = 20_000


def is_long(papers: int, order: Order) -> bool:
    """Whether so many papers are too much for a request."""
    separators = papers * order.copies if order.separators else 0
    return papers > MOST_PAPERS or separators > MOST_SEPARATORS


def was_long(view: PrintView) -> bool:
    """Whether the PDF of an earlier printing is too much for a request."""
    papers = len(view.papers)
    separators = papers * view.copies if view.has_separators else 0
    return (
        papers > MOST_PAPERS or separators > MOST_SEPARATORS or view.sheets_to_print > MOST_SHEETS
    )


def print_by_errand(
    request: HttpRequest, papers: Sequence[DocumentView], order: Order
) -> HttpResponse:
    """Have *papers* printed by an errand.

    Raises:
        ErrandRunning (R345): who asks has one going on. TooManyErrands (T387). TooManySheets (R341).
    """
    least = len(papers) * order.copies
    if least > _MOST_BY_ERRAND:
        raise TooManySheets("copies", count=least, most=_MOST_BY_ERRAND)
    wanted = [
        "--separators" if order.separators else "--no-separators",
        "--duplex" if order.duplex else "--no-duplex",
        f"--copies={order.copies}",
        *(str(paper.id) for paper in papers),
    ]
    words = f"In {len(papers)} văn bản, {order.copies} bản"
    return _begun(request, words, wanted, order)


def again_by_errand(
    request: HttpRequest, earlier: PrintView, sheets: Sequence[int], order: Order
) -> HttpResponse:
    """Have an earlier printing, or sheets of it, printed again by an errand.

    Raises:
        As :func:`print_by_errand`.
    """
    named = [f"--sheets={','.join(map(str, sheets))}"] if sheets else []
    return _begun(
        request, f"In lại {len(earlier.papers)} văn bản", [f"--again={earlier.id}", *named], order
    )


def _begun(request: HttpRequest, words: str, what: Sequence[str], order: Order) -> HttpResponse:
    here = order.out is not None
    errand = errands.Order(
        words=f"{words}, {'tại máy này' if here else f'máy in {order.printer}'}",
        arguments=("print", "--no-wait", *_given(order), *what),
        file="in.pdf" if here else "",
        page=reverse("prints"),
    )
    errands.start(errand, actor_of(request).name, office())
    return redirect("errands")


def _given(order: Order) -> Iterator[str]:
    yield f"--person={order.person}"
    yield f"--most-sheets={_MOST_BY_ERRAND}"
    if order.is_lookup:
        yield "--lookup"
    if order.also_withdrawn:
        yield "--also-withdrawn"
    if order.out is None:
        yield f"--printer={order.printer}"
    else:
        yield from ("--here", "-o", errands.OUT)
