"""Word files and ZIPs made to do harm, and papers nobody made for us: each ends registered or returned with a reason."""

from __future__ import annotations

import io
import stat
import zipfile
from dataclasses import replace

import pytest
from helpers import shared_path
from issued_papers import CONG_VAN, KE_HOACH, docx_of, pdf_of
from office_kit import (
    drop,
    drop_json,
    inbox,
    lying,
    opened,
    process_here,
    returned,
    small_office,
    unsound,
)

from pipeline.document_object import document_object
from pipeline.engines.bundle_parts import sort_parts
from pipeline.errors.base import VanthuError
from pipeline.inbox.folders import TAKEN_FOLDER
from pipeline.inbox.recovery import recover

KIND = "van-ban-di"
SIDECAR = {"loai": "bao-cao", "trich_yeu": "số liệu quý III", "co_quan": "VPTU", "nguoi_ky": "cvp"}
#: Nothing that lies deep inside a folder of a hundred files is worth a longer test.
_DEV_PAPERS = 6


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path)


def package(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members:
            target.writestr(name, data)
    return out.getvalue()


def link_member():
    info = zipfile.ZipInfo("phu-luc.pdf")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def with_encrypted_flag(data):
    """The bit that says «encrypted» set in every header, local and central."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


def with_document(data, change):
    """A Word file whose main part went through *change*."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, change(part) if name == "word/document.xml" else part)
    return out.getvalue()


MAIN = ("bao cao.pdf", pdf_of(KE_HOACH))
ZIPS = {
    "a path out of the folder": (package(MAIN, ("../../phu-luc.pdf", b"x")), "R138"),
    "an absolute path": (package(MAIN, ("/etc/phu-luc.pdf", b"x")), "R138"),
    "a drive": (package(MAIN, ("C:phu-luc.pdf", b"x")), "R138"),
    "a link": (package(MAIN, (link_member(), "/etc/passwd")), "R138"),
    "two names that Windows takes for one": (
        package(MAIN, ("phu-luc.pdf", b"x"), ("PHU-LUC.pdf", b"y")),
        "R138",
    ),
    "a zip in the zip": (package(MAIN, ("phu-luc.zip", package(MAIN))), "R232"),
    "a program": (package(MAIN, ("phu-luc.exe", b"MZ")), "R232"),
    "a password": (with_encrypted_flag(package(MAIN)), "R139"),
    "a bomb": (package(MAIN, ("phu-luc.txt", b"0" * (300 << 20))), "R230"),
    "too many files": (package(MAIN, *((f"phu-luc-{n}.txt", b"x") for n in range(300))), "R230"),
    "no paper": (package(("phu-luc-1.txt", b"x")), "R231"),
    "nothing": (package(), "R231"),
    "no zip at all": (b"PK\x03\x04 not really", "R138"),
    "two papers": (package(("mot.pdf", MAIN[1]), ("hai.pdf", MAIN[1])), "R231"),
}


@pytest.mark.parametrize("what", ZIPS)
def test_a_zip_made_to_do_harm_goes_back_with_its_reason(office, cell, what):
    data, code = ZIPS[what]
    drop(office, KIND, "bao cao.zip", data)

    (done,) = process_here(office, cell)

    assert (done.status, done.code) == ("returned", code)
    assert "bao cao.zip" in returned(office, KIND)
    back = office.inbox_dir / KIND / office.folders.returned / "bao cao.zip"
    assert back.read_bytes() == data


@pytest.mark.parametrize(
    ("what", "code"),
    [("doctype", "R130"), ("bomb", "R130"), ("cut", "R130"), ("ole", "R131"), ("locked", "R131")],
)
def test_a_word_file_made_to_do_harm_goes_back_with_its_reason(office, cell, what, code):
    good = docx_of(CONG_VAN)
    data = {
        "doctype": with_document(good, lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml),
        "bomb": package(("word/document.xml", b" " * (100 << 20))),
        "cut": good[: len(good) // 2],
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
        "locked": with_encrypted_flag(good),
    }[what]
    drop(office, KIND, "a.docx", data)
    drop_json(office, "a.json", SIDECAR, KIND)

    (done,) = process_here(office, cell)

    assert (done.status, done.code) == ("returned", code)
    assert lying(office) == []


def test_what_a_colleague_typed_in_odd_ways_is_written_once_and_nowhere_else(office, cell):
    typed = replace(
        CONG_VAN,
        text=("Số      -CV/VPTU trong lời văn, ngày      tháng      năm 2026 cũng vậy.",),
    )
    drop(office, KIND, "a.docx", docx_of(typed))

    (done,) = process_here(office, cell)

    with opened(office, cell) as app:
        found = app.registers.get(done.document_id)
        name = next(f.name for f in found.files if f.name.endswith(".docx") and "rend" in f.name)
        data = app.objects.read(document_object(found.id), name, version=1)
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    assert xml.count(" 01") == 1
    assert "ngày      tháng      năm 2026 cũng vậy" in xml


def test_files_of_a_folder_whose_intake_died_go_back_where_they_lay(office, cell):
    folder = inbox(office, KIND) / "bao cao" / TAKEN_FOLDER
    folder.mkdir(parents=True)
    names = ("bao cao.pdf", "phu-luc.docx", "bao cao.json")
    for name in names:
        (folder / f"01m8a8syd53wtmkjk315je71yy~{name}").write_bytes(b"x")

    with opened(office, cell) as app:
        recover(office, app.kinds, app.registers)

    assert lying(office) == sorted(f"{KIND}/bao cao/{name}" for name in names)


@pytest.mark.shared
def test_papers_from_the_wild_end_registered_or_returned(office, cell):
    papers = sorted(shared_path("dev-data", "pdfs").glob("*.pdf"))[:_DEV_PAPERS]
    for number, path in enumerate(papers):
        drop(office, KIND, f"{number}.pdf", path.read_bytes())
        drop_json(office, f"{number}.json", SIDECAR | {"trich_yeu": f"số liệu {number}"}, KIND)

    outcomes = process_here(office, cell)

    assert len(outcomes) == len(papers)
    assert {one.status for one in outcomes} <= {"indexed", "returned"}
    assert all(one.code for one in outcomes if one.status == "returned")
    with opened(office, cell) as app:
        for one in outcomes:
            if one.status == "indexed":
                number = one.source.rpartition("/")[2].removesuffix(".pdf")
                name = document_object(one.document_id)
                kept = app.objects.read(name, f"received/{number}.pdf", version=1)
                assert kept == papers[int(number)].read_bytes()
        assert unsound(app) == []
    assert lying(office) == []


@pytest.mark.parametrize(
    ("names", "paper"),
    [
        (["a.docx", "b.json", "b.pdf"], "b.pdf"),
        (["ho so.pdf", "khac.pdf"], "ho so.pdf"),
        (["bao-cao.docx", "phu-luc-1.docx", "Phụ lục 2.xlsx"], "bao-cao.docx"),
        (["so lieu.xlsx", "bao cao.pdf"], "bao cao.pdf"),
        (["so lieu.xlsx"], "so lieu.xlsx"),
        (["phu-luc.pdf"], "phu-luc.pdf"),
        (["sau/a.pdf", "b.pdf"], "b.pdf"),
    ],
)
def test_the_paper_among_files_is_known_by_its_name(names, paper):
    parts = sort_parts(names, "Ho_So", (".docx", ".pdf", ".xlsx"))

    assert parts.paper == paper
    assert set(parts.annexes) == {n for n in names if n != paper and not n.endswith(".json")}


def test_two_papers_of_which_neither_has_the_name_are_asked_about():
    with pytest.raises(VanthuError, match="which is the paper"):
        sort_parts(["a.pdf", "b.pdf"], "c", (".pdf",))
