"""Fixtures for ``conftest``: registers with empty tables, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import fresh_database, running_postgres
from registers_kit import copy_of, opened, sha

from pipeline.stores.registers.api import Registers

__all__ = ["made_tables", "postgres_url", "registers"]


@pytest.fixture(scope="module")
def made_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("mau") / "registers"
    with opened(directory):
        pass
    return directory


@pytest.fixture(scope="module")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgres() as url:
        template = fresh_database(url, "mau")
        with opened(tmp_path_factory.mktemp("mau-pg") / "registers", template):
            pass
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def registers(
    request: pytest.FixtureRequest, tmp_path: Path, made_tables: Path
) -> Iterator[Registers]:
    directory = copy_of(made_tables, tmp_path / "registers")
    url = ""
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres_url")
        url = fresh_database(cluster, new_id_name(tmp_path), template="mau")
    with opened(directory, url) as found:
        yield found


def new_id_name(tmp_path: Path) -> str:
    return f"t_{sha(str(tmp_path))[:16]}"
