"""The deeds beside the flow as victims: a removal, a backup, numbers after signature, papers with annexes."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

from byte_search import holders
from crash_kit import Victims
from helpers import example
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    drop_sheet,
    inbox,
    paper_bytes,
    person,
    small_office,
)

from pipeline.backup import check_backup, newest_backup
from pipeline.config import load_office
from pipeline.inbox.folders import is_litter

DEED_VICTIMS = ("purge", "backup", "issue", "annexes")
#: Stands in the paper to be removed and nowhere else.
NAME = "Vừ Quỳnh Zuýp"
_GGT, _CV, _DEN = "di:VPTU:GGT:2025-2030", "di:VPTU:CV:2025-2030", "den:DEN::2026"
_NUMBERS = {
    "purge": {_GGT: [1, 2, 3]},
    "backup": {_GGT: [1, 2, 3]},
    "issue": {_CV: [1, 2]},
    "annexes": {_DEN: [1, 2]},
}


def make_stage(victims: Victims, victim: str) -> Path:
    """The office in which *victim* finds its work."""
    stage = victims.folder / f"stage-{victim}"
    if stage.exists():
        return stage
    office = small_office(stage)
    match victim:
        case "annexes":
            assert not victims.run("process", stage)["status"]
            _drop_annexes(stage)
            return stage
        case "issue":
            for name in ("một", "hai"):
                letter = example("van-ban", "cong-van-mot-noi") | {"trich_yeu": f"về việc {name}"}
                drop_json(office, f"{name}.json", letter, "van-ban")
        case _:
            people = [person(1, ho_ten=NAME), person(2), person(3)]
            drop_sheet(office, "ds.xlsx", people)
    done = victims.run("process", stage)
    assert not done["status"], done
    return stage


def _drop_annexes(root: Path) -> None:
    """A folder and a package, each one paper with an annex."""
    office = load_office(root)
    main, annex = (paper_bytes(root, f"Ke hoach {one}") for one in ("chinh", "kem"))
    folder = inbox(office, VAN_BAN_DEN) / "ke hoach"
    folder.mkdir()
    (folder / "ke hoach.pdf").write_bytes(main)
    (folder / "phu-luc-1.pdf").write_bytes(annex)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("chuong trinh.pdf", main + b"\n")
        package.writestr("phu-luc-1.pdf", annex)
    drop(office, VAN_BAN_DEN, "chuong trinh.zip", packed.getvalue())
    (root / ".paper.pdf").unlink()


def role_of(victim: str) -> str:
    return "process" if victim == "annexes" else victim


def kill_deed(victims: Victims, victim: str, sort: str, number: int) -> tuple[bool, list[str]]:
    """Whether there was an n-th call, and all that was wrong once the deed was done again."""
    make_stage(victims, victim)
    root = victims.stage_for(victim)
    rule = [f"-etrace={sort}", f"-einject={sort}:signal=KILL:when={number}", "-o", "/dev/null"]
    first = victims.run(role_of(victim), root, strace=rule)
    wrong = [] if first["killed"] or not first["status"] else [first.get("trace", "?")]
    again = victims.run(role_of(victim), root)
    wrong += [again.get("trace", "?")] if again["status"] else look(victims, victim, root)
    for path in (root, root.with_name(f"{root.name}.usb")):
        shutil.rmtree(path, ignore_errors=True)
    return first["killed"], wrong


def look(victims: Victims, victim: str, root: Path) -> list[str]:
    """Everything that must hold after *victim* and only after it."""
    seen = victims.run("look", root)
    if "value" not in seen:
        return [seen.get("trace", "?")]
    told = seen["value"]
    wrong = [f"numbers {told['numbers']}"] if told["numbers"] != _NUMBERS[victim] else []
    wrong += [f"still in the inbox: {name}" for name in told["lying"]]
    match victim:
        case "purge":
            return wrong + told["verify"] + holders([root], NAME)
        case "backup":
            return wrong + told["unsound"] + _backup_faults(root.with_name(f"{root.name}.usb"))
        case "annexes":
            return wrong + told["unsound"] + _annex_answers(root)
        case _:
            return wrong + told["unsound"]


def _backup_faults(place: Path) -> list[str]:
    newest = newest_backup(place)
    left = [path.name for path in place.iterdir() if "dang-ghi" in path.name]
    return left + (["no backup"] if newest is None else list(check_backup(newest)))


def _annex_answers(root: Path) -> list[str]:
    given = (root / "inbox" / VAN_BAN_DEN / "_ket_qua").rglob("phu-luc-1.pdf")
    found = [path.parent.name for path in given if not is_litter(path.name)]
    return [] if len(found) == 2 else [f"annexes given out: {found}"]
