"""The words of a paper for the index, where they come from, and which pages still tell nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.between import Bench, notes_of
from pipeline.document_object import OCR_FILE, TEXT_FILE, document_object
from pipeline.durable import sha512_file
from pipeline.inbox.arrival_reading import ArrivalRead, leave_out
from pipeline.inbox.received import Received, annexes_among
from pipeline.record import Record
from pipeline.stores.objects import Objects
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentView
from pipeline.suffixes import has_pages
from pipeline.vietnamese import readable_share

#: In the archive's notes on how a version was made.
_NOTES = "text"
#: Annexes whose words go into the index with their paper's.
_ANNEXES_READ = 20
#: Of two texts of a page the one read anew must be so much more Vietnamese than the layer that lies there.
_BETTER_BY = 0.1
#: So much of a text must be built like Vietnamese before nobody is warned of it.
_TRUSTED = 0.85
_PAGES_NAMED = 8
_WHENCE = {
    "layer": "có sẵn trong tệp",
    "machine": "đọc bằng máy",
    "mixed": "một phần đọc bằng máy",
    "none": "không có chữ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a paper says."""

    text: str = ""
    #: ``{from, quality, legacy, unread, source_sha512}``, see docs/archive-format.md; empty for what has no pages.
    told: Record = field(default_factory=dict)
    #: Files of the version before in which they are kept.
    keep: tuple[str, ...] = ()

    @property
    def notes(self) -> Record:
        """For the archive's notes on how the paper was made."""
        return {_NOTES: self.told} if self.told else {}


def words_of(
    paper: Path,
    files: Received,
    bench: Bench,
    *,
    source: Path | None = None,
    read: ArrivalRead | None = None,
) -> Words:
    """The words of the paper and of its annexes, as their text layers have them.

    Args:
        source: The file that a machine would read, where *paper* is a rendition of it.
        read: What is known of an incoming paper: its file may have pages that are none of its own.
    """
    own = _own_words(paper, source or paper, bench, leave_out(read))
    return Words(text=_with_annexes(own.text, files, bench), told=own.told)


def words_kept(document: DocumentView, paper: Path, bench: Bench) -> Words | None:
    """What a machine read of this very file for an earlier version; it is not read again."""
    told = notes_of(document, bench.objects).get(_NOTES, {})
    if OCR_FILE not in {file.name for file in document.files}:
        return None
    if told.get("source_sha512") != sha512_file(paper):
        return None
    return Words(told=told, keep=(OCR_FILE, TEXT_FILE))


def words_of_copy(copy: Path, source: DocumentView, bench: Bench) -> str:
    """The words of a certified copy; those of pages without a layer are its source's."""
    layer = _layer(copy, bench)
    if not layer["unread"]:
        return str(layer["text"])
    of_source = bench.objects.read(
        document_object(source.id), TEXT_FILE, version=source.archived_version
    )
    return f"{of_source.decode()}\n{layer['text']}"


def words_read(
    paper: Path, files: Received, read: dict[str, str], bench: Bench, *, left_out: Record
) -> Words:
    """The same, with pages (counted from 1) that a machine read; *left_out* as :func:`leave_out` tells.

    A page whose layer is hardly worse than what was read anew keeps its layer: other languages look like wreckage.
    """
    layer = _layer(paper, bench, left_out)
    pages: list[str] = layer["pages"]
    pages += [""] * (max(map(int, read), default=0) - len(pages))
    taken = 0
    for name, text in read.items():
        at = int(name) - 1
        if readable_share(text) >= readable_share(pages[at]) + _BETTER_BY:
            pages[at] = text
            taken += 1
    whole = "\f".join(pages)
    told = {
        "from": "machine" if taken == len(pages) else "mixed" if taken else "layer",
        "quality": readable_share(whole),
        "legacy": layer["legacy"],
        "unread": [],
        "source_sha512": sha512_file(paper),
    }
    return Words(text=_with_annexes(whole, files, bench), told=told)


def how_readable(document: DocumentView, registers: Registers, objects: Objects) -> str:
    """Whence the words come by which a scan is found, and how far they may be trusted; empty where they were typed."""
    told = notes_of(document, objects).get(_NOTES, {})
    if not told:
        return ""
    reading = registers.text_reading(document.id)
    if reading is not None and reading.outcome.get("why"):
        return f"không đọc được bằng máy: {reading.outcome['why']}"
    if told["unread"]:
        pages = ", ".join(map(str, told["unread"][:_PAGES_NAMED]))
        more = " …" if len(told["unread"]) > _PAGES_NAMED else ""
        return f"chờ đọc bằng máy (trang {pages}{more}); trước đó tìm được theo sổ"
    words = _WHENCE[told["from"]]
    if told["legacy"]:
        words += ", phông chữ cũ (TCVN3 hoặc VNI) đã đổi"
    left = reading.outcome.get("left", 0) if reading is not None else 0
    if left:
        words += f", {left} trang cuối chưa đọc"
    share = f"{told['quality']:.0%}"
    sure = "" if told["quality"] >= _TRUSTED else ", chưa tin cậy"
    return f"{words}; {share} chữ đúng dạng tiếng Việt{sure}"


def _own_words(paper: Path, source: Path, bench: Bench, left_out: Record | None = None) -> Words:
    if not has_pages(paper):
        told = bench.cell.call(
            "paper.count",
            {"path": str(paper), "suffix": paper.suffix.lower()},
            seconds=bench.office.limits.paper_seconds,
        )
        return Words(text=str(told["text"]))
    layer = _layer(paper, bench, left_out)
    has_words = bool(layer["text"].strip())
    return Words(
        text=layer["text"],
        told={
            "from": "layer" if has_words else "none",
            "quality": layer["quality"],
            "legacy": layer["legacy"],
            "unread": layer["unread"],
            "source_sha512": sha512_file(source),
        },
    )


def _layer(paper: Path, bench: Bench, left_out: Record | None = None) -> dict[str, Any]:
    layer: dict[str, Any] = bench.cell.call(
        "paper.text",
        {"path": str(paper), **(left_out or {})},
        seconds=bench.office.limits.paper_seconds,
    )
    return layer


def _with_annexes(own: str, files: Received, bench: Bench) -> str:
    annexes = list(annexes_among(files).values())[:_ANNEXES_READ]
    read = [path for path in annexes if path.suffix.lower() in (".pdf", ".docx")]
    parts = [own, *(_own_words(path, path, bench).text for path in read)]
    return "\n".join(part for part in parts if part)
