"""Codes people read aloud and type: references, lookup codes with a check character, and their keys."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date
from pathlib import PurePosixPath

#: Without O, 0, I, 1 (misread) and U (beside V): 31 signs, a prime.
CHECK_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
_PRIME = 31
#: Powers of a primitive root differ at every place of a code.
_ROOT = 3

_SEPARATORS = re.compile(r"[^0-9A-Z]+")
_LEADING_SO = re.compile(r"^SO-?(?=\d)")
_LEADING_ZEROS = re.compile(r"^0+(?=\d)")
_KEY_LENGTH = 190


def check_character(code: str) -> str:
    """The sign that goes behind *code*; one wrong digit, or two neighbours swapped, change it."""
    total = 0
    for position, sign in enumerate(sign for sign in code.upper() if sign.isalnum()):
        total += int(sign, 36) * pow(_ROOT, position + 1, _PRIME)
    return CHECK_ALPHABET[total % _PRIME]


def lookup_code(prefix: str, year: int, ordinal: int) -> str:
    """``PNX-26-00123-K`` of an entry in the internal book."""
    code = f"{prefix}-{year % 100:02d}-{ordinal:05d}"
    return f"{code}-{check_character(code)}"


def is_lookup_code(text: str) -> bool:
    """Its check character is right."""
    code, _, check = text.strip().upper().rpartition("-")
    is_ascii = code.isascii() and code.replace("-", "").isalnum()
    return is_ascii and check_character(code) == check


def reference(pattern: str, ordinal: int, on: date) -> str:
    """The reference as printed: ``{so}`` is padded to two digits (domain 2.5), ``{nam}`` is the year."""
    return pattern.replace("{so}", f"{ordinal:02d}").replace("{nam}", str(on.year))


def reference_key(text: str) -> str:
    """What all ways to write one reference have in common.

    ``213-QĐ/TW``, ``213/QĐ-TW``, ``số 0213 – QĐ/TW`` → ``213-QD-TW``.
    """
    plain = fold_key(text)
    plain = _SEPARATORS.sub("-", plain).strip("-")
    return bounded_key(_LEADING_ZEROS.sub("", _LEADING_SO.sub("", plain)))


def fold_key(text: str) -> str:
    """Upper case without marks, spaces made single; for comparing names that people typed."""
    upper = text.upper().replace("Đ", "D")
    bare = "".join(c for c in unicodedata.normalize("NFD", upper) if not unicodedata.combining(c))
    return " ".join(bare.split())


def bounded_key(text: str) -> str:
    """*text*, or its beginning and digest where it is longer than a key may be."""
    if len(text) <= _KEY_LENGTH:
        return text
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return f"{text[: _KEY_LENGTH - len(digest) - 1]}#{digest}"


def identity_key(text: str) -> str:
    """What makes two papers one deed, as it is kept and compared."""
    return bounded_key(storable(text))


def stem_key(name: str) -> str:
    """A file's name without its suffix, as it is looked up."""
    return bounded_key(storable(PurePosixPath(name).stem))


def storable(text: str) -> str:
    """*text* without what no text column holds: U+0000 and halves of surrogate pairs."""
    return text.replace("\0", "�").encode(errors="replace").decode()
