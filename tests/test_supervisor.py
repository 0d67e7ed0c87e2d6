"""The supervisor over dummy children: real processes, real signals."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.supervisor import Patience

REPOSITORY = Path(__file__).resolve().parent.parent
#: Never reached when things are well.
TOO_LONG_S = 30.0

#: Says it is up, then ends at once when asked to.
POLITE = (
    "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0));"
    "print('up', flush=True); signal.pause()"
)
#: Says it is up, hears nothing.
DEAF = (
    "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True);"
    "[signal.pause() for _ in iter(int, 1)]"
)


@contextmanager
def supervising(*codes: str, patience: str = "Patience()") -> Iterator[subprocess.Popen[str]]:
    """A supervisor in a process of its own, over Python children; its lines on stdout."""
    children = ", ".join(
        f"Child(name='c{index}', argv=(sys.executable, '-c', {code!r}))"
        for index, code in enumerate(codes)
    )
    program = textwrap.dedent(
        f"""
        import sys
        from pipeline.supervisor import Child, Patience, run
        say = lambda line: print(line, flush=True)
        sys.exit(run([{children}], say=say, patience={patience}))
        """,
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    # Its end closes the pipe: a test that waits in vain fails instead of hanging.
    watchdog = threading.Timer(TOO_LONG_S, process.kill)
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def read_until(process: subprocess.Popen[str], wanted: str, *, times: int = 1) -> list[str]:
    lines = []
    while times > 0 and (line := process.stdout.readline()):
        lines.append(line)
        # Two children may write into one line.
        times -= line.count(wanted)
    assert times <= 0, lines
    return lines


def pid_in(line: str) -> int:
    return int(line.rsplit(" ", 1)[1].rstrip(".\n"))


def gone(*pids: int) -> bool:
    return all(is_over(pid) for pid in pids)


def is_over(pid: int) -> bool:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], TOO_LONG_S)[0])
    finally:
        os.close(descriptor)


def test_a_stop_lets_the_children_finish_and_is_no_failure():
    with supervising(POLITE, POLITE) as supervisor:
        read_until(supervisor, "up", times=2)
        supervisor.send_signal(signal.SIGTERM)
        rest = supervisor.communicate(timeout=TOO_LONG_S)[0]

    assert supervisor.returncode == 0
    assert "c0: đã kết thúc, mã 0." in rest
    assert "c1: đã kết thúc, mã 0." in rest
    assert rest.endswith("Đã dừng.\n")


def test_a_child_that_does_not_hear_is_killed_after_the_wait():
    with supervising(DEAF, patience="Patience(drain_s=0.3)") as supervisor:
        started = read_until(supervisor, "up")[0]
        supervisor.send_signal(signal.SIGINT)
        rest = supervisor.communicate(timeout=TOO_LONG_S)[0]

    assert supervisor.returncode == 0
    assert "c0: chưa xong, bị ngắt" in rest
    assert gone(pid_in(started))


def test_a_second_stop_ends_the_waiting():
    with supervising(DEAF, patience="Patience(drain_s=1000)") as supervisor:
        read_until(supervisor, "up")
        supervisor.send_signal(signal.SIGTERM)
        read_until(supervisor, "Đang dừng")
        supervisor.send_signal(signal.SIGTERM)
        supervisor.communicate(timeout=TOO_LONG_S)

    assert supervisor.returncode == 0


def test_a_fallen_child_comes_back_later_each_time_and_the_others_go_on():
    with supervising(
        "raise SystemExit(1)", POLITE, patience="Patience(first_delay_s=0.01)"
    ) as supervisor:
        lines = read_until(supervisor, "chạy lại (lần 3)")

    text = "".join(lines)
    assert [text.count(f"Chạy lại sau {delay} giây") for delay in ("0.01", "0.02", "0.04")] == [
        1,
        1,
        1,
    ]
    assert "c1: đã kết thúc" not in text


def test_a_killed_child_comes_back_under_its_name():
    with supervising(POLITE, patience="Patience(first_delay_s=0.01)") as supervisor:
        first = read_until(supervisor, "up")[0]
        os.kill(pid_in(first), signal.SIGKILL)
        lines = read_until(supervisor, "up")

    assert any("c0: bị ngắt bởi SIGKILL" in line for line in lines)
    assert any("c0: chạy lại (lần 1)" in line for line in lines)


@pytest.mark.parametrize("status", [3, 4, 64])
def test_what_a_restart_cannot_mend_stops_the_whole_office_with_that_status(status):
    with supervising(POLITE, f"raise SystemExit({status})") as supervisor:
        text = supervisor.communicate(timeout=TOO_LONG_S)[0]

    assert supervisor.returncode == status
    assert f"c1: đã kết thúc, mã {status}. Chạy lại không sửa được" in text


def test_a_command_that_does_not_exist_says_so_and_ends_as_in_a_shell():
    ended = subprocess.run(
        [sys.executable, "-m", "pipeline.supervised", str(os.getpid()), "khong-co-lenh-nay"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 127
    assert ended.stderr.startswith("khong-co-lenh-nay: ")


def test_a_child_whose_parent_is_already_gone_does_not_start():
    not_our_number = os.getppid()
    ended = subprocess.run(
        [sys.executable, "-m", "pipeline.supervised", str(not_our_number), "true"],
        cwd=REPOSITORY,
        check=False,
    )

    assert ended.returncode == 128 + signal.SIGKILL


def test_children_die_with_a_killed_supervisor():
    with supervising(POLITE, DEAF) as supervisor:
        lines = read_until(supervisor, "up", times=2)
        supervisor.kill()
        supervisor.wait(timeout=TOO_LONG_S)
        pids = [pid_in(line) for line in lines if "chạy, tiến trình" in line]

        assert len(pids) == 2
        assert gone(*pids)


def test_what_a_dead_child_left_behind_is_swept():
    leaves_one_behind = (
        "import os, subprocess, sys;"
        "left = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']);"
        "print('left', left.pid, flush=True); os._exit(1)"
    )
    with supervising(leaves_one_behind, patience="Patience(first_delay_s=1000)") as supervisor:
        lines = read_until(supervisor, "Chạy lại sau")
        left = next(int(line.split()[1]) for line in lines if line.startswith("left"))

        assert gone(left)


def test_a_child_that_was_well_for_long_starts_counting_anew():
    with supervising(
        "raise SystemExit(1)",
        patience="Patience(first_delay_s=0.01, well_after_s=0)",
    ) as supervisor:
        lines = read_until(supervisor, "Chạy lại sau", times=3)

    assert "".join(lines).count("Chạy lại sau 0.01 giây") == 3


def test_delays_double_up_to_the_longest():
    patience = Patience(first_delay_s=1, longest_delay_s=5)

    assert [patience.delay_s(falls) for falls in (1, 2, 3, 4, 500)] == [1, 2, 4, 5, 5]
