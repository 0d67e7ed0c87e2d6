"""Drafts that were signed → their numbers and dates, in the order asked; the flow then makes the final text.

Asked together, numbered together: all are checked first, and one transaction gives every number or none.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.app import App, refuse_if_behind
from pipeline.clock import today
from pipeline.document_object import DOCUMENT_FILE, TEXT_FILE, document_object
from pipeline.engines.profile import profile_for
from pipeline.errors.base import KindInvalid, RecordRejected, VanthuError
from pipeline.errors.editing import SignerNotInWord
from pipeline.errors.issuing import (
    AskedTwice,
    DraftAmbiguous,
    IssueDateInFuture,
    IssueRefused,
    PrintedDayOther,
)
from pipeline.errors.registers import NotWaiting, UnknownDocument
from pipeline.inbox.late_records import is_row_only
from pipeline.inbox.own_text import edited_text
from pipeline.kinds.model import Kind
from pipeline.legal import STATE_WORDS, may_be_numbered
from pipeline.paper_names import meant
from pipeline.record import LegalState
from pipeline.series_of_paper import series_of
from pipeline.sheet_context import short_id
from pipeline.stores.registers.views import DocumentState, DocumentView, Ruling, Verdict

log = logging.getLogger(__name__)

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What is asked for every paper of one command."""

    person: str
    #: None takes today.
    day: date | None = None
    #: Code or name of the signer; empty keeps the one the draft names.
    signer: str = ""
    #: Why the day runs back behind one that the series has already; empty where it does not.
    reason: str = ""


def issue_papers(refs: Sequence[str], asked: Issue, app: App) -> list[DocumentView]:
    """Number the drafts that *refs* name, in that order, all of them or none.

    Raises:
        IssueRefused (R212): one of them cannot be numbered; every reason is told.
        IssueDateInFuture (R211), RegistersBehind (A432).
        SeriesLocked (T315), ClockBehind (T311), DraftOnItsWay (T316): later.
    """
    refuse_if_behind(app)
    if asked.day is not None:
        _check_past(asked.day, app)
    rulings: list[Ruling] = []
    refusals: list[VanthuError] = []
    told: list[str] = []
    for ref in refs:
        try:
            ruling = _ruling(find_draft(ref, app), asked, app)
            if any(ruling.document_id == other.document_id for other in rulings):
                raise AskedTwice(f"asked twice document={ruling.document_id}")
        except (RecordRejected, KindInvalid) as error:
            refusals.append(error)
            told.append(f"«{ref}»: {error.clerk_text}")
        else:
            rulings.append(ruling)
    if refusals:
        raise IssueRefused(
            f"{len(refusals)} of {len(refs)} refused",
            refusals=" ".join(told),
            hints=" ".join(dict.fromkeys(error.hint for error in refusals if error.hint)),
        )
    issued = app.registers.issue_many(rulings, asked.person)
    for paper in issued:
        assert paper.number is not None
        log.info("numbered document=%s number=%s", paper.id, paper.number.shown)
    return issued


def find_draft(ref: str, app: App) -> DocumentView:
    """The one paper meant, by id, by the end of its id as file names show it, or by words of its subject.

    Raises:
        UnknownDocument (R170), DraftAmbiguous (R210).
    """
    found = meant(ref, app).papers
    if not found:
        raise UnknownDocument(f"no draft {ref!r}", what=ref)
    if len(found) > 1:
        raise DraftAmbiguous(
            f"{len(found)} drafts {ref!r}",
            count=len(found),
            what=ref,
            candidates="; ".join(map(_named, found[:_SHOWN])),
        )
    return found[0]


def _ruling(paper: DocumentView, asked: Issue, app: App) -> Ruling:
    _check_waiting(paper)
    assert paper.facts is not None
    day = _day_of(paper, asked, app)
    office, kind = app.office, _kind(paper, app)
    if kind.is_incoming:
        why = "là văn bản đến chờ văn thư xác nhận"
        raise NotWaiting(f"incoming document={paper.id}", what=paper.id, why=why)
    body = office.body(paper.facts.issuer, day)
    named = "" if kind.signs_by_record else paper.facts.signer
    signer = office.signer(body, asked.signer or named or None, day)
    signs = paper.facts.signer if kind.signs_by_record else signer.full_name
    is_text_fixed = edited_text(paper.record) or (kind.is_finished and not is_row_only(paper))
    if signs != paper.facts.signer and is_text_fixed:
        _check_named(signs, paper, app)
    facts = replace(paper.facts, issued_on=day, signer=signs)
    context = {"van_phong": office.default_body, "hom_nay": day.isoformat()}
    series = series_of(kind, facts, day, office, symbol=kind.symbol(paper.record, context))
    return Ruling(
        document_id=paper.id,
        verdict=Verdict.NUMBER,
        facts=facts,
        series=series.key,
        reference_format=series.reference_format,
        lookup_prefix=series.lookup_prefix,
        start=office.start_of(series.key),
        issued_on=day,
        remark=remark_of(day, today(app.clock)),
        backdated_by=asked.person if asked.reason else "",
        backdated_why=asked.reason,
        strict_dates=office.thu_tu_ngay == "chan",
        is_signed=True,
        term=office.term(day, facts.issuer).code,
        template_digest=kind.digest,
        layout_profile=profile_for(kind.shared_dir, day),
        legal_state=LegalState.DA_KY,
        ban_goc=paper.ban_goc,
        relations=paper.relations,
    )


def _day_of(paper: DocumentView, asked: Issue, app: App) -> date:
    """The day that stands on the paper; where its place is blank the one asked for, else today.

    Raises:
        PrintedDayOther (R237), IssueDateInFuture (R211).
    """
    name = document_object(paper.id)
    about = json.loads(app.objects.read(name, DOCUMENT_FILE, version=paper.archived_version))
    told = about.get("made", {}).get("issued", {}).get("printed_day")
    if told is None:
        return asked.day or today(app.clock)
    printed = date.fromisoformat(told)
    _check_past(printed, app)
    if asked.day not in {None, printed}:
        raise PrintedDayOther(
            f"printed {printed} document={paper.id}",
            printed=f"{printed:%d/%m/%Y}",
            day=f"{asked.day:%d/%m/%Y}",
        )
    return printed


def _check_past(day: date, app: App) -> None:
    if day > today(app.clock):
        raise IssueDateInFuture(f"date {day} to come", day=f"{day:%d/%m/%Y}")


def _check_named(signer: str, paper: DocumentView, app: App) -> None:
    """A text that came as a file is not drawn again: it must name the signer itself.

    Raises:
        SignerNotInWord (R118).
    """
    name = document_object(paper.id)
    text = app.objects.read(name, TEXT_FILE, version=paper.archived_version).decode()
    if " ".join(signer.split()) not in " ".join(text.split()):
        raise SignerNotInWord(f"other signer document={paper.id}", signer=signer)


def remark_of(issued_on: date, given_on: date) -> str:
    """What the book must say beside a number given after the signature."""
    if issued_on == given_on:
        return ""
    return f"Ghi ngày {issued_on:%d/%m/%Y}, cấp số ngày {given_on:%d/%m/%Y}."


def _check_waiting(paper: DocumentView) -> None:
    """Told before anything is tried; the registers look again, under lock."""
    if paper.state is DocumentState.WAITING and may_be_numbered(paper.legal_state):
        return
    why = f"đã có số {paper.number.shown}" if paper.number else STATE_WORDS[paper.legal_state]
    raise NotWaiting(f"not waiting document={paper.id}", what=paper.id, why=why)


def _kind(paper: DocumentView, app: App) -> Kind:
    broken: VanthuError | None = app.kinds.invalid.get(paper.kind)
    if broken is not None:
        raise broken
    if paper.kind not in app.kinds:
        raise UnknownDocument(f"no kind {paper.kind!r}", what=paper.kind)
    return app.kinds[paper.kind]


def _named(paper: DocumentView) -> str:
    return f"{short_id(paper.id)} {paper.facts.subject if paper.facts else ''} (mã {paper.id})"
