"""Who, what, when: what an incoming paper says of itself is entered where it is certain, else asked about."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from arrival_papers import LETTER, PARTY_LETTER, Sent, inked, scan, sealed, write_paper
from helpers import shared_path
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    opened,
    process_here,
    results,
    small_office,
    unsound,
)

from pipeline.engines import arrivals
from pipeline.engines.arrival_lines import Piece
from pipeline.engines.arrival_shapes import (
    circulation_mark,
    sender_date,
    sender_number,
    urgency_mark,
)
from pipeline.engines.arrival_subject import find_body, mend_about
from pipeline.engines.paper_lines import LEFT
from pipeline.engines.segments import Segment
from pipeline.inbox.arrival_reading import arrival_read
from pipeline.kinds import load_kinds, shipped_templates_dir
from pipeline.retrieve import describe

TODAY = date(2026, 11, 23)
SURE = 0.8


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "office", paper_seconds=90.0)


def told_of(path: Path, *, today: date = TODAY, seconds: float = 60.0):
    types = load_kinds(shipped_templates_dir(), None)[VAN_BAN_DEN].data["loai_van_ban"]
    return arrivals.read(
        {"path": str(path), "types": types, "today": today.isoformat(), "seconds": seconds}
    )


def read(path: Path, *, today: date = TODAY, seconds: float = 60.0):
    told = told_of(path, today=today, seconds=seconds)
    return {name: (one["value"], one["confidence"] >= SURE) for name, one in told["facts"].items()}


def the_paper(app):
    (found,) = [one for piece in app.registers.dump() for one in piece.documents]
    return found


# --- shapes ---


@pytest.mark.parametrize(
    ("line", "reference", "is_strict"),
    [
        ("Số 127-KH/BTCTU", "127-KH/BTCTU", True),
        ("Số: 1906 /SGDĐT-CTrTT", "1906/SGDĐT-CTrTT", True),
        ("Số: 30/2020/NĐ-CP", "30/2020/NĐ-CP", True),
        ("Số 09 – CV / VPTU", "09-CV/VPTU", True),
        ("Số: 115/CV-PA83", "115/CV-PA83", True),
        ("Số 127-ZX/BTCTU", "127-ZX/BTCTU", False),
        ("S6: 1l7 -KH/BTCTU", "1l7-KH/BTCTU", False),
        ("Số 21... ngày 9/1/2020", None, False),
        ("- Số lượng: 12 bản", None, False),
    ],
)
def test_numbers_of_party_and_state_have_their_shapes(line, reference, is_strict):
    found = sender_number(line)

    assert (found.reference if found else None) == reference
    assert found is None or found.is_strict is is_strict


def test_a_date_that_is_not_written_letter_for_letter_is_not_strict():
    assert sender_date("Đà Nẵng, ngày 26tháng 7 năm 2020") == (date(2020, 7, 26), True)
    assert sender_date("Đà Nẵng, ngàv 26 thảng 7 năm 2020") == (None, False)
    assert sender_date("Đà Nẵng, ngây 26 tháng 7 năm 2020") == (date(2020, 7, 26), False)
    assert sender_date("ngày 31 tháng 02 năm 2026") == (None, False)


def test_marks_are_marks_only_where_they_stand_alone():
    assert urgency_mark("HOẢ TỐC HẸN GIỜ") == "HỎA TỐC"
    assert urgency_mark("[ THƯỢNG KHẨN ]") == "THƯỢNG KHẨN"
    assert urgency_mark("V/v khẩn trương thực hiện") == ""
    assert circulation_mark("KHÔNG SAO CHỤP") == "khong-sao-chup"
    assert circulation_mark("thu hồi văn bản") == ""


# --- a text layer ---


def test_a_text_layer_tells_all_and_certainly(tmp_path):
    paper = write_paper(tmp_path / "p.pdf", Sent(mark="KHẨN<br>KHÔNG SAO CHỤP"))

    assert read(paper) == {
        "number": ("127-KH/BTCTU", True),
        "date": ("2026-10-12", True),
        "issuer": ("BAN TỔ CHỨC TỈNH ỦY HÀ SƠN", True),
        "type": ("Kế hoạch", True),
        "subject": ("lấy nhận xét đảng viên đang công tác năm 2026", True),
        "signer": ("Lương Đức Hiền", True),
        "urgency": ("KHẨN", True),
        "circulation": (("khong-sao-chup",), True),
    }


def test_a_letter_of_the_state_is_read_by_its_own_form(tmp_path):
    told = read(write_paper(tmp_path / "s.pdf", LETTER))

    assert told["number"] == ("1906/SGDĐT-CTrTT", True)
    assert told["issuer"] == ("SỞ GIÁO DỤC VÀ ĐÀO TẠO TỈNH HÀ SƠN", True)
    assert told["type"] == ("Công văn", True)
    assert told["subject"] == ("V/v tổ chức kỳ thi chọn học sinh giỏi năm 2026", True)


def test_of_two_blocks_the_first_is_the_papers_own(tmp_path):
    block = (
        '<hr><p>TỈNH ỦY ĐIỆN BIÊN<br><b>VĂN PHÒNG</b><br>*<br>Số 378-BS/VPTU</p><p class="c b">SAO LỤC</p>'
        '<p class="c"><i>Điện Biên, ngày 09 tháng 01 năm 2020</i></p><p><u>Nơi nhận:</u><br>- Các huyện ủy,<br>'
        '- Lưu Văn phòng.</p><p class="c b">Nguyễn Trường Giang</p>'
    )
    told = read(write_paper(tmp_path / "sao.pdf", Sent(below=block)))

    assert told["signer"] == ("Lương Đức Hiền", True)
    assert told["number"] == ("127-KH/BTCTU", True)
    assert told["date"] == ("2026-10-12", True)


def test_a_lost_head_is_not_made_up_from_what_the_text_cites(tmp_path):
    text = "<p>- Căn cứ Quy định số 76-QĐ/TW, ngày 15 tháng 6 năm 2000 của Bộ Chính trị;</p>"
    lost = tmp_path / "lost.pdf"
    whole = Sent(number="", day="", place="", parent="", issuer="", text=text)
    write_paper(lost, whole)

    told = read(lost)

    assert "number" not in told
    assert "date" not in told
    assert "issuer" not in told


def test_a_date_to_come_is_a_doubt_even_in_a_text_layer(tmp_path):
    paper = write_paper(tmp_path / "p.pdf", Sent(day="ngày 12 tháng 12 năm 2026"))

    assert read(paper)["date"] == ("2026-12-12", False)


# --- scans ---


@pytest.mark.parametrize(
    ("turn", "blur", "noise"),
    [(0.0, 0.0, 0), (1.0, 0.5, 5), (-2.0, 0.8, 10), (3.0, 1.0, 20), (1.5, 1.6, 10)],
)
@pytest.mark.parametrize("sent", [Sent(mark="KHẨN"), LETTER], ids=["party", "state"])
def test_what_is_read_of_a_bad_scan_is_right_or_doubtful(tmp_path, sent, turn, blur, noise):
    paper = write_paper(tmp_path / "p.pdf", sent)

    told = read(scan(paper, tmp_path / "scan.pdf", turn=turn, blur=blur, noise=noise))

    true = {name: one for name, (one, _) in read(paper).items()}
    wrong = {name: one for name, (one, is_sure) in told.items() if is_sure and one != true[name]}
    assert wrong == {}


def test_a_good_scan_is_entered_without_a_question(tmp_path):
    told = read(scan(write_paper(tmp_path / "p.pdf", Sent()), tmp_path / "scan.pdf"))

    assert told["number"] == ("127-KH/BTCTU", True)
    assert told["date"] == ("2026-10-12", True)
    assert told["type"] == ("Kế hoạch", True)


def test_an_old_date_that_a_machine_read_is_a_doubt(tmp_path):
    paper = write_paper(tmp_path / "p.pdf", Sent(day="ngày 12 tháng 10 năm 2016"))

    assert read(paper)["date"] == ("2016-10-12", True)
    assert read(scan(paper, tmp_path / "scan.pdf"))["date"] == ("2016-10-12", False)


def test_the_guess_of_a_scanner_under_a_picture_is_not_believed(tmp_path):
    """Two pages in one file: the picture of a paper over the text layer of another."""
    import pypdf

    right = scan(write_paper(tmp_path / "a.pdf", Sent()), tmp_path / "scan.pdf")
    layer = pypdf.PdfReader(write_paper(tmp_path / "b.pdf", Sent(number="721-KH/BTCTU"))).pages[0]
    writer = pypdf.PdfWriter(clone_from=right)
    writer.pages[0].merge_page(layer, over=False)
    mixed = tmp_path / "mixed.pdf"
    writer.write(mixed)

    value, is_sure = read(mixed)["number"]

    assert (value, is_sure) == ("127-KH/BTCTU", True)


def test_reading_ends_in_its_time_and_says_so(tmp_path):
    told = arrivals.read(
        {
            "path": str(scan(write_paper(tmp_path / "p.pdf", Sent()), tmp_path / "s.pdf")),
            "types": [["Kế hoạch", "KH"]],
            "today": TODAY.isoformat(),
            "seconds": 0.0,
        }
    )

    assert (told["facts"], told["complete"]) == ({}, False)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "number", "day"),
    [("2.pdf", "115/CV-PA83", "2018-04-26"), ("4_1.jpg", "1906/SGDĐT-CTrTT", "2020-07-26")],
)
def test_real_scans_are_right_or_doubtful(name, number, day):
    told = read(shared_path("dev-data", "scans", name), today=date(2020, 8, 1))

    for what, true in (("number", number), ("date", day)):
        value, is_sure = told[what]
        assert value == true or not is_sure, (what, value)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["000", "003"])
def test_seeds_that_lost_their_head_are_not_given_one(tmp_path, name):
    (seed,) = shared_path("seeds").glob(f"{name}_*.txt")
    lines = seed.read_text(encoding="utf-8").replace("**", "").splitlines()
    body = "".join(f"<p>{line}</p>" for line in lines if line.strip())
    paper = tmp_path / "seed.pdf"
    import weasyprint

    paper.write_bytes(weasyprint.HTML(string=f"<style>@page{{size:A4}}</style>{body}").write_pdf())

    told = read(paper)

    assert not told.get("number", ("", False))[1]
    assert not told.get("date", ("", False))[1]


# --- the flow ---


def test_a_paper_without_a_record_is_entered_by_what_it_says(office, cell, tmp_path):
    paper = write_paper(tmp_path / "p.pdf", Sent(mark="THƯỢNG KHẨN<br>LƯU HÀNH NỘI BỘ"))
    drop(office, VAN_BAN_DEN, "Scan_0007.pdf", paper.read_bytes())

    (outcome,) = process_here(office, cell)

    assert outcome.status == "indexed", outcome.message
    assert any(
        name.startswith("Den-0001 127-KH-BTCTU lấy nhận xét")
        for name in results(office, VAN_BAN_DEN)
    )
    with opened(office, cell) as app:
        (found,) = app.registers.find("127-KH/BTCTU")
        assert found.facts.their_date == date(2026, 10, 12)
        assert (found.facts.urgency, found.facts.circulation) == (
            "THƯỢNG KHẨN",
            ("luu-hanh-noi-bo",),
        )
        assert not arrival_read(found.record).is_waiting
        told = describe(found, app)["summary"]
        assert any("«LƯU HÀNH NỘI BỘ»" in words for _, words in told)
        assert any("127-KH/BTCTU" in words and "trang 1" in words for _, words in told)
        assert unsound(app) == []


def test_a_scan_that_says_nothing_waits_for_the_clerk(office, cell, tmp_path):
    from PIL import Image

    Image.new("L", (1654, 2339), 255).save(tmp_path / "s.pdf", "PDF", resolution=200)
    drop(office, VAN_BAN_DEN, "Scan_0007.pdf", (tmp_path / "s.pdf").read_bytes())

    (outcome,) = process_here(office, cell)

    assert outcome.status == "indexed"
    with opened(office, cell) as app:
        read_of_it = arrival_read(the_paper(app).record)
        assert read_of_it.is_waiting
        assert set(read_of_it.asks) == {
            "so_ky_hieu",
            "co_quan_ban_hanh",
            "ngay_van_ban",
            "trich_yeu",
        }
    (note,) = (office.inbox_dir / VAN_BAN_DEN).rglob("KẾT QUẢ.txt")
    assert "CHỜ VĂN THƯ XÁC NHẬN: Số, ký hiệu (không đọc được)" in note.read_text("utf-8-sig")


def test_what_the_record_says_goes_before_what_was_read(office, cell, tmp_path):
    paper = write_paper(tmp_path / "p.pdf", Sent())
    drop(office, VAN_BAN_DEN, "p.pdf", paper.read_bytes())
    drop_json(office, "p.json", {"so_ky_hieu": "128-KH/BTCTU"}, VAN_BAN_DEN)

    process_here(office, cell)

    with opened(office, cell) as app:
        found = the_paper(app)
        assert found.facts.their_reference == "128-KH/BTCTU"
        assert found.facts.their_date == date(2026, 10, 12)


def test_what_was_read_never_sends_a_paper_back(office, cell, tmp_path):
    """The record says it came before the day that is printed on it: then the printed day is not entered."""
    paper = write_paper(tmp_path / "p.pdf", Sent())
    drop(office, VAN_BAN_DEN, "p.pdf", paper.read_bytes())
    drop_json(office, "p.json", {"ngay_den": "2026-10-01"}, VAN_BAN_DEN)

    (outcome,) = process_here(office, cell)

    assert outcome.status == "indexed", outcome.message
    with opened(office, cell) as app:
        assert "ngay_van_ban" in arrival_read(the_paper(app).record).asks


def test_a_record_that_came_late_leaves_what_only_the_paper_tells(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "p.pdf", write_paper(tmp_path / "p.pdf", Sent()).read_bytes())
    process_here(office, cell)
    drop_json(office, "p.json", {"trich_yeu": "lấy nhận xét"}, VAN_BAN_DEN)

    process_here(office, cell)

    with opened(office, cell) as app:
        (found,) = app.registers.find("127-KH/BTCTU")
        assert found.facts.subject == "lấy nhận xét"
        assert found.facts.their_date == date(2026, 10, 12)


# --- a letter's trích yếu stands under its number ---


@pytest.mark.parametrize("begin", ["V%", "V⁄v", "V/y", "W/v", "Vív", "Vú", "V/v"])
def test_what_a_machine_makes_of_v_v_is_v_v(begin):
    assert mend_about(f"{begin} rà soát hồ sơ") == "V/v rà soát hồ sơ"


@pytest.mark.parametrize("line", ["về việc rà soát", "Về việc rà soát", "KHẨN", "HỎA TỐC"])
def test_words_that_begin_like_it_stay(line):
    assert mend_about(line) == line


def test_the_trich_yeu_of_a_letter_is_read_on_its_scan(tmp_path):
    paper = write_paper(tmp_path / "p.pdf", PARTY_LETTER)
    for at, turn in enumerate((0.0, 1.0)):
        told = read(scan(paper, tmp_path / f"s{at}.pdf", turn=turn, blur=0.6 * at, noise=at))
        assert told["subject"][0] == "V/v rà soát hồ sơ đảng viên đợt 2 năm 2026"
        assert told["type"] == ("Công văn", True)
        assert told["number"][0] == "215-CV/BTCTU"


def test_a_letter_without_a_line_of_its_matter_is_a_letter_still(tmp_path):
    paper = write_paper(tmp_path / "p.pdf", dataclasses.replace(PARTY_LETTER, subject=""))
    assert read(paper)["type"] == ("Công văn", True)
    state = dataclasses.replace(LETTER, is_state=False, is_letter=True, subject="")
    state = write_paper(tmp_path / "q.pdf", dataclasses.replace(state, number="1906/SGDĐT-VP"))
    assert read(state)["type"][0] == "Công văn"


@pytest.mark.parametrize(
    ("lines", "name", "is_sure"),
    [
        (("TỈNH ỦY HÀ SƠN", "BAN TỔ CHỨC"), "BAN TỔ CHỨC TỈNH ỦY HÀ SƠN", True),
        (("UBND TỈNH HÀ SƠN", "SỞ NỘI VỤ"), "SỞ NỘI VỤ TỈNH HÀ SƠN", True),
        (("ĐẢNG BỘ TỈNH HÀ SƠN", "TỈNH ỦY"), "TỈNH ỦY HÀ SƠN", True),
        (("ĐẢNG BỘ XÃ NÀ LỐM", "ĐẢNG ỦY"), "ĐẢNG ỦY XÃ NÀ LỐM", True),
        # A body that names its own place is not called after the one above it.
        (("ĐẢNG BỘ TỈNH HÀ SƠN", "ĐẢNG ỦY XÃ NÀ LỐM"), "ĐẢNG ỦY XÃ NÀ LỐM", True),
        (("TỈNH ỦY HÀ SƠN", "ĐẢNG UỶ PHƯỜNG MƯỜNG SO"), "ĐẢNG UỶ PHƯỜNG MƯỜNG SO", True),
        (("TỈNH ỦY HÀ SƠN", "HUYỆN ỦY MƯỜNG SO"), "HUYỆN ỦY MƯỜNG SO", True),
        # It has another name of its own, or it has not: for the clerk to say.
        (("ĐẢNG BỘ TỈNH HÀ SƠN", "ĐẢNG ỦY BỆNH VIỆN ĐA KHOA"), "ĐẢNG ỦY BỆNH VIỆN ĐA KHOA", False),
        # One name broken in two lines is no body under another.
        (("SỰ KIỆN NĂM 2026", "BAN TỔ CHỨC"), "", False),
        (("UBND TỈNH", "HÀ SƠN"), "", False),
        # The place of a body in a line of its own goes on its name, and is no body by itself.
        (("ỦY BAN NHÂN DÂN", "TỈNH HÀ SƠN"), "ỦY BAN NHÂN DÂN TỈNH HÀ SƠN", True),
        (("UBND", "THÀNH PHỐ MƯỜNG SO"), "UBND THÀNH PHỐ MƯỜNG SO", True),
        (("HỘI ĐỒNG NHÂN DÂN", "ĐẶC KHU BÌNH SƠN"), "HỘI ĐỒNG NHÂN DÂN ĐẶC KHU BÌNH SƠN", True),
        (("ỦY BAN NHÂN DÂN", "TỈNH HÀ SƠN", "SỞ NỘI VỤ"), "SỞ NỘI VỤ TỈNH HÀ SƠN", True),
        (("ĐẢNG BỘ TỈNH HÀ SƠN", "ĐẢNG ỦY", "XÃ NÀ LỐM"), "ĐẢNG ỦY XÃ NÀ LỐM", True),
        (
            ("BAN CHẤP HÀNH ĐẢNG BỘ", "PHƯỜNG MƯỜNG SO"),
            "BAN CHẤP HÀNH ĐẢNG BỘ PHƯỜNG MƯỜNG SO",
            True,
        ),
        (("TỈNH HÀ SƠN", "ỦY BAN NHÂN DÂN"), "ỦY BAN NHÂN DÂN TỈNH HÀ SƠN", True),
        (("UBND TỈNH HÀ SƠN", "XÃ NÀ LỐM"), "", False),
        (("TỈNH HÀ SƠN",), "TỈNH HÀ SƠN", False),
        (("BỘ QUỐC PHÒNG", "QUÂN KHU 2"), "QUÂN KHU 2", False),
        # «TỈNH ỦY» broken in two; and where its rest was not read.
        (("TỈNH ỦY HÀ SƠN", "BAN DÂN VẬN TỈNH", "ỦY"), "BAN DÂN VẬN TỈNH ỦY HÀ SƠN", True),
        (("ĐẢNG BỘ TỈNH HÀ SƠN", "BAN DÂN VẬN TỈNH", "ỦY"), "BAN DÂN VẬN TỈNH ỦY HÀ SƠN", True),
        (("ĐẢNG BỘ TỈNH HÀ SƠN", "BAN DÂN VẬN TỈNH"), "", False),
        (("UBND TỈNH HÀ SƠN", "VĂN PHÒNG UBND TỈNH"), "VĂN PHÒNG UBND TỈNH HÀ SƠN", True),
        # The upper body alone, or the lower one alone: the other line was not read.
        (("BAN TỔ CHỨC",), "BAN TỔ CHỨC", False),
        (("VĂN PHÒNG CHÍNH PHỦ",), "VĂN PHÒNG CHÍNH PHỦ", True),
    ],
)
def test_the_body_of_the_second_line_is_named_with_the_first_where_it_has_no_name_alone(
    lines, name, is_sure
):
    def piece(text, row):
        top = 20.0 + 6 * row
        box = Segment(text=text, left_mm=30.0, top_mm=top, right_mm=90.0, bottom_mm=top + 5)
        return Piece(text=text, box=box, page=0, column=LEFT)

    pieces = [piece(text, at) for at, text in enumerate((*lines, "Số 12-CV/ĐU"))]

    assert find_body(pieces)[1:] == (name, is_sure)


@pytest.mark.parametrize("is_framed", [True, False])
def test_a_stamp_by_hand_that_lies_over_text_is_seen_by_its_colour(tmp_path, is_framed):
    letter = write_paper(tmp_path / "p.pdf", Sent())

    told = told_of(inked(letter, tmp_path / "s.pdf", (35, 38), number=21, is_framed=is_framed))

    assert told["stamp"] is not None, "it would get a second number"
    assert told["stamp"]["number"] in (21, None)
    number = told["facts"].get("number")
    assert number is None or number["value"] == "127-KH/BTCTU" or number["confidence"] < SURE
    assert told["facts"]["date"]["value"] == "2026-10-12"


def test_a_seal_and_a_mark_of_urgency_in_red_are_no_stamp_by_hand(tmp_path):
    letter = write_paper(tmp_path / "p.pdf", Sent())

    assert told_of(sealed(letter, tmp_path / "s.pdf", (20, 60)))["stamp"] is None
