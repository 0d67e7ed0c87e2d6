"""The two places of a paper that the records room fills in: «Số … -CV/VPTU» and «…, ngày … tháng … năm …».

Text in → where in it the places are and what stands there already. The same shapes serve Word files and PDFs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

#: What people leave or type where a number will stand.
_BLANK = r"[\s.…_·]*"
_DASH = r"[-–—‐‑−]"
_NUMBER = re.compile(
    rf"(?:^|(?<=\s))S[ốỐ](?P<colon>\s*:)?(?P<slot>{_BLANK}(?P<ordinal>\d{{1,6}})?{_BLANK}){_DASH}\s*"
    r"(?P<symbol>[A-ZĐ][A-Za-zĐđ]{0,4})\s*/\s*(?P<issuer>[A-ZĐÂÊÔƠƯ][\w.]{0,19})(?!\w)"
)
#: The State's way: number, slash, type, hyphen, body.
_STATE_NUMBER = re.compile(
    rf"(?:^|(?<=\s))S[ốỐ]\s*:?{_BLANK}\d{{0,6}}{_BLANK}/\s*(?:(?:19|20)\d\d\s*/\s*)?"
    rf"[A-ZĐ][A-Za-zĐđ]{{0,4}}\s*{_DASH}\s*[A-ZĐ][\w.]{{0,19}}"
)
_DATE = re.compile(
    rf"(?P<place>[^\d,\t\n]{{2,40}}),\s*ngày(?P<day>{_BLANK}\d{{0,2}}{_BLANK})tháng(?P<month>{_BLANK}\d{{0,2}}{_BLANK})"
    rf"năm(?P<year>{_BLANK}\d{{0,4}})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPlace:
    """«Số      -CV/VPTU» in a text."""

    #: The slot between «Số» and the dash, as indexes of the text.
    start: int
    end: int
    #: Printed already; None where the place is blank.
    ordinal: int | None
    symbol: str
    issuer: str
    has_colon: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One of day, month and year: its place in the text and the figure that stands there."""

    start: int
    end: int
    value: int | None
    #: As printed, «09».
    digits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatePlace:
    """«Hà Sơn, ngày      tháng      năm 2026» in a text."""

    place: str
    day: Slot
    month: Slot
    year: Slot

    @property
    def whole(self) -> date | None:
        """The day that is printed; None where a part is blank or there is no such day."""
        parts = self.year.value, self.month.value, self.day.value
        if None in parts or len(self.year.digits) != 4:
            return None
        try:
            return date(*(part or 0 for part in parts))
        except ValueError:
            return None

    @property
    def is_blank(self) -> bool:
        """Whether the day is still to be written, and what is printed is not in its way."""
        return self.day.value is None and len(self.year.digits) in {0, 4}


def find_number(text: str) -> NumberPlace | None:
    """The first place of a number in *text*."""
    match = _NUMBER.search(text)
    if match is None:
        return None
    return NumberPlace(
        start=match.start("slot"),
        end=match.end("slot"),
        ordinal=int(match["ordinal"]) if match["ordinal"] else None,
        symbol=match["symbol"],
        issuer=match["issuer"].rstrip("."),
        has_colon=bool(match["colon"]),
    )


def has_state_number(text: str) -> bool:
    """Whether the number is written as bodies of the State do: «Số: 12/CV-VPTU»."""
    return _STATE_NUMBER.search(text) is not None


def find_date(text: str) -> DatePlace | None:
    """The first place of a date in *text*."""
    match = _DATE.search(text)
    if match is None:
        return None
    return DatePlace(
        place=match["place"].strip(" .-–*"),
        day=_slot(match, "day"),
        month=_slot(match, "month"),
        year=_slot(match, "year"),
    )


def _slot(match: re.Match[str], name: str) -> Slot:
    digits = re.sub(r"\D", "", match[name])
    return Slot(
        start=match.start(name),
        end=match.end(name),
        value=int(digits) if digits else None,
        digits=digits,
    )
