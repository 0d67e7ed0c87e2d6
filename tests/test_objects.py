import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import ocfl
import pytest
from breaking_disk import BreakingDisk, in_child
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ocfl.layout_registry import get_layout

from pipeline.clock import OFFICE_ZONE, FixedClock
from pipeline.durable import Disk
from pipeline.errors.archive import (
    ArchiveBusy,
    ArchiveForbidden,
    ArchiveFull,
    ArchiveReadOnly,
    ArchiveRootInvalid,
    ContentDamaged,
    NameRefused,
    ObjectDamaged,
    ObjectUnknown,
    SourceUnreadable,
    VersionConflict,
    VersionGap,
)
from pipeline.errors.base import TemporaryFailure
from pipeline.errors.findings import CATALOGUE, Severity
from pipeline.stores.objects import NewVersion, Objects
from pipeline.stores.objects.layout import check_logical_names, object_path
from pipeline.vietnamese import safe_file_name

CLOCK = FixedClock(datetime(2026, 11, 22, 8, 30, tzinfo=OFFICE_ZONE))
ID = "urn:vanthu:doc:01kbha0son00000000000000"


def opened(base, disk=None):
    return Objects(base / "objects", base / "staging", CLOCK, disk=disk)


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path) as found:
        yield found


def put(store, files, version=1, object_id=ID, **more):
    return store.put(
        object_id, files, version=version, message="Lưu lần đầu", person="Nguyễn Văn An", **more
    )


def judge(base):
    """The verdict of another implementation, warnings included."""
    root = ocfl.StorageRoot(root=str(base / "objects"))
    root.open_root_fs()
    root.check_root_structure()
    count, good, messages = root.validate_hierarchy(log_warnings=True)
    assert messages == []
    assert count == good
    return count


def folder_of(store, object_id=ID):
    return store._root / object_path(object_id)


def codes(store, **how):
    return sorted(one.code for one in store.verify(**how))


class FailingDisk(Disk):
    """Refuses one kind of act with one error, from the n-th on."""

    def __init__(self, act, number, after=0):
        self.act, self.number, self.after = act, number, after

    def _maybe(self, act):
        if act == self.act:
            self.after -= 1
            if self.after < 0:
                raise OSError(self.number, os.strerror(self.number))

    def write_new(self, path, data, mode=0o644):
        self._maybe("write")
        super().write_new(path, data, mode)

    def rename(self, source, target):
        self._maybe("rename")
        super().rename(source, target)

    def sync_file(self, path):
        self._maybe("sync")
        super().sync_file(path)

    def sync_filesystem(self, directory):
        self._maybe("sync")
        super().sync_filesystem(directory)


def test_a_new_object_can_be_read_back_and_another_implementation_finds_it_valid(store, tmp_path):
    source = tmp_path / "gốc.pdf"
    source.write_bytes(b"%PDF-1.7 " + b"x" * 2_000_000)
    done = put(store, {"original/gốc.pdf": source, "record.json": b'{"ho_ten":"An"}'})

    assert not done.was_there
    assert [file.name for file in done.files] == ["original/gốc.pdf", "record.json"]
    assert store.exists(ID) == 1
    assert store.read(ID, "record.json") == b'{"ho_ten":"An"}'
    assert store.open(ID, "original/gốc.pdf").read_bytes() == source.read_bytes()
    assert store.inventory(ID).versions[1].person == "Nguyễn Văn An"
    assert store.inventory(ID).versions[1].created == "2026-11-22T08:30:00+07:00"
    assert source.exists()
    assert list(store.verify()) == []
    assert judge(tmp_path) == 1


def test_content_that_did_not_change_is_stored_once(store, tmp_path):
    big = tmp_path / "scan.pdf"
    big.write_bytes(os.urandom(1_500_000))
    put(store, {"original/scan.pdf": big, "meta.json": b"1", "copy.json": b"1"})
    put(store, {"original/scan.pdf": big, "meta.json": b"2"}, version=2)
    put(store, {"text.txt": b"chu"}, version=3, keep=("original/scan.pdf",))
    put(store, {"renamed.pdf": big}, version=4)

    stored = [path for path in folder_of(store).rglob("content/**/*") if path.is_file()]
    assert sorted(path.name for path in stored) == [
        "copy.json",
        "meta.json",
        "scan.pdf",
        "text.txt",
    ]
    assert store.read(ID, "meta.json", 1) == b"1"
    assert store.read(ID, "meta.json", 2) == b"2"
    assert sorted(file.name for file in store.files(ID, 3)) == ["original/scan.pdf", "text.txt"]
    assert store.files(ID, 3)[0].size_bytes == 1_500_000
    assert store.read(ID, "renamed.pdf") == big.read_bytes()
    assert list(store.verify()) == []
    assert judge(tmp_path) == 1


def test_many_objects_lie_where_the_registered_layout_puts_them(store, tmp_path):
    layout = get_layout("0003-hash-and-id-n-tuple-storage-layout")
    layout.tuple_size, layout.number_of_tuples = 2, 2
    ids = [f"urn:vanthu:doc:{at:026d}" for at in range(60)]
    ids += ["urn:vanthu:journal:2026-11-22", "urn:vanthu:receipt:" + "z" * 120]
    news = [
        NewVersion(
            object_id=name,
            version=1,
            files={"record.json": name.encode()},
            message="",
            person="",
            created_at=CLOCK.now(),
        )
        for name in ids
    ]
    done = store.put_many(news)

    assert [one.object_id for one in done] == ids
    assert sorted(store.iter_ids()) == sorted(ids)
    for name in ids:
        assert object_path(name) == layout.identifier_to_path(name)
        assert store.read(name, "record.json") == name.encode()
    seen = []
    assert list(store.verify(progress=lambda count, place: seen.append((count, place)))) == []
    assert [count for count, _ in seen] == list(range(1, 63))
    assert judge(tmp_path) == 62


def test_storing_the_same_again_is_no_new_version(store, tmp_path):
    first = put(store, {"a.txt": b"1", "log.txt": b"moment 1"})
    with opened(tmp_path) as other:
        again = put(other, {"a.txt": b"1", "log.txt": b"moment 2"}, volatile=frozenset({"log.txt"}))

    assert again.was_there
    assert again.inventory_sha512 == first.inventory_sha512
    assert again.files == first.files
    assert store.exists(ID) == 1
    put(store, {"a.txt": b"2"}, version=2)
    assert store.stored(ID, 1).inventory_sha512 == first.inventory_sha512
    assert store.stored(ID, 3) is None
    assert put(store, {"a.txt": b"1"}).inventory_sha512 == first.inventory_sha512


@pytest.mark.parametrize("files", [{"a.txt": b"other"}, {"a.txt": b"1", "b.txt": b"more"}])
def test_other_content_for_a_stored_version_is_refused(store, files):
    put(store, {"a.txt": b"1"})
    with pytest.raises(VersionConflict) as caught:
        put(store, files)

    assert "A403" in caught.value.clerk_text
    assert store.read(ID, "a.txt") == b"1"


def test_versions_come_one_after_another(store):
    with pytest.raises(VersionGap):
        put(store, {"a.txt": b"1"}, version=2)
    put(store, {"a.txt": b"1"})
    with pytest.raises(VersionGap):
        put(store, {"a.txt": b"3"}, version=3)
    with pytest.raises(ObjectUnknown):
        put(store, {"b.txt": b"1"}, version=2, keep=("never.txt",))
    assert store.exists(ID) == 1


def test_two_versions_of_one_object_may_come_in_one_batch(store, tmp_path):
    news = [
        NewVersion(
            object_id=ID,
            version=number,
            files={"a.txt": b"%d" % number},
            message="",
            person="An",
            created_at=CLOCK.now(),
        )
        for number in (1, 2, 3)
    ]
    assert [one.version for one in store.put_many(news)] == [1, 2, 3]
    assert judge(tmp_path) == 1


def test_one_bad_object_of_a_batch_does_not_stop_its_neighbours(store, tmp_path):
    put(store, {"a.txt": b"1"})
    files = [{"a.txt": b"other"}, {"a.txt": tmp_path / "missing"}, {"../x": b""}, {"a.txt": b"1"}]
    ids = [ID, ID + "1", ID + "2", ID + "3"]
    news = [
        NewVersion(
            object_id=name, version=1, files=what, message="", person="", created_at=CLOCK.now()
        )
        for name, what in zip(ids, files, strict=True)
    ]
    with pytest.raises((VersionConflict, SourceUnreadable, NameRefused)):
        store.put_many(news)

    assert [store.exists(name) for name in ids] == [1, 0, 0, 1]
    assert judge(tmp_path) == 2


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        "a\0b",
        "a\nb",
        "a\\b",
        "a:b",
        "con.txt",
        "a.",
        "a ",
        " a",
        "e\u0301.txt",
        "a\u202eb.txt",
        "x" * 256,
        "/".join(["y" * 190] * 4),
        "a\ud800b",
    ],
)
def test_unsafe_names_never_enter(store, name):
    with pytest.raises(NameRefused):
        put(store, {name: b"x"})
    assert store.exists(ID) == 0


@pytest.mark.parametrize("names", [["a.txt", "A.TXT"], ["a", "a/b"], ["A/b", "a"], []], ids=str)
def test_names_that_hide_one_another_never_enter(names):
    with pytest.raises(NameRefused):
        check_logical_names(names)


@pytest.mark.parametrize("object_id", ["", "a b", "đảng", "x" * 201, "a\n"])
def test_unreadable_ids_never_enter(store, object_id):
    with pytest.raises(NameRefused):
        put(store, {"a": b""}, object_id=object_id)


def test_links_and_folders_are_not_taken_for_files(store, tmp_path):
    (tmp_path / "link").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "objects"):
        with pytest.raises(SourceUnreadable):
            put(store, {"a.txt": tmp_path / name})


@pytest.mark.parametrize(
    ("number", "failure"),
    [(28, ArchiveFull), (30, ArchiveReadOnly), (13, ArchiveForbidden), (5, TemporaryFailure)],
)
@pytest.mark.parametrize("act", ["write", "rename", "sync"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_refusing_disk_is_temporary_and_leaves_nothing_half_done(
    tmp_path, number, failure, act, after
):
    batch = [
        NewVersion(
            object_id=ID + name,
            version=1,
            files={"a.txt": b"1"},
            message="",
            person="",
            created_at=CLOCK.now(),
        )
        for name in "abcd"
    ]
    if (act, after) not in {("sync", 1), ("sync", 2)}:  # a batch syncs but once
        with (
            pytest.raises(failure) as caught,
            opened(tmp_path, FailingDisk(act, number, after)) as bad,
        ):
            bad.put_many(batch)
        assert "Việc tạm dừng" in caught.value.clerk_text or "tự làm lại" in caught.value.clerk_text
        assert caught.value.exit_status == 75
    with opened(tmp_path) as store:
        assert {one.severity for one in store.verify()} <= {Severity.NOTE}
        assert {path.name for path in (tmp_path / "staging").iterdir()} <= {"locks"}
        store.put_many(batch)
        assert list(store.verify()) == []
    assert judge(tmp_path) == 4


def test_a_full_disk_in_the_middle_of_a_next_version_heals(tmp_path, store):
    put(store, {"a.txt": b"1"})
    for after in (0, 1, 1):
        with pytest.raises(ArchiveFull), opened(tmp_path, FailingDisk("rename", 28, after)) as bad:
            put(bad, {"a.txt": b"2"}, version=2)
        assert {one.severity for one in store.verify()} <= {Severity.NOTE}
    assert put(store, {"a.txt": b"2"}, version=2).was_there
    assert list(store.verify()) == []
    assert judge(tmp_path) == 1


def test_a_read_only_archive_can_still_be_read(tmp_path, store):
    put(store, {"a.txt": b"1"})
    shutil.rmtree(tmp_path / "staging")
    (tmp_path / "staging").write_bytes(b"in the way")
    with opened(tmp_path) as reader:
        assert reader.read(ID, "a.txt") == b"1"
        assert list(reader.verify()) == []
        with pytest.raises(TemporaryFailure):
            put(reader, {"a.txt": b"2"}, version=2)


def test_a_folder_of_something_else_is_not_made_an_archive(tmp_path):
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "holiday.jpg").write_bytes(b"")
    with pytest.raises(ArchiveRootInvalid):
        opened(tmp_path)
    assert [path.name for path in (tmp_path / "objects").iterdir()] == ["holiday.jpg"]


def test_an_archive_of_another_layout_is_refused(tmp_path, store):
    config = next((tmp_path / "objects" / "extensions").rglob("config.json"))
    config.chmod(0o600)
    config.write_text(json.dumps({**json.loads(config.read_text()), "tupleSize": 3}))
    with pytest.raises(ArchiveRootInvalid):
        opened(tmp_path)
    assert codes(store) == ["A405"]


def spoil_content(folder):
    path = folder / "v1/content/a.txt"
    path.chmod(0o600)
    path.write_bytes(b"9")


def spoil_inventory(folder):
    path = folder / "inventory.json"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"An", b"Ba"))


DAMAGES = {
    "changed file": (spoil_content, "A402", True),
    "missing file": (lambda folder: (folder / "v1/content/a.txt").unlink(), "A409", False),
    "link instead of file": (
        lambda folder: (
            (folder / "v2/content/a.txt").unlink()
            or (folder / "v2/content/a.txt").symlink_to("../../v1/content/a.txt")
        ),
        "A402",
        True,
    ),
    "changed inventory": (spoil_inventory, "A401", False),
    "missing inventory": (lambda folder: (folder / "inventory.json").unlink(), "A401", False),
    "missing sidecar": (lambda folder: (folder / "inventory.json.sha512").unlink(), "A409", False),
    "missing declaration": (lambda folder: (folder / "0=ocfl_object_1.1").unlink(), "A409", False),
    "missing version": (lambda folder: shutil.rmtree(folder / "v1"), "A409", False),
    "missing old inventory": (
        lambda folder: (folder / "v1/inventory.json").unlink(),
        "A409",
        False,
    ),
    "changed old inventory": (
        lambda folder: (
            shutil.copy(folder / "inventory.json", folder / "v1/new")
            and (folder / "v1/new").rename(folder / "v1/inventory.json")
        ),
        "A401",
        False,
    ),
    "unexpected file": (lambda folder: (folder / "v1/content/x").write_bytes(b""), "A408", False),
    "unexpected entry": (lambda folder: (folder / "note.txt").write_bytes(b""), "A408", False),
    "unexpected in version": (lambda folder: (folder / "v2/x").mkdir(), "A408", False),
    "empty folder": (lambda folder: (folder / "v2/content/x").mkdir(), "A408", False),
    "moved": (lambda folder: folder.rename(folder.with_name("elsewhere")), "A415", False),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_verify_names_every_damage(store, name):
    act, code, needs_depth = DAMAGES[name]
    put(store, {"a.txt": b"1"})
    put(store, {"a.txt": b"2"}, version=2)
    act(folder_of(store))

    found = list(store.verify())
    assert code in {one.code for one in found if one.severity is Severity.DAMAGE}
    assert all(one.text and one.where and one.detail for one in found)
    if not needs_depth:
        assert code in codes(store, deep=False)


def test_strays_between_objects_are_warned_of(store):
    put(store, {"a.txt": b"1"})
    (folder_of(store).parent / "stray.txt").write_bytes(b"")
    (store._root / "00").mkdir(exist_ok=True)
    (store._root / "00/ff").mkdir()

    assert codes(store) == ["A414", "A416"]


def test_damaged_content_is_never_handed_out(store):
    put(store, {"a.txt": b"1"})
    spoil_content(folder_of(store))

    with pytest.raises(ContentDamaged):
        store.read(ID, "a.txt")
    with pytest.raises(ContentDamaged):
        store.open(ID, "a.txt")
    assert store.open(ID, "a.txt", is_checked=False).exists()


def test_a_damaged_object_is_never_written_to(store):
    put(store, {"a.txt": b"1"})
    spoil_inventory(folder_of(store))
    before = sorted(folder_of(store).rglob("*"))

    with pytest.raises(ObjectDamaged):
        put(store, {"a.txt": b"2"}, version=2)
    with pytest.raises(ObjectDamaged):
        store.exists(ID)
    assert sorted(folder_of(store).rglob("*")) == before


def test_a_version_ahead_that_lost_its_content_is_not_rolled_forward(store, tmp_path):
    put(store, {"a.txt": b"1"})
    old = [
        (folder_of(store) / name).read_bytes()
        for name in ("inventory.json", "inventory.json.sha512")
    ]
    put(store, {"a.txt": b"2"}, version=2)
    for name, data in zip(("inventory.json", "inventory.json.sha512"), old, strict=True):
        (folder_of(store) / name).unlink()
        (folder_of(store) / name).write_bytes(data)
    assert codes(store) == ["A413"]
    (folder_of(store) / "v2/content/a.txt").unlink()

    with pytest.raises(ObjectDamaged):
        store.repair()
    assert codes(store) == ["A408", "A409", "A413"]  # its content folder is empty now


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"id":1}',
        b"[" * 100_000,
        b'{"id":"x","id":"y"}',
        b'{"id":"urn:x","type":"https://ocfl.io/1.1/spec/#inventory","digestAlgorithm":"sha512",'
        b'"head":"v1","manifest":{"%s":["v1/content/../../../../etc/passwd"]},"versions":{}}'
        % (b"a" * 128),
    ],
)
def test_a_hostile_inventory_is_damage_and_nothing_else(store, data):
    put(store, {"a.txt": b"1"})
    path = folder_of(store) / "inventory.json"
    path.unlink()
    path.write_bytes(data)

    with pytest.raises(ObjectDamaged):
        store.exists(ID)
    assert codes(store) == ["A401"]
    assert list(store.iter_ids()) == []


def test_a_missing_object_is_said_to_be_missing(store):
    assert store.exists(ID) == 0
    assert codes(store, object_id=ID) == ["A409"]
    with pytest.raises(ObjectUnknown):
        store.read(ID, "a.txt")
    put(store, {"a.txt": b"1"})
    for name, version in (("b.txt", None), ("a.txt", 2)):
        with pytest.raises(ObjectUnknown):
            store.read(ID, name, version)
    with pytest.raises(ObjectUnknown):
        store.files(ID, 7)


def test_staging_of_the_living_is_left_alone(tmp_path, store):
    folder = Path(store._workshop.new_folder())
    in_child(
        lambda: opened(tmp_path, BreakingDisk(3)).put(
            ID, {"a": b"1"}, version=1, message="", person=""
        )
    )
    assert len(list((tmp_path / "staging").glob("objects-*.owner"))) == 2

    with opened(tmp_path) as other:
        assert len(other.sweep_staging()) == 1
        assert folder.is_dir()
    store.close()
    assert not folder.exists()


def test_one_writer_at_a_time_for_each_object(store):
    impatient = store._workshop.locked([ID], seconds=0.02)
    with store._workshop.locked([ID]), pytest.raises(ArchiveBusy), impatient:
        pytest.fail("two hold the lock")


def test_eight_processes_storing_the_same_objects_agree(tmp_path):
    ids = [f"{ID}{at:02d}" for at in range(12)]

    def work():
        with opened(tmp_path) as store:
            for version in (1, 2, 3):
                news = [
                    NewVersion(
                        object_id=name,
                        version=version,
                        files={"record.json": name.encode(), "n": b"%d" % version},
                        message="",
                        person=str(os.getpid()),
                        created_at=CLOCK.now(),
                    )
                    for name in ids
                ]
                store.put_many(news)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(in_child, [work] * 8))
    with opened(tmp_path) as store:
        assert {store.exists(name) for name in ids} == {3}
        assert list(store.verify()) == []
    assert judge(tmp_path) == 12


NAMES = st.sampled_from(["a.txt", "b/c.json", "b/đ.pdf", "sâu/hơn/nữa.txt"])
STATES = st.lists(
    st.dictionaries(NAMES, st.sampled_from([b"", b"1", b"2", b"z" * 5000]), min_size=1),
    min_size=1,
    max_size=5,
)


@given(states=STATES)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_history_reads_back_and_is_valid(tmp_path_factory, states):
    base = tmp_path_factory.mktemp("history")
    with opened(base) as store:
        for number, files in enumerate(states, start=1):
            put(store, files, version=number)
        for number, files in enumerate(states, start=1):
            assert {
                file.name: store.read(ID, file.name, number) for file in store.files(ID, number)
            } == files
        assert list(store.verify()) == []
    assert judge(base) == 1


@given(name=st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_an_accepted_name_stays_inside_and_can_be_written(tmp_path_factory, name):
    try:
        check_logical_names([name])
    except NameRefused:
        return
    base = tmp_path_factory.getbasetemp()
    path = Path(os.path.normpath(base / name))
    assert path.is_relative_to(base)
    assert str(path) == f"{base}/{name}"


def test_the_document_of_the_format_names_every_finding():
    page = Path(__file__).resolve().parent.parent / "docs" / "archive-format.md"
    told = dict(re.findall(r"^\| (A4\d\d) \| (\w+) \|", page.read_text("utf-8"), re.MULTILINE))

    assert told == {code: severity.value for code, (severity, _) in CATALOGUE.items()}


@given(name=st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_every_name_made_safe_for_windows_may_enter(name):
    safe = safe_file_name(name)
    check_logical_names([f"received/{safe}", f"renditions/{safe}"])
