"""A file in the inbox → what the cell saw in it, before anything of it is copied (act 0).

Whole or still growing, marked secret or not, and for records the records themselves.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.config import Office
from pipeline.engines.cell import Cell
from pipeline.engines.secrecy import mark_in_value
from pipeline.engines.time_box import PATIENCE
from pipeline.errors.base import Problem
from pipeline.errors.intake import NothingInside, RecordsInPaperFolder, UnknownFormat
from pipeline.inbox.answer_text import EDITED
from pipeline.inbox.folders import RECORD_SUFFIXES, SHEET_SUFFIXES, WORD_SUFFIX, Drop
from pipeline.kinds.model import Kind
from pipeline.record import Place, Record
from pipeline.vietnamese import parse_date

#: In the extra facts of a receipt: the decision that opened a paper with a mark of secrecy.
DECLASSIFIED = "declassified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One record of a file."""

    record: Record
    place: Place
    sha512: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen."""

    is_whole: bool
    is_secret: bool = False
    #: Something looks like a mark of secrecy and nobody has said that it is none.
    is_doubtful: bool = False
    #: It is in doubt, if at all, because there was no time to look.
    is_unlooked: bool = False
    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_list: bool = False
    hold_all: bool = False
    lot: str = ""
    #: Further facts for the answer: rows skipped, headings nobody knows.
    details: Record = field(default_factory=dict)


def look_at(drop: Drop, kind: Kind, office: Office, cell: Cell, *, new_lot: str) -> Look:
    """Look at a drop in the cell, by path and read-only.

    Args:
        new_lot: Rows without a code of their own get one of this lot.

    Raises:
        TemporaryFailure: the cell had to be stopped; the caller counts.
    """
    accepted = accepted_suffixes(kind)
    if drop.suffix not in accepted and drop.flaw is None:
        return _unknown_format(drop, accepted)
    if drop.suffix in kind.papers or drop.flaw is not None:
        return _look_at_paper(drop, kind, office, cell)
    if drop.suffix == WORD_SUFFIX:
        return _look_at_edit(drop, office, cell)
    return _look_at_records(drop, kind, office, cell, new_lot=new_lot)


def accepted_suffixes(kind: Kind) -> frozenset[str]:
    """The endings a kind's folder takes."""
    if kind.source == "paper":
        rows = frozenset({".csv"}) if kind.is_finished else frozenset()
        return frozenset(kind.papers) | RECORD_SUFFIXES | rows
    if kind.source == "signed":
        return frozenset(kind.papers)
    words = frozenset({WORD_SUFFIX}) if kind.may_wait_for_signature else frozenset()
    return RECORD_SUFFIXES | SHEET_SUFFIXES | words


def record_digest(record: Record) -> str:
    """A digest that is the same for the same content, however it was written down."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha512(text.encode()).hexdigest()


def _unknown_format(drop: Drop, accepted: frozenset[str]) -> Look:
    error = UnknownFormat(
        "unknown format",
        folder=drop.kind,
        suffix=drop.suffix or "không có đuôi",
        accepted=", ".join(sorted(suffix.lstrip(".") for suffix in accepted)),
    )
    return Look(is_whole=True, problems=(error.problem(),))


def _look_at_paper(drop: Drop, kind: Kind, office: Office, cell: Cell) -> Look:
    seen = _look_at_files(drop, kind, office, cell)
    if seen["secrecy"] and drop.companion is None and not seen["records"]:
        return Look(is_whole=True, is_secret=True)
    record: Record = {}
    problems = [_problem(value) for value in seen["problems"]]
    if drop.flaw is not None:
        problems.append(drop.flaw.problem())
    if drop.companion is not None:
        beside = _look_at_records(Drop(kind=drop.kind, path=drop.companion), kind, office, cell)
        if beside.is_secret or not beside.is_whole:
            return beside
        problems += beside.problems
        if not beside.problems and len(beside.items) != 1:
            problems.append(_not_one(drop.companion.name, len(beside.items)))
        record = beside.items[0].record if beside.items else {}
    elif seen["records"]:
        if len(seen["records"]) > 1:
            problems.append(_not_one(drop.path.name, len(seen["records"])))
        record = seen["records"][0]["record"]
        if mark_in_value(record.get("do_mat")):
            return Look(is_whole=True, is_secret=True)
    decision = declassified(record)
    if seen["secrecy"] and not decision:
        return Look(is_whole=True, is_secret=True)
    item = Item(record=record, place=Place(), sha512=record_digest(record))
    return Look(
        is_whole=bool(seen["whole"]),
        items=(item,),
        problems=tuple(problems),
        is_doubtful=bool(seen["doubt"]) and not decision and not _is_declared_open(record),
        is_unlooked=bool(seen["unlooked"]),
        details=({"unread": True} if seen["unread"] else {})
        | ({DECLASSIFIED: decision} if decision else {}),
    )


def declassified(record: Record) -> Record:
    """The decision by which a paper with a mark of secrecy is open now; empty unless number and day are there."""
    number, day = str(record.get("giai_mat_so") or "").strip(), record.get("giai_mat_ngay")
    read = parse_date(str(day)) if day else None
    if not number or read is None:
        return {}
    person = str(record.get("giai_mat_nguoi") or "").strip()
    told = {"decision": number, "on": read.isoformat()}
    return told | ({"by": person} if person else {})


def _not_one(name: str, count: int) -> Problem:
    return RecordsInPaperFolder("not one record", file=name, count=count).problem()


def _look_at_files(drop: Drop, kind: Kind, office: Office, cell: Cell) -> dict[str, Any]:
    """The paper and all that came with it, each looked at for a mark of secrecy before anything is copied."""
    seen: dict[str, Any] = {"problems": [], "records": []}
    seen |= {"whole": True, "secrecy": "", "doubt": "", "unread": False, "unlooked": False}
    for path in (drop.path, *drop.annexes):
        suffix = path.suffix.lower()
        if suffix == ".zip":
            one = cell.call(
                "bundle.look",
                bundle_args(path, path.name, kind, office)
                | {"spec": {**kind.sheet_spec(), "limits": _table_limits(office)}},
                seconds=office.limits.paper_seconds,
                patience=PATIENCE,
            )
        else:
            one = cell.call(
                "paper.look",
                {"path": str(path), "suffix": suffix},
                seconds=office.limits.paper_seconds,
                patience=PATIENCE,
            )
        seen["whole"] = seen["whole"] and one["whole"]
        for name in ("secrecy", "doubt", "unread", "unlooked"):
            seen[name] = seen[name] or one[name]
        seen["problems"] += one.get("problems", [])
        seen["records"] += one.get("records", [])
        if seen["secrecy"]:
            break
    return seen


def bundle_args(path: Path, name: str, kind: Kind, office: Office) -> dict[str, Any]:
    """What the operations on a ZIP of a paper with annexes ask for."""
    return {
        "path": str(path),
        "name": name,
        "papers": [suffix for suffix in kind.papers if suffix != ".zip"],
        "max_bytes": office.limits.max_file_bytes * 2,
    }


def _look_at_edit(drop: Drop, office: Office, cell: Cell) -> Look:
    """A Word file: the text of a draft, edited and dropped back."""
    seen = cell.call("word.look", {"path": str(drop.path)}, seconds=office.limits.paper_seconds)
    if seen["secrecy"]:
        return Look(is_whole=True, is_secret=True)
    record: Record = {}
    return Look(
        is_whole=bool(seen["whole"]),
        items=(Item(record=record, place=Place(), sha512=record_digest(record)),),
        problems=tuple(_problem(value) for value in seen["problems"]),
        details={EDITED: seen["mark"]},
    )


def _is_declared_open(record: Record) -> bool:
    """Whether the record beside a paper says in so many words that it is not secret."""
    value = record.get("do_mat")
    return bool(value) and not mark_in_value(value)


def _look_at_records(
    drop: Drop, kind: Kind, office: Office, cell: Cell, *, new_lot: str = ""
) -> Look:
    read = cell.call(
        "tables.read",
        {
            "path": str(drop.path),
            "suffix": drop.suffix,
            **kind.sheet_spec(),
            "limits": _table_limits(office),
            "new_lot": new_lot if drop.suffix in SHEET_SUFFIXES else "",
        },
        seconds=office.limits.table_seconds,
    )
    records = [item["record"] for item in read["records"]]
    if read.get("secrecy") or any(mark_in_value(record.get("do_mat")) for record in records):
        return Look(is_whole=True, is_secret=True)
    items = tuple(
        Item(
            record=item["record"],
            place=Place(**item["place"]),
            sha512=record_digest(item["record"]),
        )
        for item in read["records"]
    )
    problems = tuple(_problem(value) for value in read["problems"])
    if not items and not problems:
        problems = (NothingInside("no records", file=drop.path.name).problem(),)
    return Look(
        is_whole=bool(read.get("whole", not problems)),
        items=items,
        problems=problems,
        is_list=drop.suffix in SHEET_SUFFIXES or len(items) > 1,
        hold_all=bool(read.get("ca_lo")),
        lot=str(read.get("lot") or ""),
        details=_details(read),
    )


def _table_limits(office: Office) -> dict[str, int]:
    limits = office.limits
    return {
        "max_rows": limits.max_rows,
        "max_record_bytes": limits.max_record_bytes,
        "max_file_bytes": limits.max_file_bytes,
    }


def _problem(value: dict[str, Any]) -> Problem:
    return Problem(**{**value, "path": tuple(value.get("path", ()))})


def _details(read: dict[str, Any]) -> Record:
    names = ("skipped_rows", "unknown_headings", "notes")
    details = {name: read[name] for name in names if read.get(name)}
    row_problems = {
        str(item["place"]["index"]): item["problems"]
        for item in read["records"]
        if item.get("problems")
    }
    return details | ({"row_problems": row_problems} if row_problems else {})
