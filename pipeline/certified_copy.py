"""A paper and the record of a copy → the certified copy, made in the cell: for the trial and for good alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.between import Bench
from pipeline.document_object import document_object
from pipeline.right_to_copy import is_copied_from
from pipeline.sheet_context import render_args
from pipeline.stores.registers.views import DocumentView
from pipeline.vietnamese import pad_ordinal


def make_copy(
    source: DocumentView, item: Mapping[str, Any], profile: str, bench: Bench, out: Path
) -> dict[str, Any]:
    """Write the copy of *source* that *item* (record, vb, stem) certifies; what ``copy.make`` tells.

    Raises:
        RecordRejected: the paper cannot be copied.
        TemporaryFailure: the cell had to be stopped.
    """
    args = {
        "source": str(_received_file(source, bench)),
        "block_pdf": str(_draw("block", item, profile, bench)),
        "out": str(out),
    }
    seconds = bench.office.limits.paper_seconds
    made: dict[str, Any] = bench.cell.call("copy.make", args, seconds=seconds)
    own_pages = made["pages"] - made["source_pages"]
    if own_pages:
        heads = [
            str(_head(item, made["source_pages"], at, profile, bench))
            for at in range(1, own_pages + 1)
        ]
        made = bench.cell.call("copy.make", {**args, "heads": heads}, seconds=seconds)
    return made


def _head(
    item: Mapping[str, Any], source_pages: int, own_page: int, profile: str, bench: Bench
) -> Path:
    """The head of a page that the block takes for itself: pages are counted on from the paper's last."""
    vb = {
        **item["vb"],
        "so_trang_goc": pad_ordinal(source_pages),
        "trang": str(source_pages + own_page),
    }
    stem = f"{item['stem']}-{own_page}"
    return _draw("head", {**item, "vb": vb, "stem": stem}, profile, bench)


def _draw(what: str, item: Mapping[str, Any], profile: str, bench: Bench) -> Path:
    args = render_args(bench.kind, bench.office, profile, bench.folder, (what,))
    drawn: dict[str, Any] = bench.cell.call(
        "render", {**args, **item}, seconds=bench.office.limits.render_seconds
    )
    return bench.folder / str(drawn["files"][what])


def _received_file(source: DocumentView, bench: Bench) -> Path:
    """The paper as it was received: the clean version, never one with our stamp."""
    name = min(file.name for file in source.files if is_copied_from(file.name))
    return bench.objects.open(document_object(source.id), name, version=source.archived_version)
