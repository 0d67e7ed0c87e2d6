"""The legal life of papers on the real flow: what a later paper does to an earlier one, and what people see of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    inbox,
    letter,
    opened,
    paper_bytes,
    person,
    process_here,
    reason,
    results,
    run,
    small_office,
    unsound,
)
from registers_kit import archive_all
from registers_kit import drop as receive

from pipeline.books import FORMS
from pipeline.clock import FixedClock, SystemClock
from pipeline.config import load_office
from pipeline.legal import marked_name, next_states, state_named
from pipeline.rebuild import rebuild_office
from pipeline.record import LegalState
from pipeline.retrieve import Query, describe, export_files, find_papers
from pipeline.sealing import seal_all
from pipeline.stores.registers.views import Ruling, Verdict
from pipeline.verify import verify_office

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def full_office(tmp_path_factory, cell):
    """01 and 02 for two persons; 03 replaces 01, 04 corrects 02; an incoming paper."""
    root = tmp_path_factory.mktemp("luat")
    office = small_office(root)
    drop_json(office, "a.json", person(1))
    drop_json(office, "b.json", person(2))
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(root, "Cong van 31"))
    drop_json(office, "cv.json", letter(31), VAN_BAN_DEN)
    process_here(office, cell)
    drop_json(office, "c.json", person(1, chi_bo="Chi bộ Tổng hợp", thay_the="số 1/GGT-VPTU"))
    process_here(office, cell)
    drop_json(office, "d.json", person(2, chi_bo="Chi bộ Cơ yếu", dinh_chinh="02-GGT/VPTU"))
    process_here(office, cell)
    (root / ".paper.pdf").unlink()
    return root


@pytest.fixture
def office(full_office, tmp_path):
    shutil.copytree(full_office, tmp_path / "van-phong", symlinks=True)
    return load_office(tmp_path / "van-phong")


def paper(app, ref):
    (found,) = app.registers.find(ref)
    return found


def states(app):
    return {
        document.number.shown: document.legal_state.value
        for piece in app.registers.dump()
        for document in piece.documents
        if document.number
    }


def notes(app, book="di"):
    """Reference → Ghi chú, as printed."""
    form = FORMS[book]
    rows = [[c.value(row) for c in form.columns] for row in app.registers.entries(book=form.book)]
    return {row[0]: row[-1] for row in rows}


# --- what a later paper does ---


def test_replaced_and_corrected_papers_say_so_wherever_they_are_seen(office, cell):
    with opened(office, cell) as app:
        old, new = paper(app, "01-GGT/VPTU"), paper(app, "03-GGT/VPTU")

        assert states(app)["01-GGT/VPTU"] == "bi-thay-the"
        assert states(app)["02-GGT/VPTU"] == "da-dinh-chinh"
        assert notes(app)["01-GGT/VPTU"] == "Bị thay thế bởi 03-GGT/VPTU"
        assert notes(app)["02-GGT/VPTU"] == "Được đính chính bởi 04-GGT/VPTU"
        about = describe(old, app)
        assert about["legal_state_words"] == "bị thay thế bởi 03-GGT/VPTU"
        assert about["related_from"] == [
            {
                "kind": "thay-the",
                "document_id": new.id,
                "reference": "03-GGT/VPTU",
                "legal_state": "cho-ky",
                "words": "bị thay thế bởi 03-GGT/VPTU",
            }
        ]
        assert [one["words"] for one in describe(new, app)["relations"]] == ["thay thế 01-GGT/VPTU"]
        hits = find_papers(Query(text=person(1)["ho_ten"]), app).hits
        assert [(hit.reference, hit.legal_state, hit.standing) for hit in hits[:2]] == [
            ("03-GGT/VPTU", "cho-ky", ""),
            ("01-GGT/VPTU", "bi-thay-the", "bị thay thế bởi 03-GGT/VPTU"),
        ]
        by_number = find_papers(Query(text="01-GGT/VPTU"), app).hits
        assert by_number[0].reference == "01-GGT/VPTU"
        (pdf,) = export_files(old, "pdf", office.root / "ra", app)
        assert pdf.name == "GGT-0001 Lương Thị Ngân (BỊ THAY THẾ).pdf"
    # The sheet without the mark would be printed by mistake.
    assert pdf.name in results(office)
    assert "GGT-0001 Lương Thị Ngân.pdf" not in results(office)
    assert "GGT-0002 Nông Thị Ngân (ĐÃ ĐÍNH CHÍNH).pdf" in results(office)


def test_the_old_sheet_is_carried_forward_byte_for_byte(office, cell):
    with opened(office, cell) as app:
        old = paper(app, "01-GGT/VPTU")
        object_id = f"urn:vanthu:doc:{old.id}"
        first, second = (
            {f.name: f.sha512 for f in app.objects.files(object_id, v)} for v in (1, 2)
        )

        assert (old.version, old.archived_version) == (2, 2)
        assert {name for name in first if first[name] != second[name]} == {"document.json"}
        assert first.keys() == second.keys()
        told = json.loads(app.objects.read(object_id, "document.json"))["document"]
        assert (told["legal_state"], told["holds_identity"]) == ("bi-thay-the", False)
        deed = next(line for line in app.registers.journal_of(old.id) if line.deed == "state")
        assert deed.person.startswith("nguoi-dung:")
        assert deed.data["reason"] == "bị thay thế bởi 03-GGT/VPTU"


def test_the_new_paper_stands_for_the_deed_and_dropped_again_is_itself(office, cell):
    drop_json(office, "lai.json", person(1, chi_bo="Chi bộ Tổng hợp", thay_the="01-GGT/VPTU"))
    drop_json(office, "khong-noi.json", person(1, chi_bo="Chi bộ Tổng hợp"))

    outcomes = process_here(office, cell)

    assert {(one.status, one.reference) for one in outcomes} == {("duplicate", "03-GGT/VPTU")}


def test_the_same_deed_with_other_content_comes_back_with_the_question(office, cell):
    drop_json(office, "khac.json", person(1, chi_bo="Chi bộ Quản trị"))

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.code) == ("returned", "R187")
    told = reason(office)
    assert "ghi «03-GGT/VPTU» vào mục «Thay thế văn bản»" in told
    assert "ghi «03-GGT/VPTU» vào mục «Cấp lại văn bản»" in told
    assert "ghi «có» vào mục «Cấp thêm số»" in told


def test_a_second_paper_of_a_deed_can_be_reissued_beside_the_first(office, cell):
    drop_json(office, "them.json", person(2, chi_bo="Chi bộ Cơ yếu", cap_them=True))
    process_here(office, cell)
    drop_json(office, "lai.json", person(2, chi_bo="Chi bộ Cơ yếu", cap_lai="05-GGT/VPTU"))

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.reference) == ("indexed", "06-GGT/VPTU")
    with opened(office, cell) as app:
        assert states(app)["05-GGT/VPTU"] == "bi-thay-the"
        assert states(app)["02-GGT/VPTU"] == "da-dinh-chinh"
        assert paper(app, "02-GGT/VPTU").holds_identity


def test_a_voided_replacement_gives_the_old_paper_its_state_and_its_deed_back(office, cell):
    with opened(office, cell) as app:
        app.registers.void(paper(app, "03-GGT/VPTU").id, "thay nhầm người", "Đinh Thị Ngân")
    process_here(office, cell)
    drop_json(office, "cu.json", person(1))

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.reference) == ("duplicate", "01-GGT/VPTU")
    with opened(office, cell) as app:
        assert states(app)["01-GGT/VPTU"] == "cho-ky"
        assert notes(app)["01-GGT/VPTU"] == ""
        last = app.registers.versions_of(paper(app, "01-GGT/VPTU").id)[-1]
        assert last.person == "Đinh Thị Ngân"
        assert "03-GGT/VPTU đã hủy số (thay nhầm người)" in last.reason
        about = describe(paper(app, "01-GGT/VPTU"), app)
        assert [one["words"] for one in about["related_from"]] == [
            "bị thay thế bởi 03-GGT/VPTU (số này đã hủy)"
        ]
        assert [one for one in unsound(app) if "03" not in one and " is void" not in one] == []


def test_what_happened_since_is_not_undone(office, cell):
    with opened(office, cell) as app:
        app.registers.set_state(
            paper(app, "01-GGT/VPTU").id, LegalState.THU_HOI, person="lan", reason="thu về"
        )
        app.registers.void(paper(app, "03-GGT/VPTU").id, "thay nhầm", "lan")

        assert states(app)["01-GGT/VPTU"] == "thu-hoi"


def test_after_a_rebuild_every_state_relation_and_note_is_the_same(office, cell):
    with opened(office, cell) as app:
        app.registers.void(paper(app, "04-GGT/VPTU").id, "đính chính nhầm", "lan")
    process_here(office, cell)
    with opened(office, cell) as app:
        # Nobody had the time to archive these two: the journal alone knows of them.
        app.registers.set_state(
            paper(app, "02-GGT/VPTU").id, LegalState.DA_KY, person="lan", reason="ký"
        )
        app.registers.void(paper(app, "03-GGT/VPTU").id, "thay nhầm", "lan")
        seal_all(app)
        before = _everything(app)
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()

    rebuild_office(office.root, FixedClock(datetime.now(UTC)))

    with opened(office, cell) as app:
        assert _everything(app) == before
    process_here(office, cell)
    with opened(office, cell) as app:
        assert [one.code for one in verify_office(app, deep=False)] == []
        assert states(app)["01-GGT/VPTU"] == "cho-ky"


def _everything(app):
    """What must survive the database: papers with states, relations and deeds they stand for, versions, books."""
    documents = [
        replace(document, archived_version=0, answered_version=0, indexed_version=0, files=())
        for piece in app.registers.dump()
        for document in piece.documents
        if document.number
    ]
    versions = [
        replace(version, inventory_sha512="")
        for document in documents
        for version in app.registers.versions_of(document.id)
    ]
    return documents, versions, notes(app), notes(app, "den")


def test_a_row_of_a_workbook_reissues_an_earlier_paper(office, cell):
    book = openpyxl.Workbook()
    sheet = book.active
    titles = ["Họ và tên", "Giới tính", "Ngày sinh", "Ngày vào Đảng", "Chi bộ", "Xã", "Tỉnh"]
    sheet.append([*titles, "Cấp lại văn bản"])
    for number, again in ((2, "02-GGT/VPTU"), (3, None)):
        one = person(number)
        names = ("ho_ten", "gioi_tinh", "ngay_sinh", "ngay_vao_dang", "chi_bo")
        names += ("noi_cu_tru_xa", "noi_cu_tru_tinh")
        sheet.append([*(one[name] for name in names), again])
    for row in sheet.iter_rows():
        for field in row:
            field.number_format = "@"
    book.save(inbox(office) / "ds.xlsx")

    outcomes = process_here(office, cell)

    assert sorted((one.status, one.reference) for one in outcomes) == [
        ("indexed", "05-GGT/VPTU"),
        ("indexed", "06-GGT/VPTU"),
    ], outcomes
    with opened(office, cell) as app:
        assert states(app)["02-GGT/VPTU"] == "bi-thay-the"
        assert notes(app)["02-GGT/VPTU"] == "Được cấp lại bằng 05-GGT/VPTU"


def test_a_paper_that_waits_does_what_it_says_when_it_is_issued(office, cell):
    with opened(office, cell) as app:
        later = paper(app, "04-GGT/VPTU")
        app.registers.void(later.id, "in lại", "lan")
        ruling = _waiting_paper(app, later)
        assert states(app)["02-GGT/VPTU"] == "cho-ky"

        app.registers.issue(replace(ruling, verdict=Verdict.NUMBER), "lan")

        assert states(app)["02-GGT/VPTU"] == "da-dinh-chinh"
        deed = app.registers.journal_of(paper(app, "02-GGT/VPTU").id)[-1]
        assert (deed.person, deed.data["reference"]) == ("lan", "05-GGT/VPTU")


def _waiting_paper(app, like):
    """A paper like another one, dropped and taken in without a number."""
    receipt_id, (document_id,) = receive(app.registers, ["x"])
    ruling = Ruling(
        document_id=document_id,
        verdict=Verdict.NO_NUMBER,
        record=like.record,
        facts=like.facts,
        series=like.number.series,
        reference_format="{so}-GGT/VPTU",
        issued_on=like.number.issued_on,
        legal_state=LegalState.CHO_KY,
        relations=like.relations,
    )
    app.registers.decide(receipt_id, [ruling])
    archive_all(app.registers)
    return ruling


# --- what cannot be ---


@pytest.mark.parametrize(
    ("field", "named", "code", "words"),
    [
        ("thay_the", "99-GGT/VPTU", "R140", "Nếu là văn bản của nơi khác"),
        ("thay_the", "01-GGT/VPTU", "R142", "văn bản ấy bị thay thế bởi 03-GGT/VPTU"),
        ("dinh_chinh", "31-CV/BTCTU", "R142", "chỉ cơ quan ấy làm được"),
        ("cap_lai", "31-CV/BTCTU", "R142", "cùng loại"),
        ("bai_bo", "02-GGT/VPTU; 2-GGT/VPTU", "R143", "trong cùng một bản ghi"),
        ("thay_the", "02-GGT/VPTU ngày 01/01/2020", "R140", "02-GGT/VPTU ngày 01/01/2020"),
    ],
)
def test_a_paper_that_cannot_be_meant_is_refused_by_name(office, cell, field, named, code, words):
    drop_json(office, "sai.json", person(9, **{field: named}))

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.code) == ("returned", code), outcome.message
    assert words in outcome.message


def test_of_two_papers_with_one_reference_the_day_or_the_id_decides(office, cell, tmp_path):
    drop(office, VAN_BAN_DEN, "x.pdf", paper_bytes(tmp_path, "Cong van 31 khac"))
    other = letter(31, co_quan_ban_hanh="Ban Tuyên giáo Tỉnh ủy Hà Sơn", ngay_van_ban="2026-10-05")
    drop_json(office, "x.json", other, VAN_BAN_DEN)
    process_here(office, cell)
    drop_json(office, "hai.json", person(9, bai_bo="31-CV/BTCTU"))

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.code) == ("returned", "R141")
    assert "31-CV/BTCTU ngày 05/10/2026 (mã " in outcome.message
    drop_json(office, "mot.json", person(9, bai_bo="31-CV/BTCTU ngày 05/10/2026"))
    (outcome,) = process_here(office, cell)
    assert outcome.status == "indexed", outcome.message
    with opened(office, cell) as app:
        found = {one.facts.their_date: one for one in app.registers.find("31-CV/BTCTU")}
        assert found[date(2026, 10, 5)].legal_state is LegalState.THU_HOI
        assert found[date(2026, 11, 2)].legal_state is LegalState.DA_PHAT_HANH


def test_two_rows_cannot_replace_one_paper(office, cell):
    rows = [person(n, thay_the="02-GGT/VPTU") for n in (21, 22)]
    drop_json(office, "hai.json", rows)

    outcomes = process_here(office, cell)

    assert sorted((one.status, one.code) for one in outcomes) == [
        ("indexed", None),
        ("returned", "R143"),
    ]


def test_a_record_that_came_late_for_an_incoming_paper_may_name_an_earlier_one(
    office, cell, tmp_path
):
    drop(office, VAN_BAN_DEN, "moi.pdf", paper_bytes(tmp_path, "Cong van 40"))
    process_here(office, cell)
    drop_json(office, "moi.json", letter(40, thay_the="31-CV/BTCTU"), VAN_BAN_DEN)

    process_here(office, cell)

    with opened(office, cell) as app:
        old = paper(app, "31-CV/BTCTU")
        assert describe(old, app)["legal_state_words"] == "bị thay thế bởi 40-CV/BTCTU"


# --- states by hand ---


def test_the_state_command_shows_changes_and_asks_for_a_reason(office, cell):
    shown = run(office, "state", "01-GGT/VPTU", "03-GGT/VPTU")
    assert shown.status == 0
    assert "01-GGT/VPTU: bị thay thế bởi 03-GGT/VPTU." in shown.stdout
    assert "da-ky (đã ký)" in shown.stdout

    silent = run(office, "state", "03-GGT/VPTU", "da-ky")
    assert (silent.status, "--reason" in silent.stderr) == (64, True)

    refused = run(office, "state", "03-GGT/VPTU", "01-GGT/VPTU", "da-ky", "--reason", "ký")
    assert refused.status == 2
    assert "Chưa đổi trạng thái của văn bản nào" in refused.stderr

    before = results(office)
    words = ("đã", "phát", "hành", "--reason", "gửi đi", "--person", "Lan", "--date", "01/11/2026")
    done = run(office, "state", "03-GGT/VPTU", "04-GGT/VPTU", *words)
    assert done.status == 0, done.stderr
    process_here(office, cell)
    assert results(office) == before  # no news to her
    with opened(office, cell) as app:
        assert states(app)["04-GGT/VPTU"] == "da-phat-hanh"
        deeds = app.registers.journal_of(paper(app, "04-GGT/VPTU").id)
        (changed,) = [one for one in deeds if one.deed == "state"]
        assert (changed.person, changed.data["on"]) == ("Lan", "2026-11-01")

    void = run(office, "state", "03-GGT/VPTU", "huy-so", "--reason", "sai")
    assert void.status == 0, void.stderr
    with opened(office, cell) as app:
        assert notes(app)["03-GGT/VPTU"] == "Hủy số: sai"
        assert states(app)["01-GGT/VPTU"] == "cho-ky"


def test_a_state_that_only_the_registers_know_is_a_finding(office, cell):
    with opened(office, cell) as app:
        with app.registers.db.cursor() as cursor:
            cursor.execute(
                "UPDATE documents SET legal_state = 'da-ky' WHERE legal_state = 'cho-ky'"
            )
        found = list(verify_office(app, deep=False))

    assert [(one.code, one.where) for one in found] == [
        ("A456", "03-GGT/VPTU"),
        ("A456", "04-GGT/VPTU"),
    ]


def test_numbers_without_a_signature_are_found_after_a_working_day(tmp_path, cell):
    office = small_office(tmp_path)
    toml = (tmp_path / "vanthu.toml").read_text(encoding="utf-8")
    toml = toml.replace("ngay_nghi = []", "ngay_nghi = [2026-11-03]")
    (tmp_path / "vanthu.toml").write_text(toml, encoding="utf-8")
    office = load_office(tmp_path)
    clock = FixedClock(MONDAY)
    drop_json(office, "a.json", person(1))
    drop_json(office, "b.json", person(2))
    process_here(office, cell, clock)

    def found_on(day):
        clock.moment = clock.moment.replace(day=day)
        with opened(office, cell, clock) as app:
            return [(one.code, one.where) for one in verify_office(app, deep=False)]

    assert found_on(4) == []  # Tuesday was a holiday
    assert found_on(5) == [("A455", "01-GGT/VPTU"), ("A455", "02-GGT/VPTU")]
    with opened(office, cell, clock) as app:
        app.registers.set_state(
            paper(app, "01-GGT/VPTU").id, LegalState.DA_KY, person="lan", reason="ký"
        )
    process_here(office, cell, clock)
    assert found_on(9) == [("A455", "02-GGT/VPTU")]


def test_the_doctor_counts_numbers_without_a_signature_and_names_the_first(tmp_path, cell):
    office = small_office(tmp_path)
    clock = FixedClock(SystemClock().now() - timedelta(days=10))
    drop_json(office, "nhieu.json", [person(number) for number in range(60, 67)])
    process_here(office, cell, clock)

    told = run(office, "doctor").stdout

    line = "CẦN CHÚ Ý  Văn bản có số quá một ngày làm việc chưa ghi nhận đã ký: 7\n"
    named = ", ".join(f"{number:02d}-GGT/VPTU" for number in range(1, 6))
    assert line in told
    assert f"{named}, …. (A455) Ký rồi: «vanthu state SỐ da-ky»" in told


def test_many_unsigned_sheets_of_one_series_are_one_finding(tmp_path, cell):
    office = small_office(tmp_path)
    clock = FixedClock(MONDAY)
    drop_json(office, "nhieu.json", [person(number) for number in range(30, 52)])
    process_here(office, cell, clock)
    clock.moment = clock.moment.replace(day=6)

    with opened(office, cell, clock) as app:
        (found,) = [one for one in verify_office(app, deep=False) if one.code == "A455"]

    assert found.where == "GGT/VPTU: 22 văn bản, số 1–22"


# --- words ---


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("da-ky", LegalState.DA_KY),
        ("Đã Ký", LegalState.DA_KY),
        ("bi thay the", LegalState.BI_THAY_THE),
        ("đã thu hồi", LegalState.THU_HOI),
        ("thu-hoi", LegalState.THU_HOI),
        ("HỦY SỐ", LegalState.HUY_SO),
        ("07-GGT/VPTU", None),
    ],
)
def test_states_are_read_as_people_write_them(written, state):
    assert state_named(written) is state


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        (
            ("phat-hanh",),
            "không có trạng thái «phat-hanh»; có phải là da-phat-hanh (đã phát hành)?",
        ),
        (("ky",), "có phải là da-ky (đã ký)?"),
        (("gửi", "đi"), "không có trạng thái «gửi đi»; có phải là da-phat-hanh (đã phát hành)?"),
        (
            ("xong", "rồi"),
            "không có trạng thái «xong rồi». Các trạng thái: du-thao (dự thảo), cho-ky",
        ),
    ],
)
def test_a_word_that_is_no_state_is_told_with_those_that_are(tmp_path, said, hint):
    told = run(small_office(tmp_path), "state", "07-GGT/VPTU", *said, "--reason", "ký")

    assert told.status == 64
    assert hint in told.stderr
    assert "huy-so (đã hủy số)" in told.stderr
    assert "vanthu search" not in told.stderr


def test_only_papers_with_a_number_can_be_replaced_and_only_drafts_go_back():
    assert LegalState.BI_THAY_THE not in next_states(LegalState.CHO_KY, has_number=False)
    assert LegalState.DU_THAO in next_states(LegalState.CHO_KY, has_number=False)
    assert LegalState.DU_THAO not in next_states(LegalState.CHO_KY, has_number=True)


def test_a_marked_name_stays_a_name_of_any_system():
    long = "Ế" * 300 + ".pdf"

    assert marked_name("a.pdf", LegalState.DA_KY) == "a.pdf"
    assert marked_name("a.pdf", LegalState.HUY_SO) == "a (ĐÃ HỦY SỐ).pdf"
    assert len(marked_name(long, LegalState.BI_THAY_THE).encode()) <= 235
