"""Printing cannot be repeated: killed at any system call, it has come out once or not at all, and the books say which."""

from __future__ import annotations

import shutil

import pytest
from crash_kit import Victims, stride
from cups import running_cups
from office_kit import process_here, wait_until
from printing_kit import drop_papers, with_printer

from pipeline.config import load_office
from pipeline.engines.cell import Cell

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")

#: What lasts here, and what passes between us and the printer: how many kills of each are tried, and what must be seen
#: among their outcomes, or all of them came too early or too late to prove anything.
SAMPLES = {
    "fdatasync": (3, {"nothing", "printed"}),
    "pwrite64": (3, {"nothing"}),
    "connect": (3, {"nothing"}),
    "sendto": (5, {"nothing", "not-sent"}),
    "recvfrom": (5, {"nothing", "printed"}),
}
PAPERS = 3


@pytest.fixture(scope="module")
def server():
    with running_cups() as running:
        yield running


@pytest.fixture(scope="module")
def with_papers(tmp_path_factory):
    root = tmp_path_factory.mktemp("van-phong")
    with Cell(work_root=tmp_path_factory.mktemp("cell"), memory_bytes=2_500_000_000) as cell:
        process_here(drop_papers(root), cell)
    return root


@pytest.fixture(scope="module")
def victims(tmp_path_factory):
    running = Victims(tmp_path_factory.mktemp("crash"), with_stages=False)
    yield running
    running.close()


@pytest.fixture
def stage(victims, with_papers, server):
    """Makes a fresh office with a printer of its own."""
    made = []

    def make():
        root = victims.folder / f"in-{len(made)}-{len(list(victims.folder.iterdir()))}"
        shutil.copytree(with_papers, root, symlinks=True)
        printer = server.new_printer()
        with_printer(load_office(root), server.address, printer.name)
        made.append(root)
        return root, printer

    yield make
    for root in made:
        shutil.rmtree(root)


def settled(victims, root):
    """What the books say once no printing is open."""

    def ask():
        told = victims.run("prints", root)
        assert not told["status"], told
        states = told["value"]["states"]
        return None if {"ordered", "given"} & set(states) else told["value"]

    return wait_until(ask)


def calls(victims, stage, sort):
    root, _ = stage()
    log = root.parent / f"{root.name}.strace"
    done = victims.run("print", root, strace=[f"-etrace={sort}", "-o", str(log)])
    assert not done["status"], done
    return sum(line.startswith(f"{sort}(") for line in log.read_text(errors="replace").splitlines())


@pytest.mark.parametrize("sort", SAMPLES)
def test_killed_at_any_call_it_came_out_once_or_never_and_the_books_say_which(victims, stage, sort):
    most, wanted = SAMPLES[sort]
    seen, was_killed = set(), 0
    # How often a printer is asked is another number each time: the last calls may not be there.
    numbers = list(stride(calls(victims, stage, sort), most))
    for number in numbers:
        root, printer = stage()
        rule = [f"-etrace={sort}", f"-einject={sort}:signal=KILL:when={number}", "-o", "/dev/null"]
        was_killed += victims.run("print", root, strace=rule)["killed"]

        told = settled(victims, root)

        came_out = len(printer.printed())
        assert came_out == (told["states"] == ["printed"]), f"{sort} {number}: {told}"
        assert told["states"] in (["printed"], ["not-sent"], []), f"{sort} {number}"
        assert told["printed"] == PAPERS * came_out
        seen.update(told["states"] or ["nothing"])
    assert wanted <= seen
    assert was_killed >= len(numbers) - (sort == "recvfrom")
