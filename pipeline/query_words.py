"""A query, and how many were found → in the words of whoever asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.record import Book
from pipeline.stores.search.values import Query, Results, Sort

_BOOK_WORDS = {
    Book.DI.value: "văn bản đi",
    Book.DEN.value: "văn bản đến",
    Book.SAO.value: "bản sao",
    Book.NOI_BO.value: "nội bộ",
}
_SORT_WORDS = {Sort.NEWEST: "mới nhất trước", Sort.NUMBER: "theo năm và số"}
#: Nobody counts further; and the count is not exact there.
_MANY = 10_000


def in_words(query: Query) -> str:
    """How the query was understood beyond its plain words: «có cụm «nơi cư trú»; năm 2026»; empty for plain words."""
    return "; ".join(_parts(query))


def _parts(query: Query) -> Iterator[str]:
    for phrase in query.phrases:
        yield f"có cụm «{phrase}»"
    for phrase in query.without:
        yield f"không có «{phrase}»"
    for name, value in (
        ("loại", query.kind),
        ("sổ", _BOOK_WORDS.get(query.register, query.register)),
        ("cơ quan", query.issuer),
        ("người ký", query.signer),
        ("nơi ở", query.residence),
        ("dẫn", query.cites),
    ):
        if value:
            yield f"{name} «{value}»"
    if query.year is not None:
        yield f"năm {query.year}"
    for word, day in (("từ", query.since), ("đến", query.until)):
        if day:
            yield f"{word} ngày {_day(day)}"
    if query.sort in _SORT_WORDS:
        yield _SORT_WORDS[query.sort]


def _day(day: date) -> str:
    return f"{day:%d/%m}/{day.year:04d}"


def total_words(results: Results) -> str:
    """``1.234``, ``hơn 10.000``: no more is claimed than was counted; ``chưa thấy`` where not all could be looked at."""
    if results.total_is_exact:
        return with_dots(results.total)
    return f"hơn {with_dots(min(results.total, _MANY))}" if results.total else "chưa thấy"


def with_dots(number: int) -> str:
    """``12.345``."""
    return f"{number:,}".replace(",", ".")
