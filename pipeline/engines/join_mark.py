"""Pages that are only for looking → the same, a little smaller, above a strip that says so: words hide none of the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf

from pipeline.engines.html_pdf_book import BookPrinter, write_pages
from pipeline.engines.join import open_pdf
from pipeline.engines.tables_xlsx import cell_text
from pipeline.errors.papers import PaperEmpty, PaperUnreadable

_PT_PER_MM = 72 / 25.4
#: Free for the words at the foot, but of a small page no more than so much.
_STRIP_MM, _MOST = 12.0, 0.12
#: Of the strip: below the words, where printers leave paper white, and the words themselves.
_BELOW, _WORDS = 0.36, 0.6
_SIDE_MM = 12.0
_CSS = """
@page { size: 186mm 7.4mm; margin: 0; }
body { margin: 0; font: 7.6pt/3.4mm "Liberation Sans", sans-serif; color: #000; }
p { margin: 0; text-align: center; overflow-wrap: anywhere; max-height: 7mm; overflow: hidden; }
"""


def mark(args: dict[str, Any]) -> dict[str, int]:
    """Operation ``print.mark``: ``{path, words, out}`` writes the PDF with *words* below each page → ``{pages}``.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131), PaperEmpty (R133).
    """
    path, out = Path(args["path"]), Path(args["out"])
    with open_pdf(path) as pdf:
        if not pdf.pages:
            raise PaperEmpty(f"no pages path={path.name!r}")
        flatten(pdf, path)
        with mark_drawn(str(args["words"])) as strip:
            pages = list(pdf.pages)
            for index, page in enumerate(pages):
                pdf.pages[index] = above_strip(pdf, page, strip)
        pdf.save(out, deterministic_id=True)
        return {"pages": len(pages)}


def flatten(pdf: pikepdf.Pdf, path: Path) -> None:
    """Let the looks of annotations stand in the pages: signatures, remarks, filled fields."""
    try:
        form: Any = pdf.Root.get("/AcroForm", {})
        if form.get("/NeedAppearances", False):
            pdf.generate_appearance_streams()
        pdf.flatten_annotations("print")
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError) as error:
        raise PaperUnreadable(f"pikepdf: {error} path={path.name!r}") from error


@contextmanager
def mark_drawn(words: str) -> Iterator[pikepdf.Page]:
    """*words* as vectors on a strip of their own; the page lives as long as the block."""
    html = (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Bản tra cứu</title>'
        f"<style>{_CSS}</style></head><body><p>{escape(cell_text(words))}</p></body></html>"
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mark.pdf"
        write_pages(BookPrinter().lay_out(html), 1, path)
        with open_pdf(path) as drawn:
            yield drawn.pages[0]


def above_strip(pdf: pikepdf.Pdf, page: pikepdf.Page, strip: pikepdf.Page) -> pikepdf.Page:
    """A page of *pdf* as it is seen, upright and drawn a little smaller, with *strip* at its foot."""
    seen = page.cropbox
    # Of what is seen nothing is cut away by boxes that tell a printing house of its trimming.
    for name in ("/TrimBox", "/ArtBox", "/BleedBox"):
        if name in page.obj:
            del page.obj[name]
    page.obj["/CropBox"] = seen
    width, height = size_seen(page)
    free = min(_STRIP_MM * _PT_PER_MM, height * _MOST)
    new = pikepdf.Page(
        pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                MediaBox=[0, 0, width, height],
                Resources=pikepdf.Dictionary(),
                Contents=pdf.make_stream(b""),
            )
        )
    )
    side = min(_SIDE_MM * _PT_PER_MM, width * 0.06)
    new.add_overlay(page, pikepdf.Rectangle(0, free, width, height))
    foot = pikepdf.Rectangle(side, free * _BELOW, width - side, free * (_BELOW + _WORDS))
    new.add_overlay(pdf.copy_foreign(strip.as_form_xobject()), foot, push_stack=False)
    return new


def size_seen(page: pikepdf.Page) -> tuple[float, float]:
    """Width and height in points of what is seen of a page, turned as it is seen."""
    left, bottom, right, top = (float(one) for one in page.cropbox)
    unit = float(page.obj.get("/UserUnit", 1))
    width, height = abs(right - left) * unit, abs(top - bottom) * unit
    is_turned = int(page.obj.get("/Rotate", 0)) % 180
    return (height, width) if is_turned else (width, height)
