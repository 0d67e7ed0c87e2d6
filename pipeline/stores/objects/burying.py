"""An object's content → destroyed, and a tombstone in its place: a valid object of as many versions, and one more.

The new object is built whole in staging and exchanged for the old one by one rename; then the old one is destroyed. A
crash before the exchange leaves the old object, one after it the new; what lies in staging then is swept.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from datetime import datetime
from hashlib import sha512

from pipeline.clock import OFFICE_ZONE
from pipeline.document_object import TOMBSTONE_FILE
from pipeline.errors.archive import told_as_temporary
from pipeline.stores.objects.inventory import Inventory, VersionNote, sidecar
from pipeline.stores.objects.layout import (
    CONTENT,
    DIR_MODE,
    FILE_MODE,
    INVENTORY,
    OBJECT_DECLARATION,
    SIDECAR,
)
from pipeline.stores.objects.reading import look_once
from pipeline.stores.objects.writing import Ground

_MESSAGE = "purged"
#: linux/fs.h, fcntl.h
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100
#: File systems that cannot exchange two names.
_CANNOT = frozenset({errno.EINVAL, errno.ENOSYS, errno.EXDEV, errno.ENOTSUP})
_libc = ctypes.CDLL(None, use_errno=True)


def is_tombstone(inventory: Inventory) -> bool:
    """Whether nothing but a tombstone is left of an object."""
    return all(note.state.keys() == {TOMBSTONE_FILE} for note in inventory.versions.values())


def bury(
    object_id: str, tombstone: bytes, why: tuple[str, datetime], ground: Ground
) -> Inventory | None:
    """Put *tombstone* in the place of an object; what stands there now, None where there was nothing.

    Idempotent: a tombstone that is there is left as it is.
    """
    with told_as_temporary(ground.root), ground.workshop.locked([object_id]):
        current = look_once(ground.directory(object_id), object_id)
        if current is None or is_tombstone(current.inventory):
            return current.inventory if current else None
        folder = ground.workshop.new_folder()
        buried = _build(current.inventory, tombstone, why, folder, ground)
        _exchange(folder, current.directory, ground)
        _destroy(folder, ground)
        return buried


def _build(
    old: Inventory, tombstone: bytes, why: tuple[str, datetime], folder: str, ground: Ground
) -> Inventory:
    person, at = why
    digest = sha512(tombstone).hexdigest()
    state = {TOMBSTONE_FILE: digest}
    notes = {
        number: VersionNote(
            created=note.created, message=note.message, person=note.person, state=state
        )
        for number, note in old.versions.items()
    }
    created = at.astimezone(OFFICE_ZONE).isoformat(timespec="seconds")
    head = old.head + 1
    notes[head] = VersionNote(created=created, message=_MESSAGE, person=person, state=state)
    path = f"v1/{CONTENT}/{TOMBSTONE_FILE}"
    disk = ground.disk
    for number in range(1, head + 1):
        disk.make_dir(f"{folder}/v{number}", DIR_MODE)
    disk.make_dir(f"{folder}/v1/{CONTENT}", DIR_MODE)
    _write(f"{folder}/{path}", tombstone, ground)
    _write(f"{folder}/{OBJECT_DECLARATION}", b"ocfl_object_1.1\n", ground)
    for number in range(1, head + 1):
        part = Inventory(
            object_id=old.object_id,
            head=number,
            manifest={digest: path},
            versions={at: note for at, note in notes.items() if at <= number},
        )
        places = [f"{folder}/v{number}", *([folder] if number == head else [])]
        for place in places:
            _write(f"{place}/{INVENTORY}", part.to_bytes(), ground)
            _write(f"{place}/{SIDECAR}", sidecar(part.to_bytes()), ground)
    for number in range(1, head + 1):
        disk.sync_dir(f"{folder}/v{number}")
    disk.sync_dir(f"{folder}/v1/{CONTENT}")
    disk.sync_dir(folder)
    return part


def _write(path: str, data: bytes, ground: Ground) -> None:
    ground.disk.write_new(path, data, FILE_MODE)
    ground.disk.sync_file(path)


def _exchange(folder: str, target: str, ground: Ground) -> None:
    """Give the new object the place of the old, which then lies in *folder*."""
    parents = (folder.rpartition("/")[0], target.rpartition("/")[0])
    done = _libc.renameat2(
        _AT_FDCWD, os.fsencode(folder), _AT_FDCWD, os.fsencode(target), _RENAME_EXCHANGE
    )
    if done != 0:
        error = ctypes.get_errno()
        if error not in _CANNOT:
            raise OSError(error, os.strerror(error), target)
        # Between these two renames the object is not there; who begun the removal finishes it.
        aside = ground.workshop.new_folder()
        ground.disk.rename(target, aside)
        ground.disk.rename(folder, target)
        ground.disk.rename(aside, folder)
    for parent in parents:
        ground.disk.sync_dir(parent)


def _destroy(folder: str, ground: Ground) -> None:
    """Remove what was there; unlike a mere sweep, failing to is told."""
    shutil.rmtree(folder)
    ground.disk.sync_dir(folder.rpartition("/")[0])
