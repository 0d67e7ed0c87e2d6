"""A real OpenLDAP server for tests: on loopback, TLS by an authority made here, folders of its own, gone afterwards."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from office_kit import wait_until

_SLAPD = Path("/usr/sbin/slapd")
_MODULES = Path("/usr/lib/ldap")
_SCHEMAS = Path("/etc/ldap/schema")
BASE = "dc=ha-son,dc=vn"
ADMIN = f"cn=admin,{BASE}"
#: Who may look for people; nobody else may read.
READER = f"cn=doc,{BASE}"
SECRET = "bi-mat-cua-thu"
#: People as Active Directory has them, for whom OpenLDAP has no words of its own.
_AD = """
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.2.840.113556.1.5.8 NAME 'group' SUP top STRUCTURAL MUST cn MAY member )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP inetOrgPerson STRUCTURAL MAY sAMAccountName )
"""
_CONF = """
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/nis.schema
include {schemas}/inetorgperson.schema
include {home}/ad.schema
modulepath {modules}
moduleload back_mdb
pidfile {home}/slapd.pid
TLSCACertificateFile {home}/ca.pem
TLSCertificateFile {home}/server.pem
TLSCertificateKeyFile {home}/server.key
database mdb
suffix "{base}"
directory {home}/data
rootdn "{admin}"
rootpw {secret}
dbnosync
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by self read by users read by anonymous auth
"""


@dataclass(slots=True, kw_only=True)
class Directory:
    """A running server."""

    home: Path
    port: int
    tls_port: int
    _process: subprocess.Popen[bytes] | None = None

    @property
    def ldaps(self) -> str:
        return f"ldaps://127.0.0.1:{self.tls_port}"

    @property
    def plain(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def authority(self) -> Path:
        return self.home / "ca.pem"

    def add(self, dn: str, **attributes: str | list[str]) -> None:
        lines = [f"dn: {dn}"]
        for name, values in attributes.items():
            many = values if isinstance(values, list) else [values]
            lines += [f"{name.replace('_', '-')}: {value}" for value in many]
        self._tool("ldapadd", "\n".join(lines) + "\n")

    def change(self, dn: str, *lines: str) -> None:
        self._tool("ldapmodify", "\n".join((f"dn: {dn}", "changetype: modify", *lines)) + "\n")

    def start(self) -> None:
        # A copy: the profile by which some systems fence slapd in goes by its path.
        program = self.home / "slapd"
        if not program.exists():
            shutil.copy(_SLAPD, program)
        urls = f"ldap://127.0.0.1:{self.port}/ ldaps://127.0.0.1:{self.tls_port}/"
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-h", urls, "-f", self.home / "slapd.conf", "-d", "0"],
                stdout=log,
                stderr=log,
            )
        wait_until(lambda: self._answers() or self._process.poll() is not None)
        assert self._process.poll() is None, (self.home / "log").read_text()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.tls_port)) == 0

    def _tool(self, name: str, text: str) -> None:
        command = [name, "-x", "-H", self.plain, "-D", ADMIN, "-w", SECRET]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode() + text


@contextmanager
def running_slapd() -> Iterator[Directory]:
    """An empty directory below :data:`BASE`; skips the test where none is installed."""
    if not _SLAPD.exists() or shutil.which("ldapadd") is None:
        pytest.skip("slapd is not installed (deploy/packages.txt)")
    home = Path(tempfile.mkdtemp(prefix="vanthu-ldap-", dir="/tmp"))
    directory = Directory(home=home, port=_free_port(), tls_port=_free_port())
    try:
        _write_configuration(home)
        directory.start()
        directory.add(BASE, objectClass=["dcObject", "organization"], dc="ha-son", o="Ha Son")
        directory.add(
            READER,
            objectClass=["organizationalRole", "simpleSecurityObject"],
            cn="doc",
            userPassword=SECRET,
        )
        yield directory
    finally:
        directory.stop()
        shutil.rmtree(home, ignore_errors=True)


def _write_configuration(home: Path) -> None:
    (home / "data").mkdir(mode=0o700)
    (home / "ad.schema").write_text(_AD, encoding="utf-8")
    text = _CONF.format(
        schemas=_SCHEMAS,
        modules=_MODULES,
        home=home,
        base=BASE,
        admin=ADMIN,
        reader=READER,
        secret=SECRET,
    )
    (home / "slapd.conf").write_text(text, encoding="utf-8")
    authority, key = write_authority(home / "ca.pem", "To chuc chung thu cua thu nghiem")
    server = ec.generate_private_key(ec.SECP256R1())
    # An address: OpenLDAP asks a server called localhost for the name of the machine.
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        _certificate("127.0.0.1", authority.subject, server.public_key())
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    (home / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (home / "server.key").write_bytes(
        server.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def write_authority(path: Path, name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """An authority that signs itself, its certificate at *path*."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        _certificate(name, subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return made, key


def _certificate(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
