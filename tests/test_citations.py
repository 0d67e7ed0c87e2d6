"""Which papers a paper names in its text, which name it, and what a hit says of force, replacement and copies."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from copies_kit import ATTESTED, ask, receive
from odd_pdfs import content_of
from office_kit import (
    VAN_BAN_DEN,
    drop_json,
    drop_sheet,
    letter,
    opened,
    person,
    process_here,
    run,
    small_office,
)

from pipeline.citations import cited_by, citing
from pipeline.retrieve import describe, find_papers
from pipeline.stores.search.values import Query, Rights
from pipeline.visible import may_see

PROVINCES = ("Tỉnh ủy Hà Sơn", "Tỉnh ủy Bắc Lâm")


@pytest.fixture(scope="module")
def office(tmp_path_factory, cell):
    """Two provinces' 08-QĐ/TU, a letter that names them and others, a letter that names that one."""
    root = tmp_path_factory.mktemp("office")
    office = small_office(root)
    for number, province in zip((8, 9), PROVINCES, strict=True):
        own = content_of(["TINH UY", "So 08-QD/TU", f"Quy dinh che do hop, ban {number}"])
        more = {"so_ky_hieu": "08-QĐ/TU", "co_quan_ban_hanh": province, "loai": "Quyết định"}
        receive(office, root, number, own, **more)
    lines = [
        "Thuc hien Quyet dinh so 08-QD/TU va Quy dinh 213-QD/TW ngay 02/01/2020",
        "de nghi cac don vi bao cao",
    ]
    receive(office, root, 11, content_of(lines))
    receive(
        office,
        root,
        12,
        content_of(["Tra loi Cong van so 11-CV/BTCTU", "Quyet dinh 08 da het hieu luc"]),
    )
    process_here(office, cell)
    return office


def paper(app, reference):
    (found,) = app.registers.find(reference)
    return found


def test_what_a_paper_names_is_found_of_every_body_and_the_unknown_is_told(office, cell):
    with opened(office, cell) as app:
        cited = cited_by(paper(app, "11-CV/BTCTU"), app)

        assert [one.reference for one in cited] == ["08-QĐ/TU", "213-QĐ/TW"]
        both = {found.document_id for found in cited[0].papers}
        assert both == {one.id for one in app.registers.find("08-QĐ/TU")}
        assert len(both) == 2
        assert cited[1].papers == ()


def test_a_paper_does_not_name_itself(office, cell):
    with opened(office, cell) as app:
        for one in app.registers.find("08-QĐ/TU"):
            assert cited_by(one, app) == ()


def test_who_names_a_paper_is_found_also_by_part_of_its_number(office, cell):
    with opened(office, cell) as app:
        eleven, twelve = paper(app, "11-CV/BTCTU"), paper(app, "12-CV/BTCTU")
        eight = app.registers.find("08-QĐ/TU")[0]

        assert [one.document_id for one in citing(eleven, app).papers] == [twelve.id]
        assert {one.document_id for one in citing(eight, app).papers} == {eleven.id, twelve.id}
        assert citing(twelve, app).total == 0
        nobody = Rights(kinds=frozenset())
        assert citing(eleven, app, nobody).papers == ()


def test_show_tells_both_directions(office):
    told = re.sub(r" {2,}", " ", run(office, "show", "11-CV/BTCTU").stdout)
    about = json.loads(run(office, "show", "11-CV/BTCTU", "--json").stdout)

    assert "Dẫn: 08-QĐ/TU: có 2 văn bản mang số này" in told
    assert "Dẫn: 213-QĐ/TW (không có trong kho)" in told
    assert "Được dẫn tại: 12-CV/BTCTU, 02/11/2026" in told
    assert [one["reference"] for one in about["cites"]] == ["08-QĐ/TU", "213-QĐ/TW"]
    assert about["cited_by"]["total"] == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("08-QĐ/TU", {"11-CV/BTCTU", "12-CV/BTCTU"}),
        ("213 QĐ/TW", {"11-CV/BTCTU"}),
        ("quy định 213", {"11-CV/BTCTU"}),
        ("213", {"11-CV/BTCTU"}),
        ("11-CV/BTCTU", {"12-CV/BTCTU"}),
        ("99-CV/BTCTU", set()),
    ],
)
def test_search_lists_the_papers_that_cite(office, cell, typed, found):
    told = run(office, "search", "--cites", typed, "--json", "--all").lines[0]

    with opened(office, cell) as app:
        papers = app.registers.get_many(hit["document_id"] for hit in told["hits"])
    assert {paper.facts.their_reference for paper in papers} == found


def test_what_is_no_number_cannot_be_cited(office):
    ran = run(office, "search", "--cites", "con dấu")

    assert ran.status == 64
    assert "số, ký hiệu" in ran.stderr


def test_show_goes_on_without_an_index(office, cell, tmp_path):
    copy = tmp_path / "office"
    shutil.copytree(office.root, copy)
    shutil.rmtree(copy / "index")
    moved = small_office(copy)
    with opened(moved, cell) as app:
        about = describe(paper(app, "11-CV/BTCTU"), app)

    assert about["cited_by"]["papers"] == []
    assert "Mục lục" in about["cited_by"]["unknown"]


# --- what a hit says ---


def test_a_hit_says_whether_it_is_in_force_and_what_it_does(tmp_path, cell):
    office = small_office(tmp_path)
    drop_json(office, "a.json", person(1))
    process_here(office, cell)
    drop_json(office, "b.json", person(1, chi_bo="Chi bộ Tổng hợp", thay_the="01-GGT/VPTU"))
    process_here(office, cell)
    with opened(office, cell) as app:
        newer, older = find_papers(Query(text="giấy giới thiệu"), app).hits

    assert newer.reference == "02-GGT/VPTU"
    assert newer.standing == ""
    assert "thay thế 01-GGT/VPTU" in newer.remarks
    assert older.standing == "bị thay thế bởi 02-GGT/VPTU"
    assert older.remarks == ("bị thay thế bởi 02-GGT/VPTU",)
    assert [tie.reference for tie in older.later] == ["02-GGT/VPTU"]
    assert older.later[0].document_id == newer.document_id


def test_a_hit_tells_our_copies_and_whom_they_went_to(tmp_path, cell):
    office = small_office(tmp_path)
    receive(office, tmp_path, 7)
    process_here(office, cell)
    ask(
        office, "sao.json", "7-CV/BTCTU", noi_nhan=["Đảng ủy xã Đồng Lâm", "Các chi bộ"], **ATTESTED
    )
    process_here(office, cell)
    run(office, "copy-give", "1-BS/VPTU", "--to", "Đồng chí Bế Khuê", "--person", "Lan")
    with opened(office, cell) as app:
        hits = find_papers(Query(text="7-CV/BTCTU"), app).hits
    (source,) = [hit for hit in hits if hit.kind == VAN_BAN_DEN]

    assert [copy.reference for copy in source.copies] == ["01-BS/VPTU"]
    words = "bản sao 01-BS/VPTU gửi Đồng chí Bế Khuê; dự kiến gửi Đảng ủy xã Đồng Lâm, Các chi bộ"
    assert words in source.remarks
    assert source.later == ()


def test_a_hit_says_of_a_copy_that_was_recalled_that_it_was(tmp_path, cell):
    office = small_office(tmp_path)
    receive(office, tmp_path, 7)
    process_here(office, cell)
    ask(office, "a.json", "7-CV/BTCTU", noi_nhan=["Đảng ủy xã Đồng Lâm", "Các chi bộ"],
        danh_so_ban=2, **ATTESTED)  # fmt: skip
    process_here(office, cell)
    ask(office, "b.json", "7-CV/BTCTU", noi_nhan=["Đảng bộ khối"], danh_so_ban=3, **ATTESTED)
    process_here(office, cell)
    lan = ("--person", "Lan")
    run(office, "copy-revoke", "1-BS/VPTU", "--serial", "2", "--reason", "in hỏng", *lan)
    for serial, holder in ((1, "Bế Khuê"), (2, "Bế Khuê"), (3, "Lò Thị Mây")):
        run(office, "copy-give", "2-BS/VPTU", "--serial", str(serial), "--to", holder, *lan)
    run(office, "copy-revoke", "2-BS/VPTU", "--serial", "1", "--reason", "in hỏng", *lan)
    run(office, "copy-revoke", "2-BS/VPTU", "--serial", "3", "--reason", "in hỏng", *lan)

    def told():
        with opened(office, cell) as app:
            hits = find_papers(Query(text="7-CV/BTCTU"), app).hits
        (source,) = [hit for hit in hits if hit.kind == VAN_BAN_DEN]
        return [copy.words for copy in source.copies]

    assert told() == [
        "01-BS/VPTU dự kiến gửi Đảng ủy xã Đồng Lâm; đã thu hồi của Các chi bộ",
        "02-BS/VPTU gửi Bế Khuê; đã thu hồi của Lò Thị Mây",
    ]
    run(office, "copy-revoke", "1-BS/VPTU", "--reason", "sao nhầm", *lan)
    assert told()[0] == "01-BS/VPTU (đã thu hồi)"
    assert told()[1].endswith("đã thu hồi của Lò Thị Mây")
    copies = run(office, "copies", "1-BS/VPTU").stdout
    assert copies.count("— đã thu hồi") == 2


def test_other_papers_are_named_only_to_who_may_see_them(office, cell):
    nothing_else = Rights(kinds=frozenset(("gioi-thieu",)))
    with opened(office, cell) as app:
        eleven = paper(app, "11-CV/BTCTU")

        assert [one.papers for one in cited_by(eleven, app, nothing_else)] == [(), ()]
        assert describe(eleven, app, nothing_else)["cited_by"]["papers"] == []


RIGHTS = (
    Rights(),
    Rights(registers=frozenset(("di", "den"))),
    Rights(registers=frozenset(("den",)), owner="nguoi-dung:x"),
    Rights(kinds=frozenset(("van-ban-den",))),
    Rights(hidden_marks=frozenset(("luu-hanh-noi-bo",)), hides_drafts=True),
)


def test_the_index_and_the_registers_agree_on_who_may_see_what(tmp_path, cell):
    office = small_office(tmp_path)
    drop_sheet(office, "ds.xlsx", [person(number) for number in (501, 502)])
    receive(office, tmp_path, 7, luu_hanh=["luu-hanh-noi-bo"])
    receive(office, tmp_path, 8, content_of(["Another letter"]))
    process_here(office, cell)
    with opened(office, cell) as app:
        everything = [hit.document_id for hit in app.search.search(Query()).hits]
        assert len(everything) == 4
        for rights in RIGHTS:
            found = {hit.document_id for hit in app.search.search(Query(rights=rights)).hits}
            papers = app.registers.get_many(everything)
            assert found == {paper.id for paper in papers if may_see(paper, rights)}


def test_sheets_of_one_form_are_one_line_unless_all_are_asked_for(tmp_path, cell):
    office = small_office(tmp_path)
    drop_sheet(office, "ds.xlsx", [person(number) for number in range(501, 507)])
    drop_json(office, "cv.json", letter(7), VAN_BAN_DEN)
    process_here(office, cell)

    some = run(office, "search", "giới thiệu chi bộ", "--counts")
    every = run(office, "search", "giới thiệu chi bộ", "--all")

    assert "và 5 phiếu tương tự (--all để xem)" in some.stdout
    assert "Theo loại: Giấy giới thiệu" in some.stdout
    assert "6 văn bản, gộp thành 1 dòng" in some.stderr
    assert every.stdout.count("mã: ") == 6
