"""Numbers, dates and marks of papers that come from outside, Party's and State's: text in → what it says, and how strictly.

A strict shape is one that nothing else has; what only looks like one is kept for the clerk to look at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipeline.vietnamese import fold, party_symbols

_DASH = r"[-–—‐‑−]"
_SO = r"(?:^|(?<=[\s*]))S[ốỐ]\s*:?\s*"
_ISSUER = r"[A-ZĐÂÊÔƠƯ][A-Za-zĐđÂÊÔƠƯ0-9.]{0,19}"
#: «Số 127-KH/BTCTU».
_PARTY = re.compile(
    rf"{_SO}(?P<ordinal>\d{{1,6}})\s*{_DASH}\s*(?P<symbol>[A-ZĐ][A-Za-zĐđ]{{0,4}})\s*/\s*(?P<issuer>{_ISSUER})(?!\w)"
)
#: «Số: 1906/SGDĐT-CTrTT», «Số: 30/2020/NĐ-CP».
_STATE = re.compile(
    rf"{_SO}(?P<ordinal>\d{{1,6}})\s*/\s*(?:(?P<year>(?:19|20)\d\d)\s*/\s*)?"
    rf"(?P<symbol>[A-ZĐ][A-Za-zĐđ]{{0,11}})\s*{_DASH}\s*(?P<issuer>{_ISSUER}(?:{_DASH}{_ISSUER})?)(?!\w)"
)
#: Whatever begins like a number's line.
_LOOSE = re.compile(r"(?:^|\s)[S5$][ốôồỗộóòọoỐÔỒÓÒ06][:;.,]?\s*(?P<rest>\S.{0,40}?[-–—/].{1,30})$")
_DATE = re.compile(
    r"ngày\s*(?P<day>\d{1,2})\s*tháng\s*(?P<month>\d{1,2})\s*năm\s*(?P<year>\d{4})(?!\d)",
    re.IGNORECASE,
)
_LOOSE_DATE = re.compile(
    r"n\w{1,3}y\W{0,3}(?P<day>\d{1,2})\W{0,3}t\w{2,4}g\W{0,3}(?P<month>\d{1,2})\W{0,3}n\wm\W{0,3}(?P<year>\d{4})"
)
_ORNAMENT = " \t[](){}<>*-–—_=~.,:;!|/\\\"'“”‘’«»•·"
_URGENT = {"khan": "KHẨN", "thuong khan": "THƯỢNG KHẨN", "hoa toc": "HỎA TỐC"}
_HURRIED = re.compile(r"hoa toc(?: hen gio)?(?:\W.*)?")
_CIRCULATION = {
    "khong sao chup": "khong-sao-chup",
    "thu hoi": "thu-hoi",
    "tai lieu thu hoi": "thu-hoi",
    "xem xong tra lai": "thu-hoi",
    "luu hanh noi bo": "luu-hanh-noi-bo",
    "tai lieu luu hanh noi bo": "luu-hanh-noi-bo",
}
#: As they are printed, letter for letter.
CIRCULATION_WORDS = frozenset(("KHÔNG SAO CHỤP", "THU HỒI", "XEM XONG TRẢ LẠI", "LƯU HÀNH NỘI BỘ"))
#: Letters of the place before «ngày».
_LONGEST_PLACE = 45
#: The oldest year a paper can bear.
_FIRST_YEAR = 1945


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderNumber:
    """A paper's number and symbol as its sender wrote them."""

    #: Without blanks and with plain hyphens: «127-KH/BTCTU».
    reference: str
    #: What the symbol says of the type, «KH»; of a State's letter it is the body.
    symbol: str
    #: It has the shape of a number, and its symbol is one that is known.
    is_strict: bool


def sender_number(text: str) -> SenderNumber | None:
    """The number in a line of the head; None where nothing looks like one."""
    for pattern, parts in ((_PARTY, "{ordinal}-{symbol}/{issuer}"), (_STATE, "")):
        match = pattern.search(text)
        if match is None:
            continue
        said = {name: re.sub(_DASH, "-", value or "") for name, value in match.groupdict().items()}
        year = f"{said['year']}/" if said.get("year") else ""
        written = parts or f"{{ordinal}}/{year}{{symbol}}-{{issuer}}"
        known = int(said["ordinal"]) > 0 and (
            said["symbol"] in party_symbols() if parts else len(said["symbol"]) > 1
        )
        return SenderNumber(
            reference=written.format(**said).rstrip("."), symbol=said["symbol"], is_strict=known
        )
    loose = _LOOSE.search(text)
    is_number = loose is not None and any(char.isdigit() for char in loose["rest"])
    # The line of an ink stamp: «Số 21 ngày 9/1/2026».
    if loose is None or not is_number or "ngay" in fold(loose["rest"]):
        return None
    return SenderNumber(reference="".join(loose["rest"].split()), symbol="", is_strict=False)


def sender_date(text: str) -> tuple[date | None, bool]:
    """The day of a line that is «Hà Sơn, ngày 09 tháng 01 năm 2026», and whether it is written so letter for letter.

    A sentence that names a day is no such line.
    """
    match = _DATE.search(text)
    is_strict = match is not None
    match = match or _LOOSE_DATE.search(fold(text))
    if match is None or match.start() > _LONGEST_PLACE:
        return None, False
    before, after = match.string[: match.start()], match.string[match.end() :]
    if any(map(str.isdigit, before)) or any(map(str.isalnum, after)):
        return None, False
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None, False
    return day, is_strict


def is_plausible(day: date, today: date, *, years: int | None = None) -> bool:
    """Whether a paper that arrives *today* can bear that date; *years*: how old it may be at most."""
    first = _FIRST_YEAR if years is None else today.year - years
    return first <= day.year and day <= today


def urgency_mark(text: str) -> str:
    """The mark of urgency that stands alone in *text*; empty: none."""
    bare = text.strip(_ORNAMENT)
    plain = " ".join(fold(bare).split())
    if not bare[:1].isupper() or bare != bare.upper():
        return ""
    return _URGENT.get(plain) or ("HỎA TỐC" if _HURRIED.fullmatch(plain) else "")


def circulation_mark(text: str) -> str:
    """What a line that stands alone says of who may have the paper; empty: nothing."""
    bare = text.strip(_ORNAMENT)
    if not bare or bare != bare.upper():
        return ""
    return _CIRCULATION.get(" ".join(fold(bare).split()), "")
