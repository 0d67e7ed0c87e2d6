"""An office of an older release → its tables brought up to this one: backed up before, checked after, put back on failure."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.app import Access, office_lock, open_office
from pipeline.backup import backup_office
from pipeline.backup_place import check_place
from pipeline.clock import Clock
from pipeline.config import Office, load_office
from pipeline.durable import fsync_dir, fsync_file, make_dirs, rename
from pipeline.errors.backup import UpgradeFailed
from pipeline.errors.base import shown_as
from pipeline.stores.registers.api import open_registers
from pipeline.stores.registers.database import tables_are_old
from pipeline.stores.registers.snapshot import SQLITE_FILE, take_snapshot
from pipeline.verify import is_damage, verify_office

log = logging.getLogger(__name__)

_OLD = f"{SQLITE_FILE}.truoc-nang-cap"


def upgrade_office(
    root: Path,
    clock: Clock,
    place: Path | None = None,
    progress: Callable[[int, str], None] = lambda _done, _place: None,
) -> Path | None:
    """Bring the tables up to this program; the backup made before, None when nothing was to be done.

    Args:
        place: Where the backup goes; by default beside the office.
    Raises:
        OfficeBusy (T370): somebody is in.
        BackupPlaceMissing (R364), BackupPlaceEmpty (R365): nothing was touched.
        UpgradeFailed (T373): the new tables did not come out well; the old ones are back.
    """
    office = load_office(root)
    make_dirs(office.registers_dir, 0o700)
    old = office.registers_dir / _OLD
    if not old.exists() and not tables_are_old(office.registers_dir, office.database_url):
        return None
    with office_lock(office, Access.ALONE):
        _undo_half_done(office)
        if not tables_are_old(office.registers_dir, office.database_url):
            return None
        if place is not None:
            check_place(place)
        folder = place or office.root.with_name(f"{office.root.name}-sao-luu")
        made = backup_office(office, folder, clock, progress).folder
        _keep_old(office)
    try:
        _migrate(office, clock)
        _check(root, clock)
    except BaseException as error:
        with office_lock(office, Access.ALONE):
            _undo_half_done(office)
        log.exception(
            "upgrade failed", extra=shown_as("Nâng cấp không xong; đã trả lại như trước.")
        )
        raise UpgradeFailed(f"{error}", why=f"{error}"[:200], backup=str(made)) from error
    old.unlink(missing_ok=True)
    fsync_dir(office.registers_dir)
    return made


def _keep_old(office: Office) -> None:
    """The old database beside the new one, until that is found good; a server migrates in one transaction."""
    if office.database_url:
        return
    folder = office.registers_dir / ".nang-cap"
    shutil.rmtree(folder, ignore_errors=True)
    make_dirs(folder, 0o700)
    copy = take_snapshot(office.registers_dir, "", folder).path
    fsync_file(copy)
    rename(copy, office.registers_dir / _OLD)
    folder.rmdir()


def _undo_half_done(office: Office) -> None:
    """Put the old database back, if an upgrade did not come to its end."""
    old = office.registers_dir / _OLD
    if not old.exists():
        return
    for suffix in ("-wal", "-shm"):
        (office.registers_dir / f"{SQLITE_FILE}{suffix}").unlink(missing_ok=True)
    rename(old, office.registers_dir / SQLITE_FILE)


def _migrate(office: Office, clock: Clock) -> None:
    with office_lock(office, Access.ALONE):
        open_registers(
            office.registers_dir, clock, database_url=office.database_url, may_migrate=True
        ).close()


def _check(root: Path, clock: Clock) -> None:
    """Everything but the bytes of the archive, which an upgrade does not touch."""
    with open_office(root, clock, access=Access.ALONE) as app:
        for found in verify_office(app, deep=False):
            if is_damage(found):
                raise UpgradeFailed(found.detail, why=found.sentence(), backup="")
        app.registers.journal_append("upgraded", "he-thong", None, {})
