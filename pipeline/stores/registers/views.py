"""What goes into the registers and what comes out: plain values, no model leaves the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pipeline.errors.base import Problem
from pipeline.record import (
    BanGoc,
    Book,
    DocumentId,
    EntryStatus,
    Facts,
    JournalLine,
    LegalState,
    Number,
    NumberSource,
    Place,
    ReceiptId,
    Record,
    Relation,
    SeriesKey,
    StoredFile,
)
from pipeline.stores.registers.print_views import PrintView
from pipeline.stores.registers.routes import RouteView
from pipeline.stores.registers.to_read import ToRead

#: The person of a deed that no human asked for.
SYSTEM = "he-thong"


class ReceiptState(StrEnum):
    """How far a dropped file is."""

    RECEIVED = "received"
    DECIDED = "decided"
    ANSWERED = "answered"


class DocumentState(StrEnum):
    """What was decided about a paper; the versions tell how far its renditions are."""

    RECEIVED = "received"
    #: Has its ordinal, in a series or in the internal book.
    NUMBERED = "numbered"
    #: Taken in without an ordinal: it is printed, signed, and numbered then.
    WAITING = "waiting"
    RETURNED = "returned"
    DUPLICATE = "duplicate"
    #: Its content was removed by two people; number and row stay.
    PURGED = "purged"


class Verdict(StrEnum):
    """What ``check`` says about one paper."""

    NUMBER = "number"
    NO_NUMBER = "no-number"
    RETURN = "return"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceipt:
    """A dropped file, safe in the spool and not yet known."""

    id: ReceiptId
    kind: str
    source_name: str
    folder: str
    sha512: str
    size_bytes: int
    suffix: str
    #: Who dropped it: ``nguoi-dung:lan``.
    owner: str
    received_at: datetime
    #: A workbook, or a file of many records.
    is_list: bool = False
    #: ``ca_lo``: nothing is numbered until every row is clean.
    hold_all: bool = False
    lot: str = ""
    #: Whatever the answer will need to know of the drop.
    extra: Record = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """One paper of a dropped file. The id of a returned paper tries that paper again."""

    id: DocumentId
    place: Place
    record: Record
    record_sha512: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What working on an item has cost so far."""

    worker: str = ""
    #: When it may next be claimed; of a claimed item, when its lease ends; None: nothing is due.
    due_at: datetime | None = None
    #: Failures since the last success.
    attempts: int = 0
    #: How often it killed its cell.
    kills: int = 0
    #: How often a lease ran out without a word from its worker.
    lapses: int = 0
    last_failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """A dropped file, as the registers know it."""

    id: ReceiptId
    kind: str
    source_name: str
    folder: str
    sha512: str
    size_bytes: int
    suffix: str
    owner: str
    received_at: datetime
    is_list: bool
    hold_all: bool
    lot: str
    extra: Record
    state: ReceiptState
    #: Problems of the file as a whole.
    problems: tuple[Problem, ...]
    #: The earlier living drop of the same kind with the very same bytes.
    same_bytes_as: ReceiptId | None
    #: This drop is the one that later equal drops are compared with.
    holds_bytes: bool
    answer_files: tuple[str, ...]
    answered_at: datetime | None
    swept_at: datetime | None
    effort: Effort = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A paper, as the registers know it."""

    id: DocumentId
    receipt_id: ReceiptId
    kind: str
    place: Place
    record: Record
    record_sha512: str
    state: DocumentState
    legal_state: LegalState
    ban_goc: BanGoc
    facts: Facts | None
    number: Number | None
    identity: str
    #: This paper is the one that later papers of the same identity are duplicates of.
    holds_identity: bool
    #: The newest version. A claim gives the version that is to be archived next, with its record.
    version: int
    archived_version: int
    answered_version: int
    indexed_version: int
    inventory_sha512: str
    #: Files of ``archived_version``.
    files: tuple[StoredFile, ...]
    term: str
    template_digest: str
    layout_profile: str
    problems: tuple[Problem, ...]
    duplicate_of: DocumentId | None
    relations: tuple[Relation, ...]
    received_at: datetime
    decided_at: datetime | None
    effort: Effort = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version of a paper and why there is one."""

    document_id: DocumentId
    number: int
    reason: str
    person: str
    at: datetime
    inventory_sha512: str
    #: What was superseded; None at the newest version, whose record is the paper's.
    record: Record | None = None
    facts: Facts | None = None
    legal_state: LegalState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is to be done with one paper of a receipt."""

    document_id: DocumentId
    verdict: Verdict
    #: The normalised record; None keeps the one received.
    record: Record | None = None
    facts: Facts | None = None
    #: What makes two papers the same deed; empty where nothing does.
    identity: str = ""
    #: On purpose beside a living paper of the same identity.
    issue_again: bool = False
    series: SeriesKey | None = None
    #: Pattern of the reference: ``{so}-GGT/VPTU``; empty in the internal book.
    reference_format: str = ""
    #: ``PNX`` makes lookup codes ``PNX-26-00123-K``; empty where there is a reference.
    lookup_prefix: str = ""
    #: The first ordinal of the series, where this paper opens it.
    start: int = 1
    #: The ordinal that was given by hand (``so_da_cap``); None takes the next.
    ordinal: int | None = None
    #: Of how many ordinals that one may leave empty before it; None: as many as lie in reach.
    may_pass_over: int | None = None
    #: What the book must say beside the number.
    remark: str = ""
    #: Who decided to date it back, and why; without them a date that runs back is refused.
    backdated_by: str = ""
    backdated_why: str = ""
    #: ``thu_tu_ngay = "chan"``: a date that is odd sends the paper back.
    strict_dates: bool = False
    #: It was finished or signed before it came: a day of the past is its own.
    is_signed: bool = False
    issued_on: date | None = None
    term: str = ""
    template_digest: str = ""
    layout_profile: str = ""
    legal_state: LegalState = LegalState.DU_THAO
    ban_goc: BanGoc = BanGoc.GIAY
    relations: tuple[Relation, ...] = ()
    problems: tuple[Problem, ...] = ()
    duplicate_of: DocumentId | None = None
    #: For the journal, beside the number.
    told: Record = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Numbers taken without a paper here, and why."""

    status: EntryStatus
    person: str
    #: In the book for everybody to read.
    reason: str
    source: NumberSource = NumberSource.TAY
    #: The ordinal that was given already; None takes the next ones.
    ordinal: int | None = None
    #: Of how many that one may leave empty before it; None: as many as lie in reach.
    may_pass_over: int | None = None
    count: int = 1
    #: The first ordinal of the series, where this opens it.
    start: int = 1
    reference_format: str = ""
    lookup_prefix: str = ""
    #: Of the paper; None: today.
    issued_on: date | None = None
    expires_on: date | None = None
    #: For whom.
    holder: str = ""
    #: ``thu_tu_ngay = "chan"``.
    strict_dates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One version that lies in the archive now."""

    document_id: DocumentId
    version: int
    inventory_sha512: str
    files: tuple[StoredFile, ...]
    to_read: ToRead | None = None
    #: What the reading came to whose words this version brings.
    was_read: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesView:
    """One run of ordinals: from ``start`` to ``last`` each has its entry."""

    key: SeriesKey
    start: int
    #: ``start - 1`` while nothing is taken.
    last: int
    #: Why no number may be taken for the time being; empty: free.
    locked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One ordinal and what became of it."""

    series: SeriesKey
    ordinal: int
    status: EntryStatus
    reference: str
    lookup_code: str
    issued_on: date
    document_id: DocumentId | None
    taken_at: datetime
    person: str
    #: A ``NumberSource``: ``flow`` where the program gave it.
    source: str
    reason: str
    expires_on: date | None
    #: For whom it is set aside, or who has it from us.
    holder: str = ""
    #: What the book must say beside it.
    remark: str = ""
    #: Of one that was given just now: which it left to wait, in words.
    left: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """One line of a printed book: the entry and, where there is one, its paper."""

    entry: EntryView
    kind: str = ""
    facts: Facts | None = None
    legal_state: LegalState | None = None
    ban_goc: BanGoc | None = None
    version: int = 0
    archived_version: int = 0
    relations: tuple[Relation, ...] = ()
    #: What later papers with a number did to this one: kind, their reference and id.
    related_from: tuple[Relation, ...] = ()
    #: Of a withdrawn paper: why each of its versions was made, oldest first.
    reasons: tuple[str, ...] = ()
    #: Whom an incoming paper went to.
    route: RouteView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedBookView:
    """A book of one year as it was printed and bound."""

    book: Book
    #: Symbol of the body, or code of the incoming book; empty for the internal book.
    issuer: str
    #: The year.
    period: str
    closed_at: datetime
    person: str
    entries: int
    #: Over the lines as they were frozen; see docs/archive-format.md.
    rows_sha256: str
    #: Of the journal at that moment.
    journal_head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """A deed in the database, sealed or not."""

    id: int
    line: JournalLine
    sealed_day: date | None = None
    sealed_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What once was here, and was removed by two people."""

    object_id: str
    at: datetime
    persons: tuple[str, str]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """Rows to be put back as they were, in one transaction."""

    receipts: tuple[ReceiptView, ...] = ()
    documents: tuple[DocumentView, ...] = ()
    versions: tuple[VersionView, ...] = ()
    series: tuple[SeriesView, ...] = ()
    entries: tuple[EntryView, ...] = ()
    journal: tuple[JournalRow, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    closed: tuple[ClosedBookView, ...] = ()
    to_read: tuple[tuple[DocumentId, ToRead], ...] = ()
    prints: tuple[PrintView, ...] = ()
    routes: tuple[RouteView, ...] = ()


#: Document id → version written into an answer.
Versions = Mapping[DocumentId, int]
