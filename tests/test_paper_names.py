"""One way of naming a paper for every command: a number alone, with words before it, half written, a code."""

from __future__ import annotations

import pytest
from office_kit import (
    GIOI_THIEU,
    VAN_BAN_DEN,
    drop_json,
    drop_sheet,
    letter,
    opened,
    paper_bytes,
    person,
    process_here,
    run,
    small_office,
)
from office_kit import drop as drop_file

from pipeline.errors.incoming import IncomingAmbiguous, IncomingUnknown
from pipeline.incoming import find_incoming
from pipeline.paper_names import meant


@pytest.fixture(scope="module")
def office(tmp_path_factory, cell):
    """Papers that came, one of them in another book, and a list of two: 01 stands in three series."""
    office = small_office(tmp_path_factory.mktemp("office"))
    for number, more in ((1, {}), (2, {}), (3, {"so_van_ban_den": "DON-THU"})):
        drop_file(
            office, VAN_BAN_DEN, f"cv{number}.pdf", paper_bytes(office.root, f"Cong van {number}")
        )
        drop_json(office, f"cv{number}.json", letter(number, **more), VAN_BAN_DEN)
        process_here(office, cell)
    drop_sheet(office, "ds.xlsx", [person(number) for number in (501, 502)])
    process_here(office, cell)
    for numbers in (("1347-UBND",), ("2048/UBND-VP", "2048-CV/HU")):
        for number in numbers:
            name = f"nd{number[:4]}{len(number)}"
            drop_file(office, VAN_BAN_DEN, f"{name}.pdf", paper_bytes(office.root, number))
            drop_json(office, f"{name}.json", letter(9, so_ky_hieu=number), VAN_BAN_DEN)
        process_here(office, cell)
    return office


def shown(office, cell, ref: str, *, of_incoming: bool = False) -> list[str]:
    with opened(office, cell) as app:
        found = meant(ref, app, of_incoming=of_incoming)
        return sorted(one.number.shown for one in found.papers if one.number)


@pytest.mark.parametrize(
    "ref",
    [
        "số đến 2",
        "so den 2",
        "Số đến: 02",
        "đến 2",
        "2-ĐẾN",
        "02-ĐẾN/2026",
        "ĐẾN 2",
        "den-0002",
        "2 đến 2026",
    ],
)
def test_an_incoming_number_is_understood_however_it_is_said(office, cell, ref):
    assert shown(office, cell, ref) == ["02-ĐẾN/2026"]


def test_a_number_alone_is_that_of_every_series_of_the_day(office, cell):
    told = run(office, "show", "1")

    assert told.status == 2
    assert "Có 3 văn bản là «1»; hãy gọi lại với mã văn bản:" in told.stderr
    for name in ("01-ĐẾN/2026", "01-ĐẾN/DON-THU/2026", "01-GGT/VPTU"):
        assert name in told.stdout
    assert shown(office, cell, "2") == ["02-GGT/VPTU", "02-ĐẾN/2026"]


def test_where_the_command_is_about_incoming_papers_it_is_an_incoming_number(office, cell):
    with opened(office, cell) as app:
        assert find_incoming("2", app).number.shown == "02-ĐẾN/2026"
        with pytest.raises(IncomingAmbiguous, match="2 incoming"):
            find_incoming("1", app)
        with pytest.raises(IncomingUnknown):
            find_incoming("9", app)


@pytest.mark.parametrize(
    ("ref", "found"),
    [
        ("1347", ["1347-UBND"]),
        ("số 1347", ["1347-UBND"]),
        ("2048", ["2048-CV/HU", "2048/UBND-VP"]),
        ("2048-UBND", ["2048/UBND-VP"]),
        ("204", []),
        # The third that came, and the one that bears this number of its sender.
        ("3", ["1347-UBND", "3-CV/BTCTU"]),
    ],
)
def test_a_number_may_be_the_senders(office, cell, ref, found):
    with opened(office, cell) as app:
        assert sorted(one.facts.their_reference for one in meant(ref, app).papers) == found


def test_commands_find_a_paper_by_the_number_of_its_sender(office, cell):
    shown, several = run(office, "show", "1347"), run(office, "show", "2048")
    refused = run(office, "copy", "1347", "--form", "sao-luc", "--to", "Chi bộ 3")

    assert (shown.status, "1347-UBND" in shown.stdout) == (0, True), shown.stderr
    assert (several.status, len(several.stdout.splitlines())) == (2, 2), several.stderr
    assert "Chưa sao được «1347-UBND»" in refused.stderr
    with opened(office, cell) as app:
        assert find_incoming("1347", app).number.shown == "03-ĐẾN/2026"
        assert find_incoming("3", app).number.shown == "03-ĐẾN/2026"


def test_a_series_may_be_half_written(office, cell):
    assert shown(office, cell, "2-GGT") == ["02-GGT/VPTU"]
    assert shown(office, cell, "1 đến don-thu") == ["01-ĐẾN/DON-THU/2026"]
    assert shown(office, cell, "2-GGT/TU") == []
    assert shown(office, cell, "2-ĐẾN/2025") == []


def test_what_is_for_good_asks_for_more_than_a_number(office, cell):
    told = run(office, "void", "2", "--reason", "thử")
    alone = run(office, "state", "2", "da-ky", "--reason", "thử")

    assert (told.status, alone.status) == (2, 2)
    with opened(office, cell) as app:
        assert all(one.legal_state != "huy-so" for one in meant("2", app).papers)


def test_one_paper_of_that_number_is_not_voided_by_the_number_alone(tmp_path, cell):
    office = small_office(tmp_path)
    drop_sheet(office, "ds.xlsx", [person(501)])
    process_here(office, cell)

    told = run(office, "void", "1", "--reason", "thử")

    assert told.status == 2
    assert "Số «1» đứng một mình chưa đủ rõ" in told.stderr
    assert run(office, "show", "1").status == 0
    assert run(office, "void", "1-GGT", "--reason", "thử").status == 0


def test_a_number_without_a_paper_is_listed_with_the_papers_of_that_number(tmp_path, cell):
    office = small_office(tmp_path)
    drop_sheet(office, "ds.xlsx", [person(501)])
    process_here(office, cell)
    words = ("--for", "Đinh Trọng Nghĩa", "--until", "31/12/2099", "--reason", "họp giao ban")
    run(office, "number", "reserve", "CV", *words, "--person", "Bế Khuê")

    told = run(office, "show", "1")

    assert told.status == 2
    assert "01-GGT/VPTU" in told.stdout
    assert ":1  (1 của dãy CV/VPTU 2025-2030)\n" in told.stdout
    assert run(office, "show", "1-CV").status == 0


def test_words_that_name_no_number_are_no_number(office, cell):
    assert shown(office, cell, "đơn thư") == []
    assert shown(office, cell, GIOI_THIEU) == []
    assert shown(office, cell, "rà soát hồ sơ đợt 2") == []
    assert shown(office, cell, "~0002") == []


def test_the_end_of_an_id_names_a_paper_and_a_number_never_does(office, cell):
    with opened(office, cell) as app:
        paper = find_incoming("2", app)
        assert find_incoming(f"~{paper.id[-4:]}", app).id == paper.id
        with pytest.raises(IncomingUnknown):
            find_incoming("2026", app)
