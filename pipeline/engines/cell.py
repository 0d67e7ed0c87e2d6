"""One warm child process that does what is dangerous: a call goes in as JSON, an answer comes out.

The child has its own session, folder, limits and no network (``cell_child``). Whatever it does, the
parent has an answer or an error of ``pipeline.errors.cell`` within the seconds it gave.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import re
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipeline.errors.base import VanthuError
from pipeline.errors.cell import CellBroken, CellKilled, CellTimeout, CellUnavailable

log = logging.getLogger(__name__)

#: A frame is four bytes of length, big-endian, and that much JSON in UTF-8.
FRAME_HEAD = struct.Struct(">I")
_MAX_FRAME_BYTES = 128 << 20
_TALK_BYTES = 16 << 10
_READ_BYTES = 1 << 20
#: Only our own error classes are rebuilt, whatever name the child sends.
_ERRORS_MODULE = re.compile(r"pipeline\.errors\.[a-z_]+")
#: ``cell-<machine>-<pid of the parent>-<random>``
_FOLDER_NAME = re.compile(r"cell-(?P<machine>.+)-(?P<pid>\d+)-[0-9a-f]{12}")
#: What the child may know of our surroundings. No PG*, no VANTHU*, nothing a secret could be in.
_KEPT_VARIABLES = ("PATH", "TZ", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "TESSDATA_PREFIX")


@dataclass(slots=True)
class _Child:
    """A running child and our ends of its pipes."""

    process: subprocess.Popen[bytes]
    folder: Path
    to_child: int
    from_child: int
    talk: int
    calls: int = 0
    last_words: bytes = b""


class Cell:
    """One warm child; a context manager. Remade after *recycle_after* calls and after any kill.

    Belongs to one thread: the child dies with the thread that started it.

    Args:
        work_root: Folder for the child's private folder; made when missing.
        memory_bytes: Address space the child may have.
        recycle_after: Calls after which a fresh child takes over.
        table: A Python file whose ``OPERATIONS`` the child serves instead of ours.
    """

    def __init__(
        self,
        *,
        work_root: Path,
        memory_bytes: int,
        recycle_after: int = 500,
        table: Path | None = None,
    ) -> None:
        self._work_root = work_root
        self._memory_bytes = memory_bytes
        self._recycle_after = recycle_after
        self._table = table
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The living child's process id, also the id of its process group."""
        return self._child.process.pid if self._child else None

    def warm(self, *operations: str, seconds: float = 30.0) -> None:
        """Start the child and import what *operations* need, before the first paper waits for it."""
        self.call("warm", {"operations": list(operations)}, seconds=seconds)

    def call(
        self, operation: str, args: Mapping[str, Any], *, seconds: float, patience: float = 1.0
    ) -> Any:
        """Do *operation* in the child and return its JSON value.

        Args:
            operation: A name of ``operations.OPERATIONS``.
            args: JSON values; files by absolute path.
            seconds: Wall time, start of a fresh child included.
            patience: Above 1: *seconds* are those in which the child works, and so many times as long may pass while
                the machine is busy with others.
        Raises:
            VanthuError: what the operation raised, rebuilt.
            CellTimeout (T341), CellKilled (T342), CellBroken (T343), CellUnavailable (T344).
        """
        deadline = time.monotonic() + seconds * patience
        request = {"op": operation, "args": args, "seconds": seconds, "is_work": patience > 1}
        # surrogatepass: a path may hold bytes that are no Unicode
        frame = json.dumps(request, ensure_ascii=False, allow_nan=False).encode(
            "utf-8", "surrogatepass"
        )
        child = self._ready_child()
        try:
            _send(child, FRAME_HEAD.pack(len(frame)) + frame, deadline)
            answer = _decode(_receive(child, deadline))
        except BaseException as error:
            self.close()
            if isinstance(error, VanthuError):
                _explain(error, operation, child)
            raise
        child.calls += 1
        return self._unwrap(answer, operation, child)

    def close(self) -> None:
        """End the child, and whatever it had started, at once. The next call starts another."""
        child, self._child = self._child, None
        if child is not None:
            _end(child)

    def _ready_child(self) -> _Child:
        child = self._child
        if child is not None and (
            child.calls >= self._recycle_after or child.process.poll() is not None
        ):
            self.close()
        if self._child is None:
            try:
                self._child = _start(self._work_root, self._memory_bytes, self._table)
            except OSError as error:
                message = f"cannot start a cell in {str(self._work_root)!r}: {error}"
                raise CellUnavailable(message) from error
        return self._child

    def _unwrap(self, answer: dict[str, Any], operation: str, child: _Child) -> Any:
        if "value" in answer:
            return answer["value"]
        if (error := _rebuild(answer.get("error"))) is not None:
            raise error
        failure: VanthuError
        if answer.get("memory"):
            failure = CellKilled("out of memory in the cell")
        else:
            failure = CellBroken(str(answer.get("trace", "no value, no error"))[-4000:])
        self.close()
        _explain(failure, operation, child)
        raise failure


def _start(work_root: Path, memory_bytes: int, table: Path | None) -> _Child:
    """Spawn a child with its private folder. Everything is undone when that fails."""
    folder = _make_folder(work_root)
    opened: list[int] = []
    try:
        child_reads, to_child = os.pipe()
        opened += [child_reads, to_child]
        from_child, child_writes = os.pipe()
        opened += [from_child, child_writes]
        talk, child_talks = os.pipe()
        opened += [talk, child_talks]
        arguments = [child_reads, child_writes, os.getpid(), memory_bytes, table or ""]
        process = subprocess.Popen(
            # -P: the folder we happen to stand in is never imported from
            [sys.executable, "-P", "-m", "pipeline.engines.cell_child", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=child_talks,
            stderr=child_talks,
            pass_fds=(child_reads, child_writes),
            env=_environment(folder),
            cwd=folder / "tmp",
            start_new_session=True,
        )
    except OSError:
        for descriptor in opened:
            os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    for descriptor in (child_reads, child_writes, child_talks):
        os.close(descriptor)
    for descriptor in (to_child, from_child, talk):
        os.set_blocking(descriptor, False)
    return _Child(process, folder, to_child, from_child, talk)


def _make_folder(work_root: Path) -> Path:
    """A private folder; those of parents that are no more are swept on the way."""
    work_root.mkdir(parents=True, exist_ok=True)
    machine = socket.gethostname()
    for old in work_root.glob("cell-*"):
        match = _FOLDER_NAME.fullmatch(old.name)
        if match and match["machine"] == machine and not Path("/proc", match["pid"]).exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = work_root.absolute() / f"cell-{machine}-{os.getpid()}-{secrets.token_hex(6)}"
    folder.mkdir(mode=0o700)
    (folder / "tmp").mkdir(mode=0o700)
    return folder


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | {
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        # one paper, one core: the workers are as many as the cores already
        "OMP_THREAD_LIMIT": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _send(child: _Child, data: bytes, deadline: float) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(child.to_child, view) :]
        except BlockingIOError:
            _wait(child, child.to_child, select.POLLOUT, deadline)
        except BrokenPipeError as error:
            raise CellKilled("the child is gone") from error


def _receive(child: _Child, deadline: float) -> bytearray:
    data = bytearray()
    wanted: int | None = None
    while wanted is None or len(data) < wanted:
        _wait(child, child.from_child, select.POLLIN, deadline)
        chunk = os.read(child.from_child, _READ_BYTES)
        if not chunk:
            raise CellKilled("the child ended in the middle of a call")
        data += chunk
        if wanted is None and len(data) >= FRAME_HEAD.size:
            wanted = FRAME_HEAD.size + FRAME_HEAD.unpack_from(data)[0]
            if wanted > _MAX_FRAME_BYTES:
                raise CellBroken(f"the child announced {wanted} bytes")
    if len(data) > wanted:
        raise CellBroken("the child sent more than one answer")
    del data[: FRAME_HEAD.size]
    return data


def _wait(child: _Child, descriptor: int, event: int, deadline: float) -> None:
    """Until *descriptor* is ready; what the child prints meanwhile is kept, its end only."""
    poll = select.poll()
    poll.register(descriptor, event)
    poll.register(child.talk, select.POLLIN)
    while True:
        left_ms = (deadline - time.monotonic()) * 1000
        ready = dict(poll.poll(left_ms)) if left_ms > 0 else {}
        if not ready:
            raise CellTimeout("the operation ran beyond its time")
        if child.talk in ready and not _listen(child):
            poll.unregister(child.talk)
        if descriptor in ready:
            return


def _listen(child: _Child) -> bool:
    """Keep the last words of what the child printed; false when it will print no more."""
    try:
        words = os.read(child.talk, _READ_BYTES)
    except BlockingIOError:
        return True
    child.last_words = (child.last_words + words)[-_TALK_BYTES:]
    return bool(words)


def _decode(data: bytearray) -> dict[str, Any]:
    try:
        answer = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise CellBroken(f"the child's answer is not JSON: {error}") from error
    if not isinstance(answer, dict):
        raise CellBroken("the child's answer is not an object")
    return answer


def _refuse_constant(name: str) -> None:
    message = f"{name} is not JSON"
    raise ValueError(message)


def _rebuild(told: object) -> VanthuError | None:
    """The error the operation raised, if it is truly one of ours."""
    if not isinstance(told, dict):
        return None
    module, name = str(told.get("module")), str(told.get("name"))
    if not _ERRORS_MODULE.fullmatch(module):
        return None
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
    values = told.get("values")
    if not (
        isinstance(found, type) and issubclass(found, VanthuError) and isinstance(values, dict)
    ):
        return None
    error = found.__new__(found)
    VanthuError.__init__(error, str(told.get("detail")), **values)
    return error


def _explain(error: VanthuError, operation: str, child: _Child) -> None:
    """Add to the log's text which operation it was, how the child ended and its last words."""
    with contextlib.suppress(OSError):
        _listen(child)
    words = child.last_words[-2000:].decode("utf-8", "replace").strip()
    error.detail += f" operation={operation} exit={child.process.poll()} said={words!r}"
    # Whoever called knows which file it was, and says so.
    log.info("%s", error)


def _end(child: _Child) -> None:
    """Kill the child's whole process group, reap it, close the pipes, remove its folder."""
    # the group lives on while any member does, so its id is not yet anyone else's
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()
    with contextlib.suppress(OSError):
        _listen(child)
    for descriptor in (child.to_child, child.from_child, child.talk):
        os.close(descriptor)
    shutil.rmtree(child.folder, ignore_errors=True)
