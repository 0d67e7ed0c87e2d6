"""The command line of search: what is typed, and searches that are kept."""

from __future__ import annotations

import shutil

import pytest
from office_kit import drop_sheet, opened, person, process_here, run, small_office

from pipeline.errors.searches import NoSuchSearch, SearchNameWrong
from pipeline.saved_searches import find_search, remove_search, save_search, saved_searches
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
        save_search("Họp", Query(text="họp"), "Lan", app)
        save_search("họp", read_query('"chi bộ" năm: 2026'), "Lan", app)
        save_search("Họp", Query(text="khác"), "Khuê", app)

        kept = {one.name: one.query for one in saved_searches("Lan", app)}
        assert kept["họp"] == Query(phrases=("chi bộ",), year=2026)
        assert "Họp" not in kept
        assert find_search("HOP", "Khuê", app).query == Query(text="khác")
        remove_search("Họp", "Lan", app)
        save_search("Họp", Query(text="lại"), "Lan", app)
        assert find_search("Họp", "Lan", app).query == Query(text="lại")
        with pytest.raises(NoSuchSearch):
            remove_search("không có", "Lan", app)
        for name in ("", "  ", "x" * 81, "?!"):
            with pytest.raises(SearchNameWrong):
                save_search(name, Query(text="a"), "Lan", app)


def test_saved_searches_outlive_backup_restore_and_rebuild(tmp_path, cell):
    office = small_office(tmp_path / "office")
    query = read_query('"nơi cư trú" -dự thảo năm: 2026')
    with opened(office, cell) as app:
        save_search("Nơi cư trú", query, "Lan", app)
        seal_all(app)
    assert run(office, "backup", str(tmp_path / "usb"), "--person", "Lan").status == 0
    restored = tmp_path / "moi"
    assert run(office, "restore", str(tmp_path / "usb"), str(restored)).status == 0
    with opened(small_office(restored), cell) as app:
        assert find_search("Nơi cư trú", "Lan", app).query == query

    for path in office.registers_dir.glob("vanthu.sqlite3*"):
        path.unlink()
    shutil.rmtree(office.index_dir)
    assert run(office, "rebuild").status == 0
    with opened(office, cell) as app:
        assert find_search("Nơi cư trú", "Lan", app).query == query
