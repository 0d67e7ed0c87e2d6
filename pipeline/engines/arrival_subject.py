"""The parts of a head that are words: where it ends, the paper's type, its trích yếu, the body that issued it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.engines.arrival_lines import Piece
from pipeline.engines.arrival_shapes import sender_date, sender_number
from pipeline.engines.paper_lines import LEFT, WHOLE
from pipeline.vietnamese import fold

_MOST_PIECES = 40
_MOST_LINES = 8
_LONGEST = 500
_BODY_BEGINS = re.compile(
    r"^(?:[-–+]\s*)?(?:K[ií]nh (?:g[ửữư]i|trình)|Căn cứ|Thực hiện|Theo |Xét |Nhằm |Ngày |Để |Phần |Chương |Điều |I\.|1\.|A\.)",
    re.IGNORECASE,
)
_COPY_BEGINS = frozenset(("sao luc", "sao y", "sao y ban chinh", "trich sao"))
_END = re.compile(r"^[-–—_*=\s]{2,}$|^\*$")
_ABOUT = re.compile(r"^(?:[(]?\s*)?(?:V/v|Về việc)(?![^\W\d_])", re.IGNORECASE)
_MOTTO = ("cong hoa xa", "dang cong san", "doc lap")
_PARTY_PARENT = re.compile(
    r"^đảng bộ\s+(?:tỉnh|thành phố|huyện|thị xã|xã|phường|đặc khu)?\s*", re.IGNORECASE
)
_STATE_PARENT = re.compile(r"^(?:ubnd|[uỦủỷ]\w* ban nhân dân)\s+", re.IGNORECASE)
#: How far below the last line of a trích yếu its next one may begin, in line heights.
_NEXT_LINE = 1.8


def head_of(pieces: Sequence[Piece]) -> list[Piece]:
    """What stands before the text begins."""
    found: list[Piece] = []
    for piece in pieces[:_MOST_PIECES]:
        is_date = sender_date(piece.text)[0] is not None
        if ((_BODY_BEGINS.match(piece.text) and not is_date) or len(piece.text) > 90) and found:
            break
        if fold(piece.text).strip(" *") in _COPY_BEGINS:
            break
        found.append(piece)
    return found


def find_type(
    begin: Sequence[Piece], types: Sequence[tuple[str, str]], symbol: str
) -> tuple[str, Piece | None, int | None]:
    """The type, where it is seen, and the index of its line; of a letter, which has no such line, None."""
    names = {fold(name): name for name, _ in types}
    for at, piece in enumerate(begin):
        known = names.get(fold(piece.text).strip(" .:*-"))
        if known and piece.text == piece.text.upper():
            return known, piece, at
    about = next((piece for piece in begin if _ABOUT.match(piece.text)), None)
    if about is not None:
        letters = [name for name, one in types if one == "CV"]
        known_symbol = symbol in {one for _, one in types} and symbol != "CV"
        return (letters[0] if letters and not known_symbol else ""), about, None
    return "", None, None


def find_subject(
    pieces: Sequence[Piece], begin: Sequence[Piece], type_at: int | None
) -> tuple[list[Piece], bool] | None:
    """The lines of the trích yếu, and whether its end was seen."""
    if type_at is not None:
        return _joined(pieces[type_at + 1 :], column=None)
    start = next((at for at, one in enumerate(begin) if _ABOUT.match(one.text)), None)
    if start is None:
        return None
    return _joined(pieces[start:], column=begin[start].column)


def _joined(pieces: Sequence[Piece], *, column: int | None) -> tuple[list[Piece], bool] | None:
    found: list[Piece] = []
    for piece in pieces:
        if column is not None and piece.column != column:
            if piece.column == WHOLE and _BODY_BEGINS.match(piece.text):
                break
            continue
        is_other = sender_date(piece.text)[0] or sender_number(piece.text)
        if _END.match(piece.text) or _BODY_BEGINS.match(piece.text) or is_other:
            break
        if found and _is_far(found[-1], piece):
            break
        found.append(piece)
        if len(found) > _MOST_LINES:
            return found[:_MOST_LINES], False
    else:
        return (found, False) if found else None
    length = sum(len(one.text) for one in found)
    return (found, 3 <= length <= _LONGEST) if found else None


def _is_far(above: Piece, below: Piece) -> bool:
    gap_mm = below.box.top_mm - above.box.bottom_mm
    return gap_mm > _NEXT_LINE * max(above.box.height_mm, below.box.height_mm, 3.0)


def find_body(begin: Sequence[Piece]) -> tuple[list[Piece], str] | None:
    """The issuing body: the last lines in capitals of the left column above the number; with whose it is.

    The name is empty where nobody can tell which line is the body's.
    """
    number = next((one for one in begin if sender_number(one.text)), None)
    end_mm = number.box.top_mm if number else 60.0
    above = [
        one
        for one in begin
        if one.column == LEFT
        and one.box.top_mm < end_mm
        and one is not number
        and not fold(one.text).startswith(_MOTTO)
        and one.text.strip("*-–_ .") == one.text.strip("*-–_ .").upper()
        and sum(char.isalpha() for char in one.text) > 3
    ]
    if not above:
        return None
    name = _whose([one.text.strip("*-–—_ .|") for one in above]) if number else ""
    return above, name


def _whose(lines: Sequence[str]) -> str:
    """«BAN TỔ CHỨC» under «TỈNH ỦY HÀ SƠN»: both; more lines than two, or a line broken in two, are joined as they stand."""
    if len(lines) == 1:
        return lines[0]
    if len(lines) > 2:
        return ""
    parent, body = lines
    parent = _STATE_PARENT.sub("", _PARTY_PARENT.sub("", parent)).strip()
    if not parent or fold(body).endswith(fold(parent)):
        return body
    return f"{body} {parent}"
