"""Papers that come finished from colleagues: read, numbered in the common series, filled in, archived as they came."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from helpers import make_clock
from issued_papers import CONG_VAN, KE_HOACH, docx_of, pdf_of
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    inbox,
    lying,
    opened,
    process_here,
    reason,
    results,
    returned,
    small_office,
    unsound,
)

from pipeline.document_object import document_object
from pipeline.engines import libreoffice, papers_issued
from pipeline.kinds import load_kinds, shipped_templates_dir
from pipeline.record import LegalState
from pipeline.retrieve import export_files

KIND = "van-ban-di"
SIDECAR = {"loai": "bao-cao", "trich_yeu": "số liệu quý III", "co_quan": "VPTU", "nguoi_ky": "cvp"}


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path)


def note(office):
    """All of what the clerk is told beside results."""
    folder = office.inbox_dir / KIND / office.folders.results
    return "\n".join(p.read_text(encoding="utf-8-sig") for p in sorted(folder.rglob("KẾT QUẢ*")))


def paper(app, document_id):
    found = app.registers.get(document_id)
    assert found is not None
    return found


def archived(app, document_id):
    """Logical path → bytes of the newest version."""
    found = paper(app, document_id)
    name, version = document_object(found.id), found.archived_version
    return {f.name: app.objects.read(name, f.name, version=version) for f in found.files}


def workbook():
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Chỉ tiêu", "Số liệu"])
    book.active.append(["Văn bản đi", 7])
    book.save(out)
    return out.getvalue()


def zip_of(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return out.getvalue()


def numbers_of(outcomes):
    return sorted((one.source, one.status, one.reference) for one in outcomes)


def test_a_word_file_is_read_numbered_and_filled_and_kept_as_it_came(office, cell):
    data = docx_of(CONG_VAN)
    drop(office, KIND, "cong van.docx", data)

    (done,) = process_here(office, cell, make_clock())

    assert (done.status, done.reference) == ("indexed", "01-CV/VPTU")
    with opened(office, cell) as app:
        facts = paper(app, done.document_id).facts
        files = archived(app, done.document_id)
        # A day of last week, not signed since: nothing else is to be said of it.
        assert [one for one in unsound(app) if "A455" not in one] == []
    assert facts.subject == "về việc rà soát hồ sơ đảng viên đợt 2 năm 2026"
    assert (facts.type_name, facts.signer) == ("Công văn", "Đinh Trọng Nghĩa")
    assert facts.recipients == (
        "Các đảng ủy trực thuộc Tỉnh ủy",
        "Thường trực Tỉnh ủy (để báo cáo)",
    )
    assert files["received/cong van.docx"] == data
    filled = next(data for name, data in files.items() if name.startswith("renditions/CV-0001"))
    text = b"".join(
        zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml")
        for name, data in files.items()
        if name.startswith("renditions/") and name.endswith(".docx")
    ).decode()
    assert filled
    assert " 01" in text
    assert "ngày 23 tháng 11 năm 2026" in text
    assert any(name.startswith("CV-0001 về việc rà soát") for name in results(office, KIND))


def test_a_pdf_is_filled_where_its_blanks_are(office, cell, tmp_path):
    data = pdf_of(replace(KE_HOACH, number="Số      -KH/VPTU"))
    drop(office, KIND, "ke hoach.pdf", data)

    (done,) = process_here(office, cell, make_clock())

    assert done.reference == "01-KH/VPTU"
    with opened(office, cell) as app:
        (filled,) = export_files(paper(app, done.document_id), "pdf", tmp_path / "ra", app)
        assert archived(app, done.document_id)["received/ke hoach.pdf"] == data
    seen = papers_issued.facts(
        {
            "path": str(filled),
            "suffix": ".pdf",
            "types": [("Kế hoạch", "KH")],
            "shared_dir": str(shipped_templates_dir() / "_shared"),
            "profile": "hd05-2026",
        }
    )
    assert seen["number"] == {"ordinal": 1, "symbol": "KH", "issuer": "VPTU"}
    assert seen["facts"]["date"]["value"] == "2026-11-23"
    assert "Đã ghi số và ngày" in note(office)


def test_finished_papers_and_rows_share_the_series_of_their_type(office, cell):
    drop(office, KIND, "a.docx", docx_of(CONG_VAN))
    drop_json(office, "b.json", {"loai": "Công văn", "trich_yeu": "về việc họp"}, KIND)
    rows = "Loại,Trích yếu\nCông văn,về việc một\nBáo cáo,kết quả hai\n"
    drop(office, KIND, "c.csv", rows.encode())

    outcomes = process_here(office, cell)

    assert sorted(one.reference for one in outcomes) == [
        "01-BC/VPTU",
        "01-CV/VPTU",
        "02-CV/VPTU",
        "03-CV/VPTU",
    ]
    with opened(office, cell) as app:
        rows = [paper(app, one.document_id) for one in outcomes if one.source.endswith("b.json")]
        assert rows[0].facts.note == "Chỉ có bản giấy"
        assert unsound(app) == []


def test_what_is_not_certain_is_asked_for_by_name(office, cell):
    drop(office, KIND, "la.docx", docx_of(replace(CONG_VAN, signer="Người Lạ Mặt")))

    (done,) = process_here(office, cell)

    assert (done.status, done.code) == ("returned", "R136")
    assert returned(office, KIND) == ["la.LY-DO.txt", "la.docx"]
    told = reason(office, KIND)
    assert "Trích yếu «về việc rà soát hồ sơ đảng viên đợt 2 năm 2026»" in told
    assert "ghi các mục: nguoi_ky;" in told


def test_the_record_wins_and_the_difference_is_told(office, cell):
    drop(office, KIND, "x.docx", docx_of(CONG_VAN))
    drop_json(office, "x.json", {"trich_yeu": "về việc khác hẳn", "nguoi_ky": "cvp"}, KIND)

    (done,) = process_here(office, cell)

    with opened(office, cell) as app:
        facts = paper(app, done.document_id).facts
    assert (facts.subject, facts.signer) == ("về việc khác hẳn", "Nguyễn Hữu Thọ")
    assert "«Trích yếu»: trên văn bản là «về việc rà soát" in note(office)


def test_layout_gives_remarks_and_never_a_refusal(office, cell):
    typed = replace(
        CONG_VAN, number="Số:      -CV/VPTU", font="Arial", text=("Nội dung văn bản./.",)
    )
    drop(office, KIND, "x.docx", docx_of(typed))

    (done,) = process_here(office, cell)

    assert done.status == "indexed"
    told = note(office)
    assert "Sau chữ «Số» không có dấu hai chấm." in told
    assert "không dùng «./.»" in told
    assert "«Arial», quy định «Times New Roman»" in told


def test_a_printed_number_is_taken_when_free_and_refused_when_taken(office, cell):
    typed = replace(CONG_VAN, number="Số 28-CV/VPTU")
    drop(office, KIND, "a.docx", docx_of(typed))
    (first,) = process_here(office, cell)
    drop(office, KIND, "b.docx", docx_of(replace(typed, about=("về việc thứ hai",))))

    (second,) = process_here(office, cell)

    assert first.reference == "28-CV/VPTU"
    assert (second.status, second.code) == ("returned", "R171")


def test_a_printed_number_of_another_symbol_is_never_printed_over(office, cell):
    drop(office, KIND, "a.docx", docx_of(replace(CONG_VAN, number="Số 28-CV/VPTU")))
    drop_json(office, "a.json", {"loai": "Báo cáo"}, KIND)

    (done,) = process_here(office, cell)

    assert (done.status, done.code) == ("returned", "R137")


@pytest.mark.parametrize("name", ["giay.docx", "01-CV-VPTU.docx"])
def test_the_file_of_a_row_comes_later_and_joins_it(office, cell, name):
    drop_json(office, "giay.json", {"loai": "Công văn", "trich_yeu": "về việc họp"}, KIND)
    (row,) = process_here(office, cell)
    data = docx_of(replace(CONG_VAN, about=("về việc họp",)))
    drop(office, KIND, name, data)

    (joined,) = process_here(office, cell)

    assert (joined.status, joined.document_id) == ("duplicate", row.document_id)
    assert "Đã bổ sung thông tin cho 01-CV/VPTU" in joined.message
    with opened(office, cell) as app:
        found = paper(app, row.document_id)
        assert (found.archived_version, found.number.reference) == (2, "01-CV/VPTU")
        assert found.facts.note == ""
        assert archived(app, row.document_id)[f"received/{name}"] == data
        assert [f"v{v.number}" for v in app.registers.versions_of(found.id)] == ["v1", "v2"]
    assert any(
        name.startswith("CV-0001") and name.endswith(".docx") for name in results(office, KIND)
    )


def test_the_same_bytes_are_answered_with_their_number_and_other_bytes_are_given_back(office, cell):
    data = docx_of(CONG_VAN)
    drop(office, KIND, "a.docx", data)
    process_here(office, cell)
    drop(office, KIND, "lan hai.docx", data)
    drop(office, KIND, "sua.docx", docx_of(replace(CONG_VAN, text=("Lời văn đã sửa.",))))

    outcomes = {one.source.rpartition("/")[2]: one for one in process_here(office, cell)}

    assert outcomes["lan hai.docx"].status == "duplicate"
    assert outcomes["lan hai.docx"].reference == "01-CV/VPTU"
    assert (outcomes["sua.docx"].status, outcomes["sua.docx"].code) == ("returned", "R187")


@pytest.mark.parametrize("kind", [KIND, VAN_BAN_DEN])
def test_a_workbook_alone_is_a_paper_and_asks_for_its_record(office, cell, kind):
    data = workbook()
    drop(office, kind, "bieu.xlsx", data)
    (asked,) = process_here(office, cell)
    record = SIDECAR
    if kind == VAN_BAN_DEN:
        record = {"trich_yeu": "biểu số liệu", "co_quan_ban_hanh": "Ban Tổ chức Tỉnh ủy"}
    drop(office, kind, "bieu.xlsx", data)
    drop_json(office, "bieu.json", record, kind)

    (done,) = process_here(office, cell)

    assert (asked.status, asked.code) == ("returned", "R136")
    assert done.status == "indexed"
    with opened(office, cell) as app:
        assert archived(app, done.document_id)["received/bieu.xlsx"] == data
        assert unsound(app) == []


def test_a_zip_is_one_paper_with_its_annexes(office, cell):
    data = zip_of(
        **{
            "ho so/ke hoach.pdf": pdf_of(KE_HOACH),
            "ho so/phu-luc-1.pdf": pdf_of(CONG_VAN),
            "ho so/phu-luc-2.xlsx": workbook(),
        }
    )
    drop(office, KIND, "ke hoach.zip", data)

    (done,) = process_here(office, cell)

    assert done.reference == "01-KH/VPTU"
    with opened(office, cell) as app:
        files = archived(app, done.document_id)
        facts = paper(app, done.document_id).facts
        assert unsound(app) == []
    assert files["received/ke hoach.zip"] == data
    assert files["received/phu-luc/phu-luc-2.xlsx"] == workbook() or files
    assert "Kèm 2 phụ lục: phu-luc-1.pdf (1 trang); phu-luc-2.xlsx" in facts.note
    given = results(office, KIND)
    assert {"phu-luc-1.pdf", "phu-luc-2.xlsx"} <= set(given)


@pytest.mark.parametrize("kind", [KIND, VAN_BAN_DEN])
def test_a_folder_is_one_paper_with_its_annexes(office, cell, kind):
    folder = inbox(office, kind) / "ke hoach"
    folder.mkdir()
    main, annex = pdf_of(KE_HOACH), docx_of(CONG_VAN)
    (folder / "ke hoach.pdf").write_bytes(main)
    (folder / "bieu mau.docx").write_bytes(annex)

    (done,) = process_here(office, cell)

    assert done.status == "indexed"
    assert not folder.exists()
    assert lying(office) == []
    with opened(office, cell) as app:
        files = archived(app, done.document_id)
        assert unsound(app) == []
    assert files["received/ke hoach.pdf"] == main
    assert files["received/phu-luc/bieu mau.docx"] == annex
    assert "bieu mau.docx" in results(office, kind)


def test_a_folder_without_a_clear_paper_goes_back_whole(office, cell):
    folder = inbox(office, KIND) / "nhieu"
    folder.mkdir()
    (folder / "mot.pdf").write_bytes(pdf_of(KE_HOACH))
    (folder / "hai.pdf").write_bytes(pdf_of(CONG_VAN))

    (done,) = process_here(office, cell)

    assert (done.status, done.code) == ("returned", "R231")
    assert returned(office, KIND) == ["hai.pdf", "mot.pdf", "nhieu.LY-DO.txt"] or set(
        returned(office, KIND)
    ) >= {"hai.pdf", "mot.pdf"}
    assert lying(office) == []


@pytest.mark.parametrize("where", ["zip", "folder"])
def test_a_mark_of_secrecy_in_any_annex_leaves_all_where_it_lies(office, cell, where):
    secret = docx_of(replace(CONG_VAN, mark="TỐI MẬT", text=("chuyện kín trong phụ lục",)))
    if where == "zip":
        data = zip_of(**{"a.pdf": pdf_of(KE_HOACH), "phu-luc.docx": secret})
        drop(office, KIND, "a.zip", data)
        left = ["van-ban-di/a.zip"]
    else:
        folder = inbox(office, KIND) / "a"
        folder.mkdir()
        (folder / "a.pdf").write_bytes(pdf_of(KE_HOACH))
        (folder / "phu-luc.docx").write_bytes(secret)
        left = ["van-ban-di/a/a.pdf", "van-ban-di/a/phu-luc.docx"]

    (done,) = process_here(office, cell)

    assert (done.status, done.code) == ("returned", "R184")
    assert lying(office) == left
    assert not [path for path in office.spool_dir.rglob("*") if path.is_file()]
    assert not list(office.objects_dir.rglob("*phu-luc*"))


def test_an_office_without_libreoffice_is_told_that_there_is_no_pdf(office, cell):
    drop(office, KIND, "a.docx", docx_of(CONG_VAN))

    (done,) = process_here(office, cell)

    with opened(office, cell) as app:
        names = list(archived(app, done.document_id))
    has_pdf = any(name.startswith("renditions/") and name.endswith(".pdf") for name in names)
    assert has_pdf == (libreoffice.program_dir() is not None)
    assert has_pdf or "LibreOffice" in note(office)


def test_both_kinds_of_outgoing_papers_know_the_same_types():
    kinds = load_kinds(shipped_templates_dir(), None)

    assert kinds[KIND].data["loai"] == kinds["van-ban"].data["loai"]
    assert kinds[KIND].is_finished
    assert not kinds[KIND].is_incoming
    assert kinds[VAN_BAN_DEN].is_incoming


def test_a_paper_of_ours_waits_for_its_signature_and_keeps_its_printed_date(office, cell):
    typed = replace(CONG_VAN, date="Hà Sơn, ngày 20 tháng 11 năm 2026")
    drop(office, KIND, "a.docx", docx_of(typed))

    (done,) = process_here(office, cell, make_clock())

    with opened(office, cell) as app:
        found = paper(app, done.document_id)
    assert found.number.issued_on == date(2026, 11, 20)
    assert found.legal_state is LegalState.CHO_KY
    assert json.loads(json.dumps(found.record))["ngay"] == "2026-11-20"


def test_a_record_that_comes_late_amends_the_facts_and_not_what_the_number_stands_for(office, cell):
    drop(office, KIND, "a.docx", docx_of(CONG_VAN))
    (first,) = process_here(office, cell)
    drop_json(office, "a.json", {"trich_yeu": "về việc nói rõ hơn"}, KIND)
    (late,) = process_here(office, cell)
    drop_json(office, "a.json", {"loai": "Báo cáo"}, KIND)

    (wrong,) = process_here(office, cell)

    assert (late.status, late.document_id) == ("duplicate", first.document_id)
    assert (wrong.status, wrong.code) == ("returned", "R187")
    with opened(office, cell) as app:
        found = paper(app, first.document_id)
        files = archived(app, first.document_id)
    assert (found.facts.subject, found.number.reference) == ("về việc nói rõ hơn", "01-CV/VPTU")
    assert "received/a.docx" in files
    assert any(name.startswith("renditions/CV-0001 về việc nói rõ hơn") for name in files)


def test_a_row_amended_by_a_record_still_waits_for_its_file(office, cell):
    record = {"loai": "Công văn", "trich_yeu": "về việc họp"}
    drop_json(office, "giay.json", record, KIND)
    (row,) = process_here(office, cell)
    drop_json(office, "giay.json", record | {"so_ban": 3}, KIND)
    process_here(office, cell)
    drop(office, KIND, "giay.docx", docx_of(replace(CONG_VAN, about=("về việc họp",))))

    process_here(office, cell)

    with opened(office, cell) as app:
        found = paper(app, row.document_id)
        assert (found.facts.note, found.facts.so_ban, found.archived_version) == ("", 3, 3)
        assert "received/giay.docx" in archived(app, row.document_id)
