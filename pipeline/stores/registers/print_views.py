"""Printings as values: what was ordered, of which papers, and what became of it. Nothing here knows the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.record import DocumentId


class PrintVersion(StrEnum):
    """Which file of a paper is printed."""

    #: The scan of the signed and sealed paper that came back.
    BAN_KY = "ban-ky"
    #: What the program laid out or stamped.
    BAN_DUNG = "ban-dung"
    #: What was received, as it came.
    GOC = "goc"


#: What people call them.
VERSION_WORDS: Mapping[str, str] = {
    PrintVersion.BAN_KY: "bản ký, đóng dấu",
    PrintVersion.BAN_DUNG: "bản chương trình làm",
    PrintVersion.GOC: "bản nhận được",
}


class PrintState(StrEnum):
    """How far a printing is."""

    #: Written down; the printer may have heard of it or not.
    ORDERED = "ordered"
    #: The printer has it.
    GIVEN = "given"
    #: Given out as a file; people have not said yet how it came out.
    HERE = "here"
    PRINTED = "printed"
    CANCELLED = "cancelled"
    #: The printer gave it up or would not take it.
    FAILED = "failed"
    #: We died in between and the printer never had it.
    NOT_SENT = "not-sent"
    #: The printer had it and remembers it no more.
    FORGOTTEN = "forgotten"

    @property
    def is_open(self) -> bool:
        """Whether the printer is still to be asked about it."""
        return self in {PrintState.ORDERED, PrintState.GIVEN}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOfPrint:
    """One paper of a printing."""

    document_id: DocumentId
    version: int
    pages: int
    which: PrintVersion = PrintVersion.BAN_DUNG


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    """A run of sheets that belongs together."""

    first: int
    last: int
    #: 1-based.
    copy: int
    #: Of the paper among those printed; its separator lies before it.
    position: int
    is_separator: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintView:
    """A printing of one or many papers."""

    id: str
    #: Empty where the file was given out to be printed by hand.
    server: str
    printer: str
    copies: int
    is_duplex: bool
    has_separators: bool
    paper_size: str
    person: str
    made_at: datetime
    worker: str
    state: PrintState
    papers: tuple[PaperOfPrint, ...]
    #: Of the whole printing.
    sheets: int
    #: The server's number of the job.
    printer_job: str = ""
    finished_at: datetime | None = None
    #: What the printer said of its end.
    detail: str = ""
    again_of: str | None = None
    #: Which sheets of that printing this one is; none: all.
    only_sheets: tuple[int, ...] = ()
    #: Those that people found spoilt.
    bad_sheets: tuple[int, ...] = ()
    #: Only for looking: every page says so, and nobody may copy from it.
    is_lookup: bool = False

    @property
    def is_here(self) -> bool:
        """Whether people print the file themselves."""
        return not self.printer

    @property
    def sheets_to_print(self) -> int:
        """How many sheets this printing takes."""
        return len(self.only_sheets) or self.sheets

    def leaves(self) -> Iterator[Leaves]:
        """Which sheets are what, first to last: copies one after another, each of all papers in their order."""
        at = 1
        for copy in range(1, self.copies + 1):
            for position, paper in enumerate(self.papers):
                runs = [(1, True)] if self.has_separators else []
                for count, is_separator in [*runs, (self._sheets_of(paper), False)]:
                    yield Leaves(
                        first=at,
                        last=at + count - 1,
                        copy=copy,
                        position=position,
                        is_separator=is_separator,
                    )
                    at += count

    def _sheets_of(self, paper: PaperOfPrint) -> int:
        return (paper.pages + 1) // 2 if self.is_duplex else paper.pages
