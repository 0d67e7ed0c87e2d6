"""People's accounts: made, changed, closed; each change is a deed of the journal. Passwords are kept as Argon2 alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from pipeline.clock import Clock
from pipeline.errors.directory import AccountIsLocal, PasswordElsewhere
from pipeline.errors.people import (
    AccountTaken,
    AccountUnknown,
    AccountWrong,
    LastManager,
    PasswordWeak,
)
from pipeline.roles import ROLE_WORDS, Role
from pipeline.stores.registers.database import Database
from pipeline.vietnamese import clean_text

if TYPE_CHECKING:
    from pipeline.stores.registers.journal_rows import Scribe
    from pipeline.stores.registers.models import Person

_T = TypeVar("_T")
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._-]{1,48}[a-z0-9]")
_LONGEST_NAME = 100
_FIRST = "quantri"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """An account."""

    account: str
    full_name: str
    role: Role
    is_active: bool
    #: Who he is to the operating system, ``nguoi-dung:hoa``: the owner of what he drops into the shared folder.
    os_account: str
    has_password: bool
    made_at: datetime | None
    last_login: datetime | None
    #: Comes in by the password of the office's directory; has none here.
    is_from_directory: bool = False


class People:
    """The accounts of one office."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def all(self) -> list[PersonView]:
        """Everybody, by account; those whose account is closed too."""
        from pipeline.stores.registers.models import Person

        return [_view(row) for row in self._db.rows(Person).order_by("account")]

    def get(self, account: str) -> PersonView:
        """One. Raises AccountUnknown (R320)."""
        return _view(self._row(account))

    def add(self, person: PersonView, by: str) -> PersonView:
        """Make an account without a password; :meth:`entry_token` lets its person set one.

        Raises:
            AccountWrong (R322), AccountTaken (R321).
        """
        return _again_if_taken(lambda: self._added(person, by))

    def _added(self, person: PersonView, by: str) -> PersonView:
        from pipeline.stores.registers.models import Person

        account, full_name = _account(person.account), _name(person.full_name)
        with self._deeds(by) as deeds:
            there = self._db.rows(Person).filter(account=account).first()
            if there is not None:
                raise AccountTaken(f"account {account}", account=account, name=there.ho_ten)
            row = Person(
                account=account,
                ho_ten=full_name,
                role=person.role.value,
                os_account=person.os_account.strip(),
                made_at=self._clock.now(),
            )
            row.set_unusable_password()
            row.save(using=self._db.alias)
            deeds.note("person-added", {"account": account, "name": full_name, "role": row.role})
        return _view(row)

    def change(
        self,
        account: str,
        by: str,
        *,
        full_name: str | None = None,
        role: Role | None = None,
        is_active: bool | None = None,
        os_account: str | None = None,
    ) -> PersonView:
        """Change what is given; a closed account's sessions end with it.

        Raises:
            AccountUnknown (R320), AccountWrong (R322), LastManager (R324).
        """
        with self._deeds(by) as deeds:
            row = self._row(account)
            told: dict[str, object] = {"account": row.account}
            changes = {
                "ho_ten": None if full_name is None else _name(full_name),
                "role": None if role is None else role.value,
                "is_active": is_active,
                "os_account": None if os_account is None else os_account.strip(),
            }
            for name, value in changes.items():
                if value is not None and getattr(row, name) != value:
                    setattr(row, name, value)
                    told[name] = value
            if len(told) > 1:
                row.save(using=self._db.alias)
                self._refuse_without_manager(row)
                deeds.note("person-changed", told)
        return _view(row)

    def from_directory(self, account: str, full_name: str, role: Role) -> bool:
        """A person whose password the directory has just vouched for, as it tells of him now; whether he may come in.

        He is made the first time. Closed here stays closed.

        Raises:
            AccountIsLocal (R392): one of our own has that account.
        """
        return _again_if_taken(lambda: self._as_told(account, full_name, role))

    def _as_told(self, account: str, full_name: str, role: Role) -> bool:
        from pipeline.stores.registers.models import Person
        from pipeline.stores.registers.views import SYSTEM

        with self._deeds(SYSTEM) as deeds:
            row = self._db.rows(Person).filter(account=account).first()
            told: dict[str, object] = {"account": account, "by": "directory"}
            deed = "person-changed"
            if row is None:
                deed = "person-added"
                row = Person(account=account, is_from_directory=True, made_at=self._clock.now())
                row.set_unusable_password()
            if not row.is_from_directory:
                raise AccountIsLocal(f"local account {account}", account=account)
            if not row.is_active:
                return False
            now = {"ho_ten": _name_or(full_name, account), "role": role.value}
            changes = {name: value for name, value in now.items() if getattr(row, name) != value}
            if changes or deed == "person-added":
                for name, value in changes.items():
                    setattr(row, name, value)
                row.save(using=self._db.alias)
                deeds.note(deed, told | (now if deed == "person-added" else changes))
        return True

    def set_password(self, account: str, password: str, by: str) -> None:
        """Raises AccountUnknown (R320), PasswordWeak (R323), PasswordElsewhere (R393)."""
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError

        row = self._own(account)
        try:
            validate_password(password, row)
        except ValidationError as error:
            raise PasswordWeak("weak password", why=" ".join(error.messages)) from error
        with self._deeds(by) as deeds:
            row.set_password(password)
            row.save(using=self._db.alias)
            deeds.note("password-set", {"account": row.account})

    def entry_token(self, account: str) -> tuple[str, str]:
        """Account and token of a link by which its person sets a password; good once, for three days.

        Raises:
            AccountUnknown (R320), PasswordElsewhere (R393).
        """
        from django.contrib.auth.tokens import default_token_generator

        row = self._own(account)
        return row.account, default_token_generator.make_token(row)

    def first_manager(self) -> tuple[str, str]:
        """Make the first manager where nobody is there; account and token while no manager has a password."""
        from pipeline.stores.registers.models import Person
        from pipeline.stores.registers.views import SYSTEM

        # One of our own: the directory may be down when he is needed.
        rows = self._db.rows(Person).filter(
            role=Role.QUAN_TRI.value, is_active=True, is_from_directory=False
        )
        if any(row.has_usable_password() for row in rows):
            return "", ""
        if not rows:
            first = PersonView(
                account=_FIRST,
                full_name="Người quản trị",
                role=Role.QUAN_TRI,
                is_active=True,
                os_account="",
                has_password=False,
                made_at=None,
                last_login=None,
            )
            self.add(first, SYSTEM)
        return self.entry_token(rows[0].account if rows else _FIRST)

    def knows_token(self, account: str, token: str) -> bool:
        """Whether the link is still good."""
        from django.contrib.auth.tokens import default_token_generator

        try:
            row = self._row(account)
        except AccountUnknown:
            return False
        return row.is_active and default_token_generator.check_token(row, token)

    def _row(self, account: str) -> Person:
        from pipeline.stores.registers.models import Person

        wanted = account.strip().lower()
        row = self._db.rows(Person).filter(account=wanted).first()
        if row is None:
            raise AccountUnknown(f"no account {wanted!r}", account=account.strip())
        return row

    def _own(self, account: str) -> Person:
        """One who has a password here."""
        row = self._row(account)
        if row.is_from_directory:
            raise PasswordElsewhere(f"directory account {row.account}", account=row.account)
        return row

    def _refuse_without_manager(self, row: Person) -> None:
        from pipeline.stores.registers.models import Person

        left = self._db.rows(Person).filter(role=Role.QUAN_TRI.value, is_active=True)
        if not left.exists():
            raise LastManager("no manager left", account=row.account)

    @contextmanager
    def _deeds(self, by: str) -> Iterator[Scribe]:
        """The journal's rows of one transaction, written as its last act."""
        from pipeline.stores.registers.journal_rows import Scribe

        with self._db.transaction():
            scribe = Scribe(self._db, self._clock.now(), by)
            yield scribe
            scribe.write()


def _again_if_taken(do: Callable[[], _T]) -> _T:
    """Do it; once more where somebody made the same account between our look and our row."""
    from django.db import IntegrityError

    try:
        return do()
    except IntegrityError:
        return do()


def _view(row: Person) -> PersonView:
    return PersonView(
        account=row.account,
        full_name=row.ho_ten,
        role=Role(row.role),
        is_active=row.is_active,
        os_account=row.os_account,
        has_password=row.has_usable_password(),
        made_at=row.made_at,
        last_login=row.last_login,
        is_from_directory=row.is_from_directory,
    )


def is_account(text: str) -> bool:
    """Whether an account may be called so."""
    return _ACCOUNT.fullmatch(text) is not None


def _account(text: str) -> str:
    account = text.strip().lower()
    if not is_account(account):
        raise AccountWrong(
            f"account {account!r}",
            why=f"tên tài khoản «{text.strip()[:60]}» phải có từ 3 đến 50 chữ không dấu, số, dấu chấm, gạch (ví dụ: nguyen.hoa).",
        )
    return account


def _name(text: str) -> str:
    name = " ".join(clean_text(text)[0].split())
    if not 1 < len(name) <= _LONGEST_NAME:
        raise AccountWrong(
            f"name of {len(name)}", why=f"cần họ và tên đầy đủ, không quá {_LONGEST_NAME} chữ cái."
        )
    return name


def _name_or(text: str, account: str) -> str:
    """The name that the directory tells; the account where that is none."""
    try:
        return _name(text)
    except AccountWrong:
        return account


def system_account(text: str) -> str:
    """How the registers write an account of the operating system: ``hoa`` → ``nguoi-dung:hoa``."""
    name = text.strip()
    return name if not name or ":" in name else f"nguoi-dung:{name}"


def role_named(text: str) -> Role | None:
    """The role of that code or those words; None for others."""
    wanted = " ".join(text.lower().split())
    return next((role for role in Role if wanted in (role.value, ROLE_WORDS[role])), None)
