"""The paper to be copied → the one file of it that a copy may be made of, and what vouches for that file.

A scan of the signed paper, or an electronic original whose signature is valid; else a person who compared the file with
the signed paper. Always the paper as it came (bản sạch): what we made of it (the sheet stamped ĐẾN, text read by machine,
prints for looking) and what leaders wrote on it are no source, whoever vouches.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.between import Bench, notes_of
from pipeline.document_object import RECEIVED_DIR, SIGNED_DIR, document_object, rendition
from pipeline.errors.copies import (
    CopyNeedsDecision,
    PagesWrong,
    RasterTooCoarse,
    SourceUnproven,
)
from pipeline.errors.intake import CopyNotAllowed
from pipeline.inbox.arrival_reading import arrival_read, leave_out
from pipeline.record import LegalState
from pipeline.right_to_copy import CopyRequest, is_own_paper, page_numbers
from pipeline.signed_paper import is_validly_signed, is_vouching_unknown
from pipeline.standing import shown_of, standing_words
from pipeline.stores.registers.views import DocumentView
from pipeline.suffixes import has_pages

NO_PDF = "văn bản nhận bằng tệp Word hoặc bảng tính, chưa có bản PDF hay bản quét để sao."
_NO_RENDITION = "kho không có bản PDF nào của văn bản này."
_MACHINE_MADE = "kho chỉ có bản do máy in ra, chưa có bản quét đã ký, đóng dấu."
_NOT_SIGNED = (
    "tệp nhận được là bản điện tử không có chữ ký số, cũng không phải bản quét văn bản giấy."
)
_NOT_VALIDATED = "tệp nhận được có chữ ký số nhưng kết quả kiểm tra không hợp lệ."
_CHAIN_UNKNOWN = (
    "chữ ký số trên tệp nhận được còn nguyên vẹn, nhưng lúc nhận máy chưa rõ nơi cấp chứng thư (người quản trị đặt chứng thư gốc "
    "của nơi cấp vào thư mục chung-thu/ của văn phòng; sau đó sửa hoặc ghi thêm một mục của văn bản này thì chữ ký được kiểm tra lại)."
)
_LEAST_DPI = 200
#: A scanner's 200 dpi may measure a little less.
_DPI_SLACK = 0.97
_MARKS = {
    "khong-sao-chup": "văn bản có chỉ dẫn «Không sao chụp»",
    "thu-hoi": "văn bản có chỉ dẫn «Thu hồi» (phải trả lại nơi gửi)",
    "luu-hanh-noi-bo": "văn bản có chỉ dẫn «Lưu hành nội bộ»",
}
_TO_DECIDE = frozenset((LegalState.DA_DINH_CHINH, LegalState.BI_THAY_THE))


class Ground(StrEnum):
    """What vouches for the file."""

    #: The scan of our signed and sealed paper.
    BAN_KY = "ban-quet-da-ky"
    #: The scan of the paper received.
    BAN_QUET = "ban-quet"
    CHU_KY_SO = "chu-ky-so"
    #: A person compared it with the signed paper.
    DOI_CHIEU = "doi-chieu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to be copied."""

    ground: Ground
    pages: int


def check_standing(paper: DocumentView, asked: CopyRequest, bench: Bench) -> None:
    """Stop where a person must decide, and none has.

    Raises:
        CopyNeedsDecision (R262): it was corrected or replaced, or bears a mark of circulation.
    """
    if asked.decided_by and asked.decided_why:
        return
    facts = []
    if paper.legal_state in _TO_DECIDE:
        facts.append(f"văn bản {standing_words(paper, bench.registers)}")
    marks = paper.facts.circulation if paper.facts else ()
    facts += [_MARKS.get(mark, f"văn bản có chỉ dẫn «{mark}»") for mark in marks]
    if facts:
        raise CopyNeedsDecision(
            f"to decide document={paper.id}", reference=shown_of(paper), facts="; ".join(facts)
        )


def source_name(paper: DocumentView) -> str:
    """The file of the paper's archived version that copies are made of.

    Raises:
        CopyNotAllowed (R193): there is none.
    """
    names = sorted(file.name for file in paper.files)
    if not is_own_paper(paper):
        return _first(_direct(names, RECEIVED_DIR), paper, NO_PDF)
    signed = _direct(names, SIGNED_DIR)
    made = rendition(tuple(names), ".pdf")
    return _first(signed or ([made] if made else []), paper, _NO_RENDITION)


def check_source(paper: DocumentView, asked: CopyRequest, bench: Bench) -> Source:
    """See that something vouches for the file, and that it has what the copy needs.

    Raises:
        CopyNotAllowed (R193), SourceUnproven (R261), PagesWrong (R263), RasterTooCoarse (R264).
        RecordRejected: the file cannot be opened.
    """
    name = source_name(paper)
    look: dict[str, Any] = bench.cell.call(
        "copy.look",
        {"path": str(source_path(paper, name, bench)), **leave_out(arrival_read(paper.record))},
        seconds=bench.office.limits.paper_seconds,
    )
    ground = _ground(paper, name, look, asked, bench)
    numbers = page_numbers(asked.pages)
    if numbers and not all(1 <= number <= look["pages"] for number in numbers):
        raise PagesWrong("no such pages", asked=asked.pages, pages=look["pages"])
    if asked.is_electronic and look["raster"]:
        dpi, page = look["raster"]
        if dpi < _LEAST_DPI * _DPI_SLACK:
            shown = shown_of(paper)
            raise RasterTooCoarse(f"dpi={dpi}", reference=shown, dpi=round(dpi), page=page)
    return Source(ground=ground, pages=len(numbers) or int(look["pages"]))


def source_path(paper: DocumentView, name: str, bench: Bench) -> Path:
    """Where that file of the archived version lies."""
    return bench.objects.open(document_object(paper.id), name, version=paper.archived_version)


def has_valid_signature(paper: DocumentView, bench: Bench) -> bool:
    """Whether the paper's file is an electronic original: the report made at receipt calls its signatures valid."""
    return is_validly_signed(notes_of(paper, bench.objects))


def _ground(
    paper: DocumentView, name: str, look: dict[str, Any], asked: CopyRequest, bench: Bench
) -> Ground:
    if name.startswith(f"{SIGNED_DIR}/") and look["is_scan"]:
        return Ground.BAN_KY
    if look["is_scan"] and not is_own_paper(paper):
        return Ground.BAN_QUET
    if look["signed"] and has_valid_signature(paper, bench):
        return Ground.CHU_KY_SO
    if asked.attested_by:
        return Ground.DOI_CHIEU
    why = _MACHINE_MADE
    if not is_own_paper(paper):
        why = _why_not_valid(paper, bench) if look["signed"] else _NOT_SIGNED
    raise SourceUnproven(f"unproven document={paper.id}", reference=shown_of(paper), why=why)


def _why_not_valid(paper: DocumentView, bench: Bench) -> str:
    is_unknown = is_vouching_unknown(notes_of(paper, bench.objects))
    return _CHAIN_UNKNOWN if is_unknown else _NOT_VALIDATED


def _direct(names: list[str], folder: str) -> list[str]:
    """Files that lie in *folder* itself, in a form that copies are made of."""
    paths = map(PurePosixPath, names)
    return [str(path) for path in paths if str(path.parent) == folder and has_pages(path)]


def _first(names: list[str], paper: DocumentView, why: str) -> str:
    if not names:
        raise CopyNotAllowed("no file to copy", reference=shown_of(paper), why=why)
    return names[0]
