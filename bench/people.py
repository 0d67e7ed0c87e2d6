"""Fifty people at the office's page while a workbook of 1,000 is being worked: how long each page takes them, and the workbook.

python -m bench.people                       makes the office of 100,000 papers in a throwaway folder first
python -m bench.people --keep /tmp/office    asks the one that lies there, as bench.pages makes it

The server is ``vanthu run`` with all its processes, on loopback. Each person is logged in, thinks for some seconds, and
asks for the next page as his role would: searching, opening papers and their pages, leafing through lists, watching cards,
now and then sending a file. Asked for: p95 ≤ 500 ms over all pages, no error. The same workbook is worked before, without
them, to tell what they cost it. ``cpu`` is what the web processes computed for each request, whatever else the machine did.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from browser_kit import free_port
from helpers import ROOT
from office_kit import command, inbox, person, wait_until, write_sheet
from web_kit import PASSWORD

from bench.big_office import make, staff
from bench.pages import percentile
from pipeline.app import open_office
from pipeline.clock import SystemClock
from pipeline.config import Office
from pipeline.roles import Role

MOST_MS = 500.0
_LONGEST_S = 400.0
_WORDS = (
    "nguyễn văn an", "hội nghị xã", "kế hoạch rừng phòng hộ", "120-GGT/VPTU", "lò thị mây", "đảng ủy", "chi bộ nà lốm",
    "giấy giới thiệu sinh hoạt nơi cư trú", "phiếu nhận xét quàng văn", "cải cách hành chính", "bản mường khoang",
)  # fmt: skip
#: What people of any role do, and how often; then what only some may.
_ANYBODY = {
    "home": 3,
    "search": 10,
    "more": 3,
    "complete": 6,
    "paper": 8,
    "view": 3,
    "picture": 4,
    "prints": 1,
}
_MORE = {
    Role.CHUYEN_VIEN: {"cards": 8, "outgoing": 3, "send": 1},
    Role.VAN_THU: {"cards": 12, "drop": 3, "outgoing": 4, "arrivals": 8, "older": 3, "book": 5, "copies": 2, "send": 2},
    Role.LANH_DAO: {"opinions": 6, "arrivals": 4, "book": 2, "cards": 1},
    Role.QUAN_TRI: {"journal": 4, "people": 2, "book": 2, "cards": 4},
    Role.TRA_CUU: {},
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Notes:
    """What the people saw."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: Counter[str] = field(default_factory=Counter)
    sent: int = 0


@dataclass(slots=True)
class Somebody:
    """One person with his browser."""

    base: str
    account: str
    role: Role
    notes: Notes
    papers: list[str]
    chance: random.Random
    _cookies: dict[str, str] = field(default_factory=dict)
    _line: http.client.HTTPConnection | None = None

    def come_in(self) -> None:
        page = self.ask("(login page)", "GET", "/vao/")
        typed = {"account": self.account, "password": PASSWORD, "csrfmiddlewaretoken": _token(page)}
        self.ask("(login)", "POST", "/vao/", urlencode(typed).encode(), _FORM)

    def live(self, over: threading.Event, think_s: float) -> None:
        deeds = {**_ANYBODY, **_MORE[self.role]}
        names, weights = [*deeds], [*deeds.values()]
        while not over.wait(self.chance.expovariate(1 / think_s)):
            self.do(self.chance.choices(names, weights)[0])

    def do(self, deed: str) -> None:
        """What people do in one go; what leads on from a page asks for that page first."""
        if deed == "send":
            self._send()
        elif deed == "drop":
            found = re.findall(_DROP, self._get("cards", "/dang-xu-ly/"))
            if found:
                self._get(deed, found[0])
        else:
            headers = {"HX-Request": "true"} if deed in _PARTS else None
            self._get(deed, _ADDRESSES[deed].format(**self._choices()), headers)

    def _choices(self) -> dict[str, object]:
        pick, words = self.chance.choice, self.chance.choice(_WORDS)
        return {
            "query": quote(words),
            "begun": quote(words[: self.chance.randint(2, 8)]),
            "paper": pick(self.papers),
            "book": pick(("di", "den", "noi-bo", "sao")),
            "place": self.chance.randint(2_000, 70_000),
            "part": pick(("", "nam=2026", "truoc=30000", "ky-hieu=GGT")),
        }

    def _get(self, what: str, address: str, headers: dict[str, str] | None = None) -> str:
        return self.ask(what, "GET", address, None, headers)

    def _send(self) -> None:
        page = self._get("cards", "/dang-xu-ly/")
        self.notes.sent += 1
        record = json.dumps(person(3_000_000 + self.chance.randint(0, 10**6)), ensure_ascii=False)
        edge = "ranh-gioi"
        parts = [
            ("csrfmiddlewaretoken", "", _token(page)),
            ("kind", "", "gioi-thieu"),
            ("files", f"gt-{self.account}-{self.notes.sent}.json", record),
        ]
        body = "".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{f"; filename={chr(34)}{file}{chr(34)}" if file else ""}\r\n\r\n{value}\r\n'
            for name, file, value in parts
        )
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        self.ask("send", "POST", "/dang-xu-ly/gui/", f"{body}--{edge}--\r\n".encode(), headers)

    def ask(
        self,
        what: str,
        method: str,
        address: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> str:
        """One request; what came."""
        sent = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            **(headers or {}),
        }
        started = time.perf_counter()
        try:
            got, content = self._exchange(method, address, body, sent)
        except (OSError, http.client.HTTPException) as error:
            self._line = None
            self.notes.faults[f"{what}: {type(error).__name__}"] += 1
            return ""
        self.notes.times[what].append((time.perf_counter() - started) * 1000)
        for line in got.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        is_lost = got.status == 302 and "/vao/" in (got.headers["Location"] or "")
        if got.status >= 400 or is_lost:
            self.notes.faults[f"{what}: {got.status} {address[:60]}"] += 1
        return content.decode(errors="replace")

    def _exchange(
        self, method: str, address: str, body: bytes | None, sent: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """As a browser does: a kept line that the server has meanwhile closed, unused for long, is opened anew."""
        line, is_kept = self._line, self._line is not None
        self._line = line = line or http.client.HTTPConnection(self.base, timeout=60)
        try:
            line.request(method, address, body, sent)
            got = line.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            if not is_kept:
                raise
            self._line = None
            return self._exchange(method, address, body, sent)
        return got, got.read()


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_DROP = r'href="(/dang-xu-ly/[0-9a-z]{26}/)"'
#: Asked by the page itself.
_PARTS = {"complete", "view", "cards"}
_ADDRESSES = {
    "home": "/", "search": "/tra-cuu/?q={query}", "more": "/tra-cuu/?q={query}&tu-thu=20",
    "complete": "/tra-cuu/goi-y/?q={begun}", "paper": "/van-ban/{paper}/", "view": "/van-ban/{paper}/xem/",
    "picture": "/van-ban/{paper}/trang/1/1.png", "cards": "/dang-xu-ly/", "book": "/so/{book}/?{part}",
    "prints": "/in-an/", "outgoing": "/van-ban-di/", "arrivals": "/van-ban-den/", "older": "/van-ban-den/?truoc={place}",
    "copies": "/ban-sao/", "opinions": "/xin-y-kien/", "journal": "/quan-tri/nhat-ky/", "people": "/quan-tri/",
}  # fmt: skip


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return found[1] if found else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument(
        "--keep", type=Path, help="folder of the office, made where it is not there"
    )
    parser.add_argument(
        "--words", type=int, default=0, help="so many of each paper in the index; 0: all"
    )
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--rows", type=int, default=1000, help="of the workbook")
    parser.add_argument(
        "--think", type=float, default=3.0, help="seconds between two pages of one person"
    )
    parser.add_argument(
        "--no-bare",
        dest="bare",
        action="store_false",
        help="do not work the workbook without people first",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temp:
        office = make(options.keep or Path(temp) / "office", options.papers, words=options.words)
        with running_office(office) as (base, pid):
            return measure(office, base, pid, options)


def measure(office: Office, base: str, pid: int, options: argparse.Namespace) -> int:
    bare = work_workbook(office, options.rows) if options.bare else None
    notes, over = Notes(), threading.Event()
    crowd = [*come_in(base, office, notes, options.people)]
    notes.times = defaultdict(
        list, {name: some for name, some in notes.times.items() if name[0] == "("}
    )
    before = cpu_of(pid)
    started = time.monotonic()
    threads = [threading.Thread(target=one.live, args=(over, options.think)) for one in crowd]
    for thread in threads:
        thread.start()
    try:
        loaded = work_workbook(office, options.rows)
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=90)
    seconds = time.monotonic() - started
    spent = {name: after - before.get(name, 0.0) for name, after in cpu_of(pid).items()}
    return tell(notes, spent, seconds, (bare, loaded))


def come_in(base: str, office: Office, notes: Notes, count: int) -> Iterator[Somebody]:
    """The crowd, a mix of all roles as the staff is; one after another."""
    papers = real_papers(office)
    accounts = [one for one in staff() if one[0][-1].isdecimal()]
    chance = random.Random(3)
    chance.shuffle(accounts)
    for number in range(count):
        account, role = accounts[number % len(accounts)]
        somebody = Somebody(base, account, role, notes, papers, random.Random(number))
        somebody.come_in()
        yield somebody


def real_papers(office: Office) -> list[str]:
    """Papers with files that everybody may see."""
    with open_office(office.root, SystemClock()) as app:
        from pipeline.stores.registers.models import Document

        rows = app.registers.db.rows(Document).filter(kind__in=["gioi-thieu", "phieu-nhan-xet"])
        rows = rows.exclude(identity__regex=r"^\d+$").filter(archived_version=1)
        return [str(one) for one in rows.order_by("id").values_list("id", flat=True)[:500]]


def work_workbook(office: Office, rows: int) -> float | None:
    """Drop a workbook of new people; seconds until all of it lies in the archive and is answered, None when that took too long."""
    first = int(time.time()) * 7919 % 10**7 + 5_000_000
    name = f"danh sach {first}.xlsx"
    temp = inbox(office) / ".people.tmp"
    write_sheet(temp, [person(first + one) for one in range(rows)])
    temp.rename(inbox(office) / name)
    started = time.monotonic()
    with open_office(office.root, SystemClock()) as app:
        from pipeline.stores.registers.models import Receipt

        answered = app.registers.db.rows(Receipt).filter(source_name=name, state="answered")

        def is_over() -> bool:
            time.sleep(0.3)
            return answered.exists() or time.monotonic() - started > _LONGEST_S

        wait_until(is_over, seconds=_LONGEST_S + 60)
        return time.monotonic() - started if answered.exists() else None


@contextmanager
def running_office(office: Office) -> Iterator[tuple[str, int]]:
    """``vanthu run`` with all its processes; where its page is."""
    base = f"127.0.0.1:{free_port()}"
    told = office.root / "run.log"
    with told.open("w") as log:
        words = command(office, "run", "--host", "127.0.0.1", "--port", base.partition(":")[2])
        server = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_until(lambda: server.poll() is not None or answers(base), seconds=180)
        if server.poll() is not None:
            raise SystemExit(f"vanthu run ended: {told.read_text()[-2000:]}")
        yield base, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)


def answers(base: str) -> bool:
    try:
        line = http.client.HTTPConnection(base, timeout=5)
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except OSError:
        return False


def cpu_of(pid: int) -> dict[str, float]:
    """Seconds of CPU of the processes below *pid*, by their command; cells apart."""
    parents, spent, words = {}, {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            values = (folder / "stat").read_text().rpartition(")")[2].split()
            words[folder.name] = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        parents[folder.name] = values[1]
        spent[folder.name] = sum(map(int, values[11:15])) / os.sysconf("SC_CLK_TCK")
    told: dict[str, float] = defaultdict(float)
    for one, seconds in spent.items():
        line = [one]
        while line[-1] in parents and line[-1] != str(pid):
            line.append(parents[line[-1]])
        if line[-1] == str(pid) and len(line) > 1:
            top = words[line[-2]]
            verb = next(
                (word for word in ("watch", "work", "read", "keep", "web") if word in top), "?"
            )
            told[f"{verb} cell" if any("cell_child" in word for word in words[one]) else verb] += (
                seconds
            )
    return dict(told)


def tell(
    notes: Notes,
    spent: dict[str, float],
    seconds: float,
    workbook: tuple[float | None, float | None],
) -> int:
    asked = {name: some for name, some in notes.times.items() if name[0] != "("}
    every = [one for some in asked.values() for one in some]
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"load {load}; {os.cpu_count()} cores; {len(every)} requests in {seconds:.0f} s, {len(every) / seconds:.1f} a second"
    )
    print(f"{'page':14} {'asked':>6} {'p50 ms':>8} {'p95 ms':>8} {'worst':>8}")
    for name, some in [*sorted(notes.times.items()), ("all", every)]:
        print(
            f"{name:14} {len(some):6} {percentile(some, 0.5):8.0f} {percentile(some, 0.95):8.0f} {max(some, default=0):8.0f}"
        )
    print("CPU seconds: " + ", ".join(f"{name} {one:.1f}" for name, one in sorted(spent.items())))
    print(
        f"CPU of the web processes: {spent.get('web', 0.0) * 1000 / max(len(every), 1):.1f} ms a request"
    )
    bare, loaded = workbook
    print(
        f"workbook: {_seconds(bare)} without people, {_seconds(loaded)} with them; files sent {notes.sent}"
    )
    print(f"errors: {sum(notes.faults.values())} {dict(notes.faults.most_common(10))}")
    is_well = not notes.faults and percentile(every, 0.95) <= MOST_MS and loaded is not None
    return 0 if is_well else 1


def _seconds(value: float | None) -> str:
    return "not measured or not done in time" if value is None else f"{value:.0f} s"


if __name__ == "__main__":
    raise SystemExit(main())
