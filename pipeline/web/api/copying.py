"""Have a certified copy made; ask whether one is ours."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, File, Form, Router, UploadedFile
from ninja.responses import Status

from pipeline.copies import Asked, ask_for_copy
from pipeline.errors.programs import NothingThere, RequestWrong, TooManyQuestions
from pipeline.paper_names import meant
from pipeline.record import CopyForm
from pipeline.rights import Deed
from pipeline.web.access import actor_of, rights_of, seen_among
from pipeline.web.api.door import Told, operation
from pipeline.web.api.dropping import Sent, status_url
from pipeline.web.checking import may_ask, what_is_told
from pipeline.web.office import office

router = Router(tags=["copies"])

_Short = Annotated[str, Field(max_length=300)]


class CopyOrder(Told):
    """The copy that is wanted."""

    form: CopyForm
    #: Id of the paper, or its reference in any form.
    paper: str = Field(min_length=1, max_length=200)
    recipients: list[_Short] = Field([], max_length=200)
    #: Code or name; empty takes the office's.
    signer: _Short = ""
    #: Symbol of the body that copies; empty takes the office's.
    issuer: _Short = ""
    #: ``1, 3-5``, of an extract.
    pages: _Short = ""
    note: _Short = ""
    attested_by: _Short = ""
    #: Why it is copied in spite of its state or its marks.
    despite: _Short = ""
    #: How many bear a serial number.
    serials: int = Field(0, ge=0, le=1000)
    is_electronic: bool = False
    #: One more for the same recipients.
    again: bool = False


class Verdict(Told):
    """What a stranger may know of a copy."""

    is_known: bool
    #: Ours, unchanged, and in force.
    is_good: bool
    words: str
    #: Its number and day, as they stand on his own sheet.
    shown: str
    day: date | None


class Question(Told):
    """What is asked beside the file."""

    code: str = Field("", max_length=200)


@router.post("/copies", **operation("copy", Deed.COPY, "Làm bản sao", Sent, status=202))
def copy(request: HttpRequest, wanted: CopyOrder) -> Status[Sent]:
    """Hand the record of a copy to the flow."""
    app, rights = office(), rights_of(request)
    papers = meant(wanted.paper, app).papers
    seen = seen_among(papers, rights, app)
    if papers and not seen:
        raise NothingThere("a paper that is hidden")
    receipt_id = ask_for_copy(
        Asked(
            form=wanted.form,
            paper=seen[0].id if len(seen) == 1 else wanted.paper,
            person=actor_of(request).name,
            recipients=tuple(wanted.recipients),
            signer=wanted.signer,
            issuer=wanted.issuer,
            pages=wanted.pages,
            note=wanted.note,
            attested_by=wanted.attested_by,
            despite=wanted.despite,
            serials=wanted.serials,
            is_electronic=wanted.is_electronic,
            again=wanted.again,
        ),
        app,
    )
    return Status(202, Sent(id=receipt_id, status_url=status_url(receipt_id)))


@router.post(
    "/check", **operation("check-copy", None, "Xác thực bản sao bằng mã hoặc tệp", Verdict)
)
def check(
    request: HttpRequest, asked: Form[Question], file: File[UploadedFile | None] = None
) -> Verdict:
    """Whether a copy is ours; open to the whole network as the page is, and as slow to be asked often."""
    if not may_ask(request):
        raise TooManyQuestions("too many questions")
    del file  # it is read where the page reads it
    told = what_is_told(request, asked.code.strip())
    if told is None:
        why = "hãy gửi mã in trên bản sao («code») hoặc tệp bản sao («file»)."
        raise RequestWrong("nothing to check", why=why)
    return Verdict.model_validate(told)
