"""A real Samba server for tests: on loopback, with folders of its own, gone afterwards."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from office_kit import wait_until

_SMBD = shutil.which("smbd") or "/usr/sbin/smbd"
#: The share of the manual, with a server around it that needs no accounts.
_CONF = """
[global]
  server role = standalone server
  map to guest = Bad User
  guest account = {account}
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
[van-thu]
  path = {inbox}
  guest ok = yes
  read only = no
  create mask = 0664
  force create mode = 0664
  directory mask = 2775
  force directory mode = 2775
  follow symlinks = no
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The inbox as a Windows PC sees it."""

    port: int

    def ask(self, *commands: str) -> str:
        """What the client of Windows shares says to these commands."""
        done = subprocess.run(
            [
                "smbclient",
                "//127.0.0.1/van-thu",
                "-p",
                str(self.port),
                "-N",
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
def shared(inbox: Path, home: Path) -> Iterator[Share]:
    """The folder *inbox*, shared for as long as the block lasts."""
    if not (Path(_SMBD).exists() and shutil.which("smbclient")):
        pytest.skip("samba and smbclient are not installed (deploy/packages.txt)")
    for name in ("lock", "state", "cache", "private", "pid", "rpc"):
        (home / name).mkdir(parents=True)
    port = _free_port()
    conf = home / "smb.conf"
    account = inbox.owner()
    conf.write_text(_CONF.format(home=home, inbox=inbox, port=port, account=account))
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
