"""A question → the numbers of papers in it, however they were typed: ``213 qd tw``, ``QĐ213``, ``213qdtw``, ``213 quy định``.

More is believed here than in running text: a question that means no number is answered by its words all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.vietnamese.legacy import is_syllable
from pipeline.vietnamese.letters import canonical, nfc, strip_marks
from pipeline.vietnamese.number_words import with_digits
from pipeline.vietnamese.references import (
    Reference,
    find_references,
    parse_reference,
    symbol_of_type,
    symbol_printed,
    type_words,
)

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_CODE_BETWEEN = re.compile(r"[\s/\\._#:–-]*")
_LOOKALIKES = str.maketrans("Ðð\u2044\u2215\uff0f", "Đđ///")
#: Trung ương as many write it behind a dash: 213-QĐ/TƯ, BTCTƯ, T.W.
_CENTRAL = re.compile(r"(?<=[/-])(\s?[^\W\d_]{0,5}T)(?:Ư|\.\s?W)(?!\w)", re.IGNORECASE)
#: QD9: Đ as VNI types it.
_D_OF_VNI = re.compile(r"(?<=[A-Z])D9(?![^\W_])", re.IGNORECASE)
_PROVINCIAL = re.compile(r"(?<=[/-])(\s?T)\.\s?(U)(?!\w)", re.IGNORECASE)
#: «số», «văn bản số», «no», before a number.
_NUMBER_WORDS = ("so", "s", "no", "van ban", "vb")
_LONGEST_NUMBER = 6
#: Behind these a number is of a part, of a day or of a quantity, not of a paper.
_COUNTING_WORDS = frozenset(
    [
        "ngay",
        "thang",
        "nam",
        "tuan",
        "quy",
        "dieu",
        "khoan",
        "diem",
        "chuong",
        "muc",
        "phan",
        "trang",
        "lan",
        "khoa",
        "cap",
        "lop",
        "hon",
        "duoi",
        "tren",
    ]
)
_NEAR_WORDS = 10
_LONGEST_ISSUER = 15
_TYPES = sorted((tuple(word.split()) for word in type_words()), key=len, reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedNumbers:
    """The numbers of papers a question names."""

    #: With a symbol or the word for the type.
    references: tuple[Reference, ...]
    #: Numbers that stand alone among words: of a paper, or of anything else.
    bare: tuple[Reference, ...]
    #: The question is one number and nothing else.
    is_whole: bool


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    #: What stands between it and the one before.
    before: str


def asked_numbers(text: str) -> AskedNumbers:
    """The numbers of papers named in *text*; dates should be taken out before."""
    text = nfc(text).translate(_LOOKALIKES)
    text = _PROVINCIAL.sub(r"\1\2", _CENTRAL.sub(r"\1W", _D_OF_VNI.sub("Đ", text)))
    spelt = with_digits(text, type_words())
    written = nfc(text) if canonical(text) == spelt else spelt
    if whole := parse_reference(spelt):
        return AskedNumbers(references=(_with_marks(whole, written),), bare=(), is_whole=True)
    plain = strip_marks(spelt)
    tokens = _tokens(plain)
    found: dict[str, Reference] = {ref.key: ref for ref in find_references(written)}
    bare: dict[str, Reference] = {}
    is_whole = False
    for at, token in enumerate(tokens):
        if token.text.isdecimal() and len(token.text) <= _LONGEST_NUMBER and _may_begin(tokens, at):
            reference, used = _around(tokens, at, written)
            is_whole = is_whole or used == len(tokens)
            if reference.symbol:
                found.setdefault(reference.key, reference)
            elif type_word := _type_before(tokens, at):
                symbol = symbol_of_type(type_word)
                named = replace(reference, symbol=symbol, type_word=type_word)
                found.setdefault(named.key, named)
            elif _is_alone(tokens, at):
                bare.setdefault(reference.key, reference)
    references = tuple(found.values())
    return AskedNumbers(
        references=references or (tuple(bare.values()) if is_whole else ()),
        bare=() if is_whole else tuple(bare.values()),
        is_whole=is_whole,
    )


def _with_marks(reference: Reference, written: str) -> Reference:
    again = parse_reference(written)
    return again if again is not None and again.key == reference.key else reference


def _tokens(plain: str) -> list[_Token]:
    tokens = []
    done = 0
    for match in _TOKEN.finditer(plain):
        # QDD, DDU: đ as it is typed while the typing program is off.
        word = match.group().replace("dd", "d")
        tokens.append(_Token(word, plain[done : match.start()]))
        done = match.end()
    return tokens


def _may_begin(tokens: list[_Token], at: int) -> bool:
    """Not a part of something longer: a date, a decimal, a code like ``PNX-26-00123``."""
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    is_part = before is not None and before.text.isdecimal() and tokens[at].before != " "
    is_decimal = after is not None and after.text.isdecimal() and after.before in {",", ".", ":"}
    return not is_part and not is_decimal


def _type_before(tokens: list[_Token], at: int) -> str:
    """The word for a type some way before «số» and the number: «quy định của Bộ Chính trị số 213»."""
    if tokens[at - 1].text != "so" or at < 2:
        return ""
    before = [token.text for token in tokens[max(0, at - _NEAR_WORDS) : at - 1]]
    said = f" {' '.join(before)} "
    return next((" ".join(kind) for kind in _TYPES if f" {' '.join(kind)} " in said), "")


def _is_alone(tokens: list[_Token], at: int) -> bool:
    if at and tokens[at - 1].text in _COUNTING_WORDS:
        return False
    after = tokens[at + 1].before if at + 1 < len(tokens) else ""
    if after in {"/", "-"} and at + 2 == len(tokens) and not tokens[at + 1].text.isdecimal():
        after = ""  # 213/TW: the issuer without the symbol
    return tokens[at].before.strip(' #:("“') == "" and after.strip(' ,;:?!)"”') == ""


def _around(tokens: list[_Token], at: int, written: str) -> tuple[Reference, int]:
    """The reference whose number stands at *at*, and how many tokens it takes."""
    reference = Reference(ordinal=int(tokens[at].text))
    left, reference = _left_of(tokens, at, reference)
    right = at + 1
    if right + 1 < len(tokens) and _is_year(tokens[right]):
        reference = replace(reference, year=int(tokens[right].text))
        right += 1
    if right < len(tokens):
        taken, reference = _right_of(tokens, right, reference, written)
        right += taken
    if left and _stands(tokens, left, _NUMBER_WORDS):
        left -= len(_stands(tokens, left, _NUMBER_WORDS).split())
    return reference, right - left


def _is_year(token: _Token) -> bool:
    return token.before.strip() == "/" and bool(re.fullmatch("(?:19|20)[0-9]{2}", token.text))


def _left_of(tokens: list[_Token], at: int, reference: Reference) -> tuple[int, Reference]:
    left = at
    if not _CODE_BETWEEN.fullmatch(tokens[at].before):
        return left, reference
    word = _stands(tokens, left, _NUMBER_WORDS)
    left -= len(word.split())
    for kind in _TYPES:
        if left >= len(kind) and [token.text for token in tokens[left - len(kind) : left]] == [
            *kind
        ]:
            name = " ".join(kind)
            return left - len(kind), replace(reference, symbol=symbol_of_type(name), type_word=name)
    issuer_first = left >= 2 and tokens[left - 1].before in {"/", "-"}
    if issuer_first and (symbol := symbol_printed(tokens[left - 2].text)):
        return left - 2, replace(reference, symbol=symbol, issuer=tokens[left - 1].text.upper())
    if left and (symbol := symbol_printed(tokens[left - 1].text)):
        return left - 1, replace(reference, symbol=symbol)
    return left, reference


def _right_of(
    tokens: list[_Token], at: int, reference: Reference, written: str
) -> tuple[int, Reference]:
    """What follows the number: symbol and issuer, or the word for the type."""
    if not _CODE_BETWEEN.fullmatch(tokens[at].before):
        return 0, reference
    word = tokens[at]
    symbol = symbol_printed(word.text)
    is_code = word.before != " " or not is_syllable(word.text) or _is_capital(word.text, written)
    if symbol and (is_code or at + 1 == len(tokens)):
        reference = replace(reference, symbol=symbol)
        taken, issuer = _issuer(tokens, at + 1, written)
        return 1 + taken, replace(reference, issuer=issuer or reference.issuer)
    if glued := _glued(word.text):
        return 1, replace(reference, symbol=glued[0], issuer=glued[1])
    if reference.symbol:
        taken, issuer = _issuer(tokens, at, written)
        return taken, replace(reference, issuer=issuer or reference.issuer)
    for kind in _TYPES:
        if [token.text for token in tokens[at : at + len(kind)]] == [*kind]:
            name = " ".join(kind)
            return len(kind), replace(reference, symbol=symbol_of_type(name), type_word=name)
    return 0, reference


def _issuer(tokens: list[_Token], at: int, written: str) -> tuple[int, str]:
    if at >= len(tokens) or not _CODE_BETWEEN.fullmatch(tokens[at].before):
        return 0, ""
    token = tokens[at]
    is_last = at + 1 == len(tokens)
    is_code = (
        token.before.strip()
        or not is_syllable(token.text)
        or is_last
        or _is_capital(token.text, written)
    )
    if not is_code or token.text.isdecimal() or len(token.text) > _LONGEST_ISSUER:
        return 0, ""
    issuer, taken = token.text, 1
    # ĐU-K3, CB1: the issuer's own number.
    for more in tokens[at + 1 : at + 3]:
        if more.before not in {"", "-"}:
            break
        issuer, taken = issuer + more.before + more.text, taken + 1
    return taken, _marked(issuer, written).upper()


def _glued(word: str) -> tuple[str, str] | None:
    """``qdtw`` as QĐ and TW; the longest symbol that leaves an issuer."""
    for length in range(min(len(word) - 2, 4), 1, -1):
        symbol = symbol_printed(word[:length])
        if symbol and not is_syllable(word):
            return symbol, word[length:].upper()
    return None


def _stands(tokens: list[_Token], at: int, words: tuple[str, ...]) -> str:
    """The one of *words* that ends right before *at*, or nothing."""
    before = [token.text for token in tokens[max(0, at - 2) : at]]
    return next((w for w in words if before[len(before) - len(w.split()) :] == w.split()), "")


def _is_capital(word: str, written: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(word.upper())}(?!\w)", strip_marks(written)))


def _marked(word: str, written: str) -> str:
    """*word* with the marks it was typed with."""
    bare = strip_marks(written).lower()
    at = bare.find(word)
    return written[at : at + len(word)] if at >= 0 and len(bare) == len(written) else word
