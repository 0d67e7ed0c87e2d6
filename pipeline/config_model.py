"""What an office is: its bodies, signers, terms, books and limits, each with the days it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from pipeline.errors.office import BodyUnknown, BookUnknown, SignerUnknown, TermUnknown
from pipeline.record import Book, SeriesKey

Spelling = Literal["ủy", "uỷ"]
_SATURDAY = 5
CapSo = Literal["khi-den", "truoc-khi-ky", "sau-khi-ky"]
#: What an odd date of a number does: a remark in the book, or the paper goes back.
ThuTuNgay = Literal["canh-bao", "chan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from start to end, both counted; None is open."""

    start: date | None = None
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether *day* lies inside."""
        return (self.start or date.min) <= day <= (self.end or date.max)

    def overlaps(self, other: Span) -> bool:
        """Whether some day lies in both."""
        starts_in_time = (self.start or date.min) <= (other.end or date.max)
        return starts_in_time and (other.start or date.min) <= (self.end or date.max)


class _Spanned(Protocol):
    @property
    def span(self) -> Span: ...


_Any = TypeVar("_Any", bound=_Spanned)


def holding(things: Iterable[_Any], on: date) -> list[_Any]:
    """Those of *things* in force on the day, in their order."""
    return [thing for thing in things if thing.span.holds(on)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs for a body, and by what authority."""

    code: str
    full_name: str
    #: ``CHÁNH VĂN PHÒNG``; never repeats the body.
    title: str
    #: ``T/M BAN THƯỜNG VỤ``, ``K/T CHÁNH VĂN PHÒNG``, ``T/L BAN THƯỜNG VỤ``, or empty.
    authority: str = ""
    span: Span = field(default_factory=Span)
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One that issues papers, as its head lines are printed in these days."""

    symbol: str
    #: Printed bold.
    name: str
    #: Printed plain above the name; may be empty.
    parent_name: str = ""
    full_name: str
    #: Địa danh.
    place: str
    span: Span = field(default_factory=Span)
    signers: tuple[Signer, ...] = ()
    #: Last line of the recipients, ``Lưu Văn phòng Tỉnh ủy``.
    recipients_keep: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A nhiệm kỳ: within it the series of di and sao run."""

    code: str
    name: str = ""
    span: Span = field(default_factory=Span)
    #: Symbols of the bodies whose term it is; empty for all.
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSpec:
    """One book on the shelf."""

    code: str
    book: Book
    title: str
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStart:
    """The first ordinal of a series that was begun on paper."""

    key: SeriesKey
    first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderNames:
    """Folders made inside each kind's folder of the inbox, named for clerks."""

    results: str = "_ket_qua"
    returned: str = "_tra_lai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is too much, and how long is too long."""

    max_file_bytes: int = 200_000_000
    max_pages: int = 2_000
    max_rows: int = 20_000
    max_record_bytes: int = 4_000_000
    #: How many numbers of the incoming book a number stamped by hand may leave empty without a yes: none, for a digit that
    #: was misread leaves as few as a paper that was scanned before its neighbour, and a number stands for ever.
    skipped_numbers: int = 0
    #: The same of a number that was given elsewhere and is told by a command or a record: other systems and telephones give theirs in
    #: any order, and the answer tells which were left; far more of them are a slip of the hand until somebody says otherwise.
    skipped_given_numbers: int = 100
    #: How long a paper waits for the record beside it.
    sidecar_wait_s: float = 5.0
    #: How long a file must lie still where no event says that it is whole.
    quiet_s: float = 5.0
    #: How often the inbox is compared with the ledger.
    rescan_s: float = 60.0
    #: A longer list is printed from several files, each of so many sheets.
    sheets_a_print_file: int = 500
    #: Pages of one scan that a machine reads, and how long it may take for each.
    read_pages: int = 300
    read_page_seconds: float = 40.0
    render_seconds: float = 20.0
    paper_seconds: float = 30.0
    table_seconds: float = 120.0
    memory_bytes: int = 2_500_000_000
    #: Below this much room nothing is taken in.
    free_disk_bytes: int = 500_000_000
    lease_s: float = 120.0


PaperSize = Literal["A3", "A4", "A5"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintProfile:
    """Where and how the office prints unless somebody says otherwise."""

    #: The CUPS server.
    host: str = "localhost"
    port: int = 631
    #: Empty: the server's own default.
    printer: str = ""
    duplex: bool = False
    separators: bool = False
    paper_size: PaperSize = "A4"
    #: How long an answer of the server may take.
    timeout_s: float = 10.0
    #: Whether the server is spoken to over TLS.
    is_tls: bool = False
    #: Who vouches for its certificate, a file of the office's folder or an absolute path; empty: whom the machine trusts.
    ca_file: str = ""

    @property
    def server(self) -> str:
        """The server as the office file writes it."""
        return f"{'ipps://' if self.is_tls else ''}{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebProfile:
    """How the office's web page is served."""

    host: str = "127.0.0.1"
    port: int = 8000
    #: Further names by which browsers reach it.
    names: tuple[str, ...] = ()
    #: Behind a proxy that speaks TLS: cookies are sent over TLS alone.
    has_tls: bool = False
    #: After this many hours a person logs in again.
    session_hours: float = 10.0
    #: Serving processes; 0: as many as there are cores, at most four.
    processes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryProfile:
    """The directory (LDAP, Active Directory) in which people of the web page are known."""

    #: Tried in turn: ``ldaps://…``, or ``ldap://…`` with :attr:`has_starttls`.
    servers: tuple[str, ...]
    has_starttls: bool
    #: Of the authority that vouches for the server; empty: those the machine trusts.
    ca_file: str
    #: Below it people are looked for.
    base: str
    #: Filter that finds a person by ``{tai_khoan}``; empty where :attr:`user_dn` says it.
    user_filter: str
    #: A person's entry by ``{tai_khoan}``.
    user_dn: str
    #: Who looks for people, and the file that holds his password.
    reader: str
    reader_file: str
    #: Attribute that names a person in the journal.
    name_attribute: str
    group_base: str
    group_kind: str
    #: Role → groups, the first that fits.
    roles: tuple[tuple[str, tuple[str, ...]], ...]
    #: Longest wait for each answer.
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What copies are like where their record does not say."""

    recipients: tuple[str, ...] = ()
    #: Code of the signer; empty: the body's own default.
    signer: str = ""
    #: Whether each bears a code and its QR, by which anybody may ask whether we issued it.
    has_code: bool = False
    #: Command of veraPDF; empty: copies are not judged.
    validator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One records room: where it lies and what its file says."""

    root: Path
    name: str
    spelling: Spelling
    default_body: str
    default_incoming_book: str
    bodies: tuple[Body, ...]
    terms: tuple[Term, ...]
    books: tuple[BookSpec, ...]
    starts: tuple[SeriesStart, ...] = ()
    folders: FolderNames = field(default_factory=FolderNames)
    limits: Limits = field(default_factory=Limits)
    printing: PrintProfile = field(default_factory=PrintProfile)
    copies: Copies = field(default_factory=Copies)
    web: WebProfile = field(default_factory=WebProfile)
    #: None: passwords of our own alone.
    directory: DirectoryProfile | None = None
    #: Kind → the roles that may see its papers; a kind that is not named is seen by all.
    seen_by: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Kind → when its number is taken, where the office decides otherwise than the kind.
    cap_so: dict[str, CapSo] = field(default_factory=dict)
    #: Days besides Saturday and Sunday on which nobody works.
    holidays: frozenset[date] = frozenset()
    thu_tu_ngay: ThuTuNgay = "canh-bao"
    #: Phrases that stand for each other in a search, beside those that come with the program.
    synonyms: tuple[tuple[str, ...], ...] = ()
    #: Empty: SQLite and Whoosh here.
    database_url: str = ""

    @property
    def inbox_dir(self) -> Path:
        """Where clerks drop."""
        return self.root / "inbox"

    @property
    def archive_dir(self) -> Path:
        """All that must last."""
        return self.root / "archive"

    @property
    def objects_dir(self) -> Path:
        """The OCFL root."""
        return self.archive_dir / "objects"

    @property
    def journal_dir(self) -> Path:
        """Sealed days."""
        return self.archive_dir / "journal"

    @property
    def registers_dir(self) -> Path:
        """The database and keys; for the program's account alone."""
        return self.archive_dir / "registers"

    @property
    def spool_dir(self) -> Path:
        """Received, not yet archived."""
        return self.archive_dir / "spool"

    @property
    def staging_dir(self) -> Path:
        """Where objects are built before their rename."""
        return self.archive_dir / "staging"

    @property
    def index_dir(self) -> Path:
        """Derived; may be deleted at any time."""
        return self.root / "index"

    @property
    def templates_dir(self) -> Path:
        """The office's own kinds, which go before the shipped ones."""
        return self.root / "templates"

    def body(self, symbol: str, on: date) -> Body:
        """The body of that symbol on that day. Raises BodyUnknown (K260)."""
        known = holding(self.bodies, on)
        for body in known:
            if body.symbol == symbol:
                return body
        raise BodyUnknown(
            f"no body {symbol!r} on {on}",
            symbol=symbol,
            day=_short(on),
            known=_named(b.symbol for b in known),
        )

    def signer(self, body: Body, code: str | None, on: date) -> Signer:
        """The signer of that code or full name, or the default one, on that day. Raises SignerUnknown (K261)."""
        known = holding(body.signers, on)
        named = (
            [s for s in known if code in {s.code, s.full_name}] if code else _default_first(known)
        )
        if named:
            return named[0]
        raise SignerUnknown(
            f"no signer {code!r} of {body.symbol} on {on}",
            code_or_default=code or "mặc định",
            body=body.full_name,
            day=_short(on),
            known=_named(f"{s.code} ({s.full_name})" for s in known),
        )

    def term(self, on: date, issuer: str) -> Term:
        """The term of that body on that day. Raises TermUnknown (K262)."""
        known = [t for t in holding(self.terms, on) if not t.bodies or issuer in t.bodies]
        if known:
            # A term made for certain bodies goes before the one of all.
            return max(known, key=lambda term: bool(term.bodies))
        raise TermUnknown(f"no term of {issuer} on {on}", body=issuer, day=_short(on))

    def incoming_book(self, code: str | None, on: date) -> BookSpec:
        """The incoming book of that code, or the default one, on that day. Raises BookUnknown (K263)."""
        known = [b for b in holding(self.books, on) if b.book is Book.DEN]
        for book in known:
            if book.code.casefold() == (code or self.default_incoming_book).casefold():
                return book
        raise BookUnknown(
            f"no incoming book {code or self.default_incoming_book!r} on {on}",
            code_asked=code or self.default_incoming_book,
            day=_short(on),
            known=_named(b.code for b in known),
        )

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, and no holiday."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def cap_so_of(self, kind: str, usual: CapSo) -> CapSo:
        """When numbers of that kind are taken: as the office file says, else as the kind does."""
        return self.cap_so.get(kind, usual)

    def start_of(self, key: SeriesKey) -> int:
        """The first ordinal of the series; 1 where the office file does not say."""
        return next((start.first for start in self.starts if start.key == key), 1)


def _default_first(signers: list[Signer]) -> list[Signer]:
    return sorted(signers, key=lambda signer: not signer.is_default)


def _short(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _named(names: Iterable[str]) -> str:
    return ", ".join(names) or "không có"
