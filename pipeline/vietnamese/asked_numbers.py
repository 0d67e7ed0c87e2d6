"""A question → the numbers of papers in it, however they were typed: ``213 qd tw``, ``QĐ213``, ``213qdtw``, ``213 quy định``.

More is believed here than in running text: a question that means no number is answered by its words all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.vietnamese.legacy import is_syllable
from pipeline.vietnamese.letters import canonical, nfc, settle_y, strip_marks
from pipeline.vietnamese.number_words import with_digits
from pipeline.vietnamese.references import (
    Reference,
    find_references,
    is_copy_symbol,
    parse_reference,
    symbol_of_type,
    symbol_printed,
    type_words,
)
from pipeline.vietnamese.typed_numbers import COUNTING_WORDS, put_in_order

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_CODE_BETWEEN = re.compile(r"[\s/\\._#:|~+*=–-]*|,")
#: «số», «văn bản số», «no», before a number; the longer first.
_NUMBER_WORDS = ("so ky hieu", "so hieu", "ky hieu", "van ban", "so", "s", "no", "vb")
#: Words around a number that say no more of the paper than that it is wanted.
_ASKING_WORDS_TOLD = "tim kiem xem lay mo in giup cho toi minh em anh chi voi nhe cai ban chinh goc la gi o dau ay do nay kia ve cua"
_ASKING_WORDS = frozenset(_ASKING_WORDS_TOLD.split())
_YEAR = re.compile("(?:19|20)[0-9]{2}")
#: Quy định and Quyết định by one letter and the rest, «q.định», «n quyết»: the symbol by that.
_HALVED = {
    (words[0][0], " ".join(words[1:])): symbol_of_type(" ".join(words))
    for words in map(str.split, type_words())
    if len(words) == 2
}
_LONGEST_NUMBER = 6
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
    #: The paper wanted is a copy of the one with the number, or has it itself.
    is_of_copy: bool = False
    #: Day and month of the paper, where they were told without the year.
    day: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    #: What stands between it and the one before.
    before: str


def asked_numbers(text: str) -> AskedNumbers:
    """The numbers of papers named in *text*; dates should be taken out before."""
    typed = put_in_order(text)
    numbers = _numbers(typed.text)
    is_of_copy = typed.is_of_copy or any(is_copy_symbol(one.symbol) for one in numbers.references)
    return replace(numbers, is_of_copy=is_of_copy, day=typed.day)


def _numbers(text: str) -> AskedNumbers:
    spelt = with_digits(text, type_words())
    written = nfc(text) if canonical(text) == spelt else spelt
    if whole := parse_reference(spelt):
        return AskedNumbers(references=(_with_marks(whole, written),), bare=(), is_whole=True)
    tokens = _with_symbols(_tokens(strip_marks(spelt)))
    found: dict[str, Reference] = {ref.key: ref for ref in find_references(written)}
    bare: dict[str, Reference] = {}
    is_whole = False
    done = 0
    for at, token in enumerate(tokens):
        if at < done or not token.text.isdecimal() or len(token.text) > _LONGEST_NUMBER:
            continue
        if not _may_begin(tokens, at):
            continue
        reference, start, done = _around(tokens, at, written)
        is_whole = is_whole or _is_all(tokens, start, done)
        if reference.symbol:
            found.setdefault(reference.key, reference)
        elif type_word := _type_before(tokens, at):
            symbol = symbol_of_type(type_word)
            named = replace(reference, symbol=symbol, type_word=type_word)
            found.setdefault(named.key, named)
        elif _is_alone(tokens, at, done):
            bare.setdefault(reference.key, reference)
    references = tuple(found.values())
    return AskedNumbers(
        references=references or (tuple(bare.values()) if is_whole else ()),
        bare=() if is_whole else tuple(bare.values()),
        is_whole=is_whole,
    )


def _is_all(tokens: list[_Token], start: int, stop: int) -> bool:
    """Whether nothing but asking stands beside the tokens from *start* to *stop*."""
    beside = [token.text for token in (*tokens[:start], *tokens[stop:])]
    return _ASKING_WORDS.issuperset(beside)


def _with_marks(reference: Reference, written: str) -> Reference:
    again = parse_reference(written)
    return again if again is not None and again.key == reference.key else reference


def _tokens(plain: str) -> list[_Token]:
    tokens = []
    done = 0
    for match in _TOKEN.finditer(plain):
        # QDD, DDU: đ as it is typed while the typing program is off; qui is quy.
        word = settle_y(match.group().replace("dd", "d"))
        tokens.append(_Token(word, plain[done : match.start()]))
        done = match.end()
    return tokens


def _with_symbols(tokens: list[_Token]) -> list[_Token]:
    """*tokens* with the symbols in them that were typed in pieces: «Q.Đ 213», «q đ 213», «qđịnh 213»."""
    joined: list[_Token] = []
    at = 0
    while at < len(tokens):
        symbol, taken = _in_pieces(tokens, at)
        joined.append(replace(tokens[at], text=symbol) if symbol else tokens[at])
        at += taken
    return joined


def _in_pieces(tokens: list[_Token], at: int) -> tuple[str, int]:
    """The symbol whose pieces begin at *at*, folded, and how many they are; empty where none does."""
    word = tokens[at].text
    if symbol := _HALVED.get((word[:1], word[1:])):
        return strip_marks(symbol).lower(), 1
    if len(word) > 1 or at + 1 == len(tokens) or tokens[at + 1].before not in {".", " ", ". "}:
        return "", 1
    after = tokens[at + 1].text
    if symbol := _HALVED.get((word, after)):
        return strip_marks(symbol).lower(), 2
    return (f"{word}{after}", 2) if len(after) == 1 and symbol_printed(word + after) else ("", 1)


def _may_begin(tokens: list[_Token], at: int) -> bool:
    """Not a part of something longer: a date, a decimal, a code like ``PNX-26-00123``."""
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    is_part = before is not None and before.text.isdecimal() and tokens[at].before != " "
    is_decimal = after is not None and after.text.isdecimal() and after.before in {",", ".", ":"}
    return not is_part and not (is_decimal and not _is_year(tokens, at + 1))


def _type_before(tokens: list[_Token], at: int) -> str:
    """The word for a type some way before «số» and the number: «quy định của Bộ Chính trị số 213»."""
    if tokens[at - 1].text != "so" or at < 2:
        return ""
    before = [token.text for token in tokens[max(0, at - _NEAR_WORDS) : at - 1]]
    said = f" {' '.join(before)} "
    return next((" ".join(kind) for kind in _TYPES if f" {' '.join(kind)} " in said), "")


def _is_alone(tokens: list[_Token], at: int, done: int) -> bool:
    if at and tokens[at - 1].text in COUNTING_WORDS:
        return False
    after = tokens[done].before if done < len(tokens) else ""
    if after in {"/", "-"} and done + 1 == len(tokens) and not tokens[done].text.isdecimal():
        after = ""  # 213/TW: the issuer without the symbol
    return tokens[at].before.strip(' #:("“') == "" and after.strip(' ,;:?!)"”') == ""


def _around(tokens: list[_Token], at: int, written: str) -> tuple[Reference, int, int]:
    """The reference whose number stands at *at*, and from which token to which it goes."""
    reference = Reference(ordinal=int(tokens[at].text))
    left, reference = _left_of(tokens, at, reference)
    right = at + 1
    if is_dated := _is_year(tokens, right):
        reference = replace(reference, year=int(tokens[right].text))
        right += 1
    if right < len(tokens):
        taken, reference = _right_of(tokens, right, reference, written)
        right += taken
    if reference.symbol and not is_dated and _is_year(tokens, right):
        # 213-QĐ/TW-2020: no part of the number, but it tells when.
        right += 1
    if left and (word := _stands(tokens, left, _NUMBER_WORDS)):
        left -= len(word.split())
    return reference, left, right


def _is_year(tokens: list[_Token], at: int) -> bool:
    """Whether at *at* stands the year of a number: 213/2020, 213-2020, not 2018-2020."""
    if not 0 < at < len(tokens) or not _YEAR.fullmatch(tokens[at].text):
        return False
    is_beside = tokens[at].before.strip() in {"/", "-", ".", "("}
    return is_beside and not _YEAR.fullmatch(tokens[at - 1].text)


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
    if left and tokens[left].before == " " and (parts := _glued(tokens[left - 1].text)):
        return left - 1, replace(reference, symbol=parts[0], issuer=parts[1])
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
    for place, more in enumerate(tokens[at + 1 : at + 3], start=at + 1):
        if more.before not in {"", "-"} or _is_year(tokens, place):
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
    before = [token.text for token in tokens[max(0, at - 3) : at]]
    return next((w for w in words if before[len(before) - len(w.split()) :] == w.split()), "")


def _is_capital(word: str, written: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(word.upper())}(?!\w)", strip_marks(written)))


def _marked(word: str, written: str) -> str:
    """*word* with the marks it was typed with."""
    bare = strip_marks(written).lower()
    at = bare.find(word)
    return written[at : at + len(word)] if at >= 0 and len(bare) == len(written) else word
