"""From an object's folder to its inventory and its bytes; every state that a crash can leave is understood.

The rename of ``vN`` commits a version. Between it and the last rename the root's inventory, or its sidecar,
lags behind: readers see the new version all the same and call the object *pending*; the next writer mends it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline.durable import sha512_file
from pipeline.errors.archive import (
    ContentDamaged,
    ObjectDamaged,
    ObjectUnknown,
    told_as_temporary,
)
from pipeline.record import StoredFile
from pipeline.stores.objects.inventory import Inventory, parse, parse_sidecar
from pipeline.stores.objects.layout import INVENTORY, OBJECT_DECLARATION, SIDECAR

_ATTEMPTS = 5
_PAUSE_SECONDS = 0.004


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """An object as it stands."""

    directory: str
    inventory: Inventory
    inventory_bytes: bytes
    #: The version is committed, but the root's inventory or sidecar has yet to follow.
    is_pending: bool

    @property
    def inventory_sha512(self) -> str:
        """The digest of the newest inventory."""
        return hashlib.sha512(self.inventory_bytes).hexdigest()


def look(directory: str, object_id: str) -> Current | None:
    """The object in *directory*, None where there is none.

    Raises:
        ObjectDamaged (A401): its inventory cannot be believed, even after a moment's patience with a writer.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return look_once(directory, object_id)
        except ObjectDamaged:
            time.sleep(_PAUSE_SECONDS)
    return look_once(directory, object_id)


def look_once(directory: str, object_id: str) -> Current | None:
    """As :func:`look`, without patience: for who holds the object's lock."""
    with told_as_temporary(directory):
        data = _read(f"{directory}/{INVENTORY}")
        if data is None:
            # A new object is one rename: a folder without an inventory is none of ours.
            if os.path.exists(f"{directory}/{OBJECT_DECLARATION}"):  # noqa: PTH110 — strings
                raise _damaged(object_id, "inventory missing")
            return None
        inventory = _believe(data, object_id)
        is_lagging = _digest_beside(directory) != hashlib.sha512(data).hexdigest()
        if is_lagging and not _is_version(directory, inventory.head, data):
            raise _damaged(object_id, "sidecar does not match the inventory")
        ahead = _read(f"{directory}/v{inventory.head + 1}/{INVENTORY}")
    if ahead is None:
        return Current(
            directory=directory, inventory=inventory, inventory_bytes=data, is_pending=is_lagging
        )
    newer = _believe(ahead, object_id)
    if (
        is_lagging
        or not _follows(newer, inventory)
        or not _is_version(directory, newer.head, ahead)
    ):
        raise _damaged(object_id, f"v{inventory.head + 1} does not follow v{inventory.head}")
    return Current(directory=directory, inventory=newer, inventory_bytes=ahead, is_pending=True)


def version_digest(current: Current, version: int) -> str:
    """The digest of the inventory as it was at *version*."""
    if version == current.inventory.head:
        return current.inventory_sha512
    path = f"{current.directory}/v{version}/{INVENTORY}"
    with told_as_temporary(path):
        data = _read(path)
    if data is None:
        raise _damaged(current.inventory.object_id, f"v{version} has no inventory")
    return hashlib.sha512(data).hexdigest()


def stored_files(current: Current, version: int) -> tuple[StoredFile, ...]:
    """The files of one version, by name."""
    state = current.inventory.versions[version].state
    return tuple(
        StoredFile(name=name, size_bytes=_size(current, state[name], name), sha512=state[name])
        for name in sorted(state)
    )


def stored_path(current: Current, name: str, version: int | None) -> tuple[Path, str]:
    """Where the file called *name* in a version lies, and its digest.

    Raises:
        ObjectUnknown (A407): no such version or name.
        ContentDamaged (A402): the file is not there.
    """
    inventory = current.inventory
    number = inventory.head if version is None else version
    note = inventory.versions.get(number)
    if note is None or name not in note.state:
        where = f"{inventory.object_id} v{number} {name}"
        raise ObjectUnknown(f"nothing stored as {where}", where=where)
    digest = note.state[name]
    _size(current, digest, name)
    return Path(current.directory, inventory.manifest[digest]), digest


def read_checked(path: Path, digest: str, *, object_id: str, name: str) -> bytes:
    """The bytes of a stored file, which are those that were stored.

    Raises:
        ContentDamaged (A402).
    """
    with told_as_temporary(str(path)):
        data = path.read_bytes()
    if hashlib.sha512(data).hexdigest() != digest:
        raise _changed(object_id, name)
    return data


def check_digest(path: Path, digest: str, *, object_id: str, name: str) -> None:
    """As :func:`read_checked` for files of any size.

    Raises:
        ContentDamaged (A402).
    """
    with told_as_temporary(str(path)):
        found = sha512_file(path)
    if found != digest:
        raise _changed(object_id, name)


def _size(current: Current, digest: str, name: str) -> int:
    path = f"{current.directory}/{current.inventory.manifest[digest]}"
    with told_as_temporary(path):
        try:
            found = os.stat(path, follow_symlinks=False)  # noqa: PTH116 — strings
        except (FileNotFoundError, NotADirectoryError) as error:
            raise _changed(current.inventory.object_id, name) from error
    if not stat.S_ISREG(found.st_mode):
        raise _changed(current.inventory.object_id, name)
    return found.st_size


def _read(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _digest_beside(directory: str) -> str:
    return parse_sidecar(_read(f"{directory}/{SIDECAR}") or b"")


def _believe(data: bytes, object_id: str) -> Inventory:
    try:
        inventory = parse(data)
    except ValueError as error:
        raise _damaged(object_id, str(error)) from error
    if inventory.object_id != object_id:
        raise _damaged(object_id, f"inventory of {inventory.object_id!r}")
    return inventory


def _is_version(directory: str, number: int, data: bytes) -> bool:
    """Whether ``vN`` itself vouches for these inventory bytes."""
    version = f"{directory}/v{number}"
    digest = hashlib.sha512(data).hexdigest()
    return _digest_beside(version) == digest and _read(f"{version}/{INVENTORY}") == data


def _follows(newer: Inventory, older: Inventory) -> bool:
    return newer.head == older.head + 1 and all(
        newer.versions.get(number) == note for number, note in older.versions.items()
    )


def _damaged(object_id: str, why: str) -> ObjectDamaged:
    return ObjectDamaged(f"{why} object={object_id}", where=object_id)


def _changed(object_id: str, name: str) -> ContentDamaged:
    return ContentDamaged(
        f"{name} missing or changed object={object_id}", where=object_id, name=name
    )
