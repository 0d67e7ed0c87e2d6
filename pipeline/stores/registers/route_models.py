"""The table of whom each incoming paper went to; ``models`` is where Django and everybody else finds it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index

from pipeline.stores.registers.fields import JsonText


class Routing(models.Model):
    """How the last word on a paper left it: to whom, until when, whether it is done. Opinions stand in the journal alone."""

    document = models.OneToOneField(
        "registers.Document", models.PROTECT, primary_key=True, related_name="routing"
    )
    to = JsonText(default=list)
    #: The same as it is looked through: ``| phong tong hop | dong chi nong van bach |``.
    to_key = models.TextField(default="")
    due_on = models.DateField(null=True)
    person = models.CharField(max_length=150)
    routed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "routings"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["done_at", "due_on"], name="routing_open"),
            Index(fields=["routed_at"], name="routing_at"),
        ]
