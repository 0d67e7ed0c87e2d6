"""The index is made again beside the one that answers: stopped, killed, damaged, at odds with the registers."""

from __future__ import annotations

import shutil
from contextlib import suppress

import pytest
from office_kit import (
    drop_sheet,
    finish,
    opened,
    person,
    process_here,
    run,
    small_office,
    start,
    wait_until,
)

from pipeline.clock import SystemClock
from pipeline.config import load_office
from pipeline.errors.search import IndexMakingStopped, IndexUnusable
from pipeline.flow import make_findable
from pipeline.steps.index import make_anew, reconcile
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper, Query
from pipeline.verify import verify_office

PAPERS = 7


@pytest.fixture(scope="module")
def whole(tmp_path_factory, cell):
    office = small_office(tmp_path_factory.mktemp("whole"))
    drop_sheet(office, "ds.xlsx", [person(number) for number in range(1, PAPERS + 1)])
    process_here(office, cell)
    return office.root


@pytest.fixture
def office(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "office", symlinks=True)
    return load_office(tmp_path / "office")


def found(search: SearchIndex) -> int:
    return search.search(Query(text="giới thiệu", limit=50)).total


def odds(app) -> list[str]:
    return [one.code for one in verify_office(app, deep=True, progress=lambda _a, _b: None)]


def stop_after(batches: int):
    asked: list[int] = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) > batches

    return should_stop


def anew(app, **more) -> int:
    return make_anew(app.registers, app.objects, app.search, role_timeout_s=5.0, **more)


def test_the_old_index_answers_while_the_new_one_is_made_and_a_stopped_one_goes_on(office, cell):
    with opened(office, cell) as app:
        with pytest.raises(IndexMakingStopped):
            anew(app, batch_papers=2, should_stop=stop_after(2))
        fresh = app.search.beside()
        assert fresh.count() == 4
        assert found(app.search) == PAPERS
        begun = sorted(path.name for path in fresh.directory.glob("*.trm"))

        assert anew(app, batch_papers=2) == PAPERS

        assert found(app.search) == PAPERS
        assert set(begun) <= {path.name for path in office.index_dir.glob("*.trm")}
        assert not fresh.directory.exists()
        assert not list(office.root.glob("index.hong-*"))
        assert odds(app) == []


def test_a_reader_that_was_open_reads_the_new_index(office, cell):
    reader = SearchIndex(office.index_dir, SystemClock())
    with opened(office, cell) as app:
        fresh = app.search.beside()
        fresh.reset()
        assert found(reader) == PAPERS
        with fresh.writer() as writer:
            writer.upsert_many([Paper(document_id="moi", text="giới thiệu")])
            app.search.adopt(fresh)

        # As many commits as the old one had, or not: it is another index.
        assert [hit.document_id for hit in reader.search(Query(text="giới thiệu")).hits] == ["moi"]


def test_a_new_index_that_is_not_whole_never_takes_the_place(office, cell):
    with opened(office, cell) as app:
        fresh = app.search.beside()
        fresh.reset()
        with fresh.writer() as writer:
            writer.upsert_many([Paper(document_id="moi", text="giới thiệu")])
        next(fresh.directory.glob("*.trm")).write_bytes(b"")

        with pytest.raises(IndexUnusable):
            app.search.adopt(fresh)

        assert found(app.search) == PAPERS
        # It is begun anew, not gone on with.
        assert anew(app) == PAPERS


def test_a_damaged_index_is_set_aside_and_search_says_how_far_the_new_one_is(office, cell):
    next(office.index_dir.glob("*.trm")).write_bytes(b"")
    with opened(office, cell) as app:
        with pytest.raises(IndexMakingStopped):
            anew(app, batch_papers=3, should_stop=stop_after(1))
        with pytest.raises(IndexUnusable) as told:
            found(app.search)
        assert "đang dựng lại, đã được 3 văn bản" in told.value.clerk_text

        make_findable(app, role_timeout_s=5.0)

        assert found(app.search) == PAPERS
        assert len(list(office.root.glob("index.hong-*"))) == 1
        assert odds(app) == []


def test_papers_archived_while_it_is_made_are_found_too(office, cell):
    drop_sheet(office, "them.xlsx", [person(90)])
    with opened(office, cell) as app, pytest.raises(IndexMakingStopped):
        anew(app, batch_papers=4, should_stop=stop_after(1))
    process_here(office, cell)
    with opened(office, cell) as app:
        assert anew(app) == PAPERS + 1
        assert found(app.search) == PAPERS + 1
        assert odds(app) == []


def test_index_and_registers_are_made_to_agree(office, cell):
    with opened(office, cell) as app:
        lost = app.registers.findable("", 1)[0].id
        with app.search.writer() as writer:
            writer.remove([lost])
            writer.upsert_many([Paper(document_id="nguoi-la", text="giới thiệu")])
        assert sorted(odds(app)) == ["A448", "A448"]

        reconcile(app.registers, app.search, role_timeout_s=5.0)
        make_findable(app, role_timeout_s=5.0)

        assert lost in app.search.versions()
        assert "nguoi-la" not in app.search.versions()
        assert odds(app) == []


def test_reindex_may_be_killed_at_any_moment(office, cell):
    beside = office.index_dir.with_name("index.moi")
    for _ in range(3):
        process = start(office, "reindex")
        wait_until(lambda p=process: beside.exists() or p.poll() is not None)
        with suppress(ProcessLookupError):
            process.kill()
        finish(process)
        with opened(office, cell) as app:
            assert found(app.search) == PAPERS

    ran = run(office, "reindex")

    assert ran.status == 0, ran.stderr
    assert f"Đã đưa {PAPERS} văn bản vào mục lục" in ran.stdout
    assert not beside.exists()
    with opened(office, cell) as app:
        assert found(app.search) == PAPERS
        assert odds(app) == []
