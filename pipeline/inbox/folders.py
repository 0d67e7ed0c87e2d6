"""What lies in the inbox → the drops that may be taken, and the strays that must be answered.

Symbolic links are never followed, and what editors, scanners and file managers leave about is left alone.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.config import Office
from pipeline.durable import make_dirs, write_file
from pipeline.engines.bundle_parts import sort_parts
from pipeline.errors.base import RecordRejected
from pipeline.vietnamese import nfc

TAKEN_FOLDER = ".nhan"
READ_ME = "ĐỌC TÔI.txt"
#: What we leave where a file marked secret lies.
NOTICE_NAME = "CÓ TỆP MANG DẤU MẬT - ĐỌC NGAY.txt"
RECORD_SUFFIXES = frozenset({".json", ".yaml", ".yml"})
WORD_SUFFIX = ".docx"
SHEET_SUFFIXES = frozenset({".csv", ".xlsx", ".xls", ".ods"})

_LITTER_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", READ_ME.casefold()})
_LITTER_PREFIXES = (".", "~$", "~wrd", "~lock")
_LITTER_SUFFIXES = (".tmp", ".part", ".partial", ".crdownload", ".download", ".swp", ".bak~", "~")
_MAX_DEPTH = 4
_ORDER = {"paper": 0, "record": 1, "copy": 2, "signed": 3}
_NAME_BYTES = 255


class KindFolder(Protocol):
    """As much of a kind as its folder needs."""

    @property
    def name(self) -> str:
        """Of the folder."""

    @property
    def title(self) -> str:
        """For the clerk."""

    @property
    def source(self) -> str:
        """``record``, ``paper``, ``copy`` or ``signed``."""

    @property
    def papers(self) -> tuple[str, ...]:
        """Endings of its papers, where its source is a paper."""

    @property
    def is_finished(self) -> bool:
        """Whether its papers come finished and get a number of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A file to be taken in, with the record beside it where there is one."""

    kind: str
    path: Path
    #: The record of a paper (``x.json`` beside ``x.pdf``).
    companion: Path | None = None
    #: What came with it in one folder.
    annexes: tuple[Path, ...] = ()
    #: The folder below the kind's own that is one paper with its annexes; None for a file alone.
    bundle: Path | None = None
    #: Which file of the folder is the paper cannot be told.
    flaw: RecordRejected | None = None

    @property
    def suffix(self) -> str:
        """Lower-case ending with its dot."""
        return self.path.suffix.lower()

    @property
    def files(self) -> tuple[Path, ...]:
        """All its files, the paper first."""
        beside = () if self.companion is None else (self.companion,)
        return (self.path, *beside, *self.annexes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One look at the inbox."""

    drops: tuple[Drop, ...]
    #: Records in a paper's folder with no paper beside them.
    lone_records: tuple[Drop, ...]
    #: Files where no kind lives: the inbox's root or an unknown folder.
    strays: tuple[Path, ...]


def ensure_folders(office: Office, kinds: Mapping[str, KindFolder]) -> None:
    """Make the folder of each kind again where it is missing, with its note for the clerk."""
    for kind in kinds.values():
        folder = office.inbox_dir / kind.name
        for name in ("", office.folders.results, office.folders.returned, TAKEN_FOLDER):
            if not (folder / name).is_dir():
                make_dirs(folder / name, 0o775)
                lend_to_owner(folder / name, office.inbox_dir)
        note = folder / READ_ME
        if not note.exists():
            write_file(note, _note_text(kind, office).encode("utf-8-sig"), mode=0o664)
            lend_to_owner(note, office.inbox_dir)


def lend_to_owner(path: Path, model: Path) -> None:
    """Give *path* the owner and group of *model*, so that the clerk may move and delete it."""
    if os.geteuid() != 0:
        return
    facts = model.stat()
    # Whoever watches the folder may have taken it already.
    with suppress(FileNotFoundError):
        os.chown(path, facts.st_uid, facts.st_gid, follow_symlinks=False)


def list_inbox(office: Office, kinds: Mapping[str, KindFolder]) -> Listing:
    """Look at the whole inbox once."""
    drops: list[Drop] = []
    lone: list[Drop] = []
    strays: list[Path] = []
    for entry in _entries(office.inbox_dir):
        if entry.is_dir(follow_symlinks=False):
            folder_name = nfc(entry.name)
            if folder_name in (office.folders.results, office.folders.returned):
                continue
            files = sorted(_files_below(Path(entry.path), office, depth=0))
            if folder_name in kinds:
                _sort_files(kinds[folder_name], Path(entry.path), files, (drops, lone))
            else:
                strays.extend(files)
        elif _is_plain_file(entry):
            strays.append(Path(entry.path))
    # Papers first: a copy that is asked for in the same minute finds its source received.
    drops.sort(key=lambda drop: _ORDER[kinds[drop.kind].source])
    return Listing(drops=tuple(drops), lone_records=tuple(lone), strays=tuple(strays))


def taken_files(office: Office, kinds: Mapping[str, KindFolder]) -> Iterator[Path]:
    """What was renamed into a ``.nhan`` folder and is still there."""
    for name in kinds:
        yield from _taken_below(office.inbox_dir / name, depth=0)


def taken_name(receipt_id: str, name: str) -> str:
    """The name in ``.nhan``: the receipt, then hers, its middle left out where no file system could hold both."""
    prefix = f"{receipt_id}~"
    room = _NAME_BYTES - len(prefix.encode())
    if len(os.fsencode(name)) <= room:
        return prefix + name
    suffix = os.fsencode(Path(name).suffix)[-20:]
    kept = os.fsencode(name)[: room - len(suffix)].decode(errors="ignore")
    return prefix + kept + os.fsdecode(suffix)


def _taken_below(folder: Path, *, depth: int) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if not entry.is_dir(follow_symlinks=False):
            continue
        if entry.name == TAKEN_FOLDER:
            yield from (Path(item.path) for item in os.scandir(entry.path) if _is_plain_file(item))
        elif depth < _MAX_DEPTH and not entry.name.startswith("."):
            yield from _taken_below(Path(entry.path), depth=depth + 1)


def _sort_files(
    kind: KindFolder, folder: Path, files: list[Path], found: tuple[list[Drop], list[Drop]]
) -> None:
    drops, lone = found
    if kind.source == "signed":
        _sort_papers(kind, files, found)
        return
    if kind.source != "paper":
        drops.extend(Drop(kind=kind.name, path=path) for path in files)
        return
    below: dict[str, list[Path]] = {}
    for path in files:
        inside = path.relative_to(folder)
        below.setdefault(inside.parts[0] if len(inside.parts) > 1 else "", []).append(path)
    _sort_papers(kind, below.pop("", []), found)
    for name, together in below.items():
        if len(together) == 1 and _suffix(together[0]) in RECORD_SUFFIXES:
            lone.append(Drop(kind=kind.name, path=together[0]))
        else:
            drops.append(_bundle(kind, folder / name, together))


def _sort_papers(kind: KindFolder, files: list[Path], found: tuple[list[Drop], list[Drop]]) -> None:
    """The files of one folder: each paper with its record, and the records that have none."""
    drops, lone = found
    rows = RECORD_SUFFIXES | ({".csv"} if kind.is_finished else set())
    records = {path.with_suffix(""): path for path in files if _suffix(path) in RECORD_SUFFIXES}
    for path in files:
        if _suffix(path) in RECORD_SUFFIXES:
            continue
        if _suffix(path) in rows:
            drops.append(Drop(kind=kind.name, path=path))
            continue
        # A file that is no paper still goes through as a drop: the intake returns it with a reason.
        drops.append(
            Drop(kind=kind.name, path=path, companion=records.pop(path.with_suffix(""), None))
        )
    lone.extend(Drop(kind=kind.name, path=path) for path in records.values())


def _bundle(kind: KindFolder, folder: Path, files: list[Path]) -> Drop:
    """A folder below the kind's: one paper with its annexes."""
    names = {str(path.relative_to(folder)): path for path in files}
    try:
        parts = sort_parts(list(names), nfc(folder.name), kind.papers)
    except RecordRejected as error:
        # Looked at for marks of secrecy like any other, then given back whole.
        return Drop(
            kind=kind.name, path=files[0], annexes=tuple(files[1:]), bundle=folder, flaw=error
        )
    return Drop(
        kind=kind.name,
        path=names[parts.paper],
        companion=names[parts.record] if parts.record else None,
        annexes=tuple(names[name] for name in parts.annexes),
        bundle=folder,
    )


def _suffix(path: Path) -> str:
    return path.suffix.lower()


def _files_below(folder: Path, office: Office, *, depth: int) -> Iterator[Path]:
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            ours = nfc(entry.name) in (office.folders.results, office.folders.returned)
            if depth < _MAX_DEPTH and not ours:
                yield from _files_below(Path(entry.path), office, depth=depth + 1)
        elif _is_plain_file(entry):
            yield Path(entry.path)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if not is_litter(e.name)), key=lambda e: e.name)
    except FileNotFoundError:
        return []


def is_litter(name: str) -> bool:
    """Whether *name* is something that programs leave about, or a note of ours."""
    folded = nfc(name).casefold()
    return (
        folded in _LITTER_NAMES
        or folded == NOTICE_NAME.casefold()
        or folded.startswith(_LITTER_PREFIXES)
        or folded.endswith(_LITTER_SUFFIXES)
    )


def _is_plain_file(entry: os.DirEntry[str]) -> bool:
    try:
        return stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _note_text(kind: KindFolder, office: Office) -> str:
    endings = ", ".join(sorted(suffix.lstrip(".").upper() for suffix in kind.papers))
    if kind.source == "signed":
        what = (
            f"Thả bản quét ({endings}) của văn bản đã ký, đóng dấu, hoặc tệp PDF đã ký số, vào thư mục này. Chương trình "
            "tìm văn bản theo mã sau dấu ~ hoặc số, ký hiệu trong tên tệp (ví dụ 07-GGT-VPTU.pdf), rồi theo số in trên "
            "trang đầu; bản ký thành phiên bản mới của chính văn bản ấy và văn bản chuyển sang «đã ký»."
        )
    elif kind.source == "paper":
        what = (
            f"Thả tệp của văn bản ({endings}) vào thư mục này. Có thể đặt bên cạnh một tệp thông tin cùng tên "
            "(ví dụ cong-van.pdf và cong-van.json). Văn bản có phụ lục: để văn bản và các phụ lục trong một "
            "thư mục con hoặc một tệp ZIP, văn bản chính đặt tên như thư mục hoặc tệp ZIP đó."
        )
        if kind.is_finished:
            what += (
                " Chưa có tệp văn bản: thả riêng tệp thông tin (json, yaml) hoặc bảng CSV, mỗi dòng một văn bản "
                "«chỉ có bản giấy»."
            )
    else:
        what = (
            "Thả vào thư mục này tệp Excel (xlsx, xls, ods), CSV, JSON hoặc YAML; "
            "mỗi dòng hoặc mỗi bản ghi là một văn bản."
        )
    back = (
        f"Tệp cần sửa được trả lại trong thư mục «{office.folders.returned}», kèm tệp LY-DO nói rõ "
        "sai chỗ nào và sửa thế nào. Sửa xong, thả lại vào thư mục này."
    )
    lines = (
        kind.title.upper(),
        "",
        what,
        f"Kết quả nằm trong thư mục «{office.folders.results}».",
        back,
        "Không thả văn bản mang dấu MẬT, TỐI MẬT, TUYỆT MẬT vào đây.",
        "",
    )
    return "\r\n".join(lines)
