"""Papers that come as files: opened on trial, read where they are ours, joined with the row that waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.between import Bench, Checked
from pipeline.clock import today
from pipeline.errors.base import Problem
from pipeline.errors.incoming import OnlySheetsOfOurs
from pipeline.errors.papers import FactsNotRead, NumberOfAnother
from pipeline.errors.records import FieldMissing
from pipeline.inbox.arrival_reading import (
    ArrivalRead,
    arrival_read,
    asked,
    believed,
    entered,
    leave_out,
    read_arrival,
    with_arrival,
    without_arrival,
)
from pipeline.inbox.edited_papers import (
    draft_edited,
    retold,
    settle_edit,
    with_annexes_before,
)
from pipeline.inbox.late_records import (
    ONLY_ON_PAPER,
    amend,
    annexes_said,
    find_paper,
    is_late_record,
    is_number_first,
    is_row_only,
    paper_of,
    refuse_number,
)
from pipeline.inbox.number_first import RESCAN_OF, own_sheets, row_of_file
from pipeline.inbox.own_text import without_pointer
from pipeline.inbox.reading import PaperRead, read_paper, what_is_missing, with_paper
from pipeline.inbox.received import Received, annexes_among, dropped, paper_among
from pipeline.inbox.stacks import codes_of, part_dropped
from pipeline.kinds.checking import context_of
from pipeline.record import Facts, LegalState, Record
from pipeline.sheet_context import mark_of
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView
from pipeline.suffixes import has_pages
from pipeline.vietnamese import pad_ordinal, parse_reference

_NUMBER_PROPERTY = "so_da_cap"
_MOST_NAMED = 20


@dataclass(slots=True, kw_only=True)
class PaperCheck:
    """What was found out about the file of a drop before its record is checked."""

    #: With what the paper told in their records.
    documents: list[DocumentView]
    paper: Path | None = None
    seen: PaperRead | None = None
    #: The row of the book that waits for this file.
    row: DocumentView | None = None
    #: The draft whose file was changed and dropped back.
    draft: DocumentView | None = None
    pages: int | None = None
    #: What an incoming paper says of itself, and what its record said before.
    arrival: ArrivalRead | None = None
    told: Record = field(default_factory=dict)
    #: Whether the pages of every annex are counted in *pages*.
    annexes: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def look_into(receipt: ReceiptView, documents: Sequence[DocumentView], bench: Bench) -> PaperCheck:
    """Open the dropped paper, count it, read it.

    Raises:
        TemporaryFailure: the cell had to be stopped.
    """
    check = PaperCheck(documents=list(documents))
    if is_late_record(receipt, bench.kind):
        earlier = paper_of(receipt, bench)
        if earlier is not None and bench.kind.is_finished:
            check.documents = [
                replace(one, record={**without_pointer(earlier.record), **one.record})
                for one in documents
            ]
        elif earlier is not None and len(documents) == 1:
            # What she said before, and what only the paper tells, stays beside what she says now.
            (document,) = documents
            told = {**without_arrival(earlier.record), **document.record}
            check.documents = [replace(document, record=told)]
            check.arrival = arrival_read(earlier.record)
            _enter(check, receipt, bench)
        return check
    files, problems = dropped(receipt, bench)
    check.problems += problems
    check.paper = None if problems else paper_among(files, bench.kind)
    if check.paper is None:
        return check
    if bench.kind.is_finished:
        files = _read(check, receipt, files, bench)
    elif len(documents) == 1 and not check.problems:
        pages = codes_of(check.paper, bench.cell, bench.office.limits.paper_seconds)
        if _is_stack(check, pages, receipt, bench):
            return check
        slips = own_sheets(pages, bench)
        if slips and len(slips) == len(pages):
            error = OnlySheetsOfOurs(f"{len(slips)} sheets of ours", file=receipt.source_name)
            check.problems.append(error.problem())
            return check
        record = documents[0].record
        check.arrival = read_arrival(check.paper, record, bench, slip_pages=slips)
        _enter(check, receipt, bench)
        _find_row(check, receipt, pages, bench)
    _count(check, files, bench)
    return check


def _is_stack(
    check: PaperCheck, pages: Sequence[Sequence[str]], receipt: ReceiptView, bench: Bench
) -> bool:
    """Whether several papers came as one scan: they are dropped one by one. With a record it is one, as she says."""
    assert check.paper is not None
    is_said_to_be_one = bool(check.documents[0].record) or RESCAN_OF in receipt.extra
    if is_said_to_be_one or not has_pages(check.paper):
        return False
    parted = part_dropped(receipt, check.paper, pages, bench)
    check.problems += [parted] if parted else []
    return parted is not None


def _enter(check: PaperCheck, receipt: ReceiptView, bench: Bench) -> None:
    """Into the record of an incoming paper, what was read of it for certain."""
    (document,) = check.documents
    check.told = document.record
    if check.arrival is not None:
        context = context_of(
            van_phong=bench.office.default_body,
            hom_nay=today(bench.clock),
            ten_tep=Path(receipt.source_name).stem,
        )
        record = entered(document.record, check.arrival, bench, context)
        check.documents = [replace(document, record=record)]


def _find_row(
    check: PaperCheck, receipt: ReceiptView, pages: Sequence[Sequence[str]], bench: Bench
) -> None:
    """The row that was entered before its file came; what it says goes before what the file says."""
    (document,) = check.documents
    codes = [code for page in pages for code in page]
    seen = with_arrival(document.record, check.arrival) if check.arrival else document.record
    check.row = row_of_file(receipt, believed(seen, bench.kind), codes, bench)
    if check.row is not None:
        known = without_arrival(check.row.record)
        check.documents = [replace(document, record={**document.record, **known, **check.told})]
        check.told = {**known, **check.told}


def _read(check: PaperCheck, receipt: ReceiptView, files: Received, bench: Bench) -> Received:
    """What the paper says, and whose file it is; its files, annexes of the draft it belongs to among them."""
    assert check.paper is not None
    seen = check.seen = read_paper(check.paper, bench)
    check.problems += seen.problems
    (document,) = check.documents
    check.row = _row_waiting_for(receipt, seen, bench)
    if check.row is None and not seen.problems:
        check.draft = draft_edited(receipt, document, seen, bench)
    if check.draft is not None:
        record = retold(document.record, seen, check.draft, bench)
        files = with_annexes_before(files, check.draft, bench)
    else:
        known = without_pointer(check.row.record) if check.row else {}
        record = with_paper({**known, **document.record}, seen)
    check.documents = [replace(document, record=record)]
    return files


def settle(
    checked: Sequence[Checked], check: PaperCheck, receipt: ReceiptView, bench: Bench
) -> None:
    """What the file means for its paper: problems, pages, a number that is printed, a row that waits."""
    if is_late_record(receipt, bench.kind):
        find_paper(checked, receipt, bench)
    for item in checked:
        item.problems += check.problems
        _ask_for_facts(item, check, receipt, bench)
        if check.arrival is not None and item.facts is not None:
            _keep_reading(item, check, bench)
        if item.facts is None or item.amends is not None:
            continue
        if check.paper is not None:
            item.facts = _with_pages(item.facts, check)
        if bench.kind.is_finished:
            _settle_finished(item, check, receipt, bench)
        elif check.row is not None and check.row.facts is not None:
            # A row without a file says so until it has one; what else the book says of a paper stays.
            note = item.facts.note if is_row_only(check.row) else check.row.facts.note
            item.facts = replace(item.facts, issued_on=check.row.facts.issued_on, note=note)
            item.waits = False
            item.record = _read_of_row(item.record, check.row, receipt)
            amend(item, check.row)
        elif is_number_first(receipt):
            note = "; ".join(part for part in (ONLY_ON_PAPER, item.facts.note) if part)
            item.facts = replace(item.facts, note=note)


def _keep_reading(item: Checked, check: PaperCheck, bench: Bench) -> None:
    """Beside the record what was read, what the clerk still has to say, and whether a stamp by hand is asked about."""
    assert check.arrival is not None
    read = asked(check.told, item.record, check.arrival, bench.kind)
    if read.stamp is not None and check.paper is not None and not item.record.get(_NUMBER_PROPERTY):
        item.waits = True
        read = replace(read, asks_number=check.row is None)
    item.record = with_arrival(item.record, read)


def _read_of_row(record: Record, row: DocumentView, receipt: ReceiptView) -> Record:
    """The record of a row with the file that is its own now, and what the clerk still has to say of the row."""
    now, before = (arrival_read(one) or ArrivalRead() for one in (record, row.record))
    if row.number is None:
        now = replace(
            now,
            same_as=before.same_as,
            asks_number=before.asks_number,
            stamp=now.stamp or before.stamp,
            joined=before.joined,
        )
    now = replace(now, also=before.also, told_apart=before.told_apart, file_sha512=receipt.sha512)
    return with_arrival(record, now)


def _settle_finished(item: Checked, check: PaperCheck, receipt: ReceiptView, bench: Bench) -> None:
    assert item.facts is not None
    if check.paper is None:
        if not check.problems:
            note = "; ".join(part for part in (ONLY_ON_PAPER, item.facts.note) if part)
            item.facts = replace(item.facts, note=note)
    elif check.row is not None:
        _join(item, check.row, check)
        return
    elif check.draft is not None:
        refuse_number(item, check.draft)
        settle_edit(item, check.draft, receipt, bench)
        return
    _take_printed_number(item, check)


def _ask_for_facts(item: Checked, check: PaperCheck, receipt: ReceiptView, bench: Bench) -> None:
    """One request for all that is missing, in the place of a line for each field."""
    if check.paper is None or check.problems:
        return
    document = next(one for one in check.documents if one.id == item.document_id)
    if bench.kind.is_incoming:
        # What comes as a table tells nothing that a stamp could stand for.
        asked = check.paper.suffix.lower() in _TABLES and not document.record
        seen = PaperRead(values={}, number=None, remarks=(), problems=(), text="")
    else:
        asked, seen = (
            True,
            check.seen or PaperRead(values={}, number=None, remarks=(), problems=(), text=""),
        )
    missing: FactsNotRead | None = None
    if asked:
        missing = what_is_missing(document.record, seen, Path(receipt.source_name).stem, bench)
    if missing is not None:
        kept = [one for one in item.problems if one.code != FieldMissing.code]
        item.problems = [missing.problem(), *kept]


_TABLES = frozenset((".xlsx", ".xls", ".ods"))


def _count(check: PaperCheck, files: Received, bench: Bench) -> None:
    """Pages of the paper and of what came with it, and whatever makes one of them fail."""
    assert check.paper is not None
    limits = bench.office.limits
    if has_pages(check.paper):
        tried: dict[str, Any] = bench.cell.call(
            "paper.trial",
            {
                "path": str(check.paper),
                **leave_out(check.arrival),
                "max_pages": limits.max_pages,
                "rules": mark_of(bench.kind),
            },
            seconds=limits.paper_seconds,
        )
        check.problems += [_problem(value) for value in tried["problems"]]
        check.pages = int(tried["pages"])
    elif check.seen is None:
        check.problems += _counted(check.paper, bench)[1]
    named = []
    for path in annexes_among(files).values():
        pages, problems = _counted(path, bench)
        where = f"phụ lục «{path.name}»"
        check.problems += [replace(problem, where=where) for problem in problems]
        named.append(f"{path.name} ({pages} trang)" if pages else path.name)
        if check.pages is not None:
            check.pages = check.pages + pages if pages else None
    check.annexes = tuple(named)


def _counted(path: Path, bench: Bench) -> tuple[int | None, list[Problem]]:
    told = bench.cell.call(
        "paper.count",
        {"path": str(path), "suffix": path.suffix.lower()},
        seconds=bench.office.limits.paper_seconds,
    )
    return told["pages"], [_problem(value) for value in told["problems"]]


def _with_pages(facts: Facts, check: PaperCheck) -> Facts:
    note = facts.note
    if check.annexes:
        said = annexes_said(check.annexes[:_MOST_NAMED], len(check.annexes))
        note = f"{note}; {said}" if note else said
    so_trang = facts.so_trang if facts.so_trang is not None else check.pages
    return replace(facts, so_trang=so_trang, note=note)


def _row_waiting_for(receipt: ReceiptView, seen: PaperRead, bench: Bench) -> DocumentView | None:
    """The row of the book whose paper this is: by the file's name, else by a number in the name or on the paper."""
    stem = Path(receipt.source_name).stem
    found = list(bench.registers.by_source(bench.kind.name, stem))
    printed = seen.number
    shown = _shown(printed) if printed is not None and printed["ordinal"] is not None else ""
    for text in (stem.replace("_", "-"), shown):
        reference = parse_reference(text) if text else None
        if reference is not None and reference.is_whole:
            found += bench.registers.find(str(reference))
    living = (
        one
        for one in found
        if one.kind == bench.kind.name
        and one.state in {DocumentState.NUMBERED, DocumentState.WAITING}
        and one.legal_state is not LegalState.HUY_SO
        and is_row_only(one)
    )
    return next(living, None)


def _join(item: Checked, row: DocumentView, check: PaperCheck) -> None:
    printed = check.seen.number if check.seen else None
    if row.number is not None and printed is not None and printed["ordinal"] is not None:
        same = parse_reference(row.number.reference)
        shown = _shown(printed)
        if same is not None and parse_reference(shown) != same:
            why = f"trong sổ văn bản này mang số «{row.number.reference}»."
            item.problems.append(
                NumberOfAnother("another number", printed=shown, why=why).problem()
            )
    amend(item, row)


def _take_printed_number(item: Checked, check: PaperCheck) -> None:
    """A number that stands on the paper is the one it gets, or none (R137); the registers refuse it when taken (R171)."""
    assert item.facts is not None
    text = str(item.record.get(_NUMBER_PROPERTY) or "")
    told = parse_reference(text) if text else None
    printed = check.seen.number if check.seen else None
    if printed is not None and printed["ordinal"] is not None:
        shown = _shown(printed)
        if told is not None and told.ordinal != printed["ordinal"]:
            why = f"thông tin kèm theo ghi số đã cấp «{text}»."
            item.problems.append(NumberOfAnother("two numbers", printed=shown, why=why).problem())
            return
        told, item.is_printed = parse_reference(shown), True
    if told is None:
        return
    ours = f"{item.symbol}/{item.facts.issuer}"
    theirs = f"{told.symbol}/{told.issuer}"
    if told.is_whole and theirs.casefold() != ours.casefold():
        why = f"văn bản này vào sổ với ký hiệu «{ours}»."
        shown = f"{pad_ordinal(told.ordinal)}-{theirs}"
        item.problems.append(NumberOfAnother("another symbol", printed=shown, why=why).problem())
        return
    item.ordinal = told.ordinal


def _shown(printed: dict[str, Any]) -> str:
    return f"{pad_ordinal(int(printed['ordinal']))}-{printed['symbol']}/{printed['issuer']}"


def _problem(value: dict[str, Any]) -> Problem:
    return Problem(**{**value, "path": tuple(value.get("path", ()))})
