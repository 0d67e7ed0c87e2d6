"""Child commands in → all of them kept running until told to stop, one exit status out.

No threads, no database: it starts commands, waits for signals and starts again what fell over, later
each time. The children are the very commands of the systemd units, so that nothing runs only here.
Every child leads a process group of its own and dies with us (``PR_SET_PDEATHSIG``, see
:mod:`pipeline.supervised`); dying at any moment is safe by the order of durable acts.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

#: What a child says by its exit status that trying again cannot mend: damage (4), a wrong office file
#: (3), wrong usage (64). One such child stops all.
FINAL_STATUSES = frozenset({3, 4, 64})

_WATCHED = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
_WRAPPER = "pipeline.supervised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A command to keep running."""

    #: What the lines call it: ``work-1``.
    name: str
    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long we wait for what, in seconds."""

    #: Between SIGTERM and SIGKILL.
    drain_s: float = 20.0
    #: Before the first restart; doubled for each further one.
    first_delay_s: float = 0.5
    longest_delay_s: float = 60.0
    #: A child that ran this long was well: its next fall counts as the first.
    well_after_s: float = 30.0

    def delay_s(self, falls: int) -> float:
        """Seconds before the restart that follows the *falls*-th fall in a row."""
        return float(min(self.longest_delay_s, self.first_delay_s * 2 ** min(falls - 1, 30)))


@dataclass(slots=True, kw_only=True)
class _Running:
    """A child as it stands now."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0
    #: Moment of the next start, when there is no process.
    due: float = 0.0


@dataclass(slots=True, kw_only=True)
class _Crew:
    """All children, and what we need to look after them."""

    members: list[_Running]
    patience: Patience
    say: Callable[[str], None]
    environment: Mapping[str, str] | None
    #: Exit status of the run, once something ends it.
    verdict: int | None = field(default=None)


def run(
    children: Sequence[Child],
    *,
    say: Callable[[str], None] | None = None,
    patience: Patience | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Keep *children* running until SIGTERM, SIGINT or SIGHUP; then let them finish, and return.

    Args:
        children: Started in this order.
        patience: The usual one when not given.
        say: Told one plain line per event; stderr when not given.
        environment: For the children; ours when not given.
    Returns:
        0 after a stop that was asked for, or the status of the child that made going on useless
        (:data:`FINAL_STATUSES`).
    """
    crew = _Crew(
        members=[_Running(child=child) for child in children],
        patience=patience or Patience(),
        say=say or _say_on_stderr,
        environment=environment,
    )
    with _signals_held():
        try:
            while crew.verdict is None:
                _start_due(crew)
                asked = _wait(_next_due(crew))
                _reap(crew)
                if asked is not None:
                    crew.say(
                        f"Đang dừng ({asked.name}): chờ việc đang làm, không quá {crew.patience.drain_s:g} giây."
                    )
                    crew.verdict = 0
        finally:
            _drain(crew)
    return crew.verdict


def _say_on_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold the signals we wait for, so that none is lost between two waits."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_due(crew: _Crew) -> None:
    now = time.monotonic()
    for member in crew.members:
        if member.process is None and member.due <= now:
            _start(member, crew)


def _start(member: _Running, crew: _Crew) -> None:
    member.process = subprocess.Popen(
        [sys.executable, "-m", _WRAPPER, str(os.getpid()), *member.child.argv],
        stdin=subprocess.DEVNULL,
        # A Ctrl-C at the terminal is for us alone: we pass it on in order.
        start_new_session=True,
        env=None if crew.environment is None else dict(crew.environment),
    )
    member.started = time.monotonic()
    again = f" lại (lần {member.falls})" if member.falls else ""
    crew.say(f"{member.child.name}: chạy{again}, tiến trình {member.process.pid}.")


def _next_due(crew: _Crew) -> float | None:
    waiting = [member.due for member in crew.members if member.process is None]
    return min(waiting) if waiting else None


def _wait(until: float | None) -> signal.Signals | None:
    """Wait for a signal or the moment *until*; the signal, unless it only told of a child."""
    if until is None:
        number = signal.sigwaitinfo(_WATCHED).si_signo
    else:
        told = signal.sigtimedwait(_WATCHED, max(0.0, until - time.monotonic()))
        number = signal.SIGCHLD if told is None else told.si_signo
    return None if number == signal.SIGCHLD else signal.Signals(number)


def _reap(crew: _Crew) -> None:
    for member in crew.members:
        if member.process is not None and _has_ended(member.process):
            status = _bury(member.process)
            member.process = None
            _note_fall(member, status, crew)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it is over; it stays unreaped, so that its number is nobody else's yet."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _bury(process: subprocess.Popen[bytes]) -> int:
    """Reap it, after whatever it left behind in its process group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def _note_fall(member: _Running, status: int, crew: _Crew) -> None:
    ended = _describe(status)
    if status in FINAL_STATUSES:
        crew.say(
            f"{member.child.name}: {ended}. Chạy lại không sửa được việc này nên cả văn phòng dừng."
        )
        crew.verdict = status
        return
    was_well = time.monotonic() - member.started >= crew.patience.well_after_s
    member.falls = 1 if was_well else member.falls + 1
    delay = crew.patience.delay_s(member.falls)
    member.due = time.monotonic() + delay
    crew.say(f"{member.child.name}: {ended}. Chạy lại sau {delay:g} giây.")


def _describe(status: int) -> str:
    if status >= 0:
        return f"đã kết thúc, mã {status}"
    with suppress(ValueError):
        return f"bị ngắt bởi {signal.Signals(-status).name}"
    return f"bị ngắt bởi tín hiệu {-status}"


def _drain(crew: _Crew) -> None:
    """Ask all to finish, wait, and kill what is still there; a second stop signal ends the waiting."""
    for member in crew.members:
        if member.process is not None:
            member.process.terminate()
    deadline = time.monotonic() + crew.patience.drain_s
    while _bury_ended(crew) and time.monotonic() < deadline:
        if _wait(deadline) is not None:
            break
    for member in crew.members:
        if member.process is not None:
            crew.say(
                f"{member.child.name}: chưa xong, bị ngắt. Việc dở sẽ được làm tiếp khi chạy lại."
            )
            _bury(member.process)
            member.process = None
    crew.say("Đã dừng.")


def _bury_ended(crew: _Crew) -> bool:
    """Whether any child is still there."""
    for member in crew.members:
        if member.process is not None and _has_ended(member.process):
            status = _bury(member.process)
            member.process = None
            crew.say(f"{member.child.name}: {_describe(status)}.")
    return any(member.process is not None for member in crew.members)
