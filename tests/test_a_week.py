"""A week of an office by its own commands: whatever the law asks of a paper between its drop and its last day."""

from __future__ import annotations

import subprocess

import pytest
from helpers import example
from office_kit import drop_json, drop_sheet, person, run, small_office

from pipeline.clock import SystemClock, today
from pipeline.config import load_office

VAN_BAN = "van-ban"
LAN = ("--person", "Đinh Thị Lan")


def letter(subject):
    return example(VAN_BAN, "cong-van-mot-noi") | {"trich_yeu": subject}


def do(office, *words, status=0):
    ran = run(office, *words)
    assert ran.status == status, (words, ran.stdout, ran.stderr)
    return ran


def process(office, status=0):
    return do(office, "process", "--json", status=status).lines


def shown(office, ref):
    (about,) = do(office, "show", ref, "--json").lines
    return about


def pdf_text(path):
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """Each day goes on from the day before; what it saw is looked at below."""
    folder = tmp_path_factory.mktemp("tuan")
    office = small_office(folder / "van-phong")
    saw = {"office": office, "folder": folder, "year": str(today(SystemClock()).year)}
    for day in (monday, tuesday, wednesday, thursday, friday):
        day(office, folder, saw)
    return saw


def monday(office, _folder, saw):
    """Two letters go to be signed; one comes back unsigned, the other is signed and numbered."""
    drop_json(office, "mot.json", letter("về việc cử cán bộ đi học"), VAN_BAN)
    drop_json(office, "hai.json", letter("về việc mượn hội trường"), VAN_BAN)
    saw["drafts"] = process(office)
    one, two = (line["document_id"] for line in saw["drafts"])
    do(office, "state", two, "thu-hoi", "--reason", "Chánh Văn phòng không ký", *LAN)
    saw["issued"] = do(office, "issue", one, "--json", *LAN).lines
    saw["refused"] = run(office, "issue", two, *LAN)
    do(office, "state", "01-CV/VPTU", "da-phat-hanh", "--reason", "gửi qua mạng", *LAN)


def tuesday(office, _folder, _saw):
    """A number by telephone, one kept for a colleague, one for a secret paper."""
    told = ("--source", "dien-thoai", "--for", "Ban Tổ chức", "--reason", "cấp gấp qua điện thoại")
    day = f"{today(SystemClock()):%d/%m/%Y}"
    do(office, "number", "enter", "02-CV/VPTU", "--date", day, *told, *LAN)
    kept = ("--for", "đ/c Nông Văn Bách", "--reason", "văn bản đang trình", "--until", "31/12/2099")
    do(office, "number", "reserve", "CV", *kept, *LAN)
    do(office, "number", "secret", "CV", *LAN)
    drop_json(office, "dien-thoai.json", letter("về lịch họp") | {"so_da_cap": "02"}, VAN_BAN)
    process(office)


def wednesday(office, _folder, saw):
    """Introductions are printed with their numbers; a name turns out to be wrong."""
    drop_sheet(office, "ds.xlsx", [person(1), person(2), person(3)])
    process(office)
    drop_json(office, "sua.json", person(2, ho_ten="Lương Văn Hiển", thay_the="02-GGT/VPTU"))
    saw["mended"] = process(office)


def thursday(office, folder, saw):
    """The auditor wants the books."""
    year = saw["year"]
    do(office, "register", "di", "--close", year, "--yes", "-o", str(folder / "so"), *LAN)
    do(office, "register", "huy-giu-so", "--format", "pdf", "-o", str(folder / "so" / "huy.pdf"))
    saw["gaps"] = do(office, "number", "gaps").stdout


def friday(office, folder, saw):
    """A backup in the morning, work until noon, the machine breaks; later a paper must go."""
    do(office, "backup", str(folder / "usb"), *LAN)
    drop_json(office, "truoc-trua.json", person(9))
    saw["before noon"] = process(office)
    restored = folder / "may-moi"
    do(office, "restore", str(folder / "usb"), str(restored), *LAN)
    saw["restored"] = load_office(restored)
    drop_json(saw["restored"], "sau-trua.json", person(10))
    saw["waits"] = process(saw["restored"], status=75)
    why = ("--last", "5", "--reason", "đối chiếu sổ giấy buổi trưa")
    do(saw["restored"], "number", "confirm", "GGT", *why, *LAN)
    saw["after noon"] = process(saw["restored"])
    two = ("--approved-by", "Nông Thị Oanh", "--reason", "dấu mật bị bỏ sót")
    do(saw["restored"], "purge", "01-GGT/VPTU", *two, *LAN)


def test_a_paper_is_numbered_after_its_signature_and_a_refused_one_never(week):
    office = week["office"]

    assert [line["reference"] for line in week["drafts"]] == [None, None]
    assert week["issued"][0]["reference"] == "01-CV/VPTU"
    assert week["refused"].status == 2
    assert shown(office, "01-CV/VPTU")["legal_state"] == "da-phat-hanh"
    assert shown(office, week["drafts"][1]["document_id"])["legal_state"] == "thu-hoi"


def test_numbers_from_elsewhere_stand_in_the_series_and_say_so(week):
    found = shown(week["office"], "02-CV/VPTU")
    lines = week["gaps"].splitlines()

    assert found["facts"]["subject"] == "về lịch họp"
    assert any("03-CV/VPTU" in line and "Nông Văn Bách" in line for line in lines)
    (secret,) = [line for line in lines if "Văn bản mật" in line]
    assert "04-CV/VPTU" in secret


def test_a_wrong_name_is_put_right_by_a_paper_that_replaces_it(week):
    office = week["office"]
    old, new = shown(office, "02-GGT/VPTU"), shown(office, "04-GGT/VPTU")

    assert [line["reference"] for line in week["mended"]] == ["04-GGT/VPTU"]
    assert (old["legal_state"], new["facts"]["person"]) == ("bi-thay-the", "Lương Văn Hiển")
    assert "thay thế" in old["legal_state_words"]
    assert "04-GGT/VPTU" in old["legal_state_words"]


def test_the_auditor_gets_a_bound_book_with_its_totals(week):
    (path,) = (week["folder"] / "so").glob(f"so-di-VPTU-{week['year']}.pdf")
    words = " ".join(pdf_text(path).split())

    for told in ("SỔ ĐĂNG KÝ VĂN BẢN ĐI", "Khóa sổ lúc", "Đinh Thị Lan", "Sổ này có 8 dòng"):
        assert told in words
    assert "Dành số" in " ".join(pdf_text(week["folder"] / "so" / "huy.pdf").split())


def test_after_a_restore_at_noon_no_number_of_the_morning_is_given_again(week):
    restored = week["restored"]

    assert [line["reference"] for line in week["before noon"]] == ["05-GGT/VPTU"]
    assert [line["status"] for line in week["waits"]] == ["waiting"]
    assert [line["reference"] for line in week["after noon"]] == ["06-GGT/VPTU"]
    gaps = do(restored, "number", "gaps").stdout
    assert any("05-GGT/VPTU" in line and "chờ nhập bù" in line for line in gaps.splitlines())


def test_what_two_people_removed_is_gone_and_everything_else_is_sound(week):
    restored = week["restored"]

    assert shown(restored, "01-GGT/VPTU")["state"] == "purged"
    for office in (week["office"], restored):
        findings = do(office, "verify", "--json").lines
        assert {one["code"] for one in findings} <= {"A455", "A461"}
