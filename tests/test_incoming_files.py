"""Scans made again, put in order, joined; a stack parted; the name that every day's first scan has."""

from __future__ import annotations

from datetime import timedelta

import pytest
from arrival_papers import Sent, write_paper
from helpers import MONDAY, make_clock
from odd_pdfs import content_of, write_pdf
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    inbox,
    letter,
    lying,
    numbers,
    opened,
    paper_bytes,
    process_here,
    run,
    small_office,
    unsound,
)
from web_kit import served, text_of

from pipeline.document_object import document_object
from pipeline.engines import join, raster
from pipeline.errors.incoming import ScanNotTaken
from pipeline.inbox.stacks import codes_of, parts_of
from pipeline.incoming import find_incoming, waiting_papers
from pipeline.incoming_files import draw_separator, part_stack, scan_again
from pipeline.incoming_rows import Entry, draw_slip, enter

PERSON = "lan"


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "office")


def pages(path, *words: str):
    return write_pdf(path, tuple(content_of((f"Trang {word}",)) for word in words))


def dropped(office, cell, tmp_path) -> None:
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(tmp_path, "Cong van"))
    drop_json(office, "cv.json", letter(15), VAN_BAN_DEN)
    process_here(office, cell)


def received(app):
    paper = find_incoming("1", app)
    (name,) = [
        f.name for f in paper.files if f.name.startswith("received/") and f.name.endswith(".pdf")
    ]
    return app.objects.open(document_object(paper.id), name, version=paper.archived_version)


def words_of(path) -> list[str]:
    return [" ".join(text.split()) for text in raster.page_texts(path)]


def test_a_new_scan_is_the_next_version_under_the_same_number(office, cell, tmp_path):
    dropped(office, cell, tmp_path)
    first, second = pages(tmp_path / "a.pdf", "1", "2"), pages(tmp_path / "b.pdf", "3")

    ran = run(
        office,
        "incoming",
        "rescan",
        "1",
        str(first),
        str(second),
        "--pages",
        "2,1,3",
        "--person",
        PERSON,
        "--json",
    )

    assert ran.status == 0, ran.stderr
    assert (ran.lines[0]["reference"], ran.lines[0]["version"]) == ("01-ĐẾN/2026", 2)
    with opened(office, cell) as app:
        paper = find_incoming("1", app)
        assert words_of(received(app)) == ["Trang 2", "Trang 1", "Trang 3"]
        # What the clerk said of it stays, and so does the first scan.
        assert (paper.facts.their_reference, paper.facts.so_trang) == ("15-CV/BTCTU", 3)
        old = [file.name for file in app.objects.files(document_object(paper.id), 1)]
        assert "received/cv.pdf" in old
        assert numbers(app) == {"den:DEN::2026": [1]}
        assert unsound(app) == []


def test_one_file_is_taken_as_it_is(office, cell, tmp_path):
    dropped(office, cell, tmp_path)
    file = write_paper(tmp_path / "moi.pdf", Sent())
    with opened(office, cell) as app:
        scan_again("1", [file], [], PERSON, app)
    process_here(office, cell)

    with opened(office, cell) as app:
        assert received(app).read_bytes() == file.read_bytes()


def test_what_cannot_be_a_scan_or_is_secret_is_refused_before_it_is_copied(office, cell, tmp_path):
    dropped(office, cell, tmp_path)
    secret = write_paper(tmp_path / "mat.pdf", Sent(mark="MẬT"))
    word = tmp_path / "x.docx"
    word.write_bytes(b"PK")
    with opened(office, cell) as app:
        for file in (secret, word):
            with pytest.raises(ScanNotTaken):
                scan_again("1", [file], [], PERSON, app)
        assert list(office.spool_dir.iterdir()) == []
        assert find_incoming("1", app).version == 1


def test_a_stack_is_parted_at_its_sheets_and_each_paper_goes_its_way(office, cell, tmp_path):
    with opened(office, cell) as app:
        known = {"number": "9-CV/X", "issuer": "Ban X", "subject": "việc X"}
        enter(Entry(said=known, person=PERSON), app)
    process_here(office, cell)
    sheet, slip, stack = tmp_path / "sheet.pdf", tmp_path / "slip.pdf", tmp_path / "SCAN0001.PDF"
    with opened(office, cell) as app:
        draw_separator(sheet, app)
        draw_slip(find_incoming("1", app), slip, app)
    parts = [
        pages(tmp_path / "a.pdf", "1", "2"),
        sheet,
        pages(tmp_path / "b.pdf", "3"),
        slip,
        pages(tmp_path / "c.pdf", "4"),
    ]
    join.join_files(parts, stack)

    with opened(office, cell) as app:
        made = part_stack(stack, office.inbox_dir / VAN_BAN_DEN, app)

    assert [raster.page_count(path) for path in made] == [2, 1, 2]
    assert words_of(made[0]) == ["Trang 1", "Trang 2"]
    assert stack.exists()
    process_here(office, cell)
    with opened(office, cell) as app:
        assert find_incoming("1", app).version == 2
        assert numbers(app) == {"den:DEN::2026": [1, 2, 3]}
    assert lying(office) == []


def scanned_stack(app, tmp_path, *papers):
    """Papers with a separator between each two, as one scan without any text."""
    sheet = tmp_path / "sheet.pdf"
    draw_separator(sheet, app)
    parts = [sheet] * (2 * len(papers) - 1)
    parts[::2] = papers
    stack = tmp_path / "stack.pdf"
    join.join_files(parts, stack)
    return stack


def test_a_stack_that_is_dropped_is_parted_by_itself(office, cell, tmp_path):
    papers = [pages(tmp_path / f"{name}.pdf", *name) for name in ("12", "3", "45")]
    with opened(office, cell) as app:
        stack = scanned_stack(app, tmp_path, *papers)
    for _ in range(2):
        drop(office, VAN_BAN_DEN, "SCAN0001.PDF", stack.read_bytes())
        done = process_here(office, cell)
        assert "returned" not in [one.status for one in done]

    with opened(office, cell) as app:
        assert numbers(app) == {"den:DEN::2026": [1, 2, 3]}
        assert [find_incoming(str(one), app).facts.so_trang for one in (1, 2, 3)] == [2, 1, 2]
    back = inbox(office, VAN_BAN_DEN) / "_tra_lai"
    assert [one.read_bytes() == stack.read_bytes() for one in back.rglob("SCAN*.PDF")] == [True]
    notes = list(back.glob("*ĐÃ TÁCH.txt"))
    assert len(notes) == 2
    for note in notes:
        lines = note.read_text(encoding="utf-8-sig").splitlines()
        assert lines[0] == "ĐÃ TÁCH THÀNH 3 VĂN BẢN: không có gì phải sửa, không phải thả lại."
        name = f"SCAN0001 {{at:03d}} {note.name.split('~')[1][:4]}.pdf"
        told = [f"{at}. {name.format(at=at)}: 0{at}-ĐẾN/2026" for at in (1, 2, 3)]
        assert lines[5:8] == told
    assert not list(back.glob("*LY-DO*"))
    with served(office, cell) as web:
        cards = text_of(web.get("/dang-xu-ly/"))
        assert cards.count("Đã tách thành từng văn bản") == 2
        assert "Cần sửa" not in cards
        assert "Cần sửa rồi gửi lại" not in text_of(web.get("/"))


def test_a_separator_is_found_however_far_back_in_a_scan_it_lies(office, cell, tmp_path):
    with opened(office, cell) as app:
        long = pages(tmp_path / "a.pdf", *map(str, range(85)))
        stack = scanned_stack(app, tmp_path, long, pages(tmp_path / "b.pdf", "x"))

    assert list(map(len, parts_of(codes_of(stack, cell, 30.0)))) == [85, 1]


def test_of_a_stack_what_is_secret_is_not_taken_in(office, cell, tmp_path):
    secret = write_paper(tmp_path / "mat.pdf", Sent(mark="MẬT"))
    with opened(office, cell) as app:
        # Of what is dropped its first pages are looked at, before it is copied; of a stack, those of each paper.
        stack = scanned_stack(app, tmp_path, pages(tmp_path / "a.pdf", *"123"), secret)
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", stack.read_bytes())

    process_here(office, cell)

    with opened(office, cell) as app:
        assert numbers(app) == {"den:DEN::2026": [1]}
    (reason,) = (inbox(office, VAN_BAN_DEN) / "_tra_lai").rglob("*.txt")
    told = reason.read_text(encoding="utf-8-sig")
    assert "Phần thứ 2 có dấu" in told
    assert "ĐỌC NGAY" in told.splitlines()[0]
    assert "máy dành riêng" in told
    assert "không có gì phải sửa" not in told
    assert "để đối chiếu" not in told
    with served(office, cell) as web:
        assert "Đã tách; còn phần có dấu hoặc giống" in text_of(web.get("/dang-xu-ly/"))
        assert "Cần sửa rồi gửi lại" in text_of(web.get("/"))


def test_a_stack_with_a_record_is_the_one_paper_it_is_said_to_be(office, cell, tmp_path):
    with opened(office, cell) as app:
        papers = [pages(tmp_path / f"{name}.pdf", name) for name in "12"]
        stack = scanned_stack(app, tmp_path, *papers)
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", stack.read_bytes())
    drop_json(office, "SCAN0001.json", letter(15), VAN_BAN_DEN)

    process_here(office, cell)

    with opened(office, cell) as app:
        # The separator is a sheet of ours.
        assert find_incoming("1", app).facts.so_trang == 2


def test_a_stack_without_sheets_is_left_alone(office, cell, tmp_path):
    stack = pages(tmp_path / "a.pdf", "1", "2")
    with opened(office, cell) as app, pytest.raises(ScanNotTaken):
        part_stack(stack, tmp_path, app)


def test_a_record_of_today_is_not_taken_for_a_scan_of_yesterday(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", paper_bytes(tmp_path, "Van ban hom qua"))
    process_here(office, cell, make_clock())
    drop_json(office, "SCAN0001.json", letter(15), VAN_BAN_DEN)

    (outcome,) = process_here(office, cell, make_clock(MONDAY + timedelta(days=1)))

    assert (outcome.status, outcome.code) == ("returned", "R185")
    with opened(office, cell) as app:
        assert find_incoming("1", app).facts.their_reference == ""


def test_the_first_scan_of_every_day_is_a_paper_of_its_own(office, cell, tmp_path):
    for day in ("hai", "ba", "tu"):
        drop(office, VAN_BAN_DEN, "SCAN0001.PDF", paper_bytes(tmp_path, f"Van ban thu {day}"))
        process_here(office, cell)

    with opened(office, cell) as app:
        assert numbers(app) == {"den:DEN::2026": [1, 2, 3]}
        assert [find_incoming(str(n), app).version for n in (1, 2, 3)] == [1, 1, 1]


def test_a_scan_that_reads_the_same_is_a_version_all_the_same(office, cell, tmp_path):
    first = pages(tmp_path / "a.pdf", "1", "2", "3", "4")
    drop(office, VAN_BAN_DEN, "cv.pdf", first.read_bytes())
    drop_json(office, "cv.json", letter(15), VAN_BAN_DEN)
    process_here(office, cell)
    with opened(office, cell) as app:
        scan_again("1", [first], [1, 3, 2, 4], PERSON, app)
    process_here(office, cell)

    with opened(office, cell) as app:
        assert find_incoming("1", app).version == 2
        assert words_of(received(app)) == ["Trang 1", "Trang 3", "Trang 2", "Trang 4"]
        again = received(app)
        scan_again("1", [again], [], PERSON, app)
    process_here(office, cell)
    with opened(office, cell) as app:
        assert find_incoming("1", app).version == 2, "the same bytes change nothing"


def test_a_paper_that_waits_still_waits_when_it_is_scanned_again(office, cell, tmp_path):
    dropped(office, cell, tmp_path)
    drop(office, VAN_BAN_DEN, "hai.pdf", paper_bytes(tmp_path, "Ban khac"))
    drop_json(office, "hai.json", letter(15, trich_yeu="lần hai"), VAN_BAN_DEN)
    process_here(office, cell)
    with opened(office, cell) as app:
        (one,) = waiting_papers(app)
        assert (one.paper.number, len(one.same_as)) == (None, 1)
        scan_again(one.paper.id, [pages(tmp_path / "moi.pdf", "1")], [], PERSON, app)
    process_here(office, cell)
    with opened(office, cell) as app:
        (still,) = waiting_papers(app)
        assert (still.paper.version, still.paper.number) == (2, None)
        assert [paper.id for paper in still.same_as] == [paper.id for paper in one.same_as]
