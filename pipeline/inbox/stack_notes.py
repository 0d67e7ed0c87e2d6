"""The note of a scanned stack that was parted: nothing to mend, which files came of it, and the number of each once it has one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.between import Bench
from pipeline.errors.base import Problem
from pipeline.errors.incoming import StackParted
from pipeline.inbox.arrival_reading import ON_PAGE
from pipeline.inbox.results import place_note
from pipeline.inbox.stacks import holds_secret
from pipeline.stores.registers.views import DocumentView, ReceiptView
from pipeline.vietnamese import safe_file_name

#: How :mod:`pipeline.inbox.stacks` calls a part: the stack's name, its place, the end of the stack's id.
_PART = re.compile(r"(?P<stem>.+) \d{3,} (?P<end>\w{4})")


def is_parted(problems: Sequence[Problem]) -> bool:
    """Whether this is no refusal: the drop was a stack, and its papers go their own ways."""
    return bool(problems) and all(one.code == StackParted.code for one in problems)


def is_settled(problems: Sequence[Problem]) -> bool:
    """Whether nothing is to be done about it either: no part was kept back for a mark of secrecy."""
    return is_parted(problems) and not any(holds_secret(one.text) for one in problems)


def place_stack_note(
    receipt: ReceiptView, problems: Sequence[Problem], folder: Path, bench: Bench
) -> Path:
    """Write the note beside the stack, over the one that lies there."""
    text = " ".join(one.text for one in problems)
    names = re.findall(rf"«([^«»]+ \d{{3,}} {receipt.id[-4:]}\.pdf)»", text)
    what = (
        "TRONG TẬP CÓ PHẦN MANG DẤU MẬT HOẶC GIỐNG DẤU MẬT - ĐỌC NGAY DÒNG CUỐI"
        if holds_secret(text)
        else "không có gì phải sửa, không phải thả lại"
    )
    lines = [
        f"ĐÃ TÁCH THÀNH {len(names)} VĂN BẢN: {what}.",
        "",
        f"Tệp: {receipt.source_name}",
        f"Nhận lúc: {receipt.received_at:%H:%M ngày %d/%m/%Y}",
        "",
        *(
            f"{at}. {name}: {_became(name, receipt, bench)}"
            for at, name in enumerate(names, start=1)
        ),
        "",
        f"{text} ({StackParted.code})",
    ]
    stem = safe_file_name(Path(receipt.source_name).stem, 80)
    return place_note("\n".join(lines), folder, f"{stem} ~{receipt.id[-4:]}.ĐÃ TÁCH.txt")


def tell_stack(receipt: ReceiptView, bench: Bench) -> None:
    """After a part was decided: the note of the stack it came from says so."""
    match = _PART.fullmatch(Path(receipt.source_name).stem)
    if match is None or not bench.kind.is_incoming:
        return
    for stack in bench.registers.same_source(replace(receipt, source_name=f"{match['stem']}.pdf")):
        if stack.id.endswith(match["end"]):
            documents = bench.registers.documents_of(stack.id)
            problems = [one for document in documents for one in document.problems]
            folder = _returned_dir(stack, bench)
            if is_parted(problems) and folder.is_dir():
                place_stack_note(stack, problems, folder, bench)


def _returned_dir(receipt: ReceiptView, bench: Bench) -> Path:
    top = bench.office.inbox_dir / Path(receipt.folder).parts[0]
    return top / bench.office.folders.returned


def _became(name: str, stack: ReceiptView, bench: Bench) -> str:
    found: list[DocumentView] = bench.registers.by_source(bench.kind.name, Path(name).stem)
    if not found:
        again = replace(stack, source_name=name, received_at=bench.clock.now())
        drops = bench.registers.same_source(again)
        twins = [one for drop in drops for one in bench.registers.documents_of(drop.id)]
        known = (bench.registers.get(one.duplicate_of) for one in twins if one.duplicate_of)
        found = [one for one in known if one is not None]
    shown = [one.number.shown for one in found if one.number is not None]
    if shown:
        return shown[0]
    return f"đã nhận, chưa có số: {ON_PAGE}" if found else "chưa có số"
