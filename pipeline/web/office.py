"""The one office that this process serves, and the engines its pages share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pipeline.app import App
from pipeline.engines.cell import Cell
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import EVERYTHING, Query, Results, Rights


class SharedIndex(SearchIndex):
    """The index for many threads: one asks at a time, which costs nothing where all share one core."""

    def share(self) -> SharedIndex:
        """Make ready."""
        self._turn = threading.Lock()
        return self

    def search(self, query: Query) -> Results:
        """As :meth:`SearchIndex.search`."""
        with self._turn:
            return super().search(query)

    def complete(self, text: str, rights: Rights = EVERYTHING) -> tuple[str, ...]:
        """As :meth:`SearchIndex.complete`."""
        with self._turn:
            return super().complete(text, rights)


_Kept = TypeVar("_Kept")


class Memory:
    """What costs too much to be found out for every page: kept for some seconds in this process.

    One at a time finds a thing out. Meanwhile the others are told what was known before, and wait for him only where
    nothing was; who asks for other things never waits.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kept: dict[str, tuple[float, Any]] = {}
        self._turns: dict[str, threading.Lock] = {}

    def get(self, name: str, seconds: float, make: Callable[[], _Kept]) -> _Kept:
        """What *make* said at most so many seconds ago, and as much longer as it takes to ask it again."""
        with self._turn:
            until, value = self._kept.get(name, (0.0, None))
            turn = self._turns.setdefault(name, threading.Lock())
            is_known = name in self._kept
        known: _Kept = value
        if time.monotonic() < until or not turn.acquire(blocking=not is_known):
            return known
        try:
            with self._turn:
                until, value = self._kept.get(name, (0.0, None))
            known = value
            if time.monotonic() >= until:
                known = make()
                with self._turn:
                    self._kept[name] = (time.monotonic() + seconds, known)
            return known
        finally:
            turn.release()

    def forget(self) -> None:
        """Find everything out anew."""
        with self._turn:
            self._kept.clear()


@dataclass(slots=True, kw_only=True)
class Serving:
    """An office with what its pages share."""

    app: App
    #: Draws pages and previews, one after another.
    cell: Cell
    memory: Memory = field(default_factory=Memory)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def draw(self, operation: str, args: Mapping[str, Any], *, seconds: float) -> Any:
        """Call the cell; others wait meanwhile."""
        with self._turn:
            return self.cell.call(operation, args, seconds=seconds)

    @contextmanager
    def cell_alone(self) -> Iterator[Cell]:
        """The cell, for a longer piece of work."""
        with self._turn:
            yield self.cell


_SERVED: list[Serving] = []


@contextmanager
def serving(app: App) -> Iterator[Serving]:
    """Serve *app* in this process until the block ends."""
    index = SharedIndex(app.office.index_dir, app.clock, synonyms=app.office.synonyms).share()
    with app.new_cell() as cell:
        served = Serving(app=replace(app, search=index), cell=cell)
        _SERVED.append(served)
        try:
            yield served
        finally:
            _SERVED.remove(served)


def served() -> Serving:
    """What this process serves."""
    return _SERVED[-1]


def body_named(symbol: str) -> str:
    """The body's full name where the office file has that symbol; else the text as it is."""
    bodies = [body for body in office().office.bodies if body.symbol == symbol]
    return bodies[-1].full_name if bodies else symbol


def office() -> App:
    """The office that this process serves."""
    return served().app
