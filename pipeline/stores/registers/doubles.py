"""Rulings → the same, where a paper that was done before is ruled a duplicate and a deliberate second one is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.legal import frees_identity
from pipeline.record import DocumentId
from pipeline.stores.registers import models
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.lookup_code import identity_key
from pipeline.stores.registers.rows import by_ids
from pipeline.stores.registers.states import holders
from pipeline.stores.registers.views import Ruling, Verdict


def without_doubles(
    db: Database, rulings: Sequence[Ruling], documents: Mapping[str, models.Document]
) -> list[Ruling]:
    """The rulings, where a second living paper of one identity is ruled a duplicate."""
    asked: dict[str, set[str]] = {}
    for ruling in rulings:
        if is_accepted(ruling) and ruling.identity:
            kind = documents[ruling.document_id].kind
            asked.setdefault(kind, set()).add(identity_key(ruling.identity))
    known = {
        (kind, identity): holder
        for kind, identities in asked.items()
        for identity, holder in holders(db, kind, identities).items()
    }
    named = by_ids(db, (str(r.document_id) for one in rulings for r in one.relations))
    deeds = {row.id: (row.kind, row.identity) for row in named}
    ruled = []
    for ruling in rulings:
        key = (documents[ruling.document_id].kind, identity_key(ruling.identity))
        if not is_accepted(ruling) or not ruling.identity:
            ruled.append(ruling)
        elif key not in known:
            known[key] = ruling.document_id
            ruled.append(replace(ruling, issue_again=False))
        elif ruling.issue_again:
            ruled.append(ruling)
        elif own := [r for r in ruling.relations if deeds.get(str(r.document_id)) == key]:
            is_heir = ruling.verdict is Verdict.NUMBER and any(
                frees_identity(r.kind) and r.document_id == known[key] for r in own
            )
            ruled.append(replace(ruling, issue_again=not is_heir))
            known[key] = ruling.document_id if is_heir else known[key]
        else:
            holder = DocumentId(known[key])
            ruled.append(replace(ruling, verdict=Verdict.DUPLICATE, duplicate_of=holder))
    return ruled


def is_accepted(ruling: Ruling) -> bool:
    """Whether the paper is taken in."""
    return ruling.verdict in {Verdict.NUMBER, Verdict.NO_NUMBER}
