"""A paper that came back signed: its next version, which points to the file, and the state it has by that."""

from __future__ import annotations

from pipeline.clock import Clock
from pipeline.legal import may_become
from pipeline.plain import to_plain
from pipeline.record import BanGoc, DocumentId, LegalState, ReceiptId
from pipeline.signed_back import IN_RECORD, SignedBack
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.journal_rows import Scribe
from pipeline.stores.registers.rows import locked_document, views
from pipeline.stores.registers.states import check_change, has_number
from pipeline.stores.registers.versions import LIVING, start_version
from pipeline.stores.registers.views import DocumentView

#: Goes no further: what came back is no paper that anybody may use.
_GONE = (LegalState.THU_HOI, LegalState.HUY_SO)
_WHY = "bản đã ký, đóng dấu trở lại"


def take_signed(
    db: Database,
    clock: Clock,
    document_id: DocumentId,
    signed: SignedBack,
    drop: tuple[ReceiptId, str, BanGoc],
) -> DocumentView:
    """The signed one of a paper, from a drop by a person: «đã ký», or what it was where that is beyond it.

    The journal tells object and digest, and nothing that a person's name could stand in.

    Raises:
        StateNotAllowed (R176): it was withdrawn or its number is void.
    """
    receipt_id, person, ban_goc = drop
    with db.transaction():
        row = locked_document(db, document_id)
        standing = LegalState(row.legal_state)
        if standing in _GONE or row.state not in LIVING:
            check_change(db, row, LegalState.DA_KY)
        is_next = may_become(standing, LegalState.DA_KY, has_number=has_number(row))
        state = LegalState.DA_KY if is_next else standing
        now = clock.now()
        start_version(db, row, reason=_WHY, person=person, now=now, is_news=False)
        row.record = row.record | {IN_RECORD: to_plain(signed)}
        row.legal_state = state.value
        row.ban_goc = ban_goc.value
        row.save(using=db.alias, force_update=True)
        scribe = Scribe(db, now, person)
        scribe.note(
            "signed",
            {
                "from": standing.value,
                "to": state.value,
                "reason": _WHY,
                "version": row.version,
                "ban_goc": ban_goc.value,
                "object": signed.object_id,
                "sha512": signed.sha512,
            },
            document_id=row.id,
            receipt_id=receipt_id,
        )
        scribe.write()
        return views(db, [row])[0]
