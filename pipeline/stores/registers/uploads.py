"""Files that came by the web page: whose they are, told to whoever takes them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.person_names import account_in
from pipeline.stores.registers.database import Database

if TYPE_CHECKING:
    from pipeline.stores.registers.models import Upload

_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadView:
    """A file that somebody sent."""

    id: str
    kind: str
    #: Below the inbox, with ``/``.
    path: str
    inode: int
    size_bytes: int
    #: As the receipt shall name who sent it; what is his own goes by the account in it.
    person: str
    at: datetime
    #: What it was taken in as; empty while it lies in the inbox.
    receipt_id: str = ""


class Uploads:
    """What the registers know of them; none of it is a deed: the receipt is."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, upload: UploadView) -> None:
        """Write one down, before the file has its name; rows of a month ago go."""
        from pipeline.stores.registers.models import Upload

        with self._db.transaction():
            self._db.rows(Upload).filter(at__lt=upload.at - _KEPT).delete()
            Upload(
                id=upload.id,
                kind=upload.kind,
                path=upload.path,
                inode=upload.inode,
                size_bytes=upload.size_bytes,
                person=upload.person,
                account=account_in(upload.person),
                at=upload.at,
            ).save(using=self._db.alias, force_insert=True)

    def taken(self, path: str, inode: int, size_bytes: int, receipt_id: str) -> str:
        """Who sent the file that lies at *path* and is taken in as *receipt_id*; empty for one of the shared folder."""
        from pipeline.stores.registers.models import Upload

        rows = self._db.rows(Upload).filter(inode=inode, size_bytes=size_bytes)
        # A name of the shared folder need not be Unicode, which no database would be asked for.
        row = next((one for one in rows.order_by("-at", "-id") if one.path == path), None)
        if row is None:
            return ""
        with self._db.transaction():
            self._db.rows(Upload).filter(id=row.id).update(receipt_id=receipt_id)
        return row.person

    def get(self, upload_id: str) -> UploadView | None:
        """One."""
        from pipeline.stores.registers.models import Upload

        row = self._db.rows(Upload).filter(id=upload_id).first()
        return None if row is None else _view(row)

    def lying_at(self, path: str, person: str) -> UploadView | None:
        """The newest that *person* sent to *path*."""
        from pipeline.stores.registers.models import Upload

        rows = self._db.rows(Upload).filter(account=account_in(person), path=path)
        row = rows.order_by("-at", "-id").first()
        return None if row is None else _view(row)

    def recent(self, person: str, since: datetime) -> list[UploadView]:
        """What *person* (empty: anybody) sent since then, newest first."""
        from pipeline.stores.registers.models import Upload

        rows = self._db.rows(Upload).filter(at__gte=since)
        rows = rows.filter(account=account_in(person)) if person else rows
        return [_view(row) for row in rows.order_by("-at", "-id")[:200]]


def _view(row: Upload) -> UploadView:
    return UploadView(
        id=row.id,
        kind=row.kind,
        path=row.path,
        inode=row.inode,
        size_bytes=row.size_bytes,
        person=row.person,
        at=row.at,
        receipt_id=row.receipt_id,
    )
