"""Is there a mark of secrecy on a paper? Text in → the mark, or nothing. Only the mark counts.

The mark stands alone, as a line, box or labelled field; the word in a sentence or heading is no mark.
Source: domain.md 2.1, 10; the places of the marks, Nghị định 26/2020/NĐ-CP and Thông tư 10/2020/TT-BCA.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from pipeline.engines.segments import Segment

#: The mark stands in the head of a page: under the number, beside or above the title.
HEAD_SHARE_FIRST = 0.5
HEAD_SHARE_NEXT = 0.3
#: How much of the longer marks must have been read on a stamp.
_NEARLY = 0.8
#: Lines of plain text that count as the head, where there are no boxes.
_HEAD_LINES = 40


class Degree(StrEnum):
    """The three marks."""

    MAT = "MẬT"
    TOI_MAT = "TỐI MẬT"
    TUYET_MAT = "TUYỆT MẬT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found: a certain mark, or a doubt that a person must settle. Empty: none."""

    secrecy: str = ""
    #: Why somebody should look; in Vietnamese. Empty: no doubt.
    doubt: str = ""

    def __bool__(self) -> bool:
        return bool(self.secrecy or self.doubt)


_NOTHING = Finding()
_COMPACT = {"MẬT": Degree.MAT, "TỐIMẬT": Degree.TOI_MAT, "TUYỆTMẬT": Degree.TUYET_MAT}
#: The same in the old encodings, whose capitals live in a font of their own (domain 7.2).
_LEGACY = {
    "mËt": Degree.MAT,
    "tèimËt": Degree.TOI_MAT,
    "tuyÖtmËt": Degree.TUYET_MAT,
    "MAÄT": Degree.MAT,
    "TOÁIMAÄT": Degree.TOI_MAT,
    "TUYEÄTMAÄT": Degree.TUYET_MAT,
}
_FOLDED = {"MAT": Degree.MAT, "TOIMAT": Degree.TOI_MAT, "TUYETMAT": Degree.TUYET_MAT}
#: Words that may share the mark's box: «TÀI LIỆU MẬT», «MẬT - KHẨN».
_COMPANY = re.compile(
    r"^(TÀI\s*LIỆU|VĂN\s*BẢN|CÔNG\s*VĂN|HỒ\s*SƠ)\s+|\b(THƯỢNG\s+KHẨN|HỎA\s+TỐC|HOẢ\s+TỐC|HẸN\s+GIỜ|KHẨN)\b"
)
_LABELLED = re.compile(
    r"(?:CẤP|MỨC)?\s*(?:ĐỘ|DẤU)(?:\s+CHỈ)?(?:\s+(?:ĐỘ|MỨC))*\s+(?:BẢO\s+)?MẬT\s*[:：.\-–—=|/]+\s*(?P<value>.+)"
)
_LABEL_ALONE = re.compile(
    r"(?:CẤP|MỨC)?\s*(?:ĐỘ|DẤU)(?:\s+CHỈ)?(?:\s+(?:ĐỘ|MỨC))*\s+(?:BẢO\s+)?MẬT"
)
#: A heading broken before MẬT: «QUY CHẾ BẢO VỆ BÍ / MẬT NHÀ NƯỚC», «KỶ NIỆM NGÀY CƠ / MẬT».
_GOES_ON = re.compile(r"(?:^|\s)(?:BÍ|CƠ|BẢO|THÂN)$")
_ORNAMENT = " \t\xa0[](){}<>*-–—_=~.,:;!|/\\\"'“”‘’«»•·●■□▪†#+"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_COLUMNS = re.compile(r"\t+|\s{3,}")
_OPEN_VALUES = frozenset(
    (
        "",
        "KHÔNG",
        "KHONG",
        "KHÔNG MẬT",
        "THƯỜNG",
        "THUONG",
        "BÌNH THƯỜNG",
        "CÔNG KHAI",
        "NO",
        "FALSE",
        "NONE",
        "0",
        "-",
    )
)
_CODES = {
    "A": Degree.TUYET_MAT,
    "B": Degree.TOI_MAT,
    "C": Degree.MAT,
    "M": Degree.MAT,
    "TM": Degree.TOI_MAT,
    "TUM": Degree.TUYET_MAT,
}


def mark_in_value(value: object) -> str:
    """The mark a record's ``do_mat`` means; empty for none, «không», «thường».

    A word we do not know counts as MẬT: it was written to say that the paper is not open.
    """
    if value is None or value is False:
        return ""
    text = " ".join(_clean(str(value)).strip(_ORNAMENT).upper().split())
    if text in _OPEN_VALUES:
        return ""
    compact = text.replace(" ", "")
    return _COMPACT.get(compact) or _FOLDED.get(_fold(compact)) or _CODES.get(compact) or Degree.MAT


def mark_in_text(text: str, *, lines: int = _HEAD_LINES) -> Finding:
    """The mark in the head of a plain text, one line or column of a line being a box."""
    head = [line for line in text.splitlines() if line.strip()][:lines]
    pieces = [piece for line in head for piece in _COLUMNS.split(line.strip())]
    return _judge(pieces, is_read_by_machine=False)


def mark_in_segments(
    segments: Sequence[Segment], *, head_mm: float, is_read_by_machine: bool = False
) -> Finding:
    """The mark among the segments that begin above *head_mm*.

    Args:
        segments: As ``join_words`` gives them, top to bottom.
        head_mm: Where the head of this page ends.
        is_read_by_machine: The text was guessed by OCR; letters that only look like the mark's are
            then a doubt.
    """
    head = [segment for segment in segments if segment.top_mm < head_mm]
    certain = _NOTHING
    for at, segment in enumerate(head):
        above = _text_before(head, at)
        found = _judge_piece(segment.text, above, is_read_by_machine=is_read_by_machine)
        if found.secrecy:
            return found
        certain = certain or found
    return certain


def mark_on_stamp(text: str) -> Finding:
    """The mark among the lines read on one stamp alone. What a machine guessed nearly right is a doubt."""
    found = _NOTHING
    for line in text.splitlines():
        bare = _clean(line).strip(_ORNAMENT).upper()
        if degree := _degree_alone(bare):
            return Finding(secrecy=degree)
        if not found and _is_like_a_mark(bare):
            found = Finding(doubt=f"Ở đầu trang có dấu đóng đọc ra «{bare}», giống dấu chỉ độ mật.")
    return found


def _is_like_a_mark(bare: str) -> bool:
    letters = "".join(one for one in _fold(bare) if one.isalpha())
    return letters in _FOLDED or any(
        len(letters) > 4 and SequenceMatcher(None, letters, mark).ratio() >= _NEARLY
        for mark in ("TOIMAT", "TUYETMAT")
    )


def mark_in_lines(lines: Iterable[str]) -> Finding:
    """The mark among the paragraphs of a file that knows no pages."""
    return _judge(list(lines)[:_HEAD_LINES], is_read_by_machine=False)


def _judge(pieces: Sequence[str], *, is_read_by_machine: bool) -> Finding:
    doubt = _NOTHING
    above = ""
    for piece in pieces:
        found = _judge_piece(piece, above, is_read_by_machine=is_read_by_machine)
        if found.secrecy:
            return found
        doubt = doubt or found
        above = piece
    return doubt


def _judge_piece(piece: str, above: str, *, is_read_by_machine: bool) -> Finding:
    """Whether one piece that stands on its own is a mark. *above*: the piece read just before."""
    text = _clean(piece)
    if len(text) > 80:
        return _NOTHING
    if labelled := _LABELLED.fullmatch(text.strip().upper()):
        return Finding(secrecy=_degree_of_field(labelled["value"]))
    bare = text.strip(_ORNAMENT)
    before = _clean(above).strip()
    if _LABEL_ALONE.fullmatch(before.strip(_ORNAMENT).upper()):
        return Finding(secrecy=_degree_of_field(bare))
    if degree := _degree_alone(bare):
        goes_on = _GOES_ON.search(before) and degree is Degree.MAT
        return _NOTHING if goes_on else Finding(secrecy=degree)
    return _doubt(bare, before, is_read_by_machine=is_read_by_machine)


def _degree_of_field(value: str) -> str:
    """The degree a labelled field names. Unlike a record's value, an unknown word means nothing."""
    compact = value.strip(_ORNAMENT).upper().replace(" ", "")
    return _COMPACT.get(compact) or _CODES.get(compact) or ""


def _degree_alone(bare: str) -> Degree | None:
    compact = "".join(bare.split())
    if found := _COMPACT.get(compact) or _LEGACY.get(compact):
        return found
    without = _COMPANY.sub(" ", bare).strip(_ORNAMENT)
    return _COMPACT.get("".join(without.split()))


def _doubt(bare: str, before: str, *, is_read_by_machine: bool) -> Finding:
    compact = "".join(bare.split())
    looks_alike = _FOLDED.get(_fold(compact)) if compact.isupper() else None
    is_title_case = compact[:1].isupper() and compact.upper() in _COMPACT
    if _GOES_ON.search(before.upper()):
        return _NOTHING
    # «MẶT», «MẤT» and «MAT» are words of their own where no machine guessed the letters
    if is_title_case or (looks_alike and (is_read_by_machine or looks_alike is not Degree.MAT)):
        return Finding(doubt=f"Ở đầu trang có dòng «{bare}» đứng riêng, giống dấu chỉ độ mật.")
    return _NOTHING


def _text_before(head: Sequence[Segment], at: int) -> str:
    """The nearest text left of the segment on its line, else the nearest above it."""
    here = head[at]
    for other in reversed(head[:at]):
        same_line = other.bottom_mm > here.top_mm + here.height_mm / 2
        if same_line and other.right_mm <= here.left_mm:
            return (
                other.text
                if _LABEL_ALONE.fullmatch(_clean(other.text).strip(_ORNAMENT).upper())
                else ""
            )
        overlaps = other.left_mm < here.right_mm and other.right_mm > here.left_mm
        if not same_line and overlaps:
            near = here.top_mm - other.bottom_mm < 1.5 * here.height_mm
            return other.text if near else ""
    return ""


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def _fold(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))
