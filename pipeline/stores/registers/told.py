"""Deeds in the journal's words: what it must know to put rows back without the database.

Never what a paper says, nor the name of its file, nor what makes it the same deed as another: a sealed line cannot be
taken back, and what is removed from the archive must not stand in the journal for ever.
"""

from __future__ import annotations

from typing import Any

from pipeline.record import Record
from pipeline.stores.registers import models
from pipeline.stores.registers.views import DocumentState


def document_told(row: models.Document, entry: models.Entry | None = None) -> Record:
    """What was decided about a paper."""
    told: dict[str, Any] = {"kind": row.kind, "row": row.row_index}
    if row.state == DocumentState.RETURNED:
        return told | {"problems": problems_told(row.problems)}
    if row.state == DocumentState.DUPLICATE:
        return told | {"duplicate_of": row.duplicate_of_id}
    told |= {
        "version": row.version,
        "holds_identity": row.identity_key is not None,
        "legal_state": row.legal_state,
        "ban_goc": row.ban_goc,
        "term": row.term,
        "template_digest": row.template_digest,
        "layout_profile": row.layout_profile,
    }
    return told if entry is None else told | entry_told(entry)


def problems_told(problems: list[Record]) -> list[str]:
    """Problems as the journal tells them: their codes; what was read stays with the paper."""
    return [str(problem["code"]) for problem in problems]


def entry_told(entry: models.Entry) -> Record:
    """What became of an ordinal."""
    told: Record = {
        "series": entry.series_id,
        "ordinal": entry.ordinal,
        "status": entry.status,
        "reference": entry.reference,
        "lookup_code": entry.lookup_code or "",
        "issued_on": entry.issued_on.isoformat(),
        "source": entry.source,
    }
    if entry.reason:
        told["reason"] = entry.reason
    if entry.expires_on:
        told["expires_on"] = entry.expires_on.isoformat()
    told |= {name: value for name in ("holder", "remark") if (value := getattr(entry, name))}
    return told
