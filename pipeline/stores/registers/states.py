"""What a paper is in law: changed as the table allows, and which of the living papers stands for a deed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline.errors.registers import StateNotAllowed
from pipeline.legal import OUT_OF_FORCE, STATE_WORDS, WARNING, may_become, next_states
from pipeline.record import LegalState, Record
from pipeline.signed_back import UNSIGNED, without_signed
from pipeline.stores.registers import models, wire
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.rows import chunks
from pipeline.stores.registers.versions import LIVING, start_version
from pipeline.stores.registers.views import DocumentState


def has_number(row: models.Document) -> bool:
    """Whether the paper stands in a book."""
    return bool(row.state == DocumentState.NUMBERED)


def change_state(
    db: Database,
    row: models.Document,
    state: LegalState,
    why: tuple[str, date | None],
    scribe: Scribe,
) -> None:
    """Change a locked paper's state inside a transaction and note the deed.

    The number of a paper is void by :func:`pipeline.stores.registers.deeds.void` alone.

    Raises:
        StateNotAllowed (R176): the table of states knows no such change.
    """
    reason, on = why
    check_change(db, row, state)
    told: Record = {} if on is None else {"on": on.isoformat()}
    put_state(db, row, state, reason, scribe, told=told)
    if state in OUT_OF_FORCE:
        find_heir(db, row.kind, row.identity, scribe)


def check_change(db: Database, row: models.Document, state: LegalState) -> None:
    """Refuse what the table does not allow; of a paper that was removed its number can still become void."""
    standing = LegalState(row.legal_state)
    is_removed = row.state == DocumentState.PURGED
    numbered = has_number(row) or is_removed
    can_change = row.state in LIVING or (is_removed and state is LegalState.HUY_SO)
    if can_change and may_become(standing, state, has_number=numbered):
        return
    next_ones = next_states(standing, has_number=numbered) if row.state in LIVING else ()
    allowed = ", ".join(f"«{STATE_WORDS[one]}»" for one in next_ones)
    entry = db.rows(models.Entry).filter(document_id=row.id).first()
    raise StateNotAllowed(
        f"state not allowed document={row.id} {standing} -> {state}",
        what=row.id if entry is None else wire.shown_of(entry, wire.facts_from_json(row.facts)),
        now=STATE_WORDS[standing],
        then=STATE_WORDS[state],
        allowed=allowed or "không trạng thái nào",
    )


def put_state(
    db: Database,
    row: models.Document,
    state: LegalState,
    reason: str,
    scribe: Scribe,
    *,
    told: Record,
) -> None:
    """A new version with another state, and its deed; one out of force stands for its deed no more.

    The clerk is given the sheet again only where she must know: forty thousand sheets that become «đã ký» are
    no news to her.
    """
    standing = row.legal_state
    is_news = bool(WARNING & {state, LegalState(standing)})
    start_version(db, row, reason=reason, person=scribe.person, now=scribe.at, is_news=is_news)
    row.legal_state = state.value
    if state in UNSIGNED:
        row.record = without_signed(row.record)
    if state in OUT_OF_FORCE:
        row.identity_key = None
    row.save(using=db.alias, force_update=True)
    scribe.note(
        "state",
        {
            "from": standing,
            "to": state.value,
            "reason": reason,
            "version": row.version,
            "holds_identity": row.identity_key is not None,
            **told,
        },
        document_id=row.id,
        receipt_id=row.receipt_id,
    )


def find_heir(db: Database, kind: str, identity: str, scribe: Scribe) -> None:
    """When no paper stands for a deed, the oldest living one of it that is in force does."""
    rows = db.rows(models.Document).filter(kind=kind)
    if not identity or rows.filter(identity_key=identity).exists():
        return
    alike = rows.filter(identity=identity, state__in=LIVING)
    heir = alike.exclude(legal_state__in=[one.value for one in OUT_OF_FORCE]).order_by("id").first()
    if heir is None:
        return
    rows.filter(id=heir.id).update(identity_key=identity)
    scribe.note("stands", {"holds_identity": True}, document_id=heir.id, receipt_id=heir.receipt_id)


def holders(db: Database, kind: str, identities: Iterable[str]) -> dict[str, str]:
    """Identity → id of the living paper that stands for it."""
    found: dict[str, str] = {}
    for piece in chunks(identities):
        query = db.rows(models.Document).filter(kind=kind, identity_key__in=piece)
        found |= {str(key): one for key, one in query.values_list("identity_key", "id")}
    return found
