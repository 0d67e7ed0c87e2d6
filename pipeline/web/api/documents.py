"""A paper: facts, standing, versions, relations, and its files."""

from __future__ import annotations

import base64
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Annotated, Any

from django.http import FileResponse, Http404, HttpRequest
from ninja import Path, Router

from pipeline.clock import OFFICE_ZONE
from pipeline.document_object import document_object
from pipeline.record import BanGoc, Facts, LegalState
from pipeline.retrieve import describe, no_longer_in_force
from pipeline.rights import Deed
from pipeline.standing import marked_file
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.web.access import actor_of, paper_seen, rights_of
from pipeline.web.api.door import Told, operation
from pipeline.web.office import office
from pipeline.web.papers import Offer, offers_of, relations_seen

router = Router(tags=["documents"])

PaperId = Annotated[str, Path(pattern=r"^[0-9a-z]{26}$")]


class FactsTold(Told):
    """What the registers know of any paper."""

    subject: str
    issuer: str
    type_name: str
    symbol: str
    issued_on: date | None
    signer: str
    recipients: list[str]
    urgency: str
    person: str
    their_reference: str
    their_issuer: str
    their_date: date | None
    note: str
    circulation: list[str]


class FileTold(Told):
    """A file of an archived version."""

    name: str
    size_bytes: int
    sha512: str


class VersionTold(Told):
    """One version, and why there is one."""

    number: int
    reason: str
    person: str
    at: datetime
    files: list[FileTold]


class RelationTold(Told):
    """What the paper does to another, or another to it."""

    words: str
    #: Null where it is not here, or may not be seen.
    document_id: str | None


class Document(Told):
    """A paper."""

    document_id: str
    kind: str
    kind_title: str
    reference: str | None
    lookup_code: str | None
    issued_on: date | None
    state: DocumentState
    legal_state: LegalState
    legal_state_words: str
    #: What whoever is given the files must know; empty where it stands.
    warning: str
    ban_goc: BanGoc
    term: str
    #: Null where the content was removed.
    facts: FactsTold | None
    received_at: datetime
    version: int
    archived_version: int
    versions: list[VersionTold]
    relations: list[RelationTold]


class Offered(FileTold):
    """A file that may be taken."""

    #: As it stands in the address.
    what: str
    words: str


class Files(Told):
    """The files of the newest archived version."""

    version: int
    files: list[Offered]


@router.get("/documents/{document_id}", **operation("document", Deed.SEE, "Một văn bản", Document))
def document(request: HttpRequest, document_id: PaperId) -> Document:
    """What is known of a paper."""
    app, found = office(), paper_seen(request, document_id)
    about = describe(found, app, rights_of(request))
    number = found.number
    return Document(
        document_id=found.id,
        kind=found.kind,
        kind_title=app.kinds[found.kind].title if found.kind in app.kinds else found.kind,
        reference=about["reference"],
        lookup_code=about["lookup_code"],
        issued_on=number.issued_on if number else None,
        state=found.state,
        legal_state=found.legal_state,
        legal_state_words=about["legal_state_words"],
        warning=no_longer_in_force(found, app),
        ban_goc=found.ban_goc,
        term=found.term,
        facts=_facts(found),
        received_at=found.received_at.astimezone(OFFICE_ZONE),
        version=found.version,
        archived_version=found.archived_version,
        versions=[_version(one) for one in about["versions"]],
        relations=[
            RelationTold(words=one["words"], document_id=one["id"])
            for one in relations_seen(request, about)
        ],
    )


@router.get(
    "/documents/{document_id}/files",
    **operation("document-files", Deed.SEE, "Các tệp của một văn bản", Files),
)
def files(request: HttpRequest, document_id: PaperId) -> Files:
    """What may be taken along."""
    found = paper_seen(request, document_id)
    return Files(
        version=found.archived_version,
        files=[
            Offered(
                what=one.what,
                words=one.words,
                name=one.name,
                size_bytes=one.size_bytes,
                sha512=one.sha512,
            )
            for one in offers_of(found)
        ],
    )


_BYTES = {
    "responses": {
        200: {
            "description": "Nội dung tệp",
            "headers": {
                "X-Content-SHA512": {"schema": {"type": "string"}},
                "Repr-Digest": {"schema": {"type": "string"}},
            },
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    }
}


@router.get(
    "/documents/{document_id}/files/{what}",
    **operation("document-file", Deed.SEE, "Tải một tệp", None, openapi_extra=_BYTES),
)
def file(request: HttpRequest, document_id: PaperId, what: str) -> Any:
    """The bytes that were archived, compared with their digest before they go out."""
    found = paper_seen(request, document_id)
    offer = next((one for one in offers_of(found) if one.what == what), None)
    if offer is None or not found.archived_version:
        raise Http404
    return _handed_out(found, offer, actor_of(request).name)


def _handed_out(found: DocumentView, offer: Offer, person: str) -> FileResponse:
    app = office()
    path = app.objects.open(document_object(found.id), offer.name, version=found.archived_version)
    app.registers.journal_append("file-taken", person, found.id, {"what": offer.what})
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=marked_file(FilePath(offer.name).name, found, app.registers),
        content_type="application/octet-stream",
    )
    digest = base64.b64encode(bytes.fromhex(offer.sha512)).decode()
    response["X-Content-SHA512"] = offer.sha512
    response["Repr-Digest"] = f"sha-512=:{digest}:"
    return response


def _facts(found: DocumentView) -> FactsTold | None:
    facts: Facts | None = found.facts
    if facts is None or found.state is DocumentState.PURGED:
        return None
    return FactsTold(
        subject=facts.subject,
        issuer=facts.issuer,
        type_name=facts.type_name,
        symbol=facts.symbol,
        issued_on=facts.issued_on,
        signer=facts.signer,
        recipients=list(facts.recipients),
        urgency=facts.urgency,
        person=facts.person,
        their_reference=facts.their_reference,
        their_issuer=facts.their_issuer,
        their_date=facts.their_date,
        note=facts.note,
        circulation=list(facts.circulation),
    )


def _version(version: dict[str, Any]) -> VersionTold:
    return VersionTold(
        number=version["number"],
        reason=version["reason"],
        person=version["person"],
        at=datetime.fromisoformat(version["at"]).astimezone(OFFICE_ZONE),
        files=[
            FileTold(name=one["name"], size_bytes=one["size_bytes"], sha512=one["sha512"])
            for one in version["files"]
        ],
    )
