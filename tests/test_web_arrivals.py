"""Văn bản đến in a browser: what waits is confirmed, joined, sent back and sent on, by whoever may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from arrival_papers import Sent, scan, write_paper
from helpers import make_office
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    letter,
    paper_bytes,
    process_here,
    small_office,
)
from web_kit import served, text_of

from pipeline.clock import today
from pipeline.engines import raster
from pipeline.incoming import find_incoming, waiting_papers
from pipeline.journal_words import deed_in_words
from pipeline.record import LegalState
from pipeline.roles import Role
from pipeline.stores.registers.routes import Routes

INK = '<p style="color:red">VĂN PHÒNG TỈNH ỦY HÀ SƠN<br><b>ĐẾN</b><br>Số 19 Ngày 16/10/2026<br>Chuyển:</p>'
NAMED = "<script>alert(1)</script>"


def sent(folder, office, name: str, paper: Sent) -> None:
    drop(office, VAN_BAN_DEN, name, write_paper(folder / name, paper).read_bytes())


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell):
    folder = tmp_path_factory.mktemp("giay")
    office = small_office(tmp_path_factory.mktemp("office"))
    sent(folder, office, "dien tu.pdf", Sent())
    process_here(office, cell)
    sent(folder, office, "giay.pdf", Sent(text="<p>Bản giấy.</p>"))
    doubtful = write_paper(
        folder / "b.pdf", Sent(number="45-ZX/BTCTU", mark="KHẨN", subject="việc trên bản quét")
    )
    drop(office, VAN_BAN_DEN, "Scan_0001.pdf", scan(doubtful, folder / "s.pdf").read_bytes())
    for number in (15, 16, 17, 18):
        drop(office, VAN_BAN_DEN, f"cv{number}.pdf", paper_bytes(folder, f"Cong van {number}"))
        more = {"trich_yeu": NAMED} if number == 16 else {"chuyen": []}
        drop_json(office, f"cv{number}.json", letter(number, **more), VAN_BAN_DEN)
    process_here(office, cell)
    with served(office, cell) as web:
        web.person("lo.quy", Role.LANH_DAO)
        yield web


def paper_of(web, ref: str):
    return find_incoming(ref, web.app)


def address(paper, deed: str = "") -> str:
    return f"/van-ban-den/{paper.id}/{deed}"


def waiting_of(web, source: str):
    return next((one.paper for one in waiting_papers(web.app) if one.source == source), None)


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the confirming form, as it stands."""
    import re
    from html import unescape

    part = page.partition('id="xac-nhan"')[2].partition("</form>")[0]
    found = dict(re.findall(r'<input id="[^"]*" name="([^"]+)" value="([^"]*)"', part))
    found |= dict(re.findall(r'<textarea id="[^"]*" name="([^"]+)"[^>]*>([^<]*)<', part))
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)">(.*?)</select>', part):
        found[name] = "".join(re.findall(r'value="([^"]*)" selected', options))
    return {name: unescape(value) for name, value in found.items()}


def test_a_doubtful_scan_is_shown_with_what_was_read_and_confirmed(web):
    paper = waiting_of(web, "Scan_0001.pdf")
    listed = text_of(web.get("/van-ban-den/"))
    page = text_of(web.get(address(paper)))

    assert listed.index("Scan_0001.pdf") < listed.index("giay.pdf")  # KHẨN goes first
    assert "Cần: Số, ký hiệu" in listed
    assert "tin cậy" in page
    assert "cách mép trái" in page
    form = form_of(page)
    assert form["number"].endswith("ZX/BTCTU")
    assert form["urgency"] == "KHẨN"

    done = web.post(address(paper, "xac-nhan/"), form | {"number": "45-KH/BTCTU", "viec": "ghi"})

    assert done.status_code == 302, text_of(done)
    now = web.app.registers.get(paper.id)
    assert (now.facts.their_reference, now.number) == ("45-KH/BTCTU", paper.number)
    assert waiting_of(web, "Scan_0001.pdf") is None
    told = web.app.registers.journal_of(paper.id)[-1]
    assert (told.deed, told.person) == ("amended", "Người van-thu (van-thu)")


def test_what_cannot_be_is_told_beside_the_form_and_kept(web):
    paper = paper_of(web, "16-CV/BTCTU")
    form = form_of(text_of(web.get(address(paper))))
    refused = web.post(
        address(paper, "xac-nhan/"), form | {"date": "32/13/2026", "issuer": NAMED, "viec": "ghi"}
    )
    nothing = web.post(address(paper, "xac-nhan/"), form | {"viec": "ghi"})

    assert refused.status_code == 422
    assert "R282" in text_of(refused)
    assert 'value="32/13/2026"' in text_of(refused)
    assert NAMED not in text_of(refused)
    assert nothing.status_code == 422
    assert "Chưa có gì mới để ghi" in text_of(nothing)
    assert "--" not in text_of(nothing).partition('role="alert">')[2].partition("<")[0]
    assert web.app.registers.get(paper.id).version == paper.version


def test_a_second_arrival_is_joined_or_is_another(web):
    second, first = waiting_of(web, "giay.pdf"), paper_of(web, "1")
    page = text_of(web.get(address(second)))
    assert f'href="/van-ban-den/{first.id}/"' in page
    form = form_of(page)

    asked = web.post(address(second, "xac-nhan/"), form | {"viec": "ghi"})
    joined = web.post(address(second, "xac-nhan/"), form | {"viec": f"mot:{first.id}"})

    assert asked.status_code == 422
    assert "Là một văn bản với 01-ĐẾN/2026" in text_of(asked)
    assert joined["Location"] == address(first)
    assert web.app.registers.get(second.id).legal_state is LegalState.THU_HOI
    gone = text_of(web.get(address(second)))
    assert f'Văn bản này đã gộp vào <a href="/van-ban-den/{first.id}/">' in gone
    process_here(web.app.office, web.app.cell)
    cards = text_of(web.get("/dang-xu-ly/"))
    assert "Đã gộp vào 01-ĐẾN/2026" in cards
    assert "chờ ký, chưa có số" not in cards


def test_a_number_that_leaves_others_empty_is_asked_about_first(web, tmp_path, cell):
    paper = Sent(above=INK, number="77-CV/BTCTU", subject="văn bản đã đóng dấu bằng tay")
    sent(tmp_path, web.app.office, "tay.pdf", paper)
    process_here(web.app.office, cell)
    stamped = waiting_of(web, "tay.pdf")
    page = text_of(web.get(address(stamped)))
    assert 'name="so-den" inputmode="numeric" size="8" value="19"' in page
    form = form_of(page) | {"viec": "ghi", "so-den": "19"}

    asked = web.post(address(stamped, "xac-nhan/"), form)
    tick = '<input type="checkbox" name="nhay-so" value="19">'
    assert (asked.status_code, tick in text_of(asked)) == (422, True)
    assert "số 19 sẽ bỏ trống" in text_of(asked)
    assert "--" not in text_of(asked).partition('role="alert">')[2].partition("<")[0]
    # A yes is said of the number that was asked about.
    other = web.post(address(stamped, "xac-nhan/"), form | {"nhay-so": "19", "so-den": "24"})
    assert other.status_code == 422
    assert web.app.registers.get(stamped.id).number is None

    done = web.post(address(stamped, "xac-nhan/"), form | {"nhay-so": "19", "so-den": "019"})

    assert done.status_code == 302
    assert web.app.registers.get(stamped.id).number.ordinal == 19


def test_a_paper_goes_back_with_its_sheet(web, tmp_path):
    paper = paper_of(web, "15-CV/BTCTU")
    silent = web.post(address(paper, "tra-lai/"), {"ly-do": " "})
    typed = {"ly-do": "gửi nhầm nơi nhận", "cach": "tra-lai"}
    asked = web.post(address(paper, "tra-lai/"), typed)
    assert "Không làm ngược lại được" in text_of(asked)
    assert web.app.registers.get(paper.id).legal_state is not LegalState.THU_HOI
    mended = text_of(web.post(address(paper, "tra-lai/"), typed | {"sua": "1"}))
    assert 'required value="gửi nhầm nơi nhận"' in mended
    done = web.post(address(paper, "tra-lai/"), typed | {"lam": "1"})
    page = text_of(web.get(address(paper)))
    assert done["Location"] == address(paper)
    assert f"{paper.number.shown} đã trả lại nơi gửi" in page.partition('role="status">')[2]
    assert "Văn bản này đã trả lại nơi gửi." in page
    assert "Đã trả lại nơi gửi" in text_of(web.get(f"/van-ban/{paper.id}/"))
    back = web.post(address(paper, "tra-lai/"), {})

    assert silent.status_code == 422
    assert back["Content-Type"] == "application/pdf"
    assert back["Content-Disposition"].startswith("attachment")
    (tmp_path / "p.pdf").write_bytes(back.content)
    assert "PHIẾU TRẢ LẠI VĂN BẢN" in raster.text(tmp_path / "p.pdf")
    now = web.app.registers.get(paper.id)
    assert now.legal_state is LegalState.THU_HOI
    refused = web.post(address(paper, "chuyen/"), {"y-kien": "x"}, account="lanh-dao")
    assert (refused.status_code, "R337" in text_of(refused)) == (422, True)


def test_a_leaders_opinion_is_in_the_journal_the_list_the_book_and_the_sheet(web, tmp_path):
    paper = paper_of(web, "17-CV/BTCTU")
    due = today(web.app.clock) + timedelta(days=5)
    before = text_of(web.get("/xin-y-kien/", account="lanh-dao"))
    assert f'id="vb-{paper.id}"' in before

    said = {
        "tu": "xin-y-kien",
        "y-kien": f"Giao chủ trì {NAMED}",
        "noi": ["Phòng Tổng hợp"],
        "chuyen-den": "Người lo.quy; phòng tổng hợp",
        "han": f"{due:%d/%m/%Y}",
    }
    done = web.post(address(paper, "chuyen/"), said, account="lanh-dao")

    assert done["Location"] == "/xin-y-kien/"
    assert f'id="vb-{paper.id}"' not in text_of(web.get("/xin-y-kien/", account="lanh-dao"))
    mine = text_of(web.get("/xin-y-kien/", account="lo.quy"))
    assert f'id="vb-{paper.id}"' in mine
    assert "Người lanh-dao chuyển đến bạn" in mine
    line = web.app.registers.journal_of(paper.id)[-1]
    assert line.person == "Người lanh-dao (lanh-dao)"
    words = deed_in_words({"deed": line.deed, "data": line.data})
    assert "chuyển: phòng tổng hợp, Người lo.quy; hạn" in words
    for page in ("/van-ban-den/", "/so/den/"):
        shown = text_of(web.get(page))
        assert "phòng tổng hợp; Người lo.quy" in shown
        assert f"{due:%d/%m/%Y}" in shown or page == "/so/den/"
    for page in (address(paper), "/xin-y-kien/", f"/van-ban/{paper.id}/"):
        shown = text_of(web.get(page, account="lo.quy"))
        assert NAMED not in shown
        assert "&lt;script&gt;" in shown
    sheet = web.get(address(paper, "phieu-giai-quyet.pdf"))
    (tmp_path / "p.pdf").write_bytes(sheet.content)
    text = " ".join(raster.text(tmp_path / "p.pdf").split())
    for words in ("PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN", f"Giao chủ trì {NAMED}", "Người lanh-dao,",
                  "Ý kiến của lãnh đạo đơn vị", "Đề xuất của người giải quyết", f"{due:%d/%m/%Y}"):  # fmt: skip
        assert words in text
    assert raster.page_count(tmp_path / "p.pdf") == 1

    web.post(address(paper, "xong/"), {"ket-qua": "đã trả lời 31-CV/VPTU"}, account="lo.quy")

    assert Routes(web.app.registers.db, web.app.clock).of([paper.id])[paper.id].done_at
    assert f'id="vb-{paper.id}"' not in text_of(web.get("/xin-y-kien/", account="lo.quy"))
    assert "đã trả lời 31-CV/VPTU" in text_of(web.get(address(paper)))


def test_a_clerk_who_sends_a_paper_on_gives_no_leaders_opinion(web, tmp_path):
    paper = paper_of(web, "18-CV/BTCTU")
    page = text_of(web.get(address(paper)))
    leaders = text_of(web.get(address(paper), account="lanh-dao"))

    done = web.post(
        address(paper, "chuyen/"), {"phan": "", "cua": "", "chuyen-den": "đồng chí Người lo.quy"}
    )

    assert done.status_code == 302
    assert '<option value="" selected>Lời của tôi: Đề xuất của người giải quyết' in page
    assert 'name="phan"><option value="lanh-dao-co-quan"' in leaders
    sheet = web.get(address(paper, "phieu-giai-quyet.pdf"))
    (tmp_path / "p.pdf").write_bytes(sheet.content)
    text = " ".join(raster.text(tmp_path / "p.pdf").split())
    assert text.index("Đề xuất của người giải quyết") < text.index("Chuyển: đồng chí Người lo.quy")


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("đồng chí lo.quy", ["«đồng chí lo.quy» không khớp", "Có phải Người lo.quy?"]),
        ("đ/c Thọ", ["«đ/c Thọ» không khớp"]),
        ("đồng chí Người lo.quy; Phòng Tổng hợp; bà Mai", ["«bà Mai»"]),
        ("Ban Tổ chức; Ông Người lo.quy", []),
    ],
)
def test_a_name_that_is_nobodys_is_written_down_and_told(web, to, told):
    paper = paper_of(web, "18-CV/BTCTU")

    web.post(address(paper, "chuyen/"), {"chuyen-den": to})

    notice = text_of(web.get(address(paper))).partition('role="status">')[2].partition("</p>")[0]
    assert notice.count("không khớp") == len(told[:1])
    for words in told:
        assert words in notice
    route = Routes(web.app.registers.db, web.app.clock).of([paper.id])[paper.id]
    assert "; ".join(route.to) == to


def test_what_is_late_stands_on_the_first_page(web):
    paper = paper_of(web, "18-CV/BTCTU")
    yesterday = today(web.app.clock) - timedelta(days=1)
    told = {"to": ["Phòng Hành chính"], "due_on": yesterday.isoformat(), "opinion": ""}
    Routes(web.app.registers.db, web.app.clock).route(paper.id, "lan", told)

    late = text_of(web.get("/van-ban-den/")).partition("Quá hạn xử lý")[2]

    assert f'href="/van-ban-den/{paper.id}/"' in late.partition("</section>")[0]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "R335"),
        ({"han": "31/02/2026"}, "không phải là ngày"),
        ({"han": "01/01/2001", "y-kien": "giữ lời này"}, "trước ngày đến"),
        ({"chuyen-den": "a" * 300}, "R336"),
        ({"y-kien": "a" * 3000}, "R336"),
    ],
)
def test_an_opinion_that_cannot_be_is_told_on_its_card_and_kept(web, typed, told):
    paper = paper_of(web, "16-CV/BTCTU")
    refused = web.post(address(paper, "chuyen/"), typed | {"tu": "xin-y-kien"}, account="lanh-dao")

    card = text_of(refused).partition(f'id="vb-{paper.id}"')[2].partition("</article>")[0]
    assert refused.status_code == 422
    assert told in card
    assert typed.get("y-kien", "") in card
    assert not web.app.registers.deeds_on([paper.id], ["routed"])


def test_a_row_without_a_file_gets_its_number_slip_and_stamp(web, cell, tmp_path):
    typed = {"number": "9-GM/UBMT", "issuer": "Ủy ban MTTQ", "subject": "họp giao ban"}
    lacking = web.post("/van-ban-den/vao-so/", {"number": "9-GM/UBMT"})
    entered = web.post("/van-ban-den/vao-so/", typed)
    assert (lacking.status_code, "R287" in text_of(lacking)) == (422, True)
    assert 'value="9-GM/UBMT"' in text_of(lacking)
    assert entered["Location"].startswith("/dang-xu-ly/")
    process_here(web.app.office, cell)
    again = web.post("/van-ban-den/vao-so/", typed)
    assert (again.status_code, "R284" in text_of(again)) == (422, True)

    paper = paper_of(web, "9-GM/UBMT")
    slip = web.get(address(paper, "phieu-quet.pdf"))
    stamp = web.get(address(paper, "dau-den.pdf") + "?trai=20&tren=30")
    for name, response, words in (
        ("a.pdf", slip, "PHIẾU NHẬN BẢN QUÉT"),
        ("b.pdf", stamp, f"Số {paper.number.ordinal:02d} ngày"),
    ):
        (tmp_path / name).write_bytes(response.content)
        assert words in " ".join(raster.text(tmp_path / name).split())


@pytest.mark.parametrize(
    ("account", "page", "status"),
    [
        ("chuyen-vien", "", 403),
        ("tra-cuu", "", 403),
        ("lanh-dao", "", 200),
        ("chuyen-vien", "{id}/", 403),
        ("lanh-dao", "{id}/", 200),
        ("lanh-dao", "vao-so/", 403),
        ("lanh-dao", "{id}/dau-den.pdf", 403),
        ("van-thu", "khong-co-gi/", 404),
        ("", "", 302),
    ],
)
def test_who_may_look(web, account, page, status):
    paper = paper_of(web, "16-CV/BTCTU")

    shown = web.get("/van-ban-den/" + page.format(id=paper.id), account=account)

    assert shown.status_code == status


@pytest.mark.parametrize(
    ("account", "deed"),
    [
        ("lanh-dao", "xac-nhan/"),
        ("lanh-dao", "tra-lai/"),
        ("chuyen-vien", "chuyen/"),
        ("tra-cuu", "xong/"),
        ("chuyen-vien", "xac-nhan/"),
    ],
)
def test_a_role_without_the_deed_changes_nothing(web, account, deed):
    paper = paper_of(web, "16-CV/BTCTU")

    refused = web.post(address(paper, deed), {"y-kien": "x", "ly-do": "x"}, account=account)

    assert refused.status_code == 403
    assert web.app.registers.get(paper.id).version == paper.version


def test_a_leader_sees_no_forms_of_the_clerk_and_html_is_text(web):
    paper = paper_of(web, "16-CV/BTCTU")
    page = text_of(web.get(address(paper), account="lanh-dao"))

    assert "xac-nhan" not in page
    assert 'action="/van-ban-den/' in page  # he may send it on
    for shown in (page, text_of(web.get("/van-ban-den/")), text_of(web.get("/xin-y-kien/"))):
        assert NAMED not in shown
        assert "&lt;script&gt;" in shown


def test_a_kind_that_is_hidden_from_a_role_does_not_exist_for_it(tmp_path, cell):
    limits = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}
    office = make_office(tmp_path, gioi_han=limits, xem={VAN_BAN_DEN: ["quan-tri", "van-thu"]})
    office.inbox_dir.mkdir(exist_ok=True)
    drop(office, VAN_BAN_DEN, "a.pdf", paper_bytes(tmp_path, "Cong van"))
    drop_json(office, "a.json", letter(1, trich_yeu="việc kín"), VAN_BAN_DEN)
    process_here(office, cell)
    with served(office, cell) as web:
        paper = paper_of(web, "1")

        assert web.get(address(paper)).status_code == 200
        assert web.get(address(paper), account="lanh-dao").status_code == 404
        refused = web.post(address(paper, "chuyen/"), {"y-kien": "x"}, account="lanh-dao")
        assert refused.status_code == 404
        for page in ("/van-ban-den/", "/xin-y-kien/"):
            assert "việc kín" not in text_of(web.get(page, account="lanh-dao"))
