"""New versions → the archive, in the one order that survives a crash after any act.

New object: build in staging, sync, one rename, sync the folder above. Next version, under the object's lock:
build in staging, sync, rename ``vN`` (the commit), then the root's inventory, then its sidecar, each followed
by a sync of the object's folder. Many at once share one ``syncfs`` for each of these steps.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.durable import Disk
from pipeline.errors.archive import (
    ContentDamaged,
    ObjectDamaged,
    VersionConflict,
    VersionGap,
    told_as_temporary,
)
from pipeline.errors.base import VanthuError, shown_as
from pipeline.stores.objects.building import (
    Built,
    build_next,
    build_object,
    digest_of,
    kept_state,
)
from pipeline.stores.objects.inventory import sidecar
from pipeline.stores.objects.layout import (
    DIR_MODE,
    FILE_MODE,
    INVENTORY,
    SIDECAR,
    check_logical_names,
    check_object_id,
    object_path,
)
from pipeline.stores.objects.reading import (
    Current,
    check_digest,
    look_once,
    stored_files,
    version_digest,
)
from pipeline.stores.objects.versions import NewVersion, Put
from pipeline.stores.objects.workshop import Workshop

_log = logging.getLogger(__name__)
_IS_THERE = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR})


@dataclass(slots=True, kw_only=True)
class Ground:
    """Where a writer works."""

    root: str
    disk: Disk
    workshop: Workshop
    #: Folders between root and object whose names this process has synced.
    known: set[str] = field(default_factory=set)

    def directory(self, object_id: str) -> str:
        """The object's folder."""
        return f"{self.root}/{object_path(object_id)}"


@dataclass(slots=True, kw_only=True)
class _Run:
    """One call of :func:`write_versions`: what is done so far, by position."""

    ground: Ground
    done: dict[int, Put] = field(default_factory=dict)
    faults: list[VanthuError] = field(default_factory=list)


def write_versions(news: Sequence[NewVersion], ground: Ground) -> list[Put]:
    """Store all of *news*, each for good when this returns; what is stored already is adopted.

    Raises:
        VanthuError: the first that went wrong with one object; all the others are stored.
        TemporaryFailure (T320–T324): the disk refused; any of them may be stored or not, none by half.
    """
    run = _Run(ground=ground)
    for wave in _waves(news, run):
        with told_as_temporary(ground.root):
            fresh = {at: new for at, new in wave.items() if _is_new(new, ground)}
            later = {at: new for at, new in wave.items() if at not in fresh}
            later |= _write_objects(fresh, run)
            _write_next(later, run)
    if run.faults:
        raise run.faults[0]
    return [run.done[at] for at in range(len(news))]


def mend(object_id: str, ground: Ground) -> bool:
    """Roll a pending version of one object forward; whether there was one."""
    with told_as_temporary(ground.root), ground.workshop.locked([object_id]):
        current = look_once(ground.directory(object_id), object_id)
        return current is not None and _settle(current, ground)


def _waves(news: Sequence[NewVersion], run: _Run) -> Iterable[dict[int, NewVersion]]:
    """The good ones of *news* in turns, in each of which an object occurs once."""
    waves: list[dict[int, NewVersion]] = []
    turns: dict[str, int] = {}
    for at, new in enumerate(news):
        try:
            check_object_id(new.object_id)
            check_logical_names({**dict.fromkeys(new.keep), **new.files})
        except VanthuError as error:
            run.faults.append(error)
            continue
        turn = turns.get(new.object_id, 0)
        turns[new.object_id] = turn + 1
        if turn == len(waves):
            waves.append({})
        waves[turn][at] = new
    return waves


def _is_new(new: NewVersion, ground: Ground) -> bool:
    return new.version == 1 and not Path(ground.directory(new.object_id)).exists()


def _write_objects(news: dict[int, NewVersion], run: _Run) -> dict[int, NewVersion]:
    """Store new objects; those that another runner stored first are handed back."""
    ground = run.ground
    built: dict[int, Built] = {}
    lost: dict[int, NewVersion] = {}
    try:
        for at, new in news.items():
            if one := _build(new, None, run):
                built[at] = one
        parents = _make_parents(built.values(), ground)
        _sync(list(built.values()), parents, ground)
        ground.known.update(parents)
        for at, one in built.items():
            if not _place(one, ground):
                lost[at] = one.new
                ground.workshop.discard(one.folder)
        for parent in {_parent(one, ground) for one in built.values()}:
            ground.disk.sync_dir(parent)
    except BaseException:
        _discard(built.values(), ground)
        raise
    run.done.update({at: one.to_put() for at, one in built.items() if at not in lost})
    return lost


def _build(new: NewVersion, current: Current | None, run: _Run) -> Built | None:
    """Build one version; a fault of this object alone is noted and leaves nothing."""
    ground = run.ground
    folder = ground.workshop.new_folder()
    try:
        if current is None:
            return build_object(new, folder, ground.disk)
        return build_next(new, current, folder, ground.disk)
    except VanthuError as error:
        run.faults.append(error)
        ground.workshop.discard(folder)
        return None
    except BaseException:
        ground.workshop.discard(folder)
        raise


def _parent(one: Built, ground: Ground) -> str:
    return ground.directory(one.new.object_id).rpartition("/")[0]


def _make_parents(built: Iterable[Built], ground: Ground) -> list[str]:
    """Make the folders above the objects; those whose names are not known to be durable, upper ones first."""
    unsure: dict[str, None] = {}
    for one in built:
        lower = _parent(one, ground)
        for folder in (lower.rpartition("/")[0], lower):
            if folder not in ground.known and folder not in unsure:
                ground.disk.make_dir(folder, DIR_MODE)
                unsure[folder] = None
    return list(unsure)


def _sync(built: list[Built], parents: list[str], ground: Ground) -> None:
    if len(built) > 1:
        ground.disk.sync_filesystem(ground.root)
        return
    for one in built:
        one.sync()
    for folder in parents:
        ground.disk.sync_dir(folder.rpartition("/")[0])


def _place(one: Built, ground: Ground) -> bool:
    """Rename a new object to its place; false when there is one."""
    target = ground.directory(one.new.object_id)
    try:
        try:
            ground.disk.rename(one.folder, target)
        except FileNotFoundError:
            # A repair swept the empty folder above it; rare enough to sync again.
            ground.known.clear()
            parents = _make_parents([one], ground)
            _sync([one], parents, ground)
            ground.disk.rename(one.folder, target)
    except OSError as error:
        if error.errno in _IS_THERE:
            return False
        raise
    return True


def _write_next(news: dict[int, NewVersion], run: _Run) -> None:
    """Store next versions of objects that exist, or adopt them."""
    if not news:
        return
    ground = run.ground
    built: dict[int, Built] = {}
    with ground.workshop.locked([new.object_id for new in news.values()]):
        try:
            for at, new in news.items():
                try:
                    current = _settled(new, ground)
                    if new.version <= current.inventory.head:
                        run.done[at] = _adopt(new, current, ground)
                    elif one := _build(new, current, run):
                        built[at] = one
                except VanthuError as error:
                    run.faults.append(error)
            _commit(list(built.values()), ground)
        finally:
            _discard(built.values(), ground)
    run.done.update({at: one.to_put() for at, one in built.items()})


def _settled(new: NewVersion, ground: Ground) -> Current:
    """The object that *new* belongs to, nothing pending in it."""
    current = look_once(ground.directory(new.object_id), new.object_id)
    head = current.inventory.head if current else 0
    if current is None or not 1 <= new.version <= head + 1:
        raise VersionGap(
            f"v{new.version} after v{head} object={new.object_id}",
            where=new.object_id,
            head=head,
            version=new.version,
        )
    _settle(current, ground)
    return current


def _adopt(new: NewVersion, current: Current, ground: Ground) -> Put:
    """Accept a stored version for *new*, when it holds at least the same files.

    Who stored it may have died before the last sync, so that is made up for here.
    """
    stored = current.inventory.versions[new.version].state
    wanted = {name: digest_of(source) for name, source in new.files.items()}
    wanted |= kept_state(new, current.inventory.versions)
    other = sorted(
        name
        for name, digest in wanted.items()
        if stored.get(name) != digest and not (name in new.volatile and name in stored)
    )
    if other:
        raise VersionConflict(
            f"v{new.version} differs in {other} object={new.object_id}",
            where=new.object_id,
            version=new.version,
            names=", ".join(other),
        )
    lower = current.directory.rpartition("/")[0]
    upper = lower.rpartition("/")[0]
    for folder in (current.directory, lower, upper, ground.root):
        ground.disk.sync_dir(folder)
    return Put(
        object_id=new.object_id,
        version=new.version,
        inventory_sha512=version_digest(current, new.version),
        files=stored_files(current, new.version),
        was_there=True,
    )


def _commit(built: list[Built], ground: Ground) -> None:
    """Bring built versions into their objects, step by step for all together."""
    if not built:
        return
    _sync(built, [], ground)
    targets = [ground.directory(one.new.object_id) for one in built]
    for name in ("", INVENTORY, SIDECAR):
        for one, target in zip(built, targets, strict=True):
            moved = name or f"v{one.new.version}"
            ground.disk.rename(f"{one.folder}/{moved}", f"{target}/{moved}")
        _sync_folders(targets, ground)


def _sync_folders(folders: list[str], ground: Ground) -> None:
    if len(folders) > 1:
        ground.disk.sync_filesystem(ground.root)
    else:
        ground.disk.sync_dir(folders[0])


def _settle(current: Current, ground: Ground) -> bool:
    """Finish what a writer that died left pending; under the object's lock."""
    if not current.is_pending:
        return False
    _check_newest(current)
    folder = ground.workshop.new_folder()
    try:
        ground.disk.sync_dir(current.directory)
        parts = {
            INVENTORY: current.inventory_bytes,
            SIDECAR: sidecar(current.inventory_bytes),
        }
        for name, data in parts.items():
            ground.disk.write_new(f"{folder}/{name}", data, FILE_MODE)
            ground.disk.sync_file(f"{folder}/{name}")
            ground.disk.rename(f"{folder}/{name}", f"{current.directory}/{name}")
            ground.disk.sync_dir(current.directory)
    finally:
        ground.workshop.discard(folder)
    _log.warning(
        "rolled forward object=%s version=%d",
        current.inventory.object_id,
        current.inventory.head,
        extra=shown_as("Làm nốt một phiên bản trong kho mà lần trước bị ngắt giữa chừng."),
    )
    return True


def _check_newest(current: Current) -> None:
    """Refuse to roll a version forward whose contents are not all there."""
    inventory = current.inventory
    prefix = f"v{inventory.head}/"
    for digest, path in inventory.manifest.items():
        if path.startswith(prefix):
            full = Path(current.directory, path)
            if not full.is_file():
                raise ObjectDamaged(f"{path} missing", where=inventory.object_id)
            try:
                check_digest(full, digest, object_id=inventory.object_id, name=path)
            except ContentDamaged as error:
                raise ObjectDamaged(error.detail, where=inventory.object_id) from error


def _discard(built: Iterable[Built], ground: Ground) -> None:
    for one in built:
        ground.workshop.discard(one.folder)
