"""Sheets of ours that were scanned with a paper are no part of it: not read, not stamped, not copied; the scan stays."""

from __future__ import annotations

import shutil

import pytest
from arrival_papers import Sent, scan, write_paper
from copies_kit import TRICH_SAO, ask, the_copy
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
    process_here,
    reason,
    run,
    small_office,
    unsound,
)
from PIL import Image, ImageChops

from pipeline.document_object import OCR_FILE, document_object
from pipeline.engines import codes, join, raster
from pipeline.inbox.arrival_reading import arrival_read
from pipeline.incoming import find_incoming
from pipeline.incoming_files import draw_separator, scan_again
from pipeline.incoming_rows import Entry, draw_slip, enter
from pipeline.own_sheets import is_own_sheet
from pipeline.reader import read_until_idle
from pipeline.retrieve import Query, describe, find_papers

PERSON = "lan"
LONG = Sent(text="<p>Các đơn vị báo cáo kết quả trước ngày 30 của tháng cuối quý.</p>" * 24)
TOLD = "Tờ mã ở trang 1 của tệp không thuộc văn bản"


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "office", paper_seconds=90.0)


def row(office, cell, tmp_path, **said):
    """A row entered before its file, and its slip."""
    known = {
        "number": "127-KH/BTCTU",
        "issuer": "Ban Tổ chức Tỉnh ủy Hà Sơn",
        "subject": "lấy nhận xét đảng viên",
    }
    with opened(office, cell) as app:
        enter(Entry(said=known | said, person=PERSON), app)
    process_here(office, cell)
    slip = tmp_path / "slip.pdf"
    with opened(office, cell) as app:
        draw_slip(find_incoming("1", app), slip, app)
    return slip


def scanned(tmp_path, *parts, name="SCAN0001.PDF", **how):
    """Those sheets in one go through the scanner."""
    join.join_files(list(parts), tmp_path / "stack.pdf")
    return scan(tmp_path / "stack.pdf", tmp_path / name, **how)


def stored(app, paper, name):
    return app.objects.open(document_object(paper.id), name, version=paper.archived_version)


def made(app, paper):
    """The stamped rendition."""
    (name,) = [file.name for file in paper.files if file.name.startswith("renditions/")]
    return stored(app, paper, name)


def is_like(one, index, other, at, *, band=(0.55, 1.0)):
    """Whether two pages look the same from there to there: elsewhere may stand a stamp, or a block."""
    pages = [raster.gray(path, page, dpi=40) for path, page in ((one, index), (other, at))]
    size = pages[0].size
    top, bottom = (int(size[1] * share) for share in band)
    pages = [page.resize(size).crop((0, top, size[0], bottom)) for page in pages]
    ink = ImageChops.difference(*pages).point([255 if step > 96 else 0 for step in range(256)])
    return ink.histogram()[255] < 0.01 * ink.width * ink.height


def test_the_slip_on_a_scan_is_no_page_of_the_paper(office, cell, tmp_path):
    slip = row(office, cell, tmp_path)
    paper = write_paper(tmp_path / "p.pdf", LONG)
    assert raster.page_count(paper) == 2
    came = scanned(tmp_path, slip, paper, turn=0.6)
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", came.read_bytes())

    process_here(office, cell)
    with opened(office, cell) as app:
        read_until_idle(app, lambda: False, lambda _done, _place: None)

    with opened(office, cell) as app:
        found = find_incoming("1", app)
        assert arrival_read(found.record).slip_pages == (1,)
        assert (found.facts.so_trang, numbers(app)) == (2, {"den:DEN::2026": [1]})
        # The day was read on the paper itself, which the slip covers.
        assert f"{found.facts.their_date}" == "2026-10-12"
        assert stored(app, found, "received/SCAN0001.PDF").read_bytes() == came.read_bytes()
        stamped, words = made(app, found), stored(app, found, OCR_FILE)
        for path in (stamped, words):
            assert raster.page_count(path) == 2
            assert not any(map(is_own_sheet, codes.read({"path": str(path)})["pages"]))
        assert is_like(stamped, 0, came, 1)
        assert "ĐẾN" in raster.page_texts(stamped)[0]
        assert "PHIẾU NHẬN BẢN QUÉT" not in " ".join(raster.page_texts(words))
        assert "báo cáo kết quả" in raster.page_texts(words)[0]
        assert TOLD in dict(describe(found, app)["summary"])["Tờ mã"]
        assert unsound(app) == []
    results = inbox(office, VAN_BAN_DEN) / office.folders.results
    for beside in ("vao-so", "SCAN0001"):
        notes = [p.read_text("utf-8-sig") for p in results.glob(f"*{beside}*/KẾT QUẢ*.txt")]
        assert any(TOLD in note for note in notes), beside


def test_copies_leave_the_slip_out_and_count_the_papers_own_pages(office, cell, tmp_path):
    slip = row(office, cell, tmp_path)
    paper = write_paper(tmp_path / "p.pdf", LONG)
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", scanned(tmp_path, slip, paper).read_bytes())
    process_here(office, cell)
    ask(office, "tat-ca.json", "127-KH/BTCTU")
    ask(office, "mot.json", "127-KH/BTCTU", TRICH_SAO, trang_trich="2")
    process_here(office, cell)

    whole, part = the_copy(office), the_copy(office, TRICH_SAO)

    assert raster.page_count(whole) == 2, "the block found room on the last page"
    assert is_like(whole, 0, paper, 0, band=(0, 1))
    for copy, page in ((whole, 1), (part, 0)):
        assert is_like(copy, page, paper, 1, band=(0, 0.1))
        assert not is_like(copy, page, paper, 0, band=(0, 0.1))
    ask(office, "ba.json", "127-KH/BTCTU", TRICH_SAO, trang_trich="3")
    (outcome,) = process_here(office, cell)
    assert outcome.code == "R263"
    assert "văn bản có 2 trang" in reason(office, TRICH_SAO)


def test_the_registers_made_anew_know_the_slip(office, cell, tmp_path):
    slip = row(office, cell, tmp_path)
    paper = write_paper(tmp_path / "p.pdf", Sent())
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", scanned(tmp_path, slip, paper).read_bytes())
    process_here(office, cell)
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    shutil.rmtree(office.index_dir)

    assert run(office, "rebuild").status == 0

    ask(office, "mot.json", "127-KH/BTCTU")
    process_here(office, cell)
    assert raster.page_count(the_copy(office)) == 1
    assert is_like(the_copy(office), 0, paper, 0, band=(0, 0.4))
    with opened(office, cell) as app:
        assert arrival_read(find_incoming("1", app).record).slip_pages == (1,)


@pytest.mark.parametrize("at", [1, 2])
def test_a_slip_in_the_midst_or_behind_is_left_out_too(office, cell, tmp_path, at):
    slip = row(office, cell, tmp_path)
    pages = [write_pdf(tmp_path / f"{n}.pdf", (content_of((f"Trang {n}",)),)) for n in "12"]
    pages.insert(at, slip)
    join.join_files(pages, tmp_path / "all.pdf")
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", (tmp_path / "all.pdf").read_bytes())

    process_here(office, cell)

    with opened(office, cell) as app:
        found = find_incoming("1", app)
        assert arrival_read(found.record).slip_pages == (at + 1,)
        words = [" ".join(text.split()) for text in raster.page_texts(made(app, found))]
        assert [text[:7] for text in words] == ["Trang 1", "Trang 2"]


def test_a_new_scan_with_its_slip_is_the_paper_without_it(office, cell, tmp_path):
    slip = row(office, cell, tmp_path)
    came = scanned(tmp_path, slip, write_paper(tmp_path / "p.pdf", Sent()))
    with opened(office, cell) as app:
        scan_again("1", [came], [], PERSON, app)
    process_here(office, cell)

    with opened(office, cell) as app:
        found = find_incoming("1", app)
        assert (found.version, found.facts.so_trang) == (2, 1)
        assert is_like(made(app, found), 0, came, 1)


def test_a_separator_on_a_single_paper_is_left_out(office, cell, tmp_path):
    sheet = tmp_path / "sheet.pdf"
    with opened(office, cell) as app:
        draw_separator(sheet, app)
    paper = write_paper(tmp_path / "p.pdf", Sent())
    join.join_files([sheet, paper], tmp_path / "all.pdf")
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", (tmp_path / "all.pdf").read_bytes())

    process_here(office, cell)

    with opened(office, cell) as app:
        found = find_incoming("127-KH/BTCTU", app)
        assert found.facts.so_trang == 1
        assert "KẾ HOẠCH" in raster.page_texts(made(app, found))[0]


def test_a_record_beside_the_scan_does_not_make_the_slip_a_page(office, cell, tmp_path):
    slip = row(office, cell, tmp_path)
    came = scanned(tmp_path, slip, write_paper(tmp_path / "p.pdf", Sent()))
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", came.read_bytes())
    drop_json(office, "SCAN0001.json", letter(127, so_ky_hieu="127-KH/BTCTU"), VAN_BAN_DEN)

    process_here(office, cell)

    with opened(office, cell) as app:
        found = find_incoming("1", app)
        assert (found.version, found.facts.so_trang) == (2, 1)
        assert arrival_read(found.record).asks == ()


def test_slips_alone_are_no_paper(office, cell, tmp_path):
    slip = row(office, cell, tmp_path)
    drop(office, VAN_BAN_DEN, "SCAN0001.PDF", scanned(tmp_path, slip).read_bytes())

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.code) == ("returned", "R270")
    assert "chỉ có tờ mã" in reason(office, VAN_BAN_DEN)
    with opened(office, cell) as app:
        assert find_incoming("1", app).version == 1


def test_a_page_that_calls_itself_the_slip_of_no_paper_is_a_page(office, cell, tmp_path):
    slip = row(office, cell, tmp_path)
    elsewhere = small_office(tmp_path / "elsewhere")
    came = scanned(tmp_path, slip, write_paper(tmp_path / "p.pdf", Sent()))
    drop(elsewhere, VAN_BAN_DEN, "SCAN0001.PDF", came.read_bytes())

    process_here(elsewhere, cell)

    with opened(elsewhere, cell) as app:
        found = find_incoming("1", app)
        assert (found.facts.so_trang, arrival_read(found.record).slip_pages) == (2, ())


# --- the mark of secrecy on the page beneath ---


@pytest.mark.parametrize("name", ["SCAN0001.PDF", "SCAN0001.TIF"])
def test_a_slip_does_not_hide_a_mark_of_secrecy(office, cell, tmp_path, name):
    slip = row(office, cell, tmp_path)
    came = scanned(tmp_path, slip, write_paper(tmp_path / "p.pdf", Sent(mark="MẬT")))
    if name.endswith("TIF"):
        came = as_tiff(came, tmp_path / name)
    drop(office, VAN_BAN_DEN, name, came.read_bytes())

    process_here(office, cell)

    assert lying(office) == [f"{VAN_BAN_DEN}/{name}"]
    with opened(office, cell) as app:
        assert find_incoming("1", app).version == 1


def as_tiff(path, out):
    pages = [raster.gray(path, index, dpi=200) for index in range(raster.page_count(path))]
    pages[0].save(out, dpi=(200, 200), save_all=True, append_images=pages[1:])
    with Image.open(out) as image:
        assert image.n_frames == len(pages)
    return out


def test_of_pictures_the_slip_is_left_out_too(office, cell, tmp_path):
    slip = row(office, cell, tmp_path)
    pages = scanned(tmp_path, slip, write_paper(tmp_path / "p.pdf", Sent()))
    came = as_tiff(pages, tmp_path / "SCAN0001.TIF")
    drop(office, VAN_BAN_DEN, "SCAN0001.TIF", came.read_bytes())

    process_here(office, cell)

    with opened(office, cell) as app:
        found = find_incoming("1", app)
        assert (found.version, found.facts.so_trang) == (2, 1)
        assert is_like(made(app, found), 0, pages, 1)
        (hit,) = find_papers(Query(text="lấy nhận xét đảng viên"), app).hits
        assert hit.document_id == found.id
