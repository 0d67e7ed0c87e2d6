"""An open file in the inbox → its copy in the spool, durable before anybody is told.

A spool folder is locked while its intake is under way, so that a sweep never takes it for an orphan.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.between import Bench
from pipeline.config import Office
from pipeline.document_object import RECEIVED_DIR, document_object
from pipeline.durable import copy_descriptor, fsync_dir, make_dirs
from pipeline.record import ReceiptId
from pipeline.stores.registers.views import DocumentView, ReceiptView

_TEMP = ".tmp-"
#: Locked by whoever copies the spool.
_HELD = "spool.lock"
#: Folder of the annexes, in the spool as in the archive.
ANNEX_DIR = "phu-luc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """What was copied."""

    path: Path
    size_bytes: int
    sha512: str
    #: Who dropped it.
    owner: str


def spool_dir(office: Office, receipt_id: ReceiptId) -> Path:
    """Where the dropped files of a receipt lie until they are archived and answered."""
    return office.spool_dir / receipt_id


@contextmanager
def filling(office: Office, receipt_id: ReceiptId) -> Iterator[Path]:
    """A temporary folder that becomes the receipt's spool folder by :func:`publish`; else is removed.

    Locked until the block ends.
    """
    make_dirs(office.spool_dir)
    temp = office.spool_dir / f"{_TEMP}{receipt_id}"
    descriptor = _make_locked(temp)
    try:
        yield temp
    finally:
        shutil.rmtree(temp, ignore_errors=True)
        os.close(descriptor)


def _make_locked(folder: Path) -> int:
    """Make *folder* and hold its lock; again, where a sweep took it in the moment before it was locked."""
    while True:
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if folder.exists():
            return descriptor
        os.close(descriptor)


def copy_in(descriptor: int, folder: Path, name: str, *, owner: str, limit_bytes: int) -> Spooled:
    """Copy an open file into a spool folder.

    Raises:
        ValueError: larger than *limit_bytes*.
        OSError: no room, no permission.
    """
    size, sha512 = copy_descriptor(descriptor, folder / name, limit_bytes=limit_bytes)
    return Spooled(path=folder / name, size_bytes=size, sha512=sha512, owner=owner)


def publish(office: Office, temp: Path, receipt_id: ReceiptId) -> Path:
    """Rename the filled folder to its final name, for good."""
    if (temp / ANNEX_DIR).is_dir():
        fsync_dir(temp / ANNEX_DIR)
    fsync_dir(temp)
    target = spool_dir(office, receipt_id)
    temp.rename(target)
    fsync_dir(office.spool_dir)
    return target


def dropped_files(office: Office, receipt_id: ReceiptId) -> list[Path]:
    """The paper or list of a receipt and the record beside it, as they were dropped."""
    return _files_in(spool_dir(office, receipt_id))


def dropped_annexes(office: Office, receipt_id: ReceiptId) -> list[Path]:
    """What came with the paper in one folder."""
    return _files_in(spool_dir(office, receipt_id) / ANNEX_DIR)


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def received_files(document: DocumentView, receipt: ReceiptView, bench: Bench) -> list[Path]:
    """The files a paper was dropped as: from the spool, or for a later version from the version before."""
    dropped = dropped_files(bench.office, receipt.id)
    if dropped or document.archived_version == 0:
        return dropped
    return [
        bench.objects.open(
            document_object(document.id), file.name, version=document.archived_version
        )
        for file in document.files
        if file.name.startswith(f"{RECEIVED_DIR}/")
    ]


def sweep(office: Office, receipt_id: ReceiptId) -> None:
    """Remove a receipt's spool folder."""
    shutil.rmtree(spool_dir(office, receipt_id), ignore_errors=True)


@contextmanager
def holding_spool(office: Office) -> Iterator[None]:
    """Until the block ends nobody sweeps what is answered: a backup is being written."""
    with (office.registers_dir / _HELD).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def may_sweep(office: Office) -> Iterator[bool]:
    """Whether the spool may be swept now; while the block lasts no backup begins."""
    with (office.registers_dir / _HELD).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def orphans(office: Office) -> Iterator[tuple[ReceiptId, Path]]:
    """Spool folders that nobody is filling now; the caller knows which of them have a row.

    Each is locked while the caller looks at it: what it sweeps cannot begin to be filled meanwhile.
    """
    if not office.spool_dir.is_dir():
        return
    for entry in os.scandir(office.spool_dir):
        if not entry.is_dir(follow_symlinks=False):
            continue
        with _try_lock(entry.path) as is_ours:
            if is_ours:
                yield ReceiptId(entry.name.removeprefix(_TEMP)), Path(entry.path)


@contextmanager
def _try_lock(path: str) -> Iterator[bool]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
