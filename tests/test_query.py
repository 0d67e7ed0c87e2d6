"""What people type is a query, whatever it is; a query is an address and comes back from it whole."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stores.search.query_text import read_query, typed_text
from pipeline.stores.search.query_url import from_url, to_url
from pipeline.stores.search.values import Query, Rights, Sort


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("con dấu", Query(text="con dấu")),
        ("", Query()),
        ('"nơi cư trú" -dự thảo', Query(phrases=("nơi cư trú",), without=("dự thảo",))),
        ("“nơi cư trú” họp", Query(text="họp", phrases=("nơi cư trú",))),
        ('họp -"biên bản" chi bộ', Query(text="họp chi bộ", without=("biên bản",))),
        ("họp -nháp, chi bộ", Query(text="họp chi bộ", without=("nháp",))),
        ('"chi bộ"-"biên bản"', Query(phrases=("chi bộ",), without=("biên bản",))),
        ("loại: giấy giới thiệu", Query(kind="giấy giới thiệu")),
        ("Loai:gioi-thieu, bản Nà Lốm", Query(text="bản Nà Lốm", kind="gioi-thieu")),
        ("họp sổ: đến năm: 2026", Query(text="họp", register="den", year=2026)),
        ("so: noi bo hop", Query(text="hop", register="noi-bo")),
        ("con dấu cơ quan: Tỉnh ủy", Query(text="con dấu", issuer="Tỉnh ủy")),
        ('người ký: "Lò Văn Bảy" con dấu', Query(text="con dấu", signer="Lò Văn Bảy")),
        ("nguoi ky:bảy", Query(signer="bảy")),
        ("nơi ở: Nà Lốm", Query(residence="Nà Lốm")),
        ("nơi cư trú: Nà Lốm", Query(residence="Nà Lốm")),
        (
            "họp từ: 01/02/2026 đến: 9.3.2026 chi bộ",
            Query(text="họp chi bộ", since=date(2026, 2, 1), until=date(2026, 3, 9)),
        ),
        (
            "từ ngày: 2025 đến ngày: 2026",
            Query(since=date(2025, 1, 1), until=date(2026, 12, 31)),
        ),
        ("dẫn: 213-QĐ/TW", Query(cites="213-QĐ/TW")),
        ("con dấu xếp: mới nhất", Query(text="con dấu", sort=Sort.NEWEST)),
        ("con dấu xếp: số", Query(text="con dấu", sort=Sort.NUMBER)),
    ],
)
def test_what_people_type_is_understood(typed, query):
    assert read_query(typed) == query


@pytest.mark.parametrize(
    "typed",
    [
        "Số: 36-HD/VPTW",
        "213 -QĐ/TW",
        "213 -2020",
        "213-QĐ/TW",
        "Kính gửi: Đảng ủy xã",
        "từ: 8 giờ đến: 10 giờ",
        "năm: nay",
        "sổ: tay đảng viên",
        "tỷ lệ 1:2",
        "https://so.example/nam:2",
        "- họp chi bộ - góp ý",
        "-học tập và làm theo tư tưởng đạo đức phong cách",
        "5 - 3",
        "dẫn: chứng",
    ],
)
def test_dashes_and_colons_of_ordinary_text_are_words(typed):
    assert read_query(typed) == Query(text=typed)


def test_a_quotation_mark_that_nobody_closed_is_nothing():
    assert read_query('"nơi cư trú') == Query(text="nơi cư trú")
    assert read_query('họp "" chi bộ') == Query(text="họp chi bộ")
    assert read_query('"a" b "c') == Query(text="b c", phrases=("a",))


def test_options_beside_the_box_stay():
    base = Query(kind="van-ban", without=("nháp",), limit=5)

    assert read_query('"con dấu" năm: 2026', base) == Query(
        kind="van-ban", without=("nháp",), limit=5, phrases=("con dấu",), year=2026
    )


def test_the_box_shows_what_was_asked():
    for typed in ("con dấu", '"nơi cư trú" -dự thảo', 'họp "chi bộ" -"biên bản" -nháp'):
        query = read_query(typed)
        assert read_query(typed_text(query)) == query


SIGNS = "\"-:,; “”«»\n\t/?*%_<>'()[]{}\\.0123456789aạđĐQTW😀loaisonamtuden"


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=300)
    | st.text(alphabet=SIGNS, max_size=300)
    | st.text(alphabet='"- a', max_size=80)
)
def test_any_string_is_a_query(typed):
    query = read_query(typed)

    assert isinstance(query, Query)
    assert len(query.text) <= len(typed) * 3 + 3
    assert all(one.strip() for one in (*query.phrases, *query.without))


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        '"a',
        "-a ",
        '-"',
        "loại:",
        "năm: 2026 ",
        "từ: 1/1/2026 ",
        "😀",
        "<b>",
        "' OR 1=1 --",
        "x",
    ],
)
def test_ten_thousand_characters_are_read_at_once(piece):
    started = time.perf_counter()
    read_query((piece * 10_000)[:10_000])

    assert time.perf_counter() - started < 0.5


texts = st.text(max_size=40)
days = st.none() | st.dates()
queries = st.builds(
    Query,
    text=texts,
    phrases=st.lists(texts, max_size=3).map(tuple),
    without=st.lists(texts, max_size=3).map(tuple),
    kind=texts,
    issuer=texts,
    signer=texts,
    residence=texts,
    register=texts,
    cites=texts,
    year=st.none() | st.integers(1, 9999),
    since=days,
    until=days,
    sort=st.sampled_from(Sort),
    limit=st.integers(1, 1000),
    offset=st.integers(0, 100_000),
    is_grouped=st.booleans(),
    with_counts=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(queries | st.just(Query(text="\ud800 & = # ? + %", phrases=("\udfff",))))
def test_a_query_comes_back_from_its_address(query):
    address = to_url(query)

    assert address.isascii()
    assert from_url(address) == query
    assert from_url(f"?{address}") == query


def test_an_address_holds_no_rights_and_only_what_was_asked():
    hidden = Rights(kinds=frozenset(("van-ban",)), owner="an")

    assert to_url(Query(text="con dấu", year=2026, rights=hidden)) == "q=con+d%E1%BA%A5u&nam=2026"
    assert to_url(Query()) == ""


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="&=q%nam0123456789tuden-xepsoloai;+?", max_size=80))
def test_any_address_is_a_query(address):
    query = from_url(address)

    assert 1 <= query.limit <= 1000
    assert from_url(to_url(query)) == query


def test_what_is_strange_in_an_address_is_left_out():
    strange = "q=a&nam=xx&tu=1/2/2026&xep=nhanh&moi-trang=99999&tu-thu=-4&la=1&nam=0"

    assert from_url(strange) == Query(text="a", limit=1000)
