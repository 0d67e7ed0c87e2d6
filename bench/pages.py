"""Every page of the office as each role asks it, in an office of 100,000 papers: how long, how large, how many statements.

python -m bench.pages                       makes the office in a throwaway folder (a quarter of an hour on one core), then asks
python -m bench.pages --keep /tmp/office    makes it there once, and asks that one from then on

Server time is measured in this process, through all of Django's layers (``ms``; ``cpu`` is what of it this process
computed, which a crowded machine does not change); ``http`` is the same question to a real ``vanthu web``. Asked for: p95
≤ 150 ms, ≤ 200 KB. A page that is over ends the run with status 1.
"""

from __future__ import annotations

import argparse
import http.client
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from bench.asked import FILES, Known, Question, known, questions
from bench.big_office import make
from pipeline.app import open_office
from pipeline.clock import SystemClock
from pipeline.config import Office
from pipeline.roles import Role

MOST_MS, MOST_BYTES = 150.0, 200_000


@dataclass(slots=True, kw_only=True)
class Figures:
    """Of one page, all its questions together."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    http: list[float] = field(default_factory=list)
    largest: int = 0
    statements: int = 0
    slowest: tuple[float, str] = (0.0, "")
    statuses: set[int] = field(default_factory=set)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument(
        "--keep", type=Path, help="folder of the office, made where it is not there"
    )
    parser.add_argument(
        "--words", type=int, default=0, help="so many of each paper in the index; 0: all"
    )
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    parser.add_argument("--no-http", dest="http", action="store_false")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temp:
        office = make(options.keep or Path(temp) / "office", options.papers, words=options.words)
        with browsers(office) as (told, asked, ask):
            chosen = [one for one in asked if options.only in one.page]
            server = served_by_gunicorn(office) if options.http else nullcontext(None)
            with server as base:
                pages = measure(chosen, ask, told, base, options.times)
        return tell(pages)


Ask = Callable[[Question], Any]


@contextmanager
def browsers(office: Office) -> Iterator[tuple[Known, list[Question], Ask]]:
    """The office served in this process: what may be asked, and a way to ask it."""
    from pipeline.web.office import serving

    with open_office(office.root, SystemClock()) as app, serving(app) as of_process:
        from django.test import Client

        from pipeline.stores.registers.models import Person

        told = known(of_process.app)
        clients: dict[Role | None, Any] = {None: Client(headers={"host": "localhost"})}
        for role in Role:
            clients[role] = Client(headers={"host": "localhost"}, raise_request_exception=False)
            somebody = Person.objects.get(account=role.value)
            clients[role].force_login(somebody, "django.contrib.auth.backends.ModelBackend")

        def ask(one: Question) -> Any:
            headers = _headers(one, told)
            return clients[one.role].get(one.address, headers=headers)

        ask.cookies = {  # type: ignore[attr-defined]
            role: client.cookies["sessionid"].value for role, client in clients.items() if role
        }
        yield told, [*questions(told)], ask


def _headers(one: Question, told: Known) -> dict[str, str]:
    if one.is_program and one.role is not None:
        return {"authorization": f"Bearer {told.tokens[one.role]}"}
    return {}


@contextmanager
def served_by_gunicorn(office: Office) -> Iterator[str]:
    """``vanthu web``; host and port."""
    from browser_kit import web_server

    with web_server(office) as base:
        yield base.removeprefix("http://")


def measure(
    asked: list[Question], ask: Any, told: Known, base: str | None, times: int
) -> dict[str, Figures]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    pages: dict[str, Figures] = {}
    connection_ = http.client.HTTPConnection(base, timeout=60) if base else None
    for one in asked:
        if one.page not in pages:
            print(f"… {one.page}", file=sys.stderr, flush=True)
        page = pages.setdefault(one.page, Figures())
        with CaptureQueriesContext(connection) as captured:
            first = ask(one)
            _whole(first)
        if first.status_code == 403:
            continue  # an operation that this role may not ask for
        page.statements = max(page.statements, len(captured))
        for _ in range(times):
            wall, cpu = time.perf_counter(), time.process_time()
            response = ask(one)
            size = _whole(response)
            cpu = (time.process_time() - cpu) * 1000
            wall = (time.perf_counter() - wall) * 1000
            page.wall.append(wall)
            page.cpu.append(cpu)
            page.largest = max(page.largest, size)
            page.statuses.add(response.status_code)
            page.slowest = max(page.slowest, (cpu, f"{one.role}: {one.address}"))
        if connection_ is not None:
            headers = {**_headers(one, told), "Host": "localhost"}
            if one.role is not None and not one.is_program:
                headers["Cookie"] = f"sessionid={ask.cookies[one.role]}"
            for _ in range(times):
                started = time.perf_counter()
                connection_.request("GET", one.address, headers=headers)
                got = connection_.getresponse()
                got.read()
                page.http.append((time.perf_counter() - started) * 1000)
                page.statuses.add(got.status)
    return pages


def _whole(response: Any) -> int:
    if response.streaming:
        return sum(map(len, response.streaming_content))
    return len(response.content)


def tell(pages: dict[str, Figures]) -> int:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"load {load}; {os.cpu_count()} cores; ms, and ms of CPU: median / p95 / worst")
    print(
        f"{'page':22} {'asked':>5} {'ms':>20} {'cpu':>20} {'http':>14} {'KB':>7} {'sql':>4} status"
    )
    over = []
    for name, page in sorted(pages.items(), key=lambda one: -percentile(one[1].cpu, 0.95)):
        is_page = name not in FILES
        wrong = [status for status in page.statuses if status >= 500]
        is_over = bool(wrong) or (is_page and page.largest > MOST_BYTES)
        is_over = is_over or percentile(page.wall, 0.95) > MOST_MS
        over += [name] if is_over else []
        http_ = (
            f"{percentile(page.http, 0.5):.0f} / {percentile(page.http, 0.95):.0f}"
            if page.http
            else ""
        )
        print(
            f"{name:22} {len(page.wall):5} {_three(page.wall):>20} {_three(page.cpu):>20} {http_:>14} "
            f"{page.largest / 1000:7.1f} {page.statements:4} {','.join(map(str, sorted(page.statuses)))}"
            f"{'  OVER ' + page.slowest[1] if is_over else ''}"
        )
    print(f"{len(pages)} pages, {len(over)} over: {', '.join(over)}")
    return 1 if over else 0


def _three(values: list[float]) -> str:
    return f"{percentile(values, 0.5):.0f} / {percentile(values, 0.95):.0f} / {max(values):.0f}"


def percentile(values: list[float], part: float) -> float:
    """The percentile *part*."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
