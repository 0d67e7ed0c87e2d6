"""What waits for the clerk, and what becomes of her word: ``vanthu incoming list|confirm``."""

from __future__ import annotations

import re
from datetime import date

import pytest
from arrival_papers import Sent, write_paper
from odd_pdfs import content_of, write_pdf
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    letter,
    numbers,
    opened,
    paper_bytes,
    process_here,
    reason,
    results,
    run,
    small_office,
    unsound,
)
from PIL import Image

from pipeline.clock import SystemClock
from pipeline.document_object import document_object
from pipeline.errors.incoming import (
    ConfirmedWrong,
    IncomingUnknown,
    MaybeTheSame,
    NothingConfirmed,
    NothingReadToAccept,
    SameAsItself,
)
from pipeline.hits_told import UNCONFIRMED
from pipeline.incoming import Word, confirm, count_waiting, find_incoming, waiting_papers
from pipeline.record import DocumentId, LegalState, Place, ReceiptId, new_id
from pipeline.retrieve import Query, describe, find_papers
from pipeline.stores.registers.api import open_registers
from pipeline.stores.registers.views import DocumentState, NewDocument, NewReceipt

PERSON = "lan"


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "office")


def say(**said) -> Word:
    return Word(person=PERSON, said=said)


def blank_scan(tmp_path, office, name: str) -> None:
    """A page on which nothing can be read."""
    shade = 255 - len(list(tmp_path.glob("*.pdf")))
    Image.new("L", (827, 1169), shade).save(tmp_path / name, "PDF", resolution=100)
    drop(office, VAN_BAN_DEN, name, (tmp_path / name).read_bytes())


def sent(tmp_path, office, name: str, paper: Sent) -> None:
    drop(office, VAN_BAN_DEN, name, write_paper(tmp_path / name, paper).read_bytes())


def test_what_waits_is_listed_with_what_was_read_and_where(office, cell, tmp_path):
    sent(tmp_path, office, "Scan_0007.pdf", Sent(number="", issuer="", parent=""))
    process_here(office, cell)

    ran = run(office, "incoming", "list", "--json")

    (line,) = ran.lines
    assert (line["reference"], line["source"]) == ("01-ĐẾN/2026", "Scan_0007.pdf")
    assert line["asks"] == ["so_ky_hieu", "co_quan_ban_hanh"]
    assert line["proposals"]["ngay_van_ban"]["value"] == "2026-10-12"
    left, top, right, bottom = line["proposals"]["ngay_van_ban"]["box_mm"]
    assert 100 < left < right < 200
    assert 20 < top < bottom < 50
    shown = run(office, "incoming", "list")
    assert "Số, ký hiệu: không đọc được" in shown.stdout
    assert "1 văn bản đến chờ văn thư xác nhận." in shown.stderr


def test_her_word_is_the_next_version_under_the_same_number(office, cell, tmp_path):
    blank_scan(tmp_path, office, "Scan_0007.pdf")
    process_here(office, cell)

    ran = run(
        office, "incoming", "confirm", "1", "--so-ky-hieu", "15-CV/BTGTU", "--ngay", "02/11/2026",
        "--co-quan", "Ban Tuyên giáo Tỉnh ủy", "--trich-yeu", "về tuyên truyền", "--person", PERSON, "--json",
    )  # fmt: skip

    assert ran.status == 0, ran.stderr
    assert (ran.lines[0]["reference"], ran.lines[0]["version"]) == ("01-ĐẾN/2026", 2)
    assert "Den-0001 15-CV-BTGTU về tuyên truyền.pdf" in results(office, VAN_BAN_DEN)
    with opened(office, cell) as app:
        (found,) = app.registers.find("15-CV/BTGTU")
        assert found.facts.their_date == date(2026, 11, 2)
        assert waiting_papers(app) == []
        (hit,) = find_papers(Query(text="tuyên truyền"), app).hits
        assert hit.document_id == found.id
        deed = [line for line in app.registers.journal_of(found.id) if line.deed == "amended"]
        assert [(line.person, line.data["version"]) for line in deed] == [(PERSON, 2)]
        assert "văn thư xác nhận thông tin: Số, ký hiệu" in deed[0].data["reason"]
        assert "15-CV/BTGTU" not in deed[0].data["reason"]
        assert numbers(app) == {"den:DEN::2026": [1]}
        assert unsound(app) == []


def test_what_nobody_confirmed_is_found_by_the_name_of_its_file(office, cell, tmp_path):
    blank_scan(tmp_path, office, "Scan_0007.pdf")
    blank_scan(tmp_path, office, "công văn Sở Nội vụ.pdf")
    text = [f"Dong {number} cua van ban dai noi ve nhieu viec khac nhau." for number in range(30)]
    drop(office, VAN_BAN_DEN, "a.pdf", paper_bytes(tmp_path, *text))
    said = letter(4, loai="Công văn", trich_yeu="công văn Sở Nội vụ về tuyển dụng")
    drop_json(office, "a.json", said, VAN_BAN_DEN)
    process_here(office, cell)

    with opened(office, cell) as app:
        by_file = {one.source: one.paper.id for one in waiting_papers(app)}

        def found(text):
            hits = find_papers(Query(text=text), app).hits
            return [hit.document_id for hit in hits], hits

        for asked in ("cong van so noi vu", "công văn sở nội vụ"):
            ids, hits = found(asked)
            assert ids[1] == by_file["công văn Sở Nội vụ.pdf"], asked
            assert hits[0].remarks[-1:] != (UNCONFIRMED,)
            assert (hits[1].remarks, hits[1].is_doubtful) == ((UNCONFIRMED,), False)
            assert hits[1].plain_snippet == "công văn Sở Nội vụ.pdf"
        for asked in ("Scan_0007.pdf", "scan 0007"):
            assert found(asked)[0][0] == by_file["Scan_0007.pdf"], asked
        word = say(number="15-CV/BTGTU", issuer="Ban X", date="02/11/2026", subject="việc Y")
        confirm(by_file["Scan_0007.pdf"], word, app)
    process_here(office, cell)
    with opened(office, cell) as app:
        assert find_papers(Query(text="scan 0007"), app).hits == ()
    assert UNCONFIRMED in run(office, "search", "so noi vu").stdout


def test_a_number_in_the_name_of_a_file_that_waits_cites_nothing(office, cell, tmp_path):
    blank_scan(tmp_path, office, "213-QĐ-TW.pdf")
    text = ["Thuc hien Quy dinh 213-QD/TW ngay 02/01/2020", "de nghi cac don vi bao cao"]
    drop(office, VAN_BAN_DEN, "SCAN0001.pdf", paper_bytes(tmp_path, *text))
    process_here(office, cell)

    with opened(office, cell) as app:
        named, citing = (
            [one.paper.id for one in waiting_papers(app) if one.source == source]
            for source in ("213-QĐ-TW.pdf", "SCAN0001.pdf")
        )
        hits = find_papers(Query(cites="213-QĐ/TW"), app).hits
        assert [hit.document_id for hit in hits] == citing
        found = find_papers(Query(text="213-QĐ TW"), app).hits
        assert {hit.document_id for hit in found} == {*named, *citing}


def test_a_part_said_leaves_the_rest_waiting_and_accept_ends_it(office, cell, tmp_path):
    blank_scan(tmp_path, office, "don thu.pdf")
    process_here(office, cell)
    with opened(office, cell) as app:
        confirm("1", say(issuer="Công dân thôn Đồng Vải"), app)
        (left,) = waiting_papers(app)
        assert left.read.asks == ("so_ky_hieu", "ngay_van_ban", "trich_yeu")

        # A petition has no number: what is not there is not asked for any more.
        word = Word(person=PERSON, said={"subject": "đơn đề nghị"}, accept=True)
        confirm("1", word, app)

        assert waiting_papers(app) == []


def test_a_letter_of_which_nothing_could_be_read_is_told_what_it_lacks_and_then_entered(
    office, cell, tmp_path
):
    blank_scan(tmp_path, office, "don thu.pdf")
    process_here(office, cell)
    sender, about = "Ông Lò Văn Sơn, thôn Đồng Vải", "đề nghị làm đường liên thôn"

    bare = run(office, "incoming", "confirm", "1", "--accept")
    part = run(office, "incoming", "confirm", "1", "--accept", "--co-quan", sender)
    again = run(office, "incoming", "confirm", "1", "--accept", "--co-quan", sender)
    whole = run(office, "incoming", "confirm", "1", "--accept", "--trich-yeu", about)
    twice = run(office, "incoming", "confirm", "1", "--accept", "--trich-yeu", about)

    assert [one.status for one in (bare, part, again, whole, twice)] == [2, 0, 2, 0, 2]
    assert "sổ phải có «Trích yếu», «Cơ quan ban hành»" in bare.stderr
    assert "nhận: --accept" not in bare.stderr
    assert "--accept --trich-yeu" in bare.stderr
    assert "Còn chờ xác nhận: " in part.stderr
    assert "Sổ phải có «Trích yếu»: hãy ghi." in part.stderr
    assert "sổ phải có «Trích yếu», mà" in again.stderr
    assert "--co-quan" not in again.stderr
    assert "Còn chờ" not in whole.stderr
    assert "đã có trong sổ. Không còn gì phải ghi. (R361)" in twice.stderr
    with opened(office, cell) as app:
        assert waiting_papers(app) == []
        facts = find_incoming("1", app).facts
        assert (facts.their_issuer, facts.subject) == (sender, about)


def test_accept_takes_what_was_doubtful(office, cell, tmp_path):
    sent(tmp_path, office, "p.pdf", Sent(number="127-ZX/BTCTU"))
    process_here(office, cell)
    with opened(office, cell) as app:
        (one,) = waiting_papers(app)
        assert one.read.asks == ("so_ky_hieu",)

        confirm("1", Word(person=PERSON, said={}, accept=True), app)

        assert find_incoming("1", app).facts.their_reference == "127-ZX/BTCTU"
        assert waiting_papers(app) == []


def test_a_word_that_cannot_be_is_refused_and_changes_nothing(office, cell, tmp_path):
    blank_scan(tmp_path, office, "s.pdf")
    process_here(office, cell)
    with opened(office, cell) as app:
        with pytest.raises(ConfirmedWrong) as wrong:
            confirm("1", say(date="32/13/2026"), app)
        # One message with one code, however many things are wrong in it.
        assert re.findall(r"\([RKT]\d+\)", wrong.value.clerk_text) == ["(R282)"]
        assert "«Ngày văn bản» không phải là một ngày có thật." in wrong.value.clerk_text
        with pytest.raises(ConfirmedWrong):
            confirm("1", say(date="31/12/2030"), app)
        with pytest.raises(NothingConfirmed, match="nothing said"):
            confirm("1", say(), app)
        with pytest.raises(NothingReadToAccept, match="unread"):
            confirm("1", Word(person=PERSON, said={}, accept=True), app)
        with pytest.raises(IncomingUnknown):
            confirm("99", say(subject="x"), app)
        assert find_incoming("1", app).version == 1


def test_the_urgent_ones_are_first(office, cell, tmp_path):
    for name, mark in (("a", ""), ("b", "KHẨN"), ("c", "HỎA TỐC"), ("d", "THƯỢNG KHẨN")):
        paper = Sent(number="", mark=mark, subject=f"việc {name}")
        sent(tmp_path, office, f"{name}.pdf", paper)
    process_here(office, cell)

    with opened(office, cell) as app:
        assert [one.source[0] for one in waiting_papers(app)] == ["c", "d", "b", "a"]
        assert [one.source[0] for one in waiting_papers(app, offset=1, limit=2)] == ["d", "b"]
        assert count_waiting(app) == 4
    page = run(office, "incoming", "list", "--limit", "3", "--page", "1")
    assert (
        "4 văn bản đến chờ văn thư xác nhận.\nĐang hiện từ 1 đến 3; xem tiếp: --page 2."
        in page.stderr
    )


def test_the_note_tells_what_the_clerk_said_and_not_what_was_read(office, cell, tmp_path):
    sent(tmp_path, office, "quet.pdf", Sent(number=""))
    process_here(office, cell)
    (note,) = (p.read_text("utf-8-sig") for p in office.inbox_dir.rglob("KẾT QUẢ.txt"))
    assert "Văn thư đã ghi" not in note
    with opened(office, cell) as app:
        (asked,) = waiting_papers(app)
        said = {"number": "77-CV/BTCTU", "subject": "về lớp học của xã"}
        confirm(asked.paper.id, Word(person=PERSON, said=said), app)
    process_here(office, cell)

    (note,) = (p.read_text("utf-8-sig") for p in office.inbox_dir.rglob("KẾT QUẢ.txt"))
    (read,) = (one for one in note.splitlines() if one.startswith("Đọc được"))
    assert "Ngày văn bản" in read
    assert "Trích yếu" not in read
    (told,) = (one for one in note.splitlines() if one.startswith("Văn thư đã ghi"))
    assert "Số, ký hiệu «77-CV/BTCTU»" in told
    assert "Trích yếu «" in told
    assert "lớp học của xã»" in told


# --- two arrivals of one paper ---


def test_a_second_arrival_gets_no_number_before_the_clerk_has_spoken(office, cell, tmp_path):
    sent(tmp_path, office, "dien tu.pdf", Sent())
    process_here(office, cell)
    sent(tmp_path, office, "giay.pdf", Sent(text="<p>Bản giấy.</p>"))

    (outcome,) = process_here(office, cell)

    assert outcome.status == "indexed"
    assert "Giống văn bản đến đã có" in outcome.message
    with opened(office, cell) as app:
        (asked,) = waiting_papers(app)
        assert asked.paper.state is DocumentState.WAITING
        assert asked.paper.number is None
        assert [one.number.shown for one in asked.same_as] == ["01-ĐẾN/2026"]
        assert numbers(app) == {"den:DEN::2026": [1]}
        assert unsound(app) == []
    assert "0 dự thảo" in run(office, "issue").stderr
    refused = run(office, "issue", asked.paper.id)
    assert "vanthu incoming list" in refused.stderr
    note = "\n".join(p.read_text("utf-8-sig") for p in office.inbox_dir.rglob("KẾT QUẢ.txt"))
    assert "giống văn bản đến 01-ĐẾN/2026 nên chưa cấp số" in note
    # A search by its number has the one in the book first, and calls neither ours.
    with opened(office, cell) as app:
        found = find_papers(Query(text="127-KH/BTCTU", with_counts=True), app)
        entered = app.registers.find("01-ĐẾN/2026")[0]
        ours = app.office.body(app.office.default_body, SystemClock().now().date()).full_name
    assert [hit.document_id for hit in found.hits] == [entered.id, asked.paper.id]
    assert ours not in {one.shown for one in found.counts.issuers}


def test_what_came_from_nobody_known_is_not_counted_among_our_own(office, cell, tmp_path):
    path = tmp_path / "trang.pdf"
    write_pdf(path, (content_of(["12", "Khong ro noi gui"]),))
    drop(office, VAN_BAN_DEN, "khong ro.pdf", path.read_bytes())
    process_here(office, cell)

    with opened(office, cell) as app:
        found = find_papers(Query(with_counts=True), app)

    assert len(found.hits) == 1
    assert found.counts.issuers == ()


def test_the_same_paper_joins_the_first_number_and_nothing_is_lost(office, cell, tmp_path):
    sent(tmp_path, office, "dien tu.pdf", Sent())
    process_here(office, cell)
    sent(tmp_path, office, "giay.pdf", Sent(text="<p>Bản giấy.</p>"))
    process_here(office, cell)
    with opened(office, cell) as app:
        (asked,) = waiting_papers(app)
        second = asked.paper.id
        confirm(second, Word(person=PERSON, said={}, same_as="1"), app)
    process_here(office, cell)

    with opened(office, cell) as app:
        first = find_incoming("1", app)
        assert f"mã {second}" in first.facts.note
        joined = app.registers.get(second)
        assert joined.legal_state is LegalState.THU_HOI
        assert any(name.startswith("received/") for name in (f.name for f in joined.files))
        told = [line.data.get("reason") for line in app.registers.journal_of(second)]
        assert "cùng một văn bản với văn bản đến 01-ĐẾN/2026" in told
        assert waiting_papers(app) == []
        assert numbers(app) == {"den:DEN::2026": [1]}
        assert unsound(app) == []
    # The very file again is the first paper's, by its number.
    drop(office, VAN_BAN_DEN, "giay lai.pdf", (tmp_path / "giay.pdf").read_bytes())
    (again,) = process_here(office, cell)
    assert (again.status, again.reference) == ("duplicate", "01-ĐẾN/2026")


def test_another_paper_of_that_number_is_entered_when_she_says_so(office, cell, tmp_path):
    sent(tmp_path, office, "a.pdf", Sent())
    process_here(office, cell)
    sent(tmp_path, office, "b.pdf", Sent(text="<p>Văn bản khác.</p>"))
    process_here(office, cell)
    with opened(office, cell) as app:
        (asked,) = waiting_papers(app)
        with pytest.raises(MaybeTheSame):
            confirm(asked.paper.id, say(subject="việc khác"), app)
        with pytest.raises(SameAsItself):
            confirm(asked.paper.id, Word(person=PERSON, said={}, same_as=asked.paper.id), app)

    ran = run(office, "incoming", "confirm", asked.paper.id, "--not-same", "--json")

    assert ran.status == 0, ran.stderr
    assert ran.lines[0]["reference"] == "02-ĐẾN/2026"
    with opened(office, cell) as app:
        assert waiting_papers(app) == []
        assert find_incoming("2", app).legal_state is LegalState.DA_PHAT_HANH
        assert unsound(app) == []
    assert any(name.startswith("Den-0002 127-KH-BTCTU") for name in results(office, VAN_BAN_DEN))


def test_the_number_of_another_term_is_another_paper(office, cell, tmp_path):
    sent(tmp_path, office, "a.pdf", Sent(day="ngày 12 tháng 10 năm 2019"))
    sent(tmp_path, office, "b.pdf", Sent(day="ngày 12 tháng 10 năm 2026"))

    process_here(office, cell)

    with opened(office, cell) as app:
        assert numbers(app) == {"den:DEN::2026": [1, 2]}
        assert waiting_papers(app) == []


def test_a_number_said_later_that_is_here_already_is_asked_about(office, cell, tmp_path):
    sent(tmp_path, office, "a.pdf", Sent())
    blank_scan(tmp_path, office, "b.pdf")
    process_here(office, cell)
    with opened(office, cell) as app:
        (asked,) = waiting_papers(app)
        word = {"number": "127-KH/BTCTU", "date": "12/10/2026"}
        with pytest.raises(MaybeTheSame, match="like another"):
            confirm(asked.paper.id, say(**word), app)

        confirm(asked.paper.id, Word(person=PERSON, said={}, same_as="127-KH/BTCTU"), app)

        assert app.registers.get(asked.paper.id).legal_state is LegalState.HUY_SO


def test_a_record_of_the_same_deed_is_asked_about_too(office, cell, tmp_path):
    for name in ("a", "b"):
        drop(office, VAN_BAN_DEN, f"{name}.pdf", paper_bytes(tmp_path, f"Cong van {name}"))
        drop_json(office, f"{name}.json", letter(7), VAN_BAN_DEN)
        process_here(office, cell)

    with opened(office, cell) as app:
        (asked,) = waiting_papers(app)
        assert describe(asked.paper, app)["reference"] is None
        assert app.objects.exists(document_object(asked.paper.id))


def test_a_record_that_says_another_number_is_meant_is_not_asked_about(office, cell, tmp_path):
    for name, more in (("a", {}), ("b", {"cap_them": True})):
        drop(office, VAN_BAN_DEN, f"{name}.pdf", paper_bytes(tmp_path, f"Cong van {name}"))
        drop_json(office, f"{name}.json", letter(7, **more), VAN_BAN_DEN)
        process_here(office, cell)

    with opened(office, cell) as app:
        assert numbers(app) == {"den:DEN::2026": [1, 2]}


def test_urgent_papers_jump_the_queue(office, cell, tmp_path):
    """The claim takes them first, whenever they came."""
    with opened(office, cell) as app:
        for name, record in (("a", letter(1)), ("b", letter(2, do_khan="HỎA TỐC"))):
            receive(app, name, record)
        first = app.registers.claim_receipt("w", 60.0)
        assert first is not None
        assert first.source_name == "b"


def receive(app, name: str, record) -> None:
    receipt = NewReceipt(
        id=ReceiptId(new_id(app.clock)),
        kind=VAN_BAN_DEN,
        source_name=name,
        folder=VAN_BAN_DEN,
        sha512=name * 64,
        size_bytes=1,
        suffix=".pdf",
        owner=PERSON,
        received_at=app.clock.now(),
    )
    paper = NewDocument(id=DocumentId(new_id(app.clock)), place=Place(), record=record)
    app.registers.receive(receipt, [paper])


def two_arrivals(office, cell, tmp_path):
    """The letter with its number, and the same again, which waits."""
    for name, words in (("mot", "Ban mot"), ("hai", "Ban hai")):
        drop(office, VAN_BAN_DEN, f"{name}.pdf", paper_bytes(tmp_path, words))
        drop_json(office, f"{name}.json", letter(15, trich_yeu=words), VAN_BAN_DEN)
        process_here(office, cell)


def test_nothing_is_joined_to_a_number_that_is_void(office, cell, tmp_path):
    two_arrivals(office, cell, tmp_path)
    with opened(office, cell) as app:
        (one,) = waiting_papers(app)
        app.registers.void(find_incoming("1", app).id, "ghi nhầm", PERSON)

        with pytest.raises(SameAsItself) as refused:
            confirm(one.paper.id, Word(person=PERSON, said={}, same_as="1"), app)
        assert "hủy" in refused.value.clerk_text

        assert [left.paper.id for left in waiting_papers(app)] == [one.paper.id]


def test_a_joining_that_died_half_way_is_finished_when_it_is_said_again(office, cell, tmp_path):
    two_arrivals(office, cell, tmp_path)
    with opened(office, cell) as app:
        (one,) = waiting_papers(app)
        word = Word(person=PERSON, said={}, same_as="1")
        confirm(one.paper.id, word, app)
        into = find_incoming("1", app)
        versions = into.version
        again = confirm(one.paper.id, word, app)
        assert (again.version, again.facts.note) == (versions, into.facts.note)
        joined = app.registers.get(one.paper.id)
        assert joined.legal_state is LegalState.THU_HOI
        assert joined.record["_doc_duoc"]["joined"] == into.id


def test_what_she_confirmed_stays_when_a_record_comes_late(office, cell, tmp_path):
    sent(tmp_path, office, "p.pdf", Sent(number="127-ZX/BTCTU"))
    process_here(office, cell)
    with opened(office, cell) as app:
        confirm("1", say(number="127-KH/BTCTU"), app)
    process_here(office, cell)
    drop_json(office, "p.json", {"trich_yeu": "lấy nhận xét"}, VAN_BAN_DEN)
    process_here(office, cell)
    with opened(office, cell) as app:
        found = find_incoming("1", app)
        assert (found.facts.their_reference, found.facts.subject) == (
            "127-KH/BTCTU",
            "lấy nhận xét",
        )
        assert waiting_papers(app) == []


def test_a_sender_written_where_our_own_body_belongs_is_told_the_right_property(office, cell):
    drop_json(office, "cv.json", letter(7, co_quan="Ban Tổ chức"), VAN_BAN_DEN)
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(office.root, "Cong van"))
    process_here(office, cell)

    told = reason(office, VAN_BAN_DEN)

    assert "Mục «co_quan» của văn bản đến là cơ quan mình" in told
    assert "hãy ghi vào mục «co_quan_ban_hanh» (Cơ quan ban hành)" in told
    assert "(R290)" in told
    assert "K260" not in told


def test_what_waited_before_an_upgrade_waits_after_it(office, cell, tmp_path):
    from django.core.management import call_command

    blank_scan(tmp_path, office, "s.pdf")
    process_here(office, cell)
    with open_registers(office.registers_dir, SystemClock()) as registers:
        for tables in (("registers", "0007_printed_which"), ()):
            call_command("migrate", *tables, database=registers.db.alias, verbosity=0)

    with opened(office, cell) as app:
        assert [one.source for one in waiting_papers(app)] == ["s.pdf"]


@pytest.mark.parametrize(
    "more", [("--so-den", "500"), ("--nhay-so",), ("--accept",), ("--trich-yeu", "việc khác")]
)
def test_what_joining_would_pass_over_is_refused(office, more):
    ran = run(office, "incoming", "confirm", "~k3f9", "--same-as", "6", *more)

    assert ran.status == 64
    assert "--same-as" in ran.stderr
    assert "R280" not in ran.stderr
