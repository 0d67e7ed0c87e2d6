"""Where objects are built before they are renamed into the archive, and who may build: folders and locks.

Each process owns one folder in staging and holds a lock on the file beside it for as long as it lives. A
folder whose lock is free has lost its owner and may be swept, whatever the clocks say.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from pipeline.durable import Disk, make_dirs
from pipeline.errors.archive import told_as_temporary
from pipeline.stores.locks import LOCK_SECONDS, file_lock, try_lock
from pipeline.stores.objects.layout import DIR_MODE

_PREFIX = "objects-"
_OWNER = ".owner"
_LOCK_DIGITS = 3


class Workshop:
    """This process's part of the staging folder."""

    def __init__(self, staging: Path, disk: Disk) -> None:
        self._staging = staging
        self._disk = disk
        self._guard = threading.Lock()
        self._owner: int | None = None
        self._folder = ""
        self._pid = 0
        self._made = 0

    def new_folder(self) -> str:
        """A fresh empty folder, on the file system of the archive, that is ours alone."""
        with self._guard:
            if self._owner is None or self._pid != os.getpid():
                self._move_in()
            self._made += 1
            path = f"{self._folder}/{self._made}"
        self._disk.make_dir(path, DIR_MODE)
        return path

    @contextmanager
    def locked(self, object_ids: Iterable[str], *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
        """Be the only writer of these objects. Locks are shared by hash, and taken in one order."""
        stripes = {hashlib.sha256(name.encode()).hexdigest()[:_LOCK_DIGITS] for name in object_ids}
        locks = self._staging / "locks"
        with told_as_temporary(str(locks)):
            make_dirs(locks, DIR_MODE)
        with ExitStack() as held:
            for stripe in sorted(stripes):
                held.enter_context(file_lock(locks / stripe, seconds=seconds))
            yield

    def discard(self, folder: str) -> None:
        """Throw away what was being built in *folder*; what cannot be removed now is swept later."""
        shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> list[str]:
        """Remove the folders of owners that are gone; their names."""
        swept = []
        for marker in sorted(self._staging.glob(f"{_PREFIX}*{_OWNER}")):
            with suppress(OSError):
                if self._sweep_one(marker):
                    swept.append(marker.name.removesuffix(_OWNER))
        return swept

    def close(self) -> None:
        """Give the folder back. Without it, the next sweep does."""
        with self._guard:
            if self._owner is not None and self._pid == os.getpid():
                shutil.rmtree(self._folder, ignore_errors=True)
                with suppress(OSError):  # a share that went away; swept when it is back
                    Path(self._folder + _OWNER).unlink()
                os.close(self._owner)
            self._owner = None

    def _move_in(self) -> None:
        make_dirs(self._staging, DIR_MODE)
        while True:
            folder = f"{self._staging}/{_PREFIX}{secrets.token_hex(8)}"
            descriptor = os.open(
                folder + _OWNER, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640
            )
            # A sweeper may have locked and removed the file between these two lines: then again.
            if try_lock(descriptor) and os.fstat(descriptor).st_nlink:
                break
            os.close(descriptor)
        self._disk.make_dir(folder, DIR_MODE)
        self._owner, self._folder, self._pid, self._made = descriptor, folder, os.getpid(), 0

    def _sweep_one(self, marker: Path) -> bool:
        descriptor = os.open(marker, os.O_RDWR | os.O_CLOEXEC)
        try:
            if not try_lock(descriptor):
                return False
            folder = marker.with_name(marker.name.removesuffix(_OWNER))
            shutil.rmtree(folder, ignore_errors=True)
            if folder.exists():
                return False
            marker.unlink()
            return True
        finally:
            os.close(descriptor)
