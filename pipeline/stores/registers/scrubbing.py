"""No deleted byte stays in the database: its file, its log, its statistics. Outside of every transaction.

What a server does not let its user do comes out as the statement that its administrator still has to run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.utils import DatabaseError

from pipeline.stores.registers.database import Database

#: Statistics hold common values of every column.
_STATISTICS = "pg_catalog.pg_statistic"
#: More segments of the log than any office's server keeps; what is beyond is the administrator's.
_MOST_SEGMENTS = 512
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL"
)


def overwrite(db: Database) -> None:
    """From now on SQLite overwrites what it deletes."""
    if db.spec.is_sqlite:
        with connections[db.alias].cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


def scrub(db: Database) -> tuple[str, ...]:
    """Leave no deleted byte; the statements that are still due by whoever administers the server."""
    if not db.spec.is_sqlite:
        return _scrub_server(db)
    overwrite(db)
    with db.telling(), db.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return ()


def _scrub_server(db: Database) -> tuple[str, ...]:
    """Tables and statistics are written anew without what was deleted, then every segment of the log is written over."""
    tables = sorted(model._meta.db_table for model in apps.get_models())  # noqa: SLF001 Django's documented model introspection
    names = ", ".join(db.connection.ops.quote_name(table) for table in tables)
    vacuums = (f"VACUUM (FULL, ANALYZE) {names}", f"VACUUM FULL {_STATISTICS}")
    due = [statement for statement in vacuums if not _is_done(db, statement)]
    # An older reader keeps the deleted rows alive through any VACUUM.
    if not due and _ask(db, _OTHERS) != [(0,)]:
        due = list(vacuums)
    if due or not _overwrite_log(db):
        due.append("CHECKPOINT; SELECT pg_switch_wal(); CHECKPOINT")
    return tuple(due)


def _overwrite_log(db: Database) -> bool:
    """Whether all that the log held is gone: old segments are used again unwiped, so each is filled up once."""
    # The segment that a checkpoint ends in is kept as it is: it must be one that was begun after the removal.
    if not (_leave_segment(db) and _is_done(db, "CHECKPOINT")):
        return False
    segments = _ask(db, "SELECT count(*) FROM pg_ls_waldir()")
    if segments is None or segments[0][0] > _MOST_SEGMENTS:
        return False
    for _ in range(segments[0][0] + 1):
        if not _leave_segment(db):
            return False
    return _is_done(db, "CHECKPOINT")


def _leave_segment(db: Database) -> bool:
    """Fill the rest of the log's segment with zeros and begin another; one that nobody has written to would not be left."""
    _ask(db, "SELECT pg_logical_emit_message(false, 'vanthu', '')")
    return _ask(db, "SELECT pg_switch_wal()") is not None


def _is_done(db: Database, statement: str) -> bool:
    """Whether the server did it: what it may not do it refuses, or skips with a warning."""
    warnings: list[str] = []
    connection: Any = db.connection.connection
    note = warnings.append
    handler = lambda diagnostic: note(str(diagnostic.message_primary))  # noqa: E731 must be one object, to be taken off again
    connection.add_notice_handler(handler)
    try:
        with db.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return False
    finally:
        connection.remove_notice_handler(handler)
    return not warnings


def _ask(db: Database, query: str) -> Sequence[tuple[Any, ...]] | None:
    """The rows of a query, None where the server refuses it."""
    try:
        with db.cursor() as cursor:
            cursor.execute(query)
            rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
            return rows
    except DatabaseError:
        return None
