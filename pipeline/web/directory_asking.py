"""Asking the directory (python-ldap, django-auth-ldap): a name and a password → who it is, and what role its groups give.

Run as a program of one question. OpenLDAP's library on Debian spins for ever in a TLS handshake with a server that says
nothing, whatever time it is given; a process can be ended. The password comes by standard input.
"""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import dataclass
from typing import Any

import ldap
from django.conf import settings
from django_auth_ldap import config as directory
from django_auth_ldap.backend import LDAPBackend, ldap_error
from ldap.dn import str2dn

from pipeline.config_model import DirectoryProfile
from pipeline.config_web import ACCOUNT
from pipeline.plain import from_plain, to_plain

#: What a server may say to one who is not whom he says he is, or has no password there; never told apart.
_WRONG = (
    ldap.INVALID_CREDENTIALS,
    ldap.INAPPROPRIATE_AUTH,
    ldap.NO_SUCH_OBJECT,
    ldap.INVALID_DN_SYNTAX,
    ldap.UNWILLING_TO_PERFORM,
    ldap.INSUFFICIENT_ACCESS,
    ldap.CONSTRAINT_VIOLATION,
)
#: Word of the office file → class of a group's entry, and how its members are told; groups may lie in groups.
_GROUPS = {
    "ad": ("group", directory.NestedActiveDirectoryGroupType),
    "groupOfNames": ("groupOfNames", directory.NestedGroupOfNamesType),
    "groupOfUniqueNames": ("groupOfUniqueNames", directory.NestedGroupOfUniqueNamesType),
    "posixGroup": ("posixGroup", directory.PosixGroupType),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One server, one account."""

    server: str
    account: str
    password: str
    #: Of the account that looks for people.
    secret: str
    #: Path of the certificate that vouches for the server; empty: those the machine trusts.
    authority: str
    #: After so many seconds the process is no more.
    seconds: int
    profile: DirectoryProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the directory says of it; all empty for a wrong password and for an unknown name."""

    #: Why it did not answer.
    failure: str = ""
    is_known: bool = False
    full_name: str = ""
    #: Empty for one whom no group gives a role.
    role: str = ""


class _Failed(Exception):
    """The directory failed, which the library would call a wrong password."""


class _Somebody:
    """What the library asks of the model of a user."""

    USERNAME_FIELD = "username"


class _Asking(LDAPBackend):  # type: ignore[misc] # the library has no types
    """One question; nobody is made or changed by it."""

    answer = Answer()

    def __init__(self, asked: Question) -> None:
        self._profile = asked.profile
        self.default_settings = _settings(asked)

    def get_user_model(self) -> type[_Somebody]:
        return _Somebody

    def get_or_build_user(self, username: str, ldap_user: Any) -> tuple[_Somebody, bool]:
        """The library calls it once the password was taken; it saves nobody whom it did not build."""
        del username
        groups = {_plain(name) for name in ldap_user.group_dns}
        roles = (role for role, names in self._profile.roles if groups & {*map(_plain, names)})
        self.answer = Answer(
            is_known=True,
            full_name=_first(ldap_user.attrs, self._profile.name_attribute),
            role=next(roles, ""),
        )
        return _Somebody(), False


def ask(asked: Question) -> Answer:
    """Ask the server."""
    asking = _Asking(asked)
    try:
        asking.authenticate(None, username=asked.account, password=asked.password)
    except (ldap.LDAPError, _Failed) as error:
        return Answer(failure=repr(error))
    return asking.answer


def _settings(asked: Question) -> dict[str, Any]:
    profile = asked.profile
    attributes = [profile.name_attribute, "uid", "gidNumber"]
    entry, group_type = _GROUPS[profile.group_kind]
    told: dict[str, Any] = {
        "SERVER_URI": asked.server,
        "START_TLS": profile.has_starttls,
        "CONNECTION_OPTIONS": _options(asked),
        "BIND_DN": profile.reader,
        "BIND_PASSWORD": asked.secret,
        "BIND_AS_AUTHENTICATING_USER": not profile.reader,
        "ALWAYS_UPDATE_USER": False,
        "USER_ATTRLIST": attributes,
        "GROUP_SEARCH": directory.LDAPSearch(
            profile.group_base, ldap.SCOPE_SUBTREE, f"(objectClass={entry})", ["cn"]
        ),
        "GROUP_TYPE": group_type(),
    }
    if profile.user_dn:
        told["USER_DN_TEMPLATE"] = _template(profile.user_dn)
    else:
        told["USER_SEARCH"] = directory.LDAPSearch(
            profile.base, ldap.SCOPE_SUBTREE, _template(profile.user_filter), attributes
        )
    return told


def _options(asked: Question) -> dict[int, Any]:
    timeout = asked.profile.timeout_s
    options: dict[int, Any] = {
        # Where a server would send us is nobody whom the office file names.
        ldap.OPT_REFERRALS: 0,
        ldap.OPT_NETWORK_TIMEOUT: timeout,
        ldap.OPT_TIMEOUT: timeout,
        ldap.OPT_TIMELIMIT: max(1, int(timeout)),
        ldap.OPT_X_TLS_REQUIRE_CERT: ldap.OPT_X_TLS_DEMAND,
    }
    if asked.authority:
        options[ldap.OPT_X_TLS_CACERTFILE] = asked.authority
    # The options before it hold from here on.
    options[ldap.OPT_X_TLS_NEWCTX] = 0
    return options


def _template(text: str) -> str:
    """As the library fills it in, what is filled in escaped."""
    return text.replace("%", "%%").replace(ACCOUNT, "%(user)s")


def _first(attributes: Any, name: str) -> str:
    values = (attributes or {}).get(name) or [""]
    return values[0] if isinstance(values[0], str) else ""


def _plain(name: str) -> str:
    """The name of a group as it is compared: neither case nor spaces about its commas count."""
    try:
        parts = str2dn(name)
    except ldap.DECODING_ERROR:
        return name.lower()
    return ",".join(
        "+".join(f"{kind}={value}" for kind, value, _ in part) for part in parts
    ).lower()


def _failed(context: str, exception: Exception, **_more: Any) -> None:
    if context != "authenticate" or not isinstance(exception, _WRONG):
        raise _Failed(repr(exception)) from exception


def main() -> None:
    """Question on standard input, answer on standard output; both JSON."""
    asked = from_plain(Question, json.load(sys.stdin))
    signal.alarm(asked.seconds)
    settings.configure()
    ldap_error.connect(_failed, sender=_Asking)
    json.dump(to_plain(ask(asked)), sys.stdout)


if __name__ == "__main__":
    main()
