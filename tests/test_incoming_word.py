"""A Word file that comes in is read like any other paper: for a mark of secrecy, for what it is, for what it equals."""

from __future__ import annotations

from dataclasses import replace

import docx
import pytest
from arrival_papers import Sent, write_paper
from issued_papers import CONG_VAN, KE_HOACH, docx_of
from office_kit import (
    VAN_BAN_DEN,
    drop,
    lying,
    numbers,
    opened,
    process_here,
    reason,
    run,
    small_office,
    unsound,
)

from pipeline.engines import arrivals
from pipeline.incoming import find_incoming, waiting_papers
from pipeline.retrieve import Query, find_papers

PLAN = replace(
    KE_HOACH,
    number="Số 127-KH/BTCTU",
    date="Hà Sơn, ngày 12 tháng 10 năm 2026",
    about=("tuyển quân",),
)
LETTER = replace(CONG_VAN, number="Số 15-CV/VPTU", date="Hà Sơn, ngày 12 tháng 10 năm 2026")
TYPES = [["Kế hoạch", "KH"], ["Công văn", "CV"]]


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "office")


def read(tmp_path, typed):
    path = tmp_path / "a.docx"
    path.write_bytes(docx_of(typed))
    told = arrivals.read({"path": str(path), "types": TYPES, "today": "2026-11-26"})
    return {name: (one["value"], one["confidence"]) for name, one in told["facts"].items()}


@pytest.mark.parametrize(
    ("typed", "subject", "kind", "number"),
    [
        (PLAN, "tuyển quân", "Kế hoạch", "127-KH/BTCTU"),
        (
            replace(PLAN, about=("kiểm tra công tác văn thư", "năm 2026")),
            "kiểm tra công tác văn thư năm 2026",
            "Kế hoạch",
            "127-KH/BTCTU",
        ),
        (
            LETTER,
            "về việc rà soát hồ sơ đảng viên đợt 2 năm 2026",
            "Công văn",
            "15-CV/VPTU",
        ),
    ],
)
def test_what_a_word_file_says_of_itself_is_read(tmp_path, typed, subject, kind, number):
    seen = read(tmp_path, typed)

    assert seen["number"] == (number, 0.97)
    assert seen["date"] == ("2026-10-12", 0.97)
    assert seen["issuer"] == ("VĂN PHÒNG TỈNH ỦY HÀ SƠN", 0.97)
    assert seen["type"] == (kind, 0.97)
    assert seen["subject"] == (subject, 0.97)
    assert seen["signer"] == ("Đinh Trọng Nghĩa", 0.97)


def test_where_nothing_shows_the_end_of_the_subject_it_is_a_doubt(tmp_path):
    plain = tmp_path / "a.docx"
    plain.write_bytes(docx_of(PLAN))
    document = docx.Document(plain)
    for paragraph in document.paragraphs:
        for one in paragraph.runs:
            one.bold = False
        if paragraph.text == "-----":
            paragraph._element.getparent().remove(paragraph._element)
    document.save(plain)

    told = arrivals.read({"path": str(plain), "types": TYPES, "today": "2026-11-26"})

    assert told["facts"]["subject"]["confidence"] < 0.9


def test_a_word_file_is_entered_by_what_it_says_and_found_by_its_words(office, cell):
    drop(office, VAN_BAN_DEN, "scan moi.docx", docx_of(PLAN))

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.reference) == ("indexed", "01-ĐẾN/2026"), outcome.message
    with opened(office, cell) as app:
        found = find_incoming("127-KH/BTCTU", app)
        assert (found.facts.subject, f"{found.facts.their_date}") == ("tuyển quân", "2026-10-12")
        assert waiting_papers(app) == []
        (hit,) = find_papers(Query(text="đề nghị các đảng ủy trực thuộc rà soát"), app).hits
        assert hit.document_id == found.id
        assert unsound(app) == []


def test_what_is_doubtful_in_a_word_file_waits_for_the_clerk(office, cell):
    drop(office, VAN_BAN_DEN, "a.docx", docx_of(replace(PLAN, number="Số 127-ZX/BTCTU")))
    drop(office, VAN_BAN_DEN, "b.docx", docx_of(replace(LETTER, number="", date="")))
    process_here(office, cell)

    ran = run(office, "incoming", "list")

    assert "Số, ký hiệu: «127-ZX/BTCTU», tin cậy 40%, đọc trong tệp Word" in ran.stdout
    assert "Số, ký hiệu: không đọc được" in ran.stdout
    assert "2 văn bản đến chờ văn thư xác nhận." in ran.stderr


@pytest.mark.parametrize("is_word_first", [True, False])
def test_a_word_file_and_a_pdf_of_one_paper_are_asked_about(office, cell, tmp_path, is_word_first):
    word = docx_of(PLAN)
    paper = write_paper(tmp_path / "p.pdf", Sent(issuer="VĂN PHÒNG")).read_bytes()
    drops = [("a.docx", word), ("b.pdf", paper)]
    for name, content in drops if is_word_first else reversed(drops):
        drop(office, VAN_BAN_DEN, name, content)
        process_here(office, cell)

    with opened(office, cell) as app:
        (asked,) = waiting_papers(app)
        assert [one.number.shown for one in asked.same_as] == ["01-ĐẾN/2026"]
        assert numbers(app) == {"den:DEN::2026": [1]}


def test_a_secret_word_file_is_not_taken_in(office, cell):
    drop(office, VAN_BAN_DEN, "a.docx", docx_of(replace(PLAN, mark="MẬT")))

    process_here(office, cell)

    assert lying(office) == [f"{VAN_BAN_DEN}/a.docx"]


def test_an_old_word_file_and_a_broken_one_come_back_with_a_plain_reason(office, cell):
    drop(office, VAN_BAN_DEN, "cu.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    drop(office, VAN_BAN_DEN, "hong.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))

    outcomes = process_here(office, cell)

    assert {one.status for one in outcomes} == {"returned"}
    assert "docx" in reason(office, VAN_BAN_DEN)
