"""A record that nobody has dropped → its sheet with DỰ THẢO in the margin; nothing is numbered and nothing kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.app import App
from pipeline.between import Bench, Checked
from pipeline.durable import give_out
from pipeline.errors.base import Problem
from pipeline.errors.intake import SecrecyMark
from pipeline.errors.issuing import NoSuchRow, PreviewNotOfRecord
from pipeline.inbox.folders import Drop
from pipeline.inbox.look import Item, Look, look_at
from pipeline.kinds.model import Kind
from pipeline.record import BanGoc, DocumentId, LegalState, ReceiptId
from pipeline.sheet_context import render_args, sheet_item
from pipeline.steps.check import check
from pipeline.stores.registers.views import (
    DocumentState,
    DocumentView,
    Effort,
    ReceiptState,
    ReceiptView,
)

#: Endings of the file asked for; each is also the name of its output.
FORMS = ("pdf", "docx")
_NOBODY = "xem-truoc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a preview found; the file is there where there are no problems."""

    problems: tuple[Problem, ...] = ()
    #: The record is this paper's, which is here already.
    already: DocumentView | None = None


def make_preview(path: Path, kind: Kind, out: Path, app: App, *, row: int | None = None) -> Preview:
    """Check one record of *path* as a drop would be, and draw it to *out*.

    Args:
        path: A record file, or a sheet; never changed, never taken.
        row: Which row of a sheet, or which record of a list; None where there is one only.
    Raises:
        SecrecyMark (R184), NoSuchRow (R214), PreviewNotOfRecord (R215).
    """
    if kind.source != "record":
        raise PreviewNotOfRecord(f"source {kind.source}", kind=kind.title)
    with app.new_cell() as cell, app.new_folder() as folder:
        bench = Bench(
            office=app.office,
            registers=app.registers,
            objects=app.objects,
            clock=app.clock,
            cell=cell,
            kind=kind,
            folder=Path(folder),
            worker=app.worker,
        )
        look = look_at(Drop(kind=kind.name, path=path), kind, app.office, cell, new_lot="")
        if look.is_secret:
            raise SecrecyMark("a mark of secrecy", folder=path.parent.name)
        if look.problems:
            return Preview(problems=look.problems)
        item = _chosen(look.items, row, path)
        document = _document(item, kind, bench)
        (checked,) = check(_receipt(path, look, bench), [document], [], bench)
        if checked.problems:
            return Preview(problems=tuple(checked.problems))
        _draw(document, checked, out, bench)
        earlier = checked.duplicate_of
        return Preview(already=app.registers.get(earlier) if earlier else None)


def _chosen(items: Sequence[Item], row: int | None, path: Path) -> Item:
    if row is None and len(items) == 1:
        return items[0]
    for item in items:
        if row == (item.place.row or item.place.index + 1):
            return item
    rows = [str(item.place.row or item.place.index + 1) for item in items]
    raise NoSuchRow(f"row {row} of {len(items)}", file=path.name, rows=f"{rows[0]} đến {rows[-1]}")


def _draw(document: DocumentView, checked: Checked, out: Path, bench: Bench) -> None:
    drawn = replace(document, record=checked.record, facts=checked.facts)
    output = out.suffix.lower().lstrip(".")
    args = render_args(bench.kind, bench.office, checked.layout_profile, bench.folder, (output,))
    item = sheet_item(drawn, bench.kind, bench.office) | {"draft": True}
    made = bench.cell.call(
        "render", {**args, **item}, seconds=bench.office.limits.render_seconds * 2
    )
    give_out(bench.folder / made["files"][output], out)


def _receipt(path: Path, look: Look, bench: Bench) -> ReceiptView:
    """The drop that it would be."""
    return ReceiptView(
        id=ReceiptId(_NOBODY),
        kind=bench.kind.name,
        source_name=path.name,
        folder=bench.kind.name,
        sha512="",
        size_bytes=path.stat().st_size,
        suffix=path.suffix.lower(),
        owner=_NOBODY,
        received_at=bench.clock.now(),
        is_list=False,
        hold_all=False,
        lot="",
        extra=look.details,
        state=ReceiptState.RECEIVED,
        problems=(),
        same_bytes_as=None,
        holds_bytes=False,
        answer_files=(),
        answered_at=None,
        swept_at=None,
        effort=Effort(),
    )


def _document(item: Item, kind: Kind, bench: Bench) -> DocumentView:
    """The paper that it would be."""
    return DocumentView(
        id=DocumentId(_NOBODY),
        receipt_id=ReceiptId(_NOBODY),
        kind=kind.name,
        place=item.place,
        record=item.record,
        record_sha512=item.sha512,
        state=DocumentState.RECEIVED,
        legal_state=LegalState.DU_THAO,
        ban_goc=BanGoc.GIAY,
        facts=None,
        number=None,
        identity="",
        holds_identity=False,
        version=0,
        archived_version=0,
        answered_version=0,
        indexed_version=0,
        inventory_sha512="",
        files=(),
        term="",
        template_digest="",
        layout_profile="",
        problems=(),
        duplicate_of=None,
        relations=(),
        received_at=bench.clock.now(),
        decided_at=None,
        effort=Effort(),
    )
