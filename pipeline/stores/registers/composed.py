"""What people are composing in a browser: what is asked of the registers about it.

Each person's own, and none of it a deed or a record: the record is the file that is sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pipeline.clock import Clock
from pipeline.stores.registers.database import Database
from pipeline.stores.registers.half_typed import MARK

if TYPE_CHECKING:
    from pipeline.stores.registers.models import Composed


#: After so long whoever began to send it is dead.
_SENDING = timedelta(minutes=2)
#: So long a form that was sent says that it was.
_TOLD = timedelta(days=2)
_NOTHING = "{}"


class Keeping(StrEnum):
    """What became of a form that was to be kept."""

    KEPT = "kept"
    TOO_MANY = "too-many"
    #: It was sent meanwhile.
    SENT = "sent"
    #: The id is that of another's form.
    OTHERS = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedView:
    """One form as it was typed so far."""

    id: str
    account: str
    kind: str
    title: str
    #: Field → what stands in it: text, rows, or a table of fields.
    typed: dict[str, Any]
    changed_at: datetime
    #: Digest of the file that it was sent as; empty while it is not.
    sent_sha512: str


class Composing:
    """The forms that are not sent yet."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def keep(
        self, draft_id: str, who: tuple[str, str], title: str, typed: dict[str, Any], *, most: int
    ) -> Keeping:
        """Keep what is typed, over what was.

        Args:
            draft_id: One that :func:`pipeline.record.new_id` made.
            who: Account and kind.
            title: What the list calls it.
            typed: What stands in the fields.
            most: So many may one person keep.
        Raises:
            OfficeMoved (A433): this office was sealed.
        """
        from pipeline.stores.registers.lookup_code import storable
        from pipeline.stores.registers.marks import refuse_if_moved
        from pipeline.stores.registers.models import Composed

        refuse_if_moved(self._db.spec.sqlite_path.parent)
        account, kind = who
        now = self._clock.now()
        self._overwrite()
        with self._db.transaction():
            rows = self._db.rows(Composed)
            rows.filter(sent_at__lt=now - _TOLD).exclude(sent_sha512="").delete()
            row = rows.filter(id=draft_id).first()
            if row is None:
                mine = rows.filter(account=account, sent_sha512="")
                if mine.exclude(kind__startswith=MARK).count() >= most:
                    return Keeping.TOO_MANY
                row = Composed(id=draft_id, account=account, kind=kind)
            if (row.account, row.kind) != (account, kind):
                return Keeping.OTHERS
            if row.sent_sha512:
                return Keeping.SENT
            row.title = storable(title)
            row.typed = storable(json.dumps(typed, ensure_ascii=False))
            row.changed_at = now
            row.save(using=self._db.alias)
        return Keeping.KEPT

    def begin_sending(self, draft_id: str, account: str) -> bool:
        """Whether the caller is the one who sends it now; to be told how that ended."""
        from django.db.models import Q

        from pipeline.stores.registers.models import Composed

        now = self._clock.now()
        with self._db.transaction():
            rows = self._db.rows(Composed).filter(id=draft_id, account=account, sent_sha512="")
            free = rows.filter(Q(sent_at__isnull=True) | Q(sent_at__lt=now - _SENDING))
            return free.update(sent_at=now) > 0

    def ended_sending(self, draft_id: str, sha512: str) -> None:
        """It was sent as a file of that digest, and nothing else of it stays; without one it was not sent."""
        from pipeline.stores.registers.models import Composed

        self._overwrite()
        with self._db.transaction():
            rows = self._db.rows(Composed).filter(id=draft_id)
            if sha512:
                rows.update(sent_sha512=sha512, typed=_NOTHING, title="")
            else:
                rows.update(sent_at=None)

    def get(self, draft_id: str) -> ComposedView | None:
        """The form of that id, whosever it is."""
        from pipeline.stores.registers.models import Composed

        row = self._db.rows(Composed).filter(id=draft_id).first()
        return None if row is None else _view(row)

    def of(self, account: str) -> list[ComposedView]:
        """A person's forms that are not sent, what was changed last first."""
        from pipeline.stores.registers.models import Composed

        rows = self._db.rows(Composed).filter(account=account, sent_sha512="")
        rows = rows.exclude(kind__startswith=MARK)
        return [_view(row) for row in rows.order_by("-changed_at", "-id")]

    def forget(self, draft_id: str, account: str) -> bool:
        """Keep it no longer; false where the person has none of that id."""
        from pipeline.stores.registers.models import Composed

        self._overwrite()
        with self._db.transaction():
            rows = self._db.rows(Composed).filter(id=draft_id, account=account)
            deleted, _ = rows.delete()
        return deleted > 0

    def _overwrite(self) -> None:
        from pipeline.stores.registers.scrubbing import overwrite

        overwrite(self._db)


def _view(row: Composed) -> ComposedView:
    from pipeline.stores.registers import wire

    return ComposedView(
        id=row.id,
        account=row.account,
        kind=row.kind,
        title=row.title,
        typed=json.loads(row.typed),
        changed_at=wire.local(row.changed_at),
        sent_sha512=row.sent_sha512,
    )
