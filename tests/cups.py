"""A real CUPS server for tests: on loopback, with folders of its own, gone afterwards. Its printers write files."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from office_kit import wait_until

#: A printer that takes PDF and is told by PJL, before the file, what it is to do.
_PDF_PRINTER = Path("/usr/share/ppd/cupsfilters/Generic-PDF_Printer-PDF.ppd")
_SBIN = Path("/usr/sbin")
_LIB = Path("/usr/lib/cups")
#: What a PPD says of printing on both sides.
_DUPLEX = re.compile(r"^\*JCLOpenUI \*Duplex.*?^\*JCLCloseUI: \*Duplex\n", re.DOTALL | re.MULTILINE)
_CONF = """
Listen 127.0.0.1:{port}
LogLevel info
MaxLogSize 0
WebInterface No
Browsing No
DefaultAuthType None
ErrorPolicy {error_policy}
MaxJobs 500
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess default
  JobPrivateValues default
  <Limit All>
    Order deny,allow
    Allow all
  </Limit>
</Policy>
"""
_FILES_CONF = """
ServerRoot {home}/root
CacheDir {home}/cache
RequestRoot {home}/spool
TempDir {home}/spool/tmp
StateDir {home}/run
AccessLog {home}/access.log
ErrorLog {home}/error.log
PageLog {home}/page.log
ServerBin {home}/bin
ServerKeychain {home}/tls
FileDevice Yes
SystemGroup {group}
"""


#: Where a sheet leaves the printer: what it was given goes to a file of each job; it waits while its gate is shut.
_BACKEND = """#!/bin/sh
if [ $# -eq 0 ]; then echo 'direct cong "Unknown" "Cong"'; exit 0; fi
out=${DEVICE_URI#cong:}
while [ -e "$out/shut" ]; do sleep 0.05; done
if [ -e "$out/broken" ]; then echo "ERROR: Paper jam in tray 2" >&2; exit 1; fi
cat "${6:--}" >"$out/.$1" && mv "$out/.$1" "$out/$1.prn"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPrinter:
    """A printer of one test, and the tray where its sheets come out: a file for each job."""

    __test__ = False

    name: str
    tray: Path

    def shut(self) -> None:
        """Let nothing come out until :meth:`open`."""
        (self.tray / "shut").touch()

    def open(self) -> None:
        (self.tray / "shut").unlink()

    def jam(self) -> None:
        (self.tray / "broken").touch()

    def printed(self) -> list[Path]:
        """What came out, job by job."""
        return sorted(self.tray.glob("[0-9]*.prn"), key=lambda path: int(path.stem))


@dataclass(slots=True, kw_only=True)
class CupsServer:
    """The running server and what its printers put out."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    _count: int = field(default=0)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        log = (self.home / "cupsd.log").open("ab")
        conf = ("-c", self.home / "cupsd.conf", "-s", self.home / "cups-files.conf")
        self.process = subprocess.Popen([_tool("cupsd"), "-f", *conf], stdout=log, stderr=log)
        wait_until(self._answers, seconds=20)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def add(self, name: str, device: str, *, ppd: Path = _PDF_PRINTER) -> None:
        """A printer of that name."""
        self.tool("lpadmin", "-p", name, "-E", "-v", device, "-P", str(ppd))

    def new_printer(self, *, has_duplex: bool = True) -> TestPrinter:
        """A printer that nobody else uses."""
        self._count += 1
        name = f"may-{self._count}"
        tray = self.home / "out" / name
        tray.mkdir()
        # Backends run as another account.
        tray.chmod(0o777)
        ppd = _PDF_PRINTER
        if not has_duplex:
            ppd = self.home / f"{name}.ppd"
            ppd.write_text(_DUPLEX.sub("", _PDF_PRINTER.read_text("latin-1")), "latin-1")
        self.add(name, f"cong:{tray}", ppd=ppd)
        return TestPrinter(name=name, tray=tray)

    def certificate(self) -> Path:
        """What the server shows over TLS as ``localhost``, signed by itself; the file that vouches for it."""
        # cupsd looks for it under the machine's name, whatever name it is called by
        path = self.home / "tls" / f"{socket.gethostname()}.crt"
        if not path.exists():
            key = path.with_suffix(".key")
            asked = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {path}"
            names = "subjectAltName=DNS:localhost"
            command = ["openssl", *asked.split(), "-addext", names]
            subprocess.run(command, check=True, capture_output=True)
        return path

    def tool(self, *command: str) -> str:
        """One of the client programs of CUPS."""
        ran = subprocess.run(
            [_tool(command[0]), *command[1:]],
            env={"CUPS_SERVER": self.address, "PATH": "/usr/sbin:/usr/bin:/bin", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def jobs(self, printer: str) -> list[str]:
        """Every job that the printer ever had, open and over."""
        told = self.tool("lpstat", "-W", "all", "-o", printer)
        return [line.split()[0] for line in told.splitlines() if line]

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.home / "cupsd.log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def missing_connections(port: int, *, first: int) -> Iterator[tuple[int, list[object]]]:
    """A way to *port* that hangs up on the *first* so many callers → its own port, and who called."""
    met: list[object] = []

    class Way(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            met.append(self.client_address)
            if len(met) <= first:
                return
            with socket.create_connection(("127.0.0.1", port)) as there:
                back = threading.Thread(target=_pour, args=(there, self.request))
                back.start()
                _pour(self.request, there)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Way) as way:
        threading.Thread(target=way.serve_forever, kwargs={"poll_interval": 0.05}).start()
        try:
            yield way.server_address[1], met
        finally:
            way.shutdown()


def _pour(source: socket.socket, target: socket.socket) -> None:
    """All that comes from the one, to the other; then the end of it."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def _tool(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_SBIN}")
    return found or name


def _make_programs(folder: Path) -> None:
    """The programs of CUPS, and our backend among them."""
    (folder / "backend").mkdir(parents=True)
    for path in _LIB.iterdir():
        if path.name != "backend":
            (folder / path.name).symlink_to(path)
    for path in (_LIB / "backend").iterdir():
        (folder / "backend" / path.name).symlink_to(path)
    backend = folder / "backend" / "cong"
    backend.write_text(_BACKEND, encoding="ascii")
    backend.chmod(0o755)


@contextmanager
def running_cups(*, error_policy: str = "abort-job") -> Iterator[CupsServer]:
    """A server without printers; skips the test where none is installed."""
    if shutil.which("cupsd", path=f"{os.environ.get('PATH', '')}:{_SBIN}") is None:
        pytest.skip("CUPS is not installed: apt-get install cups cups-client")
    # Filters run as another account, which must come through to the files: pytest's folders are closed to it.
    home = Path(tempfile.mkdtemp(prefix="vanthu-cups-", dir="/tmp"))
    try:
        home.chmod(0o755)
        for name in ("root/ppd", "cache", "spool/tmp", "run", "out", "tls"):
            (home / name).mkdir(parents=True)
        _make_programs(home / "bin")
        server = CupsServer(home=home, port=free_port())
        group = "root" if os.geteuid() == 0 else "users"
        (home / "cupsd.conf").write_text(
            _CONF.format(port=server.port, error_policy=error_policy), encoding="utf-8"
        )
        (home / "cups-files.conf").write_text(
            _FILES_CONF.format(home=home, group=group), encoding="utf-8"
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


__all__ = ["CupsServer", "free_port", "running_cups"]
