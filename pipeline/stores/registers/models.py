"""The tables. Every identifier that lasts is text of our own making, so that rebuild can put it back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from pipeline.stores.registers.composed_models import Composed
from pipeline.stores.registers.fields import JsonText, WaitingRank
from pipeline.stores.registers.print_models import PrintedPaper, PrintJob
from pipeline.stores.registers.route_models import Routing
from pipeline.stores.registers.token_models import ApiToken
from pipeline.stores.registers.upload_models import Upload

# found here by Django like all the others
__all__ = ["ApiToken", "Composed", "PrintJob", "PrintedPaper", "Routing", "Upload"]


class PersonManager(BaseUserManager["Person"]):
    """Makes accounts."""

    def create_user(self, account: str, password: str | None = None, **fields: Any) -> Person:
        """A person who may come in; without a password only by another way of proof."""
        person = self.model(account=account, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone of the office. Journal rows name people as text: they outlive accounts."""

    account = models.CharField(max_length=150, unique=True)
    #: The whole name; Vietnamese names are never split.
    ho_ten = models.CharField(max_length=200)
    role = models.CharField(max_length=40, default="van-thu")
    #: ``nguoi-dung:lan``: the owner of dropped files, as the system tells it.
    os_account = models.CharField(max_length=150, blank=True, default="", db_index=True)
    is_active = models.BooleanField(default=True)
    #: Known by the office's directory, where the password is; a name there never takes over an account made here.
    is_from_directory = models.BooleanField(default=False)
    is_staff = models.BooleanField(default=False)
    made_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "account"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["ho_ten"]

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        db_table = "people"

    def __str__(self) -> str:
        return self.account


class Worked(models.Model):
    """What is claimed, worked on, and tried again. ``due_at`` is queue, lease and back-off in one."""

    #: Claimable from then on; of a claimed row the end of its lease; null when nothing is due.
    due_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=100, default="")
    attempts = models.IntegerField(default=0)
    kills = models.IntegerField(default=0)
    lapses = models.IntegerField(default=0)
    last_failure = models.TextField(default="")

    class Meta:
        abstract = True


class Receipt(Worked):
    """One dropped file."""

    id = models.CharField(max_length=26, primary_key=True)
    kind = models.CharField(max_length=100)
    source_name = models.TextField()
    #: The name without its suffix: a record that comes late is named like its paper.
    source_stem = models.CharField(max_length=200, default="")
    folder = models.TextField()
    sha512 = models.CharField(max_length=128)
    #: ``sha512`` while this is the living holder of these bytes, else null.
    bytes_key = models.CharField(max_length=128, null=True)
    same_bytes_as = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    size_bytes = models.BigIntegerField()
    suffix = models.CharField(max_length=40)
    owner = models.CharField(max_length=150)
    owner_key = models.CharField(max_length=150, default="")  # the same whatever he is called later
    received_at = models.DateTimeField()
    is_list = models.BooleanField()
    hold_all = models.BooleanField()
    lot = models.CharField(max_length=200, default="")
    extra = JsonText(default=dict)
    state = models.CharField(max_length=20)
    problems = JsonText(default=list)
    answer_files = JsonText(default=list)
    answered_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "receipts"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["kind", "bytes_key"], name="receipt_bytes_once")
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["state", "due_at", "id"], name="receipt_due"),
            Index(fields=["swept_at", "state"], name="receipt_unswept"),
            Index(fields=["kind", "source_stem"], name="receipt_stem"),
            Index(fields=["owner_key", "id"], name="receipt_owner"),
        ]


class Document(Worked):
    """One paper."""

    id = models.CharField(max_length=26, primary_key=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="documents", db_index=False)
    row_index = models.IntegerField()
    kind = models.CharField(max_length=100)
    place = JsonText()
    line_code = models.CharField(max_length=200, default="")
    record = JsonText()
    record_sha512 = models.CharField(max_length=128, default="")
    state = models.CharField(max_length=20)
    legal_state = models.CharField(max_length=20)
    ban_goc = models.CharField(max_length=20)
    facts = JsonText(null=True)
    identity = models.CharField(max_length=200, default="")
    #: ``identity`` while this is the living paper that has it, else null.
    identity_key = models.CharField(max_length=200, null=True)
    version = models.IntegerField(default=1)
    archived_version = models.IntegerField(default=0)
    answered_version = models.IntegerField(default=0)
    indexed_version = models.IntegerField(default=0)
    inventory_sha512 = models.CharField(max_length=128, default="")
    files = JsonText(default=list)
    term = models.CharField(max_length=40, default="")
    template_digest = models.CharField(max_length=128, default="")
    layout_profile = models.CharField(max_length=60, default="")
    problems = JsonText(default=list)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    #: Of an incoming paper, folded for comparison.
    their_reference_key = models.CharField(max_length=200, default="")
    their_issuer_key = models.TextField(default="")
    their_date = models.DateField(null=True)
    #: Of an incoming paper that the clerk has to say something of.
    waiting_rank = WaitingRank(null=True)
    #: Of a copy that bears a code.
    verification_key = models.CharField(max_length=40, null=True, unique=True)
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "documents"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["kind", "identity_key"], name="document_identity_once"),
            CheckConstraint(
                condition=Q(archived_version__lte=F("version"))
                & Q(answered_version__lte=F("version"))
                & Q(indexed_version__lte=F("archived_version")),
                name="document_versions_in_order",
            ),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["receipt", "row_index", "id"], name="document_row"),
            Index(
                fields=["due_at", "receipt", "row_index"],
                condition=Q(due_at__isnull=False),
                name="document_due",
            ),
            Index(fields=["receipt"], condition=Q(due_at__isnull=False), name="document_busy"),
            Index(
                fields=["id"],
                condition=Q(indexed_version__lt=F("archived_version")),
                name="document_unindexed",
            ),
            Index(fields=["kind", "identity"], name="document_identity"),
            Index(fields=["kind", "record_sha512"], name="document_record"),
            Index(fields=["kind", "line_code"], name="document_line"),
            Index(fields=["their_reference_key"], name="document_theirs"),
            Index(
                fields=["kind", "waiting_rank", "received_at", "id"],
                condition=Q(waiting_rank__isnull=False),
                name="document_asking",
            ),
            # How far the papers of a drop are, asked every few seconds while they are made.
            Index(
                fields=["receipt", "state", "archived_version", "version"],
                name="document_progress",
            ),
            # What waits for what is asked for all day: never by reading every paper.
            Index(fields=["state", "legal_state", "kind"], name="document_standing"),
        ]


class TextReading(Worked):
    """Pages of a paper that a machine is to read, beside the flow; what came of it stays here."""

    #: Of the document.
    id = models.CharField(max_length=26, primary_key=True)
    #: Of the file that is read: another file is read anew.
    source_sha512 = models.CharField(max_length=128)
    #: Counted from 1.
    pages = JsonText(default=list)
    outcome = JsonText(default=dict)

    class Meta:
        db_table = "readings"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="reading_due")
        ]


class Version(models.Model):
    """Why a paper has a version; the superseded content stays beside its successor."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions", db_index=False)
    number = models.IntegerField()
    reason = models.TextField()
    person = models.CharField(max_length=150)
    at = models.DateTimeField()
    inventory_sha512 = models.CharField(max_length=128, default="")
    #: Null at the newest version: its content is the document's own.
    record = JsonText(null=True)
    facts = JsonText(null=True)
    legal_state = models.CharField(max_length=20, null=True)

    class Meta:
        db_table = "versions"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["document", "number"], name="version_once")
        ]


class Series(models.Model):
    """One run of ordinals and its counter."""

    #: ``SeriesKey`` as text.
    id = models.CharField(max_length=250, primary_key=True)
    book = models.CharField(max_length=20)
    issuer = models.CharField(max_length=100)
    symbol = models.CharField(max_length=60)
    period = models.CharField(max_length=40)
    start = models.IntegerField()
    last = models.IntegerField()
    #: Why no number may be taken until somebody has compared the last one with the paper book; empty: free.
    locked = models.TextField(default="")

    class Meta:
        db_table = "series"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["book", "issuer", "symbol", "period"], name="series_once"),
            CheckConstraint(condition=Q(last__gte=F("start") - 1), name="series_start_to_last"),
        ]


class Entry(models.Model):
    """One ordinal and what became of it; never deleted."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="entries", db_index=False)
    ordinal = models.IntegerField()
    status = models.CharField(max_length=20)
    document = models.OneToOneField(Document, models.PROTECT, null=True, related_name="entry")
    reference = models.CharField(max_length=200, default="")
    #: The reference folded for finding; see ``lookup_code.reference_key``.
    reference_key = models.CharField(max_length=200, default="")
    lookup_code = models.CharField(max_length=100, null=True, unique=True)
    issued_on = models.DateField()
    taken_at = models.DateTimeField()
    person = models.CharField(max_length=150)
    source = models.CharField(max_length=40)
    reason = models.TextField(default="")
    expires_on = models.DateField(null=True)
    #: For whom it is set aside, or who has it from us; empty where nobody is named.
    holder = models.CharField(max_length=200, default="")
    #: What the book must say beside it: its date runs back, it was numbered elsewhere.
    remark = models.TextField(default="")

    class Meta:
        db_table = "entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["series", "ordinal"], name="entry_ordinal_once"),
            CheckConstraint(
                condition=~Q(status="issued") | Q(document__isnull=False),
                name="entry_issued_to_a_document",
            ),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["reference_key"], name="entry_reference"),
            Index(fields=["issued_on", "status"], name="entry_day"),
            # A book is read from its end: the last of each of its series, of some days where they are told.
            Index(fields=["series", "id", "issued_on"], name="entry_taken"),
            Index(
                fields=["series", "ordinal"],
                condition=~Q(status="issued"),
                name="entry_unissued",
            ),
        ]


class Relation(models.Model):
    """A later paper does something to an earlier one."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="relations")
    position = models.IntegerField()
    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=200)
    target = models.ForeignKey(Document, models.PROTECT, null=True, related_name="related_from")

    class Meta:
        db_table = "relations"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["document", "position"], name="relation_once")
        ]


class JournalEntry(models.Model):
    """One deed, written in the transaction that did it."""

    at = models.DateTimeField(db_index=True)
    person = models.CharField(max_length=150)
    deed = models.CharField(max_length=40)
    #: Text, not keys: the journal outlives what it tells of.
    document_id = models.CharField(max_length=26, null=True, db_index=True)
    receipt_id = models.CharField(max_length=26, null=True, db_index=True)
    data = JsonText()
    sealed_day = models.DateField(null=True)
    sealed_line = models.IntegerField(null=True)

    class Meta:
        db_table = "journal"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["sealed_day", "sealed_line"], name="journal_line_once")
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["id"], condition=Q(sealed_day__isnull=True), name="journal_unsealed"),
            Index(fields=["deed", "id"], name="journal_deed"),
            Index(fields=["person", "id"], name="journal_person"),
        ]


class Removal(models.Model):
    """The tombstone of an object that two people removed."""

    object_id = models.CharField(max_length=200, primary_key=True)
    at = models.DateTimeField()
    first_person = models.CharField(max_length=150)
    second_person = models.CharField(max_length=150)
    reason = models.TextField()

    class Meta:
        db_table = "tombstones"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            CheckConstraint(
                condition=~Q(first_person=F("second_person")), name="tombstone_two_people"
            )
        ]


class ClosedBook(models.Model):
    """A book of a year or term, frozen as it was printed and bound."""

    book = models.CharField(max_length=20)
    issuer = models.CharField(max_length=100)
    symbol = models.CharField(max_length=60, default="")
    period = models.CharField(max_length=40)
    closed_at = models.DateTimeField()
    person = models.CharField(max_length=150)
    entries = models.IntegerField()
    #: Over the printed rows, and of the journal at that moment.
    rows_sha256 = models.CharField(max_length=64)
    journal_head = models.CharField(max_length=64)

    class Meta:
        db_table = "closed_books"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["book", "issuer", "symbol", "period"], name="book_closed_once")
        ]


class KeptSearch(models.Model):
    """A search that a person keeps under a name. No deed and no record: a row that is forgotten is gone."""

    #: Text like everywhere: people at the machine need no account.
    person = models.CharField(max_length=150)
    name = models.CharField(max_length=80)
    #: The name as it is told from others: without marks and case.
    name_key = models.CharField(max_length=200)
    #: The question as it stands in an address.
    query = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "kept_searches"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            UniqueConstraint(fields=["person", "name_key"], name="search_kept_once")
        ]
