"""Which series a number belongs to, and how its numbers are written (domain 2.5)."""

from __future__ import annotations

from datetime import date

from pipeline.config import Office
from pipeline.record import Book, SeriesKey


def series_of(
    book: Book,
    day: date,
    office: Office,
    *,
    issuer: str,
    symbol: str,
    incoming_book: str = "",
) -> SeriesKey:
    """The series of a number of that day.

    Args:
        issuer: Symbol of the body; unused in ``den`` and ``noi-bo``.
        symbol: Of the type; in ``noi-bo`` the head of the lookup codes.
        incoming_book: Code of the incoming book asked for; empty takes the office's.
    Raises:
        TermUnknown (K262), BookUnknown (K263).
    """
    year = str(day.year)
    match book:
        case Book.DEN:
            code = office.incoming_book(incoming_book or None, day).code
            return SeriesKey(book=book, issuer=code, symbol="", period=year)
        case Book.NOI_BO:
            return SeriesKey(book=book, issuer="", symbol=symbol, period=year)
        case _:
            term = office.term(day, issuer).code
            return SeriesKey(book=book, issuer=issuer, symbol=symbol, period=term)


def written_as(key: SeriesKey, office: Office) -> tuple[str, str]:
    """The pattern of the series' references and the prefix of its lookup codes; one of them is empty."""
    match key.book:
        case Book.DEN:
            is_usual = key.issuer == office.default_incoming_book
            middle = "" if is_usual else f"{key.issuer}/"
            return f"{{so}}-ĐẾN/{middle}{key.period}", ""
        case Book.NOI_BO:
            return "", key.symbol
        case _:
            return f"{{so}}-{key.symbol}/{key.issuer}", ""
