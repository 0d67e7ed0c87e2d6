"""Text typed in a pre-Unicode font, read as Latin-1 → Vietnamese; and how Vietnamese a text looks.

Source: TCVN 5712:1993 (TCVN3, «ABC») and VNI-Windows as the public converters have them; checked
against three of them.
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.vietnamese.letters import nfc, strip_marks

_TCVN3 = str.maketrans(
    "µ¸¶·¹»¾¼½Æ¨ÇÊÈÉË©ÌÐÎÏÑÒÕÓÔÖª×ÝØÜÞßãáâäåèæçé«êíëìî¬ïóñòôõøö÷ù\u00adúýûüþ®¡¢£¤¥¦§\u03bc",
    "àáảãạằắẳẵặăầấẩẫậâèéẻẽẹềếểễệêìíỉĩịòóỏõọồốổỗộôờớởỡợơùúủũụừứửữựưỳýỷỹỵđĂÂÊÔƠƯĐà",
)
_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT, _HAT, _BREVE = (
    "\u0301",
    "\u0300",
    "\u0309",
    "\u0303",
    "\u0323",
    "\u0302",
    "\u0306",
)
#: VNI writes the letter, then one more character for its marks.
_VNI_MARKS = {
    "ù": _ACUTE,
    "ø": _GRAVE,
    "û": _HOOK,
    "õ": _TILDE,
    "ï": _DOT,
    "â": _HAT,
    "á": _HAT + _ACUTE,
    "à": _HAT + _GRAVE,
    "å": _HAT + _HOOK,
    "ã": _HAT + _TILDE,
    "ä": _HAT + _DOT,
    "ê": _BREVE,
    "é": _BREVE + _ACUTE,
    "è": _BREVE + _GRAVE,
    "ú": _BREVE + _HOOK,
    "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}
_VNI_WHOLE = str.maketrans("æóòîôöñÆÓÒÎÔÖÑ", "ỉĩịỵơưđỈĨỊỴƠƯĐ")
_VNI_PAIR = re.compile(r"([AEOUYaeouyÔÖôö])([ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË])")
_UNICODE_LETTER = re.compile(
    r"[\u1ea0-\u1eff\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u0300-\u0323]"
)
_LEGACY_LETTER = re.compile(r"[\u00a1-\u00ff\u03bc]")
_JUDGED_CHARS = 20_000
#: A reading must be at least this Vietnamese, and this much more so than the text as it stands.
_GOOD_ENOUGH, _BETTER_BY = 0.7, 0.2

_RIME_LIST = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
    i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong
    oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uô uôc uôi uôm uôn uông uôt uơ up ut uy uya uych
    uyên uyêt uynh uyp uyt uyu ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y yêm yên yêng yêt yêu
"""
_RIMES = frozenset(_RIME_LIST.split())
_BARE_RIMES = frozenset(map(strip_marks, _RIMES))
_ONSET_LIST = "ngh gi qu ch gh kh ng nh ph th tr b c d g h k l m n p r s t v x"
_ONSET = re.compile("ngh|gi|qu|ch|gh|kh|ng|nh|ph|th|tr|[bcdđghklmnprstvx]")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_TONES_OF_STOPS = frozenset(("", _ACUTE, _DOT))
_STOPS = ("c", "ch", "p", "t")
_TOKEN = re.compile(r"(?<!\S)[a-zđ][).]|[^\s.,;:!?()\[\]{}\"'“”‘’…/*|<>=+_–—-]+")


def decode_legacy(text: str) -> str | None:
    """*text* read as TCVN3 or VNI where that reading is clearly the Vietnamese one, else None.

    Decided for the whole text: é, ó, ã are letters in all three. Texts with any letter that only Unicode
    has are left alone. A short cell may stay undecided; decode a column or a page together.
    """
    if _UNICODE_LETTER.search(text) or not _LEGACY_LETTER.search(text):
        return None
    as_it_stands = plausibility(text)
    readings = (read_tcvn3(text), read_vni(text))
    scores = tuple(plausibility(reading) for reading in readings)
    best = max(scores)
    if best < _GOOD_ENOUGH or best < as_it_stands + _BETTER_BY:
        return None
    return readings[scores.index(best)]


def read_tcvn3(text: str) -> str:
    """*text* as its TCVN3 font showed it. Capitals with marks came from a font of capitals: see below."""
    lines = []
    for line in text.split("\n"):
        # .VnTimeH shows every code as a capital, so a line typed in it has no small ASCII letter at all.
        in_capitals = sum("A" <= char <= "Z" for char in line) >= 2 and not re.search("[a-z]", line)
        decoded = line.translate(_TCVN3)
        lines.append(decoded.upper() if in_capitals else decoded)
    return "\n".join(lines)


def read_vni(text: str) -> str:
    """*text* as its VNI-Windows font showed it."""

    def composed(match: re.Match[str]) -> str:
        letter = match.group(1).translate(_VNI_WHOLE)
        return unicodedata.normalize("NFC", letter + _VNI_MARKS[match.group(2).lower()])

    parts = []
    at = 0
    for match in _VNI_PAIR.finditer(text):
        parts += [text[at : match.start()].translate(_VNI_WHOLE), composed(match)]
        at = match.end()
    return "".join([*parts, text[at:].translate(_VNI_WHOLE)])


def plausibility(text: str) -> float:
    """How much of *text* can be Vietnamese: the share of its words built like a syllable, 0 to 1.

    Numbers, codes and abbreviations count neither way; a text without words is not doubted (1.0).
    Whole prose scores above 0.9; prose that lost its letters about a half; other codings less.
    """
    good = bad = 0
    memory: dict[str, bool | None] = {}
    for token in _TOKEN.findall(nfc(text)):
        if token not in memory:
            memory[token] = _judge(token)
        verdict = memory[token]
        good += verdict is True
        bad += verdict is False
    return good / (good + bad) if good + bad else 1.0


def readable_share(text: str) -> float:
    """How much of a text from a page can be Vietnamese, 0 to 1; 0 where it says nothing. Long texts by their beginning."""
    return round(plausibility(text[:_JUDGED_CHARS]), 3) if text.strip() else 0.0


def _judge(token: str) -> bool | None:
    if (
        any(char.isdigit() for char in token)
        or token[-1] in ".)"
        or not any(map(str.isalpha, token))
    ):
        return None
    if is_syllable(token):
        return True
    if token.isupper() and token.isalpha() and len(token) <= 8 and not _LEGACY_LETTER.search(token):
        return None
    return False


def is_syllable(word: str) -> bool:
    """Whether one word is built like a Vietnamese syllable: onset, rime, and a tone that rime can carry."""
    lowered = word.lower()
    if lowered.isascii():
        return _fits(lowered, _BARE_RIMES)
    decomposed = unicodedata.normalize("NFD", lowered)
    tones = "".join(_TONES.findall(decomposed))
    base = unicodedata.normalize("NFC", _TONES.sub("", decomposed))
    if len(tones) > 1 or (base.endswith(_STOPS) and tones not in _TONES_OF_STOPS):
        return False
    return _fits(base, _RIMES)


def _fits(base: str, rimes: frozenset[str]) -> bool:
    match = _ONSET.match(base)
    if match is None:
        return base in rimes
    rest = base[match.end() :]
    if match.group() == "gi":
        return rest in rimes or base[1:] in rimes
    if match.group() == "qu":
        return rest in rimes and rest[0] not in "uoư"
    return rest in rimes


def bare_syllables() -> frozenset[str]:
    """Every syllable there can be, without marks: some two thousand."""
    onsets = ("", *re.findall(r"[a-z]+", _ONSET_LIST))
    built = {onset + rime for onset in onsets for rime in _BARE_RIMES}
    return frozenset(syllable for syllable in built if _fits(syllable, _BARE_RIMES))
