"""The office's books: covers, totals, closing; a closed book prints as it was and says what changed since."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta

import pytest
import weasyprint
from office_kit import (
    drop_json,
    drop_sheet,
    opened,
    person,
    process_here,
    reason,
    run,
    run_at_terminal,
    small_office,
)

from pipeline.book_printing import close_books, print_blank, print_book
from pipeline.book_totals import SeriesTotal, Totals
from pipeline.books import FORMS, Choice, columns_args
from pipeline.clock import FixedClock, SystemClock
from pipeline.closed_books import _old_and_new, printed_lines
from pipeline.config import load_office
from pipeline.engines import raster
from pipeline.engines.html_book import BookLayout, Run, run_html
from pipeline.errors.registers import BookClosedAlready, BookEmpty
from pipeline.record import Book, EntryStatus, SeriesKey
from pipeline.stores.registers.views import Holding


@pytest.fixture(scope="module")
def full_office(tmp_path_factory, cell):
    """Three letters of introduction, the second of them void, and a number that is set aside."""
    office = small_office(tmp_path_factory.mktemp("full"))
    drop_sheet(office, "ds.xlsx", [person(70), person(71), person(72)])
    process_here(office, cell)
    with opened(office, cell) as app:
        (paper,) = app.registers.find("02-GGT/VPTU")
        app.registers.void(paper.id, "in nhầm nơi cư trú", "Đinh Thị Ngân")
        aside = Holding(status=EntryStatus.RESERVED, person="Đinh Thị Ngân", reason="giấy gửi sau")
        app.registers.hold(paper.number.series, aside)
    process_here(office, cell)
    return office.root


@pytest.fixture
def office(full_office, tmp_path):
    shutil.copytree(full_office, tmp_path / "van-phong", symlinks=True)
    return load_office(tmp_path / "van-phong")


def this_year(app):
    return app.clock.now().year


def pages_of(path):
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return text.stdout.decode().split("\f")[:-1]


def lines_of(choice, app):
    return [line.cells for line in printed_lines(choice, app)]


def test_a_printed_book_has_cover_numbers_totals_and_places_to_sign(office, cell, tmp_path):
    with opened(office, cell) as app:
        choice = Choice(name="di", year=this_year(app), issuer="VPTU")
        count = print_book(choice, "pdf", tmp_path / "so.pdf", app)
        head = app.journal.head()
    cover, *pages = pages_of(tmp_path / "so.pdf")

    assert count == 4
    for words in ("SỔ ĐĂNG KÝ VĂN BẢN ĐI", "Từ số 01 đến số 04", "Quyển số", f"Năm {choice.year}"):
        assert words in cover
    assert "Trang" not in cover
    assert f"Trang {len(pages)}/{len(pages)}" in pages[-1]
    last = " ".join(pages[-1].split())
    assert "Sổ này có 4 dòng." in last
    assert "GGT/VPTU" in last
    assert " 01 04 2 1 1 4 " in last
    assert "NGƯỜI GIỮ SỔ CHÁNH VĂN PHÒNG" in last
    assert head in last


def test_a_plain_book_is_signed_by_the_head_of_the_only_body_in_it(office, cell, tmp_path):
    with opened(office, cell) as app:
        print_book(Choice(name="di"), "pdf", tmp_path / "so.pdf", app)

    assert "NGƯỜI GIỮ SỔ CHÁNH VĂN PHÒNG" in " ".join(pages_of(tmp_path / "so.pdf")[-1].split())


def span_of(*symbols):
    totals = Totals()
    for symbol in symbols:
        key = SeriesKey(book=Book.DI, issuer="VPTU", symbol=symbol, period="2025-2030")
        totals.series[key] = SeriesTotal(first=1, last=12)
    return totals.span()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_date_stands_in_one_line_of_every_printed_book(form, tmp_path):
    day, path = "27/11/2026", tmp_path / "so.pdf"
    # What is filled in by hand is as wide as the hand needs it.
    dated = [
        one.title.startswith(("Ngày", "Hạn")) and one.value.__name__ != "_blank"
        for one in form.columns
    ]
    layout = BookLayout(columns=tuple(columns_args(form.columns)))
    html = run_html(
        layout, [[day if is_dated else "" for is_dated in dated]], Run(first_row=0, is_last=True)
    )

    weasyprint.HTML(string=html).write_pdf(path)

    assert raster.text(path).count(day) == sum(dated) > 0


def test_a_cover_names_its_series():
    assert span_of("CV") == "Từ số 01 đến số 12"
    assert span_of("CV", "TB") == "Gồm 2 dãy số: CV/VPTU từ 01 đến 12, TB/VPTU từ 01 đến 12"
    assert span_of("CV", "TB", "KH", "BC") == "Gồm 4 dãy số: CV/VPTU, TB/VPTU, KH/VPTU, BC/VPTU"
    assert span_of(*(f"K{n}" for n in range(15))).endswith("K11/VPTU, và 3 dãy nữa")


def test_every_number_that_is_no_paper_stands_in_the_book_of_held_and_void(office, cell):
    with opened(office, cell) as app:
        rows = lines_of(Choice(name="huy-giu-so"), app)

    assert [(row[0], row[2]) for row in rows] == [
        ("02-GGT/VPTU", "Hủy số"),
        ("4 (GGT/VPTU)", "Dành số"),
    ]
    assert "in nhầm nơi cư trú" in rows[0]
    assert "Đinh Thị Ngân" in rows[1]


def test_a_closed_book_prints_as_it_was_and_says_what_changed_since(office, cell, tmp_path):
    with opened(office, cell) as app:
        choice = Choice(name="di", year=this_year(app))
        before = lines_of(choice, app)
        (closed,) = close_books(choice, "Đinh Thị Ngân", app, tmp_path)
        unchanged = lines_of(choice, app)
    with opened(office, cell, FixedClock(SystemClock().now() + timedelta(minutes=1))) as app:
        (paper,) = app.registers.find("03-GGT/VPTU")
        app.registers.void(paper.id, "đương sự xin rút", "Lương Văn Sơn")
        drop_json(office, "sau.json", person(73))
    process_here(office, cell, FixedClock(SystemClock().now() + timedelta(minutes=2)))
    with opened(office, cell) as app:
        after = lines_of(choice, app)

    assert (closed.entries, closed.issuer, closed.period) == (4, "VPTU", str(choice.year))
    assert unchanged == before
    assert "Khóa sổ lúc" in pages_of(tmp_path / f"so-di-VPTU-{choice.year}.pdf")[-1]
    assert [row[:-1] for row in after[:4]] == [row[:-1] for row in before]
    assert [row[-1] for row in after[:2]] == [row[-1] for row in before[:2]]
    note = after[2][-1]
    for words in ("Sửa sau khi khóa sổ", "cũ «", "Hủy số: đương sự xin rút", "Lương Văn Sơn"):
        assert words in note
    assert after[4][0] == "05-GGT/VPTU"
    assert "Vào sổ sau khi khóa sổ" in after[4][-1]


def test_a_remark_that_grew_tells_only_what_came_to_it():
    assert _old_and_new("giấy gửi sau", "Hủy số: rút; giấy gửi sau") == "thêm «Hủy số: rút»"
    assert _old_and_new("", "Hủy số: rút") == "cũ «», mới «Hủy số: rút»"


def test_a_book_is_closed_once_and_only_where_there_is_one(office, cell):
    with opened(office, cell) as app:
        year = this_year(app)
        close_books(Choice(name="di", year=year), "Đinh Thị Ngân", app)

        with pytest.raises(BookClosedAlready):
            close_books(Choice(name="di", year=year), "Đinh Thị Ngân", app)
        with pytest.raises(BookEmpty):
            close_books(Choice(name="den", year=year), "Đinh Thị Ngân", app)


def test_a_closed_book_survives_a_rebuild(office, cell):
    with opened(office, cell) as app:
        choice = Choice(name="di", year=this_year(app))
        close_books(choice, "Đinh Thị Ngân", app)
        closed = app.registers.closed_books()
        rows = lines_of(choice, app)
    process_here(office, cell)

    assert run(office, "rebuild").status == 0
    with opened(office, cell) as app:
        assert app.registers.closed_books() == closed
        assert lines_of(choice, app) == rows
    assert run(office, "verify").status == 0


def test_no_number_is_dated_back_into_a_closed_year(office, cell):
    with opened(office, cell) as app:
        year = this_year(app)
        close_books(Choice(name="di", year=year), "Đinh Thị Ngân", app)
    next_year = FixedClock(SystemClock().now().replace(year=year + 1, month=1, day=5))
    why = {"lui_ngay_boi": "Chánh Văn phòng", "lui_ngay_ly_do": "ký từ năm trước"}
    drop_json(office, "lui.json", person(80, ngay=f"{year}-12-30", **why))
    drop_json(office, "khong-ly-do.json", person(82, ngay=f"{year}-12-30"))
    drop_json(office, "nay.json", person(81))

    outcomes = {one.source: one for one in process_here(office, cell, next_year)}

    assert outcomes["gioi-thieu/lui.json"].code == "R200"
    assert outcomes["gioi-thieu/khong-ly-do.json"].code == "R200"
    assert "R196" not in reason(office)
    assert outcomes["gioi-thieu/nay.json"].reference == "05-GGT/VPTU"


def test_the_sheet_for_a_day_without_the_machine_says_where_the_numbers_stand(
    office, cell, tmp_path
):
    with opened(office, cell) as app:
        print_blank(Choice(name="di"), tmp_path / "trong.pdf", app, pages=2)
    pages = pages_of(tmp_path / "trong.pdf")

    assert len(pages) == 2
    assert "Số cuối máy đã cấp khi in: 04 (GGT/VPTU" in " ".join(pages[-1].split())


def test_books_are_printed_closed_and_refused_from_the_command_line(office, tmp_path):
    year = str(SystemClock().now().year)
    wrong = run(office, "register", "huy-giu-so", "--close", year)
    early = run(office, "register", "di", "--close", year, "--person", "Đinh Thị Ngân")
    closed = run(office, "register", "di", "--close", year, "--yes", "--person", "Đinh Thị Ngân")
    again = run(office, "register", "di", "--close", year, "--person", "Đinh Thị Ngân")
    table = run(office, "register", "di", "--year", year)

    assert (wrong.status, closed.status, again.status, table.status) == (64, 0, 2, 0)
    assert (early.status, "R233" in early.stderr, early.stdout) == (2, True, "")
    said, path = closed.stdout.splitlines()
    assert said == f"Đã khóa sổ di VPTU năm {year}: 4 dòng"
    assert "Khóa sổ lúc" in pages_of(path)[-1]
    assert "R201" in again.stderr
    assert len(table.stdout.splitlines()) == 5


def test_a_book_of_the_running_year_is_closed_after_a_question(office, tmp_path):
    year = str(SystemClock().now().year)
    words = ("register", "di", "--close", year, "-o", str(tmp_path / "so"))
    no = run_at_terminal(office, *words, typed="\n")
    yes = run_at_terminal(office, *words, typed="có\nĐinh Thị Ngân\n")

    assert (no.status, no.stdout) == (2, "")
    assert f"Năm {year} chưa hết" in no.stderr
    assert "Người làm việc này" not in no.stderr
    path = tmp_path / "so" / f"so-di-VPTU-{year}.pdf"
    assert yes.stdout.splitlines()[1] == str(path)
    assert "người khóa: Đinh Thị Ngân" in " ".join(pages_of(path)[-1].split())
