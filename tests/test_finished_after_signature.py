"""An office that numbers after the signature numbers its colleagues' finished papers so too."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

import pytest
from helpers import MONDAY, make_clock
from issued_papers import CONG_VAN, docx_of, pdf_of
from office_kit import (
    drop,
    drop_json,
    inbox,
    opened,
    process_here,
    reason,
    results,
    run,
    small_office,
    unsound,
)

from pipeline.document_object import TEXT_FILE, document_object
from pipeline.errors.issuing import IssueRefused
from pipeline.issuing import Issue, issue_papers
from pipeline.process_once import finish, process_inbox
from pipeline.record import LegalState
from pipeline.stores.registers.views import DocumentState, ReceiptState

KIND = "van-ban-di"
CLOCK = make_clock(MONDAY)
CHANGED = replace(CONG_VAN, text=("Lời văn đã sửa trước khi ký.",))


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path, cap_so={KIND: "sau-khi-ky"})


def dropped(office, cell, name="cong van.docx", data=None):
    drop(office, KIND, name, data or docx_of(CONG_VAN))
    (outcome,) = process_here(office, cell, CLOCK)
    return outcome


def issued(office, cell, document_id, **more):
    with opened(office, cell, CLOCK) as app:
        (paper,) = issue_papers([document_id], Issue(person="Đinh Thị Ngân", **more), app)
        assert finish({paper.receipt_id}, app, seconds=120)
        return app.registers.get(document_id)


def paper(office, cell, document_id):
    with opened(office, cell, CLOCK) as app:
        return app.registers.get(document_id)


def text_of(office, cell, document_id):
    with opened(office, cell, CLOCK) as app:
        found = app.registers.get(document_id)
        name = document_object(found.id)
        text = app.objects.read(name, TEXT_FILE, version=found.archived_version).decode()
    return " ".join(text.split())


def given_out(office, start, suffix=".docx"):
    folder = office.inbox_dir / KIND / office.folders.results
    (found,) = folder.rglob(f"{start}*{suffix}")
    return found


def notes(office):
    folder = office.inbox_dir / KIND / office.folders.results
    return "\n".join(p.read_text(encoding="utf-8-sig") for p in sorted(folder.rglob("KẾT QUẢ*")))


def sound(office, cell):
    with opened(office, cell, CLOCK) as app:
        return [one for one in unsound(app) if "A455" not in one]


def test_a_finished_paper_is_taken_in_without_number_and_day(office, cell):
    data = docx_of(CONG_VAN)

    outcome = dropped(office, cell, data=data)

    found = paper(office, cell, outcome.document_id)
    assert (outcome.status, outcome.reference) == ("indexed", None)
    assert (found.state, found.legal_state) == (DocumentState.WAITING, LegalState.DU_THAO)
    assert found.facts.issued_on is None
    end = outcome.document_id[-4:]
    assert (
        given_out(
            office, f"CV-chua-so về việc rà soát hồ sơ đảng viên đợt 2 năm 2026 ~{end}"
        ).read_bytes()
        == data
    )
    assert "chỗ ghi số và ngày để trống" in notes(office)
    assert sound(office, cell) == []


def test_issue_numbers_it_and_fills_number_and_day_in(office, cell):
    outcome = dropped(office, cell)

    found = issued(office, cell, outcome.document_id)

    assert (found.number.reference, found.legal_state) == ("01-CV/VPTU", LegalState.DA_KY)
    text = text_of(office, cell, outcome.document_id)
    assert "Số 01-CV/VPTU" in text
    assert "ngày 23 tháng 11 năm 2026" in text
    assert given_out(office, "CV-0001 về việc")
    assert "Đã ghi số và ngày vào chỗ trống" in notes(office)
    assert sound(office, cell) == []


def test_the_draft_is_searched_shown_and_issued_by_the_commands(office, cell):
    outcome = dropped(office, cell)
    end = outcome.document_id[-4:]

    found = run(office, "search", "rà soát hồ sơ đảng viên")
    shown = run(office, "show", end)
    done = run(office, "issue", f"~{end}", "--person", "Đinh Thị Ngân")

    assert found.stdout.startswith("dự thảo, chưa có số")
    assert "Số, ký hiệu:          dự thảo, chưa có số" in shown.stdout
    assert done.status == 0, done.stderr
    assert "01-CV/VPTU" in done.stdout


def test_a_pdf_waits_and_is_filled_too(office, cell):
    outcome = dropped(office, cell, "cong van.pdf", pdf_of(CONG_VAN))

    issued(office, cell, outcome.document_id)

    # What is written over a PDF stands last in its text.
    assert text_of(office, cell, outcome.document_id).endswith("01 23 11")
    assert given_out(office, "CV-0001", ".pdf")


def test_a_row_without_a_file_waits_too_and_its_file_joins_it(office, cell):
    record = {"loai": "Công văn", "trich_yeu": "về việc họp", "nguoi_ky": "cvp"}
    drop_json(office, "giay.json", record, KIND)
    (row,) = process_here(office, cell, CLOCK)
    joined = dropped(office, cell, "giay.docx", docx_of(replace(CONG_VAN, about=("về việc họp",))))

    found = paper(office, cell, row.document_id)

    assert (joined.status, joined.document_id) == ("duplicate", row.document_id)
    assert (found.number, found.facts.issued_on, found.version) == (None, None, 2)
    assert issued(office, cell, row.document_id).number.reference == "01-CV/VPTU"
    assert "Số 01-CV/VPTU" in text_of(office, cell, row.document_id)
    assert sound(office, cell) == []


def test_a_paper_with_its_number_printed_waits_for_nothing(office, cell):
    outcome = dropped(office, cell, data=docx_of(replace(CONG_VAN, number="Số 28-CV/VPTU")))

    assert outcome.reference == "28-CV/VPTU"


@pytest.mark.parametrize("name", ["as given out", "as it came"])
def test_changed_and_dropped_back_it_is_the_next_version(office, cell, name):
    first = dropped(office, cell)
    back = given_out(office, "CV-chua-so").name if name == "as given out" else "cong van.docx"

    again = dropped(office, cell, back, docx_of(CHANGED))

    found = paper(office, cell, first.document_id)
    assert (again.status, again.document_id) == ("duplicate", first.document_id)
    assert "phiên bản mới" in again.message
    assert (found.version, found.archived_version, found.number) == (2, 2, None)
    assert "Lời văn đã sửa" in text_of(office, cell, first.document_id)
    assert any("bản 2.docx" in one for one in results(office, KIND))
    issued(office, cell, first.document_id)
    text = text_of(office, cell, first.document_id)
    assert "Số 01-CV/VPTU" in text
    assert "Lời văn đã sửa" in text
    assert sound(office, cell) == []


def test_what_the_new_text_says_otherwise_is_so_in_the_registers(office, cell):
    drop_json(office, "cong van.json", {"nguoi_soan": "Lò Thị Hiền", "so_ban": 3}, KIND)
    first = dropped(office, cell)
    other = replace(CHANGED, about=("về việc nộp hồ sơ",))

    dropped(office, cell, given_out(office, "CV-chua-so").name, docx_of(other))

    facts = paper(office, cell, first.document_id).facts
    assert (facts.subject, facts.so_ban) == ("về việc nộp hồ sơ", 3)
    assert "Lò Thị Hiền" in facts.note
    # The deed it was about is free again, the new one is taken.
    fresh = dropped(office, cell, "khac.docx")
    taken = dropped(office, cell, "nua.docx", docx_of(replace(other, text=("Khác.",))))
    assert fresh.status == "indexed"
    assert (taken.status, taken.code) == ("returned", "R187")


def test_the_same_deed_under_another_name_is_asked_about(office, cell):
    first = dropped(office, cell)

    other = dropped(office, cell, "nguoi khac.docx", docx_of(CHANGED))

    assert (other.status, other.code) == ("returned", "R187")
    assert f"thêm «~{first.document_id[-4:]}» vào cuối tên tệp" in reason(office, KIND)
    assert "cần thêm một văn bản nữa" in reason(office, KIND)
    assert paper(office, cell, first.document_id).version == 1


def test_the_bytes_it_has_change_nothing(office, cell):
    first = dropped(office, cell)
    changed = docx_of(CHANGED)
    dropped(office, cell, data=changed)

    again = dropped(office, cell, data=changed)

    assert (again.status, again.document_id) == ("duplicate", first.document_id)
    assert paper(office, cell, first.document_id).version == 2


def test_the_old_text_again_is_a_version_of_its_own(office, cell):
    data = docx_of(CONG_VAN)
    first = dropped(office, cell, data=data)
    dropped(office, cell, data=docx_of(CHANGED))

    dropped(office, cell, data=data)

    assert paper(office, cell, first.document_id).version == 3
    assert "Lời văn đã sửa" not in text_of(office, cell, first.document_id)


def test_after_the_number_the_draft_cannot_be_changed(office, cell):
    first = dropped(office, cell)
    name = given_out(office, "CV-chua-so").name
    issued(office, cell, first.document_id)
    other = docx_of(replace(CHANGED, about=("về việc khác",)))

    back = dropped(office, cell, name, other)

    assert (back.status, back.code) == ("returned", "R129")
    assert "thay_the: 01-CV/VPTU" in reason(office, KIND)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to somebody else")
def test_a_change_that_would_undo_somebody_elses_is_refused(office, cell):
    first = dropped(office, cell)
    name = given_out(office, "CV-chua-so").name
    dropped(office, cell, name, docx_of(CHANGED))
    later = docx_of(replace(CHANGED, text=("Sửa từ bản đầu.",)))
    os.chown(drop(office, KIND, name, later), 1, 1)

    (outcome,) = process_here(office, cell, CLOCK)

    assert (outcome.status, outcome.code) == ("returned", "R119")
    assert paper(office, cell, first.document_id).version == 2


@pytest.mark.parametrize("by", ["record", "file"])
def test_a_draft_gets_no_number_by_the_way(office, cell, by):
    first = dropped(office, cell)
    if by == "record":
        drop_json(office, "cong van.json", {"so_da_cap": "28"}, KIND)
    else:
        drop(office, KIND, "cong van.docx", docx_of(replace(CHANGED, number="Số 28-CV/VPTU")))

    (outcome,) = process_here(office, cell, CLOCK)

    assert (outcome.status, outcome.code) == ("returned", "R238")
    assert f"cấp số cho dự thảo ~{first.document_id[-4:]}" in reason(office, KIND)
    assert paper(office, cell, first.document_id).version == 1


def test_a_record_that_comes_late_keeps_draft_and_text(office, cell):
    first = dropped(office, cell)
    dropped(office, cell, data=docx_of(CHANGED))
    drop_json(office, "cong van.json", {"so_ban": 5}, KIND)

    (late,) = process_here(office, cell, CLOCK)

    found = paper(office, cell, first.document_id)
    assert late.status == "duplicate"
    assert "dự thảo ~" in late.message
    assert (found.facts.so_ban, found.facts.issued_on, found.number) == (5, None, None)
    assert "Lời văn đã sửa" in text_of(office, cell, first.document_id)


def test_the_day_printed_on_the_paper_is_the_day_of_its_number(office, cell):
    typed = replace(CONG_VAN, date="Hà Sơn, ngày 20 tháng 11 năm 2026")
    first = dropped(office, cell, data=docx_of(typed))

    with pytest.raises(IssueRefused, match="R212") as refused:
        issued(office, cell, first.document_id, day=date(2026, 11, 19))
    found = issued(office, cell, first.document_id)

    assert "R237" in refused.value.clerk_text
    assert "20/11/2026" in refused.value.clerk_text
    assert found.number.issued_on == date(2026, 11, 20)


def test_another_signer_must_stand_on_the_paper(office, cell):
    first = dropped(office, cell)
    signers = office.body("VPTU", MONDAY.date()).signers
    other = next(one for one in signers if one.full_name != CONG_VAN.signer)

    with pytest.raises(IssueRefused) as refused:
        issued(office, cell, first.document_id, signer=other.code)

    assert "R118" in refused.value.clerk_text


def test_a_new_text_alone_keeps_the_annexes(office, cell):
    folder = inbox(office, KIND) / "cong van"
    folder.mkdir()
    (folder / "cong van.docx").write_bytes(docx_of(CONG_VAN))
    (folder / "phu-luc-1.pdf").write_bytes(pdf_of(CONG_VAN))
    (first,) = process_here(office, cell, CLOCK)

    dropped(office, cell, data=docx_of(CHANGED))
    found = issued(office, cell, first.document_id)

    assert "received/phu-luc/phu-luc-1.pdf" in {file.name for file in found.files}
    assert "Kèm 1 phụ lục: phu-luc-1.pdf" in found.facts.note
    assert "Lời văn đã sửa" in text_of(office, cell, first.document_id)


def test_a_death_between_the_new_version_and_the_ruling_does_no_harm(office, cell):
    first = dropped(office, cell)
    drop(office, KIND, "cong van.docx", docx_of(CHANGED))
    with opened(office, cell, CLOCK) as app:
        dying = replace(app, registers=DyingRegisters(app.registers))
        with pytest.raises(KeyboardInterrupt):
            list(process_inbox(dying, workers=1))
        (taken,) = [
            one
            for one in app.registers.unfinished_receipts()
            if app.registers.receipt(one).state is ReceiptState.RECEIVED
        ]
        app.registers.release([taken], app.worker)

    process_here(office, cell, CLOCK)

    found = paper(office, cell, first.document_id)
    assert (found.version, found.archived_version) == (2, 2)
    assert "Lời văn đã sửa" in text_of(office, cell, first.document_id)
    with opened(office, cell, CLOCK) as app:
        (again,) = app.registers.documents_of(taken)
    assert (again.state, again.duplicate_of) == (DocumentState.DUPLICATE, first.document_id)
    assert sound(office, cell) == []


def test_a_rebuild_gives_the_same_drafts_and_numbers(office, cell):
    first = dropped(office, cell)
    dropped(office, cell, data=docx_of(CHANGED))
    second = dropped(office, cell, "hai.docx", docx_of(replace(CONG_VAN, about=("về việc hai",))))
    issued(office, cell, first.document_id)
    process_here(office, cell, CLOCK)
    before = [paper(office, cell, one.document_id) for one in (first, second)]

    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    ran = run(office, "rebuild")

    assert ran.status == 0, ran.stderr
    run(office, "process")
    after = [paper(office, cell, one.document_id) for one in (first, second)]
    assert [told(one) for one in after] == [told(one) for one in before]


class DyingRegisters:
    """Registers of a process that dies before it rules on a drop."""

    def __init__(self, registers):
        self._registers = registers

    def __getattr__(self, name):
        return getattr(self._registers, name)

    def decide(self, *_, **__):
        raise KeyboardInterrupt


def told(found):
    return (
        found.state,
        found.legal_state,
        found.number,
        found.facts,
        found.record,
        found.version,
        found.identity,
    )
