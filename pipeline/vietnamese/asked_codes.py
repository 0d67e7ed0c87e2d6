"""A question that is one number with the letters before or behind it → both: ``số đến 6``, ``pnx26``, ``12 bcđ``.

For numbers that no symbol of :mod:`pipeline.vietnamese.references` tells: of what came, of sheets with a code, of an office's own symbols.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.vietnamese.legacy import is_syllable
from pipeline.vietnamese.letters import canonical, strip_marks
from pipeline.vietnamese.references import symbol_printed
from pipeline.vietnamese.typed_numbers import COUNTING_WORDS

#: The symbol of what came in.
ARRIVAL = "den"
_LONGEST_CHARS = 60
_PIECE = re.compile(r"\d+|[^\W\d_]+")
#: Words around a number that say no more of the paper than that it is wanted.
_IDLE_TOLD = """so s no van ban vb cong cv giay to hieu ky tim kiem xem lay mo in giup cho toi minh em anh chi voi nhe cai"""
_IDLE = frozenset(_IDLE_TOLD.split())
_NUMBER = r"0*(?P<ordinal>[1-9]\d{0,5})"
_YEAR = r"(?: (?:nam )?(?P<year>(?:19|20)\d\d))?"
_WORDS = r"(?P<book>[a-z]{2,15}(?: [a-z]{2,15}){0,2})"
_LETTERS = r"(?P<letters>[a-z]{2,10})"
_SHAPES = tuple(
    map(
        re.compile,
        (
            rf"(?P<letters>{ARRIVAL})(?: {_WORDS})? {_NUMBER}{_YEAR}",
            rf"(?P<letters>{ARRIVAL}) {_NUMBER} {_WORDS}{_YEAR}",
            rf"{_WORDS} (?P<letters>{ARRIVAL}) {_NUMBER}{_YEAR}",
            rf"{_NUMBER} (?P<letters>{ARRIVAL})(?: {_WORDS})?{_YEAR}",
            rf"{_LETTERS} {_NUMBER}{_YEAR}",
            rf"{_NUMBER} {_LETTERS}{_YEAR}",
            rf"{_LETTERS} (?P<short_year>\d\d) {_NUMBER}",
        ),
    )
)
_LIKE_A_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCode:
    """A number as it is counted in one series."""

    #: Folded: ``den``, ``pnx``.
    letters: str
    ordinal: int
    year: int | None = None
    #: Which of several books of what came, folded: ``don thu``; empty where none was told.
    book: str = ""

    @property
    def is_arrival(self) -> bool:
        """Whether it is a number of what came in."""
        return self.letters == ARRIVAL

    def __str__(self) -> str:
        """As people say it: ``số đến 6 năm 2025``, ``PNX 26``."""
        head = "số đến" if self.is_arrival else self.letters.upper()
        return f"{head} {self.ordinal}{f' năm {self.year}' if self.year else ''}"


def asked_code(text: str, year: int | None = None) -> AskedCode | None:
    """The number that *text* is and nothing else; dates should be taken out before, their *year* told."""
    if len(text) > _LONGEST_CHARS:
        return None
    spelt = _PIECE.findall(canonical(text))
    pieces = [strip_marks(piece) for piece in spelt]
    if not any(map(str.isdecimal, pieces)) or any(
        piece == ARRIVAL and said not in {ARRIVAL, "đến"}
        for piece, said in zip(pieces, spelt, strict=True)
    ):
        return None
    told = " ".join(piece for piece in pieces if piece not in _IDLE)
    match = next((found for shape in _SHAPES if (found := shape.fullmatch(told))), None)
    return _read(match.groupdict(), year, is_said_number="so" in pieces) if match else None


def _read(parts: dict[str, str], year: int | None, *, is_said_number: bool) -> AskedCode | None:
    letters, ordinal = parts["letters"], parts["ordinal"]
    short = parts.get("short_year")
    told = 2000 + int(short) if short else int(parts.get("year") or 0)
    if letters != ARRIVAL and (is_syllable(letters) or symbol_printed(letters)):
        return None
    if not COUNTING_WORDS.isdisjoint((parts.get("book") or "").split()):
        return None  # what came in «tháng 9»
    # «đến 2025» tells a time.
    if letters == ARRIVAL and not told and not is_said_number and _LIKE_A_YEAR.fullmatch(ordinal):
        return None
    return AskedCode(
        letters=letters,
        ordinal=int(ordinal),
        year=told or year,
        book=parts.get("book") or "",
    )
