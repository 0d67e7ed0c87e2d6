"""The server behind ``vanthu web``: Gunicorn's processes, each with the office open."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from pipeline.app import open_office
from pipeline.clock import SystemClock
from pipeline.config_model import WebProfile
from pipeline.errors.base import VanthuError
from pipeline.web.office import serving
from pipeline.web.server_log import ServerLog
from pipeline.web_address import ANY, Address

#: Requests of one process at a time; most of them wait for the disk or for a browser.
_THREADS = 8
_MOST_PROCESSES = 4
#: A worker that says nothing for so long is replaced; the longest page makes a preview.
_SILENT_S = 120


def configure_web(web: WebProfile, address: Address) -> None:
    """What Django must know of this office's page."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = [*hosts(web, address)]
    settings.SESSION_COOKIE_AGE = int(timedelta(hours=web.session_hours).total_seconds())
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = web.has_tls
    if web.has_tls:
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        settings.SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
        settings.CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in web.names]


def hosts(web: WebProfile, address: Address) -> set[str]:
    """Names by which a browser may ask for us; others are somebody's trick."""
    found = {"localhost", "127.0.0.1", "[::1]", *web.names}
    if address.host in ANY:
        found |= {socket.gethostname(), socket.getfqdn(), *_own_addresses()}
    else:
        found.add(f"[{address.host}]" if ":" in address.host else address.host)
    return found


def _own_addresses() -> set[str]:
    try:
        told = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        told = []
    found = {str(entry[4][0]) for entry in told}
    # The address that the machine shows to its network; nothing is sent.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found.add(str(probe.getsockname()[0]))
        except OSError:
            pass
    return found


def serve(root: Path, address: Address, web: WebProfile) -> None:
    """Serve the office in *root* until told to stop."""
    processes = web.processes or min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
    _Server(
        root,
        address,
        {
            "bind": f"[{address.host}]:{address.port}"
            if ":" in address.host
            else f"{address.host}:{address.port}",
            "workers": processes,
            "threads": _THREADS,
            "worker_class": "gthread",
            "timeout": _SILENT_S,
            "graceful_timeout": 15,
            "keepalive": 20,
            "loglevel": "warning",
            "accesslog": None,
            "logger_class": ServerLog,
            "proc_name": "vanthu-web",
            "forwarded_allow_ips": "127.0.0.1,::1",
            "control_socket_disable": True,
        },
    ).run()


class _Server(BaseApplication):
    """Gunicorn, told in Python."""

    def __init__(self, root: Path, address: Address, options: dict[str, Any]) -> None:
        self._root = root
        self._address = address
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Open the office in a process of its own, for as long as that lives."""
        from django.core.wsgi import get_wsgi_application

        stack = ExitStack()
        app = stack.enter_context(open_office(self._root, SystemClock()))
        served = stack.enter_context(serving(app))
        # The first picture of a paper need not wait for it; where it cannot start, whoever asks is told.
        with suppress(VanthuError):
            served.cell.warm("paper.raster")
        self._kept = stack
        configure_web(app.office.web, self._address)
        return get_wsgi_application()
