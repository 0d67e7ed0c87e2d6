"""HTML of one run of a book's pages → laid-out pages → a PDF file; nothing is fetched from anywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from weasyprint import HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

_ROW_ID = re.compile(r"r(\d+)")


class _NoFetcher(URLFetcher):  # type: ignore[misc]  # the library is untyped
    """Refuses every address."""

    def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - the engine's signature
        """Refuse."""
        message = f"a book fetches nothing: {url}"
        raise ValueError(message)


class BookPrinter:
    """Lays out runs with the fonts looked up once."""

    def __init__(self) -> None:
        self._fonts = FontConfiguration()
        self._fetcher = _NoFetcher()

    def lay_out(self, html: str) -> Document:
        """The pages of *html*."""
        return HTML(string=html, url_fetcher=self._fetcher).render(font_config=self._fonts)


def rows_of_pages(document: Document) -> list[frozenset[int]]:
    """Page by page the indexes of the rows on it; a row that is cut in two is on both."""
    return [
        frozenset(int(match[1]) for name in page.anchors if (match := _ROW_ID.fullmatch(name)))
        for page in document.pages
    ]


def write_pages(document: Document, pages: int, out: Path) -> None:
    """The first *pages* pages as a PDF; equal input gives equal bytes."""
    document.copy(document.pages[:pages]).write_pdf(str(out), pdf_identifier=out.stem.encode())
