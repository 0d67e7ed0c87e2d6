"""Quản trị: people and roles, what the office file says, printers, kinds with their check, what people did last."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from pipeline.app import App, refuse_if_behind
from pipeline.clock import OFFICE_ZONE, today
from pipeline.config import OFFICE_FILE
from pipeline.engines.printer import PrintServer
from pipeline.engines.printer import printers as printers_of
from pipeline.errors.base import VanthuError
from pipeline.errors.people import AccountWrong
from pipeline.journal_words import DEED_WORDS, deed_in_words
from pipeline.plain import to_plain
from pipeline.printing.telling import reasons_in_words
from pipeline.record import Book
from pipeline.rights import TABLE, Deed
from pipeline.roles import ROLE_WORDS, Role
from pipeline.standing import shown_of
from pipeline.stores.registers.overview import DeedRow, Overview
from pipeline.stores.registers.people import People, PersonView, role_named, system_account
from pipeline.stores.registers.views import DocumentView
from pipeline.stores.search.values import Rights
from pipeline.vietnamese import parse_date
from pipeline.web.access import Route, actor_of, is_seen, rights_of
from pipeline.web.errands import Order, last_said, start
from pipeline.web.office import office
from pipeline.web.today import BOOK_WORDS

_PAGE = 50
_LONGEST = 150
#: A page does not wait longer for a print server.
_PRINTER_S = 2.0
#: Whose errand the check of the kinds is: the office's, not a person's.
_KINDS_CHECK = "kinds check"
DEED_OF_ROLES = {
    Deed.SEE: "tìm, xem, tải văn bản được phép xem",
    Deed.SEE_BOOKS: "xem và in các sổ",
    Deed.SUBMIT: "gửi tệp, soạn văn bản, xem việc mình gửi",
    Deed.SEE_ALL_DROPS: "xem việc mọi người gửi",
    Deed.ISSUE: "cấp số, ghi nhận đã ký, dành số, hủy số",
    Deed.RULE: "đính chính, thay thế, thu hồi",
    Deed.CONFIRM: "xác nhận, sửa thông tin văn bản đến",
    Deed.ROUTE: "ghi ý kiến, chuyển văn bản đến",
    Deed.COPY: "cấp và thu hồi bản sao",
    Deed.PRINT: "in (kèm chữ BẢN TRA CỨU ở lề)",
    Deed.PRINT_CLEAN: "in không kèm chữ BẢN TRA CỨU",
    Deed.MANAGE: "quản trị: tài khoản, xem cấu hình, tình trạng máy",
}


def people(request: HttpRequest) -> HttpResponse:
    """Everybody, and a form for one more."""
    app = office()
    typed: dict[str, str] = {"role": Role.TRA_CUU.value}
    told = ""
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in _FIELDS}
        try:
            account = _added(typed, actor_of(request).name, app)
        except VanthuError as error:
            told = error.clerk_text
        else:
            _offer_link(request, account, app)
            return redirect("person", account=account)
    page = {
        **_shared("people"),
        "people": People(app.registers.db, app.clock).all(),
        "typed": typed,
        "told": told,
        "notice": request.session.pop("notice", ""),
    }
    return render(request, "quan-tri-nguoi.html", page, status=422 if told else 200)


def person(request: HttpRequest, account: str) -> HttpResponse:
    """One person: change, close, open; the link that was just made is shown this once."""
    app = office()
    known = People(app.registers.db, app.clock)
    one = known.get(account)
    typed = {
        "full_name": one.full_name,
        "role": one.role.value,
        "os_account": one.os_account.removeprefix("nguoi-dung:"),
    }
    told = ""
    if request.method == "POST":
        typed |= {name: request.POST.get(name, typed[name]).strip() for name in typed}
        try:
            _changed(request, one, typed, known)
        except VanthuError as error:
            told = error.clerk_text
        else:
            return redirect("person", account=one.account)
    page = {
        **_shared("people"),
        "person": one,
        "typed": typed,
        "told": told,
        "link": request.session.pop(_link_key(one.account), ""),
        "notice": request.session.pop("notice", ""),
    }
    return render(request, "quan-tri-mot-nguoi.html", page, status=422 if told else 200)


_FIELDS = ("account", "full_name", "role", "os_account")


def _added(typed: dict[str, str], by: str, app: App) -> str:
    refuse_if_behind(app)
    made = People(app.registers.db, app.clock).add(
        PersonView(
            account=typed["account"],
            full_name=typed["full_name"],
            role=_role(typed["role"]),
            is_active=True,
            os_account=system_account(typed["os_account"][:_LONGEST]),
            has_password=False,
            made_at=None,
            last_login=None,
        ),
        by,
    )
    return made.account


def _changed(request: HttpRequest, one: PersonView, typed: dict[str, str], known: People) -> None:
    """Do what the button that was pressed says."""
    app, by = office(), actor_of(request).name
    refuse_if_behind(app)
    match request.POST.get("lam"):
        case "khoa":
            known.change(one.account, by, is_active=False)
            request.session["notice"] = f"Đã khóa tài khoản «{one.account}»."
        case "mo":
            known.change(one.account, by, is_active=True)
            request.session["notice"] = f"Đã mở lại tài khoản «{one.account}»."
        case "duong-dan":
            _offer_link(request, one.account, app)
        case _:
            known.change(
                one.account,
                by,
                full_name=typed["full_name"],
                role=_role(typed["role"]),
                os_account=system_account(typed["os_account"][:_LONGEST]),
            )
            request.session["notice"] = "Đã lưu."


def _role(text: str) -> Role:
    role = role_named(text)
    if role is None:
        raise AccountWrong(f"role {text!r}", why="hãy chọn một vai trò trong danh sách.")
    return role


def _offer_link(request: HttpRequest, account: str, app: App) -> None:
    """Make a link by which the person sets a password; the next page shows it once."""
    account, token = People(app.registers.db, app.clock).entry_token(account)
    path = reverse("first-password", kwargs={"account": account, "token": token})
    told = {"account": account}
    app.registers.journal_append("link-made", actor_of(request).name, None, told)
    request.session[_link_key(account)] = request.build_absolute_uri(path)


def _link_key(account: str) -> str:
    return f"link:{account}"


def roles(request: HttpRequest) -> HttpResponse:
    """The table of rights in words."""
    app = office()
    hidden = [
        (
            app.folders[kind].title if kind in app.folders else kind,
            ", ".join(ROLE_WORDS[Role(role)] for role in allowed),
        )
        for kind, allowed in app.office.seen_by.items()
    ]
    page = {
        **_shared("roles"),
        "columns": [ROLE_WORDS[role] for role in Role],
        "rows": [
            (DEED_OF_ROLES[deed], [deed in TABLE[role] for role in Role])
            for deed in sorted(Deed, key=[*DEED_OF_ROLES].index)
        ],
        "hidden": hidden,
        "file": app.office.root / OFFICE_FILE,
    }
    return render(request, "quan-tri-vai-tro.html", page)


def the_office(request: HttpRequest) -> HttpResponse:
    """What the office file says, as it was read."""
    app = office()
    day = today(app.clock)
    page = {
        **_shared("office"),
        "office": app.office,
        "today": day,
        "file": app.office.root / OFFICE_FILE,
        "bodies": [(body, body.span.holds(day)) for body in app.office.bodies],
        "terms": [(term, term.span.holds(day)) for term in app.office.terms],
        "books": [(book, book.span.holds(day)) for book in app.office.books],
    }
    return render(request, "quan-tri-co-quan.html", page)


def printers(request: HttpRequest) -> HttpResponse:
    """The printers as the server tells of them now."""
    profile = office().office.printing
    server = PrintServer(
        host=profile.host, port=profile.port, timeout_s=min(profile.timeout_s, _PRINTER_S)
    )
    told = ""
    rows: list[dict[str, Any]] = []
    try:
        for one in printers_of(server):
            usual = one.name == profile.printer or (one.is_default and not profile.printer)
            reasons = reasons_in_words(one.reasons, one.message)
            rows.append({"printer": one, "reasons": reasons, "is_usual": usual})
    except VanthuError as error:
        told = error.clerk_text
    page = {**_shared("printers"), "server": server.shown, "rows": rows, "told": told}
    return render(request, "quan-tri-may-in.html", page)


def kinds(request: HttpRequest) -> HttpResponse:
    """The kinds, and what their last check found; a check is begun by the button."""
    app = office()
    told = ""
    if request.method == "POST":
        order = Order(words="Kiểm các loại văn bản", arguments=("kinds", "check"), good=(0, 3))
        try:
            start(order, _KINDS_CHECK, app)
        except VanthuError as error:
            told = error.clerk_text
        else:
            return redirect("kinds")
    newest, said = last_said(_KINDS_CHECK, app)
    page = {
        **_shared("kinds"),
        "kinds": [
            (kind, BOOK_WORDS.get(Book(kind.book), kind.book)) for kind in app.kinds.values()
        ],
        "invalid": [(name, error.clerk_text) for name, error in app.kinds.invalid.items()],
        "errand": newest,
        "said": said,
        "told": told,
    }
    return render(request, "quan-tri-loai.html", page, status=422 if told else 200)


def journal(request: HttpRequest) -> HttpResponse:
    """What people did last."""
    app, rights = office(), rights_of(request)
    who = request.GET.get("nguoi", "").strip()[:_LONGEST].replace("\0", "")
    typed = request.GET.get("ngay", "").strip()
    day = parse_date(typed) if typed else None
    before = request.GET.get("truoc", "")
    at = int(before) if before.isascii() and before.isdecimal() and len(before) < 15 else None
    since = datetime.combine(day, time(), OFFICE_ZONE) if day else None
    rows = Overview(app.registers.db).deeds_of_people(
        person=who,
        since=since,
        until=since + timedelta(days=1) if since else None,
        before=at,
        limit=_PAGE + 1,
    )
    shown = rows[:_PAGE]
    ids = {row.line.document_id for row in shown if row.line.document_id}
    papers = {str(paper.id): paper for paper in app.registers.get_many(ids)}
    page = {
        **_shared("journal"),
        "rows": [_told(row, papers.get(str(row.line.document_id)), rights, app) for row in shown],
        "people": People(app.registers.db, app.clock).all(),
        "who": who,
        "day": typed,
        "fault": f"«{typed[:20]}» không phải là ngày; hãy ghi như 09/01/2026."
        if typed and not day
        else "",
        "older": urlencode({"nguoi": who, "ngay": typed, "truoc": shown[-1].id})
        if len(rows) > _PAGE
        else "",
    }
    return render(request, "quan-tri-nhat-ky.html", page)


def _told(row: DeedRow, paper: DocumentView | None, rights: Rights, app: App) -> dict[str, Any]:
    """A deed; of a paper that who asks may not see, its name alone."""
    line = row.line
    is_open = paper is not None and is_seen(paper, rights, app)
    is_hidden = line.document_id is not None and not is_open
    words = DEED_WORDS.get(line.deed, line.deed) if is_hidden else deed_in_words(to_plain(line))
    account = str(line.data.get("account") or "")
    return {
        "at": line.at,
        "person": line.person,
        "words": f"{words}: {account}" if account else words,
        "paper": paper.id if paper and is_open else "",
        "shown": (shown_of(paper) if paper.number else "văn bản chưa có số")
        if paper and is_open
        else "",
    }


_PARTS = (
    ("people", "Người dùng"),
    ("roles", "Vai trò"),
    ("office", "Cơ quan"),
    ("printers", "Máy in"),
    ("kinds", "Loại văn bản"),
    ("journal", "Nhật ký"),
)


def _shared(here: str) -> dict[str, Any]:
    return {
        "parts": [(route, words, route == here) for route, words in _PARTS],
        "roles": [(role.value, ROLE_WORDS[role]) for role in Role],
    }


ROUTES = (
    Route(
        address="quan-tri/",
        view=people,
        name="people",
        deed=Deed.MANAGE,
        methods=("GET", "POST"),
    ),
    Route(
        address="quan-tri/nguoi/<str:account>/",
        view=person,
        name="person",
        deed=Deed.MANAGE,
        methods=("GET", "POST"),
    ),
    Route(address="quan-tri/vai-tro/", view=roles, name="roles", deed=Deed.MANAGE),
    Route(address="quan-tri/co-quan/", view=the_office, name="office", deed=Deed.MANAGE),
    Route(address="quan-tri/may-in/", view=printers, name="printers", deed=Deed.MANAGE),
    Route(
        address="quan-tri/loai/",
        view=kinds,
        name="kinds",
        deed=Deed.MANAGE,
        methods=("GET", "POST"),
    ),
    Route(address="quan-tri/nhat-ky/", view=journal, name="journal", deed=Deed.MANAGE),
)
