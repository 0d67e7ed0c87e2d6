"""A record as a clerk drops it: read the way she meant it, or every problem told in her words."""

from __future__ import annotations

import json
import time
import unicodedata
from typing import Any

import pytest
from helpers import MONDAY, example
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors.base import Problem
from pipeline.kinds import check_record, context_of
from pipeline.record import Place

CONTEXT = context_of(van_phong="VPTU", hom_nay=MONDAY.date())


@pytest.fixture
def check(kinds):
    def run(
        changes: dict[str, Any],
        kind: str = "gioi-thieu",
        name: str = "day-du",
        place: Place | None = None,
    ):
        record = example(kind, name) | changes
        return check_record(kinds[kind], record, place=place or Place(), context=CONTEXT)

    return run


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.code, problem.where) for problem in problems]


@pytest.mark.parametrize(
    "written", ["9/1/2013", "09-01-2013", "2013-01-09", "ngày 09 tháng 01 năm 2013", " 9.1.2013 "]
)
def test_days_are_read_as_people_write_them(check, written):
    record, problems = check({"ngay_chinh_thuc": written})

    assert problems == []
    assert record["ngay_chinh_thuc"] == "2013-01-09"


@pytest.mark.parametrize("written", ["1986", 1986, 1986.0, "năm 1986"])
def test_a_year_alone_is_enough_for_a_birth(check, written):
    record, problems = check({"ngay_sinh": written})

    assert (record["ngay_sinh"], problems) == ("1986", [])


@pytest.mark.parametrize(
    "written", ["31/02/1986", "hôm qua", "0086", "1/1/0086", 19860314, "1986-13-01"]
)
def test_a_day_that_is_none_is_told_with_what_was_read(check, written):
    record, [problem] = check({"ngay_sinh": written})

    assert (problem.code, problem.where) == ("R105", "mục «Ngày sinh»")
    assert problem.was_read == str(written)
    assert "ngay_sinh" not in record


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("có", True),
        ("x", True),
        ("X", True),
        ("Đúng", True),
        ("không", False),
        ("0", False),
        (1, True),
        (False, False),
    ],
)
def test_yes_and_no_are_read_as_people_write_them(check, written, meant):
    assert check({"mien_sinh_hoat": written})[0]["mien_sinh_hoat"] is meant


@pytest.mark.parametrize("written", ["có lẽ", 2, [], 1.5])
def test_what_is_neither_yes_nor_no_is_asked_about(check, written):
    assert told(check({"mien_sinh_hoat": written})[1]) == [
        ("R111", "mục «Miễn sinh hoạt nơi cư trú»")
    ]


@pytest.mark.parametrize("written", ["nữ", "NU", " Nữ ", unicodedata.normalize("NFD", "Nữ")])
def test_a_choice_is_known_however_it_is_typed(check, written):
    record, problems = check({"gioi_tinh": written})

    assert (record["gioi_tinh"], problems) == ("Nữ", [])


def test_a_choice_is_known_by_its_title_or_its_code(check):
    for written in ("Quy định", "quy-dinh", "QUY ĐỊNH", "quy dinh"):
        assert check({"loai": written}, "van-ban", "quy-dinh-day-du")[0]["loai"] == "quy-dinh"


@pytest.mark.parametrize(
    "written", ["14 giờ 30", "14h30", "14:30", "14g30", "14 giờ 30 phút", "14:30:00"]
)
def test_hours_are_read_as_people_write_them(check, written):
    assert (
        check({"gio_bat_dau": written}, "bien-ban", "hoi-nghi-day-du")[0]["gio_bat_dau"] == "14:30"
    )


@pytest.mark.parametrize("written", ["25:00", "14:75", "chiều"])
def test_an_hour_that_is_none_is_told(check, written):
    found = told(check({"gio_bat_dau": written}, "bien-ban", "hoi-nghi-day-du")[1])

    assert found == [("R112", "mục «Giờ bắt đầu»")]


@pytest.mark.parametrize("written", ["03", 3, 3.0, " 3 "])
def test_numbers_may_be_text(check, written):
    record, problems = check({"so_ban": written})

    assert (record["so_ban"], problems) == (3, [])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ba", "R104"),
        ("3,5", "R104"),
        (3.5, "R104"),
        (True, "R104"),
        (float("nan"), "R115"),
        (float("inf"), "R115"),
        (10**400, "R115"),
        (0, "R109"),
        (-1, "R109"),
        (100_001, "R109"),
        ("٣", "R104"),
    ],
)
def test_what_is_no_count_is_refused_by_name(check, written, code):
    assert told(check({"so_ban": written})[1]) == [(code, "mục «Số bản»")]


@pytest.mark.parametrize(
    "written", [float("nan"), pytest.param(10**5000, id="huge"), True, {"a": 1}, ["a"]]
)
def test_a_name_must_be_words(check, written):
    [problem] = check({"ho_ten": written})[1]

    assert problem.code in {"R104", "R115"}
    assert problem.where == "mục «Họ và tên»"


def test_a_number_where_words_belong_is_taken_as_typed(check):
    record, problems = check({"so_the_dang_vien": 27041986.0})

    assert (record["so_the_dang_vien"], problems) == ("27041986", [])


def test_a_name_of_ten_thousand_letters_is_refused_shortly(check):
    [problem] = check({"ho_ten": "A" * 10_000})[1]

    assert problem.code == "R107"
    assert "10000" in problem.text
    assert len(problem.was_read) <= 60


def test_text_comes_out_composed_clean_and_single_spaced(check):
    typed = unicodedata.normalize("NFD", "\u200bTrần  Thị\u00a0Thuỳ\n\u202eDương\x07 ")
    record, problems = check({"ho_ten": typed})

    assert (record["ho_ten"], problems) == ("Trần Thị Thuỳ Dương", [])


def test_long_text_keeps_its_paragraphs(check):
    body = "Đoạn một.\r\n\r\nĐoạn  hai."
    record, _ = check({"noi_dung": body}, "van-ban", "quy-dinh-day-du")

    assert record["noi_dung"] == "Đoạn một.\n\nĐoạn  hai."


def test_markup_is_left_as_words(check):
    record, problems = check({"chi_bo": "Chi bộ A & B <c> {{ x }}"})

    assert (record["chi_bo"], problems) == ("Chi bộ A & B <c> {{ x }}", [])


def test_empty_is_the_same_as_absent(check):
    record, problems = check(
        {"so_the_dang_vien": "  ", "kinh_gui_chi_bo": None, "chi_bo": "\u200b"}
    )

    assert "so_the_dang_vien" not in record
    assert told(problems) == [("R102", "mục «Chi bộ đang sinh hoạt»")]


def test_a_list_may_be_typed_into_one_cell(check):
    cell = "- Lê Văn A - bận công tác; Trần B\nĐỗ C: ốm"
    changes = {"danh_sach_vang_co_phep": cell, "tong_so": 17, "vang_co_phep": "3"}
    record, problems = check(changes, "bien-ban", "hoi-nghi-day-du")

    assert problems == []
    assert record["danh_sach_vang_co_phep"] == [
        {"ho_ten": "Lê Văn A", "ly_do": "bận công tác"},
        {"ho_ten": "Trần B"},
        {"ho_ten": "Đỗ C", "ly_do": "ốm"},
    ]


def test_problems_inside_a_list_say_which_line_and_field(check):
    votes = [
        {"noi_dung": "A", "tan_thanh": 1},
        {"noi_dung": "B", "tan_thanh": "mười", "thua": 1},
        {"noi_dung": "C"},
    ]
    _, problems = check({"bieu_quyet": votes}, "bien-ban", "hoi-nghi-day-du")

    assert told(problems) == [("R104", "mục «Biểu quyết», dòng thứ 2, «Tán thành»")]
    votes[1]["tan_thanh"] = 1
    _, problems = check({"bieu_quyet": votes}, "bien-ban", "hoi-nghi-day-du")
    assert told(problems) == [
        ("R103", "mục «Biểu quyết», dòng thứ 2, «thua»"),
        ("R102", "mục «Biểu quyết», dòng thứ 3, «Tán thành»"),
    ]


def test_an_unknown_field_is_named_with_the_nearest_known_one(check):
    _, [problem] = check({"ho_tem": "A"})

    assert (problem.code, problem.where) == ("R103", "mục «ho_tem»")
    assert "«Họ và tên» (ho_ten)" in problem.text


def test_an_unknown_field_of_any_length_makes_a_short_problem(check):
    _, [problem] = check({"x" * 100_000: {"y": []}})

    assert len(problem.sentence()) < 400


def test_all_problems_of_a_record_are_told_at_once(check):
    _, problems = check({"ngay_sinh": "?", "gioi_tinh": "?", "chi_bo": "", "la": 1, "so_ban": 0})

    assert sorted(problem.code for problem in problems) == ["R102", "R103", "R105", "R106", "R109"]


def test_a_rule_waits_until_its_fields_can_be_read(check):
    _, problems = check({"ngay_vao_dang": "32/1/2199", "ngay_chinh_thuc": "2001-01-01"})

    assert told(problems) == [("R105", "mục «Ngày vào Đảng»")]


def test_a_broken_rule_speaks_in_the_words_of_the_kind_and_shows_what_was_typed(check):
    _, [problem] = check({"ngay_chinh_thuc": "1/1/2001"})

    assert problem.code == "R114"
    assert problem.where == "mục «Ngày chính thức» và mục «Ngày vào Đảng»"
    assert problem.was_read == "1/1/2001; 2012-05-19"


def test_a_rule_that_wants_fields_filled_points_at_the_empty_ones(check):
    _, [problem] = check({"muc_4": None, "mau": "Đã nhận xét"}, "phieu-nhan-xet", "muc-1")

    assert problem.where == "mục «Tiêu chí 4»"


def test_a_rule_about_levels_lists_those_that_may_be_chosen(check):
    _, [empty] = check({"muc_4": None, "mau": "Đã nhận xét"}, "phieu-nhan-xet", "muc-1")
    _, [exempt] = check({"muc_1": "Nêu gương"}, "phieu-nhan-xet", "mien-muc-1")

    assert empty.text.endswith(
        "«Tiêu chí 4» nhận: Thường xuyên, tích cực; Thường xuyên; Chưa thường xuyên."
    )
    assert "«Tiêu chí M1» nhận: Nêu gương tốt; Nêu gương; Chưa nêu gương." in exempt.text
    assert "«Tiêu chí M2», «Tiêu chí M3» nhận: Thực hiện tốt; Thực hiện; Chưa" in exempt.text


def test_rows_are_told_by_row_and_heading_of_her_sheet(check):
    place = Place(index=8, label="dòng 12", row=12, headings={"ngay_sinh": "Năm sinh"})
    _, problems = check({"ngay_sinh": "?", "gioi_tinh": "?"}, place=place)

    assert told(problems) == [
        ("R106", "dòng 12, mục «Giới tính»"),
        ("R105", "dòng 12, cột «Năm sinh»"),
    ]
    assert problems[1].sentence().startswith("Dòng 12, cột «Năm sinh»: «Ngày sinh» không phải")


@pytest.mark.parametrize("mark", ["MẬT", "Tối mật", "tuyệt mật", "A"])
def test_a_record_that_says_secret_is_refused_without_its_words(check, mark):
    record, [problem] = check({"do_mat": mark})

    assert problem.code == "R117"
    assert "do_mat" not in record


@pytest.mark.parametrize("mark", ["", "không", "Thường", None])
def test_a_record_that_says_not_secret_is_like_one_that_says_nothing(check, mark):
    record, problems = check({"do_mat": mark})

    assert problems == []
    assert "do_mat" not in record


@pytest.mark.parametrize("dropped", [None, [], "chữ", 5, [["a"]]])
def test_what_is_no_record_is_told(kinds, dropped):
    record, [problem] = check_record(kinds["gioi-thieu"], dropped, place=Place(), context=CONTEXT)

    assert (record, problem.code) == ({}, "R100")


def test_a_checked_record_is_checked_again_without_change(kinds, check):
    once, _ = check({"ngay_sinh": "14/3/1986", "mien_sinh_hoat": "x", "so_ban": "03"})
    again, problems = check_record(kinds["gioi-thieu"], once, place=Place(), context=CONTEXT)

    assert (again, problems) == (once, [])


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "name", ["gioi-thieu", "bien-ban", "phieu-nhan-xet", "van-ban", "van-ban-den", "sao-luc"]
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_dropped_is_answered(kinds, name, data):
    fields = [item.name for item in kinds[name].properties]
    record = data.draw(
        st.dictionaries(st.sampled_from(fields) | st.text(max_size=8), _VALUES, max_size=12)
    )

    normal, problems = check_record(kinds[name], record, place=Place(), context=CONTEXT)

    json.dumps(normal, allow_nan=False)
    for problem in problems:
        assert problem.code
        assert problem.text
        assert len(problem.was_read) < 250
    if not problems:
        assert check_record(kinds[name], normal, place=Place(), context=CONTEXT) == (normal, [])
        assert kinds[name].facts(normal, CONTEXT).subject


def test_an_introduction_is_checked_within_its_time(kinds):
    record = example("gioi-thieu", "day-du")
    best = min(_cpu_seconds(kinds["gioi-thieu"], record) for _ in range(5))

    assert best / 50 < 0.0015


def _cpu_seconds(kind, record) -> float:
    started = time.process_time()
    for _ in range(50):
        check_record(kind, record, place=Place(), context=CONTEXT)
    return time.process_time() - started
