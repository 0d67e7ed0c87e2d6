"""Office days in miniature for the tests of the registers."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.clock import FixedClock
from pipeline.record import (
    Book,
    DocumentId,
    EntryStatus,
    Facts,
    LegalState,
    NumberSource,
    Place,
    ReceiptId,
    SeriesKey,
    StoredFile,
    new_id,
)
from pipeline.stores.registers.api import Registers, open_registers
from pipeline.stores.registers.print_views import PaperOfPrint, PrintState, PrintView
from pipeline.stores.registers.to_read import ToRead
from pipeline.stores.registers.views import (
    Archived,
    DocumentView,
    Holding,
    NewDocument,
    NewReceipt,
    Ruling,
    Verdict,
)

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GGT = SeriesKey(book=Book.DI, issuer="VPTU", symbol="GGT", period="2025-2030")
PNX = SeriesKey(book=Book.NOI_BO, issuer="", symbol="PNX", period="2026")
DEN = SeriesKey(book=Book.DEN, issuer="den-tu", symbol="", period="2026")


def a_clock() -> FixedClock:
    return FixedClock(MORNING)


def later(registers: Registers, seconds: float) -> None:
    clock = registers.clock
    assert isinstance(clock, FixedClock)
    clock.moment += timedelta(seconds=seconds)


@contextmanager
def opened(directory: Path, url: str = "", clock: FixedClock | None = None) -> Iterator[Registers]:
    with open_registers(directory, clock or a_clock(), database_url=url) as registers:
        yield registers


def drop(
    registers: Registers,
    names: Iterable[str],
    *,
    kind: str = "gioi-thieu",
    content: str = "",
    hold_all: bool = False,
    owner: str = "nguoi-dung:lan",
) -> tuple[ReceiptId, list[DocumentId]]:
    """A dropped list of persons, received."""
    clock = registers.clock
    people = list(names)
    receipt_id = ReceiptId(new_id(clock))
    documents = [
        NewDocument(
            id=DocumentId(new_id(clock)),
            place=Place(index=index, label=f"dòng {index + 2}", row=index + 2, line_code=""),
            record={"ho_ten": name, "ngay_sinh": "1985-02-03"},
            record_sha512=sha(name),
        )
        for index, name in enumerate(people)
    ]
    receipt = a_receipt(receipt_id, clock.now(), kind, content or receipt_id)
    registers.receive(replace(receipt, hold_all=hold_all, owner=owner), documents)
    return receipt_id, [document.id for document in documents]


def a_receipt(receipt_id: ReceiptId, at: datetime, kind: str, content: str) -> NewReceipt:
    return NewReceipt(
        id=receipt_id,
        kind=kind,
        source_name="danh sách tháng 3.xlsx",
        folder=f"inbox/{kind}",
        sha512=sha(content),
        size_bytes=12_345,
        suffix=".xlsx",
        owner="nguoi-dung:lan",
        received_at=at,
        is_list=True,
        lot="LO-01",
        extra={"sidecar": None},
    )


def sha(text: str) -> str:
    return hashlib.sha512(text.encode()).hexdigest()


def facts(name: str) -> Facts:
    return Facts(
        subject=f"Giới thiệu đồng chí {name} về nơi cư trú",
        issuer="VPTU",
        type_name="Giấy giới thiệu",
        symbol="GGT",
        issued_on=date(2026, 3, 2),
        signer="Phạm Văn Đoài",
        recipients=("Đảng ủy phường Bến Gỗ",),
        person=name,
        so_to=1,
    )


def number(document_id: DocumentId, name: str = "Lò Thị Mây", **changes: object) -> Ruling:
    """Rule that a paper takes the next GGT number."""
    ruling = Ruling(
        document_id=document_id,
        verdict=Verdict.NUMBER,
        record={"ho_ten": name, "ngay_sinh": "1985-02-03"},
        facts=facts(name),
        series=GGT,
        reference_format="{so}-GGT/VPTU",
        issued_on=date(2026, 3, 2),
        term="2025-2030",
        template_digest="ab" * 32,
        layout_profile="HD05",
        legal_state=LegalState.DA_PHAT_HANH,
    )
    return replace(ruling, **changes)  # type: ignore[arg-type]  # names are checked by replace


def kept(**changes: object) -> Holding:
    """Numbers that wait for their papers."""
    holding = Holding(
        status=EntryStatus.HELD,
        source=NumberSource.DIEN_THOAI,
        person="lan",
        reason="cấp qua điện thoại cho đồng chí Sơn",
        reference_format="{so}-GGT/VPTU",
    )
    return replace(holding, **changes)  # type: ignore[arg-type]  # names are checked by replace


def reserved(**changes: object) -> Holding:
    """Numbers set aside for somebody."""
    usual = {
        "status": EntryStatus.RESERVED,
        "source": NumberSource.DANH_SO,
        "holder": "đồng chí Hiền",
        "expires_on": date(2026, 3, 9),
    }
    return kept(**(usual | changes))


def secret(**changes: object) -> Holding:
    """A secret paper's number."""
    usual = {"status": EntryStatus.USED, "source": NumberSource.MAT, "reason": ""}
    return kept(**(usual | changes))


def numbered(registers: Registers, names: Iterable[str], **changes: object) -> list[DocumentView]:
    """A list received and numbered whole."""
    people = list(names)
    receipt_id, ids = drop(registers, people)
    rulings = [number(one, name, **changes) for one, name in zip(ids, people, strict=True)]
    return registers.decide(receipt_id, rulings)


def stored(document: DocumentView) -> Archived:
    """What the archive says after putting *document*'s version away."""
    return Archived(
        document_id=document.id,
        version=document.version,
        inventory_sha512=sha(f"{document.id} {document.version}"),
        files=(StoredFile(name="record.json", size_bytes=77, sha512=sha("x")),),
        to_read=ToRead(source_sha512=sha("scan"), pages=(1, 3)),
    )


def archive_all(registers: Registers, worker: str = "may-1") -> list[DocumentView]:
    done: list[DocumentView] = []
    while batch := registers.claim_documents(worker, 50, 60):
        registers.archived_many([stored(document) for document in batch], worker)
        done += batch
    return done


def ordinals(documents: Iterable[DocumentView]) -> list[int]:
    return [document.number.ordinal for document in documents if document.number is not None]


def copy_of(template: Path, directory: Path) -> Path:
    """A folder of registers whose tables are made already."""
    shutil.copytree(template, directory)
    return directory


def an_order(registers: Registers, documents: Iterable[DocumentView], **changes: Any) -> PrintView:
    """A printing of these papers as it is first written down."""
    view = PrintView(
        id=new_id(registers.clock),
        server="localhost:631",
        printer="may-1",
        copies=2,
        is_duplex=True,
        has_separators=False,
        paper_size="A4",
        person="nguoi-dung:lan",
        made_at=registers.clock.now(),
        worker="may:1:1:1",
        state=PrintState.ORDERED,
        papers=tuple(PaperOfPrint(document_id=one.id, version=1, pages=3) for one in documents),
        sheets=8,
    )
    return replace(view, **changes)
