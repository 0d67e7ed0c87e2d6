"""The units of deploy/: systemd takes them as they are, and all four run under the same guard."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT
from typer.main import get_command

from pipeline.cli.main import program
from pipeline.supervisor import FINAL_STATUSES

UNITS = sorted((ROOT / "deploy").glob("*.service"))
#: What a unit does, and how much of the processor it gets beside the others.
_OWN = {"execstart", "cpuweight"}


def service(path: Path) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.read(path, encoding="utf-8")
    return dict(parser["Service"])


def test_there_is_a_unit_for_the_whole_and_for_each_part():
    started = {service(path)["execstart"].split()[-1] for path in UNITS}

    assert started == {"run", "watch", "work", "read", "keep", "web"}
    assert started <= set(get_command(program()).commands)


def test_all_units_run_under_the_same_guard():
    guards = [{k: v for k, v in service(path).items() if k not in _OWN} for path in UNITS]

    assert len(UNITS) == 6
    assert all(guard == guards[0] for guard in guards)


def test_pages_and_the_inbox_go_before_what_may_wait():
    weights = {
        service(path)["execstart"].split()[-1]: int(service(path).get("cpuweight", "100"))
        for path in UNITS
    }

    assert weights["web"] == weights["watch"] == 100
    assert weights["read"] < weights["work"] == weights["keep"] < 100


def test_what_starting_again_cannot_mend_is_not_started_again():
    told = {int(one) for one in service(UNITS[0])["restartpreventexitstatus"].split()}

    assert told == FINAL_STATUSES


def test_the_manual_names_every_unit_and_account():
    manual = (ROOT / "docs" / "van-hanh.md").read_text(encoding="utf-8")
    guard = service(UNITS[0])

    assert [path.name for path in UNITS if path.name not in manual] == []
    assert guard["user"] in manual
    assert guard["supplementarygroups"] in manual
    assert guard["readwritepaths"] in manual


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_finds_nothing_wrong(tmp_path):
    program = str(Path(sys.executable).with_name("vanthu"))
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/vanthu/bin/vanthu", program)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    names = [str(tmp_path / path.name.replace("@", "@1")) for path in UNITS]
    for path in tmp_path.glob("*@.service"):
        shutil.copy(path, tmp_path / path.name.replace("@", "@1"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [
        line for line in checked.stderr.splitlines() if re.search(r"vanthu[a-z@1-]*\.service", line)
    ]

    assert complaints == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_the_guard_leaves_little_open():
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=25", UNITS[0]],
        capture_output=True,
        text=True,
        check=False,
    )

    assert judged.returncode == 0, judged.stdout.splitlines()[-1]


def test_the_manual_names_every_file_of_the_server():
    manual = (ROOT / "docs" / "van-hanh.md").read_text(encoding="utf-8")

    assert [path.name for path in (ROOT / "deploy").glob("*.conf") if path.name not in manual] == []
