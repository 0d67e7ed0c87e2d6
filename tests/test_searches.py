"""The command line of search: what is typed, and searches that are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from office_kit import drop_sheet, opened, person, process_here, run, small_office

from pipeline.errors.search import NoSuchSearch, SearchNameWrong, TooManySearches
from pipeline.saved_searches import MOST_KEPT, find_kept, forget, keep, kept_of
from pipeline.sealing import seal_all
from pipeline.stores.search.query_text import read_query
from pipeline.stores.search.values import Query


@pytest.fixture(scope="module")
def office(tmp_path_factory, cell):
    office = small_office(tmp_path_factory.mktemp("office"))
    people = [person(501, noi_cu_tru_xa="xã Mường Sơn"), person(502), person(503)]
    drop_sheet(office, "ds.xlsx", people)
    process_here(office, cell)
    return office


def holding(root: Path, content: bytes) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and content in path.read_bytes()]


def found(office, *words) -> list[str]:
    (told,) = run(office, "search", *words, "--json", "--all").lines
    return [hit["reference"] for hit in told["hits"]]


def test_a_word_after_a_dash_is_no_option(office):
    ran = run(office, "search", "giới thiệu", "-Mường", "Sơn")

    assert ran.status == 0, ran.stderr
    assert "01-GGT/VPTU" not in ran.stdout
    assert "Hiểu là: chữ «giới thiệu»; không có «Mường Sơn»" in ran.stderr


def test_a_mistyped_option_is_still_told(office):
    ran = run(office, "search", "giới thiệu", "--kid", "van-ban")

    assert ran.status == 64
    assert "không có tùy chọn --kid" in ran.stderr


def test_options_and_prefixes_say_the_same(office):
    assert found(office, "giới thiệu", "--residence", "mường sơn") == ["01-GGT/VPTU"]
    assert found(office, "giới thiệu nơi ở: mường sơn") == ["01-GGT/VPTU"]
    assert found(office, "--phrase", "xã Mường Sơn") == ["01-GGT/VPTU"]
    assert found(office, '"xã Mường Sơn"') == ["01-GGT/VPTU"]
    assert len(found(office, "giới thiệu", "--not", "Mường Sơn", "--register", "đi")) == 2
    assert found(office, "--sort", "so", "--year", "1999") == []
    assert found(office, "--sort", "so") == ["01-GGT/VPTU", "02-GGT/VPTU", "03-GGT/VPTU"]


def test_an_unknown_register_is_told(office):
    assert "di, den, sao, noi-bo" in run(office, "search", "x", "--register", "tay").stderr


def test_json_tells_how_it_was_understood_and_the_counts(office):
    (told,) = run(office, "search", '"xã Mường Sơn" -nháp', "--json").lines

    assert told["query"].startswith("cum=x%C3%A3+M")
    assert told["asked"] == "có cụm «xã Mường Sơn»; không có «nháp»"
    assert told["counts"]["kinds"] == [
        {"value": "gioi-thieu", "shown": "Giấy giới thiệu đảng viên về nơi cư trú", "count": 1}
    ]
    assert told["hits"][0]["remarks"]
    assert {"total", "took_ms", "suggestion", "hits"} <= told.keys()


@pytest.mark.parametrize(
    "words", [("",), (), ("*",), ("'; DROP TABLE",), ("<b>",), ('"',), ("x" * 10_000,)]
)
def test_odd_words_get_an_answer(office, words):
    ran = run(office, "search", *words)

    assert ran.status == 0, ran.stderr
    assert "văn bản" in ran.stderr


# --- what is offered ---


def test_a_better_question_is_offered_and_a_good_one_is_not(office):
    offered = run(office, "search", "giới thiệu đảng viên mường sớn")
    bare = run(office, "search", "muong son")
    good = run(office, "search", "Mường Sơn")

    assert "Ý bạn là: giới thiệu đảng viên mường sơn?" in offered.stderr
    assert "Ý bạn là" not in bare.stderr
    assert "01-GGT/VPTU" in bare.stdout
    assert "Ý bạn là" not in good.stderr
    assert offered.stdout.count("GGT/VPTU") == 3


def test_a_number_that_no_paper_has_is_said_to_be_missing_before_others(office):
    ran = run(office, "search", "213-QĐ/TW")
    (told,) = run(office, "search", "213-QĐ/TW", "--json").lines
    cite = found(office, "dẫn: 213-QĐ/TW")

    assert "213-QĐ/TW không có trong kho; 3 văn bản dẫn đến văn bản này." in ran.stderr
    assert "gõ «dẫn: 213-QĐ/TW»" in ran.stderr
    assert "Văn bản khác, gần giống:" in ran.stderr
    assert (told["understood"]["absent"]["written"], len(cite)) == ("213-QĐ/TW", 3)


def test_json_tells_the_better_question(office):
    (offered,) = run(office, "search", "mường sớn", "--json").lines
    (good,) = run(office, "search", "Mường Sơn", "--json").lines

    assert offered["suggestion"] == "Mường Sơn"
    assert good["suggestion"] is None


def test_raw_keystrokes_are_answered_for_and_not_offered_again(office):
    ran = run(office, "search", "giowis thieuej")
    (told,) = run(office, "search", "gio7i1 thie6u5", "--json").lines

    assert "giới thiệu" in ran.stderr
    assert "Ý bạn là" not in ran.stderr
    assert "01-GGT/VPTU" in ran.stdout
    assert told["understood"]["answered_for"] == "giới thiệu"


@pytest.mark.parametrize(
    ("begun", "first"),
    [("mường", "Mường Sơn"), ("muong s", "Mường Sơn"), ("1-g", "01-GGT/VPTU")],
)
def test_what_is_begun_is_completed(office, begun, first):
    plain = run(office, "search", "--complete", *begun.split())
    told = run(office, "search", begun, "--complete", "--json")

    assert plain.status == told.status == 0
    assert first in plain.stdout.splitlines()
    assert json.loads(told.stdout) == plain.stdout.splitlines()
    assert "văn bản," not in plain.stderr


def test_nothing_begun_is_completed_by_nothing(office):
    for words in ((), ("zzzz",), ('"',)):
        assert run(office, "search", "--complete", *words).stdout == ""
        assert json.loads(run(office, "search", "--complete", "--json", *words).stdout) == []


# --- kept searches ---


def test_a_search_is_saved_listed_run_and_removed(office):
    saved = run(office, "searches", "save", "Người Mường Sơn", "giới thiệu nơi ở: Mường Sơn")
    run(office, "searches", "save", "Khác", "con dấu", "--person", "Lan")

    assert saved.status == 0, saved.stderr
    listed = run(office, "searches", "list").stdout
    assert "Người Mường Sơn  (chữ «giới thiệu»; nơi ở «Mường Sơn»; lưu ngày" in listed
    assert "Khác" not in listed
    again = run(office, "searches", "run", "nguoi muong son", "--json").lines[0]
    assert [hit["reference"] for hit in again["hits"]] == ["01-GGT/VPTU"]
    assert run(office, "searches", "remove", "Người Mường Sơn").status == 0
    gone = run(office, "searches", "run", "Người Mường Sơn")
    assert (gone.status, "R315" in gone.stderr) == (2, True)


def test_a_name_is_taken_again_by_the_same_person_only(office, cell):
    with opened(office, cell) as app:
        keep("Họp", Query(text="họp"), "Lan", app)
        keep("họp", read_query('"chi bộ" năm: 2026'), "Lan", app)
        keep("Họp", Query(text="khác"), "Khuê", app)

        kept = {one.name: one.query for one in kept_of("Lan", app)}
        assert kept["họp"] == Query(phrases=("chi bộ",), year=2026)
        assert "Họp" not in kept
        assert find_kept("HOP", "Khuê", app).query == Query(text="khác")
        forget("Họp", "Lan", app)
        keep("Họp", Query(text="lại"), "Lan", app)
        assert find_kept("Họp", "Lan", app).query == Query(text="lại")
        with pytest.raises(NoSuchSearch):
            forget("không có", "Lan", app)
        for name in ("", "  ", "x" * 81, "?!"):
            with pytest.raises(SearchNameWrong):
                keep(name, Query(text="a"), "Lan", app)


def test_one_person_keeps_no_more_than_so_many(office, cell):
    with opened(office, cell) as app:
        for number in range(MOST_KEPT):
            keep(f"Câu {number}", Query(text="a"), "Sửu", app)
        with pytest.raises(TooManySearches):
            keep("Thêm", Query(text="a"), "Sửu", app)

        keep("Câu 7", Query(text="b"), "Sửu", app)
        keep("Thêm", Query(text="a"), "Dần", app)
        forget("Câu 8", "Sửu", app)
        keep("Thêm", Query(text="a"), "Sửu", app)

        assert len(kept_of("Sửu", app)) == MOST_KEPT


def test_everybodys_searches_are_listed_for_whoever_looks_after_them(office):
    run(office, "searches", "save", "Của Mão", "con dấu", "--person", "Mão")
    run(office, "searches", "save", "Của Thìn", "con dấu", "--person", "Thìn")

    listed = run(office, "searches", "list", "--all")
    assert "Mão: Của Mão  (chữ «con dấu»" in listed.stdout
    assert "Thìn: Của Thìn" in listed.stdout
    told = run(office, "searches", "list", "--all", "--json").lines
    assert ("Thìn", "q=con+d%E1%BA%A5u&gop=1") in {(one["person"], one["query"]) for one in told}
    assert run(office, "searches", "list", "--all", "--person", "Mão").status == 64


def test_what_is_forgotten_is_nowhere_in_the_office_any_more(tmp_path, cell):
    office = small_office(tmp_path / "office")
    with opened(office, cell) as app:
        keep("Người ấy", Query(text="XQJZ-Lò-Thị-Kín"), "Lan", app)
        keep("XQJZ-Tên", Query(text="a"), "Lan", app)
        seal_all(app)
        assert holding(office.root, b"XQJZ")
        forget("nguoi ay", "Lan", app)
        keep("xqjz-tên", Query(text="khác"), "Lan", app)
        forget("XQJZ-TÊN", "Lan", app)
        app.registers.scrub()

    assert holding(office.root, b"XQJZ") == holding(office.root, b"xqjz") == []


def test_saved_searches_outlive_backup_and_restore(tmp_path, cell):
    office = small_office(tmp_path / "office")
    query = read_query('"nơi cư trú" -dự thảo năm: 2026')
    with opened(office, cell) as app:
        keep("Nơi cư trú", query, "Lan", app)
    assert run(office, "backup", str(tmp_path / "usb"), "--person", "Lan").status == 0
    restored = tmp_path / "moi"
    assert run(office, "restore", str(tmp_path / "usb"), str(restored)).status == 0

    with opened(small_office(restored), cell) as app:
        assert find_kept("Nơi cư trú", "Lan", app).query == query


def test_a_rebuild_says_that_it_does_not_bring_saved_searches_back(tmp_path, cell):
    office = small_office(tmp_path / "office")
    with opened(office, cell) as app:
        keep("Nơi cư trú", Query(text="a"), "Lan", app)
        seal_all(app)
    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()

    rebuilt = run(office, "rebuild")

    assert rebuilt.status == 0, rebuilt.stderr
    assert "tìm kiếm đã lưu: chỉ có trong bản sao lưu" in rebuilt.stdout + rebuilt.stderr
    with opened(office, cell) as app:
        assert kept_of("Lan", app) == []
