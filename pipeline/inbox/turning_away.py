"""Files that are not taken in at all → the reason beside them: strays, the too large, the empty, and those marked secret.

What is turned away is renamed, never copied; the reason is written first, so that no file ever lies in the returned
folder without one.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pipeline.config import Office
from pipeline.errors.base import RecordRejected
from pipeline.errors.intake import NoSuchFolder
from pipeline.inbox.folders import NOTICE_NAME, Drop, KindFolder
from pipeline.inbox.results import make_folder, move_aside, place_text
from pipeline.vietnamese import safe_file_name

log = logging.getLogger(__name__)


def turn_away(path: Path, folder: Path, error: RecordRejected, office: Office) -> None:
    """Move a file of the clerk's into the returned folder of *folder*, with the reason beside it."""
    returned = folder / office.folders.returned
    make_folder(returned, office.inbox_dir)
    place_text(
        f"Tệp: {path.name}\n\n{error.clerk_text}\n",
        returned,
        f"{safe_file_name(path.stem, 90)}.LY-DO.txt",
    )
    move_aside(path, returned, path.name)
    log.info("turned away code=%s", error.code)


def turn_away_drop(drop: Drop, error: RecordRejected, office: Office) -> None:
    """The same for a drop, with the record beside it."""
    folder = office.inbox_dir / drop.kind
    turn_away(drop.path, folder, error, office)
    for path in drop.files[1:]:
        if path.exists():
            move_aside(path, folder / office.folders.returned, path.name)
    if drop.bundle is not None:
        with suppress(OSError):
            drop.bundle.rmdir()


def turn_away_stray(path: Path, office: Office, kinds: Mapping[str, KindFolder]) -> RecordRejected:
    """Answer a file that lies where no kind lives; why."""
    parts = path.relative_to(office.inbox_dir).parts
    top = office.inbox_dir / parts[0] if len(parts) > 1 else office.inbox_dir
    error = NoSuchFolder(
        "no kind here",
        file=path.name,
        folder=parts[0] if len(parts) > 1 else office.inbox_dir.name,
        folders=", ".join(f"«{name}»" for name in kinds),
    )
    turn_away(path, top, error, office)
    return error


def note_secret(drop: Drop, office: Office, error: type[RecordRejected]) -> RecordRejected:
    """Say in the folder that a file there is, or may be, marked secret; not which, and nothing of it."""
    told = error("a mark of secrecy, or a doubt", folder=drop.kind)
    place_text(f"{told.clerk_text}\n", office.inbox_dir / drop.kind, NOTICE_NAME)
    log.warning("%s left where it lies, in a folder of kind=%s", told.code, drop.kind)
    return told
