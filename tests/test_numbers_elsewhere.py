"""Numbers given, kept or set aside elsewhere, and the dates of numbers: on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from registers_kit import (
    DEN,
    GGT,
    drop,
    kept,
    later,
    number,
    numbered,
    ordinals,
    reserved,
    secret,
)

from pipeline.errors.numbering import (
    BackdatingUnexplained,
    DateInFuture,
    DateRunsBack,
    NumberNotWaiting,
    NumberOfSecret,
)
from pipeline.errors.registers import ClockBehind, NumberOutOfReach, NumberTaken, SeriesLocked
from pipeline.record import EntryStatus, NumberSource
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentState

TODAY = date(2026, 3, 2)
BEFORE = date(2026, 2, 20)
WHY = {"backdated_by": "Chánh Văn phòng", "backdated_why": "ký từ hôm trước, vào sổ muộn"}


def entries(registers: Registers) -> list[tuple[int, str, str]]:
    return [
        (row.entry.ordinal, row.entry.status.value, row.entry.source)
        for row in registers.entries(series=GGT)
    ]


def remark(registers: Registers, ordinal: int) -> str:
    entry = registers.entry(GGT, ordinal)
    assert entry is not None
    return entry.remark


def test_a_number_given_by_telephone_waits_and_its_paper_fills_it(registers: Registers) -> None:
    [held] = registers.hold(GGT, kept(ordinal=3, issued_on=BEFORE, holder="đồng chí Sơn"))
    assert (held.reference, held.issued_on) == ("03-GGT/VPTU", BEFORE)
    assert entries(registers) == [
        (1, "held", "bo-qua"),
        (2, "held", "bo-qua"),
        (3, "held", "dien-thoai"),
    ]

    [paper] = numbered(registers, ["Sơn"], ordinal=3, issued_on=BEFORE)

    assert paper.number is not None
    assert paper.number.reference == "03-GGT/VPTU"
    entry = registers.entry(GGT, 3)
    assert entry is not None
    assert (entry.status, entry.holder, entry.source) == (
        EntryStatus.ISSUED,
        "đồng chí Sơn",
        "dien-thoai",
    )
    assert entry.remark == ""
    assert registers.gaps() == []


def test_a_paper_with_another_date_than_was_told_says_so(registers: Registers) -> None:
    registers.hold(GGT, kept(ordinal=1, issued_on=BEFORE))

    numbered(registers, ["Sơn"], ordinal=1, issued_on=date(2026, 2, 24))

    assert "R199" in remark(registers, 1)
    assert "20/02/2026" in remark(registers, 1)


def test_passed_over_numbers_are_deeds_of_the_journal(registers: Registers) -> None:
    numbered(registers, ["Năm"], ordinal=4)

    held = registers.deeds("held")

    assert [line.data["ordinal"] for line in held] == [1, 2, 3]


def test_a_secret_number_has_nothing_but_itself_and_its_date(registers: Registers) -> None:
    registers.hold(GGT, reserved(holder="đồng chí Hiền", reason="về việc không được kể"))

    [entry] = registers.hold(GGT, secret(ordinal=1, holder="ai đó", reason="lộ nội dung"))

    assert (entry.status, entry.source) == (EntryStatus.USED, NumberSource.MAT)
    assert (entry.reason, entry.holder, entry.expires_on) == ("văn bản mật", "", None)
    told = registers.deeds("held")[-1].data
    assert "lộ nội dung" not in str(told)
    assert "ai đó" not in str(told)
    receipt_id, ids = drop(registers, ["Một"])
    [paper] = registers.decide(receipt_id, [number(ids[0], ordinal=1)])
    assert (paper.state, paper.problems[0].code) == (DocumentState.RETURNED, "R148")
    with pytest.raises(NumberOfSecret):
        registers.hold(GGT, kept(ordinal=1))


def test_a_secret_number_of_a_day_that_runs_back_tells_only_days(registers: Registers) -> None:
    numbered(registers, ["Một"])

    [entry] = registers.hold(GGT, secret(issued_on=BEFORE))

    assert entry.remark == "Ngày 20/02/2026 trước ngày của số 1 (02/03/2026) (R197)"


def test_a_used_number_waits_no_more_but_takes_its_paper(registers: Registers) -> None:
    registers.hold(GGT, reserved(count=2))

    entry = registers.confirm_number(
        GGT, 1, person="lan", reason="có bản giấy, cặp 03", issued_on=TODAY
    )

    assert entry.status is EntryStatus.USED
    assert "có bản giấy, cặp 03" in entry.remark
    with pytest.raises(NumberNotWaiting):
        registers.confirm_number(GGT, 1, person="lan", reason="lần nữa")
    with pytest.raises(NumberNotWaiting):
        registers.confirm_number(GGT, 9, person="lan", reason="không có")
    with pytest.raises(NumberTaken):
        registers.hold(GGT, kept(ordinal=1))
    assert ordinals(numbered(registers, ["Một"], ordinal=1)) == [1]


def test_a_reservation_that_ran_out_is_used_only_by_name_and_says_so(registers: Registers) -> None:
    registers.hold(GGT, reserved(expires_on=TODAY))
    later(registers, 3 * 24 * 3600)
    day = date(2026, 3, 5)

    assert ordinals(numbered(registers, ["Hai"], issued_on=day)) == [2]
    numbered(registers, ["Một"], ordinal=1, issued_on=day)

    assert "dùng sau hạn" in remark(registers, 1)


def test_a_date_of_the_past_needs_somebody_who_stands_for_it(registers: Registers) -> None:
    receipt_id, ids = drop(registers, ["Một", "Hai", "Ba"])
    rulings = [
        number(ids[0], issued_on=BEFORE),
        number(ids[1], issued_on=BEFORE, **WHY),
        number(ids[2]),
    ]

    documents = registers.decide(receipt_id, rulings)

    assert [document.state.value for document in documents] == ["returned", "numbered", "numbered"]
    assert documents[0].problems[0].code == "R196"
    assert ordinals(documents) == [1, 2]
    assert "Chánh Văn phòng" in remark(registers, 1)
    assert remark(registers, 2) == ""


def test_a_date_before_the_last_number_is_named_and_kept_in_the_book(registers: Registers) -> None:
    numbered(registers, ["Một"])

    numbered(registers, ["Hai"], issued_on=BEFORE, **WHY)

    assert "R197" in remark(registers, 2)
    assert "02/03/2026" in remark(registers, 2)


def test_an_office_may_refuse_what_runs_back(registers: Registers) -> None:
    numbered(registers, ["Một"])
    receipt_id, ids = drop(registers, ["Hai", "Ba"])
    strict = {"strict_dates": True}
    rulings = [
        number(ids[0], issued_on=BEFORE, **WHY, **strict),
        number(ids[1], issued_on=date(2026, 3, 9), **strict),
    ]

    documents = registers.decide(receipt_id, rulings)

    assert [document.problems[0].code for document in documents] == ["R197", "R198"]
    with pytest.raises(DateInFuture):
        registers.hold(GGT, kept(issued_on=date(2026, 3, 9), strict_dates=True))
    with pytest.raises(DateRunsBack):
        registers.hold(GGT, kept(issued_on=BEFORE, strict_dates=True))


def test_today_is_never_dated_back_even_behind_a_date_of_the_future(registers: Registers) -> None:
    numbered(registers, ["Một"], issued_on=date(2026, 3, 9))
    assert "R198" in remark(registers, 1)

    documents = numbered(registers, ["Hai"], strict_dates=True)

    assert ordinals(documents) == [2]
    assert "R197" in remark(registers, 2)


def test_a_day_that_ended_while_the_list_waited_is_not_dated_back(registers: Registers) -> None:
    receipt_id, ids = drop(registers, ["Một"])
    later(registers, 24 * 3600)

    [paper] = registers.decide(receipt_id, [number(ids[0], issued_on=TODAY)])

    assert paper.state is DocumentState.NUMBERED
    assert remark(registers, 1) == ""


def test_a_number_between_two_others_keeps_their_order_of_days(registers: Registers) -> None:
    registers.hold(GGT, kept(issued_on=date(2026, 2, 10), ordinal=1))
    registers.hold(GGT, kept(issued_on=BEFORE, ordinal=5))

    with pytest.raises(BackdatingUnexplained):
        registers.hold(GGT, kept(ordinal=3, issued_on=date(2026, 2, 1), reason=""))
    registers.hold(GGT, kept(ordinal=3, issued_on=date(2026, 2, 27)))

    assert "R199" in remark(registers, 3)
    assert "số 5" in remark(registers, 3)


def test_a_list_that_is_held_takes_no_number_for_one_bad_date(registers: Registers) -> None:
    receipt_id, ids = drop(registers, ["Một", "Hai"], hold_all=True)
    rulings = [number(ids[0]), number(ids[1], issued_on=BEFORE)]

    documents = registers.decide(receipt_id, rulings)

    assert [document.problems[0].code for document in documents] == ["R188", "R196"]
    assert list(registers.entries()) == []
    assert registers.gaps() == []


def test_a_locked_series_gives_no_number_until_its_last_is_confirmed(registers: Registers) -> None:
    numbered(registers, ["Một"])
    registers.lock_series([GGT, DEN], "khôi phục.", "quan-tri")
    receipt_id, ids = drop(registers, ["Hai"])
    with pytest.raises(SeriesLocked):
        registers.decide(receipt_id, [number(ids[0])])
    with pytest.raises(SeriesLocked):
        registers.hold(GGT, kept())
    with pytest.raises(NumberOutOfReach):
        registers.confirm_series(GGT, 0, "lan", "đối chiếu sổ giấy")

    series = registers.confirm_series(
        GGT, 3, "lan", "đối chiếu sổ giấy", written_as=("{so}-GGT/VPTU", "")
    )

    assert (series.last, series.locked) == (3, "")
    assert [row.entry.reason for row in registers.entries(unissued=True)] == [
        "Cấp trước sự cố, chờ nhập bù."
    ] * 2
    assert ordinals(registers.decide(receipt_id, [number(ids[0])])) == [4]
    assert ordinals(numbered(registers, ["Ba"], ordinal=2)) == [2]


def test_no_deed_gives_a_number_while_the_clock_runs_behind(registers: Registers) -> None:
    registers.hold(GGT, reserved(count=3))
    later(registers, -3600)

    for deed in (
        lambda: registers.hold(GGT, kept()),
        lambda: registers.hold(GGT, secret()),
        lambda: registers.hold(GGT, reserved()),
        lambda: registers.confirm_number(GGT, 1, person="lan", reason="đã dùng"),
        lambda: registers.confirm_series(GGT, 3, "lan", "đối chiếu"),
    ):
        with pytest.raises(ClockBehind):
            deed()
    registers.accept_clock("quan-tri", "đồng hồ chạy nhanh một giờ")

    assert [entry.ordinal for entry in registers.hold(GGT, kept())] == [4]


def test_a_number_without_paper_is_found_in_every_written_form(registers: Registers) -> None:
    registers.hold(GGT, reserved(count=2))
    numbered(registers, ["Ba"])

    for written in ("02-GGT/VPTU", "2/ggt-vptu", f"{GGT}:2"):
        [found] = registers.numbers_without_paper(written)
        assert found.ordinal == 2
    assert registers.numbers_without_paper("03-GGT/VPTU") == []


def test_two_series_do_not_ask_each_other_for_dates(registers: Registers) -> None:
    numbered(registers, ["Một"])
    other = replace(GGT, symbol="CV")

    registers.hold(other, kept(ordinal=1, issued_on=BEFORE, strict_dates=True))

    assert [row.entry.remark for row in registers.entries(series=other)] == [""]
