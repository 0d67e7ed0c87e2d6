"""The office in a browser: who may come in, who may see what, and that nothing typed becomes a program."""

from __future__ import annotations

import pytest
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    letter,
    paper_bytes,
    person,
    process_here,
    small_office,
)
from registers_kit import drop as drop_row
from registers_kit import facts, numbered
from web_kit import PASSWORD, a_person, served, served_sheet, text_of

from pipeline.clock import today
from pipeline.roles import Role
from pipeline.stores.registers.people import People
from pipeline.stores.registers.views import Ruling, Verdict
from pipeline.web.office import served as of_process

NAMED = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell):
    people = person(601), person(602, noi_cu_tru_xa="xã Mường Sơn")
    with served_sheet(tmp_path_factory.mktemp("office"), cell, *people) as web:
        yield web


def paper_of(web, reference="01-GGT/VPTU"):
    (paper,) = web.app.registers.find(reference)
    return paper


def test_whoever_is_not_in_is_asked_to_come_in_and_lands_where_he_wanted(web):
    asked = web.get("/tra-cuu/?q=mường", account="")

    assert asked.status_code == 302
    assert asked["Location"] == "/vao/?next=/tra-cuu/%3Fq%3Dm%25C6%25B0%25E1%25BB%259Dng"


def test_a_wrong_password_says_nothing_of_the_account_and_many_lock_it(web):
    web.person("nhieu-lan", Role.TRA_CUU)
    browser = web.browser("")
    first = browser.post("/vao/", {"account": "nhieu-lan", "password": "sai"})
    unknown = browser.post("/vao/", {"account": "khong-co-ai", "password": "sai"})
    for _ in range(6):
        last = browser.post("/vao/", {"account": "nhieu-lan", "password": "sai"})
    right = browser.post("/vao/", {"account": "nhieu-lan", "password": PASSWORD})

    assert first.status_code == unknown.status_code == 401
    assert "không đúng" in text_of(first)
    assert (last.status_code, right.status_code) == (429, 429)
    assert "15 phút" in text_of(right)


def test_the_way_back_never_leads_to_another_house(web):
    from django.test import Client

    browser = Client(headers={"host": "localhost"})
    sent = {"account": "van-thu", "password": PASSWORD, "next": "https://example.org/vao"}

    assert browser.post("/vao/", sent)["Location"] == "/"


def test_a_link_sets_a_password_once(web):
    people = People(web.app.registers.db, web.app.clock)
    people.add(a_person("moi.den"), "thử")
    account, token = people.entry_token("moi.den")
    link = f"/dat-mat-khau/{account}/{token}/"
    weak = web.post(link, {"password": "1234567890", "again": "1234567890"}, account="")
    own = web.post(link, {"password": "Mới.Đến-2026", "again": "Mới.Đến-2026"}, account="")
    other = web.post(link, {"password": PASSWORD, "again": "khác"}, account="")
    taken = web.post(link, {"password": PASSWORD, "again": PASSWORD}, account="")

    assert "R323" in text_of(weak)
    assert "quá giống tên tài khoản" in text_of(own)
    assert "không giống nhau" in text_of(other)
    assert taken.status_code == 302
    assert web.get(link, account="").status_code == 410
    assert web.browser("moi.den").get("/").status_code == 200


def test_a_closed_account_is_out_at_once(web):
    web.person("nghi-viec", Role.VAN_THU)
    assert web.get("/", account="nghi-viec").status_code == 200

    People(web.app.registers.db, web.app.clock).change("nghi-viec", "thử", is_active=False)

    assert web.get("/", account="nghi-viec").status_code == 302


def test_a_form_from_elsewhere_is_refused_in_words(web):
    from django.test import Client

    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    refused = strict.post("/vao/", {"account": "van-thu", "password": PASSWORD})

    assert refused.status_code == 403
    assert "Trang đã cũ" in text_of(refused)


def test_every_page_forbids_foreign_and_inline_programs(web):
    policy = web.get("/")["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "onclick=" not in text_of(web.get("/tra-cuu/?q=mường"))
    assert web.get("/")["Cache-Control"] == "private, no-store"


def test_a_page_of_another_name_is_not_served(web):
    assert web.get("/healthz", headers={"host": "evil.example"}).status_code == 400


def test_health_needs_nobody(web):
    assert text_of(web.get("/healthz", account="")) == "ok\n"


@pytest.mark.parametrize(
    "typed", [NAMED, '"><img src=x onerror=alert(1)>', "' OR 1=1 --", "*" * 900, "\x00\ud800", "🙂"]
)
def test_whatever_is_searched_for_is_text(web, typed):
    from urllib.parse import quote

    page = web.get("/tra-cuu/?q=" + quote(typed, errors="surrogatepass"))

    assert page.status_code == 200
    assert NAMED not in text_of(page)
    assert "<img src=x" not in text_of(page)


def test_a_search_without_marks_shows_marks_counts_and_the_member(web):
    page = text_of(web.get("/tra-cuu/?q=muong+son"))

    assert "<mark>Mường Sơn</mark>" in page
    assert "02-GGT/VPTU" in page
    assert "Giấy giới thiệu" in page


def test_a_number_that_one_paper_has_leads_to_it(web):
    asked = web.get("/tra-cuu/?q=01-GGT/VPTU")

    assert asked.status_code == 302
    assert asked["Location"] == f"/van-ban/{paper_of(web).id}/"


def test_a_wrong_day_is_told_and_the_rest_still_answered(web):
    page = text_of(web.get("/tra-cuu/?q=gioi+thieu&tu=31/02/2026"))

    assert "«31/02/2026» không phải là ngày" in page
    assert "01-GGT/VPTU" in page or "02-GGT/VPTU" in page


def test_the_words_go_on_as_one_types(web):
    assert "<option" in text_of(web.get("/tra-cuu/goi-y/?q=giới", headers={"HX-Request": "true"}))
    assert web.get("/tra-cuu/goi-y/?q=giới").json()["words"]


def test_a_paper_shows_its_pages_facts_and_journal(web):
    paper = paper_of(web)
    page = text_of(web.get(f"/van-ban/{paper.id}/"))
    pages = text_of(web.get(f"/van-ban/{paper.id}/xem/"))
    picture = web.get(f"/van-ban/{paper.id}/trang/{paper.archived_version}/1.png")

    assert "01-GGT/VPTU" in page
    assert "cấp số" in page
    assert "Trang 1 trên 1" in pages
    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert web.get(f"/van-ban/{paper.id}/trang/9/1.png").status_code == 404
    older = web.get(f"/van-ban/{paper.id}/trang/{paper.archived_version - 1}/1.png")
    assert older["Location"] == f"/van-ban/{paper.id}/trang/{paper.archived_version}/1.png"


def test_the_original_of_a_paper_with_its_record_is_the_paper(tmp_path, cell):
    office = small_office(tmp_path)
    drop(office, VAN_BAN_DEN, "a7.pdf", paper_bytes(tmp_path, "Cong van"))
    drop_json(office, "a7.json", letter(7), VAN_BAN_DEN)
    process_here(office, cell)

    with served(office, cell) as web:
        (paper,) = [one for piece in web.app.registers.dump() for one in piece.documents]
        taken = web.get(f"/van-ban/{paper.id}/tep/original/")
        body = b"".join(taken.streaming_content)

    assert body.startswith(b"%PDF")
    assert ".pdf" in taken["Content-Disposition"]


def test_the_journal_of_a_paper_is_for_those_who_read_the_books(web):
    address = f"/van-ban/{paper_of(web).id}/"

    assert "Nhật ký" in text_of(web.get(address))
    assert "Nhật ký" not in text_of(web.get(address, account="tra-cuu"))


def test_a_file_is_taken_as_an_attachment_and_written_down(web):
    paper = paper_of(web)
    taken = web.get(f"/van-ban/{paper.id}/tep/pdf/")
    body = b"".join(taken.streaming_content)

    assert body.startswith(b"%PDF")
    assert taken["Content-Disposition"].startswith("attachment")
    (line,) = [one for one in web.app.registers.journal_of(paper.id) if one.deed == "file-taken"]
    assert line.person == "Người van-thu (van-thu)"
    assert web.get(f"/van-ban/{paper.id}/tep/../../etc/").status_code == 404
    assert web.get("/van-ban/khong-co/").status_code == 404


def test_a_code_or_a_file_is_checked_by_anybody_without_seeing_more(web, tmp_path):
    asked = web.post("/xac-thuc/", {"code": "ABCD"}, account="")
    nothing = web.post("/xac-thuc/", {}, account="")
    strange = tmp_path / "la.pdf"
    strange.write_bytes(b"%PDF-1.4 la")
    with strange.open("rb") as handle:
        file = web.post("/xac-thuc/", {"file": handle}, account="")

    assert (asked.status_code, nothing.status_code) == (422, 422)
    assert "R265" in text_of(asked)
    assert "không phải bản sao do cơ quan cấp" in text_of(file)


@pytest.mark.parametrize(
    ("address", "account"),
    [
        ("/dang-xu-ly/", "van-thu"),
        ("/dang-xu-ly/", "chuyen-vien"),
        ("/van-ban-di/", "chuyen-vien"),
        ("/van-ban-di/", "van-thu"),
        ("/so/di/", "lanh-dao"),
        ("/", "van-thu"),
    ],
)
def test_a_longer_list_asks_the_database_no_more_often(web, address, account):
    def asked():
        of_process().memory.forget()
        with CaptureQueriesContext(web.app.registers.db.connection) as captured:
            assert web.get(address, account=account).status_code == 200
        return len(captured)

    def more(count):
        for number in range(count):
            owner = "Người chuyen-vien (chuyen-vien)"
            receipt_id, (one,) = drop_row(
                web.app.registers, [f"Dự thảo {number}"], kind="van-ban", owner=owner
            )
            drafts(web.app.registers, receipt_id, one)
            numbered(web.app.registers, [f"Số {number}"], issued_on=today(web.app.clock))

    from django.test.utils import CaptureQueriesContext

    more(1)
    asked()
    few = asked()
    more(4)

    assert asked() == few


def drafts(registers, receipt_id, document_id):
    waits = Ruling(document_id=document_id, verdict=Verdict.NO_NUMBER, facts=facts("Dự thảo"))
    registers.decide(receipt_id, [waits])


def test_a_large_drop_shows_its_first_rows_and_says_that_there_are_more(web):
    names = [f"Người thứ {number}" for number in range(120)]
    papers = numbered(web.app.registers, names, issued_on=today(web.app.clock))
    page = text_of(web.get(f"/dang-xu-ly/{papers[0].receipt_id}/"))

    assert page.count('<li><a href="/van-ban/') == 100
    assert f"/van-ban/{papers[0].id}/" in page
    assert f"/van-ban/{papers[-1].id}/" not in page
    assert "Chỉ hiện 100 văn bản đầu" in page
