from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.clock import FixedClock
from pipeline.errors.search import IndexBusy, IndexNotWritten, IndexUnusable
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper, Query

CLOCK = FixedClock(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
ROOT = Path(__file__).resolve().parents[1]
PAPERS = [
    Paper(document_id=f"p{n}", text=f"Phiếu chuyển đơn thư số {n} của tổ dân phố " * 9)
    for n in range(60)
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    index = SearchIndex(tmp_path_factory.mktemp("whole") / "index", CLOCK)
    index.reset()
    with index.writer() as writer:
        writer.upsert_many(PAPERS[:30])
        writer.upsert_many(PAPERS[30:])
        writer.remove(["p7"])
    return index.directory


@pytest.fixture
def index(whole, tmp_path) -> SearchIndex:
    """A whole index of our own to break."""
    shutil.copytree(whole, tmp_path / "index")
    return SearchIndex(tmp_path / "index", CLOCK)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def zero(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


def replace(path: Path) -> None:
    path.write_bytes(b"not an index at all" * 50)


DAMAGES = [truncate, empty, zero, replace, Path.unlink]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_to_any_file_is_noticed_told_and_mended(whole, tmp_path, damage):
    names = sorted(path.name for path in whole.iterdir() if path.stat().st_size)
    assert len(names) >= 8
    for name in names:
        broken = tmp_path / name
        shutil.copytree(whole, broken / "index")
        damage(broken / "index" / name)

        index = SearchIndex(broken / "index", CLOCK)
        assert index.health(), name
        assert index.needs_rebuild()
        with pytest.raises(IndexUnusable):
            index.search(Query(text="phiếu chuyển"))
        with pytest.raises(IndexUnusable), index.writer():
            pass
        index.reset()
        assert index.health() == ""


@pytest.mark.parametrize("damage", [truncate, zero, replace], ids=lambda damage: damage.__name__)
def test_damage_under_an_open_reader_never_gets_out_as_another_error(index, damage):
    index.search(Query(text="phiếu chuyển"))
    with SearchIndex(index.directory, CLOCK).writer() as writer:
        writer.upsert_many([Paper(document_id="new", text="tờ trình mới")])
    for path in index.directory.iterdir():
        damage(path)

    with pytest.raises(IndexUnusable):
        index.search(Query(text="tờ trình"))

    assert index.needs_rebuild()


def test_a_byte_changed_in_the_middle_is_found_by_the_deep_look(index):
    victim = max(index.directory.iterdir(), key=lambda path: path.stat().st_size)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 0xFF
    victim.write_bytes(data)

    assert SearchIndex(index.directory, CLOCK).health(deep=True)


def test_a_missing_index_is_a_reason_not_a_crash(tmp_path):
    index = SearchIndex(tmp_path / "index", CLOCK)

    assert index.needs_rebuild()
    with pytest.raises(IndexUnusable) as caught:
        index.search(Query(text="x"))
    assert caught.value.code == "T331"
    assert "chưa có mục lục" in caught.value.clerk_text


def test_an_index_deleted_under_a_reader_is_noticed(index):
    index.search(Query(text="phiếu"))
    for path in index.directory.iterdir():
        path.unlink()
    index.directory.rmdir()

    with pytest.raises(IndexUnusable):
        index.search(Query(text="phiếu"))
    index.reset()
    assert index.search(Query(text="phiếu")).total == 0


def test_an_index_of_another_make_is_a_reason(index):
    manifest = next(index.directory.glob("manifest-*.json"))
    manifest.write_bytes(manifest.read_bytes().replace(b"analysis-", b"analysis-9"))

    assert "phiên bản khác" in SearchIndex(index.directory, CLOCK).health()


def test_litter_and_strangers_beside_the_index_do_no_harm(index):
    (index.directory / "Thumbs.db").write_bytes(b"x")
    (index.directory / "vanthu_zzzz.trm").write_bytes(b"half a segment")
    assert SearchIndex(index.directory, CLOCK).health() == ""

    (index.directory / "_vanthu_9999.toc").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    assert SearchIndex(index.directory, CLOCK).needs_rebuild()


def test_a_folder_everybody_may_write_is_not_opened(index):
    index.directory.chmod(0o777)

    assert SearchIndex(index.directory, CLOCK).needs_rebuild()


def test_one_damaged_index_is_kept_aside(index, tmp_path):
    first = index.reset()
    CLOCK.moment = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    second = index.reset()

    assert first != second
    assert [path.name for path in tmp_path.glob("index.hong-*")] == [second.name]


def test_a_second_writer_waits_and_then_says_who_is_in_the_way(index):
    other = SearchIndex(index.directory, CLOCK)
    with index.writer(), pytest.raises(IndexBusy) as caught, other.writer(timeout_s=0.2):
        pass

    assert caught.value.code == "T330"


def test_a_commit_that_cannot_be_written_leaves_the_index_as_it_was(index):
    (index.directory / "vanthu.tmp").write_bytes(b"in the way of the temporary folder")

    with index.writer() as writer, pytest.raises(IndexNotWritten):
        writer.upsert_many([Paper(document_id="new", text="mới")])

    assert SearchIndex(index.directory, CLOCK).count() == 59


def test_a_place_that_cannot_be_written_is_told_as_such(tmp_path):
    (tmp_path / "file").write_bytes(b"no folder")
    index = SearchIndex(tmp_path / "file" / "index", CLOCK)

    with pytest.raises(IndexNotWritten) as caught:
        index.reset()
    assert caught.value.code == "T332"


WRITE = """
import sys
from pathlib import Path
from pipeline.clock import SystemClock
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.values import Paper
directory, name = Path(sys.argv[1]), sys.argv[2]
index = SearchIndex(directory, SystemClock())
for batch in range(8):
    with index.writer() as writer:
        writer.upsert_many([Paper(document_id=f"{name}-{batch}-{n}", text=f"văn bản {name} {batch} {n}") for n in range(5)])
"""


def test_two_processes_write_in_turns_and_nothing_is_lost(index):
    command = [sys.executable, "-c", WRITE, str(index.directory)]
    writers = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("mot", "hai")]

    reader = SearchIndex(index.directory, CLOCK)
    while any(writer.poll() is None for writer in writers):
        assert reader.search(Query(text="phiếu chuyển đơn thư", limit=5)).hits
        assert SearchIndex(index.directory, CLOCK).health() == ""
    assert [writer.returncode for writer in writers] == [0, 0]
    assert index.count() == 59 + 80
    assert index.health(deep=True) == ""
    assert index.search(Query(text="văn bản hai 7 4")).hits[0].document_id == "hai-7-4"


def test_killed_writers_leave_an_index_that_opens(index):
    for _ in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITE, str(index.directory), "chet"], cwd=ROOT
        )
        try:
            writer.wait(timeout=0.35 + 0.03 * _)
        except subprocess.TimeoutExpired:
            writer.kill()
            writer.wait()
        assert SearchIndex(index.directory, CLOCK).health(deep=True) == ""
    with index.writer() as again:
        again.upsert_many([Paper(document_id="last", text="sau cùng")])

    assert index.search(Query(text="sau cùng")).hits[0].document_id == "last"
