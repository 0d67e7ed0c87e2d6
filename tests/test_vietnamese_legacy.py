from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.vietnamese import decode_legacy, is_syllable, plausibility

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("B¸o c¸o kÕt qu¶ c«ng t¸c x©y dùng §¶ng", "Báo cáo kết quả công tác xây dựng Đảng"),
        ("Uû ban nh©n d©n tØnh", "Uỷ ban nhân dân tỉnh"),
        ("NguyÔn ThÞ Hång", "Nguyễn Thị Hồng"),
        ("QUYÕT §ÞNH", "QUYẾT ĐỊNH"),
        ("Ñaûng boä tænh Haø Sôn", "Đảng bộ tỉnh Hà Sơn"),
        ("Tieáng Vieät raát hay", "Tiếng Việt rất hay"),
        ("Höôùng daãn thöïc hieän", "Hướng dẫn thực hiện"),
    ],
)
def test_old_fonts_are_read(typed, meant):
    assert decode_legacy(typed) == meant


@pytest.mark.parametrize(
    "text",
    ["", "Đảng ủy xã", "Hòa bình", "Lê Văn Tám", "Hà", "plain words", "café", "2026", "Bùi Hoàng"],
)
def test_unicode_text_is_left_alone(text):
    assert decode_legacy(text) is None


@given(st.text(max_size=100))
def test_any_text_has_a_plausibility_between_nothing_and_all(text):
    assert 0.0 <= plausibility(text) <= 1.0
    decode_legacy(text)


@pytest.mark.parametrize(
    "word",
    [
        "nghiêng",
        "quyết",
        "giếng",
        "gì",
        "gìn",
        "uỷ",
        "khuỷu",
        "yêu",
        "oanh",
        "thuở",
        "huơ",
        "Đảng",
        "thuyên",
        "xoèn",
        "ý",
        "quý",
        "giữ",
    ],
)
def test_syllables_are_known_by_their_build(word):
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word", ["ph", "nh", "thc", "tb", "càc", "hàp", "xyz", "bràn", "ngw", "straße"]
)
def test_other_words_are_no_syllables(word):
    assert not is_syllable(word)


def test_prose_that_lost_its_letters_scores_low_and_whole_prose_high():
    whole = "Chi ủy triệu tập hội nghị mở rộng để đóng góp ý kiến vào dự thảo báo cáo của Đảng ủy, gồm 12 đồng chí (UBKT)."
    lost = "Chi y tri u t p h i ngh m r ng đ đóng góp ý ki n vào d th o báo cáo c a Đ ng y, g m 12 đ ng chí (UBKT)."

    assert plausibility(whole) == 1.0
    assert plausibility(lost) < 0.6
    assert plausibility("12/2026 UBND QĐ") == 1.0


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the shared material is not here")
def test_the_damaged_half_of_a_seed_is_told_from_the_whole_ones():
    for path in sorted(SEEDS.glob("00[0-3]*.txt")):
        assert plausibility(path.read_text(encoding="utf-8")) > 0.97
    damaged = next(SEEDS.glob("004*.txt")).read_text(encoding="utf-8")

    assert plausibility(damaged[len(damaged) * 7 // 10 :]) < 0.6
