"""Fixtures every test file may ask for."""

from __future__ import annotations

import pytest
from helpers import make_clock, make_office
from registers_both import made_tables, postgres_url, registers

from pipeline.kinds import load_kinds, shipped_templates_dir

__all__ = ["made_tables", "postgres_url", "registers"]


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path)


@pytest.fixture
def clock():
    return make_clock()


@pytest.fixture(scope="session")
def kinds():
    return load_kinds(shipped_templates_dir(), None)
