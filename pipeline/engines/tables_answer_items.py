"""What became of each row, as the caller says it → the words and marks that go into the workbook."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.engines.tables_headings import CODE_HEADING, RESULT_HEADINGS, Header
from pipeline.engines.tables_xlsx import GREEN, RED, YELLOW

_WORDS = {
    "numbered": "Đã cấp số",
    "waiting": "Đã nhận, chờ ký",
    "returned": "Cần sửa",
    "held": "Chờ các dòng khác",
    "duplicate": "Đã có từ trước",
    "received": "Chưa xử lý xong",
}
_COLOURS = {"numbered": GREEN, "waiting": GREEN, "duplicate": GREEN, "returned": RED}
_BAD = frozenset(("returned", "held"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerItem:
    """What became of one row."""

    sheet: str
    #: 0-based row of the sheet.
    row: int
    status: str
    reference: str
    date: str
    text: str
    line_code: str
    problems: tuple[dict[str, Any], ...]

    @property
    def is_bad(self) -> bool:
        """Whether the row must come back to be mended or waited for."""
        return self.status in _BAD

    @property
    def colour(self) -> str:
        """Of the cell «Kết quả»."""
        return _COLOURS.get(self.status, YELLOW)

    @property
    def cells(self) -> tuple[str, str, str]:
        """The three result cells."""
        words = self.text or _WORDS.get(self.status, self.status)
        if self.problems:
            words = "\n".join(
                [f"{words}:", *(f"- {_sentence(problem)}" for problem in self.problems)]
            )
        return self.reference, self.date, words

    def comments(self, header: Header) -> dict[int, str]:
        """Column → comment, for the cells that are wrong."""
        columns = {column.property.name: column.index for column in reversed(header.columns)}
        found: dict[int, list[str]] = {}
        for problem in self.problems:
            path = problem.get("path") or ()
            column = columns.get(str(path[0])) if path else None
            if column is None and problem.get("code") == "R165":
                column = header.code_column
            if column is None and header.columns:
                column = header.columns[0].index
            if column is not None:
                found.setdefault(column, []).append(_comment(problem))
        return {column: "\n\n".join(texts) for column, texts in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where our columns stand in one sheet."""

    code_column: int
    #: Whether «Mã dòng» has to be added.
    adds_code: bool
    result_column: int
    #: 0-based row of the (lower) headings.
    heading_row: int
    items: dict[int, AnswerItem] = field(default_factory=dict)

    def added_headings(self) -> dict[int, str]:
        """Column → heading, of our columns."""
        headings = {self.result_column + step: title for step, title in enumerate(RESULT_HEADINGS)}
        if self.adds_code:
            headings[self.code_column] = CODE_HEADING
        return headings


def items_from(args: dict[str, Any]) -> list[AnswerItem]:
    """The items in the arguments, or in the JSON-lines file they name."""
    if "rows" in args:
        return [_item(value) for value in args["rows"]]
    with Path(args["rows_path"]).open(encoding="utf-8") as lines:
        return [_item(json.loads(line)) for line in lines]


def _item(value: dict[str, Any]) -> AnswerItem:
    place = value.get("place") or {}
    row = place.get("row")
    return AnswerItem(
        sheet=str(place.get("sheet") or ""),
        # a record of a text file stands in the made table under its one header row
        row=int(row) - 1 if row else int(place.get("index") or 0) + 1,
        status=str(value.get("status") or ""),
        reference=str(value.get("shown") or ""),
        date=str(value.get("date") or ""),
        text=str(value.get("text") or ""),
        line_code=str(place.get("line_code") or ""),
        problems=tuple(value.get("problems") or ()),
    )


def layout_of(header: Header, width: int, items: list[AnswerItem]) -> Layout:
    """Our columns behind everything the sheet has, or where an earlier answer put them."""
    used = [column.index for column in header.columns] + [column for column, _ in header.unknown]
    after = max([width, *(index + 1 for index in used)])
    adds_code = header.code_column is None and any(item.line_code for item in items)
    code_column = header.code_column if header.code_column is not None else after
    result_column = header.result_column
    if result_column is None:
        result_column = after + adds_code
    elif adds_code:
        code_column = max(after, result_column + len(RESULT_HEADINGS))
    return Layout(
        code_column=code_column,
        adds_code=adds_code,
        result_column=result_column,
        heading_row=header.row + header.height - 1,
        items={item.row: item for item in items},
    )


def _sentence(problem: dict[str, Any]) -> str:
    where = f"{problem['where']}: " if problem.get("where") else ""
    return f"{where}{problem.get('text', '')} ({problem.get('code', '')})"


def _comment(problem: dict[str, Any]) -> str:
    lines = [str(problem.get("text", ""))]
    if problem.get("was_read"):
        lines.append(f"Đọc được: «{problem['was_read']}»")
    return "\n".join([*lines, f"({problem.get('code', '')})"])
