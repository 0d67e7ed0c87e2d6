"""Papers and questions → the terms under which they are kept and looked up."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.stores.search.paper_keys import asking_keys
from pipeline.stores.search.said import said_keys
from pipeline.stores.search.synonyms import Expansion, Synonyms
from pipeline.stores.search.values import Paper
from pipeline.stores.search.words import Folder, Placer, as_bytes, folded_phrase, words_of
from pipeline.vietnamese import (
    AskedCode,
    DateHint,
    Reference,
    asked_code,
    asked_numbers,
    fold,
    leading_reference,
    nfc,
    parse_reference,
    skeleton,
    skeleton_joined,
    strip_marks,
    take_dates,
)

__all__ = [
    "ANALYSIS_VERSION",
    "IN_HEAD",
    "MARKED_WORDS",
    "MOST_COUNTED",
    "SKETCHED",
    "Folder",
    "PaperTerms",
    "Placer",
    "Question",
    "filter_keys",
    "paper_terms",
    "reference_keys",
    "squeezed",
    "understand",
    "words_of",
]

#: Changes whenever the same paper would get other terms; part of the index's fingerprint.
ANALYSIS_VERSION = 7

#: The note of a term in a paper: how often it is there, as far as six bits tell, and whether in a short field.
MOST_COUNTED = 0x3F
IN_HEAD = 0x40
#: Checksums in a sketch of a paper.
SKETCHED = 16
#: Marks are compared in so many words of a paper.
MARKED_WORDS = 4_000

_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)[0-9]{2}(?!\d)")
#: A question is cut here: nobody means the two-hundredth word of what he pasted.
_LONGEST_QUESTION_CHARS = 4_000
_LONGEST_QUESTION_WORDS = 128
_LONGEST_DAMAGED_WORDS = 64
#: Longer ones tell a story: their numbers and dates are part of it, and they are typed with the program on.
_SHORT_QUESTION_WORDS = 12
_LONGEST_NAME = 5
#: Of a title that begins with the paper's own number.
_LONGEST_HEAD_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTerms:
    """What of one paper is looked up, ranked by and shown."""

    #: Folded words and adjacent pairs, each with its note: how often it stands there, and whether in a short field.
    words: dict[str, int]
    keys: set[str]
    #: The least of the checksums of all its words and pairs: papers that are alike have most of them in common.
    sketch: list[int]
    #: Folded words in order, with a space at either end: the short fields, and the text.
    folded_head: str
    folded_body: str
    #: The words of both with their marks, tone in the one place, likewise; of a long text the first.
    marked: str
    #: The short fields as written.
    head: str


def paper_terms(paper: Paper, folder: Folder, placer: Placer) -> PaperTerms:
    """All terms of *paper*: folded words, adjacent pairs within a field, and whole keys."""
    counts: Counter[str] = Counter()
    heads = [field for field in _short_fields(paper) if field]
    words_of_heads = [words_of(field) for field in heads]
    folded_heads = [_take_in(words, folder, counts) for words in words_of_heads]
    in_heads = frozenset(counts)
    words = words_of(paper.text)
    body = _take_in(words, folder, counts)
    placed = [" ".join(map(placer.__getitem__, one)) for one in words_of_heads]
    placed.append(" ".join(map(placer.__getitem__, words[:MARKED_WORDS])))
    return PaperTerms(
        sketch=sorted(map(zlib.crc32, map(as_bytes, counts)))[:SKETCHED],
        words={
            term: min(count, MOST_COUNTED) | (IN_HEAD if term in in_heads else 0)
            for term, count in counts.items()
        },
        keys={*_paper_keys(paper, folder), *said_keys(paper, folder)},
        folded_head=f" {' . '.join(folded_heads)} ",
        folded_body=f" {body} ",
        marked=f" {' . '.join(placed)} ",
        head=" · ".join(heads),
    )


def _take_in(words: Sequence[str], folder: Folder, counts: Counter[str]) -> str:
    folded = [folder[word] for word in words]
    counts.update(folded)
    counts.update(map(" ".join, pairwise(folded)))
    return " ".join(folded)


def _short_fields(paper: Paper) -> tuple[str, ...]:
    return (
        paper.reference,
        paper.lookup_code,
        paper.their_reference,
        paper.title,
        paper.subject,
        paper.person,
        paper.signer,
        paper.issuer,
        paper.residence,
    )


def _paper_keys(paper: Paper, folder: Folder) -> Iterator[str]:
    for reference in own_references(paper):
        yield from reference_keys(reference)
    for code in (paper.lookup_code, paper.document_id):
        if code:
            yield f"code:{squeezed(code)}"
    for name in (paper.person, paper.signer):
        if name:
            yield f"name:{folded_phrase(name, folder)}"
    yield from filter_keys(
        kind=paper.kind, issuer=paper.issuer, register=paper.register, year=paper.filed_year
    )
    yield from asking_keys(paper)


def own_references(paper: Paper) -> list[Reference]:
    """The numbers of *paper* itself; where no field has one, that its title begins with."""
    written = (paper.reference, paper.their_reference)
    read = [parse_reference(one) for one in written if one]
    if not any(written):
        read = [leading_reference(paper.title[:_LONGEST_HEAD_CHARS])]
    return [one for one in read if one is not None]


def filter_keys(*, kind: str, issuer: str, register: str, year: int | None) -> Iterator[str]:
    """The keys by which papers are narrowed down; the same for paper and question."""
    for name, value in (("kind", kind), ("issuer", issuer), ("register", register)):
        if value:
            yield f"{name}:{fold(value)}"
    if year is not None:
        yield f"year:{year}"


def reference_keys(reference: Reference) -> Iterator[str]:
    """Keys of a paper's own reference, from whole to bare number."""
    yield f"ref:{reference.key}"
    yield f"num:{reference.ordinal}{reference.suffix}"
    if reference.symbol:
        yield f"num:{reference.ordinal}{reference.suffix}-{fold(reference.symbol)}"


def squeezed(code: str) -> str:
    """A code without what people add or leave out: marks, case, spaces, dashes."""
    return re.sub(r"[\s/_.-]+", "", fold(code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A typed text, understood."""

    #: Canonical and folded words, in order; equally many.
    words: tuple[str, ...]
    folded: tuple[str, ...]
    #: Adjacent folded words joined, in order, one fewer than words.
    bigrams: tuple[str, ...]
    #: All folded pairs as they would look in a file that lost its special letters: apart, and closed up.
    damaged_ways: tuple[tuple[str, ...], ...]
    references: tuple[Reference, ...]
    #: Numbers among words, which may be of a paper or of anything.
    loose_numbers: tuple[Reference, ...]
    #: The text is a reference and nothing else.
    is_reference: bool
    #: The text is a number with letters that are no symbol of a type, and nothing else.
    code: AskedCode | None
    #: A copy of the paper with the number is wanted, or one that has it itself.
    is_of_copy: bool
    #: Years told beside the numbers, and a day and month told without one.
    years: frozenset[int]
    day: tuple[int, int] | None
    keys: tuple[str, ...]
    #: Stretches of two to five words that may be somebody's name, folded.
    names: tuple[str, ...]
    #: What was typed and may stand in papers under another name.
    synonyms: tuple[Expansion, ...]
    #: Days and years named, and the text without them.
    dates: tuple[DateHint, ...]
    undated: str
    has_marks: bool


def understand(
    text: str, folder: Folder, placer: Placer, synonyms: Synonyms | None = None
) -> Question:
    """Any string at all → what to look up."""
    text = text[:_LONGEST_QUESTION_CHARS]
    lowered = words_of(text)[:_LONGEST_QUESTION_WORDS]
    folded = tuple(folder[word] for word in lowered)
    dates, undated = take_dates(text)
    numbers = asked_numbers(text if not dates or dates[0].is_bare else undated)
    is_short = len(folded) <= _SHORT_QUESTION_WORDS
    return Question(
        words=tuple(placer[word] for word in lowered),
        folded=folded,
        bigrams=tuple(map(" ".join, pairwise(folded))),
        damaged_ways=tuple(
            _damaged_pairs(thinned, folder) for thinned in (skeleton(text), skeleton_joined(text))
        ),
        references=numbers.references,
        loose_numbers=numbers.bare if is_short and not numbers.references else (),
        is_reference=numbers.is_whole,
        code=_code(text, undated, dates) if is_short else None,
        is_of_copy=numbers.is_of_copy,
        years=frozenset(map(int, _YEAR.findall(text)))
        - {one.ordinal for one in numbers.references},
        day=numbers.day,
        keys=_question_keys(text, numbers.references, folded),
        names=_name_runs(folded) if is_short else (),
        synonyms=tuple(synonyms.in_question(folded, _capitals(text))) if synonyms else (),
        dates=dates,
        undated=undated,
        has_marks=not text.isascii() and strip_marks(nfc(text)) != nfc(text),
    )


def _code(text: str, undated: str, dates: Sequence[DateHint]) -> AskedCode | None:
    if len(dates) != 1 or dates[0].is_bare:
        return asked_code(text)
    since, until = dates[0].since, dates[0].until
    return asked_code(undated, since.year if since.year == until.year else None)


def _question_keys(
    text: str, references: Iterable[Reference], folded: tuple[str, ...]
) -> tuple[str, ...]:
    keys = [key for reference in references for key in reference_keys(reference)]
    if 0 < len(text) <= 60:
        keys.append(f"code:{squeezed(text)}")
    if 2 <= len(folded) <= 6:
        keys.append(f"name:{' '.join(folded)}")
    return _once(keys)


def _name_runs(folded: tuple[str, ...]) -> tuple[str, ...]:
    return _once(
        " ".join(folded[at : at + length])
        for length in range(_LONGEST_NAME, 1, -1)
        for at in range(len(folded) - length + 1)
        if length < len(folded)
    )


def _capitals(text: str) -> list[bool]:
    """Which words stand out in capitals; in a text all of capitals none does."""
    words = _WORD.findall(nfc(text))[:_LONGEST_QUESTION_WORDS]
    shouting = len(words) > 1 and all(word.isupper() for word in words)
    capitals = [word.isupper() and not shouting for word in words]
    return capitals + [False] * (_LONGEST_QUESTION_WORDS - len(capitals))


def _damaged_pairs(thinned: str, folder: Folder) -> tuple[str, ...]:
    words = [folder[word] for word in thinned.split()[:_LONGEST_DAMAGED_WORDS]]
    return _once(map(" ".join, pairwise(words)))


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
