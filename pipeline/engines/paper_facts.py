"""The lines of a finished paper → what the register asks: type, trích yếu, body, number, date, signer, recipients.

Only the head and the tail are read, by the shapes that Party papers have (domain 2.2–2.6, 7.3–7.4). Each fact comes with
a confidence; below :data:`SURE` nobody uses it, so that nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.engines.paper_lines import LEFT, RIGHT, WHOLE, Line
from pipeline.engines.paper_shapes import DatePlace, NumberPlace, find_date, find_number
from pipeline.vietnamese import fold, plausibility

SURE = 0.8
_HEAD_LINES = 60
_TAIL_LINES = 90
_MOST_TRICH_YEU_LINES = 8
_MOST_RECIPIENTS = 60
_LONGEST_TRICH_YEU = 500
#: Text that a damaged text layer gives is fluent nonsense or holes; it is read, but believed less.
_PLAUSIBLE = 0.55
_END_OF_TRICH_YEU = re.compile(r"^[-–—_*=]{2,}$|^\*$")
_BODY_BEGINS = re.compile(
    r"^(?:[-–+]\s*)?(?:Kính (?:gửi|trình)|Căn cứ|Thực hiện|Theo |Xét |Nhằm |Ngày |Để |Phần |Chương |Điều |I\.|1\.|A\.)",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:[(]?\s*)?(?:V/v|Về việc)\b", re.IGNORECASE)
_NOI_NHAN = re.compile(r"^nơi nhận\s*:?$", re.IGNORECASE)
_AUTHORITY = re.compile(r"^(?:T/M|K/T|T/L|TM\.|KT\.|TL\.|TUQ\.|Q\.)\s*\S", re.IGNORECASE)
_ITEM = re.compile(r"^[-–+•]\s*")
_NAME_WORD = re.compile(r"[A-ZĐÀ-Ỹ][a-zđà-ỹ]{0,7}")
#: A symbol that stands for more than one type: its paper must say its type.
_PAPER_TITLE = "dang cong san viet nam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something read, and how sure we are, 0…1."""

    value: str | tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a paper."""

    #: By name: ``type``, ``subject``, ``issuer``, ``symbol``, ``date``, ``place``, ``recipients``, ``addressees``, ``body``.
    facts: dict[str, Fact]
    number: NumberPlace | None
    dated: DatePlace | None
    #: Personal names that stand where a signer's name stands; who of them signs is for the office file to say.
    names: tuple[str, ...]
    #: Where the head ends and where the tail begins, as indexes of the lines.
    type_at: int | None
    tail_at: int

    @property
    def printed(self) -> date | None:
        """The whole date that is printed."""
        return self.dated.whole if self.dated else None


def read_facts(lines: Sequence[Line], types: Sequence[tuple[str, str]]) -> Reading:
    """Read a paper.

    Args:
        lines: As :mod:`paper_lines` gives them.
        types: Name and symbol of each type the kind knows: («Công văn», «CV»).
    """
    head = list(lines[:_HEAD_LINES])
    trust = _trust(lines)
    number_at, number = _number(head)
    dated = _dated(head)
    tail_at = _tail_at(lines)
    facts: dict[str, Fact] = {}
    type_at, type_name, type_trust = _type(head, types, number)
    if type_name:
        facts["type"] = Fact(value=type_name, confidence=type_trust * trust)
    if number is not None:
        facts["symbol"] = Fact(value=number.symbol, confidence=trust)
        facts["issuer"] = Fact(value=number.issuer, confidence=trust)
    subject = _subject(head, type_at, number_at)
    if subject is not None:
        facts["subject"] = Fact(value=subject[0], confidence=subject[1] * trust)
    if dated is not None and dated.whole is not None:
        facts["date"] = Fact(value=dated.whole.isoformat(), confidence=trust)
    _read_around(lines, (head, number_at, tail_at), facts, trust)
    return Reading(
        facts=facts,
        number=number,
        dated=dated,
        names=_names(lines[tail_at:]),
        type_at=type_at,
        tail_at=tail_at,
    )


def _read_around(
    lines: Sequence[Line],
    places: tuple[list[Line], int | None, int],
    facts: dict[str, Fact],
    trust: float,
) -> None:
    head, number_at, tail_at = places
    body = _body(head, number_at)
    if body:
        facts["body"] = Fact(value=body, confidence=0.9 * trust)
    recipients = _recipients(lines[tail_at:])
    if recipients:
        facts["recipients"] = Fact(value=recipients, confidence=0.9 * trust)
    addressees = _addressees(head)
    if addressees:
        facts["addressees"] = Fact(value=addressees, confidence=0.9 * trust)


def _trust(lines: Sequence[Line]) -> float:
    text = " ".join(line.text for line in lines[:_HEAD_LINES])
    return 1.0 if text and plausibility(text) >= _PLAUSIBLE else 0.5


def _number(head: Sequence[Line]) -> tuple[int | None, NumberPlace | None]:
    """The number's line; two different ones (a copy block, an annex) are none."""
    found = [(index, place) for index, line in enumerate(head) if (place := find_number(line.text))]
    keys = {(place.symbol, place.issuer, place.ordinal) for _, place in found}
    return found[0] if len(keys) == 1 else (None, None)


def _dated(head: Sequence[Line]) -> DatePlace | None:
    """The date line: alone on its line, before the text."""
    for line in head:
        place = find_date(line.text)
        if place is not None and len(line.text) < 80 and not _BODY_BEGINS.match(line.text):
            return place
        if line.column == WHOLE and len(line.text) > 200:
            return None
    return None


def _type(
    head: Sequence[Line], types: Sequence[tuple[str, str]], number: NumberPlace | None
) -> tuple[int | None, str, float]:
    """Where the type stands, which it is, and how sure: by its own line, else by a symbol that means only it."""
    names = {fold(name): (name, symbol) for name, symbol in types}
    for index, line in enumerate(head):
        known = names.get(fold(line.text).strip(" .:*-"))
        if known and line.text.strip().isupper():
            name, symbol = known
            agrees = number is None or number.symbol == symbol
            return index, name, 1.0 if agrees else 0.5
    if number is None:
        return None, "", 0.0
    meant = [name for name, symbol in types if symbol == number.symbol]
    # A paper with a type prints it; only the công văn has no such line.
    is_letter = any(fold(line.text).startswith(("kinh gui", "kinh trinh")) for line in head)
    return None, meant[0] if meant else "", 0.9 if len(meant) == 1 and is_letter else 0.4


def _subject(
    head: Sequence[Line], type_at: int | None, number_at: int | None
) -> tuple[str, float] | None:
    if type_at is not None:
        return _joined(head[type_at + 1 :], column=None)
    if number_at is None:
        return None
    after = head[number_at + 1 :]
    start = next((i for i, line in enumerate(after[:12]) if _ABOUT.match(line.text)), None)
    if start is None:
        return None
    return _joined(after[start:], column=after[start].column)


def _joined(lines: Sequence[Line], *, column: int | None) -> tuple[str, float] | None:
    """The lines up to where the trích yếu ends; sure when its end is seen."""
    words: list[str] = []
    for line in lines[: _MOST_TRICH_YEU_LINES * 2]:
        if column not in {None, WHOLE} and line.column != column:
            if _BODY_BEGINS.match(line.text):
                break
            continue
        ends = _END_OF_TRICH_YEU.match(line.text) or _BODY_BEGINS.match(line.text)
        if ends or find_date(line.text) or find_number(line.text):
            break
        words.append(line.text)
        if len(words) > _MOST_TRICH_YEU_LINES:
            return None
    else:
        return (" ".join(words), 0.4) if words else None
    text = " ".join(" ".join(words).split()).strip(" ()")
    return (text, 1.0) if 3 <= len(text) <= _LONGEST_TRICH_YEU else None


def _body(head: Sequence[Line], number_at: int | None) -> str:
    """The issuing body: the last line of the left column above the star and the number."""
    if number_at is None:
        return ""
    column = head[number_at].column
    above = [
        line.text.strip()
        for line in head[:number_at]
        if line.column in {column, LEFT} and _PAPER_TITLE not in fold(line.text)
    ]
    named = [text for text in above if text.strip("*-–_ ") and text.isupper()]
    return named[-1] if named else ""


def _tail_at(lines: Sequence[Line]) -> int:
    """Where the signature and the recipients begin: at the last «Nơi nhận» or authority line."""
    first = max(0, len(lines) - _TAIL_LINES)
    marks = [
        index
        for index in range(first, len(lines))
        if _NOI_NHAN.match(lines[index].text) or _AUTHORITY.match(lines[index].text)
    ]
    if not marks:
        return max(first, len(lines) - 12)
    noi_nhan = [index for index in marks if _NOI_NHAN.match(lines[index].text)]
    if not noi_nhan:
        return marks[-1]
    # Of a paper with annexes or a copy block the first signature is the paper's own.
    begin = noi_nhan[0]
    near = [index for index in marks if begin - 4 <= index <= begin]
    return min(near)


def _recipients(tail: Sequence[Line]) -> tuple[str, ...]:
    start = next((i for i, line in enumerate(tail) if _NOI_NHAN.match(line.text)), None)
    if start is None:
        return ()
    column = tail[start].column
    found: list[str] = []
    for line in tail[start + 1 :]:
        if column in {LEFT, RIGHT} and line.column not in {column, WHOLE}:
            continue
        is_item = _ITEM.match(line.text) is not None
        if not is_item and (not found or line.text.isupper() or len(found) > _MOST_RECIPIENTS):
            if found:
                break
            continue
        text = _ITEM.sub("", line.text).strip().rstrip(";,. ")
        if fold(text).startswith("luu"):
            break
        if is_item:
            found.append(text)
        elif not _is_name(line.text):
            found[-1] = f"{found[-1]} {text}"
    return tuple(text for text in found if text)


def _addressees(head: Sequence[Line]) -> tuple[str, ...]:
    for index, line in enumerate(head):
        if not fold(line.text).startswith(("kinh gui", "kinh trinh")):
            continue
        rest = line.text.partition(":")[2].strip()
        if rest and not _ITEM.match(rest):
            return (rest.rstrip(";,. "),)
        found = [_ITEM.sub("", rest).rstrip(";,. ")] if rest else []
        for one in head[index + 1 :]:
            if not _ITEM.match(one.text):
                break
            found.append(_ITEM.sub("", one.text).rstrip(";,. "))
        return tuple(text for text in found if text)
    return ()


def _names(tail: Sequence[Line]) -> tuple[str, ...]:
    """Names of persons in the tail: lines of two to six capitalised words and nothing else."""
    right = [line for line in tail if line.column in {RIGHT, WHOLE}] or list(tail)
    return tuple(dict.fromkeys(line.text.strip() for line in right if _is_name(line.text)))


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 6 and all(_NAME_WORD.fullmatch(word) for word in words)
