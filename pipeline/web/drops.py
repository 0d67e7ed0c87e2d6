"""Đang xử lý: a card for every dropped file from its first second, and sending files by the browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from pipeline.app import App
from pipeline.declared_open import Held, held
from pipeline.errors.base import Problem, VanthuError
from pipeline.inbox.answer_text import signed_words
from pipeline.inbox.arrival_reading import is_asked_about
from pipeline.inbox.folders import list_inbox
from pipeline.inbox.readiness import Signature
from pipeline.inbox.secret_notes import Doubt, error_of, known_secrets, signature_of, words_of
from pipeline.inbox.stack_notes import is_parted, is_settled
from pipeline.person_names import is_same_person
from pipeline.record import DocumentId, ReceiptId
from pipeline.rights import Actor, Deed
from pipeline.roles import Role
from pipeline.second_arrivals import joined_to, standing_for
from pipeline.signed_back import FOLDER as SIGNED_FOLDER
from pipeline.standing import shown_of
from pipeline.stores.registers.progress import Drops, Part, Progress
from pipeline.stores.registers.uploads import Uploads, UploadView
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    ReceiptState,
    ReceiptView,
)
from pipeline.vietnamese import safe_file_name
from pipeline.web.access import Route, actor_of
from pipeline.web.office import office
from pipeline.web.sending import send

_PAGE = 30
_SHOWN_ROWS = 100
_RECENT = timedelta(days=2)
_LONGEST_NOTE = 4000
_LYING = "Đang xử lý: chờ tệp đủ và được nhận"
_NAMELESS = "Một tệp trong thư mục chung"
WORKING, DONE, TO_MEND, KNOWN, WAITING = "dang", "xong", "sua", "da-co", "cho"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One dropped file, as its clerk sees it."""

    name: str
    kind: str
    at: datetime | None
    who: str
    #: One of the states above, and its words.
    state: str
    words: str
    receipt_id: str = ""
    paper: DocumentView | None = None
    progress: Progress | None = None
    reasons: tuple[str, ...] = ()
    #: Address of a form with what was sent, where it came back and can be mended in the browser.
    mend: str = ""
    #: Address where the clerk says that he has looked and it is not secret.
    declare: str = ""


def drops(request: HttpRequest) -> HttpResponse:
    """The page; asked again every few seconds it gives the cards alone."""
    app, actor = office(), actor_of(request)
    owner = "" if actor.may(Deed.SEE_ALL_DROPS) else actor.name
    before = request.GET.get("truoc", "")[:26]
    receipts = Drops(app.registers.db).newest(owner=owner, before=before, limit=_PAGE + 1)
    cards = [] if before else [*_not_yet_taken(owner, actor, app)]
    shown = receipts[:_PAGE]
    cards += _cards([one for one in shown if _may_see(one.kind, one.owner, actor, app)], app)
    page: dict[str, Any] = {
        "cards": cards,
        "older": shown[-1].id if len(receipts) > _PAGE else "",
        "is_working": any(card.state == WORKING for card in cards),
        "is_first": not before,
        "kinds": kinds_for(app, actor),
        "chosen": request.GET.get("loai", ""),
        "notice": request.session.pop("notice", ""),
    }
    template = "dang-xu-ly-the.html" if request.headers.get("HX-Request") else "dang-xu-ly.html"
    return render(request, template, page)


def drop(request: HttpRequest, receipt_id: str) -> HttpResponse:
    """One dropped file, row by row."""
    app, actor = office(), actor_of(request)
    receipt = app.registers.receipt(ReceiptId(receipt_id))
    if receipt is None or not (
        actor.may(Deed.SEE_ALL_DROPS) or is_same_person(receipt.owner, actor.name)
    ):
        raise Http404
    if not _may_see(receipt.kind, receipt.owner, actor, app):
        raise Http404
    card = card_of_receipt(receipt, app)
    drops_, count = Drops(app.registers.db), card.progress.total if card.progress else 1
    wrong = drops_.some_papers(receipt.id, part=Part.RETURNED, limit=_SHOWN_ROWS)
    numbered = drops_.some_papers(receipt.id, part=Part.NUMBERED, limit=_SHOWN_ROWS)
    page = {
        "card": card,
        "is_working": card.state == WORKING,
        "wrong": [(one, [p.sentence() for p in one.problems]) for one in wrong],
        "papers": [(one, shown_of(one)) for one in numbered],
        "many": count > _SHOWN_ROWS,
        "most": _SHOWN_ROWS,
        "files": receipt.answer_files,
    }
    return render(request, "mot-lan-tha.html", page)


def send_files(request: HttpRequest) -> HttpResponse:
    """Files of the browser go the way of the folder."""
    app, actor = office(), actor_of(request)
    kind = request.POST.get("kind", "")
    files = request.FILES.getlist("files")
    if kind not in dict(kinds_for(app, actor)) or not files:
        request.session["notice"] = "Hãy chọn loại văn bản và ít nhất một tệp."
        return redirect("drops")
    told = [_sent(file, kind, actor, app) for file in files]
    request.session["notice"] = " ".join(told)
    return redirect("drops")


def _sent(file: UploadedFile[bytes], kind: str, actor: Actor, app: App) -> str:
    try:
        path = send(file, kind, actor, app)
    except VanthuError as error:
        return error.web_text
    return f"Đã gửi «{path.name}»."


def kinds_for(app: App, actor: Actor) -> list[tuple[str, str]]:
    """Folders that this person may send to."""
    return [
        (name, kind.title)
        for name, kind in app.folders.items()
        if actor.role in app.office.seen_by.get(name, (actor.role,))
    ]


def _may_see(kind: str, owner: str, actor: Actor, app: App) -> bool:
    """One's own, and those of kinds that are not hidden from the role."""
    return is_same_person(owner, actor.name) or actor.role in app.office.seen_by.get(
        kind, (actor.role,)
    )


def _not_yet_taken(owner: str, actor: Actor, app: App) -> Iterator[Card]:
    """What lies in the inbox, and what was turned away before it could be taken."""
    sent = {
        one.path: one for one in Uploads(app.registers.db).recent(owner, app.clock.now() - _RECENT)
    }
    listing = list_inbox(app.office, app.folders)
    lying, secrets = set(), known_secrets(app.office)
    left = held(listing, secrets)
    for one in (*listing.drops, *listing.lone_records):
        place = one.path.relative_to(app.office.inbox_dir).as_posix()
        lying.add(place)
        known = sent.get(place)
        if owner and known is None:
            continue
        if not _may_see(one.kind, known.person if known else "", actor, app):
            continue
        card = _card_of_lying((one.path, one.kind), known, secrets, actor, app)
        is_named = one.path in left and card.name != _NAMELESS
        yield _with_what_to_say(card, left[one.path], actor, app) if is_named else card
    for place, upload in sent.items():
        card = card_of_upload(upload, actor, app)
        is_seen = _may_see(upload.kind, upload.person, actor, app)
        if place not in lying and is_seen and card.state == TO_MEND:
            yield card


def _card_of_lying(
    place: tuple[Path, str],
    sent: UploadView | None,
    secrets: Mapping[Signature, Doubt],
    actor: Actor,
    app: App,
) -> Card:
    """A file that lies in the inbox; where it may be secret its name may be so as well, and is told to few.

    Until it was looked at, which takes seconds, nobody knows: of the others only who looks after the machine sees it.
    """
    path, kind = place
    signature = signature_of(path)
    why = secrets.get(signature) if signature else None
    is_own = sent is not None and is_same_person(sent.person, actor.name)
    may_know = is_own or actor.role is Role.VAN_THU or (why is None and actor.may(Deed.MANAGE))
    card = Card(
        name=path.name if may_know else _NAMELESS,
        kind=_title(kind, app),
        at=sent.at if sent else None,
        who=sent.person if sent else "",
        state=WORKING,
        words=_LYING,
    )
    if why is None:
        return card
    taken = "Không" if why is Doubt.MARKED else "Chưa"
    return replace(
        card,
        state=TO_MEND,
        words=f"{taken} nhận: {words_of(why)}, tệp vẫn nằm ở thư mục chung",
        reasons=(error_of(kind, why).web_text,),
    )


def _with_what_to_say(card: Card, left: Held, actor: Actor, app: App) -> Card:
    """With the way to say that it is not secret, where that is all it waits for; else with what else it takes."""
    if left.hindrance:
        return replace(card, reasons=(*card.reasons, left.hindrance))
    if not (actor.may(Deed.CONFIRM) and left.may_be_declared):
        return card
    place = left.drop.path.relative_to(app.office.inbox_dir).as_posix()
    return replace(card, declare=f"{reverse('declare-open')}?{urlencode({'tep': place})}")


def _turned_away(path: Path, app: App) -> str:
    """The reason that was written beside a file that was never taken in."""
    folder = path.parent / app.office.folders.returned
    if not (folder / path.name).exists():
        return ""
    note = folder / f"{safe_file_name(path.stem, 90)}.LY-DO.txt"
    try:
        return note.read_text(encoding="utf-8-sig")[:_LONGEST_NOTE].partition("\n\n")[2].strip()
    except OSError:
        return ""


def card_of_receipt(receipt: ReceiptView, app: App) -> Card:
    """How far one drop is."""
    (card,) = _cards([receipt], app)
    return card


def card_of_upload(upload: UploadView, actor: Actor, app: App) -> Card:
    """How far a file is that was sent and not taken in yet."""
    path = app.office.inbox_dir / upload.path
    card = _card_of_lying((path, upload.kind), upload, known_secrets(app.office), actor, app)
    note = _turned_away(path, app)
    if not note:
        return card
    return replace(card, name=path.name, state=TO_MEND, words="Cần sửa", reasons=(note,))


def _cards(receipts: list[ReceiptView], app: App) -> list[Card]:
    known = Drops(app.registers.db)
    progress = known.progress([one.id for one in receipts])
    alone = [one.id for one in receipts if one.id in progress and progress[one.id].total == 1]
    papers = {one: found for one, (found,) in known.papers_of(alone).items()}
    firsts = {known_id for one in papers.values() if (known_id := _first_of(one))}
    first = standing_for(app.registers.get_many(firsts), app.registers)
    return [
        _card(one, progress.get(one.id, Progress()), papers.get(one.id), first, app)
        for one in receipts
    ]


def _card(
    receipt: ReceiptView,
    progress: Progress,
    paper: DocumentView | None,
    firsts: Mapping[DocumentId, DocumentView],
    app: App,
) -> Card:
    before = _first_of(paper) if paper else None
    first = firsts.get(before) if before else None
    state, words = _state(receipt, progress, paper, first)
    return Card(
        name=receipt.source_name,
        kind=_title(receipt.kind, app),
        at=receipt.received_at,
        who=receipt.owner,
        state=state,
        words=words,
        receipt_id=receipt.id,
        paper=paper if paper and paper.number else None,
        progress=progress if progress.total > 1 else None,
        reasons=tuple(p.sentence() for p in _problems(receipt, paper)),
        mend=_mend(paper, app) if paper and state == TO_MEND else "",
    )


def _first_of(paper: DocumentView) -> DocumentId | None:
    """The paper it is the same as."""
    return paper.duplicate_of or joined_to(paper)


def _mend(paper: DocumentView, app: App) -> str:
    kind = app.kinds.get(paper.kind)
    if kind is None or kind.source != "record" or not paper.record:
        return ""
    return f"{reverse('compose-begin', kwargs={'kind': kind.name})}?tu={paper.id}"


def _problems(receipt: ReceiptView, paper: DocumentView | None) -> tuple[Problem, ...]:
    if receipt.problems:
        return receipt.problems
    is_back = paper is not None and paper.state is DocumentState.RETURNED
    return paper.problems if paper is not None and is_back else ()


def _state(
    receipt: ReceiptView,
    progress: Progress,
    paper: DocumentView | None,
    first: DocumentView | None,
) -> tuple[str, str]:
    if receipt.state is ReceiptState.RECEIVED:
        return WORKING, "Đang xử lý: đang kiểm tra"
    if receipt.problems:
        return TO_MEND, "Cần sửa"
    if progress.total > 1:
        return _state_of_list(receipt, progress)
    if paper is None:
        return DONE, "Xong"
    return _state_of_paper(receipt, paper, first)


def _state_of_list(receipt: ReceiptView, progress: Progress) -> tuple[str, str]:
    if receipt.state is not ReceiptState.ANSWERED:
        return WORKING, f"Đang xử lý: {progress.archived}/{progress.taken or progress.total}"
    if progress.returned:
        return TO_MEND, f"Xong {progress.taken}, cần sửa {progress.returned} dòng"
    if not progress.taken:
        return KNOWN, "Đã có số, không cấp thêm"
    return DONE, f"Xong {progress.taken} văn bản"


def _state_of_paper(
    receipt: ReceiptView, paper: DocumentView, first: DocumentView | None
) -> tuple[str, str]:
    if is_parted(paper.problems):
        return (
            (DONE, "Đã tách thành từng văn bản")
            if is_settled(paper.problems)
            else (TO_MEND, "Đã tách; còn phần có dấu hoặc giống dấu chỉ độ mật")
        )
    if paper.state is DocumentState.RETURNED:
        return TO_MEND, "Cần sửa"
    if paper.state is DocumentState.DUPLICATE:
        return _state_of_twin(receipt, first)
    if receipt.state is not ReceiptState.ANSWERED:
        step = "đang làm bản in" if not paper.archived_version else "đang trả kết quả"
        return WORKING, f"Đang xử lý: {step}"
    if paper.number is None or first is not None:
        return _state_without_own_number(paper, first)
    return DONE, f"Xong – số {paper.number.shown}"


def _state_of_twin(receipt: ReceiptView, first: DocumentView | None) -> tuple[str, str]:
    if first is not None and receipt.kind == SIGNED_FOLDER:
        return DONE, signed_words(receipt, first)
    return KNOWN, f"Đã có số {shown_of(first)}" if first else "Đã có"


def _state_without_own_number(paper: DocumentView, first: DocumentView | None) -> tuple[str, str]:
    if first is not None:
        return KNOWN, f"Đã gộp vào {first.number.shown if first.number else shown_of(first)}"
    if is_asked_about(paper.record):
        return WAITING, "Chờ văn thư xác nhận, chưa có số"
    return WAITING, "Xong – chờ ký, chưa có số"


def _title(kind: str, app: App) -> str:
    folder = app.folders.get(kind)
    return folder.title if folder else kind


ROUTES = (
    Route(address="dang-xu-ly/", view=drops, name="drops", deed=Deed.SUBMIT),
    Route(
        address="dang-xu-ly/gui/",
        view=send_files,
        name="upload",
        deed=Deed.SUBMIT,
        methods=("POST",),
    ),
    Route(address="dang-xu-ly/<str:receipt_id>/", view=drop, name="drop", deed=Deed.SUBMIT),
)
