"""A certified copy, from its record to the register: what is said of the paper it was made from, and how many pages."""

from __future__ import annotations

import shutil

import pytest
from copies_kit import ATTESTED, FULL, SAO_LUC, SHORT, ask, receive, register, the_copy
from office_kit import process_here, reason, run, small_office

from pipeline.engines import raster


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path)


def test_the_register_names_the_paper_as_it_is_registered_and_counts_the_pages(
    office, cell, tmp_path
):
    receive(office, tmp_path, 12, SHORT, FULL)
    receive(office, tmp_path, 13, SHORT)
    process_here(office, cell)
    ask(office, "mot.json", "12 - cv/btctu", **ATTESTED)
    ask(
        office,
        "hai.json",
        "13-CV/BTCTU",
        co_quan_goc="Ban gì đó",
        ngay_goc="2020-01-01",
        **ATTESTED,
    )
    process_here(office, cell)

    before = register(office, cell)

    found = {(row["Văn bản được sao"], row["Số trang"]) for row in before}
    issuer = "Ban Tổ chức Tỉnh ủy Hà Sơn"
    assert found == {
        (f"12-CV/BTCTU, ngày 02/11/2026, {issuer}", "3"),
        (f"13-CV/BTCTU, ngày 02/11/2026, {issuer}", "1"),
    }
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    shutil.rmtree(office.index_dir)
    assert run(office, "rebuild").status == 0
    assert register(office, cell) == before


def test_a_block_on_a_page_of_its_own_says_what_it_goes_on(office, cell, tmp_path):
    receive(office, tmp_path, 12, SHORT, SHORT, FULL)
    process_here(office, cell)
    ask(office, "mot.json", "12-cv/btctu", **ATTESTED)
    process_here(office, cell)

    *_, last = raster.page_texts(the_copy(office))

    said = " ".join(last.split())
    assert said.startswith(
        "4 Sao lục từ Công văn số 12-CV/BTCTU, ngày 02/11/2026 của Ban Tổ chức Tỉnh ủy Hà Sơn, gồm 03 trang"
    )
    assert "SAO LỤC" in said


def test_a_block_on_the_last_page_needs_no_head(office, cell, tmp_path):
    receive(office, tmp_path, 12, SHORT)
    process_here(office, cell)
    ask(office, "mot.json", "12-CV/BTCTU", **ATTESTED)
    process_here(office, cell)

    assert "Sao lục từ" not in raster.text(the_copy(office))


def test_every_page_of_a_long_block_bears_a_head_and_is_a4(office, cell, tmp_path):
    receive(office, tmp_path, 12, FULL)
    process_here(office, cell)
    many = [f"Đảng ủy xã thứ {n} của tỉnh Hà Sơn" for n in range(1, 100)]
    ask(office, "mot.json", "12-CV/BTCTU", noi_nhan=many, **ATTESTED)
    process_here(office, cell)

    _, *own = raster.page_texts(the_copy(office))

    assert len(own) >= 2
    for number, text in enumerate(own, start=2):
        assert " ".join(text.split()).startswith(f"{number} Sao lục từ Công văn số 12-CV/BTCTU")
        size = raster.page_size_pt(the_copy(office), number - 1)
        assert [round(side) for side in size] == [595, 842]
        assert not any(line.strip() == str(number - 1) for line in text.splitlines())
    assert " ".join("".join(own).split()).count("Đảng ủy xã thứ") == 99
    assert register(office, cell)[0]["Số trang"] == str(1 + len(own))


def test_the_same_paper_named_otherwise_is_the_same_copy(office, cell, tmp_path):
    receive(office, tmp_path, 12, SHORT)
    (paper,) = process_here(office, cell)
    ask(office, "mot.json", "12-CV/BTCTU", **ATTESTED)
    process_here(office, cell)
    ask(office, "hai.json", paper.document_id, **ATTESTED)

    (again,) = process_here(office, cell)

    assert again.status == "duplicate", again
    assert reason(office, SAO_LUC) == ""
