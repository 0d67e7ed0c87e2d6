"""The head and tail of a paper that came → who sent it, what it is, of when; each with a confidence and its place.

What is not certain is proposed and never used unasked: a number or date that a machine read is certain only where its
shape is strict, every word of it was read well, and a second and third reading of that place say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pipeline.engines.arrival_lines import Piece
from pipeline.engines.arrival_shapes import (
    CIRCULATION_WORDS,
    circulation_mark,
    is_plausible,
    sender_date,
    sender_number,
    urgency_mark,
)
from pipeline.engines.arrival_subject import (
    ABOUT,
    find_body,
    find_subject,
    find_type,
    head_of,
    is_addressed,
    with_about,
)
from pipeline.engines.paper_lines import RIGHT, WHOLE
from pipeline.engines.segments import Segment
from pipeline.vietnamese import is_syllable

#: A word that was read less well than this may be another word.
WELL_READ = 0.8
_DOUBT = 0.4
_NONE = 0.2
_BY_LAYER, _BY_OCR = 0.97, 0.9
#: A paper that a machine read to be older than this is looked at by the clerk.
_OLD_YEARS = 5
_NOI_NHAN = re.compile(r"^nơi nhận\s*[:;.]?", re.IGNORECASE)
_AUTHORITY = re.compile(r"^(?:T/M|K/T|T/L|TM\.|KT\.|TL\.|TUQ\.|Q\.)\s*\S", re.IGNORECASE)
_NAME_WORD = re.compile(r"[A-ZĐÀ-Ỹ][a-zđà-ỹ]{0,7}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Something read of a paper."""

    value: str | tuple[str, ...]
    #: 0…1; from :data:`SURE` on it may be used unasked.
    confidence: float
    #: Counted from 1, and the box on it: left, top, right, bottom.
    page: int
    box_mm: tuple[float, float, float, float]
    #: As they stand there.
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read of one page or strip."""

    pieces: tuple[Piece, ...]
    #: Whether a machine guessed the letters from a picture.
    is_guessed: bool = False
    #: The ink stamp ĐẾN that was seen on its picture; *pieces* are the paper's own then.
    stamp: Mapping[str, Any] | None = None
    #: Reads one place again, larger, at two scales: the texts it gives, none where it could not.
    again: Callable[[Segment], Sequence[str]] = lambda _box: ()


def read_sheets(
    head: Sheet, tail: Sheet, types: Sequence[tuple[str, str]], today: date
) -> dict[str, Proposal]:
    """What head and tail tell, by name: ``number``, ``date``, ``issuer``, ``type``, ``subject``, ``signer``, ``urgency``, ``circulation``.

    Args:
        types: Name and symbol of each type of paper.
    """
    if head.is_guessed:
        head = replace(head, pieces=with_about(head.pieces))
    begin = head_of(head.pieces)
    found: dict[str, Proposal | None] = {
        "number": _number(head, begin),
        "date": _date(head, begin, today),
        "urgency": _urgency(head),
        "circulation": _circulation(head),
        "signer": _signer(tail),
    }
    signs = [number for one in begin if (number := sender_number(one.text))]
    symbol = signs[0].symbol if signs else ""
    kind, place, at = find_type(begin, types, symbol, is_addressed=is_addressed(head.pieces))
    if kind and place is not None:
        trust = _BY_OCR if head.is_guessed else _BY_LAYER
        # A letter of the State bears its body in the place of the type's symbol.
        agrees = at is None or symbol not in {one for _, one in types} or (kind, symbol) in types
        found["type"] = _proposal((place,), kind, trust if agrees else _DOUBT)
    found["subject"] = _words(find_subject(head.pieces, begin, at), head, "")
    body = find_body([one for one in begin if one is not place or sender_number(one.text)])
    found["issuer"] = _words((body[0], body[2]) if body else None, head, body[1] if body else "")
    return {name: one for name, one in found.items() if one is not None}


def _proposal(pieces: Sequence[Piece], value: str | tuple[str, ...], trust: float) -> Proposal:
    return Proposal(
        value=value,
        confidence=round(trust, 2),
        page=pieces[0].page + 1,
        box_mm=(
            round(min(one.box.left_mm for one in pieces), 1),
            round(min(one.box.top_mm for one in pieces), 1),
            round(max(one.box.right_mm for one in pieces), 1),
            round(max(one.box.bottom_mm for one in pieces), 1),
        ),
        words=" ".join(one.text for one in pieces),
    )


def _number(head: Sheet, begin: Sequence[Piece]) -> Proposal | None:
    """The sender's number; two different ones are a doubt."""
    found = [(one, number) for one in begin if (number := sender_number(one.text))]
    if not found:
        return None
    strict = [(one, number) for one, number in found if number.is_strict]
    piece, number = (strict or found)[0]
    is_one = len({number.reference for _, number in strict}) == 1

    def same(text: str) -> bool:
        again = sender_number(text)
        return again is not None and again.is_strict and again.reference == number.reference

    trust = _trust(head, piece, same) if is_one else _DOUBT
    return _proposal((piece,), number.reference, trust)


def _date(head: Sheet, begin: Sequence[Piece], today: date) -> Proposal | None:
    for piece in begin:
        day, is_strict = sender_date(piece.text)
        if day is None or len(piece.text) > 80:
            continue

        def same(text: str, wanted: date = day) -> bool:
            return sender_date(text) == (wanted, True)

        is_likely = is_plausible(day, today, years=_OLD_YEARS if head.is_guessed else None)
        trust = _NONE if not is_likely else _trust(head, piece, same) if is_strict else _DOUBT
        return _proposal((piece,), day.isoformat(), trust)
    return None


def _trust(head: Sheet, piece: Piece, same: Callable[[str], bool]) -> float:
    """How far a number or date may be trusted: certain in a text layer, else where all readings agree."""
    if not head.is_guessed:
        return _BY_LAYER
    if piece.trust < WELL_READ:
        return _DOUBT
    readings = head.again(piece.box)
    return _BY_OCR if len(readings) > 1 and all(map(same, readings)) else _DOUBT


def _words(found: tuple[Sequence[Piece], bool] | None, sheet: Sheet, value: str) -> Proposal | None:
    """Running words; certain where their end was seen and every one of them was read well."""
    if found is None:
        return None
    pieces, is_whole = found
    text = value or " ".join(" ".join(one.text for one in pieces).split()).strip(" ()*-–—_|")
    if not text:
        return None
    trust = _BY_OCR if sheet.is_guessed else _BY_LAYER
    is_sure = is_whole and (not sheet.is_guessed or _is_well_read(pieces, sheet))
    return _proposal(pieces, text, trust if is_sure else _DOUBT)


def _is_well_read(pieces: Sequence[Piece], sheet: Sheet) -> bool:
    """Whether every word is one, was read well, and is read so again: a tone mark is easily another."""
    words = [word for one in pieces for word in _bare(one.text)]
    is_read = all(is_syllable(word) for word in words if word.isalpha())
    if not is_read or min(one.trust for one in pieces) < WELL_READ:
        return False
    for piece in pieces:
        readings = sheet.again(piece.box)
        said = _bare(piece.text)
        # «V/v» says the same however it is misread
        first = 1 if said[:1] == [ABOUT] else 0
        if len(readings) < 2 or any(_bare(text)[first:] != said[first:] for text in readings):
            return False
    return True


def _bare(text: str) -> list[str]:
    """Its words without what stands around them: a speck is read as a dot."""
    words = (word.strip(".,;:()“”\"'|-–—_*ˆ~`") for word in text.split())
    return [word for word in words if word]


def _urgency(head: Sheet) -> Proposal | None:
    for piece in head.pieces:
        if mark := urgency_mark(piece.text):
            is_plain = piece.text.strip(" []()*.:").upper().startswith((mark, "HOẢ TỐC"))
            is_sure = not head.is_guessed or is_plain
            return _proposal((piece,), mark, _BY_OCR if is_sure else _DOUBT)
    return None


def _circulation(head: Sheet) -> Proposal | None:
    found = [(one, mark) for one in head.pieces if (mark := circulation_mark(one.text))]
    if not found:
        return None
    marks = tuple(dict.fromkeys(mark for _, mark in found))
    printed = [one.text.strip(" []()*.:") for one, _ in found]
    is_sure = not head.is_guessed or all(text in CIRCULATION_WORDS for text in printed)
    return _proposal([one for one, _ in found], marks, _BY_OCR if is_sure else _DOUBT)


def _signer(tail: Sheet) -> Proposal | None:
    """Who signed: of a paper with annexes or a copy block the first signature is the paper's own."""
    pieces = tail.pieces
    lists = [at for at, one in enumerate(pieces) if _NOI_NHAN.match(one.text)]
    marks = [*lists, *(at for at, one in enumerate(pieces) if _AUTHORITY.match(one.text))]
    if not marks:
        return None
    end = lists[1] if len(lists) > 1 else len(pieces)
    block = [one for one in pieces[min(marks) : end] if one.column in {RIGHT, WHOLE}]
    names = [one for one in block if _is_name(one.text)]
    if not names:
        return None
    is_sure = len({one.text for one in names}) == 1
    is_sure = is_sure and (not tail.is_guessed or _is_well_read(names[:1], tail))
    trust = _BY_OCR if tail.is_guessed else _BY_LAYER
    return _proposal((names[0],), names[0].text, trust if is_sure else _DOUBT)


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 6 and all(_NAME_WORD.fullmatch(word) for word in words)
