"""The wheel alone is the whole program: command, kinds, sample texts."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The bin folder of a clean environment with nothing but the wheel and what it depends on."""
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", place, ROOT], check=True)
    (wheel,) = place.glob("vanthu-*.whl")
    home = place / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    subprocess.run([*pip, "--python", python, "install", "--no-deps", wheel], check=True)
    # Its dependencies are the ones of this run; a .pth inside a path that a .pth names is not read, so the
    # editable checkout stays out.
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return home / "bin"


def run(*argv: str | Path, cwd: Path) -> str:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VANTHU"))
    }
    ended = subprocess.run(
        argv, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_program_comes_from_the_wheel_and_not_from_the_checkout(installed, tmp_path):
    where = run(
        installed / "python",
        "-c",
        "import pipeline.cli; print(pipeline.cli.__file__)",
        cwd=tmp_path,
    )

    assert Path(where.strip()).is_relative_to(installed.parent)


def test_the_command_is_there(installed, tmp_path):
    assert "process" in run(installed / "vanthu", "--help", cwd=tmp_path)


def test_a_new_office_knows_the_shipped_kinds(installed, tmp_path):
    run(installed / "vanthu", "init", tmp_path / "van-phong", cwd=tmp_path)
    kinds = run(
        installed / "vanthu", "--office", tmp_path / "van-phong", "kinds", "list", cwd=tmp_path
    )

    shipped = [
        path.name for path in (ROOT / "templates").iterdir() if (path / "kind.toml").exists()
    ]
    assert [name for name in shipped if name not in kinds] == []


def test_texts_of_the_sample_day_are_inside(installed, tmp_path):
    code = "from pipeline.sample_day.people import read; print(len(read('quy-dinh.md')))"

    assert int(run(installed / "python", "-c", code, cwd=tmp_path)) > 10_000
