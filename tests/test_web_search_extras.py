"""A search goes on: kept under a name, taken along as a list in which nothing becomes a formula."""

from __future__ import annotations

import io

import openpyxl
import pytest
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    drop_sheet,
    letter,
    paper_bytes,
    person,
    process_here,
    small_office,
)
from web_kit import served, served_sheet, text_of

from pipeline.roles import Role
from pipeline.saved_searches import kept_of

HTML = "<i>nghiêng</i>"


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell):
    folder = tmp_path_factory.mktemp("office")
    office = small_office(folder)
    drop_sheet(office, "ds.xlsx", [person(621), person(622), person(623)])
    drop(office, VAN_BAN_DEN, "cv1.pdf", paper_bytes(folder, "A letter"))
    drop_json(office, "cv1.json", letter(1, trich_yeu="=HYPERLINK(1)"), VAN_BAN_DEN)
    process_here(office, cell)
    with served(office, cell) as web:
        yield web


def body(response):
    return b"".join(response.streaming_content)


def test_a_number_that_no_paper_has_leads_to_those_that_cite_it(web):
    page = text_of(web.get("/tra-cuu/?q=213-Q%C4%90%2FTW"))
    citing = text_of(web.get("/tra-cuu/?dan=213-Q%C4%90%2FTW"))

    assert "213-QĐ/TW không có trong kho; 3 văn bản dẫn đến văn bản này." in page
    assert 'href="?dan=213-Q%C4%90%2FTW"' in page
    assert "Xem các văn bản ấy</a>" in page
    assert "<h2>Văn bản khác, gần giống</h2>" in page
    assert citing.count('class="so-kh"') == 3


def test_like_sheets_are_counted_with_the_lines_that_they_are_shown_in(tmp_path, cell):
    with served_sheet(tmp_path, cell, *(person(number) for number in range(501, 507))) as web:
        found = text_of(web.get("/tra-cuu/?q=giới thiệu"))
        each = text_of(web.get("/tra-cuu/?q=giới thiệu&rieng=1"))

    assert "<strong>6</strong> văn bản, gộp thành 1 dòng" in found
    assert "<strong>6</strong> văn bản, đang xem 1–6" in each


def test_a_number_of_another_paper_is_not_opened_for_the_one_asked_for(web):
    assert web.get("/tra-cuu/?q=01-GGT%2FVPTU").status_code == 302
    other = web.get("/tra-cuu/?q=01-GGT%2FTU")
    assert other.status_code == 200
    assert "01-GGT/TU không có trong kho." in text_of(other)


def test_a_search_is_kept_opened_and_forgotten(web):
    kept = web.post("/tra-cuu/luu/", {"ten": HTML, "cau": "q=gi%E1%BB%9Bi&nam=2026"})
    page = text_of(web.get(kept["Location"]))

    assert kept["Location"].startswith("/tra-cuu/?q=gi")
    assert HTML not in page
    assert "&lt;i&gt;nghiêng" in page
    assert "Đã lưu tìm kiếm" in page
    assert "Đã lưu" not in text_of(web.get("/tra-cuu/", account="lanh-dao"))
    web.post("/tra-cuu/bo/", {"ten": HTML})
    assert kept_of("Người van-thu (van-thu)", web.app) == []


def test_a_search_that_cannot_be_kept_says_why(web):
    for address, data, code in (
        ("/tra-cuu/luu/", {"ten": " ", "cau": "q=a"}, "R316"),
        ("/tra-cuu/bo/", {"ten": "không có"}, "R315"),
    ):
        sent = web.post(address, data)
        assert sent.status_code == 302
        assert code in text_of(web.get(sent["Location"]))


def test_another_ones_search_is_not_forgotten(web):
    web.post("/tra-cuu/luu/", {"ten": "của tôi", "cau": "q=a"})
    web.post("/tra-cuu/bo/", {"ten": "của tôi"}, account="lanh-dao")

    assert [one.name for one in kept_of("Người van-thu (van-thu)", web.app)] == ["của tôi"]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_takes_a_list_of_what_it_sees(web, role):
    taken = web.get("/tra-cuu/danh-sach.csv?q=gi%E1%BB%9Bi+thi%E1%BB%87u", account=role.value)

    lines = body(taken).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Số, ký hiệu;Ngày;Loại")
    assert len([one for one in lines if "-GGT/VPTU" in one]) == 3
    assert taken["Content-Disposition"].startswith("attachment")


def test_nothing_of_a_list_is_a_formula(web):
    lines = body(web.get("/tra-cuu/danh-sach.csv?q=")).decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(body(web.get("/tra-cuu/danh-sach.xlsx?q="))))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]

    assert "'=HYPERLINK" in lines
    assert ";=HYPERLINK" not in lines
    assert all(cell.data_type != "f" for cell in cells)
    assert any("GGT/VPTU" in str(cell.value) for cell in cells)


def test_a_list_taken_is_in_the_journal(web):
    web.get("/tra-cuu/danh-sach.csv?q=")
    (*_, line) = web.app.registers.deeds("list-taken")

    assert (line.person, line.data["rows"]) == ("Người van-thu (van-thu)", 4)


def test_a_list_of_nothing_and_of_another_form_is_refused(web):
    assert web.get("/tra-cuu/danh-sach.exe?q=").status_code == 404
    nothing = web.get("/tra-cuu/danh-sach.csv?q=zzzzqqqq+xxxxwwww")
    assert nothing.status_code == 422
    assert "R347" in text_of(nothing)


def test_a_list_holds_only_what_may_be_seen(web):
    from dataclasses import replace

    from pipeline.web.office import served as of_process

    here = of_process()
    shown = here.app
    here.app = replace(
        shown,
        office=replace(
            shown.office, seen_by={"gioi-thieu": ("quan-tri",), VAN_BAN_DEN: ("quan-tri",)}
        ),
    )
    try:
        hidden = web.get("/tra-cuu/danh-sach.csv?q=", account="tra-cuu")
    finally:
        here.app = shown

    assert hidden.status_code == 422


def test_papers_are_chosen_for_printing_only_where_there_is_such_a_page(web):
    from django.urls import NoReverseMatch, reverse

    page = text_of(web.get("/tra-cuu/?q=gi%E1%BB%9Bi"))
    try:
        there = reverse("print")
    except NoReverseMatch:
        there = ""

    assert ('name="id"' in page) == bool(there)
    assert "Tải danh sách" in page
