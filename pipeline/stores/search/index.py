"""The search index of the office: papers in, answers out; derived data that mends itself by being made again."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.clock import Clock
from pipeline.durable import make_dirs, rename
from pipeline.errors.search import IndexBusy, IndexNotWritten, IndexUnusable
from pipeline.stores.search import engine
from pipeline.stores.search.analysis import Folder, Placer
from pipeline.stores.search.answering import Answerer
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.synonyms import Synonyms, shipped_groups
from pipeline.stores.search.values import EVERYTHING, Query, Results, Rights
from pipeline.stores.search.writer import IndexWriter

_log = logging.getLogger(__name__)

_LOCK_STEP_S = 0.05
_SET_ASIDE = ".hong-"
_BESIDE = ".moi"


class SearchIndex:
    """The index in one folder. Readers are free; writers take turns by :meth:`writer`.

    One object for one thread: it keeps files open and lets go of those a commit replaced.
    """

    def __init__(
        self, directory: Path, clock: Clock, *, synonyms: Sequence[Sequence[str]] = ()
    ) -> None:
        """*synonyms*: the office's own groups of phrases, beside those that come with the program."""
        self.directory = directory
        self._clock = clock
        self._folder = Folder()
        self._placer = Placer()
        self._synonyms = Synonyms((*shipped_groups(), *synonyms), self._folder)
        self._shelves: Shelves | None = None
        self._fault = ""
        #: Which folder :attr:`_shelves` was read from: another may have been put in its place.
        self._seen = 0

    def search(self, query: Query) -> Results:
        """The papers for *query*; any text is a valid one.

        Raises:
            IndexUnusable (T331): the index is missing, damaged or of another make.
        """
        started = time.perf_counter()
        shelves = self._current()
        with self._reading():
            answerer = Answerer(shelves, self._folder, self._placer, self._synonyms)
            answer = answerer.answer(query)
        found = answer.found
        took_ms = (time.perf_counter() - started) * 1000
        return Results(
            total=found.total,
            total_is_exact=found.is_exact,
            took_ms=round(took_ms, 2),
            suggestion=answer.suggestion,
            hits=found.hits,
            understood=answer.understood,
            counts=found.counts,
        )

    def complete(self, text: str, rights: Rights = EVERYTHING) -> tuple[str, ...]:
        """How a question that begins with *text* may go on, of what a person of these *rights* may see.

        At most ten ways, the likeliest first.

        Raises:
            IndexUnusable (T331): as :meth:`search`.
        """
        shelves = self._current()
        with self._reading():
            answerer = Answerer(shelves, self._folder, self._placer, self._synonyms)
            return answerer.complete(text, rights)

    def health(self, *, deep: bool = False) -> str:
        """Why the index must be made again, in Vietnamese; empty when it is well. *deep* reads every byte."""
        return self._fault or engine.wrong_with(self.directory, deep=deep)

    def needs_rebuild(self) -> bool:
        """Whether :meth:`reset` and indexing everything again is due."""
        return bool(self.health())

    def count(self) -> int:
        """Papers in the index."""
        return self._current().count

    def versions(self) -> dict[str, int]:
        """Document id → version indexed, of every paper: what ``verify`` compares."""
        shelves = self._current()
        with self._reading():
            return dict(shelves.stamp(number) for number in shelves.everyone())

    @contextmanager
    def writer(self, *, timeout_s: float = 30.0) -> Iterator[IndexWriter]:
        """The writer's role, for as many batches as needed.

        Raises:
            IndexBusy (T330): another process kept the role for *timeout_s*.
            IndexUnusable (T331): the index must be reset first.
        """
        with self._role(timeout_s):
            if reason := self.health():
                raise IndexUnusable(
                    f"index {self.directory} cannot be written: {reason}", reason=reason
                )
            yield IndexWriter(self.directory, self._current, self._folder)

    def reset(self, *, timeout_s: float = 30.0) -> Path | None:
        """Set what is there aside as ``index.hong-<time>`` (one is kept) and start empty.

        Returns:
            Where the old one lies now; None when there was nothing.
        """
        with self._role(timeout_s):
            self._forget()
            try:
                aside = self._set_aside()
                engine.create(self.directory)
            except OSError as error:
                raise IndexNotWritten(f"cannot reset {self.directory}: {error}") from error
            self._fault = ""
            _log.info("reset index directory=%s aside=%s", self.directory, aside)
            return aside

    def beside(self) -> SearchIndex:
        """The index that is made to take this one's place; this one answers until :meth:`adopt`."""
        return SearchIndex(self.directory.with_name(f"{self.directory.name}{_BESIDE}"), self._clock)

    def adopt(self, fresh: SearchIndex, *, timeout_s: float = 30.0) -> Path | None:
        """Put *fresh* in the place of this one; readers find it at their next question.

        The caller holds the writer's role of *fresh*. A sound old index is removed, another one set aside.

        Returns:
            Where the old one lies now; None when it was sound or there was none.
        Raises:
            IndexUnusable (T331): *fresh* is not whole; this one stays as it was.
        """
        if reason := fresh.health():
            raise IndexUnusable(f"index {fresh.directory}: {reason}", reason=reason)
        with self._role(timeout_s):
            was_sound = not self.health()
            self._forget()
            fresh.close()  # its files go elsewhere now
            try:
                aside = self._exchange(fresh.directory)
            except OSError as error:
                raise IndexNotWritten(f"cannot put {fresh.directory} in place: {error}") from error
            self._fault = ""
            if aside is not None and was_sound:
                shutil.rmtree(aside, ignore_errors=True)
                aside = None
            _log.info("new index in place directory=%s aside=%s", self.directory, aside)
            return aside

    def _exchange(self, fresh: Path) -> Path | None:
        aside = self._set_aside()
        if aside is None and self.directory.exists():
            # Nothing but what is not ours and hidden: it stays in the folder's new life.
            for path in self.directory.iterdir():
                path.rename(fresh / path.name)
            self.directory.rmdir()
        rename(fresh, self.directory)
        return aside

    def _current(self) -> Shelves:
        """The newest state; a listing of the folder when nothing changed."""
        generation, folder = engine.generation_of(self.directory), _folder_id(self.directory)
        if self._shelves is not None and generation < 0:
            # A new index may be on its way into the place: between two renames there is none.
            time.sleep(_LOCK_STEP_S)
            generation, folder = engine.generation_of(self.directory), _folder_id(self.directory)
        if self._shelves is not None and folder != self._seen:
            self._forget()
        if self._shelves is not None and generation == self._shelves.generation:
            return self._shelves
        if self._shelves is None and (reason := self.health()):
            raise IndexUnusable(
                f"index {self.directory}: {reason}", reason=reason + self._being_made()
            )
        self._seen = folder
        if generation < 0:
            self._forget()
            raise IndexUnusable(f"index {self.directory} has gone", reason="chưa có mục lục")
        try:
            self._shelves = Shelves(engine.contents(self.directory), self._shelves)
        except Exception:
            self._forget()
            # A commit may have taken the files away while we opened them; then the next state stands.
            if engine.generation_of(self.directory) > generation:
                return self._current()
            with self._reading():
                raise
        return self._shelves

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Tell damage from our own faults: a damaged segment raises anything, a whole one does not."""
        try:
            yield
        except Exception as error:
            self._forget()
            self._fault = engine.wrong_with(self.directory, deep=True)
            if not self._fault:
                raise
            raise IndexUnusable(
                f"cannot read index {self.directory}: {error!r}", reason=self._fault
            ) from error

    def _being_made(self) -> str:
        """How far the index is that will take the place of this one; empty when none is being made."""
        fresh = self.beside()
        if fresh.health():
            return ""
        try:
            return f"; đang dựng lại, đã được {fresh.count()} văn bản"
        except IndexUnusable:
            return ""
        finally:
            fresh.close()

    def close(self) -> None:
        """Let the files go; the next question opens them again."""
        self._forget()

    def _forget(self) -> None:
        if self._shelves is not None:
            self._shelves.close()
        self._shelves = None

    def _set_aside(self) -> Path | None:
        if not self.directory.exists() or all(
            path.name.startswith(".") for path in self.directory.iterdir()
        ):
            return None
        older = list(self.directory.parent.glob(f"{self.directory.name}{_SET_ASIDE}*"))
        stamp = self._clock.now().strftime("%Y%m%d-%H%M%S")
        target = self.directory.with_name(f"{self.directory.name}{_SET_ASIDE}{stamp}")
        for path in older:
            shutil.rmtree(path, ignore_errors=True)
        rename(self.directory, target)
        return target

    @contextmanager
    def _role(self, timeout_s: float) -> Iterator[None]:
        # Beside the folder, not in it: the folder may be deleted at any time, the role may not.
        path = self.directory.with_name(f".{self.directory.name}.khoa")
        try:
            make_dirs(path.parent)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise IndexNotWritten(f"cannot take the writer's role at {path}: {error}") from error
        try:
            until = time.monotonic() + timeout_s
            while not _try_lock(descriptor):
                if time.monotonic() >= until:
                    raise IndexBusy(
                        f"writer's role of {self.directory} not free after {timeout_s} s"
                    )
                time.sleep(_LOCK_STEP_S)
            yield
        finally:
            os.close(descriptor)


def _folder_id(directory: Path) -> int:
    try:
        return directory.stat().st_ino
    except OSError:
        return 0


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
