import unicodedata

import pytest

from pipeline.engines.secrecy import Degree, mark_in_segments, mark_in_text, mark_in_value
from pipeline.engines.segments import Segment, join_words

MARKS = {
    "MẬT": Degree.MAT,
    "TỐI MẬT": Degree.TOI_MAT,
    "TUYỆT MẬT": Degree.TUYET_MAT,
    "M Ậ T": Degree.MAT,
    "T Ố I M Ậ T": Degree.TOI_MAT,
    "[MẬT]": Degree.MAT,
    "*** TUYỆT MẬT ***": Degree.TUYET_MAT,
    "«TỐI MẬT»": Degree.TOI_MAT,
    "| MẬT |": Degree.MAT,
    "MẬT.": Degree.MAT,
    "ĐỘ MẬT: MẬT": Degree.MAT,
    "Dấu mật: Tối mật": Degree.TOI_MAT,
    "Mức độ mật: tuyệt mật": Degree.TUYET_MAT,
    "Dấu chỉ độ mật - Mật": Degree.MAT,
    "Độ mật:\nMật": Degree.MAT,
    "TÀI LIỆU MẬT": Degree.MAT,
    "MẬT - KHẨN": Degree.MAT,
    "THƯỢNG KHẨN\nTỐI MẬT": Degree.TOI_MAT,
    "Số 12-BC/TU      MẬT": Degree.MAT,
    "Số 12-BC/TU\tMẬT": Degree.MAT,
    "M\u200bẬ\u200bT": Degree.MAT,
    unicodedata.normalize("NFD", "TUYỆT MẬT"): Degree.TUYET_MAT,
    "mËt": Degree.MAT,
    "TOÁI MAÄT": Degree.TOI_MAT,
}
INNOCENT = [
    "giữ quan hệ mật thiết với nhân dân nơi cư trú",
    "mật trận",
    "MẬT TRẬN TỔ QUỐC",
    "Căn cứ Luật Bảo vệ bí mật nhà nước",
    "LUẬT BẢO VỆ BÍ MẬT NHÀ NƯỚC",
    "QUY CHẾ\nBẢO VỆ BÍ MẬT NHÀ NƯỚC TRONG CÁC CƠ QUAN ĐẢNG",
    "QUY CHẾ BẢO VỆ BÍ\nMẬT NHÀ NƯỚC",
    "QUY CHẾ BẢO VỆ BÍ\nMẬT",
    "danh mục bí mật nhà nước độ Tuyệt mật, Tối mật, Mật",
    "văn bản có độ mật từ MẬT trở lên gửi qua cơ yếu",
    "Độ mật: không",
    "Độ mật: thường",
    "Độ mật:",
    "Dấu mật",
    "mật",
    "thân\nmật.",
    "MẶT TRẬN",
    "MẬT ONG HÀ SƠN",
    "KHẨN",
    "",
]


@pytest.mark.parametrize("text", MARKS)
def test_a_mark_that_stands_alone_is_found(text):
    assert mark_in_text(text).secrecy == MARKS[text]


@pytest.mark.parametrize("text", INNOCENT)
def test_the_word_in_a_sentence_or_heading_is_no_mark(text):
    assert not mark_in_text(text)


def test_what_only_looks_like_a_mark_is_a_doubt():
    assert mark_in_text("Mật").doubt
    assert mark_in_text("TOI MAT").doubt
    assert not mark_in_text("Mật").secrecy


def test_beyond_the_head_of_a_text_nothing_is_a_mark():
    assert not mark_in_text("dòng\n" * 60 + "MẬT\n")


@pytest.mark.parametrize("value", [None, "", "không", " Thường ", "KHÔNG MẬT", False, "-", "0"])
def test_values_that_say_open_are_no_secrecy(value):
    assert mark_in_value(value) == ""


@pytest.mark.parametrize(
    ("value", "degree"),
    [
        ("mật", "MẬT"),
        ("Tối mật", "TỐI MẬT"),
        (unicodedata.normalize("NFD", "tuyệt mật"), "TUYỆT MẬT"),
        ("A", "TUYỆT MẬT"),
        ("B", "TỐI MẬT"),
        ("toi mat", "TỐI MẬT"),
        ("hạn chế phổ biến", "MẬT"),
        (True, "MẬT"),
    ],
)
def test_any_other_value_is_secrecy(value, degree):
    assert mark_in_value(value) == degree


def word(text, left, top, *, height=5.0):
    return Segment(
        text=text,
        left_mm=left,
        top_mm=top,
        right_mm=left + 3.0 * len(text),
        bottom_mm=top + height,
    )


def test_words_of_a_line_join_and_columns_part():
    line = [
        word("VĂN", 30, 20),
        word("PHÒNG", 41, 20.3),
        word("ĐẢNG", 120, 20),
        word("BỘ", 134, 20),
    ]
    assert [segment.text for segment in join_words(line)] == ["VĂN PHÒNG", "ĐẢNG BỘ"]


def test_a_mark_beside_another_column_is_found():
    page = [word("MẬT", 35, 60), word("BÁO", 90, 60), word("CÁO", 102, 60)]
    assert mark_in_segments(join_words(page), head_mm=140).secrecy == "MẬT"


def test_a_heading_broken_before_the_word_is_no_mark():
    page = [word("QUY CHẾ BẢO VỆ BÍ", 60, 60), word("MẬT", 90, 66)]
    assert not mark_in_segments(join_words(page), head_mm=140)


def test_a_mark_below_the_head_does_not_count():
    assert not mark_in_segments([word("MẬT", 35, 200)], head_mm=140)


def test_a_label_and_its_value_in_the_next_cell_are_a_mark():
    page = [word("Độ mật:", 30, 60), word("Mật", 80, 60)]
    assert mark_in_segments(join_words(page), head_mm=140).secrecy == "MẬT"


def test_letters_guessed_by_a_machine_are_a_doubt():
    page = [word("MẶT", 35, 60)]
    assert mark_in_segments(page, head_mm=140, is_read_by_machine=True).doubt
    assert not mark_in_segments(page, head_mm=140)
