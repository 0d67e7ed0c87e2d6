"""Numbers given and not signed in time → what the office must look after (domain: the number follows the signature)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from pipeline.clock import OFFICE_ZONE
from pipeline.config import Office
from pipeline.errors.findings import Finding, finding
from pipeline.record import Book, LegalState
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentState, DocumentView

#: Books whose papers somebody signs here. What came was signed elsewhere; what has no số is filled in by hand.
_SIGNED_BOOKS = frozenset({Book.DI, Book.SAO})
#: So many unsigned papers of one series are told one by one; of more, the series is told.
_MOST_SINGLE = 20
_MOST_RUNS = 12


class Unsigned:
    """Collects, a paper at a time, those that wait for their signature longer than one working day."""

    def __init__(self, office: Office, today: date) -> None:
        self._before = overdue_before(office, today)
        self._found: dict[str, list[DocumentView]] = {}

    def look_at(self, document: DocumentView) -> None:
        """Remember the paper if it is overdue."""
        number = document.number
        if (
            number is not None
            and document.state is DocumentState.NUMBERED
            and document.legal_state is LegalState.CHO_KY
            and number.series.book in _SIGNED_BOOKS
            and self._is_overdue(document)
        ):
            self._found.setdefault(str(number.series), []).append(document)

    def overdue(self) -> list[DocumentView]:
        """All of them, the longest waiting first."""
        papers = [paper for found in self._found.values() for paper in found]
        return sorted(
            papers, key=lambda one: (_given_at(one), one.number.ordinal if one.number else 0)
        )

    def findings(self) -> Iterator[Finding]:
        """One for each paper, or one for a series that has too many to read."""
        for series, papers in sorted(self._found.items()):
            papers.sort(key=lambda paper: paper.number.ordinal if paper.number else 0)
            if len(papers) <= _MOST_SINGLE:
                for paper in papers:
                    shown = paper.number.shown if paper.number else paper.id
                    yield finding("A455", shown, f"unsigned document={paper.id}")
                continue
            ordinals = [paper.number.ordinal for paper in papers if paper.number]
            first = papers[0].number
            name = first.reference.partition("-")[2] if first else series
            where = f"{name}: {len(papers)} văn bản, số {_runs_in_words(ordinals)}"
            yield finding("A455", where, f"unsigned papers={len(papers)} series={series}")

    def _is_overdue(self, document: DocumentView) -> bool:
        return _given_at(document).astimezone(OFFICE_ZONE).date() < self._before


def overdue_before(office: Office, today: date) -> date:
    """The day before which a number must have been given to be overdue: a whole working day lies in between."""
    day = today - timedelta(days=1)
    while not office.is_working_day(day):
        day -= timedelta(days=1)
    return day


def unsigned_papers(registers: Registers, office: Office, today: date) -> Unsigned:
    """Those of the whole office."""
    unsigned = Unsigned(office, today)
    for paper in registers.awaiting_signature():
        unsigned.look_at(paper)
    return unsigned


def _given_at(document: DocumentView) -> datetime:
    return document.decided_at or document.received_at


def _runs_in_words(ordinals: Iterable[int]) -> str:
    """``1–400, 402``: rising ordinals as runs; the rest of very many is left out."""
    runs: list[list[int]] = []
    for ordinal in ordinals:
        if runs and ordinal == runs[-1][1] + 1:
            runs[-1][1] = ordinal
        else:
            runs.append([ordinal, ordinal])
    words = [f"{low}" if low == high else f"{low}–{high}" for low, high in runs[:_MOST_RUNS]]
    return ", ".join([*words, "…"] if len(runs) > _MOST_RUNS else words)
