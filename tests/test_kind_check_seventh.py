"""A seventh kind, dropped into an office as a folder of data, works from record to archive without a line of program."""

from __future__ import annotations

import json
import shutil

import pytest
from docx import Document
from kind_kit import NAME, SEVENTH
from office_kit import opened, process_here, run, small_office

from pipeline.engines.cell import Cell
from pipeline.engines.raster import page_texts


@pytest.fixture
def office(tmp_path):
    office = small_office(tmp_path / "office")
    shutil.copytree(SEVENTH, office.templates_dir / NAME)
    return office


@pytest.fixture
def cell(tmp_path):
    with Cell(work_root=tmp_path, memory_bytes=2 << 30) as cell:
        yield cell


def drop(office, name, record):
    folder = office.inbox_dir / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")


def good_record(**changed):
    text = (SEVENTH / "examples" / "it-truong.json").read_text(encoding="utf-8")
    return json.loads(text) | changed


def test_a_record_comes_back_as_a_numbered_paper(office, cell):
    drop(office, "mot.json", good_record())

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.kind) == ("indexed", NAME)
    assert outcome.reference == "01-PXY/VPTU"
    results = office.inbox_dir / NAME / office.folders.results
    (pdf,) = [path for path in results.rglob("*.pdf") if "PXY-0001" in path.name]
    text = " ".join(" ".join(page_texts(pdf)).split())
    assert "Số 01-PXY/VPTU" in text
    assert "đồng chí Bế Thanh Quỳ, Chi bộ Phòng Tổng hợp" in text
    with opened(office, cell) as app:
        (document,) = app.registers.find("01-PXY/VPTU")
        object_id = f"urn:vanthu:doc:{document.id}"
        (word,) = [
            app.objects.open(object_id, stored.name)
            for stored in app.objects.files(object_id)
            if stored.name.endswith(".docx")
        ]
    assert "PHIẾU XIN Ý KIẾN" in [paragraph.text for paragraph in Document(str(word)).paragraphs]


def test_a_record_against_its_rule_goes_back_with_the_words_of_the_rule(office, cell):
    drop(office, "sai.json", good_record(nam=2099))

    (outcome,) = process_here(office, cell)

    assert outcome.status == "returned"
    assert "Năm xin ý kiến ở sau năm nay" in outcome.message


def test_the_command_tells_what_is_to_mend_and_ends_with_its_status(office):
    page = office.templates_dir / NAME / "page.html"
    page.write_text(page.read_text(encoding="utf-8").replace("{{ nam }}", "{{ name }}"), "utf-8")
    broken = run(office, "kinds", "check", NAME)

    assert broken.status == 3
    assert "phieu-xin-y-kien/page.html dòng 10: Chỗ điền «name»" in broken.stdout
