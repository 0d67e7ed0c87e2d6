"""A fork server: each line on stdin is one run of a role in a child, which may be killed at a system call.

Everything is imported once; the child's engines run in its own process, so that a run takes a fraction of a second.
A run waits until strace holds it, so its first call is counted too. The answer is one JSON line.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django.core.management  # noqa: F401 -- imported before the forks
import office_kit
from whoosh import index as _whoosh_index  # noqa: F401

from pipeline.app import Access, App, open_office
from pipeline.backup import backup_office
from pipeline.clock import SystemClock
from pipeline.engines.operations import OPERATIONS
from pipeline.issuing import Issue, issue_papers
from pipeline.keeper import keep_once
from pipeline.printing.following import follow_all
from pipeline.printing.giving import Order, print_papers
from pipeline.process_once import process_inbox
from pipeline.purge import finish_begun, purge_paper
from pipeline.sealing import seal_all
from pipeline.stores.registers.views import DocumentState
from pipeline.verify import verify_office
from pipeline.watch import watch
from pipeline.worker import work_until_idle

_ATTACH_S = 10.0
_LONGEST_S = 60


class HandCell:
    """Engines in this very process: the same functions, JSON in and JSON out."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def warm(self, *_: str) -> None:
        return None

    def call(self, operation: str, args: Any, **_limits: float) -> Any:
        module, _, function = OPERATIONS[operation].partition(":")
        answer = getattr(importlib.import_module(module), function)(json.loads(json.dumps(args)))
        return json.loads(json.dumps(answer))


@dataclass(frozen=True, slots=True, kw_only=True)
class HandApp(App):
    """An office whose engines need no child."""

    def new_cell(self) -> Any:
        return HandCell()


def act(role: str, root: Path) -> Any:
    """Do the whole of one role and say what it saw."""
    access = Access.ALONE if role == "purge" else Access.SHARED
    with open_office(root, SystemClock(), access=access) as opened:
        app = HandApp(**{one.name: getattr(opened, one.name) for one in fields(App)})
        match role:
            case "process":
                return [outcome.status for outcome in process_inbox(app, workers=1)]
            case "watch":
                watch(app, lambda: not office_kit.lying(app.office))
            case "work":
                work_until_idle(app, lambda: False)
            case "keep":
                keep_once(app)
            case "purge" | "backup" | "issue" | "print":
                DEEDS[role](app)
            case "prints":
                return follow_prints(app)
            case "look":
                return {
                    "verify": [f"{one.code} {one.detail}" for one in verify_office(app, deep=True)],
                    "unsound": office_kit.unsound(app),
                    "lying": office_kit.lying(app.office),
                    "numbers": office_kit.numbers(app),
                    "versions": [
                        paper.indexed_version
                        for piece in app.registers.dump()
                        for paper in piece.documents
                        if paper.number is not None
                    ],
                }
    return None


def purge_one(app: App) -> None:
    """Remove the first introduction, or finish what was begun, as the command does."""
    finish_begun(app)
    (paper,) = app.registers.find("01-GGT/VPTU")
    if paper.state is not DocumentState.PURGED:
        purge_paper(app, paper, ("Lan", "Minh"), "phải gỡ")
    seal_all(app)


def back_up(app: App) -> None:
    backup_office(app.office, app.office.root.with_name(f"{app.office.root.name}.usb"), app.clock)


def issue_drafts(app: App) -> None:
    """Give numbers to all drafts at once, then let the flow finish them."""
    drafts = [paper.id for paper in app.registers.waiting()]
    if drafts:
        issue_papers(drafts, Issue(person="Lan"), app)
    list(process_inbox(app, workers=1))


def print_all(app: App) -> None:
    """Every paper with a number, as one job on the office's printer."""
    papers = [p for piece in app.registers.dump() for p in piece.documents if p.number]
    print_papers(papers, Order(person="nguoi-dung:lan"), app)


def follow_prints(app: App) -> dict[str, Any]:
    """Ask the printer, and say what the books say."""
    follow_all(app)
    return {
        "states": [one.state.value for one in app.registers.prints(10)],
        "printed": len(app.registers.deeds("printed")),
    }


DEEDS = {"purge": purge_one, "backup": back_up, "issue": issue_drafts, "print": print_all}


def child(role: str, root: Path, go: int, out: int) -> None:
    """The forked side: wait for the word, act, answer, end without any clean-up of the server's."""
    status = 1
    try:
        signal.alarm(_LONGEST_S)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.read(go, 1)
        answer = {"value": act(role, root)}
        status = 0
    except BaseException:  # noqa: BLE001 -- told to whoever asked
        answer = {"trace": traceback.format_exc()}
    with contextlib.suppress(OSError):
        os.write(out, json.dumps(answer).encode())
    os._exit(status)


def run(asked: dict[str, Any]) -> dict[str, Any]:
    """Fork, trace, wait."""
    go_read, go_write = os.pipe()
    out_read, out_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(out_read)
        child(asked["role"], Path(asked["root"]), go_read, out_write)
    os.close(out_write)
    tracer = _trace(pid, asked["strace"]) if asked.get("strace") else None
    started = time.monotonic()
    os.write(go_write, b"x")
    if asked.get("kill_after_s") is not None:
        select.select([out_read], [], [], asked["kill_after_s"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    said = b""
    while chunk := os.read(out_read, 1 << 20):
        said += chunk
    _, status = os.waitpid(pid, 0)
    if tracer is not None:
        tracer.wait()
    for descriptor in (go_read, go_write, out_read):
        os.close(descriptor)
    told: dict[str, Any] = json.loads(said) if said else {}
    return told | {
        "killed": os.WIFSIGNALED(status),
        "status": status,
        "seconds": time.monotonic() - started,
    }


def _trace(pid: int, options: list[str]) -> subprocess.Popen[bytes]:
    tracer = subprocess.Popen(
        ["strace", "-qq", "-p", str(pid), *options], stderr=subprocess.DEVNULL, close_fds=True
    )
    deadline = time.monotonic() + _ATTACH_S
    while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
        if time.monotonic() > deadline or tracer.poll() is not None:
            raise RuntimeError("strace did not attach")
        os.sched_yield()
    return tracer


def main() -> None:
    for module in {value.partition(":")[0] for value in OPERATIONS.values()}:
        importlib.import_module(module)
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["role"] == "warm":
            # Here, before any fork: templates are compiled and fonts found once for all runs.
            act("process", Path(asked["root"]))
            answer: dict[str, Any] = {"status": 0}
        else:
            answer = run(asked)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
