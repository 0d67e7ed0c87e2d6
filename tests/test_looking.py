"""What a person sees who only looks: show, export, search and doctor, as the command line says it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from helpers import ROOT
from office_kit import (
    GIOI_THIEU,
    VAN_BAN_DEN,
    drop,
    drop_json,
    drop_sheet,
    inbox,
    letter,
    opened,
    paper_bytes,
    person,
    process_here,
    run,
    small_office,
)

from pipeline.clock import SystemClock, today
from pipeline.errors.intake import KilledItsWorker
from pipeline.journal_words import DEED_WORDS
from pipeline.record import LegalState
from pipeline.retrieve import no_longer_in_force


@pytest.fixture(scope="module")
def office(tmp_path_factory, cell):
    """An office of one list of three and one letter."""
    office = small_office(tmp_path_factory.mktemp("office"))
    drop_sheet(office, "ds tháng 11.xlsx", [person(number) for number in (501, 502, 503)])
    drop_json(office, "cv.json", letter(7), VAN_BAN_DEN)
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(inbox(office), "Cong van"))
    process_here(office, cell)
    return office


def test_show_tells_deeds_in_vietnamese_and_the_file_the_paper_came_from(office):
    told = run(office, "show", "02-GGT/VPTU").stdout

    assert re.search(
        r"Từ tệp: +ds tháng 11\.xlsx, dòng 3, thư mục gioi-thieu, nhận lúc \d\d:\d\d ngày \d\d/\d\d/\d{4}, người thả: \w+",
        told,
    )
    assert re.search(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d  chương trình  cấp số", told)
    assert "chương trình  lưu vào kho (phiên bản 1)" in told
    assert not re.search(r"\b(received|numbered|archived|he-thong)\b", told)


def test_show_as_json_keeps_the_codes_and_adds_the_drop(office):
    about = json.loads(run(office, "show", "02-GGT/VPTU", "--json").stdout)

    assert [line["deed"] for line in about["journal"]] == ["numbered", "archived"]
    assert about["drop"]["name"] == "ds tháng 11.xlsx"
    assert about["drop"]["folder"] == GIOI_THIEU
    assert about["drop"]["owner"].startswith("nguoi-dung:")
    assert datetime.fromisoformat(about["drop"]["received_at"]) < datetime.now(UTC)


def told_of(office, ref):
    shown = run(office, "show", ref)
    assert shown.status == 0, shown.stderr
    return re.sub(r" {2,}", " ", shown.stdout)


def test_show_of_a_reserved_number_tells_for_whom_until_when_who_and_why(tmp_path):
    office = small_office(tmp_path)
    words = ("--for", "Đinh Trọng Nghĩa", "--until", "31/12/2099", "--reason", "họp giao ban")
    run(office, "number", "reserve", "CV", *words, "--person", "Bế Khuê")

    told = told_of(office, "1-CV/VPTU")

    for line in (
        "Số, ký hiệu: 01-CV/VPTU",
        "Tình trạng: Dành số",
        "Cho ai: Đinh Trọng Nghĩa",
        "Hạn dùng: 31/12/2099",
        "Người ghi: Bế Khuê",
        "Lý do: họp giao ban",
        "Văn bản: Không có trong máy",
    ):
        assert f"{line}\n" in told
    assert re.search(r"Ghi lúc: \d\d:\d\d ngày \d\d/\d\d/\d{4}\n", told)
    assert re.search(r"Bế Khuê dành số: họp giao ban\n", told)


def test_show_of_a_void_number_tells_who_voided_it_and_what_it_was(tmp_path):
    office = small_office(tmp_path)
    words = ("--source", "dien-thoai", "--date", f"{today(SystemClock()):%d/%m/%Y}")
    run(office, "number", "enter", "CV", *words, "--reason", "mời họp", "--person", "Bế Khuê")
    run(office, "void", "1-CV/VPTU", "--reason", "hoãn họp", "--person", "Vi Sơn")

    told = told_of(office, "1-CV/VPTU")

    assert "Tình trạng: Hủy số\n" in told
    assert "Người ghi: Vi Sơn\n" in told
    assert "Lý do: hoãn họp\n" in told
    assert "Bế Khuê vào sổ số cấp qua điện thoại: mời họp\n" in told
    assert run(office, "void", "1-CV/VPTU", "--reason", "x").stderr.startswith(
        "«1-CV/VPTU» đã hủy từ trước"
    )


def test_show_of_a_secret_number_tells_number_and_day_alone(tmp_path):
    office = small_office(tmp_path)
    run(office, "number", "secret", "CV", "--person", "Bế Khuê")

    told = told_of(office, "1-CV/VPTU")

    assert "Tình trạng: Văn bản mật\n" in told
    assert f"Ngày văn bản: {today(SystemClock()):%d/%m/%Y}\n" in told
    assert "Cho ai" not in told
    assert "Lý do" not in told
    about = json.loads(run(office, "show", "1-CV/VPTU", "--json").stdout)
    assert (about["status"], about["document_id"]) == ("used", None)


def test_every_deed_that_is_written_down_has_its_word():
    written = set()
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py")]
    text = "\n".join(sources)
    for pattern in (r"\.note\(\s*", r"Verdict\.[A-Z_]+: ", r"journal_append\(\s*"):
        written |= set(re.findall(pattern + '"([a-z-]+)"', text))
    for name in set(
        re.findall(r"(?:\.note\(|journal_append\(|, \(|\(document_id, |deed=)([A-Z_]+)\b", text)
    ):
        written |= set(re.findall(rf'^{name} = "([a-z-]+)"', text, re.MULTILINE))

    assert len(written) > 10
    # Journals of older offices hold deeds that nobody does any more.
    assert written == set(DEED_WORDS) - {"search-kept"}


def test_search_says_when_there_is_more_and_how_to_see_it(office):
    some = run(office, "search", "giấy giới thiệu", "--limit", "2")
    everything = run(office, "search", "giấy giới thiệu")

    assert re.match(r"hiện 2 trong 3 văn bản; xem thêm: --limit 100, \d+ ms", some.stderr)
    assert re.match(r"3 văn bản, \d+ ms", everything.stderr)


def test_search_without_words_says_what_is_listed(office):
    ran = run(office, "search")
    filtered = run(office, "search", "loại: giới thiệu")

    assert ran.status == 0, ran.stderr
    assert "mọi văn bản, mới nhất trước" in ran.stderr
    assert "mọi văn bản" not in filtered.stderr


def test_export_of_a_void_paper_says_so_and_still_gives_the_file(office, tmp_path):
    good = run(office, "export", "03-GGT/VPTU", "-o", str(tmp_path))
    run(office, "void", "03-GGT/VPTU", "--reason", "In hỏng.")
    void = run(office, "export", "03-GGT/VPTU", "-o", str(tmp_path))

    assert (good.status, good.stderr) == (0, "")
    assert void.status == 0
    assert void.stdout == good.stdout.replace(".pdf", " (ĐÃ HỦY SỐ).pdf")
    assert re.search(
        r"CHÚ Ý: .*03-GGT/VPTU đã hủy số ngày \d\d/\d\d/\d{4}, lý do: In hỏng\.", void.stderr
    )


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (LegalState.THU_HOI, "đã thu hồi"),
        (LegalState.BI_THAY_THE, "bị thay thế"),
        (LegalState.DA_PHAT_HANH, ""),
        (LegalState.DA_DINH_CHINH, ""),
    ],
)
def test_what_is_told_with_an_export_goes_by_the_state_in_law(office, cell, state, word):
    with opened(office, cell) as app:
        [paper] = app.registers.find("01-GGT/VPTU")
        told = no_longer_in_force(replace(paper, legal_state=state), app)

    assert bool(told) == bool(word)
    assert word in told


def test_doctor_tells_what_is_unfit_from_what_is_missing(office):
    checks = json.loads(run(office, "doctor", "--json").stdout)
    lines = run(office, "doctor").stdout.splitlines()
    unfit = [check["name"] for check in checks if not check["ok"] and check["is_there"]]

    for name in unfit:
        assert f"CẦN CHÚ Ý  {name}" in lines
    assert not any(line.startswith("THIẾU") and "SQLite" in line for line in lines)


@pytest.mark.parametrize(
    ("suffix", "words"),
    [(".pdf", "in ra PDF mới"), (".xlsx", "chia bảng"), (".json", "rút gọn"), ("", "lưu lại")],
)
def test_what_takes_too_long_is_told_in_the_words_of_what_was_dropped(suffix, words):
    error = KilledItsWorker.at("killed", file=f"a{suffix}", suffix=suffix)

    assert words in error.clerk_text
    assert ("PDF" in error.clerk_text) == (suffix in {".pdf", ""})
