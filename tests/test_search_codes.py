"""Numbers of what came in, codes in pieces; and what is said where a number or a person is in no paper."""

from __future__ import annotations

from datetime import date

import pytest
from search_kit import ids, made

from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper, Query, Rights
from pipeline.vietnamese import asked_code


def arrival(
    number: int, year: int, book: str = "", their_reference: str = "", text: str = ""
) -> Paper:
    return Paper(
        document_id=f"den-{year}-{book.lower()}{number}", kind="van-ban-den", register="den", title="Báo cáo",
        subject="về công tác quý I", reference=f"{number:02d}-ĐẾN/{f'{book}/' if book else ''}{year}",
        their_reference=their_reference, issuer="Đảng ủy xã Nà Lốm", issued_on=date(year - 1, 12, 30), year=year, text=text,
    )  # fmt: skip


PAPERS = [
    arrival(6, 2025),
    arrival(6, 2026, their_reference="45-BC/ĐU"),
    arrival(6, 2026, "ĐƠN-THƯ"),
    arrival(7, 2026, their_reference="6-BC/ĐU", text="Từ số 06 đến số 12; số đến 6, đến 6 đảng viên."),
    arrival(12, 2026),
    arrival(145, 2026),
    Paper(document_id="range", title="Bảng kê", text="Các số từ 01 đến 06 đến 6 giờ; số đến 6 số đến 06."),
    Paper(
        document_id="pnx26", kind="phieu-nhan-xet", title="Phiếu nhận xét", lookup_code="PNX-26-00026-K",
        person="Lò Thị Mây", year=2026, issued_on=date(2026, 6, 1),
    ),
    Paper(
        document_id="pnx26-cu", kind="phieu-nhan-xet", title="Phiếu nhận xét", lookup_code="PNX-25-00026-M",
        person="Giàng A Sử", year=2025, issued_on=date(2025, 6, 1),
    ),
    Paper(
        document_id="pnx3", kind="phieu-nhan-xet", title="Phiếu nhận xét", lookup_code="PNX-26-00003-A",
        person="Tòng Thị Lả", year=2026, issued_on=date(2026, 1, 1), text="Tuổi 26.",
    ),
    Paper(document_id="ggt12", title="Giấy giới thiệu", reference="12-GGT/VPTU", issued_on=date(2026, 3, 2)),
    Paper(document_id="bs5", title="Bản sao", register="sao", reference="05-BS/VPTU", issued_on=date(2026, 3, 2)),
    Paper(document_id="bcđ4", title="Kế hoạch", reference="04-BCĐ/TU", issued_on=date(2026, 3, 2)),
    Paper(document_id="q213", title="Quyết định", reference="213-QĐ/TU", issued_on=date(2021, 5, 6), text="Điều động."),
    Paper(document_id="pc7", title="Phiếu chuyển", reference="07-PC/VPTU", issued_on=date(2026, 3, 2)),
    Paper(document_id="police", title="Công văn", text="Phòng PC07 Công an tỉnh."),
    Paper(document_id="says1", title="Công văn", text="Thực hiện Quy định 213-QĐ/TW ngày 02/01/2020 của Bộ Chính trị."),
    Paper(document_id="says2", kind="mat", title="Báo cáo", text="Theo 213-QĐ/TW và 99-KH/BTCTU."),
    Paper(document_id="people", title="Danh sách", text="Nguyễn Văn Bình, Trần Văn An, Nguyễn Thị An."),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> SearchIndex:
    return made(tmp_path_factory.mktemp("ma"), PAPERS)


# --- numbers of what came in ---

SIX = """số đến 6|so den 6|SỐ ĐẾN 6|số đến 06|số đến: 6|số đến số 6|đến 6|đến số 6|den so 6|6 đến|06-ĐẾN|văn bản đến số 6|công văn đến 6|
cv đến số 06|xem giúp số đến 6|06-ĐẾN/2026|6-den/2026|số đến 6/2026|số đến 6 năm 2026|soos ddeens 6""".replace("\n", "")  # fmt: skip


@pytest.mark.parametrize("typed", SIX.split("|"))
def test_a_number_of_what_came_finds_the_last_of_that_number_first(index, typed):
    assert ids(index, typed)[:3] == ["den-2026-6", "den-2026-đơn-thư6", "den-2025-6"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("số đến 6 năm 2025", "den-2025-6"),
        ("số đến 6/2025", "den-2025-6"),
        ("06-ĐẾN/2025", "den-2025-6"),
        ("số đến 6 sổ đơn thư", "den-2026-đơn-thư6"),
        ("sổ đơn thư đến số 6", "den-2026-đơn-thư6"),
        ("06-ĐẾN/ĐƠN-THƯ/2026", "den-2026-đơn-thư6"),
        ("số đến 12", "den-2026-12"),
        ("đến 145", "den-2026-145"),
    ],
)
def test_a_year_or_a_book_told_with_it_decides(index, typed, first):
    assert ids(index, typed)[0] == first


@pytest.mark.parametrize(
    "typed",
    [
        "đến năm 2030",
        "đến 2025",
        "từ 6 đến 8",
        "đền 6",
        "kế hoạch đến 6 đồng chí",
        "6",
        "ngày đến 6/3",
        "văn bản đến tháng 6",
    ],
)
def test_words_that_tell_no_number_of_what_came_are_words(typed):
    code = asked_code(typed)

    assert code is None or not code.is_arrival or code.book


def test_who_may_not_see_what_came_does_not_find_it_by_its_number(index):
    blind = Rights(registers=frozenset({"sao"}))

    assert not any(one.startswith("den-") for one in ids(index, "số đến 6", rights=blind))


# --- codes in pieces ---


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *((one, ["pnx26", "pnx26-cu"]) for one in ("pnx26", "PNX 26", "pnx số 26", "26 pnx", "26pnx", "pnx-26")),
        ("pnx 26 năm 2025", ["pnx26-cu", "pnx26"]),
        ("pnx 26/2025", ["pnx26-cu", "pnx26"]),
        ("PNX-25-00026", ["pnx26-cu", "pnx26"]),
        ("pnx 26 3", ["pnx3"]),
        *((one, ["ggt12"]) for one in ("ggt 12", "ggt12", "12ggt", "GGT số 12", "12ggtvptu", "ggt12vptu")),
        *((one, ["bs5"]) for one in ("bs5", "bs 5", "BS05", "5bs")),
        *((one, ["bcđ4"]) for one in ("bcđ 4", "bcd4", "4-BCĐ", "BCĐ số 4")),
        *((one, ["q213"]) for one in ("qd213", "QĐ213", "qđ213tu", "qd213tu", "213qđtu", "qđ 213 tu")),
    ],
)  # fmt: skip
def test_a_code_in_pieces_is_read_where_such_a_paper_exists(index, typed, found):
    results = index.search(Query(text=typed))

    assert [hit.document_id for hit in results.hits][: len(found)] == found
    assert results.hits[0].is_named
    assert results.suggestion is None


def test_a_word_of_the_archive_is_that_word_before_it_is_a_number(index):
    results = index.search(Query(text="PC07"))

    assert [hit.document_id for hit in results.hits][:2] == ["police", "pc7"]
    assert not results.hits[0].is_named
    assert results.understood.absent is None
    assert ids(index, "pc 7")[0] == "pc7"


# --- what is in no paper ---


def said(index: SearchIndex, typed: str, **filters) -> str:
    return " ".join(index.search(Query(text=typed, **filters)).understood.sentences())


@pytest.mark.parametrize(
    "typed", ["213-QĐ/TW", "213 qd tw", "213-QĐ/TW ngày 02/01/2020", "213-QĐ/TƯ", "qđ213tw"]
)
def test_a_number_that_no_paper_has_is_said_to_be_missing_with_those_that_cite_it(index, typed):
    absent = index.search(Query(text=typed)).understood.absent

    assert "213-QĐ/TW không có trong kho; 2 văn bản dẫn đến văn bản này." in said(index, typed)
    assert set(ids(index, cites=absent.written)) == {"says1", "says2"}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("88-NQ/TU", "88-NQ/TU không có trong kho."),
        ("99-KH/BTCTU", "99-KH/BTCTU không có trong kho; 1 văn bản dẫn đến văn bản này."),
        ("kế hoạch 99", "99-KH không có trong kho; 1 văn bản dẫn đến văn bản này."),
        ("số đến 99", "Số đến 99 không có trong kho."),
        ("số đến 12 năm 2025", "Số đến 12 năm 2025 không có trong kho."),
        ("Nguyễn Văn An", "Không có văn bản nào trong kho có «Nguyễn Văn An»."),
        ("nguyen van an", "Không có văn bản nào trong kho có «nguyen van an»."),
        ("phiếu nhận xét Lò Thị Bích 2026", "Không có văn bản nào trong kho có «Lò Thị Bích»."),
    ],
)
def test_what_no_paper_is_or_holds_is_told(index, typed, told):
    assert told in said(index, typed)


@pytest.mark.parametrize(
    "typed",
    ["213-QĐ/TU", "213", "quyết định 213", "Lò Thị Mây", "lò thị mây", "Trần Văn An", "tong thi la", "điều động cán bộ", "sao lục quy định 213",
     "số đến 6", "213-QĐ/TW của Bộ Chính trị về nơi cư trú", "pnx26", "pnx 999", "", "Quyết Định", "cán bộ Nà Lốm"],
)  # fmt: skip
def test_nothing_is_called_missing_that_is_there_or_that_nobody_asked_for(index, typed):
    assert "không có" not in said(index, typed).lower()


def test_for_a_name_that_nobody_has_another_name_is_offered_and_no_other_word(index):
    assert index.search(Query(text="Nguyễn Văn Bímh")).suggestion == "Nguyễn Văn Bình"
    assert index.search(Query(text="Nguyễn Văn Tý")).suggestion is None


def test_a_name_among_other_words_is_not_taken_for_what_stands_beside_its_second_word(tmp_path):
    text = "Báo cáo, công văn tỉnh gửi đồng chí Nguyễn Văn An"
    index = made(tmp_path, [Paper(document_id=f"bc-{number}", text=text) for number in range(4)])

    for typed in ("báo cáo nguyen van binh", "báo cáo nguyễn văn bình"):
        assert "tỉnh" not in (index.search(Query(text=typed)).suggestion or "")


def test_how_long_something_took_is_no_number_of_a_paper(tmp_path):
    papers = [
        Paper(document_id="half", title="Báo cáo", subject="6 tháng đầu năm", reference="11-BC/TU"),
        Paper(document_id="bc6", title="Báo cáo", subject="tháng 9, năm đầu", reference="06-BC/TU"),
        Paper(document_id="bc5", title="Báo cáo", subject="đầu năm", reference="05-BC/TU"),
    ]
    office = made(tmp_path, papers)

    assert ids(office, "bao cao 6 thang dau nam")[0] == "half"
    assert ids(office, "báo cáo hợp 6 tháng")[0] == "half"
    assert ids(office, "bao cao 6")[0] == "bc6"


def test_what_a_person_may_not_see_is_neither_there_nor_counted(index):
    hidden = Rights(kinds=frozenset({"mat"}))

    assert "1 văn bản dẫn đến" in said(index, "213-QĐ/TW", rights=hidden)
    assert "không có trong số văn bản được xem" in said(index, "213-QĐ/TU", rights=hidden)
    assert "trong số văn bản được xem có «Lò Thị Mây»" in said(index, "Lò Thị Mây", rights=hidden)


def test_a_filter_that_leaves_a_paper_out_does_not_make_it_missing(index):
    assert "không có" not in said(index, "213-QĐ/TU", year=1999)
    assert "không có" not in said(index, "số đến 6", kind="phieu-nhan-xet")
