"""PDFs from outside: what is in them, and marks drawn on copies of them. Only pdf*.py know pypdf.

A path in → facts, or a new PDF at another path. The source is never written to.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import WrongPasswordError
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    PdfObject,
    RectangleObject,
)

from pipeline.engines.pdf_active import as_dictionary, find_active, strip_active
from pipeline.engines.pdf_clone import LEAST_VERSION, cloned, save, without_orphans
from pipeline.errors.base import VanthuError
from pipeline.errors.papers import MarkInvalid, PaperEmpty, PaperLocked, PaperUnreadable

PT_PER_MM = 72 / 25.4
A4_MM = (210.0, 297.0)
#: What viewers take where a page's boxes enclose nothing: US Letter.
_NO_BOX = (0.0, 0.0, 612.0, 792.0)
_T = TypeVar("_T")
#: Readers of the blocks of :func:`kept_open` that we are in, the innermost last.
_KEPT: list[dict[Path, PdfReader]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What pypdf sees of a paper."""

    pages: int
    #: Names of what could act by itself: JavaScript, Launch, EmbeddedFiles …
    active: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """How a page is seen: its visible box in its own units, turned by quarter turns, times a unit."""

    left: float
    bottom: float
    right: float
    top: float
    quarter_turns: int
    user_unit: float

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height as seen."""
        across = (self.right - self.left) * self.user_unit / PT_PER_MM
        up = (self.top - self.bottom) * self.user_unit / PT_PER_MM
        return (up, across) if self.quarter_turns % 2 else (across, up)

    def at(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """The page's own coordinates of a place given from the top-left corner as seen."""
        x, y = (mm * PT_PER_MM / self.user_unit for mm in (x_mm, y_mm))
        return (
            (self.left + x, self.top - y),
            (self.left + y, self.bottom + x),
            (self.right - x, self.bottom + y),
            (self.right - y, self.top - x),
        )[self.quarter_turns]

    def upright(
        self, x_mm: float, y_mm: float, *, height_mm: float, scale: float
    ) -> Transformation:
        """Puts a drawing *height_mm* high (scaled), its lower left at 0,0, upright at that corner."""
        x, y = self.at(x_mm, y_mm + height_mm)
        size = scale / self.user_unit
        # visible "right" and "up" in the page's own axes, after each quarter turn clockwise
        right = ((1, 0), (0, 1), (-1, 0), (0, -1))[self.quarter_turns]
        up = ((0, 1), (-1, 0), (0, -1), (1, 0))[self.quarter_turns]
        return Transformation((right[0] * size, right[1] * size, up[0] * size, up[1] * size, x, y))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """A drawing and where it goes on a page as seen."""

    drawing: Path
    page_index: int
    #: Which page of the drawing.
    drawing_page: int = 0
    x_mm: float
    y_mm: float
    scale: float = 1.0
    #: Drawn before the page's own content, which then cannot disturb it.
    beneath: bool = False
    #: Length and thickness of a solid rule drawn above, from this x; none when 0 long.
    rule_from_mm: float = 0.0
    rule_mm: float = 0.0


@contextmanager
def kept_open() -> Iterator[None]:
    """Within the block a file is opened once, however often it is looked at before it is written anew.

    Nothing may change the files meanwhile; what is only looked at is never changed by us.
    """
    _KEPT.append({})
    try:
        yield
    finally:
        _KEPT.pop()


def count_pages(path: Path) -> int:
    """How many pages pypdf sees.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131), PaperEmpty (R133).
    """
    reader = _open(path)
    pages = _guarded(lambda: len(reader.pages), path)
    if pages == 0:
        raise PaperEmpty(f"no pages path={path.name!r}")
    return pages


def inspect(path: Path) -> Inspection:
    """Open with pypdf and look through the document.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131), PaperEmpty (R133).
    """
    pages = count_pages(path)
    reader = _open(path)
    active = _guarded(lambda: tuple(find_active(reader)), path)
    return Inspection(pages=pages, active=active)


def is_signed(path: Path) -> bool:
    """Whether any signature covers bytes of the file: their ranges always stand in the clear."""
    return _holds(path, b"/ByteRange")


def is_encrypted(path: Path) -> bool:
    """Whether the file says that it is encrypted; with an empty password it may be open to all."""
    return _holds(path, b"/Encrypt")


def _holds(path: Path, word: bytes) -> bool:
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(word) >= 0


def page_frame(path: Path, page_index: int = 0) -> Frame:
    """How that page is seen."""
    reader = _open(path)
    return _guarded(lambda: _frame(reader.pages[page_index]), path)


def drawing_size_mm(path: Path, page_index: int = 0) -> tuple[float, float]:
    """Width and height of a mark drawn by us."""
    return _mark_frame(path, page_index).size_mm


def place(source: Path, out: Path, *, placings: tuple[Placing, ...]) -> tuple[str, ...]:
    """Write a copy of *source* with drawings on its pages and nothing that acts by itself.

    Signature fields become plain pictures: a rewritten paper is no longer signed.

    Returns:
        Names of what was left out.
    """
    reader = _open(source)

    def write() -> tuple[str, ...]:
        writer = cloned(reader)
        removed = strip_active(writer)
        forms = _Forms(writer=writer)
        for placing in placings:
            _draw(writer.pages[placing.page_index], placing, forms)
        writer = without_orphans(writer) if removed else writer
        save(writer, out, version=reader.pdf_header)
        return tuple(removed)

    return _guarded(write, source)


def add_pages(source: Path | None, out: Path, *, placings: tuple[Placing, ...]) -> tuple[str, ...]:
    """Write a copy of *source* with as many more A4 pages as *placings* ask for, and draw them there.

    A page index beyond the last page is a new page at the end, -1 one before the first.
    Without *source* the new pages are all there is.
    """
    reader = _open(source) if source else None

    def write() -> tuple[str, ...]:
        writer = cloned(reader) if reader else PdfWriter()
        removed = strip_active(writer)
        width, height = (side * PT_PER_MM for side in A4_MM)
        if any(placing.page_index < 0 for placing in placings):
            writer.insert_blank_page(width, height, index=0)
        while len(writer.pages) <= max(placing.page_index for placing in placings):
            writer.insert_blank_page(width, height, index=len(writer.pages))
        # what insert_blank_page returns is not the page that is written
        forms = _Forms(writer=writer)
        for placing in placings:
            _draw(writer.pages[max(0, placing.page_index)], placing, forms)
        writer = without_orphans(writer) if removed else writer
        save(writer, out, version=reader.pdf_header if reader else LEAST_VERSION)
        return tuple(removed)

    return _guarded(write, source or out)


def _open(path: Path) -> PdfReader:
    if not _KEPT:
        return _read(path)
    kept = _KEPT[-1]
    if path not in kept:
        kept[path] = _read(path)
    return kept[path]


def _read(path: Path) -> PdfReader:
    def opened() -> PdfReader:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PaperLocked(f"pypdf: needs a password path={path.name!r}")
        return reader

    return _guarded(opened, path)


def _guarded(work: Callable[[], _T], path: Path) -> _T:
    """Whatever escapes pypdf on a stranger's file becomes our word for it.

    KeyError, AttributeError, TypeError and AssertionError do escape beside its own (pitfalls.md).
    """
    try:
        return work()
    except VanthuError:
        raise
    except (WrongPasswordError, NotImplementedError) as error:
        # public-key encryption and unknown handlers end here
        raise PaperLocked(f"pypdf: {error} path={path.name!r}") from error
    except Exception as error:
        # a MemoryError too: it was the file's doing, and by now the memory is free again
        message = f"pypdf: {type(error).__name__}: {error} path={path.name!r}"
        raise PaperUnreadable(message) from error


def _frame(page: PageObject) -> Frame:
    media = _box(page.mediabox)
    crop = _box(page.cropbox)
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right - left <= 0 or top - bottom <= 0:
        left, bottom, right, top = media
    if right - left <= 0 or top - bottom <= 0:
        left, bottom, right, top = _NO_BOX
    return Frame(
        left=left,
        bottom=bottom,
        right=right,
        top=top,
        quarter_turns=int(page.get("/Rotate", 0) or 0) // 90 % 4,
        user_unit=float(page.user_unit) or 1.0,
    )


def _box(box: RectangleObject) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(value) for value in box)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _mark_frame(path: Path, page_index: int = 0) -> Frame:
    try:
        return page_frame(path, page_index)
    except VanthuError as error:
        raise MarkInvalid(f"cannot use the drawing {path.name!r}: {error.detail}") from error


@dataclass(slots=True, kw_only=True)
class _Forms:
    """Drawings that were brought into a paper: each page of one once, and what its pages share once for all."""

    writer: PdfWriter
    _readers: dict[Path, PdfReader] = field(default_factory=dict)
    _known: dict[tuple[Path, int], tuple[IndirectObject, Frame, str]] = field(default_factory=dict)

    def of(self, placing: Placing) -> tuple[IndirectObject, Frame, str]:
        """The form, how it is seen, and its name."""
        key = placing.drawing, placing.drawing_page
        if key not in self._known:
            frame = _mark_frame(*key)
            if placing.drawing not in self._readers:
                self._readers[placing.drawing] = _open(placing.drawing)
            page = self._readers[placing.drawing].pages[placing.drawing_page]
            name = f"/VanThu{len(self._known)}"
            self._known[key] = (_form(self.writer, page, frame), frame, name)
        return self._known[key]


def _draw(page: PageObject, placing: Placing, forms: _Forms) -> None:
    frame = _frame(page)
    form, mark, called = forms.of(placing)
    name = NameObject(called)
    height_mm = mark.size_mm[1] * placing.scale
    matrix = frame.upright(placing.x_mm, placing.y_mm, height_mm=height_mm, scale=placing.scale)
    numbers = " ".join(f"{value:.5f}" for value in matrix.ctm)
    # a page's resources may be its neighbours' too: it gets a list of its own
    resources = DictionaryObject(as_dictionary(page.get("/Resources")))
    xobjects = DictionaryObject(as_dictionary(resources.get("/XObject")))
    while name in xobjects and xobjects.raw_get(name) != form:
        name = NameObject(f"{name}a")  # a drawing of another office of ours, who named it so
    xobjects[name] = form
    rule = _rule(frame, placing) if placing.rule_mm else ""
    commands = f"q {numbers} cm {name} Do Q\n{rule}"
    resources[NameObject("/XObject")] = xobjects
    page[NameObject("/Resources")] = resources
    _add_content(forms.writer, page, commands, beneath=placing.beneath)


def _rule(frame: Frame, placing: Placing) -> str:
    """A solid rule 2 mm above the drawing."""
    y_mm = placing.y_mm - 2.0
    x1, y1 = frame.at(placing.rule_from_mm, y_mm)
    x2, y2 = frame.at(placing.rule_from_mm + placing.rule_mm, y_mm)
    width = 0.75 / frame.user_unit
    return f"q 0 G {width:.3f} w [] 0 d {x1:.3f} {y1:.3f} m {x2:.3f} {y2:.3f} l S Q\n"


def _form(writer: PdfWriter, page: PageObject, mark: Frame) -> IndirectObject:
    """A page of a drawing as one shared Form XObject whose lower left is 0,0."""
    content = page.get_contents()
    form = DecodedStreamObject()
    form.set_data(content.get_data() if content is not None else b"")
    sides = (mark.left, mark.bottom, mark.right, mark.top)
    shift = (1, 0, 0, 1, -mark.left, -mark.bottom)
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(FloatObject(side) for side in sides),
            NameObject("/Matrix"): ArrayObject(FloatObject(value) for value in shift),
            NameObject("/Resources"): as_dictionary(page.get("/Resources")).clone(writer),
        }
    )
    return _keep(writer, form.flate_encode())


def _keep(writer: PdfWriter, thing: PdfObject) -> IndirectObject:
    # the one way in pypdf to add an object that is no page
    kept = writer._add_object(thing)  # noqa: SLF001
    return kept if isinstance(kept, IndirectObject) else kept.indirect_reference


def _add_content(writer: PdfWriter, page: PageObject, commands: str, *, beneath: bool) -> None:
    """Put *commands* around the page's own streams, which stay as they are; a path they never drew ends undrawn."""
    raw = page.get("/Contents")
    found = raw.get_object() if raw is not None else None
    own = [] if found is None else [page.raw_get("/Contents")]
    if isinstance(found, ArrayObject):
        own = list(found)
    if beneath:
        streams = [_stream(writer, commands), *own]
    else:
        streams = [_stream(writer, "q\n"), *own, _stream(writer, f"\nn Q\n{commands}")]
    page[NameObject("/Contents")] = ArrayObject(streams)


def _stream(writer: PdfWriter, commands: str) -> IndirectObject:
    stream = DecodedStreamObject()
    stream.set_data(commands.encode("ascii"))
    return _keep(writer, stream)
