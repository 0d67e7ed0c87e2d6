"""What an incoming paper says of itself → entered where it is certain, else proposed to the clerk.

What the record tells goes before what the paper says. Both are kept: the reading lies in the paper's record under a name
that no property can have, so that registers, archive and rebuild carry it along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.between import Bench
from pipeline.clock import today
from pipeline.engines.paper_facts import SURE
from pipeline.inbox.folders import WORD_SUFFIX
from pipeline.kinds.checking import check_record
from pipeline.kinds.model import Kind
from pipeline.kinds.values import Bad, read_value, shown
from pipeline.plain import from_plain, to_plain
from pipeline.record import (
    ARRIVAL_PROPERTY,
    WAITS_FOR_CLERK,
    DocumentId,
    Facts,
    LegalState,
    Place,
    Record,
)
from pipeline.stores.registers.views import DocumentView
from pipeline.suffixes import has_pages
from pipeline.vietnamese import parse_date

#: Where the clerk says it: a note lies in the folder, where nobody has a command.
ON_PAGE = "xác nhận trên trang web, «Văn bản đến», mục «Chờ văn thư xác nhận»"
#: In the record of an incoming paper: what was read of it. No property may be called so.
IN_RECORD = ARRIVAL_PROPERTY
#: What every incoming paper is asked for; what else is read only helps.
#: By these it is known which paper it is.
_WHOSE = ("number", "issuer")
_WANTED = ("number", "date", "issuer", "subject")
#: Marks that must not be passed over, where they are doubtful.
_MARKS = ("urgency", "circulation")
#: Of the time that work on a paper may take.
_SHARE = 0.7
_EMPTY: tuple[Any, ...] = (None, "", [])
_GONE = (LegalState.HUY_SO, LegalState.THU_HOI)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """One property as it was read."""

    value: Any
    #: 0…1.
    confidence: float
    #: Where it stands: page from 1, and left, top, right, bottom on it; of a Word file no place.
    page: int
    box_mm: tuple[float, ...]
    #: As they stand there.
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRead:
    """What was read of an incoming paper, and what the clerk still has to say."""

    proposals: dict[str, Proposed] = field(default_factory=dict)
    #: ``lop-chu``, ``ocr``, ``word``, or empty where nothing could be read.
    by: str = ""
    #: The ink stamp ĐẾN that it bears: ``page``, ``box_mm``, ``number``, ``day``, ``confidence``, ``words``.
    stamp: Record | None = None
    #: Properties that wait for the clerk.
    asks: tuple[str, ...] = ()
    #: Papers that may be the same one; it gets no number before the clerk has said so.
    same_as: tuple[DocumentId, ...] = ()
    #: Whether the number in its ink stamp waits for the clerk.
    asks_number: bool = False
    #: The paper whose files are this one's: it was entered before they came.
    files_of: DocumentId | None = None
    #: Papers that turned out to be this one, and whose files are kept beside its own.
    also: tuple[DocumentId, ...] = ()
    #: Papers that it is none of, as the clerk said when she was asked.
    told_apart: tuple[DocumentId, ...] = ()
    #: The paper that it turned out to be, and is kept under.
    joined: DocumentId | None = None
    #: Pages of its file, from 1, that are sheets of ours with a code and no part of the paper; all other page numbers
    #: leave them out.
    slip_pages: tuple[int, ...] = ()
    #: Of the file that came after the paper was entered: another scan is another version.
    file_sha512: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether the clerk has to say something."""
        return bool(self.asks or self.same_as or self.asks_number) and self.joined is None


def arrival_read(record: Record) -> ArrivalRead | None:
    """What was read of the paper of this record; None where nothing was."""
    told = record.get(IN_RECORD)
    if told is None:
        return None
    proposals = {name: from_plain(Proposed, one) for name, one in told["proposals"].items()}
    return replace(from_plain(ArrivalRead, {**told, "proposals": {}}), proposals=proposals)


def with_arrival(record: Record, read: ArrivalRead) -> Record:
    """The record with what was read."""
    return {**record, IN_RECORD: to_plain(read) | {WAITS_FOR_CLERK: read.is_waiting}}


def without_arrival(record: Record) -> Record:
    """The record as its kind knows it."""
    return {name: value for name, value in record.items() if name != IN_RECORD}


def leave_out(read: ArrivalRead | None) -> dict[str, list[int]]:
    """For operations on the file of an incoming paper: which of its pages are sheets of ours; nothing where none is."""
    return {"leave_out": list(read.slip_pages)} if read is not None and read.slip_pages else {}


def read_arrival(
    paper: Path, record: Record, bench: Bench, *, slip_pages: tuple[int, ...] = ()
) -> ArrivalRead | None:
    """Read a paper whose record leaves something open; None where there is nothing to tell.

    Raises:
        TemporaryFailure: the cell had to be stopped.
    """
    read = _read(paper, record, bench, slip_pages)
    return replace(read or ArrivalRead(), slip_pages=slip_pages) if slip_pages else read


def _read(
    paper: Path, record: Record, bench: Bench, slip_pages: tuple[int, ...]
) -> ArrivalRead | None:
    wanted = [name for name, what in bench.kind.read.items() if what in _WANTED]
    if not wanted or not (has_pages(paper) or paper.suffix.lower() == WORD_SUFFIX):
        return None
    if all(record.get(name) not in _EMPTY for name in wanted):
        return None
    seconds = bench.office.limits.paper_seconds
    told: dict[str, Any] = bench.cell.call(
        "paper.arrival",
        {
            "path": str(paper),
            "leave_out": list(slip_pages),
            "types": bench.kind.data.get("loai_van_ban", []),
            "today": today(bench.clock).isoformat(),
            "seconds": seconds * _SHARE,
        },
        seconds=seconds,
    )
    return ArrivalRead(
        proposals=_proposals(told["facts"], bench.kind), by=told["by"], stamp=told["stamp"]
    )


def entered(record: Record, read: ArrivalRead, bench: Bench, context: Mapping[str, str]) -> Record:
    """The record with what was read for certain where it leaves something open.

    What would break a rule of the kind is not entered: a reading never sends a paper back.
    """
    filled = dict(record)
    sound = not check_record(bench.kind, filled, place=Place(), context=context)[1]
    for name, one in read.proposals.items():
        if one.confidence < SURE or record.get(name) not in _EMPTY:
            continue
        more = {**filled, name: one.value}
        if not (sound and check_record(bench.kind, more, place=Place(), context=context)[1]):
            filled = more
    return filled


def believed(record: Record, kind: Kind) -> Record:
    """The record with number and sender as they were read, however doubtful: good enough to ask, or to find a row that waits.

    A day that is doubtful is left out: misread, it would make two papers of one.
    """
    read = arrival_read(record)
    if read is None:
        return record
    names = [name for name, what in kind.read.items() if what in _WHOSE]
    guessed = {
        name: read.proposals[name].value
        for name in names
        if name in read.proposals and record.get(name) in _EMPTY
    }
    return {**without_arrival(record), **guessed}


def believed_facts(facts: Facts, record: Record, kind: Kind) -> Facts:
    """The same as facts: enough to ask whether the paper is one that is here."""
    seen = believed(record, kind)
    number, issuer = (
        next((str(seen.get(name) or "") for name, what in kind.read.items() if what == whose), "")
        for whose in _WHOSE
    )
    return replace(
        facts,
        their_reference=facts.their_reference or number,
        their_issuer=facts.their_issuer or issuer,
    )


def asked(told: Record, record: Record, read: ArrivalRead, kind: Kind) -> ArrivalRead:
    """*read* with what the clerk still has to say.

    Args:
        told: What the dropped record said; nothing where there was none.
        record: With what was entered.
    """
    open_ones = [name for name in kind.read if record.get(name) in _EMPTY]
    weighty = {name for name, what in kind.read.items() if what in (*_WANTED, *_MARKS)}
    wanted = {name for name, what in kind.read.items() if what in _WANTED}
    asks = [
        name
        for name in open_ones
        if (name in read.proposals and name in weighty)
        or name in kind.needed
        or (not told and name in wanted)
    ]
    return replace(read, asks=tuple(asks))


def is_asked_about(record: Record) -> bool:
    """Whether a paper waited, or waits, for the clerk to say if it is one that is here or has its number."""
    read = arrival_read(record)
    return read is not None and bool(read.same_as or read.joined or read.asks_number)


def waits_for_clerk(paper: DocumentView) -> bool:
    """Whether a paper that stands waits for what the clerk has to say of it."""
    read = paper.record.get(IN_RECORD) or {}
    return bool(read.get(WAITS_FOR_CLERK)) and paper.legal_state not in _GONE


def sentences(read: ArrivalRead, kind: Kind, record: Record) -> list[str]:
    """What of the *record* was read, what people said and what waits, for the note beside the result."""
    lines = [words] if (words := slip_words(read)) else []
    entered_ones = {
        name: f"{title_of(name, kind)} «{shown_words(one)}»"
        for name, one in read.proposals.items()
        if one.confidence >= SURE and _is_entered(one, record.get(name))
    }
    if entered_ones:
        lines.append(f"Đọc được trên văn bản và đã ghi: {'; '.join(entered_ones.values())}.")
    said = [
        f"{title_of(name, kind)} «{in_words(record[name])}»"
        for name in kind.read
        if record.get(name) and name not in entered_ones and name not in read.asks
    ]
    if said:
        lines.append(f"Văn thư đã ghi: {'; '.join(said)}.")
    if read.files_of or read.also:
        whose = "bản nhận sau" if read.files_of else "bản nhận trước"
        lines.append(
            f"Văn bản nhận nhiều lần: bản dùng từ nay là tệp của {whose}, tệp kia giữ trong received/ban-khac."
        )
    if read.asks:
        asked_ones = [
            f"{title_of(name, kind)}{_seen(read.proposals.get(name))}" for name in read.asks
        ]
        lines.append(
            f"CHỜ VĂN THƯ XÁC NHẬN: {'; '.join(asked_ones)}. {ON_PAGE[:1].upper()}{ON_PAGE[1:]}."
        )
    return lines


def _is_entered(one: Proposed, value: Any) -> bool:
    """Whether a value of a record is what was read; a mark is a value of its own."""
    return isinstance(one.value, list | tuple) or in_words(one.value) == in_words(value)


def slip_words(read: ArrivalRead) -> str:
    """Which pages of the file were left out; empty where none was."""
    if not read.slip_pages:
        return ""
    pages = ", ".join(map(str, read.slip_pages))
    return (
        f"Tờ mã ở trang {pages} của tệp không thuộc văn bản: không đọc, không đóng dấu, không vào bản sao, không tính "
        "số trang. Tệp quét giữ nguyên trong kho."
    )


def title_of(name: str, kind: Kind) -> str:
    """How the clerk knows a property."""
    item = kind.property_named(name)
    return item.title if item else name


def in_words(value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    day = parse_date(value) if isinstance(value, str) else None
    return f"{day:%d/%m/%Y}" if day else shown(value)


def shown_words(one: Proposed) -> str:
    """A mark as it is printed, anything else as people write it."""
    return one.words if isinstance(one.value, list | tuple) else in_words(one.value)


def seen_words(one: Proposed) -> str:
    """What was read, how sure that is, and where it stands."""
    return f"«{shown_words(one)}», {place_words(one)}"


def place_words(one: Proposed) -> str:
    """How sure it is, and where it stands."""
    said = f"tin cậy {one.confidence:.0%}"
    if not one.box_mm:
        return f"{said}, đọc trong tệp Word"
    left, top = one.box_mm[:2]
    return f"{said}, trang {one.page}, cách mép trái {left:.0f} mm, mép trên {top:.0f} mm"


def _seen(one: Proposed | None) -> str:
    return " (không đọc được)" if one is None else f" (có thể là {seen_words(one)})"


def _proposals(facts: Mapping[str, Any], kind: Kind) -> dict[str, Proposed]:
    """By property, in the schema's form; what it cannot take is not proposed."""
    found: dict[str, Proposed] = {}
    for name, what in kind.read.items():
        item, fact = kind.property_named(name), facts.get(what)
        if item is None or fact is None:
            continue
        bad: list[Bad] = []
        value = read_value(fact["value"], item, bad, (name,))
        if value not in _EMPTY and not bad:
            found[name] = Proposed(
                value=value,
                confidence=fact["confidence"],
                page=fact["page"],
                box_mm=tuple(fact["box_mm"]),
                words=fact["words"],
            )
    return found
