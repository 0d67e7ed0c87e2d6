"""Django's only settings: constants for tools, and ``configure`` for the one office of a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "pipeline.stores.registers",
]
AUTH_USER_MODEL = "registers.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
LANGUAGE_CODE = "vi"
#: Needed to load the constants for type checking; ``configure`` puts the office's own in its place.
SECRET_KEY = ""

#: Seconds a writer waits for another before the database counts as busy.
BUSY_SECONDS = 30
#: FULL: NORMAL loses committed transactions in a power cut, here a printed number issued twice.
#: No automatic checkpoint: SQLite before 3.51.3 may lose pages when one races a commit.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSpec:
    """Where the registers live: a file here, or a PostgreSQL server."""

    sqlite_path: Path
    #: libpq's words (``host``, ``dbname`` …); empty for the file. They may hold a password.
    server: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_sqlite(self) -> bool:
        """No server: the file."""
        return not self.server

    def as_django(self) -> dict[str, Any]:
        """The entry of Django's ``DATABASES``."""
        return _sqlite(self.sqlite_path) if self.is_sqlite else _postgresql(self.server)


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": BUSY_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE_PRAGMAS,
        },
    }


def _postgresql(server: Mapping[str, str]) -> dict[str, Any]:
    options = dict(server)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": options.pop("dbname", ""),
        "USER": options.pop("user", ""),
        "PASSWORD": options.pop("password", ""),
        "HOST": options.pop("host", ""),
        "PORT": options.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def configure(spec: DatabaseSpec, secret_key: str) -> None:
    """Set Django up for this process. A second call changes nothing."""
    import django
    from django.conf import settings

    if settings.configured:
        return
    settings.configure(
        DATABASES={"default": spec.as_django()},
        SECRET_KEY=secret_key,
        INSTALLED_APPS=INSTALLED_APPS,
        AUTH_USER_MODEL=AUTH_USER_MODEL,
        DEFAULT_AUTO_FIELD=DEFAULT_AUTO_FIELD,
        USE_TZ=USE_TZ,
        TIME_ZONE=TIME_ZONE,
        LANGUAGE_CODE=LANGUAGE_CODE,
        LOGGING_CONFIG=None,
    )
    django.setup()
