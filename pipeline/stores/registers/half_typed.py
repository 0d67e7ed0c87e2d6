"""What people have half typed into a form that is no paper: a confirmation, a copy, an opinion. Each person's own, soon forgotten.

It lies in the table of what is composed, under a kind that no folder can have.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.clock import Clock
from pipeline.stores.registers.database import Database

#: Before the name of a form, where the kind of a composed paper stands.
MARK = "~"
#: After so long nobody comes back to it.
_KEPT = timedelta(days=14)
#: Of one person; beyond them the oldest goes.
_MOST = 60
#: As long as the ids that clocks make, of letters that they use.
_ID_LENGTH = 26
Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Which form of which person, about what."""

    account: str
    form: str
    #: Id of the paper, or what else tells two of them apart.
    subject: str

    @property
    def id(self) -> str:
        """Its place."""
        parts = json.dumps([self.account, self.form, self.subject], ensure_ascii=False)
        return MARK + hashlib.sha256(parts.encode()).hexdigest()[: _ID_LENGTH - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfTyped:
    """What stands in the fields, and since when."""

    fields: Fields
    at: datetime


class HalfTypedForms:
    """The forms that were begun."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def keep(self, whose: Whose, fields: Fields) -> datetime:
        """Keep what is typed, over what was; when that was.

        Raises:
            OfficeMoved (A433): this office was sealed.
        """
        from pipeline.stores.registers.lookup_code import storable
        from pipeline.stores.registers.marks import refuse_if_moved
        from pipeline.stores.registers.models import Composed

        refuse_if_moved(self._db.spec.sqlite_path.parent)
        now = self._clock.now()
        self._overwrite()
        with self._db.transaction():
            rows = self._db.rows(Composed).filter(kind__startswith=MARK)
            rows.filter(changed_at__lt=now - _KEPT).delete()
            mine = rows.filter(account=whose.account).exclude(id=whose.id)
            oldest = mine.order_by("-changed_at").values_list("id", flat=True)[_MOST - 1 :]
            rows.filter(id__in=[*oldest]).delete()
            row = Composed(
                id=whose.id,
                account=whose.account,
                kind=f"{MARK}{whose.form}",
                title="",
                typed=storable(json.dumps(fields, ensure_ascii=False)),
                changed_at=now,
            )
            row.save(using=self._db.alias)
        return now

    def get(self, whose: Whose) -> HalfTyped | None:
        """What was typed and not sent."""
        from pipeline.stores.registers import wire
        from pipeline.stores.registers.models import Composed

        row = self._db.rows(Composed).filter(id=whose.id, account=whose.account).first()
        if row is None:
            return None
        return HalfTyped(fields=json.loads(row.typed), at=wire.local(row.changed_at))

    def forget(self, whose: Whose) -> None:
        """It was sent, or nobody wants it."""
        from pipeline.stores.registers.models import Composed

        rows = self._db.rows(Composed).filter(id=whose.id, account=whose.account)
        if not rows.exists():
            return
        self._overwrite()
        with self._db.transaction():
            rows.delete()

    def _overwrite(self) -> None:
        from pipeline.stores.registers.scrubbing import overwrite

        overwrite(self._db)
