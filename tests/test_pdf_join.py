import shutil
import subprocess

import pikepdf
import pytest
from odd_pdfs import content_of, encrypt, scan_picture, write_pdf

from pipeline.engines import join, ocr, raster
from pipeline.errors.papers import PaperEmpty, PaperLocked, PaperUnreadable


def join_all(paths, out):
    return join.join({"paths": [str(path) for path in paths], "out": str(out)})


def test_pages_come_in_the_order_of_the_list(tmp_path):
    paths = [write_pdf(tmp_path / f"{n}.pdf", (content_of([f"Sheet {n}"]),)) for n in range(12)]
    answer = join_all(reversed(paths), tmp_path / "all.pdf")
    assert answer["pages"] == 12
    texts = [text.strip() for text in raster.page_texts(tmp_path / "all.pdf")]
    assert texts == [f"Sheet {n}" for n in reversed(range(12))]


def test_more_files_than_may_be_open_at_once_are_joined(tmp_path):
    path = write_pdf(tmp_path / "a.pdf")
    script = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n"
        "from pipeline.engines.join import join\n"
        f"print(join({{'paths': [{str(path)!r}] * 300, 'out': {str(tmp_path / 'all.pdf')!r}}}))\n"
    )
    subprocess.run([".venv/bin/python", "-c", script], check=True)
    assert raster.page_count(tmp_path / "all.pdf") == 300


def test_equal_font_files_are_kept_once(tmp_path):
    weasyprint = pytest.importorskip("weasyprint")
    for n in range(10):
        weasyprint.HTML(string=f"<p>Tờ số 0123456789 {n}</p>").write_pdf(tmp_path / f"{n}.pdf")
    paths = [tmp_path / f"{n}.pdf" for n in range(10)]
    size = join_all(paths, tmp_path / "all.pdf")["size_bytes"]
    assert size < sum(path.stat().st_size for path in paths) / 3
    assert "Tờ số 0123456789 9" in raster.text(tmp_path / "all.pdf")


def test_equal_input_gives_equal_bytes(tmp_path):
    paths = [write_pdf(tmp_path / f"{n}.pdf", (content_of([f"Sheet {n}"]),)) for n in range(3)]
    join_all(paths, tmp_path / "a1.pdf")
    join_all(paths, tmp_path / "a2.pdf")
    assert (tmp_path / "a1.pdf").read_bytes() == (tmp_path / "a2.pdf").read_bytes()


def test_what_cannot_be_joined_is_refused_by_name(tmp_path):
    path = write_pdf(tmp_path / "a.pdf")
    with pytest.raises(PaperEmpty):
        join_all([], tmp_path / "all.pdf")
    with pytest.raises(PaperLocked):
        join_all([path, encrypt(path, tmp_path / "b.pdf", user="u")], tmp_path / "all.pdf")
    (tmp_path / "c.pdf").write_bytes(b"nothing")
    with pytest.raises(PaperUnreadable):
        join_all([path, tmp_path / "c.pdf"], tmp_path / "all.pdf")


def test_repair_gives_a_whole_file_without_encryption(tmp_path):
    path = encrypt(write_pdf(tmp_path / "a.pdf"), tmp_path / "b.pdf")
    path.write_bytes(path.read_bytes().replace(b"startxref", b"startxxxx"))
    assert join.repair(path, tmp_path / "c.pdf") == 1
    with pikepdf.open(tmp_path / "c.pdf") as document:
        assert not document.is_encrypted


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is missing")
@pytest.mark.parametrize("turn", [0, 180])
def test_a_page_of_a_scan_is_read_upright(tmp_path, turn):
    pages = [
        scan_picture(
            [
                (f"Văn phòng Tỉnh ủy Hà Sơn, trang {n}", 30, 40 + 9 * at, 14, False)
                for at in range(9)
            ],
            noise=False,
        ).rotate(turn)
        for n in (1, 2)
    ]
    pages[0].save(tmp_path / "a.pdf", "PDF", resolution=200, save_all=True, append_images=pages[1:])
    reading = ocr.read_page(tmp_path / "a.pdf", 1, seconds=60)
    assert reading.confidence > 0.7
    assert "Tỉnh ủy Hà Sơn, trang 2" in reading.text


def test_what_cannot_be_drawn_is_not_read(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"nothing")
    assert ocr.read_page(tmp_path / "a.pdf", 0, seconds=60) is None
