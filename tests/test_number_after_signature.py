"""On paper the number follows the signature: a draft to print, then its number and date, then the final text."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import MONDAY, example, make_clock
from office_kit import (
    drop_json,
    opened,
    process_here,
    results,
    run,
    small_office,
)

from pipeline.config import load_office
from pipeline.document_object import TEXT_FILE, document_object
from pipeline.errors.issuing import IssueDateInFuture, IssueRefused
from pipeline.errors.office import OfficeInvalid
from pipeline.errors.registers import DraftOnItsWay
from pipeline.issuing import Issue, issue_papers
from pipeline.process_once import finish
from pipeline.record import LegalState
from pipeline.sealing import seal_all
from pipeline.stores.registers.views import DocumentState

VAN_BAN = "van-ban"
CLOCK = make_clock(MONDAY)
TODAY = MONDAY.date()


@pytest.fixture(scope="module")
def with_drafts(tmp_path_factory, cell):
    """Three letters and a notice, taken in."""
    root = tmp_path_factory.mktemp("du-thao")
    office = small_office(root)
    for name in ("một", "hai", "ba"):
        drop_json(office, f"{name}.json", letter(name), VAN_BAN)
    drop_json(office, "bon.json", example(VAN_BAN, "thong-bao-ngan"), VAN_BAN)
    process_here(office, cell, CLOCK)
    return root


@pytest.fixture
def office(with_drafts, tmp_path):
    shutil.copytree(with_drafts, tmp_path / "van-phong", symlinks=True)
    return load_office(tmp_path / "van-phong")


@pytest.fixture
def app(office, cell):
    with opened(office, cell, CLOCK) as opened_app:
        yield opened_app


def letter(name):
    return example(VAN_BAN, "cong-van-mot-noi") | {"trich_yeu": f"về việc cử cán bộ lần {name}"}


def draft(app, name):
    (found,) = [one for one in app.registers.waiting() if one.facts.subject.endswith(name)]
    return found


def text_of(app, paper):
    name = document_object(paper.id)
    return app.objects.read(name, TEXT_FILE, version=paper.archived_version).decode()


def ask(**more):
    return Issue(person="Đinh Thị Ngân", **more)


def test_a_dropped_letter_is_a_draft_without_number_day_and_month(app):
    paper = draft(app, "một")

    words = " ".join(text_of(app, paper).split())

    assert (paper.state, paper.legal_state) == (DocumentState.WAITING, LegalState.DU_THAO)
    assert "Số -CV/VPTU" in words
    assert "ngày tháng năm 2026" in words
    assert "DỰ THẢO" not in words
    assert app.registers.series() == []


def test_the_line_of_process_has_no_reference_and_the_file_is_called_a_draft(tmp_path, cell):
    office = small_office(tmp_path)
    drop_json(office, "mot.json", letter("một"), VAN_BAN)

    (outcome,) = process_here(office, cell, CLOCK)

    assert (outcome.status, outcome.reference) == ("indexed", None)
    assert "chưa có số" in outcome.message
    end = outcome.document_id[-4:]
    assert results(office, VAN_BAN) == [
        *(f"CV-chua-so về việc cử cán bộ lần một ~{end}.{suffix}" for suffix in ("docx", "pdf")),
        "KẾT QUẢ.txt",
    ]
    assert f"bấm «Cấp số» (mã ~{end})" in notes_of(office, "KẾT QUẢ.txt")
    assert "vanthu" not in notes_of(office, "KẾT QUẢ.txt")
    assert "chỉ đổi lời văn" in notes_of(office, "KẾT QUẢ.txt").casefold()


def test_after_the_number_a_newer_note_says_so(office, cell):
    with opened(office, cell, CLOCK) as app:
        (paper,) = issue_papers([draft(app, "một").id], ask(), app)
        finish({paper.receipt_id}, app, seconds=60)

    results = office.inbox_dir / VAN_BAN / office.folders.results
    (newer,) = results.glob("* một ~*/KẾT QUẢ*.txt")
    told = newer.read_text(encoding="utf-8-sig")

    assert "Xong – 01-CV/VPTU." in told
    assert "Cấp số" not in told


def notes_of(office, name):
    folder = office.inbox_dir / VAN_BAN / office.folders.results
    return "".join(path.read_text(encoding="utf-8-sig") for path in folder.rglob(name))


def test_an_office_may_number_before_the_signature(tmp_path, cell):
    office = small_office(tmp_path, cap_so={VAN_BAN: "truoc-khi-ky"})
    drop_json(office, "mot.json", letter("một"), VAN_BAN)

    (outcome,) = process_here(office, cell, CLOCK)

    assert outcome.reference == "01-CV/VPTU"


def test_an_office_may_let_batch_forms_wait_for_their_signature(tmp_path, cell):
    office = small_office(tmp_path, cap_so={"gioi-thieu": "sau-khi-ky"})
    drop_json(office, "mot.json", example("gioi-thieu", "day-du"))

    (outcome,) = process_here(office, cell, CLOCK)

    assert outcome.reference is None
    assert results(office)[0].startswith("GGT-chua-so ")


def test_a_kind_that_cannot_be_printed_without_its_number_cannot_wait(tmp_path, cell):
    office = small_office(
        tmp_path, cap_so={"sao-luc": "sau-khi-ky", "phieu-nhan-xet": "sau-khi-ky"}
    )

    with pytest.raises(OfficeInvalid) as refused, opened(office, cell, CLOCK):
        pass

    assert [problem.code for problem in refused.value.problems] == ["K253", "K253"]


def test_a_draft_is_found_and_shown_as_a_draft(office):
    found = run(office, "search", "cử cán bộ lần hai")
    as_json = json.loads(run(office, "search", "cử cán bộ lần hai", "--json").stdout)
    first = as_json["hits"][0]
    shown = run(office, "show", first["document_id"][-4:])

    assert found.stdout.startswith("dự thảo, chưa có số")
    assert (first["draft"], first["date"]) == (True, None)
    assert "Số, ký hiệu:          dự thảo, chưa có số" in shown.stdout


def test_numbers_are_given_in_the_order_asked_and_the_final_text_is_given_out(app, cell):
    hai, mot = draft(app, "hai"), draft(app, "một")

    issued = issue_papers([hai.id, f"~{mot.id[-4:]}", "LẦN BA"], ask(), app)
    done = finish({paper.receipt_id for paper in issued}, app, seconds=60)

    assert done
    assert [paper.number.reference for paper in issued] == [
        "01-CV/VPTU",
        "02-CV/VPTU",
        "03-CV/VPTU",
    ]
    paper = app.registers.get(mot.id)
    assert (paper.version, paper.legal_state) == (2, LegalState.DA_KY)
    words = " ".join(text_of(app, paper).split())
    assert "Số 02-CV/VPTU" in words
    assert "ngày 23 tháng 11 năm 2026" in words
    assert "CV-0002 về việc cử cán bộ lần một.pdf" in results(app.office, VAN_BAN)
    assert [
        line.person for line in app.registers.journal_of(mot.id) if line.deed == "numbered"
    ] == ["Đinh Thị Ngân"]


def test_one_that_cannot_be_numbered_stops_all_and_every_reason_is_told(app):
    mot = draft(app, "một")

    with pytest.raises(IssueRefused) as refused:
        issue_papers([mot.id, "không có văn bản này", mot.id], ask(), app)

    assert "«không có văn bản này»" in refused.value.clerk_text
    assert "R213" in refused.value.clerk_text
    assert app.registers.series() == []
    assert app.registers.get(mot.id).state is DocumentState.WAITING


def test_the_date_is_inside_term_and_signers_time_and_not_to_come(app):
    mot = draft(app, "một")

    with pytest.raises(IssueDateInFuture):
        issue_papers([mot.id], ask(day=TODAY + timedelta(days=1)), app)
    with pytest.raises(IssueRefused, match="R212") as no_term:
        issue_papers([mot.id], ask(day=TODAY.replace(year=2019)), app)
    with pytest.raises(IssueRefused) as no_signer:
        issue_papers([mot.id], ask(signer="khong-co"), app)

    assert "K26" in no_term.value.clerk_text
    assert "K261" in no_signer.value.clerk_text
    assert app.registers.series() == []


def test_date_and_signer_may_be_said(app):
    mot = draft(app, "một")
    signers = app.office.body("VPTU", TODAY).signers
    other = next(one for one in signers if one.full_name != mot.facts.signer)

    (issued,) = issue_papers([mot.id], ask(day=TODAY - timedelta(days=3), signer=other.code), app)
    finish({issued.receipt_id}, app, seconds=60)

    words = " ".join(text_of(app, app.registers.get(mot.id)).split())
    assert "ngày 20 tháng 11 năm 2026" in words
    assert other.full_name in words
    (row,) = app.registers.entries(book="di")
    assert row.entry.remark == "Ghi ngày 20/11/2026, cấp số ngày 23/11/2026."


def test_a_paper_is_numbered_once(app):
    mot = draft(app, "một")
    issue_papers([mot.id], ask(), app)

    with pytest.raises(IssueRefused, match="R212") as refused:
        issue_papers([mot.id], ask(), app)

    assert "đã có số 01-CV/VPTU" in refused.value.clerk_text
    assert [one.last for one in app.registers.series()] == [1]


def test_a_withdrawn_draft_gets_no_number(app):
    mot = draft(app, "một")
    app.registers.set_state(
        mot.id, LegalState.THU_HOI, person="Đinh Thị Ngân", reason="Chánh Văn phòng không ký"
    )

    with pytest.raises(IssueRefused) as refused:
        issue_papers([mot.id], ask(), app)

    assert "đã thu hồi" in refused.value.clerk_text
    assert mot.id not in {one.id for one in app.registers.waiting()}


def test_a_draft_that_is_not_archived_yet_is_not_numbered(app):
    mot = draft(app, "một")
    app.registers.amend(
        mot.id, record=mot.record, facts=mot.facts, person="lan", reason="sửa lời văn"
    )

    with pytest.raises(DraftOnItsWay):
        issue_papers([mot.id], ask(), app)

    assert app.registers.series() == []


def test_a_death_after_the_number_is_finished_by_the_next_run(office, cell):
    with opened(office, cell, CLOCK) as app:
        mot = draft(app, "một")
        issue_papers([mot.id], ask(), app)  # and nothing else: as if killed here

    process_here(office, cell, CLOCK)

    assert "CV-0001 về việc cử cán bộ lần một.pdf" in results(office, VAN_BAN)
    with opened(office, cell, CLOCK) as app:
        paper = app.registers.get(mot.id)
        assert (paper.archived_version, paper.answered_version, paper.indexed_version) == (2, 2, 2)
        assert "Số 01-CV/VPTU" in " ".join(text_of(app, paper).split())


def test_the_command_numbers_finishes_and_tells_where_the_result_is(office):
    asked = run(office, "issue", "lần hai", "lần một", "--person", "Đinh Thị Ngân")

    assert asked.status == 0, asked.stderr
    assert asked.stdout.index("01-CV/VPTU") < asked.stdout.index("02-CV/VPTU")
    assert asked.stdout.index("lần hai") < asked.stdout.index("lần một")
    named = [line.strip() for line in asked.stdout.splitlines() if line.endswith(".pdf")]
    assert len(named) == 2
    assert all(Path(name).is_file() for name in named)
    again = run(office, "issue", "01-CV/VPTU")
    assert again.status == 2
    assert "đã có số 01-CV/VPTU" in again.stderr


def test_without_a_name_the_drafts_are_listed(office):
    listed = run(office, "issue")

    assert listed.status == 0
    assert listed.stdout.count("mã: ") == 4
    assert len(re.findall(r"^\S+  nhận \d\d/\d\d/\d{4}  ", listed.stdout, re.MULTILINE)) == 4
    assert "về việc cử cán bộ lần ba" in listed.stdout


def rebuilt(office):
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    ran = run(office, "rebuild")
    assert ran.status == 0, ran.stderr
    run(office, "process")


def state_of(app):
    return [
        (
            paper.id,
            paper.state,
            paper.legal_state,
            paper.number,
            paper.facts,
            paper.record,
            paper.version,
            paper.identity,
            [(one.number, one.reason, one.person) for one in app.registers.versions_of(paper.id)],
        )
        for receipt in sorted(one.id for piece in app.registers.dump() for one in piece.receipts)
        for paper in app.registers.documents_of(receipt)
    ]


@pytest.mark.parametrize("is_made", [True, False], ids=["final text made", "killed before it"])
def test_a_rebuild_after_issue_gives_the_same_registers(office, cell, is_made):
    with opened(office, cell, CLOCK) as app:
        (issued,) = issue_papers([draft(app, "hai").id], ask(), app)
        if is_made:
            finish({issued.receipt_id}, app, seconds=60)
    if is_made:
        process_here(office, cell, CLOCK)
    else:
        with opened(office, cell, CLOCK) as app:
            seal_all(app)
    with opened(office, cell, CLOCK) as app:
        before = state_of(app)

    rebuilt(office)

    with opened(office, cell, CLOCK) as app:
        assert state_of(app) == before
        paper = app.registers.get(issued.id)
        assert paper.archived_version == 2
    assert "CV-0001 về việc cử cán bộ lần hai.pdf" in results(office, VAN_BAN)
    assert run(office, "verify", "--json").lines == []
