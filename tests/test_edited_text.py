"""A draft edited in Word and dropped back before its signature is the next version of that very paper."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile

import pytest
from helpers import MONDAY, ROOT, example, make_clock
from office_kit import (
    command,
    drop,
    drop_json,
    lying,
    opened,
    process_here,
    reason,
    results,
    returned,
    run,
    small_office,
)

from pipeline.config import load_office
from pipeline.document_object import TEXT_FILE, document_object
from pipeline.engines import libreoffice, raster
from pipeline.engines.word_guard import safe_members
from pipeline.engines.word_marks import mark_of
from pipeline.engines.word_zip import zipped
from pipeline.errors.issuing import IssueRefused
from pipeline.inbox.folders import NOTICE_NAME
from pipeline.issuing import Issue, issue_papers
from pipeline.process_once import finish
from pipeline.stores.registers.views import DocumentState

VAN_BAN = "van-ban"
CLOCK = make_clock(MONDAY)
OLD, NEW = "Trường Chính trị tỉnh", "Trường Chính trị (đã sửa trong Word) tỉnh"
needs_libreoffice = pytest.mark.skipif(
    libreoffice.program_dir() is None,
    reason="LibreOffice is not installed: apt-get install --no-install-recommends libreoffice-writer-nogui",
)


@pytest.fixture(scope="module")
def with_draft(tmp_path_factory, cell):
    root = tmp_path_factory.mktemp("du-thao")
    office = small_office(root)
    drop_json(office, "mot.json", example(VAN_BAN, "cong-van-mot-noi"), VAN_BAN)
    process_here(office, cell, CLOCK)
    return root


@pytest.fixture
def office(with_draft, tmp_path):
    shutil.copytree(with_draft, tmp_path / "van-phong", symlinks=True)
    return load_office(tmp_path / "van-phong")


@pytest.fixture
def given_out(office):
    """The Word file of the draft, as the clerk finds it."""
    (path,) = (office.inbox_dir / VAN_BAN / office.folders.results).rglob("*.docx")
    return path


def edited(path, *changes, member="word/document.xml", without=(), more=()):
    """The bytes of a DOCX with words replaced, members left out or added."""
    with zipfile.ZipFile(path) as package:
        members = {name: package.read(name) for name in package.namelist() if name not in without}
    text = members[member].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    members[member] = text.encode()
    return zipped(members | dict(more))


def drop_edit(office, path, *changes, name=None, **more):
    return drop(office, VAN_BAN, name or path.name, edited(path, *changes, **more))


def the_paper(app):
    (paper,) = app.registers.waiting()
    return paper


def text_of(app, paper):
    name = document_object(paper.id)
    text = app.objects.read(name, TEXT_FILE, version=paper.archived_version).decode()
    return " ".join(text.split())


def newest(office, suffix):
    folder = office.inbox_dir / VAN_BAN / office.folders.results
    return max(folder.rglob(f"*{suffix}"), key=lambda path: path.stat().st_mtime_ns)


def test_the_file_given_out_says_which_paper_and_version_it_is(office, given_out, cell):
    with opened(office, cell, CLOCK) as app:
        assert mark_of(safe_members(given_out)) == f"{the_paper(app).id}/1"


def test_an_edited_draft_is_the_next_version_of_the_same_paper(office, given_out, cell):
    drop_edit(office, given_out, (OLD, NEW), name="sửa rồi.docx")

    (outcome,) = process_here(office, cell, CLOCK)

    with opened(office, cell, CLOCK) as app:
        paper = the_paper(app)
        assert (outcome.status, outcome.document_id) == ("duplicate", paper.id)
        assert "phiên bản mới" in outcome.message
        assert "chỉ đổi lời văn trên giấy" in outcome.message
        assert (paper.version, paper.archived_version, paper.number) == (2, 2, None)
        assert "đã sửa trong Word" in text_of(app, paper)
        names = {file.name for file in paper.files}
        assert {"received/mot.json", "received/sửa rồi.docx"} <= names
        assert app.registers.versions_of(paper.id)[1].reason.endswith("sửa rồi.docx")
    assert (
        "đã sửa trong Word"
        in zipfile.ZipFile(newest(office, ".docx")).read("word/document.xml").decode()
    )
    assert run(office, "verify", "--json").lines == []


@needs_libreoffice
def test_the_pdf_is_made_from_the_word_file(office, given_out, cell):
    drop_edit(office, given_out, (OLD, NEW))

    process_here(office, cell, CLOCK)

    pdf = newest(office, ".pdf")
    text = " ".join(raster.text(pdf).split())
    assert "đã sửa trong Word" in text
    assert "Số -CV/VPTU" in text
    assert b"pdfaid:part" in pdf.read_bytes()
    assert pdf.stem == f"{given_out.stem} bản 2"


@needs_libreoffice
def test_number_and_date_are_filled_into_the_edited_word_file(office, given_out, cell):
    drop_edit(office, given_out, (OLD, NEW))
    process_here(office, cell, CLOCK)

    with opened(office, cell, CLOCK) as app:
        (issued,) = issue_papers([the_paper(app).id], Issue(person="lan"), app)
        assert finish({issued.receipt_id}, app, seconds=120)
        paper = app.registers.get(issued.id)
        assert (paper.version, paper.state) == (3, DocumentState.NUMBERED)
        for text in (text_of(app, paper), " ".join(raster.text(newest(office, ".pdf")).split())):
            assert "Số 01-CV/VPTU" in text
            assert "ngày 23 tháng 11 năm 2026" in text
            assert "đã sửa trong Word" in text
    assert newest(office, ".pdf").name.startswith("CV-0001 ")
    assert run(office, "verify", "--json").lines == []


def test_without_libreoffice_the_word_file_is_kept_and_the_clerk_is_told(office, given_out):
    drop_edit(office, given_out, (OLD, NEW))

    told = without_libreoffice(office, "process", "--json")
    issued = without_libreoffice(office, "issue", given_out.stem[-4:])

    assert (told.returncode, issued.returncode) == (0, 0), told.stderr + issued.stderr
    notes = "".join(
        path.read_text(encoding="utf-8-sig")
        for path in (office.inbox_dir / VAN_BAN / office.folders.results).rglob("KẾT QUẢ*.txt")
    )
    assert "chưa cài LibreOffice" in notes
    assert "libreoffice-writer-nogui" in notes
    docx = newest(office, ".docx")
    assert docx.name.startswith("CV-0001 ")
    assert "Số 01-CV/VPTU" in zipfile.ZipFile(docx).read("word/document.xml").decode()
    assert not any(
        name.startswith("CV-0001") and name.endswith(".pdf") for name in results(office, VAN_BAN)
    )


def without_libreoffice(office, *arguments):
    env = {"PATH": str(ROOT / ".venv" / "bin"), "LANG": "C.UTF-8", "HOME": os.environ["HOME"]}
    return subprocess.run(
        command(office, *arguments), cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_a_file_that_lost_its_mark_is_known_by_its_name(office, given_out, cell):
    name = f"{given_out.stem} (2).docx"
    drop_edit(office, given_out, (OLD, NEW), name=name, without=("docProps/custom.xml",))

    (outcome,) = process_here(office, cell, CLOCK)

    assert outcome.status == "duplicate"
    with opened(office, cell, CLOCK) as app:
        assert the_paper(app).version == 2


def test_the_same_edit_again_changes_nothing(office, given_out, cell):
    for _ in range(2):
        drop_edit(office, given_out, (OLD, NEW))
        process_here(office, cell, CLOCK)

    with opened(office, cell, CLOCK) as app:
        assert the_paper(app).version == 2


def test_a_word_file_of_no_draft_goes_back(office, given_out, cell):
    drop_edit(office, given_out, name="lạ.docx", without=("docProps/custom.xml",))

    (outcome,) = process_here(office, cell, CLOCK)

    assert (outcome.status, outcome.code) == ("returned", "R128")
    assert "lạ.docx" in returned(office, VAN_BAN)


def test_after_the_number_it_is_refused_with_the_way_to_correct(office, given_out, cell):
    data = edited(given_out, (OLD, NEW))
    with opened(office, cell, CLOCK) as app:
        (issued,) = issue_papers([the_paper(app).id], Issue(person="lan"), app)
        finish({issued.receipt_id}, app, seconds=60)
    drop(office, VAN_BAN, "muon.docx", data)

    (outcome,) = process_here(office, cell, CLOCK)

    assert (outcome.status, outcome.code) == ("returned", "R129")
    assert "dinh_chinh: 01-CV/VPTU" in reason(office, VAN_BAN)
    assert "thay_the: 01-CV/VPTU" in reason(office, VAN_BAN)
    with opened(office, cell, CLOCK) as app:
        assert app.registers.get(issued.id).version == 2


def test_another_signer_must_stand_in_the_edited_text(office, given_out, cell):
    drop_edit(office, given_out, (OLD, NEW))
    process_here(office, cell, CLOCK)

    with opened(office, cell, CLOCK) as app:
        paper = the_paper(app)
        signers = app.office.body("VPTU", MONDAY.date()).signers
        other = next(one for one in signers if one.full_name != paper.facts.signer)
        with pytest.raises(IssueRefused) as refused:
            issue_papers([paper.id], Issue(person="lan", signer=other.code), app)

    assert "R118" in refused.value.clerk_text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to somebody else")
def test_an_edit_that_would_undo_somebody_elses_is_refused(office, given_out, cell):
    first = edited(given_out, (OLD, NEW))
    second = edited(given_out, (OLD, "Trường Đại học tỉnh"))
    drop(office, VAN_BAN, "a.docx", first)
    process_here(office, cell, CLOCK)
    os.chown(drop(office, VAN_BAN, "b.docx", second), 1, 1)

    (outcome,) = process_here(office, cell, CLOCK)

    assert (outcome.status, outcome.code) == ("returned", "R119")
    with opened(office, cell, CLOCK) as app:
        assert "đã sửa trong Word" in text_of(app, the_paper(app))


RELS = "word/_rels/document.xml.rels"


def added_link(kind, target="http://ha-son.example/a.png"):
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = (
        f'<Relationship Id="rIdX" Type="{office}/{kind}" Target="{target}" TargetMode="External"/>'
    )
    return ("</Relationships>", f"{link}</Relationships>")


HOSTILE = {
    "macro": ("R125", lambda path: edited(path, more=[("word/vbaProject.bin", b"x")])),
    "embedded file": ("R125", lambda path: edited(path, more=[("word/embeddings/a.xlsx", b"x")])),
    "picture from outside": ("R125", lambda path: edited(path, added_link("image"), member=RELS)),
    "template from outside": (
        "R125",
        lambda path: edited(path, added_link("attachedTemplate"), member=RELS),
    ),
    "field that fetches": (
        "R125",
        lambda path: edited(
            path,
            (
                OLD,
                f"{OLD}</w:t></w:r><w:r><w:instrText> DDEAUTO c:\\x </w:instrText></w:r><w:r><w:t>",
            ),
        ),
    ),
    "field that fetches, in pieces": (
        "R125",
        lambda path: edited(
            path,
            (
                OLD,
                (
                    f"{OLD}</w:t></w:r><w:r><w:instrText>INCLUDE</w:instrText></w:r>"
                    "<w:r><w:instrText>TEXT x.docx</w:instrText></w:r><w:r><w:t>"
                ),
            ),
        ),
    ),
    "entities": (
        "R216",
        lambda path: edited(path, ("<w:document ", '<!DOCTYPE x [<!ENTITY a "b">]><w:document ')),
    ),
    "bomb": ("R216", lambda path: edited(path, more=[("word/media/a.xml", b"0" * (40 << 20))])),
    "cut short": ("R216", lambda path: path.read_bytes()[:-4000]),
    "no word file": ("R216", lambda _path: zip_of("a.txt")),
    "tracked changes": (
        "R126",
        lambda path: edited(path, (OLD, f'{OLD}</w:t></w:r><w:ins w:id="1"/><w:r><w:t>')),
    ),
    "comments": (
        "R126",
        lambda path: edited(
            path, (OLD, f'{OLD}</w:t></w:r><w:r><w:commentReference w:id="1"/></w:r><w:r><w:t>')
        ),
    ),
    "no place of the date": ("R127", lambda path: edited(path, ("tháng", "thang"))),
}


def zip_of(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, b"x")
    return out.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_word_file_that_may_do_harm_or_is_not_clean_goes_back(office, given_out, cell, name):
    code, make = HOSTILE[name]
    drop(office, VAN_BAN, given_out.name, make(given_out))

    (outcome,) = process_here(office, cell, CLOCK)

    assert (outcome.status, outcome.code) == ("returned", code)
    with opened(office, cell, CLOCK) as app:
        assert the_paper(app).version == 1


def test_a_mark_of_secrecy_written_into_it_is_seen_before_anything_is_copied(
    office, given_out, cell
):
    drop_edit(
        office,
        given_out,
        (OLD, f"{OLD}</w:t></w:r></w:p><w:p><w:r><w:t>MẬT</w:t></w:r></w:p><w:p><w:r><w:t>"),
    )

    (outcome,) = process_here(office, cell, CLOCK)

    assert outcome.code == "R184"
    assert lying(office) == [f"{VAN_BAN}/{given_out.name}"]
    assert (office.inbox_dir / VAN_BAN / NOTICE_NAME).exists()
    with opened(office, cell, CLOCK) as app:
        assert the_paper(app).version == 1
