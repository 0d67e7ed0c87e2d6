"""What people are composing in a browser: what is asked of the registers about it.

Each person's own, and none of it a deed or a record: the record is the file that is sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.clock import Clock
from pipeline.stores.registers.database import Database

if TYPE_CHECKING:
    from pipeline.stores.registers.models import Composed


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


class Composing:
    """The forms that are not sent yet."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def keep(
        self, draft_id: str, who: tuple[str, str], title: str, typed: dict[str, Any], *, most: int
    ) -> bool:
        """Keep what is typed, over what was; false where it is another's, or were one more than *most*.

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
        row = Composed(
            id=draft_id,
            account=account,
            kind=kind,
            title=storable(title),
            typed=storable(json.dumps(typed, ensure_ascii=False)),
            changed_at=self._clock.now(),
        )
        self._overwrite()
        with self._db.transaction():
            rows = self._db.rows(Composed)
            standing = rows.filter(id=draft_id).first()
            if standing is None and rows.filter(account=account).count() >= most:
                return False
            if standing is not None and (standing.account, standing.kind) != (account, kind):
                return False
            row.save(using=self._db.alias)
        return True

    def get(self, draft_id: str) -> ComposedView | None:
        """The form of that id, whosever it is."""
        from pipeline.stores.registers.models import Composed

        row = self._db.rows(Composed).filter(id=draft_id).first()
        return None if row is None else _view(row)

    def of(self, account: str) -> list[ComposedView]:
        """A person's forms, what was changed last first."""
        from pipeline.stores.registers.models import Composed

        rows = self._db.rows(Composed).filter(account=account)
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
    )
