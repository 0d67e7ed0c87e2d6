"""Hôm nay: what came, went and waits, papers by month and kind, how the machine is; and whether the server lives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pipeline.app import App
from pipeline.inbox.stack_notes import is_settled
from pipeline.person_names import is_same_person
from pipeline.record import Book
from pipeline.rights import Actor, Deed
from pipeline.roles import Role
from pipeline.routing import bare_name, waits_for
from pipeline.standing import shown_of, upper_first
from pipeline.stores.registers.overview import Given, Overview, Queue, Tally
from pipeline.stores.registers.views import DocumentView
from pipeline.stores.search.values import Rights
from pipeline.unsigned import overdue_before
from pipeline.web import charts
from pipeline.web.access import Route, actor_of, rights_of, seen_among
from pipeline.web.health import health
from pipeline.web.office import office, served

_BACK = timedelta(days=3)
_NAMED = 6
_KINDS = 10
_MOST_MINE = 50
_MINUTE, _CHART_S = 60.0, 300.0
BOOK_WORDS = {
    Book.DEN: "Văn bản đến",
    Book.DI: "Văn bản đi",
    Book.SAO: "Bản sao",
    Book.NOI_BO: "Nội bộ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Numbers of one book that were given today."""

    words: str
    count: int
    address: str
    #: Title of a kind and how many.
    kinds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Papers that wait for something, some of them by name."""

    words: str
    count: int
    #: Id, what it is called, what it is about.
    named: tuple[tuple[str, str, str], ...]
    #: What to do about it.
    remedy: str
    #: Where all of them stand; empty where no page lists them.
    address: str = ""
    #: Leads there in these words, also where every paper is named.
    go: str = ""

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.named)


def today(request: HttpRequest) -> HttpResponse:
    """The page."""
    app, actor, rights = office(), actor_of(request), rights_of(request)
    now = app.clock.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    overview = Overview(app.registers.db)
    owner = "" if actor.may(Deed.SEE_ALL_DROPS) else actor.name
    # What others dropped is mended by whoever keeps the room.
    mender = "" if actor.may(Deed.ISSUE) else actor.name
    page: dict[str, Any] = {
        "day": now,
        "counters": _counters(overview.given_since(midnight), actor, rights, app),
        "opinions": [*_opinions(actor, rights, app)],
        "waiting": _waiting(actor, rights, app),
        "year": now.year,
        "notice": request.session.pop("notice", ""),
        "charts": _charts(now.year, rights, app),
    }
    if actor.may(Deed.SUBMIT):
        page["dropped"] = overview.dropped_since(midnight, owner)
        page["is_back_own"] = bool(mender) and not owner
        page["back"] = [
            (one, _title(one.kind, app))
            for one in overview.came_back(midnight - _BACK, mender, is_settled=is_settled)
            if is_same_person(one.owner, actor.name) or _may_count(one.kind, rights)
        ]
    if actor.may(Deed.ISSUE) or actor.may(Deed.MANAGE):
        page["health"] = health(app)
    return render(request, "hom-nay.html", page)


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether page and database answer."""
    del request
    office().registers.counts()
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def _counters(given: Sequence[Given], actor: Actor, rights: Rights, app: App) -> list[Counter]:
    """Each book of today; the usual three also when nothing happened."""
    seen = [one for one in given if _may_count(one.kind, rights)]
    books = [Book.DEN, Book.DI, Book.SAO, *([Book.NOI_BO] if _of(Book.NOI_BO, seen) else [])]
    return [
        Counter(
            words=BOOK_WORDS[book],
            count=sum(one.count for one in _of(book, seen)),
            address=_address(book, actor, app.clock.now()),
            kinds=tuple((_title(one.kind, app), one.count) for one in _of(book, seen)),
        )
        for book in books
    ]


def _of(book: Book, given: Sequence[Given]) -> list[Given]:
    return [one for one in given if one.book is book]


def _address(book: Book, actor: Actor, day: datetime) -> str:
    """Today's lines of the book, or a search for whoever does not see books."""
    if actor.may(Deed.SEE_BOOKS):
        shown = f"{day:%d/%m/%Y}"
        return f"/so/{book.value}/?{urlencode({'tu': shown, 'den': shown})}"
    shown = f"{day:%Y-%m-%d}"
    return f"/tra-cuu/?{urlencode({'so': book.value, 'tu': shown, 'den': shown})}"


def _opinions(actor: Actor, rights: Rights, app: App) -> Iterator[Waiting]:
    """What was sent to a leader and waits for his word."""
    if actor.role is not Role.LANH_DAO:
        return
    found = [paper for paper, _ in waits_for(bare_name(actor.name), app, limit=_MOST_MINE)]
    if papers := seen_among(found, rights, app):
        yield Waiting(
            words="Văn bản đến chờ ý kiến của bạn",
            count=len(papers),
            named=tuple(_told(paper, app) for paper in papers[:_NAMED]),
            remedy="Đọc ngay tại chỗ, ghi ý kiến, chọn nơi chuyển đến.",
            address=reverse("opinions"),
            go="Mở trang Chờ ý kiến",
        )


def _waiting(actor: Actor, rights: Rights, app: App) -> list[Waiting]:
    """What somebody must do something about who may do it."""
    if not (actor.may(Deed.ISSUE) and actor.may(Deed.CONFIRM)):
        return []
    memory, overview = served().memory, Overview(app.registers.db)
    arriving = [kind.name for kind in app.kinds.values() if kind.is_incoming]
    asking = memory.get("asking", _MINUTE, lambda: overview.asking(arriving))
    day = overdue_before(app.office, app.clock.now().date())
    before = app.clock.now().replace(year=day.year, month=day.month, day=day.day)
    before = before.replace(hour=0, minute=0, second=0, microsecond=0)
    unsigned = memory.get("unsigned", _MINUTE, lambda: overview.unsigned(before))
    drafts = _without(overview.drafts(), arriving)
    found = [
        (
            "Dự thảo chờ ký, chưa có số",
            drafts,
            "Ký xong thì mở dự thảo, bấm «Cấp số, phát hành».",
            reverse("outgoing"),
        ),
        (
            "Văn bản đến chờ xác nhận",
            asking,
            "Mở văn bản, đối chiếu với trang giấy rồi xác nhận hoặc sửa.",
            reverse("arrivals"),
        ),
        (
            "Có số quá một ngày làm việc, chưa ghi nhận đã ký",
            unsigned,
            "Đã ký thì mở văn bản, bấm «Đổi trạng thái»; không ký nữa thì «Hủy số».",
            "",
        ),
    ]
    queues = [
        Waiting(
            words=words,
            count=sum(count for kind, count in queue.counts.items() if _may_count(kind, rights)),
            named=tuple(_named(queue, rights, app)),
            remedy=remedy,
            address=address,
        )
        for words, queue, remedy, address in found
    ]
    return [one for one in queues if one.count]


def _without(queue: Queue, kinds: Sequence[str]) -> Queue:
    counts = {kind: count for kind, count in queue.counts.items() if kind not in kinds}
    return Queue(counts=counts, firsts=tuple(one for one in queue.firsts if one[1] not in kinds))


def _named(queue: Queue, rights: Rights, app: App) -> Sequence[tuple[str, str, str]]:
    ids = [one for one, kind in queue.firsts if _may_count(kind, rights)]
    papers = app.registers.get_many(ids[: 2 * _NAMED])
    return [_told(paper, app) for paper in seen_among(papers, rights, app)][:_NAMED]


def _told(paper: DocumentView, app: App) -> tuple[str, str, str]:
    return (
        str(paper.id),
        shown_of(paper) if paper.number else _type_name(paper, app),
        _subject_behind(paper),
    )


def _subject_behind(paper: DocumentView) -> str:
    """The subject behind the number; behind the type of one that has none it goes on: «Quy định về công tác …»."""
    subject = paper.facts.subject if paper.facts else ""
    return upper_first(subject) if paper.number else subject


def _charts(year: int, rights: Rights, app: App) -> list[charts.Chart]:
    tallies = served().memory.get(
        f"year-{year}", _CHART_S, lambda: Overview(app.registers.db).of_year(year)
    )
    seen = [one for one in tallies if _may_count(one.kind, rights)]
    by_kind: dict[str, int] = {}
    for one in seen:
        by_kind[one.kind] = by_kind.get(one.kind, 0) + one.count
    most = sorted(by_kind.items(), key=lambda item: (-item[1], item[0]))
    shown = [(_title(kind, app), count) for kind, count in most[:_KINDS]]
    if rest := sum(count for _, count in most[_KINDS:]):
        shown.append(("Các loại khác", rest))
    months = [f"Tháng {month}" for month in range(1, 13)]
    return [
        charts.columns(f"Văn bản theo tháng, năm {year}", months, _by_month(seen), "Tháng"),
        charts.rows(f"Văn bản theo loại, năm {year}", shown, "Loại"),
    ]


def _by_month(tallies: Sequence[Tally]) -> Mapping[str, list[int]]:
    there = {one.book for one in tallies} | {Book.DEN, Book.DI}
    series = {book: [0] * 12 for book in BOOK_WORDS if book in there}
    for one in tallies:
        series[one.book][one.month - 1] += one.count
    return {BOOK_WORDS[book]: counts for book, counts in series.items()}


def _may_count(kind: str, rights: Rights) -> bool:
    return rights.kinds is None or kind in rights.kinds


def _type_name(paper: DocumentView, app: App) -> str:
    return (paper.facts.type_name if paper.facts else "") or _title(paper.kind, app)


def _title(kind: str, app: App) -> str:
    folder = app.folders.get(kind)
    return folder.title if folder else kind or "Không rõ loại"


ROUTES = (
    Route(address="", view=today, name="today", deed=Deed.SEE),
    Route(address="healthz", view=healthz, name="healthz", deed=None),
)
