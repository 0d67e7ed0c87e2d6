from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_kit import CLOCK, ids, made

from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper, Query
from pipeline.vietnamese import plausibility

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"

PAPERS = [
    Paper(
        document_id="d1", kind="gioi-thieu", register="di", title="Giấy giới thiệu", reference="07-GGT/VPTU",
        issuer="VPTU", signer="Lò Văn Bảy", person="Quàng Thị Hoà", residence="bản Nà Lốm, xã Mường Sơn",
        issued_on=date(2026, 3, 4),
        text="Văn phòng Tỉnh ủy Hà Sơn giới thiệu đồng chí Quàng Thị Hoà về giữ mối liên hệ với chi bộ bản Nà Lốm.",
    ),
    Paper(
        document_id="d2", kind="van-ban", register="di", title="Quy định", subject="về bảo quản con dấu",
        reference="41-QĐ/TU", issuer="TU", issued_on=date(2026, 5, 2),
        text="Con dấu của Tỉnh ủy do văn thư giữ trong két sắt, không giao cho người khác khi chưa có lệnh.",
    ),
    Paper(
        document_id="d3", kind="van-ban", register="di", title="Quyết định", subject="về việc điều động cán bộ",
        reference="41-QĐ/BTCTU", issuer="BTCTU", issued_on=date(2025, 12, 30),
        text="Điều động đồng chí Tòng Văn Ngoan đến công tác tại Ban Tổ chức Tỉnh ủy. Bí thư chi bộ thi hành.",
    ),
    Paper(
        document_id="d4", kind="van-ban-den", register="den", title="Kế hoạch", their_reference="12-KH/TW",
        issuer="TW", issued_on=date(2026, 1, 9), lookup_code="DEN-26-00012-Q",
        text="Kế hoạch kiểm tra việc thực hiện Quy định 41-QĐ/TU. Người bị thu hồi phải nộp lại giấy tờ đúng hạn.",
    ),
    Paper(
        document_id="d5", kind="phieu-nhan-xet", register="noi-bo", title="Phiếu nhận xét", person="Lò Văn An",
        lookup_code="PNX-26-00123-K", issued_on=date(2026, 11, 1), text="Hoàn thành tốt nhiệm vụ, gương mẫu.",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> SearchIndex:
    return made(tmp_path_factory.mktemp("office"), PAPERS)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("bảo quản con dấu", "d2"),
        ("bao quan con dau", "d2"),
        ("BẢO QUẢN CON DẤU", "d2"),
        ("quàng thị hòa", "d1"),
        ("quang thi hoa", "d1"),
        ("bản Nà Lốm", "d1"),
        ("07-GGT/VPTU", "d1"),
        ("7 ggt vptu", "d1"),
        ("41/QĐ-TU", "d2"),
        ("quy dinh 41", "d2"),
        ("quyết định 41", "d3"),
        ("41-qd/btctu", "d3"),
        ("12-KH/TW", "d4"),
        ("pnx 26 00123 k", "d5"),
        ("PNX-26-00123-K", "d5"),
        ("lò văn an", "d5"),
        ("d5", "d5"),
        ("tòng văn ngoan", "d3"),
    ],
)
def test_a_paper_comes_first_for_what_people_type(index, typed, first):
    assert ids(index, typed)[0] == first


def test_decomposed_questions_find_the_same(index):
    for typed in ("bảo quản con dấu", "Quàng Thị Hòa", "41-QĐ/TU"):
        assert ids(index, unicodedata.normalize("NFD", typed)) == ids(index, typed)


def test_exact_marks_go_before_equal_letters(tmp_path):
    papers = [
        Paper(document_id="m1", text="Đồng chí bị thu hồi thẻ trong kỳ này."),
        Paper(document_id="m2", text="Đồng chí bí thư hội chủ trì trong kỳ này."),
    ]
    index = made(tmp_path, papers)

    assert ids(index, "bí thư")[0] == "m2"
    assert ids(index, "bị thu")[0] == "m1"
    assert set(ids(index, "bi thu")) == {"m1", "m2"}


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 con dấu",
        "con dấu \udfff",
        "\x00con dấu\x07",
        "con dấu" * 3000,
        "' OR 1=1 --",
        "con* dấu~2 ^9",
    ],
)
def test_odd_strings_are_questions_too(index, text):
    assert index.search(Query(text=text)).total >= 0


def test_a_paper_with_half_characters_is_indexed(tmp_path):
    index = made(
        tmp_path,
        [
            Paper(
                document_id="odd",
                person="Lò \ud800 Văn",
                text="chi bộ \udc00 bản",
                reference="\ud800",
            )
        ],
    )

    assert ids(index, "chi bộ") == ["odd"]


def test_a_bare_number_is_a_search_for_numbers(index):
    assert set(ids(index, "41")[:2]) == {"d2", "d3"}


def test_filters_narrow_with_and_without_words(index):
    assert ids(index, kind="van-ban") == ["d2", "d3"]
    assert ids(index, kind="van-ban", year=2025) == ["d3"]
    assert ids(index, "tỉnh ủy", issuer="VPTU") == ["d1"]
    assert ids(index, register="den") == ["d4"]
    assert ids(index, since=date(2026, 5, 1), until=date(2026, 6, 1)) == ["d2"]
    assert ids(index, "con dấu", kind="gioi-thieu", year=1990) == []


def test_the_empty_question_lists_the_newest_first_by_pages(index):
    assert ids(index) == ["d5", "d2", "d1", "d4", "d3"]
    assert ids(index, limit=2, offset=2) == ["d1", "d4"]
    assert index.search(Query()).total == 5


def test_pages_of_one_question_do_not_overlap(index):
    whole = ids(index, "tỉnh ủy chi bộ", limit=10)

    assert (
        ids(index, "tỉnh ủy chi bộ", limit=1) + ids(index, "tỉnh ủy chi bộ", limit=9, offset=1)
        == whole
    )


def test_a_snippet_shows_marks_though_the_question_had_none(index):
    hit = index.search(Query(text="con dau")).hits[0]

    assert "<b>Con dấu</b>" in hit.snippet
    assert hit.plain_snippet == "".join(text for text, _ in hit.parts)
    assert hit.reference == "41-QĐ/TU"
    assert hit.title == "Quy định"
    assert hit.date == date(2026, 5, 2)


def test_a_snippet_marks_the_common_words_of_a_phrase_with_its_rare_ones(tmp_path):
    papers = [
        Paper(document_id=f"p{at}", text=f"Bí quyết. Chi bộ số {at}. Lá thư.") for at in range(60)
    ]
    asked = Paper(document_id="asked", text="Đồng chí Bí thư Chi bộ chủ trì; các bộ khác dự.")
    (hit, *_) = made(tmp_path, [*papers, asked]).search(Query(text="bi thu chi bo")).hits

    assert hit.snippet == "Đồng chí <b>Bí thư Chi bộ</b> chủ trì; các bộ khác dự."


def test_a_snippet_is_safe_to_show(tmp_path):
    index = made(
        tmp_path, [Paper(document_id="x", text="<script>alert('chi bộ')</script> & chi bộ <b>")]
    )

    snippet = index.search(Query(text="chi bộ")).hits[0].snippet

    assert "<script>" not in snippet
    assert "&lt;script&gt;" in snippet
    assert snippet.count("<b>") == snippet.count("</b>") == 2


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=120) | st.text(alphabet='*?~^"()[]{}:/\\ANDORTO-+ ạ213qđ', max_size=40))
def test_any_string_is_a_question(index, text):
    results = index.search(Query(text=text, limit=3))

    assert results.total >= len(results.hits)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=200))
def test_any_paper_can_be_indexed_and_found_by_its_id(tmp_path_factory, text):
    paper = Paper(
        document_id="one", title=text[:20], text=text, reference=text[:9], person=text[:12]
    )
    index = made(tmp_path_factory.mktemp("any"), [paper])

    assert ids(index, "one") == ["one"]
    assert index.versions() == {"one": 1}


def test_a_new_version_takes_the_place_of_the_old_and_never_the_other_way(tmp_path):
    index = made(tmp_path, [Paper(document_id="a", version=2, text="nội dung thứ hai")])

    with index.writer() as writer:
        writer.upsert_many([Paper(document_id="a", version=1, text="nội dung thứ nhất")])
    assert index.versions() == {"a": 2}
    with index.writer() as writer:
        writer.upsert_many(
            [
                Paper(document_id="a", version=3, text="bản sửa"),
                Paper(document_id="b", text="bản khác"),
            ]
        )

    assert index.versions() == {"a": 3, "b": 1}
    assert ids(index, "thứ hai") == []
    assert index.count() == 2


def test_a_removed_paper_is_gone_before_and_after_compaction(tmp_path):
    index = made(tmp_path, PAPERS)
    with index.writer() as writer:
        writer.remove(["d2", "never-was"])
        assert "d2" not in ids(index, "con dấu")
        writer.compact()

    assert "d2" not in ids(index, "con dấu")
    assert ids(index, "41-QĐ/TU")[0] != "d2"
    assert index.count() == 4


def test_batches_and_merges_lose_nothing(tmp_path):
    index = made(tmp_path, [])
    with index.writer() as writer:
        for batch in range(30):
            writer.upsert_many(
                [
                    Paper(
                        document_id=f"p{batch}-{n}", text=f"giấy số {batch} của tổ {n} thôn Nà Lốm"
                    )
                    for n in range(4)
                ]
            )
        while writer.compact():
            pass

    assert index.count() == 120
    assert len(index.versions()) == 120
    assert ids(index, "giấy số 17 của tổ 3")[0] == "p17-3"
    assert index.health(deep=True) == ""


def test_a_reader_sees_what_another_writer_committed(tmp_path):
    reader = made(tmp_path, PAPERS)
    other = SearchIndex(tmp_path / "index", CLOCK)
    assert ids(reader, "hội nghị cán bộ") != ["new"]
    with other.writer() as writer:
        writer.upsert_many([Paper(document_id="new", text="Biên bản hội nghị bất thường")])

    assert ids(reader, "hội nghị bất thường")[0] == "new"


def test_a_damaged_text_is_found_by_a_clean_sentence_but_after_the_whole_one(tmp_path):
    whole = "Các tổ chức đảng chủ động liên hệ với cấp ủy cơ sở nơi cư trú để giới thiệu đảng viên về sinh hoạt."
    lost = (
        "Các t ch c đ ng ch đ ng liên h v i c p y c s n i c trú đ gi i thi u đ ng viên v sinh ho t."
    )
    index = made(
        tmp_path,
        [
            *PAPERS,
            Paper(document_id="lost", text=lost, reliability=0.4),
            Paper(document_id="closed", text=lost.replace(" ", ""), reliability=0.1),
        ],
    )
    assert ids(index, "tổ chức đảng chủ động liên hệ với cấp ủy cơ sở")[0] == "lost"
    with index.writer() as writer:
        writer.upsert_many([Paper(document_id="whole", text=whole)])

    results = index.search(Query(text="tổ chức đảng chủ động liên hệ với cấp ủy cơ sở"))
    assert [hit.document_id for hit in results.hits[:2]] == ["whole", "lost"]
    assert results.hits[1].is_doubtful


def test_a_question_of_boilerplate_alone_is_bounded(tmp_path):
    boilerplate = (
        "Kính gửi chi ủy nơi cư trú. Đề nghị chi ủy giúp đỡ đồng chí hoàn thành nhiệm vụ được giao."
    )
    index = made(tmp_path, [])
    with index.writer() as writer:
        for start in range(0, 6000, 2000):
            writer.upsert_many(
                [
                    Paper(document_id=f"s{n}", text=f"{boilerplate} Số thứ tự {n}.")
                    for n in range(start, start + 2000)
                ]
            )

    results = index.search(Query(text=boilerplate * 5, limit=5))

    assert len(results.hits) == 5
    assert results.took_ms < 1000
    assert ids(index, f"{boilerplate} Số thứ tự 3456")[0] == "s3456"


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the shared material is not here")
def test_the_seeds_are_found_and_the_damaged_one_by_clean_words(tmp_path):
    texts = {
        path.name[:3]: path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))
    }
    halves = texts["004"].partition("ph n ánh")
    texts["damaged"] = halves[1] + halves[2]
    papers = {
        name: Paper(document_id=name, text=text, reliability=plausibility(text))
        for name, text in texts.items()
    }
    questions = (
        "Đảng ủy xã, phường, thị trấn chỉ đạo chi ủy, chi bộ trực thuộc tổ chức họp đảng viên đang công tác",
        "tuyên truyền, vận động nhân dân tham gia góp ý xây dựng Đảng, xây dựng chính quyền cơ sở",
        "phản ánh những ý kiến của nhân dân tới cơ quan có thẩm quyền",
        "Định kỳ 6 tháng hoặc khi cần thiết, đảng uỷ xã, phường, thị trấn chỉ đạo chi uỷ, chi bộ trực thuộc",
    )
    alone = made(tmp_path / "alone", [*PAPERS, papers["damaged"]])
    together = made(tmp_path / "together", [*PAPERS, *papers.values()])

    for question in questions:
        assert ids(alone, question)[0] == "damaged"
        found = ids(together, question)
        assert found[0] == "000"
        assert "damaged" in found[:6]
        flagged = {
            hit.document_id for hit in together.search(Query(text=question)).hits if hit.is_doubtful
        }
        assert "damaged" in flagged
        assert "000" not in flagged
    assert "004" in ids(together, "213/QĐ-TW")
    assert {"000", "001", "002"} <= set(ids(together, "76-QĐ/TW"))


def test_a_damaged_copy_never_stands_before_its_clean_one_whatever_their_length(tmp_path):
    sentence = "Các tổ chức đảng chủ động liên hệ với cấp ủy cơ sở nơi cư trú để giới thiệu đảng viên về sinh hoạt."
    lost = (
        "Các t ch c đ ng ch đ ng liên h v i c p y c s n i c trú đ gi i thi u đ ng viên v sinh ho t."
    )
    padding = "Nội dung khác của văn bản dài nói về nhiều việc không liên quan tới câu hỏi. " * 200
    index = made(
        tmp_path,
        [
            *PAPERS,
            Paper(document_id="whole", text=padding + sentence + padding),
            Paper(document_id="lost", text=lost * 3, reliability=0.4),
        ],
    )

    for typed in (sentence, sentence[:60], "liên hệ với cấp ủy cơ sở"):
        found = index.search(Query(text=typed)).hits
        names = [hit.document_id for hit in found]
        assert names.index("whole") < names.index("lost"), typed
        assert found[names.index("lost")].is_doubtful
        assert not found[names.index("whole")].is_doubtful
