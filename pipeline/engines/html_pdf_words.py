"""A few words → a PDF just as large as they are, to be drawn into the blank of another one."""

from __future__ import annotations

from html import escape
from pathlib import Path

from weasyprint import HTML

from pipeline.engines.html_pdf import FolderFetcher


def draw_words(
    text: str, out: Path, *, size_pt: float, box_mm: tuple[float, float], font: str, italic: bool
) -> None:
    """Write *text* centred on a white box of that width and height."""
    width_mm, height_mm = box_mm
    slant = "italic" if italic else "normal"
    page = (
        f"<style>@page {{ size: {width_mm:.3f}mm {height_mm:.3f}mm; margin: 0; }}"
        f"html, body {{ margin: 0; background: #fff; }}"
        f"p {{ margin: 0; text-align: center; white-space: nowrap; line-height: {height_mm:.3f}mm;"
        f" font: {slant} {size_pt:.2f}pt/{height_mm:.3f}mm '{font}', serif; }}</style>"
        f"<p>{escape(text)}</p>"
    )
    document = HTML(string=page, url_fetcher=FolderFetcher(out.parent, out.parent))
    out.write_bytes(document.write_pdf(pdf_identifier=b"vanthu-words"))
