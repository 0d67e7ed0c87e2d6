"""A real Samba server for tests, with the share of deploy/: on loopback, with folders of its own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from helpers import ROOT
from office_kit import wait_until

_SMBD = shutil.which("smbd") or "/usr/sbin/smbd"
#: Accounts that every Debian has: the clerk with her group, and one who is no clerk.
CLERK, CLERKS, STRANGER = "games", "games", "daemon"
_PASSWORD = "mot-mat-khau-thu"
#: The server around the share.
_CONF = """
[global]
  server role = standalone server
  smb ports = {port}
  interfaces = lo
  bind interfaces only = yes
  disable spoolss = yes
  load printers = no
  disable netbios = yes
  log file = {home}/log
  lock directory = {home}/lock
  state directory = {home}/state
  cache directory = {home}/cache
  private dir = {home}/private
  pid directory = {home}/pid
  ncalrpc dir = {home}/rpc
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The inbox as a Windows PC sees it."""

    port: int
    account: str = CLERK

    def as_(self, account: str) -> Share:
        """The same for somebody else."""
        return replace(self, account=account)

    def ask(self, *commands: str) -> str:
        """What the client of Windows shares says to these commands."""
        done = subprocess.run(
            [
                "smbclient",
                "//127.0.0.1/van-thu",
                "-p",
                str(self.port),
                *("-U", f"{self.account}%{_PASSWORD}"),
                "-c",
                "; ".join(commands),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout + done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def open_place() -> Iterator[Path]:
    """A folder that other accounts may pass through, with the umask of our units."""
    if os.geteuid() != 0:
        pytest.skip("the rights of a share need several accounts: root only")
    before = os.umask(0o002)
    place = Path(tempfile.mkdtemp(prefix="vanthu-share-"))
    place.chmod(0o711)
    try:
        yield place
    finally:
        os.umask(before)
        shutil.rmtree(place, ignore_errors=True)


def share_piece(inbox: Path) -> str:
    """The share as it stands in deploy/, for this folder and this machine's accounts."""
    text = (ROOT / "deploy" / "smb-vanthu.conf").read_text(encoding="utf-8")
    return text.replace("/srv/vanthu/inbox", str(inbox)).replace("vanthu-tha", CLERKS)


@contextmanager
def shared(inbox: Path, home: Path) -> Iterator[Share]:
    """The folder *inbox*, with the rights of the manual, shared for as long as the block lasts."""
    if not (Path(_SMBD).exists() and shutil.which("smbclient")):
        pytest.skip("samba and smbclient are not installed (deploy/packages.txt)")
    shutil.chown(inbox, group=CLERKS)
    inbox.chmod(0o2755)
    for name in ("lock", "state", "cache", "private", "pid", "rpc"):
        (home / name).mkdir(parents=True)
    port = _free_port()
    conf = home / "smb.conf"
    conf.write_text(
        _CONF.format(home=home, port=port) + share_piece(inbox),
        encoding="utf-8",
    )
    for account in (CLERK, STRANGER):
        subprocess.run(
            ["smbpasswd", "-c", conf, "-s", "-a", account],
            input=f"{_PASSWORD}\n{_PASSWORD}\n",
            text=True,
            capture_output=True,
            check=True,
        )
    server = subprocess.Popen(
        [_SMBD, "-F", "--no-process-group", "-s", str(conf)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Ending, it ends its whole process group: not ours.
        start_new_session=True,
    )
    try:
        share = Share(port=port)
        wait_until(lambda: "blocks" in share.ask("ls"))
        yield share
    finally:
        server.terminate()
        server.wait(timeout=20)
