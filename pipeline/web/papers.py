"""Văn bản: the pages in view, facts and standing beside them, files to take, journal."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from pipeline.copies import copies_of, holders_of, is_copy
from pipeline.document_object import RECEIVED_DIR, document_object, rendition
from pipeline.inbox.folders import RECORD_SUFFIXES
from pipeline.journal_words import deed_in_words
from pipeline.legal import WARNING
from pipeline.printing.telling import lookup_words
from pipeline.record import DocumentId, LegalState
from pipeline.retrieve import describe, export_files, no_longer_in_force
from pipeline.rights import Deed
from pipeline.signed_back import signed_file
from pipeline.standing import shown_of, upper_first
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.web.access import Route, actor_of, is_seen, paper_seen, rights_of
from pipeline.web.drawing import picture_of_page
from pipeline.web.office import body_named, office, served
from pipeline.web.outgoing_deeds import links_of

_DPI = 96
_SECONDS = 20.0
_COLOURS = {
    **dict.fromkeys((LegalState.DU_THAO, LegalState.CHO_KY), "cho"),
    **dict.fromkeys(WARNING, "canh"),
}
_WHAT = {
    "pdf": "PDF",
    "signed": "Bản đã ký (quét)",
    "docx": "Word (DOCX)",
    "original": "Tệp gốc như đã nhận",
    "ocr": "PDF máy đã đọc chữ",
}
#: What is printed from, and so says whose print it is.
_MARKED = {"pdf", "signed", "ocr"}
#: Shown elsewhere on the page, with links.
_ELSEWHERE = {
    "Mã văn bản",
    "Quan hệ",
    "Dẫn",
    "Được dẫn tại",
    "Tên loại",
    "Trích yếu",
    "Trạng thái",
}
#: What the machine read, each with its place: of use to whoever confirms it.
_READ = "Đọc trên văn bản"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A file that may be taken along."""

    what: str
    words: str
    size_bytes: int
    #: Where it stands in the archived version.
    name: str
    sha512: str


def paper(request: HttpRequest, document_id: str) -> HttpResponse:
    """The page of one paper."""
    found = paper_seen(request, document_id)
    app = office()
    about = describe(found, app, rights_of(request))
    offers, is_gone = [*offers_of(found)], found.state is DocumentState.PURGED
    page: dict[str, Any] = {
        "paper": found,
        "shown": shown_of(found) if found.number else "Chưa có số",
        "about": about,
        "type_name": _type_name(found),
        "subject": upper_first(found.facts.subject) if found.facts and not is_gone else "",
        "rows": [*_rows(found, about["summary"])],
        "read": [text for name, text in about["summary"] if name == _READ],
        "warning": no_longer_in_force(found, app),
        "standing": upper_first(about["legal_state_words"]),
        "colour": _COLOURS.get(found.legal_state, "tot"),
        "offers": offers,
        "in_view": _in_view(found),
        "journal": [
            (datetime.fromisoformat(line["at"]), line["person"], deed_in_words(line))
            for line in reversed(about["journal"])
        ],
        "copies": [*_copies(request, found)],
        "cited": about["cites"],
        "citing": about["cited_by"],
        "relations": [*relations_seen(request, about)],
        "versions": [*reversed(app.registers.versions_of(found.id))],
        "links": [*links_of(found, actor_of(request), app)],
        "notice": request.session.pop("notice", ""),
    }
    return render(request, "van-ban.html", page)


def _type_name(found: DocumentView) -> str:
    if found.facts and found.facts.type_name:
        return found.facts.type_name
    kinds = office().kinds
    return kinds[found.kind].title if found.kind in kinds else found.kind


def _rows(found: DocumentView, summary: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What stands beside the pages: what the head of the page says already is left out."""
    shown = shown_of(found)
    for name, text in summary:
        if text and name not in _ELSEWHERE and name != _READ and text != shown:
            yield name, body_named(text) if name == "Cơ quan" else text


def view(request: HttpRequest, document_id: str) -> HttpResponse:
    """How many pages there are, each as a picture: asked for when the page is on the screen."""
    found = paper_seen(request, document_id)
    path = _pdf(found)
    pages = 0
    if path is not None:
        told = served().draw("paper.count", {"path": str(path), "suffix": ".pdf"}, seconds=_SECONDS)
        pages = int(told["pages"] or 0)
    page = {
        "paper": found,
        "pages": range(1, pages + 1),
        "count": pages,
        "version": found.archived_version,
    }
    template = "cac-trang.html" if request.headers.get("HX-Request") else "xem-rieng.html"
    return render(request, template, page)


def page_picture(request: HttpRequest, document_id: str, version: int, number: int) -> HttpResponse:
    """A page as PNG."""
    found = paper_seen(request, document_id)
    path = _pdf(found)
    if path is None or version > found.archived_version:
        raise Http404
    if version < found.archived_version:
        # Made anew since the page was opened: pictures are asked for as one reads on.
        newest = found.archived_version
        return redirect("page-picture", document_id=found.id, version=newest, number=number)
    return picture_of_page({"path": str(path)}, number, dpi=_DPI)


def take(request: HttpRequest, document_id: str, what: str) -> HttpResponseBase:
    """A file to take along; originals only ever as attachments, never shown by the browser as ours."""
    found = paper_seen(request, document_id)
    if what not in _WHAT:
        raise Http404
    app = office()
    folder = tempfile.TemporaryDirectory(dir=app.work_dir)
    paths = export_files(found, what, Path(folder.name), app)
    if not paths:
        folder.cleanup()
        raise Http404
    path, actor = paths[_first(found, what)], actor_of(request)
    is_marked = not actor.may(Deed.PRINT_CLEAN) and what in _MARKED and path.suffix == ".pdf"
    if is_marked:
        path = _marked(path, actor.name)
    told = {"what": what, "lookup": is_marked}
    app.registers.journal_append("file-taken", actor.name, found.id, told)
    handle = path.open("rb")
    folder.cleanup()
    is_ours = what == "pdf" and request.GET.get("xem") is not None
    response = FileResponse(handle, as_attachment=not is_ours, filename=path.name)
    response["X-Content-Type-Options"] = "nosniff"
    if not is_ours:
        response["Content-Type"] = "application/octet-stream"
    response["Cache-Control"] = "private, no-store"
    return response


def _first(found: DocumentView, what: str) -> int:
    """Which of the files that were taken out is given: of what came, the paper and not the record beside it."""
    if what != "original":
        return 0
    names = tuple(file.name for file in found.files)
    received = [name for name in names if PurePosixPath(name).parts[0] == RECEIVED_DIR]
    return received.index(_original(names))


def _marked(path: Path, person: str) -> Path:
    """The file with BẢN TRA CỨU below each page: who may not print without it takes no other."""
    out = path.with_name(f"tra-cuu {path.name}")
    words = lookup_words(person, office().clock.now())
    args = {"path": str(path), "words": words, "out": str(out)}
    served().draw("print.mark", args, seconds=_SECONDS)
    return out


def _in_view(found: DocumentView) -> str:
    """Which file is shown, in words; empty where none can be."""
    if not found.archived_version:
        return ""
    if signed_file(found.files):
        return "bản đã ký, đóng dấu"
    names = tuple(file.name for file in found.files)
    if rendition(names, ".pdf"):
        return "bản in"
    return "tệp như đã nhận" if _received_pdf(names) else ""


def _pdf(found: DocumentView) -> Path | None:
    names = tuple(file.name for file in found.files)
    name = signed_file(found.files) or rendition(names, ".pdf") or _received_pdf(names)
    if not name or not found.archived_version:
        return None
    return office().objects.open(document_object(found.id), name, version=found.archived_version)


def offers_of(found: DocumentView) -> Iterator[Offer]:
    """The files of the newest archived version that people may want."""
    files = {file.name: file for file in found.files}
    names = tuple(files)
    places = {
        "signed": signed_file(found.files),
        "pdf": rendition(names, ".pdf"),
        "docx": rendition(names, ".docx"),
        "original": _original(names),
    }
    for what, name in places.items():
        if name in files:
            file = files[name]
            yield Offer(
                what=what,
                words=_WHAT[what],
                size_bytes=file.size_bytes,
                name=name,
                sha512=file.sha512,
            )


def _received_pdf(names: tuple[str, ...]) -> str:
    """What came, where nothing was made of it yet: a paper that waits for its number. Pictures of it, never the file."""
    name = _original(names)
    return name if PurePosixPath(name).suffix.lower() == ".pdf" else ""


def _original(names: tuple[str, ...]) -> str:
    """The paper itself before the record that came with it."""
    received = [name for name in names if PurePosixPath(name).parts[0] == RECEIVED_DIR]
    papers = [name for name in received if PurePosixPath(name).suffix not in RECORD_SUFFIXES]
    return next(iter([*papers, *received]), "")


def relations_seen(request: HttpRequest, about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the paper does to others and others to it; a link where who asks may see the other."""
    app = office()
    rights = rights_of(request)
    for one in (*about["relations"], *about["related_from"]):
        document_id = one.get("document_id")
        other = app.registers.get(DocumentId(document_id)) if document_id else None
        is_open = other is not None and is_seen(other, rights, app)
        if is_open or other is None or one in about["relations"]:
            yield {"words": upper_first(one["words"]), "id": document_id if is_open else None}


def _copies(request: HttpRequest, found: DocumentView) -> Iterator[dict[str, Any]]:
    app = office()
    rights = rights_of(request)
    for copy in [found] if is_copy(found) else copies_of(found, app):
        if is_seen(copy, rights, app):
            yield {"paper": copy, "shown": shown_of(copy), "holders": holders_of(copy, app)}


ROUTES = (
    Route(address="van-ban/<str:document_id>/", view=paper, name="paper", deed=Deed.SEE),
    Route(address="van-ban/<str:document_id>/xem/", view=view, name="paper-view", deed=Deed.SEE),
    Route(
        address="van-ban/<str:document_id>/trang/<int:version>/<int:number>.png",
        view=page_picture,
        name="page-picture",
        deed=Deed.SEE,
    ),
    Route(
        address="van-ban/<str:document_id>/tep/<str:what>/", view=take, name="take", deed=Deed.SEE
    ),
)
