"""The database under the registers: opened safely, one alias for each open office of the process."""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipeline.django_settings import DatabaseSpec, configure
from pipeline.durable import fsync_dir, make_dirs, write_file
from pipeline.errors.rebuild import DatabaseDamaged
from pipeline.errors.registers import (
    DatabaseUnreachable,
    NetworkFileSystem,
    TablesNewer,
    TablesOutOfDate,
)
from pipeline.filesystems import file_system_type, is_network_share

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper
    from django.db.models import Model, QuerySet

_Row = TypeVar("_Row", bound="Model")

_FILE_NAME = "vanthu.sqlite3"
_KEY_NAME = "django.key"
#: One number of our own for PostgreSQL's advisory locks.
_MIGRATE_LOCK = 0x76616E746875
#: Aliases of databases that are open: each thread's connection to them says T310 when it fails.
_OPEN: set[str] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What one checkpoint of the write-ahead log did; zeros where there is none."""

    frames: int = 0
    moved: int = 0


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. The connection is the thread's own and opens on first use."""

    alias: str
    spec: DatabaseSpec

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """Django's connection, open; one that broke is opened anew outside transactions."""
        from django.db import connections

        connection = connections[self.alias]
        if not connection.in_atomic_block:
            with self.telling():
                if connection.errors_occurred:
                    connection.close_if_unusable_or_obsolete()
                connection.ensure_connection()
        if self.alias in _OPEN and _tell not in connection.execute_wrappers:
            connection.execute_wrappers.append(_tell)
        return connection

    def rows(self, model: type[_Row]) -> QuerySet[_Row]:
        """All rows of *model* in this database."""
        return model._default_manager.using(self.connection.alias)  # noqa: SLF001 the documented way to a model's manager

    @contextmanager
    def telling(self) -> Iterator[None]:
        """A database that is busy, gone or full is a T310 with its own words in the detail."""
        from django.db import InterfaceError, OperationalError

        try:
            yield
        except (OperationalError, InterfaceError) as error:
            raise DatabaseUnreachable(f"database failed: {error}") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, the writer's lock taken at once."""
        from django.db import transaction

        with self.telling(), transaction.atomic(using=self.connection.alias):
            yield

    @contextmanager
    def cursor(self) -> Iterator[CursorWrapper]:
        """A cursor for the few statements Django has no words for."""
        with self.connection.cursor() as cursor:
            yield cursor

    def close(self) -> None:
        """Close the connection and forget the alias, if it is still ours."""
        from django.db import connections

        _OPEN.discard(self.alias)
        if self.alias in connections.settings:
            connections[self.alias].close()
            del connections[self.alias]
            if self.alias != "default":
                del connections.settings[self.alias]
            else:
                connections.settings[self.alias]["VANTHU_FREE"] = True

    def checkpoint(self) -> Checkpoint:
        """Move the log into the file while no commit can race it (SQLite before 3.51.3)."""
        if not self.spec.is_sqlite:
            return Checkpoint()
        guard = sqlite3.connect(self.spec.sqlite_path, timeout=30, isolation_level=None)
        mover = sqlite3.connect(self.spec.sqlite_path, timeout=30, isolation_level=None)
        try:
            for connection in (guard, mover):
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA wal_autocheckpoint=0")
            guard.execute("BEGIN IMMEDIATE")
            # PASSIVE is the one mode that needs no writer's lock: guard has it.
            _busy, frames, moved = mover.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            guard.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise DatabaseUnreachable(f"checkpoint failed: {error}") from error
        finally:
            mover.close()
            guard.close()
        return Checkpoint(frames=max(frames, 0), moved=max(moved, 0))


def _refuse_damaged(error: Exception, spec: DatabaseSpec) -> None:
    """Tell damage of the file apart: SQLite has no class of its own for it but the root of all.

    Raises:
        DatabaseDamaged (A464).
    """
    from django.db import DatabaseError

    if spec.is_sqlite and type(error) is DatabaseError:
        raise DatabaseDamaged(f"cannot read {spec.sqlite_path}: {error}", place=_place(spec)) from (
            error
        )


def open_database(registers_dir: Path, *, database_url: str, may_migrate: bool) -> Database:
    """Configure Django, make what is missing, and see that the tables are this program's."""
    from django.db import DatabaseError, OperationalError

    spec = DatabaseSpec(sqlite_path=registers_dir / _FILE_NAME, server=_server(database_url))
    make_dirs(registers_dir, 0o700)
    if spec.is_sqlite:
        refuse_network(registers_dir)
    with _file_lock(registers_dir):
        secret_key = _secret_key(registers_dir)
    configure(spec, secret_key)
    db = Database(_alias_for(spec), spec)
    try:
        with _alone(registers_dir, db):
            _make_private(spec)
            _migrate(db, may_migrate=may_migrate)
        _OPEN.add(db.alias)
    except DatabaseError as error:
        db.close()
        _refuse_damaged(error, spec)
        if not isinstance(error, OperationalError):
            raise
        raise DatabaseUnreachable(f"cannot open {_place(spec)}: {error}") from error
    except BaseException:
        db.close()
        raise
    return db


def tables_are_old(registers_dir: Path, database_url: str) -> bool:
    """Whether there are tables of an older release.

    Raises:
        TablesOutOfDate (T312): they are of a newer one.
    """
    try:
        open_database(registers_dir, database_url=database_url, may_migrate=False).close()
    except TablesNewer:
        raise
    except TablesOutOfDate:
        return True
    return False


def _tell(
    execute: Callable[..., object],
    sql: str,
    params: object,
    many: bool,
    context: dict[str, object],
) -> object:
    """Run one statement; also a query that only reads says T310 when the database fails."""
    from django.db import DatabaseError, InterfaceError, OperationalError

    try:
        return execute(sql, params, many, context)
    except (OperationalError, InterfaceError) as error:
        raise DatabaseUnreachable(f"database failed: {error}") from error
    except DatabaseError as error:
        if type(error) is DatabaseError and _is_sqlite(context):
            raise DatabaseDamaged(f"database failed: {error}", place=_FILE_NAME) from error
        raise


def _is_sqlite(context: dict[str, object]) -> bool:
    """Whether the statement of *context* ran on a database file."""
    return getattr(context.get("connection"), "vendor", "") == "sqlite"


def _server(database_url: str) -> dict[str, str]:
    if not database_url:
        return {}
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        words = conninfo_to_dict(database_url)
    except ProgrammingError as error:
        # Its words may repeat the password.
        raise DatabaseUnreachable("database_url is no postgresql:// address") from error
    return {name: str(value) for name, value in words.items()}


def _place(spec: DatabaseSpec) -> str:
    # A URL may hold a password.
    return str(spec.sqlite_path) if spec.is_sqlite else "the database of database_url"


def _alias_for(spec: DatabaseSpec) -> str:
    """``default`` when it is free, so that Django's own web parts find it; else a fresh name."""
    from django.db import DEFAULT_DB_ALIAS, connections

    entry = connections.configure_settings({DEFAULT_DB_ALIAS: spec.as_django()})[DEFAULT_DB_ALIAS]
    held = connections.settings[DEFAULT_DB_ALIAS]
    is_free = held.pop("VANTHU_FREE", False) or "VANTHU_HELD" not in held
    alias = DEFAULT_DB_ALIAS if is_free else f"office_{secrets.token_hex(4)}"
    entry["VANTHU_HELD"] = True
    connections.settings[alias] = entry
    return alias


def refuse_network(directory: Path, mounts: Sequence[str] | None = None) -> None:
    """Refuse a mounted share: two machines' SQLite locks do not meet there."""
    if is_network_share(directory, mounts):
        file_system = file_system_type(directory, mounts)
        raise NetworkFileSystem(
            f"sqlite on network file system type={file_system} path={directory}",
            file_system=file_system,
            path=directory,
        )


def _secret_key(registers_dir: Path) -> str:
    """Sessions and forms are signed with it; made once for each office."""
    path = registers_dir / _KEY_NAME
    if not path.exists():
        write_file(path, secrets.token_urlsafe(48).encode(), mode=0o600)
    return path.read_text()


def _make_private(spec: DatabaseSpec) -> None:
    if spec.is_sqlite and not spec.sqlite_path.exists():
        # SQLite gives its -wal and -shm the mode of the file itself.
        os.close(os.open(spec.sqlite_path, os.O_CREAT | os.O_RDWR, 0o600))
        fsync_dir(spec.sqlite_path.parent)


@contextmanager
def _file_lock(registers_dir: Path) -> Iterator[None]:
    with (registers_dir / ".mo-so.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _alone(registers_dir: Path, db: Database) -> Iterator[None]:
    """One process at a time makes tables or switches the journal mode."""
    if db.spec.is_sqlite:
        with _file_lock(registers_dir):
            yield
        return
    with db.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATE_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATE_LOCK])


def _migrate(db: Database, *, may_migrate: bool) -> None:
    from django.core.management import call_command
    from django.db import transaction
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(db.connection)
    known = set(executor.loader.disk_migrations)
    applied = set(executor.loader.applied_migrations)
    if applied - known:
        raise TablesNewer(f"tables are newer than this program: {sorted(applied - known)}")
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if applied and not may_migrate:
        raise TablesOutOfDate("tables are older than this program and may not be migrated now")
    # One transaction for all: Django by itself writes down a migration after its tables, and a crash between the two
    # would leave tables that can be made neither again nor further.
    with (
        db.connection.constraint_checks_disabled(),
        transaction.atomic(using=db.alias),
    ):
        call_command("migrate", database=db.alias, verbosity=0, interactive=False)
