"""A file in the inbox → a receipt in the registers and a copy in the spool (acts 0–4), or a reason why not yet.

The order of the acts is in docs/decisions/0001 and is the whole point: after each of them a crash leaves
something that the next look puts right, and at every moment the file is in the inbox, in ``.nhan`` or in the spool
with a row that names it.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from pipeline.between import Bench
from pipeline.config import Office
from pipeline.durable import fsync_dir
from pipeline.engines.bundle import free_name
from pipeline.errors.intake import (
    ArchiveNotWritable,
    DiskAlmostFull,
    FileChangedWhileRead,
    FileEmpty,
    FileTooLarge,
    FileUnreadable,
)
from pipeline.inbox.folders import TAKEN_FOLDER, Drop, taken_name
from pipeline.inbox.look import Look, look_at
from pipeline.inbox.readiness import Signature, is_being_written
from pipeline.inbox.results import move_under_free_name
from pipeline.inbox.spool import ANNEX_DIR, Spooled, copy_in, filling, publish
from pipeline.record import DocumentId, ReceiptId, new_id
from pipeline.stores.registers.uploads import Uploads
from pipeline.stores.registers.views import DocumentState, NewDocument, NewReceipt

log = logging.getLogger(__name__)

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
#: Of the random end of a receipt's id: 50 bits.
_LOT_LETTERS = 10


class Refusal(StrEnum):
    """Why a file was left where it lies."""

    #: Another intake has it, or it vanished: nothing to say.
    GONE = "gone"
    #: Somebody is still writing it.
    UNFINISHED = "unfinished"
    #: It carries a mark of secrecy.
    MARKED = "marked"
    #: It may carry one; the clerk must say.
    DOUBTFUL = "doubtful"
    #: There was no time to see whether it carries one; the clerk must say.
    UNLOOKED = "unlooked"


def take_in(drop: Drop, bench: Bench, *, patient: bool) -> ReceiptId | Refusal:
    """Take one drop from the inbox.

    Args:
        patient: The file has been quiet long enough: it is taken even when its format is not whole.
    Raises:
        TemporaryFailure: no room, no permission, the file changed under our hands; it stays in the inbox.
        RecordRejected (R182, R183): too large or empty; it must be turned away without a copy.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(_opened(path)) for path in drop.files]
        main, *others = files
        if main is None or (drop.bundle is not None and None in files):
            return Refusal.GONE
        there = [main, *(file for file in others if file is not None)]
        return _take_opened(drop, bench, there, patient=patient)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    path: Path
    descriptor: int
    signature: Signature
    owner: str


@contextmanager
def _opened(path: Path) -> Iterator[_Open | None]:
    """The file, opened without following links and locked against other intakes; None when it is not ours."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        yield None
        return
    except OSError as error:
        if error.errno == errno.ELOOP:
            yield None
            return
        raise FileUnreadable(
            f"cannot open a dropped file: {error.strerror}", file=path.name
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        facts = os.fstat(descriptor)
        signature = Signature.of(facts)
        is_there = _signature_at(path) == signature
        yield (
            _Open(
                path=path, descriptor=descriptor, signature=signature, owner=_name_of(facts.st_uid)
            )
            if is_there
            else None
        )
    finally:
        os.close(descriptor)


def _take_opened(
    drop: Drop, bench: Bench, files: list[_Open], *, patient: bool
) -> ReceiptId | Refusal:
    if any(is_being_written(file.descriptor) for file in files):
        return Refusal.UNFINISHED
    _check_sizes(files, bench.office)
    receipt_id = ReceiptId(new_id(bench.clock))
    look = look_at(
        drop, bench.kind, bench.office, bench.cell, new_lot=receipt_id[-_LOT_LETTERS:].upper()
    )
    if look.is_secret:
        return Refusal.MARKED
    if look.is_doubtful:
        return Refusal.UNLOOKED if look.is_unlooked else Refusal.DOUBTFUL
    if not look.is_whole and not patient:
        return Refusal.UNFINISHED
    with _filling(bench.office, receipt_id) as temp:
        copies = _copy(files, temp, drop, bench.office)
        copies[0] = _with_sender(copies[0], files[0], receipt_id, bench)
        publish(bench.office, temp, receipt_id)
        moved = _move_aside(files, receipt_id)
        try:
            _receive(drop, look, copies, receipt_id, bench)
        except BaseException:
            for file, path in zip(files, moved, strict=True):
                _put_back(path, file.path)
            raise
        for path in moved:
            path.unlink()
            fsync_dir(path.parent)
    if drop.bundle is not None:
        _clear_away(drop)
    return receipt_id


def _clear_away(drop: Drop) -> None:
    """The folder a paper came in with its annexes, empty now; left where something new lies in it."""
    assert drop.bundle is not None
    folders = {parent for path in drop.files for parent in path.parents if parent != drop.bundle}
    inside = [folder for folder in folders if folder.is_relative_to(drop.bundle)]
    for folder in (*sorted(inside, key=lambda one: -len(one.parts)), drop.bundle):
        with suppress(OSError):
            (folder / TAKEN_FOLDER).rmdir()
        with suppress(OSError):
            folder.rmdir()


@contextmanager
def _filling(office: Office, receipt_id: ReceiptId) -> Iterator[Path]:
    """The spool, where a disk that fails is the operator's turn and the file simply waits."""
    try:
        with filling(office, receipt_id) as temp:
            yield temp
    except OSError as error:
        if error.errno in _NO_ROOM:
            free_mb = shutil.disk_usage(office.archive_dir).free // 10**6
            need_mb = max(free_mb + 1, office.limits.free_disk_bytes // 10**6)
            raise DiskAlmostFull(f"no room: {error}", free_mb=free_mb, need_mb=need_mb) from error
        raise ArchiveNotWritable(f"cannot store a drop: {error.strerror}") from error


def _check_sizes(files: list[_Open], office: Office) -> None:
    limit = office.limits.max_file_bytes
    for file in files:
        size = file.signature.size_bytes
        if size == 0:
            raise FileEmpty("empty file", file=file.path.name)
        if size > limit:
            raise FileTooLarge(
                f"size={size} over the limit",
                file=file.path.name,
                size_mb=round(size / 1e6, 1),
                limit_mb=round(limit / 1e6),
            )
    need = sum(file.signature.size_bytes for file in files) * 3 + office.limits.free_disk_bytes
    free = shutil.disk_usage(office.archive_dir).free
    if free < need:
        raise DiskAlmostFull(
            f"free={free} need={need}", free_mb=free // 10**6, need_mb=need // 10**6
        )


def _copy(files: list[_Open], temp: Path, drop: Drop, office: Office) -> list[Spooled]:
    copies: list[Spooled] = []
    for file in files:
        target = temp / file.path.name
        if file.path in drop.annexes:
            target = free_name(temp / ANNEX_DIR, file.path.name, [copy.path for copy in copies])
            target.parent.mkdir(mode=0o700, exist_ok=True)
        copies.append(
            copy_in(
                file.descriptor,
                target.parent,
                target.name,
                owner=file.owner,
                limit_bytes=office.limits.max_file_bytes,
            )
        )
    for file in files:
        if Signature.of(os.fstat(file.descriptor)) != file.signature:
            raise FileChangedWhileRead("changed while it was copied")
    return copies


def _move_aside(files: list[_Open], receipt_id: ReceiptId) -> list[Path]:
    """Rename each into its ``.nhan``; all back when one is no longer the file we copied."""
    moved: list[tuple[Path, Path]] = []
    try:
        for file in files:
            folder = _taken_dir(file.path)
            folder.mkdir(exist_ok=True)
            target = folder / taken_name(receipt_id, file.path.name)
            file.path.rename(target)
            moved.append((file.path, target))
            fsync_dir(folder)
            fsync_dir(file.path.parent)
        if any(
            _signature_at(target) != file.signature
            for file, (_, target) in zip(files, moved, strict=True)
        ):
            _give_up("another file stood under the name")
    except (OSError, FileChangedWhileRead) as error:
        for source, target in moved:
            _put_back(target, source)
        if isinstance(error, FileNotFoundError):
            raise FileChangedWhileRead("vanished before it was moved") from error
        if isinstance(error, OSError):
            raise FileUnreadable(
                f"cannot move: {error.strerror}", file=files[0].path.name
            ) from error
        raise
    return [target for _, target in moved]


def _give_up(detail: str) -> NoReturn:
    raise FileChangedWhileRead(detail)


def _taken_dir(path: Path) -> Path:
    """The ``.nhan`` beside a dropped file: in its own folder, so that the way back is known."""
    return path.parent / TAKEN_FOLDER


def _put_back(target: Path, source: Path) -> None:
    """Give a file its name in the inbox back, never over another that came meanwhile."""
    move_under_free_name(target, source)


def _receive(
    drop: Drop, look: Look, copies: list[Spooled], receipt_id: ReceiptId, bench: Bench
) -> None:
    now = bench.clock.now()
    main = copies[0]
    receipt = NewReceipt(
        id=receipt_id,
        kind=drop.kind,
        source_name=drop.path.name,
        folder=str(drop.path.parent.relative_to(bench.office.inbox_dir)),
        suffix=drop.suffix,
        sha512=main.sha512 if drop.bundle is None else _digest_of_all(copies),
        size_bytes=main.size_bytes,
        owner=main.owner,
        received_at=now,
        is_list=look.is_list,
        hold_all=look.hold_all,
        lot=look.lot,
        extra={"problems": [asdict(problem) for problem in look.problems], **look.details},
    )
    again = _tried_again(drop, look, bench)
    documents = [
        NewDocument(
            id=again.get(item.place.line_code) or DocumentId(new_id(bench.clock)),
            place=item.place,
            record=item.record,
            record_sha512=item.sha512,
        )
        for item in look.items
    ]
    bench.registers.receive(receipt, documents)
    log.info("received receipt=%s kind=%s documents=%d", receipt_id, drop.kind, len(documents))


def _with_sender(copy: Spooled, file: _Open, receipt_id: ReceiptId, bench: Bench) -> Spooled:
    """A file that came by the web page belongs to whoever sent it, not to the account that wrote it down."""
    place = file.path.relative_to(bench.office.inbox_dir).as_posix()
    found = Uploads(bench.registers.db)
    signature = file.signature
    sender = found.taken(place, signature.inode, signature.size_bytes, receipt_id)
    return replace(copy, owner=sender) if sender else copy


def _digest_of_all(copies: list[Spooled]) -> str:
    """A paper with another annex is another drop."""
    lines = sorted(f"{copy.sha512} {copy.path.name}" for copy in copies)
    return hashlib.sha512("\n".join(lines).encode()).hexdigest()


def _tried_again(drop: Drop, look: Look, bench: Bench) -> dict[str, DocumentId]:
    """Line code → the paper that was given back under it: the same paper is tried again."""
    codes = [item.place.line_code for item in look.items if item.place.line_code]
    if not codes:
        return {}
    known = bench.registers.by_line_codes(drop.kind, codes)
    return {
        code: paper.id for code, paper in known.items() if paper.state is DocumentState.RETURNED
    }


def _signature_at(path: Path) -> Signature | None:
    try:
        return Signature.of(path.lstat())
    except FileNotFoundError:
        return None


def _name_of(uid: int) -> str:
    try:
        return f"nguoi-dung:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"nguoi-dung:{uid}"
