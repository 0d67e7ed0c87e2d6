"""A question → the papers whose own number, code or name it gives, each with what that is worth beside any words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from pipeline.record import Book
from pipeline.stores.search.analysis import Question, reference_keys
from pipeline.stores.search.coded import coded_papers
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.paper_keys import cited_keys
from pipeline.stores.search.roll import Roll
from pipeline.vietnamese import Reference, fold, is_copy_symbol

WHOLE_REFERENCE = OWN_CODE = 1000.0
NUMBER_AND_SYMBOL = 400.0
BARE_NUMBER = 200.0
#: A whole question that is somebody's name, and a name among other words.
WHOLE_NAME, NAME_INSIDE = 60.0, 20.0
#: Added where the day, or the year, asked for with a number is the paper's own.
_SAME_DAY, _SAME_YEAR = 100.0, 50.0
#: What is left of a number's worth in another year than the one told with it.
_OTHER_YEAR = 1.0
#: Copies of the paper asked for go before it where a copy is wanted, and those that have its number before these.
_COPY_OF, _COPY_NUMBERED = 100.0, 200.0
#: The State's symbols of what the Party calls otherwise.
_ALSO = {"QyĐ": ("QĐ", "quy dinh")}
#: QĐ is Quyết định and Quy định: the word typed decides among equals.
_SAME_TYPE = 20.0
#: A number among words, in a paper that has all the other words too; and to be looked at, for a start.
_LOOSE_NUMBER, _LOOSE_START = 200.0, 500.0
#: How the subject of a copy begins, folded.
_SAYS_COPY = r"(?:sao luc|sao y|trich sao(?: trang [\w ]+ cua)?)"
_IS_MIXED = re.compile(r"(?=.*\d)(?=.*[a-z]).*")
_NAMED_AT_MOST = 2_000
_NAMING_AT_MOST = 20_000
_LOOSE_AT_MOST = 100
#: What is left of a number that is a word in some paper too: it stands behind the word.
_LESS_THAN_A_WORD = 0.001

_Allowed = frozenset[int] | None
_Give = Callable[[str, float], bool]


def named_papers(question: Question, shelves: Shelves, allowed: _Allowed) -> dict[int, float]:
    """Papers whose own number, code or name was asked for."""
    bonus: dict[int, float] = {}

    def give(key: str, value: float) -> bool:
        numbers = _holders(key, shelves, allowed, _NAMED_AT_MOST)
        for number in numbers:
            bonus[number] = max(bonus.get(number, 0.0), value)
        return bool(numbers)

    for reference in question.references:
        _by_reference(reference, give, is_alone=question.is_reference)
    _weigh_dates(bonus, question, shelves)
    if question.is_of_copy:
        numbers = (*question.references, *question.loose_numbers)
        _add_copies(bonus, numbers, shelves, allowed)
    _add_coded(bonus, question, shelves, allowed)
    for key in question.keys:
        if key.startswith("code:"):
            give(key, OWN_CODE)
        elif key.startswith("name:"):
            give(key, WHOLE_NAME)
    for name in question.names:
        give(f"name:{name}", NAME_INSIDE)
    return bonus


def _add_coded(
    bonus: dict[int, float], question: Question, shelves: Shelves, allowed: _Allowed
) -> None:
    """Papers by the letters and the number of a code; all behind a word of the archive that was typed so."""
    if question.code is not None:
        bonus |= coded_papers(question.code, shelves, allowed)
    if bonus and is_word_of_papers(question, shelves, allowed):
        bonus |= {number: worth * _LESS_THAN_A_WORD for number, worth in bonus.items()}


def also_called(reference: Reference) -> tuple[Reference, ...]:
    """*reference* itself, and by the symbol that the Party writes for what the State calls so."""
    if reference.symbol not in _ALSO:
        return (reference,)
    return reference, replace(reference, symbol=_ALSO[reference.symbol][0])


def is_word_of_papers(question: Question, shelves: Shelves, allowed: _Allowed) -> bool:
    """Whether letters and number were typed as one word that some paper holds: PC07 is a police unit before it is a paper."""
    if len(question.folded) != 1 or not _IS_MIXED.fullmatch(question.folded[0]):
        return False
    holders = shelves.numbers("words", question.folded[0])
    return any(
        allowed is None or number in allowed for number in itertools.islice(holders, _NAMED_AT_MOST)
    )


def _by_reference(reference: Reference, give: _Give, *, is_alone: bool) -> None:
    """As much of the reference as some paper has: what is written wrong at its end still leads to its number."""
    whole, number, *with_symbol = reference_keys(reference)
    if reference.is_whole and give(whole, WHOLE_REFERENCE):
        return
    if with_symbol and give(with_symbol[0], NUMBER_AND_SYMBOL):
        return
    if others := also_called(reference)[1:]:
        _by_reference(others[0], give, is_alone=is_alone)
        return
    if is_alone or reference.symbol:
        give(number, BARE_NUMBER if is_alone else NAME_INSIDE)


def _weigh_dates(bonus: dict[int, float], question: Question, shelves: Shelves) -> None:
    """Papers of the day or year asked for go before others of the number."""
    dated = any(one.year and not one.symbol for one in question.references)
    for number, worth in bonus.items():
        ordinal = shelves.day(number)
        day = date.fromordinal(ordinal) if ordinal else None
        is_of_year = day is not None and day.year in question.years
        # 213-2020 is 213 of that year, or no number of a paper at all.
        is_other = dated and day is not None and not is_of_year
        same_year = _SAME_YEAR if is_of_year else 0.0
        own = min(worth, _OTHER_YEAR) if is_other else worth
        bonus[number] = own + _same_day(day, question) + same_year


def _same_day(day: date | None, question: Question) -> float:
    if day is None:
        return 0.0
    within = any(one.since <= day <= one.until for one in question.dates if not one.is_bare)
    return _SAME_DAY if within or (day.day, day.month) == question.day else 0.0


def _add_copies(
    bonus: dict[int, float], references: Sequence[Reference], shelves: Shelves, allowed: _Allowed
) -> None:
    """Certified copies of what was asked for, and those that have the number themselves, before all else."""
    copies = frozenset(shelves.numbers("keys", f"register:{Book.SAO.value}"))
    most = max(bonus.values(), default=BARE_NUMBER)
    for reference in references:
        own = f"num:{reference.ordinal}{reference.suffix}"
        for number in copies.intersection(_holders(own, shelves, allowed, _NAMED_AT_MOST)):
            bonus[number] = most + _COPY_NUMBERED
        for number in _copies_of(reference, copies, shelves):
            if allowed is None or number in allowed:
                bonus[number] = max(bonus.get(number, 0.0), most + _COPY_OF)


def _copies_of(reference: Reference, copies: frozenset[int], shelves: Shelves) -> list[int]:
    """Those of *copies* whose subject says so; where none does, those whose text names the paper."""
    symbol = _ALSO.get(reference.symbol, (reference.symbol, ""))[0]
    # «BS 213» is a copy of any paper of that number.
    symbol = "" if is_copy_symbol(symbol) else symbol
    code = f"{reference.ordinal}{reference.suffix} {fold(symbol)}".strip()
    said = re.compile(rf" {_SAYS_COPY} (?:\w+ ){{0,3}}0*{re.escape(code)} ")
    keys = cited_keys(replace(reference, symbol=symbol))
    # Numbers below ten are printed with a nought.
    terms = dict.fromkeys((code, f"0{code}"))
    naming = itertools.chain(
        *(shelves.numbers("keys", key) for key in keys),
        *(shelves.numbers("words", term) for term in terms),
    )
    found = sorted(copies.intersection(itertools.islice(naming, _NAMING_AT_MOST)))
    return [number for number in found if said.search(_head(number, shelves))] or found


def _head(number: int, shelves: Shelves) -> str:
    leaf, inner = shelves.leaf_of(number)
    return leaf.ranked(inner)[1]


def loose_papers(question: Question, shelves: Shelves, allowed: _Allowed) -> dict[int, float]:
    """Papers with a number that stands among the words: worth a look, see :func:`loose_worth`."""
    numbers = (
        number
        for reference in question.loose_numbers
        for number in _holders(
            f"num:{reference.ordinal}{reference.suffix}", shelves, allowed, _LOOSE_AT_MOST
        )
    )
    return dict.fromkeys(numbers, _LOOSE_START)


@dataclass(frozen=True, slots=True)
class Rest:
    """The words beside a number, as pairs each of which a paper may have in any of several ways."""

    ways: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, question: Question) -> Rest:
        """The pairs of *question* without its numbers; a lone word for itself."""
        words = [(at, word) for at, word in enumerate(question.folded) if not word.isdecimal()]
        beside = [
            (a, f"{first} {second}") for (a, first), (b, second) in pairwise(words) if b == a + 1
        ] or words
        ways = [(f" {term} ", *_other_ways(at, question)) for at, term in beside]
        return cls(tuple(ways))

    def share_in(self, text: str) -> float:
        """How many of the pairs *text* has, 0 to 1."""
        if not self.ways:
            return 1.0
        return sum(any(way in text for way in ways) for ways in self.ways) / len(self.ways)


def _other_ways(at: int, question: Question) -> tuple[str, ...]:
    """The other names of the phrase that the word at *at* belongs to."""
    return tuple(
        f" {other} "
        for expansion in question.synonyms
        if expansion.start <= at < expansion.start + len(expansion.typed.split())
        for other in expansion.others
    )


def loose_worth(rest: Rest, text: str) -> float:
    """What a paper with the number is worth, by how much of the rest it has."""
    return _LOOSE_NUMBER * rest.share_in(text) ** 2


def type_worth(references: Sequence[Reference], roll: Roll) -> list[float]:
    """What agreement in the word for the type is worth in each paper: QĐ alone does not tell Quyết định from Quy định."""
    worth = [0.0] * len(roll.numbers)
    for word in {ref.type_word or _ALSO.get(ref.symbol, ("", ""))[1] for ref in references} - {""}:
        for at, is_same in enumerate(roll.has_in_head(word)):
            if is_same:
                worth[at] = _SAME_TYPE
    return worth


def _holders(key: str, shelves: Shelves, allowed: _Allowed, most: int) -> list[int]:
    numbers: Iterator[int] = itertools.islice(shelves.numbers("keys", key), most)
    return [number for number in numbers if allowed is None or number in allowed]
