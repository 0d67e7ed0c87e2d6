"""Bản sao in the browser: asked for by a form, made by the flow, given out and revoked; and the telephone."""

from __future__ import annotations

import multiprocessing
import re
from datetime import timedelta

import pytest
from copies_kit import FULL, SHORT, receive, receive_scan
from helpers import make_office
from office_kit import process_here
from web_kit import served, text_of

from pipeline.copies import copies_of, holders_of
from pipeline.copy_code import spelled
from pipeline.record import LegalState
from pipeline.roles import Role
from pipeline.stores.registers.uploads import Uploads
from pipeline.web.limiting import Limiter

HOSTILE = "<script>alert(1)</script>"
CLERK = "Người van-thu (van-thu)"
SCANNED, UNSIGNED, MARKED = "21-CV/BTCTU", "22-CV/BTCTU", "23-CV/BTCTU"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    usual = {"noi_nhan": ["Các chi bộ"], "nguoi_ky": "pcvp", "ma_xac_thuc": True}
    limits = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}
    office = make_office(tmp_path_factory.mktemp("office"), gioi_han=limits, ban_sao=usual)
    receive_scan(office, office.root, 21)
    receive(office, office.root, 22, FULL, SHORT, SHORT)
    receive(office, office.root, 23, SHORT, luu_hanh=["luu-hanh-noi-bo"])
    return office


@pytest.fixture(scope="module")
def web(office, cell):
    process_here(office, cell)
    with served(office, cell) as web:
        yield web


def paper_of(web, reference):
    (paper,) = [one for one in web.app.registers.find(reference) if one.kind == "van-ban-den"]
    return paper


def ask(web, reference, form="sao-luc", account="van-thu", **more):
    sent = {"van-ban": reference, "hinh-thuc": form, **more}
    return web.post("/ban-sao/moi/", sent, account=account)


def made(web, office, cell, reference, form="sao-luc", **more):
    """The copy that a form led to, once the flow is through."""
    uploads = Uploads(web.app.registers.db)
    answer = ask(web, reference, form, **more)
    assert answer.status_code == 302, text_of(answer)
    # By what was sent: what another test left in the inbox becomes a copy at the same time.
    (sent, *_) = uploads.recent(CLERK, web.app.clock.now() - timedelta(hours=1))
    process_here(office, cell)
    taken = uploads.get(sent.id).receipt_id
    copies = copies_of(paper_of(web, reference), web.app)
    (copy,) = [one for one in copies if one.receipt_id == taken]
    return copy


@pytest.fixture(scope="module")
def some_copy(web, office, cell):
    """One that only needs to be there."""
    return made(web, office, cell, SCANNED, **{"noi-nhan": "Nơi nào đó"})


def test_a_form_becomes_a_drop_of_its_person_and_a_copy_in_the_list(web, office, cell):
    sent = {"noi-nhan": "Chi bộ 1\nChi bộ 2", "ly-do": "học tập", "nguoi-ky": "VPTU/cvp"}
    copy = made(web, office, cell, SCANNED, **sent)

    receipt = web.app.registers.receipt(copy.receipt_id)
    assert (receipt.owner, copy.record["nguoi_sao"]) == (CLERK, CLERK)
    assert copy.facts.recipients == ("Chi bộ 1", "Chi bộ 2")
    assert "Sao để: học tập" in copy.facts.note
    listed = text_of(web.get("/ban-sao/"))
    assert copy.number.shown in listed
    assert SCANNED in listed
    assert "Chi bộ 1; Chi bộ 2" in listed


def test_the_request_goes_to_what_is_being_worked_on_and_waits_for_nothing(web):
    answer = ask(web, SCANNED, **{"noi-nhan": "Chi bộ chờ"})

    assert (answer.status_code, answer["Location"]) == (302, "/dang-xu-ly/")
    page = text_of(web.get("/dang-xu-ly/"))
    assert f"Đã nhận yêu cầu sao lục {SCANNED}" in page
    assert "chờ tệp đủ" in page


def test_the_wrong_form_is_refused_with_its_sentence_and_what_was_typed_is_kept(web):
    answer = ask(web, SCANNED, "sao-y", **{"noi-nhan": f"Nơi {HOSTILE}"})

    assert answer.status_code == 422
    page = text_of(answer)
    assert "R260" in page
    assert "Hình thức đúng: sao lục" in page
    assert HOSTILE not in page
    assert "Nơi &lt;script&gt;" in page


def test_a_paper_that_nothing_vouches_for_is_told_before_and_copied_when_somebody_compared_it(
    web, office, cell
):
    page = text_of(web.get(f"/ban-sao/moi/?van-ban={UNSIGNED}"))
    assert "R261" in page
    assert 'name="doi-chieu"' in page
    assert 'name="doi-chieu"' not in text_of(web.get(f"/ban-sao/moi/?van-ban={SCANNED}"))
    refused = ask(web, UNSIGNED)
    assert refused.status_code == 422
    assert "R261" in text_of(refused)

    copy = made(web, office, cell, UNSIGNED, **{"doi-chieu": "Đinh Thùy Nhung"})
    assert copy.record["doi_chieu_boi"] == "Đinh Thùy Nhung"


def test_a_mark_of_circulation_stops_it_until_a_reason_is_written(web, office, cell):
    page = text_of(web.get(f"/ban-sao/moi/?van-ban={MARKED}"))
    assert "Lưu hành nội bộ" in page
    assert page.index("R262") < page.index('name="van-sao"')
    assert ask(web, MARKED).status_code == 422

    sent = {"van-sao": "Thường trực đồng ý", "doi-chieu": "Đinh Thùy Nhung"}
    copy = made(web, office, cell, MARKED, **sent)
    assert (copy.record["van_sao_boi"], copy.record["van_sao_ly_do"]) == (
        CLERK,
        "Thường trực đồng ý",
    )


def test_pages_are_ticked_or_typed_for_an_extract(web, office, cell):
    compared = {"doi-chieu": "Đinh Thùy Nhung"}
    for typed in ({}, {"cac-trang": "1-999999999"}, {"cac-trang": "hai"}, {"cac-trang": "4"}):
        assert ask(web, UNSIGNED, "trich-sao", **typed, **compared).status_code == 422, typed

    ticked = made(web, office, cell, UNSIGNED, "trich-sao", trang=["3", "1"], **compared)
    typed = made(web, office, cell, UNSIGNED, "trich-sao", **{"cac-trang": "1-2"}, **compared)
    assert (ticked.record["trang_trich"], typed.record["trang_trich"]) == ("1, 3", "1-2")


def test_the_form_shows_the_pages_of_the_file_that_is_copied(web):
    paper = paper_of(web, UNSIGNED)
    page = text_of(web.get(f"/ban-sao/moi/?van-ban={UNSIGNED}"))
    pictures = re.findall(r'src="(/ban-sao/nguon/[^"]+)"', page)

    assert len(pictures) == 3
    picture = web.get(pictures[0])
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert web.get(f"/ban-sao/nguon/{paper.id}/99/1.png").status_code == 404
    assert web.get(f"/ban-sao/nguon/{paper.id}/0/1.png")["Location"] == pictures[0]


def test_serials_are_given_and_revoked_one_by_one_and_then_all(web, office, cell):
    sent = {"danh-so": "3", "noi-nhan": "Các chi bộ", "cap-them": "1"}
    copy = made(web, office, cell, SCANNED, **sent)
    address = f"/ban-sao/{copy.id}"

    assert web.post(f"{address}/giao/", {"ban": "2", "nguoi-nhan": "Ông A"}).status_code == 302
    held = {one.serial: one.holder for one in holders_of(copy, web.app)}
    assert held == {1: "", 2: "Ông A", 3: ""}
    told = text_of(web.get(f"{address}/"))
    assert "Đã ghi: Ông A nhận bản sao." in told
    assert "kho chưa ghi nhận bản ký, đóng dấu" in told
    assert told.count("chưa ghi nhận bản ký") == 3
    assert web.post(f"{address}/giao/", {"ban": "9", "nguoi-nhan": "Ông B"}).status_code == 422
    assert web.post(f"{address}/giao/", {"ban": "1", "nguoi-nhan": " "}).status_code == 422
    for sent in ({"ban": "2"}, {"ly-do": "sai"}, {"ban": "", "ly-do": "sai"}):
        assert web.post(f"{address}/thu-hoi/", sent).status_code == 422, sent
    assert web.post(f"{address}/thu-hoi/", {"ban": "2", "ly-do": "giao nhầm"}).status_code == 302
    page = text_of(web.get(f"{address}/"))
    assert "giao nhầm" in page
    assert web.app.registers.get(copy.id).legal_state is not LegalState.THU_HOI

    assert web.post(f"{address}/thu-hoi/", {"ban": "tat-ca", "ly-do": "hết hạn"}).status_code == 302
    assert web.app.registers.get(copy.id).legal_state is LegalState.THU_HOI
    twice = web.post(f"{address}/thu-hoi/", {"ban": "tat-ca", "ly-do": "hết hạn"})
    assert (twice.status_code, "R268" in text_of(twice)) == (422, True)
    assert "thu hồi" in text_of(web.get("/ban-sao/"))
    people = {line.person for line in web.app.registers.journal_of(copy.id) if "copy" in line.deed}
    assert people == {CLERK}


def test_a_holder_with_a_program_in_his_name_is_text(web, office, cell):
    copy = made(web, office, cell, SCANNED, **{"noi-nhan": f"Nơi nhận {HOSTILE}"})
    web.post(f"/ban-sao/{copy.id}/giao/", {"nguoi-nhan": f"Ông {HOSTILE}"})

    for address in ("/ban-sao/", f"/ban-sao/{copy.id}/", f"/van-ban/{copy.id}/"):
        assert HOSTILE not in text_of(web.get(address)), address


def test_only_clerks_reach_the_copies_and_only_they_see_the_button(web, some_copy):
    paper, copy = paper_of(web, SCANNED), some_copy
    pages = ["/ban-sao/", "/ban-sao/moi/", f"/ban-sao/{copy.id}/"]
    deeds = ["/ban-sao/moi/", f"/ban-sao/{copy.id}/giao/", f"/ban-sao/{copy.id}/thu-hoi/"]
    for role in Role:
        may = role in {Role.VAN_THU, Role.QUAN_TRI}
        for address in pages:
            told = web.get(address, account=role.value).status_code
            assert told == (200 if may else 403), (role, address)
        for address in deeds:
            told = web.post(address, {"nguoi-nhan": ""}, account=role.value).status_code
            assert (told == 403) is not may, (role, address)
        has_button = "Sao văn bản này" in text_of(web.get(f"/van-ban/{paper.id}/", role.value))
        assert has_button is may, role
    assert web.get("/ban-sao/", account="").status_code == 302


def test_what_is_no_copy_has_no_page_of_a_copy(web):
    assert web.get(f"/ban-sao/{paper_of(web, SCANNED).id}/").status_code == 404
    assert web.get("/ban-sao/khong-co/").status_code == 404
    unknown = web.get("/ban-sao/moi/?van-ban=" + HOSTILE)
    assert unknown.status_code == 422
    assert HOSTILE not in text_of(unknown)


# --- xác thực ---


def test_a_code_read_at_the_telephone_tells_number_day_and_holder(web, office, cell):
    copy = made(web, office, cell, SCANNED, **{"noi-nhan": "Đảng ủy xã Mường Sơn"})
    code = spelled(copy.facts.verification).lower()
    page = text_of(web.post("/xac-thuc/dien-thoai/", {"code": code}, account="tra-cuu"))

    assert "Có</p>" in page
    assert copy.number.shown in page
    assert f"{copy.number.issued_on:%d/%m/%Y}" in page
    assert "Đảng ủy xã Mường Sơn" in page

    web.post(f"/ban-sao/{copy.id}/thu-hoi/", {"ban": "tat-ca", "ly-do": "cấp nhầm"})
    page = text_of(web.post("/xac-thuc/dien-thoai/", {"code": code}, account="tra-cuu"))
    assert "Không</p>" in page
    assert "cấp nhầm" in page


def test_a_bare_reference_tells_nothing_to_anybody(web, some_copy):
    copy = some_copy
    for address, account in (("/xac-thuc/", ""), ("/xac-thuc/dien-thoai/", "tra-cuu")):
        for typed in (copy.number.shown, copy.number.shown.split("/")[0], copy.id, SCANNED, ""):
            answer = web.post(address, {"code": typed}, account=account)
            assert answer.status_code == 422, (address, typed)
            assert "ngày" not in text_of(answer).partition("<main")[2], (address, typed)
    assert web.get("/xac-thuc/dien-thoai/", account="").status_code == 302


def _ask_often(path, answers):
    limiter = Limiter(path, 10, 10_000.0)
    answers.put(sum(limiter.may("10.0.0.7") for _ in range(8)))


def test_questions_are_counted_over_all_processes_of_the_server(tmp_path):
    path = tmp_path / "dem"
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    children = [context.Process(target=_ask_often, args=(path, answers)) for _ in range(4)]
    for child in children:
        child.start()
    allowed = [answers.get(timeout=30) for _ in children]
    for child in children:
        child.join()

    assert sum(allowed) == 10
    assert Limiter(path, 10, 10_000.0).may("10.0.0.8")
    assert not Limiter(path, 10, 10_000.0).may("10.0.0.7")


def test_whoever_asks_too_often_is_told_to_wait(web):
    answers = [
        web.post("/xac-thuc/", {"code": "x"}, account="", REMOTE_ADDR="10.9.9.9") for _ in range(41)
    ]

    assert answers[0].status_code == 422
    assert 429 in {one.status_code for one in answers}
    assert "Hãy đợi một phút" in text_of(next(one for one in answers if one.status_code == 429))
