"""An incoming paper → to whom it goes, until when, with what opinion («Chuyển»); and the sheet on which that is written.

Each word is a deed of the journal on the paper. Nothing of it is required: what is written by hand on the stamp or on the
sheet holds without us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from pipeline.app import App, refuse_if_behind
from pipeline.clock import today
from pipeline.errors.routing import NothingRouted, NotToRoute, RoutingWrong
from pipeline.incoming import draw_to_file
from pipeline.legal import STATE_WORDS
from pipeline.record import DocumentId, LegalState, Record
from pipeline.rights import TABLE, Deed
from pipeline.roles import Role
from pipeline.stores.registers.people import People
from pipeline.stores.registers.routes import DONE, ROUTED, Routes, RouteView
from pipeline.stores.registers.views import DocumentView
from pipeline.vietnamese import clean_text, fold, parse_date, spell_date

#: In the record of an incoming paper: the day until which it is to be dealt with, as it came in.
_DUE = "han_giai_quyet"
_GONE = (LegalState.HUY_SO, LegalState.THU_HOI)
_LONGEST_OPINION = 2000
_LONGEST_NAME = 200
_MOST_NAMES = 30
_LATEST_YEAR = 9998
_LOOKED_THROUGH = 300
_SUGGESTED = 40
#: How a person is addressed before his name, folded.
_ADDRESSED = re.compile(r"^(?:(?:dong chi|d/c|d\.c|ong|ba)\b[. ]*)+")
#: Room for the hand where nothing is written yet.
_BLANK_LINES = 4


class Voice(StrEnum):
    """Which part of the sheet an opinion stands in (Nghị định 30, phụ lục IV)."""

    CO_QUAN = "lanh-dao-co-quan"
    DON_VI = "lanh-dao-don-vi"
    NGUOI_GIAI_QUYET = "nguoi-giai-quyet"


VOICE_WORDS = {
    Voice.CO_QUAN: "Ý kiến của lãnh đạo cơ quan",
    Voice.DON_VI: "Ý kiến của lãnh đạo đơn vị",
    Voice.NGUOI_GIAI_QUYET: "Đề xuất của người giải quyết",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says of where a paper goes, as typed."""

    person: str
    role: Role
    opinion: str = ""
    #: Units and persons.
    to: tuple[str, ...] = ()
    #: Until when, dd/mm/yyyy.
    due: str = ""
    #: None: the one of who writes.
    voice: Voice | None = None
    #: Whose opinion it is, where somebody else writes it down.
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One deed on a paper's way, as the journal tells it."""

    at: datetime
    #: As he is named on paper.
    name: str
    voice: Voice
    words: str
    to: tuple[str, ...]
    due_on: date | None


def route(paper: DocumentView, word: Word, app: App) -> RouteView:
    """Write down an opinion and where the paper goes.

    Raises:
        NothingRouted (R335), RoutingWrong (R336), NotToRoute (R337), RegistersBehind (A432).
    """
    refuse_if_behind(app)
    _check(paper, app)
    opinion, of = clean_text(word.opinion)[0].strip(), _one_line(word.of)
    to = _names(word.to)
    if len(opinion) > _LONGEST_OPINION or len(of) > _LONGEST_NAME:
        why = f"ý kiến dài quá {_LONGEST_OPINION} chữ, hoặc tên người dài quá {_LONGEST_NAME} chữ."
        raise RoutingWrong(f"long opinion document={paper.id}", why=why)
    due = _day(word.due, paper)
    if not (opinion or to or due):
        raise NothingRouted(f"nothing said document={paper.id}")
    voice = _voice(word, of)
    told: Record = {
        "to": list(to),
        "due_on": due.isoformat() if due else None,
        "opinion": opinion,
        "voice": voice.value,
        "of": of,
    }
    return Routes(app.registers.db, app.clock).route(paper.id, word.person, told)


def finish_route(paper: DocumentView, person: str, note: str, app: App) -> RouteView:
    """The paper is dealt with; *note* says how, or by which paper of ours.

    Raises:
        RoutingWrong (R336), NotToRoute (R337), RegistersBehind (A432).
    """
    refuse_if_behind(app)
    _check(paper, app)
    said = _one_line(note)
    if len(said) > _LONGEST_NAME:
        why = f"kết quả dài quá {_LONGEST_NAME} chữ."
        raise RoutingWrong(f"long note document={paper.id}", why=why)
    return Routes(app.registers.db, app.clock).done(paper.id, person, {"reason": said})


def may_be_routed(paper: DocumentView, app: App) -> bool:
    """Whether it is an incoming paper that stands and has its number."""
    return not _why_not(paper, app)


def own_voice(role: Role) -> Voice:
    """The part of the sheet in which a person speaks for himself."""
    return Voice.CO_QUAN if role is Role.LANH_DAO else Voice.NGUOI_GIAI_QUYET


def voice_choices(role: Role) -> list[tuple[str, str]]:
    """The parts as a form offers them, the usual one first."""
    own = own_voice(role)
    if role is Role.LANH_DAO:
        return [(voice.value, words) for voice, words in VOICE_WORDS.items()]
    others = [one for one in VOICE_WORDS if one is not own]
    return [
        ("", f"Lời của tôi: {VOICE_WORDS[own]}"),
        *((one.value, f"Ghi hộ: {VOICE_WORDS[one]}") for one in others),
        (own.value, f"Ghi hộ: {VOICE_WORDS[own]}"),
    ]


def _voice(word: Word, of: str) -> Voice:
    """The part of the sheet; whoever is no leader says expressly whose word a leader's part holds."""
    own = own_voice(word.role)
    if word.role is Role.LANH_DAO:
        return word.voice or own
    if of and word.voice is None:
        why = f"ghi hộ «{of}» thì hãy chọn phần ghi vào, ví dụ «{VOICE_WORDS[Voice.CO_QUAN]}»."
        raise RoutingWrong(f"no voice for={of!r}", why=why)
    if word.voice not in (None, own) and not of:
        why = (
            f"«{VOICE_WORDS[word.voice]}» là lời của lãnh đạo; ghi hộ thì hãy ghi rõ ở ô «Của ai»."
        )
        raise RoutingWrong(f"nobody's voice={word.voice}", why=why)
    return word.voice or own


def _check(paper: DocumentView, app: App) -> None:
    if why := _why_not(paper, app):
        shown = paper.number.shown if paper.number else paper.id
        raise NotToRoute(f"not to be routed document={paper.id}", what=shown, why=why)


def _why_not(paper: DocumentView, app: App) -> str:
    kind = app.kinds.get(paper.kind)
    if kind is None or not kind.is_incoming:
        return "đó không phải là văn bản đến."
    if paper.number is None:
        return "nó chưa có số đến."
    return f"nó {STATE_WORDS[paper.legal_state]}." if paper.legal_state in _GONE else ""


def _one_line(text: str) -> str:
    return " ".join(clean_text(text)[0].split())


def _names(typed: Sequence[str]) -> tuple[str, ...]:
    """Each unit or person once, however they were separated."""
    parts = (part for text in typed for part in text.replace("\n", ";").split(";"))
    cleaned = (_one_line(part).rstrip(",") for part in parts)
    names = {fold(one): one for one in cleaned if one}
    if len(names) > _MOST_NAMES or any(len(one) > _LONGEST_NAME for one in names.values()):
        why = f"chỉ chuyển đến nhiều nhất {_MOST_NAMES} nơi, mỗi tên không quá {_LONGEST_NAME} chữ."
        raise RoutingWrong("too many or too long names", why=why)
    return tuple(names.values())


def _day(typed: str, paper: DocumentView) -> date | None:
    if not typed.strip():
        return None
    day = parse_date(typed.strip())
    if day is None or day.year > _LATEST_YEAR:
        why = f"«{typed.strip()[:20]}» không phải là ngày; hãy ghi như 09/01/2026."
        raise RoutingWrong(f"no date document={paper.id}", why=why)
    if paper.number is not None and day < paper.number.issued_on:
        why = f"hạn xử lý {day:%d/%m/%Y} ở trước ngày đến {paper.number.issued_on:%d/%m/%Y}."
        raise RoutingWrong(f"due before arrival document={paper.id}", why=why)
    return day


def due_of(paper: DocumentView, known: RouteView | None) -> date | None:
    """Until when it is to be dealt with: as was said last, else as its record came."""
    if known is not None and known.due_on is not None:
        return known.due_on
    told = paper.record.get(_DUE)
    return parse_date(told) if isinstance(told, str) else None


def opinions_of(paper: DocumentView, app: App) -> list[Opinion]:
    """What was said on its way, oldest first."""
    lines = app.registers.deeds_on([paper.id], [ROUTED]).get(paper.id, [])
    return [
        Opinion(
            at=line.at,
            name=line.data.get("of") or bare_name(line.person),
            voice=Voice(line.data.get("voice", Voice.CO_QUAN)),
            words=str(line.data.get("opinion", "")),
            to=tuple(line.data["to"]),
            due_on=date.fromisoformat(line.data["due_on"]) if line.data["due_on"] else None,
        )
        for line in lines
    ]


def result_of(paper: DocumentView, app: App) -> str:
    """How it was dealt with, as was said when it was done."""
    lines = app.registers.deeds_on([paper.id], [DONE]).get(paper.id, [])
    return str(lines[-1].data.get("reason", "")) if lines else ""


def bare_name(person: str) -> str:
    """A person of the journal without his account."""
    return person.rpartition(" (")[0] or person


def suggested_names(app: App) -> list[str]:
    """Whom papers went to lately, the most frequent first; then the office's leaders."""
    counts: dict[str, tuple[int, str]] = {}
    for one in Routes(app.registers.db, app.clock).newest(_LOOKED_THROUGH):
        for name in one.to:
            known = counts.get(fold(name))
            counts[fold(name)] = (known[0] + 1, known[1]) if known else (1, name)
    ordered = sorted(counts.values(), key=lambda one: -one[0])
    names = [name for _, name in ordered]
    known_keys = set(counts)
    leaders = [
        one.full_name
        for one in People(app.registers.db, app.clock).all()
        if one.is_active and one.role is Role.LANH_DAO and fold(one.full_name) not in known_keys
    ]
    return [*names, *leaders][:_SUGGESTED]


def waits_for(name: str, app: App, *, limit: int) -> list[tuple[DocumentView, RouteView]]:
    """Papers that were sent to a person by somebody else and are not done; what is due first stands first."""
    routes = Routes(app.registers.db, app.clock)
    mine = [one for one in routes.open_for(name, limit) if bare_name(one.person) != name]
    papers = {one.id: one for one in app.registers.get_many([one.document_id for one in mine])}
    found = ((papers[one.document_id], one) for one in mine if one.document_id in papers)
    return [(paper, one) for paper, one in found if may_be_routed(paper, app)]


def unknown_persons(told: RouteView, app: App) -> Iterator[str]:
    """A sentence for each name that means a person and leads to nobody's «Chờ ý kiến»; units and the like are names as well."""
    readers = [
        one.full_name
        for one in People(app.registers.db, app.clock).all()
        if one.is_active and Deed.ROUTE in TABLE[one.role]
    ]
    for name in told.to:
        key = fold(name)
        bare = _ADDRESSED.sub("", key)
        if any(f" {fold(one)} " in f" {key} " for one in readers):
            continue
        near = [one for one in readers if f" {fold(one)}".endswith(f" {bare}")]
        if near or bare != key:
            known = (
                f" Có phải {' hay '.join(near)}? Đúng thì chuyển lại, ghi đủ họ tên."
                if near
                else ""
            )
            yield f"«{name}» không khớp tài khoản nào, nên không hiện ở trang Chờ ý kiến của ai.{known}"


def went_nowhere(
    app: App, *, before: int | None, limit: int
) -> tuple[list[DocumentView], int | None]:
    """Of the newest arrivals, those about which nobody has said anything yet; where the following ones begin."""
    rows, following = app.registers.newest_entries({"book": "den"}, before=before, limit=limit)
    ids = [
        DocumentId(row.entry.document_id)
        for row in rows
        if row.entry.document_id and row.route is None and not (row.facts and row.facts.recipients)
    ]
    papers = {one.id: one for one in app.registers.get_many(ids)}
    found = [papers[one] for one in ids if one in papers]
    return [one for one in found if may_be_routed(one, app)], following


def draw_sheet(paper: DocumentView, out: Path, app: App) -> None:
    """«Phiếu giải quyết văn bản đến» of a paper: what was said of it, and room for what is not said yet.

    Raises:
        NotToRoute (R337): it has no number.
    """
    facts, number = paper.facts, paper.number
    if facts is None or number is None:
        raise NotToRoute(f"no number document={paper.id}", what=paper.id, why="nó chưa có số đến.")
    day = today(app.clock)
    body = app.office.body(facts.issuer, day)
    known = Routes(app.registers.db, app.clock).of([paper.id]).get(paper.id)
    due = due_of(paper, known)
    said = opinions_of(paper, app)
    dated = f" ngày {facts.their_date:%d/%m/%Y}" if facts.their_date else ""
    lines = [
        f"Số đến: {number.ordinal}, ngày đến {number.issued_on:%d/%m/%Y}.",
        f"Cơ quan ban hành: {facts.their_issuer or '…………………………………………'}",
        f"Số, ký hiệu: {facts.their_reference or '……………………'}{dated}",
        f"Tên loại và trích yếu: {_titled(facts.type_name, facts.subject)}",
        f"Thời hạn giải quyết: {due:%d/%m/%Y}" if due else "Thời hạn giải quyết: ……/……/…………",
    ]
    args: Record = {
        "parent": body.parent_name,
        "issuer": body.name,
        "place": body.place,
        "day": spell_date(day),
        "title": "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN",
        "subject": facts.urgency,
        "lines": lines,
        "parts": [_part(voice, said) for voice in Voice],
    }
    draw_to_file("slip.letter", args, out, app)


def _titled(type_name: str, subject: str) -> str:
    if not type_name or fold(subject).startswith(fold(type_name)):
        return subject
    return f"{type_name}: {subject}"


def _part(voice: Voice, said: Sequence[Opinion]) -> Record:
    own = [one for one in said if one.voice is voice]
    lines = [line for one in own for line in _lines(one)]
    return {"title": VOICE_WORDS[voice], "lines": lines, "blank": 0 if own else _BLANK_LINES}


def _lines(one: Opinion) -> Iterator[str]:
    if one.words:
        yield one.words
    if one.to:
        yield f"Chuyển: {'; '.join(one.to)}."
    due = f" Hạn xử lý: {one.due_on:%d/%m/%Y}." if one.due_on else ""
    yield f"{one.name}, {one.at:%d/%m/%Y}.{due}"
