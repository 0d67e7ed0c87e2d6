"""Every address × every role × nobody: who may come in stands here word for word, and each is really asked.

A new route needs one line in ROWS: its name (an operation of the interface: «api » and its id) and who may. Where its
address has a parameter that ARGS does not know, a line there, or ``args`` of the row; where its form must be filled
in to be understood, ``posted``; where it wants another paper than a sheet that was numbered, ``paper``, put into ``papers``. A route without a line fails, and so does a line without a route.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from helpers import example, make_office
from office_kit import VAN_BAN_DEN, drop, drop_json, letter, paper_bytes, person, process_here
from web_kit import PASSWORD, served
from web_routes import Door, doors

from pipeline.person_names import owner_key
from pipeline.roles import Role
from pipeline.stores.registers.tokens import Tokens

QT, VT, LD, CV, TC = Role.QUAN_TRI, Role.VAN_THU, Role.LANH_DAO, Role.CHUYEN_VIEN, Role.TRA_CUU
EVERYBODY = frozenset(Role)
SENDERS = EVERYBODY - {TC}
READERS_OF_BOOKS = frozenset((QT, VT, LD))
CLERKS = frozenset((QT, VT))
MANAGERS = frozenset((QT,))
#: A paper that came in.
ARRIVAL = "for the office alone"
#: Whoever reaches the machine, logged in or not.
OPEN = None

HIDDEN_KIND = "phieu-nhan-xet"
#: Object that must not be there → for whom.
HIDDEN_FROM = {
    "draft of another": frozenset((CV, TC)),
    "kind that is hidden": frozenset((CV, TC)),
    "for the office alone": frozenset((TC,)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Who may, and how it is asked."""

    who: frozenset[Role] | None
    #: Which of ``papers`` the address is asked with.
    paper: str = "everybody's"
    args: Mapping[str, Any] = field(default_factory=dict)
    posted: Mapping[str, Any] = field(default_factory=dict)
    #: What the address names is not there: whoever may learns that, the others not even that.
    is_absent: bool = False


def may(who: frozenset[Role] | None, **more: Any) -> Row:
    return Row(who=who, **more)


ROWS = {
    "today": may(EVERYBODY),
    "healthz": may(OPEN),
    "login": may(OPEN, posted={"account": "tra-cuu", "password": PASSWORD}),
    "logout": may(OPEN),
    "first-password": may(OPEN),
    "password": may(EVERYBODY),
    "search": may(EVERYBODY),
    "complete": may(EVERYBODY),
    "paper": may(EVERYBODY),
    "paper-view": may(EVERYBODY),
    "page-picture": may(EVERYBODY),
    "take": may(EVERYBODY),
    "drops": may(SENDERS),
    "upload": may(SENDERS),
    "drop": may(SENDERS),
    "declare-open": may(CLERKS),
    "books": may(READERS_OF_BOOKS),
    "gaps": may(READERS_OF_BOOKS),
    "book": may(READERS_OF_BOOKS),
    "book-file": may(READERS_OF_BOOKS),
    "check": may(OPEN),
    "found-list": may(EVERYBODY),
    "keep-search": may(EVERYBODY),
    "forget-search": may(EVERYBODY),
    "paper-issue": may(CLERKS, paper="draft of another"),
    "paper-state": may(CLERKS),
    "paper-void": may(CLERKS),
    "outgoing": may(SENDERS),
    "blank-sheet": may(SENDERS),
    "compose-begin": may(SENDERS),
    "compose": may(SENDERS),
    "compose-check": may(SENDERS),
    "compose-look": may(SENDERS, is_absent=True),
    "compose-pdf": may(SENDERS, is_absent=True),
    "compose-send": may(SENDERS, is_absent=True),
    "compose-drop": may(SENDERS, is_absent=True),
    "arrivals": may(READERS_OF_BOOKS),
    "arrival": may(READERS_OF_BOOKS, paper=ARRIVAL),
    "arrival-sheet": may(READERS_OF_BOOKS, paper=ARRIVAL),
    "arrival-enter": may(CLERKS),
    "arrival-enter-keep": may(CLERKS),
    "arrival-slip": may(CLERKS, paper=ARRIVAL),
    "arrival-stamp": may(CLERKS, paper=ARRIVAL),
    "arrival-back": may(CLERKS, paper=ARRIVAL),
    "arrival-confirm": may(CLERKS, paper=ARRIVAL),
    "arrival-keep": may(CLERKS, paper=ARRIVAL),
    "arrival-keep-word": may(READERS_OF_BOOKS, paper=ARRIVAL),
    "arrival-route": may(READERS_OF_BOOKS, paper=ARRIVAL),
    "arrival-done": may(READERS_OF_BOOKS, paper=ARRIVAL),
    "opinions": may(READERS_OF_BOOKS),
    "void": may(CLERKS, is_absent=True),
    "book-errand": may(READERS_OF_BOOKS, is_absent=True),
    "copies": may(CLERKS),
    "copy-new": may(CLERKS),
    "copy-keep": may(CLERKS),
    "copy-thumbnail": may(CLERKS),
    "copy": may(CLERKS, is_absent=True),
    "copy-give": may(CLERKS, is_absent=True),
    "copy-revoke": may(CLERKS, is_absent=True),
    "prints": may(EVERYBODY),
    "print-choose": may(EVERYBODY),
    "print-order": may(EVERYBODY),
    "print": may(EVERYBODY, is_absent=True),
    "print-file": may(EVERYBODY, is_absent=True),
    "print-said": may(EVERYBODY, is_absent=True),
    "print-again": may(EVERYBODY, is_absent=True),
    "check-phone": may(EVERYBODY),
    "errands": may(EVERYBODY),
    "errand-file": may(EVERYBODY, is_absent=True),
    "people": may(MANAGERS),
    "person": may(MANAGERS),
    "roles": may(MANAGERS),
    "office": may(MANAGERS),
    "printers": may(MANAGERS),
    "kinds": may(MANAGERS),
    "journal": may(MANAGERS),
    "api openapi": may(EVERYBODY),
    "api search": may(EVERYBODY),
    "api document": may(EVERYBODY),
    "api document-files": may(EVERYBODY),
    "api document-file": may(EVERYBODY),
    "api submit": may(SENDERS),
    "api drop": may(SENDERS),
    "api registers": may(READERS_OF_BOOKS),
    "api register": may(READERS_OF_BOOKS),
    "api copy": may(CLERKS),
    "api check-copy": may(OPEN),
}
#: Value of a parameter of an address; those that depend on the office are added by ``args_of``.
ARGS = {
    "version": 1,
    "number": 1,
    "what": "pdf",
    "name": "di",
    "form": "csv",
    "account": "van-thu",
    "token": "x-1",
    "kind": "gioi-thieu",
    "draft_id": "01m8bb568yyb47ag8t13w2fxzk",
    "job": "zzzz",
    "errand_id": "01m8bb568yyb47ag8t13w2fxzk",
}
#: Parameters that name a paper.
PAPERS = {"document_id"}


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell):
    root = tmp_path_factory.mktemp("office")
    given = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}
    insiders = [QT.value, VT.value, LD.value]
    office = make_office(root, gioi_han=given, xem={HIDDEN_KIND: insiders})
    office.inbox_dir.mkdir()
    drop_json(office, "gt.json", person(601))
    drop_json(office, "dt.json", example("van-ban", "cong-van-mot-noi"), "van-ban")
    drop_json(office, "px.json", example(HIDDEN_KIND, "muc-1"), HIDDEN_KIND)
    drop(office, VAN_BAN_DEN, "cv7.pdf", paper_bytes(root, "Cong van"))
    drop_json(office, "cv7.json", letter(7, luu_hanh=["luu-hanh-noi-bo"]), VAN_BAN_DEN)
    process_here(office, cell)
    with served(office, cell) as web:
        yield web


@pytest.fixture(scope="module")
def papers(web):
    """What each of the objects is here."""
    (everybodys,) = web.app.registers.find("01-GGT/VPTU")
    (draft,) = [one for one in web.app.registers.waiting() if one.kind == "van-ban"]
    kinds = {one.kind: one for piece in web.app.registers.dump() for one in piece.documents}
    found = {
        "everybody's": everybodys,
        "draft of another": draft,
        "kind that is hidden": kinds[HIDDEN_KIND],
        "for the office alone": kinds[VAN_BAN_DEN],
    }
    assert all(one.archived_version for one in found.values())
    assert found["for the office alone"].facts.circulation == ("luu-hanh-noi-bo",)
    return found


@pytest.fixture(scope="module")
def ask(web, papers):
    """Ask an address as somebody: the response."""
    tokens = Tokens(web.app.registers.db, web.app.clock)
    codes = {role: tokens.add(role.value, "thử", "thử")[1] for role in Role}

    def asking(door: Door, method: str, role: Role | None, address: str, posted: Any) -> Any:
        from django.test import Client

        from pipeline.stores.registers.models import Person

        client = Client(headers={"host": "localhost"}, raise_request_exception=False)
        headers = {}
        if role is not None and door.is_program:
            headers["authorization"] = f"Bearer {codes[role]}"
        elif role is not None:
            somebody = Person.objects.get(account=role.value)
            client.force_login(somebody, "django.contrib.auth.backends.ModelBackend")
        return getattr(client, method.lower())(address, posted, headers=headers)

    return asking


def args_of(row: Row, papers: Mapping[str, Any], role: Role | None) -> dict[str, Any]:
    """For an address that this person may ask."""
    from pipeline.stores.registers.models import Receipt

    receipt = papers["everybody's"].receipt_id
    if role is not None:
        # A drop is there for its owner alone, but for those who see everybody's.
        owner = f"Người {role.value} ({role.value})"
        Receipt.objects.filter(id=receipt).update(owner=owner, owner_key=owner_key(owner))
    wanted = dict.fromkeys(PAPERS, papers[row.paper].id)
    return {**ARGS, **wanted, "receipt_id": receipt, "drop_id": receipt, **row.args}


def came_in(response: Any, row: Row) -> bool:
    if row.is_absent and response.status_code in {404, 422}:
        return True
    to_login = response.status_code == 302 and response["Location"].startswith("/vao/?next=")
    return (
        response.status_code < 500
        and response.status_code not in {401, 403, 404, 405}
        and not to_login
    )


def turned_away(response: Any, door: Door, role: Role | None) -> bool:
    if role is not None:
        return bool(response.status_code == 403)
    if door.is_program:
        return bool(response.status_code == 401)
    return bool(response.status_code == 302 and response["Location"].startswith("/vao/?next="))


def by_name() -> dict[str, Door]:
    return {door.name: door for door in doors()}


def test_every_address_has_its_row_and_every_row_its_address(web):
    assert sorted(by_name()) == sorted(ROWS)
    assert len(by_name()) == len(doors()), "two addresses of one name"


@pytest.mark.parametrize("name", ROWS)
def test_who_may_comes_in_and_nobody_else(name, papers, ask):
    row, door = ROWS[name], by_name()[name]
    wrong = []
    for role in (*Role, None):
        address = door.filled(args_of(row, papers, role))
        for method in door.methods:
            response = ask(door, method, role, address, row.posted if method == "POST" else None)
            is_allowed = row.who is None or role in row.who
            is_right = came_in(response, row) if is_allowed else turned_away(response, door, role)
            if not is_right:
                wrong.append(f"{method} {address} as {role or 'nobody'}: {response.status_code}")

    assert wrong == []


@pytest.mark.parametrize("what", HIDDEN_FROM)
def test_what_is_hidden_is_not_there_whatever_is_asked_of_it(what, papers, ask):
    of_a_paper = [door for door in doors() if PAPERS.intersection(door.parameters)]
    wrong = []
    for door in of_a_paper:
        row = ROWS[door.name]
        args = {**ARGS, **row.args, **dict.fromkeys(PAPERS, papers[what].id)}
        for role in HIDDEN_FROM[what]:
            expected = 404 if row.who is None or role in row.who else 403
            for method in door.methods:
                response = ask(door, method, role, door.filled(args), row.posted or None)
                if response.status_code != expected:
                    wrong.append(f"{method} {door.filled(args)} as {role}: {response.status_code}")

    assert wrong == []
    assert {"paper", "take", "api document", "api document-file"} <= {
        one.name for one in of_a_paper
    }


@pytest.mark.parametrize("what", HIDDEN_FROM)
def test_the_others_see_what_is_hidden_from_some(what, papers, ask):
    doors_of_a_paper = [by_name()["paper"], by_name()["api document"]]
    seen = {
        (door.name, role): ask(
            door, "GET", role, door.filled({"document_id": papers[what].id}), None
        ).status_code
        for door in doors_of_a_paper
        for role in EVERYBODY - HIDDEN_FROM[what]
    }

    assert set(seen.values()) == {200}


@pytest.mark.parametrize("what", HIDDEN_FROM)
def test_what_is_hidden_is_neither_found_nor_in_a_drop(what, papers, ask):
    search = by_name()["api search"]
    for role in HIDDEN_FROM[what]:
        found = ask(search, "GET", role, f"{search.address}?moi-trang=100", None).json()
        assert papers[what].id not in [hit["document_id"] for hit in found["hits"]]
        assert papers["everybody's"].id in [hit["document_id"] for hit in found["hits"]]
    drop_door = by_name()["api drop"]
    address = drop_door.filled({"drop_id": papers[what].receipt_id})
    if what != "for the office alone":
        assert ask(drop_door, "GET", CV, address, None).status_code == 404
