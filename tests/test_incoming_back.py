"""Papers that go back: the number stays with its reason, the phiếu says what goes: ``vanthu incoming return|recall``."""

from __future__ import annotations

from pathlib import Path

import pytest
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    letter,
    opened,
    paper_bytes,
    process_here,
    results,
    run,
    small_office,
)
from web_kit import served, text_of

from pipeline.books import FORMS
from pipeline.engines import raster
from pipeline.errors.incoming import IncomingUnknown
from pipeline.incoming import find_incoming
from pipeline.incoming_back import SendingBack, send_back
from pipeline.record import LegalState
from pipeline.retrieve import describe


@pytest.fixture
def office(tmp_path, cell):
    made = small_office(tmp_path / "office")
    drop(made, VAN_BAN_DEN, "cv.pdf", paper_bytes(tmp_path, "Cong van"))
    drop_json(made, "cv.json", letter(15), VAN_BAN_DEN)
    process_here(made, cell)
    return made


def test_a_returned_paper_keeps_its_number_and_goes_with_its_phieu(office, cell, tmp_path):
    out = tmp_path / "phieu.pdf"

    ran = run(
        office,
        "incoming",
        "return",
        "1",
        "--reason",
        "gửi nhầm nơi nhận",
        "--person",
        "lan",
        "-o",
        str(out),
    )

    assert ran.status == 0, ran.stderr
    text = " ".join(raster.text(out).split())
    for words in ("PHIẾU TRẢ LẠI VĂN BẢN", "Kính gửi: Ban Tổ chức Tỉnh ủy Hà Sơn", "Công văn 15-CV/BTCTU",
                  "số đến 1,", "Lý do: gửi nhầm nơi nhận.", "ĐẢNG CỘNG SẢN VIỆT NAM"):  # fmt: skip
        assert words in text
    assert raster.page_count(out) == 1
    with opened(office, cell) as app:
        paper = find_incoming("1", app)
        assert (paper.legal_state, paper.number.ordinal) == (LegalState.THU_HOI, 1)
        (deed,) = [line for line in app.registers.journal_of(paper.id) if line.deed == "state"]
        assert (deed.person, deed.data["reason"]) == ("lan", "trả lại nơi gửi: gửi nhầm nơi nhận")


def test_the_papers_own_day_and_that_of_its_arrival_are_told_apart_everywhere(office, cell):
    with opened(office, cell) as app:
        paper = find_incoming("1", app)
    own, arrived = f"{paper.facts.their_date:%d/%m/%Y}", f"{paper.number.issued_on:%d/%m/%Y}"
    assert own != arrived

    shown = " ".join(run(office, "show", "1").stdout.split())
    found = run(office, "search", "15-CV/BTCTU").stdout

    assert f"Ngày văn bản: {own}" in shown
    assert f"Ngày đến: {arrived}" in shown
    assert f"văn bản ngày {own}, đến ngày {arrived}" in found
    assert f"15-CV/BTCTU, {paper.facts.their_issuer}: Về rà soát" in found
    with served(office, cell) as web:
        assert f"văn bản ngày {own}, đến ngày {arrived}" in text_of(web.get("/tra-cuu/"))
        assert "mọi văn bản, mới nhất trước" in text_of(web.get("/tra-cuu/"))
        assert "mọi văn bản" not in text_of(web.get("/tra-cuu/?q=công văn"))


def test_the_phieu_lies_among_the_results_of_its_paper(office):
    ran = run(office, "incoming", "return", "1", "--reason", "gửi nhầm", "--person", "lan")

    assert ran.status == 0, ran.stderr
    path = Path(ran.stdout.splitlines()[-1])
    assert path.is_absolute()
    assert path.parent.parent == office.inbox_dir / VAN_BAN_DEN / office.folders.results
    assert "Lý do: gửi nhầm." in " ".join(raster.text(path).split())
    assert any(path.parent.glob("*15-CV-BTCTU*"))  # the paper itself


def test_a_recall_says_so_and_the_phieu_can_be_drawn_again(office, cell, tmp_path):
    asked = SendingBack(reason="ban hành nhầm", person="lan", is_recalled=True)
    for name in ("a.pdf", "b.pdf"):
        with opened(office, cell) as app:
            send_back("15-CV/BTCTU", asked, tmp_path / name, app)

    assert "PHIẾU GỬI TRẢ VĂN BẢN" in raster.text(tmp_path / "b.pdf")
    with opened(office, cell) as app:
        paper = find_incoming("1", app)
        states = [line for line in app.registers.journal_of(paper.id) if line.deed == "state"]
        assert [line.data["reason"] for line in states] == ["nơi gửi thu hồi: ban hành nhầm"]


def test_a_second_phieu_says_what_the_journal_says(office, cell, tmp_path):
    first, again = str(tmp_path / "a.pdf"), tmp_path / "b.pdf"
    run(office, "incoming", "recall", "1", "--reason", "ban hành nhầm", "-o", first)

    ran = run(office, "incoming", "return", "1", "--reason", "lý do khác", "-o", str(again))

    assert ran.status == 0, ran.stderr
    assert "phiếu in lại theo lý do đã ghi lúc ấy" in ran.stderr
    text = " ".join(raster.text(again).split())
    assert "PHIẾU GỬI TRẢ VĂN BẢN" in text
    assert "Lý do: ban hành nhầm." in text
    assert "lý do khác" not in text


def test_without_a_reason_or_a_paper_nothing_goes_back(office, cell, tmp_path):
    silent = run(office, "incoming", "return", "1")
    assert (silent.status, "--reason" in silent.stderr) == (64, True)
    with opened(office, cell) as app, pytest.raises(IncomingUnknown):
        send_back("77", SendingBack(reason="x", person="lan"), tmp_path / "x.pdf", app)


@pytest.mark.parametrize(
    ("deed", "words"), [("return", "đã trả lại nơi gửi"), ("recall", "nơi gửi thu hồi")]
)
def test_a_paper_that_went_back_is_told_so_everywhere(office, cell, tmp_path, deed, words):
    out = str(tmp_path / "phieu.pdf")
    # People say once more what the deed says: it is written down once.
    why = "Trả lại nơi gửi: gửi nhầm nơi"
    assert run(office, "incoming", deed, "1", "--reason", why, "-o", out).status == 0
    process_here(office, cell)

    shown = run(office, "show", "15-CV/BTCTU").stdout.casefold()
    found = run(office, "search", "15-CV/BTCTU").stdout.casefold()
    assert (words in shown, words in found) == (True, True)
    assert "đã thu hồi" not in shown + found
    with opened(office, cell) as app:
        (row,) = app.registers.entries(book=FORMS["den"].book)
        (note,) = [c.value(row) for c in FORMS["den"].columns if c.title == "Ghi chú"]
    assert f"{words}: gửi nhầm nơi" in note.casefold()
    (given,) = [name for name in results(office, VAN_BAN_DEN) if name.endswith(".pdf")]
    assert f"({words.upper()}).pdf" in given
    assert "Lý do: gửi nhầm nơi." in " ".join(raster.text(tmp_path / "phieu.pdf").split())
    exported = run(office, "export", "15-CV/BTCTU", "-o", str(tmp_path / "ra"))
    assert [f"({words.upper()})" in name for name in exported.stdout.splitlines()] == [True]


def test_what_is_not_known_of_a_paper_is_not_made_up(tmp_path, cell):
    office = small_office(tmp_path / "office")
    drop(office, VAN_BAN_DEN, "SCAN0001.pdf", paper_bytes(tmp_path, "Khong ro"))
    process_here(office, cell)
    out = tmp_path / "phieu.pdf"

    with opened(office, cell) as app:
        paper = find_incoming("1", app)
        assert ("Cơ quan", "chưa rõ nơi gửi") in describe(paper, app)["summary"]
        send_back("1", SendingBack(reason="nhầm", person="lan"), out, app)
    text = " ".join(raster.text(out).split())
    assert "(chưa rõ trích yếu)" in text
    assert "SCAN0001" not in text
    assert "Văn bản đến" not in text
