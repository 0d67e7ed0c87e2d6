"""Words as they look when the typing program was off (``ddinhj``, ``d9inh5``) → what was meant.

Telex writes marks with letters, VNI with digits; hurried people mix both. Source: the rules every
Vietnamese typing program has in common.
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.vietnamese.legacy import is_syllable
from pipeline.vietnamese.letters import nfc, place_tones

_TONES = {
    "s": "\u0301",
    "1": "\u0301",
    "f": "\u0300",
    "2": "\u0300",
    "r": "\u0309",
    "3": "\u0309",
    "x": "\u0303",
    "4": "\u0303",
    "j": "\u0323",
    "5": "\u0323",
}
_NO_TONE = "z0"
_HATS = {"a": "â", "e": "ê", "o": "ô"}
_HORNS = {"a": "ă", "o": "ơ", "u": "ư"}
_VOWELS = "aăâeêioôơuưy"
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]*")
#: Words of other tongues that offices write; as keystrokes they would spell mã, cả, tét.
_LOAN_WORDS_TOLD = """as bar box bus car chef dos fax fix for fox gas has her his index is jazz laser mas mars max mix nas news off ods odt or os
    pass pos res rest sex six sms sos tax test text us was wax web wifi xerox yes"""
_LOAN_WORDS = frozenset(_LOAN_WORDS_TOLD.split())
#: Built like the syllables of boong and coong, which hardly anybody writes, and like ông and ốc as Telex types them.
_DOUBLED_O = re.compile("oo(?:ng|c)")
#: No syllable has more keystrokes: nghieengj, nghie6ng5.
_LONGEST = 10


def read_keystrokes(text: str) -> str:
    """*text* with every word that can only be raw keystrokes read as the word they spell; the rest as it is."""
    return _TOKEN.sub(lambda match: read_word(match.group()) or match.group(), nfc(text))


def is_loan_word(word: str) -> bool:
    """Whether a word that keystrokes could spell is one of another tongue: *test*, *max*."""
    return word.lower() in _LOAN_WORDS


def read_word(word: str, *, is_unknown: bool = False) -> str | None:
    """What one ASCII word spells as Telex or VNI keystrokes; None where it is a word as it stands, or none.

    *is_unknown*: nobody wrote the word; «coong» is then công, though it could be a syllable.
    """
    lowered = word.lower()
    if not 2 <= len(lowered) <= _LONGEST or not lowered.isascii():
        return None
    if is_syllable(lowered) and not (is_unknown and _DOUBLED_O.search(lowered)):
        return None
    if not any(char in "sfrxjwz0123456789" for char in lowered) and not re.search(
        "dd|aa|ee|oo", lowered
    ):
        return None
    spelt = _spell(lowered)
    if spelt is None or spelt == lowered or not is_syllable(spelt):
        return None
    if word.isupper():
        return spelt.upper()
    return spelt.capitalize() if word[0].isupper() else spelt


def _spell(keys: str) -> str | None:
    letters: list[str] = []
    tone: str | None = None
    for at, key in enumerate(keys):
        if key in _TONES and _has_vowel(letters) and _is_tone_key(key, keys[at + 1 :]):
            tone = _TONES[key]
        elif key in _NO_TONE and _has_vowel(letters):
            tone = None
        elif not _mark(letters, key):
            if not key.isalpha():
                return None
            letters.append(key)
    base = "".join(letters)
    if tone is None:
        return base
    at_vowel = _tone_place(base)
    if at_vowel < 0:
        return None
    return place_tones(nfc(base[: at_vowel + 1] + tone + base[at_vowel + 1 :]))


def _has_vowel(letters: list[str]) -> bool:
    return any(letter in _VOWELS for letter in letters)


def _is_tone_key(key: str, rest: str) -> bool:
    # In «ban3g» the mark stands inside, and letters that close a syllable may follow; s, r, x never close one.
    return key.isdigit() or all(char in "ncghmptaeiouywdzsfrxj0123456789" for char in rest)


def _mark(letters: list[str], key: str) -> bool:
    """Whether *key* put a mark on what was typed before."""
    if key in "d9":
        return _replace(letters, {"d": "đ"}, is_first=True)
    if key in _HATS:
        return _replace(letters, {key: _HATS[key]})
    if key == "6":
        return _replace(letters, _HATS)
    if key in "w7":
        return _horn(letters)
    if key == "8":
        return _replace(letters, {"a": "ă"})
    return False


def _replace(letters: list[str], marks: dict[str, str], *, is_first: bool = False) -> bool:
    places = range(1) if is_first else range(len(letters) - 1, -1, -1)
    for at in places:
        if at < len(letters) and letters[at] in marks:
            letters[at] = marks[letters[at]]
            return True
    return False


def _horn(letters: list[str]) -> bool:
    at = "".join(letters).rfind("uo")
    # quo… keeps its u: quowf is quờ.
    if at >= 0 and not (at == 1 and letters[0] == "q"):
        letters[at : at + 2] = ["ư", "ơ"]
        return True
    if (at := "".join(letters).rfind("ươ")) >= 0 or (at := "".join(letters).rfind("uơ")) >= 0:
        letters[at : at + 2] = ["ư", "ơ"]
        return True
    if _replace(letters, _HORNS):
        return True
    if not _has_vowel(letters):
        letters.append("ư")
        return True
    return False


def _tone_place(base: str) -> int:
    """Where the tone stands: on the marked vowel, else by the shape of the rime."""
    start = 2 if base.startswith(("qu", "gi")) and any(c in _VOWELS for c in base[2:]) else 0
    vowels = [at for at in range(start, len(base)) if base[at] in _VOWELS]
    if not vowels:
        return -1
    marked = [at for at in vowels if base[at] in "ăâêôơư"]
    if marked:
        return marked[-1]
    if len(vowels) == 1:
        return vowels[0]
    is_closed = vowels[-1] < len(base) - 1
    return vowels[1] if len(vowels) > 2 or is_closed else vowels[0]


def is_keystrokes(text: str) -> bool:
    """Whether some word of *text* can only be raw keystrokes."""
    return unicodedata.is_normalized("NFC", text) and read_keystrokes(text) != text
