"""Filters and rights of a query → the papers that pass them; applied before anything is counted or suggested."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from pipeline.person_names import owner_key
from pipeline.record import LegalState
from pipeline.stores.search.lookup import Shelves
from pipeline.stores.search.paper_keys import cited_keys
from pipeline.stores.search.values import Query, Rights
from pipeline.vietnamese import Reference, find_references, fold, parse_reference

Allowed = frozenset[int] | None
_WORD = re.compile(r"[^\W_]+")
_KEPT_RIGHTS = 32


def allowed_papers(query: Query, shelves: Shelves) -> Allowed:
    """The papers that pass the filters of *query* and that its person may see; None: all of them."""
    visible = visible_papers(query.rights, shelves)
    sets = [] if visible is None else [visible]
    sets += [frozenset(numbers) for numbers in _filtered(query, shelves)]
    return frozenset.intersection(*sorted(sets, key=len)) if sets else None


def visible_papers(rights: Rights, shelves: Shelves) -> Allowed:
    """The papers that a person of these *rights* may see; None: all. Kept as long as the index stays as it is."""
    if rights.is_everything:
        return None
    known: dict[Rights, frozenset[int]] = shelves.memo.setdefault("rights", {})
    if rights not in known:
        if len(known) >= _KEPT_RIGHTS:
            known.clear()
        known[rights] = _visible(rights, shelves)
    return known[rights]


def _visible(rights: Rights, shelves: Shelves) -> frozenset[int]:
    seen = frozenset(shelves.everyone())
    for name, wanted in (("register", rights.registers), ("kind", rights.kinds)):
        if wanted is not None:
            seen &= _any_of((f"{name}:{fold(value)}" for value in wanted), shelves)
    seen -= _any_of((f"mark:{mark}" for mark in rights.hidden_marks), shelves)
    if rights.hides_drafts:
        seen -= _any_of((f"state:{LegalState.DU_THAO}",), shelves)
    if rights.owner:
        seen |= _any_of((f"owner:{owner_key(rights.owner)}",), shelves)
    return seen


def _any_of(keys: Iterable[str], shelves: Shelves) -> frozenset[int]:
    return frozenset(number for key in keys for number in shelves.numbers("keys", key))


def _filtered(query: Query, shelves: Shelves) -> Iterator[Iterable[int]]:
    """For each filter of *query* the papers that pass it."""
    if query.kind.strip():
        yield _of_kind(query.kind, shelves)
    for name, value in (("issuer", query.issuer), ("signer", query.signer)):
        if value.strip():
            yield _of_part(name, value, shelves)
    if query.residence.strip():
        yield _of_part("residence", query.residence, shelves)
    if query.register.strip():
        yield shelves.numbers("keys", f"register:{fold(query.register).replace(' ', '-')}")
    if query.year is not None:
        yield shelves.numbers("keys", f"year:{query.year}")
    if query.since or query.until:
        first = query.since.toordinal() if query.since else 1
        last = query.until.toordinal() if query.until else date.max.toordinal()
        yield shelves.dated(first, last)
    if query.cites.strip():
        yield _citing(query.cites, shelves)


def _of_kind(value: str, shelves: Shelves) -> frozenset[int]:
    """Papers of a kind by its folder's name, or of a type by the name in the books: «quy định»."""
    named = fold(value)
    return _any_of(
        (f"kind:{named}", f"kind:{named.replace(' ', '-')}", f"type:{named}"),
        shelves,
    )


def _of_part(name: str, value: str, shelves: Shelves) -> Iterable[int]:
    """Papers whose field is *value*, else those that have its words side by side."""
    if name == "issuer" and (whole := _any_of((f"issuer:{fold(value)}",), shelves)):
        return whole
    words = _WORD.findall(fold(value))
    terms = list(map(" ".join, pairwise(words))) or words
    sets = [frozenset(shelves.numbers("keys", f"{name}~{term}")) for term in terms]
    return frozenset.intersection(*sets) if sets else ()


def _citing(written: str, shelves: Shelves) -> frozenset[int]:
    reference = reference_meant(written)
    return _any_of(cited_keys(reference), shelves) if reference else frozenset()


def reference_meant(written: str) -> Reference | None:
    """The reference that somebody wrote, alone or among other words; None where there is none."""
    return parse_reference(written) or next(iter(find_references(written)), None)
