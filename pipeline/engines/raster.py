"""Pages as pictures and as text with places, by PDFium. The only module that knows pypdfium2."""

from __future__ import annotations

import ctypes
import mmap
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from pipeline.engines.ink import Ink
from pipeline.engines.segments import Segment
from pipeline.errors.papers import PaperLocked, PaperNotShown, PaperUnreadable

MM_PER_PT = 25.4 / 72
#: Side of a cell of the ink map, and pixels across it.
_CELL_MM = 2.0
_PIXELS_PER_CELL = 4
_MAX_CELLS = 400
#: The smallest picture that could be a mark of secrecy, width and height.
_MARK_MM = (8.0, 3.0)
_MAX_PIXELS = 40_000_000
#: How many drawn things of a page are asked, and how many corners a letter has at least.
_MOST_DRAWN, _LETTER_CORNERS = 3000, 10
#: A picture that covers so much of its page is the page.
_SCAN_SHARE = 0.7
#: Darker than the paper by this much is ink; paler shows through from the other side.
_INK_STEP = 40
_MAX_PLACED_CHARS = 20_000
#: Notes that show nothing of their own on the page.
_SILENT_NOTES = frozenset((raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP))
_LOCKED = frozenset((raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY))


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The file as PDFium's document; for ``raster*`` alone.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131).
    """
    try:
        # A file in memory has no name that could be followed: its bytes are handed over.
        source = path.read_bytes() if path.is_relative_to(_OPEN_FILES) else str(path)
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        # PDFium may still tell the error of the file before
        if error.err_code in _LOCKED and _is_encrypted(path):
            raise PaperLocked(f"pdfium: locked path={path.name!r}") from error
        raise PaperUnreadable(f"pdfium: {error} path={path.name!r}") from error
    try:
        # forms are drawn too: what is filled in is ink. An XFA form or a broken one is left undrawn
        with suppress(pypdfium2.PdfiumError):
            document.init_forms()
        yield document
    finally:
        document.close()


def _is_encrypted(path: Path) -> bool:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b"/Encrypt") >= 0


def _page(document: Any, page_index: int) -> Any:
    try:
        return document[page_index]
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise PaperNotShown(f"pdfium: no page {page_index}: {error}") from error


def page_count(path: Path) -> int:
    """How many pages PDFium sees."""
    with opened(path) as document:
        return len(document)


def page_size_pt(path: Path, page_index: int = 0) -> tuple[float, float]:
    """Width and height of the visible page as shown, in its own units (UserUnit not applied)."""
    with opened(path) as document:
        width, height = _page(document, page_index).get_size()
        return float(width), float(height)


def text(path: Path, *, max_pages: int = 2000, max_chars: int = 2_000_000) -> str:
    """The text layer of all pages, a form feed between them."""
    return "\f".join(page_texts(path, max_pages=max_pages, max_chars=max_chars))


def rewrite(path: Path, out: Path) -> None:
    """Write the file as PDFium understood it."""
    with opened(path) as document:
        try:
            document.save(str(out))
        except pypdfium2.PdfiumError as error:
            raise PaperUnreadable(f"pdfium: {error} path={path.name!r}") from error


def page_texts(
    path: Path, *, max_pages: int = 2000, max_chars: int = 2_000_000, seconds: float = 60.0
) -> list[str]:
    """The text layer page by page, until a limit is reached."""
    until = time.monotonic() + seconds
    texts: list[str] = []
    left = max_chars
    with opened(path) as document:
        for page_index in range(min(len(document), max_pages)):
            if left <= 0 or time.monotonic() > until:
                break
            texts.append(_page_text(document, page_index, left))
            left -= len(texts[-1])
    return texts


def _page_text(document: Any, page_index: int, limit: int) -> str:
    try:
        page = document[page_index]
        found = str(page.get_textpage().get_text_range(0, -1))
    except pypdfium2.PdfiumError:
        return ""
    # pdfium marks a hyphen at a line's end as U+FFFE
    return found[:limit].replace("\r\n", "\n").replace("\ufffe", "-").replace("\x00", "")


def page_words(path: Path, page_index: int = 0) -> list[Segment]:
    """The words of a page's text layer where they stand on the page as seen."""
    with opened(path) as document:
        page = _page(document, page_index)
        try:
            textpage = page.get_textpage()
        except pypdfium2.PdfiumError:
            return []
        return _words(textpage, _to_visible_mm(page))


def page_letters(path: Path, page_index: int = 0) -> list[list[Segment]]:
    """The words of a page's text layer, each as its letters where they stand on the page as seen."""
    with opened(path) as document:
        page = _page(document, page_index)
        try:
            textpage = page.get_textpage()
        except pypdfium2.PdfiumError:
            return []
        visible = _to_visible_mm(page)
        return [
            [_word(letter, [box], visible) for letter, box in word] for word in _spelt(textpage)
        ]


def line_top_mm(path: Path, page_index: int, words: str) -> float | None:
    """How far from the top of the page as seen the text layer has these words first; None where it has not."""
    with opened(path) as document:
        page = _page(document, page_index)
        try:
            textpage = page.get_textpage()
            found = textpage.search(words, match_case=True).get_next()
        except pypdfium2.PdfiumError:
            return None
        if found is None:
            return None
        box = raw.FS_RECTF()
        if not raw.FPDFText_GetLooseCharBox(textpage.raw, found[0], box):
            return None
        visible = _to_visible_mm(page)
        return min(visible(box.left, box.top)[1], visible(box.right, box.bottom)[1])


def has_pictures(path: Path, page_index: int, *, top_share: float) -> bool:
    """Whether the page's head shows what no text layer tells: pictures, or notes pinned on it.

    A mark may be a picture of a stamp on a paper made by a machine.
    """
    with opened(path) as document:
        page = _page(document, page_index)
        visible = _to_visible_mm(page)
        head_mm = page.get_height() * MM_PER_PT * top_share
        if _has_notes(page):
            return True
        images = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        for _, image in zip(range(50), images, strict=False):
            with suppress(pypdfium2.PdfiumError):
                left, bottom, right, top = image.get_bounds()
                (x1, y1), (x2, y2) = visible(left, bottom), visible(right, top)
                # what lies in a form of its own tells no place on the page
                if image.level or (
                    min(y1, y2) < head_mm
                    and abs(x2 - x1) > _MARK_MM[0]
                    and abs(y2 - y1) > _MARK_MM[1]
                ):
                    return True
        return False


def has_drawn_letters(path: Path, page_index: int, *, top_share: float) -> bool:
    """Whether the page's head shows letters that were drawn as lines: a stamp may be laid on a page so."""
    with opened(path) as document:
        page = _page(document, page_index)
        visible = _to_visible_mm(page)
        head_mm = page.get_height() * MM_PER_PT * top_share
        drawn = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)
        for _, path_object in zip(range(_MOST_DRAWN), drawn, strict=False):
            # rules and frames have fewer corners than an M
            if raw.FPDFPath_CountSegments(path_object.raw) < _LETTER_CORNERS:
                continue
            with suppress(pypdfium2.PdfiumError):
                left, bottom, right, top = path_object.get_bounds()
                (_, y1), (_, y2) = visible(left, bottom), visible(right, top)
                # what lies in a form of its own tells no place on the page
                if path_object.level or min(y1, y2) < head_mm:
                    return True
        return False


def is_picture(path: Path, page_index: int) -> bool:
    """Whether one picture covers the page: a scan, whatever text a scanner has laid under it."""
    with opened(path) as document:
        page = _page(document, page_index)
        visible = _to_visible_mm(page)
        whole_mm2 = page.get_width() * page.get_height() * MM_PER_PT**2
        images = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        for _, image in zip(range(50), images, strict=False):
            with suppress(pypdfium2.PdfiumError):
                left, bottom, right, top = image.get_bounds()
                (x1, y1), (x2, y2) = visible(left, bottom), visible(right, top)
                if abs(x2 - x1) * abs(y2 - y1) > _SCAN_SHARE * whole_mm2:
                    return True
        return False


def _has_notes(page: Any) -> bool:
    for index in range(min(50, raw.FPDFPage_GetAnnotCount(page.raw))):
        note = raw.FPDFPage_GetAnnot(page.raw, index)
        kind = raw.FPDFAnnot_GetSubtype(note)
        raw.FPDFPage_CloseAnnot(note)
        if kind not in _SILENT_NOTES:
            return True
    return False


def gray(path: Path, page_index: int = 0, *, dpi: float, top_share: float = 1.0) -> Image.Image:
    """A page as seen, or its top part, in shades of grey."""
    with opened(path) as document:
        page = _page(document, page_index)
        return _render(page, dpi / 72, top_share=top_share).convert("L")


def colour(path: Path, page_index: int = 0, *, dpi: float, with_text: bool = True) -> Image.Image:
    """A page as seen, in its colours; or what is left of it where its text is not drawn."""
    with opened(path) as document:
        page = _page(document, page_index)
        if not with_text:
            for text_object in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=5):
                raw.FPDFPageObj_SetIsActive(text_object.raw, False)
        return _render(page, dpi / 72).convert("RGB")


def write_png(path: Path, page_index: int, out: Path, *, dpi: float) -> tuple[int, int]:
    """Write a page as seen as PNG; width and height in pixels."""
    with opened(path) as document:
        picture = _render(_page(document, page_index), dpi / 72)
    picture.save(out, "PNG", optimize=False, compress_level=3)
    return picture.size


def ink_map(path: Path, page_index: int = 0, *, user_unit: float = 1.0) -> Ink:
    """What is printed on the page as seen, in cells of 2 mm (coarser on very large paper)."""
    with opened(path) as document:
        page = _page(document, page_index)
        width_mm, height_mm = (side * user_unit * MM_PER_PT for side in page.get_size())
        cell_mm = max(_CELL_MM, max(width_mm, height_mm) / _MAX_CELLS)
        columns, rows = (max(1, round(side / cell_mm)) for side in (width_mm, height_mm))
        picture = _render(page, columns * _PIXELS_PER_CELL / max(1e-6, page.get_width()))
    cells = _inked(picture.convert("L"), columns, rows)
    return Ink(columns=columns, rows=rows, width_mm=width_mm, height_mm=height_mm, cells=cells)


def _inked(picture: Image.Image, columns: int, rows: int) -> bytes:
    paper = _paper_shade(picture)
    below = max(1, paper - _INK_STEP)
    dots = picture.point([255 if shade < below else 0 for shade in range(256)])
    coarse = dots.resize((columns, rows), Image.Resampling.BOX)
    # one dot of the sixteen is a speck of dust on a scan; fine print has more
    return coarse.point([1 if shade >= 24 else 0 for shade in range(256)]).tobytes()


def _paper_shade(picture: Image.Image) -> int:
    """The most frequent shade of the lighter half: white, or the yellow of an old sheet."""
    counts = picture.histogram()
    lighter = max(range(128, 256), key=lambda shade: counts[shade])
    # a page dark all over has no paper to stamp on
    return lighter if counts[lighter] else 255


def _render(page: Any, scale: float, *, top_share: float = 1.0) -> Image.Image:
    width, height = page.get_size()
    most = (_MAX_PIXELS / max(1.0, width * height * top_share)) ** 0.5
    scale = min(scale, most)
    if width * scale < 1 or height * scale < 1:
        raise PaperNotShown(f"page of {width:.2f} x {height:.2f} pt cannot be drawn")
    try:
        cut = (0, (1 - top_share) * height, 0, 0)
        picture: Image.Image = page.render(scale=scale, crop=cut).to_pil()
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise PaperNotShown(f"pdfium: cannot draw the page: {error}") from error
    return picture


_OPEN_FILES = "/proc/self/fd"
_Box = tuple[float, float, float, float]


class _Affine:
    """Page coordinates → millimetres on the page as seen."""

    def __init__(self, at: list[tuple[float, float]]) -> None:
        (self._x0, self._y0), (x1, y1), (x2, y2) = at
        self._dx = ((x1 - self._x0) / 100, (y1 - self._y0) / 100)
        self._dy = ((x2 - self._x0) / 100, (y2 - self._y0) / 100)

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._x0 + x * self._dx[0] + y * self._dy[0],
            self._y0 + x * self._dx[1] + y * self._dy[1],
        )


def _to_visible_mm(page: Any) -> _Affine:
    width, height = page.get_size()
    fine = 1000
    at: list[tuple[float, float]] = []
    for x, y in ((0.0, 0.0), (100.0, 0.0), (0.0, 100.0)):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(
            page.raw, 0, 0, round(width * fine), round(height * fine), 0, x, y, across, down
        )
        at.append((across.value / fine * MM_PER_PT, down.value / fine * MM_PER_PT))
    return _Affine(at)


def _words(textpage: Any, visible: _Affine) -> list[Segment]:
    return [
        _word("".join(letter for letter, _ in word), [box for _, box in word], visible)
        for word in _spelt(textpage)
    ]


def _spelt(textpage: Any) -> list[list[tuple[str, _Box]]]:
    """The words of a text layer, letter by letter with its box."""
    words: list[list[tuple[str, _Box]]] = []
    word: list[tuple[str, _Box]] = []
    box = raw.FS_RECTF()
    for index in range(min(textpage.count_chars(), _MAX_PLACED_CHARS)):
        letter = chr(raw.FPDFText_GetUnicode(textpage.raw, index) or 0x20)
        is_placed = raw.FPDFText_GetLooseCharBox(textpage.raw, index, box)
        here = (box.left, box.bottom, box.right, box.top)
        ends = letter.isspace() or not is_placed or _jumps([one for _, one in word[-1:]], here)
        if ends and word:
            words.append(word)
            word = []
        if not letter.isspace() and is_placed:
            word.append((letter, here))
    if word:
        words.append(word)
    return words


def _jumps(boxes: list[_Box], here: _Box) -> bool:
    if not boxes:
        return False
    last = boxes[-1]
    height = max(1.0, last[3] - last[1])
    return abs(here[1] - last[1]) > height / 2 or not -height < here[0] - last[2] < height


def _word(letters: str, boxes: list[_Box], visible: _Affine) -> Segment:
    corners = [visible(box[0], box[1]) for box in boxes] + [
        visible(box[2], box[3]) for box in boxes
    ]
    across, down = zip(*corners, strict=True)
    return Segment(
        text=letters,
        left_mm=min(across),
        top_mm=min(down),
        right_mm=max(across),
        bottom_mm=max(down),
    )
