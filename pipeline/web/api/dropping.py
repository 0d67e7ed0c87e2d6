"""Send a record or a file, which goes the way of the folder; ask what became of it."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile as Uploaded
from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Field, File, Form, Query, Router, UploadedFile
from ninja.responses import Status

from pipeline.app import App
from pipeline.clock import OFFICE_ZONE
from pipeline.errors.base import Problem
from pipeline.errors.programs import RequestWrong
from pipeline.person_names import is_same_person
from pipeline.record import ReceiptId, new_id
from pipeline.rights import Actor, Deed
from pipeline.stores.registers.progress import Drops, Progress
from pipeline.stores.registers.uploads import Uploads, UploadView
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView
from pipeline.web.access import actor_of, rights_of, seen_among
from pipeline.web.api.door import Told, operation
from pipeline.web.drops import (
    DONE,
    KNOWN,
    TO_MEND,
    WAITING,
    WORKING,
    Card,
    card_of_receipt,
    card_of_upload,
    kinds_for,
)
from pipeline.web.office import office
from pipeline.web.sending import send

router = Router(tags=["drops"])

ID = r"^[0-9a-z]{26}$"
_LONGEST_RECORD = 1_000_000
#: So that a paper's name and its record's are not cut at different places.
_LONGEST_STEM = 50


class Submission(Told):
    """What comes beside the file."""

    #: The folder: ``gioi-thieu``, ``van-ban-den`` …
    kind: str = Field(min_length=1, max_length=100)
    #: A record as JSON: by itself, or of the paper in ``file``.
    record: str = Field("", max_length=_LONGEST_RECORD)
    #: Of the record's file, where there is no other.
    name: str = Field("", max_length=90)


class Sent(Told):
    """Taken over; what becomes of it is asked for there."""

    id: str
    status_url: str


class Fix(Told):
    """One thing that is wrong, and what to do."""

    code: str
    where: str
    message: str


class DropPaper(Told):
    """One paper of a drop."""

    document_id: str
    #: ``dòng 12``
    place: str
    state: DocumentState
    reference: str | None
    duplicate_of: str | None
    problems: list[Fix]


class Counts(Told):
    """How many papers of the drop are how far."""

    total: int
    taken: int
    archived: int
    returned: int
    duplicates: int


class DropTold(Told):
    """What became of a drop."""

    id: str
    #: Of what it was taken in as.
    receipt_id: str | None
    name: str
    kind: str
    sent_at: datetime | None
    sent_by: str
    state: str = Field(json_schema_extra={"enum": [WORKING, DONE, TO_MEND, KNOWN, WAITING]})
    #: The state in words.
    words: str
    counts: Counts
    #: Of the file as a whole.
    reasons: list[str]
    papers: list[DropPaper]
    #: To be given as ``sau``; null at the end.
    next: int | None


class Part(Told):
    """Which of the papers."""

    sau: int = Field(0, ge=0, le=10_000_000)
    moi_trang: int = Field(50, ge=1, le=500, alias="moi-trang")


@router.post(
    "/drops", **operation("submit", Deed.SUBMIT, "Gửi một bản ghi hoặc một tệp", Sent, status=202)
)
def submit(
    request: HttpRequest, given: Form[Submission], file: File[UploadedFile | None] = None
) -> Status[Sent]:
    """Put what was sent into the folder of its kind."""
    app, actor = office(), actor_of(request)
    kind = _kind(given.kind, actor, app)
    needs_file = app.folders[kind].source in ("paper", "signed")
    if needs_file and file is None:
        raise _wrong("loại này cần tệp của văn bản ở mục «file»")
    if not needs_file and (file is None) is not bool(given.record):
        raise _wrong("hãy gửi hoặc một bản ghi («record»), hoặc một tệp («file»)")
    record = _record(given.record)
    if file is None:
        found = _put(_as_file(record, f"{given.name or 'bản ghi'}.json"), kind, actor, app)
    elif record:
        # The record is found by its name: both get one that nobody else has.
        name = PurePath(file.name or "tep")
        stem = f"{name.stem[:_LONGEST_STEM]} {new_id(app.clock)[-8:]}"
        _put(_as_file(record, f"{stem}.json"), kind, actor, app)
        file.name = f"{stem}{name.suffix}"
        found = _put(file, kind, actor, app)
    else:
        found = _put(file, kind, actor, app)
    return Status(202, Sent(id=found.id, status_url=status_url(found.id)))


@router.get("/drops/{drop_id}", **operation("drop", Deed.SUBMIT, "Tệp đã gửi đến đâu", DropTold))
def drop(request: HttpRequest, drop_id: str, part: Query[Part]) -> DropTold:
    """By the id that :func:`submit` gave, or that of the receipt."""
    app, actor = office(), actor_of(request)
    upload = Uploads(app.registers.db).get(drop_id)
    receipt = app.registers.receipt(ReceiptId(upload.receipt_id if upload else drop_id))
    owner = upload.person if upload else receipt.owner if receipt else ""
    if not owner or not (actor.may(Deed.SEE_ALL_DROPS) or is_same_person(owner, actor.name)):
        raise Http404
    if receipt is not None:
        return _of_receipt(drop_id, receipt, part, request)
    if upload is None:
        raise Http404
    return _told(drop_id, upload.kind, card_of_upload(upload, actor, app))


def status_url(drop_id: str) -> str:
    """Where to ask."""
    return reverse("api:drop", kwargs={"drop_id": drop_id})


def _kind(name: str, actor: Actor, app: App) -> str:
    if name not in dict(kinds_for(app, actor)):
        raise RequestWrong(f"kind {name!r}", why=f"không có loại «{name[:60]}» để gửi vào.")
    return name


def _record(text: str) -> str:
    if not text:
        return ""
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong("mục «record» phải là JSON") from error
    return text


def _wrong(why: str) -> RequestWrong:
    return RequestWrong("submission", why=f"{why}.")


def _as_file(text: str, name: str) -> Uploaded[bytes]:
    content = text.encode()
    return Uploaded(io.BytesIO(content), name=name, size=len(content))


def _put(file: Uploaded[bytes], kind: str, actor: Actor, app: App) -> UploadView:
    path = send(file, kind, actor, app)
    place = path.relative_to(app.office.inbox_dir).as_posix()
    found = Uploads(app.registers.db).lying_at(place, actor.name)
    if found is None:
        raise Http404
    return found


def _of_receipt(drop_id: str, receipt: ReceiptView, part: Part, request: HttpRequest) -> DropTold:
    app, rights = office(), rights_of(request)
    drops = Drops(app.registers.db)
    counts = drops.progress([receipt.id]).get(receipt.id, Progress())
    papers = drops.some_papers(receipt.id, offset=part.sau, limit=part.moi_trang)
    end = part.sau + part.moi_trang
    return _told(
        drop_id,
        receipt.kind,
        card_of_receipt(receipt, app),
        receipt_id=receipt.id,
        counts=counts,
        papers=[_paper(one) for one in seen_among(papers, rights, app)],
        next=end if end < counts.total else None,
    )


def _told(
    drop_id: str, kind: str, card: Card, counts: Progress | None = None, **more: Any
) -> DropTold:
    counts = counts or Progress()
    values = {"receipt_id": None, "papers": [], "next": None} | more
    return DropTold(
        id=drop_id,
        name=card.name,
        kind=kind,
        sent_at=card.at.astimezone(OFFICE_ZONE) if card.at else None,
        sent_by=card.who,
        state=card.state,
        words=card.words,
        reasons=list(card.reasons),
        counts=Counts(
            total=counts.total,
            taken=counts.taken,
            archived=counts.archived,
            returned=counts.returned,
            duplicates=counts.duplicates,
        ),
        **values,
    )


def _paper(paper: DocumentView) -> DropPaper:
    return DropPaper(
        document_id=paper.id,
        place=paper.place.label,
        state=paper.state,
        reference=paper.number.shown if paper.number else None,
        duplicate_of=paper.duplicate_of,
        problems=[_fix(one) for one in paper.problems],
    )


def _fix(problem: Problem) -> Fix:
    return Fix(code=problem.code, where=problem.where, message=problem.text)
