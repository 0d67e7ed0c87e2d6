"""What somebody typed into the one box → a query, and back; any string at all is one.

``"nơi cư trú"`` asks for words side by side; ``-dự thảo`` for papers without them; ``loại:``, ``sổ:``, ``cơ quan:``,
``người ký:``, ``nơi ở:``, ``năm:``, ``từ:``, ``đến:``, ``dẫn:`` and ``xếp:`` narrow down, with or without marks. What is none of
these is words: a colon, a dash or a quotation mark in a sentence that was pasted breaks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pipeline.record import Book
from pipeline.stores.search.filters import reference_meant
from pipeline.stores.search.values import Query, Sort
from pipeline.vietnamese import fold, nfc, parse_date, parse_reference, strip_marks

#: Nobody means the rest of what he pasted.
_READ_CHARS = 10_000
#: Filters are names; a longer run of words after a colon is a sentence. An exclusion is shorter still.
_FILTER_WORDS = 12
_WITHOUT_WORDS = 6
_MOST_PARTS = 16

_NAMES: Mapping[str, str] = {
    "loai": "kind",
    "loai van ban": "kind",
    "so": "register",
    "co quan": "issuer",
    "co quan ban hanh": "issuer",
    "nguoi ky": "signer",
    "noi o": "residence",
    "noi cu tru": "residence",
    "nam": "year",
    "tu": "since",
    "tu ngay": "since",
    "den": "until",
    "den ngay": "until",
    "dan": "cites",
    "xep": "sort",
    "sap xep": "sort",
}
_BOOKS = {
    "di": Book.DI,
    "van ban di": Book.DI,
    "den": Book.DEN,
    "van ban den": Book.DEN,
    "sao": Book.SAO,
    "ban sao": Book.SAO,
    "noi bo": Book.NOI_BO,
}
_SORTS = {
    "lien quan": Sort.RELEVANCE,
    "moi": Sort.NEWEST,
    "moi nhat": Sort.NEWEST,
    "ngay": Sort.NEWEST,
    "so": Sort.NUMBER,
    "theo so": Sort.NUMBER,
}
_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
#: Longest names first, so that «đến ngày» is not «đến».
_NAME = "|".join(
    sorted((name.replace(" ", r"[ \t]{1,3}") for name in _NAMES), key=len, reverse=True)
)
#: What begins a part of its own: a quoted text, an exclusion, a filter.
_SIGN = re.compile(
    rf'(?P<quote>")|(?<![^\s"])-(?=[^\W_]|")|(?<![^\W_])(?P<name>{_NAME})[ \t]?:[ \t]*(?!/)'
)
_RUN_ENDS = re.compile(r"[,;\n]")
_DAY = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?![\w/])")
_YEAR = re.compile(r"(?:19|20)\d\d(?![\w/.-])")
_NUMBER_BEFORE = re.compile(r"\d{1,6}[a-e]?\s+$")
_BLANKS = re.compile(r"\s+")


def read_query(typed: str, base: Query | None = None) -> Query:
    """The query that somebody typed; what *base* has beside it stays."""
    text = nfc(typed[:_READ_CHARS]).translate(_QUOTES)
    reading = _Reading(text)
    reading.read()
    base = base or Query()
    words = _BLANKS.sub(" ", "".join(reading.words)).strip()
    return replace(
        base,
        text=" ".join(part for part in (base.text, words) if part),
        phrases=(*base.phrases, *reading.phrases[:_MOST_PARTS]),
        without=(*base.without, *reading.without[:_MOST_PARTS]),
        **reading.filters,
    )


class _Reading:
    """One pass over the text, from sign to sign."""

    def __init__(self, text: str) -> None:
        self.text = text
        #: Of the same length as the text, letter for letter, where names of filters are looked for.
        self.plain = _letterwise(text)
        self.words: list[str] = []
        self.phrases: list[str] = []
        self.without: list[str] = []
        self.filters: dict[str, Any] = {}

    def read(self) -> None:
        at = 0
        while match := _SIGN.search(self.plain, at):
            self.words.append(self.text[at : match.start()])
            if match["quote"]:
                at = self._quoted(match)
            elif match["name"]:
                at = self._filter(match)
            else:
                at = self._exclusion(match)
        self.words.append(self.text[at:])

    def _quoted(self, match: re.Match[str]) -> int:
        inner, end = self._between_quotes(match.start())
        if _has_words(inner):
            self.phrases.append(_tidy(inner))
        self.words.append(" ")
        return end

    def _between_quotes(self, start: int) -> tuple[str, int]:
        """What stands after the mark at *start*, up to the next one; one that nobody closed is nothing."""
        end = self.text.find('"', start + 1)
        return ("", start + 1) if end < 0 else (self.text[start + 1 : end], end + 1)

    def _exclusion(self, match: re.Match[str]) -> int:
        start = match.end()
        if self._is_part_of_reference(match.start()):
            return self._literally(match)
        value, end = self._value(start)
        if not _has_words(value) or len(value.split()) > _WITHOUT_WORDS:
            return self._literally(match)
        self.without.append(_tidy(value))
        self.words.append(" ")
        return end

    def _literally(self, match: re.Match[str]) -> int:
        """It is no sign after all, but part of the text."""
        self.words.append(self.text[match.start() : match.end()])
        return match.end()

    def _is_part_of_reference(self, dash: int) -> bool:
        """Whether it is the dash of «213 -QĐ/TW» or «213 -2020»."""
        before = _NUMBER_BEFORE.search(self.text[max(0, dash - 12) : dash])
        after = self.text[dash + 1 : dash + 40].split(maxsplit=1)
        if before is None or not after:
            return False
        if _YEAR.fullmatch(after[0]):
            return True
        meant = parse_reference(f"{before.group().strip()}-{after[0]}")
        return meant is not None and meant.is_whole

    def _filter(self, match: re.Match[str]) -> int:
        name = _NAMES[" ".join(match["name"].split())]
        value, end = self._value(match.end(), short=_SHORT.get(name))
        read = _READERS.get(name, _a_name)(_tidy(value))
        if read is None or name in self.filters:
            return self._literally(match)
        self.filters[name] = read
        self.words.append(" ")
        return end

    def _value(self, start: int, short: re.Pattern[str] | None = None) -> tuple[str, int]:
        """What belongs to the sign before *start*: a quoted text, else what *short* finds, else all up to the next sign."""
        if self.text[start : start + 1] == '"':
            return self._between_quotes(start)
        if short is not None:
            found = short.match(self.plain, start)
            return (self.text[start : found.end()], found.end()) if found else ("", start)
        sign = _SIGN.search(self.plain, start)
        end = sign.start() if sign else len(self.text)
        stop = _RUN_ENDS.search(self.text, start, end)
        end = stop.start() if stop else end
        # The comma that ends it belongs to it.
        return self.text[start:end], stop.end() if stop else end


def _letterwise(text: str) -> str:
    """Lower case without marks, each letter in its place."""
    bare = {letter: strip_marks(letter.lower())[:1] or "." for letter in set(text)}
    return "".join(map(bare.__getitem__, text))


def _tidy(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" .")


def _has_words(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def _a_name(value: str) -> str | None:
    return value if _has_words(value) and len(value.split()) <= _FILTER_WORDS else None


def book_named(value: str) -> str | None:
    """The book that people call so, «đi», «van ban den», «noi-bo»; None for none."""
    book = _BOOKS.get(fold(value).replace("-", " "))
    return book.value if book else None


def _a_year(value: str) -> int | None:
    return int(value) if _YEAR.fullmatch(value) else None


def _a_sort(value: str) -> Sort | None:
    return _SORTS.get(fold(value).replace("-", " "))


def _first_day(value: str) -> date | None:
    return date(int(value), 1, 1) if _YEAR.fullmatch(value) else parse_date(value)


def _last_day(value: str) -> date | None:
    return date(int(value), 12, 31) if _YEAR.fullmatch(value) else parse_date(value)


def _a_reference(value: str) -> str | None:
    return value if _a_name(value) and reference_meant(value) else None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "register": book_named,
    "year": _a_year,
    "since": _first_day,
    "until": _last_day,
    "cites": _a_reference,
    "sort": _a_sort,
}


def _one_of(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted((word.replace(" ", "[ -]") for word in words), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(longest_first)})(?!\\w)")


_DAY_OR_YEAR = re.compile(f"(?:{_DAY.pattern})|(?:{_YEAR.pattern})")
#: Of these the value ends where it is whole; words may follow.
_SHORT: Mapping[str, re.Pattern[str]] = {
    "year": _YEAR,
    "since": _DAY_OR_YEAR,
    "until": _DAY_OR_YEAR,
    "register": _one_of(_BOOKS),
    "sort": _one_of(_SORTS),
}


def typed_text(query: Query) -> str:
    """What to put into the box so that the words of *query* are asked again; its filters stand beside the box."""
    parts = [
        query.text,
        *(f'"{one}"' for one in query.phrases),
        *(f'-"{one}"' for one in query.without),
    ]
    return " ".join(part for part in parts if part)
