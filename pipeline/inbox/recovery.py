"""What a crash between the acts of intake left → put right, before anything new is taken in.

In ``.nhan`` without a row: back into the inbox. In ``.nhan`` with a row: done, removed. In the spool without a row, or
answered and archived: swept.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from pipeline.config import Office
from pipeline.durable import fsync_dir, sweep_temps
from pipeline.errors.base import shown_as
from pipeline.inbox.folders import KindFolder, taken_files
from pipeline.inbox.results import move_under_free_name
from pipeline.inbox.spool import may_sweep, orphans, sweep
from pipeline.record import ReceiptId
from pipeline.stores.registers.api import Registers

log = logging.getLogger(__name__)


def recover(office: Office, kinds: Mapping[str, KindFolder], registers: Registers) -> None:
    """Finish or undo what intakes that died had begun. Harmless beside living ones: they hold locks."""
    for path in taken_files(office, kinds):
        _finish_or_undo(path, registers)
    for receipt_id, folder in orphans(office):
        if registers.receipt(receipt_id) is None:
            told = shown_as("Dọn một lần nhận tệp dở dang; tệp vẫn nằm ở thư mục nhận.")
            log.warning("swept an orphan of the spool: %s", folder.name, extra=told)
            shutil.rmtree(folder, ignore_errors=True)
    _sweep_temps(office, kinds)


def _sweep_temps(office: Office, kinds: Mapping[str, KindFolder]) -> None:
    """What writers of notes and results left half written in the clerks' folders."""
    now_s = time.time()
    for name in kinds:
        folder = office.inbox_dir / name
        results = folder / office.folders.results
        for place in (folder, folder / office.folders.returned, *results.glob("*/")):
            sweep_temps(place, now_s=now_s)


def sweep_answered(office: Office, registers: Registers) -> int:
    """Remove the spool of drops that are archived and answered (act 12); how many."""
    receipts = registers.removable_receipts()
    if not receipts:
        return 0
    with may_sweep(office) as is_free:
        if not is_free:
            return 0
        for receipt_id in receipts:
            sweep(office, receipt_id)
        registers.swept(receipts)
    return len(receipts)


def _finish_or_undo(path: Path, registers: Registers) -> None:
    """*path* is ``…/.nhan/<receipt>~<name>``; nothing is done while a living intake holds it."""
    receipt_id, _, name = path.name.partition("~")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not path.exists():
            return
        if registers.receipt(ReceiptId(receipt_id)) is None:
            move_under_free_name(path, path.parent.parent / name)
            told = shown_as("Trả một tệp nhận dở về thư mục nhận để nhận lại.")
            log.warning("put back into the inbox: receipt=%s", receipt_id, extra=told)
        else:
            path.unlink()
            fsync_dir(path.parent)
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)
