"""Scans that come as pictures (JPEG, PNG, TIFF) → a PDF, one page for each, so that all else sees PDFs.

Sheets of ours that were scanned with a paper are left out here, so that nobody else sees them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import img2pdf
from PIL import Image, ImageFile, ImageSequence

from pipeline.engines import join, raster
from pipeline.engines.papers_mend import ways
from pipeline.errors.papers import PaperEmpty, PaperUnreadable

#: For all ways together to take pages out; whoever calls has more to do within its own limit.
_SECONDS = 8.0
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")
_A4_WIDTH_IN = 210 / 25.4
_USUAL_DPI = (90, 1200)
_MAX_FRAMES = 500
#: What img2pdf refuses to put into a PDF as it is.
_UNFIT = (
    img2pdf.AlphaChannelError,
    img2pdf.UnsupportedColorspaceError,
    img2pdf.ImageOpenError,
    img2pdf.NegativeDimensionError,
    img2pdf.JpegColorspaceError,
    img2pdf.ExifOrientationError,
)
#: Byte-stable, and a turn that a camera noted is taken for what it says.
_QUIETLY: dict[str, Any] = {"nodate": True, "rotation": img2pdf.Rotation.ifvalid}


def convert(args: dict[str, Any]) -> None:
    """Operation ``paper.as_pdf``: ``{path, out, leave_out?}`` writes the paper as a PDF.

    Raises:
        PaperUnreadable (R130): it begins like a picture but is none.
    """
    with as_pdf(Path(args["path"]), args.get("leave_out", ())) as paper:
        shutil.copyfile(paper, args["out"])


@contextmanager
def as_pdf(path: Path, leave_out: Sequence[int] = ()) -> Iterator[Path]:
    """The paper itself, or for as long as the block lasts a PDF of the picture, or of the pages that are left.

    Args:
        leave_out: Pages, from 1, that are no part of the paper.
    Raises:
        PaperUnreadable (R130): it begins like a picture but is none.
        PaperEmpty (R133): nothing is left.
    """
    with path.open("rb") as stream:
        start = stream.read(8)
    is_picture = start.startswith(_STARTS)
    if not (is_picture or leave_out):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = path
        if is_picture:
            whole = Path(folder, "picture.pdf")
            _convert(path, whole)
        yield _left(whole, leave_out, Path(folder)) if leave_out else whole


def _left(whole: Path, leave_out: Sequence[int], folder: Path) -> Path:
    """The other pages, as the first engine sees them that can."""
    out, failed = folder / "left.pdf", PaperUnreadable(f"no engine path={whole.name!r}")
    for path in ways(whole, folder, time.monotonic() + _SECONDS):
        try:
            pages = range(1, raster.page_count(path) + 1)
            kept = [page for page in pages if page not in set(leave_out)]
            if not kept:
                raise PaperEmpty(f"{len(pages)} pages, none left path={whole.name!r}")
            join.take_pages(path, out, kept)
        except PaperUnreadable as error:
            failed = error
        else:
            return out
    raise failed


def _convert(path: Path, out: Path) -> None:
    """Picture by picture as it lies in the file where PDF can hold it so (JPEG, PNG, fax), else drawn anew.

    Raises:
        PaperUnreadable (R130).
    """
    try:
        layout = _page_layout if _tells_its_scale(path) else _page_as_wide_as_a4
        out.write_bytes(img2pdf.convert(os.fspath(path), layout_fun=layout, **_QUIETLY))
    except _UNFIT:
        _draw(path, out)
    except Exception as error:
        # img2pdf raises Exception itself for what is broken, beside Pillow's own
        raise PaperUnreadable(f"img2pdf: {error} path={path.name!r}") from error


@contextmanager
def _nothing_filled_up() -> Iterator[None]:
    """WeasyPrint, where it is imported in this process, has Pillow fill up what is cut off: not here."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _tells_its_scale(path: Path) -> bool:
    """Whether it says how large it is on paper. Loads every frame once: what is cut off or a bomb fails here."""
    with _nothing_filled_up(), Image.open(path) as image:
        is_told = _is_usual(*image.info.get("dpi", (0, 0)))
        for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
            frame.load()
            if number > _MAX_FRAMES:
                raise ValueError(f"more than {_MAX_FRAMES} frames")
    return is_told


def _is_usual(*dpi: float) -> bool:
    low, high = _USUAL_DPI
    return all(low <= float(one) <= high for one in dpi)


def _page_layout(
    width_px: int, height_px: int, dpi: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Page and picture, points. As the scanner said; where it said nonsense, as wide as A4."""
    across, down = dpi if _is_usual(*dpi) else (_fitting(width_px, height_px),) * 2
    page = width_px / across * 72.0, height_px / down * 72.0
    return (*page, *page)


def _page_as_wide_as_a4(
    width_px: int, height_px: int, _dpi: tuple[float, float]
) -> tuple[float, float, float, float]:
    return _page_layout(width_px, height_px, (0.0, 0.0))


def _fitting(width_px: int, height_px: int) -> float:
    return max(1.0, min(width_px, height_px) / _A4_WIDTH_IN)


def _draw(path: Path, out: Path) -> None:
    """By Pillow, for pictures with see-through parts and other things that no PDF holds as they are."""
    try:
        with Image.open(path) as image:
            told = image.info.get("dpi", (0, 0))
            dpi = float(told[0]) if _is_usual(*told) else _fitting(*image.size)
            pages = [_on_white(frame) for frame in ImageSequence.Iterator(image)]
        pages[0].save(
            out, "PDF", resolution=dpi, save_all=True, append_images=pages[1:], quality=90
        )
    except (OSError, ValueError, SyntaxError, IndexError, Image.DecompressionBombError) as error:
        raise PaperUnreadable(f"pillow: {error} path={path.name!r}") from error


def _on_white(frame: Image.Image) -> Image.Image:
    whole = frame.convert("RGBA")
    paper = Image.new("RGB", whole.size, "white")
    paper.paste(whole, mask=whole.getchannel("A"))
    return paper
