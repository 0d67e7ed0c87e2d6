"""The bundle on a bare Debian whose network is cut: installed, used, upgraded, and refused where it must be."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from bare_debian import BareDebian, bare_debian
from helpers import ROOT
from office_kit import person, wait_until

_TREE = ("bin", "deploy", "docs", "pipeline", "templates")
_FILES = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE")
_VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "version"
]
_OFFICE = "/srv/vanthu"
_DROPS = f"{_OFFICE}/inbox/gioi-thieu"
_VANTHU = ("/opt/vanthu/bin/vanthu", "--office", _OFFICE)
_ASK = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/healthz').read())"


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """The bare Debian, and what the last installer said there."""

    debian: BareDebian
    said: str = ""


def make_bundle(tree: Path, output: Path) -> Path:
    """What ``bin/bundle`` makes of *tree*; all share one cache."""
    made = subprocess.run(
        [tree / "bin" / "bundle", "--output", output, "--cache", ROOT / ".cache" / "bundle"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    (bundle,) = output.glob("*.run")
    return bundle


def later_release(place: Path, count: int, *, runs: bool = True) -> Path:
    """The bundle *count* versions later, each with tables of its own; ``runs=False``: its office does not stay up."""
    tree = place / "tree"
    for name in _TREE:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy(ROOT / name, tree)
    project = tree / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace(f'"{_VERSION}"', f'"{later(count)}"', 1), encoding="utf-8")
    for _ in range(count):
        _change_tables(tree / "pipeline/stores/registers/migrations")
    if not runs:
        with (tree / "pipeline/supervisor.py").open("a", encoding="utf-8") as program:
            program.write("\n\ndef run(*_one: object, **_two: object) -> int:\n    return 1\n")
    bundle = make_bundle(tree, place)
    shutil.rmtree(tree)
    return bundle


def later(count: int) -> str:
    return f"{_VERSION}.{count}"


def _change_tables(migrations: Path) -> None:
    newest = max(path.stem for path in migrations.glob("[0-9]*.py"))
    (migrations / f"{int(newest[:4]) + 1:04}_later.py").write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [('registers', '{newest}')]\n    operations = []\n",
        encoding="utf-8",
    )


def install(debian: BareDebian, bundle: Path, *options: str, status: int = 0) -> str:
    """What the installer says inside; the copy there is gone afterwards."""
    copy = debian.root / "mnt" / bundle.name
    shutil.copy(bundle, copy)
    try:
        return debian.run("sh", f"/mnt/{bundle.name}", *options, status=status).stderr
    finally:
        copy.unlink()


def state_of(debian: BareDebian) -> str:
    """Packages, programs, accounts and units of the machine."""
    told = "dpkg-query -W; ls -l /opt /srv /etc/systemd/system; cat /etc/passwd /etc/group"
    return debian.run("sh", "-c", told).stdout


def drop(debian: BareDebian, number: int) -> str:
    """A clerk drops a record; the text of the paper that comes back."""
    record = debian.root / "tmp" / f"gt-{number}.json"
    record.write_text(json.dumps(person(number)), encoding="utf-8")
    debian.run("sh", "-c", f"umask 002; cp /tmp/gt-{number}.json {_DROPS}", user="lan")
    results = debian.root / _DROPS.removeprefix("/") / "_ket_qua"
    before = set(results.rglob("*.pdf"))
    (paper,) = wait_until(lambda: set(results.rglob("*.pdf")) - before, seconds=120)
    inside = "/" / paper.relative_to(debian.root)
    return debian.run("pdftotext", "-layout", inside, "-").stdout


def running_version(debian: BareDebian) -> str:
    code = "from importlib.metadata import version; print(version('vanthu'))"
    return debian.run("/opt/vanthu/bin/python", "-c", code).stdout.strip()


@pytest.fixture(scope="module")
def debian(tmp_path_factory):
    with bare_debian(tmp_path_factory.mktemp("bare")) as made:
        (made.root / "run/systemd/system").mkdir(parents=True)
        shutil.copy(ROOT / "tests/data/systemctl.sh", made.root / "usr/local/bin/systemctl")
        (made.root / "usr/local/bin/systemctl").chmod(0o755)
        yield made


@pytest.fixture(scope="module")
def bundle(debian, tmp_path_factory) -> Path:
    return make_bundle(ROOT, tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def installed(debian, bundle) -> Station:
    """The office runs, a clerk has dropped her first record."""
    said = install(debian, bundle, "--samba", "--nginx")
    debian.run("useradd", "--create-home", "--groups", "vanthu-tha", "lan")
    debian.run("systemctl", "start", "vanthu")
    assert "01-GGT/VPTU" in drop(debian, 700)
    return Station(debian=debian, said=said)


@pytest.fixture(scope="module")
def upgraded(installed, tmp_path_factory) -> Station:
    newer = later_release(tmp_path_factory.mktemp("later"), 1)
    return Station(debian=installed.debian, said=install(installed.debian, newer))


@pytest.fixture(scope="module")
def gone_back(upgraded, tmp_path_factory) -> Station:
    bad = later_release(tmp_path_factory.mktemp("bad"), 2, runs=False)
    return Station(debian=upgraded.debian, said=install(upgraded.debian, bad, status=1))


def test_the_network_is_cut_inside(debian):
    lines = debian.run("cat", "/proc/net/dev").stdout.splitlines()[2:]
    asked = debian.start("bash", "-c", "exec 3<>/dev/tcp/192.0.2.1/80")

    assert [line.split(":")[0].strip() for line in lines] == ["lo"]
    assert "Network is unreachable" in asked.stderr


@pytest.mark.parametrize("where", ["head", "middle", "end"])
def test_a_damaged_bundle_is_refused_before_anything_changes(debian, bundle, tmp_path, where):
    damaged = tmp_path / bundle.name
    shutil.copy(bundle, damaged)
    size = bundle.stat().st_size
    with damaged.open("r+b") as file:
        if where == "end":
            file.truncate(size - 4096)
        else:
            file.seek(size // 2 if where == "middle" else 100)
            byte = file.read(1)
            file.seek(-1, 1)
            file.write(bytes([byte[0] ^ 1]))
    before = state_of(debian)

    said = install(debian, damaged, status=4)

    assert said.startswith("Bộ cài bị hỏng hoặc chép chưa hết (")
    assert "Chưa thay đổi gì" in said
    assert state_of(debian) == before


def test_another_release_is_refused_before_anything_changes(debian, bundle):
    facts = debian.root / "etc/os-release"
    text = facts.read_text(encoding="utf-8")
    release = text.split("VERSION_CODENAME=")[1].split()[0]
    before = state_of(debian)
    # /etc/os-release is a link; what it points to stays as it is.
    facts.unlink()
    facts.write_text(text.replace(release, "sarge"), encoding="utf-8")
    try:
        said = install(debian, bundle, status=64)
    finally:
        facts.unlink()
        facts.symlink_to("../usr/lib/os-release")

    assert f"dành cho Debian {release}" in said
    assert "máy này là sarge" in said
    assert state_of(debian) == before


def test_a_look_alone_changes_nothing(debian, bundle):
    before = state_of(debian)

    assert "Bộ cài nguyên vẹn" in install(debian, bundle, "--check")
    assert state_of(debian) == before


def test_the_machine_lacks_nothing_that_was_brought(installed):
    told = installed.debian.run(*_VANTHU, "doctor", user="vanthu").stdout

    lacking = [line.split(None, 1)[1] for line in told.splitlines() if line.startswith("THIẾU")]
    assert lacking == ["LibreOffice"]
    assert "Xong: bản" in installed.said


def test_the_office_may_let_people_in_by_its_directory(installed):
    asked = (
        "import django_auth_ldap, ldap; print(ldap.initialize('ldap://localhost').protocol_version)"
    )

    assert installed.debian.run("/opt/vanthu/bin/python", "-c", asked).stdout.strip() == "3"


def test_a_dropped_record_became_a_paper_with_the_right_letters(installed):
    papers = f"find {_DROPS}/_ket_qua -name '*.pdf' -exec pdffonts {{}} ';'"
    fonts = installed.debian.run("sh", "-c", papers).stdout.splitlines()[2:]
    found = installed.debian.run(*_VANTHU, "show", "01-GGT/VPTU", user="vanthu").stdout

    assert fonts
    assert all("+Liberation-Serif" in line for line in fonts)
    assert "lan" in found


def test_search_finds_it(installed):
    def found() -> bool:
        return (
            "01-GGT"
            in installed.debian.start(
                *("runuser", "-u", "vanthu", "--"), *_VANTHU, "search", "giới thiệu"
            ).stdout
        )

    assert wait_until(found, seconds=60)


def test_the_page_answers_inside(installed):
    def answers() -> bool:
        return "ok" in installed.debian.start("/opt/vanthu/bin/python", "-c", _ASK).stdout

    assert wait_until(answers, seconds=60)


def test_a_clerk_has_her_results_and_no_more(installed):
    def as_lan(command: str) -> int:
        return installed.debian.start("runuser", "-u", "lan", "--", "sh", "-c", command).returncode

    assert as_lan(f"touch {_DROPS}/_ket_qua/x && rm {_DROPS}/_ket_qua/x") == 0
    assert as_lan(f"touch {_DROPS}/_tra_lai/x && rm {_DROPS}/_tra_lai/x") == 0
    assert as_lan(f"mv {_DROPS} {_OFFICE}/inbox/khac") != 0
    assert as_lan(f"touch {_OFFICE}/inbox/x") != 0
    assert as_lan(f"ls {_OFFICE}/archive") != 0
    assert as_lan(f"cat {_OFFICE}/vanthu.toml") != 0


def test_samba_takes_its_piece(installed):
    told = installed.debian.run("testparm", "--suppress-prompt")

    assert "Unknown parameter" not in told.stderr
    assert "path = /srv/vanthu/inbox" in told.stdout


def test_nginx_takes_its_sample(installed):
    debian = installed.debian
    certificate = "/etc/ssl/vanthu/chung-thu.pem"
    debian.run("mkdir", "-p", "/etc/ssl/vanthu")
    debian.run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=van-thu"),
        *("-keyout", "/etc/ssl/vanthu/khoa.pem", "-out", certificate),
    )
    debian.run("ln", "-sf", "../sites-available/vanthu", "/etc/nginx/sites-enabled/")

    told = debian.run("nginx", "-t").stderr

    assert "test is successful" in told
    assert "[warn]" not in told


def test_an_upgrade_keeps_the_papers_and_goes_on(upgraded):
    debian = upgraded.debian
    asked = (debian.root / "run/units/asked").read_text(encoding="utf-8")
    steps = [line for line in asked.splitlines() if re.match(r"(stop|start) vanthu", line)]

    assert running_version(debian) == later(1)
    assert steps[1:3] == ["stop vanthu.service", "start vanthu.service"]
    assert "Đã nâng cấp sổ" in upgraded.said
    assert (debian.root / f"opt/vanthu-{_VERSION}/bin/vanthu").exists()
    assert "01-GGT/VPTU" in debian.run(*_VANTHU, "show", "01-GGT/VPTU", user="vanthu").stdout
    assert list((debian.root / "srv/vanthu-sao-luu").iterdir())
    assert not list((debian.root / "srv/vanthu/archive/registers").glob("truoc-*"))


def test_an_older_bundle_is_refused(upgraded, bundle):
    assert "Sổ không đi lùi được" in install(upgraded.debian, bundle, status=64)


def test_a_version_that_does_not_stay_up_is_gone_back_from(gone_back):
    debian = gone_back.debian

    assert f"Đã trở về bản {later(1)}" in gone_back.said
    assert running_version(debian) == later(1)
    assert not (debian.root / f"opt/vanthu-{later(2)}").exists()
    assert "02-GGT/VPTU" in drop(debian, 701)
    assert debian.run(*_VANTHU, "verify", user="vanthu").returncode == 0
