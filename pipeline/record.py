"""The words the whole program shares: identifiers, states, numbers, facts. No behaviour beyond them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NewType

if TYPE_CHECKING:
    from pipeline.clock import Clock

#: A record as dropped: JSON values only (str, int, float, bool, None, list, dict).
Record = dict[str, Any]

DocumentId = NewType("DocumentId", str)
ReceiptId = NewType("ReceiptId", str)

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

#: In a record of an incoming paper: what was read of it, and in there whether it waits for the clerk's word.
ARRIVAL_PROPERTY = "_doc_duoc"
WAITS_FOR_CLERK = "waits_for_clerk"
#: Marks of urgency, the most urgent first.
URGENCY_RANK: Mapping[str, int] = MappingProxyType({"HỎA TỐC": 0, "THƯỢNG KHẨN": 1, "KHẨN": 2})


def new_id(clock: Clock) -> str:
    """A 26-character identifier that sorts by time of making (ULID, Crockford base 32, lower case).

    Source: github.com/ulid/spec.
    """
    return _ulid(clock.now(), secrets.randbits(80))


def first_id(moment: datetime) -> str:
    """The least identifier that can be made at *moment*: what was made since then is at or above it."""
    return _ulid(moment, 0)


def _ulid(moment: datetime, rest: int) -> str:
    value = (int(moment.timestamp() * 1000) << 80) | rest
    return "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -5, -5))


class LegalState(StrEnum):
    """What a paper is in law."""

    DU_THAO = "du-thao"
    CHO_KY = "cho-ky"
    DA_KY = "da-ky"
    DA_PHAT_HANH = "da-phat-hanh"
    DA_DINH_CHINH = "da-dinh-chinh"
    BI_THAY_THE = "bi-thay-the"
    THU_HOI = "thu-hoi"
    HUY_SO = "huy-so"


class BanGoc(StrEnum):
    """Where the signed original lives."""

    GIAY = "giay"
    DIEN_TU = "dien-tu"


class EntryStatus(StrEnum):
    """What became of an ordinal of a series."""

    #: Has its paper here.
    ISSUED = "issued"
    #: Given, and waits for its paper.
    HELD = "held"
    #: Set aside for somebody until a day.
    RESERVED = "reserved"
    #: Used for a paper that will not come in: it is on paper only, or secret.
    USED = "used"
    VOID = "void"


class NumberSource(StrEnum):
    """How a number came into the book."""

    FLOW = "flow"
    #: Given by hand.
    TAY = "tay"
    DIEN_THOAI = "dien-thoai"
    HE_THONG_KHAC = "he-thong-khac"
    #: A secret paper's: number and date, and nothing else for ever.
    MAT = "mat"
    #: Set aside: its date is none of a paper.
    DANH_SO = "danh-so"
    #: Passed over: someone gave it, nobody has said when.
    BO_QUA = "bo-qua"


class RelationKind(StrEnum):
    """How a later paper stands to an earlier one; stored in the later."""

    DINH_CHINH = "dinh-chinh"
    THAY_THE = "thay-the"
    SUA_DOI = "sua-doi"
    BAI_BO = "bai-bo"
    THU_HOI = "thu-hoi"
    CAP_LAI = "cap-lai"
    SAO = "sao"


class CopyForm(StrEnum):
    """The forms of copy there are; the kind of each is called like it."""

    SAO_Y = "sao-y"
    SAO_LUC = "sao-luc"
    TRICH_SAO = "trich-sao"


class Book(StrEnum):
    """The office's books. One book holds many series."""

    DI = "di"
    DEN = "den"
    SAO = "sao"
    NOI_BO = "noi-bo"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesKey:
    """Names one run of ordinals.

    ``di`` and ``sao`` run per issuer, symbol and term; ``den`` per book code and year; ``noi-bo`` per kind
    and year (domain 2.5).
    """

    book: Book
    #: Symbol of the issuing body (``VPTU``); for ``den`` the code of the book.
    issuer: str
    #: ``CV``, ``GGT``, ``BS`` …; empty for ``den``.
    symbol: str
    #: Code of the term (``2025-2030``) or the year (``2026``).
    period: str

    def __str__(self) -> str:
        return f"{self.book}:{self.issuer}:{self.symbol}:{self.period}"

    @property
    def name(self) -> str:
        """The series where body and time are told beside it: ``CV/VPTU``, ``DEN``, ``PNX``."""
        return "/".join(part for part in (self.symbol, self.issuer) if part)

    @classmethod
    def parse(cls, text: str) -> SeriesKey:
        """The key that ``str`` wrote."""
        book, issuer, symbol, period = text.split(":")
        return cls(book=Book(book), issuer=issuer, symbol=symbol, period=period)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """An ordinal taken for ever, with what was frozen with it."""

    series: SeriesKey
    ordinal: int
    issued_on: date
    #: As printed, ``07-GGT/VPTU``; empty in the internal book, whose entries are never called số.
    reference: str
    #: Readable code of an internal entry, ``PNX-26-00123-K``; empty where there is a reference.
    lookup_code: str = ""

    @property
    def shown(self) -> str:
        """What people call it: the reference, else the lookup code."""
        return self.reference or self.lookup_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the registers know of any paper, whatever its kind. All optional but the subject."""

    subject: str
    issuer: str = ""
    #: Name of the paper's type as written in the books: «Giấy giới thiệu», «Công văn».
    type_name: str = ""
    symbol: str = ""
    issued_on: date | None = None
    signer: str = ""
    recipients: tuple[str, ...] = ()
    #: Empty or ``KHẨN``, ``THƯỢNG KHẨN``, ``HỎA TỐC``.
    urgency: str = ""
    #: Personal name the paper is about; names result files.
    person: str = ""
    #: For incoming papers: the sender's own reference, body and date.
    their_reference: str = ""
    their_issuer: str = ""
    their_date: date | None = None
    #: Facts of the shelf.
    ho_so: str = ""
    retention: str = ""
    so_to: int | None = None
    so_trang: int | None = None
    so_ban: int | None = None
    place: str = ""
    #: Where a member lives (thôn, xã …) and the like: words to filter and count by.
    residence: str = ""
    note: str = ""
    #: Marks of circulation on a paper received: ``khong-sao-chup``, ``thu-hoi``, ``luu-hanh-noi-bo``.
    circulation: tuple[str, ...] = ()
    #: Of a copy: the code by which anybody may ask whether we issued it, without its dashes.
    verification: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """This paper does *kind* to the paper named."""

    kind: RelationKind
    #: The other paper's reference as written by the clerk, or as known.
    reference: str
    #: Its id here, when we hold it.
    document_id: DocumentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a dropped file a record stood."""

    #: 0-based position among the file's records.
    index: int = 0
    #: ``dòng 12`` or empty.
    label: str = ""
    #: 1-based row of the sheet, None where the file has no rows.
    row: int | None = None
    sheet: str = ""
    #: Property name → heading as written in her sheet.
    headings: dict[str, str] = field(default_factory=dict)
    #: Code of the line (``Mã dòng``) and of the lot, empty without.
    line_code: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of one version of an object."""

    #: Path inside the version's content, ``renditions/giay-gioi-thieu.pdf``.
    name: str
    size_bytes: int
    sha512: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One deed, as the journal keeps it."""

    at: datetime
    person: str
    #: ``received``, ``numbered``, ``archived``, ``voided`` …
    deed: str
    document_id: DocumentId | None
    receipt_id: ReceiptId | None
    data: Record
