"""A paper → the phrases people begin to type when they mean it: titles, subjects, names, places."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.stores.search.values import Paper
from pipeline.stores.search.words import Folder, folded_phrase

SAID = "say:"
_LONGEST_CHARS = 90
#: «về việc …»: nobody begins with it.
_YEAR = re.compile(r"(?<!\d)(?:19|20)[0-9]{2}(?!\d)")
_LEAD = re.compile(r"\s*(?:về\s+việc|v/v|về)\s+", re.IGNORECASE)


def phrases_of(
    title: str, subject: str, people: tuple[str, ...], residence: str
) -> Iterator[tuple[str, str]]:
    """What people may begin to type, each with what they are shown for it."""
    title, subject = " ".join(title.split()), " ".join(subject.split())
    whole = f"{title} {subject}".strip()
    for phrase in (whole, title, subject, _LEAD.sub("", subject, count=1)):
        if phrase:
            yield phrase, phrase
    for name in people:
        # People are called by the last word of their name.
        words = name.split()
        for called in dict.fromkeys((" ".join(words), *words[-1:])):
            yield called, " ".join(words)
    for place in residence.split(","):
        if place.strip():
            yield place.strip(), place.strip()


def said_keys(paper: Paper, folder: Folder) -> Iterator[str]:
    """The keys under which completions find *paper*."""
    phrases = phrases_of(paper.title, paper.subject, (paper.person, paper.signer), paper.residence)
    for phrase, _ in phrases:
        folded = cut(folded_phrase(phrase, folder))
        if folded:
            yield f"{SAID}{folded}"
    for year in set(_YEAR.findall(f"{paper.title} {paper.subject}")):
        yield f"about:{year}"


def cut(phrase: str) -> str:
    """So much of a phrase as is kept, in whole words."""
    if len(phrase) <= _LONGEST_CHARS:
        return phrase
    return phrase[:_LONGEST_CHARS].rpartition(" ")[0] or phrase[:_LONGEST_CHARS]
