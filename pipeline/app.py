"""A folder → an open office: its settings, kinds and stores, each opened once in the right order."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.clock import Clock
from pipeline.config import OFFICE_FILE, Office, load_office
from pipeline.durable import make_dirs
from pipeline.engines.cell import Cell
from pipeline.errors.backup import OfficeMoved
from pipeline.errors.office import OfficeInvalid, OfficeValueWrong
from pipeline.errors.office_lock import OfficeBusy
from pipeline.errors.rebuild import RegistersBehind
from pipeline.kinds.loading import kind_names, load_kinds, shipped_templates_dir
from pipeline.kinds.model import Kind, Kinds
from pipeline.kinds.signed_folder import signed_folder
from pipeline.signed_back import FOLDER
from pipeline.stores.journal import Journal
from pipeline.stores.journal_lines import line_of
from pipeline.stores.objects import Objects
from pipeline.stores.registers.api import Registers, open_registers
from pipeline.stores.registers.marks import refuse_if_moved
from pipeline.stores.search.index import SearchIndex

_CELL_RECYCLE_AFTER = 2000
#: In the name of a work folder: between the parts of its worker's name, and after it.
_WORK_SEPARATOR = "+"
_WORK_OWNED = "~"
#: Folders that may be thrown away, under ``archive/``.
WORK = "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An open office."""

    office: Office
    kinds: Kinds
    registers: Registers
    objects: Objects
    journal: Journal
    search: SearchIndex
    clock: Clock
    work_dir: Path
    #: Who holds leases here: unlike any other process, now or after a restart.
    worker: str

    @property
    def folders(self) -> Mapping[str, Kind]:
        """Every folder of the inbox: the kinds, and the one for signed papers that come back."""
        return {**self.kinds, FOLDER: signed_folder()}

    def new_cell(self) -> Cell:
        """A cell for this process; the caller closes it."""
        return Cell(
            work_root=self.work_dir,
            memory_bytes=self.office.limits.memory_bytes,
            recycle_after=_CELL_RECYCLE_AFTER,
        )

    def new_folder(self) -> TemporaryDirectory[str]:
        """A folder for one attempt; when we die in it, :func:`sweep_work` removes it."""
        prefix = self.worker.replace(":", _WORK_SEPARATOR) + _WORK_OWNED
        return TemporaryDirectory(dir=self.work_dir, prefix=prefix)


class Access(StrEnum):
    """How an office is opened."""

    #: Beside others.
    SHARED = "shared"
    #: Alone: rebuild, restore, migrate.
    ALONE = "alone"


@contextmanager
def open_office(root: Path, clock: Clock, *, access: Access = Access.SHARED) -> Iterator[App]:
    """Open the office in *root*.

    Raises:
        OfficeInvalid (K25x): its vanthu.toml is missing or wrong.
        OfficeBusy (T370): somebody has it alone, or it is wanted alone and somebody is in.
        TemporaryFailure: the database cannot be reached.
    """
    shipped = shipped_templates_dir()
    office = load_office(root, kinds=kind_names(shipped, root / "templates"))
    private = (office.registers_dir, office.spool_dir, office.staging_dir, office.index_dir)
    for folder in (*private, office.archive_dir / WORK):
        make_dirs(folder, mode=0o700)
    kinds = load_kinds(shipped, office.templates_dir)
    _check_cap_so(office, kinds)
    with ExitStack() as stack:
        stack.enter_context(office_lock(office, access))
        registers = stack.enter_context(
            open_registers(
                office.registers_dir,
                clock,
                database_url=office.database_url,
                # Tables of an older release are changed by ``vanthu upgrade``, which backs up before.
                may_migrate=False,
            )
        )
        yield App(
            office=office,
            kinds=kinds,
            registers=registers,
            objects=stack.enter_context(Objects(office.objects_dir, office.staging_dir, clock)),
            journal=Journal(office.journal_dir, clock),
            search=SearchIndex(office.index_dir, clock, synonyms=office.synonyms),
            clock=clock,
            work_dir=office.archive_dir / WORK,
            worker=worker_name(),
        )


def _check_cap_so(office: Office, kinds: Kinds) -> None:
    """See that the office lets no kind wait for a signature that cannot be printed without its number.

    Raises:
        OfficeInvalid (K250): one is named in ``[cap_so]``.
    """
    wrong = [
        OfficeValueWrong(
            f"cap_so of {name}",
            key=f"cap_so.{name}",
            expected='"khi-den" hoặc "truoc-khi-ky": loại này không in được trước khi có số',
        ).problem()
        for name, when in office.cap_so.items()
        if when == "sau-khi-ky" and name in kinds and not kinds[name].may_wait_for_signature
    ]
    if wrong:
        raise OfficeInvalid(str(office.root / OFFICE_FILE), tuple(wrong))


def refuse_if_behind(app: App) -> None:
    """See that this office lives, and that the registers know what the sealed journal tells, before any number is given.

    Raises:
        OfficeMoved (A433): it was sealed, and goes on elsewhere.
        RegistersBehind (A432): the database is new, or older than the journal.
    """
    refuse_if_moved(app.office.registers_dir)
    last = app.journal.last()
    if last is not None and not app.registers.journal_knows(int(last["row"]), line_of(last)):
        raise RegistersBehind(f"journal row {last['row']} is unknown", row=last["row"])


def may_write(app: App) -> bool:
    """Whether a deed may be written down here; see :func:`refuse_if_behind`. For what is done in passing."""
    try:
        refuse_if_behind(app)
    except (RegistersBehind, OfficeMoved):
        return False
    return True


@contextmanager
def office_lock(office: Office, access: Access) -> Iterator[None]:
    """Hold the office, shared or alone, until the block ends; the kernel lets go when we die."""
    path = office.registers_dir / "office.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        mode = fcntl.LOCK_SH if access is Access.SHARED else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
        except BlockingIOError as error:
            who = _holder(descriptor)
            raise OfficeBusy(f"locked by{who or ' nobody known'}", who=who) from error
        if access is Access.ALONE:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"pid {os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def worker_name() -> str:
    """``host:boot:pid:start``: tells this process from every other, also after a restart of the machine."""
    return f"{socket.gethostname()}:{_boot_id()}:{os.getpid()}:{_started(os.getpid())}"


def is_worker_gone(worker: str) -> bool:
    """Whether *worker* certainly lives no more: on this machine, and dead or of an earlier boot."""
    try:
        host, boot, pid, started = worker.rsplit(":", 3)
    except ValueError:
        return False
    if host != socket.gethostname():
        return False
    return boot != _boot_id() or _started(int(pid)) != started


def sweep_work(work_dir: Path) -> None:
    """Remove the work folders of workers that are gone."""
    for path in work_dir.iterdir():
        owner, is_owned, _ = path.name.rpartition(_WORK_OWNED)
        if is_owned and is_worker_gone(owner.replace(_WORK_SEPARATOR, ":")):
            shutil.rmtree(path, ignore_errors=True)


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]


def _started(pid: int) -> str:
    """Start time of a process in clock ticks; empty where there is none (or only its zombie)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    rest = stat.rpartition(")")[2].split()
    return "" if rest[0] in {"Z", "X"} else rest[19]


def _holder(descriptor: int) -> str:
    """Who has the office alone, as far as it said so and still runs; those who share it write nothing."""
    said = os.pread(descriptor, 200, 0).decode(errors="replace").strip().removeprefix("pid ")
    runs = said.isdecimal() and Path(f"/proc/{said}").exists()
    return f" (tiến trình số {said} của máy này)" if runs else ""
