"""How a person with an account is named where names last: readable for ever, and his own whatever he is called later."""

from __future__ import annotations

import re

#: As long as a column for a person is.
_LONGEST = 150
#: Of an account of the operating system, which nobody in the registers has.
OS_PREFIX = "nguoi-dung:"
_ACCOUNT = re.compile(r" \(([a-z0-9._-]+)\)$")


def actor_name(full_name: str, account: str) -> str:
    """``Nguyễn Thị Hoa (hoa)``: readable when the account is long gone, and never two people alike."""
    end = f" ({account})"
    return full_name[: _LONGEST - len(end)] + end


def without_prefix(words: str) -> str:
    """*words* for people: an account at the machine is called by its name alone."""
    return words.replace(OS_PREFIX, "")


def account_in(name: str) -> str:
    """The account of whoever is named so; empty where none is told, as of somebody at the machine."""
    found = _ACCOUNT.search(name)
    return found[1] if found else ""


def owner_key(name: str) -> str:
    """What the names that one person ever had have in common: the account, else the name itself."""
    account = account_in(name)
    return f"tai-khoan:{account}" if account else name


def is_same_person(name: str, other: str) -> bool:
    """Whether both name one person, maybe before and after a change of name."""
    return owner_key(name) == owner_key(other)
