"""The registers' promises, each kept on SQLite and on PostgreSQL."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from registers_kit import (
    DEN,
    GGT,
    MORNING,
    PNX,
    a_clock,
    a_receipt,
    an_order,
    archive_all,
    copy_of,
    drop,
    facts,
    kept,
    later,
    number,
    numbered,
    opened,
    ordinals,
    reserved,
    sha,
    stored,
)

from pipeline.errors.base import Problem
from pipeline.errors.registers import (
    ClockBehind,
    CounterBehind,
    DatabaseUnreachable,
    DocumentInUse,
    NetworkFileSystem,
    NothingToVoid,
    NotWaiting,
    RulesBroken,
    StateNotAllowed,
    TablesOutOfDate,
    UnknownDocument,
)
from pipeline.legal import next_states
from pipeline.record import (
    Book,
    DocumentId,
    EntryStatus,
    LegalState,
    Place,
    ReceiptId,
    Relation,
    RelationKind,
    new_id,
)
from pipeline.stores.registers.api import Registers, open_registers
from pipeline.stores.registers.database import refuse_network
from pipeline.stores.registers.lookup_code import check_character, is_lookup_code
from pipeline.stores.registers.overview import Overview
from pipeline.stores.registers.progress import Drops, Progress
from pipeline.stores.registers.routes import Routes
from pipeline.stores.registers.views import (
    ClosedBookView,
    DocumentState,
    NewDocument,
    ReceiptState,
    Restored,
    Ruling,
    Tombstone,
    Verdict,
)

BLANK = Problem(code="R102", where="dòng 3", text="Thiếu họ tên. Hãy điền rồi thả lại.")


# --- receiving ---


def test_a_received_list_keeps_its_rows_in_order_with_their_places(registers: Registers) -> None:
    receipt_id, ids = drop(registers, ["Lò Thị Mây", "Vàng A Páo", "Đỗ Hữu Lộc"])

    documents = registers.documents_of(receipt_id)

    assert [document.id for document in documents] == ids
    assert [document.place.row for document in documents] == [2, 3, 4]
    assert documents[0].record["ho_ten"] == "Lò Thị Mây"
    assert {document.state for document in documents} == {DocumentState.RECEIVED}
    assert [line.deed for line in registers.journal_of(ids[0])] == []


def test_the_same_receipt_twice_changes_nothing(registers: Registers) -> None:
    receipt = a_receipt(ReceiptId(new_id(registers.clock)), MORNING, "gioi-thieu", "một")
    paper = NewDocument(id=DocumentId(new_id(registers.clock)), place=Place(), record={})
    registers.receive(receipt, [paper])

    registers.receive(receipt, [paper])

    assert len(registers.documents_of(receipt.id)) == 1
    assert [line.deed for _, line in registers.journal_unsealed(10)] == ["received"]


def test_equal_bytes_point_to_the_first_living_drop(registers: Registers) -> None:
    first, ids = drop(registers, ["Lò Thị Mây"], content="tệp")
    second, _ = drop(registers, ["Lò Thị Mây"], content="tệp")

    twin = registers.receipt(second)
    assert twin is not None
    assert twin.same_bytes_as == first

    registers.decide(first, [Ruling(document_id=ids[0], verdict=Verdict.RETURN, problems=(BLANK,))])
    assert registers.same_bytes("gioi-thieu", sha("tệp")) is None


def test_values_that_databases_dislike_come_back_as_they_went_in(registers: Registers) -> None:
    record = {"b": "nul \0 và nửa chữ \ud83d", "a": [1.5, None, True, {"ủy": "uỷ"}], "số": 10**30}
    receipt_id = ReceiptId(new_id(registers.clock))
    receipt = a_receipt(receipt_id, MORNING, "van-ban", "x")
    odd = replace(receipt, source_name="tệp \udcff\0.json", extra={"x": "\0"})
    place = Place(headings={"ho_ten": "Họ tên\0"}, line_code="m" * 10_000)
    paper = NewDocument(id=DocumentId(new_id(registers.clock)), place=place, record=record)
    registers.receive(odd, [paper])

    found = registers.documents_of(receipt_id)[0]

    assert found.record == record
    assert list(found.record) == ["b", "a", "số"]
    assert found.place == place
    assert registers.by_line_codes("van-ban", ["m" * 10_000])["m" * 10_000].id == found.id


def test_a_list_that_only_a_worker_can_open_gets_its_rows_once(registers: Registers) -> None:
    receipt_id, _ = drop(registers, [])
    papers = [
        NewDocument(id=DocumentId(new_id(registers.clock)), place=Place(index=i), record={"i": i})
        for i in range(3)
    ]
    first = registers.unpack(receipt_id, papers)
    again = registers.unpack(receipt_id, papers)

    assert [document.id for document in first] == [paper.id for paper in papers]
    assert first == again


# --- numbers ---


def test_a_batch_takes_consecutive_ordinals_in_row_order(registers: Registers) -> None:
    first = numbered(registers, ["Một", "Hai", "Ba"])
    second = numbered(registers, ["Bốn"])

    assert ordinals(first + second) == [1, 2, 3, 4]
    assert [document.number.reference for document in first if document.number] == [
        "01-GGT/VPTU",
        "02-GGT/VPTU",
        "03-GGT/VPTU",
    ]
    assert registers.gaps() == []


def test_bad_rows_take_no_number(registers: Registers) -> None:
    receipt_id, ids = drop(registers, ["Một", "", "Ba"])
    rulings = [
        number(ids[0], "Một"),
        Ruling(document_id=ids[1], verdict=Verdict.RETURN, problems=(BLANK,)),
        number(ids[2], "Ba"),
    ]

    documents = registers.decide(receipt_id, rulings)

    assert [document.state.value for document in documents] == ["numbered", "returned", "numbered"]
    assert ordinals(documents) == [1, 2]
    assert documents[1].problems == (BLANK,)
    assert documents == registers.documents_of(receipt_id)


def test_deciding_again_keeps_every_number(registers: Registers) -> None:
    receipt_id, ids = drop(registers, ["Một", "Hai"])
    rulings = [number(one) for one in ids]
    first = registers.decide(receipt_id, rulings)

    again = registers.decide(receipt_id, list(reversed(rulings)))

    assert first == again
    assert registers.series()[0].last == 2


def test_a_series_starts_where_the_office_says(registers: Registers) -> None:
    documents = numbered(registers, ["Một", "Hai"], start=127)

    assert ordinals(documents) == [127, 128]
    assert documents[0].number is not None
    assert documents[0].number.reference == "127-GGT/VPTU"
    assert registers.gaps() == []


def test_an_internal_entry_has_a_lookup_code_and_no_reference(registers: Registers) -> None:
    documents = numbered(
        registers, ["Một"], series=PNX, reference_format="", lookup_prefix="PNX", start=123
    )
    found = documents[0].number

    assert found is not None
    assert found.reference == ""
    assert found.lookup_code.startswith("PNX-26-00123-")
    assert is_lookup_code(found.lookup_code)
    assert registers.find(found.lookup_code.lower()) == documents


def test_books_of_two_years_do_not_share_ordinals(registers: Registers) -> None:
    old = numbered(registers, ["Một"], series=DEN, reference_format="{so}")
    new = numbered(registers, ["Hai"], series=replace(DEN, period="2027"), reference_format="{so}")

    assert ordinals(old + new) == [1, 1]


def test_a_failing_batch_leaves_no_gap(registers: Registers) -> None:
    numbered(registers, ["Một"])
    receipt_id, ids = drop(registers, ["Hai", "Ba"])
    broken = number(ids[1], "Ba", relations=(relation_to(DocumentId("không có")),))

    with pytest.raises(RulesBroken, match=r"(?i)foreign key"):
        registers.decide(receipt_id, [number(ids[0], "Hai"), broken])

    assert registers.series()[0].last == 1
    assert registers.gaps() == []
    assert ordinals(registers.decide(receipt_id, [number(one) for one in ids])) == [2, 3]


def relation_to(target: DocumentId) -> Relation:
    return Relation(kind=RelationKind.DINH_CHINH, reference="01-GGT/VPTU", document_id=target)


def test_a_second_paper_of_one_deed_becomes_a_duplicate(registers: Registers) -> None:
    first = numbered(registers, ["Lò Thị Mây"], identity="mây|2026")[0]
    receipt_id, ids = drop(registers, ["Lò Thị Mây", "Vàng A Páo", "Vàng A Páo"])
    rulings = [
        number(ids[0], identity="mây|2026"),
        number(ids[1], identity="páo|2026"),
        number(ids[2], identity="páo|2026"),
    ]

    documents = registers.decide(receipt_id, rulings)

    assert [document.state.value for document in documents] == [
        "duplicate",
        "numbered",
        "duplicate",
    ]
    assert [document.duplicate_of for document in documents] == [first.id, None, ids[1]]
    assert registers.same_identity("gioi-thieu", ["mây|2026", "khác"]) == {"mây|2026": first}


def test_issuing_again_on_purpose_is_no_duplicate(registers: Registers) -> None:
    first = numbered(registers, ["Mây"], identity="mây")[0]
    second = numbered(registers, ["Mây"], identity="mây", issue_again=True)[0]
    assert ordinals([first, second]) == [1, 2]

    registers.void(first.id, "cấp lại", "lan")

    assert registers.same_identity("gioi-thieu", ["mây"])["mây"].id == second.id
    assert numbered(registers, ["Mây"], identity="mây")[0].duplicate_of == second.id


def test_issuing_again_what_nobody_had_stands_for_the_deed(registers: Registers) -> None:
    first = numbered(registers, ["Mây"], identity="mây", issue_again=True)[0]

    assert numbered(registers, ["Mây"], identity="mây")[0].duplicate_of == first.id


def test_only_a_living_paper_can_be_amended(registers: Registers) -> None:
    _, ids = drop(registers, ["Một"])

    with pytest.raises(UnknownDocument):
        registers.amend(ids[0], record={}, facts=facts("x"), person="lan", reason="sớm quá")


def test_no_number_is_given_while_the_clock_runs_behind(registers: Registers) -> None:
    numbered(registers, ["Một"])
    receipt_id, ids = drop(registers, ["Hai"])
    later(registers, -121)
    with pytest.raises(ClockBehind) as raised:
        registers.decide(receipt_id, [number(ids[0])])
    assert "T311" in raised.value.clerk_text
    assert registers.series()[0].last == 1

    registers.accept_clock("nguoi-dung:quan-tri", "máy từng chạy nhanh")

    assert ordinals(registers.decide(receipt_id, [number(ids[0])])) == [2]


def test_a_counter_behind_its_book_stops_numbering(registers: Registers) -> None:
    numbered(registers, ["Một", "Hai"])
    with registers.db.cursor() as cursor:
        cursor.execute("UPDATE series SET last = 1")
    assert [(gap.ordinal, gap.why) for gap in registers.gaps()] == [(2, "beyond")]

    with pytest.raises(CounterBehind):
        numbered(registers, ["Ba"])


# --- numbers given by hand ---


def test_a_held_ordinal_is_bound_to_the_paper_that_names_it(registers: Registers) -> None:
    held = registers.hold(GGT, kept(reason="vào sổ tay", count=2))
    assert [entry.ordinal for entry in held] == [1, 2]

    documents = numbered(registers, ["Hai"], ordinal=2)

    assert ordinals(documents) == [2]
    assert [row.entry.status.value for row in registers.entries()] == ["held", "issued"]
    assert registers.gaps() == []


def test_an_ordinal_given_ahead_by_hand_leaves_held_rows_between(registers: Registers) -> None:
    numbered(registers, ["Một"])
    documents = numbered(registers, ["Năm"], ordinal=5)
    after = numbered(registers, ["Sáu"])

    assert ordinals(documents + after) == [5, 6]
    statuses = [row.entry.status.value for row in registers.entries()]
    assert statuses == ["issued", "held", "held", "held", "issued", "issued"]
    assert registers.gaps() == []


def test_an_ordinal_that_is_taken_or_far_off_sends_the_paper_back(registers: Registers) -> None:
    numbered(registers, ["Một"])
    receipt_id, ids = drop(registers, ["Hai", "Ba", "Bốn"])
    rulings = [number(ids[0], ordinal=1), number(ids[1]), number(ids[2], ordinal=9999)]

    documents = registers.decide(receipt_id, rulings)

    assert [document.state.value for document in documents] == ["returned", "numbered", "returned"]
    assert [document.problems[0].code for document in (documents[0], documents[2])] == [
        "R171",
        "R172",
    ]
    assert ordinals(documents) == [2]


# --- work ---


def test_one_claim_wins_and_its_order_is_the_rows(registers: Registers) -> None:
    documents = numbered(registers, ["Một", "Hai", "Ba"])

    first = registers.claim_documents("may-1", 2, 60)
    second = registers.claim_documents("may-2", 9, 60)

    assert [document.id for document in first + second] == [one.id for one in documents]
    assert registers.claim_documents("may-3", 9, 60) == []


def test_a_stalled_worker_that_comes_back_is_refused(registers: Registers) -> None:
    numbered(registers, ["Một"])
    stalled = registers.claim_documents("may-1", 1, 60)[0]
    later(registers, 61)
    taken = registers.claim_documents("may-2", 1, 60)[0]

    assert taken.effort.lapses == 1
    assert registers.archived(stored(stalled), "may-1") is False
    assert registers.archived(stored(taken), "may-2") is True
    found = registers.get(taken.id)
    assert found is not None
    assert found.archived_version == 1
    assert found.files == stored(taken).files


def test_failures_are_counted_and_tried_again_later(registers: Registers) -> None:
    numbered(registers, ["Một"])
    held = registers.claim_documents("may-1", 1, 60)[0]
    assert registers.failed(held.id, "may-2", "không phải của tôi", 5) == 0
    assert registers.failed(held.id, "may-1", "disk full", 30) == 1
    assert registers.claim_documents("may-1", 1, 60) == []
    later(registers, 31)
    again = registers.claim_documents("may-1", 1, 60)[0]
    assert registers.killed(again.id, "may-1", "cell died", 0) == 1

    effort = registers.claim_documents("may-1", 1, 60)[0].effort

    assert (effort.attempts, effort.kills, effort.lapses) == (1, 1, 0)
    assert effort.last_failure == "cell died"


def test_leases_are_renewed_and_released(registers: Registers) -> None:
    receipt_id, _ = drop(registers, ["Một"])
    assert registers.claim_receipt("may-1", 60) is not None
    later(registers, 50)
    assert registers.renew([receipt_id], "may-1", 60) == {receipt_id}
    assert registers.renew([receipt_id], "may-2", 60) == set()
    later(registers, 50)
    assert registers.claim_receipt("may-2", 60) is None

    registers.release([receipt_id], "may-1")

    taken = registers.claim_receipt("may-2", 60)
    assert taken is not None
    assert taken.effort.lapses == 0


def test_an_answer_waits_until_all_papers_are_archived(registers: Registers) -> None:
    receipt_id, ids = drop(registers, ["Một", ""])
    ruled = [
        number(ids[0]),
        Ruling(document_id=ids[1], verdict=Verdict.RETURN, problems=(BLANK,)),
    ]
    registers.decide(receipt_id, ruled)
    assert registers.claim_answer("may-1", 60) is None

    archive_all(registers)
    claimed = registers.claim_answer("may-1", 60)

    assert claimed is not None
    assert claimed.id == receipt_id
    assert registers.answered(receipt_id, "may-2", []) is False
    assert registers.answered(receipt_id, "may-1", ["a.pdf"]) is True
    assert registers.claim_answer("may-1", 60) is None
    assert [document.answered_version for document in registers.documents_of(receipt_id)] == [1, 0]
    assert registers.removable_receipts() == [receipt_id]
    registers.swept([receipt_id])
    assert registers.removable_receipts() == []


def test_a_file_without_papers_is_answered_with_its_problem(registers: Registers) -> None:
    receipt_id, _ = drop(registers, [])

    registers.decide(receipt_id, [], problems=[BLANK])

    claimed = registers.claim_answer("may-1", 60)
    assert claimed is not None
    assert claimed.problems == (BLANK,)


def test_a_late_record_makes_a_version_under_the_same_number(registers: Registers) -> None:
    document = numbered(registers, ["Một"])[0]
    archive_all(registers)
    assert registers.claim_answer("may-1", 60) is not None

    version = registers.amend(
        document.id,
        record={"ho_ten": "Một Đúng"},
        facts=facts("Một Đúng"),
        person="lan",
        reason="đến muộn",
    )

    assert version == 2
    assert registers.answered(document.receipt_id, "may-1", ["cũ.pdf"]) is False
    done = archive_all(registers)
    assert [(one.version, one.record["ho_ten"], one.number) for one in done] == [
        (2, "Một Đúng", document.number)
    ]
    assert registers.claim_answer("may-1", 60) is not None
    first, second = registers.versions_of(document.id)
    assert first.record == document.record
    assert (second.number, second.reason, second.record) == (2, "đến muộn", None)


def test_the_archive_gets_every_version_in_turn(registers: Registers) -> None:
    document = numbered(registers, ["Một"])[0]
    held = registers.claim_documents("may-1", 1, 60)[0]
    registers.amend(
        document.id, record={"ho_ten": "Hai"}, facts=facts("Hai"), person="lan", reason="sửa"
    )

    assert registers.claim_documents("may-2", 1, 60) == []
    assert registers.archived(stored(held), "may-1") is True
    later_one = registers.claim_documents("may-2", 1, 60)[0]

    assert (held.version, held.record["ho_ten"]) == (1, "Một")
    assert (later_one.version, later_one.record["ho_ten"]) == (2, "Hai")


def test_two_amendments_before_the_archive_are_claimed_one_by_one(registers: Registers) -> None:
    document = numbered(registers, ["Một"])[0]
    for name in ("Hai", "Ba"):
        registers.amend(
            document.id, record={"ho_ten": name}, facts=facts(name), person="lan", reason="sửa"
        )

    done = archive_all(registers)

    assert [(one.version, one.record["ho_ten"]) for one in done] == [
        (1, "Một"),
        (2, "Hai"),
        (3, "Ba"),
    ]


def test_the_index_hears_of_archived_versions_only(registers: Registers) -> None:
    documents = numbered(registers, ["Một", "Hai"])
    assert registers.to_index(10) == []
    archive_all(registers)

    due = registers.to_index(10)
    registers.indexed([(document.id, document.archived_version) for document in due])

    assert [document.id for document in due] == sorted(one.id for one in documents)
    assert registers.to_index(10) == []
    assert registers.reindex() == 2
    assert len(registers.to_index(10)) == 2


def test_a_paper_that_kills_its_worker_goes_back_and_its_number_says_why(
    registers: Registers,
) -> None:
    document = numbered(registers, ["Một"], identity="một")[0]
    registers.claim_documents("may-1", 1, 60)

    assert registers.return_document(document.id, "may-1", [BLANK]) is True

    row = next(registers.entries())
    assert (row.entry.status, row.entry.reason) == (
        EntryStatus.VOID,
        f"Văn bản không xử lý được ({BLANK.code}).",
    )
    assert registers.claim_answer("may-1", 60) is not None
    assert registers.gaps() == []
    with pytest.raises(DocumentInUse):
        registers.receive(
            a_receipt(ReceiptId(new_id(registers.clock)), MORNING, "gioi-thieu", "lại"),
            [NewDocument(id=document.id, place=Place(), record={})],
        )


def test_a_returned_row_is_tried_again_as_the_same_paper(registers: Registers) -> None:
    receipt_id, ids = drop(registers, [""])
    returned = Ruling(document_id=ids[0], verdict=Verdict.RETURN, problems=(BLANK,))
    registers.decide(receipt_id, [returned])
    again = ReceiptId(new_id(registers.clock))
    mended = NewDocument(id=ids[0], place=Place(index=0, line_code="D1"), record={"ho_ten": "Mây"})

    registers.receive(a_receipt(again, MORNING, "gioi-thieu", "đã sửa"), [mended])

    assert ordinals(registers.decide(again, [number(ids[0])])) == [1]
    assert registers.by_line_codes("gioi-thieu", ["D1"])["D1"].id == ids[0]
    with pytest.raises(DocumentInUse):
        registers.receive(
            a_receipt(ReceiptId(new_id(registers.clock)), MORNING, "gioi-thieu", "ba"), [mended]
        )


# --- deeds ---


def test_a_void_number_stays_and_says_why(registers: Registers) -> None:
    documents = numbered(registers, ["Một", "Hai"], identity="")
    archive_all(registers)

    found = registers.void(documents[0].id, "in hỏng", "nguoi-dung:lan")

    assert found.legal_state is LegalState.HUY_SO
    assert (found.version, found.archived_version) == (2, 1)
    assert found.number == documents[0].number
    rows = list(registers.entries(book="di"))
    assert [(row.entry.status.value, row.entry.reason) for row in rows] == [
        ("void", "in hỏng"),
        ("issued", ""),
    ]
    assert ordinals(numbered(registers, ["Ba"])) == [3]
    with pytest.raises(NothingToVoid):
        registers.void(documents[0].id, "lần nữa", "lan")
    with pytest.raises(UnknownDocument):
        registers.void(DocumentId("không có"), "x", "lan")


def test_a_held_ordinal_may_be_voided(registers: Registers) -> None:
    registers.hold(GGT, reserved(reason="giữ cho sáng mai"))

    entry = registers.void_entry(GGT, 1, "không dùng", "lan")

    assert (entry.status, entry.reason) == (EntryStatus.VOID, "không dùng")
    with pytest.raises(NothingToVoid):
        registers.void_entry(GGT, 1, "lần nữa", "lan")


def test_a_signed_paper_takes_its_number_afterwards(registers: Registers) -> None:
    receipt_id, ids = drop(registers, ["Kế hoạch"], kind="van-ban")
    waiting = registers.decide(
        receipt_id, [number(ids[0], verdict=Verdict.NO_NUMBER, legal_state=LegalState.CHO_KY)]
    )[0]
    assert (waiting.state, waiting.number) == (DocumentState.WAITING, None)
    archive_all(registers)

    issued = registers.issue(number(ids[0]), "lan")

    assert issued.state is DocumentState.NUMBERED
    assert issued.version == 2
    assert ordinals([issued]) == [1]
    assert [one.version for one in archive_all(registers)] == [2]
    with pytest.raises(NotWaiting):
        registers.issue(number(ids[0]), "lan")


def test_relations_are_read_both_ways(registers: Registers) -> None:
    first = numbered(registers, ["Một"])[0]
    second = numbered(registers, ["Hai"], relations=(relation_to(first.id),))[0]

    assert second.relations == (relation_to(first.id),)
    assert registers.related_to(first.id) == [second]


def test_a_replacement_takes_the_deed_over_and_gives_it_back_when_void(
    registers: Registers,
) -> None:
    first = numbered(registers, ["Mây"], identity="mây")[0]
    replaces = replace(relation_to(first.id), kind=RelationKind.THAY_THE)

    second = numbered(registers, ["Mây"], identity="mây", relations=(replaces,))[0]

    old = registers.get(first.id)
    assert old is not None
    assert (old.legal_state, old.holds_identity) == (LegalState.BI_THAY_THE, False)
    assert registers.same_identity("gioi-thieu", ["mây"])["mây"].id == second.id
    (row, _) = registers.entries(book="di")
    assert [(one.kind, one.reference) for one in row.related_from] == [
        (RelationKind.THAY_THE, "02-GGT/VPTU")
    ]

    registers.void(second.id, "thay nhầm", "lan")

    old = registers.get(first.id)
    assert old is not None
    assert (old.legal_state, old.version) == (LegalState.DA_PHAT_HANH, 3)
    assert registers.same_identity("gioi-thieu", ["mây"])["mây"].id == first.id
    assert [row.related_from for row in registers.entries(book="di")] == [(), ()]


def test_a_replacement_that_came_too_late_goes_back_without_a_number(registers: Registers) -> None:
    first = numbered(registers, ["Mây"])[0]
    replaces = replace(relation_to(first.id), kind=RelationKind.THAY_THE)
    numbered(registers, ["Hai"], relations=(replaces,))

    late = numbered(registers, ["Ba"], relations=(replaces,))[0]

    assert (late.state, late.number) == (DocumentState.RETURNED, None)
    assert [problem.code for problem in late.problems] == ["R142"]
    assert registers.gaps() == []


# --- finding and books ---


@pytest.mark.parametrize(
    "written",
    ["07-GGT/VPTU", "7-ggt/vptu", "số 07/GGT-VPTU", "Số: 7 – GGT/VPTU", " 007 GGT VPTU"],
)
def test_a_reference_is_found_in_every_written_form(registers: Registers, written: str) -> None:
    documents = numbered(registers, ["Một", "Hai"], start=7)

    assert registers.find(written) == documents[:1]
    assert registers.find(documents[0].id.upper()) == documents[:1]


def test_an_incoming_paper_is_known_by_sender_number_and_body(registers: Registers) -> None:
    theirs = replace(
        facts("x"),
        their_reference="213-QĐ/TW",
        their_issuer="Ban  Bí thư",
        their_date=date(2020, 1, 2),
    )
    document = numbered(registers, ["x"], facts=theirs, series=DEN, reference_format="{so}")[0]

    assert registers.same_paper("213/QĐ-TW", "ban bí thư", date(2020, 1, 2)) == [document]
    assert registers.same_paper("213/QĐ-TW", "ban bí thư", None) == [document]
    assert registers.same_paper("213/QĐ-TW", "ban bí thư", date(2025, 1, 2)) == []
    assert registers.same_paper("213/QĐ-TW", "Tỉnh ủy", date(2020, 1, 2)) == []
    assert registers.find("213-qd/tw") == [document]


def test_identical_records_find_the_oldest_living_paper(registers: Registers) -> None:
    first = numbered(registers, ["Mây"])[0]
    later(registers, 1)
    second = numbered(registers, ["Mây"])[0]
    assert registers.same_record("gioi-thieu", [sha("Mây"), sha("?")]) == {sha("Mây"): first}

    registers.void(first.id, "hỏng", "lan")

    assert registers.same_record("gioi-thieu", [sha("Mây")]) == {sha("Mây"): second}


def test_books_are_read_in_order_whatever_the_chunk(registers: Registers) -> None:
    numbered(registers, [f"Người {i}" for i in range(7)])
    numbered(registers, ["đến"], series=DEN, reference_format="{so}")

    for chunk in (1, 3, 7, 100):
        rows = list(registers.entries(chunk=chunk))
        assert [row.entry.ordinal for row in rows] == [1, 1, 2, 3, 4, 5, 6, 7]
    assert [row.facts.person for row in registers.entries(book="di") if row.facts] == [
        f"Người {i}" for i in range(7)
    ]
    assert len(list(registers.entries(series=GGT, year=2026, term="2025-2030"))) == 7
    assert list(registers.entries(issuer="VPTU", symbol="GGT", year=2025)) == []


# --- journal ---


def test_every_deed_is_in_the_journal_once_and_in_order(registers: Registers) -> None:
    document = numbered(registers, ["Một"])[0]
    archive_all(registers)
    registers.claim_answer("may-1", 60)
    registers.answered(document.receipt_id, "may-1", ["a.pdf"])
    registers.void(document.id, "hỏng", "nguoi-dung:lan")
    registers.journal_append("printed", "nguoi-dung:lan", document.id, {"copies": 2})

    rows = registers.journal_unsealed(100)

    assert [line.deed for _, line in rows] == [
        "received",
        "numbered",
        "archived",
        "answered",
        "voided",
        "printed",
    ]
    assert rows[1][1].data["ordinal"] == 1
    assert rows[0][1].person == "nguoi-dung:lan"
    registers.journal_sealed([row_id for row_id, _ in rows[:4]], date(2026, 3, 2), 1)
    assert [line.deed for _, line in registers.journal_unsealed(100)] == ["voided", "printed"]
    assert [line.deed for line in registers.journal_of(document.id)] == [
        "numbered",
        "archived",
        "voided",
        "printed",
    ]


# --- rebuild ---


def a_full_day(registers: Registers) -> None:
    first = numbered(registers, ["Một", "Hai", "Ba"], identity="")
    numbered(registers, ["Bốn"], identity="bốn", relations=(relation_to(first[0].id),))
    numbered(registers, ["Bốn"], identity="bốn")
    registers.hold(GGT, reserved(reason="giữ số", count=2))
    registers.void(first[1].id, "in hỏng", "lan")
    registers.void_entry(GGT, 5, "không dùng", "lan")
    numbered(registers, ["Phiếu"], series=PNX, reference_format="", lookup_prefix="PNX")
    receipt_id, ids = drop(registers, ["", "Chờ ký"])
    registers.decide(
        receipt_id,
        [
            Ruling(document_id=ids[0], verdict=Verdict.RETURN, problems=(BLANK,)),
            number(ids[1], verdict=Verdict.NO_NUMBER),
        ],
    )
    archived = archive_all(registers)
    claimed = registers.claim_answer("may-1", 60)
    assert claimed is not None
    registers.answered(claimed.id, "may-1", ["a.pdf", "b.xlsx"])
    registers.order_print(an_order(registers, archived[:1]))
    Routes(registers.db, registers.clock).route(
        first[2].id, "lan", {"to": ["Phòng Tổng hợp"], "due_on": "2026-03-20", "opinion": "Xử lý."}
    )
    drop(registers, ["chưa xét"])
    rows = registers.journal_unsealed(4)
    registers.journal_sealed([row_id for row_id, _ in rows], date(2026, 3, 2), 1)
    registers.indexed([(one.id, one.archived_version) for one in registers.to_index(2)])
    registers.close_book(
        ClosedBookView(
            book=Book.DI,
            issuer="VPTU",
            period="2026",
            closed_at=registers.clock.now(),
            person="lan",
            entries=6,
            rows_sha256="cd" * 32,
            journal_head="ef" * 32,
        )
    )
    registers.bury(
        Tombstone(
            object_id="urn:vanthu:doc:x",
            at=registers.clock.now(),
            persons=("lan", "hoa"),
            reason="mật",
        )
    )


def cells(registers: Registers) -> dict[str, list[object]]:
    """Every cell of every table, in a fixed order."""
    found: dict[str, list[object]] = {}
    for piece in registers.dump(chunk=2):
        for name in Restored.__dataclass_fields__:
            found.setdefault(name, []).extend(getattr(piece, name))
    return found


def test_what_is_dumped_can_be_restored_cell_by_cell(
    registers: Registers, tmp_path: Path, made_tables: Path
) -> None:
    a_full_day(registers)
    before = cells(registers)
    assert all(before.values())

    with opened(copy_of(made_tables, tmp_path / "moi")) as restored:
        restored.restore(registers.dump(chunk=3))

        assert cells(restored) == before
        assert list(restored.entries()) == list(registers.entries())
        assert restored.counts() == registers.counts()
        assert restored.gaps() == []
        assert ordinals(numbered(restored, ["Tiếp"])) == [7]


def test_restored_registers_go_on_counting(registers: Registers, tmp_path: Path) -> None:
    with opened(tmp_path / "cu") as old:
        a_full_day(old)
        entries_only = [replace(piece, series=()) for piece in old.dump()]

    registers.restore(entries_only)

    assert ordinals(numbered(registers, ["Tiếp"])) == [7]
    assert len(registers.journal_unsealed(1000)) > 0


# --- the database under it ---


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    with opened(tmp_path / "archive" / "registers") as registers:
        numbered(registers, ["Một"])
        directory = tmp_path / "archive" / "registers"
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in directory.glob("*sqlite3*")} == {
            0o600
        }


def test_a_checkpoint_empties_the_log_and_loses_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "r") as registers:
        numbered(registers, [f"Người {i}" for i in range(50)])

        done = registers.checkpoint()

        assert done.frames == done.moved > 0
        assert registers.checkpoint().frames in {0, done.frames}
        assert registers.series()[0].last == 50


def test_sqlite_is_set_up_so_that_a_power_cut_loses_no_number(tmp_path: Path) -> None:
    with opened(tmp_path / "r") as registers, registers.db.cursor() as cursor:
        pragmas = {}
        for name in ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint"):
            cursor.execute(f"PRAGMA {name}")
            pragmas[name] = cursor.fetchone()[0]
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone()[0] >= 20_000
        assert pragmas == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "wal_autocheckpoint": 0,
        }


def test_two_offices_in_one_process_do_not_meet(tmp_path: Path) -> None:
    with opened(tmp_path / "a") as one, opened(tmp_path / "b") as other:
        numbered(one, ["Một", "Hai"])

        assert ordinals(numbered(other, ["Ba"])) == [1]
        assert len(one.series()) == 1
    with opened(tmp_path / "b") as again:
        assert again.series()[0].last == 1
        assert again.receipt(ReceiptId("x")) is None


def test_an_undecided_receipt_is_claimed_oldest_first(registers: Registers) -> None:
    first, _ = drop(registers, ["Một"])
    later(registers, 1)
    second, _ = drop(registers, ["Hai"])
    later(registers, 1)

    claims = [registers.claim_receipt("may-1", 60) for _ in range(3)]

    assert [claim.id if claim else None for claim in claims] == [first, second, None]
    assert claims[0] is not None
    assert claims[0].state is ReceiptState.RECEIVED
    assert claims[0].received_at - MORNING == timedelta(0)


def test_a_late_record_finds_the_papers_of_its_namesake(registers: Registers) -> None:
    document = numbered(registers, ["Một"])[0]

    assert registers.by_source("gioi-thieu", "danh sách tháng 3") == [document]
    assert registers.by_source("gioi-thieu", "danh sách") == []
    assert registers.by_source("van-ban", "danh sách tháng 3") == []


def test_what_is_open_and_who_holds_it_can_be_told(registers: Registers) -> None:
    document = numbered(registers, ["Một"])[0]
    registers.claim_documents("may-1", 1, 60)
    assert registers.holders() == {"may-1": [document.id]}
    registers.release([document.id], "may-1")
    archive_all(registers)
    registers.claim_answer("may-1", 60)
    registers.answered(document.receipt_id, "may-1", [])
    assert registers.unfinished_receipts() == [document.receipt_id]

    registers.indexed([(document.id, 1)])

    assert registers.unfinished_receipts() == []
    assert registers.holders() == {}


def test_a_network_share_is_refused_by_name(tmp_path: Path) -> None:
    share = f"//may-chu/vpdu {tmp_path} cifs rw 0 0"

    with pytest.raises(NetworkFileSystem) as raised:
        refuse_network(tmp_path / "registers", ["/dev/sda1 / ext4 rw 0 0", share])

    assert "cifs" in raised.value.clerk_text
    refuse_network(tmp_path, ["/dev/sda1 / ext4 rw 0 0"])


def test_tables_of_another_release_are_refused(tmp_path: Path) -> None:
    with opened(tmp_path / "r") as registers, registers.db.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'registers' AND name > '0002'")
    with pytest.raises(TablesOutOfDate):
        open_registers(tmp_path / "r", a_clock(), may_migrate=False)
    with opened(tmp_path / "s") as registers, registers.db.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('registers', '0999_mai_sau', CURRENT_TIMESTAMP)"
        )

    with pytest.raises(TablesOutOfDate):
        open_registers(tmp_path / "s", a_clock())


def test_an_address_that_is_none_is_a_wait_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable) as raised:
        open_registers(
            tmp_path / "r", a_clock(), database_url="postgresql://a:mat-khau@127.0.0.1:1/khong-co"
        )
    assert "mat-khau" not in str(raised.value)
    with pytest.raises(DatabaseUnreachable):
        open_registers(tmp_path / "r", a_clock(), database_url="mysql://x")


@pytest.mark.parametrize("code", ["PNX-26-00123", "PNX-26-40000", "DS-99-00001"])
def test_a_mistyped_lookup_code_is_noticed(code: str) -> None:
    good = f"{code}-{check_character(code)}"
    assert is_lookup_code(good.lower())
    digits = [i for i, sign in enumerate(code) if sign.isdigit()]
    for place in digits:
        for digit in set("0123456789") - {code[place]}:
            assert not is_lookup_code(good[:place] + digit + good[place + 1 :])
    for place in [place for place in digits if place + 1 in digits]:
        swapped = list(good)
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        assert "".join(swapped) == good or not is_lookup_code("".join(swapped))


def test_a_state_changes_only_as_the_table_allows(registers):
    paper = numbered(registers, ["Lò Thị Mây"], legal_state=LegalState.CHO_KY)[0]
    archive_all(registers)

    signed = registers.set_state(
        paper.id, LegalState.DA_KY, person="Đinh Thị Ngân", reason="đã ký", on=date(2026, 3, 2)
    )
    with pytest.raises(StateNotAllowed):
        registers.set_state(paper.id, LegalState.DU_THAO, person="Đinh Thị Ngân", reason="nhầm")

    assert (signed.legal_state, signed.version) == (LegalState.DA_KY, 2)
    assert registers.get(paper.id).legal_state is LegalState.DA_KY
    (deed,) = [line for line in registers.journal_of(paper.id) if line.deed == "state"]
    assert deed.person == "Đinh Thị Ngân"
    assert (deed.data["from"], deed.data["to"], deed.data["on"]) == (
        "cho-ky",
        "da-ky",
        "2026-03-02",
    )


@pytest.mark.parametrize("state", LegalState)
def test_what_is_recalled_or_void_changes_no_more_and_the_rest_can_end(state):
    ends = {LegalState.THU_HOI, LegalState.HUY_SO}

    assert (next_states(state) == ()) == (state in ends)
    assert state in ends or ends & set(next_states(state))


# --- lists of a large office: a page of each, from an index ---


def plans_of(registers: Registers, ask: Callable[[], object]) -> list[str]:
    """How the database goes about each question that *ask* puts; empty on PostgreSQL, which decides by what is there."""
    from django.test.utils import CaptureQueriesContext

    connection = registers.db.connection
    with CaptureQueriesContext(connection) as captured:
        ask()
    asked = [one["sql"] for one in captured if one["sql"].startswith("SELECT")]
    assert asked
    if not registers.db.spec.is_sqlite:
        return []
    with connection.cursor() as cursor:
        return [
            step[3]
            for sql in asked
            for step in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", []).fetchall()
        ]


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("entry_taken", lambda r: r.newest_entries({"book": "di"}, limit=2)),
        ("entry_taken", lambda r: r.newest_entries({"book": "di", "year": 2026}, limit=2)),
        ("entry_taken", lambda r: r.newest_entries({"book": "di", "issued": True}, limit=2)),
        ("receipt_owner", lambda r: Drops(r.db).newest(owner="Lò Thị Lan (lan)", limit=2)),
        ("journal_person", lambda r: Overview(r.db).deeds_of_people(person="lan", limit=2)),
        ("print_person", lambda r: r.prints(2, person="Lò Thị Lan (lan)")),
        ("document_standing", lambda r: r.newest_waiting(2)),
        ("entry_unissued", lambda r: list(r.entries(unissued=True))),
        ("document_theirs", lambda r: r.by_sender_number(1347)),
        (
            "journal_at",
            lambda r: Overview(r.db).deeds_of_people(person="lan", since=MORNING, limit=2),
        ),
    ],
)
def test_a_page_of_a_list_is_read_from_an_index_and_nothing_is_read_whole(
    registers: Registers, index: str, ask: Callable[[Registers], object]
) -> None:
    an_order(registers, numbered(registers, ["Lò Thị Mây", "Vàng A Páo"]))

    plans = plans_of(registers, lambda: ask(registers))

    if registers.db.spec.is_sqlite:
        assert any(f"INDEX {index}" in plan for plan in plans), plans
        assert [one for one in plans if one.startswith("SCAN") and " INDEX " not in one] == []


def test_how_far_a_drop_is_is_known_without_opening_its_papers(registers: Registers) -> None:
    documents = numbered(registers, ["Lò Thị Mây", "Vàng A Páo"])
    known = Drops(registers.db)
    receipt_id = documents[0].receipt_id
    archive_all(registers)

    plans = plans_of(registers, lambda: known.progress([receipt_id]))

    assert known.progress([receipt_id])[receipt_id] == Progress(total=2, taken=2, archived=2)
    if registers.db.spec.is_sqlite:
        assert all("COVERING INDEX document_progress" in plan for plan in plans), plans


def test_the_newest_lines_of_a_book_come_from_all_its_series_page_by_page(
    registers: Registers,
) -> None:
    for turn in range(3):
        numbered(registers, [f"Giới thiệu {turn}"])
        other = replace(GGT, symbol="CV")
        numbered(registers, [f"Công văn {turn}"], series=other, reference_format="{so}-CV/VPTU")
        numbered(registers, [f"Nhận xét {turn}"], series=PNX, reference_format="")

    first, following = registers.newest_entries({"book": "di"}, limit=4)
    rest, end = registers.newest_entries({"book": "di"}, before=following, limit=4)
    only, _ = registers.newest_entries({"book": "di", "symbol": "CV"}, limit=4)

    assert [row.entry.reference for row in first] == [
        "03-CV/VPTU",
        "03-GGT/VPTU",
        "02-CV/VPTU",
        "02-GGT/VPTU",
    ]
    assert [row.entry.reference for row in rest] == ["01-CV/VPTU", "01-GGT/VPTU"]
    assert end is None
    assert [row.entry.ordinal for row in only] == [3, 2, 1]
    assert registers.newest_entries({"book": "sao"}, limit=4) == ([], None)


def test_of_what_waits_for_its_number_a_person_gets_the_last_ones_and_of_drafts_his_own(
    registers: Registers,
) -> None:
    for turn in range(4):
        owner = "Lò Thị Lan (lan)"
        receipt_id, (one,) = drop(registers, [f"Dự thảo {turn}"], kind="van-ban", owner=owner)
        later(registers, 60)
        waits = Ruling(
            document_id=one,
            verdict=Verdict.NO_NUMBER,
            facts=facts(f"Dự thảo {turn}"),
            legal_state=LegalState.CHO_KY if turn == 1 else LegalState.DU_THAO,
        )
        registers.decide(receipt_id, [waits])
    whole = [one.id for one in reversed(registers.waiting())]

    assert [one.id for one in registers.newest_waiting(3)] == whole[:3]
    assert registers.newest_waiting(3, but={"van-ban"}) == []
    assert registers.newest_waiting(3, kinds={"gioi-thieu"}) == []
    assert [one.id for one in registers.newest_waiting(9, owner="Lan (lan.khac)")] == [whole[2]]
    assert [one.id for one in registers.newest_waiting(9, owner="Tên mới (lan)")] == whole


def test_drops_and_printings_are_found_under_all_names_that_their_person_had(
    registers: Registers,
) -> None:
    sent, _ = drop(registers, ["Lò Thị Mây"], owner="Lò Thị Lan (lan)")
    drop(registers, ["Vàng A Páo"], owner="Lò Thị Lan (lan.khac)")
    drop(registers, ["Sùng A Chu"])

    found = Drops(registers.db).newest(owner="Tên mới (lan)", limit=9)

    assert [one.id for one in found] == [sent]
    assert len(Drops(registers.db).newest(limit=9)) == 3


def test_the_deeds_of_a_name_are_the_last_ones_of_all_who_are_called_so(
    registers: Registers,
) -> None:
    for person in ("Lan (lan)", "Lan Anh (anh)", "Hoa (hoa)", "Lan (lan)"):
        registers.journal_append("logged-in", person, None, {})

    of_day = Overview(registers.db).deeds_of_people(person="lan", since=MORNING, limit=2)
    found = Overview(registers.db).deeds_of_people(person="LAN", limit=2)
    before = Overview(registers.db).deeds_of_people(person="lan", before=found[-1].id, limit=9)

    assert [one.line.person for one in found] == ["Lan (lan)", "Lan Anh (anh)"]
    assert [one.id for one in of_day] == [one.id for one in found]
    assert [one.line.person for one in before] == ["Lan (lan)"]
    assert Overview(registers.db).deeds_of_people(person="Minh", limit=9) == []
