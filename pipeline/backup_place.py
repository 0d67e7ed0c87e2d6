"""A folder named for backups → whether backups belong there: a disk that is not plugged in looks like an empty folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.backup import newest_backup
from pipeline.errors.backup import BackupPlaceEmpty, BackupPlaceMissing
from pipeline.filesystems import waits_for_its_disk


def check_place(
    place: Path,
    used: Sequence[Path] = (),
    *,
    may_create: bool = False,
    ask_to_create: str = "",
) -> None:
    """See that *place* is where backups are kept; nothing is made.

    A new folder may be made by whoever backs up, but not where backups were before or a disk should be: there it would
    lie on the server's own disk.

    Args:
        used: Every backup that the journal tells of.
        may_create: A new place, or a new disk, is meant.
        ask_to_create: How whoever asks says that.
    Raises:
        BackupPlaceMissing (R364), BackupPlaceEmpty (R365).
    """
    place = place.absolute()
    if not place.parent.is_dir():
        lacking = next(one for one in reversed(place.parents) if not one.is_dir())
        raise BackupPlaceMissing(f"no folder {lacking}", folder=str(lacking), way="")
    was_used = any(place.resolve() in one.parents for one in used)
    if may_create or not (was_used or waits_for_its_disk(place)):
        return
    if not place.is_dir():
        raise BackupPlaceMissing(f"no folder {place}", folder=str(place), way=ask_to_create)
    if newest_backup(place) is None:
        raise BackupPlaceEmpty(f"empty {place}", folder=str(place), way=ask_to_create)


def shares_disk(place: Path, office_root: Path) -> bool:
    """Whether a broken disk would take the office and its backups at once."""
    return place.stat().st_dev == office_root.stat().st_dev
