"""A row under the header → why it is no record: blank, column numbers, total, group, repeated header, footer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.engines.tables_headings import Header
from pipeline.vietnamese import canonical, fold

_TOTAL = re.compile(
    r"(?:tổng cộng|tổng số|tổng|cộng|tong cong|tong so|total)\s*"
    r"(?:$|[:.=(\d…]|(?:là|có|gồm|số)?\s*(?:đảng viên|đồng chí|người|dòng|phiếu|văn bản))"
)
_GROUP_ORDER = re.compile(r"[ivxlc]{1,6}|[a-h]|[ivxlc]{1,6}[.)]|[a-h][.)]")
_NUMBERING = re.compile(r"\(?\s*(\d{1,2}|[a-z])\s*\)?")
_FOOTER = re.compile(
    r"(?:\(?\s*danh sach (?:nay|tren|co|gom)|an dinh danh sach|nguoi lap|nguoi ghi|thu truong|t/m |k/t |t/l |"
    r"tm\.|kt\.|tl\.|xac nhan|noi nhan|ghi chu\s*:|.{0,60}ngay .{1,8}thang .{1,8}nam )"
)
#: A footer line or signature has no more cells than this.
_FOOTER_CELLS = 3

WORDS = {
    "blank": "dòng trống",
    "numbering": "dòng đánh số cột",
    "header": "dòng tiêu đề lặp lại",
    "total": "dòng cộng",
    "group": "dòng tên nhóm",
    "footer": "dòng cuối bảng (ký tên, ghi chú)",
    "sample": "dòng mẫu chưa sửa",
    "empty": "không có nội dung ở các cột đã nhận ra",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as far as skipping needs it."""

    #: Column → cell, only the filled ones, without «Mã dòng» and our result columns.
    filled: dict[int, Any]
    order: Any
    #: Columns with a property that are filled.
    known: int
    #: Columns a merged cell of this row covers.
    merged_width: int
    #: A code of ours says that the line is meant to be a record.
    has_code: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What came before a row."""

    #: A total or footer line.
    footer: bool = False
    #: Records with a number in front.
    numbered: bool = False


def row_of(cells: Sequence[Any], header: Header, merged_width: int, *, has_code: bool) -> Row:
    """Look at one row of a grid."""
    ours = {header.code_column}
    if header.result_column is not None:
        ours |= set(range(header.result_column, header.result_column + 3))
    filled = {
        index: cell
        for index, cell in enumerate(cells)
        if index not in ours and (not isinstance(cell, str) or cell.strip())
    }
    order = filled.pop(header.order_column, "") if header.order_column is not None else ""
    known = sum(column.index in filled for column in header.columns)
    return Row(
        filled=filled, order=order, known=known, merged_width=merged_width, has_code=has_code
    )


def is_plainly_record(cells: Sequence[Any], header: Header, index: int) -> bool:
    """Whether a row is so full that no closer look is needed: a quick answer for nearly all rows."""
    if index == header.first_row or cells.count("") * 2 > len(cells) or len(header.columns) < 3:
        return False
    if header.order_column is not None and cells[header.order_column] == "":
        return False
    known = 0
    for column in header.columns:
        cell = cells[column.index]
        if cell == "":
            continue
        known += 1
        # short cells could be a repeated heading; only the first few are compared
        if known <= 3 and type(cell) is str and cell.strip() == column.heading:
            return False
    return known * 2 > len(header.columns)


def why_no_record(row: Row, header: Header, *, is_first: bool, after: After) -> str:
    """The reason's name in ``WORDS``, empty where the row is a record."""
    if not row.filled:
        # a title in the TT column alone, or a pre-filled number, is no record either
        return "blank" if not _is_total(str(row.order)) else "total"
    if is_first and _is_numbering(row):
        return "numbering"
    if _is_header_again(row, header):
        return "header"
    if not row.has_code and (reason := _layout_reason(row, header, after)):
        return reason
    return "" if row.known else "empty"


def _layout_reason(row: Row, header: Header, after: After) -> str:
    if _is_total_row(row, header):
        return "total"
    if _is_group(row, header):
        return "group"
    # a row that fills half its columns is somebody's record, whatever its words, unless all before it had a number
    is_thin = row.known * 2 < len(header.columns) or (
        after.numbered and header.order_column is not None
    )
    return "footer" if is_thin and _is_footer(row, after_footer=after.footer) else ""


def _is_total(text: str) -> bool:
    return bool(_TOTAL.match(canonical(text)))


def _is_total_row(row: Row, header: Header) -> bool:
    texts = [
        cell for cell in row.filled.values() if isinstance(cell, str) and not _looks_numeric(cell)
    ]
    if _is_total(str(row.order)):
        return True
    if not texts:
        # sums alone, without a number in front, under lines that have one
        return (
            header.order_column is not None
            and row.order == ""
            and row.known < max(2, header.score // 2)
        )
    return len(texts) <= 2 and _is_total(texts[0])


def _looks_numeric(text: str) -> bool:
    return bool(re.fullmatch(r"[\d.,\s]+", text))


def _is_numbering(row: Row) -> bool:
    cells = [*row.filled.values()] if row.order == "" else [row.order, *row.filled.values()]
    if len(cells) < 3:
        return False
    texts = [
        str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        for cell in cells
    ]
    matches = [_NUMBERING.fullmatch(text.strip().lower()) for text in texts]
    if not all(matches):
        return False
    numbers = [int(match.group(1)) for match in matches if match and match.group(1).isdigit()]
    return len(numbers) >= 2 and all(b == a + 1 for a, b in itertools.pairwise(numbers))


def _is_header_again(row: Row, header: Header) -> bool:
    same = sum(
        _is_heading(row.filled.get(column.index), column.heading) for column in header.columns
    )
    return same >= 2 and same >= row.known - 1


def _is_heading(cell: Any, heading: str) -> bool:
    return isinstance(cell, str) and fold(cell) == fold(heading.rpartition(" / ")[2])


def _is_group(row: Row, header: Header) -> bool:
    """«I. Chi bộ Văn phòng»: one text over the whole width, or beside a Roman number."""
    if len(row.filled) > 1:
        return False
    if row.merged_width >= max(3, (len(header.columns) + 1) // 2):
        return True
    return bool(_GROUP_ORDER.fullmatch(str(row.order).strip().lower()))


def _is_footer(row: Row, *, after_footer: bool) -> bool:
    if row.order != "" or len(row.filled) > _FOOTER_CELLS:
        return False
    return after_footer or any(
        isinstance(cell, str) and _FOOTER.match(fold(cell)) for cell in row.filled.values()
    )
