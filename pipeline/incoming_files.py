"""Files of papers that came: scanned again, put in order, joined from several; a stack parted into its papers."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pipeline.app import App, refuse_if_behind
from pipeline.durable import give_out
from pipeline.engines.cell import Cell
from pipeline.engines.time_box import PATIENCE
from pipeline.errors.incoming import ScanNotTaken
from pipeline.inbox.look import record_digest
from pipeline.inbox.number_first import RESCAN_OF
from pipeline.inbox.spool import filling, publish
from pipeline.inbox.stacks import codes_of, parts_of, write_parts
from pipeline.incoming import draw_to_file, find_incoming
from pipeline.own_sheets import SEPARATOR
from pipeline.record import DocumentId, Place, ReceiptId, new_id
from pipeline.stores.registers.views import NewDocument, NewReceipt

_TAKEN = ".pdf"


def scan_again(
    ref: str, files: Sequence[Path], order: Sequence[int], person: str, app: App
) -> ReceiptId:
    """Put a new scan of a paper on its way: its next version, under the number it has.

    Args:
        files: One or several, joined in this order.
        order: Pages of the whole, from 1; empty takes all as they come.
    Raises:
        IncomingUnknown (R280), IncomingAmbiguous (R281), ScanNotTaken (R288), RegistersBehind (A432).
        PaperUnreadable (R130), PaperLocked (R131), PaperEmpty (R133).
    """
    refuse_if_behind(app)
    paper = find_incoming(ref, app)
    receipt_id, document_id = ReceiptId(new_id(app.clock)), DocumentId(new_id(app.clock))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(app.new_folder()))
        cell = stack.enter_context(app.new_cell())
        for file in files:
            _look(file, cell, app)
        scan = folder / files[0].with_suffix(_TAKEN).name
        if len(files) == 1 and not order:
            shutil.copyfile(files[0], scan)
        else:
            args = {"paths": [str(one) for one in files], "order": list(order), "out": str(scan)}
            cell.call("join.arrange", args, seconds=app.office.limits.paper_seconds)
        content = scan.read_bytes()
        with filling(app.office, receipt_id) as temp:
            (temp / scan.name).write_bytes(content)
            publish(app.office, temp, receipt_id)
            app.registers.receive(
                NewReceipt(
                    id=receipt_id,
                    kind=paper.kind,
                    source_name=scan.name,
                    folder=paper.kind,
                    sha512=hashlib.sha512(content).hexdigest(),
                    size_bytes=len(content),
                    suffix=_TAKEN,
                    owner=person,
                    received_at=app.clock.now(),
                    extra={RESCAN_OF: paper.id},
                ),
                [
                    NewDocument(
                        id=document_id, place=Place(), record={}, record_sha512=record_digest({})
                    )
                ],
            )
    return receipt_id


def _look(file: Path, cell: Cell, app: App) -> None:
    """What bears a mark of secrecy is not even copied."""
    if file.suffix.lower() != _TAKEN:
        raise ScanNotTaken(f"suffix {file.suffix!r}", file=file.name, why="không phải tệp PDF")
    seen: dict[str, Any] = cell.call(
        "paper.look",
        {"path": str(file), "suffix": _TAKEN},
        seconds=app.office.limits.paper_seconds,
        patience=PATIENCE,
    )
    if seen["secrecy"] or seen["doubt"]:
        raise ScanNotTaken(
            "a mark of secrecy", file=file.name, why="có dấu hoặc giống dấu chỉ độ mật"
        )
    if not seen["whole"]:
        raise ScanNotTaken("not whole", file=file.name, why="chưa ghi xong hoặc bị cắt cụt")


def part_stack(stack: Path, folder: Path, app: App) -> list[Path]:
    """Write the papers of a scanned stack to *folder*, each a file of its own; the stack stays where it lies.

    Raises:
        ScanNotTaken (R288): there is nothing to part it at, or it may not be copied.
    """
    placed: list[Path] = []
    with app.new_cell() as cell, app.new_folder() as work:
        _look(stack, cell, app)
        seconds = app.office.limits.paper_seconds
        parts = parts_of(codes_of(stack, cell, seconds))
        if len(parts) < 2:
            raise ScanNotTaken("no separator", file=stack.name, why="không thấy tờ ngăn cách nào")
        for made in write_parts(stack, parts, Path(work), cell, seconds):
            target = folder / f"{stack.stem} {made.stem} {DocumentId(new_id(app.clock))[-4:]}.pdf"
            give_out(made, target)
            placed.append(target)
    return placed


def draw_separator(out: Path, app: App) -> None:
    """The sheet that is laid between two papers of a stack."""
    args = {
        "code": SEPARATOR,
        "title": "TỜ NGĂN CÁCH",
        "lines": ["Đặt giữa hai văn bản khi quét cả tập."],
    }
    draw_to_file("slip.draw", args, out, app)
