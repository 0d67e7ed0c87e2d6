"""The inbox → receipts: the process behind ``vanthu watch``.

watchdog only wakes us up; that no file is forgotten is guaranteed by looking at the whole inbox, at start, after each
event, and every minute.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from pipeline.app import App, refuse_if_behind
from pipeline.clock import monotonic_ms
from pipeline.engines.cell import Cell
from pipeline.errors.base import RecordRejected, TemporaryFailure, on_screen, shown_as
from pipeline.errors.cell import CellKilled, CellTimeout
from pipeline.errors.intake import (
    FileChangedWhileRead,
    InboxMissing,
    KilledItsWorker,
)
from pipeline.filesystems import is_network_share
from pipeline.flow import receive
from pipeline.inbox.folders import TAKEN_FOLDER, Drop, Listing, ensure_folders, list_inbox
from pipeline.inbox.readiness import QuietWatch, Signature
from pipeline.inbox.recovery import recover
from pipeline.inbox.secret_notes import (
    Doubt,
    Secret,
    error_of,
    keep_secrets,
    signature_of,
    tell_secrets,
)
from pipeline.inbox.told_on_screen import turned_away_line
from pipeline.inbox.turning_away import turn_away_drop, turn_away_stray
from pipeline.record import ReceiptId
from pipeline.steps.intake import Refusal
from pipeline.worker import MOST_KILLS, Tell, tell_nobody

log = logging.getLogger(__name__)

_RESCAN_S = 60.0
_MS = 1000
#: After the first, second … failure of one file at the door.
_RETRY_S = (1.0, 3.0, 10.0, 30.0)
#: A record whose paper does not come is given back after this many times ``sidecar_wait``.
_LONE_PATIENCE = 10


@dataclass(slots=True)
class Door:
    """Looks at the inbox and takes in what is ready; remembers what it has seen between looks."""

    app: App
    cell: Cell
    #: ``process``: whoever calls says that nobody is dropping files any more.
    at_once: bool = False
    #: What there was no time to look at is looked at again so long after the first look, the second …; then the clerk says.
    look_again_s: tuple[float, ...] = (300.0, 1200.0, 3600.0)
    _quiet: QuietWatch = field(default_factory=QuietWatch)
    _secret: dict[Path, Secret] = field(default_factory=dict)
    #: What the notes in the folders say; None before the first look.
    _told: tuple[Secret, ...] | None = None
    _troubles: dict[Path, _Trouble] = field(default_factory=dict)

    def look(self, closed: frozenset[Path] = frozenset()) -> Look:
        """Take in everything that is ready.

        Args:
            closed: Files of which we were told that their writer has closed them.
        Raises:
            InboxMissing (T362): the share is gone.
        """
        office = self.app.office
        if not office.inbox_dir.is_dir():
            raise InboxMissing(f"no inbox at {str(office.inbox_dir)!r}")
        ensure_folders(office, self.app.folders)
        listing = list_inbox(office, self.app.folders)
        seen = Look()
        for path in listing.strays:
            self._answer_stray(path, seen)
        for drop in (*listing.drops, *self._overdue(listing, seen)):
            self._take(drop, closed, seen)
        self._forget(listing)
        self._tell_of_secrets(listing)
        return seen

    def _answer_stray(self, path: Path, seen: Look) -> None:
        if not self._is_quiet(path):
            seen.waiting.append(path)
            return
        try:
            error = turn_away_stray(path, self.app.office, self.app.folders)
        except OSError as failure:
            _left_lying(path, failure)
            seen.waiting.append(path)
        else:
            seen.turned_away.append((path, error))

    def _overdue(self, listing: Listing, seen: Look) -> list[Drop]:
        """Records without their paper, once it has been waited for."""
        patience = self.app.office.limits.sidecar_wait_s * _LONE_PATIENCE
        ready = []
        for drop in listing.lone_records:
            if self._is_quiet(drop.path, seconds=patience) or self._is_late_record(drop):
                ready.append(drop)
            else:
                seen.waiting.append(drop.path)
        return ready

    def _is_late_record(self, drop: Drop) -> bool:
        return bool(self.app.registers.by_source(drop.kind, drop.path.stem))

    def _take(self, drop: Drop, closed: frozenset[Path], seen: Look) -> None:
        known = self._secret.get(drop.path)
        if (
            known is not None
            and known.files == _signatures(drop)
            and not self._may_look_again(known)
        ):
            return
        stills = [self._is_quiet(path) for path in drop.files]  # each begins to be watched
        is_quiet = all(stills)
        may_be_whole = is_quiet or self._may_hurry(drop, closed)
        if not may_be_whole or not self._has_its_record(drop):
            seen.waiting.append(drop.path)
            return
        trouble = self._trouble_with(drop)
        if trouble is not None and monotonic_ms() < trouble.again_at_ms:
            seen.waiting.append(drop.path)
            seen.failures.append((drop, trouble.error))
            return
        try:
            outcome = receive(drop, self.app, self.cell, patient=is_quiet)
        except RecordRejected as error:
            self._turn_away(drop, error, seen)
        except TemporaryFailure as error:
            self._put_off(drop, error, seen)
        except OSError as error:
            _left_lying(drop.path, error)
            seen.waiting.append(drop.path)
        else:
            self._troubles.pop(drop.path, None)
            self._note(drop, outcome, seen)

    def _may_look_again(self, known: Secret) -> bool:
        """Whether the machine was busy when that one was looked at, and may be less so now."""
        if known.why is not Doubt.UNLOOKED or known.looks > len(self.look_again_s):
            return False
        return monotonic_ms() - known.at_ms >= self.look_again_s[known.looks - 1] * _MS

    def _turn_away(self, drop: Drop, error: RecordRejected, seen: Look) -> None:
        try:
            turn_away_drop(drop, error, self.app.office)
        except OSError as failure:
            _left_lying(drop.path, failure)
            seen.waiting.append(drop.path)
        else:
            seen.turned_away.append((drop.path, error))

    def _put_off(self, drop: Drop, error: TemporaryFailure, seen: Look) -> None:
        """Try again later and ever more seldom; what killed its cell twice goes back to its clerk."""
        trouble = self._trouble_with(drop) or _Trouble(error=error, met=_signatures(drop))
        trouble.error = error
        trouble.kills += isinstance(error, CellTimeout | CellKilled)
        trouble.again_at_ms = monotonic_ms() + int(trouble.next_delay_s() * _MS)
        self._troubles[drop.path] = trouble
        if trouble.kills >= MOST_KILLS:
            twice = KilledItsWorker.at(
                "killed its cell twice at the door", file=drop.path.name, suffix=drop.suffix
            )
            self._turn_away(drop, twice, seen)
            return
        # Of this one it is known that it bears no mark; the name of another may be secret itself.
        name = drop.path.name if isinstance(error, FileChangedWhileRead) else ""
        log.warning("waits in the inbox: %s", error, extra=on_screen(error, name))
        seen.waiting.append(drop.path)
        seen.failures.append((drop, error))

    def _trouble_with(self, drop: Drop) -> _Trouble | None:
        """What went wrong with these very files; other content under the name begins anew."""
        trouble = self._troubles.get(drop.path)
        return trouble if trouble is not None and trouble.met == _signatures(drop) else None

    def _note(self, drop: Drop, outcome: ReceiptId | Refusal, seen: Look) -> None:
        match outcome:
            case Refusal.UNFINISHED:
                seen.waiting.append(drop.path)
            case Refusal.GONE:
                pass
            case Refusal() as refusal:
                why, files = Doubt(refusal), _signatures(drop)
                before = self._secret.get(drop.path)
                looks = before.looks + 1 if before is not None and before.files == files else 1
                self._secret[drop.path] = Secret(
                    kind=drop.kind, files=files, why=why, looks=looks, at_ms=monotonic_ms()
                )
                error = error_of(drop.kind, why)
                log.warning(
                    "%s left where it lies, in a folder of kind=%s",
                    error.code,
                    drop.kind,
                    extra=on_screen(error),
                )
                seen.secret.append((drop, error))
            case receipt_id:
                self._secret.pop(drop.path, None)
                seen.received.append(ReceiptId(receipt_id))

    def _may_hurry(self, drop: Drop, closed: frozenset[Path]) -> bool:
        """Whether wholeness of the format may speak for the file before it has been quiet."""
        if drop.suffix == ".csv":
            return False
        # Of a folder nobody says that all its files are there: it must have been quiet as a whole.
        return self.at_once or (drop.bundle is None and drop.path in closed)

    def _has_its_record(self, drop: Drop) -> bool:
        """Whether the record beside a paper is there, or has been waited for long enough."""
        may_have_one = self.app.folders[drop.kind].source in {"paper", "signed"}
        if not may_have_one or drop.companion is not None:
            return True
        return self._is_quiet(drop.path, seconds=self.app.office.limits.sidecar_wait_s)

    def _is_quiet(self, path: Path, *, seconds: float | None = None) -> bool:
        signature = signature_of(path)
        if signature is None:
            return False
        watched_ms = self._quiet.quiet_ms(path, signature)
        wanted_s = self.app.office.limits.quiet_s if seconds is None else seconds
        if self.at_once and seconds is not None:
            return True
        age_s = self.app.clock.now().timestamp() - signature.status_changed_s
        return max(watched_ms / _MS, age_s) >= wanted_s

    def _tell_of_secrets(self, listing: Listing) -> None:
        """Notes in the folders, and what the page knows, as it is now."""
        now, office = tuple(self._secret.values()), self.app.office
        if now == self._told:
            return
        lying = {drop.kind for drop in listing.drops if drop.path not in self._secret}
        for kind in self.app.folders:
            there = [one for one in now if one.kind == kind]
            tell_secrets(kind, there, office, is_looked_through=kind not in lying)
        keep_secrets(now, office)
        # A file that is not looked at yet may be of those that an old note speaks of.
        self._told = now if not lying else self._told

    def _forget(self, listing: Listing) -> None:
        there = {path for drop in (*listing.drops, *listing.lone_records) for path in drop.files}
        there.update(listing.strays)
        self._quiet.keep_only(there)
        for known in (self._secret, self._troubles):
            for path in known.keys() - there:
                del known[path]


@dataclass(slots=True)
class Look:
    """What one look at the inbox did."""

    received: list[ReceiptId] = field(default_factory=list)
    turned_away: list[tuple[Path, RecordRejected]] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)
    secret: list[tuple[Drop, RecordRejected]] = field(default_factory=list)
    failures: list[tuple[Drop, TemporaryFailure]] = field(default_factory=list)


@dataclass(slots=True)
class _Trouble:
    """A file that could not be taken in, and when to try again."""

    error: TemporaryFailure
    #: The files as they were then.
    met: tuple[Signature | None, ...]
    failures: int = 0
    kills: int = 0
    again_at_ms: int = 0

    def next_delay_s(self) -> float:
        """How long to wait after one more failure."""
        self.failures += 1
        return _RETRY_S[min(self.failures, len(_RETRY_S)) - 1]


def _left_lying(path: Path, error: OSError) -> None:
    """Another process was faster, or the share is in trouble: the next look sees how it stands."""
    if not isinstance(error, FileNotFoundError):
        folder = path.parent.name
        told = shown_as(f"Chưa lấy được một tệp trong thư mục «{folder}»; chương trình sẽ thử lại.")
        log.warning("waits in the inbox: %s of %s", error.strerror, folder, extra=told)


class _Bell(FileSystemEventHandler):
    """Collects files whose writer has closed them, and rings; deaf to what we write ourselves."""

    def __init__(self, own_folders: frozenset[str]) -> None:
        self._own_folders = own_folders
        self.rung = threading.Event()
        self._closed: set[Path] = set()
        self._lock = threading.Lock()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in {"closed_no_write", "opened"}:
            return
        path = Path(str(event.dest_path or event.src_path))
        if not self._own_folders.isdisjoint(path.parts):
            return
        if event.event_type in {"closed", "moved"} and not event.is_directory:
            with self._lock:
                self._closed.add(path)
        self.rung.set()

    def take(self) -> frozenset[Path]:
        """The files closed since the last call."""
        with self._lock:
            closed, self._closed = frozenset(self._closed), set()
        return closed


def watch(app: App, should_stop: Callable[[], bool], tell: Tell = tell_nobody) -> None:
    """Take in what is dropped until told to stop.

    Args:
        tell: Told one line of each file that is given back at the door.
    """
    refuse_if_behind(app)
    recover(app.office, app.folders, app.registers)
    ensure_folders(app.office, app.folders)
    folders = app.office.folders
    bell = _Bell(frozenset({folders.results, folders.returned, TAKEN_FOLDER}))
    observer = PollingObserver() if is_network_share(app.office.inbox_dir) else Observer()
    observer.schedule(bell, str(app.office.inbox_dir), recursive=True)
    observer.start()
    try:
        with app.new_cell() as cell:
            cell.warm("tables.read", "paper.look")
            _watch(Door(app, cell), bell, should_stop, tell)
    finally:
        observer.stop()
        observer.join()


def _watch(door: Door, bell: _Bell, should_stop: Callable[[], bool], tell: Tell) -> None:
    closed: frozenset[Path] = frozenset()
    rescan_at = 0
    while not should_stop():
        waiting = True
        try:
            seen = door.look(closed)
            waiting = bool(seen.waiting)
            for path, error in seen.turned_away:
                name = path.relative_to(door.app.office.inbox_dir).as_posix()
                tell(turned_away_line(name, error))
        except InboxMissing as error:
            log.warning("%s", error, extra=on_screen(error))
        rescan_at = monotonic_ms() + int(_RESCAN_S * _MS)
        wait_s = 0.5 if waiting else 1.0
        while not should_stop() and not bell.rung.wait(wait_s) and not waiting:
            if monotonic_ms() >= rescan_at:
                break
        bell.rung.clear()
        closed = bell.take() | (closed if waiting else frozenset())


def _signatures(drop: Drop) -> tuple[Signature | None, ...]:
    return tuple(signature_of(path) for path in drop.files)
