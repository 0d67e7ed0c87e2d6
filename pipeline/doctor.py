"""A machine and an office in → what they lack and what each absence costs, in Vietnamese."""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from pipeline.clock import Clock, SystemClock, today
from pipeline.config import Office
from pipeline.directory import refuse_if_unready
from pipeline.engines.profile import letters_of
from pipeline.errors.base import KindInvalid
from pipeline.filesystems import NETWORK_TYPES, file_system_type, mounted
from pipeline.office_processes import older_than_settings
from pipeline.stores.registers.views import DocumentView

#: WAL pages can be lost before this one, unless checkpoints are kept apart as ours are.
_SQLITE_MENDED = (3, 51, 3)
#: Older than this program: the clock was never set.
_PROGRAM_WRITTEN_ON = date(2026, 1, 1)
_WATCHES_WANTED = 1024
_GIB = 1 << 30
#: So many papers are named; ``verify`` names all.
_TOLD_UNSIGNED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at."""

    #: What it is: «Phông chữ Liberation Serif».
    name: str
    ok: bool
    #: What its absence costs; empty when all is well.
    cost: str = ""
    #: What to do about it.
    remedy: str = ""
    #: Nothing works without it. The rest is slower, poorer or riskier.
    needed: bool = False
    #: It is there, but not as it should be: too old, too full, in the wrong place.
    is_there: bool = False

    @property
    def verdict(self) -> str:
        """One word or two for the person who asked."""
        if self.ok:
            return "được"
        return "CẦN CHÚ Ý" if self.is_there else "THIẾU"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """How we look at a machine; tests describe another one."""

    has_library: Callable[[str], bool]
    has_command: Callable[[str], bool]
    ocr_languages: Callable[[], frozenset[str]]
    free_bytes: Callable[[Path], int]
    font_dirs: Sequence[Path]
    sqlite_version: tuple[int, ...]
    #: The lines of ``/proc/self/mounts``.
    mounts: Sequence[str]
    #: How many folders one person may watch; ``None`` where there is no inotify.
    watches: int | None
    #: The folder the program lies in: the repository, or where pip put the package.
    program_dir: Path


def this_machine() -> Machine:
    """The one we run on."""
    return Machine(
        has_library=_has_library,
        has_command=lambda name: shutil.which(name) is not None,
        ocr_languages=_ocr_languages,
        free_bytes=lambda path: shutil.disk_usage(path).free,
        font_dirs=_font_dirs(),
        sqlite_version=sqlite3.sqlite_version_info,
        mounts=mounted(),
        watches=_number(Path("/proc/sys/fs/inotify/max_user_watches")),
        program_dir=Path(__file__).resolve().parent.parent,
    )


def examine(
    office: Office | None,
    *,
    clock: Clock | None = None,
    machine: Machine | None = None,
) -> list[Check]:
    """Look at the machine and, when there is one, at the office; every check, the good ones too."""
    at = machine or this_machine()
    checks = [*_rendering(at), *_papers(at), *_keeping(at)]
    if office is not None:
        checks += _office(office, at)
    checks.append(_clock(office, clock or SystemClock()))
    return checks


def check_signatures(overdue: Sequence[DocumentView]) -> Check:
    """Numbers given more than one working day ago to papers of which no signed one is known (A455)."""
    shown = [paper.number.shown for paper in overdue[:_TOLD_UNSIGNED] if paper.number]
    more = ", …" if len(overdue) > len(shown) else ""
    count = f": {len(overdue)}" if overdue else ""
    return _fit(
        f"Văn bản có số quá một ngày làm việc chưa ghi nhận đã ký{count}",
        not overdue,
        cost=f"Số đứng trong sổ mà chưa rõ có văn bản hay không: {', '.join(shown)}{more}. (A455)",
        remedy="Ký rồi: «vanthu state SỐ da-ky»; không ký: «vanthu void SỐ». Xem hết: «vanthu verify».",
    )


# --- the machine ---------------------------------------------------------------------------------


def _rendering(machine: Machine) -> Iterator[Check]:
    yield _found(
        "Thư viện dàn trang Pango",
        machine.has_library("libpango-1.0.so.0") and machine.has_library("libpangoft2-1.0.so.0"),
        cost="Không làm được bản PDF nào.",
        remedy="Cài gói libpango-1.0-0 và libpangoft2-1.0-0.",
        needed=True,
    )
    yield _found(
        "Thư viện rút gọn phông chữ HarfBuzz",
        machine.has_library("libharfbuzz-subset.so.0"),
        cost="Mỗi trang PDF làm chậm hơn khoảng năm lần.",
        remedy="Cài gói libharfbuzz-subset0.",
    )
    yield _found(
        "Phông chữ Liberation Serif",
        any(_has_font(folder, "LiberationSerif-Regular") for folder in machine.font_dirs),
        cost="Bản PDF dùng phông khác: ngắt dòng, ngắt trang không khớp với bản Word.",
        remedy="Cài gói fonts-liberation2 (gói fonts-liberation cũ không có chữ tiếng Việt).",
        needed=True,
    )


def _papers(machine: Machine) -> Iterator[Check]:
    tesseract = machine.has_command("tesseract")
    yield _found(
        "Nhận dạng chữ Tesseract",
        tesseract,
        cost="Bản quét vẫn vào sổ và được lưu nhưng không tìm được theo nội dung.",
        remedy="Cài gói tesseract-ocr.",
    )
    yield _found(
        "Tiếng Việt cho Tesseract",
        tesseract and "vie" in machine.ocr_languages(),
        cost="Chữ trong bản quét đọc ra sai dấu, tìm không thấy.",
        remedy="Cài gói tesseract-ocr-vie.",
    )
    yield _found(
        "Bộ công cụ PDF poppler",
        machine.has_command("pdftotext"),
        cost="Không đối chiếu được chữ và trang của tệp PDF bằng công cụ thứ hai.",
        remedy="Cài gói poppler-utils.",
    )
    yield _found(
        "Công cụ PDF qpdf",
        machine.has_command("qpdf"),
        cost="Không kiểm tra, sửa tay được tệp PDF hỏng.",
        remedy="Cài gói qpdf.",
    )
    yield _found(
        "LibreOffice",
        machine.has_command("soffice"),
        cost="Bản Word sửa lại trước khi ký vẫn được nhận và cấp số, nhưng không có bản PDF; phải in từ Word.",
        remedy="Cài gói libreoffice-writer-nogui (apt-get install --no-install-recommends libreoffice-writer-nogui).",
    )


def _keeping(machine: Machine) -> Iterator[Check]:
    version = ".".join(map(str, machine.sqlite_version))
    yield _fit(
        f"SQLite {version}",
        machine.sqlite_version >= _SQLITE_MENDED,
        cost="Bản này có lỗi có thể làm mất trang nhật ký WAL. Phần mềm đã tự tránh bằng cách chỉ để "
        "một tiến trình gộp nhật ký; công cụ khác mở sổ thì không tránh.",
        remedy="Không mở tệp sổ bằng công cụ khác khi văn phòng đang chạy; nâng SQLite lên 3.51.3 khi có thể.",
    )
    if machine.watches is not None:
        yield _fit(
            "Số thư mục được theo dõi cùng lúc",
            machine.watches >= _WATCHES_WANTED,
            cost="Tệp thả vào có thể chỉ được thấy ở lượt rà mỗi phút, không thấy ngay.",
            remedy="Đặt fs.inotify.max_user_watches từ 8192 trở lên.",
        )


# --- the office ----------------------------------------------------------------------------------


def _office(office: Office, machine: Machine) -> Iterator[Check]:
    yield _disk(office, machine)
    yield _file_system(office, machine)
    yield _place(office, machine)
    yield from _writable(office)
    yield _settings(office)
    if office.directory is not None:
        yield _directory(office)


def _disk(office: Office, machine: Machine) -> Check:
    free = machine.free_bytes(_nearest(office.archive_dir))
    wanted = office.limits.free_disk_bytes
    return _fit(
        f"Đĩa còn trống {free / _GIB:.1f} GiB",
        free >= wanted,
        cost=f"Dưới {wanted / _GIB:.1f} GiB thì ngừng nhận tệp mới; tệp nằm chờ trong thư mục.",
        remedy="Dọn đĩa hoặc thêm đĩa. Không xóa gì trong thư mục archive.",
        needed=True,
    )


def _file_system(office: Office, machine: Machine) -> Check:
    kind = file_system_type(office.registers_dir, machine.mounts)
    return _fit(
        f"Hệ thống tệp của sổ ({kind or 'không rõ'})",
        kind not in NETWORK_TYPES,
        cost="SQLite trên ổ mạng có thể hỏng sổ, cấp trùng số. Phần mềm không mở sổ ở đó.",
        remedy="Đặt archive trên đĩa của máy, hoặc dùng PostgreSQL (database_url trong vanthu.toml).",
        needed=not office.database_url,
    )


def _place(office: Office, machine: Machine) -> Check:
    return _fit(
        "Nơi đặt văn phòng",
        not office.root.resolve().is_relative_to(machine.program_dir),
        cost="Văn phòng nằm trong thư mục phần mềm: chỉ để dùng thử. Cập nhật hay xóa phần mềm là mất hồ sơ.",
        remedy="Lập văn phòng thật ở nơi khác, ví dụ: vanthu init /srv/vanthu",
    )


def _settings(office: Office) -> Check:
    old = older_than_settings(office)
    told = f"{len(old)} tiến trình đang chạy (số {', '.join(map(str, old))})"
    return _fit(
        "Các tiến trình chạy theo tệp vanthu.toml hiện nay",
        not old,
        cost=f"Tệp vanthu.toml sửa sau khi {told} đã bắt đầu: chúng vẫn làm theo nội dung cũ.",
        remedy="Dừng văn phòng rồi chạy lại: bấm Ctrl+C ở cửa sổ của «vanthu run», hoặc «systemctl restart vanthu».",
    )


def _writable(office: Office) -> Iterator[Check]:
    # The index is made anew beside the old one: in the office's own folder.
    for directory in (office.root, office.inbox_dir, office.archive_dir, office.index_dir):
        yield _fit(
            f"Quyền ghi vào {directory.name}",
            os.access(_nearest(directory), os.W_OK | os.X_OK),
            cost="Không nhận, không lưu được gì.",
            remedy=f"Cho người chạy vanthu quyền ghi vào {directory}.",
            needed=True,
        )


def _directory(office: Office) -> Check:
    why = ""
    try:
        refuse_if_unready(office)
    except KindInvalid as error:
        why = error.terminal_text
    return _found(
        "Đăng nhập bằng danh bạ ([dang_nhap_ldap])",
        not why,
        cost="Trang web không chạy.",
        remedy=why,
        needed=True,
    )


def _clock(office: Office | None, clock: Clock) -> Check:
    day = today(clock)
    sealed = [] if office is None else _journal_days(office.journal_dir)
    newest = max([*sealed, _PROGRAM_WRITTEN_ON])
    return _fit(
        f"Đồng hồ của máy ({day:%d/%m/%Y})",
        # The office's zone may be a day ahead of who set the clock.
        day >= newest - timedelta(days=1),
        cost=f"Đồng hồ chậm hơn ngày đã ghi sổ ({newest:%d/%m/%Y}): phần mềm không cấp số.",
        remedy="Chỉnh lại ngày giờ của máy, bật đồng bộ giờ (timedatectl set-ntp true).",
        needed=True,
    )


# --- how we look ---------------------------------------------------------------------------------


def _found(name: str, ok: bool, *, cost: str, remedy: str, needed: bool = False) -> Check:
    if ok:
        return Check(name=name, ok=True, needed=needed)
    return Check(name=name, ok=False, cost=cost, remedy=remedy, needed=needed)


def _fit(name: str, ok: bool, *, cost: str, remedy: str, needed: bool = False) -> Check:
    """Of what is always there, and may be unfit."""
    found = _found(name, ok, cost=cost, remedy=remedy, needed=needed)
    return replace(found, is_there=True)


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_font(folder: Path, stem: str) -> bool:
    """Whether the font lies there with Vietnamese letters: Debian has an older one without."""
    return folder.is_dir() and any(map(_is_vietnamese, folder.rglob(f"{stem}.[to]tf")))


def _is_vietnamese(face: Path) -> bool:
    try:
        return ord("ạ") in letters_of(face)
    except Exception:  # noqa: BLE001 - whatever a broken font file makes the library raise
        return False


def _font_dirs() -> tuple[Path, ...]:
    own = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        own / "fonts",
        Path.home() / ".fonts",
    )


def _ocr_languages() -> frozenset[str]:
    listed = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, text=True, check=False
    )
    return frozenset(listed.stdout.split())


def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return ()


def _number(path: Path) -> int | None:
    lines = _lines(path)
    return int(lines[0]) if lines else None


def _nearest(path: Path) -> Path:
    """*path*, or the closest folder above it that exists."""
    while not path.exists():
        path = path.parent
    return path


def _journal_days(journal_dir: Path) -> list[date]:
    days = []
    for path in journal_dir.glob("*-*-*.jsonl"):
        try:
            days.append(date.fromisoformat(path.name.removesuffix(".jsonl")))
        except ValueError:
            continue
    return days
