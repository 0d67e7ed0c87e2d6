from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.vietnamese import (
    canonical,
    clean_text,
    fold,
    nfc,
    pad_ordinal,
    pairs,
    parse_date,
    respell_uy,
    safe_file_name,
    short_date,
    skeleton,
    skeleton_joined,
    spell_date,
    strip_marks,
    syllables,
)

LETTERS = (
    "aăâeêioôơuưyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵđqbcnth -–/ \u00a0."
)
vietnamese_text = st.text(alphabet=LETTERS + LETTERS.upper(), max_size=40)


@given(st.text(max_size=60))
def test_the_canonical_form_of_a_canonical_form_is_itself(text):
    assert canonical(canonical(text)) == canonical(text)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(vietnamese_text)
def test_decomposed_and_composed_text_are_one(text):
    decomposed = unicodedata.normalize("NFD", text)

    assert canonical(decomposed) == canonical(text)
    assert fold(decomposed) == fold(text)
    assert skeleton(decomposed) == skeleton(text)


@given(vietnamese_text)
def test_folded_vietnamese_is_plain_ascii(text):
    assert fold(text).isascii()


@pytest.mark.parametrize(
    ("new_style", "old_style"),
    [
        ("Hoà", "hòa"),
        ("TỈNH UỶ", "tỉnh ủy"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("loè xoè", "lòe xòe"),
        ("xoã", "xõa"),
    ],
)
def test_both_places_of_the_tone_are_one_in_open_syllables(new_style, old_style):
    assert canonical(new_style) == canonical(old_style) == old_style


@pytest.mark.parametrize(
    "word", ["hoàn", "suýt", "huỳnh", "quý", "quỷ", "hoài", "khuỷu", "toán", "quỳ"]
)
def test_closed_syllables_and_those_after_q_keep_their_tone(word):
    assert canonical(word) == word


def test_dashes_and_spaces_that_look_alike_are_one():
    assert canonical("  Số\u00a0269 \u2013 QĐ/TW ") == canonical("số 269 - qđ/tw")


def test_folding_takes_d_with_stroke_as_d():
    assert fold("Đảng uỷ xã Đồng Đăng") == "dang uy xa dong dang"
    assert strip_marks("Đặng Thị Mỹ") == "Dang Thi My"


def test_words_and_pairs_come_in_order():
    words = syllables("Quy định số 213-QĐ/TW.")

    assert words == ["quy", "định", "số", "213", "qđ", "tw"]
    assert pairs(words)[:2] == ["quy định", "định số"]
    assert pairs(["một"]) == []


def test_whole_and_damaged_text_share_one_skeleton():
    assert skeleton("thực hiện trách nhiệm nêu gương") == skeleton("th c hi n trách nhi m nêu g ng")
    assert skeleton("Đảng uỷ và đảng ủy") == skeleton("Đ ng  y và đ ng  y")
    assert skeleton_joined("thực hiện một số nội dung") == "thc hin mt s ni dung"


@pytest.mark.parametrize(
    "written",
    [
        "9/1/2020", "09/01/2020", "2020-01-09", "9-1-2020", "9.1.2020", "9 / 1 / 2020", "2020/1/9",
        "ngày 09 tháng 01 năm 2020", "Ngày  9   tháng  1  năm   2020.", "ngay 9 thang 1 nam 2020",
        "09 tháng 01 năm 2020", "2020-01-09 00:00:00", "nga\u0300y 9 tha\u0301ng 1 na\u0306m 2020",
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(written):
    assert parse_date(written) == date(2020, 1, 9)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "31/2/2020",
        "9/1/20",
        "1/13/2020",
        "hôm nay",
        "2020",
        "9/1-2020",
        "0/1/2020",
        "9/1/2020 và",
    ],
)
def test_what_is_not_one_whole_day_is_no_date(written):
    assert parse_date(written) is None


@given(st.dates(min_value=date(1930, 2, 3), max_value=date(2100, 12, 31)))
def test_every_day_written_out_is_read_back(day):
    assert parse_date(spell_date(day)) == day
    assert parse_date(short_date(day)) == day
    assert parse_date(day.isoformat()) == day


def test_days_below_ten_and_months_one_and_two_are_padded():
    assert spell_date(date(2020, 1, 9)) == "ngày 09 tháng 01 năm 2020"
    assert spell_date(date(2011, 8, 4)) == "ngày 04 tháng 8 năm 2011"
    assert short_date(date(2018, 5, 19)) == "19/5/2018"
    assert short_date(date(2020, 2, 1)) == "01/02/2020"
    assert [pad_ordinal(1), pad_ordinal(12), pad_ordinal(378)] == ["01", "12", "378"]


def test_the_office_chooses_where_uy_has_its_tone():
    assert respell_uy("ĐẢNG UỶ, Tỉnh uỷ, huỷ, Thuỷ", "ủy") == "ĐẢNG ỦY, Tỉnh ủy, hủy, Thủy"
    assert respell_uy("ĐẢNG ỦY, Tỉnh ủy, quỷ, khuỷu", "uỷ") == "ĐẢNG UỶ, Tỉnh uỷ, quỷ, khuỷu"


@given(vietnamese_text)
def test_respelling_does_not_change_what_is_said(text):
    assert canonical(respell_uy(text, "uỷ")) == canonical(text)


def test_what_nobody_sees_is_taken_out_and_named():
    text, kinds = clean_text("Nguye\u0302\u0303n\u200b V\u0103n\u202e A\x00\r\n")

    assert text == "Nguyễn Văn A\n"
    assert kinds == ("control", "zero-width", "bidi", "decomposed")
    assert clean_text("Trần Thị Bình\n\tở") == ("Trần Thị Bình\n\tở", ())


@given(st.text())
def test_cleaned_text_is_clean(text):
    cleaned, _ = clean_text(text)

    cleaned.encode()
    assert clean_text(cleaned) == (cleaned, ())
    assert nfc(cleaned) == cleaned


@given(st.text(max_size=300), st.booleans())
def test_any_text_makes_a_file_name_for_windows_and_linux(text, plain):
    name = safe_file_name(text, ascii=plain)

    assert 0 < len(name) <= 120
    assert len(name.encode()) <= 255
    assert not set(name) & set('<>:"/\\|?*\x00\n\t')
    assert name == name.strip(" ")
    assert not name.startswith((".", "~"))
    assert not name.endswith(".")
    assert name.split(".")[0].strip().upper() not in {"CON", "NUL", "AUX", "PRN", "COM1", "LPT9"}
    assert not plain or name.isascii()
    assert safe_file_name(name, ascii=plain) == name


def test_a_file_name_keeps_its_words_and_its_suffix():
    assert safe_file_name("GGT-0127 Nguyễn Văn An.pdf") == "GGT-0127 Nguyễn Văn An.pdf"
    assert safe_file_name("GGT-0127 Nguyễn Văn An.pdf", ascii=True) == "GGT-0127 Nguyen Van An.pdf"
    assert safe_file_name("07-GGT/VPTU: bản 1?.docx") == "07-GGT-VPTU- bản 1-.docx"
    assert safe_file_name("con.txt") == "_con.txt"
    assert safe_file_name("ế" * 400 + ".pdf").endswith("ế.pdf")
    assert safe_file_name(" .. ") == "khong-ten"
