"""A known number comes first however it is typed, among thousands of papers that speak of it; and any string has an answer."""

from __future__ import annotations

import random
import time
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_kit import ids, made

from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.query_text import read_query
from pipeline.stores.search.query_url import from_url, to_url
from pipeline.stores.search.values import Paper, Query
from pipeline.vietnamese import leading_reference

OURS = [
    Paper(
        document_id="q213", kind="van-ban-den", register="den", title="Quy định",
        subject="về trách nhiệm của đảng viên đang công tác giữ mối liên hệ với nơi cư trú",
        their_reference="213-QĐ/TW", issuer="TW", issued_on=date(2020, 1, 2),
        text="Đảng viên đang công tác giữ mối liên hệ với tổ chức đảng và nhân dân nơi cư trú.",
    ),
    Paper(
        document_id="bs378", kind="sao-luc", register="sao", title="Sao lục", reference="378-BS/VPTU",
        issuer="VPTU", issued_on=date(2020, 1, 9), text="Sao lục Quy định 213-QĐ/TW.",
    ),
    Paper(
        document_id="d213", kind="van-ban", register="di", title="Quyết định", subject="điều động cán bộ",
        reference="213-QĐ/TU", issuer="TU", issued_on=date(2021, 5, 6), text="Điều động đồng chí Bế Khuê.",
    ),
    Paper(
        document_id="cv213", kind="van-ban", register="di", title="Công văn", subject="mua máy in",
        reference="213-CV/VPTU", issuer="VPTU", issued_on=date(2022, 3, 4), text="Đề nghị mua máy in.",
    ),
]  # fmt: skip
SAID = (
    "theo Quy định 213-QĐ/TW ngày 02/01/2020 của Bộ Chính trị",
    "thực hiện Quy định số 213",
    "số 213 đảng viên",
    "quy định 213 nơi cư trú",
    "quyết định số 213",
    "phòng 213",
    "năm 2020",
    "ngày 2/1/2020",
    "sao lục 378-BS/VPTU",
)
TYPES = (("Công văn", "CV"), ("Báo cáo", "BC"), ("Quyết định", "QĐ"), ("Quy định", "QĐ"))


def crowd(count: int, *, in_title: bool) -> list[Paper]:
    """Papers of other numbers that all speak of ours."""
    dice = random.Random(213)
    papers = []
    for number in range(count):
        name, symbol = dice.choice(TYPES)
        own = f"{dice.choice([*range(1, 213), *range(400, 900)]):02d}-{symbol}/{dice.choice(('TU', 'BTCTU', 'HU'))}"
        told, day = dice.choice(SAID), date(dice.randint(2018, 2026), dice.randint(1, 12), 7)
        text = f"{'. '.join(dice.sample(SAID, 4))}. Việc {number}."
        head = (
            {"title": f"{name} số {own} {told}"}
            if in_title
            else {"title": name, "subject": told, "reference": own, "issued_on": day}
        )
        papers.append(Paper(document_id=f"x{number}", text=text, **head))
    return papers


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> SearchIndex:
    return made(tmp_path_factory.mktemp("so"), [*OURS, *crowd(2000, in_title=False)])


@pytest.fixture(scope="module")
def titled(tmp_path_factory) -> SearchIndex:
    """Papers of which only a title and a text are known."""
    ours = [
        replace(
            one, title=f"{one.title} số {one.reference or one.their_reference} {one.subject}",
            reference="", their_reference="", subject="", issued_on=None, issuer="", kind="", register="",
        )
        for one in OURS
    ]  # fmt: skip
    return made(tmp_path_factory.mktemp("ten"), [*ours, *crowd(1000, in_title=True)])


WHOLE = """213-QĐ/TW|213/QĐ-TW|213 qd tw|213 - QĐ / TW|213 – QĐ/TW|213—QĐ/TW|213‑QĐ/TW|213−QĐ/TW|213\\QĐ\\TW|213⁄QĐ⁄TW|so 213 qd/tw|
213-qđ/tw ngày 2-1-2020|213-QĐ/TW ngày 2.1.2020|213-QĐ/TƯ|213-QĐ/T.W|213-QĐ/ T. W|213-QD9/TW|213-QDD/TW|tw 213|213/tw|213-TW|
213-QyĐ/TW|213/2020/QĐ-TW|quy định số 213-QĐ/TW của Bộ Chính trị|văn bản 213 qđ tw|«213-QĐ/TW»""".replace("\n", "")  # fmt: skip
PARTS = """qd213 tw|quy dinh 213|QUY ĐỊNH SỐ 213|quy định số: 213|qui định 213|quydinh213|QyĐ 213|213 nơi ở|213 noi cu tru|tìm quy định 213|
quy định hai trăm mười ba|quy dinh hai tram muoi ba|quy ddinhj 213|quy ddinhj soos 213|quy d9inh5 213|quy d9inh5 so61 213|quy định 213 bộ chính trị""".replace("\n", "")  # fmt: skip
DATED = "213 ngày 2/1/2020|số 213 ngày 02/01/2020|213 năm 2020|quy định 213 năm 2020|213/2020|số 213/2020"
NBSP = (
    "213\u00a0-\u00a0QĐ/TW|213\u00a0qd\u00a0tw|quy\u00a0định\u00a0213|213\u202fQĐ/TW|213\u2013qđ/tw"
)
COPY = "378-BS/VPTU|378 bs vptu|378BS/VPTU|378–BS/VPTU|378\u00a0BS\u00a0VPTU|bản sao 378|sao lục 378|số 378|378"
DECISION = "quyết định số 213|quyet dinh 213|quyeets ddinhj 213|213-QĐ/TU|213-QĐ/T.U|213 qđ tu"
DECISION_DATED = "213 năm 2021|213 ngày 6/5/2021|213/2021"
#: As a leader types what he remembers: told digits, years behind dashes, halves of words, whatever stands for a dash.
REMEMBERED = """213-2020|213 - 2020|213–2020|213.2020|213 (2020)|213 2020|quy định 213-2020|QĐ 213-2020|QĐ213/2020|quy định 213 (2020)|
213-QĐ/TW-2020|213/QĐ-TW/2020|213-qd-tw-2020|213-QĐ/TW, 2020|quy định 213/2020|213 tháng 1 năm 2020|213 tháng 1/2020|213 ngày 2/1|
số 213 ngày 02/01|213 ngày 2 tháng 1|quy định 213 (ngày 2/1)|quy định 2 1 3|quy dinh 2 1 3|quy định số 2 1 3|2 1 3 qđ tw|2 1 3 - QĐ/TW|
quy ddinhj 2 1 3|quy ddinhj soos 2 1 3|quy định hai một ba|213─QĐ/TW|213⁻QĐ/TW|213〜QĐ/TW|213ー QĐ/TW|213~QĐ/TW|213|QĐ|TW|213,QĐ/TW|
213=QĐ=TW|213_QĐ_TW|213*QĐ/TW|２１３-QĐ/TW|213⧸QĐ⧸TW|№ 213-QĐ/TW|qđtw 213|qđ tw 213|tw qđ 213|quy định tw 213|quy định trung ương 213|
q.định 213 tw|qui đinh 213|quyđịnh 213|quy định số hiệu 213|quy định ký hiệu 213|tìm giúp quy định 213|cho tôi xem quy định 213|quy định 213 là gì|
cái quy định 213|xem lại giúp anh cái quy định 213 về nơi ở""".replace("\n", "").replace("213|QĐ|TW|", "")  # fmt: skip
REMEMBERED_COPY = """sao lục quy định 213|sao luc quy dinh 213|sao lục 213|213 sao lục|sao y 213|sao y quy định 213|sao y bản chính quy định 213|bản sao quy định 213|
bản sao của quy định 213|bản sao lục quy định số 213-QĐ/TW|trích sao quy định 213|bs 213|BS213|sl 213|copy quy định 213|213-QĐ/TW bản sao|
sao lục quy định 2 1 3|sao lục quy định hai trăm mười ba|sao lục quy định 213-2020|sao luc quy ddinhj 213|bản photo quy định 213|
sao lục 378|378 sao lục|bản sao số 378|copy 378|bs378|b.s 378|378-bs|sao lục 3 7 8|sao lục số 378-BS/VPTU năm 2020""".replace("\n", "")  # fmt: skip
REMEMBERED_DECISION = "213-2021|213 2021|quyết định 213-2021|QĐ 213/2021|213 ngày 6/5|q định 213|Q.Đ 213|q đ 213|qđịnh 213"


def ways(typed: str) -> list[str]:
    return [
        way
        for one in typed.split("|")
        for way in (one, one.upper(), unicodedata.normalize("NFD", one))
    ]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        *((way, "q213") for way in ways(f"{WHOLE}|{PARTS}|{DATED}|{NBSP}")),
        *((way, "bs378") for way in ways(COPY)),
        *((way, "d213") for way in ways(f"{DECISION}|{DECISION_DATED}")),
    ],
)
def test_a_known_number_comes_first_among_those_that_speak_of_it(index, typed, first):
    assert ids(index, typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        *((way, "q213") for way in [*REMEMBERED.split("|"), "213|QĐ|TW"]),
        *((way, "bs378") for way in REMEMBERED_COPY.split("|")),
        *((way, "d213") for way in REMEMBERED_DECISION.split("|")),
        ("213-2022", "cv213"),
        ("/ 378", "bs378"),
    ],
)
def test_what_a_leader_remembers_of_a_number_is_enough(index, typed, first):
    assert ids(index, typed)[0] == first


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> SearchIndex:
    """Numbers that are none of papers beside papers of such numbers, and copies of two papers."""
    told = (
        Paper(document_id="hotline", title="Thông báo", text="Điện thoại thường trực: 0212 2 1 3 866, gọi cả ngày."),
        Paper(document_id="range", title="Bảng kê", text="Các mã từ 213-2020 đến 300-2020 đã thanh lý."),
        Paper(document_id="of2019", title="Công văn", reference="213-CV/VPTU", issued_on=date(2019, 3, 4), text="Mượn hội trường."),
        Paper(
            document_id="bs1", register="sao", title="Sao lục", reference="12-BS/VPTU", issued_on=date(2020, 2, 3),
            subject="Sao lục 213-QĐ/TW, Bộ Chính trị, ngày 02/01/2020, về nơi cư trú", text="Trang quét mờ.",
        ),
        Paper(
            document_id="bs2", register="sao", title="Sao lục", reference="13-BS/VPTU", issued_on=date(2020, 2, 4),
            subject="Sao lục 45-KH/TU, Tỉnh ủy", text="Kế hoạch thực hiện Quy định 213-QĐ/TW.",
        ),
    )  # fmt: skip
    return made(tmp_path_factory.mktemp("chu-thuong"), [OURS[0], *told])


@pytest.mark.parametrize(
    ("typed", "first"),
    [("điện thoại 2 1 3", "hotline"), ("0212 2 1 3 866", "hotline"), ("mã 213-2020", "range"), ("thanh lý 213-2020", "range")],
)  # fmt: skip
def test_words_beside_a_number_say_that_it_is_none_of_a_paper(plain, typed, first):
    assert ids(plain, typed)[0] == first


@pytest.mark.parametrize(("typed", "also"), [("2 1 3", "hotline"), ("213-2020", "range")])
def test_a_number_read_as_that_of_a_paper_is_found_in_texts_too(plain, typed, also):
    assert ids(plain, typed)[0] == "q213"
    assert also in ids(plain, typed)


def test_a_number_and_a_year_that_no_paper_has_together_are_words_first(tmp_path):
    index = made(tmp_path, [Paper(document_id="range", text="Mã 213-2020."), *OURS[2:]])

    assert ids(index, "213-2020") == ["range", "cv213", "d213"]


def test_a_copy_goes_before_its_source_and_a_copy_that_only_names_it_behind(plain):
    assert ids(plain, "sao lục quy định 213")[:2] == ["bs1", "q213"]
    assert ids(plain, "sao lục kế hoạch 45")[0] == "bs2"
    assert ids(plain, "quy định 213")[0] == "q213"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        *((way, "q213") for way in ways(f"{WHOLE}|{PARTS}|{NBSP}")),
        *((way, "bs378") for way in ways(COPY)),
        *((way, "d213") for way in ways(DECISION)),
    ],
)
def test_a_paper_known_by_its_title_alone_has_the_number_it_begins_with(titled, typed, first):
    assert ids(titled, typed)[0] == first


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Quy định số 213-QĐ/TW, ngày 02/01/2020 của Bộ Chính trị", "213-QĐ/TW"),
        ("QUY ĐỊNH 213 về nơi cư trú", "213-QĐ"),
        ("Sao lục số 378-BS/VPTU", "378-BS/VPTU"),
        ("30/2020/NĐ-CP về công tác văn thư", "30/2020-NĐ/CP"),
        ("Số: 12-CV/TU", "12-CV/TU"),
        ("Công văn về việc thực hiện Quy định 213-QĐ/TW", None),
        ("Hội nghị quán triệt Quy định số 213-QĐ/TW", None),
        ("213 đảng viên được biểu dương", None),
        ("", None),
    ],
)
def test_only_what_a_title_begins_with_is_its_number(title, number):
    found = leading_reference(title)

    assert (str(found) if found else None) == number


# --- any string at all, through the one box ---

ODD = st.one_of(
    st.text(max_size=120),
    st.text(alphabet=st.characters(), max_size=60),
    st.text(
        alphabet="\"'-*?:/()\\<>=;% \u200f\u202e\u2066\x00\ud800\U0001f600qđ213năm", max_size=60
    ),
    st.lists(
        st.sampled_from(
            [
                "năm:",
                "loại:",
                "sổ:",
                "từ:",
                "dẫn:",
                "xếp:",
                '"',
                "-",
                "và",
                "của",
                "213",
                "2020",
                "' OR 1=1 --",
                "<script>",
                "quy định",
                "các",
                "-213",
                '"nơi',
                'ở"',
                "1/1/2020",
                "\u202e",
                "đi",
            ]
        ),
        max_size=20,
    ).map(" ".join),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ODD)
def test_whatever_is_typed_into_the_box_has_an_answer(index, typed):
    query = read_query(typed, Query(is_grouped=True, with_counts=True, limit=3))
    results = index.search(query)

    assert results.total >= len(results.hits)
    assert from_url(to_url(query)) == query
    for hit in results.hits:
        assert "<script" not in hit.snippet + hit.title_html


@pytest.mark.parametrize(
    "typed",
    ['"' * 5_000, '"quy ' * 2_500, '-"a' * 3_000, "năm: 2020 " * 1_000, "\u202e213\u200f-QĐ/TW " * 700, "và của các " * 900,
     "loại: " * 1_600, "a" * 10_000, "\x00" * 10_000, "213-QĐ/TƯ " * 1_000, "213-" * 2_500, "q d9" * 2_500, "quy định " * 1_100],
    ids=range(13),
)  # fmt: skip
def test_ten_thousand_typed_characters_are_answered_in_bounded_time(index, typed):
    started = time.process_time()
    index.search(read_query(typed, Query(is_grouped=True, with_counts=True)))

    assert time.process_time() - started < 2.0


def test_words_that_are_in_every_paper_alone_get_an_answer(index):
    for typed in ("của", "và của các", "?", "*", "q", "213 213 213"):
        assert index.search(read_query(typed)).total_is_exact in {True, False}
    assert ids(index, "\u202e213-QĐ/TW\u202c")[0] == "q213"
