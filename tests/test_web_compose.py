"""Soạn: forms made from a kind's schema, checked as one types, kept for their person alone, sent like a drop."""

from __future__ import annotations

import html
import json
import re

import pytest
from office_kit import drop_json, person, run, small_office
from web_kit import served, text_of

from pipeline.process_once import process_inbox
from pipeline.record import LegalState
from pipeline.roles import Role
from pipeline.stores.registers.composed import Composing, Keeping
from pipeline.stores.registers.people import People
from pipeline.web.compose_draft import MOST_KEPT

NAMED = "<script>alert(1)</script>"
HOA = "Người van-thu (van-thu)"
ISSUED = {"state": "da-phat-hanh", "reason": "đã gửi các nơi nhận"}


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell):
    office = small_office(tmp_path_factory.mktemp("office"))
    with served(office, cell) as web:
        yield web


def begun(web, kind, account="van-thu", query=""):
    """The address of a new form."""
    asked = web.get(f"/van-ban-di/soan/{kind}/{query}", account=account)
    assert asked.status_code == 302
    return asked["Location"]


def fields_of(record, prefix="f"):
    """A record as the browser sends the form of it."""
    sent = {}
    for name, value in record.items() if isinstance(record, dict) else enumerate(record):
        if isinstance(value, (dict, list)):
            sent |= fields_of(value, f"{prefix}.{name}")
        else:
            sent[f"{prefix}.{name}"] = value
    return sent


def notice(number, **more):
    """A thông báo as a person types it."""
    return {
        "loai": "thong-bao",
        "trich_yeu": f"về lịch họp giao ban đợt {number}",
        "noi_dung": "Văn phòng thông báo lịch họp giao ban.\n\n1. Họp lúc 8 giờ.\n2. Họp tại hội trường.",
        "noi_nhan": ["Các phòng, đơn vị", ""],
        **more,
    }


def lying(web, kind):
    return [
        json.loads(path.read_text()) for path in (web.app.office.inbox_dir / kind).glob("*.json")
    ]


def typed_in(page, name):
    line = rf'<input [^>]*name="{re.escape(name)}" value="([^"]*)"'
    box = rf'<textarea [^>]*name="{re.escape(name)}"[^>]*>\n([^<]*)</textarea>'
    found = re.search(line, page) or re.search(box, page)
    return html.unescape(found.group(1)) if found else None


def test_every_kind_made_from_a_record_has_a_form_of_its_schema(web):
    page = text_of(web.get("/van-ban-di/"))

    for kind in web.app.kinds.values():
        is_offered = f'/van-ban-di/soan/{kind.name}/"' in page
        assert is_offered is (kind.source == "record")
        if is_offered:
            form = text_of(web.get(begun(web, kind.name)))
            own = [item for item in kind.properties if item.own]
            assert own
            assert all(html.escape(item.title) in form for item in own)
    assert web.get("/van-ban-di/soan/van-ban-den/").status_code == 404


def test_a_paper_goes_the_whole_way_from_the_form_to_the_reader(web):
    address = begun(web, "van-ban")
    sent = fields_of(notice(1, ngay=""))
    looked = web.post(address, sent | {"viec": "xem"})
    look = text_of(web.get(looked["Location"]))
    pdf = web.get(f"{address}du-thao.pdf")
    posted = web.post(address, sent | {"viec": "gui"})

    assert looked["Location"] == f"{address}xem/"
    assert f'data="{address}du-thao.pdf"' in look
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"].startswith("inline")
    assert pdf.content.startswith(b"%PDF")
    assert posted["Location"] == "/dang-xu-ly/"
    assert "Đã gửi «về lịch họp giao ban đợt 1" in text_of(web.get("/dang-xu-ly/"))
    assert Composing(web.app.registers.db, web.app.clock).of("van-thu") == []

    list(process_inbox(web.app, workers=1))

    (draft,) = [one for one in web.app.registers.waiting() if one.kind == "van-ban"]
    assert draft.record["noi_nhan"] == ["Các phòng, đơn vị"]
    assert web.app.registers.receipt(draft.receipt_id).owner == HOA
    assert "về lịch họp giao ban đợt 1" in text_of(web.get("/van-ban-di/"))
    page = f"/van-ban/{draft.id}/"
    assert f'href="{page}cap-so/"' in text_of(web.get(page))

    asked_back = web.post(f"{page}cap-so/", {"signer": "pcvp"})
    assert "số tiếp theo trong sổ" in text_of(asked_back)
    assert "Đinh Trọng Nghĩa" in text_of(asked_back)
    assert web.app.registers.get(draft.id).number is None
    assert web.post(f"{page}cap-so/", {"signer": "pcvp", "lam": "1"})["Location"] == page
    list(process_inbox(web.app, workers=1))
    asked_back = web.post(f"{page}trang-thai/", ISSUED)
    assert "«đã ký» sẽ thành «đã phát hành»" in text_of(asked_back)
    assert web.post(f"{page}trang-thai/", ISSUED | {"lam": "1"})["Location"] == page

    issued = web.app.registers.get(draft.id)
    assert issued.number.shown == "01-TB/VPTU"
    assert issued.facts.signer == "Đinh Trọng Nghĩa"
    assert issued.legal_state is LegalState.DA_PHAT_HANH
    persons = {line.deed: line.person for line in web.app.registers.journal_of(draft.id)}
    assert persons["numbered"] == persons["state"] == HOA
    aside = ("--for", "đ/c Sơn", "--reason", "chờ ký", "--until", "31/12/2099", "--count", "25")
    kept = run(web.app.office, "number", "reserve", "TB", *aside, "--person", "Lan")
    assert kept.status == 0, kept.stderr
    numbered = text_of(web.get("/van-ban-di/")).partition("<h2>Mới cấp số</h2>")[2]
    assert "01-TB/VPTU" in numbered
    assert "đã phát hành</td>" in numbered
    assert "01-TB/VPTU" in text_of(web.get(page))


def test_what_is_wrong_stands_beside_its_field(web):
    address = begun(web, "gioi-thieu")
    sent = fields_of(person(3, ngay_sinh="31/02/1980", ngay_vao_dang="19/05/2011"))
    page = web.post(address, sent | {"viec": "gui"})
    text = text_of(page)

    assert page.status_code == 422
    assert re.search(r'id="f-ngay_sinh-sai"[^>]*><p>[^<]*Ngày sinh[^<]*R\d+', text)
    assert re.search(r'id="f-ngay_vao_dang-sai"[^>]*></div>', text)
    assert re.search(
        r'id="f-ngay_sinh"[^>]*aria-describedby="f-ngay_sinh-goi-y f-ngay_sinh-sai"', text
    )
    assert re.search(r'id="f-ngay_sinh"[^>]*aria-invalid="true"', text)
    assert typed_in(text, "f.ngay_sinh") == "31/02/1980"
    assert typed_in(text, "f.ho_ten") == person(3)["ho_ten"]
    assert lying(web, "gioi-thieu") == []


def test_what_is_wrong_in_a_row_stands_beside_that_row_though_empty_ones_go_before(web):
    address = begun(web, "bien-ban")
    votes = [{"noi_dung": ""}, {"noi_dung": "kế hoạch", "tan_thanh": "mười"}]
    page = text_of(web.post(address, fields_of({"bieu_quyet": votes}) | {"viec": "gui"}))

    assert re.search(r'id="f-bieu_quyet-1-tan_thanh-sai"[^>]*><p>[^<]*Tán thành', page)
    assert re.search(r'id="f-bieu_quyet-0-tan_thanh-sai"[^>]*></div>', page)


def test_while_somebody_types_only_the_problems_come_back_and_nothing_is_lost(web):
    address = begun(web, "gioi-thieu")
    sent = fields_of({"ho_ten": "Đinh Thị Ngân", "ngay_sinh": "1/13/1980"})
    early = text_of(web.post(f"{address}kiem/", sent, headers={"HX-Request": "true"}))
    asked = text_of(web.post(f"{address}kiem/", sent | {"kiem": "1"}))

    assert "<html" not in early
    assert "<input" not in early
    assert re.search(r'id="f-ngay_sinh-sai"[^>]*hx-swap-oob="true"><p>', early)
    assert re.search(r'id="f-gioi_tinh-sai"[^>]*></div>', early)
    assert re.search(r'id="f-gioi_tinh-sai"[^>]*><p>[^<]*Giới tính', asked)
    assert "Đã lưu" in early
    again = text_of(web.get(address))
    assert typed_in(again, "f.ho_ten") == "Đinh Thị Ngân"
    assert typed_in(again, "f.ngay_sinh") == "1/13/1980"
    assert f'href="{address}">Đinh Thị Ngân</a>' in text_of(web.get("/van-ban-di/"))


def test_rows_come_and_go_by_buttons_without_a_program(web):
    address = begun(web, "van-ban")
    sent = fields_of(notice(7, noi_nhan=["Các chi bộ", "Văn phòng"]))
    more = web.post(address, sent | {"viec": "them:f.noi_nhan"})
    longer = text_of(web.get(more["Location"]))
    less = web.post(address, sent | {"f.noi_nhan.2": "", "viec": "bo:f.noi_nhan.0"})
    shorter = text_of(web.get(less["Location"]))

    assert more["Location"] == f"{address}#f-noi_nhan"
    assert 'name="f.noi_nhan.2"' in longer
    assert "Các chi bộ" in longer
    assert 'name="f.noi_nhan.2"' not in shorter
    assert "Các chi bộ" not in shorter
    assert typed_in(shorter, "f.noi_nhan.0") == "Văn phòng"
    for odd in ("them:", "bo:", "bo:f.loai", "them:f.khong.co", "bo:f.noi_nhan.99999", "x:y"):
        assert web.post(address, sent | {"viec": odd}).status_code == 302


def test_the_record_is_the_one_a_dropped_file_would_have(web):
    address = begun(web, "bien-ban")
    example = web.app.kinds["bien-ban"].directory / "examples" / "hop-213-day-du.json"
    record = json.loads(example.read_text(encoding="utf-8"))
    typed = fields_of(record) | {"f.ngay_hop": "17/10/2026", "f.gio_bat_dau": "8 giờ"}
    posted = web.post(address, typed | {"viec": "gui"})

    assert posted.status_code == 302, text_of(posted)
    assert lying(web, "bien-ban") == [record]
    for path in (web.app.office.inbox_dir / "bien-ban").glob("*.json"):
        path.unlink()


def test_bodies_and_signers_are_chosen_from_the_office_file_and_criteria_by_level(web):
    office = web.app.office
    form = text_of(web.get(begun(web, "gioi-thieu")))
    slip = text_of(web.get(begun(web, "phieu-nhan-xet")))
    minutes = text_of(web.get(begun(web, "bien-ban")))

    for body in office.bodies:
        assert f'<option value="{body.symbol}">' in form
        assert all(f'<option value="{one.code}">{one.full_name}' in form for one in body.signers)
    assert '<input type="radio" name="f.muc_1" value="Nêu gương tốt">' in slip
    assert "vận động gia đình chấp hành" in slip
    # Minutes are signed by who the record names.
    assert 'name="f.nguoi_ky"' not in minutes
    assert 'name="f.chu_tri"' in minutes


def test_whatever_is_typed_is_shown_as_text(web):
    address = begun(web, "van-ban")
    sent = fields_of(
        notice(9, trich_yeu=NAMED, noi_dung=f"</textarea>{NAMED}", kinh_gui=[NAMED], loai=NAMED)
    )
    early = text_of(web.post(f"{address}kiem/", sent))
    page = text_of(web.post(address, sent | {"viec": "gui"}))
    kept = text_of(web.get(address))
    listed = text_of(web.get("/van-ban-di/"))

    for text in (early, page, kept, listed):
        assert NAMED not in text
    assert html.escape(NAMED) in kept
    assert html.escape(NAMED) in listed
    odd = {"f.trich_yeu": "a\x00b", "f.noi_dung.0.0": "x", "f.kinh_gui": "y", "f.": "z", "f": "w"}
    assert web.post(f"{address}kiem/", odd).status_code == 200


def test_another_persons_form_does_not_exist_and_a_reader_composes_nothing(web):
    web.person("chi-lan", Role.VAN_THU)
    address = begun(web, "gioi-thieu")
    web.post(f"{address}kiem/", {"f.ho_ten": "Người đang soạn"})
    draft_id = address.split("/")[-2]

    for path in (address, f"{address}xem/", f"{address}du-thao.pdf"):
        assert web.get(path, account="chi-lan").status_code == 404
        assert web.get(path, account="tra-cuu").status_code == 403
    for path in (address, f"{address}kiem/", f"{address}gui/", f"/van-ban-di/bo/{draft_id}/"):
        posted = {"f.ho_ten": "Người khác", "viec": "kiem"}
        assert web.post(path, posted, account="chi-lan").status_code == 404
        assert web.post(path, posted, account="tra-cuu").status_code == 403
    assert web.get(address.replace("gioi-thieu", "van-ban")).status_code == 404
    assert typed_in(text_of(web.get(address)), "f.ho_ten") == "Người đang soạn"
    assert "Người đang soạn" not in text_of(web.get("/van-ban-di/", account="chi-lan"))

    asked_back = web.post(f"/van-ban-di/bo/{draft_id}/")
    assert "Người đang soạn" in text_of(asked_back)
    assert typed_in(text_of(web.get(address)), "f.ho_ten") == "Người đang soạn"
    assert web.post(f"/van-ban-di/bo/{draft_id}/", {"chac": "1"})["Location"] == "/van-ban-di/"
    assert typed_in(text_of(web.get(address)), "f.ho_ten") == ""


def test_a_form_that_is_one_too_many_is_told_and_what_was_typed_stays_on_the_page(web):
    web.person("chi-mai", Role.VAN_THU)
    composing = Composing(web.app.registers.db, web.app.clock)
    who = "chi-mai", "gioi-thieu"
    for number in range(MOST_KEPT):
        assert composing.keep(f"{number:026d}", who, "", {}, most=MOST_KEPT) is Keeping.KEPT
    address = begun(web, "gioi-thieu", account="chi-mai")
    page = web.post(address, {"f.ho_ten": "Một nữa", "viec": "kiem"}, account="chi-mai")

    assert page.status_code == 422
    assert "R330" in text_of(page)
    assert typed_in(text_of(page), "f.ho_ten") == "Một nữa"
    early = web.post(f"{address}kiem/", {"f.ho_ten": "Một nữa"}, account="chi-mai")
    assert "R330" in text_of(early)


def test_a_form_stays_its_writers_when_the_writers_name_changes(web):
    web.person("co-thoa", Role.CHUYEN_VIEN)
    address = begun(web, "gioi-thieu", account="co-thoa")
    web.post(f"{address}kiem/", {"f.ho_ten": "Lò Thị Quỳ"}, account="co-thoa")
    People(web.app.registers.db, web.app.clock).change("co-thoa", "thử", full_name="Thoa Mới")

    assert "Lò Thị Quỳ" in text_of(web.get("/van-ban-di/", account="co-thoa"))


def test_a_part_of_a_page_is_told_to_come_in_again_and_gets_no_other_page(web):
    address = begun(web, "gioi-thieu")
    asked = web.post(f"{address}kiem/", {}, account="", headers={"HX-Request": "true"})

    assert asked.status_code == 401
    assert asked.content == b""


def test_a_blank_workbook_is_taken_along(web):
    taken = web.get("/van-ban-di/bang-trong/gioi-thieu/")

    assert b"".join(taken.streaming_content).startswith(b"PK")
    assert taken["Content-Disposition"].startswith("attachment")
    assert web.get("/van-ban-di/bang-trong/van-ban-den/").status_code == 404


def numbered(web, number):
    """A giấy giới thiệu of the book."""
    posted = web.post(begun(web, "gioi-thieu"), fields_of(person(number)) | {"viec": "gui"})
    assert posted.status_code == 302, text_of(posted)
    list(process_inbox(web.app, workers=1))
    papers = [
        row.entry.document_id
        for row in web.app.registers.newest_entries({"symbol": "GGT"}, limit=1)[0]
    ]
    return web.app.registers.get(papers[0])


def test_a_later_paper_begins_with_what_the_earlier_one_says_and_names_it(web):
    first = numbered(web, 21)
    page = text_of(web.get(f"/van-ban/{first.id}/"))
    link = f"/van-ban-di/soan/gioi-thieu/?tu={first.id}&quan-he=thay-the"
    address = begun(web, "gioi-thieu", query=link.partition("/gioi-thieu/")[2])
    form = text_of(web.get(address))

    assert html.escape(link) in page
    assert typed_in(form, "f.ho_ten") == person(21)["ho_ten"]
    named = f"{first.number.shown} ngày {first.number.issued_on:%d/%m/%Y}"
    assert typed_in(form, "f.thay_the") == named

    sent = fields_of(person(21, chi_bo="Chi bộ Phòng Quản trị", thay_the=named))
    assert web.post(address, sent | {"viec": "gui"}).status_code == 302
    list(process_inbox(web.app, workers=1))

    assert web.app.registers.get(first.id).legal_state is LegalState.BI_THAY_THE


def test_what_came_back_is_mended_in_the_form(web):
    record = person(51, ngay_sinh="1980-02-31", gioi_tinh="Nam")
    drop_json(web.app.office, "sai.json", record)
    list(process_inbox(web.app, workers=1))
    (link,) = re.findall(r'href="(/van-ban-di/soan/[^"]*)"', text_of(web.get("/dang-xu-ly/")))
    form = text_of(web.get(web.get(html.unescape(link))["Location"]))

    assert typed_in(form, "f.ngay_sinh") == "1980-02-31"
    assert typed_in(form, "f.ho_ten") == record["ho_ten"]
    # It is neither signed nor sent by him.
    his = begun(web, "gioi-thieu", account="chuyen-vien", query=f"?{link.partition('?')[2]}")
    assert web.get(his, account="chuyen-vien").status_code == 404


def test_a_number_is_void_only_after_a_reason_and_a_yes(web):
    paper = numbered(web, 31)
    address = f"/van-ban/{paper.id}/huy-so/"
    without = web.post(address, {"reason": " ", "lam": "1"})
    asked_back = web.post(address, {"reason": NAMED})
    untouched = web.app.registers.get(paper.id)
    again = web.post(address, {"reason": NAMED, "sua": "1"})
    done = web.post(address, {"reason": NAMED, "lam": "1"})
    twice = web.post(address, {"reason": NAMED, "lam": "1"})

    assert without.status_code == 422
    assert "lý do" in text_of(without)
    assert "không cấp lại cho văn bản nào" in text_of(asked_back)
    assert untouched.legal_state is LegalState.CHO_KY
    assert NAMED not in text_of(asked_back) + text_of(again)
    assert html.escape(NAMED) in text_of(again)
    assert done.status_code == twice.status_code == 302
    assert web.app.registers.get(paper.id).legal_state is LegalState.HUY_SO
    page = text_of(web.get(f"/van-ban/{paper.id}/"))
    assert "vừa đổi" in page
    assert "huy-so/" not in page
    assert NAMED not in page


def test_deeds_on_a_paper_are_for_who_may_do_them(web):
    paper = numbered(web, 41)

    for account in ("chuyen-vien", "lanh-dao", "tra-cuu"):
        page = text_of(web.get(f"/van-ban/{paper.id}/", account=account))
        assert "Việc với văn bản này" not in page
        for deed in ("cap-so", "trang-thai", "huy-so"):
            posted = web.post(
                f"/van-ban/{paper.id}/{deed}/",
                {"reason": "thử", "state": "da-ky", "lam": "1"},
                account=account,
            )
            assert posted.status_code == 403
    assert web.app.registers.get(paper.id).legal_state is LegalState.CHO_KY
    assert web.get(f"/van-ban/{paper.id}/cap-so/").status_code == 404
    odd = web.post(f"/van-ban/{paper.id}/trang-thai/", {"state": "huy-so", "reason": "thử"})
    late = web.post(
        f"/van-ban/{paper.id}/trang-thai/",
        {"state": "da-ky", "reason": "thử", "day": "01/01/2199", "lam": "1"},
    )
    assert "Hãy chọn trạng thái mới" in text_of(odd)
    assert "chưa tới" in text_of(late)
    assert odd.status_code == late.status_code == 422


def test_a_form_that_is_sent_twice_by_a_double_click_takes_one_number(web):
    address = begun(web, "gioi-thieu")
    sent = fields_of(person(61)) | {"f.cap_them": "co", "viec": "gui"}
    before = len(web.app.registers.newest_entries({"symbol": "GGT"}, limit=99)[0])
    for _ in range(2):
        assert web.post(address, sent)["Location"] == "/dang-xu-ly/"
    list(process_inbox(web.app, workers=1))

    assert len(web.app.registers.newest_entries({"symbol": "GGT"}, limit=99)[0]) == before + 1
    late = web.post(f"{address}kiem/", sent | {"f.ho_ten": "Gõ thêm sau"})
    other = web.post(address, sent | {"f.ho_ten": "Gõ thêm sau"})
    assert "R331" in text_of(late)
    assert other.status_code == 422
    assert "R331" in text_of(other)
    assert typed_in(text_of(other), "f.ho_ten") == "Gõ thêm sau"
    assert web.get(address)["Location"] == "/dang-xu-ly/"
    kept = Composing(web.app.registers.db, web.app.clock).of("van-thu")
    assert all(one.id not in address for one in kept)
    asked = Composing(web.app.registers.db, web.app.clock).get(address.split("/")[-2])
    assert (asked.typed, asked.title) == ({}, "")


def test_of_two_who_send_a_form_at_once_one_does_and_a_failed_sending_may_be_tried_again(web):
    composing = Composing(web.app.registers.db, web.app.clock)
    composing.keep("9" * 26, ("lan", "van-ban"), "việc", {"loai": "x"}, most=9)

    assert composing.begin_sending("9" * 26, "lan")
    assert not composing.begin_sending("9" * 26, "lan")
    composing.ended_sending("9" * 26, "")
    assert not composing.begin_sending("9" * 26, "mai")
    assert [one.title for one in composing.of("lan")] == ["việc"]
    assert composing.begin_sending("9" * 26, "lan")
