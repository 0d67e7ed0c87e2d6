"""Hôm nay: counts that are right and only what one may see, pictures that say the same as their tables, health in words."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from helpers import example
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
from web_kit import served, text_of

from pipeline.clock import OFFICE_ZONE
from pipeline.incoming import find_incoming
from pipeline.record import first_id, new_id
from pipeline.roles import Role
from pipeline.routing import Word, route
from pipeline.stores.registers.overview import Overview
from pipeline.verify import Verified, last_verify, note_verified
from pipeline.web import charts
from pipeline.web.health import ago
from pipeline.web.office import Memory
from pipeline.web.office import served as of_process

NAMED = "<script>alert(1)<script>.json"


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell):
    folder = tmp_path_factory.mktemp("office")
    office = small_office(folder)
    drop_sheet(office, "ds.xlsx", [person(601), person(602), person(603)])
    drop(office, VAN_BAN_DEN, "cv1.pdf", paper_bytes(folder, "A letter"))
    drop_json(office, "cv1.json", letter(1), VAN_BAN_DEN)
    drop_json(office, NAMED, {"ho_ten": "không đủ"})
    process_here(office, cell)
    with served(office, cell) as web:
        yield web


def page_for(web, account):
    of_process().memory.forget()
    return text_of(web.get("/", account=account))


def numbers_in(page, heading):
    """The big number below that heading."""
    found = re.search(rf">{heading}</a></h2>\s*<p class=\"so-to\">([\d.]+)</p>", page)
    return int(found[1]) if found else None


def test_numbers_of_today_stand_by_book_with_a_way_to_them(web):
    page = page_for(web, "van-thu")

    assert numbers_in(page, "Văn bản đi") == 3
    assert numbers_in(page, "Văn bản đến") == 1
    assert numbers_in(page, "Bản sao") == 0
    assert "/so/di/?tu=" in page
    assert (
        web.get(re.search(r'href="(/so/di/[^"]+)"', page)[1].replace("&amp;", "&")).status_code
        == 200
    )


def test_whoever_does_not_see_books_is_led_to_a_search(web):
    page = page_for(web, "tra-cuu")

    assert "/so/di/" not in page
    assert "/tra-cuu/?so=di&amp;tu=" in page
    assert "Tệp đã gửi" not in page
    assert "Tình trạng máy" not in page


def test_a_hidden_kind_is_not_counted(web):
    app = web.app
    hidden = replace(app.office, seen_by={"gioi-thieu": ("quan-tri", "van-thu")})
    served_here = of_process()
    shown = served_here.app
    served_here.app = replace(shown, office=hidden)
    try:
        leader, clerk = page_for(web, "lanh-dao"), page_for(web, "van-thu")
    finally:
        served_here.app = shown

    assert numbers_in(leader, "Văn bản đi") == 0
    assert "Giấy giới thiệu" not in leader
    assert numbers_in(clerk, "Văn bản đi") == 3


def test_what_came_back_is_named_and_is_text(web):
    page = page_for(web, "van-thu")

    assert "Cần sửa rồi gửi lại" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_others_do_not_see_what_came_back_to_her(web):
    page = page_for(web, "chuyen-vien")

    assert numbers_in(page, "Tệp đã gửi") == 0
    assert "Cần sửa rồi gửi lại" not in page


def test_a_leader_is_led_to_what_waits_for_his_opinion_and_to_no_deed_of_the_clerk(web):
    paper = find_incoming("1", web.app)
    drafts = "Dự thảo chờ ký, chưa có số"
    drop_json(web.app.office, "du-thao.json", example("van-ban", "cong-van-mot-noi"), "van-ban")
    process_here(web.app.office, web.app.cell)
    before = page_for(web, "lanh-dao")
    word = Word(person="Lan (lan)", role=Role.VAN_THU, to=("đồng chí Người lanh-dao",))
    route(paper, word, web.app)

    leader, clerk = page_for(web, "lanh-dao"), page_for(web, "van-thu")

    waiting = leader.partition("<h2>Chờ bạn</h2>")[2]
    assert "chờ ý kiến của bạn" not in before + clerk
    assert waiting.index("Văn bản đến chờ ý kiến của bạn") < waiting.index(f"/van-ban/{paper.id}/")
    assert 'href="/xin-y-kien/">Mở trang Chờ ý kiến' in waiting
    assert '<a href="/xin-y-kien/">Chờ ý kiến</a>' in leader.partition("</nav>")[0]
    for words in ("Cần sửa rồi gửi lại", drafts, "Cấp số"):
        assert words in clerk
        assert words not in before + leader


def test_the_pictures_say_what_their_tables_say(web):
    page = page_for(web, "lanh-dao")
    pictures = re.findall(r"<svg viewBox=\"0 0 420.*?</svg>", page, re.DOTALL)

    assert len(pictures) == 2
    for picture in pictures:
        assert re.search(r"<title id=\"(\S+)-ten\">", picture)
        assert "<desc" in picture
        assert "style=" not in picture
    assert "Văn bản đi: 3" in pictures[0]
    assert re.search(r"<title>Giấy giới thiệu[^<]*: 3</title>", pictures[1])
    assert re.search(r"<th scope=\"row\">Giấy giới thiệu[^<]*</th>\s*<td class=\"so\">3</td>", page)
    assert re.search("nhiều nhất là Giấy giới thiệu[^<]*, 3", page)


def test_health_is_told_with_what_to_do(web):
    clerk = page_for(web, "van-thu")

    for name in (
        "Đĩa",
        "Sao lưu",
        "Kiểm tra kho",
        "Mục lục tìm kiếm",
        "Tệp đã nhận",
        "Các tiến trình",
    ):
        assert f"<strong>{name}</strong>" in clerk
    assert "vanthu backup" in clerk
    assert "Không thấy «watch» (nhận tệp)" in clerk or "máy này không cho biết" in clerk
    assert "Tình trạng máy" in page_for(web, "quan-tri")
    assert "Tình trạng máy" not in page_for(web, "lanh-dao")


def test_the_last_check_of_everything_is_remembered(web):
    office = web.app.office
    assert last_verify(office) is None
    verified = Verified(at=web.app.clock.now(), is_deep=True, findings=2, damage=1)

    note_verified(office, verified)

    assert last_verify(office) == verified
    assert "2 phát hiện" in page_for(web, "van-thu")
    assert "Có 1 chỗ hư hại" in page_for(web, "van-thu")
    (office.registers_dir / "da-kiem-tra.json").write_text("[", encoding="utf-8")
    assert last_verify(office) is None


def test_the_age_of_a_backup_is_told(web):
    told = {"place": "x", "head": "", "files": 3, "faults": 0}
    web.app.registers.journal_append("backup", "thử", None, told)

    assert re.search(
        r"Sao lưu</strong> <span class=\"tot\">được</span> <div>0 phút trước",
        page_for(web, "van-thu"),
    )


def test_a_count_of_the_year_is_of_the_papers_days(web):
    overview = Overview(web.app.registers.db)
    year = web.app.clock.now().year

    assert sum(one.count for one in overview.of_year(year)) == 4
    assert overview.of_year(year - 1) == []
    assert {(one.book, one.kind, one.count) for one in overview.given_since(_midnight(web))} == {
        ("den", "van-ban-den", 1),
        ("di", "gioi-thieu", 3),
    }
    assert overview.given_since(web.app.clock.now() + timedelta(minutes=1)) == []


def _midnight(web):
    return web.app.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)


def test_the_least_id_of_a_moment_is_below_every_id_made_then(web):
    before = web.app.clock.now()
    made = new_id(web.app.clock)

    assert first_id(before) <= made < first_id(before + timedelta(hours=1))


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "0 phút"), (59, "59 phút"), (61, "1 giờ"), (47 * 60, "47 giờ"), (48 * 60, "2 ngày")],
)
def test_ages_are_told_in_one_unit(minutes, told):
    assert ago(timedelta(minutes=minutes)) == told


def test_columns_stand_upon_each_other_and_never_leave_the_picture():
    chart = charts.columns("Thử", ["Tháng 1", "Tháng 2"], {"A": [3, 0], "B": [5, 1]}, "Tháng")

    assert chart.total == 9
    assert chart.rows == (("Tháng 1", "3", "5", "8"), ("Tháng 2", "0", "1", "1"))
    first, second = chart.bars[0], chart.bars[1]
    assert float(second.y) + float(second.height) == pytest.approx(float(first.y), abs=0.2)
    assert all(float(bar.y) >= 0 for bar in chart.bars)
    assert chart.scale[-1].words == "8"


def test_a_picture_of_nothing_says_so():
    assert charts.rows("Thử", [], "Loại").described == "Thử: chưa có văn bản nào."
    assert charts.columns("Thử", ["Tháng 1"], {"A": [0]}, "Tháng").bars == ()


def test_every_role_has_a_home(web):
    for role in Role:
        assert web.get("/", account=role.value).status_code == 200


def test_the_day_of_overdue_signatures_is_after_a_whole_working_day(web):
    from pipeline.unsigned import overdue_before

    monday = datetime(2026, 11, 23, 9, tzinfo=UTC).astimezone(OFFICE_ZONE).date()

    # A number of Thursday is overdue on Monday: Friday lies between; one of Friday is not.
    assert overdue_before(web.app.office, monday).isoformat() == "2026-11-20"


def test_while_one_finds_out_the_others_are_told_what_was_known_and_wait_for_nothing_else():
    memory, asked, may_go = Memory(), threading.Event(), threading.Event()
    memory.get("slow", 0.0, lambda: "old")

    def look_again():
        asked.set()
        assert may_go.wait(30)
        return "new"

    finder = threading.Thread(target=lambda: memory.get("slow", 60.0, look_again))
    finder.start()
    assert asked.wait(30)

    assert memory.get("slow", 60.0, lambda: "twice") == "old"
    assert memory.get("other", 60.0, lambda: "at once") == "at once"
    may_go.set()
    finder.join(30)
    assert memory.get("slow", 60.0, lambda: "twice") == "new"


def test_what_could_not_be_found_out_is_asked_again():
    memory = Memory()
    with pytest.raises(ZeroDivisionError):
        memory.get("count", 60.0, lambda: 1 // 0)

    assert memory.get("count", 60.0, lambda: 7) == 7
