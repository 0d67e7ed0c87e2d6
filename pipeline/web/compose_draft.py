"""One form of one person: found, kept, checked, made a record of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import TypeVar

from django.http import Http404

from pipeline.app import App
from pipeline.clock import today
from pipeline.engines.cell import Cell
from pipeline.errors.base import Problem
from pipeline.errors.composing import FormSent, TooManyForms
from pipeline.kinds.checking import check_record, context_of
from pipeline.kinds.model import Kind
from pipeline.preview import Preview, check_alone
from pipeline.record import Place, Record
from pipeline.rights import Actor
from pipeline.stores.registers.composed import Composing, Keeping
from pipeline.vietnamese import safe_file_name
from pipeline.web.compose_fields import offered
from pipeline.web.compose_typed import Made, Path, Typed, is_blank, reach, record_of
from pipeline.web.office import office, served

#: Of one person.
MOST_KEPT = 100
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")
_LONGEST_TITLE = 120
_LONGEST_NAME = 80
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A form, and what is typed in it."""

    id: str
    kind: Kind
    account: str
    typed: Typed
    #: Whether the registers have it.
    is_kept: bool
    #: Digest of the file that it was sent as; empty while it is not.
    sent_sha512: str = ""

    @property
    def made(self) -> Made:
        """The record as a dropped file would have it."""
        return record_of(self.typed, offered(self.kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is wrong, as the form shows it."""

    #: Of the whole form.
    general: tuple[str, ...] = ()
    #: Place in the form → sentences.
    errors: dict[Path, list[str]]
    #: Fields that must be filled and nobody has typed in yet, left out above.
    empty: int = 0

    @property
    def count(self) -> int:
        """How many."""
        return len(self.general) + sum(map(len, self.errors.values()))


def composable(app: App, actor: Actor) -> list[Kind]:
    """The kinds whose papers are made here from a record, as far as this person sees them."""
    return [
        kind
        for name, kind in app.kinds.items()
        if kind.source == "record" and actor.role in app.office.seen_by.get(name, (actor.role,))
    ]


def kind_named(name: str, actor: Actor) -> Kind:
    """The kind of that name. Raises Http404 where this person may not compose it."""
    for kind in composable(office(), actor):
        if kind.name == name:
            return kind
    raise Http404


def forms() -> Composing:
    """What people are composing."""
    app = office()
    return Composing(app.registers.db, app.clock)


def find(draft_id: str, kind: Kind, account: str) -> Draft:
    """The form of that id, empty where nothing was typed yet. Raises Http404 where it is another's."""
    if not _ID.fullmatch(draft_id):
        raise Http404
    kept = forms().get(draft_id)
    if kept is not None and (kept.account, kept.kind) != (account, kind.name):
        raise Http404
    return Draft(
        id=draft_id,
        kind=kind,
        account=account,
        typed=kept.typed if kept else {},
        is_kept=kept is not None,
        sent_sha512=kept.sent_sha512 if kept else "",
    )


def keep(draft: Draft) -> Draft:
    """Keep what is typed; a form in which nothing was typed is not begun.

    Raises:
        TooManyForms (R330), FormSent (R331), OfficeMoved (A433).
    """
    if is_blank(draft.typed) and not draft.is_kept:
        return draft
    who = draft.account, draft.kind.name
    match forms().keep(draft.id, who, title_of(draft), draft.typed, most=MOST_KEPT):
        case Keeping.TOO_MANY:
            raise TooManyForms(f"{draft.account} keeps {MOST_KEPT}", most=MOST_KEPT)
        case Keeping.SENT:
            raise FormSent(f"sent already draft={draft.id}")
        case Keeping.OTHERS:
            raise Http404
    return replace(draft, is_kept=True)


def title_of(draft: Draft) -> str:
    """What the list calls it: the first line that was typed."""
    for item in draft.kind.properties:
        text = draft.typed.get(item.name)
        is_line = item.own and item.type == "string" and not item.values and not item.format
        if is_line and isinstance(text, str) and text.strip():
            return " ".join(text.split())[:_LONGEST_TITLE]
    return ""


def look_over(draft: Draft) -> tuple[Record, Findings]:
    """The record in one form and what is wrong with it in itself; told as one types."""
    app, made = office(), draft.made
    context = context_of(van_phong=app.office.default_body, hom_nay=today(app.clock))
    record, problems = check_record(draft.kind, made.record, place=Place(), context=context)
    return record, told(problems, draft, made)


def look_over_in_office(draft: Draft, record: Record) -> tuple[Preview, Findings]:
    """What else a drop of this record would be told: bodies, signers, fonts, room on the sheet, papers it names.

    Raises:
        SecrecyMark (R184), TemporaryFailure.
    """
    found = with_file(
        draft, record, lambda path, cell: check_alone(path, draft.kind, office(), cell=cell)
    )
    return found, told(found.problems, draft, draft.made)


def with_file(draft: Draft, record: Record, use: Callable[[FilePath, Cell], _Answer]) -> _Answer:
    """Call *use* with a file of the record that is gone afterwards, and a warm cell."""
    with office().new_folder() as folder, served().cell_alone() as cell:
        path = FilePath(folder) / file_name(draft)
        path.write_bytes(content_of(record))
        return use(path, cell)


def content_of(record: Record) -> bytes:
    """The file that is dropped."""
    return json.dumps(record, ensure_ascii=False, indent=2).encode()


def file_name(draft: Draft) -> str:
    """A name that says what it is, and that it was composed here."""
    return safe_file_name(f"{title_of(draft)[:_LONGEST_NAME]} (soạn {draft.id[-6:]}).json")


def told(problems: Sequence[Problem], draft: Draft, made: Made) -> Findings:
    """Each problem at its field; those of no field told of the whole."""
    general: list[str] = []
    errors: dict[Path, list[str]] = {}
    for problem in problems:
        place = reach(draft.typed, made.in_form(problem.path))[0]
        if place:
            read = f" (đọc được: «{problem.was_read}»)" if problem.was_read else ""
            errors.setdefault(place, []).append(f"{problem.text}{read} ({problem.code})")
        else:
            general.append(problem.sentence())
    return Findings(general=tuple(general), errors=errors)


def told_early(found: Findings, typed: Typed) -> Findings:
    """The same while somebody types: nothing is said of a field that was not come to yet."""
    seen = {
        place: sentences
        for place, sentences in found.errors.items()
        if not is_blank(reach(typed, place)[1])
    }
    return Findings(general=found.general, errors=seen, empty=len(found.errors) - len(seen))
