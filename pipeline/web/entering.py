"""Coming in and going out: log in, log out, a first password by a one-time link, a new password."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from pipeline.errors.directory import PasswordElsewhere
from pipeline.errors.people import PasswordWeak
from pipeline.person_names import actor_name
from pipeline.rights import Deed
from pipeline.stores.registers.models import Person
from pipeline.stores.registers.people import People
from pipeline.web.access import Route, actor_of
from pipeline.web.directory import told_by_directory
from pipeline.web.faults import say
from pipeline.web.office import office

_WRONG = "Tài khoản hoặc mật khẩu không đúng. Hãy gõ lại; quên mật khẩu thì nhờ người quản trị."


def log_in(request: HttpRequest) -> HttpResponse:
    """The first page of whoever is not in."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward)
    told = ""
    account = request.POST.get("account", "").strip().lower()
    if request.method == "POST":
        person = authenticate(request, username=account, password=request.POST.get("password", ""))
        if getattr(request, "axes_locked_out", False):
            return locked_out(request, {})
        if isinstance(person, Person):
            _enter(request, person)
            return HttpResponseRedirect(onward)
        told = told_by_directory(request) or _WRONG
    page = {
        "told": told,
        "account": account,
        "onward": onward,
        "notice": request.session.pop("notice", ""),
    }
    return render(request, "vao.html", page, status=401 if told else 200)


def log_out(request: HttpRequest) -> HttpResponse:
    """Leave."""
    if request.user.is_authenticated:
        actor = actor_of(request)
        office().registers.journal_append("logged-out", actor.name, None, {})
        logout(request)
    return redirect("login")


def first_password(request: HttpRequest, account: str, token: str) -> HttpResponse:
    """A person sets the own password by a link that is good once."""
    app = office()
    people = People(app.registers.db, app.clock)
    if not people.knows_token(account, token):
        return say(
            request,
            "Đường dẫn không còn dùng được",
            "Đường dẫn này đã dùng rồi hoặc quá ba ngày. Hãy nhờ người quản trị lập đường dẫn mới.",
            status=410,
        )
    person = people.get(account)
    told = ""
    if request.method == "POST":
        told = _set_password(request, account, actor_name(person.full_name, account))
        if not told:
            request.session["notice"] = "Đã đặt mật khẩu. Hãy đăng nhập bằng mật khẩu ấy."
            return redirect("login")
    return render(request, "dat-mat-khau.html", {"person": person, "told": told})


def new_password(request: HttpRequest) -> HttpResponse:
    """A person who is in changes the own password."""
    person = cast("Person", request.user)
    if person.is_from_directory:
        raise PasswordElsewhere(f"directory account {person.account}", account=person.account)
    told = ""
    if request.method == "POST":
        if not person.check_password(request.POST.get("old", "")):
            told = "Mật khẩu hiện tại không đúng."
        else:
            told = _set_password(request, person.account, actor_of(request).name)
        if not told:
            person.refresh_from_db()
            _enter(request, person)
            request.session["notice"] = "Đã đổi mật khẩu."
            return redirect("today")
    return render(request, "doi-mat-khau.html", {"told": told})


def locked_out(request: HttpRequest, credentials: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords."""
    del credentials, args, kwargs
    return say(
        request,
        "Tạm khóa",
        "Đã gõ sai mật khẩu quá nhiều lần. Hãy đợi 15 phút rồi thử lại, hoặc nhờ người quản trị.",
        status=429,
    )


def _enter(request: HttpRequest, person: Person) -> None:
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    request.session.set_expiry(int(office().office.web.session_hours * 3600))
    name = actor_name(person.ho_ten, person.account)
    office().registers.journal_append("logged-in", name, None, {})


def _set_password(request: HttpRequest, account: str, by: str) -> str:
    """Why the password that was typed is not taken; empty when it is."""
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return "Hai lần gõ mật khẩu không giống nhau."
    app = office()
    try:
        People(app.registers.db, app.clock).set_password(account, password, by)
    except PasswordWeak as error:
        return error.clerk_text
    return ""


def _onward(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else "/"


ROUTES = (
    Route(address="vao/", view=log_in, name="login", deed=None, methods=("GET", "POST")),
    Route(address="thoat/", view=log_out, name="logout", deed=None, methods=("POST",)),
    Route(
        address="dat-mat-khau/<str:account>/<str:token>/",
        view=first_password,
        name="first-password",
        deed=None,
        methods=("GET", "POST"),
    ),
    Route(
        address="mat-khau/",
        view=new_password,
        name="password",
        deed=Deed.SEE,
        methods=("GET", "POST"),
    ),
)
