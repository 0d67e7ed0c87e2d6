"""Operation over a paper that came: what its head and tail say of it, and whether it bears an ink stamp ĐẾN already.

A Word file is read by its paragraphs: nothing in it is run or laid out, and it bears no ink.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image

from pipeline.engines import ocr, raster
from pipeline.engines.arrival_digits import figures_stand_alone
from pipeline.engines.arrival_facts import Proposal, Sheet, read_sheets
from pipeline.engines.arrival_ink import part_inks
from pipeline.engines.arrival_lines import Piece, pieces_of_layer, pieces_of_reading
from pipeline.engines.arrival_shapes import sender_date, sender_number
from pipeline.engines.arrival_stamp import find_stamp, inked_lines, unread_stamp, without_stamp
from pipeline.engines.paper_lines import WHOLE, Line
from pipeline.engines.papers_image import as_pdf
from pipeline.engines.segments import Segment
from pipeline.engines.word_text import open_word
from pipeline.errors.base import VanthuError
from pipeline.errors.cell import OcrUnavailable
from pipeline.vietnamese import plausibility

#: Share of page 1 that is its head. The tail is the whole of the last page: a signature may stand high on it.
_HEAD_SHARE = 0.45
_FEW_WORDS = 12
_PLAUSIBLE = 0.55
_DPI = 200
#: A place that must be right is read again at these scales, each a reading of its own.
_AGAIN_DPI = (300, 400)
_ONE_LINE = 7
_MARGIN_MM = 2.0
_AGAIN_SECONDS = 6.0
#: Of a paragraph of a Word file; only their order counts, and which of them belong together.
_ROW_MM = 5.0
_FAR_ROWS = 4
_DOUBT = 0.4


def read(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.arrival``: ``{path, types, today, seconds, leave_out?}`` → what the paper says of itself.

    Never fails for the paper's sake: what cannot be read is not there.

    Returns:
        ``{facts, stamp, by, complete}``: *facts* name → ``{value, confidence, page, box_mm, words}``; *stamp* the ink
        stamp ĐẾN that was seen, or null; *by* ``lop-chu``, ``ocr``, ``word`` or empty where nothing could be read;
        *complete* is false where time ran out or there is no tesseract. Of a Word file *box_mm* is empty: where a
        paragraph will stand nobody knows before it is printed.
    """
    types = [(str(name), str(symbol)) for name, symbol in args["types"]]
    until = time.monotonic() + float(args.get("seconds", 20.0))
    told: dict[str, Any] = {"facts": {}, "stamp": None, "by": "", "complete": True}
    today = date.fromisoformat(str(args["today"]))
    try:
        if Path(args["path"]).suffix.lower() == ".docx":
            return told | _of_word(Path(args["path"]), types, today)
        # a doubtful line is read again from the page while it is judged: a picture's PDF must still be there
        with as_pdf(Path(args["path"]), args.get("leave_out", ())) as path:
            last = raster.page_count(path) - 1
            head = _sheet(path, 0, _HEAD_SHARE, until)
            if head is None:
                return told | {"complete": False}
            tail = _tail(path, last, head, until)
            return _judged(head, tail, types, today)
    except VanthuError:
        return told | {"complete": False}


def _of_word(path: Path, types: list[tuple[str, str]], today: date) -> dict[str, Any]:
    lines = open_word(path).lines()
    whole = Sheet(pieces=tuple(_pieces_of_word(lines)))
    found = read_sheets(whole, whole, types, today)
    subject = found.get("subject")
    if subject is not None and not _is_told_by_its_look(subject, lines):
        found["subject"] = replace(subject, confidence=min(subject.confidence, _DOUBT))
    facts = {name: asdict(one) | {"box_mm": ()} for name, one in found.items()}
    return {"facts": facts, "by": "word" if lines else ""}


def _pieces_of_word(lines: Sequence[Line]) -> Iterator[Piece]:
    """Its paragraphs one below the other; those that run from side to side belong together where all of them are bold."""
    top_mm, before = 0.0, Line(text="")
    for line in lines:
        is_bold = bool(line.look.bold and before.look.bold)
        top_mm += _ROW_MM if line.column != WHOLE or is_bold else _FAR_ROWS * _ROW_MM
        box = Segment(text="", left_mm=0.0, top_mm=top_mm, right_mm=1.0, bottom_mm=top_mm + _ROW_MM)
        yield Piece(text=" ".join(line.text.split()), box=box, page=0, column=line.column)
        before = line


def _is_told_by_its_look(subject: Proposal, lines: Sequence[Line]) -> bool:
    """Whether the trích yếu ends where its letters or its column end; else nobody knows which paragraphs are its."""
    first = next(
        (one for one in lines if subject.words.startswith(" ".join(one.text.split()))), None
    )
    return first is not None and (first.column != WHOLE or bool(first.look.bold))


def _judged(
    head: Sheet, tail: Sheet | None, types: list[tuple[str, str]], today: date
) -> dict[str, Any]:
    stamp = head.stamp
    if not head.is_guessed:
        stamp = find_stamp(head.pieces, is_guessed=False)
        head = replace(head, pieces=without_stamp(head.pieces, stamp))
    facts = read_sheets(head, tail or Sheet(pieces=()), types, today)
    return {
        "facts": {name: asdict(one) for name, one in facts.items()},
        "stamp": stamp,
        "by": "ocr" if head.is_guessed else "lop-chu",
        "complete": tail is not None,
    }


def _tail(path: Path, last: int, head: Sheet, until: float) -> Sheet | None:
    if last == 0 and not head.is_guessed:
        return head
    return _sheet(path, last, 1.0, until)


def _sheet(path: Path, page: int, share: float, until: float) -> Sheet | None:
    """A page by its text layer where that is one, else read by machine; None where it cannot be."""
    words = raster.page_words(path, page)
    width_mm = raster.page_size_pt(path, page)[0] * raster.MM_PER_PT
    if _is_readable(path, page, words):
        # A text layer costs nothing to read: the whole page, so that a short paper's tail is there as well.
        return Sheet(pieces=tuple(pieces_of_layer(words, page, width_mm)))
    try:
        picture = raster.gray(path, page, dpi=_DPI)
        pieces, turned = _guess(picture, page, share, until)
        stamp = find_stamp(pieces, is_guessed=True)
        if share == _HEAD_SHARE:
            pieces, stamp = _apart(path, turned, (pieces, stamp), until)
    except (OcrUnavailable, VanthuError):
        return None

    pictures: dict[int, Image.Image] = {}

    def again(box: Segment) -> Sequence[str]:
        return _again(_Page(path=path, index=page, turned=turned, pictures=pictures), box, until)

    return Sheet(pieces=tuple(pieces), is_guessed=True, stamp=stamp, again=again)


def _apart(
    path: Path, turned: int, seen: tuple[list[Piece], dict[str, Any] | None], until: float
) -> tuple[list[Piece], dict[str, Any] | None]:
    """The paper's own pieces on page 1 and the ink stamp on it, parted by colour where the two were not told apart.

    Coloured ink with a frame, or a word ĐẾN that stands in it alone, is a stamp that nobody could read: the clerk is asked.
    """
    pieces, stamp = seen
    if stamp is None or stamp["number"] is None:
        picture = raster.colour(path, 0, dpi=_DPI).rotate(turned, expand=True, fillcolor="white")
        inks = part_inks(picture.crop((0, 0, picture.width, int(picture.height * _HEAD_SHARE))))
        width_mm = picture.width / _DPI * 25.4
        ink = _read_again(inks.ink, width_mm, until) if inks else []
        found = find_stamp(ink, is_guessed=True, is_ink=True) or inked_lines(ink)
        if inks is not None and inks.frame_mm is not None:
            found = found or unread_stamp(inks.frame_mm, ink)
        if found is not None and inks is not None:
            # What was read with the print may say more: figures in black ink stand there alone.
            better = found if stamp is None or found["number"] is not None else stamp
            return _read_again(inks.rest, width_mm, until) or pieces, better
    return [*without_stamp(pieces, stamp)], stamp


def _read_again(strip: Image.Image, width_mm: float, until: float) -> list[Piece]:
    """What is read on one of the inks; nothing where no time is left for it."""
    try:
        return pieces_of_reading(
            ocr.read_picture(strip, dpi=_DPI, seconds=_left(until)), 0, width_mm
        )
    except OcrUnavailable:
        return []


def _is_readable(path: Path, page: int, words: Sequence[Segment]) -> bool:
    """Whether the text layer is what is printed: not the guess of a scanner laid under a picture, and no garbage."""
    if raster.is_picture(path, page):
        return False
    if len(words) < _FEW_WORDS and raster.has_pictures(path, page, top_share=1.0):
        return False
    return bool(words) and plausibility(" ".join(one.text for one in words)) >= _PLAUSIBLE


def _guess(picture: Image.Image, page: int, share: float, until: float) -> tuple[list[Piece], int]:
    """What is read on a picture, and by how many degrees it had to be turned for it."""
    turned = 0
    reading = _read(picture, share, until)
    if reading.confidence < 0.6 and (turn := ocr.turn_of(picture, seconds=_left(until))):
        turned = turn
        picture = picture.rotate(turn, expand=True, fillcolor=255)
        reading = _read(picture, share, until)
    width_mm = picture.width / _DPI * 25.4
    return pieces_of_reading(reading, page, width_mm), turned


def _read(picture: Image.Image, share: float, until: float) -> ocr.Reading:
    strip = picture.crop((0, 0, picture.width, int(picture.height * share)))
    return ocr.read_picture(strip, dpi=_DPI, seconds=_left(until))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page that is read again, place by place."""

    path: Path
    index: int
    turned: int
    #: By scale, as far as it was drawn.
    pictures: dict[int, Image.Image]

    def at(self, dpi: int) -> Image.Image:
        """The page, upright, drawn once for each scale."""
        if dpi not in self.pictures:
            picture = raster.gray(self.path, self.index, dpi=dpi)
            if self.turned:
                picture = picture.rotate(self.turned, expand=True, fillcolor=255)
            self.pictures[dpi] = picture
        return self.pictures[dpi]


def _again(page: _Page, box: Segment, until: float) -> list[str]:
    """One place read anew at larger scales; fewer texts where time runs out, none of figures that other ink crosses."""
    texts = []
    for dpi in _AGAIN_DPI:
        try:
            place = _cut(page.at(dpi), box, dpi / 25.4)
            seconds = min(_AGAIN_SECONDS, _left(until))
            reading = ocr.read_picture(place, dpi=dpi, seconds=seconds, mode=_ONE_LINE)
        except (OcrUnavailable, VanthuError):
            return []
        text = " ".join(reading.text.split())
        is_clear = not _is_of_figures(text) or figures_stand_alone(place, reading, dpi=dpi)
        texts.append(text if is_clear else "")
    return texts


def _is_of_figures(text: str) -> bool:
    """Whether it is a line whose figures nobody can guess from their neighbours: a number or a date."""
    return sender_number(text) is not None or sender_date(text)[0] is not None


def _cut(picture: Image.Image, box: Segment, scale: float) -> Image.Image:
    return picture.crop(
        (
            max(0, int((box.left_mm - _MARGIN_MM) * scale)),
            max(0, int((box.top_mm - _MARGIN_MM) * scale)),
            min(picture.width, int((box.right_mm + _MARGIN_MM) * scale)),
            min(picture.height, int((box.bottom_mm + _MARGIN_MM) * scale)),
        )
    )


def _left(until: float) -> float:
    """Seconds that are left; at least a moment, which tesseract then does not manage."""
    return max(0.05, until - time.monotonic())
