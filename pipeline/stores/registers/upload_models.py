"""The table of files that came by the web page: who sent them, for as long as the file lies in the inbox."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index


class Upload(models.Model):
    """One file; its row is written before the file appears in the inbox."""

    id = models.CharField(max_length=26, primary_key=True)
    kind = models.CharField(max_length=100)
    #: Below the inbox.
    path = models.TextField()
    #: Tells the file from another that took its name.
    inode = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    #: As the receipt shall name who sent it.
    person = models.CharField(max_length=150)
    #: Whose it is: names change.
    account = models.CharField(max_length=150, default="")
    at = models.DateTimeField()
    #: What it was taken in as; empty while it lies in the inbox.
    receipt_id = models.CharField(max_length=26, default="")

    class Meta:
        db_table = "uploads"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["inode"], name="upload_inode"),
            Index(fields=["account", "at"], name="upload_account"),
        ]
