"""Papers that go back: returned by us because they are wrong or not ours, or recalled by who sent them.

The number stays with its reason; the sheet that goes with the paper is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.app import App, refuse_if_behind
from pipeline.clock import today
from pipeline.inbox.folders import lend_to_owner
from pipeline.inbox.results import make_folder
from pipeline.incoming import draw_to_file, find_incoming
from pipeline.legal import RECALLED_WORDS, bare_reason, sent_back, sent_back_reason
from pipeline.record import LegalState
from pipeline.right_to_copy import known_type
from pipeline.standing import reasons_of
from pipeline.steps.answer import result_folder
from pipeline.stores.registers.views import DocumentView
from pipeline.vietnamese import spell_date

_TITLES = {
    True: ("PHIẾU GỬI TRẢ VĂN BẢN", "theo đề nghị thu hồi của cơ quan ban hành"),
    False: ("PHIẾU TRẢ LẠI VĂN BẢN", "gửi lại cơ quan ban hành"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingBack:
    """Why a paper goes back, and who says so."""

    reason: str
    person: str
    #: Its sender asked for it back.
    is_recalled: bool = False


def send_back(ref: str, asked: SendingBack, out: Path, app: App) -> DocumentView:
    """Mark the paper, keep its number, and write the sheet that goes with it to *out*.

    The deed comes first: a sheet that could not be drawn is drawn when the command is given again, with the reason
    that was given first.

    Raises:
        IncomingUnknown (R280), IncomingAmbiguous (R281), StateNotAllowed (R176), RegistersBehind (A432).
    """
    refuse_if_behind(app)
    paper = find_incoming(ref, app)
    asked = replace(asked, reason=bare_reason(asked.reason))
    before = _as_first_said(paper, asked, app)
    if before is None:
        paper = app.registers.set_state(
            paper.id,
            LegalState.THU_HOI,
            person=asked.person,
            reason=sent_back_reason(asked.reason, is_recalled=asked.is_recalled),
        )
    _draw(paper, before or asked, out, app)
    return paper


def place_of_sheet(paper: DocumentView, app: App, *, is_recalled: bool) -> Path:
    """Where the sheet goes if nobody says otherwise: among the results of the paper it goes with."""
    receipt = app.registers.receipt(paper.receipt_id)
    assert receipt is not None
    folder = result_folder(receipt, app.office)
    make_folder(folder, app.office.inbox_dir)
    return folder / f"{_TITLES[is_recalled][0]}.pdf"


def _as_first_said(paper: DocumentView, asked: SendingBack, app: App) -> SendingBack | None:
    """Of a paper that went back already: what the journal says of it; a sheet never says otherwise."""
    words, reason = sent_back(reasons_of(paper, app.registers))
    is_recalled = words == RECALLED_WORDS
    return replace(asked, reason=reason, is_recalled=is_recalled) if words else None


def _subject(paper: DocumentView, app: App) -> str:
    """The trích yếu that is known; the name of a file is none."""
    kind = app.kinds.get(paper.kind)
    told = paper.record.get(kind.property_read_from("subject")) if kind else None
    return str(told) if told else "(chưa rõ trích yếu)"


def _draw(paper: DocumentView, asked: SendingBack, out: Path, app: App) -> None:
    facts, number, day = paper.facts, paper.number, today(app.clock)
    assert facts is not None
    body = app.office.body(facts.issuer, day)
    signer = app.office.signer(body, None, day)
    title, subject = _TITLES[asked.is_recalled]
    named = " ".join(part for part in (known_type(paper), facts.their_reference) if part)
    parts = [named, spell_date(facts.their_date) if facts.their_date else "", _subject(paper, app)]
    to = facts.their_issuer or "cơ quan gửi văn bản"
    came = f"số đến {number.ordinal}, ngày {number.issued_on:%d/%m/%Y}" if number else "chưa có số"
    args = {
        "parent": body.parent_name,
        "issuer": body.name,
        "place": body.place,
        "day": spell_date(day),
        "title": title,
        "subject": subject,
        "lines": [
            f"Kính gửi: {to}.",
            f"{body.full_name} gửi trả văn bản: {', '.join(part for part in parts if part)}.",
            f"Văn bản đã vào sổ văn bản đến của {body.full_name}: {came}.",
            f"Lý do: {asked.reason.rstrip('.')}.",
        ],
        "recipients": ["Như trên,", f"{body.recipients_keep}."],
        "authority": signer.authority,
        "signer_title": signer.title,
        "signer": signer.full_name,
    }
    draw_to_file("slip.letter", args, out, app)
    if out.is_relative_to(app.office.inbox_dir):
        lend_to_owner(out, app.office.inbox_dir)
