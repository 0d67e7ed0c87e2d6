"""From a new version to its folder in staging: contents, inventory, sidecar, none of it synced yet."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.durable import Disk
from pipeline.errors.archive import ObjectUnknown, SourceUnreadable
from pipeline.record import StoredFile
from pipeline.stores.objects.inventory import Inventory, VersionNote, sidecar
from pipeline.stores.objects.layout import (
    CONTENT,
    DIR_MODE,
    FILE_MODE,
    INVENTORY,
    OBJECT_DECLARATION,
    SIDECAR,
)
from pipeline.stores.objects.reading import Current, stored_files
from pipeline.stores.objects.versions import NewVersion, Put

#: Larger files are copied in pieces; smaller ones are read whole, so that twins are never written.
_SMALL_BYTES = 1 << 20


@dataclass(slots=True, kw_only=True)
class Built:
    """A version in staging. For a new object *folder* is the object; else it holds ``vN`` and the root's next files."""

    new: NewVersion
    folder: str
    disk: Disk
    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    stored: list[StoredFile] = field(default_factory=list)
    inventory_bytes: bytes = b""

    def write(self, path: str, data: bytes) -> None:
        """Add a file at *path*, relative to the folder."""
        self.disk.write_new(self._room_for(path), data, FILE_MODE)

    def copy(self, source: int, path: str, known: Mapping[str, str]) -> tuple[int, str]:
        """Add a large file; when its content is known already, leave nothing behind."""
        incoming = f"{self.folder}/incoming"
        size, digest = self.disk.copy_new(source, incoming, FILE_MODE)
        if digest in known:
            self.disk.unlink(incoming)
        else:
            self.disk.rename(incoming, self._room_for(path))
        return size, digest

    def sync(self) -> None:
        """Make all of it durable, from the leaves up."""
        for path in self.files:
            self.disk.sync_file(path)
        for path in reversed(self.folders):
            self.disk.sync_dir(path)
        self.disk.sync_dir(self.folder)

    def to_put(self) -> Put:
        """What to tell the caller."""
        return Put(
            object_id=self.new.object_id,
            version=self.new.version,
            inventory_sha512=hashlib.sha512(self.inventory_bytes).hexdigest(),
            files=tuple(sorted(self.stored, key=lambda file: file.name)),
            was_there=False,
        )

    def _room_for(self, path: str) -> str:
        at = 0
        while (at := path.find("/", at + 1)) > 0:
            parent = f"{self.folder}/{path[:at]}"
            if parent not in self.folders:
                self.disk.make_dir(parent, DIR_MODE)
                self.folders.append(parent)
        full = f"{self.folder}/{path}"
        self.files.append(full)
        return full


def build_object(new: NewVersion, folder: str, disk: Disk) -> Built:
    """Build a whole new object in *folder*."""
    built = Built(new=new, folder=folder, disk=disk)
    built.write(OBJECT_DECLARATION, b"ocfl_object_1.1\n")
    _fill(built, {}, {})
    return built


def build_next(new: NewVersion, current: Current, folder: str, disk: Disk) -> Built:
    """Build ``vN`` in *folder*, and beside it the inventory and sidecar that the object's root shall have."""
    built = Built(new=new, folder=folder, disk=disk)
    _fill(built, current.inventory.manifest, current.inventory.versions)
    kept = kept_state(new, current.inventory.versions)
    sizes = {file.name: file for file in stored_files(current, new.version - 1)} if kept else {}
    built.stored.extend(sizes[name] for name in kept)
    return built


def kept_state(new: NewVersion, versions: Mapping[int, VersionNote]) -> dict[str, str]:
    """Name → digest of what *new* takes over from the version before it.

    Raises:
        ObjectUnknown (A407): that version has no such name.
    """
    before = versions.get(new.version - 1)
    state = before.state if before else {}
    if missing := sorted(set(new.keep) - state.keys()):
        where = f"{new.object_id} v{new.version - 1} {missing[0]}"
        raise ObjectUnknown(f"cannot keep {missing}, not in {where}", where=where)
    return {name: state[name] for name in new.keep if name not in new.files}


def digest_of(source: Path | bytes) -> str:
    """The sha512 of what would be stored."""
    if isinstance(source, bytes):
        return hashlib.sha512(source).hexdigest()
    descriptor, _ = _open_source(source)
    with os.fdopen(descriptor, "rb") as stream:
        return hashlib.file_digest(stream, "sha512").hexdigest()


def _fill(built: Built, manifest: Mapping[str, str], versions: Mapping[int, VersionNote]) -> None:
    """Write contents, ``vN`` and the root's next inventory."""
    new = built.new
    full = dict(manifest)
    state = kept_state(new, versions) if new.keep else {}
    for name in sorted(new.files):
        size, digest = _take(built, name, new.files[name], full)
        state[name] = digest
        built.stored.append(StoredFile(name=name, size_bytes=size, sha512=digest))
    note = VersionNote(
        created=new.created_at.isoformat(timespec="seconds"),
        message=new.message,
        person=new.person,
        state=state,
    )
    inventory = Inventory(
        object_id=new.object_id,
        head=new.version,
        manifest=full,
        versions={**versions, new.version: note},
    )
    built.inventory_bytes = inventory.to_bytes()
    beside = sidecar(built.inventory_bytes)
    for prefix in (f"v{new.version}/", ""):
        built.write(prefix + INVENTORY, built.inventory_bytes)
        built.write(prefix + SIDECAR, beside)


def _take(
    built: Built, name: str, source: Path | bytes, manifest: dict[str, str]
) -> tuple[int, str]:
    """Store one content, once; note it in *manifest*."""
    path = f"v{built.new.version}/{CONTENT}/{name}"
    if isinstance(source, Path):
        descriptor, size = _open_source(source)
        try:
            if size > _SMALL_BYTES:
                size, digest = built.copy(descriptor, path, manifest)
                manifest.setdefault(digest, path)
                return size, digest
            source = _read_whole(descriptor, source)
        finally:
            os.close(descriptor)
    digest = hashlib.sha512(source).hexdigest()
    if digest not in manifest:
        built.write(path, source)
        manifest[digest] = path
    return len(source), digest


def _open_source(source: Path) -> tuple[int, int]:
    """A descriptor on a plain file that is no link, and its size."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(source, flags)
    except OSError as error:
        raise SourceUnreadable(f"{error}", where=str(source)) from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise SourceUnreadable(f"{source} is no plain file", where=str(source))
    return descriptor, found.st_size


def _read_whole(descriptor: int, source: Path) -> bytes:
    pieces = []
    try:
        while piece := os.read(descriptor, _SMALL_BYTES):
            pieces.append(piece)
    except OSError as error:
        raise SourceUnreadable(f"{error}", where=str(source)) from error
    return b"".join(pieces)
