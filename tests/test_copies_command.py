"""Copies asked for by command: made like dropped ones, held by whom, revoked, and known again by file or code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from copies_kit import receive, receive_scan, register
from helpers import make_office
from office_kit import drop, opened, process_here, run, start, unsound
from office_kit import finish as finish_process
from PIL import Image, ImageChops, ImageFilter
from signing_kit import scan

from pipeline.copies import (
    UNSIGNED_WORDS,
    Asked,
    Verdict,
    ask_for_copy,
    check_code,
    check_file,
    copies_of,
    find_copy,
    give,
    holders_of,
    outcome_of,
    revoke,
)
from pipeline.copy_code import ALPHABET, new_code, read_code, spelled
from pipeline.document_object import document_object, rendition
from pipeline.engines import codes, raster
from pipeline.errors.copies import (
    CodeMistyped,
    CopyReturned,
    CopyRevokedAlready,
    NoSuchCopy,
    NoSuchSerial,
)
from pipeline.process_once import finish
from pipeline.record import CopyForm, LegalState
from pipeline.signed_back import FOLDER, signed_file

LIMITS = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}


@pytest.fixture(scope="module")
def office(tmp_path_factory, cell):
    tmp_path = tmp_path_factory.mktemp("office")
    usual = {"noi_nhan": ["Các chi bộ", "Văn phòng"], "nguoi_ky": "pcvp", "ma_xac_thuc": True}
    office = make_office(tmp_path, gioi_han=LIMITS, ban_sao=usual)
    receive_scan(office, tmp_path, 20)
    receive(office, tmp_path, 12)
    process_here(office, cell)
    return office


def made(office, cell, **asked):
    wanted = {"form": CopyForm.SAO_LUC, "paper": "20-CV/BTCTU", "person": "Hoàng Lan"} | asked
    with opened(office, cell) as app:
        receipt = ask_for_copy(Asked(**wanted), app)
        assert finish({receipt}, app, seconds=60)
        return outcome_of(receipt, app)


def test_the_command_tells_reference_id_and_file_and_the_office_file_what_was_not_said(
    office, cell
):
    ran = run(office, "copy", "20-cv/btctu", "--form", "sao-luc", "--json", "--person", "Hoàng Lan")

    assert ran.status == 0, ran.stderr
    (told,) = ran.lines
    assert set(told) == {"reference", "document_id", "file"}
    text = " ".join(raster.text(Path(told["file"])).split())
    assert told["reference"] in text
    assert "Các chi bộ" in text
    assert "Đinh Trọng Nghĩa" in text
    row = next(one for one in register(office, cell) if one["Số, ký hiệu"] == told["reference"])
    assert "Người sao: Hoàng Lan" in row["Ghi chú"]
    again = run(office, "copy", "20-CV/BTCTU", "--form", "sao-luc", "--json").lines
    assert again == [told], "the same copy asked for again is the same deed"
    other = run(office, "copy", "20-CV/BTCTU", "--form", "sao-luc", "--note", "gửi thêm")
    assert other.status == 2
    assert "thêm --again" in other.stderr
    with opened(office, cell) as app:
        assert unsound(app) == []


def test_a_copy_asked_for_beside_a_running_office_is_answered_with_its_number(tmp_path):
    usual = {"noi_nhan": ["Các chi bộ"], "nguoi_ky": "pcvp"}
    office = make_office(tmp_path, gioi_han=LIMITS, ban_sao=usual)
    receive_scan(office, tmp_path, 20)
    run(office, "process")
    running = start(office, "run")
    try:
        told = [
            run(
                office, "copy", "20-CV/BTCTU", "--form", "sao-luc", "--to", f"Chi bộ {at}", "--json"
            )
            for at in range(1, 4)
        ]
    finally:
        running.terminate()
        finish_process(running)

    assert [one.status for one in told] == [0, 0, 0], [one.stderr for one in told]
    assert [one.lines[0]["reference"] for one in told] == [f"0{at}-BS/VPTU" for at in (1, 2, 3)]


def test_what_the_flow_refuses_the_command_refuses_with_status_two(office, cell):
    ran = run(office, "copy", "12-CV/BTCTU", "--form", "sao-luc")

    assert ran.status == 2
    assert "Đã đối chiếu với bản chính giấy" in ran.stderr
    assert '--attested-by "họ tên người đối chiếu"' in ran.stderr
    with pytest.raises(CopyReturned, match="R269"):
        made(office, cell, paper="12-CV/BTCTU", note="khác")


def test_the_signed_copy_comes_back_with_its_code_and_is_its_next_version(office, cell, tmp_path):
    copy, path = made(office, cell, recipients=("Chi bộ Bắc", "Chi bộ Nam"))
    drop(office, FOLDER, "ban-sao-da-ky.pdf", scan(path, tmp_path))

    [outcome] = process_here(office, cell)

    assert (outcome.status, outcome.document_id, outcome.code) == ("duplicate", copy.id, None)
    with opened(office, cell) as app:
        signed = app.registers.get(copy.id)
        assert signed.legal_state is LegalState.DA_KY
        assert signed_file(signed.files) == "signed/ban-sao-da-ky.pdf"
        assert check_code(spelled(copy.facts.verification), app).copy.id == copy.id
        assert unsound(app) == []
    told = run(office, "copies", copy.number.reference).stdout
    assert told.count("theo nơi nhận") == 2
    assert "giao" not in told
    said = ("--to", "chi bộ nam", "--person", "Lan")
    given = run(office, "copy-give", copy.number.reference, *said).stdout
    assert (given.count("Lan giao"), given.count("theo nơi nhận")) == (1, 1)


def test_numbered_copies_have_one_number_and_each_says_which_it_is(office, cell):
    copy, path = made(office, cell, serials=4, recipients=("A", "B", "C", "D"))

    texts = raster.page_texts(path)

    # As without serial numbers: the block stands on the paper's last page, which has room.
    pages = 1
    assert len(texts) == 4 * pages
    assert [f"Bản số {n}/4" in texts[n * pages - 1] for n in range(1, 5)] == [True] * 4
    assert all(copy.number.reference in texts[n * pages - 1] for n in range(1, 5))
    row = next(o for o in register(office, cell) if o["Số, ký hiệu"] == copy.number.reference)
    assert (row["Số lượng bản"], row["Số trang"]) == ("4", str(pages))
    with opened(office, cell) as app:
        assert [(one.serial, one.holder) for one in holders_of(copy, app)] == [
            *((1, "A"), (2, "B"), (3, "C"), (4, "D"))
        ]


def test_who_holds_which_copy_is_told_after_a_rebuild_too(office, cell):
    copy, _ = made(office, cell, serials=3, recipients=("Các chi bộ",), note="ba bản")
    with opened(office, cell) as app:
        give(copy, 2, "Đồng chí Lương Đức Hiền", "Lan", app)
        revoke(copy, 3, "in hỏng", "Lan", app)
        with pytest.raises(CopyRevokedAlready):
            revoke(copy, 3, "lần nữa", "Lan", app)
        with pytest.raises(NoSuchSerial):
            give(copy, 4, "Ai", "Lan", app)
        with pytest.raises(NoSuchCopy):
            find_copy("20-CV/BTCTU", app)
        before = holders_of(copy, app)
    assert [(one.serial, one.holder, one.why) for one in before] == [
        (1, "", ""),
        (2, "Đồng chí Lương Đức Hiền", ""),
        (3, "", "in hỏng"),
    ]
    process_here(office, cell)
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    shutil.rmtree(office.index_dir)
    assert run(office, "rebuild").status == 0
    with opened(office, cell) as app:
        again = find_copy(copy.number.reference, app)
        assert holders_of(again, app) == before
        assert check_code(spelled(copy.facts.verification), app).copy.id == copy.id
        (original,) = app.registers.find("20-CV/BTCTU")
        assert copy.id in [one.id for one in copies_of(original, app)]
        assert unsound(app) == []


def test_a_copy_is_known_again_by_its_file_and_its_code_until_it_is_revoked(office, cell, tmp_path):
    copy, path = made(office, cell, recipients=("Đảng ủy xã Đồng Lâm",))
    kept = Path(shutil.copy(path, tmp_path / "ban sao.pdf"))
    changed = tmp_path / "sua.pdf"
    changed.write_bytes(kept.read_bytes().replace(b"/Type", b"/type", 1))
    code = spelled(copy.facts.verification)
    assert code in raster.text(kept)
    with opened(office, cell) as app:
        assert check_file(kept, app).verdict is Verdict.UNCHANGED
        assert check_file(changed, app).verdict is Verdict.UNKNOWN
        assert check_code(code.lower().replace("-", " "), app).copy.id == copy.id
        assert check_code(new_code(), app).verdict is Verdict.UNKNOWN
        with pytest.raises(CodeMistyped, match="R265"):
            check_code(code[:-1] + next(s for s in ALPHABET if s != code[-1]), app)
        revoke(copy, 0, "sao nhầm văn bản", "Lan", app)
        with pytest.raises(CopyRevokedAlready):
            revoke(app.registers.get(copy.id), 0, "lần nữa", "Lan", app)
    process_here(office, cell)
    with opened(office, cell) as app:
        for answer in (check_file(kept, app), check_code(code, app)):
            assert answer.verdict is Verdict.REVOKED
            assert "sao nhầm văn bản" in " ".join(answer.remarks)
    ran = run(office, "check", str(kept), "--json")
    assert (ran.status, ran.lines[0]["verdict"]) == (2, "thu-hoi")
    # The sheet without the mark would be printed by mistake; the archive has it.
    lying = [one.name for one in path.parent.glob("*.pdf")]
    assert lying == [f"{path.stem} (ĐÃ THU HỒI).pdf"]


def test_the_line_with_the_code_of_an_electronic_copy_is_seen_whole(office, cell):
    done, path = made(office, cell, form=CopyForm.TRICH_SAO, pages="1", is_electronic=True)
    page, pixel = raster.gray(path, 0, dpi=300), 300 / 25.4
    words = raster.page_words(path, 0)
    (code,) = [word for word in words if word.text.count("-") == 4]
    line = [word for word in words if abs(word.top_mm - code.top_mm) < 2]

    # What the drawing's edge cuts off is still there as text: it is looked at.
    def has_ink(left_mm, right_mm):
        sides_mm = (left_mm, code.top_mm, right_mm, code.bottom_mm)
        part = page.crop(tuple(round(side * pixel) for side in sides_mm))
        return part.getextrema()[0] < 100

    first_mm = min(word.left_mm for word in line)
    assert read_code(code.text) == done.facts.verification
    assert " ".join(word.text for word in line).startswith("TRÍCH SAO (trang 1)")
    assert has_ink(first_mm, first_mm + 2)
    assert has_ink(code.right_mm - 2, code.right_mm)
    assert code.right_mm < 210 - 4


def photocopied(picture, *, dpi, blur_mm, threshold, turn):
    """What a copier makes of a page: lens, a page laid down crooked, toner or none, specks."""
    seen = picture.filter(ImageFilter.GaussianBlur(blur_mm / 25.4 * dpi))
    grain = Image.effect_noise(picture.size, 40)
    seen = ImageChops.add(seen, grain, offset=-128)
    laid = seen.rotate(turn, Image.Resampling.BILINEAR, fillcolor=255)
    toner = laid.point([255 * (value > threshold) for value in range(256)])
    return toner.filter(ImageFilter.GaussianBlur(0.03 / 25.4 * dpi))


@pytest.mark.parametrize("blur_mm", [0.05, 0.1, 0.15])
@pytest.mark.parametrize("threshold", [90, 165])
def test_the_code_is_read_from_a_photocopy_of_a_photocopy(office, cell, blur_mm, threshold):
    done, path = made(office, cell, again=True)
    last = raster.page_count(path) - 1
    page = raster.gray(path, last, dpi=300)
    for turn in (0.7, -1.1):
        page = photocopied(page, dpi=300, blur_mm=blur_mm, threshold=threshold, turn=turn)
    scanned = page.resize((page.width // 2, page.height // 2), Image.Resampling.BILINEAR)

    (told,) = codes.codes_on(scanned)

    assert told.startswith(done.number.reference)
    assert codes.codes_on(raster.gray(path, last, dpi=150)) == [told]


def test_a_copy_and_its_original_are_shown_with_each_other(office, cell):
    copy, _ = made(office, cell, recipients=("Phòng Tổng hợp",))

    shown = run(office, "show", copy.number.reference).stdout
    original = run(office, "show", "20-CV/BTCTU").stdout

    assert "Sao từ 20-CV/BTCTU" in shown
    assert "PDF/A: chưa kiểm" in shown
    assert "sao từ bản quét văn bản nhận được" in shown
    assert f"Được sao tại {copy.number.reference}" in original
    with opened(office, cell) as app:
        paper = app.registers.get(copy.id)
        names = tuple(file.name for file in paper.files)
        assert app.objects.open(document_object(paper.id), rendition(names, ".pdf")).is_file()


def test_one_wrong_sign_or_two_swapped_are_told_as_mistyped():
    code = new_code()

    assert set(ALPHABET).isdisjoint("O0I1L")
    assert len(ALPHABET) ** (len(code) - 1) > 2**80
    for at in range(len(code)):
        for sign in ALPHABET:
            if sign != code[at]:
                with pytest.raises(CodeMistyped):
                    read_code(code[:at] + sign + code[at + 1 :])
    for at in range(len(code) - 1):
        if code[at] != code[at + 1]:
            swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
            with pytest.raises(CodeMistyped):
                read_code(swapped)


def test_a_copy_that_nobody_signed_yet_is_only_meant_for_its_holders(office, cell, tmp_path):
    copy, path = made(office, cell, serials=2, recipients=("Chi bộ 1", "Chi bộ 2"), note="hai")
    kept = Path(shutil.copy(path, tmp_path / "ban sao.pdf"))
    told = run(office, "copies", copy.number.reference).stdout
    asked = run(office, "check", str(kept), "--json")

    assert told.count("dự kiến gửi, chưa ghi nhận bản ký") == 2
    assert (asked.status, asked.lines[0]["signed"]) == (0, False)
    assert asked.lines[0]["words"] == UNSIGNED_WORDS
    with opened(office, cell) as app:
        give(copy, 1, "Chi bộ 1", "Lan", app)
        assert [one.is_intended for one in holders_of(copy, app)] == [False, True]
        assert [one.is_unsigned for one in holders_of(copy, app)] == [True, False]
    number = copy.number.reference
    ran = run(office, "copy-give", number, "--serial", "2", "--to", "Chi bộ 2", "--person", "Lan")
    assert ran.status == 0, ran.stderr
    assert ran.stdout.count("Lan giao, chưa ghi nhận bản ký") == 2
    assert f"{number} còn «chờ ký»: kho chưa ghi nhận bản ký, đóng dấu" in ran.stdout
    assert f'vanthu state {number} "đã ký"' in ran.stdout
    with opened(office, cell) as app:
        app.registers.set_state(copy.id, LegalState.DA_KY, person="Lan", reason="đã ký")
        signed = app.registers.get(copy.id)
        held = holders_of(signed, app)
        assert [(one.is_intended, one.is_unsigned) for one in held] == [(False, False)] * 2
        process_here(office, cell)
        assert "đang có hiệu lực" in check_file(kept, app).words
    again = run(office, "copy-give", number, "--serial", "2", "--to", "Chi bộ 2", "--person", "Lan")
    assert "bản ký" not in again.stdout


def test_a_copy_of_some_pages_says_which_of_how_many(office, cell):
    _, path = made(office, cell, form=CopyForm.TRICH_SAO, pages="1", recipients=("Trang 1",))
    text = " ".join(raster.text(path).split())
    assert "(trang 1 trong 01 trang của bản chính)" in text
    assert "gồm 01 trang" not in text
