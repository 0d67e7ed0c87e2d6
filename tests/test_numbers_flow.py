"""Numbers from elsewhere as clerk and operator meet them: dropped records, the command line, the report of gaps."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta

import pytest
from helpers import example
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    letter,
    opened,
    paper_bytes,
    person,
    process_here,
    reason,
    results,
    run,
    small_office,
)

from pipeline.clock import OFFICE_ZONE, FixedClock
from pipeline.config import OFFICE_FILE, load_office
from pipeline.errors.numbering import GivenNumberUnreadable, NoSuffixNumber, SeriesUnknown
from pipeline.number_gaps import GapChoice, gap_rows
from pipeline.number_names import Period, name_series
from pipeline.record import EntryStatus, NumberSource, SeriesKey
from pipeline.stores.registers.views import Holding

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=OFFICE_ZONE)
TODAY = NOON.date()


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "van-phong")


def process(office, cell, moment=NOON):
    outcomes = process_here(office, cell, FixedClock(moment))
    return {one.source.rpartition("/")[2]: (one.status, one.reference) for one in outcomes}


def test_the_internal_book_goes_on_where_the_paper_one_ended(office, cell):
    file = office.root / OFFICE_FILE
    start = '\n[[bat_dau]]\nso = "noi-bo"\nky_hieu = "PNX"\nky = "2026"\ntu_so = 41\n'
    file.write_text(file.read_text(encoding="utf-8") + start, encoding="utf-8")
    office = load_office(office.root)
    drop_json(office, "a.json", example("phieu-nhan-xet", "muc-1"), "phieu-nhan-xet")

    process(office, cell)

    (entry,) = books(office, cell)
    assert entry.lookup_code.startswith("PNX-26-00041-")


def books(office, cell):
    with opened(office, cell, FixedClock(NOON)) as app:
        return [row.entry for row in app.registers.entries()]


def take(office, cell, words, **changes):
    with opened(office, cell, FixedClock(NOON)) as app:
        named = name_series(words, Period(day=TODAY), app)
        usual = {
            "status": EntryStatus.HELD,
            "source": NumberSource.DIEN_THOAI,
            "person": "lan",
            "reason": "trả lời qua điện thoại",
            "ordinal": named.ordinal,
            "reference_format": named.reference_format,
        }
        return app.registers.hold(named.key, Holding(**(usual | changes)))


# --- records that have their number ---


@pytest.mark.parametrize("given", [3, "03", "số 3", "03-GGT/VPTU", "3/GGT-VPTU"])
def test_a_record_keeps_the_number_it_has(office, cell, given):
    drop_json(office, "a.json", person(1, so_da_cap=given))

    assert process(office, cell) == {"a.json": ("indexed", "03-GGT/VPTU")}
    assert [entry.status.value for entry in books(office, cell)] == ["held", "held", "issued"]
    assert any("GGT-0003" in name for name in results(office))


@pytest.mark.parametrize(
    ("given", "code"),
    [("45a", "R146"), ("3b-GGT/VPTU", "R146"), ("ba", "R145"), ("3-CV/VPTU", "R147")],
)
def test_a_number_that_cannot_be_goes_back_with_its_reason(office, cell, given, code):
    drop_json(office, "a.json", person(1, so_da_cap=given))

    assert process(office, cell) == {"a.json": ("returned", None)}
    assert code in reason(office)
    assert books(office, cell) == []


def test_a_number_that_was_used_goes_back_and_its_paper_stays(office, cell):
    drop_json(office, "a.json", person(1))
    process(office, cell)
    drop_json(office, "b.json", person(2, so_da_cap=1))

    assert process(office, cell) == {"b.json": ("returned", None)}
    assert "R171" in reason(office)


def test_a_paper_fills_the_number_told_by_telephone_with_the_day_told(office, cell):
    take(office, cell, "02-GGT/VPTU", issued_on=date(2026, 11, 20), holder="đồng chí Sơn")
    drop_json(office, "a.json", person(1, so_da_cap=2))

    assert process(office, cell) == {"a.json": ("indexed", "02-GGT/VPTU")}
    entry = books(office, cell)[1]
    assert (entry.issued_on, entry.holder) == (date(2026, 11, 20), "đồng chí Sơn")
    with opened(office, cell) as app:
        [paper] = app.registers.find("02-GGT/VPTU")
        assert paper.number.issued_on == date(2026, 11, 20)


def test_an_arrival_number_stamped_by_hand_is_the_papers(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(tmp_path, "Cong van 21"))
    record = letter(21, so_da_cap="15-ĐẾN/2026", ngay_den="2026-11-23")
    drop_json(office, "cv.json", record, VAN_BAN_DEN)

    assert process(office, cell) == {"cv.pdf": ("indexed", "15-ĐẾN/2026")}
    entry = books(office, cell)[-1]
    assert (entry.ordinal, entry.issued_on) == (15, date(2026, 11, 23))


def test_a_late_record_cannot_renumber_its_paper(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(tmp_path, "Cong van 21"))
    process(office, cell)
    drop_json(office, "cv.json", letter(21, so_da_cap=9), VAN_BAN_DEN)

    assert process(office, cell) == {"cv.json": ("returned", None)}
    assert "R149" in reason(office, VAN_BAN_DEN)


def test_a_secret_papers_number_is_nobody_elses(office, cell):
    take(office, cell, "GGT", status=EntryStatus.USED, source=NumberSource.MAT, reason="")
    drop_json(office, "a.json", person(1, so_da_cap=1))

    assert process(office, cell) == {"a.json": ("returned", None)}
    assert "R148" in reason(office)


# --- dates ---


def test_a_date_of_the_past_asks_who_decided_it_and_why(office, cell):
    drop_json(office, "a.json", person(1, ngay="18/11/2026"))
    drop_json(office, "b.json", person(2, ngay="25/11/2026"))
    assert process(office, cell) == {
        "a.json": ("returned", None),
        "b.json": ("indexed", "01-GGT/VPTU"),
    }
    assert "R196" in reason(office)
    explained = {"lui_ngay_boi": "Chánh Văn phòng", "lui_ngay_ly_do": "ký ngày 18, vào sổ muộn"}
    drop_json(office, "c.json", person(1, ngay="18/11/2026", **explained))

    assert process(office, cell) == {"c.json": ("indexed", "02-GGT/VPTU")}
    entry = books(office, cell)[1]
    assert "R197" in entry.remark
    assert "Chánh Văn phòng quyết định, ký ngày 18, vào sổ muộn" in entry.remark
    [note] = (office.inbox_dir / "gioi-thieu").rglob("KẾT QUẢ.txt")
    assert entry.remark in note.read_text(encoding="utf-8-sig")
    printed = run(office, "register", "di")
    assert "Chánh Văn phòng quyết định" in printed.stdout


def test_an_office_that_refuses_odd_dates_gives_the_paper_back(tmp_path, cell):
    office = small_office(tmp_path / "van-phong")
    text = (office.root / "vanthu.toml").read_text(encoding="utf-8")
    (office.root / "vanthu.toml").write_text(
        text.replace('thu_tu_ngay = "canh-bao"', 'thu_tu_ngay = "chan"'), encoding="utf-8"
    )
    office = load_office(office.root)
    assert office.thu_tu_ngay == "chan"
    drop_json(office, "a.json", person(1, ngay="30/11/2026"))

    assert process(office, cell) == {"a.json": ("returned", None)}
    assert "R198" in reason(office)


# --- names of series ---


@pytest.mark.parametrize(
    ("words", "series", "ordinal"),
    [
        ("CV", "di:VPTU:CV:2025-2030", None),
        ("cv/tu", "di:TU:CV:2025-2030", None),
        ("qđ", "di:VPTU:QĐ:2025-2030", None),
        ("128-CV/VPTU", "di:VPTU:CV:2025-2030", 128),
        ("số 7-ggt", "di:VPTU:GGT:2025-2030", 7),
        ("BS", "sao:VPTU:BS:2025-2030", None),
        ("đến", "den:DEN::2026", None),
        ("DON-THU", "den:DON-THU::2026", None),
        ("15-ĐẾN/2025", "den:DEN::2025", 15),
        ("15-ĐẾN/DON-THU/2026", "den:DON-THU::2026", 15),
        ("PNX", "noi-bo::PNX:2026", None),
        ("PNX-25-00012-K", "noi-bo::PNX:2025", 12),
    ],
)
def test_a_series_is_named_as_clerks_do(office, cell, words, series, ordinal):
    with opened(office, cell) as app:
        named = name_series(words, Period(day=TODAY), app)

    assert (named.key, named.ordinal) == (SeriesKey.parse(series), ordinal)


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        ("CX", SeriesUnknown, "CV"),
        ("CV/VPUBND", SeriesUnknown, "BTCTU"),
        ("15-ĐẾN/XYZ/2026", SeriesUnknown, "DON-THU"),
        ("", SeriesUnknown, "ĐẾN"),
        ("45a-CV/VPTU", NoSuffixNumber, "45a"),
        ("12345678", GivenNumberUnreadable, "128-CV/VPTU"),
    ],
)
def test_a_wrong_name_is_refused_with_what_is_known(office, cell, words, error, told):
    with opened(office, cell) as app, pytest.raises(error) as caught:
        name_series(words, Period(day=TODAY), app)

    assert told in caught.value.clerk_text


def test_another_term_is_asked_for_by_its_code(office, cell):
    with opened(office, cell) as app:
        named = name_series("128-CV/VPTU", Period(day=TODAY, term="2020-2025"), app)
        assert named.key.period == "2020-2025"
        with pytest.raises(SeriesUnknown):
            name_series("CV", Period(day=TODAY, term="2015-2020"), app)


# --- commands and report ---


def test_a_days_deeds_on_numbers_and_the_report_that_tells_them(office, cell, tmp_path):
    today = datetime.now(OFFICE_ZONE).date()
    day, later = f"{today:%d/%m/%Y}", f"{today + timedelta(days=30):%d/%m/%Y}"
    who = ("--person", "Lan")
    phone = ("--source", "dien-thoai", "--date", day, "--for", "Đ/c Sơn", "--reason", "trả lời BTC")
    entered = run(office, "number", "enter", "CV", *phone, *who)
    assert (entered.status, entered.stdout) == (0, f"Đã vào sổ 01-CV/VPTU ngày {day}\n")
    aside = ("--for", "Đ/c Hiền", "--reason", "chờ ký", "--until", later, "--count", "2")
    assert "03-CV/VPTU" in run(office, "number", "reserve", "CV", *aside, *who).stdout
    assert "04-CV/VPTU" in run(office, "number", "secret", "CV", *who).stdout
    confirmed = run(office, "number", "confirm", "02-CV/VPTU", "--reason", "bản giấy cặp 3", *who)
    assert confirmed.status == 0, confirmed.stderr
    voided = run(office, "void", "03-CV/VPTU", "--reason", "không trình nữa", "--person", "Ngân")
    assert (voided.status, voided.stdout) == (0, "Đã hủy số 03-CV/VPTU\n")
    assert run(office, "void", "03-CV/VPTU", "--reason", "lần nữa").status == 2
    assert run(office, "void", "04-CV/VPTU", "--reason", "ghi nhầm", *who).status == 0

    out = tmp_path / "so.csv"
    assert run(office, "number", "gaps", "--book", "DI").status == 0
    ran = run(office, "number", "gaps", "--symbol", "CV", "--format", "csv", "-o", str(out))

    assert ran.status == 0, ran.stderr
    rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    told = {row[1]: row for row in rows if len(row) > 1 and row[1].endswith("-CV/VPTU")}
    assert [told[f"0{n}-CV/VPTU"][2] for n in (1, 2, 3, 4)] == [
        "Số cấp qua điện thoại",
        "Chỉ có bản giấy",
        "Hủy số",
        "Hủy số (văn bản mật)",
    ]
    assert told["01-CV/VPTU"][4] == "Đ/c Sơn"
    assert told["02-CV/VPTU"][5] == later
    assert "bản giấy cặp 3" in told["02-CV/VPTU"][8]
    assert (told["03-CV/VPTU"][6], told["03-CV/VPTU"][8]) == ("Ngân", "không trình nữa")
    # The index of an office that has no paper yet is not there either.
    assert [one["code"] for one in run(office, "verify", "--json").lines] == ["A447"]
    table = run(office, "number", "gaps", "--issuer", "TU")
    assert "CV/VPTU" not in table.stdout


def test_a_number_far_ahead_of_its_series_is_asked_about_before_it_is_entered(office):
    day = f"{datetime.now(OFFICE_ZONE):%d/%m/%Y}"
    told = ("--source", "dien-thoai", "--date", day, "--reason", "trả lời BTC", "--person", "Lan")
    assert run(office, "number", "enter", "01-CV/VPTU", *told).status == 0
    near = run(office, "number", "enter", "03-CV/VPTU", *told)
    assert "1 số bỏ trống trước đó (2) được giữ chờ văn bản" in near.stderr

    asked = run(office, "number", "enter", "128-CV/VPTU", *told)

    assert asked.status == 2
    assert "Sổ đang ở số 3, số 128 sẽ bỏ trống 4–127 (124 số)" in asked.stderr
    assert "--nhay-so" in asked.stderr
    assert run(office, "number", "secret", "128-CV/VPTU", *told[2:4]).status == 2
    done = run(office, "number", "enter", "128-CV/VPTU", *told, "--nhay-so")
    assert (done.status, done.stdout) == (0, f"Đã vào sổ 128-CV/VPTU ngày {day}\n")
    assert "124 số bỏ trống trước đó (4–127)" in done.stderr


def test_a_record_that_runs_far_ahead_goes_back_with_the_question(office, cell):
    drop_json(office, "a.json", person(1, so_da_cap=150))
    assert process(office, cell) == {"a.json": ("returned", None)}
    assert "R363" in reason(office)
    assert "Bỏ trống số ở giữa" in reason(office)
    assert books(office, cell) == []

    drop_json(office, "b.json", person(1, so_da_cap=150, nhay_so="có"))

    assert process(office, cell) == {"b.json": ("indexed", "150-GGT/VPTU")}
    [note] = (office.inbox_dir / "gioi-thieu").rglob("KẾT QUẢ.txt")
    assert "149 số bỏ trống trước đó (1–149)" in note.read_text(encoding="utf-8-sig")
    told = run(office, "number", "gaps")
    assert "chương trình" in told.stdout
    assert "he-thong" not in told.stdout


def test_what_is_missing_is_asked_for_and_not_guessed(office):
    for command in (
        ("number", "enter", "CV"),
        ("number", "reserve", "CV", "--for", "Đ/c Hiền"),
        ("number", "confirm", "01-CV/VPTU"),
        ("number", "confirm", "CV", "--reason", "x"),
        (
            "number",
            "accept-clock",
        ),
        ("number", "reserve", "5-CV/VPTU", "--for", "a", "--reason", "b", "--until", "31/12/2099"),
        ("number", "reserve", "CV", "--for", "a", "--reason", "b", "--until", "01/01/2020"),
    ):
        ran = run(office, *command)
        assert ran.status == 64, (command, ran.stdout, ran.stderr)


def test_there_is_no_place_for_what_a_secret_paper_is_about(office):
    words = run(office, "number", "secret", "--help").stdout

    assert "--reason" not in words
    assert "--for" not in words


def test_a_reservation_that_ran_out_is_named_until_somebody_decides(office, cell):
    take(
        office,
        cell,
        "CV",
        status=EntryStatus.RESERVED,
        source=NumberSource.DANH_SO,
        holder="Đ/c Hiền",
        expires_on=TODAY,
    )
    after = FixedClock(NOON + timedelta(days=1))
    with opened(office, cell, after) as app:
        [row] = gap_rows(GapChoice(), app.registers, TODAY + timedelta(days=1))
        assert (row.state, row.holder) == ("Dành số, ĐÃ QUÁ HẠN", "Đ/c Hiền")
        [row] = gap_rows(GapChoice(), app.registers, TODAY)
        assert row.state == "Dành số"


def test_a_locked_series_waits_for_the_paper_book(office, cell):
    drop_json(office, "a.json", person(1))
    process_here(office, cell)
    with opened(office, cell) as app:
        app.registers.lock_series([one.key for one in app.registers.series()], "khôi phục.", "q")
    verified = run(office, "verify", "--json")
    assert (verified.status, [one["code"] for one in verified.lines]) == (0, ["A461"])
    drop_json(office, "b.json", person(2))
    assert process_here(office, cell) == [] or not any("02" in n for n in results(office))

    ran = run(office, "number", "confirm", "GGT", "--last", "3", "--reason", "sổ giấy trang 4")

    assert ran.status == 0, ran.stderr
    assert "số tiếp theo là 4" in ran.stdout
    entries = books(office, cell)
    assert [entry.reference for entry in entries[1:3]] == ["02-GGT/VPTU", "03-GGT/VPTU"]
