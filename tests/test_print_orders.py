"""Printings in the registers, on SQLite and PostgreSQL: written down first, ended once, never in anybody's way."""

from __future__ import annotations

from dataclasses import replace

from registers_kit import an_order, archive_all, numbered, opened

from pipeline.record import new_id
from pipeline.stores.registers.print_told import note_print
from pipeline.stores.registers.print_views import PaperOfPrint, PrintState
from pipeline.stores.registers.removal import Emptied, Reach, emptied_document
from pipeline.stores.registers.views import Restored, Tombstone

LAN = "nguoi-dung:lan"


def ordered(registers, **changes):
    papers = numbered(registers, ["Lò Thị Mây", "Vi Văn Sơn"])
    archive_all(registers)
    view = an_order(registers, papers, **changes)
    registers.order_print(view)
    return view, papers


def deeds(registers, paper):
    return [line.deed for line in registers.journal_of(paper.id)]


def test_an_order_reads_as_it_was_written(registers):
    view, (first, second) = ordered(registers)

    assert registers.open_prints() == [view]
    assert registers.prints(10) == [view]
    assert registers.prints(10, second.id) == [view]
    assert registers.prints_named(view.id[-6:]) == [view]
    assert registers.prints_named(f"~{view.id[-6:].upper()}") == [view]
    assert registers.prints_named("") == []
    (line,) = registers.deeds("print-ordered")
    assert line.data["papers"] == [[one.id, 1, 3, "ban-dung"] for one in (first, second)]
    assert "Mây" not in str(line.data), "ids and counts alone"


def test_it_is_given_once_and_ended_once(registers):
    view, (first, second) = ordered(registers)

    given = [registers.print_given(view.id, "17") for _ in range(2)]
    (known,) = registers.open_prints()
    ended = [registers.print_ended(known, PrintState.PRINTED) for _ in range(2)]
    late = registers.print_given(view.id, "18")

    assert given == [True, False]
    assert ended == [True, False]
    assert late is False
    assert registers.open_prints() == []
    (after,) = registers.prints(10)
    assert (after.state, after.printer_job) == (PrintState.PRINTED, "17")
    assert after.finished_at == registers.clock.now()
    assert deeds(registers, first).count("printed") == 1
    assert deeds(registers, second).count("printed") == 1


def test_what_did_not_come_out_is_no_deed_on_the_papers(registers):
    view, (first, _) = ordered(registers)

    registers.print_ended(view, PrintState.CANCELLED, "người dùng đã hủy")

    assert "printed" not in deeds(registers, first)
    (line,) = registers.deeds("print-failed")
    assert line.data["state"] == "cancelled"
    assert line.data["reason"] == "người dùng đã hủy"


def test_what_people_say_of_a_file_counts_it_once(registers):
    view, (first, _) = ordered(registers, printer="", server="", state=PrintState.HERE)
    assert registers.open_prints() == [], "no printer is to be asked"

    registers.print_said(view, PrintState.PRINTED, (3,), "Lan")
    (known,) = registers.prints(1)
    registers.print_said(known, PrintState.PRINTED, (), "Lan")

    (after,) = registers.prints(1)
    assert known.bad_sheets == (3,)
    assert after.bad_sheets == ()
    assert deeds(registers, first).count("printed") == 1
    assert [line.person for line in registers.deeds("print-said")] == ["Lan", "Lan"]


def test_a_reprint_of_sheets_is_a_deed_on_the_papers_of_those_sheets_alone(registers):
    view, (first, second) = ordered(registers)
    registers.print_ended(view, PrintState.PRINTED)
    again = replace(view, id=new_id(registers.clock), again_of=view.id, only_sheets=(4, 7))
    registers.order_print(again)

    registers.print_ended(again, PrintState.PRINTED)

    assert registers.prints_named(again.id) == [
        replace(again, state=PrintState.PRINTED, finished_at=registers.clock.now())
    ]
    assert deeds(registers, first).count("printed") == 1
    assert deeds(registers, second).count("printed") == 2, "sheets 4 and 7 are the second paper's"


def test_the_sheets_of_a_printing_are_told_apart(registers):
    view = an_order(registers, [], has_separators=True)
    paper = PaperOfPrint(document_id="a", version=1, pages=3)
    view = replace(view, papers=(paper, replace(paper, pages=1)))

    assert [(one.first, one.last, one.copy, one.position) for one in view.leaves()] == [
        (1, 1, 1, 0), (2, 3, 1, 0), (4, 4, 1, 1), (5, 5, 1, 1),
        (6, 6, 2, 0), (7, 8, 2, 0), (9, 9, 2, 1), (10, 10, 2, 1),
    ]  # fmt: skip


def test_a_removal_goes_past_printings(registers):
    view, (first, _) = ordered(registers)
    registers.print_ended(view, PrintState.PRINTED)
    begun = registers.begin_purge(
        Reach(documents=(first.id,), receipts=()), ("Lan", "Minh"), "sót dấu mật"
    )
    stone = Tombstone(
        object_id=f"urn:vanthu:doc:{first.id}",
        at=registers.clock.now(),
        persons=begun.persons,
        reason=begun.reason,
    )
    emptied = Emptied(
        document=emptied_document(registers.get(first.id), {}),
        inventories=("a" * 128, "b" * 128),
        tombstone=stone,
    )
    registers.empty([emptied], [], [])

    (after,) = registers.prints(10, first.id)
    assert after.papers[0] == PaperOfPrint(document_id=first.id, version=1, pages=3)


def test_the_journal_tells_every_printing_again(registers):
    view, papers = ordered(registers)
    registers.print_given(view.id, "17")
    registers.print_ended(view, PrintState.PRINTED)
    here = an_order(registers, papers, printer="", server="", state=PrintState.HERE)
    registers.order_print(here)
    registers.print_said(here, PrintState.PRINTED, (2,), "Lan")
    again = an_order(registers, papers, again_of=here.id, only_sheets=(2,))
    registers.order_print(again)
    registers.print_ended(again, PrintState.FAILED, "kẹt giấy")

    told = {}
    for piece in registers.dump():
        for row in piece.journal:
            note_print(row.line, told)

    known = [replace(one, worker="", printer_job="") for one in registers.prints(10)]
    assert sorted(told.values(), key=lambda one: one.id) == sorted(known, key=lambda one: one.id)


def test_the_end_that_the_journal_knows_is_put_on_a_printing_that_stands(registers, tmp_path):
    view, _ = ordered(registers)
    with opened(tmp_path / "moi") as other:
        other.restore(registers.dump())
        registers.print_given(view.id, "17")
        registers.print_ended(view, PrintState.PRINTED)
        other.merge(registers.dump())

        assert other.open_prints() == []
        (after,) = other.prints(10)
        assert (after.state, after.finished_at) == (PrintState.PRINTED, registers.clock.now())


def test_printings_come_back_with_all_the_rest(registers, tmp_path):
    view, papers = ordered(registers)
    registers.order_print(an_order(registers, papers, again_of=view.id, only_sheets=(2,)))
    before = registers.prints(10)

    with opened(tmp_path / "moi") as other:
        other.restore(registers.dump())
        assert other.prints(10) == before
        other.merge(registers.dump())
        assert other.prints(10) == before


def test_a_printing_of_papers_that_are_gone_is_left_out(registers, tmp_path):
    view, _ = ordered(registers)

    with opened(tmp_path / "moi") as other:
        other.restore([Restored(prints=(view,))])
        assert other.prints(10) == []


def test_the_tables_are_those_of_the_models(registers):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
