"""Whatever an office does in whatever order, its books stay whole: a machine that tries."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from rebuilding_kit import Keeping
from registers_kit import (
    DEN,
    GGT,
    PNX,
    copy_of,
    drop,
    facts,
    kept,
    later,
    number,
    opened,
    reserved,
    secret,
)

from pipeline.clock import OFFICE_ZONE
from pipeline.errors.numbering import NumberNotWaiting, NumberOfSecret
from pipeline.errors.registers import NothingToVoid, NumberTaken, SeriesLocked
from pipeline.number_gaps import GapChoice, gap_rows
from pipeline.record import (
    DocumentId,
    EntryStatus,
    Number,
    NumberSource,
    ReceiptId,
    SeriesKey,
)
from pipeline.stores.registers.removal import Begun
from pipeline.stores.registers.views import (
    DocumentState,
    Holding,
    Ruling,
    Verdict,
)

YEAR_S = 365 * 24 * 3600


@cache
def made_tables() -> Path:
    """A folder of registers with empty tables, made once."""
    directory = Path(tempfile.mkdtemp(prefix="vanthu-machine-")) / "registers"
    atexit.register(shutil.rmtree, directory.parent)
    with opened(directory):
        pass
    return directory


class Rollback(Exception):
    """A power cut in the middle of a batch."""


class OfficeMachine(RuleBasedStateMachine):
    """Keeps its own plain account of what must be true, and compares."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        home = Path(tempfile.mkdtemp(prefix="vanthu-machine-"))
        self.open.callback(shutil.rmtree, home)
        copy_of(made_tables(), home / "registers")
        self.registers = self.open.enter_context(opened(home / "registers", self.new_url()))
        self.keeping = Keeping(home, self.registers, made_tables(), self.open)
        self.year = 2026
        #: Ordinals without a paper: series and ordinal → status and source.
        self.aside: dict[tuple[SeriesKey, int], tuple[EntryStatus, NumberSource]] = {}
        #: What each paper was given; it may never change.
        self.given: dict[DocumentId, Number] = {}
        self.voided: set[DocumentId] = set()
        self.purged: set[DocumentId] = set()
        self.versions: dict[DocumentId, int] = {}
        self.undecided: list[tuple[ReceiptId, list[Ruling]]] = []

    def new_url(self) -> str:
        """Where the registers of one run are; empty: in a file."""
        return ""

    @initialize(start=st.integers(1, 300))
    def open_the_book(self, start: int) -> None:
        self.start = start

    def teardown(self) -> None:
        try:
            self.burn_down_and_rebuild()
        finally:
            self.open.close()

    @property
    def today(self) -> date:
        return self.registers.clock.now().astimezone(OFFICE_ZONE).date()

    def _series(self, choice: str) -> tuple[SeriesKey, dict[str, object]]:
        year = str(self.year)
        if choice == "di":
            return GGT, {"reference_format": "{so}-GGT/VPTU", "start": self.start}
        if choice == "den":
            return replace(DEN, period=year), {"reference_format": "{so}"}
        return replace(PNX, period=year), {"reference_format": "", "lookup_prefix": "PNX"}

    @rule(
        choices=st.lists(st.sampled_from(["di", "den", "noi-bo", "bad", "twin"]), max_size=5),
    )
    def drop_a_list(self, choices: list[str]) -> None:
        receipt_id, ids = drop(self.registers, [f"Người {len(self.given)}"] * len(choices))
        rulings = []
        for document_id, choice in zip(ids, choices, strict=True):
            if choice == "bad":
                rulings.append(Ruling(document_id=document_id, verdict=Verdict.RETURN))
                continue
            key, changes = self._series("di" if choice == "twin" else choice)
            identity = "luôn một người" if choice == "twin" else ""
            rulings.append(
                number(
                    document_id,
                    series=key,
                    identity=identity,
                    issued_on=self.today,
                    backdated_by="Chánh Văn phòng",
                    backdated_why="danh sách nằm lại qua năm",
                    **changes,
                )
            )
        self.undecided.append((receipt_id, rulings))

    @precondition(lambda self: self.undecided)
    @rule()
    def the_power_is_cut_while_numbering(self) -> None:
        receipt_id, rulings = self.undecided[-1]
        with suppress(Rollback), self.registers.db.transaction():
            self.registers.decide(receipt_id, rulings)
            raise Rollback

    @precondition(lambda self: self.undecided)
    @rule(again=st.booleans())
    def number_the_list(self, again: bool) -> None:
        receipt_id, rulings = self.undecided.pop()
        documents = self.registers.decide(receipt_id, rulings)
        if again:
            assert self.registers.decide(receipt_id, rulings) == documents
        last: dict[SeriesKey, int] = {}
        for document in documents:
            if document.state is not DocumentState.NUMBERED:
                assert document.number is None
                continue
            assert document.number is not None
            before = last.get(document.number.series, document.number.ordinal - 1)
            assert document.number.ordinal == before + 1
            last[document.number.series] = document.number.ordinal
            self.given[document.id] = document.number
            self.versions[document.id] = 1

    @precondition(lambda self: set(self.given) - self.voided)
    @rule(data=st.data())
    def void_one(self, data: st.DataObject) -> None:
        document_id = data.draw(st.sampled_from(sorted(set(self.given) - self.voided)))
        self.registers.void(document_id, "in hỏng", "lan")
        self.voided.add(document_id)
        # Of what was removed no new version can be made: its ordinal alone is void.
        self.versions[document_id] += document_id not in self.purged

    @precondition(lambda self: set(self.given) - self.purged)
    @rule(data=st.data())
    def amend_one(self, data: st.DataObject) -> None:
        document_id = data.draw(st.sampled_from(sorted(set(self.given) - self.purged)))
        self.versions[document_id] += 1
        version = self.registers.amend(
            document_id,
            record={"ho_ten": "Khác"},
            facts=facts("Khác"),
            person="lan",
            reason="bổ sung",
        )
        assert version == self.versions[document_id]

    @rule(count=st.integers(1, 3), make=st.sampled_from([kept, reserved, secret]))
    def take_the_next_without_a_paper(self, count: int, make: Callable[..., Holding]) -> None:
        key, _ = self._series("di")
        holding = make(count=count, start=self.start)
        for entry in self.registers.hold(key, holding):
            self.aside[key, entry.ordinal] = (holding.status, holding.source)

    @rule(ahead=st.integers(1, 4), make=st.sampled_from([kept, secret]))
    def enter_one_ahead_of_the_book(self, ahead: int, make: Callable[..., Holding]) -> None:
        key, _ = self._series("di")
        last = self._last(key)
        holding = make(ordinal=last + ahead, start=self.start)
        self.registers.hold(key, holding)
        for passed in range(last + 1, last + ahead):
            self.aside[key, passed] = (EntryStatus.HELD, NumberSource.BO_QUA)
        self.aside[key, last + ahead] = (holding.status, holding.source)

    @precondition(lambda self: self.aside)
    @rule(data=st.data(), make=st.sampled_from([kept, secret]))
    def enter_one_that_stands(self, data: st.DataObject, make: Callable[..., Holding]) -> None:
        key, ordinal = data.draw(st.sampled_from(sorted(self.aside, key=str)))
        holding = make(ordinal=ordinal, start=self.start)
        if self._waits(key, ordinal):
            self.registers.hold(key, holding)
            self.aside[key, ordinal] = (holding.status, holding.source)
        else:
            with pytest.raises((NumberTaken, NumberOfSecret)):
                self.registers.hold(key, holding)

    @precondition(lambda self: self.aside)
    @rule(data=st.data())
    def a_paper_comes_for_one(self, data: st.DataObject) -> None:
        key, ordinal = data.draw(st.sampled_from(sorted(self.aside, key=str)))
        status, source = self.aside[key, ordinal]
        receipt_id, ids = drop(self.registers, ["Người đến sau"])
        _, changes = self._series("di")
        ruling = number(ids[0], series=key, ordinal=ordinal, issued_on=self.today, **changes)
        [paper] = self.registers.decide(receipt_id, [ruling])
        if status is EntryStatus.VOID or source is NumberSource.MAT:
            assert paper.state is DocumentState.RETURNED
            return
        assert paper.number is not None
        assert (paper.number.series, paper.number.ordinal) == (key, ordinal)
        self.given[paper.id] = paper.number
        self.versions[paper.id] = 1
        del self.aside[key, ordinal]

    @precondition(lambda self: self.aside)
    @rule(data=st.data())
    def confirm_one(self, data: st.DataObject) -> None:
        key, ordinal = data.draw(st.sampled_from(sorted(self.aside, key=str)))
        if self._waits(key, ordinal):
            self.registers.confirm_number(key, ordinal, person="lan", reason="có bản giấy")
            self.aside[key, ordinal] = (EntryStatus.USED, self.aside[key, ordinal][1])
        else:
            with pytest.raises(NumberNotWaiting):
                self.registers.confirm_number(key, ordinal, person="lan", reason="có bản giấy")

    @precondition(lambda self: self.aside)
    @rule(data=st.data())
    def void_one_without_a_paper(self, data: st.DataObject) -> None:
        key, ordinal = data.draw(st.sampled_from(sorted(self.aside, key=str)))
        if self.aside[key, ordinal][0] is EntryStatus.VOID:
            with pytest.raises(NothingToVoid):
                self.registers.void_entry(key, ordinal, "lần nữa", "lan")
            return
        self.registers.void_entry(key, ordinal, "không dùng", "lan")
        self.aside[key, ordinal] = (EntryStatus.VOID, self.aside[key, ordinal][1])

    @rule(missing=st.integers(0, 3))
    def restore_from_a_backup(self, missing: int) -> None:
        key, _ = self._series("di")
        last = self._last(key)
        if last < self.start:
            return
        self.registers.lock_series([key], "khôi phục từ bản sao lưu.", "quan-tri")
        with pytest.raises(SeriesLocked):
            self.registers.hold(key, kept())
        self.registers.confirm_series(key, last + missing, "lan", "đối chiếu sổ giấy")
        for ordinal in range(last + 1, last + missing + 1):
            self.aside[key, ordinal] = (EntryStatus.HELD, NumberSource.BO_QUA)

    def _waits(self, key: SeriesKey, ordinal: int) -> bool:
        status, source = self.aside[key, ordinal]
        waits = status in {EntryStatus.HELD, EntryStatus.RESERVED}
        return waits and source is not NumberSource.MAT

    def _last(self, key: SeriesKey) -> int:
        known = {one.key: one.last for one in self.registers.series()}
        return known.get(key, self.start - 1)

    @precondition(lambda self: set(self.given) - self.purged)
    @rule(data=st.data(), crashed=st.booleans())
    def two_people_remove_one(self, data: st.DataObject, crashed: bool) -> None:
        self.keeping.archive()
        chosen = data.draw(st.sampled_from(sorted(set(self.given) - self.purged)))
        begun = self.registers.begin_purge(
            self.registers.reach_of(chosen), ("lan", "minh"), "phải gỡ"
        )
        self._empty(begun, times=2 if crashed else 1)
        self.registers.finish_purge(begun, {})
        assert self.registers.unfinished_purges() == []

    def _empty(self, begun: Begun, *, times: int) -> None:
        made = self.keeping.bury(begun)
        for paper in made:
            self.purged.add(paper.document.id)
            self.versions[paper.document.id] = paper.document.version
        for _ in range(times):
            self.registers.empty(made, (), ())

    @rule()
    def archive_what_is_due(self) -> None:
        self.keeping.archive()

    @rule()
    def burn_down_and_rebuild(self) -> None:
        self.keeping.archive()
        self.keeping.rebuilt_alike()

    @rule()
    def the_year_turns(self) -> None:
        later(self.registers, YEAR_S)
        self.year += 1

    @invariant()
    def every_book_is_whole(self) -> None:
        entries: dict[SeriesKey, list[int]] = {}
        void = set()
        aside = {}
        for row in self.registers.entries():
            entry = row.entry
            entries.setdefault(entry.series, []).append(entry.ordinal)
            if entry.document_id is None:
                aside[entry.series, entry.ordinal] = (entry.status, NumberSource(entry.source))
            elif entry.status is EntryStatus.VOID:
                void.add(entry.document_id)
        for series in self.registers.series():
            assert series.start == (self.start if series.key == GGT else 1)
            expected = list(range(series.start, series.last + 1))
            assert entries.pop(series.key, []) == expected
        assert entries == {}
        assert self.registers.gaps() == []
        assert void == self.voided
        assert aside == self.aside

    @invariant()
    def the_report_of_gaps_tells_every_ordinal_that_is_no_papers(self) -> None:
        told = [
            (row.series, row.ordinal) for row in gap_rows(GapChoice(), self.registers, self.today)
        ]
        void = {(self.given[one].series, self.given[one].ordinal) for one in self.voided}
        assert sorted(told, key=str) == sorted({*self.aside, *void}, key=str)

    @invariant()
    def nothing_is_left_of_what_was_removed(self) -> None:
        for paper in self.registers.papers(sorted(self.purged)):
            assert (paper.record, paper.identity, paper.state) == ({}, "", "purged")
            assert all(one.record is None for one in self.registers.versions_of(paper.id))

    @invariant()
    def no_paper_ever_changes_its_number(self) -> None:
        pieces = self.registers.dump()
        papers = {paper.id: paper for piece in pieces for paper in piece.documents}
        for document_id, first in self.given.items():
            assert papers[document_id].number == first
            assert papers[document_id].version == self.versions[document_id]
        twins = [paper for paper in papers.values() if paper.identity == "luôn một người"]
        living = {paper.id for paper in twins if paper.number} - self.voided
        assert len(living) <= 1
        assert {paper.id for paper in twins if paper.holds_identity} == living


OfficeMachine.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestOffice = OfficeMachine.TestCase
