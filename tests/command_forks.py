"""The command line as a process of its own, forked from one that has imported the program: importing it costs more than most commands.

Run as a script it is that one: it answers each line of JSON on its socket by a command, whose end it tells.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_LONGEST_S = 240
#: So often it looks whether the tests that began it are still there.
_LOOK_UP_S = 5.0
#: Loaded by whatever opens an office, once its settings are known.
_LATER = (
    "django.contrib.auth.hashers",
    "django.core.serializers.json",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.db.models",
    "django.http",
    "django.template",
    "django.urls",
    "numpy",
    "zoneinfo",
)


def run_command(words: Sequence[str], env: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """Run ``vanthu`` with *words*; its exit status (negative: the signal), and what it wrote to stdout and stderr."""
    with tempfile.TemporaryDirectory(prefix="vanthu-ran-") as folder, _line() as line:
        out, err = Path(folder) / "out", Path(folder) / "err"
        asked = {"words": [*words], "env": {**env}, "out": str(out), "err": str(err)}
        line.sendall(json.dumps(asked).encode("utf-8", "surrogateescape") + b"\n")
        with line.makefile("rb") as told:
            answer = told.readline()
        assert answer, "the process that runs commands is gone"
        return os.waitstatus_to_exitcode(int(answer)), out.read_bytes(), err.read_bytes()


@contextlib.contextmanager
def _line() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_LONGEST_S)
        line.connect(_server())
        yield line


@functools.cache
def _server() -> str:
    """Where the process of this test process listens."""
    folder = Path(tempfile.mkdtemp(prefix="vanthu-forks-"))
    path = str(folder / "s")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(16)
        process = subprocess.Popen(
            [sys.executable, __file__, str(listening.fileno())],
            cwd=_ROOT,
            pass_fds=(listening.fileno(),),
            env=os.environ | {"PYTHONPATH": str(_ROOT)},
        )
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(process.kill)
    return path


# --- the process that has imported everything ---


def serve(number: int) -> None:
    """Fork a process for every line that is opened, until killed or left alone."""
    for name in _modules():
        # What cannot be imported before the office is known is imported when it is.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    parent = os.getppid()
    with socket.socket(fileno=number) as listening:
        listening.settimeout(_LOOK_UP_S)
        while os.getppid() == parent:
            try:
                line, _ = listening.accept()
            except TimeoutError:
                continue
            if os.fork() == 0:
                listening.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _answer(line)
                os._exit(0)
            line.close()


def _modules() -> Iterator[str]:
    import pipeline.cli

    yield from _LATER
    for package in pipeline.cli, pipeline:
        for one in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if not one.name.endswith("__main__"):
                yield one.name


def _answer(line: socket.socket) -> None:
    """One command in a child; how it ended goes back on *line*."""
    asked = json.loads(line.makefile("rb").readline().decode("utf-8", "surrogateescape"))
    child = os.fork()
    if child == 0:
        line.close()
        os._exit(_ran(asked))
    _, status = os.waitpid(child, 0)
    line.sendall(b"%d\n" % status)


def _ran(asked: dict[str, object]) -> int:
    """As ``python -m pipeline.cli`` does it; the exit status."""
    from pipeline.cli.main import main

    opened = (
        os.open(os.devnull, os.O_RDONLY),
        os.open(str(asked["out"]), os.O_WRONLY | os.O_CREAT, 0o600),
        os.open(str(asked["err"]), os.O_WRONLY | os.O_CREAT, 0o600),
    )
    for target, source in enumerate(opened):
        os.dup2(source, target)
        os.close(source)
    environment = asked["env"]
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv[1:] = asked["words"]  # type: ignore[assignment]
    status = 1
    try:
        status = main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- as the interpreter ends a program
        sys.excepthook(*sys.exc_info())
    finally:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
    return status


if __name__ == "__main__":
    serve(int(sys.argv[1]))
