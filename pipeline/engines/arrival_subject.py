"""The parts of a head that are words: where it ends, the paper's type, its trích yếu, the body that issued it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

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
#: What a machine makes of «V/v», in italics above all: «V%», «V⁄v», «W/v», «V/y», «Vív», «Vú»; never «Về».
_MISREAD_ABOUT = re.compile(
    r"^[(\s]*(?:[VvWY]\s?[^\w\s]{1,2}\s?[vVyYwW]?|[VvW](?![eêèéềếểệ])\w{1,2})(?=\s+\w)"
)
#: What a letter's trích yếu begins with.
ABOUT = "V/v"
_KINH_GUI = re.compile(r"^K[ií]nh g[ửữư]i(?![^\W\d_])", re.IGNORECASE)
_LETTER = "CV"
#: The line of a letter's trích yếu begins so near below its number, in line heights.
_BELOW_NUMBER = 3.0
_MOTTO = ("cong hoa xa", "dang cong san", "doc lap")
_PARTY_PARENT = re.compile(
    r"^đảng bộ\s+(?:tỉnh|thành phố|huyện|thị xã|xã|phường|đặc khu)?\s*", re.IGNORECASE
)
_LEAGUE = re.compile(r"^đảng bộ\s+", re.IGNORECASE)
_COMMITTEE = "dang uy"
_STATE_PARENT = re.compile(r"^(?:ubnd|[uỦủỷ]\w* ban nhân dân)\s+", re.IGNORECASE)
#: What the upper line of a head in two lines is: the body that another belongs to.
_IS_UPPER = re.compile(
    r"(?:dang bo|dang uy|tinh uy|thanh uy|huyen uy|thi uy|quan uy|ban chap hanh|trung uong|quan khu|"
    r"ubnd|uy ban|hdnd|hoi dong|bo|so|cuc|chi cuc|tong|tap doan|lien doan|lien hiep|hoi|doan|mat tran|"
    r"cong an|vien|toa an|ban|van phong|truong|dai hoc|hoc vien|cong ty|chinh phu|quoc hoi|benh vien|huyen|thanh pho|tinh)\b"
)
#: A body with a place in its own name: nothing above belongs to it.
_HAS_PLACE = re.compile(
    r"\b(?:xã(?! hội)|phường|thị trấn|đặc khu|huyện|quận|thị xã|thành phố|tỉnh)\s+(?!ủy\b|uỷ\b|đoàn\b|đội\b)\w"
    r"|\b(?:tỉnh|thành|huyện|thị|quận)\s+(?:ủy|uỷ)\s+\w"
)
#: A line that is only a place, folded: it goes on the name of the body above, and is no body itself.
_IS_PLACE = re.compile(
    r"(?:tinh|thanh pho|tp\.?|huyen|quan(?! (?:khu|su|chung|ly|y|nhu)\b)|thi xa|thi tran|xa(?! hoi\b)|phuong|dac khu)"
    r"\s+(?!(?:uy|doan|doi)\b)\w"
)
#: What a full line left of «… TỈNH ỦY», and what stands before it.
_IS_REST = re.compile(r"uy\b(?! ban\b| vien\b)")
_IS_CUT = re.compile(r"\b(?:tinh|thanh|huyen|thi|quan|dang)$")
#: A body of a Party committee whose name was cut before «ỦY».
_IS_CUT_BODY = re.compile(r"(?:ban|van phong|uy ban|truong)\b.*\b(?:tinh|thanh|huyen|thi|quan)$")
#: A body without a name of its own: a part of the one above.
_IS_PART = re.compile(
    r"(?:(?:dang|tinh|thanh|huyen|thi|quan) uy$|"
    r"ban (?:to chuc|tuyen giao|dan van|noi chinh|thuong vu|chap hanh|kinh te|can su|quan ly)|"
    r"van phong|uy ban|ubnd|hoi dong nhan dan|hdnd|thanh tra|truong chinh tri|trung tam|"
    r"so|cuc|chi cuc|phong|bao|dai|hoi|lien doan|lien hiep)\b"
)
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
    begin: Sequence[Piece],
    types: Sequence[tuple[str, str]],
    symbol: str,
    *,
    is_addressed: bool = False,
) -> tuple[str, Piece | None, int | None]:
    """The type, where it is seen, and the index of its line; of a letter, which has no such line, None.

    Args:
        is_addressed: «Kính gửi» follows the head.
    """
    names = {fold(name): name for name, _ in types}
    for at, piece in enumerate(begin):
        known = names.get(fold(piece.text).strip(" .:*-"))
        if known and piece.text == piece.text.upper():
            return known, piece, at
    about = next((piece for piece in begin if _ABOUT.match(piece.text)), None)
    number = next((piece for piece in begin if sender_number(piece.text)), None)
    letter = next((name for name, one in types if one == _LETTER), "")
    is_other = symbol in {one for _, one in types} and symbol != _LETTER
    if about is not None:
        return ("" if is_other else letter), about, None
    # A letter has no line of its type: its number says so, or that it is addressed to somebody.
    if number is not None and (symbol == _LETTER or (is_addressed and not is_other)):
        return letter, number, None
    return "", None, None


def is_addressed(pieces: Sequence[Piece]) -> bool:
    """Whether «Kính gửi» stands where the text begins."""
    return any(_KINH_GUI.match(piece.text) for piece in pieces[:_MOST_PIECES])


def mend_about(text: str) -> str:
    """The line below a number that begins with what a machine made of «V/v», with «V/v»."""
    return _MISREAD_ABOUT.sub(ABOUT, text, count=1)


def with_about(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """What a machine read, the line right below the number mended where it begins with a misread «V/v»."""
    number = next((one for one in pieces if sender_number(one.text)), None)
    if number is None:
        return tuple(pieces)
    return tuple(
        replace(one, text=mend_about(one.text)) if _is_under(number, one) else one for one in pieces
    )


def _is_under(number: Piece, other: Piece) -> bool:
    gap_mm = other.box.top_mm - number.box.bottom_mm
    height_mm = max(number.box.height_mm, 3.0)
    is_beneath = other.box.left_mm < number.box.right_mm + 20 and other.column == number.column
    return is_beneath and -height_mm < gap_mm < _BELOW_NUMBER * height_mm and other is not number


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


def find_body(begin: Sequence[Piece]) -> tuple[list[Piece], str, bool] | None:
    """The issuing body: the last lines in capitals of the left column above the number; with its name, and whether that is sure.

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
        and (sum(char.isalpha() for char in one.text) > 3 or _IS_REST.match(fold(one.text).strip()))
    ]
    if not above:
        return None
    lines = [one.text.strip("*-–—_ .|") for one in above]
    name, is_sure = _whose(lines) if number else ("", False)
    return above, name, is_sure


def _whose(lines: Sequence[str]) -> tuple[str, bool]:
    """The body of line 2 under the one of line 1, as people call it: «BAN TỔ CHỨC» under «TỈNH ỦY HÀ SƠN» is named with it.

    A body that has a place in its own name, «ĐẢNG ỦY XÃ NÀ LỐM», is named by that alone, whatever stands above. Where the
    lines are not what the form asks for, one is broken in two, or more than two: proposed as well as may be, never sure.
    """
    lines = _with_places(lines)
    if len(lines) == 1:
        alone = fold(lines[0]).strip()
        return lines[0], not (_IS_PART.fullmatch(alone) or _IS_PLACE.match(alone))
    is_broken = len(lines) > 2 or any(_IS_PLACE.match(fold(one).strip()) for one in lines[1:])
    if is_broken or not _IS_UPPER.match(fold(lines[0]).strip()):
        return "", False
    parent, body = lines
    named = fold(body).strip()
    if _PARTY_PARENT.match(parent) and _IS_CUT_BODY.match(named):
        return "", False
    place = _STATE_PARENT.sub("", _PARTY_PARENT.sub("", parent)).strip()
    if not place or named.endswith(fold(place).strip()) or _HAS_PLACE.search(body.lower()):
        return body, True
    if not _IS_PART.match(named):
        return (body if _IS_UPPER.match(named) else ""), False
    # The committee of a commune is called after the commune, not after its name alone.
    whole = _LEAGUE.sub("", parent).strip() if named == _COMMITTEE else place
    return _named_with(body, whole), True


def _named_with(body: str, above: str) -> str:
    """*body* and what it belongs to; words that both have, «… TỈNH ỦY» and «TỈNH ỦY HÀ SƠN», once."""
    words, others = body.split(), above.split()
    for shared in range(min(len(words), len(others)), 0, -1):
        if fold(" ".join(words[-shared:])) == fold(" ".join(others[:shared])):
            return " ".join([*words, *others[shared:]])
    return f"{body} {above}"


def _with_places(lines: Sequence[str]) -> list[str]:
    """«ỦY BAN NHÂN DÂN» above «TỈNH HÀ SƠN» is one name in two lines; a body that has its place already takes no other.

    So is «BAN DÂN VẬN TỈNH» above «ỦY».
    """
    whole: list[str] = []
    for line in lines:
        above = whole[-1] if whole else ""
        named = fold(above).strip()
        is_body = bool(_IS_UPPER.match(named) or _IS_PART.match(named))
        may_go_on = is_body and not (_HAS_PLACE.search(above.lower()) or _IS_PLACE.match(named))
        is_rest = _IS_CUT.search(named) and _IS_REST.match(fold(line).strip())
        if is_rest or (may_go_on and _IS_PLACE.match(fold(line).strip())):
            whole[-1] = f"{above} {line}"
        else:
            whole.append(line)
    return whole
