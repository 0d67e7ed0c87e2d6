"""Two arrivals of one paper: the scan is the paper's file from then on, what it tells fills the row, both rows say so."""

from __future__ import annotations

import shutil

import pytest
from arrival_papers import Sent, scan, write_paper
from copies_kit import ask, the_copy
from office_kit import (
    VAN_BAN_DEN,
    drop,
    numbers,
    opened,
    process_here,
    run,
    small_office,
    unsound,
)
from web_kit import served, text_of

from pipeline.books import FORMS
from pipeline.document_object import document_object
from pipeline.durable import sha512_file
from pipeline.engines import join, raster
from pipeline.errors.incoming import MaybeTheSame
from pipeline.inbox.arrival_reading import arrival_read
from pipeline.incoming import Word, confirm, find_incoming, waiting_papers
from pipeline.incoming_rows import Entry, draw_slip, enter
from pipeline.record import CopyForm, LegalState
from pipeline.retrieve import Query, find_papers
from pipeline.right_to_copy import CopyRequest, source_of_copy
from pipeline.second_arrivals import first_ones
from pipeline.stores.registers.views import DocumentState

PERSON = "lan"


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "office", paper_seconds=90.0)


def come(office, cell, name, path):
    drop(office, VAN_BAN_DEN, name, path.read_bytes())
    process_here(office, cell)


def joined(office, cell, second, first="1"):
    with opened(office, cell) as app:
        confirm(second, Word(person=PERSON, said={}, same_as=first), app)
    process_here(office, cell)


def waiting(office, cell):
    with opened(office, cell) as app:
        (one,) = [one for one in waiting_papers(app) if one.same_as]
        return one.paper.id


def files(app, paper):
    return sorted(file.name for file in paper.files if file.name.startswith("received/"))


def book(app):
    """The lines of the incoming book: number → Ghi chú and the columns about the paper."""
    form = FORMS["den"]
    rows = app.registers.entries(book=form.book)
    return [{column.title: column.value(row) for column in form.columns} for row in rows]


def test_the_scan_that_is_joined_is_what_copies_are_made_of(office, cell, tmp_path):
    letter = write_paper(tmp_path / "p.pdf", Sent())
    came = scan(letter, tmp_path / "scan.pdf")
    come(office, cell, "thu.pdf", letter)
    come(office, cell, "SCAN0001.PDF", came)
    with opened(office, cell) as app:
        first = find_incoming("1", app)
    refused = run(office, "copy", first.id, "--form", "sao-luc", "--to", "Chi bộ 3")
    assert "R269" in refused.stderr
    assert "Chưa sao được «127-KH/BTCTU»" in refused.stderr
    second = waiting(office, cell)

    said = [path.read_text("utf-8-sig") for path in office.inbox_dir.rglob("KẾT QUẢ*.txt")]
    asked = [one for one in said if "giống văn bản đến 01-ĐẾN/2026" in one]
    assert asked
    assert all("xác nhận trên trang web" in one for one in asked)
    joined(office, cell, second)

    # It was never withdrawn, and is found by the end of its id.
    found = run(office, "search", "127-KH/BTCTU").stdout.casefold()
    ran = run(office, "show", f"~{second[-4:]}")
    shown = ran.stdout.casefold()
    assert "đã gộp vào 01-đến/2026" in found
    assert "trạng thái:           đã gộp vào 01-đến/2026" in shown, ran.stderr
    assert "thu hồi" not in found
    by_number = run(office, "show", "127-KH/BTCTU")
    assert (by_number.status, "01-ĐẾN/2026" in by_number.stdout) == (0, True), by_number.stderr
    with opened(office, cell) as app:
        found = find_incoming("1", app)
        old = f"received/ban-khac/{first.id[-4:]} thu.pdf"
        assert files(app, found) == sorted(["received/SCAN0001.PDF", old])
        path = app.objects.open(
            document_object(found.id), "received/SCAN0001.PDF", version=found.archived_version
        )
        assert sha512_file(path) == sha512_file(came)
        assert unsound(app) == []
        again = find_incoming("1", app)
        assert f"mã {second}" in again.facts.note
        assert (
            "Cùng một văn bản với văn bản đến 01-ĐẾN/2026" in app.registers.get(second).facts.note
        )
    said = [path.read_text("utf-8-sig") for path in office.inbox_dir.rglob("KẾT QUẢ*.txt")]
    assert any("Đây là bản nhận thêm của văn bản đến 01-ĐẾN/2026" in one for one in said)
    assert not any("đóng tay" in one for one in said)
    ask(office, "a.json", "127-KH/BTCTU")
    (outcome,) = process_here(office, cell)
    assert outcome.status == "indexed", outcome.message
    assert raster.page_count(the_copy(office)) == 1


def test_a_third_arrival_is_offered_the_paper_that_has_the_number_and_once(office, cell, tmp_path):
    for at in range(3):
        sent = Sent(text=f"<p>Bản in lần {at} của kế hoạch.</p>")
        come(office, cell, f"thu{at}.pdf", write_paper(tmp_path / f"p{at}.pdf", sent))
    with opened(office, cell) as app:
        first = find_incoming("1", app)
        second, third = (one.paper.id for one in waiting_papers(app))
        assert {one.id for one in waiting_papers(app)[1].same_as} == {first.id, second}

    joined(office, cell, second)

    with served(office, cell) as web:
        page = text_of(web.get(f"/van-ban-den/{third}/"))
    assert page.count("Là một văn bản với") == 1
    with opened(office, cell) as app:
        (left,) = waiting_papers(app)
        assert (left.paper.id, [one.id for one in left.same_as]) == (third, [first.id])
        with pytest.raises(MaybeTheSame) as asked:
            confirm(third, Word(person=PERSON, said={"subject": "việc khác"}), app)
        assert asked.value.values["shown"] == "01-ĐẾN/2026"
        for words in ("127-KH/BTCTU", "127-KH/BTCTU bản in lần 1 của kế hoạch"):
            hits = find_papers(Query(text=words), app).hits
            ids = [hit.document_id for hit in hits]
            assert ids.index(first.id) < ids.index(second), words
            (tie,) = hits[ids.index(second)].later
            assert (tie.document_id, tie.words) == (first.id, "đã gộp vào 01-ĐẾN/2026")
    joined(office, cell, third, first=f"~{second[-4:]}")
    with opened(office, cell) as app:
        assert arrival_read(find_incoming("1", app).record).also == (second, third)
        named = [hit for hit in find_papers(Query(text="127-KH/BTCTU"), app).hits if hit.is_named]
        assert [hit.document_id for hit in named] == [first.id]


def test_what_was_joined_on_stands_under_the_last(office, cell):
    with opened(office, cell) as app:
        for name in ("X", "Y", "Z"):
            enter(Entry(said={"issuer": f"Ban {name}", "subject": "một việc"}, person=PERSON), app)
    process_here(office, cell)
    joined(office, cell, "3", first="2")
    joined(office, cell, "2", first="1")

    with opened(office, cell) as app:
        three = [find_incoming(number, app) for number in ("3", "2", "1")]
        assert [one.number.ordinal for one in first_ones(three[:1], app.registers)] == [1]
        asked = CopyRequest(form=CopyForm.SAO_LUC, wanted="một việc")
        assert source_of_copy(asked, three, app.registers).number.ordinal == 1
    with served(office, cell) as web:
        assert text_of(web.get("/dang-xu-ly/")).count("Đã gộp vào 01-ĐẾN/2026") == 2


def test_what_the_row_lacks_is_filled_and_both_rows_name_each_other(office, cell, tmp_path):
    known = {"issuer": "Ban Tổ chức Tỉnh ủy", "subject": "lấy nhận xét đảng viên"}
    with opened(office, cell) as app:
        enter(Entry(said=known, person=PERSON), app)
    process_here(office, cell)
    come(office, cell, "SCAN0001.PDF", write_paper(tmp_path / "p.pdf", Sent()))
    with opened(office, cell) as app:
        assert numbers(app) == {"den:DEN::2026": [1, 2]}

    joined(office, cell, "2")

    with opened(office, cell) as app:
        first, second = find_incoming("1", app), find_incoming("2", app)
        assert second.legal_state is LegalState.HUY_SO
        rows = book(app)
        assert (rows[0]["Số, ký hiệu"], rows[0]["Ngày tháng văn bản"]) == (
            "127-KH/BTCTU",
            "12/10/2026",
        )
        # What she typed stays; what she left open came from the paper.
        assert rows[0]["Tác giả"] == "Ban Tổ chức Tỉnh ủy"
        assert rows[0]["Tên loại và trích yếu nội dung"] == "Kế hoạch lấy nhận xét đảng viên"
        assert "số đến 02-ĐẾN/2026" in rows[0]["Ghi chú"]
        assert "Chỉ có bản giấy" not in rows[0]["Ghi chú"]
        note = rows[1]["Ghi chú"]
        assert note.startswith("Hủy số: cùng một văn bản với văn bản đến 01-ĐẾN/2026")
        assert note.casefold().count("cùng một văn bản với") == 1
        reasons = [line.data.get("reason", "") for line in app.registers.journal_of(first.id)]
        assert any("bổ sung «Số, ký hiệu», «Ngày văn bản»" in why for why in reasons)
        assert not any("127-KH" in why for why in reasons)
        assert "received/SCAN0001.PDF" in files(app, first)
        assert first.facts.so_trang == 1
        hits = [hit.document_id for hit in find_papers(Query(text="báo cáo kết quả"), app).hits]
        assert first.id in hits
    before = sorted(str(row) for row in rows)
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    shutil.rmtree(office.index_dir)
    assert run(office, "rebuild").status == 0
    with opened(office, cell) as app:
        assert sorted(str(row) for row in book(app)) == before
        assert arrival_read(find_incoming("1", app).record).files_of == second.id


def test_a_scan_stays_the_source_when_an_unsigned_file_is_joined_to_it(office, cell, tmp_path):
    letter = write_paper(tmp_path / "p.pdf", Sent())
    come(office, cell, "SCAN0001.PDF", scan(letter, tmp_path / "scan.pdf"))
    come(office, cell, "thu.pdf", letter)
    second = waiting(office, cell)

    joined(office, cell, second)

    with opened(office, cell) as app:
        found = find_incoming("1", app)
        beside = f"received/ban-khac/{second[-4:]} thu.pdf"
        assert files(app, found) == sorted(["received/SCAN0001.PDF", beside])
        # And so it stays in the versions after.
        confirm("1", Word(person=PERSON, said={"signer": "Vi Thị An"}), app)
    process_here(office, cell)
    with opened(office, cell) as app:
        assert beside in files(app, find_incoming("1", app))
        assert unsound(app) == []
    ask(office, "a.json", "127-KH/BTCTU")
    (outcome,) = process_here(office, cell)
    assert outcome.status == "indexed", outcome.message


def test_the_slip_on_the_joined_scan_is_no_page_of_the_paper(office, cell, tmp_path):
    with opened(office, cell) as app:
        enter(Entry(said={"issuer": "Ban X", "subject": "việc X"}, person=PERSON), app)
        enter(Entry(said={"issuer": "Ban Y", "subject": "việc Y"}, person=PERSON), app)
    process_here(office, cell)
    with opened(office, cell) as app:
        draw_slip(find_incoming("2", app), tmp_path / "slip.pdf", app)
    join.join_files(
        [tmp_path / "slip.pdf", write_paper(tmp_path / "p.pdf", Sent())], tmp_path / "both.pdf"
    )
    come(office, cell, "SCAN0001.PDF", scan(tmp_path / "both.pdf", tmp_path / "scan.pdf"))

    joined(office, cell, "2")

    with opened(office, cell) as app:
        found = find_incoming("1", app)
        assert arrival_read(found.record).slip_pages == (1,)
        assert found.facts.so_trang == 1
    ask(office, "a.json", found.id)
    (outcome,) = process_here(office, cell)
    assert outcome.status == "indexed", outcome.message
    assert raster.page_count(the_copy(office)) == 1


@pytest.mark.parametrize("which", ["first", "second"])
def test_what_is_purged_of_one_arrival_is_nowhere_in_the_other(office, cell, tmp_path, which):
    with opened(office, cell) as app:
        enter(Entry(said={"issuer": "Ban X", "subject": "việc X"}, person=PERSON), app)
    process_here(office, cell)
    came = write_paper(tmp_path / "p.pdf", Sent())
    come(office, cell, "SCAN0001.PDF", came)
    with opened(office, cell) as app:
        second = find_incoming("2", app).id
    joined(office, cell, "2")
    with opened(office, cell) as app:
        first = find_incoming("1", app).id

    two = ("--reason", "sót dấu mật", "--person", "Lan", "--approved-by", "Minh")
    ran = run(office, "purge", {"first": first, "second": second}[which], *two)

    assert ran.status == 0, ran.stderr
    with opened(office, cell) as app:
        states = {app.registers.get(one).state for one in (first, second)}
        assert states == {DocumentState.PURGED}
    digest = sha512_file(came)
    files = [path for path in office.root.rglob("*") if path.is_file()]
    assert [path for path in files if sha512_file(path) == digest] == []
