"""Stop a writer after every single act, three ways; the next writer must find or make a whole object."""

import os
from datetime import datetime

import ocfl
import pytest
from breaking_disk import MODES, BreakingDisk, in_child

from pipeline.clock import OFFICE_ZONE, FixedClock
from pipeline.errors.findings import Severity
from pipeline.stores.objects import NewVersion, Objects

CLOCK = FixedClock(datetime(2026, 11, 22, 8, 30, tzinfo=OFFICE_ZONE))
ID = "urn:vanthu:doc:01kbha0son00000000000000"
BIG = os.urandom((1 << 20) + 17)
FIRST = {"record.json": b"{}", "renditions/GGT-0001 Trần Thị Bé.pdf": BIG, "meta.json": b"1"}
SECOND = {**FIRST, "text/ocr.txt": "chữ nhận dạng".encode(), "meta.json": b"2"}


def new(number, files, object_id=ID):
    return NewVersion(
        object_id=object_id,
        version=number,
        files=files,
        message="Lưu",
        person="văn thư",
        created_at=CLOCK.now(),
    )


def opened(base, disk=None):
    return Objects(base / "objects", base / "staging", CLOCK, disk=disk)


def is_valid(base):
    return ocfl.StorageRoot(root=str(base / "objects")).validate(log_errors=False)


def damage(store):
    return [one for one in store.verify() if one.severity is not Severity.NOTE]


def stop_everywhere(tmp_path, mode, prepare, write, check):
    """Run *write* in a child that stops after act 1, 2, 3 … until one comes to its end."""
    for stop in range(1, 200):
        base = tmp_path / f"{stop}"
        with opened(base) as store:
            prepare(store)

        def act(base=base, stop=stop):
            write(opened(base, BreakingDisk(stop, mode)))

        finished = in_child(act)
        with opened(base) as store:
            check(base, store, finished)
        if finished:
            return stop
    pytest.fail("never came to an end")


@pytest.mark.parametrize("mode", MODES)
def test_a_new_object_is_whole_or_absent_wherever_its_writer_stops(tmp_path, mode):
    def check(base, store, finished):
        assert store.exists(ID) in ({1} if finished else {0, 1})
        assert damage(store) == []
        assert store.put_many([new(1, FIRST)])[0].files == store.files(ID)
        assert store.read(ID, "meta.json") == b"1"
        store.sweep_staging()
        store.close()
        assert {path.name for path in (base / "staging").iterdir()} <= {"locks"}
        assert is_valid(base)

    acts = stop_everywhere(
        tmp_path, mode, lambda _: None, lambda store: store.put_many([new(1, FIRST)]), check
    )
    assert acts > 20


@pytest.mark.parametrize("mode", MODES)
def test_a_next_version_is_whole_or_absent_wherever_its_writer_stops(tmp_path, mode):
    def check(base, store, finished):
        head = store.exists(ID)
        assert head in ({2} if finished else {1, 2})
        assert store.read(ID, "meta.json") == f"{head}".encode()
        assert damage(store) == []
        again = store.put_many([new(2, SECOND)])[0]
        assert again.was_there == (head == 2)
        assert again == store.stored(ID, 2) or not again.was_there
        assert list(store.verify()) == []
        assert is_valid(base)

    acts = stop_everywhere(
        tmp_path,
        mode,
        lambda store: store.put_many([new(1, FIRST)]),
        lambda store: store.put_many([new(2, SECOND)]),
        check,
    )
    assert acts > 15


@pytest.mark.parametrize("mode", MODES)
def test_a_batch_leaves_each_object_whole_or_absent(tmp_path, mode):
    ids = [f"{ID}{at}" for at in range(3)]
    old, news = ids[0], [new(1, FIRST, name) for name in ids[1:]]
    batch = [new(2, SECOND, old), *news]

    def check(base, store, finished):
        heads = [store.exists(name) for name in ids]
        assert heads == [2, 1, 1] or (not finished and heads[0] >= 1)
        assert damage(store) == []
        assert [put.version for put in store.put_many(batch)] == [2, 1, 1]
        assert list(store.verify()) == []
        assert is_valid(base)

    stop_everywhere(
        tmp_path,
        mode,
        lambda store: store.put_many([new(1, FIRST, old)]),
        lambda store: store.put_many(batch),
        check,
    )


@pytest.mark.parametrize("mode", MODES)
def test_what_was_acknowledged_survives_any_later_crash(tmp_path, mode):
    """The same process goes on after its first put; nothing it does may take that back."""

    def write(store):
        store.put_many([new(1, FIRST)])
        os.close(os.open(store._root.parent / "acknowledged", os.O_CREAT))
        store.put_many([new(2, SECOND)])

    def check(base, store, finished):
        if (base / "acknowledged").exists():
            assert store.exists(ID) >= 1
            assert store.read(ID, "record.json", 1) == b"{}"
        assert damage(store) == []

    stop_everywhere(tmp_path, mode, lambda _: None, write, check)


@pytest.mark.parametrize("stop", range(1, 7))
def test_rolling_forward_may_itself_be_stopped(tmp_path, stop):
    for base in (tmp_path, tmp_path / "probe"):
        with opened(base) as store:
            store.put_many([new(1, FIRST)])
    probe = BreakingDisk(10_000)
    with opened(tmp_path / "probe", probe) as store:
        store.put_many([new(2, SECOND)])
        commit = next(
            at
            for at, act in enumerate(probe.acts, 1)
            if act.startswith("rename") and act.endswith("/v2")
        )

    assert not in_child(lambda: opened(tmp_path, BreakingDisk(commit)).put_many([new(2, SECOND)]))
    with opened(tmp_path) as store:
        assert [one.code for one in store.verify()] == ["A413"]
    in_child(lambda: opened(tmp_path, BreakingDisk(stop)).repair())

    with opened(tmp_path) as store:
        assert store.read(ID, "meta.json") == b"2"
        store.repair()
        assert list(store.verify()) == []
    assert is_valid(tmp_path)


def test_every_renamed_file_was_synced_before_and_its_folder_after(tmp_path):
    disk = BreakingDisk(10_000)
    with opened(tmp_path, disk) as store:
        store.put_many([new(1, FIRST)])
        store.put_many([new(2, SECOND)])

    for at, act in enumerate(disk.acts):
        verb, _, target = act.partition(" ")
        if verb != "rename" or "/objects/" not in target:
            continue
        parent = target.rpartition("/")[0]
        assert f"fsync {parent}/" in disk.acts[at + 1 :]
    written = [act.split(" ", 1)[1] for act in disk.acts if act.startswith("write")]
    synced = [act.split(" ", 1)[1] for act in disk.acts if act.startswith("fsync")]
    assert set(written) <= set(synced)
