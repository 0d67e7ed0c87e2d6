"""A print server (CUPS) is asked and given jobs, over IPP. The only module that knows the protocol's words.

Every question has a limit of time. A job is given in one request, Print-Job: the server has the whole of it or nothing.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from pipeline.engines.printer_wire import (
    Answer,
    Attribute,
    Tag,
    Value,
    read_answer,
    text,
    write_request,
)
from pipeline.errors.printing import (
    PrinterRefused,
    PrinterUnknown,
    PrintServerUnreachable,
    untrusted,
)

#: Whose jobs they are to the server, whoever prints: it shows a job's name to its owner alone, and after a crash we
#: must find ours by its name. The journal knows the person.
OWNER = "vanthu"

#: What an office file and a row write before a server that is spoken to over TLS.
TLS_PREFIX = "ipps://"

_PRINT_JOB = 0x0002
_CANCEL_JOB = 0x0008
_GET_JOB = 0x0009
_GET_JOBS = 0x000A
_GET_PRINTER = 0x000B
_GET_DEFAULT = 0x4001
_GET_PRINTERS = 0x4002

_LAST_SUCCESS = 0x00FF
_NOT_FOUND = 0x0406
_GONE = 0x0407
_OK = 200
_MOST_ANSWER_BYTES = 32 << 20
_PIECE_BYTES = 1 << 16
_STOPPED = 5
_OF_A_PRINTER = (
    "printer-name",
    "printer-info",
    "printer-location",
    "printer-state",
    "printer-state-message",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "queued-job-count",
    "sides-supported",
)
_OF_A_JOB = (
    "job-id",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-printer-state-message",
    "job-media-sheets-completed",
    "job-impressions-completed",
)
#: Names of paper as the office writes them → as the protocol does.
PAPER_SIZES: Mapping[str, str] = {
    "A3": "iso_a3_297x420mm",
    "A4": "iso_a4_210x297mm",
    "A5": "iso_a5_148x210mm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintServer:
    """Where a CUPS server listens."""

    host: str
    port: int
    #: How long an answer may take.
    timeout_s: float
    #: Whether it is spoken to over TLS, and its certificate is looked at.
    is_tls: bool = False
    #: Who vouches for that certificate; None: those whom this machine trusts.
    ca_file: Path | None = None

    @property
    def shown(self) -> str:
        """As the office file writes it."""
        return f"{TLS_PREFIX if self.is_tls else ''}{self.host}:{self.port}"

    @staticmethod
    def at(shown: str, *, timeout_s: float, ca_file: Path | None = None) -> PrintServer:
        """The server that was shown so."""
        host, _, port = shown.removeprefix(TLS_PREFIX).rpartition(":")
        return PrintServer(
            host=host,
            port=int(port),
            timeout_s=timeout_s,
            is_tls=shown.startswith(TLS_PREFIX),
            ca_file=ca_file,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """A queue of the server."""

    name: str
    #: What people call it, and where it stands.
    title: str
    place: str
    is_stopped: bool
    is_accepting: bool
    #: Why it is as it is, in the server's words and keywords.
    message: str
    reasons: tuple[str, ...]
    waiting: int
    has_duplex: bool
    is_default: bool = False


class JobStatus(StrEnum):
    """How far the server is with a job."""

    WAITING = "waiting"
    HELD = "held"
    PRINTING = "printing"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    ABORTED = "aborted"
    DONE = "done"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self in {JobStatus.CANCELLED, JobStatus.ABORTED, JobStatus.DONE}


_JOB_STATES: Mapping[Value, JobStatus] = {
    3: JobStatus.WAITING,
    4: JobStatus.HELD,
    5: JobStatus.PRINTING,
    6: JobStatus.STOPPED,
    7: JobStatus.CANCELLED,
    8: JobStatus.ABORTED,
    9: JobStatus.DONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as the server knows it."""

    id: int
    name: str
    status: JobStatus
    #: Sheets or pages that came out, where the printer counts them.
    sheets_done: int
    message: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """How a job is to be printed, and under which name it is found again."""

    name: str
    duplex: bool
    #: A key of :data:`PAPER_SIZES`.
    paper: str


def printers(server: PrintServer) -> list[Printer]:
    """Every queue of the server, the default one marked.

    Raises:
        PrintServerUnreachable (T326), PrinterRefused (T328).
    """
    asked = text(Tag.KEYWORD, "requested-attributes", *_OF_A_PRINTER)
    answer = _ask(server, "/", _GET_PRINTERS, [asked], missing_ok=True)
    usual = default_printer(server)
    return [_printer(group, usual) for group in answer.groups]


def printer(server: PrintServer, name: str) -> Printer:
    """One queue.

    Raises:
        PrinterUnknown (R252): there is none of that name.
        PrintServerUnreachable (T326), PrinterRefused (T328).
    """
    asked = [_uri(server, name), text(Tag.KEYWORD, "requested-attributes", *_OF_A_PRINTER)]
    answer = _ask(server, _path(name), _GET_PRINTER, asked, missing_ok=True)
    if not answer.groups:
        known = ", ".join(one.name for one in printers(server)) or "chưa có máy nào"
        raise PrinterUnknown(f"no printer {name!r}", name=name, known=known, server=server.shown)
    return _printer(answer.groups[0], "")


def default_printer(server: PrintServer) -> str:
    """Name of the queue that the server prints to when none is named; empty where it has none."""
    asked = text(Tag.KEYWORD, "requested-attributes", "printer-name")
    answer = _ask(server, "/", _GET_DEFAULT, [asked], missing_ok=True)
    return _word(answer.groups[0], "printer-name") if answer.groups else ""


def give(server: PrintServer, name: str, pdf: Path, ticket: Ticket) -> int:
    """Give a PDF to the printer *name*; the server's number of the job.

    Raises:
        PrinterRefused (T328): the server will not have it.
        PrintServerUnreachable (T326): perhaps it has the job and we did not hear so; see :func:`find_job`.
    """
    attributes = [
        _uri(server, name),
        text(Tag.NAME, "requesting-user-name", OWNER),
        text(Tag.NAME, "job-name", ticket.name),
        text(Tag.MIME_TYPE, "document-format", "application/pdf"),
    ]
    wanted = [
        text(Tag.KEYWORD, "sides", "two-sided-long-edge" if ticket.duplex else "one-sided"),
        text(Tag.KEYWORD, "media", PAPER_SIZES[ticket.paper]),
        # A page that fits is printed in its own size, a larger one is made smaller.
        text(Tag.KEYWORD, "print-scaling", "auto-fit"),
        # Our own separators say more than the server's banners.
        text(Tag.KEYWORD, "job-sheets", "none"),
    ]
    answer = _ask(server, _path(name), _PRINT_JOB, attributes, wanted, document=pdf)
    number = answer.groups[0].get("job-id", (0,))[0] if answer.groups else 0
    return int(number)


def find_job(server: PrintServer, name: str, job_name: str) -> Job | None:
    """The job of that name, finished ones too; None where the printer has none."""
    asked = [
        _uri(server, name),
        text(Tag.NAME, "requesting-user-name", OWNER),
        text(Tag.KEYWORD, "which-jobs", "all"),
        text(Tag.KEYWORD, "requested-attributes", *_OF_A_JOB),
    ]
    answer = _ask(server, _path(name), _GET_JOBS, asked, missing_ok=True)
    found = [_job(group) for group in answer.groups]
    return next((job for job in found if job.name == job_name), None)


def job(server: PrintServer, name: str, number: int) -> Job | None:
    """The job of that number; None where the server has forgotten it."""
    answer = _ask(server, _path(name), _GET_JOB, _of_job(server, name, number), missing_ok=True)
    return _job(answer.groups[0]) if answer.groups else None


def cancel(server: PrintServer, name: str, number: int) -> None:
    """Take a job back.

    Raises:
        PrinterRefused (T328): it is over.
    """
    _ask(server, _path(name), _CANCEL_JOB, _of_job(server, name, number))


def _of_job(server: PrintServer, name: str, number: int) -> list[Attribute]:
    return [
        _uri(server, name),
        Attribute(tag=Tag.INTEGER, name="job-id", values=(number,)),
        text(Tag.NAME, "requesting-user-name", OWNER),
        text(Tag.KEYWORD, "requested-attributes", *_OF_A_JOB),
    ]


def _path(name: str) -> str:
    return f"/printers/{quote(name, safe='')}"


def _uri(server: PrintServer, name: str) -> Attribute:
    address = f"{'ipps' if server.is_tls else 'ipp'}://{server.host}:{server.port}"
    return text(Tag.URI, "printer-uri", f"{address}{_path(name)}")


def _printer(group: Mapping[str, tuple[Value, ...]], usual: str) -> Printer:
    name = _word(group, "printer-name")
    reasons = tuple(str(one) for one in group.get("printer-state-reasons", ()) if one != "none")
    return Printer(
        name=name,
        title=_word(group, "printer-info"),
        place=_word(group, "printer-location"),
        is_stopped=group.get("printer-state", (0,))[0] == _STOPPED,
        is_accepting=bool(group.get("printer-is-accepting-jobs", (True,))[0]),
        message=_word(group, "printer-state-message"),
        reasons=reasons,
        waiting=_count(group, "queued-job-count"),
        has_duplex="two-sided-long-edge" in group.get("sides-supported", ()),
        is_default=bool(usual) and name == usual,
    )


def _job(group: Mapping[str, tuple[Value, ...]]) -> Job:
    return Job(
        id=_count(group, "job-id"),
        name=_word(group, "job-name"),
        status=_JOB_STATES.get(group.get("job-state", (0,))[0], JobStatus.WAITING),
        sheets_done=max(
            _count(group, "job-media-sheets-completed"), _count(group, "job-impressions-completed")
        ),
        message=_word(group, "job-printer-state-message"),
        reasons=tuple(str(one) for one in group.get("job-state-reasons", ()) if one != "none"),
    )


def _word(group: Mapping[str, tuple[Value, ...]], name: str) -> str:
    found = group.get(name, ("",))[0]
    return found if isinstance(found, str) else ""


def _count(group: Mapping[str, tuple[Value, ...]], name: str) -> int:
    found = group.get(name, (0,))[0]
    return found if isinstance(found, int) else 0


def _ask(
    server: PrintServer,
    path: str,
    operation: int,
    attributes: Sequence[Attribute],
    job_attributes: Sequence[Attribute] = (),
    *,
    document: Path | None = None,
    missing_ok: bool = False,
) -> Answer:
    """Ask and hear the answer; with *missing_ok* «no such thing» is an answer without groups."""
    head = write_request(
        operation,
        [
            text(Tag.CHARSET, "attributes-charset", "utf-8"),
            text(Tag.LANGUAGE, "attributes-natural-language", "en"),
            *attributes,
        ],
        job_attributes=job_attributes,
    )
    raw = _post(server, path, head, document)
    try:
        answer = read_answer(raw)
    except ValueError as error:
        raise PrinterRefused(f"no ipp: {error}", server=server.shown, why="trả lời lạ") from error
    if answer.status in {_NOT_FOUND, _GONE} and missing_ok:
        return Answer(status=answer.status, groups=(), message=answer.message)
    if answer.status > _LAST_SUCCESS:
        why = answer.message or f"mã 0x{answer.status:04x}"
        detail = f"operation=0x{operation:04x} status=0x{answer.status:04x} {answer.message!r}"
        raise PrinterRefused(detail, server=server.shown, why=why)
    return answer


def _post(server: PrintServer, path: str, head: bytes, document: Path | None) -> bytes:
    size = len(head) + (document.stat().st_size if document else 0)
    headers = {"Content-Type": "application/ipp", "Content-Length": str(size)}
    connection = _connection(server)
    try:
        connection.request("POST", path, body=_body(head, document), headers=headers)
        response = connection.getresponse()
        raw = response.read(_MOST_ANSWER_BYTES)
    except ssl.SSLError as error:
        raise untrusted(server.shown, error) from error
    except (OSError, http.client.HTTPException) as error:
        raise PrintServerUnreachable(f"{server.shown}: {error!r}", server=server.shown) from error
    finally:
        connection.close()
    if response.status != _OK:
        why = f"HTTP {response.status} {response.reason}"
        raise PrinterRefused(why, server=server.shown, why=why)
    return raw


def _connection(server: PrintServer) -> http.client.HTTPConnection:
    if not server.is_tls:
        return http.client.HTTPConnection(server.host, server.port, timeout=server.timeout_s)
    try:
        context = ssl.create_default_context(cafile=server.ca_file)
    except (OSError, ValueError) as error:
        raise untrusted(server.shown, error) from error
    address = server.host, server.port
    return http.client.HTTPSConnection(*address, timeout=server.timeout_s, context=context)


def _body(head: bytes, document: Path | None) -> Iterator[bytes]:
    yield head
    if document is None:
        return
    with document.open("rb") as stream:
        while piece := stream.read(_PIECE_BYTES):
            yield piece
