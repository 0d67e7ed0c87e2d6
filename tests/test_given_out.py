"""What lies in ``_ket_qua``: one note a drop, the newest paper under the plain name, and nothing of hers written over."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import pytest
from office_kit import VAN_BAN_DEN, drop, opened, paper_bytes, process_here, results, small_office

from pipeline.inbox.results import clear_stale, place_files, place_note
from pipeline.incoming import Word, confirm

NOTE = "KẾT QUẢ.txt"


def held(_temp: Path, _target: Path) -> None:
    """A share on which somebody has every file open."""
    raise PermissionError(errno.EACCES, "Permission denied")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def words(folder: Path, name: str = NOTE) -> str:
    return (folder / name).read_text(encoding="utf-8-sig")


def digests(*contents: bytes) -> frozenset[str]:
    return frozenset(hashlib.sha512(one).hexdigest() for one in contents)


def test_a_newer_note_takes_the_place_of_the_older(tmp_path):
    for text in ("Chờ xác nhận.\n", "Chờ xác nhận.\n", "Xong – 01-ĐẾN/2026.\n"):
        assert place_note(text, tmp_path, NOTE) == tmp_path / NOTE

    assert names(tmp_path) == [NOTE]
    assert words(tmp_path).startswith("Xong – 01-ĐẾN/2026.")


@pytest.mark.parametrize("hers", ["thêm", "Nhớ gọi lại.\n"])
def test_a_note_she_wrote_into_stays_as_it_is(tmp_path, hers):
    place_note("Một.\n", tmp_path, NOTE)
    edited = (tmp_path / NOTE).read_bytes().replace("Một.".encode(), f"Một. {hers}".encode())
    (tmp_path / NOTE).write_bytes(edited)

    place_note("Hai.\n", tmp_path, NOTE)

    assert (tmp_path / NOTE).read_bytes() == edited
    assert words(tmp_path, "KẾT QUẢ (2).txt").startswith("Hai.")


def test_a_note_that_is_open_over_a_share_blocks_nothing_and_the_next_one_tidies_up(tmp_path):
    place_note("Một.\n", tmp_path, NOTE)
    place_note("Hai.\n", tmp_path, NOTE, replace=held)
    assert names(tmp_path) == ["KẾT QUẢ (2).txt", NOTE]
    assert words(tmp_path).startswith("Một.")

    place_note("Ba.\n", tmp_path, NOTE)

    assert names(tmp_path) == [NOTE]
    assert words(tmp_path).startswith("Ba.")


def test_a_file_of_ours_gives_way_to_the_newer_and_one_of_hers_does_not(tmp_path):
    new = tmp_path / "new"
    new.write_bytes(b"version 2")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"version 1")
    (folder / "b.pdf").write_bytes(b"edited by her")
    ours = digests(b"version 1", b"version 2")

    placed = place_files([(new, "a.pdf"), (new, "b.pdf")], folder, ours=ours)

    assert [path.name for path in placed] == ["a.pdf", "b (2).pdf"]
    assert (folder / "a.pdf").read_bytes() == b"version 2"
    assert (folder / "b.pdf").read_bytes() == b"edited by her"


def test_a_file_that_is_open_over_a_share_gets_its_successor_beside_it(tmp_path):
    new = tmp_path / "new"
    new.write_bytes(b"version 2")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"version 1")

    placed = place_files([(new, "a.pdf")], folder, ours=digests(b"version 1"), replace=held)

    assert [path.name for path in placed] == ["a (2).pdf"]
    assert names(folder) == ["a (2).pdf", "a.pdf"]


def test_only_what_lies_in_the_archive_is_cleared_away(tmp_path):
    for name in ("old.pdf", "new.pdf", "hers.pdf"):
        (tmp_path / name).write_bytes(name.encode())

    clear_stale(tmp_path, [tmp_path / "new.pdf"], digests(b"old.pdf", b"new.pdf"))

    assert names(tmp_path) == ["hers.pdf", "new.pdf"]


def test_a_paper_confirmed_twice_leaves_one_note_and_one_stamped_paper(tmp_path, cell):
    office = small_office(tmp_path)
    drop(office, VAN_BAN_DEN, "scan.pdf", paper_bytes(tmp_path, "Mot van ban"))
    process_here(office, cell)
    first = results(office, VAN_BAN_DEN)
    for said in ({"number": "15-CV/BTGTU"}, {"subject": "về tuyên truyền"}):
        with opened(office, cell) as app:
            confirm("1", Word(person="lan", said=said), app)
        process_here(office, cell)

    now = results(office, VAN_BAN_DEN)

    assert len(first) == 2
    assert now == ["Den-0001 15-CV-BTGTU về tuyên truyền.pdf", NOTE]
