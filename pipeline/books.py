"""The registers' entries → the office's books, with the columns of the paper form (domain 4: Nghị định 30, phụ lục IV).

Rows are streamed: a book of many thousand lines costs no more memory than one of ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pipeline.legal import sent_back, standing_phrase
from pipeline.number_words import has_date_of_paper, number_phrase, state_words
from pipeline.person_names import without_prefix
from pipeline.record import Book, EntryStatus, Facts, LegalState, RelationKind
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import BookRow
from pipeline.vietnamese import fold

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """One column of a book, or of a report printed like one."""

    title: str
    #: Share of the page's width.
    width: int
    value: Callable[[Row], str]
    align: str = "left"


def columns_args(columns: Sequence[Column[Row]]) -> list[dict[str, object]]:
    """The columns as the operations that print and export are told of them."""
    return [
        {"title": column.title, "width": column.width, "align": column.align} for column in columns
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookForm:
    """One book as the form asks for it."""

    #: None for lines of all books.
    book: Book | None
    title: str
    columns: tuple[Column[BookRow], ...]
    #: Only ordinals that are no paper's number here.
    unissued: bool = False


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


def _type_and_subject_of_any(row: BookRow) -> str:
    """Of a void number too: what it had been given to."""
    facts = _facts(row)
    return ". ".join(part for part in (facts.type_name, facts.subject) if part)


def _number_in_words(row: BookRow) -> str:
    """The reference; of an ordinal that never had one, its place in its series."""
    entry = row.entry
    return entry.reference or entry.lookup_code or f"{entry.ordinal} ({entry.series.name})"


def standing_of(row: BookRow) -> str:
    """What the paper of the line is in law, with its cause; empty where it has none."""
    if row.legal_state is None:
        return ""
    done = [(one.kind, one.reference) for one in row.related_from]
    return standing_phrase(row.legal_state, done, row.reasons)


def _note(row: BookRow) -> str:
    parts = [number_phrase(row.entry)]
    if row.legal_state in (LegalState.THU_HOI, LegalState.BI_THAY_THE, LegalState.DA_DINH_CHINH):
        words = standing_of(row)
        why = sent_back(row.reasons)[1]
        parts.append(f"{words[:1].upper()}{words[1:]}{f': {why}' if why else ''}")
    parts += [row.entry.remark, _unsaid(_facts(row).note, row.entry.reason)]
    said = dict.fromkeys(filter(None, parts))
    told = [one for one in said if not any(one in other for other in said if other != one)]
    return without_prefix("; ".join(told)).replace(".; ", "; ")


def _unsaid(note: str, reason: str) -> str:
    """*note* without the piece that says *reason* once more: a paper joined to another has it in both places."""
    pieces = note.split("; ")
    return "; ".join(one for one in pieces if one.casefold() != reason.casefold())


def _until(row: BookRow) -> str:
    day = row.entry.expires_on
    return day.strftime("%d/%m/%Y") if day else ""


def _recipients(row: BookRow) -> str:
    return "; ".join(_facts(row).recipients)


def _went_to(row: BookRow) -> str:
    """Where the last word on it sent it, else whom its record named."""
    return "; ".join(row.route.to) if row.route and row.route.to else _recipients(row)


def _handed_on(row: BookRow) -> str:
    """The day it was sent there; without one it is filled in by hand on the printed book."""
    return row.route.routed_at.strftime("%d/%m/%Y") if row.route and row.route.to else ""


def _copies(row: BookRow) -> str:
    count = _facts(row).so_ban
    return str(count) if count else ""


def _pages(row: BookRow) -> str:
    count = _facts(row).so_trang
    return str(count) if count else ""


def _their_date(row: BookRow) -> str:
    day = _facts(row).their_date
    return day.strftime("%d/%m/%Y") if day else ""


def _copied_paper(row: BookRow) -> str:
    """The paper as its own registers name it: reference, date, issuer."""
    reference = next((r.reference for r in row.relations if r.kind is RelationKind.SAO), "")
    their_day = _their_date(row)
    parts = [reference, f"ngày {their_day}" if their_day else "", _facts(row).their_issuer]
    return ", ".join(part for part in parts if part)


def _blank(_row: BookRow) -> str:
    """Filled in by hand on the printed book."""
    return ""


_NUMBER = Column(title="Số, ký hiệu", width=10, value=_shown)
_DATE = Column(title="Ngày tháng", width=8, value=_day, align="center")
_SUBJECT = Column(title="Tên loại và trích yếu nội dung", width=26, value=_type_and_subject)
_SIGNER: Column[BookRow] = Column(title="Người ký", width=10, value=lambda row: _facts(row).signer)
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
            # The day in its stamp ĐẾN, not the day on which its scan was dropped.
            Column(title="Ngày đến", width=8, value=_day, align="center"),
            Column(
                title="Số đến", width=5, value=lambda row: str(row.entry.ordinal), align="center"
            ),
            Column(title="Tác giả", width=13, value=lambda row: _facts(row).their_issuer),
            Column(title="Số, ký hiệu", width=10, value=lambda row: _facts(row).their_reference),
            Column(title="Ngày tháng văn bản", width=8, value=_their_date, align="center"),
            replace(_SUBJECT, width=24),
            Column(title="Đơn vị hoặc người nhận", width=10, value=_went_to),
            Column(title="Ngày chuyển", width=8, value=_handed_on),
            _RECEIVED_BY,
            # Why a paper went back, whose second arrival it is: longer than in the other books.
            replace(_NOTE, width=13),
        ),
    ),
    "sao": BookForm(
        book=Book.SAO,
        title="SỔ ĐĂNG KÝ BẢN SAO",
        columns=(
            _NUMBER,
            replace(_DATE, width=9),
            Column(title="Loại bản sao", width=8, value=lambda row: _facts(row).type_name),
            Column(title="Văn bản được sao", width=12, value=_copied_paper),
            Column(title="Trích yếu nội dung", width=19, value=lambda row: _facts(row).subject),
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
    "huy-giu-so": BookForm(
        book=None,
        title="SỔ THEO DÕI SỐ GIỮ, SỐ DÀNH, SỐ HỦY",
        unissued=True,
        columns=(
            Column(title="Số, ký hiệu", width=12, value=_number_in_words),
            replace(_DATE, width=9),
            Column(title="Tình trạng", width=8, value=lambda row: state_words(row.entry)),
            Column(title="Trích yếu (nếu có)", width=21, value=_type_and_subject_of_any),
            Column(title="Dành cho", width=12, value=lambda row: row.entry.holder),
            Column(title="Người ghi", width=12, value=lambda row: without_prefix(row.entry.person)),
            Column(title="Lý do", width=21, value=lambda row: row.entry.reason),
            Column(title="Hạn dùng", width=9, value=_until, align="center"),
            Column(title="Ghi chú", width=10, value=lambda row: row.entry.remark),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line, and what it stands for."""

    row: BookRow
    cells: list[str]


def book_lines(choice: Choice, registers: Registers) -> Iterator[Line]:
    """The lines of a book as they are today, each as long as its form has columns."""
    form = FORMS[choice.name]
    rows = registers.entries(
        book=form.book,
        year=choice.year,
        term=choice.term,
        issuer=choice.issuer,
        symbol=choice.symbol,
        unissued=form.unissued,
    )
    for row in rows:
        yield Line(row=row, cells=[column.value(row) for column in form.columns])
