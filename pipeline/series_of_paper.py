"""Which series a paper takes its number from, and when: before its signature or after it (domain 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.config import Office
from pipeline.kinds.model import Kind
from pipeline.record import Book, Facts, SeriesKey
from pipeline.series_format import series_of as series_key
from pipeline.series_format import written_as


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesOfPaper:
    """A series, and how its ordinals are written."""

    key: SeriesKey
    #: Pattern of the references, ``{so}-GGT/VPTU``; empty in the internal book.
    reference_format: str = ""
    #: Head of the lookup codes; empty where there are references.
    lookup_prefix: str = ""


def waits_for_signature(kind: Kind, office: Office) -> bool:
    """Whether papers of the kind are printed and signed before they get their number."""
    if not kind.may_wait_for_signature:
        return False
    return office.cap_so_of(kind.name, kind.cap_so) == "sau-khi-ky"


def series_of(
    kind: Kind,
    facts: Facts,
    issued_on: date,
    office: Office,
    *,
    symbol: str,
    incoming_book: str = "",
) -> SeriesOfPaper:
    """The series of a paper of that day.

    Args:
        symbol: Of the paper's type; unused in the books without one.
        incoming_book: Code of the incoming book asked for; empty takes the office's.
    Raises:
        TermUnknown (K262), BookUnknown (K263).
    """
    in_house = kind.book is Book.NOI_BO
    key = series_key(
        kind.book,
        issued_on,
        office,
        issuer=facts.issuer,
        symbol=kind.number.prefix if in_house else symbol,
        incoming_book=incoming_book,
    )
    reference_format, lookup_prefix = written_as(key, office)
    return SeriesOfPaper(key=key, reference_format=reference_format, lookup_prefix=lookup_prefix)
