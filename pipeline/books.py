"""The registers' entries → the office's books, with the columns of the paper form (domain 4: Nghị định 30, phụ lục IV).

Rows are streamed: a book of many thousand lines costs no more memory than one of ten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Office
from pipeline.durable import make_dirs
from pipeline.legal import STATE_WORDS
from pipeline.number_words import has_date_of_paper, number_phrase
from pipeline.record import Book, EntryStatus, Facts, LegalState, RelationKind
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import BookRow
from pipeline.vietnamese import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a book."""

    title: str
    #: Share of the page's width.
    width: int
    value: Callable[[BookRow], str]
    align: str = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookForm:
    """One book as the form asks for it."""

    book: Book
    title: str
    columns: tuple[Column, ...]


def _facts(row: BookRow) -> Facts:
    return row.facts or Facts(subject="")


def _shown(row: BookRow) -> str:
    return row.entry.reference or row.entry.lookup_code or str(row.entry.ordinal)


def _day(row: BookRow) -> str:
    return row.entry.issued_on.strftime("%d/%m/%Y") if has_date_of_paper(row.entry) else ""


def _type_and_subject(row: BookRow) -> str:
    facts = _facts(row)
    if row.entry.status is not EntryStatus.ISSUED and not facts.subject:
        return ""
    if not facts.type_name or fold(facts.subject).startswith(fold(facts.type_name)):
        return facts.subject
    joint = " " if facts.subject[:1].islower() else ". "
    return joint.join(part for part in (facts.type_name, facts.subject) if part)


def _note(row: BookRow) -> str:
    parts = [number_phrase(row.entry)]
    if row.legal_state in (LegalState.THU_HOI, LegalState.BI_THAY_THE, LegalState.DA_DINH_CHINH):
        parts.append(STATE_WORDS[row.legal_state].capitalize())
    parts += [row.entry.remark, _facts(row).note]
    return "; ".join(part for part in parts if part)


def _recipients(row: BookRow) -> str:
    return "; ".join(_facts(row).recipients)


def _copies(row: BookRow) -> str:
    count = _facts(row).so_ban
    return str(count) if count else ""


def _pages(row: BookRow) -> str:
    count = _facts(row).so_trang
    return str(count) if count else ""


def _arrived(row: BookRow) -> str:
    return row.received_at.strftime("%d/%m/%Y") if row.received_at else _day(row)


def _their_date(row: BookRow) -> str:
    day = _facts(row).their_date
    return day.strftime("%d/%m/%Y") if day else ""


def _copied_paper(row: BookRow) -> str:
    return next((r.reference for r in row.relations if r.kind is RelationKind.SAO), "")


def _blank(_row: BookRow) -> str:
    """Filled in by hand on the printed book."""
    return ""


_NUMBER = Column(title="Số, ký hiệu", width=10, value=_shown)
_DATE = Column(title="Ngày tháng", width=8, value=_day, align="center")
_SUBJECT = Column(title="Tên loại và trích yếu nội dung", width=26, value=_type_and_subject)
_SIGNER = Column(title="Người ký", width=10, value=lambda row: _facts(row).signer)
_TO = Column(title="Nơi nhận", width=14, value=_recipients)
_COPIES = Column(title="Số lượng bản", width=5, value=_copies, align="center")
_HANDED = Column(title="Ngày chuyển", width=7, value=_blank)
_RECEIVED_BY = Column(title="Ký nhận", width=7, value=_blank)
_NOTE = Column(title="Ghi chú", width=10, value=_note)

FORMS: dict[str, BookForm] = {
    "di": BookForm(
        book=Book.DI,
        title="SỔ ĐĂNG KÝ VĂN BẢN ĐI",
        columns=(
            _NUMBER,
            _DATE,
            _SUBJECT,
            _SIGNER,
            _TO,
            Column(
                title="Đơn vị, người nhận bản lưu", width=9, value=lambda row: _facts(row).place
            ),
            _COPIES,
            _HANDED,
            _RECEIVED_BY,
            _NOTE,
        ),
    ),
    "den": BookForm(
        book=Book.DEN,
        title="SỔ ĐĂNG KÝ VĂN BẢN ĐẾN",
        columns=(
            Column(title="Ngày đến", width=8, value=_arrived, align="center"),
            Column(
                title="Số đến", width=5, value=lambda row: str(row.entry.ordinal), align="center"
            ),
            Column(title="Tác giả", width=14, value=lambda row: _facts(row).their_issuer),
            Column(title="Số, ký hiệu", width=10, value=lambda row: _facts(row).their_reference),
            Column(title="Ngày tháng văn bản", width=8, value=_their_date, align="center"),
            _SUBJECT,
            Column(title="Đơn vị hoặc người nhận", width=10, value=_recipients),
            _HANDED,
            _RECEIVED_BY,
            _NOTE,
        ),
    ),
    "sao": BookForm(
        book=Book.SAO,
        title="SỔ ĐĂNG KÝ BẢN SAO",
        columns=(
            _NUMBER,
            _DATE,
            Column(title="Loại bản sao", width=8, value=lambda row: _facts(row).type_name),
            Column(title="Văn bản được sao", width=12, value=_copied_paper),
            Column(title="Trích yếu nội dung", width=20, value=lambda row: _facts(row).subject),
            _SIGNER,
            _TO,
            Column(title="Số trang", width=5, value=_pages, align="center"),
            _COPIES,
            _RECEIVED_BY,
            _NOTE,
        ),
    ),
    "noi-bo": BookForm(
        book=Book.NOI_BO,
        title="SỔ NỘI BỘ (GIẤY TỜ KHÔNG ĐÁNH SỐ)",
        columns=(
            Column(
                title="Thứ tự", width=5, value=lambda row: str(row.entry.ordinal), align="center"
            ),
            Column(title="Mã tra cứu", width=12, value=lambda row: row.entry.lookup_code),
            _DATE,
            _SUBJECT,
            Column(title="Họ và tên", width=14, value=lambda row: _facts(row).person),
            Column(title="Nơi cư trú", width=18, value=lambda row: _facts(row).residence),
            _NOTE,
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which part of a book."""

    name: str
    year: int | None = None
    term: str | None = None
    issuer: str | None = None
    symbol: str | None = None


def book_rows(choice: Choice, registers: Registers) -> Iterator[list[str]]:
    """The lines of a book, each as long as its form has columns."""
    form = FORMS[choice.name]
    rows = registers.entries(
        book=form.book,
        year=choice.year,
        term=choice.term,
        issuer=choice.issuer,
        symbol=choice.symbol,
    )
    for row in rows:
        yield [column.value(row) for column in form.columns]


def period_of(choice: Choice) -> str:
    """The part of the book in words, for its title."""
    parts = []
    if choice.term:
        parts.append(f"Nhiệm kỳ {choice.term}")
    if choice.year:
        parts.append(f"Năm {choice.year}")
    if choice.issuer:
        parts.append(f"Cơ quan ban hành: {choice.issuer}")
    if choice.symbol:
        parts.append(f"Ký hiệu: {choice.symbol}")
    return " – ".join(parts)


def write_rows(choice: Choice, registers: Registers, path: Path) -> int:
    """Write a book's lines as JSON, one a line, for the cell; how many."""
    return write_cells(book_rows(choice, registers), path)


def write_cells(rows: Iterable[list[str]], path: Path) -> int:
    """Write lines of cells as JSON, one a line, for the cell; how many."""
    count = 0
    make_dirs(path.parent)
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def export_args(choice: Choice, office: Office, journal_head: str) -> dict[str, object]:
    """What the export operations need besides rows and place."""
    form = FORMS[choice.name]
    return {
        "columns": [
            {"title": column.title, "width": column.width, "align": column.align}
            for column in form.columns
        ],
        "title_lines": [office.name.upper(), form.title, period_of(choice)],
        "footer": f"Dấu niêm của nhật ký khi in: {journal_head}",
    }
