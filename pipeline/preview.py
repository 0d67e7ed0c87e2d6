"""A record that nobody has dropped → its sheet with DỰ THẢO in the margin; nothing is numbered and nothing kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.app import App
from pipeline.between import Bench, Checked
from pipeline.durable import give_out
from pipeline.engines.cell import Cell
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


def make_preview(
    path: Path,
    kind: Kind,
    out: Path,
    app: App,
    *,
    row: int | None = None,
    cell: Cell | None = None,
) -> Preview:
    """Check one record of *path* as a drop would be, and draw it to *out*.

    Args:
        path: A record file, or a sheet; never changed, never taken.
        kind: Of whom it is.
        out: Its ending says what is made.
        app: The office.
        row: Which row of a sheet, or which record of a list; None where there is one only.
        cell: One that is warm; without it one is made.
    Raises:
        SecrecyMark (R184), NoSuchRow (R214), PreviewNotOfRecord (R215).
    """
    with _bench(kind, app, cell) as bench:
        looked = _looked_at(path, row, bench)
        if looked.document is not None and looked.checked is not None:
            _draw(looked.document, looked.checked, out, bench)
        return looked.found


def check_alone(path: Path, kind: Kind, app: App, *, cell: Cell | None = None) -> Preview:
    """Check the one record of *path* as :func:`make_preview` does, without drawing it.

    Raises:
        SecrecyMark (R184), NoSuchRow (R214), PreviewNotOfRecord (R215).
    """
    with _bench(kind, app, cell) as bench:
        return _looked_at(path, None, bench).found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    found: Preview
    #: The paper that it would be; None where something is wrong.
    document: DocumentView | None = None
    checked: Checked | None = None


@contextmanager
def _bench(kind: Kind, app: App, cell: Cell | None) -> Iterator[Bench]:
    if kind.source != "record":
        raise PreviewNotOfRecord(f"source {kind.source}", kind=kind.title)
    with nullcontext(cell) if cell else app.new_cell() as used, app.new_folder() as folder:
        yield Bench(
            office=app.office,
            registers=app.registers,
            objects=app.objects,
            clock=app.clock,
            cell=used,
            kind=kind,
            folder=Path(folder),
            worker=app.worker,
        )


def _looked_at(path: Path, row: int | None, bench: Bench) -> _Looked:
    kind = bench.kind
    look = look_at(Drop(kind=kind.name, path=path), kind, bench.office, bench.cell, new_lot="")
    if look.is_secret:
        raise SecrecyMark("a mark of secrecy", folder=path.parent.name)
    if look.problems:
        return _Looked(found=Preview(problems=look.problems))
    item = _chosen(look.items, row, path)
    document = _document(item, kind, bench)
    (checked,) = check(_receipt(path, look, bench), [document], [], bench)
    if checked.problems:
        return _Looked(found=Preview(problems=tuple(checked.problems)))
    earlier = checked.duplicate_of
    already = bench.registers.get(earlier) if earlier else None
    return _Looked(found=Preview(already=already), document=document, checked=checked)


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
