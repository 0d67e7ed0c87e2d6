"""Papers leave a real CUPS server of the tests' own, on loopback: what came out is looked at, page by page."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
from cups import free_port, missing_connections, running_cups
from helpers import ROOT
from issued_papers import CONG_VAN, docx_of
from odd_pdfs import content_of, write_pdf
from office_kit import (
    VAN_BAN_DEN,
    command,
    drop,
    drop_json,
    finish,
    letter,
    opened,
    process_here,
    run,
    start,
    wait_until,
)
from printing_kit import (
    INCOMING_PAGES,
    came_out,
    drop_papers,
    order_to,
    pages,
    with_printer,
)

from pipeline.clock import SystemClock
from pipeline.config import load_office
from pipeline.engines import printer as cups
from pipeline.engines.printer_wire import read_answer
from pipeline.errors.printing import (
    NothingToPrint,
    PaperNotArchived,
    PaperNotPrintable,
    PrinterNotChosen,
    PrinterOneSided,
    PrinterRefused,
    PrinterStopped,
    PrinterUnknown,
    PrintNotOver,
    PrintOutOfForce,
    PrintServerUnreachable,
    PrintServerUntrusted,
    SheetsWrong,
)
from pipeline.keeper import keep_once
from pipeline.printing.choosing import paper_of, pdf_of
from pipeline.printing.following import follow_all, follow_up, report_outcome, wait_for
from pipeline.printing.giving import Order, print_again, print_papers
from pipeline.printing.telling import one_print, print_plain, sheet_lines, sheets_named
from pipeline.rebuild import rebuild_office
from pipeline.record import LegalState, new_id
from pipeline.sealing import seal_all
from pipeline.stores.registers.print_views import PrintState
from pipeline.stores.registers.views import DocumentState
from pipeline.verify import verify_office

LAN = "nguoi-dung:lan"


@pytest.fixture(scope="session")
def server():
    with running_cups() as running:
        yield running


@pytest.fixture(scope="module")
def with_papers(tmp_path_factory, cell):
    root = tmp_path_factory.mktemp("van-phong")
    process_here(drop_papers(root), cell)
    return root


@pytest.fixture
def printer(server):
    return server.new_printer()


@pytest.fixture
def office(with_papers, tmp_path, server, printer):
    shutil.copytree(with_papers, tmp_path / "van-phong", symlinks=True)
    return with_printer(load_office(tmp_path / "van-phong"), server.address, printer.name)


@pytest.fixture
def app(office, cell):
    with opened(office, cell) as opened_app:
        yield opened_app


def papers(app):
    """The certificates, the received letter, the draft."""
    found = [paper for piece in app.registers.dump() for paper in piece.documents]
    certificates = [paper for paper in found if paper.kind == "gioi-thieu"]
    (incoming,) = [paper for paper in found if paper.kind == VAN_BAN_DEN]
    (draft,) = [paper for paper in found if paper.state is DocumentState.WAITING]
    return certificates, incoming, draft


def printed(documents, app, **more):
    """Order, wait, and what became of it."""
    ordered = print_papers(documents, Order(person=LAN, **more), app)
    return wait_for(ordered.view, app, lambda _line: None)


def name_in(document):
    return document.facts.person


# --- what comes out ---


def test_papers_come_out_as_one_job_in_the_order_asked_for(app, printer):
    (first, second), incoming, _ = papers(app)

    view = printed([second, incoming, first], app)

    out = came_out(printer)
    assert view.state is PrintState.PRINTED
    assert len(out) == 5
    assert name_in(second) in out[0]
    for line, page in zip(INCOMING_PAGES, out[1:4], strict=True):
        assert line in page
    assert "ĐẾN" in out[1], "the stamped rendition is the one that is printed"
    assert name_in(first) in out[4]


def test_copies_come_out_whole_one_after_the_other(app, printer):
    (first, _), incoming, _ = papers(app)

    printed([incoming, first], app, copies=3)

    out = came_out(printer)
    assert len(out) == 12
    assert [name_in(first) in page for page in out] == [False, False, False, True] * 3
    assert [INCOMING_PAGES[2] in page for page in out] == [False, False, True, False] * 3


def test_in_duplex_every_paper_and_every_copy_begins_on_a_fresh_sheet(app, printer):
    (first, second), incoming, _ = papers(app)

    view = printed([incoming, first, second], app, copies=2, duplex=True)

    out = came_out(printer)
    fronts = out[::2]
    assert view.sheets == 8
    assert len(out) == 15, "the back of the last sheet needs no page"
    assert "".join("x" if page else "." for page in out) == "xxx.x.x." + "xxx.x.x"
    assert [INCOMING_PAGES[0] in page for page in fronts] == [True, False, False, False] * 2
    assert [name_in(first) in page for page in fronts] == [False, False, True, False] * 2
    (job,) = printer.printed()
    assert "DUPLEX=ON" in order_to(job)
    assert "BINDING=LONGEDGE" in order_to(job)


def test_without_duplex_the_printer_is_told_so(app, printer):
    (first, _), _, _ = papers(app)

    printed([first], app)

    (job,) = printer.printed()
    assert "DUPLEX=OFF" in order_to(job)
    assert "PAPER=A4" in order_to(job)


def test_a_printer_of_one_side_prints_one_side_unless_both_were_asked_for(app, server, office):
    (first, _), incoming, _ = papers(app)
    single = server.new_printer(has_duplex=False)
    order = Order(person=LAN, printer=single.name, duplex=True)

    with pytest.raises(PrinterOneSided) as refused:
        print_papers([incoming, first], order, app)
    with_printer(office, server.address, single.name, "hai_mat = true")
    with opened(load_office(office.root), app.new_cell()) as usual:
        view = printed([incoming, first], usual)

    assert single.name in refused.value.clerk_text
    assert (view.state, view.is_duplex, view.sheets) == (PrintState.PRINTED, False, 4)
    assert len(came_out(single)) == 4


def test_a_separator_names_the_paper_that_follows(app, printer):
    (first, _), incoming, _ = papers(app)

    view = printed([incoming, first], app, copies=2, duplex=True, separators=True)

    out = came_out(printer)
    fronts = out[::2]
    assert view.sheets == 10
    assert ["TỜ NGĂN" in page for page in fronts] == [True, False, False, True, False] * 2
    assert incoming.facts.their_reference in fronts[0]
    assert incoming.facts.subject in fronts[0]
    assert "Văn bản thứ 1 trong 2 văn bản, bản 1/2, 3 trang" in fronts[0]
    assert first.number.reference in fronts[3]
    assert "bản 2/2" in fronts[5]
    assert "người in: lan" in fronts[0]
    assert view.id in fronts[0]
    assert [out[index] for index in (1, 7)] == ["", ""], "its back is blank"


def test_a_page_comes_out_in_its_own_size_and_place(app, printer):
    (first, _), _, _ = papers(app)

    printed([first], app)

    (job,) = printer.printed()
    before, after = words_at(pdf_of(paper_of(first, app), app)), words_at(job)
    assert [word for *_, word in before] == [word for *_, word in after]
    shifts = [
        abs(one - other)
        for here, there in zip(before, after, strict=True)
        for one, other in zip(here[:4], there[:4], strict=True)
    ]
    assert max(shifts) < 1.5, "in points: half a millimetre"


def words_at(path):
    """Each word's box, in points from the upper left corner, and the word."""
    ran = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True)
    box = r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>'
    return [(*map(float, found[:4]), found[4]) for found in re.findall(box, ran.stdout.decode())]


def test_the_look_of_a_remark_on_a_received_paper_is_printed(app, office, printer, cell, tmp_path):
    source = write_pdf(tmp_path / "co-dau.pdf", (content_of(["Cong van co but phe"]),))
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        look = pdf.make_stream(content_of(["DA XEM"], x=0, y=0))
        look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        look.BBox, look.Resources = [0, -40, 200, 40], pdf.pages[0].Resources
        note = {"/Type": pikepdf.Name.Annot, "/Subtype": pikepdf.Name.Stamp, "/F": 4}
        note |= {"/Rect": [100, 300, 300, 380], "/AP": {"/N": look}}
        pdf.pages[0].Annots = pdf.make_indirect([pdf.make_indirect(pikepdf.Dictionary(note))])
        pdf.save(source)
    drop(office, VAN_BAN_DEN, "co-dau.pdf", source.read_bytes())
    drop_json(office, "co-dau.json", letter(77), VAN_BAN_DEN)
    process_here(office, cell)
    (paper,) = app.registers.find("77-CV/BTCTU")

    printed([paper], app)

    assert "DA XEM" in came_out(printer)[0]


def test_pages_that_come_again_are_kept_once(app, tmp_path):
    (first, _), _, _ = papers(app)
    sizes = []
    for copies in (1, 50):
        out = tmp_path / f"{copies}.pdf"
        print_papers([first], Order(person=LAN, copies=copies, out=out), app)
        sizes.append(out.stat().st_size)

    assert len(pages(out)) == 50
    assert sizes[1] - sizes[0] < 20_000


# --- what is told ---


def test_who_printed_what_is_in_the_journal_of_the_paper(office, app, printer):
    (first, _), _, _ = papers(app)

    done = run(office, "print", first.number.reference, "--copies", "2", "--person", "Chị Lan")
    shown = run(office, "show", first.id).stdout

    assert done.status == 0, done.stderr
    assert "đã in xong" in done.stdout
    assert f"Chị Lan  in 2 bản (bản chương trình làm), {printer.name} (phiên bản 1)" in shown
    (line,) = [one for one in app.registers.journal_of(first.id) if one.deed == "printed"]
    assert line.data["copies"] == 2
    (listed,) = run(office, "prints", "--json", "--paper", first.id).lines
    assert listed["person"] == "Chị Lan"
    assert listed["state"] == "printed"
    assert listed["papers"][0]["reference"] == first.number.reference


def test_the_printers_are_listed_with_their_state(office, server, printer):
    server.tool("cupsdisable", "-r", "Het muc", printer.name)
    listed = run(office, "printers")

    (line,) = [one for one in listed.stdout.splitlines() if one.startswith(f"{printer.name} ")]
    assert "đang dừng (đang tạm dừng, «Het muc»)" in line
    assert "in hai mặt được" in line
    assert "mặc định" in line


def test_a_printer_that_is_not_there_is_told_with_those_that_are(app, printer):
    (first, _), _, _ = papers(app)

    with pytest.raises(PrinterUnknown) as told:
        printed([first], app, printer="may-la")

    assert printer.name in told.value.clerk_text
    assert app.registers.prints(5) == []


def test_nothing_is_left_in_a_queue_that_is_stopped(app, server, printer):
    (first, _), _, _ = papers(app)
    server.tool("cupsdisable", "-r", "Het muc", printer.name)

    with pytest.raises(PrinterStopped, match="stopped=True") as told:
        printed([first], app)

    assert "đang dừng (đang tạm dừng, «Het muc»). Chưa in gì." in told.value.clerk_text
    assert app.registers.prints(5) == []
    assert server.jobs(printer.name) == []


def test_a_queue_that_takes_no_jobs_is_told(app, server, printer):
    (first, _), _, _ = papers(app)
    server.tool("cupsreject", printer.name)

    with pytest.raises(PrinterStopped) as told:
        printed([first], app)

    assert "không nhận việc in" in told.value.clerk_text


def test_a_queue_that_stops_while_a_job_waits_is_told_and_the_job_is_not_lost(app, server, printer):
    (first, _), _, _ = papers(app)
    printer.shut()
    view = print_papers([first], Order(person=LAN), app).view
    server.tool("cupsdisable", "-r", "Het giay", printer.name)
    heard = []

    waiting = wait_for(view, app, heard.append, stopped_s=0.5)
    server.tool("cupsenable", printer.name)
    printer.open()
    done = wait_for(waiting, app, heard.append)

    assert "máy in đang dừng (đang tạm dừng)" in heard
    assert waiting.state is PrintState.GIVEN
    assert done.state is PrintState.PRINTED
    assert len(printer.printed()) == 1


def test_a_cancelled_job_is_told_and_counted_nowhere(office, app, server, printer):
    (first, _), _, _ = papers(app)
    printer.shut()
    printing = start(office, "print", first.id)
    wait_until(lambda: server.jobs(printer.name))
    server.tool("cancel", server.jobs(printer.name)[0])
    done = finish(printing)

    assert done.status == 2
    assert "đã bị hủy" in done.stdout
    assert "--again" in done.stderr
    deeds = [line.deed for line in app.registers.journal_of(first.id)]
    assert "printed" not in deeds
    assert app.registers.deeds("print-failed")


def test_a_job_that_the_printer_gives_up_is_told_in_its_words(app, printer):
    (first, _), _, _ = papers(app)
    printer.jam()

    view = printed([first], app)

    assert view.state is PrintState.FAILED
    assert "Paper jam in tray 2" in view.detail


def test_a_server_that_is_not_there_is_told_and_the_paper_stays(office, cell):
    office = with_printer(office, f"127.0.0.1:{free_port()}", "may-1")
    with opened(office, cell) as app:
        (first, _), _, _ = papers(app)
        with pytest.raises(PrintServerUnreachable) as told:
            printed([first], app)

        assert "không trả lời" in told.value.clerk_text
        assert app.registers.prints(5) == []


def test_a_server_that_never_answers_is_left_within_its_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host, port = silent.getsockname()
        deaf = cups.PrintServer(host=host, port=port, timeout_s=0.2)
        with pytest.raises(PrintServerUnreachable, match=r"[Tt]ime"):
            cups.printers(deaf)


def test_an_answer_that_is_no_ipp_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer():
            connection, _ = other.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nxin c")

        thread = threading.Thread(target=answer)
        thread.start()
        host, port = other.getsockname()
        with pytest.raises(PrinterRefused, match="no ipp"):
            cups.printers(cups.PrintServer(host=host, port=port, timeout_s=5))
        thread.join()


@pytest.mark.parametrize("length", range(38))
def test_an_answer_cut_short_anywhere_is_a_value_error(length):
    whole = bytes.fromhex("0200 0000 00000001 01 47 0012") + b"attributes-charset" + b"\0\5utf-8\3"
    assert read_answer(whole).status == 0

    with pytest.raises(ValueError, match=r"cut short|longer"):
        read_answer(whole[:length])


def test_without_any_printer_named_the_clerk_is_told_what_to_do(office, server, cell):
    office = with_printer(office, server.address)
    with opened(office, cell) as app:
        (first, _), _, _ = papers(app)
        with pytest.raises(PrinterNotChosen):
            printed([first], app)


# --- which papers ---


def test_a_withdrawn_paper_is_printed_only_when_that_is_said(office, app, printer):
    (first, second), _, _ = papers(app)
    app.registers.set_state(first.id, LegalState.THU_HOI, person=LAN, reason="sai tên")
    process_here(office, app.cell)

    with pytest.raises(PrintOutOfForce) as told:
        printed([second, app.registers.get(first.id)], app)
    assert f"{first.number.reference} đã thu hồi" in told.value.clerk_text
    assert printer.printed() == []

    ordered = print_papers(
        [app.registers.get(first.id)], Order(person=LAN, also_withdrawn=True), app
    )
    assert ordered.warnings == (f"{first.number.reference} đã thu hồi.",)
    assert wait_for(ordered.view, app, print).state is PrintState.PRINTED


def test_a_draft_is_printed_for_signature_and_said_to_be_one(app, printer):
    _, _, draft = papers(app)

    ordered = print_papers([draft], Order(person=LAN, separators=True), app)
    wait_for(ordered.view, app, print)

    assert "dự thảo, chưa có số, in để trình ký" in ordered.warnings[0]
    assert "Dự thảo, chưa có số" in came_out(printer)[0]


def test_a_paper_that_the_archive_does_not_have_yet_waits(app):
    (first, _), _, _ = papers(app)

    with pytest.raises(PaperNotArchived):
        print_papers([replace(first, version=2)], Order(person=LAN), app)


def test_a_returned_paper_is_not_printed(app, office, cell):
    drop_json(office, "thieu.json", {"ho_ten": None})
    process_here(office, cell)
    (paper,) = [
        one
        for piece in app.registers.dump()
        for one in piece.documents
        if one.state is DocumentState.RETURNED
    ]

    with pytest.raises(PaperNotPrintable, match="document="):
        print_papers([paper], Order(person=LAN), app)


def test_a_paper_with_a_word_file_alone_says_so(app, office):
    drop(office, "van-ban-di", "cong van.docx", docx_of(CONG_VAN))
    # Where LibreOffice is not to be found, a Word file has no PDF.
    nowhere = os.environ | {"PATH": "/sbin"}
    done = subprocess.run(command(office, "process"), cwd=ROOT, env=nowhere, check=False)
    assert done.returncode == 0
    (paper,) = [
        one for piece in app.registers.dump() for one in piece.documents if one.kind == "van-ban-di"
    ]

    with pytest.raises(NothingToPrint) as told:
        print_papers([paper], Order(person=LAN), app)

    assert "cong van.docx" in told.value.clerk_text
    assert app.registers.prints(5) == []


# --- printed by people ---


def test_a_file_for_this_machine_waits_for_the_word_of_whoever_printed_it(office, app, tmp_path):
    (first, second), incoming, _ = papers(app)
    out = tmp_path / "in.pdf"
    refs = (first.id, incoming.id, second.id)

    made = run(office, "print", *refs, "--here", "-o", str(out), "--person", "Lan", "--json")
    (told,) = made.lines
    said = run(office, "print-done", told["id"], "--bad", "2, 5", "--person", "Lan")
    again = tmp_path / "lai.pdf"
    run(office, "print", "--again", told["id"], "--here", "-o", str(again))

    assert made.status == 0, made.stderr
    assert told["state"] == "here"
    assert len(pages(out)) == 5
    assert told["papers"][1]["sheets"] == [[2, 4]]
    assert said.status == 0, said.stderr
    assert "tờ hỏng: 2, 5" in said.stdout
    assert pages(again) == [pages(out)[1], pages(out)[4]]
    deeds = {one.document_id: one.data for one in app.registers.deeds("printed")}
    assert set(deeds) == {first.id, incoming.id, second.id}
    reprint, original = app.registers.prints(5)
    assert reprint.again_of == original.id
    assert reprint.only_sheets == (2, 5)
    assert original.state is PrintState.PRINTED


def test_sheets_in_duplex_are_fronts_with_their_backs(app, tmp_path):
    (first, _), incoming, _ = papers(app)
    whole, part = tmp_path / "ca.pdf", tmp_path / "to.pdf"
    order = Order(person=LAN, duplex=True, separators=True, copies=2, out=whole)
    view = print_papers([incoming, first], order, app).view

    print_again(view, (3, 4), replace(order, out=part), app)

    assert "tờ 2–3: 12-CV/BTCTU (bản chương trình làm) (bản 1)" in sheet_lines(view, app)
    assert pages(part)[:2] == [pages(whole)[4], ""]
    assert "TỜ NGĂN" in pages(part)[2]
    assert len(pages(part)) == 3


def test_a_reprint_takes_the_version_that_was_printed(office, app, cell, tmp_path):
    (first, _), _, _ = papers(app)
    order = Order(person=LAN, out=tmp_path / "mot.pdf")
    view = print_papers([first], order, app).view
    app.registers.set_state(first.id, LegalState.DA_KY, person=LAN, reason="đã ký")
    process_here(office, cell)
    print_again(view, (1,), replace(order, out=tmp_path / "hai.pdf"), app)

    assert app.registers.get(first.id).archived_version == 2
    assert app.registers.prints(1)[0].papers[0].version == 1
    assert (tmp_path / "mot.pdf").read_bytes() == (tmp_path / "hai.pdf").read_bytes()


@pytest.mark.parametrize("text", ["0", "6", "4-2", "hai", "1,,9", "", "-"])
def test_sheets_that_are_none_are_told(app, tmp_path, text):
    (first, _), incoming, _ = papers(app)
    order = Order(person=LAN, out=tmp_path / "mot.pdf")
    view = replace(print_papers([incoming, first], order, app).view, sheets=5)

    with pytest.raises(SheetsWrong):
        sheets_named(text, view)


def test_sheets_are_named_one_by_one_or_as_runs(app, tmp_path):
    (first, _), incoming, _ = papers(app)
    order = Order(person=LAN, out=tmp_path / "mot.pdf")
    view = print_papers([incoming, first], order, app).view

    assert sheets_named("4; 1 - 2", view) == (1, 2, 4)


def test_an_outcome_is_told_only_of_what_is_over(app, printer):
    (first, _), _, _ = papers(app)
    printer.shut()
    view = print_papers([first], Order(person=LAN), app).view

    with pytest.raises(PrintNotOver):
        report_outcome(view, PrintState.PRINTED, (), LAN, app)
    printer.open()
    wait_for(view, app, print)


def test_what_is_on_its_way_is_not_printed_again(app, printer):
    (first, _), _, _ = papers(app)
    printer.shut()
    view = print_papers([first], Order(person=LAN), app).view

    with pytest.raises(PrintNotOver):
        print_again(view, (), Order(person=LAN), app)
    printer.open()
    view = wait_for(view, app, print)
    again = wait_for(print_again(view, (), Order(person=LAN), app).view, app, print)

    assert again.again_of == view.id
    assert len(printer.printed()) == 2


@pytest.mark.parametrize("option", [("--copies", "2"), ("--duplex",), ("--separators",)])
def test_a_reprint_asks_for_nothing_that_would_move_its_sheets(office, app, tmp_path, option):
    (first, _), _, _ = papers(app)
    view = print_papers([first], Order(person=LAN, out=tmp_path / "mot.pdf"), app).view

    ran = run(office, "print", "--again", view.id, "--here", "-o", str(tmp_path / "x.pdf"), *option)

    assert ran.status == 64
    assert "theo lần in trước" in ran.stderr
    assert not (tmp_path / "x.pdf").exists()


def test_people_take_back_what_they_said_of_their_own_printing(app, tmp_path):
    (first, _), _, _ = papers(app)
    view = print_papers([first], Order(person=LAN, out=tmp_path / "mot.pdf"), app).view

    none = report_outcome(view, PrintState.CANCELLED, (), LAN, app)
    good = report_outcome(none, PrintState.PRINTED, (), LAN, app)

    assert (none.state, good.state) == (PrintState.CANCELLED, PrintState.PRINTED)
    assert len(app.registers.deeds("printed")) == 1
    with pytest.raises(PrintNotOver):
        report_outcome(view, PrintState.CANCELLED, (), LAN, app)


# --- nothing twice, nothing lost ---


def test_what_nobody_waited_for_is_found_out_later(app, office, printer):
    (first, _), _, _ = papers(app)
    told = run(office, "print", first.id, "--no-wait", "--json")
    wait_until(printer.printed)

    def is_known():
        keep_once(app)
        return not app.registers.open_prints()

    wait_until(is_known)

    assert told.status == 0, told.stderr
    assert app.registers.prints(1)[0].state is PrintState.PRINTED
    assert len(app.registers.deeds("printed")) == 1


def test_a_job_that_is_being_given_is_left_alone(app, printer):
    (first, _), _, _ = papers(app)
    view = replace(print_papers([first], Order(person=LAN), app).view, state=PrintState.ORDERED)

    assert follow_up(replace(view, printer_job=""), app).state is PrintState.ORDERED
    wait_for(view, app, print)


def test_a_job_that_the_printer_has_forgotten_is_said_to_be_unknown(app, server, printer):
    (first, _), _, _ = papers(app)
    view = print_papers([first], Order(person=LAN), app).view
    wait_until(printer.printed)
    wait_until(lambda: not server.tool("lpstat", "-o", printer.name))
    server.tool("cancel", "-a", "-x", printer.name)

    view = wait_for(view, app, print)

    assert view.state is PrintState.FORGOTTEN
    assert one_print(view.id[-6:], app).state is PrintState.FORGOTTEN


def test_a_printer_that_is_gone_leaves_the_word_to_whoever_took_the_sheets(office, app, cell):
    (first, _), _, _ = papers(app)
    view = print_papers([first], Order(person=LAN), app).view
    gone = replace(view, server=f"127.0.0.1:{free_port()}")

    said = report_outcome(gone, PrintState.PRINTED, (), LAN, app)

    assert said.state is PrintState.PRINTED
    (after,) = app.registers.prints_named(view.id)
    assert after.state is PrintState.PRINTED
    assert [line.person for line in app.registers.deeds("print-said")] == [LAN]


def test_a_server_that_does_not_answer_holds_up_no_other(app, office, printer, tmp_path):
    (first, second), _, _ = papers(app)
    lost = print_papers([second], Order(person=LAN, out=tmp_path / "x.pdf"), app).view
    port = f"127.0.0.1:{free_port()}"
    for _ in range(2):
        other = replace(
            lost, id=new_id(app.clock), printer="may", server=port, state=PrintState.GIVEN
        )
        app.registers.order_print(other)
    view = print_papers([first], Order(person=LAN), app).view
    wait_until(printer.printed)

    def is_over():
        with pytest.raises(PrintServerUnreachable):
            follow_all(app)
        (now,) = app.registers.prints_named(view.id)
        return now.state is PrintState.PRINTED

    wait_until(is_over)
    assert {one.server for one in app.registers.open_prints()} == {port}


def test_a_server_that_misses_a_question_is_asked_again(app, server, printer):
    (first, _), _, _ = papers(app)
    view = print_papers([first], Order(person=LAN), app).view
    with missing_connections(server.port, first=1) as (port, met):
        through = replace(view, server=f"127.0.0.1:{port}")

        assert wait_for(through, app, print).state is PrintState.PRINTED

    assert len(met) > 1


def test_what_was_ordered_long_ago_and_is_nowhere_is_said_to_be_unknown(app, printer):
    (first, _), _, _ = papers(app)
    view = print_papers([first], Order(person=LAN), app).view
    wait_for(view, app, print)
    yesterday = app.clock.now() - timedelta(days=1)
    before = replace(view, id=new_id(app.clock), made_at=yesterday, state=PrintState.ORDERED)
    app.registers.order_print(before)

    assert follow_up(before, app).state is PrintState.FORGOTTEN


# --- beside all the rest ---


def test_printings_do_not_disturb_verify_purge_and_rebuild(office, cell, printer):
    with opened(office, cell) as app:
        (first, second), incoming, _ = papers(app)
        view = printed([first, second, incoming], app)
        report_outcome(view, PrintState.PRINTED, (2,), LAN, app)
        seal_all(app)
        assert [found.code for found in verify_office(app, deep=True)] == []
    two = ("--person", "Lan", "--approved-by", "Minh", "--reason", "sót dấu mật")
    purged = run(office, "purge", first.id, *two)
    with opened(office, cell) as app:
        seal_all(app)
        assert [found.code for found in verify_office(app, deep=True)] == []
        (listed,) = app.registers.prints(5, first.id)
        assert first.facts.subject not in str(print_plain(listed, app))
        with pytest.raises(PaperNotPrintable):
            print_again(listed, (), Order(person=LAN), app)

    rebuild_office(office.root, SystemClock())

    assert purged.status == 0, purged.stderr
    with opened(office, cell) as app:
        assert [found.code for found in verify_office(app, deep=True)] == []
        deeds = [line.deed for line in app.registers.journal_of(second.id)]
        assert deeds.count("printed") == 1
        assert app.registers.prints(5) == [replace(listed, worker="", printer_job="")]


def test_a_server_is_spoken_to_over_tls_where_its_certificate_is_vouched_for(
    office, server, printer, cell
):
    address = f"ipps://localhost:{server.port}"
    trusted = with_printer(
        office, address, printer.name, f'chung_thu_ca = "{server.certificate()}"'
    )
    with opened(trusted, cell) as app:
        certificates, _, _ = papers(app)
        view = printed(certificates[:1], app)
    assert (view.state, view.server) == (PrintState.PRINTED, address)
    assert len(came_out(printer)) == 1
    for trust in ("", 'chung_thu_ca = "khong-co.pem"'):
        with opened(with_printer(office, address, printer.name, trust), cell) as app:
            certificates, _, _ = papers(app)
            with pytest.raises(PrintServerUntrusted, match="T374"):
                printed(certificates[:1], app)
    assert len(printer.printed()) == 1
