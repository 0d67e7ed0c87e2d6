"""Files that came by the web page: whose they are, told to whoever takes them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.stores.registers.database import Database

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
    person: str
    at: datetime


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
                at=upload.at,
            ).save(using=self._db.alias, force_insert=True)

    def person_of(self, path: str, inode: int, size_bytes: int) -> str:
        """Who sent the file that lies at *path* now; empty for one that came by the shared folder."""
        from pipeline.stores.registers.models import Upload

        rows = self._db.rows(Upload).filter(inode=inode, path=path, size_bytes=size_bytes)
        return rows.order_by("-at", "-id").values_list("person", flat=True).first() or ""

    def recent(self, person: str, since: datetime) -> list[UploadView]:
        """What *person* (empty: anybody) sent since then, newest first."""
        from pipeline.stores.registers.models import Upload

        rows = self._db.rows(Upload).filter(at__gte=since)
        rows = rows.filter(person=person) if person else rows
        return [
            UploadView(
                id=row.id,
                kind=row.kind,
                path=row.path,
                inode=row.inode,
                size_bytes=row.size_bytes,
                person=row.person,
                at=row.at,
            )
            for row in rows.order_by("-at", "-id")[:200]
        ]
