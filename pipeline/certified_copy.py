"""A paper and the record of a copy → the certified copy, made in the cell: for the trial and for good alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.between import Bench
from pipeline.copy_source import source_name, source_path
from pipeline.record import CopyForm
from pipeline.right_to_copy import CopyRequest, page_numbers, request_of
from pipeline.sheet_context import render_args
from pipeline.stores.registers.views import DocumentView
from pipeline.vietnamese import pad_ordinal

#: For a sheet of block that one copy of many adds.
_SECONDS_A_SERIAL = 0.1


def asked_of(record: Mapping[str, Any], bench: Bench) -> CopyRequest:
    """What a record of the bench's kind asks for."""
    return request_of(dict(record), CopyForm(bench.kind.data["sao"]["hinh_thuc"]))


def make_copy(
    source: DocumentView, item: Mapping[str, Any], profile: str, bench: Bench, out: Path
) -> dict[str, Any]:
    """Write the copy of *source* that *item* (record, vb, stem) certifies; what ``copy.make`` tells.

    Raises:
        RecordRejected: the paper cannot be copied.
        TemporaryFailure: the cell had to be stopped.
    """
    asked = asked_of(item["record"], bench)
    path = source_path(source, source_name(source, asked), bench)
    if asked.pages:
        item = _with_pages(item, path, bench)
    args: dict[str, Any] = {
        "source": str(path),
        "out": str(out),
        "pages": page_numbers(asked.pages),
    }
    if asked.is_electronic:
        return _made(args | {"corner_pdf": str(_draw("corner", item, profile, bench))}, 1, bench)
    args |= {"block_pdf": str(_draw("block", item, profile, bench)), "copies": asked.serials}
    made = _made(args, asked.serials, bench)
    own_pages = made["pages"] - made["source_pages"]
    if own_pages:
        heads = [
            str(_head(item, made["source_pages"], at, profile, bench))
            for at in range(1, own_pages + 1)
        ]
        made = _made(args | {"heads": heads}, asked.serials, bench)
    return made


def _with_pages(item: Mapping[str, Any], path: Path, bench: Bench) -> dict[str, Any]:
    """The item of a copy of some pages, with how many the paper has: «trang 2 trong 05 trang»."""
    look = bench.cell.call(
        "copy.look", {"path": str(path)}, seconds=bench.office.limits.paper_seconds
    )
    return {**item, "vb": {**item["vb"], "so_trang_ban_chinh": pad_ordinal(look["pages"])}}


def _made(args: dict[str, Any], copies: int, bench: Bench) -> dict[str, Any]:
    seconds = bench.office.limits.paper_seconds + _SECONDS_A_SERIAL * copies
    made: dict[str, Any] = bench.cell.call("copy.make", args, seconds=seconds)
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
    copies = max(1, len(item["vb"]["cac_ban_so"]))
    drawn: dict[str, Any] = bench.cell.call(
        "render",
        {**args, **item},
        seconds=bench.office.limits.render_seconds + _SECONDS_A_SERIAL * copies,
    )
    return bench.folder / str(drawn["files"][what])
