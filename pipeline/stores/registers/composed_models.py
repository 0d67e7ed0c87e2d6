"""The table of what people are composing in a browser: kept for its person alone until it is sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index


class Composed(models.Model):
    """One form as it was typed so far. No deed and no record: a row that is forgotten is gone; one that is sent is empty."""

    id = models.CharField(max_length=26, primary_key=True)
    #: Not the name, which may change meanwhile.
    account = models.CharField(max_length=150)
    kind = models.CharField(max_length=100)
    #: What the list of them calls it.
    title = models.TextField()
    #: What stands in the fields, as JSON.
    typed = models.TextField()
    changed_at = models.DateTimeField()
    #: When somebody began to send it; a double click finds that it is being sent.
    sent_at = models.DateTimeField(null=True)
    #: Of the file that was sent; nothing else of it is kept then.
    sent_sha512 = models.CharField(max_length=128, default="")

    class Meta:
        db_table = "composed"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["account", "changed_at"], name="composed_account")
        ]
