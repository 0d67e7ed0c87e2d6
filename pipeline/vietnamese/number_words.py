"""Numbers spoken out (``hai trăm mười ba``, ``hai một ba``) → digits, where they can only be a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from pipeline.vietnamese.letters import canonical, strip_marks

_UNITS = {
    "không": 0,
    "một": 1,
    "mốt": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "lăm": 5,
    "nhăm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
}
_TEN, _HUNDRED, _THOUSAND, _AND = "ten", "hundred", "thousand", "and"
_SCALES = {
    "mười": _TEN,
    "mươi": _TEN,
    "trăm": _HUNDRED,
    "nghìn": _THOUSAND,
    "ngàn": _THOUSAND,
    "linh": _AND,
    "lẻ": _AND,
}
_MARKED: dict[str, int | str] = {**_UNITS, **_SCALES}
_BARE = {strip_marks(word): value for word, value in _MARKED.items()}
_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 10
#: After «mươi» the five is «lăm»; «mười năm» are ten years.
_YEARS = ("năm", "nam")


def read_number(words: Sequence[str]) -> tuple[int, int] | None:
    """The number *words* begin with and how many of them say it; lower case, with or without marks."""
    said = [_value(word) for word in words[:_MOST_WORDS]]
    for at, word in enumerate(words[1:_MOST_WORDS], start=1):
        if word in _YEARS and said[at - 1] == _TEN:
            said[at] = None
    known = list(takewhile(lambda value: value is not None, said))
    for length in range(len(known), 0, -1):
        value = _whole([one for one in known[:length] if one is not None])
        if value is not None:
            return value, length
    return None


def with_digits(text: str, after: Sequence[str]) -> str:
    """Canonical *text* with spoken numbers as digits: at its start, and behind the folded words *after*.

    A lone «ba» counts only behind «số»; «năm» alone is a year more often than a five and never counts.
    """
    spelt = canonical(text)
    matches = list(_WORD.finditer(spelt))
    words = [match.group() for match in matches]
    folded = [strip_marks(word) for word in words]
    parts = []
    done = at = 0
    while at < len(words):
        read = read_number(words[at:]) if _stands_for_number(folded, at, after) else None
        if read and (read[1] > 1 or words[at] in {"mười", "muoi"} or folded[at - 1 : at] == ["so"]):
            parts += [spelt[done : matches[at].start()], str(read[0])]
            at += read[1]
            done = matches[at - 1].end()
        else:
            at += 1
    return "".join([*parts, spelt[done:]])


def _stands_for_number(folded: Sequence[str], at: int, after: Sequence[str]) -> bool:
    if at == 0:
        # «ba mươi năm», «hai bên»: only a number with its hundreds is one without a word before it.
        return "tram" in folded[:4] or "nghin" in folded[:3] or "ngan" in folded[:3]
    before = " ".join(folded[:at])
    return any(before == word or before.endswith(f" {word}") for word in ("so", *after))


def _value(word: str) -> int | str | None:
    return (_BARE if word.isascii() else _MARKED).get(word)


def _whole(said: Sequence[int | str]) -> int | None:
    if len(said) > 1 and all(isinstance(value, int) for value in said):
        # Said one by one: hai một ba.
        return int("".join(str(value) for value in said))
    if _THOUSAND not in said:
        return _below_thousand(said)
    at = said.index(_THOUSAND)
    thousands, rest = _below_thousand(said[:at]), said[at + 1 :]
    if not thousands:
        return None
    if not rest:
        return thousands * 1000
    below = _below_thousand(rest, may_start_with_and=True)
    return None if below is None else thousands * 1000 + below


def _below_thousand(said: Sequence[int | str], *, may_start_with_and: bool = False) -> int | None:
    if _HUNDRED not in said:
        return _below_hundred(said, may_start_with_and=may_start_with_and)
    at = said.index(_HUNDRED)
    if at != 1 or not isinstance(said[0], int):
        return None
    rest = _below_hundred(said[2:], may_start_with_and=True) if said[2:] else 0
    return None if rest is None else said[0] * 100 + rest


def _below_hundred(said: Sequence[int | str], *, may_start_with_and: bool = False) -> int | None:
    rest = list(said)
    if may_start_with_and and len(rest) == 2 and rest[0] == _AND:
        rest = rest[1:]
    tens = 0
    if _TEN in rest[:2]:
        at = rest.index(_TEN)
        count = rest[0] if at else 1
        if not isinstance(count, int) or not count:
            return None
        tens, rest = count * 10, rest[at + 1 :]
    if not rest and tens:
        return tens
    return tens + rest[0] if len(rest) == 1 and isinstance(rest[0], int) else None
