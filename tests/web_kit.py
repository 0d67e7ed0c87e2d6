"""The web page in this very process: an office served, and a browser of each role."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from office_kit import drop_sheet, opened, process_here, small_office

from pipeline.config import Office
from pipeline.engines.cell import Cell
from pipeline.roles import Role
from pipeline.stores.registers.people import People, PersonView

if TYPE_CHECKING:
    from django.test import Client

    from pipeline.app import App

PASSWORD = "suoi-dem-biec-58-mo"


@dataclass(slots=True, kw_only=True)
class Web:
    """What a test holds of a served office."""

    app: App
    _browsers: dict[str, Client] = field(default_factory=dict)

    def browser(self, account: str = "") -> Client:
        """A browser of that account; of nobody without one."""
        from django.test import Client

        if account not in self._browsers:
            browser = Client(headers={"host": "localhost"}, raise_request_exception=False)
            if account:
                came = browser.post("/vao/", {"account": account, "password": PASSWORD})
                assert came.status_code == 302, came.content.decode()
            self._browsers[account] = browser
        return self._browsers[account]

    def get(self, address: str, account: str = "van-thu", **more: Any) -> Any:
        from django.utils.encoding import iri_to_uri

        return self.browser(account).get(str(iri_to_uri(address)), **more)

    def post(self, address: str, data: Any = None, account: str = "van-thu", **more: Any) -> Any:
        return self.browser(account).post(address, data or {}, **more)

    def person(self, account: str, role: Role) -> None:
        add_person(self.app, account, role)


def add_person(app: App, account: str, role: Role) -> None:
    people = People(app.registers.db, app.clock)
    people.add(a_person(account, role), "thử")
    people.set_password(account, PASSWORD, "thử")


def with_people(app: App) -> None:
    """One person of each role, whose account is the role's code."""
    for role in Role:
        add_person(app, role.value, role)


def a_person(account: str, role: Role = Role.VAN_THU, full_name: str = "") -> PersonView:
    return PersonView(
        account=account,
        full_name=full_name or f"Người {account}",
        role=role,
        is_active=True,
        os_account="",
        has_password=False,
        made_at=None,
        last_login=None,
    )


@contextmanager
def served(office: Office, cell: Cell) -> Iterator[Web]:
    """The office served, with one person of each role, whose account is the role's code."""
    from pipeline.web.office import serving

    with opened(office, cell) as app, serving(app) as of_process:
        web = Web(app=of_process.app)
        with_people(web.app)
        yield web


@contextmanager
def served_sheet(root: Path, cell: Cell, *people: dict[str, Any]) -> Iterator[Web]:
    """A small office in which a sheet of *people* was done, served."""
    office = small_office(root)
    drop_sheet(office, "ds.xlsx", [*people])
    process_here(office, cell)
    with served(office, cell) as web:
        yield web


def text_of(response: Any) -> str:
    return response.content.decode()


def until_over(owner, app, seconds=90):
    """Wait for an errand's own process, as a page would ask again; the errand."""
    from pipeline.web.errands import errands_of

    turn = threading.Event()
    for _ in range(seconds * 5):
        (newest, *_) = errands_of(owner, app)
        if not newest.is_running:
            return newest
        turn.wait(0.2)
    raise AssertionError("the errand goes on")
