"""A question as it was typed → the same with its numbers written as papers write them, and what was said about them.

``quy định 2 1 3`` → ``quy định 213``; ``213─QĐ/TW`` → ``213-QĐ/TW``; ``sao lục quy định 213`` → ``quy định 213``, a copy of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.vietnamese.letters import nfc, strip_marks

#: All that looks like a dash, a slash or Đ; what :func:`~pipeline.vietnamese.letters.canonical` knows among them.
_DASHES = (
    "\u02d7\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2053\u207b\u208b\u2212\u23af\u2500\u2501"
    "\u2796\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\u30fc\ufe31\ufe32\ufe58\ufe63\uff0d\uff5e"
)
_SLASHES = "\u2044\u2215\u2571\u29f8\uff0f"
_LOOKALIKES = str.maketrans(
    {"Ð": "Đ", "ð": "đ", **dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_SLASHES, "/")}
)
#: Trung ương as many write it behind a dash: 213-QĐ/TƯ, BTCTƯ, T.W.
_CENTRAL = re.compile(r"(?<=[/-])(\s?[^\W\d_]{0,5}T)(?:Ư|\.\s?W)(?!\w)", re.IGNORECASE)
_PROVINCIAL = re.compile(r"(?<=[/-])(\s?T)\.\s?(U)(?!\w)", re.IGNORECASE)
#: QD9: Đ as VNI types it.
_D_OF_VNI = re.compile(r"(?<=[A-Z])D9(?![^\W_])", re.IGNORECASE)
#: Digits told one by one: 2 1 3. Seven are a telephone's.
_TOLD_DIGITS = re.compile(r"(?<![\w.,/-])(?<!\d\s)\d(?:\s\d){1,5}(?!\w|[.,/]\d|\s\d)")
#: 1.234-CV/VPTU.
_THOUSANDS = re.compile(r"(?<![\w.,/-])([1-9]\d{0,2})\.(\d{3})(?=\s?[-/]\s?[^\W\d])")
_LAST_WORD = re.compile(r"([^\W\d_]+)[\s:]*$")
#: Behind these a number is of a part, of a day or of a quantity, not of a paper.
_COUNTING_WORDS_TOLD = (
    "ngay thang nam tuan quy dieu khoan diem chuong muc phan trang lan khoa cap lop hon duoi tren"
)
COUNTING_WORDS = frozenset(_COUNTING_WORDS_TOLD.split())
#: What is asked for is a copy of the paper whose number follows, or a copy with that number.
_COPY = re.compile(
    r"(?<!\w)(?:ban )?(?:sao luc|sao y|trich sao|ban sao|ban copy|copy|ban photo|photo)(?: ban (?:chinh|goc))?"
    r"(?: (?:cua|van ban|tu))?(?!\w)"
)
#: «ngày 2/1»: the day of a number whose year nobody remembers.
_DAY = re.compile(
    r"[,(]? ?(?<!\w)ngay (?P<day>\d{1,2}) ?(?:[/.-]| thang ) ?(?P<month>\d{1,2})\)?(?![\w/.-])"
)
#: «báo cáo 6 tháng đầu năm», «kế hoạch 5 năm»: so long, and no number of a paper.
_STRETCH = re.compile(
    r"(?<![\w./-])\d{1,3} (?=(?:thang|nam|tuan|gio|phut|trieu|ty)(?!\w| ?\d| (?:nay|truoc|sau)(?!\w)))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A question with its numbers put in order."""

    #: Without the words that ask for a copy, and without a day that has no year.
    text: str
    #: A copy is asked for.
    is_of_copy: bool = False
    #: Day and month of the paper.
    day: tuple[int, int] | None = None


def put_in_order(typed: str) -> Typed:
    """What *typed* says of numbers, in one spelling."""
    text = nfc(typed).translate(_LOOKALIKES)
    text = _PROVINCIAL.sub(r"\1\2", _CENTRAL.sub(r"\1W", _D_OF_VNI.sub("Đ", text)))
    text = _THOUSANDS.sub(r"\1\2", _TOLD_DIGITS.sub(_as_one, text))
    text, copy = _without(_COPY, text)
    text, dated = _without(_DAY, text)
    text, _ = _without(_STRETCH, text)
    day = (int(dated["day"]), int(dated["month"])) if dated else None
    return Typed(text=text.strip(" /\\-"), is_of_copy=copy is not None, day=day)


def _as_one(match: re.Match[str]) -> str:
    before = _LAST_WORD.search(match.string[: match.start()])
    if before and strip_marks(before[1]).lower() in COUNTING_WORDS:
        return match.group()
    return "".join(match.group().split())


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, re.Match[str] | None]:
    """*text* without what *pattern* finds in its letters, whatever their marks; and what that was."""
    plain = " ".join(strip_marks(text).lower().split())
    spaced = " ".join(text.split())
    match = pattern.search(plain) if len(plain) == len(spaced) else None
    if match is None:
        return text, None
    return f"{spaced[: match.start()]} {spaced[match.end() :]}", match
