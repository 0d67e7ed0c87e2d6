"""In ấn in the browser: what is chosen becomes one printing, and whoever is no clerk prints only for looking."""

from __future__ import annotations

import re
import subprocess
import time
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cups import running_cups
from helpers import example
from odd_pdfs import content_of, write_pdf
from office_kit import drop_json, person, process_here, small_office, wait_until
from printing_kit import VAN_BAN, drop_papers, pages, with_printer
from web_kit import served, served_sheet, text_of, until_over

from pipeline.engines.join_mark import mark
from pipeline.printing.telling import short_code
from pipeline.record import Book
from pipeline.roles import Role
from pipeline.sheet_context import short_id
from pipeline.stores.registers.print_views import PrintState
from pipeline.stores.registers.progress import Drops

MARK = "BẢN TRA CỨU"
CLERK, READER = "Người van-thu (van-thu)", "Người tra-cuu (tra-cuu)"


@pytest.fixture(scope="module")
def cups():
    with running_cups() as server:
        yield server


@pytest.fixture(scope="module")
def printer(cups):
    return cups.new_printer()


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell, cups, printer):
    office = drop_papers(tmp_path_factory.mktemp("office"))
    process_here(office, cell)
    office = with_printer(office, cups.address, printer.name)
    with served(office, cell) as web:
        yield web


def paper_of(web, reference="01-GGT/VPTU"):
    (paper,) = web.app.registers.find(reference)
    return paper


def print_of(web, answer):
    assert answer.status_code == 302, text_of(answer)
    (view,) = web.app.registers.prints_named(answer["Location"].strip("/").split("/")[-1])
    return view


def print_here(web, papers, account="van-thu", **more):
    sent = {"vb": [one.id for one in papers], "may-in": "tai-may-nay", **more}
    return print_of(web, web.post("/in-an/in/", sent, account=account))


def file_of(web, view, tmp_path, account="van-thu"):
    answer = web.get(f"/in-an/{view.id}/in.pdf", account=account)
    assert answer.status_code == 200, answer.status_code
    path = tmp_path / "in.pdf"
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def test_papers_ticked_or_named_by_number_stand_on_the_page_until_they_are_printed(web):
    one, other = paper_of(web), paper_of(web, "02-GGT/VPTU")
    web.post("/in-an/chon/", {"vb": [one.id]}, account="lanh-dao")
    web.post("/in-an/chon/", {"so": "02-GGT/VPTU\nkhông-có-số-này"}, account="lanh-dao")
    page = text_of(web.get("/in-an/", account="lanh-dao"))

    assert f'value="{one.id}" checked' in page
    assert f'value="{other.id}" checked' in page
    assert "«không-có-số-này»" in page

    web.post("/in-an/chon/", {"vb": [other.id], "bo": "1"}, account="lanh-dao")
    assert f'value="{other.id}"' not in text_of(web.get("/in-an/", account="lanh-dao"))
    print_here(web, [one], account="lanh-dao")
    assert f'value="{one.id}"' not in text_of(web.get("/in-an/", account="lanh-dao"))


def test_results_and_books_let_papers_be_ticked_for_printing(web):
    paper = paper_of(web)
    box = f'name="vb" value="{paper.id}" form="chon-in"'

    assert box in text_of(web.get("/tra-cuu/?q=giới+thiệu"))
    assert box in text_of(web.get("/so/di/"))
    assert f'name="vb" value="{paper.id}"' in text_of(web.get(f"/van-ban/{paper.id}/"))


def test_a_clerk_prints_many_papers_as_one_job_and_the_printer_says_that_it_is_done(web, printer):
    papers = [paper_of(web), paper_of(web, "02-GGT/VPTU")]
    sent = {"vb": [one.id for one in papers], "may-in": printer.name, "so-ban": "2"}
    view = print_of(web, web.post("/in-an/in/", sent))
    wait_until(lambda: "Đã in xong" in text_of(web.get(f"/in-an/{view.id}/")), seconds=30)

    came = pages(printer.printed()[-1])
    assert len(came) == 4
    assert MARK not in " ".join(came)
    assert (view.person, view.copies, view.is_lookup) == (CLERK, 2, False)
    listed = text_of(web.get("/in-an/"))
    assert "01-GGT/VPTU, 02-GGT/VPTU" in listed


def test_who_is_no_clerk_prints_with_the_mark_on_every_page_and_the_journal_says_so(web, printer):
    papers = [paper_of(web), paper_of(web, "12-CV/BTCTU")]
    sent = {"vb": [one.id for one in papers], "may-in": printer.name, "to-ngan": "1"}
    view = print_of(web, web.post("/in-an/in/", sent, account="tra-cuu"))
    wait_until(
        lambda: "Đã in xong" in text_of(web.get(f"/in-an/{view.id}/", account="tra-cuu")),
        seconds=30,
    )

    came = pages(printer.printed()[-1])
    assert len(came) == 6
    assert [MARK in page and "Người tra-cuu" in page for page in came] == [True] * 6
    assert f"{view.made_at:%H:%M ngày %d/%m/%Y}" in came[0]
    (line,) = [
        one for one in web.app.registers.journal_of(papers[0].id) if one.data.get("job") == view.id
    ]
    assert (line.deed, line.person, line.data["lookup"]) == ("printed", READER, True)
    assert "bản tra cứu" in text_of(web.get(f"/van-ban/{papers[0].id}/"))


def test_printed_on_this_machine_it_is_a_pdf_and_then_people_say_what_came_out(web, tmp_path):
    view = print_here(web, [paper_of(web, "12-CV/BTCTU")])
    assert len(pages(file_of(web, view, tmp_path))) == 3

    page = text_of(web.get(f"/in-an/{view.id}/"))
    assert "Đã in đủ chưa? Tờ nào hỏng?" in page
    wrong = web.post(f"/in-an/{view.id}/ket-qua/", {"ket-qua": "hong", "to": "9"})
    none = web.post(f"/in-an/{view.id}/ket-qua/", {})
    assert (wrong.status_code, none.status_code) == (422, 422)
    assert "đánh số từ 1" in text_of(wrong)
    assert web.post(f"/in-an/{view.id}/ket-qua/", {"ket-qua": "hong", "to": "2"}).status_code == 302

    (told,) = web.app.registers.prints_named(view.id)
    assert (told.state, told.bad_sheets) == (PrintState.PRINTED, (2,))
    again = print_of(
        web, web.post(f"/in-an/{view.id}/in-lai/", {"to": "2", "may-in": "tai-may-nay"})
    )
    assert (again.again_of, again.only_sheets) == (view.id, (2,))
    assert "Hai trang giua" in " ".join(pages(file_of(web, again, tmp_path)))


def test_a_print_for_looking_made_on_this_machine_bears_the_mark_and_no_other_reader_gets_it(
    web, tmp_path
):
    view = print_here(web, [paper_of(web)], account="tra-cuu")

    assert MARK in pages(file_of(web, view, tmp_path, account="tra-cuu"))[0]
    for address in ("", "in.pdf"):
        other = web.get(f"/in-an/{view.id}/{address}", account="chuyen-vien")
        assert other.status_code == 404, address
    for deed in ("ket-qua", "in-lai"):
        sent = web.post(f"/in-an/{view.id}/{deed}/", {"ket-qua": "du"}, account="chuyen-vien")
        assert sent.status_code == 404, deed
    assert view.id not in text_of(web.get("/in-an/", account="chuyen-vien"))
    assert view.id in text_of(web.get("/in-an/"))


def test_printed_again_by_a_reader_it_bears_the_mark_whoever_printed_it_first(web, tmp_path):
    web.person("doi-vai", Role.VAN_THU)
    from pipeline.stores.registers.people import People

    view = print_here(web, [paper_of(web)], account="doi-vai")
    People(web.app.registers.db, web.app.clock).change("doi-vai", "thử", role=Role.TRA_CUU)

    assert web.get(f"/in-an/{view.id}/in.pdf", account="doi-vai").status_code == 404
    sent = {"may-in": "tai-may-nay"}
    again = print_of(web, web.post(f"/in-an/{view.id}/in-lai/", sent, account="doi-vai"))
    assert MARK in pages(file_of(web, again, tmp_path, account="doi-vai"))[0]


def test_a_draft_that_a_reader_may_not_see_cannot_be_printed_by_its_id(web):
    receipts = Drops(web.app.registers.db).newest(limit=20)
    papers = [one for each in receipts for one in web.app.registers.documents_of(each.id)]
    (draft,) = [one for one in papers if one.number is None]
    sent = {"vb": [draft.id], "may-in": "tai-may-nay"}

    refused = web.post("/in-an/in/", sent, account="tra-cuu")
    assert refused.status_code == 422
    assert "ít nhất một văn bản" in text_of(refused)
    assert print_here(web, [draft]).state is PrintState.HERE


def test_a_print_server_that_is_off_breaks_no_page_and_this_machine_still_prints(
    tmp_path, cell, cups
):
    office = drop_papers(tmp_path)
    process_here(office, cell)
    office = with_printer(office, "127.0.0.1:9", "may-1")
    with served(office, cell) as web:
        page = web.get("/in-an/")
        assert page.status_code == 200
        assert "không trả lời" in text_of(page)
        assert "Vẫn in tại máy này được" in text_of(page)
        failed = web.post("/in-an/in/", {"vb": [paper_of(web).id], "may-in": "may-1"})
        assert failed.status_code == 422
        assert "T326" in text_of(failed)
        assert print_here(web, [paper_of(web)]).state is PrintState.HERE


def test_a_senders_number_alone_chooses_its_paper_and_one_of_several_is_asked_about(web):
    came = paper_of(web, "12-CV/BTCTU")
    web.post("/in-an/chon/", {"so": "12\n1"}, account="chuyen-vien")
    page = text_of(web.get("/in-an/", account="chuyen-vien"))

    assert f'value="{came.id}" checked' in page
    assert f'value="{paper_of(web).id}" checked' not in page
    assert "«1» có thể là" in page
    assert "01-GGT/VPTU" in page
    assert "Hãy gõ đủ số, ký hiệu" in page
    copying = text_of(web.get("/ban-sao/moi/?van-ban=12"))
    assert "12-CV/BTCTU" in copying
    assert "R191" not in copying


def test_words_that_several_drafts_match_are_asked_about_and_none_is_chosen(tmp_path, cell):
    office = small_office(tmp_path)
    for subject in ("Mời họp giao ban", "Mời họp tổng kết năm"):
        draft = example(VAN_BAN, "cong-van-mot-noi") | {"trich_yeu": subject}
        drop_json(office, f"{subject}.json", draft, VAN_BAN)
    process_here(office, cell)
    with served(office, cell) as web:
        first, second = web.app.registers.waiting()
        web.post("/in-an/chon/", {"so": "mời họp\nkhông có chữ này"})
        asked = text_of(web.get("/in-an/"))
        for draft in (first, second):
            name = f"Dự thảo, chưa có số ({short_id(draft.id)})"
            assert f"{name} «{draft.facts.subject}»" in asked
            assert draft.id not in asked
        assert "«mời họp» có thể là" in asked
        assert "«không có chữ này»" in asked
        assert "Hãy gõ đủ số, ký hiệu; dự thảo thì gõ mã ~" in asked

        # What the page says to type chooses that very one.
        web.post("/in-an/chon/", {"so": short_id(second.id)})
        chosen = text_of(web.get("/in-an/"))
        assert f'value="{second.id}" checked' in chosen
        assert first.id not in chosen
        assert "có thể là" not in chosen


def file_of_errand(web, errand, tmp_path, account="van-thu"):
    answer = web.get(f"/viec-dai/{errand.id}/tep/", account=account)
    assert answer.status_code == 200, answer.status_code
    path = tmp_path / "viec.pdf"
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def test_more_sheets_than_a_page_prepares_are_made_beside_it_and_can_be_made_again(web, tmp_path):
    sent = {"vb": [paper_of(web, "12-CV/BTCTU").id], "may-in": "tai-may-nay", "so-ban": "334"}
    asked = web.post("/in-an/in/", sent)

    assert (asked.status_code, asked["Location"]) == (302, "/viec-dai/")
    over = until_over(CLERK, web.app)
    assert over.is_done, over.wrong
    assert len(pages(file_of_errand(web, over, tmp_path))) == 1002
    assert 'href="/in-an/"' in text_of(web.get("/viec-dai/"))
    view = web.app.registers.prints(1)[0]
    assert (view.person, view.copies, view.sheets_to_print, view.state) == (
        CLERK,
        334,
        1002,
        PrintState.HERE,
    )
    page = text_of(web.get(f"/in-an/{view.id}/"))
    assert "Mở tệp PDF" not in page
    assert web.get(f"/in-an/{view.id}/in.pdf").status_code == 404

    again = web.post(f"/in-an/{view.id}/in-lai/", {"to": "4-6", "may-in": "tai-may-nay"})
    assert again["Location"] == "/viec-dai/"
    over = until_over(CLERK, web.app)
    assert over.is_done, over.wrong
    assert len(pages(file_of_errand(web, over, tmp_path))) == 3
    assert web.app.registers.prints(1)[0].again_of == view.id


def test_separators_by_the_hundred_go_to_a_printer_beside_the_page(web, printer):
    paper = paper_of(web)
    sent = {"vb": [paper.id], "may-in": printer.name, "so-ban": "101", "to-ngan": "1"}
    asked = web.post("/in-an/in/", sent, account="quan-tri")

    assert asked["Location"] == "/viec-dai/"
    over = until_over("Người quan-tri (quan-tri)", web.app)
    assert over.is_done, over.wrong
    view = web.app.registers.prints(1)[0]
    assert (view.person, view.printer) == ("Người quan-tri (quan-tri)", printer.name)
    assert short_code(view) in over.said
    assert short_code(view) in text_of(web.get("/viec-dai/", account="quan-tri"))


def test_many_papers_are_printed_beside_the_page_with_a_readers_mark(tmp_path, cell):
    with served_sheet(tmp_path, cell, *(person(700 + n) for n in range(51))) as web:
        ids = [row.entry.document_id for row in web.app.registers.entries(book=Book.DI)]
        sent = {"vb": ids, "may-in": "tai-may-nay"}
        many = web.post("/in-an/in/", {**sent, "so-ban": "500"})
        assert many.status_code == 422
        assert "cần 25500 tờ; một lần in nhiều nhất 20000 tờ" in text_of(many)

        began = time.monotonic()
        whole = web.post("/in-an/in/", {"vb": ids[:50], "may-in": "tai-may-nay"}, account="tra-cuu")
        assert print_of(web, whole).sheets == 50
        assert time.monotonic() - began < 20

        asked = web.post("/in-an/in/", sent | {"hai-mat": "1"}, account="tra-cuu")
        assert asked["Location"] == "/viec-dai/"
        over = until_over(READER, web.app)
        assert over.is_done, over.wrong
        made = pages(file_of_errand(web, over, tmp_path, account="tra-cuu"))
        assert web.app.registers.prints(1)[0].is_duplex
        # Each begins on a sheet of its own, all but the last with an empty back.
        assert len(made) == 101
        assert all(MARK in one and "Người tra-cuu" in one for one in made[::2])


def test_a_pdf_taken_by_a_reader_bears_the_mark_and_a_clerks_does_not(web, tmp_path):
    paper = paper_of(web)
    for account, is_marked in (("tra-cuu", True), ("van-thu", False)):
        answer = web.get(f"/van-ban/{paper.id}/tep/pdf/", account=account)
        path = tmp_path / f"{account}.pdf"
        path.write_bytes(b"".join(answer.streaming_content))
        assert (MARK in " ".join(pages(path))) is is_marked, account


def test_whatever_is_typed_on_the_printing_pages_is_text(web):
    hostile = "<script>alert(1)</script>"
    sent = web.post("/in-an/chon/", {"so": hostile})
    assert sent.status_code == 302
    assert hostile not in text_of(web.get("/in-an/"))
    view = print_here(web, [paper_of(web)])
    wrong = web.post(f"/in-an/{view.id}/ket-qua/", {"ket-qua": "hong", "to": hostile})
    assert wrong.status_code == 422
    assert hostile not in text_of(wrong)
    assert "&lt;script&gt;" in text_of(wrong)
    assert web.get(f"/in-an/{hostile}/".replace("/script", "")).status_code == 404


@pytest.mark.parametrize("address", ["/in-an/", "/in-an/khong-co/"])
def test_nobody_prints_without_coming_in(web, address):
    assert web.get(address, account="").status_code == 302


# --- the mark itself ---


def marked(tmp_path, change=None, words=f"{MARK} <b> người lấy") -> Path:
    source = write_pdf(tmp_path / "goc.pdf", [content_of(["Dau trang", *["-"] * 20, "Cuoi"])])
    with pikepdf.open(BytesIO(source.read_bytes())) as pdf:
        if change is not None:
            change(pdf)
        pdf.save(source)
    out = tmp_path / "ra.pdf"
    assert mark({"path": str(source), "words": words, "out": str(out)}) == {"pages": 1}
    return out


def seen_size(path):
    from pipeline.engines.pdf import page_frame

    return page_frame(path).size_mm


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_mark_stands_upright_below_a_turned_page(tmp_path, turn):
    def change(pdf):
        pdf.pages[0].obj["/Rotate"] = turn

    out = marked(tmp_path, change)
    with pikepdf.open(tmp_path / "goc.pdf") as before, pikepdf.open(out) as after:
        wide = float(before.pages[0].mediabox[2]) > float(before.pages[0].mediabox[3])
        is_wide = float(after.pages[0].mediabox[2]) > float(after.pages[0].mediabox[3])
        assert (wide != is_wide) is (turn % 180 == 90)
        assert int(after.pages[0].obj.get("/Rotate", 0)) == 0
    (page,) = re.findall(r'<page width="([\d.]+)" height="([\d.]+)"', words := boxes(out))
    (word,) = re.findall(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">người<', words
    )
    left, top, right, bottom = map(float, word)
    assert top > float(page[1]) * 0.94
    assert right - left > bottom - top
    assert f"{MARK} <b> người lấy" in pages(out)[0]


def boxes(path):
    """Each word of page 1 and where it stands, from the top left."""
    ran = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True)
    return ran.stdout.decode()


def test_the_mark_is_drawn_as_letters_on_a_strip_where_nothing_of_the_page_is(tmp_path):
    def black(pdf):
        box = pdf.pages[0].mediabox
        pdf.pages[0].contents_add(f"0 0 {box[2]} {box[3]} re f".encode())

    out = marked(tmp_path, black)
    picture = ink_rows(out)
    last = max(at for at, dark in enumerate(picture) if dark > 0.9)
    strip = picture[last + 2 :]

    assert len(strip) / len(picture) > 0.03
    assert 0 < max(strip) < 0.5


def ink_rows(path):
    """How dark each row of pixels is, from the top; 1 is black from side to side."""
    from pipeline.engines import raster

    image = raster.gray(path, 0, dpi=72)
    width, height = image.size
    data = image.tobytes()
    return [1 - sum(data[y * width : (y + 1) * width]) / (255 * width) for y in range(height)]
