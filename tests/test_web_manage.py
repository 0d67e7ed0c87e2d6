"""Quản trị for managers alone; long work beside the pages; a number made void from its line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from datetime import date

import pytest
from office_kit import person
from registers_kit import GGT, reserved
from web_kit import PASSWORD, served_sheet, text_of, until_over

from pipeline.errors.errands import ErrandRunning, TooManyErrands
from pipeline.rights import Deed
from pipeline.roles import Role
from pipeline.stores.registers.people import People

HTML = "<b>đậm</b>"


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell):
    people = person(611), person(612), person(613)
    with served_sheet(tmp_path_factory.mktemp("office"), cell, *people) as web:
        yield web


def manager(web, address, data=None, **more):
    if data is None:
        return web.get(address, account="quan-tri", **more)
    return web.post(address, data, account="quan-tri", **more)


def managing():
    from pipeline.web import managing

    return managing


def start(*arguments):
    from pipeline.web.errands import start

    return start(*arguments)


def order(words, *arguments, **more):
    from pipeline.web.errands import Order

    return Order(words=words, arguments=arguments, **more)


def errands_of(owner, app):
    from pipeline.web.errands import errands_of

    return errands_of(owner, app)


def kill_errands(app):
    command = ["pgrep", "-f", f"errand_child {app.work_dir}"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    for pid in listed.stdout.split():
        os.kill(int(pid), signal.SIGKILL)


def test_only_a_manager_comes_in(web):
    for route in managing().ROUTES:
        address = "/" + route.address.replace("<str:account>", "van-thu")
        for role in Role:
            answer = web.get(address, account=role.value)
            assert answer.status_code == (200 if role is Role.QUAN_TRI else 403), role
            if "POST" in route.methods and role is not Role.QUAN_TRI:
                assert web.post(address, {}, account=role.value).status_code == 403
        assert web.get(address, account="").status_code == 302


def test_a_new_person_gets_a_link_that_is_shown_once_and_works(web):
    typed = {"account": "moi.vao", "full_name": HTML, "role": "van-thu", "os_account": "moi"}
    made = manager(web, "/quan-tri/", typed)
    first = text_of(manager(web, made["Location"]))
    again = text_of(manager(web, made["Location"]))
    link = re.search(r"http://localhost(/dat-mat-khau/\S+/)\"", first)[1]

    assert HTML not in first
    assert "&lt;b&gt;đậm" in first
    assert "dat-mat-khau" not in again
    set_ = web.post(link, {"password": PASSWORD, "again": PASSWORD}, account="")
    assert set_.status_code == 302
    assert People(web.app.registers.db, web.app.clock).get("moi.vao").os_account == "nguoi-dung:moi"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"account": "Hoa Hồng"}, "R322"),
        ({"account": "van-thu"}, "R321"),
        ({"full_name": ""}, "R322"),
        ({"role": "vua"}, "R322"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(web, wrong, code):
    typed = {"account": "ai.do", "full_name": "Lương Thị Ngân", "role": "van-thu", "os_account": ""}
    told = manager(web, "/quan-tri/", typed | wrong)

    assert told.status_code == 422
    assert code in text_of(told)
    if "full_name" not in wrong:
        assert "Lương Thị Ngân" in text_of(told)


def test_a_person_is_changed_closed_and_opened(web):
    web.person("se.doi", Role.TRA_CUU)
    people = People(web.app.registers.db, web.app.clock)
    address = "/quan-tri/nguoi/se.doi/"

    manager(
        web, address, {"lam": "luu", "full_name": "Tên Mới", "role": "lanh-dao", "os_account": ""}
    )
    assert (people.get("se.doi").full_name, people.get("se.doi").role) == ("Tên Mới", Role.LANH_DAO)
    manager(web, address, {"lam": "khoa"})
    assert not people.get("se.doi").is_active
    assert "đã khóa" in text_of(manager(web, address))
    manager(web, address, {"lam": "mo"})
    assert people.get("se.doi").is_active
    manager(web, address, {"lam": "duong-dan"})
    assert "/dat-mat-khau/se.doi/" in text_of(manager(web, address))


def test_the_last_manager_stays_one(web):
    told = manager(web, "/quan-tri/nguoi/quan-tri/", {"lam": "khoa"})

    assert told.status_code == 422
    assert "R324" in text_of(told)
    assert web.get("/quan-tri/nguoi/khong.co/", account="quan-tri").status_code == 422


def test_the_table_of_roles_is_the_table_of_rights(web):
    page = text_of(manager(web, "/quan-tri/vai-tro/"))
    row = re.search(r"quản trị: tài khoản.*?</tr>", page, re.DOTALL)[0]

    assert row.count("✓") == 1
    assert set(managing().DEED_OF_ROLES) == set(Deed)
    assert "vanthu.toml" in page


def test_the_office_file_is_shown_as_it_was_read(web):
    page = text_of(manager(web, "/quan-tri/co-quan/"))

    for body in web.app.office.bodies:
        assert body.symbol in page
        for signer in body.signers:
            assert signer.full_name in page
    assert str(web.app.office.root / "vanthu.toml") in page


def test_a_silent_print_server_is_told_in_words(web):
    page = text_of(manager(web, "/quan-tri/may-in/"))

    assert "T326" in page or "Máy in" in page


def test_the_journal_is_filtered_by_person_and_day(web):
    web.app.registers.journal_append("logged-out", "Người lạ (la)", None, {"reason": HTML})
    page = text_of(manager(web, "/quan-tri/nhat-ky/?nguoi=Người lạ"))
    day = f"{web.app.clock.now():%d/%m/%Y}"

    assert "thoát khỏi trang web" in page
    assert HTML not in page
    assert "&lt;b&gt;" in page
    assert "Không có việc nào" in text_of(manager(web, "/quan-tri/nhat-ky/?ngay=01/01/2001"))
    assert "thoát khỏi trang web" in text_of(manager(web, f"/quan-tri/nhat-ky/?ngay={day}"))
    assert "không phải là ngày" in text_of(manager(web, "/quan-tri/nhat-ky/?ngay=hôm nào"))


def test_older_deeds_stand_on_the_next_page(web):
    for _ in range(60):
        web.app.registers.journal_append("logged-in", "Nhiều việc (nhieu)", None, {})
    page = text_of(manager(web, "/quan-tri/nhat-ky/?nguoi=Nhiều việc"))
    older = re.search(r'href="\?([^"]+)">Cũ hơn', page)[1].replace("&amp;", "&")
    rest = text_of(manager(web, "/quan-tri/nhat-ky/?" + older))

    assert page.count("vào trang web</td>") == 50
    assert rest.count("vào trang web</td>") == 10


def test_the_kinds_are_checked_beside_the_page(web):
    asked = manager(web, "/quan-tri/loai/", {})
    assert asked.status_code == 302
    assert "Đang kiểm" in text_of(manager(web, "/quan-tri/loai/"))
    again = manager(web, "/quan-tri/loai/", {})
    assert again.status_code == 422
    assert "R345" in text_of(again)

    kill_errands(web.app)
    until_over("kinds check", web.app)
    assert "không xong" in text_of(manager(web, "/quan-tri/loai/"))

    # A whole check takes a minute; what the page does with its lines is the same for any.
    start(order("Kiểm", "kinds", "list", good=(0, 3)), "kinds check", web.app)
    over = until_over("kinds check", web.app)
    assert over.is_done, over.wrong
    page = text_of(manager(web, "/quan-tri/loai/"))
    assert f"{len(web.app.kinds)} điều cần sửa" in page


# --- long work ---


def book_order():
    from pipeline.web.errands import OUT

    words = ("register", "di", "--format", "csv", "-o", OUT, "--person=Thử")
    return order("Sổ thử", *words, file="so-di.csv")


def test_a_long_file_is_made_beside_the_page_and_is_its_owners_alone(web):
    owner = "Người van-thu (van-thu)"
    errand_id = start(book_order(), owner, web.app)
    with pytest.raises(ErrandRunning):
        start(book_order(), owner, web.app)
    assert "Đang làm" in text_of(web.get("/viec-dai/"))

    over = until_over(owner, web.app)

    assert over.is_done, over.wrong
    taken = web.get(f"/viec-dai/{errand_id}/tep/")
    assert b"01-GGT/VPTU" in b"".join(taken.streaming_content)
    assert taken["Content-Disposition"] == 'attachment; filename="so-di.csv"'
    assert web.get(f"/viec-dai/{errand_id}/tep/", account="quan-tri").status_code == 404
    assert "Sổ thử" not in text_of(web.get("/viec-dai/", account="quan-tri"))


def test_an_errand_that_fails_or_is_killed_says_so_and_frees_its_owner(web):
    start(order("Hỏng", "register", "so-nao"), "ai đó", web.app)
    over = until_over("ai đó", web.app)
    assert not over.is_done
    assert "chỉ có thể là" in over.wrong
    start(order("Ngắt", "watch"), "ai đó", web.app)
    kill_errands(web.app)
    killed = until_over("ai đó", web.app)
    assert not killed.is_done


def test_the_machine_takes_so_many_at_once(web):
    from contextlib import ExitStack

    from pipeline.web.errands import _held, _slot

    with ExitStack() as busy:
        for number in range(3):
            slot = _slot(f"n{number}", web.app)
            slot.mkdir(parents=True)
            assert busy.enter_context(_held(slot)) is not None
        with pytest.raises(TooManyErrands):
            start(book_order(), "một người nữa", web.app)


def test_what_is_a_day_old_is_swept(web, tmp_path):
    from dataclasses import replace
    from datetime import timedelta

    from pipeline.clock import FixedClock
    from pipeline.web.errands import sweep

    start(book_order(), "cũ", web.app)
    until_over("cũ", web.app)
    sweep(replace(web.app, clock=FixedClock(web.app.clock.now() + timedelta(hours=23))))
    assert errands_of("cũ", web.app)
    sweep(replace(web.app, clock=FixedClock(web.app.clock.now() + timedelta(hours=25))))
    assert not errands_of("cũ", web.app)


# --- the books ---


def test_a_number_is_made_void_from_its_line_with_a_reason(web):
    page = text_of(web.get("/so/di/"))
    address = re.search(r'href="(/so/huy-so/\?dong=[^"]+3)"', page)[1]
    asked = text_of(web.get(address))
    assert "Hủy số 03-GGT/VPTU" in asked
    line = re.search(r'name="dong" value="([^"]+)"', asked)[1]

    empty = web.post("/so/huy-so/", {"dong": line, "ly_do": "  "})
    done = web.post("/so/huy-so/", {"dong": line, "ly_do": HTML})
    twice = web.post("/so/huy-so/", {"dong": line, "ly_do": "lần nữa"})

    assert (empty.status_code, done.status_code, twice.status_code) == (422, 302, 422)
    assert "R346" in text_of(empty)
    after = text_of(web.get("/so/di/"))
    assert HTML not in after
    assert "Đã hủy số 03-GGT/VPTU" in after
    assert "Số này đã hủy" in text_of(web.get(address))
    (paper,) = web.app.registers.find("03-GGT/VPTU")
    voided = [one for one in web.app.registers.journal_of(paper.id) if one.deed == "voided"]
    assert voided[0].person == "Người van-thu (van-thu)"


def test_who_may_not_give_numbers_may_not_void_them(web):
    line = "di:VPTU:GGT:2025-2030:1"
    for role in (Role.LANH_DAO, Role.CHUYEN_VIEN, Role.TRA_CUU):
        refused = web.post("/so/huy-so/", {"dong": line, "ly_do": "x"}, account=role.value)
        assert refused.status_code == 403
    assert "/so/huy-so/" not in text_of(web.get("/so/di/", account="lanh-dao"))


@pytest.mark.parametrize(
    "line",
    ["", "x", "di:VPTU:GGT:2025-2030:9999", "a:b:c:d:1", "\x00:1", "di:VPTU:GGT:2025-2030:²"],
)
def test_a_line_that_is_not_there_is_not_found(web, line):
    assert web.post("/so/huy-so/", {"dong": line, "ly_do": "x"}).status_code == 404


def test_a_short_book_is_made_at_once_and_a_long_one_begun(web):
    page = text_of(web.get("/so/di/"))
    assert "/so/di/tep.pdf" in page

    begun = web.post("/so/di/lam-tep/?nam=2026", {"form": "csv"})

    assert begun["Location"] == "/viec-dai/"
    over = until_over("Người van-thu (van-thu)", web.app)
    assert over.is_done, over.wrong
    assert web.post("/so/di/lam-tep/", {"form": "exe"}).status_code == 404
    assert web.post("/so/khac/lam-tep/", {"form": "csv"}).status_code == 404


def test_numbers_without_a_paper_are_turned_page_by_page(web):
    web.app.registers.hold(GGT, reserved(count=105, expires_on=date(2099, 12, 31)))
    first = text_of(web.get("/so/so-khong-co-van-ban/"))
    second = text_of(web.get("/so/so-khong-co-van-ban/?trang=2"))
    beyond = text_of(web.get("/so/so-khong-co-van-ban/?trang=99"))

    lines = [page.count('class="ten lien"') for page in (first, second, beyond)]
    assert lines[0] == 100
    assert 5 <= lines[1] < 100
    assert lines[2] == 0
    assert 'href="?trang=2"' in first
    assert 'href="?trang=1"' in second
    assert "Trang 1</span>" in first
    assert "Trang 2</span>" in second
    assert "Không còn số nào" in beyond
    assert web.get("/so/so-khong-co-van-ban/?trang=-1").status_code == 200
