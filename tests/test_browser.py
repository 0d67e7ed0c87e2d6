"""The office through a real browser: each page's main deed, with and without programs in the page, by keyboard alone."""

from __future__ import annotations

import json

import pytest
from browser_kit import PHONE, axe_source, chromium, desk, serious_findings, web_server
from office_kit import (
    drop_sheet,
    opened,
    person,
    process_here,
    running,
    small_office,
)
from web_kit import with_people

NAMED = "Đàm Thị Bích Liễu"


@pytest.fixture(scope="module")
def office(tmp_path_factory, cell):
    office = small_office(tmp_path_factory.mktemp("office"))
    drop_sheet(office, "ds.xlsx", [person(711), person(712), person(713, ho_ten=NAMED)])
    process_here(office, cell)
    with opened(office, cell) as app:
        with_people(app)
    return office


@pytest.fixture(scope="module")
def base(office):
    with running(office, "watch", "work", "keep"), web_server(office) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with chromium() as program:
        yield program


def test_a_record_sent_by_the_browser_becomes_a_numbered_paper(office, base, browser, tmp_path):
    record = tmp_path / "giấy giới thiệu.json"
    record.write_text(json.dumps(person(714)), encoding="utf-8")

    with desk(browser, base) as place:
        place.go("/dang-xu-ly/")
        place.page.select_option("#kind", "gioi-thieu")
        place.page.set_input_files("#files", record)
        place.page.click("text=Gửi")
        place.see("Đã gửi")
        place.see("Xong – số 04-GGT/VPTU").click()
        assert "04-GGT/VPTU" in place.page.inner_text("h1")
        place.page.locator(".cac-trang img").first.wait_for()
        assert place.page.locator(".cac-trang img").count() == 1


def test_what_is_wrong_comes_back_with_its_reason(base, browser, tmp_path):
    record = tmp_path / "thieu.json"
    record.write_text(json.dumps({"ho_ten": "Đàm Văn Thiếu"}), encoding="utf-8")

    with desk(browser, base) as place:
        place.go("/dang-xu-ly/")
        place.page.select_option("#kind", "gioi-thieu")
        place.page.set_input_files("#files", record)
        place.page.click("text=Gửi")
        place.see("Cần sửa")
        assert "R10" in place.page.inner_text(".the-viec.sua")


def test_a_paper_is_found_without_any_program_in_the_page(base, browser):
    with desk(browser, base, java_script_enabled=False) as place:
        place.page.fill("#q", "dam thi bich lieu")
        place.page.click(".o-tim button")
        assert NAMED in place.page.inner_text(".ket-qua")
        place.page.click(".ket-qua a")
        place.page.click("text=Xem các trang")
        assert place.page.locator(".cac-trang img").count() == 1
        address = place.page.locator(".cac-trang img").first.get_attribute("src")
        assert place.page.request.get(base + address).ok


def test_keyboard_alone_is_enough(base, browser):
    with desk(browser, base) as place:
        page = place.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Đến nội dung"
        for _ in range(40):
            if page.evaluate("document.activeElement.id") == "q":
                break
            page.keyboard.press("Tab")
        page.keyboard.type("bich lieu")
        page.keyboard.press("Enter")
        place.see("văn bản")
        assert "mark" in page.inner_html(".ket-qua")


def test_nobody_finds_a_serious_hindrance(base, browser):
    axe = axe_source()
    found = {}
    with desk(browser, base, account="quan-tri", bypass_csp=True) as place:
        for address in _pages(place):
            place.go(address)
            if wrong := serious_findings(place.page, axe):
                found[address] = wrong

    assert found == {}


def test_no_page_is_wider_than_a_phone(base, browser):
    with desk(browser, base, account="quan-tri") as place:
        place.page.set_viewport_size(PHONE)
        wide = []
        for address in _pages(place):
            place.go(address)
            if place.page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
                wide.append(address)

    assert wide == []


def _pages(place) -> list[str]:
    """Every page of the menu, and one paper."""
    place.go("/tra-cuu/?q=bich+lieu")
    paper = place.page.locator(".ket-qua a").first.get_attribute("href")
    menu = [link.get_attribute("href") for link in place.page.locator(".menu a").all()]
    return [*menu, "/tra-cuu/?q=bich+lieu", paper, "/so/di/", "/xac-thuc/", "/mat-khau/"]
