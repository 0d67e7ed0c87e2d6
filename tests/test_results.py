"""What is found: phrases, exclusions, filters, counts, groups and rights, over a real index."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.clock import FixedClock
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.query_text import read_query
from pipeline.stores.search.values import Paper, Query, Rights, Sort

CLOCK = FixedClock(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
BOILERPLATE = (
    "Kính gửi chi ủy nơi cư trú. Đề nghị chi ủy giúp đỡ đồng chí giữ mối liên hệ với nhân dân nơi cư trú, "
    "thực hiện nghĩa vụ công dân, tham gia các cuộc họp do cấp ủy triệu tập và hoàn thành nhiệm vụ được giao. "
)

PAPERS = [
    Paper(
        document_id="quy-dinh", kind="van-ban", register="di", title="Quy định", subject="về con dấu",
        reference="41-QĐ/TU", issuer="TU", signer="Lò Văn Bảy", issued_on=date(2026, 5, 2),
        text="Con dấu của Tỉnh ủy do văn thư giữ trong két sắt ở nơi làm việc. Người ở nơi cư trú khác không được giữ.",
    ),
    Paper(
        document_id="du-thao", kind="van-ban", title="Quy định", issuer="TU", legal_state="du-thao", owner="an",
        issued_on=date(2026, 6, 2), text="Dự thảo quy định con dấu mới. Ý kiến xin gửi về văn thư.",
    ),
    Paper(
        document_id="gioi-thieu", kind="gioi-thieu", register="di", title="Giấy giới thiệu", reference="7-GGT/VPTU",
        issuer="VPTU", signer="Quàng Thị Bảy", person="Lò Văn An", residence="bản Nà Lốm, xã Mường Sơn",
        issued_on=date(2025, 3, 4), owner="binh",
        text="Giới thiệu đồng chí Lò Văn An về nơi cư trú giữ mối liên hệ với chi bộ bản Nà Lốm.",
    ),
    Paper(
        document_id="den", kind="van-ban-den", register="den", title="Kế hoạch", their_reference="12-KH/TW",
        issuer="Văn phòng Trung ương", issued_on=date(2026, 1, 9), lookup_code="DEN-26-00012-Q",
        circulation=("luu-hanh-noi-bo",), text="Kế hoạch kiểm tra con dấu. Bị thu hồi thì nộp lại con dấu.",
    ),
    Paper(
        document_id="bi-thu", kind="van-ban", register="di", title="Thông báo", reference="112-TB/TU", issuer="TU",
        issued_on=date(2024, 1, 9), text="Bí thư chi bộ chủ trì họp. Cư trú nơi khác thì bí thư báo cáo.",
    ),
]  # fmt: skip


def made(directory, papers=PAPERS, *, batch=2000) -> SearchIndex:
    index = SearchIndex(directory / "index", CLOCK)
    index.reset()
    with index.writer() as writer:
        for start in range(0, len(papers), batch):
            writer.upsert_many(papers[start : start + batch])
    return index


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> SearchIndex:
    return made(tmp_path_factory.mktemp("office"), batch=2)


def ids(index: SearchIndex, query: Query | str = "", **more) -> list[str]:
    query = read_query(query, Query(**more)) if isinstance(query, str) else query
    return [hit.document_id for hit in index.search(query).hits]


# --- phrases and exclusions ---


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ('"nơi cư trú"', {"quy-dinh", "gioi-thieu"}),
        ('"noi cu tru"', {"quy-dinh", "gioi-thieu"}),
        ('"con dấu của Tỉnh uỷ"', {"quy-dinh"}),
        ('"dấu con"', set()),
        ('"bí thư"', {"bi-thu"}),
        ('"bị thu"', {"den"}),
        ('"bi thu"', {"bi-thu", "den"}),
        ('"bí"', {"bi-thu"}),
        ('"nơi cư trú" "chi bộ"', {"gioi-thieu"}),
        ('con dấu -"dự thảo"', {"quy-dinh", "den"}),
        ("con dấu -dự thảo", {"quy-dinh", "den"}),
        ("con dấu -du thao -két", {"den"}),
        ('"con dấu" -"bí thu"', {"quy-dinh", "du-thao", "den"}),
        ('"con dấu" -"bị thu"', {"quy-dinh", "du-thao"}),
        ("-con dấu", {"gioi-thieu", "bi-thu"}),
        ('"41-QĐ/TU"', {"quy-dinh"}),
    ],
)
def test_words_stand_side_by_side_and_others_do_not(index, typed, found):
    assert set(ids(index, typed)) == found


def test_only_whole_words_are_excluded(index):
    assert "du-thao" in ids(index, "con dấu -thả")


# --- filters ---


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("loại: van-ban", {"quy-dinh", "du-thao", "bi-thu"}),
        ("loại: quy định", {"quy-dinh", "du-thao"}),
        ("loại: giấy giới thiệu", {"gioi-thieu"}),
        ("sổ: đến", {"den"}),
        ("cơ quan: TU", {"quy-dinh", "du-thao", "bi-thu"}),
        ("cơ quan: van phong trung uong", {"den"}),
        ("cơ quan: trung ương", {"den"}),
        ("người ký: Bảy", {"quy-dinh", "gioi-thieu"}),
        ("người ký: văn bảy", {"quy-dinh"}),
        ("nơi ở: mường sơn", {"gioi-thieu"}),
        ("nơi ở: sơn mường", set()),
        ("năm: 2026", {"quy-dinh", "du-thao", "den"}),
        ("từ: 01/05/2026", {"quy-dinh", "du-thao"}),
        ("đến: 2024", {"bi-thu"}),
        ("con dấu năm: 2026 sổ: đi", {"quy-dinh"}),
        ("loại: không có", set()),
    ],
)
def test_prefixes_narrow_down(index, typed, found):
    assert set(ids(index, typed)) == found


def test_the_order_is_as_asked(index):
    assert ids(index, "con dấu", sort=Sort.NEWEST) == ["du-thao", "quy-dinh", "den"]
    assert ids(index, "", sort=Sort.NUMBER) == [
        "bi-thu",
        "gioi-thieu",
        "den",
        "quy-dinh",
        "du-thao",
    ]
    assert ids(index, "con dấu", sort=Sort.NUMBER) == ["den", "quy-dinh", "du-thao"]


def test_a_sheet_without_a_number_stands_by_the_last_number_of_its_code(tmp_path):
    sheets = [
        Paper(document_id=f"sheet-{number}", lookup_code=f"PNX-26-{number:05d}-K", issued_on=date(2026, 5, 2))
        for number in (120, 7, 31)
    ]  # fmt: skip

    found = ids(made(tmp_path, sheets), "", sort=Sort.NUMBER)

    assert found == ["sheet-7", "sheet-31", "sheet-120"]


def test_newest_first_leaves_out_what_hardly_agrees(tmp_path):
    papers = [
        Paper(document_id="old", text="Kế hoạch tổ chức hội nghị cán bộ chủ chốt", issued_on=date(2020, 1, 1)),
        Paper(document_id="new", text="Danh sách cán bộ", issued_on=date(2026, 1, 1)),
    ]  # fmt: skip
    papers += [Paper(document_id=f"x{n}", text=f"giấy số {n}") for n in range(20)]

    assert ids(made(tmp_path, papers), "hội nghị cán bộ chủ chốt", sort=Sort.NEWEST) == ["old"]


# --- counts ---


def test_counts_are_of_all_that_was_found_not_of_the_page(index):
    results = index.search(Query(text="con dấu", limit=1, with_counts=True))

    assert len(results.hits) == 1
    assert results.total == 3
    assert {one.value: one.count for one in results.counts.kinds} == {
        "van-ban": 2,
        "van-ban-den": 1,
    }
    assert [(one.value, one.count) for one in results.counts.years] == [("2026", 3)]
    assert {one.shown: one.count for one in results.counts.issuers} == {
        "TU": 2,
        "Văn phòng Trung ương": 1,
    }


def test_counts_follow_filters_and_phrases_and_the_empty_question(index):
    def kinds(query):
        return {one.value: one.count for one in index.search(query).counts.kinds}

    assert kinds(Query(with_counts=True)) == {
        "van-ban": 3,
        "gioi-thieu": 1,
        "van-ban-den": 1,
    }
    assert kinds(Query(text="con dấu", kind="van-ban", with_counts=True)) == {"van-ban": 2}
    assert kinds(Query(phrases=("bị thu",), with_counts=True)) == {"van-ban-den": 1}


def test_counts_forget_papers_that_were_taken_out(tmp_path):
    index = made(tmp_path)
    query = Query(text="con dấu", with_counts=True)
    index.search(query)
    with index.writer() as writer:
        writer.remove(["den"])

    assert [one.value for one in index.search(query).counts.kinds] == ["van-ban"]


# --- rights ---


@pytest.mark.parametrize(
    ("rights", "seen"),
    [
        (Rights(), {"quy-dinh", "du-thao", "gioi-thieu", "den", "bi-thu"}),
        (Rights(registers=frozenset(("di",))), {"quy-dinh", "gioi-thieu", "bi-thu"}),
        (Rights(kinds=frozenset(("van-ban",))), {"quy-dinh", "du-thao", "bi-thu"}),
        (Rights(kinds=frozenset(("van-ban",)), hides_drafts=True), {"quy-dinh", "bi-thu"}),
        (Rights(hidden_marks=frozenset(("luu-hanh-noi-bo",))), {"quy-dinh", "du-thao", "gioi-thieu", "bi-thu"}),
        (Rights(registers=frozenset(("den",)), owner="an"), {"du-thao", "den"}),
        (Rights(hides_drafts=True, owner="an"), {"quy-dinh", "du-thao", "gioi-thieu", "den", "bi-thu"}),
        (Rights(kinds=frozenset()), set()),
    ],
)  # fmt: skip
def test_what_a_person_may_not_see_is_neither_found_nor_counted(index, rights, seen):
    empty = index.search(Query(rights=rights, with_counts=True))

    assert {hit.document_id for hit in empty.hits} == seen
    assert empty.total == len(seen) == sum(one.count for one in empty.counts.kinds)
    for typed in (
        "con dấu",
        "41-QĐ/TU",
        "DEN-26-00012-Q",
        "lò văn an",
        '"nơi cư trú"',
        "dẫn: 1-QĐ/TU",
        "-két",
        "du-thao",
    ):
        query = read_query(typed, Query(rights=rights, with_counts=True, is_grouped=True))
        found = index.search(query)
        assert {hit.document_id for hit in found.hits} <= seen
        assert found.total <= len(seen)
        assert sum(one.count for one in found.counts.kinds) == found.total


def test_rights_follow_the_index(tmp_path):
    index = made(tmp_path)
    rights = Rights(registers=frozenset(("den",)))
    assert ids(index, "", rights=rights) == ["den"]
    with index.writer() as writer:
        writer.upsert_many([Paper(document_id="more", register="den", text="Công văn mới")])

    assert set(ids(index, "", rights=rights)) == {"den", "more"}


# --- groups ---

NAMES = [
    f"Lò Văn {given}" for given in ("Ngân", "Hiền", "Sơn", "Lĩnh", "Thảo", "Bách", "Khuê", "Dương")
]


def sheet(at: int) -> Paper:
    name = f"{NAMES[at % len(NAMES)]} {at}"
    return Paper(
        document_id=f"s{at}", kind="phieu-nhan-xet", register="noi-bo", title="Phiếu nhận xét", person=name,
        lookup_code=f"PNX-26-{at:05d}-K", issued_on=date(2026, 11, 1), text=f"{BOILERPLATE} Đồng chí: {name}. Thôn số {at}.",
    )  # fmt: skip


@pytest.fixture(scope="module")
def crowded(tmp_path_factory) -> SearchIndex:
    decision = Paper(
        document_id="decision", kind="van-ban", register="di", title="Quy định", reference="9-QĐ/TU",
        issued_on=date(2020, 1, 1), text=f"Quy định việc {BOILERPLATE} Điều 1. Phạm vi điều chỉnh. Điều 2. Đối tượng áp dụng là đảng viên.",
    )  # fmt: skip
    return made(
        tmp_path_factory.mktemp("crowd"), [decision, *(sheet(at) for at in range(1000))], batch=400
    )


def test_a_thousand_sheets_do_not_bury_the_one_decision(crowded):
    query = Query(text="giữ mối liên hệ với nhân dân nơi cư trú", limit=5, is_grouped=True)
    results = crowded.search(query)

    assert {hit.document_id for hit in results.hits} >= {"decision"}
    assert len(results.hits) == 2
    (sheets,) = [hit for hit in results.hits if hit.kind == "phieu-nhan-xet"]
    assert sheets.similar == 999
    assert sheets.similar_ids
    assert results.total == 1001
    one_by_one = crowded.search(Query(text=query.text, limit=5))
    assert all(hit.similar == 0 for hit in one_by_one.hits)
    assert len(one_by_one.hits) == 5


def test_a_persons_name_finds_that_persons_sheet_first(crowded):
    for text in ("lo van khue 654", "Lò Văn Khuê 654 nơi cư trú", "thôn số 654"):
        results = crowded.search(Query(text=text, limit=5, is_grouped=True))
        assert results.hits[0].document_id == "s654"
    assert (
        crowded.search(Query(text="PNX-26-00123-K", is_grouped=True)).hits[0].document_id == "s123"
    )


def test_all_sheets_of_the_person_asked_for_stand_alone(tmp_path):
    hers = [replace(sheet(at), person="Tòng Thị Hiền") for at in (3, 5)]
    index = made(tmp_path, [*(sheet(at) for at in (0, 1, 2, 4, 6, 7)), *hers])

    results = index.search(Query(text="tong thi hien", is_grouped=True))

    assert {hit.document_id for hit in results.hits[:2]} == {"s3", "s5"}


def test_groups_are_paged_like_papers(crowded):
    text = "giữ mối liên hệ với nhân dân nơi cư trú"
    both = [
        crowded.search(Query(text=text, limit=1, offset=at, is_grouped=True)).hits
        for at in range(3)
    ]

    assert [len(hits) for hits in both] == [1, 1, 0]
    assert both[0][0].document_id != both[1][0].document_id


def test_papers_with_one_text_are_one_but_not_with_what_replaced_them(tmp_path):
    def letter(at: int, state: str = "da-phat-hanh", body: str = "") -> Paper:
        text = f"Giấy mời số {at}. {BOILERPLATE}{body}"
        return Paper(
            document_id=f"m{at}", kind="van-ban", title="Giấy mời", legal_state=state, text=text
        )

    papers = [letter(at) for at in range(6)]
    papers += [letter(6, "bi-thay-the"), letter(7, body="Nội dung khác hẳn, dài hơn nhiều. " * 12)]
    results = made(tmp_path, papers).search(Query(text="giấy mời họp", is_grouped=True))

    assert sorted(hit.similar for hit in results.hits) == [0, 0, 5]
    assert {"m6", "m7"} <= {hit.document_id for hit in results.hits}
    assert results.total == 8


def test_a_few_sheets_are_all_shown(tmp_path):
    index = made(tmp_path, [sheet(at) for at in range(3)])

    assert len(ids(index, "nơi cư trú", is_grouped=True)) == 3
    assert len(ids(index, "", is_grouped=True)) == 3


# --- passages ---


def test_the_passage_shown_is_that_of_the_phrase(tmp_path):
    filler = "Văn thư nhận công văn, giữ con dấu và vào sổ. " * 30
    neutral = "Việc khác không bàn tới. " * 20
    text = f"{filler}{neutral}Các tổ dân phố nơi cư trú góp ý. {neutral}{filler}"
    index = made(tmp_path, [Paper(document_id="a", title="Sổ tay nơi cư trú", text=text)])

    hit = index.search(Query(text="con dấu văn thư", phrases=("noi cu tru",))).hits[0]

    assert "<b>nơi cư trú</b>" in hit.snippet
    assert hit.title_html == "Sổ tay <b>nơi cư trú</b>"


# --- anything at all ---


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(max_size=150) | st.text(alphabet='"-:*?% <>ạ213qđ/TUnămsổloại', max_size=80),
    st.sampled_from(Sort),
)
def test_any_string_is_answered(index, typed, sort):
    results = index.search(read_query(typed, Query(is_grouped=True, with_counts=True, sort=sort)))

    assert results.total >= len(results.hits)
    assert sum(one.count for one in results.counts.kinds) <= results.total


@pytest.mark.parametrize(
    "typed",
    [
        "", "a", "x" * 10_000, "chi bộ " * 2_000, '"nơi cư trú" ' * 900, '"' * 9_999, "-a " * 3_000, "😀" * 4_000,
        "của và là", "* ?", "' OR 1=1; DROP TABLE papers --", "<script>alert(1)</script>", '"' + "nơi cư trú " * 900 + '"',
        '"giữ mối liên hệ với nhân dân"', '-"thực hiện nghĩa vụ công dân"', '"thực hiện nghĩa vụ" -"hoàn thành nhiệm vụ"',
        "loại:" * 2_000, "năm: 2026 " * 1_000,
    ],
)  # fmt: skip
def test_odd_questions_are_answered_at_once(crowded, typed):
    started = time.perf_counter()
    crowded.search(read_query(typed, Query(is_grouped=True, with_counts=True)))

    assert time.perf_counter() - started < 1.5
