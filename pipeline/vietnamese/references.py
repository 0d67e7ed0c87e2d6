"""Numbers of papers as people write them (``213-QĐ/TW``, ``213 qd tw``, ``quy dinh 213``) → one value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.vietnamese.dates import parse_date
from pipeline.vietnamese.letters import canonical, fold, nfc, pad_ordinal, strip_marks

#: Symbols by their folded form; Party and State, with the way each is printed (domain 2.4).
_PRINTED = "NQ QĐ QyĐ CT KL QC TT HD TB TC BC KH CTr ĐA PA TTr CV BB BS GGT GM GCN GĐĐ GNP PC PG PB NĐ SL SY TrS"
#: Copies are numbered in one series, whatever their form: bản sao, sao lục, sao y, trích sao.
_OF_COPIES = frozenset(("BS", "SL", "SY", "TrS"))
_SYMBOLS = {strip_marks(symbol).lower(): symbol for symbol in _PRINTED.split()}
_TYPE_WORDS = {
    "quyet dinh": "QĐ",
    "quy dinh": "QĐ",
    "nghi quyet": "NQ",
    "chi thi": "CT",
    "ket luan": "KL",
    "quy che": "QC",
    "thong tri": "TT",
    "thong tu": "TT",
    "huong dan": "HD",
    "thong bao": "TB",
    "bao cao": "BC",
    "ke hoach": "KH",
    "chuong trinh": "CTr",
    "de an": "ĐA",
    "phuong an": "PA",
    "to trinh": "TTr",
    "cong van": "CV",
    "bien ban": "BB",
    "ban sao": "BS",
    "giay gioi thieu": "GGT",
    "giay moi": "GM",
    "nghi dinh": "NĐ",
}
_TYPE = "(?P<type>" + "|".join(word.replace(" ", r" ?") for word in _TYPE_WORDS) + ")"
_ORDINAL = r"(?P<ordinal>\d{1,6})(?P<suffix>[a-e])?"
_YEAR = r"(?: ?/ ?(?P<year>(?:19|20)\d\d))?"
_SYMBOL = r"(?P<symbol>[a-z][a-z]{0,5}\d{0,2})"
_ISSUER = r"(?P<issuer>[a-z][a-z0-9]{0,14}(?:-[a-z][a-z0-9]{0,9})?)"
_DASH = r" ?[-/] ?"
#: In running text a slash or hyphen must stand before the issuer, or any two words would do.
_IN_TEXT = re.compile(
    rf"(?<![\w./-])(?:{_TYPE} (?:so ?:? ?)?)?{_ORDINAL}{_YEAR}(?:{_DASH}| ){_SYMBOL}{_DASH}{_ISSUER}(?![\w])"
)
_STATE_LAW = re.compile(
    r"(?<![\w./-])(?P<ordinal>\d{1,4})/(?P<year>(?:19|20)\d\d)/(?P<symbol>qh\d{1,2})(?!\w)"
)
#: «Báo cáo 6 tháng đầu năm», «Kế hoạch 5 năm» tell how long; «Quyết định 45 ngày 9/1/2026» tells which one.
_SPAN = r"(?(so)|(?! (?:ngay|tuan|thang|quy|nam)(?!\w)(?! \d)))"
_BY_TYPE = re.compile(rf"(?<!\w){_TYPE} (?P<so>so ?:? ?)?{_ORDINAL}(?![\w./-]|\s*[-/]\s*\w){_SPAN}")
_TYPED = re.compile(
    rf"(?:{_TYPE} ?)?(?:so ?:? ?)?{_ORDINAL}{_YEAR}(?:[-/ ]{{0,3}}{_SYMBOL}(?:[-/ ]{{1,3}}{_ISSUER})?)?"
)
_TYPED_SYMBOL_FIRST = re.compile(
    rf"(?P<symbol>[a-z]{{1,6}})(?: so)? ?:? ?{_ORDINAL}(?:[-/ ]{{1,3}}{_ISSUER})?"
)
#: A title that gives the paper's own number: «Quy định số 213-QĐ/TW, ngày …», «Sao lục 378-BS/VPTU».
_OWN_HEAD = re.compile(
    rf"(?:(?:sao luc|sao y|trich sao|{_TYPE.replace('?P<type>', '?:')}) ?)?(?:so ?:? ?)?"
)
_LEADING = re.compile(r"^(?:so|s) ?:? ?(?=\d)")
_DATED = re.compile(r"^(?P<head>.*?),? (?P<date>ngay .*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A paper's number and symbol, or as much of them as was written; absent parts are empty."""

    ordinal: int
    #: ``a`` … of a number given twice.
    suffix: str = ""
    #: ``QĐ``, ``CTr``; also known where only the type word was written.
    symbol: str = ""
    #: ``TW``, ``VPTU``; upper case, as far as it was written with its marks.
    issuer: str = ""
    #: ``quy dinh``, folded: QĐ alone does not say whether Quyết định or Quy định.
    type_word: str = ""
    #: Only in references of the State that carry one.
    year: int | None = None

    @property
    def key(self) -> str:
        """Equal for all writings of one reference: ``213-qd/tw``; parts not written stay out."""
        year = f"/{self.year}" if self.year else ""
        symbol = f"-{fold(self.symbol)}" if self.symbol else ""
        issuer = f"/{fold(self.issuer)}" if self.issuer else ""
        return f"{self.ordinal}{self.suffix}{year}{symbol}{issuer}"

    @property
    def is_whole(self) -> bool:
        """Whether number, symbol and issuer are all there."""
        return bool(self.symbol and (self.issuer or self.year))

    def __str__(self) -> str:
        """The Party's way of writing it."""
        number = pad_ordinal(self.ordinal) + self.suffix + (f"/{self.year}" if self.year else "")
        symbol = f"-{self.symbol}" if self.symbol else ""
        return f"{number}{symbol}{f'/{self.issuer}' if self.issuer else ''}"


def party_symbols() -> tuple[str, ...]:
    """The symbols of the types of papers, as they are printed."""
    return tuple(_PRINTED.split())


def type_words() -> tuple[str, ...]:
    """The words for the types of papers, folded: ``quy dinh``."""
    return tuple(_TYPE_WORDS)


def symbol_of_type(type_word: str) -> str:
    """The symbol of a type by its folded word."""
    return _TYPE_WORDS[type_word]


def is_copy_symbol(symbol: str) -> bool:
    """Whether certified copies bear the symbol."""
    return symbol in _OF_COPIES


def symbol_printed(folded: str) -> str:
    """A symbol as it is printed, by its folded form; empty where it is none."""
    return _SYMBOLS.get(folded, "")


def parse_reference(text: str) -> Reference | None:
    """The one reference that *text* consists of, None for anything else.

    Takes the shapes of domain 7.4, typed with or without marks, dashes and zeros; a bare number is a
    reference of which only the ordinal is known. A date after it (``, ngày 09/01/2020``) is allowed.
    """
    spelt = canonical(text).strip(" .,;:")
    plain = strip_marks(spelt)
    if (dated := _DATED.match(plain)) and parse_date(dated["date"]):
        plain = dated["head"].strip(" ,")
    plain = _LEADING.sub("", plain)
    for pattern in (_STATE_LAW, _IN_TEXT, _TYPED, _TYPED_SYMBOL_FIRST):
        match = pattern.fullmatch(plain)
        if match is not None and (found := _reading(match, text, strict=False)) is not None:
            return found
    return None


def find_references(text: str) -> list[Reference]:
    """The references in running text, in order, each once.

    Finds ``12-HD/BTCTU``, ``30/2020/NĐ-CP``, ``Quy định số 213``; not loose words such as ``213 qd tw``,
    which only :func:`parse_reference` believes, and no dates.
    """
    found: dict[str, Reference] = {}
    for reference in _all_readings(text):
        found.setdefault(reference.key, reference)
    return list(found.values())


def leading_reference(text: str) -> Reference | None:
    """The number that *text* begins with, behind no more than the word for the type: that of the paper so titled."""
    plain = strip_marks(canonical(text)).lstrip(" \"'(*")
    head = _OWN_HEAD.match(plain)
    at = head.end() if head else 0
    for pattern in (_IN_TEXT, _BY_TYPE):
        match = pattern.match(plain) or pattern.match(plain, at)
        if match is not None and match.start("ordinal") == at:
            return _reading(match, text, strict=True)
    return None


def _all_readings(text: str) -> Iterator[Reference]:
    plain = strip_marks(canonical(text))
    matches: list[tuple[int, Reference]] = []
    taken: set[int] = set()
    for pattern in (_STATE_LAW, _IN_TEXT, _BY_TYPE):
        for match in pattern.finditer(plain):
            at = match.start("ordinal")
            if at in taken:
                continue
            reading = _reading(match, text, strict=True)
            if reading is not None:
                taken.add(at)
                matches.append((at, reading))
    matches.sort(key=lambda item: item[0])
    return (reading for _, reading in matches)


def _reading(match: re.Match[str], text: str, *, strict: bool) -> Reference | None:
    parts = match.groupdict()
    type_word = _one_space(parts.get("type") or "")
    symbol = parts.get("symbol") or ""
    known = _SYMBOLS.get(symbol) or (symbol.upper() if symbol.startswith("qh") else "")
    if symbol and not known and (not strict or not _is_written_in_capitals(symbol, text)):
        return None
    issuer = parts.get("issuer") or ""
    return Reference(
        ordinal=int(parts["ordinal"]),
        suffix=parts.get("suffix") or "",
        symbol=known or symbol.upper() or _TYPE_WORDS.get(type_word, ""),
        issuer=_as_written(issuer, text),
        type_word=type_word,
        year=int(parts["year"]) if parts.get("year") else None,
    )


def _one_space(type_word: str) -> str:
    if not type_word or " " in type_word:
        return type_word
    return next(word for word in _TYPE_WORDS if word.replace(" ", "") == type_word)


def _is_written_in_capitals(symbol: str, text: str) -> bool:
    return strip_marks(nfc(text)).find(symbol.upper()) >= 0


def _as_written(issuer: str, text: str) -> str:
    """The issuer with the marks it had in *text*, in capitals but for ``TTg``-like endings."""
    if not issuer:
        return ""
    written = nfc(text)
    at = strip_marks(written).lower().find(issuer)
    shown = written[at : at + len(issuer)] if at >= 0 else issuer
    if fold(shown) != issuer:
        shown = issuer
    return shown if shown[:2].isupper() else shown.upper()
