"""Việc dài: what takes longer than a page may is done by a child of its own; a page tells how far, the file waits a day."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.app import App
from pipeline.durable import make_dirs, write_file
from pipeline.errors.errands import ErrandRunning, TooManyErrands
from pipeline.person_names import owner_key
from pipeline.record import new_id
from pipeline.web.errand_child import ABOUT, SAID, STATUS, WRONG

_FOLDER = "viec"
_LOCK = "khoa"
_KEPT = timedelta(days=1)
#: Of all people together, at one time.
_MOST = 3
_START_S = 30.0
_LONGEST = 4000
#: How a command begins a line that is to be minded although all went well.
REMARK = "CHÚ Ý: "
#: Stands in the arguments for the place of the file that is made.
OUT = "{out}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done: a command of ours."""

    words: str
    #: Words of the command after ``--office ROOT``; :data:`OUT` is the place of its file.
    arguments: tuple[str, ...]
    #: Name of the file it makes; empty where it only says something.
    file: str = ""
    #: Address of In ấn, of a printing: there people say how it came out.
    page: str = ""
    #: Exit statuses that are no failure.
    good: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One piece of work, as its owner sees it."""

    id: str
    words: str
    at: datetime
    file: str
    is_running: bool
    #: It ended as it should.
    is_done: bool
    #: What it said, and what it said went wrong.
    said: str
    wrong: str
    #: What is to be minded although it went well.
    remarks: tuple[str, ...]
    page: str


def start(order: Order, owner: str, app: App) -> str:
    """Begin; its id.

    Raises:
        ErrandRunning (R345): *owner* has one going on. TooManyErrands (T387).
    """
    sweep(app)
    slot = _slot(owner, app)
    make_dirs(slot, 0o700)
    with _held(slot) as lock:
        if lock is None:
            going = [one.words for one in errands_of(owner, app) if one.is_running]
            raise ErrandRunning(f"errand of {owner}", what=going[0] if going else order.words)
        others = [one for one in slot.parent.iterdir() if one != slot and _is_busy(one)]
        if len(others) >= _MOST:
            raise TooManyErrands(f"{len(others)} errands", count=len(others))
        errand_id = new_id(app.clock)
        folder = slot / errand_id
        make_dirs(folder, 0o700)
        about = {
            "words": order.words,
            "file": order.file,
            "page": order.page,
            "good": order.good,
            "at": app.clock.now().isoformat(),
            "argv": _argv(order, folder, app),
        }
        write_file(folder / ABOUT, json.dumps(about, ensure_ascii=False).encode(), mode=0o600)
        subprocess.run(
            [sys.executable, "-m", "pipeline.web.errand_child", str(folder), str(lock)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(lock,),
            start_new_session=True,
            timeout=_START_S,
            check=True,
        )
    return errand_id


def _argv(order: Order, folder: Path, app: App) -> list[str]:
    out = str(_result(folder, order.file))
    words = [out if one == OUT else one for one in order.arguments]
    return [sys.executable, "-m", "pipeline.cli", "--office", str(app.office.root), *words]


def errands_of(owner: str, app: App) -> list[Errand]:
    """Those of one person, the newest first."""
    slot = _slot(owner, app)
    if not slot.is_dir():
        return []
    folders = sorted((one for one in slot.iterdir() if one.is_dir()), reverse=True)
    return [found for folder in folders if (found := _errand(folder)) is not None]


def sweep(app: App) -> None:
    """Remove what is a day old and not going on."""
    limit = app.clock.now() - _KEPT
    for slot in _slots(app):
        for folder in [one for one in slot.iterdir() if one.is_dir()]:
            about = _about(folder)
            is_old = about is None or datetime.fromisoformat(about["at"]) < limit
            is_over = (folder / STATUS).exists() or not _is_busy(slot)
            if is_old and is_over:
                shutil.rmtree(folder, ignore_errors=True)


def _slots(app: App) -> list[Path]:
    folder = app.work_dir / _FOLDER
    return [one for one in folder.iterdir() if one.is_dir()] if folder.is_dir() else []


def _slot(owner: str, app: App) -> Path:
    """A folder for each owner, whatever he is called later, which never shows his name."""
    return app.work_dir / _FOLDER / hashlib.sha256(owner_key(owner).encode()).hexdigest()[:24]


@contextmanager
def _held(slot: Path) -> Iterator[int | None]:
    """The owner's lock, None while his errand has it; a child that inherits it holds it on."""
    descriptor = os.open(slot / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)


def _is_busy(slot: Path) -> bool:
    if not (slot / _LOCK).exists():
        return False
    with _held(slot) as lock:
        return lock is None


def _about(folder: Path) -> dict[str, Any] | None:
    try:
        about: dict[str, Any] = json.loads((folder / ABOUT).read_bytes())
    except (OSError, ValueError):
        return None
    return about


def _errand(folder: Path) -> Errand | None:
    about = _about(folder)
    if about is None:
        return None
    is_busy = _is_busy(folder.parent)
    status = _text(folder / STATUS).strip()
    is_done = status.isdecimal() and int(status) in about["good"]
    is_running = not status and is_busy
    told = "" if is_running else _text(folder / WRONG).strip()
    return Errand(
        id=folder.name,
        words=about["words"],
        at=datetime.fromisoformat(about["at"]),
        file=about["file"] if is_done and _result(folder, about["file"]).is_file() else "",
        is_running=is_running,
        is_done=is_done,
        said=_text(folder / SAID) if is_done and not about["file"] else "",
        wrong="" if is_done else told,
        remarks=tuple(one for one in told.splitlines() if is_done and one.startswith(REMARK)),
        page=about.get("page", "") if is_done else "",
    )


def _result(folder: Path, file: str) -> Path:
    """The place of the file that is made: commands mind the ending of its name."""
    return folder / f"ket-qua{Path(file).suffix}"


def _text(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return handle.read(_LONGEST * 10).decode(errors="replace")
    except OSError:
        return ""


def result_of(errand_id: str, owner: str, app: App) -> tuple[Path, str] | None:
    """The file that came of an own errand, and what it is called."""
    for one in errands_of(owner, app):
        if one.id == errand_id and one.file:
            return _result(_slot(owner, app) / errand_id, one.file), one.file
    return None


def last_said(owner: str, app: App) -> tuple[Errand | None, Sequence[str]]:
    """The newest errand of an owner, and the lines of the newest that ended well."""
    mine = errands_of(owner, app)
    done = next((one for one in mine if one.is_done), None)
    return (mine[0] if mine else None), done.said.splitlines() if done else ()
