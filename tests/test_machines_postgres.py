"""The machines of registers and legal life with PostgreSQL under them: a few examples, for what only a server does."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from postgres import fresh_database, running_postgres
from registers_kit import opened
from test_legal_machine import LegalMachine
from test_registers_machine import OfficeMachine

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
