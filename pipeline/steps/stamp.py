"""Numbered papers from outside → stamped ĐẾN; finished papers of ours → number and date filled in; copies → certified.

The file that came is never rewritten: what is stamped or copied is a rendition beside it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.between import Bench, Made
from pipeline.certified_copy import make_copy
from pipeline.document_object import RENDITIONS_DIR
from pipeline.engines import pdfa
from pipeline.errors.cell import CellFailure
from pipeline.errors.intake import SourcePaperUnknown
from pipeline.inbox.active_words import kept_words, left_out_words
from pipeline.inbox.arrival_reading import ON_PAGE, arrival_read, leave_out, sentences, slip_words
from pipeline.inbox.reading import disagreements, read_paper
from pipeline.inbox.received import Received, annexes_among, paper_among, received
from pipeline.inbox.spool import dropped_files
from pipeline.paper_words import Words, words_kept, words_of, words_of_copy
from pipeline.record import RelationKind
from pipeline.second_arrivals import first_ones
from pipeline.sheet_context import file_stem, mark_of, render_args, sheet_item, short_id
from pipeline.signed_paper import judge_signatures
from pipeline.stores.registers.views import DocumentView, ReceiptView
from pipeline.suffixes import has_pages

#: For the cell to answer when LibreOffice took all its time.
_SPARE_S = 10.0


def stamp(documents: Sequence[DocumentView], bench: Bench) -> list[Made]:
    """Make the renditions of papers of one kind whose source is a paper.

    Raises:
        TemporaryFailure: the cell had to be stopped.
    """
    make = _copied
    if bench.kind.source == "paper":
        make = _issued if bench.kind.is_finished else _stamped
    return [make(document, bench) for document in documents]


def _stamped(document: DocumentView, bench: Bench) -> Made:
    receipt = _receipt(document, bench)
    files = received(document, receipt, bench)
    original = paper_among(files, bench.kind)
    if document.number is None:
        return _kept(document, receipt, files, bench)
    if original is None:
        return _row_alone(document, receipt, files, bench)
    read = arrival_read(document.record)
    if read is not None and read.stamp is not None and has_pages(original):
        return _stamped_by_hand(document, receipt, files, bench)
    mark = _draw(document, "mark", bench)
    out = bench.folder / f"{document.id}.pdf"
    shown = original if has_pages(original) else _converted(original, bench)
    args: dict[str, Any] = {"mark": str(mark), "out": str(out)}
    args |= {"rules": mark_of(bench.kind)} | ({"path": str(shown)} if shown else {})
    args |= leave_out(read)
    stamped: dict[str, Any] = bench.cell.call(
        "paper.stamp", args, seconds=bench.office.limits.paper_seconds
    )
    name = f"{RENDITIONS_DIR}/{file_stem(document, bench.kind)}.pdf"
    words = words_kept(document, original, bench)
    words = words or words_of(original, files, bench, read=read)
    return Made(
        document=document,
        receipt=receipt,
        files={name: out, **files},
        dropped=tuple(dropped_files(bench.office, receipt.id)),
        keep=words.keep,
        text=words.text,
        notes={"stamp": stamped}
        | _read_notes(document, bench)
        | words.notes
        | judge_signatures(original, bench),
        volatile=frozenset() if shown is original else frozenset({name}),
    )


def _row_alone(document: DocumentView, receipt: ReceiptView, files: Received, bench: Bench) -> Made:
    """A row of the book whose file has not come, or never will: its slip."""
    name = f"{RENDITIONS_DIR}/{file_stem(document, bench.kind)}.pdf"
    return Made(
        document=document,
        receipt=receipt,
        files={name: _draw(document, "pdf", bench, calls_it_by_ordinal=True), **files},
        dropped=tuple(dropped_files(bench.office, receipt.id)),
        text=document.facts.subject if document.facts else "",
        notes={"arrival": ["Văn bản vào sổ chưa có tệp; tờ phiếu kèm theo thay cho văn bản."]},
    )


def _stamped_by_hand(
    document: DocumentView, receipt: ReceiptView, files: Received, bench: Bench
) -> Made:
    """A paper that bears the stamp in ink: as it came, no second one is put on."""
    original = paper_among(files, bench.kind)
    assert original is not None
    name = f"{RENDITIONS_DIR}/{file_stem(document, bench.kind)}.pdf"
    shown, read = original, arrival_read(document.record)
    left_out = leave_out(read)
    if original.suffix.lower() != ".pdf" or left_out:
        shown = bench.folder / f"{document.id}.pdf"
        bench.cell.call(
            "paper.as_pdf",
            {"path": str(original), "out": str(shown), **left_out},
            seconds=bench.office.limits.paper_seconds,
        )
    shown, active = _plain(shown, document, bench)
    words = words_kept(document, original, bench)
    words = words or words_of(original, files, bench, read=read)
    said = "Văn bản đã có dấu ĐẾN đóng tay nên chương trình không đóng dấu lần nữa."
    return Made(
        document=document,
        receipt=receipt,
        files={name: shown, **files},
        dropped=tuple(dropped_files(bench.office, receipt.id)),
        keep=words.keep,
        text=words.text,
        notes={"arrival": [said, *active, *_read_notes(document, bench).get("arrival", [])]}
        | words.notes
        | judge_signatures(original, bench),
    )


def _plain(paper: Path, document: DocumentView, bench: Bench) -> tuple[Path, list[str]]:
    """The paper, or a copy without what acts by itself in it; and what is said of that."""
    out = bench.folder / f"{document.id}.plain.pdf"
    told: dict[str, Any] = bench.cell.call(
        "paper.plain",
        {"path": str(paper), "out": str(out)},
        seconds=bench.office.limits.paper_seconds,
    )
    if told["is_written"]:
        return out, left_out_words(told["active"])
    return paper, kept_words(told["active"])


def _active_words(paper: Path | None, bench: Bench) -> list[str]:
    """What is said of a paper that is kept as it came."""
    if paper is None or paper.suffix.lower() != ".pdf":
        return []
    told: dict[str, Any] = bench.cell.call(
        "paper.plain", {"path": str(paper)}, seconds=bench.office.limits.paper_seconds
    )
    return kept_words(told["active"])


def _kept(document: DocumentView, receipt: ReceiptView, files: Received, bench: Bench) -> Made:
    """A paper that waits for a word of the clerk before it gets a number: as it came, without a stamp."""
    paper = paper_among(files, bench.kind)
    read = arrival_read(document.record)
    words = None if paper is None else words_kept(document, paper, bench)
    if words is None:
        words = Words() if paper is None else words_of(paper, files, bench, read=read)
    others = first_ones(bench.registers.get_many(read.same_as if read else ()), bench.registers)
    named = "; ".join(one.number.shown if one.number else short_id(one.id) for one in others)
    slips = [told] if read and (told := slip_words(read)) else []
    by_hand = (
        "Văn bản đã có dấu ĐẾN đóng tay, hoặc dấu giống dấu ĐẾN, nên chưa cấp số, không đóng dấu lần nữa. Hãy ghi số trong dấu: "
        f"{ON_PAGE} (mã {short_id(document.id)})."
    )
    asks = (
        f"Văn bản này giống văn bản đến {named} nên chưa cấp số, chưa đóng dấu. Hãy nói là một văn bản hay hai văn bản khác nhau: "
        f"{ON_PAGE} (mã {short_id(document.id)})."
    )
    why = asks if named else by_hand
    [first] = first_ones([document], bench.registers)
    if first.id != document.id:
        shown = first.number.shown if first.number else short_id(first.id)
        why = f"Đây là bản nhận thêm của văn bản đến {shown}: không có số riêng, tệp và thông tin nằm dưới số ấy."
    return Made(
        document=document,
        receipt=receipt,
        files=files,
        dropped=tuple(dropped_files(bench.office, receipt.id)),
        keep=words.keep,
        text=words.text or (document.facts.subject if document.facts else ""),
        notes={"arrival": [why, *slips, *_active_words(paper, bench)]}
        | words.notes
        | ({} if paper is None else judge_signatures(paper, bench)),
    )


def _read_notes(document: DocumentView, bench: Bench) -> dict[str, Any]:
    read = arrival_read(document.record)
    return {} if read is None else {"arrival": sentences(read, bench.kind, document.record)}


def _issued(document: DocumentView, bench: Bench) -> Made:
    """A finished paper with its number and date written in; without a file, the slip of its row in the book."""
    receipt = _receipt(document, bench)
    files = received(document, receipt, bench)
    paper = paper_among(files, bench.kind)
    stem = f"{RENDITIONS_DIR}/{file_stem(document, bench.kind)}"
    made: dict[str, Path] = {}
    notes: dict[str, Any] = {}
    volatile: frozenset[str] = frozenset()
    if paper is None or paper.suffix.lower() not in (".docx", ".pdf"):
        made = {f"{stem}.pdf": _draw(document, "pdf", bench)}
        words = Words() if paper is None else words_of(paper, files, bench)
        if paper is not None:
            notes = {
                "left": [
                    "Tệp bảng tính được giữ nguyên như khi nhận; số và ngày ghi trên phiếu đăng ký."
                ]
            }
    else:
        filled, notes = _filled(document, paper, bench)
        made = {f"{stem}{paper.suffix.lower()}": filled}
        words = words_kept(document, paper, bench) or words_of(filled, files, bench, source=paper)
        if paper.suffix.lower() == ".docx":
            volatile = _add_pdf(made, notes, stem, bench)
    if notes:
        notes["annexes"] = [path.name for path in annexes_among(files).values()]
    return Made(
        document=document,
        receipt=receipt,
        files={**made, **({} if receipt.is_list else files)},
        dropped=tuple(dropped_files(bench.office, receipt.id)),
        keep=words.keep,
        text=words.text or (document.facts.subject if document.facts else ""),
        notes=({"issued": notes} if notes else {}) | words.notes,
        volatile=volatile,
    )


def _filled(document: DocumentView, paper: Path, bench: Bench) -> tuple[Path, dict[str, Any]]:
    """A copy of the paper with number and date, and what there is to tell about it."""
    suffix = paper.suffix.lower()
    out = bench.folder / f"{document.id}{suffix}"
    number = document.number
    day = number.issued_on if number else document.received_at.date()
    seen = read_paper(paper, bench, day=day)
    notes: dict[str, Any] = {"filled": [], "left": []}
    if number is None:
        shutil.copyfile(paper, out)
        notes["left"] = ["Văn bản chưa có số nên chỗ ghi số và ngày để trống."]
    else:
        notes = bench.cell.call(
            "paper.fill",
            {
                "path": str(paper),
                "suffix": suffix,
                "out": str(out),
                "ordinal": number.ordinal,
                "symbol": number.reference.partition("-")[2],
                "issued_on": number.issued_on.isoformat(),
                "shared_dir": str(bench.kind.shared_dir),
                "profile": document.layout_profile,
            },
            seconds=bench.office.limits.paper_seconds,
        )
    printed = seen.values.get(bench.kind.property_read_from("date"))
    if printed is not None:
        notes["printed_day"] = printed
    said = disagreements(document.record, seen, bench)
    notes["remarks"] = [*said, *seen.remarks]
    return out, notes


def _add_pdf(
    made: dict[str, Path], notes: dict[str, Any], stem: str, bench: Bench
) -> frozenset[str]:
    """The PDF of a Word file, where this machine can make one."""
    converted = _converted(made[f"{stem}.docx"], bench)
    if converted is None:
        notes["left"].append(
            "Máy chủ không chuyển được tệp Word sang PDF (chưa cài LibreOffice hoặc tệp quá lâu): kho chỉ giữ tệp Word."
        )
        return frozenset()
    made[f"{stem}.pdf"] = converted
    return frozenset({f"{stem}.pdf"})


def _converted(path: Path, bench: Bench) -> Path | None:
    """The file as a PDF; None where LibreOffice is not there or does not manage."""
    out = path.with_name(f"{path.stem}-chuyen.pdf")
    if path.parent != bench.folder:
        out = bench.folder / out.name
    seconds = bench.office.limits.paper_seconds
    try:
        told = bench.cell.call(
            "office.to_pdf",
            {"path": str(path), "out": str(out), "seconds": seconds},
            seconds=seconds + _SPARE_S,
        )
    except CellFailure:
        return None
    return None if told["why"] else out


def _copied(document: DocumentView, bench: Bench) -> Made:
    receipt = _receipt(document, bench)
    source = _source(document, bench)
    out = bench.folder / f"{document.id}.pdf"
    item = sheet_item(document, bench.kind, bench.office)
    copied = make_copy(source, item, document.layout_profile, bench, out)
    copied["conformity"] = _conformity(out, bench)
    files = {f"{RENDITIONS_DIR}/{file_stem(document, bench.kind)}.pdf": out}
    if not receipt.is_list:
        files |= received(document, receipt, bench)
    return Made(
        document=document,
        receipt=receipt,
        files=files,
        dropped=tuple(dropped_files(bench.office, receipt.id)),
        text=words_of_copy(out, source, bench),
        notes={"copy": copied},
    )


def _conformity(path: Path, bench: Bench) -> dict[str, Any]:
    """What the office's validator says of a copy; it stays what it is whatever that is."""
    command = bench.office.copies.validator
    if not command:
        return {"verdict": pdfa.UNKNOWN}
    seconds = bench.office.limits.paper_seconds
    try:
        told: dict[str, Any] = bench.cell.call(
            "pdf.conformity",
            {"path": str(path), "command": command, "seconds": seconds * 0.8},
            seconds=seconds,
        )
    except CellFailure:
        return {"verdict": pdfa.UNKNOWN}
    return told


def _receipt(document: DocumentView, bench: Bench) -> ReceiptView:
    receipt = bench.registers.receipt(document.receipt_id)
    assert receipt is not None
    return receipt


def _draw(
    document: DocumentView, what: str, bench: Bench, *, calls_it_by_ordinal: bool = False
) -> Path:
    args = render_args(bench.kind, bench.office, document.layout_profile, bench.folder, (what,))
    item = sheet_item(document, bench.kind, bench.office)
    if calls_it_by_ordinal:
        # On its slip an incoming paper is called «số đến 07», and nowhere by the symbol of the book.
        item["vb"]["so_ky_hieu"] = item["vb"]["so"]
    drawn: dict[str, Any] = bench.cell.call(
        "render",
        {**args, **item},
        seconds=bench.office.limits.render_seconds,
    )
    return bench.folder / str(drawn["files"][what])


def _source(document: DocumentView, bench: Bench) -> DocumentView:
    ids = [r.document_id for r in document.relations if r.kind is RelationKind.SAO]
    source = bench.registers.get(ids[0]) if ids and ids[0] else None
    if source is None:
        raise SourcePaperUnknown(
            "source paper is gone", reference=str(document.record.get("sao_tu"))
        )
    return source
