"""Kill a role at its n-th system call of a sort, let ``process`` finish, and look at what stands."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers import ROOT
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    drop_sheet,
    letter,
    paper_bytes,
    person,
    small_office,
)

from pipeline.inbox.folders import is_litter

#: The sorts of boundaries: every system call by which something becomes lasting, or stops being there.
SORTS = (
    "rename,renameat,renameat2",
    "fsync",
    "fdatasync",
    "syncfs",
    "unlink,unlinkat",
    "link,linkat",
    "mkdir,mkdirat",
    "ftruncate",
    "pwrite64",
    "rmdir",
)
VICTIMS = ("watch", "work", "keep", "process", "fresh")
#: What lies in the inbox of the office all runs begin with: three drops that succeed, one of three rows, one
#: paper with its record, one that goes back, one stray.
GOOD_PAPERS = 5
_SERVER = Path(__file__).parent / "probes" / "crash_victim.py"


class Victims:
    """The fork server, and offices at each stage to be copied."""

    def __init__(self, folder: Path, *, with_stages: bool = True) -> None:
        self.folder = folder
        self._count = 0
        self._server = subprocess.Popen(
            [sys.executable, str(_SERVER)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "victims.log").open("wb"),
            text=True,
        )
        if with_stages:
            self._make_stages()

    def close(self) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(timeout=90)

    def run(self, role: str, root: Path, **more: Any) -> dict[str, Any]:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps({"role": role, "root": str(root), **more}) + "\n")
        self._server.stdin.flush()
        answer: dict[str, Any] = json.loads(self._server.stdout.readline())
        return answer

    def stage_for(self, victim: str) -> Path:
        """A fresh copy of the office in which *victim* finds all its work."""
        self._count += 1
        target = self.folder / f"run-{self._count}"
        shutil.copytree(self.folder / f"stage-{victim}", target, symlinks=True)
        return target

    def _make_stages(self) -> None:
        fresh, at = self.folder / "stage-fresh", self.folder / "stage-watch"
        drop_all(fresh)
        shutil.copytree(fresh, self.folder / "warm")
        self.run("warm", self.folder / "warm")
        small_office(at)
        done = self.run("process", at)
        assert not done["status"], done
        drop_all(at)
        shutil.copytree(at, self.folder / "stage-process")
        for role, following in (("watch", "work"), ("work", "keep")):
            target = self.folder / f"stage-{following}"
            shutil.copytree(self.folder / f"stage-{role}", target)
            done = self.run(role, target)
            assert not done["status"], done


def drop_all(root: Path) -> None:
    office = small_office(root)
    drop_json(office, "mot.json", person(1))
    drop_json(office, "thieu.json", person(2, ho_ten=None))
    drop_sheet(office, "danh-sach.xlsx", [person(number) for number in (3, 4, 5)])
    drop(office, VAN_BAN_DEN, "cong-van.pdf", paper_bytes(root, "Cong van 12", "Ha Son"))
    drop_json(office, "cong-van.json", letter(12), VAN_BAN_DEN)
    drop(office, "la", "ghi-chu.txt", "Gửi nhầm chỗ".encode())
    (root / ".paper.pdf").unlink()


@dataclass(slots=True, kw_only=True)
class Sweep:
    """What a row of kills came to."""

    runs: int = 0
    failures: list[str] = field(default_factory=list)
    #: Victim and sort → boundaries there are.
    boundaries: dict[str, int] = field(default_factory=dict)


def role_of(victim: str) -> str:
    """``fresh`` is the watcher in an office that has no tables yet."""
    return "watch" if victim == "fresh" else victim


def kill_at(victims: Victims, victim: str, sort: str, number: int) -> tuple[bool, list[str]]:
    """Whether there was an n-th call, and all that was wrong in the end."""
    root = victims.stage_for(victim)
    rule = [f"-etrace={sort}", f"-einject={sort}:signal=KILL:when={number}", "-o", "/dev/null"]
    first = victims.run(role_of(victim), root, strace=rule)
    wrong = [] if first["killed"] or not first["status"] else [first.get("trace", "?")]
    wrong += finish_and_look(victims, root)
    shutil.rmtree(root)
    return first["killed"], wrong


def kill_amendment(victims: Victims, sort: str, number: int) -> tuple[bool, list[str]]:
    """The same for a record that comes late: its paper must have exactly two versions in the end."""
    stage = victims.folder / "stage-late"
    if not stage.exists():
        office = small_office(stage)
        drop(office, VAN_BAN_DEN, "scan.pdf", paper_bytes(stage, "Cong van 13", "Ha Son"))
        assert not victims.run("process", stage)["status"]
        drop_json(office, "scan.json", letter(13), VAN_BAN_DEN)
    root = victims.stage_for("late")
    rule = [f"-etrace={sort}", f"-einject={sort}:signal=KILL:when={number}", "-o", "/dev/null"]
    killed = victims.run("process", root, strace=rule)["killed"]
    victims.run("process", root)
    seen = victims.run("look", root)
    told = seen.get("value", {})
    shutil.rmtree(root)
    told_wrong = list(told.get("unsound", ()))
    wrong = [seen.get("trace", ""), *told_wrong, *told.get("lying", ())]
    if told.get("versions") != [2] or told.get("numbers") != {"den:DEN::2026": [1]}:
        wrong.append(f"versions {told.get('versions')}, numbers {told.get('numbers')}")
    return killed, [one for one in wrong if one]


def kill_after(victims: Victims, victim: str, seconds: float) -> list[str]:
    root = victims.stage_for(victim)
    victims.run(role_of(victim), root, kill_after_s=seconds)
    wrong = finish_and_look(victims, root)
    shutil.rmtree(root)
    return wrong


def finish_and_look(victims: Victims, root: Path) -> list[str]:
    """``process`` until done, then everything that must hold."""
    again = victims.run("process", root)
    if again["status"]:
        return [again.get("trace", f"process ended with {again['status']}")]
    seen = victims.run("look", root)
    if "value" not in seen:
        return [seen.get("trace", "?")]
    told = seen["value"]
    wrong = list(told["unsound"])
    wrong += [f"still in the inbox: {name}" for name in told["lying"]]
    papers = sum(len(ordinals) for ordinals in told["numbers"].values())
    if papers != GOOD_PAPERS:
        wrong.append(f"{papers} papers instead of {GOOD_PAPERS}")
    return wrong + _answers(root)


def _answers(root: Path) -> list[str]:
    """Every drop has exactly one answer: results, or a reason beside the returned file."""
    wrong = []
    expected = {
        "gioi-thieu/_ket_qua/*": 2,
        "gioi-thieu/_ket_qua/*/*.pdf": 5,
        "gioi-thieu/_ket_qua/*/*.docx": 4,
        "gioi-thieu/_ket_qua/*/danh-sach.xlsx": 1,
        "gioi-thieu/_tra_lai/*": 2,
        "van-ban-den/_ket_qua/*/*.pdf": 1,
        "la/_tra_lai/*": 2,
    }
    for pattern, count in expected.items():
        found = sorted(p.name for p in (root / "inbox").glob(pattern) if not is_litter(p.name))
        if len(found) != count:
            wrong.append(f"{pattern}: {found}")
    return wrong


def boundaries(victims: Victims, victim: str, role: str = "") -> dict[str, int]:
    """How many calls of each sort *victim* makes when nobody kills it."""
    root = victims.stage_for(victim)
    role = role or role_of(victim)
    log = root.parent / f"{root.name}.strace"
    every = ",".join(SORTS)
    done = victims.run(role, root, strace=[f"-etrace={every}", "-o", str(log)])
    assert not done["status"], done
    names = [line.partition("(")[0] for line in log.read_text(errors="replace").splitlines()]
    shutil.rmtree(root)
    return {sort: max(names.count(name) for name in sort.split(",")) for sort in SORTS}


def stride(count: int, most: int) -> Iterator[int]:
    """At most *most* of 1…count, evenly, the first and the last among them."""
    if count <= most:
        yield from range(1, count + 1)
        return
    gaps = max(most - 1, 1)
    yield from sorted({1 + round(step * (count - 1) / gaps) for step in range(most)})
