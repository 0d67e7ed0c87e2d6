"""An account that is none of ours, with its password → who it is in the office's directory.

The backend stands in Django's settings; it asks nobody where the office file names no directory.
"""

from __future__ import annotations

import json
import logging
import math
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from pipeline.app import refuse_if_behind
from pipeline.config_model import DirectoryProfile
from pipeline.directory import authority_file, reader_secret
from pipeline.errors.base import KindInvalid, VanthuError, on_screen, shown_as
from pipeline.errors.directory import DirectoryDown, NoRoleInDirectory
from pipeline.plain import to_plain
from pipeline.roles import Role
from pipeline.stores.registers.models import Person
from pipeline.stores.registers.people import People, is_account
from pipeline.web.office import office

log = logging.getLogger(__name__)

#: Attribute of a request: why the directory did not let a person in, where that is not the password.
_TOLD = "vanthu_directory_told"
#: What the process that asks needs to begin, on a busy machine.
_BEGINNING_S = 4


class DirectoryBackend(BaseBackend):
    """Asked after our own passwords. What it refuses counts as a failure like any other, so that nobody tries for ever."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_more: Any,
    ) -> Person | None:
        """The person, made or brought up to date; None for a wrong password and for whoever may not come in."""
        app = office()
        account = (username or "").strip().lower()
        if app.office.directory is None or not is_account(account):
            return None
        people = People(app.registers.db, app.clock)
        try:
            found = look_up(account, password or "", app.office.root, app.office.directory)
            if found is None:
                return None
            refuse_if_behind(app)
            may_come = people.from_directory(account, found[0], found[1])
        except VanthuError as error:
            if request is not None:
                setattr(request, _TOLD, error)
            return None
        return Person.objects.get(account=account) if may_come else None


def told_by_directory(request: HttpRequest) -> str:
    """The sentence for who was not let in for another reason than the password; empty for others."""
    error = getattr(request, _TOLD, None)
    return error.web_text if isinstance(error, VanthuError) else ""


def look_up(
    account: str, password: str, root: Path, profile: DirectoryProfile
) -> tuple[str, Role] | None:
    """Name and role; None where the password is wrong or nobody is called so, which nobody may tell apart.

    Raises:
        DirectoryDown (R390), NoRoleInDirectory (R391).
    """
    # A bind with a name and no password is one of nobody, which many servers call a success.
    if not password or "\0" in password:
        return None
    answer = _answer(account, password, root, profile)
    if not answer["is_known"]:
        return None
    if not answer["role"]:
        raise NoRoleInDirectory(f"no group with a role account={account}", account=account)
    return answer["full_name"], Role(answer["role"])


def _answer(
    account: str, password: str, root: Path, profile: DirectoryProfile
) -> Mapping[str, Any]:
    """Of the first server that answers."""
    try:
        secret, authority = reader_secret(root, profile), authority_file(root, profile)
    except KindInvalid as error:
        log.warning("directory not asked: %s", error, extra=on_screen(error))
        raise DirectoryDown("the directory cannot be asked") from error
    for server in profile.servers:
        question = {
            "server": server,
            "account": account,
            "password": password,
            "secret": secret,
            "authority": authority,
            "seconds": math.ceil(profile.timeout_s) + _BEGINNING_S,
            "profile": to_plain(profile),
        }
        answer = _asked(question)
        if not answer["failure"]:
            return answer
        told = shown_as(
            f"Danh bạ ở {server} không trả lời; tài khoản riêng của phòng vẫn vào được."
        )
        log.warning("directory failed server=%s why=%s", server, answer["failure"], extra=told)
    raise DirectoryDown("no directory server answers")


def _asked(question: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ask in a process of its own, which ends itself where the server keeps it waiting."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pipeline.web.directory_asking"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told = done.stderr.strip().splitlines()
        return {"failure": told[-1] if told else f"ended by signal {-done.returncode}"}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
