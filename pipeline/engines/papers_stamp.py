"""The mark ĐẾN on a copy of a paper: on free paper of page 1, else on a cover slip before it.

The paper itself is never written to. Path in → a new PDF and where the mark stands.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image, ImageChops, ImageDraw

from pipeline.engines import ink, join, pdf, raster
from pipeline.engines.ink import Ink, Spot
from pipeline.engines.ink_noise import without_noise, without_specks
from pipeline.engines.papers_image import as_pdf
from pipeline.engines.papers_mend import ways
from pipeline.engines.time_box import TookTooLong, time_box
from pipeline.errors.base import VanthuError
from pipeline.errors.papers import MarkInvalid, PaperUnreadable
from pipeline.kinds.mark import MarkRules, mark_rules

#: Said as the place when the mark stands on a page of its own.
COVER_SLIP = "to-lot"
_SECONDS = 8.0
_LARGE_BYTES = 20 << 20
CHECK_DPI = 40
#: Shares of pixels: so many may differ outside the mark, so many must inside.
_CHANGED_OUTSIDE = 0.004
_CHANGED_INSIDE = 0.004
_STEP = 48
#: PDFium and pypdf must see the same page: sides may differ by this share.
_SIZE_SHARE = 0.01
#: The line beside which a paper is signed; the authority to sign stands a little higher.
_RECIPIENTS, _ABOVE_LINE_MM = "Nơi nhận", 4.0
_SLIP_CORNER_MM = (30.0, 20.0)
_T = TypeVar("_T")


class Refused(Exception):
    """The mark cannot stand on this paper's page 1; the text says why, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stamped:
    spot: Spot
    #: ``full``: the whole paper with the mark; ``slip``: only the slip, the paper could not be copied.
    what: str
    removed: tuple[str, ...]
    near_edge_mm: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    drawing: Path
    width_mm: float
    height_mm: float
    rules: MarkRules


def stamp(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.stamp``: ``{path?, mark, out, rules}`` writes the rendition with the mark.

    *rules* are those of :func:`pipeline.kinds.mark.mark_rules`, as the kind tells them. Without *path* (what was received is no PDF and cannot be made one) the rendition is the slip alone.

    Returns:
        ``{placed, scale, x_mm, y_mm, near_edge_mm, what, pages, why, removed, signature_dropped}``: *placed*
        names the place or is ``to-lot``; *near_edge_mm* is 0, or how near to the page's edge the mark
        stands where they could not be kept; *what* is ``full`` or ``slip`` (only the slip, which then belongs
        with the untouched original); *removed* names what was left out of the rendition.
    """
    drawing, out = Path(args["mark"]), Path(args["out"])
    width_mm, height_mm = pdf.drawing_size_mm(drawing)
    rules = mark_rules(args["rules"])
    mark = _Mark(drawing=drawing, width_mm=width_mm, height_mm=height_mm, rules=rules)
    if "path" not in args:
        done = _cover_slip([], out, mark)
        return _told(done, out, why="no pdf", signature_dropped=False)
    with as_pdf(Path(args["path"])) as source:
        return _stamp(source, mark, out)


def _stamp(source: Path, mark: _Mark, out: Path) -> dict[str, Any]:
    why = ""
    with tempfile.TemporaryDirectory() as folder:
        readable = [source]
        try:
            done = _stamp_page(readable, out, Path(folder), mark)
        except Refused as error:
            why = str(error)
            done = _cover_slip(readable, out, mark)
    is_signed = done.what == "full" and pdf.is_signed(source)
    return _told(done, out, why=why, signature_dropped=is_signed)


def _told(done: _Stamped, out: Path, *, why: str, signature_dropped: bool) -> dict[str, Any]:
    return {
        "placed": done.spot.zone,
        "scale": done.spot.scale,
        "x_mm": round(done.spot.x_mm, 2),
        "y_mm": round(done.spot.y_mm, 2),
        "near_edge_mm": done.near_edge_mm,
        "what": done.what,
        "pages": raster.page_count(out),
        "why": why,
        "removed": list(done.removed),
        "signature_dropped": signature_dropped,
    }


def rehearse(path: Path, folder: Path, rules: MarkRules) -> Spot:
    """Stamp a copy in *folder* with a plain box of that size; of a large paper, page 1 only.

    Raises:
        Refused: it would get a cover slip.
    """
    width_mm, height_mm = rules.width_mm, rules.height_mm
    mark = _Mark(drawing=folder / "box.pdf", width_mm=width_mm, height_mm=height_mm, rules=rules)
    _draw_box(mark.drawing, width_mm, height_mm)
    if path.stat().st_size > _LARGE_BYTES:
        first = folder / "first.pdf"
        try:
            join.first_page(path, first)
        except VanthuError as error:
            raise Refused(error.detail) from error
        path = first
    return _stamp_page([path], folder / "rehearsal.pdf", folder, mark).spot


def _stamp_page(readable: list[Path], out: Path, folder: Path, mark: _Mark) -> _Stamped:
    """The mark on page 1. A paper pypdf cannot copy is rewritten first; *readable* learns of it."""
    said = []
    for path in ways(readable[0], folder):
        if path != readable[0]:
            readable.append(path)
        try:
            with pdf.kept_open():
                return _try_stamp(path, out, mark)
        except MarkInvalid:
            raise
        except VanthuError as error:
            said.append(error.detail)
    raise Refused("; ".join(said))


def _try_stamp(source: Path, out: Path, mark: _Mark) -> _Stamped:
    frame = _boxed(lambda: pdf.page_frame(source))
    page = raster.ink_map(source, user_unit=frame.user_unit)
    for ours, seen in zip(frame.size_mm, (page.width_mm, page.height_mm), strict=True):
        if abs(ours - seen) > _SIZE_SHARE * max(ours, seen) + 0.5:
            raise Refused(f"engines see different pages: {frame.size_mm} mm and {seen:.1f} mm")
    size_mm = mark.width_mm, mark.height_mm
    spot = _spot(_without_signed(page, source, mark.rules), size_mm, mark.rules)
    if spot is None:
        raise Refused("no room on page 1")
    edge_mm = round(_edge_mm(spot, size_mm, (page.width_mm, page.height_mm)), 1)
    before = raster.gray(source, dpi=CHECK_DPI * frame.user_unit)
    for beneath in (False, True):
        placing = pdf.Placing(
            drawing=mark.drawing,
            page_index=0,
            x_mm=spot.x_mm,
            y_mm=spot.y_mm,
            scale=spot.scale,
            beneath=beneath,
        )
        removed = _boxed(lambda here=placing: pdf.place(source, out, placings=(here,)))  # type: ignore[misc]
        after = raster.gray(out, dpi=CHECK_DPI * frame.user_unit)
        if is_as_wanted(before, after, spot, size_mm):
            near_mm = edge_mm if edge_mm < mark.rules.edge_mm else 0.0
            return _Stamped(spot=spot, what="full", removed=removed, near_edge_mm=near_mm)
    raise Refused("the stamped page does not look as it should")


def _spot(page: Ink, size_mm: tuple[float, float], rules: MarkRules) -> Spot | None:
    """The best place; where dust takes that, the best one besides dust."""
    width_mm, height_mm = size_mm
    spot = ink.find_spot(page, width_mm=width_mm, height_mm=height_mm, rules=rules)
    best = {zone.name for zone in rules.rounds()[0]}
    if spot is not None and spot.zone in best and spot.scale == rules.scales[0]:
        return spot
    clean = without_specks(page)
    return ink.find_spot(clean, width_mm=width_mm, height_mm=height_mm, rules=rules)


def _without_signed(page: Ink, source: Path, rules: MarkRules) -> Ink:
    """The map of page 1 with the place taken where the paper is signed.

    That is the place the *rules* tell of a paper of one page; where it is short, from the line «Nơi nhận» on, or
    from so far above its last line where no such line can be read. On a longer paper it is the place beside
    a line «Nơi nhận» of page 1 (what follows are annexes).
    """
    area = rules.signed_at
    if area is None:
        return page
    begin_mm = raster.line_top_mm(source, 0, _RECIPIENTS)
    if begin_mm is not None:
        begin_mm -= _ABOVE_LINE_MM
    elif raster.page_count(source) > 1:
        return page
    elif (last_mm := ink.last_line_mm(without_noise(page))) is not None:
        begin_mm = last_mm - rules.signed_mm
    if begin_mm is None:
        return ink.keep_free(page, area)
    top = max(0.0, begin_mm / page.height_mm)
    return ink.keep_free(page, replace(area, top=min(area.top, top)))


def _edge_mm(spot: Spot, size_mm: tuple[float, float], page_mm: tuple[float, float]) -> float:
    """How far the mark is from the nearest edge of the visible page."""
    corner = spot.x_mm, spot.y_mm
    far = zip(page_mm, corner, size_mm, strict=True)
    return min(*corner, *(page - at - size * spot.scale for page, at, size in far))


def _cover_slip(readable: list[Path], out: Path, mark: _Mark) -> _Stamped:
    """A slip before page 1; where the paper cannot be copied at all, the slip alone."""
    scale = min(1.0, 150.0 / mark.width_mm, 250.0 / mark.height_mm)
    x_mm, y_mm = _SLIP_CORNER_MM
    spot = Spot(zone=COVER_SLIP, x_mm=x_mm, y_mm=y_mm, scale=scale)
    placing = pdf.Placing(drawing=mark.drawing, page_index=-1, x_mm=x_mm, y_mm=y_mm, scale=scale)
    for source in reversed(readable):
        try:
            removed = _boxed(lambda at=source: pdf.add_pages(at, out, placings=(placing,)))  # type: ignore[misc]
            if raster.page_count(out) == raster.page_count(source) + 1 and _shows_ink(out):
                return _Stamped(spot=spot, what="full", removed=removed)
        except VanthuError:
            continue
    pdf.add_pages(None, out, placings=(placing,))
    return _Stamped(spot=spot, what="slip", removed=())


def _shows_ink(path: Path) -> bool:
    return any(raster.ink_map(path).cells)


def _boxed(work: Callable[[], _T]) -> _T:
    try:
        with time_box(_SECONDS):
            return work()
    except TookTooLong as error:
        raise PaperUnreadable("pypdf: no end") from error


def is_as_wanted(
    before: Image.Image, after: Image.Image, spot: Spot, size_mm: tuple[float, float]
) -> bool:
    """Whether the page changed where the mark is, and nowhere else; pictures of 40 dpi in its own units."""
    if before.size != after.size:
        return False
    pixel = CHECK_DPI / 25.4
    box = (
        int((spot.x_mm - 1) * pixel),
        int((spot.y_mm - 1) * pixel),
        int((spot.x_mm + size_mm[0] * spot.scale + 1) * pixel) + 1,
        int((spot.y_mm + size_mm[1] * spot.scale + 1) * pixel) + 1,
    )
    changed = ImageChops.difference(before, after).point(
        [255 if step > _STEP else 0 for step in range(256)]
    )
    inside = _inked_share(changed.crop(box))
    ImageDraw.Draw(changed).rectangle(box, fill=0)
    return inside >= _CHANGED_INSIDE and _inked_share(changed) <= _CHANGED_OUTSIDE


def _inked_share(picture: Image.Image) -> float:
    return picture.histogram()[255] / max(1, picture.width * picture.height)


def _draw_box(out: Path, width_mm: float, height_mm: float) -> None:
    """A PDF that shows the outline of a mark, written by hand: there is nothing to go wrong in it."""
    width, height = width_mm * pdf.PT_PER_MM, height_mm * pdf.PT_PER_MM
    content = f"2 w 1 1 {width - 2:.2f} {height - 2:.2f} re S\n".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width:.2f} {height:.2f}]"
        f"/Resources<<>>/Contents 4 0 R>>".encode(),
        b"<</Length %d>>stream\n%sendstream" % (len(content), content),
    ]
    data = bytearray(b"%PDF-1.4\n")
    starts = []
    for number, part in enumerate(parts, start=1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    data += b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\n" % table
    data += b"startxref\n%d\n%%%%EOF\n" % data.rindex(b"xref\n0 5")
    out.write_bytes(data)
