"""Searches that a person keeps under a name. They are deeds of the journal; nothing else is kept of them.

So they lie in the registers, in every backup and in the sealed journal of the archive, and come back with any of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.app import App
from pipeline.errors.searches import NoSuchSearch, SearchNameWrong
from pipeline.stores.search.query_url import from_url, to_url
from pipeline.stores.search.values import Query
from pipeline.vietnamese import clean_text, fold

#: ``name`` with ``query``, its address; or with ``query`` null: kept no longer.
KEPT = "search-kept"
_LONGEST_NAME = 80
_LONGEST_ADDRESS = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """One of a person's searches."""

    name: str
    query: Query
    #: The query as it stands in an address.
    address: str
    saved_at: datetime


def save_search(name: str, query: Query, person: str, app: App) -> SavedSearch:
    """Keep *query* under *name*, in place of what that person kept under it.

    Raises:
        SearchNameWrong (R316): the name is empty or too long, or the question is.
    """
    name = _tidy(name)
    address = to_url(query)
    has_letters = any(letter.isalnum() for letter in name)
    if not has_letters or len(name) > _LONGEST_NAME or len(address) > _LONGEST_ADDRESS:
        raise SearchNameWrong(
            f"name of {len(name)} characters, query of {len(address)}", name=name[:_LONGEST_NAME]
        )
    app.registers.journal_append(KEPT, person, None, {"name": name, "query": address})
    return find_search(name, person, app)


def saved_searches(person: str, app: App) -> list[SavedSearch]:
    """The searches of a person, by name."""
    kept: dict[str, SavedSearch] = {}
    for line in app.registers.deeds(KEPT):
        if line.person != person:
            continue
        name, address = str(line.data.get("name", "")), line.data.get("query")
        kept.pop(fold(name), None)
        if isinstance(address, str):
            kept[fold(name)] = SavedSearch(
                name=name, query=from_url(address), address=address, saved_at=line.at
            )
    return [kept[key] for key in sorted(kept)]


def find_search(name: str, person: str, app: App) -> SavedSearch:
    """The search that a person keeps under *name*, typed with or without marks.

    Raises:
        NoSuchSearch (R315).
    """
    wanted = fold(_tidy(name))
    for one in saved_searches(person, app):
        if fold(one.name) == wanted:
            return one
    raise NoSuchSearch(f"no search {name!r} of {person}", name=name.strip())


def remove_search(name: str, person: str, app: App) -> SavedSearch:
    """Keep it no longer. Raises NoSuchSearch (R315)."""
    gone = find_search(name, person, app)
    app.registers.journal_append(KEPT, person, None, {"name": gone.name, "query": None})
    return gone


def _tidy(name: str) -> str:
    return " ".join(clean_text(name)[0].split())
