"""A paper → the keys by which it is narrowed down, counted, grouped, hidden and found as one that cites another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.person_names import owner_key
from pipeline.stores.search.values import Paper
from pipeline.vietnamese import Reference, find_references, fold, nfc, parse_reference

#: Papers that cite more are lists of papers; so much of a text is looked through.
_MOST_CITED = 300
_CITING_CHARS = 200_000
_WORD = re.compile(r"[^\W_]+")
_CODE_NUMBER = re.compile(r"-(\d{1,6})(?=-|$)")
_LONGEST_VALUE = 120


def asking_keys(paper: Paper) -> Iterator[str]:
    """The keys of *paper* beyond those of its number and its plain filters."""
    if paper.title:
        yield f"type:{fold(paper.title)[:_LONGEST_VALUE]}"
    if paper.issuer:
        yield f"issuer-as:{nfc(paper.issuer).strip()[:_LONGEST_VALUE]}"
    for name in ("issuer", "signer", "residence"):
        yield from part_keys(name, getattr(paper, name))
    yield from _number_key(paper)
    yield from _hiding_keys(paper)
    yield from citing_keys(cited_by(paper))
    if paper.person:
        # Sheets of one form, one for each person: read one, read all.
        yield f"form:{fold(paper.kind)}|{fold(paper.title)[:_LONGEST_VALUE]}"


def part_keys(name: str, value: str) -> Iterator[str]:
    """A key for each word of a field and for each two side by side: a part of a name finds the whole."""
    words = _WORD.findall(fold(value))
    for term in (*words, *map(" ".join, pairwise(words))):
        yield f"{name}~{term}"


def _number_key(paper: Paper) -> Iterator[str]:
    own = parse_reference(paper.reference) if paper.reference else None
    code = _CODE_NUMBER.findall(paper.lookup_code)
    if own is not None:
        yield f"ordinal:{own.ordinal}"
    elif code:
        yield f"ordinal:{int(code[-1])}"


def _hiding_keys(paper: Paper) -> Iterator[str]:
    if paper.owner:
        yield f"owner:{owner_key(paper.owner)[:_LONGEST_VALUE]}"
    if paper.legal_state:
        yield f"state:{paper.legal_state}"
    for mark in paper.circulation:
        yield f"mark:{mark}"


def cited_by(paper: Paper) -> list[Reference]:
    """The references in the text of *paper* but its own, in order."""
    text = paper.text.removesuffix(paper.name)
    return references_to_others(text, (paper.reference, paper.their_reference))


def references_to_others(text: str, own: tuple[str, ...]) -> list[Reference]:
    """The references in *text* that name a type of paper, without those of the paper itself."""
    mine = {
        key
        for written in own
        if written and (reference := parse_reference(written))
        for key in (reference.key, f"{reference.ordinal}-{fold(reference.symbol)}")
    }
    found = find_references(text[:_CITING_CHARS])
    return [one for one in found if one.symbol and one.key not in mine][:_MOST_CITED]


def citing_keys(references: list[Reference]) -> Iterator[str]:
    """``cites:`` for each reference as it is written, ``cites-some:`` for as much as people remember of it."""
    for one in references:
        yield f"cites:{one.key}"
        yield f"cites-some:{one.ordinal}{one.suffix}"
        yield f"cites-some:{_bare(one)}"


def cited_keys(reference: Reference) -> tuple[str, ...]:
    """The keys of papers that cite *reference*: by all of it, or by as much as they wrote of it."""
    if reference.is_whole:
        # «Quy định 213» does not say whose: it may mean this one.
        return (f"cites:{reference.key}", f"cites:{_bare(reference)}")
    if reference.symbol:
        return (f"cites-some:{_bare(reference)}",)
    return (f"cites-some:{reference.ordinal}{reference.suffix}",)


def _bare(reference: Reference) -> str:
    return f"{reference.ordinal}{reference.suffix}-{fold(reference.symbol)}"
