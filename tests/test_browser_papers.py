"""Papers through a real browser, start to end: dropped, composed, received, sent on, copied, checked, printed; and what the stores say of it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from arrival_papers import Sent, scan, write_paper
from browser_kit import PHONE, axe_source, chromium, desk, serious_findings, web_server
from copies_kit import receive_scan
from cups import running_cups
from helpers import example, make_office
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    opened,
    person,
    process_here,
    running,
    wait_until,
    write_sheet,
)
from printing_kit import pages, with_printer
from web_kit import with_people

from pipeline.clock import today
from pipeline.incoming import find_incoming
from pipeline.legal import OUT_OF_FORCE
from pipeline.record import LegalState
from pipeline.stores.registers.routes import ROUTED, Routes

CLERK, LEADER, READER = "van-thu", "lanh-dao", "tra-cuu"
#: What Chromium itself says of an answer that our form gets on purpose.
_NOT_OURS = "Failed to load resource: the server responded with a status of 422"
FORM = {
    "ho_ten": "Nguyễn Thị Hoàng Lan",
    "ngay_sinh": "21/02/1987",
    "ngay_vao_dang": "19/05/2012",
    "chi_bo": "Chi bộ Phòng Hành chính, Đảng bộ Văn phòng Tỉnh ủy Hà Sơn",
    "noi_cu_tru_xa": "xã Đồng Lâm",
    "noi_cu_tru_tinh": "tỉnh Hà Sơn",
}
DOUBTFUL = Sent(number="45-ZX/BTCTU", mark="KHẨN", subject="tổ chức lớp bồi dưỡng văn thư")


@pytest.fixture(scope="module")
def printer():
    with running_cups() as server:
        printer = server.new_printer()
        yield server.address, printer


@pytest.fixture(scope="module")
def office(tmp_path_factory, cell, printer):
    root = tmp_path_factory.mktemp("office")
    limits = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}
    usual = {"noi_nhan": ["Các chi bộ"], "nguoi_ky": "pcvp", "ma_xac_thuc": True}
    office = make_office(root, gioi_han=limits, ban_sao=usual)
    office.inbox_dir.mkdir(exist_ok=True)
    for number in (21, 22):
        receive_scan(office, root, number)
    paper = write_paper(root / "giay.pdf", DOUBTFUL)
    drop(office, VAN_BAN_DEN, "Scan_0001.pdf", scan(paper, root / "quet.pdf").read_bytes())
    for name in ("cong-van-mot-noi", "thong-bao-ngan"):
        drop_json(office, f"{name}.json", example("van-ban", name), "van-ban")
    process_here(office, cell)
    with opened(office, cell) as app:
        with_people(app)
    address, queue = printer
    return with_printer(office, address, queue.name)


@pytest.fixture(scope="module")
def base(office):
    with running(office, "watch", "work", "keep"), web_server(office) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with chromium() as program:
        yield program


@pytest.fixture(scope="module")
def ask(office, cell):
    """Ask the stores something, aside: the browser's driver has this thread for itself."""
    with ThreadPoolExecutor(max_workers=1) as aside:

        def of_the_office(question):
            with opened(office, cell) as app:
                return question(app)

        yield lambda question: aside.submit(of_the_office, question).result()


def papers(ask, reference):
    return ask(lambda app: app.registers.find(reference))


def arrival(ask, reference):
    return ask(lambda app: find_incoming(reference, app))


def now(ask, paper):
    return ask(lambda app: app.registers.get(paper.id))


def route_of(ask, paper):
    return ask(lambda app: Routes(app.registers.db, app.clock).of([paper.id])[paper.id])


def lines_of(ask, book):
    return ask(lambda app: [*app.registers.newest_entries({"book": book}, limit=100)[0]])


@contextmanager
def seat(browser, base, account=CLERK, **more):
    """A desk at which no program of ours stumbles and nothing is stopped by the rules of content."""
    wrong = []
    with desk(browser, base, account=account, **more) as place:
        place.page.on(
            "console", lambda said: wrong.append(said.text) if said.type == "error" else None
        )
        place.page.on("pageerror", lambda error: wrong.append(str(error)))
        yield place
    assert [one for one in wrong if not one.startswith(_NOT_OURS)] == []


def press(place, name):
    place.page.get_by_role("button", name=name, exact=True).first.click()


def fetched(place, address, path):
    answer = place.page.request.get(address if "://" in address else place.base + address)
    assert answer.ok, answer.status
    path.write_bytes(answer.body())
    return path


def fill_form(page, **more):
    for name, text in (FORM | more).items():
        page.locator(f"[name='f.{name}']").fill(text)
    page.locator("[name='f.gioi_tinh']").select_option("Nữ")


def test_a_form_with_a_mistake_is_mended_looked_at_and_becomes_a_numbered_paper(
    base, browser, ask, tmp_path
):
    with seat(browser, base) as place:
        place.go("/van-ban-di/")
        place.page.get_by_role("link", name="Soạn Giấy giới thiệu").click()
        fill_form(place.page, ngay_sinh="31/02/1987")
        place.page.locator("#f-ngay_sinh-sai p").wait_for()
        assert "31/02/1987" in place.page.inner_text("#f-ngay_sinh-sai")
        assert place.page.locator("#f-ngay_sinh").get_attribute("aria-invalid") == "true"

        place.page.fill("#f-ngay_sinh", FORM["ngay_sinh"])
        place.page.locator("#f-ngay_sinh-sai p").wait_for(state="detached")
        press(place, "Xem trước")
        sheet = place.page.locator("object.du-thao").get_attribute("data")
        (draft,) = pages(fetched(place, sheet, tmp_path / "xem.pdf"))
        assert "DỰ THẢO" in draft
        assert FORM["ho_ten"] in draft
        assert papers(ask, "01-GGT/VPTU") == []

        press(place, "Gửi")
        place.see("Xong – số 01-GGT/VPTU")

    (paper,) = papers(ask, "01-GGT/VPTU")
    assert paper.record["ho_ten"] == FORM["ho_ten"]
    assert paper.archived_version == 1
    receipt = ask(lambda app: app.registers.receipt(paper.receipt_id))
    assert receipt.owner == "Người van-thu (van-thu)"


def test_a_workbook_tells_how_far_it_is_and_which_rows_come_back(base, browser, ask, tmp_path):
    people = [person(300 + at) for at in range(30)]
    for at in (6, 18):
        people[at]["ngay_sinh"] = "31/02/1980"
    before = len(lines_of(ask, "di"))
    with seat(browser, base) as place:
        place.go("/dang-xu-ly/?loai=gioi-thieu")
        place.page.set_input_files("#files", write_sheet(tmp_path / "Quý 4.xlsx", people))
        press(place, "Gửi")
        place.page.locator(".the-viec progress").first.wait_for()
        place.page.reload()
        card = place.page.locator(".the-viec").first
        assert "Quý 4.xlsx" in card.inner_text()
        place.see("Xong 28, cần sửa 2 dòng")
        place.page.get_by_role("link", name="Quý 4.xlsx").first.click()
        rows = place.page.locator(".bang tbody tr").all_inner_texts()

    assert len(rows) == 2
    assert all("31/02/1980" in row for row in rows)
    assert [row.split()[0] for row in rows] == ["8", "20"] or "Dòng 8" in rows[0]
    assert len(lines_of(ask, "di")) == before + 28


@pytest.mark.parametrize(
    ("where", "name", "form"),
    [
        ("paper", "subject", "#xac-nhan"),
        ("paper", "y-kien", "#chuyen"),
        ("/ban-sao/moi/?van-ban=22-CV/BTCTU", "noi-nhan", ".lam-ban-sao"),
        ("/van-ban-den/vao-so/", "subject", "form.don"),
    ],
)
def test_a_closed_browser_loses_nothing_that_was_typed(base, browser, ask, where, name, form):
    address = where if where != "paper" else f"/van-ban-den/{arrival(ask, '22-CV/BTCTU').id}/"
    typed = f"gõ dở ở {form}"
    with seat(browser, base) as place:
        place.go(address)
        place.page.fill(f"{form} [name='{name}']", typed)
        place.see("Đã giữ chữ đang gõ")

    with seat(browser, base) as place:
        place.go(address)
        place.see("chữ bạn gõ dở")
        assert place.page.input_value(f"{form} [name='{name}']") == typed
        press(place, "Bỏ chữ gõ dở")
        assert place.page.input_value(f"{form} [name='{name}']") != typed
        assert place.page.get_by_text("chữ bạn gõ dở").count() == 0
    with seat(browser, base, account="quan-tri") as place:
        place.go(address)
        assert place.page.get_by_text("chữ bạn gõ dở").count() == 0


def test_a_scan_is_confirmed_sent_on_from_a_telephone_and_its_sheet_printed(
    base, browser, ask, tmp_path
):
    with seat(browser, base) as place:
        place.go("/van-ban-den/")
        place.page.locator(".the-viec a").first.click()
        place.page.locator(".cac-trang img").first.wait_for()
        for name, value in (
            ("number", "45-CV/BTCTU"),
            ("subject", "tổ chức lớp bồi dưỡng văn thư"),
        ):
            place.page.fill(f"#m-{name}", value)
        place.see("Đã giữ chữ đang gõ")
        place.page.get_by_label("Những mục để trống").check()
        press(place, "Xác nhận")
        place.see("Đã ghi thông tin của")
        assert place.page.get_by_text("chữ bạn gõ dở").count() == 0
    paper = arrival(ask, "45-CV/BTCTU")
    due = ask(lambda app: today(app.clock)) + timedelta(days=5)

    with seat(browser, base, account=LEADER) as place:
        place.page.set_viewport_size(PHONE)
        place.go("/xin-y-kien/")
        card = place.page.locator(f"#vb-{paper.id}")
        card.get_by_text("Xem văn bản").click()
        card.locator("img").first.wait_for()
        assert place.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        card.locator("[name='y-kien']").fill("Phòng Tổng hợp cử người dự.")
        card.locator("[name='chuyen-den']").fill("Phòng Tổng hợp")
        card.locator("[name='han']").fill(f"{due:%d/%m/%Y}")
        card.get_by_role("button", name="Ghi ý kiến").click()
        place.see("Đã ghi ý kiến về")
        assert place.page.locator(f"#vb-{paper.id}").count() == 0

    known = route_of(ask, paper)
    assert (known.to, known.due_on) == (("Phòng Tổng hợp",), due)
    # Not the journal's last line: what OCR read of the paper may be entered meanwhile.
    told = ask(lambda app: app.registers.deeds_on([paper.id], [ROUTED]))[paper.id]
    assert [line.person for line in told] == ["Người lanh-dao (lanh-dao)"]
    with seat(browser, base) as place:
        place.go(f"/van-ban-den/{paper.id}/")
        sheet = place.page.get_by_role("link", name="Phiếu giải quyết").get_attribute("href")
        (text,) = pages(fetched(place, sheet, tmp_path / "phieu.pdf"))
    assert "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN" in text
    assert "Phòng Tổng hợp cử người dự." in text


def test_a_copy_is_made_printed_checked_and_revoked(base, browser, ask, printer, tmp_path):
    with seat(browser, base) as place:
        place.go("/ban-sao/moi/")
        place.page.fill("#van-ban", "21-CV/BTCTU")
        press(place, "Tiếp")
        place.page.fill("#noi-nhan", "Chi bộ 1\nChi bộ 2")
        place.page.fill("#ly-do", "quán triệt")
        press(place, "Làm bản sao")
        place.see("Đã nhận yêu cầu")
        place.see("Xong – số 01-BS/VPTU").click()
        place.page.get_by_role("button", name="In", exact=True).click()
        press(place, "In")
        place.see("Đã in xong")
        code = papers(ask, "01-BS/VPTU")[0].id
        pdf = fetched(place, f"/van-ban/{code}/tep/pdf/", tmp_path / "sao.pdf")
    (copy,) = papers(ask, "01-BS/VPTU")
    assert copy.facts.recipients == ("Chi bộ 1", "Chi bộ 2")
    _, queue = printer
    assert "SAO LỤC" in " ".join(pages(queue.printed()[-1])).upper()

    changed = tmp_path / "sua.pdf"
    changed.write_bytes(pdf.read_bytes() + b"\n% them\n")
    with seat(browser, base, account=READER) as place:
        for file, words in ((pdf, "01-BS/VPTU"), (changed, "không")):
            place.go("/xac-thuc/")
            place.page.set_input_files("#file", file)
            press(place, "Xác thực")
            told = place.page.inner_text("main [role='status']")
            assert words in told.replace("Không", "không")
            assert ("tot" in place.page.get_attribute("main [role='status']", "class")) == (
                file == pdf
            )
        assert "quán triệt" not in place.page.content()

    with seat(browser, base) as place:
        place.go("/ban-sao/")
        place.page.get_by_role("link", name="01-BS/VPTU").click()
        place.page.select_option("#thu-ban", "tat-ca")
        place.page.fill("#ly-do", "sao nhầm")
        press(place, "Thu hồi")
        place.see("Đã thu hồi")
        place.go("/xac-thuc/")
        place.page.set_input_files("#file", pdf)
        press(place, "Xác thực")
        assert "không còn hiệu lực" in place.page.inner_text("main [role='status']")
    assert now(ask, copy).legal_state in OUT_OF_FORCE


def test_pages_are_ticked_for_an_extract(base, browser, ask):
    with seat(browser, base) as place:
        place.go("/ban-sao/moi/?van-ban=21-CV/BTCTU")
        assert not place.page.locator("#phan-trang").is_visible()
        place.page.get_by_label("Trích sao").check()
        place.page.locator(".trang-nho label").first.click()
        press(place, "Làm bản sao")
        place.see("trích sao 21-CV/BTCTU")

    def extract():
        return [row for row in lines_of(ask, "sao") if row.kind == "trich-sao"]

    (row,) = wait_until(extract, seconds=90)
    copy = ask(lambda app: app.registers.get(row.entry.document_id))
    assert copy.record["trang_trich"] == "1"


def test_a_draft_is_issued_and_its_number_made_void_after_a_yes(base, browser, ask):
    with seat(browser, base) as place:
        place.go("/van-ban-di/")
        place.page.get_by_role("link", name="Cấp số: về việc mượn hội trường").click()
        press(place, "Tiếp tục")
        assert [*papers(ask, "01-CV/VPTU")] == []
        press(place, "Cấp số, phát hành")
        place.see("Đã cấp số 01-CV/VPTU")
        (paper,) = papers(ask, "01-CV/VPTU")
        assert paper.legal_state is not LegalState.HUY_SO

        wait_until(lambda: now(ask, paper).archived_version >= 2, seconds=90)
        place.page.reload()
        place.page.get_by_role("link", name="Soạn văn bản đính chính").click()
        assert "01-CV/VPTU" in place.page.content()
        place.go(f"/van-ban/{paper.id}/")
        place.page.get_by_role("link", name="Hủy số").click()
        place.page.fill("#reason", "cấp nhầm")
        press(place, "Tiếp tục")
        place.see("Việc này không làm ngược lại được")
        press(place, "Hủy số")
        place.page.wait_for_url(f"**/van-ban/{paper.id}/")
    assert now(ask, paper).legal_state is LegalState.HUY_SO


def test_papers_go_to_a_printer_as_one_job_and_a_spoilt_sheet_again(base, browser, ask, printer):
    _, queue = printer
    with seat(browser, base) as place:
        place.go("/in-an/")
        place.page.fill("#so", "21-CV/BTCTU\n22-CV/BTCTU")
        press(place, "Thêm")
        place.page.select_option("#may-in", queue.name)
        before = len(queue.printed())
        press(place, "In")
        place.see("Đã in xong")
        place.page.get_by_label("Có tờ hỏng").check()
        place.page.fill("#to-hong", "2")
        press(place, "Ghi kết quả")
        place.see("tờ hỏng: 2")
        assert place.page.input_value("#to-lai") == "2"
        place.page.locator("form[action$='in-lai/'] select").select_option(queue.name)
        press(place, "In lại")
        place.see("Đã in xong")
    first, again = queue.printed()[before:]
    assert (len(pages(first)), len(pages(again))) == (2, 1)
    (newest, before_it) = ask(lambda app: app.registers.prints(2))
    assert (newest.again_of, newest.only_sheets) == (before_it.id, (2,))


def test_a_reader_prints_on_this_machine_with_the_mark_on_every_page(base, browser, tmp_path):
    with seat(browser, base, account=READER) as place:
        place.go("/in-an/")
        place.see("BẢN TRA CỨU")
        place.page.fill("#so", "22-CV/BTCTU")
        press(place, "Thêm")
        place.page.select_option("#may-in", "tai-may-nay")
        press(place, "In")
        file = place.page.get_by_role("link", name="Mở tệp PDF để in").get_attribute("href")
        (text,) = pages(fetched(place, file, tmp_path / "in.pdf"))
    assert "BẢN TRA CỨU" in text
    assert "Người tra-cuu" in text


def test_an_opinion_is_written_by_keyboard_alone(base, browser, ask):
    paper = arrival(ask, "22-CV/BTCTU")
    with seat(browser, base, account=LEADER) as place:
        place.go(f"/van-ban-den/{paper.id}/")
        place.page.locator(".cac-trang img").first.wait_for()
        _tab_to(place.page, "y-kien")
        place.page.keyboard.type("Lưu, theo dõi.")
        _tab_to(place.page, "chuyen-den")
        place.page.keyboard.type("Phòng Hành chính")
        place.page.keyboard.press("Enter")
        place.see("Đã ghi ý kiến về")
    known = route_of(ask, paper)
    assert known.to == ("Phòng Hành chính",)


def _tab_to(page, wanted):
    for _ in range(80):
        if page.evaluate("document.activeElement.id") == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached")


def test_no_page_hinders_anybody_or_is_wider_than_a_telephone(base, browser, ask):
    axe = axe_source()
    paper = arrival(ask, "21-CV/BTCTU")
    addresses = [
        "/dang-xu-ly/",
        "/van-ban-di/",
        "/van-ban-di/soan/gioi-thieu/",
        "/van-ban-di/soan/van-ban/",
        "/van-ban-den/",
        f"/van-ban-den/{paper.id}/",
        "/van-ban-den/vao-so/",
        "/xin-y-kien/",
        "/ban-sao/",
        f"/ban-sao/moi/?van-ban={paper.id}",
        "/xac-thuc/",
        "/xac-thuc/dien-thoai/",
        "/in-an/",
    ]
    hindrances, wide = {}, []
    with desk(browser, base, bypass_csp=True) as place:
        place.page.set_viewport_size(PHONE)
        copies = place.page.request.get(f"{base}/ban-sao/").text()
        assert "BS/VPTU" in copies
        for address in addresses:
            place.go(address)
            if place.page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
                wide.append(address)
            if found := serious_findings(place.page, axe):
                hindrances[address] = found

    assert json.dumps(hindrances, indent=1, ensure_ascii=False) == "{}"
    assert wide == []
