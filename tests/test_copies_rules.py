"""Who may make which copy of which paper, and of which file: refused copies say why and name the right way."""

from __future__ import annotations

import pytest
from copies_kit import (
    ATTESTED,
    SAO_LUC,
    SAO_Y,
    SHORT,
    TRICH_SAO,
    ask,
    receive,
    receive_scan,
    register,
)
from odd_pdfs import write_pdf
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    letter,
    opened,
    person,
    process_here,
    small_office,
)
from signing_kit import make_authority, sign

from pipeline.incoming import Word, confirm
from pipeline.incoming_back import SendingBack, send_back
from pipeline.record import LegalState
from pipeline.signed_paper import trust_dir

OURS = "01-GGT/VPTU"


@pytest.fixture(scope="module")
def office(tmp_path_factory, cell):
    """Papers of all sorts, archived: ours (1), electronic (12, two pages), scans (20 fine, 21 coarse, 22 marked), signed (30, 31)."""
    tmp_path = tmp_path_factory.mktemp("office")
    office = small_office(tmp_path)
    drop_json(office, "gt.json", person(1))
    receive(office, tmp_path, 12, SHORT, SHORT)
    receive_scan(office, tmp_path, 20)
    receive_scan(office, tmp_path, 21, dpi=120)
    receive_scan(office, tmp_path, 22, luu_hanh=["khong-sao-chup", "luu-hanh-noi-bo"])
    receive_scan(office, tmp_path, 23)
    receive_scan(office, tmp_path, 24)
    known, stranger = make_authority(), make_authority()
    known.trusted_in(trust_dir(office))
    plain = write_pdf(tmp_path / ".plain.pdf", (SHORT,))
    for number, authority in ((30, known), (31, stranger)):
        signed = sign(plain, tmp_path / f".signed{number}.pdf", authority)
        drop(office, VAN_BAN_DEN, f"cv{number}.pdf", signed.read_bytes())
        drop_json(office, f"cv{number}.json", letter(number), VAN_BAN_DEN)
    receive_scan(office, tmp_path, 25)
    process_here(office, cell)
    with opened(office, cell) as app:
        back = SendingBack(reason="gửi nhầm", person="Lan")
        send_back("25-CV/BTCTU", back, tmp_path / "phieu.pdf", app)
        for reference, state in (("23", LegalState.THU_HOI), ("24", LegalState.BI_THAY_THE)):
            (paper,) = app.registers.find(f"{reference}-CV/BTCTU")
            app.registers.set_state(paper.id, state, person="Lan", reason="thử")
    process_here(office, cell)
    return office


def outcome(office, cell, typed, form, **more):
    ask(office, f"{form} {typed[:2]} {sorted(more)}.json", typed, form, **more)
    (told,) = process_here(office, cell)
    return told


REFUSED = {
    "sao_y_of_theirs": ("20-CV/BTCTU", SAO_Y, {}, "R260", "sao lục"),
    "sao_luc_of_ours": (OURS, SAO_LUC, {}, "R260", "sao y"),
    "ours_without_the_signed_scan": (OURS, SAO_Y, {}, "R261", "bản quét đã ký"),
    "electronic_without_signature": ("12-CV/BTCTU", SAO_LUC, {}, "R261", "không có chữ ký số"),
    "signed_by_a_stranger": ("31-CV/BTCTU", SAO_LUC, {}, "R261", "chưa rõ nơi cấp chứng thư"),
    "marks": ("22-CV/BTCTU", SAO_LUC, {}, "R262", "«Không sao chụp»"),
    "marks_attested_only": ("22-CV/BTCTU", SAO_LUC, ATTESTED, "R262", "Lưu hành nội bộ"),
    "replaced": ("24-CV/BTCTU", SAO_LUC, {}, "R262", "bị thay thế"),
    "withdrawn": ("23-CV/BTCTU", SAO_LUC, ATTESTED, "R193", "thu hồi"),
    "sent_back": ("25-CV/BTCTU", SAO_LUC, ATTESTED, "R193", "văn bản đã trả lại nơi gửi."),
    "no_such_page": (
        "12-CV/BTCTU",
        TRICH_SAO,
        {"trang_trich": "2-3", **ATTESTED},
        "R263",
        "có 2 trang",
    ),
    "too_coarse": ("21-CV/BTCTU", SAO_LUC, {"dien_tu": True}, "R264", "120 dpi"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_copy_that_may_not_be_made_is_returned_with_what_to_do(office, cell, name):
    typed, form, more, code, words = REFUSED[name]

    told = outcome(office, cell, typed, form, **more)

    assert (told.status, told.code) == ("returned", code), told.message
    assert words in told.message


ALLOWED = {
    "scan_received": ("20-CV/BTCTU", SAO_LUC, {}, "ban-quet"),
    "coarse_scan_on_paper": ("21-CV/BTCTU", SAO_LUC, {}, "ban-quet"),
    "ours_attested": (OURS, SAO_Y, ATTESTED, "doi-chieu"),
    "electronic_signed": ("30-CV/BTCTU", SAO_LUC, {}, "chu-ky-so"),
    "electronic_attested": ("12-CV/BTCTU", SAO_LUC, ATTESTED, "doi-chieu"),
    "part_of_theirs": ("12-CV/BTCTU", TRICH_SAO, {"trang_trich": "2", **ATTESTED}, "doi-chieu"),
    "part_of_ours": (OURS, TRICH_SAO, {"trang_trich": "1", **ATTESTED}, "doi-chieu"),
    "marks_decided": (
        "22-CV/BTCTU",
        SAO_LUC,
        {"van_sao_boi": "Nguyễn Hữu Thọ", "van_sao_ly_do": "nơi gửi đồng ý"},
        "ban-quet",
    ),
    "replaced_decided": (
        "24-CV/BTCTU",
        SAO_LUC,
        {"van_sao_boi": "Nguyễn Hữu Thọ", "van_sao_ly_do": "để đối chiếu"},
        "ban-quet",
    ),
}


def test_all_forms_take_their_numbers_from_one_series_and_journal_and_register_say_who_answers(
    office, cell
):
    made = {
        name: outcome(office, cell, typed, form, **more)
        for name, (typed, form, more, _) in ALLOWED.items()
    }

    assert {name: told.message for name, told in made.items() if told.status != "indexed"} == {}
    references = [told.reference for told in made.values()]
    assert references == [f"{n:02d}-BS/VPTU" for n in range(1, len(ALLOWED) + 1)]
    lines = {row["Số, ký hiệu"]: row for row in register(office, cell)}
    assert "đối chiếu với bản chính giấy: Đinh Thùy Nhung" in lines["03-BS/VPTU"]["Ghi chú"]
    assert "Quyết định sao: Nguyễn Hữu Thọ (nơi gửi đồng ý)" in lines["08-BS/VPTU"]["Ghi chú"]
    assert lines["03-BS/VPTU"]["Loại bản sao"] == "Sao y bản chính"
    with opened(office, cell) as app:
        assert (
            len({series.key for series in app.registers.series() if series.key.book == "sao"}) == 1
        )
        for name, (_, _, more, ground) in ALLOWED.items():
            (line,) = [
                one
                for one in app.registers.journal_of(made[name].document_id)
                if one.deed == "numbered"
            ]
            assert line.data["copy"]["ground"] == ground
            assert line.data["copy"].get("attested_by", "") == more.get("doi_chieu_boi", "")
            assert line.data["copy"].get("decided_by", "") == more.get("van_sao_boi", "")


def test_a_copy_of_a_copy_is_refused(office, cell):
    copy = outcome(office, cell, "20-CV/BTCTU", SAO_LUC, noi_nhan=["Phòng Tổng hợp"])

    told = outcome(office, cell, copy.reference, TRICH_SAO, trang_trich="1")

    assert told.code == "R193"
    assert "bản sao, không phải bản chính" in told.message


def test_a_signature_is_judged_again_with_the_next_version(tmp_path, cell):
    office = small_office(tmp_path / "office")
    authority = make_authority()
    signed = sign(write_pdf(tmp_path / ".plain.pdf", (SHORT,)), tmp_path / "cv.pdf", authority)
    drop(office, VAN_BAN_DEN, "cv31.pdf", signed.read_bytes())
    drop_json(office, "cv31.json", letter(31), VAN_BAN_DEN)
    process_here(office, cell)
    authority.trusted_in(trust_dir(office))
    assert "chưa rõ nơi cấp" in outcome(office, cell, "31-CV/BTCTU", SAO_LUC).message

    with opened(office, cell) as app:
        confirm("1", Word(person="Lan", said={"signer": "Vi Thị An"}), app)
    process_here(office, cell)

    assert outcome(office, cell, "31-CV/BTCTU", SAO_LUC, so_ban=2).status == "indexed"
