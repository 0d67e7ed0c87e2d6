"""``vanthu.toml`` → :class:`Office`; every wrong or unknown key is told at once, with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, cast

from pipeline.config_model import (
    Body,
    BookSpec,
    CapSo,
    Copies,
    FolderNames,
    Limits,
    Office,
    PrintProfile,
    SeriesStart,
    Signer,
    Span,
    Spelling,
    Term,
    ThuTuNgay,
    holding,
)
from pipeline.config_printing import read_printing
from pipeline.config_reading import Notes, Section, nearest
from pipeline.config_web import read_directory, read_seen_by, read_web
from pipeline.errors.base import Problem
from pipeline.errors.office import (
    OfficeDuplicate,
    OfficeInvalid,
    OfficeMissing,
    OfficeReferenceUnknown,
    OfficeSpansOverlap,
    OfficeUnreadable,
)
from pipeline.record import Book, SeriesKey
from pipeline.toml_lines import TomlLines, syntax_error_line
from pipeline.vietnamese import safe_file_name

__all__ = [
    "OFFICE_FILE",
    "Body",
    "BookSpec",
    "CapSo",
    "Copies",
    "FolderNames",
    "Limits",
    "Office",
    "PrintProfile",
    "SeriesStart",
    "Signer",
    "Span",
    "Term",
    "holding",
    "load_office",
]

OFFICE_FILE = "vanthu.toml"

_CAP_SO = ("khi-den", "truoc-khi-ky", "sau-khi-ky")
#: Limits that may be 0; of another it would stop all work.
_MAY_BE_NOTHING = {
    *("sidecar_wait_s", "quiet_s", "free_disk_bytes"),
    *("skipped_numbers", "skipped_given_numbers"),
}
#: A series key is written with colons between, a reference with a slash.
_SYMBOL = re.compile(r"[^\W_][\w.-]{0,19}")
_YEAR = re.compile(r"\d{4}")
_Named = TypeVar("_Named", Body, Signer, Term, BookSpec)
_Placed = list[tuple[Section, _Named]]


def load_office(root: Path, *, kinds: Collection[str] = ()) -> Office:
    """The office that lives in *root*.

    Args:
        kinds: Names of the kinds there are; where given, ``[cap_so]`` may name no other.
    Raises:
        OfficeMissing (K259): there is no ``vanthu.toml``.
        OfficeInvalid (K250): it has wrong lines; ``problems`` names each with its line number.
    """
    path = root / OFFICE_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise OfficeMissing(f"no {path}", folder=root) from error
    except UnicodeDecodeError as error:
        notes = Notes(TomlLines(""))
        notes.add(OfficeUnreadable, (), why="tệp không lưu theo bảng mã UTF-8")
        raise OfficeInvalid(str(path), notes.problems) from error
    data = _parsed(text, path)
    notes = Notes(TomlLines(text))
    top = Section(data, (), notes)
    office = _office(root.resolve(), top)
    for table, named in (("cap_so", office.cap_so), ("xem", office.seen_by)) if kinds else ():
        for kind in named:
            _known(top.table(table), kind, kind, "loại văn bản", set(kinds))
    if notes.problems:
        raise OfficeInvalid(str(path), notes.problems)
    return office


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # No key can be trusted now: the line comes from the parser.
        line = syntax_error_line(error)
        text_of_it = OfficeUnreadable.clerk_template.format(why=error)
        problem = Problem(code=OfficeUnreadable.code, where=f"dòng {line}", text=text_of_it)
        raise OfficeInvalid(str(path), (problem,)) from error


def _office(root: Path, top: Section) -> Office:
    bodies = [
        (s, _body(s)) for s in top.tables("co_quan", "cơ quan ban hành văn bản", required=True)
    ]
    terms = [(s, _term(s)) for s in top.tables("nhiem_ky", "nhiệm kỳ", required=True)]
    books = [(s, _book(s)) for s in top.tables("so", "sổ đăng ký", required=True)]
    _no_overlaps(bodies, "Cơ quan", lambda body: body.symbol)
    _no_overlaps(books, "Sổ", lambda book: book.code)
    _no_duplicates(terms, "Nhiệm kỳ", lambda term: term.code)
    _one_term_a_day(terms)
    symbols = {body.symbol for _, body in bodies}
    for section, term in terms:
        for symbol in term.bodies:
            _known(section, "co_quan", symbol, "cơ quan", symbols)
    incoming = {book.code for _, book in books if book.book is Book.DEN}
    office = Office(
        root=root,
        name=top.text("ten", "tên cơ quan dùng phần mềm"),
        spelling=cast("Spelling", top.choice("chinh_ta", ("ủy", "uỷ"), default="ủy")),
        default_body=top.text("co_quan_mac_dinh", "ký hiệu cơ quan ban hành thường dùng"),
        default_incoming_book=top.text("so_den_mac_dinh", "mã sổ văn bản đến thường dùng"),
        bodies=tuple(body for _, body in bodies),
        terms=tuple(term for _, term in terms),
        books=tuple(book for _, book in books),
        starts=_starts(top, symbols, {term.code for _, term in terms}, incoming),
        folders=_folders(top.table("thu_muc")),
        limits=_limits(top.table("gioi_han")),
        printing=read_printing(top.table("in_an")),
        copies=_copies(top.table("ban_sao"), bodies),
        web=read_web(top.table("web")),
        directory=read_directory(top.table("dang_nhap_ldap")),
        seen_by=read_seen_by(top.table("xem")),
        cap_so=_cap_so(top.table("cap_so")),
        holidays=top.days("ngay_nghi"),
        thu_tu_ngay=cast(
            "ThuTuNgay", top.choice("thu_tu_ngay", ("canh-bao", "chan"), default="canh-bao")
        ),
        database_url=_database_url(top),
        synonyms=_synonyms(top.table("tim_kiem")),
    )
    _known(top, "co_quan_mac_dinh", office.default_body, "cơ quan", symbols)
    _known(top, "so_den_mac_dinh", office.default_incoming_book, "sổ văn bản đến", incoming)
    top.close()
    return office


def _body(section: Section) -> Body:
    signers = [(s, _signer(s)) for s in section.tables("nguoi_ky")]
    _no_overlaps(signers, "Người ký", lambda signer: signer.code)
    defaults = [(s, signer) for s, signer in signers if signer.is_default]
    _no_overlaps(defaults, "Người ký mặc định của", lambda _: "cơ quan này")
    name = section.text("ten", "tên in đậm ở đầu văn bản")
    body = Body(
        symbol=_symbol(section, "ky_hieu", "ký hiệu, ví dụ VPTU"),
        name=name,
        parent_name=section.text("cap_tren", "", default=""),
        full_name=section.text("ten_day_du", "", default="") or name,
        place=section.text("dia_danh", "địa danh ghi trước ngày tháng"),
        span=section.span(),
        signers=tuple(signer for _, signer in signers),
        recipients_keep=section.text("luu", "", default=""),
    )
    section.close()
    return body


def _signer(section: Section) -> Signer:
    signer = Signer(
        code=_symbol(section, "ma", "mã để ghi trong bản ghi, ví dụ cvp"),
        full_name=section.text("ho_ten", "họ và tên người ký"),
        title=section.text("chuc_vu", "chức vụ in hoa, ví dụ CHÁNH VĂN PHÒNG"),
        authority=section.text("quyen_han", "", default=""),
        span=section.span(),
        is_default=section.flag("mac_dinh"),
    )
    section.close()
    return signer


def _term(section: Section) -> Term:
    term = Term(
        code=_symbol(section, "ma", "mã nhiệm kỳ, ví dụ 2025-2030"),
        name=section.text("ten", "", default=""),
        span=section.span(),
        bodies=section.texts("co_quan"),
    )
    section.close()
    return term


def _book(section: Section) -> BookSpec:
    book = BookSpec(
        code=_symbol(section, "ma", "mã sổ"),
        book=Book(section.choice("loai", tuple(Book), default=Book.DEN)),
        title=section.text("ten", "tên in ở đầu sổ"),
        span=section.span(),
    )
    section.close()
    return book


def _starts(
    top: Section, symbols: set[str], terms: set[str], incoming: set[str]
) -> tuple[SeriesStart, ...]:
    found: dict[SeriesKey, tuple[Section, SeriesStart]] = {}
    for section in top.tables("bat_dau"):
        book = Book(section.choice("so", tuple(Book), default=Book.DI))
        key = _start_key(section, book)
        start = SeriesStart(key=key, first=int(section.number("tu_so", default=1, least=1)))
        if key in found:
            line = found[key][0].line()
            section.notes.add(
                OfficeDuplicate, section.path, what="Dãy số", name=key, other_line=line
            )
        found[key] = (section, start)
        if book in {Book.DI, Book.SAO}:
            _known(section, "co_quan", key.issuer, "cơ quan", symbols)
            _known(section, "ky", key.period, "nhiệm kỳ", terms)
        elif key.period and not _YEAR.fullmatch(key.period):
            section.wrong("ky", "một năm, ví dụ 2026", key.period)
        if book is Book.DEN:
            _known(section, "co_quan", key.issuer, "sổ văn bản đến", incoming)
        section.close()
    return tuple(start for _, start in found.values())


def _start_key(section: Section, book: Book) -> SeriesKey:
    """The series as its papers ask for it: incoming books have no types, the internal book is one for all bodies."""
    section.text("co_quan", "", default="")
    section.text("ky_hieu", "", default="")
    issuer = symbol = ""
    if book is not Book.NOI_BO:
        issuer = _symbol(section, "co_quan", "ký hiệu cơ quan, hoặc mã sổ đến")
    if book is not Book.DEN:
        symbol = _symbol(section, "ky_hieu", "ký hiệu của loại, ví dụ CV, BS; sổ nội bộ: PNX")
    period = _symbol(section, "ky", "nhiệm kỳ hoặc năm")
    return SeriesKey(book=book, issuer=issuer, symbol=symbol, period=period)


def _folders(section: Section) -> FolderNames:
    usual = FolderNames()
    names = {
        "results": section.text("ket_qua", "", default=usual.results),
        "returned": section.text("tra_lai", "", default=usual.returned),
    }
    for key, name in zip(("ket_qua", "tra_lai"), names.values(), strict=True):
        if name.startswith(".") or safe_file_name(name) != name:
            section.wrong(key, "tên thư mục hợp lệ trên Windows, không bắt đầu bằng dấu chấm", name)
    if len(set(names.values())) == 1:
        section.wrong("tra_lai", "tên khác với «ket_qua»", names["returned"])
    section.close()
    return FolderNames(**names)


def _limits(section: Section) -> Limits:
    defaults = Limits()
    values = {
        item.name: section.number(
            item.name,
            default=getattr(defaults, item.name),
            least=0 if item.name in _MAY_BE_NOTHING else 1,
        )
        for item in fields(Limits)
    }
    section.close()
    return Limits(**cast("dict[str, Any]", values))


def _copies(section: Section, bodies: _Placed[Body]) -> Copies:
    copies = Copies(
        recipients=section.texts("noi_nhan"),
        signer=section.text("nguoi_ky", "", default=""),
        has_code=section.flag("ma_xac_thuc"),
        validator=section.text("kiem_pdfa", "", default=""),
    )
    signers = {signer.code for _, body in bodies for signer in body.signers}
    _known(section, "nguoi_ky", copies.signer, "người ký", signers)
    section.close()
    return copies


def _cap_so(section: Section) -> dict[str, CapSo]:
    return {
        kind: cast("CapSo", section.choice(kind, _CAP_SO, default="truoc-khi-ky"))
        for kind in section.rest()
    }


def _synonyms(section: Section) -> tuple[tuple[str, ...], ...]:
    groups = section.groups("dong_nghia")
    section.close()
    return groups


def _database_url(top: Section) -> str:
    url = top.text("database_url", "", default="")
    if url and not url.startswith(("postgresql://", "postgres://")):
        # The value may hold a password: it is never shown.
        top.wrong("database_url", "để trống, hoặc bắt đầu bằng postgresql://", "…")
    return url


def _symbol(section: Section, key: str, meaning: str) -> str:
    value = section.text(key, meaning)
    if value and not _SYMBOL.fullmatch(value):
        section.wrong(
            key, "chữ và số viết liền, không có dấu cách, «/» hay «:», tối đa 20 ký tự", value
        )
    return value


def _known(section: Section, key: str, name: str, what: str, known: set[str]) -> None:
    if name and name not in known:
        hint = nearest(name, known)
        section.notes.add(
            OfficeReferenceUnknown, section.at(key), key=key, name=name, what=what, nearest=hint
        )


def _no_overlaps(placed: _Placed[_Named], what: str, name_of: Callable[[_Named], str]) -> None:
    for index, (section, thing) in enumerate(placed):
        for other_section, other in placed[:index]:
            if (
                name_of(thing) == name_of(other)
                and name_of(thing)
                and thing.span.overlaps(other.span)
            ):
                section.notes.add(
                    OfficeSpansOverlap,
                    section.path,
                    what=what,
                    name=name_of(thing),
                    other_line=other_section.line(),
                )


def _no_duplicates(placed: _Placed[_Named], what: str, name_of: Callable[[_Named], str]) -> None:
    seen: dict[str, Section] = {}
    for section, thing in placed:
        name = name_of(thing)
        if name in seen:
            line = seen[name].line()
            section.notes.add(OfficeDuplicate, section.path, what=what, name=name, other_line=line)
        seen.setdefault(name, section)


def _one_term_a_day(placed: Sequence[tuple[Section, Term]]) -> None:
    for index, (section, term) in enumerate(placed):
        for other_section, other in placed[:index]:
            same = set(term.bodies) & set(other.bodies) or not (term.bodies or other.bodies)
            if same and term.code != other.code and term.span.overlaps(other.span):
                section.notes.add(
                    OfficeSpansOverlap,
                    section.path,
                    what="Nhiệm kỳ",
                    name=term.code,
                    other_line=other_section.line(),
                )
