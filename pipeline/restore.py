"""A backup → an office again: in an empty folder, or merged into one that is newer than its database.

Nothing is restored from a backup that is not whole. Afterwards numbering is locked, series by series, until somebody has
compared the last number with the paper book: what was given after the backup stands on paper only.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.app import Access, office_lock, open_office
from pipeline.backup import about_backup, check_backup, read_manifest, the_backup
from pipeline.clock import Clock
from pipeline.config import OFFICE_FILE, Office, load_office
from pipeline.durable import fsync_dir, make_dirs, rename, sync_filesystem, write_file
from pipeline.errors.backup import (
    BackupDamaged,
    BackupOutOfDate,
    DatabaseUrlNeeded,
    FolderNotEmpty,
    OtherDatabase,
)
from pipeline.errors.base import VanthuError, on_screen
from pipeline.errors.office_lock import OfficeBusy
from pipeline.flow import make_findable
from pipeline.merge import merge_office
from pipeline.rebuild import Rebuilt
from pipeline.sealing import seal_if_current
from pipeline.stores.objects.layout import INVENTORY
from pipeline.stores.registers.api import open_registers
from pipeline.stores.registers.marks import mark_restored
from pipeline.stores.registers.snapshot import (
    POSTGRESQL_FILE,
    SQLITE_FILE,
    exchange_server,
    load_server,
)
from pipeline.stores.registers.views import SeriesView

log = logging.getLogger(__name__)

Progress = Callable[[int, str], None]

#: Where the registers of a backup are brought up to this program.
_TRIAL = ".gop"
_URL_LINE = re.compile(r"(?m)^\s*#?\s*database_url\s*=.*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """An office that was restored."""

    root: Path
    #: Files put back.
    files: int
    #: Its series, every one locked, with the last number that the backup knows.
    series: tuple[SeriesView, ...]
    #: What a merge did, where there was one.
    merged: Rebuilt | None = None
    #: Why its papers cannot be found yet; empty where they can.
    why_not_found: str = ""


def restore_office(
    place: Path,
    into: Path,
    clock: Clock,
    person: str,
    *,
    database_url: str = "",
    progress: Progress = lambda _done, _path: None,
) -> Restored:
    """Restore the newest backup of *place* (or *place* itself) into the empty or missing folder *into*.

    It gets its name only when it is whole; what a killed run left is removed by the next.

    Raises:
        NoBackup (K274), FolderNotEmpty (K273), BackupDamaged (A434), DatabaseUrlNeeded (K275).
    """
    folder, into = _whole_backup(place, progress), into.resolve()
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise FolderNotEmpty(f"{into} is not empty", folder=str(into))
    about = about_backup(folder)
    if about["database"] == "postgresql" and not database_url:
        raise DatabaseUrlNeeded("no database url")
    make_dirs(into.parent)
    building = into.with_name(f".{into.name}.dang-khoi-phuc")
    shutil.rmtree(building, ignore_errors=True)
    manifest = read_manifest(folder)
    for count, (name, digest) in enumerate(manifest.items(), start=1):
        _copy(folder / name, building / name, digest)
        progress(count, name)
    if about["database"] == "postgresql":
        _settle_server(building, database_url)
    series = _lock_numbers(building, clock, person, datetime.fromisoformat(about["made_at"]))
    sync_filesystem(building)
    if into.exists():
        into.rmdir()
    rename(building, into)
    log.info("restored files=%d", len(manifest))
    return Restored(
        root=into,
        files=len(manifest),
        series=tuple(series),
        why_not_found=_make_findable(into, clock, progress),
    )


def _make_findable(root: Path, clock: Clock, progress: Progress) -> str:
    """Make the index, which no backup holds; why it could not be made. The office is restored either way."""
    try:
        with open_office(root, clock, access=Access.ALONE) as app:
            make_findable(app, role_timeout_s=60.0, progress=progress)
    except VanthuError as error:
        log.warning("restored without index: %s", error, extra=on_screen(error))
        return error.terminal_text
    return ""


def restore_merged(
    place: Path,
    into: Path,
    clock: Clock,
    person: str,
    progress: Progress = lambda _done, _path: None,
) -> Restored:
    """Bring the office in *into* back to all that it and a backup know together.

    The database becomes the backup's (the present one is set aside), objects and sealed days that are missing are put in,
    and then what objects and journal know beyond the database is merged into it. Nothing there is written over.

    Raises:
        NoBackup (K274), BackupDamaged (A434), OtherDatabase (A463), OfficeBusy (T370).
        TablesOutOfDate (T312): the backup is of a newer program; nothing was touched.
        BackupOutOfDate (A465): a server's tables of another release; the present ones were put back.
    """
    folder, into = _whole_backup(place, progress), into.resolve()
    office = load_office(into)
    _refuse_other_database(folder, office)
    _seal_what_stands(into, clock)
    with office_lock(office, Access.ALONE), _tables_of_today(folder, office, clock) as registers:
        missing = _missing(folder, into)
        for name, digest in missing:
            _copy(folder / name, into / name, digest)
        sync_filesystem(office.archive_dir)
        aside = _exchange_database(registers, office, clock)
    merged = merge_office(into, clock, person, progress)
    merged.missing.append(f"Sổ trước khi gộp được giữ lại ở {aside}.")
    with open_office(into, clock, access=Access.ALONE) as app:
        series = tuple(app.registers.series())
    return Restored(root=into, files=len(missing), series=series, merged=merged)


def _missing(folder: Path, into: Path) -> list[tuple[str, str]]:
    """Objects, sealed days and drops of a backup that an office lacks, files of an object before its inventory."""
    found = []
    for name, digest in read_manifest(folder).items():
        parts = Path(name).parts
        match parts[:2]:
            case ("archive", "objects"):
                # An object of the office's own is never mixed with another's versions.
                last = into.joinpath(*parts[:5], INVENTORY) if len(parts) > 5 else into / name
                is_there = last.exists()
            case ("archive", "journal"):
                own = into / name
                is_there = own.exists() and own.stat().st_size >= (folder / name).stat().st_size
            case ("archive", "spool"):
                is_there = (into / name).exists()
            case _:
                is_there = True
        if not is_there:
            found.append((name, digest))
    return sorted(found, key=lambda one: (_tells_of_object(one[0]), one[0]))


def _tells_of_object(name: str) -> bool:
    """Whether a file is the inventory at the top of an object: with it the object is there."""
    parts = Path(name).parts
    return len(parts) == 6 and parts[-1] == INVENTORY


def _refuse_other_database(folder: Path, office: Office) -> None:
    """See that backup and office keep their registers in the same sort of database, before anything is touched."""
    words = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    theirs = str(about_backup(folder)["database"])
    ours = "postgresql" if office.database_url else "sqlite"
    if theirs != ours:
        raise OtherDatabase(
            f"{folder} has {theirs}, the office {ours}", theirs=words[theirs], ours=words[ours]
        )


def _seal_what_stands(root: Path, clock: Clock) -> None:
    """Seal what the present registers know and the journal does not yet: only the journal goes on to the merged ones."""
    try:
        with open_office(root, clock, access=Access.ALONE) as app:
            seal_if_current(app)
    except OfficeBusy:
        raise
    except VanthuError as error:
        log.warning("registers cannot be read before the merge: %s", error, extra=on_screen(error))


@contextmanager
def _tables_of_today(folder: Path, office: Office, clock: Clock) -> Iterator[Path]:
    """The backup's registers with the tables of this program: a copy is brought up before anything here is touched.

    A server's cannot be looked at before it is there: :func:`_exchange_database` brings it up, or puts the old one back.
    """
    kept = folder / "archive" / "registers"
    if office.database_url:
        yield kept / POSTGRESQL_FILE
        return
    trial = office.registers_dir / _TRIAL
    shutil.rmtree(trial, ignore_errors=True)
    trial.mkdir(mode=0o700)
    try:
        write_file(trial / SQLITE_FILE, (kept / SQLITE_FILE).read_bytes(), mode=0o600)
        with open_registers(trial, clock, may_migrate=True) as registers:
            registers.checkpoint()
        yield trial / SQLITE_FILE
    finally:
        shutil.rmtree(trial, ignore_errors=True)


def _exchange_database(source: Path, office: Office, clock: Clock) -> Path:
    """Put the backup's registers in the place of the present ones; where those are kept."""
    registers_dir = office.registers_dir
    stamp = clock.now().strftime("%Y%m%d-%H%M%S")
    if office.database_url:
        aside = registers_dir / f"{POSTGRESQL_FILE}.truoc-{stamp}"
        exchange_server(source, office.database_url, aside)
        try:
            open_registers(registers_dir, clock, database_url=office.database_url).close()
        except BaseException as error:
            exchange_server(aside, office.database_url, aside.with_name(f"{aside.name}.bo"))
            raise BackupOutOfDate(f"tables of the backup: {error}") from error
        return aside
    aside = registers_dir / f"{SQLITE_FILE}.truoc-{stamp}"
    for suffix in ("-wal", "-shm", ""):
        path = registers_dir / (SQLITE_FILE + suffix)
        if path.exists():
            rename(path, aside.with_name(aside.name + suffix))
    write_file(registers_dir / SQLITE_FILE, source.read_bytes(), mode=0o600)
    return aside


def _whole_backup(place: Path, progress: Progress) -> Path:
    folder = the_backup(place)
    faults = list(check_backup(folder, progress))
    if faults:
        raise BackupDamaged(
            f"{len(faults)} faults in {folder}",
            folder=str(folder),
            count=len(faults),
            where=faults[0],
        )
    return folder


def _copy(source: Path, target: Path, digest: str) -> None:
    """Copy a file that was checked; a medium that changes its mind meanwhile is noticed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    found = hashlib.sha512()
    with source.open("rb") as stream, target.open("wb") as out:
        while chunk := stream.read(1 << 20):
            found.update(chunk)
            out.write(chunk)
    target.chmod(source.stat().st_mode & 0o777)
    if found.hexdigest() != digest:
        raise BackupDamaged(f"{source} changed", folder=str(source), count=1, where=target.name)


def _settle_server(building: Path, database_url: str) -> None:
    """Fill the new database, and name it in the office's settings."""
    dump = building / "archive" / "registers" / POSTGRESQL_FILE
    load_server(dump, database_url)
    dump.unlink()
    path = building / OFFICE_FILE
    text = path.read_text(encoding="utf-8-sig")
    line = f'database_url = "{database_url}"'
    text = (
        _URL_LINE.sub(lambda _: line, text, count=1)
        if _URL_LINE.search(text)
        else f"{line}\n{text}"
    )
    write_file(path, text.encode(), mode=0o600)


def _lock_numbers(building: Path, clock: Clock, person: str, made_at: datetime) -> list[SeriesView]:
    """Lock every series, and what might have begun since: its own deed in the restored journal."""
    office = load_office(building)
    for folder in (office.inbox_dir, office.index_dir, office.staging_dir, office.spool_dir):
        make_dirs(folder)
    with open_registers(
        office.registers_dir, clock, database_url=office.database_url, may_migrate=True
    ) as registers:
        why = why_locked(made_at)
        registers.lock_series([one.key for one in registers.series()], why, person)
        registers.journal_append(
            "restored", person, None, {"backup_of": made_at.isoformat(timespec="seconds")}
        )
        series = registers.series()
        registers.checkpoint()
    mark_restored(office.registers_dir, {"at": clock.now().isoformat(), "why": why})
    fsync_dir(office.registers_dir)
    return series


def why_locked(made_at: datetime) -> str:
    """What stands beside a locked series."""
    return (
        f"sổ được khôi phục từ bản sao lưu lúc {made_at:%H:%M ngày %d/%m/%Y}, "
        "số cấp sau đó chỉ còn trên giấy."
    )
