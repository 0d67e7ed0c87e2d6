"""A scan of the signed and sealed paper comes back: the next version of the very paper it is, or returned with the reason."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace

import pytest
from helpers import MONDAY, example, make_clock
from odd_pdfs import write_scan
from office_kit import (
    GIOI_THIEU,
    drop,
    drop_json,
    inbox,
    lying,
    opened,
    person,
    process_here,
    reason,
    results,
    returned,
    small_office,
    unsound,
)
from signing_kit import make_authority, scan, sign
from web_kit import served

from pipeline.app import Access, open_office
from pipeline.config import load_office
from pipeline.document_object import DOCUMENT_FILE, TEXT_FILE, document_object, receipt_object
from pipeline.durable import sha512_file
from pipeline.engines import raster
from pipeline.errors.printing import PrintVersionMissing
from pipeline.inbox.folders import NOTICE_NAME
from pipeline.issuing import Issue, issue_papers
from pipeline.journal_words import deed_in_words
from pipeline.plain import to_plain
from pipeline.printing.following import report_outcome
from pipeline.printing.giving import Order, print_papers
from pipeline.printing.telling import one_print
from pipeline.process_once import finish
from pipeline.purge import purge_paper
from pipeline.reader import read_once, read_until_idle
from pipeline.rebuild import rebuild_office
from pipeline.record import BanGoc, LegalState
from pipeline.retrieve import describe, export_files
from pipeline.signed_back import FOLDER, SIGNED_OCR, SIGNED_TEXT, signed_file
from pipeline.stores.registers.print_views import PrintState, PrintVersion
from pipeline.watch import Door
from pipeline.worker import work_once

CLOCK = make_clock(MONDAY)
VAN_BAN = "van-ban"


@pytest.fixture(scope="module")
def with_papers(tmp_path_factory, cell):
    """Two introductions with numbers, and a draft without one."""
    root = tmp_path_factory.mktemp("ban-ky")
    office = small_office(root)
    drop_json(office, "mot.json", person(1))
    process_here(office, cell, CLOCK)
    drop_json(office, "hai.json", person(22))
    drop_json(office, "thu.json", example(VAN_BAN, "cong-van-mot-noi"), VAN_BAN)
    process_here(office, cell, CLOCK)
    return root


@pytest.fixture
def office(with_papers, tmp_path):
    shutil.copytree(with_papers, tmp_path / "vp", symlinks=True)
    return load_office(tmp_path / "vp")


def the_paper(app, reference="01-GGT/VPTU"):
    [paper] = app.registers.find(reference)
    return paper


def the_draft(app):
    [paper] = app.registers.waiting()
    return paper


def printed(office, cell, tmp_path, find=the_paper):
    """The PDF that was printed for the signature."""
    with opened(office, cell, CLOCK) as app:
        return export_files(find(app), "pdf", tmp_path / "in", app)[0]


def note(office):
    """The newest KẾT QUẢ.txt of the folder for signed papers."""
    folder = office.inbox_dir / FOLDER / office.folders.results
    found = sorted(folder.rglob("KẾT QUẢ.txt"), key=lambda path: path.stat().st_mtime_ns)
    return found[-1].read_text(encoding="utf-8-sig")


def bring_back(office, cell, name, data):
    drop(office, FOLDER, name, data)
    [outcome] = process_here(office, cell, CLOCK)
    return outcome


def files_of(paper, folder):
    return {file.name: file.sha512 for file in paper.files if file.name.startswith(folder)}


def test_a_scan_named_after_its_number_becomes_the_signed_version(office, cell, tmp_path):
    data = scan(printed(office, cell, tmp_path), tmp_path)

    outcome = bring_back(office, cell, "01-GGT-VPTU.pdf", data)

    with opened(office, cell, CLOCK) as app:
        paper = the_paper(app)
        assert (outcome.status, outcome.document_id) == ("duplicate", paper.id)
        assert "khớp theo số, ký hiệu trong tên tệp" in outcome.message
        assert paper.legal_state is LegalState.DA_KY
        assert paper.ban_goc is BanGoc.GIAY
        assert (paper.version, paper.archived_version, paper.indexed_version) == (2, 2, 2)
        assert signed_file(paper.files) == "signed/01-GGT-VPTU.pdf"
        [signed] = export_files(paper, "", tmp_path / "ra", app)
        assert signed.read_bytes() == data
        assert export_files(paper, "signed", tmp_path / "ra", app) == [signed]
        before = {f.name: f.sha512 for f in app.objects.files(document_object(paper.id), 1)}
        assert files_of(paper, "renditions/") == {
            name: digest for name, digest in before.items() if name.startswith("renditions/")
        }
        deeds = [line["deed"] for line in describe(paper, app)["journal"]]
        assert deeds.count("signed") == 1
        assert unsound(app) == []
    assert "trạng thái «đã ký»" in note(office)
    assert "không thấy gì khác" in note(office)
    assert lying(office) == []


def test_the_window_says_whose_signed_version_was_taken(office, cell, tmp_path):
    told: list[str] = []
    drop(office, FOLDER, "01-GGT-VPTU.pdf", scan(printed(office, cell, tmp_path), tmp_path))

    with opened(office, cell, CLOCK) as app:
        Door(app, cell, at_once=True).look()
        while work_once(app, cell, told.append):
            pass

    (line,) = told
    assert line.startswith(f"{FOLDER}/01-GGT-VPTU.pdf: Đã nhận bản ký của 01-GGT/VPTU")
    assert "không cấp thêm" not in line


def test_the_card_of_a_signed_scan_says_whose_it_is_and_not_that_it_is_a_second_one(
    office, cell, tmp_path
):
    data = scan(printed(office, cell, tmp_path), tmp_path)
    bring_back(office, cell, "01-GGT-VPTU.pdf", data)
    bring_back(office, cell, "lai.pdf", data)

    with served(office, cell) as web:
        cards = web.get("/dang-xu-ly/").content.decode()

    assert "Đã nhận bản ký của 01-GGT/VPTU (" in cards
    assert "Tệp này đã là bản ký của 01-GGT/VPTU (" in cards
    assert "Đã có số 01-GGT/VPTU" not in cards


def test_an_unnamed_scan_is_known_by_the_number_on_its_first_page(office, cell, tmp_path):
    data = scan(printed(office, cell, tmp_path), tmp_path, kind="PNG")

    outcome = bring_back(office, cell, "SCAN0001.png", data)

    with opened(office, cell, CLOCK) as app:
        assert outcome.document_id == the_paper(app).id
        assert signed_file(the_paper(app).files) == "signed/SCAN0001.png"
    assert "khớp theo số in trên trang đầu" in note(office)


def test_a_code_on_the_sheet_goes_before_all_else(office, cell, tmp_path):
    pdf = printed(office, cell, tmp_path, the_draft)
    with opened(office, cell, CLOCK) as app:
        draft = the_draft(app)

    outcome = bring_back(office, cell, "SCAN.pdf", scan(pdf, tmp_path, code=str(draft.id)))

    assert outcome.document_id == draft.id
    assert "khớp theo mã in trên giấy" in outcome.message


def test_a_scan_named_after_another_paper_is_returned_with_both(office, cell, tmp_path):
    data = scan(printed(office, cell, tmp_path), tmp_path)

    outcome = bring_back(office, cell, "02 GGT VPTU.pdf", data)

    assert (outcome.status, outcome.code) == ("returned", "R301")
    assert "02-GGT/VPTU" in reason(office, FOLDER)
    assert "«01-GGT/VPTU», số của 01-GGT/VPTU" in reason(office, FOLDER)
    assert "02 GGT VPTU.pdf" in returned(office, FOLDER)
    with opened(office, cell, CLOCK) as app:
        assert the_paper(app, "02-GGT/VPTU").version == 1
        assert the_paper(app).version == 1
        end = the_paper(app, "02-GGT/VPTU").id[-4:]
    # A person who has looked at the paper says which one it is.
    drop(office, FOLDER, "02 GGT VPTU.yaml", f"van_ban: ~{end}\n".encode())
    bring_back(office, cell, "02 GGT VPTU.pdf", data)
    with opened(office, cell, CLOCK) as app:
        assert the_paper(app, "02-GGT/VPTU").legal_state is LegalState.DA_KY
    assert "Số trên bản ký đọc là «01-GGT/VPTU», trong sổ là 02-GGT/VPTU" in note(office)
    assert "khớp theo tệp thông tin đặt cạnh" in note(office)


def test_a_scan_that_nothing_tells_is_returned_with_the_way_to_name_it(office, cell, tmp_path):
    pdf = printed(office, cell, tmp_path, the_draft)

    outcome = bring_back(office, cell, "scan.pdf", scan(pdf, tmp_path))

    assert outcome.code == "R300"
    with opened(office, cell, CLOCK) as app:
        draft = the_draft(app)
    assert f"Có thể là: dự thảo (~{draft.id[-4:]})" in reason(office, FOLDER)
    assert "Hãy đổi tên tệp" in reason(office, FOLDER)


def test_another_papers_page_under_a_drafts_name_is_returned(office, cell, tmp_path):
    with opened(office, cell, CLOCK) as app:
        name = f"cong van ~{the_draft(app).id[-4:]}.pdf"
    lines = [
        ("GIẤY MỜI HỌP", 60, 60, 14, False),
        ("Kính mời các đồng chí trưởng phòng dự buổi giao ban tháng mười hai", 25, 80, 14, False),
        ("tại hội trường tầng hai, đúng tám giờ sáng thứ năm tuần sau.", 25, 92, 14, False),
    ]
    page = write_scan(tmp_path / "khac.pdf", lines)

    outcome = bring_back(office, cell, name, page.read_bytes())

    assert outcome.code == "R304"
    assert "trích yếu đều không thấy" in reason(office, FOLDER)


def test_a_signed_draft_is_signed_and_asks_for_its_number(office, cell, tmp_path):
    pdf = printed(office, cell, tmp_path, the_draft)
    with opened(office, cell, CLOCK) as app:
        draft = the_draft(app)

    bring_back(office, cell, f"cong van ~{draft.id[-4:]}.pdf", scan(pdf, tmp_path))

    with opened(office, cell, CLOCK) as app:
        paper = app.registers.get(draft.id)
        assert paper.legal_state is LegalState.DA_KY
        assert paper.number is None
    assert f"«Chờ ký, chờ cấp số» (mã ~{draft.id[-4:]})" in note(office)
    with opened(office, cell, CLOCK) as app:
        [issued] = issue_papers([f"~{draft.id[-4:]}"], Issue(person="Lò Thị Hiền"), app)
        assert finish([issued.receipt_id], app, seconds=60)
        paper = app.registers.get(draft.id)
        assert paper.legal_state is LegalState.DA_KY
        assert paper.number.ordinal == 1
        said = [value for title, value in describe(paper, app)["summary"] if title == "Bản ký"]
        assert not any("Hãy cấp số" in one for one in said)
        assert "Không đọc được số trên bản ký; trong sổ là 01-CV/VPTU." in said
        assert signed_file(paper.files) is not None
        # The draft's note is followed by one about its number.
        assert unsound(app) == []


def test_a_rescan_is_the_next_version_and_the_same_bytes_change_nothing(office, cell, tmp_path):
    pdf = printed(office, cell, tmp_path)
    first, second = scan(pdf, tmp_path), scan(pdf, tmp_path, tilt=-0.5)
    bring_back(office, cell, "01-GGT-VPTU.pdf", first)

    bring_back(office, cell, "SCAN.pdf", second)
    again = bring_back(office, cell, "01-GGT-VPTU.pdf", second)

    assert "đã là bản ký" in again.message
    with opened(office, cell, CLOCK) as app:
        paper = the_paper(app)
        assert (paper.version, paper.legal_state) == (3, LegalState.DA_KY)
        assert list(files_of(paper, "signed/")) == ["signed/SCAN.pdf"]
        old = [f.name for f in app.objects.files(document_object(paper.id), 2)]
        assert "signed/01-GGT-VPTU.pdf" in old
        assert unsound(app) == []


def test_a_page_too_many_is_said_and_not_swallowed(office, cell, tmp_path):
    pdf = printed(office, cell, tmp_path)

    bring_back(office, cell, "01-GGT-VPTU.tif", scan(pdf, tmp_path, pages=2, kind="TIFF"))

    said = "Bản ký có 2 trang, bản in có 1 trang."
    assert said in note(office)
    with opened(office, cell, CLOCK) as app:
        paper = the_paper(app)
        assert said in [value for title, value in describe(paper, app)["summary"]]
        about = json.loads(app.objects.read(document_object(paper.id), DOCUMENT_FILE, version=2))
        assert about["made"]["signed"]["differences"] == [said]
        assert about["made"]["signed"]["name"] == "signed/01-GGT-VPTU.tif"


def test_the_signed_scan_is_read_beside_the_flow_and_found_by_its_words(office, cell, tmp_path):
    pdf = printed(office, cell, tmp_path)
    bring_back(office, cell, "01-GGT-VPTU.pdf", scan(pdf, tmp_path, written="Ban hanh khan cap"))
    with opened(office, cell, CLOCK) as app:
        assert "chờ máy đọc" in dict(describe(the_paper(app), app)["summary"])["Bản ký"]

        assert read_until_idle(app, lambda: False, lambda _done, _place: None) == 1

        paper = the_paper(app)
        names = {file.name for file in paper.files}
        assert {"signed/01-GGT-VPTU.pdf", SIGNED_OCR, SIGNED_TEXT} <= names
        assert "chờ máy đọc" not in dict(describe(paper, app)["summary"])["Bản ký"]
        both = text_of(app, paper)
        assert both.count("GIẤY GIỚI THIỆU") >= 2
        app.registers.set_state(
            paper.id, LegalState.DA_PHAT_HANH, person="Lò Thị Hiền", reason="đã gửi đi"
        )
        finish([paper.receipt_id], app, seconds=60)
        assert (text_of(app, the_paper(app)), the_paper(app).version) == (both, 4)
        assert app.registers.counts()["readings_due"] == 0
        assert not read_once(app, cell)
        assert unsound(app) == []


def text_of(app, paper, name=TEXT_FILE):
    object_id = document_object(paper.id)
    return app.objects.read(object_id, name, version=paper.archived_version).decode()


def test_back_to_waiting_for_the_signature_the_scan_counts_no_more(office, cell, tmp_path):
    bring_back(office, cell, "01-GGT-VPTU.pdf", scan(printed(office, cell, tmp_path), tmp_path))

    with opened(office, cell, CLOCK) as app:
        paper = the_paper(app)
        app.registers.set_state(
            paper.id, LegalState.CHO_KY, person="Lò Thị Hiền", reason="quét nhầm tờ"
        )
        finish([paper.receipt_id], app, seconds=60)
        paper = the_paper(app)
        assert (paper.version, paper.archived_version) == (3, 3)
        assert signed_file(paper.files) is None
        assert describe(paper, app)["summary"]
        assert unsound(app) == []


def test_a_certified_copy_is_made_of_the_signed_one(office, cell, tmp_path):
    data = scan(printed(office, cell, tmp_path), tmp_path, dpi=200)
    bring_back(office, cell, "01-GGT-VPTU.pdf", data)
    asked = {"sao_tu": "01-GGT/VPTU", "noi_nhan": ["Ban Tổ chức Tỉnh ủy"]}
    drop_json(office, "sao.json", asked, "sao-y")

    [outcome] = process_here(office, cell, CLOCK)

    assert outcome.status == "indexed", outcome.message
    with opened(office, cell, CLOCK) as app:
        [numbered] = [
            line
            for line in app.registers.journal_of(outcome.document_id)
            if line.deed == "numbered"
        ]
        assert numbered.data["copy"]["ground"] == "ban-quet-da-ky"


def test_a_withdrawn_paper_takes_no_signed_version(office, cell, tmp_path):
    data = scan(printed(office, cell, tmp_path), tmp_path)
    with opened(office, cell, CLOCK) as app:
        app.registers.void(the_paper(app).id, "sai", "Lò Thị Hiền")

    outcome = bring_back(office, cell, "01-GGT-VPTU.pdf", data)

    assert outcome.code == "R303"
    assert "đã hủy số" in reason(office, FOLDER)


def test_a_digitally_signed_pdf_makes_the_original_electronic(office, cell, tmp_path):
    pdf = printed(office, cell, tmp_path)
    signed = sign(pdf, tmp_path / "ky-so.pdf", make_authority())

    bring_back(office, cell, signed.name, signed.read_bytes())

    with opened(office, cell, CLOCK) as app:
        paper = the_paper(app)
        assert (paper.ban_goc, paper.legal_state) == (BanGoc.DIEN_TU, LegalState.DA_KY)
        titles = [title for title, _ in describe(paper, app)["summary"]]
        assert "Chữ ký số" in titles
    assert "Chữ ký số: Chữ ký của Nguyễn Trường Giang" in note(office)


def test_a_rebuilt_office_knows_the_signed_one(office, cell, tmp_path):
    bring_back(office, cell, "01-GGT-VPTU.pdf", scan(printed(office, cell, tmp_path), tmp_path))
    with opened(office, cell, CLOCK) as app:
        before = the_paper(app)

    rebuild_office(office.root, CLOCK)

    with opened(office, cell, CLOCK) as app:
        after = the_paper(app)
        assert (after.legal_state, after.version) == (before.legal_state, 2)
        assert after.record == before.record
        assert files_of(after, "signed/") == files_of(before, "signed/")
        app.registers.set_state(
            after.id, LegalState.DA_PHAT_HANH, person="Lò Thị Hiền", reason="đã gửi đi"
        )
        finish([after.receipt_id], app, seconds=60)
        assert files_of(the_paper(app), "signed/") == files_of(before, "signed/")


def test_a_rebuild_before_the_version_was_archived_follows_the_journal(office, cell, tmp_path):
    data = scan(printed(office, cell, tmp_path), tmp_path)
    drop(office, FOLDER, "01-GGT-VPTU.pdf", data)
    with opened(office, cell, CLOCK) as app:
        from pipeline.flow import decide
        from pipeline.keeper import keep_once
        from pipeline.watch import Door

        [receipt_id] = Door(app, cell, at_once=True).look().received
        decide(app.registers.receipt(receipt_id), app, cell)
        assert (the_paper(app).version, the_paper(app).archived_version) == (2, 1)
        keep_once(app)

    rebuild_office(office.root, CLOCK)
    process_here(office, cell, CLOCK)

    with opened(office, cell, CLOCK) as app:
        paper = the_paper(app)
        assert (paper.version, paper.archived_version) == (2, 2)
        assert paper.legal_state is LegalState.DA_KY
        assert list(files_of(paper, "signed/")) == ["signed/01-GGT-VPTU.pdf"]


@pytest.mark.parametrize("is_rebuilt", [False, True])
def test_removal_takes_the_signed_one_and_its_drop_with_it(office, cell, tmp_path, is_rebuilt):
    data = scan(printed(office, cell, tmp_path), tmp_path)
    bring_back(office, cell, "01-GGT-VPTU.pdf", data)
    if is_rebuilt:
        rebuild_office(office.root, CLOCK)
    keeping = inbox(office, GIOI_THIEU) / "giữ lại.pdf"

    with open_office(office.root, CLOCK, access=Access.ALONE) as app:
        paper = the_paper(app)
        keeping.write_bytes(data)
        purge_paper(app, paper, ("Lò Thị Hiền", "Vi Văn Sơn"), "theo yêu cầu")
        drops = [one for one in app.objects.iter_ids() if one.startswith(receipt_object(""))]
        assert all(app.objects.is_buried(one) for one in drops)
        assert app.objects.is_buried(document_object(paper.id))
    assert not keeping.exists()
    if not is_rebuilt:  # else nobody knows any more how its folder is called
        assert results(office, FOLDER) == []
    digest = hashlib.sha512(data).hexdigest()
    lying_about = [
        path
        for path in office.root.rglob("*")
        if path.is_file() and path.stat().st_size == len(data) and sha512_file(path) == digest
    ]
    assert lying_about == []


def test_a_marked_scan_is_left_where_it_lies(office, cell, tmp_path):
    lines = [("MẬT", 30, 45, 20, True), ("Số 01-GGT/VPTU", 30, 34, 14, False)]
    drop(office, FOLDER, "01-GGT-VPTU.pdf", write_scan(tmp_path / "m.pdf", lines).read_bytes())

    process_here(office, cell, CLOCK)

    assert (office.inbox_dir / FOLDER / NOTICE_NAME).exists()
    assert lying(office) == [f"{FOLDER}/01-GGT-VPTU.pdf"]
    with opened(office, cell, CLOCK) as app:
        assert the_paper(app).version == 1


def test_what_is_no_scan_is_returned(office, cell):
    outcome = bring_back(office, cell, "01-GGT-VPTU.docx", b"PK\x03\x04 not a scan")

    assert outcome.status == "returned"
    assert "pdf" in reason(office, FOLDER)


def test_our_own_print_is_signed_by_nobody(office, cell, tmp_path):
    outcome = bring_back(
        office, cell, "01-GGT-VPTU.pdf", printed(office, cell, tmp_path).read_bytes()
    )

    assert (outcome.status, outcome.code) == ("returned", "R305")
    with opened(office, cell, CLOCK) as app:
        assert the_paper(app).legal_state is LegalState.CHO_KY


def test_a_paper_that_the_record_beside_names_wrongly_is_not_guessed(office, cell, tmp_path):
    data = scan(printed(office, cell, tmp_path), tmp_path)
    drop(office, FOLDER, "01-GGT-VPTU.pdf", data)
    drop(office, FOLDER, "01-GGT-VPTU.json", json.dumps({"van_ban": "99-GGT/VPTU"}).encode())

    [outcome] = process_here(office, cell, CLOCK)

    assert (outcome.status, outcome.code) == ("returned", "R300")
    assert "99-GGT/VPTU" in outcome.message


def test_words_of_a_wrong_signed_scan_go_when_the_right_one_comes(office, cell, tmp_path):
    data = scan(printed(office, cell, tmp_path), tmp_path, written="QUYETDINHSAI")
    bring_back(office, cell, "01-GGT-VPTU.pdf", data)
    with opened(office, cell, CLOCK) as app:
        read_until_idle(app, lambda: False, lambda _done, _place: None)
        paper = the_paper(app)
        old = text_of(app, paper, SIGNED_TEXT)
        assert old.strip()
        assert old in text_of(app, paper, TEXT_FILE)
    bring_back(office, cell, "01-GGT-VPTU.pdf", scan(printed(office, cell, tmp_path), tmp_path))
    with opened(office, cell, CLOCK) as app:
        paper = the_paper(app)
        assert old not in text_of(app, paper, TEXT_FILE)


def test_the_signed_one_is_printed_where_it_came_back(office, cell, tmp_path):
    unsigned = Order(person="lan", out=tmp_path / "truoc.pdf")
    with opened(office, cell, CLOCK) as app:
        before = print_papers([the_paper(app)], unsigned, app)
        with pytest.raises(PrintVersionMissing, match="R275"):
            print_papers([the_paper(app)], replace(unsigned, version=PrintVersion.BAN_KY), app)
    data = scan(printed(office, cell, tmp_path), tmp_path)
    bring_back(office, cell, "01-GGT-VPTU.pdf", data)

    with opened(office, cell, CLOCK) as app:
        paper = the_paper(app)
        after = print_papers([paper], replace(unsigned, out=tmp_path / "sau.pdf"), app)
        wanted = replace(unsigned, out=tmp_path / "dung.pdf", version=PrintVersion.BAN_DUNG)
        ours = print_papers([paper], wanted, app)
        report_outcome(after.view, PrintState.PRINTED, (), "lan", app)
        deed = app.registers.journal_of(paper.id)[-1]
        again = one_print(after.view.id, app)
    which = [one.view.papers[0].which for one in (before, after, ours)]
    assert which == [PrintVersion.BAN_DUNG, PrintVersion.BAN_KY, PrintVersion.BAN_DUNG]
    assert [one.warnings[-1:] for one in (before, after, ours)] == [
        (),
        ("01-GGT/VPTU: in bản ký, đóng dấu",),
        ("01-GGT/VPTU: in bản chương trình làm",),
    ]
    # The scan is a picture; our own has its words.
    assert "VPTU" not in raster.text(tmp_path / "sau.pdf")
    assert "VPTU" in raster.text(tmp_path / "dung.pdf")
    assert again.papers[0].which is PrintVersion.BAN_KY
    assert "bản ký, đóng dấu" in deed_in_words(to_plain(deed))
