"""What every command shares: the office it means, lines on stdout, talk on stderr."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from pipeline.app import Access, App, open_office
from pipeline.clock import SystemClock
from pipeline.plain import to_plain

RETURNED_STATUS = 2
DAMAGE_STATUS = 4
USAGE_STATUS = 64
WAITING_STATUS = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The global options."""

    root: Path


@contextmanager
def the_office(ctx: typer.Context, *, access: Access = Access.SHARED) -> Iterator[App]:
    """The office that the command is about, open."""
    settings: Settings = ctx.obj
    with open_office(settings.root, SystemClock(), access=access) as app:
        yield app


def say(text: str) -> None:
    """A line of talk."""
    sys.stderr.write(f"{text}\n")


def put(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def put_json(value: Any, *, indent: int | None = None) -> None:
    """A result as JSON: one line, or indented."""
    put(json.dumps(to_plain(value), ensure_ascii=False, indent=indent))


def stop_on_signals() -> Callable[[], bool]:
    """A question «shall I stop?» that SIGTERM and SIGINT answer with yes; the piece of work in hand is finished."""
    asked: list[int] = []

    def ask(number: int, _frame: object) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return lambda: bool(asked)
