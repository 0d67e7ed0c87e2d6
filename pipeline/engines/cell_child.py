"""The child's side of a cell: shuts itself in, then answers one JSON frame with one JSON frame.

Started only by ``cell``: ``python -m pipeline.engines.cell_child READ_FD WRITE_FD PARENT MEMORY TABLE``.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import math
import os
import platform
import resource
import shutil
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pipeline.engines.operations import OPERATIONS
from pipeline.errors.base import VanthuError

_HEAD = struct.Struct(">I")
_MAX_FRAME_BYTES = 128 << 20
_MAX_FILE_BYTES = 2 << 30
_MAX_OPEN_FILES = 1024
#: CPU seconds beyond the wall limit: the parent is the one who kills, this is for when it cannot.
_CPU_GRACE_S = 10
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
#: Machine → (AUDIT_ARCH, socket, ptrace): linux/audit.h and each machine's system call table.
_MACHINES = {"x86_64": (0xC000003E, 41, 101), "aarch64": (0xC00000B7, 198, 117)}
#: io_uring_setup has one number everywhere; a ring opens sockets past any filter on socket(2).
_IO_URING_SETUP = 425

#: Calls after which what lives is taken as there to stay: by then the first sheets of a kind were made.
_FREEZE_AFTER = frozenset((1, 3, 9))

Operation = Callable[[dict[str, Any]], Any]


def main(arguments: list[str]) -> None:
    """Shut in, then serve until the parent closes its end."""
    read_fd, write_fd, parent, memory_bytes = map(int, arguments[:4])
    table = _load_table(arguments[4])
    for descriptor in (read_fd, write_fd):
        os.set_inheritable(descriptor, False)
    libc = ctypes.CDLL(None, use_errno=True)
    _die_with(parent, libc)
    _limit(memory_bytes)
    _refuse_network(libc)
    # a service manager's SIGTERM is for the worker, who first finishes the paper in hand
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(read_fd, "rb") as requests, os.fdopen(write_fd, "wb") as answers:
        _serve(requests, answers, table)


def _serve(requests: Any, answers: Any, table: Mapping[str, str]) -> None:
    find = _Finder(table)
    temp_dir = Path(os.environ["TMPDIR"])
    calls = 0
    while len(head := requests.read(_HEAD.size)) == _HEAD.size:
        request = json.loads(requests.read(_HEAD.unpack(head)[0]))
        answer = _encode(_answer(request, find))
        _clear(temp_dir)
        answers.write(_HEAD.pack(len(answer)) + answer)
        answers.flush()
        calls += 1
        if calls in _FREEZE_AFTER:
            # Fonts, stylesheets and compiled templates stay, too: walking them costs an eighth of every sheet.
            gc.collect()
            gc.freeze()


def _answer(request: dict[str, Any], find: _Finder) -> dict[str, Any]:
    try:
        _limit_cpu(request["seconds"], 0 if request["is_work"] else _CPU_GRACE_S)
        if request["op"] == "warm":
            for name in request["args"]["operations"]:
                find(name)
            return {"value": None}
        return {"value": find(request["op"])(request["args"])}
    except VanthuError as error:
        return {"error": _told(error)}
    except MemoryError:
        return {"memory": True}
    except Exception:  # noqa: BLE001 -- whatever an engine throws must reach the parent as a word
        return {"trace": traceback.format_exc(limit=-12)}


class _Finder:
    """Operations by name, imported when first asked for."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = table
        self._known: dict[str, Operation] = {}

    def __call__(self, name: str) -> Operation:
        if name not in self._known:
            module, _, function = self._table[name].partition(":")
            self._known[name] = getattr(importlib.import_module(module), function)
            # what is imported once stays: the collector need not walk it after every paper
            gc.freeze()
        return self._known[name]


def _load_table(path: str) -> Mapping[str, str]:
    if not path:
        return OPERATIONS
    sys.path.append(str(Path(path).parent))
    table: Mapping[str, str] = importlib.import_module(Path(path).stem).OPERATIONS
    return table


def _told(error: VanthuError) -> dict[str, Any]:
    values = {name: _plain(value) for name, value in error.values.items()}
    kind = type(error)
    return {
        "module": kind.__module__,
        "name": kind.__qualname__,
        "code": error.code,
        "detail": error.detail,
        "values": values,
    }


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _encode(answer: dict[str, Any]) -> bytes:
    try:
        # lone surrogates, which strangers' PDFs are full of, become question marks here
        frame = json.dumps(answer, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError) as error:
        frame = json.dumps({"trace": f"the answer cannot be told as JSON: {error}"}).encode()
    if len(frame) >= _MAX_FRAME_BYTES:
        frame = json.dumps({"trace": f"the answer has {len(frame)} bytes"}).encode()
    return frame


def _clear(temp_dir: Path) -> None:
    """What one paper left in the temporary folder, the next does not find."""
    for entry in os.scandir(temp_dir):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                Path(entry.path).unlink()


def _die_with(parent: int, libc: ctypes.CDLL) -> None:
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # it may have died before we asked
    if os.getppid() != parent:
        raise SystemExit(1)


def _limit(memory_bytes: int) -> None:
    # RLIMIT_NPROC is left alone: it counts all processes of the user, not ours
    wanted = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: _MAX_FILE_BYTES,
        resource.RLIMIT_NOFILE: _MAX_OPEN_FILES,
    }
    for what, value in wanted.items():
        hard = resource.getrlimit(what)[1]
        top = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (top, top))


def _limit_cpu(seconds: float, grace: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds) + grace
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _refuse_network(libc: ctypes.CDLL) -> None:
    """An empty network namespace and no new sockets; where neither can be had, Python refuses."""
    apart = libc.unshare(_CLONE_NEWNET) == 0 or _own_user_namespace(libc)
    # the namespace does not hold sockets that are files: a database's, a printer's
    filtered = _filter_calls(libc)
    if not (apart and filtered):
        sys.addaudithook(_refuse_sockets)


def _own_user_namespace(libc: ctypes.CDLL) -> bool:
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    with contextlib.suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    return True


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _filter_calls(libc: ctypes.CDLL) -> bool:
    """Make socket, ptrace and io_uring_setup fail with EACCES, for us and all we start.

    Source: seccomp(2); classic BPF over ``struct seccomp_data`` (nr at 0, arch at 4).
    """
    if platform.machine() not in _MACHINES:
        return False
    architecture, *calls = _MACHINES[platform.machine()]
    calls.append(_IO_URING_SETUP)
    load, equal, answer = 0x20, 0x15, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | 13
    lines = [(load, 0, 0, 4), (equal, 1, 0, architecture), (answer, 0, 0, allow), (load, 0, 0, 0)]
    for at, number in enumerate(calls):
        lines.append((equal, len(calls) - at, 0, number))
    lines += [(answer, 0, 0, allow), (answer, 0, 0, refuse)]
    code = b"".join(struct.pack("HBBI", *line) for line in lines)
    program = _Program(len(lines), code)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return int(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)) == 0


def _refuse_sockets(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith("socket."):
        message = "no network in the cell"
        raise PermissionError(message)


if __name__ == "__main__":
    main(sys.argv[1:])
