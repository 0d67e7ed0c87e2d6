"""What every command shares: the office it means, lines on stdout, talk on stderr."""

from __future__ import annotations

import getpass
import json
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.app import Access, App, open_office, refuse_if_behind
from pipeline.cli.vietnamese import Unsaid
from pipeline.clock import OFFICE_ZONE, SystemClock, monotonic_ms
from pipeline.errors.base import ON_SCREEN
from pipeline.plain import to_plain
from pipeline.vietnamese import fold, parse_date

RETURNED_STATUS = 2
DAMAGE_STATUS = 4
USAGE_STATUS = 64
WAITING_STATUS = 75
_PROGRESS_MS = 200


#: Whose deed it is, on every command that changes something.
Person = Annotated[
    str,
    typer.Option(
        "--person",
        help="Người làm việc này, ghi vào nhật ký; để trống: hỏi, không hỏi được thì ghi tài khoản đang dùng máy.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The global options."""

    root: Path


@contextmanager
def the_office(
    ctx: typer.Context, *, access: Access = Access.SHARED, for_deed: bool = False
) -> Iterator[App]:
    """The office that the command is about, open.

    Args:
        for_deed: The command writes in the books: not into registers that are older than the journal, where a number
            would be given a second time and the deed be lost with the merge.
    """
    settings: Settings = ctx.obj
    with open_office(settings.root, SystemClock(), access=access) as app:
        if for_deed:
            refuse_if_behind(app)
        yield app


def acting_person(given: str) -> str:
    """Who does it: the person named, else who says so at the terminal.

    Enter there, or nobody to ask, takes the account at the machine, as for dropped files: that it ran is a fact.
    """
    account = _account()
    if not given.strip() and sys.stdin.isatty():
        given = _answer("Người làm việc này", account)
        given = "" if given.strip() == account else given
    return given.strip() or account_person()


def account_person() -> str:
    """The account at the machine, for what is only looked at and still written down."""
    return f"nguoi-dung:{_account()}"


def _account() -> str:
    return os.environ.get("SUDO_USER") or getpass.getuser()


def asked(value: str, option: str, question: str) -> str:
    """*value*, or what the person at the terminal answers; nothing is guessed.

    Raises:
        Unsaid: nothing was said and nobody can be asked.
    """
    while not value.strip() and sys.stdin.isatty():
        value = _answer(question[:1].upper() + question[1:])
    if not value.strip():
        raise Unsaid(question, param_hint=option)
    return value.strip()


def agreed(question: str) -> bool | None:
    """Whether the person at the terminal says yes; None where nobody can be asked."""
    if not sys.stdin.isatty():
        return None
    return fold(_answer(f"{question} Gõ «co» để đồng ý", "khong")) in {"c", "co", "y", "yes"}


def _answer(question: str, usual: str = "") -> str:
    """What is typed at the terminal, *usual* for an empty line; asked on stderr, so that stdout has results alone."""
    sys.stderr.write(f"{question} [{usual}]: " if usual else f"{question}: ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise typer.Abort
    return line.strip() or usual


def a_day(text: str, option: str) -> date | None:
    """The day that was typed, None where nothing was.

    Raises:
        typer.BadParameter: it is none.
    """
    if not text.strip():
        return None
    day = parse_date(text)
    if day is None:
        raise typer.BadParameter("cần một ngày, ví dụ 09/01/2026", param_hint=option)
    return day


def office_time(at_s: float | None = None) -> str:
    """The time of a line in the window, now or *at_s*, by the people's clock: the machine's may be another."""
    at = datetime.fromtimestamp(time.time() if at_s is None else at_s, OFFICE_ZONE)
    return at.isoformat(timespec="seconds").partition("T")[2]


class ForDevelopers(logging.Formatter):
    """Log lines as they are, with day, time and offset before them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is shown."""
        at = datetime.fromtimestamp(record.created, OFFICE_ZONE)
        shown = at.isoformat(sep=" ", timespec="milliseconds")
        return f"{shown} {super().format(record)}"


class OnScreen(logging.Formatter):
    """Log lines for whoever sits before the running office: in Vietnamese where the line has words for them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is shown, with its time and offset before it."""
        words = getattr(record, ON_SCREEN, "")
        at = office_time(record.created)
        if words:
            return f"{at}  {words}"
        return f"{at}  Chi tiết kỹ thuật, dành cho người hỗ trợ: {super().format(record)}"


def is_for_screen(record: logging.LogRecord) -> bool:
    """Whether whoever sits there can do anything with a line: what libraries warn of is for developers."""
    return record.name.startswith("pipeline") or record.levelno >= logging.ERROR


def say(text: str) -> None:
    """A line of talk."""
    sys.stderr.write(f"{text}\n")


def put(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def put_json(value: Any) -> None:
    """A result as JSON on one line."""
    put(json.dumps(to_plain(value), ensure_ascii=False))


def progress(label: str) -> Callable[[int, str], None]:
    """A counter on stderr for work that takes longer than a moment; silent where nobody watches."""
    if not sys.stderr.isatty():
        return lambda _done, _place: None
    last = [0]

    def show(done: int, place: str) -> None:
        now = monotonic_ms()
        if now - last[0] >= _PROGRESS_MS:
            last[0] = now
            sys.stderr.write(f"\r{label}: {done:,} {place[-40:]:40}")
            sys.stderr.flush()

    return show


def stop_on_signals() -> Callable[[], bool]:
    """A question «shall I stop?» that SIGTERM and SIGINT answer with yes; the piece of work in hand is finished."""
    asked: list[int] = []

    def ask(number: int, _frame: object) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return lambda: bool(asked)


def program_typed() -> str:
    """What people type to call the program: it is seldom on the path."""
    return os.environ.get("VANTHU_PROGRAM") or ("vanthu" if shutil.which("vanthu") else sys.argv[0])
