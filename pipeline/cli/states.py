"""The command ``state``: what papers are in law, and what they become."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from pipeline.app import App
from pipeline.cli.common import RETURNED_STATUS, Person, acting_person, asked, put, say, the_office
from pipeline.cli.looking import one_paper
from pipeline.cli.vietnamese import Command, Unsaid
from pipeline.clock import today
from pipeline.legal import STATE_WORDS, may_become, next_states, state_hinted, state_named
from pipeline.paper_names import meant
from pipeline.record import LegalState
from pipeline.standing import shown_of, standing_words
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.vietnamese import parse_date

_MADE = (DocumentState.NUMBERED, DocumentState.WAITING)
#: «bị thay thế», «đã phát hành»: a state has up to three words, quoted or not.
_MOST_WORDS = 3


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(cls=Command)(state)


def state(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="SỐ… [TRẠNG THÁI]",
            help="Một hay nhiều số, ký hiệu, mã; cuối cùng là trạng thái mới. Không ghi trạng thái: chỉ xem.",
        ),
    ],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Lý do, ghi vào nhật ký.")] = "",
    on: Annotated[
        str, typer.Option("--date", help="Ngày ký, ngày phát hành … khi không phải hôm nay.")
    ] = "",
    person: Person = "",
) -> int:
    """Xem hoặc đổi trạng thái pháp lý: chờ ký, đã ký, đã phát hành, đã đính chính, bị thay thế, thu hồi, hủy số."""
    refs, then = _parted(words)
    if not refs:
        raise Unsaid("số, ký hiệu của văn bản", param_hint="SỐ")
    if then is not None:
        reason = asked(reason, "--reason", f"lý do chuyển thành «{STATE_WORDS[then]}»")
    with the_office(ctx, for_deed=then is not None) as office:
        if then is None:
            _refuse_no_state(refs, office)
        papers = _papers(refs, office, is_for_good=then is not None)
        if papers is None:
            return RETURNED_STATUS
        if then is None:
            for paper in papers:
                _tell(paper, office)
            return 0
        day = _day(on, today(office.clock))
        if not _all_may(papers, then):
            return RETURNED_STATUS
        who = acting_person(person)
        for paper in papers:
            done = office.registers.set_state(paper.id, then, person=who, reason=reason, on=day)
            put(f"{shown_of(done)}: {STATE_WORDS[done.legal_state]}")
    return 0


def _parted(words: list[str]) -> tuple[list[str], LegalState | None]:
    """The references, and the state that the last words name, if they do."""
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        named = state_named(" ".join(words[-count:]))
        if named is not None:
            return words[:-count], named
    return words, None


def _refuse_no_state(refs: list[str], office: App) -> None:
    """See that the last words are papers; what is none was meant as a state.

    Raises:
        typer.BadParameter: with the state that is meant, where that is clear, and all there are.
    """
    for count in range(min(_MOST_WORDS, len(refs) - 1), 0, -1):
        said = " ".join(refs[-count:])
        hinted = state_hinted(said)
        if hinted is not None:
            raise _no_state(said, f"; có phải là {_named((hinted,))}?")
    strange = 0
    while strange < len(refs) - 1 and not _may_be_paper(refs[-strange - 1], office):
        strange += 1
    if strange:
        raise _no_state(" ".join(refs[-strange:]), ".")


def _no_state(said: str, more: str) -> typer.BadParameter:
    return typer.BadParameter(
        f"không có trạng thái «{said}»{more} Các trạng thái: {_named(tuple(LegalState))}",
        param_hint="TRẠNG THÁI",
    )


def _may_be_paper(ref: str, office: App) -> bool:
    """Whether somebody may mean a paper: every number has a digit, and so has nearly every id."""
    has_mark = ref.startswith("~") or any(letter.isdigit() for letter in ref)
    return has_mark or bool(meant(ref, office).papers)


def _papers(refs: list[str], office: App, *, is_for_good: bool) -> list[DocumentView] | None:
    """The paper of each reference; None when one is not clear: then nothing at all is done."""
    found = [one_paper(ref, office, is_for_good=is_for_good) for ref in refs]
    papers = [paper for paper in found if paper is not None and paper.state in _MADE]
    for ref, paper in zip(refs, found, strict=True):
        if paper is not None and paper.state not in _MADE:
            gone = paper.state is DocumentState.PURGED
            why = (
                "đã gỡ bỏ nội dung, không đổi trạng thái nữa"
                if gone
                else "không phải văn bản đã vào sổ"
            )
            say(f"«{ref}» {why}.")
    if len(papers) < len(refs):
        return None
    return list({paper.id: paper for paper in papers}.values())


def _all_may(papers: list[DocumentView], then: LegalState) -> bool:
    bad = [
        paper
        for paper in papers
        if not may_become(paper.legal_state, then, has_number=paper.number is not None)
    ]
    for paper in bad:
        now = STATE_WORDS[paper.legal_state]
        say(
            f"«{shown_of(paper)}» đang ở trạng thái «{now}», không chuyển thành «{STATE_WORDS[then]}» được. "
            f"{_next(paper)}"
        )
    if bad and len(bad) < len(papers):
        say("Chưa đổi trạng thái của văn bản nào.")
    return not bad


def _tell(paper: DocumentView, office: App) -> None:
    put(f"{shown_of(paper)}: {standing_words(paper, office.registers)}. {_next(paper)}")


def _next(paper: DocumentView) -> str:
    allowed = next_states(paper.legal_state, has_number=paper.number is not None)
    return f"Có thể chuyển thành: {_named(allowed)}." if allowed else "Không chuyển được nữa."


def _named(states: tuple[LegalState, ...]) -> str:
    return ", ".join(f"{one.value} ({STATE_WORDS[one]})" for one in states)


def _day(text: str, now: date) -> date | None:
    if not text:
        return None
    day = parse_date(text)
    if day is None:
        raise typer.BadParameter("cần một ngày, ví dụ 09/01/2026", param_hint="--date")
    if day > now:
        raise typer.BadParameter("ngày ấy chưa tới", param_hint="--date")
    return day
