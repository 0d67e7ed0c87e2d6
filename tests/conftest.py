"""Fixtures every test file may ask for."""

from __future__ import annotations

import pytest
from helpers import make_clock, make_office
from registers_both import made_tables, postgres_url, registers

from pipeline.config import Limits
from pipeline.engines.cell import Cell
from pipeline.kinds import load_kinds, shipped_templates_dir

#: The longest files begin first, so that none of them is left to one process at the end while the other has nothing to do.
LONG = (
    "test_bundle.py",
    "test_flow_postgres.py",
    "test_crash.py",
    "test_a_week.py",
    "test_backup.py",
    "test_reading.py",
    "test_browser_papers.py",
    "test_browser_finding.py",
    "test_dev_papers.py",
    "test_architecture.py",
)

__all__ = ["made_tables", "postgres_url", "registers"]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path)


@pytest.fixture
def clock():
    return make_clock()


@pytest.fixture(scope="session")
def kinds():
    return load_kinds(shipped_templates_dir(), None)


@pytest.fixture(scope="session")
def cell(tmp_path_factory):
    """One warm cell for all test files: starting one costs more than most tests."""
    with Cell(
        work_root=tmp_path_factory.mktemp("cell"), memory_bytes=Limits().memory_bytes
    ) as warm:
        yield warm
