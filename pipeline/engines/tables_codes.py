"""A lot and a line number → the code in «Mã dòng», and back, with two letters that betray slips.

The code ends in letters so that Excel, when a cell is dragged down, copies it instead of counting up;
a copy is told by its standing there twice.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYZ"
_CODE = re.compile(r"([0-9A-Z]{4,32})-(\d{3,7})-([A-Z]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCode:
    """A code taken apart."""

    lot: str
    #: 0 is the sample row.
    line: int


def line_code(lot: str, line: int) -> str:
    """The code of a line of a lot: ``K7Q2M9XA-012-TD``."""
    body = f"{lot.upper()}-{line:03d}"
    return f"{body}-{_check_letters(body)}"


def parse_code(text: str) -> LineCode | None:
    """What a code says, None where no code of ours looks like that."""
    match = _CODE.fullmatch(text.strip().upper())
    if match is None:
        return None
    lot, line, letters = match.groups()
    if _check_letters(f"{lot}-{line}") != letters:
        return None
    return LineCode(lot=lot, line=int(line))


def _check_letters(body: str) -> str:
    first, second = divmod(zlib.crc32(body.encode()) % 23**2, 23)
    return _LETTERS[first] + _LETTERS[second]
