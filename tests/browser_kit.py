"""A real server with real stores behind it, and Debian's Chromium before it."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from office_kit import start, wait_until
from web_kit import PASSWORD

from pipeline.config import Office

_CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
#: pitfalls of Debian's Chromium as root, without a network
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_AXE = "axe-core@4.14.1"
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
_PATIENCE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A clerk's place: a browser that is logged in."""

    base: str
    page: Any

    def go(self, address: str) -> Any:
        return self.page.goto(self.base + address)

    def see(self, words: str) -> Any:
        """Wait until these words stand on the page."""
        found = self.page.get_by_text(words).first
        found.wait_for(timeout=_PATIENCE_MS)
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def web_server(office: Office) -> Iterator[str]:
    """``vanthu web`` as a process of its own; its address."""
    port = free_port()
    server = start(office, "web", "--port", str(port))
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: server.poll() is not None or _answers(base), seconds=300)
        assert server.poll() is None, "the web server ended"
        yield base
    finally:
        server.terminate()
        server.wait(timeout=60)


def _answers(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/healthz", timeout=5) as told:
            return told.read() == b"ok\n"
    except (OSError, http.client.HTTPException):
        return False


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's Chromium; the tests that need it say so where it is not there."""
    if not Path(_CHROMIUM).exists():
        pytest.skip("chromium is not installed (deploy/packages.txt)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=list(_OPTIONS))
        yield browser
        browser.close()


@contextmanager
def desk(browser: Any, base: str, account: str = "van-thu", **more: Any) -> Iterator[Desk]:
    """A place where *account* is logged in; ``java_script_enabled=False`` for one without programs."""
    context = browser.new_context(viewport=LAPTOP, locale="vi-VN", **more)
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    try:
        place = Desk(base=base, page=page)
        place.go("/vao/")
        page.fill("#account", account)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{base}/")
        yield place
    finally:
        context.close()


def axe_source() -> str:
    """The accessibility checker, fetched once by npm."""
    cache = ROOT / ".cache" / "axe"
    script = cache / "package" / "axe.min.js"
    if not script.exists():
        if shutil.which("npm") is None:
            pytest.skip("npm is not installed: axe-core cannot be fetched")
        cache.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", _AXE],
            cwd=cache,
            capture_output=True,
            text=True,
            check=False,
        )
        if packed.returncode:
            pytest.skip(f"axe-core cannot be fetched: {packed.stderr[:200]}")
        shutil.unpack_archive(cache / packed.stdout.strip(), cache, "gztar")
    return script.read_text(encoding="utf-8")


def serious_findings(page: Any, axe: str) -> list[str]:
    """What stands in the way of people who see, hear or type otherwise: rule and place."""
    page.evaluate(axe)
    told = page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
    )
    return [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in told["violations"]
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]
