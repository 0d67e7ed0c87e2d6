"""A number with its letters, ``số đến 6``, ``pnx26`` → the papers that bear it in their own number or code, newest book first."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.roll import Roll
from pipeline.vietnamese import AskedCode

#: What the newest is worth, and how far one book of a number stands behind another.
_WORTH, _STEP = 1000.0, 100.0
#: Added where it is of the year that was told.
_ASKED_YEAR = 500.0
_BOOKS_AT_MOST = 20
_LOOKED_AT_MOST = 50_000
_CODES_BYTES = 1 << 11


def coded_papers(
    code: AskedCode, shelves: Shelves, allowed: frozenset[int] | None
) -> dict[int, float]:
    """The papers with the number, each with what that is worth beside any words."""
    found = _found(code, shelves, allowed)
    # The last of this year's goes before that of years before, the usual book before another one.
    books = sorted({(year, is_usual) for year, is_usual, _ in found}, reverse=True)
    place = {book: at for at, book in enumerate(books)}
    worth = {}
    for year, is_usual, number in found:
        steps = max(0, _BOOKS_AT_MOST - place[year, is_usual])
        asked = _ASKED_YEAR + _STEP * _BOOKS_AT_MOST if year == code.year else 0.0
        worth[number] = _WORTH + _STEP * steps + asked
    return worth


def is_held(code: AskedCode, shelves: Shelves, allowed: frozenset[int] | None) -> bool:
    """Whether some paper has the number, in the year that was told if one was."""
    return any(code.year in {None, year} for year, _, _ in _found(code, shelves, allowed))


def _found(
    code: AskedCode, shelves: Shelves, allowed: frozenset[int] | None
) -> list[tuple[int, bool, int]]:
    """Year, whether it is of the usual book, and number of each."""
    return [
        (year, not book, number)
        for year, book, number in (*_by_head(code, shelves), *_by_lookup_code(code, shelves))
        if allowed is None or number in allowed
    ]


def _by_head(code: AskedCode, shelves: Shelves) -> Iterator[tuple[int, str, int]]:
    """Year, book and number of the papers whose own number begins so: ``06-ĐẾN/ĐƠN-THƯ/2026``."""
    term = f"{code.ordinal:02d} {code.letters}"
    holders = list(itertools.islice(shelves.numbers("words", term), _LOOKED_AT_MOST))
    if not holders:
        return
    begins = re.compile(
        rf" {term}(?: (?P<book>\w+(?: \w+){{0,2}}?))??(?: (?P<year>(?:19|20)\d\d))? (?:\.|$)"
    )
    roll = Roll(holders, shelves)
    for number, is_in_head in zip(roll.numbers, roll.has_in_head(term), strict=True):
        if not is_in_head:
            continue
        leaf, inner = shelves.leaf_of(number)
        match = begins.match(leaf.ranked(inner)[1])
        if match is None or (code.is_arrival and not match["year"]):
            continue
        book = match["book"] or ""
        if code.is_arrival and code.book and book != code.book:
            continue
        yield int(match["year"] or 0), book if code.is_arrival else "", number


def _by_lookup_code(code: AskedCode, shelves: Shelves) -> Iterator[tuple[int, str, int]]:
    """Likewise those whose lookup code has it: ``PNX-26-00026-K``."""
    if code.is_arrival:
        return
    years = [int(key.partition(":")[2]) for key in shelves.beginning("keys", "year:")]
    for year in sorted(years, reverse=True):
        start = f"code:{code.letters}{year % 100:02d}{code.ordinal:05d}"
        for key in shelves.beginning("keys", start, _CODES_BYTES):
            # Behind the number stands the check character alone.
            if len(key) == len(start) + 1:
                yield from ((year, "", number) for number in shelves.numbers("keys", key))
