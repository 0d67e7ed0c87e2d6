"""The registers at one moment, as a file: taken while others write, and asked what it knows.

Nothing here needs Django or this release's tables: an upgrade takes its snapshot before it migrates.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.durable import fsync_file, rename
from pipeline.errors.backup import ToolFailed, ToolMissing
from pipeline.errors.registers import DatabaseUnreachable

SQLITE_FILE = "vanthu.sqlite3"
POSTGRESQL_FILE = "vanthu.pgdump"
_QUERIES = {
    "documents": "SELECT id, archived_version FROM documents WHERE archived_version > 0 ORDER BY id",
    "receipts": "SELECT id FROM receipts ORDER BY id",
    "sealed": (
        "SELECT sealed_day, sealed_line FROM journal WHERE sealed_day IS NOT NULL "
        "ORDER BY sealed_day DESC, sealed_line DESC LIMIT 1"
    ),
}
_ENV = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the registers knew at that moment."""

    #: The file with all of it.
    path: Path
    #: Document id → newest version in the archive.
    documents: Mapping[str, int]
    receipts: frozenset[str]
    #: Day and line of the newest deed that was sealed.
    sealed: tuple[date, int] | None


def take_snapshot(registers_dir: Path, database_url: str, folder: Path) -> Snapshot:
    """Write the registers as they are now into *folder*.

    Raises:
        DatabaseUnreachable (T310), ToolMissing (K271), ToolFailed (T372).
    """
    if database_url:
        return _dump_server(database_url, folder / POSTGRESQL_FILE)
    return _copy_file(registers_dir / SQLITE_FILE, folder / SQLITE_FILE)


def _copy_file(source: Path, target: Path) -> Snapshot:
    try:
        with closing(sqlite3.connect(source, timeout=30)) as live:
            live.execute("PRAGMA wal_autocheckpoint=0")
            with closing(sqlite3.connect(target)) as copy:
                # All pages in one step: one reader's view, and no writer waits for it.
                live.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
                (fault,) = copy.execute("PRAGMA quick_check(1)").fetchone()
                if fault != "ok":
                    raise DatabaseUnreachable(f"snapshot is unsound: {fault}")
                return _ask(target, lambda query: copy.execute(query).fetchall())
    except sqlite3.Error as error:
        raise DatabaseUnreachable(f"cannot copy {source}: {error}") from error


def _dump_server(database_url: str, target: Path) -> Snapshot:
    import psycopg

    try:
        with psycopg.connect(database_url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            row = connection.execute("SELECT pg_export_snapshot()").fetchone()
            assert row is not None
            run_tool("pg_dump", database_url, "-Fc", f"--snapshot={row[0]}", f"--file={target}")
            return _ask(target, lambda query: connection.execute(query).fetchall())
    except psycopg.Error as error:
        raise DatabaseUnreachable("cannot dump the database of database_url") from error


def load_server(dump: Path, database_url: str) -> None:
    """Fill an empty database of a server from a dump, all or nothing.

    Raises:
        ToolMissing (K271), ToolFailed (T372).
    """
    run_tool("pg_restore", database_url, "--single-transaction", "--no-owner", str(dump))


def exchange_server(dump: Path, database_url: str, aside: Path) -> None:
    """Put what a server's database holds into the file *aside*, and the tables of *dump* in its place, all or nothing.

    Raises:
        ToolMissing (K271), ToolFailed (T372).
    """
    unfinished = aside.with_name(f".{aside.name}.tmp")
    os.close(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    run_tool("pg_dump", database_url, "-Fc", f"--file={unfinished}")
    fsync_file(unfinished)
    rename(unfinished, aside)
    fresh = ("--single-transaction", "--clean", "--if-exists", "--no-owner")
    run_tool("pg_restore", database_url, *fresh, str(dump))


def run_tool(tool: str, database_url: str, *arguments: str) -> None:
    """Run a client program of PostgreSQL; the password goes by the environment, where nobody sees it."""
    from psycopg.conninfo import conninfo_to_dict

    program = shutil.which(tool)
    if program is None:
        raise ToolMissing(f"no {tool}", tool=tool)
    words = {key: str(value) for key, value in conninfo_to_dict(database_url).items()}
    env = os.environ | {name: words[key] for key, name in _ENV.items() if key in words}
    ran = subprocess.run(
        [program, *arguments, f"--dbname={words.get('dbname', '')}"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise ToolFailed(f"{tool}: {ran.stderr.strip()}", tool=tool, why=ran.stderr.strip()[:300])


def _ask(path: Path, query: Callable[[str], list[Any]]) -> Snapshot:
    sealed = query(_QUERIES["sealed"])
    return Snapshot(
        path=path,
        documents={str(key): int(version) for key, version in query(_QUERIES["documents"])},
        receipts=frozenset(str(key) for (key,) in query(_QUERIES["receipts"])),
        sealed=_place(*sealed[0]) if sealed else None,
    )


def _place(day: date | str, line: int) -> tuple[date, int]:
    return (day if isinstance(day, date) else date.fromisoformat(day)), int(line)
