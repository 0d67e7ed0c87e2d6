"""What a bench asks of the web page: every GET of the table of addresses, as each role that may, with arguments that there are."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from helpers import example
from web_routes import Door, doors

from bench.big_office import owner_of
from pipeline.app import App
from pipeline.rights import TABLE
from pipeline.roles import Role
from pipeline.stores.registers.tokens import Tokens

#: Pages that cannot be asked again and again with the same arguments, or lead elsewhere.
#: The printings of the years before are of papers without files.
LEFT_OUT = {"first-password", "logout", "login", "print-file"}
#: What is asked of a page beside its bare address: {name} are arguments as in the address.
MORE: Mapping[str, tuple[str, ...]] = {
    "search": (
        "?q=nguyen+van+an", "?q=hội+nghị+xã", "?q=kế+hoạch+rừng+phòng+hộ+đất+đai", "?q=đảng", "?q=120-GGT/VPTU",
        "?q=thực+hiện+tốt+các+quy+định+của+địa+phương", "?loai=van-ban-den&nam=2025", "?q=nông+thôn+mới&tu-thu=20",
        "?xep=moi-nhat", "?so=sao",
    ),
    "complete": ("?q=ng", "?q=nguyen+v", "?q=kế"),
    "found-list": ("?q=nguyen",),
    "book": ("", "?nam={year}", "?tu={month}&den={day}", "?nam={last_year}&truoc=40000", "?ky-hieu=GGT", "?nhiem-ky=2020-2025"),
    "drops": ("", "?truoc={old_id}"),
    "arrivals": ("", "?truoc=50000"),
    "opinions": ("", "?truoc=50000"),
    "copies": ("", "?truoc=50000"),
    "journal": ("", "?nguoi=van-thu-3", "?nguoi=khong-co-ai", "?ngay={day}", "?truoc=9000", "?nguoi=lan&ngay={day}"),
    "compose-begin": ("", "?tu={van_ban}"),
    "copy-new": ("", "?van-ban={gioi_thieu}"),
    "prints": ("", "?vb={gioi_thieu}"),
    "void": ("?dong=di:VPTU:GGT:2025-2030:3",),
    "api search": ("?q=nguyen+van+an", "?q=hội+nghị&dem=true", "?moi-trang=100"),
    "api register": ("?moi-trang=200", "?nam={year}"),
}  # fmt: skip
NAMES = {
    "name": ("di", "den", "sao", "noi-bo"),
    "form": ("csv", "xlsx"),
    "what": ("pdf", "docx", "original"),
}
#: A paper for which the address asks for one of a kind.
OF_KIND = {"arrival": "van-ban-den", "copy": "sao-luc", "paper-issue": "van-ban"}
#: What only programs follow, or what is a file and no page.
FILES = {"take", "page-picture", "copy-thumbnail", "blank-sheet", "book-file", "arrival-sheet", "arrival-slip",
         "arrival-stamp", "print-file", "found-list", "compose-pdf", "errand-file", "api document-file"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One address as one role asks it."""

    page: str
    role: Role | None
    address: str
    is_program: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Arguments that there are, by role."""

    shared: dict[str, Any]
    own: dict[Role, dict[str, Any]]
    papers: dict[str, str]
    tokens: dict[Role, str]


def known(app: App) -> Known:
    from pipeline.stores.registers import models
    from pipeline.web.compose_fields import offered
    from pipeline.web.compose_typed import typed_of

    db, now = app.registers.db, app.clock.now()
    real = db.rows(models.Document).exclude(identity__regex=r"^\d+$").order_by("id")
    papers = {str(kind): str(one) for one, kind in real.values_list("id", "kind")}
    shared = {
        "version": 1, "number": 1, "account": "van-thu-1", "token": "x-1", "kind": "van-ban",
        "errand_id": papers["gioi-thieu"], "year": now.year, "last_year": now.year - 1, "day": f"{now:%d/%m/%Y}",
        "month": f"{now - timedelta(days=30):%d/%m/%Y}", "van_ban": papers["van-ban"], "gioi_thieu": papers["gioi-thieu"],
        "old_id": db.rows(models.Receipt).order_by("-id")[300].id,
    }  # fmt: skip
    # Whole enough to be drawn.
    kind = app.kinds["van-ban"]
    typed = json.dumps(typed_of(example(kind.name, "cong-van-mot-noi"), offered(kind)))
    db.rows(models.Composed).filter(kind=kind.name).update(typed=typed)
    own: dict[Role, dict[str, Any]] = {}
    for role in Role:
        person = owner_of(role.value)
        form = db.rows(models.Composed).filter(account=role.value).first()
        mine = db.rows(models.Receipt).filter(owner=person).order_by("-is_list", "-id").first()
        anybody = db.rows(models.Receipt).filter(is_list=True).order_by("-id").first()
        job = db.rows(models.PrintJob).filter(person=person).order_by("-made_at").first()
        receipt = (mine or anybody).id
        own[role] = {
            "draft_id": form.id if form else "",
            "receipt_id": receipt,
            "drop_id": receipt,
            "job": job.id if job else "zzzz",
        }
    tokens = Tokens(db, app.clock)
    codes = {role: tokens.add(role.value, "đo", "đo")[1] for role in Role}
    return Known(shared=shared, own=own, papers=papers, tokens=codes)


def questions(told: Known) -> Iterator[Question]:
    """Every page and operation that is asked by GET, as each role that may."""
    for door in doors():
        if "GET" not in door.methods or door.name in LEFT_OUT:
            continue
        for role in _roles(door):
            args = {**told.shared, **(told.own[role] if role else told.own[Role.VAN_THU])}
            args["document_id"] = told.papers[
                OF_KIND.get(door.name.removesuffix("-sheet"), "gioi-thieu")
            ]
            if door.name.startswith("arrival"):
                args["document_id"] = told.papers["van-ban-den"]
            for more in MORE.get(door.name, ("",)):
                for filled in _named(door, args):
                    address = door.filled(filled) + more.format(**filled)
                    yield Question(
                        page=door.name,
                        role=role,
                        address=quote(address, safe="/?&=+:,.~%-"),
                        is_program=door.is_program,
                    )


def _named(door: Door, args: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Once for each of the names that an address knows: each book, each form."""
    choices = [name for name in door.parameters if name in NAMES]
    if not choices:
        yield args
        return
    longest = max(len(NAMES[name]) for name in choices)
    for at in range(longest):
        yield args | {name: NAMES[name][at % len(NAMES[name])] for name in choices}


def _roles(door: Door) -> list[Role | None]:
    from pipeline.web.urls import ROUTES

    routes = {route.name: route.deed for route in ROUTES}
    if door.name in routes and routes[door.name] is None:
        return [None]
    deed = routes.get(door.name)
    return [role for role in Role if deed is None or deed in TABLE[role]]
