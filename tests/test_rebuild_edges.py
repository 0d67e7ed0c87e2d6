"""Deeds that the archive had no time for: what the journal tells of them holds after a rebuild and after a merge."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from rebuilding_kit import Keeping, told_by
from registers_kit import copy_of, facts, numbered, opened

from pipeline.journal_told import read_journal
from pipeline.rebuild import Rebuilt, missing_lines, pieces
from pipeline.record import EntryStatus, LegalState
from pipeline.sealing import seal_all


@pytest.fixture
def stack():
    with ExitStack() as opened_things:
        yield opened_things


@pytest.fixture
def keeping(tmp_path, made_tables, stack):
    registers = stack.enter_context(opened(copy_of(made_tables, tmp_path / "registers")))
    return Keeping(tmp_path, registers, made_tables, stack)


def amended_and_void(keeping):
    """A paper in the archive whose later versions are not."""
    registers = keeping.app.registers
    (paper,) = numbered(registers, ["Một"])
    keeping.archive()
    before = list(registers.dump())
    registers.amend(
        paper.id, record={"ho_ten": "Hai"}, facts=facts("Hai"), person="lan", reason="sửa tên"
    )
    registers.void(paper.id, "in hỏng", "lan")
    seal_all(keeping.app)
    return paper, before


def test_a_number_void_after_a_lost_amendment_is_void_and_the_loss_is_named(
    keeping, made_tables, tmp_path, stack
):
    paper, _ = amended_and_void(keeping)
    again = stack.enter_context(
        opened(copy_of(made_tables, tmp_path / "lai"), clock=keeping.app.clock)
    )
    told, result = read_journal(keeping.app), Rebuilt()

    again.restore(pieces(keeping.app, told, result, lambda _done, _place: None))

    found = again.get(paper.id)
    assert (found.version, found.legal_state) == (3, LegalState.HUY_SO)
    assert found.record["ho_ten"] == "Một"
    assert [one.reason for one in again.versions_of(paper.id)] == ["", "sửa tên", "in hỏng"]
    (line,) = result.amendments
    assert line.startswith("01-GGT/VPTU: nội dung sửa ngày 02/03/2026")
    assert len(missing_lines(told)) == 1


def test_an_older_database_learns_states_that_only_the_journal_tells(
    keeping, made_tables, tmp_path, stack
):
    paper, before = amended_and_void(keeping)
    older = stack.enter_context(
        opened(copy_of(made_tables, tmp_path / "cu"), clock=keeping.app.clock)
    )
    older.restore(before)

    older.merge(
        pieces(keeping.app, read_journal(keeping.app), Rebuilt(), lambda _done, _place: None)
    )

    assert older.get(paper.id).legal_state is LegalState.HUY_SO
    assert [row.entry.status for row in older.entries()] == [EntryStatus.VOID]


def test_a_merge_takes_no_content_away_that_the_database_alone_has(keeping):
    paper, _ = amended_and_void(keeping)
    registers = keeping.app.registers
    before = told_by(registers)

    registers.merge(
        pieces(keeping.app, read_journal(keeping.app), Rebuilt(), lambda _done, _place: None)
    )

    assert registers.get(paper.id).record == {"ho_ten": "Hai"}
    assert told_by(registers) == before
