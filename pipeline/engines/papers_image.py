"""Scans that come as pictures (JPEG, PNG, TIFF) → a PDF, one page for each, so that all else sees PDFs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageSequence

from pipeline.errors.papers import PaperUnreadable

_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")
_A4_WIDTH_IN = 210 / 25.4
_USUAL_DPI = (90, 1200)
_MAX_FRAMES = 500


@contextmanager
def as_pdf(path: Path) -> Iterator[Path]:
    """The paper itself, or a PDF of the picture for as long as the block lasts.

    Raises:
        PaperUnreadable (R130): it begins like a picture but is none.
    """
    with path.open("rb") as stream:
        start = stream.read(8)
    if not start.startswith(_STARTS):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "picture.pdf")
        _convert(path, out)
        yield out


def _convert(path: Path, out: Path) -> None:
    try:
        with Image.open(path) as image:
            dpi = _dpi(image)
            frames = ImageSequence.Iterator(image)
            pages = [
                frame.convert("RGB") for frame, _ in zip(frames, range(_MAX_FRAMES), strict=False)
            ]
        pages[0].save(
            out, "PDF", resolution=dpi, save_all=True, append_images=pages[1:], quality=85
        )
    except (OSError, ValueError, SyntaxError, IndexError, Image.DecompressionBombError) as error:
        raise PaperUnreadable(f"pillow: {error} path={path.name!r}") from error


def _dpi(image: Image.Image) -> float:
    """As the scanner wrote; where it wrote nonsense, so that the page is as wide as A4."""
    told = float(image.info.get("dpi", (0, 0))[0])
    low, high = _USUAL_DPI
    return told if low <= told <= high else max(1.0, min(image.size) / _A4_WIDTH_IN)
