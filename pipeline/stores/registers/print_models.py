"""The tables of printings; ``models`` is where Django and everybody else finds them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Index, UniqueConstraint

from pipeline.stores.registers.fields import JsonText


class PrintJob(models.Model):
    """Committed before the printer hears of it: printing cannot be repeated. Ids and counts, nothing that papers say."""

    id = models.CharField(max_length=26, primary_key=True)
    #: Of a CUPS server, ``host:port``; both empty where the file was given out to be printed by hand.
    server = models.CharField(max_length=200, default="")
    printer = models.CharField(max_length=200)
    copies = models.IntegerField()
    is_duplex = models.BooleanField(default=False)
    has_separators = models.BooleanField(default=False)
    paper_size = models.CharField(max_length=10, default="")
    person = models.CharField(max_length=150)
    #: The same whatever he is called later.
    person_key = models.CharField(max_length=150, default="")
    made_at = models.DateTimeField()
    #: The process that gives it to the printer.
    worker = models.CharField(max_length=100, default="")
    state = models.CharField(max_length=20)
    printer_job = models.CharField(max_length=100, default="")
    finished_at = models.DateTimeField(null=True)
    detail = models.TextField(default="")
    #: The printing that is done again, and which of its sheets; none: all.
    again_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    only_sheets = JsonText(default=list)
    #: Sheets of the whole, and those that people found spoilt.
    sheets = models.IntegerField(default=0)
    bad_sheets = JsonText(default=list)
    #: Every page bears BẢN TRA CỨU.
    is_lookup = models.BooleanField(default=False)

    class Meta:
        db_table = "print_jobs"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["state", "made_at"], name="print_state"),
            Index(fields=["person_key", "id"], name="print_person"),
        ]


class PrintedPaper(models.Model):
    """One paper of a print job, in the order asked for."""

    job = models.ForeignKey(PrintJob, models.PROTECT, related_name="papers", db_index=False)
    position = models.IntegerField()
    document = models.ForeignKey("registers.Document", models.PROTECT, related_name="printed")
    version = models.IntegerField()
    pages = models.IntegerField()
    #: Which file of that version: the signed one, ours, or what was received.
    which = models.CharField(max_length=20, default="ban-dung")

    class Meta:
        db_table = "printed_papers"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["job", "position"], name="printed_paper_once")
        ]
