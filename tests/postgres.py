"""A real PostgreSQL for tests: a fresh cluster on a socket of its own, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

_DEBIAN = Path("/usr/lib/postgresql")


def postgres_bin() -> Path | None:
    """Folder of ``initdb`` and ``pg_ctl``, newest release first."""
    found = sorted(_DEBIAN.glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _owner() -> str | None:
    """Whom the server runs as: it refuses root."""
    if os.geteuid() != 0:
        return None
    pwd.getpwnam("postgres")
    return "postgres"


def _run(*command: str | Path, owner: str | None) -> None:
    subprocess.run(
        [str(part) for part in command],
        user=owner,
        cwd="/",
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )


@contextmanager
def running_postgres() -> Iterator[str]:
    """URL of database ``postgres`` in a fresh cluster; skips the test where none is installed."""
    binaries = postgres_bin()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    owner = _owner()
    # A socket's path may have 107 characters: pytest's own folders are too deep.
    home = Path(tempfile.mkdtemp(prefix="vanthu-pg-", dir="/tmp"))
    try:
        if owner is not None:
            shutil.chown(home, owner)
        data = home / "data"
        make = ("-D", data, "-U", "vanthu", "-A", "trust", "-E", "UTF8", "--no-sync")
        _run(binaries / "initdb", *make, "--locale=C.UTF-8", owner=owner)
        # fsync off: what is tested is transactions, not this machine's disk.
        options = f"-c listen_addresses='' -k {home} -c fsync=off -c max_connections=60"
        control = binaries / "pg_ctl"
        log = ("-l", home / "log")
        _run(control, "-D", data, "-w", *log, "-o", options, "start", owner=owner)
        try:
            yield f"postgresql://vanthu@/postgres?host={quote(str(home), safe='')}"
        finally:
            _run(control, "-D", data, "-m", "immediate", "-w", "stop", owner=owner)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def fresh_database(url: str, name: str, *, template: str = "template1") -> str:
    """URL of a new database in the cluster of *url*, a copy of *template*."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return url.replace("/postgres?", f"/{name}?")
