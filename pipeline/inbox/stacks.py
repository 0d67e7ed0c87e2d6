"""Several papers scanned in one go → each a file of its own, dropped for its clerk as if she had scanned it alone.

A paper ends at a separator sheet, which is left out, and before a slip with a code, which is its first page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.between import Bench
from pipeline.durable import give_out
from pipeline.engines.cell import Cell
from pipeline.engines.time_box import PATIENCE
from pipeline.errors.base import Problem
from pipeline.errors.incoming import StackParted
from pipeline.own_sheets import MOST_WORDS, SEPARATOR, slips_among
from pipeline.stores.registers.views import ReceiptView
from pipeline.suffixes import has_pages

#: A drawn page takes a tenth of a second: a long scan must not use up the time that one call has.
_PAGES_AT_ONCE = 40
#: How long the drop stays ours while one part after another is looked at.
_LEASE_S = 900.0
_TO_COMPARE = "Bản quét cả tập trả về đây để đối chiếu, không cần thả lại."
_KEPT_BACK = (
    "Phần thứ {which} có dấu hoặc giống dấu chỉ độ mật nên không tách ra, không vào sổ. "
    "Bản quét cả tập trả về đây còn nguyên phần ấy. Nếu đúng là văn bản mật: chuyển bản quét cả tập ngay sang máy dành riêng "
    "cho văn bản mật, không để lại ở thư mục này. Nếu không phải: quét riêng phần ấy, thả lại, đặt bên cạnh một tệp thông tin "
    "cùng tên (json) có ghi mục do_mat là «không»."
)


def codes_of(stack: Path, cell: Cell, seconds: float) -> Sequence[Sequence[str]]:
    """The codes on each page that may be a separator sheet or a slip; none of a file without pages."""
    pages: list[list[str]] = []
    if not has_pages(stack):
        return pages
    asked = {"path": str(stack), "most_words": MOST_WORDS, "max_pages": _PAGES_AT_ONCE}
    while True:
        more = asked | {"first": len(pages)}
        told: dict[str, Any] = cell.call("paper.codes", more, seconds=seconds)
        pages += told["pages"]
        if len(told["pages"]) < _PAGES_AT_ONCE:
            return pages


def holds_secret(told: str) -> bool:
    """Whether what was said of a parted stack warns of a secret paper in it."""
    return _KEPT_BACK.partition("{which} ")[2] in told


def parts_of(pages: Sequence[Sequence[str]]) -> list[list[int]]:
    """Page numbers, from 1, of each paper, from the codes on the pages; one list where nothing parts them."""
    parts: list[list[int]] = [[]]
    for number, codes in enumerate(pages, start=1):
        if SEPARATOR in codes:
            parts.append([])
            continue
        if slips_among(codes) and parts[-1]:
            parts.append([])
        parts[-1].append(number)
    return [part for part in parts if part]


def _is_stack(pages: Sequence[Sequence[str]]) -> bool:
    """One slip may lie anywhere on its paper; a separator, or a second slip, is of another paper."""
    return (
        any(SEPARATOR in codes for codes in pages)
        or sum(bool(slips_among(codes)) for codes in pages) > 1
    )


def write_parts(
    stack: Path, parts: Sequence[Sequence[int]], folder: Path, cell: Cell, seconds: float
) -> Iterator[Path]:
    """Each paper of a stack as a file in *folder*, the same bytes every time."""
    for at, pages in enumerate(parts, start=1):
        made = folder / f"{at:03d}.pdf"
        args = {"paths": [str(stack)], "order": list(pages), "out": str(made)}
        cell.call("join.arrange", args, seconds=seconds)
        yield made


def part_dropped(
    receipt: ReceiptView, stack: Path, pages: Sequence[Sequence[str]], bench: Bench
) -> Problem | None:
    """Put the papers of a stack into the folder it was dropped in; the stack itself goes back to its clerk.

    Idempotent: names and bytes are the same each time, and bytes that were taken in already are known as such.

    Args:
        pages: The codes on each.
    """
    seconds = bench.office.limits.paper_seconds
    parts = parts_of(pages)
    if len(parts) < 2 or not _is_stack(pages):
        return None
    work = bench.folder / f"{receipt.id}-parts"
    work.mkdir(exist_ok=True)
    target = bench.office.inbox_dir / receipt.folder
    stem = Path(receipt.source_name).stem
    given, secret = [], []
    for made in write_parts(stack, parts, work, bench.cell, seconds):
        # Each part has the time of its own calls; the drop is ours for as long as that takes together.
        bench.registers.renew([receipt.id], bench.worker, _LEASE_S)
        asked = {"path": str(made), "suffix": ".pdf"}
        seen: dict[str, Any] = bench.cell.call(
            "paper.look", asked, seconds=seconds, patience=PATIENCE
        )
        if seen["secrecy"] or seen["doubt"]:
            secret.append(made.stem.lstrip("0"))
            continue
        name = f"{stem} {made.stem} {receipt.id[-4:]}.pdf"
        give_out(made, target / name)
        given.append(f"«{name}»")
    back = _KEPT_BACK.format(which=", ".join(secret)) if secret else _TO_COMPARE
    return StackParted(
        f"parted receipt={receipt.id} parts={len(parts)}",
        count=len(given),
        folder=receipt.folder,
        names=", ".join(given),
        back=back,
    ).problem()
