from __future__ import annotations

import time
import unicodedata
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_kit import ids, made

from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.synonyms import shipped_groups
from pipeline.stores.search.values import Paper, Query, Results, Rights

PAPERS = [
    Paper(
        document_id="q213", kind="van-ban-den", register="den", title="Quy định",
        subject="về trách nhiệm của đảng viên đang công tác giữ mối liên hệ với nơi cư trú",
        their_reference="213-QĐ/TW", issuer="TW", signer="Trần Quốc Vượng", issued_on=date(2020, 1, 2),
        text="Đảng viên đang công tác giữ mối liên hệ với tổ chức đảng và nhân dân nơi cư trú. Bí thư chi bộ nhận xét.",
    ),
    Paper(
        document_id="bs378", kind="sao-luc", register="sao", title="Sao lục", reference="378-BS/VPTU",
        issuer="VPTU", issued_on=date(2020, 1, 9),
        text="Sao lục Quy định 213-QĐ/TW gửi các đảng ủy trực thuộc. Văn phòng Tỉnh ủy.",
    ),
    Paper(
        document_id="cv213", kind="van-ban", register="di", title="Công văn", subject="về việc mua máy in",
        reference="213-CV/VPTU", issuer="VPTU", issued_on=date(2021, 3, 4),
        text="Đề nghị mua máy in, máy quét cho phòng hành chính.",
    ),
    Paper(
        document_id="qd8-cu", kind="van-ban", title="Quy định", subject="về sinh hoạt chi bộ",
        reference="08-QĐ/TU", issuer="Tỉnh ủy Cần Sơn", issued_on=date(2008, 1, 9),
        text="Quy định về sinh hoạt chi bộ, bảo quản con dấu.",
    ),
    Paper(
        document_id="qd8-moi", kind="van-ban", title="Quyết định", subject="điều động cán bộ",
        reference="08-QĐ/TU", issuer="Tỉnh ủy Hà Sơn", issued_on=date(2021, 1, 9),
        text="Điều động các đồng chí Tòng Thị Mây, Giàng A Sử đến công tác tại Ban Tổ chức.",
    ),
    Paper(
        document_id="gt-may", kind="gioi-thieu", title="Giấy giới thiệu", person="Lò Thị Mây",
        reference="07-GGT/VPTU", issued_on=date(2026, 3, 4),
        text="Giới thiệu đồng chí Lò Thị Mây về sinh hoạt nơi cư trú tại bản Nà Lốm.",
    ),
    Paper(
        document_id="scattered", kind="van-ban", title="Danh sách", subject="đảng viên mới",
        issued_on=date(2025, 3, 4), text="Lò Thị Hoa, Vàng Thị Mây, Lò Thị Tâm, Quàng Thị Mây, Lò Thị Lan, Hà Thị Mây.",
    ),
    Paper(
        document_id="kh-2020", kind="van-ban", title="Kế hoạch", subject="công tác năm 2020",
        reference="01-KH/TU", issued_on=date(2019, 12, 20), text="Kế hoạch công tác năm 2020 của Tỉnh ủy.",
    ),
    Paper(
        document_id="kh-kt", kind="van-ban", title="Kế hoạch", subject="kiểm tra, giám sát",
        reference="12-KH/TU", issued_on=date(2020, 2, 20), text="Kế hoạch kiểm tra, giám sát của Ủy ban Kiểm tra.",
    ),
    Paper(
        document_id="kh-2022", kind="van-ban", title="Kế hoạch", subject="kiểm tra kỹ thuật",
        reference="13-KH/TU", issued_on=date(2022, 2, 20), text="Kế hoạch kiểm tra kỹ thuật nhà kho.",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> SearchIndex:
    return made(tmp_path_factory.mktemp("office"), PAPERS)


def ask(index: SearchIndex, text: str, **filters) -> Results:
    return index.search(Query(text=text, **filters))


@pytest.mark.parametrize(
    "typed",
    """213-QĐ/TW|213/QĐ-TW|213 qd tw|213-qd/tw|0213-QĐ/TW|Số: 213 – QĐ / TW|quy dinh 213|Quy định số 213|số 213 qđ|
    qđ 213|QD213|213qd|213qdtw|213 QĐTW|213.qd.tw|213_QD_TW|qđ/tw 213|213-QÐ/TW|“213-QĐ/TW”|(213-QĐ/TW)|
    213-QĐ/TW ngày 02/01/2020|213-QĐ/TW, ngày 2 tháng 1 năm 2020|213-QĐ/TW (02-01-2020)|213/2020/QĐ-TW|213-QDD/TW|Quy định của Bộ Chính trị số 213|quy ddinhj 213|213-QĐ|
    213 quy định|văn bản số 213 QĐ TW|213 nơi ở|213 noi o|nơi ở 213|213 qd tw noi cu tru|quy định 213 nơi ở|
    quy định hai trăm mười ba|quy dinh hai tram muoi ba|quy định số hai trăm mười ba|quy định hai một ba|213 đảng viên""".replace(
        "\n", ""
    ).split("|"),
)
def test_any_typing_of_a_known_number_finds_its_paper_first(index, typed):
    for written in (typed, typed.upper(), unicodedata.normalize("NFD", typed)):
        assert ids(index, written.strip())[0] == "q213"


def test_a_bare_number_puts_every_paper_of_that_number_before_those_that_speak_of_it(index):
    for typed in ("213", "số 213", "so 213", "#213", "hai trăm mười ba"):
        assert set(ids(index, typed)[:2]) == {"q213", "cv213"}


@pytest.mark.parametrize("typed", ["378-BS/VPTU", "378 bs vptu", "bs 378", "bản sao 378", "378"])
def test_a_copy_is_found_by_its_own_number(index, typed):
    assert ids(index, typed)[0] == "bs378"


def test_one_number_of_two_provinces_lists_both_and_a_date_decides(index):
    for typed in ("08-QĐ/TU", "8 qd tu", "08/QĐ-TU"):
        assert set(ids(index, typed)[:2]) == {"qd8-cu", "qd8-moi"}
    assert ids(index, "08-QĐ/TU ngày 09/01/2008")[0] == "qd8-cu"
    assert ids(index, "08-QĐ/TU ngày 09/01/2021")[0] == "qd8-moi"
    assert ids(index, "quy định 8")[0] == "qd8-cu"
    assert ids(index, "quyết định 8")[0] == "qd8-moi"


def test_a_number_with_the_wrong_issuer_still_leads_to_the_number(index):
    assert ids(index, "213-QĐ/TU")[0] == "q213"


def test_a_number_among_words_that_is_of_no_paper_does_not_hide_the_words(tmp_path):
    index = made(
        tmp_path,
        [
            Paper(document_id="meeting", text="Hội nghị có 41 đảng viên dự họp tại nhà văn hóa."),
            Paper(document_id="n41", reference="41-CV/TU", text="Công văn về mua xăng xe."),
        ],
    )

    assert ids(index, "41 đảng viên dự họp")[0] == "meeting"


def test_a_synonym_finds_and_what_was_typed_goes_before_it(tmp_path):
    papers = [
        Paper(document_id="home", text="Chi bộ nơi cư trú nhận xét đảng viên hằng năm."),
        Paper(document_id="live", text="Chi bộ nơi ở nhận xét đảng viên hằng năm."),
        Paper(document_id="vp", text="Thông báo của Văn phòng Tỉnh ủy về lịch họp."),
        Paper(document_id="none", text="Từ nay các tổ chức đảng báo cáo hằng quý."),
    ]
    index = made(tmp_path, papers)

    assert ids(index, "nơi ở")[:2] == ["live", "home"]
    assert ids(index, "nơi cư trú")[:2] == ["home", "live"]
    assert ids(index, "VPTU") == ["vp"]
    assert ids(index, "lịch họp TU")[0] == "vp"
    assert "vp" not in ids(index, "tu nay")


def test_an_office_adds_synonyms_of_its_own(tmp_path):
    papers = [Paper(document_id="room", text="Phòng Tổng hợp lập chương trình công tác.")]
    plain = made(tmp_path / "plain", papers)
    own = made(tmp_path / "own", papers, synonyms=[("PTH", "Phòng Tổng hợp")])

    assert ids(plain, "PTH") == []
    assert ids(own, "PTH") == ["room"]
    assert ids(own, "pth") == ["room"]


def test_every_shipped_group_says_at_least_two_things():
    for group in shipped_groups():
        assert len({phrase.casefold() for phrase in group}) == len(group) >= 2


@pytest.mark.parametrize("typed", ["Lò Thị Mây", "lò thị mây", "lo thi may", "LO THI MAY"])
def test_a_name_goes_before_papers_that_have_its_syllables_scattered(index, typed):
    found = ids(index, typed)

    assert found[0] == "gt-may"
    assert found.index("gt-may") < found.index("scattered")
    assert ids(index, f"giấy giới thiệu {typed}")[0] == "gt-may"


def test_a_name_in_the_text_alone_keeps_its_order(index):
    assert ids(index, "tong thi may")[0] == "qd8-moi"
    assert ids(index, "Giàng A Sử")[0] == "qd8-moi"


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("kĩ thuật", "kỹ thuật"),
        ("ki thuat", "kỹ thuật"),
        ("qui định", "quy định"),
        ("hoà", "hòa"),
        ("quy\u200bđịnh", "quyđịnh"),
        ("ðảng viên", "đảng viên"),
        ("nơi cƣ trú", "nơi cư trú"),
    ],
)
def test_two_spellings_of_one_word_ask_the_same(index, typed, other):
    assert ids(index, typed) == ids(index, other)


def test_words_of_different_sound_stay_apart(tmp_path):
    papers = [
        Paper(document_id="ear", text="Bệnh về tai của người già."),
        Paper(document_id="hand", text="Bệnh về tay của người già."),
        Paper(document_id="stink", text="Nước thúi."),
    ]
    index = made(tmp_path, papers)

    assert ids(index, "tai") == ["ear"]
    assert ids(index, "thúy") == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kế hoạch năm 2020", {"kh-2020", "kh-kt"}),
        ("kế hoạch 2020", {"kh-2020", "kh-kt"}),
        ("ke hoach tháng 2 năm 2020", {"kh-kt"}),
        ("kế hoạch quý I năm 2022", {"kh-2022"}),
        ("kế hoạch từ năm 2021 đến năm 2022", {"kh-2022"}),
        ("kế hoạch từ 2021 đến 2022", {"kh-2022"}),
        ("kế hoạch ngày 20/02/2020", {"kh-kt"}),
        ("năm 2021", {"cv213", "qd8-moi"}),
        ("tháng 1 năm 2020", {"q213", "bs378"}),
        ("ngày 02/01/2020", {"q213"}),
        ("02-01-2020", {"q213"}),
        ("2026", {"gt-may"}),
    ],
)
def test_a_date_in_a_short_question_narrows_it_and_says_so(index, typed, found):
    results = ask(index, typed)

    assert {hit.document_id for hit in results.hits} == found
    assert results.understood.is_date_filter
    assert results.understood.date_written in " ".join(results.understood.sentences())


def test_a_stretch_of_years_is_not_the_first_of_them(index):
    results = ask(index, "kế hoạch 2020 - 2025")

    assert {hit.document_id for hit in results.hits} >= {"kh-2020", "kh-kt", "kh-2022"}
    assert not results.understood.is_date_filter


def test_a_date_of_which_there_is_nothing_is_dropped_and_told(index):
    results = ask(index, "kế hoạch năm 2015")

    assert {hit.document_id for hit in results.hits} >= {"kh-2020", "kh-kt", "kh-2022"}
    assert results.understood.is_date_dropped
    assert "năm 2015" in next(results.understood.sentences())
    assert not ask(index, "kế hoạch").understood.is_date_dropped


def test_a_date_that_leaves_nothing_of_the_words_is_dropped_too(index):
    results = ask(index, "giấy giới thiệu Lò Thị Mây năm 2008")

    assert results.hits[0].document_id == "gt-may"
    assert results.understood.is_date_dropped or not results.understood.is_date_filter


def test_a_year_that_is_the_number_of_a_paper_is_that_number(tmp_path):
    papers = [
        *PAPERS,
        Paper(document_id="n2020", reference="2020-CV/VPTU", issued_on=date(2024, 5, 5)),
    ]

    assert ids(made(tmp_path, papers), "2020")[0] == "n2020"


def test_a_long_question_keeps_its_year_as_words(index):
    typed = (
        "đảng viên đang công tác giữ mối liên hệ với tổ chức đảng và nhân dân năm 2008 như thế nào"
    )

    assert ids(index, typed)[0] == "q213"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("quy ddinhj", "quy định"),
        ("quy d9inh5", "quy định"),
        ("Quy DDinhj", "Quy Định"),
        ("ddang3 vieen", "đảng viên"),
        ("ddarng vieen", "đảng viên"),
        ("nowi cuw trus", "nơi cư trú"),
        ("noi7 cu7 tru1", "nơi cư trú"),
        ("bis thuw", "bí thư"),
        ("sinh hoat chi booj", "sinh hoạt chi bộ"),
        ("coong tasc", "công tác"),
        ("quy ddinhj coong tasc", "quy định công tác"),
        ("co6ng ta1c", "công tác"),
        ("quy d9inh5 co6ng ta1c", "quy định công tác"),
        ("ddarng vieen ddang coong tasc", "đảng viên đang công tác"),
        ("hanhf chinhs", "hành chính"),
    ],
)
def test_raw_keystrokes_are_answered_for_what_they_spell(index, typed, meant):
    results = ask(index, typed)

    assert [hit.document_id for hit in results.hits] == ids(index, results.understood.answered_for)
    assert results.hits
    assert results.suggestion == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("quy đinh", "quy định"),
        ("quy dihn", "quy định"),
        ("quyđịnh", "quy định"),
        ("bảo quẩn con dấu", "bảo quản con dấu"),
        ("bảo quảnn con dấu", "bảo quản con dấu"),
        ("nơi cứ trú", "nơi cư trú"),
        ("nơi cư chú", "nơi cư trú"),
        ("rấy giới thiệu", "giấy giới thiệu"),
        ("bí thơ", "bí thư"),
        ("kểm tra, giám sátt", "kiểm tra, giám sát"),
        ("lò thị mấy", "Lò Thị Mây"),
    ],
)
def test_a_better_question_is_offered_in_the_words_of_the_archive(index, typed, meant):
    assert ask(index, typed).suggestion == meant


@pytest.mark.parametrize(
    "typed",
    [
        "quy định",
        "bảo quản con dấu",
        "213-QĐ/TW",
        "lò thị mây",
        "Ủy ban",
        "uỷ ban",
        "",
        "xyzxyz",
        "kiểm tra giám sát",
        "quy dinh",
        "bao quan con dau",
        "noi cu tru",
        "giang a su",
        "mua may in",
        "file",
        "test",
        "was",
    ],
)
def test_a_good_question_is_left_alone(index, typed):
    assert ask(index, typed).suggestion is None


@pytest.mark.parametrize("typed", ["kiểm tra giám sát", "dự thảo quy định"])
def test_a_true_word_is_not_taken_for_one_that_goes_with_half_of_its_neighbours(tmp_path, typed):
    told = (
        "Việc kiểm tra gồm ba bước.",
        *(f"Đại biểu dự tham gia ý kiến lần {n}." for n in range(20)),
        "Thảo luận quy định.",
    )
    index = made(tmp_path, [Paper(document_id=f"p{at}", text=text) for at, text in enumerate(told)])

    assert ask(index, typed).suggestion is None


@pytest.fixture(scope="module")
def spelt_alike(tmp_path_factory) -> SearchIndex:
    """Words that differ in their marks alone, and loan words beside what they would spell as keystrokes."""
    told = (
        *(f"Đồng chí Bí thư chi bộ phát biểu lần {n}." for n in range(3)),
        *(f"Thiết bị thu hồi lô {n}." for n in range(3)),
        "Mã số văn bản, cả năm; Tết cổ truyền, tét bánh; ông ứa nước mắt; bộ gõ bã mía.",
    )
    papers = [Paper(document_id=f"p{at}", text=text) for at, text in enumerate(told)]
    return made(tmp_path_factory.mktemp("dau"), papers)


def test_marks_are_offered_where_they_find_other_papers(spelt_alike):
    assert ask(spelt_alike, "bi thu").suggestion in {"bí thư", "bị thu"}
    assert ask(spelt_alike, "bi thu chi bo").suggestion is None


@pytest.mark.parametrize(
    "typed", ["file", "test", "was", "max", "car", "file test", "van ban test"]
)
def test_a_word_of_another_tongue_is_not_taken_for_keystrokes(spelt_alike, typed):
    assert ask(spelt_alike, typed).understood.answered_for == ""


def test_among_keystrokes_it_is_one_of_them(spelt_alike):
    assert ask(spelt_alike, "max soos").understood.answered_for == "mã số"


def test_what_no_paper_writes_is_not_read_out_of_keystrokes(index):
    # Some paper has «cán», none «cản»: the word is as much a name as keystrokes.
    assert ask(index, "canr").understood.answered_for == ""
    assert ask(index, "casn").understood.answered_for == "cán"


def test_what_is_gone_is_neither_offered_nor_completed(tmp_path):
    index = made(tmp_path, PAPERS)
    assert ask(index, "tồng thị mây").suggestion == "Tòng Thị Mây"
    with index.writer() as writer:
        writer.purge(["qd8-moi", "gt-may"])

    assert "tòng" not in (ask(index, "tồng thị mây").suggestion or "").casefold()
    assert "Lò Thị Mây" not in index.complete("lò")


def test_what_somebody_may_not_see_is_neither_offered_nor_completed_to_him(index):
    blind = Rights(kinds=frozenset({"van-ban-den"}))

    assert ask(index, "nơi cứ trú", rights=blind).suggestion == "nơi cư trú"
    assert ask(index, "bảo quẩn con dấu", rights=blind).suggestion is None
    assert ask(index, "bao quan con dau", rights=blind).suggestion is None
    assert index.complete("lò", blind) == ()
    assert index.complete("213", blind) == ("213-QĐ/TW",)


@pytest.mark.parametrize(
    ("begun", "first"),
    [
        ("213", "213-CV/VPTU"),
        ("213-q", "213-QĐ/TW"),
        ("quy định 2", "213-QĐ/TW"),
        ("qd 8", "08-QĐ/TU"),
        ("quy đ", "Quy định"),
        ("quy d", "Quy định"),
        ("giấy", "Giấy giới thiệu"),
        ("lo t", "Lò Thị Mây"),
        ("mây", "Lò Thị Mây"),
        ("nà", "Nà Lốm"),
        ("bảo quản con d", "bảo quản con dấu"),
        ("bao quan con d", "bảo quản con dấu"),
        ("bí t", "bí thư"),
        ("kế hoạch ", "Kế hoạch công tác năm 2020"),
    ],
)
def test_what_is_begun_is_completed_with_marks(index, begun, first):
    completions = index.complete(begun)

    assert first in completions[:3]
    assert len(completions) <= 10


def test_nothing_begun_nothing_completed(index):
    for begun in ("", " ", "*?", "zzzz", "🙂"):
        assert index.complete(begun) == ()


PIECES = (
    *("213", "QĐ/TW", "ngày", "tháng", "năm", "2020", "02/01/2020", "quy", "định", "hai", "trăm", "mươi", "từ", "đến"),
    *("số", "\ud800", "🙂", '"', "<b>", "'", "OR", "1=1", "--", "DROP TABLE", "*", "?", "~", "^", "\u0301", "\u200b"),
    *("ddinhj", "d9inh5", "VPTU", "TU", "NOT", "AND", "đ/c", "²", "٣"),
)  # fmt: skip
ODD = st.one_of(
    st.text(max_size=200),
    st.text(alphabet=st.characters(), max_size=60),
    st.text(alphabet="*?~^\"'()[]{}:;/\\<>&%$#@!|+-=.,  0123456789qđQĐTWnăm", max_size=80),
    st.lists(
        st.sampled_from(PIECES),
        max_size=30,
    ).map(" ".join),
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ODD)
def test_any_string_is_a_question_and_a_beginning(index, text):
    results = index.search(Query(text=text, limit=3))

    assert results.total >= len(results.hits)
    assert len(index.complete(text)) <= 10


@pytest.mark.parametrize(
    "text",
    ["a" * 10_000, "quy định " * 1200, "🙂" * 10_000, '"' * 10_000, "213 " * 2500, "năm 2020 " * 1200,
     "ddinhj " * 1500, "*" * 10_000, "\ud800" * 10_000, "<script>" * 1250, "từ đến " * 1400, "- / " * 2500,
     "1" * 10_000, "1/" * 5_000, "hai trăm " * 1100, "qđ" * 5_000, "ngày 1/1/2020 đến " * 600, "s" * 9_999 + "1"],
)  # fmt: skip
def test_ten_thousand_characters_take_no_longer_than_a_question(index, text):
    started = time.process_time()
    index.search(Query(text=text))
    index.complete(text)

    assert time.process_time() - started < 1.5
