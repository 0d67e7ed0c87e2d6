import io
import subprocess
import sys
import time
import zipfile

import pikepdf
import pytest
from helpers import mark_table
from odd_pdfs import content_of, encrypt, make_active, sign_in_looks, write_pdf

from pipeline.engines import papers, raster, text_layer
from pipeline.engines.time_box import TookTooLong, time_box, work_box, worked_s


def trial(path, **keys):
    return papers.trial({"path": str(path), "rules": mark_table(), **keys})


def codes(answer):
    return [problem["code"] for problem in answer["problems"]]


def test_a_sound_paper_can_be_stamped(tmp_path):
    path = write_pdf(tmp_path / "a.pdf", (content_of(["Hello"]), content_of(["World"])))
    answer = trial(path)
    assert answer["problems"] == []
    assert answer["pages"] == 2
    assert answer["can_stamp"]


def test_the_paper_is_not_touched_by_its_trial(tmp_path):
    path = write_pdf(tmp_path / "a.pdf")
    before = path.read_bytes()
    trial(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.4\n", b"\x00" * 3000])
def test_what_no_engine_opens_is_refused_by_name(tmp_path, data):
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    answer = trial(path)
    assert codes(answer) == ["R130"]
    assert "Hãy" in answer["problems"][0]["text"]


@pytest.mark.parametrize("data", [b"MZ\x90\x00" + bytes(3000), b"\x7fELF\x02", b"#!/bin/sh\nls\n"])
def test_a_program_under_the_name_of_a_paper_is_nothing_to_open(tmp_path, data):
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    answer = trial(path)
    assert codes(answer) == ["R356"]
    assert "mở thử" not in answer["problems"][0]["text"]
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("cong van.EXE", data)
    assert codes(trial(path)) == ["R356"]


def test_a_paper_locked_by_a_password_is_refused_and_an_open_one_is_not(tmp_path):
    path = write_pdf(tmp_path / "a.pdf")
    assert codes(trial(encrypt(path, tmp_path / "b.pdf", user="u"))) == ["R131"]
    answer = trial(encrypt(path, tmp_path / "c.pdf"))
    assert codes(answer) == []
    assert answer["encrypted"]
    assert answer["can_stamp"]


def test_an_empty_paper_after_a_locked_one_is_called_empty(tmp_path):
    path = write_pdf(tmp_path / "a.pdf")
    trial(encrypt(path, tmp_path / "b.pdf", user="u"))
    with pikepdf.new() as document:
        document.save(tmp_path / "c.pdf")
    assert codes(trial(tmp_path / "c.pdf")) == ["R133"]


def test_too_many_pages_are_refused_with_both_figures(tmp_path):
    path = write_pdf(tmp_path / "a.pdf", (content_of(["x"]),) * 5)
    answer = trial(path, max_pages=4)
    assert codes(answer) == ["R132"]
    assert "5 trang" in answer["problems"][0]["text"]
    assert "4 trang" in answer["problems"][0]["text"]


def test_signatures_and_what_acts_by_itself_are_told(tmp_path):
    path = write_pdf(tmp_path / "a.pdf")
    assert trial(sign_in_looks(path, tmp_path / "b.pdf"))["signed"]
    active = trial(make_active(path, tmp_path / "c.pdf"))["active"]
    assert {"OpenAction", "JavaScript", "EmbeddedFiles", "AA", "Launch"} <= set(active)
    assert trial(path)["active"] == []


def test_a_page_inked_all_over_gets_a_cover_slip(tmp_path):
    path = write_pdf(tmp_path / "a.pdf", (b"0 0 595 842 re f",))
    answer = trial(path)
    assert not answer["can_stamp"]
    assert answer["placed"] == "to-lot"
    assert answer["problems"] == []


def test_a_damaged_table_of_references_is_no_reason_to_refuse(tmp_path):
    path = write_pdf(tmp_path / "a.pdf")
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"startxref")])
    answer = trial(path)
    assert answer["problems"] == []
    assert answer["pages"] == 1


def test_text_page_by_page_and_pictures(tmp_path):
    path = write_pdf(tmp_path / "a.pdf", (content_of(["Hello"]), content_of(["World"])), Rotate=90)
    answer = text_layer.text({"path": str(path)})
    assert [page.strip() for page in answer["pages"]] == ["Hello", "World"]
    assert raster.text(path).split("\f") == answer["pages"]
    size = papers.page_picture(
        {"path": str(path), "page": 2, "out": str(tmp_path / "b.png"), "dpi": 72}
    )
    assert (size["width"], size["height"]) == (842, 595)
    assert (tmp_path / "b.png").read_bytes().startswith(b"\x89PNG")


def test_a_time_box_stops_a_loop_that_swallows_exceptions():
    began = time.monotonic()

    def stubborn():
        while True:
            try:
                io.StringIO().write("x")
            except Exception:  # noqa: BLE001 -- as libraries do
                continue

    with pytest.raises(TookTooLong), time_box(0.3):
        stubborn()
    assert time.monotonic() - began < 2


def test_what_others_do_takes_no_time_from_a_box_of_work():
    began = worked_s()
    work = "import time\nwhile time.process_time() < 0.8: pass"
    with work_box(0.4):
        subprocess.run([sys.executable, "-c", work], check=True)
    assert worked_s() - began >= 0.8
    with pytest.raises(TookTooLong), work_box(0.3):
        sum(1 for _ in iter(int, 1))
