"""A signed paper that came back → the paper of ours that it is, by the most trusted thing that tells.

In this order: a code printed on it, the code in its file's name, the number in the name, the number printed on page 1.
A record beside it that names the paper is a person's word and goes before all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.between import Bench
from pipeline.errors.signed_back import (
    SignedAmbiguous,
    SignedNotOpen,
    SignedOfAnother,
    SignedUnknown,
)
from pipeline.legal import STATE_WORDS
from pipeline.record import Book, LegalState, Record, SeriesKey
from pipeline.sheet_context import short_id
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.vietnamese import find_references, fold, nfc, pad_ordinal, parse_reference

#: The property of a record beside the scan: which paper it is.
NAMES = "van_ban"
_ID = re.compile(r"(?<![0-9a-z])[0-9a-hjkmnp-tv-z]{26}(?![0-9a-z])")
_END = re.compile(r"~([0-9a-hjkmnp-tv-z]{4})(?![0-9a-z])")
_LOOKUP_CODE = re.compile(r"(?<![A-Z0-9])[A-Z]{1,6}-\d\d-\d{4,6}-[0-9A-Z](?![A-Z0-9])")
_BETWEEN = re.compile(r"[\s_\-–—/.,()~]+")
_MOST_CANDIDATES = 5
_BOOKS = (Book.DI, Book.SAO)
_GONE = (LegalState.THU_HOI, LegalState.HUY_SO)
_EXAMPLE = "~k3f9"
_BESIDE, _PRINTED_CODE = "tệp thông tin đặt cạnh", "mã in trên giấy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A number as somebody or something says it; the issuer empty where it is not told."""

    ordinal: int
    symbol: str
    issuer: str = ""

    @property
    def shown(self) -> str:
        """As it is printed."""
        return f"{pad_ordinal(self.ordinal)}-{self.symbol}" + (
            f"/{self.issuer}" if self.issuer else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The paper, and what told it."""

    paper: DocumentView
    #: In Vietnamese, for «khớp theo …».
    by: str
    #: A person named it beside the scan, or its code is printed on it: what a machine reads otherwise is told, and
    #: holds nothing up.
    is_sure: bool = False


def match(source_name: str, record: Record, seen: dict[str, Any], bench: Bench) -> Match:
    """Find the paper.

    Args:
        record: Beside the scan; empty where there is none.
        seen: As ``paper.back`` told it, with the ``codes`` on its pages.
    Raises:
        SignedUnknown (R300), SignedOfAnother (R301), SignedAmbiguous (R302), SignedNotOpen (R303).
    """
    registers = bench.registers
    stem = nfc(Path(source_name).stem)
    printed = printed_claim(seen, registers)
    named = str(record.get(NAMES) or "").strip()
    ways: tuple[tuple[str, Callable[[], list[DocumentView]]], ...] = (
        (_BESIDE, lambda: _by_words(named, registers)),
        (_PRINTED_CODE, lambda: _by_print(seen["codes"], registers)),
        ("mã trong tên tệp", lambda: _by_codes(stem, registers)),
        ("số, ký hiệu trong tên tệp", lambda: _by_claims(_claims_in(stem, registers), registers)),
        ("mã đọc được trên trang", lambda: _by_codes(_words_of(seen), registers)),
        ("số in trên trang đầu", lambda: _by_claims([printed] if printed else [], registers)),
    )
    if named and not _by_words(named, registers):
        raise SignedUnknown(
            "what the record names is not here",
            file=source_name,
            read=f"tệp thông tin ghi «{named}», trong sổ không có văn bản ấy",
            candidates=_alike(seen, registers),
            example=_EXAMPLE,
        )
    for by, look in ways:
        found = _narrowed(look(), seen)
        if not found:
            continue
        paper = _the_one(found, source_name)
        made = Match(paper=paper, by=by, is_sure=by in {_BESIDE, _PRINTED_CODE})
        if not made.is_sure:
            _check_printed(made, printed, source_name, registers)
        return made
    raise SignedUnknown(
        "nothing tells the paper",
        file=source_name,
        read=_read_words(printed, seen, registers),
        candidates=_alike(seen, registers),
        example=_EXAMPLE,
    )


def printed_claim(seen: dict[str, Any], registers: Registers) -> Claim | None:
    """The whole number that is printed on the paper; None where it is blank, by hand, or not readable.

    A certified copy has its own number in the block on its last page; that on its first page is of what was copied.
    """
    copies = {fold(one.key.symbol) for one in registers.series() if one.key.book is Book.SAO}
    of_copy = [one for one in seen["last_numbers"] if fold(one["symbol"]) in copies]
    number = of_copy[0] if of_copy else seen["number"]
    if number is None or number["ordinal"] is None:
        return None
    return Claim(
        ordinal=int(number["ordinal"]), symbol=str(number["symbol"]), issuer=str(number["issuer"])
    )


def is_number_of(claim: Claim, paper: DocumentView) -> bool:
    """Whether the paper has this number."""
    number = paper.number
    return (
        number is not None and number.ordinal == claim.ordinal and _is_series(claim, number.series)
    )


def named(paper: DocumentView) -> str:
    """How the notes call a paper: its number and what tells it apart."""
    name = paper.number.shown if paper.number else "dự thảo"
    return f"{name} ({short_id(paper.id)})"


def _by_words(text: str, registers: Registers) -> list[DocumentView]:
    if not text:
        return []
    return registers.find(text) or _by_codes(text, registers)


def _by_codes(text: str, registers: Registers) -> list[DocumentView]:
    """Papers whose id, its end behind a ``~``, or lookup code stands in *text*."""
    lowered = text.lower()
    found = [paper for one in _ID.findall(lowered) for paper in registers.find(one)]
    found += [paper for one in _END.findall(lowered) for paper in registers.by_id_end("", one)]
    found += [paper for one in _LOOKUP_CODE.findall(text) for paper in registers.find(one)]
    return found


def _by_print(codes: Sequence[str], registers: Registers) -> list[DocumentView]:
    """Papers that a code drawn on the sheet names; what runs in the text may be another paper's, cited."""
    printed = "\n".join(codes)
    claims = [
        Claim(ordinal=one.ordinal, symbol=one.symbol, issuer=one.issuer)
        for one in find_references(printed)
        if one.is_whole
    ]
    return _by_claims(claims, registers) or _by_codes(printed, registers)


def _words_of(seen: dict[str, Any]) -> str:
    return f"{seen['first']}\n{seen['last']}"


def _claims_in(stem: str, registers: Registers) -> list[Claim]:
    """Numbers of ours that a file's name tells: ``07-GGT-VPTU``, ``07 GGT``, ``GGT-0007 Nguyễn Văn A``."""
    series = [one.key for one in registers.series() if one.key.book in _BOOKS]
    symbols = {fold(key.symbol): key.symbol for key in series}
    issuers = {fold(key.issuer): key.issuer for key in series}
    if (whole := parse_reference(stem)) is not None and whole.is_whole:
        return [Claim(ordinal=whole.ordinal, symbol=whole.symbol, issuer=whole.issuer)]
    words = [word for word in _BETWEEN.split(stem) if word]
    for at, word in enumerate(words[:-1]):
        after = words[at + 1]
        if _is_ordinal(word) and fold(after) in symbols:
            issuer = issuers.get(fold(words[at + 2]), "") if at + 2 < len(words) else ""
            return [Claim(ordinal=int(word), symbol=symbols[fold(after)], issuer=issuer)]
        if fold(word) in symbols and word.isupper() and _is_ordinal(after):
            return [Claim(ordinal=int(after), symbol=symbols[fold(word)])]
    return []


def _is_ordinal(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 6


def _by_claims(claims: Iterable[Claim], registers: Registers) -> list[DocumentView]:
    found = []
    for claim in claims:
        for one in registers.series():
            if one.key.book not in _BOOKS or not _is_series(claim, one.key):
                continue
            entry = registers.entry(one.key, claim.ordinal)
            paper = registers.get(entry.document_id) if entry and entry.document_id else None
            if paper is not None:
                found.append(paper)
    return found


def _is_series(claim: Claim, key: SeriesKey) -> bool:
    same_issuer = not claim.issuer or fold(claim.issuer) == fold(key.issuer)
    return fold(claim.symbol) == fold(key.symbol) and same_issuer


def _narrowed(found: Iterable[DocumentView], seen: dict[str, Any]) -> list[DocumentView]:
    """Each paper once; of several with one number, the one whose date is printed."""
    papers = list({paper.id: paper for paper in found}.values())
    dated = [
        one for one in papers if one.number and one.number.issued_on.isoformat() == seen["date"]
    ]
    return dated if len(papers) > 1 and len(dated) == 1 else papers


def _the_one(found: Sequence[DocumentView], source_name: str) -> DocumentView:
    open_ones = [paper for paper in found if not _why_not(paper)]
    if len(open_ones) == 1:
        return open_ones[0]
    if not open_ones:
        paper = found[0]
        raise SignedNotOpen(
            f"not open document={paper.id}",
            file=source_name,
            shown=named(paper),
            why=_why_not(paper),
        )
    raise SignedAmbiguous(
        f"{len(open_ones)} papers",
        file=source_name,
        count=len(open_ones),
        candidates=_told(open_ones),
        example=short_id(open_ones[0].id),
    )


def _why_not(paper: DocumentView) -> str:
    if paper.number is not None and paper.number.series.book is Book.DEN:
        return "đó là văn bản đến, không phải văn bản của cơ quan"
    if paper.legal_state in _GONE:
        return f"văn bản ấy {STATE_WORDS[paper.legal_state]}"
    if paper.state not in {DocumentState.NUMBERED, DocumentState.WAITING}:
        return "văn bản ấy không còn trong kho"
    return ""


def _check_printed(
    made: Match, printed: Claim | None, source_name: str, registers: Registers
) -> None:
    """What is printed must be the paper's number; on a draft it must at least be no other paper's."""
    paper = made.paper
    if printed is None or is_number_of(printed, paper):
        return
    if paper.number is not None and not paper.number.reference:
        return
    others = [one for one in _by_claims([printed], registers) if one.id != paper.id]
    if paper.number is None and not others:
        return
    raise SignedOfAnother(
        f"another number document={paper.id}",
        file=source_name,
        by=made.by,
        shown=named(paper),
        printed=printed.shown,
        other=f", số của {_told(others)}" if others else "",
        example=short_id(paper.id),
    )


def _read_words(printed: Claim | None, seen: dict[str, Any], registers: Registers) -> str:
    if printed is not None:
        arrived = _arrived(printed, registers)
        if arrived is not None and arrived.number is not None:
            return (
                f"số in trên trang đầu «{printed.shown}» là của văn bản đến {arrived.number.shown}, không phải văn bản "
                f"cơ quan ký (văn bản đến thả vào thư mục «{arrived.kind}»)"
            )
        return f"số in trên trang đầu là «{printed.shown}», trong sổ không có số ấy"
    if not seen["is_read"]:
        return "tên tệp không có mã hay số, trang đầu máy không đọc được chữ"
    return "tên tệp không có mã hay số, trang đầu máy không đọc được số"


def _arrived(printed: Claim, registers: Registers) -> DocumentView | None:
    """The paper of another body that came in under this number."""
    found = registers.find(printed.shown)
    return next((one for one in found if one.number and one.number.series.book is Book.DEN), None)


def _alike(seen: dict[str, Any], registers: Registers) -> str:
    """Drafts whose trích yếu stands on the page: to choose from, never chosen."""
    words = set(fold(seen["first"]).split())
    found = []
    for paper in registers.waiting():
        subject = fold(paper.facts.subject).split() if paper.facts else []
        share = sum(word in words for word in subject) / max(1, len(subject))
        if share >= 0.7:
            found.append((share, paper))
    best = [paper for _, paper in sorted(found, key=lambda one: -one[0])]
    return f"Có thể là: {_told(best)}. " if best else ""


def _told(papers: Sequence[DocumentView]) -> str:
    words = []
    for paper in papers[:_MOST_CANDIDATES]:
        day = f" ngày {paper.number.issued_on:%d/%m/%Y}" if paper.number else ""
        subject = f" «{paper.facts.subject}»" if paper.facts else ""
        words.append(f"{named(paper)}{day}{subject}")
    more = " …" if len(papers) > _MOST_CANDIDATES else ""
    return "; ".join(words) + more
