"""A grid → its header: the row, or two rows, that name the most properties, under any titles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pipeline.engines.tables_grid import Grid
from pipeline.engines.tables_spec import HeadingBook, Property, heading_keys
from pipeline.vietnamese import decode_legacy, nfc

#: How far down titles may push the header.
_ROWS_SEARCHED = 60
_MAX_HEADING_CHARS = 200
CODE_HEADING = "Mã dòng"
#: What our answers add behind the clerk's columns; only these three side by side are ours.
RESULT_HEADINGS = ("Số, ký hiệu", "Ngày", "Kết quả")
_CODE_KEYS = frozenset(("mã dòng", "ma dong"))
_ORDER_KEYS = frozenset(
    ("tt", "stt", "số tt", "so tt", "số thứ tự", "so thu tu", "thứ tự", "thu tu")
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column whose heading a property knows."""

    index: int
    property: Property
    #: As written in the sheet.
    heading: str
    #: Under the same merged heading as the column before: «Họ và tên» over «Nguyễn Văn» and «An».
    continues: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where the headings stand and what they mean."""

    #: 0-based row, and how many rows it takes (1 or 2).
    row: int
    height: int
    columns: tuple[Column, ...]
    #: Column of «Mã dòng», of TT, and the first of our three result columns; None without.
    code_column: int | None = None
    order_column: int | None = None
    result_column: int | None = None
    #: Column and heading of those nobody knows.
    unknown: tuple[tuple[int, str], ...] = ()

    @property
    def first_row(self) -> int:
        """The 0-based row where data may begin."""
        return self.row + self.height

    @property
    def score(self) -> int:
        """How many properties it names."""
        return len({column.property.name for column in self.columns})

    @property
    def rank(self) -> tuple[int, int, int]:
        """What makes one candidate better than another: properties, then columns, then being one row."""
        own = sum(not column.continues for column in self.columns)
        return self.score, own, -self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    """The texts one column may go by, the most telling first, and how it reads in the sheet."""

    column: int
    names: tuple[str, ...]
    written: str
    continues: bool = False


def find_header(grid: Grid, book: HeadingBook, *, needed: int) -> Header | None:
    """The header that names the most properties, None where no row names *needed* of them."""
    best: Header | None = None
    for header in _candidates(grid, book):
        if header.score >= needed and (best is None or header.rank > best.rank):
            best = header
    return _with_nameless(best, grid) if best is not None else None


def _candidates(grid: Grid, book: HeadingBook) -> Iterator[Header]:
    texts = [_texts(row) for row in grid.rows[: _ROWS_SEARCHED + 1]]
    for index, row in enumerate(texts[:_ROWS_SEARCHED]):
        if row:
            yield _header(index, 1, _one_row(row, _spans(grid, index)), book)
        if index + 1 < len(texts) and row and texts[index + 1]:
            double = _two_rows(row, texts[index + 1], _spans(grid, index))
            if double:
                yield _header(index, 2, double, book)


def _texts(row: list[Any]) -> dict[int, str]:
    """Column → text of the cells that could be headings."""
    found = {
        index: _SPACES.sub(" ", nfc(value)).strip()
        for index, value in enumerate(row)
        if isinstance(value, str) and value.strip() and len(value) <= _MAX_HEADING_CHARS
    }
    # decided for the row as a whole: one short heading is too little to judge by
    decoded = decode_legacy("\n".join(found.values()))
    if decoded is not None and decoded.count("\n") == len(found) - 1:
        found = dict(zip(found, decoded.split("\n"), strict=True))
    return found


def _spans(grid: Grid, row: int) -> dict[int, int]:
    """Column covered by a cell merged sideways → the column where its text stands."""
    spans = {}
    for first_row, first, last_row, last in grid.merges:
        if first_row <= row <= last_row and last > first:
            spans.update(dict.fromkeys(range(first, min(last, first + 256) + 1), first))
    return spans


def _one_row(texts: dict[int, str], spans: dict[int, int]) -> list[_Heading]:
    """Headings of one row; a merged one goes on over the columns it covers."""
    headings = [_Heading(column=at, names=_names(text), written=text) for at, text in texts.items()]
    headings += [
        _Heading(column=column, names=(texts[first],), written=texts[first], continues=True)
        for column, first in spans.items()
        if column != first and first in texts and column not in texts
    ]
    return headings


def _names(text: str) -> tuple[str, ...]:
    """«Năm sinh / Nữ», as our own answers write a header of two rows in one."""
    over, sign, below = text.partition(" / ")
    return (text, below, over) if sign else (text,)


def _two_rows(
    upper: dict[int, str], lower: dict[int, str], spans: dict[int, int]
) -> list[_Heading]:
    """Headings of two rows read together; empty where the lower row cannot be part of a header."""
    headings = []
    is_joined = False
    parent = ""
    for column in range(max(*upper, *lower) + 1):
        above, below = upper.get(column, ""), lower.get(column, "")
        if above:
            parent = above
        if not below:
            if above:
                headings.append(_Heading(column=column, names=(above,), written=above))
            continue
        if above and not _reaches_right(column, upper, spans):
            # a cell under a heading that stands for itself is data
            return []
        # without merges (CSV, ODS) a heading reaches over the blanks to its right
        over = above or (
            upper.get(spans[column], "") if column in spans else "" if spans else parent
        )
        is_joined = is_joined or not above
        names = (f"{over} {below}", below, over) if over else (below,)
        written = f"{over} / {below}" if over else below
        headings.append(_Heading(column=column, names=names, written=written))
    return headings if is_joined else []


def _reaches_right(column: int, upper: dict[int, str], spans: dict[int, int]) -> bool:
    if spans:
        return column in spans
    return column + 1 not in upper


def _header(row: int, height: int, headings: list[_Heading], book: HeadingBook) -> Header:
    result_column = _result_column(headings)
    code_column = order_column = None
    columns = []
    unknown = []
    for heading in headings:
        keys = set(heading_keys(heading.names[0]))
        if result_column is not None and 0 <= heading.column - result_column < len(RESULT_HEADINGS):
            continue
        if code_column is None and keys & _CODE_KEYS:
            code_column = heading.column
        elif order_column is None and keys & _ORDER_KEYS:
            order_column = heading.column
        elif (known := _find(heading, book)) is not None:
            columns.append(
                Column(
                    index=heading.column,
                    property=known,
                    heading=heading.written,
                    continues=heading.continues,
                )
            )
        elif not heading.continues:
            unknown.append((heading.column, heading.written))
    return Header(
        row=row,
        height=height,
        columns=tuple(columns),
        code_column=code_column,
        order_column=order_column,
        result_column=result_column,
        unknown=tuple(unknown),
    )


def _with_nameless(header: Header, grid: Grid) -> Header:
    """Columns with data and no heading are told of, not lost."""
    named = {column.index for column in header.columns} | {column for column, _ in header.unknown}
    named |= {column for column in (header.code_column, header.order_column) if column is not None}
    if header.result_column is not None:
        named |= set(range(header.result_column, header.result_column + len(RESULT_HEADINGS)))
    width = len(grid.rows[header.row])
    nameless = [
        (column, "")
        for column in range(width)
        if column not in named and any(row[column] != "" for row in grid.rows[header.first_row :])
    ]
    return replace(header, unknown=header.unknown + tuple(nameless))


def _find(heading: _Heading, book: HeadingBook) -> Property | None:
    return next((found for name in heading.names if (found := book.find(name)) is not None), None)


def _result_column(headings: list[_Heading]) -> int | None:
    by_column = {heading.column: heading.names[0] for heading in headings}
    for column in sorted(by_column, reverse=True):
        beside = tuple(by_column.get(column + step, "") for step in range(len(RESULT_HEADINGS)))
        if beside == RESULT_HEADINGS:
            return column
    return None
