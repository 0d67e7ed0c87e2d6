"""Việc với văn bản này: number and date for a draft, another legal state, a void number; each asked back before it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from pipeline.app import App, refuse_if_behind
from pipeline.clock import today
from pipeline.config import holding
from pipeline.errors.base import VanthuError
from pipeline.issuing import Issue, issue_papers
from pipeline.legal import DOES, STATE_WORDS, may_be_numbered, next_states
from pipeline.record import LegalState, RelationKind
from pipeline.rights import Actor, Deed
from pipeline.standing import shown_of, upper_first
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.vietnamese import clean_text, parse_date
from pipeline.web.access import Route, actor_of, paper_seen
from pipeline.web.compose_draft import composable
from pipeline.web.office import office

#: What a later paper of the same kind may do to this one, offered beside it.
_OFFERED = (
    RelationKind.DINH_CHINH,
    RelationKind.THAY_THE,
    RelationKind.SUA_DOI,
    RelationKind.CAP_LAI,
)
_LONGEST_REASON = 500
_NO_REASON = "Hãy ghi lý do: lý do nằm lại trong nhật ký và trong sổ."


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One thing to do with a paper."""

    words: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed: what of it makes sense, and what does not."""

    day: date | None
    signer: str
    state: LegalState | None
    reason: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One deed with its form: what it asks, what it says before it is done, and how it is done."""

    name: str
    title: str
    asks: frozenset[str]
    needs_reason: bool
    may: Callable[[DocumentView, App], bool]
    told: Callable[[DocumentView, Asked, App], tuple[str, ...]]
    do: Callable[[DocumentView, Asked, str, App], str]


def links_of(paper: DocumentView, actor: Actor, app: App) -> Iterator[Link]:
    """What this person may do with the paper now."""
    for task, deed in _TASKS.values():
        if actor.may(deed) and task.may(paper, app):
            address = reverse(task.name, kwargs={"document_id": paper.id})
            yield Link(words=task.title, address=address)
    is_composable = any(kind.name == paper.kind for kind in composable(app, actor))
    if paper.number is None or not actor.may(Deed.RULE) or not is_composable:
        return
    if paper.legal_state is LegalState.HUY_SO:
        return
    begin = reverse("compose-begin", kwargs={"kind": paper.kind})
    for relation in _OFFERED:
        words = f"Soạn văn bản {DOES[relation]}"
        yield Link(words=words, address=f"{begin}?tu={paper.id}&quan-he={relation.value}")


def issue(request: HttpRequest, document_id: str) -> HttpResponse:
    """Cấp số, phát hành."""
    return _step(request, document_id, "paper-issue")


def change(request: HttpRequest, document_id: str) -> HttpResponse:
    """Đổi trạng thái."""
    return _step(request, document_id, "paper-state")


def void(request: HttpRequest, document_id: str) -> HttpResponse:
    """Hủy số."""
    return _step(request, document_id, "paper-void")


def _step(request: HttpRequest, document_id: str, name: str) -> HttpResponse:
    """The form, then what will happen in words, then the deed."""
    app, paper, (task, _) = office(), paper_seen(request, document_id), _TASKS[name]
    if not task.may(paper, app):
        if request.method != "POST":
            raise Http404
        # Sent twice, or somebody else was quicker.
        request.session["notice"] = "Văn bản này vừa đổi, chưa làm gì thêm. Hãy xem lại."
        return redirect("paper", document_id=paper.id)
    if request.method != "POST":
        return _form(request, paper, task, {})
    asked = _asked(request.POST, paper, task, app)
    if asked.faults or "sua" in request.POST:
        return _form(request, paper, task, request.POST, told=" ".join(asked.faults))
    if "lam" not in request.POST:
        page = _page(paper, task, request.POST) | {"sentences": task.told(paper, asked, app)}
        return render(request, "viec-hoi-lai.html", page)
    try:
        refuse_if_behind(app)
        request.session["notice"] = task.do(paper, asked, actor_of(request).name, app)
    except VanthuError as error:
        return _form(request, paper, task, request.POST, told=error.web_text)
    return redirect("paper", document_id=paper.id)


def _form(
    request: HttpRequest, paper: DocumentView, task: Task, typed: Mapping[str, str], told: str = ""
) -> HttpResponse:
    app = office()
    page = _page(paper, task, typed) | {"told": told}
    if "signer" in task.asks:
        page["signers"] = _signers(paper, app)
        page["named"] = paper.facts.signer if paper.facts else ""
    if "state" in task.asks:
        page["states"] = [(state.value, upper_first(STATE_WORDS[state])) for state in _next(paper)]
    return render(request, "viec.html", page, status=422 if told else 200)


def _page(paper: DocumentView, task: Task, typed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "paper": paper,
        "shown": shown_of(paper) if paper.number else "Dự thảo, chưa có số",
        "subject": paper.facts.subject if paper.facts else "",
        "task": task,
        "typed": {name: typed.get(name, "") for name in ("day", "signer", "state", "reason")},
    }


def _asked(given: Mapping[str, str], paper: DocumentView, task: Task, app: App) -> Asked:
    faults = []
    typed = {name: clean_text(given.get(name, ""))[0].strip() for name in task.asks}
    day = parse_date(typed["day"]) if typed.get("day") else None
    if typed.get("day") and day is None:
        faults.append(f"«{typed['day'][:30]}» không phải là ngày; hãy ghi như 09/01/2026.")
    if day is not None and day > today(app.clock):
        faults.append(f"Ngày {day:%d/%m/%Y} chưa tới; hãy ghi ngày đã qua hoặc hôm nay.")
    state = next((one for one in _next(paper) if one.value == typed.get("state")), None)
    if "state" in task.asks and state is None:
        faults.append("Hãy chọn trạng thái mới.")
    reason = typed.get("reason", "")
    if task.needs_reason and not reason:
        faults.append(_NO_REASON)
    if len(reason) > _LONGEST_REASON:
        faults.append(f"Lý do dài quá {_LONGEST_REASON} chữ; hãy ghi ngắn lại.")
    return Asked(
        day=day, signer=typed.get("signer", ""), state=state, reason=reason, faults=tuple(faults)
    )


def _may_issue(paper: DocumentView, app: App) -> bool:
    kind = app.kinds.get(paper.kind)
    is_ours = kind is not None and not kind.is_incoming
    is_waiting = paper.state is DocumentState.WAITING and may_be_numbered(paper.legal_state)
    return is_ours and is_waiting and paper.archived_version > 0


def _told_issue(paper: DocumentView, asked: Asked, app: App) -> tuple[str, ...]:
    del paper
    usual = f"in sẵn trên văn bản, chưa in thì {today(app.clock):%d/%m/%Y}"
    day = f"{asked.day:%d/%m/%Y}" if asked.day else usual
    return (
        f"Dự thảo này sẽ lấy số tiếp theo trong sổ, ghi ngày {day}, và thành văn bản đã ký.",
        f"Người ký: {_signer_name(asked.signer, app)}."
        if asked.signer
        else "Người ký: như dự thảo đã ghi.",
        *((f"Lý do lùi ngày: {asked.reason}.",) if asked.reason else ()),
        "Số đã cấp không lấy lại được; muốn bỏ thì phải hủy số, và số hủy vẫn nằm trong sổ.",
    )


def _do_issue(paper: DocumentView, asked: Asked, person: str, app: App) -> str:
    wanted = Issue(person=person, day=asked.day, signer=asked.signer, reason=asked.reason)
    (issued,) = issue_papers([paper.id], wanted, app)
    return f"Đã cấp số {shown_of(issued)}. Bản chính thức có sau ít giây."


def _may_change(paper: DocumentView, _app: App) -> bool:
    is_living = paper.state in {DocumentState.NUMBERED, DocumentState.WAITING}
    return is_living and bool(_next(paper))


def _told_change(paper: DocumentView, asked: Asked, _app: App) -> tuple[str, ...]:
    assert asked.state is not None
    now, then = STATE_WORDS[paper.legal_state], STATE_WORDS[asked.state]
    allowed = next_states(asked.state, has_number=paper.number is not None)
    on = f", từ ngày {asked.day:%d/%m/%Y}" if asked.day else ""
    after = (
        f"Sau đó chỉ còn chuyển được thành: {', '.join(STATE_WORDS[one] for one in allowed)}."
        if allowed
        else "Sau đó không chuyển thành trạng thái nào khác được nữa."
    )
    return (
        f"Trạng thái «{now}» sẽ thành «{then}»{on}. Số và sổ không đổi.",
        f"Lý do ghi vào nhật ký: {asked.reason}.",
        after,
    )


def _do_change(paper: DocumentView, asked: Asked, person: str, app: App) -> str:
    assert asked.state is not None
    done = app.registers.set_state(
        paper.id, asked.state, person=person, reason=asked.reason, on=asked.day
    )
    return f"Nay là «{STATE_WORDS[done.legal_state]}»."


def _may_void(paper: DocumentView, _app: App) -> bool:
    allowed = next_states(paper.legal_state, has_number=paper.number is not None)
    return paper.number is not None and LegalState.HUY_SO in allowed


def _told_void(paper: DocumentView, asked: Asked, _app: App) -> tuple[str, ...]:
    return (
        f"Số {shown_of(paper)} sẽ thành số hủy: vẫn nằm trong sổ kèm lý do, không cấp lại cho văn bản nào.",
        "Việc mà văn bản này đã làm với văn bản khác (đính chính, thay thế …) cũng không còn.",
        f"Lý do: {asked.reason}.",
        "Việc này không làm ngược lại được.",
    )


def _do_void(paper: DocumentView, asked: Asked, person: str, app: App) -> str:
    app.registers.void(paper.id, asked.reason, person)
    return f"Đã hủy số {shown_of(paper)}."


def _next(paper: DocumentView) -> tuple[LegalState, ...]:
    """What the paper may become by word alone: a number is voided, and given, by deeds of their own."""
    allowed = next_states(paper.legal_state, has_number=paper.number is not None)
    return tuple(state for state in allowed if state is not LegalState.HUY_SO)


def _signers(paper: DocumentView, app: App) -> list[tuple[str, str]]:
    """Those who may sign for the body of the paper today; none where the record itself names who signs."""
    kind = app.kinds.get(paper.kind)
    if kind is None or kind.signs_by_record:
        return []
    day = today(app.clock)
    issuer = paper.facts.issuer if paper.facts else ""
    body = next((one for one in holding(app.office.bodies, day) if one.symbol == issuer), None)
    signers = holding(body.signers, day) if body else []
    return [(one.code, f"{one.full_name}, {one.title}") for one in signers]


def _signer_name(code: str, app: App) -> str:
    named = (one for body in app.office.bodies for one in body.signers if one.code == code)
    found = next(named, None)
    return found.full_name if found else code


_TASKS: dict[str, tuple[Task, Deed]] = {
    task.name: (task, deed)
    for task, deed in (
        (
            Task(
                name="paper-issue",
                title="Cấp số, phát hành",
                asks=frozenset(("day", "signer", "reason")),
                needs_reason=False,
                may=_may_issue,
                told=_told_issue,
                do=_do_issue,
            ),
            Deed.ISSUE,
        ),
        (
            Task(
                name="paper-state",
                title="Đổi trạng thái",
                asks=frozenset(("state", "day", "reason")),
                needs_reason=True,
                may=_may_change,
                told=_told_change,
                do=_do_change,
            ),
            Deed.RULE,
        ),
        (
            Task(
                name="paper-void",
                title="Hủy số",
                asks=frozenset(("reason",)),
                needs_reason=True,
                may=_may_void,
                told=_told_void,
                do=_do_void,
            ),
            Deed.ISSUE,
        ),
    )
}

_BOTH = ("GET", "POST")
_ONE = "van-ban/<str:document_id>/"
ROUTES = (
    Route(address=f"{_ONE}cap-so/", view=issue, name="paper-issue", deed=Deed.ISSUE, methods=_BOTH),
    Route(
        address=f"{_ONE}trang-thai/", view=change, name="paper-state", deed=Deed.RULE, methods=_BOTH
    ),
    Route(address=f"{_ONE}huy-so/", view=void, name="paper-void", deed=Deed.ISSUE, methods=_BOTH),
)
