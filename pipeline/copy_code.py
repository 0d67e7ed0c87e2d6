"""The code on a certified copy, by which anybody may ask whether we issued it: random, read aloud, typed by hand."""

from __future__ import annotations

import secrets

from pipeline.errors.copies import CodeMistyped

#: Without O and 0, I, 1 and L, which are taken for one another. 31 signs, a prime: see :func:`_check`.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: So many random signs have 94 bits (80 are asked for); with the check sign they make five groups of four.
_RANDOM = 19
_GROUP = 4
#: Powers of a primitive root of 31 differ at every place: one wrong sign, or two neighbours swapped, change the check.
_ROOT = 3
_SEPARATORS = " -–—.\u00a0"


def new_code() -> str:
    """A code nobody can guess, with its check sign, without dashes."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return code + _check(code)


def spelled(code: str) -> str:
    """*code* in groups of four, as it is printed; empty for none."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def read_code(text: str) -> str:
    """The code that somebody typed, with or without dashes and in any case.

    Raises:
        CodeMistyped (R265): it has another length, a sign that no code has, or the check sign does not fit.
    """
    code = "".join(sign for sign in text.upper() if sign not in _SEPARATORS)
    strange = sorted({sign for sign in code if sign not in ALPHABET})
    if strange:
        why = f"mã không bao giờ có {', '.join(f'«{sign}»' for sign in strange)}"
        raise CodeMistyped("strange signs", code=text, why=why)
    if len(code) != _RANDOM + 1:
        why = f"đọc được {len(code)} chữ, mã có {_RANDOM + 1} chữ"
        raise CodeMistyped(f"length {len(code)}", code=text, why=why)
    if _check(code[:-1]) != code[-1]:
        raise CodeMistyped("check sign", code=text, why="chữ kiểm tra ở cuối không khớp")
    return code


def _check(code: str) -> str:
    total = sum(
        ALPHABET.index(sign) * pow(_ROOT, place, len(ALPHABET))
        for place, sign in enumerate(code, start=1)
    )
    return ALPHABET[total % len(ALPHABET)]
