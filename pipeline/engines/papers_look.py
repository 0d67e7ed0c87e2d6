"""A first look at a dropped file where it lies: is it whole, and does it bear a mark of secrecy?

A slip or separator sheet of ours that was scanned with a paper does not hide its first page.

Path in → plain facts out. Reads only; writes nothing but its own temporary pictures.
"""

from __future__ import annotations

import math
import os
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

from PIL import Image, ImageSequence

from pipeline.engines import codes, join, mark_stamps, ocr, raster, secrecy
from pipeline.engines.secrecy import Finding
from pipeline.engines.segments import Segment, join_words
from pipeline.engines.tables_sheets import mark_over_sheets
from pipeline.engines.tables_spec import Limits
from pipeline.engines.time_box import PATIENCE, TookTooLong, work_box, worked_s
from pipeline.errors.base import VanthuError
from pipeline.errors.cell import OcrUnavailable
from pipeline.errors.tables import TableCutOff, TableRejected
from pipeline.own_sheets import MOST_WORDS, is_own_sheet
from pipeline.suffixes import PICTURES

_TAIL_BYTES = 4096
_ZIP_SUFFIXES = frozenset((".docx", ".odt", ".zip"))
_SHEET_SUFFIXES = frozenset((".xlsx", ".xls", ".ods"))
#: A paper may begin with a cover: its second and third page are looked at too.
_PAGES_LOOKED_AT = 3
#: Sheets of ours that may lie on a paper.
_MOST_SHEETS = 4
_FEW_WORDS = 12
_OCR_SECONDS = 14.0
#: For the stamps after it. These are seconds of work, as all of the look: what runs beside takes none of them.
_STAMP_SECONDS = 20.0
#: For all pages of a paper together: less than a call has, of work and of the clock, or its cell would be killed and nobody told
#: that he should look.
_LOOK_SECONDS = 26.0
#: To read the pictures of a page without its text: there is little to read.
_ALONE_SECONDS = 10.0
#: For the text layer of a page there is always time.
_LEAST_SECONDS = 0.5
_UNLOOKED = "Chưa xem xong hình và dấu đóng ở đầu văn bản để tìm dấu chỉ độ mật."
_MAX_PART_BYTES = 4 << 20
_IMAGE_WIDTH_MM = 210.0
_PARAGRAPH_END = re.compile(r"</w:p>|<w:br/>|</text:p>|</text:h>")
_WORDS = re.compile(r"<w:t(?:\s[^>]*)?>([^<]*)</w:t>|(<w:tab/>)")


def look(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.look``: ``{path, suffix?, ocr?}`` → what the first look shows.

    Returns:
        ``{whole, secrecy, doubt, pages, read_by_machine, unread, unlooked}``: *secrecy* is the mark or empty,
        *doubt* a Vietnamese sentence or empty, *pages* 0 where unknown, *read_by_machine* whether
        OCR was needed and had, *unread* whether a page could not be shown, *unlooked* whether the doubt is
        only that there was no time to look.
    """
    path = Path(args["path"])
    suffix = str(args.get("suffix") or path.suffix).lower()
    may_read = bool(args.get("ocr", True))
    answer = {"whole": True, "secrecy": "", "doubt": "", "pages": 0}
    answer |= {"read_by_machine": False, "unread": False, "unlooked": False}
    if suffix == ".pdf":
        answer |= {"whole": _is_whole_pdf(path)} | _look_at_pdf(path, may_read=may_read)
    elif suffix in _SHEET_SUFFIXES:
        answer |= _look_at_sheets(path, suffix)
    elif suffix in _ZIP_SUFFIXES:
        answer |= {"whole": zipfile.is_zipfile(path)} | _told(_look_at_zip(path, suffix))
    elif suffix in PICTURES:
        answer |= _look_at_image(path, may_read=may_read)
    elif suffix in {".txt", ".md"}:
        with path.open("rb") as stream:
            head = stream.read(64 << 10).decode("utf-8", "replace")
        answer |= _told(secrecy.mark_in_text(head))
    return answer


def _told(finding: Finding) -> dict[str, Any]:
    return {"secrecy": finding.secrecy, "doubt": finding.doubt}


def _is_whole_pdf(path: Path) -> bool:
    """Header at the start, cross-references and the end mark at the end."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(1024)
        stream.seek(max(0, size - _TAIL_BYTES))
        tail = stream.read()
    return b"%PDF-" in head and b"startxref" in tail and b"%%EOF" in tail


def _is_whole_image(path: Path) -> bool:
    """The end mark of JPEG and PNG; other formats are judged by loading them."""
    marks = {b"\xff\xd8": b"\xff\xd9", b"\x89P": b"IEND"}
    with path.open("rb") as stream:
        end_mark = marks.get(stream.read(2), b"")
        stream.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return end_mark in stream.read()


def _look_at_pdf(path: Path, *, may_read: bool) -> dict[str, Any]:
    """What the paper shows; where it cannot be shown as it lies, what it shows once it is mended."""
    seen = _look_at_shown(path, may_read=may_read)
    if seen.get("secrecy") or (seen and not seen.get("unread")):
        return seen
    try:
        with _mended(path) as whole:
            return _look_at_shown(whole, may_read=may_read) or seen
    except VanthuError:
        # locked or past mending: nobody can read a mark there, and the trial will say so by name
        return seen


@contextmanager
def _mended(path: Path) -> Iterator[Path]:
    """The paper as a whole file, in memory: no copy of it lies on a disk before it was looked at."""
    number = os.memfd_create("mended")
    try:
        whole = Path(f"/proc/self/fd/{number}")
        join.repair(path, whole)
        yield whole
    finally:
        os.close(number)


def _look_at_shown(path: Path, *, may_read: bool) -> dict[str, Any]:
    try:
        pages = raster.page_count(path)
    except VanthuError:
        return {}
    found = Finding()
    answer: dict[str, Any] = {"pages": pages}
    is_finished = True
    until = _Until.after(_LOOK_SECONDS)
    first = _first_of_paper(path, pages)
    for page_index in range(min(pages, first + _PAGES_LOOKED_AT)):
        try:
            with work_box(_left(until)):
                seen = _look_at_page(
                    path, page_index, is_head=page_index <= first, may_read=may_read
                )
        except (OcrUnavailable, TookTooLong):
            is_finished = False
            continue
        except VanthuError:
            answer["unread"] = True
            continue
        is_finished = is_finished and seen.is_finished
        answer |= {"read_by_machine": True} if seen.was_read else {}
        found = seen.finding if seen.finding.secrecy else found or seen.finding
        if found.secrecy:
            break
    return answer | _told_in_time(found, is_finished=is_finished)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What one page showed."""

    finding: Finding
    was_read: bool = False
    is_finished: bool = True


def _look_at_page(path: Path, page_index: int, *, is_head: bool, may_read: bool) -> _Page:
    share = secrecy.HEAD_SHARE_FIRST if is_head else secrecy.HEAD_SHARE_NEXT
    words = raster.page_words(path, page_index)
    height_mm = raster.page_size_pt(path, page_index)[1] * raster.MM_PER_PT
    here = secrecy.mark_in_segments(join_words(words), head_mm=height_mm * share)
    if here.secrecy or not is_head or not may_read:
        return _Page(finding=here)
    if len(words) < _FEW_WORDS or raster.has_pictures(path, page_index, top_share=share):
        return _read_head(path, page_index, here, has_text=len(words) >= _FEW_WORDS)
    if not raster.has_drawn_letters(path, page_index, top_share=share):
        return _Page(finding=here)
    drawn = mark_stamps.likeness_of_mark(
        _head_of(raster.colour(path, page_index, dpi=mark_stamps.DPI, with_text=False)),
        words=words,
        seconds=_STAMP_SECONDS,
    )
    return _Page(finding=here or drawn or Finding(), is_finished=drawn is not None)


def _told_in_time(finding: Finding, *, is_finished: bool) -> dict[str, Any]:
    """What was found; that there was no time for all of it is a doubt too."""
    if finding or is_finished:
        return _told(finding)
    return _told(Finding(doubt=_UNLOOKED)) | {"unlooked": True}


def _first_of_paper(path: Path, pages: int) -> int:
    """Index of the first page that is no sheet of ours."""
    for index in range(min(pages - 1, _MOST_SHEETS)):
        if not is_own_sheet(codes.on_page(path, index, MOST_WORDS)):
            return index
    return max(0, min(pages - 1, _MOST_SHEETS))


def _read_head(path: Path, page_index: int, so_far: Finding, *, has_text: bool) -> _Page:
    """The head of a scan, or of a page with pictures one of which may be the mark.

    Raises:
        OcrUnavailable (T345): out of time.
        PaperNotShown (R132): it cannot be drawn.
    """
    is_alone = has_text and not raster.is_picture(path, page_index)
    if is_alone:
        alone = _look_at_pictures_alone(path, page_index)
        if alone.finding or not alone.is_finished:
            return replace(alone, finding=alone.finding or so_far)
    reading = ocr.read_head(
        path, page_index, share=secrecy.HEAD_SHARE_FIRST, seconds=_OCR_SECONDS, patience=PATIENCE
    )
    if reading is None:
        return _Page(finding=so_far)
    read = _judge_reading(reading.words)
    if read.secrecy or is_alone:
        return _Page(finding=read if read.secrecy else so_far or read, was_read=True)
    page = raster.colour(path, page_index, dpi=mark_stamps.DPI)
    page = page.rotate(reading.turn, expand=True, fillcolor="white") if reading.turn else page
    seen = _look_at_stamps(page, reading.words)
    found = seen.finding if seen.finding.secrecy else so_far or read or seen.finding
    return _Page(finding=found, was_read=True, is_finished=seen.is_finished)


def _look_at_pictures_alone(path: Path, page_index: int) -> _Page:
    """What stands in the head of a page beside its text: a stamp laid across its lines lies clear there.

    Raises:
        OcrUnavailable (T345): out of time.
        PaperNotShown (R132): it cannot be drawn.
    """
    page = raster.colour(path, page_index, dpi=mark_stamps.DPI, with_text=False)
    reading = ocr.read_picture(
        _head_of(page).convert("L"),
        dpi=mark_stamps.DPI,
        seconds=_ALONE_SECONDS,
        mode=ocr.SPARSE,
        patience=PATIENCE,
    )
    read = _judge_reading(reading.words)
    if read.secrecy:
        return _Page(finding=read, was_read=True)
    seen = _look_at_stamps(page, reading.words)
    found = seen.finding if seen.finding.secrecy else read or seen.finding
    return _Page(finding=found, was_read=True, is_finished=seen.is_finished)


def _look_at_stamps(
    page: Image.Image, words: tuple[Segment, ...], seconds: float = _STAMP_SECONDS
) -> mark_stamps.Seen:
    most = min(seconds, _STAMP_SECONDS)
    return mark_stamps.mark_on_stamps(_head_of(page), words=words, seconds=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Until:
    """When the look ends: after so much work, or when the clock says that others have the machine for good."""

    worked_s: float
    clock_s: float

    @classmethod
    def after(cls, seconds: float) -> _Until:
        return cls(worked_s=worked_s() + seconds, clock_s=time.monotonic() + seconds * PATIENCE)


def _left(until: _Until) -> float:
    clock_s = (until.clock_s - time.monotonic()) / PATIENCE
    return max(_LEAST_SECONDS, min(until.worked_s - worked_s(), clock_s))


def _head_of(page: Image.Image) -> Image.Image:
    return page.crop((0, 0, page.width, int(page.height * secrecy.HEAD_SHARE_FIRST)))


def _judge_reading(words: tuple[Segment, ...]) -> Finding:
    # all that was read is the head, the page may have been turned for it
    segments = join_words(words)
    return secrecy.mark_in_segments(segments, head_mm=math.inf, is_read_by_machine=True)


def _look_at_image(path: Path, *, may_read: bool) -> dict[str, Any]:
    if not _is_whole_image(path):
        return {"whole": False}
    try:
        with Image.open(path) as image:
            image.load()
            pictures = _heads_of(image)
            pages = int(getattr(image, "n_frames", 1))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return {"whole": False}
    answer: dict[str, Any] = {"whole": True, "pages": pages}
    if not may_read:
        return answer
    found = Finding()
    is_finished = True
    until = _Until.after(_LOOK_SECONDS)
    for coloured in pictures:
        # a photograph does not know its scale: taken as wide as an A4 sheet
        dpi = max(72.0, coloured.width / _IMAGE_WIDTH_MM * 25.4)
        head = _head_of(coloured.convert("L"))
        try:
            reading = ocr.read_picture(
                head,
                dpi=dpi,
                seconds=min(_OCR_SECONDS, _left(until)),
                mode=ocr.SPARSE,
                patience=PATIENCE,
            )
        except OcrUnavailable:
            return answer | _told_in_time(found, is_finished=False)
        here = _judge_reading(reading.words)
        if not here.secrecy:
            seen = _look_at_stamps(_as_scanned(coloured, dpi), reading.words, _left(until))
            here = seen.finding if seen.finding.secrecy else here or seen.finding
            is_finished = is_finished and seen.is_finished
        found = here if here.secrecy else found or here
        if found.secrecy:
            break
    return answer | _told_in_time(found, is_finished=is_finished) | {"read_by_machine": True}


def _as_scanned(picture: Image.Image, dpi: float) -> Image.Image:
    """The picture at the fineness stamps are looked for in."""
    scale = mark_stamps.DPI / dpi
    return picture.resize((round(picture.width * scale), round(picture.height * scale)))


def _heads_of(image: Image.Image) -> list[Image.Image]:
    """The first page of a paper that came as pictures, after the sheets of ours that lay on it."""
    found: list[Image.Image] = []
    for frame in ImageSequence.Iterator(image):
        found.append(frame.convert("RGB"))
        if len(found) > _MOST_SHEETS or not is_own_sheet(codes.codes_on(frame.convert("L"))):
            break
    return found


def _look_at_sheets(path: Path, suffix: str) -> dict[str, Any]:
    """A workbook that is a paper: what stands in its first rows."""
    try:
        return {"secrecy": mark_over_sheets(path, suffix, Limits())}
    except TableCutOff:
        return {"whole": False}
    except TableRejected:
        # locked or damaged: the check will say so by name
        return {}


def _look_at_zip(path: Path, suffix: str) -> Finding:
    """The paragraphs at the head of a Word file."""
    if suffix != ".docx":
        return Finding()
    try:
        with zipfile.ZipFile(path) as package:
            names = [
                name for name in package.namelist() if re.fullmatch(r"word/header\d*\.xml", name)
            ]
            parts = [_part(package, name) for name in [*names[:6], "word/document.xml"]]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return Finding()
    found = Finding()
    for part in parts:
        here = secrecy.mark_in_lines(part)
        found = here if here.secrecy else found or here
        if found.secrecy:
            break
    return found


def _part(package: zipfile.ZipFile, name: str) -> list[str]:
    """The paragraphs of one part of the package, no more of it read than a head needs."""
    with package.open(name) as stream:
        xml = stream.read(_MAX_PART_BYTES).decode("utf-8", "replace")
    lines: list[str] = []
    for paragraph in _PARAGRAPH_END.split(xml):
        pieces = [unescape(words) or "\t" for words, _tab in _WORDS.findall(paragraph)]
        lines += [piece for piece in re.split(r"\t+|\s{3,}", "".join(pieces)) if piece.strip()]
    return lines
