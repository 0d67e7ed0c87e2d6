"""Whom incoming papers went to: it comes back from the journal, goes with a purge, and is printed in the book."""

from __future__ import annotations

import pytest
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    letter,
    opened,
    paper_bytes,
    process_here,
    run,
    small_office,
)

from pipeline.books import FORMS, Choice, book_lines
from pipeline.clock import SystemClock, today
from pipeline.errors.routing import NothingRouted, NotToRoute, RoutingWrong
from pipeline.incoming import find_incoming
from pipeline.rebuild import rebuild_office
from pipeline.roles import Role
from pipeline.routing import Voice, Word, finish_route, opinions_of, route, waits_for
from pipeline.stores.registers.routes import Routes


@pytest.fixture
def office(tmp_path, cell):
    made = small_office(tmp_path / "office")
    for number in (1, 2, 3):
        drop(made, VAN_BAN_DEN, f"{number}.pdf", paper_bytes(tmp_path, f"Cong van {number}"))
        drop_json(made, f"{number}.json", letter(number), VAN_BAN_DEN)
    process_here(made, cell)
    with opened(made, cell) as app:
        due = f"{today(app.clock):%d/%m/%Y}"
        say = Word(
            person="Lò Thị Quỳ (quy)",
            role=Role.LANH_DAO,
            opinion="Xử lý.",
            to=("Phòng A; Nông Bách",),
            due=due,
        )
        for ref in ("1", "2"):
            route(find_incoming(ref, app), say, app)
        finish_route(find_incoming("2", app), "lan", "trả lời 5-CV/VPTU", app)
    return made


def routes(app):
    found = Routes(app.registers.db, app.clock).of(
        find_incoming(ref, app).id for ref in ("1", "2", "3")
    )
    return sorted(found.values(), key=lambda one: one.document_id)


def test_a_rebuild_knows_where_papers_went(office, cell):
    with opened(office, cell) as app:
        before = routes(app)
    assert [(one.to, bool(one.done_at)) for one in before] == [
        (("Phòng A", "Nông Bách"), False),
        (("Phòng A", "Nông Bách"), True),
    ]

    rebuild_office(office.root, SystemClock())

    with opened(office, cell) as app:
        assert routes(app) == before
        (said,) = opinions_of(find_incoming("1", app), app)
        assert (said.name, said.words, said.voice) == ("Lò Thị Quỳ", "Xử lý.", Voice.CO_QUAN)


def test_a_purge_forgets_where_the_paper_went_and_a_rebuild_does_not_bring_it_back(office, cell):
    with opened(office, cell) as app:
        gone, kept = find_incoming("1", app).id, find_incoming("2", app).id
        number = find_incoming("1", app).number.shown
    purged = run(
        office, "purge", number, "--person", "lan", "--approved-by", "hoa",
        "--reason", "nhận nhầm",
    )  # fmt: skip
    assert purged.status == 0, purged.stderr
    with opened(office, cell) as app:
        assert set(Routes(app.registers.db, app.clock).of([gone, kept])) == {kept}

    rebuild_office(office.root, SystemClock())

    with opened(office, cell) as app:
        assert set(Routes(app.registers.db, app.clock).of([gone, kept])) == {kept}


def test_the_book_tells_where_a_paper_went_and_leaves_room_where_nobody_said(office, cell):
    columns = [column.title for column in FORMS["den"].columns]
    with opened(office, cell) as app:
        lines = [*book_lines(Choice(name="den"), app.registers)]
        day = f"{today(app.clock):%d/%m/%Y}"
    at, when = columns.index("Đơn vị hoặc người nhận"), columns.index("Ngày chuyển")

    assert [(line.cells[at], line.cells[when]) for line in lines] == [
        ("Phòng A; Nông Bách", day),
        ("Phòng A; Nông Bách", day),
        ("", ""),
    ]


def test_a_paper_waits_for_whom_it_was_sent_to_until_he_sends_it_on(office, cell):
    with opened(office, cell) as app:
        first = find_incoming("1", app)
        assert [one.id for one, _ in waits_for("Nông Bách", app, limit=9)] == [first.id]
        # Part of a word is nobody's name.
        assert waits_for("Bác", app, limit=9) == []

        route(
            first,
            Word(person="Nông Bách (bach)", role=Role.LANH_DAO, to=("Phòng B", "Nông Bách")),
            app,
        )

        assert waits_for("Nông Bách", app, limit=9) == []


def test_what_cannot_be_sent_on_is_refused(office, cell):
    with opened(office, cell) as app:
        paper = find_incoming("3", app)
        with pytest.raises(NothingRouted):
            route(paper, Word(person="lan", role=Role.VAN_THU, opinion=" \n ", to=(" ; ",)), app)
        app.registers.void(paper.id, "ghi nhầm", "lan")
        with pytest.raises(NotToRoute) as refused:
            route(
                find_incoming(paper.id, app),
                Word(person="lan", role=Role.VAN_THU, opinion="x"),
                app,
            )
        assert "hủy" in refused.value.clerk_text


def test_a_clerks_word_is_no_leaders_unless_she_says_whose_it_is(office, cell):
    with opened(office, cell) as app:
        paper = find_incoming("3", app)
        clerk = {"person": "Bế Lan (lan)", "role": Role.VAN_THU, "to": ("đồng chí Thọ",)}
        with pytest.raises(RoutingWrong) as nobody:
            route(paper, Word(voice=Voice.CO_QUAN, **clerk), app)
        with pytest.raises(RoutingWrong) as nowhere:
            route(paper, Word(of="Nông Bách", **clerk), app)
        route(paper, Word(**clerk), app)
        route(paper, Word(of="Nông Bách", voice=Voice.CO_QUAN, opinion="Đồng ý.", **clerk), app)
        said = [(one.name, one.voice) for one in opinions_of(paper, app)]

    assert "Của ai" in nobody.value.clerk_text
    assert "chọn phần" in nowhere.value.clerk_text
    assert said == [("Bế Lan", Voice.NGUOI_GIAI_QUYET), ("Nông Bách", Voice.CO_QUAN)]
