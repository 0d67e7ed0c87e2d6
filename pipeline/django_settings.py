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
    "axes",
    "pipeline.stores.registers",
    "pipeline.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "pipeline.web.middleware.our_errors",
]
AUTH_USER_MODEL = "registers.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
LANGUAGE_CODE = "vi"
#: Needed to load the constants for type checking; ``configure`` puts the office's own in its place.
SECRET_KEY = ""

_WEB = Path(__file__).parent / "web"
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


#: Nothing runs in a page but what we serve, and no style but our sheet.
_CONTENT_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'self'"],
        "frame-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'none'"],
    }
}
#: Wrong passwords of one account from one place before it must wait, and how long.
_FAILURES = 7
_WAIT_HOURS = 0.25
#: In turn: whoever must wait is asked nothing, our own passwords, the office's directory.
_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "pipeline.web.directory.DirectoryBackend",
]
#: Minutes with hundreds of names are one form.
_MOST_FIELDS = 10_000


def _web() -> dict[str, Any]:
    """What the web page needs; the addresses and hours are set when it is served, :mod:`pipeline.web.serving`."""
    return {
        "MIDDLEWARE": MIDDLEWARE,
        "ROOT_URLCONF": "pipeline.web.urls",
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [str(_WEB / "pages")],
                "OPTIONS": {
                    "context_processors": ["pipeline.web.frame.frame"],
                    "libraries": {"vanthu": "pipeline.web.templatetags.vanthu"},
                    "builtins": ["pipeline.web.templatetags.vanthu"],
                },
            }
        ],
        "STATIC_URL": "/tinh/",
        "STATIC_ROOT": str(_WEB / "static"),
        "WHITENOISE_KEEP_ONLY_HASHED_FILES": False,
        "WHITENOISE_MAX_AGE": 86400,
        "AUTHENTICATION_BACKENDS": _BACKENDS,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 10},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "pipeline.stores.registers.password_rules.NotOneself"},
        ],
        "AXES_FAILURE_LIMIT": _FAILURES,
        "AXES_COOLOFF_TIME": _WAIT_HOURS,
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_LOCKOUT_CALLABLE": "pipeline.web.entering.locked_out",
        # The word under which Django tells it the account, whatever our form calls it.
        "AXES_USERNAME_FORM_FIELD": "username",
        "AXES_DISABLE_ACCESS_LOG": True,
        "AXES_ENABLE_ADMIN": False,
        "AXES_VERBOSE": False,
        "LOGIN_URL": "login",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": False,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_FAILURE_VIEW": "pipeline.web.faults.csrf_failed",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "SAMEORIGIN",
        "CONTENT_SECURITY_POLICY": _CONTENT_POLICY,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 5_000_000,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": _MOST_FIELDS,
        "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.TemporaryFileUploadHandler"],
        "SILENCED_SYSTEM_CHECKS": ["axes.W003", "axes.W006"],
        "USE_I18N": True,
    }


def configure(spec: DatabaseSpec, secret_key: str) -> None:
    """Set Django up for this process. A second call changes nothing."""
    import django
    from django.conf import settings

    if settings.configured:
        return
    settings.configure(
        **_web(),
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
