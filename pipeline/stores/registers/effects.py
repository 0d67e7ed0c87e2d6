"""What a later paper does to earlier ones: done when it gets its number, undone when that number is void."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.errors.base import Problem
from pipeline.errors.relations import EffectNotAllowed
from pipeline.legal import (
    DOES,
    DONE_BY,
    EFFECTS,
    STATE_WORDS,
    may_become,
)
from pipeline.record import LegalState, Relation, RelationKind
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.rows import by_ids, locked_document
from pipeline.stores.registers.states import (
    check_change,
    find_heir,
    has_number,
    put_state,
)
from pipeline.stores.registers.views import Ruling, Verdict


def refused(
    db: Database, rulings: Sequence[Ruling], documents: Mapping[str, models.Document]
) -> dict[str, Problem]:
    """Document id → why what it would do to an earlier paper cannot be, in the order of the rulings."""
    rulings = [one for one in rulings if one.verdict in {Verdict.NUMBER, Verdict.NO_NUMBER}]
    ids = {one.document_id for ruling in rulings for one in _acting(ruling.relations)}
    targets = {row.id: row for row in by_ids(db, [one for one in ids if one])}
    standing = {key: LegalState(row.legal_state) for key, row in targets.items()}
    found: dict[str, Problem] = {}
    for ruling in rulings:
        then = dict(standing)
        for relation in _acting(ruling.relations):
            target = targets.get(str(relation.document_id))
            if target is None:
                continue  # the database's own rules refuse it
            now, effect = then[target.id], EFFECTS[relation.kind]
            if not may_become(now, effect, has_number=has_number(target)):
                label = documents[ruling.document_id].place.get("label", "")
                found[ruling.document_id] = _refusal(relation, now).problem(where=label)
                break
            then[target.id] = effect
        else:
            if ruling.verdict is Verdict.NUMBER:
                standing = then
    return found


def _refusal(relation: Relation, now: LegalState) -> EffectNotAllowed:
    return EffectNotAllowed(
        f"effect not allowed {relation.kind} on {relation.document_id} which is {now}",
        does=DOES[relation.kind],
        reference=relation.reference,
        why=f"văn bản ấy đang ở trạng thái «{STATE_WORDS[now]}».",
    )


def take_effect(
    db: Database, later: models.Document, shown: str, relations: Iterable[Relation], scribe: Scribe
) -> list[models.Document]:
    """Change what the numbered paper *later* names; the earlier papers. Their heirs are still to be found.

    Raises:
        StateNotAllowed (R176): somebody changed one of them meanwhile.
    """
    acting = sorted(_acting(relations), key=lambda one: (str(one.document_id), one.kind))
    there = {row.id for row in by_ids(db, [str(one.document_id) for one in acting])}
    changed = []
    for relation in acting:
        if relation.document_id not in there:
            continue  # the database's own rules refuse it
        row = locked_document(db, str(relation.document_id))
        check_change(db, row, EFFECTS[relation.kind])
        reason = f"{DONE_BY[relation.kind]} {shown}"
        told = {"by": later.id, "reference": shown}
        put_state(db, row, EFFECTS[relation.kind], reason, scribe, told=told)
        changed.append(row)
    return changed


def _acting(relations: Iterable[Relation]) -> list[Relation]:
    return [one for one in relations if one.kind in EFFECTS and one.document_id is not None]


def undo(db: Database, later: models.Document, reason: str, scribe: Scribe) -> None:
    """Take back what *later* did, whose number is void now, unless something else happened to the earlier paper since."""
    acting = [RelationKind(kind) for kind in EFFECTS]
    query = db.rows(models.Relation).filter(document_id=later.id, kind__in=acting)
    ids = query.exclude(target=None).values_list("target_id", flat=True)
    for target_id in sorted({str(one) for one in ids}):
        _undo_on(db, locked_document(db, target_id), later, reason, scribe)


def _undo_on(
    db: Database, row: models.Document, later: models.Document, reason: str, scribe: Scribe
) -> None:
    changes = _standing_changes(db, row)
    if not changes or changes[-1]["to"] != row.legal_state or changes[-1].get("by") != later.id:
        return
    undone = {later.id}
    then = ""
    # Below it may lie what another paper did that was voided before: it has no force either.
    while changes and (changes[-1].get("by") in undone or _is_void(db, changes[-1].get("by"))):
        change = changes.pop()
        undone.add(change["by"])
        then = change["from"]
    entry = db.rows(models.Entry).get(document_id=later.id)
    shown = wire.shown_of(entry, wire.facts_from_json(later.facts))
    state = LegalState(then)
    put_state(
        db,
        row,
        state,
        f"{shown} đã hủy số ({reason}): trở lại «{STATE_WORDS[state]}»",
        scribe,
        told={"undone": sorted(undone)},
    )
    find_heir(db, row.kind, row.identity, scribe)


def _standing_changes(db: Database, row: models.Document) -> list[dict[str, Any]]:
    """The changes of state that have not been taken back, oldest first."""
    deeds = db.rows(models.JournalEntry).filter(document_id=row.id, deed="state").order_by("id")
    standing: list[dict[str, Any]] = []
    for data in deeds.values_list("data", flat=True):
        undone = data.get("undone", ())
        if not undone:
            standing.append(data)
        while undone and standing and standing[-1].get("by") in undone:
            standing.pop()
    return standing


def _is_void(db: Database, document_id: str | None) -> bool:
    void = LegalState.HUY_SO.value
    return (
        document_id is not None
        and db.rows(models.Document).filter(id=document_id, legal_state=void).exists()
    )
