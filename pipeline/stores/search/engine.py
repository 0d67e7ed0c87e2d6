"""The one module that knows Whoosh's files: schema, safe commits, and what is wrong with a folder.

A commit syncs the segment's files, then publishes a manifest of sizes and checksums, then the table
of contents, each by rename. So a table of contents without its manifest, or a file that differs from
it, is damage; a crash between two commits leaves the older one whole.
"""

from __future__ import annotations

import json
import os
import re
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh import columns, fields, formats
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC, clean_files

from pipeline.durable import fsync_file, make_dirs, rename, write_file
from pipeline.stores.search.analysis import ANALYSIS_VERSION
from pipeline.stores.search.codec import LeanCodec

INDEX_NAME = "vanthu"
_ENGINE_VERSION = 5
#: What must be equal for an old index to be readable as if made today.
FINGERPRINT = f"whoosh-2.7.4 engine-{_ENGINE_VERSION} analysis-{ANALYSIS_VERSION}"
_TOC_NAME = re.compile(rf"_{INDEX_NAME}_(\d+)\.toc")
_MANIFEST_NAME = re.compile(r"manifest-(\d+)\.json")
#: A quick look reads this much of either end of a file; zeroed and foreign files show there.
_END_BYTES = 4096
_SEGMENT_FILES = (".trm", ".pst", ".col")


class NumbersColumn(columns.NumericColumn):  # type: ignore[misc] # Whoosh has no types
    """A column of numbers that is also read whole."""

    class Reader(columns.NumericColumn.Reader):  # type: ignore[misc] # Whoosh has no types
        """The column of one segment."""

        def whole(self) -> array[int]:
            """The number of every paper, in one read."""
            numbers = array(self._typecode)
            numbers.frombytes(self._dbfile.get(self._basepos, self._count * self._fixedlen))
            if sys.byteorder == "little":
                numbers.byteswap()
            numbers.extend([self._default] * (self._doccount - len(numbers)))
            return numbers


STAMP = columns.VarBytesColumn()
DAY = NumbersColumn("i")
#: Length, reliability and whether it is in force, see :class:`pipeline.stores.search.lookup.Measure`.
MEASURE = NumbersColumn("I")
RANKED = columns.VarBytesColumn()


class Terms(fields.FieldType):  # type: ignore[misc] # Whoosh has no types
    """A field that takes its terms ready made, as a set of strings: no analyzer, no positions."""

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.analyzer = None
        self.scorable = False
        self.stored = False
        self.unique = False
        self.vector = None
        self.multitoken_query = "default"

    def index(self, value: Iterable[str], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Whoosh's four: term, frequency, weight, value."""
        return ((term.encode(), 1, 1.0, b"") for term in value)

    def process_text(self, *_: object, **__: object) -> list[str]:
        """Nobody parses queries here."""
        return []


def make_schema() -> Any:
    """The fields of a paper, in Whoosh's words."""
    return fields.Schema(
        doc_id=Terms(),
        words=Terms(),
        keys=Terms(),
        stamp=fields.COLUMN(STAMP),
        day=fields.COLUMN(DAY),
        measure=fields.COLUMN(MEASURE),
        ranked=fields.COLUMN(RANKED),
        shelf=fields.STORED(),
    )


class ReadFile(StructFile):  # type: ignore[misc] # Whoosh has no types
    """A file read at a place by one system call.

    Not mapped: a mapped file that somebody cuts short kills the process, a read one raises.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self._descriptor = self.file.fileno()

    def get(self, position: int, length: int) -> bytes:
        """The bytes from *position*."""
        return os.pread(self._descriptor, length, position)


class Storage(FileStorage):  # type: ignore[misc] # Whoosh has no types
    """The folder: segments are read place by place, renames last."""

    def open_file(self, name: str, **options: Any) -> Any:
        """A file of the index, open for reading."""
        if name.endswith(_SEGMENT_FILES):
            return ReadFile(Path(self.folder) / name)
        return super().open_file(name, **options)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: ARG002 — Whoosh's own signature
        """Whoosh publishes its table of contents by this."""
        rename(Path(self.folder) / oldname, Path(self.folder) / newname)


def publish(storage: Storage, segments: Sequence[Any], generation: int) -> None:
    """Make *segments* the index: their files on disk first, then the manifest, then the table of contents."""
    directory = Path(storage.folder)
    known = _read_manifest(directory, generation - 1) or {}
    files = {}
    for name in sorted(name for segment in segments for name in segment.list_files(storage)):
        if name not in known:
            fsync_file(directory / name)
        files[name] = known.get(name) or _seal_of(directory / name)
    manifest = json.dumps({"fingerprint": FINGERPRINT, "files": files}).encode()
    write_file(_manifest_path(directory, generation), manifest)
    TOC(make_schema(), list(segments), generation).write(storage, INDEX_NAME)
    clean_files(storage, INDEX_NAME, generation, segments)
    _drop_litter(directory, generation)


def contents(directory: Path) -> TableOfContents:
    """The newest table of contents. Only after :func:`wrong_with` found nothing."""
    storage = Storage(str(directory))
    toc = TOC.read(storage, INDEX_NAME, schema=make_schema())
    return TableOfContents(
        storage=storage, segments=tuple(toc.segments), generation=int(toc.generation)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOfContents:
    """One state of the index."""

    storage: Storage
    segments: tuple[Any, ...]
    generation: int


def create(directory: Path) -> None:
    """Make an empty index in *directory*, which must be empty or missing."""
    make_dirs(directory, mode=0o700)
    publish(Storage(str(directory)), [], 0)


def generation_of(directory: Path) -> int:
    """The newest generation by its file name, -1 without one."""
    try:
        names = os.listdir(directory)  # noqa: PTH208 — asked before every search; Path objects cost more than the listing
    except OSError:
        return -1
    return max(
        (int(match[1]) for name in names if (match := _TOC_NAME.fullmatch(name))), default=-1
    )


def wrong_with(directory: Path, *, deep: bool = False) -> str:
    """Why the index in *directory* cannot be used, in Vietnamese for the operator; empty when it can.

    With *deep* every byte is read, not only the ends of each file.
    """
    while True:
        generation = generation_of(directory)
        reason = _wrong_with_generation(directory, generation, deep=deep)
        # A commit meanwhile takes the files of the older state away: then the newer one is judged.
        if not reason or generation_of(directory) <= generation:
            return reason


def _wrong_with_generation(directory: Path, generation: int, *, deep: bool) -> str:
    if generation < 0:
        return "chưa có mục lục"
    if reason := _foreign(directory):
        return reason
    manifest = _read_manifest_whole(directory, generation)
    if manifest is None:
        return f"thiếu hoặc hỏng bản kê manifest-{generation}.json"
    if manifest.get("fingerprint") != FINGERPRINT:
        return "mục lục do phiên bản khác của chương trình tạo"
    for name, seal in manifest["files"].items():
        if not _holds(directory / name, seal, deep=deep):
            return f"tệp {name} bị hỏng hoặc thiếu"
    return _unreadable(directory)


def _foreign(directory: Path) -> str:
    # Segments and table of contents are pickles: to open one is to run what its author wanted.
    try:
        state = directory.stat()
    except FileNotFoundError:
        return "chưa có mục lục"
    if state.st_mode & 0o002 or state.st_uid not in {os.geteuid(), 0}:
        return "thư mục mục lục không thuộc riêng chương trình (quyền ghi của người khác)"
    return ""


def _unreadable(directory: Path) -> str:
    try:
        state = contents(directory)
        for segment in state.segments:
            LeanCodec().terms_reader(state.storage, segment).close()
    except Exception as error:  # noqa: BLE001 — a damaged pickle raises anything (a zero-length one TypeError)
        return f"không đọc được mục lục ({type(error).__name__})"
    return ""


def _manifest_path(directory: Path, generation: int) -> Path:
    return directory / f"manifest-{generation}.json"


def _read_manifest_whole(directory: Path, generation: int) -> dict[str, Any] | None:
    try:
        manifest = json.loads(_manifest_path(directory, generation).read_bytes())
    except (OSError, ValueError):
        return None
    return (
        manifest if isinstance(manifest, dict) and isinstance(manifest.get("files"), dict) else None
    )


def _read_manifest(directory: Path, generation: int) -> dict[str, list[int]] | None:
    manifest = _read_manifest_whole(directory, generation)
    return manifest["files"] if manifest else None


def _drop_litter(directory: Path, generation: int) -> None:
    """Manifests of other states, and what a killed writer left half written."""
    for path in directory.iterdir():
        match = _MANIFEST_NAME.fullmatch(path.name)
        is_old = match is not None and int(match[1]) != generation
        is_half = path.name.startswith(f"_{INDEX_NAME}_") and not _TOC_NAME.fullmatch(path.name)
        if is_old or is_half or (path.name.startswith(".") and path.suffix == ".tmp"):
            path.unlink(missing_ok=True)


def _seal_of(path: Path) -> list[int]:
    """Size, checksum of the ends, checksum of all."""
    size = path.stat().st_size
    whole = 0
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            whole = zlib.crc32(chunk, whole)
        return [size, _ends(stream.fileno(), size), whole]


def _ends(descriptor: int, size: int) -> int:
    head = os.pread(descriptor, _END_BYTES, 0)
    return zlib.crc32(os.pread(descriptor, _END_BYTES, max(0, size - _END_BYTES)), zlib.crc32(head))


def _holds(path: Path, seal: Sequence[int], *, deep: bool) -> bool:
    try:
        if deep:
            return _seal_of(path) == list(seal)
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            return [size, _ends(stream.fileno(), size)] == list(seal[:2])
    except OSError:
        return False
