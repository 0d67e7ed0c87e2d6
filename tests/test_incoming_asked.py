"""The sender's number is here already, and of the new paper sender or date is not known: the clerk is asked."""

from __future__ import annotations

import pytest
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    numbers,
    opened,
    process_here,
    run,
    small_office,
    unsound,
)
from PIL import Image

from pipeline.errors.incoming import MaybeTheSame
from pipeline.incoming import Word, confirm, find_incoming, waiting_papers
from pipeline.incoming_rows import Entry, enter
from pipeline.record import LegalState
from pipeline.stores.registers.views import DocumentState

PERSON = "lan"
SENDER = "Ban Tổ chức Tỉnh ủy Hà Sơn"
WHOLE = {"co_quan_ban_hanh": SENDER, "ngay_van_ban": "12/10/2026"}


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "office")


def come(office, cell, tmp_path, name, /, so_ky_hieu="127-KH/BTCTU", **told):
    """A scan on which nothing can be read, and what its record tells."""
    shade = 255 - len(list(tmp_path.glob("*.pdf")))
    scan = tmp_path / f"{name}.pdf"
    Image.new("L", (827, 1169), shade).save(scan, "PDF", resolution=100)
    drop(office, VAN_BAN_DEN, scan.name, scan.read_bytes())
    record = {"so_ky_hieu": so_ky_hieu, "trich_yeu": f"việc {name}", **told}
    drop_json(office, f"{name}.json", record, VAN_BAN_DEN)
    (outcome,) = process_here(office, cell)
    assert outcome.status == "indexed", outcome.message


def asked(app):
    """Each paper that waits to be told apart, with the numbers of those it may be."""
    return [
        (one.paper, [other.number.shown for other in one.same_as])
        for one in waiting_papers(app)
        if one.same_as
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (WHOLE, {}),
        ({}, WHOLE),
        ({}, {}),
        ({"co_quan_ban_hanh": SENDER}, {"ngay_van_ban": "12/10/2026"}),
        ({"ngay_van_ban": "12/10/2026"}, {"co_quan_ban_hanh": SENDER}),
        (WHOLE, {"co_quan_ban_hanh": SENDER}),
        (WHOLE, {"ngay_van_ban": "12/10/2026"}),
    ],
)
def test_what_is_not_known_does_not_make_another_paper_of_it(office, cell, tmp_path, first, second):
    come(office, cell, tmp_path, "mot", **first)
    come(office, cell, tmp_path, "hai", **second)

    with opened(office, cell) as app:
        ((paper, like),) = asked(app)
        assert (paper.state, paper.number) == (DocumentState.WAITING, None)
        assert like == ["01-ĐẾN/2026"]
        assert numbers(app) == {"den:DEN::2026": [1]}
        confirm(paper.id, Word(person=PERSON, said={}, same_as="1"), app)
    process_here(office, cell)
    with opened(office, cell) as app:
        assert f"mã {paper.id}" in find_incoming("1", app).facts.note
        assert unsound(app) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # What is known of both speaks against it.
        (WHOLE, {"co_quan_ban_hanh": "Ban Nội chính Trung ương"}),
        (WHOLE, {"ngay_van_ban": "13/10/2026"}),
        # Hundreds of bodies write such a number every year.
        ({**WHOLE, "so_ky_hieu": "12-CV"}, {"so_ky_hieu": "12-CV"}),
        ({**WHOLE, "so_ky_hieu": "12"}, {"so_ky_hieu": "12"}),
    ],
)
def test_what_is_known_or_a_bare_number_asks_nothing(office, cell, tmp_path, first, second):
    come(office, cell, tmp_path, "mot", **first)
    come(office, cell, tmp_path, "hai", **second)

    with opened(office, cell) as app:
        assert asked(app) == []
        assert numbers(app) == {"den:DEN::2026": [1, 2]}


def test_a_number_that_many_bear_asks_once_the_sender_is_known(office, cell, tmp_path):
    for at in range(6):
        sender = f"Đảng ủy xã Đồng Vải {at}"
        come(office, cell, tmp_path, f"xa{at}", so_ky_hieu="15-CV/ĐU", co_quan_ban_hanh=sender)

    come(office, cell, tmp_path, "mo", so_ky_hieu="15-CV/ĐU")

    with opened(office, cell) as app:
        assert asked(app) == []
        paper = find_incoming("7", app)
        said = {"issuer": "Đảng ủy xã Đồng Vải 3"}
        with pytest.raises(MaybeTheSame) as error:
            confirm(paper.id, Word(person=PERSON, said=said), app)
        assert error.value.values["shown"] == "04-ĐẾN/2026"

        confirm(paper.id, Word(person=PERSON, said={}, same_as="4"), app)

        assert app.registers.get(paper.id).legal_state is LegalState.HUY_SO
        assert "07-ĐẾN/2026" in find_incoming("4", app).facts.note


def test_what_she_told_apart_is_not_asked_again_and_another_is(office, cell, tmp_path):
    come(office, cell, tmp_path, "mot", **WHOLE)
    come(office, cell, tmp_path, "khac", so_ky_hieu="128-KH/BTCTU", **WHOLE)
    come(office, cell, tmp_path, "hai")
    with opened(office, cell) as app:
        ((paper, _),) = asked(app)
    ran = run(office, "incoming", "confirm", paper.id, "--not-same", "--json")
    assert ran.lines[0]["reference"] == "03-ĐẾN/2026"

    with opened(office, cell) as app:
        confirm(paper.id, Word(person=PERSON, said={"issuer": SENDER}), app)
        confirm(paper.id, Word(person=PERSON, said={"date": "12/10/2026"}), app)
        for word in ({"number": "128-KH/BTCTU"}, {"number": "128-KH/BTCTU", "type": "Kế hoạch"}):
            with pytest.raises(MaybeTheSame) as error:
                confirm(paper.id, Word(person=PERSON, said=word), app)
            assert error.value.values["shown"] == "02-ĐẾN/2026"
        # From the other side neither: it was told apart once.
        confirm("1", Word(person=PERSON, said={"date": "11/10/2026"}), app)
        confirm("1", Word(person=PERSON, said={"date": "12/10/2026"}), app)


def test_a_row_without_a_file_asks_too(office, cell, tmp_path):
    come(office, cell, tmp_path, "mot")
    said = {"number": "127-KH/BTCTU", "issuer": SENDER, "subject": "kế hoạch năm"}

    with opened(office, cell) as app, pytest.raises(MaybeTheSame, match="like another"):
        enter(Entry(said=said, person=PERSON), app)
