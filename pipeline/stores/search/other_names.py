"""The synonyms in a question → what of them the papers have, and what that is worth beside what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.stores.search.analysis import Question
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.ranking import idf

#: What was typed is worth more than what it may also be called.
SYNONYM_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherName:
    """A phrase that some papers have in place of the one typed."""

    #: Both as they stand in folded text, with a space at either end.
    typed: str
    other: str
    worth: float
    #: The rarest of its terms, and how many papers have that.
    term: str
    count: int


def other_names(question: Question, shelves: Shelves, papers: int) -> Iterator[OtherName]:
    """The other names of what was typed that occur in papers."""
    for expansion in question.synonyms:
        for other in expansion.others:
            words = other.split()
            terms = list(map(" ".join, pairwise(words))) or words
            count, term = min((shelves.frequency("words", term), term) for term in terms)
            if count:
                yield OtherName(
                    typed=f" {expansion.typed} ",
                    other=f" {other} ",
                    worth=SYNONYM_SHARE * idf(papers, count),
                    term=term,
                    count=count,
                )
