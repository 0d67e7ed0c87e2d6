"""Text as people or machines wrote it → the few forms in which we compare, search and print it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

#: Spaces and dashes that look alike to a reader. U+00AD is not here: it is nothing, or TCVN3's ư.
_LOOKALIKES = str.maketrans(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d",
    " " * 16 + "-" * 11,
)
_MARKED = (
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ"
)
_BARE = "a" * 17 + "e" * 11 + "i" * 5 + "o" * 17 + "u" * 11 + "y" * 5 + "d"
_WITHOUT_MARKS = str.maketrans(_MARKED, _BARE + _BARE.upper())

_NEW_STYLE = "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ"
_OLD_STYLE = "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy"
_PLACE_TONE = dict(zip(_NEW_STYLE.split(), _OLD_STYLE.split(), strict=True))
#: Open syllables only: in hoàn, suýt, huỳnh the tone belongs where it stands; quý is q + uý.
_OPEN_SYLLABLE = re.compile(r"(?<!q)(?:o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?![^\W\d_])")
_I_FOR_Y = re.compile("(?:[hklmst]|qu)[iìíỉĩị]")
_Y_FOR_I = dict(zip("iìíỉĩị", "yỳýỷỹỵ", strict=True))
_WORD = re.compile(r"[^\W_]+")
_SPACES = re.compile(r"\s+")
#: What a font without a Unicode map loses: ơ, ư and all of Latin Extended Additional (domain 7.3).
_LOST = re.compile(r"[\u1ea0-\u1eff\u01a0\u01a1\u01af\u01b0]")

_UY = re.compile(r"(?<![qQ])(?:[uU][ỷỶ]|[ủỦ][yY])(?![^\W\d_])")
_ZERO_WIDTH = re.compile(
    r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
_BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ufff9-\ufffb]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")


def nfc(text: str) -> str:
    """The composed form: one code point for a letter with its marks."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def canonical(text: str) -> str:
    """The form in which two writings of the same words are equal: ``Hoà  –  Uỷ`` and ``hòa - ủy``.

    NFC, lower case, tone in the old place on open oa, oe, uy, one kind of dash, single spaces, trimmed.
    """
    # lower() can decompose (İ → i + U+0307) and NFC must come last, or a second pass would change it.
    lowered = nfc(nfc(text).lower()).translate(_LOOKALIKES)
    return _SPACES.sub(" ", place_tones(lowered)).strip()


def place_tones(lowered: str) -> str:
    """Lower-case NFC text with the tone of open syllables in the old place: uỷ → ủy."""
    if lowered.isascii():
        return lowered
    return _OPEN_SYLLABLE.sub(lambda match: _PLACE_TONE[match.group()], lowered)


def settle_y(word: str) -> str:
    """One lower-case word with y where i is the same sound and both are written: kĩ → kỹ, qui → quy.

    Only where nothing but that vowel follows h, k, l, m, s, t or qu: tai and tay, thúi and thúy stay apart.
    """
    if _I_FOR_Y.fullmatch(word):
        return word[:-1] + _Y_FOR_I[word[-1]]
    return word


def mend_letters(lowered: str) -> str:
    """Lower-case text without invisible characters, and with đ and ư where a look-alike of them was typed."""
    if lowered.isascii():
        return lowered
    return _ZERO_WIDTH.sub("", lowered).replace("\u00f0", "đ").replace("\u01a3", "ư")


def fold(text: str) -> str:
    """The canonical form without any marks, đ as d: what people type when in a hurry."""
    return strip_marks(canonical(text))


def strip_marks(text: str) -> str:
    """The same letters without marks, case kept."""
    if text.isascii():
        return text
    bare = text.translate(_WITHOUT_MARKS)
    if bare.isascii():
        return bare
    decomposed = unicodedata.normalize("NFD", bare)
    kept = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", kept).translate(_WITHOUT_MARKS)


def syllables(text: str) -> list[str]:
    """The canonical words of *text* in order; Vietnamese writes each syllable as one."""
    return _WORD.findall(canonical(text))


def pairs(words: Sequence[str]) -> list[str]:
    """Adjacent words joined by a space: what stands for words in a language written in syllables."""
    return [f"{first} {second}" for first, second in pairwise(words)]


def skeleton(text: str) -> str:
    """What is left of *text* in a file that dropped its special letters; đ as d, words apart.

    The same for the whole text and for its damaged copy: ``phản ánh`` and ``ph n ánh`` → ``ph n ánh``.
    Source: domain 7.3, measured.
    """
    thinned = _LOST.sub(" ", canonical(text)).replace("đ", "d")
    return " ".join(_WORD.findall(thinned))


def skeleton_joined(text: str) -> str:
    """As :func:`skeleton` for files that closed the gap: ``thực hiện`` → ``thc hin``."""
    thinned = _LOST.sub("", canonical(text)).replace("đ", "d")
    return " ".join(_WORD.findall(thinned))


def respell_uy(text: str, spelling: Literal["ủy", "uỷ"]) -> str:
    """*text* with every open uy + hỏi (ủy, hủy, thủy; never quỷ) in the office's spelling, case kept."""

    def respelled(match: re.Match[str]) -> str:
        first, second = tuple(match.group())
        tones = "ủy" if spelling == "ủy" else "uỷ"
        return (tones[0].upper() if first.isupper() else tones[0]) + (
            tones[1].upper() if second.isupper() else tones[1]
        )

    return _UY.sub(respelled, nfc(text))


def clean_text(text: str) -> tuple[str, tuple[str, ...]]:
    """NFC text without what nobody sees, and the kinds of what was taken out.

    Kinds, in this order: ``control``, ``zero-width``, ``bidi``, ``decomposed`` (was not NFC). Line ends
    become ``\\n``; tabs stay. Decode legacy fonts first: to TCVN3 the soft hyphen is a letter.
    """
    found = []
    cleaned = _LINE_ENDS.sub("\n", text)
    for kind, pattern in (("control", _CONTROL), ("zero-width", _ZERO_WIDTH), ("bidi", _BIDI)):
        cleaned, count = pattern.subn("", cleaned)
        if count:
            found.append(kind)
    composed = nfc(cleaned)
    if composed != cleaned:
        found.append("decomposed")
    return composed, tuple(found)


def pad_ordinal(ordinal: int) -> str:
    """The ordinal as written in a reference: 07, 12, 378 (domain 2.5)."""
    return f"{ordinal:02d}"
