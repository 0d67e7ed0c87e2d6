"""Searches that a person keeps under a name: rows of the registers, which every backup has and which can be forgotten.

A person with an account keeps them by the account, whatever he is called later: *person* below may be any name that he had.
They are no records: neither the journal nor the archive tells of them, so ``rebuild`` does not bring them back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.app import App
from pipeline.errors.search import NoSuchSearch, SearchNameWrong, TooManySearches
from pipeline.person_names import owner_key
from pipeline.stores.registers.kept_searches import KeptSearchView
from pipeline.stores.search.query_url import from_url, to_url
from pipeline.stores.search.values import Query
from pipeline.vietnamese import clean_text, fold

#: Of one person.
MOST_KEPT = 200
_LONGEST_NAME = 80
_LONGEST_ADDRESS = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """One of a person's searches."""

    person: str
    name: str
    query: Query
    #: The query as it stands in an address.
    address: str
    saved_at: datetime


def keep(name: str, query: Query, person: str, app: App) -> SavedSearch:
    """Keep *query* under *name*, in place of what that person kept under it.

    Raises:
        SearchNameWrong (R316): the name is empty or too long, or the question is.
        TooManySearches (R317).
    """
    name = _tidy(name)
    address = to_url(query)
    has_letters = any(letter.isalnum() for letter in name)
    if not has_letters or len(name) > _LONGEST_NAME or len(address) > _LONGEST_ADDRESS:
        raise SearchNameWrong(
            f"name of {len(name)} characters, query of {len(address)}", name=name[:_LONGEST_NAME]
        )
    kept = app.registers.keep_search(owner_key(person), name, address, most=MOST_KEPT)
    if kept is None:
        raise TooManySearches(f"{person} keeps {MOST_KEPT}", name=name, most=MOST_KEPT)
    return _saved(kept)


def kept_of(person: str, app: App) -> list[SavedSearch]:
    """The searches of a person, by name."""
    return [_saved(one) for one in app.registers.kept_searches(owner_key(person))]


def kept_of_everybody(app: App) -> list[SavedSearch]:
    """All there are, by person and name: for whoever looks after the office."""
    return [_saved(one) for one in app.registers.kept_searches()]


def find_kept(name: str, person: str, app: App) -> SavedSearch:
    """The search that a person keeps under *name*, typed with or without marks.

    Raises:
        NoSuchSearch (R315).
    """
    wanted = fold(_tidy(name))
    for one in kept_of(person, app):
        if fold(one.name) == wanted:
            return one
    raise NoSuchSearch(f"no search {name!r} of {person}", name=name.strip()[:_LONGEST_NAME])


def forget(name: str, person: str, app: App) -> SavedSearch:
    """Keep it no longer; nothing of it stays. Raises NoSuchSearch (R315)."""
    gone = find_kept(name, person, app)
    app.registers.forget_search(owner_key(person), gone.name)
    return gone


def _saved(kept: KeptSearchView) -> SavedSearch:
    return SavedSearch(
        person=kept.person,
        name=kept.name,
        query=from_url(kept.query),
        address=kept.query,
        saved_at=kept.kept_at,
    )


def _tidy(name: str) -> str:
    return " ".join(clean_text(name)[0].split())
