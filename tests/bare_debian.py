"""A bare Debian of this machine's release in a folder, entered with the network cut; gone afterwards."""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers import ROOT
from office_kit import wait_until

_CACHE = ROOT / ".cache" / "bare-debian"
#: Init of the namespace: reaps what is orphaned, ends with us.
_INIT = "sleep infinity & wait"
_ENTER = """
set -e
ip link set lo up
mount -t proc proc "$1/proc"
mkdir -p "$1/dev/shm"
mount -t tmpfs tmpfs "$1/dev/shm"
exec chroot "$1" /bin/bash -c "$2"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BareDebian:
    """The folder, and the process that keeps its namespaces."""

    root: Path
    init: int

    def run(
        self, *argv: str | Path, status: int = 0, user: str = "root"
    ) -> subprocess.CompletedProcess[str]:
        """What a command says inside; it must end with *status*."""
        as_user = () if user == "root" else ("runuser", "-u", user, "--")
        done = self.start(*as_user, *argv)
        assert done.returncode == status, f"{argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self, *argv: str | Path) -> subprocess.CompletedProcess[str]:
        """The same, however it ends."""
        return subprocess.run(
            [
                *("nsenter", "--target", str(self.init), "--net", "--mount", "--pid", "--uts"),
                *("chroot", self.root, "/usr/bin/env", "-i"),
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                *argv,
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=1800,
        )


def _need(*programs: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may make a Debian in a folder")
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {' '.join(missing)} (deploy/packages.txt)")
    apart = subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--uts", "--fork", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    if apart.returncode:
        pytest.skip(f"no namespaces here: {apart.stderr.strip()}")


def _release() -> str:
    return platform.freedesktop_os_release().get("VERSION_CODENAME", "")


def _mirror(release: str) -> str:
    """Where this machine has its packages from."""
    told = subprocess.run(
        [
            *("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"),
            "Created-By: Packages",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    places = [line.split() for line in told.splitlines()]
    found = [place for place, *name in places if name == [release]]
    if not found:
        pytest.skip("apt knows no mirror of this release")
    return found[0]


def _made_once() -> Path:
    """A bare Debian as a tar file: made once, for every later run on this machine."""
    release = _release()
    kept = _CACHE / f"{release}-{platform.machine()}.tar"
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _make(release, kept)
    return kept


def _make(release: str, kept: Path) -> None:
    fresh = _CACHE / "new"
    shutil.rmtree(fresh, ignore_errors=True)
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", release, fresh, _mirror(release)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"debootstrap: {(made.stdout + made.stderr).strip()[-300:]}")
    part = kept.with_suffix(".part")
    # Packages that debootstrap downloaded are not part of a machine.
    subprocess.run(
        ["tar", "-C", fresh, "--exclude=./var/cache/apt/archives/*.deb", "-cf", part, "."],
        check=True,
    )
    part.rename(kept)
    shutil.rmtree(fresh)


@contextmanager
def bare_debian(place: Path) -> Iterator[BareDebian]:
    """A fresh one in *place*, its network cut but for the loopback."""
    _need("debootstrap", "unshare", "nsenter", "ip", "tar")
    root = place / "debian"
    root.mkdir()
    subprocess.run(["tar", "-C", root, "-xf", _made_once()], check=True)
    # A folder of a test need not survive a power cut.
    (root / "etc/dpkg/dpkg.cfg.d/no-sync").write_text("force-unsafe-io\n", encoding="utf-8")
    held = subprocess.Popen(
        [
            *("unshare", "--net", "--mount", "--pid", "--uts", "--fork", "--kill-child"),
            *("sh", "-c", _ENTER, "enter", root, _INIT),
        ],
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: held.poll() is not None or _init_of(held.pid) is not None, seconds=30)
        init = _init_of(held.pid)
        assert init is not None, "the namespaces were not made"
        yield BareDebian(root=root, init=init)
    finally:
        held.kill()
        held.wait()
        # Its processes end with their namespace; until then they may still write.
        wait_until(lambda: _is_removed(root), seconds=30)


def _init_of(holder: int) -> int | None:
    """The first process inside, once it is."""
    children = Path(f"/proc/{holder}/task/{holder}/children")
    try:
        (child,) = children.read_text(encoding="ascii").split()
        inside = Path(f"/proc/{child}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return int(child) if _INIT.encode() in inside and inside.startswith(b"/bin/bash") else None


def _is_removed(root: Path) -> bool:
    shutil.rmtree(root, ignore_errors=True)
    return not root.exists()
