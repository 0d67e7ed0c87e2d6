"""A file is moved to a free name on any file system, never over another, and never lost."""

from __future__ import annotations

import os

import exfat
import pytest
from office_kit import (
    drop,
    drop_json,
    inbox,
    lying,
    person,
    process_here,
    reason,
    results,
    returned,
    small_office,
)

from pipeline.durable import _link_new, move_new
from pipeline.inbox.folders import TAKEN_FOLDER
from pipeline.inbox.results import move_under_free_name


@pytest.fixture
def no_links(tmp_path):
    with exfat.mounted(tmp_path) as place:
        (place / "a").write_bytes(b"a")
        with pytest.raises(PermissionError):
            os.link(place / "a", place / "b")
        (place / "a").unlink()
        yield place


@pytest.fixture(params=["ordinary", "no links"])
def place(request, tmp_path):
    return tmp_path if request.param == "ordinary" else request.getfixturevalue("no_links")


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name not in {"exfat", "exfat.img"})


def test_a_file_gets_its_new_name(place):
    (place / "a").write_bytes(b"content")

    move_new(place / "a", place / "b")

    assert names(place) == ["b"]
    assert (place / "b").read_bytes() == b"content"


def test_another_file_is_never_written_over(place):
    (place / "a").write_bytes(b"ours")
    (place / "b").write_bytes(b"hers")

    with pytest.raises(FileExistsError):
        move_new(place / "a", place / "b")
    where = move_under_free_name(place / "a", place / "b")

    assert where.name == "b (2)"
    assert (place / "b").read_bytes() == b"hers"
    assert where.read_bytes() == b"ours"
    assert names(place) == ["b", "b (2)"]


def test_a_move_that_died_between_its_two_acts_is_finished(place):
    (place / "a").write_bytes(b"content")
    (place / "b").write_bytes(b"content")

    move_new(place / "a", place / "b")

    assert names(place) == ["b"]


def test_a_copy_that_fails_leaves_only_the_file_itself(no_links):
    big = no_links / "a"
    big.write_bytes(os.urandom(18 << 20))

    with pytest.raises(OSError, match="space"):
        move_new(big, no_links / "b")

    assert names(no_links) == ["a"]
    assert big.stat().st_size == 18 << 20


def test_links_are_used_where_a_rename_cannot_refuse_to_replace(tmp_path):
    (tmp_path / "a").write_bytes(b"content")

    _link_new(tmp_path / "a", tmp_path / "b")
    move_new(tmp_path / "a", tmp_path / "b")

    assert names(tmp_path) == ["b"]


def test_an_inbox_without_links_is_worked_like_any_other(tmp_path, no_links, cell):
    (no_links / "inbox").mkdir()
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "inbox").symlink_to(no_links / "inbox")
    office = small_office(tmp_path / "office")
    drop_json(office, "mot.json", person(1))
    drop_json(office, "sai.json", person(2, ho_ten=""))
    drop(office, "gioi-thieu", "rong.json", b"")
    lost = inbox(office) / TAKEN_FOLDER / f"{'0' * 26}~hai.json"
    lost.parent.mkdir(exist_ok=True)
    drop_json(office, "hai.json", person(3)).rename(lost)

    process_here(office, cell)

    assert lying(office) == []
    assert list(lost.parent.iterdir()) == []
    assert sum(name.endswith(".pdf") for name in results(office)) == 2
    assert {"sai.json", "rong.json"} <= set(returned(office))
    assert "R183" in reason(office)
