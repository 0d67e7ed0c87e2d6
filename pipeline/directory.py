"""The office's directory of people (LDAP, Active Directory): whether this machine has all that asking it needs."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from pipeline.config_model import DirectoryProfile, Office
from pipeline.errors.directory import (
    DirectoryAuthorityMissing,
    DirectoryLibraryMissing,
    DirectorySecretWrong,
)

#: What the extra [ldap] brings.
LIBRARIES = ("ldap", "django_auth_ldap")
_OTHERS = stat.S_IRWXO
_LONGEST_SECRET = 1000


def refuse_if_unready(office: Office, *, libraries: Sequence[str] = LIBRARIES) -> None:
    """See that a directory which the office file names can be asked from here.

    Raises:
        DirectoryLibraryMissing (K264), DirectorySecretWrong (K265), DirectoryAuthorityMissing (K266).
    """
    if office.directory is None:
        return
    if any(find_spec(name) is None for name in libraries):
        raise DirectoryLibraryMissing("the extra [ldap] is not installed")
    reader_secret(office.root, office.directory)
    authority_file(office.root, office.directory)


def reader_secret(root: Path, profile: DirectoryProfile) -> str:
    """The password of the account that looks for people; empty where none looks.

    Raises:
        DirectorySecretWrong (K265): no such file, or one that others of this machine may open.
    """
    if not profile.reader_file:
        return ""
    path = root / profile.reader_file
    try:
        is_open = path.stat().st_mode & _OTHERS
        secret = path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(
            path, "không đọc được. Hãy xem tệp có đó không và tài khoản chạy vanthu có quyền đọc"
        ) from error
    if is_open:
        raise _wrong(path, "để người khác trên máy mở được. Hãy chạy «chmod o= TỆP» rồi chạy lại")
    if not 0 < len(secret) < _LONGEST_SECRET or "\n" in secret:
        raise _wrong(path, "phải có đúng một dòng là mật khẩu")
    return secret


def authority_file(root: Path, profile: DirectoryProfile) -> str:
    """Path of the certificate that vouches for the server; empty: those the machine trusts.

    Raises:
        DirectoryAuthorityMissing (K266)
    """
    if not profile.ca_file:
        return ""
    path = root / profile.ca_file
    try:
        is_one = b"BEGIN CERTIFICATE" in path.read_bytes()
    except OSError:
        is_one = False
    if not is_one:
        raise DirectoryAuthorityMissing(f"no certificate in {path}", file=path)
    return str(path)


def _wrong(path: Path, why: str) -> DirectorySecretWrong:
    return DirectorySecretWrong(f"secret file {path}", file=path, why=why)
