"""Papers and questions → the terms under which they are kept and looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.stores.search.paper_keys import asking_keys
from pipeline.stores.search.values import Paper
from pipeline.vietnamese import (
    Reference,
    find_references,
    fold,
    nfc,
    parse_reference,
    place_tones,
    skeleton,
    skeleton_joined,
    strip_marks,
)

#: Changes whenever the same paper would get other terms; part of the index's fingerprint.
ANALYSIS_VERSION = 2

_WORD = re.compile(r"[^\W_]+")
#: No syllable is this long; digests and base64 would only swell the index.
_LONGEST_WORD = 40
#: A question is cut here: nobody means the two-hundredth word of what he pasted.
_LONGEST_QUESTION_CHARS = 4_000
_LONGEST_QUESTION_WORDS = 128
_LONGEST_DAMAGED_WORDS = 64


class Folder(dict[str, str]):
    """Lower-case NFC word → its folded form, remembered: a language of syllables has few words."""

    _LIMIT = 100_000

    def __missing__(self, word: str) -> str:
        if len(self) >= self._LIMIT:
            self.clear()
        folded = self[word] = strip_marks(word)
        return folded


class Placer(dict[str, str]):
    """Lower-case NFC word → its canonical form, remembered."""

    _LIMIT = 100_000

    def __missing__(self, word: str) -> str:
        if len(self) >= self._LIMIT:
            self.clear()
        placed = self[word] = place_tones(word)
        return placed


def words_of(text: str) -> list[str]:
    """Lower-case NFC words in order. The tone may stand in either place; folding takes it away."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(nfc(nfc(text).lower()))]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTerms:
    """What of one paper is looked up, ranked by and shown."""

    #: Folded words and adjacent pairs, each once.
    words: set[str]
    keys: set[str]
    #: Folded words in order, with a space at either end: the short fields, and the text.
    folded_head: str
    folded_body: str
    #: The short fields as written.
    head: str


def paper_terms(paper: Paper, folder: Folder) -> PaperTerms:
    """All terms of *paper*: folded words, adjacent pairs within a field, and whole keys."""
    terms: set[str] = set()
    heads = [field for field in _short_fields(paper) if field]
    folded_heads = [_take_in(field, folder, terms) for field in heads]
    body = _take_in(paper.text, folder, terms)
    return PaperTerms(
        words=terms,
        keys=set(_paper_keys(paper)),
        folded_head=f" {' . '.join(folded_heads)} ",
        folded_body=f" {body} ",
        head=" · ".join(heads),
    )


def _take_in(field: str, folder: Folder, terms: set[str]) -> str:
    folded = [folder[word] for word in words_of(field)]
    terms.update(folded)
    terms.update(map(" ".join, pairwise(folded)))
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


def _paper_keys(paper: Paper) -> Iterator[str]:
    for written in (paper.reference, paper.their_reference):
        if written and (reference := parse_reference(written)):
            yield from reference_keys(reference)
    for code in (paper.lookup_code, paper.document_id):
        if code:
            yield f"code:{squeezed(code)}"
    for name in (paper.person, paper.signer):
        if name:
            yield f"name:{fold(name)}"
    yield from filter_keys(
        kind=paper.kind, issuer=paper.issuer, register=paper.register, year=paper.filed_year
    )
    yield from asking_keys(paper)


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
    #: The text is a reference and nothing else.
    is_reference: bool
    keys: tuple[str, ...]
    has_marks: bool


def understand(text: str, folder: Folder, placer: Placer) -> Question:
    """Any string at all → what to look up."""
    text = text[:_LONGEST_QUESTION_CHARS]
    lowered = words_of(text)[:_LONGEST_QUESTION_WORDS]
    folded = tuple(folder[word] for word in lowered)
    whole = parse_reference(text)
    references = (whole,) if whole else tuple(find_references(text))
    return Question(
        words=tuple(placer[word] for word in lowered),
        folded=folded,
        bigrams=tuple(map(" ".join, pairwise(folded))),
        damaged_ways=tuple(
            _damaged_pairs(thinned) for thinned in (skeleton(text), skeleton_joined(text))
        ),
        references=references,
        is_reference=whole is not None,
        keys=_question_keys(text, references, folded),
        has_marks=not text.isascii() and strip_marks(nfc(text)) != nfc(text),
    )


def _question_keys(
    text: str, references: Iterable[Reference], folded: tuple[str, ...]
) -> tuple[str, ...]:
    keys = [key for reference in references for key in reference_keys(reference)]
    if 0 < len(text) <= 60:
        keys.append(f"code:{squeezed(text)}")
    if 2 <= len(folded) <= 6:
        keys.append(f"name:{' '.join(folded)}")
    return _once(keys)


def _damaged_pairs(thinned: str) -> tuple[str, ...]:
    words = [strip_marks(word) for word in thinned.split()]
    return _once(map(" ".join, pairwise(words[:_LONGEST_DAMAGED_WORDS])))


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
