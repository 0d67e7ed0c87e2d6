"""Rows entered before their file, papers stamped by hand, slips with a code: ``vanthu incoming register|slip|stamp``."""

from __future__ import annotations

from dataclasses import replace

import pytest
from arrival_papers import Sent, scan, write_paper
from odd_pdfs import make_active
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    letter,
    numbers,
    opened,
    paper_bytes,
    process_here,
    run,
    small_office,
    unsound,
)

from pipeline.books import Choice, book_lines
from pipeline.document_object import document_object
from pipeline.engines import codes, join, pdf, raster
from pipeline.errors.base import RecordRejected
from pipeline.errors.incoming import ConfirmedWrong, MaybeTheSame, RowIncomplete, StampedByHand
from pipeline.errors.registers import NumbersPassedOver
from pipeline.inbox.number_first import arrival_number_in
from pipeline.incoming import Word, confirm, find_incoming, waiting_papers
from pipeline.incoming_rows import Entry, draw_slip, draw_stamp, enter
from pipeline.own_sheets import SLIP_PREFIX

PERSON = "lan"
KNOWN = {
    "number": "127-KH/BTCTU",
    "issuer": "Ban Tổ chức Tỉnh ủy Hà Sơn",
    "subject": "lấy nhận xét đảng viên",
}
INK = '<p style="color:red">VĂN PHÒNG TỈNH ỦY HÀ SƠN<br><b>ĐẾN</b><br>Số 21 Ngày 16/10/2026<br>Chuyển:</p>'


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "office", paper_seconds=90.0)


def entered(office, cell, **said) -> None:
    with opened(office, cell) as app:
        enter(Entry(said=KNOWN | said, person=PERSON), app)
    process_here(office, cell)


@pytest.mark.parametrize(
    ("stem", "number"),
    [
        ("Den-0021", 21),
        ("den 21", 21),
        ("ĐẾN số 7", 7),
        ("DEN_0021 giay moi", 21),
        ("dien 21", None),
        ("den", None),
    ],
)
def test_a_file_may_be_named_by_its_number(stem, number):
    assert arrival_number_in(stem) == number


def test_a_row_of_facts_takes_the_next_number_and_its_scan_finds_it_by_name(office, cell, tmp_path):
    ran = run(
        office, "incoming", "register", "--so-ky-hieu", "127-KH/BTCTU", "--co-quan", "Ban Tổ chức Tỉnh ủy Hà Sơn",
        "--trich-yeu", "lấy nhận xét đảng viên", "--person", PERSON, "--json",
    )  # fmt: skip
    assert ran.status == 0, ran.stderr
    assert ran.lines[0]["reference"] == "01-ĐẾN/2026"
    with opened(office, cell) as app:
        assert find_incoming("1", app).facts.note == "Chỉ có bản giấy"
        assert unsound(app) == []
    drop(office, VAN_BAN_DEN, "Den-0001.pdf", paper_bytes(tmp_path, "Ban quet"))

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.reference) == ("duplicate", "01-ĐẾN/2026"), outcome.message
    with opened(office, cell) as app:
        found = find_incoming("1", app)
        assert found.version == 2
        assert found.facts.note == ""
        assert found.facts.their_reference == "127-KH/BTCTU"
        assert "received/Den-0001.pdf" in [file.name for file in found.files]
        assert numbers(app) == {"den:DEN::2026": [1]}
        assert unsound(app) == []


def test_the_scan_finds_its_row_by_what_is_read_on_it(office, cell, tmp_path):
    entered(office, cell)
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", write_paper(tmp_path / "p.pdf", Sent()).read_bytes())

    process_here(office, cell)

    with opened(office, cell) as app:
        found = find_incoming("1", app)
        assert (found.version, numbers(app)) == (2, {"den:DEN::2026": [1]})
        # What she typed goes before what was read, which fills what she left open.
        assert found.facts.subject == "lấy nhận xét đảng viên"
        assert f"{found.facts.their_date}" == "2026-10-12"


@pytest.mark.parametrize("issuer", ["Ban Tổ chức Tỉnh ủy", "Ban Tổ chức Tỉnh ủy Hà Sơn"])
def test_a_doubtful_scan_finds_the_row_that_says_what_it_says(office, cell, tmp_path, issuer):
    entered(office, cell, issuer=issuer)
    letter = write_paper(tmp_path / "p.pdf", Sent())
    bad = scan(letter, tmp_path / "scan.pdf", turn=1.5, blur=0.8, noise=4)
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", bad.read_bytes())

    process_here(office, cell)

    with opened(office, cell) as app:
        assert (find_incoming("1", app).version, numbers(app)) == (2, {"den:DEN::2026": [1]})


def test_a_doubtful_scan_of_a_paper_that_is_here_is_asked_about(office, cell, tmp_path):
    letter = write_paper(tmp_path / "p.pdf", Sent())
    drop(office, VAN_BAN_DEN, "mail.pdf", letter.read_bytes())
    process_here(office, cell)
    bad = scan(letter, tmp_path / "scan.pdf", turn=1.5, blur=0.8, noise=6, dpi=170)
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", bad.read_bytes())

    process_here(office, cell)

    with opened(office, cell) as app:
        first = find_incoming("1", app)
        (one,) = [one for one in waiting_papers(app) if one.same_as]
        assert [paper.id for paper in one.same_as] == [first.id]
        assert numbers(app) == {"den:DEN::2026": [1]}


def test_the_scan_finds_its_row_by_the_slip_that_lies_on_it(office, cell, tmp_path):
    entered(office, cell, number="9-CV/X")
    slip = tmp_path / "slip.pdf"
    with opened(office, cell) as app:
        paper = find_incoming("1", app)
        draw_slip(paper, slip, app)
    bad = scan(slip, tmp_path / "scan.pdf", turn=2.0, blur=1.0, noise=10, dpi=150)
    assert codes.read({"path": str(bad)})["pages"] == [[f"{SLIP_PREFIX}{paper.id}"]]
    (tmp_path / "p.pdf").write_bytes(paper_bytes(tmp_path, "Cong van"))
    join.join_files([bad, tmp_path / "p.pdf"], tmp_path / "both.pdf")
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", (tmp_path / "both.pdf").read_bytes())

    process_here(office, cell)

    with opened(office, cell) as app:
        assert find_incoming("1", app).version == 2
        assert numbers(app) == {"den:DEN::2026": [1]}


def test_a_row_that_has_its_file_takes_no_other_by_name(office, cell, tmp_path):
    entered(office, cell)
    for words in ("mot", "hai"):
        drop(office, VAN_BAN_DEN, "Den-0001.pdf", paper_bytes(tmp_path, f"Ban quet {words}"))
        process_here(office, cell)

    with opened(office, cell) as app:
        assert numbers(app) == {"den:DEN::2026": [1, 2]}


def test_an_unopened_envelope_is_a_row_like_others(office, cell):
    ran = run(
        office, "incoming", "register", "--co-quan", "Ban Bí thư", "--sealed", "đồng chí Bí thư Tỉnh ủy", "--book", "den", "--json"
    )  # fmt: skip

    assert ran.status == 0, ran.stderr
    facts = ran.lines[0]["facts"]
    assert facts["subject"] == "Bì gửi đích danh đồng chí Bí thư Tỉnh ủy"
    assert facts["note"].startswith("Chỉ có bản giấy; Bì gửi đích danh, không bóc")
    with opened(office, cell) as app:
        assert waiting_papers(app) == []
        assert unsound(app) == []


def test_a_row_that_lacks_facts_or_is_here_already_is_refused(office, cell):
    with opened(office, cell) as app, pytest.raises(RowIncomplete):
        enter(Entry(said={"number": "1-CV/X"}, person=PERSON), app)
    entered(office, cell)
    with opened(office, cell) as app:
        with pytest.raises(MaybeTheSame):
            enter(Entry(said=KNOWN, person=PERSON), app)
        enter(Entry(said=KNOWN, person=PERSON, is_another=True), app)
    process_here(office, cell)
    with opened(office, cell) as app:
        assert numbers(app) == {"den:DEN::2026": [1, 2]}


# --- stamped by hand ---


def test_an_ink_stamp_is_seen_and_its_number_asked_for(office, cell, tmp_path):
    paper = write_paper(tmp_path / "p.pdf", Sent(above=INK))
    drop(office, VAN_BAN_DEN, "p.pdf", paper.read_bytes())
    process_here(office, cell)
    (result,) = office.inbox_dir.rglob("KẾT QUẢ*.txt")
    assert "Đã có dấu ĐẾN đóng tay nên chưa cấp số" in result.read_text("utf-8-sig")
    assert "Giống văn bản đến" not in result.read_text("utf-8-sig")
    with opened(office, cell) as app:
        (asked,) = waiting_papers(app)
        assert (asked.paper.number, asked.read.stamp["number"]) == (None, 21)
        assert asked.read.stamp["day"] == "2026-10-16"
        # The stamp's own lines are not taken for the paper's.
        assert asked.paper.facts.their_reference == "127-KH/BTCTU"
        assert asked.paper.facts.their_issuer == "BAN TỔ CHỨC TỈNH ỦY HÀ SƠN"
        with pytest.raises(StampedByHand):
            confirm(asked.paper.id, Word(person=PERSON, said={"signer": "Vi Thị An"}), app)
    drop(office, VAN_BAN_DEN, "khac.pdf", paper_bytes(tmp_path, "Cong van khac"))
    process_here(office, cell)

    said = ("incoming", "confirm", asked.paper.id, "--so-den", "21", "--json")
    ran = run(office, *said)
    assert ran.status == RecordRejected.exit_status
    assert "Sổ đang ở số 1, số 21 sẽ bỏ trống 2–20" in ran.stderr
    assert "--nhay-so" in ran.stderr
    with opened(office, cell) as app:
        assert numbers(app) == {"den:DEN::2026": [1]}
    ran = run(office, *said, "--nhay-so")

    assert ran.status == 0, ran.stderr
    assert ran.lines[0]["reference"] == "21-ĐẾN/2026"
    with opened(office, cell) as app:
        lines = book_lines(Choice(name="den"), app.registers)
        cells = {line.row.entry.ordinal: line.cells for line in lines}
        assert cells[21][0] == "16/10/2026", "the book tells another day than the stamp"
        assert "quyết định" in cells[21][-1]
        assert "nguoi-dung" not in cells[21][-1]
        assert ".;" not in cells[21][-1]
    (made,) = [
        path
        for path in (office.inbox_dir / VAN_BAN_DEN).rglob("Den-0021*.pdf")
        if "phu" not in path.name
    ]
    assert made.read_bytes() == paper.read_bytes(), "a second stamp was put on"
    assert "đóng tay nên chương trình không đóng dấu lần nữa" in "".join(
        note.read_text("utf-8-sig") for note in office.inbox_dir.rglob("KẾT QUẢ*.txt")
    )


def test_a_word_den_without_its_lines_is_no_stamp(office, cell, tmp_path):
    paper = write_paper(tmp_path / "p.pdf", Sent(above="<p><b>ĐẾN</b></p>"))
    drop(office, VAN_BAN_DEN, "p.pdf", paper.read_bytes())

    process_here(office, cell)

    with opened(office, cell) as app:
        assert waiting_papers(app) == []
        assert numbers(app) == {"den:DEN::2026": [1]}


def test_the_stamp_alone_stands_where_it_was_asked_for(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(tmp_path, "Cong van"))
    drop_json(office, "cv.json", letter(1), VAN_BAN_DEN)
    process_here(office, cell)
    out = tmp_path / "dau.pdf"

    with opened(office, cell) as app:
        draw_stamp(find_incoming("1", app), out, (40.0, 70.0), app)

    assert raster.page_count(out) == 1
    assert [round(side * raster.MM_PER_PT) for side in raster.page_size_pt(out)] == [210, 297]
    ink = (
        raster.gray(out, dpi=72)
        .point([255 if shade < 200 else 0 for shade in range(256)])
        .getbbox()
    )
    left, top, right, bottom = (round(at * 25.4 / 72) for at in ink)
    assert (left, top) == (40, 70)
    assert (right - left, bottom - top) == (50, 35)
    assert "ĐẾN" in raster.text(out)


def test_a_record_beside_a_file_may_write_its_day_as_people_do(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(tmp_path, "Cong van"))
    drop_json(office, "cv.json", letter(15, ngay_van_ban="12/10/2026"), VAN_BAN_DEN)

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.reference) == ("indexed", "01-ĐẾN/2026"), outcome.message


def stamped_by_hand(office, cell, tmp_path):
    paper = write_paper(tmp_path / "p.pdf", Sent(above=INK))
    drop(office, VAN_BAN_DEN, "p.pdf", paper.read_bytes())
    process_here(office, cell)


def test_the_day_in_the_ink_stamp_is_the_day_it_came(office, cell, tmp_path):
    stamped_by_hand(office, cell, tmp_path)
    with opened(office, cell) as app:
        (one,) = waiting_papers(app)
        word = Word(person=PERSON, said={}, ordinal=21)
        with pytest.raises(NumbersPassedOver) as asked:
            confirm(one.paper.id, word, app)
        assert "Sổ chưa có số nào, số 21 sẽ bỏ trống 1–20" in asked.value.clerk_text
        found = confirm(one.paper.id, replace(word, may_skip=True), app)
        assert (found.number.ordinal, f"{found.number.issued_on}") == (21, "2026-10-16")
        with pytest.raises(ConfirmedWrong) as refused:
            confirm("21", Word(person=PERSON, said={"type": "Kế hoạch"}, ordinal=25), app)
        assert "21-ĐẾN/2026" in refused.value.clerk_text


def test_a_stamp_that_is_anothers_leaves_room_for_ours(office, cell, tmp_path):
    stamped_by_hand(office, cell, tmp_path)
    with opened(office, cell) as app:
        (one,) = waiting_papers(app)
        assert not [file for file in one.paper.files if file.name.startswith("renditions/")]
        confirm(one.paper.id, Word(person=PERSON, said={}, is_another=True), app)
    process_here(office, cell)
    with opened(office, cell) as app:
        found = find_incoming("1", app)
        (made,) = [f for f in found.files if f.name.startswith("renditions/")]
        (came,) = [f for f in found.files if f.name == "received/p.pdf"]
        assert made.sha512 != came.sha512, "our own stamp was put on"


def test_code_in_a_paper_that_waits_or_is_stamped_by_hand_is_told_and_not_carried(
    office, cell, tmp_path
):
    paper = make_active(write_paper(tmp_path / "p.pdf", Sent(above=INK)), tmp_path / "a.pdf")
    drop(office, VAN_BAN_DEN, "a.pdf", paper.read_bytes())
    process_here(office, cell)
    told = notes_of(office)
    assert "Tệp có mã tự chạy và tệp, phim hoặc âm thanh nhúng: chương trình không chạy" in told

    with opened(office, cell) as app:
        (one,) = waiting_papers(app)
        word = Word(person=PERSON, said={}, ordinal=21, may_skip=True)
        confirm(one.paper.id, word, app)
    process_here(office, cell)

    with opened(office, cell) as app:
        found = find_incoming("21", app)
        (made,) = [one.name for one in found.files if one.name.startswith("renditions/")]
        shown = app.objects.open(document_object(found.id), made, version=found.archived_version)
        assert pdf.inspect(shown).active == ()
        assert raster.text(shown) == raster.text(paper)
    assert "Tệp gốc có mã tự chạy" in notes_of(office)


def notes_of(office) -> str:
    notes = office.inbox_dir.rglob("KẾT QUẢ*.txt")
    return "".join(note.read_text("utf-8-sig") for note in notes)
