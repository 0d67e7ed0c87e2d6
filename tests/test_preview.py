"""A record is drawn before it is dropped: DỰ THẢO in every margin, no number, nothing kept."""

from __future__ import annotations

import json
import zipfile

import pytest
from helpers import example
from office_kit import drop_json, lying, opened, process_here, run, small_office, write_sheet
from office_kit import person as somebody

from pipeline.engines import raster

VAN_BAN = "van-ban"


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "van-phong")


def written(path, record):
    path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    return str(path)


def long_paper():
    record = example(VAN_BAN, "thong-bao-ngan")
    return record | {"noi_dung": "\n\n".join([record["noi_dung"]] * 40)}


def test_every_page_of_the_pdf_says_draft_and_nothing_is_kept(office, tmp_path, cell):
    file = written(tmp_path / "dai.json", long_paper())
    out = tmp_path / "xem.pdf"

    ran = run(office, "preview", file, "--kind", VAN_BAN, "-o", str(out))

    assert (ran.status, ran.stdout.strip()) == (0, str(out)), ran.stderr
    pages = raster.page_texts(out)
    assert len(pages) > 1
    assert all("DỰ THẢO" in page for page in pages)
    assert "Số -TB/VPTU" in " ".join(pages[0].split())
    with opened(office, cell) as app:
        assert app.registers.series() == []
        assert list(app.objects.iter_ids()) == []
        assert list(app.registers.journal_unsealed(10)) == []


def test_the_word_file_says_draft_on_first_and_later_pages(office, tmp_path):
    file = written(tmp_path / "dai.json", long_paper())
    out = tmp_path / "xem.docx"

    ran = run(office, "preview", file, "--kind", VAN_BAN, "-o", str(out))

    assert ran.status == 0, ran.stderr
    with zipfile.ZipFile(out) as package:
        headers = [name for name in package.namelist() if "header" in name and "rels" not in name]
        assert len(headers) == 2
        assert all("DỰ THẢO" in package.read(name).decode() for name in headers)
        document = package.read("word/document.xml").decode()
    assert 'w:type="first"' in document


def test_what_is_to_be_signed_never_says_draft(office, cell):
    drop_json(office, "mot.json", example(VAN_BAN, "thong-bao-ngan"), VAN_BAN)

    process_here(office, cell)

    folder = office.inbox_dir / VAN_BAN / office.folders.results
    (pdf,) = folder.rglob("*.pdf")
    (docx,) = folder.rglob("*.docx")
    assert "DỰ THẢO" not in raster.text(pdf)
    with zipfile.ZipFile(docx) as package:
        assert not any("DỰ THẢO".encode() in package.read(name) for name in package.namelist())


def test_problems_are_told_as_for_a_drop_and_nothing_is_drawn(office, tmp_path):
    file = written(tmp_path / "sai.json", example(VAN_BAN, "thong-bao-ngan") | {"loai": "lạ"})
    out = tmp_path / "xem.pdf"

    ran = run(office, "preview", file, "--kind", VAN_BAN, "-o", str(out))

    assert ran.status == 2
    assert "(R1" in ran.stderr
    assert not out.exists()


def test_one_row_of_a_sheet_lying_in_its_folder_is_drawn_and_the_sheet_stays(office, tmp_path):
    folder = office.inbox_dir / "gioi-thieu"
    folder.mkdir(parents=True)
    people = [somebody(1), somebody(2), somebody(3)]
    sheet = write_sheet(folder / "ds.xlsx", people)
    out = tmp_path / "xem.pdf"

    unsaid = run(office, "preview", str(sheet), "-o", str(out))
    ran = run(office, "preview", str(sheet), "--row", "3", "-o", str(out))

    assert (unsaid.status, ran.status) == (2, 0), ran.stderr
    assert "2 đến 4" in unsaid.stderr
    text = " ".join(raster.text(out).split())
    assert people[1]["ho_ten"] in text
    assert "Số -GGT/VPTU" in text
    assert lying(office) == ["gioi-thieu/ds.xlsx"]
