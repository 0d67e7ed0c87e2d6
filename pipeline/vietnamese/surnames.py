"""Words → the stretches among them that are people's names, told by the surname they begin with.

Surnames of the Kinh and of the peoples of the north-western provinces, as the civil registers write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.vietnamese.letters import nfc, strip_marks

_SURNAMES_TOLD = """nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh doan mai to luong truong cao
    dao ta lam lu luu phung quach ton thai tu vuong chu kieu la nghiem bach khuat giap luc trieu dam han ha mac ma
    be nong hua sam chau dieu khong cu
    lo vang giang tong quang sung mua thao hang ca lau va chao tan phan lo po ly vi kha lang leo lung lau cho thau ly cu ho song
    tho trang mo tao lich bac cam deo hoang cut moong lu lau xong bo quan xa"""
_SURNAMES = frozenset(_SURNAMES_TOLD.split())
#: Second words that say that a name is meant, where nothing is written in capitals.
_SECOND = frozenset(("van", "thi", "a", "duc", "huu"))
_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 5


def names_in(text: str) -> Iterator[str]:
    """The names in *text*, as they were written; where capitals tell nothing, only a text that is one."""
    words = _WORD.findall(nfc(text))
    if all(map(str.islower, words)) or all(map(str.isupper, words)):
        plain = [strip_marks(word).lower() for word in words]
        is_one = 3 <= len(words) <= _MOST_WORDS and " ".join(words) == nfc(text).strip()
        if is_one and plain[0] in _SURNAMES and plain[1] in _SECOND:
            yield " ".join(words)
        return
    for are_names, run in groupby(words, str.istitle):
        name = [*run]
        is_name = are_names and 3 <= len(name) <= _MOST_WORDS
        if is_name and strip_marks(name[0]).lower() in _SURNAMES:
            yield " ".join(name)


def places_of_names(words: Sequence[str]) -> frozenset[int]:
    """Where among folded *words* people's names stand, as far as a second name tells them: ``nguyen van binh``."""
    return frozenset(
        place
        for at in range(len(words) - 2)
        if words[at] in _SURNAMES and words[at + 1] in _SECOND
        for place in (at, at + 1, at + 2)
    )
