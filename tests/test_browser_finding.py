"""Finding again, in a real browser: Hôm nay, Tra cứu, one paper, the books, Quản trị, logging in, Xác thực; each deed start to end."""

from __future__ import annotations

import csv
import re
from urllib.parse import quote, urlsplit

import openpyxl
import pytest
from browser_kit import PHONE, axe_source, chromium, desk, serious_findings, web_server
from copies_kit import ATTESTED, SAO_LUC, ask, receive
from helpers import make_office
from office_kit import drop_json, drop_sheet, opened, person, process_here
from web_kit import with_people

from pipeline.books import FORMS

NAMED = "Đàm Thị Bích Liễu"
HOME = "bản Co Mị, xã Nà Khoang"
LIMITS = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}
LETTER = "12-CV/BTCTU"
NEW = "Công Tằng Tôn Nữ Hoàng Anh"
FIRST, SECOND = "con-trau-den-72", "con-trau-vang-81"


@pytest.fixture(scope="module")
def office(tmp_path_factory, cell):
    """Four sheets of people, a letter that came, and a copy of it with its code."""
    folder = tmp_path_factory.mktemp("office")
    office = make_office(folder, gioi_han=LIMITS, ban_sao={"ma_xac_thuc": True})
    office.inbox_dir.mkdir()
    drop_sheet(office, "ds.xlsx", [person(721), person(722), person(723)])
    drop_json(office, "lieu.json", person(724, ho_ten=NAMED, noi_cu_tru_xa="xã Nà Khoang"))
    receive(office, folder, 12)
    process_here(office, cell)
    ask(office, "sao.json", LETTER, **ATTESTED)
    process_here(office, cell)
    with opened(office, cell) as app:
        with_people(app)
    return office


@pytest.fixture(scope="module")
def base(office):
    with web_server(office) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with chromium() as program:
        yield program


@pytest.fixture
def anybody(base, browser):
    """A browser in which nobody is logged in."""
    context = browser.new_context(locale="vi-VN", viewport=PHONE)
    yield context.new_page()
    context.close()


def taken(place, words, tmp_path):
    """The file that a click on these words gives."""
    with place.page.expect_download() as coming:
        place.page.click(f"text={words}")
    path = tmp_path / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_words_without_marks_lead_to_the_pages_of_the_paper_and_its_file(base, browser, tmp_path):
    with desk(browser, base) as place:
        page = place.page
        page.keyboard.press("/")
        page.keyboard.type("dam thi bich lieu")
        page.keyboard.press("Enter")
        page.wait_for_url("**/tra-cuu/**")
        assert NAMED in page.locator(".ket-qua mark").all_inner_texts()

        page.click("aside >> text=Giấy giới thiệu đảng viên")
        page.wait_for_url("**loai=gioi-thieu**")
        assert "Giấy giới thiệu đảng viên" in page.inner_text(".nhan-loc")

        page.click(".ket-qua h2 a")
        page.wait_for_url("**/van-ban/**")
        assert NAMED in page.inner_text(".ve-viec")
        picture = page.locator(".cac-trang img").first
        picture.wait_for()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500

        page.click("text=Nhật ký")
        assert "Cấp số" in page.inner_text(".nhat-ky") or "cấp số" in page.inner_text(".nhat-ky")
        assert taken(place, "Tải PDF", tmp_path).read_bytes().startswith(b"%PDF")


def test_a_number_however_typed_is_the_paper_itself(base, browser):
    with desk(browser, base, account="lanh-dao") as place:
        # From the first page, then from the small box that every other page has.
        for box, typed in (("#q", "12-CV/BTCTU"), ("#tim-nhanh", "12 cv btctu")):
            place.page.fill(box, typed)
            place.page.keyboard.press("Enter")
            place.page.wait_for_url("**/van-ban/**")
            assert place.page.inner_text("h1").startswith(LETTER)


def test_what_is_begun_is_gone_on_with(base, browser):
    with desk(browser, base) as place:
        place.page.locator("#q").press_sequentially("dam thi")
        offered = place.page.locator("#goi-y option").first
        offered.wait_for(state="attached")
        assert "Đàm" in offered.get_attribute("value")


def test_a_search_is_kept_and_run_again_and_its_list_is_taken_along(base, browser, tmp_path):
    with desk(browser, base) as place:
        page = place.page
        place.go(f"/tra-cuu/?q={quote('đồng chí')}&loai=gioi-thieu")
        page.fill("#ten-luu", "Giới thiệu đảng viên")
        page.click(".mang-di button")
        place.see("Đã lưu tìm kiếm")

        place.go("/tra-cuu/")
        page.click(".da-luu >> text=Giới thiệu đảng viên")
        page.wait_for_url("**loai=gioi-thieu**")
        sheet = openpyxl.load_workbook(taken(place, "Tải danh sách (Excel)", tmp_path)).active
        listed = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
        with taken(place, "Tải danh sách (CSV)", tmp_path).open(encoding="utf-8-sig") as text:
            lines = [*csv.reader(text, delimiter=";")]

        for rows in (listed, lines):
            numbers = re.findall(r"\d\d-GGT/VPTU", str(rows))
            assert sorted(set(numbers)) == [f"0{at}-GGT/VPTU" for at in range(1, 5)]
            assert NAMED in str(rows)

        page.click(".da-luu button")
        place.see("Đã bỏ tìm kiếm")
        assert page.locator(".da-luu").count() == 0


def test_nothing_found_says_what_to_do(base, browser):
    with desk(browser, base) as place:
        place.go("/tra-cuu/?q=qwrtp&loai=bien-ban")
        assert "Bớt chữ" in place.page.inner_text(".trong")
        place.page.click("text=tìm ở mọi nơi")
        place.page.wait_for_url("**/tra-cuu/?q=qwrtp")


def test_a_book_is_narrowed_and_printed_and_a_number_is_voided(base, browser, tmp_path):
    with desk(browser, base) as place:
        page = place.page
        page.click(".menu >> text=Sổ")
        page.click("text=Sổ đăng ký văn bản đi")
        page.select_option("#nk", "2025-2030")
        page.fill("#tu", "01/01/2001")
        page.fill("#den", "31/12/2001")
        page.click("text=Lọc")
        assert "Không có dòng nào khớp" in page.inner_text("main")
        page.click("text=Bỏ lọc")
        assert page.locator(".so-dang-ky tbody tr").count() == 4
        assert taken(place, "In sổ (PDF)", tmp_path).read_bytes().startswith(b"%PDF")

        page.click("text=Hủy số 02-GGT/VPTU")
        page.fill("#ly_do", "In hỏng, kẹt giấy")
        page.click("text=Hủy số này")
        place.see("Đã hủy số 02-GGT/VPTU")
        voided = page.locator("tr.da-huy")
        assert "In hỏng, kẹt giấy" in voided.inner_text()
        assert "Hủy số 02" not in page.inner_text(".so-dang-ky")

        page.click("text=Số không có văn bản")
        assert "02-GGT/VPTU" in page.inner_text("main")
        assert "In hỏng, kẹt giấy" in page.inner_text("main")


def test_every_book_has_the_columns_of_its_form(base, browser):
    with desk(browser, base) as place:
        for name, form in FORMS.items():
            place.go(f"/so/{name}/")
            head = place.page.locator("thead th").all_inner_texts()
            if head:  # a book without a line says so instead
                # The first column is for choosing what is printed.
                assert head[1 : len(form.columns) + 1] == [one.title for one in form.columns]
            else:
                assert "chưa có dòng nào" in place.page.inner_text(".trong")


def test_a_new_person_comes_in_by_her_link_and_sees_what_her_role_may(base, browser, anybody):
    with desk(browser, base, account="quan-tri") as place:
        page = place.page
        page.click(".menu >> text=Quản trị")
        page.fill("#full_name", NEW)
        page.fill("#account", "hoang.anh")
        page.select_option("#role", "lanh-dao")
        page.click("text=Lập tài khoản")
        link = page.input_value("#duong-dan")

        anybody.goto(link)
        anybody.fill("#password", FIRST)
        anybody.fill("#again", FIRST)
        anybody.click("text=Lưu mật khẩu")
        enter(anybody, "hoang.anh", FIRST)
        assert "Quản trị" not in anybody.inner_text(".menu")
        assert "Tình trạng máy" not in anybody.inner_text("main")
        anybody.goto(f"{base}/quan-tri/")
        assert "Không có quyền" in anybody.inner_text("h1")
        anybody.goto(link)
        assert "không còn dùng được" in anybody.inner_text("h1")

        anybody.goto(f"{base}/mat-khau/")
        for field, typed in (("old", FIRST), ("password", SECOND), ("again", SECOND)):
            anybody.fill(f"#{field}", typed)
        anybody.click("text=Lưu mật khẩu")
        anybody.get_by_text("Đã đổi mật khẩu").wait_for()
        anybody.click("text=Thoát")
        enter(anybody, "hoang.anh", SECOND)

        page.click("text=Khóa tài khoản")
        place.see("Đã khóa tài khoản")
        anybody.goto(f"{base}/tra-cuu/")
        assert urlsplit(anybody.url).path == "/vao/"
        place.go("/quan-tri/nhat-ky/")
        assert NEW in page.inner_text("table")


def enter(page, account, password):
    page.fill("#account", account)
    page.fill("#password", password)
    page.click("button >> text=Vào")
    page.get_by_text("Hôm nay").first.wait_for()


def test_whoever_comes_in_lands_where_he_wanted(base, anybody):
    anybody.goto(f"{base}/so/di/")
    anybody.fill("#account", "lanh-dao")
    anybody.fill("#password", "khong-phai-mat-khau")
    anybody.click("button >> text=Vào")
    assert "không đúng" in anybody.inner_text("[role=alert]")
    assert anybody.input_value("#account") == "lanh-dao"
    anybody.fill("#password", "suoi-dem-biec-58-mo")
    anybody.click("button >> text=Vào")
    anybody.wait_for_url("**/so/di/")


def test_what_the_office_is_can_be_looked_at(base, browser):
    with desk(browser, base, account="quan-tri") as place:
        place.go("/quan-tri/co-quan/")
        for words in ("Văn phòng Tỉnh ủy Hà Sơn", "Nguyễn Hữu Thọ", "2025-2030"):
            assert words in place.page.inner_text("main")
        place.page.click(".cac-ngan >> text=Loại văn bản")
        assert "phieu-nhan-xet" in place.page.inner_text("table")
        place.page.click(".cac-ngan >> text=Máy in")
        assert "Máy chủ in" in place.page.inner_text("main")
        place.page.click(".cac-ngan >> text=Vai trò")
        assert place.page.locator("tbody tr").count() > 8


def test_a_stranger_learns_whether_a_copy_is_ours_and_no_more(base, office, anybody):
    with anybody.context.new_page() as page:
        code, path = the_code(office)
        page.goto(f"{base}/xac-thuc/")
        page.fill("#code", code[:-1] + ("A" if code[-1] != "A" else "B"))
        page.click("text=Xác thực >> nth=-1")
        assert "R265" in page.inner_text("[role=alert]")
        page.fill("#code", code)
        page.keyboard.press("Enter")
        assert "01-BS/VPTU" in page.inner_text("[role=status]")
        page.set_input_files("#file", path)
        page.click("button >> text=Xác thực")
        assert "01-BS/VPTU" in page.inner_text("[role=status]")
        assert "rà soát" not in page.inner_text("body")


def the_code(office):
    """As printed on the copy that was given out, and that copy."""
    import subprocess

    (path,) = (office.inbox_dir / SAO_LUC / office.folders.results).rglob("BS-*.pdf")
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, text=True)
    return re.search(r"(?:[0-9A-Z]{4}-){3,}[0-9A-Z]{4}", text.stdout)[0], path


def test_from_the_box_to_the_paper_without_a_mouse(base, browser):
    with desk(browser, base) as place:
        page = place.page
        tab_until(page, "document.activeElement.id === 'q'")
        page.keyboard.type("bich lieu")
        page.keyboard.press("Enter")
        page.wait_for_url("**/tra-cuu/**")
        tab_until(page, "document.activeElement.matches('.ket-qua h2 a')")
        page.keyboard.press("Enter")
        page.wait_for_url("**/van-ban/**")
        assert "-GGT/VPTU" in page.inner_text("h1")


def tab_until(page, is_there):
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(is_there):
            return
    pytest.fail(f"not reached by the Tab key: {is_there}")


def addresses(place):
    """My pages, with and without something on them."""
    place.go("/tra-cuu/?q=bich+lieu")
    paper = place.page.locator(".ket-qua h2 a").first.get_attribute("href")
    place.go("/so/di/")
    void = place.page.locator("text=Hủy số").first.get_attribute("href")
    books = [f"/so/{name}/" for name in FORMS]
    manage = [
        f"/quan-tri/{part}"
        for part in ("", "nguoi/van-thu/", "vai-tro/", "co-quan/", "may-in/", "loai/", "nhat-ky/")
    ]
    found = ("/", "/tra-cuu/", "/tra-cuu/?q=bich+lieu&loai=gioi-thieu", "/tra-cuu/?q=qwrtp", paper)
    others = ("/so/", void, "/so/so-khong-co-van-ban/", "/so/di/?tu=x", "/viec-dai/", "/khong-co/")
    return [*found, *books, *others, *manage, "/mat-khau/"]


def test_no_page_is_wide_asks_elsewhere_or_complains(base, browser):
    """On a telephone, with the policy for programs and styles in force."""
    wrong = []
    with desk(browser, base, account="quan-tri") as place:
        page = place.page
        page.set_viewport_size(PHONE)
        page.on("request", lambda asked: asked.url.startswith(base) or wrong.append(asked.url))
        page.on("pageerror", lambda error: wrong.append(f"{page.url} {error}"))
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        for address in addresses(place):
            place.go(address)
            page.wait_for_load_state("networkidle")
            if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
                wrong.append(f"{address} is wide")
        page.context.clear_cookies()
        for address in ("/vao/", "/xac-thuc/"):
            place.go(address)
            if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
                wrong.append(f"{address} is wide")

    # One page of those is not there, which the browser itself says.
    assert [one for one in wrong if "404" not in one] == []


def test_no_page_hinders_whoever_sees_hears_or_types_otherwise(base, browser):
    axe, found = axe_source(), {}
    with desk(browser, base, account="quan-tri", bypass_csp=True) as place:
        pages = addresses(place)
        for address in pages:
            place.go(address)
            place.page.wait_for_load_state("networkidle")
            if wrong := serious_findings(place.page, axe):
                found[address] = wrong
        place.page.context.clear_cookies()
        for address in ("/vao/", "/xac-thuc/"):
            place.go(address)
            if wrong := serious_findings(place.page, axe):
                found[address] = wrong

    assert found == {}
