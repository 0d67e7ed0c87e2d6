"""How the machine and the office are: disk, backup, verify, index, processes, doctor; each with what to do."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.app import App
from pipeline.doctor import Check, examine
from pipeline.office_processes import holders
from pipeline.stores.registers.overview import Overview
from pipeline.verify import last_verify
from pipeline.web.office import served

_GIB = 1 << 30
_BACKUP_AGE = timedelta(days=2)
_VERIFY_AGE = timedelta(days=10)
#: So many papers may wait for the index while the office works.
_UNINDEXED = 500
_DOCTOR_S = 600.0
_SELDOM_S = 20.0
#: Commands that an office at work consists of, and what each is for.
PROCESSES = {
    "watch": "nhận tệp",
    "work": "xử lý",
    "read": "đọc bản quét",
    "keep": "mục lục, nhật ký",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One thing looked at."""

    name: str
    #: What is so, in words.
    words: str
    is_well: bool
    #: What to do when it is not.
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All of it."""

    signs: tuple[Sign, ...]
    #: What doctor found wanting, and when he looked.
    wanting: tuple[Check, ...]
    looked_at: datetime


def health(app: App) -> Health:
    """As it is now; what doctor says may be ten minutes old and says of when it is."""
    memory = served().memory
    signs = memory.get("signs", _SELDOM_S, lambda: tuple(_signs(app)))
    checks, at = memory.get(
        "doctor", _DOCTOR_S, lambda: (examine(app.office, clock=app.clock), app.clock.now())
    )
    return Health(
        signs=signs, wanting=tuple(check for check in checks if not check.ok), looked_at=at
    )


def _signs(app: App) -> Iterator[Sign]:
    yield _disk(app)
    yield _backup(app)
    yield _verified(app)
    yield _index(app)
    yield _failing(app)
    yield _processes(app)


def _disk(app: App) -> Sign:
    usage = shutil.disk_usage(app.office.archive_dir)
    least = app.office.limits.free_disk_bytes
    free, percent = usage.free / _GIB, round(100 * usage.free / usage.total)
    return Sign(
        name="Đĩa",
        words=f"còn trống {free:.1f} GiB ({percent}%)".replace(".", ","),
        # Room for some days: there is time to act before the intake stops.
        is_well=usage.free >= 4 * least,
        remedy=f"Dọn đĩa hoặc thêm đĩa; dưới {least / _GIB:.1f} GiB thì ngừng nhận tệp. Không xóa gì trong thư mục archive.",
    )


def _backup(app: App) -> Sign:
    last = Overview(app.registers.db).last_deed("backup")
    remedy = "Cắm ổ sao lưu rồi chạy «vanthu backup THƯ_MỤC» trên máy chủ; nên đặt chạy mỗi ngày."
    if last is None:
        return Sign(name="Sao lưu", words="chưa lần nào", is_well=False, remedy=remedy)
    age = app.clock.now() - last.at
    faults = int(last.data.get("faults") or 0)
    told = f"; {faults} tệp không sao lưu được như cần" if faults else ""
    return Sign(
        name="Sao lưu",
        words=f"{ago(age)} trước, {last.at:%H:%M ngày %d/%m/%Y}{told}",
        is_well=age <= _BACKUP_AGE and not faults,
        remedy=remedy if not faults else "Chạy «vanthu verify» trên máy chủ để biết tệp nào hỏng.",
    )


def _verified(app: App) -> Sign:
    last = last_verify(app.office)
    remedy = "Chạy «vanthu verify» trên máy chủ; nên chạy hằng tuần."
    if last is None:
        return Sign(name="Kiểm tra kho", words="chưa lần nào", is_well=False, remedy=remedy)
    age = app.clock.now() - last.at
    found = f"{last.findings} phát hiện" if last.findings else "không có phát hiện nào"
    return Sign(
        name="Kiểm tra kho",
        words=f"{ago(age)} trước, {found}{'' if last.is_deep else ' (không đọc lại từng tệp)'}",
        is_well=age <= _VERIFY_AGE and not last.damage,
        remedy=f"Có {last.damage} chỗ hư hại: xem «Khi có sự cố» trong sổ tay vận hành."
        if last.damage
        else remedy,
    )


def _index(app: App) -> Sign:
    fault = app.search.health()
    waiting = app.registers.counts()["documents_unindexed"]
    state = f"chưa dùng được ({fault})" if fault else "tốt"
    queued = f", {waiting} văn bản đang chờ vào mục lục" if waiting else ""
    return Sign(
        name="Mục lục tìm kiếm",
        words=f"{state}{queued}",
        is_well=not fault and waiting < _UNINDEXED,
        remedy="Chương trình tự làm lại; nếu không bớt, chạy «vanthu reindex» trên máy chủ.",
    )


def _failing(app: App) -> Sign:
    counts = app.registers.counts()
    failing = counts["receipts_failing"] + counts["documents_failing"]
    return Sign(
        name="Tệp đã nhận",
        words=f"{failing} việc thử nhiều lần chưa xong" if failing else "không việc nào bị tắc",
        is_well=not failing,
        remedy="Tệp vẫn nguyên, chương trình còn thử lại: xem mã lỗi ở «journalctl -u vanthu» trên máy chủ, tra sổ mã lỗi.",
    )


def _processes(app: App) -> Sign:
    there = processes(app)
    if there is None:
        words = "máy này không cho biết"
        return Sign(name="Các tiến trình", words=words, is_well=True)
    missing = [f"«{name}» ({what})" for name, what in PROCESSES.items() if not there[name]]
    running = ", ".join(
        f"{name} {there[name]}" if there[name] > 1 else name for name in PROCESSES if there[name]
    )
    return Sign(
        name="Các tiến trình",
        words=f"đang chạy: {running or 'chỉ có trang web'}",
        is_well=not missing,
        remedy=f"Không thấy {', '.join(missing)}: xem «systemctl status vanthu» trên máy chủ.",
    )


def processes(app: App) -> Counter[str] | None:
    """How many processes of each command have this office open; None where the system does not tell."""
    pids = holders(app.office)
    if pids is None or os.getpid() not in pids:
        # We hold it ourselves: a list without us is another system's.
        return None
    return Counter(verb for pid in pids if (verb := _verb(pid)))


def _verb(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    return next((word for word in words if word in PROCESSES), "")


def ago(age: timedelta) -> str:
    """How long ago, in the one unit that people would name."""
    minutes = max(int(age.total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes} phút"
    return f"{minutes // 60} giờ" if minutes < 48 * 60 else f"{minutes // 1440} ngày"
