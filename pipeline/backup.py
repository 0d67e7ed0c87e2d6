"""An office at work → a dated folder that is a whole office; and a folder of the kind → whether it is still sound.

The registers' snapshot comes first and decides what belongs to the backup: the papers, versions and sealed lines that it
knows. Stored files never change, so all of that is still there when it is copied, and what came later is left out. Each
dated folder is complete; files that the last one holds with the same digest are linked to it, not copied again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.clock import Clock
from pipeline.config import OFFICE_FILE, Office
from pipeline.document_object import document_object, journal_object, receipt_object
from pipeline.durable import (
    fsync_dir,
    make_dirs,
    rename,
    sha512_file,
    sync_filesystem,
    write_file,
)
from pipeline.errors.archive import ObjectDamaged, told_as_temporary
from pipeline.errors.backup import BackupInside, NoBackup
from pipeline.inbox.spool import holding_spool
from pipeline.record import DocumentId, ReceiptId
from pipeline.stores.journal_lines import NO_HEAD, hash_of
from pipeline.stores.locks import file_lock
from pipeline.stores.objects.copying import Part, object_parts, root_parts
from pipeline.stores.objects.layout import INVENTORY, object_path
from pipeline.stores.registers.snapshot import Snapshot, take_snapshot

log = logging.getLogger(__name__)

Progress = Callable[[int, str], None]

FORMAT = "vanthu-backup-1"
ABOUT_FILE = "sao-luu.json"
#: As ``sha512sum -c`` reads it.
MANIFEST_FILE = "MANIFEST.sha512"
_UNFINISHED = ".dang-ghi-"
_LOCK = ".khoa"
_LOCK_SECONDS = 5.0
_KEY_FILE = "django.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A finished backup."""

    folder: Path
    files: int
    #: Files that had to be copied; the others are shared with the backup before.
    copied: int
    #: The journal's head in it.
    head: str
    #: What could not be backed up as it should be, place first; empty when all is well.
    faults: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Writing:
    """One backup being written."""

    office: Office
    folder: Path
    #: The last finished backup, and its digests by path.
    before: Path | None
    known: Mapping[str, str]
    progress: Progress
    manifest: dict[str, str] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    head: str = NO_HEAD


def backup_office(
    office: Office, place: Path, clock: Clock, progress: Progress = lambda _done, _path: None
) -> Backup:
    """Back the office up into a new dated folder of *place*, which was looked at before; the office may be at work.

    What a killed run left behind is removed. A stored file that is damaged is taken from the backup before where that
    has it whole; in any case it is told.

    Raises:
        BackupInside (K272): *place* is part of the office.
        ArchiveBusy (T323): another backup is being written there.
    """
    place = place.resolve()
    if place.is_relative_to(office.root):
        raise BackupInside(f"{place} in {office.root}", folder=str(place))
    make_dirs(place, 0o700)
    with file_lock(place / _LOCK, seconds=_LOCK_SECONDS), told_as_temporary(str(place)):
        for path in place.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(path)
        before = newest_backup(place)
        stamp = _free_stamp(place, clock)
        writing = _Writing(
            office=office,
            folder=place / f"{_UNFINISHED}{stamp}",
            before=before,
            known=read_manifest(before) if before else {},
            progress=progress,
        )
        make_dirs(writing.folder, 0o700)
        _write(writing)
        _seal(writing, clock)
        rename(writing.folder, place / stamp)
    log.info("backed up files=%d copied=%d", len(writing.manifest), len(writing.fresh))
    return Backup(
        folder=place / stamp,
        files=len(writing.manifest),
        copied=len(writing.fresh),
        head=writing.head,
        faults=tuple(writing.faults),
    )


def newest_backup(place: Path) -> Path | None:
    """The newest finished backup in *place*, or *place* itself where it is one."""
    if (place / ABOUT_FILE).is_file():
        return place
    if not place.is_dir():
        return None
    found = [path.parent for path in place.glob(f"*/{ABOUT_FILE}")]
    finished = [path for path in found if not path.name.startswith(".")]
    return max(finished, key=lambda path: path.name, default=None)


def the_backup(place: Path) -> Path:
    """As :func:`newest_backup`.

    Raises:
        NoBackup (K274).
    """
    found = newest_backup(place.resolve())
    if found is None:
        raise NoBackup(f"no backup in {place}", folder=str(place))
    return found


def about_backup(folder: Path) -> dict[str, Any]:
    """What a backup says of itself."""
    value: dict[str, Any] = json.loads((folder / ABOUT_FILE).read_bytes())
    return value


def read_manifest(folder: Path) -> dict[str, str]:
    """Path → sha512 of every file of a backup."""
    found = {}
    with (folder / MANIFEST_FILE).open(encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            digest, _, name = line.rstrip("\n").partition("  ")
            found[name] = digest
    return found


def check_backup(
    folder: Path, progress: Progress = lambda _done, _path: None, *, only: list[str] | None = None
) -> Iterator[str]:
    """Everything in a finished backup that is not as it was written, place first; every byte is read.

    Args:
        only: Look at these files alone.
    """
    try:
        about = about_backup(folder)
        manifest = read_manifest(folder)
    except (OSError, ValueError) as error:
        yield f"{folder.name}: không đọc được bản kê ({error})"
        return
    if only is None and sha512_file(folder / MANIFEST_FILE) != about.get("manifest_sha512"):
        yield f"{MANIFEST_FILE}: khác với lúc sao lưu"
    for count, name in enumerate(manifest if only is None else only, start=1):
        if fault := _fault_of(folder / name, manifest[name]):
            yield f"{name}: {fault}"
        progress(count, name)


def _fault_of(path: Path, digest: str) -> str:
    try:
        return "" if sha512_file(path) == digest else "khác với lúc sao lưu"
    except FileNotFoundError:
        return "không còn"
    except OSError as error:
        return f"không đọc được ({error.strerror})"


# --- writing ---


def _free_stamp(place: Path, clock: Clock) -> str:
    stamp = clock.now().strftime("%Y-%m-%d_%Hh%Mm%S")
    count = 1
    while (place / (name := stamp if count == 1 else f"{stamp}_{count}")).exists():
        count += 1
    return name


def _write(writing: _Writing) -> None:
    """Snapshot first, then what it names."""
    office = writing.office
    registers = writing.folder / office.registers_dir.relative_to(office.root)
    make_dirs(registers, 0o700)
    # While it is held nobody sweeps the spool: a drop that the snapshot still waits for stays there.
    with holding_spool(office):
        snapshot = take_snapshot(office.registers_dir, office.database_url, registers)
        name = str(snapshot.path.relative_to(writing.folder))
        writing.fresh.append(name)
        _note(writing, name, sha512_file(snapshot.path))
        for path in _settings(office):
            _keep(writing, path)
        for folder in sorted(office.spool_dir.glob("*/")):
            for path in _files_of(folder) if folder.name in snapshot.receipts else ():
                _keep(writing, path)
    _keep_journal(writing, snapshot)
    for part in _archive_parts(writing, snapshot):
        _keep_part(writing, part)


def _settings(office: Office) -> Iterator[Path]:
    yield office.root / OFFICE_FILE
    yield from _files_of(office.templates_dir)
    key = office.registers_dir / _KEY_FILE
    if key.exists():
        yield key


def _files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _keep_journal(writing: _Writing, snapshot: Snapshot) -> None:
    """The sealed days, up to the last line that the snapshot knows; a part of a chain is a chain."""
    office = writing.office
    if snapshot.sealed is None:
        return
    last_day, last_line = snapshot.sealed
    for path in sorted(office.journal_dir.glob("*.jsonl")):
        if path.stem > last_day.isoformat():
            continue
        lines = path.read_bytes().split(b"\n")[:-1]
        if path.stem == last_day.isoformat():
            lines = lines[:last_line]
        if lines:
            writing.head = hash_of(lines[-1])
        _put(writing, str(path.relative_to(office.root)), b"".join(one + b"\n" for one in lines))


def _archive_parts(writing: _Writing, snapshot: Snapshot) -> Iterator[Part]:
    root = writing.office.objects_dir
    if not root.is_dir():
        return
    yield from root_parts(root)
    for object_id, version in _wanted(root, snapshot):
        try:
            yield from object_parts(root, object_id, version)
        except ObjectDamaged as error:
            writing.faults.append(f"{object_id}: {error.detail}")


def _wanted(root: Path, snapshot: Snapshot) -> Iterator[tuple[str, int]]:
    """Objects and the version they had at the snapshot's moment."""
    for document, version in snapshot.documents.items():
        yield document_object(DocumentId(document)), version
    for receipt in sorted(snapshot.receipts):
        yield from _as_it_stands(root, receipt_object(ReceiptId(receipt)))
    if snapshot.sealed is not None:
        last_day = snapshot.sealed[0]
        for day in _days(root.parent / "journal"):
            if day < last_day:
                yield from _as_it_stands(root, journal_object(day.isoformat()))


def _as_it_stands(root: Path, object_id: str) -> Iterator[tuple[str, int]]:
    """An object that has one version, or two once it is a tombstone."""
    directory = root / object_path(object_id)
    versions = [int(path.name[1:]) for path in directory.glob("v*") if (path / INVENTORY).is_file()]
    if versions:
        yield object_id, max(versions)


def _days(folder: Path) -> list[date]:
    return sorted(date.fromisoformat(path.stem) for path in folder.glob("*.jsonl"))


def _keep_part(writing: _Writing, part: Part) -> None:
    name = str((writing.office.objects_dir / part.name).relative_to(writing.office.root))
    if not part.sha512:
        _keep(writing, part.source, name)
        return
    if _link(writing, name, part.sha512):
        return
    digest = _copy(part.source, writing.folder / name, writing, name)
    if not digest or digest == part.sha512:
        return
    writing.faults.append(f"{name}: khác với lúc lưu vào kho")
    (writing.folder / name).unlink()
    del writing.manifest[name]
    writing.fresh.remove(name)


def _keep(writing: _Writing, path: Path, name: str = "") -> None:
    """A file whose digest nobody told, as it is now; *name* where it belongs elsewhere."""
    name = name or str(path.relative_to(writing.office.root))
    try:
        digest = sha512_file(path)
    except FileNotFoundError:
        if "objects" in Path(name).parts[:2]:
            writing.faults.append(f"{name}: không còn trong kho")
        return
    if not _link(writing, name, digest):
        _copy(path, writing.folder / name, writing, name)


def _put(writing: _Writing, name: str, data: bytes) -> None:
    digest = hashlib.sha512(data).hexdigest()
    if _link(writing, name, digest):
        return
    target = writing.folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    writing.fresh.append(name)
    _note(writing, name, digest)


def _link(writing: _Writing, name: str, digest: str) -> bool:
    """Share a file with the backup before, where that has it with this digest."""
    if writing.before is None or writing.known.get(name) != digest:
        return False
    target = writing.folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(writing.before / name, target)
    except OSError:  # lost there, or a disk that knows no links
        return False
    _note(writing, name, digest)
    return True


def _copy(source: Path, target: Path, writing: _Writing, name: str) -> str:
    """Copy a file and note the digest of what was copied; empty where it cannot be read."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha512()
    try:
        with source.open("rb") as stream, target.open("xb") as out:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
                out.write(chunk)
    except FileNotFoundError:
        writing.faults.append(f"{name}: không còn trong kho")
        return ""
    writing.fresh.append(name)
    _note(writing, name, digest.hexdigest())
    return digest.hexdigest()


def _note(writing: _Writing, name: str, digest: str) -> None:
    writing.manifest[name] = digest
    writing.progress(len(writing.manifest), name)


def _seal(writing: _Writing, clock: Clock) -> None:
    """Manifest, sync of everything, and a second look at what was written."""
    folder = writing.folder
    lines = [f"{digest}  {name}\n" for name, digest in sorted(writing.manifest.items())]
    data = "".join(lines).encode("utf-8", "surrogateescape")
    write_file(folder / MANIFEST_FILE, data, mode=0o600)
    about = {
        "format": FORMAT,
        "office": writing.office.name,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "database": "postgresql" if writing.office.database_url else "sqlite",
        "journal_head": writing.head,
        "files": len(writing.manifest),
        "manifest_sha512": hashlib.sha512(data).hexdigest(),
        "faults": writing.faults,
    }
    text = json.dumps(about, ensure_ascii=False, indent=2) + "\n"
    write_file(folder / ABOUT_FILE, text.encode(), mode=0o600)
    sync_filesystem(folder)
    fsync_dir(folder)
    writing.faults += check_backup(folder, only=writing.fresh)
