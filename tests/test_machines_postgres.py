"""The machines of registers and legal life with PostgreSQL under them: a few examples, for what only a server does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from office_kit import wait_until
from postgres import fresh_database, running_postgres
from registers_kit import opened
from test_legal_machine import LegalMachine
from test_registers_machine import OfficeMachine

from pipeline.roles import Role
from pipeline.stores.registers.people import People

_CLUSTER: list[str] = []
_COUNT = count(1)
_FEW = settings(
    max_examples=2,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


@pytest.fixture(scope="module", autouse=True)
def cluster(tmp_path_factory):
    with running_postgres() as url:
        template = fresh_database(url, "mau")
        with opened(tmp_path_factory.mktemp("mau") / "registers", template):
            pass
        _CLUSTER.append(url)
        yield
        _CLUSTER.clear()


def fresh() -> str:
    return fresh_database(_CLUSTER[0], f"may_{next(_COUNT)}", template="mau")


class OfficeOnServer(OfficeMachine):
    def new_url(self) -> str:
        return fresh()


class LegalOnServer(LegalMachine):
    def new_url(self) -> str:
        return fresh()


OfficeOnServer.TestCase.settings = _FEW
LegalOnServer.TestCase.settings = _FEW
TestOfficeOnServer = OfficeOnServer.TestCase
TestLegalLifeOnServer = LegalOnServer.TestCase


def test_two_first_logins_of_one_person_at_once_make_one_account(tmp_path):
    url = fresh()
    with opened(tmp_path / "a", url) as one, opened(tmp_path / "b", url) as other:
        ours, theirs = (People(place.db, place.clock) for place in (one, other))
        with ThreadPoolExecutor(1) as pool, one.db.transaction():
            ours.from_directory("lo.hoa", "Lò Thị Hoa", Role.VAN_THU)
            second = pool.submit(come_in, theirs, other.db)
            # It stands behind our row, which it cannot see.
            wait_until(lambda: count_of(one.db, WAITING) == 1)
        assert second.result(30)
        assert [person.account for person in ours.all()] == ["lo.hoa"]
        assert count_of(one.db, TOLD) == 1


WAITING = "select count(*) from pg_locks where not granted"
TOLD = "select count(*) from journal where deed = 'person-added'"


def come_in(people, db):
    try:
        return people.from_directory("lo.hoa", "Lò Thị Hoa", Role.VAN_THU)
    finally:
        db.connection.close()


def count_of(db, question):
    with db.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]
