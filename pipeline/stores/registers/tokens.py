"""Access codes by which programs speak for a person: made, told once, closed; kept as hashes alone."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.clock import Clock
from pipeline.errors.base import TemporaryFailure
from pipeline.errors.people import AccountUnknown
from pipeline.errors.programs import TokenWrong
from pipeline.stores.registers.database import Database
from pipeline.vietnamese import clean_text

if TYPE_CHECKING:
    from pipeline.stores.registers.journal_rows import Scribe
    from pipeline.stores.registers.models import ApiToken, Person

_PREFIX = "vt"
_ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_ID_LENGTH = 8
_SECRET_BYTES = 32
_CODE = re.compile(rf"{_PREFIX}_([a-z0-9]{{{_ID_LENGTH}}})_([A-Za-z0-9_-]{{20,100}})")
_LONGEST_NAME = 80
#: Of one person that are not closed.
MOST_OPEN = 20
#: The last use is written down no finer: a question must not cost a write.
_GRAIN = timedelta(minutes=10)
#: Compared with where there is no such code, so that the answer takes as long.
_NOBODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """An access code, without its secret."""

    id: str
    account: str
    name: str
    made_at: datetime
    #: Within ten minutes.
    last_used: datetime | None
    closed_at: datetime | None


class Tokens:
    """The access codes of one office."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def add(self, account: str, name: str, by: str) -> tuple[TokenView, str]:
        """Make one; the whole code is told here and never again.

        Raises:
            AccountUnknown (R320), TokenWrong (R354).
        """
        from pipeline.stores.registers.models import ApiToken

        name = _name(name)
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        with self._deeds(by) as deeds:
            person = self._person(account)
            open_ones = self._db.rows(ApiToken).filter(person=person, closed_at=None).count()
            if open_ones >= MOST_OPEN:
                raise TokenWrong(
                    f"{open_ones} open tokens",
                    why=f"«{person.account}» đã có {open_ones} mã chưa đóng. Hãy đóng mã không dùng nữa.",
                )
            row = ApiToken(
                id="".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH)),
                person=person,
                name=name,
                secret_sha256=_digest(secret),
                made_at=self._clock.now(),
            )
            row.save(using=self._db.alias, force_insert=True)
            deeds.note("token-made", {"account": person.account, "token": row.id, "name": name})
        return _view(row), f"{_PREFIX}_{row.id}_{secret}"

    def all(self, account: str = "") -> list[TokenView]:
        """Everybody's, or one person's; closed ones too, the newest first. Raises AccountUnknown (R320)."""
        from pipeline.stores.registers.models import ApiToken

        rows = self._db.rows(ApiToken).select_related("person")
        rows = rows.filter(person=self._person(account)) if account else rows
        return [_view(row) for row in rows.order_by("person__account", "-made_at", "id")]

    def close(self, token_id: str, by: str) -> TokenView:
        """From now on nobody comes in by it. Raises TokenWrong (R354)."""
        from pipeline.stores.registers.models import ApiToken

        with self._deeds(by) as deeds:
            row = self._db.rows(ApiToken).select_related("person").filter(id=token_id).first()
            if row is None:
                raise TokenWrong(
                    f"no token {token_id!r}",
                    why=f"không có mã nào mang số hiệu «{token_id[:40]}». Hãy xem bằng «vanthu user token list».",
                )
            if row.closed_at is None:
                row.closed_at = self._clock.now()
                row.save(using=self._db.alias)
                told = {"account": row.person.account, "token": row.id, "name": row.name}
                deeds.note("token-closed", told)
        return _view(row)

    def bearer(self, code: str) -> Person | None:
        """Whoever a program with this code speaks for; None for a code that is wrong or closed, or whose person is."""
        from pipeline.stores.registers.models import ApiToken

        parts = _CODE.fullmatch(code)
        token_id, secret = (parts[1], parts[2]) if parts else ("", "")
        row = self._db.rows(ApiToken).select_related("person").filter(id=token_id).first()
        is_right = hmac.compare_digest(row.secret_sha256 if row else _NOBODY, _digest(secret))
        if row is None or not is_right or row.closed_at is not None or not row.person.is_active:
            return None
        self._note_use(row)
        return row.person

    def _note_use(self, row: ApiToken) -> None:
        from pipeline.stores.registers.models import ApiToken

        now = self._clock.now()
        if row.last_used is None or not timedelta(0) <= now - row.last_used < _GRAIN:
            # A question is answered also while the registers are too busy to note that it was asked.
            with suppress(TemporaryFailure), self._db.transaction():
                self._db.rows(ApiToken).filter(id=row.id).update(last_used=now)

    def _person(self, account: str) -> Person:
        from pipeline.stores.registers.models import Person

        row = self._db.rows(Person).filter(account=account.strip().lower()).first()
        if row is None:
            raise AccountUnknown(f"no account {account!r}", account=account.strip())
        return row

    @contextmanager
    def _deeds(self, by: str) -> Iterator[Scribe]:
        """The journal's rows of one transaction, written as its last act."""
        from pipeline.stores.registers.journal_rows import Scribe

        with self._db.transaction():
            scribe = Scribe(self._db, self._clock.now(), by)
            yield scribe
            scribe.write()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _name(text: str) -> str:
    name = " ".join(clean_text(text)[0].split())
    if not 1 < len(name) <= _LONGEST_NAME:
        raise TokenWrong(
            f"name of {len(name)}",
            why=f"cần ghi mã dùng cho việc gì, từ 2 đến {_LONGEST_NAME} chữ cái (ví dụ: phần mềm nhân sự).",
        )
    return name


def _view(row: ApiToken) -> TokenView:
    return TokenView(
        id=row.id,
        account=row.person.account,
        name=row.name,
        made_at=row.made_at,
        last_used=row.last_used,
        closed_at=row.closed_at,
    )
