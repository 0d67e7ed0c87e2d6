"""A whole office in ``tmp_path``: drop files, have them processed, look at what became of them."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import openpyxl
from command_forks import run_command
from helpers import ROOT, make_office
from odd_pdfs import content_of, write_pdf

from pipeline.app import App, open_office
from pipeline.clock import Clock, SystemClock
from pipeline.config import Office
from pipeline.engines.cell import Cell
from pipeline.inbox.folders import TAKEN_FOLDER, is_litter
from pipeline.process_once import Outcome, process_inbox
from pipeline.record import EntryStatus
from pipeline.stores.registers.api import open_registers
from pipeline.stores.registers.views import DocumentState, ReceiptState
from pipeline.verify import verify_office

GIOI_THIEU = "gioi-thieu"
VAN_BAN_DEN = "van-ban-den"
_LIVING = (DocumentState.NUMBERED, DocumentState.WAITING)
_FAMILIES = ("Đinh", "Lương", "Nông", "Hoàng", "Phùng", "Triệu", "Vi", "Bế", "Chu", "Lò")
_MIDDLES = ("Thị", "Văn", "Minh", "Ngọc", "Quốc", "Thanh", "Xuân", "Hải")
_GIVEN = ("Ngân", "Hiền", "Sơn", "Lĩnh", "Thảo", "Bách", "Khuê", "Dương", "Phượng", "Vỹ", "Quỳ")
#: Title on the sheet → property, of the columns these tests fill.
COLUMNS = {
    "Mã dòng": "ma_dong",
    "Họ và tên": "ho_ten",
    "Giới tính": "gioi_tinh",
    "Ngày sinh": "ngay_sinh",
    "Ngày vào Đảng": "ngay_vao_dang",
    "Chi bộ": "chi_bo",
    "Xã": "noi_cu_tru_xa",
    "Tỉnh": "noi_cu_tru_tinh",
}


# --- an office ---


def small_office(
    root: Path, *, cap_so: dict[str, str] | None = None, has_tables: bool = True, **limits: Any
) -> Office:
    """An office whose inbox does not wait, unless *limits* say so, and takes little room.

    *has_tables*: its registers are made, and empty; else whoever opens it first makes them.
    """
    root.mkdir(parents=True, exist_ok=True)
    given = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20} | limits
    office = make_office(root, gioi_han=given, cap_so=cap_so or {})
    office.inbox_dir.mkdir(exist_ok=True)
    if has_tables and not office.registers_dir.exists():
        shutil.copytree(_made_registers(), office.registers_dir, dirs_exist_ok=True)
    return office


@functools.cache
def _made_registers() -> Path:
    """Empty tables, made once for all tests of this process: making them takes longer than most of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="vanthu-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with open_registers(folder / "registers", SystemClock()):
        pass
    return folder / "registers"


class LentCell:
    """A cell that several apps of one test process use in turn; closing it leaves it warm."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cell, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmApp(App):
    """An open office that borrows a warm cell."""

    cell: Cell

    def new_cell(self) -> Any:
        return LentCell(self.cell)


@contextmanager
def opened(office: Office, cell: Cell, clock: Clock | None = None) -> Iterator[WarmApp]:
    with open_office(office.root, clock or SystemClock()) as app:
        yield WarmApp(cell=cell, **{one.name: getattr(app, one.name) for one in fields(App)})


def process_here(office: Office, cell: Cell, clock: Clock | None = None) -> list[Outcome]:
    """``process`` in this very process."""
    with opened(office, cell, clock) as app:
        return list(process_inbox(app, workers=1))


# --- the command line ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    status: int
    lines: list[dict[str, Any]]
    stdout: str
    stderr: str


def command(office: Office, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli", "--office", str(office.root), *arguments]


def start(
    office: Office, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """A command as a real process; *env*: what is otherwise in its surroundings."""
    return subprocess.Popen(
        command(office, *arguments),
        cwd=ROOT,
        env=os.environ | (env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes]) -> Ran:
    out, err = process.communicate(timeout=240)
    return _ran(process.returncode, out, err)


def _ran(status: int, out: bytes, err: bytes) -> Ran:
    text = out.decode()
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return Ran(status=status, lines=lines, stdout=text, stderr=err.decode())


def run(office: Office, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
    """A command to its end, in a process of its own."""
    words = ["--office", str(office.root), *arguments]
    return _ran(*run_command(words, os.environ | (env or {})))


def run_at_terminal(office: Office, *arguments: str, typed: str) -> Ran:
    """The same with somebody before it, who types *typed*."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            command(office, *arguments),
            cwd=ROOT,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.write(ours, typed.encode())
        return finish(process)
    finally:
        os.close(theirs)
        os.close(ours)


@contextmanager
def running(office: Office, *commands: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Commands as real processes, ended when the block is left."""
    processes = [start(office, name) for name in commands]
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=20)
            process.kill()
            process.wait()


def wait_until(is_so: Callable[[], Any], *, seconds: float = 30.0) -> Any:
    """Ask until the answer is true; that answer.

    A file gone between two looks is no answer yet: whoever is watched works on.
    """
    deadline = time.monotonic() + seconds
    never = threading.Event()
    while True:
        with contextlib.suppress(FileNotFoundError):
            if answer := is_so():
                return answer
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        never.wait(0.01)


# --- what is dropped ---


def person(number: int, **more: Any) -> dict[str, Any]:
    """The record of an invented member of the Party organisation of Hà Sơn; no two are one person."""
    names = _FAMILIES, _MIDDLES, _GIVEN
    left, words = number, []
    for choice in names:
        left, index = divmod(left, len(choice))
        words.append(choice[index])
    return {
        "ho_ten": " ".join(words),
        "gioi_tinh": "Nữ" if number % 2 else "Nam",
        "ngay_sinh": f"{1970 + left % 20}-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "ngay_vao_dang": f"{2008 + number % 9}-05-19",
        "chi_bo": "Chi bộ Phòng Hành chính, Đảng bộ Văn phòng Tỉnh ủy Hà Sơn",
        "noi_cu_tru_xa": "xã Đồng Lâm",
        "noi_cu_tru_tinh": "tỉnh Hà Sơn",
        **more,
    }


def inbox(office: Office, kind: str = GIOI_THIEU) -> Path:
    folder = office.inbox_dir / kind
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def drop(office: Office, kind: str, name: str, content: bytes) -> Path:
    """A file that appears whole, as a file manager moves it in."""
    path = inbox(office, kind) / name
    temp = path.with_name(".drop.tmp")
    temp.write_bytes(content)
    return temp.rename(path)


def drop_json(office: Office, name: str, record: Any, kind: str = GIOI_THIEU) -> Path:
    return drop(office, kind, name, json.dumps(record, ensure_ascii=False).encode())


def drop_sheet(office: Office, name: str, records: list[dict[str, Any]]) -> Path:
    """A workbook of *records* under Vietnamese headings."""
    path = inbox(office) / name
    temp = path.with_name(".drop.tmp")
    write_sheet(temp, records)
    return temp.rename(path)


def write_sheet(path: Path, records: list[dict[str, Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    used = {
        title: name
        for title, name in COLUMNS.items()
        if any(record.get(name) is not None for record in records)
    }
    sheet.append(list(used))
    for record in records:
        sheet.append([record.get(name) for name in used.values()])
    for row in sheet.iter_rows():
        for cell in row:
            cell.number_format = "@"
    with path.open("wb") as stream:
        book.save(stream)
    return path


def paper_bytes(tmp_path: Path, *lines: str) -> bytes:
    """A PDF of one page, as another body sends it."""
    return write_pdf(tmp_path / ".paper.pdf", (content_of(lines),)).read_bytes()


def letter(number: int, **more: Any) -> dict[str, Any]:
    """What a clerk notes of an incoming paper."""
    return {
        "so_ky_hieu": f"{number}-CV/BTCTU",
        "co_quan_ban_hanh": "Ban Tổ chức Tỉnh ủy Hà Sơn",
        "ngay_van_ban": "2026-11-02",
        "loai": "Công văn",
        "trich_yeu": f"về rà soát hồ sơ đảng viên đợt {number}",
        **more,
    }


# --- what became of it ---


def results(office: Office, kind: str = GIOI_THIEU) -> list[str]:
    """Names of the files given out, sorted."""
    return _names(office.inbox_dir / kind / office.folders.results)


def returned(office: Office, kind: str = GIOI_THIEU) -> list[str]:
    return _names(office.inbox_dir / kind / office.folders.returned)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def reason(office: Office, kind: str = GIOI_THIEU) -> str:
    """All notes of reasons in the returned folder."""
    folder = office.inbox_dir / kind / office.folders.returned
    notes = sorted(folder.glob("*.LY-DO*.txt"))
    return "\n".join(note.read_text(encoding="utf-8-sig") for note in notes)


def lying(office: Office) -> list[str]:
    """What of the clerks' files still lies in the inbox, notes of ours left out."""
    ours = {office.folders.results, office.folders.returned}
    found = []
    for path in office.inbox_dir.rglob("*"):
        parts = path.relative_to(office.inbox_dir).parts
        if path.is_file() and not ours.intersection(parts) and not is_litter(path.name):
            found.append("/".join(parts))
    return sorted(found)


def numbers(app: App) -> dict[str, list[int]]:
    """Series → its ordinals in order."""
    taken: dict[str, list[int]] = {}
    for piece in app.registers.dump():
        for entry in piece.entries:
            taken.setdefault(str(entry.series), []).append(entry.ordinal)
    return {key: sorted(ordinals) for key, ordinals in taken.items()}


def unsound(app: App) -> list[str]:
    """Everything that must never be so once all work is done, whatever died on the way; [] is well."""
    wrong = [f"verify {found.code} {found.detail}" for found in verify_office(app, deep=True)]
    documents, entries, receipts = [], [], []
    for piece in app.registers.dump():
        documents += piece.documents
        entries += piece.entries
        receipts += piece.receipts
    living = {document.id for document in documents if document.state in _LIVING}
    numbered = [entry.document_id for entry in entries if entry.document_id]
    due = {document.id for document in documents if document.state is DocumentState.NUMBERED}
    if sorted(numbered) != sorted(due):
        wrong.append(f"{len(numbered)} entries for {len(due)} numbered papers")
    for key, ordinals in numbers(app).items():
        if ordinals != list(range(ordinals[0], ordinals[0] + len(ordinals))):
            wrong.append(f"series {key}: {ordinals}")
    wrong += [f"entry {e.ordinal} is {e.status}" for e in entries if e.status != EntryStatus.ISSUED]
    objects = sorted(one for one in app.objects.iter_ids() if one.startswith("urn:vanthu:doc:"))
    if objects != sorted(f"urn:vanthu:doc:{one}" for one in living):
        wrong.append(f"{len(objects)} objects for {len(living)} papers")
    if set(app.search.versions()) != living:
        wrong.append(f"{len(app.search.versions())} in the index for {len(living)} papers")
    wrong += [f"receipt {r.id} is {r.state}" for r in receipts if r.state != ReceiptState.ANSWERED]
    return wrong + _left_about(app.office)


def _left_about(office: Office) -> list[str]:
    """Litter of ours, and results written twice."""
    wrong = [f"spool {path.name}" for path in office.spool_dir.iterdir()]
    wrong += [f"staging {path.name}" for path in office.staging_dir.glob("objects-*/*")]
    wrong += [f"work {path.name}" for path in (office.archive_dir / "work").iterdir()]
    for path in office.inbox_dir.rglob("*"):
        inside = path.relative_to(office.inbox_dir)
        if path.is_file() and " (2)" in path.name:
            wrong.append(f"inbox {inside}")
        if path.is_file() and TAKEN_FOLDER in inside.parts:
            wrong.append(f"taken {inside}")
    return wrong
