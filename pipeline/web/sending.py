"""A file that a browser sends → the inbox, exactly as if it had been put into the shared folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile

from pipeline.app import App, refuse_if_behind
from pipeline.durable import move_new, temp_beside
from pipeline.errors.intake import FileEmpty, FileTooLarge, FolderFull
from pipeline.inbox.folders import ensure_folders, lend_to_owner
from pipeline.record import new_id
from pipeline.rights import Actor
from pipeline.stores.registers.uploads import Uploads, UploadView
from pipeline.vietnamese import safe_file_name

_MODE = 0o664
#: Files of one name in one folder that nobody took in.
_MOST_NAMES = 1000


def send(file: UploadedFile[bytes], kind: str, actor: Actor, app: App) -> Path:
    """Put *file* into the folder of *kind*; where it lies.

    Raises:
        FileEmpty (R183), FileTooLarge (R182): before anything is written.
    """
    name = safe_file_name(Path(file.name or "tep").name)
    _check_size(file.size or 0, name, app)
    return _put(file.chunks(), name, kind, actor, app)


def send_bytes(content: bytes, name: str, kind: str, actor: Actor, app: App) -> Path:
    """Put *content* as a file of that name into the folder of *kind*, as :func:`send` does; where it lies."""
    _check_size(len(content), name, app)
    return _put((content,), safe_file_name(name), kind, actor, app)


def _put(chunks: Iterable[bytes], name: str, kind: str, actor: Actor, app: App) -> Path:
    """The row that says whose it is comes before the name, so that nobody can take it in without knowing."""
    refuse_if_behind(app)
    ensure_folders(app.office, {kind: app.folders[kind]})
    folder = app.office.inbox_dir / kind
    upload_id = new_id(app.clock)
    # Nobody's drop; where this process dies the watcher sweeps it.
    temp = temp_beside(folder / name)
    try:
        with temp.open("xb") as out:
            for chunk in chunks:
                out.write(chunk)
        temp.chmod(_MODE)
        lend_to_owner(temp, app.office.inbox_dir)
        upload = UploadView(
            id=upload_id,
            kind=kind,
            path="",
            inode=temp.stat().st_ino,
            size_bytes=temp.stat().st_size,
            person=actor.name,
            at=app.clock.now(),
        )
        return _named(temp, folder / name, upload, app)
    finally:
        temp.unlink(missing_ok=True)


def _named(temp: Path, wanted: Path, upload: UploadView, app: App) -> Path:
    """Give the file its name, or the next free one."""
    uploads = Uploads(app.registers.db)
    for count in range(1, _MOST_NAMES):
        end = "" if count == 1 else f" ({count})"
        target = wanted.with_name(f"{wanted.stem}{end}{wanted.suffix}")
        if target.exists():
            continue
        place = target.relative_to(app.office.inbox_dir).as_posix()
        uploads.note(replace(upload, id=new_id(app.clock), path=place))
        try:
            move_new(temp, target)
        except FileExistsError:
            continue
        return target
    raise FolderFull(f"no free name like {wanted.name!r}", file=wanted.name, folder=upload.kind)


def _check_size(size: int, name: str, app: App) -> None:
    limit = app.office.limits.max_file_bytes
    if not size:
        raise FileEmpty("empty upload", file=name)
    if size > limit:
        raise FileTooLarge(
            f"size={size}", file=name, size_mb=round(size / 1e6, 1), limit_mb=round(limit / 1e6)
        )
