"""Killed at a system call, whichever: run again, and everything is as if nothing had happened.

Each sort of boundary is sampled evenly for each victim; ``bench/crash_sweep.py`` tries them all. The acts are those of
docs: 1 spool, 2 aside, 3 row, 4 unlink, 6 number, 8 object, 9 row, 10 answer, 11 index, 12 sweep.
"""

from __future__ import annotations

import re
import shutil

import pytest
from crash_deeds import kill_deed, make_stage
from crash_deeds import role_of as deed_role
from crash_kit import Victims, boundaries, kill_after, kill_amendment, kill_at, stride

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")

#: Sampled per victim: the watcher's acts 1–4, the worker's 5–10, the keeper's 11–12, and all of them in one process.
SAMPLES = {
    "watch": {
        "rename,renameat,renameat2": 5,
        "unlink,unlinkat": 3,
        "fdatasync": 2,
    },
    "work": {"rename,renameat,renameat2": 4, "syncfs": 3, "fdatasync": 4, "unlink,unlinkat": 2},
    "keep": {"rename,renameat,renameat2": 2, "fsync": 2, "unlink,unlinkat": 2, "rmdir": 2},
    "process": {"fsync": 2},
}
#: The deeds beside the flow, at a few boundaries each.
DEED_SAMPLES = {
    "purge": {"rename,renameat,renameat2": 2, "unlink,unlinkat": 1},
    "backup": {"rename,renameat,renameat2": 2, "fsync": 1},
    "issue": {"fdatasync": 1, "rename,renameat,renameat2": 1},
    "annexes": {"rename,renameat,renameat2": 2, "fdatasync": 1},
}
#: Name of the call, then the file or the descriptor's path.
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) = 0$")
_NAMED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_DESCRIPTOR = re.compile(r"^\d+<([^>]*)>")


@pytest.fixture(scope="module")
def victims(tmp_path_factory):
    server = Victims(tmp_path_factory.mktemp("crash"))
    yield server
    server.close()


@pytest.mark.parametrize("victim", SAMPLES)
def test_killed_at_any_boundary_nothing_is_lost_or_done_twice(victims, victim):
    counts = boundaries(victims, victim)
    for sort, most in SAMPLES[victim].items():
        for number in stride(counts[sort], most):
            was_killed, wrong = kill_at(victims, victim, sort, number)

            assert wrong == [], f"{victim} killed at {sort} number {number}"
            assert was_killed, f"{victim} has no {sort} number {number}"


def test_killed_while_the_tables_are_being_made_they_are_made_again(victims):
    count = boundaries(victims, "fresh")["pwrite64"]

    for number in (count // 3, count // 2):
        assert kill_at(victims, "fresh", "pwrite64", number) == (True, [])


@pytest.mark.parametrize("number", [3, 7, 12])
def test_killed_while_a_late_record_amends_its_paper_it_is_amended_once(victims, number):
    assert kill_amendment(victims, "fdatasync", number) == (True, [])


@pytest.mark.parametrize("victim", DEED_SAMPLES)
def test_a_deed_beside_the_flow_that_was_killed_is_done_once_when_it_is_asked_again(
    victims, victim
):
    make_stage(victims, victim)
    counts = boundaries(victims, victim, deed_role(victim))
    for sort, most in DEED_SAMPLES[victim].items():
        for number in stride(counts[sort], most):
            was_killed, wrong = kill_deed(victims, victim, sort, number)

            assert wrong == [], f"{victim} killed at {sort} number {number}"
            assert was_killed, f"{victim} has no {sort} number {number}"


@pytest.mark.parametrize("seconds", [0.35, 0.9])
def test_killed_at_a_random_moment_nothing_is_lost_or_done_twice(victims, seconds):
    assert kill_after(victims, "process", seconds) == []


def test_whatever_is_renamed_was_synced_before_and_its_folder_is_synced_after(victims):
    root = victims.stage_for("process")
    log = root.parent / "order.strace"
    calls = "rename,renameat,renameat2,fsync,fdatasync,syncfs,link,linkat"

    done = victims.run("process", root, strace=["-y", "-s4096", f"-etrace={calls}", "-o", str(log)])

    assert not done["status"], done
    deeds = read_deeds(log.read_text(errors="backslashreplace"))
    names = [deed for deed in deeds if deed[0] == "name"]
    assert len(names) > 20
    assert [deed[1:] for deed in unsynced(deeds, str(root))] == []


def read_deeds(text):
    """``("name", source, target)``, ``("sync", path)`` or ``("sync-all",)`` in order of time."""
    deeds = []
    for line in text.splitlines():
        call = _CALL.match(line)
        if call is None:
            continue
        name, arguments = call.groups()
        if name.startswith(("rename", "link")):
            source, target = (decoded(found) for found in _NAMED.findall(arguments)[:2])
            deeds.append(("name", source, target))
        elif name == "syncfs":
            deeds.append(("sync-all",))
        else:
            deeds.append(("sync", decoded(_DESCRIPTOR.match(arguments)[1])))
    return deeds


def decoded(text):
    """strace writes bytes beyond ASCII as octal escapes."""
    return (
        text.encode("latin-1", "backslashreplace")
        .decode("unicode_escape")
        .encode("latin-1")
        .decode()
    )


def unsynced(deeds, root):
    """Names given to what was not synced before, or whose folder is not synced after."""
    kept = (f"{root}/archive", f"{root}/inbox", f"{root}/index")
    thrown_away = (f"{root}/archive/work", f"{root}/archive/staging")
    for at, deed in enumerate(deeds):
        if deed[0] != "name" or not deed[2].startswith(kept) or deed[2].startswith(thrown_away):
            continue
        _, source, target = deed
        before = any(is_synced(one, source, whole=True) for one in deeds[:at])
        after = any(is_synced(one, target.rpartition("/")[0], whole=False) for one in deeds[at:])
        was_hers = source.startswith(f"{root}/inbox/") and ".tmp" not in source
        if not after or not (before or was_hers):
            yield *deed, "before" if not before else "after"


def is_synced(deed, path, *, whole):
    """Whether *deed* makes *path* last; of a folder with its content any sync inside counts."""
    if deed[0] == "sync-all":
        return True
    return deed[0] == "sync" and (deed[1] == path or (whole and deed[1].startswith(f"{path}/")))
