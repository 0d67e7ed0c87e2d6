from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.vietnamese import Reference, find_references, parse_reference


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("213-QĐ/TW", "213-qd/tw"),
        ("213/QĐ-TW", "213-qd/tw"),
        ("213 qd tw", "213-qd/tw"),
        ("213qđ/tw", "213-qd/tw"),
        ("Số 269 – QĐ/TW", "269-qd/tw"),
        ("Số: 36-HD/VPTW", "36-hd/vptw"),
        ("09 -KH/ĐU", "9-kh/du"),
        ("Số 09 KH/ĐU", "9-kh/du"),
        ("66-QD/TW", "66-qd/tw"),
        ("378-BS/VPTU", "378-bs/vptu"),
        ("0378 - bs / vptu.", "378-bs/vptu"),
        ("s 76-QĐ/TW", "76-qd/tw"),
        ("12a-TB/TU", "12a-tb/tu"),
        ("30/2020/NĐ-CP", "30/2020-nd/cp"),
        ("33/2024/QH15", "33/2024-qh15"),
        ("Quy định số 41-QĐ/TU, ngày 02/5/2026", "41-qd/tu"),
        ("quy dinh 213", "213-qd"),
        ("Công văn số 15", "15-cv"),
        ("cv 15", "15-cv"),
        ("213", "213"),
    ],
)
def test_a_reference_is_known_however_it_is_typed(written, key):
    reference = parse_reference(written)

    assert reference is not None
    assert reference.key == key


def test_a_reference_is_shown_as_the_party_writes_it():
    assert str(parse_reference("9 kh/đu")) == "09-KH/ĐU"
    assert str(parse_reference("8/ctr-tu")) == "08-CTr/TU"
    assert str(parse_reference("36 hd vptw")) == "36-HD/VPTW"


def test_the_type_word_is_kept_because_qd_is_two_things():
    assert parse_reference("quyết định 5").type_word == "quyet dinh"
    assert parse_reference("quy định 5").type_word == "quy dinh"
    assert parse_reference("quy định 5").symbol == parse_reference("quyết định 5").symbol == "QĐ"


@pytest.mark.parametrize(
    "text",
    ["", "xin chào", "26/3/2020", "năm 2020 và 2021", "nguyễn văn a", "12 con vật", "-", "1-2/3"],
)
def test_other_texts_are_no_reference(text):
    assert parse_reference(text) is None


def test_references_are_found_in_running_text_each_once():
    text = (
        "Căn cứ Nghị quyết số 17-NQ/TU, ngày 19/5/2026 của Tỉnh ủy; thực hiện Quy định 41, Hướng dẫn số 05-HD/BTCTU; "
        "theo Nghị định 30/2020/NĐ-CP và Luật số 33/2024/QH15; nhắc lại 17 – NQ/TU. Điện thoại 0215/3 825-111."
    )

    assert [str(reference) for reference in find_references(text)] == [
        "17-NQ/TU", "41-QĐ", "05-HD/BTCTU", "30/2020-NĐ/CP", "33/2024-QH15",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Báo cáo 6 tháng đầu năm 2026", []),
        ("Tổng kết Kế hoạch 5 năm, Chương trình 100 ngày", []),
        ("Báo cáo số 6 tháng trước", ["06-BC"]),
        ("Quyết định 45 ngày 9/1/2026; Quy định 41 năm 2020", ["45-QĐ", "41-QĐ"]),
        ("Báo cáo 6 tháng 7 năm 2026", ["06-BC"]),
        ("Báo cáo 12 của Tỉnh ủy về kết quả 6 tháng", ["12-BC"]),
    ],
)
def test_how_long_is_no_number_of_a_paper(text, found):
    assert [str(reference) for reference in find_references(text)] == found


@given(
    st.integers(min_value=1, max_value=99_999),
    st.sampled_from(["QĐ", "NQ", "CTr", "GGT", "BS", "KH", "ĐA", "HD"]),
    st.sampled_from(["TW", "TU", "VPTU", "ĐU", "BTCTU", "UBKTTU"]),
)
def test_what_we_print_is_read_back(ordinal, symbol, issuer):
    printed = Reference(ordinal=ordinal, symbol=symbol, issuer=issuer)

    assert parse_reference(str(printed)) == printed
    assert find_references(f"Xem {printed}, trang 2.") == [printed]
    assert parse_reference(f"{ordinal}/{symbol}-{issuer}".lower()).key == printed.key


@given(st.text(max_size=200))
def test_no_text_stops_the_search_for_references(text):
    parse_reference(text)
    find_references(text)
