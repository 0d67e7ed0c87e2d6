"""The archive's front: put versions in, read them back, check them. One instance a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.clock import Clock
from pipeline.durable import Disk, make_dirs
from pipeline.errors.archive import (
    ArchiveRootInvalid,
    ObjectDamaged,
    ObjectUnknown,
    told_as_temporary,
)
from pipeline.errors.base import TemporaryFailure
from pipeline.errors.findings import Finding, Severity, finding
from pipeline.record import StoredFile
from pipeline.stores.objects.burying import bury, is_tombstone
from pipeline.stores.objects.checking import (
    check_object,
    check_root,
    object_id_of,
    walk_objects,
)
from pipeline.stores.objects.inventory import Inventory
from pipeline.stores.objects.layout import DIR_MODE, check_object_id, object_path, open_root
from pipeline.stores.objects.reading import (
    Current,
    check_digest,
    look,
    read_checked,
    stored_files,
    stored_path,
    version_digest,
)
from pipeline.stores.objects.versions import NewVersion, Put
from pipeline.stores.objects.workshop import Workshop
from pipeline.stores.objects.writing import Ground, mend, write_versions

#: Told after each object checked: how many so far, and the place of the last.
Progress = Callable[[int, str], None]


class Objects:
    """An OCFL 1.1 storage root.

    Args:
        root: The storage root; made when missing. An archive that cannot be written to can still be read.
        staging: Where objects are built; must lie on the same file system as *root*.
        clock: Gives the moment of versions whose caller names none.
        disk: The acts on the file system; tests pass one that stops after any of them.
    Raises:
        ArchiveRootInvalid (A405): *root* is something else, or *staging* lies elsewhere.
    """

    def __init__(
        self, root: Path, staging: Path, clock: Clock, *, disk: Disk | None = None
    ) -> None:
        self._root = root
        self._clock = clock
        disk = disk or Disk()
        self._workshop = Workshop(staging, disk)
        self._ground = Ground(root=str(root), disk=disk, workshop=self._workshop)
        open_root(root)
        with suppress(OSError):  # a read-only archive; the first put will say so
            make_dirs(staging, DIR_MODE)
        if staging.is_dir() and staging.stat().st_dev != root.stat().st_dev:
            raise ArchiveRootInvalid(f"{staging} on another file system", where=str(staging))

    def put(
        self,
        object_id: str,
        files: Mapping[str, Path | bytes],
        *,
        version: int,
        message: str,
        person: str,
        created_at: datetime | None = None,
        keep: tuple[str, ...] = (),
        volatile: frozenset[str] = frozenset(),
    ) -> Put:
        """Store one version for good; see :class:`NewVersion` for the arguments.

        Raises:
            VersionConflict (A403), VersionGap (A404), NameRefused (A406), TemporaryFailure (T320–T325).
        """
        new = NewVersion(
            object_id=object_id,
            version=version,
            files=files,
            keep=keep,
            volatile=volatile,
            message=message,
            person=person,
            created_at=created_at or self._clock.now(),
        )
        return self.put_many([new])[0]

    def put_many(self, news: Sequence[NewVersion]) -> list[Put]:
        """Store many versions with few syncs; results in the order of *news*.

        When one object is at fault the others are stored all the same and then the first fault is raised:
        putting them again one by one adopts what is stored and tells which.
        """
        return write_versions(news, self._ground)

    def stored(self, object_id: str, version: int) -> Put | None:
        """What :meth:`put` would have answered for a version that is there; None where it is not."""
        current = self._look(object_id)
        if current is None or not 1 <= version <= current.inventory.head:
            return None
        return Put(
            object_id=object_id,
            version=version,
            inventory_sha512=version_digest(current, version),
            files=stored_files(current, version),
            was_there=True,
        )

    def exists(self, object_id: str) -> int:
        """The number of the newest version, 0 where there is no such object."""
        current = self._look(object_id)
        return current.inventory.head if current else 0

    def inventory(self, object_id: str) -> Inventory:
        """All versions of an object.

        Raises:
            ObjectUnknown (A407), ObjectDamaged (A401).
        """
        return self._current(object_id).inventory

    def files(self, object_id: str, version: int | None = None) -> tuple[StoredFile, ...]:
        """The files of a version, by default the newest."""
        current = self._current(object_id)
        number = current.inventory.head if version is None else version
        if number not in current.inventory.versions:
            where = f"{object_id} v{number}"
            raise ObjectUnknown(f"nothing stored as {where}", where=where)
        return stored_files(current, number)

    def open(
        self,
        object_id: str,
        name: str,
        version: int | None = None,
        *,
        is_checked: bool = True,
    ) -> Path:
        """Where a stored file lies, to be read only; its digest is compared unless told otherwise.

        Raises:
            ObjectUnknown (A407), ContentDamaged (A402), ObjectDamaged (A401).
        """
        path, digest = stored_path(self._current(object_id), name, version)
        if is_checked:
            check_digest(path, digest, object_id=object_id, name=name)
        return path

    def read(self, object_id: str, name: str, version: int | None = None) -> bytes:
        """The bytes of a stored file, which are those that were stored; raises as :meth:`open`."""
        path, digest = stored_path(self._current(object_id), name, version)
        return read_checked(path, digest, object_id=object_id, name=name)

    def iter_ids(self) -> Iterator[str]:
        """The ids of all objects, in the order of their folders; damaged ones are left to :meth:`verify`."""
        with told_as_temporary(str(self._root)):
            for place in walk_objects(self._root):
                with suppress(ObjectDamaged):
                    yield object_id_of(self._root / place)

    def verify(
        self,
        object_id: str | None = None,
        *,
        deep: bool = True,
        progress: Progress | None = None,
    ) -> Iterator[Finding]:
        """Everything wrong with one object, or with all and the root.

        Args:
            object_id: The one object; None for all.
            deep: Compare digests as well, which reads every byte.
            progress: Told after each object.
        """
        if object_id is not None:
            yield from self._verify_one(object_id, deep=deep)
            return
        yield from check_root(self._root)
        strays: list[Finding] = []
        for count, place in enumerate(walk_objects(self._root, strays), start=1):
            yield from self._check(place, deep=deep)
            if progress is not None:
                progress(count, place)
        yield from strays

    def repair(self, object_id: str | None = None) -> list[str]:
        """Roll forward what writers that died left pending, in one object or all; the ids mended.

        Putting a version does the same for its object, so this is only for tidiness.
        """
        ids = self.iter_ids() if object_id is None else iter([object_id])
        return [name for name in ids if self._is_pending(name) and mend(name, self._ground)]

    def bury(self, object_id: str, tombstone: bytes, *, person: str, at: datetime) -> bool:
        """Destroy an object's content and leave *tombstone* in its place; false where there is no object.

        Idempotent: a tombstone that is there stays.
        """
        check_object_id(object_id)
        return bury(object_id, tombstone, (person, at), self._ground) is not None

    def is_buried(self, object_id: str) -> bool:
        """Whether only a tombstone is left of an object."""
        current = self._look(object_id)
        return current is not None and is_tombstone(current.inventory)

    def sweep_staging(self) -> list[str]:
        """Remove what processes that are gone left in staging; the names of their folders."""
        return self._workshop.sweep()

    def close(self) -> None:
        """Leave staging."""
        self._workshop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _look(self, object_id: str) -> Current | None:
        check_object_id(object_id)
        return look(self._ground.directory(object_id), object_id)

    def _current(self, object_id: str) -> Current:
        current = self._look(object_id)
        if current is None:
            raise ObjectUnknown(f"no object {object_id}", where=object_id)
        return current

    def _is_pending(self, object_id: str) -> bool:
        try:
            current = self._look(object_id)
        except ObjectDamaged:
            return False
        return current is not None and current.is_pending

    def _verify_one(self, object_id: str, *, deep: bool) -> Iterator[Finding]:
        check_object_id(object_id)
        place = object_path(object_id)
        if (self._root / place).is_dir():
            yield from self._check(place, deep=deep)
        else:
            yield finding("A409", place, f"no object {object_id}")

    def _check(self, place: str, *, deep: bool) -> list[Finding]:
        """Check one object; damage must show again while no writer is at it."""
        found = list(check_object(self._root, place, deep=deep))
        if not any(one.severity is Severity.DAMAGE for one in found):
            return found
        try:
            with self._workshop.locked([object_id_of(self._root / place)]):
                return list(check_object(self._root, place, deep=deep))
        except (ObjectDamaged, TemporaryFailure):  # no id to lock by, or nothing can be locked here
            return found
