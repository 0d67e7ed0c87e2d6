"""How people name a series or a number (``CV``, ``CV/TU``, ``128-CV/VPTU``, ``đến``, ``15-ĐẾN/2026``) → the office's own.

What was not written is the office's usual: its own body, the term or year of the day. A name that the office does
not know is refused with those it knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipeline.app import App
from pipeline.config import holding
from pipeline.errors.numbering import SeriesUnknown
from pipeline.inbox.given_numbers import read_number
from pipeline.kinds.model import Kind
from pipeline.record import Book, SeriesKey
from pipeline.series_format import series_of, written_as
from pipeline.stores.registers.lookup_code import fold_key
from pipeline.vietnamese import clean_text, party_symbols

_INCOMING = "DEN"
_BEGINS_WITH_NUMBER = re.compile(r"(?:số\s*)?\d", re.IGNORECASE)
_CODE = re.compile(r"(?P<prefix>[^\W_][\w.]*)-(?P<year>\d\d)-(?P<ordinal>\d{5,6})-\w")
_EXAMPLE = "CV, CV/VPTU hoặc 128-CV/VPTU"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSeries:
    """A series, with the ordinal where one was named."""

    key: SeriesKey
    reference_format: str
    lookup_prefix: str
    #: The first ordinal, where a number opens it.
    start: int
    ordinal: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Term or year that were asked for; empty takes the day's."""

    day: date
    term: str = ""
    year: int | None = None


def name_series(words: str, period: Period, app: App) -> NamedSeries:
    """The series, and the number in it, that *words* mean.

    Raises:
        SeriesUnknown (R144), NoSuffixNumber (R146), GivenNumberUnreadable (R145);
        TermUnknown (K262), BookUnknown (K263) where the office file says nothing of that day.
    """
    name = " ".join(clean_text(words)[0].split())
    ordinal: int | None = None
    code = _CODE.fullmatch(name)
    if code is not None:
        year = 2000 + int(code["year"])
        found = _key(code["prefix"], Period(day=period.day, year=year), app)
        return _named(found, int(code["ordinal"]), app)
    if _BEGINS_WITH_NUMBER.match(name):
        number = read_number(name, example="128-CV/VPTU")
        ordinal, name = number.ordinal, number.rest.lstrip(" -–/")
    return _named(_key(name, period, app), ordinal, app)


def how_to_name(key: SeriesKey) -> str:
    """What an operator types for a series: the words, and the term or year that :func:`name_series` would not guess."""
    match key.book:
        case Book.DEN:
            return f"ĐẾN/{key.issuer}/{key.period}"
        case Book.NOI_BO:
            return f"{key.symbol} --year {key.period}"
        case _:
            return f"{key.symbol}/{key.issuer} --term {key.period}"


def series_in_full(key: SeriesKey, app: App) -> str:
    """A series in the words of whoever keeps its book: ``Công văn, Văn phòng Tỉnh ủy Hà Sơn, nhiệm kỳ 2025-2030 (CV/VPTU)``."""
    match key.book:
        case Book.DEN:
            titles = [one.title for one in app.office.books if one.code == key.issuer]
            return f"{titles[0] if titles else 'Sổ văn bản đến'}, năm {key.period} ({key.name})"
        case Book.NOI_BO:
            titles = [kind.title for kind in _internal(app) if kind.number.prefix == key.symbol]
            return f"{titles[0] if titles else 'Giấy tờ nội bộ'}, năm {key.period} ({key.name})"
        case _:
            bodies = [one.full_name for one in app.office.bodies if one.symbol == key.issuer]
            title = "Bản sao" if key.book is Book.SAO else _type_of(key.symbol, app)
            body = bodies[-1] if bodies else key.issuer
            return f"{title}, {body}, nhiệm kỳ {key.period} ({key.name})"


def _type_of(symbol: str, app: App) -> str:
    """Which papers go out under a symbol: by the kinds of the office, and the types that those have."""
    types = [
        str(one["ten"])
        for kind in app.kinds.values()
        if kind.book is Book.DI
        for one in kind.data.get("loai", ())
        if one.get("ky_hieu") == symbol
    ]
    constant = (
        kind.title
        for kind in app.kinds.values()
        if kind.book is Book.DI and _constant_symbol(kind) == symbol
    )
    return ", ".join(dict.fromkeys(types)) or next(constant, f"Văn bản đi, ký hiệu {symbol}")


def _constant_symbol(kind: Kind) -> str:
    """The symbol of a kind all of whose papers have the same; empty for others."""
    expression = kind.number.symbol
    is_constant = expression is not None and not expression.variables
    return kind.symbol({}, {}) if is_constant else ""


def _named(key: SeriesKey, ordinal: int | None, app: App) -> NamedSeries:
    reference_format, lookup_prefix = written_as(key, app.office)
    return NamedSeries(
        key=key,
        reference_format=reference_format,
        lookup_prefix=lookup_prefix,
        start=app.office.start_of(key),
        ordinal=ordinal,
    )


def _key(name: str, period: Period, app: App) -> SeriesKey:
    head, *rest = [part.strip() for part in name.split("/")]
    books = {fold_key(one.code): one.code for one in app.office.books if one.book is Book.DEN}
    if fold_key(head) == _INCOMING or fold_key(head) in books:
        return _incoming(head, rest, books, period, app)
    internal = {fold_key(kind.number.prefix): kind for kind in _internal(app)}
    if fold_key(head) in internal and not rest:
        prefix = internal[fold_key(head)].number.prefix
        year = str(period.year or period.day.year)
        return SeriesKey(book=Book.NOI_BO, issuer="", symbol=prefix, period=year)
    return _outgoing(head, rest, period, app)


def _incoming(
    head: str, rest: list[str], books: dict[str, str], period: Period, app: App
) -> SeriesKey:
    year = period.year or period.day.year
    code = "" if fold_key(head) == _INCOMING else head
    for part in rest:
        if part.isdecimal() and len(part) == 4:
            year = int(part)
        else:
            code = part
    if code and fold_key(code) not in books:
        raise _unknown("sổ văn bản đến", code, books.values(), f"15-ĐẾN/{year}")
    wanted = books.get(fold_key(code), app.office.default_incoming_book)
    return SeriesKey(book=Book.DEN, issuer=wanted, symbol="", period=str(year))


def _outgoing(head: str, rest: list[str], period: Period, app: App) -> SeriesKey:
    symbols = _symbols(app)
    if fold_key(head) not in symbols:
        known = [
            *(symbol for symbol, _ in symbols.values()),
            *(k.number.prefix for k in _internal(app)),
        ]
        raise _unknown("dãy số", head, [*known, "ĐẾN"], _EXAMPLE)
    symbol, book = symbols[fold_key(head)]
    bodies = {fold_key(one.symbol): one.symbol for one in holding(app.office.bodies, period.day)}
    asked = "/".join(rest) or app.office.default_body
    if fold_key(asked) not in bodies:
        raise _unknown("cơ quan", asked, bodies.values(), f"{symbol}/{app.office.default_body}")
    issuer = bodies[fold_key(asked)]
    if not period.term:
        return series_of(book, period.day, app.office, issuer=issuer, symbol=symbol)
    terms = [term.code for term in app.office.terms if not term.bodies or issuer in term.bodies]
    if period.term not in terms:
        raise _unknown("nhiệm kỳ", period.term, terms, "--term 2025-2030")
    return SeriesKey(book=book, issuer=issuer, symbol=symbol, period=period.term)


def _symbols(app: App) -> dict[str, tuple[str, Book]]:
    """Folded symbol → as it is written, and its book: the Party's own, the kinds', and those of the standing series."""
    found = {fold_key(symbol): (symbol, Book.DI) for symbol in party_symbols()}
    for kind in app.kinds.values():
        if symbol := _constant_symbol(kind):
            found[fold_key(symbol)] = (symbol, kind.book)
    keys = [one.key for one in app.registers.series()] + [one.key for one in app.office.starts]
    for key in keys:
        if key.book in {Book.DI, Book.SAO}:
            found[fold_key(key.symbol)] = (key.symbol, key.book)
    return found


def _internal(app: App) -> list[Kind]:
    return [kind for kind in app.kinds.values() if kind.book is Book.NOI_BO]


def _unknown(what: str, name: str, known: Iterable[str], example: str) -> SeriesUnknown:
    return SeriesUnknown(
        f"unknown {name!r}",
        what=what,
        name=name or "(để trống)",
        known=", ".join(dict.fromkeys(known)),
        example=example,
    )
